/*
 * civil: dates of the proleptic Gregorian calendar, without zones.
 *
 * A date is an int: days since 1970-01-01. A local time is an int64_t: seconds that a wall clock shows since
 * 1970-01-01T00:00:00 of the same clock. Valid for years 1 to 9999.
 */
#ifndef SLACLOCK_TIME_CIVIL_H
#define SLACLOCK_TIME_CIVIL_H

#include "slaclock.h"

enum { DAY = 86400, HOUR = 3600, MINUTE = 60 };

struct civil {
  int year, month, day; /* month and day from 1 */
};

/* Dates of the supported range: 1970-01-01 and 2199-12-31. */
#define DATE_MIN 0
#define DATE_MAX 84005

int date_of(int year, int month, int day);
struct civil civil_of(int date);

/* Days in a month; month from 1 to 12. */
int month_days(int year, int month);
bool civil_is_valid(int year, int month, int day);

/* 0 for Monday to 6 for Sunday. */
int date_weekday(int date);

/* ISO 8601 week number, 1 to 53. */
int date_iso_week(int date);

/* The date n months later (or earlier), the day clamped to the month's length: 31 January + 1 is 28 or 29 February.
 * Beyond the years 1 to 9999 it is their first or last date. */
int date_add_months(int date, int months);

/* The date of a local time, and the seconds since its midnight (never negative). */
static inline int local_date(int64_t local) {
  return (int)(local / DAY - (local % DAY < 0));
}
static inline int local_second(int64_t local) {
  return (int)(local - (int64_t)local_date(local) * DAY);
}

/* "Mo" to "Su", and "Jan" to "Dec" (month from 1). */
const char *weekday_name(int weekday);
const char *month_name(int month);

/* Reads a whole text as YYYY-MM-DD (years 1900 to 2199) into a date; false where it is none. */
bool date_read(struct sla_text text, int *ret_date);

/* Reads a whole text as HH:MM, 00:00 to 24:00 or up to most_hours:00, into seconds. */
bool clock_read(struct sla_text text, int most_hours, int *ret_second);

#endif
