/* TZif files (RFC 9636), good and bad. Footers are in tests/cases/zones.txt, which test_zone.c reads. */
#include "zone_made.h"

static struct zone read_made(struct arena *arena, const struct made *made) {
  struct zone zone = {0};
  const char *problem = tzif_problem(arena, make(arena, made), &zone);
  if (problem)
    fail_msg("%s", problem);
  assert_sound(&zone);
  return zone;
}

static void assert_refused(struct arena *arena, const struct made *made, const char *expected) {
  struct zone zone;
  const char *problem = tzif_problem(arena, make(arena, made), &zone);
  if (!problem)
    fail_msg("not refused: %s", expected);
  assert_string_equal(problem, expected);
}

static void test_tzif(void **state) {
  struct made made = made_sample();
  struct zone zone = read_made(*state, &made);
  assert_time_at(0, zone_offset(&zone, 0), "1970-01-01T03:00:00+03:00");
  assert_int_equal(zone.spans[0].offset, 3 * HOUR);
  assert_time(zone.spans[1].from, "1990-07-01T00:00:00Z");
  assert_time(zone.spans[2].from, "2020-03-29T01:00:00Z");
  assert_time(zone.spans[3].from, "2020-10-25T01:00:00Z"); /* the footer adds nothing before the last transition */
  assert_time(zone.spans[4].from, "2021-03-28T01:00:00Z");
  assert_true(zone.spans[zone.count - 1].from == utc(2200, 10, 26, 1, 0, 0));
  assert_int_equal(zone.count, 4 + 2 * 180);
}

/* Version 1 has times of 32 bits and no footer: its last offset stays. */
static void test_tzif_version_1(void **state) {
  struct made made = made_sample();
  made.version = 1;
  struct zone zone = read_made(*state, &made);
  assert_int_equal(zone.count, 4);
  assert_time(zone.spans[3].from, "2020-10-25T01:00:00Z");
  assert_int_equal(zone_offset(&zone, utc(2030, 7, 1, 0, 0, 0)), 2 * HOUR);
}

/* The block of version 1 before that of version 2 is passed over, be it empty or full. */
static void test_tzif_both_blocks(void **state) {
  struct made old = made_sample(), new = made_sample();
  old.version = 1;
  old.types[1].offset = 7 * HOUR;
  struct sla_text first = make(*state, &old), second = make(*state, &new);
  size_t empty = 44 + 6 + 4;
  struct bytes bytes = {0};
  for (size_t i = 0; i < first.len; i++)
    put(*state, &bytes, (unsigned char)first.ptr[i], 1);
  bytes.items[4] = '2';
  for (size_t i = empty; i < second.len; i++)
    put(*state, &bytes, (unsigned char)second.ptr[i], 1);
  struct zone zone;
  assert_null(tzif_problem(*state, (struct sla_text){bytes.items, bytes.count}, &zone));
  assert_int_equal(zone_offset(&zone, utc(2000, 1, 1, 0, 0, 0)), 2 * HOUR);
  assert_int_equal(zone.count, 4 + 2 * 180);
}

static void test_tzif_footers(void **state) {
  struct made made = made_sample();
  made.footer = ""; /* no rule: the last offset stays */
  struct zone zone = read_made(*state, &made);
  assert_int_equal(zone.count, 4);

  made.transition_count = 0; /* without transitions the footer alone says, not the first type */
  made.footer = "EET-2";
  zone = read_made(*state, &made);
  assert_int_equal(zone.count, 1);
  assert_int_equal(zone.spans[0].offset, 2 * HOUR);
  made.footer = "";
  zone = read_made(*state, &made);
  assert_int_equal(zone.spans[0].offset, 3 * HOUR);

  made = made_sample(); /* a last transition in the future holds the footer back, as Morocco's to 2087 did */
  made.transitions[3].at = utc(2087, 5, 11, 2, 0, 0);
  made.footer = "XXX-2";
  zone = read_made(*state, &made);
  assert_int_equal(zone.count, 4);
  assert_int_equal(zone_offset(&zone, utc(2087, 5, 11, 1, 59, 59)), 3 * HOUR);
  assert_int_equal(zone_offset(&zone, utc(2087, 5, 11, 2, 0, 0)), 2 * HOUR);

  made.transitions[3].at = INT64_MAX; /* nothing is after it, and nothing overflows */
  zone = read_made(*state, &made);
  assert_int_equal(zone.count, 3);
  made.transitions[0].at = INT64_MIN;
  read_made(*state, &made);
}

/* What is in force at 1970 counts for all time before. */
static void test_tzif_before_1970(void **state) {
  struct made made = made_sample();
  made.transitions[1].at = 0;
  struct zone zone = read_made(*state, &made);
  assert_int_equal(zone.spans[0].offset, 2 * HOUR);
  made.transitions[1].at = 1;
  zone = read_made(*state, &made);
  assert_int_equal(zone.spans[0].offset, 3 * HOUR);
  assert_int_equal(zone.spans[1].from, 1);
}

