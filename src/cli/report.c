/* report: gathers what a report is made of. The formats are in files of their own. */
#include "cli/report.h"

#include "cli/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, HOUR = 3600 };

/* --- pictures ---------------------------------------------------------------------------------------------------- */

/* Seconds of the desk's wall clock since 1970-01-01; what was not yet 1970 there counts as its first second. */
static int64_t local_time(const struct report *report, sla_time t) {
  int64_t local = t + sla_zone_offset(report->zone, t);
  return local > 0 ? local : 0;
}

/* The tallies of a date, with room for them. */
static struct tally *date_tallies(struct report *report, int date) {
  if (!report->date_count || date < report->first_date || date >= report->first_date + (int)report->date_count) {
    int first = report->date_count ? report->first_date : date, last = first + (int)report->date_count - 1;
    int new_first = date < first ? date - 64 : first, new_last = date > last ? date + 64 : last;
    size_t count = (size_t)(new_last - new_first + 1);
    struct report_date *dates = cli_alloc(count * sizeof *dates);
    if (report->date_count)
      memcpy(dates + (first - new_first), report->dates, report->date_count * sizeof *dates);
    free(report->dates);
    report->dates = dates;
    report->date_count = count;
    report->first_date = new_first;
  }
  struct report_date *day = &report->dates[date - report->first_date];
  if (!day->tallies)
    day->tallies = cli_alloc(report->job->metric_count * sizeof *day->tallies);
  return day->tallies;
}

static void add_to_heat(const struct report *report, uint64_t heat[7][24], sla_time t) {
  int64_t local = local_time(report, t);
  heat[(local / DAY + 3) % 7][local % DAY / HOUR]++; /* 1 January 1970 was a Thursday */
}

static void add_ratio(struct report *report, size_t metric, const struct sla_result *result) {
  int64_t amount = result->elapsed_s + result->remaining_s;
  if (!result->has_due || !result->has_elapsed || amount <= 0)
    return;
  int64_t ratio = 20 * result->elapsed_s / amount;
  if (result->status == SLA_MET && ratio >= 20) /* to the second: in time */
    ratio = 19;
  report->ratios[metric][ratio < REPORT_RATIOS - 1 ? ratio : REPORT_RATIOS - 1]++;
}

/* --- incidents --------------------------------------------------------------------------------------------------- */

/* Whether a metric is among those that the report is about. */
static bool is_selected(const struct report *report, const struct sla_cycle *cycle, enum sla_status status) {
  if (!(report->only >> status & 1))
    return false;
  if (!report->has_since && !report->has_until)
    return true;
  if (status == SLA_STATUS_ERROR && !cycle->started) /* nobody knows when: it is not to be lost */
    return true;
  bool has_time = report->select_by == SELECT_DUE    ? cycle->result.has_due
                  : report->select_by == SELECT_STOP ? cycle->started && cycle->stopped
                                                     : cycle->started;
  sla_time t = report->select_by == SELECT_DUE    ? cycle->result.due
               : report->select_by == SELECT_STOP ? cycle->stop
                                                  : cycle->start;
  return has_time && (!report->has_since || t >= report->since) && (!report->has_until || t < report->until);
}

static void note_version(struct report *report, const struct sla_rule *rule) {
  if (!rule->policy)
    return;
  for (size_t i = report->versions.count; i-- > 0;)
    if (report->versions.items[i].policy == rule->policy && report->versions.items[i].version == rule->version) {
      report->versions.items[i].count++;
      return;
    }
  report->versions.items = array_grow(report->versions.items, report->versions.count, &report->versions.capacity,
                                      sizeof *report->versions.items);
  report->versions.items[report->versions.count++] = (struct report_version){rule->policy, rule->version, 1};
}

static void add_to_lists(struct report *report, struct report_item *item) {
  const struct sla_result *result = &item->result;
  switch (result->status) {
  case SLA_BREACHED:
    item->rank = result->remaining_s;
    report_list_add(report, &report->breached, item);
    break;
  case SLA_RUNNING:
  case SLA_AT_RISK:
  case SLA_PAUSED:
    item->rank = result->has_due ? result->due : SLA_TIME_MAX;
    report_list_add(report, &report->due_next, item);
    break;
  case SLA_BEST_EFFORT:
    item->rank = item->start;
    if (item->started && !item->stopped)
      report_list_add(report, &report->best_effort, item);
    break;
  default: break;
  }
}

