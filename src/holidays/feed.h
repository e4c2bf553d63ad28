/*
 * feed: iCalendar files (RFC 5545) as holiday sets. Private to src/holidays.
 *
 *     feed_scan.c    bytes to lines: unfolding, positions, the syntax of properties and their parameters
 *     feed_value.c   what stands in lines: dates, times, durations, names
 *     feed_rule.c    RRULE
 *     feed_ical.c    the occurrences of rules (feed_ical.h)
 *     feed_zone.c    time zones: IANA's, Windows' and the feed's own
 *     feed_read.c    components to events
 *     feed_finish.c  what has to be known of all events together: changed occurrences, limits, coverage
 *     feed.c         events to the days and closings of a span
 *     feed_notes.c   which entries count, for people
 *
 * Nothing is guessed: what is not understood and would change a day is refused with its line.
 */
#ifndef SLACLOCK_HOLIDAYS_FEED_H
#define SLACLOCK_HOLIDAYS_FEED_H

#include "base/arena.h"
#include "base/diag.h"
#include "holidays/feed_ical.h"
#include "slaclock.h"
#include "time/zone.h"

/* Bounds, so that no feed makes loading or expanding take for ever. */
enum {
  FEED_MOST_BYTES = 64 * 1024 * 1024,
  FEED_MOST_DEEP = 8,           /* components within one another */
  FEED_MOST_ZONES = 100,        /* time zones named, and time zones defined */
  FEED_MOST_LENGTH_DAYS = 3660, /* of one event */
  FEED_MOST_DATES = 100000,     /* a year, of all repeating events together */
  FEED_MOST_CHANGES = 1000000,  /* changed occurrences of events, together */
  FEED_FIRST_YEAR = 1900,       /* of a repeating event */
  FEED_FORESEEN_YEARS = 10,     /* for which a rule without an end vouches, after the newest date in the feed */
};

/* --- lines ------------------------------------------------------------------------------------------------------- */

struct feed_line {
  struct sla_text text; /* unfolded */
  struct sla_text name, params, value;
  const char *raw; /* where it begins in the source */
  int number;      /* of its first line in the source */
  bool is_folded;
};

struct feed_scan {
  struct arena *arena;
  struct diags *diags;
  const struct source *source;
  const char *at, *end;
  int line;         /* of what at points to */
  struct ical ical; /* for the rules of time zones and those that end */
};

void feed_scan_init(struct feed_scan *scan, struct arena *arena, struct diags *diags, const struct source *source);

/* The next line that has the form of a property; what has not is reported and passed over. false at the end. */
bool feed_scan_next(struct feed_scan *scan, struct feed_line *ret_line);

/* The value of a parameter, without quotes; an empty text where it is absent. */
struct sla_text feed_param(const struct feed_line *line, const char *name);

/* Where a part of an unfolded line stands in the source. */
struct place feed_place(const struct feed_scan *scan, const struct feed_line *line, struct sla_text part);

/* --- values ------------------------------------------------------------------------------------------------------ */

/* A zone that a TZID names; resolved when the whole feed is read, since its definition may stand behind its use. */
struct feed_zone {
  struct sla_text name;
  struct place place; /* of its first use */
  const struct zone *zone;
};

struct feed_zones {
  struct feed_zone **items;
  size_t count, capacity;
};

struct feed_time {
  enum { FEED_DATE, FEED_FLOATING, FEED_UTC, FEED_ZONED } kind;
  int64_t local; /* as written: a wall clock; a date is its midnight */
  const struct feed_zone *zone;
};

/* A length: days are the calendar's, seconds the clock's. */
struct feed_length {
  int days;
  int64_t seconds;
};

struct feed_times {
  struct feed_time *items;
  size_t count, capacity;
};

/* The values of DTSTART, EXDATE and their like; false after an error. */
bool feed_time_read(struct feed_scan *scan, struct feed_zones *zones, const struct feed_line *line,
                    struct feed_time *ret_time);
bool feed_times_read(struct feed_scan *scan, struct feed_zones *zones, const struct feed_line *line,
                     struct feed_times *times);

bool feed_length_read(struct feed_scan *scan, const struct feed_line *line, struct sla_text text,
                      struct feed_length *ret_length);

/* +0200, -033015 into seconds east. */
bool feed_offset_read(struct feed_scan *scan, const struct feed_line *line, int32_t *ret_offset);

/* TEXT (section 3.3.11) as one line: without escapes, line breaks as blanks. */
const char *feed_text(struct arena *arena, struct sla_text value);

