#include "cli/plain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_WIDTH = 10000, LEAST_WIDTH = 20, GAP = 2, LEAST_CUT = 8, LEAST_KEY = 12, LONG_KEY = 24, LEAST_WRAP = 24 };

struct plain_cell {
  char *text;
  size_t columns;
  const char *color;
};

/* --- style ------------------------------------------------------------------------------------------------------- */

/* What the user says the width is, or else the terminal, or else that of old, which mails keep to. */
static size_t find_width(bool is_terminal) {
  const char *columns = getenv("COLUMNS");
  size_t width = 0;
  if (columns && *columns && columns[strspn(columns, "0123456789")] == '\0')
    for (; *columns && width < MOST_WIDTH; columns++)
      width = width * 10 + (size_t)(*columns - '0');
  struct winsize size;
  if (!width && is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
    width = size.ws_col;
  return !width ? 80 : width < LEAST_WIDTH ? LEAST_WIDTH : width > MOST_WIDTH ? MOST_WIDTH : width;
}

/* Whether the locale's text is UTF-8; in cron's it is not. */
static bool find_utf8(void) {
  static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  static const char *const charsets[] = {".UTF-8", ".utf-8", ".UTF8", ".utf8"};
  const char *locale = NULL;
  for (size_t i = 0; i < 3 && !locale; i++) {
    const char *value = getenv(variables[i]);
    locale = value && *value ? value : NULL;
  }
  for (size_t i = 0; locale && i < 4; i++)
    if (strstr(locale, charsets[i]))
      return true;
  return false;
}

struct plain plain_style(const struct cli *cli) {
  bool is_terminal = !cli->output && isatty(STDOUT_FILENO);
  const char *no_color = getenv("NO_COLOR");
  bool is_asked = cli->color && strcmp(cli->color, "auto") != 0;
  return (struct plain){.width = find_width(is_terminal),
                        .utf8 = find_utf8(),
                        .color = is_asked ? cli->color_on : is_terminal && !(no_color && *no_color)};
}

/* --- text -------------------------------------------------------------------------------------------------------- */

/* The character that well-formed UTF-8 of so many bytes says. */
static uint32_t code_point(const char *text, size_t len) {
  static const unsigned char first_bits[5] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  uint32_t code = (unsigned char)text[0] & first_bits[len];
  for (size_t i = 1; i < len; i++)
    code = code << 6 | ((unsigned char)text[i] & 0x3F);
  return code;
}

/* Controls of terminals (C0, C1), of bidirectional text (UAX #9), and separators of lines. */
static bool steers(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x61C || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

/* Adds one character or "?"; returns its columns, SIZE_MAX where there is no room. *ret_len: how long it is. */
static size_t add_character(const struct plain *plain, struct buffer *line, struct sla_text text, size_t most,
                            size_t *ret_len) {
  size_t len = sla_utf8_length(text), fits;
  bool is_good = len && !steers(code_point(text.ptr, len)) && (plain->utf8 || len == 1);
  size_t columns = is_good && len > 1 ? sla_text_columns((struct sla_text){text.ptr, len}, 4, &fits) : 1;
  *ret_len = len ? len : 1;
  if (columns > most)
    return SIZE_MAX;
  if (line && is_good)
    buffer_add(line, text.ptr, len);
  else if (line)
    buffer_add(line, "?", 1);
  return columns;
}

/* As many characters as fit. *ret_all says whether that is all. */
static size_t add_some(const struct plain *plain, struct buffer *line, struct sla_text text, size_t most,
                       bool *ret_all) {
  size_t columns = 0;
  for (size_t len; text.len; text.ptr += len, text.len -= len) {
    size_t more = add_character(plain, line, text, most - columns, &len);
    if (more == SIZE_MAX)
      break;
    columns += more;
  }
  *ret_all = text.len == 0;
  return columns;
}

size_t plain_add(const struct plain *plain, struct buffer *line, struct sla_text text, size_t most) {
  const char *ellipsis = plain->utf8 ? "\xE2\x80\xA6" : "...";
  size_t wide = plain->utf8 ? 1 : 3;
  bool all;
  size_t columns = add_some(plain, NULL, text, most, &all);
  if (all || most < wide)
    return add_some(plain, line, text, most, &all);
  columns = add_some(plain, line, text, most - wide, &all);
  buffer_add(line, ellipsis, strlen(ellipsis));
  return columns + wide;
}

/* --- lines ------------------------------------------------------------------------------------------------------- */

static void add_blanks(struct buffer *line, size_t count) {
  buffer_format(line, "%*s", (int)count, "");
}

/* Writes the line without blanks at its end, and begins another. */
static void end_line(struct buffer *line, struct output *output) {
  while (line->len && line->text[line->len - 1] == ' ')
    line->len--;
  output_bytes(output, buffer_text(line), line->len);
  output_char(output, '\n');
  line->len = 0;
}

/* Adds words behind what stands in the line already and ends it. */
static void add_words(const struct plain *plain, struct output *output, struct buffer *line, size_t column,
                      size_t indent, struct sla_text text) {
  bool first = true, all;
  while (text.len) {
    size_t len = 0;
    while (len < text.len && text.ptr[len] != ' ')
      len++;
    struct sla_text word = {text.ptr, len};
    size_t wide = add_some(plain, NULL, word, MOST_WIDTH, &all);
    if (!first && column + 1 + wide > plain->width && column > indent) {
      end_line(line, output);
      add_blanks(line, indent);
      column = indent;
    } else if (!first) {
      add_blanks(line, 1);
      column++;
    }
    column += add_some(plain, line, word, MOST_WIDTH, &all);
    first = false;
    for (text.ptr += len, text.len -= len; text.len && *text.ptr == ' '; text.ptr++)
      text.len--;
  }
  end_line(line, output);
}

void plain_words(const struct plain *plain, struct output *output, size_t first_indent, size_t indent,
                 struct sla_text text) {
  struct buffer line = {0};
  add_blanks(&line, first_indent);
  add_words(plain, output, &line, first_indent, indent, text);
  buffer_free(&line);
}

void plain_labelled(const struct plain *plain, struct output *output, const char *label, struct sla_text text) {
  struct buffer line = {0};
  buffer_format(&line, "%s", label);
  add_words(plain, output, &line, strlen(label), strlen(label), text);
  buffer_free(&line);
}

/* --- tables ------------------------------------------------------------------------------------------------------ */

void plain_cell(struct plain_table *table, struct sla_text text, const char *color) {
  struct buffer clean = {0};
  buffer_add(&clean, "", 0);
  size_t columns = plain_add(table->plain, &clean, text, MOST_WIDTH);
  table->cells = array_grow(table->cells, table->cell_count, &table->capacity, sizeof *table->cells);
  table->cells[table->cell_count++] = (struct plain_cell){clean.text, columns, color};
}

void plain_cell_string(struct plain_table *table, const char *text, const char *color) {
  plain_cell(table, (struct sla_text){text, strlen(text)}, color);
}

/* How a table is laid out in the width that there is. */
struct layout {
  size_t *widths;
  bool *shown; /* columns of the part that is being written */
  size_t gap;
  bool splits; /* titles of numbers take two lines where they are two words */
};

/* Columns that a title takes. */
static size_t title_width(const struct plain_column *column, bool splits) {
  size_t len = strlen(column->title), first = strcspn(column->title, " ");
  if (!splits || column->kind != PLAIN_RIGHT || first == len)
    return len;
  return first > len - first - 1 ? first : len - first - 1;
}

static void find_widths(const struct plain_table *table, struct layout *layout) {
  for (size_t i = 0; i < table->column_count; i++)
    layout->widths[i] = title_width(&table->columns[i], layout->splits);
  for (size_t i = 0; i < table->cell_count; i++)
    if (table->cells[i].columns > layout->widths[i % table->column_count])
      layout->widths[i % table->column_count] = table->cells[i].columns;
}

static size_t total_width(const struct plain_table *table, const struct layout *layout) {
  size_t total = table->indent;
  for (size_t i = 0; i < table->column_count; i++)
    total += layout->widths[i] + (i ? layout->gap : 0);
  return total;
}

/* How narrow a column may become: keys, by which people look things up, give way after all others. */
static size_t least_width(enum plain_kind kind, bool at_last) {
  switch (kind) {
  case PLAIN_CUT: return LEAST_CUT;
  case PLAIN_KEY: return at_last ? LEAST_KEY : LONG_KEY;
  case PLAIN_WRAP: return LEAST_WRAP;
  case PLAIN_LEFT:
  case PLAIN_RIGHT: break;
  }
  return SIZE_MAX;
}

/* Narrows the widest of what may be narrowed until the table fits, or nothing is wide. */
static void narrow(const struct plain_table *table, struct layout *layout, bool at_last) {
  size_t *widths = layout->widths;
  for (size_t total = total_width(table, layout); total > table->plain->width; total--) {
    size_t widest = SIZE_MAX;
    for (size_t i = 0; i < table->column_count; i++)
      if (widths[i] > least_width(table->columns[i].kind, at_last) &&
          (widest == SIZE_MAX || widths[i] > widths[widest]))
        widest = i;
    if (widest == SIZE_MAX)
      return;
    widths[widest]--;
  }
}

/* What costs a reader least comes first. */
static void fit(const struct plain_table *table, struct layout *layout) {
  bool wraps = table->columns[table->column_count - 1].kind == PLAIN_WRAP;
  find_widths(table, layout);
  if (total_width(table, layout) > table->plain->width && !wraps) {
    layout->splits = true;
    find_widths(table, layout);
    layout->gap = total_width(table, layout) > table->plain->width ? 1 : GAP;
  }
  narrow(table, layout, false);
  narrow(table, layout, true);
}

static void add_cell(const struct plain_table *table, struct buffer *line, size_t column, size_t width,
                     const struct plain_cell *cell) {
  bool right = table->columns[column].kind == PLAIN_RIGHT, color = table->plain->color && cell->color;
  size_t columns = cell->columns < width ? cell->columns : width;
  if (right)
    add_blanks(line, width - columns);
  if (color)
    buffer_format(line, "\x1b[%sm", cell->color);
  buffer_add(line, cell->text, columns == cell->columns ? strlen(cell->text) : 0);
  if (columns < cell->columns)
    columns = plain_add(table->plain, line, (struct sla_text){cell->text, strlen(cell->text)}, width);
  if (color)
    buffer_format(line, "\x1b[0m");
  if (!right)
    add_blanks(line, width - columns);
}

/* Writes a row of the columns that are shown. */
static void write_row(const struct plain_table *table, struct output *output, const struct plain_cell *row,
                      const struct layout *layout) {
  struct buffer line = {0};
  size_t column = table->indent;
  add_blanks(&line, table->indent);
  for (size_t i = 0, count = 0; i < table->column_count; i++) {
    if (!layout->shown[i])
      continue;
    if (count++) {
      add_blanks(&line, layout->gap);
      column += layout->gap;
    }
    if (table->columns[i].kind == PLAIN_WRAP) {
      size_t indent = column + LEAST_WRAP <= table->plain->width ? column : table->indent + 4;
      add_words(table->plain, output, &line, column, indent, (struct sla_text){row[i].text, strlen(row[i].text)});
      buffer_free(&line);
      return;
    }
    add_cell(table, &line, i, layout->widths[i], &row[i]);
    column += layout->widths[i];
  }
  end_line(&line, output);
  buffer_free(&line);
}

/* Chooses the columns of a part: all that are no numbers, and of the numbers from `from` on as many as fit. Returns
 * where the next part begins. */
static size_t choose_columns(const struct plain_table *table, const struct layout *layout, size_t from) {
  size_t used = table->indent, next = from;
  for (size_t i = 0; i < table->column_count; i++) {
    layout->shown[i] = table->columns[i].kind != PLAIN_RIGHT;
    if (layout->shown[i])
      used += layout->widths[i] + layout->gap;
  }
  bool any = false;
  for (; next < table->column_count; next++) {
    if (table->columns[next].kind != PLAIN_RIGHT)
      continue;
    if (any && used + layout->widths[next] > table->plain->width)
      break;
    used += layout->widths[next] + layout->gap;
    layout->shown[next] = any = true;
  }
  return next;
}

/* Whether a row has a number to show. */
static bool has_number(const struct plain_table *table, const struct plain_cell *row, const bool *shown) {
  for (size_t i = 0; i < table->column_count; i++)
    if (shown[i] && table->columns[i].kind == PLAIN_RIGHT && strcmp(row[i].text, "-") != 0)
      return true;
  return false;
}

/* The titles in one line or two. */
static void write_titles(const struct plain_table *table, struct output *output, const struct layout *layout) {
  struct plain_cell *rows = cli_alloc(2 * table->column_count * sizeof *rows), *second = rows + table->column_count;
  bool is_split = false;
  for (size_t i = 0; i < table->column_count; i++) {
    const char *title = table->columns[i].title;
    size_t first = strcspn(title, " "), len = strlen(title);
    bool splits = layout->splits && table->columns[i].kind == PLAIN_RIGHT && first < len;
    is_split |= splits && layout->shown[i];
    rows[i].text = splits ? strndup(title, first) : strdup("");
    second[i].text = strdup(splits ? title + first + 1 : title);
    rows[i].columns = strlen(rows[i].text);
    second[i].columns = strlen(second[i].text);
    rows[i].color = second[i].color = "2";
  }
  if (is_split)
    write_row(table, output, rows, layout);
  write_row(table, output, second, layout);
  for (size_t i = 0; i < 2 * table->column_count; i++)
    free(rows[i].text);
  free(rows);
}

void plain_table_write(struct plain_table *table, struct output *output) {
  size_t count = table->column_count;
  struct layout layout = {cli_alloc(count * sizeof(size_t)), cli_alloc(count * sizeof(bool)), GAP, false};
  fit(table, &layout);
  bool parts = choose_columns(table, &layout, 0) < count; /* then a row stands only where it has something to say */
  for (size_t from = 0; from < count;) {
    bool is_first = from == 0;
    from = choose_columns(table, &layout, from);
    if (!is_first)
      output_char(output, '\n');
    write_titles(table, output, &layout);
    for (size_t i = 0; i < table->cell_count; i += count)
      if (!parts || has_number(table, &table->cells[i], layout.shown))
        write_row(table, output, &table->cells[i], &layout);
  }
  for (size_t i = 0; i < table->cell_count; i++)
    free(table->cells[i].text);
  free(table->cells);
  table->cells = NULL;
  table->cell_count = table->capacity = 0;
  free(layout.shown);
  free(layout.widths);
}
