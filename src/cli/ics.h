/*
 * ics: writing iCalendar (RFC 5545), valid as it stands: lines end in CRLF and are folded at 75 octets between
 * characters, text is escaped, malformed UTF-8 and control characters become U+FFFD, no two UIDs are the same, and a
 * calendar is never without a component.
 *
 * UIDs are made of parts, such as a date and a calendar's name, so that the same thing has the same UID in every
 * export: a client that subscribes or imports again updates what it has.
 */
#ifndef SLACLOCK_CLI_ICS_H
#define SLACLOCK_CLI_ICS_H

#include "cli/output.h"
#include "slaclock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A UID written, by its hash, and how often. */
struct ics_seen {
  uint64_t hash;
  unsigned long count; /* 0: a free place */
};

struct ics {
  struct output *output;
  sla_time stamp;
  size_t column; /* octets on the line so far */
  bool empty;    /* no component stands in the calendar yet */
  struct ics_seen *seen;
  size_t seen_count, seen_size; /* the size is a power of two */
};

/*
 * The DTSTAMP of an export that rests on no current time: --now, or else 1970-01-01, so that the same days are written
 * as the same bytes whenever it is done. false after an error.
 */
bool ics_stamp(struct cli *cli, sla_time *ret_stamp);

/* Begins a calendar with a name; stamp is the DTSTAMP of everything in it. */
void ics_begin(struct ics *ics, struct output *output, sla_time stamp, struct sla_text name);
void ics_end(struct ics *ics);

/* Begins a component, with its UID made of parts and its DTSTAMP; ends one. */
void ics_open(struct ics *ics, const char *component, const struct sla_text *parts, size_t count);
void ics_close(struct ics *ics, const char *component);

/* A property whose text comes in pieces. */
void ics_text_begin(struct ics *ics, const char *property);
void ics_text_add(struct ics *ics, struct sla_text text);
void ics_text_end(struct ics *ics);

/* A property of one text; one whose value stands as it is. */
void ics_text(struct ics *ics, const char *property, const char *text);
void ics_value(struct ics *ics, const char *property, const char *value);

/* A DATE; a DATE-TIME in UTC; a floating DATE-TIME, second counted from the date's midnight, also past its end. */
void ics_date(struct ics *ics, const char *property, int date);
void ics_instant(struct ics *ics, const char *property, sla_time t);
void ics_floating(struct ics *ics, const char *property, int date, int second);

/* FNV-1a of bytes, going on from a hash; begin with ICS_HASH. */
#define ICS_HASH UINT64_C(0xCBF29CE484222325)
uint64_t ics_hash(uint64_t hash, struct sla_text text);

static inline struct sla_text ics_part(const char *text) {
  size_t len = 0;
  while (text[len])
    len++;
  return (struct sla_text){text, len};
}

#endif