/* Earliest times of a group, which the lists may be too short for. */
static void note_ages(struct report_group *group, const struct report_item *item) {
  const struct sla_result *result = &item->result;
  sla_time *earliest = NULL, t = result->due;
  if (result->has_due && (result->status == SLA_RUNNING || result->status == SLA_AT_RISK))
    earliest = &group->next_due;
  else if (result->has_due && result->status == SLA_BREACHED)
    earliest = &group->first_breach;
  else if (result->status == SLA_BEST_EFFORT && item->started && !item->stopped) {
    earliest = &group->oldest_best_effort;
    t = item->start;
  }
  if (earliest && t < *earliest)
    *earliest = t;
}

static void take_metric(struct report *report, struct report_item *item, const struct sla_cycle *cycle) {
  const struct sla_result *result = &item->result;
  struct report_group *group = report_group_of(report, item->metric);
  if (!group)
    return;
  group->tally.by_status[result->status]++;
  report->totals[item->metric].by_status[result->status]++;
  note_version(report, &result->rule);
  note_ages(group, item);
  add_to_lists(report, item);
  if (cycle->started) {
    date_tallies(report, (int)(local_time(report, cycle->start) / DAY))[item->metric].by_status[result->status]++;
    if (result->status == SLA_MET || result->status == SLA_MISSED || result->status == SLA_BREACHED)
      add_ratio(report, item->metric, result);
    if (result->status == SLA_MISSED || result->status == SLA_BREACHED)
      add_to_heat(report, report->lates, result->due);
  }
}

/* The required fields that are empty. */
static void take_lacks(struct report *report, struct report_item *item, bool is_open) {
  const struct annotator *annotator = item->policy;
  char note[1024] = "";
  size_t len = 0, count = sla_policy_required_count(annotator->policy);
  for (size_t i = 0; i < count; i++) {
    size_t field = sla_policy_required_field(annotator->policy, i);
    struct sla_text value = sla_worker_value(annotator->worker, field);
    while (value.len && (value.ptr[0] == ' ' || value.ptr[0] == '\t'))
      value.ptr++, value.len--;
    if (value.len)
      continue;
    if (annotator == report->job->policies)
      report->lacks[i]++;
    if (len < sizeof note)
      len += (size_t)snprintf(note + len, sizeof note - len, "%s%s", len ? ", " : "",
                              sla_policy_field_name(annotator->policy, field));
  }
  if (!len)
    return;
  item->rank = is_open ? 0 : 1; /* what can still be asked for comes first */
  item->note = note;
  report_list_add(report, &report->lacking, item);
}

/* The items of a list, parted by commas. */
static struct sla_text join(struct sla_list list, char *room, size_t *ret_used) {
  size_t len = 0;
  for (size_t i = 0; i < list.count; i++) {
    if (i)
      room[len++] = ',';
    memcpy(room + len, list.items[i].ptr, list.items[i].len);
    len += list.items[i].len;
  }
  *ret_used = len;
  return (struct sla_text){room, len};
}

static bool is_whole(const struct annotation *job, const struct record *row) {
  return !row->problem && (job->is_json || row->count == job->header.count);
}

/* What a field of --by says of the incident. */
static struct sla_text by_value(struct report *report, const struct record *row, size_t by, char *room,
                                size_t *ret_used) {
  const struct annotation *job = report->job;
  const struct annotator *annotator = job->row_policy;
  *ret_used = 0;
  size_t field = annotator ? report->by_fields[by][annotator - job->policies] : SIZE_MAX;
  if (field != SIZE_MAX) {
    bool is_list = job->is_json && !job->by_incident && annotator->lists[field].count > 0;
    return is_list ? join(annotator->lists[field], room, ret_used) : sla_worker_value(annotator->worker, field);
  }
  long column = report->by_columns[by];
  return column >= 0 && is_whole(job, row) ? input_value(&job->input, row, (size_t)column, room, ret_used)
                                           : (struct sla_text){"", 0};
}

