#include "engine/incident.h"

#include "base/text.h"
#include "time/timestamp.h"

#include <string.h>

void incident_init(struct incident *incident, const struct policy *policy, struct arena *arena, struct zones *zones) {
  const struct zone *input_zone = incident->input_zone;
  const struct time_format *time_format = incident->time_format;
  size_t fields = policy->fields.count;
  *incident = (struct incident){
      .policy = policy, .arena = arena, .zones = zones, .input_zone = input_zone, .time_format = time_format};
  incident->times = arena_array(arena, fields, sizeof *incident->times);
  incident->latest = arena_array(arena, fields, sizeof *incident->latest);
  incident->then = arena_array(arena, fields, sizeof *incident->then);
  incident->latest_lists = arena_array(arena, fields, sizeof *incident->latest_lists);
  incident->changes = arena_array(arena, fields, sizeof *incident->changes);
}

/* --- values and events ------------------------------------------------------------------------------------------- */

/* From resolving to reopening. What is resolved already, or not resolved, is not so again. */
static void find_resolved(struct incident *incident) {
  struct stretches *resolved = &incident->resolved;
  resolved->count = 0;
  for (size_t i = 0; i < incident->event_count; i++) {
    const struct sla_event *event = &incident->events[i];
    struct stretch *last = resolved->count ? &resolved->items[resolved->count - 1] : NULL;
    bool is_resolved = last && last->until == INT64_MAX;
    if (event->kind == SLA_EVENT_RESOLVED && !is_resolved)
      *ARENA_PUSH(incident->arena, resolved) = (struct stretch){event->at, INT64_MAX};
    else if (event->kind == SLA_EVENT_REOPENED && is_resolved)
      last->until = event->at;
  }
}

/* The values and lists as of the last event. */
static void find_latest(struct incident *incident, const struct sla_incident *given) {
  size_t fields = incident->policy->fields.count;
  memcpy(incident->latest, given->values, fields * sizeof *incident->latest);
  memset(incident->changes, 0, fields * sizeof *incident->changes);
  for (size_t i = 0; i < incident->event_count; i++)
    if (incident->events[i].kind == SLA_EVENT_FIELD) {
      incident->changes[incident->events[i].field] = true;
      incident->latest[incident->events[i].field] = incident->events[i].value;
    }
  incident->values = incident->latest;
  if (!given->lists)
    return;
  for (size_t i = 0; i < fields; i++)
    incident->latest_lists[i] = incident->changes[i] ? (struct sla_list){NULL, 0} : given->lists[i];
  incident->lists = incident->latest_lists;
}

void incident_begin(struct incident *incident, const struct sla_incident *given, sla_time now) {
  incident->values = given->values;
  incident->lists = given->lists;
  incident->now = now;
  incident->paused_read = false;
  incident->state_version = NULL;
  incident->overlaps = incident->gaps = 0;
  incident->resolved.count = 0;
  for (size_t i = 0; i < incident->policy->fields.count; i++)
    incident->times[i].state = TIME_UNREAD;
  incident->events = given->events;
  incident->event_count = given->event_count;
  while (incident->event_count && given->events[incident->event_count - 1].at > now)
    incident->event_count--;
  if (!incident->event_count)
    return;
  find_latest(incident, given);
  find_resolved(incident);
}

void incident_rewind(struct incident *incident) {
  for (size_t i = 0; i < incident->policy->fields.count; i++)
    incident->then[i] = incident->event_count && incident->changes[i] ? (struct sla_text){"", 0} : incident->values[i];
  incident->values = incident->then;
}

void incident_apply(struct incident *incident, const struct sla_event *event) {
  if (event->kind == SLA_EVENT_FIELD)
    incident->then[event->field] = event->value;
}

void incident_return(struct incident *incident) {
  incident->values = incident->latest;
}

bool incident_first(const struct incident *incident, enum sla_event_kind kind, sla_time from, sla_time *ret_at) {
  for (size_t i = 0; i < incident->event_count; i++)
    if (incident->events[i].kind == kind && incident->events[i].at >= from) {
      *ret_at = incident->events[i].at;
      return true;
    }
  return false;
}

