/* report_svg_history: attainment over time. */
#include "cli/report_svg.h"

#include <stdlib.h>

enum { WEEK = 7 };

/* Stretches of time that a picture counts by. */
enum step { STEP_DAY, STEP_WEEK, STEP_MONTH, STEP_YEAR };
static const char *const step_names[] = {"day", "week", "month", "year"};

struct history {
  enum step step;
  int first_weekday;
  int first;      /* number of the first stretch */
  size_t count;   /* of stretches */
  size_t metrics; /* of each */
  struct tally *tallies;
};

/* The number of the stretch that a date is in. */
static int stretch_of(const struct history *history, int date) {
  char text[16];
  if (history->step == STEP_DAY)
    return date;
  if (history->step == STEP_WEEK) /* 1 January 1970 was a Thursday; the supported range begins there, give or take */
    return (date + 3 - history->first_weekday + 2 * WEEK) / WEEK;
  sla_date_write(date, text);
  int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
  return history->step == STEP_YEAR ? year : year * 12 + (text[5] - '0') * 10 + text[6] - '1';
}

/* "2026-11-22", for a week the date it begins with; "2026-11"; "2026". */
static void stretch_name(const struct history *history, size_t stretch, char name[16]) {
  int number = history->first + (int)stretch;
  bool is_date = history->step == STEP_DAY || history->step == STEP_WEEK;
  int date = history->step == STEP_DAY    ? number
             : history->step == STEP_WEEK ? (number - 2) * WEEK - 3 + history->first_weekday
             : history->step == STEP_YEAR ? sla_date_of(number, 1, 1)
                                          : sla_date_of(number / 12, number % 12 + 1, 1);
  sla_date_write(date, name);
  if (!is_date)
    name[history->step == STEP_YEAR ? 4 : 7] = '\0';
}

static bool history_begin(struct history *history, const struct page *page) {
  enum { MOST_DAYS = 62, MOST_WEEKS = 62, MOST_MONTHS = 120, MONTH = 31 };
  const struct report *report = page->report;
  size_t first = 0, last = report->date_count;
  while (first < last && !report->dates[first].tallies)
    first++;
  while (last > first && !report->dates[last - 1].tallies)
    last--;
  if (first == last)
    return false;
  size_t days = last - first;
  *history = (struct history){.first_weekday = page->names.first_weekday, .metrics = report->job->metric_count};
  history->step = days <= MOST_DAYS             ? STEP_DAY
                  : days <= MOST_WEEKS * WEEK   ? STEP_WEEK
                  : days <= MOST_MONTHS * MONTH ? STEP_MONTH
                                                : STEP_YEAR;
  history->first = stretch_of(history, report->first_date + (int)first);
  history->count = (size_t)(stretch_of(history, report->first_date + (int)last - 1) - history->first + 1);
  history->tallies = cli_alloc(history->count * history->metrics * sizeof *history->tallies);
  for (size_t i = first; i < last; i++) {
    if (!report->dates[i].tallies)
      continue;
    size_t stretch = (size_t)(stretch_of(history, report->first_date + (int)i) - history->first);
    for (size_t m = 0; m < history->metrics; m++)
      for (size_t s = 0; s < STATUSES; s++)
        history->tallies[stretch * history->metrics + m].by_status[s] += report->dates[i].tallies[m].by_status[s];
  }
  return true;
}

static const struct tally *tally_at(const struct history *history, size_t stretch, size_t metric) {
  return &history->tallies[stretch * history->metrics + metric];
}

static uint64_t most_decided(const struct history *history, size_t metric) {
  uint64_t most = 0;
  for (size_t i = 0; i < history->count; i++) {
    uint64_t decided = tally_decided(tally_at(history, i, metric));
    most = decided > most ? decided : most;
  }
  return most;
}

/* Left end of a stretch's column. */
static int column_x(const struct history *history, size_t stretch) {
  return SVG_LEFT + (int)(stretch * SVG_PLOT / history->count);
}

static int column_middle(const struct history *history, size_t stretch) {
  return (column_x(history, stretch) + column_x(history, stretch + 1)) / 2;
}

enum { CURVE_TOP = 90, CURVE_HEIGHT = 900, COUNT_TOP = 1230, COUNT_HEIGHT = 600, HISTORY_HEIGHT = 2040, WIDEST = 400 };

