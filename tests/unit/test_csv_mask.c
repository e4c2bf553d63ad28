/*
 * Splitting rows of CSV by marks: each way to find marks against a loop over bytes, and rows so split against rows
 * split byte by byte, which test_csv.c tests. Bytes are read out of blocks of just their size, so that a sanitizer sees
 * reads beyond them.
 */
#include "csv_sides.h"

#include <unistd.h>

/* --- marks ------------------------------------------------------------------------------------------------------- */

static void check_marks(const struct csv_marker *marker, const char *bytes, size_t blocks, char delimiter) {
  struct csv_marks marks[8];
  uint64_t quotes = marker->mark(bytes, blocks, delimiter, marks), all = 0;
  for (size_t i = 0; i < blocks * CSV_BLOCK; i++) {
    uint64_t bit = (uint64_t)1 << i % CSV_BLOCK;
    const struct csv_marks *block = &marks[i / CSV_BLOCK];
    if (!(block->ends & bit) != (bytes[i] != delimiter && bytes[i] != '\n') ||
        !(block->quotes & bit) != (bytes[i] != '"'))
      fail_msg("%s: byte %zu, %02x, with delimiter %02x", marker->name, i, (unsigned char)bytes[i],
               (unsigned char)delimiter);
    all |= block->quotes & bit;
  }
  assert_int_equal(!quotes, !all);
}

/* Bytes of all values, and mostly those that differ from what is looked for in one bit. */
static void test_markers(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  for (int i = 0; i < 3000; i++) {
    char bytes[8 * CSV_BLOCK], delimiter = ",;\t"[random_below(&seed, 3)];
    const char known[] = {delimiter, '\n', '"', 0};
    bool is_near = random_below(&seed, 4);
    size_t blocks = (size_t)random_between(&seed, 0, 8), len = blocks * CSV_BLOCK;
    for (size_t k = 0; k < len; k++) {
      int near = known[random_below(&seed, 4)] ^ (random_below(&seed, 2) ? 1 << random_below(&seed, 8) : 0);
      bytes[k] = (char)(is_near ? near : (int)random_below(&seed, 256));
    }
    char *copy = copy_of(bytes, len);
    size_t markers = 0;
    for (const struct csv_marker *marker; (marker = csv_marker_at(markers)); markers++)
      check_marks(marker, copy, blocks, delimiter);
    assert_true(markers);
    free(copy);
  }
}

/* Bytes in which quotes are as they should be, but for carriage returns behind them. */
static void check_good_marks(const struct csv_marker *marker, const char *bytes, size_t len, char delimiter) {
  struct csv_marks *marks = malloc((csv_blocks(len) + 1) * sizeof *marks);
  assert_non_null(marks);
  bool inside = false, ends_inside = false,
       has_ends_inside = csv_mark(marker, bytes, len, delimiter, marks).ends_inside;
  for (size_t i = 0; i < csv_blocks(len) * CSV_BLOCK; i++) {
    char c = i < len ? bytes[i] : '\0';
    bool is_end = c == delimiter || c == '\n', is_return = c == '\r' && i && bytes[i - 1] == '"';
    inside ^= c == '"';
    ends_inside |= inside && is_end;
    if ((marks[i / CSV_BLOCK].ends >> i % CSV_BLOCK & 1) != (!inside && (is_end || is_return)))
      fail_msg("%s: byte %zu of %zu", marker->name, i, len);
  }
  assert_int_equal(has_ends_inside, ends_inside);
  free(marks);
}

static void test_quotes(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  for (int i = 0; i < 1000; i++) {
    char bytes[2000], delimiter = ",;\t"[random_below(&seed, 3)];
    size_t len = random_csv(&seed, true, bytes, sizeof bytes, delimiter);
    const struct csv_marker *marker;
    for (size_t k = 0; (marker = csv_marker_at(k)); k++) {
      char *copy = copy_of(bytes, len);
      check_good_marks(marker, copy, len, delimiter);
      free(copy);
    }
  }
}

/* --- rows -------------------------------------------------------------------------------------------------------- */

static void check_block(const struct csv_marker *marker, const char *bytes, size_t len, char delimiter) {
  struct side quick = {0}, slow = {0};
  char *copy = copy_of(bytes, len);
  hold(&quick, copy, len, delimiter);
  hold(&slow, copy, len, delimiter);
  quick.reader.marker = marker;
  slow.reader.marker = NULL;
  while (next_of_both(&quick, &slow))
    ;
  csv_release(&quick.reader);
  csv_release(&slow.reader);
  free(copy);
}

