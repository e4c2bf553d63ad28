/* effort_api: what worked time costs, customers' accounts, and a policy's examples of both. */
#include "api/handles.h"

#include "base/text.h"
#include "engine/effort.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

bool sla_policy_has_effort(const sla_policy *policy) {
  return policy_of_const(policy)->newest->effort != NULL;
}

bool sla_policy_has_credits(const sla_policy *policy) {
  const struct effort *effort = policy_of_const(policy)->newest->effort;
  return effort && effort->quantum;
}

static bool clauses_read(const struct clauses *clauses, size_t field) {
  for (size_t i = 0; i < clauses->count; i++) {
    const struct clause *clause = &clauses->items[i];
    for (size_t k = 0; k < clause->when_count; k++)
      if (clause->when[k].field == field)
        return true;
    for (size_t k = 0; k < clause->unless_count; k++)
      if (clause->unless[k].field == field)
        return true;
  }
  return false;
}

bool sla_policy_field_is_of_effort(const sla_policy *policy, size_t field) {
  const struct effort *effort = policy_of_const(policy)->newest->effort;
  if (!effort)
    return false;
  for (size_t i = 0; i < effort->plans.count; i++)
    if (effort->plans.items[i].field == field)
      return true;
  return field == effort->plan_field || clauses_read(&effort->free, field) || clauses_read(&effort->negative, field);
}

size_t sla_policy_plan_count(const sla_policy *policy) {
  const struct effort *effort = policy_of_const(policy)->newest->effort;
  return effort ? effort->plans.count : 0;
}

static const struct effort_plan *plan_at(const struct policy *policy, size_t plan) {
  assert(policy->newest->effort && plan < policy->newest->effort->plans.count);
  return &policy->newest->effort->plans.items[plan];
}

const char *sla_policy_plan_name(const sla_policy *policy, size_t plan) {
  return plan_at(policy_of_const(policy), plan)->name;
}

enum sla_plan_kind sla_policy_plan_kind(const sla_policy *policy, size_t plan) {
  return plan_at(policy_of_const(policy), plan)->kind;
}

/* --- accounts ------------------------------------------------------------------------------------------------------
 */

struct sla_accounts {
  struct accounts inner;
};

enum sla_code sla_accounts_new(const sla_policy *policy, sla_accounts **ret_accounts) {
  assert(sla_policy_has_effort(policy));
  sla_accounts *accounts = calloc(1, sizeof *accounts);
  if (!accounts)
    return SLA_NO_MEMORY;
  accounts->inner.policy = policy_of_const(policy);
  arena_init(&accounts->inner.arena, policy_of_const(policy)->memory_limit);
  *ret_accounts = accounts;
  return SLA_OK;
}

void sla_accounts_free(sla_accounts *accounts) {
  if (!accounts)
    return;
  arena_release(&accounts->inner.arena);
  free(accounts);
}

/* A call that may need memory; exactly one of work, plan and neither (credits). */
struct telling {
  struct accounts *accounts;
  struct sla_text customer;
  const struct work *work;
  const struct effort_plan *plan;
  int64_t number;
  const char *problem;
};

static void tell(void *data) {
  struct telling *telling = data;
  telling->problem = telling->work ? accounts_work(telling->accounts, telling->customer, telling->work)
                     : telling->plan
                         ? accounts_buy(telling->accounts, telling->customer, telling->plan, telling->number)
                         : accounts_grant(telling->accounts, telling->customer, telling->number);
}

static enum sla_code tell_accounts(struct telling *telling, const char **ret_problem) {
  if (!arena_try(&telling->accounts->arena, tell, telling))
    return SLA_NO_MEMORY;
  *ret_problem = telling->problem;
  return telling->problem ? SLA_INVALID : SLA_OK;
}

enum sla_code sla_accounts_work(sla_accounts *accounts, struct sla_text customer, const struct sla_text *values,
                                const struct sla_list *lists, int64_t minutes, struct sla_effort *ret_effort,
                                const char **ret_problem) {
  struct accounts *inner = &accounts->inner;
  struct work work;
  *ret_problem = effort_cost(inner->policy, values, lists, minutes, &work, inner->problem);
  if (*ret_problem)
    return SLA_INVALID;
  *ret_effort = work.cost;
  return tell_accounts(&(struct telling){inner, customer, &work, NULL, 0, NULL}, ret_problem);
}

