/* Effort: what work costs and customers' accounts, against a naive model; their bounds, and running out of memory. */
#include "api_place.h"

enum { PLANS = 4, CUSTOMERS = 5, EVENTS = 40 };

/* --- a random policy and what happens under it -------------------------------------------------------------------- */

struct rates {
  int64_t quantum, rate, notice_above, replenish_after;
  int64_t pack, each, allowance, units; /* of the plans, in this order */
};

static const char *const plan_names[PLANS + 2] = {"pack", "each", "hours", "things", "other", ""};

enum event_kind { EVENT_WORK, EVENT_BUY, EVENT_GRANT };
struct event {
  enum event_kind kind;
  int customer, plan; /* an index of plan_names */
  bool is_free, may_overdraw;
  int64_t minutes, addons, used, credits;
};

static sla_policy *load_rates(struct api_place *here, const struct rates *rates) {
  char text[1024];
  sla_policy *policy = NULL;
  snprintf(text, sizeof text,
           "policy: rates\ntargets: []\neffort:\n"
           "  quantum: %dm\n  credits: %d\n  notice_above: %d\n  replenish_after: %dm\n"
           "  free: [{ when: { cause: [bug, flaw] } }]\n"
           "  negative: [{ when: { activity: search }, unless: { cause: typo } }]\n"
           "  plans:\n    pack: { credits: %d }\n    each: { credits: %d, per: addons }\n"
           "    hours: { allowance: %dm }\n    things: { units: %d, of: things }\n",
           (int)rates->quantum, (int)rates->rate, (int)rates->notice_above, (int)rates->replenish_after,
           (int)rates->pack, (int)rates->each, (int)rates->allowance, (int)rates->units);
  write_file(here, "rates.yaml", text);
  here->collector.count = 0;
  if (sla_policy_load(&here->options, "rates", &policy) != SLA_OK)
    fail_msg("%s\n%s", text, here->collector.count ? here->collector.items[0] : "nothing said");
  return policy;
}

static void fill_values(const sla_policy *policy, const struct event *event, struct sla_text *values,
                        char numbers[2][24]) {
  for (size_t i = 0; i < FIELDS; i++)
    values[i] = (struct sla_text){"", 0};
  snprintf(numbers[0], 24, "%lld", (long long)event->addons);
  snprintf(numbers[1], 24, "%lld", (long long)event->used);
  values[field_named(policy, "plan")] = text_from(plan_names[event->plan]);
  values[field_named(policy, "addons")] = text_from(numbers[0]);
  values[field_named(policy, "things")] = text_from(numbers[1]);
  values[field_named(policy, "cause")] = text_from(event->is_free ? "flaw" : event->minutes % 2 ? "typo" : "");
  values[field_named(policy, "activity")] = text_from(event->may_overdraw ? "search" : "read");
}

static struct sla_text customer_name(int customer, char name[16]) {
  snprintf(name, 16, "c%d", customer);
  return (struct sla_text){name, customer ? strlen(name) : 0};
}

static void tell_event(const sla_policy *policy, sla_accounts *accounts, const struct event *event) {
  struct sla_text values[FIELDS];
  char numbers[2][24], name[16];
  struct sla_effort cost;
  const char *problem = NULL;
  struct sla_text customer = customer_name(event->customer, name);
  enum sla_code code = SLA_OK;
  fill_values(policy, event, values, numbers);
  if (event->kind == EVENT_WORK)
    code = sla_accounts_work(accounts, customer, values, NULL, event->minutes, &cost, &problem);
  else if (event->kind == EVENT_BUY)
    code = sla_accounts_buy(accounts, customer, (size_t)event->plan, values, &problem);
  else
    code = sla_accounts_grant(accounts, customer, event->credits, &problem);
  if (code != SLA_OK)
    fail_msg("code %d: %s", code, problem ? problem : "");
}

/* --- the naive model ---------------------------------------------------------------------------------------------- */

/* Counts up minute by minute: whenever a quantum begins, it costs. */
static int64_t naive_credits(const struct rates *rates, int64_t minutes) {
  int64_t credits = 0, until = 0;
  for (int64_t minute = 0; minute < minutes; minute++)
    if (minute == until) {
      credits += rates->rate;
      until += rates->quantum;
    }
  return credits;
}

static int64_t naive_amount(const struct rates *rates, const struct event *event) {
  const int64_t amounts[PLANS] = {rates->pack, rates->each * event->addons, rates->allowance, rates->units};
  return amounts[event->plan];
}

