/* Input profiles: what is wrong with them, their words, and the shipped ones against samples of exports. */
#include "api_place.h"

#include "base/text.h"
#include "base/yaml.h"
#include "cli/csv.h"
#include "policy/profile.h"

#include <fcntl.h>

/* --- errors ------------------------------------------------------------------------------------------------------ */

/* Loads a profile from text; NULL after errors, which the collector then has in the file's order. */
static struct profile *load(struct collector *collector, const char *text) {
  struct arena arena;
  arena_init(&arena, 0);
  struct diags diags = collector_diags(collector, &arena);
  struct sla_options options = {0};
  struct source source = source_of("profile.yaml", text);
  struct profile *profile = NULL;
  enum sla_code code = profile_load(&options, &diags, "profile.yaml", &source, &profile);
  assert_int_equal(code, collector->count ? SLA_INVALID : SLA_OK);
  arena_release(&arena);
  return profile;
}

static int place_compare(const void *a, const void *b) {
  int line[2] = {0}, column[2] = {0};
  const char *items[2] = {a, b};
  for (int i = 0; i < 2; i++) {
    char *end;
    line[i] = (int)strtol(items[i], &end, 10);
    column[i] = *end == ':' ? (int)strtol(end + 1, NULL, 10) : 0;
  }
  return line[0] != line[1] ? line[0] - line[1] : column[0] - column[1];
}

/* Says what is wrong where a file was not complained of as expected. */
static void compare_errors(struct case_file *cases, struct collector *collector, const char *text, char (*want)[512],
                           size_t count) {
  struct profile *profile = load(collector, text);
  profile_free(profile);
  qsort(collector->items, collector->count, sizeof collector->items[0], place_compare);
  bool good = count == 1 && strcmp(want[0], "ok") == 0 ? collector->count == 0 : collector->count == count;
  for (size_t i = 0; i < collector->count && good; i++) {
    size_t len = strlen(want[i]);
    bool is_start = len > 3 && strcmp(want[i] + len - 3, "...") == 0;
    good = strncmp(collector->items[i], want[i], is_start ? len - 3 : len + 1) == 0;
  }
  for (size_t i = 0; i < collector->count && !good; i++)
    case_wrong(cases, "above: %s", collector->items[i]);
  if (!good)
    case_wrong(cases, "above: %zu errors, not %zu", collector->count, count);
}

static void test_errors(void **state) {
  (void)state;
  static struct collector collector;
  static char text[4096], want[16][512];
  size_t count = 0;
  struct case_file cases = case_open("profile-errors.txt");
  bool more = true;
  while (more) {
    more = case_next(&cases);
    bool begins = more && cases.line[0] == '|' && cases.line[1] == ' ';
    if ((!more || begins) && count) {
      compare_errors(&cases, &collector, text, want, count);
      text[0] = '\0';
      count = 0;
    }
    if (begins)
      snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n", cases.line + 2);
    else if (more)
      snprintf(want[count++], sizeof want[0], "%s", cases.line);
  }
  case_close(&cases);
}

/* --- words ------------------------------------------------------------------------------------------------------- */

static const char profile_text[] = "input: desk\n"
                                   "fields: { id: number, status: state, first_response_at: \"\" }\n"
                                   "times: { format: \"dd.MM.yyyy HH:mm\", zone: Europe/Kyiv }\n"
                                   "null: [\"?\", \"-\"]\n"
                                   "values:\n"
                                   "  priority: { 1 - Critical: P1, \"2\": P2, \"-\": P4, none: \"\" }\n"
                                   "  status: { Done: closed }\n"
                                   "history: { at: changed, resolved: { status: closed, active: [no, \"false\"] } }\n";

static void assert_word(const sla_profile *profile, size_t field, const char *text, const char *word) {
  struct sla_text got = sla_profile_word(profile, field, text_from(text));
  if (!text_is(got, word))
    fail_msg("\"%s\" is \"%.*s\", not \"%s\"", text, TEXT_ARGS(got), word);
}

