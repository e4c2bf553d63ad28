/* calendar_days: what a date is, judged by its weeks, and in words. */
#include "cli/calendar.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

#define LEFT_TO_RIGHT_MARK "\xE2\x80\x8E" /* U+200E */

const struct mark_row mark_table[MARKS] = {
    [MARK_OPEN] = {' ', "open", "open", NULL},
    [MARK_DAY_OFF] = {'.', "day-off", "weekly day off", "2"},
    [MARK_CLOSED] = {'#', "closed", "closed on this date", "31"},
    [MARK_SHORT] = {'/', "short", "fewer hours than usual", "33"},
    [MARK_CLOSING] = {'-', "closing", "closed for a part of the day", "33"},
    [MARK_HOLIDAY] = {'*', "holiday", "holiday", "31"},
    [MARK_CARRIED] = {'>', "carryover", "day off carried over", "31"},
    [MARK_EXCHANGE_OFF] = {'x', "exchange-off", "day off in exchange", "31"},
    [MARK_EXCHANGE_WORK] = {'+', "exchange-work", "working day in exchange", "32"},
    [MARK_EXCEPTION] = {'!', "exception", "exception", "35"},
    [MARK_ABSENT] = {' ', "absent", "a date that did not exist", NULL},
};

/* --- what a date is ------------------------------------------------------------------------------------------------
 */

/* Whether the zone's clocks skipped a date, as Samoa's did when it changed sides of the date line: its noon never came.
 */
static bool is_absent(const sla_zone *zone, int date) {
  int64_t noon = (int64_t)date * DAY + DAY / 2;
  int32_t before = sla_zone_offset(zone, noon - 2 * DAY), after = sla_zone_offset(zone, noon + 2 * DAY);
  return sla_zone_offset(zone, noon - before) != before && sla_zone_offset(zone, noon - after) != after;
}

/* Whether a date shows what its weekday usually is. */
static bool is_usual(const struct view_day *day) {
  return (day->day.kind == SLA_DAY_HOURS || day->day.kind == SLA_DAY_COMPOSED) && !day->day.closure &&
         day->mark != MARK_ABSENT;
}

enum { WEEKS = 4 }; /* on either side, by which a date is judged */

/*
 * The most frequent open time of the same weekday in the weeks before a date, or after it (step is -1 or 1); -1 where
 * none is usual.
 */
static int64_t usual_seconds(const struct view *view, int date, int step) {
  int64_t lengths[WEEKS] = {0}, best = -1;
  size_t count = 0, best_count = 0;
  for (int week = 1; week <= WEEKS; week++) {
    int other = date + step * week * WEEK;
    if (other >= view->from && other < view->until && is_usual(view_day(view, other)))
      lengths[count++] = view_day(view, other)->clock_s;
  }
  for (size_t i = 0; i < count; i++) {
    size_t same = 0;
    for (size_t j = 0; j < count; j++)
      same += lengths[j] == lengths[i];
    if (same > best_count) {
      best_count = same;
      best = lengths[i];
    }
  }
  return best;
}

/* Where the weekly hours change with the season, a date is short only if it is shorter than on both sides. */
static bool is_shorter(const struct view *view, const struct view_day *day) {
  int64_t before = usual_seconds(view, day->day.date, -1), after = usual_seconds(view, day->day.date, 1);
  before = before < 0 ? after : before;
  after = after < 0 ? before : after;
  return day->clock_s < before && day->clock_s < after;
}

static enum mark mark_of(const struct view *view, const struct view_day *day) {
  switch (day->day.kind) {
  case SLA_DAY_EXCEPTION: return MARK_EXCEPTION;
  case SLA_DAY_HOLIDAY: return MARK_HOLIDAY;
  case SLA_DAY_CARRIED: return MARK_CARRIED;
  case SLA_DAY_EXCHANGE_OFF: return MARK_EXCHANGE_OFF;
  case SLA_DAY_EXCHANGE_WORK: return MARK_EXCHANGE_WORK;
  case SLA_DAY_EVE: return MARK_SHORT;
  case SLA_DAY_HOURS:
  case SLA_DAY_COMPOSED: break;
  }
  if (is_shorter(view, day))
    return day->day.closure ? MARK_CLOSING : day->count ? MARK_SHORT : MARK_CLOSED;
  return day->count ? MARK_OPEN : MARK_DAY_OFF;
}

