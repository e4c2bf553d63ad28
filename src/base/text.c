#include "base/text.h"

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool text_starts(struct sla_text text, const char *prefix) {
  size_t len = strlen(prefix);
  return len == 0 || (text.len >= len && memcmp(text.ptr, prefix, len) == 0);
}

bool text_ends(struct sla_text text, const char *suffix) {
  size_t len = strlen(suffix);
  return len == 0 || (text.len >= len && memcmp(text.ptr + text.len - len, suffix, len) == 0);
}

static bool starts_nocase(struct sla_text text, const char *prefix, size_t len) {
  if (text.len < len)
    return false;
  for (size_t i = 0; i < len; i++)
    if (lower(text.ptr[i]) != lower(prefix[i]))
      return false;
  return true;
}

bool text_is_nocase(struct sla_text text, const char *string) {
  size_t len = strlen(string);
  return text.len == len && starts_nocase(text, string, len);
}

struct sla_text text_trim(struct sla_text text) {
  while (text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
    text.ptr++, text.len--;
  while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
    text.len--;
  return text;
}

/* An empty view may have a null pointer, to which nothing may be added, not even 0. */
static bool advance(struct sla_text *text, size_t len) {
  if (len)
    text->ptr += len;
  text->len -= len;
  return true;
}

bool text_eat(struct sla_text *text, char c) {
  return text->len && text->ptr[0] == c && advance(text, 1);
}

bool text_eat_string(struct sla_text *text, const char *string) {
  return text_starts(*text, string) && advance(text, strlen(string));
}

bool text_eat_nocase(struct sla_text *text, const char *string) {
  size_t len = strlen(string);
  return starts_nocase(*text, string, len) && advance(text, len);
}

bool text_eat_blanks(struct sla_text *text) {
  size_t len = 0;
  while (len < text->len && (text->ptr[len] == ' ' || text->ptr[len] == '\t'))
    len++;
  advance(text, len);
  return len > 0;
}

struct sla_text text_eat_until(struct sla_text *text, char stop) {
  const char *end = text->len ? memchr(text->ptr, stop, text->len) : NULL;
  struct sla_text piece = {text->ptr, end ? (size_t)(end - text->ptr) : text->len};
  advance(text, piece.len + (end != NULL));
  return piece;
}

bool text_eat_digits(struct sla_text *text, int digits, int *ret_value) {
  if (text->len < (size_t)digits)
    return false;
  int value = 0;
  for (int i = 0; i < digits; i++) {
    if (!is_digit(text->ptr[i]))
      return false;
    value = value * 10 + (text->ptr[i] - '0');
  }
  *ret_value = value;
  return advance(text, (size_t)digits);
}

bool text_eat_number(struct sla_text *text, int64_t max, int64_t *ret_value) {
  int64_t value = 0;
  size_t len = 0;
  for (; len < text->len && is_digit(text->ptr[len]); len++) {
    int digit = text->ptr[len] - '0';
    if (value > max / 10 || value * 10 > max - digit)
      return false;
    value = value * 10 + digit;
  }
  if (len == 0)
    return false;
  *ret_value = value;
  return advance(text, len);
}

bool text_number(struct sla_text text, int64_t max, int64_t *ret_value) {
  int64_t value;
  if (!text_eat_number(&text, max, &value) || text.len)
    return false;
  *ret_value = value;
  return true;
}

enum { LONGEST_WORD = 64 };

/* Edit distance with swaps of neighbours counted as one (Damerau, optimal string alignment), letters in either case. */
static size_t distance(struct sla_text a, struct sla_text b) {
  size_t rows[3][LONGEST_WORD + 1];
  size_t *before = rows[0], *last = rows[1], *now = rows[2];
  for (size_t j = 0; j <= b.len; j++)
    last[j] = j;
  for (size_t i = 1; i <= a.len; i++) {
    now[0] = i;
    for (size_t j = 1; j <= b.len; j++) {
      char ca = lower(a.ptr[i - 1]), cb = lower(b.ptr[j - 1]);
      size_t best = last[j - 1] + (ca != cb);
      if (last[j] + 1 < best)
        best = last[j] + 1;
      if (now[j - 1] + 1 < best)
        best = now[j - 1] + 1;
      if (i > 1 && j > 1 && ca == lower(b.ptr[j - 2]) && cb == lower(a.ptr[i - 2]) && before[j - 2] + 1 < best)
        best = before[j - 2] + 1;
      now[j] = best;
    }
    size_t *oldest = before;
    before = last, last = now, now = oldest;
  }
  return last[b.len];
}

const char *text_nearest(struct sla_text word, const char *const *candidates, size_t count) {
  if (word.len == 0 || word.len > LONGEST_WORD)
    return NULL;
  const char *nearest = NULL;
  size_t best = (word.len < 3 ? 1 : word.len / 3) + 1; /* over a third is not near */
  for (size_t i = 0; i < count; i++) {
    struct sla_text candidate = text_of(candidates[i]);
    if (candidate.len > LONGEST_WORD)
      continue;
    size_t d = distance(word, candidate);
    if (d < best && d < candidate.len)
      best = d, nearest = candidates[i];
  }
  return nearest;
}

const char *text_hint(struct arena *arena, struct sla_text word, const char *const *candidates, size_t count) {
  const char *nearest = text_nearest(word, candidates, count);
  return nearest ? arena_printf(arena, ": did you mean \"%s\"?", nearest) : "";
}

size_t text_utf8_length(struct sla_text text) {
  const unsigned char *p = (const unsigned char *)text.ptr;
  if (p[0] < 0x80)
    return 1;
  size_t len = p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4 : 0;
  if (len == 0 || text.len < len)
    return 0;
  for (size_t i = 1; i < len; i++)
    if ((p[i] & 0xC0) != 0x80)
      return 0;
  if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) ||
      (p[0] == 0xF4 && p[1] > 0x8F))
    return 0; /* overlong, surrogate, over U+10FFFF */
  return len;
}

