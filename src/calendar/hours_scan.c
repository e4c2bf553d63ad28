#include "calendar/hours_scan.h"

#include "base/text.h"
#include "time/civil.h"

#include <stdarg.h>
#include <stdio.h>

enum { MOST_BYTES = 64 * 1024, MOST_SHOWN = 40 };

static bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* --- messages ---------------------------------------------------------------------------------------------------- */

static struct place place_of(const struct scan *scan, struct sla_text at) {
  const struct snippet *snippet = scan->snippet;
  if (snippet->text.len == 0)
    return snippet->start; /* `at` is no part of it: see scan_init */
  if (scan->diags->errors + scan->diags->warnings > DIAG_MOST)
    return snippet->start; /* not shown any more, and finding thousands of places takes time */
  return snippet_place(snippet, (size_t)(at.ptr - snippet->text.ptr), at.len);
}

bool scan_fail(struct scan *scan, struct sla_text at, const char *format, ...) {
  scan->failed = true;
  if (!scan->diags)
    return false;
  char message[512];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  diag_error(scan->diags, place_of(scan, at), "%s", message);
  return false;
}

void scan_warn(struct scan *scan, struct sla_text at, const char *format, ...) {
  if (!scan->diags)
    return;
  char message[512];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  diag_warning(scan->diags, place_of(scan, at), "%s", message);
}

struct sla_text scan_shown(struct sla_text text) {
  if (text.len <= MOST_SHOWN)
    return text;
  text.len = MOST_SHOWN;
  while (text.len && ((unsigned char)text.ptr[text.len] & 0xC0) == 0x80)
    text.len--; /* not amid a character */
  return text;
}

/* --- white space ------------------------------------------------------------------------------------------------- */

/* The white space of ECMAScript beyond ASCII, and the sign for a blank that OSM's tools show. */
static const char *const wide_blanks[] = {
    "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
    "\u2008", "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000", "\uFEFF", "\u2423",
};

/* Length of the white space character that a text begins with, 0 where it begins with none. */
static size_t blank_length(struct sla_text text) {
  if (text.len == 0)
    return 0;
  if (text.ptr[0] == ' ' || (text.ptr[0] >= '\t' && text.ptr[0] <= '\r'))
    return 1;
  if ((unsigned char)text.ptr[0] < 0x80)
    return 0;
  for (size_t i = 0; i < sizeof wide_blanks / sizeof *wide_blanks; i++)
    if (text_starts(text, wide_blanks[i]))
      return strlen(wide_blanks[i]);
  return 0;
}

void scan_blanks(struct scan *scan) {
  size_t length;
  while ((length = blank_length(scan->rest)) != 0) {
    scan->rest.ptr += length;
    scan->rest.len -= length;
  }
}

bool scan_at_end(struct scan *scan) {
  scan_blanks(scan);
  return scan->rest.len == 0;
}

char scan_next(struct scan *scan) {
  return scan_at_end(scan) ? '\0' : scan->rest.ptr[0];
}

void scan_take(struct scan *scan, size_t length) {
  scan->rest.ptr += length;
  scan->rest.len -= length;
  scan->taken = scan->rest.ptr;
}

struct sla_text scan_since(const struct scan *scan, const char *start) {
  return (struct sla_text){start, scan->taken > start ? (size_t)(scan->taken - start) : 0};
}

bool scan_init(struct scan *scan, struct diags *diags, const struct snippet *snippet) {
  struct sla_text text = snippet->text.len ? snippet->text : (struct sla_text){"", 0};
  *scan = (struct scan){.diags = diags, .snippet = snippet, .rest = text, .taken = text.ptr};
  if (text.len > MOST_BYTES)
    return scan_fail(scan, (struct sla_text){text.ptr, 0}, "hours are over %d KiB long", MOST_BYTES / 1024);
  size_t malformed = text_utf8_error(text);
  if (malformed < text.len)
    return scan_fail(scan, (struct sla_text){text.ptr + malformed, 1}, "malformed UTF-8 in hours");
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if ((c < ' ' && blank_length((struct sla_text){text.ptr + i, 1}) == 0) || c == 0x7F)
      return scan_fail(scan, (struct sla_text){text.ptr + i, 1}, "control character U+%04X in hours", c);
  }
  return true;
}

struct scan scan_ahead(const struct scan *scan) {
  struct scan ahead = *scan;
  ahead.diags = NULL;
  return ahead;
}

bool scan_commit(struct scan *scan, const struct scan *ahead) {
  scan->rest = ahead->rest;
  scan->taken = ahead->taken;
  return true;
}

/* --- words ------------------------------------------------------------------------------------------------------- */

/*
 * What words mean, in any spelling that begins like this one and has so many letters, in either case, with an s behind
 * it or not. WORD_OTHER has no place in the notation but is worth a hint.
 */
