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
              cli_shown_length(word), set, hint);
  return true;
}

static bool check_map(struct effort_job *job, const char *map) {
  struct effort_field *field;
  if (!is_assignment(job->cli, "--map", map, "FIELD=COLUMN"))
    return false;
  if (fields_named(job, map, &field))
    return true;
  char hint[128], *name = strndup(map, (size_t)(strchr(map, '=') - map));
  bool is_of_profile = name && dialect_field(&job->dialect, name) != SIZE_MAX;
  free(name);
  if (is_of_profile)
    return true;
  struct sla_text word = {map, (size_t)(strchr(map, '=') - map)};
  field_hint(job, word, hint);
  cli_error(job->cli, EXIT_USAGE, "--map %s: effort does not read the field \"%.*s\"%s", map, cli_shown_length(word),
            map, hint);
  return false;
}

/* Looks at --input-format, once for all files. */
static bool check_input_format(struct cli *cli) {
  struct input input;
  bool good = input_init(&input, cli);
  input_free(&input);
  return good;
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
  job->lists = cli_alloc((count + 2) * sizeof *job->lists);
  bool good = check_input_format(cli) && dialect_init(&job->dialect, cli);
  for (size_t i = 0; i < count + 2 && good; i++)
    job->fields[i].words = dialect_field(&job->dialect, job->fields[i].name);
  for (size_t i = 0; i < cli->sets.count && good; i++)
    good = set_value(job, cli->sets.items[i]);
  for (size_t i = 0; i < cli->maps.count && good; i++)
    good = check_map(job, cli->maps.items[i]);
  return good;
}

/* --- columns -------------------------------------------------------------------------------------------------------
 */

static const char *column_name(const struct effort_job *job, const struct effort_field *field) {
  bool is_asked;
  return dialect_column(&job->dialect, field->name, &is_asked);
}

/* Whether a field is read from a column. */
static bool is_taken(const struct effort_job *job, struct sla_text column) {
  for (size_t i = 0; i < job->field_count + 2; i++) {
    const char *name = job->fields[i].is_read ? column_name(job, &job->fields[i]) : "";
    if (strlen(name) == column.len && !memcmp(name, column.ptr, column.len))
      return true;
  }
  return false;
}

