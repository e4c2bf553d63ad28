/* calendar: a policy's calendar, or one given inline, as a person looks at one. */
#include "cli/calendar.h"

#include "cli/day.h"
#include "cli/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what is asked for ---------------------------------------------------------------------------------------------
 */

/* Eats a number of exactly so many digits. */
static bool eat_digits(const char **text, int digits, int *ret_number) {
  int number = 0;
  for (int i = 0; i < digits; i++, (*text)++) {
    if (**text < '0' || **text > '9')
      return false;
    number = number * 10 + (**text - '0');
  }
  *ret_number = number;
  return true;
}

/* YEAR or YEAR-MONTH, as the first and last date of it. */
static bool read_operand(const char *text, int *ret_first, int *ret_last) {
  int year, month = 0;
  if (!eat_digits(&text, 4, &year) || year < FIRST_YEAR || year > LAST_YEAR)
    return false;
  if (*text == '-') {
    text++;
    if (!eat_digits(&text, 2, &month) || month < 1 || month > 12)
      return false;
  }
  if (*text)
    return false;
  *ret_first = sla_date_of(year, month ? month : 1, 1);
  *ret_last = (month && month < 12 ? sla_date_of(year, month + 1, 1) : sla_date_of(year + 1, 1, 1)) - 1;
  return true;
}

/* The dates to show: the operand's, or the current month. */
static bool choose_dates(struct cli *cli, struct view *view) {
  char month[16];
  const char *operand = month;
  if (cli->operands.count > 1) {
    cli_error(cli, EXIT_USAGE, "calendar takes one year or month, YEAR or YEAR-MONTH");
    return false;
  }
  if (cli->operands.count)
    operand = cli->operands.items[0];
  else {
    sla_date_write(view->today, month);
    month[7] = '\0';
  }
  if (read_operand(operand, &view->first, &view->last))
    return true;
  cli_error(cli, EXIT_USAGE, "no such year or month \"%s\": write YEAR or YEAR-MONTH as in 2026-03, %d to %d", operand,
            FIRST_YEAR, LAST_YEAR);
  return false;
}

/* The first of the environment's variables for times that is set; NULL. */
static const char *environment_locale(void) {
  static const char *const names[] = {"LC_ALL", "LC_TIME", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    if (value && *value)
      return value;
  }
  return NULL;
}

/* Whether a locale's name says that text is UTF-8. */
static bool is_utf8(const char *locale) {
  const char *charset = strchr(locale, '.');
  static const char *const names[] = {"UTF-8", "utf-8", "UTF8", "utf8"};
  for (size_t i = 0; charset && i < sizeof names / sizeof *names; i++)
    if (!strncmp(charset + 1, names[i], strlen(names[i])))
      return true;
  return false;
}

static void names_find(struct cli *cli, const char *locale, struct sla_locale_names *ret_names) {
  if (!sla_locale_names(locale, ret_names))
    cli_warning(cli, "names are in English, and weeks begin on Monday: ICU, which knows \"%s\", is not installed",
                locale);
}

/*
 * The locale of names: that of --lang, else the environment's where its text is UTF-8. --lang en alone says nothing of
 * a region, and so not on which day weeks begin: then the environment's region does.
 */
void cli_names(struct cli *cli, struct sla_locale_names *ret_names) {
  const char *asked = cli->options.language, *environment = environment_locale();
  if (!asked) {
    names_find(cli, environment && is_utf8(environment) ? environment : NULL, ret_names);
    return;
  }
  struct buffer locale = {0};
  size_t region = environment ? strcspn(environment, "_.@") : 0;
  buffer_add(&locale, asked, strcspn(asked, ".@"));
  if (environment && environment[region] == '_' && !strpbrk(buffer_text(&locale), "-_"))
    buffer_add(&locale, environment + region, strcspn(environment + region, ".@"));
  names_find(cli, buffer_text(&locale), ret_names);
  buffer_free(&locale);
}

/* --- gathering -----------------------------------------------------------------------------------------------------
 */

static const char *copy(const char *text) {
  if (!text)
    return NULL;
  size_t size = strlen(text) + 1;
  return memcpy(cli_alloc(size), text, size);
}

static bool keep_day(void *data, const struct sla_day *day, const struct sla_window *windows, size_t count) {
  struct view *view = data;
  struct view_day *kept = &view->days[view->count++];
  *kept = (struct view_day){.day = *day, .count = count};
  kept->day.name = copy(day->name);
  kept->day.rule = copy(day->rule);
  kept->day.set = copy(day->set);
  kept->day.closure = copy(day->closure);
  kept->windows = cli_alloc(count * sizeof *windows);
  for (size_t i = 0; i < count; i++) {
    kept->windows[i] = windows[i];
    kept->clock_s += windows[i].until - windows[i].from + sla_zone_offset(view->zone, windows[i].until - 1) -
                     sla_zone_offset(view->zone, windows[i].from);
  }
  return true;
}

static void view_free(struct view *view) {
  for (size_t i = 0; i < view->count; i++) {
    struct view_day *kept = &view->days[i];
    free((char *)kept->day.name);
    free((char *)kept->day.rule);
    free((char *)kept->day.set);
    free((char *)kept->day.closure);
    free(kept->windows);
  }
  free(view->days);
  free((char *)view->title);
}

