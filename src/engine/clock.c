#include "engine/clock.h"

#include "time/civil.h"

#include <assert.h>

enum { YEAR = 366 * DAY };

static enum reach need_more(struct need *ret_need, struct calendar *calendar, sla_time from, sla_time until) {
  *ret_need = (struct need){calendar, from, until};
  return REACH_BEYOND;
}

/* Sees to it that the schedule covers both instants; a good deal after them, since more will be asked. */
static enum reach cover(struct calendar *calendar, sla_time a, sla_time b, struct need *ret_need) {
  if (calendar->schedule && timeline_covers(&calendar->schedule->hours, a, b))
    return REACHED;
  return need_more(ret_need, calendar, a, b + YEAR);
}

/* The schedule ended before the answer: longer, or never. */
static enum reach beyond_end(struct calendar *calendar, struct need *ret_need) {
  const struct schedule *schedule = calendar->schedule;
  if (schedule_is_last(schedule))
    return REACH_NEVER;
  return need_more(ret_need, calendar, schedule->hours.from, schedule->hours.until + YEAR);
}

static enum reach beyond_start(struct calendar *calendar, struct need *ret_need) {
  const struct schedule *schedule = calendar->schedule;
  if (schedule_is_first(schedule))
    return REACH_NEVER;
  return need_more(ret_need, calendar, schedule->hours.from - YEAR, schedule->hours.until);
}

static const struct timeline *clock_timeline(const struct clock *clock) {
  return clock->kind == SLA_BUSINESS_DAYS ? &clock->calendar->schedule->days : &clock->calendar->schedule->hours;
}

enum reach calendar_is_open(struct calendar *calendar, sla_time t, bool *ret_open, struct need *ret_need) {
  enum reach reach = cover(calendar, t, t + 1, ret_need); /* the second that begins at t */
  if (reach == REACHED)
    *ret_open = timeline_is_open(&calendar->schedule->hours, t);
  return reach;
}

/* Open seconds in [a, b) without regard to pauses; the schedule covers both. */
static int64_t elapsed_unpaused(const struct clock *clock, sla_time a, sla_time b) {
  if (b <= a)
    return 0;
  return clock->kind == SLA_ELAPSED ? b - a : timeline_elapsed(clock_timeline(clock), a, b);
}

enum reach clock_elapsed(const struct clock *clock, sla_time a, sla_time b, int64_t *ret_seconds,
                         struct need *ret_need) {
  if (b <= a) {
    *ret_seconds = 0;
    return REACHED;
  }
  if (clock->kind != SLA_ELAPSED) {
    enum reach reach = cover(clock->calendar, a, b, ret_need);
    if (reach != REACHED)
      return reach;
  }
  int64_t seconds = elapsed_unpaused(clock, a, b);
  for (size_t i = 0; i < clock->pause_count; i++) {
    sla_time from = clock->pauses[i].from > a ? clock->pauses[i].from : a;
    sla_time until = clock->pauses[i].until < b ? clock->pauses[i].until : b;
    seconds -= elapsed_unpaused(clock, from, until);
  }
  *ret_seconds = seconds;
  return REACHED;
}

/* clock_due without pauses. */
static enum reach due_unpaused(const struct clock *clock, sla_time s, int64_t amount, sla_time *ret_due,
                               struct need *ret_need) {
  if (clock->kind == SLA_ELAPSED) {
    *ret_due = s + amount;
    return *ret_due <= SLA_TIME_MAX ? REACHED : REACH_NEVER;
  }
  enum reach reach = cover(clock->calendar, s, s, ret_need);
  if (reach == REACHED && !timeline_due(clock_timeline(clock), s, amount, ret_due))
    reach = beyond_end(clock->calendar, ret_need);
  return reach;
}

enum reach clock_due(const struct clock *clock, sla_time s, int64_t amount, sla_time *ret_due, struct need *ret_need) {
  if (amount == 0) {
    *ret_due = s;
    return REACHED;
  }
  for (size_t i = 0; i < clock->pause_count; i++) {
    if (clock->pauses[i].until <= s)
      continue;
    if (clock->pauses[i].from > s) {
      if (clock->kind != SLA_ELAPSED) {
        enum reach reach = cover(clock->calendar, s, clock->pauses[i].from, ret_need);
        if (reach != REACHED)
          return reach;
      }
      int64_t run = elapsed_unpaused(clock, s, clock->pauses[i].from);
      if (run >= amount)
        break;
      amount -= run;
    }
    s = clock->pauses[i].until;
  }
  return due_unpaused(clock, s, amount, ret_due, ret_need);
}

