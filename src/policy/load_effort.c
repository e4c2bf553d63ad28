/* load_effort: the section `effort` of a policy file, and examples about it. */
#include "base/text.h"
#include "policy/effort.h"
#include "policy/load.h"
#include "time/amount.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

const struct effort_plan *effort_plan_named(const struct effort *effort, struct sla_text name) {
  for (size_t i = 0; i < effort->plans.count; i++)
    if (text_is(name, effort->plans.items[i].name))
      return &effort->plans.items[i];
  return NULL;
}

/* --- values --------------------------------------------------------------------------------------------------------
 */

/* A whole number from least to most. */
static bool load_number(struct loader *loader, const struct yaml_node *node, const char *what, int64_t least,
                        int64_t most, int64_t *ret_number) {
  struct sla_text text = node->text;
  int64_t number;
  bool minus = node->kind == YAML_SCALAR && least < 0 && text_eat(&text, '-');
  if (node->kind != YAML_SCALAR || !text_number(text, minus ? -least : most, &number) || (!minus && number < least)) {
    diag_error(loader->diags, node->place, "%s must be a whole number from %lld to %lld", what, (long long)least,
               (long long)most);
    return false;
  }
  *ret_number = minus ? -number : number;
  return true;
}

/* Whole minutes, at least some, written as an amount of time: 15m, 2h; with a minus where that is allowed. */
static bool load_minutes(struct loader *loader, const struct yaml_node *node, const char *what, int64_t least,
                         int64_t *ret_minutes) {
  const char *text;
  if (!field_text(loader->diags, node, what, &text))
    return false;
  struct sla_text amount = node->text;
  bool minus = least < 0 && text_eat(&amount, '-');
  int64_t seconds;
  const char *problem = amount_read_seconds(loader->arena, amount, &seconds);
  if (problem)
    diag_error(loader->diags, node->place, "%s must be an amount of time like 15m or 2h: %s", what, problem);
  else if (seconds % 60)
    diag_error(loader->diags, node->place, "%s must be whole minutes, as worked time is counted in them", what);
  else if (seconds / 60 < least)
    diag_error(loader->diags, node->place, "%s must be at least %lldm", what, (long long)least);
  else {
    *ret_minutes = minus ? -(seconds / 60) : seconds / 60;
    return true;
  }
  return false;
}

/* The name of a field of the incident. */
static bool load_field(struct loader *loader, const struct yaml_node *node, const char *what, size_t *ret_field) {
  const char *name;
  if (!field_text(loader->diags, node, what, &name))
    return false;
  if (node->text.len == 0) {
    diag_error(loader->diags, node->place, "%s must name a field", what);
    return false;
  }
  *ret_field = policy_field(loader->policy, node->text);
  return true;
}

/* --- plans ---------------------------------------------------------------------------------------------------------
 */

/* The amounts that a plan may have: exactly one of them. */
static const char *const plan_kinds[] = {
    [SLA_PLAN_CREDITS] = "credits", [SLA_PLAN_ALLOWANCE] = "allowance", [SLA_PLAN_UNITS] = "units"};

/* The one amount of a plan; NULL after an error. */
static const struct yaml_node *plan_amount(struct loader *loader, const struct yaml_entry *entry,
                                           enum sla_plan_kind *ret_kind) {
  const struct yaml_node *found = NULL;
  for (size_t i = 0; i < COUNT(plan_kinds); i++) {
    const struct yaml_node *value = yaml_get(&entry->value, plan_kinds[i]);
    if (value && found) {
      diag_error(loader->diags, value->place, "a plan has either \"%s\" or \"%s\": make two plans of it",
                 plan_kinds[*ret_kind], plan_kinds[i]);
      return NULL;
    }
    if (!value)
      continue;
    found = value;
    *ret_kind = (enum sla_plan_kind)i;
  }
  if (!found)
    diag_error(loader->diags, entry->key.place,
               "plan \"%.*s\" needs what it gives: \"credits\", \"allowance\" or \"units\"",
               TEXT_ARGS(entry->key.text));
  return found;
}

