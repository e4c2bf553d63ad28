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

/* --- eight and sixteen bytes at a time --------------------------------------------------------------------------- */

static inline bool json_is_plain(char c) {
  return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* Whether any of eight bytes is not plain, or is one of DEL (where that counts), as words have it. */
static inline bool json_has_odd(const char *at, bool delete_is_odd) {
  const uint64_t ones = UINT64_MAX / 0xFF, high = ones << 7;
  uint64_t bytes;
  memcpy(&bytes, at, sizeof bytes);
  uint64_t quote = bytes ^ ones * '"', slash = bytes ^ ones * '\\', delete = bytes ^ ones * 0x7F;
  uint64_t odd = bytes | ((bytes - ones * 0x20) & ~bytes) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash);
  if (delete_is_odd)
    odd |= (delete - ones) & ~delete;
  return odd & high;
}

#ifdef __SSE2__
/* The same of sixteen: a bit for each that is odd, another byte, if not 0, among them. */
static inline unsigned json_odd_mask(const char *at, char another) {
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
  /* Bytes over 0x7F are negative here, and so before the blank, like control characters, where ^ 2 puts the quote. */
  __m128i plain = _mm_cmpgt_epi8(_mm_xor_si128(bytes, _mm_set1_epi8(2)), _mm_set1_epi8(' '));
  plain = _mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')), plain);
  if (another)
    plain = _mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(another)), plain);
  return (unsigned)_mm_movemask_epi8(plain) ^ 0xFFFF;
}
#endif

/*
 * The first byte that does not simply stand for itself in a string: a quote, a backslash, a control character, one of a
 * character that is not ASCII; or DEL, where that counts. Inline, since most strings are short.
 */
static inline const char *json_plain_end(const char *at, const char *end, bool delete_is_odd) {
#ifdef __SSE2__
  if (end - at >= 16) {
    unsigned mask;
    for (; !(mask = json_odd_mask(at, delete_is_odd ? 0x7F : 0)); at += 16)
      if (end - at < 32) { /* the last sixteen, of which some have been seen to be plain */
        at = end - 16;
        mask = json_odd_mask(at, delete_is_odd ? 0x7F : 0);
        return mask ? at + __builtin_ctz(mask) : end;
      }
    return at + __builtin_ctz(mask);
  }
#endif
  while (end - at >= 8 && !json_has_odd(at, delete_is_odd))
    at += 8;
  while (at < end && json_is_plain(*at) && !(delete_is_odd && *at == 0x7F))
    at++;
  return at;
}

#ifdef __SSE2__
/* Copies sixteen bytes from a place on, the first of which come before the end of a text, sixteen bytes behind last. */
static inline void json_copy_last(char *to, const char *at, const char *last) {
  char pieces[32];
  memcpy(pieces, last, 16);
  memset(pieces + 16, 0, 16);
  memcpy(to, pieces + (at - last), 16);
}

/* A bit for each of sixteen bytes that is odd, be they all that json_has_odd() knows, with DEL, or one byte. */
static inline unsigned json_mask_of(const char *at, bool all_odd, char byte) {
  if (all_odd)
    return json_odd_mask(at, 0x7F);
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
  return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)));
}
#endif

/*
 * Copies a text that is part of another one to a place with room for sixteen bytes more than it has. Says whether it is
 * free of all that json_plain_end() stops at, DEL included; or else of a byte.
 */
static inline bool json_copy_free_of(char *to, struct sla_text text, struct sla_text whole, bool all_odd, char byte) {
  const char *at = text.ptr, *end = at + text.len;
#ifdef __SSE2__
  const char *whole_end = whole.ptr + whole.len;
  for (; whole_end - at >= 16; at += 16, to += 16) {
    unsigned odd = json_mask_of(at, all_odd, byte);
    memcpy(to, at, 16);
    if (end - at <= 16)
      return !(odd & ((1U << (end - at)) - 1));
    if (odd)
      return false;
  }
  if (whole.len >= 16) {
    const char *last = whole_end - 16;
    json_copy_last(to, at, last);
    return !(json_mask_of(last, all_odd, byte) >> (at - last) & ((1U << (end - at)) - 1));
  }
#else
  (void)whole;
#endif
  for (; at < end; at++) {
    if (all_odd ? !json_is_plain(*at) || *at == 0x7F : *at == byte)
      return false;
    *to++ = *at;
  }
  return true;
}

/* The first of two bytes, or the end. */
static inline const char *json_find_either(const char *at, const char *end, char a, char b) {
#ifdef __SSE2__
  for (; end - at >= 16; at += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b)));
    unsigned mask = (unsigned)_mm_movemask_epi8(found);
    if (mask)
      return at + __builtin_ctz(mask);
  }
#endif
  while (at < end && *at != a && *at != b)
    at++;
  return at;
}

/* --- strings ------------------------------------------------------------------------------------------------------ */

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
