/* slaclock.h as a program uses it: what it answers. What can go wrong is in test_api_errors.c and test_api_limits.c. */
#include "api_place.h"

/* --- what a policy is ------------------------------------------------------------------------------------------------
 */

static void test_a_policy_tells_what_it_is(void **state) {
  struct api_place *here = *state;
  sla_policy *policy = place_load(here);
  assert_string_equal(sla_policy_name(policy), "shop");
  assert_non_null(strstr(sla_policy_file(policy), "/shop.yaml"));
  assert_int_equal(sla_zone_offset(sla_policy_zone(policy), utc(2026, 1, 1, 0, 0, 0)), 7200);
  /* metrics in the order in which targets first name them */
  assert_int_equal(sla_policy_metric_count(policy), 2);
  assert_string_equal(sla_policy_metric_name(policy, 0), "resolution");
  assert_string_equal(sla_policy_metric_name(policy, 1), "first_response");
  assert_string_equal(sla_policy_field_name(policy, sla_policy_metric_start(policy, 1)), "opened_at");
  assert_string_equal(sla_policy_field_name(policy, sla_policy_metric_stop(policy, 1)), "first_response_at");
  assert_string_equal(sla_policy_field_name(policy, sla_policy_metric_stop(policy, 0)), "resolved_at");
  static const char *const needed[] = {"opened_at", "first_response_at", "resolved_at"};
  static const char *const others[] = {"priority", "cause", "paused"};
  assert_int_equal(sla_policy_field_count(policy), 6);
  for (size_t i = 0; i < 3; i++) {
    assert_true(sla_policy_field_is_needed(policy, field_named(policy, needed[i])));
    assert_false(sla_policy_field_is_needed(policy, field_named(policy, others[i])));
  }
  assert_int_equal(sla_policy_calendar_count(policy), 3);
  assert_string_equal(sla_policy_calendar_name(policy, 1), "austin");
  assert_int_equal(sla_zone_offset(sla_policy_calendar_zone(policy, 1), utc(2026, 1, 1, 0, 0, 0)), -6 * HOUR);
  sla_policy_free(policy);
  sla_policy_free(NULL);
  sla_worker_free(NULL);
  sla_zone_free(NULL);
  sla_holidays_free(NULL);
}

static void test_a_policy_by_path_and_without_options(void **state) {
  struct api_place *here = *state;
  char path[128];
  sla_policy *policy;
  snprintf(path, sizeof path, "%s/shop.yaml", here->folder);
  assert_int_equal(sla_policy_load(NULL, path, &policy), SLA_OK);
  assert_string_equal(sla_policy_file(policy), path);
  sla_policy_free(policy);
}

/* --- evaluating
 * -------------------------------------------------------------------------------------------------------- */

static void test_an_incident(void **state) {
  sla_policy *policy = place_load(*state);
  sla_worker *worker = worker_for(policy);
  struct sla_text values[FIELDS] = {{NULL, 0}};
  struct sla_result results[METRICS];
  values[field_named(policy, "opened_at")] = text_from("2026-03-02 09:00");
  sla_time now = utc(2026, 3, 2, 8, 36, 0);
  assert_int_equal(sla_evaluate(policy, values, now, worker, results), SLA_BEYOND);
  assert_in_range(evaluate(policy, worker, values, now, results), 1, 10);
  /* 4 March has special hours */
  assert_int_equal(results[0].status, SLA_RUNNING);
  assert_time_at(results[0].due, results[0].due_offset_s, "2026-03-04T12:00:00+02:00");
  assert_int_equal(results[1].status, SLA_AT_RISK);
  assert_time_at(results[1].due, results[1].due_offset_s, "2026-03-02T11:00:00+02:00");
  assert_int_equal(results[1].elapsed_s, 5760);
  assert_int_equal(results[1].remaining_s, 1440);
  assert_null(results[1].coverage);
  /* now that there is a schedule, at once */
  assert_int_equal(sla_evaluate(policy, values, now, worker, results), SLA_OK);

  /* the same clock time elsewhere: the input's zone */
  sla_zone *zone;
  assert_int_equal(sla_zone_load(NULL, "America/Chicago", &zone), SLA_OK);
  sla_worker_set_input_zone(worker, zone);
  evaluate(policy, worker, values, utc(2026, 3, 2, 16, 0, 0), results);
  assert_time(results[1].due, "2026-03-03T09:00:00Z"); /* 15:00 in UTC: closed in Kyiv, open in Austin */
  sla_worker_set_input_zone(worker, NULL);
  evaluate(policy, worker, values, now, results);
  assert_time(results[1].due, "2026-03-02T09:00:00Z");
  sla_zone_free(zone);

  values[field_named(policy, "cause")] = text_from("customer");
  evaluate(policy, worker, values, now, results);
  assert_int_equal(results[0].status, SLA_EXCLUDED);
  assert_string_equal(results[0].reason, "not ours");
  assert_false(results[0].has_due || results[0].has_elapsed);
  sla_worker_free(worker);
  sla_policy_free(policy);
}

