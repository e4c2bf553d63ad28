/* open: is the desk open, until when, and why. */
#include "cli/cli.h"
#include "cli/day.h"
#include "cli/json.h"
#include "cli/question.h"

#include <stdio.h>
#include <string.h>

static void print_json(const struct question *question, size_t calendar, const struct sla_opening *opening,
                       const char *until) {
  struct json json = {stdout, true};
  json_open(&json, NULL, '{');
  json_flag(&json, "open", opening->open);
  json_string(&json, "until", opening->changes ? until : NULL);
  json_string(&json, "reason", opening->reason);
  json_string(&json, "calendar", sla_policy_calendar_name(question->policy, calendar));
  json_open(&json, "day", '{');
  day_write_json(&json, &opening->day);
  json_close(&json, '}');
  json_string(&json, "coverage", opening->coverage[0] ? opening->coverage : NULL);
  json_close(&json, '}');
  putchar('\n');
}

static void print_text(const struct sla_opening *opening, const char *until) {
  if (opening->open)
    printf(opening->changes ? "open until %s\n" : "open, never closes\n", until);
  else if (opening->changes)
    printf("closed until %s (%s)\n", until, opening->reason);
  else
    printf("closed, never opens again (%s)\n", opening->reason);
}

static void answer(struct cli *cli, struct question *question) {
  enum format format;
  if (!cli_format(cli, 1U << FORMAT_TEXT | 1U << FORMAT_JSON, FORMAT_TEXT, &format))
    return;
  if (cli->operands.count > 1) {
    cli_error(cli, EXIT_USAGE, "open takes one time, AT");
    return;
  }
  sla_time at = question->now;
  if (cli->operands.count && !question_time(cli, question, cli->operands.items[0], &at))
    return;
  size_t calendar;
  enum sla_clock clock;
  struct sla_opening opening;
  if (!question_clock(cli, question, at, &calendar, &clock))
    return;
  if (sla_open(question->policy, calendar, at, &opening) != SLA_OK) {
    cli_error(cli, EXIT_DEFECT, "out of memory");
    return;
  }
  char until[SLA_TIME_TEXT] = "";
  if (opening.changes)
    time_style_write(&question->style, opening.until, opening.until_offset_s, until);
  if (format == FORMAT_JSON)
    print_json(question, calendar, &opening, until);
  else
    print_text(&opening, until);
  if (opening.coverage[0])
    cli_warning(cli, "%s", opening.coverage);
  cli_status(cli, opening.open ? EXIT_YES : EXIT_NO);
}

void run_open(struct cli *cli) {
  struct question question;
  if (question_load(cli, &question))
    answer(cli, &question);
  question_free(&question);
}
