/* annotate_header: from the names of the input's columns to the fields that policies read, and the output's header. */
#include "cli/annotate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void annotation_keep_header(struct annotation *job, const struct record *row) {
  job->delimiter = job->input.csv.delimiter;
  job->column_count = row->count;
  job->columns = cli_alloc(row->count * sizeof *job->columns);
  job->header = cli_alloc(row->raw.len + 1);
  char *at = job->header;
  for (size_t i = 0; i < row->count; i++) {
    size_t used;
    struct sla_text value = csv_value(row->fields[i], at, &used);
    if (!used && value.len)
      memcpy(at, value.ptr, value.len);
    job->columns[i] = (struct sla_text){at, value.len};
    at += value.len;
  }
}

/* The place among the values of JSON objects that a path gets; COLUMN_WRONG after an error. */
static long bind_path(struct annotation *job, const char *field, const char *path) {
  const char *problem;
  long column = json_reader_bind(job->input.json, path, &problem);
  if (column >= 0)
    return column;
  cli_error(job->cli, EXIT_USAGE, "\"%s\" is no path in JSON: %s (--map %s=PATH says where the field is)", path,
            problem, field);
  return COLUMN_WRONG;
}

long annotation_column_of(struct annotation *job, const char *field, const char **ret_name) {
  bool is_asked;
  *ret_name = dialect_column(&job->dialect, field, &is_asked);
  if (!**ret_name)
    return COLUMN_ABSENT;
  if (job->is_json)
    return bind_path(job, field, *ret_name);
  for (size_t i = 0; i < job->column_count; i++)
    if (annotation_is(job->columns[i], *ret_name))
      return (long)i;
  return COLUMN_NONE;
}

/* Whether a policy reads a field by the name of a column. */
static bool is_field(const struct annotator *annotator, struct sla_text column) {
  for (size_t i = 0; i < annotator->field_count; i++)
    if (annotation_is(column, sla_policy_field_name(annotator->policy, i)))
      return true;
  return false;
}

/* The column nearest to a name, of those that no field is called after; NULL where none is near. */
static const char *nearest_column(const struct annotation *job, const struct annotator *annotator, const char *name,
                                  char buffer[128]) {
  char **names = cli_alloc(job->column_count * sizeof *names);
  size_t count = 0;
  for (size_t i = 0; i < job->column_count; i++)
    if (!is_field(annotator, job->columns[i]))
      names[count++] = strndup(job->columns[i].ptr, job->columns[i].len);
  const char *nearest = sla_nearest((struct sla_text){name, strlen(name)}, (const char *const *)names, count);
  snprintf(buffer, 128, "%s", nearest ? nearest : "");
  for (size_t i = 0; i < count; i++)
    free(names[i]);
  free(names);
  return *buffer ? buffer : NULL;
}

bool annotation_check_repeated(struct annotation *job, long column) {
  for (size_t i = 0; i < job->column_count; i++)
    if ((long)i != column && job->columns[i].len == job->columns[column].len &&
        !memcmp(job->columns[i].ptr, job->columns[column].ptr, job->columns[i].len)) {
      cli_error_at(job->cli, EXIT_DATA, job->input.file, 1, "column \"%.*s\" stands in the header twice",
                   (int)job->columns[column].len, job->columns[column].ptr);
      return false;
    }
  return true;
}

bool annotation_check_absent(struct annotation *job, const struct annotator *annotator, size_t field) {
  bool is_asked;
  const char *own_name = sla_policy_field_name(annotator->policy, field);
  const char *name = dialect_column(&job->dialect, own_name, &is_asked);
  const char *policy = sla_policy_name(annotator->policy), *what = job->is_json ? "member" : "column";
  const char *place = job->is_json ? "PATH" : "COLUMN";
  char buffer[128];
  const char *nearest = nearest_column(job, annotator, name, buffer);
  bool is_needed = is_asked || sla_policy_field_is_needed(annotator->policy, field);
  if (is_needed)
    cli_error_at(job->cli, EXIT_DATA, job->input.file, job->is_json ? 0 : 1,
                 "%s no %s \"%s\", which policy \"%s\" needs%s%s%s (--map %s=%s names another, --map %s= says that "
                 "there is none)",
                 job->is_json ? "the objects have" : "the input has", what, name, policy,
                 nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "", own_name, place,
                 own_name);
  else if (nearest)
    cli_warning(job->cli, "the input has no %s \"%s\", which policy \"%s\" reads; there is \"%s\": --map %s=%s", what,
                name, policy, nearest, own_name, place);
  return !is_needed;
}

