/* Reads TZif files, RFC 9636: the data block of the highest version, and the footer behind it. */
#include "base/text.h"
#include "time/zone_rules.h"

/* --- the footer: a POSIX TZ string with the extensions of RFC 9636 section 3.3.1 ---------------------------------- */

enum { LAST_YEAR = 2200 };

/* When, within any year, the clocks change. */
struct change {
  enum { DAY_OF_YEAR, DAY_WITHOUT_LEAP, WEEKDAY_OF_MONTH } kind;
  int day;         /* 0 to 365 (`n`), or 1 to 365 (`Jn`: 29 February is never counted), or 0 (Sunday) to 6 */
  int month, week; /* week 5 is the last */
  int second;      /* of wall clock since midnight, -167 h to 167 h */
};

struct footer {
  int32_t standard, summer; /* east-positive; equal where clocks never change */
  struct change begin, end; /* of summer time */
};

/* At least three letters, or at least three of letters, digits and signs in <>. */
static bool eat_designation(struct sla_text *text) {
  bool quoted = text_eat(text, '<');
  size_t len = 0;
  for (; len < text->len; len++) {
    char c = text->ptr[len];
    bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!letter && !(quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-')))
      break;
  }
  text->ptr += len;
  text->len -= len;
  return len >= 3 && (!quoted || text_eat(text, '>'));
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool eat_clock(struct sla_text *text, int most_hours, int *ret_second) {
  int64_t hours;
  int minutes = 0, seconds = 0;
  bool negative = text_eat(text, '-');
  if (!negative)
    text_eat(text, '+');
  if (!text_eat_number(text, most_hours, &hours))
    return false;
  if (text_eat(text, ':') && !text_eat_digits(text, 2, &minutes))
    return false;
  if (text_eat(text, ':') && !text_eat_digits(text, 2, &seconds))
    return false;
  if (minutes > 59 || seconds > 59)
    return false;
  int second = (int)hours * HOUR + minutes * MINUTE + seconds;
  *ret_second = negative ? -second : second;
  return true;
}

/* POSIX counts west-positive. */
static bool eat_offset(struct sla_text *text, int32_t *ret_offset) {
  int west;
  if (!eat_clock(text, 24, &west))
    return false;
  *ret_offset = -west;
  return true;
}

static bool eat_within(struct sla_text *text, int least, int most, int *ret_value) {
  int64_t value;
  if (!text_eat_number(text, most, &value) || value < least)
    return false;
  *ret_value = (int)value;
  return true;
}

/* ,date[/time] */
static bool eat_change(struct sla_text *text, struct change *ret_change) {
  struct change change = {.second = 2 * HOUR};
  bool ok;
  if (!text_eat(text, ','))
    return false;
  if (text_eat(text, 'M')) {
    change.kind = WEEKDAY_OF_MONTH;
    ok = eat_within(text, 1, 12, &change.month) && text_eat(text, '.') && eat_within(text, 1, 5, &change.week) &&
         text_eat(text, '.') && eat_within(text, 0, 6, &change.day);
  } else if (text_eat(text, 'J')) {
    change.kind = DAY_WITHOUT_LEAP;
    ok = eat_within(text, 1, 365, &change.day);
  } else {
    change.kind = DAY_OF_YEAR;
    ok = eat_within(text, 0, 365, &change.day);
  }
  if (ok && text_eat(text, '/'))
    ok = eat_clock(text, 167, &change.second);
  *ret_change = change;
  return ok;
}

/* Reads a whole footer. Summer time without its dates is refused: POSIX leaves to each system when it is. */
static bool footer_read(struct sla_text text, struct footer *ret_footer) {
  struct footer footer = {0};
  if (!eat_designation(&text) || !eat_offset(&text, &footer.standard))
    return false;
  footer.summer = footer.standard;
  if (text.len) {
    if (!eat_designation(&text))
      return false;
    footer.summer = footer.standard + HOUR;
    if (text.len && text.ptr[0] != ',' && !eat_offset(&text, &footer.summer))
      return false;
    if (!eat_change(&text, &footer.begin) || !eat_change(&text, &footer.end) || text.len)
      return false;
  }
  *ret_footer = footer;
  return true;
}

static int change_date(const struct change *change, int year) {
  int date = date_of(year, 1, 1) + change->day;
  if (change->kind == DAY_WITHOUT_LEAP)
    return change->day >= 60 && month_days(year, 2) == 29 ? date : date - 1;
  if (change->kind == DAY_OF_YEAR)
    return date;
  int first = date_of(year, change->month, 1), monday_based = (change->day + 6) % 7;
  int day = (monday_based - date_weekday(first) + 7) % 7 + 7 * (change->week - 1);
  return first + (day < month_days(year, change->month) ? day : day - 7);
}

/* The instant of a change, before which the clocks show offset. */
static sla_time change_instant(const struct change *change, int year, int32_t offset) {
  return (sla_time)change_date(change, year) * DAY + change->second - offset;
}

static void add_after(struct arena *arena, struct zone_spans *spans, sla_time last, sla_time from, int32_t offset) {
  if (from > last)
    zone_spans_add(arena, spans, from, offset);
}

/*
 * Adds a footer's changes after the last explicit transition. Summer times are joined where one begins no later than
 * the one before ends: that is how a footer says that summer time is all the year (RFC 9636 section 3.3.1).
 */
static void footer_expand(struct arena *arena, const struct footer *footer, sla_time last, struct zone_spans *spans) {
  if (footer->summer == footer->standard || last >= ZONE_END)
    return;
  int first_year = last > 0 ? civil_of(local_date(last)).year - 1 : 1968;
  sla_time begin = INT64_MIN, end = INT64_MIN; /* of the summer time at hand, not yet added */
  for (int year = first_year; year <= LAST_YEAR; year++) {
    sla_time next_begin = change_instant(&footer->begin, year, footer->standard);
    sla_time next_end = change_instant(&footer->end, year, footer->summer);
    if (next_end < next_begin) /* across the turn of the year, as in the south */
      next_end = change_instant(&footer->end, year + 1, footer->summer);
    if (next_end == next_begin)
      continue;
    if (next_begin > end) {
      add_after(arena, spans, last, begin, footer->summer);
      add_after(arena, spans, last, end, footer->standard);
      begin = next_begin;
    }
    end = next_end;
  }
  add_after(arena, spans, last, begin, footer->summer);
  add_after(arena, spans, last, end, footer->standard);
}

/* --- header and data block, RFC 9636 sections 3.1 and 3.2 --------------------------------------------------------- */

enum { HEADER_SIZE = 44, TYPE_SIZE = 6 };

static const char cut_short[] = "cut short";

struct header {
  char version; /* NUL, '2', '3', ... */
  uint32_t ut_flags, standard_flags, leaps, times, types, letters;
};

static uint64_t big_endian(const char *bytes, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; i++)
    value = value << 8 | (unsigned char)bytes[i];
  return value;
}

static uint32_t big_endian_32(const char *bytes) {
  return (uint32_t)big_endian(bytes, 4);
}

/* Two's complement of 4 or 8 bytes. */
static int64_t big_endian_signed(const char *bytes, size_t size) {
  return size == 4 ? (int32_t)big_endian_32(bytes) : (int64_t)big_endian(bytes, size);
}

static const char *header_eat(struct sla_text *bytes, struct header *ret_header) {
  if (!text_starts(*bytes, "TZif"))
    return "not a time zone file (TZif)";
  if (bytes->len < HEADER_SIZE)
    return cut_short;
  const char version = bytes->ptr[4], *counts = bytes->ptr + 20;
  if (version && version < '2')
    return "of no known version";
  *ret_header = (struct header){
      .version = version,
      .ut_flags = big_endian_32(counts),
      .standard_flags = big_endian_32(counts + 4),
      .leaps = big_endian_32(counts + 8),
      .times = big_endian_32(counts + 12),
      .types = big_endian_32(counts + 16),
      .letters = big_endian_32(counts + 20),
  };
  bytes->ptr += HEADER_SIZE;
  bytes->len -= HEADER_SIZE;
  return NULL;
}

/* Six counts below 2^32, each times at most 12: far from 2^64. */
static uint64_t block_size(const struct header *header, size_t time_size) {
  return header->times * (uint64_t)(time_size + 1) + header->types * (uint64_t)TYPE_SIZE + header->letters +
         header->leaps * (uint64_t)(time_size + 4) + header->standard_flags + header->ut_flags;
}

static bool block_eat(struct sla_text *bytes, uint64_t size, struct sla_text *ret_block) {
  if (bytes->len < size)
    return false;
  *ret_block = (struct sla_text){bytes->ptr, (size_t)size};
  bytes->ptr += size;
  bytes->len -= (size_t)size;
  return true;
}

/* The offsets and designations of all types are sound. */
static const char *types_check(const struct header *header, const char *types) {
  for (size_t i = 0; i < header->types; i++, types += TYPE_SIZE) {
    int64_t offset = big_endian_signed(types, 4);
    if (offset < ZONE_OFFSET_MIN || offset > ZONE_OFFSET_MAX)
      return "an offset is over a day";
    if ((unsigned char)types[4] > 1 || (unsigned char)types[5] >= header->letters)
      return "a type of local time makes no sense";
  }
  return NULL;
}

/* Adds the explicit transitions of a block; *ret_last is the last of them, INT64_MIN where there is none. */
static const char *block_read(struct arena *arena, const struct header *header, struct sla_text block, size_t time_size,
                              struct zone_spans *spans, sla_time *ret_last) {
  if (header->types == 0 || header->letters == 0)
    return "it has no type of local time";
  if (header->leaps)
    return "it counts leap seconds";
  if ((header->ut_flags && header->ut_flags != header->types) ||
      (header->standard_flags && header->standard_flags != header->types))
    return "its counts contradict one another";
  const char *times = block.ptr, *indices = times + header->times * time_size, *types = indices + header->times;
  const char *problem = types_check(header, types);
  if (problem)
    return problem;
  sla_time last = INT64_MIN;
  zone_spans_add(arena, spans, INT64_MIN, (int32_t)big_endian_signed(types, 4));
  for (size_t i = 0; i < header->times; i++) {
    sla_time from = big_endian_signed(times + i * time_size, time_size);
    size_t type = (unsigned char)indices[i];
    if (i > 0 && from <= last)
      return "its transitions are not in order";
    if (type >= header->types)
      return "a transition leads nowhere";
    zone_spans_add(arena, spans, from, (int32_t)big_endian_signed(types + type * TYPE_SIZE, 4));
    last = from;
  }
  *ret_last = last;
  return NULL;
}

/* The text between the newlines behind a block of version 2 or later. */
static const char *footer_eat(struct sla_text *bytes, struct sla_text *ret_text) {
  const char *end = NULL;
  if (text_eat(bytes, '\n'))
    end = bytes->len ? memchr(bytes->ptr, '\n', bytes->len) : NULL;
  if (!end)
    return cut_short;
  *ret_text = (struct sla_text){bytes->ptr, (size_t)(end - bytes->ptr)};
  return NULL;
}

/*
 * Version 1, without a footer, knows nothing after January 2038: its last offset is then taken to stay. The same holds
 * for an empty footer.
 */
const char *zone_tzif_read(struct arena *arena, struct sla_text bytes, struct zone_spans *ret_spans) {
  struct header header;
  struct sla_text block, text = {0};
  size_t time_size = 4;
  const char *problem = header_eat(&bytes, &header);
  if (!problem && header.version >= '2') {
    if (!block_eat(&bytes, block_size(&header, time_size), &block))
      return cut_short;
    time_size = 8;
    problem = header_eat(&bytes, &header);
  }
  if (problem)
    return problem;
  if (!block_eat(&bytes, block_size(&header, time_size), &block))
    return cut_short;
  if (time_size == 8 && (problem = footer_eat(&bytes, &text)))
    return problem;

  struct zone_spans spans = {0};
  struct footer footer;
  sla_time last;
  if ((problem = block_read(arena, &header, block, time_size, &spans, &last)))
    return problem;
  if (text.len) {
    if (!footer_read(text, &footer))
      return "its rule for the years to come is not understood";
    if (last == INT64_MIN) /* no transitions: the footer alone says what clocks show */
      zone_spans_add(arena, &spans, last, footer.standard);
    footer_expand(arena, &footer, last, &spans);
  }
  *ret_spans = spans;
  return NULL;
}
