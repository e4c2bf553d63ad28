#include "cli/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool header_is_usable(struct table *table) {
  const struct record *row = &table->row;
  const char *problem = row->problem;
  if (row->raw.len && (row->raw.ptr[0] == '{' || row->raw.ptr[0] == '[')) {
    cli_error(table->cli, EXIT_DATA, "\"%s\" looks like JSON, which is not read by this command: CSV is expected",
              table->file);
    return false;
  }
  if (!problem && memchr(row->raw.ptr, '\r', row->raw.len) && !memchr(row->raw.ptr, '"', row->raw.len))
    problem = "the lines end in carriage returns alone: convert them, as with tr '\\r' '\\n'";
  if (problem)
    cli_error_at(table->cli, EXIT_DATA, table->file, row->line, "the header cannot be read: %s", problem);
  return !problem;
}

static void keep_header(struct table *table) {
  const struct record *row = &table->row;
  table->column_count = row->count;
  table->columns = cli_alloc(row->count * sizeof *table->columns);
  table->header = cli_alloc(row->raw.len + 1);
  char *at = table->header;
  for (size_t i = 0; i < row->count; i++) {
    size_t used;
    struct sla_text value = csv_value(row->fields[i], at, &used);
    if (!used && value.len)
      memcpy(at, value.ptr, value.len);
    table->columns[i] = (struct sla_text){at, value.len};
    at += value.len;
  }
}

/* Reports why there are no more rows, where that is not the end of the file. */
static bool reading_failed(struct table *table) {
  if (table->stream.read_errno)
    cli_error(table->cli, table->stream.read_errno == EISDIR ? EXIT_NO_INPUT : EXIT_IO, "cannot read \"%s\": %s",
              table->file, strerror(table->stream.read_errno));
  if (table->reader.too_long)
    cli_error_at(table->cli, EXIT_DATA, table->file, table->reader.line, "the line is longer than %d MiB",
                 CSV_MOST_LINE >> 20);
  return table->stream.read_errno || table->reader.too_long;
}

bool table_open(struct table *table, struct cli *cli, const char *file) {
  *table = (struct table){.cli = cli, .file = file};
  int fd = strcmp(file, "-") == 0 ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
  table->stream.fd = -1;
  if (fd < 0) {
    cli_error(cli, EXIT_NO_INPUT, "cannot read \"%s\": %s", file, strerror(errno));
    return false;
  }
  stream_begin(&table->stream, fd, false);
  csv_begin(&table->reader, &table->stream);
  if (!csv_next(&table->reader, &table->row)) {
    if (!reading_failed(table))
      cli_error(cli, EXIT_DATA, "\"%s\" is empty: a header line is expected", file);
    return false;
  }
  if (!header_is_usable(table))
    return false;
  keep_header(table);
  return true;
}

void table_close(struct table *table) {
  if (table->stream.fd < 0)
    return;
  if (table->stream.fd != STDIN_FILENO)
    close(table->stream.fd);
  csv_release(&table->reader);
  stream_free(&table->stream);
  free(table->header);
  free(table->columns);
  free(table->scratch);
}

static bool text_is(struct sla_text text, const char *string) {
  return text.len == strlen(string) && !memcmp(text.ptr, string, text.len);
}

long table_column(const struct table *table, const char *name) {
  for (size_t i = 0; i < table->column_count; i++)
    if (text_is(table->columns[i], name))
      return (long)i;
  return TABLE_NONE;
}

bool table_check_repeated(struct table *table, long column) {
  struct sla_text name = table->columns[column];
  for (size_t i = 0; i < table->column_count; i++)
    if ((long)i != column && table->columns[i].len == name.len && !memcmp(table->columns[i].ptr, name.ptr, name.len)) {
      cli_error_at(table->cli, EXIT_DATA, table->file, 1, "column \"%.*s\" stands in the header twice",
                   table_shown(name), name.ptr);
      return false;
    }
  return true;
}

bool table_next(struct table *table) {
  struct record *row = &table->row;
  while (csv_next(&table->reader, row)) {
    table->scratch_used = 0;
    if (row->problem)
      table_error(table, "%s", row->problem);
    else if (row->count != table->column_count)
      table_error(table, "the row has %zu field%s, the header %zu", row->count, row->count == 1 ? "" : "s",
                  table->column_count);
    else
      return true;
  }
  reading_failed(table);
  return false;
}

struct sla_text table_value(struct table *table, long column) {
  if (column == TABLE_NONE)
    return (struct sla_text){"", 0};
  struct sla_text field = table->row.fields[column];
  if (!field.len || *field.ptr != '"')
    return field;
  size_t need = table->row.raw.len * table->most_values; /* several may be of one column */
  if (table->scratch_used == 0 && table->scratch_size < need) {
    free(table->scratch);
    table->scratch_size = need;
    table->scratch = cli_alloc(need);
  }
  size_t used = 0;
  struct sla_text value = csv_value(field, table->scratch + table->scratch_used, &used);
  table->scratch_used += used;
  return value;
}

void table_error(struct table *table, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  cli_error_at(table->cli, EXIT_DATA, table->file, table->row.line, "%s", text);
  table->errors++;
}

bool table_number(struct sla_text text, int64_t least, int64_t most, int64_t *ret_number) {
  while (text.len && (*text.ptr == ' ' || *text.ptr == '\t'))
    text.ptr++, text.len--;
  while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
    text.len--;
  bool minus = least < 0 && text.len && *text.ptr == '-';
  if (minus)
    text.ptr++, text.len--;
  int64_t limit = minus ? -least : most, number = 0;
  for (size_t i = 0; i < text.len; i++) {
    int digit = text.ptr[i] - '0';
    if (digit < 0 || digit > 9 || number > (limit - digit) / 10)
      return false;
    number = number * 10 + digit;
  }
  *ret_number = minus ? -number : number;
  return text.len && (minus || number >= least);
}

int table_shown(struct sla_text text) {
  enum { MOST = 60 };
  size_t len = 0;
  while (len < text.len && len < MOST) {
    size_t wide = sla_utf8_length((struct sla_text){text.ptr + len, text.len - len});
    len += wide ? wide : 1;
  }
  return (int)len;
}
