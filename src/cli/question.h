/* question: what due, elapsed and open ask about: a policy or an inline calendar, an incident's fields, a metric. */
#ifndef SLACLOCK_CLI_QUESTION_H
#define SLACLOCK_CLI_QUESTION_H

#include "cli/cli.h"

struct question {
  sla_policy *policy;
  bool is_inline;
  sla_worker *worker;
  size_t metric;           /* meaningless where the policy has no metrics */
  struct sla_text *values; /* of the policy's fields, by --set */
  const sla_zone *zone;    /* of local times on the command line */
  sla_time now;
  struct time_style style;
};

/* Loads what the command line names; false after an error. Release with question_free in either case. */
bool question_load(struct cli *cli, struct question *ret_question);
void question_free(struct question *question);

/* The calendar that --calendar names, as it is in force at a time. false after an error. */
bool question_calendar(struct cli *cli, const struct question *question, sla_time at, size_t *ret_calendar);

/*
 * The calendar and clock to ask: by --calendar and --clock, else those of the target that matches at a time, else the
 * policy's default. false after an error.
 */
bool question_clock(struct cli *cli, struct question *question, sla_time at, size_t *ret_calendar,
                    enum sla_clock *ret_clock);

/* Reads an operand as a time. false after an error: bad data. Local times in gaps and overlaps are noted on stderr. */
bool question_time(struct cli *cli, const struct question *question, const char *text, sla_time *ret_time);

#endif
