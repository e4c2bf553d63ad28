/*
 * Reading CSV. Cases are in tests/cases/csv.txt. Where the reads of a stream end must not matter, so that everything is
 * read through pipes that give it in pieces.
 */
#include "helpers.h"

#include "cli/csv.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

/* --- streams in pieces -----------------------------------------------------------------------------------------------
 */

/* Bytes, and where the pieces end in which they are to be read; the last ends at len. */
struct pieces {
  const char *bytes;
  size_t len;
  size_t *ends;
  size_t count, capacity;
};

static void stream_cut(struct pieces *stream, size_t end) {
  if (stream->count == stream->capacity) {
    stream->capacity = stream->capacity ? 2 * stream->capacity : 64;
    stream->ends = realloc(stream->ends, stream->capacity * sizeof *stream->ends);
    assert_non_null(stream->ends);
  }
  stream->ends[stream->count++] = end;
}

struct pouring {
  const struct pieces *stream;
  int fd;
};

static void *pour(void *data) {
  const struct pouring *pouring = data;
  size_t start = 0;
  for (size_t i = 0; i < pouring->stream->count; start = pouring->stream->ends[i], i++)
    while (start < pouring->stream->ends[i]) {
      size_t room = pouring->stream->ends[i] - start;
      ssize_t done = write(pouring->fd, pouring->stream->bytes + start, room < 4096 ? room : 4096);
      if (done <= 0)
        break;
      start += (size_t)done;
    }
  close(pouring->fd);
  return NULL;
}

/* What was read, as text that cases are written in; and the rows as they stood. */
struct reading {
  char *text, *bytes;
  size_t text_len, byte_count;
  FILE *text_file, *byte_file;
  size_t rows;
  char delimiter;
};

static void put_escaped(FILE *file, struct sla_text text) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    static const char named[] = "\nn\rr\tt\\\\ s";
    const char *name = c ? strchr(named, c) : NULL;
    if (name && (name - named) % 2 == 0)
      fprintf(file, "\\%c", name[1]);
    else if (c < 0x20 || c >= 0x7F)
      fprintf(file, "\\x%02x", c);
    else
      putc(c, file);
  }
}

static void put_row(struct reading *reading, const struct record *row) {
  fprintf(reading->text_file, "%s%ld", reading->rows++ ? " ; " : "", row->line);
  if (row->problem)
    fprintf(reading->text_file, " !%s", row->problem);
  char *scratch = malloc(row->raw.len + 1);
  for (size_t i = 0; i < row->count; i++) {
    size_t used;
    fputs(" <", reading->text_file);
    put_escaped(reading->text_file, csv_value(row->fields[i], scratch, &used));
    assert_true(used <= row->fields[i].len);
    fputs(">", reading->text_file);
  }
  free(scratch);
  fwrite(row->raw.ptr, 1, row->raw.len, reading->byte_file);
  fwrite(row->end.ptr, 1, row->end.len, reading->byte_file);
}

/*
 * A pipe; one that keeps pieces apart where the system has such and the reader's buffer has room for any, since such a
 * pipe drops what of a piece is not asked for.
 */
static void open_pipe(size_t len, int fds[2]) {
#ifdef O_DIRECT
  if (len < 100 * 1024) {
    assert_int_equal(pipe2(fds, O_DIRECT), 0);
    return;
  }
#endif
  (void)len;
  assert_int_equal(pipe(fds), 0);
}

static struct reading read_stream(struct pieces *pieces) {
  struct reading reading = {0};
  struct stream stream = {0};
  struct csv_reader reader = {0};
  struct record row;
  int fds[2];
  pthread_t thread;
  open_pipe(pieces->len, fds);
  struct pouring pouring = {pieces, fds[1]};
  assert_int_equal(pthread_create(&thread, NULL, pour, &pouring), 0);
  reading.text_file = open_memstream(&reading.text, &reading.text_len);
  reading.byte_file = open_memstream(&reading.bytes, &reading.byte_count);
  stream_begin(&stream, fds[0], false);
  csv_begin(&reader, &stream);
  reading.delimiter = reader.delimiter;
  while (csv_next(&reader, &row))
    put_row(&reading, &row);
  assert_int_equal(stream.read_errno, 0);
  assert_false(csv_next(&reader, &row));
  csv_release(&reader);
  stream_free(&stream);
  fclose(reading.text_file);
  fclose(reading.byte_file);
  assert_int_equal(pthread_join(thread, NULL), 0);
  close(fds[0]);
  free(pieces->ends);
  pieces->ends = NULL;
  pieces->count = pieces->capacity = 0;
  return reading;
}

