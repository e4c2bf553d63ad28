/* policy_api: loading policies, asking what they need, and evaluating. */
#include "api/handles.h"

#include "api/sorter.h"
#include "base/text.h"
#include "engine/row.h"
#include "time/timestamp.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

const struct sla_options *options_or_default(const struct sla_options *options) {
  static const struct sla_options defaults = {0};
  return options ? options : &defaults;
}

void report(const struct sla_options *options, const char *file, const char *text) {
  struct sla_diagnostic diagnostic = {.severity = SLA_ERROR, .file = file, .width = 1, .text = text};
  if (options->diagnose)
    options->diagnose(options->diagnose_data, &diagnostic);
}

const char *locate(struct arena *arena, const struct sla_options *options, const char *what, const char *name) {
  struct file_search search = {options->path, options->path_count};
  const char *looked;
  const char *path = file_locate(arena, &search, NULL, name, &looked);
  if (path)
    return path;
  size_t count;
  const char *const *names = file_names(arena, &search, NULL, &count);
  report(options, NULL,
         arena_printf(arena, "unknown %s \"%s\"%s (looked in %s)", what, name,
                      text_hint(arena, text_of(name), names, count), looked));
  return NULL;
}

struct naming {
  struct arena arena; /* for what is needed meanwhile */
  const struct sla_options *options;
  const char *what, *name;
  load_file_fn *load;
  void *ret_loaded;
  enum sla_code code;
};

static void load_work(void *data) {
  struct naming *naming = data;
  const char *path = locate(&naming->arena, naming->options, naming->what, naming->name);
  if (!path)
    return;
  struct diags diags;
  struct sorter sorter;
  diags_init(&diags, &naming->arena, naming->options);
  sorter_begin(&sorter, &diags);
  naming->code = naming->load(naming->options, &diags, path, naming->ret_loaded);
  sorter_end(&sorter);
}

enum sla_code load_named(const struct sla_options *options, const char *what, const char *name, load_file_fn *load,
                         void *ret_loaded) {
  struct naming naming = {.options = options_or_default(options),
                          .what = what,
                          .name = name,
                          .load = load,
                          .ret_loaded = ret_loaded,
                          .code = SLA_NOT_FOUND};
  arena_init(&naming.arena, 0);
  if (!arena_try(&naming.arena, load_work, &naming))
    naming.code = SLA_NO_MEMORY;
  arena_release(&naming.arena);
  return naming.code;
}

static enum sla_code load_policy(const struct sla_options *options, struct diags *diags, const char *path,
                                 void *ret_policy) {
  return policy_load(options, diags, path, NULL, ret_policy);
}

enum sla_code sla_policy_load(const struct sla_options *options, const char *name, sla_policy **ret_policy) {
  struct policy *policy;
  enum sla_code code = load_named(options, "policy", name, load_policy, &policy);
  if (code == SLA_OK)
    *ret_policy = (sla_policy *)policy;
  return code;
}

enum sla_code sla_policy_inline(const struct sla_options *options, const struct sla_inline *text,
                                sla_policy **ret_policy) {
  options = options_or_default(options);
  struct diags diags;
  diags_init(&diags, NULL, options);
  struct sorter sorter;
  struct policy *policy;
  sorter_begin(&sorter, &diags);
  enum sla_code code = policy_inline(options, &diags, text, &policy);
  sorter_end(&sorter);
  if (code == SLA_OK)
    *ret_policy = (sla_policy *)policy;
  return code;
}

void sla_policy_free(sla_policy *policy) {
  policy_free(policy_of(policy));
}

const char *sla_policy_name(const sla_policy *policy) {
  return policy_of_const(policy)->newest->name;
}

const char *sla_policy_title(const sla_policy *policy) {
  return policy_of_const(policy)->newest->title;
}

const char *sla_policy_file(const sla_policy *policy) {
  return policy_of_const(policy)->files.items[0]->path;
}

const sla_zone *sla_policy_zone(const sla_policy *policy) {
  return zone_handle(policy_of_const(policy)->newest->zone);
}

size_t sla_policy_metric_count(const sla_policy *policy) {
  return policy_of_const(policy)->metrics.count;
}

static const struct metric_name *metric_at(const sla_policy *policy, size_t metric) {
  assert(metric < policy_of_const(policy)->metrics.count);
  return &policy_of_const(policy)->metrics.items[metric];
}

const char *sla_policy_metric_name(const sla_policy *policy, size_t metric) {
  return metric_at(policy, metric)->name;
}

size_t sla_policy_metric_start(const sla_policy *policy, size_t metric) {
  return metric_at(policy, metric)->first->start;
}

