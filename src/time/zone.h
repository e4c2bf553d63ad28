/*
 * zone: what the clocks of a place show. A zone is compiled to spans of constant offset over the whole supported range
 * (the footer of a TZif file expanded to 2200), so that everything else is a search in a short sorted array.
 *
 * Rules come from the system's TZif files (RFC 9636; version 2 or later, with the footer), from ICU where there are
 * none or where the options say so (zone_icu.c), or from the name itself for fixed offsets.
 */
#ifndef SLACLOCK_TIME_ZONE_H
#define SLACLOCK_TIME_ZONE_H

#include "base/arena.h"
#include "slaclock.h"

struct zone_span {
  sla_time from;  /* first instant of the span; INT64_MIN in the first span */
  int32_t offset; /* seconds east of UTC, until the next span begins */
};

/* Where a zone's rules come from. */
enum zone_source { ZONE_FIXED, ZONE_SYSTEM, ZONE_ICU };

struct zone {
  const char *name;        /* as it was asked for */
  enum zone_source source; /* with SLA_TZDATA_AUTO, ICU is used for a zone that the system has no file of */
  struct zone_span *spans;
  size_t count; /* at least 1; neighbours differ in offset */
  /* Where searches begin, so that they take a step or two: for each 2^ZONE_SHIFT seconds of the supported range the
   * span in which they begin; a span that never comes then stands behind the last. NULL: searches go by halves. */
  const uint16_t *by_time;
};

enum { ZONE_SHIFT = 22 }; /* 48 days */

/* A name that no zone could be had for, and why. */
struct zone_failure {
  const char *name, *problem;
};

struct zone_failures {
  struct zone_failure *items;
  size_t count, capacity;
};

/* The zones loaded so far, and where rules come from. */
struct zones {
  struct arena *arena;
  struct arena *scratch; /* for files and lists while one zone is looked up */
  enum sla_tzdata tzdata;
  struct zone **items;
  size_t count, capacity;
  struct zone_failures failures; /* the first of them: input may name the same unknown zone in every row */
};

void zones_init(struct zones *zones, struct arena *arena, enum sla_tzdata tzdata);

/*
 * The zone of a name, loaded once: an IANA name or alias in the letters IANA uses, "UTC", "Z", or a fixed offset, all
 * east-positive: "+04:00", "+0400", "+4", "-03:30", "UTC+4", "GMT+2", up to 18 hours. NULL where there is none;
 * *ret_problem is then a message in the arena: unknown zone "Europe/Kyjiv": did you mean "Europe/Kyiv"? Looking up what
 * does not exist takes a millisecond the first time and, from the hundredth such name on, no memory.
 */
const struct zone *zone_find(struct zones *zones, struct sla_text name, const char **ret_problem);

/* The same if the zone is loaded already, else NULL; takes no memory. */
const struct zone *zone_known(const struct zones *zones, struct sla_text name);

/* Whether a name is one of IANA's Etc/GMT+4, whose sign is the inverse of what people write. */
bool zone_name_is_inverted(struct sla_text name);

/* Index of the span that holds t, without the help of zone->by_time. */
size_t zone_span_search(const struct zone *zone, sla_time t);

/* Index of the span that holds t. */
static inline size_t zone_span_at(const struct zone *zone, sla_time t) {
  if (!zone->by_time || (uint64_t)t > SLA_TIME_MAX)
    return zone_span_search(zone, t);
  size_t span = zone->by_time[t >> ZONE_SHIFT];
  span += zone->spans[span + 1].from <= t; /* added, since such a branch could not be foretold */
  while (zone->spans[span + 1].from <= t)
    span++;
  return span;
}

static inline int32_t zone_offset(const struct zone *zone, sla_time t) {
  return zone->spans[zone_span_at(zone, t)].offset;
}

/* What the clocks show at t. */
static inline int64_t zone_local(const struct zone *zone, sla_time t) {
  return t + zone_offset(zone, t);
}

/*
 * The instant of a local time. One that comes twice means the first pass; one that is skipped means the instant given
 * by the offset before the gap (RFC 5545 3.3.5), which lies as far behind the gap's start as the clock time does. The
 * reading is SLA_READ_LOCAL, SLA_READ_LOCAL_OVERLAP or SLA_READ_LOCAL_GAP.
 */
sla_time zone_instant(const struct zone *zone, int64_t local, enum sla_reading *ret_reading);

/* The IANA name of a zone that Windows calls so ("FLE Standard Time"); NULL where it has none. */
const char *zone_of_windows(struct arena *arena, struct sla_text name);

/*
 * The versions of both sources of rules, as sla_tzdata_compare in slaclock.h. "unknown" stands for the version of
 * system files that do not say which they are; it is never older than another.
 */
void zone_versions(enum sla_tzdata tzdata, struct sla_tzdata_versions *ret_versions);

/* Folder of the system's TZif files: $TZDIR, else /usr/share/zoneinfo; NULL where there is none. */
const char *zone_system_folder(void);

#endif
