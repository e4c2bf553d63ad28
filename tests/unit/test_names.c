/* Names by locale, and the width of text. */
#include "helpers.h"

static const char *const weekdays[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};

static void test_locales(void **state) {
  (void)state;
  struct case_file cases = case_open("locale-names.txt");
  while (case_next(&cases)) {
    const char *locale = case_need(&cases, '|');
    const char *want[] = {case_need(&cases, '|'), case_need(&cases, '|'), case_need(&cases, '|'),
                          case_need(&cases, '|'), case_need(&cases, '|'), case_field(&cases, '\0')};
    struct sla_locale_names names;
    sla_locale_names(strcmp(locale, "-") ? locale : NULL, &names);
    const char *got[] = {names.tag,         weekdays[names.first_weekday], names.months[0],
                         names.weekdays[0], names.short_weekdays[0],       names.right_to_left ? "rtl" : ""};
    for (size_t i = 0; i < 6; i++)
      if (strcmp(got[i], want[i] ? want[i] : "") != 0 && !(want[i] && !strcmp(want[i], "*")))
        case_wrong(&cases, "%s: \"%s\", not \"%s\"", locale, got[i], want[i] ? want[i] : "");
  }
  case_close(&cases);
}

/* No name is empty and no two weekdays or months are called the same, in whatever order ICU has them. */
static void test_names_differ(void **state) {
  (void)state;
  static const char *const locales[] = {"en", "uk", "de", "ja", "ar", "hi", "zh_TW", "pt_BR", "ru", "tr"};
  for (size_t l = 0; l < sizeof locales / sizeof *locales; l++) {
    struct sla_locale_names names;
    sla_locale_names(locales[l], &names);
    for (int i = 0; i < 12; i++)
      for (int j = 0; j < i; j++)
        assert_string_not_equal(names.months[i], names.months[j]);
    for (int i = 0; i < 7; i++) {
      assert_true(*names.short_weekdays[i]);
      for (int j = 0; j < i; j++)
        assert_string_not_equal(names.weekdays[i], names.weekdays[j]);
    }
  }
}

static int hex_digit(char c) {
  return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* Puts the bytes in place of \xHH; returns the length. */
static size_t unfold(char *text) {
  char *to = text;
  for (const char *from = text; *from;)
    if (from[0] == '\\' && from[1] == 'x' && from[2] && from[3]) {
      *to++ = (char)(hex_digit(from[2]) * 16 + hex_digit(from[3]));
      from += 4;
    } else
      *to++ = *from++;
  *to = '\0';
  return (size_t)(to - text);
}

static size_t number(const char *text) {
  return (size_t)strtoul(text, NULL, 10);
}

static void test_columns(void **state) {
  (void)state;
  struct case_file cases = case_open("columns.txt");
  while (case_next(&cases)) {
    char *text = case_need(&cases, '|');
    size_t most = number(case_need(&cases, '|')), want = number(case_need(&cases, '|')),
           want_len = number(case_need(&cases, '|')), len;
    /* In memory of its own size, so that reading past its end is seen. */
    size_t size = unfold(text);
    char *exact = malloc(size);
    memcpy(exact, text, size);
    size_t columns = sla_text_columns((struct sla_text){exact, size}, most, &len);
    free(exact);
    if (columns != want || len != want_len)
      case_wrong(&cases, "%zu columns, %zu bytes; not %zu, %zu", columns, len, want, want_len);
  }
  case_close(&cases);
}

/* Any bytes: all are taken where there is room, and a cut is never longer than asked for. */
static void test_any_bytes(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  for (int round = 0; round < 20000; round++) {
    char text[24];
    size_t len = (size_t)random_below(&seed, sizeof text + 1), taken;
    for (size_t i = 0; i < len; i++)
      text[i] = (char)random_below(&seed, 256);
    assert_true(sla_text_columns((struct sla_text){text, len}, 1000, &taken) <= 2 * len);
    assert_int_equal(taken, len);
    size_t most = (size_t)random_below(&seed, 10);
    assert_true(sla_text_columns((struct sla_text){text, len}, most, &taken) <= most);
    assert_true(taken <= len);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_locales),
      cmocka_unit_test(test_names_differ),
      cmocka_unit_test(test_columns),
      cmocka_unit_test(test_any_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
