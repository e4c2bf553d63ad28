/*
 * Columns of times, by each reader that the machine has, against timestamp_read, which test_time.c tests. Texts stand
 * in memory of just their length, so that a sanitizer sees reads beyond them.
 */
#include "helpers.h"

#include "base/text.h"
#include "time/timestamp_many.h"

/* Texts to be read as one column. */
struct column {
  size_t count, stride;
  struct sla_text *cells; /* with nothing behind the last of the column */
};

static struct column column_new(size_t count, size_t stride) {
  struct column column = {count, stride, calloc((count - 1) * stride + 1, sizeof *column.cells)};
  assert_non_null(column.cells);
  return column;
}

/* Sets a text; an empty one points nowhere. */
static void column_put(struct column *column, size_t i, const char *bytes, size_t len) {
  struct sla_text *cell = &column->cells[i * column->stride];
  free((char *)cell->ptr);
  *cell = (struct sla_text){NULL, len};
  if (!len)
    return;
  char *copy = malloc(len);
  assert_non_null(copy);
  memcpy(copy, bytes, len);
  cell->ptr = copy;
}

static void column_free(struct column *column) {
  for (size_t i = 0; i < column->count; i++)
    free((char *)column->cells[i * column->stride].ptr);
  free(column->cells);
}

/* Zones that tests read local times in. */
static const struct zone *zone_named(struct arena *arena, const char *name) {
  static struct zones zones;
  const char *problem = NULL;
  zones_init(&zones, arena, SLA_TZDATA_AUTO);
  const struct zone *zone = zone_find(&zones, text_of(name), &problem);
  if (!zone)
    fail_msg("%s", problem);
  return zone;
}

/* A reader may leave to others a time that has a blank between date and time of day. */
static bool may_be_left(struct sla_text text) {
  return text.len == 20 && text.ptr[10] == ' ';
}

static void check_text(const char *reader, struct sla_text text, const struct zone *zone, bool is_read, sla_time t) {
  sla_time expected = TIMESTAMP_NONE;
  bool should = !text.len || timestamp_read(text, zone, &expected);
  if (is_read ? !should || t != expected : should && !may_be_left(text))
    fail_msg("%s: \"%.*s\" is read as %s, not as %s", reader, TEXT_ARGS(text),
             is_read ? time_text_at(t, 0).text : "nothing", should ? time_text_at(expected, 0).text : "nothing");
}

/* Reads a column into room of just its size. */
static void check_column(const struct column *column, const struct zone *zone) {
  const struct timestamp_reader *reader;
  for (size_t k = 0; (reader = timestamp_reader_at(k)); k++) {
    sla_time *times = malloc(column->count * sizeof *times);
    assert_non_null(times);
    uint64_t good = reader->read(column->cells, column->stride, column->count, zone, times);
    for (size_t i = 0; i < column->count; i++)
      check_text(reader->name, column->cells[i * column->stride], zone, good >> i & 1, times[i]);
    free(times);
  }
  assert_true(reader == NULL && timestamp_reader_at(0));
}

/* --- tests ------------------------------------------------------------------------------------------------------- */

static const char *const common[] = {
    "2026-02-06T09:30:00Z", "2024-02-29T23:59:59Z",     "2099-12-31T23:59:59Z",      "2000-01-01T00:00:00Z",
    "2026-02-06 09:30:00Z", "2026-10-31T19:30:59",      "2026-02-06T11:30:00+02:00", "2026-02-06T11:30:00-09:30",
    "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z",     "2023-02-29T10:00:00Z",      "2026-04-31T10:00:00Z",
    "2026-09-30T20:00:00Z", "2019-10-19T19:09:39Z",     "2026-01-01T24:00:00Z",      "2026-01-01T10:60:00Z",
    "2026-01-01T10:00:60Z", "2026-00-10T10:00:00Z",     "2026-13-10T10:00:00Z",      "2026-01-00T10:00:00Z",
    "2026-03-29T03:30:00",  "2026-10-25T03:30:00",      "2026-01-01T10:00Z",         "2026-01-01T10:00:00z",
    "@1760000000",          "2026-01-01T10:00:00.123Z", "2026-01-01T10:00:00[UTC]",  "soon"};

/* Each byte at each place, 64 of them in a column. */
static void test_byte_by_byte(void **state) {
  const struct zone *zone = zone_named(*state, "Europe/Kyiv");
  for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
    char text[64];
    size_t len = strlen(common[i]);
    struct column column = column_new(TIMESTAMP_MOST, 1);
    for (size_t at = 0; at < len; at++)
      for (int byte = 0; byte < 256; byte++) {
        memcpy(text, common[i], len);
        text[at] = (char)byte;
        column_put(&column, (size_t)byte % TIMESTAMP_MOST, text, len);
        if (byte % TIMESTAMP_MOST == TIMESTAMP_MOST - 1)
          check_column(&column, zone);
      }
    column_free(&column);
  }
}