size_t text_characters(struct sla_text text) {
  size_t characters = 0;
  while (text.len) {
    size_t len = text_utf8_length(text);
    advance(&text, len ? len : 1);
    characters++;
  }
  return characters;
}

bool text_is_ascii(struct sla_text text) {
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.ptr[i] >= 0x80)
      return false;
  return true;
}

/*
 * Eight bytes at once: the highest bit of a byte is set in word where it is not ASCII, in word - 0x20 where it is below
 * a blank, in word + 1 where it is DEL. (A borrow or carry into the next byte comes only out of one of these.)
 */
static bool word_is_plain(uint64_t word) {
  const uint64_t ones = UINT64_MAX / 0xFF;
  return !((word | (word - ' ' * ones) | (word + ones)) & 0x80 * ones);
}

size_t text_plain_length(struct sla_text text) {
  size_t len = 0;
  for (uint64_t word; text.len - len >= sizeof word; len += sizeof word) {
    memcpy(&word, text.ptr + len, sizeof word);
    if (!word_is_plain(word))
      break;
  }
  while (len < text.len && text.ptr[len] >= ' ' && text.ptr[len] <= '~')
    len++;
  return len;
}

bool text_first_is_shown(struct sla_text text, size_t *ret_len) {
  size_t len = text_utf8_length(text);
  *ret_len = len ? len : 1;
  if (len <= 1)
    return len == 1 && ((text.ptr[0] >= ' ' && text.ptr[0] != 0x7F) || text.ptr[0] == '\t');
  static const char *const hidden[] = {"\xE2\x80\xA8", "\xE2\x80\xA9", TEXT_BOM, "\xEF\xBF\xBE", "\xEF\xBF\xBF"};
  for (size_t i = 0; i < sizeof hidden / sizeof hidden[0] && len == 3; i++)
    if (memcmp(text.ptr, hidden[i], 3) == 0)
      return false;
  bool is_c1 = text.ptr[0] == '\xC2' && (unsigned char)text.ptr[1] < 0xA0;
  return !is_c1;
}

size_t text_utf8_error(struct sla_text text) {
  size_t all = text.len;
  while (text.len) {
    size_t len = text_utf8_length(text);
    if (len == 0)
      break;
    advance(&text, len);
  }
  return all - text.len;
}

struct sla_text text_cut(struct sla_text text, size_t most) {
  if (text.len <= most)
    return text;
  while (most && ((unsigned char)text.ptr[most] & 0xC0) == 0x80)
    most--;
  text.len = most;
  return text;
}
