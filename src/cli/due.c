/* due: prints due times. */
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/question.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One START: from the command line (line 0) or a line of standard input. */
struct start {
  struct sla_text text;
  long line;
};

/* Why a policy promises no due time, in words. */
static const char *no_promise(const struct sla_result *result) {
  switch (result->status) {
  case SLA_NO_POLICY: return "the policy is not in force then";
  case SLA_EXCLUDED: return "excluded";
  case SLA_NO_TARGET: return "no target matches";
  case SLA_BEST_EFFORT: return "best effort: no time is promised";
  case SLA_NOT_STARTED: return "it has not started: another metric has to stop before (--set FIELD=TIME says when)";
  default: return "no due time";
  }
}

/* Who decided, and where that is written. */
static void json_rule(struct json *json, const struct sla_rule *rule, bool is_inline) {
  json_string(json, "policy", is_inline ? NULL : rule->policy);
  json_string(json, "version", rule->version && *rule->version ? rule->version : NULL);
  json_string(json, "file", rule->file);
  if (rule->file)
    json_number(json, "line", rule->line);
  else
    json_null(json, "line");
}

static void print_json(const struct question *question, const struct start *start, const struct sla_result *result,
                       const char *due) {
  struct json json = {stdout, true};
  json_open(&json, NULL, '{');
  json_string(&json, "metric", sla_policy_metric_name(question->policy, question->metric));
  json_text(&json, "start", start->text);
  json_string(&json, "due", due);
  json_string(&json, "status", due ? NULL : sla_status_name(result->status));
  json_string(&json, "reason", result->reason ? result->reason : due ? NULL : no_promise(result));
  json_string(&json, "coverage", result->coverage);
  json_rule(&json, &result->rule, question->is_inline);
  json_close(&json, '}');
  putchar('\n');
}

static void complain(struct cli *cli, const struct start *start, const struct sla_result *result) {
  const char *file = start->line ? "-" : NULL;
  if (result->status == SLA_STATUS_ERROR)
    cli_error_at(cli, EXIT_DATA, file, start->line, "%s", result->reason);
  else {
    cli_status(cli, EXIT_NO);
    fprintf(stderr, "slaclock: ");
    if (start->line)
      fprintf(stderr, "-:%ld: ", start->line);
    fprintf(stderr, "no due time: %s%s%s\n", no_promise(result), result->reason ? ": " : "",
            result->reason ? result->reason : "");
  }
}

static bool is_blank(struct sla_text text) {
  size_t blanks = 0;
  while (blanks < text.len && (text.ptr[blanks] == ' ' || text.ptr[blanks] == '\t'))
    blanks++;
  return blanks == text.len;
}

/* Evaluates an incident that starts at START: where its field says so, or with the event that begins a cycle. */
static bool evaluate(struct cli *cli, struct question *question, const struct start *start,
                     struct sla_result *results) {
  size_t field = sla_policy_metric_start(question->policy, question->metric);
  struct sla_event event = {0};
  struct sla_incident incident = {.values = question->values};
  sla_time now = question->now;
  struct sla_options silent = cli->options;
  enum sla_reading reading;
  silent.diagnose = NULL;
  bool is_time = sla_time_read(&silent, question->zone, NULL, start->text, &event.at, &reading) == SLA_OK;
  size_t calendar;
  if (cli->calendar && is_time && question_calendar(cli, question, event.at, &calendar))
    sla_worker_set_calendar(question->worker, calendar);
  if (sla_policy_metric_is_cycle(question->policy, question->metric, &event.kind)) {
    if (!is_time) {
      results[question->metric] =
          (struct sla_result){.status = SLA_STATUS_ERROR, .reason = "START is no time like 2026-01-31T15:00Z"};
      return true;
    }
    cli_warn_local_times(cli, reading == SLA_READ_LOCAL_OVERLAP, reading == SLA_READ_LOCAL_GAP);
    incident.events = &event;
    incident.event_count = 1;
    now = now > event.at ? now : event.at; /* what has not happened yet would begin nothing */
  } else
    question->values[field] = start->text;
  enum sla_code code;
  while ((code = sla_evaluate_incident(question->policy, &incident, now, question->worker, results)) == SLA_BEYOND &&
         (code = sla_prepare(question->policy, question->worker)) == SLA_OK)
    ;
  if (code != SLA_OK)
    cli_error(cli, EXIT_DEFECT, "out of memory");
  return code == SLA_OK;
}