static void test_accessors(void **state) {
  struct api_place *here = *state;
  sla_profile *profile;
  write_file(here, "desk.yaml", profile_text);
  assert_int_equal(sla_profile_load(&here->options, "desk", &profile), SLA_OK);
  assert_string_equal(sla_profile_name(profile), "desk");
  assert_non_null(strstr(sla_profile_file(profile), "/desk.yaml"));
  assert_string_equal(sla_profile_history(profile), "changed");
  assert_int_equal(sla_zone_offset(sla_profile_zone(profile), utc(2026, 1, 1, 0, 0, 0)), 2 * HOUR);

  static const struct {
    const char *name, *column;
    bool has_words, resolves;
    int line;
  } want[] = {
      {"id", "number", false, false, 2},          {"status", "state", true, true, 2},
      {"first_response_at", "", false, false, 2}, {"priority", NULL, true, false, 6},
      {"active", NULL, false, true, 8},
  };
  assert_int_equal(sla_profile_field_count(profile), sizeof want / sizeof *want);
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    struct sla_profile_field field;
    sla_profile_field_at(profile, i, &field);
    assert_string_equal(field.name, want[i].name);
    assert_true((field.column == NULL) == (want[i].column == NULL));
    if (field.column)
      assert_string_equal(field.column, want[i].column);
    assert_int_equal(field.has_words, want[i].has_words);
    assert_int_equal(field.resolves, want[i].resolves);
    assert_int_equal(field.line, want[i].line);
    assert_int_equal(sla_profile_find(profile, want[i].name), i);
  }
  assert_int_equal(sla_profile_find(profile, "channel"), SIZE_MAX);

  size_t priority = sla_profile_find(profile, "priority"), status = sla_profile_find(profile, "status"),
         active = sla_profile_find(profile, "active");
  assert_word(profile, priority, "1 - Critical", "P1");
  assert_word(profile, priority, "2", "P2");
  assert_word(profile, priority, "none", "");
  assert_word(profile, priority, "?", "");
  assert_word(profile, priority, "-", "P4"); /* a field's own word comes before what is null everywhere */
  assert_word(profile, priority, "1 - critical", "1 - critical");
  assert_word(profile, priority, "", "");
  assert_word(profile, status, "-", "");
  assert_word(profile, SIZE_MAX, "?", "");
  assert_word(profile, SIZE_MAX, "Done", "Done");
  assert_true(sla_profile_resolves(profile, status, text_from("closed")));
  assert_false(sla_profile_resolves(profile, status, text_from("Done")));
  assert_true(sla_profile_resolves(profile, active, text_from("false")));
  assert_false(sla_profile_resolves(profile, priority, text_from("closed")));
  assert_false(sla_profile_resolves(profile, SIZE_MAX, text_from("closed")));
  sla_profile_free(profile);

  write_file(here, "bare.yaml", "input: bare\n");
  assert_int_equal(sla_profile_load(&here->options, "bare", &profile), SLA_OK);
  assert_null(sla_profile_history(profile));
  assert_null(sla_profile_zone(profile));
  assert_null(sla_profile_time_format(profile));
  assert_int_equal(sla_profile_field_count(profile), 0);
  assert_word(profile, SIZE_MAX, "?", "?");
  sla_profile_free(profile);
  sla_profile_free(NULL);
  assert_int_equal(here->collector.count, 0);
}

static void test_loading_fails(void **state) {
  struct api_place *here = *state;
  sla_profile *profile = (sla_profile *)here;
  sla_policy *policy;
  write_file(here, "desk.yaml", profile_text);
  write_file(here, "wrong.yaml", "input: x\nvalues: 1\nfields: 2\n");
  assert_int_equal(sla_profile_load(&here->options, "dekS", &profile), SLA_NOT_FOUND);
  collector_expect(&here->collector, "", "unknown input profile \"dekS\": did you mean \"desk\"?");
  here->collector.count = 0;
  assert_int_equal(sla_profile_load(&here->options, "./no/such.yaml", &profile), SLA_NOT_FOUND);
  collector_expect(&here->collector, "", "no such file");
  here->collector.count = 0;
  assert_int_equal(sla_profile_load(&here->options, "/", &profile), SLA_IO);
  here->collector.count = 0;
  assert_int_equal(sla_profile_load(&here->options, "shop", &profile), SLA_INVALID);
  collector_expect(&here->collector, "1:1", "an input profile is expected here, but this is a policy");
  here->collector.count = 0;
  assert_int_equal(sla_policy_load(&here->options, "desk", &policy), SLA_INVALID);
  collector_expect(&here->collector, "1:1", "a policy is expected here, but this is an input profile");
  here->collector.count = 0;
  assert_int_equal(sla_profile_load(&here->options, "wrong", &profile), SLA_INVALID);
  assert_int_equal(here->collector.count, 2); /* in the file's order */
  assert_non_null(strstr(here->collector.items[0], "2:9: \"values\""));
  assert_non_null(strstr(here->collector.items[1], "3:9: \"fields\""));
  assert_ptr_equal(profile, here);
  assert_int_equal(sla_profile_load(NULL, "no-such-profile", &profile), SLA_NOT_FOUND);
}