static bool value_fits(const struct condition *condition, struct sla_text value) {
  for (size_t i = 0; i < condition->count; i++)
    if (text_equal(value, condition->values[i]))
      return true;
  return false;
}

static bool condition_holds(const struct condition *condition, const struct sla_text *values,
                            const struct sla_list *lists) {
  const struct sla_list *list = lists ? &lists[condition->field] : NULL;
  if (!list || list->count == 0)
    return value_fits(condition, values[condition->field]);
  for (size_t i = 0; i < list->count; i++)
    if (value_fits(condition, list->items[i]))
      return true;
  return false;
}

bool clause_fits(const struct clause *clause, const struct sla_text *values, const struct sla_list *lists) {
  for (size_t i = 0; i < clause->when_count; i++)
    if (!condition_holds(&clause->when[i], values, lists))
      return false;
  for (size_t i = 0; i < clause->unless_count; i++)
    if (condition_holds(&clause->unless[i], values, lists))
      return false;
  return true;
}

bool incident_fits(const struct incident *incident, const struct clause *clause) {
  return clause_fits(clause, incident->values, incident->lists);
}

/* --- times ------------------------------------------------------------------------------------------------------- */

/* Reads one time, by a format's patterns where there is one; NULL or what is wrong with it. */
static const char *read_time(struct incident *incident, const struct time_format *format, struct sla_text text,
                             sla_time *ret_time) {
  struct timestamp timestamp;
  const char *problem = time_format_read(format, text, &timestamp);
  if (problem)
    return problem;
  const struct zone *zone = incident->input_zone;
  if (timestamp.zone.len) {
    /* Loading a zone takes memory, which only armed arenas give: the row path leaves such a time to the slow one. */
    problem = "the zone is not loaded yet";
    zone = incident->arena->oom ? zone_find(incident->zones, timestamp.zone, &problem)
                                : zone_known(incident->zones, timestamp.zone);
    if (!zone)
      return problem;
  }
  enum sla_reading reading;
  problem = timestamp_instant(&timestamp, zone, ret_time, &reading);
  incident->overlaps += !problem && reading == SLA_READ_LOCAL_OVERLAP;
  incident->gaps += !problem && reading == SLA_READ_LOCAL_GAP;
  return problem;
}

static bool is_blank(struct sla_text text) {
  return text_trim(text).len == 0;
}

const struct time_field *incident_time(struct incident *incident, size_t field) {
  struct time_field *time = &incident->times[field];
  if (time->state != TIME_UNREAD)
    return time;
  struct sla_text value = incident->values[field];
  time->problem = value.len ? read_time(incident, incident->time_format, value, &time->t) : NULL;
  if (!value.len || (time->problem && is_blank(value)))
    time->state = TIME_EMPTY;
  else
    time->state = time->problem ? TIME_BAD : TIME_READ;
  return time;
}

/* Reads "FROM/TO;FROM/" into incident->paused. NULL or what is wrong. */
static const char *read_intervals(struct incident *incident, struct sla_text text) {
  while (text.len) {
    const char *semicolon = memchr(text.ptr, ';', text.len);
    struct sla_text interval = {text.ptr, semicolon ? (size_t)(semicolon - text.ptr) : text.len};
    text.ptr += interval.len + (semicolon != NULL);
    text.len -= interval.len + (semicolon != NULL);
    if (is_blank(interval))
      continue;
    const char *slash = memchr(interval.ptr, '/', interval.len);
    /* A zone in brackets has slashes of its own. */
    const char *bracket = memchr(interval.ptr, '[', interval.len);
    if (slash && bracket && bracket < slash) {
      const char *end = memchr(bracket, ']', interval.len - (size_t)(bracket - interval.ptr));
      slash = end ? memchr(end, '/', interval.len - (size_t)(end - interval.ptr)) : NULL;
    }
    if (!slash)
      return "an interval must be FROM/TO, or FROM/ where it lasts";
    struct sla_text from = {interval.ptr, (size_t)(slash - interval.ptr)};
    struct sla_text until = {slash + 1, interval.len - from.len - 1};
    struct stretch pause = {0, INT64_MAX};
    const char *problem = read_time(incident, NULL, from, &pause.from);
    if (!problem && !is_blank(until))
      problem = read_time(incident, NULL, until, &pause.until);
    if (problem)
      return problem;
    if (pause.until < pause.from)
      return "an interval ends before it begins";
    if (pause.until > pause.from)
      *ARENA_PUSH(incident->arena, &incident->paused) = pause;
  }
  return NULL;
}

