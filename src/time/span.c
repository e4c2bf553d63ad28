#include "time/span.h"

#include "base/text.h"
#include "time/civil.h"

#include <limits.h>

struct span span_always(void) {
  return (struct span){INT_MIN, INT_MAX};
}

bool field_date(struct diags *diags, const struct yaml_node *node, int *ret_date) {
  if (node->kind == YAML_SCALAR && date_read(node->text, ret_date))
    return true;
  if (node->kind == YAML_SCALAR)
    diag_error(diags, node->place, "no such date \"%.*s\": write YYYY-MM-DD", TEXT_ARGS(node->text));
  else
    diag_error(diags, node->place, "a date must be written YYYY-MM-DD, not %s", yaml_kind_name(node));
  return false;
}

/* A full date, or a year, which means its first or last day. */
static bool date_or_year(struct diags *diags, const struct yaml_node *node, bool last_day, int *ret_date) {
  int64_t year;
  if (node->kind == YAML_SCALAR && node->text.len == 4 && text_number(node->text, 2199, &year) && year >= 1900) {
    *ret_date = last_day ? date_of((int)year, 12, 31) : date_of((int)year, 1, 1);
    return true;
  }
  return field_date(diags, node, ret_date);
}

bool field_span(struct diags *diags, const struct yaml_node *map, struct span *ret_span) {
  const struct yaml_node *from = yaml_get(map, "from"), *through = yaml_get(map, "through"),
                         *until = yaml_get(map, "until");
  struct span span = span_always();
  bool fits = true;
  if (through && until) {
    diag_error(diags, until->place, "\"until\" and \"through\" both say where the span ends: keep one");
    fits = false;
  }
  if (from)
    fits &= date_or_year(diags, from, false, &span.first);
  if (through)
    fits &= date_or_year(diags, through, true, &span.last);
  if (until) {
    fits &= field_date(diags, until, &span.last);
    span.last -= 1;
  }
  if (fits && span.first > span.last) {
    diag_error(diags, (through ? through : until)->place, "the span ends before it begins");
    fits = false;
  }
  if (fits)
    *ret_span = span;
  return fits;
}