/* Evaluates one START and prints its line. coverage_told: the warning about coverage is given once. */
static void answer(struct cli *cli, struct question *question, const struct start *start, struct sla_result *results,
                   enum format format, bool *coverage_told) {
  if (!evaluate(cli, question, start, results))
    return;
  struct sla_result *result = &results[question->metric];
  if (result->status == SLA_NOT_STARTED && is_blank(start->text))
    *result = (struct sla_result){.status = SLA_STATUS_ERROR, .reason = "an empty line is no time"};
  char due[SLA_TIME_TEXT];
  if (result->has_due)
    time_style_write(&question->style, result->due, result->due_offset_s, due);
  if (format == FORMAT_JSON)
    print_json(question, start, result, result->has_due ? due : NULL);
  else
    puts(result->has_due ? due : "-");
  if (!result->has_due)
    complain(cli, start, result);
  if (result->coverage && !*coverage_told) {
    cli_warning(cli, "%s", result->coverage);
    *coverage_told = true;
  }
}

static void answer_input(struct cli *cli, struct question *question, struct sla_result *results, enum format format,
                         bool *coverage_told) {
  char *line = NULL;
  size_t size = 0;
  ssize_t len;
  for (long number = 1; (len = getline(&line, &size, stdin)) >= 0; number++) {
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
      len--;
    struct start start = {{line, (size_t)len}, number};
    answer(cli, question, &start, results, format, coverage_told);
  }
  if (ferror(stdin))
    cli_error(cli, EXIT_IO, "cannot read standard input: %s", strerror(errno));
  free(line);
}

static void answer_all(struct cli *cli, struct question *question) {
  enum format format;
  if (question->is_inline && !cli->inline_calendar.within) {
    cli_error(cli, EXIT_USAGE, "a calendar given by options needs --within AMOUNT");
    return;
  }
  if (cli->inline_calendar.clock && !question->is_inline) {
    cli_error(cli, EXIT_USAGE, "due takes the clock of the target that matches: --clock is for elapsed");
    return;
  }
  size_t calendar;
  if (cli->calendar && !question_calendar(cli, question, question->now, &calendar))
    return;
  if (sla_policy_metric_count(question->policy) == 0) {
    cli_error(cli, EXIT_USAGE, "policy \"%s\" has no targets", sla_policy_name(question->policy));
    return;
  }
  if (!cli_format(cli, 1U << FORMAT_TEXT | 1U << FORMAT_JSON, FORMAT_TEXT, &format))
    return;
  struct sla_result *results = cli_alloc(sla_policy_metric_count(question->policy) * sizeof *results);
  bool coverage_told = false;
  char now[SLA_TIME_TEXT];
  if (cli->operands.count == 0) {
    struct start start = {{now, sla_time_write(question->now, 0, true, now)}, 0};
    answer(cli, question, &start, results, format, &coverage_told);
  }
  for (size_t i = 0; i < cli->operands.count; i++) {
    const char *operand = cli->operands.items[i];
    struct start start = {{operand, strlen(operand)}, 0};
    if (strcmp(operand, "-") == 0)
      answer_input(cli, question, results, format, &coverage_told);
    else
      answer(cli, question, &start, results, format, &coverage_told);
  }
  uint64_t overlaps, gaps;
  sla_worker_local_times(question->worker, &overlaps, &gaps);
  cli_warn_local_times(cli, overlaps, gaps);
  free(results);
}

void run_due(struct cli *cli) {
  struct question question;
  if (question_load(cli, &question))
    answer_all(cli, &question);
  question_free(&question);
}