const char *incident_read_paused(struct incident *incident) {
  if (!incident->paused_read) {
    incident->paused.count = 0;
    incident->paused_problem = read_intervals(incident, incident->values[incident->policy->paused_field]);
    incident->paused_read = true;
  }
  return incident->paused_problem;
}

/* --- states ------------------------------------------------------------------------------------------------------ */

/* Whether events say when a clause's conditions began to hold. */
static bool has_history(const struct incident *incident, const struct clause *clause) {
  if (!incident->event_count)
    return false;
  for (size_t i = 0; i < clause->when_count; i++)
    if (incident->changes[clause->when[i].field])
      return true;
  for (size_t i = 0; i < clause->unless_count; i++)
    if (incident->changes[clause->unless[i].field])
      return true;
  return false;
}

/*
 * The stretches in which the values meet a clause. What comes at the same second is one change: a value that lasts no
 * time does not begin a stretch.
 */
static void find_state(struct incident *incident, const struct clause *clause, struct stretches *ret_stretches) {
  ret_stretches->count = 0;
  incident_rewind(incident);
  bool holds = incident_fits(incident, clause);
  sla_time since = INT64_MIN;
  for (size_t i = 0; i < incident->event_count; i++) {
    sla_time at = incident->events[i].at;
    incident_apply(incident, &incident->events[i]);
    bool held = holds;
    holds = incident_fits(incident, clause);
    if (held && !holds && since < at)
      *ARENA_PUSH(incident->arena, ret_stretches) = (struct stretch){since, at};
    if (!held && holds)
      since = at;
  }
  if (holds)
    *ARENA_PUSH(incident->arena, ret_stretches) = (struct stretch){since, INT64_MAX};
  incident_return(incident);
}

void incident_find_state_pauses(struct incident *incident, const struct version *version) {
  if (incident->state_version == version)
    return;
  incident->state_version = version;
  incident->state_paused.count = 0;
  incident->state_paused_since_when = false;
  if (!version->has_pause)
    return;
  if (has_history(incident, &version->pause))
    find_state(incident, &version->pause, &incident->state_paused);
  else
    incident->state_paused_since_when = incident_fits(incident, &version->pause);
}

/*
 * Each time that the values come to meet the conditions is a question; that they did from the beginning is none. An
 * answer is a reply of the customer, or that the incident goes on to another state without being resolved at that
 * second.
 */
bool incident_is_unanswered(struct incident *incident, const struct version *version) {
  if (!version->unanswered_times || !incident->event_count)
    return false;
  int questions = 0;
  bool waits = false;
  incident_rewind(incident);
  bool asked = incident_fits(incident, &version->unanswered); /* since when is not known: no question */
  for (size_t i = 0; i < incident->event_count;) {
    sla_time at = incident->events[i].at;
    bool replied = false, resolved = false;
    for (; i < incident->event_count && incident->events[i].at == at; i++) {
      incident_apply(incident, &incident->events[i]);
      replied |= incident->events[i].kind == SLA_EVENT_CUSTOMER_REPLY;
      resolved |= incident->events[i].kind == SLA_EVENT_RESOLVED;
    }
    bool asks = incident_fits(incident, &version->unanswered);
    if (replied || (asked && !asks && !resolved))
      waits = false;
    if (asks && !asked) {
      questions++;
      waits = true;
    }
    asked = asks;
  }
  incident_return(incident);
  return waits && questions >= version->unanswered_times;
}
