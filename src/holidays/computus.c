#include "holidays/computus.h"

#include "time/civil.h"

#include <assert.h>

/* Meeus, Astronomical Algorithms, chapter 8: the rule for the Gregorian calendar, valid for all its years. */
int easter_gregorian(int year) {
  assert(year >= 1583 && year <= 9999);
  int golden = year % 19, century = year / 100, of_century = year % 100;
  int skipped_leap = century / 4, moon_correction = (century - (century + 8) / 25 + 1) / 3;
  int epact = (19 * golden + century - skipped_leap - moon_correction + 15) % 30;
  int to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
  int late = (golden + 11 * epact + 22 * to_sunday) / 451;
  int march = 22 + epact + to_sunday - 7 * late; /* as a day of March, April running on */
  return date_of(year, 3, 1) + march - 1;
}

/* The same chapter: the rule for the Julian calendar, which has no century corrections. */
int easter_julian(int year) {
  assert(year >= 1583 && year <= 9999);
  int moon = (19 * (year % 19) + 15) % 30;
  int to_sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7;
  int march = 22 + moon + to_sunday; /* as a day of the Julian March */
  int calendars_apart = year / 100 - year / 400 - 2;
  return date_of(year, 3, 1) + march - 1 + calendars_apart;
}
