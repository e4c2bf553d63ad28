/*
 * profile: what an export calls its columns, how it writes times, and its words for the policy's. The file is
 * described in slaclock-input(5).
 */
#ifndef SLACLOCK_POLICY_PROFILE_H
#define SLACLOCK_POLICY_PROFILE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/fields.h"
#include "base/yaml.h"
#include "slaclock.h"
#include "time/pattern.h"
#include "time/zone.h"

/* A column's word and the policy's. */
struct profile_word {
  struct sla_text from, to;
};

/* A field that the profile says something of. */
struct profile_field {
  const char *name;
  const char *column; /* NULL: its own name; "": the export has none */
  struct profile_word *words;
  size_t word_count;     /* sorted by `from` */
  struct texts resolved; /* one of these, with all other such fields, means that the incident is resolved */
  struct place place;    /* where the file names it first */
};

struct profile {
  struct arena arena;
  struct zones zones;
  const char *name, *title, *file;
  struct {
    struct profile_field *items;
    size_t count, capacity;
  } fields;                         /* in the order in which the file first names them */
  const struct zone *zone;          /* of times without offset; NULL: the file says none */
  const struct time_format *format; /* NULL: the default forms only */
  struct texts nulls;
  const char *history; /* the column of the time at which a row holds; NULL: a row an incident */
};

/*
 * Loads a profile as policy_load loads a policy: diags gets its errors and warnings; given is its text where that has
 * been read already, or NULL.
 */
enum sla_code profile_load(const struct sla_options *options, struct diags *diags, const char *path,
                           const struct source *given, struct profile **ret_profile);
void profile_free(struct profile *profile);

/* Whether a file's root is that of a profile. */
bool profile_is(const struct yaml_node *root);

/* The index of a field; SIZE_MAX where the profile does not name it. */
size_t profile_field(const struct profile *profile, struct sla_text name);

/* What a column's text means: the policy's word for it, empty where it means nothing. Field SIZE_MAX: no words. */
struct sla_text profile_word(const struct profile *profile, size_t field, struct sla_text text);

/* Whether a word of a field is one of a resolved incident. */
bool profile_resolves(const struct profile *profile, size_t field, struct sla_text word);

#endif