static void test_tzif_refused(void **state) {
  struct made made = made_sample();
  made.leaps = 2;
  assert_refused(*state, &made, "it counts leap seconds");
  made = made_sample();
  made.type_count = 0;
  assert_refused(*state, &made, "it has no type of local time");
  made = made_sample();
  made.transitions[2].type = 3;
  assert_refused(*state, &made, "a transition leads nowhere");
  made = made_sample();
  made.transitions[2].at = made.transitions[1].at;
  assert_refused(*state, &made, "its transitions are not in order");
  made = made_sample();
  made.types[2].offset = 26 * HOUR;
  assert_refused(*state, &made, "an offset is over a day");
  made.types[2].offset = -25 * HOUR;
  assert_refused(*state, &made, "an offset is over a day");
  made.types[2].offset = INT32_MIN;
  assert_refused(*state, &made, "an offset is over a day");
  made = made_sample();
  made.types[2].is_summer = 2;
  assert_refused(*state, &made, "a type of local time makes no sense");
  made = made_sample();
  made.types[2].designation = 4;
  assert_refused(*state, &made, "a type of local time makes no sense");
  made = made_sample();
  made.version = 1;
  struct sla_text text = make(*state, &made);
  struct zone zone;
  ((char *)text.ptr)[4] = '1';
  assert_string_equal(tzif_problem(*state, text, &zone), "of no known version");
  ((char *)text.ptr)[0] = 't';
  assert_string_equal(tzif_problem(*state, text, &zone), "not a time zone file (TZif)");
  assert_string_equal(tzif_problem(*state, (struct sla_text){"", 0}, &zone), "not a time zone file (TZif)");
}

/* A file that ends early is refused wherever it ends; so is one whose counts promise more than there is. */
static void test_tzif_cut_short(void **state) {
  for (char version = 1; version <= 4; version++) {
    struct made made = made_sample();
    made.version = version;
    struct sla_text text = make(*state, &made);
    struct zone zone;
    assert_null(tzif_problem(*state, text, &zone));
    for (size_t len = 4; len < text.len; len++) {
      const char *problem = tzif_problem(*state, (struct sla_text){text.ptr, len}, &zone);
      if (!problem)
        fail_msg("version %d: %zu of %zu bytes are enough", version, len, text.len);
      if (strcmp(problem, "cut short") != 0 && strcmp(problem, "not a time zone file (TZif)") != 0)
        fail_msg("version %d, %zu of %zu bytes: %s", version, len, text.len, problem);
    }
    for (size_t count = 0; count < 6; count++) {
      struct sla_text copy = {arena_copy(*state, text.ptr, text.len), text.len};
      memset((char *)copy.ptr + 20 + 4 * count, 0xFF, 4);
      assert_string_equal(tzif_problem(*state, copy, &zone), "cut short");
    }
  }
}

/* Bytes changed, inserted, cut: refused, or read as something sound. */
static void test_tzif_fuzzed(void **state) {
  (void)state;
  const char *rounds_text = getenv("ROUNDS");
  long rounds = rounds_text ? strtol(rounds_text, NULL, 10) : 20000;
  uint64_t seed = test_seed();
  struct made made = made_sample();
  unsigned refused = 0, read = 0;
  for (long round = 0; round < rounds; round++) {
    struct arena arena;
    arena_init(&arena, 0);
    made.version = (char)random_between(&seed, 1, 4);
    struct sla_text text = make(&arena, &made);
    char *bytes = arena_copy(&arena, text.ptr, text.len);
    size_t len = random_below(&seed, 4) ? text.len : (size_t)random_below(&seed, (int64_t)text.len);
    for (int64_t changes = random_between(&seed, 1, 3); changes > 0; changes--) {
      size_t at = (size_t)random_below(&seed, (int64_t)text.len);
      if (random_below(&seed, 3) && made.version > 1) /* mostly behind the block that is passed over */
        at = 54 + (size_t)random_below(&seed, (int64_t)text.len - 54);
      bytes[at] = (char)(random_below(&seed, 2) ? random_below(&seed, 256) : bytes[at] ^ 1 << random_below(&seed, 8));
    }
    struct zone zone;
    if (tzif_problem(&arena, (struct sla_text){bytes, len}, &zone))
      refused++;
    else {
      assert_sound(&zone);
      enum sla_reading reading, slow;
      int64_t local = random_between(&seed, 0, SLA_TIME_MAX);
      assert_times_equal(zone_instant(&zone, local, &reading), slow_instant(&zone, local, &slow));
      assert_int_equal(reading, slow);
      read++;
    }
    arena_release(&arena);
  }
  assert_true(refused > 0 && read > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(test_tzif),           arena_test(test_tzif_version_1),    arena_test(test_tzif_both_blocks),
      arena_test(test_tzif_footers),   arena_test(test_tzif_before_1970),  arena_test(test_tzif_refused),
      arena_test(test_tzif_cut_short), cmocka_unit_test(test_tzif_fuzzed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
