/*
 * Rows that are evaluated several at once against evaluate_slowly(), which knows nothing of that: random tables under
 * random policies that rows go quickly by. Which rows come through is up to the engine, but what is said of them has to
 * be the same; and enough of them must. SEED and ROWS (how many, default 50000) come from the environment.
 */
#include "engine/combination.h"

#include "row_incident.h"

enum { ROWS = 50000, TABLES_A_WORLD = 12, WIDEST = WORLD_FIELDS + 6, FEW = 40, MANY = 2000 };

/* --- policies ------------------------------------------------------------------------------------------------------
 */

/* Metrics with the fields at which they start and stop. */
static const char *const clocks[][3] = {{"first_response", "opened_at", "first_response_at"},
                                        {"resolution", "opened_at", "resolved_at"},
                                        {"pickup", "assigned_at", "first_response_at"}};

/* What a policy is like. */
struct kind {
  int metrics, conditions;      /* how many of the clocks, and of the first fields of words */
  bool has_pause, has_coverage; /* clocks can be paused; what is known of holidays has an end */
  bool has_others;              /* some targets are of kinds that no row goes quickly by */
};

/* Values of all lengths, of which many lead to the same slot, and of which the first FEW have targets. */
static size_t write_value(int number, char text[TEXT]) {
  static const char *const forms[] = {"", "C", "customer", "a rather long name of ", "twenty-four bytes, so: "};
  return (size_t)snprintf(text, TEXT, "%s%d", forms[number % 5], number);
}

static void put_condition(const char *key, int fields, int number, FILE *file) {
  char text[TEXT];
  fprintf(file, "%s: {", key);
  for (int i = 0; i < fields; i++) {
    write_value(i ? number % 2 : number, text);
    fprintf(file, "%s %s: \"%s\"", i ? "," : "", words[i].name, text);
  }
  fputs(" }", file);
}

static void put_policy(struct world *world, const struct kind *kind) {
  FILE *file = file_begin(world, "p.yaml");
  fprintf(file, "policy: p\nzone: \"%s\"\n", ONE_OF(world, world_zones));
  put_calendars(world, file);
  fputs("metrics:\n", file);
  for (int m = 0; m < kind->metrics; m++)
    fprintf(file, "  %s: { start: %s, stop: %s }\n", clocks[m][0], clocks[m][1], clocks[m][2]);
  if (kind->has_pause)
    fputs("pause: { when: { status: pending }, metrics: [first_response] }\n", file);
  fputs("targets:\n", file);
  const char *const calendars[] = {"office", "night", kind->has_coverage ? "covered" : "always", "both"};
  for (int i = 0; i <= FEW; i++)
    for (int m = 0; m < kind->metrics; m++) {
      bool is_last = i == FEW, is_other = kind->has_others && one_in(world, 8);
      fprintf(file, "  - { metric: %s, ", clocks[m][0]);
      if (!is_last && kind->conditions) {
        put_condition("when", 1 + (int)random_below(&world->seed, kind->conditions), i, file);
        fputs(", ", file);
      }
      fprintf(file, "within: %d%s, calendar: %s, warn: %d%%%s }\n", 1 + i,
              is_other           ? "bd"
              : one_in(world, 2) ? "h"
                                 : "m",
              ONE_OF(world, calendars), 50 + i, one_in(world, 4) ? ", strict: true" : "");
    }
  if (kind->has_others)
    fputs("exclude:\n  - { when: { priority: C1 }, reason: not ours }\n", file);
  fclose(file);
}

static void open_kind(struct world *world, const struct kind *kind, uint64_t seed) {
  *world = (struct world){.seed = seed};
  world->date = date_of(2024, 1, 1) + (int)random_below(&world->seed, 1200);
  FILE *file = file_begin(world, "h.yaml");
  fputs("holidays: h\ndays:\n  - { name: Day, on: 01-01 }\n", file);
  fclose(file);
  put_feed(world, world->date + (int)random_between(&world->seed, -90, 90));
  put_policy(world, kind);
  world_load(world);
  size_t calendar = (size_t)random_below(&world->seed, (int64_t)world->policy->calendars.count);
  if (one_in(world, 3))
    world->quick->incident.input_zone = world->slow->incident.input_zone =
        world->policy->calendars.items[calendar]->zone;
}

/* --- tables --------------------------------------------------------------------------------------------------------
 */

/* A table in memory that ends with the last cell that a field has. */
struct table {
  struct sla_rows rows;
  long columns[WORLD_FIELDS];
  struct sla_text *cells;
  sla_time now;
};

