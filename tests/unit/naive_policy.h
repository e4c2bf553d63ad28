/* naive_policy: due times and statuses by the book, on the clocks of naive.h. */
#ifndef SLACLOCK_TESTS_NAIVE_POLICY_H
#define SLACLOCK_TESTS_NAIVE_POLICY_H

#include "naive.h"

enum { NAIVE_TARGETS = 6, NAIVE_STEPS = 8, NAIVE_PAUSES = 4 };

enum naive_amount { NAIVE_SECONDS, NAIVE_BUSINESS_DAYS, NAIVE_CALENDAR, NAIVE_WINDOW };
enum naive_at { NAIVE_AT_DEFAULT, NAIVE_AT_CLOSE, NAIVE_AT_SAME_TIME, NAIVE_AT_TIME };
enum naive_roll { NAIVE_ROLL_NONE, NAIVE_FOLLOWING, NAIVE_PRECEDING, NAIVE_MODIFIED };

struct naive_target {
  int calendar;
  enum sla_clock clock;
  enum naive_amount kind;
  int64_t seconds;
  int business_days, months, days;
  enum naive_at at;
  int at_minute;
  int cutoff_minute; /* -1: none */
  enum naive_roll roll;
  bool next_opening, strict;
  int warn_percent; /* -1: warn_s */
  int64_t warn_s;
  int during, outside; /* calendars; -1: none */
};

struct naive_policy {
  struct naive_model model;
  struct naive_target targets[NAIVE_TARGETS]; /* for the priorities P0 to P5 of the metric resolution */
  int target_count;
  int ladder_calendar; /* of the metric ladder: the longer the amount, the higher the step */
  enum sla_clock ladder_clock;
  int64_t ladder[NAIVE_STEPS];
};

struct naive_incident {
  int priority, step;
  sla_time start, stop, now; /* stop: NAIVE_NEVER where there is none */
  struct stretch_of_time pauses[NAIVE_PAUSES];
  int pause_count;
};

struct naive_result {
  enum sla_status status;
  bool is_far; /* the due time lies beyond what the model knows */
  sla_time due;
  int64_t elapsed, remaining;
};

/* --- due times, without pauses --------------------------------------------------------------------------------------
 */

/* The first opening and the last closing of a business date. */
static inline sla_time date_opening(struct naive_model *model, int c, int date) {
  sla_time t = date_begin(date);
  while (!naive_open_of(model, c, date, t))
    t += 60;
  return t;
}

static inline sla_time date_closing(struct naive_model *model, int c, int date) {
  sla_time t = date_end(date);
  while (!naive_open_of(model, c, date, t - 60))
    t -= 60;
  return t;
}

/* The latest date one of whose windows holds an open instant. */
static inline int date_of_opening(struct naive_model *model, int c, sla_time r) {
  for (int date = local_date(r) + 2;; date--)
    if (naive_open_of(model, c, date, r))
      return date;
}

/* The n-th business date after a date; INT32_MIN where the model knows none. */
static inline int business_date(struct naive_model *model, int c, int date, int n) {
  while (n > 0) {
    if (!naive_knows(model, ++date + 3)) /* its windows reach further */
      return INT32_MIN;
    n -= is_business_date(model, c, date);
  }
  return date;
}

/* A time of a date where that is open then, else its last closing before, else its first opening. */
static inline sla_time time_of_date(struct naive_model *model, int c, int date, int64_t second) {
  sla_time t = naive_instant(model->calendars[c].zone, (int64_t)date * DAY + second);
  if (naive_open_of(model, c, date, t))
    return t;
  for (sla_time minute = t - t % 60; minute > date_begin(date); minute -= 60)
    if (naive_open_of(model, c, date, minute - 60))
      return minute;
  return date_opening(model, c, date);
}

static inline sla_time due_business_days(struct naive_model *model, const struct naive_target *target, sla_time s) {
  int c = target->calendar;
  struct naive_clock open = {.model = model, .calendar = c, .kind = SLA_BUSINESS_HOURS};
  const struct zone *zone = model->calendars[c].zone;
  sla_time r = naive_first(&open, s, true);
  if (r == NAIVE_NEVER)
    return NAIVE_NEVER;
  int date = date_of_opening(model, c, r);
  int64_t second = r + zone_offset(zone, r) - (int64_t)date * DAY;
  if (target->cutoff_minute >= 0 && second >= target->cutoff_minute * 60) {
    if ((date = business_date(model, c, date, 1)) == INT32_MIN)
      return NAIVE_NEVER;
    r = date_opening(model, c, date);
    second = r + zone_offset(zone, r) - (int64_t)date * DAY;
  }
  if ((date = business_date(model, c, date, target->business_days)) == INT32_MIN)
    return NAIVE_NEVER;
  if (target->at == NAIVE_AT_SAME_TIME)
    return time_of_date(model, c, date, second);
  if (target->at == NAIVE_AT_TIME)
    return time_of_date(model, c, date, target->at_minute * 60);
  return date_closing(model, c, date);
}

/* Months by counting them off, month ends clamped. */
static inline int add_months(int date, int months) {
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  struct civil civil = civil_of(date);
  for (; months > 0; months--)
    if (++civil.month > 12)
      civil.month = 1, civil.year++;
  bool leap = civil.year % 4 == 0 && (civil.year % 100 != 0 || civil.year % 400 == 0);
  int length = lengths[civil.month - 1] + (leap && civil.month == 2);
  return date_of(civil.year, civil.month, civil.day < length ? civil.day : length);
}

