/*
 * The engine: due times of targets (tests/cases/due.txt), what becomes of incidents (status.txt), and how questions are
 * answered that the compiled schedules are too short for.
 */
#include "helpers.h"

#include "base/text.h"
#include "engine/clock.h"
#include "engine/row.h"
#include "policy/policy.h"
#include "time/timestamp.h"

#include <limits.h>
#include <unistd.h>

enum { WORDS_MOST = 16 };

/* Compiles what was found missing; that the question then comes nearer to its answer is tested below. */
static void prepare(const struct need *need) {
  assert_non_null(need->calendar);
  if (!calendar_prepare(need->calendar, need->from, need->until, 0))
    fail_msg("out of memory");
}

static sla_time instant(const struct case_file *cases, const char *text) {
  char with_z[64];
  struct timestamp timestamp;
  snprintf(with_z, sizeof with_z, "%s%s", text, text[0] && text[strlen(text) - 1] == 'Z' ? "" : "Z");
  const char *problem = timestamp_parse(text_of(with_z), &timestamp);
  if (problem)
    fail_msg("%s:%d: \"%s\": %s", cases->path, cases->number, text, problem);
  return timestamp.value;
}

/* --- due times -----------------------------------------------------------------------------------------------------
 */

/* A calendar of the case file, and the policy of the line. */
struct desk {
  char zone[64], hours[256], holidays[256];
  struct policy *policy;
  struct stretch pauses[WORDS_MOST];
  size_t pause_count;
};

static void set_calendar(struct case_file *cases, struct desk *desk) {
  const char *holidays;
  snprintf(desk->zone, sizeof desk->zone, "%s", case_need(cases, '|'));
  snprintf(desk->hours, sizeof desk->hours, "%s", case_need(cases, '|'));
  holidays = case_field(cases, '|');
  snprintf(desk->holidays, sizeof desk->holidays, "%s", holidays ? holidays : "");
}

static void add_pause(struct case_file *cases, struct desk *desk, char *text) {
  char *slash = strchr(text, '/');
  assert_true(slash && desk->pause_count < WORDS_MOST);
  *slash = '\0';
  desk->pauses[desk->pause_count++] = (struct stretch){instant(cases, text), instant(cases, slash + 1)};
}

/* Loads the policy that a line's target and the calendar make. */
static void load_target(struct case_file *cases, struct desk *desk, char *words) {
  const char *dates = desk->holidays;
  struct sla_inline text = {.hours = desk->hours, .zone = desk->zone, .dates = &dates, .dates_count = *dates != '\0'};
  const struct {
    const char *key, **value;
  } keys[] = {{"within", &text.within}, {"clock", &text.clock}, {"at", &text.at},
              {"cutoff", &text.cutoff}, {"roll", &text.roll},   {"edge", &text.edge}};
  char *save = NULL;
  desk->pause_count = 0;
  for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
    char *equals = strchr(word, '=');
    assert_non_null(equals);
    *equals = '\0';
    if (strcmp(word, "pause") == 0)
      add_pause(cases, desk, equals + 1);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
      if (strcmp(keys[i].key, word) == 0)
        *keys[i].value = equals + 1;
  }
  static struct collector collector;
  struct sla_options options = collector_options(&collector);
  struct diags diags;
  diags_init(&diags, NULL, &options);
  if (policy_inline(&options, &diags, &text, &desk->policy) != SLA_OK)
    fail_msg("%s:%d: %s", cases->path, cases->number, collector.items[0]);
  assert_int_equal(desk->policy->newest->targets.count, 1);
}

