#include "helpers.h"

#include "base/text.h"
#include "base/yaml.h"

/* --- the tree as text --------------------------------------------------------------------------------------------- */

/* A node in one line: lists in [], maps in {}, quoted texts in "", verbatim ones with a ! behind. */
static const char *dump(struct arena *arena, const struct yaml_node *node) {
  if (node->kind == YAML_SCALAR) {
    const char *quote = node->quoted ? "\"" : "";
    return arena_printf(arena, "%s%.*s%s%s", quote, TEXT_ARGS(node->text), quote, node->verbatim ? "!" : "");
  }
  const char *text = node->kind == YAML_LIST ? "[" : "{";
  for (size_t i = 0; i < node->count; i++) {
    const char *comma = i ? ", " : "";
    if (node->kind == YAML_LIST)
      text = arena_printf(arena, "%s%s%s", text, comma, dump(arena, &node->items[i]));
    else
      text = arena_printf(arena, "%s%s%s: %s", text, comma, dump(arena, &node->entries[i].key),
                          dump(arena, &node->entries[i].value));
  }
  return arena_printf(arena, "%s%s", text, node->kind == YAML_LIST ? "]" : "}");
}

/* Parses a text; its diagnostics are in collected. */
static struct collector collected;

static struct yaml_documents parse_bytes(struct arena *arena, const char *bytes, size_t len) {
  struct source *source = arena_alloc(arena, sizeof *source);
  *source = (struct source){"test.yaml", {arena_copy(arena, bytes, len), len}};
  struct diags *diags = arena_alloc(arena, sizeof *diags);
  *diags = collector_diags(&collected, arena);
  struct yaml_documents documents;
  yaml_parse(arena, diags, source, &documents);
  return documents;
}

static struct yaml_documents parse(struct arena *arena, const char *text) {
  return parse_bytes(arena, text, strlen(text));
}

/* The root of a text of one document without errors. */
static const struct yaml_node *root_of(struct arena *arena, const char *text) {
  struct yaml_documents documents = parse(arena, text);
  if (collected.count)
    fail_msg("%s: %s", text, collected.items[0]);
  assert_int_equal(documents.count, 1);
  return &documents.items[0].root;
}

#define assert_tree(arena, text, expected) assert_string_equal(dump(arena, root_of(arena, text)), expected)

static void test_nothing_is_interpreted(void **state) {
  assert_tree(*state, "{at: 11:00, no: NO, n: 1e3, t: true, o: 0o17, d: 2026-02-06, z: ~}",
              "{at!: 11:00!, no!: NO!, n!: 1e3!, t!: true!, o!: 0o17!, d!: 2026-02-06!, z!: ~!}");
}

static void test_styles(void **state) {
  assert_tree(
      *state,
      "a: 'it''s'\nb: 'its'\nc: \"x\\ty\"\nd: \"\"\ne: |\n  1\n  2\nf: >-\n  1\n  2\ng: 1\n  2\nh: \"1\n  2\"\n",
      "{a!: \"it's\", b!: \"its\"!, c!: \"x\ty\", d!: \"\"!, e!: \"1\n2\n\", f!: \"1 2\", g!: 1 2, h!: \"1 2\"}");
}

static void test_json(void **state) {
  assert_tree(*state, "{\"a\":[1,null,{\"b\":\"\\u00e9\\/\"}],\n\t\"c\" : {}, \"d\":[]}",
              "{\"a\"!: [1!, null!, {\"b\"!: \"é/\"}], \"c\"!: {}, \"d\"!: []}");
}

static void test_line_ends_and_mark(void **state) {
  assert_tree(*state,
              "\xEF\xBB\xBF"
              "a: b\r\nc: |\r\n  1\r\n  2\r\nd: 'x\r\n  y'\r\n",
              "{a!: b!, c!: \"1\n2\n\", d!: \"x y\"}");
}

static void test_documents(void **state) {
  struct yaml_documents documents = parse(*state, "a: 1\n---\nb: 2\n...\n# none\n---\n- c\n---\n");
  assert_int_equal(collected.count, 0);
  assert_int_equal(documents.count, 4);
  static const char *const expected[] = {"{a!: 1!}", "{b!: 2!}", "[c!]", "!"};
  for (size_t i = 0; i < 4; i++)
    assert_string_equal(dump(*state, &documents.items[i].root), expected[i]);
  assert_int_equal(documents.items[1].root.place.line, 3);
}

