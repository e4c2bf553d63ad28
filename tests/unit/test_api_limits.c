/*
 * slaclock.h at its limits: memory of every size, incidents out of the supported range, threads. That nothing leaks is
 * for the sanitizers to see.
 */
#include "api_place.h"

#include <pthread.h>

/* --- memory --------------------------------------------------------------------------------------------------------
 */

/*
 * Tries with limits that grow until it has succeeded a few times: every code must be SLA_OK or SLA_NO_MEMORY, and both
 * must come.
 */
static void at_every_limit(struct api_place *here, enum sla_code (*attempt)(struct api_place *here)) {
  size_t done = 0, failed = 0, limit = 1;
  for (; done < 5; limit += limit / 64 + 16) {
    here->options.memory_limit = limit;
    here->collector.count = 0;
    enum sla_code code = attempt(here);
    if (code != SLA_OK && code != SLA_NO_MEMORY)
      fail_msg("limit %zu: code %d, %s", limit, code,
               here->collector.count ? here->collector.items[0] : "nothing said");
    if (code == SLA_NO_MEMORY && done)
      fail_msg("limit %zu is too small, a smaller one was not", limit);
    done += code == SLA_OK;
    failed += code != SLA_OK;
    assert_true(limit < 64 * 1024 * 1024);
  }
  here->options.memory_limit = 0;
  assert_true(failed > 10);
}

static enum sla_code try_policy(struct api_place *here) {
  sla_policy *policy = NULL;
  enum sla_code code = sla_policy_load(&here->options, "shop", &policy);
  if (code == SLA_OK)
    assert_int_equal(sla_policy_metric_count(policy), 2);
  else
    assert_null(policy);
  sla_policy_free(policy);
  return code;
}

static enum sla_code try_inline(struct api_place *here) {
  static const char *const sets[] = {"days"}, *const dates[] = {"2026-03-02"};
  struct sla_inline text = {.hours = "Mo-Fr 09:00-17:00; PH off",
                            .zone = "Europe/Kyiv",
                            .holidays = sets,
                            .holidays_count = 1,
                            .dates = dates,
                            .dates_count = 1,
                            .within = "2h"};
  sla_policy *policy = NULL;
  enum sla_code code = sla_policy_inline(&here->options, &text, &policy);
  sla_policy_free(policy);
  return code;
}

static enum sla_code try_zone(struct api_place *here) {
  sla_zone *zone = NULL;
  enum sla_code code = sla_zone_load(&here->options, "Australia/Lord_Howe", &zone);
  sla_zone_free(zone);
  return code;
}

static enum sla_code try_time(struct api_place *here) {
  sla_zone *zone = NULL;
  sla_time t = -7;
  enum sla_reading reading;
  assert_int_equal(sla_zone_load(NULL, "UTC", &zone), SLA_OK);
  enum sla_code code =
      sla_time_read(&here->options, zone, "x", text_from("2026-03-02T10:00[Pacific/Apia]"), &t, &reading);
  if (code == SLA_OK)
    assert_time(t, "2026-03-01T21:00:00Z");
  else
    assert_int_equal(t, -7);
  sla_zone_free(zone);
  return code;
}

static enum sla_code try_holidays(struct api_place *here) {
  sla_holidays *holidays = NULL;
  enum sla_code code = sla_holidays_load(&here->options, "days", 1999, 2030, 0, &holidays);
  sla_holidays_free(holidays);
  return code;
}

/* What a check finds does not depend on memory: what it cannot find out is no finding. */
static enum sla_code try_check(struct api_place *here) {
  struct sla_check check = {0};
  enum sla_code code = sla_check_file(&here->options, "examples", utc(2028, 1, 1, 0, 0, 0), &check);
  if (code == SLA_OK && (check.examples != 3 || check.failed != 1 || check.errors != 1 || here->collector.count != 1))
    fail_msg("limit %zu: %u of %u examples failed, %u errors, %zu diagnostics", here->options.memory_limit,
             check.failed, check.examples, check.errors, here->collector.count);
  return code;
}

static void test_memory_of_loading(void **state) {
  at_every_limit(*state, try_policy);
  at_every_limit(*state, try_inline);
}

static void test_memory_of_zones_and_times(void **state) {
  at_every_limit(*state, try_zone);
  at_every_limit(*state, try_time);
}

static void test_memory_of_holidays(void **state) {
  at_every_limit(*state, try_holidays);
}

