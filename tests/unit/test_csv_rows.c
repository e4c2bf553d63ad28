/*
 * Rows of CSV that are taken side by side, in each way that the machine has, against rows that are split byte by byte:
 * as annotate takes them, which goes on with csv_next wherever csv_take_rows takes none.
 */
#include "csv_sides.h"

#include <unistd.h>

/* How many rows came each way: a test in which all come by csv_next would pass as well. */
static size_t taken_rows, other_rows, taken_times;

/* One way to take rows: whatever finds marks, it splits them. */
static const struct csv_splitter *way_at(size_t i, const struct csv_marker **ret_marker) {
  size_t markers = 0;
  while (csv_marker_at(markers))
    markers++;
  *ret_marker = csv_marker_at(i % markers);
  return csv_splitter_at(i / markers);
}

/* --- taking ------------------------------------------------------------------------------------------------------ */

/* Rows that were taken, one by one against those of the other reader. */
static void check_taken(struct side *quick, struct side *slow, const struct csv_rows *rows, uint64_t offset) {
  const char *way = quick->reader.splitter->name;
  for (size_t i = 0; i < rows->count; i++) {
    csv_record(rows, i, &quick->row);
    if (!csv_next(&slow->reader, &slow->row))
      fail_msg("%s: row %zu of %zu is none", way, i, rows->count);
    if (!is_same_row(quick, slow))
      fail_msg("%s: row %zu of %zu is not that of line %ld, of %zu fields", way, i, rows->count, slow->row.line,
               slow->row.count);
    struct sla_text raw = slow->row.raw;
    if (raw.len && memchr(raw.ptr, '"', raw.len) && !rows->may_have_quotes)
      fail_msg("%s: there are quotes on line %ld", way, slow->row.line);
    if (raw.len && memchr(raw.ptr, '\n', raw.len) && !rows->may_have_feeds)
      fail_msg("%s: there are line feeds on line %ld", way, slow->row.line);
  }
  if (rows->count ? !is_same_place(quick, slow) : stream_offset(&quick->stream) != offset)
    fail_msg("%s: goes on from %llu, line %ld, instead of %llu, line %ld", way,
             (unsigned long long)stream_offset(&quick->stream), quick->reader.line,
             (unsigned long long)stream_offset(&slow->stream), slow->reader.line);
}

/* Takes rows into room of just the size that it takes. Returns how many there were. */
static size_t take_of_both(struct side *quick, struct side *slow, size_t width, size_t most) {
  const uint64_t offset = stream_offset(&quick->stream), moves = quick->stream.moves;
  const long line = quick->reader.line;
  struct csv_rows rows = {.width = width, .most = most};
  rows.fields = malloc((most * width + CSV_BLOCK) * sizeof *rows.fields);
  assert_non_null(rows.fields);
  size_t taken = csv_take_rows(&quick->reader, &rows);
  assert_true(taken == rows.count && taken <= most);
  assert_int_equal(quick->stream.moves, moves); /* nothing is read for it */
  if (!taken)
    assert_int_equal(quick->reader.line, line);
  check_taken(quick, slow, &rows, offset);
  free(rows.fields);
  taken_rows += taken;
  taken_times += taken > 0;
  return taken;
}

/* Takes all rows, and now and then one by itself where more would come. */
static void check_all(struct side *quick, struct side *slow, size_t width, uint64_t *seed) {
  size_t most = (size_t)random_between(seed, 1, CSV_MOST_ROWS);
  bool is_same_most = random_below(seed, 2);
  for (;;) {
    if (!is_same_most)
      most = (size_t)random_between(seed, 1, CSV_MOST_ROWS);
    if (random_below(seed, 16) && take_of_both(quick, slow, width, most))
      continue;
    if (!next_of_both(quick, slow))
      break;
    other_rows++;
  }
  assert_int_equal(take_of_both(quick, slow, width, most), 0);
}

static void check_held(size_t way, char *bytes, size_t len, char delimiter, size_t width, uint64_t *seed) {
  struct side quick = {0}, slow = {0};
  char *copy = copy_of(bytes, len);
  hold(&quick, copy, len, delimiter);
  hold(&slow, copy, len, delimiter);
  quick.reader.splitter = way_at(way, &quick.reader.marker);
  slow.reader.marker = NULL;
  check_all(&quick, &slow, width, seed);
  csv_release(&quick.reader);
  csv_release(&slow.reader);
  free(copy);
}

