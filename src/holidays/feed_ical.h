/*
 * feed_ical: the occurrences of recurrence rules: of those that are of days, weekdays and months alone by recurrence.h,
 * of others by libical where it is right and quick. Private to src/holidays.
 *
 * Measured of libical 3.0.16: it makes days that a rule does not have, leaves out some that it has, refuses rules of
 * which RFC 5545 makes sense, looks for seconds for what never comes, and takes 10 microseconds for each rule and each
 * occurrence. So it is asked only about rules that no line of the table in feed_ical.c fences off, and only so many of
 * them at a time; tests/unit/test_recurrence.c shows each fault, and that without faults both answer alike.
 *
 * libical is loaded when it is first needed, and what works without feeds that repeat works without it. Where it is not
 * installed, recurrence.h answers for it.
 */
#ifndef SLACLOCK_HOLIDAYS_FEED_ICAL_H
#define SLACLOCK_HOLIDAYS_FEED_ICAL_H

#include "holidays/recurrence.h"

enum {
  ICAL_MOST_OCCURRENCES = 500, /* that it steps through for one rule */
  ICAL_MOST_STEPS = 2000,      /* rules and occurrences before recurrence.h goes on, faster */
};

struct ical_library;

/* Zeroed to begin with. Each is used by one thread, and lives no longer than the arena. */
struct ical {
  bool is_tried;
  const struct ical_library *library; /* NULL: not loaded */
  int steps;                          /* taken so far */
};

/* As recurrence_expand(). */
void ical_expand(struct ical *ical, struct arena *arena, const struct recurrence *rule, int64_t start, int64_t until,
                 int64_t from, int64_t to, struct moments *moments);

/*
 * The two halves of it, for tests as well. last is the last moment asked for that the rule allows.
 *
 * ical_fence: why libical is not asked, in a few words; NULL: it is. ical_ask: what it answers, fences or not; false
 * where it cannot be loaded, refuses the rule or has too many.
 */
const char *ical_fence(struct arena *arena, const struct recurrence *rule, int64_t start, int64_t from, int64_t last);
bool ical_ask(struct ical *ical, struct arena *arena, const struct recurrence *rule, int64_t start, int64_t from,
              int64_t last, struct moments *moments);

#endif