/* A table of incidents: columns say where each field's values stand, and bits which rows have results. */
static void test_rows_of_a_table(void **state) {
  struct api_place *here = *state;
  sla_policy *policy;
  write_file(here, "desk.yaml",
             "policy: desk\nzone: Europe/Kyiv\ncalendars: { desk: { hours: \"Mo-Fr 09:00-17:00\" } }\ntargets:\n"
             "  - { metric: first_response, when: { priority: P1 }, within: 2h }\n"
             "  - { metric: first_response, within: 4h }\n");
  assert_int_equal(sla_policy_load(&here->options, "desk", &policy), SLA_OK);
  enum { ROWS = 5, WIDTH = 3 };
  static const char *const texts[ROWS][WIDTH] = {
      {"2026-03-02T07:00:00Z", "INC1", "P1"}, /* opened on a Monday, at nine */
      {"2026-03-02T13:00:00Z", "INC2", "P2"},
      {"2026-03-02 09:00 Kyiv", "INC3", "P1"}, /* no time: left to sla_evaluate_incident */
      {"2026-03-29T03:30:00", "INC4", "P1"},   /* nor has a local time that is skipped its result here */
      {"2026-03-02T09:00:00", "INC5", ""},
  };
  struct sla_text cells[ROWS * WIDTH];
  for (size_t i = 0; i < ROWS * WIDTH; i++)
    cells[i] = text_from(texts[i / WIDTH][i % WIDTH]);
  long columns[FIELDS];
  for (size_t i = 0; i < sla_policy_field_count(policy); i++)
    columns[i] = -1; /* empty in all rows, as that of first_response_at */
  columns[field_named(policy, "opened_at")] = 0;
  columns[field_named(policy, "priority")] = 2;
  const struct sla_rows rows = {ROWS, WIDTH, cells, columns};
  struct sla_result results[ROWS], alone;
  sla_worker *worker = worker_for(policy);
  sla_time now = utc(2026, 3, 2, 8, 0, 0);

  /* at first no hours are laid out, so that all rows are left */
  assert_int_equal(sla_evaluate_rows(policy, &rows, now, worker, results), 0);
  struct sla_text values[FIELDS] = {{NULL, 0}};
  values[field_named(policy, "opened_at")] = cells[0];
  values[field_named(policy, "priority")] = cells[2];
  assert_in_range(evaluate(policy, worker, values, now, &alone), 1, 10);

  assert_int_equal(sla_evaluate_rows(policy, &rows, now, worker, results), 1 << 0 | 1 << 1 | 1 << 4);
  assert_time_at(results[0].due, results[0].due_offset_s, "2026-03-02T11:00:00+02:00");
  assert_true(results[0].due == alone.due && results[0].status == alone.status &&
              results[0].elapsed_s == alone.elapsed_s);
  assert_int_equal(results[0].elapsed_s, HOUR);
  assert_int_equal(results[0].status, SLA_RUNNING);
  assert_time_at(results[1].due, results[1].due_offset_s, "2026-03-03T11:00:00+02:00");
  assert_int_equal(results[1].elapsed_s, 0);
  assert_time(results[4].due, "2026-03-02T11:00:00Z");
  sla_worker_free(worker);
  sla_policy_free(policy);
}

static void test_local_times_are_counted(void **state) {
  sla_policy *policy = place_load(*state);
  sla_worker *worker = worker_for(policy);
  static const char *const starts[] = {"2026-10-25 03:30", "2026-03-29 03:30", "2026-10-25 03:59:59",
                                       "2026-10-25T03:30+02:00", "2026-06-01 03:30"};
  uint64_t overlaps, gaps;
  for (size_t i = 0; i < 5; i++) {
    struct sla_text values[FIELDS] = {{NULL, 0}};
    struct sla_result results[METRICS];
    values[field_named(policy, "opened_at")] = text_from(starts[i]);
    evaluate(policy, worker, values, utc(2026, 11, 1, 0, 0, 0), results);
  }
  sla_worker_local_times(worker, &overlaps, &gaps);
  assert_int_equal(overlaps, 2);
  assert_int_equal(gaps, 1);
  sla_worker_free(worker);
  sla_policy_free(policy);
}

