/*
 * The row path against evaluate_slowly(), which knows nothing of it: random incidents under random policies, each
 * evaluated on a worker with it and on one without. Where the row path evaluates an incident at all, all that is said
 * of it has to be the same; and it has to evaluate enough of each kind. SEED and ROWS (how many, default 20000) come
 * from the environment.
 */
#include "row_incident.h"

enum { ROWS = 20000, ROWS_A_WORLD = 250 };

/* --- what has been seen --------------------------------------------------------------------------------------------
 */

/* What the row path has to have evaluated: a test in which no incident is plain would pass as well. */
enum seen {
  SEEN_SECONDS,
  SEEN_ZERO,
  SEEN_OPENING,
  SEEN_BUSINESS_DAYS,
  SEEN_CALENDAR,
  SEEN_WINDOW,
  SEEN_BEST_EFFORT,
  SEEN_NO_CALENDAR,
  SEEN_CLOCK_HOURS,
  SEEN_CLOCK_DAYS,
  SEEN_CLOCK_ELAPSED,
  SEEN_LATER_VERSION,
  SEEN_AGREEMENT,
  SEEN_TWICE_AGREED,
  SEEN_EXCLUSION,
  SEEN_NO_TARGET,
  SEEN_NOT_STARTED,
  SEEN_BY_CALENDAR,
  SEEN_COVERED,
  SEEN_STOPPED_PAUSE,
  SEEN_OVERLAP,
  SEEN_GAP,
  SEEN_NAMED_ZONE,
  SEEN_AFTER_UNANSWERED,
  SEEN_NO_CONDITIONS,
  SEEN_MANY_TARGETS,
  SEEN_MANY_VERSIONS,
  SEEN_COUNT
};

static const char *const seen_names[SEEN_COUNT] = {"seconds",
                                                   "zero seconds",
                                                   "due at openings",
                                                   "business days",
                                                   "calendar units",
                                                   "windows",
                                                   "best effort",
                                                   "best effort without a calendar",
                                                   "business hours",
                                                   "whole business days",
                                                   "elapsed time",
                                                   "versions behind the first",
                                                   "agreements",
                                                   "agreements of agreements",
                                                   "exclusions",
                                                   "no target",
                                                   "not started",
                                                   "targets chosen by a calendar",
                                                   "calendars with coverage",
                                                   "stopped while paused",
                                                   "local times that come twice",
                                                   "local times that are skipped",
                                                   "times with a zone in brackets",
                                                   "incidents behind one that was closed unanswered",
                                                   "policies without conditions",
                                                   "policies with many targets",
                                                   "policies with many versions"};

static int64_t seen[SEEN_COUNT], plain_count, row_count, covered_slowly, seen_statuses[SLA_RUNNING + 1];

/* The target that a result names by its line; NULL: an exclusion, or none. */
static const struct target *target_of(const struct policy *policy, const struct sla_result *result,
                                      const struct version **ret_version) {
  *ret_version = NULL;
  for (size_t i = 0; i < policy->files.count && result->rule.file; i++)
    for (size_t k = 0; k < policy->files.items[i]->versions.count; k++) {
      const struct version *version = policy->files.items[i]->versions.items[k];
      for (size_t t = 0; t < version->targets.count; t++) {
        const struct place *place = &version->targets.items[t].place;
        *ret_version = version;
        if (place->line == result->rule.line && strcmp(place->source->name, result->rule.file) == 0)
          return &version->targets.items[t];
      }
    }
  return NULL;
}

static void see_target(const struct world *world, const struct target *target, const struct sla_cycle *cycle) {
  static const enum seen kinds[] = {[AMOUNT_SECONDS] = SEEN_SECONDS,
                                    [AMOUNT_BUSINESS_DAYS] = SEEN_BUSINESS_DAYS,
                                    [AMOUNT_CALENDAR] = SEEN_CALENDAR,
                                    [AMOUNT_WINDOW] = SEEN_WINDOW,
                                    [AMOUNT_BEST_EFFORT] = SEEN_BEST_EFFORT};
  static const enum seen clocks[] = {[SLA_BUSINESS_HOURS] = SEEN_CLOCK_HOURS,
                                     [SLA_BUSINESS_DAYS] = SEEN_CLOCK_DAYS,
                                     [SLA_ELAPSED] = SEEN_CLOCK_ELAPSED};
  seen[kinds[target->within.kind]]++;
  seen[SEEN_ZERO] += target->within.kind == AMOUNT_SECONDS && target->within.seconds == 0;
  seen[SEEN_OPENING] += target->edge_next_opening;
  seen[SEEN_NO_CALENDAR] += !target->calendar;
  if (target->calendar)
    seen[clocks[target->clock]]++;
  seen[SEEN_COVERED] += target->calendar && target->calendar->covered_by;
  seen[SEEN_BY_CALENDAR] += target->clause.during || target->clause.outside;
  seen[SEEN_STOPPED_PAUSE] += cycle->stopped && world->policy->paused_field != SIZE_MAX;
}

