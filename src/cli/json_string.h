/* json_string: what may stand in a string of JSON (RFC 8259 7), where it ends, and what it says. */
#ifndef SLACLOCK_CLI_JSON_STRING_H
#define SLACLOCK_CLI_JSON_STRING_H

#include "slaclock.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline bool json_is_plain(char c) {
  return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* A word with the highest bit of a byte set where eight bytes have one that is not plain; maybe also of others above
 * it, by what is carried. */
static inline uint64_t json_odd_bytes(uint64_t bytes) {
  const uint64_t ones = UINT64_MAX / 0xFF, high = ones << 7;
  uint64_t quote = bytes ^ ones * '"', slash = bytes ^ ones * '\\';
  uint64_t below = (bytes - ones * 0x20) & ~bytes, is_quote = (quote - ones) & ~quote,
           is_slash = (slash - ones) & ~slash;
  return (bytes | below | is_quote | is_slash) & high;
}

/*
 * The first byte that does not simply stand for itself in a string: a quote, a backslash, a control character, or one
 * of a character that is not ASCII. Most strings are short: this is inline, and looks at 16 bytes at a time where it
 * can, at 8 everywhere.
 */
static inline const char *json_plain_end(const char *at, const char *end) {
#ifdef __SSE2__
  for (; end - at >= 16; at += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    /* Bytes over 0x7F are negative here, and so less than a blank, like control characters. */
    __m128i odd = _mm_or_si128(
        _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')),
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    unsigned mask = (unsigned)_mm_movemask_epi8(odd);
    if (mask)
      return at + __builtin_ctz(mask);
  }
#endif
  for (uint64_t bytes; end - at >= 8; at += 8) {
    memcpy(&bytes, at, 8);
    if (json_odd_bytes(bytes))
      break;
  }
  while (at < end && json_is_plain(*at))
    at++;
  return at;
}

/* Behind the characters that begin at a byte over 0x7F and are not ASCII; the place itself where it is no UTF-8. */
const char *json_utf8_end(const char *at, const char *end);

/*
 * The closing quote of a string whose opening one stands before at; NULL where it is malformed, in whatever way.
 * *ret_escaped is set where there are escapes in it.
 */
const char *json_string_end(const char *at, const char *end, bool *ret_escaped);

/* Writes what a well-formed string says to a place that has as much room as it has bytes; returns its length. */
size_t json_string_decode(struct sla_text inside, char *to);

#endif
