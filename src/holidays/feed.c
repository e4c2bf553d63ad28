/* feed: from events to the days and closings of a span. */
#include "holidays/feed.h"

#include "time/civil.h"

#include <stdlib.h>
#include <string.h>

struct expansion {
  struct arena *arena;
  const struct feed_request *request;
  struct feed_days *days;
  struct ical ical;
  struct moments starts; /* of the event at hand, as wall clock */
};

static bool keys_hold(const struct feed_keys *keys, int64_t key) {
  size_t low = 0, high = keys->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (keys->items[middle] < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low < keys->count && keys->items[low] == key;
}

static bool is_left_out(const struct feed_event *event, int64_t start) {
  struct feed_time time = event->start;
  time.local = start;
  return (event->left_out.count && keys_hold(&event->left_out, feed_key(event, &time))) ||
         (event->left_out_dates.count && keys_hold(&event->left_out_dates, local_date(start)));
}

/* --- all-day events ---------------------------------------------------------------------------------------------- */

static void give_days(struct expansion *expansion, const struct feed_event *event, int64_t start) {
  int first = local_date(start), last = first + feed_event_days(event) - 1;
  first = first < expansion->request->first ? expansion->request->first : first;
  last = last > expansion->request->last ? expansion->request->last : last;
  for (int date = first; date <= last; date++) {
    size_t order = expansion->days->days.count;
    *ARENA_PUSH(expansion->arena, &expansion->days->days) = (struct feed_day){date, event->name, order};
  }
}

/* --- timed events ------------------------------------------------------------------------------------------------ */

static const struct zone *zone_for(const struct expansion *expansion, const struct feed_event *event) {
  return event->start.kind == FEED_ZONED ? event->start.zone->zone : expansion->request->zone;
}

/*
 * The end of an occurrence. DURATION is counted by the calendar in days and by the clock in seconds; DTEND gives all
 * occurrences the same exact length (RFC 5545 section 3.8.5.3), but whole days from midnight to midnight stay whole
 * days when the clocks change.
 */
static sla_time end_of(const struct feed_event *event, const struct zone *zone, int64_t start, sla_time from) {
  struct feed_time at = event->start;
  if (event->has_length) {
    at.local = start + (int64_t)event->length.days * DAY;
    return feed_instant(&at, zone) + event->length.seconds;
  }
  if (!event->has_end)
    return from; /* section 3.6.1: such an event takes no time */
  bool whole_days =
      at.local % DAY == 0 && event->end.local % DAY == 0 && at.kind == event->end.kind && at.zone == event->end.zone;
  if (whole_days) {
    at.local = start + (event->end.local - event->start.local);
    return feed_instant(&at, zone);
  }
  return from + (feed_instant(&event->end, zone) - feed_instant(&event->start, zone));
}

static void give_closing(struct expansion *expansion, const struct feed_event *event, int64_t start) {
  const struct zone *zone = zone_for(expansion, event);
  struct feed_time at = event->start;
  at.local = start;
  sla_time from = feed_instant(&at, zone), until = end_of(event, zone, start, from);
  if (from < until)
    *ARENA_PUSH(expansion->arena, &expansion->days->closings) =
        (struct feed_closing){from, until, event->name, expansion->request->zone ? expansion->request->zone : zone};
}

/* --- events ------------------------------------------------------------------------------------------------------ */

static void gather_starts(struct expansion *expansion, const struct feed_event *event, int64_t from, int64_t to) {
  struct moments *starts = &expansion->starts;
  starts->count = 0;
  if (event->rule)
    ical_expand(&expansion->ical, expansion->arena, event->rule, event->start.local, feed_until(event), from, to,
                starts);
  else if (event->start.local >= from && event->start.local <= to)
    *ARENA_PUSH(expansion->arena, starts) = event->start.local;
  const struct zone *zone = event->start.kind == FEED_ZONED ? event->start.zone->zone : NULL;
  for (size_t i = 0; i < event->more.count; i++) {
    const struct feed_time *more = &event->more.items[i];
    int64_t local = more->local;
    if (event->start.kind == FEED_DATE)
      local = (int64_t)local_date(local) * DAY;
    else if (more->kind == FEED_DATE) /* at the event's usual time */
      local += local_second(event->start.local);
    else if (event->start.kind != FEED_FLOATING)
      local = feed_instant(more, zone) + (zone ? zone_offset(zone, feed_instant(more, zone)) : 0);
    if (local >= from && local <= to)
      *ARENA_PUSH(expansion->arena, starts) = local;
  }
}

static void expand_event(struct expansion *expansion, const struct feed_event *event) {
  const struct feed_request *request = expansion->request;
  bool all_day = event->start.kind == FEED_DATE;
  if (event->is_cancelled || (!all_day && event->is_transparent) || (event->is_observance && !request->observances) ||
      !request->takes(request->data, event->name))
    return;
  /* Two days of margin for timed events: no zone's clocks are further from any other's. */
  int64_t length = all_day ? (int64_t)(feed_event_days(event) - 1) * DAY : feed_event_seconds(event) + 2 * DAY;
  gather_starts(expansion, event, (int64_t)request->first * DAY - (length > 0 ? length : 0),
                (int64_t)(request->last + (all_day ? 0 : 2)) * DAY);
  for (size_t i = 0; i < expansion->starts.count; i++) {
    int64_t start = expansion->starts.items[i];
    if (is_left_out(event, start))
      continue;
    if (all_day)
      give_days(expansion, event, start);
    else
      give_closing(expansion, event, start);
  }
}

/* --- each once --------------------------------------------------------------------------------------------------- */

static int day_compare_names(const void *a, const void *b) {
  const struct feed_day *left = a, *right = b;
  if (left->date != right->date)
    return left->date < right->date ? -1 : 1;
  int names = strcmp(left->name, right->name);
  return names ? names : left->order < right->order ? -1 : left->order > right->order;
}

static int day_compare(const void *a, const void *b) {
  const struct feed_day *left = a, *right = b;
  if (left->date != right->date)
    return left->date < right->date ? -1 : 1;
  return left->order < right->order ? -1 : left->order > right->order;
}

static int closing_compare(const void *a, const void *b) {
  const struct feed_closing *left = a, *right = b;
  if (left->from != right->from)
    return left->from < right->from ? -1 : 1;
  if (left->until != right->until)
    return left->until < right->until ? -1 : 1;
  return strcmp(left->name, right->name);
}

static void drop_repeated(struct feed_days *days) {
  struct feed_day *items = days->days.items;
  size_t kept = 0;
  if (days->days.count)
    qsort(items, days->days.count, sizeof *items, day_compare_names);
  for (size_t i = 0; i < days->days.count; i++)
    if (kept == 0 || items[i].date != items[kept - 1].date || strcmp(items[i].name, items[kept - 1].name) != 0)
      items[kept++] = items[i];
  if ((days->days.count = kept))
    qsort(items, kept, sizeof *items, day_compare);

  struct feed_closing *closings = days->closings.items;
  kept = 0;
  if (days->closings.count)
    qsort(closings, days->closings.count, sizeof *closings, closing_compare);
  for (size_t i = 0; i < days->closings.count; i++)
    if (kept == 0 || closing_compare(&closings[i], &closings[kept - 1]) != 0)
      closings[kept++] = closings[i];
  days->closings.count = kept;
}

void feed_expand(struct arena *arena, const struct feed *feed, const struct feed_request *request,
                 struct feed_days *ret_days) {
  struct expansion expansion = {.arena = arena, .request = request, .days = ret_days};
  *ret_days = (struct feed_days){0};
  for (size_t i = 0; i < feed->events.count; i++)
    expand_event(&expansion, &feed->events.items[i]);
  drop_repeated(ret_days);
}
