/*
 * decide: which version of which policy decides on a metric, and by which exclusion or target of it. The order is:
 * version, agreement, exclusion, target.
 */
#ifndef SLACLOCK_ENGINE_DECIDE_H
#define SLACLOCK_ENGINE_DECIDE_H

#include "engine/clock.h"
#include "engine/incident.h"
#include "policy/policy.h"

#include <limits.h>

struct decision {
  const struct version *version; /* NULL: none is in force */
  const struct metric *metric;   /* as the version measures it; NULL: it has no target for it */
  const struct exclusion *exclusion;
  const struct target *target;
  bool started;
  sla_time start;
  size_t bad_field; /* has a start that is no time, and nothing else holds; SIZE_MAX: none */
};

/*
 * Decides on a metric of an incident. start is when it started; NULL: when its field says. Where it has not started,
 * the version in force now (or the newest) says what would come to apply, and conditions on calendars count as met.
 */
enum reach decide(struct incident *incident, size_t metric, const sla_time *start, struct decision *ret_decision,
                  struct need *ret_need);

/* Whether a version is in force at all times. */
static inline bool version_is_always(const struct version *version) {
  return version->effective.first == INT_MIN && version->effective.last == INT_MAX;
}

/*
 * The field by which a version has a metric start; SIZE_MAX where it starts at events. What the version has no target
 * for starts as elsewhere.
 */
static inline size_t decide_start_field(const struct policy *policy, const struct version *version, size_t metric) {
  const struct metric *measured = version->metrics[metric];
  return (measured ? measured : policy->metrics.items[metric].first)->start;
}

/*
 * The version of a file in force when the metric started: at *start, or by the field that the version itself has it
 * start at. Where there is none, and by the version in force now it has not started, that is the one; `any` has one
 * named even where none is in force now. Sets version, started and start, or bad_field and returns false where a start
 * is no time.
 */
bool decide_version(struct incident *incident, const struct policy_file *file, size_t metric, const sla_time *start,
                    bool any, struct decision *decision);

/* The target of a version that the values match, for a metric that starts at *start; NULL where none does. */
enum reach decide_target(struct incident *incident, const struct version *version, size_t metric, const sla_time *start,
                         const struct target **ret_target, struct need *ret_need);

#endif
