/*
 * evaluate: from an incident's values and history to due times and statuses: who decides (decide.h), then the clocks
 * (clock.h), then the table of statuses in slaclock(1).
 */
#ifndef SLACLOCK_ENGINE_EVALUATE_H
#define SLACLOCK_ENGINE_EVALUATE_H

#include "base/arena.h"
#include "engine/clock.h"
#include "engine/incident.h"
#include "policy/policy.h"
#include "slaclock.h"
#include "time/zone.h"

enum { REASON_BYTES = 256, VALUE_SHOWN = 60 };

struct cycles {
  struct sla_cycle *items;
  size_t count, capacity;
};

/* Scratch memory of one thread. */
struct worker {
  const struct policy *policy;
  struct calendar *calendar; /* instead of the targets' own; NULL: those */
  struct arena arena;
  bool is_ready;      /* the arena holds what any incident needs */
  struct zones zones; /* named in brackets behind times */
  struct incident incident;

  struct cycles *cycles;           /* one a metric */
  const struct sla_cycle **chosen; /* one a metric: that stands for it */
  struct stretches cut;            /* the pauses of one clock: cut to what has happened, normalized */
  struct {
    char **items; /* each of REASON_BYTES */
    size_t count, capacity, used;
  } texts;                        /* that results point to; they stay where they are */
  const struct version *deciding; /* the first that decided on a metric of the incident; NULL: none has */
  bool closed_unanswered;
  uint64_t overlaps, gaps; /* local times of all incidents that came twice or not at all */
  struct need need;        /* what the last evaluation found missing */
  struct rows *rows;       /* what is remembered for those that are plain: see combination.h; NULL: none is */
};

/* Makes a worker; its memory is released with worker_free. NULL where memory runs out. */
struct worker *worker_new(const struct policy *policy);
void worker_free(struct worker *worker);

/*
 * Evaluates all metrics. REACHED: results hold. REACH_BEYOND: worker->need says what to prepare. Returns REACH_NEVER
 * only where memory ran out (for zones in brackets, very many pauses or cycles). This is what decides on any incident;
 * evaluate() in row.h is quicker at most of them, and says the same.
 */
enum reach evaluate_slowly(struct worker *worker, const struct sla_incident *incident, sla_time now,
                           struct sla_result *ret_results);

/* The target that decides for a metric starting at a time: NULL in *ret_target where none matches. */
enum reach evaluate_target(struct worker *worker, const struct sla_incident *incident, size_t metric, sla_time start,
                           const struct target **ret_target);

#endif