/* Finds a policy's fields among the columns. */
static bool bind_fields(struct annotation *job, struct annotator *annotator) {
  bool good = true;
  for (size_t i = 0; i < annotator->field_count; i++) {
    const char *name;
    long column = annotator->columns[i] = annotation_column_of(job, sla_policy_field_name(annotator->policy, i), &name);
    if (column == COLUMN_NONE)
      good &= annotation_check_absent(job, annotator, i);
    else if (column >= 0 && !job->is_json)
      good &= annotation_check_repeated(job, column);
    good &= column != COLUMN_WRONG;
  }
  return good;
}

/* --map of fields that no policy reads is likely a slip. */
static bool check_maps(struct annotation *job) {
  for (size_t i = 0; i < job->cli->maps.count; i++) {
    const char *map = job->cli->maps.items[i], *equals = strchr(map, '=');
    if (!equals || equals == map) {
      cli_error(job->cli, EXIT_USAGE, "--map must be FIELD=COLUMN, not \"%s\"", map);
      return false;
    }
    struct sla_text field = {map, (size_t)(equals - map)};
    bool known = annotation_is(field, "id") || annotation_is(field, "policy");
    for (size_t p = 0; p < job->policy_count && !known; p++)
      for (size_t f = 0; f < sla_policy_field_count(job->policies[p].policy) && !known; f++)
        known = annotation_is(field, sla_policy_field_name(job->policies[p].policy, f));
    if (!known) {
      cli_error(job->cli, EXIT_USAGE, "--map %s: no policy in use reads the field \"%.*s\"", map, (int)field.len,
                field.ptr);
      return false;
    }
  }
  return true;
}

void annotation_added_name(const struct annotation *job, size_t metric, enum added column, char name[ADDED_NAME]) {
  static const char *const suffixes[ADDED_NOTE] = {"due", "status", "elapsed_s", "remaining_s"};
  if (column == ADDED_NOTE)
    snprintf(name, ADDED_NAME, "sla_note");
  else
    snprintf(name, ADDED_NAME, "%s_%s", job->metrics[metric], suffixes[column]);
}

bool annotation_each_added(struct annotation *job, bool (*visit)(struct annotation *job, const char *name)) {
  char name[ADDED_NAME];
  for (size_t m = 0; m < job->metric_count; m++)
    for (size_t i = 0; i < ADDED_NOTE; i++) {
      annotation_added_name(job, m, (enum added)i, name);
      if (job->added[i] && !visit(job, name))
        return false;
    }
  annotation_added_name(job, 0, ADDED_NOTE, name);
  return !job->added[ADDED_NOTE] || visit(job, name);
}

static bool is_free(struct annotation *job, const char *name) {
  for (size_t i = 0; i < job->column_count; i++)
    if (annotation_is(job->columns[i], name)) {
      cli_error_at(job->cli, EXIT_DATA, job->input.file, 1,
                   "the input has a column \"%s\" already, which would be added", name);
      return false;
    }
  return true;
}

bool annotation_write_added_name(struct annotation *job, const char *name) {
  output_char(&job->output, job->delimiter);
  output_csv(&job->output, (struct sla_text){name, strlen(name)}, job->delimiter);
  return true;
}

bool annotation_begin(struct annotation *job, const struct record *row) {
  const char *name;
  if (row)
    annotation_keep_header(job, row);
  else if (!job->cli->format)
    job->format = FORMAT_NDJSON;
  job->id_column = annotation_column_of(job, "id", &name);
  if (!check_maps(job) || job->id_column == COLUMN_WRONG)
    return false;
  bool good = true;
  for (size_t i = 0; i < job->policy_count; i++)
    good &= bind_fields(job, &job->policies[i]);
  if (job->writer && job->writer->bind)
    good &= job->writer->bind(job, job->writer->data);
  if (!good || (row && !annotation_each_added(job, is_free)))
    return false;
  if (row && job->format == FORMAT_CSV && !job->writer) {
    if (job->input.csv.has_mark)
      output_bytes(&job->output, "\xEF\xBB\xBF", 3);
    output_text(&job->output, row->raw);
    annotation_each_added(job, annotation_write_added_name);
    output_bytes(&job->output, row->end.len ? row->end.ptr : "\n", row->end.len ? row->end.len : 1);
  }
  return true;
}

bool annotation_same_header(struct annotation *job, const struct record *row) {
  bool same = row->count == job->column_count;
  if (job->input.csv.delimiter != job->delimiter) {
    cli_error_at(job->cli, EXIT_DATA, job->input.file, 1, "the delimiter is not that of the first file");
    return false;
  }
  char *scratch = cli_alloc(row->raw.len + 1);
  for (size_t i = 0; i < row->count && same; i++) {
    size_t used;
    struct sla_text value = csv_value(row->fields[i], scratch, &used);
    same = value.len == job->columns[i].len && !memcmp(value.ptr, job->columns[i].ptr, value.len);
  }
  free(scratch);
  if (!same)
    cli_error_at(job->cli, EXIT_DATA, job->input.file, 1, "the header is not that of the first file");
  return same;
}
