/*
 * annotate_rows: the row path. A row is evaluated where it lies in the reader's buffer and copied to the output's;
 * nothing is allocated for a row that is as it should be.
 */
#include "cli/annotate.h"

#include "cli/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Gives the policy its fields' values. Fields whose quotes are doubled inside are unfolded into the scratch. */
static void take_values(struct annotation *job, struct annotator *annotator, const struct record *row) {
  size_t need = row->raw.len * annotator->field_count; /* fields may share a column */
  if (job->scratch_size < need && memchr(row->raw.ptr, '"', row->raw.len)) {
    free(job->scratch);
    job->scratch_size = need;
    job->scratch = cli_alloc(need);
  }
  char *scratch = job->scratch;
  for (size_t i = 0; i < annotator->field_count; i++) {
    long column = annotator->columns[i];
    size_t used = 0;
    annotator->values[i] = column >= 0 ? csv_value(row->fields[column], scratch, &used) : (struct sla_text){"", 0};
    if (used)
      scratch += used; /* which is NULL where no field needs it */
  }
  if (job->dialect.has_words)
    for (size_t i = 0; i < annotator->field_count; i++)
      annotator->values[i] = dialect_word(&job->dialect, annotator->words[i], annotator->values[i]);
}

/* What a list's items mean, kept until the next object. */
static struct sla_list list_words(struct annotation *job, size_t field, struct sla_list list) {
  struct sla_text *items = cli_alloc(list.count * sizeof *items);
  job->lists = array_grow(job->lists, job->list_count, &job->list_capacity, sizeof *job->lists);
  job->lists[job->list_count++] = items;
  for (size_t i = 0; i < list.count; i++)
    items[i] = dialect_word(&job->dialect, field, list.items[i]);
  return (struct sla_list){items, list.count};
}

/* The same of an object. Says whether any field has several values. */
static bool take_members(struct annotation *job, struct annotator *annotator, const struct record *object) {
  bool several = false;
  while (job->list_count)
    free(job->lists[--job->list_count]);
  for (size_t i = 0; i < annotator->field_count; i++) {
    long column = annotator->columns[i];
    annotator->values[i] = column >= 0 ? object->fields[column] : (struct sla_text){"", 0};
    annotator->lists[i] = column >= 0 ? object->lists[column] : (struct sla_list){0};
    several |= annotator->lists[i].count > 0;
    if (job->dialect.has_words) {
      annotator->values[i] = dialect_word(&job->dialect, annotator->words[i], annotator->values[i]);
      if (annotator->lists[i].count)
        annotator->lists[i] = list_words(job, annotator->words[i], annotator->lists[i]);
    }
  }
  return several;
}

/* How many bytes of a value messages show: whole characters. */
static int shown_length(struct sla_text text) {
  enum { MOST = 60 };
  size_t len = 0;
  while (len < text.len && len < MOST) {
    size_t wide = sla_utf8_length((struct sla_text){text.ptr + len, text.len - len});
    len += wide ? wide : 1;
  }
  return (int)len;
}

/* The policy that a row names; NULL after job->reason says why there is none. */
static struct annotator *named_policy(struct annotation *job, const struct record *row) {
  char scratch[128];
  size_t used;
  struct sla_text field = row->fields[job->policy_column];
  struct sla_text name = field;
  if (field.len < sizeof scratch)
    name = input_value(&job->input, row, (size_t)job->policy_column, scratch, &used);
  for (size_t i = 0; i < job->policy_count; i++)
    if (annotation_is(name, job->policies[i].name))
      return &job->policies[i];
  snprintf(job->reason, sizeof job->reason, name.len ? "unknown policy \"%.*s\"" : "the row names no policy",
           shown_length(name), name.ptr);
  return NULL;
}

/* Evaluates a row. NULL, or why the row is an error as a whole; job->row_policy is then NULL. */
static const char *evaluate_row(struct annotation *job, const struct record *row) {
  job->row_policy = NULL;
  if (row->problem)
    return row->problem;
  if (job->is_json && row->error)
    return row->error;
  if (!job->is_json && row->count != job->column_count) {
    snprintf(job->reason, sizeof job->reason, "the row has %zu field%s, the header %zu", row->count,
             row->count == 1 ? "" : "s", job->column_count);
    return job->reason;
  }
  struct annotator *annotator = job->policy_column >= 0 ? named_policy(job, row) : &job->policies[0];
  if (!annotator)
    return job->reason;
  struct sla_incident incident = {.values = annotator->values};
  if (!job->is_json)
    take_values(job, annotator, row);
  else if (take_members(job, annotator, row))
    incident.lists = annotator->lists;
  const char *problem = job->by_incident ? annotation_events(job, annotator, row, &incident) : NULL;
  if (problem)
    return problem;
  enum sla_code code;
  while ((code = sla_evaluate_incident(annotator->policy, &incident, job->now, annotator->worker,
                                       annotator->results)) == SLA_BEYOND &&
         (code = sla_prepare(annotator->policy, annotator->worker)) == SLA_OK)
    ;
  if (code != SLA_OK)
    return "out of memory";
  job->row_policy = annotator;
  return NULL;
}

