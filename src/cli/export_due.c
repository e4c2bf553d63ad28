/* export_due: what is due, an event for each metric that is not stopped yet. */
#include "cli/export.h"

#include "cli/annotate.h"
#include "cli/ics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct due_export {
  struct ics ics;
  char *id;
  size_t id_size;
};

/* --metric must be one of a policy in use. */
static bool check_metric(struct annotation *job) {
  const char *metric = job->cli->metric;
  for (size_t i = 0; i < job->metric_count && metric; i++)
    if (!strcmp(job->metrics[i], metric))
      return true;
  if (!metric)
    return true;
  const char *nearest = sla_nearest(ics_part(metric), job->metrics, job->metric_count);
  cli_error(job->cli, EXIT_USAGE, "no policy in use has a metric \"%s\"%s%s%s", metric,
            nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  return false;
}

static bool begin(struct annotation *job, void *data) {
  struct due_export *export = data;
  char name[512] = "Due times";
  if (!check_metric(job))
    return false;
  if (job->policy_count == 1)
    snprintf(name, sizeof name, "%s: due times", sla_policy_name(job->policies[0].policy));
  ics_begin(&export->ics, &job->output, job->now, ics_part(name));
  return true;
}

/* What identifies the row's incident: its id, or else its number, that of its line, written into text. */
static struct sla_text id_of(struct annotation *job, struct due_export *export, const struct record *row,
                             char text[24]) {
  struct sla_text id = {"", 0};
  if (job->id_column >= 0) {
    struct sla_text field = row->fields[job->id_column];
    size_t used;
    if (export->id_size < field.len) {
      free(export->id);
      export->id = cli_alloc(export->id_size = 2 * field.len);
    }
    id = input_value(&job->input, row, (size_t)job->id_column, export->id, &used);
  }
  if (id.len)
    return id;
  snprintf(text, 24, "%ld", job->input.kind == INPUT_JSON ? job->input.scan.count : row->line);
  return ics_part(text);
}

/* kind: what an id is that is no id but a number, or "". */
static void put_summary(struct ics *ics, struct sla_text id, const char *kind, const char *metric) {
  ics_text_begin(ics, "SUMMARY");
  ics_text_add(ics, ics_part(kind));
  ics_text_add(ics, id);
  ics_text_add(ics, ics_part(": "));
  ics_text_add(ics, ics_part(metric));
  ics_text_add(ics, ics_part(" due"));
  ics_text_end(ics);
}

static void put_description(struct ics *ics, const struct annotation *job, const struct sla_result *result) {
  char remaining[SLA_DURATION_TEXT];
  int64_t left = result->remaining_s;
  sla_duration_write(left < 0 ? -left : left, remaining);
  ics_text_begin(ics, "DESCRIPTION");
  ics_text_add(ics, ics_part(sla_status_name(result->status)));
  if (result->has_elapsed) {
    ics_text_add(ics, ics_part("; "));
    ics_text_add(ics, ics_part(remaining));
    ics_text_add(ics, ics_part(left < 0 ? " over" : " remaining"));
  }
  ics_text_add(ics, ics_part("; policy "));
  ics_text_add(ics, ics_part(sla_policy_name(job->row_policy->policy)));
  if (result->coverage) {
    ics_text_add(ics, ics_part("; "));
    ics_text_add(ics, ics_part(result->coverage));
  }
  ics_text_end(ics);
}

static void put_row(struct annotation *job, const struct record *row, void *data) {
  struct due_export *export = data;
  const struct annotator *annotator = job->row_policy;
  if (!annotator) /* an error, which has been reported */
    return;
  struct ics *ics = &export->ics;
  char line[24] = "";
  struct sla_text id = id_of(job, export, row, line);
  const char *kind = !*line ? "" : job->input.kind == INPUT_JSON ? "number " : "line ";
  for (size_t m = 0; m < annotator->metric_count; m++) {
    const struct sla_result *result = &annotator->results[m];
    const char *metric = sla_policy_metric_name(annotator->policy, m);
    bool stopped = result->status == SLA_MET || result->status == SLA_MISSED;
    if (!result->has_due || stopped || (job->cli->metric && strcmp(metric, job->cli->metric) != 0))
      continue;
    const char *status = sla_status_name(result->status);
    const struct sla_text parts[] = {id, ics_part(metric), ics_part(sla_policy_name(annotator->policy))};
    ics_open(ics, "VEVENT", parts, sizeof parts / sizeof *parts);
    ics_instant(ics, "DTSTART", result->due); /* without an end it takes no time (RFC 5545 3.6.1) */
    put_summary(ics, id, kind, metric);
    put_description(ics, job, result);
    ics_value(ics, "CATEGORIES", status);
    ics_value(ics, "TRANSP", "TRANSPARENT");
    ics_close(ics, "VEVENT");
  }
}

static void end(struct annotation *job, void *data) {
  struct due_export *export = data;
  (void)job;
  ics_end(&export->ics);
}

void export_due(struct cli *cli) {
  struct due_export export = {0};
  const struct annotation_writer writer = {&export, begin, NULL, put_row, end};
  annotation_run(cli, &writer);
  free(export.id);
}
