/* effort_print: accounts as text for people, CSV, JSON. */
#include "cli/effort.h"

#include "cli/json.h"
#include "cli/output.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a column is about; one that the policy does not have is left out of text. */
enum group { GROUP_WORK, GROUP_CREDITS, GROUP_ALLOWANCE, GROUP_UNITS };

/* The numbers of an account. */
static const struct number {
  const char *key, *title;
  enum group group;
  size_t offset;  /* in struct sla_account */
  bool is_time;   /* minutes */
  bool is_spared; /* left out of text where it is 0 for all, as those of plans are where nobody has one */
} numbers[] = {
    {"incidents", "incidents", GROUP_WORK, offsetof(struct sla_account, incidents), false, false},
    {"worked_min", "worked", GROUP_WORK, offsetof(struct sla_account, minutes), true, false},
    {"free_min", "free", GROUP_WORK, offsetof(struct sla_account, free_minutes), true, true},
    {"opening", "opening", GROUP_CREDITS, offsetof(struct sla_account, opening), false, false},
    {"granted", "paid in", GROUP_CREDITS, offsetof(struct sla_account, granted), false, true},
    {"credits", "credits", GROUP_CREDITS, offsetof(struct sla_account, credits), false, false},
    {"balance", "balance", GROUP_CREDITS, offsetof(struct sla_account, balance), false, false},
    {"overdrawn", "overdrawn", GROUP_CREDITS, offsetof(struct sla_account, overdrawn), false, true},
    {"notices", "notices", GROUP_CREDITS, offsetof(struct sla_account, notices), false, false},
    {"replenish", "replenish", GROUP_CREDITS, offsetof(struct sla_account, replenishments), false, true},
    {"allowance_min", "allowance", GROUP_ALLOWANCE, offsetof(struct sla_account, allowance), true, false},
    {"allowance_used_min", "used", GROUP_ALLOWANCE, offsetof(struct sla_account, allowance_used), true, false},
    {"allowance_left_min", "left", GROUP_ALLOWANCE, offsetof(struct sla_account, allowance_left), true, false},
    {"units", "units", GROUP_UNITS, offsetof(struct sla_account, units), false, false},
    {"units_used", "used", GROUP_UNITS, offsetof(struct sla_account, units_used), false, false},
    {"units_left", "left", GROUP_UNITS, offsetof(struct sla_account, units_left), false, false},
};

enum { NUMBERS = sizeof numbers / sizeof *numbers };

static int64_t number_of(const struct sla_account *account, size_t number) {
  int64_t value;
  memcpy(&value, (const char *)account + numbers[number].offset, sizeof value);
  return value;
}

static bool has_plans(const sla_policy *policy, enum sla_plan_kind kind) {
  for (size_t i = 0; i < sla_policy_plan_count(policy); i++)
    if (sla_policy_plan_kind(policy, i) == kind)
      return true;
  return false;
}

static bool has_group(const sla_policy *policy, enum group group) {
  switch (group) {
  case GROUP_WORK: break;
  case GROUP_CREDITS: return sla_policy_has_credits(policy);
  case GROUP_ALLOWANCE: return has_plans(policy, SLA_PLAN_ALLOWANCE);
  case GROUP_UNITS: return has_plans(policy, SLA_PLAN_UNITS);
  }
  return true;
}

/* Whether a number means anything for an account: those of plans only where it has one of the kind. */
static bool has_number(const sla_policy *policy, const struct sla_account *account, size_t number) {
  enum group group = numbers[number].group;
  bool has_plan = group == GROUP_ALLOWANCE ? account->allowance != 0 : group != GROUP_UNITS || account->units != 0;
  return has_plan && has_group(policy, group);
}

/* --- CSV -----------------------------------------------------------------------------------------------------------
 */

static void print_csv(struct effort_job *job) {
  struct output output;
  if (!output_init(job->cli, &output, NULL))
    return;
  output_bytes(&output, "customer", 8);
  for (size_t i = 0; i < NUMBERS; i++) {
    output_char(&output, ',');
    output_bytes(&output, numbers[i].key, strlen(numbers[i].key));
  }
  output_bytes(&output, ",used_up\n", 9);
  for (size_t k = 0; k < sla_accounts_count(job->accounts) && !output.error; k++) {
    const struct sla_account *account = sla_accounts_item(job->accounts, k);
    output_csv(&output, account->customer, ',');
    for (size_t i = 0; i < NUMBERS; i++) {
      output_char(&output, ',');
      if (has_number(job->policy, account, i))
        output_number(&output, number_of(account, i));
    }
    output_char(&output, ',');
    output_number(&output, (int64_t)account->used_up);
    output_char(&output, '\n');
  }
  output_finish(job->cli, &output, true);
}