size_t sla_policy_metric_stop(const sla_policy *policy, size_t metric) {
  return metric_at(policy, metric)->first->stop;
}

bool sla_policy_metric_is_cycle(const sla_policy *policy, size_t metric, enum sla_event_kind *ret_begins) {
  const struct metric *first = metric_at(policy, metric)->first;
  *ret_begins = first->begins;
  return first->is_cycle;
}

size_t sla_policy_field_count(const sla_policy *policy) {
  return policy_of_const(policy)->fields.count;
}

const char *sla_policy_field_name(const sla_policy *policy, size_t field) {
  assert(field < policy_of_const(policy)->fields.count);
  return policy_of_const(policy)->fields.items[field];
}

bool sla_policy_field_is_needed(const sla_policy *policy, size_t field) {
  const struct policy *inner = policy_of_const(policy);
  for (size_t i = 0; i < inner->files.count; i++)
    for (size_t k = 0; k < inner->files.items[i]->versions.count; k++) {
      const struct version *version = inner->files.items[i]->versions.items[k];
      for (size_t m = 0; m < version->measured.count; m++)
        for (const struct metric *metric = version->measured.items[m]; metric; metric = metric->after)
          if (metric->start == field || metric->stop == field)
            return true;
    }
  return false;
}

size_t sla_policy_required_count(const sla_policy *policy) {
  return policy_of_const(policy)->newest->require.count;
}

size_t sla_policy_required_field(const sla_policy *policy, size_t index) {
  assert(index < policy_of_const(policy)->newest->require.count);
  return policy_of_const(policy)->newest->required[index];
}

size_t sla_policy_calendar_count(const sla_policy *policy) {
  return policy_of_const(policy)->calendars.count;
}

static const struct calendar *calendar_at(const sla_policy *policy, size_t calendar) {
  assert(calendar < policy_of_const(policy)->calendars.count);
  return policy_of_const(policy)->calendars.items[calendar];
}

const char *sla_policy_calendar_name(const sla_policy *policy, size_t calendar) {
  return calendar_at(policy, calendar)->name;
}

const char *sla_policy_calendar_covered(const sla_policy *policy, size_t calendar, int *ret_last) {
  const struct calendar *inner = calendar_at(policy, calendar);
  if (inner->covered_by && inner->covered_last != INT_MAX)
    *ret_last = inner->covered_last;
  return inner->covered_by && inner->covered_last != INT_MAX ? inner->covered_by : NULL;
}

const sla_zone *sla_policy_calendar_zone(const sla_policy *policy, size_t calendar) {
  return zone_handle(calendar_at(policy, calendar)->zone);
}

size_t sla_policy_calendar_at(const sla_policy *policy, const char *name, sla_time at) {
  const struct policy *inner = policy_of_const(policy);
  const struct version *version = file_version(inner->files.items[0], supported(at));
  const struct calendar *calendar = version ? version_calendar(version, text_of(name)) : NULL;
  if (!calendar)
    calendar = version_calendar(inner->newest, text_of(name));
  for (size_t i = 0; i < inner->calendars.count && !calendar; i++)
    if (strcmp(inner->calendars.items[i]->name, name) == 0)
      calendar = inner->calendars.items[i];
  return calendar ? calendar->index : SIZE_MAX;
}

enum sla_event_kind sla_event_kind_read(struct sla_text name) {
  return event_kind(name);
}

const char *sla_status_name(enum sla_status status) {
  return status_names[status];
}

/* --- evaluating ----------------------------------------------------------------------------------------------------
 */

enum sla_code sla_worker_new(const sla_policy *policy, sla_worker **ret_worker) {
  struct worker *worker = worker_new(policy_of_const(policy));
  if (!worker)
    return SLA_NO_MEMORY;
  *ret_worker = (sla_worker *)worker;
  return SLA_OK;
}

void sla_worker_free(sla_worker *worker) {
  worker_free(worker_of(worker));
}

void sla_worker_set_input_zone(sla_worker *worker, const sla_zone *zone) {
  struct worker *inner = worker_of(worker);
  inner->incident.input_zone = zone ? zone_of(zone) : inner->policy->newest->zone;
}

void sla_worker_set_time_format(sla_worker *worker, const sla_time_format *format) {
  worker_of(worker)->incident.time_format = format_of(format);
}

void sla_worker_set_calendar(sla_worker *worker, size_t calendar) {
  struct worker *inner = worker_of(worker);
  assert(calendar == SIZE_MAX || calendar < inner->policy->calendars.count);
  inner->calendar = calendar == SIZE_MAX ? NULL : inner->policy->calendars.items[calendar];
}