/* Reads a file in pieces of random size, and now and then goes back to a row that was read before. */
static void check_file(const struct csv_marker *marker, int fd, uint64_t *seed) {
  enum { MOST_SEEN = 64 };
  struct {
    uint64_t offset;
    long line;
  } seen[MOST_SEEN];
  size_t rows = 0, jumps = 0;
  struct side quick = {0}, slow = {0};
  stream_begin(&quick.stream, fd, true);
  stream_begin(&slow.stream, fd, true);
  quick.stream.next_read = (size_t)random_between(seed, 1, 200);
  csv_begin(&quick.reader, &quick.stream);
  csv_begin(&slow.reader, &slow.stream);
  quick.reader.marker = marker;
  slow.reader.marker = NULL;
  while (next_of_both(&quick, &slow)) {
    seen[rows % MOST_SEEN].offset = place(&slow, slow.row.raw);
    seen[rows++ % MOST_SEEN].line = slow.row.line;
    quick.stream.next_read = (size_t)random_between(seed, 1, random_below(seed, 2) ? 8 : 600);
    if (random_below(seed, 8) || jumps++ == 100)
      continue;
    size_t to = (size_t)random_below(seed, rows < MOST_SEEN ? (int64_t)rows : MOST_SEEN);
    stream_seek(&quick.stream, seen[to].offset, (size_t)random_between(seed, 1, 300));
    stream_seek(&slow.stream, seen[to].offset, 4096);
    quick.reader.line = slow.reader.line = seen[to].line;
  }
  side_free(&quick);
  side_free(&slow);
}

static void test_random_rows(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  char bytes[12000], path[] = "/tmp/test_csv_mask-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0 && unlink(path) == 0);
  for (int i = 0; i < 500; i++) {
    char delimiter = ",;\t"[random_below(&seed, 3)];
    size_t len = random_csv(&seed, random_below(&seed, 4), bytes, sizeof bytes, delimiter);
    assert_true(len < sizeof bytes && ftruncate(fd, 0) == 0 && pwrite(fd, bytes, len, 0) == (ssize_t)len);
    const struct csv_marker *marker;
    for (size_t k = 0; (marker = csv_marker_at(k)); k++) {
      check_block(marker, bytes, len, delimiter);
      check_file(marker, fd, &seed);
    }
  }
  close(fd);
}

/* However the bytes end. */
static void test_all_ends(void **state) {
  (void)state;
  static const char bytes[] =
      "a,b,c\n1,22,333\r\n\"1\",\"2\"\"2\",\"3\n3\"\r\n,,\n\n\r\n\"\",\"\"\"\",\"\"\n\"x\"y,z\n4\"4,\"\"\n"
      "\"a long field of more than a block, with an end, that it is to be hoped is found, and quotes: \"\"\"\"\",b\r\n"
      "\"not closed, \"\"ever,\n1,2,3\r";
  const struct csv_marker *marker;
  for (size_t k = 0; (marker = csv_marker_at(k)); k++)
    for (size_t start = 0; start < sizeof bytes; start++)
      for (size_t end = start; end < sizeof bytes; end++)
        check_block(marker, bytes + start, end - start, ',');
}

/* Nothing of the stream before is believed of the next one, be it in the same memory. */
static void test_another_stream(void **state) {
  (void)state;
  char bytes[] = "\"1\"2,34\n";
  struct side side = {0};
  hold(&side, bytes, sizeof bytes - 1, ',');
  assert_true(csv_next(&side.reader, &side.row));
  memcpy(bytes, "1;2;;34\n", 8); /* has ends where those were, and one more */
  hold(&side, bytes, sizeof bytes - 1, ';');
  assert_true(csv_next(&side.reader, &side.row));
  assert_int_equal(side.row.count, 4);
  assert_int_equal(side.row.line, 1);
  csv_release(&side.reader);
}

/* --- size -------------------------------------------------------------------------------------------------------- */

/* Rows made of a pattern, so many times, between two others. */
static void check_large(const char *pattern, size_t times, size_t more) {
  size_t period = strlen(pattern), row = period * times + more, len = row + 8;
  char *bytes = malloc(len);
  assert_non_null(bytes);
  memcpy(bytes, "1,2\n", 4);
  for (size_t i = 0; i < row; i++)
    bytes[4 + i] = pattern[i % period];
  memcpy(bytes + len - 4, "\n3,4", 4);
  const struct csv_marker *marker;
  for (size_t k = 0; (marker = csv_marker_at(k)); k++)
    check_block(marker, bytes, len, ',');
  free(bytes);
}

static void test_large_rows(void **state) {
  (void)state;
  for (size_t more = 0; more < 5; more++) {
    check_large("x", CSV_MOST_BYTES - 2 + more, 0);
    check_large("\"\"", CSV_MOST_BYTES / 2, more);
    check_large("\"12345\n\",", CSV_MOST_BYTES / 9, more);
    check_large(",", CSV_MOST_FIELDS - 3 + more, 0);
    check_large("\"x\",", CSV_MOST_FIELDS - 3, more);
    check_large(",", 126 + more, 0);
    check_large("x,", 62 + more, 0);
    check_large("x,y,\n", 3000, more);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_markers),  cmocka_unit_test(test_quotes),         cmocka_unit_test(test_random_rows),
      cmocka_unit_test(test_all_ends), cmocka_unit_test(test_another_stream), cmocka_unit_test(test_large_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