/* `per` of credits and `of` of units. */
static bool load_plan_field(struct loader *loader, const struct yaml_node *amount, const struct yaml_node *map,
                            struct effort_plan *plan) {
  const struct yaml_node *per = yaml_get(map, "per"), *of = yaml_get(map, "of");
  plan->field = SIZE_MAX;
  if (per && plan->kind != SLA_PLAN_CREDITS) {
    diag_error(loader->diags, per->place, "\"per\" goes with \"credits\" only");
    return false;
  }
  if (of && plan->kind != SLA_PLAN_UNITS) {
    diag_error(loader->diags, of->place, "\"of\" goes with \"units\" only");
    return false;
  }
  if (plan->kind == SLA_PLAN_UNITS && !of) {
    diag_error(loader->diags, amount->place, "\"units\" needs the field that says how many are used: \"of\"");
    return false;
  }
  return (!per || load_field(loader, per, "\"per\"", &plan->field)) &&
         (!of || load_field(loader, of, "\"of\"", &plan->field));
}

static void load_plan(struct loader *loader, struct effort *effort, const struct yaml_entry *entry) {
  static const struct field_key keys[] = {{"credits", FIELD_OPTIONAL},
                                          {"allowance", FIELD_OPTIONAL},
                                          {"units", FIELD_OPTIONAL},
                                          {"per", FIELD_OPTIONAL},
                                          {"of", FIELD_OPTIONAL}};
  struct effort_plan plan = {.name = arena_copy(loader->arena, entry->key.text.ptr, entry->key.text.len)};
  if (entry->key.text.len == 0) {
    diag_error(loader->diags, entry->key.place, "a plan needs a name");
    return;
  }
  if (!fields_check(loader->diags, &entry->value, "a plan", keys, COUNT(keys)))
    return;
  const struct yaml_node *amount = plan_amount(loader, entry, &plan.kind);
  if (!amount || !load_plan_field(loader, amount, &entry->value, &plan))
    return;
  if (plan.kind == SLA_PLAN_CREDITS && !effort->quantum)
    diag_error(loader->diags, amount->place, "nothing costs credits: \"effort\" has no \"quantum\" and \"credits\"");
  bool fits = plan.kind == SLA_PLAN_ALLOWANCE
                  ? load_minutes(loader, amount, "\"allowance\"", 1, &plan.amount)
                  : load_number(loader, amount, plan.kind == SLA_PLAN_UNITS ? "\"units\"" : "\"credits\"",
                                plan.kind == SLA_PLAN_UNITS, EFFORT_MOST_NUMBER, &plan.amount);
  if (fits)
    *ARENA_PUSH(loader->arena, &effort->plans) = plan;
}

static void load_plans(struct loader *loader, struct effort *effort, const struct yaml_node *plans) {
  if (plans->kind != YAML_MAP) {
    diag_error(loader->diags, plans->place, "\"plans\" must be a map of names and plans, not %s",
               yaml_kind_name(plans));
    return;
  }
  if (plans->count > EFFORT_MOST_PLANS) {
    diag_error(loader->diags, plans->place, "more than %d plans", EFFORT_MOST_PLANS);
    return;
  }
  effort->plan_field = policy_field(loader->policy, text_of("plan"));
  for (size_t i = 0; i < plans->count; i++)
    load_plan(loader, effort, &plans->entries[i]);
}

/* --- the section ---------------------------------------------------------------------------------------------------
 */

/* A list of clauses, each with conditions; effect says what one without would do. */
static void load_clauses(struct loader *loader, const struct yaml_node *list, const char *name, const char *effect,
                         struct clauses *clauses) {
  static const struct field_key keys[] = {{"when", FIELD_OPTIONAL}, {"unless", FIELD_OPTIONAL}};
  if (list->kind != YAML_LIST) {
    diag_error(loader->diags, list->place, "\"%s\" must be a list, not %s", name, yaml_kind_name(list));
    return;
  }
  for (size_t i = 0; i < list->count; i++) {
    const struct yaml_node *node = &list->items[i], *value;
    struct clause clause = {0};
    if (!fields_check(loader->diags, node, arena_printf(loader->arena, "an item of \"%s\"", name), keys, COUNT(keys)))
      continue;
    if ((value = yaml_get(node, "when")))
      clause.when = load_conditions(loader, value, &clause.when_count);
    if ((value = yaml_get(node, "unless")))
      clause.unless = load_conditions(loader, value, &clause.unless_count);
    if (clause.when_count + clause.unless_count == 0)
      diag_error(loader->diags, node->place, "the item has no conditions: %s", effect);
    *ARENA_PUSH(loader->arena, clauses) = clause;
  }
}

