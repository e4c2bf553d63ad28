/*
 * report: what a report is made of, gathered while the incidents go by, in memory that depends on groups and lists and
 * not on incidents. Every format writes the same numbers out of this; none of them counts anything.
 */
#ifndef SLACLOCK_CLI_REPORT_H
#define SLACLOCK_CLI_REPORT_H

#include "cli/annotate.h"
#include "cli/cli.h"

enum { STATUSES = SLA_RUNNING + 1 };

enum {
  REPORT_MOST_BY = 8,
  REPORT_MOST_GROUPS = 100000,
  REPORT_MOST_TOP = 10000,
  REPORT_TOP = 20,    /* --top where nothing else is said */
  REPORT_RATIOS = 41, /* elapsed time against the amount, in twentieths; the last is all that is twice and more */
};

#define REPORT_NEVER INT64_MAX

/* Exit statuses of --format nagios. */
enum { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

/* Metrics of incidents by status. */
struct tally {
  uint64_t by_status[STATUSES];
};

/* Met, missed and breached: what has been decided. */
uint64_t tally_decided(const struct tally *tally);
uint64_t tally_all(const struct tally *tally);

/* Hundredths of a per cent of the decided that were met, rounded down; -1 where nothing is decided. */
int tally_attainment(const struct tally *tally);

/* The metrics of one kind, of the incidents with the same values in the fields that the report is by. */
struct report_group {
  size_t metric; /* of the report */
  size_t value_count;
  struct sla_text *values; /* one a field of --by */
  struct tally tally;
  uint64_t hash;
  sla_time next_due;           /* the earliest of what runs or is at risk; REPORT_NEVER where there is none */
  sla_time first_breach;       /* the earliest due time of what is breached */
  sla_time oldest_best_effort; /* the earliest start of what is open without a due time */
};

/* A metric of an incident in one of the lists. */
struct report_item {
  char *id; /* or "" */
  const char *file;
  long line;
  size_t metric;
  const struct annotator *policy;
  struct sla_result result; /* reason and coverage are copies */
  bool started, stopped;
  sla_time start, stop;
  struct sla_text *values; /* one a field of --by */
  char *note;              /* of an error: why; of a lack: the fields that are empty */
  sla_time rank;           /* items with lower ones come first */
  uint64_t order;          /* of sight */
};

/* The first of many items. */
struct report_list {
  struct report_item *items;
  size_t count, capacity;
  uint64_t total; /* of all there were */
};

/* What happened on a date of the desk's zone, by the starts of metrics. */
struct report_date {
  struct tally *tallies; /* one a metric; NULL: nothing */
};

/* A version of a policy that decided. */
struct report_version {
  const char *policy, *version;
  uint64_t count; /* of metrics */
};

struct report {
  struct cli *cli;
  struct annotation *job;
  size_t top;
  uint64_t only;          /* statuses that are listed and counted, as bits */
  uint64_t fail_on;       /* statuses that make the exit status 1, as bits */
  int nagios;             /* the exit status of --format nagios */
  char nagios_text[1024]; /* what its line says of a check that could be made */
  const struct report_format *format;
  const char *fields[REPORT_MOST_BY + 1]; /* --by, and the policy before it where rows name policies */
  size_t field_count;
  bool has_since, has_until;
  sla_time since, until;
  enum { SELECT_START, SELECT_DUE, SELECT_STOP } select_by;

  uint64_t incidents;  /* read; those that --since and --until leave no metric of included */
  uint64_t errors;     /* incidents that could not be evaluated as a whole */
  uint64_t unanswered; /* closed_unanswered */
  struct {
    struct report_group **items;
    size_t count, capacity;
  } groups;        /* after report_sort: by metric, then by values */
  uint32_t *slots; /* of a hash table: index of a group + 1 */
  size_t slot_count;
  struct tally *totals; /* one a metric */

  struct report_list breached;    /* most overdue first */
  struct report_list due_next;    /* the earliest due time first */
  struct report_list best_effort; /* not stopped, oldest first */
  struct report_list lacking;     /* required fields, in the order of sight */
  struct report_list failed;      /* that could not be evaluated, in the order of sight */
  uint64_t *lacks;                /* one a required field of the first policy: incidents without it */
  struct {
    struct report_version *items;
    size_t count, capacity;
  } versions;

  /* For pictures. */
  const sla_zone *zone; /* the desk's */
  int first_date;       /* of dates[0] */
  struct report_date *dates;
  size_t date_count;
  uint64_t arrivals[7][24], lates[7][24]; /* by weekday (0 is Monday) and hour: starts; due times that passed unmet */
  uint64_t (*ratios)[REPORT_RATIOS];      /* one row a metric: elapsed time against the amount, of what is decided */

  char *id; /* of the incident that is being taken */
  size_t id_size;
  struct sla_text *values; /* of the fields of --by, with room of their own */
  char *value_room;
  size_t value_size;
  long by_columns[REPORT_MOST_BY + 1];   /* of the input; or negative */
  size_t *by_fields[REPORT_MOST_BY + 1]; /* one a policy: its field, or SIZE_MAX where it does not read it */
};

/* The line of --format nagios; the other numbers than those of trouble are those that its writer has kept. */
void report_nagios_line(const struct report *report, bool in_trouble, struct output *output);

/* --- report_groups.c ---------------------------------------------------------------------------------------------- */

/* The group of a metric with the incident's values; NULL where there are too many groups, which ends reading. */
struct report_group *report_group_of(struct report *report, size_t metric);
void report_groups_sort(struct report *report);

/* Takes an item, if it is among the first `top`. The items are in order after report_list_sort. */
void report_list_add(struct report *report, struct report_list *list, struct report_item *item);
void report_list_sort(struct report_list *list);
void report_list_free(struct report_list *list);

/* --- report_options.c: each is false after an error --------------------------------------------------------------- */

/* A list of statuses into bits. */
bool report_read_statuses(struct cli *cli, const char *option, const char *text, uint64_t *ret_bits);
bool report_read_by(struct cli *cli, struct report *report);
bool report_read_top(struct cli *cli, size_t *ret_top);
bool report_read_select_by(struct cli *cli, struct report *report);

/* --since and --until, local in the policy's zone where they have no offset; called when that is known. */
bool report_read_limits(struct report *report);

/* --- formats ------------------------------------------------------------------------------------------------------ */

/* Writers of formats; each writes the whole report to job->output. */
struct report_format {
  const char *name;
  void (*write)(struct report *report);
};
void report_write_text(struct report *report);
void report_write_json(struct report *report);
void report_write_csv(struct report *report);
void report_write_prometheus(struct report *report);
void report_write_nagios(struct report *report);
void report_write_html(struct report *report);

/* The same, but -1 where --only leaves some of the decided out: of the others alone it would say nothing. */
int report_attainment(const struct report *report, const struct tally *tally);

/* How long after its due time a metric was or is at rest, by the wall clock: seconds; 0 where it is not late. */
int64_t report_overdue(const struct report *report, const struct report_item *item);

/* The name of a metric of the report. */
const char *report_metric(const struct report *report, size_t metric);

#endif