static inline sla_time due_calendar(struct naive_model *model, const struct naive_target *target, sla_time s) {
  struct naive_clock open = {.model = model, .calendar = target->calendar, .kind = SLA_BUSINESS_HOURS};
  const struct zone *zone = model->calendars[target->calendar].zone;
  int64_t local = s + zone_offset(zone, s);
  int date = add_months(local_date(local), target->months) + target->days;
  int64_t second = target->at == NAIVE_AT_TIME ? target->at_minute * 60 : local_second(local);
  if (!naive_knows(model, date + 3))
    return NAIVE_NEVER;
  sla_time t = naive_instant(zone, (int64_t)date * DAY + second);
  if (target->roll == NAIVE_ROLL_NONE || naive_runs(&open, t) || naive_runs(&open, t - 1))
    return t;
  sla_time after = naive_first(&open, t, true);
  if (target->roll != NAIVE_PRECEDING && after == NAIVE_NEVER)
    return NAIVE_NEVER;
  struct civil then = civil_of(local_date(t + zone_offset(zone, t)));
  if (target->roll == NAIVE_FOLLOWING ||
      (target->roll == NAIVE_MODIFIED && civil_of(local_date(after + zone_offset(zone, after))).month == then.month))
    return after;
  for (sla_time back = t - t % 60; naive_knows_instant(model, back - 1); back -= 60)
    if (naive_runs(&open, back - 1))
      return back;
  return NAIVE_NEVER;
}

static inline sla_time due_window(struct naive_model *model, const struct naive_target *target, sla_time s) {
  struct naive_clock open = {.model = model, .calendar = target->calendar, .kind = SLA_BUSINESS_HOURS};
  sla_time first = naive_first(&open, s, true);
  return first == NAIVE_NEVER ? NAIVE_NEVER : naive_first(&open, first, false);
}

/* An amount on a clock, with the target's way of landing on a closing. */
static inline sla_time due_measured(const struct naive_target *target, const struct naive_clock *clock, sla_time s,
                                    int64_t amount) {
  sla_time due = naive_due(clock, s, amount);
  if (due != NAIVE_NEVER && target->next_opening && clock->kind != SLA_ELAPSED)
    due = naive_first(clock, due, true);
  return due;
}

/* --- incidents -------------------------------------------------------------------------------------------------------
 */

static inline enum sla_status naive_status(const struct naive_target *target, const struct naive_incident *incident,
                                           const struct naive_result *result, int64_t amount) {
  bool stopped = incident->stop != NAIVE_NEVER;
  sla_time at = stopped ? incident->stop : incident->now;
  bool late = target->strict ? at >= result->due : at > result->due;
  if (stopped)
    return late ? SLA_MISSED : SLA_MET;
  if (late)
    return SLA_BREACHED;
  for (int i = 0; i < incident->pause_count; i++)
    if (incident->pauses[i].from <= incident->now && incident->now < incident->pauses[i].until)
      return SLA_PAUSED;
  bool near = target->warn_percent >= 0 ? 100 * result->elapsed >= target->warn_percent * amount
                                        : result->remaining <= target->warn_s;
  return near ? SLA_AT_RISK : SLA_RUNNING;
}

/* The pauses that have happened by now. */
static inline int pauses_so_far(const struct naive_incident *incident, struct stretch_of_time *pauses) {
  int count = 0;
  for (int i = 0; i < incident->pause_count; i++) {
    struct stretch_of_time pause = incident->pauses[i];
    pause.from = pause.from < incident->start ? incident->start : pause.from;
    pause.until = pause.until > incident->now ? incident->now : pause.until;
    if (pause.from < pause.until)
      pauses[count++] = pause;
  }
  return count;
}

/* Whether a target's calendars let it apply to a metric that starts then. */
static inline bool target_applies(struct naive_policy *policy, const struct naive_target *target, sla_time start) {
  return (target->during < 0 || naive_open(&policy->model, target->during, start)) &&
         (target->outside < 0 || !naive_open(&policy->model, target->outside, start));
}

static inline struct naive_result naive_evaluate(struct naive_policy *policy, const struct naive_incident *incident) {
  struct naive_model *model = &policy->model;
  struct naive_target *target = &policy->targets[incident->priority];
  struct naive_result result = {.status = SLA_NO_TARGET};
  if (!target_applies(policy, target, incident->start))
    return result;
  struct stretch_of_time pauses[NAIVE_PAUSES];
  struct naive_clock clock = {model, target->calendar, target->kind == NAIVE_CALENDAR ? SLA_ELAPSED : target->clock,
                              NULL, 0};
  int64_t amount = target->seconds;
  switch (target->kind) {
  case NAIVE_SECONDS: result.due = due_measured(target, &clock, incident->start, amount); break;
  case NAIVE_BUSINESS_DAYS: result.due = due_business_days(model, target, incident->start); break;
  case NAIVE_CALENDAR: result.due = due_calendar(model, target, incident->start); break;
  case NAIVE_WINDOW: result.due = due_window(model, target, incident->start); break;
  }
  if (target->kind != NAIVE_SECONDS && result.due != NAIVE_NEVER)
    amount = naive_elapsed(&clock, incident->start, result.due);
  clock.pauses = pauses;
  clock.pause_count = pauses_so_far(incident, pauses);
  if (clock.pause_count && result.due != NAIVE_NEVER)
    result.due = due_measured(target, &clock, incident->start, amount);
  result.is_far = result.due == NAIVE_NEVER;
  if (result.is_far)
    return result;
  sla_time end = incident->stop != NAIVE_NEVER ? incident->stop : incident->now;
  result.elapsed = naive_elapsed(&clock, incident->start, end);
  result.remaining = amount - result.elapsed;
  result.status = naive_status(target, incident, &result, amount);
  return result;
}

#endif
