/* A program that knows slaclock only by what is installed: `make installcheck` compiles it as C and as C++. */
#include <slaclock.h>
#include <stdio.h>
#include <string.h>

static void show(void *data, const struct sla_diagnostic *diagnostic) {
  (void)data;
  fprintf(stderr, "%s\n", diagnostic->text);
}

/* Mo-Fr 09:00-17:00, two hours from Friday 16:00: Monday 10:00. */
int main(void) {
  struct sla_options options;
  struct sla_inline text;
  sla_policy *policy = NULL;
  sla_worker *worker = NULL;
  struct sla_result result;
  enum sla_code code;
  struct sla_text values[8];
  size_t start, i;
  char due[SLA_TIME_TEXT];

  memset(&options, 0, sizeof options);
  options.diagnose = show;
  memset(&text, 0, sizeof text);
  text.hours = "Mo-Fr 09:00-17:00";
  text.zone = "UTC";
  text.within = "2h";
  if (sla_policy_inline(&options, &text, &policy) != SLA_OK || sla_worker_new(policy, &worker) != SLA_OK)
    return 1;

  start = sla_policy_metric_start(policy, 0);
  if (sla_policy_field_count(policy) > sizeof values / sizeof values[0])
    return 1;
  for (i = 0; i < sla_policy_field_count(policy); i++) {
    values[i].ptr = i == start ? "2026-01-02T16:00Z" : "";
    values[i].len = strlen(values[i].ptr);
  }
  do
    code = sla_evaluate(policy, values, INT64_C(1767369600), worker, &result);
  while (code == SLA_BEYOND && sla_prepare(policy, worker) == SLA_OK);
  if (code != SLA_OK || !result.has_due)
    return 1;
  sla_time_write(result.due, 0, true, due);
  printf("%s %s\n", sla_version(), due);

  sla_worker_free(worker);
  sla_policy_free(policy);
  return 0;
}
