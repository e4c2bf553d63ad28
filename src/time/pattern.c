#include "time/pattern.h"

#include "base/text.h"
#include "time/civil.h"

#include <stdlib.h>

enum { TEXT_MOST = 128, PATTERN_MOST = 256, CENTURY = 2000, LEAST_SHORTENED = 3 };

/* What a pattern can say of a time. */
enum part {
  PART_YEAR,
  PART_MONTH,
  PART_DAY,
  PART_HOUR,
  PART_MINUTE,
  PART_SECOND,
  PART_FRACTION,
  PART_HALF,
  PART_WEEKDAY,
  PART_OFFSET,
  PARTS,
};

enum element_kind {
  ELEMENT_LITERAL,
  ELEMENT_NUMBER,
  ELEMENT_FRACTION,
  ELEMENT_MONTH,
  ELEMENT_WEEKDAY,
  ELEMENT_HALF,
  ELEMENT_OFFSET,
};

/* The letters of patterns (UTS 35 part 4, "Date Format Patterns") that times are read by. */
struct letter {
  char letter;
  enum element_kind kind;
  enum part part;
  int first, last; /* of a number */
  int wraps;       /* the number that means 0: 12 for h, 24 for k */
};

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

struct element {
  enum element_kind kind;
  const struct letter *letter; /* of all but literals */
  int least, most;             /* digits of a number */
  bool named;                  /* an offset may be written GMT+3 or CET */
  struct sla_text text;        /* of a literal, folded */
};

struct time_pattern {
  struct sla_text text;
  const struct time_words *words;
  struct element *items;
  size_t count, capacity;
  bool has[PARTS];
};

struct time_format {
  struct time_pattern *patterns;
  size_t count;
  const char *problem; /* of a text that fits none */
};

/* --- compiling -----------------------------------------------------------------------------------------------------
 */

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
    complain(compiler, text, "is not UTF-8");
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
    good = good && !compiler.errors;
    if (!words && needs_words(pattern) && !(words = time_words_load(arena, locale)))
      arena_fail(arena);
    pattern->words = words;
  }
  format->problem = mismatch(arena, format);
  return good ? format : NULL;
}

/* --- reading -------------------------------------------------------------------------------------------------------
 */

static const char no_time_of_day[] = "no such time of day", no_date[] = "no such date";

/* What has been read of a text. */
struct reading {
  struct sla_text rest;
  int parts[PARTS];
  const char *problem; /* it fits but for a number out of its range */
};

static bool eat_number(struct reading *reading, const struct element *element) {
  const struct letter *letter = element->letter;
  int value, digits = element->most;
  while (digits >= element->least && !text_eat_digits(&reading->rest, digits, &value))
    digits--;
  if (digits < element->least)
    return false;
  if (value < letter->first || value > letter->last) {
    if (!reading->problem && !(letter->part == PART_YEAR && digits == 2))
      reading->problem = letter->part <= PART_DAY ? no_date : no_time_of_day;
  }
  if (letter->part == PART_YEAR && digits == 2)
    value += CENTURY;
  reading->parts[letter->part] = value == letter->wraps ? 0 : value;
  return true;
}

static bool eat_fraction(struct reading *reading) {
  int digit;
  if (!text_eat_digits(&reading->rest, 1, &digit))
    return false;
  while (text_eat_digits(&reading->rest, 1, &digit))
    ;
  return true;
}

static bool starts_with(struct sla_text text, struct sla_text start) {
  return start.len && text.len >= start.len && memcmp(text.ptr, start.ptr, start.len) == 0;
}

/* The letters at the start of a folded text; all that is not ASCII counts as one. */
static struct sla_text letters_at(struct sla_text text) {
  size_t len = 0;
  while (len < text.len && (is_letter(text.ptr[len]) || (unsigned char)text.ptr[len] >= 0x80))
    len++;
  return (struct sla_text){text.ptr, len};
}

/* The only word that begins so, -1 where there is none or several. */
static int word_begun(const struct sla_text (*words)[WORD_FORMS], int count, struct sla_text start) {
  int found = -1;
  if (text_characters(start) < LEAST_SHORTENED)
    return -1;
  for (int i = 0; i < count; i++)
    for (int form = 0; form < WORD_FORMS; form++)
      if (starts_with(words[i][form], start) && found != i) {
        if (found >= 0)
          return -1;
        found = i;
      }
  return found;
}

