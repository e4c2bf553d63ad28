/*
 * hours_days: the part of a rule that says on which dates it holds: years, months and dates, weeks, weekdays, in this
 * order.
 */
#include "base/text.h"
#include "calendar/hours_rules.h"
#include "calendar/hours_scan.h"
#include "time/civil.h"

#include <limits.h>

enum { YEAR_MIN = 1900, YEAR_MAX = 2199 };

static void span_push(struct arena *arena, struct rule_spans *spans, int from, int to, int step) {
  *ARENA_PUSH(arena, spans) = (struct rule_span){from, to, step};
}

/* --- years ------------------------------------------------------------------------------------------------------- */

static bool year_read(struct scan *scan, int *ret_year) {
  if (scan_digits(scan) != 4)
    return scan_refuse(scan, "a year as \"2026\" is expected");
  struct sla_text text = {scan->rest.ptr, 4};
  scan_number(scan, 4, 4, ret_year);
  if (*ret_year < YEAR_MIN || *ret_year > YEAR_MAX)
    return scan_fail(scan, text, "year \"%.*s\" is not between %d and %d", TEXT_ARGS(text), YEAR_MIN, YEAR_MAX);
  return true;
}

/* "2026-12-24", "2026-2028/2": what people write after a year. */
static bool years_check(struct scan *scan, const char *start, int year) {
  struct scan ahead = scan_ahead(scan);
  int month, day;
  if (scan_eat(&ahead, '-') && scan_number(&ahead, 1, 2, &month) && scan_eat(&ahead, '-') &&
      scan_number(&ahead, 1, 2, &day) && civil_is_valid(year, month, day)) {
    struct sla_text text = scan_since(&ahead, start);
    return scan_fail(scan, text, "unreadable date \"%.*s\": did you mean \"%d %s %02d\"?", SHOWN(text), year,
                     month_name(month), day);
  }
  if (scan_next(scan) == '/')
    return scan_refuse(scan, "only weeks have steps");
  return true;
}

/* 2026; 2026-2028; 2026+; lists of them */
static bool years_read(struct scan *scan, struct arena *arena, struct rule *rule) {
  do {
    scan_blanks(scan);
    const char *start = scan->rest.ptr;
    int from, to;
    if (!year_read(scan, &from) || !years_check(scan, start, from))
      return false;
    to = from;
    if (scan_eat(scan, '+'))
      to = INT_MAX;
    else if (scan_hyphen(scan) && !year_read(scan, &to))
      return false;
    struct sla_text text = scan_since(scan, start);
    if (to < from)
      return scan_fail(scan, text, "years \"%.*s\" end before they begin", SHOWN(text));
    if (!years_check(scan, start, from))
      return false;
    span_push(arena, &rule->years, from, to, 1);
  } while (scan_comma(scan));
  return true;
}

/* --- months and dates -------------------------------------------------------------------------------------------- */

/* One end of a span of dates. */
struct date_end {
  bool has_year, has_day;
  int year, month, day;
};

/* Reads a day of a month, which must be one of that year's, or of any year's. */
static bool day_read(struct scan *scan, struct date_end *end) {
  struct sla_text text = {NULL, scan_digits(scan)};
  text.ptr = scan->rest.ptr;
  if (!scan_number(scan, 1, 2, &end->day))
    return scan_refuse(scan, "a day of the month is expected");
  end->has_day = true;
  int year = end->has_year ? end->year : 2000; /* a leap year */
  if (civil_is_valid(year, end->month, end->day))
    return true;
  if (end->has_year)
    return scan_fail(scan, text, "%s %d has no day \"%.*s\"", month_name(end->month), year, SHOWN(text));
  return scan_fail(scan, text, "%s has no day \"%.*s\"", month_name(end->month), SHOWN(text));
}

static bool day_is_next(struct scan *scan) {
  size_t digits = scan_digits(scan);
  return digits > 0 && digits < 4 && !times_ahead(scan);
}

/* [YEAR] MONTH [DAY] */
static bool date_end_read(struct scan *scan, struct date_end *ret_end) {
  *ret_end = (struct date_end){.has_year = scan_digits(scan) == 4};
  if (ret_end->has_year && !year_read(scan, &ret_end->year))
    return false;
  if (!scan_eat_word(scan, WORD_MONTH, &ret_end->month))
    return scan_refuse(scan, "a month as \"Jan\" is expected");
  return !day_is_next(scan) || day_read(scan, ret_end);
}

