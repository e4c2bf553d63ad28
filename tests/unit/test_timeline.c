/*
 * Timelines against a bitmap: the instants 0 to BITS - 1 as an array of flags, on which every operation and every
 * search is a loop that looks at each instant.
 */
#include "helpers.h"

#include "calendar/timeline.h"

enum { BITS = 160, ROUNDS = 1000 };

struct bitmap {
  bool at[BITS];
};

/* Any stretches at all: in no order, overlapping, touching, empty or backwards. */
static struct stretches random_stretches(struct arena *arena, uint64_t *seed) {
  struct stretches stretches = {0};
  int64_t most = random_below(seed, 4) == 0 ? 60 : 12;
  for (int64_t left = random_below(seed, most); left > 0; left--) {
    sla_time from = random_below(seed, BITS), length = random_between(seed, -2, random_below(seed, 6) == 0 ? 60 : 9);
    sla_time until = from + length > BITS ? BITS : from + length;
    *ARENA_PUSH(arena, &stretches) = (struct stretch){from, until};
  }
  return stretches;
}

static struct bitmap bitmap_of(const struct stretch *items, size_t count) {
  struct bitmap bitmap = {0};
  for (size_t i = 0; i < count; i++)
    for (sla_time t = items[i].from; t < items[i].until; t++)
      bitmap.at[t] = true;
  return bitmap;
}

static bool bitmaps_equal(const struct bitmap *a, const struct bitmap *b) {
  return memcmp(a->at, b->at, sizeof a->at) == 0;
}

/* Sorted, disjoint, not touching, none empty: the shape of everything that comes out. */
static bool is_normalized(const struct stretch *items, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (items[i].from >= items[i].until || (i && items[i - 1].until >= items[i].from))
      return false;
  return true;
}

static const char *shown(struct arena *arena, const struct stretch *items, size_t count) {
  const char *text = "";
  for (size_t i = 0; i < count; i++)
    text = arena_printf(arena, "%s %lld-%lld", text, (long long)items[i].from, (long long)items[i].until);
  return text;
}

static struct stretches normalized(struct arena *arena, uint64_t *seed) {
  struct stretches stretches = random_stretches(arena, seed);
  struct bitmap before = bitmap_of(stretches.items, stretches.count);
  const char *given = shown(arena, stretches.items, stretches.count);
  stretches_normalize(&stretches);
  struct bitmap after = bitmap_of(stretches.items, stretches.count);
  if (!bitmaps_equal(&before, &after) || !is_normalized(stretches.items, stretches.count))
    fail_msg("normalize:%s gives%s", given, shown(arena, stretches.items, stretches.count));
  return stretches;
}

/* A fresh arena for each round keeps the memory small. */
static void rounds(void (*round)(struct arena *arena, uint64_t *seed)) {
  uint64_t seed = test_seed();
  for (int i = 0; i < ROUNDS; i++) {
    struct arena arena;
    arena_init(&arena, 0);
    round(&arena, &seed);
    arena_release(&arena);
  }
}

/* --- set operations ---------------------------------------------------------------------------------------------- */

static bool either(bool a, bool b) {
  return a || b;
}
static bool both(bool a, bool b) {
  return a && b;
}
static bool first_only(bool a, bool b) {
  return a && !b;
}

static void operations_round(struct arena *arena, uint64_t *seed) {
  static const struct {
    const char *name;
    void (*operation)(struct arena *arena, const struct stretches *a, const struct stretches *b, struct stretches *ret);
    bool (*of)(bool a, bool b);
  } operations[] = {{"unite", stretches_unite, either},
                    {"intersect", stretches_intersect, both},
                    {"subtract", stretches_subtract, first_only}};
  struct stretches a = normalized(arena, seed), b = normalized(arena, seed);
  struct bitmap in_a = bitmap_of(a.items, a.count), in_b = bitmap_of(b.items, b.count);
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
    struct stretches result = {0};
    struct bitmap expected;
    for (int t = 0; t < BITS; t++)
      expected.at[t] = operations[i].of(in_a.at[t], in_b.at[t]);
    operations[i].operation(arena, &a, &b, &result);
    struct bitmap got = bitmap_of(result.items, result.count);
    if (!bitmaps_equal(&got, &expected) || !is_normalized(result.items, result.count))
      fail_msg("%s:%s and%s give%s", operations[i].name, shown(arena, a.items, a.count), shown(arena, b.items, b.count),
               shown(arena, result.items, result.count));
  }
  struct bitmap still_a = bitmap_of(a.items, a.count), still_b = bitmap_of(b.items, b.count);
  assert_true(bitmaps_equal(&still_a, &in_a) && bitmaps_equal(&still_b, &in_b));

  struct stretches own = a; /* a result may take the place of what it is made from */
  stretches_unite(arena, &own, &b, &own);
  struct bitmap united = bitmap_of(own.items, own.count);
  for (int t = 0; t < BITS; t++)
    assert_int_equal(united.at[t], in_a.at[t] || in_b.at[t]);
}

