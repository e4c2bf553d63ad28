/*
 * Recurrences: what libical and recurrence.h make of random rules is the same where no fence stands, and the fences
 * stand where they should. The days that rules give are in tests/cases/feeds.txt.
 */
#include "helpers.h"
#include "holidays/feed_ical.h"

static const char *const frequencies[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};

/* A rule, and what is asked about it. */
struct question {
  struct recurrence rule;
  int64_t start, until, from, to;
};

static int pick(uint64_t *seed, int low, int high) {
  return (int)random_between(seed, low, high);
}

static bool chance(uint64_t *seed, int percent) {
  return pick(seed, 1, 100) <= percent;
}

static void add_some(uint64_t *seed, struct numbers *numbers, int percent, int low, int high, bool from_end) {
  if (!chance(seed, percent))
    return;
  for (int i = pick(seed, 1, 3); i > 0; i--)
    numbers_add(numbers, pick(seed, low, high) * (from_end && chance(seed, 30) ? -1 : 1));
}

static void add_days(uint64_t *seed, struct recurrence *rule) {
  bool may_count = rule->frequency >= EVERY_MONTH && !rule->weeks.given;
  int most = rule->frequency == EVERY_MONTH || rule->months.given ? 5 : 53;
  rule->has_days = true;
  for (int i = pick(seed, 1, 3); i > 0; i--) {
    int day = pick(seed, 0, 6);
    if (may_count && chance(seed, 60)) {
      rule->has_nth = true;
      numbers_add(&rule->nth[day], pick(seed, 1, most) * (chance(seed, 30) ? -1 : 1));
    } else {
      rule->weekdays |= 1u << day;
    }
  }
}

static struct recurrence random_rule(uint64_t *seed) {
  struct recurrence rule = {.frequency = (enum frequency)pick(seed, EVERY_DAY, EVERY_YEAR), .interval = 1};
  bool yearly = rule.frequency == EVERY_YEAR;
  if (chance(seed, 30))
    rule.interval = pick(seed, 2, 6);
  if (chance(seed, 20))
    rule.count = pick(seed, 1, 30);
  else
    rule.has_until = chance(seed, 30);
  if (chance(seed, 30))
    rule.week_start = pick(seed, 0, 6);
  add_some(seed, &rule.months, 30, 1, 12, false);
  add_some(seed, &rule.month_days, rule.frequency == EVERY_WEEK ? 0 : 25, 1, 31, true);
  add_some(seed, &rule.year_days, yearly ? 15 : 0, 1, 366, true);
  add_some(seed, &rule.weeks, yearly ? 10 : 0, 1, 53, true);
  if (chance(seed, 40))
    add_days(seed, &rule);
  add_some(seed, &rule.positions, 15, 1, 4, true);
  add_some(seed, &rule.hours, 12, 0, 23, false);
  add_some(seed, &rule.minutes, 8, 0, 59, false);
  add_some(seed, &rule.seconds, 4, 0, 59, false);
  return rule;
}

/* Most begin at an occurrence: of those that do not, libical is never asked. */
static struct question random_question(uint64_t *seed, struct arena *arena) {
  struct question question = {.rule = random_rule(seed)};
  const struct recurrence *rule = &question.rule;
  int date = date_of(pick(seed, 1900, 2150), pick(seed, 1, 12), pick(seed, 1, 28)) + pick(seed, 0, 3);
  question.start = (int64_t)date * DAY + (chance(seed, 50) ? 0 : pick(seed, 0, DAY - 1));
  question.until = question.start + (int64_t)pick(seed, -100, 5000) * DAY;
  struct moments later = {0};
  recurrence_expand(arena, rule, question.start, INT64_MAX, question.start, question.start + (int64_t)3000 * DAY,
                    &later);
  if (later.count > 1 && chance(seed, 90))
    question.start = later.items[1];
  int from = chance(seed, 50) ? 0 : pick(seed, -700, 20000), days = pick(seed, 30, chance(seed, 50) ? 800 : 30000);
  question.from = question.start + (int64_t)from * DAY;
  question.to = question.from + (int64_t)days * DAY + pick(seed, 0, DAY);
  return question;
}

static void print_numbers(const char *name, const struct numbers *numbers) {
  for (int i = -366; i <= 366; i++) {
    const uint64_t *words = i < 0 ? numbers->back : numbers->front;
    if (words[abs(i) / 64] >> abs(i) % 64 & 1)
      print_error(" %s %d", name, i);
  }
}

static void print_moments(const char *who, const struct moments *moments) {
  print_error("%s:", who);
  for (size_t i = 0; i < moments->count && i < 20; i++)
    print_error(" %s", time_text_at(moments->items[i], 0).text);
  print_error("\n");
}

