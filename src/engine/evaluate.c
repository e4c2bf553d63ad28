#include "engine/evaluate.h"

#include "engine/combination.h"
#include "engine/decide.h"
#include "engine/run.h"

#include <stdlib.h>

static void worker_make(void *data) {
  struct worker *worker = data;
  const struct policy *policy = worker->policy;
  struct arena *arena = &worker->arena;
  worker->cycles = arena_array(arena, policy->metrics.count, sizeof *worker->cycles);
  worker->chosen = arena_array(arena, policy->metrics.count, sizeof *worker->chosen);
  for (size_t i = 0; i < policy->metrics.count; i++)
    cycle_add(worker, i); /* makes room for one, so that plain rows need none */
  incident_init(&worker->incident, policy, arena, &worker->zones);
  worker->is_ready = true;
}

/* Gives a worker new memory for all it keeps; false where there is none. */
static bool worker_reset(struct worker *worker) {
  arena_release(&worker->arena);
  worker->is_ready = false;
  worker->cut = (struct stretches){0};
  worker->texts.items = NULL;
  worker->texts.count = worker->texts.capacity = 0;
  zones_init(&worker->zones, &worker->arena, worker->policy->zones.tzdata);
  return arena_try(&worker->arena, worker_make, worker);
}

struct worker *worker_new(const struct policy *policy) {
  struct worker *worker = calloc(1, sizeof *worker);
  if (!worker)
    return NULL;
  worker->policy = policy;
  worker->incident.input_zone = policy->newest->zone;
  arena_init(&worker->arena, policy->memory_limit);
  if (worker_reset(worker)) {
    worker->rows = rows_new(policy);
    return worker;
  }
  worker_free(worker);
  return NULL;
}

void worker_free(struct worker *worker) {
  if (worker) {
    arena_release(&worker->arena);
    rows_free(worker->rows);
  }
  free(worker);
}

/* --- what stops and starts a clock ------------------------------------------------------------------------------- */

/* Whether resolving has stopped a clock that started at a time, until a reopening behind t. */
static bool is_between(const struct incident *incident, sla_time start, sla_time t) {
  for (size_t i = 0; i < incident->resolved.count; i++) {
    const struct stretch *gap = &incident->resolved.items[i];
    if (gap->from >= start && gap->from < t && t < gap->until && gap->until != INT64_MAX)
      return true;
  }
  return false;
}

/*
 * When a change of the deciding target last started the clock again, after the start and no later than the end; the
 * start itself where none did. Changes at the same second are one, and those while the incident is resolved start
 * nothing.
 */
static enum reach find_restart(struct worker *worker, const struct decision *decision, size_t metric, sla_time end,
                               sla_time *start) {
  struct incident *incident = &worker->incident;
  const struct version *version = decision->version;
  bool restarts = false;
  for (size_t i = 0; i < version->targets.count && incident->event_count && !restarts; i++)
    restarts = version->targets.items[i].metric == metric && version->targets.items[i].restarts;
  if (!restarts)
    return REACHED;
  const struct target *before = NULL, *target;
  enum reach reach = REACHED;
  sla_time first = *start;
  bool has_before = false;
  incident_rewind(incident);
  for (size_t i = 0; i < incident->event_count && reach == REACHED; i++) {
    sla_time at = incident->events[i].at;
    if (at > end)
      break;
    if (at > first && !has_before) {
      reach = decide_target(incident, version, metric, &decision->start, &before, &worker->need);
      has_before = true;
    }
    incident_apply(incident, &incident->events[i]);
    if (reach != REACHED || at <= first || (i + 1 < incident->event_count && incident->events[i + 1].at == at))
      continue;
    reach = decide_target(incident, version, metric, &decision->start, &target, &worker->need);
    if (reach == REACHED && target && before && target != before && target->restarts &&
        !is_between(incident, first, at))
      *start = at;
    before = target;
  }
  incident_return(incident);
  return reach;
}

/* The stop that a metric's field says, or else the first reply, for a metric that replies stop. false: there is none.
 */
