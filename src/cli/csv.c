#include "cli/csv.h"

#include "cli/cli.h"
#include "cli/csv_split.h"

#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * Where the header, the first line that is not blank, begins and ends: at a line feed outside quotes. false where the
 * bytes end before it does.
 */
static bool find_header(const struct stream *stream, size_t *ret_from, size_t *ret_end) {
  bool quoted = false;
  size_t from = stream->start;
  while (from < stream->filled && (stream->buffer[from] == '\n' || stream->buffer[from] == '\r'))
    from++;
  *ret_from = from;
  for (*ret_end = from; *ret_end < stream->filled; ++*ret_end) {
    if (stream->buffer[*ret_end] == '"')
      quoted = !quoted;
    else if (stream->buffer[*ret_end] == '\n' && !quoted)
      return true;
  }
  return false;
}

/* The delimiter is whichever of comma, semicolon and tab stands most often in the header, quoted text aside. */
static char find_delimiter(const struct stream *stream, size_t from, size_t end) {
  static const char candidates[] = ",;\t";
  size_t counts[3] = {0};
  bool quoted = false;
  for (size_t i = from; i < end; i++) {
    if (stream->buffer[i] == '"')
      quoted = !quoted;
    for (int k = 0; k < 3; k++)
      counts[k] += !quoted && stream->buffer[i] == candidates[k];
  }
  int best = 0;
  for (int k = 1; k < 3; k++)
    if (counts[k] > counts[best])
      best = k;
  return candidates[best];
}

static void set_fields(struct csv_reader *reader, struct sla_text *fields, size_t capacity) {
  reader->fields = fields;
  reader->field_capacity = capacity;
  reader->roomy = fields + (capacity < CSV_MOST_FIELDS ? capacity : CSV_MOST_FIELDS) - CSV_BLOCK;
}

void csv_begin_at(struct csv_reader *reader, struct stream *stream, char delimiter, long line) {
  if (!reader->fields) {
    enum { AT_FIRST = 2 * CSV_BLOCK };
    set_fields(reader, cli_alloc(AT_FIRST * sizeof *reader->fields), AT_FIRST);
    reader->marker = csv_marker_at(0);
    reader->splitter = csv_splitter_at(0);
  }
  reader->stream = stream;
  reader->delimiter = delimiter;
  reader->line = line;
  reader->too_long = false;
  reader->has_mark = false;
  reader->left = NULL;
}

void csv_begin(struct csv_reader *reader, struct stream *stream) {
  static const char mark[] = "\xEF\xBB\xBF";
  size_t from, end;
  csv_begin_at(reader, stream, ',', 1);
  while (!find_header(stream, &from, &end) && !stream->at_end && stream->filled < CSV_MOST_BYTES)
    stream_fill(stream);
  reader->has_mark = stream->filled >= 3 && memcmp(stream->buffer, mark, 3) == 0;
  if (reader->has_mark)
    stream->start = 3;
  find_header(stream, &from, &end); /* the mark may stand before a blank line */
  reader->delimiter = find_delimiter(stream, from, end);
}

void csv_release(struct csv_reader *reader) {
  free(reader->fields);
  free(reader->marks);
}

/* --- byte by byte ------------------------------------------------------------------------------------------------ */

/* false where memory ran out. */
static bool grow_fields(struct csv_reader *reader) {
  struct sla_text *larger = realloc(reader->fields, 2 * reader->field_capacity * sizeof *reader->fields);
  if (larger)
    set_fields(reader, larger, 2 * reader->field_capacity);
  return larger;
}

static void add_field(struct csv_reader *reader, struct record *row, const char *from, const char *to) {
  if (row->count == CSV_MOST_FIELDS) {
    row->problem = "the row has too many fields";
    return;
  }
  if (row->count == reader->field_capacity && !grow_fields(reader)) {
    row->problem = "out of memory";
    return;
  }
  reader->fields[row->count++] = (struct sla_text){from, (size_t)(to - from)};
}

/*
 * Finds the end of a field that begins with a quote: the delimiter, line feed or end behind it. NULL where the bytes
 * end inside the quotes. Line feeds inside are counted.
 */
static const char *quoted_end(const char *at, const char *end, char delimiter, long *lines, const char **ret_problem) {
  for (at++;;) {
    const char *quote = memchr(at, '"', (size_t)(end - at));
    for (const char *feed = at; (feed = memchr(feed, '\n', (size_t)((quote ? quote : end) - feed))); feed++)
      ++*lines;
    if (!quote)
      return NULL;
    at = quote + 1;
    if (at == end || *at == delimiter || *at == '\n' || (*at == '\r' && (at + 1 == end || at[1] == '\n')))
      return at;
    if (*at == '"')
      at++;
    else {
      *ret_problem = "text stands behind a closing quote";
      while (at < end && *at != delimiter && *at != '\n')
        at++;
      return at;
    }
  }
}

