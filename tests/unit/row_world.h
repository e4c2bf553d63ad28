/*
 * row_world: policies made up at random of all that decides or measures, and incidents for them, for test_row.c. The
 * policies' files are written to a folder of their own and loaded from there.
 */
#ifndef SLACLOCK_TESTS_ROW_WORLD_H
#define SLACLOCK_TESTS_ROW_WORLD_H

#include "helpers.h"

#include "api/handles.h"
#include "base/text.h"
#include "engine/row.h"

#include <unistd.h>

enum { WORLD_FILES = 5, WORLD_FIELDS = 16, WORLD_METRICS = 6, WORDS = 6, WORD_VALUES = 6 };

/* What is special about a policy. */
enum world_kind {
  WORLD_USUAL,
  WORLD_MANY_VALUES,   /* of a field: combinations take each other's slots */
  WORLD_MANY_TARGETS,  /* each for a value of its own */
  WORLD_MANY_VERSIONS, /* more than there are slots */
  WORLD_NO_CONDITIONS, /* so that there is nothing to tell combinations by */
  WORLD_PREPARED,      /* calendars known from 1970 on, and conditions on them */
};

enum { MANY_VALUES = 4000, MANY_CONDITIONS = 1500, MANY_VERSIONS = 300 };

struct world {
  enum world_kind kind;
  uint64_t seed;
  int date; /* incidents begin around it */
  char folder[64];
  struct world_file {
    const char *name;
    char *text;
    size_t len;
  } files[WORLD_FILES];
  size_t file_count;
  bool has_metric[WORLD_METRICS];
  int calendar_odds; /* a condition in so many goes by a calendar, too */
  bool is_far;       /* dates are far from what is prepared now and then, and calendars never open */
  sla_policy *handle;
  struct policy *policy;
  struct worker *quick, *slow;
};

#define ONE_OF(world, array) ((array)[random_below(&(world)->seed, (int64_t)(sizeof(array) / sizeof *(array)))])

static inline bool one_in(struct world *world, int64_t n) {
  return random_below(&world->seed, n) == 0;
}

/* Fields of words, and their common values. Some fill the words of a key to the last byte, or differ behind them. */
static const struct {
  const char *name, *values[WORD_VALUES];
} words[WORDS] = {
    {"priority", {"", "P1", "P2", "urgent!", "urgent!!", "urgent!?"}},
    {"plan", {"", "gold", "silver", "enterprise with everything", "enterprise with everybody.", "free"}},
    {"region", {"", "eu", "us", "Київ", "north america 1", "asia"}},
    {"status", {"", "open", "pending", "closed", "open", "open"}},
    {"customer", {"", "acme", "apex", "other", "", "other"}},
    {"cause", {"", "", "third-party", "weather", "", ""}},
};

static const char *const world_zones[] = {"Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
                                          "UTC",         "Africa/Cairo",     "America/St_Johns",    "-09:30"};

/* --- policies ------------------------------------------------------------------------------------------------------
 */

static const struct {
  const char *name, *declared[2]; /* one of these; NULL: known without being declared */
} world_metrics[WORLD_METRICS] = {
    {"first_response", {NULL, "{ start: assigned_at, stop: first_response_at }"}},
    {"resolution", {NULL, "{ start: opened_at, stop: closed_at, reopen: restart }"}},
    {"pickup", {"{ start: opened_at, stop: assigned_at }", "{ start: opened_at, stop: first_response_at }"}},
    {"handover", {"{ start: assigned_at, stop: resolved_at }", "{ start: opened_at, stop: resolved_at }"}},
    {"closing", {"{ start: opened_at, stop: closed_at, after: resolution }", "{ start: opened_at, stop: closed_at }"}},
    {"update", {"{ cycle: [agent_reply, agent_reply], after: first_response }", NULL}},
};

static const char *const world_calendars[] = {"office", "night", "always", "both", "covered", "never", "once"};

static inline FILE *file_begin(struct world *world, const char *name) {
  struct world_file *file = &world->files[world->file_count++];
  file->name = name;
  FILE *stream = open_memstream(&file->text, &file->len);
  assert_non_null(stream);
  return stream;
}

