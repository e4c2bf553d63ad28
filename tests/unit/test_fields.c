/* Typed values out of YAML: base/fields and time/span, with the places of their errors. */
#include "helpers.h"

#include "base/fields.h"
#include "base/text.h"
#include "base/yaml.h"
#include "time/span.h"

#include <limits.h>

/* A text, parsed, and what was said about it. */
struct reading {
  struct arena *arena;
  struct collector collector;
  struct diags diags;
  struct source source;
  const struct yaml_node *root;
};

static void reading_open(struct reading *reading, struct arena *arena, const char *text) {
  reading->arena = arena;
  reading->diags = collector_diags(&reading->collector, arena);
  reading->source = source_of("file.yaml", text);
  struct yaml_documents documents;
  yaml_parse(arena, &reading->diags, &reading->source, &documents);
  assert_int_equal(documents.count, 1);
  assert_int_equal(reading->collector.count, 0);
  reading->root = &documents.items[0].root;
}

static const struct yaml_node *value_of(const struct reading *reading, const char *key) {
  const struct yaml_node *value = yaml_get(reading->root, key);
  assert_non_null(value);
  return value;
}

/* All that was said is exactly this, "; " between. */
static void expect_said(const struct reading *reading, const char *text, const char *expected) {
  const char *said = collector_text(&reading->collector, reading->arena);
  if (strcmp(said, expected) != 0)
    fail_msg("of \"%s\" it says:\n%s\nnot:\n%s", text, said, expected);
}

/* --- dates and spans --------------------------------------------------------------------------------------------- */

