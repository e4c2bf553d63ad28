#include "cli/json_read.h"

#include "cli/buffer.h"
#include "cli/cli.h"
#include "cli/json_path.h"
#include "cli/json_scan.h"
#include "cli/json_string.h"

#include <dlfcn.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- loading jansson --------------------------------------------------------------------------------------------- */

struct jansson {
  enum { JANSSON_NOT_LOADED, JANSSON_LOADED, JANSSON_MISSING } state;
  __typeof__(&json_loadb) loadb;
  __typeof__(&json_delete) delete;
};

static void jansson_load(struct jansson *jansson) {
  static const char *const files[] = {"libjansson.so.4", "libjansson.4.dylib"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof files / sizeof *files && !library; i++)
    library = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
  void *loadb = library ? dlsym(library, "json_loadb") : NULL;
  void *delete = library ? dlsym(library, "json_delete") : NULL;
  memcpy(&jansson->loadb, &loadb, sizeof loadb);
  memcpy(&jansson->delete, &delete, sizeof delete);
  jansson->state = loadb && delete ? JANSSON_LOADED : JANSSON_MISSING;
}

/* --- the reader -------------------------------------------------------------------------------------------------- */

/* Texts that grow in number. */
struct texts {
  struct sla_text *items;
  size_t count, capacity;
};

/* A step to a member: its name, and how far behind the node it is a member of it was found last. */
struct step {
  const struct json_name *name;
  size_t place;
};

/* Where a field was found last, as a scalar that is a member of the object itself. */
struct usual {
  const struct json_name *name;
  size_t node; /* 0: nowhere, since that is the object */
};

struct field {
  struct json_path path;
  struct step steps[JSON_MOST_STEPS];
  bool seen;
  size_t first, count; /* of the record's values, in items */
};

struct json_reader {
  struct jansson jansson;
  long stuck_line, stuck_column; /* where it is needed and missing; or 0 */
  struct json_object object;     /* the record; without nodes where there is none */
  struct sla_text raw;
  struct field *fields;
  size_t field_count;
  unsigned generation;     /* of the names that the fields' steps have */
  struct sla_text *values; /* of the record, one a field */
  struct sla_list *lists;  /* all empty unless has_lists */
  bool has_lists;
  struct usual *usual; /* one a field */
  struct texts items;
  char problem[256];
  char *compact; /* a nested value without its line breaks */
  size_t compact_size;
  struct json_node **cells;
  size_t cells_size;
};

struct json_reader *json_reader_new(void) {
  return cli_alloc(sizeof(struct json_reader));
}

static void drop_fields(struct json_reader *reader) {
  for (size_t i = 0; i < reader->field_count; i++)
    json_path_free(&reader->fields[i].path);
  reader->field_count = 0;
}

void json_reader_free(struct json_reader *reader) {
  if (!reader)
    return;
  drop_fields(reader);
  json_object_free(&reader->object);
  free(reader->fields);
  free(reader->values);
  free(reader->lists);
  free(reader->usual);
  free(reader->items.items);
  free(reader->compact);
  free(reader->cells);
  free(reader);
}

/* Finds the names that a field's path goes by. A step of the path is a level of brackets. */
static void find_names(struct json_reader *reader, struct field *field) {
  for (size_t i = 0; i < field->path.count; i++)
    if (field->path.steps[i].kind == JSON_MEMBER)
      field->steps[i].name = json_names_find(&reader->object.names, field->path.steps[i].key, (unsigned)i + 1);
}

long json_reader_bind(struct json_reader *reader, const char *path, const char **ret_problem) {
  *ret_problem = NULL;
  for (size_t i = 0; i < reader->field_count; i++)
    if (!strcmp(reader->fields[i].path.text, path))
      return (long)i;
  size_t capacity = reader->field_count;
  reader->fields = array_grow(reader->fields, reader->field_count, &capacity, sizeof *reader->fields);
  struct field *field = &reader->fields[reader->field_count];
  *field = (struct field){0};
  if (!json_path_read(&field->path, path, ret_problem)) {
    json_path_free(&field->path);
    return -1;
  }
  find_names(reader, field);
  free(reader->values);
  free(reader->lists);
  free(reader->usual);
  reader->values = cli_alloc((reader->field_count + 1) * sizeof *reader->values);
  reader->lists = cli_alloc((reader->field_count + 1) * sizeof *reader->lists);
  reader->usual = cli_alloc((reader->field_count + 1) * sizeof *reader->usual);
  return (long)reader->field_count++;
}