static const struct spelling {
  const char *spelling, *written;
  size_t least;
  enum word_kind kind;
  int value;
} spellings[] = {
    {"Monday", "Mo", 2, WORD_WEEKDAY, 0},    {"Tuesday", "Tu", 2, WORD_WEEKDAY, 1},
    {"Wednesday", "We", 2, WORD_WEEKDAY, 2}, {"Thursday", "Th", 2, WORD_WEEKDAY, 3},
    {"Friday", "Fr", 2, WORD_WEEKDAY, 4},    {"Saturday", "Sa", 2, WORD_WEEKDAY, 5},
    {"Sunday", "Su", 2, WORD_WEEKDAY, 6},    {"January", "Jan", 3, WORD_MONTH, 1},
    {"February", "Feb", 3, WORD_MONTH, 2},   {"March", "Mar", 3, WORD_MONTH, 3},
    {"April", "Apr", 3, WORD_MONTH, 4},      {"May", "May", 3, WORD_MONTH, 5},
    {"June", "Jun", 3, WORD_MONTH, 6},       {"July", "Jul", 3, WORD_MONTH, 7},
    {"August", "Aug", 3, WORD_MONTH, 8},     {"September", "Sep", 3, WORD_MONTH, 9},
    {"October", "Oct", 3, WORD_MONTH, 10},   {"November", "Nov", 3, WORD_MONTH, 11},
    {"December", "Dec", 3, WORD_MONTH, 12},  {"PH", "PH", 2, WORD_HOLIDAY, 0},
    {"holiday", "PH", 7, WORD_HOLIDAY, 0},   {"week", "week", 4, WORD_WEEK, 0},
    {"off", "off", 3, WORD_OFF, 0},          {"closed", "closed", 6, WORD_OFF, 0},
    {"open", "open", 4, WORD_OPEN, 0},       {"weekday", "Mo-Fr", 7, WORD_OTHER, 0},
    {"workday", "Mo-Fr", 7, WORD_OTHER, 0},  {"weekend", "Sa,Su", 7, WORD_OTHER, 0},
    {"daily", "Mo-Su", 5, WORD_OTHER, 0},    {"everyday", "Mo-Su", 8, WORD_OTHER, 0},
    {"always", "24/7", 6, WORD_OTHER, 0},
};

enum { SPELLINGS = sizeof spellings / sizeof *spellings };

/* Parts of OSM's notation that are left out: how they begin, what they are called, and what to do instead. */
static const struct {
  const char *begin, *name, *instead;
} left_out[] = {
    {"sunrise", "\"sunrise\" is", "write a time of day"},
    {"sunset", "\"sunset\" is", "write a time of day"},
    {"dawn", "\"dawn\" is", "write a time of day"},
    {"dusk", "\"dusk\" is", "write a time of day"},
    {"(", "a calculated time is", "write a time of day"},
    {"SH", "\"SH\" is", "write the dates of school holidays"},
    {"easter", "\"easter\" is", "write the date, or \"PH\" where the holiday set has it"},
    {"unknown", "\"unknown\" is", "write when it is open"},
    {"\"", "a comment is", "leave it out"},
    {"||", "\"||\" is", "separate rules by \";\""},
};

/* Whether a word begins a spelling; letters in either case. */
static bool is_prefix(struct sla_text word, const char *spelling) {
  if (word.len > strlen(spelling))
    return false;
  for (size_t i = 0; i < word.len; i++)
    if ((word.ptr[i] | 0x20) != (spelling[i] | 0x20))
      return false;
  return true;
}

static const struct spelling *spelling_find(struct sla_text word) {
  for (int plural = 0; plural <= 1; plural++) {
    if (plural && !text_ends(word, "s"))
      break;
    struct sla_text stem = {word.ptr, word.len - (size_t)plural};
    for (size_t i = 0; i < SPELLINGS; i++)
      if (stem.len >= spellings[i].least && is_prefix(stem, spellings[i].spelling))
        return &spellings[i];
  }
  return NULL;
}

/* The way the notation has what is spelt nearly like a word; NULL where nothing is. Short words are near anything. */
static const char *spelling_nearest(struct sla_text word) {
  const char *candidates[SPELLINGS];
  for (size_t i = 0; i < SPELLINGS; i++)
    candidates[i] = spellings[i].spelling;
  const char *nearest = word.len < 4 ? NULL : text_nearest(word, candidates, SPELLINGS);
  return nearest ? spelling_find(text_of(nearest))->written : NULL;
}

/* What people write for a hyphen or a comma. */
static const struct separator {
  const char *text, *written;
} separators[] = {
    {"\u2010", "-"}, {"\u2011", "-"}, {"\u2012", "-"}, {"\u2013", "-"}, {"\u2014", "-"}, {"\u2015", "-"},
    {"\u2212", "-"}, {"\uFF0D", "-"}, {"\uFF5E", "-"}, {"\u2192", "-"}, {"~", "-"},      {"to", "-"},
    {"till", "-"},   {"until", "-"},  {"and", ","},    {"&", ","},      {"\uFF0C", ","},
};

/* Length of the letters that a text begins with; those beyond ASCII count, but for white space and separators. */
static size_t letters_length(struct sla_text text) {
  size_t length = 0;
  for (; length < text.len; length++) {
    struct sla_text rest = {text.ptr + length, text.len - length};
    if (is_letter(rest.ptr[0]))
      continue;
    if ((unsigned char)rest.ptr[0] < 0x80 || blank_length(rest))
      break;
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
      if (text_starts(rest, separators[i].text))
        return length;
  }
  return length;
}