/* Eats the longest word that the text begins with, or a beginning of one. */
static bool eat_word(struct sla_text *text, const struct sla_text (*words)[WORD_FORMS], int count, int *ret_index) {
  size_t len = 0;
  bool is_unique = false;
  for (int i = 0; i < count; i++)
    for (int form = 0; form < WORD_FORMS; form++) {
      if (!starts_with(*text, words[i][form]) || words[i][form].len < len)
        continue;
      is_unique = words[i][form].len > len || (is_unique && *ret_index == i);
      len = words[i][form].len;
      *ret_index = i;
    }
  struct sla_text start = letters_at(*text);
  if (start.len > len) { /* more letters than any word has: a longer word begun, as "sep" in Spanish */
    int begun = word_begun(words, count, start);
    if (begun >= 0) {
      *ret_index = begun;
      len = start.len;
      is_unique = true;
    }
  }
  if (!is_unique)
    return false;
  text->ptr += len, text->len -= len;
  return true;
}

/* The length of a half day's name at the start of a text, which may have dots and blanks in it: "p. m."; 0: not it. */
static size_t half_length(struct sla_text text, struct sla_text name) {
  size_t at = 0;
  bool has_dots = false;
  for (size_t i = 0; i < name.len; i++, at++) {
    while (i && at < text.len && (text.ptr[at] == '.' || (text.ptr[at] == ' ' && has_dots)))
      has_dots |= text.ptr[at++] == '.';
    if (at >= text.len || text.ptr[at] != name.ptr[i])
      return 0;
  }
  return at + (has_dots && at < text.len && text.ptr[at] == '.');
}

static bool eat_half(struct sla_text *text, const struct sla_text names[2][WORD_FORMS], int *ret_half) {
  size_t best = 0;
  for (int half = 0; half < 2; half++)
    for (int form = 0; form < WORD_FORMS; form++) {
      size_t len = half_length(*text, names[half][form]);
      if (len > best) {
        best = len;
        *ret_half = half;
      }
    }
  if (best)
    text->ptr += best, text->len -= best;
  return best > 0;
}

/* The zones that RFC 5322 section 4.3 gives an offset, and those of Europe's clocks; hours east, folded. */
static const struct {
  const char *name;
  int hours;
} zone_names[] = {
    {"est", -5}, {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8},
    {"pdt", -7}, {"wet", 0},  {"west", 1}, {"cet", 1},  {"cest", 2}, {"eet", 2},  {"eest", 3},
};

static bool eat_zone_name(struct sla_text *text, int *ret_offset) {
  struct sla_text name = letters_at(*text);
  for (size_t i = 0; i < sizeof zone_names / sizeof *zone_names; i++)
    if (text_is(name, zone_names[i].name)) {
      *ret_offset = zone_names[i].hours * HOUR;
      return text_eat_string(text, zone_names[i].name);
    }
  return false;
}

