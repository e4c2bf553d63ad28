/*
 * text: bytes that somebody else owns, and the one place where numbers are read.
 *
 * A struct sla_text is a view: a pointer and a length, not NUL-terminated, valid as long as the bytes it points into.
 * Functions that eat take a view by pointer, move its start past what they took and say whether they took anything;
 * on failure the view is where it was.
 */
#ifndef SLACLOCK_BASE_TEXT_H
#define SLACLOCK_BASE_TEXT_H

#include "base/arena.h"
#include "slaclock.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

/* The byte order mark U+FEFF that some editors put before UTF-8. */
#define TEXT_BOM "\xEF\xBB\xBF"

/* A view as the arguments of a "%.*s". */
#define TEXT_ARGS(text) (int)((text).len < INT_MAX ? (text).len : INT_MAX), (text).ptr

static inline struct sla_text text_of(const char *string) {
  return (struct sla_text){string, strlen(string)};
}

static inline bool text_is(struct sla_text text, const char *string) {
  return text.len == strlen(string) && (text.len == 0 || memcmp(text.ptr, string, text.len) == 0);
}

static inline bool text_equal(struct sla_text a, struct sla_text b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool text_starts(struct sla_text text, const char *prefix);
bool text_ends(struct sla_text text, const char *suffix);

/* The same bytes but ASCII letters in either case. */
bool text_is_nocase(struct sla_text text, const char *string);

/* Without blanks and tabs at either end. */
struct sla_text text_trim(struct sla_text text);

/* Eats one given byte. */
bool text_eat(struct sla_text *text, char c);

/* Eats a given string; with letters in either case for text_eat_nocase. */
bool text_eat_string(struct sla_text *text, const char *string);
bool text_eat_nocase(struct sla_text *text, const char *string);

/* Eats any number of blanks and tabs; says whether there were any. */
bool text_eat_blanks(struct sla_text *text);

/* Eats up to a byte, or to the end, and the byte; gives what stood before it. */
struct sla_text text_eat_until(struct sla_text *text, char stop);

/* Eats exactly digits decimal digits and gives their value. digits is at most 9. */
bool text_eat_digits(struct sla_text *text, int digits, int *ret_value);

/* Eats as many decimal digits as follow (at least one) and gives their value; false where it is over max. */
bool text_eat_number(struct sla_text *text, int64_t max, int64_t *ret_value);

/* The whole text as a decimal number without sign, 0 to max. */
bool text_number(struct sla_text text, int64_t max, int64_t *ret_value);

/*
 * The candidate nearest to a word a person wrote, for "did you mean": NULL where none is near (over a third of the
 * word's letters, at least one, would have to change). Compares without regard to case; the first of equals wins.
 */
const char *text_nearest(struct sla_text word, const char *const *candidates, size_t count);

/* " did you mean \"X\"?" for the nearest candidate (with a colon before it), or "" where none is near; lives in the
 * arena. */
const char *text_hint(struct arena *arena, struct sla_text word, const char *const *candidates, size_t count);

/* Number of characters (code points) in UTF-8; a malformed byte counts as one. */
size_t text_characters(struct sla_text text);

/* Length of the well-formed character (RFC 3629 section 4) at the start of a text that is not empty; 0: malformed. */
size_t text_utf8_length(struct sla_text text);

/* The text without what follows most bytes, cut between characters. */
struct sla_text text_cut(struct sla_text text, size_t most);

/* Where the first malformed UTF-8 sequence stands (RFC 3629), or len where all is well. */
size_t text_utf8_error(struct sla_text text);

bool text_is_ascii(struct sla_text text);

/* How many bytes at the start of a text are printable ASCII: blanks, letters, digits, signs. */
size_t text_plain_length(struct sla_text text);

/*
 * Whether the first character of a text (not empty) can be shown on a line: well-formed, no control character but tab,
 * no line separator, byte order mark or noncharacter. *ret_len is its length in bytes, 1 where it is malformed.
 */
bool text_first_is_shown(struct sla_text text, size_t *ret_len);

#endif
