/*
 * policy: what a policy file says, checked and with all names resolved. Read-only after loading, but for the schedules
 * of its calendars.
 *
 * The loading is in load.c (metrics, targets, exclusions) and load_calendar.c; a key more in a policy file is a row in
 * a table of keys there and a member here.
 */
#ifndef SLACLOCK_POLICY_POLICY_H
#define SLACLOCK_POLICY_POLICY_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "calendar/calendar.h"
#include "slaclock.h"
#include "time/amount.h"
#include "time/span.h"
#include "time/zone.h"

enum {
  POLICY_MOST_BYTES = 8 << 20,
  POLICY_MOST_CALENDARS = 1000,
  POLICY_MOST_METRICS = 64,
  POLICY_MOST_FIELDS = 1000,
  POLICY_MOST_MEMBERS = 100,
  POLICY_MOST_HOLIDAYS = 100,
  POLICY_MOST_TARGETS = 100000
};

/* A field of the incident that must have one of the values. */
struct condition {
  size_t field;
  const struct sla_text *values; /* an empty text: the field is empty or absent */
  size_t count;
};

/* What must hold for a target, an exclusion: all of `when`, none of `unless`, the calendars at the metric's start. */
struct clause {
  const struct condition *when, *unless;
  size_t when_count, unless_count;
  struct calendar *during, *outside; /* or NULL */
};

struct metric {
  const char *name;
  struct place place;
  size_t start, stop; /* fields */
  bool pausable;
};

enum amount_at { AT_DEFAULT, AT_CLOSE, AT_SAME_TIME, AT_TIME };
enum roll { ROLL_NONE, ROLL_FOLLOWING, ROLL_PRECEDING, ROLL_MODIFIED_FOLLOWING };

struct target {
  struct place place;
  size_t metric;
  struct clause clause;
  struct amount within;
  struct calendar *calendar; /* NULL: best effort without one */
  enum sla_clock clock;      /* that elapsed time is measured on; SLA_ELAPSED for calendar units */
  enum amount_at at;
  int at_s; /* AT_TIME: seconds since the date's midnight */
  bool has_cutoff;
  int cutoff_s;
  enum roll roll;
  bool edge_next_opening;
  bool strict;
  bool warn_is_amount;
  int64_t warn; /* per cent, or seconds before due */
};

struct exclusion {
  struct place place;
  struct clause clause;
  const char *reason;
};

/* A test of the policy's own: exactly one of metric (with due or status), open and effort. */
struct example {
  struct place place;
  bool is_open_question;
  struct calendar *calendar; /* open */
  bool is_open;              /* expected */
  sla_time at;               /* open */
  size_t metric;
  struct sla_text *values; /* one a field, as the policy's fields stand after loading */
  bool has_now;
  sla_time now;
  bool has_due;
  sla_time due; /* expected */
  struct place due_place;
  bool has_status;
  enum sla_status status; /* expected */
  struct place status_place;
  const struct effort_example *effort; /* or NULL */
};

struct policy {
  struct arena arena;
  struct zones zones;
  size_t memory_limit;
  const char *name, *title, *source_text, *file;
  struct place place;
  const struct zone *zone;
  bool has_effective;
  struct span effective;
  struct calendar *default_calendar; /* for targets that name none; or NULL */
  struct calendar *always;           /* "24/7", for targets that need no calendar; NULL where there are none */
  struct {
    const char **items;
    size_t count, capacity;
  } fields;
  struct {
    struct calendar **items;
    size_t count, capacity;
  } calendars;
  struct {
    struct metric *items;
    size_t count, capacity;
  } metrics; /* those with targets, in the order in which targets first name them */
  struct {
    struct target *items;
    size_t count, capacity;
  } targets;
  struct {
    struct exclusion *items;
    size_t count, capacity;
  } exclusions;
  struct {
    struct example *items;
    size_t count, capacity;
  } examples;
  struct effort *effort; /* see effort.h; NULL: worked time is not accounted */
  struct texts require;  /* fields an incident should carry */
  size_t paused_field;   /* SIZE_MAX where no metric can be paused */
};

/*
 * Loads a policy file. diags gets its errors and warnings. given is its text where that has been read already, or NULL;
 * it must live until the load is over. The path "-" is standard input's: its text must be given.
 */
enum sla_code policy_load(const struct sla_options *options, struct diags *diags, const char *path,
                          const struct source *given, struct policy **ret_policy);

/* Reads the file that a source is named after ("-": standard input) into the arena; errors go to diags. */
enum sla_code load_text(struct arena *arena, struct diags *diags, struct source *source);

/* A policy of one calendar and target from options of a command line. */
enum sla_code policy_inline(const struct sla_options *options, struct diags *diags, const struct sla_inline *text,
                            struct policy **ret_policy);

/* Frees a policy with all that belongs to it. */
void policy_free(struct policy *policy);

/* Index of a field; added where it is new (loading only). */
size_t policy_field(struct policy *policy, struct sla_text name);

/* A calendar by name, or NULL. */
struct calendar *policy_calendar(const struct policy *policy, struct sla_text name);

/* Names of statuses in output, by enum sla_status. */
enum { STATUS_COUNT = SLA_RUNNING + 1 };
extern const char *const status_names[STATUS_COUNT];

#endif
