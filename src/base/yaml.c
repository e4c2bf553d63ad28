#include "base/yaml.h"

#include "base/text.h"
#include "base/yaml_errors.h"

#include <assert.h>
#include <stdlib.h>
#include <yaml.h>

/* A container that is being read. */
struct open_node {
  const struct open_node *outer;
  struct place place;
  bool flow; /* in brackets */
};

struct parse {
  struct arena *arena;
  struct yaml_input input;
  yaml_parser_t parser;
  yaml_event_t event;
  const struct open_node *open;
  int nodes;
  /* libyaml counts characters, we need bytes: where both counts are known to meet. */
  struct {
    size_t character, byte;
  } cursor;
  size_t scalar_end; /* byte offset behind the last scalar */
  /* Room for sorting the keys of a map. */
  struct yaml_entry **sorted;
  size_t sorted_capacity;
};

static void parse_release(void *resource) {
  struct parse *parse = resource;
  yaml_event_delete(&parse->event);
  yaml_parser_delete(&parse->parser);
}

/* --- places ------------------------------------------------------------------------------------------------------- */

static struct place place_of_mark(const struct parse *parse, yaml_mark_t mark) {
  return (struct place){.source = parse->input.source, .line = (int)mark.line + 1, .column = (int)mark.column + 1};
}

static bool is_continuation(char byte) {
  return ((unsigned char)byte & 0xC0) == 0x80;
}

/* The byte offset of a mark. Marks come mostly in order, so that all of them together cost one walk over the text. */
static size_t offset_of_mark(struct parse *parse, yaml_mark_t mark) {
  const char *text = parse->input.text.ptr;
  size_t byte = parse->cursor.byte, character = parse->cursor.character;
  for (; character < mark.index && byte < parse->input.text.len; character++)
    do
      byte++;
    while (byte < parse->input.text.len && is_continuation(text[byte]));
  for (; character > mark.index && byte > 0; character--)
    do
      byte--;
    while (byte > 0 && is_continuation(text[byte]));
  parse->cursor.byte = byte, parse->cursor.character = character;
  return byte;
}

static const char *text_or_empty(const char *text) {
  return text ? text : "";
}

/* Reports why libyaml stopped. */
static void parse_report(struct parse *parse) {
  const yaml_parser_t *parser = &parse->parser;
  bool bracket = parse->open && parse->open->flow;
  struct yaml_error error = {
      .problem = text_or_empty(parser->problem),
      .context = text_or_empty(parser->context),
      .at_problem = place_of_mark(parse, parser->problem_mark),
      .at_context = place_of_mark(parse, parser->context_mark),
      .context_offset = offset_of_mark(parse, parser->context_mark),
      .problem_offset = offset_of_mark(parse, parser->problem_mark),
      .open_bracket = bracket ? &parse->open->place : NULL,
  };
  yaml_report_syntax(&parse->input, &error);
}

/* --- the tree ----------------------------------------------------------------------------------------------------- */

/* Goes to the next event; false where there is none, which has then been reported. */
static bool parse_next(struct parse *parse) {
  yaml_event_delete(&parse->event);
  if (yaml_parser_parse(&parse->parser, &parse->event))
    return true;
  if (parse->parser.error == YAML_MEMORY_ERROR)
    arena_fail(parse->arena);
  parse_report(parse);
  return false;
}

static void refuse_anchor_and_tag(struct parse *parse, const yaml_char_t *anchor, const yaml_char_t *tag) {
  struct place place = place_of_mark(parse, parse->event.start_mark);
  if (anchor)
    diag_error(parse->input.diags, place, "anchors are not supported: text that begins with \"&\" must be in quotes");
  if (tag)
    diag_error(parse->input.diags, place, "tags are not supported: text that begins with \"!\" must be in quotes");
}

static void read_scalar(struct parse *parse, struct yaml_node *node) {
  const yaml_event_t *event = &parse->event;
  yaml_scalar_style_t style = event->data.scalar.style;
  struct sla_text value = {(const char *)event->data.scalar.value, event->data.scalar.length};
  node->kind = YAML_SCALAR;
  node->quoted = style != YAML_PLAIN_SCALAR_STYLE;
  node->text = (struct sla_text){arena_copy(parse->arena, value.ptr, value.len), value.len};
  size_t start = offset_of_mark(parse, event->start_mark), end = offset_of_mark(parse, event->end_mark);
  parse->scalar_end = end;
  if (event->start_mark.line == event->end_mark.line) {
    size_t quote = style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    struct sla_text written = {parse->input.text.ptr + start + quote, end - start - 2 * quote};
    node->place.width = (int)(event->end_mark.column - event->start_mark.column);
    node->verbatim = text_equal(written, value);
  }
  size_t unfit = yaml_unfit(value);
  if (unfit < value.len)
    diag_error(parse->input.diags, node->place, "text with the control character U+%04X",
               yaml_unfit_number(value.ptr + unfit));
  refuse_anchor_and_tag(parse, event->data.scalar.anchor, event->data.scalar.tag);
}

