/* annotate: the state of one run of the command. */
#ifndef SLACLOCK_CLI_ANNOTATE_H
#define SLACLOCK_CLI_ANNOTATE_H

#include "cli/buffer.h"
#include "cli/cli.h"
#include "cli/dialect.h"
#include "cli/event_log.h"
#include "cli/header.h"
#include "cli/index.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>

enum { MOST_POLICIES = 256 }; /* that rows of one input may name */

/* What can be added to a row; all but the note once a metric, or else, where rows are cycles, once. */
enum added {
  ADDED_METRIC, /* this and the next three: of cycles only */
  ADDED_CYCLE,
  ADDED_START,
  ADDED_STOP,
  ADDED_DUE,
  ADDED_STATUS,
  ADDED_ELAPSED,
  ADDED_REMAINING,
  ADDED_POLICY, /* this and the next two: of JSON only, on demand */
  ADDED_VERSION,
  ADDED_RULE,
  ADDED_NOTE
};
enum { ADDED = ADDED_NOTE + 1 };

/* What a row is told of a metric. */
struct told {
  const struct sla_result *result;  /* NULL: the row's policy has no such metric */
  const struct listed_cycle *cycle; /* where rows are cycles; NULL: of none in particular */
};

struct listed_cycle {
  const char *metric;
  size_t number; /* among the metric's, from 1; 0: it has not started */
  struct sla_cycle run;
};

enum coverage { COVERAGE_WARN, COVERAGE_ERROR, COVERAGE_IGNORE };

struct annotation;

/* What is made of evaluated rows instead of rows. */
struct annotation_writer {
  void *data;
  bool (*begin)(struct annotation *job, void *data); /* false after an error */
  bool (*bind)(struct annotation *job, void *data);  /* finds columns in the header; false after an error; or NULL */
  void (*row)(struct annotation *job, const struct record *row, void *data);
  void (*end)(struct annotation *job, void *data); /* not where begin failed; what is written goes to job->output */
};

/* A policy at work. */
struct annotator {
  char *name; /* as rows call it */
  sla_policy *policy;
  sla_worker *worker;
  size_t field_count, metric_count;
  long *columns; /* of the input, one a field of the policy; negative: none */
  struct bound {
    size_t field, column;
  } * bound; /* the fields that have one */
  size_t bound_count;
  struct sla_text *values;        /* of the row, one a field */
  struct sla_list *lists;         /* the same, of fields with several; used for JSON */
  struct sla_result *result_room; /* of one row behind another, SLA_MOST_ROWS of them... */
  struct sla_result *results;     /* ...and among them, of the row at hand */
  size_t *metric_of;              /* output metric, one a metric of the policy */
  size_t *words;                  /* one a field: what the input's dialect knows it as */
};

/* Keys of members as they are written. */
struct member_keys {
  struct sla_text *items;
  size_t count, capacity;
};

struct annotation {
  struct cli *cli;
  const struct annotation_writer *writer; /* NULL: rows are written, in the format */
  enum format format;
  bool added[ADDED];
  enum added values[ADDED]; /* those added, without the note, in their order */
  size_t value_count;
  struct {
    char text[16];
    size_t len;
  } statuses[SLA_RUNNING + 1]; /* their names */
  enum coverage coverage;
  struct time_style style;
  struct dialect dialect;
  sla_time now;

  struct annotator policies[MOST_POLICIES];
  size_t policy_count;
  bool refused;         /* a policy that rows name could not be loaded */
  const char **metrics; /* of the output: those of all policies */
  size_t metric_count;

  struct input input;
  struct csv_rows rows;         /* those that are being annotated at once */
  bool begun;                   /* the first file's header, or its first object, has been taken */
  bool is_json;                 /* the first file's */
  bool is_plain;                /* one policy decides, its results are all there is, and no text means another */
  const struct record *object;  /* that is being taken */
  const struct json_name *name; /* that is being made known */
  bool stopped;                 /* by a record that cannot come out */
  bool failed;                  /* reading ended before the input did */
  bool gathers;                 /* nothing is written before the end */
  char delimiter;               /* of the first file, and so of the output */
  struct header header;         /* of the first file; of JSON the first object's members */
  struct member_keys header_keys, added_keys; /* where rows come out as JSON */
  long id_column, policy_column;              /* negative: none */