/* Adds a span of dates whose ends are alike: with a year and a day, with a day, or whole months. */
static bool dates_push(struct scan *scan, struct arena *arena, struct rule *rule, struct sla_text text,
                       const struct date_end *from, const struct date_end *to) {
  if (from->has_year != to->has_year)
    return scan_fail(scan, text, "\"%.*s\" has a year at one end only", SHOWN(text));
  if (from->has_day != to->has_day)
    return scan_fail(scan, text, "\"%.*s\" has a day at one end only", SHOWN(text));
  if (from->has_year) {
    int first = date_of(from->year, from->month, from->day), last = date_of(to->year, to->month, to->day);
    if (last < first)
      return scan_fail(scan, text, "dates \"%.*s\" end before they begin", SHOWN(text));
    span_push(arena, &rule->dates, first, last, 1);
  } else {
    span_push(arena, &rule->days, from->month * MONTH_KEY + (from->has_day ? from->day : 1),
              to->month * MONTH_KEY + (to->has_day ? to->day : 31), 1);
  }
  return true;
}

/* Reads what may follow a day: nothing, or "-26" of the same month; and adds the span. */
static bool range_read(struct scan *scan, struct arena *arena, struct rule *rule, const char *start,
                       const struct date_end *from, bool is_range) {
  struct date_end to = *from;
  if (is_range && !day_read(scan, &to))
    return false;
  struct sla_text text = scan_since(scan, start);
  if (to.day < from->day)
    return scan_fail(scan, text, "days \"%.*s\" end before they begin", SHOWN(text));
  return dates_push(scan, arena, rule, text, from, &to);
}

/* Reads one item of a list of dates. *ret_end is its month and year; it has a day where more days of it may follow. */
static bool dates_read_one(struct scan *scan, struct arena *arena, struct rule *rule, struct date_end *ret_end) {
  struct date_end to;
  scan_blanks(scan);
  const char *start = scan->rest.ptr;
  if (!date_end_read(scan, ret_end))
    return false;
  if (ret_end->has_year && !ret_end->has_day)
    return scan_refuse(scan, "a day of the month is expected");
  bool is_range = scan_hyphen(scan);
  if (!is_range || (ret_end->has_day && day_is_next(scan)))
    return range_read(scan, arena, rule, start, ret_end, is_range);
  if (!date_end_read(scan, &to) || !dates_push(scan, arena, rule, scan_since(scan, start), ret_end, &to))
    return false;
  ret_end->has_day = false;
  return true;
}

/* Dec 24; Dec 24-26; Dec 24,31; Dec 28-Jan 8; Jun-Aug; 2026 Dec 31; 2026 Dec 28-2027 Jan 8; lists of them */
static bool dates_read(struct scan *scan, struct arena *arena, struct rule *rule) {
  struct date_end end, last = {0};
  if (!dates_read_one(scan, arena, rule, &end))
    return false;
  while (scan_comma(scan)) {
    last = end;
    scan_blanks(scan);
    const char *start = scan->rest.ptr;
    if (end.has_day && day_is_next(scan)) {
      if (!day_read(scan, &end) || !range_read(scan, arena, rule, start, &end, scan_hyphen(scan)))
        return false;
      continue;
    }
    if (!dates_read_one(scan, arena, rule, &end))
      return false;
    struct sla_text text = scan_since(scan, start);
    if (last.has_year && !end.has_year)
      return scan_fail(scan, text, "\"%.*s\" has no year, the date before it has: write it with both", SHOWN(text));
  }
  return true;
}

/* --- weeks ------------------------------------------------------------------------------------------------------- */

static bool week_number_read(struct scan *scan, int *ret_week) {
  struct sla_text text = {NULL, scan_digits(scan)};
  text.ptr = scan->rest.ptr;
  if (!scan_number(scan, 1, 2, ret_week))
    return scan_refuse(scan, "a week from 1 to 53 is expected");
  return (*ret_week >= 1 && *ret_week <= 53) || scan_fail(scan, text, "no such week \"%.*s\"", SHOWN(text));
}

