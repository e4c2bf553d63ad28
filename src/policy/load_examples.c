/* load_examples: a policy's tests of its own. They are run by policy checking (src/api/check.c). */
#include "base/text.h"
#include "policy/load.h"
#include "time/timestamp.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct field_key example_keys[] = {
    {"at", FIELD_OPTIONAL},      {"with", FIELD_OPTIONAL},      {"metric", FIELD_OPTIONAL},
    {"due", FIELD_OPTIONAL},     {"status", FIELD_OPTIONAL},    {"now", FIELD_OPTIONAL},
    {"open", FIELD_OPTIONAL},    {"is", FIELD_OPTIONAL},        {"events", FIELD_OPTIONAL},
    {"policy", FIELD_OPTIONAL},  {"effort", FIELD_OPTIONAL},    {"closed_unanswered", FIELD_OPTIONAL},
    {"credits", FIELD_OPTIONAL}, {"notice", FIELD_OPTIONAL},    {"replenish", FIELD_OPTIONAL},
    {"balance", FIELD_OPTIONAL}, {"overdrawn", FIELD_OPTIONAL}, {"left", FIELD_OPTIONAL},
    {"used_up", FIELD_OPTIONAL},
};

/* A time, local in the policy's zone where it has no offset. */
static bool load_time(struct loader *loader, const struct yaml_node *node, sla_time *ret_time) {
  const char *text, *problem;
  if (!field_text(loader->diags, node, "a time", &text))
    return false;
  struct timestamp timestamp;
  enum sla_reading reading;
  const struct zone *zone = loader->version->zone;
  problem = timestamp_parse(node->text, &timestamp);
  if (!problem && timestamp.zone.len)
    zone = zone_find(&loader->policy->zones, timestamp.zone, &problem);
  if (!problem && zone)
    problem = timestamp_instant(&timestamp, zone, ret_time, &reading);
  if (problem)
    diag_error(loader->diags, node->place, "%s: \"%s\"", problem, text);
  return !problem && zone;
}

/* The field that an example gives a value; SIZE_MAX where nothing reads it, which is likely a slip. */
static size_t example_field(struct loader *loader, const struct yaml_node *key) {
  const struct policy *policy = loader->policy;
  for (size_t i = 0; i < policy->fields.count; i++)
    if (text_is(key->text, policy->fields.items[i]))
      return i;
  diag_warning(loader->diags, key->place, "nothing in the policy reads the field \"%.*s\"%s", TEXT_ARGS(key->text),
               text_hint(loader->arena, key->text, policy->fields.items, policy->fields.count));
  return SIZE_MAX;
}

void load_with(struct loader *loader, struct example *example, const struct yaml_node *with) {
  if (with->kind != YAML_MAP) {
    diag_error(loader->diags, with->place, "\"with\" must be a map of fields and values, not %s", yaml_kind_name(with));
    return;
  }
  for (size_t i = 0; i < with->count; i++) {
    const struct yaml_entry *entry = &with->entries[i];
    const char *text;
    size_t field = example_field(loader, &entry->key);
    if (field_text(loader->diags, &entry->value, "the value of a field", &text) && field != SIZE_MAX)
      example->values[field] = entry->value.text;
  }
}

static bool load_event(struct loader *loader, const struct yaml_node *node, struct sla_event *event) {
  static const struct field_key keys[] = {{"at", FIELD_REQUIRED}, {"event", FIELD_REQUIRED}, {"value", FIELD_OPTIONAL}};
  if (!fields_check(loader->diags, node, "an event", keys, COUNT(keys)))
    return false;
  const struct yaml_node *name = yaml_get(node, "event"), *value = yaml_get(node, "value");
  const char *text;
  bool fits = load_time(loader, yaml_get(node, "at"), &event->at);
  if (!field_text(loader->diags, name, "the name of an event", &text))
    return false;
  event->kind = event_kind(name->text);
  if (event->kind == SLA_EVENT_FIELD) {
    event->field = example_field(loader, name);
    fits &= event->field != SIZE_MAX;
    if (!value)
      diag_error(loader->diags, node->place, "the event needs the \"value\" that \"%s\" takes", text);
    else if (field_text(loader->diags, value, "the value of a field", &text))
      event->value = value->text;
  } else if (value)
    diag_error(loader->diags, value->place, "the event \"%s\" has no \"value\"", text);
  return fits;
}

/* Puts an event behind all that are not later. */
static void add_event(struct example *example, const struct sla_event *event) {
  size_t i = example->event_count++;
  for (; i > 0 && example->events[i - 1].at > event->at; i--)
    example->events[i] = example->events[i - 1];
  example->events[i] = *event;
}

static void load_events(struct loader *loader, struct example *example, const struct yaml_node *events) {
  if (events->kind != YAML_LIST) {
    diag_error(loader->diags, events->place, "\"events\" must be a list, not %s", yaml_kind_name(events));
    return;
  }
  for (size_t i = 0; i < events->count; i++) {
    struct sla_event event = {0};
    if (load_event(loader, &events->items[i], &event))
      add_event(example, &event);
  }
}

/* The metric starts at the time: its field says so, or the event that begins its cycles. */
static void load_start(struct loader *loader, struct example *example, const struct yaml_node *at) {
  const struct metric *metric = loader->policy->metrics.items[example->metric].first;
  if (!load_time(loader, at, &example->at))
    return;
  if (metric->is_cycle) {
    add_event(example, &(struct sla_event){.at = example->at, .kind = metric->begins});
    return;
  }
  struct sla_text *start = &example->values[metric->start];
  if (start->len)
    diag_error(loader->diags, at->place, "\"at\" and \"with\" both say when the metric starts: keep one");
  *start = at->text;
}

