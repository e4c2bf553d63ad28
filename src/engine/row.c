#include "engine/row.h"

#include "engine/run.h"
#include "time/civil.h"
#include "time/timestamp.h"

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
  MOST_TIMES = 8,
  FEWEST_SLOTS = 256,
  MOST_SLOT_BYTES = 4 << 20,
};

/* Multiplicative hashing (Knuth 6.4): 2^64 times the golden ratio. */
#define HASH_FACTOR UINT64_C(0x9E3779B97F4A7C15)

/* The values of the fields in conditions: each in whole words, with its length in the last byte of the last. */
struct key {
  uint64_t words[KEY_WORDS];
  size_t word_count;
  uint64_t hash;
};

/* The targets of a metric whose fields' conditions hold: in their order, the last being the first without calendars. */
struct choice {
  const struct target *targets[MOST_CHOICES];
  size_t count;
  bool is_certain; /* the first is without calendars, or NULL: there is none */
};

/*
 * All of a metric that is known before its times are, for the most common kind of target: an amount of open time, that
 * the conditions alone decide on.
 */
struct plan {
  const struct target *target;
  const struct calendar *calendar;
  size_t start, stop;       /* among the times of rows */
  bool must_stop;           /* it is paused where it has not stopped */
  struct sla_result result; /* but for what depends on times */
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
  bool is_planned;                   /* all metrics have plans */
  struct {
    struct choice choice;
    struct plan plan;
  } metrics[];
};

struct rows {
  const struct policy *policy;
  const struct version *only; /* where there is but one, always in force; else NULL */
  size_t *fields;             /* those in conditions */
  size_t field_count;
  size_t *times; /* those that are times */
  size_t time_count;
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
  }
  free(marks);
  if (is_plain && rows && rows->fields && rows->times && rows->slots)
    return rows;
  rows_free(rows);
  return NULL;
}

void rows_free(struct rows *rows) {
  if (!rows)
    return;
  free(rows->fields);
  free(rows->times);
  free(rows->slots);
  free(rows);
}

/*
 * A word that is different for each text shorter than eight bytes: by loads that overlap instead of a loop. Which byte
 * is where does not matter, as long as each is somewhere by itself; that it is so where the lowest byte comes first.
 */
