#include "helpers.h"

#include "base/text.h"

/* --- arena -------------------------------------------------------------------------------------------------------- */

static void test_memory_is_zeroed_aligned_and_apart(void **state) {
  static const size_t sizes[] = {1, 3, 16, 17, 100, 4096, 20000, 1, 300000, 5, 2000000, 7};
  enum { COUNT = sizeof sizes / sizeof sizes[0] };
  unsigned char *pieces[COUNT];
  for (size_t i = 0; i < COUNT; i++) {
    pieces[i] = arena_alloc(*state, sizes[i]);
    assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
    for (size_t j = 0; j < sizes[i]; j++)
      assert_int_equal(pieces[i][j], 0);
    memset(pieces[i], (int)i + 1, sizes[i]);
  }
  for (size_t i = 0; i < COUNT; i++)
    for (size_t j = 0; j < sizes[i]; j++)
      assert_int_equal(pieces[i][j], i + 1);
  assert_non_null(arena_alloc(*state, 0));
}

/* Memory that was used before comes back, by way of malloc, and is zeroed all the same. */
static void test_used_memory_is_zeroed(void **state) {
  struct {
    unsigned char *items;
    size_t count, capacity;
  } bytes = {0};
  for (int round = 0; round < 2; round++) {
    arena_release(*state);
    unsigned char *piece = arena_alloc(*state, 10000);
    for (size_t i = 0; i < 10000; i++)
      assert_int_equal(piece[i], 0);
    memset(piece, 0xAA, 10000);
    bytes.items = NULL, bytes.count = bytes.capacity = 0;
    ARENA_RESERVE((struct arena *)*state, &bytes, 1000);
    const unsigned char *reserved = bytes.items;
    for (int i = 0; i < 1000; i++) {
      unsigned char *place = ARENA_PUSH((struct arena *)*state, &bytes);
      assert_int_equal(*place, 0);
      *place = 0xAA;
    }
    assert_ptr_equal(bytes.items, reserved);
    ARENA_RESERVE((struct arena *)*state, &bytes, 1);
    assert_int_equal(bytes.capacity, 1001);
    assert_int_equal(bytes.items[999], 0xAA);
  }
}

static void test_copies(void **state) {
  const char *copy = arena_copy(*state, "abcdef", 3);
  assert_string_equal(copy, "abc");
  assert_string_equal(arena_copy(*state, NULL, 0), "");
  assert_string_equal(arena_printf(*state, "%s-%d", "x", 5), "x-5");
  char longer[5000];
  memset(longer, 'a', sizeof longer);
  assert_int_equal(strlen(arena_printf(*state, "%.*s", (int)sizeof longer, longer)), sizeof longer);
}

static void test_vectors_grow(void **state) {
  struct {
    int *items;
    size_t count, capacity;
  } numbers = {0};
  for (int i = 0; i < 10000; i++) {
    int *place = ARENA_PUSH((struct arena *)*state, &numbers);
    assert_int_equal(*place, 0);
    *place = i;
  }
  assert_int_equal(numbers.count, 10000);
  for (int i = 0; i < 10000; i++)
    assert_int_equal(numbers.items[i], i);
}

static char released[16];

static void note_release(void *resource) {
  strncat(released, resource, 1);
}

static void test_release_runs_what_was_deferred(void **state) {
  (void)state;
  static char a[] = "a", b[] = "b", c[] = "c";
  struct arena arena;
  arena_init(&arena, 0);
  released[0] = '\0';
  arena_defer(&arena, note_release, a);
  arena_defer(&arena, note_release, b);
  arena_alloc(&arena, 100000);
  arena_defer(&arena, note_release, c);
  assert_string_equal(released, "");
  arena_release(&arena);
  assert_string_equal(released, "cba");
  arena_release(&arena);
  assert_string_equal(released, "cba");
  arena_defer(&arena, note_release, a); /* it can be used again */
  arena_release(&arena);
  assert_string_equal(released, "cbaa");
}

static void take_64_kib(struct arena *arena) {
  for (int i = 0; i < 64; i++)
    arena_alloc(arena, 1024);
}

static void take_one_large(struct arena *arena) {
  arena_alloc(arena, 64 * 1024);
}

static void take_all_of_memory(struct arena *arena) {
  arena_alloc(arena, SIZE_MAX);
}

static void take_nearly_all(struct arena *arena) {
  arena_alloc(arena, SIZE_MAX - 64);
}

static void take_overflow(struct arena *arena) {
  arena_array(arena, SIZE_MAX / 8, 16);
}