static void print_question(const struct question *question) {
  const struct recurrence *rule = &question->rule;
  print_error("%s interval %d count %d week from %d weekdays %x", frequencies[rule->frequency], rule->interval,
              rule->count, rule->week_start, rule->weekdays);
  print_numbers("month", &rule->months);
  print_numbers("month day", &rule->month_days);
  print_numbers("year day", &rule->year_days);
  print_numbers("week", &rule->weeks);
  print_numbers("position", &rule->positions);
  print_numbers("hour", &rule->hours);
  print_numbers("minute", &rule->minutes);
  print_numbers("second", &rule->seconds);
  for (int day = 0; day < 7; day++)
    print_numbers(weekday_name(day), &rule->nth[day]);
  print_error(", start %s", time_text_at(question->start, 0).text);
  print_error(", from %s", time_text_at(question->from, 0).text);
  print_error(" to %s\n", time_text_at(question->to, 0).text);
}

static bool moments_equal(const struct moments *a, const struct moments *b) {
  return a->count == b->count && (!a->count || !memcmp(a->items, b->items, a->count * sizeof *a->items));
}

static int64_t last_of(const struct question *question) {
  return question->rule.has_until && question->until < question->to ? question->until : question->to;
}

static const char *fence_of(struct arena *arena, const struct question *question) {
  return ical_fence(arena, &question->rule, question->start, question->from, last_of(question));
}

/* Thousands of random rules that no fence stops: libical answers all of them, and as recurrence.h does. */
static void test_both_alike(void **state) {
  uint64_t seed = test_seed();
  int asked = 0, fenced = 0;
  size_t found = 0;
  (void)state;
  for (int i = 0; i < 12000; i++) {
    struct arena arena;
    arena_init(&arena, TEST_ARENA_LIMIT);
    struct question question = random_question(&seed, &arena);
    struct ical ical = {0};
    struct moments theirs = {0}, ours = {0};
    if (fence_of(&arena, &question)) {
      fenced++;
    } else {
      const struct recurrence *rule = &question.rule;
      bool answered = ical_ask(&ical, &arena, rule, question.start, question.from, last_of(&question), &theirs);
      recurrence_expand(&arena, rule, question.start, question.until, question.from, question.to, &ours);
      if (!answered || !moments_equal(&theirs, &ours)) {
        print_question(&question);
        print_moments("libical", &theirs);
        print_moments("recurrence.h", &ours);
      }
      assert_true(answered);
      assert_true(moments_equal(&theirs, &ours));
      assert_true(ical.steps > 0);
      asked++;
      found += ours.count;
    }
    arena_release(&arena);
  }
  print_message("%d rules and %zu occurrences by libical, %d rules fenced off\n", asked, found, fenced);
  assert_true(asked > 4000 && fenced > 2000 && found > 50000);
}

/* Whatever the fences decide, the answer is that of recurrence.h, and libical takes a bounded number of steps. */
static void test_one_answer(void **state) {
  uint64_t seed = test_seed();
  struct ical ical = {0}, absent = {.is_tried = true};
  struct arena arena, library;
  arena_init(&library, TEST_ARENA_LIMIT);
  (void)state;
  for (int i = 0; i < 2000; i++) {
    arena_init(&arena, TEST_ARENA_LIMIT);
    struct question question = random_question(&seed, &arena);
    const struct recurrence *rule = &question.rule;
    struct moments with = {0}, without = {0}, ours = {0};
    int before = ical.steps;
    if (!ical.is_tried) /* what it keeps is to live as long as it does */
      ical_ask(&ical, &library, rule, question.start, question.from, last_of(&question), &with);
    with.count = 0;
    ical_expand(&ical, &arena, rule, question.start, question.until, question.from, question.to, &with);
    ical_expand(&absent, &arena, rule, question.start, question.until, question.from, question.to, &without);
    recurrence_expand(&arena, rule, question.start, question.until, question.from, question.to, &ours);
    if (!moments_equal(&with, &ours))
      print_question(&question);
    assert_true(moments_equal(&with, &ours));
    assert_true(moments_equal(&without, &ours));
    assert_true(ical.steps - before <= 2 * (ICAL_MOST_OCCURRENCES + 2));
    arena_release(&arena);
  }
  assert_in_range(ical.steps, ICAL_MOST_STEPS, ICAL_MOST_STEPS + ICAL_MOST_OCCURRENCES + 2);
  assert_int_equal(absent.steps, 0);
  arena_release(&library);
}

/* Running out of memory anywhere on the way leaks nothing that is not the arena's (a sanitizer sees to the rest). */
static void expand_yearly(struct arena *arena) {
  struct recurrence rule = {.frequency = EVERY_YEAR, .interval = 1};
  struct moments moments = {0};
  struct ical ical = {0};
  ical_expand(&ical, arena, &rule, 0, 0, 0, (int64_t)date_of(2199, 1, 1) * DAY, &moments);
  assert_int_equal(moments.count, 230);
}

static void test_memory(void **state) {
  (void)state;
  for (size_t limit = 16; !runs_within(limit, expand_yearly); limit += 64)
    continue;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_both_alike),
      cmocka_unit_test(test_one_answer),
      cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
