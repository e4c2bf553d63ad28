/*
 * options: the command line, parsed with getopt_long from one table, which --help is printed from too.
 *
 * Adding an option: a row in option_table, a case in take(), and its code in the `options` of the commands (main.c).
 */
#include "cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* code is the short option where it is a letter with a row of its own in short_letters, else only a name for the row.
 */
static const struct option_row {
  char code;
  const char *name, *argument, *help;
} option_table[] = {
    {'p', "policy", "NAME|FILE", "the policy"},
    {'s', "set", "FIELD=VALUE", "a field of the incident (repeatable)"},
    {'P', "priority", "VALUE", "short for --set priority=VALUE"},
    {'C', "channel", "VALUE", "short for --set channel=VALUE"},
    {'m', "metric", "NAME", "the metric (default: the policy's first)"},
    {'c', "calendar", "NAME", "the calendar (default: that of the target that matches)"},
    {'H', "hours", "TEXT", "a calendar without a policy: its weekly hours"},
    {'Z', "zone", "ZONE", "its time zone"},
    {'y', "holidays", "NAME|FILE", "a holiday set of it (repeatable)"},
    {'Y', "holiday", "DATE[,DATE...]", "single holidays of it (repeatable)"},
    {'x', "exchanges", NULL, "days exchanged by government order apply"},
    {'w', "weekend", "DAYS", "weekly days off for carrying over, as Sa,Su"},
    {'W', "within", "AMOUNT", "the target: 2h, 3bd, 1cd, 2w, 3mo, window"},
    {'k', "clock", "CLOCK", "business-hours, business-days or elapsed"},
    {'A', "at", "TIME", "close, same-time or HH:MM"},
    {'U', "cutoff", "HH:MM", "received from then on counts as the next business date"},
    {'r', "roll", "ROLL", "none, following, preceding or modified-following"},
    {'e', "edge", "EDGE", "close or next-opening"},
    {'q', "seconds", NULL, "print a number of seconds"},
    {'g', "signed", NULL, "a TO before FROM gives a negative answer"},
    {'a', "add", "COLUMNS", "which of due, status, elapsed, remaining, note to add"},
    {'M', "map", "FIELD=COLUMN", "the column of a field, in JSON its path; FIELD= where there is none (repeatable)"},
    {'3', "by", "FIELD[,FIELD...]", "what the report is grouped by (default: priority)"},
    {'4', "top", "N", "how many rows its lists have (default: 20)"},
    {'5', "only", "STATUS[,STATUS...]", "count and list these statuses alone"},
    {'6', "fail-on", "STATUS[,STATUS...]", "exit with 1 where there is such a status"},
    {'1', "since", "TIME", "what started then or later"},
    {'2', "until", "TIME", "what started before"},
    {'7', "select-by", "WHAT", "what --since and --until go by: start, due or stop"},
    {'i', "input", "NAME|FILE", "a profile of the input: its columns, times and words"},
    {'X', "time-format", "PATTERN", "how the input writes times, as dd-MM-yyyy HH:mm (repeatable)"},
    {'0', "null", "TEXT", "what stands for nothing in the input (repeatable)"},
    {'J', "input-format", "FORMAT", "csv, ndjson or json (default: as the input begins)"},
    {'E', "events", "FILE", "what happened to the incidents: id, at, event, value"},
    {'R', "history", "COLUMN", "several rows an incident, each as it stood at the time in COLUMN"},
    {'z', "cycles", NULL, "a row for each run of a metric's clock"},
    {'Q', "decided", NULL, "say which policy, version and rule decided"},
    {'I', "input-zone", "ZONE", "of times without offset in the input (default: the profile's, or the policy's)"},
    {'v', "coverage", "WHAT", "beyond what holiday sets know: warn, error or ignore"},
    {'j', "jobs", "N", "how many rows at a time, one a processor (default: as many as there are)"},
    {'b', "line-buffered", NULL, "write each row at once"},
    {'o', "output", "FILE", "write there, replacing it at once when complete"},
    {'d', "horizon", "DATE", "warn where coverage ends before (default: two years on)"},
    {'S', "strict", NULL, "warnings make the check fail"},
    {'N', "dry-run", NULL, "show what would change, and change nothing"},
    {'T', "timeout", "SECONDS", "give up on a feed after that (default: 60)"},
    {'K', "as", "WHAT", "days, open, availability or due"},
    {'F', "from", "DATE", "the first date (default: 1 January of the current year)"},
    {'V', "until", "DATE", "the date it ends before (default: 1 January after the first date)"},
    {'B', "minutes", "N", "the credits for so many minutes of work, and nothing else"},
    {'G', "ledger", "FILE", "what customers have bought and paid in: customer,plan,credits"},
    {'f', "format", "FORMAT", "of the output; see the manual for the command's"},
    {'n', "now", "TIME", "the current time"},
    {'u', "utc", NULL, "write times in UTC"},
    {'O', "output-zone", "ZONE", "write times in a zone"},
    {'D', "path", "DIR", "look names up there first (repeatable)"},
    {'t', "tzdata", "SOURCE", "time zone rules: auto, system or icu"},
    {'l', "lang", "LANGUAGE", "of names, as uk or en"},
    {'L', "color", "WHEN", "auto, always or never"},
    {'h', "help", NULL, "print this help"},
};

