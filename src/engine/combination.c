#include "engine/combination.h"

#include <stdlib.h>

static void mark_fields(const struct clause *clause, bool *marks) {
  for (size_t i = 0; i < clause->when_count; i++)
    marks[clause->when[i].field] = true;
  for (size_t i = 0; i < clause->unless_count; i++)
    marks[clause->unless[i].field] = true;
}

/* Marks the fields in a version's conditions, and counts its targets. */
static void mark_version(const struct version *version, bool *marks, size_t *targets) {
  for (size_t i = 0; i < version->targets.count; i++)
    mark_fields(&version->targets.items[i].clause, marks);
  for (size_t i = 0; i < version->exclusions.count; i++)
    mark_fields(&version->exclusions.items[i].clause, marks);
  for (size_t i = 0; i < version->agreements.count; i++)
    mark_fields(&version->agreements.items[i].clause, marks);
  if (version->has_pause)
    mark_fields(&version->pause, marks);
  *targets += version->targets.count;
}

/*
 * Marks the fields by which a version's metrics start and stop. false where there are metrics from event to event:
 * these are never plain, since without events, too, it takes looking at what they might be.
 */
static bool mark_times(const struct version *version, bool *marks) {
  for (size_t i = 0; i < version->measured.count; i++) {
    const struct metric *metric = version->measured.items[i];
    if (metric->is_cycle)
      return false;
    marks[metric->start] = marks[metric->stop] = true;
  }
  return true;
}

/* Lists the fields that are marked, and takes the marks away. */
static size_t *list_marks(bool *marks, size_t fields, size_t *ret_count) {
  size_t *list = calloc(fields + 1, sizeof *list);
  for (size_t i = 0; i < fields && list; i++) {
    if (marks[i])
      list[(*ret_count)++] = i;
    marks[i] = false;
  }
  return list;
}

struct rows *rows_new(const struct policy *policy) {
  size_t fields = policy->fields.count, targets = 0;
  bool is_plain = true;
  struct rows *rows = calloc(1, sizeof *rows);
  bool *marks = calloc(fields + 1, sizeof *marks);
  const struct policy_file *first = policy->files.items[0];
  if (rows && marks) {
    rows->policy = policy;
    if (first->versions.count == 1 && version_is_always(first->versions.items[0]))
      rows->only = first->versions.items[0];
    for (size_t i = 0; i < policy->files.count; i++)
      for (size_t k = 0; k < policy->files.items[i]->versions.count; k++)
        mark_version(policy->files.items[i]->versions.items[k], marks, &targets);
    rows->fields = list_marks(marks, fields, &rows->field_count);
    for (size_t i = 0; i < policy->files.count; i++)
      for (size_t k = 0; k < policy->files.items[i]->versions.count; k++)
        is_plain &= mark_times(policy->files.items[i]->versions.items[k], marks);
    rows->times = list_marks(marks, fields, &rows->time_count);
    rows->slot_size =
        sizeof(struct combination) + policy->metrics.count * (sizeof(struct choice) + sizeof(struct plan));
    rows->slot_count = FEWEST_SLOTS;
    while (rows->slot_count < 2 * targets && 2 * rows->slot_count * rows->slot_size <= MOST_SLOT_BYTES)
      rows->slot_count *= 2;
    rows->slots = calloc(rows->slot_count, rows->slot_size);
    rows->gathered = calloc(fields + 1, sizeof *rows->gathered);
  }
  free(marks);
  if (is_plain && rows && rows->fields && rows->times && rows->slots && rows->gathered)
    return rows;
  rows_free(rows);
  return NULL;
}

void rows_free(struct rows *rows) {
  if (!rows)
    return;
  free(rows->fields);
  free(rows->times);
  for (size_t i = 0; i < rows->index_count; i++)
    target_index_free(&rows->indexes[i]);
  free(rows->indexes);
  free(rows->slots);
  free(rows->gathered);
  free(rows);
}

/* The index of a version's targets; NULL where it needs none, or there is no memory for one. */
static const struct target_index *index_of(struct rows *rows, const struct version *version) {
  if (version->targets.count < MANY_TARGETS)
    return NULL;
  for (size_t i = 0; i < rows->index_count; i++)
    if (rows->indexes[i].version == version)
      return &rows->indexes[i];
  if (!rows->indexes)
    rows->indexes = calloc(MOST_INDEXES, sizeof *rows->indexes);
  if (!rows->indexes || rows->index_count == MOST_INDEXES)
    return NULL;
  struct target_index *index = &rows->indexes[rows->index_count];
  if (target_index_make(index, rows->policy, version)) {
    rows->index_count++;
    return index;
  }
  target_index_free(index);
  return NULL;
}

/* The next target that may match, from *i on; false behind the last one. */
static bool next_target(const struct target_index *index, const struct version *version, const struct sla_text *values,
                        struct target_walk *walk, size_t *i) {
  if (index)
    return target_index_next(index, values, walk, i);
  *i = walk->other++;
  return *i < version->targets.count;
}

