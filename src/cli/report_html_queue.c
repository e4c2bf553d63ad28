/* report_html_queue: incidents with their clocks, those that need somebody first. */
#include "cli/report_html.h"

#include <string.h>

/* What the lists tell of their items. */
enum cell {
  CELL_INCIDENT,
  CELL_METRIC,
  CELL_VALUES, /* as many columns as --by has fields */
  CELL_STATUS,
  CELL_DUE,
  CELL_OVER,      /* since when it is over, on its own clock */
  CELL_OVER_WALL, /* and by the clock on the wall */
  CELL_LEFT,
  CELL_LEFT_WALL,
  CELL_START,
  CELL_OPEN, /* elapsed on its own clock */
  CELL_AGE,
  CELL_NOTE,
  CELL_END,
};

static const char *const cell_names[] = {
    [CELL_INCIDENT] = "Incident",     [CELL_METRIC] = "Metric",
    [CELL_STATUS] = "Status",         [CELL_DUE] = "Due",
    [CELL_OVER] = "Over, open time",  [CELL_OVER_WALL] = "by the wall clock",
    [CELL_LEFT] = "Left, open time",  [CELL_LEFT_WALL] = "by the wall clock",
    [CELL_START] = "Since",           [CELL_OPEN] = "Open time",
    [CELL_AGE] = "by the wall clock", [CELL_NOTE] = "Why",
};

struct queue {
  const char *id, *title, *none, *note_name;
  bool has_why; /* how the due time came about is folded under each row */
  enum cell cells[10];
};

static bool is_number(enum cell cell) {
  return (cell >= CELL_OVER && cell <= CELL_LEFT_WALL) || cell == CELL_OPEN || cell == CELL_AGE;
}

static size_t columns_of(const struct page *page, const struct queue *queue) {
  size_t count = 0;
  for (const enum cell *cell = queue->cells; *cell != CELL_END; cell++)
    count += *cell == CELL_VALUES ? page->report->field_count : 1;
  return count;
}

static void put_names(struct page *page, const struct queue *queue) {
  html_put(page, "<thead><tr>");
  for (const enum cell *cell = queue->cells; *cell != CELL_END; cell++)
    if (*cell == CELL_VALUES)
      for (size_t i = 0; i < page->report->field_count; i++)
        html_element(page, "th scope=\"col\"", page->report->fields[i]);
    else
      html_element(page, is_number(*cell) ? "th scope=\"col\" class=\"number\"" : "th scope=\"col\"",
                   *cell == CELL_NOTE ? queue->note_name : cell_names[*cell]);
  html_put(page, "</tr></thead>\n");
}

/* Opens a cell with what it is sorted by, and what it is called where the page is too narrow for a head. */
static void open_cell(struct page *page, enum cell cell, const char *class_name, int64_t value) {
  html_format(page, "<td class=\"%s\" data-v=\"%lld\" data-l=\"%s\">", class_name, (long long)value, cell_names[cell]);
}

static void put_duration(struct page *page, enum cell cell, int64_t seconds) {
  bool is_over = cell == CELL_OVER || cell == CELL_OVER_WALL;
  open_cell(page, cell, is_over ? "number over" : "number", seconds);
  if (cell == CELL_OVER_WALL || cell == CELL_LEFT_WALL || cell == CELL_AGE)
    html_days(page, seconds);
  else
    html_minutes(page, seconds);
  html_put(page, "</td>");
}

static void put_instant(struct page *page, enum cell cell, sla_time t, const sla_zone *zone) {
  open_cell(page, cell, "time", t);
  html_time(page, t, zone);
  html_put(page, "</td>");
}

static void put_text_cell(struct page *page, const char *text) {
  html_put(page, "<td>");
  html_note(page, text);
  html_put(page, "</td>");
}

static void put_status(struct page *page, enum sla_status status) {
  const char *name = sla_status_name(status);
  html_format(page, "<td><span class=\"status %s\">%s</span></td>", name, name);
}

