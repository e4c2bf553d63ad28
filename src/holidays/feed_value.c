/* feed_value: what stands in the lines of a feed (RFC 5545 section 3.3). */
#include "base/text.h"
#include "holidays/feed.h"
#include "time/civil.h"

#include <limits.h>

/* --- dates and times --------------------------------------------------------------------------------------------- */

static bool eat_date(struct sla_text *text, int *ret_date) {
  int year, month, day;
  if (!text_eat_digits(text, 4, &year) || !text_eat_digits(text, 2, &month) || !text_eat_digits(text, 2, &day) ||
      year < 1 || !civil_is_valid(year, month, day))
    return false;
  *ret_date = date_of(year, month, day);
  return true;
}

bool feed_date_read(struct sla_text text, int *ret_date) {
  return eat_date(&text, ret_date) && text.len == 0;
}

/* HHMMSS; a leap second is the one before it. */
static bool eat_clock(struct sla_text *text, int *ret_second) {
  int hour, minute, second;
  if (!text_eat_digits(text, 2, &hour) || !text_eat_digits(text, 2, &minute) || !text_eat_digits(text, 2, &second) ||
      hour > 23 || minute > 59 || second > 60)
    return false;
  *ret_second = hour * HOUR + minute * MINUTE + (second == 60 ? 59 : second);
  return true;
}

bool feed_moment_read(struct sla_text text, struct feed_time *ret_time) {
  int date, second;
  if (!eat_date(&text, &date))
    return false;
  struct feed_time time = {.kind = FEED_DATE, .local = (int64_t)date * DAY};
  if (text.len) {
    if (!text_eat(&text, 'T') || !eat_clock(&text, &second))
      return false;
    time.local += second;
    time.kind = text_eat(&text, 'Z') ? FEED_UTC : FEED_FLOATING;
  }
  if (text.len)
    return false;
  *ret_time = time;
  return true;
}

enum value_kind { VALUE_ANY, VALUE_DATE, VALUE_TIME, VALUE_PERIOD };

static bool kind_read(struct feed_scan *scan, const struct feed_line *line, bool periods, enum value_kind *ret_kind) {
  static const char *const names[] = {[VALUE_DATE] = "DATE", [VALUE_TIME] = "DATE-TIME", [VALUE_PERIOD] = "PERIOD"};
  struct sla_text value = feed_param(line, "VALUE");
  *ret_kind = VALUE_ANY;
  if (value.len == 0)
    return true;
  for (int kind = VALUE_DATE; kind <= (periods ? VALUE_PERIOD : VALUE_TIME); kind++)
    if (text_is_nocase(value, names[kind])) {
      *ret_kind = (enum value_kind)kind;
      return true;
    }
  diag_error(scan->diags, feed_place(scan, line, value), "%.*s cannot have VALUE=%.*s: DATE or DATE-TIME is expected",
             TEXT_ARGS(line->name), TEXT_ARGS(value));
  return false;
}

/* Whether eight digits stand at the start: then a date was meant, be it one that does not exist. */
static bool has_form(struct sla_text text, bool is_date) {
  int digits;
  return text_eat_digits(&text, 8, &digits) && (is_date ? text.len == 0
                                                        : text_eat(&text, 'T') && text_eat_digits(&text, 6, &digits) &&
                                                              (text_eat(&text, 'Z'), text.len == 0));
}

static bool time_read(struct feed_scan *scan, struct feed_zones *zones, const struct feed_line *line,
                      enum value_kind kind, struct sla_text text, struct feed_time *ret_time) {
  struct feed_time time;
  bool good = feed_moment_read(text, &time), is_date = kind == VALUE_DATE || (kind == VALUE_ANY && text.len == 8);
  if (!good && has_form(text, is_date)) {
    diag_error(scan->diags, feed_place(scan, line, text), "no such %s \"%.*s\"", is_date ? "date" : "time",
               TEXT_ARGS(text));
    return false;
  }
  if (!good || (time.kind == FEED_DATE) != is_date) {
    diag_error(scan->diags, feed_place(scan, line, text), "%.*s must be a %s, not \"%.*s\"", TEXT_ARGS(line->name),
               is_date             ? "date like 20261224"
               : kind == VALUE_ANY ? "date like 20261224 or a time like 20261224T130000"
                                   : "time like 20261224T130000",
               TEXT_ARGS(text));
    return false;
  }
  struct sla_text zone = feed_param(line, "TZID");
  if (time.kind == FEED_FLOATING && zone.len) {
    time.kind = FEED_ZONED;
    time.zone = feed_zone_of(scan, zones, line, zone);
    if (!time.zone)
      return false;
  }
  *ret_time = time;
  return true;
}

