/* load: policy files. Every error is reported, with its place; a policy comes out only where there was none. */
#include "policy/load.h"

#include "base/text.h"
#include "policy/profile.h"
#include "time/civil.h"
#include "time/timestamp.h"

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

enum sla_event_kind event_kind(struct sla_text name) {
  static const char *const names[] = {[SLA_EVENT_CUSTOMER_REPLY] = "customer_reply",
                                      [SLA_EVENT_AGENT_REPLY] = "agent_reply",
                                      [SLA_EVENT_RESOLVED] = "resolved",
                                      [SLA_EVENT_REOPENED] = "reopened"};
  for (size_t i = SLA_EVENT_CUSTOMER_REPLY; i < COUNT(names); i++)
    if (text_is(name, names[i]))
      return (enum sla_event_kind)i;
  return SLA_EVENT_FIELD;
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

/* --- the policy ----------------------------------------------------------------------------------------------------
 */

static const struct field_key policy_keys[] = {
    {"policy", FIELD_REQUIRED},
    {"title", FIELD_OPTIONAL},
    {"source", FIELD_OPTIONAL},
    {"zone", FIELD_OPTIONAL},
    {"effective", FIELD_OPTIONAL},
    {"calendar", FIELD_OPTIONAL},
    {"calendars", FIELD_OPTIONAL},
    {"metrics", FIELD_OPTIONAL},
    {"pause", FIELD_OPTIONAL},
    {"targets", FIELD_REQUIRED},
    {"exclude", FIELD_OPTIONAL},
    {"require", FIELD_OPTIONAL},
    {"examples", FIELD_OPTIONAL},
    {"extends", FIELD_OPTIONAL},
    {"agreements", FIELD_OPTIONAL},
    {"effort", FIELD_OPTIONAL},
    {"closed_unanswered", FIELD_OPTIONAL},
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
  struct version *version = loader->version;
  unsigned errors = loader->diags->errors;
  bool fits = fields_check(loader->diags, node, "\"effective\"", keys, COUNT(keys)) &&
              field_span(loader->diags, node, &version->effective);
  version->has_dates = loader->diags->errors == errors;
  if (!fits || version->effective.first == INT_MIN)
    return;
  char since[DATE_TEXT];
  date_write(version->effective.first, since);
  version->since = arena_copy(loader->arena, since, strlen(since));
}

/* The fields are read like those of conditions, so that their values are known where incidents are evaluated. */
static void load_require(struct loader *loader, const struct yaml_node *node) {
  struct version *version = loader->version;
  if (!field_texts(loader->diags, node, "\"require\"", &version->require))
    return;
  version->required = arena_array(loader->arena, version->require.count, sizeof *version->required);
  for (size_t i = 0; i < version->require.count; i++)
    version->required[i] = policy_field(loader->policy, version->require.items[i]);
}

static bool clause_uses(const struct clause *clause, const struct calendar *calendar) {
  return clause->during == calendar || clause->outside == calendar;
}

/* Warns of calendars that nothing refers to; those of a policy that is extended are that policy's matter. */
static void warn_unused(struct loader *loader) {
  const struct version *version = loader->version;
  for (size_t i = 0; i < version->calendars.count; i++) {
    const struct calendar *calendar = version->calendars.items[i];
    bool used = calendar == version->default_calendar || calendar->place.source != version->place.source;
    for (size_t k = 0; k < version->targets.count && !used; k++) {
      const struct target *target = &version->targets.items[k];
      used = target->calendar == calendar || clause_uses(&target->clause, calendar);
    }
    for (size_t k = 0; k < version->exclusions.count && !used; k++)
      used = clause_uses(&version->exclusions.items[k].clause, calendar);
    for (size_t k = 0; k < version->agreements.count && !used; k++)
      used = clause_uses(&version->agreements.items[k].clause, calendar);
    for (size_t k = 0; k < version->calendars.count && !used; k++)
      for (size_t m = 0; m < version->calendars.items[k]->member_count && !used; m++)
        used = version->calendars.items[k]->members[m] == calendar;
    for (size_t k = 0; k < loader->policy->examples.count && !used; k++)
      used = loader->policy->examples.items[k].calendar == calendar;
    if (!used)
      diag_warning(loader->diags, calendar->place, "calendar \"%s\" is not used", calendar->name);
  }
}

void load_version(struct loader *loader, struct policy_file *file, const struct yaml_node *root) {
  struct version *version = arena_alloc(loader->arena, sizeof *version);
  version->place = root->place;
  version->effective = span_always();
  version->since = "";
  version->has_dates = root->kind == YAML_MAP && !holiday_set_is(root);
  *ARENA_PUSH(loader->arena, &file->versions) = version;
  loader->version = version;
  loader->declared.count = 0;
  const struct yaml_node *value;
  if (root->kind == YAML_MAP && (value = yaml_get(root, "effective")))
    load_effective(loader, value);
  if (holiday_set_is(root)) {
    diag_error(loader->diags, root->place, "a policy is expected here, but this is a holiday set");
    return;
  }
  if (profile_is(root) && !yaml_get(root, "policy")) {
    diag_error(loader->diags, root->place, "a policy is expected here, but this is an input profile");
    return;
  }
  root = load_extended(loader, root);
  if (!root ||
      (!fields_check(loader->diags, root, "a policy", policy_keys, COUNT(policy_keys)) && root->kind != YAML_MAP))
    return;
  if ((value = yaml_get(root, "policy")))
    field_text(loader->diags, value, "\"policy\"", &version->name);
  if ((value = yaml_get(root, "title")))
    field_text(loader->diags, value, "\"title\"", &version->title);
  if ((value = yaml_get(root, "source")))
    field_text(loader->diags, value, "\"source\"", &version->source_text);
  version->zone = load_policy_zone(loader, root);
  if ((value = yaml_get(root, "calendars")))
    load_calendars(loader, value);
  if ((value = yaml_get(root, "calendar")))
    version->default_calendar = load_calendar_name(loader, value);
  else if (version->calendars.count == 1)
    version->default_calendar = version->calendars.items[0];
  load_metrics(loader, yaml_get(root, "metrics"));
  if ((value = yaml_get(root, "pause")))
    load_pause(loader, value);
  if ((value = yaml_get(root, "targets")))
    load_targets(loader, value);
  load_prerequisites(loader);
  if ((value = yaml_get(root, "exclude")))
    load_exclusions(loader, value);
  if ((value = yaml_get(root, "closed_unanswered")))
    load_unanswered(loader, value);
  if ((value = yaml_get(root, "require")))
    load_require(loader, value);
  if ((value = yaml_get(root, "effort")))
    load_effort(loader, value);
  if (file == loader->policy->files.items[0])
    *ARENA_PUSH(loader->arena, &loader->pending) = (struct pending_examples){version, yaml_get(root, "examples")};
  if ((value = yaml_get(root, "agreements")))
    load_agreements(loader, value);
  loader->version = version;
}

/* The version whose force ends last before another's begins; NULL where there is none. */
static const struct version *version_before(const struct policy_file *file, const struct version *version) {
  const struct version *before = NULL;
  for (size_t i = 0; i < file->versions.count; i++) {
    const struct version *other = file->versions.items[i];
    if (other->effective.last < version->effective.first && (!before || other->effective.last > before->effective.last))
      before = other;
  }
  return before;
}

/* Whether a version shares no date with those that stand before it in the file. What has errors is not asked. */
static bool is_apart(struct loader *loader, const struct policy_file *file, size_t index) {
  const struct version *version = file->versions.items[index];
  for (size_t i = 0; i < index && version->has_dates; i++) {
    const struct version *other = file->versions.items[i];
    if (!other->has_dates || version->effective.first > other->effective.last ||
        other->effective.first > version->effective.last)
      continue;
    diag_error(loader->diags, version->place,
               "the version is in force at the same time as the one in line %d: \"effective\" must set them apart",
               other->place.line);
    return false;
  }
  return version->has_dates;
}

/* Versions must have one name, and no date in common; where there is none between them, something may be missing. */
static void check_versions(struct loader *loader, const struct policy_file *file) {
  const struct version *first = file->versions.count ? file->versions.items[0] : NULL;
  bool apart = true;
  for (size_t i = 0; i < file->versions.count; i++) {
    const struct version *version = file->versions.items[i];
    apart &= is_apart(loader, file, i);
    if (version->name && first->name && strcmp(version->name, first->name) != 0)
      diag_error(loader->diags, version->place, "the versions of a policy have one name, and this is not \"%s\"",
                 first->name);
  }
  for (size_t i = 0; i < file->versions.count && apart; i++) {
    const struct version *version = file->versions.items[i], *before = version_before(file, version);
    if (!before || before->effective.last + 1 == version->effective.first)
      continue;
    char last[DATE_TEXT];
    date_write(before->effective.last, last);
    diag_warning(loader->diags, version->place, "no version is in force between %s and %s", last, version->since);
  }
}

struct policy_file *load_versions(struct loader *loader, const char *path, const struct yaml_documents *documents) {
  struct policy_file *file = arena_alloc(loader->arena, sizeof *file);
  file->path = path;
  *ARENA_PUSH(loader->arena, &loader->policy->files) = file;
  file->loading = true;
  if (documents->count > POLICY_MOST_VERSIONS)
    diag_error(loader->diags, documents->items[0].root.place, "more than %d versions", POLICY_MOST_VERSIONS);
  for (size_t i = 0; i < documents->count && i < POLICY_MOST_VERSIONS; i++)
    load_version(loader, file, &documents->items[i].root);
  check_versions(loader, file);
  file->loading = false;
  return file;
}

const struct version *file_version(const struct policy_file *file, sla_time t) {
  for (size_t i = 0; i < file->versions.count; i++) {
    const struct version *version = file->versions.items[i];
    if (span_holds(version->effective, local_date(zone_local(version->zone, t))))
      return version;
  }
  return NULL;
}

/* A metric is one of cycles, of the same events, in all versions or in none (whose events are SLA_EVENT_FIELD). */
static void check_metric(struct loader *loader, const struct metric *metric) {
  const struct metric_name *known = &loader->policy->metrics.items[metric->index];
  const struct metric *first = known->first;
  if (metric->begins != first->begins || metric->ends != first->ends)
    diag_error(loader->diags, metric->place,
               "metric \"%s\" has another cycle in line %d of %s: all versions must agree on it", known->name,
               first->place.line, first->place.source->name);
}

void load_complete(struct loader *loader) {
  struct policy *policy = loader->policy;
  const struct policy_file *file = policy->files.items[0];
  if (!file->versions.count) /* too many */
    return;
  policy->newest = file->versions.items[0];
  for (size_t i = 1; i < file->versions.count; i++)
    if (file->versions.items[i]->effective.first > policy->newest->effective.first)
      policy->newest = file->versions.items[i];
  for (size_t i = 0; i < policy->files.count; i++)
    for (size_t k = 0; k < policy->files.items[i]->versions.count; k++) {
      struct version *version = policy->files.items[i]->versions.items[k];
      version->metrics = arena_array(loader->arena, policy->metrics.count, sizeof *version->metrics);
      for (size_t m = 0; m < version->measured.count; m++) {
        check_metric(loader, version->measured.items[m]);
        version->metrics[version->measured.items[m]->index] = version->measured.items[m];
      }
    }
  for (size_t i = 0; i < loader->pending.count; i++) {
    loader->version = loader->pending.items[i].version;
    if (loader->pending.items[i].examples)
      load_examples(loader, loader->pending.items[i].examples);
  }
  for (size_t i = 0; i < loader->pending.count && loader->diags->errors == 0; i++) {
    loader->version = loader->pending.items[i].version; /* what follows from errors is no news */
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

void loader_init(struct loader *loader, struct policy *policy, struct diags *diags, const struct sla_options *options) {
  *loader = (struct loader){.policy = policy, .arena = &policy->arena, .diags = diags, .options = options};
  loader->holidays = (struct holiday_loader){.arena = &policy->arena,
                                             .diags = diags,
                                             .search = {options->path, options->path_count},
                                             .language = options->language,
                                             .zones = &policy->zones};
  diags->arena = &policy->arena;
}

const char *load_folder(struct loader *loader, struct place place) {
  bool is_file = !loader->is_command_line && strcmp(place.source->name, "-") != 0;
  return is_file ? file_folder(loader->arena, place.source->name) : NULL;
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

enum sla_code load_documents(struct loader *loader, const char *path, const struct source *given,
                             struct yaml_documents *ret_documents) {
  struct source *source = arena_alloc(loader->arena, sizeof *source);
  unsigned errors = loader->diags->errors;
  source->name = path;
  if (given)
    source->text = (struct sla_text){arena_copy(loader->arena, given->text.ptr, given->text.len), given->text.len};
  else {
    enum sla_code code = load_text(loader->arena, loader->diags, source);
    if (code != SLA_OK)
      return code;
  }
  yaml_parse(loader->arena, loader->diags, source, ret_documents);
  if (ret_documents->count == 0 && loader->diags->errors == errors)
    diag_error(loader->diags, place_of_source(source), "the file is empty: a policy is expected");
  return ret_documents->count ? SLA_OK : SLA_INVALID;
}

/* Loads a file, which is read unless its text is given. */
static enum sla_code load_file(struct policy *policy, const struct sla_options *options, struct diags *diags,
                               const char *path, const struct source *given) {
  struct loader loader;
  struct yaml_documents documents = {0};
  loader_init(&loader, policy, diags, options);
  path = arena_copy(&policy->arena, path, strlen(path));
  enum sla_code code = load_documents(&loader, path, given, &documents);
  if (code != SLA_OK)
    return code;
  load_versions(&loader, path, &documents);
  load_complete(&loader);
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
