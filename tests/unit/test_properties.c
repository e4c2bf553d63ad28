/*
 * Random policies and incidents through the public API, against naive.h, which counts minutes and walks; and the laws
 * that hold for amounts measured on a clock. POLICIES in the environment says how many policies (default: 40).
 */
#include "random_policy.h"

#include "slaclock.h"

#include <unistd.h>

enum { INCIDENTS = 40, FIELDS_MOST = 8, METRICS = 2, TEXT = 512 };

/* One random policy: as a model, as files, and loaded from these. */
struct world {
  struct arena arena;
  struct zones zones;
  uint64_t seed;
  int date;        /* incidents begin around it */
  sla_time change; /* of clocks, near it */
  struct naive_policy *naive;
  char folder[64], path[80];
  char *yaml, *set; /* the files' texts */
  size_t yaml_len, set_len;
  sla_policy *policy;
  sla_worker *worker;
  size_t calendars[NAIVE_CALENDARS]; /* of the model, as the API numbers them */
};

static int policy_count(void) {
  const char *text = getenv("POLICIES");
  return text ? (int)strtol(text, NULL, 10) : 40;
}

/* Says what failed, with all that is needed to see it again. */
#define world_fail(world, ...)                                                                                         \
  do {                                                                                                                 \
    print_error(__VA_ARGS__);                                                                                          \
    fprintf(stderr, "\n%s---\n%s", (world)->yaml, (world)->set); /* too long for cmocka */                             \
    fail();                                                                                                            \
  } while (0)

static size_t field_named(const sla_policy *policy, const char *name) {
  for (size_t i = 0; i < sla_policy_field_count(policy); i++)
    if (strcmp(sla_policy_field_name(policy, i), name) == 0)
      return i;
  fail_msg("no field %s", name);
  return 0;
}

static sla_policy *load(struct world *world) {
  static struct collector collector;
  struct sla_options options = collector_options(&collector);
  sla_policy *policy = NULL;
  if (sla_policy_load(&options, world->path, &policy) != SLA_OK)
    world_fail(world, "%s", collector.count ? collector.items[0] : "not loaded");
  return policy;
}

/*
 * A zone, and a date of the years 1973 to 2190: mostly one at which the zone's clocks change. world->change is the
 * first instant of the new offset then, else the date's midnight.
 */
static const char *choose_zone_and_date(struct world *world) {
  const char *name = random_zones[random_below(&world->seed, sizeof random_zones / sizeof *random_zones)], *problem;
  const struct zone *zone = zone_find(&world->zones, text_of(name), &problem);
  world->date = date_of((int)random_between(&world->seed, 1973, 2190), 1, 1) + (int)random_below(&world->seed, 365);
  world->change = (sla_time)world->date * DAY;
  for (int hour = 0; hour < 366 * 24 && random_below(&world->seed, 4000); hour++) {
    sla_time t = (sla_time)world->date * DAY + hour * HOUR;
    if (zone_offset(zone, t) == zone_offset(zone, t + HOUR))
      continue;
    while (zone_offset(zone, t) == zone_offset(zone, t + 1))
      t++;
    world->change = t + 1;
    world->date = (int)(t / DAY);
    break;
  }
  return name;
}