static void see_metric(const struct world *world, const struct sla_cycle *cycle) {
  const struct sla_result *result = &cycle->result;
  const struct version *version;
  const struct target *target = target_of(world->policy, result, &version);
  if (target && cycle->started)
    see_target(world, target, cycle);
  seen_statuses[result->status]++;
  seen[SEEN_LATER_VERSION] += target && version != world->policy->files.items[0]->versions.items[0];
  seen[SEEN_AGREEMENT] += strcmp(result->rule.policy, "q") == 0;
  seen[SEEN_TWICE_AGREED] += strcmp(result->rule.policy, "r") == 0;
  seen[SEEN_EXCLUSION] += result->status == SLA_EXCLUDED;
  seen[SEEN_NO_TARGET] += result->status == SLA_NO_TARGET;
  seen[SEEN_NOT_STARTED] += result->status == SLA_NOT_STARTED;
}

/* --- comparing -----------------------------------------------------------------------------------------------------
 */

static const char *cycle_difference(const struct sla_cycle *a, const struct sla_cycle *b) {
  if (a->started != b->started)
    return "started";
  if (a->stopped != b->stopped)
    return "stopped";
  if (a->started && a->start != b->start)
    return "start";
  if (a->stopped && a->stop != b->stop)
    return "stop";
  return result_difference(&a->result, &b->result);
}

/* The workers' difference on a metric. */
static const char *metric_difference(const struct world *world, size_t metric, const struct sla_result *quick,
                                     const struct sla_result *slow) {
  size_t count, slow_count;
  const struct sla_worker *a = (const struct sla_worker *)world->quick, *b = (const struct sla_worker *)world->slow;
  const struct sla_cycle *cycles = sla_worker_cycles(a, metric, &count),
                         *slow_cycles = sla_worker_cycles(b, metric, &slow_count);
  if (count != slow_count)
    return "count of cycles";
  for (size_t i = 0; i < count; i++) {
    const char *member = cycle_difference(&cycles[i], &slow_cycles[i]);
    if (member)
      return member;
  }
  if (sla_worker_cycle(a, metric) - cycles != sla_worker_cycle(b, metric) - slow_cycles)
    return "chosen";
  return result_difference(quick, slow);
}

static void show_result(const char *whose, const struct sla_cycle *cycle) {
  const struct sla_result *result = &cycle->result;
  fprintf(stderr, "  %-5s %s to %s %s due %lld elapsed %lld remaining %lld", whose,
          cycle->started ? time_text_at(cycle->start, 0).text : "-",
          cycle->stopped ? time_text_at(cycle->stop, 0).text : "-", sla_status_name(result->status),
          (long long)result->due, (long long)result->elapsed_s, (long long)result->remaining_s);
  fprintf(stderr, " by %s %s %s:%d calendar %zd: %s; %s\n", result->rule.policy, result->rule.version,
          result->rule.file ? result->rule.file : "-", result->rule.line, (ssize_t)result->rule.calendar,
          result->reason ? result->reason : "-", result->coverage ? result->coverage : "-");
}

static void row_fail(const struct world *world, const struct row *row, size_t metric, const char *what) {
  world_show(world);
  fprintf(stderr, "\nnow %s, %zu events%s%s\n", time_text_at(row->now, 0).text, row->incident.event_count,
          row->incident.lists ? ", lists" : "", row->calendar ? ", another calendar" : "");
  for (size_t i = 0; i < row->count; i++)
    fprintf(stderr, "%s: \"%.*s\"\n", world->policy->fields.items[i], TEXT_ARGS(row->values[i]));
  if (metric < world->policy->metrics.count) {
    fprintf(stderr, "%s: %s differs\n", world->policy->metrics.items[metric].name, what);
    show_result("quick", world->quick->chosen[metric]);
    show_result("slow", world->slow->chosen[metric]);
  }
  fail_msg("%s", what);
}