/* quantum and credits go together, and some keys with them. */
static void load_rate(struct loader *loader, struct effort *effort, const struct yaml_node *node) {
  static const char *const dependent[] = {"notice_above", "replenish_after", "negative"};
  const struct yaml_node *quantum = yaml_get(node, "quantum"), *credits = yaml_get(node, "credits"), *value;
  if (quantum && !credits)
    diag_error(loader->diags, quantum->place, "\"quantum\" needs \"credits\": what each costs");
  if (credits && !quantum)
    diag_error(loader->diags, credits->place, "\"credits\" needs \"quantum\": the time that they are for");
  for (size_t i = 0; i < COUNT(dependent); i++)
    if (!quantum && !credits && (value = yaml_get(node, dependent[i])))
      diag_error(loader->diags, value->place, "\"%s\" needs \"quantum\" and \"credits\": nothing costs credits",
                 dependent[i]);
  if (!quantum && !credits && !yaml_get(node, "plans"))
    diag_error(loader->diags, node->place, "\"effort\" needs \"quantum\" and \"credits\", or \"plans\"");
  if ((quantum && !load_minutes(loader, quantum, "\"quantum\"", 1, &effort->quantum)) || (credits && !quantum))
    effort->quantum = 1; /* as if it were right: what follows from the error is no news */
  if (credits)
    load_number(loader, credits, "\"credits\"", 1, EFFORT_MOST_RATE, &effort->rate);
}

void load_effort(struct loader *loader, const struct yaml_node *node) {
  static const struct field_key keys[] = {{"quantum", FIELD_OPTIONAL},      {"credits", FIELD_OPTIONAL},
                                          {"notice_above", FIELD_OPTIONAL}, {"replenish_after", FIELD_OPTIONAL},
                                          {"free", FIELD_OPTIONAL},         {"negative", FIELD_OPTIONAL},
                                          {"plans", FIELD_OPTIONAL}};
  if (!fields_check(loader->diags, node, "\"effort\"", keys, COUNT(keys)) && node->kind != YAML_MAP)
    return;
  struct effort *effort = loader->version->effort = arena_alloc(loader->arena, sizeof *effort);
  *effort = (struct effort){.notice_above = INT64_MAX, .replenish_after = INT64_MAX, .plan_field = SIZE_MAX};
  const struct yaml_node *value;
  load_rate(loader, effort, node);
  if ((value = yaml_get(node, "notice_above")))
    load_number(loader, value, "\"notice_above\"", 0, EFFORT_MOST_NUMBER, &effort->notice_above);
  if ((value = yaml_get(node, "replenish_after")))
    load_minutes(loader, value, "\"replenish_after\"", 0, &effort->replenish_after);
  if ((value = yaml_get(node, "free")))
    load_clauses(loader, value, "free", "all work would be free", &effort->free);
  if ((value = yaml_get(node, "negative")))
    load_clauses(loader, value, "negative", "all work could overdraw the balance", &effort->negative);
  if ((value = yaml_get(node, "plans")))
    load_plans(loader, effort, value);
}

/* --- examples ------------------------------------------------------------------------------------------------------
 */

const char *const effort_expected_names[EXPECTED] = {
    [EXPECTED_CREDITS] = "credits", [EXPECTED_NOTICE] = "notice",       [EXPECTED_REPLENISH] = "replenish",
    [EXPECTED_BALANCE] = "balance", [EXPECTED_OVERDRAWN] = "overdrawn", [EXPECTED_LEFT] = "left",
    [EXPECTED_USED_UP] = "used_up"};

