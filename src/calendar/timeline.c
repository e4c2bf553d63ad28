#include "calendar/timeline.h"

#include <stdlib.h>

static int stretch_compare(const void *left, const void *right) {
  const struct stretch *a = left, *b = right;
  if (a->from != b->from)
    return a->from < b->from ? -1 : 1;
  return (a->until > b->until) - (a->until < b->until);
}

void stretches_normalize(struct stretches *stretches) {
  struct stretch *items = stretches->items;
  for (size_t i = 1; i < stretches->count; i++)
    if (items[i].from < items[i - 1].from) {
      qsort(items, stretches->count, sizeof *items, stretch_compare);
      break;
    }
  size_t kept = 0;
  for (size_t i = 0; i < stretches->count; i++) {
    if (items[i].from >= items[i].until)
      continue;
    if (kept && items[i].from <= items[kept - 1].until) {
      if (items[i].until > items[kept - 1].until)
        items[kept - 1].until = items[i].until;
    } else
      items[kept++] = items[i];
  }
  stretches->count = kept;
}

static void timeline_index(struct arena *arena, struct timeline *timeline) {
  size_t times = (size_t)((timeline->until - timeline->from) >> TIMELINE_SHIFT) + 1;
  size_t sums = (size_t)(timeline->items[timeline->count].sum >> TIMELINE_SHIFT) + 1;
  uint32_t *by_time = arena_array(arena, times, sizeof *by_time), *by_sum = arena_array(arena, sums, sizeof *by_sum);
  uint32_t item = 0;
  for (size_t i = 0; i < times; i++) {
    while (item < timeline->count && timeline->items[item].until <= timeline->from + ((int64_t)i << TIMELINE_SHIFT))
      item++;
    by_time[i] = item;
  }
  item = 0;
  for (size_t i = 0; i < sums; i++) {
    while (item < timeline->count && timeline->items[item + 1].sum <= (int64_t)i << TIMELINE_SHIFT)
      item++;
    by_sum[i] = item;
  }
  timeline->by_time = by_time;
  timeline->by_sum = by_sum;
}

struct timeline timeline_of(struct arena *arena, const struct stretches *stretches, sla_time from, sla_time until) {
  struct timeline_item *items = arena_array(arena, stretches->count + 1, sizeof *items);
  int64_t sum = 0;
  size_t count = 0;
  for (size_t i = 0; i < stretches->count; i++) {
    struct stretch item = stretches->items[i];
    if (item.from < from)
      item.from = from;
    if (item.until > until)
      item.until = until;
    if (item.from >= item.until)
      continue;
    items[count++] = (struct timeline_item){item.from, item.until, sum};
    sum += item.until - item.from;
  }
  items[count] = (struct timeline_item){INT64_MAX, INT64_MAX, sum};
  struct timeline timeline = {.from = from, .until = until, .count = count, .items = items};
  timeline_index(arena, &timeline);
  return timeline;
}

struct stretches timeline_stretches(struct arena *arena, const struct timeline *timeline) {
  size_t count = timeline->count;
  struct stretches stretches = {arena_array(arena, count, sizeof *stretches.items), count, count};
  for (size_t i = 0; i < count; i++)
    stretches.items[i] = (struct stretch){timeline->items[i].from, timeline->items[i].until};
  return stretches;
}

void stretches_unite(struct arena *arena, const struct stretches *a, const struct stretches *b,
                     struct stretches *ret_union) {
  struct stretches all = {arena_array(arena, a->count + b->count, sizeof *all.items), 0, a->count + b->count};
  for (size_t i = 0, j = 0; i < a->count || j < b->count;) {
    bool take_a = j == b->count || (i < a->count && a->items[i].from <= b->items[j].from);
    all.items[all.count++] = take_a ? a->items[i++] : b->items[j++];
  }
  stretches_normalize(&all);
  *ret_union = all;
}

void stretches_intersect(struct arena *arena, const struct stretches *a, const struct stretches *b,
                         struct stretches *ret_intersection) {
  struct stretches both = {0};
  for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
    sla_time from = a->items[i].from > b->items[j].from ? a->items[i].from : b->items[j].from;
    sla_time until = a->items[i].until < b->items[j].until ? a->items[i].until : b->items[j].until;
    if (from < until)
      *ARENA_PUSH(arena, &both) = (struct stretch){from, until};
    if (a->items[i].until <= b->items[j].until)
      i++;
    else
      j++;
  }
  *ret_intersection = both;
}

void stretches_subtract(struct arena *arena, const struct stretches *a, const struct stretches *b,
                        struct stretches *ret_difference) {
  struct stretches rest = {0};
  size_t first = 0; /* the first of b that may still matter */
  for (size_t i = 0; i < a->count; i++) {
    struct stretch item = a->items[i];
    while (first < b->count && b->items[first].until <= item.from)
      first++;
    for (size_t j = first; j < b->count && b->items[j].from < item.until; j++) {
      if (b->items[j].from > item.from)
        *ARENA_PUSH(arena, &rest) = (struct stretch){item.from, b->items[j].from};
      item.from = b->items[j].until;
    }
    if (item.from < item.until)
      *ARENA_PUSH(arena, &rest) = item;
  }
  *ret_difference = rest;
}

bool timeline_is_open(const struct timeline *timeline, sla_time t) {
  size_t i = timeline_find(timeline, t);
  return i < timeline->count && timeline->items[i].from <= t;
}

bool timeline_next_open(const struct timeline *timeline, sla_time t, sla_time *ret_open) {
  size_t i = timeline_find(timeline, t);
  if (i == timeline->count)
    return false;
  *ret_open = timeline->items[i].from > t ? timeline->items[i].from : t;
  return true;
}

bool timeline_last_close(const struct timeline *timeline, sla_time t, sla_time *ret_close) {
  size_t i = timeline_find(timeline, t); /* the one before it ends at or before t */
  if (i == 0)
    return false;
  *ret_close = timeline->items[i - 1].until;
  return true;
}
