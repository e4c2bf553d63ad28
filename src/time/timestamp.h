/*
 * timestamp: times as people and programs write them. RFC 3339 with T or a blank, seconds optional, fractions dropped,
 * the offset optional; RFC 9557's [Zone] behind it; "@" and epoch seconds.
 */
#ifndef SLACLOCK_TIME_TIMESTAMP_H
#define SLACLOCK_TIME_TIMESTAMP_H

#include "slaclock.h"
#include "time/timestamp_wall.h"
#include "time/zone.h"

struct timestamp {
  enum timestamp_kind {
    TIMESTAMP_INSTANT, /* value is an instant */
    TIMESTAMP_LOCAL,   /* value is a local time, of the zone in brackets or else of the reader's */
    TIMESTAMP_OFFSET,  /* value is an instant, and the zone in brackets, if any, must have this offset there */
  } kind;
  int64_t value;
  int32_t offset;       /* TIMESTAMP_OFFSET */
  struct sla_text zone; /* between the brackets; empty: none */
};

/* Reads a whole text. Returns NULL, or what is wrong with it. */
const char *timestamp_parse(struct sla_text text, struct timestamp *ret_timestamp);

/*
 * Reads a time in a form that programs write, which is quick: 2026-01-31T15:04:05 and behind it "Z", +02:00 or nothing.
 * false where it is none, or none that comes just once in the zone: timestamp_parse and timestamp_instant say more.
 */
bool timestamp_read_other(struct sla_text text, const struct zone *zone, sla_time *ret_time);
static inline bool timestamp_read(struct sla_text text, const struct zone *zone, sla_time *ret_time) {
  if (text.len != 20 || text.ptr[19] != 'Z')
    return timestamp_read_other(text, zone, ret_time);
  return wall_read(text.ptr, ret_time);
}

/* Eats an offset: +HH:MM or -HH:MM (RFC 3339 time-numoffset), +HHMM and +HH as ISO 8601 has them. */
bool timestamp_eat_offset(struct sla_text *text, int32_t *ret_offset);

/*
 * The instant of a parsed timestamp; zone is the one in brackets, else the reader's. Returns NULL, or what is wrong:
 * out of the supported range, or an offset that the zone in brackets does not have then.
 */
const char *timestamp_instant(const struct timestamp *timestamp, const struct zone *zone, sla_time *ret_time,
                              enum sla_reading *ret_reading);

/* Writes a time; see sla_time_write in slaclock.h. */
size_t timestamp_write(sla_time t, int32_t offset, bool utc, char text[SLA_TIME_TEXT]);

/* Room for a date as text, its NUL included; writes a date as YYYY-MM-DD. */
enum { DATE_TEXT = 16 };
size_t date_write(int date, char text[DATE_TEXT]);

#endif
