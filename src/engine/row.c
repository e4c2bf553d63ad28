#include "engine/row.h"

#include "engine/run.h"
#include "time/civil.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* --- combinations of values ----------------------------------------------------------------------------------------
 *
 * Which target decides depends on the values of a few fields, and of these there are few different ones however many
 * rows there are. So conditions are not looked at row by row: what they come to is kept for each combination of values
 * that has come, in a table that a hash of the values leads into. One that comes anew takes the place of another.
 */

enum {
  KEY_WORDS = 8,
  KEY_BYTES = 8 * KEY_WORDS,
  MOST_CHOICES = 4,
  FEWEST_SLOTS = 256,
  MOST_SLOTS = 1 << 16,
};

/* The values of the fields in conditions: each with its length before it, zeros behind the last. */
struct key {
  uint64_t words[KEY_WORDS];
  size_t word_count;
  uint64_t hash;
};

/* The targets of a metric whose fields' conditions hold: in their order, the last being the first without calendars. */
struct choice {
  const struct target *targets[MOST_CHOICES];
  size_t count;
};

/* What a version says of a combination. */
struct combination {
  const struct version *version; /* NULL: the slot is free */
  uint64_t words[KEY_WORDS];
  size_t word_count;
  bool is_plain;                     /* else its incidents are not */
  bool pauses;                       /* clocks that can be paused are, as long as they have not stopped */
  const struct agreement *agreement; /* that the incident is handed over by; or NULL */
  const struct exclusion *exclusion; /* or NULL */
  struct choice choices[];           /* one a metric */
};

struct rows {
  const struct policy *policy;
  size_t *fields; /* those in conditions */
  size_t field_count;
  char *slots;
  size_t slot_count, slot_size; /* the count is a power of two */
};

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

/* Metrics from event to event are never plain: without events, too, it takes looking at what they might be. */
static bool has_cycles(const struct policy *policy) {
  for (size_t i = 0; i < policy->metrics.count; i++)
    if (policy->metrics.items[i].first->is_cycle)
      return true;
  return false;
}

struct rows *rows_new(const struct policy *policy) {
  size_t fields = policy->fields.count, targets = 0;
  if (has_cycles(policy))
    return NULL;
  struct rows *rows = calloc(1, sizeof *rows);
  bool *marks = calloc(fields + 1, sizeof *marks);
  if (rows && marks && (rows->fields = calloc(fields + 1, sizeof *rows->fields))) {
    for (size_t i = 0; i < policy->files.count; i++)
      for (size_t k = 0; k < policy->files.items[i]->versions.count; k++)
        mark_version(policy->files.items[i]->versions.items[k], marks, &targets);
    for (size_t i = 0; i < fields; i++)
      if (marks[i])
        rows->fields[rows->field_count++] = i;
    rows->policy = policy;
    rows->slot_count = FEWEST_SLOTS;
    while (rows->slot_count < 2 * targets && rows->slot_count < MOST_SLOTS)
      rows->slot_count *= 2;
    rows->slot_size = sizeof(struct combination) + policy->metrics.count * sizeof(struct choice);
    rows->slots = calloc(rows->slot_count, rows->slot_size);
  }
  free(marks);
  if (rows && rows->slots)
    return rows;
  rows_free(rows);
  return NULL;
}

void rows_free(struct rows *rows) {
  if (!rows)
    return;
  free(rows->fields);
  free(rows->slots);
  free(rows);
}

/* false where the values are too long for a key. */
static bool key_of(const struct rows *rows, const struct sla_text *values, struct key *ret_key) {
  uint64_t hash = 0;
  size_t count = 0;
  for (size_t i = 0; i < rows->field_count; i++) {
    struct sla_text value = values[rows->fields[i]];
    size_t words = (value.len + 8) / 8; /* the length takes a byte */
    if (value.len > UINT8_MAX || count + words > KEY_WORDS)
      return false;
    uint64_t *to = ret_key->words + count;
    to[words - 1] = 0;
    *(unsigned char *)to = (unsigned char)value.len;
    if (value.len) /* else it may have no bytes to point to */
      memcpy((char *)to + 1, value.ptr, value.len);
    for (size_t k = 0; k < words; k++) /* an odd factor with many bits: Knuth 6.4, multiplicative hashing */
      hash = (hash ^ to[k]) * UINT64_C(0x9E3779B97F4A7C15);
    count += words;
  }
  ret_key->word_count = count;
  ret_key->hash = hash ^ hash >> 32;
  return true;
}

