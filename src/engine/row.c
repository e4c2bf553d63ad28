#include "engine/row.h"

#include "engine/combination.h"
#include "engine/run.h"
#include "time/timestamp_many.h"

/* --- decisions -----------------------------------------------------------------------------------------------------
 */

/* The time of a field, as incident_time() has it. */
static inline const struct time_field *time_of(struct incident *incident, size_t field) {
  struct time_field *time = &incident->times[field];
  return time->state == TIME_UNREAD ? incident_time(incident, field) : time;
}

/* The version that decides, and what it says of the values; NULL where that is not plain. */
static const struct combination *find_version(struct worker *worker, size_t metric, const struct key *key,
                                              struct decision *ret_decision) {
  struct incident *incident = &worker->incident;
  const struct policy_file *file = worker->policy->files.items[0];
  for (bool any = true;; any = false) {
    *ret_decision = (struct decision){.bad_field = SIZE_MAX};
    if (!decide_version(incident, file, metric, NULL, any, ret_decision) || !ret_decision->version)
      return NULL;
    const struct combination *found =
        combination_of(worker->rows, ret_decision->version, (struct values){incident->values, NULL}, key);
    if (!found->is_plain)
      return NULL;
    if (!found->agreement)
      return found;
    file = found->agreement->file;
  }
}

/* The same where there is only one version. */
static inline const struct combination *take_version(struct worker *worker, size_t metric, const struct key *key,
                                                     struct decision *ret_decision) {
  const struct version *only = worker->rows->only;
  if (!only)
    return find_version(worker, metric, key, ret_decision);
  const struct combination *found =
      combination_of(worker->rows, only, (struct values){worker->incident.values, NULL}, key);
  if (!found->is_plain || found->agreement)
    return found->is_plain ? find_version(worker, metric, key, ret_decision) : NULL;
  const struct time_field *start = time_of(&worker->incident, decide_start_field(worker->policy, only, metric));
  if (start->state == TIME_BAD)
    return NULL;
  ret_decision->version = only;
  ret_decision->started = start->state == TIME_READ;
  ret_decision->start = start->t;
  return found;
}

/* The target among those whose conditions hold, by the calendars. false where they do not reach so far. */
static inline bool choose_target(const struct choice *choice, struct decision *decision, struct need *need) {
  if (choice->is_certain) {
    decision->target = choice->targets[0];
    return true;
  }
  for (size_t i = 0; i < choice->count; i++) {
    const struct clause *clause = &choice->targets[i]->clause;
    bool open = true;
    if (decision->started && clause->during &&
        calendar_is_open(clause->during, decision->start, &open, need) != REACHED)
      return false;
    if (!open)
      continue;
    open = false;
    if (decision->started && clause->outside &&
        calendar_is_open(clause->outside, decision->start, &open, need) != REACHED)
      return false;
    if (open)
      continue;
    decision->target = choice->targets[i];
    return true;
  }
  return true;
}

/* --- clocks --------------------------------------------------------------------------------------------------------
 */

/* Due time, amount and elapsed time of a target. false where its clock does not reach so far. */
static bool run_clock(const struct target *target, sla_time start, sla_time stop, struct sla_result *result,
                      int64_t *ret_amount, struct need *need) {
  struct clock clock = {.calendar = target->calendar, .kind = target->clock};
  if (target->within.kind != AMOUNT_BEST_EFFORT) {
    if (target_due(target, start, &result->due, ret_amount, need) != REACHED)
      return false;
    result->has_due = true;
  }
  result->has_elapsed = target->calendar;
  return !target->calendar || clock_elapsed(&clock, start, stop, &result->elapsed_s, need) == REACHED;
}

/* Whether the dates from a start to a last instant are covered for certain by all that a calendar goes by. */
static inline bool is_covered(const struct calendar *calendar, sla_time start, sla_time last) {
  return !calendar || !calendar->covered_by ||
         (start >= ((int64_t)calendar->covered_first + 2) * DAY && last < ((int64_t)calendar->covered_last - 1) * DAY);
}