static bool find_stop(struct incident *incident, const struct metric *measured, sla_time start, sla_time *ret_stop) {
  const struct time_field *stop = incident_time(incident, measured->stop);
  if (stop->state == TIME_READ) {
    *ret_stop = stop->t;
    return true;
  }
  return measured->by_reply && incident_first(incident, SLA_EVENT_AGENT_REPLY, start, ret_stop);
}

/* Moves a start behind the metric that has to have stopped before. false where that has not. */
static bool wait_for(struct incident *incident, const struct metric *measured, sla_time *start) {
  const struct metric *after = measured->after;
  if (!after)
    return true;
  const struct time_field *begins = incident_time(incident, after->start);
  sla_time stop;
  if (!find_stop(incident, after, begins->state == TIME_READ ? begins->t : SLA_TIME_MIN, &stop))
    return false;
  if (stop > *start)
    *start = stop;
  return true;
}

/* --- metrics from field to field -----------------------------------------------------------------------------------
 */

/* Adds a cycle from a start to a stop that holds, or to now; a change of target may start it later. */
static enum reach span_cycle(struct worker *worker, size_t metric, const struct decision *decision, struct run *run) {
  sla_time end = run->stopped ? run->stop : worker->incident.now;
  if (decision->target) {
    enum reach reach = find_restart(worker, decision, metric, end, &run->start);
    if (reach != REACHED)
      return reach;
  }
  return run_cycle(worker, decision, run);
}

/*
 * The runs of a metric that has started. Resolving stops every clock that runs; reopening has it go on, or start again.
 * What the stop field says holds, unless the incident was reopened after it (for metrics that reopening is for).
 */
static enum reach evaluate_started(struct worker *worker, size_t metric, const struct decision *decision,
                                   sla_time start) {
  struct incident *incident = &worker->incident;
  const struct metric *measured = decision->metric;
  const struct stretches *resolved = &incident->resolved;
  struct run run = {.metric = metric, .start = start, .bridges = measured->reopen != REOPEN_RESTART};
  run.stopped = find_stop(incident, measured, start, &run.stop);
  bool by_reply = measured->by_reply && incident_time(incident, measured->stop)->state != TIME_READ;
  const char *stop_name = worker->policy->fields.items[measured->stop];
  sla_time stop = run.stop;
  bool is_early = run.stopped && stop < start;

  size_t first = 0; /* resolving before the start stops nothing */
  while (first < resolved->count && resolved->items[first].from < start)
    first++;
  if (measured->reopen != REOPEN_NOT && first > 0 && !run.stopped && resolved->items[first - 1].until == INT64_MAX) {
    is_early = true;
    stop = resolved->items[first - 1].from;
    stop_name = "resolved";
  }
  if (is_early) {
    struct sla_cycle *cycle = cycle_add(worker, metric);
    result_begin(worker, decision, &cycle->result);
    /* Before its own start, unless that was moved to where another metric stopped. */
    size_t begins = stop < decision->start ? measured->start : measured->after->stop;
    return result_fail(worker, &cycle->result, "%s is before %s", stop_name, worker->policy->fields.items[begins]);
  }
  for (size_t i = first; i < resolved->count; i++) {
    const struct stretch *gap = &resolved->items[i];
    bool reopened = gap->until != INT64_MAX;
    struct run before = run; /* which resolving stops, unless a reply did before, or the field says otherwise */
    if (!run.stopped || (by_reply ? run.stop > gap->from : reopened)) {
      before.stopped = true;
      before.stop = gap->from;
    }
    if (!reopened)
      run = before;
    else if (measured->reopen == REOPEN_RESTART) {
      enum reach reach = span_cycle(worker, metric, decision, &before);
      if (reach != REACHED)
        return reach;
      run.start = gap->until;
      run.stopped = find_stop(incident, measured, run.start, &run.stop) && run.stop >= run.start;
    } else if (measured->reopen == REOPEN_RESUME && !by_reply)
      run.stopped &= run.stop >= gap->until;
  }
  return span_cycle(worker, metric, decision, &run);
}

