/* Writing JSON: strings of any bytes, and structures. */
#include "helpers.h"

#include "base/text.h"
#include "cli/json.h"

static char *escaped(const char *bytes, size_t len) {
  char *text, part[64];
  size_t text_len;
  FILE *file = open_memstream(&text, &text_len);
  struct sla_text left = {bytes, len};
  putc('"', file);
  for (size_t room = len % 7 + JSON_MOST_ESCAPED; left.len; room = 2 * room + 1) /* in pieces */
    fwrite(part, 1, json_escape(&left, part, room < sizeof part ? room : sizeof part), file);
  putc('"', file);
  fclose(file);
  return text;
}

static void test_json_strings(void **state) {
  (void)state;
  static const struct {
    const char *bytes, *json;
  } cases[] = {
      {"", "\"\""},
      {"abc", "\"abc\""},
      {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
      {"\n\r\t\b\f\x01\x1F\x7F", "\"\\u000a\\u000d\\u0009\\u0008\\u000c\\u0001\\u001f\\u007f\""},
      {"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \xED\x9F\xBF \xEE\x80\x80 \xF4\x8F\xBF\xBF",
       "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \xED\x9F\xBF \xEE\x80\x80 \xF4\x8F\xBF\xBF\""},
      /* malformed: a byte that continues nothing, one that is never used, overlong, a surrogate, over U+10FFFF, cut */
      {"\x80", "\"\xEF\xBF\xBD\""},
      {"a\xFFz", "\"a\xEF\xBF\xBDz\""},
      {"\xC0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"\xE0\x9F\xBF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"\xC3", "\"\xEF\xBF\xBD\""},
      {"\xC3z", "\"\xEF\xBF\xBDz\""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *json = escaped(cases[i].bytes, strlen(cases[i].bytes));
    assert_string_equal(json, cases[i].json);
    free(json);
  }
  char *json = escaped("a\0b", 3);
  assert_string_equal(json, "\"a\\u0000b\"");
  free(json);
}

/* The bytes that a JSON string of ours stands for. */
static size_t json_unescape(char *json) {
  char *to = json;
  const char *from = json + 1;
  for (; *from != '"'; from++) {
    assert_true((unsigned char)*from >= 0x20);
    if (*from != '\\')
      *to++ = *from;
    else if (*++from == 'u') {
      char digits[5] = {from[1], from[2], from[3], from[4], '\0'};
      *to++ = (char)strtol(digits, NULL, 16);
      from += 4;
    } else
      *to++ = *from;
  }
  assert_int_equal(from[1], '\0');
  *to = '\0';
  return (size_t)(to - json);
}

/* Whatever the bytes: well-formed UTF-8, and the same text back where they were that. */
static void test_json_of_any_bytes(void **state) {
  (void)state;
  static const char bytes[] = "az\"\\/\n\x7F\x80\xBF\xC2\xC3\xE0\xA0\xED\x9F\xEF\xF0\x90\xF4\x8F\xFF\x00";
  uint64_t seed = test_seed();
  for (int i = 0; i < 20000; i++) {
    size_t len = (size_t)random_below(&seed, 12);
    char *text = malloc(len ? len : 1);
    for (size_t k = 0; k < len; k++)
      text[k] = bytes[random_below(&seed, sizeof bytes - 1)];
    char *json = escaped(text, len);
    assert_int_equal(text_utf8_error(text_of(json)), strlen(json));
    if (text_utf8_error((struct sla_text){text, len}) == len) {
      assert_int_equal(json_unescape(json), len);
      assert_memory_equal(json, text, len);
    }
    free(json);
    free(text);
  }
}

static void test_json_structures(void **state) {
  (void)state;
  char *text;
  size_t len;
  FILE *file = open_memstream(&text, &len);
  struct json json = {file, true};
  json_open(&json, NULL, '{');
  json_string(&json, "a", "x\"y");
  json_string(&json, "b", NULL);
  json_number(&json, "c", INT64_MIN);
  json_number(&json, "c\n", INT64_MAX);
  json_flag(&json, "d", true);
  json_null(&json, "e");
  json_open(&json, "f", '[');
  json_open(&json, NULL, '{');
  json_close(&json, '}');
  json_open(&json, NULL, '[');
  json_close(&json, ']');
  json_flag(&json, NULL, false);
  json_text(&json, NULL, (struct sla_text){"abc", 2});
  json_close(&json, ']');
  json_number(&json, "g", 0);
  json_close(&json, '}');
  fclose(file);
  assert_string_equal(text, "{\"a\": \"x\\\"y\", \"b\": null, \"c\": -9223372036854775808, \"c\\u000a\": "
                            "9223372036854775807, \"d\": true, \"e\": null, \"f\": [{}, [], false, \"ab\"], \"g\": 0}");
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_json_strings),
      cmocka_unit_test(test_json_of_any_bytes),
      cmocka_unit_test(test_json_structures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
