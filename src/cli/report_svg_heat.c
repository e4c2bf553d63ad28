/* report_svg_heat: when incidents arrive and when due times pass unmet; elapsed time against the target. */
#include "cli/report_svg.h"

#include <string.h>

enum { WEEK = 7, HOURS = 24, LEVELS = 5 };

/* --- heat maps --------------------------------------------------------------------------------------------------- */

static uint64_t most_of(uint64_t heat[WEEK][HOURS], uint64_t *ret_sum) {
  uint64_t most = 0;
  *ret_sum = 0;
  for (int day = 0; day < WEEK; day++)
    for (int hour = 0; hour < HOURS; hour++) {
      *ret_sum += heat[day][hour];
      most = heat[day][hour] > most ? heat[day][hour] : most;
    }
  return most;
}

/* Which colour: 0 for none, up to LEVELS for the most. */
static int level_of(uint64_t count, uint64_t most) {
  if (!count)
    return 0;
  return most > 1 ? 1 + (int)((double)(count - 1) * (LEVELS - 1) / (double)(most - 1) + 0.5) : LEVELS;
}

static void put_weekday_label(struct page *page, int weekday, int y) {
  html_format(page, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" lang=\"", SVG_LEFT - 60, y);
  html_string(page, page->names.tag);
  html_put(page, "\">");
  html_string(page, page->names.short_weekdays[weekday]);
  html_put(page, "</text>");
}

static void put_cells(struct page *page, uint64_t heat[WEEK][HOURS], uint64_t most, const char *name) {
  enum { TOP = 30, CELL = SVG_PLOT / HOURS, HEIGHT = 170, GAP = 12, ROUND = 15 };
  for (int row = 0; row < WEEK; row++) {
    int weekday = (page->names.first_weekday + row) % WEEK, y = TOP + row * HEIGHT;
    put_weekday_label(page, weekday, y + HEIGHT / 2 + 40);
    for (int hour = 0; hour < HOURS; hour++) {
      html_format(page, "<rect class=\"%s%d\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"><title>", name,
                  level_of(heat[weekday][hour], most), SVG_LEFT + hour * CELL, y, CELL - GAP, HEIGHT - GAP, ROUND);
      html_string(page, page->names.weekdays[weekday]);
      html_format(page, " %02d:00\u2013%02d:00: %llu</title></rect>", hour, hour + 1,
                  (unsigned long long)heat[weekday][hour]);
    }
    html_put(page, "\n");
  }
  for (int hour = 0; hour <= HOURS; hour += 3) {
    char text[3] = {(char)('0' + hour / 10), (char)('0' + hour % 10), '\0'};
    svg_label(page, SVG_LEFT + hour * CELL - GAP / 2, TOP + WEEK * HEIGHT + 120, "middle", text);
  }
}

static void put_scale(struct page *page, uint64_t most, const char *name) {
  html_put(page, "<p class=\"key\">0 ");
  for (int level = 0; level <= LEVELS; level++)
    html_format(page, "<i class=\"%s%d\">\u00A0</i>", name, level);
  html_format(page, " %llu</p>\n", (unsigned long long)most);
}

static void put_heat_table(struct page *page, uint64_t heat[WEEK][HOURS], const char *label) {
  svg_open_table(page, label);
  html_put(page, "<thead><tr><th scope=\"col\">hour</th>");
  for (int row = 0; row < WEEK; row++) {
    html_put(page, "<th scope=\"col\"");
    html_language(page);
    html_put(page, ">");
    html_string(page, page->names.short_weekdays[(page->names.first_weekday + row) % WEEK]);
    html_put(page, "</th>");
  }
  html_put(page, "</tr></thead>\n<tbody>\n");
  for (int hour = 0; hour < HOURS; hour++) {
    html_format(page, "<tr><th scope=\"row\">%02d\u2013%02d</th>", hour, hour + 1);
    for (int row = 0; row < WEEK; row++) {
      uint64_t count = heat[(page->names.first_weekday + row) % WEEK][hour];
      html_format(page, count ? "<td>%llu</td>" : "<td class=\"zero\">%llu</td>", (unsigned long long)count);
    }
    html_put(page, "</tr>\n");
  }
  html_put(page, "</tbody>\n");
  svg_close_table(page);
}

static void put_heat(struct page *page, uint64_t heat[WEEK][HOURS], const char *name, size_t id, const char *title) {
  uint64_t sum, most = most_of(heat, &sum);
  svg_open_figure(page, title);
  svg_open(page, 1380, "heat", id, title, "");
  html_format(page, "A row a weekday, a column an hour: %llu in all", (unsigned long long)sum);
  for (int weekday = 0; weekday < WEEK && most; weekday++)
    for (int hour = 0; hour < HOURS; hour++)
      if (heat[weekday][hour] == most) {
        html_format(page, ", the most, %llu, on ", (unsigned long long)most);
        html_string(page, page->names.weekdays[weekday]);
        html_format(page, " from %02d:00 to %02d:00", hour, hour + 1);
        weekday = WEEK;
        break;
      }
  html_put(page, ". The table below has the numbers.</desc>\n");
  put_cells(page, heat, most, name);
  html_put(page, "</svg>\n");
  put_scale(page, most, name);
  put_heat_table(page, heat, title);
  html_put(page, "</figure>\n");
}

