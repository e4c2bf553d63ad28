/*
 * ics_day: special days as events, the same for the listing of a set and the export of a calendar.
 *
 * An all-day event is a day off and nothing else is one, since that is how feeds are read. What else there is to say of
 * a date (the hours of a day that is open after all, a day worked in exchange) are timed events that are transparent.
 */
#ifndef SLACLOCK_CLI_ICS_DAY_H
#define SLACLOCK_CLI_ICS_DAY_H

#include "cli/ics.h"

/* Whose days they are, for the UIDs: a set; or a calendar and its policy. */
struct ics_owner {
  struct sla_text parts[2];
  size_t count;
};

/* Begins an event with the UID of a kind of day; `at` is its date or instant as text. */
void ics_day_open(struct ics *ics, const char *at, const char *kind, const struct ics_owner *owner);

/* CATEGORIES, TRANSP, and the end of the event. */
void ics_day_close(struct ics *ics, const char *kind, bool transparent);

/* The times of an event that lasts the whole date. */
void ics_day_whole(struct ics *ics, int date);

/* SUMMARY of a day: "Easter (carried over from 2026-04-12)". prefix stands before it. */
void ics_day_summary(struct ics *ics, const char *prefix, enum sla_holiday_kind kind, const char *name, int from);

/* The listing of a set. */
void ics_holidays(struct ics *ics, const sla_holidays *holidays, const struct ics_owner *owner);

#endif
