/*
 * json_object: an object of JSON in memory, judged and taken apart in one pass (RFC 8259): grammar, UTF-8, names that
 * come twice. Whatever it says yes to, jansson says yes to as well; where it says no, jansson is to say why, which is
 * slow, and now and then that nothing is wrong.
 */
#ifndef SLACLOCK_CLI_JSON_OBJECT_H
#define SLACLOCK_CLI_JSON_OBJECT_H

#include "cli/json_names.h"

/* What a value is. What comes first says what its text is. */
enum json_kind {
  KIND_NULL, /* it says nothing */
  KIND_WORD, /* true or false */
  KIND_NUMBER,
  KIND_STRING,  /* without escapes */
  KIND_DECODED, /* a string with escapes, which stand for what they are in its text */
  KIND_ESCAPED, /* the same before anybody has asked what it says: they stand there as they are written */
  KIND_LIST,
  KIND_OBJECT,
};

/* A value; those in it stand behind it in their order, to before end. */
struct json_node {
  struct json_name *name; /* NULL: the object itself, or an element of a list */
  uint32_t end;
  unsigned char kind;
  struct sla_text text; /* as it stands, but for null, which is empty, and the quotes of strings */
};

/* Begins zeroed. */
struct json_object {
  struct json_node *nodes; /* the first is the object itself */
  size_t count, capacity;
  struct json_names names;
  struct json_name **members; /* of the last object, or the one before that could be read */
  size_t member_count, member_capacity;
  uint64_t shape; /* another number where the members are not those of the object before, in the same order */

  /* Not touched here but that they begin zeroed. */
  uint64_t known_shape;  /* the last one that somebody has looked at */
  size_t known_in_order; /* and how many members it begins with that stand where they are wanted */

  struct json_name **expected; /* the name that comes next, if it is as the last time */
  const char *start, *end;
  bool is_broken; /* over more lines than one */
  bool is_judged; /* it is known to be well-formed */

  /*
   * What CSV makes of the object, if has_cells has been set: the texts of the first so many members, of those that need
   * no quotes, each with a comma behind it.
   */
  bool has_cells;
  char *cells;
  size_t cell_count, cells_len;

  char *decoded; /* what strings with escapes say: together not more than the object's bytes */
  size_t decoded_size, decoded_len;
};

/*
 * Takes an object apart, around which there are no blanks; false where it is none, is malformed, or, unless it is known
 * to be well-formed, unusual. There are then no nodes.
 */
bool json_object_read(struct json_object *object, struct sla_text text, bool is_judged);

/* The next member, in order. *at begins at 0. NULL behind the last one. */
static inline struct json_node *json_object_member(const struct json_object *object, size_t *at) {
  size_t next = *at ? object->nodes[*at].end : 1;
  if (next >= object->count)
    return NULL;
  *at = next;
  return &object->nodes[next];
}

void json_object_free(struct json_object *object);

/* What a scalar says, for as long as the object is not read anew: null nothing. */
struct sla_text json_object_decode(struct json_object *object, struct json_node *node);

static inline struct sla_text json_object_text(struct json_object *object, struct json_node *node) {
  return node->kind == KIND_ESCAPED ? json_object_decode(object, node) : node->text;
}

#endif
