/* span: dates and spans of dates in files. */
#ifndef SLACLOCK_TIME_SPAN_H
#define SLACLOCK_TIME_SPAN_H

#include "base/diag.h"
#include "base/fields.h"
#include "base/yaml.h"

/* A span of dates, both ends included; INT_MIN and INT_MAX where an end is open. */
struct span {
  int first, last;
};

static inline bool span_holds(struct span span, int date) {
  return span.first <= date && date <= span.last;
}

/* Every date. */
struct span span_always(void);

/* A full date. */
bool field_date(struct diags *diags, const struct yaml_node *node, int *ret_date);

/* The keys of a span, for maps that have others besides. */
#define SPAN_KEYS                                                                                                      \
  {"from", FIELD_OPTIONAL}, {"through", FIELD_OPTIONAL}, {                                                             \
    "until", FIELD_OPTIONAL                                                                                            \
  }

/*
 * The span that the keys `from`, `through` and `until` of a map make: `from` is included, `through` is included and may
 * be a year, which means its last day (a year in `from` means its first), `until` is a full date and not included.
 */
bool field_span(struct diags *diags, const struct yaml_node *map, struct span *ret_span);

#endif
