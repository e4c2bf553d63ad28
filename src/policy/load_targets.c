/* load_targets: the lists `targets` and `exclude` of a policy file. */
#include "base/text.h"
#include "policy/load.h"
#include "time/civil.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- conditions ----------------------------------------------------------------------------------------------------
 */

const struct condition *load_conditions(struct loader *loader, const struct yaml_node *node, size_t *ret_count) {
  if (node->kind != YAML_MAP) {
    diag_error(loader->diags, node->place, "conditions must be a map of fields and values, not %s",
               yaml_kind_name(node));
    return NULL;
  }
  struct condition *conditions = arena_array(loader->arena, node->count, sizeof *conditions);
  size_t count = 0;
  for (size_t i = 0; i < node->count; i++) {
    const struct yaml_entry *entry = &node->entries[i];
    struct texts values;
    if (loader->policy->fields.count > POLICY_MOST_FIELDS) {
      diag_error(loader->diags, entry->key.place, "more than %d fields in conditions", POLICY_MOST_FIELDS);
      break;
    }
    if (entry->value.kind == YAML_LIST && entry->value.count == 0)
      diag_error(loader->diags, entry->value.place, "the list is empty: the condition would never hold");
    else if (field_texts(loader->diags, &entry->value, "the value of a condition", &values))
      conditions[count++] =
          (struct condition){policy_field(loader->policy, entry->key.text), values.items, values.count};
  }
  *ret_count = count;
  return conditions;
}

void load_values(struct loader *loader, const struct yaml_node *map, struct clause *ret_clause) {
  const struct yaml_node *value;
  if ((value = yaml_get(map, "when")))
    ret_clause->when = load_conditions(loader, value, &ret_clause->when_count);
  if ((value = yaml_get(map, "unless")))
    ret_clause->unless = load_conditions(loader, value, &ret_clause->unless_count);
}

void load_clause(struct loader *loader, const struct yaml_node *map, struct clause *ret_clause) {
  const struct yaml_node *value;
  load_values(loader, map, ret_clause);
  if ((value = yaml_get(map, "during")))
    ret_clause->during = load_calendar_name(loader, value);
  if ((value = yaml_get(map, "outside")))
    ret_clause->outside = load_calendar_name(loader, value);
}

bool clause_is_empty(const struct clause *clause) {
  return !clause->when_count && !clause->unless_count && !clause->during && !clause->outside;
}

/* --- targets -------------------------------------------------------------------------------------------------------
 */

static const struct field_key target_keys[] = {
    {"metric", FIELD_REQUIRED},   {"within", FIELD_REQUIRED}, CLAUSE_KEYS,
    {"calendar", FIELD_OPTIONAL}, {"clock", FIELD_OPTIONAL},  {"at", FIELD_OPTIONAL},
    {"cutoff", FIELD_OPTIONAL},   {"roll", FIELD_OPTIONAL},   {"edge", FIELD_OPTIONAL},
    {"warn", FIELD_OPTIONAL},     {"strict", FIELD_OPTIONAL}, {"on_change", FIELD_OPTIONAL},
};

static bool load_within(struct loader *loader, struct target *target, const struct yaml_node *node) {
  const char *text;
  size_t offset;
  if (!field_text(loader->diags, node, "\"within\"", &text))
    return false;
  const char *problem = amount_read(loader->arena, node->text, &target->within, &offset);
  if (!problem)
    return true;
  struct snippet snippet = yaml_snippet(node);
  diag_error(loader->diags, snippet_place(&snippet, offset, node->text.len - offset), "%s", problem);
  return false;
}

static void load_at(struct loader *loader, struct target *target, const struct yaml_node *node) {
  if (node->kind == YAML_SCALAR && text_is(node->text, "close"))
    target->at = AT_CLOSE;
  else if (node->kind == YAML_SCALAR && text_is(node->text, "same-time"))
    target->at = AT_SAME_TIME;
  else if (node->kind == YAML_SCALAR && clock_read(node->text, 48, &target->at_s))
    target->at = AT_TIME;
  else
    diag_error(loader->diags, node->place, "\"at\" must be close, same-time or a time of day like \"16:00\"");
}

static void load_cutoff(struct loader *loader, struct target *target, const struct yaml_node *node) {
  if (node->kind == YAML_SCALAR && clock_read(node->text, 48, &target->cutoff_s))
    target->has_cutoff = true;
  else
    diag_error(loader->diags, node->place, "\"cutoff\" must be a time of day like \"15:00\"");
}