static void reading_free(struct reading *reading) {
  free(reading->text);
  free(reading->bytes);
}

/* --- cases -----------------------------------------------------------------------------------------------------------
 */

/* The bytes that a field of the case file means, in place. */
static size_t unescape(char *text) {
  char *to = text;
  for (const char *from = text; *from; from++) {
    if (*from != '\\') {
      *to++ = *from;
      continue;
    }
    static const char named[] = "n\nr\rt\t\\\\s ";
    const char *name = strchr(named, *++from);
    if (*from == 'x') {
      char digits[3] = {from[1], from[2], '\0'};
      *to++ = (char)strtol(digits, NULL, 16);
      from += 2;
    } else {
      assert_true(name && (name - named) % 2 == 0);
      *to++ = name[1];
    }
  }
  *to = '\0';
  return (size_t)(to - text);
}

/* The rows as a case has them: a problem is cut to as much as the case says of it. */
static bool rows_match(const char *got, const char *expected) {
  while (*got && *expected) {
    if (*got == '!' && *expected == '!') {
      size_t len = strcspn(expected, "<") - 1; /* without the blank */
      if (strncmp(got, expected, len) != 0)
        return false;
      got += strcspn(got, "<");
      expected += len + 1;
    }
    if (*got++ != *expected++)
      return false;
  }
  return !*got && !*expected;
}

static void check_reading(struct case_file *cases, struct pieces *stream, char delimiter, const char *expected,
                          const char *how, size_t cut) {
  struct reading reading = read_stream(stream);
  if (reading.delimiter != delimiter || !rows_match(reading.text, expected))
    case_wrong(cases, "%s %zu: delimiter \"%c\", rows %s", how, cut, reading.delimiter, reading.text);
  reading_free(&reading);
}

static void run_read(struct case_file *cases) {
  char *text = case_need(cases, '|'), *delimiter = case_need(cases, '|');
  const char *expected = case_need(cases, '\0');
  struct pieces stream = {.bytes = text, .len = unescape(text)};
  unescape(delimiter);
  stream_cut(&stream, stream.len);
  check_reading(cases, &stream, *delimiter, expected, "whole", 0);
  for (size_t cut = 1; cut < stream.len; cut++) {
    stream_cut(&stream, cut);
    stream_cut(&stream, stream.len);
    check_reading(cases, &stream, *delimiter, expected, "cut at", cut);
  }
  for (size_t cut = 1; cut <= stream.len; cut++)
    stream_cut(&stream, cut);
  check_reading(cases, &stream, *delimiter, expected, "byte by byte", 0);
}

static void run_quote(struct case_file *cases) {
  char *text = case_need(cases, '|'), *delimiter = case_need(cases, '|');
  size_t len = unescape(text);
  unescape(delimiter);
  if (csv_needs_quotes((struct sla_text){text, len}, *delimiter) != (strcmp(case_need(cases, '|'), "yes") == 0))
    case_wrong(cases, "the other way");
}

static void test_cases(void **state) {
  (void)state;
  struct case_file cases = case_open("csv.txt");
  while (case_next(&cases)) {
    const char *word = case_need(&cases, '|');
    if (strcmp(word, "read") == 0)
      run_read(&cases);
    else if (strcmp(word, "quote") == 0)
      run_quote(&cases);
    else
      case_wrong(&cases, "unknown word %s", word);
  }
  case_close(&cases);
}

/* Texts of all lengths, with one byte that matters at every place of them, or none. */
static void test_which_need_quotes(void **state) {
  (void)state;
  static const char others[] = "abc 1\xC3\xA9\x00\xFF\x0B\x0C\x09\x0E\x21\x23\x2B\x2D,;";
  char *text = malloc(80); /* of the heap, so that a look beyond its end is seen */
  assert_non_null(text);
  for (size_t len = 0; len <= 80; len++)
    for (size_t at = 0; at <= len; at++)
      for (size_t k = 0; k < 4; k++) {
        char delimiter = ",;\t"[(at + k) % 3], special = (char[]){delimiter, '"', '\n', '\r'}[k];
        char *from = text + 80 - len;
        for (size_t i = 0; i < len; i++)
          from[i] = others[(i * 7 + at + k) % (sizeof others - 1)];
        for (size_t i = 0; i < len; i++)
          from[i] = (char)(from[i] == delimiter ? '_' : from[i]);
        if (at < len)
          from[at] = special;
        if (csv_needs_quotes((struct sla_text){from, len}, delimiter) != (at < len))
          fail_msg("%zu bytes, byte %zu of them \\x%02x, between \\x%02x", len, at, (unsigned char)special, delimiter);
      }
  free(text);
}