enum { ROWS = sizeof option_table / sizeof *option_table };

/* Options that every command has, beside its own. */
static const char common[] = "DtlLh";

/* The options that have a short form. */
static const char short_letters[] = "pmcojh";

static bool command_has(const struct command *command, char code) {
  return strchr(command->options, code) || strchr(common, code);
}

/* The lists have room for every argument there is; see cli_parse. */
static void add(struct strings *strings, const char *value) {
  strings->items[strings->count++] = value;
}

/* FIELD=VALUE of a shorthand; lives as long as the command line. */
static const char *shorthand(struct cli *cli, const char *field, const char *value) {
  size_t size = strlen(field) + strlen(value) + 2;
  char *text = cli_alloc(size);
  snprintf(text, size, "%s=%s", field, value);
  add(&cli->made, text);
  return text;
}

/* An option that may be given once. */
static void take_once(struct cli *cli, const struct option_row *row, const char **place, const char *value) {
  if (*place)
    cli_error(cli, EXIT_USAGE, "option --%s is given twice", row->name);
  *place = value;
}

static void take(struct cli *cli, const struct option_row *row, const char *value) {
  struct sla_inline *calendar = &cli->inline_calendar;
  switch (row->code) {
  case 'p': take_once(cli, row, &cli->policy, value); break;
  case 's': add(&cli->sets, value); break;
  case 'P': add(&cli->sets, shorthand(cli, "priority", value)); break;
  case 'C': add(&cli->sets, shorthand(cli, "channel", value)); break;
  case 'm': take_once(cli, row, &cli->metric, value); break;
  case 'c': take_once(cli, row, &cli->calendar, value); break;
  case 'H': take_once(cli, row, &calendar->hours, value); break;
  case 'Z': take_once(cli, row, &calendar->zone, value); break;
  case 'y': add(&cli->holidays, value); break;
  case 'Y': add(&cli->dates, value); break;
  case 'x': calendar->exchanges = true; break;
  case 'w': take_once(cli, row, &calendar->weekend, value); break;
  case 'W': take_once(cli, row, &calendar->within, value); break;
  case 'k': take_once(cli, row, &calendar->clock, value); break;
  case 'A': take_once(cli, row, &calendar->at, value); break;
  case 'U': take_once(cli, row, &calendar->cutoff, value); break;
  case 'r': take_once(cli, row, &calendar->roll, value); break;
  case 'e': take_once(cli, row, &calendar->edge, value); break;
  case 'q': cli->seconds = true; break;
  case 'g': cli->negative = true; break;
  case 'a': take_once(cli, row, &cli->add, value); break;
  case 'M': add(&cli->maps, value); break;
  case '1': take_once(cli, row, &cli->since, value); break;
  case '2': take_once(cli, row, &cli->before, value); break;
  case '3': take_once(cli, row, &cli->by, value); break;
  case '4': take_once(cli, row, &cli->top, value); break;
  case '5': take_once(cli, row, &cli->only, value); break;
  case '6': take_once(cli, row, &cli->fail_on, value); break;
  case '7': take_once(cli, row, &cli->select_by, value); break;
  case 'i': take_once(cli, row, &cli->input, value); break;
  case 'X': add(&cli->time_formats, value); break;
  case '0': add(&cli->nulls, value); break;
  case 'J': take_once(cli, row, &cli->input_format, value); break;
  case 'E': take_once(cli, row, &cli->events, value); break;
  case 'R': take_once(cli, row, &cli->history, value); break;
  case 'z': cli->cycles = true; break;
  case 'Q': cli->decided = true; break;
  case 'I': take_once(cli, row, &cli->input_zone, value); break;
  case 'v': take_once(cli, row, &cli->coverage, value); break;
  case 'j': take_once(cli, row, &cli->jobs, value); break;
  case 'b': cli->line_buffered = true; break;
  case 'o': take_once(cli, row, &cli->output, value); break;
  case 'd': take_once(cli, row, &cli->horizon, value); break;
  case 'S': cli->strict = true; break;
  case 'N': cli->dry_run = true; break;
  case 'T': take_once(cli, row, &cli->timeout, value); break;
  case 'K': take_once(cli, row, &cli->as, value); break;
  case 'F': take_once(cli, row, &cli->from, value); break;
  case 'V': take_once(cli, row, &cli->until, value); break;
  case 'B': take_once(cli, row, &cli->minutes, value); break;
  case 'G': take_once(cli, row, &cli->ledger, value); break;
  case 'f': take_once(cli, row, &cli->format, value); break;
  case 'n': take_once(cli, row, &cli->now, value); break;
  case 'u': cli->utc = true; break;
  case 'O': take_once(cli, row, &cli->output_zone, value); break;
  case 'D': add(&cli->path, value); break;
  case 't':
    if (!strcmp(value, "auto") || !strcmp(value, "system") || !strcmp(value, "icu"))
      cli->options.tzdata = !strcmp(value, "auto")     ? SLA_TZDATA_AUTO
                            : !strcmp(value, "system") ? SLA_TZDATA_SYSTEM
                                                       : SLA_TZDATA_ICU;
    else
      cli_error(cli, EXIT_USAGE, "option --tzdata must be auto, system or icu, not \"%s\"", value);
    break;
  case 'l': take_once(cli, row, &cli->options.language, value); break;
  case 'L': take_once(cli, row, &cli->color, value); break;
  case 'h': cli->help = true; break;
  }
}

