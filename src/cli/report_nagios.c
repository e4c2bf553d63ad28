/*
 * report_nagios: the one line of a monitoring plugin, with performance data behind it. Thresholds are ranges of the
 * plugins' guidelines: "0" raises an alert for anything above.
 */
#include "cli/plain.h"
#include "cli/report.h"

#include <stdio.h>
#include <string.h>

static const struct {
  enum sla_status status;
  const char *thresholds; /* warning;critical;least */
} counted[] = {
    {SLA_BREACHED, ";0;0"}, {SLA_AT_RISK, "0;;0"},  {SLA_MISSED, ";;0"},      {SLA_MET, ";;0"},
    {SLA_RUNNING, ";;0"},   {SLA_PAUSED, ";;0"},    {SLA_BEST_EFFORT, ";;0"}, {SLA_EXCLUDED, ";;0"},
    {SLA_NO_TARGET, ";;0"}, {SLA_NO_POLICY, ";;0"}, {SLA_NOT_STARTED, ";;0"}, {SLA_STATUS_ERROR, ";;0"},
};

/* Adds text of others; the bar would begin the performance data. */
static void add_text(struct buffer *line, const char *text) {
  static const struct plain ascii = {0};
  size_t at = line->len;
  plain_add(&ascii, line, (struct sla_text){text, strlen(text)}, 200);
  for (; at < line->len; at++)
    if (line->text[at] == '|')
      line->text[at] = '/';
}

/* The first item of a list, as "NX-1 resolution, 3h 5m late". */
static void add_first(const struct report *report, struct buffer *line, const struct report_list *list,
                      const char *words) {
  if (!list->count)
    return;
  const struct report_item *item = &list->items[0];
  bool is_late = list == &report->breached;
  char text[SLA_DURATION_TEXT];
  int64_t seconds = is_late ? report_overdue(report, item) : item->result.due - report->job->now;
  if (!item->result.has_due)
    return;
  sla_duration_write(seconds, text);
  buffer_format(line, "; %s ", words);
  add_text(line, item->id);
  buffer_format(line, "%s", *item->id ? " " : "");
  add_text(line, report_metric(report, item->metric));
  buffer_format(line, ", %s %s", text, is_late ? "late" : "left");
}

static void keep_text(struct report *report, const struct tally *all) {
  struct buffer line = {0};
  buffer_format(&line, "%llu breached, %llu at risk, %llu incident%s", (unsigned long long)all->by_status[SLA_BREACHED],
                (unsigned long long)all->by_status[SLA_AT_RISK], (unsigned long long)report->incidents,
                report->incidents == 1 ? "" : "s");
  if (report->failed.total)
    buffer_format(&line, " (%llu could not be evaluated)", (unsigned long long)report->failed.total);
  if (all->by_status[SLA_BREACHED])
    add_first(report, &line, &report->breached, "most overdue");
  else
    add_first(report, &line, &report->due_next, "due next");
  buffer_format(&line, " |");
  for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
    buffer_format(&line, " '%s'=%llu;%s", sla_status_name(counted[i].status),
                  (unsigned long long)all->by_status[counted[i].status], counted[i].thresholds);
  buffer_format(&line, " 'failed'=%llu;;;0", (unsigned long long)report->failed.total);
  int attainment = report_attainment(report, all);
  if (attainment >= 0)
    buffer_format(&line, " 'attainment'=%d.%02d%%;;;0;100", attainment / 100, attainment % 100);
  snprintf(report->nagios_text, sizeof report->nagios_text, "%s", buffer_text(&line));
  buffer_free(&line);
}

/* Numbers of all metrics together; the line itself is for the end. */
void report_write_nagios(struct report *report) {
  struct tally all = {0};
  for (size_t m = 0; m < report->job->metric_count; m++)
    for (size_t i = 0; i < STATUSES; i++)
      all.by_status[i] += report->totals[m].by_status[i];
  report->nagios = all.by_status[SLA_BREACHED]  ? NAGIOS_CRITICAL
                   : all.by_status[SLA_AT_RISK] ? NAGIOS_WARNING
                                                : NAGIOS_OK;
  keep_text(report, &all);
}

void report_nagios_line(const struct report *report, bool in_trouble, struct output *output) {
  static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  struct buffer line = {0};
  buffer_format(&line, "SLACLOCK %s - ", words[in_trouble ? NAGIOS_UNKNOWN : report->nagios]);
  if (in_trouble) {
    add_text(&line, report->cli->first_error);
    buffer_format(&line, "%s", *report->nagios_text ? "; " : "");
  }
  buffer_format(&line, "%s\n", report->nagios_text);
  output_bytes(output, line.text, line.len);
  buffer_free(&line);
}
