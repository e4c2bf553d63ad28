/* run: one run of a metric's clock: its pauses, due time, elapsed time and status. */
#ifndef SLACLOCK_ENGINE_RUN_H
#define SLACLOCK_ENGINE_RUN_H

#include "engine/decide.h"
#include "engine/evaluate.h"

/* What is known of a run while it is evaluated. */
struct run {
  size_t metric;
  const struct version *version;
  const struct metric *measured;
  const struct target *target;
  sla_time start;
  bool stopped;
  sla_time stop; /* or now */
  bool bridges;  /* the time between resolving and reopening does not count */
  bool paused;   /* the clock stands still now */
  struct clock clock;
};

/* A cycle more of a metric, with nothing in it yet. */
struct sla_cycle *cycle_add(struct worker *worker, size_t metric);

/* What a decision comes to before any clock is looked at; the worker notes who decided. */
void result_begin(struct worker *worker, const struct decision *decision, struct sla_result *ret_result);

/*
 * The first line of the status table that holds, from stopped on: of a clock that has stopped at a time, or stands
 * there now.
 */
static inline enum sla_status run_status(const struct target *target, bool stopped, bool paused, sla_time at,
                                         sla_time due, int64_t elapsed_s, int64_t amount) {
  bool late = target->strict ? at >= due : at > due;
  if (stopped)
    return late ? SLA_MISSED : SLA_MET;
  if (late)
    return SLA_BREACHED;
  if (paused)
    return SLA_PAUSED;
  bool warn = target->warn_is_amount ? amount - elapsed_s <= target->warn : 100 * elapsed_s >= target->warn * amount;
  return warn ? SLA_AT_RISK : SLA_RUNNING;
}

/* Makes a result an error with a reason; it returns REACHED. */
enum reach result_fail(struct worker *worker, struct sla_result *result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a field whose text is at fault. */
enum reach result_fail_field(struct worker *worker, struct sla_result *result, size_t field, const char *problem);

/* Runs the clock of a decision's target from run->start to its stop, or to now, and adds the cycle that this is. */
enum reach run_cycle(struct worker *worker, const struct decision *decision, struct run *run);

#endif
