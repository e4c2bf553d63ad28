#include "cli/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool load_policy(struct cli *cli, struct question *question) {
  const struct sla_inline *calendar = &cli->inline_calendar;
  bool has_inline = calendar->hours || calendar->zone || calendar->within || calendar->holidays_count ||
                    calendar->dates_count || calendar->weekend || calendar->exchanges || calendar->at ||
                    calendar->cutoff || calendar->roll || calendar->edge;
  if (cli->policy && has_inline) {
    cli_error(cli, EXIT_USAGE, "--policy excludes a calendar and a target given by options");
    return false;
  }
  if (!cli->policy && (!calendar->hours || !calendar->zone)) {
    cli_error(cli, EXIT_USAGE,
              calendar->hours  ? "--hours needs --zone"
              : calendar->zone ? "--zone needs --hours"
                               : "a policy (-p NAME) or a calendar (--hours TEXT --zone ZONE) is needed");
    return false;
  }
  question->is_inline = !cli->policy;
  enum sla_code code = cli->policy ? sla_policy_load(&cli->options, cli->policy, &question->policy)
                                   : sla_policy_inline(&cli->options, calendar, &question->policy);
  if (code == SLA_NO_MEMORY)
    cli_error(cli, EXIT_DEFECT, "out of memory");
  /* What is wrong in an option's text is wrong usage. */
  cli_status(cli, code == SLA_INVALID && question->is_inline && !cli->file_trouble ? EXIT_USAGE : cli_status_of(code));
  return code == SLA_OK;
}

static bool choose_metric(struct cli *cli, struct question *question) {
  size_t count = sla_policy_metric_count(question->policy);
  const char **names = cli_alloc(count * sizeof *names);
  for (size_t i = 0; i < count; i++)
    names[i] = sla_policy_metric_name(question->policy, i);
  bool found = !cli->metric;
  for (size_t i = 0; i < count && !found; i++)
    if (!strcmp(names[i], cli->metric)) {
      question->metric = i;
      found = true;
    }
  if (!found) {
    const char *nearest = sla_nearest((struct sla_text){cli->metric, strlen(cli->metric)}, names, count);
    cli_error(cli, EXIT_USAGE, "policy \"%s\" has no metric \"%s\"%s%s%s", sla_policy_name(question->policy),
              cli->metric, nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  }
  free(names);
  return found;
}

/* Puts a FIELD=VALUE into the values; a field that nothing reads is likely a slip. */
static bool set_value(struct cli *cli, struct question *question, const char *set) {
  const char *equals = strchr(set, '=');
  if (!equals || equals == set) {
    cli_error(cli, EXIT_USAGE, "--set must be FIELD=VALUE, not \"%s\"", set);
    return false;
  }
  struct sla_text field = {set, (size_t)(equals - set)};
  size_t count = sla_policy_field_count(question->policy);
  for (size_t i = 0; i < count; i++) {
    const char *name = sla_policy_field_name(question->policy, i);
    if (strlen(name) == field.len && !memcmp(name, field.ptr, field.len)) {
      question->values[i] = (struct sla_text){equals + 1, strlen(equals + 1)};
      return true;
    }
  }
  const char **names = cli_alloc(count * sizeof *names);
  for (size_t i = 0; i < count; i++)
    names[i] = sla_policy_field_name(question->policy, i);
  const char *nearest = sla_nearest(field, names, count);
  cli_warning(cli, "nothing in policy \"%s\" reads the field \"%.*s\"%s%s%s", sla_policy_name(question->policy),
              (int)field.len, field.ptr, nearest ? ": did you mean \"" : "", nearest ? nearest : "",
              nearest ? "\"?" : "");
  free(names);
  return true;
}

bool question_load(struct cli *cli, struct question *ret_question) {
  *ret_question = (struct question){0};
  if (!load_policy(cli, ret_question))
    return false;
  ret_question->zone = sla_policy_zone(ret_question->policy);
  ret_question->values = cli_alloc(sla_policy_field_count(ret_question->policy) * sizeof *ret_question->values);
  if (sla_worker_new(ret_question->policy, &ret_question->worker) != SLA_OK) {
    cli_error(cli, EXIT_DEFECT, "out of memory");
    return false;
  }
  bool good = choose_metric(cli, ret_question);
  for (size_t i = 0; i < cli->sets.count && good; i++)
    good = set_value(cli, ret_question, cli->sets.items[i]);
  return good && cli_now(cli, ret_question->zone, &ret_question->now) && cli_time_style(cli, &ret_question->style);
}

void question_free(struct question *question) {
  time_style_free(&question->style);
  sla_worker_free(question->worker);
  free(question->values);
  sla_policy_free(question->policy);
}

bool question_calendar(struct cli *cli, const struct question *question, sla_time at, size_t *ret_calendar) {
  *ret_calendar = sla_policy_calendar_at(question->policy, cli->calendar, at);
  if (*ret_calendar != SIZE_MAX)
    return true;
  size_t count = sla_policy_calendar_count(question->policy);
  const char **names = cli_alloc(count * sizeof *names);
  for (size_t i = 0; i < count; i++)
    names[i] = sla_policy_calendar_name(question->policy, i);
  const char *nearest = sla_nearest((struct sla_text){cli->calendar, strlen(cli->calendar)}, names, count);
  cli_error(cli, EXIT_USAGE, "policy \"%s\" has no calendar \"%s\"%s%s%s", sla_policy_name(question->policy),
            cli->calendar, nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  free(names);
  return false;
}

static bool named_clock(struct cli *cli, enum sla_clock *clock) {
  static const char *const names[] = {"business-hours", "business-days", "elapsed"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(cli->inline_calendar.clock, names[i])) {
      *clock = (enum sla_clock)i;
      return true;
    }
  cli_error(cli, EXIT_USAGE, "option --clock must be business-hours, business-days or elapsed, not \"%s\"",
            cli->inline_calendar.clock);
  return false;
}

bool question_clock(struct cli *cli, struct question *question, sla_time at, size_t *ret_calendar,
                    enum sla_clock *ret_clock) {
  *ret_clock = SLA_BUSINESS_HOURS;
  if (cli->calendar) {
    if (!question_calendar(cli, question, at, ret_calendar))
      return false;
  } else
    switch (sla_policy_clock(question->policy, question->metric, question->values, at, question->worker, ret_calendar,
                             ret_clock)) {
    case SLA_OK: break;
    case SLA_NOT_FOUND:
      cli_error(cli, EXIT_USAGE,
                "no target matches and policy \"%s\" has no default calendar: name one with --calendar",
                sla_policy_name(question->policy));
      return false;
    default: cli_error(cli, EXIT_DEFECT, "out of memory"); return false;
    }
  return !cli->inline_calendar.clock || named_clock(cli, ret_clock);
}

bool question_time(struct cli *cli, const struct question *question, const char *text, sla_time *ret_time) {
  enum sla_reading reading;
  enum sla_code code =
      sla_time_read(&cli->options, question->zone, NULL, (struct sla_text){text, strlen(text)}, ret_time, &reading);
  if (code != SLA_OK) {
    cli_status(cli, EXIT_DATA);
    return false;
  }
  cli_warn_local_times(cli, reading == SLA_READ_LOCAL_OVERLAP, reading == SLA_READ_LOCAL_GAP);
  return true;
}
