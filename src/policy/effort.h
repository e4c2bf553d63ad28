/* effort: what worked time costs and what plans pay for, as a policy's section `effort` says. Time is in minutes. */
#ifndef SLACLOCK_POLICY_EFFORT_H
#define SLACLOCK_POLICY_EFFORT_H

#include "policy/policy.h"

/*
 * Bounds, chosen so that what one piece of work or one purchase adds stays under 1.3e15, far below what an account
 * counts to (SLA_EFFORT_MOST).
 */
enum {
  EFFORT_MOST_PLANS = 1000,
  EFFORT_MOST_RATE = 1000000,
  EFFORT_MOST_COUNT = 1000000,
  EFFORT_MOST_NUMBER = 1000000000
};

/* What a customer has bought. */
struct effort_plan {
  const char *name; /* as the field `plan` says it */
  enum sla_plan_kind kind;
  int64_t amount; /* credits, minutes or units */
  size_t field;   /* SLA_PLAN_CREDITS: the amount is for each one of it, SIZE_MAX: once; SLA_PLAN_UNITS: what is used */
};

struct clauses {
  struct clause *items;
  size_t count, capacity;
};

struct effort {
  int64_t quantum, rate;   /* credits for each quantum begun; quantum 0: work costs no credits */
  int64_t notice_above;    /* credits; INT64_MAX: never */
  int64_t replenish_after; /* minutes; INT64_MAX: never */
  struct clauses free;     /* work that costs nothing */
  struct clauses negative; /* work that may take the balance below zero */
  struct {
    struct effort_plan *items;
    size_t count, capacity;
  } plans;
  size_t plan_field; /* SIZE_MAX where there are no plans */
};

/* A number that an example expects. */
struct expected_number {
  bool given;
  int64_t value;
  struct place place;
};

/* What an example expects of a piece of work; in the order of effort_expected_names. */
enum {
  EXPECTED_CREDITS,
  EXPECTED_NOTICE,
  EXPECTED_REPLENISH,
  EXPECTED_BALANCE,
  EXPECTED_OVERDRAWN,
  EXPECTED_LEFT,
  EXPECTED_USED_UP,
  EXPECTED
};
struct effort_example {
  int64_t minutes;
  struct expected_number expected[EXPECTED]; /* flags are 0 and 1 */
};
extern const char *const effort_expected_names[EXPECTED];

/* The plan of a name; NULL where the policy has none. */
const struct effort_plan *effort_plan_named(const struct effort *effort, struct sla_text name);

#endif
