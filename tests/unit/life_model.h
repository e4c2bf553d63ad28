/*
 * life_model: policies about the life of an incident and such lives, as naive_life.h takes them and random_life.h makes
 * them.
 */
#ifndef SLACLOCK_TESTS_LIFE_MODEL_H
#define SLACLOCK_TESTS_LIFE_MODEL_H

#include "helpers.h"

enum { LIFE_EVENTS = 24, LIFE_PAUSES = 6, LIFE_CYCLES = 64, LIFE_TARGETS = 4, LIFE_DAYS = 70, LIFE_CALENDARS = 2 };
#define LIFE_NEVER INT64_MAX

/* Fields that events change; each has one of some words, of which 0 is the empty one. */
enum { STATUS, PRIORITY, CAUSE, LIFE_WORDS };
/* Fields with times. */
enum { OPENED, ACTIVATED, RESPONDED, RESOLVED, DONE, LIFE_TIMES };
enum { FIRST_RESPONSE, RESOLUTION, EXTRA, NEXT_RESPONSE, PERIODIC_UPDATE, LIFE_METRICS };

/* Bits say which words of a field will do; 0 in `when`: any. */
struct life_clause {
  unsigned when[LIFE_WORDS], unless[LIFE_WORDS];
};

enum life_kind { LIFE_SECONDS, LIFE_BUSINESS_DAYS, LIFE_CALENDAR_DAYS, LIFE_BEST_EFFORT };
enum life_at { LIFE_CLOSE, LIFE_SAME_TIME, LIFE_AT_TIME };
enum life_reopen { LIFE_NOT, LIFE_RESUME, LIFE_RESTART };

struct life_target {
  struct life_clause clause;
  int during, outside; /* calendars in or out of which the metric has started; -1: any */
  enum life_kind kind;
  int64_t amount; /* seconds or days */
  enum life_at at;
  int at_s;
  enum sla_clock clock;
  int calendar;
  bool strict, restarts, warn_is_amount;
  int64_t warn;
};

struct life_metric {
  bool is_cycle, pausable;
  enum sla_event_kind begins, ends;
  int start, stop;
  enum life_reopen reopen;
  int after; /* a metric, or -1 */
  struct life_target targets[LIFE_TARGETS];
  int target_count;
};

struct life_window {
  int date;
  sla_time from, until;
};

struct life_policy {
  struct life_metric metrics[LIFE_METRICS];
  bool has_pause, has_exclusion;
  struct life_clause pause, exclusion, unanswered;
  int unanswered_times; /* 0: never */
  sla_time first;       /* the minutes below begin here */
  const sla_zone *zones[LIFE_CALENDARS];
  bool open[LIFE_CALENDARS][2][LIFE_DAYS * 24 * 60]; /* by SLA_BUSINESS_HOURS, SLA_BUSINESS_DAYS */
  struct life_window windows[LIFE_CALENDARS][LIFE_DAYS * 4];
  int window_count[LIFE_CALENDARS];
};

struct life_event {
  sla_time at;
  enum sla_event_kind kind;
  int field, word;
};

struct life_pause {
  sla_time from, until; /* LIFE_NEVER: still paused */
};

struct life {
  int tick; /* seconds */
  sla_time now;
  sla_time times[LIFE_TIMES]; /* LIFE_NEVER: empty */
  int words[LIFE_WORDS];
  struct life_event events[LIFE_EVENTS + 1];
  int event_count;
  struct life_pause pauses[LIFE_PAUSES];
  int pause_count;
};

struct life_cycle {
  bool started, stopped;
  sla_time start, stop;
  enum sla_status status;
  bool has_due, has_elapsed;
  sla_time due;
  int64_t elapsed, remaining;
};

struct life_outcome {
  struct life_cycle cycles[LIFE_CYCLES];
  int count, chosen;
};

/* --- the incident at a moment ---------------------------------------------------------------------------------------
 */

/* The words at one moment after another. */
struct moment {
  int words[LIFE_WORDS];
  int next; /* event */
};

static inline bool happened(const struct life *life, int event) {
  return event < life->event_count && life->events[event].at <= life->now;
}

static inline bool is_changed(const struct life *life, int field) {
  for (int i = 0; happened(life, i); i++)
    if (life->events[i].kind == SLA_EVENT_FIELD && life->events[i].field == field)
      return true;
  return false;
}

static inline struct moment moment_before(const struct life *life) {
  struct moment moment = {.next = 0};
  for (int f = 0; f < LIFE_WORDS; f++)
    moment.words[f] = is_changed(life, f) ? 0 : life->words[f];
  return moment;
}

/* Goes on to the end of the second t. */
static inline void moment_pass(struct moment *moment, const struct life *life, sla_time t) {
  for (; happened(life, moment->next) && life->events[moment->next].at <= t; moment->next++)
    if (life->events[moment->next].kind == SLA_EVENT_FIELD)
      moment->words[life->events[moment->next].field] = life->events[moment->next].word;
}

static inline bool life_fits(const struct life_clause *clause, const int *words) {
  for (int f = 0; f < LIFE_WORDS; f++) {
    unsigned bit = 1U << words[f];
    if ((clause->when[f] && !(clause->when[f] & bit)) || (clause->unless[f] & bit))
      return false;
  }
  return true;
}

static inline bool is_minute_open(const struct life_policy *policy, int calendar, enum sla_clock clock, sla_time t) {
  int64_t minute = (t - policy->first) / 60;
  assert_in_range(minute, 0, LIFE_DAYS * 24 * 60 - 1); /* else the random lives are too long */
  return policy->open[calendar][clock][minute];
}

/* The target for some words, where the metric started at a time; LIFE_NEVER: it has not, and any calendar will do. */
static inline const struct life_target *target_for(const struct life_policy *policy, const struct life_metric *metric,
                                                   const int *words, sla_time start) {
  for (int i = 0; i < metric->target_count; i++) {
    const struct life_target *target = &metric->targets[i];
    bool fits = life_fits(&target->clause, words);
    if (target->during >= 0 && start != LIFE_NEVER)
      fits &= is_minute_open(policy, target->during, SLA_BUSINESS_HOURS, start);
    if (target->outside >= 0 && start != LIFE_NEVER)
      fits &= !is_minute_open(policy, target->outside, SLA_BUSINESS_HOURS, start);
    if (fits)
      return target;
  }
  return NULL;
}

#endif
