/*
 * annotate_rows: the row path. A row is evaluated where it lies in the reader's buffer and copied to the output's;
 * nothing is allocated for a row that is as it should be. Most rows go side by side: split by csv_split.c, evaluated by
 * rows_evaluate() in src/engine/row.c, written here.
 */
#include "cli/annotate.h"

#include "cli/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for fields whose quotes are doubled inside: they are unfolded there. Fields may share a column. */
static char *make_scratch(struct annotation *job, const struct annotator *annotator, const struct record *row) {
  size_t need = row->raw.len * annotator->field_count;
  if (job->scratch_size < need) {
    free(job->scratch);
    job->scratch_size = need;
    job->scratch = cli_alloc(need);
  }
  return job->scratch;
}

/* Gives the policy its fields' values; what has no column keeps its empty one. */
static void take_values(struct annotation *job, struct annotator *annotator, const struct record *row) {
  char *scratch = NULL;
  struct sla_text *values = annotator->values;
  for (size_t i = 0; i < annotator->bound_count; i++) {
    struct sla_text field = row->fields[annotator->bound[i].column];
    if (field.len && field.ptr[0] == '"') {
      size_t used;
      scratch = scratch ? scratch : make_scratch(job, annotator, row);
      field = csv_value(field, scratch, &used);
      scratch += used;
    }
    values[annotator->bound[i].field] = field;
  }
  if (job->dialect.has_words)
    for (size_t i = 0; i < annotator->field_count; i++)
      values[i] = dialect_word(&job->dialect, annotator->words[i],
                               annotator->columns[i] >= 0 ? values[i] : (struct sla_text){"", 0});
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
           cli_shown_length(name), name.ptr);
  return NULL;
}

static inline enum sla_code evaluate(struct annotation *job, struct annotator *annotator,
                                     const struct sla_incident *incident) {
  enum sla_code code;
  annotator->results = annotator->result_room;
  while ((code = sla_evaluate_incident(annotator->policy, incident, job->now, annotator->worker, annotator->results)) ==
             SLA_BEYOND &&
         (code = annotation_prepare(job, annotator)) == SLA_OK)
    ;
  return code;
}

/* Evaluates a row. NULL, or why the row is an error as a whole; job->row_policy is then NULL. */
static const char *evaluate_row(struct annotation *job, const struct record *row) {
  job->row_policy = NULL;
  const char *problem = NULL;
  if (row->problem || job->is_json || row->count != job->header.count)
    problem = header_row_problem(&job->header, &job->input, row, job->reason);
  if (problem)
    return problem;
  struct annotator *annotator = job->policy_column >= 0 ? named_policy(job, row) : &job->policies[0];
  if (!annotator)
    return job->reason;
  struct sla_incident incident = {.values = annotator->values};
  if (!job->is_json)
    take_values(job, annotator, row);
  else if (take_members(job, annotator, row))
    incident.lists = annotator->lists;
  problem = job->by_incident ? annotation_events(job, annotator, row, &incident) : NULL;
  if (problem)
    return problem;
  if (evaluate(job, annotator, &incident) != SLA_OK)
    return "out of memory";
  job->row_policy = annotator;
  return NULL;
}

/* Says what there is to say of a row, and reports its errors. */
static void conclude_row(struct annotation *job, const struct record *row, const char *row_error) {
  struct annotator *annotator = job->row_policy;
  bool is_plain = annotator && !row_error && !job->by_incident && !job->cli->decided;
  for (size_t m = 0; is_plain && m < annotator->metric_count; m++)
    is_plain = !annotator->results[m].reason && !annotator->results[m].coverage;
  if (!is_plain || job->errors.len || job->note.len || job->closed_unanswered)
    annotation_begin_note(job);
  if (is_plain) /* nothing is to be said of most rows */
    return;
  for (size_t m = 0; annotator && m < annotator->metric_count; m++) {
    struct sla_result *result = &annotator->results[m];
    if (result->coverage)
      annotation_apply_coverage(job, result);
    if (result->reason || result->coverage)
      annotation_remark(job, result);
  }
  for (size_t m = 0; annotator && job->cli->decided && m < annotator->metric_count; m++)
    annotation_remark_rule(job, job->metrics[annotator->metric_of[m]], &annotator->results[m].rule);
  annotation_end_note(job, row_error);
  if (job->errors.len)
    annotation_report_errors(job, row);
}

