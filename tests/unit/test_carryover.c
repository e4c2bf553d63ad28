/*
 * Carryover: Ukraine's days off of all even years (tests/cases/ua-days.txt), the law word by word against random
 * calendars, and its bounds.
 */
#include "holiday_world.h"

#include <limits.h>

/* --- Ukraine, all even years ------------------------------------------------------------------------------------- */

struct ua_days {
  char *lines[2048];
  size_t count;
};

static int line_compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Both lists are sorted; says what each has that the other has not, and returns how many. */
static int ua_differ(const char *set, const struct ua_days *expected, const struct ua_days *found) {
  int different = 0;
  for (size_t e = 0, f = 0; e < expected->count || f < found->count;) {
    int order = e == expected->count ? 1 : f == found->count ? -1 : strcmp(expected->lines[e], found->lines[f]);
    if (order != 0)
      print_error("%s: %s: %s\n", set, order < 0 ? "missing" : "too many",
                  order < 0 ? expected->lines[e] : found->lines[f]);
    different += order != 0;
    e += order <= 0;
    f += order >= 0;
  }
  return different;
}

static void check_ua(const char *set, const struct ua_days *expected) {
  struct world world;
  struct ua_days found = {.count = 0};
  world_open(&world);
  world_reset(&world, NULL);
  assert_true(world_read(&world, arena_printf(&world.arena, "[%s]", set)));
  struct days_off days;
  world_expand(&world, date_of(1999, 1, 1), date_of(2031, 12, 31), true, &days);
  for (size_t i = 0; i < days.count; i++) {
    const struct day_off *day = &days.items[i];
    int year = civil_of(day->date).year;
    if (year % 2 || year < 2000 || year > 2030)
      continue;
    found.lines[found.count++] =
        arena_printf(&world.arena, "%s %s %s", date_text(day->date).text, kind_names[day->kind],
                     day->from == day->date ? "-" : date_text(day->from).text);
  }
  qsort(found.lines, found.count, sizeof *found.lines, line_compare);
  int different = ua_differ(set, expected, &found);
  world_close(&world);
  assert_int_equal(different, 0);
}

static void test_ua_days(void **state) {
  struct ua_days written = {.count = 0}, martial = {.count = 0};
  struct case_file cases = case_open("ua-days.txt");
  while (case_next(&cases)) {
    const char *date = case_field(&cases, '|'), *kind = case_field(&cases, '|'), *from = case_field(&cases, '|');
    char *line = arena_printf(*state, "%s %s %s", date, kind, from);
    written.lines[written.count++] = line;
    if (strcmp(case_field(&cases, '|'), "both") == 0)
      martial.lines[martial.count++] = line;
  }
  case_close(&cases);
  assert_true(martial.count > 200 && written.count > martial.count);
  qsort(written.lines, written.count, sizeof *written.lines, line_compare);
  qsort(martial.lines, martial.count, sizeof *martial.lines, line_compare);
  check_ua("ua", &written);
  check_ua("ua@martial-law", &martial);
}

/* --- laws -------------------------------------------------------------------------------------------------------- */

static void test_given_dates(void **state) {
  (void)state;
  struct world world;
  world_open(&world);
  world_reset(&world, NULL);
  const int dates[] = {date_of(2026, 8, 1), date_of(2026, 7, 31), date_of(2026, 7, 31)};
  world.sources[0] = holiday_source_of_dates(&world.arena, dates, 3);
  world.source_count = 1;
  struct days_off days;
  world_expand(&world, date_of(2026, 1, 1), date_of(2026, 12, 31), true, &days);
  assert_int_equal(days.count, 3);
  assert_date(days.items[0].date, "2026-07-31");
  assert_date(days.items[2].date, "2026-08-01");
  assert_int_equal(days.items[2].kind, SLA_HOLIDAY);
  assert_string_equal(days.items[0].name, "given date");
  int first, last;
  holiday_source_coverage(&world.sources[0], &first, &last);
  assert_true(first == INT_MIN && last == INT_MAX);
  world_expand(&world, date_of(2026, 8, 2), date_of(2026, 8, 1), true, &days);
  assert_int_equal(days.count, 0);
  world_close(&world);
}

