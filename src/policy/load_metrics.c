/* load_metrics: the keys `metrics`, `pause` and `closed_unanswered` of a policy file. */
#include "base/text.h"
#include "policy/load.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Metrics that need no declaration. */
static const struct {
  const char *name, *start, *stop;
  enum reopen reopen;
  bool pausable;
} known_metrics[] = {
    {"first_response", "opened_at", "first_response_at", REOPEN_NOT, false},
    {"resolution", "opened_at", "resolved_at", REOPEN_RESUME, true},
};

/* The one that the first reply of an agent stops. */
static bool is_by_reply(const char *name) {
  return strcmp(name, known_metrics[0].name) == 0;
}

static struct declared_metric *metric_named(struct loader *loader, struct sla_text name) {
  for (size_t i = 0; i < loader->declared.count; i++)
    if (text_is(name, loader->declared.items[i].name))
      return &loader->declared.items[i];
  return NULL;
}

struct declared_metric *load_metric_name(struct loader *loader, const struct yaml_node *node) {
  const char *name;
  if (!field_text(loader->diags, node, "the name of a metric", &name))
    return NULL;
  struct declared_metric *metric = metric_named(loader, node->text);
  if (metric)
    return metric;
  const char **names = arena_array(loader->arena, loader->declared.count, sizeof *names);
  for (size_t i = 0; i < loader->declared.count; i++)
    names[i] = loader->declared.items[i].name;
  diag_error(loader->diags, node->place, "unknown metric \"%s\"%s", name,
             text_hint(loader->arena, node->text, names, loader->declared.count));
  return NULL;
}

static void load_reopen(struct loader *loader, struct declared_metric *metric, const struct yaml_node *node) {
  static const char *const words[] = {"resume", "restart"};
  size_t choice;
  if (field_choice(loader->diags, node, "way to reopen", words, COUNT(words), &choice))
    metric->reopen = choice == 0 ? REOPEN_RESUME : REOPEN_RESTART;
}

/* The two events that a metric of cycles starts and stops at. */
static void load_cycle(struct loader *loader, struct declared_metric *metric, const struct yaml_node *node) {
  static const char *const words[] = {"customer_reply", "agent_reply"};
  static const enum sla_event_kind kinds[] = {SLA_EVENT_CUSTOMER_REPLY, SLA_EVENT_AGENT_REPLY};
  metric->is_cycle = true;
  if (node->kind != YAML_LIST || node->count != 2) {
    diag_error(loader->diags, node->place,
               "\"cycle\" must be the two events that start and stop the clock: [customer_reply, agent_reply]");
    return;
  }
  size_t begins, ends;
  if (field_choice(loader->diags, &node->items[0], "event", words, COUNT(words), &begins))
    metric->begins = kinds[begins];
  if (field_choice(loader->diags, &node->items[1], "event", words, COUNT(words), &ends))
    metric->ends = kinds[ends];
}

static const struct field_key metric_keys[] = {
    {"start", FIELD_OPTIONAL}, {"stop", FIELD_OPTIONAL},  {"reopen", FIELD_OPTIONAL},
    {"cycle", FIELD_OPTIONAL}, {"after", FIELD_OPTIONAL},
};

static void load_metric(struct loader *loader, const struct yaml_entry *entry) {
  struct declared_metric *metric = metric_named(loader, entry->key.text);
  if (!metric) {
    metric = ARENA_PUSH(loader->arena, &loader->declared);
    *metric = (struct declared_metric){.name = entry->key.text.ptr, .pausable = true};
  }
  metric->place = entry->key.place;
  if (!fields_check(loader->diags, &entry->value, "a metric", metric_keys, COUNT(metric_keys)) &&
      entry->value.kind != YAML_MAP)
    return;
  const struct yaml_node *start = yaml_get(&entry->value, "start"), *stop = yaml_get(&entry->value, "stop"),
                         *reopen = yaml_get(&entry->value, "reopen"), *cycle = yaml_get(&entry->value, "cycle");
  const char *text;
  metric->after = yaml_get(&entry->value, "after");
  if (cycle) {
    const struct yaml_node *other = start ? start : stop ? stop : reopen;
    if (other)
      diag_error(loader->diags, other->place, "a metric with \"cycle\" has no \"start\", \"stop\" or \"reopen\"");
    metric->start = metric->stop = (struct sla_text){NULL, 0};
    metric->reopen = REOPEN_NOT;
    load_cycle(loader, metric, cycle);
    return;
  }
  if (start && field_text(loader->diags, start, "\"start\"", &text))
    metric->start = start->text;
  if (stop && field_text(loader->diags, stop, "\"stop\"", &text))
    metric->stop = stop->text;
  if (metric->start.len == 0 || metric->stop.len == 0)
    diag_error(loader->diags, entry->key.place,
               "metric \"%s\" needs the fields it starts and stops at: \"start\" and \"stop\"", metric->name);
  if (reopen)
    load_reopen(loader, metric, reopen);
}

void load_metrics(struct loader *loader, const struct yaml_node *metrics) {
  for (size_t i = 0; i < COUNT(known_metrics); i++)
    *ARENA_PUSH(loader->arena, &loader->declared) = (struct declared_metric){.name = known_metrics[i].name,
                                                                             .place = loader->version->place,
                                                                             .start = text_of(known_metrics[i].start),
                                                                             .stop = text_of(known_metrics[i].stop),
                                                                             .reopen = known_metrics[i].reopen,
                                                                             .pausable = known_metrics[i].pausable};
  if (!metrics)
    return;
  if (metrics->kind != YAML_MAP)
    diag_error(loader->diags, metrics->place, "\"metrics\" must be a map of names and metrics, not %s",
               yaml_kind_name(metrics));
  else if (metrics->count > POLICY_MOST_METRICS)
    diag_error(loader->diags, metrics->place, "more than %d metrics", POLICY_MOST_METRICS);
  else
    for (size_t i = 0; i < metrics->count; i++)
      load_metric(loader, &metrics->entries[i]);
}

