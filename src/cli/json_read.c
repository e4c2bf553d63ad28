#include "cli/json_read.h"

#include "cli/buffer.h"
#include "cli/cli.h"
#include "cli/json_path.h"
#include "cli/json_scan.h"

#include <dlfcn.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- loading jansson --------------------------------------------------------------------------------------------- */

struct jansson {
  __typeof__(&json_loadb) loadb;
  __typeof__(&json_delete) delete;
  __typeof__(&json_object_get) get;
  __typeof__(&json_string_value) string_value;
  __typeof__(&json_string_length) string_length;
};

static const struct {
  const char *name;
  size_t offset;
} jansson_names[] = {
    {"json_loadb", offsetof(struct jansson, loadb)},
    {"json_delete", offsetof(struct jansson, delete)},
    {"json_object_get", offsetof(struct jansson, get)},
    {"json_string_value", offsetof(struct jansson, string_value)},
    {"json_string_length", offsetof(struct jansson, string_length)},
};

static bool jansson_load(struct jansson *jansson) {
  static const char *const files[] = {"libjansson.so.4", "libjansson.4.dylib"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof files / sizeof *files && !library; i++)
    library = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
  for (size_t i = 0; library && i < sizeof jansson_names / sizeof *jansson_names; i++) {
    void *function = dlsym(library, jansson_names[i].name);
    if (!function)
      return false;
    memcpy((char *)jansson + jansson_names[i].offset, &function, sizeof function);
  }
  return library;
}

/* --- the reader -------------------------------------------------------------------------------------------------- */

/* Texts that grow in number. */
struct texts {
  struct sla_text *items;
  size_t count, capacity;
};

struct field {
  struct json_path path;
  bool seen;
  size_t first, count; /* of the record's values, in items */
};

struct json_reader {
  struct jansson jansson;
  struct field *fields;
  size_t field_count;
  struct sla_text *values; /* of the record, one a field */
  struct sla_list *lists;
  struct texts items;
  json_t *root; /* the record */
  struct sla_text raw;
  json_t **decoded; /* strings with escapes in them, which live as long as the record */
  size_t decoded_count, decoded_capacity;
  char problem[256];
  char *compact; /* a nested value without its line breaks */
};

struct json_reader *json_reader_new(void) {
  struct json_reader *reader = cli_alloc(sizeof *reader);
  if (jansson_load(&reader->jansson))
    return reader;
  free(reader);
  return NULL;
}

/* As json_decref() has it, which would call the library by itself. */
static void drop(struct json_reader *reader, json_t *node) {
  if (node && node->refcount != (size_t)-1 && --node->refcount == 0)
    reader->jansson.delete(node);
}

static void drop_record(struct json_reader *reader) {
  drop(reader, reader->root);
  reader->root = NULL;
  while (reader->decoded_count)
    drop(reader, reader->decoded[--reader->decoded_count]);
  reader->items.count = 0;
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
  drop_record(reader);
  free(reader->fields);
  free(reader->values);
  free(reader->lists);
  free(reader->items.items);
  free(reader->decoded);
  free(reader->compact);
  free(reader);
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
  free(reader->values);
  free(reader->lists);
  reader->values = cli_alloc((reader->field_count + 1) * sizeof *reader->values);
  reader->lists = cli_alloc((reader->field_count + 1) * sizeof *reader->lists);
  return (long)reader->field_count++;
}

bool json_reader_has_seen(const struct json_reader *reader, long field) {
  return reader->fields[field].seen;
}

/* --- values ------------------------------------------------------------------------------------------------------ */

