/*
 * json_names: the names of members, each kept once for every depth that it stands at. A name met again costs a look
 * at the one expected there; whether an object has it twice shows in the name, and whoever reads the members notes in
 * it what it means.
 */
#ifndef SLACLOCK_CLI_JSON_NAMES_H
#define SLACLOCK_CLI_JSON_NAMES_H

#include "slaclock.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct json_name {
  struct sla_text text;       /* what it says */
  bool is_plain;              /* it is written as what it says */
  uint32_t written_len;       /* with its quotes and a colon, as plain names mostly stand before their values */
  uint32_t written_mask;      /* a bit for each of the first sixteen bytes of that; of others one that no byte has */
  unsigned depth;             /* of brackets around it, from 1 */
  uint64_t seen_in;           /* the number of the object that had it last */
  struct json_name *follower; /* that came behind it last; or NULL */
  uint64_t hash;

  /* Not touched here but that they begin zeroed. */
  unsigned marks;
  size_t column;

  char written[]; /* sixteen bytes or more; what it says, with a NUL, stands behind */
};

/* Begins zeroed. */
struct json_names {
  struct json_name **slots; /* a hash table with open addressing, at most half full */
  size_t size, count;
  uint64_t salt;           /* so that nobody can choose names that meet in it */
  uint64_t objects;        /* their numbers so far */
  struct json_name *first; /* that a record began with last; or NULL */
  unsigned generation;     /* raised where all are forgotten */
};

/* The name that says something at a depth. */
struct json_name *json_names_find(struct json_names *names, struct sla_text text, unsigned depth);

/* Forgets all: between records, where there are so many that they must be data; and at the end. */
enum { JSON_MOST_NAMES = 16 * 1024 };
void json_names_forget(struct json_names *names);

/* Whether as many bytes are the same. Names are short: a call of memcmp would cost more. */
static inline bool json_same_bytes(const char *a, const char *b, size_t len) {
  uint64_t x, y;
  uint32_t v, w;
  if (len < 4) {
    for (size_t i = 0; i < len; i++)
      if (a[i] != b[i])
        return false;
    return true;
  }
  if (len < 8) { /* the first four and the last four, some of them twice; below likewise */
    memcpy(&v, a, 4);
    memcpy(&w, b, 4);
    bool is_same = v == w;
    memcpy(&v, a + len - 4, 4);
    memcpy(&w, b + len - 4, 4);
    return is_same && v == w;
  }
  for (size_t at = 0; at < len - 8; at += 8) {
    memcpy(&x, a + at, 8);
    memcpy(&y, b + at, 8);
    if (x != y)
      return false;
  }
  memcpy(&x, a + len - 8, 8);
  memcpy(&y, b + len - 8, 8);
  return x == y;
}

/* Whether a plain name with its colon stands at a place, and something behind it before end. */
static inline bool json_name_stands(const struct json_name *name, const char *at, const char *end) {
  size_t len = name->written_len;
#ifdef __SSE2__
  if (end - at > 16) {
    __m128i ahead = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i wanted = _mm_loadu_si128((const __m128i *)(const void *)name->written);
    unsigned same = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(ahead, wanted));
    if (~same & name->written_mask)
      return false;
    if (len <= 16)
      return true;
  }
#endif
  return name->written_mask < 1U << 16 && (size_t)(end - at) > len && json_same_bytes(at, name->written, len);
}

static inline bool json_name_is(const struct json_name *name, struct sla_text text) {
  return name->text.len == text.len && json_same_bytes(name->text.ptr, text.ptr, text.len);
}

#endif
