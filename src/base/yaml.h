/*
 * yaml: a YAML 1.2 text as a tree that keeps the text as written, how it was quoted, and where it stood.
 *
 * Nothing is interpreted: `11:00`, `NO` and `1e3` are text. What makes files surprising is refused with its place:
 * anchors, aliases, tags, keys that stand twice, keys that are not scalars, malformed UTF-8. Bounds: nested at most
 * YAML_MOST_DEEP, YAML_MOST_NODES nodes. libyaml is used in yaml.c only.
 */
#ifndef SLACLOCK_BASE_YAML_H
#define SLACLOCK_BASE_YAML_H

#include "base/arena.h"
#include "base/diag.h"
#include "slaclock.h"

enum { YAML_MOST_DEEP = 16, YAML_MOST_NODES = 500000 };

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_entry;

struct yaml_node {
  struct place place;   /* of its first character, the opening quote included; width of a scalar on one line */
  struct sla_text text; /* of a scalar, unescaped; a NUL stands behind it */
  enum yaml_kind kind;
  bool quoted;   /* the scalar stood in quotes or as a block */
  bool verbatim; /* the scalar stands in the source byte for byte on one line: positions inside it can be shown */
  size_t count;  /* of items or entries */
  union {
    struct yaml_node *items;    /* of a list */
    struct yaml_entry *entries; /* of a map, in the file's order */
  };
};

struct yaml_entry {
  struct yaml_node key; /* always a scalar */
  struct yaml_node value;
};

struct yaml_document {
  struct yaml_node root;
};

struct yaml_documents {
  struct yaml_document *items;
  size_t count, capacity;
};

/*
 * Parses a text of any number of documents ("---" between them). Errors go to diags; the documents before the first
 * syntax error are returned all the same, complete but for what was refused, so that the reader can report more. A text
 * that is empty but for comments has no documents, nor may one with errors. The source must live as long as the arena.
 */
void yaml_parse(struct arena *arena, struct diags *diags, const struct source *source,
                struct yaml_documents *ret_documents);

/* The value of a map's key, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* A scalar as a snippet, for parsing its text further. */
struct snippet yaml_snippet(const struct yaml_node *scalar);

/* "a text", "a list" or "a map", for messages; "nothing" for an empty plain scalar. */
const char *yaml_kind_name(const struct yaml_node *node);

/* Whether a scalar is null: plain and empty, or "~" or "null" (YAML 1.2 core schema). */
bool yaml_is_null(const struct yaml_node *node);

#endif
