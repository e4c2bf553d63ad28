/*
 * report_csv: one table, a row for each metric and group. Incidents that could not be evaluated as a whole are of no
 * metric: a last row without one says how many there are, where there are any.
 */
#include "cli/report.h"

#include <stdio.h>
#include <string.h>

static void write_string(struct output *output, const char *text) {
  output_csv(output, (struct sla_text){text, strlen(text)}, ',');
}

static void write_header(const struct report *report, struct output *output) {
  write_string(output, "metric");
  for (size_t i = 0; i < report->field_count; i++) {
    output_char(output, ',');
    write_string(output, report->fields[i]);
  }
  for (size_t i = 0; i < STATUSES; i++) {
    output_char(output, ',');
    write_string(output, sla_status_name((enum sla_status)i));
  }
  output_bytes(output, ",decided,attainment_percent\n", 28);
}

static void write_tally(const struct report *report, struct output *output, const struct tally *tally) {
  char text[24] = "";
  int attainment = report_attainment(report, tally);
  for (size_t i = 0; i < STATUSES; i++) {
    output_char(output, ',');
    output_number(output, (int64_t)tally->by_status[i]);
  }
  output_char(output, ',');
  output_number(output, (int64_t)tally_decided(tally));
  if (attainment >= 0)
    snprintf(text, sizeof text, "%d.%02d", attainment / 100, attainment % 100);
  output_char(output, ',');
  write_string(output, text);
  output_char(output, '\n');
}

void report_write_csv(struct report *report) {
  struct output *output = &report->job->output;
  write_header(report, output);
  for (size_t g = 0; g < report->groups.count; g++) {
    const struct report_group *group = report->groups.items[g];
    write_string(output, report_metric(report, group->metric));
    for (size_t i = 0; i < report->field_count; i++) {
      output_char(output, ',');
      output_csv(output, group->values[i], ',');
    }
    write_tally(report, output, &group->tally);
  }
  if (report->errors) {
    struct tally errors = {{[SLA_STATUS_ERROR] = report->errors}};
    for (size_t i = 0; i < report->field_count; i++)
      output_char(output, ',');
    write_tally(report, output, &errors);
  }
}
