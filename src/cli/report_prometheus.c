/*
 * report_prometheus: the text exposition format, for node_exporter's textfile collector. Every metric of every policy
 * has all statuses, be they 0, so that series do not vanish; what is not there is NaN.
 */
#include "cli/buffer.h"
#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A series' labels but for the status, as 'policy="p",metric="m"'. */
struct series {
  struct buffer labels;
  const struct report_group *group;
};

struct exposition {
  const struct report *report;
  struct output *output;
  char names[REPORT_MOST_BY + 1][64]; /* of labels, one a field of --by */
  size_t policy_field;                /* of --by; SIZE_MAX: there is one policy */
};

/* --- labels ------------------------------------------------------------------------------------------------------ */

/* A label's value: what is no UTF-8 is shown by its bytes, so that other texts stay other texts. */
static void add_label(struct buffer *labels, const char *name, struct sla_text value) {
  buffer_format(labels, "%s%s=\"", labels->len ? "," : "", name);
  for (size_t len; value.len; value.ptr += len, value.len -= len) {
    size_t wide = sla_utf8_length(value);
    char c = *value.ptr;
    len = wide ? wide : 1;
    if (!wide || !c)
      buffer_format(labels, "\\\\x%02x", (unsigned char)c);
    else if (c == '\n')
      buffer_add(labels, "\\n", 2);
    else {
      if (c == '"' || c == '\\')
        buffer_add(labels, "\\", 1);
      buffer_add(labels, value.ptr, len);
    }
  }
  buffer_add(labels, "\"", 1);
}

static void add_label_string(struct buffer *labels, const char *name, const char *value) {
  add_label(labels, name, (struct sla_text){value, strlen(value)});
}

/* Whether a name is taken: by the labels that are always there, by Prometheus itself, or by an earlier field. */
static bool is_taken(const struct exposition *exposition, size_t count, const char *name) {
  static const char *const taken[] = {"policy", "metric", "status", "job", "instance", "le", "quantile"};
  bool is = !strncmp(name, "__", 2);
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
    is |= !strcmp(name, taken[i]);
  for (size_t i = 0; i < count; i++)
    is |= !strcmp(name, exposition->names[i]);
  return is;
}

/* Names of labels are [a-zA-Z_][a-zA-Z0-9_]*. */
static void name_labels(struct exposition *exposition) {
  const struct report *report = exposition->report;
  for (size_t i = 0; i < report->field_count; i++) {
    char base[48], *name = exposition->names[i];
    const char *field = report->fields[i];
    if (!strcmp(field, "policy") && exposition->policy_field == SIZE_MAX) {
      exposition->policy_field = i;
      snprintf(name, sizeof exposition->names[i], "policy");
      continue;
    }
    size_t len = 0;
    for (; field[len] && len + 1 < sizeof base; len++) {
      char c = field[len];
      bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      base[len] = letter || (len && c >= '0' && c <= '9') ? c : '_';
    }
    base[len] = '\0';
    snprintf(name, sizeof exposition->names[i], "%s", base);
    for (size_t n = 0; is_taken(exposition, i, name); n++)
      snprintf(name, sizeof exposition->names[i], n ? "field_%s_%zu" : "field_%s", base, n);
  }
}

static void label_group(const struct exposition *exposition, const struct report_group *group, struct buffer *labels) {
  const struct report *report = exposition->report;
  if (exposition->policy_field == SIZE_MAX)
    add_label_string(labels, "policy",
                     report->job->policy_count ? sla_policy_name(report->job->policies[0].policy) : "");
  else
    add_label(labels, "policy", group->values[exposition->policy_field]);
  add_label_string(labels, "metric", report_metric(report, group->metric));
  for (size_t i = 0; i < report->field_count; i++)
    if (i != exposition->policy_field)
      add_label(labels, exposition->names[i], group->values[i]);
}

/* --- series ------------------------------------------------------------------------------------------------------ */

static void write_string(struct output *output, const char *text) {
  output_bytes(output, text, strlen(text));
}

static void write_family(struct output *output, const char *name, const char *help) {
  write_string(output, "# HELP ");
  write_string(output, name);
  write_string(output, " ");
  write_string(output, help);
  write_string(output, "\n# TYPE ");
  write_string(output, name);
  write_string(output, " gauge\n");
}

static void write_sample(struct output *output, const char *name, const struct buffer *labels, const char *value) {
  write_string(output, name);
  if (labels) {
    write_string(output, "{");
    output_bytes(output, labels->text, labels->len);
    write_string(output, "}");
  }
  write_string(output, " ");
  write_string(output, value);
  write_string(output, "\n");
}

static const char *number_text(int64_t number, char text[24]) {
  snprintf(text, 24, "%lld", (long long)number);
  return text;
}

static void write_count(struct output *output, const char *name, const char *help, uint64_t count) {
  char text[24];
  write_family(output, name, help);
  write_sample(output, name, NULL, number_text((int64_t)count, text));
}

static void write_statuses(struct output *output, const struct series *series) {
  char text[24];
  for (size_t i = 0; i < STATUSES; i++) {
    struct buffer labels = {0};
    buffer_add(&labels, series->labels.text, series->labels.len);
    add_label_string(&labels, "status", sla_status_name((enum sla_status)i));
    write_sample(output, "slaclock_metrics", &labels, number_text((int64_t)series->group->tally.by_status[i], text));
    buffer_free(&labels);
  }
}

