/* feed_finish: what has to be known of all events of a feed together: changed occurrences, limits, coverage. */
#include "holidays/feed.h"
#include "time/civil.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* --- changed occurrences ----------------------------------------------------------------------------------------- */

sla_time feed_instant(const struct feed_time *time, const struct zone *floating) {
  enum sla_reading reading;
  const struct zone *zone = time->kind == FEED_ZONED ? time->zone->zone : time->kind == FEED_UTC ? NULL : floating;
  return zone ? zone_instant(zone, time->local, &reading) : time->local;
}

static const struct zone *event_zone(const struct feed_event *event) {
  return event->start.kind == FEED_ZONED ? event->start.zone->zone : NULL;
}

int64_t feed_key(const struct feed_event *event, const struct feed_time *time) {
  if (event->start.kind == FEED_DATE)
    return local_date(time->local);
  if (event->start.kind == FEED_FLOATING)
    return time->local;
  return feed_instant(time, event_zone(event));
}

int64_t feed_until(const struct feed_event *event) {
  const struct feed_time *until = &event->until;
  if (event->start.kind == FEED_DATE)
    return (int64_t)local_date(until->local) * DAY;
  if (until->kind == FEED_DATE)
    return until->local + DAY - 1;
  const struct zone *zone = event_zone(event);
  return until->kind == FEED_UTC && zone ? zone_local(zone, until->local) : until->local;
}

static void leave_out(struct arena *arena, struct feed_event *event, const struct feed_time *time) {
  if (time->kind == FEED_DATE && event->start.kind != FEED_DATE)
    *ARENA_PUSH(arena, &event->left_out_dates) = local_date(time->local);
  else
    *ARENA_PUSH(arena, &event->left_out) = feed_key(event, time);
}

static int uid_compare(const struct feed_event *a, const struct feed_event *b) {
  size_t len = a->uid.len < b->uid.len ? a->uid.len : b->uid.len;
  int order = len ? memcmp(a->uid.ptr, b->uid.ptr, len) : 0;
  return order ? order : (a->uid.len > b->uid.len) - (a->uid.len < b->uid.len);
}

/* By UID, then by the occurrence changed, then by SEQUENCE; what stands further down in the file is newer. */
static int change_compare(const void *left, const void *right) {
  const struct feed_event *a = *(struct feed_event *const *)left, *b = *(struct feed_event *const *)right;
  int order = uid_compare(a, b);
  if (order)
    return order;
  if (a->changes.local != b->changes.local)
    return a->changes.local < b->changes.local ? -1 : 1;
  if (a->sequence != b->sequence)
    return a->sequence < b->sequence ? -1 : 1;
  return (a > b) - (a < b);
}

