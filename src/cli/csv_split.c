#include "cli/csv_split.h"

#include <stdlib.h>
#include <string.h>

long csv_count_feeds(const char *from, const char *to) {
  long feeds = 0;
  for (; (from = memchr(from, '\n', (size_t)(to - from))); from++)
    feeds++;
  return feeds;
}

/* The compiler puts what is expected in one straight line. */
#define EXPECT(condition, usual) __builtin_expect(condition, usual)

static inline bool is_known(const struct csv_reader *reader) {
  const struct stream *stream = reader->stream;
  return stream->buffer + stream->start == reader->left && stream->moves == reader->moves;
}

bool csv_all_known(const struct csv_reader *reader) {
  return is_known(reader) && reader->known_from + reader->known == reader->stream->buffer + reader->stream->filled;
}

bool csv_know_more(struct csv_reader *reader) {
  enum { AT_FIRST = 2 * CSV_BLOCK, AS_A_RULE = 4096 }; /* bytes and marks both fit into the first-level cache */
  const struct stream *stream = reader->stream;
  const char *start = stream->buffer + stream->start;
  size_t left = stream->filled - stream->start, wanted = AT_FIRST;
  if (!reader->marker || !left)
    return false;
  if (reader->rows_to_wait) {
    reader->rows_to_wait--;
    return false;
  }
  bool is_first_row = is_known(reader) && reader->known_from == start;
  if (is_first_row)
    wanted = 2 * reader->known;
  else if (is_known(reader)) {
    wanted = 2 * reader->known < AS_A_RULE ? 2 * reader->known : AS_A_RULE;
    reader->odd_rows = 0;
  }
  size_t most = left < CSV_MOST_BYTES ? left : CSV_MOST_BYTES; /* the end of a row that is too long is never known */
  size_t known = wanted < most ? wanted : most, blocks = csv_blocks(known);
  if (is_first_row && known == reader->known)
    return false;
  if (blocks > reader->mark_capacity) {
    struct csv_marks *larger = realloc(reader->marks, blocks * sizeof *reader->marks);
    if (!larger)
      return false;
    reader->marks = larger;
    reader->mark_capacity = blocks;
  }
  reader->found = csv_mark(reader->marker, start, known, reader->delimiter, reader->marks);
  reader->known = known;
  reader->known_from = reader->left = reader->block = start;
  reader->moves = stream->moves;
  reader->ends = reader->marks->ends;
  reader->next_marks = reader->marks + 1;
  reader->marks_end = reader->marks + blocks;
  return true;
}

/* Where the next mark is looked for; kept in registers while rows are split. */
struct place {
  const char *block;
  uint64_t ends;
  const struct csv_marks *next;
};

static inline struct place place_of(const struct csv_reader *reader) {
  return (struct place){reader->block, reader->ends, reader->next_marks};
}

/* The same where a row begins. */
static inline struct place place_at(const struct csv_reader *reader, const char *start) {
  size_t at = (size_t)(start - reader->known_from), block = at / CSV_BLOCK;
  if (at == reader->known)
    return (struct place){reader->known_from + at, 0, reader->marks_end};
  return (struct place){reader->known_from + block * CSV_BLOCK,
                        reader->marks[block].ends >> at % CSV_BLOCK << at % CSV_BLOCK, reader->marks + block + 1};
}

/* What begins at left comes next. */
static inline void go_on(struct csv_reader *reader, const struct place *place, const char *left) {
  reader->stream->start = (size_t)(left - reader->stream->buffer);
  reader->left = left;
  reader->block = place->block;
  reader->ends = place->ends;
  reader->next_marks = place->next;
}

/* Goes to the next block while there are no marks; false behind the last one. */
static inline bool has_mark(struct place *place, const struct csv_marks *marks_end) {
  while (EXPECT(!place->ends, false)) {
    if (EXPECT(place->next == marks_end, false))
      return false;
    place->ends = place->next++->ends;
    place->block += CSV_BLOCK;
  }
  return true;
}

static inline const char *take_mark(struct place *place) {
  const char *at = place->block + __builtin_ctzll(place->ends);
  place->ends &= place->ends - 1; /* without its lowest bit */
  return at;
}

/* Whether a mark is the carriage return of a line end, which has one where it stands behind a closing quote. */
static inline bool is_return(const struct stream *stream, const char *at) {
  return *at == '\r' && at + 1 != stream->buffer + stream->filled && at[1] == '\n';
}

/* Where a field stops that ends with its line at a line feed. */
static inline const char *stop_of(const char *field, const char *feed) {
  return EXPECT(feed > field, true) && EXPECT(feed[-1] == '\r', false) ? feed - 1 : feed;
}

