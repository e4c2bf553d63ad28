#include "cli/csv.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

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

static void begin(struct csv_reader *reader, struct stream *stream, long line) {
  if (!reader->fields) {
    reader->field_capacity = 64;
    reader->fields = cli_alloc(reader->field_capacity * sizeof *reader->fields);
  }
  reader->stream = stream;
  reader->line = line;
  reader->too_long = false;
}

void csv_begin_within(struct csv_reader *reader, struct stream *stream, const struct csv_reader *other, long line) {
  begin(reader, stream, line);
  reader->delimiter = other->delimiter;
}

void csv_begin(struct csv_reader *reader, struct stream *stream) {
  static const char mark[] = "\xEF\xBB\xBF";
  size_t from, end;
  begin(reader, stream, 1);
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
}

/* How far a scan of the next row came. */
enum scan {
  SCAN_ROW,   /* a whole row */
  SCAN_SHORT, /* the bytes end before the row does */
};

static void add_field(struct csv_reader *reader, struct record *row, const char *from, const char *to) {
  if (row->count == CSV_MOST_FIELDS) {
    row->problem = "the row has too many fields";
    return;
  }
  if (row->count == reader->field_capacity) {
    size_t bytes = 2 * reader->field_capacity * sizeof *reader->fields;
    struct sla_text *larger = realloc(reader->fields, bytes);
    if (!larger) {
      row->problem = "out of memory";
      return;
    }
    reader->fields = larger;
    reader->field_capacity *= 2;
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

/* Splits the row that begins at the reader's start. A carriage return before the line feed belongs to the line's end.
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

bool csv_next(struct csv_reader *reader, struct record *ret_row) {
  struct stream *stream = reader->stream;
  for (;;) {
    if (stream->start == stream->filled) {
      if (stream->at_end)
        return false;
      stream_fill(stream);
      continue;
    }
    const char *next;
    long line = reader->line;
    if (scan_row(reader, stream->at_end, ret_row, &next) == SCAN_SHORT) {
      reader->line = line;
      if (!stream->at_end && stream->filled - stream->start <= CSV_MOST_BYTES) {
        stream_fill(stream);
        continue;
      }
      if (!read_line(reader))
        return false;
      cut_row(reader, ret_row, &next);
    } else if (ret_row->raw.len > CSV_MOST_BYTES) { /* however the bytes came in */
      reader->line = line;
      cut_row(reader, ret_row, &next);
    }
    bool blank = ret_row->raw.len == 0;
    stream->start = (size_t)(next - stream->buffer);
    if (!blank)
      return true;
  }
}

size_t csv_whole_rows(struct csv_reader *reader) {
  struct stream *stream = reader->stream;
  size_t start = stream->start;
  long line = reader->line;
  struct record row;
  const char *next;
  while (stream->start < stream->filled && scan_row(reader, false, &row, &next) == SCAN_ROW)
    stream->start = (size_t)(next - stream->buffer);
  size_t whole = stream->start - start;
  stream->start = start;
  reader->line = line;
  return whole;
}

struct sla_text csv_value(struct sla_text field, char *scratch, size_t *ret_used) {
  *ret_used = 0;
  if (field.len < 2 || field.ptr[0] != '"' || field.ptr[field.len - 1] != '"')
    return field;
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

bool csv_needs_quotes(struct sla_text text, char delimiter) {
  for (size_t i = 0; i < text.len; i++)
    if (text.ptr[i] == delimiter || text.ptr[i] == '"' || text.ptr[i] == '\n' || text.ptr[i] == '\r')
      return true;
  return false;
}