bool feed_time_read(struct feed_scan *scan, struct feed_zones *zones, const struct feed_line *line,
                    struct feed_time *ret_time) {
  enum value_kind kind;
  return kind_read(scan, line, false, &kind) && time_read(scan, zones, line, kind, text_trim(line->value), ret_time);
}

bool feed_times_read(struct feed_scan *scan, struct feed_zones *zones, const struct feed_line *line,
                     struct feed_times *times) {
  enum value_kind kind;
  if (!kind_read(scan, line, text_is_nocase(line->name, "RDATE"), &kind))
    return false;
  if (kind == VALUE_PERIOD) {
    diag_error(scan->diags, feed_place(scan, line, feed_param(line, "VALUE")),
               "periods are not read by this version: write RDATE as dates or times");
    return false;
  }
  struct sla_text rest = line->value;
  bool good = true;
  do {
    struct feed_time time;
    if (time_read(scan, zones, line, kind, text_trim(text_eat_until(&rest, ',')), &time))
      *ARENA_PUSH(scan->arena, times) = time;
    else
      good = false;
  } while (rest.len);
  return good;
}

/* --- lengths and offsets ----------------------------------------------------------------------------------------- */

static bool eat_length(struct sla_text *text, struct feed_length *ret_length) {
  static const struct {
    char letter;
    bool timed;
    int days, seconds;
  } units[] = {{'W', false, 7, 0}, {'D', false, 1, 0}, {'H', true, 0, HOUR}, {'M', true, 0, MINUTE}, {'S', true, 0, 1}};
  struct feed_length length = {0};
  bool minus = text_eat(text, '-'), timed = false, any = false;
  if (!minus)
    text_eat(text, '+');
  if (!text_eat(text, 'P'))
    return false;
  for (size_t unit = 0; text->len;) {
    int64_t number;
    if (!timed && text_eat(text, 'T')) {
      timed = true;
      continue;
    }
    if (!text_eat_number(text, INT32_MAX, &number))
      return false;
    while (unit < 5 && (units[unit].timed != timed || text->len == 0 || text->ptr[0] != units[unit].letter))
      unit++;
    if (unit == 5 || number * units[unit].days > INT_MAX - length.days)
      return false;
    text_eat(text, units[unit].letter);
    length.days += (int)number * units[unit].days;
    length.seconds += number * units[unit].seconds;
    any = true;
    unit++;
  }
  if (minus)
    length = (struct feed_length){-length.days, -length.seconds};
  *ret_length = length;
  return any;
}

bool feed_length_read(struct feed_scan *scan, const struct feed_line *line, struct sla_text text,
                      struct feed_length *ret_length) {
  struct sla_text rest = text;
  if (eat_length(&rest, ret_length))
    return true;
  diag_error(scan->diags, feed_place(scan, line, text), "expected a duration like P1D or PT2H30M, not \"%.*s\"",
             TEXT_ARGS(text));
  return false;
}

bool feed_offset_read(struct feed_scan *scan, const struct feed_line *line, int32_t *ret_offset) {
  struct sla_text text = text_trim(line->value);
  int hours, minutes, seconds = 0;
  bool west = text_eat(&text, '-');
  if ((west || text_eat(&text, '+')) && text_eat_digits(&text, 2, &hours) && text_eat_digits(&text, 2, &minutes) &&
      (text.len == 0 || text_eat_digits(&text, 2, &seconds)) && text.len == 0 && hours < 24 && minutes < 60 &&
      seconds < 60) {
    int32_t offset = hours * HOUR + minutes * MINUTE + seconds;
    *ret_offset = west ? -offset : offset;
    return true;
  }
  diag_error(scan->diags, feed_place(scan, line, line->value), "expected an offset like +0200, not \"%.*s\"",
             TEXT_ARGS(line->value));
  return false;
}

/* --- text -------------------------------------------------------------------------------------------------------- */

const char *feed_text(struct arena *arena, struct sla_text value) {
  char *text = arena_alloc(arena, value.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < value.len; i++) {
    char c = value.ptr[i];
    if (c == '\\' && i + 1 < value.len) {
      c = value.ptr[++i];
      if (c == 'n' || c == 'N')
        c = ' ';
    }
    text[len++] = c == '\t' ? ' ' : c;
  }
  struct sla_text trimmed = text_trim((struct sla_text){text, len});
  text[(size_t)(trimmed.ptr - text) + trimmed.len] = '\0';
  return trimmed.ptr;
}