void sla_worker_local_times(const sla_worker *worker, uint64_t *ret_overlaps, uint64_t *ret_gaps) {
  const struct worker *inner = (const struct worker *)worker;
  *ret_overlaps = inner->overlaps;
  *ret_gaps = inner->gaps;
}

enum sla_code sla_evaluate(const sla_policy *policy, const struct sla_text *values, sla_time now, sla_worker *worker,
                           struct sla_result *ret_results) {
  struct sla_incident incident = {.values = values};
  return sla_evaluate_incident(policy, &incident, now, worker, ret_results);
}

enum sla_code sla_evaluate_incident(const sla_policy *policy, const struct sla_incident *incident, sla_time now,
                                    sla_worker *worker, struct sla_result *ret_results) {
  assert(worker_of(worker)->policy == policy_of_const(policy));
  (void)policy;
  switch (evaluate(worker_of(worker), incident, supported(now), ret_results)) {
  case REACHED: return SLA_OK;
  case REACH_BEYOND: return SLA_BEYOND;
  case REACH_NEVER: break;
  }
  return SLA_NO_MEMORY;
}

uint64_t sla_evaluate_rows(const sla_policy *policy, const struct sla_rows *rows, sla_time now, sla_worker *worker,
                           struct sla_result *ret_results) {
  assert(worker_of(worker)->policy == policy_of_const(policy) && rows->count <= SLA_MOST_ROWS);
  (void)policy;
  return rows_evaluate(worker_of(worker), rows, supported(now), ret_results);
}

const struct sla_cycle *sla_worker_cycles(const sla_worker *worker, size_t metric, size_t *ret_count) {
  const struct worker *inner = (const struct worker *)worker;
  assert(metric < inner->policy->metrics.count);
  *ret_count = inner->cycles[metric].count;
  return inner->cycles[metric].items;
}

const struct sla_cycle *sla_worker_cycle(const sla_worker *worker, size_t metric) {
  const struct worker *inner = (const struct worker *)worker;
  assert(metric < inner->policy->metrics.count);
  return inner->chosen[metric];
}

struct sla_text sla_worker_value(const sla_worker *worker, size_t field) {
  const struct worker *inner = (const struct worker *)worker;
  assert(field < inner->policy->fields.count);
  return inner->incident.values[field];
}

bool sla_worker_closed_unanswered(const sla_worker *worker) {
  return ((const struct worker *)worker)->closed_unanswered;
}

enum sla_code prepare(struct policy *policy, const struct need *need) {
  if (!need->calendar)
    return SLA_OK;
  return calendar_prepare(need->calendar, need->from, need->until, policy->memory_limit) ? SLA_OK : SLA_NO_MEMORY;
}

enum sla_code sla_prepare(sla_policy *policy, const sla_worker *worker) {
  return prepare(policy_of(policy), &((const struct worker *)worker)->need);
}

/* --- asking calendars ----------------------------------------------------------------------------------------------
 */

enum sla_code sla_policy_clock(sla_policy *policy, size_t metric, const struct sla_text *values, sla_time start,
                               sla_worker *worker, size_t *ret_calendar, enum sla_clock *ret_clock) {
  struct policy *inner = policy_of(policy);
  const struct target *target = NULL;
  struct sla_incident incident = {.values = values};
  if (metric < inner->metrics.count)
    while (evaluate_target(worker_of(worker), &incident, metric, supported(start), &target) == REACH_BEYOND)
      if (prepare(inner, &worker_of(worker)->need) != SLA_OK)
        return SLA_NO_MEMORY;
  const struct version *version = file_version(inner->files.items[0], supported(start));
  const struct calendar *calendar = target && target->calendar ? target->calendar
                                    : version                  ? version->default_calendar
                                                               : inner->newest->default_calendar;
  if (!calendar)
    return SLA_NOT_FOUND;
  *ret_calendar = calendar->index;
  *ret_clock = target ? target->clock : SLA_BUSINESS_HOURS;
  return SLA_OK;
}

enum sla_code sla_elapsed(sla_policy *policy, size_t calendar, enum sla_clock clock, sla_time from, sla_time until,
                          int64_t *ret_seconds) {
  struct policy *inner = policy_of(policy);
  assert(calendar < inner->calendars.count);
  from = supported(from);
  until = supported(until);
  struct clock ticking = {.calendar = inner->calendars.items[calendar], .kind = clock};
  struct need need;
  while (clock_elapsed(&ticking, from, until, ret_seconds, &need) == REACH_BEYOND)
    if (prepare(inner, &need) != SLA_OK)
      return SLA_NO_MEMORY;
  return SLA_OK;
}
