#include "engine/evaluate.h"

#include "base/text.h"
#include "time/civil.h"
#include "time/timestamp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void worker_make(void *data) {
  struct worker *worker = data;
  const struct policy *policy = worker->policy;
  struct arena *arena = &worker->arena;
  worker->reasons = arena_array(arena, policy->metrics.count, sizeof *worker->reasons);
  worker->coverages = arena_array(arena, policy->metrics.count, sizeof *worker->coverages);
  worker->times = arena_array(arena, policy->fields.count, sizeof *worker->times); /* last: says that all is there */
}

/* Gives a worker new memory for all it keeps; false where there is none. */
static bool worker_reset(struct worker *worker) {
  arena_release(&worker->arena);
  worker->times = NULL;
  worker->cut = NULL;
  worker->cut_capacity = worker->pauses.count = worker->pauses.capacity = 0;
  worker->pauses.items = NULL;
  zones_init(&worker->zones, &worker->arena, worker->policy->zones.tzdata);
  return arena_try(&worker->arena, worker_make, worker);
}

struct worker *worker_new(const struct policy *policy) {
  struct worker *worker = calloc(1, sizeof *worker);
  if (!worker)
    return NULL;
  worker->policy = policy;
  worker->input_zone = policy->zone;
  arena_init(&worker->arena, policy->memory_limit);
  if (worker_reset(worker))
    return worker;
  worker_free(worker);
  return NULL;
}

void worker_free(struct worker *worker) {
  if (worker)
    arena_release(&worker->arena);
  free(worker);
}

/* --- reading times -------------------------------------------------------------------------------------------------
 */

/* Reads one time, by a format's patterns where there is one; NULL or what is wrong with it. */
static const char *read_time(struct worker *worker, const struct time_format *format, struct sla_text text,
                             sla_time *ret_time) {
  struct timestamp timestamp;
  const char *problem = time_format_read(format, text, &timestamp);
  if (problem)
    return problem;
  const struct zone *zone = worker->input_zone;
  if (timestamp.zone.len) {
    zone = zone_find(&worker->zones, timestamp.zone, &problem);
    if (!zone)
      return problem;
  }
  enum sla_reading reading;
  problem = timestamp_instant(&timestamp, zone, ret_time, &reading);
  worker->row_overlaps += !problem && reading == SLA_READ_LOCAL_OVERLAP;
  worker->row_gaps += !problem && reading == SLA_READ_LOCAL_GAP;
  return problem;
}

static bool is_blank(struct sla_text text) {
  return text_trim(text).len == 0;
}

static const struct time_field *time_field(struct worker *worker, size_t field) {
  struct time_field *time = &worker->times[field];
  if (time->state != TIME_UNREAD)
    return time;
  if (is_blank(worker->values[field])) {
    time->state = TIME_EMPTY;
    return time;
  }
  time->problem = read_time(worker, worker->time_format, worker->values[field], &time->t);
  time->state = time->problem ? TIME_BAD : TIME_READ;
  return time;
}

/* Reads "FROM/TO;FROM/" into worker->pauses. NULL or what is wrong. */
static const char *read_pauses(struct worker *worker, struct sla_text text) {
  while (text.len) {
    const char *semicolon = memchr(text.ptr, ';', text.len);
    struct sla_text interval = {text.ptr, semicolon ? (size_t)(semicolon - text.ptr) : text.len};
    text.ptr += interval.len + (semicolon != NULL);
    text.len -= interval.len + (semicolon != NULL);
    if (is_blank(interval))
      continue;
    const char *slash = memchr(interval.ptr, '/', interval.len);
    /* A zone in brackets has slashes of its own. */
    const char *bracket = memchr(interval.ptr, '[', interval.len);
    if (slash && bracket && bracket < slash) {
      const char *end = memchr(bracket, ']', interval.len - (size_t)(bracket - interval.ptr));
      slash = end ? memchr(end, '/', interval.len - (size_t)(end - interval.ptr)) : NULL;
    }
    if (!slash)
      return "an interval must be FROM/TO, or FROM/ where it lasts";
    struct sla_text from = {interval.ptr, (size_t)(slash - interval.ptr)};
    struct sla_text until = {slash + 1, interval.len - from.len - 1};
    struct stretch pause = {0, INT64_MAX};
    const char *problem = read_time(worker, NULL, from, &pause.from);
    if (!problem && !is_blank(until))
      problem = read_time(worker, NULL, until, &pause.until);
    if (problem)
      return problem;
    if (pause.until < pause.from)
      return "an interval ends before it begins";
    if (pause.until > pause.from)
      *ARENA_PUSH(&worker->arena, &worker->pauses) = pause;
  }
  return NULL;
}