/* Reports an argument that getopt_long did not understand. */
static void report_unknown(struct cli *cli, const char *argument, bool missing_value) {
  if (missing_value) {
    cli_error(cli, EXIT_USAGE, "option \"%s\" needs a value", argument);
    return;
  }
  const char *names[ROWS];
  size_t count = 0;
  for (size_t i = 0; i < ROWS; i++)
    if (command_has(cli->command, option_table[i].code))
      names[count++] = option_table[i].name;
  struct sla_text word = {argument, strcspn(argument, "=")};
  while (word.len && *word.ptr == '-')
    word.ptr++, word.len--;
  const char *nearest = sla_nearest(word, names, count);
  cli_error(cli, EXIT_USAGE, "unknown or ambiguous option \"%s\" of %s%s%s%s", argument, cli->command->name,
            nearest ? ": did you mean \"--" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

/* Colour is for terminals, and for those who do not refuse it. */
static void choose_color(struct cli *cli) {
  const char *when = cli->color ? cli->color : "auto", *no_color = getenv("NO_COLOR");
  if (!strcmp(when, "always"))
    cli->color_on = true;
  else if (!strcmp(when, "auto"))
    cli->color_on = isatty(STDERR_FILENO) && !(no_color && *no_color);
  else if (strcmp(when, "never"))
    cli_error(cli, EXIT_USAGE, "option --color must be auto, always or never, not \"%s\"", when);
}

static void finish(struct cli *cli) {
  struct sla_inline *calendar = &cli->inline_calendar;
  calendar->holidays = cli->holidays.items;
  calendar->holidays_count = cli->holidays.count;
  calendar->dates = cli->dates.items;
  calendar->dates_count = cli->dates.count;
  cli->options.path = cli->path.items;
  cli->options.path_count = cli->path.count;
  cli->options.diagnose = cli_diagnose;
  cli->options.diagnose_data = cli;
}

/* The lists that options and operands are gathered in. */
static void each_list(struct cli *cli, void (*visit)(struct strings *strings, size_t most), size_t most) {
  struct strings *lists[] = {&cli->path,  &cli->sets,  &cli->maps,     &cli->holidays, &cli->time_formats,
                             &cli->nulls, &cli->dates, &cli->operands, &cli->made};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    visit(lists[i], most);
}

static void make_room(struct strings *strings, size_t most) {
  strings->items = cli_alloc(most * sizeof *strings->items);
}

static void free_list(struct strings *strings, size_t most) {
  (void)most;
  free(strings->items);
}

void cli_free(struct cli *cli) {
  for (size_t i = 0; i < cli->made.count; i++)
    free((char *)cli->made.items[i]);
  each_list(cli, free_list, 0);
}

bool cli_parse(struct cli *cli, int argc, char **argv) {
  each_list(cli, make_room, (size_t)argc);
  struct option long_options[ROWS + 1] = {0};
  /* "-": operands come in order, wherever they stand; ":": a missing value is told apart. */
  char letters[2 * sizeof short_letters + 4] = "-:";
  size_t count = 0;
  for (size_t i = 0; i < ROWS; i++) {
    const struct option_row *row = &option_table[i];
    if (!command_has(cli->command, row->code))
      continue;
    long_options[count++] =
        (struct option){row->name, row->argument ? required_argument : no_argument, NULL, row->code};
    if (strchr(short_letters, row->code)) {
      size_t len = strlen(letters);
      letters[len++] = row->code;
      if (row->argument)
        letters[len++] = ':';
    }
  }
  opterr = 0;
  optind = 1;
  for (int code; optind < argc || optind == 1;) {
    int before = optind;
    code = getopt_long(argc, argv, letters, long_options, NULL);
    if (code == -1)
      break;
    if (code == 1) {
      add(&cli->operands, optarg);
      continue;
    }
    const struct option_row *row = NULL;
    for (size_t i = 0; i < ROWS; i++)
      if (option_table[i].code == code)
        row = &option_table[i];
    if (code == '?' || code == ':' || !row)
      report_unknown(cli, argv[before < argc ? before : argc - 1], code == ':');
    else
      take(cli, row, optarg);
  }
  while (optind < argc) /* behind "--" */
    add(&cli->operands, argv[optind++]);
  choose_color(cli);
  finish(cli);
  if (cli->help)
    cli_help(cli->command);
  return !cli->help && cli->status == 0;
}

void cli_help(const struct command *command) {
  printf("usage: slaclock %s [OPTION...]%s%s\n%s\n\n", command->name, *command->operands ? " " : "", command->operands,
         command->summary);
  for (size_t i = 0; i < ROWS; i++) {
    const struct option_row *row = &option_table[i];
    if (!command_has(command, row->code))
      continue;
    char name[64];
    snprintf(name, sizeof name, "--%s%s%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
    if (strchr(short_letters, row->code))
      printf("  -%c, %-28s %s\n", row->code, name, row->help);
    else
      printf("      %-28s %s\n", name, row->help);
  }
}

bool cli_format(struct cli *cli, unsigned allowed, enum format fallback, enum format *ret_format) {
  static const char *const names[] = {[FORMAT_TEXT] = "text",     [FORMAT_JSON] = "json", [FORMAT_CSV] = "csv",
                                      [FORMAT_NDJSON] = "ndjson", [FORMAT_HTML] = "html", [FORMAT_ICS] = "ics"};
  *ret_format = fallback;
  if (!cli->format)
    return true;
  char list[64] = "";
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    if (!(allowed >> i & 1U))
      continue;
    if (!strcmp(cli->format, names[i])) {
      *ret_format = (enum format)i;
      return true;
    }
    size_t len = strlen(list);
    snprintf(list + len, sizeof list - len, "%s%s", len ? ", " : "", names[i]);
  }
  cli_error(cli, EXIT_USAGE, "option --format must be one of %s, not \"%s\"", list, cli->format);
  return false;
}

bool cli_now(struct cli *cli, const sla_zone *zone, sla_time *ret_now) {
  if (!cli->now) {
    *ret_now = sla_time_now();
    return true;
  }
  enum sla_reading reading;
  struct sla_text text = {cli->now, strlen(cli->now)};
  if (sla_time_read(&cli->options, zone, "--now", text, ret_now, &reading) == SLA_OK)
    return true;
  cli_status(cli, EXIT_USAGE);
  return false;
}

bool cli_time_style(struct cli *cli, struct time_style *ret_style) {
  *ret_style = (struct time_style){.utc = cli->utc};
  if (!cli->output_zone)
    return true;
  if (cli->utc) {
    cli_error(cli, EXIT_USAGE, "--utc and --output-zone exclude each other");
    return false;
  }
  if (sla_zone_load(&cli->options, cli->output_zone, &ret_style->zone) == SLA_OK)
    return true;
  cli_status(cli, EXIT_USAGE);
  return false;
}

void time_style_free(struct time_style *style) {
  sla_zone_free(style->zone);
}

size_t time_style_write(const struct time_style *style, sla_time t, int32_t offset_s, char text[SLA_TIME_TEXT]) {
  return sla_time_write(t, style->zone ? sla_zone_offset(style->zone, t) : offset_s, style->utc, text);
}

bool cli_warn_tzdata(struct cli *cli) {
  struct sla_tzdata_versions versions;
  sla_tzdata_compare(&cli->options, &versions);
  if (versions.in_use_is_older)
    cli_warning(cli, "time zone data in use is %s %s, older than %s %s", versions.source, versions.in_use,
                versions.in_use == versions.icu ? "the system's" : "ICU's",
                versions.in_use == versions.icu ? versions.system : versions.icu);
  return versions.in_use_is_older;
}
