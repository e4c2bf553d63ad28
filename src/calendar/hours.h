/*
 * hours: the notation of weekly hours, a part of OpenStreetMap's opening_hours; slaclock-policy(5) describes it.
 *
 * A text is a list of rules; a rule says on which dates it holds and which windows open on them. For a date the rules
 * are taken in order: one after `;` replaces what stood, one after `,` adds, `off` closes, and times with `off` are
 * taken out. On a holiday only the rules with `PH` count, on other dates only those without (or with weekdays beside
 * PH).
 *
 * Windows belong to the date that they open on, and `off` closes those of the dates that it holds on: `Sa off` leaves
 * the end of Friday's 22:00-06:00 open. Times with `off` are clock times, also in the part of a window past midnight:
 * of Friday's 22:00-06:00, `Fr 02:00-03:00 off` takes out 26:00-27:00, which is on Saturday. Times that reach past
 * midnight themselves are taken out of the beginning of the next date's windows as well: `Fr 22:00-02:00 off` closes
 * 24/7 until Saturday 02:00 (a next date that is a holiday stays as it is).
 */
#ifndef SLACLOCK_CALENDAR_HOURS_H
#define SLACLOCK_CALENDAR_HOURS_H

#include "base/arena.h"
#include "base/diag.h"
#include "slaclock.h"

/* A stretch of wall clock, seconds since the midnight that its date begins with, half-open. */
struct window {
  int from, to; /* 0 <= from < to <= 48 h; written with from < 24 h, but `off` may leave 26:00-30:00 over */
};

enum { WINDOWS_MOST = 64, HOURS_MOST_RULES = 1000 };

/* The windows of one date: sorted, disjoint, not touching one another. */
struct windows {
  size_t count;
  struct window items[WINDOWS_MOST];
};

struct hours; /* in an arena, read-only once parsed */

/*
 * Parses a text; all errors go to diags with their places, and the result is then NULL. A closing at 23:59 is a warning
 * that asks for 24:00.
 */
const struct hours *hours_parse(struct arena *arena, struct diags *diags, const struct snippet *snippet);

/*
 * Parses times alone ("09:00-12:00,13:00-17:00"), "off" or "closed", as in a calendar's dates: false after an error.
 */
bool hours_parse_times(struct diags *diags, const struct snippet *snippet, struct windows *ret_windows);

/* The windows that a text gives to a date, by its PH rules if it is a holiday, else by the others. */
void hours_windows(const struct hours *hours, int date, bool is_holiday, struct windows *ret_windows);

/* Whether the hours are the same on every date, all day: 24/7, whatever its spelling. PH rules aside. */
bool hours_never_close(const struct hours *hours);

/* Weekdays as people list them ("Mo-Fr", "Sa,Su"), bit 0 for Monday; false where the text is no such list. */
bool weekdays_read(struct sla_text text, unsigned *ret_weekdays);

/* Adds a window, or takes a stretch out, keeping the windows sorted, disjoint and merged. false where it is too many.
 */
bool windows_add(struct windows *windows, struct window window);
bool windows_remove(struct windows *windows, struct window window);

#endif
