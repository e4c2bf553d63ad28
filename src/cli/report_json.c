/* report_json: the report for programs; slaclock-report(1) has its members. */
#include "cli/json.h"
#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA = 1 }; /* goes up when a member changes its meaning or goes away */

struct writer {
  const struct report *report;
  struct json json;
};

/* --- values ------------------------------------------------------------------------------------------------------ */

static void write_time(struct writer *writer, const char *key, bool has, sla_time t, int32_t offset_s) {
  char text[SLA_TIME_TEXT];
  if (!has) {
    json_null(&writer->json, key);
    return;
  }
  size_t len = time_style_write(&writer->report->job->style, t, offset_s, text);
  json_text(&writer->json, key, (struct sla_text){text, len});
}

/* A time without a calendar: in the desk's zone. */
static void write_desk_time(struct writer *writer, const char *key, bool has, sla_time t) {
  const sla_zone *zone = writer->report->zone;
  write_time(writer, key, has, t, has && zone ? sla_zone_offset(zone, t) : 0);
}

static void write_number(struct writer *writer, const char *key, bool has, int64_t number) {
  if (has)
    json_number(&writer->json, key, number);
  else
    json_null(&writer->json, key);
}

static void write_values(struct writer *writer, const struct sla_text *values) {
  json_open(&writer->json, "by", '{');
  for (size_t i = 0; i < writer->report->field_count; i++)
    json_text(&writer->json, writer->report->fields[i], values[i]);
  json_close(&writer->json, '}');
}

static void write_tally(struct writer *writer, const struct tally *tally) {
  struct json *json = &writer->json;
  json_open(json, "statuses", '{');
  for (size_t i = 0; i < STATUSES; i++)
    json_number(json, sla_status_name((enum sla_status)i), (int64_t)tally->by_status[i]);
  json_close(json, '}');
  json_number(json, "decided", (int64_t)tally_decided(tally));
  int attainment = report_attainment(writer->report, tally);
  if (attainment < 0)
    json_null(json, "attainment_percent");
  else
    json_hundredths(json, "attainment_percent", attainment);
}

/* --- the head ---------------------------------------------------------------------------------------------------- */

static void write_names(struct writer *writer, const char *key, const char *const *names, size_t count) {
  json_open(&writer->json, key, '[');
  for (size_t i = 0; i < count; i++)
    json_string(&writer->json, NULL, names[i]);
  json_close(&writer->json, ']');
}

static void write_only(struct writer *writer) {
  struct json *json = &writer->json;
  if (!writer->report->cli->only) {
    json_null(json, "only");
    return;
  }
  json_open(json, "only", '[');
  for (size_t i = 0; i < STATUSES; i++)
    if (writer->report->only >> i & 1)
      json_string(json, NULL, sla_status_name((enum sla_status)i));
  json_close(json, ']');
}

static void write_versions(struct writer *writer) {
  const struct report *report = writer->report;
  struct json *json = &writer->json;
  json_open(json, "policies", '[');
  for (size_t i = 0; i < report->versions.count; i++) {
    const struct report_version *version = &report->versions.items[i];
    json_open(json, NULL, '{');
    json_string(json, "policy", version->policy);
    json_string(json, "version", version->version && *version->version ? version->version : NULL);
    json_number(json, "metrics", (int64_t)version->count);
    json_close(json, '}');
  }
  json_close(json, ']');
}

static void write_coverage(struct writer *writer) {
  const struct report *report = writer->report;
  struct json *json = &writer->json;
  json_open(json, "coverage", '[');
  for (size_t p = 0; p < report->job->policy_count; p++) {
    const sla_policy *policy = report->job->policies[p].policy;
    for (size_t c = 0; c < sla_policy_calendar_count(policy); c++) {
      int last;
      const char *source = sla_policy_calendar_covered(policy, c, &last);
      if (!source)
        continue;
      char date[16];
      sla_date_write(last, date);
      json_open(json, NULL, '{');
      json_string(json, "policy", sla_policy_name(policy));
      json_string(json, "calendar", sla_policy_calendar_name(policy, c));
      json_string(json, "source", source);
      json_string(json, "last", date);
      json_close(json, '}');
    }
  }
  json_close(json, ']');
}