/* Runs the clock of a decision's target: what run_cycle() comes to without pauses. */
static inline bool run_row(struct worker *worker, const struct decision *decision,
                           const struct combination *combination, struct sla_cycle *cycle) {
  const struct target *target = decision->target;
  const struct metric *measured = decision->metric;
  const struct time_field *field = time_of(&worker->incident, measured->stop);
  bool stopped = field->state == TIME_READ;
  sla_time start = decision->start, stop = stopped ? field->t : worker->incident.now;
  if (field->state == TIME_BAD || (stopped && stop < start) || measured->after ||
      (!stopped && combination->pauses && measured->pausable))
    return false;
  cycle->started = true;
  cycle->start = start;
  cycle->stopped = stopped;
  cycle->stop = stopped ? stop : 0;
  if (!worker->deciding)
    worker->deciding = decision->version;
  const struct calendar *calendar = target->calendar;
  struct sla_result *result = &cycle->result;
  int64_t amount = 0;
  result->has_due = false; /* each member by itself: clearing all first would take longer */
  result->elapsed_s = 0;
  if (!run_clock(target, start, stop, result, &amount, &worker->need) ||
      !is_covered(calendar, start, result->has_due && result->due > stop ? result->due : stop))
    return false;
  result->remaining_s = amount - result->elapsed_s;
  result->reason = result->coverage = NULL;
  combination_tell_rule(result, decision->version, target);
  if (result->has_due) {
    result->due_offset_s = zone_offset(calendar->zone, result->due);
    result->status = run_status(target, stopped, false, stop, result->due, result->elapsed_s, amount);
  } else {
    result->due = 0;
    result->due_offset_s = 0;
    result->status = SLA_BEST_EFFORT;
  }
  return true;
}

/* Evaluates one metric into its only cycle. */
static inline bool evaluate_metric(struct worker *worker, size_t metric, const struct key *key) {
  struct decision decision = {.bad_field = SIZE_MAX};
  const struct combination *combination = take_version(worker, metric, key, &decision);
  if (!combination)
    return false;
  decision.exclusion = combination->exclusion;
  if (!decision.exclusion && (decision.metric = decision.version->metrics[metric]) &&
      !choose_target(&combination->metrics[metric].choice, &decision, &worker->need))
    return false;
  struct sla_cycle *cycle = worker->cycles[metric].items; /* room for one is there: see evaluate.c */
  worker->cycles[metric].count = 1;
  cycle->started = cycle->stopped = false;
  if (decision.started && decision.target)
    return run_row(worker, &decision, combination, cycle);
  result_begin(worker, &decision, &cycle->result);
  return true;
}

/* evaluation_begin() for an incident without events and lists. */
static inline void begin(struct worker *worker, const struct sla_incident *given, sla_time now) {
  struct incident *incident = &worker->incident;
  incident->values = given->values;
  incident->lists = NULL;
  incident->now = now;
  incident->event_count = incident->resolved.count = 0;
  incident->overlaps = incident->gaps = 0;
  incident->paused_read = false;
  incident->state_version = NULL;
  /* Most times are written in the forms that programs write, and most are needed. */
  for (size_t i = 0; i < worker->rows->time_count; i++) {
    size_t field = worker->rows->times[i];
    struct time_field *time = &incident->times[field];
    struct sla_text value = given->values[field];
    if (!value.len)
      time->state = TIME_EMPTY;
    else if (!incident->time_format && timestamp_read(value, incident->input_zone, &time->t))
      time->state = TIME_READ;
    else
      time->state = TIME_UNREAD;
  }
  worker->closed_unanswered = false;
  worker->deciding = NULL;
  worker->texts.used = 0;
}

/* What a plan comes to for an incident. */
struct outcome {
  sla_time due;
  int64_t elapsed_s, remaining_s;
  int32_t due_offset_s;
  enum sla_status status;
};

/*
 * Finds it by three searches in the timeline: for the start, for when the amount has passed since, and for the stop.
 * false where that is not all it takes.
 */
__attribute__((always_inline)) static inline bool run_plan(const struct plan *plan, sla_time start, bool stopped,
                                                           sla_time stop, struct outcome *ret_outcome) {
  const struct schedule *schedule = plan->calendar->schedule;
  const struct target *target = plan->target;
  if ((stopped ? stop < start : plan->must_stop) || !schedule ||
      !timeline_covers(&schedule->hours, start, stop > start ? stop : start))
    return false;
  const struct timeline *hours = &schedule->hours;
  int64_t begun = timeline_sum(hours, start), amount = target->within.seconds;
  int64_t elapsed = stop > start ? timeline_sum(hours, stop) - begun : 0;
  sla_time due;
  size_t item;
  if (!timeline_due_from(hours, start, begun, amount, &due, &item) || due > SLA_TIME_MAX ||
      start < plan->covered_from || (due > stop ? due : stop) >= plan->covered_until)
    return false;
  *ret_outcome = (struct outcome){
      .due = due,
      .elapsed_s = elapsed,
      .remaining_s = amount - elapsed,
      .due_offset_s = calendar_offset(plan->calendar, item, due),
      .status = run_status(target, stopped, false, stop, due, elapsed, amount),
  };
  return true;
}