/* The per cent at the bottom of the scale of the curve: it shows its ups and downs. */
static int lowest_percent(const struct page *page, const struct history *history, size_t metric) {
  static const int floors[] = {90, 80, 50};
  int lowest = 10000;
  for (size_t i = 0; i < history->count; i++) {
    int attainment = report_attainment(page->report, tally_at(history, i, metric));
    lowest = attainment >= 0 && attainment < lowest ? attainment : lowest;
  }
  for (size_t i = 0; i < sizeof floors / sizeof *floors; i++)
    if (lowest >= floors[i] * 100)
      return floors[i];
  return 0;
}

static int curve_y(int attainment, int floor_percent) {
  return CURVE_TOP + (10000 - attainment) * CURVE_HEIGHT / (10000 - floor_percent * 100);
}

/* The curve, interrupted where nothing was decided, and a dot for each stretch. */
static void put_curve(struct page *page, const struct history *history, size_t metric) {
  bool is_drawing = false;
  int lowest = lowest_percent(page, history, metric);
  html_put(page, "<path class=\"curve\" d=\"");
  for (size_t i = 0; i < history->count; i++) {
    int attainment = report_attainment(page->report, tally_at(history, i, metric));
    if (attainment >= 0)
      html_format(page, "%s%d %d", is_drawing ? "L" : "M", column_middle(history, i), curve_y(attainment, lowest));
    is_drawing = attainment >= 0;
  }
  html_put(page, "\"/>");
  for (size_t i = 0; i < history->count; i++) {
    int attainment = report_attainment(page->report, tally_at(history, i, metric));
    if (attainment >= 0)
      html_format(page, "<circle class=\"dot\" cx=\"%d\" cy=\"%d\" r=\"%d\"/>", column_middle(history, i),
                  curve_y(attainment, lowest), history->count > 70 ? 18 : 26);
  }
}

/* How many of a stretch were met, missed and breached, one upon another; pointed at, the column says it in words. */
static void put_column(struct page *page, const struct history *history, size_t metric, size_t stretch, uint64_t most) {
  static const struct {
    enum sla_status status;
    const char *name;
  } parts[] = {{SLA_MET, "met"}, {SLA_MISSED, "missed"}, {SLA_BREACHED, "breached"}};
  const struct tally *tally = tally_at(history, stretch, metric);
  int x = column_x(history, stretch), width = column_x(history, stretch + 1) - x;
  int gap = width > 6 * WIDEST / 5 ? width - WIDEST : width / 6;
  uint64_t below = 0;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    uint64_t count = tally->by_status[parts[i].status];
    int bottom = COUNT_TOP + COUNT_HEIGHT - svg_scale(below, most, COUNT_HEIGHT);
    int top = COUNT_TOP + COUNT_HEIGHT - svg_scale(below += count, most, COUNT_HEIGHT);
    if (count)
      html_format(page, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", parts[i].name, x + gap / 2,
                  top, width - gap, bottom > top ? bottom - top : 4);
  }
  if (!below)
    return;
  char name[16];
  stretch_name(history, stretch, name);
  html_format(page, "<rect class=\"touch\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><title>%s: ", x, CURVE_TOP,
              width, COUNT_TOP + COUNT_HEIGHT - CURVE_TOP, name);
  html_percent(page, report_attainment(page->report, tally));
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    html_format(page, ", %llu %s", (unsigned long long)tally->by_status[parts[i].status], parts[i].name);
  html_put(page, "</title></rect>");
}

