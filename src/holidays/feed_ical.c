#include "holidays/feed_ical.h"

#include "base/library.h"
#include "time/civil.h"

#include <libical/ical.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- loading libical --------------------------------------------------------------------------------------------- */

/* Version 4 has rules counted by references where 3 copies them. */
#if ICAL_MAJOR_VERSION >= 4
#define RULE_FROM_STRING     icalrecurrencetype_new_from_string
#define VERSION_FUNCTIONS(X) X(icalrecurrencetype_unref)
static const char *const files[] = {"libical.so.4", "libical.4.dylib", NULL};
#else
#define RULE_FROM_STRING icalrecurrencetype_from_string
#define VERSION_FUNCTIONS(X)
static const char *const files[] = {"libical.so.3", "libical.3.dylib", NULL};
#endif

#define FUNCTIONS(X)                                                                                                   \
  VERSION_FUNCTIONS(X)                                                                                                 \
  X(RULE_FROM_STRING)                                                                                                  \
  X(icalrecur_iterator_new)                                                                                            \
  X(icalrecur_iterator_set_start)                                                                                      \
  X(icalrecur_iterator_next)                                                                                           \
  X(icalrecur_iterator_free)

struct ical_library {
  FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const names[] = {FUNCTIONS(LIBRARY_NAME)};

static const struct ical_library *library_load_ical(struct arena *arena) {
  struct ical_library *library = arena_alloc(arena, sizeof *library);
  return library_load(files, names, sizeof names / sizeof *names, library) ? library : NULL;
}

static const struct ical_library *library_of(struct ical *ical, struct arena *arena) {
  if (!ical->is_tried) {
    ical->is_tried = true;
    ical->library = library_load_ical(arena);
  }
  return ical->library;
}

/* --- a rule as text ---------------------------------------------------------------------------------------------- */

struct rule_text {
  char text[512];
  size_t len; /* as large as it would be */
};

static void add(struct rule_text *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct rule_text *out, const char *format, ...) {
  size_t room = out->len < sizeof out->text ? sizeof out->text - out->len : 0;
  va_list args;
  va_start(args, format);
  out->len += (size_t)vsnprintf(room ? out->text + out->len : NULL, room, format, args);
  va_end(args);
}

static bool has_bit(const uint64_t *words, int bit) {
  return words[bit / 64] >> bit % 64 & 1;
}

/* The numbers, each with what stands behind it, commas between. */
static void add_list(struct rule_text *out, const struct numbers *numbers, const char *behind, char *comma) {
  for (int bit = 0; bit < NUMBER_WORDS * 64; bit++)
    for (int sign = 1; sign >= -1; sign -= 2)
      if (has_bit(sign > 0 ? numbers->front : numbers->back, bit)) {
        add(out, "%c%d%s", *comma, sign * bit, behind);
        *comma = ',';
      }
}

static void add_numbers(struct rule_text *out, const char *name, const struct numbers *numbers) {
  char comma = '=';
  if (!numbers->given)
    return;
  add(out, ";%s", name);
  add_list(out, numbers, "", &comma);
}

static void add_days(struct rule_text *out, const struct recurrence *rule) {
  static const char *const days[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  char comma = '=';
  add(out, ";WKST=%s", days[rule->week_start]);
  if (!rule->has_days)
    return;
  add(out, ";BYDAY");
  for (int day = 0; day < 7; day++) {
    if (rule->weekdays >> day & 1) {
      add(out, "%c%s", comma, days[day]);
      comma = ',';
    }
    add_list(out, &rule->nth[day], days[day], &comma);
  }
}

static void add_moment(struct rule_text *out, const char *name, int64_t moment) {
  struct civil civil = civil_of(local_date(moment));
  int second = local_second(moment);
  add(out, ";%s=%04d%02d%02dT%02d%02d%02d", name, civil.year, civil.month, civil.day, second / HOUR,
      second / MINUTE % 60, second % 60);
}

/* false where the text is longer than any feed has it. */
static bool rule_write(const struct recurrence *rule, int64_t last, struct rule_text *out) {
  static const char *const frequencies[] = {
      [EVERY_DAY] = "DAILY", [EVERY_WEEK] = "WEEKLY", [EVERY_MONTH] = "MONTHLY", [EVERY_YEAR] = "YEARLY"};
  add(out, "FREQ=%s;INTERVAL=%d", frequencies[rule->frequency], rule->interval);
  add_moment(out, "UNTIL", last);
  add_days(out, rule);
  add_numbers(out, "BYMONTH", &rule->months);
  add_numbers(out, "BYMONTHDAY", &rule->month_days);
  add_numbers(out, "BYYEARDAY", &rule->year_days);
  add_numbers(out, "BYWEEKNO", &rule->weeks);
  add_numbers(out, "BYSETPOS", &rule->positions);
  add_numbers(out, "BYHOUR", &rule->hours);
  add_numbers(out, "BYMINUTE", &rule->minutes);
  add_numbers(out, "BYSECOND", &rule->seconds);
  return out->len < sizeof out->text;
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

static struct icaltimetype time_of(int64_t moment) {
  struct civil civil = civil_of(local_date(moment));
  int second = local_second(moment);
  return (struct icaltimetype){.year = civil.year,
                               .month = civil.month,
                               .day = civil.day,
                               .hour = second / HOUR,
                               .minute = second / MINUTE % 60,
                               .second = second % 60};
}

static int64_t moment_of(const struct icaltimetype *time) {
  return (int64_t)date_of(time->year, time->month, time->day) * DAY + time->hour * HOUR + time->minute * MINUTE +
         time->second;
}

static icalrecur_iterator *iterator_of(const struct ical_library *library, const char *rule, int64_t start) {
#if ICAL_MAJOR_VERSION >= 4
  struct icalrecurrencetype *read = library->RULE_FROM_STRING(rule);
  icalrecur_iterator *iterator = read ? library->icalrecur_iterator_new(read, time_of(start)) : NULL;
  if (read)
    library->icalrecurrencetype_unref(read);
  return iterator;
#else
  return library->icalrecur_iterator_new(library->RULE_FROM_STRING(rule), time_of(start));
#endif
}

/*
 * Steps through the occurrences, most of them where most is not 0, and returns how many are not before from; -1 after a
 * failure. Takes nothing from an arena: running out of memory would jump over the release.
 */
static int gather(struct ical *ical, const char *rule, int most, int64_t start, int64_t from,
                  int64_t found[ICAL_MOST_OCCURRENCES]) {
  const struct ical_library *library = ical->library;
  int count = 0, steps = 0;
  icalrecur_iterator *iterator = iterator_of(library, rule, start);
  ical->steps++;
  if (!iterator)
    return -1;
  if (!most && from > start)
    library->icalrecur_iterator_set_start(iterator, time_of(from));
  for (; steps <= ICAL_MOST_OCCURRENCES && (!most || steps < most); steps++) {
    struct icaltimetype time = library->icalrecur_iterator_next(iterator);
    if (time.year == 0)
      break;
    int64_t moment = moment_of(&time);
    if (moment >= from && count < ICAL_MOST_OCCURRENCES)
      found[count++] = moment;
  }
  library->icalrecur_iterator_free(iterator);
  ical->steps += steps;
  return steps <= ICAL_MOST_OCCURRENCES ? count : -1;
}

bool ical_ask(struct ical *ical, struct arena *arena, const struct recurrence *rule, int64_t start, int64_t from,
              int64_t last, struct moments *moments) {
  struct rule_text text = {.len = 0};
  int64_t found[ICAL_MOST_OCCURRENCES];
  if (!library_of(ical, arena) || !rule_write(rule, last, &text))
    return false;
  int count = gather(ical, text.text, rule->count, start, from, found);
  for (int i = 0; i < count; i++)
    *ARENA_PUSH(arena, moments) = found[i];
  return count >= 0;
}

/* --- fences ------------------------------------------------------------------------------------------------------ */

struct question {
  struct arena *arena;
  const struct recurrence *rule;
  int64_t start, from, last;
};

static bool takes_long(const struct question *question) {
  static const int days[] = {[EVERY_DAY] = 1, [EVERY_WEEK] = 7, [EVERY_MONTH] = 28, [EVERY_YEAR] = 365};
  const struct recurrence *rule = question->rule;
  int64_t first = rule->count || question->from < question->start ? question->start : question->from;
  int64_t span = first < question->last ? (question->last - first) / DAY : 0;
  return span / (days[rule->frequency] * rule->interval) > ICAL_MOST_OCCURRENCES ||
         (span / 365 + 1) * recurrence_yearly(rule) > ICAL_MOST_OCCURRENCES;
}

static bool has_weeks(const struct question *question) {
  return question->rule->weeks.given;
}

static bool has_other_weeks(const struct question *question) {
  const struct recurrence *rule = question->rule;
  return rule->frequency == EVERY_WEEK && rule->interval > 1 && rule->week_start != 0 && rule->has_days;
}

static bool counts_back(const struct numbers *numbers) {
  uint64_t any = 0;
  for (int i = 0; i < NUMBER_WORDS; i++)
    any |= numbers->back[i];
  return any != 0;
}

static bool has_days_from_end(const struct question *question) {
  return question->rule->frequency == EVERY_DAY && counts_back(&question->rule->month_days);
}

static bool has_days_of_all_months(const struct question *question) {
  const struct recurrence *rule = question->rule;
  return rule->frequency == EVERY_YEAR && rule->month_days.given && !rule->months.given;
}

static bool has_year_days_in_months(const struct question *question) {
  return question->rule->year_days.given && question->rule->months.given;
}

static bool has_short_positions(const struct question *question) {
  return question->rule->positions.given && question->rule->frequency < EVERY_MONTH;
}

static bool has_positions_of_times(const struct question *question) {
  return question->rule->positions.given && recurrence_daily(question->rule) > 1;
}

static bool has_positions_from_both(const struct question *question) {
  return question->rule->positions.given && counts_back(&question->rule->month_days);
}

static bool misses_start(const struct question *question) {
  return !recurrence_has_start(question->arena, question->rule, question->start);
}

/* Where each stands, libical 3.0.16 errs as described; where none does, it answers as recurrence.h. */
static const struct {
  bool (*stands)(const struct question *question);
  const char *fault;
} fences[] = {
    {takes_long, "it takes 10 microseconds and more for each occurrence, and for each day that is none"},
    {has_weeks, "BYWEEKNO: it has days of other weeks, refuses rules, and reads memory that is not its own"},
    {has_other_weeks, "every other week, beginning on a day other than Monday: it takes the weeks between"},
    {has_days_from_end, "FREQ=DAILY with BYMONTHDAY from the end: it leaves those days out"},
    {has_days_of_all_months, "FREQ=YEARLY;BYMONTHDAY without BYMONTH: it looks at the month of DTSTART alone"},
    {has_year_days_in_months, "BYYEARDAY with BYMONTH: it refuses the rule"},
    {has_short_positions, "BYSETPOS of days and weeks: it takes them all"},
    {has_positions_of_times, "BYSETPOS with several times a day: it counts dates, or looks for what never comes"},
    {has_positions_from_both, "BYSETPOS with BYMONTHDAY from the end: it counts a date twice that is named twice"},
    {misses_start, "DTSTART that does not meet the rule: it drops it, or begins elsewhere, or looks for seconds"},
};

const char *ical_fence(struct arena *arena, const struct recurrence *rule, int64_t start, int64_t from, int64_t last) {
  const struct question question = {arena, rule, start, from, last};
  for (size_t i = 0; i < sizeof fences / sizeof *fences; i++)
    if (fences[i].stands(&question))
      return fences[i].fault;
  return NULL;
}

/*
 * What nearly all rules are made of. recurrence.h has their days sooner than libical is loaded, which takes the time of
 * four starts, since ICU comes with it.
 */
static bool is_usual(const struct recurrence *rule) {
  return !rule->positions.given && !rule->year_days.given && !rule->weeks.given && !rule->hours.given &&
         !rule->minutes.given && !rule->seconds.given;
}

void ical_expand(struct ical *ical, struct arena *arena, const struct recurrence *rule, int64_t start, int64_t until,
                 int64_t from, int64_t to, struct moments *moments) {
  int64_t last = rule->has_until && until < to ? until : to;
  if (!is_usual(rule) && ical->steps < ICAL_MOST_STEPS && !ical_fence(arena, rule, start, from, last) &&
      ical_ask(ical, arena, rule, start, from, last, moments))
    return;
  recurrence_expand(arena, rule, start, until, from, to, moments);
}