const struct sla_result *annotation_result_of(const struct annotation *job, size_t metric) {
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

/*
 * What follows writes through a pointer into room that was made for the row as a whole, and returns where it ends: a
 * row is looked at for room once.
 */

static inline char *put_time(const struct annotation *job, sla_time t, int32_t offset_s, char *at) {
  if (job->style.zone)
    offset_s = sla_zone_offset(job->style.zone, t);
  return at + sla_time_write(t, offset_s, job->style.utc, at);
}

static char *put_status(const struct annotation *job, enum sla_status status, char *at) {
  memcpy(at, job->statuses[status].text, sizeof job->statuses[status].text); /* more than it takes, in one go */
  return at + job->statuses[status].len;
}

/* Due time, status and amounts, as far as they are asked for, each behind a delimiter. */
static inline char *put_result(const struct annotation *job, const struct sla_result *result, char *at) {
  const char delimiter = job->delimiter;
  if (job->added[ADDED_DUE]) {
    *at++ = delimiter;
    if (result->has_due)
      at = put_time(job, result->due, result->due_offset_s, at);
  }
  if (job->added[ADDED_STATUS]) {
    *at++ = delimiter;
    at = put_status(job, result->status, at);
  }
  if (job->added[ADDED_ELAPSED]) {
    *at++ = delimiter;
    if (result->has_elapsed)
      at = output_put_number(at, result->elapsed_s);
  }
  if (job->added[ADDED_REMAINING]) {
    *at++ = delimiter;
    if (result->has_due && result->has_elapsed)
      at = output_put_number(at, result->remaining_s);
  }
  return at;
}

/* Writes what there is to say in a column, if anything, of those that need no quoting: numbers, times and statuses. */
static char *put_value(const struct annotation *job, const struct told *told, enum added column, char *at) {
  const struct sla_result *result = told->result;
  const struct listed_cycle *cycle = told->cycle;
  switch (column) {
  case ADDED_DUE: return result->has_due ? put_time(job, result->due, result->due_offset_s, at) : at;
  case ADDED_STATUS: return put_status(job, result->status, at);
  case ADDED_ELAPSED: return result->has_elapsed ? output_put_number(at, result->elapsed_s) : at;
  case ADDED_REMAINING: return result->has_due && result->has_elapsed ? output_put_number(at, result->remaining_s) : at;
  case ADDED_CYCLE: return cycle && cycle->number ? output_put_number(at, (int64_t)cycle->number) : at;
  case ADDED_START:
    if (!cycle || !cycle->run.started)
      return at;
    return put_time(job, cycle->run.start, sla_zone_offset(result->zone, cycle->run.start), at);
  case ADDED_STOP:
    if (!cycle || !cycle->run.stopped)
      return at;
    return put_time(job, cycle->run.stop, sla_zone_offset(result->zone, cycle->run.stop), at);
  default: return at;
  }
}

void annotation_write_value(struct annotation *job, const struct told *told, enum added column) {
  char *room = output_room(&job->output, VALUE_ROOM);
  job->output.len += (size_t)(put_value(job, told, column, room) - room);
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
  } else if (row->count > job->header.count) {
    const char *last = row->fields[job->header.count - 1].ptr;
    output_bytes(output, row->raw.ptr, (size_t)(last - row->raw.ptr));
    output_csv(output, (struct sla_text){last, (size_t)(row->raw.ptr + row->raw.len - last)}, delimiter);
  } else
    output_text(output, row->raw);
  for (; fields < job->header.count; fields++)
    output_char(output, delimiter);
}

/* The metric's name, which takes what room it takes. */
static void write_csv_name(struct annotation *job, const struct told *told) {
  output_char(&job->output, job->delimiter);
  if (told->cycle)
    output_csv(&job->output, (struct sla_text){told->cycle->metric, strlen(told->cycle->metric)}, job->delimiter);
}

static void write_csv_cycle(struct annotation *job, const struct told *told) {
  write_csv_name(job, told);
  char *begin = output_room(&job->output, (size_t)ADDED * VALUE_ROOM), *at = begin;
  for (size_t i = 1; i < job->value_count; i++) { /* behind the name */
    *at++ = job->delimiter;
    if (told->result)
      at = put_value(job, told, job->values[i], at);
  }
  job->output.len += (size_t)(at - begin);
}