/* Reads what an example expects under a key; plan is the one that its incident has, or NULL. */
static bool load_expected(struct loader *loader, size_t what, const struct yaml_node *node,
                          const struct effort_plan *plan, struct expected_number *expected) {
  const char *name = arena_printf(loader->arena, "\"%s\"", effort_expected_names[what]);
  bool about_plan = what == EXPECTED_LEFT || what == EXPECTED_USED_UP;
  *expected = (struct expected_number){true, 0, node->place};
  if (about_plan && (!plan || plan->kind == SLA_PLAN_CREDITS)) {
    diag_error(loader->diags, node->place, "%s needs a plan with an allowance or units, given by \"with\"", name);
    return false;
  }
  if (!about_plan && !loader->version->effort->quantum) {
    diag_error(loader->diags, node->place, "%s is of no use here: nothing costs credits", name);
    return false;
  }
  if (what == EXPECTED_NOTICE || what == EXPECTED_REPLENISH || what == EXPECTED_USED_UP) {
    bool flag = false;
    bool fits = field_flag(loader->diags, node, &flag);
    expected->value = flag;
    return fits;
  }
  if (what == EXPECTED_LEFT && plan->kind == SLA_PLAN_ALLOWANCE)
    return load_minutes(loader, node, name, INT32_MIN, &expected->value);
  bool signed_number = what == EXPECTED_LEFT || what == EXPECTED_BALANCE;
  return load_number(loader, node, name, signed_number ? -SLA_EFFORT_MOST : 0, SLA_EFFORT_MOST, &expected->value);
}

bool load_effort_question(struct loader *loader, struct example *example, const struct yaml_node *node) {
  static const char *const others[] = {"at",   "metric", "due",    "status", "now",
                                       "open", "is",     "events", "policy", "closed_unanswered"};
  const struct policy *policy = loader->policy;
  const struct yaml_node *minutes = yaml_get(node, "effort"), *with = yaml_get(node, "with"), *value;
  struct effort_example *effort = arena_alloc(loader->arena, sizeof *effort);
  bool fits = true, expects = false;
  if (loader->version != policy->newest) {
    diag_error(loader->diags, node->place, "worked time is accounted by the newest version: the example belongs there");
    return false;
  }
  if (!loader->version->effort) {
    diag_error(loader->diags, minutes->place, "the policy has no \"effort\" that the example could be about");
    return false;
  }
  for (size_t i = 0; i < COUNT(others); i++)
    if ((value = yaml_get(node, others[i]))) {
      diag_error(loader->diags, value->place, "\"%s\" does not go with \"effort\"", others[i]);
      fits = false;
    }
  fits &= load_minutes(loader, minutes, "\"effort\"", 0, &effort->minutes);
  example->values = arena_array(loader->arena, policy->fields.count, sizeof *example->values);
  if (with)
    load_with(loader, example, with);
  const struct effort_plan *plan = NULL;
  if (loader->version->effort->plan_field != SIZE_MAX)
    plan = effort_plan_named(loader->version->effort, example->values[loader->version->effort->plan_field]);
  for (size_t i = 0; i < EXPECTED; i++)
    if ((value = yaml_get(node, effort_expected_names[i]))) {
      fits &= load_expected(loader, i, value, plan, &effort->expected[i]);
      expects = true;
    }
  if (!expects) {
    diag_error(loader->diags, node->place,
               "an example of effort needs what it expects, as \"credits\", \"balance\" or \"left\"");
    return false;
  }
  example->effort = effort;
  return fits;
}

bool load_effort_alone(struct loader *loader, const struct yaml_node *node) {
  bool fits = true;
  for (size_t i = 0; i < EXPECTED; i++) {
    const struct yaml_node *value = yaml_get(node, effort_expected_names[i]);
    if (!value)
      continue;
    diag_error(loader->diags, value->place, "\"%s\" goes with \"effort\" only", effort_expected_names[i]);
    fits = false;
  }
  return fits;
}