static void write_head(struct writer *writer) {
  static const char *const words[] = {"start", "due", "stop"};
  static const char *const stdin_name[] = {"-"};
  const struct report *report = writer->report;
  struct json *json = &writer->json;
  const struct strings *files = &report->cli->operands;
  struct sla_tzdata_versions tzdata;
  json_number(json, "schema", SCHEMA);
  write_desk_time(writer, "now", true, report->job->now);
  write_names(writer, "files", files->count ? files->items : stdin_name, files->count ? files->count : 1);
  write_names(writer, "by", report->fields, report->field_count);
  write_desk_time(writer, "since", report->has_since, report->since);
  write_desk_time(writer, "until", report->has_until, report->until);
  json_string(json, "select_by", words[report->select_by]);
  write_only(writer);
  write_versions(writer);
  write_coverage(writer);
  sla_tzdata_compare(&report->cli->options, &tzdata);
  json_open(json, "tzdata", '{');
  json_string(json, "version", tzdata.in_use);
  json_string(json, "source", tzdata.source);
  json_flag(json, "older_than_other", tzdata.in_use_is_older);
  json_close(json, '}');
  json_number(json, "incidents", (int64_t)report->incidents);
  json_number(json, "unreadable", (int64_t)report->errors);
  json_number(json, "closed_unanswered", (int64_t)report->unanswered);
}

/* --- metrics and lists ------------------------------------------------------------------------------------------- */

static void write_metrics(struct writer *writer) {
  const struct report *report = writer->report;
  struct json *json = &writer->json;
  json_open(json, "metrics", '[');
  for (size_t m = 0; m < report->job->metric_count; m++) {
    json_open(json, NULL, '{');
    json_string(json, "metric", report_metric(report, m));
    write_tally(writer, &report->totals[m]);
    json_close(json, '}');
  }
  json_close(json, ']');
  json_open(json, "groups", '[');
  for (size_t g = 0; g < report->groups.count; g++) {
    json_open(json, NULL, '{');
    json_string(json, "metric", report_metric(report, report->groups.items[g]->metric));
    write_values(writer, report->groups.items[g]->values);
    write_tally(writer, &report->groups.items[g]->tally);
    json_close(json, '}');
  }
  json_close(json, ']');
}

/* What an item says of its metric's clock. */
static void write_clock(struct writer *writer, const struct report_item *item) {
  const struct sla_result *result = &item->result;
  struct json *json = &writer->json;
  bool has_due = result->has_due, is_over = result->status == SLA_BREACHED;
  json_string(json, "metric", report_metric(writer->report, item->metric));
  json_string(json, "status", sla_status_name(result->status));
  write_time(writer, "start", item->started, item->start,
             item->started && result->zone ? sla_zone_offset(result->zone, item->start) : 0);
  write_time(writer, "due", has_due, result->due, result->due_offset_s);
  write_number(writer, "elapsed_s", result->has_elapsed, result->elapsed_s);
  write_number(writer, "remaining_s", has_due && result->has_elapsed, result->remaining_s);
  write_number(writer, "overdue_s", is_over, report_overdue(writer->report, item));
}

static void write_item(struct writer *writer, const struct report_item *item, bool has_clock, const char *note) {
  struct json *json = &writer->json;
  const struct sla_rule *rule = &item->result.rule;
  json_open(json, NULL, '{');
  json_string(json, "id", *item->id ? item->id : NULL);
  json_string(json, "file", item->file);
  json_number(json, "line", item->line);
  write_values(writer, item->values);
  if (has_clock) {
    json_string(json, "policy", rule->policy);
    json_string(json, "version", rule->version && *rule->version ? rule->version : NULL);
    write_clock(writer, item);
  }
  if (note)
    json_string(json, note, item->note);
  json_close(json, '}');
}

static void write_list(struct writer *writer, const char *key, const struct report_list *list, bool has_clock,
                       const char *note) {
  struct json *json = &writer->json;
  json_open(json, key, '{');
  json_number(json, "total", (int64_t)list->total);
  json_open(json, "items", '[');
  for (size_t i = 0; i < list->count; i++)
    write_item(writer, &list->items[i], has_clock, note);
  json_close(json, ']');
  json_close(json, '}');
}

void report_write_json(struct report *report) {
  char *text = NULL;
  size_t len = 0;
  FILE *file = open_memstream(&text, &len);
  struct writer writer = {report, {file, true}};
  if (!file) {
    cli_error(report->cli, EXIT_DEFECT, "out of memory");
    return;
  }
  json_open(&writer.json, NULL, '{');
  write_head(&writer);
  write_metrics(&writer);
  write_list(&writer, "breached", &report->breached, true, NULL);
  write_list(&writer, "due_next", &report->due_next, true, NULL);
  write_list(&writer, "best_effort", &report->best_effort, true, NULL);
  write_list(&writer, "lacking", &report->lacking, false, "without");
  write_list(&writer, "failed", &report->failed, false, "because");
  json_close(&writer.json, '}');
  putc('\n', file);
  if (fclose(file) == 0)
    output_bytes(&report->job->output, text, len);
  else
    cli_error(report->cli, EXIT_DEFECT, "out of memory");
  free(text);
}