  /* Where incidents come out one by one, with what happened to them: --events, --history. */
  bool by_incident;
  struct index index;
  struct event_log *log;       /* NULL: none */
  const char *history;         /* its column by name; or NULL */
  long history_column;         /* of the time at which a row held; negative: none */
  struct state_column *states; /* that say whether an incident is resolved */
  size_t state_count;
  struct lives *lives;    /* of the incident that is being evaluated */
  uint64_t unread_events; /* that no field of their incident's policy is about */
  char first_unread[128]; /* what the first of them is about */

  struct sla_text **lists; /* of the object being evaluated, in the policy's words */
  size_t list_count, list_capacity;
  char *scratch; /* for fields with doubled quotes */
  size_t scratch_size;
  struct annotator *row_policy; /* NULL: the row is an error as a whole */
  char reason[160];
  struct buffer errors, note;
  bool closed_unanswered;
  struct listed_cycle *cycles; /* of the incident being written */
  size_t cycle_count, cycle_capacity;
  uint64_t uncovered; /* results that rest on dates not covered */
  char first_uncovered[256];
  struct output output;
  struct progress progress;

  size_t jobs;             /* how many rows are worked on at a time: see annotate_blocks.c */
  uint64_t overlaps, gaps; /* local times that the workers of others met */
  struct blocks *blocks;   /* that this is one worker of; NULL: it alone works */
};

/* --- annotate.c ----------------------------------------------------------------------------------------------------
 */

/* Runs the command line's policies over its files. */
void annotation_run(struct cli *cli, const struct annotation_writer *writer);

/* Reads --coverage; false after an error. */
bool annotation_coverage(struct cli *cli, enum coverage *ret_coverage);

/* Reads all files, giving each record to visit; first_header takes the header of the first file. false after an error.
 */
bool annotation_read_files(struct annotation *job, bool (*first_header)(struct annotation *, const struct record *),
                           void (*visit)(struct annotation *, const struct record *));

/* Begins to show progress, unless rows go to the same terminal. */
void annotation_progress(struct annotation *job, uint64_t total, const char *unit);

/* Gives a policy's annotator what belongs to it alone while rows are evaluated; false after an error. */
bool annotator_make(struct annotator *annotator, const struct annotation *job);
void annotator_free(struct annotator *annotator);

/* --- annotate_blocks.c ---------------------------------------------------------------------------------------------
 */

/* Reads --jobs; false after an error. */
bool annotation_jobs(struct cli *cli, size_t *ret_jobs);

/*
 * Reads on in the file that is open, several blocks of rows at a time, and writes what comes of them in their order. It
 * stops early at a row that is too long for a block, and where memory is short: then the file is where it is after the
 * rows that were read. false after an error.
 */
bool annotation_read_blocks(struct annotation *job);

/* Whether that can be done: the first rows having been read. */
bool annotation_has_blocks(const struct annotation *job);

/* Lengthens timelines for what a worker found missing. */
enum sla_code annotation_prepare(struct annotation *job, struct annotator *annotator);

/* --- annotate_incidents.c ------------------------------------------------------------------------------------------
 */

/* Opens the event log; false after an error. */
bool annotation_open_log(struct annotation *job);

/* Reads all files, then writes one record an incident, in the order of first sight. false after an error. */
bool annotation_read_incidents(struct annotation *job);

/* What happened to the incident that is being evaluated, as its policy sees it. NULL, or why that cannot be said. */
const char *annotation_events(struct annotation *job, const struct annotator *annotator, const struct record *row,
                              struct sla_incident *incident);

/* Reports what came of it, and frees it. */
void annotation_close_log(struct annotation *job, bool report);

/* --- annotate_header.c ---------------------------------------------------------------------------------------------
 */

/* The column of a field, by --map, the profile or its name, as header_find has it. *ret_name is the name it was looked
 * for under. */
long annotation_column_of(struct annotation *job, const char *field, const char **ret_name);