/* The due time of the policy's target, however often something has to be compiled for it. */
static enum reach find_due(const struct desk *desk, sla_time start, sla_time *ret_due, int64_t *ret_amount) {
  const struct target *target = &desk->policy->newest->targets.items[0];
  struct clock clock = {
      .calendar = target->calendar, .kind = target->clock, .pauses = desk->pauses, .pause_count = desk->pause_count};
  struct need need = {0};
  enum reach reach;
  int64_t amount = 0;
  int compiled = 0;
  while ((reach = target_due(target, start, ret_due, &amount, &need)) == REACH_BEYOND) {
    assert_in_range(compiled++, 0, 50);
    prepare(&need);
  }
  *ret_amount = amount;
  while (desk->pause_count && reach != REACH_NEVER) {
    reach = target_due_paused(target, &clock, start, amount, ret_due, &need);
    if (reach != REACH_BEYOND)
      break;
    assert_in_range(compiled++, 0, 50);
    prepare(&need);
  }
  return reach;
}

static void run_due(struct case_file *cases, struct desk *desk) {
  char *words = case_need(cases, '|');
  sla_time start = instant(cases, case_need(cases, '|')), due = 0;
  const char *expected = case_need(cases, '|'), *amount_text = case_field(cases, '|');
  load_target(cases, desk, words);
  int64_t amount = 0;
  enum reach reach = find_due(desk, start, &due, &amount);
  if (strcmp(expected, "never") == 0) {
    if (reach != REACH_NEVER)
      case_wrong(cases, "is due %s", time_text_at(due, 0).text);
  } else if (reach != REACHED || due != instant(cases, expected)) {
    case_wrong(cases, "is due %s", reach == REACHED ? time_text_at(due, 0).text : "never");
  } else if (amount_text && amount != strtoll(amount_text, NULL, 10)) {
    case_wrong(cases, "the amount is %lld s", (long long)amount);
  }
  policy_free(desk->policy);
}

static void test_due_times(void **state) {
  (void)state;
  struct desk desk = {.zone = ""};
  struct case_file cases = case_open("due.txt");
  while (case_next(&cases)) {
    const char *word = case_need(&cases, '|');
    if (strcmp(word, "calendar") == 0)
      set_calendar(&cases, &desk);
    else if (strcmp(word, "due") == 0)
      run_due(&cases, &desk);
    else
      case_wrong(&cases, "unknown word %s", word);
  }
  case_close(&cases);
}

/* --- incidents ------------------------------------------------------------------------------------------------------
 */

/* A policy of the case file, and the incident of the lines that follow. */
struct bench {
  char path[64];
  FILE *file; /* the policy being written */
  struct policy *policy;
  struct worker *worker;
  char values[32][512];
  struct sla_result results[8];
  size_t next; /* result that the next line is about; those before have been asked for */
};

static void bench_clear(struct bench *bench) {
  worker_free(bench->worker);
  policy_free(bench->policy);
  bench->worker = NULL;
  bench->policy = NULL;
}

static void bench_load(struct case_file *cases, struct bench *bench) {
  static struct collector collector;
  struct sla_options options = collector_options(&collector);
  struct arena arena;
  struct diags diags;
  arena_init(&arena, 0);
  diags_init(&diags, &arena, &options);
  fclose(bench->file);
  bench->file = NULL;
  bench_clear(bench);
  if (policy_load(&options, &diags, bench->path, NULL, &bench->policy) != SLA_OK)
    fail_msg("%s:%d: the policy before: %s", cases->path, cases->number, collector.items[0]);
  bench->worker = worker_new(bench->policy);
  assert_non_null(bench->worker);
  assert_true(bench->policy->metrics.count <= 8 && bench->policy->fields.count <= 32);
  bench->next = bench->policy->metrics.count;
}

static void take_value(struct case_file *cases, struct bench *bench, struct sla_text *values, char *text) {
  char *equals = strchr(text, '=');
  assert_non_null(equals);
  *equals = '\0';
  for (size_t i = 0; i < bench->policy->fields.count; i++)
    if (strcmp(bench->policy->fields.items[i], text) == 0) {
      snprintf(bench->values[i], sizeof bench->values[i], "%s", equals + 1);
      values[i] = text_of(bench->values[i]);
      return;
    }
  case_wrong(cases, "the policy reads no field %s", text);
}

