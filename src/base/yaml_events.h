/*
 * yaml_events: what a YAML text consists of, one after the other, as libyaml's parser or yaml_quick.c tells it. Private
 * to src/base/yaml*.c and its tests.
 */
#ifndef SLACLOCK_BASE_YAML_EVENTS_H
#define SLACLOCK_BASE_YAML_EVENTS_H

#include "base/yaml.h"

enum yaml_event_kind { EVENT_END, EVENT_DOCUMENT, EVENT_SCALAR, EVENT_LIST, EVENT_MAP, EVENT_CLOSE, EVENT_ALIAS };

struct yaml_mark {
  int line, column; /* from 0, in characters */
  size_t byte;
};

struct yaml_event {
  enum yaml_event_kind kind;
  bool flow;              /* a list or map in brackets */
  bool quoted;            /* a scalar in quotes or as a block */
  size_t quote;           /* bytes of the quote at either end of it */
  bool anchor, tag;       /* it has one */
  struct sla_text text;   /* of a scalar */
  struct yaml_mark start; /* of all but EVENT_CLOSE and what stands for no text */
  struct yaml_mark end;   /* of scalars */
};

/* --- the quick reader (yaml_quick.c) --------------------------------------------------------------------------------
 */

enum quick_step {
  STEP_TEXT,       /* at the beginning */
  STEP_NODE,       /* at a node that begins a line */
  STEP_KEY,        /* at a key */
  STEP_VALUE,      /* behind its colon */
  STEP_ITEM,       /* at the dash of an item */
  STEP_NEXT,       /* behind a key's value or an item, where its line must end */
  STEP_LINE,       /* at what stands first on a line, or the end */
  STEP_FLOW_ENTRY, /* in brackets, where a key, an item or the closing bracket stands */
  STEP_FLOW_VALUE, /* behind a key's colon there */
  STEP_FLOW_NEXT,  /* behind a value or item there */
};

struct quick_frame {
  bool is_map, flow;
  bool indentless; /* a list whose dashes stand below its key's first letter */
  int indent;      /* of its keys or dashes; in brackets, of the container around them */
};

struct quick {
  const char *text, *at, *end;
  const char *line_start; /* of the line where `at` stands */
  int line;
  const char *counted; /* up to here characters are counted: */
  int column;
  enum quick_step step;
  int indent; /* of the line; -1 at the end and before "---" */
  bool any;   /* a document has come */
  int depth;
  struct quick_frame frames[YAML_MOST_DEEP];
};

/*
 * Reads what nearly all YAML is written with: block lists and maps, lists and maps in brackets, plain and quoted texts
 * on one line, comments, "---". It knows what it knows as libyaml does, and gives up where anything else comes, be it a
 * mistake or YAML that is seldom seen; the text is then for libyaml, from its beginning. Ten times as fast as libyaml,
 * on which a policy's start would spend most of its time.
 */
void quick_init(struct quick *quick, struct sla_text text);

/* The next event; false where the reader gives up. */
bool quick_next(struct quick *quick, struct yaml_event *ret_event);

/* --- for tests ------------------------------------------------------------------------------------------------------
 */

/* As yaml_parse by one reader alone; the quick one's result is for nothing where it gives up, which is false. */
bool yaml_parse_quickly(struct arena *arena, struct diags *diags, const struct source *source,
                        struct yaml_documents *ret_documents);
void yaml_parse_slowly(struct arena *arena, struct diags *diags, const struct source *source,
                       struct yaml_documents *ret_documents);

#endif
