#include "cli/header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void header_free(struct header *header) {
  free(header->names);
  free(header->text);
  *header = (struct header){0};
}

bool header_read(struct input *input, struct record *ret_row) {
  if (!input_next(input, ret_row)) {
    if (!input->stream.read_errno && !input->csv.too_long)
      cli_error(input->cli, EXIT_DATA, "\"%s\" is empty: a header line is expected", input->file);
    return false;
  }
  struct sla_text raw = ret_row->raw;
  if (ret_row->problem)
    cli_error_at(input->cli, EXIT_DATA, input->file, ret_row->line, "the header cannot be read: %s", ret_row->problem);
  else if (memchr(raw.ptr, '\r', raw.len) && !memchr(raw.ptr, '"', raw.len))
    cli_error_at(input->cli, EXIT_DATA, input->file, ret_row->line,
                 "the lines end in carriage returns alone: convert them, as with tr '\\r' '\\n'");
  else
    return true;
  return false;
}

void header_keep(struct header *header, const struct record *row) {
  header->count = row->count;
  header->names = cli_alloc(row->count * sizeof *header->names);
  char *at = header->text = cli_alloc(row->raw.len + 1);
  for (size_t i = 0; i < row->count; i++) {
    size_t used;
    struct sla_text value = csv_value(row->fields[i], at, &used);
    if (!used && value.len)
      memcpy(at, value.ptr, value.len);
    header->names[i] = (struct sla_text){at, value.len};
    at += value.len;
  }
}

void header_keep_members(struct header *header, struct json_reader *json, const struct record *object) {
  const struct json_object *members = json_reader_object(json);
  const struct json_node *member;
  size_t at = 0, count = 0;
  while (json_object_member(members, &at))
    count++;
  header->names = cli_alloc(count * sizeof *header->names);
  char *end = header->text = cli_alloc(object->raw.len + 1);
  for (at = 0; (member = json_object_member(members, &at));) {
    struct sla_text name = member->name->text;
    if (name.len)
      memcpy(end, name.ptr, name.len);
    header->names[header->count++] = (struct sla_text){end, name.len};
    end += name.len;
  }
}

/* The place among the values of JSON objects that a path gets. */
static long bind_path(struct input *input, const char *field, const char *path) {
  const char *problem;
  long column = json_reader_bind(input->json, path, &problem);
  if (column >= 0)
    return column;
  cli_error(input->cli, EXIT_USAGE, "\"%s\" is no path in JSON: %s (--map %s=PATH says where the field is)", path,
            problem, field);
  return COLUMN_WRONG;
}

long header_find(const struct header *header, struct input *input, const char *field, const char *name) {
  size_t len = strlen(name);
  if (!len)
    return COLUMN_ABSENT;
  if (input_is_json(input))
    return bind_path(input, field, name);
  for (size_t i = 0; i < header->count; i++)
    if (header->names[i].len == len && !memcmp(header->names[i].ptr, name, len))
      return (long)i;
  return COLUMN_NONE;
}

bool header_check_once(const struct header *header, const struct input *input, long column) {
  struct sla_text name = header->names[column];
  for (size_t i = 0; i < header->count; i++)
    if ((long)i != column && header->names[i].len == name.len && !memcmp(header->names[i].ptr, name.ptr, name.len)) {
      cli_error_at(input->cli, EXIT_DATA, input->file, 1, "column \"%.*s\" stands in the header twice", (int)name.len,
                   name.ptr);
      return false;
    }
  return true;
}

const char *header_nearest(const struct sla_text *columns, size_t count, const char *name, char buffer[128]) {
  char **names = cli_alloc(count * sizeof *names);
  for (size_t i = 0; i < count; i++)
    if (!(names[i] = strndup(columns[i].ptr, columns[i].len)))
      names[i] = cli_alloc(1);
  const char *nearest = sla_nearest((struct sla_text){name, strlen(name)}, (const char *const *)names, count);
  snprintf(buffer, 128, "%s", nearest ? nearest : "");
  for (size_t i = 0; i < count; i++)
    free(names[i]);
  free(names);
  return *buffer ? buffer : NULL;
}

const char *header_row_problem(const struct header *header, const struct input *input, const struct record *record,
                               char buffer[128]) {
  if (record->problem)
    return record->problem;
  if (input_is_json(input))
    return record->error;
  if (record->count == header->count)
    return NULL;
  snprintf(buffer, 128, "the row has %zu field%s, the header %zu", record->count, record->count == 1 ? "" : "s",
           header->count);
  return buffer;
}