/* week 10; week 10-20; week 1-53/2; lists of them */
static bool weeks_read(struct scan *scan, struct arena *arena, struct rule *rule) {
  do {
    scan_eat_word(scan, WORD_WEEK, NULL); /* again behind a comma, as the reference implementation has it */
    scan_blanks(scan);
    const char *start = scan->rest.ptr;
    int from, to, step = 1;
    if (!week_number_read(scan, &from))
      return false;
    to = from;
    bool is_range = scan_hyphen(scan);
    if (is_range && !week_number_read(scan, &to))
      return false;
    struct sla_text text = scan_since(scan, start);
    if (to < from)
      return scan_fail(scan, text, "weeks \"%.*s\" end before they begin: did you mean \"%02d-53,01-%02d\"?",
                       SHOWN(text), from, to);
    if (scan_eat(scan, '/') && (!is_range || !scan_number(scan, 1, 2, &step) || step < 2 || step > 26))
      return scan_fail(scan, scan_since(scan, start), "steps of weeks are written as \"1-53/2\", from 2 to 26");
    span_push(arena, &rule->weeks, from, to, step);
  } while (scan_comma(scan));
  return true;
}

/* --- weekdays ---------------------------------------------------------------------------------------------------- */

/* [1], [-1], [1-2], [1,-1], behind its bracket */
static bool nth_read(struct scan *scan, unsigned *ret_bits) {
  static const char expected[] = "they are numbered 1 to 5, or -1 to -5 from the month's end";
  *ret_bits = 0;
  do {
    scan_blanks(scan);
    const char *start = scan->rest.ptr;
    bool from_end = scan_eat(scan, '-');
    int first, last;
    if (!scan_number(scan, 1, 1, &first))
      return scan_refuse(scan, expected);
    last = first;
    if (!from_end && scan_hyphen(scan) && !scan_number(scan, 1, 1, &last))
      return scan_refuse(scan, expected);
    if (first < 1 || last > 5 || last < first)
      return scan_fail(scan, scan_since(scan, start), "no such weekdays of a month \"%.*s\": %s",
                       SHOWN(scan_since(scan, start)), expected);
    for (int nth = first; nth <= last; nth++)
      *ret_bits |= (unsigned)(from_end ? NTH_LAST : NTH_FIRST) << (nth - 1);
  } while (scan_comma(scan));
  return scan_eat(scan, ']') || scan_refuse(scan, "\"]\" is expected");
}

/* "Mo[1] +1 day", "PH -1 day": behind what is shifted */
static bool shift_check(struct scan *scan, const char *start) {
  struct scan ahead = scan_ahead(scan);
  int days;
  if ((scan_eat(&ahead, '+') || scan_eat(&ahead, '-')) && scan_number(&ahead, 1, 2, &days)) {
    struct word word = scan_word(&ahead);
    if (text_is_nocase(word.text, "day") || text_is_nocase(word.text, "days")) {
      scan_take(&ahead, word.text.len);
      struct sla_text text = scan_since(&ahead, start);
      return scan_fail(scan, text, "shift by days \"%.*s\" is not supported: write the dates", SHOWN(text));
    }
  }
  return true;
}

/* Mo; Mo-Fr; Mo[1]; PH. *ret_ph: it was PH. */
static bool weekdays_read_one(struct scan *scan, struct arena *arena, struct rule *rule, bool *ret_ph) {
  scan_blanks(scan);
  const char *start = scan->rest.ptr;
  int first, last;
  *ret_ph = scan_eat_word(scan, WORD_HOLIDAY, NULL);
  if (*ret_ph)
    return shift_check(scan, start);
  if (scan_digits(scan))
    return scan_refuse(scan, "no comma stands between days and times");
  if (!scan_eat_word(scan, WORD_WEEKDAY, &first))
    return scan_refuse(scan, "weekdays are Mo, Tu, We, Th, Fr, Sa, Su, and PH");
  if (arena && scan_eat(scan, '[')) {
    unsigned bits;
    if (!nth_read(scan, &bits) || !shift_check(scan, start))
      return false;
    if (!rule->nth)
      rule->nth = arena_array(arena, 7, sizeof *rule->nth);
    rule->nth[first] = (unsigned short)(rule->nth[first] | bits);
    return true;
  }
  last = first;
  if (scan_hyphen(scan) && !scan_eat_word(scan, WORD_WEEKDAY, &last))
    return scan_refuse(scan, "weekdays are Mo, Tu, We, Th, Fr, Sa, Su");
  for (int weekday = first;; weekday = (weekday + 1) % 7) {
    rule->weekdays |= 1U << weekday;
    if (weekday == last)
      return true;
  }
}