/* --- pauses and questions ---------------------------------------------------------------------------------------- */

/* A clause of values alone, as it is tested at every change and not at a metric's start. */
static void load_state(struct loader *loader, const struct yaml_node *map, const char *what,
                       struct clause *ret_clause) {
  unsigned errors = loader->diags->errors;
  load_values(loader, map, ret_clause);
  if (clause_is_empty(ret_clause) && loader->diags->errors == errors)
    diag_error(loader->diags, map->place, "%s needs conditions: \"when\", as in when: { status: [pending] }", what);
}

void load_pause(struct loader *loader, const struct yaml_node *pause) {
  static const struct field_key keys[] = {
      {"metrics", FIELD_OPTIONAL}, {"when", FIELD_OPTIONAL}, {"unless", FIELD_OPTIONAL}};
  if (!fields_check(loader->diags, pause, "\"pause\"", keys, COUNT(keys)) && pause->kind != YAML_MAP)
    return;
  if (yaml_get(pause, "when") || yaml_get(pause, "unless")) {
    load_state(loader, pause, "\"pause\"", &loader->version->pause);
    loader->version->has_pause = true;
  }
  const struct yaml_node *metrics = yaml_get(pause, "metrics");
  if (!metrics)
    return;
  for (size_t i = 0; i < loader->declared.count; i++)
    loader->declared.items[i].pausable = false;
  size_t count = metrics->kind == YAML_LIST ? metrics->count : 1;
  const struct yaml_node *items = metrics->kind == YAML_LIST ? metrics->items : metrics;
  for (size_t i = 0; i < count; i++) {
    struct declared_metric *metric = load_metric_name(loader, &items[i]);
    if (metric)
      metric->pausable = true;
  }
}

void load_unanswered(struct loader *loader, const struct yaml_node *node) {
  static const struct field_key keys[] = {
      {"when", FIELD_OPTIONAL}, {"unless", FIELD_OPTIONAL}, {"times", FIELD_REQUIRED}};
  if (!fields_check(loader->diags, node, "\"closed_unanswered\"", keys, COUNT(keys)) && node->kind != YAML_MAP)
    return;
  const struct yaml_node *times = yaml_get(node, "times");
  int64_t number;
  load_state(loader, node, "\"closed_unanswered\"", &loader->version->unanswered);
  if (!times)
    return;
  if (times->kind == YAML_SCALAR && text_number(times->text, 1000, &number) && number > 0)
    loader->version->unanswered_times = (int)number;
  else
    diag_error(loader->diags, times->place, "\"times\" must be a number from 1 to 1000");
}

/* --- metrics in use ---------------------------------------------------------------------------------------------- */

static struct metric *make_metric(struct loader *loader, struct declared_metric *declared) {
  struct policy *policy = loader->policy;
  struct metric *metric = declared->metric = arena_alloc(loader->arena, sizeof *metric);
  *metric = (struct metric){.place = declared->place,
                            .index = SIZE_MAX,
                            .is_cycle = declared->is_cycle,
                            .start = SIZE_MAX,
                            .stop = SIZE_MAX,
                            .begins = declared->begins,
                            .ends = declared->ends,
                            .reopen = declared->reopen,
                            .pausable = declared->pausable,
                            .by_reply = is_by_reply(declared->name)};
  if (!declared->is_cycle) {
    metric->start = policy_field(policy, declared->start);
    metric->stop = policy_field(policy, declared->stop);
  }
  return metric;
}

size_t load_metric_use(struct loader *loader, struct declared_metric *declared) {
  struct policy *policy = loader->policy;
  struct metric *metric = declared->metric ? declared->metric : make_metric(loader, declared);
  if (metric->index != SIZE_MAX)
    return metric->index;
  *ARENA_PUSH(loader->arena, &loader->version->measured) = metric;
  metric->index = 0;
  while (metric->index < policy->metrics.count &&
         strcmp(policy->metrics.items[metric->index].name, declared->name) != 0)
    metric->index++;
  if (metric->index == policy->metrics.count)
    *ARENA_PUSH(loader->arena, &policy->metrics) = (struct metric_name){declared->name, metric};
  if (metric->pausable && policy->paused_field == SIZE_MAX)
    policy->paused_field = policy_field(policy, text_of("paused"));
  return metric->index;
}

/* Whether a metric waits, by way of others, for itself. */
static bool waits_for_itself(struct loader *loader, const struct declared_metric *metric) {
  const struct declared_metric *at = metric;
  for (size_t i = 0; i <= loader->declared.count && at && at->after && at->after->kind == YAML_SCALAR; i++) {
    at = metric_named(loader, at->after->text);
    if (at == metric)
      return true;
  }
  return false;
}

void load_prerequisites(struct loader *loader) {
  for (size_t i = 0; i < loader->declared.count; i++) {
    struct declared_metric *declared = &loader->declared.items[i], *after;
    if (!declared->after || !(after = load_metric_name(loader, declared->after)))
      continue;
    if (after != declared && waits_for_itself(loader, declared))
      diag_error(loader->diags, declared->after->place, "metric \"%s\" waits for itself, by way of \"%s\"",
                 declared->name, after->name);
    else if (after->is_cycle || after == declared)
      diag_error(loader->diags, declared->after->place, "\"after\" must name another metric, with a start and a stop");
    else if (declared->metric)
      declared->metric->after = after->metric ? after->metric : make_metric(loader, after);
  }
}