/* Grid, scales and the names of some stretches. */
static void put_history_axes(struct page *page, const struct history *history, int lowest, uint64_t most) {
  enum { MOST_NAMES = 5, HALF_NAME = 330 };
  for (int i = 0; i < 3; i++) {
    int percent = 100 - i * (100 - lowest) / 2, y = curve_y(percent * 100, lowest);
    svg_line(page, SVG_LEFT, y, SVG_RIGHT, y, "grid");
    html_format(page, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d%%</text>", SVG_LEFT - 50, y + 40, percent);
  }
  svg_line(page, SVG_LEFT, COUNT_TOP, SVG_RIGHT, COUNT_TOP, "grid");
  svg_line(page, SVG_LEFT, COUNT_TOP + COUNT_HEIGHT, SVG_RIGHT, COUNT_TOP + COUNT_HEIGHT, "grid");
  svg_number(page, SVG_LEFT - 50, COUNT_TOP + 40, "end", most);
  svg_label(page, SVG_LEFT - 50, COUNT_TOP + COUNT_HEIGHT + 40, "end", "0");
  size_t every = (history->count + MOST_NAMES - 1) / MOST_NAMES;
  for (size_t i = 0; i < history->count; i += every) {
    char name[16];
    int x = column_middle(history, i);
    stretch_name(history, i, name);
    svg_line(page, x, COUNT_TOP + COUNT_HEIGHT, x, COUNT_TOP + COUNT_HEIGHT + 35, "tick");
    svg_label(page, x > SVG_RIGHT - HALF_NAME ? SVG_RIGHT - HALF_NAME : x, COUNT_TOP + COUNT_HEIGHT + 155, "middle",
              name);
  }
}

static void put_history_table(struct page *page, const struct history *history, size_t metric) {
  svg_open_table(page, "Attainment over time");
  html_format(page,
              "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">attained</th><th scope=\"col\">met</th>"
              "<th scope=\"col\">missed</th><th scope=\"col\">breached</th></tr></thead>\n<tbody>\n",
              history->step == STEP_WEEK ? "week from" : step_names[history->step]);
  for (size_t i = 0; i < history->count; i++) {
    const struct tally *tally = tally_at(history, i, metric);
    char name[16];
    if (!tally_decided(tally))
      continue;
    stretch_name(history, i, name);
    html_format(page, "<tr><th scope=\"row\">%s</th><td>", name);
    html_percent(page, report_attainment(page->report, tally));
    html_format(page, "</td><td>%llu</td><td>%llu</td><td>%llu</td></tr>\n",
                (unsigned long long)tally->by_status[SLA_MET], (unsigned long long)tally->by_status[SLA_MISSED],
                (unsigned long long)tally->by_status[SLA_BREACHED]);
  }
  html_put(page, "</tbody>\n");
  svg_close_table(page);
}

static void put_history(struct page *page, const struct history *history, size_t metric) {
  const struct tally *all = &page->report->totals[metric];
  uint64_t most = most_decided(history, metric);
  char first[16], last[16];
  stretch_name(history, 0, first);
  stretch_name(history, history->count - 1, last);
  svg_open_figure(page, report_metric(page->report, metric));
  svg_open(page, HISTORY_HEIGHT, "time", metric, "Attainment over time: ", report_metric(page->report, metric));
  html_format(page,
              "A curve of the attainment of each %s from %s to %s, and columns of how many were met, missed and "
              "breached. In all ",
              step_names[history->step], first, last);
  html_percent(page, report_attainment(page->report, all));
  html_put(page, ". The table below has the numbers.</desc>\n");
  put_history_axes(page, history, lowest_percent(page, history, metric), most);
  put_curve(page, history, metric);
  for (size_t i = 0; i < history->count; i++)
    put_column(page, history, metric, i, most);
  html_put(page, "</svg>\n");
  put_history_table(page, history, metric);
  html_put(page, "</figure>\n");
}

void svg_history(struct page *page) {
  struct history history;
  size_t drawn = 0, more = 0;
  if (!history_begin(&history, page))
    return;
  for (size_t m = 0; m < history.metrics; m++) {
    if (!most_decided(&history, m))
      continue;
    if (drawn == HTML_MOST_CHARTS) {
      more++;
      continue;
    }
    if (!drawn++) {
      svg_open_section(page, "over-time", "Attainment over time");
      html_format(page,
                  "<p>Of what was decided, by the %s of the start. <span class=\"key\"><i class=\"met\">\u00A0</i>met "
                  "<i class=\"missed\">\u00A0</i>missed <i class=\"breached\">\u00A0</i>breached</span></p>\n"
                  "<div class=\"charts\">\n",
                  step_names[history.step]);
    }
    put_history(page, &history, m);
  }
  if (drawn) {
    html_put(page, "</div>\n");
    svg_more(page, more);
    html_put(page, "</section>\n");
  }
  free(history.tallies);
}
