/*
 * Reading JSON: objects are found wherever the reads of a stream end, come out byte for byte, and say what they say; of
 * whatever bytes there are nothing is lost.
 */
#include "helpers.h"
#include "random_json.h"

#include "base/text.h"
#include "cli/json_path.h"
#include "cli/json_read.h"
#include "cli/json_scan.h"

#include <pthread.h>
#include <unistd.h>

/* --- streams in pieces ------------------------------------------------------------------------------------------- */

struct pouring {
  const char *bytes;
  size_t len;
  uint64_t seed;
  int fd;
};

static void *pour(void *data) {
  struct pouring *pouring = data;
  for (size_t at = 0; at < pouring->len;) {
    size_t piece = (size_t)random_between(&pouring->seed, 1, 40);
    piece = piece < pouring->len - at ? piece : pouring->len - at;
    if (write(pouring->fd, pouring->bytes + at, piece) != (ssize_t)piece)
      break;
    at += piece;
  }
  close(pouring->fd);
  return NULL;
}

/* Reads all objects; their raw texts, each on a line, are put into text. Returns how many had no problem. */
static size_t read_all(const char *bytes, size_t len, bool lines, uint64_t seed, const char *path, char **text,
                       char problem[160]) {
  int fds[2];
  pthread_t thread;
  size_t text_len, good = 0;
  const char *wrong;
  assert_int_equal(pipe(fds), 0);
  struct pouring pouring = {bytes, len, seed, fds[1]};
  assert_int_equal(pthread_create(&thread, NULL, pour, &pouring), 0);
  struct stream stream = {0};
  struct json_scan scan;
  struct json_reader *reader = json_reader_new();
  struct record record;
  FILE *file = open_memstream(text, &text_len);
  assert_non_null(reader);
  assert_int_equal(path ? json_reader_bind(reader, path, &wrong) : 0, 0);
  stream_begin(&stream, fds[0], false);
  json_scan_begin(&scan, &stream, lines);
  while (json_scan_next(&scan, &record)) {
    json_reader_read(reader, &record);
    good += !record.problem;
    fwrite(record.raw.ptr, 1, record.raw.len, file);
    if (path) {
      fprintf(file, " = <%.*s>", (int)record.fields[0].len, record.fields[0].ptr);
      for (size_t i = 0; i < record.lists[0].count; i++)
        fprintf(file, " <%.*s>", (int)record.lists[0].items[i].len, record.lists[0].items[i].ptr);
      if (record.error)
        fputs(" !", file);
    }
    putc('\n', file);
  }
  fclose(file);
  memcpy(problem, scan.problem, 160);
  while (read(fds[0], (char[4096]){0}, 4096) > 0)
    ;
  pthread_join(thread, NULL);
  close(fds[0]);
  json_reader_free(reader);
  stream_free(&stream);
  return good;
}

/* --- random documents -------------------------------------------------------------------------------------------- */

/* A file of random objects, and the objects each on a line of its own. */
struct document {
  char *bytes, *objects;
  size_t len, objects_len, count;
};

static struct document make_document(uint64_t *seed, bool lines, bool envelope) {
  struct document document = {.count = (size_t)random_below(seed, 6)};
  FILE *file = open_memstream(&document.bytes, &document.len);
  FILE *objects = open_memstream(&document.objects, &document.objects_len);
  if (envelope) {
    document.count++; /* in an envelope an array without objects is any member */
    fputs(" { \"x\": [1, {}], \"s\" : \"[{\", \"list\" :", file);
  }
  if (!lines)
    fputs(" [ ", file);
  for (size_t i = 0; i < document.count; i++) {
    char *object;
    size_t len;
    FILE *one = open_memstream(&object, &len);
    put_nested(one, seed, lines, 0, true);
    fclose(one);
    fwrite(object, 1, len, file);
    fwrite(object, 1, len, objects);
    putc('\n', objects);
    if (!lines && i + 1 < document.count)
      putc(',', file);
    put_blanks(file, seed, lines);
    if (lines)
      fputs(random_below(seed, 2) ? "\n" : "\r\n\n", file);
    free(object);
  }
  if (!lines)
    fputs("\n ]", file);
  if (envelope)
    fputs(", \"n\": 1 }\n", file);
  fclose(file);
  fclose(objects);
  return document;
}

static void document_free(struct document *document) {
  free(document->bytes);
  free(document->objects);
}

