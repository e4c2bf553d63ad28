/*
 * naive: what a policy means, worked out the slow way: wall clocks as minutes of dates, open time by looking at every
 * minute, due times by walking. It takes the offsets of zones from src/time/zone.h and nothing else of the library, so
 * that it can be wrong only in its own way. Windows begin and end at whole minutes, and offsets are whole minutes.
 */
#ifndef SLACLOCK_TESTS_NAIVE_H
#define SLACLOCK_TESTS_NAIVE_H

#include "helpers.h"

#include "time/zone.h"

enum {
  NAIVE_DATES = 370,  /* that a model knows, from model->first on */
  NAIVE_BEFORE = 120, /* of these before the date that it is made around */
  NAIVE_MINUTES = 2 * 24 * 60,
  NAIVE_HOLIDAYS = 40,
  NAIVE_EXCEPTIONS = 6,
  NAIVE_CLOSINGS = 6,
  NAIVE_EXCHANGES = 4,
  NAIVE_CALENDARS = 5
};

#define NAIVE_NEVER INT64_MIN /* not as far as the model knows */

/* The wall clock of one date, from its midnight to the midnight after the next: whether a window is open. */
struct plan {
  bool open[NAIVE_MINUTES];
};

struct naive_exception {
  int date;
  struct plan plan;
};

struct naive_closing {
  int date, from, to; /* minutes */
};

struct naive_exchange {
  int off, work;
};

/* The holiday set that all calendars of a model may use. */
struct naive_set {
  bool carries; /* to the next working day */
  int holidays[NAIVE_HOLIDAYS], holiday_count;
  struct naive_closing closings[NAIVE_CLOSINGS];
  int closing_count;
  struct naive_exchange exchanges[NAIVE_EXCHANGES];
  int exchange_count;
};

/* When a clock runs in a day of UTC, minute by minute. */
struct naive_day {
  bool runs[24 * 60];
};

enum naive_kind { NAIVE_PLAIN, NAIVE_UNION, NAIVE_INTERSECTION };

struct naive_calendar {
  const struct naive_model *model;
  enum naive_kind kind;
  const char *zone_name;
  const struct zone *zone;
  int members[2]; /* of a union or intersection */
  struct plan week[7], holiday;
  bool uses_set, exchanges, has_weekend;
  unsigned weekend;
  int eve; /* minutes */
  struct naive_exception exceptions[NAIVE_EXCEPTIONS];
  int exception_count;
  int carried[NAIVE_HOLIDAYS], carried_count;
  /* worked out once, when first asked for */
  struct plan *plans[NAIVE_DATES];
  struct naive_day *days[2][NAIVE_DATES];           /* of the clocks of business hours and of business days */
  char business[NAIVE_DATES], windows[NAIVE_DATES]; /* y, n, or 0: not known yet */
};

struct naive_model {
  struct arena *arena;
  int first; /* date */
  struct naive_set set;
  struct naive_calendar calendars[NAIVE_CALENDARS];
  int calendar_count;
};

/* --- dates ----------------------------------------------------------------------------------------------------------
 */

static inline bool naive_knows(const struct naive_model *model, int date) {
  return date >= model->first + 3 && date < model->first + NAIVE_DATES - 3;
}

static inline bool plan_is_empty(const struct plan *plan) {
  for (int i = 0; i < NAIVE_MINUTES; i++)
    if (plan->open[i])
      return false;
  return true;
}

static inline bool is_weekly_off(const struct naive_calendar *calendar, int date) {
  int weekday = date_weekday(date);
  return calendar->has_weekend ? calendar->weekend >> weekday & 1 : plan_is_empty(&calendar->week[weekday]);
}

static inline bool is_holiday(const struct naive_calendar *calendar, int date) {
  for (int i = 0; calendar->uses_set && i < calendar->model->set.holiday_count; i++)
    if (calendar->model->set.holidays[i] == date)
      return true;
  return false;
}

