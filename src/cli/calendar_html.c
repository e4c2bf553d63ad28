/* calendar_html: the calendar as one page that needs nothing else: no script, no network. */
#include "cli/calendar.h"

#include <stdio.h>
#include <string.h>

/*
 * Contrasts are at least 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3). What colours say, signs say too; a printer leaves
 * backgrounds out.
 */
static const char style[] =
    ":root{color-scheme:light dark;--text:#1b1b1f;--page:#fff;--line:#8a8a92;--quiet:#5a5a62;--rest:#f1f1f4;"
    "--off:#8c1420;--off-page:#fdeaea;--part:#6a4700;--part-page:#fff2cc;--work:#0f5429;--work-page:#e2f5e7;"
    "--other:#4d2a8c;--other-page:#efe7fd}\n"
    "@media(prefers-color-scheme:dark){:root{--text:#e8e8ec;--page:#16171b;--line:#7c7c86;--quiet:#b4b4bd;"
    "--rest:#24252b;--off:#ffb3b3;--off-page:#451a1e;--part:#ffd877;--part-page:#3d3010;--work:#9fe3b4;"
    "--work-page:#14371f;--other:#d3bcff;--other-page:#312148}}\n"
    "body{margin:0 auto;padding:1rem;max-width:80rem;font:1rem/1.45 system-ui,sans-serif;color:var(--text);"
    "background:var(--page)}\n"
    "h1{font-size:1.4rem;margin:0 0 1rem}\n"
    ".months{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr));gap:1.5rem 2rem}\n"
    "section{break-inside:avoid;min-width:0}\n"
    "table{border-collapse:collapse;table-layout:fixed;width:100%;font-variant-numeric:tabular-nums}\n"
    "caption{font-weight:600;padding:.25rem;text-align:start}\n"
    "th{font-weight:400;font-size:.85rem;color:var(--quiet);padding:.2rem 0}\n"
    "th abbr,td abbr{text-decoration:none}\n"
    "td{text-align:center;height:2rem;padding:0;border:1px solid var(--page)}\n"
    "td abbr{display:inline-block;width:.8em;font-weight:700;direction:ltr;unicode-bidi:isolate}\n"
    "td.open time{padding-inline-end:.8em}\n"
    "td[aria-current]{outline:2px solid var(--text);outline-offset:-2px;font-weight:700}\n"
    ".day-off{background:var(--rest);color:var(--quiet)}\n"
    ".holiday,.carryover,.exchange-off,.closed{background:var(--off-page);color:var(--off)}\n"
    ".short,.closing{background:var(--part-page);color:var(--part)}\n"
    ".exchange-work{background:var(--work-page);color:var(--work)}\n"
    ".exception{background:var(--other-page);color:var(--other)}\n"
    ".absent{color:var(--quiet)}\n"
    ".hours{font-size:.85rem;margin:.4rem 0 0}\n"
    "ul{list-style:none;margin:.4rem 0 0;padding:0;font-size:.85rem}\n"
    "li{padding-inline-start:4.2em;text-indent:-4.2em;overflow-wrap:anywhere}\n"
    "li>*{text-indent:0}\n"
    "li>b{display:inline-block;width:1.2em;text-align:center}\n"
    "li>time{display:inline-block;width:3em}\n"
    ".key{margin-top:1.5rem;border-top:1px solid var(--line);padding-top:.75rem;display:flex;flex-wrap:wrap;"
    "gap:.4rem 1.5rem}\n"
    ".key li{padding:0;text-indent:0}\n"
    ".key b{border-radius:.2em;line-height:1.5;margin-inline-end:.3em}\n"
    ".today{outline:2px solid var(--text);outline-offset:-2px}\n"
    "@page{margin:12mm}\n"
    "@media print{html{font-size:8pt}body{max-width:none;padding:0}.months{grid-template-columns:repeat(3,1fr);"
    "gap:1.2rem}td{height:1.5rem;border-color:#bbb}td:empty{border-color:#fff}}\n";

/* Writes text as character data, good inside attributes as well. Control characters, which HTML has not, are dropped.
 */
static void put_text(const char *text) {
  for (; *text; text++)
    switch (*text) {
    case '&': fputs("&amp;", stdout); break;
    case '<': fputs("&lt;", stdout); break;
    case '>': fputs("&gt;", stdout); break;
    case '"': fputs("&quot;", stdout); break;
    case '\'': fputs("&#39;", stdout); break;
    default:
      if ((unsigned char)*text >= ' ' && *text != 0x7F)
        putchar(*text);
    }
}

static void put_char(char c) {
  char text[2] = {c, '\0'};
  put_text(text);
}

/* Names are in a language of their own, which may run from right to left. */
static void put_language(const struct view *view) {
  fputs(" lang=\"", stdout);
  put_text(view->names.tag);
  printf("\" dir=\"%s\"", view->names.right_to_left ? "rtl" : "ltr");
}

static void put_title(const struct view *view) {
  char first[16], last[16];
  sla_date_write(view->first, first);
  sla_date_write(view->last, last);
  first[view->last - view->first < 31 ? 7 : 4] = '\0';
  put_text(view->title ? view->title : "Calendar");
  printf(", %s", first);
}