/* Prepares what is missing until an evaluation gets to its end. */
static void evaluate_to_end(struct world *world, const struct row *row, struct worker *worker,
                            struct sla_result *ret_results) {
  enum reach reach;
  while ((reach = evaluate_slowly(worker, &row->incident, row->now, ret_results)) == REACH_BEYOND)
    assert_int_equal(prepare(world->policy, &worker->need), SLA_OK);
  assert_int_equal(reach, REACHED);
}

/* Evaluates an incident on both workers. Whether it is plain. */
static bool check_row(struct world *world, const struct row *row, struct sla_result *ret_slow) {
  struct sla_result quick[WORLD_METRICS];
  uint64_t overlaps = world->quick->overlaps, gaps = world->quick->gaps;
  bool was_unanswered = world->quick->closed_unanswered, plain;
  world->quick->calendar = world->slow->calendar = row->calendar;
  memset(quick, 0xA5, sizeof quick);
  plain = row_evaluate(world->quick, &row->incident, row->now, quick);
  if (!plain && (world->quick->overlaps != overlaps || world->quick->gaps != gaps))
    row_fail(world, row, SIZE_MAX, "what is not plain is counted");
  if (plain && evaluate_slowly(world->slow, &row->incident, row->now, ret_slow) != REACHED)
    row_fail(world, row, SIZE_MAX, "is plain, but beyond what is prepared");
  if (!plain)
    evaluate_to_end(world, row, world->slow, ret_slow);
  for (size_t m = 0; m < world->policy->metrics.count; m++) {
    covered_slowly += ret_slow[m].coverage != NULL;
    const char *what = plain ? metric_difference(world, m, quick, ret_slow) : NULL;
    if (what)
      row_fail(world, row, m, what);
    if (plain)
      see_metric(world, world->quick->chosen[m]);
  }
  if (!plain)
    evaluate_to_end(world, row, world->quick, quick);
  if (world->quick->closed_unanswered != world->slow->closed_unanswered)
    row_fail(world, row, SIZE_MAX, "closed_unanswered differs");
  if (world->quick->overlaps != world->slow->overlaps || world->quick->gaps != world->slow->gaps)
    row_fail(world, row, SIZE_MAX, "counts of overlaps and gaps differ");
  for (size_t i = 0; i < row->count; i++)
    assert_ptr_equal(sla_worker_value((const struct sla_worker *)world->quick, i).ptr,
                     sla_worker_value((const struct sla_worker *)world->slow, i).ptr);
  seen[SEEN_OVERLAP] += plain && world->quick->overlaps > overlaps;
  seen[SEEN_GAP] += plain && world->quick->gaps > gaps;
  for (size_t i = 0; i < row->count; i++)
    seen[SEEN_NAMED_ZONE] += plain && row->values[i].len && memchr(row->values[i].ptr, '[', row->values[i].len);
  seen[SEEN_AFTER_UNANSWERED] += plain && was_unanswered;
  seen[SEEN_NO_CONDITIONS] += plain && world->kind == WORLD_NO_CONDITIONS;
  seen[SEEN_MANY_TARGETS] += plain && world->kind == WORLD_MANY_TARGETS;
  seen[SEEN_MANY_VERSIONS] += plain && world->kind == WORLD_MANY_VERSIONS;
  row_count++;
  plain_count += plain;
  return plain;
}

/* The same once more, with a metric stopped when it was due, a second before or behind; or as of then. */
static void check_at_due(struct world *world, struct row *row, const struct sla_result *results) {
  size_t metric = (size_t)random_below(&world->seed, (int64_t)world->policy->metrics.count);
  struct sla_result ignored[WORLD_METRICS];
  sla_time due = results[metric].due + random_between(&world->seed, -1, 1);
  if (!results[metric].has_due || due < SLA_TIME_MIN || due > SLA_TIME_MAX)
    return;
  const struct metric *measured = world->policy->metrics.items[metric].first;
  if (one_in(world, 2) && !measured->is_cycle)
    put_string(world, row, measured->stop, time_text_at(due, 0).text);
  else
    row->now = due;
  check_row(world, row, ignored);
}

/* --- tests ---------------------------------------------------------------------------------------------------------
 */