/* The first targets whose conditions hold; false where there are too many before one is certain. */
static bool fill_choice(const struct target_index *index, const struct version *version, size_t metric,
                        const struct sla_text *values, struct choice *choice) {
  struct target_walk walk = {.begun = false};
  choice->count = 0;
  for (size_t i; next_target(index, version, values, &walk, &i);) {
    const struct target *target = &version->targets.items[i];
    if (target->metric != metric || !clause_fits(&target->clause, values, NULL))
      continue;
    if (choice->count == MOST_CHOICES)
      return false;
    choice->targets[choice->count++] = target;
    if (!target->clause.during && !target->clause.outside)
      break;
  }
  const struct target *first = choice->count ? choice->targets[0] : NULL;
  choice->targets[0] = first;
  choice->is_certain = !first || (!first->clause.during && !first->clause.outside);
  return true;
}

/* Where a field is among the times. */
static size_t time_index(const struct rows *rows, size_t field) {
  size_t i = 0;
  while (rows->times[i] != field)
    i++;
  return i;
}

void combination_tell_rule(struct sla_result *result, const struct version *version, const struct target *target) {
  const struct calendar *calendar = target->calendar;
  result->zone = (const sla_zone *)(calendar ? calendar->zone : version->zone);
  result->rule.policy = version->name;
  result->rule.version = version->since;
  result->rule.file = target->place.source ? target->place.source->name : NULL;
  result->rule.line = target->place.source ? target->place.line : 0;
  result->rule.calendar = calendar ? calendar->index : SIZE_MAX;
  result->rule.clock = calendar ? target->clock : SLA_BUSINESS_HOURS;
}

/* false where the metric is of another kind than plans are for. */
static bool make_plan(const struct rows *rows, struct combination *slot, size_t metric) {
  const struct metric *measured = slot->version->metrics[metric];
  const struct choice *choice = &slot->metrics[metric].choice;
  const struct target *target = choice->is_certain ? choice->targets[0] : NULL;
  if (!measured || measured->after || !target || target->within.kind != AMOUNT_SECONDS ||
      target->clock != SLA_BUSINESS_HOURS || target->edge_next_opening)
    return false;
  const struct calendar *calendar = target->calendar;
  struct plan *plan = &slot->metrics[metric].plan;
  *plan = (struct plan){.target = target,
                        .calendar = calendar,
                        .start = time_index(rows, measured->start),
                        .stop = time_index(rows, measured->stop),
                        .must_stop = slot->pauses && measured->pausable,
                        .covered_from = SLA_TIME_MIN,
                        .covered_until = INT64_MAX,
                        .result = {.has_due = true, .has_elapsed = true}};
  if (calendar->covered_by) { /* whatever the zone */
    plan->covered_from = ((int64_t)calendar->covered_first + 2) * DAY;
    plan->covered_until = ((int64_t)calendar->covered_last - 1) * DAY;
  }
  combination_tell_rule(&plan->result, slot->version, target);
  return true;
}

const struct combination *combination_make(struct rows *rows, const struct version *version, struct values given,
                                           const struct key *key) {
  struct slot_pair slots = slots_of(rows, version, key->hash);
  struct combination *slot = slots.first->version && !slots.second->version ? slots.second : slots.first;
  memcpy(slot->words, key->words, key->word_count * sizeof *key->words);
  slot->word_count = key->word_count;
  size_t metrics = rows->policy->metrics.count;
  const struct sla_text *values = given.columns ? rows->gathered : given.items;
  for (size_t i = 0; i < rows->policy->fields.count && given.columns; i++)
    rows->gathered[i] = value_of(given, i);
  const struct target_index *index = index_of(rows, version);
  slot->version = version;
  slot->agreement = NULL;
  slot->exclusion = NULL;
  slot->is_plain = true;
  slot->pauses = version->has_pause && clause_fits(&version->pause, values, NULL);
  for (size_t i = 0; i < version->agreements.count && !slot->agreement; i++)
    if (clause_fits(&version->agreements.items[i].clause, values, NULL))
      slot->agreement = &version->agreements.items[i];
  for (size_t i = 0; i < version->exclusions.count && !slot->exclusion; i++)
    if (clause_fits(&version->exclusions.items[i].clause, values, NULL))
      slot->exclusion = &version->exclusions.items[i];
  if (slot->agreement)
    slot->is_plain &= !slot->agreement->clause.during && !slot->agreement->clause.outside;
  if (slot->exclusion)
    slot->is_plain &= !slot->exclusion->clause.during && !slot->exclusion->clause.outside;
  for (size_t i = 0; i < metrics && slot->is_plain; i++)
    slot->is_plain = fill_choice(index, version, i, values, &slot->metrics[i].choice);
  slot->is_planned = slot->is_plain && !slot->agreement && !slot->exclusion && rows->time_count <= MOST_TIMES;
  for (size_t i = 0; i < metrics && slot->is_planned; i++)
    slot->is_planned = make_plan(rows, slot, i);
  return slot;
}
