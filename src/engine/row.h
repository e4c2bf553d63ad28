/*
 * row: the row path. Most incidents of a table are plain: nothing but field values, with no pauses, all of them fine.
 * These are evaluated here, in one go and by few steps: a few hundred instructions, no allocation, no library call.
 *
 * What evaluate.c does for any incident is the reference, and what decides wherever anything is out of the ordinary:
 * events, pauses, a time that is none, a stop before its start, dates that no holiday set covers, timelines that are
 * too short. Tests hold the two against each other.
 */
#ifndef SLACLOCK_ENGINE_ROW_H
#define SLACLOCK_ENGINE_ROW_H

#include "engine/evaluate.h"

/*
 * Evaluates an incident if it is plain: all that evaluate() says of it then holds. false: it has to be evaluated by
 * that; what the worker knows of the incident is then undefined.
 */
bool row_evaluate(struct worker *worker, const struct sla_incident *incident, sla_time now,
                  struct sla_result *ret_results);

/* Evaluates those of several that are plain and searched for in timelines only: see sla_evaluate_rows(). */
uint64_t rows_evaluate(struct worker *worker, const struct sla_rows *given, sla_time now,
                       struct sla_result *ret_results);

/* Evaluates any incident, the quickest way there is for it: see evaluate_slowly. */
static inline enum reach evaluate(struct worker *worker, const struct sla_incident *incident, sla_time now,
                                  struct sla_result *ret_results) {
  return row_evaluate(worker, incident, now, ret_results) ? REACHED
                                                          : evaluate_slowly(worker, incident, now, ret_results);
}

#endif