/* { open: CALENDAR, at: TIME, is: open | closed } */
static bool load_open_question(struct loader *loader, struct example *example, const struct yaml_node *node) {
  static const char *const answers[] = {"closed", "open"};
  static const char *const others[] = {"with",   "events", "metric", "due",
                                       "status", "now",    "policy", "closed_unanswered"};
  const struct yaml_node *at = yaml_get(node, "at"), *is = yaml_get(node, "is");
  bool fits = true;
  for (size_t i = 0; i < COUNT(others); i++)
    if (yaml_get(node, others[i])) {
      diag_error(loader->diags, yaml_get(node, others[i])->place, "\"%s\" does not go with \"open\"", others[i]);
      fits = false;
    }
  if (!at || !is) {
    diag_error(loader->diags, node->place, "an example with \"open\" needs \"at\" and \"is\"");
    return false;
  }
  example->is_open_question = true;
  example->calendar = load_calendar_name(loader, yaml_get(node, "open"));
  size_t answer = 0;
  fits &= example->calendar && load_time(loader, at, &example->at);
  fits &= field_choice(loader->diags, is, "answer", answers, COUNT(answers), &answer);
  example->is_open = answer == 1;
  return fits;
}

/* The index of the metric an example asks about: the named one, else the policy's first; SIZE_MAX after an error. */
static size_t example_metric(struct loader *loader, const struct yaml_node *example, const struct yaml_node *metric) {
  const struct policy *policy = loader->policy;
  if (!metric && policy->metrics.count)
    return 0;
  if (!metric) {
    diag_error(loader->diags, example->place, "the policy has no metric that the example could be about");
    return SIZE_MAX;
  }
  const char *name, **names = arena_array(loader->arena, policy->metrics.count, sizeof *names);
  if (!field_text(loader->diags, metric, "the name of a metric", &name))
    return SIZE_MAX;
  for (size_t i = 0; i < policy->metrics.count; i++) {
    names[i] = policy->metrics.items[i].name;
    if (strcmp(name, names[i]) == 0)
      return i;
  }
  diag_error(loader->diags, metric->place, "metric \"%s\" has no target%s", name,
             text_hint(loader->arena, metric->text, names, policy->metrics.count));
  return SIZE_MAX;
}

/* { at: TIME, with: {...}, metric: NAME, due: TIME, status: WORD, now: TIME } */
static bool load_incident_question(struct loader *loader, struct example *example, const struct yaml_node *node) {
  const struct policy *policy = loader->policy;
  const struct yaml_node *at = yaml_get(node, "at"), *with = yaml_get(node, "with"), *due = yaml_get(node, "due"),
                         *status = yaml_get(node, "status"), *now = yaml_get(node, "now"), *is = yaml_get(node, "is");
  if (is)
    diag_error(loader->diags, is->place, "\"is\" goes with \"open\" only");
  const struct yaml_node *events = yaml_get(node, "events"), *decided = yaml_get(node, "policy"),
                         *unanswered = yaml_get(node, "closed_unanswered");
  if (!due && !status && !decided && !unanswered) {
    diag_error(
        loader->diags, node->place,
        "an example needs what it expects: \"due\", \"status\", \"policy\", \"closed_unanswered\", or \"open\" with "
        "\"is\"");
    return false;
  }
  example->metric = example_metric(loader, node, yaml_get(node, "metric"));
  if (example->metric == SIZE_MAX)
    return false;
  example->values = arena_array(loader->arena, policy->fields.count, sizeof *example->values);
  example->events = arena_array(loader->arena, (events ? events->count : 0) + 1, sizeof *example->events);
  if (with)
    load_with(loader, example, with);
  if (events)
    load_events(loader, example, events);
  if (at)
    load_start(loader, example, at);
  bool fits = true;
  if (due) {
    fits &= load_time(loader, due, &example->due);
    example->has_due = true;
    example->due_place = due->place;
  }
  size_t choice = 0;
  if (status) {
    fits &= field_choice(loader->diags, status, "status", status_names, STATUS_COUNT, &choice);
    example->has_status = true;
    example->status = (enum sla_status)choice;
    example->status_place = status->place;
  }
  if (now) {
    fits &= load_time(loader, now, &example->now);
    example->has_now = true;
  } else if (status && fits && example->status >= SLA_BREACHED) {
    diag_error(loader->diags, status->place, "status \"%s\" depends on the current time: give it as \"now\"",
               status_names[example->status]);
    fits = false;
  }
  if (decided) {
    fits &= field_text(loader->diags, decided, "\"policy\"", &example->policy);
    example->policy_place = decided->place;
  }
  if (unanswered) {
    fits &= field_flag(loader->diags, unanswered, &example->unanswered);
    example->has_unanswered = true;
    example->unanswered_place = unanswered->place;
  }
  return fits && !is;
}

void load_examples(struct loader *loader, const struct yaml_node *examples) {
  if (examples->kind != YAML_LIST) {
    diag_error(loader->diags, examples->place, "\"examples\" must be a list, not %s", yaml_kind_name(examples));
    return;
  }
  ARENA_RESERVE(loader->arena, &loader->policy->examples, examples->count);
  for (size_t i = 0; i < examples->count; i++) {
    const struct yaml_node *node = &examples->items[i];
    struct example example = {.place = node->place};
    if (!fields_check(loader->diags, node, "an example", example_keys, COUNT(example_keys)))
      continue;
    if (yaml_get(node, "effort")           ? load_effort_question(loader, &example, node)
        : !load_effort_alone(loader, node) ? false
        : yaml_get(node, "open")           ? load_open_question(loader, &example, node)
                                           : load_incident_question(loader, &example, node))
      *ARENA_PUSH(loader->arena, &loader->policy->examples) = example;
  }
}
