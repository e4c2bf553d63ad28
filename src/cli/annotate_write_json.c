/* annotate_write_json: rows as NDJSON, one object each, with what there is to say of them as further members. */
#include "cli/annotate.h"

#include "cli/buffer.h"

#include <stdlib.h>
#include <string.h>

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
  if (row->problem || row->count > job->header.count) {
    write_json_key(output, (struct sla_text){"row", 3}, true);
    output_json(output, row->raw);
    return true;
  }
  char *scratch = cli_alloc(row->raw.len);
  for (size_t i = 0; i < row->count; i++) {
    size_t used;
    write_json_key(output, job->header.names[i], i == 0);
    output_json(output, csv_value(row->fields[i], scratch, &used));
  }
  free(scratch);
  return row->count > 0;
}

/* What there is to say in a column that holds a word, or NULL; the rule is put together in the text. */
static const char *word_of(const struct told *told, enum added column, struct buffer *text) {
  const struct sla_rule *rule = &told->result->rule;
  if (column == ADDED_METRIC)
    return told->cycle ? told->cycle->metric : NULL;
  if (column == ADDED_POLICY)
    return rule->policy;
  if (column == ADDED_VERSION)
    return rule->version && *rule->version ? rule->version : NULL;
  if (rule->file)
    buffer_format(text, "%s:%d", rule->file, rule->line);
  return text->text;
}

static void write_json_value(struct annotation *job, const struct told *told, enum added column) {
  struct output *output = &job->output;
  struct buffer text = {0};
  bool is_word = column == ADDED_METRIC || (column >= ADDED_POLICY && column <= ADDED_RULE);
  bool is_number = column == ADDED_CYCLE || column == ADDED_ELAPSED || column == ADDED_REMAINING;
  const char *word = told->result && is_word ? word_of(told, column, &text) : NULL;
  if (word)
    output_json(output, (struct sla_text){word, strlen(word)});
  else {
    output_room(output, VALUE_ROOM); /* so that a quote with nothing behind it can be taken back */
    size_t before = output->len;
    if (!is_number)
      output_char(output, '"');
    size_t begin = output->len;
    if (told->result)
      annotation_write_value(job, told, column);
    if (output->len == begin) {
      output->len = before;
      output_bytes(output, "null", 4);
    } else if (!is_number)
      output_char(output, '"');
  }
  if (text.text)
    buffer_free(&text);
}

/* Says whether the next member is still the first. */
static bool write_json_values(struct annotation *job, size_t metric, const struct told *told, bool first) {
  char name[ADDED_NAME];
  for (size_t i = 0; i < job->value_count; i++) {
    annotation_added_name(job, metric, job->values[i], name);
    write_json_key(&job->output, (struct sla_text){name, strlen(name)}, first);
    write_json_value(job, told, job->values[i]);
    first = false;
  }
  return first;
}

void annotation_write_json_row(struct annotation *job, const struct record *row, const struct told *told) {
  struct output *output = &job->output;
  bool first = !write_json_fields(job, row);
  if (told)
    first = write_json_values(job, 0, told, first);
  for (size_t m = 0; m < job->metric_count && !told; m++)
    first = write_json_values(job, m, &(struct told){.result = annotation_result_of(job, m)}, first);
  if (job->added[ADDED_NOTE]) {
    write_json_key(output, (struct sla_text){"sla_note", 8}, first);
    if (job->note.len)
      output_json(output, (struct sla_text){job->note.text, job->note.len});
    else
      output_bytes(output, "null", 4);
    if (job->closed_unanswered) {
      write_json_key(output, (struct sla_text){ADDED_UNANSWERED, strlen(ADDED_UNANSWERED)}, false);
      output_bytes(output, "true", 4);
    }
  }
  output_bytes(output, "}\n", 2);
}
