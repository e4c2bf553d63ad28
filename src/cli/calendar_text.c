/* calendar_text: months as cal(1) lays them out, as many side by side as there is room for. */
#include "cli/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
  CELL = 3,            /* two digits and a sign */
  MONTH = WEEK * CELL, /* columns */
  GAP = 2,             /* between months */
  MOST_MONTHS = 12,
  MOST_WIDTH = 10000,
  LEGEND_INDENT = 20, /* of lines that go on */
};

struct page {
  const struct view *view;
  int width;
  bool color, has_key;
  struct buffer line;
  struct buffer hours; /* weekly hours that were shown last */
};

/* The width of the page: what the user says it is, what the terminal says, or that of old. */
static int page_width(void) {
  const char *columns = getenv("COLUMNS");
  int width = 0;
  if (columns && *columns && columns[strspn(columns, "0123456789")] == '\0') {
    for (; *columns && width < MOST_WIDTH; columns++)
      width = width * 10 + (*columns - '0');
    if (width > 0)
      return width < MOST_WIDTH ? width : MOST_WIDTH;
  }
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

static bool is_colored(const struct cli *cli) {
  const char *no_color = getenv("NO_COLOR");
  if (cli->color && strcmp(cli->color, "auto") != 0)
    return cli->color_on;
  return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

/* --- lines ---------------------------------------------------------------------------------------------------------
 */

static size_t columns_of(const char *text) {
  size_t len;
  return sla_text_columns((struct sla_text){text, strlen(text)}, MOST_WIDTH, &len);
}

/* Adds text, cut to so many columns, and nothing that would move a terminal's cursor. */
static size_t add_text(struct buffer *line, const char *text, size_t len, size_t most) {
  size_t columns = sla_text_columns((struct sla_text){text, len}, most, &len);
  for (size_t i = 0; i < len; i++) {
    bool is_control = (unsigned char)text[i] < ' ' || text[i] == 0x7F;
    buffer_add(line, is_control ? "?" : &text[i], 1);
  }
  return columns;
}

static void add_blanks(struct buffer *line, size_t count) {
  buffer_format(line, "%*s", (int)count, "");
}

/* Prints the line without blanks at its end, and begins another. */
static void end_line(struct buffer *line) {
  size_t len = line->len;
  while (len && line->text[len - 1] == ' ')
    len--;
  fwrite(buffer_text(line), 1, len, stdout);
  putchar('\n');
  line->len = 0;
}

/* Prints words after what stands in the line already, going on in further lines. Words are parted by blanks. */
static void add_words(struct page *page, size_t column, const char *text, size_t indent) {
  size_t width = (size_t)page->width;
  if (width < indent + 20)
    indent = width > 24 ? 4 : 0;
  bool first = true;
  while (*text) {
    size_t len = strcspn(text, " "), fits;
    size_t wide = sla_text_columns((struct sla_text){text, len}, MOST_WIDTH, &fits);
    if (column + !first + wide > width && column > indent) {
      end_line(&page->line);
      add_blanks(&page->line, indent);
      column = indent;
    } else if (!first) {
      add_blanks(&page->line, 1);
      column++;
    }
    column += add_text(&page->line, text, len, MOST_WIDTH);
    first = false;
    text += len + strspn(text + len, " ");
  }
  end_line(&page->line);
}

/* --- months --------------------------------------------------------------------------------------------------------
 */

static void add_title(struct page *page, const struct view_month *month) {
  char year[16];
  int year_columns = snprintf(year, sizeof year, " %d", month->year);
  const char *name = page->view->names.months[month->month - 1];
  size_t wide = columns_of(name), most = (size_t)(MONTH - 1 - year_columns);
  if (wide > most)
    wide = most;
  size_t left = (most - wide) / 2;
  add_blanks(&page->line, left);
  wide = add_text(&page->line, name, strlen(name), wide);
  buffer_format(&page->line, "%s", year);
  add_blanks(&page->line, MONTH - left - wide - (size_t)year_columns);
}

static void add_weekdays(struct page *page) {
  const struct sla_locale_names *names = &page->view->names;
  for (int column = 0; column < WEEK; column++) {
    struct buffer name = {0};
    const char *text = names->short_weekdays[(names->first_weekday + column) % WEEK];
    size_t wide = add_text(&name, text, strlen(text), CELL - 1);
    add_blanks(&page->line, CELL - 1 - wide);
    buffer_format(&page->line, "%s ", buffer_text(&name));
    buffer_free(&name);
  }
}

static void add_cell(struct page *page, int date, int number) {
  const struct view_day *day = view_day(page->view, date);
  const struct mark_row *mark = &mark_table[day->mark];
  bool is_today = date == page->view->today;
  const char *color = is_today ? "7" : mark->color;
  if (page->color && color)
    buffer_format(&page->line, "\x1b[%sm", color);
  if (day->mark == MARK_ABSENT)
    buffer_format(&page->line, "--%c", mark->sign);
  else
    buffer_format(&page->line, "%2d%c", number, is_today ? TODAY_SIGN : mark->sign);
  if (page->color && color)
    buffer_format(&page->line, "\x1b[0m");
}

static void add_week(struct page *page, const struct view_month *month, int week) {
  for (int column = 0; column < WEEK; column++) {
    int index = week * WEEK + column - month->blanks;
    if (index < 0 || index >= month->count)
      add_blanks(&page->line, CELL);
    else
      add_cell(page, month->first + index, index + 1);
  }
}

static int weeks_of(const struct view_month *month) {
  return (month->blanks + month->count + WEEK - 1) / WEEK;
}

static void print_months(struct page *page, const struct view_month *months, int count) {
  int weeks = 0;
  for (int i = 0; i < count; i++)
    weeks = weeks_of(&months[i]) > weeks ? weeks_of(&months[i]) : weeks;
  for (int row = -2; row < weeks; row++) {
    for (int i = 0; i < count; i++) {
      if (i)
        add_blanks(&page->line, GAP);
      if (row == -2)
        add_title(page, &months[i]);
      else if (row == -1)
        add_weekdays(page);
      else
        add_week(page, &months[i], row);
    }
    end_line(&page->line);
  }
}

/* --- the legend ----------------------------------------------------------------------------------------------------
 */

/* The weekly hours, where they are not those of the month before. */
static void print_hours(struct page *page, const struct view_month *month) {
  struct buffer hours = {0};
  view_describe_week(page->view, month, &hours);
  if (page->hours.text && !strcmp(buffer_text(&page->hours), buffer_text(&hours))) {
    buffer_free(&hours);
    return;
  }
  buffer_free(&page->hours);
  page->hours = hours;
  buffer_add(&page->hours, "", 0);
  struct buffer text = {0};
  buffer_format(&text, "%s %d: %s", page->view->names.months[month->month - 1], month->year,
                hours.len ? hours.text : "closed");
  add_blanks(&page->line, 2);
  add_words(page, 2, buffer_text(&text), 4);
  buffer_free(&text);
}

static void print_entry(struct page *page, int date) {
  const struct view *view = page->view;
  char iso[16];
  sla_date_write(date, iso);
  struct buffer text = {0};
  const char *weekday = view->names.short_weekdays[date_weekday_of(date)];
  buffer_format(&page->line, "  %s ", iso);
  size_t wide = add_text(&page->line, weekday, strlen(weekday), 4);
  add_blanks(&page->line, wide < 2 ? 2 - wide : 0);
  buffer_format(&page->line, " %c ", mark_table[view_day(view, date)->mark].sign);
  size_t column = 2 + 10 + 1 + (wide < 2 ? 2 : wide) + 3;
  view_describe(view, date, &text);
  add_words(page, column, buffer_text(&text), LEGEND_INDENT);
  buffer_free(&text);
}

static void print_legend(struct page *page, const struct view_month *months, int count) {
  for (int i = 0; i < count; i++) {
    print_hours(page, &months[i]);
    for (int date = months[i].first; date < months[i].first + months[i].count; date++)
      if (view_is_listed(page->view, &months[i], date))
        print_entry(page, date);
  }
}

/* Adds a sign and its words to the key, in the next line where this one is full. */
static void add_key(struct page *page, char sign, const char *words) {
  size_t wide = 2 + columns_of(words);
  if (!page->has_key)
    putchar('\n');
  page->has_key = true;
  if (page->line.len && page->line.len + 3 + wide > (size_t)page->width)
    end_line(&page->line);
  buffer_format(&page->line, "%s%c %s", page->line.len ? "   " : "", sign, words);
}

/* The signs that occur. */
static void print_key(struct page *page) {
  const struct view *view = page->view;
  for (int mark = 0; mark < MARKS; mark++)
    if (mark_table[mark].sign != ' ' && view_has_mark(view, (enum mark)mark))
      add_key(page, mark_table[mark].sign, mark_table[mark].words);
  if (view->first <= view->today && view->today <= view->last)
    add_key(page, TODAY_SIGN, "today");
  if (page->line.len)
    end_line(&page->line);
}

void calendar_print_text(const struct view *view) {
  struct page page = {.view = view, .width = page_width(), .color = is_colored(view->cli)};
  int side = (page.width + GAP) / (MONTH + GAP);
  side = side < 1 ? 1 : side > MOST_MONTHS ? MOST_MONTHS : side;
  if (view->title) {
    add_words(&page, 0, view->title, 0);
    putchar('\n');
  }
  for (int date = view->first; date <= view->last;) {
    if (date != view->first)
      putchar('\n');
    struct view_month months[MOST_MONTHS];
    int count = 0;
    for (; count < side && date <= view->last; count++) {
      view_month_init(view, date, &months[count]);
      date = months[count].first + months[count].count;
    }
    print_months(&page, months, count);
    print_legend(&page, months, count);
    for (int i = 0; i < count; i++)
      view_month_free(&months[i]);
  }
  print_key(&page);
  buffer_free(&page.line);
  buffer_free(&page.hours);
}
