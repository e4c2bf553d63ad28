/* holidays_api: holiday sets by themselves, without a calendar. */
#include "api/handles.h"
#include "api/sorter.h"

#include "holidays/holidays.h"
#include "time/civil.h"
#include "time/timestamp.h"

#include <assert.h>
#include <stdlib.h>

struct sla_holidays {
  struct arena arena;
  const struct sla_options *options; /* of loading, as are the members up to code */
  const char *name;
  int first_year, last_year;
  unsigned weekend;
  enum sla_code code;
  struct sla_holiday *items;
  size_t count;
  const char *uncovered;
};

static bool in_weekend(const void *data, int date) {
  return (*(const unsigned *)data >> date_weekday(date)) & 1;
}

static void note_uncovered(struct sla_holidays *holidays, const struct holiday_source *source, int first, int last) {
  int covered_first, covered_last;
  char date[DATE_TEXT];
  holiday_source_coverage(source, &covered_first, &covered_last);
  bool before = first < covered_first;
  if (!before && last <= covered_last)
    return;
  date_write(before ? covered_first : covered_last, date);
  holidays->uncovered = arena_printf(&holidays->arena, "\"%s\" knows nothing %s %s",
                                     holiday_source_name(&holidays->arena, source), before ? "before" : "after", date);
}

static enum sla_code expand(struct sla_holidays *holidays) {
  struct arena *arena = &holidays->arena;
  const struct sla_options *options = holidays->options;
  struct diags diags;
  struct sorter sorter;
  diags_init(&diags, arena, options);
  struct holiday_loader loader = {
      .arena = arena, .diags = &diags, .search = {options->path, options->path_count}, .language = options->language};
  struct holiday_source source;
  sorter_begin(&sorter, &diags);
  enum sla_code code = holiday_source_named(&loader, NULL, holidays->name, (struct place){0}, &source);
  sorter_end(&sorter);
  if (code != SLA_OK)
    return code;
  struct holiday_request request = {.first = date_of(holidays->first_year, 1, 1),
                                    .last = date_of(holidays->last_year, 12, 31),
                                    .exchanges = true,
                                    .is_rest = in_weekend,
                                    .data = &holidays->weekend};
  struct days_off days = {0};
  holidays_expand(arena, &source, 1, &request, &days);
  holidays->items = arena_array(arena, days.count, sizeof *holidays->items);
  for (size_t i = 0; i < days.count; i++) {
    const struct day_off *day = &days.items[i];
    bool has_from = day->kind != SLA_HOLIDAY && day->kind != SLA_CLOSING;
    holidays->items[holidays->count++] = (struct sla_holiday){.date = day->date,
                                                              .kind = day->kind,
                                                              .name = day->name ? day->name : "",
                                                              .has_from = has_from,
                                                              .from = day->from,
                                                              .close_from = day->close_from,
                                                              .close_to = day->close_to};
  }
  note_uncovered(holidays, &source, request.first, request.last);
  return SLA_OK;
}

static void holidays_work(void *data) {
  struct sla_holidays *holidays = data;
  holidays->code = expand(holidays);
}

enum sla_code sla_holidays_load(const struct sla_options *options, const char *name, int first_year, int last_year,
                                unsigned weekend, sla_holidays **ret_holidays) {
  enum { SATURDAY_AND_SUNDAY = 1 << 5 | 1 << 6 };
  assert(first_year >= 1970 && last_year <= 2199 && first_year <= last_year);
  struct sla_holidays *holidays = calloc(1, sizeof *holidays);
  if (!holidays)
    return SLA_NO_MEMORY;
  holidays->options = options_or_default(options);
  holidays->name = name;
  holidays->first_year = first_year;
  holidays->last_year = last_year;
  holidays->weekend = weekend ? weekend : SATURDAY_AND_SUNDAY;
  arena_init(&holidays->arena, holidays->options->memory_limit);
  enum sla_code code = arena_try(&holidays->arena, holidays_work, holidays) ? holidays->code : SLA_NO_MEMORY;
  if (code == SLA_OK)
    *ret_holidays = holidays;
  else
    sla_holidays_free(holidays);
  return code;
}

void sla_holidays_free(sla_holidays *holidays) {
  if (holidays)
    arena_release(&holidays->arena);
  free(holidays);
}

size_t sla_holidays_count(const sla_holidays *holidays) {
  return holidays->count;
}

const struct sla_holiday *sla_holidays_item(const sla_holidays *holidays, size_t index) {
  assert(index < holidays->count);
  return &holidays->items[index];
}

const char *sla_holidays_uncovered(const sla_holidays *holidays) {
  return holidays->uncovered;
}

const char *sla_holiday_kind_name(enum sla_holiday_kind kind) {
  static const char *const names[] = {[SLA_HOLIDAY] = "holiday",
                                      [SLA_CARRYOVER] = "carryover",
                                      [SLA_EXCHANGE_OFF] = "exchange-off",
                                      [SLA_EXCHANGE_WORK] = "exchange-work",
                                      [SLA_CLOSING] = "closing"};
  return names[kind];
}