static void write_csv_results(struct annotation *job) {
  for (size_t m = 0; m < job->metric_count; m++) {
    const struct sla_result *result = annotation_result_of(job, m);
    char *begin = output_room(&job->output, (size_t)ADDED * VALUE_ROOM), *at = begin;
    if (result)
      at = put_result(job, result, at);
    else
      for (size_t i = 0; i < job->value_count; i++)
        *at++ = job->delimiter;
    job->output.len += (size_t)(at - begin);
  }
}

/* The row's own columns. */
static void write_csv_fields(struct annotation *job, const struct record *row) {
  if (row->problem || (!job->is_json && row->count != job->header.count))
    write_odd_row(job, row);
  else if (job->is_json)
    annotation_write_cells(job);
  else
    output_text(&job->output, row->raw);
}

static void write_csv_row(struct annotation *job, const struct record *row, const struct told *told) {
  struct output *output = &job->output;
  write_csv_fields(job, row);
  if (told)
    write_csv_cycle(job, told);
  else
    write_csv_results(job);
  if (job->added[ADDED_NOTE]) {
    output_char(output, job->delimiter);
    if (job->note.len)
      output_csv(output, (struct sla_text){job->note.text, job->note.len}, job->delimiter);
  }
  if (row->end.len == 1)
    output_char(output, *row->end.ptr);
  else
    output_bytes(output, row->end.len ? row->end.ptr : "\n", row->end.len ? row->end.len : 1);
}

void annotation_write_row(struct annotation *job, const struct record *row, const struct told *told) {
  if (job->format == FORMAT_CSV)
    write_csv_row(job, row, told);
  else
    annotation_write_json_row(job, row, told);
}

/* Writes a row of which nothing is to be said but its policy's results. */
static void write_plain(struct annotation *job, const struct record *row) {
  job->row_policy = &job->policies[0];
  if (job->note.len || job->errors.len) /* of a row before */
    annotation_begin_note(job);
  annotation_write_row(job, row, NULL);
}

/* Evaluates an object as a row by itself, where it is plain, and writes it. */
static bool take_plain_object(struct annotation *job, const struct record *object) {
  struct annotator *annotator = &job->policies[0];
  if (object->problem || object->error)
    return false;
  for (size_t i = 0; i < annotator->bound_count; i++)
    if (object->lists[annotator->bound[i].column].count)
      return false;
  const struct sla_rows table = {1, object->count, object->fields, annotator->columns};
  annotator->results = annotator->result_room;
  if (!sla_evaluate_rows(annotator->policy, &table, job->now, annotator->worker, annotator->results))
    return false;
  write_plain(job, object);
  return true;
}

void annotation_row(struct annotation *job, const struct record *row) {
  if (job->is_json && !annotation_take_object(job, row)) {
    job->stopped = true;
    return;
  }
  if (job->is_json && job->is_plain && take_plain_object(job, row))
    return;
  const char *error = evaluate_row(job, row);
  if (job->cli->cycles)
    annotation_write_cycles(job, row, error);
  else {
    conclude_row(job, row, error);
    if (job->writer)
      job->writer->row(job, row, job->writer->data);
    else
      annotation_write_row(job, row, NULL);
  }
  if (job->cli->line_buffered)
    output_flush(&job->output);
}

/* --- several at once -----------------------------------------------------------------------------------------------
 */

/* Makes ready for it: as many rows as keep what belongs to them in the processor's first-level cache. */
static void begin_rows(struct annotation *job) {
  enum { MOST_FIELDS = 1024, MOST_RESULTS = 2 * CSV_MOST_ROWS };
  struct csv_rows *rows = &job->rows;
  const size_t metrics = job->policies[0].metric_count, width = job->header.count;
  rows->width = width;
  rows->most = CSV_MOST_ROWS;
  while (rows->most > 1 && (rows->most * width > MOST_FIELDS || rows->most * metrics > MOST_RESULTS))
    rows->most /= 2;
  rows->fields = cli_alloc((rows->most * width + CSV_BLOCK) * sizeof *rows->fields);
}

/*
 * Takes the quotes off the policy's fields. Returns bits of rows with a field where there is more to it, since quotes
 * are doubled inside.
 */
