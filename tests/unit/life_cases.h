/* life_cases: the lives that people wrote down, tests/cases/life.txt, which explains how. */
#ifndef SLACLOCK_TESTS_LIFE_CASES_H
#define SLACLOCK_TESTS_LIFE_CASES_H

#include "helpers.h"

#include "base/text.h"

#include <unistd.h>

enum { CASE_FIELDS = 32, CASE_EVENTS = 64, CASE_METRICS = 16, CASE_TEXT = 128 };

/* The policy and the incident that the lines are about. */
struct life_bench {
  char path[48];
  FILE *file; /* of the policy while its lines come */
  sla_policy *policy;
  sla_worker *worker;
  sla_time now;
  char texts[CASE_FIELDS][CASE_TEXT], event_texts[CASE_EVENTS][CASE_TEXT];
  struct sla_text values[CASE_FIELDS];
  struct sla_event events[CASE_EVENTS];
  size_t event_count;
  bool is_evaluated;
  struct sla_result results[CASE_METRICS];
  const struct sla_cycle *cycles; /* of the metric in question, as many as are still to come in the file */
  size_t cycles_left;
};

/* --- times and amounts of time ---------------------------------------------------------------------------------------
 */

static const char *const case_weekdays[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};

/* Monday of the week that days without date are of: 2 March 2026. */
static inline sla_time case_monday(void) {
  return utc(2026, 3, 2, 0, 0, 0);
}

/* "We-09:30", "We-09:30:15", or a time with its date. */
static inline sla_time case_time(struct case_file *cases, const char *text) {
  static struct collector collector;
  struct sla_options options = collector_options(&collector);
  enum sla_reading reading;
  char long_text[CASE_TEXT];
  sla_zone *zone;
  sla_time t = 0;
  snprintf(long_text, sizeof long_text, "%s", text);
  for (int day = 0; day < 7; day++)
    if (strncmp(text, case_weekdays[day], 2) == 0 && text[2] == '-')
      snprintf(long_text, sizeof long_text, "2026-03-%02dT%.32sZ", 2 + day, text + 3);
  assert_int_equal(sla_zone_load(&options, "UTC", &zone), SLA_OK);
  if (sla_time_read(&options, zone, "time", text_of(long_text), &t, &reading) != SLA_OK)
    case_wrong(cases, "%s: %s", text, collector.items[0]);
  sla_zone_free(zone);
  return t;
}

/* A time as the file has it: short in that week. */
static inline struct time_text case_time_text(bool has, sla_time t) {
  struct time_text text = {"-"};
  int64_t day = (t - case_monday()) / DAY;
  if (!has)
    return text;
  if (t < case_monday() || day > 6)
    return time_text_at(t, 0);
  struct time_text whole = time_text_at(t, 0); /* 2026-03-02T09:00:00Z */
  bool is_minute = t % MINUTE == 0;
  snprintf(text.text, sizeof text.text, "%s-%.*s", case_weekdays[day], is_minute ? 5 : 8, whole.text + 11);
  return text;
}

/* Seconds as "1h30m". */
static inline struct time_text case_duration(bool has, int64_t seconds) {
  struct time_text text = {"-"};
  char spaced[SLA_DURATION_TEXT];
  size_t len = 0;
  if (!has)
    return text;
  sla_duration_write(seconds, spaced);
  for (const char *p = spaced; *p; p++)
    if (*p != ' ')
      text.text[len++] = *p;
  text.text[len] = '\0';
  return text;
}

/* --- policies --------------------------------------------------------------------------------------------------------
 */

static inline void bench_load(struct life_bench *bench) {
  static struct collector collector;
  struct sla_options options = collector_options(&collector);
  fclose(bench->file);
  bench->file = NULL;
  sla_worker_free(bench->worker);
  sla_policy_free(bench->policy);
  bench->policy = NULL;
  bench->worker = NULL;
  if (sla_policy_load(&options, bench->path, &bench->policy) != SLA_OK)
    fail_msg("the policy: %s", collector.count ? collector.items[0] : "not loaded");
  assert_int_equal(sla_worker_new(bench->policy, &bench->worker), SLA_OK);
  assert_true(sla_policy_field_count(bench->policy) <= CASE_FIELDS);
  assert_true(sla_policy_metric_count(bench->policy) <= CASE_METRICS);
}

