/*
 * export: a calendar as iCalendar, over a span of dates.
 *
 * Instants are written in UTC: which of them are open is then exact whatever the reader knows of the zone, in hours
 * that repeat too, which a local time with a VTIMEZONE cannot say.
 */
#include "cli/export.h"

#include "cli/annotate.h"
#include "cli/ics_day.h"
#include "cli/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_YEARS = 50, DAY = 86400, DATES_BEFORE = 3 };

enum as { AS_DAYS, AS_OPEN, AS_AVAILABILITY, AS_DUE };

struct export {
  struct cli *cli;
  struct question question;
  size_t calendar;
  int first, end;       /* dates; the end is excluded */
  sla_time from, until; /* the same as instants */
  struct output output;
  struct ics ics;
  struct ics_owner owner;
  char inline_name[32];
  bool composed; /* a date was met whose reasons are those of other calendars */
  struct sla_window *open;
  size_t open_count, open_size;
};

/* --- the command line ----------------------------------------------------------------------------------------------
 */

static bool read_as(struct cli *cli, enum as *ret_as) {
  static const char *const words[] = {"days", "open", "availability", "due"};
  *ret_as = cli->operands.count ? AS_DUE : AS_DAYS;
  if (!cli->as)
    return true;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp(cli->as, words[i])) {
      *ret_as = (enum as)i;
      if (*ret_as == AS_DUE || cli->operands.count == 0)
        return true;
      cli_error(cli, EXIT_USAGE, "files of incidents are exported as due times, not --as %s", cli->as);
      return false;
    }
  cli_error(cli, EXIT_USAGE, "option --as must be days, open, availability or due, not \"%s\"", cli->as);
  return false;
}

/* An option that the export at hand would not heed is a slip. */
static bool check_options(struct cli *cli, enum as as) {
  const struct sla_inline *given = &cli->inline_calendar;
  const struct {
    const char *name;
    bool given, due;
  } options[] = {{"--from", cli->from, false},           {"--until", cli->until, false},
                 {"--calendar", cli->calendar, false},   {"--hours", given->hours, false},
                 {"--zone", given->zone, false},         {"--holidays", cli->holidays.count, false},
                 {"--holiday", cli->dates.count, false}, {"--exchanges", given->exchanges, false},
                 {"--weekend", given->weekend, false},   {"--set", cli->sets.count, false},
                 {"--map", cli->maps.count, true},       {"--input-zone", cli->input_zone, true},
                 {"--input", cli->input, true},          {"--time-format", cli->time_formats.count, true},
                 {"--null", cli->nulls.count, true},     {"--input-format", cli->input_format, true},
                 {"--events", cli->events, true},        {"--history", cli->history, true}};
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    if (options[i].given && options[i].due != (as == AS_DUE)) {
      cli_error(cli, EXIT_USAGE, "option %s is for %s", options[i].name,
                options[i].due ? "due times of incidents" : "exporting a calendar, not due times");
      return false;
    }
  return true;
}

static bool is_date(const char *text) {
  for (size_t i = 0; i < 10; i++)
    if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
      return false;
  return text[10] == '\0';
}

/* The instant of a wall clock, silently; false where it is none, or out of the supported range. */
static bool instant_of(const struct export *export, const sla_zone *zone, const char *text, sla_time *ret_time) {
  struct sla_options quiet = export->cli->options;
  enum sla_reading reading;
  quiet.diagnose = NULL;
  return sla_time_read(&quiet, zone, NULL, ics_part(text), ret_time, &reading) == SLA_OK;
}

static bool read_date(const struct export *export, const char *option, const char *text, int *ret_date) {
  char midnight[32];
  sla_time t;
  snprintf(midnight, sizeof midnight, "%.10sT00:00Z", text);
  if (is_date(text) && instant_of(export, export->question.zone, midnight, &t)) {
    *ret_date = (int)(t / DAY);
    return true;
  }
  cli_error(export->cli, EXIT_USAGE, "option %s must be a date YYYY-MM-DD from 1970 to 2199, not \"%s\"", option, text);
  return false;
}

/* 1 January of the year that begins a text, or some years on. */
static int new_year(const struct export *export, const char *text, int years) {
  char first[32];
  sla_time t;
  int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0') + years;
  snprintf(first, sizeof first, "%04d-01-01T00:00Z", year);
  return instant_of(export, export->question.zone, first, &t) ? (int)(t / DAY) : (int)(SLA_TIME_MAX / DAY) + 1;
}

