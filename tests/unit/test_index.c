/* The index of incidents' rows, against a naive list; and going back to rows in files. */
#include "helpers.h"

#include "base/text.h"
#include "cli/csv.h"
#include "cli/index.h"

#include <unistd.h>

enum { ROWS = 400 };

struct naive_row {
  char id[16];
  size_t file;
};

/* Adds random rows of few ids, in runs; hashes are made to collide by same_hash. */
static void check_random(uint64_t *seed, uint32_t same_hash) {
  struct index index = {.same_hash = same_hash};
  struct naive_row rows[ROWS];
  size_t count = (size_t)random_between(seed, 1, ROWS), runs = 0;
  int64_t ids = random_between(seed, 1, 60);
  for (size_t i = 0; i < count; i++) {
    bool goes_on = i && random_below(seed, 2);
    rows[i].file = i * 3 / count;
    if (goes_on)
      memcpy(rows[i].id, rows[i - 1].id, sizeof rows[i].id);
    else
      snprintf(rows[i].id, sizeof rows[i].id, "%.*s", (int)random_below(seed, 12), "INC00000000");
    if (!goes_on && *rows[i].id)
      snprintf(rows[i].id, sizeof rows[i].id, "INC%d", (int)random_below(seed, ids));
    assert_true(index_add(&index, text_of(rows[i].id), rows[i].file, 100 * i, (long)i + 2));
    runs += !i || !*rows[i].id || strcmp(rows[i].id, rows[i - 1].id) != 0 || rows[i].file != rows[i - 1].file;
  }
  assert_int_equal(index.run_count, runs);
  /* each incident's rows are those of its id, in order; and incidents come in the order of first sight */
  size_t seen = 0, next_first = 0;
  bool taken[ROWS] = {0};
  for (uint32_t n = 0; n < index.count; n++) {
    while (taken[next_first])
      next_first++;
    struct sla_text id = index_id(&index, n);
    size_t at = next_first;
    for (uint32_t r = index.incidents[n].first; r != INDEX_END; r = index.runs[r].next) {
      const struct index_run *run = &index.runs[r];
      for (uint32_t k = 0; k < run->count; k++, seen++) {
        while (taken[at] || strcmp(rows[at].id, rows[next_first].id) != 0)
          assert_true(++at < count);
        taken[at] = true;
        if (k == 0) {
          assert_int_equal(run->offset, 100 * at);
          assert_int_equal(run->line, at + 2);
        }
        assert_int_equal(run->file, rows[at].file);
      }
    }
    assert_int_equal(id.len, strlen(rows[next_first].id));
    assert_memory_equal(id.ptr, rows[next_first].id, id.len);
    assert_int_equal(index_find(&index, id), id.len ? n : INDEX_END);
  }
  assert_int_equal(seen, count);
  assert_int_equal(index_find(&index, text_of("INC60")), INDEX_END);
  index_free(&index);
}

static void test_random_rows(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  for (int i = 0; i < 1000; i++) {
    check_random(&seed, 0);
    check_random(&seed, UINT32_MAX);
    check_random(&seed, UINT32_MAX - 7);
  }
}

/* Sorted by incident, memory is that of the incidents. */
static void test_size_of_sorted_rows(void **state) {
  (void)state;
  struct index index = {0};
  char id[16];
  for (int i = 0; i < 1000000; i++) {
    snprintf(id, sizeof id, "%d", i / 100);
    assert_true(index_add(&index, text_of(id), 0, (uint64_t)i, i));
  }
  assert_int_equal(index.count, 10000);
  assert_true(index_is_grouped(&index));
  assert_true(index_size(&index) < 10000 * 200);
  index_free(&index);
}

/* A row of a file is the same whether it is read in passing or gone to. */
static void test_going_to_rows(void **state) {
  (void)state;
  char path[] = "/tmp/test_index-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0 && unlink(path) == 0);
  FILE *file = fdopen(dup(fd), "w");
  enum { LINES = 20000 };
  static uint64_t offsets[LINES];
  for (int i = 0; i < LINES; i++)
    fprintf(file, "%d,\"a\n%d\",%*s\n", i, i, i % 97, "");
  fclose(file);
  struct stream stream = {0};
  struct csv_reader reader = {0};
  struct record row;
  stream_begin(&stream, fd, true);
  csv_begin(&reader, &stream);
  for (int i = 0; i < LINES; i++) {
    assert_true(csv_next(&reader, &row));
    offsets[i] = stream_offset(&stream) - row.raw.len - row.end.len;
    assert_int_equal(stream.base + (uint64_t)(row.raw.ptr - stream.buffer), offsets[i]);
  }
  assert_false(csv_next(&reader, &row));
  uint64_t seed = test_seed();
  for (int i = 0; i < 3000; i++) {
    int at = (int)random_below(&seed, LINES);
    char expected[64];
    stream_seek(&stream, offsets[at], random_below(&seed, 2) ? 10 : 5000);
    for (int k = at; k < LINES && k < at + 4; k++) {
      assert_true(csv_next(&reader, &row));
      int len = snprintf(expected, sizeof expected, "%d,\"a\n%d\",", k, k);
      assert_int_equal(row.count, 3);
      assert_int_equal(row.raw.len, len + (k % 97));
      assert_memory_equal(row.raw.ptr, expected, (size_t)len);
    }
  }
  csv_release(&reader);
  stream_free(&stream);
  close(fd);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_random_rows),
      cmocka_unit_test(test_size_of_sorted_rows),
      cmocka_unit_test(test_going_to_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