struct json_reader *json_reader_twin(const struct json_reader *reader) {
  struct json_reader *twin = json_reader_new();
  const char *problem; /* there is none: the paths have been read before */
  for (size_t i = 0; i < reader->field_count; i++)
    json_reader_bind(twin, reader->fields[i].path.text, &problem);
  return twin;
}

void json_reader_pass_on(const struct json_reader *twin, struct json_reader *reader) {
  for (size_t i = 0; i < reader->field_count; i++)
    reader->fields[i].seen |= twin->fields[i].seen;
  reader->stuck_line = twin->stuck_line;
  reader->stuck_column = twin->stuck_column;
}

bool json_reader_has_seen(const struct json_reader *reader, long field) {
  return reader->fields[field].seen;
}

/* --- values ------------------------------------------------------------------------------------------------------ */

/* Takes the value that a path leads to: a scalar, or the scalars of a list. */
static void add_value(struct json_reader *reader, struct field *field, size_t index, bool in_list) {
  struct json_object *object = &reader->object;
  enum json_kind kind = object->nodes[index].kind;
  field->seen = true;
  if (kind == KIND_LIST && !in_list) {
    for (size_t at = index + 1; at < object->nodes[index].end; at = object->nodes[at].end)
      add_value(reader, field, at, true);
  } else if (kind >= KIND_LIST) {
    snprintf(reader->problem, sizeof reader->problem,
             kind == KIND_OBJECT ? "\"%.100s\" leads to an object: name the member of it that counts, as in %.100s.name"
                                 : "\"%.100s\" leads to a list of lists: write %.100s[] for the elements of all",
             field->path.text, field->path.text);
  } else if (kind != KIND_NULL) {
    struct texts *items = &reader->items;
    items->items = array_grow(items->items, items->count, &items->capacity, sizeof *items->items);
    items->items[items->count++] = json_object_text(object, &object->nodes[index]);
    field->count++;
  }
}

/* The member of a node that a step leads to; 0 where it has none. It is mostly where it was the last time. */
static size_t find_member(const struct json_object *object, size_t index, struct step *step) {
  const struct json_node *nodes = object->nodes;
  size_t end = nodes[index].end;
  /* A name is that of one depth only: within the node it stands nowhere but in the node itself. */
  if (step->place && index + step->place < end && nodes[index + step->place].name == step->name)
    return index + step->place;
  for (size_t at = index + 1; at < end; at = nodes[at].end)
    if (nodes[at].name == step->name) {
      step->place = at - index;
      return at;
    }
  return 0;
}

/* Takes what a path of members leads to where that is a scalar or nothing, as it mostly is; else false. */
static bool take_scalar(struct json_reader *reader, struct field *field, struct sla_text *value) {
  struct json_object *object = &reader->object;
  size_t index = 0;
  for (size_t step = 0; step < field->path.count; step++) {
    if (field->path.steps[step].kind != JSON_MEMBER)
      return false;
    if (object->nodes[index].kind != KIND_OBJECT || !(index = find_member(object, index, &field->steps[step])))
      return true;
  }
  struct json_node *node = &object->nodes[index];
  if (node->kind >= KIND_LIST)
    return false;
  field->seen = true;
  *value = json_object_text(object, node);
  if (field->path.count == 1)
    reader->usual[field - reader->fields] = (struct usual){node->name, index};
  return true;
}

