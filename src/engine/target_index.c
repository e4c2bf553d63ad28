#include "engine/target_index.h"

#include <stdlib.h>

/* FNV-1a. */
static uint64_t hash_of(struct sla_text text) {
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (size_t i = 0; i < text.len; i++)
    hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001B3);
  return hash;
}

/* What a clause says of a field; NULL where it says nothing that must hold. */
static const struct condition *condition_on(const struct clause *clause, size_t field) {
  for (size_t i = 0; i < clause->when_count; i++)
    if (clause->when[i].field == field)
      return &clause->when[i];
  return NULL;
}

/* The field that most targets have a condition on. */
static bool choose_field(const struct policy *policy, const struct version *version, size_t *ret_field) {
  size_t *counts = calloc(policy->fields.count + 1, sizeof *counts);
  if (!counts)
    return false;
  *ret_field = 0;
  for (size_t i = 0; i < version->targets.count; i++) {
    const struct clause *clause = &version->targets.items[i].clause;
    for (size_t k = 0; k < clause->when_count; k++)
      if (++counts[clause->when[k].field] > counts[*ret_field])
        *ret_field = clause->when[k].field;
  }
  free(counts);
  return true;
}

static int entry_compare(const void *left, const void *right) {
  const struct target_entry *a = left, *b = right;
  if (a->hash != b->hash)
    return a->hash < b->hash ? -1 : 1;
  return (a->target > b->target) - (a->target < b->target);
}

bool target_index_make(struct target_index *index, const struct policy *policy, const struct version *version) {
  size_t targets = version->targets.count, values = 0;
  *index = (struct target_index){.version = version};
  if (!choose_field(policy, version, &index->field))
    return false;
  for (size_t i = 0; i < targets; i++) {
    const struct condition *condition = condition_on(&version->targets.items[i].clause, index->field);
    values += condition ? condition->count : 0;
  }
  index->entries = calloc(values + 1, sizeof *index->entries);
  index->others = calloc(targets + 1, sizeof *index->others);
  if (!index->entries || !index->others)
    return false;
  for (size_t i = 0; i < targets; i++) {
    const struct condition *condition = condition_on(&version->targets.items[i].clause, index->field);
    if (!condition)
      index->others[index->other_count++] = i;
    for (size_t k = 0; condition && k < condition->count; k++)
      index->entries[index->entry_count++] = (struct target_entry){hash_of(condition->values[k]), i};
  }
  qsort(index->entries, index->entry_count, sizeof *index->entries, entry_compare);
  return true;
}

void target_index_free(struct target_index *index) {
  free(index->entries);
  free(index->others);
}

/* The first entry of a hash, or of the next one. */
static size_t find_entry(const struct target_index *index, uint64_t hash) {
  size_t low = 0, high = index->entry_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (index->entries[middle].hash < hash)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

bool target_index_next(const struct target_index *index, const struct sla_text *values, struct target_walk *walk,
                       size_t *ret_target) {
  if (!walk->begun) {
    walk->begun = true;
    walk->hash = hash_of(values[index->field]);
    walk->entry = find_entry(index, walk->hash);
  }
  bool has_entry = walk->entry < index->entry_count && index->entries[walk->entry].hash == walk->hash;
  bool has_other = walk->other < index->other_count;
  if (!has_entry && !has_other)
    return false;
  bool is_entry = has_entry && (!has_other || index->entries[walk->entry].target < index->others[walk->other]);
  *ret_target = is_entry ? index->entries[walk->entry++].target : index->others[walk->other++];
  return true;
}
