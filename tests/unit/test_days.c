/* A calendar date by date: sla_calendar_days, against sla_open and sla_elapsed. */
#include "helpers.h"

static sla_policy *calendar_of(const char *hours, const char *zone, const char *const *dates, size_t count) {
  struct sla_inline text = {.hours = hours, .zone = zone, .dates = dates, .dates_count = count};
  sla_policy *policy = NULL;
  assert_int_equal(sla_policy_inline(NULL, &text, &policy), SLA_OK);
  return policy;
}

/* What a visit saw. */
struct seen {
  int next, days;
  int stop_at; /* 0: never */
  int64_t open_s;
  enum sla_day_kind kind;
  size_t count;
  struct sla_window windows[8];
};

static bool see(void *data, const struct sla_day *day, const struct sla_window *windows, size_t count) {
  struct seen *seen = data;
  assert_int_equal(day->date, seen->next);
  seen->next++;
  seen->days++;
  seen->kind = day->kind;
  seen->count = count;
  for (size_t i = 0; i < count; i++) {
    assert_true(windows[i].from < windows[i].until);
    assert_true(i == 0 || windows[i - 1].until < windows[i].from);
    seen->open_s += windows[i].until - windows[i].from;
    if (i < 8)
      seen->windows[i] = windows[i];
  }
  return seen->days != seen->stop_at;
}

static struct seen visit(sla_policy *policy, int first, int last, int stop_at) {
  struct seen seen = {.next = first, .stop_at = stop_at};
  assert_int_equal(sla_calendar_days(policy, 0, first, last, see, &seen), SLA_OK);
  return seen;
}

static void test_dates_in_order(void **state) {
  (void)state;
  sla_policy *policy = calendar_of("Mo-Fr 09:00-17:00", "UTC", NULL, 0);
  int first = sla_date_of(2026, 1, 1);
  assert_int_equal(visit(policy, first, first + 364, 0).days, 365);
  assert_int_equal(visit(policy, first, first, 0).days, 1);
  assert_int_equal(visit(policy, first, first - 1, 0).days, 0);
  assert_int_equal(visit(policy, first, first + 364, 10).days, 10);
  assert_int_equal(visit(policy, sla_date_of(1970, 1, 1), sla_date_of(2199, 12, 31), 0).days, 84006);
  sla_policy_free(policy);
}

static void test_why(void **state) {
  (void)state;
  const char *dates[] = {"2026-01-05"};
  sla_policy *policy = calendar_of("Mo-Fr 09:00-12:00,13:00-17:00; PH off", "Europe/Kyiv", dates, 1);
  int date = sla_date_of(2026, 1, 5);
  struct seen seen = visit(policy, date, date, 0);
  assert_int_equal(seen.kind, SLA_DAY_HOLIDAY);
  assert_int_equal(seen.count, 0);
  seen = visit(policy, date, date + 1, 0);
  assert_int_equal(seen.kind, SLA_DAY_HOURS);
  assert_int_equal(seen.count, 2);
  assert_times_equal(seen.windows[1].from, utc(2026, 1, 6, 11, 0, 0));
  assert_times_equal(seen.windows[1].until, utc(2026, 1, 6, 15, 0, 0));
  sla_policy_free(policy);
}

/* A window is its opening date's, also behind midnight; the date that Samoa skipped has none. */
static void test_windows_of_dates(void **state) {
  (void)state;
  sla_policy *policy = calendar_of("Mo 22:00-06:00", "UTC", NULL, 0);
  int monday = sla_date_of(2026, 1, 5);
  struct seen seen = visit(policy, monday, monday, 0);
  assert_int_equal(seen.count, 1);
  assert_times_equal(seen.windows[0].until, utc(2026, 1, 6, 6, 0, 0));
  assert_int_equal(visit(policy, monday + 1, monday + 1, 0).count, 0);
  sla_policy_free(policy);

  policy = calendar_of("24/7", "Pacific/Apia", NULL, 0);
  int skipped = sla_date_of(2011, 12, 30);
  assert_int_equal(visit(policy, skipped, skipped, 0).count, 0);
  assert_int_equal(visit(policy, skipped - 1, skipped + 1, 0).open_s, 2 * 86400);
  sla_policy_free(policy);
}

/* The dates of random spans together are open as long as the timeline says. */
static void test_sums(void **state) {
  (void)state;
  static const char *const zones[] = {"Europe/Kyiv", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"};
  uint64_t seed = test_seed();
  for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
    sla_policy *policy = calendar_of("Mo-Fr 06:00-13:30,14:00-23:00; Sa 10:00-12:00", zones[z], NULL, 0);
    const sla_zone *zone = sla_policy_calendar_zone(policy, 0);
    for (int round = 0; round < 40; round++) {
      int first = (int)random_between(&seed, 10, 83000), last = first + (int)random_below(&seed, 500);
      /* From five in the morning, when no clocks change and no desk is open. */
      sla_time from = (int64_t)first * 86400 + 18000, until = (int64_t)(last + 1) * 86400 + 18000;
      int64_t open_s;
      assert_int_equal(sla_elapsed(policy, 0, SLA_BUSINESS_HOURS, from - sla_zone_offset(zone, from - 18000),
                                   until - sla_zone_offset(zone, until - 18000), &open_s),
                       SLA_OK);
      assert_int_equal(visit(policy, first, last, 0).open_s, open_s);
    }
    sla_policy_free(policy);
  }
}

/* Memory may run out anywhere: it is said, and the policy stays good. */
static void test_no_memory(void **state) {
  (void)state;
  bool failed = false, went = false;
  for (size_t limit = 4096; limit < (size_t)64 << 20 && !went; limit *= 2) {
    struct sla_options options = {.memory_limit = limit};
    struct sla_inline text = {.hours = "24/7", .zone = "Europe/Kyiv"};
    sla_policy *policy;
    if (sla_policy_inline(&options, &text, &policy) != SLA_OK)
      continue;
    struct seen seen = {.next = 0};
    enum sla_code code = sla_calendar_days(policy, 0, 0, 84005, see, &seen);
    failed |= code == SLA_NO_MEMORY;
    went = code == SLA_OK;
    assert_true(code == SLA_OK || code == SLA_NO_MEMORY);
    sla_policy_free(policy);
  }
  assert_true(failed && went);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_dates_in_order), cmocka_unit_test(test_why),       cmocka_unit_test(test_windows_of_dates),
      cmocka_unit_test(test_sums),           cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
