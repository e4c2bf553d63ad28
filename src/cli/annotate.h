/* annotate: the state of one run of the command. */
#ifndef SLACLOCK_CLI_ANNOTATE_H
#define SLACLOCK_CLI_ANNOTATE_H

#include "cli/cli.h"
#include "cli/csv.h"
#include "cli/output.h"

#include <stdio.h>
#include <string.h>

enum { MOST_POLICIES = 256 }; /* that rows of one input may name */

/* What can be added to a row; all but the note once a metric. */
enum added { ADDED_DUE, ADDED_STATUS, ADDED_ELAPSED, ADDED_REMAINING, ADDED_NOTE };
enum { ADDED = ADDED_NOTE + 1 };

enum coverage { COVERAGE_WARN, COVERAGE_ERROR, COVERAGE_IGNORE };

struct annotation;

/* What is made of evaluated rows instead of rows. */
struct annotation_writer {
  void *data;
  bool (*begin)(struct annotation *job, void *data); /* false after an error */
  void (*row)(struct annotation *job, const struct csv_row *row, void *data);
  void (*end)(struct annotation *job, void *data); /* not where begin failed; what is written goes to job->output */
};

/* A policy at work. */
struct annotator {
  char *name; /* as rows call it */
  sla_policy *policy;
  sla_worker *worker;
  size_t field_count, metric_count;
  long *columns;           /* of the input, one a field of the policy; negative: none */
  struct sla_text *values; /* of the row, one a field */
  struct sla_result *results;
  size_t *metric_of; /* output metric, one a metric of the policy */
};

struct annotation {
  struct cli *cli;
  const struct annotation_writer *writer; /* NULL: rows are written, in the format */
  enum format format;
  bool added[ADDED];
  enum coverage coverage;
  struct time_style style;
  sla_zone *input_zone;
  sla_time now;

  struct annotator policies[MOST_POLICIES];
  size_t policy_count;
  bool refused;         /* a policy that rows name could not be loaded */
  const char **metrics; /* of the output: those of all policies */
  size_t metric_count;

  const char *file; /* being read */
  struct csv_reader reader;
  FILE *spool;    /* standard input, where it is read twice */
  int spooled;    /* its descriptor, or -1 */
  char delimiter; /* of the first file, and so of the output */
  char *header;
  struct sla_text *columns; /* of the input, by name */
  size_t column_count;
  long id_column, policy_column; /* negative: none */

  char *scratch; /* for fields with doubled quotes */
  size_t scratch_size;
  struct annotator *row_policy; /* NULL: the row is an error as a whole */
  char reason[160], note[2048];
  uint64_t uncovered; /* results that rest on dates not covered */
  char first_uncovered[256];
  struct output output;
};

/* --- annotate.c ----------------------------------------------------------------------------------------------------
 */

/* Runs the command line's policies over its files. */
void annotation_run(struct cli *cli, const struct annotation_writer *writer);

/* Reads --coverage; false after an error. */
bool annotation_coverage(struct cli *cli, enum coverage *ret_coverage);

/* --- annotate_header.c ---------------------------------------------------------------------------------------------
 */

enum { COLUMN_NONE = -1, COLUMN_ABSENT = -2 }; /* not in the input; said to be absent with --map FIELD= */

/* Keeps the names of the header's columns, unquoted. */
void annotation_keep_header(struct annotation *job, const struct csv_row *row);

/* The column of a field, by --map or by its name. *ret_name is the name it was looked for under. */
long annotation_column_of(const struct annotation *job, const char *field, const char **ret_name);

/* A column in use must not stand in the header twice; false after an error. */
bool annotation_check_repeated(struct annotation *job, long column);

/* Takes the first file's header: finds the policies' fields in it and writes the output's. false after an error. */
bool annotation_begin(struct annotation *job, const struct csv_row *row);

/* Further files must have the first one's header; false after an error. */
bool annotation_same_header(struct annotation *job, const struct csv_row *row);

static inline bool annotation_is(struct sla_text text, const char *string) {
  return text.len == strlen(string) && !memcmp(text.ptr, string, text.len);
}

enum { ADDED_NAME = 256 };

/* The name of an added column. */
void annotation_added_name(const struct annotation *job, size_t metric, enum added column, char name[ADDED_NAME]);

/* --- annotate_rows.c -----------------------------------------------------------------------------------------------
 */

/* Evaluates a row and writes it. */
void annotation_row(struct annotation *job, const struct csv_row *row);

#endif