/* The first targets whose conditions hold; false where there are too many before one is certain. */
static bool fill_choice(const struct version *version, size_t metric, const struct sla_text *values,
                        struct choice *choice) {
  choice->count = 0;
  for (size_t i = 0; i < version->targets.count; i++) {
    const struct target *target = &version->targets.items[i];
    if (target->metric != metric || !clause_fits(&target->clause, values, NULL))
      continue;
    if (choice->count == MOST_CHOICES)
      return false;
    choice->targets[choice->count++] = target;
    if (!target->clause.during && !target->clause.outside)
      break;
  }
  return true;
}

static void fill(struct combination *slot, const struct version *version, const struct sla_text *values,
                 size_t metrics) {
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
    slot->is_plain = fill_choice(version, i, values, &slot->choices[i]);
}

static const struct combination *combination_of(struct rows *rows, const struct version *version,
                                                const struct sla_text *values, const struct key *key) {
  size_t index = (key->hash ^ (uintptr_t)version >> 6) & (rows->slot_count - 1);
  struct combination *slot = (struct combination *)(void *)(rows->slots + index * rows->slot_size);
  bool is_it = slot->version == version && slot->word_count == key->word_count;
  for (size_t i = 0; i < key->word_count && is_it; i++)
    is_it = slot->words[i] == key->words[i];
  if (!is_it) {
    memcpy(slot->words, key->words, key->word_count * sizeof *key->words);
    slot->word_count = key->word_count;
    fill(slot, version, values, rows->policy->metrics.count);
  }
  return slot;
}

/* --- decisions -----------------------------------------------------------------------------------------------------
 */

/* The version that decides, and what it says of the values; NULL where that is not plain. */
static const struct combination *find_version(struct worker *worker, size_t metric, const struct key *key,
                                              struct decision *ret_decision) {
  struct incident *incident = &worker->incident;
  const struct policy_file *file = worker->policy->files.items[0];
  for (bool any = true;; any = false) {
    *ret_decision = (struct decision){.bad_field = SIZE_MAX};
    if (!decide_version(incident, file, metric, NULL, any, ret_decision) || !ret_decision->version)
      return NULL;
    const struct combination *found = combination_of(worker->rows, ret_decision->version, incident->values, key);
    if (!found->is_plain)
      return NULL;
    if (!found->agreement)
      return found;
    file = found->agreement->file;
  }
}

/* The target among those whose conditions hold, by the calendars. false where they do not reach so far. */
static bool choose_target(const struct choice *choice, struct decision *decision, struct need *need) {
  for (size_t i = 0; i < choice->count; i++) {
    const struct clause *clause = &choice->targets[i]->clause;
    bool open = true;
    if (decision->started && clause->during &&
        calendar_is_open(clause->during, decision->start, &open, need) != REACHED)
      return false;
    if (!open)
      continue;
    open = false;
    if (decision->started && clause->outside &&
        calendar_is_open(clause->outside, decision->start, &open, need) != REACHED)
      return false;
    if (open)
      continue;
    decision->target = choice->targets[i];
    return true;
  }
  return true;
}

/* --- clocks --------------------------------------------------------------------------------------------------------
 */

/* Due time and amount of a target. The most common one, an amount of open time, is two searches in the timeline. */
static bool find_due(const struct target *target, sla_time start, sla_time *ret_due, int64_t *ret_amount,
                     struct need *need) {
  const struct schedule *schedule = target->calendar->schedule;
  if (target->within.kind == AMOUNT_SECONDS && target->clock == SLA_BUSINESS_HOURS && !target->edge_next_opening &&
      schedule && timeline_covers(&schedule->hours, start, start)) {
    *ret_amount = target->within.seconds;
    return timeline_due(&schedule->hours, start, *ret_amount, ret_due) && *ret_due <= SLA_TIME_MAX;
  }
  return target_due(target, start, ret_due, ret_amount, need) == REACHED;
}