/* --- matching ------------------------------------------------------------------------------------------------------
 */

static bool condition_holds(const struct condition *condition, const struct sla_text *values) {
  struct sla_text value = values[condition->field];
  for (size_t i = 0; i < condition->count; i++)
    if (text_equal(value, condition->values[i]))
      return true;
  return false;
}

/*
 * Whether a clause holds for a metric that starts at *start. Where it has not started (NULL) the calendars' conditions
 * count as met: the target that may come to apply says whether there is one.
 */
static enum reach clause_holds(struct worker *worker, const struct clause *clause, const sla_time *start,
                               bool *ret_holds) {
  *ret_holds = false;
  for (size_t i = 0; i < clause->when_count; i++)
    if (!condition_holds(&clause->when[i], worker->values))
      return REACHED;
  for (size_t i = 0; i < clause->unless_count; i++)
    if (condition_holds(&clause->unless[i], worker->values))
      return REACHED;
  bool open = true;
  if (clause->during && start) {
    enum reach reach = calendar_is_open(clause->during, *start, &open, &worker->need);
    if (reach != REACHED || !open)
      return reach;
  }
  open = false;
  if (clause->outside && start) {
    enum reach reach = calendar_is_open(clause->outside, *start, &open, &worker->need);
    if (reach != REACHED)
      return reach;
  }
  *ret_holds = !open;
  return REACHED;
}

static enum reach find_exclusion(struct worker *worker, const sla_time *start, const struct exclusion **ret_exclusion) {
  const struct policy *policy = worker->policy;
  *ret_exclusion = NULL;
  for (size_t i = 0; i < policy->exclusions.count; i++) {
    bool holds;
    enum reach reach = clause_holds(worker, &policy->exclusions.items[i].clause, start, &holds);
    if (reach != REACHED)
      return reach;
    if (holds) {
      *ret_exclusion = &policy->exclusions.items[i];
      break;
    }
  }
  return REACHED;
}

static enum reach find_target(struct worker *worker, size_t metric, const sla_time *start,
                              const struct target **ret_target) {
  const struct policy *policy = worker->policy;
  *ret_target = NULL;
  for (size_t i = 0; i < policy->targets.count; i++) {
    const struct target *target = &policy->targets.items[i];
    if (target->metric != metric)
      continue;
    bool holds;
    enum reach reach = clause_holds(worker, &target->clause, start, &holds);
    if (reach != REACHED)
      return reach;
    if (holds) {
      *ret_target = target;
      break;
    }
  }
  return REACHED;
}

/* --- evaluating one metric -----------------------------------------------------------------------------------------
 */

/* What is known of a metric while it is evaluated. */
struct run {
  size_t metric;
  const struct target *target;
  sla_time start;
  bool stopped;
  sla_time stop; /* or now */
  bool paused;   /* the clock stands still now */
  struct clock clock;
};

