#include "cli/csv.h"

#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_BYTES = 256 * 1024 };

/* Reads more of the stream behind what is there. Rows not yet taken move to the front; the buffer grows only when full.
 */
static void fill(struct csv_reader *reader) {
  if (reader->start) {
    memmove(reader->buffer, reader->buffer + reader->start, reader->filled - reader->start);
    reader->filled -= reader->start;
    reader->start = 0;
  }
  if (reader->filled == reader->size) {
    char *larger = realloc(reader->buffer, 2 * reader->size);
    if (!larger) {
      reader->read_errno = ENOMEM;
      reader->at_end = true;
      return;
    }
    reader->buffer = larger;
    reader->size *= 2;
  }
  ssize_t got;
  do
    got = read(reader->fd, reader->buffer + reader->filled, reader->size - reader->filled);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    reader->read_errno = errno;
  if (got <= 0)
    reader->at_end = true;
  else
    reader->filled += (size_t)got;
}

/*
 * Where the header, the first line that is not blank, begins and ends: at a line feed outside quotes. false where the
 * bytes end before it does.
 */
static bool find_header(const struct csv_reader *reader, size_t *ret_from, size_t *ret_end) {
  bool quoted = false;
  size_t from = reader->start;
  while (from < reader->filled && (reader->buffer[from] == '\n' || reader->buffer[from] == '\r'))
    from++;
  *ret_from = from;
  for (*ret_end = from; *ret_end < reader->filled; ++*ret_end) {
    if (reader->buffer[*ret_end] == '"')
      quoted = !quoted;
    else if (reader->buffer[*ret_end] == '\n' && !quoted)
      return true;
  }
  return false;
}

/* The delimiter is whichever of comma, semicolon and tab stands most often in the header, quoted text aside. */
static char find_delimiter(const struct csv_reader *reader, size_t from, size_t end) {
  static const char candidates[] = ",;\t";
  size_t counts[3] = {0};
  bool quoted = false;
  for (size_t i = from; i < end; i++) {
    if (reader->buffer[i] == '"')
      quoted = !quoted;
    for (int k = 0; k < 3; k++)
      counts[k] += !quoted && reader->buffer[i] == candidates[k];
  }
  int best = 0;
  for (int k = 1; k < 3; k++)
    if (counts[k] > counts[best])
      best = k;
  return candidates[best];
}

void csv_restart(struct csv_reader *reader, int fd) {
  static const char mark[] = "\xEF\xBB\xBF";
  size_t from, end;
  reader->fd = fd;
  reader->start = reader->filled = 0;
  reader->at_end = false;
  reader->read_errno = 0;
  reader->line = 1;
  reader->too_long = false;
  while (!find_header(reader, &from, &end) && !reader->at_end && reader->filled < CSV_MOST_BYTES)
    fill(reader);
  reader->has_mark = reader->filled >= 3 && memcmp(reader->buffer, mark, 3) == 0;
  if (reader->has_mark)
    reader->start = 3;
  find_header(reader, &from, &end); /* the mark may stand before a blank line */
  reader->delimiter = find_delimiter(reader, from, end);
}

void csv_init(struct csv_reader *reader, int fd) {
  *reader = (struct csv_reader){.size = BUFFER_BYTES, .buffer = cli_alloc(BUFFER_BYTES), .field_capacity = 64};
  reader->fields = cli_alloc(reader->field_capacity * sizeof *reader->fields);
  csv_restart(reader, fd);
}

void csv_release(struct csv_reader *reader) {
  free(reader->buffer);
  free(reader->fields);
}

/* How far a scan of the next row came. */
enum scan {
  SCAN_ROW,   /* a whole row */
  SCAN_SHORT, /* the bytes end before the row does */
};

static void add_field(struct csv_reader *reader, struct csv_row *row, const char *from, const char *to) {
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
static enum scan scan_row(struct csv_reader *reader, bool last_bytes, struct csv_row *row, const char **ret_next) {
  const char *start = reader->buffer + reader->start, *end = reader->buffer + reader->filled, *at = start;
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
static void cut_row(struct csv_reader *reader, struct csv_row *row, const char **ret_next) {
  const char *start = reader->buffer + reader->start, *end = reader->buffer + reader->filled;
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
  row->problem = reader->filled - reader->start > CSV_MOST_BYTES
                     ? "the row is longer than 1 MiB, or a quote is not closed"
                     : "a quote is not closed";
  *ret_next = feed ? feed + 1 : end;
}

/* Reads on until the first line of the row is whole; false where it is too long. */
static bool read_line(struct csv_reader *reader) {
  for (size_t seen = 0;;) {
    size_t have = reader->filled - reader->start;
    if (reader->at_end || memchr(reader->buffer + reader->start + seen, '\n', have - seen))
      return true;
    if (have > CSV_MOST_LINE) {
      reader->too_long = true;
      return false;
    }
    seen = have;
    fill(reader);
  }
}

bool csv_next(struct csv_reader *reader, struct csv_row *ret_row) {
  for (;;) {
    if (reader->start == reader->filled) {
      if (reader->at_end)
        return false;
      fill(reader);
      continue;
    }
    const char *next;
    long line = reader->line;
    if (scan_row(reader, reader->at_end, ret_row, &next) == SCAN_SHORT) {
      reader->line = line;
      if (!reader->at_end && reader->filled - reader->start <= CSV_MOST_BYTES) {
        fill(reader);
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
    reader->start = (size_t)(next - reader->buffer);
    if (!blank)
      return true;
  }
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