static void test_operations(void **state) {
  (void)state;
  rounds(operations_round);
}

/* --- searches ---------------------------------------------------------------------------------------------------- */

/*
 * A bit may stand for many seconds, so that timelines are as long as those of years. Whatever is asked about any second
 * is answered by going over the bits.
 */
struct wide {
  struct arena *arena;
  struct timeline timeline;
  struct bitmap open;
  int64_t unit; /* seconds a bit */
};

/* Seconds of bit i in [a, b). */
static int64_t overlap(const struct wide *wide, int i, sla_time a, sla_time b) {
  sla_time from = i * wide->unit > a ? i * wide->unit : a, until = (i + 1) * wide->unit < b ? (i + 1) * wide->unit : b;
  return until > from ? until - from : 0;
}

static bool is_open(const struct wide *wide, sla_time t) {
  return t >= wide->timeline.from && t < wide->timeline.until && wide->open.at[t / wide->unit];
}

static int64_t count_open(const struct wide *wide, sla_time a, sla_time b) {
  int64_t sum = 0;
  for (int i = 0; i < BITS; i++)
    sum += wide->open.at[i] ? overlap(wide, i, a, b) : 0;
  return sum;
}

/* The earliest t >= s with amount open seconds in [s, t). */
static bool walk_due(const struct wide *wide, sla_time s, int64_t amount, sla_time *ret_due) {
  *ret_due = s;
  for (int i = 0; i < BITS && amount > 0; i++) {
    int64_t seconds = overlap(wide, i, s, wide->timeline.until);
    if (!wide->open.at[i] || !seconds)
      continue;
    sla_time from = i * wide->unit > s ? i * wide->unit : s;
    *ret_due = from + (seconds < amount ? seconds : amount);
    amount -= seconds < amount ? seconds : amount;
  }
  return amount == 0;
}

static void expect(const struct wide *wide, const char *what, sla_time t, int64_t more, bool known, int64_t got,
                   bool expected_known, int64_t expected) {
  if (known == expected_known && (!known || got == expected))
    return;
  fail_msg("[%lld, %lld)%s: %s(%lld, %lld) is %s %lld, not %s %lld", (long long)wide->timeline.from,
           (long long)wide->timeline.until,
           shown(wide->arena, timeline_stretches(wide->arena, &wide->timeline).items, wide->timeline.count), what,
           (long long)t, (long long)more, known ? "known:" : "unknown:", (long long)(known ? got : 0),
           expected_known ? "known:" : "unknown:", (long long)(expected_known ? expected : 0));
}

static void check_due(const struct wide *wide, sla_time t, int64_t amount) {
  sla_time due = 0, expected;
  bool walked = walk_due(wide, t, amount, &expected), known = timeline_due(&wide->timeline, t, amount, &due);
  expect(wide, "due", t, amount, known, due, walked, expected);
}

static void check_elapsed(const struct wide *wide, sla_time a, sla_time b) {
  expect(wide, "elapsed", a, b, true, timeline_elapsed(&wide->timeline, a, b), true,
         b > a ? count_open(wide, a, b) : 0);
}

/* All questions about one instant of [from, until]. */
static void check_at(const struct wide *wide, sla_time t, uint64_t *seed) {
  const struct timeline *timeline = &wide->timeline;
  sla_time found;
  if (t < timeline->until)
    expect(wide, "is_open", t, 0, true, timeline_is_open(timeline, t), true, is_open(wide, t));
  expect(wide, "sum", t, 0, true, timeline_sum(timeline, t), true, count_open(wide, timeline->from, t));
  check_elapsed(wide, t, t - 1);
  for (int i = 0; i < 8; i++)
    check_elapsed(wide, t, random_between(seed, timeline->from, timeline->until));

  size_t ended = 0;
  while (ended < timeline->count && timeline->items[ended].until <= t)
    ended++;
  expect(wide, "find", t, 0, true, (int64_t)timeline_find(timeline, t), true, (int64_t)ended);

  int64_t left = count_open(wide, t, timeline->until);
  for (int64_t amount = 0; amount < 3; amount++) {
    check_due(wide, t, amount);
    check_due(wide, t, left - 1 + amount < 0 ? 0 : left - 1 + amount);
  }
  for (int i = 0; i < 8; i++) {
    check_due(wide, t, random_between(seed, 0, left));
    /* to the end of a stretch: the closing, and not the next opening */
    if (ended < timeline->count)
      check_due(wide, t,
                count_open(wide, t,
                           timeline->items[random_between(seed, (int64_t)ended, (int64_t)timeline->count - 1)].until));
  }

  bool known = timeline_next_open(timeline, t, &found);
  sla_time first = t;
  for (int i = 0; i < BITS && !(is_open(wide, first)) && first < timeline->until; i++)
    first = (first / wide->unit + 1) * wide->unit;
  expect(wide, "next_open", t, 0, known, found, first < timeline->until, first);

  /* A closing is an instant that is not open behind one that is; at the end of what is known it counts as one. */
  known = timeline_last_close(timeline, t, &found);
  sla_time last = t;
  while (last > timeline->from && (!is_open(wide, last - 1) || is_open(wide, last)))
    last = last % wide->unit ? last - last % wide->unit : last - wide->unit;
  expect(wide, "last_close", t, 0, known, found, last > timeline->from, last);
}

