/*
 * hours_parse: from a text of hours to rules. A rule is read left to right: the days (hours_days.c), the times
 * (hours_times.c), `off`. After an error the reading resumes at the next ";", so that all errors of a text are
 * reported.
 */
#include "base/text.h"
#include "calendar/hours_rules.h"
#include "calendar/hours_scan.h"
#include "time/civil.h"

/* --- rules ------------------------------------------------------------------------------------------------------- */

static bool rule_ends(struct scan *scan) {
  char next = scan_next(scan);
  return next == '\0' || next == ';' || next == ',';
}

static bool always_is_next(const struct scan *scan) {
  struct scan ahead = scan_ahead(scan);
  return times_scan_always(&ahead);
}

/* Fails at the cursor, where a rule should end or, where nothing of it was read, begin. */
static bool rule_refuse(struct scan *scan, bool has_begun, bool has_times) {
  if (always_is_next(scan))
    return scan_fail(scan, (struct sla_text){scan->rest.ptr, 4},
                     "\"24/7\" is no time of day: did you mean \"00:00-24:00\"?");
  if (!has_begun)
    return scan_refuse(scan, "rules are written as \"Mo-Fr 09:00-17:00\", days as Mo Tu We Th Fr Sa Su PH");
  if (has_times && scan_digits(scan))
    return scan_refuse(scan, "a comma is missing before it");
  if (days_ahead(scan))
    return scan_refuse(scan, "days stand before times, another rule behind \";\" or \",\"");
  return scan_refuse(scan,
                     has_times ? "another rule stands behind \";\" or \",\"" : "times are written as \"09:00-17:00\"");
}

/* "24 Dec" */
static bool day_first_check(struct scan *scan) {
  struct scan ahead = scan_ahead(scan);
  int day, month;
  scan_blanks(&ahead);
  const char *start = ahead.rest.ptr;
  if (!scan_number(&ahead, 1, 2, &day) || !scan_eat_word(&ahead, WORD_MONTH, &month))
    return true;
  struct sla_text text = scan_since(&ahead, start);
  return scan_fail(scan, text, "unreadable date \"%.*s\": did you mean \"%s %02d\"?", SHOWN(text), month_name(month),
                   day);
}

static void rule_set_times(struct arena *arena, struct rule *rule, const struct windows *times) {
  rule->time_count = times->count;
  rule->times = arena_array(arena, times->count, sizeof *rule->times);
  for (size_t i = 0; i < times->count; i++)
    rule->times[i] = times->items[i];
}

static bool rule_read(struct scan *scan, struct arena *arena, struct rule *rule) {
  scan_blanks(scan);
  const char *start = scan->rest.ptr;
  bool is_always = times_scan_always(scan);
  if (!is_always && !days_read(scan, arena, rule))
    return false;
  struct windows times = {.count = 1, .items = {{0, DAY}}};
  bool overlap = false, has_times = !is_always && scan_digits(scan) && !always_is_next(scan);
  if (has_times && (!day_first_check(scan) || !times_scan(scan, &times, &overlap)))
    return false;
  rule->off = scan_eat_word(scan, WORD_OFF, NULL);
  if (!rule->off)
    scan_eat_word(scan, WORD_OPEN, NULL);
  struct sla_text text = scan_since(scan, start);
  if (!rule_ends(scan))
    return rule_refuse(scan, text.len > 0, has_times || rule->off);
  if (has_times || !rule->off)
    rule_set_times(arena, rule, &times);
  if (rule->off && overlap)
    scan_warn(scan, text, "times that overlap are off in \"%.*s\": was \";\" meant for a comma?", SHOWN(text));
  if (!is_always && !has_times && !rule->off)
    scan_warn(scan, text, "\"%.*s\" has no times: it is open from 00:00 to 24:00", SHOWN(text));
  return true;
}

/* --- texts ------------------------------------------------------------------------------------------------------- */

/* The end of the latest window that any rule opens. */
static int latest_end(const struct hours *hours) {
  int latest = 0;
  for (size_t i = 0; i < hours->count; i++)
    for (size_t t = 0; t < hours->items[i].time_count; t++)
      if (!hours->items[i].off && hours->items[i].times[t].to > latest)
        latest = hours->items[i].times[t].to;
  return latest;
}