/* Adds a remark to a text, once. */
static void add_remark(char *text, size_t size, const char *remark) {
  size_t len = strlen(text);
  if (remark && *remark && !strstr(text, remark))
    snprintf(text + len, size - len, "%s%s", len ? "; " : "", remark);
}

/* Reports an error row with its line and, where there is one, the incident's id. */
static void report_row(struct annotation *job, const struct record *row, const char *errors) {
  struct sla_text id = {"", 0};
  if (job->id_column >= 0 && (size_t)job->id_column < row->count && !row->problem)
    id = row->fields[job->id_column];
  bool is_array = job->input.kind == INPUT_JSON; /* of which a line may hold many */
  long line = job->is_json && row->bad_line ? row->bad_line : row->line;
  long column = job->is_json && (is_array || row->bad_line) ? row->bad_column : 0;
  cli_error_in(job->cli, EXIT_DATA, job->input.file, line, column, "%s%.*s%s%s", id.len ? "incident " : "",
               shown_length(id), id.ptr, id.len ? ": " : "", errors);
}

/* Applies --coverage to a result. */
static void apply_coverage(struct annotation *job, struct sla_result *result) {
  if (job->coverage == COVERAGE_ERROR)
    *result = (struct sla_result){.status = SLA_STATUS_ERROR, .zone = result->zone, .reason = result->coverage};
  else if (job->coverage == COVERAGE_WARN && job->uncovered++ == 0)
    snprintf(job->first_uncovered, sizeof job->first_uncovered, "%s", result->coverage);
  else if (job->coverage == COVERAGE_IGNORE)
    result->coverage = NULL;
}

/* Gathers the row's note: its errors, which are reported, then the other remarks. */
static void conclude_row(struct annotation *job, const struct record *row, const char *row_error) {
  char errors[sizeof job->note];
  struct annotator *annotator = job->row_policy;
  errors[0] = job->note[0] = '\0';
  add_remark(errors, sizeof errors, row_error);
  for (size_t m = 0; annotator && m < annotator->metric_count; m++) {
    struct sla_result *result = &annotator->results[m];
    if (result->coverage)
      apply_coverage(job, result);
    bool is_error = result->status == SLA_STATUS_ERROR;
    if (result->reason)
      add_remark(is_error ? errors : job->note, sizeof errors, result->reason);
    if (result->coverage)
      add_remark(job->note, sizeof job->note, result->coverage);
  }
  if (!*errors)
    return;
  report_row(job, row, errors);
  add_remark(errors, sizeof errors, job->note);
  snprintf(job->note, sizeof job->note, "%s", errors);
}

/* The result of an output metric; NULL where the row's policy has no such metric. An error row has one for each. */
static const struct sla_result *result_of(const struct annotation *job, size_t metric) {
  static const struct sla_result error = {.status = SLA_STATUS_ERROR};
  const struct annotator *annotator = job->row_policy;
  if (!annotator)
    return &error;
  if (metric < annotator->metric_count && annotator->metric_of[metric] == metric) /* so where there is one policy */
    return &annotator->results[metric];
  for (size_t i = 0; i < annotator->metric_count; i++)
    if (annotator->metric_of[i] == metric)
      return &annotator->results[i];
  return NULL;
}

/* Whether a result has something to say in a column. */
static bool has_value(const struct sla_result *result, enum added column) {
  switch (column) {
  case ADDED_DUE: return result && result->has_due;
  case ADDED_STATUS: return result;
  case ADDED_ELAPSED: return result && result->has_elapsed;
  case ADDED_REMAINING: return result && result->has_due && result->has_elapsed;
  case ADDED_NOTE: break;
  }
  return false;
}

/* Writes what a result has to say in a column; due times and statuses need no quoting in any format. */
static void write_value(struct annotation *job, const struct sla_result *result, enum added column) {
  struct output *output = &job->output;
  if (column == ADDED_DUE) {
    char *room = output_room(output, SLA_TIME_TEXT);
    output->len += time_style_write(&job->style, result->due, result->due_offset_s, room);
  } else if (column == ADDED_STATUS) {
    const char *name = sla_status_name(result->status);
    output_bytes(output, name, strlen(name));
  } else
    output_number(output, column == ADDED_ELAPSED ? result->elapsed_s : result->remaining_s);
}