static inline void put_outcome(struct sla_result *result, const struct plan *plan, const struct outcome *outcome) {
  *result = plan->result;
  result->status = outcome->status;
  result->due = outcome->due;
  result->due_offset_s = outcome->due_offset_s;
  result->elapsed_s = outcome->elapsed_s;
  result->remaining_s = outcome->remaining_s;
}

/* Evaluates all metrics by their plans: the shortest way there is. false where one of them has not started or so. */
static inline bool evaluate_planned(struct worker *worker, const struct combination *combination,
                                    const struct sla_text *values, sla_time now, struct sla_result *ret_results) {
  const struct rows *rows = worker->rows;
  const struct zone *zone = worker->incident.input_zone;
  sla_time times[MOST_TIMES];
  bool has[MOST_TIMES] = {false};
  for (size_t i = 0; i < rows->time_count; i++) {
    struct sla_text value = values[rows->times[i]];
    has[i] = value.len;
    if (value.len && !timestamp_read(value, zone, &times[i]))
      return false;
  }
  for (size_t i = 0; i < rows->policy->metrics.count; i++) {
    const struct plan *plan = &combination->metrics[i].plan;
    struct sla_cycle *cycle = worker->cycles[i].items; /* room for one is there: see evaluate.c */
    struct outcome outcome;
    bool stopped = has[plan->stop];
    if (!has[plan->start] || !run_plan(plan, times[plan->start], stopped, stopped ? times[plan->stop] : now, &outcome))
      return false;
    worker->cycles[i].count = 1;
    worker->chosen[i] = cycle;
    cycle->started = true;
    cycle->start = times[plan->start];
    cycle->stopped = stopped;
    cycle->stop = stopped ? times[plan->stop] : 0;
    /* Twice from its parts: copying what has just been written in pieces of other sizes would have to wait for them. */
    put_outcome(&cycle->result, plan, &outcome);
    put_outcome(&ret_results[i], plan, &outcome);
  }
  worker->incident.values = values;
  worker->incident.lists = NULL;
  worker->closed_unanswered = false;
  return true;
}

/* The same one metric after the other, each as it comes. */
static bool evaluate_plain(struct worker *worker, const struct sla_incident *incident, const struct key *key,
                           sla_time now, struct sla_result *ret_results) {
  begin(worker, incident, now);
  for (size_t i = 0; i < worker->policy->metrics.count; i++) {
    if (!evaluate_metric(worker, i, key))
      return false;
    worker->chosen[i] = worker->cycles[i].items;
    ret_results[i] = worker->chosen[i]->result;
  }
  worker->overlaps += worker->incident.overlaps;
  worker->gaps += worker->incident.gaps;
  return true;
}

/* Whether incidents are evaluated by plans. */
static inline bool has_plans(const struct worker *worker) {
  const struct rows *rows = worker->rows;
  return rows && rows->only && worker->is_ready && !worker->calendar && !worker->incident.time_format;
}

bool row_evaluate(struct worker *worker, const struct sla_incident *incident, sla_time now,
                  struct sla_result *ret_results) {
  size_t paused = worker->policy->paused_field;
  struct values values = {incident->values, NULL};
  struct key key;
  if (!worker->rows || !worker->is_ready || incident->event_count || incident->lists || worker->calendar ||
      (paused != SIZE_MAX && incident->values[paused].len))
    return false;
  const struct combination *combination = NULL;
  size_t field = only_field(worker->rows);
  bool plans = has_plans(worker);
  if (plans && field != SIZE_MAX)
    combination = short_combination(worker->rows, incident->values[field]);
  if (!combination && !key_of(worker->rows, values, &key))
    return false;
  if (!combination && plans)
    combination = combination_of(worker->rows, worker->rows->only, values, &key);
  if (combination && combination->is_planned &&
      evaluate_planned(worker, combination, incident->values, now, ret_results))
    return true;
  return key_of(worker->rows, values, &key) && evaluate_plain(worker, incident, &key, now, ret_results);
}

