#include "calendar/calendar.h"

#include "time/civil.h"

bool calendar_is_rest(const void *data, int date) {
  const struct calendar *calendar = data;
  if (calendar->has_weekend)
    return (calendar->weekend >> date_weekday(date)) & 1;
  struct windows windows;
  hours_windows(calendar->hours, date, false, &windows);
  return windows.count == 0;
}

/* Index of the first day off at or after a date. */
static size_t days_off_find(const struct days_off *days, int date) {
  size_t low = 0, high = days->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (days->items[middle].date >= date)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static const struct exception *exception_find(const struct calendar *calendar, int date) {
  size_t low = 0, high = calendar->exception_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (calendar->exceptions[middle].date >= date)
      high = middle;
    else
      low = middle + 1;
  }
  return low < calendar->exception_count && calendar->exceptions[low].date == date ? &calendar->exceptions[low] : NULL;
}

/* Takes seconds of open time from the end of a date's windows. */
static void shorten(struct windows *windows, int seconds) {
  while (seconds > 0 && windows->count) {
    struct window *last = &windows->items[windows->count - 1];
    int length = last->to - last->from;
    if (length > seconds) {
      last->to -= seconds;
      return;
    }
    seconds -= length;
    windows->count--;
  }
}

/* What stands in the days off for one date, by strength. */
struct date_reasons {
  const struct day_off *work, *off; /* worked in exchange; holiday, else carried, else off in exchange */
};

static struct date_reasons reasons_of(const struct days_off *days, size_t at, int date) {
  struct date_reasons reasons = {0};
  for (; at < days->count && days->items[at].date == date; at++) {
    const struct day_off *day = &days->items[at];
    if (day->kind == SLA_EXCHANGE_WORK)
      reasons.work = reasons.work ? reasons.work : day;
    else if (day->kind != SLA_CLOSING && !reasons.off) /* sorted by kind: holidays come first */
      reasons.off = day;
  }
  return reasons;
}

void calendar_day(const struct calendar *calendar, const struct days_off *days_off, int date,
                  struct calendar_day *ret_day) {
  static const enum sla_day_kind kind_of_off[] = {
      [SLA_HOLIDAY] = SLA_DAY_HOLIDAY, [SLA_CARRYOVER] = SLA_DAY_CARRIED, [SLA_EXCHANGE_OFF] = SLA_DAY_EXCHANGE_OFF};
  size_t at = days_off_find(days_off, date), next = at;
  ret_day->closing_count = 0;
  for (; next < days_off->count && days_off->items[next].date == date; next++)
    if (days_off->items[next].kind == SLA_CLOSING) {
      if (ret_day->closing_count++ == 0)
        ret_day->closings = &days_off->items[next];
    }
  ret_day->reason = NULL;
  struct date_reasons reasons = reasons_of(days_off, at, date);
  const struct exception *exception = exception_find(calendar, date);
  if (exception) {
    ret_day->kind = SLA_DAY_EXCEPTION;
    ret_day->windows = exception->windows;
  } else if (reasons.work) { /* the day's work is moved here, so its hours are */
    ret_day->kind = SLA_DAY_EXCHANGE_WORK;
    ret_day->reason = reasons.work;
    hours_windows(calendar->hours, reasons.work->from, false, &ret_day->windows);
  } else if (reasons.off) {
    ret_day->kind = kind_of_off[reasons.off->kind];
    ret_day->reason = reasons.off;
    hours_windows(calendar->hours, date, true, &ret_day->windows);
  } else {
    ret_day->kind = SLA_DAY_HOURS;
    hours_windows(calendar->hours, date, false, &ret_day->windows);
    if (calendar->eve_s && ret_day->windows.count) {
      const struct day_off *tomorrow = reasons_of(days_off, next, date + 1).off;
      if (tomorrow && tomorrow->kind == SLA_HOLIDAY) {
        ret_day->kind = SLA_DAY_EVE;
        ret_day->reason = tomorrow;
        shorten(&ret_day->windows, calendar->eve_s);
      }
    }
  }
}

bool calendar_never_closes(const struct calendar *calendar) {
  if (calendar->kind == CALENDAR_PLAIN)
    return calendar->hours && !calendar->holiday_count && !calendar->exception_count &&
           hours_never_close(calendar->hours);
  bool is_union = calendar->kind == CALENDAR_UNION;
  for (size_t i = 0; i < calendar->member_count; i++)
    if (calendar->members[i]->never_closes == is_union)
      return is_union;
  return !is_union && calendar->member_count > 0;
}
