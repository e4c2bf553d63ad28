/*
 * civil: dates of the proleptic Gregorian calendar, without zones.
 *
 * A date is an int: days since 1970-01-01. A local time is an int64_t: seconds that a wall clock shows since
 * 1970-01-01T00:00:00 of the same clock. Valid for years 1 to 9999.
 */
#ifndef SLACLOCK_TIME_CIVIL_H
#define SLACLOCK_TIME_CIVIL_H

#include "slaclock.h"

#include <assert.h>

enum { DAY = 86400, HOUR = 3600, MINUTE = 60 };

struct civil {
  int year, month, day; /* month and day from 1 */
};

/* Dates of the supported range: 1970-01-01 and 2199-12-31. */
#define DATE_MIN 0
#define DATE_MAX 84005

/*
 * Years are taken to begin on 1 March, so that the leap day is a year's last day and the months before it have a fixed
 * pattern. Centuries have 36524.25 days on average, years of a century 365.25: which one a day is in is a division by
 * four times as many.
 */
enum { YEARS_400 = 400 * 365 + 97, YEARS_4 = 4 * 365 + 1 };

/* Days from 0000-03-01 to 1970-01-01. */
enum { DATE_EPOCH = 719468 };

static inline int date_of(int year, int month, int day) {
  /* Days from 1 March to the first of a month: five months have 153. January and February are of the year before. */
  static const short before_month[] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
  assert(month >= 1 && month <= 12);
  unsigned y = (unsigned)(year - (month <= 2));
  return (int)(365 * y + y / 4 - y / 100 + y / 400) + before_month[month - 1] + day - 1 - DATE_EPOCH;
}

static inline struct civil civil_of(int date) {
  unsigned days = (unsigned)(date + DATE_EPOCH); /* no date is before 0000-03-01 */
  unsigned century = (4 * days + 3) / YEARS_400;
  unsigned in_century = days - century * YEARS_400 / 4;
  unsigned year = (4 * in_century + 3) / YEARS_4;
  unsigned in_year = in_century - year * YEARS_4 / 4;
  unsigned from_march = (5 * in_year + 2) / 153;
  unsigned is_next = from_march >= 10;
  return (struct civil){
      .year = (int)(100 * century + year + is_next),
      .month = (int)(from_march + 3 - 12 * is_next),
      .day = (int)(in_year - (153 * from_march + 2) / 5 + 1),
  };
}

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