/* A result that rests on dates of which the set knows nothing says so. */
static void test_coverage(void **state) {
  sla_policy *policy = place_load(*state);
  sla_worker *worker = worker_for(policy);
  struct sla_text values[FIELDS] = {{NULL, 0}};
  struct sla_result results[METRICS];
  struct sla_opening opening;
  static const struct {
    const char *opened_at;
    bool resolution, first_response; /* rest on what is not known */
  } cases[] = {
      {"1999-12-31T22:00Z", false, false}, /* 1 January 2000 in Kyiv */
      {"1999-12-31T21:59:59Z", true, true},
      {"1999-12-26T10:00Z", true, false}, /* a Sunday: 24 hours of elapsed time rest on no calendar */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    values[field_named(policy, "opened_at")] = text_from(cases[i].opened_at);
    evaluate(policy, worker, values, utc(2000, 1, 2, 0, 0, 0), results);
    for (int m = 0; m < METRICS; m++)
      assert_string_equal(results[m].coverage ? results[m].coverage : "",
                          (m ? cases[i].first_response : cases[i].resolution)
                              ? "calendar \"office\": \"days\" knows nothing before 2000-01-01"
                              : "");
  }
  assert_int_equal(sla_open(policy, 0, utc(1999, 6, 1, 10, 0, 0), &opening), SLA_OK);
  assert_string_equal(opening.coverage, "calendar \"office\": \"days\" knows nothing before 2000-01-01");
  assert_int_equal(sla_open(policy, 0, utc(2026, 6, 1, 10, 0, 0), &opening), SLA_OK);
  assert_string_equal(opening.coverage, "");
  sla_worker_free(worker);
  sla_policy_free(policy);
}

/* Nothing is missing before anything was asked for. */
static void test_preparing_for_nothing(void **state) {
  sla_policy *policy = place_load(*state);
  sla_worker *worker = worker_for(policy);
  assert_int_equal(sla_prepare(policy, worker), SLA_OK);
  sla_worker_free(worker);
  sla_policy_free(policy);
}

/* --- asking calendars
 * --------------------------------------------------------------------------------------------------- */

static void test_is_it_open(void **state) {
  static const struct {
    size_t calendar;
    const char *at;
    bool open;
    const char *until, *reason;
    enum sla_day_kind kind;
  } cases[] = {
      {0, "2026-03-02 10:00", true, "2026-03-02T15:00:00Z", "weekly hours", SLA_DAY_HOURS},
      {0, "2026-03-02 17:00", false, "2026-03-03T07:00:00Z", "outside hours", SLA_DAY_HOURS},
      {0, "2026-03-07 10:00", false, "2026-03-09T07:00:00Z", "weekly day off", SLA_DAY_HOURS},
      {0, "2026-03-04 10:00", true, "2026-03-04T10:00:00Z", "exception for 2026-03-04", SLA_DAY_EXCEPTION},
      {0, "2026-03-04 12:00", false, "2026-03-05T07:00:00Z", "exception for 2026-03-04, outside hours",
       SLA_DAY_EXCEPTION},
      {0, "2026-05-01 10:00", false, "2026-05-04T06:00:00Z", "holiday: Spring Day", SLA_DAY_HOLIDAY},
      {0, "2026-04-30 16:00", false, "2026-05-04T06:00:00Z", "shortened before a holiday: Spring Day, outside hours",
       SLA_DAY_EVE},
      {0, "2026-05-11 10:00", false, "2026-05-12T06:00:00Z", "day off in exchange for 2026-05-16",
       SLA_DAY_EXCHANGE_OFF},
      {0, "2026-05-16 10:00", true, "2026-05-16T14:00:00Z", "working day in exchange for 2026-05-11",
       SLA_DAY_EXCHANGE_WORK},
      {0, "2027-05-03 10:00", false, "2027-05-04T06:00:00Z",
       "day off carried over from 2027-05-01, Spring Day, by next-working-day", SLA_DAY_CARRIED},
      {0, "2026-12-31 13:00", false, "2027-01-01T07:00:00Z", "closed early: Year's Eve", SLA_DAY_HOURS},
      {2, "2026-03-02 10:00", true, "2026-03-02T23:00:00Z", "open in at least one of its calendars", SLA_DAY_COMPOSED},
      {2, "2026-03-03 01:00", false, "2026-03-03T07:00:00Z", NULL, SLA_DAY_COMPOSED},
  };
  sla_policy *policy = place_load(*state);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct sla_opening opening;
    sla_time at;
    enum sla_reading reading;
    assert_int_equal(sla_time_read(NULL, sla_policy_zone(policy), "at", text_from(cases[i].at), &at, &reading), SLA_OK);
    assert_int_equal(sla_open(policy, cases[i].calendar, at, &opening), SLA_OK);
    const char *until = opening.changes ? time_text_at(opening.until, 0).text : "never";
    if (opening.open != cases[i].open || strcmp(until, cases[i].until) != 0 ||
        (cases[i].reason && strcmp(opening.reason, cases[i].reason) != 0) || opening.day.kind != cases[i].kind)
      fail_msg("%s: %s until %s (%s), kind %d", cases[i].at, opening.open ? "open" : "closed", until, opening.reason,
               opening.day.kind);
  }
  sla_policy_free(policy);
}

