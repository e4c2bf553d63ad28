/* random_json: random objects of JSON, their names k0, k1 and so on; lines: on one line. */
#ifndef SLACLOCK_TESTS_RANDOM_JSON_H
#define SLACLOCK_TESTS_RANDOM_JSON_H

#include "helpers.h"

static inline void put_blanks(FILE *file, uint64_t *seed, bool lines) {
  for (int64_t n = random_below(seed, 4); n > 1; n--)
    putc(" \t\n\r"[random_below(seed, lines ? 2 : 4)], file);
}

static inline void put_value(FILE *file, uint64_t *seed, bool lines, int depth);

static inline void put_string(FILE *file, uint64_t *seed) {
  static const char *const parts[] = {"a",
                                      "\\\"",
                                      "\\\\",
                                      "{",
                                      "}",
                                      "[",
                                      "]",
                                      ",",
                                      ":",
                                      "\\u00e9",
                                      "\xC3\xA9",
                                      "\\n",
                                      "\\uD83D\\ude00",
                                      "a plain text of more than sixteen bytes",
                                      "\xE2\x82\xAC",
                                      "\xF0\x9F\x98\x80",
                                      "\\u0000",
                                      "\x7F"};
  putc('"', file);
  for (int64_t n = random_below(seed, 6); n; n--)
    fputs(parts[random_below(seed, sizeof parts / sizeof *parts)], file);
  putc('"', file);
}

/* The name of a member; the number makes it another one than its neighbours'. */
static inline void put_name(FILE *file, uint64_t *seed, int number) {
  static const char *const names[] = {"k%d", "k%d", "k%d", "\\u006b%d", "a name of some length %d", "\xC3\xA9%d"};
  putc('"', file);
  fprintf(file, names[random_below(seed, sizeof names / sizeof *names)], number);
  fputs(random_below(seed, 4) ? "\":" : "\" :", file);
}

static inline void put_nested(FILE *file, uint64_t *seed, bool lines, int depth, bool is_object) {
  int64_t count = random_below(seed, 4);
  putc(is_object ? '{' : '[', file);
  put_blanks(file, seed, lines);
  for (int64_t i = 0; i < count; i++) {
    if (is_object)
      put_name(file, seed, (int)i);
    put_blanks(file, seed, lines);
    put_value(file, seed, lines, depth + 1);
    put_blanks(file, seed, lines);
    if (i + 1 < count)
      putc(',', file);
  }
  putc(is_object ? '}' : ']', file);
}

static inline void put_value(FILE *file, uint64_t *seed, bool lines, int depth) {
  static const char *const scalars[] = {"null", "true", "false", "0", "-1.50e+3", "123456789012345678901234567890",
                                        "12.5", "1e99", "0.0E-0"};
  int64_t kind = random_below(seed, depth < 4 ? 5 : 3);
  if (kind < 2)
    fputs(scalars[random_below(seed, sizeof scalars / sizeof *scalars)], file);
  else if (kind == 2)
    put_string(file, seed);
  else
    put_nested(file, seed, lines, depth, kind == 3);
}

#endif