/* What a field says in a row. */
static struct sla_text cell_of(const struct table *table, size_t row, size_t field) {
  long column = table->columns[field];
  return column < 0 ? (struct sla_text){"", 0} : table->cells[row * table->rows.width + (size_t)column];
}

/* Some fields have no column, and some share one. */
static void put_columns(struct world *world, struct table *table) {
  const size_t fields = world->policy->fields.count, width = fields + (size_t)random_below(&world->seed, 6);
  long order[WIDEST];
  bool is_odd = one_in(world, 3);
  for (size_t i = 0; i < width; i++)
    order[i] = (long)i;
  for (size_t i = width - 1; i > 0; i--) {
    size_t other = (size_t)random_below(&world->seed, (int64_t)i + 1);
    long column = order[i];
    order[i] = order[other];
    order[other] = column;
  }
  for (size_t i = 0; i < fields; i++) {
    table->columns[i] = order[i];
    if (is_odd && one_in(world, 8))
      table->columns[i] = i && one_in(world, 2) ? table->columns[i - 1] : -1;
  }
  table->rows.width = width;
}

/* Half of the words are those of targets. */
static void put_cell_word(struct world *world, struct row *row, size_t field) {
  char text[TEXT];
  if (one_in(world, 60)) {
    put_rare_word(world, row, field);
    return;
  }
  int number = (int)random_below(&world->seed, one_in(world, 2) ? FEW : MANY);
  size_t len = write_value(number, text);
  put_value(world, row, field, text, one_in(world, 30) ? 0 : len);
}

static void table_begin(struct world *world, struct table *table) {
  const size_t fields = world->policy->fields.count;
  *table = (struct table){0};
  table->rows.count = one_in(world, 2) ? SLA_MOST_ROWS : 1 + (size_t)random_below(&world->seed, SLA_MOST_ROWS);
  put_columns(world, table);
  long last = 0;
  for (size_t i = 0; i < fields; i++)
    last = table->columns[i] > last ? table->columns[i] : last;
  size_t count = (table->rows.count - 1) * table->rows.width + (size_t)last + 1;
  table->cells = malloc(count * sizeof *table->cells);
  assert_non_null(table->cells);
  for (size_t i = 0; i < count; i++)
    table->cells[i] = (struct sla_text){NULL, 20}; /* of no field: nothing that could be read */
  for (size_t k = 0; k < table->rows.count; k++) {
    struct row row = {.count = fields};
    put_values(world, &row);
    for (size_t i = 0; i < fields; i++) {
      for (size_t w = 0; w < 3; w++)
        if (strcmp(world->policy->fields.items[i], words[w].name) == 0)
          put_cell_word(world, &row, i);
      bool is_twice = i && table->columns[i] == table->columns[i - 1];
      if (table->columns[i] < 0 || is_twice)
        free((char *)row.values[i].ptr);
      else
        table->cells[k * table->rows.width + (size_t)table->columns[i]] = row.values[i];
    }
    table->now = row.now;
  }
  table->rows.cells = table->cells;
  table->rows.columns = table->columns;
}

static void table_end(const struct world *world, struct table *table) {
  for (size_t k = 0; k < table->rows.count; k++)
    for (size_t i = 0; i < world->policy->fields.count; i++) {
      struct sla_text *cell =
          table->columns[i] < 0 ? NULL : &table->cells[k * table->rows.width + (size_t)table->columns[i]];
      if (!cell)
        continue;
      free((char *)cell->ptr);
      cell->ptr = NULL;
    }
  free(table->cells);
}

/* --- checking ------------------------------------------------------------------------------------------------------
 */

static int64_t row_count, done_count;

static void table_fail(const struct world *world, const struct table *table, size_t row, const char *what) {
  world_show(world);
  fprintf(stderr, "\nnow %s, row %zu of %zu\n", time_text_at(table->now, 0).text, row, table->rows.count);
  for (size_t i = 0; i < world->policy->fields.count; i++)
    fprintf(stderr, "%s, column %ld: \"%.*s\"\n", world->policy->fields.items[i], table->columns[i],
            TEXT_ARGS(cell_of(table, row, i)));
  fail_msg("row %zu: %s", row, what);
}

