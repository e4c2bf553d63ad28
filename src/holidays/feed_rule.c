/*
 * feed_rule: RRULE (RFC 5545 section 3.3.10), every part in its bounds and only where the table of that section has it.
 */
#include "base/text.h"
#include "holidays/feed.h"
#include "time/civil.h"

struct rule_reader {
  struct feed_scan *scan;
  const struct feed_line *line;
  struct recurrence rule;
  struct feed_time until;
  unsigned seen; /* bit for each part */
};

static bool complain(const struct rule_reader *reader, struct sla_text part, const char *what) {
  diag_error(reader->scan->diags, feed_place(reader->scan, reader->line, part), "%s: \"%.*s\"", what, TEXT_ARGS(part));
  return false;
}

static bool weekday_read(struct sla_text text, int *ret_weekday) {
  for (int weekday = 0; weekday < 7; weekday++)
    if (text_is_nocase(text, weekday_name(weekday))) {
      *ret_weekday = weekday;
      return true;
    }
  return false;
}

/* A list of numbers from low to high, or counted from the end by a minus where that is allowed. */
static bool read_numbers(struct rule_reader *reader, struct sla_text value, int low, int high, bool from_end,
                         struct numbers *numbers) {
  struct sla_text rest = value;
  do {
    struct sla_text piece = text_eat_until(&rest, ','), digits = piece;
    int64_t number;
    bool minus = from_end && text_eat(&digits, '-');
    if (!minus)
      text_eat(&digits, '+');
    if (!text_number(digits, high, &number) || number < low)
      return complain(reader, piece.len ? piece : value, "the recurrence has a number out of bounds");
    numbers_add(numbers, minus ? -(int)number : (int)number);
  } while (rest.len);
  return true;
}

static bool read_frequency(struct rule_reader *reader, struct sla_text value) {
  static const char *const names[] = {
      [EVERY_DAY] = "DAILY", [EVERY_WEEK] = "WEEKLY", [EVERY_MONTH] = "MONTHLY", [EVERY_YEAR] = "YEARLY"};
  static const char *const finer[] = {"SECONDLY", "MINUTELY", "HOURLY"};
  for (int i = EVERY_DAY; i <= EVERY_YEAR; i++)
    if (text_is_nocase(value, names[i])) {
      reader->rule.frequency = (enum frequency)i;
      return true;
    }
  for (int i = 0; i < 3; i++)
    if (text_is_nocase(value, finer[i]))
      return complain(reader, value, "events that repeat more often than daily are over the limit");
  return complain(reader, value, "unknown frequency");
}

static bool read_bounded(struct rule_reader *reader, struct sla_text value, int most, int *ret_number) {
  int64_t number;
  if (text_number(value, most, &number) && number > 0) {
    *ret_number = (int)number;
    return true;
  }
  diag_error(reader->scan->diags, feed_place(reader->scan, reader->line, value),
             "expected a number from 1 to %d, not \"%.*s\"", most, TEXT_ARGS(value));
  return false;
}

static bool read_interval(struct rule_reader *reader, struct sla_text value) {
  return read_bounded(reader, value, RECURRENCE_MOST_INTERVAL, &reader->rule.interval);
}

static bool read_count(struct rule_reader *reader, struct sla_text value) {
  return read_bounded(reader, value, RECURRENCE_MOST_COUNT, &reader->rule.count);
}

static bool read_until(struct rule_reader *reader, struct sla_text value) {
  reader->rule.has_until = true;
  return feed_moment_read(value, &reader->until) || complain(reader, value, "no such date or time");
}

static bool read_week_start(struct rule_reader *reader, struct sla_text value) {
  return weekday_read(value, &reader->rule.week_start) || complain(reader, value, "unknown weekday");
}

static bool read_days(struct rule_reader *reader, struct sla_text value) {
  struct sla_text rest = value;
  reader->rule.has_days = true;
  do {
    struct sla_text piece = text_eat_until(&rest, ','), text = piece;
    int64_t nth = 0;
    int weekday;
    bool minus = text_eat(&text, '-'), sign = minus || text_eat(&text, '+');
    bool has_nth = text_eat_number(&text, 53, &nth);
    if (!weekday_read(text, &weekday) || (has_nth && nth == 0) || (sign && !has_nth))
      return complain(reader, piece.len ? piece : value, "unknown weekday");
    if (has_nth) {
      reader->rule.has_nth = true;
      numbers_add(&reader->rule.nth[weekday], minus ? -(int)nth : (int)nth);
    } else {
      reader->rule.weekdays |= 1u << weekday;
    }
  } while (rest.len);
  return true;
}

