/*
 * random_life: random policies, as the file that a person would write and as naive_life.h knows them, and random lives
 * of incidents under them.
 */
#ifndef SLACLOCK_TESTS_RANDOM_LIFE_H
#define SLACLOCK_TESTS_RANDOM_LIFE_H

#include "naive_life.h"

enum { LIFE_FIELDS = 16 };

static const char *const life_words[LIFE_WORDS][5] = {
    {"", "open", "pending", "hold", "closed"}, {"", "P1", "P2", "P3", "P4"}, {"", "ours", "theirs", "none", "other"}};
static const char *const life_fields[LIFE_WORDS] = {"status", "priority", "cause"};
static const char *const life_times[LIFE_TIMES] = {"opened_at", "activated_at", "first_response_at", "resolved_at",
                                                   "done_at"};
static const char *const life_metrics[LIFE_METRICS] = {"first_response", "resolution", "extra", "next_response",
                                                       "periodic_update"};
static const char *const life_zones[] = {
    "Europe/Kyiv",       "America/New_York",    "Asia/Kathmandu", "UTC",       "Europe/London", "Pacific/Chatham",
    "Africa/Casablanca", "Australia/Lord_Howe", "America/Havana", "Asia/Tokyo"};
static const char *const life_hours[] = {"Mo-Fr 09:00-17:00",
                                         "Mo-Fr 09:00-13:00,14:00-18:00; Sa 10:00-14:00",
                                         "24/7",
                                         "Mo-Su 22:00-06:00",
                                         "Mo-Sa 00:00-24:00",
                                         "Mo-Fr 01:30-03:30,09:00-17:00",
                                         "Mo,We,Fr 10:00-12:30; Tu 08:00-20:00"};

#define ONE_OF(seed, array) ((array)[random_below((seed), sizeof(array) / sizeof *(array))])

/* A policy under test: as files' text and as a model. */
struct life_world {
  uint64_t seed;
  struct life_policy model;
  int date; /* lives begin around it */
  char path[64];
  char *yaml;
  size_t yaml_len;
  sla_policy *policy;
  sla_worker *worker;
  size_t words[LIFE_WORDS], times[LIFE_TIMES], paused; /* fields */
};

static inline bool chance(uint64_t *seed, int in) {
  return random_below(seed, in) == 0;
}

/* --- the policy ------------------------------------------------------------------------------------------------------
 */

static inline unsigned random_words(uint64_t *seed) {
  unsigned words = 1U << random_below(seed, 5);
  return chance(seed, 3) ? words | 1U << random_below(seed, 5) : words;
}

static inline void put_words(FILE *yaml, int field, unsigned words) {
  const char *between = "";
  fprintf(yaml, "%s: [", life_fields[field]);
  for (int w = 0; w < 5; w++)
    if (words >> w & 1U) {
      fprintf(yaml, "%s\"%s\"", between, life_words[field][w]);
      between = ", ";
    }
  fprintf(yaml, "]");
}

/* Conditions, `when: {...}, ` and `unless: {...}, `; on one field always, on others sometimes. */
static inline struct life_clause put_clause(uint64_t *seed, FILE *yaml, int field) {
  struct life_clause clause = {{0}, {0}};
  unsigned *sides[] = {clause.when, clause.unless};
  sides[chance(seed, 6)][field] = random_words(seed);
  if (chance(seed, 6))
    sides[chance(seed, 2)][random_below(seed, LIFE_WORDS)] = random_words(seed);
  for (int side = 0; side < 2; side++) {
    const char *between = "";
    for (int f = 0; f < LIFE_WORDS; f++)
      if (sides[side][f]) {
        fprintf(yaml, "%s", *between ? between : side ? "unless: { " : "when: { ");
        put_words(yaml, f, sides[side][f]);
        between = ", ";
      }
    fprintf(yaml, "%s", *between ? " }, " : "");
  }
  return clause;
}

