#include "cli/json_string.h"

/* --- what is well-formed ----------------------------------------------------------------------------------------- */

const char *json_utf8_end(const char *at, const char *end) {
  while (at < end && (unsigned char)*at >= 0x80) {
    const unsigned char *byte = (const unsigned char *)at;
    size_t left = (size_t)(end - at);
    bool is_two = left > 1 && byte[0] >= 0xC2 && byte[0] <= 0xDF && (byte[1] & 0xC0) == 0x80; /* so most letters */
    size_t len = is_two ? 2 : sla_utf8_length((struct sla_text){at, left});
    if (!len)
      return at;
    at += len;
  }
  return at;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  char letter = (char)(c | 0x20);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* The number of a \uXXXX; negative where none stands there. */
static int escaped_unit(const char *at, const char *end) {
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
    return -1;
  int digits[] = {hex_digit(at[2]), hex_digit(at[3]), hex_digit(at[4]), hex_digit(at[5])};
  if ((digits[0] | digits[1] | digits[2] | digits[3]) < 0)
    return -1;
  return digits[0] << 12 | digits[1] << 8 | digits[2] << 4 | digits[3];
}

/* The character of an escape with its number, of characters above U+FFFF with both. Negative where it is malformed. */
static int32_t escaped_character(const char *at, const char *end, size_t *ret_len) {
  int first = escaped_unit(at, end);
  *ret_len = 6;
  if (first < 0xD800 || first > 0xDFFF)
    return first;
  int second = first < 0xDC00 ? escaped_unit(at + 6, end) : -1;
  *ret_len = 12;
  return second >= 0xDC00 && second <= 0xDFFF ? 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00) : -1;
}

/* What a backslash and a letter stand for; 0 where they stand for nothing. */
static char escaped_letter(char letter) {
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  const char *found = letter ? strchr(letters, letter) : NULL;
  return found ? meanings[found - letters] : '\0';
}

/* Behind the escapes that stand one behind another, as of letters other than English ones; NULL after a wrong one. */
static const char *behind_escapes(const char *at, const char *end) {
  while (end - at >= 2 && *at == '\\') {
    size_t len = 2;
    if (at[1] == 'u' ? escaped_character(at, end, &len) < 0 : !escaped_letter(at[1]))
      return NULL;
    at += len;
  }
  return at < end && *at != '\\' ? at : NULL;
}

const char *json_string_end(const char *at, const char *end, bool *ret_escaped) {
  for (*ret_escaped = false;;) {
    at = json_plain_end(at, end, false);
    if (at == end)
      return NULL;
    if (*at == '"')
      return at;
    *ret_escaped |= *at == '\\';
    if (*at == '\\') {
      if (!(at = behind_escapes(at, end)))
        return NULL;
    } else {
      const char *behind = json_utf8_end(at, end);
      if (behind == at || (behind < end && (unsigned char)*behind >= 0x80))
        return NULL;
      at = behind;
    }
  }
}

/* --- what it says ------------------------------------------------------------------------------------------------ */

static size_t write_character(char *to, int32_t c) {
  if (c < 0x80) {
    to[0] = (char)c;
    return 1;
  }
  size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3; /* bytes behind the first */
  static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
  to[0] = (char)(first[more] | c >> 6 * more);
  for (size_t i = 1; i <= more; i++)
    to[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3F));
  return more + 1;
}

size_t json_string_decode(struct sla_text inside, char *to) {
  const char *at = inside.ptr, *end = at + inside.len;
  char *start = to;
  while (at < end) {
    if (*at != '\\') {
      const char *slash = memchr(at, '\\', (size_t)(end - at));
      size_t len = (size_t)((slash ? slash : end) - at);
      memcpy(to, at, len);
      to += len;
      at += len;
      continue;
    }
    size_t len = 2;
    if (at[1] == 'u')
      to += write_character(to, escaped_character(at, end, &len));
    else
      *to++ = escaped_letter(at[1]);
    at += len;
  }
  return (size_t)(to - start);
}
