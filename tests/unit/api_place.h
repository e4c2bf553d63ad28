/*
 * api_place: a folder with a policy and a holiday set, and what a program does with them, for the tests of slaclock.h.
 */
#ifndef SLACLOCK_TESTS_API_PLACE_H
#define SLACLOCK_TESTS_API_PLACE_H

#include "helpers.h"

#include <unistd.h>

/* A folder of the test's own files, and options that look there. */
struct api_place {
  char folder[64];
  const char *path[1];
  struct collector collector;
  struct sla_options options;
};

static inline void write_file(const struct api_place *here, const char *name, const char *text) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", here->folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
  assert_int_equal(fclose(file), 0);
}

static const char set_text[] = "holidays: days\n"
                               "carryover: [{ rule: next-working-day }]\n"
                               "days:\n"
                               "  - { name: Spring Day, on: 05-01, from: 2000-01-01 }\n"
                               "  - { name: Year's Eve, on: 12-31, closed: \"12:00-24:00\", from: 2000-01-01 }\n"
                               "exchanges:\n"
                               "  - { off: 2026-05-11, work: 2026-05-16 }\n";

static const char policy_text[] =
    "policy: shop\n"
    "zone: Europe/Kyiv\n"
    "calendars:\n"
    "  office:\n"
    "    hours: \"Mo-Fr 09:00-17:00\"\n"
    "    holidays: [days]\n"
    "    exchanges: true\n"
    "    holiday_eve: -1h\n"
    "    dates: { 2026-03-04: \"10:00-12:00\" }\n"
    "  austin: { hours: \"Mo-Fr 09:00-17:00\", zone: America/Chicago }\n"
    "  both: { union: [office, austin], zone: UTC }\n"
    "calendar: office\n"
    "exclude:\n"
    "  - { when: { cause: customer }, reason: not ours }\n"
    "targets:\n"
    "  - { metric: resolution, when: { priority: P1 }, within: 8h, calendar: both }\n"
    "  - { metric: resolution, within: 2bd }\n"
    "  - { metric: first_response, during: both, within: 2h }\n"
    "  - { metric: first_response, within: 24h, clock: elapsed }\n"
    "examples:\n"
    "  - { at: \"2026-03-02T09:00\", metric: first_response, due: \"2026-03-02T11:00\" }\n"
    "  - { open: office, at: \"2026-05-01T10:00\", is: closed }\n"
    "  - { open: office, at: \"2026-05-16T10:00\", is: open }\n";

static inline int place_open(void **state) {
  struct api_place *here = calloc(1, sizeof *here);
  assert_non_null(here);
  snprintf(here->folder, sizeof here->folder, "/tmp/test_api-XXXXXX");
  assert_non_null(mkdtemp(here->folder));
  here->path[0] = here->folder;
  here->options = collector_options(&here->collector);
  here->options.path = here->path;
  here->options.path_count = 1;
  write_file(here, "days.yaml", set_text);
  write_file(here, "shop.yaml", policy_text);
  *state = here;
  return 0;
}

static inline int place_close(void **state) {
  struct api_place *here = *state;
  char command[128];
  snprintf(command, sizeof command, "rm -r %s", here->folder);
  assert_int_equal(system(command), 0);
  free(here);
  return 0;
}

static inline sla_policy *place_load(struct api_place *here) {
  sla_policy *policy = NULL;
  enum sla_code code = sla_policy_load(&here->options, "shop", &policy);
  if (code != SLA_OK)
    fail_msg("code %d: %s", code, here->collector.count ? here->collector.items[0] : "nothing said");
  return policy;
}

static inline sla_worker *worker_for(const sla_policy *policy) {
  sla_worker *worker = NULL;
  assert_int_equal(sla_worker_new(policy, &worker), SLA_OK);
  return worker;
}

static inline size_t field_named(const sla_policy *policy, const char *name) {
  for (size_t i = 0; i < sla_policy_field_count(policy); i++)
    if (strcmp(sla_policy_field_name(policy, i), name) == 0)
      return i;
  fail_msg("no field %s", name);
  return 0;
}

static inline struct sla_text text_from(const char *string) {
  return (struct sla_text){string, strlen(string)};
}

enum { FIELDS = 8, METRICS = 2 };

/* Evaluates an incident, compiling what is missing; the number of times that was needed. */
static inline int evaluate(sla_policy *policy, sla_worker *worker, const struct sla_text *values, sla_time now,
                           struct sla_result *results) {
  enum sla_code code;
  int prepared = 0;
  while ((code = sla_evaluate(policy, values, now, worker, results)) == SLA_BEYOND) {
    assert_in_range(prepared++, 0, 50);
    assert_int_equal(sla_prepare(policy, worker), SLA_OK);
  }
  assert_int_equal(code, SLA_OK);
  return prepared;
}

#endif