/* What a customer has of a plan: all that was bought, or else the most that any incident speaks of. */
static int64_t naive_holding(const struct rates *rates, const struct event *events, int customer, int plan) {
  int64_t bought = -1, seen = 0;
  for (size_t i = 0; i < EVENTS; i++) {
    const struct event *event = &events[i];
    if (event->customer != customer || event->plan != plan || event->kind == EVENT_GRANT)
      continue;
    int64_t amount = naive_amount(rates, event);
    if (event->kind == EVENT_BUY)
      bought = (bought < 0 ? 0 : bought) + amount;
    else if (amount > seen)
      seen = amount;
  }
  return bought >= 0 ? bought : seen;
}

static void naive_account(const struct rates *rates, const struct event *events, int customer,
                          struct sla_account *ret_account) {
  struct sla_account account = {.incidents = 0};
  int64_t strict = 0; /* credits of work that may not overdraw */
  for (size_t i = 0; i < EVENTS; i++) {
    const struct event *event = &events[i];
    if (event->customer != customer)
      continue;
    if (event->kind == EVENT_GRANT)
      account.granted += event->credits;
    if (event->kind != EVENT_WORK)
      continue;
    bool by_allowance = event->plan == 2;
    int64_t credits = event->is_free || by_allowance ? 0 : naive_credits(rates, event->minutes);
    account.incidents++;
    account.minutes += event->minutes;
    account.free_minutes += event->is_free ? event->minutes : 0;
    account.credits += credits;
    account.notices += credits > rates->notice_above;
    account.replenishments += !event->is_free && !by_allowance && event->minutes > rates->replenish_after;
    if (!event->may_overdraw || event->minutes % 2)
      strict += credits;
    if (!event->is_free && by_allowance)
      account.allowance_used += event->minutes;
    if (!event->is_free && event->plan == 3)
      account.units_used += event->used;
  }
  account.opening = naive_holding(rates, events, customer, 0) + naive_holding(rates, events, customer, 1);
  account.allowance = naive_holding(rates, events, customer, 2);
  account.units = naive_holding(rates, events, customer, 3);
  account.allowance_left = account.allowance - account.allowance_used;
  account.units_left = account.units - account.units_used;
  account.balance = account.opening + account.granted - account.credits;
  int64_t funds = account.opening + account.granted;
  account.overdrawn = strict > funds ? strict - funds : 0;
  account.used_up += account.allowance && account.allowance_left <= 0;
  account.used_up += account.units && account.units_left <= 0;
  *ret_account = account;
}

static void assert_account(const struct sla_account *account, const struct sla_account *expected) {
#define ASSERT_SAME(member)                                                                                            \
  if (account->member != expected->member)                                                                             \
  fail_msg("\"%.*s\": " #member " is %lld, not %lld", (int)account->customer.len, account->customer.ptr,               \
           (long long)account->member, (long long)expected->member)
  ASSERT_SAME(incidents);
  ASSERT_SAME(minutes);
  ASSERT_SAME(free_minutes);
  ASSERT_SAME(credits);
  ASSERT_SAME(notices);
  ASSERT_SAME(replenishments);
  ASSERT_SAME(opening);
  ASSERT_SAME(granted);
  ASSERT_SAME(balance);
  ASSERT_SAME(overdrawn);
  ASSERT_SAME(allowance);
  ASSERT_SAME(allowance_used);
  ASSERT_SAME(allowance_left);
  ASSERT_SAME(units);
  ASSERT_SAME(units_used);
  ASSERT_SAME(units_left);
  ASSERT_SAME(used_up);
#undef ASSERT_SAME
}

static struct event random_event(uint64_t *seed) {
  struct event event = {.kind = (enum event_kind)(random_below(seed, 8) < 6 ? EVENT_WORK : random_between(seed, 1, 2)),
                        .customer = (int)random_below(seed, CUSTOMERS),
                        .is_free = random_below(seed, 5) == 0,
                        .may_overdraw = random_below(seed, 3) == 0,
                        .minutes = random_below(seed, 200),
                        .addons = random_below(seed, 5),
                        .used = random_below(seed, 100),
                        .credits = random_between(seed, -50, 200)};
  event.plan = (int)random_below(seed, event.kind == EVENT_WORK ? PLANS + 2 : PLANS);
  return event;
}

static void shuffle(struct event *events, uint64_t *seed) {
  for (size_t i = EVENTS - 1; i > 0; i--) {
    size_t other = (size_t)random_below(seed, (int64_t)i + 1);
    struct event event = events[i];
    events[i] = events[other];
    events[other] = event;
  }
}