/* What a worker says of a row by itself; the other worker, which evaluates rows at once, may be asked in between. */
static void evaluate_row(struct world *world, struct worker *worker, const struct table *table, size_t row,
                         bool must_reach, struct sla_result *ret_results) {
  struct sla_text values[WORLD_FIELDS];
  for (size_t i = 0; i < world->policy->fields.count; i++)
    values[i] = cell_of(table, row, i);
  struct sla_incident incident = {.values = values};
  enum reach reach;
  while ((reach = worker == world->slow ? evaluate_slowly(worker, &incident, table->now, ret_results)
                                        : evaluate(worker, &incident, table->now, ret_results)) == REACH_BEYOND) {
    if (must_reach)
      table_fail(world, table, row, "comes through, but lies beyond what is prepared");
    assert_int_equal(prepare(world->policy, &worker->need), SLA_OK);
  }
  assert_int_equal(reach, REACHED);
}

static void compare(const struct world *world, const struct table *table, size_t row, const struct sla_result *quick,
                    const struct sla_result *slow) {
  for (size_t m = 0; m < world->policy->metrics.count; m++) {
    const char *member = result_difference(&quick[m], &slow[m]);
    if (member)
      table_fail(world, table, row, member);
  }
}

/* Evaluates a table. Returns bits of the rows that came through. */
static uint64_t check_table(struct world *world, const struct table *table) {
  const size_t metrics = world->policy->metrics.count, count = table->rows.count;
  struct sla_result *quick = malloc(count * metrics * sizeof *quick), slow[WORLD_METRICS], again[WORLD_METRICS];
  assert_non_null(quick);
  memset(quick, 0xA5, count * metrics * sizeof *quick);
  uint64_t overlaps = world->quick->overlaps, gaps = world->quick->gaps;
  uint64_t done = rows_evaluate(world->quick, &table->rows, table->now, quick);
  assert_true(count == SLA_MOST_ROWS || done >> count == 0);
  assert_true(world->quick->overlaps == overlaps && world->quick->gaps == gaps);
  for (size_t row = 0; row < count; row++) {
    bool is_done = done >> row & 1;
    overlaps = world->slow->overlaps;
    gaps = world->slow->gaps;
    evaluate_row(world, world->slow, table, row, is_done, slow);
    if (is_done) {
      compare(world, table, row, &quick[row * metrics], slow);
      if (world->slow->overlaps != overlaps || world->slow->gaps != gaps)
        table_fail(world, table, row, "comes through, but its times are to be counted");
    } else { /* the same worker evaluates the others, which may take combinations away */
      evaluate_row(world, world->quick, table, row, false, again);
      compare(world, table, row, again, slow);
    }
    done_count += is_done;
  }
  row_count += (int64_t)count;
  free(quick);
  return done;
}

/* --- tests ---------------------------------------------------------------------------------------------------------
 */