/* Labour Code art. 67(3) word by word, over bare arrays: what next-working-day has to come to. */
static void carry_by_the_book(const bool *rest, const bool *holiday, bool *carried, int length) {
  for (int d = 0; d < length; d++) {
    if (!holiday[d] || !rest[d])
      continue;
    int t = d + 1;
    while (t < length && t - d <= 60 && (rest[t] || holiday[t] || carried[t]))
      t++;
    if (t < length && t - d <= 60)
      carried[t] = true;
  }
}

enum { RANDOM_SPAN = 400 };

static void check_random_calendar(struct world *world, uint64_t *seed) {
  int first = date_of(2024, 1, 1), dates[RANDOM_SPAN];
  bool rest[RANDOM_SPAN], holiday[RANDOM_SPAN] = {false}, carried[RANDOM_SPAN] = {false};
  size_t count = 0;
  world_reset(world, NULL);
  world->rest = (unsigned)random_below(seed, 128);
  int64_t density = random_between(seed, 2, 40);
  for (int d = 0; d < RANDOM_SPAN; d++) {
    rest[d] = world_is_rest(world, first + d);
    /* The last days stay free, so that nothing is carried out of the arrays. */
    if (d < RANDOM_SPAN - 100 && random_below(seed, density) == 0) {
      holiday[d] = true;
      dates[count++] = first + d;
    }
  }
  carry_by_the_book(rest, holiday, carried, RANDOM_SPAN);
  assert_true(world_read(world, "[{ set: none, carryover: next-working-day }]"));
  struct holiday_source given = holiday_source_of_dates(&world->arena, dates, count);
  given.carryover = world->sources[0].carryover;
  world->sources[0] = given;
  struct days_off days, part;
  world_expand(world, first, first + RANDOM_SPAN - 1, false, &days);
  for (size_t i = 0; i < days.count; i++) {
    bool *expected = days.items[i].kind == SLA_HOLIDAY ? holiday : carried;
    assert_true(expected[days.items[i].date - first]);
    expected[days.items[i].date - first] = false;
  }
  for (int d = 0; d < RANDOM_SPAN; d++)
    if (holiday[d] || carried[d])
      fail_msg("%s: a day that should be off is not (rest %x)", date_text(first + d).text, world->rest);
  /* A part of the span has the same days as that part of the whole. */
  int from = (int)random_below(seed, RANDOM_SPAN), to = (int)random_between(seed, from, RANDOM_SPAN - 1);
  world_expand(world, first + from, first + to, false, &part);
  size_t met = 0;
  for (size_t i = 0; i < days.count; i++)
    if (days.items[i].date >= first + from && days.items[i].date <= first + to) {
      assert_true(met < part.count);
      assert_string_equal(day_line(&world->arena, &part.items[met]), day_line(&world->arena, &days.items[i]));
      met++;
    }
  assert_int_equal(met, part.count);
}

static void test_random_calendars(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  struct world world;
  world_open(&world);
  for (int i = 0; i < 500; i++)
    check_random_calendar(&world, &seed);
  world_close(&world);
}

/* A whole supported range, every day of it a holiday on a day off: done at once, and nothing carried. */
static void test_no_place(void **state) {
  (void)state;
  struct world world;
  world_open(&world);
  FILE *file = fopen(arena_printf((world_reset(&world, NULL), &world.arena), "%s/all.yaml", world.folder), "w");
  fputs("holidays: all\ncarryover: next-working-day\ndays:\n", file);
  for (int day = date_of(2024, 1, 1); day < date_of(2025, 1, 1); day++)
    fprintf(file, "  - { name: x, on: %s }\n", date_text(day).text + 5);
  fclose(file);
  assert_true(world_read(&world, "[all]"));
  struct days_off days;
  world_expand(&world, DATE_MIN, DATE_MAX, true, &days);
  assert_int_equal(days.count, DATE_MAX - DATE_MIN + 1);
  for (size_t i = 0; i < days.count; i++)
    assert_int_equal(days.items[i].kind, SLA_HOLIDAY);
  world_close(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(test_ua_days),
      cmocka_unit_test(test_given_dates),
      cmocka_unit_test(test_random_calendars),
      cmocka_unit_test(test_no_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
