/*
 * holiday_rules: when a holiday is, as rule files write it (`on: last Mo of May`), and its date in a year.
 *
 *     01-01, 2026-12-31                  a day of every year (29 February of leap years only), a single date
 *     easter, easter julian +49          Easter Sunday by the Gregorian or the Julian computus, days before or after it
 *     Mo[1] of Sep, Mo[-1] of May        the nth weekday of a month, from its end with a minus; "last" is [-1]
 *     Mo before 05-25, Mo on or after 05-25 (also: after, on or before)
 */
#ifndef SLACLOCK_HOLIDAYS_HOLIDAY_RULES_H
#define SLACLOCK_HOLIDAYS_HOLIDAY_RULES_H

#include "base/diag.h"
#include "slaclock.h"

enum holiday_rule_kind { RULE_DATE, RULE_MONTH_DAY, RULE_EASTER, RULE_NTH_WEEKDAY, RULE_WEEKDAY_NEAR };

struct holiday_rule {
  enum holiday_rule_kind kind;
  int date;                /* RULE_DATE */
  int month, day;          /* RULE_MONTH_DAY, RULE_WEEKDAY_NEAR; the month also of RULE_NTH_WEEKDAY */
  int weekday;             /* RULE_NTH_WEEKDAY, RULE_WEEKDAY_NEAR; 0 for Monday */
  int nth;                 /* 1 to 5, or -1 to -5 from the month's end */
  int step;                /* RULE_WEEKDAY_NEAR: -1 before the day, 1 after it */
  bool or_on;              /* RULE_WEEKDAY_NEAR: the day itself will do */
  int (*easter)(int year); /* RULE_EASTER */
  int offset;              /* RULE_EASTER, in days */
};

/* How far from its year a rule's date may lie: `easter +366`, `Mo before 01-01`. */
enum { RULE_OFFSET_MOST = 366 };

/* Reads what stands at `on`; false after an error, which went to diags with its place inside the text. */
bool holiday_rule_read(struct diags *diags, const struct snippet *snippet, struct holiday_rule *ret_rule);

/*
 * The date that a rule gives for a year (1900 to 2300); false where it gives none. It may lie in the year before or
 * after; RULE_OFFSET_MOST bounds by how much.
 */
bool holiday_rule_date(const struct holiday_rule *rule, int year, int *ret_date);

#endif