static int number_compare(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static void keys_sort(struct feed_keys *keys) {
  if (keys->count)
    qsort(keys->items, keys->count, sizeof *keys->items, number_compare);
}

struct change_list {
  struct feed_event **items;
  size_t count, capacity;
};

/* The first of the changes of an event's UID. */
static size_t changes_find(const struct change_list *changes, const struct feed_event *event) {
  size_t low = 0, high = changes->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (uid_compare(changes->items[middle], event) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* All changes, in order; those that a newer one of the same occurrence replaces count no more. */
static void changes_gather(struct feed_scan *scan, struct feed *feed, struct change_list *changes) {
  for (size_t i = 0; i < feed->events.count; i++)
    if (feed->events.items[i].is_change && feed->events.items[i].uid.len)
      *ARENA_PUSH(scan->arena, changes) = &feed->events.items[i];
  if (changes->count)
    qsort(changes->items, changes->count, sizeof *changes->items, change_compare);
  for (size_t i = 0; i + 1 < changes->count; i++)
    if (uid_compare(changes->items[i], changes->items[i + 1]) == 0 &&
        changes->items[i]->changes.local == changes->items[i + 1]->changes.local)
      changes->items[i]->is_cancelled = true;
}

static void apply_changes(struct feed_scan *scan, struct feed *feed) {
  struct arena *arena = scan->arena;
  struct change_list changes = {0};
  size_t applied = 0;
  changes_gather(scan, feed, &changes);
  for (size_t i = 0; i < feed->events.count; i++) {
    struct feed_event *event = &feed->events.items[i];
    for (size_t k = 0; k < event->except.count; k++)
      leave_out(arena, event, &event->except.items[k]);
    if (!event->is_change && event->uid.len)
      for (size_t k = changes_find(&changes, event); k < changes.count && uid_compare(changes.items[k], event) == 0;
           k++) {
        if (++applied > FEED_MOST_CHANGES) {
          diag_error(scan->diags, event->place, "the feed is over the limit of %d changed occurrences",
                     FEED_MOST_CHANGES);
          return;
        }
        leave_out(arena, event, &changes.items[k]->changes);
      }
    keys_sort(&event->left_out);
    keys_sort(&event->left_out_dates);
  }
}

/* --- limits and coverage ----------------------------------------------------------------------------------------- */

static void check_amount(struct feed_scan *scan, const struct feed *feed) {
  int64_t dates = 0;
  for (size_t i = 0; i < feed->events.count; i++) {
    const struct feed_event *event = &feed->events.items[i];
    if (!event->rule)
      continue;
    int days = event->start.kind == FEED_DATE ? feed_event_days(event) : 1 + (int)(feed_event_seconds(event) / DAY);
    dates += (int64_t)recurrence_yearly(event->rule) * (days < 1 ? 1 : days);
    if (dates > FEED_MOST_DATES) {
      diag_error(scan->diags, event->place, "the events that repeat are over the limit of %d dates a year from here on",
                 FEED_MOST_DATES);
      return;
    }
  }
}

/* The start of the last occurrence of a rule that ends. */
static int64_t last_start(struct feed_scan *scan, const struct feed_event *event) {
  if (event->rule->has_until)
    return feed_until(event);
  struct moments moments = {0};
  ical_expand(&scan->ical, scan->arena, event->rule, event->start.local, 0, event->start.local,
              (int64_t)date_of(2200, 12, 31) * DAY, &moments);
  return moments.items[moments.count - 1];
}

/* The dates from the feed's first to its last; cancelled events and observances show what it knows, too. */
static void find_coverage(struct feed_scan *scan, struct feed *feed, int newest) {
  int first = INT_MAX, last = INT_MIN;
  for (size_t i = 0; i < feed->events.count; i++) {
    const struct feed_event *event = &feed->events.items[i];
    int64_t seconds =
        event->start.kind == FEED_DATE ? (int64_t)feed_event_days(event) * DAY : feed_event_seconds(event);
    int64_t rest = seconds > 0 ? seconds - 1 : 0;
    int begins = local_date(event->start.local), ends = local_date(event->start.local + rest);
    first = begins < first ? begins : first;
    for (size_t k = 0; k < event->more.count; k++) {
      int more = local_date(event->more.items[k].local + rest);
      last = more > last ? more : last;
    }
    if (event->is_change || (event->rule && !event->rule->count && !event->rule->has_until))
      continue;
    if (event->rule)
      ends = local_date(last_start(scan, event) + rest);
    last = ends > last ? ends : last;
  }
  if (last == INT_MIN) /* rules without an end, and nothing else */
    last = date_of(civil_of(newest).year + FEED_FORESEEN_YEARS, 12, 31);
  feed->first = first;
  feed->last = last;
  if (feed->events.count)
    return;
  feed->first = DATE_MAX + 1;
  feed->last = DATE_MAX;
  diag_warning(scan->diags, place_of_source(scan->source), "the feed has no events");
}

bool feed_finish(struct feed_scan *scan, struct feed *feed, int newest) {
  unsigned errors = scan->diags->errors;
  check_amount(scan, feed);
  if (scan->diags->errors == errors)
    apply_changes(scan, feed);
  if (scan->diags->errors == errors)
    find_coverage(scan, feed, newest);
  return scan->diags->errors == errors;
}
