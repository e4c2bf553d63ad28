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

/* Evaluates a row. NULL, or why the row is an error as a whole; job->row_policy is then NULL. */
static const char *evaluate_row(struct annotation *job, const struct record *row) {
  job->row_policy = NULL;
  const char *problem = header_row_problem(&job->header, &job->input, row, job->reason);
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

/* Says what there is to say of a row, and reports its errors. */
static void conclude_row(struct annotation *job, const struct record *row, const char *row_error) {
  struct annotator *annotator = job->row_policy;
  annotation_begin_note(job);
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

static void write_time(struct annotation *job, sla_time t, int32_t offset_s) {
  char *room = output_room(&job->output, SLA_TIME_TEXT);
  job->output.len += time_style_write(&job->style, t, offset_s, room);
}

void annotation_write_value(struct annotation *job, const struct told *told, enum added column) {
  const struct sla_result *result = told->result;
  const struct listed_cycle *cycle = told->cycle;
  const char *status;
  switch (column) {
  case ADDED_DUE:
    if (result->has_due)
      write_time(job, result->due, result->due_offset_s);
    break;
  case ADDED_STATUS:
    status = sla_status_name(result->status);
    output_bytes(&job->output, status, strlen(status));
    break;
  case ADDED_ELAPSED:
    if (result->has_elapsed)
      output_number(&job->output, result->elapsed_s);
    break;
  case ADDED_REMAINING:
    if (result->has_due && result->has_elapsed)
      output_number(&job->output, result->remaining_s);
    break;
  case ADDED_CYCLE:
    if (cycle && cycle->number)
      output_number(&job->output, (int64_t)cycle->number);
    break;
  case ADDED_START:
    if (cycle && cycle->run.started)
      write_time(job, cycle->run.start, sla_zone_offset(result->zone, cycle->run.start));
    break;
  case ADDED_STOP:
    if (cycle && cycle->run.stopped)
      write_time(job, cycle->run.stop, sla_zone_offset(result->zone, cycle->run.stop));
    break;
  default: break;
  }
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

static void write_csv_values(struct annotation *job, const struct told *told) {
  for (size_t i = 0; i < job->value_count; i++) {
    enum added column = job->values[i];
    output_char(&job->output, job->delimiter);
    if (column == ADDED_METRIC && told->cycle)
      output_csv(&job->output, (struct sla_text){told->cycle->metric, strlen(told->cycle->metric)}, job->delimiter);
    else if (told->result)
      annotation_write_value(job, told, column);
  }
}

static void write_csv_row(struct annotation *job, const struct record *row, const struct told *told) {
  struct output *output = &job->output;
  if (row->problem || (!job->is_json && row->count != job->header.count))
    write_odd_row(job, row);
  else if (job->is_json)
    annotation_write_cells(job);
  else
    output_text(output, row->raw);
  if (told)
    write_csv_values(job, told);
  for (size_t m = 0; m < job->metric_count && !told; m++)
    write_csv_values(job, &(struct told){.result = annotation_result_of(job, m)});
  if (job->added[ADDED_NOTE]) {
    output_char(output, job->delimiter);
    output_csv(output, (struct sla_text){buffer_text(&job->note), job->note.len}, job->delimiter);
  }
  output_bytes(output, row->end.len ? row->end.ptr : "\n", row->end.len ? row->end.len : 1);
}

void annotation_write_row(struct annotation *job, const struct record *row, const struct told *told) {
  if (job->format == FORMAT_CSV)
    write_csv_row(job, row, told);
  else
    annotation_write_json_row(job, row, told);
}

void annotation_row(struct annotation *job, const struct record *row) {
  if (job->is_json && !annotation_take_object(job, row)) {
    job->stopped = true;
    return;
  }
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
