/*
 * The life of an incident: pauses, replies, resolving and reopening, changed fields.
 *
 * First, lives that people wrote down (tests/cases/life.txt). Then random ones under random policies, against
 * naive_life.h, which lives through them tick by tick; and changes to a life that must change nothing. SEED and LIVES
 * (how many, default 100000) come from the environment; what differs is shown with its policy, cut down to what is
 * needed for the difference.
 */
#include "life_cases.h"
#include "random_life.h"

#include <unistd.h>

enum { LIVES = 100000, LIVES_A_POLICY = 250, SECONDS_ONE_IN = 100 };

/* --- worlds ----------------------------------------------------------------------------------------------------------
 */

static sla_policy *load_world(struct life_world *world) {
  static struct collector collector;
  struct sla_options options = collector_options(&collector);
  sla_policy *policy = NULL;
  FILE *file = fopen(world->path, "w");
  assert_non_null(file);
  assert_true(fputs(world->yaml, file) >= 0 && fclose(file) == 0);
  if (sla_policy_load(&options, world->path, &policy) != SLA_OK) {
    fputs(world->yaml, stderr);
    fail_msg("%s", collector.count ? collector.items[0] : "not loaded");
  }
  return policy;
}

static size_t field_of(const sla_policy *policy, const char *name) {
  for (size_t i = 0; i < sla_policy_field_count(policy); i++)
    if (strcmp(sla_policy_field_name(policy, i), name) == 0)
      return i;
  return SIZE_MAX;
}

/* A date of the years 2015 to 2030; mostly one about which the zone's clocks change. */
static int choose_date(uint64_t *seed, const char *zone_name) {
  static struct collector collector;
  struct sla_options options = collector_options(&collector);
  int date = sla_date_of((int)random_between(seed, 2015, 2030), 1, 1) + (int)random_below(seed, 365);
  sla_zone *zone;
  assert_int_equal(sla_zone_load(&options, zone_name, &zone), SLA_OK);
  for (int day = 0; day < 366 && random_below(seed, 1000); day++) {
    sla_time t = (sla_time)(date + day) * DAY;
    if (sla_zone_offset(zone, t) != sla_zone_offset(zone, t + DAY)) {
      date += day - (int)random_below(seed, 3);
      break;
    }
  }
  sla_zone_free(zone);
  return date;
}

static struct life_world *world_open(uint64_t seed) {
  struct life_world *world = calloc(1, sizeof *world);
  assert_non_null(world);
  world->seed = seed;
  snprintf(world->path, sizeof world->path, "/tmp/test_life-XXXXXX.yaml");
  int fd = mkstemps(world->path, 5);
  assert_true(fd >= 0 && close(fd) == 0);
  const char *zone = ONE_OF(&world->seed, life_zones);
  world->date = choose_date(&world->seed, zone);
  put_policy(world, zone);
  world->policy = load_world(world);
  assert_int_equal(sla_worker_new(world->policy, &world->worker), SLA_OK);
  for (int f = 0; f < LIFE_WORDS; f++)
    world->words[f] = field_of(world->policy, life_fields[f]);
  for (int f = 0; f < LIFE_TIMES; f++)
    world->times[f] = field_of(world->policy, life_times[f]);
  world->paused = field_of(world->policy, "paused");
  assert_true(sla_policy_field_count(world->policy) <= LIFE_FIELDS);
  assert_int_equal(sla_policy_metric_count(world->policy), LIFE_METRICS);
  find_open(world);
  return world;
}

static void world_close(struct life_world *world) {
  sla_worker_free(world->worker);
  sla_policy_free(world->policy);
  unlink(world->path);
  free(world->yaml);
  free(world);
}

/* --- what the library makes of a life ------------------------------------------------------------------------------
 */

struct answers {
  struct life_outcome metrics[LIFE_METRICS];
  bool unanswered;
};

static struct life_cycle cycle_from(const struct sla_result *result) {
  return (struct life_cycle){.status = result->status,
                             .has_due = result->has_due,
                             .has_elapsed = result->has_elapsed,
                             .due = result->has_due ? result->due : 0,
                             .elapsed = result->has_elapsed ? result->elapsed_s : 0,
                             .remaining = result->has_due ? result->remaining_s : 0};
}

