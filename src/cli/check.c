/* check: checks files. Defects go to standard error with their places, a line for each file to standard output. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

enum { TWO_YEARS = 731 * 86400 };

static bool horizon_of(struct cli *cli, sla_time *ret_horizon) {
  sla_zone *utc;
  if (sla_zone_load(&cli->options, "UTC", &utc) != SLA_OK) {
    cli_status(cli, EXIT_DEFECT);
    return false;
  }
  sla_time now;
  bool good = cli_now(cli, utc, &now);
  *ret_horizon = now + TWO_YEARS;
  if (good && cli->horizon) {
    char text[32];
    enum sla_reading reading;
    snprintf(text, sizeof text, "%.10sT00:00Z", cli->horizon);
    good = strlen(cli->horizon) == 10 && sla_time_read(NULL, utc, "--horizon", (struct sla_text){text, strlen(text)},
                                                       ret_horizon, &reading) == SLA_OK;
    if (!good)
      cli_error(cli, EXIT_USAGE, "option --horizon must be a date YYYY-MM-DD, not \"%s\"", cli->horizon);
  }
  sla_zone_free(utc);
  return good;
}

static const char *plural(unsigned count) {
  return count == 1 ? "" : "s";
}

static void check_file(struct cli *cli, const char *file, sla_time horizon) {
  struct sla_check check;
  enum sla_code code = sla_check_file(&cli->options, file, horizon, &check);
  if (code != SLA_OK) {
    if (code == SLA_NO_MEMORY)
      cli_error(cli, EXIT_DEFECT, "out of memory");
    cli_status(cli, cli_status_of(code));
    return;
  }
  printf("%s: ", file);
  if (check.errors || check.warnings)
    printf("%u error%s, %u warning%s", check.errors, plural(check.errors), check.warnings, plural(check.warnings));
  else
    fputs("ok", stdout);
  if (check.examples)
    printf(", %u example%s%s", check.examples, plural(check.examples),
           check.failed          ? ""
           : check.examples == 1 ? " holds"
                                 : " hold");
  if (check.failed)
    printf(", %u of them fail", check.failed);
  putchar('\n');
  if (check.errors || (cli->strict && check.warnings))
    cli_status(cli, EXIT_NO);
}

void run_check(struct cli *cli) {
  enum format format;
  sla_time horizon;
  if (!cli_format(cli, 1U << FORMAT_TEXT, FORMAT_TEXT, &format) || !horizon_of(cli, &horizon))
    return;
  if (cli->operands.count == 0) {
    cli_error(cli, EXIT_USAGE, "check needs files to check");
    return;
  }
  if (cli_warn_tzdata(cli) && cli->strict)
    cli_status(cli, EXIT_NO);
  for (size_t i = 0; i < cli->operands.count; i++)
    check_file(cli, cli->operands.items[i], horizon);
}