static void compare_accounts(const sla_policy *policy, const struct rates *rates, const struct event *events) {
  sla_accounts *accounts;
  struct sla_account expected, total;
  int64_t balance = 0;
  assert_int_equal(sla_accounts_new(policy, &accounts), SLA_OK);
  for (size_t i = 0; i < EVENTS; i++)
    tell_event(policy, accounts, &events[i]);
  for (size_t i = 0; i < sla_accounts_count(accounts); i++) {
    const struct sla_account *account = sla_accounts_item(accounts, i);
    char name[16];
    int customer = 0;
    for (; customer < CUSTOMERS; customer++) {
      struct sla_text is = customer_name(customer, name);
      if (is.len == account->customer.len && memcmp(name, account->customer.ptr, is.len) == 0)
        break;
    }
    naive_account(rates, events, customer, &expected);
    assert_account(account, &expected);
    balance += account->balance;
  }
  sla_accounts_total(accounts, &total);
  assert_int_equal(total.balance, balance);
  sla_accounts_free(accounts);
}

static void test_accounts_against_a_naive_model(void **state) {
  uint64_t seed = test_seed();
  struct event events[EVENTS];
  for (int round = 0; round < 300; round++) {
    struct rates rates = {random_between(&seed, 1, 30),  random_between(&seed, 1, 20), random_below(&seed, 100),
                          random_below(&seed, 100),      random_below(&seed, 300),     random_below(&seed, 20),
                          random_between(&seed, 1, 600), random_between(&seed, 1, 300)};
    sla_policy *policy = load_rates(*state, &rates);
    for (size_t i = 0; i < EVENTS; i++)
      events[i] = random_event(&seed);
    for (int order = 0; order < 5; order++) {
      compare_accounts(policy, &rates, events);
      shuffle(events, &seed);
    }
    sla_policy_free(policy);
  }
}

/* --- bounds ------------------------------------------------------------------------------------------------------- */

/* What is too much is refused, and leaves every number as it was. */
static void test_numbers_stay_exact(void **state) {
  static const struct rates most = {1, 1000000, 1000000000, 60, 1000000000, 1000000000, 60, 1000000000};
  sla_policy *policy = load_rates(*state, &most);
  sla_accounts *accounts;
  struct sla_text values[FIELDS], nobody = {"", 0};
  char numbers[2][24];
  struct sla_effort cost;
  const char *problem = NULL;
  assert_int_equal(sla_accounts_new(policy, &accounts), SLA_OK);
  struct event event = {.plan = 1, .addons = 1000000};
  fill_values(policy, &event, values, numbers);
  /* the opening balance is 10^15, and opened once */
  for (int i = 0; i < 66; i++) {
    assert_int_equal(sla_accounts_work(accounts, nobody, values, NULL, SLA_EFFORT_MOST_MINUTES, &cost, &problem),
                     SLA_OK);
    assert_int_equal(cost.credits, SLA_EFFORT_MOST_MINUTES * 1000000);
  }
  assert_int_equal(sla_accounts_work(accounts, nobody, values, NULL, SLA_EFFORT_MOST_MINUTES, &cost, &problem),
                   SLA_INVALID);
  assert_string_equal(problem, "the numbers are too large to be counted exactly");
  assert_int_equal(sla_accounts_buy(accounts, nobody, 1, values, &problem), SLA_INVALID);
  struct sla_account account = *sla_accounts_item(accounts, 0);
  assert_int_equal(account.opening, INT64_C(1000000000000000));
  assert_int_equal(account.credits, 66 * SLA_EFFORT_MOST_MINUTES * 1000000);
  assert_int_equal(account.balance, account.opening - account.credits);
  /* what still fits is taken, of others, too */
  assert_int_equal(sla_accounts_work(accounts, text_from("other"), values, NULL, 0, &cost, &problem), SLA_INVALID);
  assert_int_equal(sla_accounts_grant(accounts, text_from("other"), -1000000000, &problem), SLA_OK);
  assert_int_equal(sla_accounts_item(accounts, 1)->balance, -1000000000);
  assert_int_equal(sla_accounts_item(accounts, 1)->opening, 0);
  assert_int_equal(sla_accounts_item(accounts, 1)->used_up, 0);
  sla_accounts_free(accounts);
  sla_policy_free(policy);
  sla_accounts_free(NULL);
}

