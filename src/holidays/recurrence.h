/*
 * recurrence: recurrence rules (RFC 5545 section 3.3.10), as dates and times of a wall clock. Private to src/holidays.
 *
 * feed_ical.h asks libical for occurrences of unusual rules where that is right and quick; all others are made here,
 * and all where libical is not installed. Both answer alike, which tests/unit/test_recurrence.c shows;
 * tests/recurrence-compare compares with ical.js.
 */
#ifndef SLACLOCK_HOLIDAYS_RECURRENCE_H
#define SLACLOCK_HOLIDAYS_RECURRENCE_H

#include "base/arena.h"
#include "slaclock.h"

enum {
  RECURRENCE_MOST_COUNT = 100000,
  RECURRENCE_MOST_INTERVAL = 1000,
  RECURRENCE_MOST_A_DAY = 24, /* times that BYHOUR, BYMINUTE and BYSECOND make of a date */
};

enum frequency { EVERY_DAY, EVERY_WEEK, EVERY_MONTH, EVERY_YEAR };

/* Numbers of a BY part: bit n for n, and for n from the end. The longest, BYYEARDAY, has 366. */
enum { NUMBER_WORDS = 6 };
struct numbers {
  bool given;
  uint64_t front[NUMBER_WORDS], back[NUMBER_WORDS];
};

struct recurrence {
  enum frequency frequency;
  int interval;
  int count;      /* 0: no bound */
  bool has_until; /* the last moment is the caller's to tell */
  int week_start; /* 0 for Monday */
  struct numbers months, month_days, year_days, weeks, positions, hours, minutes, seconds;
  bool has_days;     /* BYDAY */
  unsigned weekdays; /* each such day; bit 0 for Monday */
  bool has_nth;
  struct numbers nth[7]; /* the nth such day */
};

void numbers_add(struct numbers *numbers, int number);

struct moments {
  int64_t *items; /* local times */
  size_t count, capacity;
};

/*
 * Adds the occurrences in [from, to] of the rule to moments, in order; start is DTSTART, which is always the first
 * occurrence (section 3.8.5.3) and counts in COUNT. until is the last moment allowed.
 */
void recurrence_expand(struct arena *arena, const struct recurrence *rule, int64_t start, int64_t until, int64_t from,
                       int64_t to, struct moments *moments);

/* Whether start meets the rule: it is one of its occurrences, and not only because it is DTSTART. */
bool recurrence_has_start(struct arena *arena, const struct recurrence *rule, int64_t start);

/* How many occurrences a rule makes at most in a year, and on one date. */
int recurrence_yearly(const struct recurrence *rule);
int recurrence_daily(const struct recurrence *rule);

#endif