static int64_t rows_asked(void) {
  const char *text = getenv("ROWS");
  return text ? (int64_t)strtoll(text, NULL, 10) : ROWS;
}

static void check_world(enum world_kind kind, uint64_t seed, int64_t rows) {
  static struct world world;
  world_open(&world, kind, seed);
  for (int64_t i = 0; i < rows; i++) {
    struct row row;
    struct sla_result results[WORLD_METRICS];
    row_begin(&world, &row);
    check_row(&world, &row, results);
    if (one_in(&world, 10))
      check_row(&world, &row, results);
    if (one_in(&world, 4))
      check_at_due(&world, &row, results);
    row_end(&row);
  }
  world_close(&world);
}

static void check_seen(void) {
  for (int i = 0; i < SEEN_COUNT; i++) {
    print_message("  %-50s %lld\n", seen_names[i], (long long)seen[i]);
    if (seen[i] < row_count / 5000)
      fail_msg("too few are plain of: %s", seen_names[i]);
  }
  for (int status = SLA_EXCLUDED; status <= SLA_RUNNING; status++)
    if (status != SLA_PAUSED && seen_statuses[status] < row_count / 1000)
      fail_msg("too few are plain and %s", sla_status_name((enum sla_status)status));
  if (covered_slowly < row_count / 1000)
    fail_msg("too few rest on dates that are not covered");
}

static void test_rows(void **state) {
  (void)state;
  static const enum world_kind kinds[] = {WORLD_MANY_VALUES,   WORLD_MANY_TARGETS,  WORLD_MANY_VERSIONS,
                                          WORLD_NO_CONDITIONS, WORLD_NO_CONDITIONS, WORLD_PREPARED};
  uint64_t seed = test_seed();
  int64_t rows = rows_asked();
  for (size_t world = 0; row_count < rows; world++) {
    size_t special = world % 40;
    bool is_special = special < sizeof kinds / sizeof *kinds;
    check_world(is_special ? kinds[special] : WORLD_USUAL, random_next(&seed),
                special < 3 || special == WORLD_PREPARED ? 4 * ROWS_A_WORLD : ROWS_A_WORLD);
  }
  for (int more = 0; more < 20 && seen[SEEN_MANY_TARGETS] < row_count / 5000; more++) /* such worlds are few */
    check_world(WORLD_MANY_TARGETS, random_next(&seed), ROWS_A_WORLD);
  print_message("%lld of %lld rows are plain\n", (long long)plain_count, (long long)row_count);
  if (rows >= ROWS)
    check_seen();
  if (plain_count < row_count / 3)
    fail_msg("too few are plain");
}

/* --- keys ----------------------------------------------------------------------------------------------------------
 */

static const char *const far_zones[] = {"Pacific/Kiritimati", "Pacific/Pago_Pago", "+18:00", "-18:00"};

/* A world whose targets go by the field `plan`; it has a calendar for each zone that is far from UTC. */
static void open_plans(struct world *world, void (*put)(FILE *file)) {
  *world = (struct world){.seed = 1};
  put_feed(world, date_of(2026, 1, 15));
  FILE *file = file_begin(world, "p.yaml");
  fputs("policy: p\ncalendars:\n  always: { hours: \"24/7\" }\n", file);
  for (size_t i = 0; i < sizeof far_zones / sizeof *far_zones; i++)
    fprintf(file,
            "  c%zu: { zone: \"%s\", hours: \"24/7\", "
            "holidays: [{ feed: ./f.ics, covers: [2026-01-01, 2026-02-01] }] }\n",
            i, far_zones[i]);
  fputs("targets:\n", file);
  put(file);
  fputs("  - { metric: first_response, within: 9h, clock: elapsed }\n", file);
  fclose(file);
  world_load(world);
}

/* An incident with a plan. Whether it is plain; *ret_hours is the amount by which it is due. */
static bool check_plan_at(struct world *world, sla_time at, const char *plan, size_t len, int *ret_hours) {
  struct row row = {.count = world->policy->fields.count, .now = at};
  struct sla_result results[WORLD_METRICS];
  row.incident.values = row.values;
  put_string(world, &row, field_of(world, "opened_at"), time_text_at(at, 0).text);
  put_value(world, &row, field_of(world, "plan"), plan, len);
  bool plain = check_row(world, &row, results);
  *ret_hours = (int)(results[0].due - row.now) / HOUR;
  row_end(&row);
  return plain;
}