/* Gauges of a group besides its counts. */
enum gauge { ATTAINMENT, NEXT_DUE, MOST_OVERDUE, OLDEST_BEST_EFFORT };

static const struct {
  const char *name, *help;
} gauges[] = {
    [ATTAINMENT] = {"slaclock_attainment_ratio",
                    "Met among met, missed and breached, rounded down; NaN: none of them."},
    [NEXT_DUE] = {"slaclock_next_due_timestamp_seconds", "Earliest due time of what runs; NaN: nothing does."},
    [MOST_OVERDUE] = {"slaclock_most_overdue_seconds",
                      "Since the earliest due time of what is breached; 0: nothing is."},
    [OLDEST_BEST_EFFORT] = {"slaclock_oldest_best_effort_seconds",
                            "Since the oldest start of what waits without a due time; 0: nothing does."},
};

static const char *gauge_text(const struct report *report, const struct report_group *group, enum gauge gauge,
                              char text[24]) {
  sla_time now = report->job->now;
  int attainment = report_attainment(report, &group->tally);
  switch (gauge) {
  case ATTAINMENT:
    if (attainment < 0)
      return "NaN";
    snprintf(text, 24, "%d.%04d", attainment / 10000, attainment % 10000);
    return text;
  case NEXT_DUE: return group->next_due == REPORT_NEVER ? "NaN" : number_text(group->next_due, text);
  case MOST_OVERDUE: return number_text(group->first_breach < now ? now - group->first_breach : 0, text);
  case OLDEST_BEST_EFFORT:
    return number_text(group->oldest_best_effort < now ? now - group->oldest_best_effort : 0, text);
  }
  return "NaN";
}

/* --- the whole --------------------------------------------------------------------------------------------------- */

/* Whether a metric of a policy has a group. */
static bool has_group(const struct exposition *exposition, const struct annotator *annotator, size_t metric) {
  const struct report *report = exposition->report;
  for (size_t i = 0; i < report->groups.count; i++) {
    const struct report_group *group = report->groups.items[i];
    if (group->metric == metric && (exposition->policy_field == SIZE_MAX ||
                                    annotation_is(group->values[exposition->policy_field], annotator->name)))
      return true;
  }
  return false;
}

/* The series of groups, then those of metrics without any, by an empty group. Returns how many. */
static size_t make_series(const struct exposition *exposition, struct report_group *empty, struct series **ret_series) {
  const struct report *report = exposition->report;
  size_t count = 0, capacity = 0;
  struct series *series = NULL;
  for (size_t i = 0; i < report->groups.count; i++) {
    series = array_grow(series, count, &capacity, sizeof *series);
    series[count] = (struct series){{0}, report->groups.items[i]};
    label_group(exposition, series[count].group, &series[count].labels);
    count++;
  }
  for (size_t p = 0; p < report->job->policy_count; p++) {
    const struct annotator *annotator = &report->job->policies[p];
    bool is_single = exposition->policy_field == SIZE_MAX;
    for (size_t m = 0; m < annotator->metric_count; m++) {
      if (has_group(exposition, annotator, annotator->metric_of[m]))
        continue;
      series = array_grow(series, count, &capacity, sizeof *series);
      series[count] = (struct series){{0}, empty};
      add_label_string(&series[count].labels, "policy",
                       is_single ? sla_policy_name(annotator->policy) : annotator->name);
      add_label_string(&series[count].labels, "metric", report_metric(report, annotator->metric_of[m]));
      count++;
    }
  }
  *ret_series = series;
  return count;
}

void report_write_prometheus(struct report *report) {
  struct exposition exposition = {.report = report, .output = &report->job->output, .policy_field = SIZE_MAX};
  struct report_group empty = {
      .next_due = REPORT_NEVER, .first_breach = REPORT_NEVER, .oldest_best_effort = REPORT_NEVER};
  struct output *output = exposition.output;
  struct series *series;
  name_labels(&exposition);
  size_t count = make_series(&exposition, &empty, &series);
  if (count)
    write_family(output, "slaclock_metrics", "Metrics of incidents by status.");
  for (size_t i = 0; i < count; i++)
    write_statuses(output, &series[i]);
  for (size_t g = 0; g < sizeof gauges / sizeof *gauges && count; g++) {
    char text[24];
    write_family(output, gauges[g].name, gauges[g].help);
    for (size_t i = 0; i < count; i++)
      write_sample(output, gauges[g].name, &series[i].labels, gauge_text(report, series[i].group, (enum gauge)g, text));
  }
  write_count(output, "slaclock_incidents", "Incidents that the report is about.", report->incidents);
  write_count(output, "slaclock_incidents_failed", "Incidents that could not be evaluated, or not in all metrics.",
              report->failed.total);
  write_count(output, "slaclock_incidents_unreadable", "Incidents that could not be evaluated as a whole.",
              report->errors);
  write_count(output, "slaclock_incidents_lacking_fields", "Incidents without a required field.",
              report->lacking.total);
  write_count(output, "slaclock_incidents_closed_unanswered", "Incidents that are closed since nobody answered.",
              report->unanswered);
  write_count(output, "slaclock_report_timestamp_seconds", "When incidents stood so.", (uint64_t)report->job->now);
  for (size_t i = 0; i < count; i++)
    buffer_free(&series[i].labels);
  free(series);
}