/* The first instant at or after t in which the clock runs. */
static enum reach clock_next(const struct clock *clock, sla_time t, sla_time *ret_next, struct need *ret_need) {
  for (size_t i = 0;;) {
    if (clock->kind != SLA_ELAPSED) {
      enum reach reach = cover(clock->calendar, t, t, ret_need);
      if (reach != REACHED)
        return reach;
      if (!timeline_next_open(clock_timeline(clock), t, &t))
        return beyond_end(clock->calendar, ret_need);
    }
    while (i < clock->pause_count && clock->pauses[i].until <= t)
      i++;
    if (i == clock->pause_count || clock->pauses[i].from > t)
      break;
    t = clock->pauses[i].until;
  }
  *ret_next = t;
  return REACHED;
}

/* The latest date one of whose windows holds r, an open instant. */
static int date_holding(const struct calendar *calendar, sla_time r) {
  const struct schedule *schedule = calendar->schedule;
  int date = local_date(zone_local(calendar->zone, r));
  for (int back = 0; back <= 2; back++) {
    const struct schedule_date *entry = schedule_date(schedule, date - back);
    for (uint32_t i = 0; entry && i < entry->count; i++) {
      const struct stretch *piece = &schedule->pieces[entry->first + i];
      if (piece->from <= r && r < piece->until)
        return date - back;
    }
  }
  assert(0 && "an open instant belongs to a date's window");
  return date;
}

/* The n-th business date after a date (n = 0: the date itself); NULL where it is not compiled. */
static const struct schedule_date *business_date_after(const struct schedule *schedule, int date, int n,
                                                       int *ret_date) {
  const struct schedule_date *entry = schedule_date(schedule, date);
  if (!entry || n == 0) {
    *ret_date = date;
    return entry;
  }
  size_t index = entry->business + (entry->count > 0) + (size_t)n - 1;
  if (index >= schedule->business_count)
    return NULL;
  *ret_date = schedule->business[index];
  return schedule_date(schedule, *ret_date);
}

/* The instant of a wall clock time of a date where the date is open then, else its last closing before, else its
 * opening. */
static sla_time time_on_date(const struct calendar *calendar, const struct schedule_date *entry, int date, int second) {
  enum sla_reading reading;
  sla_time t = zone_instant(calendar->zone, (int64_t)date * DAY + second, &reading);
  const struct stretch *pieces = calendar->schedule->pieces + entry->first;
  sla_time found = pieces[0].from;
  for (uint32_t i = 0; i < entry->count && pieces[i].from <= t; i++)
    found = t < pieces[i].until ? t : pieces[i].until;
  return found;
}

static enum reach due_business_days(const struct target *target, sla_time s, sla_time *ret_due, struct need *ret_need) {
  struct calendar *calendar = target->calendar;
  struct clock open = {.calendar = calendar, .kind = SLA_BUSINESS_HOURS};
  sla_time r;
  enum reach reach = clock_next(&open, s, &r, ret_need);
  if (reach != REACHED)
    return reach;
  const struct schedule *schedule = calendar->schedule;
  int date = date_holding(calendar, r);
  int64_t second = zone_local(calendar->zone, r) - (int64_t)date * DAY;
  if (target->has_cutoff && second >= target->cutoff_s) { /* received at the next business date's opening */
    const struct schedule_date *next = business_date_after(schedule, date, 1, &date);
    if (!next)
      return beyond_end(calendar, ret_need);
    second = zone_local(calendar->zone, schedule->pieces[next->first].from) - (int64_t)date * DAY;
  }
  const struct schedule_date *entry = business_date_after(schedule, date, target->within.business_days, &date);
  if (!entry)
    return beyond_end(calendar, ret_need);
  if (target->at == AT_CLOSE || target->at == AT_DEFAULT)
    *ret_due = schedule->pieces[entry->first + entry->count - 1].until;
  else
    *ret_due = time_on_date(calendar, entry, date, target->at == AT_TIME ? target->at_s : (int)second);
  return *ret_due <= SLA_TIME_MAX ? REACHED : REACH_NEVER;
}