static inline void put_date(FILE *file, int date) {
  fputs(date_text(date).text, file);
}

/* Conditions on one to three of the first fields. */
static inline void put_conditions(struct world *world, FILE *file, const char *key, int64_t odds) {
  const char *separator = "";
  fprintf(file, "%s: {", key);
  int64_t must = random_below(&world->seed, 3);
  for (int i = 0; i < 3; i++) {
    if (i != must && !one_in(world, odds))
      continue;
    int64_t first = random_below(&world->seed, WORD_VALUES), count = random_between(&world->seed, 1, 3);
    fprintf(file, "%s %s: [", separator, words[i].name);
    for (int64_t k = 0; k < count; k++)
      fprintf(file, "%s\"%s\"", k ? ", " : "", words[i].values[(first + k) % WORD_VALUES]);
    fputs("]", file);
    separator = ",";
  }
  fputs(" }, ", file);
}

static inline void put_calendar_conditions(struct world *world, FILE *file) {
  if (world->calendar_odds && one_in(world, world->calendar_odds))
    fprintf(file, "%s: %s, ", one_in(world, 2) ? "during" : "outside", ONE_OF(world, world_calendars));
  else if (world->calendar_odds && one_in(world, 2 * world->calendar_odds))
    fprintf(file, "during: %s, outside: %s, ", ONE_OF(world, world_calendars), ONE_OF(world, world_calendars));
}

static inline void put_clause(struct world *world, FILE *file) {
  if (!one_in(world, 4))
    put_conditions(world, file, "when", 3);
  if (one_in(world, 4))
    put_conditions(world, file, "unless", 10);
  put_calendar_conditions(world, file);
}

static inline void put_amount(struct world *world, FILE *file) {
  static const char *const seconds[] = {"0s", "1s", "30m", "4h", "8h", "40h", "400h", "9000h"};
  static const char *const clocks[] = {
      "", "", "", ", clock: business-hours", ", clock: business-days", ", clock: elapsed"};
  static const char *const ats[] = {"", "", ", at: close", ", at: same-time", ", at: \"12:00\"", ", at: \"26:00\""};
  static const char *const rolls[] = {"", ", roll: none", ", roll: following", ", roll: preceding",
                                      ", roll: modified-following"};
  static const char *const warns[] = {"", "", ", warn: 0%", ", warn: 50%", ", warn: 100%", ", warn: 1h"};
  const char *calendar = ONE_OF(world, world_calendars), *clock = ONE_OF(world, clocks);
  int64_t kind = random_below(&world->seed, 12);
  if (kind < 5) {
    fprintf(file, "within: %s%s%s", ONE_OF(world, seconds), clock, one_in(world, 4) ? ", edge: next-opening" : "");
    if (strstr(clock, "elapsed") && one_in(world, 2))
      calendar = NULL;
  } else if (kind < 7)
    fprintf(file, "within: %dbd%s%s%s", (int)random_below(&world->seed, 6), clock, ONE_OF(world, ats),
            one_in(world, 2) ? ", cutoff: \"15:00\"" : "");
  else if (kind < 9)
    fprintf(file, "within: %dmo %dcd%s%s", (int)random_below(&world->seed, 3), (int)random_below(&world->seed, 10),
            one_in(world, 3) ? ", at: \"24:00\"" : "", ONE_OF(world, rolls));
  else if (kind < 10) {
    calendar = one_in(world, 2) ? "office" : "night";
    fprintf(file, "within: window%s", clock);
  } else {
    fprintf(file, "within: best-effort");
    if (one_in(world, 2))
      calendar = NULL;
    else
      fputs(clock, file);
  }
  if (kind < 10)
    fprintf(file, "%s%s%s", ONE_OF(world, warns), one_in(world, 3) ? ", strict: true" : "",
            one_in(world, 4) ? ", on_change: restart" : "");
  if (calendar)
    fprintf(file, ", calendar: %s", calendar);
}

