/*
 * cli: what the commands share. A command is a function of the parsed command line that returns nothing: results go to
 * standard output, trouble to cli_error(), and the exit status is the highest number that anything asked for.
 */
#ifndef SLACLOCK_CLI_CLI_H
#define SLACLOCK_CLI_CLI_H

#include "slaclock.h"

#include <stdio.h>

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses: 0 and 1 are answers, the others are those of sysexits(3). */
enum {
  EXIT_YES = 0,
  EXIT_NO = 1,
  EXIT_USAGE = 64,
  EXIT_DATA = 65,
  EXIT_NO_INPUT = 66,
  EXIT_DEFECT = 70,
  EXIT_IO = 74,
  EXIT_POLICY = 78,
};

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_NDJSON, FORMAT_HTML, FORMAT_ICS };

/* A list of an option's values. */
struct strings {
  const char **items;
  size_t count;
};

/* The command line, parsed; strings point into argv. */
struct cli {
  const struct command *command;
  const char *policy, *metric, *calendar;
  struct strings path, sets, maps, holidays, dates; /* sets and maps as FIELD=VALUE */
  struct strings time_formats, nulls;
  struct sla_inline inline_calendar;
  const char *now, *output_zone, *input_zone, *format, *add, *coverage, *horizon, *weekend, *output, *color, *timeout;
  const char *by, *top, *only, *fail_on, *since, *before, *select_by;
  const char *input, *input_format, *events, *history;
  const char *from, *until, *as;
  const char *minutes, *ledger;
  bool utc, seconds, negative, line_buffered, strict, dry_run, help;
  bool cycles, decided;
  const char *jobs;
  struct strings operands;
  struct strings made; /* texts that the parser made, to be freed */

  struct sla_options options; /* of loading, with diagnostics going to standard error */
  bool color_on;
  bool file_trouble;     /* a diagnostic was about a file, not about an option */
  int status;            /* exit status so far */
  char first_error[256]; /* that was reported, with its file; or "" */
  FILE *messages;        /* where they go; NULL: standard error */
  bool progress_shown;   /* a line of progress stands on the terminal: messages clear it */
};

/* A command; the table of them is in main.c. */
struct command {
  const char *name, *operands, *summary;
  const char *options; /* the short names or codes of its options, see options.c */
  void (*run)(struct cli *cli);
};

/* Takes an exit status into account: the highest wins. */
void cli_status(struct cli *cli, int status);

/* Reports "slaclock: error: ..." and takes a status into account; with a place where file is not NULL and line not 0,
 * and its column where that is known: above 0. */
void cli_error(struct cli *cli, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));
void cli_error_at(struct cli *cli, int status, const char *file, long line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void cli_error_in(struct cli *cli, int status, const char *file, long line, long column, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
void cli_warning(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_note(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reports what another command line gathered in `messages`, and takes its status into account; both are then empty. */
void cli_report_gathered(struct cli *cli, struct cli *other, struct sla_text messages);

/* One warning each that says how many local times were ambiguous or skipped; none where there were none. */
void cli_warn_local_times(struct cli *cli, uint64_t overlaps, uint64_t gaps);

/* How many bytes of a value messages show: whole characters, about 60 bytes. */
int cli_shown_length(struct sla_text text);

/* A sla_diagnose that prints to standard error; data is the struct cli. */
void cli_diagnose(void *data, const struct sla_diagnostic *diagnostic);

/* The exit status of a code that loading returned. */
int cli_status_of(enum sla_code code);

/* Memory for the program's own needs; ends it with a message where there is none. */
void *cli_alloc(size_t size);

/* Parses argv[1..] for cli->command; false after an error, or where --help was printed. */
bool cli_parse(struct cli *cli, int argc, char **argv);
void cli_free(struct cli *cli);

/* Prints the help of a command, made of the table of options. */
void cli_help(const struct command *command);

/* The format asked for, of those a command knows; false after an error. allowed is a bit set of enum format. */
bool cli_format(struct cli *cli, unsigned allowed, enum format fallback, enum format *ret_format);

/* Names of months and weekdays in the language of --lang or of the environment. */
void cli_names(struct cli *cli, struct sla_locale_names *ret_names);

/* The current time: --now, read in a zone, or the clock's. false after an error. */
bool cli_now(struct cli *cli, const sla_zone *zone, sla_time *ret_now);

/* How times are written: by the results' own zone, --utc or --output-zone. */
struct time_style {
  bool utc;
  sla_zone *zone; /* NULL: the results' own */
};
bool cli_time_style(struct cli *cli, struct time_style *ret_style);
void time_style_free(struct time_style *style);

/* Writes a time in a style; offset_s is the one of the result's own zone. Returns the length. */
size_t time_style_write(const struct time_style *style, sla_time t, int32_t offset_s, char text[SLA_TIME_TEXT]);

/* Warns where the time zone data in use is older than the other that is at hand; says whether it is. */
bool cli_warn_tzdata(struct cli *cli);

/* --- the commands --------------------------------------------------------------------------------------------------
 */

void run_due(struct cli *cli);
void run_elapsed(struct cli *cli);
void run_open(struct cli *cli);
void run_holidays(struct cli *cli);
void run_annotate(struct cli *cli);
void run_check(struct cli *cli);
void run_calendar(struct cli *cli);
void run_feed(struct cli *cli);
void run_export(struct cli *cli);
void run_report(struct cli *cli);
void report_refuse(struct cli *cli, int argc, char **argv); /* where run_report is not reached */
void run_effort(struct cli *cli);

#endif
