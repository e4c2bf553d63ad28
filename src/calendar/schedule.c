/* schedule: a calendar compiled for a span of dates. */
#include "calendar/calendar.h"
#include "time/civil.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

/*
 * Dates compiled on either side of the instants asked for: a window reaches at most two dates on, a zone's clocks are
 * at most a day off UTC, and one date more is needed for eves.
 */
enum { DATES_BEFORE = 4, DATES_AFTER = 3 };

/* The first and last date that is ever compiled: the supported range and its margins. */
enum { DATE_FIRST = DATE_MIN - DATES_BEFORE, DATE_LAST = DATE_MAX + DATES_AFTER };

bool schedule_is_first(const struct schedule *schedule) {
  return schedule->first <= DATE_FIRST;
}

bool schedule_is_last(const struct schedule *schedule) {
  return schedule->last >= DATE_LAST;
}

const struct schedule_date *schedule_date(const struct schedule *schedule, int date) {
  return date < schedule->first || date > schedule->last ? NULL : &schedule->dates[date - schedule->first];
}

/* Adds the instants at which the zone's clocks show a time of [from, to) on a date. */
static void add_window(struct arena *arena, struct stretches *stretches, const struct zone *zone, int date,
                       struct window window) {
  int64_t from = (int64_t)date * DAY + window.from, to = (int64_t)date * DAY + window.to;
  /* No zone is over 26 hours off UTC, so these are all the spans in which the clocks can show it. */
  for (size_t i = zone_span_at(zone, from - 26 * HOUR); i < zone->count; i++) {
    const struct zone_span *span = &zone->spans[i];
    if (span->from != INT64_MIN && span->from > to + 26 * HOUR)
      break;
    struct stretch stretch = {from - span->offset, to - span->offset};
    if (stretch.from < span->from)
      stretch.from = span->from;
    if (i + 1 < zone->count && stretch.until > zone->spans[i + 1].from)
      stretch.until = zone->spans[i + 1].from;
    if (stretch.from < stretch.until)
      *ARENA_PUSH(arena, stretches) = stretch;
  }
}

/* What compiling gathers; temporary but for what finish() takes over. */
struct compilation {
  struct schedule *schedule;
  struct stretches pieces; /* by date */
  struct stretches days;   /* whole days of dates with windows */
};

static void compilation_init(struct compilation *compilation, struct schedule *schedule) {
  struct arena *arena = &schedule->arena;
  size_t count = (size_t)(schedule->last - schedule->first + 1);
  schedule->dates = arena_array(arena, count, sizeof *schedule->dates);
  schedule->business = arena_array(arena, count, sizeof *schedule->business);
  *compilation = (struct compilation){.schedule = schedule};
}

/* Ends a date whose pieces begin at index first. */
static void compilation_end_date(struct compilation *compilation, int date, size_t first) {
  struct schedule *schedule = compilation->schedule;
  struct schedule_date *entry = &schedule->dates[date - schedule->first];
  *entry = (struct schedule_date){(uint32_t)first, (uint32_t)(compilation->pieces.count - first),
                                  (uint32_t)schedule->business_count};
  if (entry->count)
    schedule->business[schedule->business_count++] = date;
}

static void compilation_finish(struct compilation *compilation, const struct stretches *open) {
  struct schedule *schedule = compilation->schedule;
  sla_time from = (int64_t)(schedule->first + DATES_BEFORE) * DAY;
  sla_time until = (int64_t)(schedule->last - DATES_AFTER + 1) * DAY;
  stretches_normalize(&compilation->days);
  schedule->pieces = compilation->pieces.items;
  schedule->hours = timeline_of(&schedule->arena, open, from, until);
  schedule->days = timeline_of(&schedule->arena, &compilation->days, from, until);
}

/* All part-day closings of the span as instants, normalized. */
static void closings_of(struct arena *arena, const struct calendar *calendar, const struct days_off *days,
                        struct stretches *ret_closings) {
  struct stretches closings = {0};
  for (size_t i = 0; i < days->count; i++)
    if (days->items[i].kind != SLA_CLOSING)
      continue;
    else if (day_off_is_timed(&days->items[i]))
      *ARENA_PUSH(arena, &closings) = (struct stretch){days->items[i].closed_from, days->items[i].closed_until};
    else
      add_window(arena, &closings, calendar->zone, days->items[i].date,
                 (struct window){days->items[i].close_from, days->items[i].close_to});
  stretches_normalize(&closings);
  *ret_closings = closings;
}

static void compile_plain(const struct calendar *calendar, struct schedule *schedule) {
  struct arena *arena = &schedule->arena;
  struct holiday_request request = {.first = schedule->first - 2,
                                    .last = schedule->last + 1,
                                    .exchanges = calendar->exchanges,
                                    .is_rest = calendar_is_rest,
                                    .data = calendar,
                                    .zone = calendar->zone};
  if (calendar->holiday_count)
    holidays_expand(arena, calendar->holidays, calendar->holiday_count, &request, &schedule->days_off);
  struct stretches closings;
  closings_of(arena, calendar, &schedule->days_off, &closings);

  struct compilation compilation;
  compilation_init(&compilation, schedule);
  struct stretches *pieces = &compilation.pieces;
  for (int date = schedule->first; date <= schedule->last; date++) {
    struct calendar_day day;
    calendar_day(calendar, &schedule->days_off, date, &day);
    size_t first = pieces->count;
    for (size_t w = 0; w < day.windows.count; w++)
      add_window(arena, pieces, calendar->zone, date, day.windows.items[w]);
    struct stretches own = {pieces->items ? pieces->items + first : NULL, pieces->count - first, 0};
    stretches_normalize(&own);
    pieces->count = first + own.count;
    bool has_windows = day.windows.count > 0;
    if (own.count && closings.count) {
      struct stretches rest;
      stretches_subtract(arena, &own, &closings, &rest);
      pieces->count = first;
      for (size_t i = 0; i < rest.count; i++)
        *ARENA_PUSH(arena, pieces) = rest.items[i];
      has_windows = rest.count > 0; /* windows taken out whole are none */
    }
    compilation_end_date(&compilation, date, first);
    if (has_windows)
      add_window(arena, &compilation.days, calendar->zone, date, (struct window){0, DAY});
  }
  struct stretches open = {arena_regrow(arena, pieces->items, pieces->count, pieces->count, sizeof *pieces->items),
                           pieces->count, pieces->count};
  stretches_normalize(&open);
  compilation_finish(&compilation, &open);
}

