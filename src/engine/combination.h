/*
 * combination: what a policy says of each combination of values.
 *
 * Which target decides depends on the values of a few fields, and of these there are few different ones however many
 * rows there are. So conditions are not looked at row by row: what they come to is kept for each combination of values
 * that has come, in a table that a hash of the values leads into. One that comes anew takes the place of another.
 */
#ifndef SLACLOCK_ENGINE_COMBINATION_H
#define SLACLOCK_ENGINE_COMBINATION_H

#include "engine/decide.h"
#include "engine/target_index.h"

#include <string.h>

enum {
  KEY_WORDS = 8,
  MOST_CHOICES = 4,
  MOST_TIMES = 8,
  FEWEST_SLOTS = 256,
  MOST_SLOT_BYTES = 4 << 20,
  MANY_TARGETS = 64, /* of which an index is made */
  MOST_INDEXES = 16,
};

/* Multiplicative hashing (Knuth 6.4): 2^64 times the golden ratio. */
#define HASH_FACTOR UINT64_C(0x9E3779B97F4A7C15)

/* The values of the fields in conditions: each in whole words, with its length in the last byte of the last. */
struct key {
  uint64_t words[KEY_WORDS];
  size_t word_count;
  uint64_t hash;
};

/* The targets of a metric whose fields' conditions hold: in their order, the last being the first without calendars. */
struct choice {
  const struct target *targets[MOST_CHOICES];
  size_t count;
  bool is_certain; /* the first is without calendars, or NULL: there is none */
};

/*
 * All of a metric that is known before its times are, for the most common kind of target: an amount of open time, that
 * the conditions alone decide on.
 */
struct plan {
  const struct target *target;
  const struct calendar *calendar;
  size_t start, stop; /* among the times of rows */
  bool must_stop;     /* it is paused where it has not stopped */
  /* Times of which the dates that they fall on are covered for certain by all that the calendar goes by. */
  sla_time covered_from, covered_until;
  struct sla_result result; /* but for what depends on times */
};

/* What a version says of a combination. */
struct combination {
  const struct version *version; /* NULL: the slot is free */
  uint64_t words[KEY_WORDS];
  size_t word_count;
  bool is_plain;                     /* else its incidents are not */
  bool pauses;                       /* clocks that can be paused are, as long as they have not stopped */
  const struct agreement *agreement; /* that the incident is handed over by; or NULL */
  const struct exclusion *exclusion; /* or NULL */
  bool is_planned;                   /* all metrics have plans */
  struct {
    struct choice choice;
    struct plan plan;
  } metrics[];
};

/* The table, of one worker. */
struct rows {
  const struct policy *policy;
  const struct version *only; /* where there is but one, always in force; else NULL */
  size_t *fields;             /* those in conditions */
  size_t field_count;
  size_t *times; /* those that are times */
  size_t time_count;
  struct sla_text *gathered;    /* room for one a field */
  struct target_index *indexes; /* of versions with many targets, made when first needed */
  size_t index_count;
  char *slots;
  size_t slot_count, slot_size; /* the count is a power of two */
};

/* NULL where memory runs out, or where no incident of the policy is plain (see row.h). Free with rows_free. */
struct rows *rows_new(const struct policy *policy);
void rows_free(struct rows *rows);

/* What a result says of who decided, and on which clock. */
void combination_tell_rule(struct sla_result *result, const struct version *version, const struct target *target);

/*
 * Where an incident's values are: one a field; or, where columns say which, among the cells of its row (see struct
 * sla_rows).
 */
struct values {
  const struct sla_text *items;
  const long *columns; /* or NULL */
};

static inline struct sla_text value_of(struct values values, size_t field) {
  if (!values.columns)
    return values.items[field];
  return values.columns[field] < 0 ? (struct sla_text){"", 0} : values.items[values.columns[field]];
}

/* --- keys ----------------------------------------------------------------------------------------------------------
 */

/*
 * A word that is different for each text shorter than eight bytes: by loads that overlap instead of a loop. Which byte
 * is where does not matter, as long as each is somewhere by itself; that it is so where the lowest byte comes first.
 */
