#include "engine/run.h"

#include "base/text.h"
#include "time/civil.h"
#include "time/timestamp.h"

#include <stdarg.h>
#include <stdio.h>

/* --- results ----------------------------------------------------------------------------------------------------- */

/* Room for a text that a result points to. */
static char *take_text(struct worker *worker) {
  if (worker->texts.used == worker->texts.count)
    *ARENA_PUSH(&worker->arena, &worker->texts) = arena_alloc(&worker->arena, REASON_BYTES);
  return worker->texts.items[worker->texts.used++];
}

enum reach result_fail(struct worker *worker, struct sla_result *result, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *text = take_text(worker);
  vsnprintf(text, REASON_BYTES, format, args);
  va_end(args);
  *result = (struct sla_result){
      .status = SLA_STATUS_ERROR, .zone = (const sla_zone *)result->zone, .reason = text, .rule = result->rule};
  return REACHED;
}

enum reach result_fail_field(struct worker *worker, struct sla_result *result, size_t field, const char *problem) {
  struct sla_text value = worker->incident.values[field], shown = text_cut(value, VALUE_SHOWN);
  return result_fail(worker, result, "%s: %s: \"%.*s%s\"", worker->policy->fields.items[field], problem,
                     TEXT_ARGS(shown), shown.len < value.len ? "..." : "");
}

/* Adds pauses to those of a run: cut to what has happened by `end`, and none before the start. */
static void add_pauses(struct worker *worker, struct run *run, const struct stretches *pauses, sla_time end) {
  for (size_t i = 0; i < pauses->count; i++) {
    struct stretch pause = pauses->items[i];
    run->paused |= !run->stopped && pause.from <= worker->incident.now && pause.until > worker->incident.now;
    if (pause.from < run->start)
      pause.from = run->start;
    if (pause.until > end)
      pause.until = end;
    if (pause.from < pause.until)
      *ARENA_PUSH(&worker->arena, &worker->cut) = pause;
  }
}

/*
 * Finds the pauses of a run: those that the incident's field gives, those of its status, and the time for which it was
 * resolved. Nothing is cut off that lies behind now but before a stop that does, too. false after an error.
 */
static bool find_pauses(struct worker *worker, struct run *run, struct sla_result *result) {
  struct incident *incident = &worker->incident;
  sla_time end = run->stopped && run->stop > incident->now ? run->stop : incident->now;
  worker->cut.count = 0;
  if (run->measured->pausable) {
    size_t field = worker->policy->paused_field;
    if (incident->values[field].len) {
      const char *problem = incident_read_paused(incident);
      if (problem) {
        result_fail_field(worker, result, field, problem);
        return false;
      }
      add_pauses(worker, run, &incident->paused, end);
    }
    incident_find_state_pauses(incident, run->version);
    add_pauses(worker, run, &incident->state_paused, end);
    if (incident->state_paused_since_when && !run->stopped && !run->paused) {
      run->paused = true;
      result->reason = "paused by its status, but since when is not known: the time up to now is counted";
    }
  }
  for (size_t i = 0; i < incident->resolved.count && run->bridges; i++) {
    const struct stretch *gap = &incident->resolved.items[i];
    if (gap->from >= run->start && gap->until != INT64_MAX)
      add_pauses(worker, run, &(struct stretches){(struct stretch *)gap, 1, 1}, end);
  }
  stretches_normalize(&worker->cut);
  run->clock.pauses = worker->cut.items;
  run->clock.pause_count = worker->cut.count;
  return true;
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
  char *note = take_text(worker);
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
      return result_fail(worker, result, "no due time: it would come after 2199, or calendar \"%s\" does not open",
                         run->clock.calendar->name);
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
    result->status = run_status(target, run->stopped, run->paused, run->stop, result->due, result->elapsed_s, amount);
  note_coverage(worker, run, result);
  return REACHED;
}

/* --- from decisions to results -------------------------------------------------------------------------------------
 */

void result_begin(struct worker *worker, const struct decision *decision, struct sla_result *result) {
  const struct version *version = decision->version;
  *result = (struct sla_result){
      .status = SLA_NO_POLICY, .zone = (const sla_zone *)worker->policy->newest->zone, .rule.calendar = SIZE_MAX};
  if (!version)
    return;
  if (!worker->deciding)
    worker->deciding = version;
  result->zone = (const sla_zone *)version->zone;
  result->rule.policy = version->name;
  result->rule.version = version->since;
  const struct place *place = NULL;
  if (decision->exclusion) {
    result->status = SLA_EXCLUDED;
    result->reason = decision->exclusion->reason;
    place = &decision->exclusion->place;
  } else if (decision->target) {
    const struct target *target = decision->target;
    result->status = target->within.kind == AMOUNT_BEST_EFFORT ? SLA_BEST_EFFORT : SLA_NOT_STARTED;
    place = &target->place;
  } else
    result->status = SLA_NO_TARGET;
  if (place && place->source) { /* an option of the command line has none */
    result->rule.file = place->source->name;
    result->rule.line = place->line;
  }
}

struct sla_cycle *cycle_add(struct worker *worker, size_t metric) {
  struct sla_cycle *cycle = ARENA_PUSH(&worker->arena, &worker->cycles[metric]);
  *cycle = (struct sla_cycle){.started = false};
  return cycle;
}

enum reach run_cycle(struct worker *worker, const struct decision *decision, struct run *run) {
  struct sla_cycle *cycle = cycle_add(worker, run->metric);
  struct target moved;
  result_begin(worker, decision, &cycle->result);
  cycle->started = true;
  cycle->start = run->start;
  cycle->stopped = run->stopped;
  cycle->stop = run->stop;
  if (!decision->target)
    return REACHED;
  run->version = decision->version;
  run->measured = decision->metric;
  run->target = decision->target;
  if (worker->calendar) {
    moved = *run->target;
    moved.calendar = worker->calendar;
    run->target = &moved;
  }
  run->clock = (struct clock){.calendar = run->target->calendar, .kind = run->target->clock};
  if (run->clock.calendar) {
    cycle->result.zone = (const sla_zone *)run->clock.calendar->zone;
    cycle->result.rule.calendar = run->clock.calendar->index;
    cycle->result.rule.clock = run->clock.kind;
  }
  if (!run->stopped)
    run->stop = worker->incident.now;
  return find_pauses(worker, run, &cycle->result) ? run_clock(worker, run, &cycle->result) : REACHED;
}
