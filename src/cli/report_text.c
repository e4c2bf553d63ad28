/* report_text: the report as a mail from cron and as a terminal have it. What there is nothing of takes one line or
 * none. */
#include "cli/plain.h"
#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 2, HEAD = 12, MOST_COLUMNS = REPORT_MOST_BY + 1 + STATUSES + 4, DAY = 86400 };

static const char bold[] = "1", red[] = "31", yellow[] = "33", green[] = "32";

struct page {
  const struct report *report;
  struct output *output;
  struct plain plain;
};

/* How statuses are called, in the order of the columns, and in which colour where there are any. */
static const struct {
  enum sla_status status;
  const char *title, *color;
} status_columns[] = {
    {SLA_MET, "met", green},
    {SLA_MISSED, "missed", yellow},
    {SLA_BREACHED, "breached", red},
    {SLA_AT_RISK, "at risk", yellow},
    {SLA_RUNNING, "running", NULL},
    {SLA_PAUSED, "paused", NULL},
    {SLA_BEST_EFFORT, "best effort", NULL},
    {SLA_EXCLUDED, "excluded", NULL},
    {SLA_NO_TARGET, "no target", NULL},
    {SLA_NO_POLICY, "no policy", NULL},
    {SLA_NOT_STARTED, "not started", NULL},
    {SLA_STATUS_ERROR, "error", red},
};

enum { STATUS_COLUMNS = sizeof status_columns / sizeof *status_columns };

/* --- values ------------------------------------------------------------------------------------------------------ */

static void add_number(struct plain_table *table, uint64_t number, const char *color) {
  char text[24];
  snprintf(text, sizeof text, "%llu", (unsigned long long)number);
  plain_cell_string(table, number ? text : "-", number ? color : NULL);
}

/* A per cent of hundredths, cut to tenths. */
static void add_attainment(const struct report *report, struct plain_table *table, const struct tally *tally) {
  char text[24] = "-";
  int hundredths = report_attainment(report, tally);
  if (hundredths >= 0)
    snprintf(text, sizeof text, "%d.%d%%", hundredths / 100, hundredths % 100 / 10);
  plain_cell_string(table, text, NULL);
}

/* A duration; of an hour and more the seconds are left out. */
static void add_duration(struct plain_table *table, int64_t seconds, const char *color) {
  char text[SLA_DURATION_TEXT];
  sla_duration_write(seconds >= 3600 || seconds <= -3600 ? seconds - seconds % 60 : seconds, text);
  plain_cell_string(table, text, color);
}

static void write_time(const struct report *report, sla_time t, int32_t offset_s, char text[SLA_TIME_TEXT]) {
  text[time_style_write(&report->job->style, t, offset_s, text)] = '\0';
}

/* Whole minutes go without seconds, for want of width. */
static void add_time(const struct page *page, struct plain_table *table, sla_time t, int32_t offset_s,
                     const char *color) {
  enum { SECONDS = sizeof "2026-01-01T00:00" - 1 };
  char text[SLA_TIME_TEXT];
  write_time(page->report, t, offset_s, text);
  if (!strncmp(text + SECONDS, ":00", 3))
    memmove(text + SECONDS, text + SECONDS + 3, strlen(text + SECONDS + 3) + 1);
  plain_cell_string(table, text, color);
}

/* The incident's id, or else where it stands. */
static void add_incident(const struct page *page, struct plain_table *table, const struct report_item *item) {
  struct buffer place = {0};
  if (page->report->cli->operands.count > 1)
    buffer_format(&place, "%s:%ld", item->file, item->line);
  else
    buffer_format(&place, "line %ld", item->line);
  plain_cell_string(table, *item->id ? item->id : buffer_text(&place), NULL);
  buffer_free(&place);
}

static void add_values(const struct page *page, struct plain_table *table, const struct sla_text *values) {
  for (size_t i = 0; i < page->report->field_count; i++)
    plain_cell(table, values[i].len ? values[i] : (struct sla_text){"-", 1}, NULL);
}