static void run_incident(struct case_file *cases, struct bench *bench) {
  struct sla_text values[32] = {{NULL, 0}};
  if (bench->next < bench->policy->metrics.count)
    case_wrong(cases, "before this line: results are missing");
  sla_time now = instant(cases, case_need(cases, ' '));
  char *text;
  case_need(cases, ' '); /* the colon */
  while ((text = case_field(cases, ',')))
    take_value(cases, bench, values, text);
  enum reach reach;
  while ((reach = evaluate(bench->worker, &(struct sla_incident){.values = values}, now, bench->results)) ==
         REACH_BEYOND)
    prepare(&bench->worker->need);
  assert_int_equal(reach, REACHED);
  bench->next = 0;
}

static void expect_number(struct case_file *cases, const char *what, bool has, int64_t got, const char *expected) {
  char text[32] = "-";
  if (has)
    snprintf(text, sizeof text, "%lld", (long long)got);
  if (strcmp(text, expected) != 0)
    case_wrong(cases, "%s is %s", what, text);
}

static void run_result(struct case_file *cases, struct bench *bench, const char *metric) {
  if (!bench->policy || bench->next >= bench->policy->metrics.count) {
    case_wrong(cases, "there are no more results");
    return;
  }
  const struct sla_result *result = &bench->results[bench->next];
  const char *name = bench->policy->metrics.items[bench->next++].name;
  const char *status = case_need(cases, ' '), *due = case_need(cases, ' '), *elapsed = case_need(cases, ' ');
  const char *remaining = case_need(cases, ' '), *reason = case_field(cases, '\0');
  if (strcmp(name, metric) != 0)
    case_wrong(cases, "this result is of %s", name);
  if (strcmp(status_names[result->status], status) != 0)
    case_wrong(cases, "%s, %s", status_names[result->status], result->reason ? result->reason : "without a reason");
  const char *got_due = result->has_due ? time_text_at(result->due, 0).text : "-";
  if (strcmp(got_due, due) != 0)
    case_wrong(cases, "due %s", got_due);
  expect_number(cases, "elapsed", result->has_elapsed, result->elapsed_s, elapsed);
  expect_number(cases, "remaining", result->has_due, result->remaining_s, remaining);
  if (!reason != !result->reason || (reason && strncmp(reason, result->reason, strlen(reason)) != 0))
    case_wrong(cases, "the reason is %s", result->reason ? result->reason : "missing");
}

static void test_statuses(void **state) {
  (void)state;
  struct bench bench = {.path = "/tmp/test_clock-XXXXXX.yaml"};
  int fd = mkstemps(bench.path, 5);
  assert_true(fd >= 0);
  close(fd);
  struct case_file cases = case_open("status.txt");
  while (case_next(&cases)) {
    if (cases.line[0] == '|') {
      fprintf(bench.file, "%s\n", cases.line + 2);
      continue;
    }
    const char *word = case_need(&cases, ' ');
    if (strcmp(word, "policy") == 0) {
      bench.file = fopen(bench.path, "w");
      assert_non_null(bench.file);
    } else if (strcmp(word, "at") == 0) {
      if (bench.file)
        bench_load(&cases, &bench);
      run_incident(&cases, &bench);
    } else
      run_result(&cases, &bench, word);
  }
  case_close(&cases);
  bench_clear(&bench);
  unlink(bench.path);
}

/* --- schedules that are too short ------------------------------------------------------------------------------------
 */

/* A policy of one calendar and target; the calendar is not compiled yet. */
static struct desk inline_desk(const char *hours, const char *within) {
  struct desk desk = {.zone = "UTC"};
  struct sla_inline text = {.hours = hours, .zone = "UTC", .within = within};
  struct diags diags;
  diags_init(&diags, NULL, &(struct sla_options){0});
  assert_int_equal(policy_inline(&(struct sla_options){0}, &diags, &text, &desk.policy), SLA_OK);
  return desk;
}