/* --from and --until, the current year of the calendar without them, as dates and as instants. */
static bool read_span(struct export *export) {
  const struct cli *cli = export->cli;
  const sla_zone *zone = sla_policy_calendar_zone(export->question.policy, export->calendar);
  char text[SLA_TIME_TEXT];
  sla_time now = export->question.now;
  sla_time_write(now, sla_zone_offset(zone, now), false, text);
  export->first = new_year(export, text, 0);
  if (cli->from && !read_date(export, "--from", cli->from, &export->first))
    return false;
  sla_date_write(export->first, text);
  export->end = new_year(export, text, 1);
  if (cli->until && !read_date(export, "--until", cli->until, &export->end))
    return false;
  if (export->end <= export->first) {
    cli_error(export->cli, EXIT_USAGE, "--until %s is not after the first date, %s", cli->until, text);
    return false;
  }
  if (export->end - export->first > MOST_YEARS * 366) {
    cli_error(export->cli, EXIT_USAGE, "--from and --until are more than %d years apart", MOST_YEARS);
    return false;
  }
  export->from = SLA_TIME_MIN;
  export->until = SLA_TIME_MAX + 1;
  sla_date_write(export->first, text);
  snprintf(text + 10, sizeof text - 10, "T00:00");
  instant_of(export, zone, text, &export->from);
  sla_date_write(export->end, text);
  snprintf(text + 10, sizeof text - 10, "T00:00");
  instant_of(export, zone, text, &export->until);
  return true;
}

/* Applies --coverage to both ends of the span. */
static bool check_coverage(struct export *export) {
  enum coverage coverage;
  if (!annotation_coverage(export->cli, &coverage))
    return false;
  const sla_time ends[] = {export->from, export->until - 1};
  char warned[sizeof(((struct sla_opening *)0)->coverage)] = "";
  for (size_t i = 0; i < 2 && coverage != COVERAGE_IGNORE; i++) {
    struct sla_opening opening;
    if (sla_open(export->question.policy, export->calendar, ends[i], &opening) != SLA_OK) {
      cli_error(export->cli, EXIT_DEFECT, "out of memory");
      return false;
    }
    if (opening.coverage[0] && coverage == COVERAGE_ERROR) {
      cli_error(export->cli, EXIT_DATA, "%s", opening.coverage);
      return false;
    }
    if (opening.coverage[0] && strcmp(opening.coverage, warned) != 0)
      cli_warning(export->cli, "%s", opening.coverage);
    memcpy(warned, opening.coverage, sizeof warned);
  }
  return true;
}

/* --- the days that are not like others -----------------------------------------------------------------------------
 */

/* How a kind of day is called, of which holidays it is, and what stands before a name: open for a part of it, or not.
 */
static const struct kind {
  const char *category;
  enum sla_holiday_kind holiday;
  const char *open, *closed;
} kinds[] = {
    [SLA_DAY_HOURS] = {"closing", SLA_HOLIDAY, "Short day: ", ""},
    [SLA_DAY_EXCEPTION] = {"exception", SLA_HOLIDAY, "Special hours", "Closed"},
    [SLA_DAY_HOLIDAY] = {"holiday", SLA_HOLIDAY, "Open: ", ""},
    [SLA_DAY_CARRIED] = {"carryover", SLA_CARRYOVER, "Open: ", ""},
    [SLA_DAY_EXCHANGE_OFF] = {"exchange-off", SLA_EXCHANGE_OFF, "Open: ", ""},
    [SLA_DAY_EXCHANGE_WORK] = {"exchange-work", SLA_EXCHANGE_WORK, "", "Closed: "},
    [SLA_DAY_EVE] = {"eve", SLA_HOLIDAY, "Short day before ", "Closed before "},
};

static void add_remark(struct ics *ics, bool *begun, const char *what, const char *text) {
  if (!text)
    return;
  if (*begun)
    ics_text_add(ics, ics_part("; "));
  else
    ics_text_begin(ics, "DESCRIPTION");
  *begun = true;
  ics_text_add(ics, ics_part(what));
  ics_text_add(ics, ics_part(text));
}

