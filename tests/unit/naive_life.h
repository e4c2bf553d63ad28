/*
 * naive_life: what becomes of an incident, found out by living through it: from its first moment on, one tick of the
 * clock after the other, a second or a minute. It knows nothing of intervals, sorted pauses or schedules: whether a
 * clock runs is asked anew at each tick, and a due time is the tick at which enough of them have been counted.
 *
 * Times are multiples of the life's tick. In lives of minutes that loses nothing: windows, clock changes and amounts
 * are whole minutes too.
 */
#ifndef SLACLOCK_TESTS_NAIVE_LIFE_H
#define SLACLOCK_TESTS_NAIVE_LIFE_H

#include "life_model.h"

/* --- due times without pauses --------------------------------------------------------------------------------------
 */

static inline sla_time wall_instant(const sla_zone *zone, int64_t local) {
  int32_t before = sla_zone_offset(zone, local - DAY), after = sla_zone_offset(zone, local + DAY);
  bool is_before = sla_zone_offset(zone, local - before) == before;
  bool is_after = sla_zone_offset(zone, local - after) == after;
  if (is_before && is_after)
    return local - (before > after ? before : after);
  return is_after ? local - after : local - before;
}

static inline sla_time due_in_days(const struct life_policy *policy, const struct life_target *target, sla_time s) {
  const sla_zone *zone = policy->zones[target->calendar];
  if (target->kind == LIFE_CALENDAR_DAYS)
    return wall_instant(zone, s + sla_zone_offset(zone, s) + target->amount * DAY);
  const struct life_window *windows = policy->windows[target->calendar];
  int count = policy->window_count[target->calendar];
  sla_time received = LIFE_NEVER;
  int date = 0;
  for (int i = 0; i < count; i++) { /* the first open instant, and the latest date that it is of */
    sla_time from = windows[i].from > s ? windows[i].from : s;
    if (from < windows[i].until && from <= received) {
      received = from;
      date = windows[i].date;
    }
  }
  int64_t clock = received + sla_zone_offset(zone, received) - (int64_t)date * DAY;
  int due_date = date;
  for (int64_t n = target->amount; n > 0; n--) {
    int next = INT32_MAX;
    for (int i = 0; i < count; i++)
      if (windows[i].date > due_date && windows[i].date < next)
        next = windows[i].date;
    due_date = next;
  }
  sla_time wanted = LIFE_NEVER, due = LIFE_NEVER, opening = LIFE_NEVER;
  if (target->at != LIFE_CLOSE)
    wanted = wall_instant(zone, (int64_t)due_date * DAY + (target->at == LIFE_AT_TIME ? target->at_s : clock));
  for (int i = count - 1; i >= 0; i--) { /* the last instant of the date, be it a closing, that is not behind it */
    if (windows[i].date != due_date)
      continue;
    opening = windows[i].from;
    if (due == LIFE_NEVER && windows[i].from <= wanted)
      due = wanted < windows[i].until ? wanted : windows[i].until;
  }
  return due == LIFE_NEVER ? opening : due;
}

/* --- one run of a clock ----------------------------------------------------------------------------------------------
 */

/* A life under simulation, as one metric sees it. */
struct living {
  const struct life_policy *policy;
  const struct life *life;
  const struct life_metric *metric;
  struct moment newest;
  const struct life_target *target; /* by the newest words; NULL: none */
  bool excluded;
  bool pauses_by_words, pauses_since_when;
  sla_time gaps[LIFE_EVENTS][2]; /* resolved and reopened while the clock would have run */
  int gap_count;
  struct life_outcome *outcome;
};

static inline bool is_open(const struct life_policy *policy, const struct life_target *target, sla_time t) {
  if (target->clock == SLA_ELAPSED)
    return true;
  return is_minute_open(policy, target->calendar, target->clock, t);
}

/* Whether a pause holds at t, once everything up to t has passed. */
static inline bool is_paused(const struct living *living, const struct moment *moment, sla_time t) {
  if (!living->metric->pausable)
    return false;
  for (int i = 0; i < living->life->pause_count; i++)
    if (living->life->pauses[i].from <= t && t < living->life->pauses[i].until)
      return true;
  return living->pauses_by_words && life_fits(&living->policy->pause, moment->words);
}

