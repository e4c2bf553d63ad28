/* table: the rows of a file, be it CSV or JSON, by the names of their fields. Whatever is wrong is reported. */
#ifndef SLACLOCK_CLI_TABLE_H
#define SLACLOCK_CLI_TABLE_H

#include "cli/header.h"
#include "cli/input.h"

struct table {
  struct cli *cli;
  struct input input;
  struct header header; /* of JSON the members of the first object; none before it comes */
  struct record row;
  size_t most_values; /* that are asked for of a row; set by whoever asks */
  char *scratch;      /* for fields with doubled quotes */
  size_t scratch_size, scratch_used;
  long errors; /* rows that could not be read */
};

/*
 * Opens a file ("-": standard input) and, where it is CSV, reads its header. Where it is not asked for, --input-format
 * is about other files. false after an error; close it in either case.
 */
bool table_open(struct table *table, struct cli *cli, const char *file, bool asked);

/* false where the file could not be read to its end. */
bool table_close(struct table *table);

/* The column of a field by a name, as header_find has it; COLUMN_WRONG also where it stands in the header twice. */
long table_column(struct table *table, const char *field, const char *name);

/* Of JSON that has been read: whether there were objects, and none had anything at a path. */
bool table_has_missed(const struct table *table, long column);

/* The next row whose fields can be told apart; others are reported and counted. false at the end. */
bool table_next(struct table *table);

/* What a field of the row says, until the next row is read: of several values the first; without column, empty. */
struct sla_text table_value(struct table *table, long column);

/* The values of a field that may have several; of CSV none. */
struct sla_list table_list(const struct table *table, long column);

/* Reports what is wrong with the row, and counts it. */
void table_error(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A whole number from least to most, blanks around it; a minus where least is negative. */
bool table_number(struct sla_text text, int64_t least, int64_t most, int64_t *ret_number);

#endif