static inline uint64_t short_word(struct sla_text text) {
  const char *at = text.ptr;
  uint64_t word = (uint64_t)text.len << 56;
  uint32_t first, last;
  if (text.len >= 4) {
    memcpy(&first, at, 4);
    memcpy(&last, at + text.len - 4, 4);
    return word | first | (uint64_t)last << 24;
  }
  if (text.len) /* one, two or three: the first, the middle one or the last, the last */
    word |= (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[text.len / 2] << 8 |
            (uint64_t)(unsigned char)at[text.len - 1] << 16;
  return word;
}

/* Makes the combination of a key known, in place of another if need be. */
const struct combination *combination_make(struct rows *rows, const struct version *version, struct values values,
                                           const struct key *key);

/* What leads into the table. A factor brings bits upwards only: those on top are first brought down for another. */
static inline uint64_t key_hash(uint64_t hash) {
  return (hash ^ hash >> 32) * HASH_FACTOR >> 40;
}

/* false where the values are too long for a key. */
static inline bool key_of(const struct rows *rows, struct values values, struct key *ret_key) {
  uint64_t hash = 0;
  size_t count = 0;
  for (size_t i = 0; i < rows->field_count; i++) {
    struct sla_text value = value_of(values, rows->fields[i]);
    size_t words = value.len / 8 + 1;
    if (value.len > 0xFF || count + words > KEY_WORDS)
      return false;
    uint64_t *to = ret_key->words + count;
    if (words == 1 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
      *to = short_word(value);
      hash = (hash ^ *to) * HASH_FACTOR;
      count++;
      continue;
    }
    to[words - 1] = 0;
    if (value.len) /* else it may have no bytes to point to */
      memcpy(to, value.ptr, value.len);
    ((unsigned char *)to)[8 * words - 1] = (unsigned char)value.len;
    for (size_t k = 0; k < words; k++)
      hash = (hash ^ to[k]) * HASH_FACTOR;
    count += words;
  }
  ret_key->word_count = count;
  ret_key->hash = key_hash(hash);
  return true;
}

/* --- the table -----------------------------------------------------------------------------------------------------
 */

/* Where a hash leads: to one slot, or the one beside it, so that two combinations that meet do not drive each other
 * out.
 */
struct slot_pair {
  struct combination *first, *second;
};

static inline struct slot_pair slots_of(const struct rows *rows, const struct version *version, uint64_t hash) {
  size_t index = (hash ^ (uintptr_t)version >> 6) & (rows->slot_count - 1);
  char *first = rows->slots + index * rows->slot_size, *second = rows->slots + (index ^ 1) * rows->slot_size;
  return (struct slot_pair){(struct combination *)(void *)first, (struct combination *)(void *)second};
}

static inline bool slot_holds(const struct combination *slot, const struct version *version, const struct key *key) {
  bool holds = slot->version == version && slot->word_count == key->word_count;
  for (size_t i = 0; i < key->word_count && holds; i++)
    holds = slot->words[i] == key->words[i];
  return holds;
}

/* The combination of a key if it is known; else NULL. */
static inline const struct combination *known_combination(const struct rows *rows, const struct version *version,
                                                          const struct key *key) {
  struct slot_pair slots = slots_of(rows, version, key->hash);
  if (slot_holds(slots.first, version, key))
    return slots.first;
  return slot_holds(slots.second, version, key) ? slots.second : NULL;
}

/* The same, made known if it is not. */
static inline const struct combination *combination_of(struct rows *rows, const struct version *version,
                                                       struct values values, const struct key *key) {
  const struct combination *known = known_combination(rows, version, key);
  return known ? known : combination_make(rows, version, values, key);
}

/*
 * The field that alone is in the conditions of the only version, as is most common; or SIZE_MAX. That of its value is
 * then found by short_combination, if it is short, and where it has to be; else NULL.
 */
static inline size_t only_field(const struct rows *rows) {
  return rows->only && rows->field_count == 1 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? rows->fields[0] : SIZE_MAX;
}

static inline const struct combination *short_combination(const struct rows *rows, struct sla_text value) {
  if (value.len >= 8)
    return NULL;
  uint64_t word = short_word(value);
  const struct combination *slot = slots_of(rows, rows->only, key_hash(word * HASH_FACTOR)).first;
  return slot->version == rows->only && slot->words[0] == word && slot->word_count == 1 ? slot : NULL;
}

#endif