/* --- the head ---------------------------------------------------------------------------------------------------- */

static void write_heading(const struct page *page, const char *text) {
  struct buffer line = {0};
  plain_add(&page->plain, &line, (struct sla_text){text, strlen(text)}, page->plain.width);
  if (page->plain.color)
    output_bytes(page->output, "\x1b[1m", 4);
  output_bytes(page->output, buffer_text(&line), line.len);
  if (page->plain.color)
    output_bytes(page->output, "\x1b[0m", 4);
  output_char(page->output, '\n');
  buffer_free(&line);
}

/* Writes "  name     text", and frees the text; nothing where it is empty. */
static void write_fact(const struct page *page, const char *name, struct buffer *text) {
  if (text->len) {
    char label[HEAD + 1];
    snprintf(label, sizeof label, "%*s%-*s", INDENT, "", HEAD - INDENT, name);
    plain_labelled(&page->plain, page->output, label, (struct sla_text){text->text, text->len});
  }
  buffer_free(text);
}

static void add_list(struct buffer *text, const char *item) {
  buffer_format(text, "%s%s", text->len ? ", " : "", item);
}

static void write_incidents(const struct page *page) {
  enum { MOST_FILES = 5 };
  const struct report *report = page->report;
  const struct strings *files = &report->cli->operands;
  struct buffer text = {0};
  buffer_format(&text, "%llu of ", (unsigned long long)report->incidents);
  for (size_t i = 0; i < files->count && i < MOST_FILES; i++)
    buffer_format(&text, "%s%s", i ? ", " : "", strcmp(files->items[i], "-") ? files->items[i] : "standard input");
  if (files->count > MOST_FILES)
    buffer_format(&text, " and %zu more files", files->count - MOST_FILES);
  if (!files->count)
    buffer_format(&text, "standard input");
  if (report->failed.total)
    buffer_format(&text, "; %llu could not be evaluated", (unsigned long long)report->failed.total);
  if (report->unanswered)
    buffer_format(&text, "; %llu closed unanswered", (unsigned long long)report->unanswered);
  write_fact(page, "incidents", &text);
}

static void write_span(const struct page *page) {
  static const char *const words[] = {"started", "due", "stopped"};
  const struct report *report = page->report;
  struct buffer text = {0};
  char time[SLA_TIME_TEXT];
  if (report->has_since || report->has_until)
    buffer_format(&text, "%s", words[report->select_by]);
  if (report->has_since) {
    write_time(report, report->since, report->zone ? sla_zone_offset(report->zone, report->since) : 0, time);
    buffer_format(&text, " from %s on", time);
  }
  if (report->has_until) {
    write_time(report, report->until, report->zone ? sla_zone_offset(report->zone, report->until) : 0, time);
    buffer_format(&text, " before %s", time);
  }
  write_fact(page, "span", &text);
  if (report->cli->only)
    buffer_format(&text, "%s", report->cli->only);
  write_fact(page, "only", &text);
}

static void write_policies(const struct page *page) {
  const struct report *report = page->report;
  struct buffer text = {0};
  for (size_t i = 0; i < report->versions.count; i++) {
    const struct report_version *version = &report->versions.items[i];
    bool is_first = !i || strcmp(version[-1].policy, version->policy) != 0;
    if (is_first)
      buffer_format(&text, "%s%s", i ? "; " : "", version->policy);
    if (version->version && *version->version)
      buffer_format(&text, "%s%s", is_first ? " of " : ", ", version->version);
  }
  for (size_t i = 0; !report->versions.count && i < report->job->policy_count; i++)
    add_list(&text, sla_policy_name(report->job->policies[i].policy));
  write_fact(page, "policy", &text);
}