/* --- JSON ----------------------------------------------------------------------------------------------------------
 */

static void print_numbers(struct json *json, const struct effort_job *job, const struct sla_account *account) {
  for (size_t i = 0; i < NUMBERS; i++)
    if (has_number(job->policy, account, i))
      json_number(json, numbers[i].key, number_of(account, i));
    else
      json_null(json, numbers[i].key);
}

static void print_plans(struct json *json, const struct effort_job *job, const struct sla_account *account) {
  static const char *const kinds[] = {
      [SLA_PLAN_CREDITS] = "credits", [SLA_PLAN_ALLOWANCE] = "allowance_min", [SLA_PLAN_UNITS] = "units"};
  json_open(json, "plans", '[');
  for (size_t i = 0; i < account->plan_count; i++) {
    const struct sla_holding *plan = &account->plans[i];
    json_open(json, NULL, '{');
    json_string(json, "plan", sla_policy_plan_name(job->policy, plan->plan));
    json_number(json, kinds[plan->kind], plan->amount);
    if (plan->kind != SLA_PLAN_CREDITS) {
      json_number(json, "used", plan->used);
      json_number(json, "left", plan->left);
      json_flag(json, "used_up", plan->used_up);
    }
    json_close(json, '}');
  }
  json_close(json, ']');
}

static void print_json(struct effort_job *job) {
  struct json json = {stdout, true};
  struct sla_account total;
  json_open(&json, NULL, '{');
  json_string(&json, "policy", sla_policy_name(job->policy));
  json_open(&json, "customers", '[');
  for (size_t i = 0; i < sla_accounts_count(job->accounts); i++) {
    const struct sla_account *account = sla_accounts_item(job->accounts, i);
    json_open(&json, NULL, '{');
    json_text(&json, "customer", account->customer);
    print_numbers(&json, job, account);
    print_plans(&json, job, account);
    json_close(&json, '}');
  }
  json_close(&json, ']');
  sla_accounts_total(job->accounts, &total);
  json_open(&json, "total", '{');
  print_numbers(&json, job, &total);
  json_close(&json, '}');
  json_number(&json, "rows_not_counted", (int64_t)job->not_counted);
  json_close(&json, '}');
  putchar('\n');
}

void effort_print_one(struct effort_job *job, int64_t minutes, const struct sla_effort *cost) {
  struct json json = {stdout, true};
  const struct sla_account *account = sla_accounts_item(job->accounts, 0);
  json_open(&json, NULL, '{');
  json_string(&json, "policy", sla_policy_name(job->policy));
  json_number(&json, "minutes", minutes);
  if (sla_policy_has_credits(job->policy))
    json_number(&json, "credits", cost->credits);
  else
    json_null(&json, "credits");
  json_flag(&json, "free", cost->is_free);
  json_flag(&json, "notice", cost->notice);
  json_flag(&json, "replenish", cost->replenish);
  print_plans(&json, job, account);
  json_close(&json, '}');
  putchar('\n');
}

/* --- text ----------------------------------------------------------------------------------------------------------
 */

enum { CELL = 40, MOST_NAME = 40 };

/* What stands in a cell. */
static size_t cell_text(const sla_policy *policy, const struct sla_account *account, size_t number, char text[CELL]) {
  int64_t value = number_of(account, number);
  if (!has_number(policy, account, number))
    return (size_t)snprintf(text, CELL, "-");
  if (!numbers[number].is_time)
    return (size_t)snprintf(text, CELL, "%lld", (long long)value);
  if (value)
    return sla_duration_write(value * 60, text);
  return (size_t)snprintf(text, CELL, "0m");
}

struct page {
  struct effort_job *job;
  bool shown[NUMBERS];
  int width[NUMBERS];
  size_t name_width;
};

static const char nobody[] = "(no customer)";

static struct sla_text name_of(const struct sla_account *account) {
  return account->customer.len ? account->customer : (struct sla_text){nobody, sizeof nobody - 1};
}

