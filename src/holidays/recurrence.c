#include "holidays/recurrence.h"

#include "time/civil.h"

/* --- numbers ----------------------------------------------------------------------------------------------------- */

void numbers_add(struct numbers *numbers, int number) {
  uint64_t *words = number < 0 ? numbers->back : numbers->front;
  unsigned bit = (unsigned)(number < 0 ? -number : number);
  numbers->given = true;
  words[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool has_bit(const uint64_t *words, int bit) {
  return bit >= 0 && bit < NUMBER_WORDS * 64 && (words[bit / 64] >> bit % 64 & 1);
}

/* Whether the number-th of count is among them; numbers count from 1. */
static bool numbers_hold(const struct numbers *numbers, int number, int count) {
  return has_bit(numbers->front, number) || has_bit(numbers->back, count + 1 - number);
}

/* --- dates ------------------------------------------------------------------------------------------------------- */

static int year_start(int year) {
  return date_of(year, 1, 1);
}

/* A rule with what DTSTART says where the rule says nothing. */
struct expansion {
  struct recurrence rule;
  struct arena *arena;
  int64_t start, until, from, to;
  int left; /* occurrences that COUNT still allows */
  bool ended;
  struct moments *moments, period;
};

/*
 * The week's number and how many weeks its year has; week 1 is the first with four days in the year (section 3.3.10,
 * BYWEEKNO), for any first day of the week.
 */
static int week_number(int date, int week_start, int *ret_weeks) {
  int middle = date - (date_weekday(date) - week_start + 7) % 7 + 3; /* the week is of the year that this day is in */
  int year = civil_of(middle).year, late = date_of(year, 12, 28);    /* which is always in the last week */
  late += 3 - (date_weekday(late) - week_start + 7) % 7;
  *ret_weeks = (late - year_start(year)) / 7 + 1;
  return (middle - year_start(year)) / 7 + 1;
}

/* BYDAY: any such weekday, or the nth of the month or the year. */
static bool weekday_holds(const struct recurrence *rule, int date, const struct civil *civil) {
  int weekday = date_weekday(date);
  if (rule->weekdays >> weekday & 1)
    return true;
  const struct numbers *nth = &rule->nth[weekday];
  if (!nth->given)
    return false;
  bool by_month = rule->frequency == EVERY_MONTH || rule->months.given;
  int first = by_month ? date - civil->day + 1 : year_start(civil->year);
  int last = by_month ? first + month_days(civil->year, civil->month) - 1 : year_start(civil->year + 1) - 1;
  return has_bit(nth->front, (date - first) / 7 + 1) || has_bit(nth->back, (last - date) / 7 + 1);
}

static bool date_holds(const struct recurrence *rule, int date) {
  struct civil civil = civil_of(date);
  if (rule->months.given && !has_bit(rule->months.front, civil.month))
    return false;
  if (rule->month_days.given && !numbers_hold(&rule->month_days, civil.day, month_days(civil.year, civil.month)))
    return false;
  if (rule->year_days.given) {
    int first = year_start(civil.year);
    if (!numbers_hold(&rule->year_days, date - first + 1, year_start(civil.year + 1) - first))
      return false;
  }
  if (rule->weeks.given) {
    int weeks, week = week_number(date, rule->week_start, &weeks);
    if (!numbers_hold(&rule->weeks, week, weeks))
      return false;
  }
  return !rule->has_days || weekday_holds(rule, date, &civil);
}

/* --- periods ----------------------------------------------------------------------------------------------------- */

/* All times of a date. */
static void add_date(struct expansion *expansion, int date) {
  const struct recurrence *rule = &expansion->rule;
  if (!date_holds(rule, date))
    return;
  int second = local_second(expansion->start), hour = second / HOUR, minute = second / MINUTE % 60;
  second %= 60;
  for (int h = rule->hours.given ? 0 : hour; h <= (rule->hours.given ? 23 : hour); h++) {
    if (rule->hours.given && !has_bit(rule->hours.front, h))
      continue;
    for (int m = rule->minutes.given ? 0 : minute; m <= (rule->minutes.given ? 59 : minute); m++) {
      if (rule->minutes.given && !has_bit(rule->minutes.front, m))
        continue;
      for (int s = rule->seconds.given ? 0 : second; s <= (rule->seconds.given ? 59 : second); s++)
        if (!rule->seconds.given || has_bit(rule->seconds.front, s))
          *ARENA_PUSH(expansion->arena, &expansion->period) = (int64_t)date * DAY + h * HOUR + m * MINUTE + s;
    }
  }
}

static void give(struct expansion *expansion, int64_t moment) {
  if (moment > expansion->until || moment > expansion->to || (expansion->rule.count && expansion->left == 0)) {
    expansion->ended = true;
    return;
  }
  expansion->left--;
  if (moment >= expansion->from)
    *ARENA_PUSH(expansion->arena, expansion->moments) = moment;
}

static void end_period(struct expansion *expansion) {
  const struct numbers *positions = &expansion->rule.positions;
  size_t count = expansion->period.count;
  for (size_t i = 0; i < count && !expansion->ended; i++) {
    int64_t moment = expansion->period.items[i];
    if (moment > expansion->start && (!positions->given || numbers_hold(positions, (int)i + 1, (int)count)))
      give(expansion, moment);
  }
  expansion->period.count = 0;
}

static void add_month(struct expansion *expansion, int year, int month) {
  if (expansion->rule.months.given && !has_bit(expansion->rule.months.front, month))
    return;
  const struct numbers *days = &expansion->rule.month_days;
  int first = date_of(year, month, 1), length = month_days(year, month);
  for (int day = 1; day <= length; day++)
    if (!days->given || numbers_hold(days, day, length)) /* before all else: most rules name a day of the month */
      add_date(expansion, first + day - 1);
}

/* The period number index, counted from the one that DTSTART is in. Returns its first date. */
static int add_period(struct expansion *expansion, int index) {
  const struct recurrence *rule = &expansion->rule;
  int step = index * rule->interval, date = local_date(expansion->start);
  struct civil civil = civil_of(date);
  switch (rule->frequency) {
  case EVERY_DAY: date += step; break;
  case EVERY_WEEK: date += 7 * step - (date_weekday(date) - rule->week_start + 7) % 7; break;
  case EVERY_MONTH: {
    int months = civil.year * 12 + civil.month - 1 + step;
    civil = (struct civil){months / 12, months % 12 + 1, 1};
    date = date_of(civil.year, civil.month, 1);
    break;
  }
  case EVERY_YEAR:
    civil.year += step;
    date = year_start(civil.year);
    break;
  }
  if ((int64_t)date * DAY > expansion->to)
    return date;
  if (rule->frequency == EVERY_DAY)
    add_date(expansion, date);
  else if (rule->frequency == EVERY_WEEK)
    for (int day = 0; day < 7; day++)
      add_date(expansion, date + day);
  else if (rule->frequency == EVERY_MONTH)
    add_month(expansion, civil.year, civil.month);
  else
    for (int month = 1; month <= 12; month++)
      add_month(expansion, civil.year, month);
  return date;
}

/* What the rule leaves to DTSTART (section 3.3.10, "information not contained in the rule"). */
static void take_defaults(struct recurrence *rule, int date) {
  struct civil civil = civil_of(date);
  if (rule->month_days.given || rule->year_days.given || rule->has_days || rule->frequency == EVERY_DAY)
    return;
  if (rule->frequency == EVERY_WEEK || rule->weeks.given) {
    rule->has_days = true;
    rule->weekdays = 1u << date_weekday(date);
    return;
  }
  numbers_add(&rule->month_days, civil.day);
  if (rule->frequency == EVERY_YEAR && !rule->months.given)
    numbers_add(&rule->months, civil.month);
}

/* The first period that can reach from: no earlier one has to be looked at where nothing is counted. */
static int first_period(const struct expansion *expansion) {
  static const int longest[] = {[EVERY_DAY] = 1, [EVERY_WEEK] = 7, [EVERY_MONTH] = 31, [EVERY_YEAR] = 366};
  if (expansion->rule.count || expansion->from <= expansion->start)
    return 0;
  int64_t days = (expansion->from - expansion->start) / DAY;
  int64_t index = days / ((int64_t)longest[expansion->rule.frequency] * expansion->rule.interval) - 1;
  return index < 0 ? 0 : (int)index;
}

void recurrence_expand(struct arena *arena, const struct recurrence *rule, int64_t start, int64_t until, int64_t from,
                       int64_t to, struct moments *moments) {
  struct expansion expansion = {.rule = *rule,
                                .arena = arena,
                                .start = start,
                                .until = rule->has_until ? until : INT64_MAX,
                                .from = from,
                                .to = to,
                                .left = rule->count,
                                .moments = moments};
  take_defaults(&expansion.rule, local_date(start));
  give(&expansion, start);
  for (int index = first_period(&expansion); !expansion.ended; index++) {
    if ((int64_t)add_period(&expansion, index) * DAY > to)
      break;
    end_period(&expansion);
  }
}

bool recurrence_has_start(struct arena *arena, const struct recurrence *rule, int64_t start) {
  struct expansion expansion = {.rule = *rule, .arena = arena, .start = start, .to = start};
  const struct moments *period = &expansion.period;
  take_defaults(&expansion.rule, local_date(start));
  if (!rule->positions.given)
    add_date(&expansion, local_date(start));
  else
    add_period(&expansion, 0);
  for (size_t i = 0; i < period->count; i++)
    if (period->items[i] == start)
      return !rule->positions.given || numbers_hold(&rule->positions, (int)i + 1, (int)period->count);
  return false;
}

static int number_count(const struct numbers *numbers) {
  int count = 0;
  for (int i = 0; i < NUMBER_WORDS; i++)
    count += __builtin_popcountll(numbers->front[i]) + __builtin_popcountll(numbers->back[i]);
  return count;
}

static int at_most(int a, int b) {
  return a < b ? a : b;
}

/* How many dates of a period hold at most: each part that is given bounds them. */
static int dates_each(const struct recurrence *rule) {
  static const int all[] = {[EVERY_DAY] = 1, [EVERY_WEEK] = 7, [EVERY_MONTH] = 31, [EVERY_YEAR] = 366},
                   weeks[] = {[EVERY_DAY] = 1, [EVERY_WEEK] = 1, [EVERY_MONTH] = 5, [EVERY_YEAR] = 53};
  bool yearly = rule->frequency == EVERY_YEAR;
  int months = yearly ? rule->months.given ? number_count(&rule->months) : 12 : 1;
  int most = all[rule->frequency];
  if (rule->has_days) {
    int days = __builtin_popcount(rule->weekdays) * (yearly && months < 12 ? 5 * months : weeks[rule->frequency]);
    for (int i = 0; i < 7; i++)
      days += number_count(&rule->nth[i]) * (rule->months.given ? months : 1);
    most = at_most(most, days);
  }
  if (rule->month_days.given)
    most = at_most(most, number_count(&rule->month_days) * months);
  if (rule->year_days.given)
    most = at_most(most, number_count(&rule->year_days));
  if (rule->weeks.given)
    most = at_most(most, 7 * number_count(&rule->weeks));
  if (!rule->has_days && !rule->month_days.given && !rule->year_days.given && !rule->weeks.given)
    most = at_most(most, rule->months.given ? months : 1);
  return rule->positions.given ? at_most(most, number_count(&rule->positions)) : most;
}

static int at_least_one(int number) {
  return number > 0 ? number : 1;
}

int recurrence_yearly(const struct recurrence *rule) {
  static const int periods[] = {[EVERY_DAY] = 366, [EVERY_WEEK] = 53, [EVERY_MONTH] = 12, [EVERY_YEAR] = 1};
  int most = (periods[rule->frequency] + rule->interval - 1) / rule->interval;
  return most * at_least_one(dates_each(rule)) * recurrence_daily(rule);
}

int recurrence_daily(const struct recurrence *rule) {
  return at_least_one(number_count(&rule->hours)) * at_least_one(number_count(&rule->minutes)) *
         at_least_one(number_count(&rule->seconds));
}