enum sla_code sla_accounts_buy(sla_accounts *accounts, struct sla_text customer, size_t plan,
                               const struct sla_text *values, const char **ret_problem) {
  struct accounts *inner = &accounts->inner;
  const struct effort_plan *bought = plan_at(inner->policy, plan);
  int64_t count;
  *ret_problem = effort_count(inner->policy, bought, values, &count, inner->problem);
  if (!*ret_problem && bought->kind == SLA_PLAN_CREDITS && bought->field != SIZE_MAX &&
      text_trim(values[bought->field]).len == 0) {
    snprintf(inner->problem, sizeof inner->problem, "%.60s is empty: plan \"%.60s\" gives credits for each",
             inner->policy->fields.items[bought->field], bought->name);
    *ret_problem = inner->problem;
  }
  if (*ret_problem)
    return SLA_INVALID;
  return tell_accounts(&(struct telling){inner, customer, NULL, bought, count, NULL}, ret_problem);
}

enum sla_code sla_accounts_grant(sla_accounts *accounts, struct sla_text customer, int64_t credits,
                                 const char **ret_problem) {
  return tell_accounts(&(struct telling){&accounts->inner, customer, NULL, NULL, credits, NULL}, ret_problem);
}

size_t sla_accounts_count(const sla_accounts *accounts) {
  return accounts->inner.list.count;
}

const struct sla_account *sla_accounts_item(sla_accounts *accounts, size_t index) {
  return accounts_item(&accounts->inner, index);
}

void sla_accounts_total(sla_accounts *accounts, struct sla_account *ret_total) {
  accounts_total(&accounts->inner, ret_total);
}

/* --- examples ------------------------------------------------------------------------------------------------------
 */

/* The number that an example may expect. */
static int64_t found_number(size_t what, const struct sla_effort *cost, const struct sla_account *account) {
  const struct sla_holding *plan = account->plan_count ? &account->plans[0] : NULL;
  switch (what) {
  case EXPECTED_CREDITS: return cost->credits;
  case EXPECTED_NOTICE: return cost->notice;
  case EXPECTED_REPLENISH: return cost->replenish;
  case EXPECTED_BALANCE: return account->balance;
  case EXPECTED_OVERDRAWN: return account->overdrawn;
  case EXPECTED_LEFT: return plan ? plan->left : 0;
  default: return plan && plan->used_up;
  }
}

static const char *number_text(struct arena *arena, size_t what, const struct sla_account *account, int64_t number) {
  char duration[SLA_DURATION_TEXT];
  if (what == EXPECTED_NOTICE || what == EXPECTED_REPLENISH || what == EXPECTED_USED_UP)
    return number ? "true" : "false";
  if (what != EXPECTED_LEFT || account->allowance == 0)
    return arena_printf(arena, "%lld", (long long)number);
  sla_duration_write(number * 60, duration);
  return arena_printf(arena, "%s", duration);
}

static bool compare(struct diags *diags, const struct example *example, const struct sla_effort *cost,
                    const struct sla_account *account) {
  bool holds = true;
  for (size_t i = 0; i < EXPECTED; i++) {
    const struct expected_number *expected = &example->effort->expected[i];
    int64_t found = found_number(i, cost, account);
    if (!expected->given || expected->value == found)
      continue;
    diag_error(diags, expected->place, "the example fails: %s is %s, not %s", effort_expected_names[i],
               number_text(diags->arena, i, account, found), number_text(diags->arena, i, account, expected->value));
    holds = false;
  }
  return holds;
}

enum sla_code run_effort_question(struct policy *policy, struct diags *diags, const struct example *example,
                                  bool *ret_holds) {
  sla_accounts *accounts;
  struct sla_effort cost;
  const char *problem;
  enum sla_code code = sla_accounts_new((const sla_policy *)policy, &accounts);
  if (code != SLA_OK)
    return code;
  code = sla_accounts_work(accounts, (struct sla_text){"", 0}, example->values, NULL, example->effort->minutes, &cost,
                           &problem);
  if (code == SLA_OK)
    *ret_holds = compare(diags, example, &cost, sla_accounts_item(accounts, 0));
  else if (code == SLA_INVALID)
    diag_error(diags, example->place, "the example fails: %s", problem);
  sla_accounts_free(accounts);
  return code == SLA_NO_MEMORY ? code : SLA_OK;
}