/* Moves a due time that lies in closed time. Closing time itself stays. */
static enum reach roll_due(const struct target *target, sla_time t, sla_time *ret_due, struct need *ret_need) {
  struct calendar *calendar = target->calendar;
  enum reach reach = cover(calendar, t > SLA_TIME_MIN ? t - 1 : t, t + 1, ret_need);
  if (reach != REACHED)
    return reach;
  const struct timeline *hours = &calendar->schedule->hours;
  *ret_due = t;
  if (timeline_is_open(hours, t) || (t > hours->from && timeline_is_open(hours, t - 1)))
    return REACHED;
  sla_time after;
  if (target->roll != ROLL_PRECEDING) {
    if (!timeline_next_open(hours, t, &after))
      return beyond_end(calendar, ret_need);
    struct civil then = civil_of(local_date(zone_local(calendar->zone, t)));
    struct civil moved = civil_of(local_date(zone_local(calendar->zone, after)));
    if (target->roll == ROLL_FOLLOWING || (then.year == moved.year && then.month == moved.month)) {
      *ret_due = after;
      return after <= SLA_TIME_MAX ? REACHED : REACH_NEVER;
    }
  }
  return timeline_last_close(hours, t, ret_due) ? REACHED : beyond_start(calendar, ret_need);
}

static enum reach due_calendar_units(const struct target *target, sla_time s, sla_time *ret_due,
                                     struct need *ret_need) {
  const struct zone *zone = target->calendar->zone;
  int64_t local = zone_local(zone, s);
  int64_t date = date_add_months(local_date(local), target->within.months) + (int64_t)target->within.days;
  if (date > DATE_MAX + 1)
    return REACH_NEVER;
  enum sla_reading reading;
  sla_time t = zone_instant(zone, date * DAY + (target->at == AT_TIME ? target->at_s : local_second(local)), &reading);
  if (t > SLA_TIME_MAX)
    return REACH_NEVER;
  *ret_due = t;
  return target->roll == ROLL_NONE ? REACHED : roll_due(target, t, ret_due, ret_need);
}

/* The end of the stretch of open time that holds the first open instant at or after s. */
static enum reach due_window(const struct target *target, sla_time s, sla_time *ret_due, struct need *ret_need) {
  struct calendar *calendar = target->calendar;
  enum reach reach = cover(calendar, s, s, ret_need);
  if (reach != REACHED)
    return reach;
  const struct timeline *hours = &calendar->schedule->hours;
  size_t i = timeline_find(hours, s);
  if (i == hours->count || hours->items[i].until == hours->until) /* the end may be the timeline's, not a closing */
    return beyond_end(calendar, ret_need);
  *ret_due = hours->items[i].until;
  return REACHED;
}

enum reach target_due(const struct target *target, sla_time s, sla_time *ret_due, int64_t *ret_amount,
                      struct need *ret_need) {
  struct clock clock = {.calendar = target->calendar, .kind = target->clock};
  enum reach reach = REACH_NEVER;
  switch (target->within.kind) {
  case AMOUNT_SECONDS:
    *ret_amount = target->within.seconds;
    return target_due_paused(target, &clock, s, target->within.seconds, ret_due, ret_need);
  case AMOUNT_BUSINESS_DAYS: reach = due_business_days(target, s, ret_due, ret_need); break;
  case AMOUNT_CALENDAR: reach = due_calendar_units(target, s, ret_due, ret_need); break;
  case AMOUNT_WINDOW: reach = due_window(target, s, ret_due, ret_need); break;
  case AMOUNT_BEST_EFFORT: assert(0 && "best effort has no due time"); break;
  }
  return reach == REACHED ? clock_elapsed(&clock, s, *ret_due, ret_amount, ret_need) : reach;
}

enum reach target_due_paused(const struct target *target, const struct clock *clock, sla_time s, int64_t amount,
                             sla_time *ret_due, struct need *ret_need) {
  enum reach reach = clock_due(clock, s, amount, ret_due, ret_need);
  if (reach == REACHED && target->edge_next_opening && clock->kind != SLA_ELAPSED)
    reach = clock_next(clock, *ret_due, ret_due, ret_need);
  return reach == REACHED && *ret_due > SLA_TIME_MAX ? REACH_NEVER : reach;
}
