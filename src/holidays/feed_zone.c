/*
 * feed_zone: what a TZID means. The system's rules come first, since they are kept up to date and the copies in feeds
 * are not; a feed's own VTIMEZONE (RFC 5545 section 3.6.5) serves for names that nobody else knows.
 */
#include "base/text.h"
#include "holidays/feed.h"
#include "time/civil.h"
#include "time/icu.h"

#include <stdlib.h>

enum { MOST_OBSERVANCES = 100, MOST_A_YEAR = 12 };

/* Beyond this the last offset stays. */
enum { LAST_YEAR = 2201 };

const struct feed_zone *feed_zone_of(struct feed_scan *scan, struct feed_zones *zones, const struct feed_line *line,
                                     struct sla_text name) {
  for (size_t i = 0; i < zones->count; i++)
    if (text_equal(zones->items[i]->name, name))
      return zones->items[i];
  if (zones->count == FEED_MOST_ZONES) {
    diag_error(scan->diags, feed_place(scan, line, name), "the feed is over the limit of %d time zones",
               FEED_MOST_ZONES);
    return NULL;
  }
  struct feed_zone *zone = arena_alloc(scan->arena, sizeof *zone);
  *zone = (struct feed_zone){.name = name, .place = feed_place(scan, line, name)};
  *ARENA_PUSH(scan->arena, zones) = zone;
  return zone;
}

/* --- the feed's own definitions ---------------------------------------------------------------------------------- */

/* The clocks change at an instant. */
struct change {
  sla_time at;
  int32_t before, after;
};

struct changes {
  struct change *items;
  size_t count, capacity;
};

static bool local_read(struct feed_scan *scan, const struct feed_line *line, int64_t *ret_local) {
  struct feed_zones none = {0};
  struct feed_time time;
  if (!feed_time_read(scan, &none, line, &time))
    return false;
  *ret_local = time.local;
  return true;
}

static bool add_rule(struct feed_scan *scan, const struct feed_line *line, int64_t start, int32_t before,
                     struct moments *moments) {
  struct recurrence rule;
  struct feed_time until;
  if (!feed_rule_read(scan, line, &rule, &until))
    return false;
  if (recurrence_yearly(&rule) > MOST_A_YEAR) {
    diag_error(scan->diags, feed_place(scan, line, line->value), "clocks that change more than %d times a year",
               MOST_A_YEAR);
    return false;
  }
  int64_t last = until.kind == FEED_UTC ? until.local + before : until.local;
  int64_t end = (int64_t)date_of(LAST_YEAR, 1, 1) * DAY;
  ical_expand(&scan->ical, scan->arena, &rule, start, last, start, end, moments);
  return true;
}

static bool add_observance(struct feed_scan *scan, const struct feed_observance *observance, struct changes *changes) {
  if (!observance->start.text.ptr || !observance->from.text.ptr || !observance->to.text.ptr) {
    diag_error(scan->diags, feed_place(scan, &observance->begin, observance->begin.text),
               "\"%.*s\" needs DTSTART, TZOFFSETFROM and TZOFFSETTO", TEXT_ARGS(observance->begin.value));
    return false;
  }
  int64_t start, local;
  int32_t before, after;
  struct moments moments = {0};
  if (!local_read(scan, &observance->start, &start) || !feed_offset_read(scan, &observance->from, &before) ||
      !feed_offset_read(scan, &observance->to, &after))
    return false;
  if (!observance->rule.text.ptr)
    *ARENA_PUSH(scan->arena, &moments) = start;
  else if (!add_rule(scan, &observance->rule, start, before, &moments))
    return false;
  for (size_t i = 0; i < observance->dates.count; i++) {
    struct feed_zones none = {0};
    struct feed_times times = {0};
    if (!feed_times_read(scan, &none, &observance->dates.items[i], &times))
      return false;
    for (size_t k = 0; k < times.count; k++) {
      local = times.items[k].local + (times.items[k].kind == FEED_UTC ? before : 0);
      *ARENA_PUSH(scan->arena, &moments) = local;
    }
  }
  for (size_t i = 0; i < moments.count; i++)
    *ARENA_PUSH(scan->arena, changes) = (struct change){moments.items[i] - before, before, after};
  return true;
}

static int change_compare(const void *a, const void *b) {
  const struct change *left = a, *right = b;
  return (left->at > right->at) - (left->at < right->at);
}

static const struct zone *zone_of_changes(struct arena *arena, struct sla_text name, struct changes *changes) {
  qsort(changes->items, changes->count, sizeof *changes->items, change_compare);
  struct zone *zone = arena_alloc(arena, sizeof *zone);
  zone->name = arena_copy(arena, name.ptr, name.len);
  zone->spans = arena_array(arena, changes->count + 1, sizeof *zone->spans);
  zone->spans[zone->count++] = (struct zone_span){INT64_MIN, changes->items[0].before};
  for (size_t i = 0; i < changes->count; i++)
    if (changes->items[i].after != zone->spans[zone->count - 1].offset)
      zone->spans[zone->count++] = (struct zone_span){changes->items[i].at, changes->items[i].after};
  return zone;
}

static const struct zone *zone_define(struct feed_scan *scan, const struct feed_definition *definition) {
  struct changes changes = {0};
  if (definition->observances.count == 0 || definition->observances.count > MOST_OBSERVANCES) {
    diag_error(scan->diags, feed_place(scan, &definition->begin, definition->begin.text),
               "time zone \"%.*s\" must have STANDARD or DAYLIGHT, at most %d in all", TEXT_ARGS(definition->name),
               MOST_OBSERVANCES);
    return NULL;
  }
  for (size_t i = 0; i < definition->observances.count; i++)
    if (!add_observance(scan, &definition->observances.items[i], &changes))
      return NULL;
  return zone_of_changes(scan->arena, definition->name, &changes);
}

/* --- all names --------------------------------------------------------------------------------------------------- */

static const struct zone *zone_resolve(struct feed_scan *scan, struct zones *known, const struct feed_zone *zone,
                                       const struct feed_definitions *definitions) {
  const char *problem, *ignored;
  const struct zone *found = zone_find(known, zone->name, &problem);
  if (found)
    return found;
  const char *name = zone_of_windows(scan->arena, zone->name);
  if (name && (found = zone_find(known, text_of(name), &ignored)))
    return found;
  if (!name && !icu_is_installed()) {
    diag_error(scan->diags, zone->place, "\"%.*s\" may be a zone of Windows: %s, which knows these, is not installed",
               TEXT_ARGS(zone->name), icu_name);
    return NULL;
  }
  for (size_t i = 0; i < definitions->count; i++)
    if (text_equal(definitions->items[i].name, zone->name))
      return zone_define(scan, &definitions->items[i]);
  diag_error(scan->diags, zone->place, "%s (nor does the feed define it)", problem);
  return NULL;
}

bool feed_zones_resolve(struct feed_scan *scan, struct zones *known, struct feed_zones *zones,
                        const struct feed_definitions *definitions) {
  bool good = true;
  for (size_t i = 0; i < zones->count; i++) {
    zones->items[i]->zone = zone_resolve(scan, known, zones->items[i], definitions);
    good &= zones->items[i]->zone != NULL;
  }
  return good;
}
