/*
 * evaluate: from an incident's values to due times and statuses. The order is: version, exclusion, target (first
 * match), then clocks, then the table of statuses in slaclock(1).
 */
#ifndef SLACLOCK_ENGINE_EVALUATE_H
#define SLACLOCK_ENGINE_EVALUATE_H

#include "base/arena.h"
#include "engine/clock.h"
#include "policy/policy.h"
#include "slaclock.h"
#include "time/pattern.h"
#include "time/zone.h"

enum { REASON_BYTES = 256, VALUE_SHOWN = 60 };

/* A time field of the incident under evaluation, read at most once. */
struct time_field {
  enum { TIME_UNREAD, TIME_EMPTY, TIME_READ, TIME_BAD } state;
  sla_time t;
  const char *problem;
};

/* Scratch memory of one thread. */
struct worker {
  const struct policy *policy;
  const struct zone *input_zone;
  const struct time_format *time_format; /* of the fields' times; NULL: the default forms */
  struct calendar *calendar;             /* instead of the targets' own; NULL: those */
  struct arena arena;
  struct zones zones; /* named in brackets behind times */

  const struct sla_text *values; /* of the incident under evaluation */
  sla_time now;
  struct time_field *times; /* one a field */
  struct {
    struct stretch *items;
    size_t count, capacity;
  } pauses; /* as the incident gives them, in any order; until is INT64_MAX where still paused */
  bool pauses_read;
  const char *pauses_problem;
  struct stretch *cut; /* the pauses of one metric: cut to what has happened, normalized */
  size_t cut_capacity;
  char (*reasons)[REASON_BYTES];   /* one a metric */
  char (*coverages)[REASON_BYTES]; /* one a metric */
  uint64_t overlaps, gaps;         /* of all incidents */
  unsigned row_overlaps, row_gaps;
  struct need need; /* what the last evaluation found missing */
};

/* Makes a worker; its memory is released with worker_free. NULL where memory runs out. */
struct worker *worker_new(const struct policy *policy);
void worker_free(struct worker *worker);

/*
 * Evaluates all metrics. REACHED: results hold. REACH_BEYOND: worker->need says what to prepare. Returns REACH_NEVER
 * only where memory ran out (for zones in brackets or very many pauses).
 */
enum reach evaluate(struct worker *worker, const struct sla_text *values, sla_time now, struct sla_result *ret_results);

/* The target that decides for a metric starting at a time: NULL in *ret_target where none matches. */
enum reach evaluate_target(struct worker *worker, const struct sla_text *values, size_t metric, sla_time start,
                           const struct target **ret_target);

#endif