static inline size_t bench_field(struct case_file *cases, const struct life_bench *bench, const char *name) {
  for (size_t i = 0; i < sla_policy_field_count(bench->policy); i++)
    if (strcmp(sla_policy_field_name(bench->policy, i), name) == 0)
      return i;
  case_wrong(cases, "the policy reads no field %s", name);
  return 0;
}

/* --- incidents -------------------------------------------------------------------------------------------------------
 */

/* A value's times are written out: "@..." for those that stand in it as "We-09:30". */
static inline void put_value(struct case_file *cases, const char *value, char text[CASE_TEXT]) {
  size_t len = 0;
  text[0] = '\0';
  for (const char *p = value; *p && len < CASE_TEXT - 24;) {
    size_t word = strcspn(p, "/;");
    char time[CASE_TEXT];
    snprintf(time, sizeof time, "%.*s", (int)word, p);
    bool is_time = word >= 8 && time[2] == '-' && time[5] == ':';
    if (is_time)
      len += (size_t)snprintf(text + len, CASE_TEXT - len, "@%lld", (long long)case_time(cases, time));
    else
      len += (size_t)snprintf(text + len, CASE_TEXT - len, "%s", time);
    p += word;
    if (*p && len < CASE_TEXT - 1)
      text[len++] = *p++;
    text[len] = '\0';
  }
}

/* at NOW : FIELD=VALUE, FIELD=VALUE... */
static inline void begin_incident(struct case_file *cases, struct life_bench *bench) {
  if (bench->file)
    bench_load(bench);
  memset(bench->texts, 0, sizeof bench->texts);
  for (size_t i = 0; i < CASE_FIELDS; i++)
    bench->values[i] = text_of(bench->texts[i]);
  bench->event_count = 0;
  bench->is_evaluated = false;
  bench->now = case_time(cases, case_need(cases, ' '));
  case_need(cases, ' '); /* the colon */
  for (char *text; (text = case_field(cases, ','));) {
    char *equals = strchr(text, '=');
    if (!equals) {
      case_wrong(cases, "not FIELD=VALUE: %s", text);
      continue;
    }
    *equals = '\0';
    size_t field = bench_field(cases, bench, text);
    put_value(cases, equals + 1, bench->texts[field]);
    bench->values[field] = text_of(bench->texts[field]);
  }
}

/* TIME EVENT, or TIME FIELD VALUE; sorted as a log's reader does, by time alone. */
static inline void take_event(struct case_file *cases, struct life_bench *bench) {
  static const char *const kinds[] = {"", "customer_reply", "agent_reply", "resolved", "reopened"};
  assert_true(bench->event_count < CASE_EVENTS);
  char *text = bench->event_texts[bench->event_count];
  struct sla_event event = {.at = case_time(cases, case_need(cases, ' '))};
  const char *word = case_need(cases, ' '), *value = case_field(cases, '\0');
  for (size_t i = 1; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(word, kinds[i]) == 0)
      event.kind = (enum sla_event_kind)i;
  if (event.kind == SLA_EVENT_FIELD) {
    event.field = bench_field(cases, bench, word);
    put_value(cases, value ? value : "", text);
    event.value = text_of(text);
  }
  size_t i = bench->event_count++;
  for (; i > 0 && bench->events[i - 1].at > event.at; i--)
    bench->events[i] = bench->events[i - 1];
  bench->events[i] = event;
}

static inline void evaluate_case(struct life_bench *bench) {
  struct sla_incident incident = {.values = bench->values, .events = bench->events, .event_count = bench->event_count};
  enum sla_code code;
  while ((code = sla_evaluate_incident(bench->policy, &incident, bench->now, bench->worker, bench->results)) ==
         SLA_BEYOND)
    assert_int_equal(sla_prepare(bench->policy, bench->worker), SLA_OK);
  assert_int_equal(code, SLA_OK);
  bench->is_evaluated = true;
}

/* --- what is expected of them ----------------------------------------------------------------------------------------
 */