static void test_memory_of_checking(void **state) {
  write_file(*state, "examples.yaml",
             "policy: x\nzone: Europe/Kyiv\ncalendars: { o: { hours: \"Mo-Fr 09:00-17:00\", holidays: [days] } }\n"
             "targets:\n  - { metric: first_response, within: 2h }\nexamples:\n"
             "  - { at: \"2026-03-02T09:00\", due: \"2026-03-02T11:00\" }\n"
             "  - { at: \"2026-03-02T09:00\", due: \"2026-03-02T12:00\" }\n"
             "  - { open: o, at: \"2026-05-01T10:00\", is: closed }\n");
  at_every_limit(*state, try_check);
}

/* With schedules and workers as well: what was loaded stays, and can be asked again. */
static enum sla_code try_everything(struct api_place *here) {
  sla_policy *policy = NULL;
  sla_worker *worker = NULL;
  enum sla_code code = sla_policy_load(&here->options, "shop", &policy);
  if (code == SLA_OK)
    code = sla_worker_new(policy, &worker);
  static const char *const starts[] = {"2026-03-02 09:00", "2029-03-02 09:00", "2024-03-02 09:00[Asia/Tokyo]"};
  enum sla_code worst = code;
  for (size_t i = 0; code == SLA_OK && i < 3; i++) {
    struct sla_text values[FIELDS] = {{NULL, 0}};
    struct sla_result results[METRICS];
    values[field_named(policy, "opened_at")] = text_from(starts[i]);
    enum sla_code step;
    while ((step = sla_evaluate(policy, values, utc(2028, 1, 1, 0, 0, 0), worker, results)) == SLA_BEYOND)
      if ((step = sla_prepare(policy, worker)) != SLA_OK)
        break;
    if (step != SLA_OK)
      worst = step;
  }
  struct sla_opening opening;
  if (code == SLA_OK && (code = sla_open(policy, 2, utc(2030, 3, 2, 10, 0, 0), &opening)) != SLA_OK)
    worst = code;
  sla_worker_free(worker);
  sla_policy_free(policy);
  return worst;
}

static void test_memory_of_everything(void **state) {
  at_every_limit(*state, try_everything);
}

/* Loads a policy with the least limit that will do, or so much more. */
static sla_policy *load_tightly(struct api_place *here, const char *name, size_t more) {
  sla_policy *policy = NULL;
  size_t limit = 4096;
  for (; policy == NULL; limit += 4096) {
    here->options.memory_limit = limit;
    sla_policy_load(&here->options, name, &policy);
  }
  sla_policy_free(policy);
  here->options.memory_limit = limit + more;
  assert_int_equal(sla_policy_load(&here->options, name, &policy), SLA_OK);
  here->options.memory_limit = 0;
  return policy;
}

/* A field of count pauses of a minute each, every two minutes from 10:00 of 2 March 2026 on. */
static struct sla_text many_pauses(size_t count) {
  size_t room = count * 48 + 1, len = 0;
  char *text = malloc(room);
  assert_non_null(text);
  for (size_t i = 0; i < count; i++) {
    sla_time from = utc(2026, 3, 2, 10, 0, 0) + (sla_time)i * 120;
    len +=
        (size_t)snprintf(text + len, room - len, "%s/%s;", time_text_at(from, 0).text, time_text_at(from + 60, 0).text);
  }
  return (struct sla_text){text, len};
}

static const char small_text[] = "policy: small\nzone: UTC\ntargets:\n"
                                 "  - { metric: first_response, within: 1h, clock: elapsed }\n"
                                 "  - { metric: resolution, within: 5000h, clock: elapsed }\n";

/* After an incident that was too much for its memory a worker goes on with the next. */
static void test_a_worker_survives_running_out(void **state) {
  write_file(*state, "small.yaml", small_text);
  sla_policy *policy = load_tightly(*state, "small", 100000);
  sla_worker *worker = worker_for(policy);
  static const size_t counts[] = {40000, 500, 40000, 300, 900, 1, 40000, 0, 250, 700};
  size_t refused = 0, done = 0;
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    struct sla_text values[FIELDS] = {{NULL, 0}}, pauses = many_pauses(counts[i]);
    struct sla_result results[METRICS];
    values[field_named(policy, "opened_at")] = text_from("2026-03-02T10:00Z");
    values[field_named(policy, "paused")] = pauses;
    sla_time now = utc(2026, 3, 2, 10, 0, 0) + (sla_time)counts[i] * 120;
    enum sla_code code = sla_evaluate(policy, values, now, worker, results);
    if (code == SLA_OK) /* every other minute was a pause */
      assert_int_equal(results[1].elapsed_s, counts[i] * 60);
    else
      assert_int_equal(code, SLA_NO_MEMORY);
    refused += code == SLA_NO_MEMORY;
    done += code == SLA_OK;
    free((char *)(uintptr_t)pauses.ptr);
  }
  assert_int_equal(refused, 3);
  assert_int_equal(done, 7);
  sla_worker_free(worker);
  sla_policy_free(policy);
}