/* Each value needs at most the room that it takes in the row; words that stand for a list's may be longer. */
static size_t room_needed(const struct report *report, const struct record *row) {
  const struct annotation *job = report->job;
  size_t need = row->raw.len;
  if (job->is_json && job->row_policy)
    for (size_t by = 0; by < report->field_count; by++) {
      size_t field = report->by_fields[by][job->row_policy - job->policies], len = 0;
      if (field == SIZE_MAX)
        continue;
      for (size_t i = 0; i < job->row_policy->lists[field].count; i++)
        len += job->row_policy->lists[field].items[i].len + 1;
      need = len > need ? len : need;
    }
  return need * report->field_count + 1;
}

static void take_values(struct report *report, const struct record *row) {
  size_t need = room_needed(report, row);
  if (report->value_size < need) {
    free(report->value_room);
    report->value_room = cli_alloc(report->value_size = 2 * need);
  }
  size_t at = 0, used;
  for (size_t i = 0; i < report->field_count; i++, at += used) {
    struct sla_text value = by_value(report, row, i, report->value_room + at, &used);
    report->values[i] = value.len ? value : (struct sla_text){"", 0};
  }
}

/* Keeps the incident's id, or "". */
static void take_id(struct report *report, const struct record *row) {
  struct annotation *job = report->job;
  bool has_id = job->id_column >= 0 && !row->problem && (size_t)job->id_column < row->count;
  struct sla_text id = has_id ? row->fields[job->id_column] : (struct sla_text){"", 0};
  size_t used;
  if (report->id_size < id.len + 1) {
    free(report->id);
    report->id = cli_alloc(report->id_size = 2 * id.len + 64);
  }
  if (has_id)
    id = input_value(&job->input, row, (size_t)job->id_column, report->id, &used);
  if (id.len)
    memmove(report->id, id.ptr, id.len);
  report->id[id.len] = '\0';
}

/* An incident that could not be evaluated, be it only one of its metrics, is listed once, with all that is wrong. */
static void take_error(struct report *report, const struct report_item *like, size_t metric) {
  struct report_item item = *like;
  item.metric = metric;
  item.rank = 0;
  item.note = report->job->note.text; /* copied */
  report_list_add(report, &report->failed, &item);
}

static void take_row(struct annotation *job, const struct record *row, void *data) {
  struct report *report = data;
  const struct annotator *annotator = job->row_policy;
  struct report_item item = {.file = job->input.file, .line = row->line, .policy = annotator};
  bool any = false;
  take_id(report, row);
  take_values(report, row);
  if (!annotator) {
    item.result = (struct sla_result){.status = SLA_STATUS_ERROR};
    if (!(report->only >> SLA_STATUS_ERROR & 1))
      return;
    report->incidents++;
    report->errors++;
    take_error(report, &item, SIZE_MAX);
    return;
  }
  bool has_failed = false, is_open = false;
  sla_time arrival = SLA_TIME_MAX;
  for (size_t m = 0; m < annotator->metric_count && !job->stopped; m++) {
    const struct sla_cycle *cycle = sla_worker_cycle(annotator->worker, m);
    const struct sla_result *result = &annotator->results[m];
    if (!is_selected(report, cycle, result->status))
      continue;
    any = true;
    item.metric = annotator->metric_of[m];
    item.result = *result;
    item.started = cycle->started;
    item.start = cycle->start;
    item.stopped = cycle->started && cycle->stopped;
    item.stop = cycle->stop;
    if (cycle->started && cycle->start < arrival)
      arrival = cycle->start;
    is_open |= item.started && !item.stopped;
    take_metric(report, &item, cycle);
    if (result->status == SLA_STATUS_ERROR && !has_failed) {
      take_error(report, &item, item.metric);
      has_failed = true;
    }
  }
  if (!any)
    return;
  report->incidents++;
  report->unanswered += sla_worker_closed_unanswered(annotator->worker);
  if (arrival != SLA_TIME_MAX)
    add_to_heat(report, report->arrivals, arrival);
  take_lacks(report, &item, is_open);
}