/* One target a line, by which it is known again. */
static inline void put_targets(struct world *world, FILE *file) {
  int64_t most = one_in(world, 3) ? 60 : 12, count = 1 + random_below(&world->seed, most);
  bool any = false;
  fputs("targets:\n", file);
  for (int64_t i = 0; i < count || !any; i++) {
    size_t metric = (size_t)random_below(&world->seed, WORLD_METRICS);
    if (!world->has_metric[metric])
      continue;
    any = true;
    fprintf(file, "  - { metric: %s, ", world_metrics[metric].name);
    if (world->kind != WORLD_NO_CONDITIONS)
      put_clause(world, file);
    else
      put_calendar_conditions(world, file);
    put_amount(world, file);
    fputs(" }\n", file);
  }
  for (int i = 0; world->kind == WORLD_MANY_TARGETS && i < MANY_CONDITIONS; i++)
    fprintf(file, "  - { metric: resolution, when: { region: C%d }, within: %dm, calendar: office }\n", i, i);
  for (size_t m = 0; m < WORLD_METRICS; m++)
    if (world->has_metric[m] && !one_in(world, 3)) {
      fprintf(file, "  - { metric: %s, ", world_metrics[m].name);
      put_amount(world, file);
      fputs(" }\n", file);
    }
}

static inline void put_calendars(struct world *world, FILE *file) {
  static const char *const hours[] = {"Mo-Fr 09:00-17:00", "Mo-Fr 09:00-13:00,14:00-18:00; Sa 10:00-14:00",
                                      "Mo-Su 00:00-04:00", "Mo-Fr 08:00-20:00; PH 10:00-12:00"};
  fprintf(file,
          "calendars:\n"
          "  office: { zone: \"%s\", hours: \"%s\", holidays: [./h.yaml], holiday_eve: -1h }\n"
          "  night: { zone: \"%s\", hours: \"Mo-Su 22:00-06:00\" }\n"
          "  always: { hours: \"24/7\" }\n"
          "  both: { %s: [office, night], zone: \"%s\" }\n"
          "  never: { hours: \"Mo-Su %s\" }\n"
          "  once: { hours: \"%d Feb 1 09:00-10:00%s\" }\n",
          ONE_OF(world, world_zones), ONE_OF(world, hours), ONE_OF(world, world_zones),
          one_in(world, 2) ? "union" : "intersection", ONE_OF(world, world_zones),
          world->is_far ? "off" : "12:00-12:30", civil_of(world->date).year, world->is_far ? "" : ", Su 10:00-11:00");
  fprintf(file, "  covered: { zone: \"%s\", hours: \"%s\", holidays: [{ feed: ./f.ics, covers: [",
          ONE_OF(world, world_zones), ONE_OF(world, hours));
  put_date(file, world->date - 100 + (int)random_below(&world->seed, 50));
  fputs(", ", file);
  put_date(file, world->date + 100 + (int)random_below(&world->seed, 100));
  fputs("] }] }\n", file);
}

static inline void put_metrics(struct world *world, FILE *file) {
  fputs("metrics:\n  unused: { start: opened_at, stop: closed_at }\n", file);
  for (size_t m = 0; m < WORLD_METRICS; m++) {
    bool is_cycle = m == WORLD_METRICS - 1;
    const char *declared = world_metrics[m].declared[is_cycle || one_in(world, 2) ? 0 : 1];
    if (declared)
      fprintf(file, "  %s: %s\n", world_metrics[m].name, declared);
  }
  if (world->kind != WORLD_NO_CONDITIONS && one_in(world, 3))
    fprintf(file, "pause: { when: { status: [pending%s] }%s%s }\n", one_in(world, 4) ? ", \"\"" : "",
            one_in(world, 2) ? ", unless: { plan: gold }" : "",
            one_in(world, 2) ? ", metrics: [resolution, first_response]" : "");
  if (one_in(world, 2))
    fputs("closed_unanswered: { when: { status: pending }, times: 1 }\n", file);
}

