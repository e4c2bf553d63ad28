/*
 * csv_sides: CSV made up at random, and two readers of it side by side: a quick one against one that splits all rows
 * byte by byte.
 */
#ifndef SLACLOCK_TESTS_CSV_SIDES_H
#define SLACLOCK_TESTS_CSV_SIDES_H

#include "helpers.h"

#include "cli/csv.h"

static inline char *copy_of(const char *bytes, size_t len) {
  char *copy = malloc(len ? len : 1);
  assert_non_null(copy);
  memcpy(copy, bytes, len);
  return copy;
}

/* A few bytes to a few thousand; blank lines too, and, unless it is good, quotes where they do not belong. */
static inline size_t random_csv(uint64_t *seed, bool is_good, char *bytes, size_t most, char delimiter) {
  static const char inside[] = "ab1 ,;\t\n\r\"\xC3";
  bool has_crlf = random_below(seed, 2), is_quoted = random_below(seed, 2);
  size_t len = 0, wanted = (size_t)random_below(seed, random_below(seed, 2) ? 300 : (int64_t)most - 200);
  int64_t longest = random_below(seed, 4) ? 8 : 90;
  while (len < wanted) {
    bool quoted = is_quoted || random_below(seed, 5) == 0;
    if (quoted)
      bytes[len++] = '"';
    for (int64_t i = random_below(seed, longest); i > 0; i--) {
      char c = inside[random_below(seed, quoted || !is_good ? sizeof inside - 1 : 4)];
      bytes[len++] = c;
      if (c == '"' && is_good)
        bytes[len++] = c;
    }
    if (quoted && (is_good || random_below(seed, 8)))
      bytes[len++] = '"';
    if (!is_good && random_below(seed, 16) == 0)
      bytes[len++] = random_below(seed, 2) ? 'x' : '"';
    for (int64_t feeds = random_below(seed, 5) ? 0 : random_below(seed, 8) ? 1 : 3; feeds > 0; feeds--) {
      if (has_crlf)
        bytes[len++] = '\r';
      bytes[len++] = '\n';
    }
    if (!len || bytes[len - 1] != '\n')
      bytes[len++] = delimiter;
  }
  return len - (random_below(seed, 2) && len ? 1 : 0);
}

/* One reader and its stream. */
struct side {
  struct stream stream;
  struct csv_reader reader;
  struct record row;
};

static inline void side_free(struct side *side) {
  csv_release(&side->reader);
  stream_free(&side->stream);
}

/* Where a text is in the file. */
static inline uint64_t place(const struct side *side, struct sla_text text) {
  return side->stream.base + (uint64_t)(text.ptr - side->stream.buffer);
}

static inline bool is_same_text(const struct side *a, struct sla_text x, const struct side *b, struct sla_text y) {
  return x.len == y.len && place(a, x) == place(b, y);
}

static inline bool is_same_row(const struct side *a, const struct side *b) {
  const struct record *x = &a->row, *y = &b->row;
  bool same = is_same_text(a, x->raw, b, y->raw) && is_same_text(a, x->end, b, y->end) && x->line == y->line &&
              x->count == y->count && !x->problem == !y->problem;
  for (size_t i = 0; same && i < x->count; i++)
    same = is_same_text(a, x->fields[i], b, y->fields[i]);
  return same && (!x->problem || strcmp(x->problem, y->problem) == 0);
}

/* Whether both go on from the same place. */
static inline bool is_same_place(const struct side *a, const struct side *b) {
  return a->reader.line == b->reader.line && stream_offset(&a->stream) == stream_offset(&b->stream);
}

/* The next row of both; false at the end of both. */
static inline bool next_of_both(struct side *quick, struct side *slow) {
  bool is_row = csv_next(&quick->reader, &quick->row);
  if (is_row != csv_next(&slow->reader, &slow->row) || (is_row && !is_same_row(quick, slow)) ||
      !is_same_place(quick, slow))
    fail_msg("%s: not the same row on line %ld", quick->reader.marker->name, slow->row.line);
  return is_row;
}

/* A stream of nothing but these bytes. */
static inline void hold(struct side *side, char *bytes, size_t len, char delimiter) {
  side->stream = (struct stream){.fd = -1, .buffer = bytes, .size = len, .filled = len, .at_end = true};
  csv_begin_at(&side->reader, &side->stream, delimiter, 1);
}

#endif