static bool read_node(struct parse *parse, int depth, struct yaml_node *node, bool *ret_kept);

static bool read_list(struct parse *parse, int depth, struct yaml_node *node) {
  struct {
    struct yaml_node *items;
    size_t count, capacity;
  } list = {0};
  while (parse_next(parse)) {
    if (parse->event.type == YAML_SEQUENCE_END_EVENT) {
      node->items = list.items, node->count = list.count;
      return true;
    }
    struct yaml_node item;
    bool kept;
    if (!read_node(parse, depth, &item, &kept))
      break;
    if (kept)
      *ARENA_PUSH(parse->arena, &list) = item;
  }
  return false;
}

/*
 * In {a, b} YAML takes a and b as keys without values. Where a person wrote {hours: Mo 09:00-12:00,13:00-17:00} that is
 * not what was meant.
 */
static bool lacks_colon(const struct parse *parse, const struct yaml_entry *entry, size_t key_end) {
  if (!parse->open->flow || entry->value.kind != YAML_SCALAR || entry->value.quoted || entry->value.text.len)
    return false;
  while (key_end < parse->input.text.len && strchr(" \t\r\n", parse->input.text.ptr[key_end]))
    key_end++;
  return key_end == parse->input.text.len || parse->input.text.ptr[key_end] != ':';
}

/* Reads a key, whose event has come, and its value. */
static bool read_entry(struct parse *parse, int depth, struct yaml_entry *entry, bool *ret_kept) {
  bool key_kept, value_kept;
  if (!read_node(parse, depth, &entry->key, &key_kept))
    return false;
  size_t key_end = parse->scalar_end;
  if (key_kept && entry->key.kind != YAML_SCALAR) {
    diag_error(parse->input.diags, entry->key.place, "a key must be a text, not %s", yaml_kind_name(&entry->key));
    key_kept = false;
  }
  if (!parse_next(parse) || !read_node(parse, depth, &entry->value, &value_kept))
    return false;
  if (key_kept && value_kept && lacks_colon(parse, entry, key_end)) {
    diag_error(parse->input.diags, entry->key.place,
               "no \": \" behind \"%.*s\": text that has a comma in it must be in quotes", TEXT_ARGS(entry->key.text));
    key_kept = false;
  }
  *ret_kept = key_kept && value_kept;
  return true;
}