/* A common time, cut or gone on with, of each length; and in front of one that is well. */
static void test_lengths(void **state) {
  const struct zone *zone = zone_named(*state, "America/New_York");
  for (size_t i = 0; i < sizeof common / sizeof *common; i++)
    for (size_t len = 0; len <= 40; len++) {
      char text[41] = {0};
      struct column column = column_new(2, 1);
      memset(text, i % 2 ? 'Z' : '0', 40);
      memcpy(text, common[i], strlen(common[i]));
      column_put(&column, 0, text, len);
      column_put(&column, 1, common[0], strlen(common[0]));
      check_column(&column, zone);
      column_free(&column);
    }
}

/* The last two digits of a year, month, day, hour, minute or second, from 00 to 99. */
static void test_all_numbers(void **state) {
  const struct zone *zone = zone_named(*state, "UTC");
  static const size_t places[] = {2, 5, 8, 11, 14, 17};
  for (size_t i = 0; i < 3 * sizeof places / sizeof *places; i++) {
    char text[] = "2026-05-05T05:05:05Z";
    struct column column = column_new(50, 1);
    memcpy(text, i % 3 ? i % 3 == 1 ? "2028-12-31T23" : "2000-01-01T19" : "2026", i % 3 ? 13 : 4);
    for (unsigned number = 0; number < 100; number++) {
      text[places[i / 3]] = (char)('0' + number / 10);
      text[places[i / 3] + 1] = (char)('0' + number % 10);
      column_put(&column, number % 50, text, 20);
      if (number % 50 == 49)
        check_column(&column, zone);
    }
    column_free(&column);
  }
}

/* From the 0th to the 32nd of each month of the century. What is a day, civil_is_valid says: timestamp_read has its own
 * way, which is the readers'. */
static void test_every_day(void **state) {
  const struct zone *zone = zone_named(*state, "UTC");
  enum { DAYS = 33 };
  for (int month = 0; month < 100 * 14; month++) {
    const struct timestamp_reader *reader;
    struct column column = column_new(DAYS, 1);
    char text[64];
    for (int day = 0; day < DAYS; day++) {
      int second = (month * 7919 + day * 4001) % DAY;
      snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", 2000 + month / 14, month % 14, day, second / HOUR,
               second / MINUTE % 60, second % 60);
      column_put(&column, (size_t)day, text, 20);
    }
    for (size_t k = 0; (reader = timestamp_reader_at(k)); k++) {
      sla_time times[DAYS];
      uint64_t good = reader->read(column.cells, 1, DAYS, zone, times);
      for (int day = 0; day < DAYS; day++) {
        bool is_day = month % 14 && month % 14 < 13 && civil_is_valid(2000 + month / 14, month % 14, day);
        assert_int_equal(good >> day & 1, is_day);
        if (is_day)
          assert_times_equal(times[day],
                             utc(2000 + month / 14, month % 14, day, 0, 0, 0) + (month * 7919 + day * 4001) % DAY);
      }
    }
    column_free(&column);
  }
}

static size_t random_text(uint64_t *seed, char text[64]) {
  static const char bytes[] = "0123456789:-+TZt z/;\x10\x1A\xB0\xFF";
  sla_time t = random_below(seed, 8) ? random_between(seed, utc(1999, 1, 1, 0, 0, 0), utc(2101, 1, 1, 0, 0, 0))
                                     : random_between(seed, SLA_TIME_MIN, SLA_TIME_MAX);
  int64_t form = random_below(seed, 8);
  size_t len = timestamp_write(t, (int32_t)random_between(seed, -1439, 1439) * 60, form < 5, text);
  if (form == 5)
    len = 19;
  if (form == 6 && random_below(seed, 2))
    len = (size_t)random_below(seed, (int64_t)len + 1);
  if (random_below(seed, 8) == 0 && len > 10)
    text[10] = ' ';
  if (len && random_below(seed, 3) == 0)
    text[random_below(seed, (int64_t)len)] = bytes[random_below(seed, sizeof bytes - 1)];
  return random_below(seed, 6) ? len : 0;
}

/* Columns of tables one to five cells wide; the other cells must not be looked at. */
static void test_random_columns(void **state) {
  uint64_t seed = test_seed();
  static const char *const names[] = {"UTC", "Europe/Kyiv", "America/St_Johns"};
  const struct zone *zone = NULL;
  for (int i = 0; i < 4000; i++) {
    if (i % 1000 == 0)
      zone = zone_named(*state, names[i / 1000 % 3]);
    struct column column =
        column_new((size_t)random_between(&seed, 1, TIMESTAMP_MOST), (size_t)random_between(&seed, 1, 5));
    for (size_t k = 0; k < column.count; k++) {
      char text[64];
      column_put(&column, k, text, random_text(&seed, text));
    }
    for (size_t k = 0; k < (column.count - 1) * column.stride; k++)
      if (k % column.stride)
        column.cells[k] = (struct sla_text){NULL, 20};
    check_column(&column, zone);
    column_free(&column);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(test_byte_by_byte), arena_test(test_lengths),        arena_test(test_all_numbers),
      arena_test(test_every_day),    arena_test(test_random_columns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
