#include "time/timestamp.h"

#include "base/text.h"
#include "time/civil.h"
#include "time/timestamp_wall.h"

#include <assert.h>
#include <string.h>

static const char out_of_range[] = "outside the supported years 1970 to 2199";

bool timestamp_eat_offset(struct sla_text *text, int32_t *ret_offset) {
  struct sla_text rest = *text;
  bool west = text_eat(&rest, '-');
  if (!west && !text_eat(&rest, '+'))
    return false;
  int hours, minutes = 0;
  if (!text_eat_digits(&rest, 2, &hours))
    return false;
  if (text_eat(&rest, ':')) {
    if (!text_eat_digits(&rest, 2, &minutes))
      return false;
  } else
    text_eat_digits(&rest, 2, &minutes);
  if (hours > 23 || minutes > 59)
    return false;
  *ret_offset = (west ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
  *text = rest;
  return true;
}

/* "[Europe/Kyiv]", or "[!Europe/Kyiv]" where it is critical (RFC 9557); tags such as [u-ca=gregory] are not times. */
static bool eat_zone(struct sla_text *text, struct sla_text *ret_zone) {
  struct sla_text rest = *text;
  if (!text_eat(&rest, '['))
    return false;
  text_eat(&rest, '!');
  const char *end = rest.len ? memchr(rest.ptr, ']', rest.len) : NULL;
  if (!end || end == rest.ptr)
    return false;
  *ret_zone = (struct sla_text){rest.ptr, (size_t)(end - rest.ptr)};
  rest.len -= ret_zone->len + 1;
  rest.ptr = end + 1;
  *text = rest;
  return true;
}

static const char *parse_epoch(struct sla_text text, struct timestamp *ret_timestamp) {
  int64_t seconds;
  bool negative = text_eat(&text, '-');
  if (!text_eat_number(&text, INT64_MAX, &seconds))
    return "no number of seconds behind \"@\"";
  struct sla_text fraction = text;
  int64_t dropped;
  if (text_eat(&fraction, '.') && text_eat_number(&fraction, INT64_MAX, &dropped))
    text = fraction;
  if (text.len)
    return "something stands behind the epoch seconds";
  if (negative || seconds > SLA_TIME_MAX)
    return out_of_range;
  *ret_timestamp = (struct timestamp){.kind = TIMESTAMP_INSTANT, .value = seconds};
  return NULL;
}

/*
 * The forms that programs write, with "Z", an offset like +02:00 or nothing behind; false leaves every other form, and
 * all that is wrong, to the parser below, which this agrees with.
 */
static bool parse_common(struct sla_text text, struct timestamp *ret_timestamp) {
  int64_t local, value;
  if (text.len < 19 || !wall_read(text.ptr, &local))
    return false;
  enum timestamp_kind kind = TIMESTAMP_OFFSET;
  value = local;
  if (text.len == 19)
    kind = TIMESTAMP_LOCAL;
  else if (text.len == 20 && text.ptr[19] == 'Z')
    kind = TIMESTAMP_INSTANT;
  else if (text.len != 25 || !wall_offset(text.ptr + 19, &value))
    return false;
  *ret_timestamp = (struct timestamp){.kind = kind, .value = value, .offset = (int32_t)(local - value)};
  return true;
}

bool timestamp_read_other(struct sla_text text, const struct zone *zone, sla_time *ret_time) {
  struct timestamp timestamp;
  enum sla_reading reading = SLA_READ_LOCAL;
  if (!parse_common(text, &timestamp))
    return false;
  *ret_time = timestamp.kind == TIMESTAMP_LOCAL ? zone_instant(zone, timestamp.value, &reading) : timestamp.value;
  return reading == SLA_READ_LOCAL;
}

const char *timestamp_parse(struct sla_text text, struct timestamp *ret_timestamp) {
  if (parse_common(text, ret_timestamp))
    return NULL;
  text = text_trim(text);
  if (text_eat(&text, '@'))
    return parse_epoch(text, ret_timestamp);
  int year, month, day, hour, minute, second = 0;
  if (!text_eat_digits(&text, 4, &year) || !text_eat(&text, '-') || !text_eat_digits(&text, 2, &month) ||
      !text_eat(&text, '-') || !text_eat_digits(&text, 2, &day))
    return "not a time: write it like 2026-01-31T15:04:05Z";
  if (!civil_is_valid(year, month, day))
    return "no such date";
  if (text.len == 0)
    return "the time of day is missing";
  if (!text_eat(&text, 'T') && !text_eat(&text, ' ') && !text_eat(&text, 't'))
    return "\"T\" or a blank is expected between date and time of day";
  if (!text_eat_digits(&text, 2, &hour) || !text_eat(&text, ':') || !text_eat_digits(&text, 2, &minute))
    return "the time of day must be written HH:MM or HH:MM:SS";
  if (text_eat(&text, ':')) {
    if (!text_eat_digits(&text, 2, &second))
      return "the seconds must have two digits";
    struct sla_text fraction = text;
    int digit;
    if ((text_eat(&fraction, '.') || text_eat(&fraction, ',')) && text_eat_digits(&fraction, 1, &digit)) {
      while (text_eat_digits(&fraction, 1, &digit))
        ;
      text = fraction;
    }
  }
  /* RFC 3339 allows :60 for a leap second; POSIX time has none, it falls on the next second. */
  if (hour > 23 || minute > 59 || second > 60)
    return "no such time of day";
  bool is_west = text_starts(text, "-");
  struct timestamp timestamp = {.kind = TIMESTAMP_LOCAL,
                                .value =
                                    (int64_t)date_of(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second};
  if (text_eat(&text, 'Z') || text_eat(&text, 'z'))
    timestamp.kind = TIMESTAMP_INSTANT;
  else if (timestamp_eat_offset(&text, &timestamp.offset)) {
    /* -00:00 says, as Z does, that the offset of the place is not known (RFC 9557 section 2.2) */
    timestamp.kind = is_west && timestamp.offset == 0 ? TIMESTAMP_INSTANT : TIMESTAMP_OFFSET;
    timestamp.value -= timestamp.offset;
  }
  eat_zone(&text, &timestamp.zone);
  if (text.len)
    return "something stands behind the time that is no offset like Z or +02:00";
  *ret_timestamp = timestamp;
  return NULL;
}

const char *timestamp_instant(const struct timestamp *timestamp, const struct zone *zone, sla_time *ret_time,
                              enum sla_reading *ret_reading) {
  enum sla_reading reading = SLA_READ_INSTANT;
  sla_time t = timestamp->value;
  if (timestamp->kind == TIMESTAMP_LOCAL)
    t = zone_instant(zone, timestamp->value, &reading);
  else if (timestamp->kind == TIMESTAMP_OFFSET && timestamp->zone.len && zone_offset(zone, t) != timestamp->offset)
    return "the offset is not that of the zone in brackets";
  if (t < SLA_TIME_MIN || t > SLA_TIME_MAX)
    return out_of_range;
  *ret_time = t;
  *ret_reading = reading;
  return NULL;
}

static inline char *write_two(char *at, unsigned value) {
  wall_put(at, value);
  return at + 2;
}

static inline char *write_date(char *at, int date) {
  struct civil civil = civil_of(date);
  at = write_two(at, (unsigned)civil.year / 100);
  at = write_two(at, (unsigned)civil.year % 100);
  *at++ = '-';
  at = write_two(at, (unsigned)civil.month);
  *at++ = '-';
  return write_two(at, (unsigned)civil.day);
}

size_t date_write(int date, char text[DATE_TEXT]) {
  char *end = write_date(text, date);
  *end = '\0';
  return (size_t)(end - text);
}

static size_t write_any(sla_time t, int32_t offset, bool utc, char *text) {
  enum { MOST_MINUTES = 100 * 60 }; /* hours of an offset have two digits */
  unsigned ahead = offset < 0 ? 0U - (unsigned)offset : (unsigned)offset, minutes = ahead / MINUTE;
  utc |= ahead != minutes * MINUTE || minutes >= MOST_MINUTES;
  int64_t local = t + (utc ? 0 : offset);
  unsigned second = (unsigned)local_second(local);
  char *at = write_date(text, local_date(local));
  *at++ = 'T';
  at = write_two(at, second / HOUR);
  *at++ = ':';
  at = write_two(at, second / MINUTE % 60);
  *at++ = ':';
  at = write_two(at, second % 60);
  if (utc)
    *at++ = 'Z';
  else {
    *at++ = offset < 0 ? '-' : '+';
    at = write_two(at, minutes / 60);
    *at++ = ':';
    at = write_two(at, minutes % 60);
  }
  *at = '\0';
  return (size_t)(at - text);
}

size_t timestamp_write(sla_time t, int32_t offset, bool utc, char text[SLA_TIME_TEXT]) {
  bool west = offset < 0;
  unsigned ahead = west ? 0U - (unsigned)offset : (unsigned)offset, quarter = ahead / WALL_QUARTER;
  int64_t local = t + (utc ? 0 : offset);
  if (local < WALL_FIRST || local >= WALL_END ||
      (!utc && (quarter * WALL_QUARTER != ahead || quarter >= WALL_QUARTERS)))
    return write_any(t, offset, utc, text);
  wall_write(text, local);
  memcpy(text + 19, utc ? "Z\0\0\0\0\0\0" : wall_offsets[west][quarter], sizeof wall_offsets[0][0]);
  return utc ? 20 : 25;
}
