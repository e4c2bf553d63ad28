/*
 * The quick reader of YAML and libyaml: where the quick one does not give up, libyaml reads the same, to the last
 * place, and has nothing to complain of.
 */
#include "helpers.h"

#include "base/file.h"
#include "base/text.h"
#include "base/yaml_events.h"

#include <glob.h>

static struct collector collected;

static bool place_equal(const struct place *a, const struct place *b) {
  return a->source == b->source && a->line == b->line && a->column == b->column && a->width == b->width;
}

static bool node_equal(const struct yaml_node *a, const struct yaml_node *b) {
  if (a->kind != b->kind || !place_equal(&a->place, &b->place) || !text_equal(a->text, b->text) ||
      a->quoted != b->quoted || a->verbatim != b->verbatim || a->count != b->count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (a->kind == YAML_LIST ? !node_equal(&a->items[i], &b->items[i])
                             : !node_equal(&a->entries[i].key, &b->entries[i].key) ||
                                   !node_equal(&a->entries[i].value, &b->entries[i].value))
      return false;
  return true;
}

/* Reads a text both ways; says whether the quick reader did not give up. */
static bool is_quick(struct arena *arena, struct sla_text text) {
  struct source source = {"test.yaml", text};
  struct diags diags = collector_diags(&collected, arena);
  struct yaml_documents quick, slow;
  bool done = yaml_parse_quickly(arena, &diags, &source, &quick);
  if (collected.count) /* of what both look at first */
    return false;
  yaml_parse_slowly(arena, &diags, &source, &slow);
  if (!done)
    return false;
  if (collected.count)
    fail_msg("libyaml says \"%s\" of\n%.*s", collected.items[0], TEXT_ARGS(text));
  bool equal = quick.count == slow.count;
  for (size_t i = 0; i < quick.count && equal; i++)
    equal = node_equal(&quick.items[i].root, &slow.items[i].root);
  if (!equal)
    fail_msg("libyaml does not read the same:\n%.*s", TEXT_ARGS(text));
  return true;
}

/* What it is for. Where one of these fails, starts have become slow. */
static void test_our_own_files_are_quick(void **state) {
  struct arena *arena = *state;
  glob_t files;
  assert_int_equal(glob("calendars/*.yaml", 0, NULL, &files), 0);
  assert_true(files.gl_pathc > 10);
  for (size_t i = 0; i < files.gl_pathc; i++) {
    struct sla_text text;
    const char *problem;
    assert_int_equal(file_read(arena, files.gl_pathv[i], 1 << 20, &text, &problem), FILE_READ);
    if (!is_quick(arena, text))
      fail_msg("%s is slow", files.gl_pathv[i]);
  }
  globfree(&files);
}

static void test_quick(void **state) {
  static const char *const texts[] = {
      "a: 1",
      "a: 1\nb: 2\n",
      "# c\n\n  a: 1 # c\n  # c\n  b: 2\n# c",
      "a:\n  b: c\n  d:\n    e: f\ng: h\n",
      "a:\n- b\n- c: d\n  e: f\ng:\n  - h\n",
      "- a\n- - b\n  - c\n-\n  d: e\n-   f:\n      - g\n",
      "a:\nb: # c\nc:\n  d:\n",
      "{a: b, c: [d, {e: f}, []], g: {}, }",
      "[a, \"b\", 'c d',]",
      "a: [b, # c\n    c,\n  d\n  ]\ne: {\n  f: g }\n",
      "a: it's b: not\n",
      "a: -5\nb: --\nc: a#b\nd: a:b\ne: \"a: b # c\"\nf: ''\n",
      "\"a\": 1\n'b c': 2\n? x\n",
      "a: { url: http://x/y?z }\n",
      "---\na: 1\n--- # c\n- b\n---\n{c: d}\n",
      "a: \xD0\x9A\xD0\xB8\xD1\x97\xD0\xB2 # \xD1\x97\nb: {\xD1\x97: [\xD1\x97, c]}\n",
      "a:\n\n\n    b: c\n\n\n",
      "a: b \n \nc: d",
      "[a # b\n, c]",
  };
  /* Indices of those that are not: "a: it's b: not", "? x" and a question mark in brackets. */
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (is_quick(*state, text_of(texts[i])) != (i != 10 && i != 12 && i != 13))
      fail_msg("%s", texts[i]);
}

/* YAML that is left to libyaml, and mistakes. */
static void test_not_quick(void **state) {
  static const char *const texts[] = {
      "a: b\n  c\n",       "a: |\n  b\n",    "a: &b c\n",      "a: !b c\n",
      "a: *b\n",           "a: \"b\\n\"\n",  "a: 'it''s'\n",   "a:\tb\n",
      "a: b\r\n",          "a: \"b\n c\"",   "text\n",         "a: b\na: c\n",
      "a: b\n c: d\n",     "  a: b\nc: d",   "a: b: c\n",      "- a\nb: c\n",
      "a: b\n- c\n",       "a: - b\n",       "{a: b}: c\n",    "{a, b}\n",
      "{a: , b: c}",       "[a: b]",         "[a,, b]",        "[a\nb]",
      "a: [b}\n",          "a: {b: c\n",     "a: {b: c} d\n",  "a: \"b\" c\n",
      "a: \"b\"#c\n",      "a: [b\n]\n",     "---\n---\na: b", "a: b\n...\n",
      "--- a\n",           "%YAML 1.2\n",    "a: b\n---x: c",  "a: `b\n",
      "{\"a\":1}",         "-\n- a\n",       "a : b\n",        "{a\n: b}",
      "a: [b,\n---\nc]\n", "a: {b: c:d,e:}", "- a\n - b\n",    "a:\n  b\n c: d",
      "[a, b]\nc: d",      "{}\n[]\n",       "a: [-, b]\n",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (is_quick(*state, text_of(texts[i])))
      fail_msg("%s", texts[i]);
}

static void test_too_long_or_deep(void **state) {
  struct arena *arena = *state;
  char *deep = arena_alloc(arena, 64), *keyed = arena_alloc(arena, 2000);
  memset(deep, '[', YAML_MOST_DEEP), memset(deep + YAML_MOST_DEEP, ']', YAML_MOST_DEEP);
  assert_true(is_quick(arena, text_of(deep)));
  memset(deep, '[', YAML_MOST_DEEP + 1), memset(deep + YAML_MOST_DEEP + 1, ']', YAML_MOST_DEEP + 1);
  assert_false(is_quick(arena, text_of(deep)));
  memset(keyed, 'k', 1000), memcpy(keyed + 1000, ": v", 3);
  assert_true(is_quick(arena, text_of(keyed)));
  memset(keyed, 'k', 1001), memcpy(keyed + 1001, ": v", 3);
  assert_false(is_quick(arena, text_of(keyed)));
}

/* --- changed at random -------------------------------------------------------------------------------------------- */

static const char *const pieces[] = {
    "a",  "b: c", "- ", "\n",   "\n  ",  "\n    ",  ": ", ":",  "#",     " # x", "{",       "}",        "[",    "]",
    ", ", ",",    "\"", "'",    "\n- a", "\n---\n", " ",  "  ", "?",     "!",    "&",       "*",        "|",    ">",
    "-",  "\\",   "\t", "\r\n", "%",     "@",       "~",  "0",  "\"b\"", "'c'",  "\n...\n", "\xD1\x97", "\n\n",
};

static struct sla_text change(struct arena *arena, uint64_t *seed, struct sla_text text) {
  size_t at = (size_t)random_below(seed, (int64_t)text.len + 1);
  const char *piece = pieces[random_below(seed, (int64_t)(sizeof pieces / sizeof *pieces))];
  size_t drop = random_below(seed, 2) ? (size_t)random_below(seed, 4) : 0;
  if (drop > text.len - at)
    drop = text.len - at;
  size_t added = random_below(seed, 4) ? strlen(piece) : 0;
  char *changed = arena_alloc(arena, text.len + added + 1);
  memcpy(changed, text.ptr, at);
  memcpy(changed + at, piece, added);
  memcpy(changed + at + added, text.ptr + at + drop, text.len - at - drop);
  return (struct sla_text){changed, text.len + added - drop};
}

static void test_random(void **state) {
  static const char *const beginnings[] = {
      "a: 1\nb:\n  c: d # e\n  f:\n    - g\n    - h: i\n      j: k\nl: [m, {n: o}]\n",
      "- { a: b, c: [d, \"e\"] }\n- f: 'g'\n  h:\n  - i\n  - j\n-\n  k: l\n",
      "---\na:\nb: { c: d,\n     e: f }\n---\nx: y\n",
      "a: [b,\n    c, # d\n    e]\nf: g h\n",
      "{\"a\": [1, {\"b\": 2}],\n \"c\": {}}\n",
      "a: \xD0\x9A\xD0\xB8 b\n'c': \xD1\x97\nd: {\xD1\x97: \xD1\x97, e: f}\n",
  };
  uint64_t seed = test_seed();
  int quick = 0, all = 100000;
  for (int i = 0; i < all; i++) {
    struct arena arena;
    jmp_buf oom;
    arena_init(&arena, TEST_ARENA_LIMIT);
    arena.oom = &oom;
    assert_int_equal(setjmp(oom), 0);
    struct sla_text text = text_of(beginnings[random_below(&seed, sizeof beginnings / sizeof *beginnings)]);
    for (int64_t changes = random_between(&seed, 1, 6); changes; changes--)
      text = change(&arena, &seed, text);
    quick += is_quick(&arena, text);
    arena_release(&arena);
  }
  (void)state;
  print_message("%d of %d texts were read quickly\n", quick, all);
  assert_true(quick > all / 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(test_our_own_files_are_quick), arena_test(test_quick),        arena_test(test_not_quick),
      arena_test(test_too_long_or_deep),        cmocka_unit_test(test_random),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
