/* report: gathers what a report is made of. The formats are in files of their own. */
#include "cli/report.h"

#include "cli/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, HOUR = 3600 };

/* --- tallies ----------------------------------------------------------------------------------------------------- */

uint64_t tally_decided(const struct tally *tally) {
  return tally->by_status[SLA_MET] + tally->by_status[SLA_MISSED] + tally->by_status[SLA_BREACHED];
}

uint64_t tally_all(const struct tally *tally) {
  uint64_t all = 0;
  for (size_t i = 0; i < STATUSES; i++)
    all += tally->by_status[i];
  return all;
}

int tally_attainment(const struct tally *tally) {
  uint64_t decided = tally_decided(tally);
  return decided ? (int)(tally->by_status[SLA_MET] * 10000 / decided) : -1;
}

const char *report_metric(const struct report *report, size_t metric) {
  return report->job->metrics[metric];
}

int64_t report_overdue(const struct report *report, const struct report_item *item) {
  sla_time end = item->stopped ? item->stop : report->job->now;
  return item->result.has_due && end > item->result.due ? end - item->result.due : 0;
}

/* --- groups ------------------------------------------------------------------------------------------------------ */

static uint64_t hash_values(const struct report *report, size_t metric) {
  uint64_t hash = 14695981039346656037U ^ metric; /* FNV-1a */
  for (size_t i = 0; i < report->field_count; i++) {
    const struct sla_text *value = &report->values[i];
    for (size_t k = 0; k < value->len; k++)
      hash = (hash ^ (unsigned char)value->ptr[k]) * 1099511628211U;
    hash = (hash ^ 0x100) * 1099511628211U;
  }
  return hash;
}

static bool has_values(const struct report *report, const struct report_group *group, size_t metric, uint64_t hash) {
  if (group->hash != hash || group->metric != metric)
    return false;
  for (size_t i = 0; i < report->field_count; i++)
    if (group->values[i].len != report->values[i].len ||
        memcmp(group->values[i].ptr, report->values[i].ptr, group->values[i].len) != 0)
      return false;
  return true;
}

static struct sla_text *copy_values(const struct report *report) {
  size_t size = report->field_count * sizeof(struct sla_text);
  for (size_t i = 0; i < report->field_count; i++)
    size += report->values[i].len;
  struct sla_text *values = cli_alloc(size ? size : 1);
  char *at = (char *)(values + report->field_count);
  for (size_t i = 0; i < report->field_count; i++) {
    memcpy(at, report->values[i].ptr, report->values[i].len);
    values[i] = (struct sla_text){at, report->values[i].len};
    at += values[i].len;
  }
  return values;
}

static void grow_slots(struct report *report) {
  free(report->slots);
  report->slot_count = report->slot_count ? 2 * report->slot_count : 256;
  report->slots = cli_alloc(report->slot_count * sizeof *report->slots);
  for (size_t i = 0; i < report->groups.count; i++) {
    size_t slot = report->groups.items[i]->hash % report->slot_count;
    while (report->slots[slot])
      slot = (slot + 1) % report->slot_count;
    report->slots[slot] = (uint32_t)i + 1;
  }
}

/* The group of a metric with the incident's values; NULL where there are too many groups. */
static struct report_group *group_of(struct report *report, size_t metric) {
  uint64_t hash = hash_values(report, metric);
  if (2 * (report->groups.count + 1) > report->slot_count)
    grow_slots(report);
  size_t slot = hash % report->slot_count;
  for (; report->slots[slot]; slot = (slot + 1) % report->slot_count) {
    struct report_group *group = report->groups.items[report->slots[slot] - 1];
    if (has_values(report, group, metric, hash))
      return group;
  }
  if (report->groups.count == REPORT_MOST_GROUPS) {
    if (!report->job->stopped)
      cli_error(report->cli, EXIT_DATA, "more than %d groups: --by names a field with too many values",
                REPORT_MOST_GROUPS);
    report->job->stopped = true;
    return NULL;
  }
  struct report_group *group = cli_alloc(sizeof *group);
  *group = (struct report_group){
      .metric = metric, .value_count = report->field_count, .values = copy_values(report), .hash = hash};
  report->groups.items =
      array_grow(report->groups.items, report->groups.count, &report->groups.capacity, sizeof(struct report_group *));
  report->slots[slot] = (uint32_t)report->groups.count + 1;
  return report->groups.items[report->groups.count++] = group;
}