struct word scan_word(struct scan *scan) {
  scan_blanks(scan);
  struct word word = {.text = {scan->rest.ptr, letters_length(scan->rest)}};
  const struct spelling *found = word.text.len ? spelling_find(word.text) : NULL;
  if (!found)
    return word;
  word.kind = found->kind;
  word.value = found->value;
  word.written = found->written;
  /* "Mon." */
  size_t length = word.text.len;
  if (length < scan->rest.len && scan->rest.ptr[length] == '.' &&
      !(length + 1 < scan->rest.len && is_digit(scan->rest.ptr[length + 1])))
    word.text.len++;
  return word;
}

bool scan_eat_word(struct scan *scan, enum word_kind kind, int *ret_value) {
  struct word word = scan_word(scan);
  if (word.text.len == 0 || word.kind != kind)
    return false;
  if (!text_is(word.text, word.written))
    scan_fail(scan, word.text, "unknown word \"%.*s\": did you mean \"%s\"?", SHOWN(word.text), word.written);
  scan_take(scan, word.text.len);
  if (ret_value)
    *ret_value = word.value;
  return true;
}

/* --- other pieces ------------------------------------------------------------------------------------------------ */

bool scan_eat(struct scan *scan, char c) {
  if (c == '\0' || scan_next(scan) != c)
    return false;
  scan_take(scan, 1);
  return true;
}

/* Takes a separator; one that is written another way is reported. */
static bool eat_separator(struct scan *scan, const char *written) {
  if (scan_eat(scan, written[0]))
    return true;
  size_t letters = letters_length(scan->rest);
  for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
    struct sla_text text = {scan->rest.ptr, strlen(separators[i].text)};
    bool is_it = is_letter(separators[i].text[0])
                     ? text_is_nocase((struct sla_text){scan->rest.ptr, letters}, separators[i].text)
                     : text_starts(scan->rest, separators[i].text);
    if (!is_it || separators[i].written[0] != written[0])
      continue;
    scan_fail(scan, text, "unexpected \"%.*s\": did you mean \"%s\"?", TEXT_ARGS(text), written);
    scan_take(scan, text.len);
    return true;
  }
  return false;
}

bool scan_hyphen(struct scan *scan) {
  return eat_separator(scan, "-");
}

bool scan_comma(struct scan *scan) {
  return eat_separator(scan, ",");
}

size_t scan_digits(struct scan *scan) {
  scan_blanks(scan);
  size_t digits = 0;
  while (digits < scan->rest.len && is_digit(scan->rest.ptr[digits]))
    digits++;
  return digits;
}

bool scan_number(struct scan *scan, size_t least, size_t most, int *ret_value) {
  size_t digits = scan_digits(scan);
  if (digits < least || digits > most || !text_eat_digits(&scan->rest, (int)digits, ret_value))
    return false;
  scan->taken = scan->rest.ptr;
  return true;
}

void scan_skip_rule(struct scan *scan) {
  bool quoted = false;
  for (; scan->rest.len && (quoted || scan->rest.ptr[0] != ';'); scan_take(scan, 1))
    if (scan->rest.ptr[0] == '"' && (quoted || memchr(scan->rest.ptr + 1, '"', scan->rest.len - 1)))
      quoted = !quoted;
}

/* --- refusing ---------------------------------------------------------------------------------------------------- */

/* The piece at the cursor: a word, a number, or one character. */
static struct sla_text piece_at(struct scan *scan) {
  size_t length = scan_digits(scan);
  if (length == 0)
    length = letters_length(scan->rest);
  if (length == 0 && scan->rest.len)
    for (length = 1; length < scan->rest.len && ((unsigned char)scan->rest.ptr[length] & 0xC0) == 0x80;)
      length++;
  return (struct sla_text){scan->rest.ptr, length};
}

bool scan_refuse(struct scan *scan, const char *expected) {
  if (scan_at_end(scan))
    return scan_fail(scan, (struct sla_text){scan->rest.ptr, 0}, "hours end early: %s", expected);
  struct sla_text piece = piece_at(scan);
  for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
    struct sla_text begin = {scan->rest.ptr, strlen(left_out[i].begin)};
    if (is_letter(left_out[i].begin[0]) ? text_is_nocase(piece, left_out[i].begin)
                                        : text_starts(scan->rest, left_out[i].begin))
      return scan_fail(scan, begin, "%s not supported: %s", left_out[i].name, left_out[i].instead);
  }
  struct word word = scan_word(scan);
  if (word.text.len == 0 || (word.written && text_is(word.text, word.written)))
    return scan_fail(scan, piece, "unexpected \"%.*s\": %s", SHOWN(piece), expected);
  const char *written = word.written ? word.written : spelling_nearest(word.text);
  if (written)
    return scan_fail(scan, word.text, "unknown word \"%.*s\": did you mean \"%s\"?", SHOWN(word.text), written);
  return scan_fail(scan, word.text, "unknown word \"%.*s\": %s", SHOWN(word.text), expected);
}
