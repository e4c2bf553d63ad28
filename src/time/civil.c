#include "time/civil.h"

#include "base/text.h"

#include <assert.h>

_Static_assert((DATE_MAX + INT64_C(1)) * DAY - 1 == SLA_TIME_MAX, "DATE_MAX is the date of SLA_TIME_MAX");
_Static_assert(DATE_MIN == SLA_TIME_MIN, "DATE_MIN is the date of SLA_TIME_MIN");

/*
 * Years are taken to begin on 1 March, so that the leap day is a year's last day and the months before it have a fixed
 * pattern. Centuries have 36524.25 days on average, years of a century 365.25: which one a day is in is a division by
 * four times as many.
 */
enum { YEARS_400 = 400 * 365 + 97, YEARS_4 = 4 * 365 + 1 };

/* Days from 0000-03-01 to 1970-01-01. */
enum { EPOCH = 719468 };

int date_of(int year, int month, int day) {
  /* Days from 1 March to the first of a month: five months have 153. January and February are of the year before. */
  static const short before_month[] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
  assert(month >= 1 && month <= 12);
  int y = year - (month <= 2);
  return 365 * y + y / 4 - y / 100 + y / 400 + before_month[month - 1] + day - 1 - EPOCH;
}

struct civil civil_of(int date) {
  unsigned days = (unsigned)(date + EPOCH); /* no date is before 0000-03-01 */
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

static bool year_is_leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int month_days(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  assert(month >= 1 && month <= 12);
  return days[month - 1] + (month == 2 && year_is_leap(year));
}

bool civil_is_valid(int year, int month, int day) {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= month_days(year, month);
}

int date_weekday(int date) {
  int weekday = (date % 7 + 3) % 7; /* 1970-01-01 was a Thursday */
  return weekday < 0 ? weekday + 7 : weekday;
}

/* A week belongs to the year that its Thursday is in. */
int date_iso_week(int date) {
  int thursday = date - date_weekday(date) + 3;
  return (thursday - date_of(civil_of(thursday).year, 1, 1)) / 7 + 1;
}

int date_add_months(int date, int months) {
  struct civil civil = civil_of(date);
  int64_t month = (int64_t)civil.year * 12 + civil.month - 1 + months;
  if (month < 12)
    return date_of(1, 1, 1);
  if (month >= 10000 * 12)
    return date_of(9999, 12, 31);
  int year = (int)(month / 12), in_year = (int)(month % 12) + 1, most = month_days(year, in_year);
  return date_of(year, in_year, civil.day < most ? civil.day : most);
}

const char *weekday_name(int weekday) {
  static const char *const names[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
  assert(weekday >= 0 && weekday < 7);
  return names[weekday];
}

const char *month_name(int month) {
  static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  assert(month >= 1 && month <= 12);
  return names[month - 1];
}

bool date_read(struct sla_text text, int *ret_date) {
  int year, month, day;
  if (!text_eat_digits(&text, 4, &year) || !text_eat(&text, '-') || !text_eat_digits(&text, 2, &month) ||
      !text_eat(&text, '-') || !text_eat_digits(&text, 2, &day) || text.len)
    return false;
  if (year < 1900 || year > 2199 || !civil_is_valid(year, month, day))
    return false;
  *ret_date = date_of(year, month, day);
  return true;
}

bool clock_read(struct sla_text text, int most_hours, int *ret_second) {
  int hours, minutes;
  if (!text_eat_digits(&text, 2, &hours) || !text_eat(&text, ':') || !text_eat_digits(&text, 2, &minutes) || text.len)
    return false;
  int second = hours * HOUR + minutes * MINUTE;
  if (minutes > 59 || second > most_hours * HOUR)
    return false;
  *ret_second = second;
  return true;
}
