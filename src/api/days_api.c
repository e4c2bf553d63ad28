/* days_api: a calendar date by date, with what each is and why. */
#include "api/handles.h"

#include "time/civil.h"

#include <assert.h>

bool describe_day(const struct calendar *calendar, int date, struct calendar_day *ret_plan, struct sla_day *ret_day) {
  *ret_day = (struct sla_day){.kind = SLA_DAY_COMPOSED, .date = date, .from = date};
  if (calendar->kind != CALENDAR_PLAIN)
    return false;
  calendar_day(calendar, &calendar->schedule->days_off, date, ret_plan);
  ret_day->kind = ret_plan->kind;
  if (ret_plan->reason) {
    ret_day->name = ret_plan->reason->name;
    ret_day->set = ret_plan->reason->set;
    ret_day->rule = ret_plan->reason->rule;
    ret_day->from = ret_plan->kind == SLA_DAY_EVE ? ret_plan->reason->date : ret_plan->reason->from;
  }
  if (ret_plan->closing_count)
    ret_day->closure = ret_plan->closings[0].name;
  return true;
}

/* What a visitor sees of a date's open stretches. */
struct windows_seen {
  struct arena arena;
  struct sla_window *items;
  size_t capacity;
};

static size_t see_windows(struct windows_seen *seen, const struct schedule *schedule, int date) {
  const struct schedule_date *entry = schedule_date(schedule, date);
  assert(entry);
  if (entry->count > seen->capacity) {
    seen->capacity = entry->count + 16;
    seen->items = arena_array(&seen->arena, seen->capacity, sizeof *seen->items);
  }
  for (size_t i = 0; i < entry->count; i++) {
    const struct stretch *piece = &schedule->pieces[entry->first + i];
    seen->items[i] = (struct sla_window){piece->from, piece->until};
  }
  return entry->count;
}

struct visiting {
  struct windows_seen seen;
  const struct calendar *calendar;
  int first, last;
  sla_calendar_day_fn *visit;
  void *data;
};

static void visit_days(void *data) {
  struct visiting *visiting = data;
  const struct calendar *calendar = visiting->calendar;
  for (int date = visiting->first; date <= visiting->last; date++) {
    struct sla_day day;
    struct calendar_day plan;
    describe_day(calendar, date, &plan, &day);
    size_t count = see_windows(&visiting->seen, calendar->schedule, date);
    if (!visiting->visit(visiting->data, &day, visiting->seen.items, count))
      return;
  }
}

enum sla_code sla_calendar_days(sla_policy *policy, size_t calendar_index, int first, int last,
                                sla_calendar_day_fn *visit, void *data) {
  struct policy *inner = policy_of(policy);
  assert(calendar_index < inner->calendars.count);
  first = first < DATE_MIN ? DATE_MIN : first;
  last = last > DATE_MAX ? DATE_MAX : last;
  struct calendar *calendar = inner->calendars.items[calendar_index];
  struct need need = {calendar, (int64_t)first * DAY, (int64_t)(last + 1) * DAY};
  if (first > last)
    return SLA_OK;
  enum sla_code code = prepare(inner, &need);
  if (code != SLA_OK)
    return code;
  struct visiting visiting = {.calendar = calendar, .first = first, .last = last, .visit = visit, .data = data};
  arena_init(&visiting.seen.arena, inner->memory_limit);
  code = arena_try(&visiting.seen.arena, visit_days, &visiting) ? SLA_OK : SLA_NO_MEMORY;
  arena_release(&visiting.seen.arena);
  return code;
}