static inline bool is_in_gap(const struct living *living, sla_time t) {
  for (int i = 0; i < living->gap_count; i++)
    if (living->gaps[i][0] <= t && t < living->gaps[i][1])
      return true;
  return false;
}

static inline void judge(const struct living *living, struct life_cycle *cycle, int64_t amount) {
  const struct life_target *target = living->target;
  sla_time at = cycle->stopped ? cycle->stop : living->life->now;
  struct moment moment = moment_before(living->life);
  moment_pass(&moment, living->life, living->life->now);
  bool late = target->strict ? at >= cycle->due : at > cycle->due;
  bool risk = target->warn_is_amount ? cycle->remaining <= target->warn : cycle->elapsed * 100 >= target->warn * amount;
  if (cycle->stopped)
    cycle->status = late ? SLA_MISSED : SLA_MET;
  else if (late)
    cycle->status = SLA_BREACHED;
  else if (is_paused(living, &moment, living->life->now) || living->pauses_since_when)
    cycle->status = SLA_PAUSED;
  else
    cycle->status = risk ? SLA_AT_RISK : SLA_RUNNING;
}

/* Counts the ticks of a run's clock, until it is over and due. */
static inline void run_through(struct living *living, sla_time start, bool stopped, sla_time stop) {
  const struct life *life = living->life;
  const struct life_target *target = living->target;
  assert_in_range(living->outcome->count, 0, LIFE_CYCLES - 1);
  struct life_cycle *cycle = &living->outcome->cycles[living->outcome->count++];
  *cycle = (struct life_cycle){.started = true, .start = start, .stopped = stopped, .stop = stop};
  if (living->excluded || !target) {
    cycle->status = living->excluded ? SLA_EXCLUDED : SLA_NO_TARGET;
    return;
  }
  sla_time end = stopped ? stop : life->now, known = end > life->now ? end : life->now;
  bool is_timed = target->kind != LIFE_BEST_EFFORT;
  int64_t amount = target->amount;
  sla_time due = LIFE_NEVER;
  if (target->kind == LIFE_BUSINESS_DAYS || target->kind == LIFE_CALENDAR_DAYS) {
    due = due_in_days(living->policy, target, start);
    amount = 0;
    for (sla_time t = start; t < due; t += life->tick)
      amount += is_open(living->policy, target, t) * life->tick;
  }
  int64_t ran = 0;
  sla_time counted_due = LIFE_NEVER;
  bool stood_still = false;
  struct moment moment = moment_before(life);
  for (sla_time t = start; t < end || t < known || (is_timed && counted_due == LIFE_NEVER); t += life->tick) {
    if (ran == amount && counted_due == LIFE_NEVER)
      counted_due = t;
    if (t == end)
      cycle->elapsed = ran;
    moment_pass(&moment, life, t);
    bool still = t < known && (is_paused(living, &moment, t) || is_in_gap(living, t));
    stood_still |= still;
    if (!still && is_open(living->policy, target, t))
      ran += life->tick;
    if (t + life->tick == end)
      cycle->elapsed = ran;
  }
  cycle->has_elapsed = true;
  cycle->remaining = (is_timed ? amount : 0) - cycle->elapsed;
  cycle->status = SLA_BEST_EFFORT;
  if (!is_timed)
    return;
  cycle->has_due = true;
  cycle->due = due != LIFE_NEVER && !stood_still ? due : counted_due;
  judge(living, cycle, amount);
}

/* A metric without any run. */
static inline void no_run(struct living *living, enum sla_status status) {
  living->outcome->cycles[living->outcome->count++] =
      (struct life_cycle){.status = living->excluded                           ? SLA_EXCLUDED
                                    : !living->target                          ? SLA_NO_TARGET
                                    : status != SLA_NOT_STARTED                ? status
                                    : living->target->kind == LIFE_BEST_EFFORT ? SLA_BEST_EFFORT
                                                                               : SLA_NOT_STARTED};
}

/* --- metrics from field to field ------------------------------------------------------------------------------------
 */

/* The first reply of an agent from a time on. */
static inline sla_time first_reply(const struct life *life, sla_time from) {
  for (int i = 0; happened(life, i); i++)
    if (life->events[i].kind == SLA_EVENT_AGENT_REPLY && life->events[i].at >= from)
      return life->events[i].at;
  return LIFE_NEVER;
}