/* A composition's windows of a date are its open instants on that date of its own zone. */
static void compile_composition(const struct calendar *calendar, struct schedule *schedule) {
  struct arena *arena = &schedule->arena;
  struct stretches open = {0};
  for (size_t i = 0; i < calendar->member_count; i++) {
    struct stretches member = timeline_stretches(arena, &calendar->members[i]->schedule->hours);
    if (i == 0)
      open = member;
    else if (calendar->kind == CALENDAR_UNION)
      stretches_unite(arena, &open, &member, &open);
    else
      stretches_intersect(arena, &open, &member, &open);
  }
  struct compilation compilation;
  compilation_init(&compilation, schedule);
  size_t at = 0;
  for (int date = schedule->first; date <= schedule->last; date++) {
    struct stretches day = {0}, inside;
    add_window(arena, &day, calendar->zone, date, (struct window){0, DAY});
    stretches_normalize(&day);
    size_t first = compilation.pieces.count;
    if (day.count) {
      while (at < open.count && open.items[at].until <= day.items[0].from)
        at++;
      struct stretches rest = {open.items + at, open.count - at, 0};
      stretches_intersect(arena, &rest, &day, &inside);
      for (size_t i = 0; i < inside.count; i++)
        *ARENA_PUSH(arena, &compilation.pieces) = inside.items[i];
    }
    compilation_end_date(&compilation, date, first);
    if (compilation.pieces.count > first)
      for (size_t i = 0; i < day.count; i++)
        *ARENA_PUSH(arena, &compilation.days) = day.items[i];
  }
  compilation_finish(&compilation, &open);
}

static void schedule_free(struct schedule *schedule) {
  if (schedule)
    arena_release(&schedule->arena);
  free(schedule);
}

void calendar_release(struct calendar *calendar) {
  schedule_free(calendar->schedule);
  calendar->schedule = NULL;
}

/* The dates to compile for [from, until), given what there is. */
static void grow_dates(const struct schedule *old, sla_time from, sla_time until, int *ret_first, int *ret_last) {
  int64_t first = from / DAY - DATES_BEFORE, last = until / DAY + DATES_AFTER;
  if (old) {
    int64_t span = old->last - old->first + 1;
    if (last > old->last && last < old->last + span)
      last = old->last + span;
    if (first < old->first && first > old->first - span)
      first = old->first - span;
    first = first < old->first ? first : old->first;
    last = last > old->last ? last : old->last;
  }
  *ret_first = (int)(first < DATE_FIRST ? DATE_FIRST : first > DATE_LAST ? DATE_LAST : first);
  *ret_last = (int)(last > DATE_LAST ? DATE_LAST : last < *ret_first ? *ret_first : last);
}

struct compiling {
  const struct calendar *calendar;
  struct schedule *schedule;
};

/* See schedule->offsets. */
static const int32_t *offsets_of(struct arena *arena, const struct timeline *hours, const struct zone *zone) {
  int32_t *offsets = arena_array(arena, hours->count + 1, sizeof *offsets);
  for (size_t i = 0; i < hours->count; i++) {
    size_t span = zone_span_at(zone, hours->items[i].from);
    bool is_same = span == zone_span_at(zone, hours->items[i].until);
    offsets[i] = is_same ? zone->spans[span].offset : SCHEDULE_OFFSET_CHANGES;
  }
  offsets[hours->count] = SCHEDULE_OFFSET_CHANGES;
  return offsets;
}

static void compile(void *data) {
  struct compiling *compiling = data;
  const struct calendar *calendar = compiling->calendar;
  struct schedule *schedule = compiling->schedule;
  if (calendar->kind == CALENDAR_PLAIN)
    compile_plain(calendar, schedule);
  else
    compile_composition(calendar, schedule);
  schedule->offsets = offsets_of(&schedule->arena, &schedule->hours, calendar->zone);
}

bool calendar_prepare(struct calendar *calendar, sla_time from, sla_time until, size_t memory_limit) {
  if (calendar->schedule && timeline_covers(&calendar->schedule->hours, from, until))
    return true;
  int first, last;
  grow_dates(calendar->schedule, from, until, &first, &last);
  if (calendar->schedule && first == calendar->schedule->first && last == calendar->schedule->last)
    return true;
  /* Members reach two dates further, so that this one's outermost dates are whole. */
  for (size_t i = 0; i < calendar->member_count; i++)
    if (!calendar_prepare(calendar->members[i], (int64_t)(first - 2) * DAY, (int64_t)(last + 3) * DAY, memory_limit))
      return false;
  struct schedule *schedule = calloc(1, sizeof *schedule);
  if (!schedule)
    return false;
  schedule->first = first;
  schedule->last = last;
  arena_init(&schedule->arena, memory_limit);
  struct compiling compiling = {calendar, schedule};
  if (!arena_try(&schedule->arena, compile, &compiling)) {
    schedule_free(schedule);
    return false;
  }
  schedule_free(calendar->schedule);
  calendar->schedule = schedule;
  return true;
}