/* --- the command ------------------------------------------------------------------------------------------------- */

/* Takes the last of the fields of --by away. */
static void drop_field(struct report *report) {
  size_t last = --report->field_count;
  free((char *)report->fields[last]);
  free(report->by_fields[last]);
  report->by_fields[last] = NULL;
}

/*
 * Where rows name policies, which are agreements of their own, groups are by policy in the first place, unless --by
 * says otherwise; Prometheus has the policy as a label in either case.
 */
static void by_policy(struct report *report) {
  for (size_t i = 0; i < report->field_count; i++)
    if (!strcmp(report->fields[i], "policy"))
      return;
  if (report->cli->by && report->format->write != report_write_prometheus)
    return;
  for (size_t i = report->field_count++; i > 0; i--)
    report->fields[i] = report->fields[i - 1];
  report->fields[0] = strdup("policy");
}

static bool begin(struct annotation *job, void *data) {
  struct report *report = data;
  report->job = job;
  report->zone = job->policy_count ? sla_policy_zone(job->policies[0].policy) : NULL;
  job->gathers = true;
  if (job->policy_column >= 0)
    by_policy(report);
  size_t required = job->policy_count ? sla_policy_required_count(job->policies[0].policy) : 0;
  report->lacks = cli_alloc((required + 1) * sizeof *report->lacks);
  report->totals = cli_alloc((job->metric_count + 1) * sizeof *report->totals);
  report->ratios = cli_alloc((job->metric_count + 1) * sizeof *report->ratios);
  report->values = cli_alloc((report->field_count + 1) * sizeof *report->values);
  for (size_t i = 0; i < report->field_count; i++)
    report->by_fields[i] = cli_alloc((job->policy_count + 1) * sizeof **report->by_fields);
  return true;
}

/* Binds a field of --by: to the fields of policies, and to a column for policies that do not read it. Says whether
 * anything has it. */
static bool bind_field(struct report *report, size_t by, const char **ret_column) {
  const struct annotation *job = report->job;
  bool found = false;
  for (size_t p = 0; p < job->policy_count; p++) {
    const struct annotator *annotator = &job->policies[p];
    report->by_fields[by][p] = SIZE_MAX;
    for (size_t f = 0; f < annotator->field_count; f++)
      if (!strcmp(sla_policy_field_name(annotator->policy, f), report->fields[by]))
        report->by_fields[by][p] = f;
    found |= report->by_fields[by][p] != SIZE_MAX;
  }
  report->by_columns[by] = annotation_column_of(report->job, report->fields[by], ret_column);
  return found || report->by_columns[by] >= 0;
}

/* Finds what --by names; false after an error. Where it names nothing, the report goes without a priority. */
static bool bind(struct annotation *job, void *data) {
  struct report *report = data;
  bool good = true;
  for (size_t i = 0; i < report->field_count; i++) {
    const char *name;
    if (bind_field(report, i, &name))
      continue;
    if (!job->cli->by) { /* the priority, which is the last one */
      drop_field(report);
      break;
    }
    if (report->by_columns[i] == COLUMN_NONE)
      cli_error_at(job->cli, EXIT_DATA, job->input.file, 1, "the input has no column \"%s\", which --by names", name);
    else if (report->by_columns[i] == COLUMN_ABSENT)
      cli_error(job->cli, EXIT_USAGE, "--by names the field \"%s\", which the input does not have", report->fields[i]);
    good = false;
  }
  return good;
}

static const struct report_format formats[] = {
    {"text", report_write_text},
    {"json", report_write_json},
    {"csv", report_write_csv},
    {"html", report_write_html},
    {"prometheus", report_write_prometheus},
    {"nagios", report_write_nagios},
};

enum { FORMATS = sizeof formats / sizeof *formats };

static const struct report_format *format_named(const char *name) {
  for (size_t i = 0; i < FORMATS; i++)
    if (!strcmp(formats[i].name, name))
      return &formats[i];
  return NULL;
}