static void test_elapsed(void **state) {
  sla_policy *policy = place_load(*state);
  sla_time from = utc(2026, 3, 2, 8, 0, 0), until = utc(2026, 3, 9, 8, 0, 0);
  int64_t seconds;
  assert_int_equal(sla_elapsed(policy, 0, SLA_BUSINESS_HOURS, from, until, &seconds), SLA_OK);
  assert_int_equal(seconds, (7 + 8 + 2 + 8 + 8 + 1) * HOUR);
  assert_int_equal(sla_elapsed(policy, 0, SLA_BUSINESS_DAYS, from, until, &seconds), SLA_OK);
  assert_int_equal(seconds, (14 + 4 * 24 + 10) * HOUR);
  assert_int_equal(sla_elapsed(policy, 0, SLA_ELAPSED, from, until, &seconds), SLA_OK);
  assert_int_equal(seconds, 7 * DAY);
  for (int clock = SLA_BUSINESS_HOURS; clock <= SLA_ELAPSED; clock++) {
    assert_int_equal(sla_elapsed(policy, 0, (enum sla_clock)clock, until, from, &seconds), SLA_OK);
    assert_int_equal(seconds, 0);
  }
  /* the whole of the supported range */
  assert_int_equal(sla_elapsed(policy, 1, SLA_ELAPSED, SLA_TIME_MIN, SLA_TIME_MAX, &seconds), SLA_OK);
  assert_true(seconds == SLA_TIME_MAX);
  int64_t hours;
  assert_int_equal(sla_elapsed(policy, 1, SLA_BUSINESS_HOURS, SLA_TIME_MIN, SLA_TIME_MAX, &hours), SLA_OK);
  assert_int_equal(sla_elapsed(policy, 1, SLA_BUSINESS_DAYS, SLA_TIME_MIN, SLA_TIME_MAX, &seconds), SLA_OK);
  /* 84006 days from a Thursday to a Tuesday; Chicago is six hours behind at both ends, and changes clocks on Sundays */
  assert_true(hours == INT64_C(60004) * 8 * HOUR);
  assert_true(seconds == INT64_C(60004) * 24 * HOUR - 1);
  sla_policy_free(policy);
}

static void test_the_clock_of_an_incident(void **state) {
  sla_policy *policy = place_load(*state);
  sla_worker *worker = worker_for(policy);
  struct sla_text values[FIELDS] = {{NULL, 0}};
  size_t calendar;
  enum sla_clock clock;
  sla_time monday = utc(2026, 3, 2, 8, 0, 0), sunday = utc(2026, 3, 1, 8, 0, 0);
  assert_int_equal(sla_policy_clock(policy, 1, values, monday, worker, &calendar, &clock), SLA_OK);
  assert_int_equal(calendar, 0);
  assert_int_equal(clock, SLA_BUSINESS_HOURS);
  assert_int_equal(sla_policy_clock(policy, 1, values, sunday, worker, &calendar, &clock), SLA_OK);
  assert_int_equal(clock, SLA_ELAPSED);
  values[field_named(policy, "priority")] = text_from("P1");
  assert_int_equal(sla_policy_clock(policy, 0, values, monday, worker, &calendar, &clock), SLA_OK);
  assert_int_equal(calendar, 2);
  sla_worker_free(worker);
  sla_policy_free(policy);
}

/* --- holiday sets, checks, small things
 * -------------------------------------------------------------------------------- */

