/*
 * report_svg: what pictures are drawn with. Each has a title, a description and a table behind it. Coordinates are
 * whole tenths of a pixel of a picture 400 wide, so that no decimal point depends on a locale.
 */
#ifndef SLACLOCK_CLI_REPORT_SVG_H
#define SLACLOCK_CLI_REPORT_SVG_H

#include "cli/report_html.h"

enum { SVG_WIDTH = 4000, SVG_LEFT = 480, SVG_RIGHT = 3950, SVG_PLOT = SVG_RIGHT - SVG_LEFT };

/* Opens a picture with its title; what is written next, up to </desc>, describes it. kind and id make its ids unique.
 */
void svg_open(struct page *page, int height, const char *kind, size_t id, const char *title, const char *subject);

void svg_label(struct page *page, int x, int y, const char *anchor, const char *text);
void svg_number(struct page *page, int x, int y, const char *anchor, uint64_t number);
void svg_line(struct page *page, int x1, int y1, int x2, int y2, const char *name);

/* How long a part of a whole is, where the whole has a length. */
int svg_scale(uint64_t part, uint64_t whole, int length);

void svg_open_section(struct page *page, const char *id, const char *title);
void svg_open_figure(struct page *page, const char *caption);

/* The table behind a picture, folded. */
void svg_open_table(struct page *page, const char *label);
void svg_close_table(struct page *page);

/* Says how many metrics are not drawn. */
void svg_more(struct page *page, size_t more);

#endif