/* When a metric is over, for one that waits for it; LIFE_NEVER: it is not. */
static inline sla_time prerequisite(const struct life_policy *policy, const struct life *life, int metric) {
  const struct life_metric *before = &policy->metrics[metric];
  if (life->times[before->stop] != LIFE_NEVER || metric != FIRST_RESPONSE)
    return life->times[before->stop];
  return first_reply(life, life->times[before->start] == LIFE_NEVER ? 0 : life->times[before->start]);
}

/* Where a life's ticks begin and end. */
static inline sla_time life_begin(const struct life *life) {
  sla_time begin = life->now;
  for (int f = 0; f < LIFE_TIMES; f++)
    if (life->times[f] < begin)
      begin = life->times[f];
  return life->event_count && life->events[0].at < begin ? life->events[0].at : begin;
}

static inline sla_time life_end(const struct life *life) {
  sla_time end = life->now;
  for (int f = 0; f < LIFE_TIMES; f++)
    if (life->times[f] != LIFE_NEVER && life->times[f] > end)
      end = life->times[f];
  return end;
}

static inline const struct life_target *living_target(const struct living *living, const int *words, sla_time start) {
  return target_for(living->policy, living->metric, words, start);
}

/* Whether a change of target starts the clock again, where there is one. start is the metric's. */
static inline bool restarts(const struct living *living, const int *before, const int *after, sla_time start) {
  if (living->excluded || !living_target(living, living->newest.words, start))
    return false;
  const struct life_target *from = living_target(living, before, start), *to = living_target(living, after, start);
  return from && to && from != to && to->restarts;
}

/* A span's clock while time goes by. */
struct spanning {
  bool begun, resolved, halted; /* halted: resolving has stopped the clock */
  sla_time resolved_since, halted_since;
  sla_time begin;   /* of the run, as long as no change of target has moved it */
  sla_time start;   /* of the run */
  sla_time replied; /* the run's first reply */
};

static inline void span_event(struct living *living, struct spanning *span, const struct life_event *event,
                              bool by_reply) {
  if (event->kind == SLA_EVENT_RESOLVED && !span->resolved) {
    span->resolved = true;
    span->resolved_since = event->at;
    span->halted = span->begun;
    span->halted_since = event->at;
  } else if (event->kind == SLA_EVENT_REOPENED && span->resolved) {
    span->resolved = false;
    if (!span->halted)
      return;
    span->halted = false;
    if (living->metric->reopen == LIFE_RESTART) {
      bool answered = by_reply && span->replied <= span->halted_since;
      run_through(living, span->start, true, answered ? span->replied : span->halted_since);
      span->begin = span->start = event->at;
      span->replied = LIFE_NEVER;
    } else {
      living->gaps[living->gap_count][0] = span->halted_since;
      living->gaps[living->gap_count++][1] = event->at;
    }
  }
}

/* Whether the incident was reopened, from a resolution not before the metric's start, after a time. */
static inline bool is_reopened_after(const struct life *life, sla_time start, sla_time stop) {
  bool resolved = false, counts = false;
  for (int i = 0; happened(life, i); i++) {
    const struct life_event *event = &life->events[i];
    if (event->kind == SLA_EVENT_RESOLVED && !resolved) {
      resolved = true;
      counts = event->at >= start;
    } else if (event->kind == SLA_EVENT_REOPENED && resolved) {
      resolved = false;
      if (counts && event->at > stop)
        return true;
    }
  }
  return false;
}

/* When the resolution was that no reopening has ended; LIFE_NEVER: there is none. */
static inline sla_time lasting_resolution(const struct life *life) {
  sla_time since = LIFE_NEVER;
  for (int i = 0; happened(life, i); i++)
    if (life->events[i].kind == SLA_EVENT_REOPENED)
      since = LIFE_NEVER;
    else if (life->events[i].kind == SLA_EVENT_RESOLVED && since == LIFE_NEVER)
      since = life->events[i].at;
  return since;
}