/* The number that a text begins with, so that P2 comes before P10. */
static int compare_texts(struct sla_text a, struct sla_text b) {
  size_t i = 0;
  while (i < a.len && i < b.len) {
    bool digits = a.ptr[i] >= '0' && a.ptr[i] <= '9' && b.ptr[i] >= '0' && b.ptr[i] <= '9';
    if (!digits && a.ptr[i] != b.ptr[i])
      return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[i] ? -1 : 1;
    if (digits) {
      size_t x = i, y = i;
      while (x < a.len && a.ptr[x] >= '0' && a.ptr[x] <= '9')
        x++;
      while (y < b.len && b.ptr[y] >= '0' && b.ptr[y] <= '9')
        y++;
      if (x != y)
        return x < y ? -1 : 1;
      int order = memcmp(a.ptr + i, b.ptr + i, x - i);
      if (order)
        return order;
      i = x;
    } else
      i++;
  }
  return (a.len > b.len) - (a.len < b.len);
}

static int compare_groups(const void *left, const void *right) {
  const struct report_group *a = *(struct report_group *const *)left, *b = *(struct report_group *const *)right;
  int order = (a->metric > b->metric) - (a->metric < b->metric);
  for (size_t i = 0; i < a->value_count && !order; i++)
    order = compare_texts(a->values[i], b->values[i]);
  return order;
}

static void sort_groups(struct report *report) {
  if (report->groups.count)
    qsort(report->groups.items, report->groups.count, sizeof(struct report_group *), compare_groups);
}

/* --- lists ------------------------------------------------------------------------------------------------------- */

static void free_item(struct report_item *item) {
  free(item->id);
  free(item->values);
  free(item->note);
  free((char *)item->result.reason);
  free((char *)item->result.coverage);
}

static char *copy_text(const char *text) {
  return text ? strdup(text) : NULL;
}

static bool comes_before(const struct report_item *a, const struct report_item *b) {
  return a->rank != b->rank ? a->rank < b->rank : a->order < b->order;
}

/* Puts an item into its place, if it is among the first `top`. What it points to is copied only then. */
static void list_add(struct report *report, struct report_list *list, struct report_item *item) {
  item->order = list->total++;
  if (report->top == 0 || (list->count == report->top && !comes_before(item, &list->items[list->count - 1])))
    return;
  if (!list->items)
    list->items = cli_alloc(report->top * sizeof *list->items);
  if (list->count == report->top)
    free_item(&list->items[--list->count]);
  struct report_item kept = *item;
  kept.id = copy_text(report->id);
  kept.values = copy_values(report);
  kept.note = copy_text(item->note);
  kept.result.reason = copy_text(item->result.reason);
  kept.result.coverage = copy_text(item->result.coverage);
  size_t place = list->count++;
  for (; place > 0 && comes_before(&kept, &list->items[place - 1]); place--)
    list->items[place] = list->items[place - 1];
  list->items[place] = kept;
}

static void free_list(struct report_list *list) {
  for (size_t i = 0; i < list->count; i++)
    free_item(&list->items[i]);
  free(list->items);
}

/* --- pictures ---------------------------------------------------------------------------------------------------- */

static int64_t local_time(const struct report *report, sla_time t) {
  return t + sla_zone_offset(report->zone, t);
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
    list_add(report, &report->breached, item);
    break;
  case SLA_RUNNING:
  case SLA_AT_RISK:
  case SLA_PAUSED:
    item->rank = result->due;
    list_add(report, &report->due_next, item);
    break;
  case SLA_BEST_EFFORT:
    item->rank = item->start;
    if (item->started && !item->stopped)
      list_add(report, &report->best_effort, item);
    break;
  case SLA_STATUS_ERROR:
    item->note = (char *)result->reason;
    list_add(report, &report->failed, item);
    item->note = NULL;
    break;
  default: break;
  }
}