static inline void expect_text(struct case_file *cases, const char *what, const char *got, const char *expected) {
  if (strcmp(got, expected) != 0)
    case_wrong(cases, "%s is %s", what, got);
}

/* STATUS DUE ELAPSED REMAINING [REASON] */
static inline void expect_result(struct case_file *cases, const struct sla_result *result) {
  const char *status = case_need(cases, ' '), *due = case_need(cases, ' '), *elapsed = case_need(cases, ' ');
  const char *remaining = case_need(cases, ' '), *reason = case_field(cases, '\0');
  expect_text(cases, "the status", sla_status_name(result->status), status);
  expect_text(cases, "due", case_time_text(result->has_due, result->due).text, due);
  expect_text(cases, "elapsed", case_duration(result->has_elapsed, result->elapsed_s).text, elapsed);
  expect_text(cases, "remaining", case_duration(result->has_due, result->remaining_s).text, remaining);
  if (!reason != !result->reason || (reason && strncmp(reason, result->reason, strlen(reason)) != 0))
    case_wrong(cases, "the reason is %s", result->reason ? result->reason : "missing");
}

static inline void expect_no_more(struct case_file *cases, struct life_bench *bench) {
  if (bench->cycles_left)
    case_wrong(cases, "before this line: there are %zu cycles more", bench->cycles_left);
  bench->cycles_left = 0;
}

static inline void expect_metric(struct case_file *cases, struct life_bench *bench, const char *name) {
  size_t count;
  for (size_t i = 0; i < sla_policy_metric_count(bench->policy); i++)
    if (strcmp(sla_policy_metric_name(bench->policy, i), name) == 0) {
      expect_result(cases, &bench->results[i]);
      bench->cycles = sla_worker_cycles(bench->worker, i, &count);
      bench->cycles_left = count > 1 ? count : 0; /* one is what has been said */
      return;
    }
  case_wrong(cases, "no metric %s", name);
}

/* START STOP and a result */
static inline void expect_cycle(struct case_file *cases, struct life_bench *bench) {
  if (!bench->cycles_left) {
    case_wrong(cases, "there are no more cycles");
    return;
  }
  const struct sla_cycle *cycle = bench->cycles++;
  bench->cycles_left--;
  const char *start = case_need(cases, ' '), *stop = case_need(cases, ' ');
  expect_text(cases, "the start", case_time_text(cycle->started, cycle->start).text, start);
  expect_text(cases, "the stop", case_time_text(cycle->stopped, cycle->stop).text, stop);
  expect_result(cases, &cycle->result);
}

static inline void case_line(struct case_file *cases, struct life_bench *bench) {
  const char *word = case_need(cases, ' ');
  if (strcmp(word, "-") == 0) {
    expect_cycle(cases, bench);
    return;
  }
  expect_no_more(cases, bench);
  if (strcmp(word, "policy") == 0)
    assert_non_null(bench->file = fopen(bench->path, "w"));
  else if (strcmp(word, "at") == 0)
    begin_incident(cases, bench);
  else if (strcmp(word, "+") == 0)
    take_event(cases, bench);
  else {
    if (!bench->is_evaluated)
      evaluate_case(bench);
    if (strcmp(word, "closed_unanswered") == 0)
      expect_text(cases, word, sla_worker_closed_unanswered(bench->worker) ? "yes" : "no", case_need(cases, ' '));
    else
      expect_metric(cases, bench, word);
  }
}

static inline void test_life_cases(void **state) {
  (void)state;
  static struct life_bench bench;
  bench = (struct life_bench){.path = "/tmp/test_life_cases-XXXXXX.yaml"};
  int fd = mkstemps(bench.path, 5);
  assert_true(fd >= 0 && close(fd) == 0);
  struct case_file cases = case_open("life.txt");
  while (case_next(&cases))
    if (cases.line[0] == '|')
      fprintf(bench.file, "%s\n", strlen(cases.line) > 2 ? cases.line + 2 : "");
    else
      case_line(&cases, &bench);
  expect_no_more(&cases, &bench);
  sla_worker_free(bench.worker);
  sla_policy_free(bench.policy);
  unlink(bench.path);
  case_close(&cases);
}

#endif