static enum reach evaluate_span(struct worker *worker, size_t metric) {
  struct incident *incident = &worker->incident;
  struct decision decision;
  enum reach reach = decide(incident, metric, NULL, &decision, &worker->need);
  if (reach != REACHED)
    return reach;
  const struct metric *measured = decision.metric;
  sla_time start = decision.start;
  if (decision.bad_field == SIZE_MAX && decision.started && decision.target) {
    const struct time_field *stop = incident_time(incident, measured->stop);
    if (stop->state == TIME_BAD)
      decision.bad_field = measured->stop;
    else if (measured->after && incident_time(incident, measured->after->stop)->state == TIME_BAD)
      decision.bad_field = measured->after->stop;
    else if (wait_for(incident, measured, &start))
      return evaluate_started(worker, metric, &decision, start);
  }
  struct sla_cycle *cycle = cycle_add(worker, metric);
  result_begin(worker, &decision, &cycle->result);
  if (decision.bad_field != SIZE_MAX)
    return result_fail_field(worker, &cycle->result, decision.bad_field, incident->times[decision.bad_field].problem);
  return REACHED;
}

/* --- metrics from event to event -----------------------------------------------------------------------------------
 */

/* The cycles of one metric while events go by. */
struct turns {
  struct worker *worker;
  size_t metric;
  const struct metric *measured;
  bool open;
  sla_time start;
  bool resolved, waits; /* resolved; with a message that is not answered */
};

static enum reach end_turn(struct turns *turns, bool stopped, sla_time stop) {
  struct worker *worker = turns->worker;
  struct decision decision;
  struct run run = {.metric = turns->metric, .start = turns->start, .stopped = stopped, .stop = stop};
  turns->open = false;
  enum reach reach = decide(&worker->incident, turns->metric, &turns->start, &decision, &worker->need);
  if (reach != REACHED)
    return reach;
  return span_cycle(worker, turns->metric, &decision, &run);
}

static void begin_turn(struct turns *turns, sla_time at) {
  if (turns->resolved)
    turns->waits = true;
  else if (!turns->open) {
    turns->open = true;
    turns->start = at;
  }
}

static enum reach take_event(struct turns *turns, const struct sla_event *event) {
  const struct metric *measured = turns->measured;
  bool is_one = measured->begins == measured->ends; /* each such event ends one cycle and begins the next */
  enum reach reach = REACHED;
  if (event->kind == SLA_EVENT_RESOLVED && turns->resolved) {
    /* it is so already: nobody has answered by that */
  } else if (event->kind == SLA_EVENT_RESOLVED) {
    turns->resolved = true;
    turns->waits = is_one;
    if (turns->open)
      reach = end_turn(turns, true, event->at);
  } else if (event->kind == SLA_EVENT_REOPENED) {
    bool begins = turns->resolved && turns->waits;
    turns->resolved = false;
    turns->waits = false;
    if (begins)
      begin_turn(turns, event->at);
  } else {
    if (event->kind == measured->ends) {
      turns->waits = turns->resolved && is_one;
      if (turns->open)
        reach = end_turn(turns, true, event->at);
    }
    if (event->kind == measured->begins)
      begin_turn(turns, event->at);
  }
  return reach;
}

static enum reach evaluate_cycles(struct worker *worker, size_t metric) {
  struct incident *incident = &worker->incident;
  struct turns turns = {.worker = worker, .metric = metric, .measured = worker->policy->metrics.items[metric].first};
  const struct metric *after = turns.measured->after;
  sla_time from = INT64_MIN;
  bool may_begin = wait_for(incident, turns.measured, &from);
  /* The stop that a cycle of one kind of event waits for is such an event itself, be it among them or not. */
  bool begins_there = after && may_begin && turns.measured->begins == turns.measured->ends;
  enum reach reach = REACHED;
  bool own_reply = false; /* the event at `from` is still to come that it waited for */
  for (size_t i = 0; i < incident->event_count && may_begin && reach == REACHED; i++) {
    const struct sla_event *event = &incident->events[i];
    if (event->at < from) {
      turns.resolved = event->kind == SLA_EVENT_RESOLVED || (turns.resolved && event->kind != SLA_EVENT_REOPENED);
      continue;
    }
    if (begins_there) {
      begin_turn(&turns, from);
      begins_there = false;
      own_reply = true;
    }
    if (own_reply && event->at == from && event->kind == turns.measured->begins)
      own_reply = false;
    else
      reach = take_event(&turns, event);
  }
  if (begins_there && from <= incident->now)
    begin_turn(&turns, from);
  if (reach == REACHED && turns.open)
    reach = end_turn(&turns, false, 0);
  if (reach != REACHED || worker->cycles[metric].count)
    return reach;
  struct decision decision;
  reach = decide(incident, metric, NULL, &decision, &worker->need);
  if (reach == REACHED)
    result_begin(worker, &decision, &cycle_add(worker, metric)->result);
  return reach;
}

