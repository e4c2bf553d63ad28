/* load: policy files. Every error is reported, with its place; a policy comes out only where there was none. */
#include "policy/load.h"

#include "base/text.h"
#include "policy/profile.h"
#include "time/civil.h"

#include <limits.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

size_t policy_field(struct policy *policy, struct sla_text name) {
  for (size_t i = 0; i < policy->fields.count; i++)
    if (text_is(name, policy->fields.items[i]))
      return i;
  *ARENA_PUSH(&policy->arena, &policy->fields) = arena_copy(&policy->arena, name.ptr, name.len);
  return policy->fields.count - 1;
}

const char *const status_names[STATUS_COUNT] = {
    [SLA_STATUS_ERROR] = "error",
    [SLA_NO_POLICY] = "no_policy",
    [SLA_EXCLUDED] = "excluded",
    [SLA_NO_TARGET] = "no_target",
    [SLA_BEST_EFFORT] = "best_effort",
    [SLA_NOT_STARTED] = "not_started",
    [SLA_MET] = "met",
    [SLA_MISSED] = "missed",
    [SLA_BREACHED] = "breached",
    [SLA_PAUSED] = "paused",
    [SLA_AT_RISK] = "at_risk",
    [SLA_RUNNING] = "running",
};

/* --- metrics -------------------------------------------------------------------------------------------------------
 */

/* Metrics that need no declaration. */
static const struct {
  const char *name, *start, *stop;
  bool pausable;
} known_metrics[] = {
    {"first_response", "opened_at", "first_response_at", false},
    {"resolution", "opened_at", "resolved_at", true},
};

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

static const struct field_key metric_keys[] = {
    {"start", FIELD_OPTIONAL}, {"stop", FIELD_OPTIONAL}, {"reopen", FIELD_OPTIONAL},
    {"cycle", FIELD_LATER},    {"after", FIELD_LATER},
};

static void load_reopen(struct loader *loader, const struct yaml_node *node) {
  static const char *const words[] = {"resume"};
  size_t choice;
  if (node->kind == YAML_SCALAR && text_is(node->text, "restart"))
    diag_error(loader->diags, node->place, "\"reopen: restart\" is not supported by this version");
  else
    field_choice(loader->diags, node, "way to reopen", words, COUNT(words), &choice);
}

static void load_metric(struct loader *loader, const struct yaml_entry *entry) {
  struct declared_metric *metric = metric_named(loader, entry->key.text);
  if (!metric) {
    metric = ARENA_PUSH(loader->arena, &loader->declared);
    *metric = (struct declared_metric){.name = entry->key.text.ptr, .pausable = true, .index = SIZE_MAX};
  }
  metric->place = entry->key.place;
  if (!fields_check(loader->diags, &entry->value, "a metric", metric_keys, COUNT(metric_keys)))
    return;
  const struct yaml_node *start = yaml_get(&entry->value, "start"), *stop = yaml_get(&entry->value, "stop"),
                         *reopen = yaml_get(&entry->value, "reopen");
  const char *text;
  if (start && field_text(loader->diags, start, "\"start\"", &text))
    metric->start = start->text;
  if (stop && field_text(loader->diags, stop, "\"stop\"", &text))
    metric->stop = stop->text;
  if (metric->start.len == 0 || metric->stop.len == 0)
    diag_error(loader->diags, entry->key.place,
               "metric \"%s\" needs the fields it starts and stops at: \"start\" and \"stop\"", metric->name);
  if (reopen)
    load_reopen(loader, reopen);
}

