#include "engine/effort.h"

#include "base/text.h"
#include "engine/evaluate.h"

#include <assert.h>
#include <stdio.h>

/* --- what work costs -----------------------------------------------------------------------------------------------
 */

static bool any_holds(const struct clauses *clauses, const struct sla_text *values, const struct sla_list *lists) {
  for (size_t i = 0; i < clauses->count; i++)
    if (clause_fits(&clauses->items[i], values, lists))
      return true;
  return false;
}

const char *effort_count(const struct policy *policy, const struct effort_plan *plan, const struct sla_text *values,
                         int64_t *ret_count, char problem[EFFORT_PROBLEM]) {
  *ret_count = 1;
  if (plan->field == SIZE_MAX)
    return NULL;
  int64_t most = plan->kind == SLA_PLAN_UNITS ? EFFORT_MOST_NUMBER : EFFORT_MOST_COUNT;
  struct sla_text value = text_trim(values[plan->field]);
  *ret_count = 0;
  if (value.len == 0 || text_number(value, most, ret_count))
    return NULL;
  struct sla_text shown = text_cut(value, VALUE_SHOWN);
  snprintf(problem, EFFORT_PROBLEM, "%.60s must be a whole number from 0 to %lld, not \"%.*s\"",
           policy->fields.items[plan->field], (long long)most, TEXT_ARGS(shown));
  return problem;
}

/* The plan that an incident names; of several words the first that is one. NULL: none. */
static const struct effort_plan *plan_of(const struct effort *effort, const struct sla_text *values,
                                         const struct sla_list *lists) {
  const struct effort_plan *plan = effort_plan_named(effort, values[effort->plan_field]);
  size_t count = lists ? lists[effort->plan_field].count : 0;
  for (size_t i = 0; i < count && !plan; i++)
    plan = effort_plan_named(effort, lists[effort->plan_field].items[i]);
  return plan;
}

const char *effort_cost(const struct policy *policy, const struct sla_text *values, const struct sla_list *lists,
                        int64_t minutes, struct work *ret_work, char problem[EFFORT_PROBLEM]) {
  const struct effort *effort = policy->newest->effort;
  assert(minutes >= 0 && minutes <= SLA_EFFORT_MOST_MINUTES);
  *ret_work = (struct work){.minutes = minutes, .count = 1};
  if (effort->plan_field != SIZE_MAX)
    ret_work->plan = plan_of(effort, values, lists);
  if (ret_work->plan && effort_count(policy, ret_work->plan, values, &ret_work->count, problem))
    return problem;
  struct sla_effort *cost = &ret_work->cost;
  cost->is_free = any_holds(&effort->free, values, lists);
  /* An allowance is what pays for the time worked under it. */
  bool has_price = effort->quantum && !cost->is_free && !(ret_work->plan && ret_work->plan->kind == SLA_PLAN_ALLOWANCE);
  if (!has_price)
    return NULL;
  int64_t quanta = minutes / effort->quantum + (minutes % effort->quantum != 0);
  cost->credits = quanta * effort->rate;
  cost->notice = cost->credits > effort->notice_above;
  cost->replenish = minutes > effort->replenish_after;
  ret_work->may_overdraw = any_holds(&effort->negative, values, lists);
  return NULL;
}

/* --- finding accounts ----------------------------------------------------------------------------------------------
 */

/*
 * FNV-1a, begun at a place in memory that input does not know, so that it cannot be made of customers that all meet in
 * one slot; then the last steps of MurmurHash3, which spread it.
 */
static uint64_t hash(const struct accounts *accounts, struct sla_text text) {
  uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)(uintptr_t)accounts;
  for (size_t i = 0; i < text.len; i++)
    h = (h ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
  h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
  h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
  return h ^ h >> 33;
}