/* Follows a path from one of its steps on. */
static void follow(struct json_reader *reader, struct field *field, size_t step, size_t index) {
  const struct json_object *object = &reader->object;
  if (step == field->path.count) {
    add_value(reader, field, index, false);
    return;
  }
  const struct json_step *want = &field->path.steps[step];
  bool is_member = want->kind == JSON_MEMBER;
  if (object->nodes[index].kind != (is_member ? KIND_OBJECT : KIND_LIST))
    return;
  if (is_member) {
    size_t member = find_member(object, index, &field->steps[step]);
    if (member)
      follow(reader, field, step + 1, member);
    return;
  }
  size_t number = 0;
  for (size_t at = index + 1; at < object->nodes[index].end; at = object->nodes[at].end, number++) {
    if (want->kind == JSON_ALL || number == want->index)
      follow(reader, field, step + 1, at);
    if (want->kind == JSON_INDEX && number == want->index)
      return;
  }
  field->seen = true; /* a list may be empty */
}

/* --- records ----------------------------------------------------------------------------------------------------- */

/* Has jansson judge the text: grammar, UTF-8, names that come twice. Integers of any size are fine by us. */
static bool judge(struct json_reader *reader, struct record *record) {
  json_error_t error;
  const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY;
  json_t *root = reader->jansson.loadb(record->raw.ptr, record->raw.len, flags, &error);
  bool is_json = root;
  /* As json_decref() has it, which would call the library by itself. */
  if (root && root->refcount != (size_t)-1 && --root->refcount == 0)
    reader->jansson.delete(root);
  if (is_json && json_object_read(&reader->object, record->raw, true))
    return true;
  if (is_json) /* jansson passes over a NUL behind a number or word */
    snprintf(reader->problem, sizeof reader->problem,
             *record->raw.ptr == '{' ? "this is no JSON: a NUL stands in it" : "an object is expected");
  else {
    snprintf(reader->problem, sizeof reader->problem, "this is no JSON: %s", error.text);
    record->bad_line = record->line + error.line - 1;
    record->bad_column = (error.line > 1 ? 1 : record->bad_column) + error.column - 1;
  }
  record->problem = reader->problem;
  return false;
}

/* Takes a record apart that is wrong or unusual. */
static bool take_odd(struct json_reader *reader, struct record *record) {
  if (!reader->jansson.state)
    jansson_load(&reader->jansson);
  return reader->jansson.state == JANSSON_LOADED && judge(reader, record);
}

/* Takes a record apart; false where it has a problem or nothing is known of it. */
static inline bool take_apart(struct json_reader *reader, struct record *record) {
  reader->raw = record->raw;
  return json_object_read(&reader->object, record->raw, false) || take_odd(reader, record);
}

bool json_reader_is_stuck(const struct json_reader *reader, long *ret_line, long *ret_column) {
  *ret_line = reader->stuck_line;
  *ret_column = reader->stuck_column;
  return reader->stuck_line > 0;
}

/* Finds the names of all paths again, which were forgotten. */
static void find_all_names(struct json_reader *reader) {
  for (size_t i = 0; i < reader->field_count; i++) {
    find_names(reader, &reader->fields[i]);
    reader->usual[i] = (struct usual){0};
  }
  reader->generation = reader->object.names.generation;
}

/* Takes what a path leads to, whatever it is; lists become items, and field->count says of how many. */
static void take_any(struct json_reader *reader, size_t i) {
  struct field *field = &reader->fields[i];
  reader->values[i] = (struct sla_text){"", 0};
  if (take_scalar(reader, field, &reader->values[i]))
    return;
  field->first = reader->items.count;
  follow(reader, field, 0, 0);
}

/* Gives the items to the fields that have some, now that they no longer move. */
static void take_items(struct json_reader *reader) {
  for (size_t i = 0; i < reader->field_count; i++) {
    struct field *field = &reader->fields[i];
    const struct sla_text *items = reader->items.items + field->first;
    if (field->count)
      reader->values[i] = items[0];
    if (field->count > 1) {
      reader->lists[i] = (struct sla_list){items, field->count};
      reader->has_lists = true;
    }
    field->count = 0;
  }
  reader->items.count = 0;
}

