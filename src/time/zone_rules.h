/*
 * zone_rules: what zone.c and its sources of rules share: TZif files (zone_tzif.c), ICU (zone_icu.c), and the names
 * that either knows (zone_names.c). Private to src/time.
 */
#ifndef SLACLOCK_TIME_ZONE_RULES_H
#define SLACLOCK_TIME_ZONE_RULES_H

#include "base/arena.h"
#include "slaclock.h"
#include "time/civil.h"
#include "time/zone.h"

/* Rules are expanded up to 2201-01-01, a year more than the supported range, so that its last days have a future. */
#define ZONE_END INT64_C(7289654400)

/* Offsets are between -25 and +26 hours (RFC 9636 section 3.2). */
enum { ZONE_OFFSET_MIN = -25 * HOUR + 1, ZONE_OFFSET_MAX = 26 * HOUR - 1 };

enum { ZONE_NAME_MOST = 64 };

struct zone_spans {
  struct zone_span *items;
  size_t count, capacity;
};

/*
 * From `from` on the clocks show `offset`. Calls come in the order of time. What is in force at 1970-01-01T00:00:00Z
 * counts for all time before, what begins at ZONE_END or later is left out, and neighbours that show the same are one.
 */
void zone_spans_add(struct arena *arena, struct zone_spans *spans, sla_time from, int32_t offset);

/* Reads the bytes of a TZif file. Returns NULL, or what is wrong with them ("cut short"). */
const char *zone_tzif_read(struct arena *arena, struct sla_text bytes, struct zone_spans *ret_spans);

/* The rules that ICU has for a name; false where it knows none. */
bool zone_icu_read(struct arena *arena, const char *name, struct zone_spans *ret_spans);

/* The names that ICU knows, IANA's and others. */
const char *const *zone_icu_names(struct arena *arena, size_t *ret_count);

/* Version of ICU's rules, as "2022e"; NULL where it has none. */
const char *zone_icu_version(void);

/* An offset as people write it, east-positive: see zone_find. */
bool zone_offset_read(struct sla_text name, int32_t *ret_offset);

/*
 * Whether a name may be looked up: letters as IANA uses them, no path that leaves the folder, and none of the names
 * that differ from machine to machine (localtime), count leap seconds (right/), or mean several zones (PST in ICU).
 */
bool zone_name_is_plain(struct sla_text name);

/* What the system's tzdata calls a zone that is known by an older name: Europe/Kyiv for Europe/Kiev; else NULL. */
const char *zone_link_target(struct arena *arena, const char *folder, struct sla_text name);

/* What to say behind `unknown zone "..."`, with its colon; "" where nothing is near. */
const char *zone_hint(struct arena *arena, enum sla_tzdata tzdata, struct sla_text name);

/* Whether a path is a folder. */
bool zone_is_folder(const char *path);

#endif