/* Gathers the dates shown and the weeks around them that they are judged by. */
static bool gather(struct view *view) {
  enum { AROUND = 4 * WEEK };
  int earliest = sla_date_of(FIRST_YEAR, 1, 1), latest = sla_date_of(LAST_YEAR, 12, 31);
  view->from = view->first - AROUND > earliest ? view->first - AROUND : earliest;
  view->until = (view->last + AROUND < latest ? view->last + AROUND : latest) + 1;
  view->days = cli_alloc((size_t)(view->until - view->from) * sizeof *view->days);
  if (sla_calendar_days(view->question->policy, view->calendar, view->from, view->until - 1, keep_day, view) == SLA_OK)
    return true;
  cli_error(view->cli, EXIT_DEFECT, "out of memory");
  return false;
}

/* What is not known of the first or else the last date shown. */
static bool find_coverage(struct view *view) {
  enum { NOON = 43200, DAY = 86400 };
  int dates[] = {view->first, view->last};
  for (size_t i = 0; i < 2 && !view->coverage[0]; i++) {
    struct sla_opening opening;
    sla_time at = (int64_t)dates[i] * DAY + NOON;
    if (sla_open(view->question->policy, view->calendar, at - sla_zone_offset(view->zone, at), &opening) != SLA_OK) {
      cli_error(view->cli, EXIT_DEFECT, "out of memory");
      return false;
    }
    memcpy(view->coverage, opening.coverage, sizeof view->coverage);
  }
  return true;
}

/* --- the answer ----------------------------------------------------------------------------------------------------
 */

static void print_window(struct json *json, const struct view *view, const struct sla_window *window) {
  char text[SLA_TIME_TEXT];
  const struct time_style *style = &view->question->style;
  json_open(json, NULL, '{');
  time_style_write(style, window->from, sla_zone_offset(view->zone, window->from), text);
  json_string(json, "from", text);
  time_style_write(style, window->until, sla_zone_offset(view->zone, window->until), text);
  json_string(json, "until", text);
  json_close(json, '}');
}

static void print_json(const struct view *view) {
  struct json json = {stdout, true};
  json_open(&json, NULL, '[');
  for (int date = view->first; date <= view->last; date++) {
    const struct view_day *day = view_day(view, date);
    json_open(&json, NULL, '{');
    day_write_json(&json, &day->day);
    json_string(&json, "mark", mark_table[day->mark].name);
    json_flag(&json, "today", date == view->today);
    int64_t open_s = 0;
    for (size_t i = 0; i < day->count; i++)
      open_s += day->windows[i].until - day->windows[i].from;
    json_number(&json, "open_s", open_s);
    json_open(&json, "windows", '[');
    for (size_t i = 0; i < day->count; i++)
      print_window(&json, view, &day->windows[i]);
    json_close(&json, ']');
    json_close(&json, '}');
  }
  json_close(&json, ']');
  putchar('\n');
}

/* "POLICY: CALENDAR". */
static const char *title_of(const struct question *question, size_t calendar) {
  if (question->is_inline)
    return NULL;
  struct buffer title = {0};
  buffer_format(&title, "%s: %s", sla_policy_name(question->policy),
                sla_policy_calendar_name(question->policy, calendar));
  return title.text;
}

static int local_date(const sla_zone *zone, sla_time at) {
  enum { DAY = 86400 };
  int64_t local = at + sla_zone_offset(zone, at);
  return (int)(local / DAY - (local % DAY < 0));
}

static void show(struct view *view, enum format format) {
  view_mark_days(view);
  if (format == FORMAT_JSON)
    print_json(view);
  else if (format == FORMAT_HTML)
    calendar_print_html(view);
  else
    calendar_print_text(view);
  if (view->coverage[0])
    cli_warning(view->cli, "%s", view->coverage);
}

static void answer(struct cli *cli, struct question *question) {
  enum format format;
  enum sla_clock clock;
  struct view view = {.cli = cli, .question = question};
  if (!cli_format(cli, 1U << FORMAT_TEXT | 1U << FORMAT_JSON | 1U << FORMAT_HTML, FORMAT_TEXT, &format) ||
      !question_clock(cli, question, question->now, &view.calendar, &clock))
    return;
  view.zone = sla_policy_calendar_zone(question->policy, view.calendar);
  view.today = local_date(view.zone, question->now);
  if (!choose_dates(cli, &view))
    return;
  /* Months that are past or to come are those of the version in force then. */
  sla_time noon = (sla_time)view.first * 86400 + 43200;
  if ((view.today < view.first || view.today > view.last) &&
      !question_clock(cli, question, noon, &view.calendar, &clock))
    return;
  view.title = title_of(question, view.calendar);
  cli_names(cli, &view.names);
  if (gather(&view) && find_coverage(&view))
    show(&view, format);
  view_free(&view);
}

void run_calendar(struct cli *cli) {
  struct question question;
  if (question_load(cli, &question))
    answer(cli, &question);
  question_free(&question);
}