static void test_no_document(void **state) {
  static const char *const texts[] = {"", "\n", "# nothing\n\n", "\xEF\xBB\xBF"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    assert_int_equal(parse(*state, texts[i]).count, 0);
    assert_int_equal(collected.count, 0);
  }
  struct diags diags = collector_diags(&collected, *state);
  struct source source = {"empty", {NULL, 0}};
  struct yaml_documents documents;
  yaml_parse(*state, &diags, &source, &documents);
  assert_int_equal(documents.count, 0);
}

static void test_documents_before_a_syntax_error(void **state) {
  assert_int_equal(parse(*state, "a: 1\n---\nb: @\n").count, 1);
  assert_int_equal(parse(*state, "a: @\n---\nb: 1\n").count, 0);
  /* What stands behind a document without "---" says that it was read wrong. */
  assert_int_equal(parse(*state, "  a: 1\nb: 2\n").count, 0);
  assert_int_equal(parse(*state, "a: 1\n---\n  a: 1\nb: 2\n").count, 1);
}

static void test_what_is_refused_is_left_out(void **state) {
  struct yaml_documents documents =
      parse(*state, "a: *x\nb: [1, *y, 2]\n? [c]\n: d\ne: 1\ne: 2\nf: {g, h: i}\n*z : j\nk: &l m\n");
  assert_int_equal(documents.count, 1);
  assert_int_equal(collected.count, 7);
  assert_string_equal(dump(*state, &documents.items[0].root), "{b!: [1!, 2!], e!: 1!, f!: {h!: i!}, k!: m}");
  assert_int_equal(parse(*state, "*x").count, 0);
}

static void test_get(void **state) {
  const struct yaml_node *root = root_of(*state, "zone: UTC\n\"ho\": 1\nlist: [zone]\n");
  assert_string_equal(dump(*state, yaml_get(root, "zone")), "UTC!");
  assert_string_equal(dump(*state, yaml_get(root, "ho")), "1!");
  assert_null(yaml_get(root, "zon"));
  assert_null(yaml_get(root, "zones"));
  assert_null(yaml_get(yaml_get(root, "list"), "zone"));
  assert_null(yaml_get(yaml_get(root, "zone"), "UTC"));
}

static void test_null_and_kind(void **state) {
  static const struct {
    const char *text, *kind;
    bool null;
  } cases[] = {{"a:", "nothing", true},      {"a: ~", "nothing", true},    {"a: null", "nothing", true},
               {"a: Null", "nothing", true}, {"a: NULL", "nothing", true}, {"a: nULL", "a text", false},
               {"a: ''", "a text", false},   {"a: '~'", "a text", false},  {"a: \"null\"", "a text", false},
               {"a: []", "a list", false},   {"a: {}", "a map", false},    {"a: x", "a text", false}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct yaml_node *node = yaml_get(root_of(*state, cases[i].text), "a");
    assert_string_equal(yaml_kind_name(node), cases[i].kind);
    if (yaml_is_null(node) != cases[i].null)
      fail_msg("%s: is%s null", cases[i].text, cases[i].null ? " not" : "");
  }
}

/* --- places ------------------------------------------------------------------------------------------------------- */

static const char *place_text(struct arena *arena, struct place place) {
  return arena_printf(arena, "%d:%d+%d", place.line, place.column, place.width);
}

static void test_places_of_nodes(void **state) {
  const struct yaml_node *root = root_of(*state, "a: 'x y'\nключ:\n  - [b, {c: d}]\ne:\nf: |\n  g\nh: i\n  j\n");
  static const struct {
    const char *key, *key_place, *place;
  } cases[] = {{"a", "1:1+1", "1:4+5"},
               {"ключ", "2:1+4", "3:3+0"},
               {"e", "4:1+1", "4:3+0"},
               {"f", "5:1+1", "5:4+0"},
               {"h", "7:1+1", "7:4+0"}};
  for (size_t i = 0; i < 5; i++) {
    assert_string_equal(place_text(*state, root->entries[i].key.place), cases[i].key_place);
    assert_string_equal(place_text(*state, yaml_get(root, cases[i].key)->place), cases[i].place);
  }
  const struct yaml_node *list = &yaml_get(root, "ключ")->items[0];
  assert_string_equal(place_text(*state, list->place), "3:5+0");
  assert_string_equal(place_text(*state, list->items[1].place), "3:9+0");
  assert_string_equal(place_text(*state, list->items[1].entries[0].value.place), "3:13+1");
}

