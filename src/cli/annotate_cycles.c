/* annotate_cycles: --cycles, a row for each run of a metric's clock. */
#include "cli/annotate.h"

/* Lists the cycles of all metrics, as --coverage leaves them. A metric that has not started has one that has not. */
static void list_cycles(struct annotation *job) {
  const struct annotator *annotator = job->row_policy;
  for (size_t m = 0; m < annotator->metric_count; m++) {
    size_t count;
    const struct sla_cycle *cycles = sla_worker_cycles(annotator->worker, m, &count);
    for (size_t i = 0; i < count; i++) {
      job->cycles = array_grow(job->cycles, job->cycle_count, &job->cycle_capacity, sizeof *job->cycles);
      struct listed_cycle *listed = &job->cycles[job->cycle_count++];
      *listed = (struct listed_cycle){job->metrics[annotator->metric_of[m]], cycles[i].started ? i + 1 : 0, cycles[i]};
      if (listed->run.result.coverage)
        annotation_apply_coverage(job, &listed->run.result);
    }
  }
}

void annotation_write_cycles(struct annotation *job, const struct record *row, const char *row_error) {
  static const struct sla_result error = {.status = SLA_STATUS_ERROR};
  job->cycle_count = 0;
  if (job->row_policy)
    list_cycles(job);
  annotation_begin_note(job);
  for (size_t i = 0; i < job->cycle_count; i++)
    annotation_remark(job, &job->cycles[i].run.result);
  annotation_end_note(job, row_error);
  if (job->errors.len)
    annotation_report_errors(job, row);
  if (!job->cycle_count) /* an error as a whole, or a policy without metrics */
    annotation_write_row(job, row, &(struct told){.result = job->row_policy ? NULL : &error});
  for (size_t i = 0; i < job->cycle_count; i++) {
    const struct listed_cycle *cycle = &job->cycles[i];
    annotation_begin_note(job);
    annotation_remark(job, &cycle->run.result);
    if (job->cli->decided)
      annotation_remark_rule(job, cycle->metric, &cycle->run.result.rule);
    annotation_end_note(job, NULL);
    annotation_write_row(job, row, &(struct told){&cycle->run.result, cycle});
  }
}