/* --- tables ----------------------------------------------------------------------------------------------------------
 */

/* A table as RFC 4180 writes it, and what it must read as. */
struct table {
  char *csv, *expected;
  size_t csv_len, expected_len;
  FILE *csv_file, *expected_file;
};

static void put_field(struct table *table, uint64_t *seed, char delimiter) {
  static const char bytes[] = "ab,;\t\"\n\r 1\xC3\xA9\x00";
  char field[32];
  size_t len = (size_t)random_below(seed, random_below(seed, 8) ? 6 : 32);
  bool quoted = random_below(seed, 3) == 0;
  for (size_t i = 0; i < len; i++)
    field[i] = bytes[random_below(seed, sizeof bytes - 1)];
  struct sla_text text = {field, len};
  quoted |= csv_needs_quotes(text, delimiter);
  if (quoted)
    putc('"', table->csv_file);
  for (size_t i = 0; i < len; i++)
    fprintf(table->csv_file, field[i] == '"' ? "\"\"" : "%c", field[i]);
  if (quoted)
    putc('"', table->csv_file);
  fputs(" <", table->expected_file);
  put_escaped(table->expected_file, text);
  fputs(">", table->expected_file);
}

static size_t lines_in(const char *bytes, size_t len) {
  size_t lines = 0;
  for (size_t i = 0; i < len; i++)
    lines += bytes[i] == '\n';
  return lines;
}

/* A header that settles the delimiter, then rows; two fields at least, so that no row is blank. */
static struct table random_table(uint64_t *seed, size_t rows) {
  struct table table = {0};
  char delimiter = ",;\t"[random_below(seed, 3)];
  bool crlf = random_below(seed, 2);
  table.csv_file = open_memstream(&table.csv, &table.csv_len);
  table.expected_file = open_memstream(&table.expected, &table.expected_len);
  fprintf(table.csv_file, "%sh%ch%ch%s", random_below(seed, 2) ? "\xEF\xBB\xBF" : "", delimiter, delimiter,
          crlf ? "\r\n" : "\n");
  fprintf(table.expected_file, "1 <h> <h> <h>");
  for (size_t row = 0; row < rows; row++) {
    fflush(table.csv_file);
    fprintf(table.expected_file, " ; %zu", lines_in(table.csv, table.csv_len) + 1);
    for (int64_t fields = random_between(seed, 2, 5), i = 0; i < fields; i++) {
      if (i)
        putc(delimiter, table.csv_file);
      put_field(&table, seed, delimiter);
    }
    if (row + 1 < rows || random_below(seed, 2))
      fputs(crlf ? "\r\n" : "\n", table.csv_file);
  }
  fclose(table.csv_file);
  fclose(table.expected_file);
  return table;
}

/* What is written by the rules is read as it was meant, in whatever pieces, and passed on byte for byte. */
static void test_random_tables(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  for (int i = 0; i < 300; i++) {
    struct table table = random_table(&seed, (size_t)random_between(&seed, 1, 40));
    struct pieces stream = {.bytes = table.csv, .len = table.csv_len};
    int64_t most = random_below(&seed, 2) ? 4 : 200;
    for (size_t end = 0; end < stream.len;) {
      end += (size_t)random_between(&seed, 1, most);
      stream_cut(&stream, end < stream.len ? end : stream.len);
    }
    struct reading reading = read_stream(&stream);
    assert_string_equal(reading.text, table.expected);
    size_t mark = table.csv[0] == '\xEF' ? 3 : 0;
    assert_int_equal(reading.byte_count, table.csv_len - mark);
    assert_memory_equal(reading.bytes, table.csv + mark, reading.byte_count);
    reading_free(&reading);
    free(table.csv);
    free(table.expected);
  }
}

/* --- size ------------------------------------------------------------------------------------------------------------
 */

/* Reads bytes in pieces of a size; the same however large they are. */
static struct reading read_in_pieces(const char *bytes, size_t len, size_t piece) {
  struct pieces stream = {.bytes = bytes, .len = len};
  for (size_t end = 0; end < len;) {
    end = len - end < piece ? len : end + piece;
    stream_cut(&stream, end);
  }
  return read_stream(&stream);
}

