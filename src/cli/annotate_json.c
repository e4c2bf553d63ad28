/* annotate_json: objects instead of rows: what they have to have, and how they come out. */
#include "cli/annotate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool report(struct annotation *job, const char *problem, struct sla_text name, const char *remark) {
  const struct record *object = job->object;
  cli_error_in(job->cli, EXIT_DATA, job->input.file, object->line, object->bad_column, "%s \"%.*s\"%s", problem,
               (int)(name.len < 100 ? name.len : 100), name.ptr, remark);
  return false;
}

static bool is_free(struct annotation *job, const char *name) {
  return !json_reader_has_member(job->input.json, name) ||
         report(job, "the object has a member", (struct sla_text){name, strlen(name)},
                " already, which would be added");
}

/* --format csv: the header. */
static bool write_header(struct annotation *job, const struct record *object) {
  job->delimiter = ',';
  if (!job->header.count) {
    cli_error_in(job->cli, EXIT_DATA, job->input.file, object->line, object->bad_column,
                 "the first object tells the columns of CSV, and has none that can be read");
    return false;
  }
  for (size_t i = 0; i < job->header.count; i++) {
    if (i)
      output_char(&job->output, job->delimiter);
    output_csv(&job->output, job->header.names[i], job->delimiter);
  }
  annotation_each_added(job, annotation_write_added_name);
  output_char(&job->output, '\n');
  return true;
}

/* The column of a member, which is mostly the one in its place. */
static size_t column_named(const struct annotation *job, struct sla_text name, size_t place) {
  for (size_t i = 0; i <= job->header.count; i++) {
    size_t column = i ? i - 1 : place;
    if (column < job->header.count && job->header.names[column].len == name.len &&
        !memcmp(job->header.names[column].ptr, name.ptr, name.len))
      return column;
  }
  return job->header.count;
}

/* A member that has no column would be lost. */
static bool check_columns(struct annotation *job) {
  struct sla_text name, value;
  size_t place = 0;
  for (size_t at = 0; json_reader_member(job->input.json, &at, &name, &value); place++)
    if (column_named(job, name, place) == job->header.count)
      return report(job, "the first object, which tells the columns of CSV, has no member", name,
                    ": --format ndjson takes it");
  return true;
}

bool annotation_take_object(struct annotation *job, const struct record *object) {
  bool is_csv = job->format == FORMAT_CSV && !job->writer, is_first = !job->header.names;
  job->object = object;
  if (is_first && !object->problem)
    header_keep_members(&job->header, job->input.json, object);
  if (!object->problem && !annotation_each_added(job, is_free))
    return false;
  if (is_csv && is_first)
    return write_header(job, object);
  return !is_csv || object->problem || check_columns(job);
}

bool annotation_check_objects(struct annotation *job) {
  bool good = true;
  if (!job->is_json || !job->header.names)
    return true;
  for (size_t p = 0; p < job->policy_count; p++) {
    const struct annotator *annotator = &job->policies[p];
    for (size_t i = 0; i < annotator->field_count; i++)
      if (annotator->columns[i] >= 0 && !json_reader_has_seen(job->input.json, annotator->columns[i]))
        good &= annotation_check_absent(job, annotator, i);
  }
  return good;
}

bool annotation_write_object(struct annotation *job) {
  struct sla_text line = json_reader_line(job->input.json);
  do
    line.len--; /* the brace, and blanks before it */
  while (json_blanks((struct sla_text){line.ptr + line.len - 1, 1}));
  output_text(&job->output, line);
  return line.len > 1;
}

void annotation_write_cells(struct annotation *job) {
  struct json_reader *json = job->input.json;
  struct sla_text *cells = cli_alloc(job->header.count * sizeof *cells), name, value;
  size_t place = 0;
  for (size_t at = 0; json_reader_member(json, &at, &name, &value); place++)
    cells[column_named(job, name, place)] = value;
  for (size_t i = 0; i < job->header.count; i++) {
    if (i)
      output_char(&job->output, job->delimiter);
    if (cells[i].len)
      output_csv(&job->output, json_reader_text(json, cells[i]), job->delimiter);
  }
  free(cells);
}