/* Takes the first file's header, NULL of JSON: finds the policies' fields in it and writes the output's. false after an
 * error. */
bool annotation_begin(struct annotation *job, const struct record *row);

/* Whether a field whose column is not in the input may be absent; false after an error. */
bool annotation_check_absent(struct annotation *job, const struct annotator *annotator, size_t field);

/* Writes the header of CSV's added columns, and its end; visits the added names; see annotate_json.c. */
bool annotation_each_added(struct annotation *job, bool (*visit)(struct annotation *job, const char *name));
bool annotation_write_added_name(struct annotation *job, const char *name);

/* Further files must have the first one's header; false after an error. */
bool annotation_same_header(struct annotation *job, const struct record *row);

static inline bool annotation_is(struct sla_text text, const char *string) {
  return text.len == strlen(string) && !memcmp(text.ptr, string, text.len);
}

enum { ADDED_NAME = 256 };

/* The member that says so of an incident, beside its note; there where it is true. */
#define ADDED_UNANSWERED "sla_closed_unanswered"

/* The name of an added column. */
void annotation_added_name(const struct annotation *job, size_t metric, enum added column, char name[ADDED_NAME]);

/* --- annotate_note.c -----------------------------------------------------------------------------------------------
 */

/* Applies --coverage to a result. */
void annotation_apply_coverage(struct annotation *job, struct sla_result *result);

/*
 * Gathering a row's note: begin, then what there is to say of each result, then who decided on each metric and by what,
 * then why the row is an error as a whole (or NULL). Errors stand first, also in job->errors by themselves.
 */
void annotation_begin_note(struct annotation *job);
void annotation_remark(struct annotation *job, const struct sla_result *result);
void annotation_remark_rule(struct annotation *job, const char *metric, const struct sla_rule *rule);
void annotation_end_note(struct annotation *job, const char *row_error);

/* Reports an error row: its job->errors, with its line and, where there is one, the incident's id. */
void annotation_report_errors(struct annotation *job, const struct record *row);

/* --- annotate_cycles.c ---------------------------------------------------------------------------------------------
 */

/* Writes a row for each cycle of the incident that was evaluated. */
void annotation_write_cycles(struct annotation *job, const struct record *row, const char *row_error);

/* --- annotate_json.c -----------------------------------------------------------------------------------------------
 */

/* Looks at an object before it is evaluated: the first one's members become the columns. false after an error: reading
 * ends there. */
bool annotation_take_object(struct annotation *job, const struct record *object);

/* At the end: no object had what is needed? false after an error. */
bool annotation_check_objects(struct annotation *job);

/* Writes an object's own members: as JSON, without its closing brace, and says whether there are any; as cells of CSV.
 */
bool annotation_write_object(struct annotation *job);
void annotation_write_cells(struct annotation *job);

/* --- annotate_write_json.c -----------------------------------------------------------------------------------------
 */

/* Prepares the keys of what comes out, once the header and what is added are known; and frees them. */
void annotation_prepare_keys(struct annotation *job);
void annotation_free_keys(struct annotation *job);

/* Writes a row as an object on one line; see annotation_write_row. */
void annotation_write_json_row(struct annotation *job, const struct record *row, const struct told *told);

/* --- annotate_rows.c -----------------------------------------------------------------------------------------------
 */

/* Evaluates a row and writes it. */
void annotation_row(struct annotation *job, const struct record *row);

/* Does so with the next row, or with several at once. Returns how many they were: 0 at the end. */
size_t annotation_next(struct annotation *job);

/* The result of an output metric; NULL where the row's policy has no such metric. An error row has one for each. */
const struct sla_result *annotation_result_of(const struct annotation *job, size_t metric);

/* Writes what there is to say in a column, if anything, of those that need no quoting: numbers, times and statuses. */
enum { VALUE_ROOM = 64 }; /* more than any of them with its quotes and a delimiter */
void annotation_write_value(struct annotation *job, const struct told *told, enum added column);

/* Writes a row with what was found out, or, told where rows are cycles, with what is told of one. */
void annotation_write_row(struct annotation *job, const struct record *row, const struct told *told);

#endif
