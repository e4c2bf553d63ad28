#include "base/yaml.h"

#include "base/text.h"
#include "base/yaml_errors.h"
#include "base/yaml_events.h"

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
  struct yaml_event event;
  /* The quick reader, and libyaml. Where there is something to report it is libyaml's turn, from the beginning. */
  bool is_quick;
  struct quick quick;
  yaml_parser_t parser;
  yaml_event_t parsed;
  const struct open_node *open;
  int nodes;
  /* libyaml counts characters, we need bytes: where both counts are known to meet. */
  struct {
    size_t character, byte;
  } cursor;
  size_t scalar_end; /* byte offset behind the last scalar */
  /* What has come of the lists and maps that are open, the innermost last. */
  struct {
    struct yaml_node *items;
    size_t count, capacity;
  } items;
  struct {
    struct yaml_entry *items;
    size_t count, capacity;
  } entries;
  /* Room for sorting the keys of a map. */
  struct yaml_entry **sorted;
  size_t sorted_capacity;
};

static void parse_release(void *resource) {
  struct parse *parse = resource;
  yaml_event_delete(&parse->parsed);
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

static struct yaml_mark mark_of(struct parse *parse, yaml_mark_t mark, bool with_byte) {
  return (struct yaml_mark){(int)mark.line, (int)mark.column, with_byte ? offset_of_mark(parse, mark) : 0};
}

/* What libyaml's event says. */
static struct yaml_event event_of(struct parse *parse, const yaml_event_t *parsed) {
  bool is_scalar = parsed->type == YAML_SCALAR_EVENT;
  struct yaml_event event = {.kind = EVENT_CLOSE, .start = mark_of(parse, parsed->start_mark, is_scalar)};
  switch (parsed->type) {
  case YAML_STREAM_END_EVENT: event.kind = EVENT_END; break;
  case YAML_DOCUMENT_START_EVENT: event.kind = EVENT_DOCUMENT; break;
  case YAML_ALIAS_EVENT: event.kind = EVENT_ALIAS; break;
  case YAML_SEQUENCE_START_EVENT:
    event.kind = EVENT_LIST;
    event.flow = parsed->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    event.anchor = parsed->data.sequence_start.anchor, event.tag = parsed->data.sequence_start.tag;
    break;
  case YAML_MAPPING_START_EVENT:
    event.kind = EVENT_MAP;
    event.flow = parsed->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    event.anchor = parsed->data.mapping_start.anchor, event.tag = parsed->data.mapping_start.tag;
    break;
  case YAML_SCALAR_EVENT: {
    yaml_scalar_style_t style = parsed->data.scalar.style;
    event.kind = EVENT_SCALAR;
    event.quoted = style != YAML_PLAIN_SCALAR_STYLE;
    event.quote = style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    event.anchor = parsed->data.scalar.anchor, event.tag = parsed->data.scalar.tag;
    event.text = (struct sla_text){(const char *)parsed->data.scalar.value, parsed->data.scalar.length};
    event.end = mark_of(parse, parsed->end_mark, true);
    break;
  }
  default: break;
  }
  return event;
}

/* Goes to the next event; false where there is none, which has then been reported unless the quick reader gave up. */
static bool parse_next(struct parse *parse) {
  if (parse->is_quick)
    return quick_next(&parse->quick, &parse->event);
  do {
    yaml_event_delete(&parse->parsed);
    if (!yaml_parser_parse(&parse->parser, &parse->parsed)) {
      if (parse->parser.error == YAML_MEMORY_ERROR)
        arena_fail(parse->arena);
      parse_report(parse);
      return false;
    }
  } while (parse->parsed.type == YAML_STREAM_START_EVENT || parse->parsed.type == YAML_DOCUMENT_END_EVENT);
  parse->event = event_of(parse, &parse->parsed);
  return true;
}

static struct place place_of_event(const struct parse *parse) {
  const struct yaml_mark *start = &parse->event.start;
  return (struct place){.source = parse->input.source, .line = start->line + 1, .column = start->column + 1};
}

static void refuse_anchor_and_tag(struct parse *parse) {
  if (parse->event.anchor)
    diag_error(parse->input.diags, place_of_event(parse),
               "anchors are not supported: text that begins with \"&\" must be in quotes");
  if (parse->event.tag)
    diag_error(parse->input.diags, place_of_event(parse),
               "tags are not supported: text that begins with \"!\" must be in quotes");
}

static void read_scalar(struct parse *parse, struct yaml_node *node) {
  const struct yaml_event *event = &parse->event;
  struct sla_text value = event->text;
  node->kind = YAML_SCALAR;
  node->quoted = event->quoted;
  node->text = (struct sla_text){arena_copy(parse->arena, value.ptr, value.len), value.len};
  parse->scalar_end = event->end.byte;
  if (event->start.line == event->end.line) {
    struct sla_text written = {parse->input.text.ptr + event->start.byte + event->quote,
                               event->end.byte - event->start.byte - 2 * event->quote};
    node->place.width = event->end.column - event->start.column;
    node->verbatim = parse->is_quick || text_equal(written, value);
  }
  /* What stands in the text as it is has been looked at with the text. */
  size_t unfit = node->verbatim ? value.len : yaml_unfit(value);
  if (unfit < value.len)
    diag_error(parse->input.diags, node->place, "text with the control character U+%04X",
               yaml_unfit_number(value.ptr + unfit));
  refuse_anchor_and_tag(parse);
}

static bool read_node(struct parse *parse, int depth, struct yaml_node *node, bool *ret_kept);

static bool read_list(struct parse *parse, int depth, struct yaml_node *node) {
  size_t first = parse->items.count;
  while (parse_next(parse)) {
    if (parse->event.kind == EVENT_CLOSE) {
      node->count = parse->items.count - first;
      if (node->count)
        node->items = arena_regrow(parse->arena, parse->items.items + first, node->count, node->count, sizeof *node);
      parse->items.count = first;
      return true;
    }
    struct yaml_node item;
    bool kept;
    if (!read_node(parse, depth, &item, &kept))
      break;
    if (kept)
      *ARENA_PUSH(parse->arena, &parse->items) = item;
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

/* Whether no key of a small map stands twice, which is a matter of lengths mostly. */
static bool has_no_twins(const struct yaml_entry *entries, size_t count) {
  enum { SMALL = 8 };
  for (size_t i = 1; i < count && count <= SMALL; i++)
    for (size_t k = 0; k < i; k++)
      if (text_equal(entries[i].key.text, entries[k].key.text))
        return false;
  return count <= SMALL;
}

/*
 * Reports keys that stand twice and keeps the first of each; false where that is not for the quick reader. Sorting
 * keeps the cost of maps with many keys at bay, whatever the keys are.
 */
static bool drop_twins(struct parse *parse, struct yaml_entry *entries, size_t *count) {
  if (has_no_twins(entries, *count))
    return true;
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
    return true;
  if (parse->is_quick)
    return false;
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
  return true;
}

static bool read_map(struct parse *parse, int depth, struct yaml_node *node) {
  size_t first = parse->entries.count;
  while (parse_next(parse)) {
    if (parse->event.kind == EVENT_CLOSE) {
      struct yaml_entry *entries = parse->entries.items + first;
      node->count = parse->entries.count - first;
      if (!drop_twins(parse, entries, &node->count))
        return false;
      if (node->count)
        node->entries = arena_regrow(parse->arena, entries, node->count, node->count, sizeof *entries);
      parse->entries.count = first;
      return true;
    }
    struct yaml_entry entry;
    bool kept;
    if (!read_entry(parse, depth, &entry, &kept))
      break;
    if (kept)
      *ARENA_PUSH(parse->arena, &parse->entries) = entry;
  }
  return false;
}

/* Reads a list or map whose first event has come; depth counts those around it. */
static bool read_container(struct parse *parse, int depth, struct yaml_node *node) {
  bool is_map = parse->event.kind == EVENT_MAP;
  if (depth == YAML_MOST_DEEP) {
    diag_error(parse->input.diags, node->place, "lists and maps nested more than %d deep", YAML_MOST_DEEP);
    return false;
  }
  struct open_node open = {parse->open, node->place, parse->event.flow};
  refuse_anchor_and_tag(parse);
  node->kind = is_map ? YAML_MAP : YAML_LIST;
  parse->open = &open;
  bool done = is_map ? read_map(parse, depth + 1, node) : read_list(parse, depth + 1, node);
  parse->open = open.outer;
  return done;
}

/* Reads the node whose first event has come. *ret_kept is false for an alias, which stands for nothing. */
static bool read_node(struct parse *parse, int depth, struct yaml_node *node, bool *ret_kept) {
  *node = (struct yaml_node){.place = place_of_event(parse)};
  *ret_kept = parse->event.kind != EVENT_ALIAS;
  if (parse->nodes++ == YAML_MOST_NODES) {
    if (!parse->is_quick)
      diag_error(parse->input.diags, node->place, "more than %d keys and values", YAML_MOST_NODES);
    return false;
  }
  if (!*ret_kept) {
    diag_error(parse->input.diags, node->place,
               "aliases are not supported: text that begins with \"*\" must be in quotes");
    return true;
  }
  if (parse->event.kind != EVENT_SCALAR)
    return read_container(parse, depth, node);
  read_scalar(parse, node);
  return true;
}

/* Reads to the end of the text; false where that is not reached. */
static bool read_documents(struct parse *parse, struct yaml_documents *documents) {
  for (;;) {
    if (!parse_next(parse)) {
      /* What follows the last document is no new one, so that one is not complete. */
      documents->count -= documents->count > 0;
      return false;
    }
    if (parse->event.kind == EVENT_END)
      return true;
    if (parse->event.kind != EVENT_DOCUMENT)
      continue;
    struct yaml_document document;
    bool kept;
    if (!parse_next(parse) || !read_node(parse, 0, &document.root, &kept))
      return false;
    if (kept)
      *ARENA_PUSH(parse->arena, documents) = document;
  }
}

static void read_slowly(struct parse *parse, struct yaml_documents *documents) {
  struct sla_text text = parse->input.text;
  arena_defer(parse->arena, parse_release, parse);
  if (!yaml_parser_initialize(&parse->parser))
    arena_fail(parse->arena);
  yaml_parser_set_encoding(&parse->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parse->parser, (const unsigned char *)text.ptr, text.len);
  read_documents(parse, documents);
  parse_release(parse);
}

/* NULL where there is nothing to read, which has been reported if it is a mistake. */
static struct parse *parse_new(struct arena *arena, struct diags *diags, const struct source *source) {
  assert(source->text.len < INT_MAX);
  struct parse *parse = arena_alloc(arena, sizeof *parse);
  *parse = (struct parse){.arena = arena, .input = {diags, source, source->text}};
  text_eat_string(&parse->input.text, TEXT_BOM);
  size_t unfit = yaml_unfit(parse->input.text);
  if (unfit < parse->input.text.len)
    yaml_report_unfit(&parse->input, unfit);
  return unfit < parse->input.text.len || parse->input.text.len == 0 ? NULL : parse;
}

bool yaml_parse_quickly(struct arena *arena, struct diags *diags, const struct source *source,
                        struct yaml_documents *ret_documents) {
  *ret_documents = (struct yaml_documents){0};
  struct parse *parse = parse_new(arena, diags, source);
  if (!parse)
    return true;
  parse->is_quick = true;
  quick_init(&parse->quick, parse->input.text);
  return read_documents(parse, ret_documents);
}

void yaml_parse_slowly(struct arena *arena, struct diags *diags, const struct source *source,
                       struct yaml_documents *ret_documents) {
  *ret_documents = (struct yaml_documents){0};
  struct parse *parse = parse_new(arena, diags, source);
  if (parse)
    read_slowly(parse, ret_documents);
}

void yaml_parse(struct arena *arena, struct diags *diags, const struct source *source,
                struct yaml_documents *ret_documents) {
  if (!yaml_parse_quickly(arena, diags, source, ret_documents))
    yaml_parse_slowly(arena, diags, source, ret_documents);
}

/* --- using it ----------------------------------------------------------------------------------------------------- */

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key) {
  struct sla_text name = text_of(key);
  for (size_t i = 0; map->kind == YAML_MAP && i < map->count; i++)
    if (text_equal(map->entries[i].key.text, name))
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
  if (node->kind != YAML_SCALAR || node->quoted || node->text.len > 4)
    return false;
  for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
    if (text_is(node->text, nulls[i]))
      return true;
  return false;
}
