#include "cli/index.h"

#include "cli/buffer.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

void index_free(struct index *index) {
  free(index->incidents);
  free(index->runs);
  free(index->slots);
  free(index->ids);
}

/* FNV-1a, its halves folded. */
static uint32_t hash_of(const struct index *index, struct sla_text id) {
  uint64_t hash = UINT64_C(14695981039346656037);
  for (size_t i = 0; i < id.len; i++)
    hash = (hash ^ (unsigned char)id.ptr[i]) * UINT64_C(1099511628211);
  return (uint32_t)(hash ^ hash >> 32) | index->same_hash;
}

struct sla_text index_id(const struct index *index, uint32_t incident) {
  const struct index_incident *found = &index->incidents[incident];
  return (struct sla_text){index->ids + found->id, found->id_len};
}

static bool is_id(const struct index *index, uint32_t incident, struct sla_text id) {
  struct sla_text other = index_id(index, incident);
  return id.len == other.len && !memcmp(id.ptr, other.ptr, id.len);
}

/* The slot of an id, or the free one where it would be. There is always a free one. */
static uint32_t *slot_of(const struct index *index, struct sla_text id, uint32_t hash) {
  for (size_t at = hash;; at++) {
    uint32_t *slot = &index->slots[at & (index->slot_count - 1)];
    if (!*slot || (index->incidents[*slot - 1].hash == hash && is_id(index, *slot - 1, id)))
      return slot;
  }
}

uint32_t index_find(const struct index *index, struct sla_text id) {
  if (!id.len || !index->slot_count)
    return INDEX_END;
  uint32_t slot = *slot_of(index, id, hash_of(index, id));
  return slot ? slot - 1 : INDEX_END;
}

/* Doubles the table where it would be more than half full. */
static void widen(struct index *index) {
  if (2 * (index->count + 1) <= index->slot_count)
    return;
  free(index->slots);
  index->slot_count = index->slot_count ? 2 * index->slot_count : 64;
  index->slots = cli_alloc(index->slot_count * sizeof *index->slots);
  for (uint32_t i = 0; i < index->count; i++)
    if (index->incidents[i].id_len) {
      size_t at = index->incidents[i].hash;
      while (index->slots[at & (index->slot_count - 1)])
        at++;
      index->slots[at & (index->slot_count - 1)] = i + 1;
    }
}

static void keep_id(struct index *index, struct index_incident *incident, struct sla_text id) {
  if (index->ids_size - index->ids_len < id.len) {
    size_t size = 2 * (index->ids_size + id.len) + 1024;
    char *larger = cli_alloc(size);
    if (index->ids_len)
      memcpy(larger, index->ids, index->ids_len);
    free(index->ids);
    index->ids = larger;
    index->ids_size = size;
  }
  incident->id = index->ids_len;
  incident->id_len = (uint32_t)id.len;
  if (id.len)
    memcpy(index->ids + index->ids_len, id.ptr, id.len);
  index->ids_len += id.len;
}

/* The incident of an id, which is made where there is none. */
static uint32_t take_incident(struct index *index, struct sla_text id) {
  if (index->count && id.len && is_id(index, index->latest, id))
    return index->latest;
  widen(index);
  uint32_t hash = hash_of(index, id), *slot = id.len ? slot_of(index, id, hash) : NULL;
  if (slot && *slot)
    return *slot - 1;
  index->incidents = array_grow(index->incidents, index->count, &index->capacity, sizeof *index->incidents);
  struct index_incident *incident = &index->incidents[index->count++];
  *incident = (struct index_incident){.hash = hash, .first = INDEX_END, .last = INDEX_END};
  keep_id(index, incident, id);
  if (slot)
    *slot = (uint32_t)index->count;
  return (uint32_t)index->count - 1;
}

bool index_add(struct index *index, struct sla_text id, size_t file, uint64_t offset, long line) {
  if (index->run_count == INDEX_END - 1 || id.len > UINT32_MAX || file > UINT16_MAX)
    return false;
  size_t before = index->count;
  uint32_t latest = index->latest, number = index->latest = take_incident(index, id);
  struct index_incident *incident = &index->incidents[number];
  struct index_run *last = incident->last == INDEX_END ? NULL : &index->runs[incident->last];
  if (before && latest == number && last && last->file == file && last->count < UINT32_MAX) {
    last->count++;
    return true;
  }
  uint32_t added = (uint32_t)index->run_count;
  if (last)
    last->next = added;
  index->runs = array_grow(index->runs, index->run_count, &index->run_capacity, sizeof *index->runs);
  index->runs[index->run_count++] = (struct index_run){.offset = offset,
                                                       .line = line < UINT32_MAX ? (uint32_t)line : UINT32_MAX,
                                                       .count = 1,
                                                       .next = INDEX_END,
                                                       .file = (uint16_t)file};
  incident->last = added;
  if (incident->first == INDEX_END)
    incident->first = added;
  return true;
}

size_t index_size(const struct index *index) {
  return index->capacity * sizeof *index->incidents + index->run_capacity * sizeof *index->runs +
         index->slot_count * sizeof *index->slots + index->ids_size;
}