static void test_random_documents(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  for (int i = 0; i < 1500; i++) {
    char *text, problem[160];
    bool lines = i % 3 == 0;
    struct document document = make_document(&seed, lines, i % 3 == 2);
    size_t good = read_all(document.bytes, document.len, lines, seed, NULL, &text, problem);
    assert_string_equal(problem, "");
    assert_string_equal(text, document.objects);
    assert_int_equal(good, document.count);
    free(text);
    document_free(&document);
  }
}

/* Bytes changed, dropped or cut off: no crash, and NDJSON loses nothing. */
static void test_broken_documents(void **state) {
  (void)state;
  static const char bytes[] = "{}[],:\"\\ \nn1-\x80\xC3\x00";
  uint64_t seed = test_seed();
  for (int i = 0; i < 3000; i++) {
    char *text, problem[160];
    bool lines = i % 3 == 0;
    struct document document = make_document(&seed, lines, i % 3 == 2);
    for (int64_t n = random_between(&seed, 1, 3); n && document.len; n--)
      document.bytes[random_below(&seed, (int64_t)document.len)] = bytes[random_below(&seed, sizeof bytes - 1)];
    if (random_below(&seed, 4) == 0)
      document.len = (size_t)random_below(&seed, (int64_t)document.len + 1);
    read_all(document.bytes, document.len, lines, seed, "k0[].k1", &text, problem);
    free(text);
    if (lines) {
      read_all(document.bytes, document.len, lines, seed, NULL, &text, problem);
      size_t at = 0;
      for (size_t k = 0; k < document.len; k++) /* all but blanks comes out, in order */
        if (!strchr(" \t\r\n", document.bytes[k])) {
          while (text[at] && strchr(" \t\r\n", text[at]))
            at++;
          assert_int_equal(text[at++], document.bytes[k]);
        } else if (!document.bytes[k])
          break;
      free(text);
    }
    document_free(&document);
  }
}

/* --- paths ------------------------------------------------------------------------------------------------------- */

static void test_paths(void **state) {
  (void)state;
  static const char object[] =
      "{\"a\":{\"b\":1.0,\"c d\":[true,null,\"x\\ty\",2]},\"l\":[{\"n\":\"p\"},{\"n\":[\"q\",\"r\"]},{}],\"e\":[],"
      "\"a.b\":\"dot\",\"m\":[[1,2],[3]],\"\\u0061\\u0062\":-0e5,\"z\":null,\"o\":[{}],\"long\":"
      "123456789012345678901234567890123456789012345678901234567890}";
  static const struct {
    const char *path, *values; /* the first, then all where there are several */
  } cases[] = {
      {"a.b", "<1.0>"},
      {"[\"a.b\"]", "<dot>"},
      {"a[\"c d\"]", "<true> <true> <x\ty> <2>"},
      {"a.c d[]", "<true> <true> <x\ty> <2>"},
      {"a.c d[1]", "<>"},
      {"a.c d[2]", "<x\ty>"},
      {"a.c d[9]", "<>"},
      {"l[].n", "<p> <p> <q> <r>"},
      {"l[0].n", "<p>"},
      {"l[1].n[1]", "<r>"},
      {"l.n", "<>"},
      {"e", "<>"},
      {"e[]", "<>"},
      {"m[]", "<1> <1> <2> <3>"},
      {"m[][]", "<1> <1> <2> <3>"},
      {"m[0]", "<1> <1> <2>"},
      {"m", "<> !"},
      {"ab", "<-0e5>"},
      {"z", "<>"},
      {"z.y", "<>"},
      {"a", "<> !"},
      {"o", "<> !"},
      {"absent", "<>"},
      {"a[]", "<>"},
      {"long", "<123456789012345678901234567890123456789012345678901234567890>"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *text, problem[160], expected[512];
    snprintf(expected, sizeof expected, "%s = %s\n", object, cases[i].values);
    read_all(object, sizeof object - 1, true, 1, cases[i].path, &text, problem);
    assert_string_equal(text, expected);
    free(text);
  }
}

/* Members are found wherever they are, also where so many names have come that all are forgotten. */
static void test_moving_members(void **state) {
  (void)state;
  const char *problem;
  struct json_reader *reader = json_reader_new();
  long outer = json_reader_bind(reader, "k", &problem), inner = json_reader_bind(reader, "o.k", &problem);
  long listed = json_reader_bind(reader, "o.l[].k", &problem), absent = json_reader_bind(reader, "o.absent", &problem);
  for (int i = 0; i < 60; i++) {
    char *text, expected[16];
    size_t len;
    FILE *file = open_memstream(&text, &len);
    fputs("{\"first\":{\"k\":0}", file);
    fprintf(file, i % 2 ? ",\"k\":%d" : ",\"o\":{\"l\":[{\"k\":1},{\"x\":{\"k\":3},\"k\":2}],\"k\":%d}", i);
    for (int n = 0; n < 500 * (i % 3); n++)
      fprintf(file, ",\"name %d of %d\":{}", n, i);
    fprintf(file, i % 2 ? ",\"o\":{\"k\":%d,\"l\":[{\"k\":1},{\"k\":2,\"y\":0}]}}" : ",\"k\":%d}", i);
    fclose(file);
    struct record record = {.raw = {text, len}, .line = 1};
    assert_true(json_reader_read(reader, &record));
    assert_null(record.problem);
    assert_null(record.error);
    snprintf(expected, sizeof expected, "%d", i);
    for (int k = 0; k < 2; k++) {
      struct sla_text value = record.fields[k ? inner : outer];
      assert_int_equal(value.len, strlen(expected));
      assert_memory_equal(value.ptr, expected, value.len);
    }
    assert_int_equal(record.lists[listed].count, 2);
    assert_memory_equal(record.lists[listed].items[1].ptr, "2", 1);
    assert_int_equal(record.fields[absent].len, 0);
    free(text);
  }
  assert_true(json_reader_object(reader)->names.generation > 0);
  assert_false(json_reader_has_seen(reader, absent));
  json_reader_free(reader);
}

static void test_wrong_paths(void **state) {
  (void)state;
  static const char *const wrong[] = {"",      ".a",   "a.",   "a..b",   "a[",      "a[1",   "a[x]",
                                      "a[-1]", "a]b[", "a[]b", "a[\"b]", "a[\"b\"", "a.[0]", "a[1x]"};
  static const char *const right[] = {"a", "a]b", "a b", "a.b[0][1].c", "[0]", "[\"\"]", "a[\"[\"]", "a[].b"};
  const char *problem;
  struct json_path path;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    if (json_path_read(&path, wrong[i], &problem))
      fail_msg("\"%s\" is no path", wrong[i]);
    assert_non_null(problem);
    json_path_free(&path);
  }
  for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
    if (!json_path_read(&path, right[i], &problem))
      fail_msg("\"%s\" is a path: %s", right[i], problem);
    json_path_free(&path);
  }
  char deep[64] = "a";
  while (strlen(deep) < 31)
    memcpy(deep + strlen(deep), ".a", 3);
  assert_true(json_path_read(&path, deep, &problem));
  json_path_free(&path);
  memcpy(deep + strlen(deep), ".a", 3);
  assert_false(json_path_read(&path, deep, &problem));
  json_path_free(&path);
}

