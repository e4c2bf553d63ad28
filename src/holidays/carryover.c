#include "holidays/carryover.h"

#include "base/fields.h"
#include "base/text.h"
#include "holidays/holiday_set.h"
#include "time/civil.h"

#include <assert.h>
#include <stdlib.h>

/* --- the rules --------------------------------------------------------------------------------------------------- */

struct carryover_rule {
  const char *name;
  bool by_calendar; /* from any day off of the calendar's own week to its next working day; else by the week below */
  int shift[7];     /* how far a holiday on Monday to Sunday moves; from a date that is taken it goes on that way */
};

/*
 * To add a rule: a row here with its source, a line in slaclock-policy(5), and its name in the JSON schema of holiday
 * sets.
 */
static const struct carryover_rule carryover_rules[] = {
    {.name = "none"},
    /* Ukraine, Labour Code art. 67(3); United Kingdom, Banking and Financial Dealings Act 1971 and proclamations */
    {.name = "next-working-day", .by_calendar = true},
    /* United States, 5 U.S.C. 6103(b) for Saturdays, Executive Order 11582 for Sundays */
    {.name = "nearest-weekday", .shift = {0, 0, 0, 0, 0, -1, 1}},
    /* for example New Zealand with Waitangi Day, Holidays Act 2003 s. 45A */
    {.name = "next-monday", .shift = {0, 0, 0, 0, 0, 2, 1}},
    /* for example South Africa, Public Holidays Act 36 of 1994 s. 2(1) */
    {.name = "sunday-to-monday", .shift = {0, 0, 0, 0, 0, 0, 1}},
};

enum { RULES = sizeof carryover_rules / sizeof *carryover_rules };

const struct carryover_rule *carryover_rule_read(struct diags *diags, const struct yaml_node *node) {
  const char *names[RULES];
  for (size_t i = 0; i < RULES; i++)
    names[i] = carryover_rules[i].name;
  size_t index;
  return field_choice(diags, node, "carryover rule", names, RULES, &index) ? &carryover_rules[index] : NULL;
}

static bool rule_carries(const struct carryover_rule *rule) {
  return rule && rule != &carryover_rules[0];
}

/* The rule of a source that was in force on a date. */
static const struct carryover_rule *source_rule(const struct holiday_source *source, int date) {
  if (source->carryover)
    return source->carryover;
  for (size_t i = 0; i < source->set->terms.count; i++)
    if (span_holds(source->set->terms.items[i].span, date))
      return source->set->terms.items[i].rule;
  return NULL;
}

/* --- expansion --------------------------------------------------------------------------------------------------- */

enum {
  MARK_HOLIDAY = 1, /* off the whole day, from any source */
  MARK_CARRIED = 2,
  MARK_OFF = 4, /* in exchange */
  MARK_WORKED = 8,
};

/* A date is looked for this many days; a calendar without one (every day off) carries nothing. */
enum { SEARCH_DAYS = 60 };

/* A whole-day holiday that was found. */
struct found {
  int date;
  size_t order; /* in which it was found */
  const struct holiday_source *source;
  const char *name;
};

struct ordered_day {
  struct day_off off;
  size_t order;
};

struct expansion {
  struct arena *arena;
  const struct holiday_source *sources;
  size_t source_count;
  const struct holiday_request *request;
  int first_year, last_year; /* of the holidays gathered */
  int base;                  /* the date that marks[0] is of */
  size_t length;
  unsigned char *marks; /* of each date gathered, MARK_... */
  struct {
    struct found *items;
    size_t count, capacity;
  } found;
  struct {
    struct ordered_day *items;
    size_t count, capacity;
  } days;
};

static unsigned char *mark_at(const struct expansion *expansion, int date) {
  if (date < expansion->base || (size_t)(date - expansion->base) >= expansion->length)
    return NULL;
  return &expansion->marks[date - expansion->base];
}

static bool is_marked(const struct expansion *expansion, int date, int marks) {
  const unsigned char *mark = mark_at(expansion, date);
  return mark && (*mark & marks);
}

static void mark(struct expansion *expansion, int date, int marks) {
  unsigned char *place = mark_at(expansion, date);
  if (place)
    *place = (unsigned char)(*place | marks);
}

/* Whether the calendar's week gives nothing to a date, government orders considered. */
static bool is_rest(const struct expansion *expansion, int date) {
  return expansion->request->is_rest(expansion->request->data, date) && !is_marked(expansion, date, MARK_WORKED);
}

static void give(struct expansion *expansion, struct day_off off) {
  if (off.date < expansion->request->first || off.date > expansion->request->last)
    return;
  size_t order = expansion->days.count;
  *ARENA_PUSH(expansion->arena, &expansion->days) = (struct ordered_day){off, order};
}

static bool is_suspended(const struct holiday_source *source, const struct holiday_part *part, int date) {
  return spans_hold(part->suspended, part->suspended_count, date) ||
         (source->variant && spans_hold(source->variant->suspended, source->variant->suspended_count, date));
}

/* --- exchanges --- */

