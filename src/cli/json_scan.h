/*
 * json_scan: finds where the objects of JSON input (RFC 8259) begin and end, so that each can be read by itself and
 * passed on as it stands. Memory is that of one object.
 *
 * Objects stand one a line (NDJSON), or in an array, or in an array that is a member of the one object that the input
 * is: an envelope, as in {"tickets": [...], "count": 2}. What else the envelope holds is passed over.
 */
#ifndef SLACLOCK_CLI_JSON_SCAN_H
#define SLACLOCK_CLI_JSON_SCAN_H

#include "cli/record.h"
#include "cli/stream.h"

#include <stdbool.h>

enum { JSON_MOST_BYTES = 16 << 20, JSON_MOST_LINE = 64 << 20, JSON_MOST_DEPTH = 512 };

enum json_state {
  JSON_LINES,    /* of NDJSON */
  JSON_BEGIN,    /* before the array or the envelope */
  JSON_ELEMENTS, /* in the array; none has come yet */
  JSON_MORE,     /* behind an element */
  JSON_TAIL,     /* behind the array */
};

struct json_scan {
  struct stream *stream;
  enum json_state state;
  bool in_envelope;
  long count;        /* of objects so far */
  long line, column; /* of the stream's start, both from 1; columns in characters */
  char problem[160]; /* why reading ended before the input did, or "" */
};

/* Begins to read a stream; or lines out of the midst of a file, the first of which has a number. */
void json_scan_begin(struct json_scan *scan, struct stream *stream, bool lines);
void json_scan_begin_at(struct json_scan *scan, struct stream *stream, long line);

/*
 * The next object, or whatever stands in its place; sets raw, line, bad_column (where it begins on the line), and
 * problem where it is too large. false at the end, and where reading failed or the structure around the objects is
 * broken.
 */
bool json_scan_next(struct json_scan *scan, struct record *ret_record);

/* --- values in memory -------------------------------------------------------------------------------------------- */

/* How far brackets are open in a value. Begins zeroed. */
struct json_extent {
  bool begun, quoted, escaped, scalar;
  unsigned depth;
  unsigned char braces[JSON_MOST_DEPTH / 8]; /* a bit a level: whether it was opened by a brace */
};

enum json_extent_state { JSON_UNFINISHED, JSON_WHOLE, JSON_MISMATCH, JSON_TOO_DEEP };

/*
 * Goes on over bytes, from *at, to the end of the value that begins there. A number or word ends with the bytes too: is
 * then JSON_UNFINISHED with extent->scalar set.
 */
enum json_extent_state json_extent_scan(struct json_extent *extent, const char *bytes, size_t len, size_t *at);

/* Bytes of blanks (RFC 8259 2) that text begins with. */
size_t json_blanks(struct sla_text text);

#endif