/* The cycles, and behind the last of them what stands for all. */
static void answer(struct life_world *world, const struct sla_incident *incident, sla_time now,
                   struct answers *ret_answers) {
  struct sla_result results[LIFE_METRICS];
  enum sla_code code;
  for (int prepared = 0;
       (code = sla_evaluate_incident(world->policy, incident, now, world->worker, results)) == SLA_BEYOND; prepared++) {
    assert_in_range(prepared, 0, 50);
    assert_int_equal(sla_prepare(world->policy, world->worker), SLA_OK);
  }
  assert_int_equal(code, SLA_OK);
  for (size_t m = 0; m < LIFE_METRICS; m++) {
    struct life_outcome *outcome = &ret_answers->metrics[m];
    size_t count;
    const struct sla_cycle *cycles = sla_worker_cycles(world->worker, m, &count);
    assert_in_range(count, 1, LIFE_CYCLES - 1);
    outcome->count = (int)count;
    for (size_t i = 0; i < count; i++) {
      outcome->cycles[i] = cycle_from(&cycles[i].result);
      outcome->cycles[i].started = cycles[i].started;
      outcome->cycles[i].start = cycles[i].started ? cycles[i].start : 0;
      outcome->cycles[i].stopped = cycles[i].stopped;
      outcome->cycles[i].stop = cycles[i].stopped ? cycles[i].stop : 0;
    }
    outcome->cycles[count] = cycle_from(&results[m]);
  }
  ret_answers->unanswered = sla_worker_closed_unanswered(world->worker);
}

static void naive_answer(const struct life_world *world, const struct life *life, struct answers *ret_answers) {
  for (int m = 0; m < LIFE_METRICS; m++) {
    struct life_outcome *outcome = &ret_answers->metrics[m];
    naive_live(&world->model, life, m, outcome);
    for (int i = 0; i < outcome->count; i++) {
      struct life_cycle *cycle = &outcome->cycles[i];
      cycle->start = cycle->started ? cycle->start : 0;
      cycle->stop = cycle->stopped ? cycle->stop : 0;
      cycle->due = cycle->has_due ? cycle->due : 0;
      cycle->remaining = cycle->has_due ? cycle->remaining : 0;
    }
    struct life_cycle chosen = outcome->cycles[outcome->chosen];
    chosen.started = chosen.stopped = false;
    chosen.start = chosen.stop = 0;
    outcome->cycles[outcome->count] = chosen;
  }
  ret_answers->unanswered = naive_unanswered(&world->model, life);
}

static bool same_cycle(const struct life_cycle *a, const struct life_cycle *b) {
  return a->started == b->started && a->start == b->start && a->stopped == b->stopped && a->stop == b->stop &&
         a->status == b->status && a->has_due == b->has_due && a->due == b->due && a->has_elapsed == b->has_elapsed &&
         a->elapsed == b->elapsed && a->remaining == b->remaining;
}

/* The first metric for which answers differ; -1: none, LIFE_METRICS: what is not about metrics. */
static int difference(const struct answers *a, const struct answers *b) {
  for (int m = 0; m < LIFE_METRICS; m++) {
    if (a->metrics[m].count != b->metrics[m].count)
      return m;
    for (int i = 0; i <= a->metrics[m].count; i++)
      if (!same_cycle(&a->metrics[m].cycles[i], &b->metrics[m].cycles[i]))
        return m;
  }
  return a->unanswered == b->unanswered ? -1 : LIFE_METRICS;
}

/* --- what differs, shown to a person -------------------------------------------------------------------------------
 */

static void show_outcome(const char *whose, const struct life_outcome *outcome) {
  for (int i = 0; i <= outcome->count; i++) {
    const struct life_cycle *cycle = &outcome->cycles[i];
    fprintf(stderr, "  %-8s %s", whose, i == outcome->count ? "result  " : "cycle   ");
    fprintf(stderr, "%s to ", cycle->started ? time_text_at(cycle->start, 0).text : "-");
    fprintf(stderr, "%s %s ", cycle->stopped ? time_text_at(cycle->stop, 0).text : "-", sla_status_name(cycle->status));
    fprintf(stderr, "due %s elapsed %lld remaining %lld\n", cycle->has_due ? time_text_at(cycle->due, 0).text : "-",
            (long long)cycle->elapsed, (long long)cycle->remaining);
  }
}

