/*
 * policy: what policy files say, checked and with all names resolved. Read-only after loading, but for the schedules of
 * its calendars.
 *
 * A file has versions, each with the dates it is in force; a version may hand incidents to other files, its agreements.
 * All of them share one list of fields and one of metrics, so that an incident's values serve whichever decides.
 *
 * The loading is in load.c, load_version.c and their like; a key more in a policy file is a row in a table of keys
 * there and a member here.
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
  POLICY_MOST_FILES = 100,
  POLICY_MOST_VERSIONS = 1000,
  POLICY_MOST_EXTENDED = 16, /* policies one above the other */
  POLICY_MOST_TARGETS = 100000,
  POLICY_MOST_INHERITED = 500000 /* targets, exclusions, calendars and so on, by all versions */
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

/* What reopening does to a metric that resolving stopped. */
enum reopen {
  REOPEN_NOT,     /* the metric stops for good where its field says */
  REOPEN_RESUME,  /* the clock goes on; the time between does not count */
  REOPEN_RESTART, /* the clock starts again */
};

/* How a version measures a metric: from field to field, or from event to event, as often as these come. */
struct metric {
  struct place place;
  size_t index; /* among the policy's metrics; SIZE_MAX: it has no target and is only the condition of another */
  bool is_cycle;
  size_t start, stop;               /* fields, where it is no cycle */
  enum sla_event_kind begins, ends; /* of a cycle */
  const struct metric *after;       /* has to have stopped before; or NULL */
  enum reopen reopen;
  bool pausable;
  bool by_reply; /* the first reply of an agent stops it where the field says nothing */
};

/* A metric as all versions know it. */
struct metric_name {
  const char *name;
  const struct metric *first; /* as the first file and version has it that has targets for it */
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
  bool restarts; /* on_change: a change that leads here starts the clock again */
  bool warn_is_amount;
  int64_t warn; /* per cent, or seconds before due */
};

struct exclusion {
  struct place place;
  struct clause clause;
  const char *reason;
};

/* A test of the policy's own: exactly one of metric (with what is expected of it), open and effort. */
struct example {
  struct place place;
  bool is_open_question;
  struct calendar *calendar; /* open */
  bool is_open;              /* expected */
  sla_time at;               /* open */
  size_t metric;
  struct sla_text *values; /* one a field, as the policy's fields stand after loading */
  struct sla_event *events;
  size_t event_count;
  bool has_now;
  sla_time now;
  bool has_due;
  sla_time due; /* expected */
  struct place due_place;
  bool has_status;
  enum sla_status status; /* expected */
  struct place status_place;
  const char *policy; /* expected to have decided; or NULL */
  struct place policy_place;
  bool has_unanswered, unanswered; /* closed_unanswered, expected */
  struct place unanswered_place;
  const struct effort_example *effort; /* or NULL */
};

struct policy_file;

/* Incidents that are handed to another file. */
struct agreement {
  struct place place;
  struct clause clause;
  const struct policy_file *file;
};

/* A policy as it was or is in force for some dates: one document of a file. */
struct version {
  const char *name, *title, *source_text;
  const char *since; /* its first date as text, or "" */
  struct place place;
  const struct zone *zone;
  struct span effective;
  bool has_dates;                    /* it is a policy, and what it says of them could be read */
  struct calendar *default_calendar; /* for targets that name none; or NULL */
  struct calendar *always;           /* "24/7", for targets that need no calendar; NULL where there are none */
  struct {
    struct calendar **items;
    size_t count, capacity;
  } calendars;
  struct {
    struct metric **items;
    size_t count, capacity;
  } measured;                    /* the metrics that it has targets for */
  const struct metric **metrics; /* the same, one a metric of the policy; NULL where no target is for it */
  struct {
    struct target *items;
    size_t count, capacity;
  } targets;
  struct {
    struct exclusion *items;
    size_t count, capacity;
  } exclusions;
  struct {
    struct agreement *items;
    size_t count, capacity;
  } agreements;
  struct clause pause;      /* statuses that pause; where has_pause */
  struct clause unanswered; /* statuses that ask the customer; where unanswered_times is not 0 */
  int unanswered_times;     /* how often, the last without an answer, make an incident closed_unanswered */
  bool has_pause;
  struct texts require;  /* fields an incident should carry */
  size_t *required;      /* the same, by index */
  struct effort *effort; /* see effort.h; NULL: worked time is not accounted */
};

struct policy_file {
  const char *path;
  struct {
    struct version **items;
    size_t count, capacity;
  } versions;   /* in the file's order */
  bool loading; /* finds agreements that lead in a circle */
};

struct policy {
  struct arena arena;
  struct zones zones;
  size_t memory_limit;
  struct {
    struct policy_file **items;
    size_t count, capacity;
  } files;                      /* the first is the one that was asked for */
  const struct version *newest; /* of the first file: what is asked of the policy as a whole */
  struct {
    const char **items;
    size_t count, capacity;
  } fields;
  struct {
    struct calendar **items;
    size_t count, capacity;
  } calendars; /* of all versions */
  struct {
    struct metric_name *items;
    size_t count, capacity;
  } metrics; /* those with targets, in the order in which targets first name them */
  struct {
    struct example *items;
    size_t count, capacity;
  } examples;          /* of the first file */
  size_t paused_field; /* SIZE_MAX where no metric can be paused */
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

/* A calendar of a version by name, or NULL. */
struct calendar *version_calendar(const struct version *version, struct sla_text name);

/* The version of a file in force on a date of its zone; NULL where there is none. */
const struct version *file_version(const struct policy_file *file, sla_time t);

/* The kind of an event by its name: SLA_EVENT_FIELD for any name that is not one of the others. */
enum sla_event_kind event_kind(struct sla_text name);

/* Names of statuses in output, by enum sla_status. */
enum { STATUS_COUNT = SLA_RUNNING + 1 };
extern const char *const status_names[STATUS_COUNT];

#endif