static void load_warn(struct loader *loader, struct target *target, const struct yaml_node *node) {
  const char *text;
  if (!field_text(loader->diags, node, "\"warn\"", &text))
    return;
  struct sla_text number = node->text;
  if (text_ends(number, "%")) {
    number.len--;
    if (!text_number(number, 100, &target->warn))
      diag_error(loader->diags, node->place, "\"warn\" must be 0%% to 100%%, or an amount before due like 30m");
    return;
  }
  const char *problem = amount_read_seconds(loader->arena, number, &target->warn);
  if (problem)
    diag_error(loader->diags, node->place, "\"warn\" must be a percentage like 75%%, or an amount before due: %s",
               problem);
  target->warn_is_amount = true;
}

/* Which options go with which kinds of amount. */
static void check_options(struct loader *loader, const struct target *target, const struct yaml_node *node) {
  static const char *const kind_names[] = {[AMOUNT_SECONDS] = "an amount of hours, minutes or seconds",
                                           [AMOUNT_BUSINESS_DAYS] = "an amount of business days",
                                           [AMOUNT_CALENDAR] = "an amount of calendar units",
                                           [AMOUNT_WINDOW] = "a window",
                                           [AMOUNT_BEST_EFFORT] = "best effort"};
  static const struct {
    const char *key;
    unsigned kinds; /* bits */
  } options[] = {
      {"at", 1U << AMOUNT_BUSINESS_DAYS | 1U << AMOUNT_CALENDAR},
      {"cutoff", 1U << AMOUNT_BUSINESS_DAYS},
      {"roll", 1U << AMOUNT_CALENDAR},
      {"edge", 1U << AMOUNT_SECONDS},
      {"warn", ~(1U << AMOUNT_BEST_EFFORT)},
      {"strict", ~(1U << AMOUNT_BEST_EFFORT)},
  };
  enum amount_kind kind = target->within.kind;
  for (size_t i = 0; i < COUNT(options); i++) {
    const struct yaml_node *value = yaml_get(node, options[i].key);
    if (value && !(options[i].kinds >> kind & 1U))
      diag_error(loader->diags, value->place, "\"%s\" does not go with %s", options[i].key, kind_names[kind]);
  }
  const struct yaml_node *at = yaml_get(node, "at"), *clock = yaml_get(node, "clock");
  if (at && kind == AMOUNT_CALENDAR && (target->at == AT_CLOSE || target->at == AT_SAME_TIME))
    diag_error(loader->diags, at->place, "\"at\" must be a time of day for %s: \"24:00\" is the end of the day",
               kind_names[kind]);
  if (clock && kind == AMOUNT_CALENDAR && target->clock != SLA_ELAPSED)
    diag_error(loader->diags, clock->place, "%s is measured on elapsed time: leave out \"clock\"", kind_names[kind]);
}

/* The calendar of a target: its own, the policy's, or one that never closes where nothing depends on it. */
static void load_target_calendar(struct loader *loader, struct target *target, const struct yaml_node *node) {
  enum amount_kind kind = target->within.kind;
  if (yaml_get(node, "calendar"))
    target->calendar = load_calendar_name(loader, yaml_get(node, "calendar"));
  else if (loader->version->default_calendar)
    target->calendar = loader->version->default_calendar;
  else if ((kind == AMOUNT_SECONDS && target->clock == SLA_ELAPSED) ||
           (kind == AMOUNT_CALENDAR && target->roll == ROLL_NONE))
    target->calendar = load_always(loader);
  else if (kind != AMOUNT_BEST_EFFORT)
    diag_error(loader->diags, node->place, "the target needs \"calendar\": the policy has %s",
               loader->version->calendars.count > (loader->version->always != NULL) ? "several and names no default"
                                                                                    : "none");
  if (kind == AMOUNT_WINDOW && target->calendar && target->calendar->never_closes)
    diag_error(loader->diags, yaml_get(node, "within")->place,
               "\"within: window\" has no end on calendar \"%s\", which never closes", target->calendar->name);
}