static void show_life(const struct life_world *world, const struct life *life) {
  static const char *const kinds[] = {"", "customer_reply", "agent_reply", "resolved", "reopened"};
  fprintf(stderr, "\n%s---\nnow %s", world->yaml, time_text_at(life->now, 0).text);
  for (int f = 0; f < LIFE_TIMES; f++)
    if (life->times[f] != LIFE_NEVER)
      fprintf(stderr, ", %s %s", life_times[f], time_text_at(life->times[f], 0).text);
  for (int f = 0; f < LIFE_WORDS; f++)
    fprintf(stderr, ", %s \"%s\"", life_fields[f], life_words[f][life->words[f]]);
  fprintf(stderr, "\n");
  for (int i = 0; i < life->pause_count; i++) {
    fprintf(stderr, "paused %s/", time_text_at(life->pauses[i].from, 0).text);
    fprintf(stderr, "%s\n", life->pauses[i].until == LIFE_NEVER ? "" : time_text_at(life->pauses[i].until, 0).text);
  }
  for (int i = 0; i < life->event_count; i++) {
    const struct life_event *event = &life->events[i];
    bool is_field = event->kind == SLA_EVENT_FIELD;
    fprintf(stderr, "%s %s", time_text_at(event->at, 0).text,
            is_field ? life_fields[event->field] : kinds[event->kind]);
    fprintf(stderr, is_field ? " \"%s\"\n" : "%s\n", is_field ? life_words[event->field][event->word] : "");
  }
}

/* Whether the library and the naive clock differ on a life. */
static int compare(struct life_world *world, const struct life *life, struct answers *got, struct answers *naive) {
  struct life_texts texts;
  put_life(world, life, &texts);
  answer(world, &texts.incident, life->now, got);
  naive_answer(world, life, naive);
  return difference(got, naive);
}

/* Takes out of a life what is not needed for a difference. */
static struct life shrunk(struct life_world *world, struct life life, struct answers *got, struct answers *naive) {
  for (bool again = true; again;) {
    again = false;
    for (int i = 0; i < life.event_count + life.pause_count + LIFE_TIMES + LIFE_WORDS; i++) {
      struct life less = life;
      int k = i;
      if (k < life.event_count)
        memmove(&less.events[k], &less.events[k + 1], (size_t)(less.event_count-- - k - 1) * sizeof *less.events);
      else if ((k -= life.event_count) < life.pause_count)
        memmove(&less.pauses[k], &less.pauses[k + 1], (size_t)(less.pause_count-- - k - 1) * sizeof *less.pauses);
      else if ((k -= life.pause_count) < LIFE_TIMES) {
        if (less.times[k] == LIFE_NEVER)
          continue;
        less.times[k] = LIFE_NEVER;
      } else {
        if (less.words[k - LIFE_TIMES] == 0)
          continue;
        less.words[k - LIFE_TIMES] = 0;
      }
      if (compare(world, &less, got, naive) >= 0) {
        life = less;
        again = true;
        break;
      }
    }
  }
  return life;
}

/* What lives have come to: a test of lives to which nothing happens would pass as well. */
static int64_t seen_status[SLA_RUNNING + 1], seen_cycles[LIFE_CYCLES + 1];

static void count_seen(const struct answers *answers) {
  for (int m = 0; m < LIFE_METRICS; m++) {
    const struct life_outcome *outcome = &answers->metrics[m];
    seen_cycles[outcome->count]++;
    for (int i = 0; i < outcome->count; i++)
      seen_status[outcome->cycles[i].status]++;
  }
}

static void check_life(struct life_world *world, const struct life *life) {
  static struct answers got, naive;
  if (compare(world, life, &got, &naive) < 0) {
    count_seen(&naive);
    return;
  }
  struct life less = shrunk(world, *life, &got, &naive);
  int metric = compare(world, &less, &got, &naive);
  show_life(world, &less);
  if (metric < LIFE_METRICS) {
    show_outcome("library", &got.metrics[metric]);
    show_outcome("naive", &naive.metrics[metric]);
    fail_msg("%s differs", life_metrics[metric]);
  }
  fail_msg("closed_unanswered is %d, naively %d", got.unanswered, naive.unanswered);
}