/* The slot of a customer: theirs, or a free one. */
static uint32_t *find_slot(const struct accounts *accounts, struct sla_text customer) {
  for (size_t at = (size_t)hash(accounts, customer);; at++) {
    uint32_t *slot = &accounts->slots[at & (accounts->slot_count - 1)];
    if (!*slot || text_equal(accounts->list.items[*slot - 1].sums.customer, customer))
      return slot;
  }
}

/* Makes room for one account more, so that a quarter of the slots is free. */
static void grow_slots(struct accounts *accounts) {
  if ((accounts->list.count + 1) * 4 <= accounts->slot_count * 3)
    return;
  size_t count = accounts->slot_count ? 2 * accounts->slot_count : 64;
  uint32_t *slots = arena_array(&accounts->arena, count, sizeof *slots);
  accounts->slots = slots;
  accounts->slot_count = count;
  for (size_t i = 0; i < accounts->list.count; i++)
    *find_slot(accounts, accounts->list.items[i].sums.customer) = (uint32_t)(i + 1);
}

/* The account of a customer; a new one where there is none. */
static struct account *account_of(struct accounts *accounts, struct sla_text customer) {
  if (accounts->slot_count) {
    uint32_t *slot = find_slot(accounts, customer);
    if (*slot)
      return &accounts->list.items[*slot - 1];
  }
  if (accounts->list.count >= UINT32_MAX - 1)
    arena_fail(&accounts->arena);
  grow_slots(accounts);
  struct sla_text name = {arena_copy(&accounts->arena, customer.ptr, customer.len), customer.len};
  struct account *account = ARENA_PUSH(&accounts->arena, &accounts->list);
  account->sums.customer = name;
  *find_slot(accounts, name) = (uint32_t)accounts->list.count;
  return account;
}

/* What a customer has of a plan; nothing yet where it is new. */
static struct sla_holding *holding_of(struct accounts *accounts, struct account *account,
                                      const struct effort_plan *plan) {
  size_t index = (size_t)(plan - accounts->policy->newest->effort->plans.items), count = account->sums.plan_count;
  for (size_t i = 0; i < count; i++)
    if (account->holdings[i].plan == index)
      return &account->holdings[i];
  if (count == account->holding_capacity) { /* most have one */
    size_t capacity = count ? 2 * count : 1;
    account->holdings = arena_regrow(&accounts->arena, account->holdings, count, capacity, sizeof *account->holdings);
    account->holding_capacity = capacity;
  }
  account->sums.plans = account->holdings;
  account->holdings[count] = (struct sla_holding){.plan = index, .kind = plan->kind};
  account->sums.plan_count++;
  return &account->holdings[count];
}

/* --- adding --------------------------------------------------------------------------------------------------------
 */

/* Whether this much more can be counted, in which case it is. */
static bool take_volume(struct accounts *accounts, int64_t amount) {
  assert(amount >= 0 && amount <= SLA_EFFORT_MOST);
  if (amount > SLA_EFFORT_MOST - accounts->volume)
    return false;
  accounts->volume += amount;
  return true;
}

static const char too_much[] = "the numbers are too large to be counted exactly";

const char *accounts_work(struct accounts *accounts, struct sla_text customer, const struct work *work) {
  const struct effort_plan *plan = work->plan;
  struct account *account = account_of(accounts, customer);
  struct sla_holding *holding = plan ? holding_of(accounts, account, plan) : NULL;
  int64_t amount = !plan ? 0 : plan->kind == SLA_PLAN_CREDITS ? plan->amount * work->count : plan->amount;
  int64_t more = holding && !holding->bought && amount > holding->amount ? amount - holding->amount : 0;
  int64_t used = !plan || work->cost.is_free        ? 0
                 : plan->kind == SLA_PLAN_ALLOWANCE ? work->minutes
                 : plan->kind == SLA_PLAN_UNITS     ? work->count
                                                    : 0;
  if (!take_volume(accounts, 1 + work->minutes + work->cost.credits + more + used))
    return too_much;
  account->sums.incidents++;
  account->sums.minutes += work->minutes;
  account->sums.free_minutes += work->cost.is_free ? work->minutes : 0;
  account->sums.credits += work->cost.credits;
  account->sums.notices += work->cost.notice;
  account->sums.replenishments += work->cost.replenish;
  account->permitted += work->may_overdraw ? work->cost.credits : 0;
  if (holding) {
    holding->amount += more;
    holding->used += used;
  }
  return NULL;
}