/* Up to when holidays are known, each source once. */
static void write_coverage(const struct page *page) {
  const struct report *report = page->report;
  struct buffer text = {0};
  int today = (int)(report->job->now / DAY);
  for (size_t p = 0; p < report->job->policy_count; p++) {
    const sla_policy *policy = report->job->policies[p].policy;
    for (size_t c = 0; c < sla_policy_calendar_count(policy); c++) {
      int last;
      const char *source = sla_policy_calendar_covered(policy, c, &last);
      if (!source)
        continue;
      char date[16];
      struct buffer entry = {0};
      sla_date_write(last, date);
      buffer_format(&entry, "%s up to %s%s", source, date, last < today ? ", which is over" : "");
      if (!strstr(buffer_text(&text), entry.text))
        add_list(&text, entry.text);
      buffer_free(&entry);
    }
  }
  write_fact(page, "holidays", &text);
}

static void write_tzdata(const struct page *page) {
  struct sla_tzdata_versions versions;
  struct buffer text = {0};
  sla_tzdata_compare(&page->report->cli->options, &versions);
  if (versions.in_use)
    buffer_format(&text, "%s (%s)", versions.in_use, versions.source);
  if (versions.in_use && versions.in_use_is_older)
    buffer_format(&text, ", older than the %s at hand",
                  !strcmp(versions.source, "system") ? versions.icu : versions.system);
  write_fact(page, "tzdata", &text);
}

static void write_head(const struct page *page) {
  const struct report *report = page->report;
  struct buffer title = {0};
  char now[SLA_TIME_TEXT];
  write_time(report, report->job->now, report->zone ? sla_zone_offset(report->zone, report->job->now) : 0, now);
  buffer_format(&title, "SLA report as of %s", now);
  write_heading(page, buffer_text(&title));
  buffer_free(&title);
  write_incidents(page);
  write_span(page);
  write_policies(page);
  write_coverage(page);
  write_tzdata(page);
}

/* --- attainment -------------------------------------------------------------------------------------------------- */

static void add_tally(const struct report *report, struct plain_table *table, const struct tally *tally,
                      const bool *in_use) {
  add_attainment(report, table, tally);
  for (size_t i = 0; i < STATUS_COLUMNS; i++)
    if (in_use[i])
      add_number(table, tally->by_status[status_columns[i].status], status_columns[i].color);
}

/* What the columns of numbers are, after those of names. Those that are empty throughout are left out, but for three.
 */
static size_t find_columns(const struct report *report, struct plain_column *columns, bool *in_use) {
  size_t count = 0;
  columns[count++] = (struct plain_column){"metric", PLAIN_LEFT};
  for (size_t i = 0; i < report->field_count; i++)
    columns[count++] = (struct plain_column){report->fields[i], PLAIN_CUT};
  columns[count++] = (struct plain_column){"attained", PLAIN_RIGHT};
  for (size_t i = 0; i < STATUS_COLUMNS; i++) {
    in_use[i] = i < 3;
    for (size_t m = 0; m < report->job->metric_count; m++)
      in_use[i] |= report->totals[m].by_status[status_columns[i].status] > 0;
    if (in_use[i])
      columns[count++] = (struct plain_column){status_columns[i].title, PLAIN_RIGHT};
  }
  return count;
}

/* The groups of a metric, and above them, where there are several, the metric as a whole. */
static void write_attainment(const struct page *page) {
  const struct report *report = page->report;
  struct plain_column columns[MOST_COLUMNS];
  bool in_use[STATUS_COLUMNS];
  struct plain_table table = {&page->plain, columns, 0, INDENT, NULL, 0, 0};
  table.column_count = find_columns(report, columns, in_use);
  for (size_t i = 0; i < report->groups.count;) {
    size_t metric = report->groups.items[i]->metric, first = i;
    while (i < report->groups.count && report->groups.items[i]->metric == metric)
      i++;
    bool has_total = i - first > 1;
    if (has_total) {
      plain_cell_string(&table, report_metric(report, metric), bold);
      for (size_t f = 0; f < report->field_count; f++)
        plain_cell_string(&table, f ? "" : "all", NULL);
      add_tally(report, &table, &report->totals[metric], in_use);
    }
    for (size_t g = first; g < i; g++) {
      plain_cell_string(&table, report_metric(report, metric), has_total ? NULL : bold);
      add_values(page, &table, report->groups.items[g]->values);
      add_tally(report, &table, &report->groups.items[g]->tally, in_use);
    }
  }
  output_char(page->output, '\n');
  write_heading(page, report->groups.count ? "Attainment, of what is decided" : "Attainment: nothing was evaluated");
  if (report->groups.count)
    plain_table_write(&table, page->output);
}