/*
 * An exchange stands where it swaps a working weekday of the calendar for a weekly day off, and neither of its dates is
 * suspended. Sets that share an order (one includes the other) do not apply it twice.
 */
static void apply_exchange(struct expansion *expansion, const struct holiday_source *source,
                           const struct holiday_part *part, const struct day_exchange *exchange) {
  const struct holiday_request *request = expansion->request;
  int off = exchange->off, work = exchange->work;
  if (!mark_at(expansion, off) && !mark_at(expansion, work))
    return;
  if (is_suspended(source, part, off) || is_suspended(source, part, work) || is_marked(expansion, off, MARK_OFF) ||
      is_marked(expansion, work, MARK_WORKED) || request->is_rest(request->data, off) ||
      !request->is_rest(request->data, work))
    return;
  mark(expansion, off, MARK_OFF);
  mark(expansion, work, MARK_WORKED);
  const char *set = source->set->name;
  give(expansion, (struct day_off){.date = off, .kind = SLA_EXCHANGE_OFF, .set = set, .from = work});
  give(expansion, (struct day_off){.date = work, .kind = SLA_EXCHANGE_WORK, .set = set, .from = off});
}

/* --- holidays --- */

/* A date off the whole day. */
static void gather_holiday(struct expansion *expansion, const struct holiday_source *source, const char *name,
                           int date) {
  if (!mark_at(expansion, date))
    return;
  give(expansion,
       (struct day_off){.date = date, .kind = SLA_HOLIDAY, .name = name, .set = source->set->name, .from = date});
  mark(expansion, date, MARK_HOLIDAY);
  size_t order = expansion->found.count;
  *ARENA_PUSH(expansion->arena, &expansion->found) = (struct found){date, order, source, name};
}

static void gather_date(struct expansion *expansion, const struct holiday_source *source, const struct holiday_day *day,
                        int date) {
  for (size_t i = 0; i < day->closing_count; i++)
    give(expansion, (struct day_off){.date = date,
                                     .kind = SLA_CLOSING,
                                     .name = day->name,
                                     .set = source->set->name,
                                     .from = date,
                                     .close_from = day->closings[i].from,
                                     .close_to = day->closings[i].to});
  if (day->closing_count == 0)
    gather_holiday(expansion, source, day->name, date);
}

static void gather_day(struct expansion *expansion, const struct holiday_source *source,
                       const struct holiday_part *part, const struct holiday_day *day) {
  if (!holiday_source_takes(source, day))
    return;
  int date, last_year = expansion->last_year;
  for (int year = expansion->first_year; year <= last_year; year++)
    if (holiday_rule_date(&day->rule, year, &date) && span_holds(day->span, date) && !is_suspended(source, part, date))
      gather_date(expansion, source, day, date);
}

/* A closing of a feed, on each date that it touches. */
static void gather_closing(struct expansion *expansion, const struct holiday_source *source,
                           const struct holiday_part *part, const struct feed_closing *closing) {
  int64_t begins = closing->from, ends = closing->until - 1;
  if (closing->zone) {
    begins = zone_local(closing->zone, closing->from);
    ends = zone_local(closing->zone, closing->until - 1);
  }
  int first = local_date(begins), last = local_date(ends);
  int from = first < expansion->request->first ? expansion->request->first : first;
  int to = last > expansion->request->last ? expansion->request->last : last;
  if (is_suspended(source, part, first))
    return;
  for (int date = from; date <= to; date++)
    give(expansion, (struct day_off){.date = date,
                                     .kind = SLA_CLOSING,
                                     .name = closing->name,
                                     .set = source->set->name,
                                     .from = date,
                                     .close_from = date == first ? local_second(begins) : 0,
                                     .close_to = date == last ? local_second(ends) + 1 : DAY,
                                     .closed_from = closing->from,
                                     .closed_until = closing->until});
}

static void gather_feed(struct expansion *expansion, const struct holiday_source *source,
                        const struct holiday_part *part) {
  struct feed_request request = {.first = expansion->base,
                                 .last = expansion->base + (int)expansion->length - 1,
                                 .zone = expansion->request->zone,
                                 .observances = source->observances,
                                 .takes = holiday_source_takes_name,
                                 .data = source};
  struct feed_days days;
  feed_expand(expansion->arena, part->set->feed, &request, &days);
  for (size_t i = 0; i < days.days.count; i++)
    if (!is_suspended(source, part, days.days.items[i].date))
      gather_holiday(expansion, source, days.days.items[i].name, days.days.items[i].date);
  for (size_t i = 0; i < days.closings.count; i++)
    gather_closing(expansion, source, part, &days.closings.items[i]);
}

static void gather(struct expansion *expansion) {
  for (size_t s = 0; s < expansion->source_count; s++) {
    const struct holiday_source *source = &expansion->sources[s];
    for (size_t p = 0; p < source->set->parts.count; p++) {
      const struct holiday_part *part = &source->set->parts.items[p];
      if (part->set->feed)
        gather_feed(expansion, source, part);
      for (size_t i = 0; i < part->set->days.count; i++)
        gather_day(expansion, source, part, &part->set->days.items[i]);
      for (size_t i = 0; expansion->request->exchanges && i < part->set->exchanges.count; i++)
        apply_exchange(expansion, source, part, &part->set->exchanges.items[i]);
    }
  }
}