/* Very many customers are found again, each their own. */
static void test_many_customers(void **state) {
  enum { MANY = 100000 };
  static const struct rates rates = {15, 10, 40, 60, 80, 10, 120, 1000};
  sla_policy *policy = load_rates(*state, &rates);
  sla_accounts *accounts;
  struct sla_text values[FIELDS];
  struct sla_effort cost;
  const char *problem;
  char name[16], numbers[2][24];
  struct event event = {.plan = 0};
  fill_values(policy, &event, values, numbers);
  assert_int_equal(sla_accounts_new(policy, &accounts), SLA_OK);
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < MANY; i++) {
      snprintf(name, sizeof name, "%d", i);
      assert_int_equal(sla_accounts_work(accounts, text_from(name), values, NULL, i % 200, &cost, &problem), SLA_OK);
    }
  assert_int_equal(sla_accounts_count(accounts), MANY);
  for (int i = 0; i < MANY; i++) {
    const struct sla_account *account = sla_accounts_item(accounts, (size_t)i);
    snprintf(name, sizeof name, "%d", i);
    assert_int_equal(account->customer.len, strlen(name));
    assert_memory_equal(account->customer.ptr, name, strlen(name));
    assert_int_equal(account->minutes, 2 * (i % 200));
    assert_int_equal(account->plan_count, 1);
  }
  sla_accounts_free(accounts);
  sla_policy_free(policy);
}

/* Whatever the limit, a call works or says that memory ran out. */
static void test_memory(void **state) {
  struct api_place *here = *state;
  static const struct rates rates = {15, 10, 40, 60, 80, 10, 120, 1000};
  int failed = 0, done = 0;
  sla_policy_free(load_rates(here, &rates));
  for (size_t limit = 4096; done < 3; limit += limit / 32) {
    here->options.memory_limit = limit;
    sla_policy *policy = NULL;
    enum sla_code code = sla_policy_load(&here->options, "rates", &policy);
    sla_accounts *accounts = NULL;
    for (int i = 0; code == SLA_OK && i < 2000; i++) {
      struct event event = {.plan = i % 4, .customer = i, .kind = (enum event_kind)(i % 3)};
      struct sla_text values[FIELDS];
      char numbers[2][24], name[16];
      struct sla_effort cost;
      const char *problem;
      if (!accounts)
        assert_int_equal(sla_accounts_new(policy, &accounts), SLA_OK);
      fill_values(policy, &event, values, numbers);
      struct sla_text customer = customer_name(i, name);
      code = event.kind == EVENT_WORK  ? sla_accounts_work(accounts, customer, values, NULL, 1, &cost, &problem)
             : event.kind == EVENT_BUY ? sla_accounts_buy(accounts, customer, (size_t)event.plan, values, &problem)
                                       : sla_accounts_grant(accounts, customer, 1, &problem);
    }
    assert_true(code == SLA_OK || code == SLA_NO_MEMORY);
    failed += code != SLA_OK;
    done += code == SLA_OK;
    sla_accounts_free(accounts);
    sla_policy_free(policy);
  }
  here->options.memory_limit = 0;
  assert_true(failed > 10);
}

/* --- what a policy says ------------------------------------------------------------------------------------------- */

static void test_a_policy_tells_of_its_effort(void **state) {
  static const struct rates rates = {15, 10, 40, 60, 80, 10, 120, 1000};
  sla_policy *policy = load_rates(*state, &rates), *without = place_load(*state);
  assert_true(sla_policy_has_effort(policy));
  assert_true(sla_policy_has_credits(policy));
  assert_false(sla_policy_has_effort(without));
  assert_false(sla_policy_has_credits(without));
  assert_int_equal(sla_policy_plan_count(without), 0);
  assert_false(sla_policy_field_is_of_effort(without, 0));
  assert_int_equal(sla_policy_plan_count(policy), PLANS);
  for (size_t i = 0; i < PLANS; i++)
    assert_string_equal(sla_policy_plan_name(policy, i), plan_names[i]);
  assert_int_equal(sla_policy_plan_kind(policy, 2), SLA_PLAN_ALLOWANCE);
  static const char *const fields[] = {"plan", "addons", "things", "cause", "activity"};
  assert_int_equal(sla_policy_field_count(policy), 5);
  for (size_t i = 0; i < 5; i++)
    assert_true(sla_policy_field_is_of_effort(policy, field_named(policy, fields[i])));
  sla_policy_free(policy);
  sla_policy_free(without);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_policy_tells_of_its_effort),
      cmocka_unit_test(test_accounts_against_a_naive_model),
      cmocka_unit_test(test_numbers_stay_exact),
      cmocka_unit_test(test_many_customers),
      cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, place_open, place_close);
}
