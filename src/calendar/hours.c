#include "calendar/hours.h"

#include "calendar/hours_rules.h"
#include "time/civil.h"

#include <assert.h>
#include <string.h>

/* --- windows ----------------------------------------------------------------------------------------------------- */

bool windows_add(struct windows *windows, struct window window) {
  if (window.from >= window.to)
    return true;
  struct window *items = windows->items;
  size_t first = 0;
  while (first < windows->count && items[first].to < window.from)
    first++;
  size_t next = first; /* first..next-1 overlap or touch the new one */
  for (; next < windows->count && items[next].from <= window.to; next++) {
    if (items[next].from < window.from)
      window.from = items[next].from;
    if (items[next].to > window.to)
      window.to = items[next].to;
  }
  if (next == first && windows->count == WINDOWS_MOST)
    return false;
  memmove(items + first + 1, items + next, (windows->count - next) * sizeof *items);
  items[first] = window;
  windows->count = windows->count + 1 - (next - first);
  return true;
}

bool windows_remove(struct windows *windows, struct window window) {
  if (window.from >= window.to)
    return true;
  struct window *items = windows->items;
  size_t i = 0;
  while (i < windows->count && items[i].to <= window.from)
    i++;
  if (i < windows->count && items[i].from < window.from && window.to < items[i].to) {
    if (windows->count == WINDOWS_MOST)
      return false;
    memmove(items + i + 1, items + i, (windows->count - i) * sizeof *items);
    items[i].to = window.from;
    items[i + 1].from = window.to;
    windows->count++;
    return true;
  }
  size_t kept = i;
  for (; i < windows->count; i++) {
    struct window item = items[i];
    if (item.from < window.from)
      items[kept++] = (struct window){item.from, window.from};
    else if (item.to > window.to)
      items[kept++] = (struct window){item.from > window.to ? item.from : window.to, item.to};
  }
  windows->count = kept;
  return true;
}

/* --- which rules hold on a date ---------------------------------------------------------------------------------- */

/* What rules ask of a date. */
struct day {
  int date;
  unsigned weekday; /* 0 for Monday */
  int year, key;    /* month * MONTH_KEY + day */
  unsigned nth;     /* bits as in rule.nth */
  int week;
};

static struct day day_of(const struct hours *hours, int date) {
  struct day day = {.date = date, .weekday = (unsigned)date_weekday(date)};
  if (hours->reads_month) {
    struct civil civil = civil_of(date);
    int after = month_days(civil.year, civil.month) - civil.day; /* days left in the month */
    day.year = civil.year;
    day.key = civil.month * MONTH_KEY + civil.day;
    day.nth = (unsigned)NTH_FIRST << (civil.day - 1) / 7 | (unsigned)NTH_LAST << after / 7;
  }
  if (hours->reads_week)
    day.week = date_iso_week(date);
  return day;
}

static bool spans_hold(const struct rule_spans *spans, int value) {
  for (size_t i = 0; i < spans->count; i++) {
    const struct rule_span *span = &spans->items[i];
    bool holds =
        span->from <= span->to ? span->from <= value && value <= span->to : span->from <= value || value <= span->to;
    if (holds && (span->step == 1 || (value - span->from) % span->step == 0))
      return true;
  }
  return false;
}

static bool weekday_holds(const struct rule *rule, const struct day *day) {
  return rule->weekdays >> day->weekday & 1 || (rule->nth && rule->nth[day->weekday] & day->nth);
}

/* Whether a rule that counts on such a date (rule_counts) holds on this one. */
static bool rule_holds(const struct rule *rule, const struct day *day, bool is_holiday) {
  bool any_weekday = is_holiday && rule->holidays == RULE_ALSO_ON_HOLIDAYS;
  if (!any_weekday && !weekday_holds(rule, day))
    return false;
  if (rule->years.count && !spans_hold(&rule->years, day->year))
    return false;
  if (rule->weeks.count && !spans_hold(&rule->weeks, day->week))
    return false;
  return rule->days.count + rule->dates.count == 0 || spans_hold(&rule->days, day->key) ||
         spans_hold(&rule->dates, day->date);
}

static bool rule_counts(const struct rule *rule, bool is_holiday) {
  return is_holiday ? rule->holidays != RULE_NEVER_ON_HOLIDAYS : rule->holidays != RULE_ONLY_ON_HOLIDAYS;
}

