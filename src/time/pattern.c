/* pattern: patterns into the elements that texts are read by. */
#include "time/pattern_form.h"

#include "base/text.h"
#include "time/icu.h"

enum { PATTERN_MOST = 256 };

/* The letters of patterns (UTS 35 part 4, "Date Format Patterns") that times are read by. */
static const struct letter letters[] = {
    {'y', ELEMENT_NUMBER, PART_YEAR, 1, 9999, 0},  {'u', ELEMENT_NUMBER, PART_YEAR, 1, 9999, 0},
    {'M', ELEMENT_NUMBER, PART_MONTH, 1, 12, 0},   {'L', ELEMENT_NUMBER, PART_MONTH, 1, 12, 0},
    {'d', ELEMENT_NUMBER, PART_DAY, 1, 31, 0},     {'H', ELEMENT_NUMBER, PART_HOUR, 0, 23, 0},
    {'k', ELEMENT_NUMBER, PART_HOUR, 1, 24, 24},   {'h', ELEMENT_NUMBER, PART_HOUR, 1, 12, 12},
    {'K', ELEMENT_NUMBER, PART_HOUR, 0, 11, 0},    {'m', ELEMENT_NUMBER, PART_MINUTE, 0, 59, 0},
    {'s', ELEMENT_NUMBER, PART_SECOND, 0, 59, 0},  {'S', ELEMENT_FRACTION, PART_FRACTION, 0, 0, 0},
    {'a', ELEMENT_HALF, PART_HALF, 0, 0, 0},       {'E', ELEMENT_WEEKDAY, PART_WEEKDAY, 0, 0, 0},
    {'c', ELEMENT_WEEKDAY, PART_WEEKDAY, 0, 0, 0}, {'z', ELEMENT_OFFSET, PART_OFFSET, 0, 0, 0},
    {'Z', ELEMENT_OFFSET, PART_OFFSET, 0, 0, 0},   {'O', ELEMENT_OFFSET, PART_OFFSET, 0, 0, 0},
    {'X', ELEMENT_OFFSET, PART_OFFSET, 0, 0, 0},   {'x', ELEMENT_OFFSET, PART_OFFSET, 0, 0, 0},
};

/* Letters that ICU knows and that are not times, or not of one meaning. */
static const struct {
  char letter;
  const char *problem;
} refused[] = {
    {'Y', "is the year of the week, which differs from the date's around New Year: write \"y\""},
    {'D', "is the day of the year: write \"d\" for the day of the month"},
    {'T', "must stand in quotes: 'T'"},
    {'G', "is the era, which no export has"},
    {'v', "is a zone whose offset depends on the date: give the zone beside the pattern"},
    {'V', "is a zone whose offset depends on the date: give the zone beside the pattern"},
};

/* One compilation of one pattern. */
struct compiler {
  struct arena *arena;
  struct diags *diags;
  const struct snippet *snippet;
  struct time_pattern *pattern;
  unsigned errors;
};

static void complain(struct compiler *compiler, struct sla_text at, const char *problem) {
  compiler->errors++;
  size_t offset = (size_t)(at.ptr - compiler->snippet->text.ptr);
  diag_error(compiler->diags, snippet_place(compiler->snippet, offset, at.len), "\"%.*s\" %s", TEXT_ARGS(at), problem);
}

static void complain_of_all(struct compiler *compiler, const char *problem) {
  compiler->errors++;
  diag_error(compiler->diags, compiler->snippet->start, "the time pattern \"%.*s\" %s",
             TEXT_ARGS(compiler->snippet->text), problem);
}

static const char *lacks_icu(struct compiler *compiler) {
  return arena_printf(compiler->arena, "needs %s, which is not installed", icu_name);
}

static bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static const struct letter *letter_of(char c) {
  for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
    if (letters[i].letter == c)
      return &letters[i];
  return NULL;
}

static void complain_of_letter(struct compiler *compiler, struct sla_text run) {
  const char *problem = "is no field of a time pattern: put text in quotes, as 'at'";
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    if (refused[i].letter == run.ptr[0])
      problem = refused[i].problem;
  complain(compiler, run, problem);
}

