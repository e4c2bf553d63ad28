/* check_api: reading a file as strictly as can be, and running a policy's examples. */
#include "api/handles.h"

#include "api/sorter.h"
#include "base/text.h"
#include "base/yaml.h"
#include "engine/row.h"
#include "holidays/holidays.h"
#include "policy/profile.h"
#include "time/civil.h"
#include "time/timestamp.h"

#include <limits.h>
#include <string.h>

static const char *time_text(const struct zone *zone, sla_time t, char text[SLA_TIME_TEXT]) {
  timestamp_write(t, zone_offset(zone, t), false, text);
  return text;
}

/* Runs an example that asks whether a calendar is open. */
static enum sla_code run_open_question(struct policy *policy, struct diags *diags, const struct example *example,
                                       bool *ret_holds) {
  bool open = false;
  struct need need;
  while (calendar_is_open(example->calendar, example->at, &open, &need) == REACH_BEYOND)
    if (prepare(policy, &need) != SLA_OK)
      return SLA_NO_MEMORY;
  *ret_holds = open == example->is_open;
  if (open != example->is_open)
    diag_error(diags, example->place, "the example fails: calendar \"%s\" is %s then", example->calendar->name,
               open ? "open" : "closed");
  return SLA_OK;
}

/* Runs an example about an incident's metric. */
static enum sla_code run_incident(struct policy *policy, struct worker *worker, struct diags *diags,
                                  const struct example *example, struct sla_result *results, bool *ret_holds) {
  /* Without a current time the metric's start serves, or the last event: what is expected does not depend on it. */
  enum reach reach;
  sla_time now = example->has_now ? example->now : example->at;
  if (!example->has_now && example->event_count && example->events[example->event_count - 1].at > now)
    now = example->events[example->event_count - 1].at;
  struct sla_incident incident = {
      .values = example->values, .events = example->events, .event_count = example->event_count};
  while ((reach = evaluate(worker, &incident, now, results)) == REACH_BEYOND)
    if (prepare(policy, &worker->need) != SLA_OK)
      return SLA_NO_MEMORY;
  if (reach != REACHED)
    return SLA_NO_MEMORY;
  const struct sla_result *result = &results[example->metric];
  const char *metric = policy->metrics.items[example->metric].name;
  const struct zone *zone = zone_of(result->zone);
  char got[SLA_TIME_TEXT], want[SLA_TIME_TEXT];
  bool holds = true;
  if (result->status == SLA_STATUS_ERROR && !(example->has_status && example->status == SLA_STATUS_ERROR)) {
    diag_error(diags, example->place, "the example fails: %s: %s", metric, result->reason);
    *ret_holds = false;
    return SLA_OK;
  }
  if (example->has_due && !result->has_due) {
    diag_error(diags, example->due_place, "the example fails: %s has no due time but the status %s", metric,
               status_names[result->status]);
    holds = false;
  } else if (example->has_due && result->due != example->due) {
    diag_error(diags, example->due_place, "the example fails: %s is due %s, not %s", metric,
               time_text(zone, result->due, got), time_text(zone, example->due, want));
    holds = false;
  }
  if (example->has_status && result->status != example->status) {
    diag_error(diags, example->status_place, "the example fails: %s is %s, not %s", metric,
               status_names[result->status], status_names[example->status]);
    holds = false;
  }
  if (example->policy && (!result->rule.policy || strcmp(example->policy, result->rule.policy) != 0)) {
    diag_error(diags, example->policy_place, "the example fails: %s is decided by policy \"%s\"", metric,
               result->rule.policy ? result->rule.policy : "");
    holds = false;
  }
  if (example->has_unanswered && example->unanswered != worker->closed_unanswered) {
    diag_error(diags, example->unanswered_place, "the example fails: the incident is %sclosed_unanswered",
               worker->closed_unanswered ? "" : "not ");
    holds = false;
  }
  *ret_holds = holds;
  return SLA_OK;
}

static enum sla_code run_examples(struct policy *policy, struct diags *diags, struct sla_check *check) {
  struct worker *worker = worker_new(policy);
  if (!worker)
    return SLA_NO_MEMORY;
  struct sla_result *results = arena_array(&policy->arena, policy->metrics.count, sizeof *results);
  for (size_t i = 0; i < policy->examples.count; i++) {
    const struct example *example = &policy->examples.items[i];
    bool holds = false;
    enum sla_code code = example->effort             ? run_effort_question(policy, diags, example, &holds)
                         : example->is_open_question ? run_open_question(policy, diags, example, &holds)
                                                     : run_incident(policy, worker, diags, example, results, &holds);
    if (code != SLA_OK) {
      worker_free(worker);
      return code;
    }
    check->examples++;
    check->failed += !holds;
  }
  worker_free(worker);
  return SLA_OK;
}

static void warn_coverage(const struct policy *policy, struct diags *diags, sla_time horizon) {
  for (size_t i = 0; i < policy->calendars.count; i++) {
    const struct calendar *calendar = policy->calendars.items[i];
    char date[DATE_TEXT];
    if (!calendar->covered_by || calendar->covered_last >= local_date(horizon))
      continue;
    date_write(calendar->covered_last, date);
    diag_warning(diags, calendar->place, "calendar \"%s\": \"%s\" knows nothing after %s", calendar->name,
                 calendar->covered_by, date);
  }
}

/* One check of one file. */
struct checking {
  struct arena arena;
  const struct sla_options *options;
  const char *file;
  sla_time horizon;
  struct diags diags;
  struct sla_check check;
  struct policy *policy;
  enum sla_code code;
};