static bool check_plan(struct world *world, const char *plan, size_t len, int *ret_hours) {
  return check_plan_at(world, utc(2026, 1, 1, 10, 0, 0), plan, len, ret_hours);
}

enum { LONGEST = 320, KEY = 63 };

/* So many letters, and one behind them. */
static size_t put_letters(char *text, size_t len, char last) {
  memset(text, 'x', len);
  text[len] = last;
  return len + 1;
}

static void put_long_plans(FILE *file) {
  char text[LONGEST + 1];
  for (size_t len = 0; len < LONGEST; len++)
    for (int i = 0; i < 2; i++)
      fprintf(file, "  - { metric: first_response, when: { plan: %.*s }, within: %dh, clock: elapsed }\n",
              (int)put_letters(text, len, (char)('a' + i)), text, 1 + i);
}

/* Values of each length that differ in their last byte; what does not fit into a key is not plain. */
static void test_lengths(void **state) {
  (void)state;
  struct world world;
  char text[LONGEST + 1];
  open_plans(&world, put_long_plans);
  for (size_t len = 0; len < LONGEST; len++)
    for (int i = 0; i < 4; i++) {
      int hours;
      bool plain = check_plan(&world, text, put_letters(text, len, (char)('a' + i % 3)), &hours);
      if (plain != (len + 1 <= KEY) || hours != (i % 3 == 2 ? 9 : 1 + i % 3))
        fail_msg("%zu bytes: %s, due after %d h", len + 1, plain ? "plain" : "not plain", hours);
    }
  world_close(&world);
}

static void put_one_plan(FILE *file) {
  fputs("  - { metric: first_response, when: { plan: \"\" }, within: 1h, clock: elapsed }\n", file);
}

/* More values than there are slots, and between them one that is soon overwritten. */
static void test_slots(void **state) {
  (void)state;
  struct world world;
  char text[16];
  open_plans(&world, put_one_plan);
  for (int i = 0; i < MANY_VALUES; i++)
    for (int k = 0; k < 2; k++) {
      int hours, len = k ? 0 : snprintf(text, sizeof text, "C%d", i);
      bool plain = check_plan(&world, text, (size_t)len, &hours);
      if (!plain || hours != (k ? 1 : 9))
        fail_msg("\"%.*s\": %s, due after %d h", len, text, plain ? "plain" : "not plain", hours);
    }
  world_close(&world);
}

/* --- ends ----------------------------------------------------------------------------------------------------------
 */

static void put_far_plans(FILE *file) {
  for (size_t i = 0; i < sizeof far_zones / sizeof *far_zones; i++)
    for (int hours = 0; hours < 60; hours += 30)
      fprintf(file, "  - { metric: first_response, when: { plan: %d }, within: %dh, calendar: c%zu }\n",
              (int)i * 100 + hours, hours, i);
  fputs("  - { metric: first_response, when: { plan: last }, within: 1h, calendar: always }\n", file);
}

/* About the ends of what a holiday set covers, in zones that are far from UTC. */
static void test_coverage(void **state) {
  (void)state;
  struct world world;
  int plain = 0, hours;
  char plan[16];
  open_plans(&world, put_far_plans);
  for (int i = 0; i < (int)(sizeof far_zones / sizeof *far_zones) * 2; i++)
    for (int end = 0; end < 2; end++)
      for (int hour = -100; hour < 100; hour++) {
        int len = snprintf(plan, sizeof plan, "%d", i / 2 * 100 + i % 2 * 30);
        sla_time at = utc(2026, end ? 2 : 1, 1, 0, 0, 0) + hour * HOUR;
        plain += check_plan_at(&world, at, plan, (size_t)len, &hours);
      }
  assert_in_range(plain, 500, 2700);
  world_close(&world);
}

/* About the end of the supported range. */
static void test_last_second(void **state) {
  (void)state;
  struct world world;
  int hours;
  open_plans(&world, put_far_plans);
  for (int second = -5; second <= 5; second++) {
    check_plan_at(&world, SLA_TIME_MAX - HOUR + second, "last", 4, &hours);
    assert_int_equal(check_plan_at(&world, SLA_TIME_MAX - HOUR + second, "last", 4, &hours), second <= 0);
  }
  world_close(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rows),     cmocka_unit_test(test_lengths),     cmocka_unit_test(test_slots),
      cmocka_unit_test(test_coverage), cmocka_unit_test(test_last_second),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