/* --- the incident --------------------------------------------------------------------------------------------------
 */

/* How bad the end of a cycle is; that of one that has not stopped comes before all others. */
static int badness(const struct sla_cycle *cycle) {
  if (cycle->started && !cycle->stopped)
    return 3;
  return cycle->result.status == SLA_STATUS_ERROR ? 2 : cycle->result.status == SLA_MISSED ? 1 : 0;
}

/* The cycle that stands for the metric: the open one, or else the worst, by how late it was. */
static const struct sla_cycle *chosen_cycle(const struct cycles *cycles) {
  const struct sla_cycle *chosen = &cycles->items[0];
  for (size_t i = 1; i < cycles->count; i++) {
    const struct sla_cycle *cycle = &cycles->items[i];
    int worse = badness(cycle) - badness(chosen);
    if (worse > 0 || (worse == 0 && cycle->result.has_due && chosen->result.has_due &&
                      cycle->result.remaining_s < chosen->result.remaining_s))
      chosen = cycle;
  }
  return chosen;
}

/* An evaluation under way. */
struct evaluation {
  struct worker *worker;
  const struct sla_incident *incident;
  sla_time now;
  struct sla_result *results;
  enum reach reach;
};

static void evaluation_begin(struct worker *worker, const struct sla_incident *incident, sla_time now) {
  incident_begin(&worker->incident, incident, now);
  worker->closed_unanswered = false;
  worker->deciding = NULL;
  worker->texts.used = 0;
}

static void evaluate_all(void *data) {
  struct evaluation *evaluation = data;
  struct worker *worker = evaluation->worker;
  const struct policy *policy = worker->policy;
  evaluation_begin(worker, evaluation->incident, evaluation->now);
  for (size_t i = 0; i < policy->metrics.count && evaluation->reach == REACHED; i++) {
    worker->cycles[i].count = 0;
    evaluation->reach =
        policy->metrics.items[i].first->is_cycle ? evaluate_cycles(worker, i) : evaluate_span(worker, i);
    if (evaluation->reach != REACHED)
      break;
    worker->chosen[i] = chosen_cycle(&worker->cycles[i]);
    evaluation->results[i] = worker->chosen[i]->result;
  }
  const struct version *version = worker->deciding ? worker->deciding : policy->newest;
  if (evaluation->reach == REACHED && worker->incident.event_count)
    worker->closed_unanswered = incident_is_unanswered(&worker->incident, version);
}

enum reach evaluate_slowly(struct worker *worker, const struct sla_incident *incident, sla_time now,
                           struct sla_result *ret_results) {
  struct evaluation evaluation = {worker, incident, now, ret_results, REACHED};
  if (!worker->is_ready && !worker_reset(worker))
    return REACH_NEVER;
  if (!arena_try(&worker->arena, evaluate_all, &evaluation)) {
    worker_reset(worker); /* what was too much for one incident must not be missing for the next */
    return REACH_NEVER;
  }
  if (evaluation.reach == REACHED) {
    worker->overlaps += worker->incident.overlaps;
    worker->gaps += worker->incident.gaps;
  }
  return evaluation.reach;
}

enum reach evaluate_target(struct worker *worker, const struct sla_incident *incident, size_t metric, sla_time start,
                           const struct target **ret_target) {
  struct decision decision;
  struct sla_incident past = {.values = incident->values, .lists = incident->lists};
  incident_begin(&worker->incident, &past, start);
  enum reach reach = decide(&worker->incident, metric, &start, &decision, &worker->need);
  *ret_target = reach == REACHED ? decision.target : NULL;
  return reach;
}
