/* effort_input: from the rows of files to accounts. */
#include "cli/effort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct effort_field *customer_of(const struct effort_job *job) {
  return &job->fields[job->field_count];
}

static struct effort_field *minutes_of(const struct effort_job *job) {
  return &job->fields[job->field_count + 1];
}

/* --- options -------------------------------------------------------------------------------------------------------
 */

/* The field before the = of an option's value, whichever of them it is; more than one where the policy reads it, too.
 */
static size_t fields_named(const struct effort_job *job, const char *text, struct effort_field **ret_first) {
  const char *equals = strchr(text, '=');
  size_t len = (size_t)(equals - text), count = 0;
  for (size_t i = job->field_count + 2; i-- > 0;) {
    struct effort_field *field = &job->fields[i];
    if (!field->is_read || strlen(field->name) != len || memcmp(field->name, text, len) != 0)
      continue;
    *ret_first = field;
    count++;
  }
  return count;
}

static bool is_assignment(struct cli *cli, const char *option, const char *text, const char *form) {
  const char *equals = strchr(text, '=');
  if (equals && equals != text)
    return true;
  cli_error(cli, EXIT_USAGE, "%s must be %s, not \"%s\"", option, form, text);
  return false;
}

/* The nearest of the fields that are read, as ": did you mean"; or "". */
static void field_hint(const struct effort_job *job, struct sla_text word, char hint[128]) {
  const char **names = cli_alloc((job->field_count + 2) * sizeof *names);
  size_t count = 0;
  for (size_t i = 0; i < job->field_count + 2; i++)
    if (job->fields[i].is_read)
      names[count++] = job->fields[i].name;
  const char *nearest = sla_nearest(word, names, count);
  snprintf(hint, 128, "%s%.90s%s", nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  free(names);
}

static bool set_value(struct effort_job *job, const char *set) {
  struct effort_field *field;
  if (!is_assignment(job->cli, "--set", set, "FIELD=VALUE"))
    return false;
  size_t len = (size_t)(strchr(set, '=') - set), count = fields_named(job, set, &field);
  for (size_t i = 0; i < job->field_count + 2 && count; i++)
    if (!strcmp(job->fields[i].name, field->name))
      job->fields[i].fixed = set + len + 1;
  if (count)
    return true;
  char hint[128];
  struct sla_text word = {set, len};
  field_hint(job, word, hint);
  cli_warning(job->cli, "no rule of effort in policy \"%s\" reads the field \"%.*s\"%s", sla_policy_name(job->policy),
              table_shown(word), set, hint);
  return true;
}

static bool check_map(struct effort_job *job, const char *map) {
  struct effort_field *field;
  if (!is_assignment(job->cli, "--map", map, "FIELD=COLUMN"))
    return false;
  if (fields_named(job, map, &field))
    return true;
  char hint[128];
  struct sla_text word = {map, (size_t)(strchr(map, '=') - map)};
  field_hint(job, word, hint);
  cli_error(job->cli, EXIT_USAGE, "--map %s: effort does not read the field \"%.*s\"%s", map, table_shown(word), map,
            hint);
  return false;
}

bool effort_bind(struct effort_job *job) {
  struct cli *cli = job->cli;
  size_t count = job->field_count = sla_policy_field_count(job->policy);
  job->fields = cli_alloc((count + 2) * sizeof *job->fields);
  job->values = cli_alloc((count + 2) * sizeof *job->values);
  for (size_t i = 0; i < count; i++)
    job->fields[i] = (struct effort_field){.name = sla_policy_field_name(job->policy, i),
                                           .is_read = sla_policy_field_is_of_effort(job->policy, i)};
  *customer_of(job) = (struct effort_field){.name = "customer", .is_read = true};
  *minutes_of(job) = (struct effort_field){.name = "effort_min", .is_read = true};
  bool good = true;
  for (size_t i = 0; i < cli->sets.count && good; i++)
    good = set_value(job, cli->sets.items[i]);
  for (size_t i = 0; i < cli->maps.count && good; i++)
    good = check_map(job, cli->maps.items[i]);
  return good;
}

/* --- columns -------------------------------------------------------------------------------------------------------
 */

/* The name of the column of a field: the last --map, or its own name; "" where there is none. */
static const char *column_name(const struct effort_job *job, const struct effort_field *field) {
  const char *name = field->name;
  size_t len = strlen(field->name);
  for (size_t i = 0; i < job->cli->maps.count; i++) {
    const char *map = job->cli->maps.items[i];
    if (strncmp(map, field->name, len) == 0 && map[len] == '=')
      name = map + len + 1;
  }
  return name;
}

/* The column nearest to a name that no field is read from, as ": did you mean"; or "". */
static void column_hint(const struct effort_job *job, const struct table *table, const char *name, char hint[128]) {
  char **names = cli_alloc(table->column_count * sizeof *names);
  size_t count = 0;
  for (size_t i = 0; i < table->column_count; i++) {
    bool is_taken = false;
    for (size_t k = 0; k < job->field_count + 2; k++)
      is_taken |= job->fields[k].is_read && table_column(table, job->fields[k].name) == (long)i;
    if (!is_taken)
      names[count++] = strndup(table->columns[i].ptr, table->columns[i].len);
  }
  const char *nearest = sla_nearest((struct sla_text){name, strlen(name)}, (const char *const *)names, count);
  snprintf(hint, 128, "%s%.90s%s", nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  for (size_t i = 0; i < count; i++)
    free(names[i]);
  free(names);
}

/* Finds a field's column in a file. Without one it is empty in all rows, which is told where it may be a slip. */
static bool find_column(struct effort_job *job, struct table *table, struct effort_field *field) {
  const char *name = column_name(job, field);
  char hint[128];
  field->column = TABLE_NONE;
  if (!field->is_read || field->fixed || !*name)
    return true;
  field->column = table_column(table, name);
  if (field->column != TABLE_NONE)
    return table_check_repeated(table, field->column);
  column_hint(job, table, name, hint);
  if (name != field->name || field == minutes_of(job)) {
    cli_error_at(job->cli, EXIT_DATA, table->file, 1,
                 "the input has no column \"%s\"%s (--map %s=COLUMN names another, --map %s= says that there is none)",
                 name, hint, field->name, field->name);
    return false;
  }
  if (field == customer_of(job) || *hint)
    cli_warning(job->cli, "\"%s\" has no column \"%s\"%s%s (--map %s=COLUMN names another)", table->file, name,
                field == customer_of(job) ? ", so that all work is counted together" : "", hint, name);
  return true;
}

static bool find_columns(struct effort_job *job, struct table *table) {
  bool good = true;
  for (size_t i = 0; i < job->field_count + 2; i++)
    good &= find_column(job, table, &job->fields[i]);
  table->most_values = job->field_count + 2;
  return good;
}

static void take_values(struct effort_job *job, struct table *table) {
  for (size_t i = 0; i < job->field_count + 2; i++) {
    const char *fixed = job->fields[i].fixed;
    job->values[i] = fixed ? (struct sla_text){fixed, strlen(fixed)} : table_value(table, job->fields[i].column);
  }
}

/* --- rows ----------------------------------------------------------------------------------------------------------
 */

/* What a plan that the policy does not have was likely meant to be; NULL where it is near none. */
static const char *nearest_plan(const struct effort_job *job, struct sla_text plan) {
  size_t count = sla_policy_plan_count(job->policy);
  const char **names = cli_alloc(count * sizeof *names);
  for (size_t i = 0; i < count; i++)
    names[i] = sla_policy_plan_name(job->policy, i);
  const char *nearest = sla_nearest(plan, names, count);
  free(names);
  return nearest;
}

/* The index of a plan, or SIZE_MAX. */
static size_t plan_named(const struct effort_job *job, struct sla_text name) {
  size_t count = sla_policy_plan_count(job->policy), i = 0;
  for (; i < count; i++) {
    const char *plan = sla_policy_plan_name(job->policy, i);
    if (strlen(plan) == name.len && !memcmp(plan, name.ptr, name.len))
      return i;
  }
  return SIZE_MAX;
}

/* Plans may be of other uses than effort, so only one that is near to one of its own is worth a word. Said once. */
static void look_at_plan(struct effort_job *job, const struct table *table) {
  struct sla_text plan = {"", 0};
  for (size_t i = 0; i < job->field_count; i++)
    if (!strcmp(job->fields[i].name, "plan"))
      plan = job->values[i];
  bool is_last = plan.len == job->last_plan.len && (!plan.len || !memcmp(plan.ptr, job->last_text, plan.len));
  if (*job->typo || is_last || plan.len > sizeof job->last_text || plan_named(job, plan) != SIZE_MAX)
    return;
  memcpy(job->last_text, plan.ptr, plan.len);
  job->last_plan = (struct sla_text){job->last_text, plan.len};
  const char *nearest = nearest_plan(job, plan);
  if (nearest)
    snprintf(job->typo, sizeof job->typo, "%.80s:%ld: effort has no plan \"%.*s\": did you mean \"%.60s\"?",
             table->file, table->row.line, table_shown(plan), plan.ptr, nearest);
}

/* Reports why accounts did not take a row. */
static void report(struct effort_job *job, struct table *table, enum sla_code code, const char *problem) {
  table_error(table, "%s", code == SLA_INVALID ? problem : "out of memory");
  if (code == SLA_INVALID)
    return;
  cli_status(job->cli, EXIT_DEFECT);
  job->out_of_memory = true;
}

static void count_row(struct effort_job *job, struct table *table) {
  take_values(job, table);
  struct sla_text customer = job->values[job->field_count], text = job->values[job->field_count + 1];
  int64_t minutes = 0;
  if (text.len && !table_number(text, 0, SLA_EFFORT_MOST_MINUTES, &minutes)) {
    table_error(table, "%s must be whole minutes from 0 to %lld, not \"%.*s\"", column_name(job, minutes_of(job)),
                (long long)SLA_EFFORT_MOST_MINUTES, table_shown(text), text.ptr);
    return;
  }
  struct sla_effort cost;
  const char *problem;
  enum sla_code code = sla_accounts_work(job->accounts, customer, job->values, minutes, &cost, &problem);
  if (code != SLA_OK) {
    report(job, table, code, problem);
    return;
  }
  bool has_column = customer_of(job)->column != TABLE_NONE; /* else it has been said of the file */
  job->nameless += customer.len == 0 && has_column;
  look_at_plan(job, table);
}

bool effort_read(struct effort_job *job, const char *file) {
  struct table table;
  bool good = table_open(&table, job->cli, file) && find_columns(job, &table);
  while (good && !job->out_of_memory && table_next(&table))
    count_row(job, &table);
  good = good && !job->out_of_memory && !table.stream.read_errno && !table.reader.too_long;
  job->not_counted += (uint64_t)table.errors;
  table_close(&table);
  return good;
}

/* --- the ledger ----------------------------------------------------------------------------------------------------
 */

struct ledger {
  long customer, plan, credits;
};

/* A ledger's columns are called customer, plan, credits, and like the fields that plans count by. */
static bool find_ledger_columns(struct effort_job *job, struct table *table, struct ledger *ledger) {
  *ledger =
      (struct ledger){table_column(table, "customer"), table_column(table, "plan"), table_column(table, "credits")};
  const char *missing = ledger->customer == TABLE_NONE                                ? "customer"
                        : ledger->plan == TABLE_NONE && ledger->credits == TABLE_NONE ? "credits"
                                                                                      : NULL;
  if (missing) {
    cli_error_at(job->cli, EXIT_DATA, table->file, 1,
                 "the ledger has no column \"%s\": it needs \"customer\", and \"credits\" or \"plan\"", missing);
    return false;
  }
  bool good = true;
  long used[] = {ledger->customer, ledger->plan, ledger->credits};
  for (size_t i = 0; i < sizeof used / sizeof *used; i++)
    good &= used[i] == TABLE_NONE || table_check_repeated(table, used[i]);
  for (size_t i = 0; i < job->field_count; i++) {
    struct effort_field *field = &job->fields[i];
    field->column = field->is_read ? table_column(table, field->name) : TABLE_NONE;
    good &= field->column == TABLE_NONE || table_check_repeated(table, field->column);
  }
  table->most_values = job->field_count + 3;
  return good;
}

static void take_purchase(struct effort_job *job, struct table *table, struct sla_text customer, struct sla_text name) {
  size_t plan = plan_named(job, name);
  if (plan == SIZE_MAX) {
    const char *nearest = nearest_plan(job, name);
    table_error(table, "effort has no plan \"%.*s\"%s%.60s%s", table_shown(name), name.ptr,
                nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    return;
  }
  for (size_t i = 0; i < job->field_count; i++)
    job->values[i] = table_value(table, job->fields[i].column);
  const char *problem;
  enum sla_code code = sla_accounts_buy(job->accounts, customer, plan, job->values, &problem);
  if (code != SLA_OK)
    report(job, table, code, problem);
}

static void take_credits(struct effort_job *job, struct table *table, struct sla_text customer, int64_t credits) {
  const char *problem;
  enum sla_code code = sla_accounts_grant(job->accounts, customer, credits, &problem);
  if (code != SLA_OK)
    report(job, table, code, problem);
}

static void take_ledger_row(struct effort_job *job, struct table *table, const struct ledger *ledger) {
  enum { MOST = 1000000000 };
  int64_t number = 0;
  struct sla_text customer = table_value(table, ledger->customer), plan = table_value(table, ledger->plan),
                  credits = table_value(table, ledger->credits);
  long errors = table->errors;
  if (!plan.len && !credits.len)
    table_error(table, "the row gives neither a plan nor credits");
  else if (credits.len && !table_number(credits, -MOST, MOST, &number))
    table_error(table, "credits must be a whole number from -%d to %d, not \"%.*s\"", MOST, MOST, table_shown(credits),
                credits.ptr);
  else if (credits.len && !sla_policy_has_credits(job->policy))
    table_error(table, "the policy has no credits: work costs none");
  else if (plan.len)
    take_purchase(job, table, customer, plan);
  if (credits.len && table->errors == errors)
    take_credits(job, table, customer, number);
}

bool effort_read_ledger(struct effort_job *job, const char *file) {
  struct table table;
  struct ledger ledger;
  bool good = table_open(&table, job->cli, file) && find_ledger_columns(job, &table, &ledger);
  while (good && !job->out_of_memory && table_next(&table))
    take_ledger_row(job, &table, &ledger);
  good = good && !job->out_of_memory && !table.stream.read_errno && !table.reader.too_long;
  job->not_counted += (uint64_t)table.errors;
  table_close(&table);
  return good;
}