static void test_beyond_says_what_is_missing(void **state) {
  (void)state;
  struct desk desk = inline_desk("Mo-Fr 09:00-17:00", "2h");
  struct calendar *calendar = desk.policy->calendars.items[0];
  struct clock clock = {.calendar = calendar, .kind = SLA_BUSINESS_HOURS}, all = {.kind = SLA_ELAPSED};
  sla_time from = utc(2026, 3, 2, 9, 0, 0), until = utc(2030, 3, 4, 9, 0, 0), due;
  int64_t seconds;
  bool open;
  struct need need = {0};
  assert_int_equal(clock_elapsed(&clock, from, until, &seconds, &need), REACH_BEYOND);
  assert_ptr_equal(need.calendar, calendar);
  assert_true(need.from <= from && need.until >= until);
  assert_int_equal(calendar_is_open(calendar, from, &open, &need), REACH_BEYOND);
  assert_int_equal(clock_due(&clock, from, 7200, &due, &need), REACH_BEYOND);
  assert_true(need.from <= from && need.until > from);
  /* nothing has to be compiled for what needs no calendar, or no time */
  assert_int_equal(clock_elapsed(&all, from, until, &seconds, &need), REACHED);
  assert_true(seconds == until - from);
  assert_int_equal(clock_elapsed(&clock, until, from, &seconds, &need), REACHED);
  assert_int_equal(seconds, 0);
  assert_int_equal(clock_due(&clock, from, 0, &due, &need), REACHED);
  assert_times_equal(due, from);
  prepare(&(struct need){calendar, from, until});
  assert_int_equal(clock_elapsed(&clock, from, until, &seconds, &need), REACHED);
  assert_int_equal(calendar_is_open(calendar, from, &open, &need), REACHED);
  assert_true(open);
  policy_free(desk.policy);
}

/* Where a schedule ends, nothing is known: neither open nor closed, for no question. */
static void test_the_end_of_a_schedule_is_unknown(void **state) {
  (void)state;
  struct desk desk = inline_desk("Mo-Su 00:00-12:00", "0cd");
  struct calendar *calendar = desk.policy->calendars.items[0];
  struct target target = desk.policy->newest->targets.items[0];
  prepare(&(struct need){calendar, utc(2026, 3, 2, 0, 0, 0), utc(2026, 3, 3, 0, 0, 0)});
  sla_time end = calendar->schedule->hours.until; /* a midnight, at which the desk opens */
  sla_time due;
  bool open = false;
  struct need need;
  while (calendar_is_open(calendar, end, &open, &need) == REACH_BEYOND)
    prepare(&need);
  assert_true(open);

  prepare(&(struct need){calendar, end, end});
  end = calendar->schedule->hours.until;
  target.roll = ROLL_PRECEDING;
  int64_t amount;
  while (target_due(&target, end, &due, &amount, &need) == REACH_BEYOND)
    prepare(&need);
  assert_times_equal(due, end);
  policy_free(desk.policy);
}

/* A calendar that never opens is looked through to the end of the range, in few steps. */
static void test_never_is_found_in_few_steps(void **state) {
  (void)state;
  static const char *const withins[] = {"1h", "1bd", "window"};
  for (size_t i = 0; i < 3; i++) {
    struct desk desk = inline_desk("off", withins[i]);
    const struct target *target = &desk.policy->newest->targets.items[0];
    struct need need;
    sla_time due;
    int64_t amount;
    int steps = 0;
    enum reach reach;
    while ((reach = target_due(target, utc(1990, 1, 1, 0, 0, 0), &due, &amount, &need)) == REACH_BEYOND) {
      prepare(&need);
      steps++;
    }
    assert_int_equal(reach, REACH_NEVER);
    assert_in_range(steps, 1, 12);
    policy_free(desk.policy);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_due_times),
      cmocka_unit_test(test_statuses),
      cmocka_unit_test(test_beyond_says_what_is_missing),
      cmocka_unit_test(test_the_end_of_a_schedule_is_unknown),
      cmocka_unit_test(test_never_is_found_in_few_steps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