/* The exchange that a date is off or worked by: one between a working weekday and a weekly day off. */
static inline const struct naive_exchange *exchange_of(const struct naive_calendar *calendar, int date, bool work) {
  const struct naive_set *set = &calendar->model->set;
  for (int i = 0; calendar->uses_set && calendar->exchanges && i < set->exchange_count; i++) {
    const struct naive_exchange *exchange = &set->exchanges[i];
    if ((work ? exchange->work : exchange->off) == date && !is_weekly_off(calendar, exchange->off) &&
        is_weekly_off(calendar, exchange->work))
      return exchange;
  }
  return NULL;
}

static inline bool is_rest(const struct naive_calendar *calendar, int date) {
  return is_weekly_off(calendar, date) && !exchange_of(calendar, date, true);
}

static inline bool is_carried(const struct naive_calendar *calendar, int date) {
  for (int i = 0; i < calendar->carried_count; i++)
    if (calendar->carried[i] == date)
      return true;
  return false;
}

/* Carries holidays over, in the order of their dates, each date once. */
static inline void naive_carry(struct naive_calendar *calendar) {
  const struct naive_model *model = calendar->model;
  for (int date = model->first; model->set.carries && date < model->first + NAIVE_DATES; date++) {
    if (!is_holiday(calendar, date) || !is_rest(calendar, date))
      continue;
    for (int to = date + 1; to <= date + 60; to++)
      if (!is_rest(calendar, to) && !is_holiday(calendar, to) && !is_carried(calendar, to) &&
          !exchange_of(calendar, to, false)) {
        calendar->carried[calendar->carried_count++] = to;
        break;
      }
  }
}

/* The day before a holiday is shorter by so many minutes of open time, taken from its end. */
static inline void plan_shorten(struct plan *plan, int minutes) {
  for (int i = NAIVE_MINUTES - 1; i >= 0 && minutes > 0; i--)
    if (plan->open[i]) {
      plan->open[i] = false;
      minutes--;
    }
}

/* The windows of a date of a plain calendar, strongest reason first. */
static inline const struct plan *naive_plan(struct naive_calendar *calendar, int date) {
  struct plan **plan = &calendar->plans[date - calendar->model->first];
  if (*plan)
    return *plan;
  *plan = arena_alloc(calendar->model->arena, sizeof **plan);
  for (int i = 0; i < calendar->exception_count; i++)
    if (calendar->exceptions[i].date == date) {
      **plan = calendar->exceptions[i].plan;
      return *plan;
    }
  const struct naive_exchange *worked = exchange_of(calendar, date, true);
  if (worked)
    **plan = calendar->week[date_weekday(worked->off)];
  else if (is_holiday(calendar, date) || is_carried(calendar, date) || exchange_of(calendar, date, false))
    **plan = calendar->holiday;
  else {
    **plan = calendar->week[date_weekday(date)];
    if (is_holiday(calendar, date + 1))
      plan_shorten(*plan, calendar->eve);
  }
  return *plan;
}

/* --- instants -------------------------------------------------------------------------------------------------------
 */

static inline bool plan_holds(const struct plan *plan, int date, int64_t local) {
  int64_t second = local - (int64_t)date * DAY;
  return second >= 0 && second < 2 * DAY && plan->open[second / 60];
}

static inline bool is_closed_early(const struct naive_calendar *calendar, int64_t local) {
  const struct naive_set *set = &calendar->model->set;
  for (int i = 0; calendar->uses_set && i < set->closing_count; i++) {
    int64_t second = local - (int64_t)set->closings[i].date * DAY;
    if (second >= set->closings[i].from * 60 && second < set->closings[i].to * 60)
      return true;
  }
  return false;
}