static void take_values(struct json_reader *reader, struct record *record) {
  const struct json_object *object = &reader->object;
  if (reader->generation != object->names.generation)
    find_all_names(reader);
  if (reader->has_lists)
    memset(reader->lists, 0, reader->field_count * sizeof *reader->lists);
  reader->has_lists = false;
  const struct usual *usual = reader->usual;
  struct sla_text *value = reader->values;
  for (size_t i = 0, count = reader->field_count; i < count; i++, usual++, value++) {
    const struct json_node *node = &object->nodes[usual->node];
    if (usual->node < object->count && node->name == usual->name && node->kind < KIND_ESCAPED)
      *value = node->text;
    else
      take_any(reader, i);
  }
  if (reader->items.count)
    take_items(reader);
  record->error = *reader->problem ? reader->problem : NULL;
}

bool json_reader_read(struct json_reader *reader, struct record *record) {
  *reader->problem = '\0';
  reader->stuck_line = 0;
  record->count = reader->field_count;
  record->fields = reader->values;
  record->lists = reader->lists;
  reader->object.count = 0;
  if (record->problem)
    return true;
  if (take_apart(reader, record))
    take_values(reader, record);
  else if (!record->problem) {
    reader->stuck_line = record->line;
    reader->stuck_column = record->bad_column;
  }
  return reader->stuck_line == 0;
}

bool json_reader_has_member(const struct json_reader *reader, const char *name) {
  const struct json_node *nodes = reader->object.nodes;
  struct sla_text text = {name, strlen(name)};
  for (size_t at = 1; at < reader->object.count; at = nodes[at].end)
    if (json_name_is(nodes[at].name, text))
      return true;
  return false;
}

/* JSON on one line: its line breaks, which stand between values only, and the blanks behind them left out. */
static struct sla_text compact_text(struct json_reader *reader, struct sla_text value) {
  if (!reader->object.is_broken)
    return value;
  if (reader->compact_size < value.len) {
    free(reader->compact);
    reader->compact_size = 2 * value.len;
    reader->compact = cli_alloc(reader->compact_size);
  }
  char *to = reader->compact;
  for (const char *at = value.ptr, *end = at + value.len; at < end;) {
    size_t len = (size_t)(json_find_either(at, end, '\n', '\r') - at);
    memcpy(to, at, len);
    to += len;
    at += len;
    at += json_blanks((struct sla_text){at, (size_t)(end - at)});
  }
  return (struct sla_text){reader->compact, (size_t)(to - reader->compact)};
}

struct sla_text json_reader_line(struct json_reader *reader) {
  return compact_text(reader, reader->raw);
}

struct json_object *json_reader_object(struct json_reader *reader) {
  return &reader->object;
}

struct sla_text json_reader_text(struct json_reader *reader, struct json_node *member) {
  return member->kind >= KIND_LIST ? compact_text(reader, member->text) : json_object_text(&reader->object, member);
}

struct json_node **json_reader_cells(struct json_reader *reader, size_t count) {
  if (reader->cells_size < count) {
    free(reader->cells);
    reader->cells_size = count;
    reader->cells = cli_alloc(count * sizeof(struct json_node *));
  }
  for (size_t i = 0; i < count; i++)
    reader->cells[i] = NULL;
  return reader->cells;
}

bool json_reader_is_envelope(struct json_reader *reader, struct sla_text text) {
  struct record record = {.raw = text};
  size_t arrays = 0;
  if (!take_apart(reader, &record))
    return false;
  const struct json_node *nodes = reader->object.nodes;
  for (size_t at = 1; at < reader->object.count; at = nodes[at].end) {
    bool has_objects = nodes[at].end > at + 1 && nodes[at + 1].kind == KIND_OBJECT;
    if (nodes[at].kind == KIND_LIST && has_objects)
      arrays++;
    else if (nodes[at].kind >= KIND_LIST)
      return false;
  }
  return arrays == 1;
}