/* Where the part "XX" of the first value is shown. */
static void test_places_inside_texts(void **state) {
  static const struct {
    const char *text, *place;
  } cases[] = {
      {"a: Mo XX\n", "1:7+2"},
      {"a: \"Mo XX\"\n", "1:8+2"},
      {"a: 'Mo XX'\n", "1:8+2"},
      {"a: 'XX'\n", "1:5+2"},
      {"ключ: \"Пн XX\"\n", "1:11+2"},
      {"\xEF\xBB\xBF"
       "a: 'Mo XX'\n",
       "1:8+2"},
      {"# c\r\na: 'Mo XX'\r\n", "2:8+2"},
      {"{\"é\": [\"é\"], \"a\": 1}", NULL},
      {"{a: \"Mo XX\", b: c}", "1:9+2"},
      {"\"é\": \"é XX\"", "1:9+2"},
      /* Not as it stands in the file: the place of the whole. */
      {"a: \"M\\x6f XX\"\n", "1:4+10"},
      {"a: 'Mo''s XX'\n", "1:4+10"},
      {"a: \"Mo\n  XX\"\n", "1:4+0"},
      {"a: |\n  Mo XX\n", "1:4+0"},
      {"a: >-\n  Mo XX\n", "1:4+0"},
      {"a: Mo\n  XX\n", "1:4+0"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct yaml_node *value = &root_of(*state, cases[i].text)->entries[0].value;
    struct snippet snippet = yaml_snippet(value);
    const char *part = value->kind == YAML_SCALAR ? strstr(snippet.text.ptr, "XX") : NULL;
    if (!cases[i].place || !part) {
      assert_true(!cases[i].place && !part);
      continue;
    }
    const char *got = place_text(*state, snippet_place(&snippet, (size_t)(part - snippet.text.ptr), 2));
    if (strcmp(got, cases[i].place) != 0)
      fail_msg("%s: the place is %s, not %s", cases[i].text, got, cases[i].place);
  }
}

/* Checks all texts of a tree that say they stand verbatim in the source: they do. Returns how many there were. */
static size_t check_verbatim(const struct yaml_node *node) {
  size_t count = 0;
  for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
    count += check_verbatim(&node->items[i]);
  for (size_t i = 0; node->kind == YAML_MAP && i < node->count; i++)
    count += check_verbatim(&node->entries[i].key) + check_verbatim(&node->entries[i].value);
  if (node->kind != YAML_SCALAR || !node->verbatim || !node->text.len)
    return count;
  struct snippet snippet = yaml_snippet(node);
  struct sla_text rest = node->place.source->text;
  text_eat_string(&rest, TEXT_BOM);
  for (int line = 1; line < snippet.start.line; line++) {
    const char *end = memchr(rest.ptr, '\n', rest.len);
    assert_non_null(end);
    rest.len -= (size_t)(end + 1 - rest.ptr), rest.ptr = end + 1;
  }
  for (int column = 1; column < snippet.start.column; column++)
    do
      rest.ptr++, rest.len--;
    while (rest.len && ((unsigned char)rest.ptr[0] & 0xC0) == 0x80);
  assert_true(rest.len >= snippet.text.len);
  assert_memory_equal(rest.ptr, snippet.text.ptr, snippet.text.len);
  assert_int_equal(node->place.width, text_characters(node->text) + (node->quoted ? 2 : 0));
  return count + 1;
}

/* Texts of random pieces: whatever YAML makes of them, places are right and nothing breaks. */
static void test_random_texts(void **state) {
  (void)state;
  static const char *const pieces[] = {
      "a",   "ж",  "é ", ": ", ":",  "- ",  "\n",     "\n  ",     "\r\n",    "[",     "]",  ", ",
      "{",   "}",  "'",  "\"", "''", "\\n", "#",      " # c",     "\n---\n", "|\n  ", "\t", "*a",
      "&b ", "!c", "? ", "👍",  " ",  "~",   "x: y\n", "k: 'v'\n", ">-\n ",   "%",     "@",  "\xC2\xA0"};
  uint64_t seed = test_seed();
  size_t documents_read = 0, verbatim = 0, errors = 0;
  for (int round = 0; round < 5000; round++) {
    struct arena arena;
    arena_init(&arena, TEST_ARENA_LIMIT);
    char text[256] = "";
    size_t len = 0;
    for (int64_t n = random_between(&seed, 1, 25); n > 0; n--) {
      const char *piece = pieces[random_below(&seed, sizeof pieces / sizeof pieces[0])];
      memcpy(text + len, piece, strlen(piece));
      len += strlen(piece);
    }
    struct yaml_documents documents = parse_bytes(&arena, text, len);
    for (size_t i = 0; i < documents.count; i++)
      verbatim += check_verbatim(&documents.items[i].root);
    for (size_t i = 0; i < collected.count; i++) {
      int line = 0, column = 0, end = 0;
      const char *item = collected.items[i];
      line = (int)strtol(item, NULL, 10);
      column = strchr(item, ':') ? (int)strtol(strchr(item, ':') + 1, NULL, 10) : 0;
      for (const char *p = text; (p = strchr(p, '\n')); p++)
        end++;
      if (line < 1 || line > end + 2 || column < 1 || strstr(item, "not YAML"))
        fail_msg("%s: is reported as %s", text, item);
    }
    documents_read += documents.count, errors += collected.count;
    arena_release(&arena);
  }
  /* The pieces are such that all of it happens. */
  assert_true(documents_read > 200 && verbatim > 200 && errors > 200);
}

/* --- bounds ------------------------------------------------------------------------------------------------------- */

static double seconds(void) {
  return (double)clock() / CLOCKS_PER_SEC;
}

/* Parses a map of `count` keys, a line each, of which the first `modulo` differ. */
static struct yaml_documents parse_keys(struct arena *arena, size_t count, size_t modulo) {
  size_t room = count * 32, len = 0;
  char *text = arena_alloc(arena, room);
  for (size_t i = 0; i < count; i++)
    len += (size_t)snprintf(text + len, room - len, "key%zu: 1\n", i % modulo);
  return parse_bytes(arena, text, len);
}

static void test_many_keys_take_no_longer_than_few(void **state) {
  double start = seconds();
  struct yaml_documents documents = parse_keys(*state, 100000, 100000);
  assert_int_equal(collected.count, 0);
  assert_int_equal(documents.items[0].root.count, 100000);
  documents = parse_keys(*state, 100000, 50000);
  assert_int_equal(collected.count, DIAG_MOST + 1);
  assert_string_equal(collected.items[0], "50001:1: duplicate key \"key0\": it stands on line 1 already");
  assert_int_equal(documents.items[0].root.count, 50000);
  /* Comparing all with all takes minutes. */
  assert_true(seconds() - start < 15);
}

/* A list of `count` items. */
static struct yaml_documents parse_items(struct arena *arena, size_t count) {
  char *text = arena_alloc(arena, 2 * count + 2);
  for (size_t i = 0; i < count; i++)
    memcpy(text + 2 * i, i ? ",1" : "[1", 2);
  text[2 * count] = ']';
  return parse_bytes(arena, text, 2 * count + 1);
}

static void test_most_nodes(void **state) {
  struct yaml_documents documents = parse_items(*state, YAML_MOST_NODES - 1);
  assert_int_equal(collected.count, 0);
  assert_int_equal(documents.items[0].root.count, YAML_MOST_NODES - 1);
  documents = parse_items(*state, YAML_MOST_NODES);
  collector_expect(&collected, "1:1000000", "more than 500000 keys and values");
  assert_int_equal(documents.count, 0);
}

static void parse_much(struct arena *arena) {
  assert_int_equal(parse(arena, "a: 'b'\nc: [d, {e: f, e: g}]\n? [h]\n: *i\n---\nj: |\n  k\nl: @").count, 1);
}

/* Every allocation fails in turn; whatever was taken by then is given back (the sanitizer says so). */
static void test_out_of_memory(void **state) {
  (void)state;
  size_t failures = 0;
  for (size_t limit = 16; !runs_within(limit, parse_much); limit += 16)
    failures++;
  assert_int_equal(collected.count, 4);
  assert_true(failures > 50);
}

/* --- errors ------------------------------------------------------------------------------------------------------- */

struct yaml_case {
  char text[4096];
  size_t len;
  int line;            /* of the case file */
  char expected[2048]; /* all "> " lines, a line feed behind each */
};

static int hex(char c) {
  const char *digits = "0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;
  return at ? (int)(at - digits) : -1;
}

/* Adds a line with escapes to the text. */
static void add_escaped(struct case_file *cases, struct yaml_case *c, const char *p) {
  static const char letters[] = "tnr\\", characters[] = "\t\n\r\\";
  for (; *p; p++) {
    const char *letter = *p == '\\' && p[1] ? strchr(letters, p[1]) : NULL;
    if (letter)
      c->text[c->len++] = characters[letter - letters], p++;
    else if (*p == '\\' && p[1] == 'x' && hex(p[2]) >= 0 && hex(p[3]) >= 0)
      c->text[c->len++] = (char)(hex(p[2]) * 16 + hex(p[3])), p += 3;
    else if (*p == '\\')
      case_wrong(cases, "unknown escape");
    else
      c->text[c->len++] = *p;
  }
}

static void run_case(struct case_file *cases, const struct yaml_case *c) {
  struct arena arena;
  arena_init(&arena, TEST_ARENA_LIMIT);
  parse_bytes(&arena, c->text, c->len);
  int number = cases->number;
  cases->number = c->line;
  size_t i = 0;
  for (const char *expected = c->expected; *expected; i++) {
    size_t len = strcspn(expected, "\n");
    const char *part = strstr(expected, ": "), *got = i < collected.count ? collected.items[i] : "nothing";
    assert_true(part && part < expected + len);
    size_t place = (size_t)(part + 2 - expected);
    const char *wanted = arena_copy(&arena, part + 2, len - place);
    if (strncmp(got, expected, place) != 0 || !strstr(got, wanted))
      case_wrong(cases, "expected %.*s, got %s", (int)len, expected, got);
    expected += len + 1;
  }
  for (; i < collected.count; i++)
    case_wrong(cases, "got %s", collected.items[i]);
  cases->number = number;
  arena_release(&arena);
}

static void test_errors(void **state) {
  (void)state;
  static struct yaml_case c;
  struct case_file cases = case_open("yaml-errors.txt");
  c.line = 0;
  while (case_next(&cases)) {
    const char *line = cases.line;
    assert_true(c.len + strlen(line) + 2 < sizeof c.text && strlen(c.expected) + strlen(line) < sizeof c.expected);
    if (text_starts(text_of(line), "== ")) {
      if (c.line)
        run_case(&cases, &c);
      c = (struct yaml_case){.line = cases.number};
    } else if (line[0] == '|') {
      memcpy(c.text + c.len, line + 1, strlen(line + 1));
      c.len += strlen(line + 1);
      c.text[c.len++] = '\n';
    } else if (line[0] == '\\') {
      add_escaped(&cases, &c, line + 1);
    } else if (text_starts(text_of(line), "> ")) {
      size_t len = strlen(c.expected);
      snprintf(c.expected + len, sizeof c.expected - len, "%s\n", line + 2);
    } else
      case_wrong(&cases, "a line begins with ==, |, \\ or >");
  }
  if (c.line)
    run_case(&cases, &c);
  case_close(&cases);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(test_nothing_is_interpreted),
      arena_test(test_styles),
      arena_test(test_json),
      arena_test(test_line_ends_and_mark),
      arena_test(test_documents),
      arena_test(test_no_document),
      arena_test(test_documents_before_a_syntax_error),
      arena_test(test_what_is_refused_is_left_out),
      arena_test(test_get),
      arena_test(test_null_and_kind),
      arena_test(test_places_of_nodes),
      arena_test(test_places_inside_texts),
      cmocka_unit_test(test_random_texts),
      arena_test(test_many_keys_take_no_longer_than_few),
      arena_test(test_most_nodes),
      cmocka_unit_test(test_out_of_memory),
      cmocka_unit_test(test_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
