/* annotate_note: what there is to say of a row beside its results: errors first, then other remarks, each once. */
#include "cli/annotate.h"

#include <stdio.h>
#include <string.h>

void annotation_apply_coverage(struct annotation *job, struct sla_result *result) {
  if (job->coverage == COVERAGE_ERROR)
    *result = (struct sla_result){
        .status = SLA_STATUS_ERROR, .zone = result->zone, .reason = result->coverage, .rule = result->rule};
  else if (job->coverage == COVERAGE_WARN && job->uncovered++ == 0)
    snprintf(job->first_uncovered, sizeof job->first_uncovered, "%s", result->coverage);
  else if (job->coverage == COVERAGE_IGNORE)
    result->coverage = NULL;
}

/* Whether a remark is among those in a text. */
static bool has_remark(const struct buffer *text, const char *remark, size_t len) {
  for (const char *at = buffer_text(text); (at = strstr(at, remark)); at++)
    if ((at == text->text || (at - text->text >= 2 && at[-2] == ';')) && (!at[len] || at[len] == ';'))
      return true;
  return false;
}

static void add_remark(struct buffer *text, const char *remark) {
  size_t len = strlen(remark);
  if (!len || has_remark(text, remark, len))
    return;
  if (text->len)
    buffer_add(text, "; ", 2);
  buffer_add(text, remark, len);
}

static void empty(struct buffer *text) {
  text->len = 0;
  if (text->text)
    *text->text = '\0';
}

void annotation_begin_note(struct annotation *job) {
  const struct annotator *annotator = job->row_policy;
  empty(&job->errors);
  empty(&job->note);
  job->closed_unanswered = annotator && job->by_incident && sla_worker_closed_unanswered(annotator->worker);
  if (job->closed_unanswered)
    add_remark(&job->note, "closed_unanswered");
}

void annotation_remark(struct annotation *job, const struct sla_result *result) {
  if (result->reason)
    add_remark(result->status == SLA_STATUS_ERROR ? &job->errors : &job->note, result->reason);
  if (result->coverage)
    add_remark(&job->note, result->coverage);
}

void annotation_remark_rule(struct annotation *job, const char *metric, const struct sla_rule *rule) {
  struct buffer text = {0};
  if (!rule->policy)
    return;
  buffer_format(&text, "%s: policy %s", metric, rule->policy);
  if (rule->version && *rule->version)
    buffer_format(&text, " (%s)", rule->version);
  if (rule->file)
    buffer_format(&text, ", %s:%d", rule->file, rule->line);
  add_remark(&job->note, text.text);
  buffer_free(&text);
}

void annotation_end_note(struct annotation *job, const char *row_error) {
  if (row_error)
    add_remark(&job->errors, row_error);
  if (!job->errors.len)
    return;
  struct buffer other = job->note;
  job->note = (struct buffer){0};
  buffer_add(&job->note, job->errors.text, job->errors.len);
  add_remark(&job->note, buffer_text(&other));
  buffer_free(&other);
}

void annotation_report_errors(struct annotation *job, const struct record *row) {
  struct sla_text id = {"", 0};
  if (job->id_column >= 0 && (size_t)job->id_column < row->count && !row->problem)
    id = row->fields[job->id_column];
  long line, column;
  input_place(&job->input, row, &line, &column);
  cli_error_in(job->cli, EXIT_DATA, job->input.file, line, column, "%s%.*s%s%s", id.len ? "incident " : "",
               cli_shown_length(id), id.ptr, id.len ? ": " : "", buffer_text(&job->errors));
}