static void write_file(const struct world *world, const char *name, const char *text) {
  char path[96];
  snprintf(path, sizeof path, "%s/%s", world->folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static void world_open(struct world *world, uint64_t seed) {
  *world = (struct world){.seed = seed};
  arena_init(&world->arena, 0);
  zones_init(&world->zones, &world->arena, SLA_TZDATA_AUTO);
  snprintf(world->folder, sizeof world->folder, "/tmp/test_properties-XXXXXX");
  assert_non_null(mkdtemp(world->folder));
  snprintf(world->path, sizeof world->path, "%s/p.yaml", world->folder);
  const char *zone = choose_zone_and_date(world);
  world->naive = arena_alloc(&world->arena, sizeof *world->naive);
  struct writer writer = {.policy = world->naive, .zones = &world->zones, .seed = &world->seed, .zone = zone};
  writer.yaml = open_memstream(&world->yaml, &world->yaml_len);
  writer.set = open_memstream(&world->set, &world->set_len);
  random_policy(&writer, &world->arena, world->date);
  fclose(writer.yaml);
  fclose(writer.set);
  write_file(world, "h.yaml", world->set);
  write_file(world, "p.yaml", world->yaml);
  world->policy = load(world);
  assert_int_equal(sla_worker_new(world->policy, &world->worker), SLA_OK);
  assert_int_equal(sla_policy_calendar_count(world->policy), NAIVE_CALENDARS);
  assert_true(sla_policy_field_count(world->policy) <= FIELDS_MOST);
  for (size_t i = 0; i < NAIVE_CALENDARS; i++)
    assert_string_equal(sla_policy_calendar_name(world->policy, i), ((const char *[]){"a", "b", "u", "i", "n"})[i]);
}

static void world_close(struct world *world) {
  char command[128];
  sla_worker_free(world->worker);
  sla_policy_free(world->policy);
  snprintf(command, sizeof command, "rm -r %s", world->folder);
  assert_int_equal(system(command), 0);
  free(world->yaml);
  free(world->set);
  arena_release(&world->arena);
}

/* Runs a check on random policies, each of a seed of its own. */
static void with_policies(int count, void (*check)(struct world *world)) {
  uint64_t seed = test_seed();
  for (int i = 0; i < count; i++) {
    struct world world;
    world_open(&world, random_next(&seed));
    check(&world);
    world_close(&world);
  }
}

/* --- incidents -------------------------------------------------------------------------------------------------------
 */

/*
 * An instant within some weeks of the date; every fourth near the change of clocks, and every third on a whole quarter
 * of an hour, where things happen.
 */
static sla_time random_instant(struct world *world, int days) {
  sla_time t = random_below(&world->seed, 4)
                   ? (sla_time)world->date * DAY + random_between(&world->seed, -5 * (int64_t)DAY, days * (int64_t)DAY)
                   : world->change + random_between(&world->seed, -3 * HOUR, 3 * HOUR);
  return random_below(&world->seed, 3) ? t : t - t % 900;
}

static struct naive_incident random_incident(struct world *world) {
  uint64_t *seed = &world->seed;
  struct naive_incident incident = {.priority = (int)random_below(seed, NAIVE_TARGETS),
                                    .step = (int)random_below(seed, NAIVE_STEPS),
                                    .start = random_instant(world, 30),
                                    .stop = NAIVE_NEVER};
  incident.now = incident.start + random_between(seed, -3600, random_below(seed, 2) ? 200000 : 40 * (int64_t)DAY);
  if (random_below(seed, 2)) {
    incident.stop = incident.start + random_below(seed, 300000);
    if (incident.now < incident.stop)
      incident.now = incident.stop;
  }
  while (incident.pause_count < NAIVE_PAUSES && random_below(seed, 3) == 0) {
    sla_time from = incident.start + random_between(seed, -20000, 200000);
    sla_time until = random_below(seed, 5) ? from + random_below(seed, 200000) : INT64_MAX;
    incident.pauses[incident.pause_count++] = (struct stretch_of_time){from, until};
  }
  return incident;
}

/* Seconds since 1970 of a clock, as a local time is written. */
static void put_clock_time(char *text, int64_t local, char separator, const char *end) {
  struct time_text shown = time_text_at(local, 0); /* ends in Z */
  shown.text[10] = separator;
  shown.text[strlen(shown.text) - 1] = '\0';
  snprintf(text, 48, "%s%s", shown.text, end);
}

/*
 * An instant in one of the ways in which it can be written. Without offset it may be another one, that the local time
 * means.
 */
static sla_time put_time(struct world *world, char *text, sla_time t) {
  const struct zone *zone = world->naive->model.calendars[0].zone; /* the policy's */
  switch (random_below(&world->seed, 5)) {
  case 0: snprintf(text, 48, "@%lld", (long long)t); return t;
  case 1: put_clock_time(text, t, ' ', "Z"); return t;
  case 2: put_clock_time(text, t - 5 * HOUR - 45 * MINUTE, 'T', ".9-05:45"); return t;
  case 3: put_clock_time(text, t + zone_offset(zone, t), 'T', ""); return naive_instant(zone, t + zone_offset(zone, t));
  default: put_clock_time(text, t, 'T', "Z"); return t;
  }
}

/* The texts of an incident's fields. Its start may become another by the way in which it is written. */
struct texts_of {
  char opened_at[48], resolved_at[48], paused[TEXT], priority[4], step[4];
  struct sla_text values[FIELDS_MOST];
};

static void put_incident(struct world *world, struct naive_incident *incident, struct texts_of *texts) {
  memset(texts, 0, sizeof *texts);
  sla_time start = put_time(world, texts->opened_at, incident->start);
  if (incident->stop != NAIVE_NEVER && incident->stop < start)
    put_clock_time(texts->opened_at, start = incident->start, 'T', "Z");
  incident->start = start;
  if (incident->stop != NAIVE_NEVER)
    put_clock_time(texts->resolved_at, incident->stop, 'T', "Z");
  for (int i = 0; i < incident->pause_count; i++) {
    char from[48], until[48] = "";
    put_clock_time(from, incident->pauses[i].from, 'T', "Z");
    if (incident->pauses[i].until != INT64_MAX)
      put_clock_time(until, incident->pauses[i].until, 'T', "Z");
    size_t len = strlen(texts->paused);
    snprintf(texts->paused + len, TEXT - len, "%s%s/%s", i ? ";" : "", from, until);
  }
  snprintf(texts->priority, sizeof texts->priority, "P%d", incident->priority % 10);
  snprintf(texts->step, sizeof texts->step, "S%d", incident->step % 10);
  const struct {
    const char *field, *text;
  } fields[] = {{"opened_at", texts->opened_at},
                {"resolved_at", texts->resolved_at},
                {"paused", texts->paused},
                {"priority", texts->priority},
                {"step", texts->step}};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    texts->values[field_named(world->policy, fields[i].field)] = text_of(fields[i].text);
}

static void evaluate(struct world *world, sla_policy *policy, sla_worker *worker, const struct sla_text *values,
                     sla_time now, struct sla_result *results) {
  enum sla_code code;
  int prepared = 0;
  while ((code = sla_evaluate(policy, values, now, worker, results)) == SLA_BEYOND) {
    if (prepared++ > 100)
      world_fail(world, "prepared a hundred times");
    assert_int_equal(sla_prepare(policy, worker), SLA_OK);
  }
  assert_int_equal(code, SLA_OK);
}

/* Of the policy's metrics, resolution is first. */
enum { RESOLUTION, LADDER };

/* Whether a result is the naive one. */
static bool same_result(const struct world *world, const struct naive_incident *incident, const struct sla_result *got,
                        const struct naive_result *naive) {
  sla_time known_from = (sla_time)(world->naive->model.first + 4) * DAY;
  sla_time known_until = known_from + (NAIVE_DATES - 8) * (sla_time)DAY;
  bool rolls = world->naive->targets[incident->priority].roll != NAIVE_ROLL_NONE;
  if (naive->is_far) /* what naive.h cannot see, nor what pauses and rolls make of it */
    return rolls || incident->pause_count || got->status == SLA_STATUS_ERROR || got->due >= known_until ||
           got->due <= known_from;
  if (naive->status == SLA_NO_TARGET)
    return got->status == SLA_NO_TARGET && !got->has_due;
  return got->status == naive->status && got->has_due && got->has_elapsed && got->due == naive->due &&
         got->elapsed_s == naive->elapsed && got->remaining_s == naive->remaining;
}

/* Has an incident stop, or be looked at, just about when it is due. */
static void cut_close(struct world *world, struct naive_incident *incident) {
  incident->pause_count = 0;
  incident->stop = NAIVE_NEVER;
  struct naive_result naive = naive_evaluate(world->naive, incident);
  sla_time at = naive.due + random_between(&world->seed, -1, 1);
  if (naive.is_far || naive.status == SLA_NO_TARGET || at < incident->start)
    return;
  incident->now = at;
  if (random_below(&world->seed, 2))
    incident->stop = at;
}

static void check_incident(struct world *world) {
  struct naive_incident incident = random_incident(world);
  if (random_below(&world->seed, 4) == 0)
    cut_close(world, &incident);
  struct texts_of texts;
  struct sla_result results[METRICS];
  put_incident(world, &incident, &texts);
  evaluate(world, world->policy, world->worker, texts.values, incident.now, results);
  struct naive_result naive = naive_evaluate(world->naive, &incident);
  const struct sla_result *got = &results[RESOLUTION];
  if (!same_result(world, &incident, got, &naive))
    world_fail(world,
               "opened_at=%s resolved_at=%s paused=%s %s, now %s:\n  %s due %s elapsed %lld remaining %lld (%s)\n"
               "  naive: %s due %s elapsed %lld remaining %lld",
               texts.opened_at, texts.resolved_at, texts.paused, texts.priority, time_text_at(incident.now, 0).text,
               sla_status_name(got->status), got->has_due ? time_text_at(got->due, 0).text : "-",
               (long long)got->elapsed_s, (long long)got->remaining_s, got->reason ? got->reason : "",
               naive.is_far ? "far" : sla_status_name(naive.status), time_text_at(naive.due, 0).text,
               (long long)naive.elapsed, (long long)naive.remaining);
}

static void check_incidents(struct world *world) {
  for (int i = 0; i < INCIDENTS; i++)
    check_incident(world);
}

/* Due time, elapsed, remaining and status of incidents are the naive ones. */
static void test_incidents(void **state) {
  (void)state;
  with_policies(policy_count(), check_incidents);
}

/* What was asked before makes no difference: a policy that is asked in another order answers the same. */
static void check_order(struct world *world) {
  static struct texts_of texts[INCIDENTS];
  static struct sla_result first[INCIDENTS][METRICS];
  sla_time now = random_instant(world, 60);
  for (int i = 0; i < INCIDENTS; i++) {
    struct naive_incident incident = random_incident(world);
    put_incident(world, &incident, &texts[i]);
    evaluate(world, world->policy, world->worker, texts[i].values, now, first[i]);
  }
  sla_policy *other = load(world);
  sla_worker *worker;
  assert_int_equal(sla_worker_new(other, &worker), SLA_OK);
  for (int i = INCIDENTS - 1; i >= 0; i--) {
    struct sla_result again[METRICS];
    evaluate(world, other, worker, texts[i].values, now, again);
    for (int m = 0; m < METRICS; m++)
      if (again[m].status != first[i][m].status || again[m].due != first[i][m].due ||
          again[m].elapsed_s != first[i][m].elapsed_s || again[m].remaining_s != first[i][m].remaining_s)
        world_fail(world, "%s %s: due %s, and %s in another order", texts[i].opened_at, texts[i].priority,
                   time_text_at(first[i][m].due, 0).text, time_text_at(again[m].due, 0).text);
  }
  sla_worker_free(worker);
  sla_policy_free(other);
}

static void test_order_does_not_matter(void **state) {
  (void)state;
  with_policies(policy_count() / 4, check_order);
}

/* --- laws
 * -------------------------------------------------------------------------------------------------------------- */

static int64_t elapsed(struct world *world, int calendar, enum sla_clock clock, sla_time a, sla_time b) {
  int64_t seconds;
  assert_int_equal(sla_elapsed(world->policy, (size_t)calendar, clock, a, b, &seconds), SLA_OK);
  return seconds;
}

/* E(a, b) + E(b, c) = E(a, c), and each is what is counted. */
static void check_additive(struct world *world) {
  for (int i = 0; i < 20; i++) {
    struct naive_clock clock = {.model = &world->naive->model,
                                .calendar = (int)random_below(&world->seed, NAIVE_CALENDARS),
                                .kind = (enum sla_clock)random_below(&world->seed, 3)};
    sla_time a = random_instant(world, 20), b = a + random_below(&world->seed, 500000);
    sla_time c = b + random_below(&world->seed, 500000);
    int64_t first = elapsed(world, clock.calendar, clock.kind, a, b),
            second = elapsed(world, clock.calendar, clock.kind, b, c);
    if (first + second != elapsed(world, clock.calendar, clock.kind, a, c) || first != naive_elapsed(&clock, a, b))
      world_fail(world, "calendar %d, clock %d, from %s to %s: %lld, naive %lld", clock.calendar, clock.kind,
                 time_text_at(a, 0).text, time_text_at(b, 0).text, (long long)first,
                 (long long)naive_elapsed(&clock, a, b));
  }
}

static void test_elapsed_is_additive(void **state) {
  (void)state;
  with_policies(policy_count(), check_additive);
}

static struct sla_opening opening(struct world *world, int calendar, sla_time t) {
  struct sla_opening result;
  assert_int_equal(sla_open(world->policy, (size_t)calendar, t, &result), SLA_OK);
  return result;
}

/* E(a, b) is the number of seconds for which `open` says yes, every second asked. */
static void check_seconds(struct world *world) {
  int calendar = (int)random_below(&world->seed, NAIVE_CALENDARS);
  sla_time from = random_instant(world, 20), until = from + 1500;
  struct sla_opening next = opening(world, calendar, from);
  if (next.changes && random_below(&world->seed, 3)) {
    from = next.until - 700;
    until = next.until + 700;
  }
  int64_t seconds = 0;
  for (sla_time t = from; t < until; t++) {
    bool open = opening(world, calendar, t).open;
    seconds += open;
    if (open != naive_open(&world->naive->model, calendar, t))
      world_fail(world, "calendar %d is %s at %s", calendar, open ? "open" : "closed", time_text_at(t, 0).text);
  }
  if (seconds != elapsed(world, calendar, SLA_BUSINESS_HOURS, from, until))
    world_fail(world, "calendar %d, from %s to %s: %lld seconds are open", calendar, time_text_at(from, 0).text,
               time_text_at(until, 0).text, (long long)seconds);
}

static void test_elapsed_counts_open_seconds(void **state) {
  (void)state;
  with_policies(policy_count(), check_seconds);
}

/* A union is open where either is, an intersection where both are; and it stays so until it says. */
static void check_pointwise(struct world *world) {
  for (int i = 0; i < 60; i++) {
    sla_time t = random_instant(world, 40);
    bool a = opening(world, 0, t).open, b = opening(world, 1, t).open;
    if (opening(world, 2, t).open != (a || b) || opening(world, 3, t).open != (a && b))
      world_fail(world, "at %s", time_text_at(t, 0).text);
    struct naive_clock clock = {
        .model = &world->naive->model, .calendar = i % NAIVE_CALENDARS, .kind = SLA_BUSINESS_HOURS};
    struct sla_opening opened = opening(world, clock.calendar, t);
    sla_time change = naive_first(&clock, t, !opened.open);
    bool known = opened.changes && naive_knows_instant(&world->naive->model, opened.until);
    if (known != (change != NAIVE_NEVER) || (known && opened.until != change))
      world_fail(world, "calendar %d at %s: %s until %s, naive %s", clock.calendar, time_text_at(t, 0).text,
                 opened.open ? "open" : "closed", opened.changes ? time_text_at(opened.until, 0).text : "ever",
                 time_text_at(change, 0).text);
  }
}

static void test_compositions_are_pointwise(void **state) {
  (void)state;
  with_policies(policy_count() / 2, check_pointwise);
}

static int compare_times(const void *left, const void *right) {
  sla_time a = *(const sla_time *)left, b = *(const sla_time *)right;
  return (a > b) - (a < b);
}

enum { STARTS = 24 };

/* due(s, W) is monotone in s and in W, and E(s, due(s, W)) = W. */
static void check_ladder(struct world *world) {
  const struct naive_policy *naive = world->naive;
  sla_time starts[STARTS], dues[STARTS][NAIVE_STEPS];
  for (int i = 0; i < STARTS; i++) /* in pairs of neighbours */
    starts[i] = i % 2 ? starts[i - 1] + random_below(&world->seed, 3) : random_instant(world, 20);
  qsort(starts, STARTS, sizeof *starts, compare_times);
  for (int i = 0; i < STARTS; i++)
    for (int step = 0; step < NAIVE_STEPS; step++) {
      struct naive_incident incident = {.start = starts[i], .step = step, .stop = NAIVE_NEVER, .now = starts[i]};
      struct texts_of texts;
      struct sla_result results[METRICS];
      put_incident(world, &incident, &texts);
      put_clock_time(texts.opened_at, starts[i], 'T', "Z");
      texts.values[field_named(world->policy, "opened_at")] = text_of(texts.opened_at);
      evaluate(world, world->policy, world->worker, texts.values, starts[i], results);
      dues[i][step] = results[LADDER].has_due ? results[LADDER].due : INT64_MAX;
      if (!results[LADDER].has_due)
        continue;
      int64_t counted = elapsed(world, naive->ladder_calendar, naive->ladder_clock, starts[i], dues[i][step]);
      if (counted != naive->ladder[step])
        world_fail(world, "%s + %llds is due %s, which is %llds away", texts.opened_at, (long long)naive->ladder[step],
                   time_text_at(dues[i][step], 0).text, (long long)counted);
    }
  for (int i = 0; i < STARTS; i++)
    for (int step = 0; step < NAIVE_STEPS; step++)
      if ((i && dues[i - 1][step] > dues[i][step]) || (step && dues[i][step - 1] > dues[i][step]) ||
          dues[i][step] < starts[i])
        world_fail(world, "%s, step %d is not monotone", time_text_at(starts[i], 0).text, step);
}

static void test_due_times_are_monotone(void **state) {
  (void)state;
  with_policies(policy_count(), check_ladder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_incidents),
      cmocka_unit_test(test_order_does_not_matter),
      cmocka_unit_test(test_elapsed_is_additive),
      cmocka_unit_test(test_elapsed_counts_open_seconds),
      cmocka_unit_test(test_compositions_are_pointwise),
      cmocka_unit_test(test_due_times_are_monotone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