static inline void put_target(struct life_world *world, FILE *yaml, int metric, bool is_last) {
  static const char *const clocks[] = {"business-hours", "business-days", "elapsed"};
  uint64_t *seed = &world->seed;
  struct life_metric *measured = &world->model.metrics[metric];
  struct life_target *target = &measured->targets[measured->target_count++];
  *target = (struct life_target){
      .warn = 80, .during = -1, .outside = -1, .calendar = (int)random_below(seed, LIFE_CALENDARS)};
  fprintf(yaml, "  - { metric: %s, ", life_metrics[metric]);
  if (!is_last)
    target->clause = put_clause(seed, yaml, PRIORITY);
  if (!is_last && chance(seed, 6)) {
    bool is_outside = chance(seed, 2);
    int calendar = (int)random_below(seed, LIFE_CALENDARS);
    *(is_outside ? &target->outside : &target->during) = calendar;
    fprintf(yaml, "%s: %c, ", is_outside ? "outside" : "during", 'a' + calendar);
  }
  int64_t kind = random_below(seed, 12);
  target->clock = kind == 1 ? SLA_ELAPSED : (enum sla_clock)random_below(seed, 3);
  if (kind == 0) {
    target->kind = LIFE_BUSINESS_DAYS;
    target->amount = random_below(seed, 4);
    fprintf(yaml, "within: %dbd, ", (int)target->amount);
    target->at = (enum life_at)random_below(seed, 3);
    target->at_s = (int)random_below(seed, 24) * HOUR;
    if (target->at == LIFE_SAME_TIME)
      fprintf(yaml, "at: same-time, ");
    else if (target->at == LIFE_AT_TIME)
      fprintf(yaml, "at: \"%02d:00\", ", target->at_s / HOUR);
  } else if (kind == 1) {
    target->kind = LIFE_CALENDAR_DAYS;
    target->amount = random_below(seed, 4);
    fprintf(yaml, "within: %dcd, ", (int)target->amount);
  } else if (kind == 2) {
    target->kind = LIFE_BEST_EFFORT;
    fprintf(yaml, "within: best-effort, ");
  } else {
    target->amount = chance(seed, 20) ? 0 : random_between(seed, 1, chance(seed, 2) ? 16 : 60) * 10 * MINUTE;
    fprintf(yaml, "within: %dm, ", (int)(target->amount / MINUTE));
  }
  if (kind != 1)
    fprintf(yaml, "clock: %s, ", clocks[target->clock]);
  if (kind != 2 && (target->strict = chance(seed, 4)))
    fprintf(yaml, "strict: true, ");
  if (kind != 2 && chance(seed, 3)) {
    target->warn_is_amount = chance(seed, 2);
    target->warn = target->warn_is_amount ? random_below(seed, 8) * 10 * MINUTE : random_below(seed, 101);
    fprintf(yaml, target->warn_is_amount ? "warn: %dm, " : "warn: %d%%, ",
            (int)(target->warn_is_amount ? target->warn / MINUTE : target->warn));
  }
  if ((target->restarts = chance(seed, 3)))
    fprintf(yaml, "on_change: restart, ");
  fprintf(yaml, "calendar: %c }\n", 'a' + target->calendar);
}

static inline void put_span(struct life_world *world, FILE *yaml, int metric, int start, int stop) {
  uint64_t *seed = &world->seed;
  struct life_metric *measured = &world->model.metrics[metric];
  *measured = (struct life_metric){.start = start, .stop = stop, .after = -1};
  fprintf(yaml, "  %s: { start: %s, stop: %s", life_metrics[metric], life_times[start], life_times[stop]);
  int64_t reopen = random_below(seed, 4);
  measured->reopen = metric == RESOLUTION ? LIFE_RESUME : LIFE_NOT; /* where nothing is said */
  if (reopen < 2) {
    measured->reopen = reopen ? LIFE_RESTART : LIFE_RESUME;
    fprintf(yaml, ", reopen: %s", reopen ? "restart" : "resume");
  }
  if (metric == EXTRA && chance(seed, 3)) {
    measured->after = chance(seed, 2) ? FIRST_RESPONSE : RESOLUTION;
    fprintf(yaml, ", after: %s", life_metrics[measured->after]);
  }
  fprintf(yaml, " }\n");
}