/* --- what they open ---------------------------------------------------------------------------------------------- */

/* Neither fails here: hours_parse refuses a text that could bring too many windows together. */
static void open_window(struct windows *windows, struct window window) {
  bool fits = windows_add(windows, window);
  assert(fits);
  (void)fits;
}

static void close_window(struct windows *windows, struct window window) {
  bool fits = windows_remove(windows, window);
  assert(fits);
  (void)fits;
}

/*
 * Closes a rule's times, in the windows' part past midnight as well: in a shift 22:00-06:00, 02:00-03:00 is
 * 26:00-27:00.
 */
static void close_times(const struct rule *rule, struct windows *windows) {
  for (size_t i = 0; i < rule->time_count; i++) {
    struct window time = rule->times[i];
    close_window(windows, time);
    close_window(windows, (struct window){time.from + DAY, time.to + DAY});
  }
}

/* Closes what the date before left over: of 22:00-02:00 that is 00:00-02:00. */
static void close_rest(const struct rule *rule, struct windows *windows) {
  for (size_t i = 0; i < rule->time_count; i++)
    close_window(windows, (struct window){0, rule->times[i].to - DAY});
}

static void rule_apply(const struct rule *rule, struct windows *windows) {
  if (rule->off && rule->time_count) {
    close_times(rule, windows);
  } else if (rule->adds && !rule->off) {
    for (size_t i = 0; i < rule->time_count; i++)
      open_window(windows, rule->times[i]);
  } else {
    windows->count = rule->time_count;
    for (size_t i = 0; i < rule->time_count; i++)
      windows->items[i] = rule->times[i];
  }
}

void hours_windows(const struct hours *hours, int date, bool is_holiday, struct windows *ret_windows) {
  struct day day = day_of(hours, date), before = {0};
  if (hours->reads_before)
    before = day_of(hours, date - 1);
  ret_windows->count = 0;
  for (size_t i = 0; i < hours->count; i++) {
    const struct rule *rule = &hours->items[i];
    if (!rule_counts(rule, is_holiday))
      continue;
    if (rule_holds(rule, &day, is_holiday))
      rule_apply(rule, ret_windows);
    /* Nobody says here whether the date before is a holiday: it is taken for none, and a holiday is left alone. */
    if (hours->reads_before && rule->off && !is_holiday && rule_holds(rule, &before, false))
      close_rest(rule, ret_windows);
  }
}

/* --- hours that never close -------------------------------------------------------------------------------------- */

/* The second up to which a date is open without a break from until on, going by these windows. */
static int open_until(const struct windows *windows, int shift, int until) {
  for (size_t i = 0; i < windows->count; i++)
    if (windows->items[i].from - shift <= until && windows->items[i].to - shift > until)
      until = windows->items[i].to - shift;
  return until;
}

/* Whether a date is open all day by its own windows and those of the date before. */
static bool is_open_all_day(const struct windows *before, const struct windows *windows) {
  int until = 0, last;
  do {
    last = until;
    until = open_until(windows, 0, open_until(before, DAY, until));
  } while (until > last && until < DAY);
  return until >= DAY;
}

static bool is_open_on(const struct hours *hours, int date) {
  struct windows before, windows;
  hours_windows(hours, date, false, &windows);
  if (windows.count && windows.items[0].from == 0 && windows.items[0].to >= DAY)
    return true;
  hours_windows(hours, date - 1, false, &before);
  return is_open_all_day(&before, &windows);
}

bool hours_never_close(const struct hours *hours) {
  /* Exceptional dates first: they tell sooner than all dates in turn. */
  for (size_t i = 0; i < hours->count; i++)
    for (size_t d = 0; d < hours->items[i].dates.count; d++) {
      int date = hours->items[i].dates.items[d].from;
      if (date >= DATE_MIN && date <= DATE_MAX && !is_open_on(hours, date))
        return false;
    }
  bool is_weekly = !hours->reads_month && !hours->reads_week && !hours->reads_dates;
  for (int date = DATE_MIN; date <= (is_weekly ? DATE_MIN + 6 : DATE_MAX); date++)
    if (!is_open_on(hours, date))
      return false;
  return true;
}
