/* plain: text of others as it may stand in lines for people, and tables of it that fit a width. */
#ifndef SLACLOCK_CLI_PLAIN_H
#define SLACLOCK_CLI_PLAIN_H

#include "cli/buffer.h"
#include "cli/cli.h"
#include "cli/output.h"

/* What lines are written for. */
struct plain {
  size_t width; /* columns */
  bool utf8;    /* else ASCII */
  bool color;
};

/* As the environment and the command line have it. */
struct plain plain_style(const struct cli *cli);

/*
 * Adds text, cut to so many columns with an ellipsis. What steers a terminal or turns the direction of writing becomes
 * "?", as do malformed UTF-8 and, in ASCII, all other characters. Returns the columns that it takes.
 */
size_t plain_add(const struct plain *plain, struct buffer *line, struct sla_text text, size_t most);

/* How a column of a table behaves. */
enum plain_kind {
  PLAIN_LEFT,
  PLAIN_RIGHT, /* numbers; never cut */
  PLAIN_CUT,   /* left; cut where the table is too wide */
  PLAIN_KEY,   /* the same, but only after those */
  PLAIN_WRAP,  /* the last one: goes on in further lines */
};

struct plain_column {
  const char *title;
  enum plain_kind kind;
};

/* Cells row by row, each as long as it is. */
struct plain_table {
  const struct plain *plain;
  const struct plain_column *columns;
  size_t column_count, indent;
  struct plain_cell *cells;
  size_t cell_count, capacity;
};

/* Adds a cell; color is that of ECMA-48's SGR, as "31", or NULL. */
void plain_cell(struct plain_table *table, struct sla_text text, const char *color);
void plain_cell_string(struct plain_table *table, const char *text, const char *color);

/* Writes the table and frees its cells. Columns of numbers that do not fit go into a further table under it, which has
 * only rows with other numbers than "-". */
void plain_table_write(struct plain_table *table, struct output *output);

/* Writes words that go on in further lines, which are indented by so much. */
void plain_words(const struct plain *plain, struct output *output, size_t first_indent, size_t indent,
                 struct sla_text text);

/* The same behind a label of ASCII, by which further lines are indented. */
void plain_labelled(const struct plain *plain, struct output *output, const char *label, struct sla_text text);

#endif
