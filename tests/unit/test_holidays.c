/*
 * Holiday sets: computus, reading of rule files, the days they give. Cases are in tests/cases/holidays.txt,
 * holiday-errors.txt and easter.txt. What carrying over has to come to in general is in test_carryover.c.
 */
#include "holiday_cases.h"

#include "base/text.h"
#include "holidays/computus.h"

/* --- the computus ------------------------------------------------------------------------------------------------ */

static void test_easter(void **state) {
  (void)state;
  struct case_file cases = case_open("easter.txt");
  while (case_next(&cases)) {
    int year = (int)strtol(case_field(&cases, '|'), NULL, 10);
    const char *orthodox = case_field(&cases, '|'), *western = case_field(&cases, '|');
    if (strcmp(date_text(easter_julian(year)).text, orthodox) != 0)
      case_wrong(&cases, "%d: orthodox Easter is %s", year, date_text(easter_julian(year)).text);
    if (strcmp(date_text(easter_gregorian(year)).text, western) != 0)
      case_wrong(&cases, "%d: western Easter is %s", year, date_text(easter_gregorian(year)).text);
  }
  case_close(&cases);
}

/* What is true of Easter in all years: a Sunday, within its bounds; and dates known from history, far off. */
static void test_easter_bounds(void **state) {
  (void)state;
  for (int year = 1583; year <= 9999; year++) {
    int western = easter_gregorian(year), orthodox = easter_julian(year);
    assert_int_equal(date_weekday(western), 6);
    assert_int_equal(date_weekday(orthodox), 6);
    assert_in_range(western, date_of(year, 3, 22), date_of(year, 4, 25));
    int apart = year / 100 - year / 400 - 2;
    assert_in_range(orthodox, date_of(year, 3, 22) + apart, date_of(year, 4, 25) + apart);
  }
  assert_date(easter_gregorian(1818), "1818-03-22");
  assert_date(easter_gregorian(1943), "1943-04-25");
  assert_date(easter_julian(1700), "1700-04-11");
  assert_date(easter_gregorian(2200), "2200-04-06");
}

/* --- cases: days and errors -------------------------------------------------------------------------------------- */

static void test_days(void **state) {
  (void)state;
  run_cases("holidays.txt");
}

static void test_errors(void **state) {
  (void)state;
  run_cases("holiday-errors.txt");
}

/* --- damage ------------------------------------------------------------------------------------------------------ */

/* Reads a file whose bytes were changed at random: errors are fine, crashes and hangs are not. */
static void test_damaged_files(void **state) {
  (void)state;
  static const char bytes[] = "-:{}[],\"' \n09@+x\\#%\xD0";
  uint64_t seed = test_seed();
  struct world world;
  world_open(&world);
  world_reset(&world, NULL);
  struct sla_text text;
  const char *problem, *shipped = arena_printf(&world.arena, "%s/ua.yaml", calendars_folder());
  assert_int_equal(file_read(&world.arena, shipped, 1 << 20, &text, &problem), FILE_READ);
  char *copy = malloc(text.len), *original = malloc(text.len);
  memcpy(original, text.ptr, text.len);
  size_t len = text.len, whole = 0;
  for (int i = 0; i < 200; i++) {
    memcpy(copy, original, len);
    for (int64_t k = random_between(&seed, 1, 4); k > 0; k--)
      copy[random_below(&seed, (int64_t)len)] = bytes[random_below(&seed, sizeof bytes - 1)];
    world_reset(&world, NULL);
    FILE *file = fopen(arena_printf(&world.arena, "%s/damaged.yaml", world.folder), "w");
    fwrite(copy, 1, len, file);
    fclose(file);
    struct days_off days;
    if (world_read(&world, "[damaged]")) {
      world_expand(&world, date_of(1990, 1, 1), date_of(2030, 1, 1), true, &days);
      whole++;
    } else {
      assert_true(world.diags.errors > 0);
    }
  }
  free(copy);
  free(original);
  assert_true(whole < 200);
  world_close(&world);
}

/* Writes a set of count items, one a line and numbered from first, below a head of one line. */
static void write_set(struct world *world, const char *name, const char *head, const char *item, int first, int count) {
  FILE *file = fopen(arena_printf(&world->arena, "%s/%s.yaml", world->folder, name), "w");
  assert_non_null(file);
  fprintf(file, "holidays: %s\n%s\n", name, head);
  for (int i = 0; i < count; i++)
    fprintf(file, "  - %s%d\n", item, first + i);
  fclose(file);
}

/* Bounds of a set: the most it may have is fine, one more is an error at that one. */
static void test_limits(void **state) {
  (void)state;
  struct world world;
  world_open(&world);
  for (int over = 0; over < 2; over++) {
    world_reset(&world, NULL);
    write_set(&world, "days", "days:", "{ on: 01-01, name: x } #", 1, 10000 + over);
    assert_int_equal(world_read(&world, "[days]"), !over);
    if (over)
      collector_expect(&world.collector, "10003:5", "\"days\" has over 10000 items");
  }
  for (int i = 0; i < 200; i++) {
    world_reset(&world, NULL);
    write_set(&world, arena_printf(&world.arena, "s%d", 1000 + i), "days: []", "", 0, 0);
  }
  write_set(&world, "hundred", "include:", "s", 1000, 100);
  write_set(&world, "hundred-one", "include:", "s", 1000, 101);
  write_set(&world, "other", "include:", "s", 1100, 100);
  assert_true(world_read(&world, "[hundred]"));
  assert_false(world_read(&world, "[other]"));
  /* 1 + 100 and 1 + 98 make 200; the other's 99th is one too many, as is its 100th. */
  assert_int_equal(world.collector.count, 2);
  assert_int_equal(strncmp(world.collector.items[0], "101:5: too many holiday sets", 28), 0);
  world_reset(&world, NULL);
  assert_false(world_read(&world, "[hundred-one]"));
  collector_expect(&world.collector, "103:5", "\"include\" has over 100 items");
  world_close(&world);
}

/* Runs out of memory at every size: each time cleanly. */
static void test_out_of_memory(void **state) {
  (void)state;
  struct world world;
  world_open(&world);
  volatile int failed = 0, done = 0;
  for (volatile size_t limit = 1; !done && limit < 64 * 1024 * 1024; limit += limit / 4 + 1000) {
    jmp_buf oom;
    arena_release(&world.arena);
    arena_init(&world.arena, limit);
    world.arena.oom = &oom;
    if (setjmp(oom)) {
      failed++;
      continue;
    }
    world_reset(&world, NULL);
    struct days_off days;
    assert_true(world_read(&world, "[ua, gb-eng]"));
    world_expand(&world, date_of(2020, 1, 1), date_of(2030, 1, 1), true, &days);
    done = 1;
  }
  assert_true(failed > 5 && done);
  world_close(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_easter),        cmocka_unit_test(test_easter_bounds), cmocka_unit_test(test_days),
      cmocka_unit_test(test_errors),        cmocka_unit_test(test_limits),        cmocka_unit_test(test_damaged_files),
      cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