/* What a string of well-formed JSON says, its quotes and escapes taken away. */
static struct sla_text string_text(struct json_reader *reader, struct sla_text string) {
  struct sla_text inside = {string.ptr + 1, string.len - 2};
  if (!memchr(inside.ptr, '\\', inside.len))
    return inside;
  json_error_t error;
  json_t *node = reader->jansson.loadb(string.ptr, string.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
  if (!node)
    return inside;
  reader->decoded =
      array_grow(reader->decoded, reader->decoded_count, &reader->decoded_capacity, sizeof *reader->decoded);
  reader->decoded[reader->decoded_count++] = node;
  return (struct sla_text){reader->jansson.string_value(node), reader->jansson.string_length(node)};
}

static struct sla_text scalar_text(struct json_reader *reader, struct sla_text value) {
  if (value.ptr[0] == '"')
    return string_text(reader, value);
  return value.ptr[0] == 'n' ? (struct sla_text){"", 0} : value;
}

/* Takes the value that a path leads to: a scalar, or the scalars of a list. */
static void add_value(struct json_reader *reader, struct field *field, struct sla_text value, bool in_list) {
  char c = value.ptr[0];
  field->seen = true;
  if (c == '[' && !in_list) {
    struct sla_text key, element;
    for (size_t at = 0; json_next_member(value, &at, &key, &element);)
      add_value(reader, field, element, true);
  } else if (c == '{' || c == '[') {
    snprintf(reader->problem, sizeof reader->problem,
             c == '{' ? "\"%.100s\" leads to an object: name the member of it that counts, as in %.100s.name"
                      : "\"%.100s\" leads to a list of lists: write %.100s[] for the elements of all",
             field->path.text, field->path.text);
  } else if (c != 'n') {
    struct texts *items = &reader->items;
    items->items = array_grow(items->items, items->count, &items->capacity, sizeof *items->items);
    items->items[items->count++] = scalar_text(reader, value);
    field->count++;
  }
}

/* Follows a path from one of its steps on. */
static void follow(struct json_reader *reader, struct field *field, size_t step, struct sla_text value) {
  if (step == field->path.count) {
    add_value(reader, field, value, false);
    return;
  }
  const struct json_step *want = &field->path.steps[step];
  if (value.ptr[0] != (want->kind == JSON_MEMBER ? '{' : '['))
    return;
  struct sla_text key, inner;
  size_t index = 0;
  for (size_t at = 0; json_next_member(value, &at, &key, &inner); index++) {
    bool is_it = want->kind == JSON_ALL || (want->kind == JSON_INDEX && index == want->index);
    if (want->kind == JSON_MEMBER) {
      struct sla_text name = string_text(reader, key);
      is_it = name.len == want->key.len && !memcmp(name.ptr, want->key.ptr, name.len);
    }
    if (is_it)
      follow(reader, field, step + 1, inner);
    if (is_it && want->kind != JSON_ALL)
      return;
  }
  field->seen |= want->kind != JSON_MEMBER; /* a list may be empty */
}

/* --- records ----------------------------------------------------------------------------------------------------- */

/* Has jansson judge the text: grammar, UTF-8, names that come twice. Integers of any size are fine by us. */
static bool judge(struct json_reader *reader, struct record *record) {
  json_error_t error;
  const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY;
  reader->raw = record->raw;
  reader->root = reader->jansson.loadb(record->raw.ptr, record->raw.len, flags, &error);
  if (reader->root && record->raw.ptr[0] == '{')
    return true;
  if (reader->root)
    snprintf(reader->problem, sizeof reader->problem, "an object is expected");
  else {
    snprintf(reader->problem, sizeof reader->problem, "this is no JSON: %s", error.text);
    record->bad_line = record->line + error.line - 1;
    record->bad_column = (error.line > 1 ? 1 : record->bad_column) + error.column - 1;
  }
  record->problem = reader->problem;
  return false;
}

void json_reader_read(struct json_reader *reader, struct record *record) {
  drop_record(reader);
  *reader->problem = '\0';
  record->count = reader->field_count;
  record->fields = reader->values;
  record->lists = reader->lists;
  if (record->problem || !judge(reader, record))
    return;
  for (size_t i = 0; i < reader->field_count; i++) {
    struct field *field = &reader->fields[i];
    field->first = reader->items.count;
    field->count = 0;
    follow(reader, field, 0, record->raw);
  }
  for (size_t i = 0; i < reader->field_count; i++) { /* now that the items no longer move */
    const struct field *field = &reader->fields[i];
    const struct sla_text *items = field->count ? reader->items.items + field->first : NULL;
    reader->values[i] = field->count ? items[0] : (struct sla_text){"", 0};
    reader->lists[i] = (struct sla_list){items, field->count > 1 ? field->count : 0};
  }
  record->error = *reader->problem ? reader->problem : NULL;
}

bool json_reader_has_member(struct json_reader *reader, const char *name) {
  return reader->root && reader->jansson.get(reader->root, name);
}

/* JSON on one line: its line breaks, which stand between values only, and the blanks behind them left out. */
static struct sla_text compact_text(struct json_reader *reader, struct sla_text value) {
  if (!memchr(value.ptr, '\n', value.len) && !memchr(value.ptr, '\r', value.len))
    return value;
  free(reader->compact);
  reader->compact = cli_alloc(value.len);
  struct sla_text text = {reader->compact, 0};
  for (size_t i = 0; i < value.len;)
    if (value.ptr[i] == '\n' || value.ptr[i] == '\r')
      i += json_blanks((struct sla_text){value.ptr + i, value.len - i});
    else
      reader->compact[text.len++] = value.ptr[i++];
  return text;
}

struct sla_text json_reader_line(struct json_reader *reader) {
  return compact_text(reader, reader->raw);
}

bool json_reader_member(struct json_reader *reader, size_t *at, struct sla_text *ret_name, struct sla_text *ret_value) {
  struct sla_text key;
  if (!reader->root || !json_next_member(reader->raw, at, &key, ret_value))
    return false;
  *ret_name = string_text(reader, key);
  return true;
}

struct sla_text json_reader_text(struct json_reader *reader, struct sla_text value) {
  bool nested = value.ptr[0] == '{' || value.ptr[0] == '[';
  return nested ? compact_text(reader, value) : scalar_text(reader, value);
}

bool json_reader_is_envelope(struct json_reader *reader, struct sla_text text) {
  struct record record = {.raw = text};
  struct sla_text key, value;
  size_t arrays = 0;
  drop_record(reader);
  if (!judge(reader, &record))
    return false;
  for (size_t at = 0; json_next_member(text, &at, &key, &value);) {
    size_t inside = value.ptr[0] == '[' ? 1 + json_blanks((struct sla_text){value.ptr + 1, value.len - 1}) : 0;
    if (inside && value.ptr[inside] == '{')
      arrays++;
    else if (value.ptr[0] == '{' || value.ptr[0] == '[')
      return false;
  }
  return arrays == 1;
}