/* Two lines around one of length bytes, made of a pattern: what is read must not depend on the pieces. */
static void check_long_row(size_t length, const char *pattern, bool fits) {
  static const char before[] = "a,b\n", after[] = "\n3,4\n";
  size_t len = sizeof before - 1 + length + sizeof after - 1, period = strlen(pattern);
  char *bytes = malloc(len + 1);
  assert_non_null(bytes);
  memcpy(bytes, before, sizeof before);
  for (size_t i = 0; i < length; i++)
    bytes[sizeof before - 1 + i] = pattern[i % period];
  memcpy(bytes + len - (sizeof after - 1), after, sizeof after);
  struct reading first = read_in_pieces(bytes, len, 4096);
  assert_int_equal(first.rows, 3);
  assert_int_equal(strncmp(first.text, "1 <a> <b> ; 2 ", 14), 0);
  assert_int_equal(first.text[14] == '!', !fits);
  assert_string_equal(first.text + first.text_len - 12, " ; 3 <3> <4>");
  if (fits)
    assert_int_equal(first.byte_count, len);
  for (size_t piece = 1000; piece < 4096; piece += 1777) {
    struct reading again = read_in_pieces(bytes, len, piece);
    assert_string_equal(again.text, first.text);
    reading_free(&again);
  }
  /* all at once, as out of a file */
  char path[] = "/tmp/test_csv-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0 && unlink(path) == 0 && write(fd, bytes, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
  struct stream stream = {0};
  struct csv_reader reader = {0};
  struct record row;
  size_t rows = 0;
  stream_begin(&stream, fd, false);
  csv_begin(&reader, &stream);
  for (; csv_next(&reader, &row); rows++)
    if (rows == 1)
      assert_int_equal(row.problem == NULL, fits);
  assert_int_equal(rows, 3);
  assert_int_equal(row.line, 3);
  csv_release(&reader);
  stream_free(&stream);
  close(fd);
  reading_free(&first);
  free(bytes);
}

static void test_rows_larger_than_the_buffer(void **state) {
  (void)state;
  check_long_row(300 * 1024, "1234567890", true);
  check_long_row(700 * 1024, "12345678901234567890123456789012345678901234567890123456789012345678901234567890,", true);
  check_long_row(CSV_MOST_BYTES, "1234567890", true);
}

static void test_rows_that_are_too_long(void **state) {
  (void)state;
  check_long_row(CSV_MOST_BYTES + 1, "1234567890", false);
  check_long_row(CSV_MOST_BYTES + 100 * 1024, "1234567890", false);
  check_long_row(3 * CSV_MOST_BYTES, "1234567890", false);
}

static void test_rows_of_many_fields(void **state) {
  (void)state;
  for (size_t count = CSV_MOST_FIELDS - 1; count <= CSV_MOST_FIELDS + 1; count++) {
    char *bytes = malloc(count + 8);
    memset(bytes, ',', count - 1);
    memcpy(bytes + count - 1, "\n1,2\n", 6);
    struct reading reading = read_in_pieces(bytes, count + 4, 4096);
    assert_int_equal(reading.text[2] == '!', count > CSV_MOST_FIELDS);
    assert_string_equal(reading.text + reading.text_len - 12, " ; 2 <1> <2>");
    reading_free(&reading);
    free(bytes);
  }
}

/* A stream that cannot be read is not an empty one. */
static void test_a_failing_read(void **state) {
  (void)state;
  struct stream stream = {0};
  struct csv_reader reader = {0};
  struct record row;
  int fd = open("/", O_RDONLY);
  stream_begin(&stream, fd, false);
  csv_begin(&reader, &stream);
  assert_false(csv_next(&reader, &row));
  assert_int_equal(stream.read_errno, EISDIR);
  close(fd);
  fd = open("/dev/null", O_RDONLY);
  stream_begin(&stream, fd, false);
  csv_begin(&reader, &stream);
  assert_false(csv_next(&reader, &row));
  assert_int_equal(stream.read_errno, 0);
  csv_release(&reader);
  stream_free(&stream);
  close(fd);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cases),
      cmocka_unit_test(test_which_need_quotes),
      cmocka_unit_test(test_random_tables),
      cmocka_unit_test(test_rows_larger_than_the_buffer),
      cmocka_unit_test(test_rows_that_are_too_long),
      cmocka_unit_test(test_rows_of_many_fields),
      cmocka_unit_test(test_a_failing_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