/*
 * Writes the fields of a row that is no whole one, so that the added columns line up all the same: too few are filled
 * up, too many kept together in the last, and text whose quoting is broken is quoted as it stands.
 */
static void write_odd_row(struct annotation *job, const struct record *row) {
  struct output *output = &job->output;
  const char delimiter = job->delimiter;
  size_t fields = row->count;
  if (row->problem) {
    fields = 1;
    output_csv(output, row->raw, delimiter);
  } else if (row->count > job->column_count) {
    const char *last = row->fields[job->column_count - 1].ptr;
    output_bytes(output, row->raw.ptr, (size_t)(last - row->raw.ptr));
    output_csv(output, (struct sla_text){last, (size_t)(row->raw.ptr + row->raw.len - last)}, delimiter);
  } else
    output_text(output, row->raw);
  for (; fields < job->column_count; fields++)
    output_char(output, delimiter);
}

static void write_csv_row(struct annotation *job, const struct record *row) {
  struct output *output = &job->output;
  const char delimiter = job->delimiter;
  if (row->problem || (!job->is_json && row->count != job->column_count))
    write_odd_row(job, row);
  else if (job->is_json)
    annotation_write_cells(job);
  else
    output_text(output, row->raw);
  for (size_t m = 0; m < job->metric_count; m++) {
    const struct sla_result *result = result_of(job, m);
    for (size_t i = 0; i < ADDED_NOTE; i++) {
      if (!job->added[i])
        continue;
      output_char(output, delimiter);
      if (has_value(result, (enum added)i))
        write_value(job, result, (enum added)i);
    }
  }
  if (job->added[ADDED_NOTE]) {
    output_char(output, delimiter);
    output_csv(output, (struct sla_text){job->note, strlen(job->note)}, delimiter);
  }
  output_bytes(output, row->end.len ? row->end.ptr : "\n", row->end.len ? row->end.len : 1);
}

static void write_json_key(struct output *output, struct sla_text key, bool first) {
  if (!first)
    output_char(output, ',');
  output_json(output, key);
  output_char(output, ':');
}

/* The row's own fields behind a brace; of a row that is no whole one, its text as "row". Says whether there are any. */
static bool write_json_fields(struct annotation *job, const struct record *row) {
  struct output *output = &job->output;
  if (job->is_json && !row->problem)
    return annotation_write_object(job);
  output_char(output, '{');
  if (row->problem || row->count > job->column_count) {
    write_json_key(output, (struct sla_text){"row", 3}, true);
    output_json(output, row->raw);
    return true;
  }
  char *scratch = cli_alloc(row->raw.len);
  for (size_t i = 0; i < row->count; i++) {
    size_t used;
    write_json_key(output, job->columns[i], i == 0);
    output_json(output, csv_value(row->fields[i], scratch, &used));
  }
  free(scratch);
  return row->count > 0;
}

static void write_json_value(struct annotation *job, size_t metric, enum added column, bool first) {
  struct output *output = &job->output;
  const struct sla_result *result = result_of(job, metric);
  char name[ADDED_NAME];
  annotation_added_name(job, metric, column, name);
  write_json_key(output, (struct sla_text){name, strlen(name)}, first);
  bool is_text = column == ADDED_DUE || column == ADDED_STATUS;
  if (!has_value(result, column)) {
    output_bytes(output, "null", 4);
    return;
  }
  if (is_text)
    output_char(output, '"');
  write_value(job, result, column);
  if (is_text)
    output_char(output, '"');
}

static void write_json_row(struct annotation *job, const struct record *row) {
  struct output *output = &job->output;
  bool first = !write_json_fields(job, row);
  for (size_t m = 0; m < job->metric_count; m++)
    for (size_t i = 0; i < ADDED_NOTE; i++)
      if (job->added[i]) {
        write_json_value(job, m, (enum added)i, first);
        first = false;
      }
  if (job->added[ADDED_NOTE]) {
    write_json_key(output, (struct sla_text){"sla_note", 8}, first);
    if (*job->note)
      output_json(output, (struct sla_text){job->note, strlen(job->note)});
    else
      output_bytes(output, "null", 4);
  }
  output_bytes(output, "}\n", 2);
}

void annotation_row(struct annotation *job, const struct record *row) {
  if (job->is_json && !annotation_take_object(job, row)) {
    job->stopped = true;
    return;
  }
  const char *error = evaluate_row(job, row);
  conclude_row(job, row, error);
  if (job->writer)
    job->writer->row(job, row, job->writer->data);
  else if (job->format == FORMAT_CSV)
    write_csv_row(job, row);
  else
    write_json_row(job, row);
  if (job->cli->line_buffered)
    output_flush(&job->output);
}
