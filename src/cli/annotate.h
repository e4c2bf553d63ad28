/* annotate: the state of one run of the command. */
#ifndef SLACLOCK_CLI_ANNOTATE_H
#define SLACLOCK_CLI_ANNOTATE_H

#include "cli/cli.h"
#include "cli/csv.h"
#include "cli/output.h"

#include <stdio.h>

enum { MOST_POLICIES = 256 }; /* that rows of one input may name */

/* What can be added to a row; all but the note once a metric. */
enum added { ADDED_DUE, ADDED_STATUS, ADDED_ELAPSED, ADDED_REMAINING, ADDED_NOTE };
enum { ADDED = ADDED_NOTE + 1 };

enum coverage { COVERAGE_WARN, COVERAGE_ERROR, COVERAGE_IGNORE };

/* A policy at work. */
struct annotator {
  char *name; /* as rows call it */
  sla_policy *policy;
  sla_worker *worker;
  long *columns;           /* of the input, one a field of the policy; negative: none */
  struct sla_text *values; /* of the row, one a field */
  struct sla_result *results;
  size_t *metric_of; /* output metric, one a metric of the policy */
};

struct annotation {
  struct cli *cli;
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
  FILE *spool; /* standard input, where it is read twice */
  int spooled; /* its descriptor, or -1 */
  char *header;
  struct sla_text *columns; /* of the input, by name */
  size_t column_count;
  long id_column, policy_column; /* negative: none */

  char *scratch; /* for fields with doubled quotes */
  size_t scratch_size;
  struct annotator *row_policy; /* NULL: the row is an error as a whole */
  const char *row_reason;
  char reason[160], note[2048];
  uint64_t uncovered; /* results that rest on dates not covered */
  char first_uncovered[256];
  struct output output;
};

#endif
