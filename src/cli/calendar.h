/*
 * calendar: a calendar's dates as a person looks at them. calendar.c gathers them, calendar_days.c says what each is
 * and in which words; calendar_text.c and calendar_html.c lay months out.
 */
#ifndef SLACLOCK_CLI_CALENDAR_H
#define SLACLOCK_CLI_CALENDAR_H

#include "cli/buffer.h"
#include "cli/cli.h"
#include "cli/question.h"

enum { FIRST_YEAR = 1970, LAST_YEAR = 2199, WEEK = 7 };

/* What a date is marked as. */
enum mark {
  MARK_OPEN,
  MARK_DAY_OFF,
  MARK_CLOSED,
  MARK_SHORT,
  MARK_CLOSING,
  MARK_HOLIDAY,
  MARK_CARRIED,
  MARK_EXCHANGE_OFF,
  MARK_EXCHANGE_WORK,
  MARK_EXCEPTION,
  MARK_ABSENT,
};
enum { MARKS = MARK_ABSENT + 1 };

struct mark_row {
  char sign;         /* beside the day's number */
  const char *name;  /* in JSON, and as a class in HTML */
  const char *words; /* in the key */
  const char *color; /* on a terminal: parameters of SGR (ECMA-48) */
};
extern const struct mark_row mark_table[MARKS];

#define TODAY_SIGN '<'

struct view_day {
  struct sla_day day; /* its strings are the view's own */
  struct sla_window *windows;
  size_t count;
  enum mark mark;
  int64_t clock_s; /* open seconds by the clocks on the wall: a change of the clocks makes no half day */
};

struct view {
  struct cli *cli;
  const struct question *question;
  size_t calendar;
  const sla_zone *zone;
  const char *title; /* policy and calendar; NULL for an inline calendar */
  struct sla_locale_names names;
  int first, last; /* dates shown */
  int from, until; /* dates known, from included, until not: some weeks more */
  struct view_day *days;
  size_t count; /* dates gathered so far */
  int today;
  char coverage[256]; /* what is not covered; "" */
};

/* A month on show. */
struct view_month {
  int year, month;        /* month from 1 */
  int first, count;       /* its dates */
  int blanks;             /* columns before the first */
  struct buffer hours[7]; /* usual windows of each weekday, as text; "" where closed */
};

static inline int date_weekday_of(int date) {
  return ((date + 3) % WEEK + WEEK) % WEEK;
}

static inline const struct view_day *view_day(const struct view *view, int date) {
  return &view->days[date - view->from];
}

/* The month of a shown date. Release with view_month_free. */
void view_month_init(const struct view *view, int date, struct view_month *ret_month);
void view_month_free(struct view_month *month);

/* Says what each date is, once all are gathered. */
void view_mark_days(struct view *view);

/* Whether a date stands in the legend, and what stands there. */
bool view_is_listed(const struct view *view, const struct view_month *month, int date);
void view_describe(const struct view *view, int date, struct buffer *text);

/* The month's weekly hours in one line: "Mo-Fr 09:00-18:00"; "" where there are none. */
void view_describe_week(const struct view *view, const struct view_month *month, struct buffer *text);

/* Whether a mark stands on any shown date, and so in the key. */
bool view_has_mark(const struct view *view, enum mark mark);

void calendar_print_text(const struct view *view);
void calendar_print_html(const struct view *view);

#endif