static inline void live_span(struct living *living, int which) {
  const struct life *life = living->life;
  const struct life_metric *metric = living->metric;
  sla_time start = life->times[metric->start], stop = life->times[metric->stop];
  bool by_reply = which == FIRST_RESPONSE && stop == LIFE_NEVER;
  if (metric->after >= 0 && start != LIFE_NEVER) {
    sla_time wait = prerequisite(living->policy, life, metric->after);
    start = wait == LIFE_NEVER || wait > start ? wait : start;
  }
  if (start == LIFE_NEVER || !living->target || living->excluded) {
    no_run(living, SLA_NOT_STARTED);
    return;
  }
  if (stop < start) {
    no_run(living, SLA_STATUS_ERROR);
    return;
  }
  if (metric->reopen != LIFE_NOT && stop != LIFE_NEVER && is_reopened_after(life, start, stop))
    stop = LIFE_NEVER;
  /* A field that says when it stopped goes before the resolution that lasts. */
  sla_time unheard = stop != LIFE_NEVER ? lasting_resolution(life) : LIFE_NEVER;
  struct spanning span = {.replied = LIFE_NEVER};
  struct moment moment = moment_before(life);
  sla_time begin = life_begin(life), end = life_end(life);
  if (start > end)
    end = start;
  for (sla_time t = begin; t <= end; t += life->tick) {
    if (t == start) {
      span.begun = true;
      span.begin = span.start = t;
    }
    int first = moment.next;
    struct moment before = moment;
    moment_pass(&moment, life, t);
    bool reopens = false;
    for (int i = first; i < moment.next; i++)
      reopens |= life->events[i].kind == SLA_EVENT_REOPENED;
    bool runs = span.begun && t > span.begin && t <= stop && t <= span.replied &&
                (!span.halted || span.halted_since == unheard || (reopens && metric->reopen != LIFE_RESTART));
    if (runs && moment.next > first && restarts(living, before.words, moment.words, life->times[metric->start]))
      span.start = t;
    bool replies = false;
    for (int i = first; i < moment.next; i++) {
      replies |= life->events[i].kind == SLA_EVENT_AGENT_REPLY;
      if (replies && by_reply && span.begun && span.replied == LIFE_NEVER)
        span.replied = t;
      span_event(living, &span, &life->events[i], by_reply);
    }
    if (replies && by_reply && span.begun && span.replied == LIFE_NEVER)
      span.replied = t;
  }
  if (span.replied != LIFE_NEVER && !(span.halted && span.halted_since < span.replied))
    stop = span.replied;
  else if (stop == LIFE_NEVER && span.halted)
    stop = span.halted_since;
  if (stop == LIFE_NEVER && span.resolved && metric->reopen != LIFE_NOT)
    no_run(living, SLA_STATUS_ERROR);
  else
    run_through(living, span.start, stop != LIFE_NEVER, stop);
}

/* --- metrics from event to event ------------------------------------------------------------------------------------
 */

/* The clock of a metric of cycles while time goes by. */
struct turning {
  bool open, resolved, unanswered; /* unanswered: a clock starts when the incident is reopened */
  sla_time begin, start;
};

static inline void turn_begin(struct turning *turn, sla_time t) {
  if (turn->resolved)
    turn->unanswered = true;
  else if (!turn->open) {
    turn->open = true;
    turn->begin = turn->start = t;
  }
}

static inline void turn_end(struct living *living, struct turning *turn, sla_time t) {
  if (turn->open) {
    living->target = living_target(living, living->newest.words, turn->begin);
    run_through(living, turn->start, true, t);
  }
  turn->open = false;
}

static inline void turn_event(struct living *living, struct turning *turn, const struct life_event *event,
                              bool counts) {
  const struct life_metric *metric = living->metric;
  bool is_one = metric->begins == metric->ends;
  if (event->kind == SLA_EVENT_RESOLVED && !turn->resolved) {
    turn->resolved = true;
    turn->unanswered = is_one && counts;
    turn_end(living, turn, event->at);
  } else if (event->kind == SLA_EVENT_REOPENED && turn->resolved) {
    turn->resolved = false;
    if (turn->unanswered)
      turn_begin(turn, event->at);
    turn->unanswered = false;
  }
  if (counts && event->kind == metric->ends) {
    turn_end(living, turn, event->at);
    turn->unanswered = false;
  }
  if (counts && event->kind == metric->begins)
    turn_begin(turn, event->at);
}