const char *accounts_grant(struct accounts *accounts, struct sla_text customer, int64_t credits) {
  assert(credits >= -EFFORT_MOST_NUMBER && credits <= EFFORT_MOST_NUMBER);
  struct account *account = account_of(accounts, customer);
  if (!take_volume(accounts, credits < 0 ? -credits : credits))
    return too_much;
  account->sums.granted += credits;
  return NULL;
}

const char *accounts_buy(struct accounts *accounts, struct sla_text customer, const struct effort_plan *plan,
                         int64_t count) {
  struct account *account = account_of(accounts, customer);
  struct sla_holding *holding = holding_of(accounts, account, plan);
  int64_t amount = plan->kind == SLA_PLAN_CREDITS ? plan->amount * count : plan->amount;
  if (!take_volume(accounts, amount))
    return too_much;
  if (!holding->bought) /* purchases say it better than the incidents do */
    holding->amount = 0;
  holding->bought = true;
  holding->amount += amount;
  return NULL;
}

/* --- asking --------------------------------------------------------------------------------------------------------
 */

/* Adds up what a customer has of each kind of plan. */
static void settle_holdings(struct account *account) {
  struct sla_account *sums = &account->sums;
  sums->opening = sums->allowance = sums->allowance_used = sums->units = sums->units_used = 0;
  sums->used_up = 0;
  for (size_t i = 0; i < sums->plan_count; i++) {
    struct sla_holding *holding = &account->holdings[i];
    if (holding->kind == SLA_PLAN_CREDITS) {
      sums->opening += holding->amount;
      continue;
    }
    holding->left = holding->amount - holding->used;
    holding->used_up = holding->amount > 0 && holding->left <= 0;
    sums->used_up += holding->used_up;
    bool is_time = holding->kind == SLA_PLAN_ALLOWANCE;
    *(is_time ? &sums->allowance : &sums->units) += holding->amount;
    *(is_time ? &sums->allowance_used : &sums->units_used) += holding->used;
  }
  sums->allowance_left = sums->allowance - sums->allowance_used;
  sums->units_left = sums->units - sums->units_used;
}

const struct sla_account *accounts_item(struct accounts *accounts, size_t index) {
  assert(index < accounts->list.count);
  struct account *account = &accounts->list.items[index];
  struct sla_account *sums = &account->sums;
  settle_holdings(account);
  sums->balance = sums->opening + sums->granted - sums->credits;
  /* What other work took beyond what was there. */
  int64_t without = sums->balance + account->permitted;
  sums->overdrawn = without < 0 ? -without : 0;
  return sums;
}

void accounts_total(struct accounts *accounts, struct sla_account *ret_total) {
  *ret_total = (struct sla_account){.customer = {"", 0}};
  for (size_t i = 0; i < accounts->list.count; i++) {
    const struct sla_account *item = accounts_item(accounts, i);
    ret_total->incidents += item->incidents;
    ret_total->minutes += item->minutes;
    ret_total->free_minutes += item->free_minutes;
    ret_total->credits += item->credits;
    ret_total->notices += item->notices;
    ret_total->replenishments += item->replenishments;
    ret_total->opening += item->opening;
    ret_total->granted += item->granted;
    ret_total->balance += item->balance;
    ret_total->overdrawn += item->overdrawn;
    ret_total->allowance += item->allowance;
    ret_total->allowance_used += item->allowance_used;
    ret_total->allowance_left += item->allowance_left;
    ret_total->units += item->units;
    ret_total->units_used += item->units_used;
    ret_total->units_left += item->units_left;
    ret_total->used_up += item->used_up;
  }
}
