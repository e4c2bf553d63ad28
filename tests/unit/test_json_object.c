/*
 * Objects of JSON in one pass, against jansson: what our reader says yes to, jansson says yes to and has the same
 * values; what jansson says yes to, it takes apart as well once it is told.
 */
#include "helpers.h"
#include "random_json.h"

#include "base/text.h"
#include "cli/json_object.h"
#include "cli/json_string.h"

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

/* The cells are what the first members say, one after another. */
static void check_cells(const struct json_object *object) {
  const struct json_node *member;
  const char *cell = object->cells;
  size_t at = 0;
  assert_true(object->has_cells || !object->cell_count);
  for (size_t i = 0; i < object->cell_count; i++) {
    assert_non_null(member = json_object_member(object, &at));
    assert_in_range(member->kind, KIND_NULL, KIND_STRING);
    assert_null(memchr(member->text.ptr, ',', member->text.len));
    assert_memory_equal(cell, member->text.ptr, member->text.len);
    cell += member->text.len;
    assert_int_equal(*cell++, ',');
  }
  if (object->cell_count)
    assert_int_equal(object->cells_len, cell - object->cells);
}

/* What was read of a text, knowing the objects before it, is what is read of it by one that has seen none. */
static void compare_with_first(const struct json_object *object, struct sla_text text) {
  struct json_object first = {0};
  assert_true(json_object_read(&first, text, object->is_judged));
  assert_int_equal(object->count, first.count);
  assert_int_equal(object->is_broken, first.is_broken);
  for (size_t i = 0; i < first.count; i++) {
    const struct json_node *node = &object->nodes[i], *other = &first.nodes[i];
    assert_int_equal(node->kind, other->kind);
    assert_int_equal(node->end, other->end);
    assert_ptr_equal(node->text.ptr, other->text.ptr);
    assert_int_equal(node->text.len, other->text.len);
    assert_int_equal(!node->name, !other->name);
    if (node->name) {
      assert_true(json_name_is(node->name, other->name->text));
      assert_int_equal(node->name->depth, other->name->depth);
    }
  }
  check_cells(object);
  json_object_free(&first);
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
      compare_with_first(object, text);
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
    object.has_cells = random_below(&seed, 2);
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

/* --- what is like the object before ------------------------------------------------------------------------------ */

/* Whether members are those of the object before shows in its shape, whatever their values are. */
static void test_shapes(void **state) {
  (void)state;
  static const char *const names[] = {
      "a", "b", "\xC3\xA9", "a name of more than sixteen bytes", "a name of more than sixteen bytez", "\\u0061"};
  static const char *const values[] = {"\"text\"", "1", "null", "{\"a\":1,\"b\":2}", "[{\"b\":\"\"}]", "\"\\u0061\""};
  uint64_t seed = test_seed(), shape = 0;
  struct json_object object = {0};
  char last[64] = "none";
  size_t same = 0;
  for (int i = 0; i < 20000; i++) {
    char order[64] = "", *text;
    size_t len, count = (size_t)random_below(&seed, 4);
    bool is_escaped = false; /* a name that is: it is not compared, but looked up */
    const size_t first = (size_t)random_below(&seed, 2);
    FILE *file = open_memstream(&text, &len);
    putc('{', file);
    for (size_t k = first; k < first + count; k++) {
      size_t name = random_below(&seed, 10) ? k : (size_t)random_below(&seed, 6);
      fprintf(file, "%s\"%s\":", k > first ? "," : "", names[name]);
      fputs(values[random_below(&seed, 6)], file);
      is_escaped |= name == 5;
      snprintf(order + strlen(order), sizeof order - strlen(order), "%zu,", name == 5 ? 0 : name);
    }
    putc(random_below(&seed, 20) ? '}' : ']', file);
    fclose(file);
    if (json_object_read(&object, (struct sla_text){text, len}, false)) {
      assert_int_equal(object.shape == shape, !strcmp(order, last) && object.count > 1 && !is_escaped);
      same += object.shape == shape;
      memcpy(last, order, sizeof last);
      shape = object.shape;
    }
    free(text);
  }
  assert_in_range(same, 1000, 10000);
  json_object_free(&object);
}

static void test_cells(void **state) {
  (void)state;
  static const struct {
    const char *object, *cells;
  } cases[] = {
      {"{}", ""},
      {"{\"a\":\"\"}", ","},
      {"{\"a\":\"x\",\"b\":-1.5e3,\"c\":null,\"d\":true,\"e\":\"y\"}", "x,-1.5e3,,true,y,"},
      {"{ \"a\": \"x\",\n\"b\": \"y\" , \"c\":\"z\"}", "x,y,z,"},
      {"{\"a\":\"sixteen bytes, b\",\"b\":\"x\"}", ""},
      {"{\"a\":\"x\",\"b\":\"less,\",\"c\":\"y\"}", "x,"},
      {"{\"a\":\"x\",\"b\":\"\\\"\",\"c\":\"y\"}", "x,"},
      {"{\"a\":\"x\",\"b\":\"\xC3\xA9\",\"c\":\"y\"}", "x,\xC3\xA9,y,"},
      {"{\"a\":\"x\",\"b\":\"\xC3\xA9,\",\"c\":\"y\"}", "x,"},
      {"{\"a\":\"x\",\"b\":[1],\"c\":\"y\"}", "x,"},
      {"{\"a\":\"x\",\"b\":{\"n\":1},\"c\":\"y\"}", "x,"},
      {"{\"a name of more than sixteen bytes\":\"a text of more than sixteen bytes, but with no commb\",\"b\":1}", ""},
      {"{\"a name of more than sixteen bytes\":\"a text of more than sixteen bytes\",\"b\":1}",
       "a text of more than sixteen bytes,1,"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct json_object object = {.has_cells = true};
    char *exact = strdup(cases[i].object);
    struct sla_text text = {exact, strlen(exact)};
    assert_true(json_object_read(&object, text, false));
    assert_int_equal(object.cell_count, 0); /* nothing is known yet */
    assert_true(json_object_read(&object, text, false));
    check_cells(&object);
    assert_int_equal(object.cell_count ? object.cells_len : 0, strlen(cases[i].cells));
    assert_memory_equal(object.cells, cases[i].cells, strlen(cases[i].cells));
    free(exact);
    json_object_free(&object);
  }
}

/* --- bytes ------------------------------------------------------------------------------------------------------- */

/* What sixteen bytes at a time find and copy, against one after another. */
static void test_bytes(void **state) {
  (void)state;
  static const char odd[] = "\"\\\x1F\x7F\x80\xFF, !#[]~\0";
  uint64_t seed = test_seed();
  for (int i = 0; i < 100000; i++) {
    size_t len = (size_t)random_below(&seed, 60), odd_from = (size_t)random_below(&seed, 60);
    char *whole = malloc(len ? len : 1);
    for (size_t k = 0; k < len; k++)
      whole[k] = k >= odd_from && random_below(&seed, 4) == 0 ? odd[random_below(&seed, sizeof odd - 1)] : 'a';
    size_t from = (size_t)random_below(&seed, (int64_t)len + 1),
           to = (size_t)random_between(&seed, (int64_t)from, (int64_t)len);
    bool with_delete = random_below(&seed, 2);
    size_t plain = from, plain_with_delete = from, comma = from;
    for (; plain < to && json_is_plain(whole[plain]) && !(with_delete && whole[plain] == 0x7F);)
      plain++;
    assert_ptr_equal(json_plain_end(whole + from, whole + to, with_delete), whole + plain);
    while (plain_with_delete < to && json_is_plain(whole[plain_with_delete]) && whole[plain_with_delete] != 0x7F)
      plain_with_delete++;
    while (comma < to && whole[comma] != ',')
      comma++;
    char *copy = malloc(to - from + 16);
    struct sla_text text = {whole + from, to - from}, all = {whole, len};
    bool is_plain = json_copy_free_of(copy, text, all, true, 0);
    assert_int_equal(is_plain, plain_with_delete == to);
    if (is_plain)
      assert_memory_equal(copy, text.ptr, text.len);
    bool has_none = json_copy_free_of(copy, text, all, false, ',');
    assert_int_equal(has_none, comma == to);
    if (has_none)
      assert_memory_equal(copy, text.ptr, text.len);
    free(copy);
    free(whole);
  }
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
      cmocka_unit_test(test_cases),      cmocka_unit_test(test_mutated), cmocka_unit_test(test_shapes),
      cmocka_unit_test(test_cells),      cmocka_unit_test(test_bytes),   cmocka_unit_test(test_depth),
      cmocka_unit_test(test_many_names),
  };
  return cmocka_run_group_tests(tests, load_jansson, NULL);
}
