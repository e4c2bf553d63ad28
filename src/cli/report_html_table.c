/* report_html_table: attainment by metric and group. */
#include "cli/report_html.h"

#include <string.h>

/* The columns of statuses, the most looked at first; `always` even where all are 0. */
static const struct column {
  enum sla_status status;
  bool always;
  const char *name;
} columns[] = {
    {SLA_MET, true, "met"},
    {SLA_MISSED, true, "missed"},
    {SLA_BREACHED, true, "breached"},
    {SLA_AT_RISK, true, "at risk"},
    {SLA_RUNNING, true, "running"},
    {SLA_PAUSED, false, "paused"},
    {SLA_NOT_STARTED, false, "not started"},
    {SLA_BEST_EFFORT, false, "best effort"},
    {SLA_EXCLUDED, false, "excluded"},
    {SLA_NO_TARGET, false, "no target"},
    {SLA_NO_POLICY, false, "no policy"},
    {SLA_STATUS_ERROR, false, "errors"},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

/* Whether any metric has the status. */
static bool is_shown(const struct report *report, const struct column *column) {
  bool is_shown = column->always;
  for (size_t m = 0; m < report->job->metric_count && !is_shown; m++)
    is_shown = report->totals[m].by_status[column->status] > 0;
  return is_shown;
}

/* Columns behind those of the fields: attained, the bar, the statuses, in all. */
static size_t number_columns(const struct report *report) {
  size_t count = 3;
  for (size_t i = 0; i < COLUMNS; i++)
    count += is_shown(report, &columns[i]);
  return count;
}

/* A bar of what was met, missed and breached, drawn beside the numbers that say the same. */
static void put_bar(struct page *page, const struct tally *tally) {
  enum { WIDTH = 1000 };
  static const struct {
    enum sla_status status;
    const char *name;
  } parts[] = {{SLA_MET, "met"}, {SLA_MISSED, "missed"}, {SLA_BREACHED, "breached"}};
  uint64_t decided = tally_decided(tally), before = 0;
  html_put(page, "<td class=\"bar\">");
  if (decided) {
    html_put(page, "<svg viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
      uint64_t count = tally->by_status[parts[i].status];
      unsigned from = (unsigned)((double)before * WIDTH / (double)decided);
      unsigned to = (unsigned)((double)(before += count) * WIDTH / (double)decided);
      if (count)
        html_format(page, "<rect class=\"%s\" x=\"%u\" width=\"%u\" height=\"100\"/>", parts[i].name, from,
                    to > from ? to - from : 1);
    }
    html_put(page, "</svg>");
  }
  html_put(page, "</td>");
}

static void put_numbers(struct page *page, const struct tally *tally) {
  int attainment = report_attainment(page->report, tally);
  html_format(page, "<td data-v=\"%d\">", attainment);
  html_percent(page, attainment);
  html_put(page, "</td>");
  put_bar(page, tally);
  for (size_t i = 0; i < COLUMNS; i++) {
    if (!is_shown(page->report, &columns[i]))
      continue;
    uint64_t count = tally->by_status[columns[i].status];
    html_format(page, count ? "<td>%llu</td>" : "<td class=\"zero\">%llu</td>", (unsigned long long)count);
  }
  html_format(page, "<td>%llu</td></tr>\n", (unsigned long long)tally_all(tally));
}

static void put_group(struct page *page, const struct report_group *group) {
  html_put(page, "<tr><td></td>");
  for (size_t i = 0; i < group->value_count; i++) {
    html_put(page, "<td class=\"text\">");
    if (group->values[i].len)
      html_value(page, group->values[i]);
    else
      html_put(page, "<span class=\"quiet\">(empty)</span>");
    html_put(page, "</td>");
  }
  put_numbers(page, &group->tally);
}

/* The groups of a metric, which follow one another; returns where the next metric's begin. */
static size_t put_metric(struct page *page, size_t metric, size_t at, size_t *rows) {
  const struct report *report = page->report;
  html_put(page, "<tbody>\n<tr class=\"total\"><th scope=\"row\">");
  html_string(page, report_metric(report, metric));
  html_put(page, "</th>");
  if (report->field_count)
    html_format(page, "<td colspan=\"%zu\" class=\"text\">all</td>", report->field_count);
  put_numbers(page, &report->totals[metric]);
  size_t first = at, shown = 0, end = at;
  while (end < report->groups.count && report->groups.items[end]->metric == metric)
    end++;
  bool is_one = end - first == 1 && !report->groups.items[first]->values[0].len; /* nothing to tell apart */
  for (; at < end && !is_one && shown < HTML_MOST_GROUPS && *rows < HTML_MOST_ROWS; at++, shown++, ++*rows)
    put_group(page, report->groups.items[at]);
  if (!is_one && at < end) {
    html_format(page, "<tr class=\"more\"><td></td><td colspan=\"%zu\" class=\"text\">and ",
                report->field_count + number_columns(report));
    html_count(page, end - at, "group more", "groups more");
    html_put(page, "; --format csv has all</td></tr>\n");
  }
  html_put(page, "</tbody>\n");
  return end;
}

void html_attainment(struct page *page) {
  const struct report *report = page->report;
  size_t rows = 0;
  if (!report->job->metric_count || !report->groups.count)
    return;
  html_put(page, "<section aria-labelledby=\"attainment\">\n<h2 id=\"attainment\">Attainment</h2>\n");
  html_open_table(page, "Attainment by metric and group", "numbers sort");
  html_put(page, "<thead><tr><th scope=\"col\">Metric</th>");
  for (size_t i = 0; i < report->field_count; i++) {
    html_put(page, "<th scope=\"col\" class=\"text\">");
    html_string(page, report->fields[i]);
    html_put(page, "</th>");
  }
  html_put(page, "<th scope=\"col\">attained</th><td class=\"bar\"></td>");
  for (size_t i = 0; i < COLUMNS; i++)
    if (is_shown(report, &columns[i]))
      html_element(page, "th scope=\"col\"", columns[i].name);
  html_put(page, "<th scope=\"col\">in all</th></tr></thead>\n");
  for (size_t m = 0, at = 0; m < report->job->metric_count; m++)
    if (tally_all(&report->totals[m]))
      at = put_metric(page, m, at, &rows);
  html_close_table(page);
  html_put(page, "</section>\n");
}
