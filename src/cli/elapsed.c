/* elapsed: prints the open time between two times. */
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/question.h"

#include <stdio.h>

static void print_answer(const struct cli *cli, const struct question *question, enum format format, size_t calendar,
                         enum sla_clock clock, int64_t seconds) {
  static const char *const clocks[] = {"business-hours", "business-days", "elapsed"};
  char text[SLA_DURATION_TEXT];
  sla_duration_write(seconds, text);
  if (format == FORMAT_JSON) {
    struct json json = {stdout, true};
    json_open(&json, NULL, '{');
    json_number(&json, "elapsed_s", seconds);
    json_string(&json, "elapsed", text);
    json_string(&json, "calendar", sla_policy_calendar_name(question->policy, calendar));
    json_string(&json, "clock", clocks[clock]);
    json_close(&json, '}');
    putchar('\n');
  } else if (cli->seconds)
    printf("%lld\n", (long long)seconds);
  else
    puts(text);
}

static void answer(struct cli *cli, struct question *question) {
  enum format format;
  sla_time from, to;
  if (!cli_format(cli, 1U << FORMAT_TEXT | 1U << FORMAT_JSON, FORMAT_TEXT, &format))
    return;
  if (cli->operands.count != 2) {
    cli_error(cli, EXIT_USAGE, "elapsed needs two times, FROM and TO");
    return;
  }
  bool good = question_time(cli, question, cli->operands.items[0], &from);
  good &= question_time(cli, question, cli->operands.items[1], &to);
  if (!good)
    return;
  bool backwards = to < from;
  if (backwards && !cli->negative) {
    cli_error(cli, EXIT_DATA, "TO is before FROM: --signed gives a negative answer");
    return;
  }
  size_t calendar;
  enum sla_clock clock;
  int64_t seconds;
  if (!question_clock(cli, question, backwards ? to : from, &calendar, &clock))
    return;
  if (sla_elapsed(question->policy, calendar, clock, backwards ? to : from, backwards ? from : to, &seconds) != SLA_OK)
    cli_error(cli, EXIT_DEFECT, "out of memory");
  else
    print_answer(cli, question, format, calendar, clock, backwards ? -seconds : seconds);
}

void run_elapsed(struct cli *cli) {
  struct question question;
  if (question_load(cli, &question))
    answer(cli, &question);
  question_free(&question);
}
