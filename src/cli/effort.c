/* effort: what worked time costs. */
#include "cli/effort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool load(struct effort_job *job) {
  struct cli *cli = job->cli;
  if (!cli->policy) {
    cli_error(cli, EXIT_USAGE, "a policy is needed: -p NAME");
    return false;
  }
  enum sla_code code = sla_policy_load(&cli->options, cli->policy, &job->policy);
  if (code != SLA_OK) {
    if (code == SLA_NO_MEMORY)
      cli_error(cli, EXIT_DEFECT, "out of memory");
    cli_status(cli, cli_status_of(code));
    return false;
  }
  if (!sla_policy_has_effort(job->policy)) {
    cli_error(cli, EXIT_USAGE, "policy \"%s\" has no \"effort\": it does not say what worked time costs",
              sla_policy_name(job->policy));
    return false;
  }
  if (sla_accounts_new(job->policy, &job->accounts) != SLA_OK) {
    cli_error(cli, EXIT_DEFECT, "out of memory");
    return false;
  }
  return effort_bind(job);
}

/* --- one piece of work ---------------------------------------------------------------------------------------------
 */

/* Remarks about the plan that pays. */
static void note_plan(struct cli *cli, const struct sla_account *account, const char *plan) {
  const struct sla_holding *holding = &account->plans[0];
  char amount[SLA_DURATION_TEXT], left[SLA_DURATION_TEXT];
  if (holding->kind != SLA_PLAN_ALLOWANCE)
    return;
  sla_duration_write(holding->amount * 60, amount);
  sla_duration_write((holding->left < 0 ? -holding->left : holding->left) * 60, left);
  if (holding->left > 0)
    cli_note(cli, "plan \"%s\" allows %s: %s left", plan, amount, left);
  else
    cli_note(cli, "plan \"%s\" allows %s: used up%s%s%s", plan, amount, holding->left ? ", " : "",
             holding->left ? left : "", holding->left ? " over" : "");
}

static void print_notes(const struct effort_job *job, const struct sla_effort *cost,
                        const struct sla_account *account) {
  struct cli *cli = job->cli;
  if (!sla_policy_has_credits(job->policy))
    cli_note(cli, "by policy \"%s\" work costs no credits", sla_policy_name(job->policy));
  if (cost->notice)
    cli_note(cli, "the customer must be told beforehand");
  if (cost->replenish)
    cli_note(cli, "the balance must be replenished for work that long");
  if (account->plan_count)
    note_plan(cli, account, sla_policy_plan_name(job->policy, account->plans[0].plan));
}

static void answer_minutes(struct effort_job *job, enum format format) {
  struct cli *cli = job->cli;
  int64_t minutes;
  if (!table_number((struct sla_text){cli->minutes, strlen(cli->minutes)}, 0, SLA_EFFORT_MOST_MINUTES, &minutes)) {
    cli_error(cli, EXIT_USAGE, "option --minutes must be a whole number from 0 to %lld, not \"%s\"",
              (long long)SLA_EFFORT_MOST_MINUTES, cli->minutes);
    return;
  }
  for (size_t i = 0; i < job->field_count + 2; i++) {
    const char *fixed = job->fields[i].fixed;
    job->values[i] = fixed ? (struct sla_text){fixed, strlen(fixed)} : (struct sla_text){"", 0};
  }
  struct sla_effort cost;
  const char *problem;
  enum sla_code code =
      sla_accounts_work(job->accounts, job->values[job->field_count], job->values, NULL, minutes, &cost, &problem);
  if (code != SLA_OK) {
    cli_error(cli, code == SLA_INVALID ? EXIT_USAGE : EXIT_DEFECT, "%s",
              code == SLA_INVALID ? problem : "out of memory");
    return;
  }
  if (format == FORMAT_JSON) {
    effort_print_one(job, minutes, &cost);
    return;
  }
  printf("%lld\n", (long long)cost.credits);
  fflush(stdout); /* before the notes, where both go the same way; main sees what goes wrong */
  print_notes(job, &cost, sla_accounts_item(job->accounts, 0));
}

/* --- files ---------------------------------------------------------------------------------------------------------
 */

static void answer_files(struct effort_job *job, enum format format) {
  struct cli *cli = job->cli;
  bool good = true;
  for (size_t i = 0; i < cli->operands.count; i++)
    good &= effort_read(job, cli->operands.items[i]);
  if (!cli->operands.count)
    good = effort_read(job, "-");
  if (cli->ledger)
    good &= effort_read_ledger(job, cli->ledger);
  if (job->nameless)
    cli_warning(cli, "%llu row%s no customer: counted together under an empty name", (unsigned long long)job->nameless,
                job->nameless == 1 ? " names" : "s name");
  if (*job->typo)
    cli_warning(cli, "%s", job->typo);
  if (good) /* what is not complete must not look as if it were */
    effort_print(job, format);
}

/* What the command line says of files. */
static const char *odd_option(const struct cli *cli) {
  const struct {
    const char *name;
    bool given;
  } options[] = {{"FILE", cli->operands.count}, {"--ledger", cli->ledger},    {"--input", cli->input},
                 {"--map", cli->maps.count},    {"--null", cli->nulls.count}, {"--input-format", cli->input_format}};
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    if (options[i].given)
      return options[i].name;
  return NULL;
}

static void answer(struct effort_job *job) {
  struct cli *cli = job->cli;
  enum format format;
  unsigned formats = 1U << FORMAT_TEXT | 1U << FORMAT_JSON | (cli->minutes ? 0 : 1U << FORMAT_CSV);
  const char *odd = odd_option(cli);
  if (cli->minutes && odd)
    cli_error(cli, EXIT_USAGE, "--minutes and %s exclude each other", odd);
  else if (cli_format(cli, formats, FORMAT_TEXT, &format) && load(job)) {
    if (cli->minutes)
      answer_minutes(job, format);
    else
      answer_files(job, format);
  }
}

void run_effort(struct cli *cli) {
  struct effort_job job = {.cli = cli};
  answer(&job);
  sla_accounts_free(job.accounts);
  sla_policy_free(job.policy);
  dialect_free(&job.dialect);
  free(job.fields);
  free(job.values);
  free(job.lists);
  free(job.items);
}