/* Zones in brackets are kept by the worker, until it is full; what failed half way is freed. */
static void test_a_worker_full_of_zones(void **state) {
  static const char *const zones[] = {"Europe/London",    "Europe/Paris",      "Europe/Kyiv",       "Europe/Athens",
                                      "Europe/Berlin",    "Asia/Tokyo",        "Asia/Tehran",       "Asia/Gaza",
                                      "Asia/Kathmandu",   "Pacific/Apia",      "Pacific/Chatham",   "Asia/Almaty",
                                      "Africa/Cairo",     "Africa/Casablanca", "America/St_Johns",  "America/Toronto",
                                      "America/Havana",   "America/Denver",    "America/Sao_Paulo", "America/Santiago",
                                      "America/Asuncion", "Australia/Sydney",  "Asia/Jerusalem",    "Africa/Lagos"};
  size_t refused = 0, done = 0;
  write_file(*state, "small.yaml", small_text);
  for (size_t more = 0; more < 100000; more += 7013) {
    sla_policy *policy = load_tightly(*state, "small", more);
    sla_worker *worker = worker_for(policy);
    for (int round = 0; round < 3; round++)
      for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        char opened_at[64];
        snprintf(opened_at, sizeof opened_at, "2026-03-02T10:00[%s]", zones[i]);
        struct sla_text values[FIELDS] = {{NULL, 0}};
        struct sla_result results[METRICS];
        values[field_named(policy, "opened_at")] = text_from(opened_at);
        enum sla_code code = sla_evaluate(policy, values, 0, worker, results);
        assert_true(code == SLA_OK || code == SLA_NO_MEMORY);
        if (code == SLA_OK)
          assert_string_equal(results[0].reason ? results[0].reason : "", "");
        refused += code != SLA_OK;
        done += code == SLA_OK;
      }
    sla_worker_free(worker);
    sla_policy_free(policy);
  }
  assert_true(refused > 0 && done > 0);
}

/* --- instants out of the supported range
 * ------------------------------------------------------------------------------ */

/* Ends the program where a call does not come back. */
static void test_instants_out_of_range(void **state) {
  static const sla_time odd[] = {INT64_MIN, -1, SLA_TIME_MAX + 1, SLA_TIME_MAX + 2, SLA_TIME_MAX + 366 * (sla_time)DAY,
                                 INT64_MAX};
  sla_policy *policy = place_load(*state);
  sla_worker *worker = worker_for(policy);
  alarm(10);
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    struct sla_text values[FIELDS] = {{NULL, 0}};
    struct sla_result results[METRICS];
    values[field_named(policy, "opened_at")] = text_from("2026-03-02 09:00");
    evaluate(policy, worker, values, odd[i], results);
    int64_t seconds;
    struct sla_opening opening;
    for (int clock = SLA_BUSINESS_HOURS; clock <= SLA_ELAPSED; clock++) {
      assert_int_equal(sla_elapsed(policy, 0, (enum sla_clock)clock, odd[i], SLA_TIME_MAX, &seconds), SLA_OK);
      assert_int_equal(sla_elapsed(policy, 2, (enum sla_clock)clock, SLA_TIME_MIN, odd[i], &seconds), SLA_OK);
    }
    assert_int_equal(sla_open(policy, 2, odd[i], &opening), SLA_OK);
  }
  alarm(0);
  sla_worker_free(worker);
  sla_policy_free(policy);
}

/* --- threads --------------------------------------------------------------------------------------------------------
 */

enum { INCIDENTS = 400, THREADS = 2, ROUNDS = 5 };

struct incident {
  char opened_at[48], stopped_at[48], paused[80];
  const char *priority;
  struct sla_result results[METRICS];
};

