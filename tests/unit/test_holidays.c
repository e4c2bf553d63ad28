/*
 * Holiday sets: computus, reading of rule files, the days they give. Cases are in tests/cases/holidays.txt,
 * holiday-errors.txt and easter.txt. What carrying over has to come to in general is in test_carryover.c.
 */
#include "holiday_world.h"

#include "base/text.h"
#include "holidays/computus.h"

#include <limits.h>

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

/* Lines that a directive gave, to be met by the lines that follow it. */
struct lines {
  const char *items[1024];
  size_t count, met;
};

static void lines_add(struct lines *lines, const char *line) {
  assert_true(lines->count < sizeof lines->items / sizeof *lines->items);
  lines->items[lines->count++] = line;
}

static bool read_end(const char *text, size_t len, bool last, int *ret_date) {
  struct sla_text rest = {text, len};
  int year, month;
  if (date_read(rest, ret_date))
    return true;
  bool has_year = text_eat_digits(&rest, 4, &year),
       has_month = text_eat(&rest, '-') && text_eat_digits(&rest, 2, &month);
  if (!has_year || rest.len)
    return false;
  if (!has_month)
    month = last ? 12 : 1;
  *ret_date = date_of(year, month, last ? month_days(year, month) : 1);
  return true;
}

static bool read_range(const char *text, int *ret_first, int *ret_last) {
  const char *dots = strstr(text, "..");
  return read_end(text, dots ? (size_t)(dots - text) : strlen(text), false, ret_first) &&
         read_end(dots ? dots + 2 : text, strlen(dots ? dots + 2 : text), true, ret_last);
}

static unsigned read_rest(const char *text) {
  unsigned rest = 0;
  for (int day = 0; day < 7; day++)
    if (strstr(text, weekday_name(day)))
      rest |= 1u << day;
  return rest;
}

/* What of a line stands behind its colon and blank, and the words before it. */
struct directive {
  char *words[8];
  size_t count;
  const char *entries;
};

static struct directive directive_split(char *line) {
  struct directive directive = {0};
  char *colon = strstr(line, " : ");
  assert_non_null(colon);
  directive.entries = colon + 3;
  *colon = '\0';
  char *save = NULL;
  for (char *word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
    assert_true(directive.count < 8);
    directive.words[directive.count++] = word;
  }
  return directive;
}

static const char *directive_option(const struct directive *directive, const char *name) {
  for (size_t i = 1; i < directive->count; i++)
    if (strncmp(directive->words[i], name, strlen(name)) == 0)
      return directive->words[i] + strlen(name);
  return NULL;
}

/* The published form: the dates off of each year that are no weekly day off. */
static void add_published(struct world *world, const struct days_off *days, struct lines *lines) {
  const char *line = NULL;
  int year = 0, last = INT_MIN;
  for (size_t i = 0; i < days->count; i++) {
    const struct day_off *day = &days->items[i];
    bool is_off = day->kind == SLA_HOLIDAY || day->kind == SLA_CARRYOVER || day->kind == SLA_EXCHANGE_OFF;
    if (!is_off || world_is_rest(world, day->date) || day->date == last)
      continue;
    last = day->date;
    if (line && civil_of(day->date).year != year) {
      lines_add(lines, line);
      line = NULL;
    }
    year = civil_of(day->date).year;
    line = line ? line : arena_printf(&world->arena, "%d", year);
    line = arena_printf(&world->arena, "%s %s", line, date_text(day->date).text + 5);
  }
  if (line)
    lines_add(lines, line);
}