static void test_dates(void **state) {
  static const struct {
    const char *text, *date, *said;
  } cases[] = {
      {"2026-02-06", "2026-02-06", ""},
      {"\"2026-02-06\"", "2026-02-06", ""},
      {"1900-01-01", "1900-01-01", ""},
      {"2199-12-31", "2199-12-31", ""},
      {"2026-02-30", NULL, "1:6: no such date \"2026-02-30\": write YYYY-MM-DD"},
      {"2026", NULL, "1:6: no such date \"2026\": write YYYY-MM-DD"},
      {"06.02.2026", NULL, "1:6: no such date \"06.02.2026\": write YYYY-MM-DD"},
      {"\"\"", NULL, "1:6: no such date \"\": write YYYY-MM-DD"},
      {"[2026-02-06]", NULL, "1:6: a date must be written YYYY-MM-DD, not a list"},
      {"{ a: 1 }", NULL, "1:6: a date must be written YYYY-MM-DD, not a map"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct reading reading;
    int date = -7;
    reading_open(&reading, *state, arena_printf(*state, "key: %s\n", cases[i].text));
    assert_int_equal(field_date(&reading.diags, value_of(&reading, "key"), &date), cases[i].date != NULL);
    if (cases[i].date)
      assert_date(date, cases[i].date);
    else
      assert_int_equal(date, -7);
    expect_said(&reading, cases[i].text, cases[i].said);
  }
}

static const char *span_end(struct arena *arena, int date) {
  return date == INT_MIN || date == INT_MAX ? "" : arena_printf(arena, "%s", date_text(date).text);
}

static void test_spans(void **state) {
  static const struct {
    const char *text, *span; /* FIRST..LAST, both included; NULL where it is refused */
    const char *said;
  } cases[] = {
      {"{ }", "..", ""},
      {"{ from: 2026-02-06, through: 2027-02-05 }", "2026-02-06..2027-02-05", ""},
      {"{ from: 2026-02-06 }", "2026-02-06..", ""},
      {"{ through: 2027-02-05 }", "..2027-02-05", ""},
      {"{ until: 2027-02-05 }", "..2027-02-04", ""},
      {"{ from: 2026-02-06, until: 2026-02-07 }", "2026-02-06..2026-02-06", ""},
      {"{ from: 2026-02-06, through: 2026-02-06 }", "2026-02-06..2026-02-06", ""},
      /* a year is its first day, or its last */
      {"{ from: 2026, through: 2027 }", "2026-01-01..2027-12-31", ""},
      {"{ from: 2026, through: 2026 }", "2026-01-01..2026-12-31", ""},
      {"{ from: 1900 }", "1900-01-01..", ""},
      {"{ through: 2199 }", "..2199-12-31", ""},
      /* what others put beside it is none of its business */
      {"{ from: 2026-02-06, other: x }", "2026-02-06..", ""},
      {"{ until: 2027 }", NULL, "1:10: no such date \"2027\": write YYYY-MM-DD"},
      {"{ from: 1899 }", NULL, "1:9: no such date \"1899\": write YYYY-MM-DD"},
      {"{ through: 2200 }", NULL, "1:12: no such date \"2200\": write YYYY-MM-DD"},
      {"{ from: 26 }", NULL, "1:9: no such date \"26\": write YYYY-MM-DD"},
      {"{ from: 2026-02-30, through: 2026-02-31 }", NULL,
       "1:9: no such date \"2026-02-30\": write YYYY-MM-DD; 1:30: no such date \"2026-02-31\": write YYYY-MM-DD"},
      {"{ from: [2026] }", NULL, "1:9: a date must be written YYYY-MM-DD, not a list"},
      {"{ from: 2026-02-06, through: 2026-02-05 }", NULL, "1:30: the span ends before it begins"},
      {"{ from: 2026-02-06, until: 2026-02-06 }", NULL, "1:28: the span ends before it begins"},
      {"{ from: 2027, through: 2026 }", NULL, "1:24: the span ends before it begins"},
      {"{ through: 2026, until: 2027-01-01 }", NULL,
       "1:25: \"until\" and \"through\" both say where the span ends: keep one"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct reading reading;
    struct span span = {-7, -8};
    reading_open(&reading, *state, cases[i].text);
    assert_int_equal(field_span(&reading.diags, reading.root, &span), cases[i].span != NULL);
    const char *got = arena_printf(*state, "%s..%s", span_end(*state, span.first), span_end(*state, span.last));
    if (cases[i].span && strcmp(got, cases[i].span) != 0)
      fail_msg("\"%s\" is %s, not %s", cases[i].text, got, cases[i].span);
    if (!cases[i].span)
      assert_true(span.first == -7 && span.last == -8);
    expect_said(&reading, cases[i].text, cases[i].said);
  }
}

static void test_span_holds(void **state) {
  (void)state;
  struct span span = {10, 12};
  assert_false(span_holds(span, 9));
  assert_true(span_holds(span, 10));
  assert_true(span_holds(span, 12));
  assert_false(span_holds(span, 13));
  assert_true(span_holds(span_always(), INT_MIN));
  assert_true(span_holds(span_always(), INT_MAX));
}

/* --- maps and their keys ----------------------------------------------------------------------------------------- */

static void test_keys(void **state) {
  static const struct field_key keys[] = {
      {"hours", FIELD_REQUIRED}, {"holidays", FIELD_OPTIONAL}, {"zone", FIELD_OPTIONAL}};
  static const struct {
    const char *text, *said;
  } cases[] = {
      {"hours: x\n", ""},
      {"hours: x\nholidays: y\nzone: z\n", ""},
      {"holidays: y\n", "1:1: a thing needs the key \"hours\""},
      {"hours: x\nholdays: y\n", "2:1: unknown key \"holdays\" in a thing: did you mean \"holidays\"?"},
      {"hours: x\n\n  # a remark\nqqqqqq: y\n", "4:1: unknown key \"qqqqqq\" in a thing"},
      {"Hours: x\n", "1:1: unknown key \"Hours\" in a thing: did you mean \"hours\"?; "
                     "1:1: a thing needs the key \"hours\""},
      {"hours: x\naaaaaaaa: y\nbbbbbbbb: z\n",
       "2:1: unknown key \"aaaaaaaa\" in a thing; 3:1: unknown key \"bbbbbbbb\" in a thing"},
      {"[a, b]\n", "1:1: a thing must be a map of keys and values, not a list"},
      {"text\n", "1:1: a thing must be a map of keys and values, not a text"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct reading reading;
    reading_open(&reading, *state, cases[i].text);
    bool fits = fields_check(&reading.diags, reading.root, "a thing", keys, sizeof keys / sizeof *keys);
    assert_int_equal(fits, cases[i].said[0] == '\0');
    expect_said(&reading, cases[i].text, cases[i].said);
  }
}

/* --- scalars ----------------------------------------------------------------------------------------------------- */

/* Reads the value of `key` as each type; the answer, or "" where it is refused. */
static const char *read_text(struct reading *reading) {
  const char *text = NULL;
  return field_text(&reading->diags, value_of(reading, "key"), "the name of a thing", &text) ? text : "(refused)";
}

static const char *read_flag(struct reading *reading) {
  bool flag;
  if (!field_flag(&reading->diags, value_of(reading, "key"), &flag))
    return "(refused)";
  return flag ? "true" : "false";
}

static const char *read_choice(struct reading *reading) {
  static const char *const words[] = {"business-hours", "business-days", "elapsed"};
  size_t index = 99;
  if (!field_choice(&reading->diags, value_of(reading, "key"), "clock", words, 3, &index)) {
    assert_int_equal(index, 99);
    return "(refused)";
  }
  return words[index];
}

static const char *read_texts(struct reading *reading) {
  struct texts texts = {NULL, 99};
  if (!field_texts(&reading->diags, value_of(reading, "key"), "a value", &texts)) {
    assert_int_equal(texts.count, 99);
    return "(refused)";
  }
  const char *all = "";
  for (size_t i = 0; i < texts.count; i++)
    all = arena_printf(reading->arena, "%s%s%.*s", all, i ? "+" : "", TEXT_ARGS(texts.items[i]));
  return all;
}

static void test_scalars(void **state) {
  static const struct {
    const char *(*read)(struct reading *reading);
    const char *text, *result, *said;
  } cases[] = {
      /* nothing is interpreted: YAML 1.1 would make a number and a boolean of these */
      {read_text, "11:00", "11:00", ""},
      {read_text, "NO", "NO", ""},
      {read_text, "0x10", "0x10", ""},
      {read_text, "\"\"", "", ""},
      {read_text, "'null'", "null", ""},
      {read_text, "null", "(refused)", "1:6: the name of a thing must be a text, not nothing"},
      {read_text, "~", "(refused)", "1:6: the name of a thing must be a text, not nothing"},
      {read_text, "[a]", "(refused)", "1:6: the name of a thing must be a text, not a list"},
      {read_text, "{ a: b }", "(refused)", "1:6: the name of a thing must be a text, not a map"},

      {read_flag, "true", "true", ""},
      {read_flag, "false", "false", ""},
      {read_flag, "\"true\"", "(refused)", "1:6: true or false is expected here"},
      {read_flag, "yes", "(refused)", "1:6: true or false is expected here"},
      {read_flag, "True", "(refused)", "1:6: true or false is expected here"},
      {read_flag, "[true]", "(refused)", "1:6: true or false is expected here"},

      {read_choice, "elapsed", "elapsed", ""},
      {read_choice, "\"business-days\"", "business-days", ""},
      {read_choice, "elapse", "(refused)",
       "1:6: unknown clock \"elapse\": did you mean \"elapsed\"? (known: business-hours, business-days, elapsed)"},
      {read_choice, "qqqq", "(refused)", "1:6: unknown clock \"qqqq\" (known: business-hours, business-days, elapsed)"},
      {read_choice, "[elapsed]", "(refused)",
       "1:6: clock must be one of business-hours, business-days, elapsed, not a list"},

      {read_texts, "P1", "P1", ""},
      {read_texts, "[P1, urgent]", "P1+urgent", ""},
      {read_texts, "[]", "", ""},
      {read_texts, "\"\"", "", ""},
      {read_texts, "[\"\", P1]", "+P1", ""},
      {read_texts, "[P1, [P2]]", "(refused)", "1:11: a value must be a text or a list of texts, not a list"},
      {read_texts, "{ a: b }", "(refused)", "1:6: a value must be a text or a list of texts, not a map"},
      {read_texts, "[P1, ~]", "(refused)", "1:11: a value must be a text or a list of texts, not nothing"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct reading reading;
    reading_open(&reading, *state, arena_printf(*state, "key: %s\n", cases[i].text));
    const char *result = cases[i].read(&reading);
    if (strcmp(result, cases[i].result) != 0)
      fail_msg("\"%s\" is read as \"%s\", not \"%s\"", cases[i].text, result, cases[i].result);
    expect_said(&reading, cases[i].text, cases[i].said);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(test_dates), arena_test(test_spans),   cmocka_unit_test(test_span_holds),
      arena_test(test_keys),  arena_test(test_scalars),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