static inline void live_cycles(struct living *living) {
  const struct life *life = living->life;
  const struct life_metric *metric = living->metric;
  bool is_one = metric->begins == metric->ends;
  struct turning turn = {.open = false};
  struct moment moment = moment_before(life);
  sla_time from = metric->after >= 0 ? prerequisite(living->policy, life, metric->after) : 0;
  for (sla_time t = life_begin(life); t <= life->now; t += life->tick) {
    struct moment before = moment;
    moment_pass(&moment, life, t);
    bool changed = moment.next > before.next;
    bool own = t == from && is_one && metric->after >= 0; /* a reply then is the one that was waited for */
    if (own)
      turn_begin(&turn, t);
    else if (t < from && from != LIFE_NEVER && from < t + life->tick)
      fail_msg("a time between ticks");
    if (changed && turn.open && t > turn.begin && metric->target_count &&
        restarts(living, before.words, moment.words, turn.begin))
      turn.start = t;
    for (int i = before.next; i < moment.next; i++) {
      if (own && life->events[i].kind == metric->begins)
        own = false;
      else
        turn_event(living, &turn, &life->events[i], from != LIFE_NEVER && t >= from);
    }
  }
  if (turn.open) {
    living->target = living_target(living, living->newest.words, turn.begin);
    run_through(living, turn.start, false, 0);
  }
  if (living->outcome->count == 0)
    no_run(living, SLA_NOT_STARTED);
}

/* --- the whole -------------------------------------------------------------------------------------------------------
 */

/* The one that stands for all: an open one, else an error, else the one missed by most, else the closest call. */
static inline int worst_cycle(const struct life_outcome *outcome) {
  int worst = 0;
  for (int i = 0; i < outcome->count; i++)
    if (outcome->cycles[i].started && !outcome->cycles[i].stopped)
      return i;
  for (int i = 1; i < outcome->count; i++) {
    const struct life_cycle *a = &outcome->cycles[worst], *b = &outcome->cycles[i];
    bool misses = b->status == SLA_MISSED, missed = a->status == SLA_MISSED;
    if (misses != missed ? misses : a->has_due && b->has_due && b->remaining < a->remaining)
      worst = i;
  }
  return worst;
}

static inline void naive_live(const struct life_policy *policy, const struct life *life, int metric,
                              struct life_outcome *ret_outcome) {
  struct living living = {.policy = policy, .life = life, .metric = &policy->metrics[metric], .outcome = ret_outcome};
  living.newest = moment_before(life);
  moment_pass(&living.newest, life, life->now);
  ret_outcome->count = 0;
  living.excluded = policy->has_exclusion && life_fits(&policy->exclusion, living.newest.words);
  living.target = living_target(&living, living.newest.words,
                                living.metric->is_cycle ? LIFE_NEVER : life->times[living.metric->start]);
  if (policy->has_pause && living.metric->pausable) {
    for (int f = 0; f < LIFE_WORDS; f++)
      living.pauses_by_words |= (policy->pause.when[f] || policy->pause.unless[f]) && is_changed(life, f);
    living.pauses_since_when = !living.pauses_by_words && life_fits(&policy->pause, living.newest.words);
  }
  if (living.metric->is_cycle)
    live_cycles(&living);
  else
    live_span(&living, metric);
  ret_outcome->chosen = worst_cycle(ret_outcome);
}

/* Whether the customer was asked so often, and has not answered the last time. */
static inline bool naive_unanswered(const struct life_policy *policy, const struct life *life) {
  struct moment moment = moment_before(life);
  bool waits = false;
  int questions = 0;
  for (sla_time t = life_begin(life); t <= life->now; t += life->tick) {
    int first = moment.next;
    bool asked = life_fits(&policy->unanswered, moment.words);
    moment_pass(&moment, life, t);
    bool asks = life_fits(&policy->unanswered, moment.words), answered = asked && !asks;
    for (int i = first; i < moment.next; i++)
      if (life->events[i].kind == SLA_EVENT_RESOLVED)
        answered = false;
    for (int i = first; i < moment.next; i++)
      if (life->events[i].kind == SLA_EVENT_CUSTOMER_REPLY)
        answered = true;
    if (answered)
      waits = false;
    if (asks && !asked) {
      questions++;
      waits = true;
    }
  }
  return policy->unanswered_times && waits && questions >= policy->unanswered_times;
}

#endif
