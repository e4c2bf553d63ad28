/* open_api: is a desk open, until when, and why. */
#include "api/handles.h"

#include "time/civil.h"
#include "time/timestamp.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum { YEAR = 366 * DAY };

/* When the calendar's state at t ends: false where it lasts as far as the schedule goes. */
static bool state_end(const struct schedule *schedule, sla_time t, bool *ret_open, sla_time *ret_end) {
  const struct timeline *hours = &schedule->hours;
  size_t i = timeline_find(hours, t);
  *ret_open = i < hours->count && hours->items[i].from <= t;
  if (i == hours->count)
    return false;
  *ret_end = *ret_open ? hours->items[i].until : hours->items[i].from;
  return *ret_end < hours->until;
}

static const char *describe_date(int date, char text[DATE_TEXT]) {
  date_write(date, text);
  return text;
}

static void write_reason(struct sla_opening *opening, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void write_reason(struct sla_opening *opening, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(opening->reason, sizeof opening->reason, format, args);
  va_end(args);
}

static bool second_in(int second, int from, int to) {
  return from <= second && second < to;
}

/* Puts the reason into words. plan is the date's day, second the wall clock. */
static void explain(struct sla_opening *opening, const struct calendar_day *plan, int second) {
  const struct sla_day *day = &opening->day;
  char from[DATE_TEXT];
  bool inside = false; /* a window of the date holds the moment: a closing or a shift in the clocks closed it */
  for (size_t i = 0; i < plan->windows.count; i++)
    inside |= second_in(second, plan->windows.items[i].from, plan->windows.items[i].to);
  for (size_t i = 0; i < plan->closing_count && inside && !opening->open; i++)
    if (second_in(second, plan->closings[i].close_from, plan->closings[i].close_to)) {
      write_reason(opening, "closed early: %s", plan->closings[i].name);
      return;
    }
  const char *outside = !opening->open && plan->windows.count ? ", outside hours" : "";
  switch (day->kind) {
  case SLA_DAY_HOURS:
    write_reason(opening, "%s",
                 opening->open         ? "weekly hours"
                 : plan->windows.count ? "outside hours"
                                       : "weekly day off");
    break;
  case SLA_DAY_EXCEPTION:
    write_reason(opening, "exception for %s%s", describe_date(day->date, from),
                 plan->windows.count ? outside : ": closed");
    break;
  case SLA_DAY_HOLIDAY: write_reason(opening, "holiday: %s%s", day->name, outside); break;
  case SLA_DAY_CARRIED:
    write_reason(opening, "day off carried over from %s, %s, by %s%s", describe_date(day->from, from), day->name,
                 day->rule, outside);
    break;
  case SLA_DAY_EXCHANGE_OFF:
    write_reason(opening, "day off in exchange for %s%s", describe_date(day->from, from), outside);
    break;
  case SLA_DAY_EXCHANGE_WORK:
    write_reason(opening, "working day in exchange for %s%s", describe_date(day->from, from), outside);
    break;
  case SLA_DAY_EVE: write_reason(opening, "shortened before a holiday: %s%s", day->name, outside); break;
  case SLA_DAY_COMPOSED: break;
  }
}

/* The local date's day of a plain calendar, why it is as it is, in data and in words. */
static void describe_day(const struct calendar *calendar, sla_time at, struct sla_opening *opening) {
  int64_t local = zone_local(calendar->zone, at);
  struct sla_day *day = &opening->day;
  *day = (struct sla_day){.kind = SLA_DAY_COMPOSED, .date = local_date(local)};
  if (calendar->kind != CALENDAR_PLAIN) {
    write_reason(opening, opening->open ? "%s" : "not %s",
                 calendar->kind == CALENDAR_UNION ? "open in at least one of its calendars"
                                                  : "open in all of its calendars");
    return;
  }
  struct calendar_day plan;
  calendar_day(calendar, &calendar->schedule->days_off, day->date, &plan);
  describe_plan(&plan, day->date, day);
  explain(opening, &plan, local_second(local));
}

static void note_coverage(const struct calendar *calendar, struct sla_opening *opening) {
  char date[DATE_TEXT];
  int today = opening->day.date;
  bool before = today < calendar->covered_first;
  if (calendar->covered_by && (before || today > calendar->covered_last))
    snprintf(opening->coverage, sizeof opening->coverage, "calendar \"%s\": \"%s\" knows nothing %s %s", calendar->name,
             calendar->covered_by, before ? "before" : "after",
             describe_date(before ? calendar->covered_first : calendar->covered_last, date));
}

enum sla_code sla_open(sla_policy *policy, size_t calendar_index, sla_time at, struct sla_opening *ret_opening) {
  struct policy *inner = policy_of(policy);
  assert(calendar_index < inner->calendars.count);
  struct calendar *calendar = inner->calendars.items[calendar_index];
  struct need need = {calendar, at, at + YEAR};
  *ret_opening = (struct sla_opening){0};
  for (;;) {
    enum sla_code code = prepare(inner, &need);
    if (code != SLA_OK)
      return code;
    ret_opening->changes = state_end(calendar->schedule, at, &ret_opening->open, &ret_opening->until);
    if (ret_opening->changes || calendar->never_closes || schedule_is_last(calendar->schedule))
      break;
    need.until = calendar->schedule->hours.until + YEAR;
  }
  if (ret_opening->changes)
    ret_opening->until_offset_s = zone_offset(calendar->zone, ret_opening->until);
  describe_day(calendar, at, ret_opening);
  note_coverage(calendar, ret_opening);
  return SLA_OK;
}