/* --- random lives ----------------------------------------------------------------------------------------------------
 */

static int64_t life_count(int64_t share) {
  const char *text = getenv("LIVES");
  int64_t count = (text ? (int64_t)strtoll(text, NULL, 10) : LIVES) / share;
  return count ? count : 1;
}

/* Runs a check on lives under policies of their own. */
static void with_lives(int64_t count, void (*check)(struct life_world *world, const struct life *life)) {
  uint64_t seed = test_seed();
  for (int64_t i = 0; i < count;) {
    struct life_world *world = world_open(random_next(&seed));
    for (int k = 0; k < LIVES_A_POLICY && i < count; k++, i++) {
      struct life life;
      random_life(world, k % SECONDS_ONE_IN == SECONDS_ONE_IN - 1, &life);
      check(world, &life);
    }
    world_close(world);
  }
  print_message("%lld lives\n", (long long)count);
}

static void test_lives(void **state) {
  (void)state;
  int64_t count = life_count(1);
  with_lives(count, check_life);
  for (int status = 0; status <= SLA_RUNNING && count >= 10000; status++)
    if (status != SLA_NO_POLICY && seen_status[status] < count / 1000)
      fail_msg("too few lives with %s: %lld", sla_status_name((enum sla_status)status), (long long)seen_status[status]);
  for (int cycles = 1; cycles <= 4 && count >= 10000; cycles++)
    if (seen_cycles[cycles] < count / 1000)
      fail_msg("too few lives with %d cycles", cycles);
}

/* --- what changes nothing --------------------------------------------------------------------------------------------
 */

/* Two lives come to the same, but for metrics that do not count. */
static void check_same(struct life_world *world, const struct life *life, const struct life *other, unsigned metrics) {
  static struct answers a, b;
  static struct life_texts texts;
  put_life(world, life, &texts);
  answer(world, &texts.incident, life->now, &a);
  put_life(world, other, &texts);
  answer(world, &texts.incident, other->now, &b);
  for (int m = 0; m < LIFE_METRICS; m++)
    if (!(metrics >> m & 1U))
      a.metrics[m] = b.metrics[m];
  int metric = difference(&a, &b);
  if (metric < 0)
    return;
  show_life(world, life);
  show_life(world, other);
  if (metric < LIFE_METRICS) {
    show_outcome("one", &a.metrics[metric]);
    show_outcome("other", &b.metrics[metric]);
  }
  fail_msg("%s differs", metric < LIFE_METRICS ? life_metrics[metric] : "closed_unanswered");
}

enum { ALL_METRICS = (1 << LIFE_METRICS) - 1 };

/* Each pause in two that touch, the later first. */
static void check_split(struct life_world *world, const struct life *life) {
  struct life other = *life;
  for (int i = 0; i < life->pause_count && other.pause_count < LIFE_PAUSES; i++) {
    struct life_pause *whole = &other.pauses[i], *half = &other.pauses[other.pause_count++];
    sla_time until = whole->until == LIFE_NEVER ? whole->from + 2 * (sla_time)DAY : whole->until;
    *half = *whole;
    half->until = whole->from = whole->from + random_below(&world->seed, until - whole->from + 1);
  }
  check_same(world, life, &other, ALL_METRICS);
}

/* A status that lasts, said once more. */
static void check_repeated(struct life_world *world, const struct life *life) {
  struct life other = *life;
  int i = (int)random_below(&world->seed, LIFE_EVENTS);
  if (i >= life->event_count || life->event_count == LIFE_EVENTS || life->events[i].kind != SLA_EVENT_FIELD)
    return;
  sla_time until = i + 1 < life->event_count ? life->events[i + 1].at : life->events[i].at + DAY;
  memmove(&other.events[i + 2], &other.events[i + 1], (size_t)(life->event_count - i - 1) * sizeof *other.events);
  other.events[i + 1] = other.events[i];
  other.events[i + 1].at += random_below(&world->seed, until - life->events[i].at + 1);
  other.event_count++;
  check_same(world, life, &other, ALL_METRICS);
}

