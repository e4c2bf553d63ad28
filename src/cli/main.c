/*
 * main: the table of commands.
 *
 * Adding a command: a file that defines run_NAME, its prototype in cli.h, a row here with the options it takes
 * (options.c has their codes), a section in man/slaclock.1, and tests in tests/commands.
 */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUESTION_OPTIONS "psPCmcHZyYxwWkAUrenfuO"

static const struct command commands[] = {
    {"due", "[START...]",
     "Prints when an incident that starts at START (default: now; \"-\": one a line of input) is due.",
     QUESTION_OPTIONS, run_due},
    {"elapsed", "FROM TO", "Prints the open time between two times.", QUESTION_OPTIONS "qg", run_elapsed},
    {"open", "[AT]",
     "Says whether the desk is open at AT (default: now), until when, and why not. Exit status 0: open, 1: closed.",
     QUESTION_OPTIONS, run_open},
    {"calendar", "[YEAR[-MONTH]]",
     "Shows a calendar's months (default: the current one), with what is special of each date.", QUESTION_OPTIONS,
     run_calendar},
    {"holidays", "NAME|FILE [YEAR[..YEAR]]",
     "Lists the days of a holiday set: holidays, days carried over, days exchanged.", "fwn", run_holidays},
    {"annotate", "[FILE...]", "Copies incidents, a row each, with due times and statuses added.",
     "paiMX0JERzQIvjbofnuO", run_annotate},
    {"report", "[FILE...]", "Says how incidents stand: what was met, what is breached, what is due next.",
     "pM1234567iX0JERIvnlofuO", run_report},
    {"export", "[FILE...]",
     "Writes a calendar as iCalendar; or, of the incidents in FILEs, what is due and not stopped yet.",
     "psPCcHZyYxwmiMX0JERIvnoFVK", run_export},
    {"effort", "[FILE...]",
     "Says what worked time costs: of one piece of work, or of the incidents in FILEs by customer.", "psBGiM0Jf",
     run_effort},
    {"check", "FILE...", "Checks policies, holiday sets, feeds and input profiles, and runs the policies' examples.",
     "dSfn", run_check},
    {"feed", "update FILE|DIR...",
     "Fetches anew the feeds of policies that carry a url. The one command that uses the network.", "NTn", run_feed},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static const struct command *command_named(const char *name) {
  for (size_t i = 0; i < COMMANDS; i++)
    if (!strcmp(commands[i].name, name))
      return &commands[i];
  return NULL;
}

static void print_help(void) {
  puts("usage: slaclock COMMAND [OPTION...] [OPERAND...]\n"
       "Computes due times and breach status of incidents under business-hours calendars.\n");
  for (size_t i = 0; i < COMMANDS; i++)
    printf("  %-9s %s\n", commands[i].name, commands[i].summary);
  puts("\n  help COMMAND, --version\n\nSee slaclock(1); slaclock-policy(5), slaclock-holidays(5) and slaclock-input(5) "
       "for files.");
}

static void print_version(struct cli *cli) {
  struct sla_tzdata_versions versions;
  sla_tzdata_compare(&cli->options, &versions);
  printf("slaclock %s\n", sla_version());
  printf("time zone data: %s %s in use (system %s, ICU %s)\n", versions.source ? versions.source : "none",
         versions.in_use ? versions.in_use : "-", versions.system ? versions.system : "none",
         versions.icu ? versions.icu : "none");
  cli_warn_tzdata(cli);
}

/* Reports a command that does not exist. */
static void unknown_command(struct cli *cli, const char *name) {
  const char *names[COMMANDS];
  for (size_t i = 0; i < COMMANDS; i++)
    names[i] = commands[i].name;
  const char *nearest = sla_nearest((struct sla_text){name, strlen(name)}, names, COMMANDS);
  cli_error(cli, EXIT_USAGE, "unknown command \"%s\"%s%s%s", name, nearest ? ": did you mean \"" : "",
            nearest ? nearest : "", nearest ? "\"?" : "; slaclock help lists them");
}

static void run_help(struct cli *cli, int argc, char **argv) {
  const struct command *command = argc > 2 ? command_named(argv[2]) : NULL;
  if (argc <= 2)
    print_help();
  else if (command)
    cli_help(command);
  else
    unknown_command(cli, argv[2]);
}

/* --version takes --tzdata, so that it can be asked about each source. */
static void run_version(struct cli *cli, int argc, char **argv) {
  static const struct command version = {"--version", "", "Prints versions.", "", NULL};
  cli->command = &version;
  if (cli_parse(cli, argc - 1, argv + 1))
    print_version(cli);
}

static void dispatch(struct cli *cli, int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : NULL;
  if (!name) {
    cli_error(cli, EXIT_USAGE, "a command is missing; slaclock help lists them");
    return;
  }
  if (!strcmp(name, "help") || !strcmp(name, "-h") || !strcmp(name, "--help")) {
    run_help(cli, argc, argv);
    return;
  }
  if (!strcmp(name, "--version") || !strcmp(name, "-V") || !strcmp(name, "version")) {
    run_version(cli, argc, argv);
    return;
  }
  cli->command = command_named(name);
  if (!cli->command)
    unknown_command(cli, name);
  else if (cli_parse(cli, argc - 1, argv + 1))
    cli->command->run(cli);
  else if (cli->command->run == run_report && cli->status >= EXIT_USAGE)
    report_refuse(cli, argc, argv);
}

/*
 * A closed standard stream must not be the next file that is opened: it is taken by one that cannot be used the way the
 * stream would be.
 */
static void occupy_streams(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0)
      (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv) {
  static char messages[4096];
  struct cli cli = {0};
  occupy_streams();
  setvbuf(stderr, messages, _IOLBF, sizeof messages); /* a line at a time, not a character */
  dispatch(&cli, argc, argv);
  /* A full disk shows at the last write at the latest; it is never a success. */
  errno = 0;
  bool lost = ferror(stdout) != 0;
  if (fflush(stdout) != 0 || lost || (fclose(stdout) != 0 && errno != EBADF))
    cli_error(&cli, EXIT_IO, "cannot write to standard output%s%s", errno ? ": " : "", errno ? strerror(errno) : "");
  cli_free(&cli);
  return cli.status;
}