/* Mo-Fr,Su; Mo-Fr,PH; PH; PH Mo-Fr */
static bool weekdays_read_list(struct scan *scan, struct arena *arena, struct rule *rule) {
  bool any_holiday = false, any_weekday = false, is_ph;
  rule->weekdays = 0;
  do {
    if (!weekdays_read_one(scan, arena, rule, &is_ph))
      return false;
    any_holiday |= is_ph;
    any_weekday |= !is_ph;
  } while (scan_comma(scan));
  if (any_holiday && !any_weekday && scan_word(scan).kind == WORD_WEEKDAY) { /* "PH Mo-Fr" */
    rule->holidays = RULE_ONLY_ON_HOLIDAYS;
    do {
      if (scan_word(scan).kind != WORD_WEEKDAY)
        return scan_refuse(scan, "behind \"PH \" only weekdays may stand");
      if (!weekdays_read_one(scan, arena, rule, &is_ph))
        return false;
    } while (scan_comma(scan));
    return true;
  }
  if (any_weekday && scan_word(scan).kind == WORD_HOLIDAY)
    return scan_refuse(scan, "write \"Mo-Fr,PH\" for both, \"PH Mo-Fr\" for holidays that fall on these weekdays");
  rule->holidays = !any_holiday ? RULE_NEVER_ON_HOLIDAYS : any_weekday ? RULE_ALSO_ON_HOLIDAYS : RULE_ONLY_ON_HOLIDAYS;
  if (!any_weekday)
    rule->weekdays = EVERY_WEEKDAY;
  return true;
}

bool weekdays_read(struct sla_text text, unsigned *ret_weekdays) {
  struct snippet snippet = {.text = text};
  struct scan scan;
  struct rule rule = {0};
  if (!scan_init(&scan, NULL, &snippet) || !weekdays_read_list(&scan, NULL, &rule) || scan.failed ||
      !scan_at_end(&scan) || rule.holidays != RULE_NEVER_ON_HOLIDAYS)
    return false;
  *ret_weekdays = rule.weekdays;
  return true;
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

/* The selectors in the order in which they stand in a rule. */
enum selector { YEARS, DATES, WEEKS, WEEKDAYS, NO_SELECTOR };

static bool (*const selector_read[])(struct scan *, struct arena *, struct rule *) = {
    [YEARS] = years_read,
    [DATES] = dates_read,
    [WEEKS] = weeks_read,
    [WEEKDAYS] = weekdays_read_list,
};

static enum selector selector_next(struct scan *scan) {
  if (scan_digits(scan) == 4) {
    /* "2026 Dec 24" is a date; "2026 Dec" is a year and a month, as "2026-2027 Dec" */
    struct scan ahead = scan_ahead(scan);
    int year, month;
    scan_number(&ahead, 4, 4, &year);
    if (year < YEAR_MIN)
      return NO_SELECTOR; /* "0900-1700" */
    return scan_eat_word(&ahead, WORD_MONTH, &month) && day_is_next(&ahead) ? DATES : YEARS;
  }
  switch (scan_word(scan).kind) {
  case WORD_MONTH: return DATES;
  case WORD_WEEK: return WEEKS;
  case WORD_WEEKDAY:
  case WORD_HOLIDAY: return WEEKDAYS;
  default: return NO_SELECTOR;
  }
}

bool days_read(struct scan *scan, struct arena *arena, struct rule *rule) {
  enum selector last = NO_SELECTOR, next;
  for (; (next = selector_next(scan)) != NO_SELECTOR; last = next) {
    if (last == next)
      return scan_refuse(scan, "a comma is missing before it");
    if (last != NO_SELECTOR && next < last)
      return scan_refuse(scan, "first years, then months and dates, weeks, weekdays, times");
    if (!selector_read[next](scan, arena, rule))
      return false;
    scan_eat(scan, ':'); /* OSM's separator for readability: "week 10: Mo 09:00-12:00" */
  }
  return true;
}

bool days_ahead(struct scan *scan) {
  return selector_next(scan) != NO_SELECTOR;
}