static const struct kind kinds[] = {
    {.metrics = 1, .conditions = 1},
    {.metrics = 2, .conditions = 1},
    {.metrics = 1, .conditions = 0},
    {.metrics = 3, .conditions = 3},
    {.metrics = 2, .conditions = 2, .has_pause = true},
    {.metrics = 2, .conditions = 1, .has_coverage = true},
    {.metrics = 1, .conditions = 1, .has_pause = true, .has_coverage = true},
    {.metrics = 1, .conditions = 1, .has_others = true},
    {.metrics = 3, .conditions = 2, .has_pause = true, .has_coverage = true, .has_others = true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void test_planned_policies(void **state) {
  (void)state;
  static struct world world;
  int64_t done_of[KINDS] = {0}, rows_of[KINDS] = {0};
  const char *text = getenv("ROWS");
  int64_t rows = text ? (int64_t)strtoll(text, NULL, 10) : ROWS;
  uint64_t seed = test_seed();
  row_count = done_count = 0;
  for (size_t i = 0; row_count < rows; i++) {
    int64_t had_rows = row_count, had_done = done_count;
    open_kind(&world, &kinds[i % KINDS], random_next(&seed));
    for (int k = 0; k < TABLES_A_WORLD; k++) {
      struct table table;
      table_begin(&world, &table);
      check_table(&world, &table);
      table_end(&world, &table);
    }
    world_close(&world);
    rows_of[i % KINDS] += row_count - had_rows;
    done_of[i % KINDS] += done_count - had_done;
  }
  for (size_t i = 0; i < KINDS; i++) {
    print_message("policies %zu: %lld of %lld rows came through\n", i, (long long)done_of[i], (long long)rows_of[i]);
    if (rows >= ROWS && done_of[i] < rows_of[i] / 200)
      fail_msg("too few rows come through");
  }
  if (rows >= ROWS && done_count < row_count / 6)
    fail_msg("too few rows come through");
}

/* Under most policies, no row comes through; but that must be all. */
static void test_any_policy(void **state) {
  (void)state;
  static struct world world;
  uint64_t seed = test_seed();
  for (int i = 0; i < 60; i++) {
    world_open(&world,
               i % 12 == 11 ? WORLD_MANY_VERSIONS
               : i % 4      ? WORLD_USUAL
                            : WORLD_NO_CONDITIONS,
               random_next(&seed));
    for (int k = 0; k < 4; k++) {
      struct table table;
      table_begin(&world, &table);
      if (world.policy->metrics.count)
        check_table(&world, &table);
      table_end(&world, &table);
    }
    world_close(&world);
  }
}

/* --- by hand -------------------------------------------------------------------------------------------------------
 */

static void open_policy(struct world *world, const char *text) {
  *world = (struct world){.seed = 1};
  FILE *file = file_begin(world, "p.yaml");
  fputs(text, file);
  fclose(file);
  world_load(world);
  for (size_t i = 0; i < world->policy->calendars.count; i++)
    calendar_prepare(world->policy->calendars.items[i], SLA_TIME_MIN, utc(2027, 1, 1, 0, 0, 0), 0);
}

/* Where a value leads to: the first in memory of its two slots. */
static const struct combination *slot_pair(const struct rows *rows, struct sla_text value) {
  struct slot_pair slots = slots_of(rows, rows->only, key_hash(short_word(value) * HASH_FACTOR));
  return slots.first < slots.second ? slots.first : slots.second;
}

/* What has made a slot its own is remembered: 64 rows in which many values take the two slots of those before. */
static void test_values_that_share_a_slot(void **state) {
  (void)state;
  static struct world world;
  open_policy(&world, "policy: p\nzone: UTC\ncalendars: { desk: { hours: \"24/7\" } }\ntargets:\n"
                      "  - { metric: first_response, when: { priority: P0 }, within: 1h }\n"
                      "  - { metric: first_response, when: { priority: P1 }, within: 2h }\n"
                      "  - { metric: first_response, within: 3h }\n");
  const struct rows *rows = world.quick->rows;
  const size_t priority = field_of(&world, "priority"), opened = field_of(&world, "opened_at");
  assert_int_equal(only_field(rows), priority);
  char others[SLA_MOST_ROWS / 2][8];
  size_t found = 0;
  const struct combination *slots[2]; /* of P0 and P1 */
  for (int i = 0; i < 2; i++)
    slots[i] = slot_pair(rows, text_of(i ? "P1" : "P0"));
  for (int number = 2; found < SLA_MOST_ROWS / 2; number++) {
    char text[8];
    int len = snprintf(text, sizeof text, "P%d", number);
    const struct combination *slot = slot_pair(rows, (struct sla_text){text, (size_t)len});
    if (slot == slots[found % 2])
      memcpy(others[found++], text, sizeof text);
  }
  struct table table = {.now = utc(2026, 1, 1, 0, 0, 0)};
  struct sla_text cells[SLA_MOST_ROWS * 2];
  for (size_t i = 0; i < world.policy->fields.count; i++)
    table.columns[i] = i == priority ? 0 : i == opened ? 1 : -1;
  for (size_t i = 0; i < SLA_MOST_ROWS; i++) {
    cells[2 * i] = text_of(i % 2 ? others[i / 2] : i / 2 % 2 ? "P1" : "P0");
    cells[2 * i + 1] = text_of("2026-01-01T00:00:00Z");
  }
  table.cells = cells;
  table.rows = (struct sla_rows){SLA_MOST_ROWS, 2, cells, table.columns};
  assert_true(check_table(&world, &table) == ~UINT64_C(0));
  table.rows.count = 0;
  assert_true(rows_evaluate(world.quick, &table.rows, table.now, NULL) == 0);
  world_close(&world);
}

/* A long value that begins with the eight bytes that a short one comes to, in the slot where that would be. */
static void test_a_long_value_is_no_short_one(void **state) {
  (void)state;
  static struct world world;
  open_policy(&world, "policy: p\nzone: UTC\ncalendars: { desk: { hours: \"24/7\" } }\ntargets:\n"
                      "  - { metric: first_response, when: { priority: P1 }, within: 2h }\n"
                      "  - { metric: first_response, within: 3h }\n");
  const struct rows *rows = world.quick->rows;
  const size_t priority = field_of(&world, "priority"), opened = field_of(&world, "opened_at");
  uint64_t word = short_word(text_of("P1"));
  char text[12];
  struct sla_text value = {text, sizeof text};
  struct key key;
  struct table table = {.now = utc(2026, 1, 1, 0, 0, 0)};
  for (size_t i = 0; i < world.policy->fields.count; i++)
    table.columns[i] = i == priority ? 0 : i == opened ? 1 : -1;
  memcpy(text, &word, sizeof word);
  for (uint32_t rest = 0;; rest++) {
    memcpy(text + 8, &rest, sizeof rest);
    assert_true(key_of(rows, (struct values){&value, table.columns}, &key));
    if (slots_of(rows, rows->only, key.hash).first == slots_of(rows, rows->only, key_hash(word * HASH_FACTOR)).first)
      break;
  }
  struct sla_text cells[] = {value, text_of("2026-01-01T00:00:00Z"), text_of("P1"), text_of("2026-01-01T00:00:00Z")};
  table.cells = cells;
  table.rows = (struct sla_rows){2, 2, cells, table.columns};
  assert_int_equal(check_table(&world, &table), 3);
  world_close(&world);
}

/* Rows are for whom all rows are alike: not where another calendar measures, nor with a format of times. */
static void test_workers_that_are_none_for_rows(void **state) {
  (void)state;
  static struct world world;
  open_policy(&world, "policy: p\nzone: UTC\ncalendars: { desk: { hours: \"Mo-Fr 09:00-17:00\" } }\ntargets:\n"
                      "  - { metric: first_response, within: 1h }\n");
  struct table table = {.now = utc(2026, 1, 1, 0, 0, 0)};
  struct sla_text cell = text_of("2026-01-01T09:00:00Z");
  for (size_t i = 0; i < world.policy->fields.count; i++)
    table.columns[i] = i == field_of(&world, "opened_at") ? 0 : -1;
  table.cells = &cell;
  table.rows = (struct sla_rows){1, 1, &cell, table.columns};
  assert_int_equal(check_table(&world, &table), 1);
  world.quick->calendar = world.slow->calendar = world.policy->calendars.items[0];
  assert_int_equal(check_table(&world, &table), 0);
  world_close(&world);
}

/* As of a second before the start, then, and a second later: no time passes before there is one. */
static void test_about_the_start(void **state) {
  (void)state;
  static struct world world;
  open_policy(&world, "policy: p\nzone: UTC\ncalendars: { desk: { hours: \"24/7\" } }\ntargets:\n"
                      "  - { metric: first_response, within: 1h }\n");
  struct table table = {0};
  struct sla_text cell = text_of("2026-01-01T09:00:00Z");
  for (size_t i = 0; i < world.policy->fields.count; i++)
    table.columns[i] = i == field_of(&world, "opened_at") ? 0 : -1;
  table.cells = &cell;
  table.rows = (struct sla_rows){1, 1, &cell, table.columns};
  for (int second = -2; second <= 1; second++) {
    table.now = utc(2026, 1, 1, 9, 0, second);
    assert_int_equal(check_table(&world, &table), 1);
  }
  world_close(&world);
}

/* Each time has its place in a row of times, of which there are only so many. */
static void test_many_times(void **state) {
  (void)state;
  static struct world world;
  for (int metrics = MOST_TIMES / 2; metrics <= MOST_TIMES / 2 + 1; metrics++) {
    char text[2000] = "policy: p\nzone: UTC\ncalendars: { desk: { hours: \"24/7\" } }\nmetrics:\n";
    for (int i = 0; i < metrics; i++)
      snprintf(text + strlen(text), 100, "  m%d: { start: from%d, stop: to%d }\n", i, i, i);
    strncat(text, "targets:\n", 100);
    for (int i = 0; i < metrics; i++)
      snprintf(text + strlen(text), 100, "  - { metric: m%d, within: %dh }\n", i, i + 1);
    open_policy(&world, text);
    struct table table = {.now = utc(2026, 1, 3, 0, 0, 0)};
    struct sla_text cells[WORLD_FIELDS];
    char times[WORLD_FIELDS][32];
    for (size_t i = 0; i < world.policy->fields.count; i++) {
      size_t len = timestamp_write(utc(2026, 1, 1, 0, 0, (int)i * 17), 0, true, times[i]);
      table.columns[i] = i == world.policy->paused_field ? -1 : (long)i;
      cells[i] = (struct sla_text){times[i], len};
    }
    table.cells = cells;
    table.rows = (struct sla_rows){1, world.policy->fields.count, cells, table.columns};
    assert_int_equal(check_table(&world, &table), metrics <= MOST_TIMES / 2);
    world_close(&world);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_planned_policies),
      cmocka_unit_test(test_any_policy),
      cmocka_unit_test(test_values_that_share_a_slot),
      cmocka_unit_test(test_a_long_value_is_no_short_one),
      cmocka_unit_test(test_workers_that_are_none_for_rows),
      cmocka_unit_test(test_about_the_start),
      cmocka_unit_test(test_many_times),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