static inline bool naive_open(struct naive_model *model, int c, sla_time t) {
  struct naive_calendar *calendar = &model->calendars[c];
  if (calendar->kind == NAIVE_UNION)
    return naive_open(model, calendar->members[0], t) || naive_open(model, calendar->members[1], t);
  if (calendar->kind == NAIVE_INTERSECTION)
    return naive_open(model, calendar->members[0], t) && naive_open(model, calendar->members[1], t);
  int64_t local = t + zone_offset(calendar->zone, t);
  int date = local_date(local);
  return (plan_holds(naive_plan(calendar, date), date, local) ||
          plan_holds(naive_plan(calendar, date - 1), date - 1, local)) &&
         !is_closed_early(calendar, local);
}

/* Whether t is open by the windows of a date: for a composition, whether it is open and on that date. */
static inline bool naive_open_of(struct naive_model *model, int c, int date, sla_time t) {
  struct naive_calendar *calendar = &model->calendars[c];
  int64_t local = t + zone_offset(calendar->zone, t);
  if (calendar->kind != NAIVE_PLAIN)
    return local_date(local) == date && naive_open(model, c, t);
  return plan_holds(naive_plan(calendar, date), date, local) && !is_closed_early(calendar, local);
}

/* Instants between which all clocks of the world show a date and the one after it. */
static inline sla_time date_begin(int date) {
  return (sla_time)date * DAY - 15 * HOUR;
}
static inline sla_time date_end(int date) {
  return (sla_time)(date + 2) * DAY + 15 * HOUR;
}

/* A date with at least one open instant. */
static inline bool is_business_date(struct naive_model *model, int c, int date) {
  char *known = &model->calendars[c].business[date - model->first];
  if (!*known) {
    *known = 'n';
    for (sla_time t = date_begin(date); t < date_end(date) && *known == 'n'; t += 60)
      if (naive_open_of(model, c, date, t))
        *known = 'y';
  }
  return *known == 'y';
}

/* A date that has windows; one whose windows closings took out whole has none. */
static inline bool has_windows(struct naive_model *model, int c, int date) {
  struct naive_calendar *calendar = &model->calendars[c];
  char *known = &calendar->windows[date - model->first];
  if (*known)
    return *known == 'y';
  *known = is_business_date(model, c, date) ? 'y' : 'n';
  if (calendar->kind != NAIVE_PLAIN || *known == 'y')
    return *known == 'y';
  const struct plan *plan = naive_plan(calendar, date);
  bool has_instants = false; /* else they lie where the clocks were put forward */
  for (sla_time t = date_begin(date); t < date_end(date) && !has_instants; t += 60)
    has_instants = plan_holds(plan, date, t + zone_offset(calendar->zone, t));
  *known = has_instants || plan_is_empty(plan) ? 'n' : 'y';
  return *known == 'y';
}

/* --- clocks ---------------------------------------------------------------------------------------------------------
 */

struct naive_clock {
  struct naive_model *model;
  int calendar;
  enum sla_clock kind;
  const struct stretch_of_time { sla_time from, until; } * pauses;
  int pause_count;
};

/* Whether an instant is within what the model knows. */
static inline bool naive_knows_instant(const struct naive_model *model, sla_time t) {
  return naive_knows(model, (int)(t / DAY));
}

/* Minutes of open time on a day of UTC, or of dates with windows. */
static inline void naive_walk_day(const struct naive_clock *clock, sla_time midnight, struct naive_day *day) {
  struct naive_model *model = clock->model;
  struct naive_calendar *calendar = &model->calendars[clock->calendar];
  int32_t offset = zone_offset(calendar->zone, midnight), next;
  for (int i = 0; i < 24 * 60; i++, offset = next) {
    sla_time t = midnight + i * 60;
    next = zone_offset(calendar->zone, t + 60);
    assert_true(offset % 60 == 0 && (next == offset || zone_offset(calendar->zone, t + 59) == offset));
    day->runs[i] = clock->kind == SLA_BUSINESS_HOURS ? naive_open(model, clock->calendar, t)
                                                     : has_windows(model, clock->calendar, local_date(t + offset));
  }
}