static int text_compare(struct sla_text a, struct sla_text b) {
  size_t len = a.len < b.len ? a.len : b.len;
  int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* By key, then by place. */
static int entry_compare(const void *a, const void *b) {
  const struct yaml_entry *x = *(struct yaml_entry *const *)a, *y = *(struct yaml_entry *const *)b;
  int order = text_compare(x->key.text, y->key.text);
  return order ? order : (x > y) - (x < y);
}

struct twin {
  struct yaml_entry *entry;
  const struct yaml_entry *first;
};

static int twin_compare(const void *a, const void *b) {
  const struct twin *x = a, *y = b;
  return (x->entry > y->entry) - (x->entry < y->entry);
}

/*
 * Reports keys that stand twice and keeps the first of each. Sorting keeps the cost of maps with many keys at bay,
 * whatever the keys are.
 */
static void drop_twins(struct parse *parse, struct yaml_entry *entries, size_t *count) {
  if (*count < 2)
    return;
  if (*count > parse->sorted_capacity) {
    parse->sorted_capacity = 2 * *count;
    parse->sorted = arena_array(parse->arena, parse->sorted_capacity, sizeof *parse->sorted);
  }
  for (size_t i = 0; i < *count; i++)
    parse->sorted[i] = &entries[i];
  qsort(parse->sorted, *count, sizeof *parse->sorted, entry_compare);
  struct {
    struct twin *items;
    size_t count, capacity;
  } twins = {0};
  for (size_t i = 1, first = 0; i < *count; i++) {
    if (!text_equal(parse->sorted[first]->key.text, parse->sorted[i]->key.text))
      first = i;
    else
      *ARENA_PUSH(parse->arena, &twins) = (struct twin){parse->sorted[i], parse->sorted[first]};
  }
  if (twins.count == 0)
    return;
  qsort(twins.items, twins.count, sizeof twins.items[0], twin_compare);
  size_t kept = 0;
  for (size_t i = 0, twin = 0; i < *count; i++)
    if (twin < twins.count && &entries[i] == twins.items[twin].entry) {
      diag_error(parse->input.diags, entries[i].key.place, "duplicate key \"%.*s\": it stands on line %d already",
                 TEXT_ARGS(entries[i].key.text), twins.items[twin].first->key.place.line);
      twin++;
    } else
      entries[kept++] = entries[i];
  *count = kept;
}

static bool read_map(struct parse *parse, int depth, struct yaml_node *node) {
  struct {
    struct yaml_entry *items;
    size_t count, capacity;
  } map = {0};
  while (parse_next(parse)) {
    if (parse->event.type == YAML_MAPPING_END_EVENT) {
      drop_twins(parse, map.items, &map.count);
      node->entries = map.items, node->count = map.count;
      return true;
    }
    struct yaml_entry entry;
    bool kept;
    if (!read_entry(parse, depth, &entry, &kept))
      break;
    if (kept)
      *ARENA_PUSH(parse->arena, &map) = entry;
  }
  return false;
}

/* Reads a list or map whose first event has come; depth counts those around it. */
static bool read_container(struct parse *parse, int depth, struct yaml_node *node) {
  const yaml_event_t *event = &parse->event;
  bool is_map = event->type == YAML_MAPPING_START_EVENT;
  if (depth == YAML_MOST_DEEP) {
    diag_error(parse->input.diags, node->place, "lists and maps nested more than %d deep", YAML_MOST_DEEP);
    return false;
  }
  bool flow = is_map ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                     : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
  struct open_node open = {parse->open, node->place, flow};
  if (is_map)
    refuse_anchor_and_tag(parse, event->data.mapping_start.anchor, event->data.mapping_start.tag);
  else
    refuse_anchor_and_tag(parse, event->data.sequence_start.anchor, event->data.sequence_start.tag);
  node->kind = is_map ? YAML_MAP : YAML_LIST;
  parse->open = &open;
  bool done = is_map ? read_map(parse, depth + 1, node) : read_list(parse, depth + 1, node);
  parse->open = open.outer;
  return done;
}

/* Reads the node whose first event has come. *ret_kept is false for an alias, which stands for nothing. */
static bool read_node(struct parse *parse, int depth, struct yaml_node *node, bool *ret_kept) {
  *node = (struct yaml_node){.place = place_of_mark(parse, parse->event.start_mark)};
  *ret_kept = parse->event.type != YAML_ALIAS_EVENT;
  if (parse->nodes++ == YAML_MOST_NODES) {
    diag_error(parse->input.diags, node->place, "more than %d keys and values", YAML_MOST_NODES);
    return false;
  }
  if (!*ret_kept) {
    diag_error(parse->input.diags, node->place,
               "aliases are not supported: text that begins with \"*\" must be in quotes");
    return true;
  }
  if (parse->event.type != YAML_SCALAR_EVENT)
    return read_container(parse, depth, node);
  read_scalar(parse, node);
  return true;
}

static void read_documents(struct parse *parse, struct yaml_documents *documents) {
  for (;;) {
    if (!parse_next(parse)) {
      /* What follows the last document is no new one, so that one is not complete. */
      documents->count -= documents->count > 0;
      return;
    }
    if (parse->event.type == YAML_STREAM_END_EVENT)
      return;
    if (parse->event.type != YAML_DOCUMENT_START_EVENT)
      continue;
    struct yaml_document document;
    bool kept;
    if (!parse_next(parse) || !read_node(parse, 0, &document.root, &kept))
      return;
    if (kept)
      *ARENA_PUSH(parse->arena, documents) = document;
  }
}

void yaml_parse(struct arena *arena, struct diags *diags, const struct source *source,
                struct yaml_documents *ret_documents) {
  assert(source->text.len < INT_MAX);
  *ret_documents = (struct yaml_documents){0};
  struct parse *parse = arena_alloc(arena, sizeof *parse);
  *parse = (struct parse){.arena = arena, .input = {diags, source, source->text}};
  text_eat_string(&parse->input.text, TEXT_BOM);
  size_t unfit = yaml_unfit(parse->input.text);
  if (unfit < parse->input.text.len)
    yaml_report_unfit(&parse->input, unfit);
  if (unfit < parse->input.text.len || parse->input.text.len == 0)
    return;
  arena_defer(arena, parse_release, parse);
  if (!yaml_parser_initialize(&parse->parser))
    arena_fail(arena);
  yaml_parser_set_encoding(&parse->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parse->parser, (const unsigned char *)parse->input.text.ptr, parse->input.text.len);
  read_documents(parse, ret_documents);
  parse_release(parse);
}

/* --- using it ----------------------------------------------------------------------------------------------------- */

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key) {
  for (size_t i = 0; map->kind == YAML_MAP && i < map->count; i++)
    if (text_is(map->entries[i].key.text, key))
      return &map->entries[i].value;
  return NULL;
}

struct snippet yaml_snippet(const struct yaml_node *scalar) {
  struct snippet snippet = {scalar->text, scalar->place, scalar->verbatim};
  if (scalar->verbatim && scalar->quoted) {
    snippet.start.column++;
    snippet.start.width -= 2;
  }
  return snippet;
}

const char *yaml_kind_name(const struct yaml_node *node) {
  static const char *const names[] = {[YAML_SCALAR] = "a text", [YAML_LIST] = "a list", [YAML_MAP] = "a map"};
  return yaml_is_null(node) ? "nothing" : names[node->kind];
}

bool yaml_is_null(const struct yaml_node *node) {
  static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
  for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
    if (node->kind == YAML_SCALAR && !node->quoted && text_is(node->text, nulls[i]))
      return true;
  return false;
}
