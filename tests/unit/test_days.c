/* days: the listing of a calendar's dates says what sla_open says of every instant. */
#include "helpers.h"

#include <stdbool.h>

static void complain(void *data, const struct sla_diagnostic *diagnostic) {
  (void)data;
  fprintf(stderr, "%s: %s\n", diagnostic->file ? diagnostic->file : "", diagnostic->text);
}

static const struct sla_options options = {.diagnose = complain};

static sla_policy *load(const char *hours, const char *zone, const char *const *holidays, size_t count) {
  const struct sla_inline text = {
      .hours = hours, .zone = zone, .holidays = holidays, .holidays_count = count, .exchanges = true};
  sla_policy *policy = NULL;
  assert_int_equal(sla_policy_inline(&options, &text, &policy), SLA_OK);
  return policy;
}

enum { MOST = 4000 };

/* All that a listing gave. */
struct listing {
  struct sla_day days[MOST];
  char names[MOST][256];
  size_t count, most;
  struct sla_window windows[MOST];
  size_t window_count;
};

static bool keep(void *data, const struct sla_day *day, const struct sla_window *windows, size_t count) {
  struct listing *listing = data;
  assert_true(listing->count < MOST && listing->window_count + count < MOST);
  snprintf(listing->names[listing->count], sizeof listing->names[0], "%s", day->name ? day->name : "");
  listing->days[listing->count++] = *day;
  for (size_t i = 0; i < count; i++) {
    assert_true(windows[i].from < windows[i].until);
    assert_true(i == 0 || windows[i - 1].until < windows[i].from);
    listing->windows[listing->window_count++] = windows[i];
  }
  return listing->count < listing->most;
}

static struct listing *list(sla_policy *policy, int first, int last) {
  static struct listing listing;
  memset(&listing, 0, sizeof listing);
  listing.most = MOST;
  assert_int_equal(sla_calendar_days(policy, 0, first, last, keep, &listing), SLA_OK);
  return &listing;
}

static bool is_open(const struct listing *listing, sla_time t) {
  for (size_t i = 0; i < listing->window_count; i++)
    if (listing->windows[i].from <= t && t < listing->windows[i].until)
      return true;
  return false;
}

static const struct {
  const char *hours, *zone;
  int first; /* of 400 dates */
} worlds[] = {
    {"Mo-Fr 09:00-13:00,14:00-18:00; PH 10:00-12:00", "Europe/Kyiv", 17590},
    {"Mo-Su 22:00-06:00; PH off", "Europe/London", 20400},
    {"Mo-Sa 01:30-02:15,23:00-30:00", "Australia/Lord_Howe", 20400},
    {"Mo-Fr 00:00-24:00", "Pacific/Apia", 15200},
    {"24/7", "America/Sao_Paulo", 17700},
    {"Mo-Fr off", "UTC", 20454},
};

static void test_agrees_with_open(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  const char *const holidays[] = {"ua"};
  for (size_t w = 0; w < sizeof worlds / sizeof *worlds; w++) {
    sla_policy *policy = load(worlds[w].hours, worlds[w].zone, holidays, 1);
    int first = worlds[w].first, last = first + 399;
    struct listing *listing = list(policy, first, last);
    assert_int_equal(listing->count, 400);
    for (int i = 0; i < 400; i++)
      assert_int_equal(listing->days[i].date, first + i);
    for (int i = 0; i < 3000; i++) {
      /* two days from the ends, where windows of dates not listed may reach in */
      sla_time t = (int64_t)(first + 2) * DAY + random_below(&seed, 396 * DAY);
      struct sla_opening opening;
      assert_int_equal(sla_open(policy, 0, t, &opening), SLA_OK);
      if (is_open(listing, t) != opening.open)
        fail_msg("%s in %s: the listing says %s at %lld", worlds[w].hours, worlds[w].zone,
                 opening.open ? "closed" : "open", (long long)t);
      size_t at = (size_t)(opening.day.date - first);
      assert_int_equal(listing->days[at].kind, opening.day.kind);
      assert_int_equal(listing->days[at].from, opening.day.from);
      assert_string_equal(listing->names[at], opening.day.name ? opening.day.name : "");
    }
    sla_policy_free(policy);
  }
}

/* The visitor ends the listing; dates out of the supported range are none. */
static void test_bounds(void **state) {
  (void)state;
  sla_policy *policy = load("Mo-Fr 09:00-17:00", "Asia/Tokyo", NULL, 0);
  static struct listing listing;
  listing.most = 3;
  assert_int_equal(sla_calendar_days(policy, 0, 20000, 20100, keep, &listing), SLA_OK);
  assert_int_equal(listing.count, 3);
  assert_int_equal(list(policy, 100, 99)->count, 0);
  assert_int_equal(list(policy, -5000, -1)->count, 0);
  assert_int_equal(list(policy, 84006, INT32_MAX)->count, 0);
  struct listing *all = list(policy, INT32_MIN, 9);
  assert_int_equal(all->count, 10);
  assert_int_equal(all->days[0].date, 0);
  assert_int_equal(all->windows[0].from, 0); /* Thursday, 1 January 1970, 09:00 in Tokyo */
  all = list(policy, 84000, INT32_MAX);
  assert_int_equal(all->count, 6);
  assert_int_equal(all->days[5].date, 84005);
  sla_policy_free(policy);
}

/* Carried and exchanged days, and what they stand for. */
static void test_reasons(void **state) {
  (void)state;
  const char *const holidays[] = {"ua"};
  sla_policy *policy = load("Mo-Fr 09:00-17:00; PH off", "Europe/Kyiv", holidays, 1);
  struct listing *listing = list(policy, date_of(2018, 3, 3), date_of(2018, 4, 9));
  const struct sla_day *work = &listing->days[0], *off = &listing->days[6], *carried = &listing->days[37];
  assert_int_equal(work->kind, SLA_DAY_EXCHANGE_WORK);
  assert_int_equal(work->from, date_of(2018, 3, 9));
  assert_int_equal(off->kind, SLA_DAY_EXCHANGE_OFF);
  assert_int_equal(off->from, date_of(2018, 3, 3));
  assert_int_equal(carried->kind, SLA_DAY_CARRIED);
  assert_int_equal(carried->from, date_of(2018, 4, 8));
  sla_policy_free(policy);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_agrees_with_open),
      cmocka_unit_test(test_bounds),
      cmocka_unit_test(test_reasons),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
