/*
 * effort: what worked time costs, and the accounts of customers. All numbers are exact; one that could not be is
 * refused before anything is changed.
 *
 * Accounts do not depend on the order in which work and purchases are told.
 */
#ifndef SLACLOCK_ENGINE_EFFORT_H
#define SLACLOCK_ENGINE_EFFORT_H

#include "base/arena.h"
#include "policy/effort.h"
#include "slaclock.h"

enum { EFFORT_PROBLEM = 256 };

/* One piece of work. */
struct work {
  const struct effort_plan *plan; /* or NULL */
  int64_t minutes;                /* 0 to SLA_EFFORT_MOST_MINUTES */
  int64_t count;                  /* what the plan's field says; 1 where it has none */
  struct sla_effort cost;
  bool may_overdraw;
};

/* The cost of work on an incident, by a policy that has `effort`; lists may be NULL. NULL, or what is wrong with a
 * value, in the buffer. */
const char *effort_cost(const struct policy *policy, const struct sla_text *values, const struct sla_list *lists,
                        int64_t minutes, struct work *ret_work, char problem[EFFORT_PROBLEM]);

/* What a plan's field says: empty is 0; 1 where the plan has none. NULL, or what is wrong, in the buffer. */
const char *effort_count(const struct policy *policy, const struct effort_plan *plan, const struct sla_text *values,
                         int64_t *ret_count, char problem[EFFORT_PROBLEM]);

struct account {
  struct sla_account sums; /* what follows from other numbers holds after accounts_item only */
  struct sla_holding *holdings;
  size_t holding_capacity;
  int64_t permitted; /* credits of work that may overdraw the balance */
};

struct accounts {
  const struct policy *policy;
  struct arena arena;
  struct {
    struct account *items;
    size_t count, capacity;
  } list;            /* in the order of first sight */
  uint32_t *slots;   /* index in the list + 1; 0: free */
  size_t slot_count; /* a power of two */
  int64_t volume;    /* what was ever added to anything: bounds every number and every sum of them */
  char problem[EFFORT_PROBLEM];
};

/* All return NULL, or what is wrong; out of memory leaves arena_try. */
const char *accounts_work(struct accounts *accounts, struct sla_text customer, const struct work *work);
const char *accounts_grant(struct accounts *accounts, struct sla_text customer, int64_t credits);
const char *accounts_buy(struct accounts *accounts, struct sla_text customer, const struct effort_plan *plan,
                         int64_t count);

/* An account with all that follows from its numbers. */
const struct sla_account *accounts_item(struct accounts *accounts, size_t index);

/* The sums of all accounts; used_up counts plans. */
void accounts_total(struct accounts *accounts, struct sla_account *ret_total);

#endif