static void run_ask(struct case_file *cases, struct world *world, struct lines *lines) {
  struct directive directive = directive_split(cases->line);
  const char *rest = directive_option(&directive, "rest=");
  bool is_know = strcmp(directive.words[0], "know") == 0;
  world_reset(world, directive_option(&directive, "lang="));
  if (rest)
    world->rest = read_rest(rest);
  int first = 0, last = 0;
  if (!is_know && (directive.count < 2 || !read_range(directive.words[1], &first, &last)))
    case_wrong(cases, "no span of dates");
  if (!world_read(world, directive.entries))
    case_wrong(cases, "%s", collector_text(&world->collector, &world->arena));
  for (size_t i = 0; is_know && i < world->source_count; i++) {
    int from, to;
    holiday_source_coverage(&world->sources[i], &from, &to);
    assert_int_equal(to, INT_MAX);
    const char *name = holiday_source_name(&world->arena, &world->sources[i]);
    lines_add(lines, arena_printf(&world->arena, "%s %s..", name, from == INT_MIN ? "" : date_text(from).text));
  }
  if (is_know)
    return;
  struct days_off days;
  world_expand(world, first, last, directive_option(&directive, "exchanges") != NULL, &days);
  if (strcmp(directive.words[0], "off") == 0)
    add_published(world, &days, lines);
  for (size_t i = 0; strcmp(directive.words[0], "ask") == 0 && i < days.count; i++)
    lines_add(lines, day_line(&world->arena, &days.items[i]));
}

/* A text without the test's own folder in it. */
static const char *without_folder(struct world *world, const char *text) {
  const char *prefix = arena_printf(&world->arena, "%s/", world->folder), *found;
  while ((found = strstr(text, prefix)))
    text = arena_printf(&world->arena, "%.*s%s", (int)(found - text), text, found + strlen(prefix));
  return text;
}

static void run_read(struct case_file *cases, struct world *world, struct lines *lines) {
  struct directive directive = directive_split(cases->line);
  world_reset(world, directive_option(&directive, "lang="));
  bool fits = world_read(world, directive.entries);
  if (fits != (world->diags.errors == 0))
    case_wrong(cases, "reading %s, with %u errors", fits ? "succeeded" : "failed", world->diags.errors);
  for (size_t i = 0; i < world->collector.count; i++) {
    const char *item = world->collector.items[i], *file = world->collector.files[i];
    bool has_place = item[0] >= '0' && item[0] <= '9';
    lines_add(lines, without_folder(world, arena_printf(&world->arena, "%s:%s%s", file, has_place ? "" : " ", item)));
  }
}

/* Whether a line is what is expected, or begins as expected where that ends in "...". */
static bool line_meets(const char *line, const char *expected) {
  size_t len = strlen(expected);
  if (len >= 3 && strcmp(expected + len - 3, "...") == 0)
    return strncmp(line, expected, len - 3) == 0;
  return strcmp(line, expected) == 0;
}

static void lines_end(struct case_file *cases, struct lines *lines) {
  for (; lines->met < lines->count; lines->met++)
    case_wrong(cases, "before this line: not expected: %s", lines->items[lines->met]);
  lines->count = lines->met = 0;
}

static void run_cases(const char *name) {
  struct world world;
  struct lines lines = {.count = 0};
  FILE *file = NULL;
  world_open(&world);
  struct case_file cases = case_open(name);
  while (case_next(&cases)) {
    const char *line = cases.line;
    if (line[0] == '|') {
      assert_non_null(file);
      fprintf(file, "%s\n", line[1] ? line + 2 : "");
      continue;
    }
    if (file)
      fclose(file);
    file = NULL;
    bool is_file = strncmp(line, "file ", 5) == 0, is_read = strncmp(line, "read ", 5) == 0;
    bool is_ask = !strncmp(line, "ask ", 4) || !strncmp(line, "off ", 4) || !strncmp(line, "know ", 5);
    if (is_file || is_read || is_ask)
      lines_end(&cases, &lines);
    if (is_file) {
      char path[256];
      snprintf(path, sizeof path, "%s/%s", world.folder, line + 5);
      file = fopen(path, "wx");
      assert_non_null(file);
    } else if (is_read) {
      run_read(&cases, &world, &lines);
    } else if (is_ask) {
      run_ask(&cases, &world, &lines);
    } else if (lines.met == lines.count) {
      case_wrong(&cases, "nothing more was found");
    } else if (!line_meets(lines.items[lines.met++], line)) {
      case_wrong(&cases, "found instead: %s", lines.items[lines.met - 1]);
    }
  }
  lines_end(&cases, &lines);
  case_close(&cases);
  world_close(&world);
}

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
