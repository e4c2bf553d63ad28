/*
 * target_index: the targets of a version by the values of one field, for policies with very many targets, as one for
 * each customer: which of them may match is a search then, not a look at every one.
 */
#ifndef SLACLOCK_ENGINE_TARGET_INDEX_H
#define SLACLOCK_ENGINE_TARGET_INDEX_H

#include "policy/policy.h"

/* A target that has a value among its conditions on the field; sorted by hash, then by target. */
struct target_entry {
  uint64_t hash; /* of the value */
  size_t target;
};

struct target_index {
  const struct version *version;
  size_t field; /* that most targets have a condition on */
  struct target_entry *entries;
  size_t entry_count;
  size_t *others; /* the targets without a condition on it, in order */
  size_t other_count;
};

/* Makes the index of a version. false where memory runs out. Free with target_index_free in either case. */
bool target_index_make(struct target_index *index, const struct policy *policy, const struct version *version);
void target_index_free(struct target_index *index);

/*
 * Goes over the targets whose condition on the field may hold, in their order; few more than do. Begins zeroed; false
 * behind the last one.
 */
struct target_walk {
  bool begun;
  size_t entry, other;
  uint64_t hash;
};
bool target_index_next(const struct target_index *index, const struct sla_text *values, struct target_walk *walk,
                       size_t *ret_target);

#endif
