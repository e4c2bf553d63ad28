#include "engine/decide.h"

#include "time/civil.h"

#include <limits.h>

/*
 * Whether a clause holds for a metric that starts at *start. Where it has not started (NULL) the calendars' conditions
 * count as met: the target that may come to apply says whether there is one.
 */
static enum reach clause_holds(const struct incident *incident, const struct clause *clause, const sla_time *start,
                               bool *ret_holds, struct need *ret_need) {
  *ret_holds = false;
  if (!incident_fits(incident, clause))
    return REACHED;
  bool open = true;
  if (clause->during && start) {
    enum reach reach = calendar_is_open(clause->during, *start, &open, ret_need);
    if (reach != REACHED || !open)
      return reach;
  }
  open = false;
  if (clause->outside && start) {
    enum reach reach = calendar_is_open(clause->outside, *start, &open, ret_need);
    if (reach != REACHED)
      return reach;
  }
  *ret_holds = !open;
  return REACHED;
}

enum reach decide_target(struct incident *incident, const struct version *version, size_t metric, const sla_time *start,
                         const struct target **ret_target, struct need *ret_need) {
  *ret_target = NULL;
  for (size_t i = 0; i < version->targets.count; i++) {
    const struct target *target = &version->targets.items[i];
    if (target->metric != metric)
      continue;
    bool holds;
    enum reach reach = clause_holds(incident, &target->clause, start, &holds, ret_need);
    if (reach != REACHED)
      return reach;
    if (holds) {
      *ret_target = target;
      break;
    }
  }
  return REACHED;
}

static enum reach find_exclusion(struct incident *incident, struct decision *decision, struct need *ret_need) {
  const struct version *version = decision->version;
  for (size_t i = 0; i < version->exclusions.count && !decision->exclusion; i++) {
    bool holds;
    enum reach reach = clause_holds(incident, &version->exclusions.items[i].clause,
                                    decision->started ? &decision->start : NULL, &holds, ret_need);
    if (reach != REACHED)
      return reach;
    if (holds)
      decision->exclusion = &version->exclusions.items[i];
  }
  return REACHED;
}

static bool is_in_force(const struct version *version, sla_time t) {
  return version_is_always(version) || span_holds(version->effective, local_date(zone_local(version->zone, t)));
}

/* The version in force at now, or else, where one has to be named, the one whose force began last. */
static const struct version *version_now(const struct policy_file *file, sla_time now, bool any) {
  const struct version *newest = NULL;
  for (size_t i = 0; i < file->versions.count; i++) {
    const struct version *version = file->versions.items[i];
    if (is_in_force(version, now))
      return version;
    if (any && (!newest || version->effective.first > newest->effective.first))
      newest = version;
  }
  return newest;
}

bool decide_version(struct incident *incident, const struct policy_file *file, size_t metric, const sla_time *start,
                    bool any, struct decision *decision) {
  static const struct time_field at_events = {.state = TIME_EMPTY};
  decision->version = NULL;
  decision->started = false;
  for (size_t i = 0; i < file->versions.count; i++) {
    const struct version *version = file->versions.items[i];
    size_t field = decide_start_field(incident->policy, version, metric);
    const struct time_field *time = start || field == SIZE_MAX ? &at_events : incident_time(incident, field);
    if (time->state == TIME_BAD) {
      decision->bad_field = field;
      return false;
    }
    if ((start || time->state == TIME_READ) && is_in_force(version, start ? *start : time->t)) {
      decision->version = version;
      decision->started = true;
      decision->start = start ? *start : time->t;
      return true;
    }
  }
  const struct version *now = start ? NULL : version_now(file, incident->now, any);
  size_t field = now ? decide_start_field(incident->policy, now, metric) : SIZE_MAX;
  if (now && (field == SIZE_MAX || incident_time(incident, field)->state == TIME_EMPTY))
    decision->version = now;
  return true;
}

/* Follows agreements from version to version. Files that lead in a circle have been refused by the loader. */
static enum reach follow_agreements(struct incident *incident, size_t metric, const sla_time *start,
                                    struct decision *decision, struct need *ret_need) {
  for (size_t i = 0; i < decision->version->agreements.count;) {
    const struct agreement *agreement = &decision->version->agreements.items[i++];
    bool holds;
    enum reach reach =
        clause_holds(incident, &agreement->clause, decision->started ? &decision->start : NULL, &holds, ret_need);
    if (reach != REACHED)
      return reach;
    if (!holds)
      continue;
    struct decision other = {.bad_field = SIZE_MAX};
    if (!decide_version(incident, agreement->file, metric, start, false, &other)) {
      *decision = other;
      return REACHED;
    }
    if (!other.version)
      continue;
    *decision = other;
    i = 0;
  }
  return REACHED;
}

enum reach decide(struct incident *incident, size_t metric, const sla_time *start, struct decision *ret_decision,
                  struct need *ret_need) {
  struct decision decision = {.bad_field = SIZE_MAX};
  enum reach reach = REACHED;
  if (decide_version(incident, incident->policy->files.items[0], metric, start, true, &decision) && decision.version)
    reach = follow_agreements(incident, metric, start, &decision, ret_need);
  if (reach == REACHED && decision.version && decision.bad_field == SIZE_MAX)
    reach = find_exclusion(incident, &decision, ret_need);
  if (reach == REACHED && decision.version && decision.bad_field == SIZE_MAX && !decision.exclusion) {
    decision.metric = decision.version->metrics[metric];
    if (decision.metric)
      reach = decide_target(incident, decision.version, metric, decision.started ? &decision.start : NULL,
                            &decision.target, ret_need);
  }
  *ret_decision = decision;
  return reach;
}