/* --- size -------------------------------------------------------------------------------------------------------- */

static void test_large_objects(void **state) {
  (void)state;
  for (int over = 0; over < 2; over++)
    for (int lines = 0; lines < 2; lines++) {
      size_t len = (size_t)JSON_MOST_BYTES - 100 + (over ? 300 * 1024 : 0);
      char *bytes = malloc(len + 16), path[] = "/tmp/test_json_read-XXXXXX";
      memset(bytes, 'a', len + 16);
      memcpy(bytes, lines ? " {\"" : "[{\"", 3);
      memcpy(bytes + len - 5, "\":1}", 4);
      memcpy(bytes + len - 1, lines ? "\n{}\n" : ",{}]", 4);
      int fd = mkstemp(path);
      assert_true(fd >= 0 && unlink(path) == 0 && write(fd, bytes, len + 3) == (ssize_t)(len + 3));
      lseek(fd, 0, SEEK_SET);
      struct stream stream = {0};
      struct json_scan scan;
      struct record record;
      stream_begin(&stream, fd, false);
      json_scan_begin(&scan, &stream, lines);
      bool first = json_scan_next(&scan, &record);
      assert_int_equal(first, lines || !over); /* of an array nothing can be read behind it */
      if (first) {
        assert_int_equal(record.problem != NULL, over);
        assert_int_equal(record.raw.len, len - 2);
        assert_true(json_scan_next(&scan, &record));
        assert_int_equal(record.raw.len, 2);
        assert_null(record.problem);
      }
      assert_false(json_scan_next(&scan, &record));
      assert_int_equal(*scan.problem != '\0', over && !lines);
      stream_free(&stream);
      close(fd);
      free(bytes);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_random_documents),
      cmocka_unit_test(test_broken_documents),
      cmocka_unit_test(test_paths),
      cmocka_unit_test(test_moving_members),
      cmocka_unit_test(test_wrong_paths),
      cmocka_unit_test(test_large_objects),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
