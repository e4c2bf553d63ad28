/*
 * hours_rules: what a text of hours is parsed to. Private to hours.c (which evaluates it) and hours_parse.c.
 */
#ifndef SLACLOCK_CALENDAR_HOURS_RULES_H
#define SLACLOCK_CALENDAR_HOURS_RULES_H

#include "calendar/hours.h"

/* Both ends included; every step-th from the first. */
struct rule_span {
  int from, to, step;
};

struct rule_spans {
  struct rule_span *items;
  size_t count, capacity;
};

/* What PH makes of a rule. */
enum rule_holidays {
  RULE_NEVER_ON_HOLIDAYS, /* no PH */
  RULE_ONLY_ON_HOLIDAYS,  /* PH, or "PH Mo-Fr": holidays that fall on these weekdays */
  RULE_ALSO_ON_HOLIDAYS,  /* "Mo-Fr,PH": all holidays, and these weekdays */
};

enum { EVERY_WEEKDAY = 0x7F, MONTH_KEY = 32 };

/* Bits of rule.nth: the first to the fifth of its weekday in the month, then the last to the fifth from the end. */
enum { NTH_FIRST = 1, NTH_LAST = 1 << 5 };

/*
 * A rule holds on a date where each of its selectors does; an empty list selects every date. `days` and `dates` are one
 * selector: a date that is in either.
 */
struct rule {
  bool adds; /* it stood after a comma */
  bool off;  /* takes its times away, the whole date where it has none */
  enum rule_holidays holidays;
  unsigned weekdays;   /* bit 0 for Monday */
  unsigned short *nth; /* seven, for Mo[1]; NULL: none */
  struct rule_spans years, weeks;
  struct rule_spans days;  /* of any year, as month * MONTH_KEY + day; one that ends before it begins wraps */
  struct rule_spans dates; /* of one year */
  struct window *times;    /* sorted, disjoint, not touching; without `off` at least one */
  size_t time_count;
};

struct hours {
  struct rule *items;
  size_t count, capacity;
  bool reads_month;  /* a rule selects by year, month, day or nth weekday */
  bool reads_week;   /* a rule selects by week */
  bool reads_dates;  /* a rule selects dates of one year */
  bool reads_before; /* a stretch that is off reaches into the next date */
};

#endif