static inline void put_cycle(struct life_world *world, FILE *yaml, int metric, bool begins, bool ends) {
  static const char *const words[] = {"customer_reply", "agent_reply"};
  static const enum sla_event_kind kinds[] = {SLA_EVENT_CUSTOMER_REPLY, SLA_EVENT_AGENT_REPLY};
  struct life_metric *measured = &world->model.metrics[metric];
  *measured = (struct life_metric){.is_cycle = true, .begins = kinds[begins], .ends = kinds[ends], .after = -1};
  fprintf(yaml, "  %s: { cycle: [%s, %s]", life_metrics[metric], words[begins], words[ends]);
  if (chance(&world->seed, 2)) {
    measured->after = chance(&world->seed, 4) ? EXTRA : FIRST_RESPONSE;
    fprintf(yaml, ", after: %s", life_metrics[measured->after]);
  }
  fprintf(yaml, " }\n");
}

static inline void put_metrics(struct life_world *world, FILE *yaml) {
  uint64_t *seed = &world->seed;
  fprintf(yaml, "metrics:\n");
  put_span(world, yaml, FIRST_RESPONSE, OPENED, RESPONDED);
  put_span(world, yaml, RESOLUTION, OPENED, RESOLVED);
  put_span(world, yaml, EXTRA, chance(seed, 2) ? ACTIVATED : OPENED, chance(seed, 3) ? RESOLVED : DONE);
  bool usual = !chance(seed, 4);
  put_cycle(world, yaml, NEXT_RESPONSE, !usual, usual);
  usual = !chance(seed, 4);
  put_cycle(world, yaml, PERIODIC_UPDATE, usual, usual);
  for (int m = 0; m < LIFE_METRICS; m++)
    world->model.metrics[m].pausable = m != FIRST_RESPONSE;
}

static inline void put_pause(struct life_world *world, FILE *yaml) {
  uint64_t *seed = &world->seed;
  struct life_policy *model = &world->model;
  model->has_pause = !chance(seed, 6);
  if (model->has_pause) {
    fprintf(yaml, "pause: { ");
    model->pause = put_clause(seed, yaml, STATUS);
    if (chance(seed, 3)) {
      fprintf(yaml, "metrics: [");
      for (int m = 0; m < LIFE_METRICS; m++) {
        model->metrics[m].pausable = m == RESOLUTION || chance(seed, 2);
        fprintf(yaml, "%s", model->metrics[m].pausable ? life_metrics[m] : "");
        fprintf(yaml, "%s", model->metrics[m].pausable && m < LIFE_METRICS - 1 ? ", " : "");
      }
      fprintf(yaml, "]");
    }
    fprintf(yaml, " }\n");
  }
  if (chance(seed, 2)) {
    model->unanswered_times = (int)random_between(seed, 1, 3);
    fprintf(yaml, "closed_unanswered: { ");
    model->unanswered = put_clause(seed, yaml, STATUS);
    fprintf(yaml, "times: %d }\n", model->unanswered_times);
  }
  if ((model->has_exclusion = chance(seed, 4))) {
    fprintf(yaml, "exclude:\n  - { ");
    model->exclusion = put_clause(seed, yaml, CAUSE);
    fprintf(yaml, "reason: not ours }\n");
  }
}

/* Writes the file, and what it means but for its calendars. zone is the policy's, and that of calendar a. */
static inline void put_policy(struct life_world *world, const char *zone) {
  uint64_t *seed = &world->seed;
  FILE *yaml = open_memstream(&world->yaml, &world->yaml_len);
  fprintf(yaml, "policy: life\nzone: %s\ncalendars:\n", zone);
  for (int c = 0; c < LIFE_CALENDARS; c++) {
    fprintf(yaml, "  %c: { hours: \"%s\"", 'a' + c, ONE_OF(seed, life_hours));
    if (c == 1 && chance(seed, 3))
      fprintf(yaml, ", zone: %s", ONE_OF(seed, life_zones));
    int day = world->date + (int)random_below(seed, 4);
    if (chance(seed, 2))
      fprintf(yaml, ", dates: { %s: off, %s: \"10:00-12:00\" }", date_text(day).text, date_text(day + 1).text);
    fprintf(yaml, " }\n");
  }
  put_metrics(world, yaml);
  put_pause(world, yaml);
  fprintf(yaml, "targets:\n");
  for (int m = 0; m < LIFE_METRICS; m++) {
    int64_t count = random_between(seed, 1, LIFE_TARGETS);
    bool has_last = !chance(seed, 6);
    for (int64_t i = 1; i <= count; i++)
      put_target(world, yaml, m, i == count && has_last);
  }
  fclose(yaml);
}

