/* report_html_text: what a page is written with. Nothing from outside reaches the page but through html_text. */
#include "cli/report_html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

void html_put(struct page *page, const char *markup) {
  output_bytes(page->output, markup, strlen(markup));
}

void html_format(struct page *page, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  assert(len >= 0 && (size_t)len < sizeof text);
  output_bytes(page->output, text, (size_t)len);
}

/* Whether HTML has no such character: C1 controls and noncharacters (HTML, "Preprocessing the input stream"). */
static bool is_banned(const unsigned char *at, size_t len) {
  if (len == 2)
    return at[0] == 0xC2 && at[1] < 0xA0;
  if (len == 3)
    return (at[0] == 0xEF && at[1] == 0xBF && at[2] >= 0xBE) || /* U+FFFE, U+FFFF */
           (at[0] == 0xEF && at[1] == 0xB7 && at[2] >= 0x90 && at[2] <= 0xAF);
  return len == 4 && (at[1] & 0x0F) == 0x0F && at[2] == 0xBF && at[3] >= 0xBE;
}

/* What a byte of ASCII becomes; NULL: itself. */
static const char *entity_of(char c) {
  switch (c) {
  case '&': return "&amp;";
  case '<': return "&lt;";
  case '>': return "&gt;";
  case '"': return "&quot;";
  case '\'': return "&#39;";
  case '\t':
  case '\n':
  case '\r': return " ";
  default: return (unsigned char)c < ' ' || c == 0x7F ? REPLACEMENT : NULL;
  }
}

void html_text(struct page *page, struct sla_text text) {
  while (text.len) {
    size_t len = sla_utf8_length(text);
    const char *entity = len == 1                                                  ? entity_of(*text.ptr)
                         : !len || is_banned((const unsigned char *)text.ptr, len) ? REPLACEMENT
                                                                                   : NULL;
    if (!len)
      len = 1;
    if (entity)
      html_put(page, entity);
    else
      output_bytes(page->output, text.ptr, len);
    text.ptr += len;
    text.len -= len;
  }
}

void html_string(struct page *page, const char *text) {
  if (text)
    html_text(page, (struct sla_text){text, strlen(text)});
}

static void put_isolated(struct page *page, struct sla_text value, size_t most) {
  if (!value.len)
    return;
  bool is_cut = value.len > most;
  if (is_cut) {
    value.len = most;
    while (value.len > most - 4 && ((unsigned char)value.ptr[value.len] & 0xC0) == 0x80)
      value.len--;
  }
  html_put(page, "<bdi>");
  html_text(page, value);
  html_put(page, is_cut ? "</bdi>\u2026" : "</bdi>");
}

void html_value(struct page *page, struct sla_text value) {
  put_isolated(page, value, HTML_MOST_TEXT);
}

void html_note(struct page *page, const char *note) {
  if (note)
    put_isolated(page, (struct sla_text){note, strlen(note)}, HTML_MOST_NOTE);
}

void html_element(struct page *page, const char *tag, const char *text) {
  html_put(page, "<");
  html_put(page, tag);
  html_put(page, ">");
  html_string(page, text);
  html_put(page, "</");
  output_bytes(page->output, tag, strcspn(tag, " "));
  html_put(page, ">");
}

/* "2026-11-22 18:00 +02:00"; seconds only where there are some. */
void html_time(struct page *page, sla_time t, const sla_zone *zone) {
  char text[SLA_TIME_TEXT];
  size_t len = zone ? time_style_write(&page->report->job->style, t, sla_zone_offset(zone, t), text)
                    : sla_time_write(t, 0, true, text); /* no policy could be loaded */
  struct sla_text clock = {text + 11, 5}, behind = {text + 19, len - 19};
  if (memcmp(text + 16, ":00", 3) != 0)
    clock.len = 8;
  html_put(page, "<time datetime=\"");
  html_string(page, text);
  html_put(page, "\">");
  html_text(page, (struct sla_text){text, 10});
  html_put(page, " ");
  html_text(page, clock);
  html_put(page, " <small>");
  if (behind.len == 1 && *behind.ptr == 'Z')
    html_put(page, "UTC");
  else
    html_text(page, behind);
  html_put(page, "</small></time>");
}

void html_date(struct page *page, int date) {
  char text[16];
  sla_date_write(date, text);
  html_string(page, text);
}

void html_duration(struct page *page, int64_t seconds) {
  char text[SLA_DURATION_TEXT];
  sla_duration_write(seconds, text);
  html_string(page, text);
}

void html_minutes(struct page *page, int64_t seconds) {
  html_duration(page, seconds > -60 && seconds < 60 ? seconds : seconds - seconds % 60);
}

void html_days(struct page *page, int64_t seconds) {
  enum { HOUR = 3600, DAY = 24 * HOUR };
  if (seconds < 2 * DAY) {
    html_minutes(page, seconds);
    return;
  }
  html_format(page, "%lldd", (long long)(seconds / DAY));
  if (seconds % DAY / HOUR)
    html_format(page, " %lldh", (long long)(seconds % DAY / HOUR));
}

void html_count(struct page *page, uint64_t count, const char *one, const char *many) {
  html_format(page, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
}

void html_percent(struct page *page, int hundredths) {
  if (hundredths < 0)
    html_put(page, "\u2013");
  else
    html_format(page, "%d.%02d\u00A0%%", hundredths / 100, hundredths % 100);
}

void html_language(struct page *page) {
  html_put(page, " lang=\"");
  html_string(page, page->names.tag);
  html_put(page, page->names.right_to_left ? "\" dir=\"rtl\"" : "\"");
}

void html_incident(struct page *page, const struct report_item *item) {
  if (item->id && *item->id) {
    html_value(page, (struct sla_text){item->id, strlen(item->id)});
    return;
  }
  html_put(page, "<span class=\"quiet\">");
  html_value(page, (struct sla_text){item->file, strlen(item->file)});
  html_format(page, ":%ld</span>", item->line);
}

void html_open_table(struct page *page, const char *label, const char *class_name) {
  html_put(page, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
  html_string(page, label);
  html_format(page, "\"><table class=\"%s\">\n", class_name);
}

void html_close_table(struct page *page) {
  html_put(page, "</table></div>\n");
}
