/* days_api: a calendar's dates one by one, for views and exports. */
#include "api/handles.h"

#include "time/civil.h"

#include <assert.h>
#include <stdlib.h>

void describe_plan(const struct calendar_day *plan, int date, struct sla_day *ret_day) {
  *ret_day = (struct sla_day){.kind = plan->kind, .date = date, .from = date};
  if (plan->reason) {
    ret_day->name = plan->reason->name;
    ret_day->set = plan->reason->set;
    ret_day->rule = plan->reason->rule;
    ret_day->from = plan->kind == SLA_DAY_EVE ? plan->reason->date : plan->reason->from;
  }
  if (plan->closing_count)
    ret_day->closure = plan->closings[0].name;
}

static void describe(const struct calendar *calendar, int date, struct sla_day *ret_day) {
  *ret_day = (struct sla_day){.kind = SLA_DAY_COMPOSED, .date = date, .from = date};
  if (calendar->kind != CALENDAR_PLAIN)
    return;
  struct calendar_day plan;
  calendar_day(calendar, &calendar->schedule->days_off, date, &plan);
  describe_plan(&plan, date, ret_day);
}

/* Room for the windows of any of the dates; NULL where there is none. */
static struct sla_window *windows_for(const struct schedule *schedule, int first, int last) {
  size_t most = 1;
  for (int date = first; date <= last; date++) {
    const struct schedule_date *entry = schedule_date(schedule, date);
    most = entry->count > most ? entry->count : most;
  }
  return calloc(most, sizeof(struct sla_window));
}

enum sla_code sla_calendar_days(sla_policy *policy, size_t calendar_index, int first, int last,
                                sla_calendar_day_fn *visit, void *data) {
  struct policy *inner = policy_of(policy);
  assert(calendar_index < inner->calendars.count);
  struct calendar *calendar = inner->calendars.items[calendar_index];
  first = first < DATE_MIN ? DATE_MIN : first;
  last = last > DATE_MAX ? DATE_MAX : last;
  if (first > last)
    return SLA_OK;
  struct need need = {calendar, (int64_t)first * DAY, (int64_t)(last + 1) * DAY};
  enum sla_code code = prepare(inner, &need);
  if (code != SLA_OK)
    return code;
  const struct schedule *schedule = calendar->schedule;
  struct sla_window *windows = windows_for(schedule, first, last);
  if (!windows)
    return SLA_NO_MEMORY;
  bool more = true;
  for (int date = first; date <= last && more; date++) {
    const struct schedule_date *entry = schedule_date(schedule, date);
    struct sla_day day;
    describe(calendar, date, &day);
    for (size_t i = 0; i < entry->count; i++) {
      const struct stretch *piece = &schedule->pieces[entry->first + i];
      windows[i] = (struct sla_window){piece->from, piece->until};
    }
    more = visit(data, &day, windows, entry->count);
  }
  free(windows);
  return SLA_OK;
}