static void take_metric(struct report *report, struct report_item *item, const struct sla_cycle *cycle) {
  const struct sla_result *result = &item->result;
  struct report_group *group = group_of(report, item->metric);
  if (!group)
    return;
  group->tally.by_status[result->status]++;
  report->totals[item->metric].by_status[result->status]++;
  note_version(report, &result->rule);
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
static void take_lacks(struct report *report, struct report_item *item) {
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
  item->rank = 0;
  item->note = note;
  list_add(report, &report->lacking, item);
}

/* What a field of --by says of the incident. */
static struct sla_text by_value(struct report *report, const struct record *row, size_t field, char *room,
                                size_t *ret_used) {
  const struct annotator *annotator = report->job->row_policy;
  *ret_used = 0;
  if (annotator)
    for (size_t i = 0; i < annotator->field_count; i++)
      if (!strcmp(sla_policy_field_name(annotator->policy, i), report->fields[field]))
        return sla_worker_value(annotator->worker, i);
  long column = report->by_columns[field];
  bool whole = !row->problem && (report->job->is_json || row->count == report->job->column_count);
  return column >= 0 && whole ? input_value(&report->job->input, row, (size_t)column, room, ret_used)
                              : (struct sla_text){"", 0};
}

static void take_values(struct report *report, const struct record *row) {
  if (report->value_size < row->raw.len * (report->field_count + 1) + 1) {
    free(report->value_room);
    report->value_size = 2 * row->raw.len * (report->field_count + 1) + 1;
    report->value_room = cli_alloc(report->value_size);
  }
  size_t at = 0, used;
  for (size_t i = 0; i < report->field_count; i++, at += used)
    report->values[i] = by_value(report, row, i, report->value_room + at, &used);
}

/* Keeps the incident's id, or "". */
static void take_id(struct report *report, const struct record *row) {
  struct annotation *job = report->job;
  struct sla_text id = {"", 0};
  size_t used;
  if (report->id_size < row->raw.len + 1) {
    free(report->id);
    report->id = cli_alloc(report->id_size = 2 * row->raw.len + 1);
  }
  bool whole = !row->problem && (job->is_json || row->count == job->column_count);
  if (job->id_column >= 0 && whole)
    id = input_value(&job->input, row, (size_t)job->id_column, report->id, &used);
  memmove(report->id, id.ptr, id.len);
  report->id[id.len] = '\0';
}

static void take_row(struct annotation *job, const struct record *row, void *data) {
  struct report *report = data;
  const struct annotator *annotator = job->row_policy;
  struct report_item item = {.file = job->input.file, .line = row->line, .policy = annotator};
  bool any = false;
  take_id(report, row);
  take_values(report, row);
  if (!annotator) {
    report->incidents++;
    report->errors++;
    item.result = (struct sla_result){.status = SLA_STATUS_ERROR};
    item.metric = SIZE_MAX;
    item.note = job->note;
    list_add(report, &report->failed, &item);
    return;
  }
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
    take_metric(report, &item, cycle);
  }
  if (!any)
    return;
  report->incidents++;
  report->unanswered += sla_worker_closed_unanswered(annotator->worker);
  if (arrival != SLA_TIME_MAX)
    add_to_heat(report, report->arrivals, arrival);
  take_lacks(report, &item);
}

/* --- the command ------------------------------------------------------------------------------------------------- */

