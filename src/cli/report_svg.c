/* report_svg: what pictures are drawn with. */
#include "cli/report_svg.h"

void svg_open(struct page *page, int height, const char *kind, size_t id, const char *title, const char *subject) {
  html_format(page, "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-describedby=\"%s-%zu\"><title>",
              SVG_WIDTH, height, kind, id);
  html_string(page, title);
  html_string(page, subject);
  html_format(page, "</title><desc id=\"%s-%zu\">", kind, id);
}

void svg_label(struct page *page, int x, int y, const char *anchor, const char *text) {
  html_format(page, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
  html_string(page, text);
  html_put(page, "</text>");
}

void svg_line(struct page *page, int x1, int y1, int x2, int y2, const char *name) {
  html_format(page, "<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", name, x1, y1, x2, y2);
}

void svg_number(struct page *page, int x, int y, const char *anchor, uint64_t number) {
  html_format(page, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%llu</text>", x, y, anchor, (unsigned long long)number);
}

/* A part of a whole on a scale. */
int svg_scale(uint64_t part, uint64_t whole, int length) {
  return whole ? (int)((double)part * length / (double)whole + 0.5) : 0;
}

void svg_open_section(struct page *page, const char *id, const char *title) {
  html_format(page, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n", id, id, title);
}

void svg_open_figure(struct page *page, const char *caption) {
  html_put(page, "<figure><figcaption>");
  html_string(page, caption);
  html_put(page, "</figcaption>\n");
}

void svg_open_table(struct page *page, const char *label) {
  html_put(page, "<details><summary>Table</summary>\n");
  html_open_table(page, label, "numbers");
}

void svg_close_table(struct page *page) {
  html_close_table(page);
  html_put(page, "</details>\n");
}

void svg_more(struct page *page, size_t more) {
  if (!more)
    return;
  html_put(page, "<p class=\"quiet\">");
  html_count(page, more, "metric more is not drawn", "metrics more are not drawn");
  html_put(page, "; the table above has all.</p>\n");
}