/* A version in force from a date to another; INT_MIN, INT_MAX: no bound. other is whom it hands incidents to. */
static inline void put_version(struct world *world, FILE *file, const char *name, int from, int through,
                               const char *other) {
  fprintf(file, "policy: %s\nzone: \"%s\"\n", name, ONE_OF(world, world_zones));
  if (from != INT_MIN || through != INT_MAX) {
    fputs("effective: {", file);
    if (from != INT_MIN)
      fprintf(file, " from: %s%s", date_text(from).text, through != INT_MAX ? "," : "");
    if (through != INT_MAX)
      fprintf(file, " through: %s", date_text(through).text);
    fputs(" }\n", file);
  }
  put_calendars(world, file);
  put_metrics(world, file);
  put_targets(world, file);
  if (world->kind == WORLD_NO_CONDITIONS)
    return;
  if (one_in(world, 2)) {
    fputs("exclude:\n", file);
    for (int64_t i = random_below(&world->seed, 3); i >= 0; i--) {
      fputs("  - { when: { cause: ", file);
      fputs(one_in(world, 2) ? "third-party }, " : "[weather, third-party] }, ", file);
      if (one_in(world, 3))
        put_conditions(world, file, "unless", 10);
      if (one_in(world, 3))
        put_calendar_conditions(world, file);
      fprintf(file, "reason: \"reason %d of %s\" }\n", (int)i, name);
    }
  }
  if (other) {
    fputs("agreements:\n", file);
    for (int64_t i = random_below(&world->seed, 2); i >= 0; i--) {
      fprintf(file, "  - { when: { customer: [%s, apex] }, ", i ? "acme" : "other");
      if (one_in(world, 3))
        put_calendar_conditions(world, file);
      fprintf(file, "policy: ./%s.yaml }\n", other);
    }
  }
}

/* One version, or several with gaps between some, in any order. */
static inline void put_file(struct world *world, const char *name, const char *path, const char *other) {
  FILE *file = file_begin(world, path);
  int64_t count = one_in(world, 2) ? 1 : 2 + random_below(&world->seed, 2), first = random_below(&world->seed, count);
  bool bounded = !one_in(world, 3);
  for (int64_t i = 0; i < count; i++) {
    int64_t k = (first + i) % count;
    int from = k ? world->date - 60 + 100 * (int)(k - 1) : bounded ? world->date - 190 : INT_MIN;
    int through = k + 1 < count ? world->date - 61 + 100 * (int)k - (one_in(world, 2) ? 9 : 0) : INT_MAX;
    if (count == 1 && one_in(world, 2))
      from = INT_MIN;
    fputs(i ? "---\n" : "", file);
    put_version(world, file, name, from, through, other);
  }
  fclose(file);
}

/* Each version has the same condition and another amount. */
static inline void put_many_versions(struct world *world) {
  FILE *file = file_begin(world, "p.yaml");
  for (int i = 0; i < MANY_VERSIONS; i++) {
    int from = world->date - 190 + i;
    fprintf(file, "%spolicy: p\nzone: UTC\neffective: { from: %s, ", i ? "---\n" : "", date_text(from).text);
    fprintf(file, "through: %s }\ncalendars: { office: { hours: \"Mo-Fr 09:00-17:00\" } }\ntargets:\n",
            date_text(from).text);
    fprintf(file, "  - { metric: first_response, when: { priority: P1 }, within: %dm, clock: elapsed }\n", 1 + i);
    fprintf(file, "  - { metric: first_response, within: %dh, clock: elapsed }\n", 1 + i);
  }
  fclose(file);
}

/* A feed with one day. */
static inline void put_feed(struct world *world, int date) {
  FILE *file = file_begin(world, "f.ics");
  struct civil civil = civil_of(date);
  fprintf(file,
          "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
          "DTSTAMP:20200101T000000Z\r\nDTSTART;VALUE=DATE:%04d%02d%02d\r\nSUMMARY:Shut\r\nEND:VEVENT\r\n"
          "END:VCALENDAR\r\n",
          civil.year, civil.month, civil.day);
  fclose(file);
}

