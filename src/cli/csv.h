/*
 * csv: rows of CSV (RFC 4180) out of a stream, in constant memory. Fields are views into the reader's buffer, valid
 * until the next row is read. What stands in the file is kept byte for byte, so that rows can be passed on as they
 * were.
 *
 * Beyond the RFC: a byte order mark, bare LF, and semicolons or tabs instead of commas are read; a quote inside a field
 * that does not begin with one stands for itself. A row that cannot be read as CSV is still a row, with a problem.
 */
#ifndef SLACLOCK_CLI_CSV_H
#define SLACLOCK_CLI_CSV_H

#include "cli/record.h"
#include "cli/stream.h"
#include "slaclock.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Bounds of a row. One that is larger is an error row: its first line, whole, as far as that has CSV_MOST_LINE bytes;
 * reading ends at a line that is longer still.
 */
enum { CSV_MOST_BYTES = 1 << 20, CSV_MOST_FIELDS = 10000, CSV_MOST_LINE = 64 << 20 };

struct csv_reader {
  struct stream *stream;
  char delimiter;
  bool too_long; /* reading ended at a line over CSV_MOST_LINE */
  bool has_mark; /* the stream began with a byte order mark */
  long line;     /* of the next row */
  struct sla_text *fields;
  size_t field_capacity;
};

/*
 * Begins to read a stream, which stays the caller's. Finds the delimiter in the first line. A zeroed reader begins with
 * its first stream; with further ones it keeps its memory.
 */
void csv_begin(struct csv_reader *reader, struct stream *stream);
/* Begins in the middle of what another reader reads: a row begins where the stream does, on a line. */
void csv_begin_within(struct csv_reader *reader, struct stream *stream, const struct csv_reader *other, long line);
void csv_release(struct csv_reader *reader);

/* The next row; false at the end of the stream, or where reading failed (stream->read_errno, reader->too_long). Blank
 * lines are passed over. */
bool csv_next(struct csv_reader *reader, struct record *ret_row);

/* Bytes from the stream's start to behind the last row that is whole without reading on. */
size_t csv_whole_rows(struct csv_reader *reader);

/*
 * What a field says, without its quotes. Where quotes are doubled inside, it is unfolded into scratch, which must have
 * room for the field's length, and *ret_used says how much of it is taken (else 0).
 */
struct sla_text csv_value(struct sla_text field, char *scratch, size_t *ret_used);

/* Whether a text must be quoted to be a field. */
bool csv_needs_quotes(struct sla_text text, char delimiter);

#endif
