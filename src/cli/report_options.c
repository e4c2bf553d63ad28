/* report_options: the options that only report has. */
#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The status that a text names, of those that --only and --fail-on know; SIZE_MAX after an error. */
static size_t status_named(struct cli *cli, const char *option, const char *text, size_t len) {
  const char *names[STATUSES];
  for (size_t i = 0; i < STATUSES; i++) {
    names[i] = sla_status_name((enum sla_status)i);
    if (strlen(names[i]) == len && !memcmp(names[i], text, len))
      return i;
  }
  const char *nearest = sla_nearest((struct sla_text){text, len}, names, STATUSES);
  cli_error(cli, EXIT_USAGE, "%s knows no status \"%.*s\"%s%s%s", option, (int)len, text,
            nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  return SIZE_MAX;
}

/* Reads a list of statuses into bits. */
bool report_read_statuses(struct cli *cli, const char *option, const char *text, uint64_t *ret_bits) {
  *ret_bits = 0;
  for (const char *at = text; at; at = *at ? at + 1 : NULL) {
    size_t len = strcspn(at, ","), status = status_named(cli, option, at, len);
    if (status == SIZE_MAX)
      return false;
    *ret_bits |= UINT64_C(1) << status;
    at += len;
    if (!*at)
      break;
  }
  return true;
}

/* Splits --by. */
bool report_read_by(struct cli *cli, struct report *report) {
  char *text = strdup(cli->by ? cli->by : "priority");
  for (char *at = text; at;) {
    char *comma = strchr(at, ',');
    if (comma)
      *comma = '\0';
    if (!*at || report->field_count == REPORT_MOST_BY) {
      cli_error(cli, EXIT_USAGE, *at ? "--by takes at most %d fields" : "--by has an empty field", REPORT_MOST_BY);
      free(text);
      return false;
    }
    report->fields[report->field_count++] = strdup(at);
    at = comma ? comma + 1 : NULL;
  }
  free(text);
  return true;
}

bool report_read_top(struct cli *cli, size_t *ret_top) {
  *ret_top = REPORT_TOP;
  if (!cli->top)
    return true;
  size_t top = 0;
  const char *at = cli->top;
  for (; *at >= '0' && *at <= '9' && top <= REPORT_MOST_TOP; at++)
    top = top * 10 + (size_t)(*at - '0');
  if (*at || at == cli->top || top > REPORT_MOST_TOP) {
    cli_error(cli, EXIT_USAGE, "--top must be a number from 0 to %d, not \"%s\"", REPORT_MOST_TOP, cli->top);
    return false;
  }
  *ret_top = top;
  return true;
}

bool report_read_select_by(struct cli *cli, struct report *report) {
  static const char *const words[] = {"start", "due", "stop"};
  for (size_t i = 0; i < 3; i++)
    if (!cli->select_by || !strcmp(cli->select_by, words[i])) {
      report->select_by = i == 0 ? SELECT_START : i == 1 ? SELECT_DUE : SELECT_STOP;
      return true;
    }
  cli_error(cli, EXIT_USAGE, "--select-by must be start, due or stop, not \"%s\"", cli->select_by);
  return false;
}

/* --since and --until, local in the policy's zone where they have no offset; called when that is known. */
bool report_read_limits(struct report *report) {
  struct cli *cli = report->cli;
  const struct {
    const char *option, *text;
    sla_time *time;
    bool *has;
  } limits[] = {{"--since", cli->since, &report->since, &report->has_since},
                {"--until", cli->before, &report->until, &report->has_until}};
  for (size_t i = 0; i < 2; i++) {
    enum sla_reading reading;
    char text[32];
    if (!limits[i].text)
      continue;
    bool is_date = strlen(limits[i].text) == 10 && limits[i].text[4] == '-'; /* which is its beginning */
    snprintf(text, sizeof text, "%.10sT00:00", limits[i].text);
    const char *time = is_date ? text : limits[i].text;
    if (sla_time_read(&cli->options, report->zone, limits[i].option, (struct sla_text){time, strlen(time)},
                      limits[i].time, &reading) != SLA_OK) {
      cli_status(cli, EXIT_USAGE);
      return false;
    }
    *limits[i].has = true;
  }
  return true;
}