static inline void put_files(struct world *world) {
  FILE *file = file_begin(world, "h.yaml");
  fputs("holidays: h\ndays:\n  - { name: Day, on: 01-01 }\n", file);
  for (int i = 0; i < 9; i++)
    fprintf(file, "  - { name: Day %d, on: %s }\n", i,
            date_text(world->date + (int)random_between(&world->seed, -150, 150)).text);
  fclose(file);
  put_feed(world, world->date + (int)random_between(&world->seed, -90, 90));
  if (world->kind == WORLD_MANY_VERSIONS) {
    put_many_versions(world);
    return;
  }
  bool hands_over = world->kind != WORLD_NO_CONDITIONS && one_in(world, 2), twice = hands_over && one_in(world, 2);
  put_file(world, "p", "p.yaml", hands_over ? "q" : NULL);
  if (hands_over)
    put_file(world, "q", "q.yaml", twice ? "r" : NULL);
  if (twice)
    put_file(world, "r", "r.yaml", NULL);
}

/* --- worlds --------------------------------------------------------------------------------------------------------
 */

static inline void world_show(const struct world *world) {
  for (size_t i = 0; i < world->file_count; i++)
    fprintf(stderr, "\n--- %s ---\n%s", world->files[i].name, world->files[i].text);
}

/* Writes the files and loads p.yaml. */
static inline void world_load(struct world *world) {
  static struct collector collector;
  struct sla_options options = collector_options(&collector);
  char path[96];
  snprintf(world->folder, sizeof world->folder, "/tmp/test_row-XXXXXX");
  assert_non_null(mkdtemp(world->folder));
  for (size_t i = 0; i < world->file_count; i++) {
    snprintf(path, sizeof path, "%s/%s", world->folder, world->files[i].name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(world->files[i].text, file) >= 0 && fclose(file) == 0);
  }
  snprintf(path, sizeof path, "%s/p.yaml", world->folder);
  if (sla_policy_load(&options, path, &world->handle) != SLA_OK) {
    world_show(world);
    fail_msg("%s: %s", collector.files[0], collector.count ? collector.items[0] : "not loaded");
  }
  world->policy = policy_of(world->handle);
  world->quick = worker_new(world->policy);
  world->slow = worker_new(world->policy);
  assert_true(world->quick && world->slow && world->policy->fields.count <= WORLD_FIELDS);
}

static inline void world_open(struct world *world, enum world_kind kind, uint64_t seed) {
  *world = (struct world){.kind = kind, .seed = seed};
  world->date = date_of(2024, 1, 1) + (int)random_below(&world->seed, 1200);
  world->is_far = one_in(world, 10);
  world->calendar_odds = (int)random_below(&world->seed, 4);
  for (size_t m = 0; m < 4; m++)
    world->has_metric[m] = m == 1 || one_in(world, 2);
  world->has_metric[4] = one_in(world, 8);
  world->has_metric[5] = one_in(world, 16);
  if (kind == WORLD_PREPARED)
    world->calendar_odds = 1;
  put_files(world);
  world_load(world);
  for (size_t i = 0; kind == WORLD_PREPARED && i < world->policy->calendars.count; i++)
    calendar_prepare(world->policy->calendars.items[i], SLA_TIME_MIN, (world->date + 300) * (sla_time)DAY, 0);
  if (one_in(world, 4)) {
    size_t calendar = (size_t)random_below(&world->seed, (int64_t)world->policy->calendars.count);
    const struct zone *zone = world->policy->calendars.items[calendar]->zone;
    world->quick->incident.input_zone = world->slow->incident.input_zone = zone;
  }
}

static inline void world_close(struct world *world) {
  char path[96];
  for (size_t i = 0; i < world->file_count; i++) {
    snprintf(path, sizeof path, "%s/%s", world->folder, world->files[i].name);
    unlink(path);
    free(world->files[i].text);
  }
  rmdir(world->folder);
  worker_free(world->quick);
  worker_free(world->slow);
  sla_policy_free(world->handle);
}

#endif