/* --- lists ------------------------------------------------------------------------------------------------------- */

/* Columns of a list: the incident and the fields of --by, then its own. */
static size_t list_columns(const struct report *report, struct plain_column *columns, const struct plain_column *own,
                           size_t own_count) {
  size_t count = 0;
  columns[count++] = (struct plain_column){"incident", PLAIN_KEY};
  for (size_t i = 0; i < report->field_count; i++)
    columns[count++] = (struct plain_column){report->fields[i], PLAIN_CUT};
  for (size_t i = 0; i < own_count; i++)
    columns[count++] = own[i];
  return count;
}

/* A list of the report: how it is headed, and what an item says besides its names. */
struct section {
  const char *title, *order; /* which comes first */
  const char *none;          /* what is said where there is nothing; NULL: not a word */
  struct plain_column columns[6];
  size_t column_count;
  void (*add)(const struct page *page, struct plain_table *table, const struct report_item *item);
};

static void write_list(const struct page *page, const struct section *section, const struct report_list *list,
                       const char *remark) {
  const struct report *report = page->report;
  struct buffer heading = {0};
  if (!list->total && !section->none)
    return;
  output_char(page->output, '\n');
  if (!list->total)
    buffer_format(&heading, "%s: %s", section->title, section->none);
  else
    buffer_format(&heading, "%s: %llu%s%s", section->title, (unsigned long long)list->total,
                  list->total > 1 ? section->order : "", remark);
  write_heading(page, buffer_text(&heading));
  buffer_free(&heading);
  struct plain_column columns[MOST_COLUMNS];
  struct plain_table table = {&page->plain, columns, 0, INDENT, NULL, 0, 0};
  table.column_count = list_columns(report, columns, section->columns, section->column_count);
  for (size_t i = 0; i < list->count; i++) {
    add_incident(page, &table, &list->items[i]);
    add_values(page, &table, list->items[i].values);
    section->add(page, &table, &list->items[i]);
  }
  if (list->count)
    plain_table_write(&table, page->output);
  if (list->count < list->total) {
    struct buffer more = {0};
    buffer_format(&more, "%s%llu more", list->count ? "and " : "", (unsigned long long)(list->total - list->count));
    plain_words(&page->plain, page->output, INDENT, INDENT, (struct sla_text){more.text, more.len});
    buffer_free(&more);
  }
}

static void add_breached(const struct page *page, struct plain_table *table, const struct report_item *item) {
  plain_cell_string(table, report_metric(page->report, item->metric), NULL);
  add_time(page, table, item->result.due, item->result.due_offset_s, red);
  add_duration(table, item->result.has_elapsed ? -item->result.remaining_s : 0, NULL);
  add_duration(table, report_overdue(page->report, item), NULL);
}

static void add_due_next(const struct page *page, struct plain_table *table, const struct report_item *item) {
  bool is_at_risk = item->result.status == SLA_AT_RISK, has_due = item->result.has_due;
  plain_cell_string(table, report_metric(page->report, item->metric), NULL);
  if (has_due)
    add_time(page, table, item->result.due, item->result.due_offset_s, is_at_risk ? yellow : NULL);
  else
    plain_cell_string(table, "-", NULL);
  if (has_due && item->result.has_elapsed)
    add_duration(table, item->result.remaining_s, NULL);
  else
    plain_cell_string(table, "-", NULL);
  if (has_due && item->result.status != SLA_PAUSED)
    add_duration(table, item->result.due - page->report->job->now, NULL);
  else
    plain_cell_string(table, "-", NULL); /* of a clock that stands nobody knows */
  plain_cell_string(table, is_at_risk ? "at risk" : sla_status_name(item->result.status), is_at_risk ? yellow : NULL);
}