/* What is checked of a policy that could be loaded. */
static void check_loaded(void *data) {
  struct checking *checking = data;
  checking->diags.arena = &checking->policy->arena;
  warn_coverage(checking->policy, &checking->diags, checking->horizon);
  checking->code = run_examples(checking->policy, &checking->diags, &checking->check);
}

static enum sla_code check_policy(struct checking *checking, const struct source *source) {
  enum sla_code code = policy_load(checking->options, &checking->diags, source->name, source, &checking->policy);
  if (code != SLA_OK)
    return code == SLA_INVALID ? SLA_OK : code;
  if (!arena_try(&checking->policy->arena, check_loaded, checking))
    checking->code = SLA_NO_MEMORY;
  policy_free(checking->policy);
  return checking->code;
}

/* Feeds are read by the holiday loader, which allows them more bytes than people write. */
static bool is_feed(const struct source *source) {
  return text_ends(text_of(source->name), ".ics");
}

/* Holiday sets are checked by loading them. */
static enum sla_code check_holiday_set(struct checking *checking, const struct source *source) {
  const struct sla_options *options = checking->options;
  struct zones zones;
  zones_init(&zones, &checking->arena, options->tzdata);
  struct holiday_loader loader = {.arena = &checking->arena,
                                  .diags = &checking->diags,
                                  .search = {options->path, options->path_count},
                                  .language = options->language,
                                  .given = is_feed(source) ? NULL : source,
                                  .zones = &zones};
  struct holiday_source set;
  enum sla_code code = holiday_source_named(&loader, NULL, source->name, (struct place){0}, &set);
  int first, last = INT_MAX;
  if (code == SLA_OK) {
    holiday_source_coverage(&set, &first, &last);
    holiday_source_notes(&checking->arena, &checking->diags, &set, place_of_source(source));
  }
  if (last < local_date(checking->horizon)) {
    char date[DATE_TEXT];
    date_write(last, date);
    diag_warning(&checking->diags, place_of_source(source), "nothing is known after %s", date);
  }
  bool is_absent = code == SLA_NOT_FOUND && is_feed(source);
  return code == SLA_INVALID || (code == SLA_NOT_FOUND && !is_absent) ? SLA_OK : code;
}

static enum sla_code check_profile(struct checking *checking, const struct source *source) {
  struct profile *profile;
  enum sla_code code = profile_load(checking->options, &checking->diags, source->name, source, &profile);
  if (code == SLA_OK)
    profile_free(profile);
  return code == SLA_INVALID ? SLA_OK : code;
}

/* A file of no kind: its reader would complain of each key in turn. */
static enum sla_code check_unknown(struct checking *checking, const struct source *source) {
  diag_error(&checking->diags, place_of_source(source),
             "neither a policy (which has the key \"policy\") nor a holiday set (\"holidays\") nor an input profile "
             "(\"input\")");
  return SLA_OK;
}

typedef enum sla_code check_fn(struct checking *checking, const struct source *source);

/* Whether a map has nothing of a policy, not even misspelt. */
static bool is_of_no_kind(const struct yaml_node *root) {
  static const char *const telling[] = {"policy", "zone", "targets", "calendars", "metrics"};
  if (root->kind != YAML_MAP)
    return false;
  for (size_t i = 0; i < root->count; i++)
    if (text_nearest(root->entries[i].key.text, telling, sizeof telling / sizeof *telling))
      return false;
  return root->count > 0;
}

/* What a text is by its first key; its errors are found again by whoever loads it. */
static check_fn *kind_of(struct arena *arena, const struct source *source) {
  if (is_feed(source))
    return check_holiday_set;
  struct diags silent;
  struct yaml_documents documents;
  diags_init(&silent, arena, options_or_default(NULL));
  yaml_parse(arena, &silent, source, &documents);
  const struct yaml_node *root = documents.count ? &documents.items[0].root : NULL;
  if (root && holiday_set_is(root))
    return check_holiday_set;
  if (root && profile_is(root))
    return check_profile;
  return root && silent.errors == 0 && is_of_no_kind(root) ? check_unknown : check_policy;
}

/* Reads what the user named: an existing file or "-", else a name to look up. */
static enum sla_code read_named(struct checking *checking, struct source *source) {
  struct sla_text text;
  const char *problem, *file = checking->file;
  bool is_file = strcmp(file, "-") == 0 || file_is_path(file) ||
                 file_read(&checking->arena, file, POLICY_MOST_BYTES, &text, &problem) != FILE_ABSENT;
  source->name =
      is_file ? file : locate(&checking->arena, checking->options, "policy, holiday set or input profile", file);
  if (!source->name)
    return SLA_NOT_FOUND;
  return is_feed(source) ? SLA_OK : load_text(&checking->arena, &checking->diags, source);
}

static void check_named(void *data) {
  struct checking *checking = data;
  struct source *source = arena_alloc(&checking->arena, sizeof *source);
  checking->code = read_named(checking, source);
  if (checking->code == SLA_OK)
    checking->code = kind_of(&checking->arena, source)(checking, source);
}

enum sla_code sla_check_file(const struct sla_options *options, const char *file, sla_time horizon,
                             struct sla_check *ret_check) {
  struct checking checking = {.options = options_or_default(options), .file = file, .horizon = horizon};
  struct sorter sorter;
  arena_init(&checking.arena, checking.options->memory_limit);
  diags_init(&checking.diags, &checking.arena, checking.options);
  checking.diags.silent_warnings = false;
  sorter_begin(&sorter, &checking.diags);
  if (!arena_try(&checking.arena, check_named, &checking))
    checking.code = SLA_NO_MEMORY;
  sorter_end(&sorter);
  arena_release(&checking.arena);
  checking.check.errors = checking.diags.errors;
  checking.check.warnings = checking.diags.warnings;
  *ret_check = checking.check;
  return checking.code;
}