static bool read_months(struct rule_reader *reader, struct sla_text value) {
  return read_numbers(reader, value, 1, 12, false, &reader->rule.months);
}
static bool read_month_days(struct rule_reader *reader, struct sla_text value) {
  return read_numbers(reader, value, 1, 31, true, &reader->rule.month_days);
}
static bool read_year_days(struct rule_reader *reader, struct sla_text value) {
  return read_numbers(reader, value, 1, 366, true, &reader->rule.year_days);
}
static bool read_weeks(struct rule_reader *reader, struct sla_text value) {
  return read_numbers(reader, value, 1, 53, true, &reader->rule.weeks);
}
static bool read_positions(struct rule_reader *reader, struct sla_text value) {
  return read_numbers(reader, value, 1, 366, true, &reader->rule.positions);
}
static bool read_hours(struct rule_reader *reader, struct sla_text value) {
  return read_numbers(reader, value, 0, 23, false, &reader->rule.hours);
}
static bool read_minutes(struct rule_reader *reader, struct sla_text value) {
  return read_numbers(reader, value, 0, 59, false, &reader->rule.minutes);
}
static bool read_seconds(struct rule_reader *reader, struct sla_text value) {
  return read_numbers(reader, value, 0, 59, false, &reader->rule.seconds);
}

static const struct {
  const char *name;
  bool (*read)(struct rule_reader *reader, struct sla_text value);
} parts[] = {
    {"FREQ", read_frequency},   {"INTERVAL", read_interval},     {"COUNT", read_count},
    {"UNTIL", read_until},      {"WKST", read_week_start},       {"BYDAY", read_days},
    {"BYMONTH", read_months},   {"BYMONTHDAY", read_month_days}, {"BYYEARDAY", read_year_days},
    {"BYWEEKNO", read_weeks},   {"BYSETPOS", read_positions},    {"BYHOUR", read_hours},
    {"BYMINUTE", read_minutes}, {"BYSECOND", read_seconds},
};

enum { PARTS = sizeof parts / sizeof *parts };

static bool read_part(struct rule_reader *reader, struct sla_text part) {
  struct sla_text value = part, name = text_eat_until(&value, '=');
  for (unsigned i = 0; i < PARTS; i++) {
    if (!text_is_nocase(name, parts[i].name))
      continue;
    if (reader->seen >> i & 1)
      return complain(reader, name, "the recurrence says this twice");
    reader->seen |= 1u << i;
    return parts[i].read(reader, value);
  }
  const char *names[PARTS];
  for (unsigned i = 0; i < PARTS; i++)
    names[i] = parts[i].name;
  diag_error(reader->scan->diags, feed_place(reader->scan, reader->line, part),
             "unknown part of a recurrence \"%.*s\"%s", TEXT_ARGS(name),
             text_hint(reader->scan->arena, name, names, PARTS));
  return false;
}

/* What the table of section 3.3.10 leaves out, and what is said twice. */
static bool check_parts(const struct rule_reader *reader) {
  const struct recurrence *rule = &reader->rule;
  struct sla_text all = reader->line->value;
  if (!(reader->seen & 1))
    return complain(reader, all, "the recurrence needs FREQ");
  if (rule->count && rule->has_until)
    return complain(reader, all, "COUNT and UNTIL both say where the recurrence ends");
  if (rule->month_days.given && rule->frequency == EVERY_WEEK)
    return complain(reader, all, "BYMONTHDAY does not go with a weekly recurrence");
  if (rule->year_days.given && rule->frequency != EVERY_YEAR)
    return complain(reader, all, "BYYEARDAY goes with a yearly recurrence only");
  if (rule->weeks.given && rule->frequency != EVERY_YEAR)
    return complain(reader, all, "BYWEEKNO goes with a yearly recurrence only");
  if (rule->has_nth && (rule->frequency < EVERY_MONTH || rule->weeks.given))
    return complain(reader, all, "numbered weekdays go with monthly and yearly recurrences only");
  if (recurrence_daily(rule) > RECURRENCE_MOST_A_DAY) {
    diag_error(reader->scan->diags, feed_place(reader->scan, reader->line, all),
               "the recurrence is over the limit of %d times a day", RECURRENCE_MOST_A_DAY);
    return false;
  }
  return true;
}

bool feed_rule_read(struct feed_scan *scan, const struct feed_line *line, struct recurrence *ret_rule,
                    struct feed_time *ret_until) {
  struct rule_reader reader = {.scan = scan, .line = line, .rule = {.interval = 1}};
  struct sla_text rest = text_trim(line->value);
  bool good = true;
  do {
    struct sla_text part = text_eat_until(&rest, ';');
    if (part.len || rest.len == 0) /* some write a semicolon at the end */
      good &= read_part(&reader, part);
  } while (rest.len);
  if (!good || !check_parts(&reader))
    return false;
  *ret_rule = reader.rule;
  *ret_until = reader.until;
  return true;
}