void view_mark_days(struct view *view) {
  for (int date = view->from; date < view->until; date++)
    if (is_absent(view->zone, date))
      view->days[date - view->from].mark = MARK_ABSENT;
  for (int date = view->from; date < view->until; date++) {
    struct view_day *day = &view->days[date - view->from];
    if (day->mark != MARK_ABSENT)
      day->mark = mark_of(view, day);
  }
}

bool view_has_mark(const struct view *view, enum mark mark) {
  for (int date = view->first; date <= view->last; date++)
    if (view_day(view, date)->mark == mark)
      return true;
  return false;
}

/* --- in words ------------------------------------------------------------------------------------------------------
 */

/* The time on the wall, with seconds where there are any; an end at midnight is 24:00. */
static void add_clock(struct buffer *text, int64_t local, bool is_end) {
  int second = (int)((local % DAY + DAY) % DAY);
  if (is_end && second == 0)
    second = DAY;
  buffer_format(text, "%02d:%02d", second / 3600, second / 60 % 60);
  if (second % 60)
    buffer_format(text, ":%02d", second % 60);
}

/* "09:00-13:00,14:00-18:00". */
static void add_windows(const struct view *view, const struct view_day *day, struct buffer *text) {
  for (size_t i = 0; i < day->count; i++) {
    sla_time from = day->windows[i].from, until = day->windows[i].until;
    buffer_format(text, "%s", i ? "," : "");
    add_clock(text, from + sla_zone_offset(view->zone, from), false);
    buffer_format(text, "-");
    add_clock(text, until + sla_zone_offset(view->zone, until - 1), true);
  }
}

/* What a date is, without its hours. */
static void add_reason(const struct view_day *day, struct buffer *text) {
  const char *name = day->day.name ? day->day.name : "";
  char from[16];
  sla_date_write(day->day.from, from);
  if (day->mark == MARK_ABSENT) {
    buffer_format(text, "the clocks skipped this date");
    return;
  }
  switch (day->day.kind) {
  case SLA_DAY_HOLIDAY: buffer_format(text, "holiday: %s", name); break;
  case SLA_DAY_CARRIED:
    buffer_format(text, "carried over from %s by %s: %s", from, day->day.rule ? day->day.rule : "", name);
    break;
  case SLA_DAY_EXCHANGE_OFF: buffer_format(text, "day off in exchange for %s", from); break;
  case SLA_DAY_EXCHANGE_WORK: buffer_format(text, "working day in exchange for %s", from); break;
  case SLA_DAY_EXCEPTION: buffer_format(text, "exception"); break;
  case SLA_DAY_EVE: buffer_format(text, "shortened before %s, %s", from, name); break;
  case SLA_DAY_HOURS:
  case SLA_DAY_COMPOSED:
    if (day->mark == MARK_CLOSING)
      buffer_format(text, "%s", day->day.closure);
    else if (day->mark == MARK_SHORT)
      buffer_format(text, "fewer hours");
    break;
  }
}

void view_describe(const struct view *view, int date, struct buffer *text) {
  const struct view_day *day = view_day(view, date);
  size_t start = text->len;
  if (date == view->today)
    buffer_format(text, "today");
  struct buffer reason = {0};
  add_reason(day, &reason);
  if (reason.len)
    buffer_format(text, "%s%s", text->len > start ? "; " : "", buffer_text(&reason));
  buffer_free(&reason);
  bool is_off = day->mark == MARK_HOLIDAY || day->mark == MARK_CARRIED || day->mark == MARK_EXCHANGE_OFF;
  if (day->mark != MARK_ABSENT && (day->count || !is_off)) {
    buffer_format(text, "%s%s", text->len > start ? "; " : "", day->count ? "open " : "closed");
    add_windows(view, day, text);
  }
  if (day->day.closure && day->mark != MARK_CLOSING && day->mark != MARK_OPEN && day->count)
    buffer_format(text, "; %s", day->day.closure);
}