/* Versions of one policy together, the oldest first. */
static int compare_versions(const void *left, const void *right) {
  const struct report_version *a = left, *b = right;
  int order = strcmp(a->policy, b->policy);
  return order ? order : strcmp(a->version, b->version);
}

static void sort_all(struct report *report) {
  struct report_list *lists[] = {&report->breached, &report->due_next, &report->best_effort, &report->lacking,
                                 &report->failed};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    report_list_sort(lists[i]);
  report_groups_sort(report);
  if (report->versions.count)
    qsort(report->versions.items, report->versions.count, sizeof *report->versions.items, compare_versions);
}

static bool has_status(const struct report *report, uint64_t bits) {
  bool has = bits >> SLA_STATUS_ERROR & 1 && report->errors;
  for (size_t m = 0; m < report->job->metric_count; m++)
    for (size_t i = 0; i < STATUSES; i++)
      has |= bits >> i & 1 && report->totals[m].by_status[i];
  return has;
}

static void end(struct annotation *job, void *data) {
  struct report *report = data;
  if (job->failed) /* half the input makes no report */
    return;
  if (has_status(report, report->fail_on))
    cli_status(report->cli, EXIT_NO);
  sort_all(report);
  report->format->write(report);
}

static bool begin_report(struct annotation *job, void *data) {
  return begin(job, data) && report_read_limits(data);
}

static void report_free(struct report *report) {
  for (size_t i = 0; i < report->groups.count; i++) {
    free(report->groups.items[i]->values);
    free(report->groups.items[i]);
  }
  for (size_t i = 0; i < report->date_count; i++)
    free(report->dates[i].tallies);
  while (report->field_count)
    drop_field(report);
  struct report_list *lists[] = {&report->breached, &report->due_next, &report->best_effort, &report->lacking,
                                 &report->failed};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    report_list_free(lists[i]);
  free(report->groups.items);
  free(report->slots);
  free(report->totals);
  free(report->lacks);
  free(report->versions.items);
  free(report->dates);
  free(report->ratios);
  free(report->id);
  free(report->values);
  free(report->value_room);
}

/*
 * The one line of --format nagios comes when all else is done, since trouble, be it the last, is the first thing it
 * says. The exit status is a monitor's: a check that could not be made (3) is neither good nor bad news.
 */
static void finish_nagios(struct report *report, const char *path) {
  struct cli *cli = report->cli;
  struct output output;
  bool in_trouble = cli->status >= EXIT_USAGE;
  if (output_init(cli, &output, path)) {
    report_nagios_line(report, in_trouble, &output);
    output_finish(cli, &output, true);
  }
  cli->status = cli->status >= EXIT_USAGE ? NAGIOS_UNKNOWN : report->nagios;
}

/* A monitor gets its line even where the command line is wrong; the format may stand anywhere in it. */
void report_refuse(struct cli *cli, int argc, char **argv) {
  struct report report = {.cli = cli};
  for (int i = 2; i < argc; i++)
    if (!strcmp(argv[i], "--format=nagios") || (!strcmp(argv[i - 1], "--format") && !strcmp(argv[i], "nagios"))) {
      finish_nagios(&report, NULL);
      return;
    }
}

void run_report(struct cli *cli) {
  struct report report = {.cli = cli, .only = UINT64_MAX, .format = format_named(cli->format ? cli->format : "text")};
  const struct annotation_writer writer = {&report, begin_report, bind, take_row, end};
  const char *path = cli->output;
  bool is_nagios = report.format && report.format->write == report_write_nagios;
  if (is_nagios)
    cli->output = NULL;
  if (!report.format)
    cli_error(cli, EXIT_USAGE, "report has the formats text, json, csv, html, prometheus and nagios, not \"%s\"",
              cli->format);
  else if (report_read_by(cli, &report) && report_read_top(cli, &report.top) && report_read_select_by(cli, &report) &&
           (!cli->only || report_read_statuses(cli, "--only", cli->only, &report.only)) &&
           (!cli->fail_on || report_read_statuses(cli, "--fail-on", cli->fail_on, &report.fail_on)))
    annotation_run(cli, &writer);
  if (is_nagios)
    finish_nagios(&report, path);
  report_free(&report);
}