static void test_holidays(void **state) {
  struct api_place *here = *state;
  sla_holidays *holidays = NULL;
  assert_int_equal(sla_holidays_load(&here->options, "dys", 2026, 2026, 0, &holidays), SLA_NOT_FOUND);
  assert_int_equal(sla_holidays_load(&here->options, "shop", 2026, 2026, 0, &holidays), SLA_INVALID);
  assert_null(holidays);
  assert_int_equal(sla_holidays_load(&here->options, "days", 1999, 2027, 0, &holidays), SLA_OK);
  assert_non_null(strstr(sla_holidays_uncovered(holidays), "\"days\" knows nothing before 2000-01-01"));
  bool carried = false;
  int before = 0;
  for (size_t i = 0; i < sla_holidays_count(holidays); i++) {
    const struct sla_holiday *item = sla_holidays_item(holidays, i);
    assert_true(item->date >= before);
    before = item->date;
    if (item->kind == SLA_CARRYOVER && item->date == date_of(2027, 5, 3)) {
      carried = true;
      assert_true(item->has_from && item->from == date_of(2027, 5, 1));
      assert_string_equal(sla_holiday_kind_name(item->kind), "carryover");
    }
  }
  assert_true(carried);
  sla_holidays_free(holidays);
}

static void test_checking(void **state) {
  struct api_place *here = *state;
  struct sla_check check;
  assert_int_equal(sla_check_file(&here->options, "shop", utc(2028, 1, 1, 0, 0, 0), &check), SLA_OK);
  assert_int_equal(check.errors, 0);
  assert_int_equal(check.examples, 3);
  assert_int_equal(check.failed, 0);
  write_file(here, "wrong.yaml",
             "policy: x\nzone: UTC\ncalendars: { o: { hours: 24/7 } }\ntargets:\n"
             "  - { metric: first_response, within: 2h }\nexamples:\n"
             "  - { at: \"2026-03-02T09:00\", due: \"2026-03-02T11:00\" }\n"
             "  - { at: \"2026-03-02T09:00\", due: \"2026-03-02T12:00\" }\n"
             "  - { open: o, at: \"2026-03-02T09:00\", is: closed }\n");
  here->collector.count = 0;
  assert_int_equal(sla_check_file(&here->options, "wrong", utc(2028, 1, 1, 0, 0, 0), &check), SLA_OK);
  assert_int_equal(check.examples, 3);
  assert_int_equal(check.failed, 2);
  assert_int_equal(check.errors, 2);
  assert_int_equal(strncmp(here->collector.items[0], "8:36: ", 6), 0);
  assert_int_equal(strncmp(here->collector.items[1], "9:5: ", 5), 0);
  assert_int_equal(sla_check_file(&here->options, "no-such", 0, &check), SLA_NOT_FOUND);
}

static void test_small_things(void **state) {
  (void)state;
  char text[SLA_TIME_TEXT], duration[SLA_DURATION_TEXT], date[16];
  assert_int_equal(sla_time_write(0, 7200, false, text), 25);
  assert_string_equal(text, "1970-01-01T02:00:00+02:00");
  assert_int_equal(sla_time_write(0, 7200, true, text), 20);
  assert_string_equal(text, "1970-01-01T00:00:00Z");
  assert_int_equal(sla_duration_write(-9005, duration), 10);
  assert_string_equal(duration, "-2h 30m 5s");
  sla_date_write(20490, date);
  assert_string_equal(date, "2026-02-06");
  assert_string_equal(sla_status_name(SLA_AT_RISK), "at_risk");
  assert_string_equal(sla_status_name(SLA_STATUS_ERROR), "error");
  unsigned days;
  assert_true(sla_weekdays_read(text_from("Fr-Sa"), &days));
  assert_int_equal(days, 0x30);
  assert_false(sla_weekdays_read(text_from("Sat"), &days));
  static const char *const words[] = {"first_response", "resolution"};
  assert_string_equal(sla_nearest(text_from("resolutoin"), words, 2), "resolution");
  assert_null(sla_nearest(text_from("zzz"), words, 2));
  assert_true(sla_time_now() > utc(2024, 1, 1, 0, 0, 0) && sla_time_now() < SLA_TIME_MAX);
  assert_int_equal(sla_version()[0] >= '0' && sla_version()[0] <= '9', 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_policy_tells_what_it_is),
      cmocka_unit_test(test_a_policy_by_path_and_without_options),
      cmocka_unit_test(test_an_incident),
      cmocka_unit_test(test_rows_of_a_table),
      cmocka_unit_test(test_local_times_are_counted),
      cmocka_unit_test(test_coverage),
      cmocka_unit_test(test_preparing_for_nothing),
      cmocka_unit_test(test_is_it_open),
      cmocka_unit_test(test_elapsed),
      cmocka_unit_test(test_the_clock_of_an_incident),
      cmocka_unit_test(test_holidays),
      cmocka_unit_test(test_checking),
      cmocka_unit_test(test_small_things),
  };
  return cmocka_run_group_tests(tests, place_open, place_close);
}
