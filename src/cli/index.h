/*
 * index: where the rows of each incident stand in files that are read again. Rows of an incident that stand together
 * are one run: where a file is sorted by incident, memory is that of its incidents, about 60 bytes and the id each, and
 * not that of its rows.
 */
#ifndef SLACLOCK_CLI_INDEX_H
#define SLACLOCK_CLI_INDEX_H

#include "slaclock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INDEX_END UINT32_MAX /* no run, no incident */

struct index_run {
  uint64_t offset; /* of the first row in its file */
  uint32_t line;   /* on which that is; UINT32_MAX: there or beyond */
  uint32_t count;  /* of rows */
  uint32_t next;   /* of the same incident */
  uint16_t file;
  bool claimed; /* in an incident's first run: somebody has asked for it */
};

struct index_incident {
  uint64_t id; /* where its text is in ids */
  uint32_t hash, first, last;
  uint32_t id_len;
};

/* Begins zeroed. */
struct index {
  struct index_incident *incidents; /* in order of first sight */
  struct index_run *runs;
  uint32_t *slots; /* of the hash table: incidents, from 1; 0: free */
  char *ids;
  size_t count, capacity, run_count, run_capacity, slot_count;
  uint64_t ids_len;
  size_t ids_size;
  uint32_t latest;    /* whose row was added last */
  uint32_t same_hash; /* for tests: bits that are set in all hashes */
};

void index_free(struct index *index);

/* Adds a row. One without id is an incident of its own. false where there are more than 4 294 967 294. */
bool index_add(struct index *index, struct sla_text id, size_t file, uint64_t offset, long line);

/* The incident of an id; INDEX_END where there is none. */
uint32_t index_find(const struct index *index, struct sla_text id);

struct sla_text index_id(const struct index *index, uint32_t incident);

/* Whether the rows of each incident stand together. */
static inline bool index_is_grouped(const struct index *index) {
  return index->run_count == index->count;
}

/* Bytes of memory it takes. */
size_t index_size(const struct index *index);

#endif
