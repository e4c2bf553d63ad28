/*
 * Objects of JSON in one pass, against jansson: what our reader says yes to, jansson says yes to and has the same
 * values; what jansson says yes to, it takes apart as well once it is told.
 */
#include "helpers.h"
#include "random_json.h"

#include "base/text.h"
#include "cli/json_object.h"

#include <dlfcn.h>
#include <jansson.h>

/* --- jansson ----------------------------------------------------------------------------------------------------- */

static struct {
  __typeof__(&json_loadb) loadb;
  __typeof__(&json_delete) delete;
  __typeof__(&json_object_size) size;
  __typeof__(&json_object_get) get;
  __typeof__(&json_array_size) length;
  __typeof__(&json_array_get) element;
  __typeof__(&json_string_value) string;
  __typeof__(&json_string_length) string_length;
} jansson;

static void *function_named(const char *name) {
  void *library = dlopen("libjansson.so.4", RTLD_NOW);
  void *function = library ? dlsym(library, name) : NULL;
  if (!function)
    fail_msg("jansson has no %s", name);
  return function;
}

static int load_jansson(void **state) {
  (void)state;
  const struct {
    void *place;
    const char *name;
  } functions[] = {
      {&jansson.loadb, "json_loadb"},         {&jansson.delete, "json_delete"},
      {&jansson.size, "json_object_size"},    {&jansson.get, "json_object_get"},
      {&jansson.length, "json_array_size"},   {&jansson.element, "json_array_get"},
      {&jansson.string, "json_string_value"}, {&jansson.string_length, "json_string_length"},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *function = function_named(functions[i].name);
    memcpy(functions[i].place, &function, sizeof function);
  }
  return 0;
}

/* NULL where the text is no object. */
static json_t *read_by_jansson(const char *bytes, size_t len) {
  json_error_t error;
  const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY;
  json_t *root = jansson.loadb(bytes, len, flags, &error);
  if (root && json_is_object(root))
    return root;
  if (root && root->refcount != (size_t)-1)
    jansson.delete(root);
  return NULL;
}

/* --- both -------------------------------------------------------------------------------------------------------- */

/* The values of a node and of all in it are what jansson has there. Returns how many nodes these are. */
static size_t compare(struct json_object *object, size_t index, json_t *value) {
  struct json_node *node = &object->nodes[index];
  size_t at = index + 1, members = 0;
  char c = *node->text.ptr;
  assert_int_equal(json_is_object(value), node->kind == KIND_OBJECT && c == '{');
  assert_int_equal(json_is_array(value), node->kind == KIND_LIST && c == '[');
  assert_int_equal(json_is_string(value), node->kind >= KIND_STRING && node->kind <= KIND_ESCAPED);
  assert_int_equal(json_is_true(value), node->kind == KIND_WORD && c == 't');
  assert_int_equal(json_is_false(value), node->kind == KIND_WORD && c == 'f');
  assert_int_equal(json_is_number(value), node->kind == KIND_NUMBER);
  assert_int_equal(json_is_null(value), node->kind == KIND_NULL);
  for (; at < node->end; at += compare(object, at,
                                       json_is_object(value) ? jansson.get(value, object->nodes[at].name->text.ptr)
                                                             : jansson.element(value, members - 1)))
    members++;
  assert_int_equal(at, node->end);
  assert_int_equal(members, json_is_object(value)  ? jansson.size(value)
                            : json_is_array(value) ? jansson.length(value)
                                                   : 0);
  for (int twice = 0; json_is_string(value) && twice < 2; twice++) {
    struct sla_text text = json_object_text(object, node);
    assert_int_equal(text.len, jansson.string_length(value));
    assert_memory_equal(text.ptr, jansson.string(value), text.len);
  }
  return node->end - index;
}

/* Has both judge a text that ends where its memory does. Returns "yes", "odd", "no", or what they do not agree on. */
static const char *judge(struct json_object *object, const char *bytes, size_t len) {
  char *exact = malloc(len ? len : 1);
  memcpy(exact, bytes, len);
  json_t *root = read_by_jansson(exact, len);
  struct sla_text text = {exact, len};
  const char *verdict = root ? "odd" : "no";
  for (int twice = 0; twice < 2; twice++) { /* the second time it knows the names */
    if (json_object_read(object, text, false)) {
      verdict = root ? "yes" : "ours says yes, jansson no";
      if (root)
        assert_int_equal(compare(object, 0, root), object->count);
    } else
      assert_int_equal(object->count, 0);
  }
  bool is_blind = memchr(exact, '\0', len); /* jansson passes over a NUL behind a number or word, which is no JSON */
  if (root && !json_object_read(object, text, true) && !is_blind)
    verdict = "jansson says yes, ours no, though told so";
  if (root)
    jansson.delete(root);
  free(exact);
  return verdict;
}