/* An event of a day: the whole of it, or one of its windows. */
static void put_day(struct export *export, const struct sla_day *day, const struct sla_window *window) {
  struct ics *ics = &export->ics;
  const struct kind *kind = &kinds[day->kind];
  const char *name = day->name ? day->name : day->kind == SLA_DAY_HOURS ? day->closure : NULL;
  char date[16];
  sla_date_write(day->date, date);
  ics_day_open(ics, date, kind->category, &export->owner);
  if (window) {
    ics_instant(ics, "DTSTART", window->from);
    ics_instant(ics, "DTEND", window->until);
  } else
    ics_day_whole(ics, day->date);
  ics_day_summary(ics, window ? kind->open : kind->closed, kind->holiday, name, day->from);
  bool described = false;
  add_remark(ics, &described, "holiday set ", day->set);
  add_remark(ics, &described, "carried over by ", day->rule);
  add_remark(ics, &described, "closing: ", day->kind == SLA_DAY_HOURS ? NULL : day->closure);
  if (described)
    ics_text_end(ics);
  ics_day_close(ics, kind->category, true);
}

static bool visit_day(void *data, const struct sla_day *day, const struct sla_window *windows, size_t count) {
  struct export *export = data;
  if (day->kind == SLA_DAY_HOURS && !day->closure)
    return true;
  if (count == 0)
    put_day(export, day, NULL);
  for (size_t i = 0; i < count; i++)
    put_day(export, day, &windows[i]);
  return !export->output.error;
}

/* --- open time -----------------------------------------------------------------------------------------------------
 */

static bool visit_windows(void *data, const struct sla_day *day, const struct sla_window *windows, size_t count) {
  struct export *export = data;
  (void)day;
  for (size_t i = 0; i < count; i++) {
    struct sla_window window = windows[i];
    window.from = window.from < export->from ? export->from : window.from;
    window.until = window.until > export->until ? export->until : window.until;
    if (window.from >= window.until)
      continue;
    if (export->open_count == export->open_size) {
      size_t size = export->open_size ? 2 * export->open_size : 1024;
      struct sla_window *grown = cli_alloc(size * sizeof *grown);
      if (export->open_count)
        memcpy(grown, export->open, export->open_count * sizeof *grown);
      free(export->open);
      export->open = grown;
      export->open_size = size;
    }
    export->open[export->open_count++] = window;
  }
  return true;
}

static int compare_windows(const void *a, const void *b) {
  const struct sla_window *one = a, *other = b;
  return (one->from > other->from) - (one->from < other->from);
}

/* Windows of neighbouring dates may touch or overlap; that is one open time. */
static void join_windows(struct export *export) {
  size_t joined = 0;
  if (export->open_count)
    qsort(export->open, export->open_count, sizeof *export->open, compare_windows);
  for (size_t i = 0; i < export->open_count; i++) {
    const struct sla_window next = export->open[i];
    struct sla_window *last = joined ? &export->open[joined - 1] : NULL;
    if (!last || next.from > last->until)
      export->open[joined++] = next;
    else if (next.until > last->until)
      last->until = next.until;
  }
  export->open_count = joined;
}

/* The open time of the span, a component each. */
static void put_open(struct export *export, const char *component) {
  struct ics *ics = &export->ics;
  for (size_t i = 0; i < export->open_count; i++) {
    char from[SLA_TIME_TEXT];
    snprintf(from, sizeof from, "%lld", (long long)export->open[i].from);
    const struct sla_text parts[] = {ics_part(from), ics_part("open"), export->owner.parts[0], export->owner.parts[1]};
    ics_open(ics, component, parts, 2 + export->owner.count);
    ics_instant(ics, "DTSTART", export->open[i].from);
    ics_instant(ics, "DTEND", export->open[i].until);
    ics_text(ics, "SUMMARY", "Open");
    if (!strcmp(component, "VEVENT"))
      ics_value(ics, "TRANSP", "TRANSPARENT");
    ics_close(ics, component);
  }
}

/* RFC 7953: unavailable within the span but for what is AVAILABLE. */
static void put_availability(struct export *export) {
  struct ics *ics = &export->ics;
  char first[16];
  sla_date_write(export->first, first);
  const struct sla_text parts[] = {ics_part(first), ics_part("availability"), export->owner.parts[0],
                                   export->owner.parts[1]};
  ics_open(ics, "VAVAILABILITY", parts, 2 + export->owner.count);
  ics_instant(ics, "DTSTART", export->from);
  ics_instant(ics, "DTEND", export->until);
  ics_value(ics, "BUSYTYPE", "BUSY-UNAVAILABLE");
  put_open(export, "AVAILABLE");
  ics_close(ics, "VAVAILABILITY");
}