/* "Z" and "+02:00"; where it may be named also "GMT+2", "UTC" and "CET". */
static bool eat_offset(struct sla_text *text, bool named, int *ret_offset) {
  *ret_offset = 0;
  if (named && eat_zone_name(text, ret_offset))
    return true;
  if (named && (text_eat_string(text, "gmt") || text_eat_string(text, "utc") || text_eat_string(text, "ut"))) {
    struct sla_text rest = *text;
    int hours;
    bool west = text_starts(rest, "-");
    if (timestamp_eat_offset(text, ret_offset) || rest.len == 0)
      return true;
    if (text_eat(&rest, west ? '-' : '+') && text_eat_digits(&rest, 1, &hours)) { /* GMT+2, GMT+2:30 */
      int minutes = 0;
      if (text_eat(&rest, ':') && (!text_eat_digits(&rest, 2, &minutes) || minutes > 59))
        return false;
      *ret_offset = (west ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
      *text = rest;
    }
    return true;
  }
  return timestamp_eat_offset(text, ret_offset) || text_eat(text, 'z');
}

static bool eat_element(struct reading *reading, const struct time_pattern *pattern, size_t index) {
  const struct element *element = &pattern->items[index];
  const struct element *next = index + 1 < pattern->count ? element + 1 : NULL;
  bool eaten = false;
  switch (element->kind) {
  case ELEMENT_LITERAL:
    eaten = starts_with(reading->rest, element->text);
    if (eaten)
      reading->rest.ptr += element->text.len, reading->rest.len -= element->text.len;
    return eaten;
  case ELEMENT_NUMBER: return eat_number(reading, element);
  case ELEMENT_FRACTION: return eat_fraction(reading);
  case ELEMENT_HALF: return eat_half(&reading->rest, pattern->words->halves, &reading->parts[PART_HALF]);
  case ELEMENT_OFFSET: return eat_offset(&reading->rest, element->named, &reading->parts[PART_OFFSET]);
  case ELEMENT_MONTH:
    eaten = eat_word(&reading->rest, pattern->words->months, 12, &reading->parts[PART_MONTH]);
    reading->parts[PART_MONTH]++;
    break;
  case ELEMENT_WEEKDAY:
    eaten = eat_word(&reading->rest, pattern->words->weekdays, 7, &reading->parts[PART_WEEKDAY]);
    break;
  }
  /* "sept." may have its dot, unless the pattern has one there. */
  if (eaten && !(next && next->kind == ELEMENT_LITERAL && next->text.ptr[0] == '.'))
    text_eat(&reading->rest, '.');
  return eaten;
}

/* The time that has been read; NULL, or what is wrong with it. */
static const char *reading_finish(const struct reading *reading, const struct time_pattern *pattern,
                                  struct timestamp *ret_timestamp) {
  const int *parts = reading->parts;
  if (reading->problem)
    return reading->problem;
  if (!civil_is_valid(parts[PART_YEAR], parts[PART_MONTH], parts[PART_DAY]))
    return no_date;
  int date = date_of(parts[PART_YEAR], parts[PART_MONTH], parts[PART_DAY]);
  if (pattern->has[PART_WEEKDAY] && date_weekday(date) != parts[PART_WEEKDAY])
    return "the date is on another weekday";
  int hour = parts[PART_HOUR] + (parts[PART_HALF] ? 12 : 0);
  *ret_timestamp = (struct timestamp){
      .kind = pattern->has[PART_OFFSET] ? TIMESTAMP_INSTANT : TIMESTAMP_LOCAL,
      .value =
          (int64_t)date * DAY + hour * HOUR + parts[PART_MINUTE] * MINUTE + parts[PART_SECOND] - parts[PART_OFFSET],
  };
  return NULL;
}

/* Whether a folded text has the pattern's form; *ret_problem is then NULL, or what is wrong with the time. */
static bool pattern_read(const struct time_pattern *pattern, struct sla_text text, struct timestamp *ret_timestamp,
                         const char **ret_problem) {
  struct reading reading = {.rest = text};
  for (size_t i = 0; i < pattern->count; i++)
    if (!eat_element(&reading, pattern, i))
      return false;
  if (reading.rest.len)
    return false;
  *ret_problem = reading_finish(&reading, pattern, ret_timestamp);
  return true;
}

/* Folds as time_text_fold does, without ICU where all is ASCII. */
static bool fold(struct sla_text text, char *to, size_t room, size_t *ret_len) {
  size_t len = 0;
  if (text.len > room)
    return false;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if ((unsigned char)c >= 0x80)
      return time_text_fold(text, to, room, ret_len);
    if (c >= 'A' && c <= 'Z')
      c = (char)(c - 'A' + 'a');
    else if (c >= '\t' && c <= '\r')
      c = ' ';
    if (c != ' ' || (len && to[len - 1] != ' '))
      to[len++] = c;
  }
  *ret_len = len && to[len - 1] == ' ' ? len - 1 : len;
  return true;
}

/* Whether a text is plainly meant as one of the default forms, whose complaint is then the better one. */
static bool looks_default(struct sla_text text) {
  int year;
  text = text_trim(text);
  return text_starts(text, "@") || (text_eat_digits(&text, 4, &year) && text_eat(&text, '-'));
}

const char *time_format_read(const struct time_format *format, struct sla_text text, struct timestamp *ret_timestamp) {
  if (!format)
    return timestamp_parse(text, ret_timestamp);
  char folded[TEXT_MOST];
  struct sla_text read = {folded, 0};
  const char *problem = NULL;
  if (fold(text, folded, sizeof folded, &read.len))
    for (size_t i = 0; i < format->count; i++) {
      const char *wrong;
      if (!pattern_read(&format->patterns[i], read, ret_timestamp, &wrong))
        continue;
      if (!wrong)
        return NULL;
      if (!problem)
        problem = wrong;
    }
  const char *other = timestamp_parse(text, ret_timestamp);
  if (!other)
    return NULL;
  return problem ? problem : looks_default(text) ? other : format->problem;
}
