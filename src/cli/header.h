/* header: the names that the input gives its columns, and where fields stand by them: in JSON, at the end of a path. */
#ifndef SLACLOCK_CLI_HEADER_H
#define SLACLOCK_CLI_HEADER_H

#include "cli/input.h"

/* Not in the input; said to be absent with --map FIELD=; named in a way that cannot be. */
enum { COLUMN_NONE = -1, COLUMN_ABSENT = -2, COLUMN_WRONG = -3 };

/* Of CSV; of JSON, the members of one object. Begins zeroed. */
struct header {
  struct sla_text *names; /* unquoted */
  size_t count;
  char *text; /* that they are views of */
};

void header_free(struct header *header);

/* Reads the header line of CSV that has just been opened; false after an error, unless input_close reports it. */
bool header_read(struct input *input, struct record *ret_row);

/* Keeps the names of the header's columns; of the members of the object that was read last. */
void header_keep(struct header *header, const struct record *row);
void header_keep_members(struct header *header, struct json_reader *json, const struct record *object);

/*
 * The column of a field that the input calls by a name: COLUMN_NONE where it has none, COLUMN_ABSENT where the name is
 * empty, COLUMN_WRONG after an error. Of JSON the name is a path, whether or not something will be there.
 */
long header_find(const struct header *header, struct input *input, const char *field, const char *name);

/* A column in use must not stand in the header twice; false after an error. */
bool header_check_once(const struct header *header, const struct input *input, long column);

/* The nearest to a name of some columns, in the buffer; NULL where none is near. */
const char *header_nearest(const struct sla_text *columns, size_t count, const char *name, char buffer[128]);

/* Why the fields of a record cannot be told apart, maybe in the buffer; NULL where they can. */
const char *header_row_problem(const struct header *header, const struct input *input, const struct record *record,
                               char buffer[128]);

#endif