/* Out of a pipe, in pieces of few bytes at first, so that the buffer is filled anew in the middle of rows. */
static void check_pipe(size_t way, const char *bytes, size_t len, char delimiter, size_t width, uint64_t *seed) {
  struct side quick = {0}, slow = {0};
  struct side *sides[] = {&quick, &slow};
  int ends[2][2];
  for (int i = 0; i < 2; i++) {
    assert_int_equal(pipe(ends[i]), 0);
    assert_true(write(ends[i][1], bytes, len) == (ssize_t)len && close(ends[i][1]) == 0);
    stream_begin(&sides[i]->stream, ends[i][0], false);
    sides[i]->stream.next_read = (size_t)random_between(seed, 1, 500);
    csv_begin_at(&sides[i]->reader, &sides[i]->stream, delimiter, 1);
  }
  quick.reader.splitter = way_at(way, &quick.reader.marker);
  slow.reader.marker = NULL;
  size_t most = (size_t)random_between(seed, 1, CSV_MOST_ROWS);
  for (;;) {
    if (take_of_both(&quick, &slow, width, most))
      continue;
    quick.stream.next_read = (size_t)random_between(seed, 1, random_below(seed, 2) ? 8 : 1000);
    if (!next_of_both(&quick, &slow))
      break;
    other_rows++;
  }
  for (int i = 0; i < 2; i++) {
    close(ends[i][0]);
    side_free(sides[i]);
  }
}

/* --- random tables ----------------------------------------------------------------------------------------------- */

/* What a table is like. */
struct shape {
  size_t width;
  char delimiter;
  bool has_crlf, has_quotes, has_feeds;
  int64_t longest;  /* field */
  int64_t odd_odds; /* one row in so many is none of the table's; 0: none is */
};

static struct shape random_shape(uint64_t *seed) {
  static const int64_t lengths[] = {2, 8, 20, 150}, odds[] = {0, 3, 20, 100};
  static const size_t widths[] = {1, 2, 3, 8, 63, 64, 65, 66, 130};
  return (struct shape){
      .width = random_below(seed, 3) ? widths[random_below(seed, 9)] : (size_t)random_between(seed, 1, 200),
      .delimiter = ",;\t"[random_below(seed, 3)],
      .has_crlf = random_below(seed, 3) == 0,
      .has_quotes = random_below(seed, 2),
      .has_feeds = random_below(seed, 2),
      .longest = lengths[random_below(seed, 4)],
      .odd_odds = odds[random_below(seed, 4)],
  };
}

static size_t put_random_field(const struct shape *shape, uint64_t *seed, char *to) {
  static const char plain[] = "ab1 .:-\r\xC3", inside[] = "ab1\"\"\n\r";
  bool quoted = shape->has_quotes && random_below(seed, 3) == 0;
  size_t len = 0;
  if (quoted)
    to[len++] = '"';
  for (int64_t i = random_below(seed, shape->longest + 1); i > 0; i--) {
    char c = quoted ? inside[random_below(seed, 7)] : plain[random_below(seed, 9)];
    if (quoted && random_below(seed, 6) == 0)
      c = shape->delimiter;
    if ((c == '\n' || c == '\r') && !(quoted && shape->has_feeds))
      c = 'x';
    to[len++] = c;
    if (c == '"')
      to[len++] = c;
  }
  if (quoted)
    to[len++] = '"';
  return len;
}

/* Short and long rows, blank lines, broken quotes, and carriage returns that end no line. */
static size_t put_odd_row(const struct shape *shape, uint64_t *seed, char *to) {
  static const char *const others[] = {"\n", "\r\n", "\n\n\n", "x\"y\"\n", "\"x\"y\n", "\r\r\n", "\"x\"\r", "x\ry\n"};
  size_t kind = (size_t)random_below(seed, 12), len = 0;
  if (kind < 8) {
    len = strlen(others[kind]);
    memcpy(to, others[kind], len);
    return len;
  }
  size_t width = kind < 10 ? (size_t)random_between(seed, 0, (int64_t)shape->width - 1)
                           : shape->width + (size_t)random_between(seed, 1, kind == 10 ? 2 : 140);
  for (size_t i = 1; i < width; i++)
    to[len++] = shape->delimiter;
  to[len++] = 'x';
  to[len++] = '\n';
  return len;
}

static size_t random_table(const struct shape *shape, uint64_t *seed, char *bytes, size_t wanted) {
  size_t len = 0;
  while (len < wanted) {
    if (shape->odd_odds && random_below(seed, shape->odd_odds) == 0) {
      len += put_odd_row(shape, seed, bytes + len);
      continue;
    }
    for (size_t i = 0; i < shape->width; i++) {
      if (i)
        bytes[len++] = shape->delimiter;
      len += put_random_field(shape, seed, bytes + len);
    }
    if (shape->has_crlf)
      bytes[len++] = '\r';
    bytes[len++] = '\n';
  }
  return len - (len && random_below(seed, 2)); /* the last line may have no end */
}

static void test_random_tables(void **state) {
  (void)state;
  static char bytes[100000];
  const struct csv_marker *marker;
  uint64_t seed = test_seed();
  taken_rows = other_rows = taken_times = 0;
  for (size_t i = 0; i < 1500; i++) {
    struct shape shape = random_shape(&seed);
    size_t len = random_table(&shape, &seed, bytes, (size_t)random_below(&seed, i % 3 ? 3000 : 20000));
    assert_true(len < sizeof bytes);
    for (size_t way = 0; way_at(way, &marker); way++) {
      check_held(way, bytes, len, shape.delimiter, shape.width, &seed);
      if (len < 60000) /* it has to fit into the pipe */
        check_pipe(way, bytes, len, shape.delimiter, shape.width, &seed);
    }
  }
  print_message("%zu rows at %zu times, %zu by themselves\n", taken_rows, taken_times, other_rows);
  assert_true(taken_rows > 2 * other_rows && taken_rows > 4 * taken_times);
}

