/*
 * report_html: the report as one page that needs nothing else. report_html.c is the page's frame and its head,
 * report_html_text.c writes text and numbers, report_html_table.c the tables of groups, report_html_queue.c the lists,
 * report_html_why.c how a due time came about; report_svg.c draws; report_html_style.c is the page's style and script.
 */
#ifndef SLACLOCK_CLI_REPORT_HTML_H
#define SLACLOCK_CLI_REPORT_HTML_H

#include "cli/report.h"

enum {
  HTML_MOST_GROUPS = 200, /* rows of groups a metric */
  HTML_MOST_ROWS = 2000,  /* of all metrics */
  HTML_MOST_CHARTS = 12,  /* metrics that are drawn */
  HTML_MOST_TEXT = 100,   /* bytes shown of one value */
  HTML_MOST_NOTE = 400,   /* and of a reason, which may quote one */
};

struct page {
  struct report *report;
  struct output *output;
  struct sla_locale_names names; /* of weekdays */
};

extern const char *const html_style[]; /* lines, and NULL */
extern const char html_script[], html_script_hash[];

/* --- report_html_text.c --------------------------------------------------------------------------------------------
 */

/* Markup of our own. */
void html_put(struct page *page, const char *markup);

/* Markup with numbers: %d, %llu; nothing that comes from outside. */
void html_format(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text as character data, good inside attributes too; what HTML has not comes out as U+FFFD. */
void html_text(struct page *page, struct sla_text text);
void html_string(struct page *page, const char *text);

/* Text of the input, isolated from the direction of what is around it; long ones are cut. */
void html_value(struct page *page, struct sla_text value);
void html_note(struct page *page, const char *note);

/* The same between tags: <TAG>text</TAG>, TAG with its attributes. */
void html_element(struct page *page, const char *tag, const char *text);

void html_time(struct page *page, sla_time t, const sla_zone *zone);
void html_date(struct page *page, int date);

/* To the second; without seconds where there are minutes; of the wall clock, with days. */
void html_duration(struct page *page, int64_t seconds);
void html_minutes(struct page *page, int64_t seconds);
void html_days(struct page *page, int64_t seconds);

/* "1 incident", "2 incidents". */
void html_count(struct page *page, uint64_t count, const char *one, const char *many);

/* Hundredths of a per cent, as "98.76 %"; "none decided" is a dash. */
void html_percent(struct page *page, int hundredths);

/* The attributes of an element with names of weekdays: the language they are in. */
void html_language(struct page *page);

/* --- parts of the page ---------------------------------------------------------------------------------------------
 */

/* The id of an incident, or where it stands. */
void html_incident(struct page *page, const struct report_item *item);

/* Opens and closes a table that scrolls where it is wider than the page; label says what it is. */
void html_open_table(struct page *page, const char *label, const char *class_name);
void html_close_table(struct page *page);

void html_attainment(struct page *page);
void html_queues(struct page *page);

/* How the due time of an item came about. */
void html_why(struct page *page, const struct report_item *item);

/* Pictures: attainment over time, heat maps, distributions. */
void svg_history(struct page *page);
void svg_heat(struct page *page);
void svg_ratios(struct page *page);

#endif