static void add_best_effort(const struct page *page, struct plain_table *table, const struct report_item *item) {
  plain_cell_string(table, report_metric(page->report, item->metric), NULL);
  add_time(page, table, item->start, sla_zone_offset(item->result.zone, item->start), NULL);
  if (item->result.has_elapsed)
    add_duration(table, item->result.elapsed_s, NULL);
  else
    plain_cell_string(table, "-", NULL);
  add_duration(table, page->report->job->now - item->start, NULL);
}

static void add_note(const struct page *page, struct plain_table *table, const struct report_item *item) {
  (void)page;
  plain_cell_string(table, item->note ? item->note : "", NULL);
}

static void add_failed(const struct page *page, struct plain_table *table, const struct report_item *item) {
  struct buffer place = {0};
  bool several = page->report->cli->operands.count > 1;
  buffer_format(&place, "%s%s%ld", several ? item->file : "", several ? ":" : "", item->line);
  plain_cell_string(table, buffer_text(&place), NULL);
  add_note(page, table, item);
  buffer_free(&place);
}

static const struct section breached = {
    "Breached now",
    ", most overdue first",
    "none",
    {{"metric", PLAIN_CUT}, {"due", PLAIN_LEFT}, {"open late", PLAIN_LEFT}, {"late", PLAIN_LEFT}},
    4,
    add_breached,
};
static const struct section due_next = {
    "Due next",
    ", the earliest first",
    "nothing",
    {{"metric", PLAIN_CUT},
     {"due", PLAIN_LEFT},
     {"open left", PLAIN_LEFT},
     {"left", PLAIN_LEFT},
     {"status", PLAIN_LEFT}},
    5,
    add_due_next,
};
static const struct section best_effort = {
    "Best effort, waiting",
    ", the oldest first",
    NULL,
    {{"metric", PLAIN_CUT}, {"since", PLAIN_LEFT}, {"open", PLAIN_LEFT}, {"waiting", PLAIN_LEFT}},
    4,
    add_best_effort,
};
static const struct section lacking = {
    "Lacking required fields", "", NULL, {{"without", PLAIN_WRAP}}, 1, add_note,
};
static const struct section failed = {
    "Could not be evaluated", "", NULL, {{"line", PLAIN_CUT}, {"because", PLAIN_WRAP}}, 2, add_failed,
};

/* How often each field lacks, where one policy says so: ", as priority (3), customer (1)". */
static void add_lacks(const struct report *report, struct buffer *text) {
  if (report->job->policy_count != 1)
    return;
  const sla_policy *policy = report->job->policies[0].policy;
  for (size_t i = 0; i < sla_policy_required_count(policy); i++)
    if (report->lacks[i])
      buffer_format(text, "%s%s (%llu)", text->len ? ", " : ": ",
                    sla_policy_field_name(policy, sla_policy_required_field(policy, i)),
                    (unsigned long long)report->lacks[i]);
}

void report_write_text(struct report *report) {
  const struct page page = {report, &report->job->output, plain_style(report->cli)};
  struct buffer lacks = {0};
  add_lacks(report, &lacks);
  write_head(&page);
  write_attainment(&page);
  write_list(&page, &breached, &report->breached, "");
  write_list(&page, &due_next, &report->due_next, "");
  write_list(&page, &best_effort, &report->best_effort, "");
  write_list(&page, &lacking, &report->lacking, buffer_text(&lacks));
  write_list(&page, &failed, &report->failed, "");
  buffer_free(&lacks);
}