static uint64_t take_quotes(const struct annotator *annotator, struct csv_rows *rows) {
  uint64_t others = 0;
  for (size_t row = 0; row < rows->count; row++)
    for (size_t i = 0; i < annotator->bound_count; i++) {
      struct sla_text *field = &rows->fields[row * rows->width + annotator->bound[i].column];
      if (field->len < 2 || field->ptr[0] != '"')
        continue;
      if (memchr(field->ptr + 1, '"', field->len - 2))
        others |= UINT64_C(1) << row;
      else
        *field = (struct sla_text){field->ptr + 1, field->len - 2};
    }
  return others;
}

/*
 * Copies bytes by so many at a time: where they end, what is behind them is copied as well, if that can be read, and
 * written over by what comes next. It saves the choice how to copy how many.
 */
enum { COPIED = 96 }; /* most rows are no longer */

static inline char *copy(char *to, const char *from, size_t len, bool reads_beyond) {
  if (reads_beyond)
    for (size_t at = 0; at < len; at += COPIED)
      memcpy(to + at, from + at, COPIED);
  else
    memcpy(to, from, len);
  return to + len;
}

/* Writes rows of CSV of which nothing is to be said but the results, and has the others annotated one by one. */
static void write_csv_rows(struct annotation *job, uint64_t plain) {
  const struct csv_rows *rows = &job->rows;
  const struct stream *stream = &job->input.stream;
  const size_t metrics = job->metric_count, added = metrics * job->value_count * VALUE_ROOM + 1 + COPIED;
  const bool reads_beyond = stream->buffer + stream->filled - rows->starts[rows->count] >= COPIED;
  const struct sla_result *result = job->policies[0].result_room;
  struct output *output = &job->output;
  char *at = output->buffer + output->len, *end = output->buffer + output->size;
  for (size_t row = 0; row < rows->count; row++) {
    const char *start = rows->starts[row], *stop = rows->stops[row], *next = rows->starts[row + 1];
    const size_t room = (size_t)(next - start) + added;
    const struct sla_result *const last = result + metrics;
    if (!(plain >> row & 1) || room > (size_t)(end - at)) {
      output->len = (size_t)(at - output->buffer);
      if (!(plain >> row & 1) || room > OUTPUT_BYTES) {
        struct record record;
        csv_record(rows, row, &record);
        annotation_row(job, &record); /* its results take the place of the first row's */
        at = output->buffer + output->len, end = output->buffer + output->size;
        result = last;
        continue;
      }
      at = output_room(output, room), end = output->buffer + output->size;
    }
    at = copy(at, start, (size_t)(stop - start), reads_beyond);
    while (result < last)
      at = put_result(job, result++, at);
    if (job->added[ADDED_NOTE])
      *at++ = job->delimiter;
    if (next - stop > 1)
      *at++ = '\r';
    *at++ = '\n';
  }
  output->len = (size_t)(at - output->buffer);
}

/* The same of objects. */
static void write_json_rows(struct annotation *job, uint64_t plain) {
  struct annotator *annotator = &job->policies[0];
  for (size_t row = 0; row < job->rows.count; row++) {
    struct record record;
    csv_record(&job->rows, row, &record);
    annotator->results = annotator->result_room + row * annotator->metric_count;
    if (plain >> row & 1)
      write_plain(job, &record);
    else
      annotation_row(job, &record);
  }
}

/*
 * The row path: takes rows as they come, has all of them evaluated, and writes them. 0 where the next one has to be
 * taken by itself.
 */
static size_t take_rows(struct annotation *job) {
  struct annotator *annotator = &job->policies[0];
  struct csv_rows *rows = &job->rows;
  if (!rows->fields)
    begin_rows(job);
  if (!csv_take_rows(&job->input.csv, rows))
    return 0;
  uint64_t others = rows->may_have_quotes ? take_quotes(annotator, rows) : 0;
  const struct sla_rows table = {rows->count, rows->width, rows->fields, annotator->columns};
  uint64_t done = sla_evaluate_rows(annotator->policy, &table, job->now, annotator->worker, annotator->result_room);
  if (job->format == FORMAT_CSV)
    write_csv_rows(job, done & ~others);
  else
    write_json_rows(job, done & ~others);
  return rows->count;
}

size_t annotation_next(struct annotation *job) {
  struct record row;
  size_t taken = job->is_plain && !job->is_json ? take_rows(job) : 0;
  if (taken)
    return taken;
  if (!input_next(&job->input, &row))
    return 0;
  annotation_row(job, &row);
  return 1;
}