static bool begin(struct annotation *job, void *data) {
  struct report *report = data;
  report->job = job;
  report->zone = job->policy_count ? sla_policy_zone(job->policies[0].policy) : NULL;
  size_t required = job->policy_count ? sla_policy_required_count(job->policies[0].policy) : 0;
  report->lacks = cli_alloc((required + 1) * sizeof *report->lacks);
  report->totals = cli_alloc((job->metric_count + 1) * sizeof *report->totals);
  report->ratios = cli_alloc((job->metric_count + 1) * sizeof *report->ratios);
  report->values = cli_alloc((report->field_count + 1) * sizeof *report->values);
  return true;
}

/* Finds the columns that --by names and no policy reads. */
static bool bind(struct annotation *job, void *data) {
  struct report *report = data;
  bool good = true;
  for (size_t i = 0; i < report->field_count; i++) {
    const char *name, *field = report->fields[i];
    bool is_read = false;
    for (size_t p = 0; p < job->policy_count; p++)
      for (size_t f = 0; f < job->policies[p].field_count && !is_read; f++)
        is_read = !strcmp(sla_policy_field_name(job->policies[p].policy, f), field);
    report->by_columns[i] = annotation_column_of(job, field, &name);
    if (report->by_columns[i] >= 0 || is_read)
      continue;
    cli_error_at(job->cli, EXIT_DATA, job->input.file, 1, "the input has no column \"%s\", which --by names", name);
    good = false;
  }
  return good;
}

static const struct report_format formats[] = {
    {"text", report_write_text, NULL},
    {"json", report_write_json, NULL},
    {"csv", report_write_csv, NULL},
    {"html", report_write_html, NULL},
    {"prometheus", report_write_prometheus, NULL},
    {"nagios", report_write_nagios, NULL},
};

enum { FORMATS = sizeof formats / sizeof *formats };

static const struct report_format *format_named(const char *name) {
  for (size_t i = 0; i < FORMATS; i++)
    if (!strcmp(formats[i].name, name))
      return &formats[i];
  return NULL;
}

static void end(struct annotation *job, void *data) {
  struct report *report = data;
  for (size_t m = 0; m < job->metric_count; m++)
    for (size_t i = 0; i < STATUSES; i++)
      if (report->fail_on >> i & 1 && report->totals[m].by_status[i])
        cli_status(report->cli, EXIT_NO);
  sort_groups(report);
  format_named(report->cli->format ? report->cli->format : "text")->write(report);
}