/*
 * Splits the row that begins at the stream's start. A carriage return before the line feed belongs to the line's end.
 * This is what decides how rows are read; split_row is quicker at those that have nothing odd.
 */
static enum scan scan_row(struct csv_reader *reader, bool last_bytes, struct record *row, const char **ret_next) {
  struct stream *stream = reader->stream;
  const char *start = stream->buffer + stream->start, *end = stream->buffer + stream->filled, *at = start;
  const char delimiter = reader->delimiter;
  long lines = 1;
  row->count = 0;
  row->problem = NULL;
  for (;;) {
    const char *field = at;
    if (at < end && *at == '"' && !row->problem) { /* behind broken quotes none are believed on the line */
      at = quoted_end(at, end, delimiter, &lines, &row->problem);
      if (!at)
        return SCAN_SHORT;
    } else
      while (at < end && *at != delimiter && *at != '\n')
        at++;
    if (!last_bytes && (at == end || (*at == '\r' && at + 1 == end)))
      return SCAN_SHORT;
    if (at < end && *at == delimiter) {
      add_field(reader, row, field, at++);
      continue;
    }
    const char *stop = at > field && at[-1] == '\r' && (at < end || field[0] != '"') ? at - 1 : at;
    if (at < end && at > field && *at == '\r') /* behind a closing quote */
      at++;
    add_field(reader, row, field, stop);
    const char *next = at < end ? at + 1 : at;
    row->raw = (struct sla_text){start, (size_t)(stop - start)};
    row->end = (struct sla_text){stop, (size_t)(next - stop)};
    row->line = reader->line;
    row->fields = reader->fields;
    reader->line += lines;
    *ret_next = next;
    return SCAN_ROW;
  }
}

/* A quote that is never closed would swallow the rest of the file: its first line alone is the row. */
static void cut_row(struct csv_reader *reader, struct record *row, const char **ret_next) {
  struct stream *stream = reader->stream;
  const char *start = stream->buffer + stream->start, *end = stream->buffer + stream->filled;
  const char *feed = memchr(start, '\n', (size_t)(end - start));
  const char *stop = feed ? feed : end;
  if (feed && stop > start && stop[-1] == '\r')
    stop--;
  row->count = 0;
  add_field(reader, row, start, stop);
  row->raw = (struct sla_text){start, (size_t)(stop - start)};
  row->end = (struct sla_text){stop, feed ? (size_t)(feed + 1 - stop) : 0};
  row->line = reader->line++;
  row->fields = reader->fields;
  row->problem = stream->filled - stream->start > CSV_MOST_BYTES
                     ? "the row is longer than 1 MiB, or a quote is not closed"
                     : "a quote is not closed";
  *ret_next = feed ? feed + 1 : end;
}

/* Reads on until the first line of the row is whole; false where it is too long. */
static bool read_line(struct csv_reader *reader) {
  struct stream *stream = reader->stream;
  for (size_t seen = 0;;) {
    size_t have = stream->filled - stream->start;
    if (stream->at_end || memchr(stream->buffer + stream->start + seen, '\n', have - seen))
      return true;
    if (have > CSV_MOST_LINE) {
      reader->too_long = true;
      return false;
    }
    seen = have;
    stream_fill(stream);
  }
}

/* --- rows -------------------------------------------------------------------------------------------------------- */

/* Counts the lines that a row takes besides its first. Always true, so that csv_next can end in calling it. */
__attribute__((noinline)) static bool take_lines(struct csv_reader *reader, const struct record *row) {
  reader->line += csv_count_feeds(row->raw.ptr, row->raw.ptr + row->raw.len);
  return true;
}

/* Makes room for the ends of another block; false where a row has too many fields anyway, or memory ran out. */
static bool make_roomy(struct csv_reader *reader) {
  return reader->field_capacity < CSV_MOST_FIELDS && grow_fields(reader);
}

/* SCAN_SHORT where more must be read, or cannot be, since the line is too long. */
static enum scan take_slowly(struct csv_reader *reader, bool can_grow, struct record *row) {
  struct stream *stream = reader->stream;
  const char *next;
  long line = reader->line;
  enum scan scan = scan_row(reader, stream->at_end, row, &next);
  if (scan == SCAN_SHORT || row->raw.len > CSV_MOST_BYTES) { /* however the bytes came in */
    reader->line = line;
    if (scan == SCAN_SHORT && (can_grow || !read_line(reader)))
      return SCAN_SHORT;
    cut_row(reader, row, &next);
  }
  stream->start = (size_t)(next - stream->buffer);
  return SCAN_ROW;
}