/* --- the command ---------------------------------------------------------------------------------------------------
 */

/* A calendar given by options has no name: what it says stands for one. */
static void name_owner(struct export *export) {
  const struct question *question = &export->question;
  if (!question->is_inline) {
    const char *calendar = sla_policy_calendar_name(question->policy, export->calendar);
    export->owner = (struct ics_owner){{ics_part(calendar), ics_part(sla_policy_name(question->policy))}, 2};
    return;
  }
  const struct cli *cli = export->cli;
  uint64_t hash = ics_hash(ICS_HASH, ics_part(cli->inline_calendar.hours));
  hash = ics_hash(hash, ics_part(cli->inline_calendar.zone));
  for (size_t i = 0; i < cli->holidays.count; i++)
    hash = ics_hash(hash, ics_part(cli->holidays.items[i]));
  for (size_t i = 0; i < cli->dates.count; i++)
    hash = ics_hash(hash, ics_part(cli->dates.items[i]));
  snprintf(export->inline_name, sizeof export->inline_name, "hours-%016llx", (unsigned long long)hash);
  export->owner = (struct ics_owner){{ics_part(export->inline_name)}, 1};
}

static bool visit_kind(void *data, const struct sla_day *day, const struct sla_window *windows, size_t count) {
  struct export *export = data;
  (void)windows;
  (void)count;
  export->composed = day->kind == SLA_DAY_COMPOSED;
  return false;
}

/* Lists the calendar's dates from first on; false where memory ran out. */
static bool each_date(struct export *export, int first, sla_calendar_day_fn *visit) {
  if (sla_calendar_days(export->question.policy, export->calendar, first, export->end - 1, visit, export) == SLA_OK)
    return true;
  cli_error(export->cli, EXIT_DEFECT, "out of memory");
  return false;
}

/* What a calendar of calendars is closed for are holidays of theirs, which it may be open on. */
static bool check_composed(struct export *export) {
  if (!each_date(export, export->first, visit_kind))
    return false;
  if (!export->composed)
    return true;
  cli_error(export->cli, EXIT_USAGE,
            "calendar \"%s\" is made of others and has no holidays of its own: --as open or --as availability exports "
            "its open time",
            sla_policy_calendar_name(export->question.policy, export->calendar));
  return false;
}

static void begin_calendar(struct export *export, sla_time stamp) {
  const struct question *question = &export->question;
  char name[512];
  if (question->is_inline)
    snprintf(name, sizeof name, "%s", export->cli->inline_calendar.hours);
  else
    snprintf(name, sizeof name, "%s: %s", sla_policy_name(question->policy),
             sla_policy_calendar_name(question->policy, export->calendar));
  ics_begin(&export->ics, &export->output, stamp, ics_part(name));
}

static void export_calendar(struct export *export, enum as as) {
  struct cli *cli = export->cli;
  sla_time stamp;
  enum sla_clock clock;
  if (!question_load(cli, &export->question) || !ics_stamp(cli, &stamp) ||
      !question_clock(cli, &export->question, export->question.now, &export->calendar, &clock) || !read_span(export) ||
      (as == AS_DAYS && !check_composed(export)) || !check_coverage(export))
    return;
  /* Dates that are past or to come are those of the version in force then. */
  sla_time now = export->question.now;
  if ((now < export->from || now >= export->until) &&
      !question_clock(cli, &export->question, export->from + 43200, &export->calendar, &clock))
    return;
  name_owner(export);
  if (as != AS_DAYS && !each_date(export, export->first - DATES_BEFORE, visit_windows))
    return;
  join_windows(export);
  if (!output_init(cli, &export->output, cli->output))
    return;
  begin_calendar(export, stamp);
  bool good = true;
  if (as == AS_DAYS)
    good = each_date(export, export->first, visit_day);
  else if (as == AS_OPEN)
    put_open(export, "VEVENT");
  else
    put_availability(export);
  ics_end(&export->ics);
  output_finish(cli, &export->output, good);
}

void run_export(struct cli *cli) {
  enum as as;
  if (!read_as(cli, &as) || !check_options(cli, as))
    return;
  if (as == AS_DUE) {
    export_due(cli);
    return;
  }
  struct export *export = cli_alloc(sizeof *export);
  export->cli = cli;
  export_calendar(export, as);
  question_free(&export->question);
  free(export->open);
  free(export);
}
