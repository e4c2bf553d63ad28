/*
 * incident: what is known of the incident under evaluation: its fields' values, its times, what happened to it and when
 * its status paused it.
 */
#ifndef SLACLOCK_ENGINE_INCIDENT_H
#define SLACLOCK_ENGINE_INCIDENT_H

#include "base/arena.h"
#include "calendar/timeline.h"
#include "policy/policy.h"
#include "slaclock.h"
#include "time/pattern.h"
#include "time/zone.h"

/* A time field of the incident, read at most once. */
struct time_field {
  enum { TIME_UNREAD, TIME_EMPTY, TIME_READ, TIME_BAD } state;
  sla_time t;
  const char *problem;
};

struct incident {
  const struct policy *policy;
  struct arena *arena; /* the worker's */
  const struct zone *input_zone;
  const struct time_format *time_format; /* of the fields' times; NULL: the default forms */
  struct zones *zones;                   /* named in brackets behind times */
  sla_time now;

  const struct sla_text *values; /* one a field: the newest */
  const struct sla_list *lists;  /* one a field; or NULL */
  const struct sla_event *events;
  size_t event_count;       /* those that have happened by now */
  struct time_field *times; /* one a field */

  struct stretches paused; /* as the incident's field gives them, in any order; until is INT64_MAX where still paused */
  bool paused_read;
  const char *paused_problem;
  struct stretches resolved; /* from resolving to reopening; until is INT64_MAX where it was not reopened */

  const struct version *state_version; /* whose conditions the next is about; NULL: not known yet */
  struct stretches state_paused;       /* while the values met them */
  bool state_paused_since_when;        /* they are met now, and there is no telling since when */

  unsigned overlaps, gaps; /* local times that came twice or not at all */

  /* Where fields change: their values and lists as of now, and as of some time before. */
  struct sla_text *latest, *then;
  struct sla_list *latest_lists;
  bool *changes; /* one a field: whether events change it */
};

/* Gives an incident the memory that it needs for any incident of a policy. */
void incident_init(struct incident *incident, const struct policy *policy, struct arena *arena, struct zones *zones);

/* Takes an incident, as it stands at now. */
void incident_begin(struct incident *incident, const struct sla_incident *given, sla_time now);

/* The time that a field says. */
const struct time_field *incident_time(struct incident *incident, size_t field);

/* Reads the field `paused` into incident->paused. NULL, or what is wrong with it. */
const char *incident_read_paused(struct incident *incident);

/* Finds out when the values met the conditions under which a version's clocks pause. */
void incident_find_state_pauses(struct incident *incident, const struct version *version);

/* Whether all of a clause's `when` and none of its `unless` hold; its calendars are not asked. lists may be NULL. */
bool clause_fits(const struct clause *clause, const struct sla_text *values, const struct sla_list *lists);

/* The same for the incident's values. */
bool incident_fits(const struct incident *incident, const struct clause *clause);

/*
 * Goes back to the values before the first event, and on to those after each; for looking at the past. Between the two
 * calls the incident has the values of that time.
 */
void incident_rewind(struct incident *incident);
void incident_apply(struct incident *incident, const struct sla_event *event);
void incident_return(struct incident *incident);

/* The time of the first event of a kind at or after a time; false where there is none. */
bool incident_first(const struct incident *incident, enum sla_event_kind kind, sla_time from, sla_time *ret_at);

/* Whether a version's questions to the customer were asked so often, the last without an answer. */
bool incident_is_unanswered(struct incident *incident, const struct version *version);

#endif