static enum reach fail(struct worker *worker, size_t metric, struct sla_result *result, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Makes a result an error with a reason. */
static enum reach fail(struct worker *worker, size_t metric, struct sla_result *result, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(worker->reasons[metric], REASON_BYTES, format, args);
  va_end(args);
  *result = (struct sla_result){
      .status = SLA_STATUS_ERROR, .zone = (const sla_zone *)result->zone, .reason = worker->reasons[metric]};
  return REACHED;
}

static enum reach fail_field(struct worker *worker, size_t metric, struct sla_result *result, size_t field,
                             const char *problem) {
  struct sla_text value = worker->values[field], shown = text_cut(value, VALUE_SHOWN);
  return fail(worker, metric, result, "%s: %s: \"%.*s%s\"", worker->policy->fields.items[field], problem,
              TEXT_ARGS(shown), shown.len < value.len ? "..." : "");
}

/*
 * The pauses of a pausable metric's clock: cut to what has happened by now (or by the stop, if it lies in the future),
 * joined, and none before the start.
 */
static void prepare_pauses(struct worker *worker, struct run *run) {
  sla_time end = run->stopped && run->stop > worker->now ? run->stop : worker->now;
  if (worker->cut_capacity < worker->pauses.count) {
    worker->cut = arena_array(&worker->arena, worker->pauses.capacity, sizeof *worker->cut);
    worker->cut_capacity = worker->pauses.capacity;
  }
  struct stretches cut = {worker->cut, 0, worker->cut_capacity};
  for (size_t i = 0; i < worker->pauses.count; i++) {
    struct stretch pause = worker->pauses.items[i];
    run->paused |= !run->stopped && pause.from <= worker->now && pause.until > worker->now;
    if (pause.from < run->start)
      pause.from = run->start;
    if (pause.until > end)
      pause.until = end;
    if (pause.from < pause.until)
      cut.items[cut.count++] = pause;
  }
  stretches_normalize(&cut);
  run->clock.pauses = cut.items;
  run->clock.pause_count = cut.count;
}

/* Whether a due time or an elapsed time of a target depends on its calendar's holidays. */
static bool rests_on_calendar(const struct target *target) {
  return target->within.kind == AMOUNT_BUSINESS_DAYS || target->within.kind == AMOUNT_WINDOW ||
         (target->within.kind == AMOUNT_CALENDAR ? target->roll != ROLL_NONE : target->clock != SLA_ELAPSED);
}

/* Says so where a result rests on dates that a holiday set of the calendar knows nothing of. */
static void note_coverage(struct worker *worker, const struct run *run, struct sla_result *result) {
  const struct calendar *calendar = run->clock.calendar;
  if (!calendar || !calendar->covered_by || !rests_on_calendar(run->target))
    return;
  sla_time last = run->stop;
  if (result->has_due && result->due > last)
    last = result->due;
  char text[DATE_TEXT];
  char *note = worker->coverages[run->metric];
  if (local_date(zone_local(calendar->zone, run->start)) < calendar->covered_first) {
    date_write(calendar->covered_first, text);
    snprintf(note, REASON_BYTES, "calendar \"%s\": \"%s\" knows nothing before %s", calendar->name,
             calendar->covered_by, text);
  } else if (local_date(zone_local(calendar->zone, last)) > calendar->covered_last) {
    date_write(calendar->covered_last, text);
    snprintf(note, REASON_BYTES, "calendar \"%s\": \"%s\" knows nothing after %s", calendar->name, calendar->covered_by,
             text);
  } else
    return;
  result->coverage = note;
}

/* The first line of the status table that holds, from stopped on. */
static enum sla_status status_of(const struct run *run, const struct sla_result *result, int64_t amount, sla_time now) {
  const struct target *target = run->target;
  sla_time at = run->stopped ? run->stop : now;
  bool late = target->strict ? at >= result->due : at > result->due;
  if (run->stopped)
    return late ? SLA_MISSED : SLA_MET;
  if (late)
    return SLA_BREACHED;
  if (run->paused)
    return SLA_PAUSED;
  bool warn =
      target->warn_is_amount ? result->remaining_s <= target->warn : 100 * result->elapsed_s >= target->warn * amount;
  return warn ? SLA_AT_RISK : SLA_RUNNING;
}

/* Due time, elapsed, remaining and status of a metric that has started and has a clock. */
static enum reach run_clock(struct worker *worker, struct run *run, struct sla_result *result) {
  const struct target *target = run->target;
  int64_t amount = 0;
  enum reach reach;
  if (target->within.kind != AMOUNT_BEST_EFFORT) {
    sla_time due;
    reach = target_due(target, run->start, &due, &amount, &worker->need);
    if (reach == REACHED && run->clock.pause_count)
      reach = target_due_paused(target, &run->clock, run->start, amount, &due, &worker->need);
    if (reach == REACH_NEVER)
      return fail(worker, run->metric, result,
                  "no due time: it would come after 2199, or calendar \"%s\" does not open", run->clock.calendar->name);
    if (reach != REACHED)
      return reach;
    result->has_due = true;
    result->due = due;
    result->due_offset_s = zone_offset(run->clock.calendar->zone, due);
  }
  if (run->clock.calendar) {
    reach = clock_elapsed(&run->clock, run->start, run->stop, &result->elapsed_s, &worker->need);
    if (reach != REACHED)
      return reach;
    result->has_elapsed = true;
  }
  result->remaining_s = amount - result->elapsed_s;
  if (result->has_due)
    result->status = status_of(run, result, amount, worker->now);
  note_coverage(worker, run, result);
  return REACHED;
}

/* Reads stop and pauses; false after an error, which the result then is. */
static bool read_run(struct worker *worker, struct run *run, struct sla_result *result) {
  const struct policy *policy = worker->policy;
  const struct metric *metric = &policy->metrics.items[run->metric];
  const struct time_field *stop = time_field(worker, metric->stop);
  if (stop->state == TIME_BAD) {
    fail_field(worker, run->metric, result, metric->stop, stop->problem);
    return false;
  }
  run->stopped = stop->state == TIME_READ;
  run->stop = run->stopped ? stop->t : worker->now;
  if (run->stopped && run->stop < run->start) {
    fail(worker, run->metric, result, "%s is before %s", policy->fields.items[metric->stop],
         policy->fields.items[metric->start]);
    return false;
  }
  if (!metric->pausable || worker->values[policy->paused_field].len == 0)
    return true;
  if (!worker->pauses_read) {
    worker->pauses.count = 0;
    worker->pauses_problem = read_pauses(worker, worker->values[policy->paused_field]);
    worker->pauses_read = true;
  }
  if (worker->pauses_problem) {
    fail_field(worker, run->metric, result, policy->paused_field, worker->pauses_problem);
    return false;
  }
  prepare_pauses(worker, run);
  return true;
}

static enum reach evaluate_metric(struct worker *worker, size_t metric, struct sla_result *result) {
  const struct policy *policy = worker->policy;
  *result = (struct sla_result){.zone = (const sla_zone *)policy->zone};
  const struct time_field *started = time_field(worker, policy->metrics.items[metric].start);
  if (started->state == TIME_BAD)
    return fail_field(worker, metric, result, policy->metrics.items[metric].start, started->problem);
  const sla_time *start = started->state == TIME_READ ? &started->t : NULL;

  if (start && policy->has_effective && !span_holds(policy->effective, local_date(zone_local(policy->zone, *start)))) {
    result->status = SLA_NO_POLICY;
    return REACHED;
  }
  const struct exclusion *exclusion;
  enum reach reach = find_exclusion(worker, start, &exclusion);
  if (reach != REACHED)
    return reach;
  if (exclusion) {
    result->status = SLA_EXCLUDED;
    result->reason = exclusion->reason;
    return REACHED;
  }
  struct run run = {.metric = metric};
  reach = find_target(worker, metric, start, &run.target);
  if (reach != REACHED)
    return reach;
  if (!run.target) {
    result->status = SLA_NO_TARGET;
    return REACHED;
  }
  struct target moved;
  if (worker->calendar) {
    moved = *run.target;
    moved.calendar = worker->calendar;
    run.target = &moved;
  }
  run.clock = (struct clock){.calendar = run.target->calendar, .kind = run.target->clock};
  if (run.clock.calendar)
    result->zone = (const sla_zone *)run.clock.calendar->zone;
  result->status = run.target->within.kind == AMOUNT_BEST_EFFORT ? SLA_BEST_EFFORT : SLA_NOT_STARTED;
  if (!start)
    return REACHED;
  run.start = *start;
  return read_run(worker, &run, result) ? run_clock(worker, &run, result) : REACHED;
}

/* --- the incident --------------------------------------------------------------------------------------------------
 */

static void begin(struct worker *worker, const struct sla_text *values, sla_time now) {
  worker->values = values;
  worker->now = now;
  worker->pauses_read = false;
  worker->row_overlaps = worker->row_gaps = 0;
  for (size_t i = 0; i < worker->policy->fields.count; i++)
    worker->times[i].state = TIME_UNREAD;
}

/* An evaluation under way. */
struct evaluation {
  struct worker *worker;
  struct sla_result *results;
  enum reach reach;
};

static void evaluate_all(void *data) {
  struct evaluation *evaluation = data;
  size_t count = evaluation->worker->policy->metrics.count;
  for (size_t i = 0; i < count && evaluation->reach == REACHED; i++)
    evaluation->reach = evaluate_metric(evaluation->worker, i, &evaluation->results[i]);
}

enum reach evaluate(struct worker *worker, const struct sla_text *values, sla_time now,
                    struct sla_result *ret_results) {
  struct evaluation evaluation = {worker, ret_results, REACHED};
  if (!worker->times && !worker_reset(worker))
    return REACH_NEVER;
  begin(worker, values, now);
  if (!arena_try(&worker->arena, evaluate_all, &evaluation)) {
    worker_reset(worker); /* what was too much for one incident must not be missing for the next */
    return REACH_NEVER;
  }
  if (evaluation.reach == REACHED) {
    worker->overlaps += worker->row_overlaps;
    worker->gaps += worker->row_gaps;
  }
  return evaluation.reach;
}

enum reach evaluate_target(struct worker *worker, const struct sla_text *values, size_t metric, sla_time start,
                           const struct target **ret_target) {
  begin(worker, values, start);
  return find_target(worker, metric, &start, ret_target);
}