/* Whether there is room for fields is seen to once a block, which has CSV_BLOCK at most. */
enum scan csv_split_row(struct csv_reader *reader, struct record *row) {
  struct stream *stream = reader->stream;
  const char *const start = stream->buffer + stream->start;
  if (EXPECT(!is_known(reader), false))
    return SCAN_SHORT;
  const char delimiter = reader->delimiter, *field = start, *at;
  struct place place = place_of(reader);
  struct sla_text *to = reader->fields;
  for (;;) {
    if (EXPECT(!place.ends && to > reader->roomy, false))
      return SCAN_WIDE;
    if (!has_mark(&place, reader->marks_end))
      return SCAN_SHORT;
    at = take_mark(&place);
    if (EXPECT(*at != delimiter, false)) {
      if (EXPECT(*at == '\n', true))
        break;
      if (!is_return(stream, at))
        return SCAN_ODD;
      continue;
    }
    *to++ = (struct sla_text){field, (size_t)(at - field)};
    field = at + 1;
  }
  const char *stop = stop_of(field, at);
  *to++ = (struct sla_text){field, (size_t)(stop - field)};
  row->raw = (struct sla_text){start, (size_t)(stop - start)};
  row->end = (struct sla_text){stop, (size_t)(at + 1 - stop)};
  row->line = reader->line;
  row->count = (size_t)(to - reader->fields);
  row->fields = reader->fields;
  row->problem = NULL;
  reader->line++;
  go_on(reader, &place, at + 1);
  return SCAN_ROW;
}

/*
 * The same for rows of one width that are not blank, up to the first that is otherwise. Returns whether it got to the
 * end of the bytes that are known. A row's fields are counted at its end; until then they may take the room of those
 * behind, and behind these that of one block.
 */
__attribute__((always_inline)) static inline bool split_rows(struct csv_reader *reader, struct csv_rows *rows) {
  const struct stream *stream = reader->stream;
  const char delimiter = reader->delimiter;
  const struct csv_marks *const marks_end = reader->marks_end;
  const size_t width = rows->width;
  const struct sla_text *const room_end = rows->fields + rows->most * width;
  const char *start = stream->buffer + stream->start;
  struct place place = place_of(reader);
  struct sla_text *to = rows->fields;
  bool is_end = false;
  size_t count = 0;
  while (count < rows->most) {
    const struct sla_text *const last = to + width - 1;
    const char *field = start, *at;
    for (;;) {
      if (EXPECT(!place.ends, false) && (to > room_end || (is_end = !has_mark(&place, marks_end))))
        goto done;
      at = take_mark(&place);
      if (EXPECT(*at == delimiter, true)) {
        *to++ = (struct sla_text){field, (size_t)(at - field)};
        field = at + 1;
      } else if (EXPECT(*at == '\n', true))
        break;
      else if (!is_return(stream, at))
        goto done;
    }
    const char *stop = stop_of(field, at);
    if (EXPECT(to != last || stop == start, false))
      break;
    *to++ = (struct sla_text){field, (size_t)(stop - field)};
    rows->starts[count] = start;
    rows->stops[count++] = stop;
    start = at + 1;
  }
done:
  rows->count = count;
  rows->starts[count] = start;
  reader->line += (long)count;
  place = place_at(reader, start); /* where that is may have been passed */
  go_on(reader, &place, start);
  return is_end;
}

static bool split_rows_plain(struct csv_reader *reader, struct csv_rows *rows) {
  return split_rows(reader, rows);
}

#ifdef __x86_64__
/* With instructions that find and take away the lowest bit of a word. */
__attribute__((target("bmi"))) static bool split_rows_bmi(struct csv_reader *reader, struct csv_rows *rows) {
  return split_rows(reader, rows);
}
#endif

const struct csv_splitter *csv_splitter_at(size_t i) {
  static const struct csv_splitter splitters[] = {
#ifdef __x86_64__
      {split_rows_bmi, "BMI"},
#endif
      {split_rows_plain, "plain"},
  };
#ifdef __x86_64__
  if (!__builtin_cpu_supports("bmi"))
    i++;
#endif
  return i < sizeof splitters / sizeof *splitters ? &splitters[i] : NULL;
}

/* Whether there may be more of them in bytes that are not known. */
static bool split_known(struct csv_reader *reader, struct csv_rows *rows) {
  if (!is_known(reader))
    return true;
  rows->line = reader->line;
  rows->may_have_quotes = reader->found.quotes;
  rows->may_have_feeds = reader->found.ends_inside;
  return reader->splitter->split(reader, rows);
}

void csv_note_odd_row(struct csv_reader *reader) {
  enum { MOST = 15 };
  reader->odd_rows = 2 * reader->odd_rows < MOST ? 2 * reader->odd_rows + 1 : MOST;
  reader->rows_to_wait = reader->odd_rows;
}

size_t csv_take_rows(struct csv_reader *reader, struct csv_rows *rows) {
  rows->count = 0;
  while (split_known(reader, rows) && !rows->count && csv_know_more(reader))
    ;
  if (rows->count && rows->may_have_feeds)
    reader->line = rows->line + csv_count_feeds(rows->starts[0], rows->starts[rows->count]);
  return rows->count;
}

void csv_record(const struct csv_rows *rows, size_t row, struct record *ret_record) {
  const char *start = rows->starts[row], *stop = rows->stops[row];
  long before = rows->may_have_feeds ? csv_count_feeds(rows->starts[0], start) : (long)row;
  *ret_record = (struct record){.raw = {start, (size_t)(stop - start)},
                                .end = {stop, (size_t)(rows->starts[row + 1] - stop)},
                                .line = rows->line + before,
                                .count = rows->width,
                                .fields = rows->fields + row * rows->width};
}