static void put_cell(struct page *page, const struct report_item *item, enum cell cell) {
  const struct report *report = page->report;
  const struct sla_result *result = &item->result;
  const sla_zone *zone = result->zone ? result->zone : report->zone;
  sla_time now = report->job->now;
  bool is_error = result->status == SLA_STATUS_ERROR;
  switch (cell) {
  case CELL_INCIDENT:
    html_put(page, "<th scope=\"row\">");
    html_incident(page, item);
    html_put(page, "</th>");
    break;
  case CELL_METRIC:
    put_text_cell(page, item->metric < report->job->metric_count ? report_metric(report, item->metric) : "");
    break;
  case CELL_VALUES:
    for (size_t i = 0; i < report->field_count; i++) {
      html_put(page, "<td>");
      html_value(page, item->values[i]);
      html_put(page, "</td>");
    }
    break;
  case CELL_STATUS: put_status(page, result->status); break;
  case CELL_DUE:
    if (result->has_due)
      put_instant(page, cell, result->due, zone);
    else
      html_put(page, "<td></td>");
    break;
  case CELL_OVER: put_duration(page, cell, -result->remaining_s); break;
  case CELL_OVER_WALL: put_duration(page, cell, report_overdue(report, item)); break;
  case CELL_LEFT: put_duration(page, cell, result->remaining_s); break;
  case CELL_LEFT_WALL: put_duration(page, cell, result->due > now ? result->due - now : 0); break;
  case CELL_START: put_instant(page, cell, item->start, zone); break;
  case CELL_OPEN:
    if (result->has_elapsed)
      put_duration(page, cell, result->elapsed_s);
    else
      html_put(page, "<td class=\"number\"></td>");
    break;
  case CELL_AGE: put_duration(page, cell, now > item->start ? now - item->start : 0); break;
  case CELL_NOTE: put_text_cell(page, item->note ? item->note : is_error ? "" : result->reason); break;
  case CELL_END: break;
  }
}

static void put_item(struct page *page, const struct queue *queue, const struct report_item *item) {
  html_put(page, "<tbody><tr>");
  for (const enum cell *cell = queue->cells; *cell != CELL_END; cell++)
    put_cell(page, item, *cell);
  html_put(page, "</tr>\n");
  if (queue->has_why) {
    html_format(page, "<tr class=\"why\"><td colspan=\"%zu\"><details><summary>How this came about</summary>\n",
                columns_of(page, queue));
    html_why(page, item);
    html_put(page, "</details></td></tr>\n");
  }
  html_put(page, "</tbody>\n");
}

/* How many incidents lack each required field. */
static void put_lacks(struct page *page) {
  const struct report *report = page->report;
  const sla_policy *policy = report->job->policies[0].policy;
  const char *comma = "<p>";
  for (size_t i = 0; i < sla_policy_required_count(policy); i++) {
    if (!report->lacks[i])
      continue;
    html_put(page, comma);
    html_string(page, sla_policy_field_name(policy, sla_policy_required_field(policy, i)));
    html_put(page, ": ");
    html_count(page, report->lacks[i], "incident", "incidents");
    comma = ", ";
  }
  if (*comma == ',')
    html_put(page, "</p>\n");
}

static void put_queue(struct page *page, const struct queue *queue, const struct report_list *list) {
  if (!list->total && !queue->none)
    return;
  html_format(page, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s", queue->id, queue->id, queue->title);
  if (list->total)
    html_format(page, " <small>%llu</small>", (unsigned long long)list->total);
  html_put(page, "</h2>\n");
  if (!list->total)
    html_format(page, "<p class=\"empty\">%s</p>\n", queue->none);
  else if (list == &page->report->lacking)
    put_lacks(page);
  if (list->count) {
    html_open_table(page, queue->title, "queue sort");
    put_names(page, queue);
    for (size_t i = 0; i < list->count; i++)
      put_item(page, queue, &list->items[i]);
    html_close_table(page);
  }
  if (list->total > list->count)
    html_format(page, "<p class=\"quiet\">and %llu more; --top N shows N of them</p>\n",
                (unsigned long long)(list->total - list->count));
  html_put(page, "</section>\n");
}

void html_queues(struct page *page) {
  static const struct queue queues[] = {
      {"breached",
       "Breached now",
       "Nothing is breached.",
       NULL,
       true,
       {CELL_INCIDENT, CELL_METRIC, CELL_VALUES, CELL_DUE, CELL_OVER, CELL_OVER_WALL, CELL_END}},
      {"due-next",
       "Due next",
       "Nothing is waiting for its due time.",
       NULL,
       true,
       {CELL_INCIDENT, CELL_METRIC, CELL_VALUES, CELL_STATUS, CELL_DUE, CELL_LEFT, CELL_LEFT_WALL, CELL_END}},
      {"best-effort",
       "Best effort",
       NULL,
       "Note",
       false,
       {CELL_INCIDENT, CELL_METRIC, CELL_VALUES, CELL_START, CELL_OPEN, CELL_AGE, CELL_NOTE, CELL_END}},
      {"lacking", "Required fields missing", NULL, "Missing", false, {CELL_INCIDENT, CELL_VALUES, CELL_NOTE, CELL_END}},
      {"failed", "Could not be evaluated", NULL, "Why", false, {CELL_INCIDENT, CELL_METRIC, CELL_NOTE, CELL_END}},
  };
  const struct report *report = page->report;
  const struct report_list *const lists[] = {&report->breached, &report->due_next, &report->best_effort,
                                             &report->lacking, &report->failed};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    put_queue(page, &queues[i], lists[i]);
}