static void put_weekdays(const struct view *view) {
  fputs("<thead><tr>", stdout);
  for (int column = 0; column < WEEK; column++) {
    int weekday = (view->names.first_weekday + column) % WEEK;
    fputs("<th scope=\"col\"><abbr title=\"", stdout);
    put_text(view->names.weekdays[weekday]);
    fputs("\">", stdout);
    put_text(view->names.short_weekdays[weekday]);
    fputs("</abbr></th>", stdout);
  }
  puts("</tr></thead>");
}

static void put_cell(const struct view *view, int date, int number) {
  const struct view_day *day = view_day(view, date);
  const struct mark_row *mark = &mark_table[day->mark];
  char iso[16];
  sla_date_write(date, iso);
  printf("<td class=\"%s\"%s>", mark->name, date == view->today ? " aria-current=\"date\"" : "");
  if (day->mark == MARK_ABSENT)
    fputs("<abbr title=\"the clocks skipped this date\">--</abbr>", stdout);
  else
    printf("<time datetime=\"%s\">%d</time>", iso, number);
  if (mark->sign != ' ') {
    struct buffer text = {0};
    if (day->mark == MARK_DAY_OFF)
      buffer_format(&text, "%s", mark->words);
    else
      view_describe(view, date, &text);
    fputs("<abbr title=\"", stdout);
    put_text(buffer_text(&text));
    fputs("\">", stdout);
    put_char(mark->sign);
    fputs("</abbr>", stdout);
    buffer_free(&text);
  }
  fputs("</td>", stdout);
}

static void put_weeks(const struct view *view, const struct view_month *month) {
  puts("<tbody>");
  for (int at = -month->blanks; at < month->count;) {
    fputs("<tr>", stdout);
    for (int column = 0; column < WEEK; column++, at++)
      if (at < 0 || at >= month->count)
        fputs("<td></td>", stdout);
      else
        put_cell(view, month->first + at, at + 1);
    puts("</tr>");
  }
  puts("</tbody>");
}

static void put_entry(const struct view *view, int date) {
  const struct mark_row *mark = &mark_table[view_day(view, date)->mark];
  char iso[16];
  sla_date_write(date, iso);
  fputs("<li><b", stdout);
  if (mark->sign != ' ')
    printf(" class=\"%s\"", mark->name);
  putchar('>');
  if (mark->sign == ' ')
    fputs("&nbsp;", stdout);
  else
    put_char(mark->sign);
  printf("</b> <time datetime=\"%s\">%s</time> ", iso, iso + 5);
  struct buffer text = {0};
  view_describe(view, date, &text);
  fputs("<bdi>", stdout);
  put_text(buffer_text(&text));
  puts("</bdi></li>");
  buffer_free(&text);
}

static void put_legend(const struct view *view, const struct view_month *month) {
  bool any = false;
  struct buffer hours = {0};
  view_describe_week(view, month, &hours);
  fputs("<p class=\"hours\" dir=\"ltr\">", stdout);
  put_text(hours.len ? hours.text : "closed");
  puts("</p>");
  buffer_free(&hours);
  for (int date = month->first; date < month->first + month->count; date++) {
    if (!view_is_listed(view, month, date))
      continue;
    if (!any)
      puts("<ul>");
    any = true;
    put_entry(view, date);
  }
  if (any)
    puts("</ul>");
}

static void put_month(const struct view *view, const struct view_month *month) {
  fputs("<section>\n<table", stdout);
  put_language(view);
  fputs(">\n<caption>", stdout);
  put_text(view->names.months[month->month - 1]);
  printf(" %d</caption>\n", month->year);
  put_weekdays(view);
  put_weeks(view, month);
  puts("</table>");
  put_legend(view, month);
  puts("</section>");
}

static void put_key(const struct view *view) {
  puts("<ul class=\"key\" aria-label=\"Key\">");
  for (int mark = 0; mark < MARKS; mark++) {
    if (mark_table[mark].sign == ' ' || !view_has_mark(view, (enum mark)mark))
      continue;
    printf("<li><b class=\"%s\">", mark_table[mark].name);
    put_char(mark_table[mark].sign);
    printf("</b> %s</li>\n", mark_table[mark].words);
  }
  if (view->first <= view->today && view->today <= view->last)
    puts("<li><b class=\"today\">&nbsp;</b> today</li>");
  puts("</ul>");
}

void calendar_print_html(const struct view *view) {
  fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
        stdout);
  put_title(view);
  printf("</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>", style);
  put_title(view);
  puts("</h1>");
  if (view->coverage[0]) {
    fputs("<p><strong>Not covered:</strong> ", stdout);
    put_text(view->coverage);
    puts("</p>");
  }
  puts("<div class=\"months\">");
  for (int date = view->first; date <= view->last;) {
    struct view_month month;
    view_month_init(view, date, &month);
    date = month.first + month.count;
    put_month(view, &month);
    view_month_free(&month);
  }
  puts("</div>");
  put_key(view);
  puts("</main>\n</body>\n</html>");
}