/* --- many ----------------------------------------------------------------------------------------------------------
 */

/*
 * Rows on their way. All of them take one step before any takes the next: what a step needs stays in registers, and the
 * processor looks ahead into the next rows where one has to wait for memory.
 */
struct many {
  const struct sla_rows *given;
  sla_time now;
  uint64_t done; /* bits of the rows that have come through */
  sla_time times[MOST_TIMES][SLA_MOST_ROWS];
  const struct combination *combinations[SLA_MOST_ROWS];
};

/* Reads the rows' times. */
static void read_times(struct many *many, const struct rows *rows, const struct zone *zone) {
  const struct timestamp_reader *reader = timestamp_reader_at(0);
  const struct sla_rows *given = many->given;
  for (size_t i = 0; i < rows->time_count; i++) {
    long column = given->columns[rows->times[i]];
    if (column >= 0)
      many->done &= reader->read(given->cells + column, given->width, given->count, zone, many->times[i]);
    else
      for (size_t row = 0; row < given->count; row++)
        many->times[i][row] = TIMESTAMP_NONE;
  }
}

/* Finds the combinations of rows from one on, up to the first that is not known: of it *ret_key is then the key. */
static size_t find_combinations(struct many *many, const struct rows *rows, size_t row, struct key *ret_key) {
  const struct sla_rows *given = many->given;
  const size_t field = only_field(rows), count = given->count, width = given->width;
  const long *columns = given->columns, column = field == SIZE_MAX ? -1 : columns[field];
  const struct sla_text *cells = given->cells + row * width;
  for (; row < count; row++, cells += width) {
    const struct combination *found = column >= 0 ? short_combination(rows, cells[column]) : NULL;
    bool has_key = found || key_of(rows, (struct values){cells, columns}, ret_key);
    if (!found && has_key && !(found = known_combination(rows, rows->only, ret_key)))
      break;
    many->combinations[row] = found;
    if (!has_key || !found->is_planned)
      many->done &= ~(UINT64_C(1) << row);
  }
  return row;
}

/* Evaluates one metric of rows with known combinations. */
static void run_plans(struct many *many, size_t metrics, size_t metric, size_t from, size_t until,
                      struct sla_result *ret_results) {
  const sla_time now = many->now;
  struct sla_result *result = ret_results + from * metrics + metric;
  uint64_t done = many->done;
  for (size_t row = from; row < until; row++, result += metrics) {
    if (!(done >> row & 1))
      continue;
    const struct plan *plan = &many->combinations[row]->metrics[metric].plan;
    sla_time start = many->times[plan->start][row], stop = many->times[plan->stop][row];
    bool stopped = stop != TIMESTAMP_NONE;
    struct outcome outcome;
    if (start != TIMESTAMP_NONE && run_plan(plan, start, stopped, stopped ? stop : now, &outcome))
      put_outcome(result, plan, &outcome);
    else
      done ^= UINT64_C(1) << row;
  }
  many->done = done;
}

uint64_t rows_evaluate(struct worker *worker, const struct sla_rows *given, sla_time now,
                       struct sla_result *ret_results) {
  struct rows *rows = worker->rows;
  const size_t metrics = worker->policy->metrics.count, paused = worker->policy->paused_field;
  if (!has_plans(worker) || !given->count || rows->time_count > MOST_TIMES)
    return 0;
  struct key key;
  struct many many;
  many.given = given;
  many.now = now;
  many.done = ~UINT64_C(0) >> (SLA_MOST_ROWS - given->count);
  read_times(&many, rows, worker->incident.input_zone);
  for (size_t row = 0; row < given->count && paused != SIZE_MAX && given->columns[paused] >= 0; row++)
    if (given->cells[row * given->width + (size_t)given->columns[paused]].len)
      many.done &= ~(UINT64_C(1) << row);
  for (size_t row = 0; row < given->count;) {
    size_t from = row;
    row = find_combinations(&many, rows, row, &key);
    for (size_t i = 0; i < metrics; i++)
      run_plans(&many, metrics, i, from, row, ret_results);
    /* A combination that comes anew may take the place of another, which is no longer needed now. */
    if (row < given->count)
      combination_make(rows, rows->only, (struct values){given->cells + row * given->width, given->columns}, &key);
  }
  return many.done;
}