/* The next row where it does not lie ready: more must be read or marked, or it is odd, or a blank line is before it. */
__attribute__((noinline)) static bool next_row(struct csv_reader *reader, struct record *ret_row) {
  struct stream *stream = reader->stream;
  for (;;) {
    enum scan scan = csv_split_row(reader, ret_row);
    if ((scan == SCAN_SHORT && csv_know_more(reader)) || (scan == SCAN_WIDE && make_roomy(reader)))
      continue;
    bool can_grow = !stream->at_end && stream->filled - stream->start <= CSV_MOST_BYTES;
    if (scan == SCAN_ODD)
      csv_note_odd_row(reader);
    if (scan == SCAN_ROW)
      take_lines(reader, ret_row);
    else if (stream->start == stream->filled && stream->at_end)
      return false;
    else if (scan != SCAN_SHORT || !can_grow || !csv_all_known(reader))
      scan = take_slowly(reader, can_grow, ret_row);
    if (scan == SCAN_SHORT && !can_grow)
      return false;
    if (scan == SCAN_SHORT)
      stream_fill(stream);
    else if (ret_row->raw.len)
      return true;
  }
}

size_t csv_whole_rows(struct csv_reader *reader) {
  struct stream *stream = reader->stream;
  size_t start = stream->start;
  long line = reader->line;
  struct record row;
  const char *next;
  for (;;) {
    enum scan scan = csv_split_row(reader, &row);
    if (scan == SCAN_ROW || (scan == SCAN_SHORT && csv_know_more(reader)) || (scan == SCAN_WIDE && make_roomy(reader)))
      continue;
    if (scan == SCAN_ODD)
      csv_note_odd_row(reader);
    if (stream->start == stream->filled || scan_row(reader, false, &row, &next) == SCAN_SHORT)
      break;
    stream->start = (size_t)(next - stream->buffer);
  }
  size_t whole = stream->start - start;
  stream->start = start;
  reader->line = line;
  return whole;
}

bool csv_next(struct csv_reader *reader, struct record *ret_row) {
  if (csv_split_row(reader, ret_row) != SCAN_ROW || !ret_row->raw.len)
    return next_row(reader, ret_row);
  return !reader->found.ends_inside || take_lines(reader, ret_row);
}

struct sla_text csv_unquote(struct sla_text field, char *scratch, size_t *ret_used) {
  struct sla_text inside = {field.ptr + 1, field.len - 2};
  if (inside.len == 0 || !memchr(inside.ptr, '"', inside.len))
    return inside;
  size_t used = 0;
  for (size_t i = 0; i < inside.len; i++) {
    scratch[used++] = inside.ptr[i];
    if (inside.ptr[i] == '"' && i + 1 < inside.len && inside.ptr[i + 1] == '"')
      i++;
  }
  *ret_used = used;
  return (struct sla_text){scratch, used};
}

/* Bits in the bytes of a word that are a character: zeros of the word without it (a byte behind one may have them,
 * too). */
static uint64_t bytes_that_are(uint64_t word, char c) {
  const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
  uint64_t rest = word ^ ones * (unsigned char)c;
  return (rest - ones) & ~rest & high;
}

static bool word_needs_quotes(const char *at, char delimiter) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return bytes_that_are(word, delimiter) | bytes_that_are(word, '"') | bytes_that_are(word, '\n') |
         bytes_that_are(word, '\r');
}

#ifdef __SSE2__
static bool piece_needs_quotes(const char *at, char delimiter) {
  __m128i piece = _mm_loadu_si128((const __m128i *)(const void *)at);
  __m128i quotes =
      _mm_or_si128(_mm_cmpeq_epi8(piece, _mm_set1_epi8(delimiter)), _mm_cmpeq_epi8(piece, _mm_set1_epi8('"')));
  __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(piece, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(piece, _mm_set1_epi8('\r')));
  return _mm_movemask_epi8(_mm_or_si128(quotes, ends));
}
#else
static bool piece_needs_quotes(const char *at, char delimiter) {
  return word_needs_quotes(at, delimiter) || word_needs_quotes(at + 8, delimiter);
}
#endif

/* In pieces, of which the last one may look at bytes again. */
bool csv_needs_quotes(struct sla_text text, char delimiter) {
  const char *at = text.ptr, *end = at + text.len;
  if (text.len >= 16) {
    for (; end - at > 16; at += 16)
      if (piece_needs_quotes(at, delimiter))
        return true;
    return piece_needs_quotes(end - 16, delimiter);
  }
  if (text.len >= 8)
    return word_needs_quotes(at, delimiter) || word_needs_quotes(end - 8, delimiter);
  for (; at < end; at++)
    if (*at == delimiter || *at == '"' || *at == '\n' || *at == '\r')
      return true;
  return false;
}