/* Whether the dates from a start to a last instant are covered for certain by all that a calendar goes by. */
static bool is_covered(const struct calendar *calendar, sla_time start, sla_time last) {
  return !calendar || !calendar->covered_by ||
         (start >= ((int64_t)calendar->covered_first + 2) * DAY && last < ((int64_t)calendar->covered_last - 1) * DAY);
}

/* Runs the clock of a decision's target: what run_cycle() comes to without pauses. */
static bool run_row(struct worker *worker, const struct decision *decision, const struct combination *combination,
                    struct sla_cycle *cycle) {
  const struct target *target = decision->target;
  const struct metric *measured = decision->metric;
  struct sla_result *result = &cycle->result;
  const struct time_field *stop = incident_time(&worker->incident, measured->stop);
  struct run run = {.target = target, .start = decision->start, .stopped = stop->state == TIME_READ};
  run.stop = run.stopped ? stop->t : worker->incident.now;
  if (stop->state == TIME_BAD || (run.stopped && run.stop < run.start) || measured->after ||
      (!run.stopped && combination->pauses && measured->pausable))
    return false;
  cycle->started = true;
  cycle->start = run.start;
  cycle->stopped = run.stopped;
  cycle->stop = run.stop;
  run.clock = (struct clock){.calendar = target->calendar, .kind = target->clock};
  int64_t amount = 0;
  sla_time last = run.stop;
  if (target->within.kind != AMOUNT_BEST_EFFORT) {
    if (!find_due(target, run.start, &result->due, &amount, &worker->need))
      return false;
    result->has_due = true;
    result->due_offset_s = zone_offset(target->calendar->zone, result->due);
    if (result->due > last)
      last = result->due;
  }
  if (!is_covered(target->calendar, run.start, last))
    return false;
  if (target->calendar) {
    result->zone = (const sla_zone *)target->calendar->zone;
    result->rule.calendar = target->calendar->index;
    result->rule.clock = target->clock;
    if (clock_elapsed(&run.clock, run.start, run.stop, &result->elapsed_s, &worker->need) != REACHED)
      return false;
    result->has_elapsed = true;
  }
  result->remaining_s = amount - result->elapsed_s;
  if (result->has_due)
    result->status = run_status(&run, result, amount, worker->incident.now);
  return true;
}

/* Evaluates one metric into its only cycle. */
static bool evaluate_metric(struct worker *worker, size_t metric, const struct key *key) {
  struct decision decision;
  const struct combination *combination = find_version(worker, metric, key, &decision);
  if (!combination)
    return false;
  decision.exclusion = combination->exclusion;
  if (!decision.exclusion && (decision.metric = decision.version->metrics[metric]) &&
      !choose_target(&combination->choices[metric], &decision, &worker->need))
    return false;
  worker->cycles[metric].count = 0;
  struct sla_cycle *cycle = cycle_add(worker, metric);
  result_begin(worker, &decision, &cycle->result);
  return !decision.started || !decision.target || run_row(worker, &decision, combination, cycle);
}

bool row_evaluate(struct worker *worker, const struct sla_incident *incident, sla_time now,
                  struct sla_result *ret_results) {
  const struct policy *policy = worker->policy;
  struct key key;
  if (!worker->rows || incident->event_count || incident->lists || worker->calendar ||
      (policy->paused_field != SIZE_MAX && incident->values[policy->paused_field].len) ||
      !key_of(worker->rows, incident->values, &key))
    return false;
  evaluation_begin(worker, incident, now);
  for (size_t i = 0; i < policy->metrics.count; i++) {
    if (!evaluate_metric(worker, i, &key))
      return false;
    worker->chosen[i] = worker->cycles[i].items;
    ret_results[i] = worker->chosen[i]->result;
  }
  worker->overlaps += worker->incident.overlaps;
  worker->gaps += worker->incident.gaps;
  return true;
}
