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

#include "cli/csv_mask.h"
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

  /*
   * What is known of the bytes ahead, for the quick way to split rows. It holds for a row that begins at left, as long
   * as the stream's bytes are those of then.
   */
  const struct csv_marker *marker; /* NULL: all rows are split byte by byte, with the same result */
  struct csv_marks *marks;         /* of the bytes from known_from on */
  size_t mark_capacity, known;     /* how many bytes are known */
  const char *known_from, *left;
  uint64_t moves;                     /* the stream's, then */
  unsigned odd_rows, rows_to_wait;    /* see csv_note_odd_row */
  struct csv_found found;             /* among them */
  const char *block;                  /* the block with the byte at left... */
  uint64_t ends;                      /* ...its marks from there on... */
  const struct csv_marks *next_marks; /* ...and those of the block behind it */
  const struct csv_marks *marks_end;
  const struct sla_text *roomy;        /* from here on fields has no room for those of a whole block */
  const struct csv_splitter *splitter; /* for csv_take_rows */
};

/* Rows side by side, of one width, with nothing odd about them. */
enum { CSV_MOST_ROWS = SLA_MOST_ROWS };
struct csv_rows {
  size_t width, most;      /* fields of a row, at most CSV_MOST_FIELDS, and how many rows are wanted: to be set... */
  struct sla_text *fields; /* ...and with room for those of all and CSV_BLOCK more: one row behind another */
  size_t count;
  const char *starts[CSV_MOST_ROWS + 1]; /* each row begins where the one before ends with its line end */
  const char *stops[CSV_MOST_ROWS];      /* where its line end begins */
  bool may_have_quotes, may_have_feeds;  /* fields may be in quotes; line feeds may stand in them */
  long line;                             /* of the first row */
};

/*
 * Begins to read a stream, which stays the caller's. Finds the delimiter in the first line. A zeroed reader begins with
 * its first stream; with further ones it keeps its memory.
 */
void csv_begin(struct csv_reader *reader, struct stream *stream);
void csv_release(struct csv_reader *reader);

/* Begins in the middle of a file, where a row does. */
void csv_begin_at(struct csv_reader *reader, struct stream *stream, char delimiter, long line);

/* The next row; false at the end of the stream, or where reading failed (stream->read_errno, reader->too_long). Blank
 * lines are passed over. */
bool csv_next(struct csv_reader *reader, struct record *ret_row);

/*
 * The next rows, as many as come one by one without reading on or anything else that csv_next may have to do; it can be
 * that there are none. They are valid until more is read.
 */
size_t csv_take_rows(struct csv_reader *reader, struct csv_rows *rows);

/* How it splits them. Returns whether it got to the end of the bytes that are known. */
struct csv_splitter {
  bool (*split)(struct csv_reader *reader, struct csv_rows *rows);
  const char *name;
};

/* The splitter number i, the best first; NULL behind the last of those that this machine can run. */
const struct csv_splitter *csv_splitter_at(size_t i);

/* One of them as a record. */
void csv_record(const struct csv_rows *rows, size_t row, struct record *ret_record);

/* Bytes from the stream's start to behind the last row that is whole without reading on. */
size_t csv_whole_rows(struct csv_reader *reader);

/* Of a field in quotes, see csv_value. */
struct sla_text csv_unquote(struct sla_text field, char *scratch, size_t *ret_used);

/*
 * What a field says, without its quotes. Where quotes are doubled inside, it is unfolded into scratch, which must have
 * room for the field's length, and *ret_used says how much of it is taken (else 0).
 */
static inline struct sla_text csv_value(struct sla_text field, char *scratch, size_t *ret_used) {
  *ret_used = 0;
  if (field.len < 2 || field.ptr[0] != '"' || field.ptr[field.len - 1] != '"')
    return field;
  return csv_unquote(field, scratch, ret_used);
}

/* Whether a text must be quoted to be a field. */
bool csv_needs_quotes(struct sla_text text, char delimiter);

#endif