/* Anything that begins with whatever it is, for tables of any width. */
static void test_random_bytes(void **state) {
  (void)state;
  char bytes[4000];
  const struct csv_marker *marker;
  uint64_t seed = test_seed();
  for (int i = 0; i < 1000; i++) {
    char delimiter = ",;\t"[random_below(&seed, 3)];
    size_t len = random_csv(&seed, random_below(&seed, 4), bytes, sizeof bytes, delimiter);
    for (size_t way = 0; way_at(way, &marker); way++)
      check_held(way, bytes, len, delimiter, (size_t)random_between(&seed, 1, i % 2 ? 3 : 12), &seed);
  }
}

/* However the bytes end. */
static void test_all_ends(void **state) {
  (void)state;
  static char bytes[] =
      "a,b\n1,22\r\n\"1\",\"2\"\"2\"\n1,\"3\n3\"\r\n,\n\n\"\",\"\"\r\n1\n1,2,3\n4,5\n\"x\"y,z\n6,7\n8,\"9\"\r";
  const struct csv_marker *marker;
  uint64_t seed = test_seed();
  for (size_t way = 0; way_at(way, &marker); way++)
    for (size_t start = 0; start < sizeof bytes; start++)
      for (size_t end = start; end < sizeof bytes; end++)
        check_held(way, bytes + start, end - start, ',', 2, &seed);
}

/* --- by hand ----------------------------------------------------------------------------------------------------- */

/* Rows and the lines that they stand on, where quotes hold line feeds, up to the first row that is another. */
static void test_rows_and_lines(void **state) {
  (void)state;
  char bytes[] = "a,1\r\nb,\"2\n\n2\"\nc,\"3\"\n\nd,4\n";
  const struct csv_marker *marker;
  const struct csv_splitter *splitter;
  for (size_t way = 0; (splitter = way_at(way, &marker)); way++) {
    struct sla_text fields[3 * 2 + CSV_BLOCK];
    struct csv_rows rows = {.width = 2, .most = 3, .fields = fields};
    struct record row;
    struct side side = {0};
    hold(&side, bytes, sizeof bytes - 1, ',');
    side.reader.marker = marker;
    side.reader.splitter = splitter;
    assert_int_equal(csv_take_rows(&side.reader, &rows), 3);
    static const long lines[] = {1, 2, 5};
    static const char *const raws[] = {"a,1", "b,\"2\n\n2\"", "c,\"3\""};
    for (size_t i = 0; i < 3; i++) {
      csv_record(&rows, i, &row);
      assert_int_equal(row.line, lines[i]);
      assert_int_equal(row.count, 2);
      assert_ptr_equal(row.fields, fields + 2 * i);
      assert_int_equal(row.raw.len, strlen(raws[i]));
      assert_memory_equal(row.raw.ptr, raws[i], row.raw.len);
      assert_int_equal(row.end.len, i ? 1 : 2);
      assert_null(row.problem);
    }
    assert_int_equal(side.reader.line, 6);
    assert_int_equal(csv_take_rows(&side.reader, &rows), 0); /* a blank line */
    assert_true(csv_next(&side.reader, &row));
    assert_int_equal(row.line, 7);
    assert_int_equal(csv_take_rows(&side.reader, &rows), 0);
    assert_false(csv_next(&side.reader, &row));
    csv_release(&side.reader);
  }
  assert_true(splitter == NULL && csv_splitter_at(0));
}

/* --- size -------------------------------------------------------------------------------------------------------- */

/* So many times the same piece in a row of a table; before and behind it rows of the same width. */
static void check_large(const char *piece, size_t times, size_t width, uint64_t *seed) {
  size_t period = strlen(piece), len = 3 * (period * times + width + 2);
  char *bytes = malloc(len), *at = bytes;
  const struct csv_marker *marker;
  assert_non_null(bytes);
  for (int row = 0; row < 3; row++) {
    for (size_t i = 1; i < width; i++)
      *at++ = ',';
    *at++ = 'x';
    for (size_t i = 0; row == 1 && i < period * times; i++)
      *at++ = piece[i % period];
    *at++ = '\n';
  }
  for (size_t way = 0; way_at(way, &marker); way++)
    check_held(way, bytes, (size_t)(at - bytes), ',', width, seed);
  free(bytes);
}

static void test_large_rows(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  for (size_t i = 0; i < 6; i++) {
    check_large("x", CSV_MOST_BYTES - 4 + i, 1, &seed);
    check_large("x", 300 * 1024 + i, 3, &seed);
    check_large(",", i, 2, &seed);
    check_large(",", 62 + i, 60, &seed);
    check_large("", 0, 62 + i, &seed);
    check_large("", 0, CSV_MOST_FIELDS - 5 + i, &seed);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_random_tables),  cmocka_unit_test(test_random_bytes), cmocka_unit_test(test_all_ends),
      cmocka_unit_test(test_rows_and_lines), cmocka_unit_test(test_large_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
