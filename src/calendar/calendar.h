/*
 * calendar: when a desk is open, as a policy says it (struct calendar, read-only after loading), and compiled for a
 * span of dates (struct schedule): its timelines, and what each date contributes to them.
 *
 * Why a date has the windows it has is worked out in one place, calendar_day(), and is data: messages, calendar views
 * and comparisons are made from it.
 */
#ifndef SLACLOCK_CALENDAR_CALENDAR_H
#define SLACLOCK_CALENDAR_CALENDAR_H

#include "base/diag.h"
#include "calendar/hours.h"
#include "calendar/timeline.h"
#include "holidays/holidays.h"
#include "slaclock.h"
#include "time/zone.h"

/* A dated exception: the windows of one date, none where it is closed. */
struct exception {
  int date;
  struct windows windows;
};

struct schedule;

struct calendar {
  const char *name;
  size_t index; /* among the policy's calendars */
  struct place place;
  const struct zone *zone;
  enum { CALENDAR_PLAIN, CALENDAR_UNION, CALENDAR_INTERSECTION } kind;

  /* CALENDAR_PLAIN */
  const struct hours *hours;
  const struct holiday_source *holidays;
  size_t holiday_count;
  bool exchanges;
  int eve_s; /* seconds that the day before a holiday is shorter by; 0: not */
  bool has_weekend;
  unsigned weekend;                   /* days off for carrying over, bit 0 for Monday, where has_weekend */
  const struct exception *exceptions; /* by date */
  size_t exception_count;

  /* the others */
  struct calendar **members;
  size_t member_count;
  enum { CALENDAR_UNRESOLVED, CALENDAR_RESOLVING, CALENDAR_RESOLVED } resolved; /* loading only: finds cycles */

  bool never_closes;
  int covered_first, covered_last; /* dates between which all its holiday sources know what they say */
  const char *covered_by;          /* name of the source that ends the coverage; NULL where there is no bound */

  struct schedule *schedule; /* NULL until prepared */
};

/* What one date contributes. */
struct schedule_date {
  uint32_t first;    /* index of its first stretch in schedule->pieces */
  uint32_t count;    /* of its stretches; 0: not a business date */
  uint32_t business; /* how many business dates come before it in the schedule */
};

struct schedule {
  struct arena arena; /* all that follows lives in it */
  int first, last;    /* dates compiled, both included */
  struct days_off days_off;
  struct timeline hours; /* open time */
  /* Of each stretch of hours, from its first instant to its end: the zone's offset, or that it changes. And behind them
   * that it does. */
  const int32_t *offsets;
  struct timeline days; /* whole days of the dates that have windows */
  struct schedule_date *dates;
  struct stretch *pieces; /* open stretches by the date whose windows they come from; sorted within a date */
  int *business;          /* the business dates */
  size_t business_count;
};

enum { SCHEDULE_OFFSET_CHANGES = INT32_MAX };

/* The zone's offset at a time in a stretch of hours, or in none of them: hours.count. */
static inline int32_t calendar_offset(const struct calendar *calendar, size_t stretch, sla_time t) {
  int32_t offset = calendar->schedule->offsets[stretch];
  return offset == SCHEDULE_OFFSET_CHANGES ? zone_offset(calendar->zone, t) : offset;
}

/* Why a date has the windows it has. */
struct calendar_day {
  enum sla_day_kind kind;
  struct windows windows;       /* before part-day closings */
  const struct day_off *reason; /* the holiday, carried or exchanged day; of an eve, the holiday it precedes; or NULL */
  const struct day_off *closings; /* part-day closings on the date */
  size_t closing_count;
};

/* The day of a plain calendar, by the days off of a span that holds it and the date after it. */
void calendar_day(const struct calendar *calendar, const struct days_off *days_off, int date,
                  struct calendar_day *ret_day);

/* Whether a date is a weekly day off: what carrying over and exchanges go by. data is a const struct calendar. */
bool calendar_is_rest(const void *data, int date);

/* Whether a calendar is open at every instant for certain, by its hours alone; for calendar->never_closes. */
bool calendar_never_closes(const struct calendar *calendar);

/*
 * Makes calendar->schedule cover [from, until), and the members' too, keeping what it covered before; instants outside
 * the supported range are cut off. A schedule that must grow at least doubles, so that growing step by step stays
 * cheap. false where memory runs out; the calendar then has the schedule it had.
 */
bool calendar_prepare(struct calendar *calendar, sla_time from, sla_time until, size_t memory_limit);

/* Frees the schedule. */
void calendar_release(struct calendar *calendar);

/* Whether the schedule ends (or begins) where the supported range does, so that a longer one cannot be had. */
bool schedule_is_last(const struct schedule *schedule);
bool schedule_is_first(const struct schedule *schedule);

/* The entry of a date, NULL where it is not compiled. */
const struct schedule_date *schedule_date(const struct schedule *schedule, int date);

#endif
