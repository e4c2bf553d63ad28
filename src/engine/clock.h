/*
 * clock: amounts and due times on a calendar, minus pauses. All questions here are searches in compiled schedules.
 */
#ifndef SLACLOCK_ENGINE_CLOCK_H
#define SLACLOCK_ENGINE_CLOCK_H

#include "calendar/calendar.h"
#include "policy/policy.h"
#include "slaclock.h"

/* How a question was answered. */
enum reach {
  REACHED,
  REACH_BEYOND, /* the schedule is too short: `need` says for what */
  REACH_NEVER,  /* there is no such instant within the supported range */
};

/* What has to be compiled before a question can be answered. */
struct need {
  struct calendar *calendar;
  sla_time from, until;
};

/* A clock that stands still during pauses. */
struct clock {
  struct calendar *calendar; /* may be NULL for SLA_ELAPSED */
  enum sla_clock kind;
  const struct stretch *pauses; /* sorted, disjoint */
  size_t pause_count;
};

/* Whether the calendar is open at t. */
enum reach calendar_is_open(struct calendar *calendar, sla_time t, bool *ret_open, struct need *ret_need);

/* Seconds that the clock runs in [a, b); 0 where b is not after a. */
enum reach clock_elapsed(const struct clock *clock, sla_time a, sla_time b, int64_t *ret_seconds,
                         struct need *ret_need);

/* The earliest t >= s at which the clock has run amount seconds since s. */
enum reach clock_due(const struct clock *clock, sla_time s, int64_t amount, sla_time *ret_due, struct need *ret_need);

/*
 * The due time of a target for a start, without pauses; and what it comes to as an amount on the target's clock.
 */
enum reach target_due(const struct target *target, sla_time s, sla_time *ret_due, int64_t *ret_amount,
                      struct need *ret_need);

/* The due time with pauses, for an amount that target_due gave. */
enum reach target_due_paused(const struct target *target, const struct clock *clock, sla_time s, int64_t amount,
                             sla_time *ret_due, struct need *ret_need);

#endif