static inline const struct naive_day *naive_day(const struct naive_clock *clock, sla_time t) {
  struct naive_model *model = clock->model;
  struct naive_calendar *calendar = &model->calendars[clock->calendar];
  int date = (int)(t / DAY);
  assert_true(naive_knows(model, date));
  struct naive_day **day = &calendar->days[clock->kind == SLA_BUSINESS_DAYS][date - model->first];
  if (*day)
    return *day;
  *day = arena_alloc(model->arena, sizeof **day);
  if (calendar->kind == NAIVE_PLAIN || clock->kind == SLA_BUSINESS_DAYS) {
    naive_walk_day(clock, (sla_time)date * DAY, *day);
    return *day;
  }
  struct naive_clock a = {.model = model, .calendar = calendar->members[0]}, b = a;
  b.calendar = calendar->members[1];
  const bool *in_a = naive_day(&a, t)->runs, *in_b = naive_day(&b, t)->runs;
  for (int i = 0; i < 24 * 60; i++)
    (*day)->runs[i] = calendar->kind == NAIVE_UNION ? in_a[i] || in_b[i] : in_a[i] && in_b[i];
  return *day;
}

static inline bool naive_runs(const struct naive_clock *clock, sla_time t) {
  for (int i = 0; i < clock->pause_count; i++)
    if (clock->pauses[i].from <= t && t < clock->pauses[i].until)
      return false;
  if (clock->kind == SLA_ELAPSED)
    return true;
  return naive_day(clock, t)->runs[t % DAY / 60];
}

/* The next instant at which the clock may start or stop. */
static inline sla_time naive_next(const struct naive_clock *clock, sla_time t) {
  sla_time next = t - t % 60 + 60;
  for (int i = 0; i < clock->pause_count; i++) {
    if (clock->pauses[i].from > t && clock->pauses[i].from < next)
      next = clock->pauses[i].from;
    if (clock->pauses[i].until > t && clock->pauses[i].until < next)
      next = clock->pauses[i].until;
  }
  return next;
}

/* E(a, b), 0 where b is before a. */
static inline int64_t naive_elapsed(const struct naive_clock *clock, sla_time a, sla_time b) {
  int64_t sum = 0;
  for (sla_time t = a, next; t < b; t = next) {
    next = naive_next(clock, t);
    next = next < b ? next : b;
    sum += naive_runs(clock, t) ? next - t : 0;
  }
  return sum;
}

/* The earliest t >= s with E(s, t) >= amount. */
static inline sla_time naive_due(const struct naive_clock *clock, sla_time s, int64_t amount) {
  sla_time t = s;
  while (amount > 0) {
    if (!naive_knows_instant(clock->model, t))
      return NAIVE_NEVER;
    sla_time next = naive_next(clock, t);
    if (naive_runs(clock, t)) {
      if (amount <= next - t)
        return t + amount;
      amount -= next - t;
    }
    t = next;
  }
  return t;
}

/* The first instant at or after t in which the clock runs, or stands still. */
static inline sla_time naive_first(const struct naive_clock *clock, sla_time t, bool running) {
  for (; naive_knows_instant(clock->model, t); t = naive_next(clock, t))
    if (naive_runs(clock, t) == running)
      return t;
  return NAIVE_NEVER;
}

/*
 * The instant of a wall clock: the first at which it shows that; where it never does, the offset before the gap
 * decides.
 */
static inline sla_time naive_instant(const struct zone *zone, int64_t local) {
  sla_time before = local - 26 * HOUR;
  for (sla_time t = before; t <= local + 26 * HOUR; t += 60) {
    if (t + zone_offset(zone, t) == local)
      return t;
    if (t + zone_offset(zone, t) > local)
      return local - zone_offset(zone, before); /* it was before the minute that jumped over it */
    before = t;
  }
  fail_msg("no instant");
  return 0;
}

#endif