/*
 * Whether at most WINDOWS_MOST windows come together on a date, whatever dates the rules hold on. A window begins where
 * a rule's time does or where one that is off ends (there, a day later, and in the next date), so there are no more of
 * them than such minutes, nor than rules add up to.
 */
static bool windows_fit(const struct hours *hours) {
  bool begins[2 * DAY / MINUTE + 1] = {false};
  size_t sum = 0, distinct = 0;
  int latest = latest_end(hours);
  for (size_t i = 0; i < hours->count; i++) {
    const struct rule *rule = &hours->items[i];
    size_t count = 0;
    for (size_t t = 0; t < rule->time_count; t++)
      for (int shift = rule->off ? -DAY : 0; shift <= (rule->off ? DAY : 0); shift += DAY) {
        int begin = (rule->off ? rule->times[t].to : rule->times[t].from) + shift;
        if (begin < 0 || begin >= latest)
          continue;
        begins[begin / MINUTE] = true;
        count++;
      }
    sum = rule->off || rule->adds ? sum + count : count > sum ? count : sum;
  }
  for (size_t i = 0; i < sizeof begins; i++)
    distinct += begins[i];
  return sum <= WINDOWS_MOST || distinct <= WINDOWS_MOST;
}

static void hours_note_reads(struct hours *hours, const struct rule *rule) {
  hours->reads_month |= rule->years.count || rule->days.count || rule->nth;
  hours->reads_dates |= rule->dates.count > 0;
  hours->reads_week |= rule->weeks.count > 0;
  for (size_t i = 0; i < rule->time_count; i++)
    hours->reads_before |= rule->off && rule->times[i].to > DAY;
}

/* Reads the rule at the cursor; up to the separator behind it, whatever happens. */
static void hours_read_rule(struct scan *scan, struct arena *arena, struct hours *hours, bool adds) {
  struct rule *rule = ARENA_PUSH(arena, hours);
  rule->adds = adds;
  rule->weekdays = EVERY_WEEKDAY;
  if (rule_read(scan, arena, rule))
    hours_note_reads(hours, rule);
  else
    scan_skip_rule(scan);
}

const struct hours *hours_parse(struct arena *arena, struct diags *diags, const struct snippet *snippet) {
  struct scan scan;
  struct hours *hours = arena_alloc(arena, sizeof *hours);
  if (!scan_init(&scan, diags, snippet))
    return NULL;
  bool adds = false, goes_on = true;
  for (; goes_on; adds = goes_on && scan.taken[-1] == ',') {
    if (!rule_ends(&scan) && hours->count == HOURS_MOST_RULES) {
      scan_fail(&scan, (struct sla_text){scan.rest.ptr, 1}, "over %d rules", HOURS_MOST_RULES);
      break;
    }
    if (!rule_ends(&scan))
      hours_read_rule(&scan, arena, hours, adds);
    else if (adds)
      scan_fail(&scan, (struct sla_text){scan.taken - 1, 1}, "nothing stands behind \",\"");
    else if (hours->count)
      scan_warn(&scan, (struct sla_text){scan.taken - 1, 1}, "nothing stands behind \";\"");
    goes_on = scan_eat(&scan, ';') || scan_eat(&scan, ',');
  }
  if (hours->count == 0 && !scan.failed)
    scan_fail(&scan, snippet->text, "no hours: write \"off\" where it is always closed");
  if (!scan.failed && !windows_fit(hours))
    scan_fail(&scan, snippet->text, "over %d windows may come together on one date", WINDOWS_MOST);
  return scan.failed ? NULL : hours;
}

bool hours_parse_times(struct diags *diags, const struct snippet *snippet, struct windows *ret_windows) {
  struct scan scan;
  struct windows times = {.count = 0};
  bool overlap;
  if (!scan_init(&scan, diags, snippet))
    return false;
  if (always_is_next(&scan))
    return rule_refuse(&scan, false, false);
  if (!scan_eat_word(&scan, WORD_OFF, NULL) && !times_scan(&scan, &times, &overlap))
    return false;
  if (!scan_at_end(&scan))
    return scan_refuse(&scan, "only times as \"09:00-12:00,13:00-17:00\" or \"off\" may stand here");
  if (scan.failed)
    return false;
  *ret_windows = times;
  return true;
}