static bool is_list_worthy(enum mark mark) {
  return mark != MARK_OPEN && mark != MARK_DAY_OFF;
}

bool view_is_listed(const struct view *view, const struct view_month *month, int date) {
  const struct view_day *day = view_day(view, date);
  if (date == view->today || is_list_worthy(day->mark))
    return true;
  struct buffer windows = {0};
  add_windows(view, day, &windows);
  bool other = strcmp(buffer_text(&windows), buffer_text(&month->hours[date_weekday_of(date)])) != 0;
  buffer_free(&windows);
  return other;
}

/* --- months --------------------------------------------------------------------------------------------------------
 */

/* The windows that most of the month's dates of a weekday have, by its first such date. */
static void find_usual_hours(const struct view *view, const struct view_month *month, int weekday,
                             struct buffer *ret_hours) {
  struct buffer texts[5] = {{0}};
  size_t count = 0, best = 0, best_count = 0;
  for (int date = month->first; date < month->first + month->count; date++)
    if (date_weekday_of(date) == weekday && is_usual(view_day(view, date)) &&
        !is_list_worthy(view_day(view, date)->mark))
      add_windows(view, view_day(view, date), &texts[count++]);
  for (size_t i = 0; i < count; i++) {
    size_t same = 0;
    for (size_t j = 0; j < count; j++)
      same += !strcmp(buffer_text(&texts[i]), buffer_text(&texts[j]));
    if (same > best_count) {
      best_count = same;
      best = i;
    }
  }
  if (count)
    buffer_add(ret_hours, buffer_text(&texts[best]), texts[best].len);
  for (size_t i = 0; i < count; i++)
    buffer_free(&texts[i]);
}

static int number_at(const char *digits, size_t count) {
  int number = 0;
  for (size_t i = 0; i < count; i++)
    number = number * 10 + (digits[i] - '0');
  return number;
}

void view_month_init(const struct view *view, int date, struct view_month *ret_month) {
  char text[16];
  sla_date_write(date, text);
  struct view_month month = {.year = number_at(text, 4), .month = number_at(text + 5, 2)};
  month.first = sla_date_of(month.year, month.month, 1);
  month.count = (month.month < 12 ? sla_date_of(month.year, month.month + 1, 1) : sla_date_of(month.year + 1, 1, 1)) -
                month.first;
  month.blanks = (date_weekday_of(month.first) - view->names.first_weekday + WEEK) % WEEK;
  for (int weekday = 0; weekday < WEEK; weekday++)
    find_usual_hours(view, &month, weekday, &month.hours[weekday]);
  *ret_month = month;
}

void view_month_free(struct view_month *month) {
  for (int weekday = 0; weekday < WEEK; weekday++)
    buffer_free(&month->hours[weekday]);
}

void view_describe_week(const struct view *view, const struct view_month *month, struct buffer *text) {
  const struct sla_locale_names *names = &view->names;
  for (int column = 0; column < WEEK;) {
    int weekday = (names->first_weekday + column) % WEEK;
    const char *hours = buffer_text(&month->hours[weekday]);
    int end = column; /* last column that has the same hours */
    while (end + 1 < WEEK && !strcmp(hours, buffer_text(&month->hours[(names->first_weekday + end + 1) % WEEK])))
      end++;
    if (*hours) {
      buffer_format(text, "%s%s", text->len ? ", " : "", names->short_weekdays[weekday]);
      if (end > column)
        buffer_format(text, "-%s", names->short_weekdays[(names->first_weekday + end) % WEEK]);
      /* The times that follow names written from right to left are read from left to right. */
      buffer_format(text, "%s %s", names->right_to_left ? LEFT_TO_RIGHT_MARK : "", hours);
    }
    column = end + 1;
  }
}
