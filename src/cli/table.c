#include "cli/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool table_open(struct table *table, struct cli *cli, const char *file, bool asked) {
  *table = (struct table){.cli = cli};
  if (!input_init(&table->input, cli))
    return false;
  if (!asked)
    table->input.forced = INPUT_UNKNOWN;
  if (!input_open(&table->input, file))
    return false;
  if (input_is_json(&table->input))
    return true;
  if (!header_read(&table->input, &table->row))
    return false;
  header_keep(&table->header, &table->row);
  return true;
}

bool table_close(struct table *table) {
  bool good = input_close(&table->input);
  input_free(&table->input);
  header_free(&table->header);
  free(table->scratch);
  return good;
}

long table_column(struct table *table, const char *field, const char *name) {
  long column = header_find(&table->header, &table->input, field, name);
  if (column < 0 || input_is_json(&table->input) || header_check_once(&table->header, &table->input, column))
    return column;
  return COLUMN_WRONG;
}

bool table_has_missed(const struct table *table, long column) {
  return column >= 0 && input_is_json(&table->input) && table->header.names &&
         !json_reader_has_seen(table->input.json, column);
}

bool table_next(struct table *table) {
  struct record *row = &table->row;
  char buffer[128];
  while (input_next(&table->input, row)) {
    table->scratch_used = 0;
    if (!table->header.names && !row->problem)
      header_keep_members(&table->header, table->input.json, row);
    const char *problem = header_row_problem(&table->header, &table->input, row, buffer);
    if (!problem)
      return true;
    table_error(table, "%s", problem);
  }
  return false;
}

struct sla_text table_value(struct table *table, long column) {
  if (column < 0)
    return (struct sla_text){"", 0};
  struct sla_text field = table->row.fields[column];
  if (input_is_json(&table->input) || !field.len || *field.ptr != '"')
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

struct sla_list table_list(const struct table *table, long column) {
  return column >= 0 && table->row.lists ? table->row.lists[column] : (struct sla_list){0};
}

void table_error(struct table *table, const char *format, ...) {
  char text[512];
  long line, column;
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  input_place(&table->input, &table->row, &line, &column);
  cli_error_in(table->cli, EXIT_DATA, table->input.file, line, column, "%s", text);
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
