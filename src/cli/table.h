/* table: a CSV file with a header line, read by the names of its columns. Whatever is wrong is reported. */
#ifndef SLACLOCK_CLI_TABLE_H
#define SLACLOCK_CLI_TABLE_H

#include "cli/cli.h"
#include "cli/csv.h"

enum { TABLE_NONE = -1 };

struct table {
  struct cli *cli;
  const char *file;
  struct stream stream;
  struct csv_reader reader;
  struct record row;
  char *header;
  struct sla_text *columns; /* their names, unquoted */
  size_t column_count;
  size_t most_values; /* that are asked for of a row; set by whoever asks */
  char *scratch;      /* for fields with doubled quotes */
  size_t scratch_size, scratch_used;
  long errors; /* rows that could not be read */
};

/* Opens a file ("-": standard input) and reads its header. false after an error; close it in either case. */
bool table_open(struct table *table, struct cli *cli, const char *file);
void table_close(struct table *table);

/* The column of a name or TABLE_NONE. */
long table_column(const struct table *table, const char *name);

/* A column that is read must not stand in the header twice; false after an error. */
bool table_check_repeated(struct table *table, long column);

/* The next row that has as many fields as the header; others are reported and counted. false at the end. */
bool table_next(struct table *table);

/* What a field of the row says, until the next row is read; TABLE_NONE: empty. */
struct sla_text table_value(struct table *table, long column);

/* Reports what is wrong with the row, and counts it. */
void table_error(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A whole number from least to most, blanks around it; a minus where least is negative. */
bool table_number(struct sla_text text, int64_t least, int64_t most, int64_t *ret_number);

/* How many bytes of a value messages show: whole characters. */
int table_shown(struct sla_text text);

#endif