/* Every limit either suffices or is told. */
static void test_memory_limits(void **state) {
  struct api_place *here = *state;
  write_file(here, "desk.yaml", "input: d\ntimes: { format: \"dd/MMM/yy h:mm a\", locale: es }\nnull: x\n");
  static const char *const patterns[] = {"dd/MMM/yy h:mm a", "dd.MM.yyyy HH:mm"};
  size_t done = 0, failed = 0;
  for (size_t limit = 1; done < 6; limit += limit / 64 + 16) {
    sla_profile *profile;
    sla_time_format *format;
    here->options.memory_limit = limit;
    enum sla_code code = sla_profile_load(&here->options, "desk", &profile);
    assert_true(code == SLA_OK || code == SLA_NO_MEMORY);
    if (code == SLA_OK)
      sla_profile_free(profile);
    done += code == SLA_OK;
    failed += code != SLA_OK;
    code = sla_time_format_load(&here->options, patterns, 2, "es", "--time-format", &format);
    assert_true(code == SLA_OK || code == SLA_NO_MEMORY);
    if (code == SLA_OK)
      sla_time_format_free(format);
    assert_true(limit < 1 << 24);
  }
  assert_true(failed > 10);
  assert_int_equal(here->collector.count, 0);
}

/* --- forms of times ---------------------------------------------------------------------------------------------- */