/* Numbers of digits and forms by how often the letter stands; NULL or what is wrong. */
static const char *element_widths(struct element *element, int count) {
  char letter = element->letter->letter;
  switch (element->letter->part) {
  case PART_YEAR:
    element->least = element->most = count == 2 ? 2 : 4;
    return count == 3 || count > 4 || (letter == 'u' && count == 2) ? "is no year: write yyyy or yy" : NULL;
  case PART_MONTH:
    if (count > 2)
      element->kind = ELEMENT_MONTH;
    element->least = count;
    element->most = 2;
    return count > 4 ? "is no month: write MM for numbers, MMM or MMMM for names" : NULL;
  case PART_OFFSET: element->named = letter == 'z' || letter == 'O' || (letter == 'Z' && count == 4); return NULL;
  case PART_HALF:
  case PART_WEEKDAY: return count > 4 || (letter == 'c' && count < 3) ? "stands too often or too seldom" : NULL;
  case PART_FRACTION:
    element->least = 1;
    element->most = INT_MAX;
    return NULL;
  default:
    element->least = count;
    element->most = 2;
    return count > 2 ? "has too many letters: one or two make a number" : NULL;
  }
}

static void add_field(struct compiler *compiler, struct sla_text run) {
  struct time_pattern *pattern = compiler->pattern;
  struct element element = {.letter = letter_of(run.ptr[0])};
  if (!element.letter) {
    complain_of_letter(compiler, run);
    return;
  }
  element.kind = element.letter->kind;
  const char *problem = element_widths(&element, (int)run.len);
  if (problem)
    complain(compiler, run, problem);
  if (pattern->has[element.letter->part])
    complain(compiler, run, "says again what stands before it");
  pattern->has[element.letter->part] = true;
  *ARENA_PUSH(compiler->arena, pattern) = element;
}

/* Adds text to the literal at the end; between bars, so that folding keeps the blanks at its ends. */
static void add_literal(struct compiler *compiler, struct sla_text text) {
  struct time_pattern *pattern = compiler->pattern;
  char folded[2 * PATTERN_MOST];
  size_t len;
  if (text.len == 0)
    return;
  const char *barred = arena_printf(compiler->arena, "|%.*s|", TEXT_ARGS(text));
  if (!time_text_fold(text_of(barred), folded, sizeof folded, &len)) {
    complain(compiler, text, text_utf8_error(text) < text.len ? "is not UTF-8" : lacks_icu(compiler));
    return;
  }
  struct sla_text literal = {folded + 1, len - 2};
  struct element *last = pattern->count ? &pattern->items[pattern->count - 1] : NULL;
  if (last && last->kind == ELEMENT_LITERAL) {
    if (text_ends(last->text, " ") && text_eat(&literal, ' ') && literal.len == 0)
      return;
    const char *joined = arena_printf(compiler->arena, "%.*s%.*s", TEXT_ARGS(last->text), TEXT_ARGS(literal));
    last->text = text_of(joined);
  } else if (literal.len)
    *ARENA_PUSH(compiler->arena, pattern) = (struct element){
        .kind = ELEMENT_LITERAL, .text = {arena_copy(compiler->arena, literal.ptr, literal.len), literal.len}};
}

/* Quoted text behind its opening quote; two quotes are one. */
static void add_quoted(struct compiler *compiler, struct sla_text *rest, struct sla_text opening) {
  static const char quote[] = "'";
  if (text_eat(rest, '\'')) {
    add_literal(compiler, text_of(quote));
    return;
  }
  for (;;) {
    if (!memchr(rest->ptr, '\'', rest->len)) {
      complain(compiler, opening, "opens a quote that is never closed");
      rest->len = 0;
      return;
    }
    add_literal(compiler, text_eat_until(rest, '\''));
    if (!text_eat(rest, '\''))
      return;
    add_literal(compiler, text_of(quote));
  }
}

/* Numbers without anything between them are told apart by their widths. */
static void check_adjacent(struct compiler *compiler) {
  const struct time_pattern *pattern = compiler->pattern;
  for (size_t i = 0; i + 1 < pattern->count; i++) {
    struct element *element = &pattern->items[i];
    enum element_kind next = pattern->items[i + 1].kind;
    if (next != ELEMENT_NUMBER && next != ELEMENT_FRACTION)
      continue;
    if (element->kind == ELEMENT_FRACTION)
      complain_of_all(compiler, "has a number right behind the fraction of a second");
    else if (element->kind == ELEMENT_NUMBER && element->least < 2)
      complain_of_all(compiler, "has numbers side by side: write two letters for each, as \"ddMMyyyy\"");
  }
}