void svg_heat(struct page *page) {
  struct report *report = page->report;
  uint64_t arrivals, lates;
  most_of(report->arrivals, &arrivals);
  most_of(report->lates, &lates);
  if (!arrivals && !lates)
    return;
  svg_open_section(page, "by-hour", "By weekday and hour");
  html_put(page, "<p>In the desk\u2019s zone.</p>\n<div class=\"charts\">\n");
  put_heat(page, report->arrivals, "heat", 0, "Incidents by their first start");
  if (lates)
    put_heat(page, report->lates, "late", 1, "Due times that passed unmet");
  html_put(page, "</div>\n</section>\n");
}

/* --- elapsed time against the target ----------------------------------------------------------------------------- */

enum { TARGET = 20 /* the first bar beyond the target */, PER_BAR = 5 /* per cent */ };

static void put_bars(struct page *page, const uint64_t *ratios, uint64_t most) {
  enum { TOP = 150, HEIGHT = 900, BAR = SVG_PLOT / REPORT_RATIOS, GAP = 10 };
  static const char *const names[] = {"0", "50%", "target", "150%", "2\u00D7"};
  svg_line(page, SVG_LEFT, TOP, SVG_RIGHT, TOP, "grid");
  svg_line(page, SVG_LEFT, TOP + HEIGHT / 2, SVG_RIGHT, TOP + HEIGHT / 2, "grid");
  svg_number(page, SVG_LEFT - 50, TOP + 40, "end", most);
  svg_label(page, SVG_LEFT - 50, TOP + HEIGHT + 40, "end", "0");
  for (int i = 0; i < REPORT_RATIOS; i++) {
    int height = svg_scale(ratios[i], most, HEIGHT), x = SVG_LEFT + i * BAR;
    if (!ratios[i])
      continue;
    height = height < 8 ? 8 : height;
    html_format(page, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                i < TARGET ? "met" : "missed", x, TOP + HEIGHT - height, BAR - GAP, height);
    html_format(page, "<rect class=\"touch\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><title>", x, TOP, BAR,
                HEIGHT);
    html_format(page, i < REPORT_RATIOS - 1 ? "%d\u2013%d\u00A0%%: " : "%d\u00A0%% and more: ", i * PER_BAR,
                (i + 1) * PER_BAR);
    html_format(page, "%llu</title></rect>", (unsigned long long)ratios[i]);
  }
  svg_line(page, SVG_LEFT, TOP + HEIGHT, SVG_RIGHT, TOP + HEIGHT, "axis");
  for (int i = 0; i < 5; i++) {
    int x = SVG_LEFT + i * 10 * BAR - GAP / 2;
    svg_line(page, x, i == 2 ? TOP - 90 : TOP + HEIGHT, x, TOP + HEIGHT + 35, i == 2 ? "target" : "tick");
    svg_label(page, x, TOP + HEIGHT + 155, "middle", names[i]);
  }
}

static void put_ratio_table(struct page *page, const uint64_t *ratios) {
  svg_open_table(page, "Elapsed time against the target");
  html_put(page, "<thead><tr><th scope=\"col\">elapsed, of the target</th><th scope=\"col\">metrics</th></tr></thead>\n"
                 "<tbody>\n");
  for (int i = 0; i < REPORT_RATIOS; i++) {
    if (!ratios[i])
      continue;
    html_format(page,
                i < REPORT_RATIOS - 1 ? "<tr><th scope=\"row\">%d\u2013%d\u00A0%%</th>"
                                      : "<tr><th scope=\"row\">%d\u00A0%% and more</th>",
                i * PER_BAR, (i + 1) * PER_BAR);
    html_format(page, "<td>%llu</td></tr>\n", (unsigned long long)ratios[i]);
  }
  html_put(page, "</tbody>\n");
  svg_close_table(page);
}

static void put_ratios(struct page *page, size_t metric, const uint64_t *ratios, uint64_t most) {
  const char *name = report_metric(page->report, metric);
  uint64_t within = 0, all = 0;
  for (int i = 0; i < REPORT_RATIOS; i++) {
    all += ratios[i];
    within += i < TARGET ? ratios[i] : 0;
  }
  svg_open_figure(page, name);
  svg_open(page, 1260, "ratio", metric, "Elapsed time against the target: ", name);
  html_format(page,
              "Columns by steps of %d per cent of the target, up to twice the target and more: %llu of %llu within "
              "the target. The table below has the numbers.</desc>\n",
              PER_BAR, (unsigned long long)within, (unsigned long long)all);
  put_bars(page, ratios, most);
  html_put(page, "</svg>\n");
  put_ratio_table(page, ratios);
  html_put(page, "</figure>\n");
}

void svg_ratios(struct page *page) {
  const struct report *report = page->report;
  size_t drawn = 0, more = 0;
  for (size_t m = 0; m < report->job->metric_count; m++) {
    uint64_t most = 0;
    for (int i = 0; i < REPORT_RATIOS; i++)
      most = report->ratios[m][i] > most ? report->ratios[m][i] : most;
    if (!most)
      continue;
    if (drawn == HTML_MOST_CHARTS) {
      more++;
      continue;
    }
    if (!drawn++) {
      svg_open_section(page, "elapsed", "Elapsed time against the target");
      html_put(page, "<p>How much of its target each metric that is decided has used, on its own clock. <span "
                     "class=\"key\"><i class=\"met\">\u00A0</i>within <i class=\"missed\">\u00A0</i>over</span></p>\n"
                     "<div class=\"charts\">\n");
    }
    put_ratios(page, m, report->ratios[m], most);
  }
  if (!drawn)
    return;
  html_put(page, "</div>\n");
  svg_more(page, more);
  html_put(page, "</section>\n");
}