static void searches_round(struct arena *arena, uint64_t *seed) {
  static const int64_t units[] = {1, 1, 60, 4096, 7919, 65536, 100003};
  int64_t unit = units[random_below(seed, sizeof units / sizeof *units)];
  struct stretches stretches = normalized(arena, seed);
  struct wide wide = {.arena = arena, .unit = unit, .open = bitmap_of(stretches.items, stretches.count)};
  for (size_t i = 0; i < stretches.count; i++) {
    stretches.items[i].from *= unit;
    stretches.items[i].until *= unit;
  }
  sla_time from = random_below(seed, 3) ? 0 : random_below(seed, BITS * unit);
  sla_time until = random_below(seed, 3) ? BITS * unit : random_between(seed, from, BITS * unit);
  wide.timeline = timeline_of(arena, &stretches, from, until);
  const struct timeline *timeline = &wide.timeline;
  assert_true(timeline->from == from && timeline->until == until);
  assert_true(is_normalized(timeline_stretches(arena, timeline).items, timeline->count));
  assert_true(timeline_covers(timeline, from, until));
  assert_false(timeline_covers(timeline, from - 1, until));
  assert_false(timeline_covers(timeline, from, until + 1));
  int64_t length = 0;
  for (size_t i = 0; i < timeline->count; length += timeline->items[i].until - timeline->items[i].from, i++)
    assert_true(timeline->items[i].from >= from && timeline->items[i].until <= until);
  assert_true(length == count_open(&wide, from, until));
  check_at(&wide, from, seed);
  check_at(&wide, until, seed);
  for (int i = 0; i < 6; i++)
    check_at(&wide, random_between(seed, from, until), seed);
  for (int i = 0; timeline->count && i < 6; i++) { /* edges and their neighbours */
    const struct timeline_item *item = &timeline->items[random_below(seed, (int64_t)timeline->count)];
    sla_time t = (random_below(seed, 2) ? item->from : item->until) + random_between(seed, -1, 1);
    check_at(&wide, t < from ? from : t > until ? until : t, seed);
  }
}

static void test_searches(void **state) {
  (void)state;
  rounds(searches_round);
}

/* --- the ends ---------------------------------------------------------------------------------------------------- */

static void test_empty(void **state) {
  struct stretches none = {0};
  stretches_normalize(&none);
  struct timeline timeline = timeline_of(*state, &none, 5, 9);
  sla_time t;
  assert_int_equal(timeline.count, 0);
  assert_int_equal(timeline_elapsed(&timeline, 5, 9), 0);
  assert_true(timeline_due(&timeline, 7, 0, &t));
  assert_int_equal(t, 7);
  assert_false(timeline_due(&timeline, 7, 1, &t));
  assert_false(timeline_next_open(&timeline, 5, &t));
  assert_false(timeline_last_close(&timeline, 9, &t));
}

/* Lengths of the whole supported range and amounts far over it. */
static void test_wide(void **state) {
  struct stretch all = {SLA_TIME_MIN, SLA_TIME_MAX + 1};
  struct stretches stretches = {&all, 1, 1};
  struct timeline timeline = timeline_of(*state, &stretches, SLA_TIME_MIN, SLA_TIME_MAX + 1);
  sla_time t;
  assert_true(timeline_elapsed(&timeline, SLA_TIME_MIN, SLA_TIME_MAX + 1) == SLA_TIME_MAX + 1);
  assert_true(timeline_due(&timeline, 0, SLA_TIME_MAX + 1, &t) && t == SLA_TIME_MAX + 1);
  assert_false(timeline_due(&timeline, 1, SLA_TIME_MAX + 1, &t));
  assert_false(timeline_due(&timeline, SLA_TIME_MAX, INT64_MAX - SLA_TIME_MAX, &t));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_operations),
      cmocka_unit_test(test_searches),
      arena_test(test_empty),
      arena_test(test_wide),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