/* A date of eight digits. */
bool feed_date_read(struct sla_text text, int *ret_date);

/* One DATE or DATE-TIME without parameters; false where it is none. */
bool feed_moment_read(struct sla_text text, struct feed_time *ret_time);

bool feed_rule_read(struct feed_scan *scan, const struct feed_line *line, struct recurrence *ret_rule,
                    struct feed_time *ret_until);

/* --- zones ------------------------------------------------------------------------------------------------------- */

/* The lines of a VTIMEZONE, kept until somebody asks for it. */
struct feed_observance {
  struct feed_line begin, start, from, to, rule;
  struct {
    struct feed_line *items;
    size_t count, capacity;
  } dates;
};

struct feed_definition {
  struct feed_line begin;
  struct sla_text name;
  struct {
    struct feed_observance *items;
    size_t count, capacity;
  } observances;
};

struct feed_definitions {
  struct feed_definition *items;
  size_t count, capacity;
};

/* The entry of a name, made at its first use; NULL after an error: there are too many. */
const struct feed_zone *feed_zone_of(struct feed_scan *scan, struct feed_zones *zones, const struct feed_line *line,
                                     struct sla_text name);

/* Finds what the names mean: an IANA name, a Windows name, or a definition of the feed. false after errors. */
bool feed_zones_resolve(struct feed_scan *scan, struct zones *known, struct feed_zones *zones,
                        const struct feed_definitions *definitions);

/* --- events ------------------------------------------------------------------------------------------------------ */

/* Occurrences left out, by what events are told apart by: feed_event_key. */
struct feed_keys {
  int64_t *items;
  size_t count, capacity;
};

struct feed_event {
  const char *name;
  struct place place;
  struct sla_text uid;
  struct feed_time start;
  bool has_end, has_length;
  struct feed_time end;
  struct feed_length length;
  const struct recurrence *rule; /* NULL: none */
  struct feed_time until;        /* of a rule with an end */
  struct feed_times more;        /* RDATE */
  struct feed_times except;      /* EXDATE */
  bool is_change;                /* it has a RECURRENCE-ID */
  struct feed_time changes;
  int sequence;
  bool is_cancelled, is_transparent, is_observance;
  struct feed_keys left_out, left_out_dates; /* sorted; the latter for whole dates of timed events */
};

struct feed {
  struct {
    struct feed_event *items;
    size_t count, capacity;
  } events;
  struct feed_zones zones;
  int first, last; /* the dates it knows; first > last: none */
};

/* Reads a feed; false after errors, which went to diags. */
bool feed_read(struct arena *arena, struct diags *diags, struct zones *zones, const struct source *source,
               struct feed *ret_feed);

/* The last step of reading; newest is the newest date in the feed. false after errors. */
bool feed_finish(struct feed_scan *scan, struct feed *feed, int newest);

/* How many dates an occurrence of an all-day event has, at least one: a DTEND not after DTSTART means one. */
int feed_event_days(const struct feed_event *event);

/* The length of a timed event by the wall clock in seconds, negative where it ends before it begins. */
int64_t feed_event_seconds(const struct feed_event *event);

/* The instant of a time; floating is the zone for times without one, NULL: UTC. */
sla_time feed_instant(const struct feed_time *time, const struct zone *floating);

/* The last moment that a rule allows, in the wall clock of its event. */
int64_t feed_until(const struct feed_event *event);

/* What tells occurrences apart: the date, the wall clock of a floating event, else the instant. */
int64_t feed_key(const struct feed_event *event, const struct feed_time *time);

/* --- expansion --------------------------------------------------------------------------------------------------- */

struct feed_day {
  int date;
  const char *name;
  size_t order;
};

struct feed_closing {
  sla_time from, until;
  const char *name;
  const struct zone *zone; /* whose dates it is shown by */
};

struct feed_days {
  struct {
    struct feed_day *items;
    size_t count, capacity;
  } days; /* by date, then in the feed's order; a name once a date */
  struct {
    struct feed_closing *items;
    size_t count, capacity;
  } closings;
};

struct feed_request {
  int first, last;         /* dates, both included */
  const struct zone *zone; /* the calendar's, for times without a zone; NULL: there is no calendar, each event's own */
  bool observances;
  bool (*takes)(const void *data, const char *name);
  const void *data;
};

void feed_expand(struct arena *arena, const struct feed *feed, const struct feed_request *request,
                 struct feed_days *ret_days);

#endif