static void load_target(struct loader *loader, const struct yaml_node *node) {
  static const char *const clocks[] = {"business-hours", "business-days", "elapsed"};
  static const char *const rolls[] = {"none", "following", "preceding", "modified-following"};
  static const char *const edges[] = {"close", "next-opening"};
  static const char *const changes[] = {"keep", "restart"};
  if (!fields_check(loader->diags, node, "a target", target_keys, COUNT(target_keys)) && node->kind != YAML_MAP)
    return;
  struct target target = {.place = node->place, .warn = 80};
  struct declared_metric *metric = NULL;
  const struct yaml_node *value;
  size_t choice;
  if ((value = yaml_get(node, "metric")))
    metric = load_metric_name(loader, value);
  load_clause(loader, node, &target.clause);
  bool has_amount = (value = yaml_get(node, "within")) && load_within(loader, &target, value);
  if ((value = yaml_get(node, "clock")) && field_choice(loader->diags, value, "clock", clocks, COUNT(clocks), &choice))
    target.clock = (enum sla_clock)choice;
  if ((value = yaml_get(node, "at")))
    load_at(loader, &target, value);
  if ((value = yaml_get(node, "cutoff")))
    load_cutoff(loader, &target, value);
  if ((value = yaml_get(node, "roll")) && field_choice(loader->diags, value, "roll", rolls, COUNT(rolls), &choice))
    target.roll = (enum roll)choice;
  if ((value = yaml_get(node, "edge")) && field_choice(loader->diags, value, "edge", edges, COUNT(edges), &choice))
    target.edge_next_opening = choice == 1;
  if ((value = yaml_get(node, "warn")))
    load_warn(loader, &target, value);
  if ((value = yaml_get(node, "strict")))
    field_flag(loader->diags, value, &target.strict);
  if ((value = yaml_get(node, "on_change")) &&
      field_choice(loader->diags, value, "\"on_change\"", changes, COUNT(changes), &choice))
    target.restarts = choice == 1;
  if (has_amount && target.within.kind == AMOUNT_CALENDAR && !yaml_get(node, "clock"))
    target.clock = SLA_ELAPSED; /* no other clock measures calendar units */
  if (has_amount) {             /* else nothing is known to hold the options against */
    check_options(loader, &target, node);
    load_target_calendar(loader, &target, node);
  } else if ((value = yaml_get(node, "calendar")))
    target.calendar = load_calendar_name(loader, value);
  if (!metric)
    return;
  target.metric = load_metric_use(loader, metric);
  *ARENA_PUSH(loader->arena, &loader->version->targets) = target;
}

void load_warn_unreachable(struct loader *loader) {
  const struct version *version = loader->version;
  const struct target **catch_all = arena_array(loader->arena, loader->policy->metrics.count, sizeof *catch_all);
  for (size_t i = 0; i < version->targets.count; i++) {
    const struct target *target = &version->targets.items[i];
    const struct target *before = catch_all[target->metric];
    /* That a target of its own leaves nothing to an inherited one is what extending is for. */
    if (before && before->place.source == target->place.source)
      diag_warning(loader->diags, target->place,
                   "the target is never reached: the one in line %d matches every incident", before->place.line);
    else if (!before && clause_is_empty(&target->clause))
      catch_all[target->metric] = target;
  }
}

void load_targets(struct loader *loader, const struct yaml_node *targets) {
  if (targets->kind != YAML_LIST) {
    diag_error(loader->diags, targets->place, "\"targets\" must be a list, not %s", yaml_kind_name(targets));
    return;
  }
  if (targets->count > POLICY_MOST_TARGETS) {
    diag_error(loader->diags, targets->place, "more than %d targets", POLICY_MOST_TARGETS);
    return;
  }
  for (size_t i = 0; i < targets->count; i++)
    load_target(loader, &targets->items[i]);
}

void load_exclusions(struct loader *loader, const struct yaml_node *list) {
  static const struct field_key keys[] = {CLAUSE_KEYS, {"reason", FIELD_REQUIRED}};
  if (list->kind != YAML_LIST) {
    diag_error(loader->diags, list->place, "\"exclude\" must be a list, not %s", yaml_kind_name(list));
    return;
  }
  for (size_t i = 0; i < list->count; i++) {
    const struct yaml_node *node = &list->items[i];
    if (!fields_check(loader->diags, node, "an exclusion", keys, COUNT(keys)) && node->kind != YAML_MAP)
      continue;
    struct exclusion exclusion = {.place = node->place};
    load_clause(loader, node, &exclusion.clause);
    if (clause_is_empty(&exclusion.clause))
      diag_error(loader->diags, node->place, "the exclusion has no conditions: it would exclude every incident");
    if (yaml_get(node, "reason"))
      field_text(loader->diags, yaml_get(node, "reason"), "\"reason\"", &exclusion.reason);
    *ARENA_PUSH(loader->arena, &loader->version->exclusions) = exclusion;
  }
}
