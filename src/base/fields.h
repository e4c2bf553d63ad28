/*
 * fields: typed values out of a YAML tree, with an error at the place of whatever does not fit. Every kind of file that
 * people write is read with these, so that all of them complain in the same words.
 *
 * The readers return false after an error, which went to diags; their result is then untouched.
 */
#ifndef SLACLOCK_BASE_FIELDS_H
#define SLACLOCK_BASE_FIELDS_H

#include "base/diag.h"
#include "base/yaml.h"

/* A key that a map may have. */
struct field_key {
  const char *name;
  enum { FIELD_OPTIONAL, FIELD_REQUIRED } need;
};

/*
 * Checks that a node is a map with no keys but these and all the required ones. what names the map in messages ("a
 * target"). Unknown keys are reported with the nearest known one.
 */
bool fields_check(struct diags *diags, const struct yaml_node *node, const char *what, const struct field_key *keys,
                  size_t count);

/* A scalar that is not null. */
bool field_text(struct diags *diags, const struct yaml_node *node, const char *what, const char **ret_text);

/* true or false, unquoted. */
bool field_flag(struct diags *diags, const struct yaml_node *node, bool *ret_flag);

/* One of a number of words; what names their kind in the message ("clock"). */
bool field_choice(struct diags *diags, const struct yaml_node *node, const char *what, const char *const *words,
                  size_t count, size_t *ret_index);

/* One text or a list of texts. */
struct texts {
  struct sla_text *items;
  size_t count;
};
bool field_texts(struct diags *diags, const struct yaml_node *node, const char *what, struct texts *ret_texts);

#endif