static size_t unescape_bytes(char *text) {
  char *to = text;
  for (const char *at = text; *at; at++)
    if (*at == '%') {
      char digits[3] = {at[1], at[2], '\0'};
      *to++ = (char)strtol(digits, NULL, 16);
      at += 2;
    } else
      *to++ = *at;
  return (size_t)(to - text);
}

static void test_cases(void **state) {
  (void)state;
  struct json_object object = {0};
  struct case_file cases = case_open("json-objects.txt");
  while (case_next(&cases)) {
    const char *expected = case_need(&cases, '|');
    char *text = case_need(&cases, '\0');
    size_t len = unescape_bytes(text);
    const char *verdict = judge(&object, text, len);
    if (strcmp(verdict, expected) != 0)
      case_wrong(&cases, "%s, not %s", verdict, expected);
  }
  case_close(&cases);
  json_object_free(&object);
}

/* Good texts, and such that differ from one by bytes changed, moved or cut off. */
static void test_mutated(void **state) {
  (void)state;
  static const char bytes[] = "{}[],:\"\\ \nn1-+eE.0tu/k23\x80\xC3\xA9\xED\xA0\xF0\x1F\x7F\x00";
  uint64_t seed = test_seed();
  struct json_object object = {0};
  size_t good = 0;
  for (int i = 0; i < 60000; i++) {
    char *text;
    size_t len;
    FILE *file = open_memstream(&text, &len);
    put_nested(file, &seed, i % 2, 0, true);
    fclose(file);
    for (int64_t n = random_below(&seed, 3); n; n--) {
      size_t at = (size_t)random_below(&seed, (int64_t)len), from = (size_t)random_below(&seed, (int64_t)len);
      if (random_below(&seed, 3))
        text[at] = bytes[random_below(&seed, sizeof bytes - 1)];
      else
        memmove(text + at, text + from, len - (at > from ? at : from));
    }
    if (random_below(&seed, 8) == 0)
      len = (size_t)random_below(&seed, (int64_t)len + 1);
    while (len && text[len - 1] && strchr(" \t\r\n", text[len - 1])) /* as objects come */
      len--;
    size_t blanks = 0;
    while (blanks < len && text[blanks] && strchr(" \t\r\n", text[blanks]))
      blanks++;
    const char *verdict = judge(&object, text + blanks, len - blanks);
    good += !strcmp(verdict, "yes");
    if (strlen(verdict) > 3)
      fail_msg("%s: %.*s", verdict, (int)len, text);
    free(text);
  }
  assert_true(good > 15000 && good < 50000);
  json_object_free(&object);
}

/* --- what is large ----------------------------------------------------------------------------------------------- */

static void test_depth(void **state) {
  (void)state;
  static const struct {
    size_t depth;
    const char *verdict;
  } cases[] = {{2, "yes"}, {256, "yes"}, {257, "odd"}, {2000, "odd"}, {3000, "no"}};
  struct json_object object = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (int lists = 0; lists < 2; lists++) {
      char *text;
      size_t len;
      FILE *file = open_memstream(&text, &len);
      fputs("{\"a\":", file);
      for (size_t k = 1; k < cases[i].depth; k++)
        fputs(lists ? "[" : "{\"a\":", file);
      putc('1', file);
      for (size_t k = 1; k < cases[i].depth; k++)
        putc(lists ? ']' : '}', file);
      putc('}', file);
      fclose(file);
      assert_string_equal(judge(&object, text, len), cases[i].verdict);
      free(text);
    }
  json_object_free(&object);
}

/* Members without end of as many names: found again, found twice, forgotten, and met anew. */
static void test_many_names(void **state) {
  (void)state;
  struct json_object object = {0};
  for (int round = 0; round < 40; round++)
    for (int twice = 0; twice < 2; twice++) {
      char *text;
      size_t len;
      FILE *file = open_memstream(&text, &len);
      fputs("{\"first\":0", file);
      for (int i = 0; i < 1000; i++)
        fprintf(file, ",\"a name of round %d.%d\":%d", round, i, i);
      fprintf(file, twice ? ",\"a name of round %d.500\":1}" : "}", round);
      fclose(file);
      assert_string_equal(judge(&object, text, len), twice ? "no" : "yes");
      assert_true(object.names.count <= 20 * 1000);
      free(text);
    }
  assert_true(object.names.generation > 0);
  json_object_free(&object);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cases),
      cmocka_unit_test(test_mutated),
      cmocka_unit_test(test_depth),
      cmocka_unit_test(test_many_names),
  };
  return cmocka_run_group_tests(tests, load_jansson, NULL);
}
