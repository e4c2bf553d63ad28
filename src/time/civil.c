#include "time/civil.h"

#include "base/text.h"

#include <assert.h>

_Static_assert((DATE_MAX + INT64_C(1)) * DAY - 1 == SLA_TIME_MAX, "DATE_MAX is the date of SLA_TIME_MAX");
_Static_assert(DATE_MIN == SLA_TIME_MIN, "DATE_MIN is the date of SLA_TIME_MIN");

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