/* --- its calendars, from the questions that anyone can ask them ----------------------------------------------------
 */

struct life_days {
  struct life_policy *model;
  int calendar;
};

static inline bool take_day(void *data, const struct sla_day *day, const struct sla_window *windows, size_t count) {
  struct life_days *days = data;
  struct life_policy *model = days->model;
  for (size_t i = 0; i < count; i++) {
    int *n = &model->window_count[days->calendar];
    assert_in_range(*n, 0, LIFE_DAYS * 4 - 1);
    model->windows[days->calendar][(*n)++] = (struct life_window){day->date, windows[i].from, windows[i].until};
  }
  return true;
}

static inline void find_open(struct life_world *world) {
  struct life_policy *model = &world->model;
  int first = world->date - 7;
  model->first = (sla_time)first * DAY;
  for (int c = 0; c < LIFE_CALENDARS; c++) {
    const sla_zone *zone = model->zones[c] = sla_policy_calendar_zone(world->policy, (size_t)c);
    struct life_days days = {model, c};
    assert_int_equal(sla_calendar_days(world->policy, (size_t)c, first - 2, first + LIFE_DAYS + 2, take_day, &days),
                     SLA_OK);
    for (int minute = 0; minute < LIFE_DAYS * 24 * 60; minute++) {
      sla_time t = model->first + minute * (sla_time)60;
      int64_t local = t + sla_zone_offset(zone, t);
      for (int i = 0; i < model->window_count[c]; i++) {
        const struct life_window *window = &model->windows[c][i];
        if (window->from <= t && t < window->until)
          model->open[c][SLA_BUSINESS_HOURS][minute] = true;
        if (window->date == local / DAY)
          model->open[c][SLA_BUSINESS_DAYS][minute] = true;
      }
    }
  }
}

/* --- lives -----------------------------------------------------------------------------------------------------------
 */

/* A time near another, on a tick; often on a whole hour, where windows begin and end. */
static inline sla_time random_moment(uint64_t *seed, const struct life *life, sla_time from, int64_t span) {
  sla_time t = from + random_below(seed, span);
  return t - t % (chance(seed, 4) ? HOUR : chance(seed, 3) ? 10 * MINUTE : life->tick);
}

/* Puts an event behind those that came before it or with it. The life must have room. */
static inline void life_take(struct life *life, struct life_event event) {
  int i = life->event_count++;
  for (; i > 0 && life->events[i - 1].at > event.at; i--)
    life->events[i] = life->events[i - 1];
  life->events[i] = event;
}

static inline void add_event(uint64_t *seed, struct life *life, sla_time at) {
  struct life_event event = {.at = at};
  int64_t kind = random_below(seed, 20);
  event.field = kind < 5 ? STATUS : kind < 8 ? PRIORITY : CAUSE;
  event.word = (int)random_below(seed, 5);
  event.kind = kind < 9    ? SLA_EVENT_FIELD
               : kind < 12 ? SLA_EVENT_CUSTOMER_REPLY
               : kind < 15 ? SLA_EVENT_AGENT_REPLY
               : kind < 18 ? SLA_EVENT_RESOLVED
                           : SLA_EVENT_REOPENED;
  life_take(life, event);
}