static void take_wrapped(struct arena *arena) {
  arena_array(arena, SIZE_MAX / 16 + 2, 16); /* 16 bytes when it wraps */
}

static void grow_too_far(struct arena *arena) {
  arena_regrow(arena, "x", 1, SIZE_MAX / 2, 3);
}

static void give_up(struct arena *arena) {
  arena_fail(arena);
}

static void take_nothing(struct arena *arena) {
  arena_printf(arena, "%s", "");
}

static void test_limits(void **state) {
  (void)state;
  static void (*const impossible[])(struct arena *) = {take_all_of_memory, take_nearly_all, take_overflow,
                                                       take_wrapped,       grow_too_far,    give_up};
  for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++)
    assert_false(runs_within(1024 * 1024, impossible[i]));
  /* All of a limit can be used, but for what the arena itself needs. */
  assert_false(runs_within(64 * 1024, take_64_kib));
  assert_true(runs_within(65 * 1024, take_64_kib));
  assert_false(runs_within(64 * 1024, take_one_large));
  assert_true(runs_within(65 * 1024, take_one_large));
  assert_false(runs_within(1, take_nothing));
  assert_true(runs_within(256, take_nothing));
}

/* A large piece in between does not cost the room that is left for small ones. */
static void test_large_pieces_waste_nothing(void **state) {
  struct arena *arena = *state;
  for (int i = 0; i < 100; i++) {
    arena_alloc(arena, 16);
    arena_alloc(arena, 1024 * 1024);
  }
  assert_true(arena->used < 100 * (1024 * 1024 + 256) + 64 * 1024);
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static const struct sla_text nothing = {NULL, 0};

static void test_comparing(void **state) {
  (void)state;
  assert_true(text_is(text_of("abc"), "abc") && text_is(nothing, ""));
  assert_false(text_is(text_of("abc"), "ab") || text_is(text_of("ab"), "abc") || text_is(nothing, "a"));
  assert_true(text_equal(nothing, text_of("")) && text_equal(text_of("a"), text_of("a")));
  assert_false(text_equal(text_of("a"), text_of("b")) || text_equal(text_of("a"), text_of("ab")));
  assert_true(text_starts(text_of("abc"), "ab") && text_starts(nothing, "") && text_ends(text_of("abc"), "bc"));
  assert_true(text_ends(nothing, "") && text_starts(text_of("ab"), "ab") && text_ends(text_of("ab"), "ab"));
  assert_false(text_starts(text_of("ab"), "abc") || text_ends(text_of("bc"), "abc") || text_starts(nothing, "a"));
  assert_false(text_starts(text_of("abc"), "bc") || text_ends(text_of("abc"), "ab") || text_ends(nothing, "a"));
  assert_true(text_is_nocase(text_of("aBc-1"), "AbC-1") && text_is_nocase(nothing, ""));
  assert_false(text_is_nocase(text_of("abc"), "abd") || text_is_nocase(text_of("@"), "`") ||
               text_is_nocase(text_of("ab"), "abc"));
}

static void test_trimming(void **state) {
  (void)state;
  static const char *const cases[][2] = {{" \ta b\t ", "a b"}, {"a", "a"}, {" \t", ""}, {"", ""}, {"a\n", "a\n"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_true(text_is(text_trim(text_of(cases[i][0])), cases[i][1]));
  assert_int_equal(text_trim(nothing).len, 0);
}

static void test_eating(void **state) {
  (void)state;
  struct sla_text text = text_of("ab  \tCd");
  assert_false(text_eat(&text, 'b') || text_eat_string(&text, "ac") || text_eat_nocase(&text, "ABC") ||
               text_eat_blanks(&text));
  assert_int_equal(text.len, 7);
  assert_true(text_eat(&text, 'a') && text_eat_string(&text, "b") && text_eat_blanks(&text));
  assert_true(text_is(text, "Cd"));
  assert_true(text_eat_nocase(&text, "cD") && text.len == 0);
  assert_false(text_eat(&text, 'a') || text_eat(&text, '\0') || text_eat_blanks(&text) || text_eat_string(&text, "a"));
  text = nothing;
  assert_false(text_eat(&text, 'a') || text_eat_blanks(&text) || text_eat_nocase(&text, "a"));
  assert_true(text_eat_string(&text, ""));
}

static void test_numbers(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t max, value; /* -1: refused */
  } cases[] = {
      {"0", 0, 0},
      {"1", 0, -1},
      {"5", 5, 5},
      {"6", 5, -1},
      {"9", 5, -1}, /* less than a digit is left */
      {"10", 10, 10},
      {"11", 10, -1},
      {"19", 20, 19},
      {"007", 7, 7},
      {"08", 9, 8}, /* never octal */
      {"0000000000000000000000000000001", 1, 1},
      {"9223372036854775807", INT64_MAX, INT64_MAX},
      {"9223372036854775808", INT64_MAX, -1},
      {"9223372036854775806", INT64_MAX - 1, INT64_MAX - 1},
      {"18446744073709551617", INT64_MAX, -1}, /* 1 when it wraps */
      {"99999999999999999999999999", INT64_MAX, -1},
      {"", 9, -1},
      {"-1", 9, -1},
      {"+1", 9, -1},
      {" 1", 9, -1},
      {"1 ", 9, -1},
      {"1a", 9, -1},
      {"0x1", 9, -1},
      {"1.0", 9, -1},
      {"\xD9\xA1", 9, -1}, /* a digit in Arabic */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int64_t value = -2;
    bool read = text_number(text_of(cases[i].text), cases[i].max, &value);
    if (read != (cases[i].value >= 0) || value != (read ? cases[i].value : -2))
      fail_msg("\"%s\" up to %lld: %s %lld", cases[i].text, (long long)cases[i].max, read ? "read as" : "refused,",
               (long long)value);
  }
  int64_t value;
  struct sla_text text = text_of("120px");
  assert_false(text_eat_number(&text, 119, &value));
  assert_int_equal(text.len, 5);
  assert_true(text_eat_number(&text, 120, &value) && value == 120 && text_is(text, "px"));
  assert_false(text_eat_number(&text, 9, &value));
}

static void test_digits(void **state) {
  (void)state;
  int value = -1;
  struct sla_text text = text_of("20260206x");
  assert_true(text_eat_digits(&text, 4, &value) && value == 2026);
  assert_true(text_eat_digits(&text, 2, &value) && value == 2);
  assert_false(text_eat_digits(&text, 3, &value));
  assert_true(value == 2 && text_is(text, "06x"));
  assert_true(text_eat_digits(&text, 2, &value) && value == 6);
  assert_false(text_eat_digits(&text, 2, &value));
  text = text_of("999999999");
  assert_true(text_eat_digits(&text, 9, &value) && value == 999999999);
  text = nothing;
  assert_false(text_eat_digits(&text, 1, &value));
}

static void test_nearest(void **state) {
  struct case_file cases = case_open("nearest.txt");
  while (case_next(&cases)) {
    const char *word = case_need(&cases, '|');
    char *list = case_need(&cases, '|');
    const char *expected = case_need(&cases, '|'), *candidates[16];
    size_t count = 0;
    for (char *p = list; *p && count < 16;) {
      candidates[count++] = p;
      p += strcspn(p, " ");
      if (*p)
        *p++ = '\0';
    }
    const char *nearest = text_nearest(text_of(word), candidates, count);
    if (strcmp(nearest ? nearest : "", expected) != 0)
      case_wrong(&cases, "got \"%s\"", nearest ? nearest : "");
  }
  case_close(&cases);
  static const char *const candidates[] = {"zone"};
  assert_null(text_nearest(text_of("zones"), NULL, 0));
  assert_null(text_nearest(nothing, candidates, 1));
  assert_string_equal(text_hint(*state, text_of("zones"), candidates, 1), ": did you mean \"zone\"?");
  assert_string_equal(text_hint(*state, text_of("hours"), candidates, 1), "");
}

static void test_utf8(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int error; /* byte offset, -1 for none */
    size_t characters;
  } cases[] = {
      {"", -1, 0},
      {"abc", -1, 3},
      {"é", -1, 1},
      {"\xC2\x80\xDF\xBF", -1, 2},
      {"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF", -1, 4},
      {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", -1, 2},
      {"a\x80", 1, 2},                /* a continuation alone */
      {"\xC0\x80", 0, 2},             /* overlong */
      {"\xC1\xBF", 0, 2},             /* overlong */
      {"\xE0\x9F\xBF", 0, 3},         /* overlong */
      {"\xF0\x8F\xBF\xBF", 0, 4},     /* overlong */
      {"\xED\xA0\x80", 0, 3},         /* a surrogate */
      {"\xF4\x90\x80\x80", 0, 4},     /* over U+10FFFF */
      {"\xF5\x80\x80\x80", 0, 4},     /* the same */
      {"\xF8\x88\x80\x80\x80", 0, 5}, /* five bytes */
      {"\xFF", 0, 1},
      {"é\xC3", 2, 2},        /* cut off */
      {"é\xE2\x82", 2, 3},    /* cut off */
      {"\xF0\x9F\x92", 0, 3}, /* cut off */
      {"\xC3"
       "a",
       0, 2}, /* another character instead of a continuation */
      {"\xE2\x82"
       "a",
       0, 3},
      {"\xC3\xC3\xA9", 0, 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct sla_text text = text_of(cases[i].text);
    size_t expected = cases[i].error < 0 ? text.len : (size_t)cases[i].error;
    if (text_utf8_error(text) != expected || text_characters(text) != cases[i].characters)
      fail_msg("case %zu: error at %zu, %zu characters", i, text_utf8_error(text), text_characters(text));
  }
  assert_int_equal(text_characters(nothing), 0);
  assert_int_equal(text_utf8_error(nothing), 0);
}

static void test_what_is_shown(void **state) {
  (void)state;
  static const char *const shown[] = {"a", " ", "\t", "~", "é", "\xC2\xA0", "€", "👍", "\xF0\x9F\xBF\xBF"};
  static const char *const hidden[] = {"\n",           "\r",       "\x1B",         "\x01",
                                       "\x7F",         "\xC2\x80", "\xC2\x9F",     "\xE2\x80\xA8",
                                       "\xE2\x80\xA9", TEXT_BOM,   "\xEF\xBF\xBE", "\xEF\xBF\xBF"};
  size_t len;
  for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
    assert_true(text_first_is_shown(text_of(shown[i]), &len) && len == strlen(shown[i]));
  for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
    assert_true(!text_first_is_shown(text_of(hidden[i]), &len) && len == strlen(hidden[i]));
  assert_true(!text_first_is_shown((struct sla_text){"\0", 1}, &len) && len == 1);
  assert_true(!text_first_is_shown(text_of("\xE2\x82"), &len) && len == 1);
}

/* Each byte at each place of a text of more than two words of eight, plain ones around it. */
static void test_plain_length(void **state) {
  (void)state;
  char text[20];
  for (int byte = 0; byte < 256; byte++)
    for (size_t at = 0; at < sizeof text; at++) {
      memset(text, at % 2 ? ' ' : '~', sizeof text);
      text[at] = (char)byte;
      bool is_plain = byte >= ' ' && byte <= '~';
      assert_int_equal(text_plain_length((struct sla_text){text, sizeof text}), is_plain ? sizeof text : at);
      assert_int_equal(text_plain_length((struct sla_text){text, at}), at);
      assert_int_equal(text_is_ascii((struct sla_text){text, sizeof text}), byte < 0x80);
    }
  assert_int_equal(text_plain_length((struct sla_text){NULL, 0}), 0);
  assert_true(text_is_ascii((struct sla_text){NULL, 0}));
}

/* --- diagnostics -------------------------------------------------------------------------------------------------- */

static struct collector collected;

static struct place at(const struct source *source, int line, int column) {
  return (struct place){source, line, column, 0};
}

static void test_diagnostics_show_their_line(void **state) {
  struct source source = source_of("f.yaml", TEXT_BOM "one\r\ntwo\n\nfour");
  struct diags diags = collector_diags(&collected, *state);
  static const char *const lines[] = {"one", "two", "", "four"};
  for (int line = 1; line <= 4; line++)
    diag_error(&diags, at(&source, line, 2), "wrong \"%d\"", line);
  for (size_t i = 0; i < 4; i++) {
    assert_string_equal(collected.source_lines[i], lines[i]);
    assert_int_equal(collected.widths[i], 1);
  }
  assert_string_equal(collected.items[2], "3:2: wrong \"3\"");
  assert_string_equal(collected.files[0], "f.yaml");
  diag_warning(&diags, at(&source, 5, 1), "beyond");
  diag_note(&diags, place_of_source(&source), "whole");
  diag_note(&diags, place_of_source(NULL), "no file");
  assert_string_equal(collected.items[4], "5:1: warning: beyond");
  assert_string_equal(collected.items[5], "note: whole");
  assert_string_equal(collected.files[6], "");
  for (size_t i = 4; i < 7; i++)
    assert_string_equal(collected.source_lines[i], "");
  assert_int_equal(diags.errors, 4);
  assert_int_equal(diags.warnings, 1);
}

static void test_diagnostics_are_fit_to_be_shown(void **state) {
  struct source source = source_of("f", "a\tb\x1B[1m\x07 \xC2\x9B\xE9!");
  struct diags diags = collector_diags(&collected, *state);
  diag_error(&diags, at(&source, 1, 1), "unknown key \"%s\"", "x\ny\x1B\xFF é");
  assert_string_equal(collected.items[0], "1:1: unknown key \"x?y?? é\"");
  assert_string_equal(collected.source_lines[0], "a\tb?[1m? ?"
                                                 "?!");
}

static char *last_text;
static const char *last_line;

static void keep_last(void *data, const struct sla_diagnostic *diagnostic) {
  last_text = arena_copy(data, diagnostic->text, strlen(diagnostic->text));
  last_line = diagnostic->source_line ? "shown" : NULL;
}

static void test_long_diagnostics_are_cut_between_characters(void **state) {
  struct source source = source_of("f", arena_printf(*state, "%4000d\n%5000d", 1, 2));
  struct sla_options options = {.diagnose = keep_last, .diagnose_data = *state};
  for (int shift = 0; shift < 4; shift++) {
    struct diags diags;
    diags_init(&diags, *state, &options);
    char *text = arena_alloc(*state, 4001);
    memset(text, 'x', (size_t)shift);
    for (int i = shift; i + 4 <= 4000; i += 4)
      memcpy(text + i, "👍", 4);
    diag_error(&diags, at(&source, 1 + shift % 2, 1), "%s", text);
    size_t len = strlen(last_text);
    assert_true(len > 1000 && len < 1024);
    assert_string_equal(last_text + len - 3, "...");
    assert_int_equal(text_utf8_error(text_of(last_text)), len);
    assert_null(strchr(last_text, '?'));
    /* No terminal shows a line of thousands of characters with a caret under it. */
    if (shift % 2 == 0)
      assert_non_null(last_line);
    else
      assert_null(last_line);
  }
}

static void test_most_diagnostics(void **state) {
  struct diags diags = collector_diags(&collected, *state);
  diags.silent_warnings = true;
  struct source source = source_of("f", "x");
  for (int i = 0; i < 2 * DIAG_MOST; i++)
    diag_warning(&diags, at(&source, 1, 1), "silent");
  assert_int_equal(collected.count, 0);
  for (int i = 0; i < DIAG_MOST; i++)
    diag_error(&diags, at(&source, 1, 1), "error %d", i);
  assert_int_equal(collected.count, DIAG_MOST);
  assert_string_equal(collected.items[DIAG_MOST - 1], "1:1: error 99");
  diag_note(&diags, at(&source, 1, 1), "a note on the last error");
  assert_int_equal(collected.count, DIAG_MOST + 1);
  for (int i = 0; i < DIAG_MOST; i++) {
    diag_error(&diags, at(&source, 1, 1), "too much");
    diag_note(&diags, at(&source, 1, 1), "a note on it");
  }
  assert_int_equal(collected.count, DIAG_MOST + 2);
  assert_string_equal(collected.items[DIAG_MOST + 1], "over 100 errors and warnings; the rest is not shown");
  assert_int_equal(diags.errors, 2 * DIAG_MOST);
  assert_int_equal(diags.warnings, 2 * DIAG_MOST);
}

static void test_places_in_snippets(void **state) {
  (void)state;
  struct source source = source_of("f", "   Mo ж 09:00");
  struct snippet snippet = {{source.text.ptr + 3, source.text.len - 3}, {&source, 1, 4, 0}, true};
  static const struct {
    size_t offset, length;
    int column, width;
  } cases[] = {{0, 2, 4, 2}, {3, 2, 7, 1}, {6, 5, 9, 5}, {6, 99, 9, 5}, {11, 0, 14, 0}, {11, 1, 14, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct place place = snippet_place(&snippet, cases[i].offset, cases[i].length);
    assert_int_equal(place.column, cases[i].column);
    assert_int_equal(place.width, cases[i].width);
  }
  assert_int_equal(snippet_place(&snippet, 99, 1).column, 4);
  snippet.exact = false;
  assert_int_equal(snippet_place(&snippet, 3, 2).column, 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(test_memory_is_zeroed_aligned_and_apart),
      arena_test(test_used_memory_is_zeroed),
      arena_test(test_copies),
      arena_test(test_vectors_grow),
      cmocka_unit_test(test_release_runs_what_was_deferred),
      cmocka_unit_test(test_limits),
      arena_test(test_large_pieces_waste_nothing),
      cmocka_unit_test(test_comparing),
      cmocka_unit_test(test_trimming),
      cmocka_unit_test(test_eating),
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_digits),
      arena_test(test_nearest),
      cmocka_unit_test(test_utf8),
      cmocka_unit_test(test_what_is_shown),
      cmocka_unit_test(test_plain_length),
      arena_test(test_diagnostics_show_their_line),
      arena_test(test_diagnostics_are_fit_to_be_shown),
      arena_test(test_long_diagnostics_are_cut_between_characters),
      arena_test(test_most_diagnostics),
      cmocka_unit_test(test_places_in_snippets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