/* The status that a text names, of those that --only and --fail-on know; SIZE_MAX after an error. */
static size_t status_named(struct cli *cli, const char *option, const char *text, size_t len) {
  const char *names[STATUSES];
  for (size_t i = 0; i < STATUSES; i++) {
    names[i] = sla_status_name((enum sla_status)i);
    if (strlen(names[i]) == len && !memcmp(names[i], text, len))
      return i;
  }
  const char *nearest = sla_nearest((struct sla_text){text, len}, names, STATUSES);
  cli_error(cli, EXIT_USAGE, "%s knows no status \"%.*s\"%s%s%s", option, (int)len, text,
            nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  return SIZE_MAX;
}

/* Reads a list of statuses into bits. */
static bool read_statuses(struct cli *cli, const char *option, const char *text, uint64_t *ret_bits) {
  *ret_bits = 0;
  for (const char *at = text; at; at = *at ? at + 1 : NULL) {
    size_t len = strcspn(at, ","), status = status_named(cli, option, at, len);
    if (status == SIZE_MAX)
      return false;
    *ret_bits |= UINT64_C(1) << status;
    at += len;
    if (!*at)
      break;
  }
  return true;
}

/* Splits --by; the names live in cli->made. */
static bool read_by(struct cli *cli, struct report *report) {
  char *text = strdup(cli->by ? cli->by : "priority");
  report->value_room = NULL;
  for (char *at = text; at;) {
    char *comma = strchr(at, ',');
    if (comma)
      *comma = '\0';
    if (!*at || report->field_count == REPORT_MOST_BY) {
      cli_error(cli, EXIT_USAGE, *at ? "--by takes at most %d fields" : "--by has an empty field", REPORT_MOST_BY);
      free(text);
      return false;
    }
    report->fields[report->field_count++] = strdup(at);
    at = comma ? comma + 1 : NULL;
  }
  free(text);
  return true;
}

static bool read_top(struct cli *cli, size_t *ret_top) {
  *ret_top = REPORT_TOP;
  if (!cli->top)
    return true;
  size_t top = 0;
  const char *at = cli->top;
  for (; *at >= '0' && *at <= '9' && top <= REPORT_MOST_TOP; at++)
    top = top * 10 + (size_t)(*at - '0');
  if (*at || at == cli->top || top > REPORT_MOST_TOP) {
    cli_error(cli, EXIT_USAGE, "--top must be a number from 0 to %d, not \"%s\"", REPORT_MOST_TOP, cli->top);
    return false;
  }
  *ret_top = top;
  return true;
}

static bool read_select_by(struct cli *cli, struct report *report) {
  static const char *const words[] = {"start", "due", "stop"};
  for (size_t i = 0; i < 3; i++)
    if (!cli->select_by || !strcmp(cli->select_by, words[i])) {
      report->select_by = i == 0 ? SELECT_START : i == 1 ? SELECT_DUE : SELECT_STOP;
      return true;
    }
  cli_error(cli, EXIT_USAGE, "--select-by must be start, due or stop, not \"%s\"", cli->select_by);
  return false;
}

/* --since and --until, local in the policy's zone where they have no offset; called when that is known. */
static bool read_limits(struct report *report) {
  struct cli *cli = report->cli;
  const struct {
    const char *option, *text;
    sla_time *time;
    bool *has;
  } limits[] = {{"--since", cli->since, &report->since, &report->has_since},
                {"--until", cli->before, &report->until, &report->has_until}};
  for (size_t i = 0; i < 2; i++) {
    enum sla_reading reading;
    char text[32];
    if (!limits[i].text)
      continue;
    snprintf(text, sizeof text, "%.10sT00:00", limits[i].text); /* a date is its beginning */
    const char *time = strlen(limits[i].text) == 10 ? text : limits[i].text;
    if (sla_time_read(&cli->options, report->zone, limits[i].option, (struct sla_text){time, strlen(time)},
                      limits[i].time, &reading) != SLA_OK) {
      cli_status(cli, EXIT_USAGE);
      return false;
    }
    *limits[i].has = true;
  }
  return true;
}

static bool begin_report(struct annotation *job, void *data) {
  return begin(job, data) && read_limits(data);
}

static void report_free(struct report *report) {
  for (size_t i = 0; i < report->groups.count; i++) {
    free(report->groups.items[i]->values);
    free(report->groups.items[i]);
  }
  for (size_t i = 0; i < report->date_count; i++)
    free(report->dates[i].tallies);
  for (size_t i = 0; i < report->field_count; i++)
    free((char *)report->fields[i]);
  struct report_list *lists[] = {&report->breached, &report->due_next, &report->best_effort, &report->lacking,
                                 &report->failed};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    free_list(lists[i]);
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

void run_report(struct cli *cli) {
  struct report report = {.cli = cli, .only = UINT64_MAX};
  const struct annotation_writer writer = {&report, begin_report, bind, take_row, end};
  if (cli->format && !format_named(cli->format))
    cli_error(cli, EXIT_USAGE, "report has the formats text, json, csv, html, prometheus and nagios, not \"%s\"",
              cli->format);
  else if (read_by(cli, &report) && read_top(cli, &report.top) && read_select_by(cli, &report) &&
           (!cli->only || read_statuses(cli, "--only", cli->only, &report.only)) &&
           (!cli->fail_on || read_statuses(cli, "--fail-on", cli->fail_on, &report.fail_on)))
    annotation_run(cli, &writer);
  /* A check that could not be made is neither good nor bad news; the other statuses are not a monitor's. */
  if (cli->format && !strcmp(cli->format, "nagios"))
    cli->status = cli->status >= EXIT_USAGE ? 3 : report.nagios;
  report_free(&report);
}