static void check_whole(struct compiler *compiler) {
  static const struct {
    enum part part;
    const char *problem;
  } needed[] = {
      {PART_YEAR, "has no year (\"yyyy\" or \"yy\")"},
      {PART_MONTH, "has no month (\"MM\" or \"MMM\")"},
      {PART_DAY, "has no day (\"dd\" or \"d\")"},
      {PART_HOUR, "has no time of day (\"HH:mm\", or \"h:mm a\")"},
  };
  const struct time_pattern *pattern = compiler->pattern;
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
    if (!pattern->has[needed[i].part])
      complain_of_all(compiler, needed[i].problem);
  if (!pattern->has[PART_MINUTE] && pattern->has[PART_SECOND])
    complain_of_all(compiler, "has seconds and no minutes (\"mm\")");
  for (size_t i = 0; i < pattern->count; i++) {
    const struct letter *letter = pattern->items[i].letter;
    bool is_half = letter && (letter->letter == 'h' || letter->letter == 'K');
    if (is_half && !pattern->has[PART_HALF])
      complain_of_all(compiler, "has hours of a half day but no \"a\" for AM and PM: write \"H\" for hours to 23");
    if (letter && letter->part == PART_HOUR && !is_half && pattern->has[PART_HALF])
      complain_of_all(compiler, "has AM and PM beside hours of the whole day: write \"h\" for hours to 12");
  }
}

static void compile(struct compiler *compiler) {
  const struct snippet *snippet = compiler->snippet;
  if (snippet->text.len > PATTERN_MOST) {
    compiler->errors++;
    diag_error(compiler->diags, snippet->start, "a time pattern of over %d bytes", PATTERN_MOST);
    return;
  }
  struct sla_text rest = text_trim(snippet->text);
  while (rest.len) {
    struct sla_text run = {rest.ptr, 1};
    if (text_eat(&rest, '\''))
      add_quoted(compiler, &rest, run);
    else if (is_letter(rest.ptr[0])) {
      while (run.len < rest.len && rest.ptr[run.len] == rest.ptr[0])
        run.len++;
      rest.ptr += run.len, rest.len -= run.len;
      add_field(compiler, run);
    } else {
      while (run.len < rest.len && !is_letter(rest.ptr[run.len]) && rest.ptr[run.len] != '\'')
        run.len++;
      rest.ptr += run.len, rest.len -= run.len;
      add_literal(compiler, run);
    }
  }
  if (compiler->errors)
    return;
  check_adjacent(compiler);
  check_whole(compiler);
}

static bool needs_words(const struct time_pattern *pattern) {
  for (size_t i = 0; i < pattern->count; i++)
    if (pattern->items[i].kind == ELEMENT_MONTH || pattern->items[i].kind == ELEMENT_WEEKDAY ||
        pattern->items[i].kind == ELEMENT_HALF)
      return true;
  return false;
}

static const char *mismatch(struct arena *arena, const struct time_format *format) {
  if (format->count == 1)
    return arena_printf(arena, "not a time of the pattern \"%.*s\"", TEXT_ARGS(format->patterns[0].text));
  const char *list = "";
  for (size_t i = 0; i < format->count; i++)
    list = arena_printf(arena, "%s%s\"%.*s\"", list, i ? ", " : "", TEXT_ARGS(format->patterns[i].text));
  return arena_printf(arena, "not a time of the patterns %s", list);
}

const struct time_format *time_format_compile(struct arena *arena, struct diags *diags, const struct snippet *patterns,
                                              size_t count, const char *locale) {
  struct time_format *format = arena_alloc(arena, sizeof *format);
  const struct time_words *words = NULL;
  bool good = true;
  format->patterns = arena_array(arena, count, sizeof *format->patterns);
  format->count = count;
  for (size_t i = 0; i < count; i++) {
    struct time_pattern *pattern = &format->patterns[i];
    struct compiler compiler = {arena, diags, &patterns[i], pattern, 0};
    pattern->text =
        (struct sla_text){arena_copy(arena, patterns[i].text.ptr, patterns[i].text.len), patterns[i].text.len};
    compile(&compiler);
    if (!words && needs_words(pattern) && !(words = time_words_load(arena, locale))) {
      if (icu_is_installed())
        arena_fail(arena);
      complain_of_all(&compiler, lacks_icu(&compiler));
    }
    good = good && !compiler.errors;
    pattern->words = words;
  }
  format->problem = mismatch(arena, format);
  return good ? format : NULL;
}