/* --- carrying over --- */

/* Whether a carried day cannot be on a date, since the date is off already. */
static bool is_taken(const struct expansion *expansion, const struct carryover_rule *rule, int date) {
  if (is_marked(expansion, date, MARK_HOLIDAY | MARK_CARRIED | MARK_OFF))
    return true;
  /* By the week: a day that such a rule itself would move from, as when Monday to Friday are taken. */
  return rule->by_calendar ? is_rest(expansion, date) : rule->shift[date_weekday(date)] != 0;
}

/* Where a rule carries a holiday of a date to; false where it leaves it, or finds no place. */
static bool carry_target(const struct expansion *expansion, const struct carryover_rule *rule, int date,
                         int *ret_target) {
  int shift = rule->by_calendar ? is_rest(expansion, date) : rule->shift[date_weekday(date)];
  if (shift == 0)
    return false;
  int target = date + shift, step = shift > 0 ? 1 : -1;
  for (int days = 0; days < SEARCH_DAYS; days++, target += step)
    if (!is_taken(expansion, rule, target)) {
      *ret_target = target;
      return true;
    }
  return false;
}

/* The names of the holidays that meet on a date, each once: "Easter; Labour Day". */
static const char *joined_names(struct arena *arena, const struct found *found, size_t count) {
  const char *names = found[0].name;
  for (size_t i = 1; i < count; i++) {
    size_t same = 0;
    while (same < i && strcmp(found[same].name, found[i].name) != 0)
      same++;
    if (same == i)
      names = arena_printf(arena, "%s; %s", names, found[i].name);
  }
  return names;
}

/* Carries the holidays that meet on a date, all as one, by the first of them that has a rule. */
static void carry_date(struct expansion *expansion, const struct found *found, size_t count) {
  const struct carryover_rule *rule = NULL;
  size_t by = 0;
  for (; by < count; by++)
    if (rule_carries(rule = source_rule(found[by].source, found[by].date)))
      break;
  int target;
  if (by == count || !carry_target(expansion, rule, found[0].date, &target))
    return;
  mark(expansion, target, MARK_CARRIED);
  give(expansion, (struct day_off){.date = target,
                                   .kind = SLA_CARRYOVER,
                                   .name = joined_names(expansion->arena, found, count),
                                   .set = found[by].source->set->name,
                                   .rule = rule->name,
                                   .from = found[0].date});
}

static int found_compare(const void *a, const void *b) {
  const struct found *left = a, *right = b;
  if (left->date != right->date)
    return left->date < right->date ? -1 : 1;
  return left->order < right->order ? -1 : left->order > right->order;
}

static void carry_all(struct expansion *expansion) {
  struct found *found = expansion->found.items;
  size_t count = expansion->found.count;
  if (count)
    qsort(found, count, sizeof *found, found_compare);
  for (size_t from = 0, to; from < count; from = to) {
    for (to = from + 1; to < count && found[to].date == found[from].date;)
      to++;
    carry_date(expansion, found + from, to - from);
  }
}

/* --- all of it --- */

static int day_compare(const void *a, const void *b) {
  const struct ordered_day *left = a, *right = b;
  if (left->off.date != right->off.date)
    return left->off.date < right->off.date ? -1 : 1;
  if (left->off.kind != right->off.kind)
    return left->off.kind < right->off.kind ? -1 : 1;
  return left->order < right->order ? -1 : left->order > right->order;
}

void holidays_expand(struct arena *arena, const struct holiday_source *sources, size_t count,
                     const struct holiday_request *request, struct days_off *ret_days) {
  *ret_days = (struct days_off){0};
  if (request->first > request->last)
    return;
  /*
   * A carried day can depend on the one before it, and so on back. A whole year on either side is more than any law's
   * holidays can form such a chain for, and a rule's date may lie one more year off.
   */
  int first_year = civil_of(request->first).year - 1, last_year = civil_of(request->last).year + 1;
  assert(first_year > 1900 && last_year < 2300);
  int base = date_of(first_year, 1, 1), end = date_of(last_year + 1, 1, 1);
  struct expansion expansion = {
      .arena = arena,
      .sources = sources,
      .source_count = count,
      .request = request,
      .first_year = first_year - 2,
      .last_year = last_year + 2,
      .base = base,
      .length = (size_t)(end - base),
  };
  expansion.marks = arena_array(arena, expansion.length, 1);
  gather(&expansion);
  carry_all(&expansion);
  if (expansion.days.count)
    qsort(expansion.days.items, expansion.days.count, sizeof *expansion.days.items, day_compare);
  for (size_t i = 0; i < expansion.days.count; i++)
    *ARENA_PUSH(arena, ret_days) = expansion.days.items[i].off;
}