/* The column nearest to a name that no field is read from, as ": did you mean"; or "". */
static void column_hint(const struct effort_job *job, const struct table *table, const char *name, char hint[160]) {
  struct sla_text *names = cli_alloc(table->header.count * sizeof *names);
  char buffer[128];
  size_t count = 0;
  for (size_t i = 0; i < table->header.count; i++)
    if (!is_taken(job, table->header.names[i]))
      names[count++] = table->header.names[i];
  const char *nearest = header_nearest(names, count, name, buffer);
  snprintf(hint, 160, "%s%s%s", nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  free(names);
}

static const char without_customer[] = ", so that all work is counted together";

/* A field whose column is not in the file is empty in all rows. Only where it may be that, it is; false after an error.
 */
static bool check_absent(struct effort_job *job, const struct table *table, const struct effort_field *field) {
  bool is_asked, is_json = input_is_json(&table->input);
  const char *name = dialect_column(&job->dialect, field->name, &is_asked), *file = table->input.file;
  const char *what = is_json ? "member" : "column", *place = is_json ? "PATH" : "COLUMN";
  const char *remark = field == customer_of(job) ? without_customer : "";
  char hint[160];
  column_hint(job, table, name, hint);
  if (is_asked || field == minutes_of(job)) {
    cli_error_at(job->cli, EXIT_DATA, file, is_json ? 0 : 1,
                 "%s no %s \"%s\"%s (--map %s=%s names another, --map %s= says that there is none)",
                 is_json ? "the objects have" : "the input has", what, name, hint, field->name, place, field->name);
    return false;
  }
  if (*remark || *hint || strcmp(name, field->name) != 0) /* the last: a profile promises it */
    cli_warning(job->cli, "\"%s\" has no %s \"%s\"%s%s (--map %s=%s names another)", file, what, name, remark, hint,
                field->name, place);
  return true;
}

/* A profile that says on its user's behalf that there are no minutes or customers; false after an error. */
static bool check_unknown(struct effort_job *job, const struct table *table, const struct effort_field *field) {
  bool is_asked;
  dialect_column(&job->dialect, field->name, &is_asked);
  if (is_asked || field < customer_of(job))
    return true;
  const char *profile = sla_profile_name(job->dialect.profile),
             *place = input_is_json(&table->input) ? "PATH" : "COLUMN";
  if (field == customer_of(job)) {
    cli_warning(job->cli, "profile \"%s\" has no \"customer\"%s (--map customer=%s names one)", profile,
                without_customer, place);
    return true;
  }
  cli_error(job->cli, EXIT_DATA,
            "profile \"%s\" has no \"%s\" (--map %s=%s names one, --map %s= says that there is none)", profile,
            field->name, field->name, place, field->name);
  return false;
}

/* Finds a field's column in a file; false after an error. */
static bool find_column(struct effort_job *job, struct table *table, struct effort_field *field) {
  field->column = COLUMN_ABSENT;
  if (!field->is_read || field->fixed)
    return true;
  field->column = table_column(table, field->name, column_name(job, field));
  switch (field->column) {
  case COLUMN_NONE: return check_absent(job, table, field);
  case COLUMN_ABSENT: return check_unknown(job, table, field);
  default: return field->column != COLUMN_WRONG;
  }
}

static bool find_columns(struct effort_job *job, struct table *table) {
  bool good = true;
  for (size_t i = 0; i < job->field_count + 2; i++)
    good &= find_column(job, table, &job->fields[i]);
  table->most_values = job->field_count + 2;
  return good;
}

/* The same of JSON, of which only its end tells that nothing was there. */
static bool check_missed(struct effort_job *job, const struct table *table) {
  bool good = true;
  for (size_t i = 0; i < job->field_count + 2; i++)
    if (table_has_missed(table, job->fields[i].column))
      good &= check_absent(job, table, &job->fields[i]);
  return good;
}

/* Puts the items of all lists into the policy's words. */
static void translate_lists(struct effort_job *job) {
  size_t count = 0, used = 0;
  for (size_t i = 0; i < job->field_count; i++)
    count += job->lists[i].count;
  if (count > job->item_capacity) {
    free(job->items);
    job->items = cli_alloc(count * sizeof *job->items);
    job->item_capacity = count;
  }
  for (size_t i = 0; i < job->field_count; i++) {
    struct sla_list list = job->lists[i];
    job->lists[i].items = job->items + used;
    for (size_t k = 0; k < list.count; k++)
      job->items[used++] = dialect_word(&job->dialect, job->fields[i].words, list.items[k]);
  }
}

/* Says whether a field has several values. */
static bool take_lists(struct effort_job *job, const struct table *table) {
  bool several = false;
  for (size_t i = 0; i < job->field_count + 2; i++) {
    const struct effort_field *field = &job->fields[i];
    static const struct sla_list none;
    job->lists[i] = field->fixed ? none : table_list(table, field->column);
    several |= job->lists[i].count > 0;
  }
  if (several && job->dialect.has_words)
    translate_lists(job);
  return several;
}

static void take_values(struct effort_job *job, struct table *table) {
  for (size_t i = 0; i < job->field_count + 2; i++) {
    const struct effort_field *field = &job->fields[i];
    struct sla_text value = table_value(table, field->column);
    job->values[i] = field->fixed             ? (struct sla_text){field->fixed, strlen(field->fixed)}
                     : job->dialect.has_words ? dialect_word(&job->dialect, field->words, value)
                                              : value;
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
  bool is_last = plan.len && plan.len == job->last_plan.len && !memcmp(plan.ptr, job->last_text, plan.len);
  if (!plan.len || *job->typo || is_last || plan.len > sizeof job->last_text || plan_named(job, plan) != SIZE_MAX)
    return;
  memcpy(job->last_text, plan.ptr, plan.len);
  job->last_plan = (struct sla_text){job->last_text, plan.len};
  const char *nearest = nearest_plan(job, plan);
  if (nearest)
    snprintf(job->typo, sizeof job->typo, "%.80s:%ld: effort has no plan \"%.*s\": did you mean \"%.60s\"?",
             table->input.file, table->row.line, cli_shown_length(plan), plan.ptr, nearest);
}

/* Reports why accounts did not take a row. */
static void report(struct effort_job *job, struct table *table, enum sla_code code, const char *problem) {
  table_error(table, "%s", code == SLA_INVALID ? problem : "out of memory");
  if (code == SLA_INVALID)
    return;
  cli_status(job->cli, EXIT_DEFECT);
  job->out_of_memory = true;
}

/* Work is on one account, and is one number; false after an error. */
static bool is_single(struct effort_job *job, struct table *table, const struct effort_field *field) {
  size_t count = job->lists[field - job->fields].count;
  if (count > 1)
    table_error(table, "%s must be one value, and %s has %zu", field->name, column_name(job, field), count);
  return count <= 1;
}

static void count_row(struct effort_job *job, struct table *table) {
  bool several = input_is_json(&table->input) && take_lists(job, table);
  if (several && !(is_single(job, table, customer_of(job)) && is_single(job, table, minutes_of(job))))
    return;
  take_values(job, table);
  struct sla_text customer = job->values[job->field_count], text = job->values[job->field_count + 1];
  int64_t minutes = 0;
  if (text.len && !table_number(text, 0, SLA_EFFORT_MOST_MINUTES, &minutes)) {
    table_error(table, "%s must be whole minutes from 0 to %lld, not \"%.*s\"", column_name(job, minutes_of(job)),
                (long long)SLA_EFFORT_MOST_MINUTES, cli_shown_length(text), text.ptr);
    return;
  }
  struct sla_effort cost;
  const char *problem;
  enum sla_code code =
      sla_accounts_work(job->accounts, customer, job->values, several ? job->lists : NULL, minutes, &cost, &problem);
  if (code != SLA_OK) {
    report(job, table, code, problem);
    return;
  }
  bool has_column = customer_of(job)->column >= 0; /* else it has been said of the file */
  job->nameless += customer.len == 0 && has_column;
  look_at_plan(job, table);
}

bool effort_read(struct effort_job *job, const char *file) {
  struct table table;
  uint64_t nameless = job->nameless;
  bool good = table_open(&table, job->cli, file, true) && find_columns(job, &table);
  while (good && !job->out_of_memory && table_next(&table))
    count_row(job, &table);
  if (good)
    good = check_missed(job, &table) && !job->out_of_memory;
  if (table_has_missed(&table, customer_of(job)->column)) /* has been said */
    job->nameless = nameless;
  job->not_counted += (uint64_t)table.errors;
  return table_close(&table) && good;
}

/* --- the ledger ----------------------------------------------------------------------------------------------------
 */

struct ledger {
  long customer, plan, credits;
};

/* A ledger's columns are called customer, plan, credits, and like the fields that plans count by. */
static bool find_ledger_columns(struct effort_job *job, struct table *table, struct ledger *ledger) {
  bool good = true;
  const struct {
    const char *name;
    long *column;
  } own[] = {{"customer", &ledger->customer}, {"plan", &ledger->plan}, {"credits", &ledger->credits}};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    good &= (*own[i].column = table_column(table, own[i].name, own[i].name)) != COLUMN_WRONG;
  for (size_t i = 0; i < job->field_count; i++) {
    struct effort_field *field = &job->fields[i];
    field->column = field->is_read ? table_column(table, field->name, field->name) : COLUMN_ABSENT;
    good &= field->column != COLUMN_WRONG;
  }
  table->most_values = job->field_count + 3;
  return good;
}

/* Whether the ledger can be one at all; false after an error. */
static bool check_ledger(struct effort_job *job, const struct table *table, const struct ledger *ledger) {
  bool is_json = input_is_json(&table->input);
  const long columns[] = {ledger->customer, ledger->plan, ledger->credits};
  bool has[3];
  for (size_t i = 0; i < 3; i++)
    has[i] = columns[i] >= 0 && !table_has_missed(table, columns[i]);
  if (has[0] && (has[1] || has[2]))
    return true;
  cli_error_at(job->cli, EXIT_DATA, table->input.file, is_json ? 0 : 1,
               "the ledger has no %s \"%s\": it needs \"customer\", and \"credits\" or \"plan\"",
               is_json ? "member" : "column", has[0] ? "credits" : "customer");
  return false;
}

static void take_purchase(struct effort_job *job, struct table *table, struct sla_text customer, struct sla_text name) {
  size_t plan = plan_named(job, name);
  if (plan == SIZE_MAX) {
    const char *nearest = nearest_plan(job, name);
    table_error(table, "effort has no plan \"%.*s\"%s%.60s%s", cli_shown_length(name), name.ptr,
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
    table_error(table, "credits must be a whole number from -%d to %d, not \"%.*s\"", MOST, MOST,
                cli_shown_length(credits), credits.ptr);
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
  bool good = table_open(&table, job->cli, file, false) && find_ledger_columns(job, &table, &ledger) &&
              check_ledger(job, &table, &ledger);
  while (good && !job->out_of_memory && table_next(&table))
    take_ledger_row(job, &table, &ledger);
  if (good)
    good = check_ledger(job, &table, &ledger) && !job->out_of_memory;
  job->not_counted += (uint64_t)table.errors;
  return table_close(&table) && good;
}