static inline uint64_t short_word(struct sla_text text) {
  const char *at = text.ptr;
  uint64_t word = (uint64_t)text.len << 56;
  uint32_t first, last;
  if (text.len >= 4) {
    memcpy(&first, at, 4);
    memcpy(&last, at + text.len - 4, 4);
    return word | first | (uint64_t)last << 24;
  }
  if (text.len) /* one, two or three: the first, the middle one or the last, the last */
    word |= (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[text.len / 2] << 8 |
            (uint64_t)(unsigned char)at[text.len - 1] << 16;
  return word;
}

/* What leads into the table: by the higher bits, too. */
static inline uint64_t key_hash(uint64_t hash) {
  return hash ^ hash >> 32;
}

/* false where the values are too long for a key. */
static inline bool key_of(const struct rows *rows, const struct sla_text *values, struct key *ret_key) {
  uint64_t hash = 0;
  size_t count = 0;
  for (size_t i = 0; i < rows->field_count; i++) {
    struct sla_text value = values[rows->fields[i]];
    size_t words = value.len / 8 + 1;
    if (value.len > 0xFF || count + words > KEY_WORDS)
      return false;
    uint64_t *to = ret_key->words + count;
    if (words == 1 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
      *to = short_word(value);
      hash = (hash ^ *to) * HASH_FACTOR;
      count++;
      continue;
    }
    to[words - 1] = 0;
    if (value.len) /* else it may have no bytes to point to */
      memcpy(to, value.ptr, value.len);
    ((unsigned char *)to)[8 * words - 1] = (unsigned char)value.len;
    for (size_t k = 0; k < words; k++)
      hash = (hash ^ to[k]) * HASH_FACTOR;
    count += words;
  }
  ret_key->word_count = count;
  ret_key->hash = key_hash(hash);
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

/* What a result says of who decided, and on which clock. */
static void tell_rule(struct sla_result *result, const struct version *version, const struct target *target) {
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
  struct plan *plan = &slot->metrics[metric].plan;
  *plan = (struct plan){.target = target,
                        .calendar = target->calendar,
                        .start = time_index(rows, measured->start),
                        .stop = time_index(rows, measured->stop),
                        .must_stop = slot->pauses && measured->pausable,
                        .result = {.has_due = true, .has_elapsed = true}};
  tell_rule(&plan->result, slot->version, target);
  return true;
}

__attribute__((noinline)) static void fill(const struct rows *rows, struct combination *slot,
                                           const struct version *version, const struct sla_text *values) {
  size_t metrics = rows->policy->metrics.count;
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
    slot->is_plain = fill_choice(version, i, values, &slot->metrics[i].choice);
  slot->is_planned = slot->is_plain && !slot->agreement && !slot->exclusion && rows->time_count <= MOST_TIMES;
  for (size_t i = 0; i < metrics && slot->is_planned; i++)
    slot->is_planned = make_plan(rows, slot, i);
}

static inline struct combination *slot_of(const struct rows *rows, const struct version *version, uint64_t hash) {
  size_t index = (hash ^ (uintptr_t)version >> 6) & (rows->slot_count - 1);
  return (struct combination *)(void *)(rows->slots + index * rows->slot_size);
}

static inline const struct combination *combination_of(struct rows *rows, const struct version *version,
                                                       const struct sla_text *values, const struct key *key) {
  struct combination *slot = slot_of(rows, version, key->hash);
  bool is_it = slot->version == version && slot->word_count == key->word_count;
  for (size_t i = 0; i < key->word_count && is_it; i++)
    is_it = slot->words[i] == key->words[i];
  if (!is_it) {
    memcpy(slot->words, key->words, key->word_count * sizeof *key->words);
    slot->word_count = key->word_count;
    fill(rows, slot, version, values);
  }
  return slot;
}

/* --- decisions -----------------------------------------------------------------------------------------------------
 */

/* The time of a field, as incident_time() has it. */
static inline const struct time_field *time_of(struct incident *incident, size_t field) {
  struct time_field *time = &incident->times[field];
  return time->state == TIME_UNREAD ? incident_time(incident, field) : time;
}

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

/* The same where there is only one version. */
static inline const struct combination *take_version(struct worker *worker, size_t metric, const struct key *key,
                                                     struct decision *ret_decision) {
  const struct version *only = worker->rows->only;
  if (!only)
    return find_version(worker, metric, key, ret_decision);
  const struct combination *found = combination_of(worker->rows, only, worker->incident.values, key);
  if (!found->is_plain || found->agreement)
    return found->is_plain ? find_version(worker, metric, key, ret_decision) : NULL;
  const struct time_field *start = time_of(&worker->incident, decide_start_field(worker->policy, only, metric));
  if (start->state == TIME_BAD)
    return NULL;
  ret_decision->version = only;
  ret_decision->started = start->state == TIME_READ;
  ret_decision->start = start->t;
  return found;
}

/* The target among those whose conditions hold, by the calendars. false where they do not reach so far. */
static inline bool choose_target(const struct choice *choice, struct decision *decision, struct need *need) {
  if (choice->is_certain) {
    decision->target = choice->targets[0];
    return true;
  }
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

/*
 * Due time, amount and elapsed time of a target. The most common one, an amount of open time, takes three searches in
 * the timeline: for the start, for when as much has passed since, and for the stop.
 */
static inline bool run_clock(const struct target *target, sla_time start, sla_time stop, struct sla_result *result,
                             int64_t *ret_amount, struct need *need) {
  const struct schedule *schedule = target->calendar ? target->calendar->schedule : NULL;
  if (target->within.kind == AMOUNT_SECONDS && target->clock == SLA_BUSINESS_HOURS && !target->edge_next_opening &&
      schedule && timeline_covers(&schedule->hours, start, stop > start ? stop : start)) {
    const struct timeline *hours = &schedule->hours;
    int64_t begun = timeline_sum(hours, start), amount = *ret_amount = target->within.seconds;
    if (!timeline_due_from(hours, start, begun, amount, &result->due) || result->due > SLA_TIME_MAX)
      return false;
    result->has_due = true;
    result->elapsed_s = stop > start ? timeline_sum(hours, stop) - begun : 0;
    result->has_elapsed = true;
    return true;
  }
  struct clock clock = {.calendar = target->calendar, .kind = target->clock};
  if (target->within.kind != AMOUNT_BEST_EFFORT) {
    if (target_due(target, start, &result->due, ret_amount, need) != REACHED)
      return false;
    result->has_due = true;
  }
  result->has_elapsed = target->calendar;
  return !target->calendar || clock_elapsed(&clock, start, stop, &result->elapsed_s, need) == REACHED;
}

/* Whether the dates from a start to a last instant are covered for certain by all that a calendar goes by. */
static inline bool is_covered(const struct calendar *calendar, sla_time start, sla_time last) {
  return !calendar || !calendar->covered_by ||
         (start >= ((int64_t)calendar->covered_first + 2) * DAY && last < ((int64_t)calendar->covered_last - 1) * DAY);
}

/* Runs the clock of a decision's target: what run_cycle() comes to without pauses. */
static inline bool run_row(struct worker *worker, const struct decision *decision,
                           const struct combination *combination, struct sla_cycle *cycle) {
  const struct target *target = decision->target;
  const struct metric *measured = decision->metric;
  const struct time_field *field = time_of(&worker->incident, measured->stop);
  bool stopped = field->state == TIME_READ;
  sla_time start = decision->start, stop = stopped ? field->t : worker->incident.now;
  if (field->state == TIME_BAD || (stopped && stop < start) || measured->after ||
      (!stopped && combination->pauses && measured->pausable))
    return false;
  cycle->started = true;
  cycle->start = start;
  cycle->stopped = stopped;
  cycle->stop = stopped ? stop : 0;
  if (!worker->deciding)
    worker->deciding = decision->version;
  const struct calendar *calendar = target->calendar;
  struct sla_result *result = &cycle->result;
  int64_t amount = 0;
  result->has_due = false; /* each member by itself: clearing all first would take longer */
  result->elapsed_s = 0;
  if (!run_clock(target, start, stop, result, &amount, &worker->need) ||
      !is_covered(calendar, start, result->has_due && result->due > stop ? result->due : stop))
    return false;
  result->remaining_s = amount - result->elapsed_s;
  result->reason = result->coverage = NULL;
  tell_rule(result, decision->version, target);
  if (result->has_due) {
    result->due_offset_s = zone_offset(calendar->zone, result->due);
    result->status = run_status(target, stopped, false, stop, result->due, result->elapsed_s, amount);
  } else {
    result->due = 0;
    result->due_offset_s = 0;
    result->status = SLA_BEST_EFFORT;
  }
  return true;
}

/* Evaluates one metric into its only cycle. */
static inline bool evaluate_metric(struct worker *worker, size_t metric, const struct key *key) {
  struct decision decision = {.bad_field = SIZE_MAX};
  const struct combination *combination = take_version(worker, metric, key, &decision);
  if (!combination)
    return false;
  decision.exclusion = combination->exclusion;
  if (!decision.exclusion && (decision.metric = decision.version->metrics[metric]) &&
      !choose_target(&combination->metrics[metric].choice, &decision, &worker->need))
    return false;
  struct sla_cycle *cycle = worker->cycles[metric].items; /* room for one is there: see evaluate.c */
  worker->cycles[metric].count = 1;
  cycle->started = cycle->stopped = false;
  if (decision.started && decision.target)
    return run_row(worker, &decision, combination, cycle);
  result_begin(worker, &decision, &cycle->result);
  return true;
}

/* evaluation_begin() for an incident without events and lists. */
static inline void begin(struct worker *worker, const struct sla_incident *given, sla_time now) {
  struct incident *incident = &worker->incident;
  incident->values = given->values;
  incident->lists = NULL;
  incident->now = now;
  incident->event_count = incident->resolved.count = 0;
  incident->overlaps = incident->gaps = 0;
  incident->paused_read = false;
  incident->state_version = NULL;
  /* Most times are written in the forms that programs write, and most are needed. */
  for (size_t i = 0; i < worker->rows->time_count; i++) {
    size_t field = worker->rows->times[i];
    struct time_field *time = &incident->times[field];
    struct sla_text value = given->values[field];
    if (!value.len)
      time->state = TIME_EMPTY;
    else if (!incident->time_format && timestamp_read(value, incident->input_zone, &time->t))
      time->state = TIME_READ;
    else
      time->state = TIME_UNREAD;
  }
  worker->closed_unanswered = false;
  worker->deciding = NULL;
  worker->texts.used = 0;
}

/* What a plan comes to for an incident. */
struct outcome {
  sla_time due;
  int64_t elapsed_s, remaining_s;
  int32_t due_offset_s;
  enum sla_status status;
};

/* Finds it. false where that takes more than searching the timeline. */
static inline bool run_plan(const struct plan *plan, sla_time start, bool stopped, sla_time stop,
                            struct outcome *ret_outcome) {
  const struct schedule *schedule = plan->calendar->schedule;
  const struct target *target = plan->target;
  if ((stopped ? stop < start : plan->must_stop) || !schedule ||
      !timeline_covers(&schedule->hours, start, stop > start ? stop : start))
    return false;
  const struct timeline *hours = &schedule->hours;
  int64_t begun = timeline_sum(hours, start), amount = target->within.seconds;
  int64_t elapsed = stop > start ? timeline_sum(hours, stop) - begun : 0;
  sla_time due;
  if (!timeline_due_from(hours, start, begun, amount, &due) || due > SLA_TIME_MAX ||
      !is_covered(plan->calendar, start, due > stop ? due : stop))
    return false;
  *ret_outcome = (struct outcome){
      .due = due,
      .elapsed_s = elapsed,
      .remaining_s = amount - elapsed,
      .due_offset_s = zone_offset(plan->calendar->zone, due),
      .status = run_status(target, stopped, false, stop, due, elapsed, amount),
  };
  return true;
}

static inline void put_outcome(struct sla_result *result, const struct plan *plan, const struct outcome *outcome) {
  *result = plan->result;
  result->status = outcome->status;
  result->due = outcome->due;
  result->due_offset_s = outcome->due_offset_s;
  result->elapsed_s = outcome->elapsed_s;
  result->remaining_s = outcome->remaining_s;
}

/* Evaluates all metrics by their plans: the shortest way there is. false where one of them has not started or so. */
static inline bool evaluate_planned(struct worker *worker, const struct combination *combination,
                                    const struct sla_text *values, sla_time now, struct sla_result *ret_results) {
  const struct rows *rows = worker->rows;
  const struct zone *zone = worker->incident.input_zone;
  sla_time times[MOST_TIMES];
  bool has[MOST_TIMES];
  for (size_t i = 0; i < rows->time_count; i++) {
    struct sla_text value = values[rows->times[i]];
    has[i] = value.len;
    if (value.len && !timestamp_read(value, zone, &times[i]))
      return false;
  }
  for (size_t i = 0; i < rows->policy->metrics.count; i++) {
    const struct plan *plan = &combination->metrics[i].plan;
    struct sla_cycle *cycle = worker->cycles[i].items; /* room for one is there: see evaluate.c */
    struct outcome outcome;
    bool stopped = has[plan->stop];
    if (!has[plan->start] || !run_plan(plan, times[plan->start], stopped, stopped ? times[plan->stop] : now, &outcome))
      return false;
    worker->cycles[i].count = 1;
    worker->chosen[i] = cycle;
    cycle->started = true;
    cycle->start = times[plan->start];
    cycle->stopped = stopped;
    cycle->stop = stopped ? times[plan->stop] : 0;
    /* Twice from its parts: copying what has just been written in pieces of other sizes would have to wait for them. */
    put_outcome(&cycle->result, plan, &outcome);
    put_outcome(&ret_results[i], plan, &outcome);
  }
  worker->incident.values = values;
  worker->incident.lists = NULL;
  worker->closed_unanswered = false;
  return true;
}

/* The same one metric after the other, each as it comes. */
static bool evaluate_plain(struct worker *worker, const struct sla_incident *incident, const struct key *key,
                           sla_time now, struct sla_result *ret_results) {
  begin(worker, incident, now);
  for (size_t i = 0; i < worker->policy->metrics.count; i++) {
    if (!evaluate_metric(worker, i, key))
      return false;
    worker->chosen[i] = worker->cycles[i].items;
    ret_results[i] = worker->chosen[i]->result;
  }
  worker->overlaps += worker->incident.overlaps;
  worker->gaps += worker->incident.gaps;
  return true;
}

/* The combination of values that are one short text, the most common ones, if it is where it has to be; else NULL. */
static inline const struct combination *short_combination(const struct rows *rows, const struct sla_text *values) {
  if (rows->field_count != 1 || values[rows->fields[0]].len >= 8 || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
    return NULL;
  uint64_t word = short_word(values[rows->fields[0]]);
  const struct combination *slot = slot_of(rows, rows->only, key_hash(word * HASH_FACTOR));
  return slot->version && slot->version == rows->only && slot->word_count == 1 && slot->words[0] == word ? slot : NULL;
}

bool row_evaluate(struct worker *worker, const struct sla_incident *incident, sla_time now,
                  struct sla_result *ret_results) {
  struct rows *rows = worker->rows;
  size_t paused = worker->policy->paused_field;
  struct key key;
  if (!rows || !worker->is_ready || incident->event_count || incident->lists || worker->calendar ||
      (paused != SIZE_MAX && incident->values[paused].len))
    return false;
  const struct combination *combination = short_combination(rows, incident->values);
  if (!combination && !key_of(rows, incident->values, &key))
    return false;
  if (!combination && rows->only)
    combination = combination_of(rows, rows->only, incident->values, &key);
  if (combination && combination->is_planned && !worker->incident.time_format &&
      evaluate_planned(worker, combination, incident->values, now, ret_results))
    return true;
  return key_of(rows, incident->values, &key) && evaluate_plain(worker, incident, &key, now, ret_results);
}