/* A life of some days in minutes, or of some hours in seconds. */
static inline void random_life(struct life_world *world, bool in_seconds, struct life *ret_life) {
  uint64_t *seed = &world->seed;
  int64_t span = in_seconds ? 6 * HOUR : random_between(seed, 1, 5) * DAY / 2;
  *ret_life = (struct life){.tick = in_seconds ? 1 : 60};
  sla_time opened = random_moment(seed, ret_life, (sla_time)world->date * DAY, 2 * (int64_t)DAY);
  for (int f = 0; f < LIFE_TIMES; f++)
    ret_life->times[f] = f != ACTIVATED && !chance(seed, 3)
                             ? LIFE_NEVER
                             : random_moment(seed, ret_life, opened + (f == ACTIVATED ? -HOUR : 0), span);
  ret_life->times[OPENED] = chance(seed, 40) ? LIFE_NEVER : opened;
  ret_life->now = opened + span - random_below(seed, chance(seed, 3) ? span : span / 8);
  ret_life->now -= ret_life->now % (chance(seed, 4) ? HOUR : ret_life->tick);
  for (int f = 0; f < LIFE_WORDS; f++)
    ret_life->words[f] = (int)random_below(seed, 5);
  int64_t events = chance(seed, 8) ? 0 : random_below(seed, LIFE_EVENTS + 1);
  sla_time last = opened;
  for (int64_t i = 0; i < events; i++) {
    if (!chance(seed, 4)) /* else at the same second */
      last = random_moment(seed, ret_life, opened - (chance(seed, 8) ? 6 * HOUR : 0), span + 2 * HOUR);
    else if (chance(seed, 4)) /* or at one that a field says */
      last = ret_life->times[random_below(seed, LIFE_TIMES)];
    add_event(seed, ret_life, last == LIFE_NEVER ? opened : last);
  }
  int64_t pauses = random_between(seed, -2, 3);
  for (int64_t i = 0; i < pauses; i++) {
    sla_time from = random_moment(seed, ret_life, opened - HOUR, span);
    sla_time until = chance(seed, 6) ? LIFE_NEVER : from + random_below(seed, span / 3);
    ret_life->pauses[ret_life->pause_count++] =
        (struct life_pause){from, until == LIFE_NEVER ? until : until - until % ret_life->tick};
  }
  for (int i = 0; i < ret_life->pause_count; i++)
    if (ret_life->pauses[i].until < ret_life->pauses[i].from)
      ret_life->pauses[i].until = ret_life->pauses[i].from;
}

/* --- a life as the library takes it ----------------------------------------------------------------------------------
 */

struct life_texts {
  char times[LIFE_TIMES][24], paused[LIFE_PAUSES * 48];
  struct sla_text values[LIFE_FIELDS];
  struct sla_event events[LIFE_EVENTS + 1];
  struct sla_incident incident;
};

static inline struct sla_text life_text(const char *text) {
  return (struct sla_text){text, strlen(text)};
}

static inline void put_life(const struct life_world *world, const struct life *life, struct life_texts *ret_texts) {
  *ret_texts = (struct life_texts){.paused = ""};
  for (int f = 0; f < LIFE_TIMES; f++) {
    if (life->times[f] != LIFE_NEVER)
      snprintf(ret_texts->times[f], sizeof ret_texts->times[f], "@%lld", (long long)life->times[f]);
    if (world->times[f] != SIZE_MAX)
      ret_texts->values[world->times[f]] = life_text(ret_texts->times[f]);
  }
  for (int i = 0; i < life->pause_count; i++) {
    size_t len = strlen(ret_texts->paused);
    char until[24] = "";
    if (life->pauses[i].until != LIFE_NEVER)
      snprintf(until, sizeof until, "@%lld", (long long)life->pauses[i].until);
    snprintf(ret_texts->paused + len, sizeof ret_texts->paused - len, "@%lld/%s;", (long long)life->pauses[i].from,
             until);
  }
  ret_texts->values[world->paused] = life_text(ret_texts->paused);
  for (int f = 0; f < LIFE_WORDS; f++)
    if (world->words[f] != SIZE_MAX)
      ret_texts->values[world->words[f]] = life_text(life_words[f][life->words[f]]);
  struct sla_incident *incident = &ret_texts->incident;
  *incident = (struct sla_incident){.values = ret_texts->values, .events = ret_texts->events};
  for (int i = 0; i < life->event_count; i++) {
    const struct life_event *event = &life->events[i];
    struct sla_event *put = &ret_texts->events[incident->event_count];
    *put = (struct sla_event){.at = event->at, .kind = event->kind};
    if (event->kind == SLA_EVENT_FIELD) {
      put->field = world->words[event->field];
      put->value = life_text(life_words[event->field][event->word]);
    }
    incident->event_count += event->kind != SLA_EVENT_FIELD || put->field != SIZE_MAX; /* else no condition reads it */
  }
}

#endif