struct shift {
  sla_policy *policy;
  struct incident *incidents;
  bool backwards;
  size_t wrong, failed;
};

static const sla_time threads_now = INT64_C(1790000000);

static void incident_values(const sla_policy *policy, const struct incident *incident, struct sla_text *values) {
  memset(values, 0, FIELDS * sizeof *values);
  values[field_named(policy, "opened_at")] = text_from(incident->opened_at);
  values[field_named(policy, "resolved_at")] = text_from(incident->stopped_at);
  values[field_named(policy, "paused")] = text_from(incident->paused);
  values[field_named(policy, "priority")] = text_from(incident->priority);
}

static bool same_results(const struct sla_result *a, const struct sla_result *b) {
  return a->status == b->status && a->has_due == b->has_due && a->due == b->due && a->due_offset_s == b->due_offset_s &&
         a->elapsed_s == b->elapsed_s && a->remaining_s == b->remaining_s && a->zone == b->zone;
}

static void *work(void *data) {
  struct shift *shift = data;
  sla_worker *worker;
  if (sla_worker_new(shift->policy, &worker) != SLA_OK) {
    shift->failed++;
    return NULL;
  }
  for (int i = 0; i < ROUNDS * INCIDENTS; i++) {
    struct incident *incident = &shift->incidents[shift->backwards ? INCIDENTS - 1 - i % INCIDENTS : i % INCIDENTS];
    struct sla_text values[FIELDS];
    struct sla_result results[METRICS];
    incident_values(shift->policy, incident, values);
    shift->failed += sla_evaluate(shift->policy, values, threads_now, worker, results) != SLA_OK;
    for (int m = 0; m < METRICS; m++)
      shift->wrong += !same_results(&results[m], &incident->results[m]);
  }
  sla_worker_free(worker);
  return NULL;
}

/* Two threads with a worker each get from one policy what one gets alone, without preparing anything. */
static void test_threads(void **state) {
  uint64_t seed = test_seed();
  sla_policy *policy = place_load(*state);
  sla_worker *worker = worker_for(policy);
  struct incident *incidents = calloc(INCIDENTS, sizeof *incidents);
  assert_non_null(incidents);
  static const char *const priorities[] = {"P1", "P2", ""};
  for (int i = 0; i < INCIDENTS; i++) {
    struct incident *incident = &incidents[i];
    sla_time opened = threads_now - random_below(&seed, 300 * (int64_t)DAY),
             paused = opened + random_below(&seed, 2 * DAY);
    incident->priority = priorities[random_below(&seed, 3)];
    snprintf(incident->opened_at, sizeof incident->opened_at, "%.19s%s", time_text_at(opened, 0).text,
             random_below(&seed, 2) ? "Z" : "[Asia/Tokyo]");
    if (random_below(&seed, 2))
      snprintf(incident->stopped_at, sizeof incident->stopped_at, "@%lld", (long long)opened + DAY);
    if (random_below(&seed, 2))
      snprintf(incident->paused, sizeof incident->paused, "@%lld/@%lld", (long long)paused, (long long)paused + 7200);
    struct sla_text values[FIELDS];
    incident_values(policy, incident, values);
    evaluate(policy, worker, values, threads_now, incident->results);
  }
  pthread_t threads[THREADS];
  struct shift shifts[THREADS];
  for (int i = 0; i < THREADS; i++) {
    shifts[i] = (struct shift){policy, incidents, i % 2 == 1, 0, 0};
    assert_int_equal(pthread_create(&threads[i], NULL, work, &shifts[i]), 0);
  }
  for (int i = 0; i < THREADS; i++) {
    assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(shifts[i].failed, 0);
    assert_int_equal(shifts[i].wrong, 0);
  }
  free(incidents);
  sla_worker_free(worker);
  sla_policy_free(policy);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_memory_of_loading),      cmocka_unit_test(test_memory_of_zones_and_times),
      cmocka_unit_test(test_memory_of_holidays),     cmocka_unit_test(test_memory_of_checking),
      cmocka_unit_test(test_memory_of_everything),   cmocka_unit_test(test_a_worker_survives_running_out),
      cmocka_unit_test(test_a_worker_full_of_zones), cmocka_unit_test(test_threads),
      cmocka_unit_test(test_instants_out_of_range),
  };
  return cmocka_run_group_tests(tests, place_open, place_close);
}
