/*
 * timeline: the instants in which a clock runs, as sorted disjoint stretches with the running sum of their lengths.
 * Calendars end here; what is asked afterwards is a search among integers.
 *
 * A timeline knows the instants of [from, until). What lies outside is unknown, not closed: questions that reach there
 * are answered with false, and the caller has a longer timeline made.
 */
#ifndef SLACLOCK_CALENDAR_TIMELINE_H
#define SLACLOCK_CALENDAR_TIMELINE_H

#include "base/arena.h"
#include "slaclock.h"

/* [from, until), never empty inside a timeline. */
struct stretch {
  sla_time from, until;
};

struct stretches {
  struct stretch *items;
  size_t count, capacity;
};

/* A stretch of a timeline; all that searches look at side by side. */
struct timeline_item {
  sla_time from, until;
  int64_t sum; /* of open seconds before it */
};

struct timeline {
  sla_time from, until;
  size_t count;
  /* Sorted, disjoint, not touching, within [from, until); behind the last, one that never comes. */
  const struct timeline_item *items;
  /*
   * Where searches begin, so that they take a step or two: for each 2^TIMELINE_SHIFT seconds of time since `from` the
   * first item that ends after they begin, and for as many seconds of open time the item in which they begin.
   */
  const uint32_t *by_time, *by_sum;
};

enum {
  TIMELINE_SHIFT = 14
}; /* four and a half hours: mostly nothing changes within, so that no step is mostly right */

/* Puts stretches into order and joins those that overlap or touch. */
void stretches_normalize(struct stretches *stretches);

/* Makes a timeline of normalized stretches, cut to [from, until). */
struct timeline timeline_of(struct arena *arena, const struct stretches *stretches, sla_time from, sla_time until);

/* The stretches of a timeline. */
struct stretches timeline_stretches(struct arena *arena, const struct timeline *timeline);

/* The set operations on normalized stretches; the result is normalized. */
void stretches_unite(struct arena *arena, const struct stretches *a, const struct stretches *b,
                     struct stretches *ret_union);
void stretches_intersect(struct arena *arena, const struct stretches *a, const struct stretches *b,
                         struct stretches *ret_intersection);
void stretches_subtract(struct arena *arena, const struct stretches *a, const struct stretches *b,
                        struct stretches *ret_difference);

/* Whether every instant from a to b is known. */
static inline bool timeline_covers(const struct timeline *timeline, sla_time a, sla_time b) {
  return timeline->from <= a && b <= timeline->until;
}

/* Index of the first stretch that ends after t; count where there is none. */
static inline size_t timeline_find(const struct timeline *timeline, sla_time t) {
  if (t >= timeline->until)
    return timeline->count;
  size_t item = t <= timeline->from ? 0 : timeline->by_time[(t - timeline->from) >> TIMELINE_SHIFT];
  while (timeline->items[item].until <= t)
    item++;
  return item;
}

/* Whether t, which must be covered, is open. */
bool timeline_is_open(const struct timeline *timeline, sla_time t);

/* Open seconds from the timeline's start to t, which must be covered. */
static inline int64_t timeline_sum(const struct timeline *timeline, sla_time t) {
  const struct timeline_item *items = timeline->items;
  size_t i = timeline->by_time[(t - timeline->from) >> TIMELINE_SHIFT];
  i += items[i].until <= t; /* added, since such a branch could not be foretold */
  while (items[i].until <= t)
    i++;
  int64_t inside = t - items[i].from;
  return items[i].sum + (inside > 0 ? inside : 0);
}

/* Open seconds in [a, b), 0 where b is before a; both must be covered. */
static inline int64_t timeline_elapsed(const struct timeline *timeline, sla_time a, sla_time b) {
  return b <= a ? 0 : timeline_sum(timeline, b) - timeline_sum(timeline, a);
}

/*
 * The earliest t >= s with amount open seconds in [s, t), and the stretch that it lies in or ends; s itself for amount
 * 0, and count. s must be covered; begun is timeline_sum of it. false where the timeline ends before.
 */
static inline bool timeline_due_from(const struct timeline *timeline, sla_time s, int64_t begun, int64_t amount,
                                     sla_time *ret_due, size_t *ret_item) {
  if (amount == 0) {
    *ret_due = s;
    *ret_item = timeline->count;
    return true;
  }
  int64_t target = begun + amount;
  if (target > timeline->items[timeline->count].sum)
    return false;
  const struct timeline_item *items = timeline->items;
  size_t i = timeline->by_sum[(target - 1) >> TIMELINE_SHIFT];
  i += items[i + 1].sum < target; /* the target may be reached just at an item's end */
  while (items[i + 1].sum < target)
    i++;
  *ret_due = items[i].from + (target - items[i].sum);
  *ret_item = i;
  return true;
}

static inline bool timeline_due(const struct timeline *timeline, sla_time s, int64_t amount, sla_time *ret_due) {
  size_t item;
  return timeline_due_from(timeline, s, timeline_sum(timeline, s), amount, ret_due, &item);
}

/* The first open instant at or after t; false where none is known. */
bool timeline_next_open(const struct timeline *timeline, sla_time t, sla_time *ret_open);

/* The last closing at or before t; false where none is known. */
bool timeline_last_close(const struct timeline *timeline, sla_time t, sla_time *ret_close);

#endif
