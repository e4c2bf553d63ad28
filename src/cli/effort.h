/* effort: the state of one run of the command. */
#ifndef SLACLOCK_CLI_EFFORT_H
#define SLACLOCK_CLI_EFFORT_H

#include "cli/cli.h"
#include "cli/dialect.h"
#include "cli/table.h"

/* A field that is read: those of the policy first, then the customer and the minutes. */
struct effort_field {
  const char *name;
  bool is_read;
  const char *fixed; /* by --set; or NULL */
  size_t words;      /* what the input's dialect knows it as */
  long column;       /* in the file being read; negative: none */
};

struct effort_job {
  struct cli *cli;
  sla_policy *policy;
  sla_accounts *accounts;
  struct dialect dialect;      /* of the incidents */
  size_t field_count;          /* of the policy */
  struct effort_field *fields; /* field_count + 2 */
  struct sla_text *values;     /* of a row, as many */
  struct sla_list *lists;      /* the same, of fields with several */
  struct sla_text *items;      /* of lists, in the policy's words */
  size_t item_capacity;
  bool out_of_memory;
  uint64_t nameless;         /* rows without customer */
  uint64_t not_counted;      /* rows with errors */
  char typo[256];            /* a plan that is likely misspelt, and where; or empty */
  struct sla_text last_plan; /* the last value that is no plan, copied into last_text */
  char last_text[64];
};

/* --- effort_input.c ------------------------------------------------------------------------------------------------
 */

/* Reads --map, --set and what else says how to read incidents; false after an error. */
bool effort_bind(struct effort_job *job);

/* Counts the work of a file of incidents; false where it could not be read to its end. */
bool effort_read(struct effort_job *job, const char *file);

/* Takes what a ledger says; false likewise. */
bool effort_read_ledger(struct effort_job *job, const char *file);

/* --- effort_print.c ------------------------------------------------------------------------------------------------
 */

void effort_print(struct effort_job *job, enum format format);

/* The answer to --minutes as JSON. */
void effort_print_one(struct effort_job *job, int64_t minutes, const struct sla_effort *cost);

#endif