/* Whether the clock of a metric never runs in [from, until). */
static bool is_shut(const struct life_world *world, const struct life *life, int metric, sla_time from,
                    sla_time until) {
  struct moment newest = moment_before(life);
  moment_pass(&newest, life, life->now);
  const struct life_metric *measured = &world->model.metrics[metric];
  const struct life_target *target =
      target_for(&world->model, measured, newest.words, measured->is_cycle ? LIFE_NEVER : life->times[measured->start]);
  for (int i = 0; i < measured->target_count && measured->is_cycle; i++) /* each cycle decides of its own */
    if (measured->targets[i].during >= 0 || measured->targets[i].outside >= 0)
      return false;
  /*
   * The exception: an amount of business days may be due where its clock does not run: at an opening, for a time of
   * day, or at a closing past midnight, on whole days of which the last is over by then. Where there is any pause it is
   * measured as the amount that it comes to, and that has run before.
   */
  if (!target ||
      (target->kind == LIFE_BUSINESS_DAYS && (target->at != LIFE_CLOSE || target->clock != SLA_BUSINESS_HOURS)))
    return false;
  for (sla_time t = from - from % 60; t < until; t += 60)
    if (is_open(&world->model, target, t))
      return false;
  return true;
}

static int64_t outside_count; /* of clocks that a pause outside their hours was tried on */

/* A pause outside a clock's hours. */
static void check_outside(struct life_world *world, const struct life *life) {
  struct life other = *life;
  sla_time from = random_moment(&world->seed, life, life_begin(life), 3 * (int64_t)DAY);
  sla_time until = from + random_below(&world->seed, 10 * HOUR);
  unsigned metrics = 0;
  if (until > life->now) /* a clock that is paused now says so */
    return;
  for (int m = 0; m < LIFE_METRICS; m++)
    if (is_shut(world, life, m, from, until)) {
      metrics |= 1U << m;
      outside_count++;
    }
  other.pauses[other.pause_count++] = (struct life_pause){from, until};
  check_same(world, life, &other, metrics);
}

/* What happens to different fields at the same second, in another order. */
static void check_order(struct life_world *world, const struct life *life) {
  struct life other = *life;
  for (int i = 0; i + 1 < other.event_count; i++) {
    struct life_event *a = &other.events[i], *b = &other.events[i + 1], moved = *a;
    bool one_is_field = a->kind == SLA_EVENT_FIELD || b->kind == SLA_EVENT_FIELD;
    bool same_field = a->kind == b->kind && a->field == b->field;
    if (a->at == b->at && one_is_field && !same_field && random_below(&world->seed, 3)) {
      *a = *b;
      *b = moved;
    }
  }
  check_same(world, life, &other, ALL_METRICS);
}

/* The events in any order, sorted again as a log's reader does: by time alone. */
static void check_shuffled(struct life_world *world, const struct life *life) {
  struct life other = *life;
  for (int i = 1; i < life->event_count; i++)
    if (life->events[i].at == life->events[i - 1].at)
      return;
  for (int i = other.event_count - 1; i > 0; i--) {
    int k = (int)random_below(&world->seed, i + 1);
    struct life_event moved = other.events[i];
    other.events[i] = other.events[k];
    other.events[k] = moved;
  }
  int count = other.event_count;
  other.event_count = 0;
  for (int i = 0; i < count; i++)
    life_take(&other, other.events[i]);
  check_same(world, life, &other, ALL_METRICS);
}

static void check_unchanged(struct life_world *world, const struct life *life) {
  check_split(world, life);
  check_repeated(world, life);
  check_outside(world, life);
  check_order(world, life);
  check_shuffled(world, life);
}

static void test_what_changes_nothing(void **state) {
  (void)state;
  int64_t count = life_count(5);
  outside_count = 0;
  with_lives(count, check_unchanged);
  if (count >= 2000 && outside_count < count / 5)
    fail_msg("too few pauses outside hours: %lld", (long long)outside_count);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_life_cases),
      cmocka_unit_test(test_lives),
      cmocka_unit_test(test_what_changes_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