static void test_time_formats(void **state) {
  struct api_place *here = *state;
  static const char *const good[] = {"dd-MM-yyyy HH:mm", "dd/MMM/yy h:mm a"}, *const wrong[] = {"dd-MM-yyyy nn:mm"};
  sla_time_format *format = NULL;
  sla_zone *zone;
  sla_time t;
  enum sla_reading reading;
  assert_int_equal(sla_time_format_load(&here->options, wrong, 1, NULL, "--time-format", &format), SLA_INVALID);
  collector_expect(&here->collector, "1:12", "\"nn\" is no field of a time pattern");
  assert_string_equal(here->collector.files[0], "--time-format");
  assert_string_equal(here->collector.source_lines[0], wrong[0]);
  here->collector.count = 0;
  assert_int_equal(sla_time_format_load(&here->options, good, 2, "xx", "--locale", &format), SLA_NOT_FOUND);
  collector_expect(&here->collector, "", "unknown locale \"xx\"");
  here->collector.count = 0;
  assert_null(format);
  assert_int_equal(sla_time_format_load(&here->options, good, 2, "es", "--time-format", &format), SLA_OK);
  assert_int_equal(sla_zone_load(&here->options, "Europe/Kyiv", &zone), SLA_OK);
  static const struct {
    const char *text, *time;
    enum sla_reading reading;
  } cases[] = {
      {"05-01-2024 09:14", "2024-01-05T07:14:00Z", SLA_READ_LOCAL},
      {"31-03-2024 03:30", "2024-03-31T01:30:00Z", SLA_READ_LOCAL_GAP}, /* the zone's rules, not ICU's */
      {"27-10-2024 03:30", "2024-10-27T00:30:00Z", SLA_READ_LOCAL_OVERLAP},
      {"19/ene/26 12:47 PM", "2026-01-19T10:47:00Z", SLA_READ_LOCAL},
      {"2024-01-05T09:14Z", "2024-01-05T09:14:00Z", SLA_READ_INSTANT},
      {"2024-01-05T09:14[UTC]", "2024-01-05T09:14:00Z", SLA_READ_LOCAL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(
        sla_time_read_format(&here->options, format, zone, "events.csv", text_from(cases[i].text), &t, &reading),
        SLA_OK);
    assert_time(t, cases[i].time);
    assert_int_equal(reading, cases[i].reading);
  }
  assert_int_equal(
      sla_time_read_format(&here->options, format, zone, "log", text_from("31-02-2024 09:14"), &t, &reading),
      SLA_INVALID);
  collector_expect(&here->collector, "", "no such date: \"31-02-2024 09:14\"");
  here->collector.count = 0;
  assert_int_equal(
      sla_time_read_format(&here->options, format, zone, "log", text_from("01-01-1969 09:14"), &t, &reading),
      SLA_INVALID);
  collector_expect(&here->collector, "", "outside the supported years");
  sla_zone_free(zone);
  sla_time_format_free(format);
  sla_time_format_free(NULL);
}

/* A worker reads fields by its format, and `paused` as ever. */
static void test_worker(void **state) {
  struct api_place *here = *state;
  static const char *const patterns[] = {"dd-MM-yyyy HH:mm"};
  sla_time_format *format;
  sla_policy *policy = place_load(here);
  sla_worker *worker = worker_for(policy);
  struct sla_text values[FIELDS] = {{NULL, 0}};
  struct sla_result results[METRICS];
  assert_int_equal(sla_time_format_load(&here->options, patterns, 1, NULL, "format", &format), SLA_OK);
  values[field_named(policy, "opened_at")] = text_from("02-03-2026 09:00");
  values[field_named(policy, "paused")] = text_from("2026-03-02T09:30/2026-03-02T10:30");
  evaluate(policy, worker, values, utc(2026, 3, 2, 9, 0, 0), results);
  assert_int_equal(results[0].status, SLA_STATUS_ERROR);
  sla_worker_set_time_format(worker, format);
  evaluate(policy, worker, values, utc(2026, 3, 2, 9, 0, 0), results);
  for (size_t i = 0; i < METRICS; i++)
    assert_int_not_equal(results[i].status, SLA_STATUS_ERROR);
  assert_int_equal(results[0].elapsed_s, strcmp(sla_policy_metric_name(policy, 0), "resolution") ? 2 * HOUR : HOUR);
  values[field_named(policy, "paused")] = text_from("02-03-2026 09:30/02-03-2026 10:30");
  evaluate(policy, worker, values, utc(2026, 3, 2, 9, 0, 0), results);
  assert_int_equal(results[0].status, SLA_STATUS_ERROR);
  values[field_named(policy, "opened_at")] = text_from("30-02-2026 09:00");
  evaluate(policy, worker, values, utc(2026, 3, 2, 9, 0, 0), results);
  assert_string_equal(results[0].reason, "opened_at: no such date: \"30-02-2026 09:00\"");
  sla_worker_set_time_format(worker, NULL);
  evaluate(policy, worker, values, utc(2026, 3, 2, 9, 0, 0), results);
  assert_non_null(strstr(results[0].reason, "write it like 2026-01-31T15:04:05Z"));
  sla_worker_free(worker);
  sla_time_format_free(format);
  sla_policy_free(policy);
}

/* --- samples ----------------------------------------------------------------------------------------------------- */

/* The text of a JSON node; of a list's, "+" between. */
static const char *json_text(struct arena *arena, const struct yaml_node *node, const char *path) {
  if (!node || (node->kind == YAML_SCALAR && yaml_is_null(node)))
    return "";
  if (node->kind == YAML_SCALAR)
    return *path ? "" : node->text.ptr;
  if (node->kind == YAML_LIST) {
    const char *text = "", *end = strchr(path, ']');
    assert_true(path[0] == '[' && end);
    bool one = end > path + 1;
    size_t first = one ? (size_t)strtoul(path + 1, NULL, 10) : 0;
    for (size_t i = first; i < node->count && (!one || i == first); i++)
      text = arena_printf(arena, "%s%s%s", text, i > first ? "+" : "", json_text(arena, &node->items[i], end + 1));
    return text;
  }
  if (*path == '.')
    path++;
  size_t len = strcspn(path, ".[");
  return json_text(arena, yaml_get(node, arena_copy(arena, path, len)), path + len);
}

static const char *json_value(struct arena *arena, const char *file, size_t row, const char *path) {
  static char text[16384];
  FILE *stream = fopen(file, "r");
  assert_non_null(stream);
  size_t len = fread(text, 1, sizeof text - 1, stream);
  fclose(stream);
  text[len] = '\0';
  struct source source = source_of(file, text);
  struct collector collector;
  struct diags diags = collector_diags(&collector, arena);
  struct yaml_documents documents;
  yaml_parse(arena, &diags, &source, &documents);
  assert_int_equal(collector.count, 0);
  assert_true(row >= 1 && row <= documents.items[0].root.count);
  return json_text(arena, &documents.items[0].root.items[row - 1], path);
}

static const char *csv_cell(struct arena *arena, const struct record *row, size_t column) {
  char scratch[256];
  size_t used;
  struct sla_text value = csv_value(row->fields[column], scratch, &used);
  return arena_copy(arena, value.ptr, value.len);
}

static const char *csv_cell_of(struct arena *arena, const char *file, size_t row, const char *column) {
  struct stream stream = {0};
  struct csv_reader reader = {0};
  struct record read;
  const char *cell = NULL;
  int fd = open(file, O_RDONLY);
  assert_true(fd >= 0);
  stream_begin(&stream, fd, false);
  csv_begin(&reader, &stream);
  assert_true(csv_next(&reader, &read));
  size_t index = 0;
  while (index < read.count && strcmp(csv_cell(arena, &read, index), column) != 0)
    index++;
  if (index == read.count)
    fail_msg("%s has no column \"%s\"", file, column);
  for (size_t i = 1; csv_next(&reader, &read); i++)
    if (i == row)
      cell = csv_cell(arena, &read, index);
  assert_non_null(cell);
  csv_release(&reader);
  stream_free(&stream);
  close(fd);
  return cell;
}

/* What a profile makes of a field of a sample. */
static const char *sample_value(struct arena *arena, const sla_profile *profile, const char *file, size_t row,
                                const char *name) {
  size_t index = sla_profile_find(profile, name);
  struct sla_profile_field field = {.column = NULL};
  if (index != SIZE_MAX)
    sla_profile_field_at(profile, index, &field);
  bool is_history = strcmp(name, "@history") == 0;
  const char *column = is_history ? sla_profile_history(profile) : field.column ? field.column : name;
  const char *path = arena_printf(arena, "%s/../data/exports/%s",
                                  getenv("SLACLOCK_CASES") ? getenv("SLACLOCK_CASES") : "tests/cases", file);
  const char *cell = *column == '\0'                     ? ""
                     : text_ends(text_of(file), ".json") ? json_value(arena, path, row, column)
                                                         : csv_cell_of(arena, path, row, column);
  struct sla_text word = sla_profile_word(profile, index, text_of(cell));
  if (word.len == 0 || !(is_history || text_ends(text_of(name), "_at")))
    return arena_copy(arena, word.ptr ? word.ptr : "", word.len);
  sla_zone *zone;
  sla_time t;
  enum sla_reading reading;
  assert_int_equal(sla_zone_load(NULL, "UTC", &zone), SLA_OK);
  enum sla_code code =
      sla_time_read_format(NULL, sla_profile_time_format(profile),
                           sla_profile_zone(profile) ? sla_profile_zone(profile) : zone, "", word, &t, &reading);
  sla_zone_free(zone);
  return code == SLA_OK ? arena_printf(arena, "%s", time_text_at(t, 0).text) : "unreadable";
}

static void test_samples(void **state) {
  struct arena *arena = *state;
  const char *folder = getenv("SLACLOCK_CASES") ? getenv("SLACLOCK_CASES") : "tests/cases";
  struct case_file cases = case_open("profile-samples.txt");
  while (case_next(&cases)) {
    const char *name = case_need(&cases, '|'), *file = case_need(&cases, '|'), *row = case_need(&cases, '|'),
               *field = case_need(&cases, '|'), *want = case_need(&cases, '\0');
    struct collector collector;
    struct sla_options options = collector_options(&collector);
    sla_profile *profile;
    if (sla_profile_load(&options, arena_printf(arena, "%s/../../calendars/%s.yaml", folder, name), &profile)) {
      case_wrong(&cases, "%s: %s", name, collector.count ? collector.items[0] : "nothing said");
      continue;
    }
    const char *got = sample_value(arena, profile, file, (size_t)strtoul(row, NULL, 10), field);
    if (strcmp(got, want) != 0)
      case_wrong(&cases, "%s %s: \"%s\", not \"%s\"", name, field, got, want);
    sla_profile_free(profile);
  }
  case_close(&cases);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_errors),
      cmocka_unit_test_setup_teardown(test_accessors, place_open, place_close),
      cmocka_unit_test_setup_teardown(test_loading_fails, place_open, place_close),
      cmocka_unit_test_setup_teardown(test_memory_limits, place_open, place_close),
      cmocka_unit_test_setup_teardown(test_time_formats, place_open, place_close),
      cmocka_unit_test_setup_teardown(test_worker, place_open, place_close),
      arena_test(test_samples),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