static void load_metrics(struct loader *loader, const struct yaml_node *metrics) {
  for (size_t i = 0; i < COUNT(known_metrics); i++)
    *ARENA_PUSH(loader->arena, &loader->declared) = (struct declared_metric){.name = known_metrics[i].name,
                                                                             .place = loader->policy->place,
                                                                             .start = text_of(known_metrics[i].start),
                                                                             .stop = text_of(known_metrics[i].stop),
                                                                             .pausable = known_metrics[i].pausable,
                                                                             .index = SIZE_MAX};
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

static void load_pause(struct loader *loader, const struct yaml_node *pause) {
  static const struct field_key keys[] = {{"metrics", FIELD_OPTIONAL}, {"when", FIELD_LATER}};
  const struct yaml_node *metrics;
  if (!fields_check(loader->diags, pause, "\"pause\"", keys, COUNT(keys)) || !(metrics = yaml_get(pause, "metrics")))
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

size_t load_metric_use(struct loader *loader, struct declared_metric *declared) {
  struct policy *policy = loader->policy;
  if (declared->index == SIZE_MAX) {
    struct metric *metric = ARENA_PUSH(loader->arena, &policy->metrics);
    *metric = (struct metric){.name = declared->name,
                              .place = declared->place,
                              .start = policy_field(policy, declared->start),
                              .stop = policy_field(policy, declared->stop),
                              .pausable = declared->pausable};
    declared->index = policy->metrics.count - 1;
    if (metric->pausable && policy->paused_field == SIZE_MAX)
      policy->paused_field = policy_field(policy, text_of("paused"));
  }
  return declared->index;
}

/* --- the policy ----------------------------------------------------------------------------------------------------
 */

static const struct field_key policy_keys[] = {
    {"policy", FIELD_REQUIRED},    {"title", FIELD_OPTIONAL},     {"source", FIELD_OPTIONAL},
    {"zone", FIELD_OPTIONAL},      {"effective", FIELD_OPTIONAL}, {"calendar", FIELD_OPTIONAL},
    {"calendars", FIELD_OPTIONAL}, {"metrics", FIELD_OPTIONAL},   {"pause", FIELD_OPTIONAL},
    {"targets", FIELD_REQUIRED},   {"exclude", FIELD_OPTIONAL},   {"require", FIELD_OPTIONAL},
    {"examples", FIELD_OPTIONAL},  {"extends", FIELD_LATER},      {"agreements", FIELD_LATER},
    {"effort", FIELD_LATER},
};

/* The policy's zone; without one it is that of the only calendar (where errors in it are reported), else UTC. */
static const struct zone *load_policy_zone(struct loader *loader, const struct yaml_node *root) {
  const struct yaml_node *zone = yaml_get(root, "zone"), *calendars = yaml_get(root, "calendars");
  if (zone)
    return load_zone(loader, zone);
  if (calendars && calendars->kind == YAML_MAP && calendars->count == 1 && calendars->entries[0].value.kind == YAML_MAP)
    zone = yaml_get(&calendars->entries[0].value, "zone");
  const char *problem;
  const struct zone *found = NULL;
  if (zone && zone->kind == YAML_SCALAR)
    found = zone_find(&loader->policy->zones, zone->text, &problem);
  return found ? found : zone_find(&loader->policy->zones, text_of("UTC"), &problem);
}

static void load_effective(struct loader *loader, const struct yaml_node *node) {
  static const struct field_key keys[] = {SPAN_KEYS};
  if (fields_check(loader->diags, node, "\"effective\"", keys, COUNT(keys)))
    loader->policy->has_effective = field_span(loader->diags, node, &loader->policy->effective);
}

/* Warns of calendars that nothing refers to. */
static void warn_unused(struct loader *loader) {
  const struct policy *policy = loader->policy;
  bool *used = arena_array(loader->arena, policy->calendars.count, sizeof *used);
  for (size_t i = 0; i < policy->calendars.count; i++) {
    const struct calendar *calendar = policy->calendars.items[i];
    used[i] = calendar == policy->default_calendar;
    for (size_t k = 0; k < policy->targets.count && !used[i]; k++) {
      const struct target *target = &policy->targets.items[k];
      used[i] = target->calendar == calendar || target->clause.during == calendar || target->clause.outside == calendar;
    }
    for (size_t k = 0; k < policy->exclusions.count && !used[i]; k++)
      used[i] = policy->exclusions.items[k].clause.during == calendar ||
                policy->exclusions.items[k].clause.outside == calendar;
    for (size_t k = 0; k < policy->calendars.count && !used[i]; k++)
      for (size_t m = 0; m < policy->calendars.items[k]->member_count && !used[i]; m++)
        used[i] = policy->calendars.items[k]->members[m] == calendar;
    for (size_t k = 0; k < policy->examples.count && !used[i]; k++)
      used[i] = policy->examples.items[k].calendar == calendar;
    if (!used[i])
      diag_warning(loader->diags, calendar->place, "calendar \"%s\" is not used", calendar->name);
  }
}

void load_root(struct loader *loader, const struct yaml_node *root) {
  struct policy *policy = loader->policy;
  policy->place = root->place;
  if (holiday_set_is(root)) {
    diag_error(loader->diags, root->place, "a policy is expected here, but this is a holiday set");
    return;
  }
  if (profile_is(root) && !yaml_get(root, "policy")) {
    diag_error(loader->diags, root->place, "a policy is expected here, but this is an input profile");
    return;
  }
  if (!fields_check(loader->diags, root, "a policy", policy_keys, COUNT(policy_keys)) && root->kind != YAML_MAP)
    return;
  const struct yaml_node *value;
  if ((value = yaml_get(root, "policy")))
    field_text(loader->diags, value, "\"policy\"", &policy->name);
  if ((value = yaml_get(root, "title")))
    field_text(loader->diags, value, "\"title\"", &policy->title);
  if ((value = yaml_get(root, "source")))
    field_text(loader->diags, value, "\"source\"", &policy->source_text);
  policy->zone = load_policy_zone(loader, root);
  if ((value = yaml_get(root, "effective")))
    load_effective(loader, value);
  if ((value = yaml_get(root, "calendars")))
    load_calendars(loader, value);
  if ((value = yaml_get(root, "calendar")))
    policy->default_calendar = load_calendar_name(loader, value);
  else if (policy->calendars.count == 1)
    policy->default_calendar = policy->calendars.items[0];
  load_metrics(loader, yaml_get(root, "metrics"));
  if ((value = yaml_get(root, "pause")))
    load_pause(loader, value);
  if ((value = yaml_get(root, "targets")))
    load_targets(loader, value);
  if ((value = yaml_get(root, "exclude")))
    load_exclusions(loader, value);
  if ((value = yaml_get(root, "require")))
    field_texts(loader->diags, value, "\"require\"", &policy->require);
  if ((value = yaml_get(root, "examples")))
    load_examples(loader, value);
  if (loader->diags->errors == 0) { /* what follows from errors is no news */
    load_warn_unreachable(loader);
    warn_unused(loader);
  }
}

struct policy *policy_new(const struct sla_options *options) {
  struct policy *policy = calloc(1, sizeof *policy);
  if (!policy)
    return NULL;
  arena_init(&policy->arena, options->memory_limit);
  policy->memory_limit = options->memory_limit;
  policy->effective = span_always();
  policy->paused_field = SIZE_MAX;
  zones_init(&policy->zones, &policy->arena, options->tzdata);
  return policy;
}

void policy_free(struct policy *policy) {
  if (!policy)
    return;
  for (size_t i = 0; i < policy->calendars.count; i++)
    calendar_release(policy->calendars.items[i]);
  arena_release(&policy->arena);
  free(policy);
}

void loader_init(struct loader *loader, struct policy *policy, struct diags *diags, const struct sla_options *options,
                 const char *folder) {
  *loader = (struct loader){.policy = policy, .arena = &policy->arena, .diags = diags, .folder = folder};
  loader->holidays = (struct holiday_loader){.arena = &policy->arena,
                                             .diags = diags,
                                             .search = {options->path, options->path_count},
                                             .language = options->language,
                                             .zones = &policy->zones};
  diags->arena = &policy->arena;
}

enum sla_code load_text(struct arena *arena, struct diags *diags, struct source *source) {
  const char *problem, *path = strcmp(source->name, "-") == 0 ? "/dev/stdin" : source->name;
  switch (file_read(arena, path, POLICY_MOST_BYTES, &source->text, &problem)) {
  case FILE_READ: break;
  case FILE_ABSENT: diag_error(diags, place_of_source(source), "no such file"); return SLA_NOT_FOUND;
  case FILE_FAILED: diag_error(diags, place_of_source(source), "%s", problem); return SLA_IO;
  }
  return SLA_OK;
}

/* Loads a file, which is read unless its text is given. */
static enum sla_code load_file(struct policy *policy, const struct sla_options *options, struct diags *diags,
                               const char *path, const struct source *given) {
  struct arena *arena = &policy->arena;
  struct loader loader;
  loader_init(&loader, policy, diags, options, strcmp(path, "-") == 0 ? NULL : file_folder(arena, path));
  struct source *source = arena_alloc(arena, sizeof *source);
  source->name = policy->file = arena_copy(arena, path, strlen(path));
  if (given)
    source->text = (struct sla_text){arena_copy(arena, given->text.ptr, given->text.len), given->text.len};
  else {
    enum sla_code code = load_text(arena, diags, source);
    if (code != SLA_OK)
      return code;
  }
  struct yaml_documents documents;
  yaml_parse(arena, diags, source, &documents);
  if (documents.count == 0 && diags->errors == 0)
    diag_error(diags, place_of_source(source), "the file is empty: a policy is expected");
  if (documents.count > 1)
    diag_error(diags, documents.items[1].root.place,
               "several documents, as versions of a policy, are not supported by this version");
  if (documents.count > 0)
    load_root(&loader, &documents.items[0].root);
  return diags->errors ? SLA_INVALID : SLA_OK;
}

enum sla_code load_finish(struct policy *policy, bool done, enum sla_code code, struct policy **ret_policy) {
  if (!done)
    code = SLA_NO_MEMORY;
  if (code == SLA_OK)
    *ret_policy = policy;
  else
    policy_free(policy);
  return code;
}

struct file_load {
  struct policy *policy;
  const struct sla_options *options;
  struct diags *diags;
  const char *path;
  const struct source *given;
  enum sla_code code;
};

static void file_load_work(void *data) {
  struct file_load *load = data;
  load->code = load_file(load->policy, load->options, load->diags, load->path, load->given);
}

enum sla_code policy_load(const struct sla_options *options, struct diags *diags, const char *path,
                          const struct source *given, struct policy **ret_policy) {
  struct file_load load = {policy_new(options), options, diags, path, given, SLA_OK};
  bool done = load.policy && arena_try(&load.policy->arena, file_load_work, &load);
  return load_finish(load.policy, done, load.code, ret_policy);
}
