/*
 * Feeds: what iCalendar files give, and what is refused. Cases are in tests/cases/feeds.txt and feed-errors.txt; files
 * that imitate real publishers are in tests/feeds.
 */
#include "holiday_cases.h"

static void test_days(void **state) {
  (void)state;
  run_cases("feeds.txt");
}

static void test_errors(void **state) {
  (void)state;
  run_cases("feed-errors.txt");
}

/* Writes a feed of the events that are given as text, and reads it. */
static bool read_events(struct world *world, const char *events) {
  world_reset(world, NULL);
  FILE *file = fopen(arena_printf(&world->arena, "%s/x.ics", world->folder), "w");
  assert_non_null(file);
  fprintf(file, "BEGIN:VCALENDAR\r\n%sEND:VCALENDAR\r\n", events);
  fclose(file);
  return world_read(world, "[x.ics]");
}

static size_t count_days(struct world *world, int first, int last) {
  struct days_off days;
  world_expand(world, first, last, false, &days);
  return days.count;
}

/* Folds stand between any two bytes, those of one character too; every fold leaves the name whole. */
static void test_folds(void **state) {
  (void)state;
  struct world world;
  world_open(&world);
  static const char summary[] = "SUMMARY:Різдво 誕生日", *const folds[] = {"\r\n ", "\n ", "\n\t"};
  for (size_t at = 1; at < sizeof summary - 1; at++)
    for (size_t fold = 0; fold < 3; fold++) {
      char text[256];
      snprintf(text, sizeof text, "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n%.*s%s%s\nEND:VEVENT\n", (int)at, summary,
               folds[fold], summary + at);
      assert_true(read_events(&world, text));
      struct days_off days;
      world_expand(&world, date_of(2026, 1, 1), date_of(2026, 1, 1), false, &days);
      assert_int_equal(days.count, 1);
      assert_string_equal(days.items[0].name, "Різдво 誕生日");
    }
  world_close(&world);
}

/* Malformed UTF-8 and control characters are errors at their place, on the line of the fold they stand in. */
static void test_unfit(void **state) {
  (void)state;
  struct world world;
  world_open(&world);
  assert_false(read_events(&world, "BEGIN:VEVENT\r\nDTSTART:20260101\r\nSUMMARY:Caf\xE9\r\nEND:VEVENT\r\n"));
  collector_expect(&world.collector, "4:12", "malformed UTF-8: save the feed as UTF-8");
  assert_false(read_events(&world, "BEGIN:VEVENT\nDTSTART:20260101\nSUMMARY:a\n \xC3\n \xA9\n b\x1B[0m\nEND:VEVENT\n"));
  collector_expect(&world.collector, "7:3", "control character U+001B");
  assert_false(read_events(&world, "BEGIN:VEVENT\nDTSTART:20260101\nSUMMARY:a\rb\nEND:VEVENT\n"));
  collector_expect(&world.collector, "4:10", "control character U+000D");
  world_close(&world);
}

/* Thousands of events, rules without an end, rules that never come true: all in far less than a second. */
static void test_amounts(void **state) {
  (void)state;
  struct world world;
  world_open(&world);
  size_t room = 8 * 1024 * 1024, used = 0;
  char *text = malloc(room);
  for (int i = 0; i < 20000; i++)
    used += (size_t)snprintf(text + used, room - used,
                             "BEGIN:VEVENT\nUID:%d\nDTSTART;VALUE=DATE:2026%02d01\nSUMMARY:Day %d\nEND:VEVENT\n", i,
                             i % 12 + 1, i);
  for (int i = 0; i < 200; i++)
    used += (size_t)snprintf(text + used, room - used,
                             "BEGIN:VEVENT\nDTSTART:19000101T000000\nRRULE:FREQ=%s;BYMONTH=2;BYMONTHDAY=30\n"
                             "DURATION:PT1H\nEND:VEVENT\n",
                             i % 2 ? "YEARLY" : "DAILY");
  clock_t start = clock();
  assert_true(read_events(&world, text));
  /* The start of each of the 200 is long past. */
  assert_int_equal(count_days(&world, date_of(2026, 1, 1), date_of(2026, 12, 31)), 20000);
  assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
  free(text);
  world_close(&world);
}

/* Reads a feed whose bytes were changed at random: errors are fine, crashes and hangs are not. */
static void test_damaged_feeds(void **state) {
  (void)state;
  static const char bytes[] = ":;=,\"\\ \r\n09-+TZDW\xD0";
  uint64_t seed = test_seed();
  struct world world;
  world_open(&world);
  static const char *const names[] = {"google", "outlook", "nextcloud"};
  size_t whole = 0;
  for (int i = 0; i < 300; i++) {
    world_reset(&world, NULL);
    struct sla_text text;
    const char *problem, *path = arena_printf(&world.arena, "%s/%s.ics", feeds_folder(), names[i % 3]);
    assert_int_equal(file_read(&world.arena, path, 1 << 20, &text, &problem), FILE_READ);
    char *copy = arena_copy(&world.arena, text.ptr, text.len);
    for (int64_t k = random_between(&seed, 1, 4); k > 0; k--)
      copy[random_below(&seed, (int64_t)text.len)] = bytes[random_below(&seed, sizeof bytes - 1)];
    FILE *file = fopen(arena_printf(&world.arena, "%s/damaged.ics", world.folder), "w");
    fwrite(copy, 1, text.len, file);
    fclose(file);
    if (world_read(&world, "[damaged.ics]")) {
      count_days(&world, date_of(1990, 1, 1), date_of(2030, 1, 1));
      whole++;
    } else {
      assert_true(world.diags.errors > 0);
    }
  }
  assert_in_range(whole, 1, 299);
  world_close(&world);
}

/* Runs out of memory at every size: each time cleanly. */
static void test_out_of_memory(void **state) {
  (void)state;
  struct world world;
  world_open(&world);
  volatile int failed = 0, done = 0;
  for (volatile size_t limit = 1; !done && limit < 64 * 1024 * 1024; limit += limit / 8 + 1000) {
    jmp_buf oom;
    arena_release(&world.arena);
    arena_init(&world.arena, limit);
    world.arena.oom = &oom;
    if (setjmp(oom)) {
      failed++;
      continue;
    }
    world_reset(&world, NULL);
    assert_true(world_read(&world, "[outlook, nextcloud, google]"));
    count_days(&world, date_of(2020, 1, 1), date_of(2030, 1, 1));
    done = 1;
  }
  assert_true(failed > 5 && done);
  world_close(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_days),          cmocka_unit_test(test_errors),  cmocka_unit_test(test_folds),
      cmocka_unit_test(test_unfit),         cmocka_unit_test(test_amounts), cmocka_unit_test(test_damaged_feeds),
      cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