/* A customer's name, with nothing in it that would steer a terminal. Returns its columns; file NULL: only that. */
static size_t put_name(struct sla_text name, FILE *file) {
  size_t columns = 0;
  while (name.len && columns < MOST_NAME) {
    unsigned char c = (unsigned char)name.ptr[0];
    size_t wide = sla_utf8_length(name), len = wide ? wide : 1, ignored;
    bool steers = c < ' ' || c == 0x7F || (c == 0xC2 && wide == 2 && (unsigned char)name.ptr[1] < 0xA0);
    struct sla_text shown = wide && !steers ? (struct sla_text){name.ptr, wide} : (struct sla_text){"?", 1};
    columns += sla_text_columns(shown, 2, &ignored);
    if (file)
      fwrite(shown.ptr, 1, shown.len, file);
    name.ptr += len;
    name.len -= len;
  }
  return columns;
}

static void fit(struct page *page, struct sla_text name, const struct sla_account *account) {
  char text[CELL];
  const sla_policy *policy = page->job->policy;
  size_t columns = put_name(name, NULL);
  if (columns > page->name_width)
    page->name_width = columns;
  for (size_t i = 0; i < NUMBERS; i++) {
    int width = (int)cell_text(policy, account, i, text);
    if (width > page->width[i])
      page->width[i] = width;
    page->shown[i] |= has_number(policy, account, i) && (!numbers[i].is_spared || number_of(account, i) != 0);
  }
}

static void put_row(const struct page *page, struct sla_text name, const struct sla_account *account) {
  char text[CELL];
  size_t columns = put_name(name, stdout);
  printf("%*s", columns < page->name_width ? (int)(page->name_width - columns) : 0, "");
  for (size_t i = 0; i < NUMBERS; i++) {
    if (!page->shown[i])
      continue;
    if (account)
      cell_text(page->job->policy, account, i, text);
    printf("  %*s", page->width[i], account ? text : numbers[i].title);
  }
  putchar('\n');
}

/* Plans of which nothing is left. */
static void put_used_up(const struct effort_job *job, const struct sla_account *account) {
  for (size_t i = 0; i < account->plan_count; i++) {
    const struct sla_holding *plan = &account->plans[i];
    char amount[CELL], used[CELL];
    if (!plan->used_up)
      continue;
    if (plan->kind == SLA_PLAN_ALLOWANCE) {
      sla_duration_write(plan->amount * 60, amount);
      sla_duration_write(plan->used * 60, used);
    } else {
      snprintf(amount, CELL, "%lld", (long long)plan->amount);
      snprintf(used, CELL, "%lld", (long long)plan->used);
    }
    put_name(name_of(account), stdout);
    printf(": plan %s is used up: %s of %s\n", sla_policy_plan_name(job->policy, plan->plan), used, amount);
  }
}

static void print_text(struct effort_job *job) {
  struct page page = {.job = job, .name_width = sizeof "customer" - 1};
  const struct sla_text sum = {"total", 5};
  struct sla_account total;
  size_t count = sla_accounts_count(job->accounts);
  sla_accounts_total(job->accounts, &total);
  for (size_t i = 0; i < NUMBERS; i++)
    page.width[i] = (int)strlen(numbers[i].title);
  for (size_t i = 0; i < count; i++) {
    const struct sla_account *account = sla_accounts_item(job->accounts, i);
    fit(&page, name_of(account), account);
  }
  fit(&page, sum, &total);
  put_row(&page, (struct sla_text){"customer", 8}, NULL);
  for (size_t i = 0; i < count; i++) {
    const struct sla_account *account = sla_accounts_item(job->accounts, i);
    put_row(&page, name_of(account), account);
  }
  put_row(&page, sum, &total);
  if (total.used_up)
    putchar('\n');
  for (size_t i = 0; i < count; i++)
    put_used_up(job, sla_accounts_item(job->accounts, i));
  if (job->not_counted)
    printf("\n%llu row%s not counted: see the errors\n", (unsigned long long)job->not_counted,
           job->not_counted == 1 ? " is" : "s are");
}

void effort_print(struct effort_job *job, enum format format) {
  if (format == FORMAT_CSV)
    print_csv(job);
  else if (format == FORMAT_JSON)
    print_json(job);
  else
    print_text(job);
}
