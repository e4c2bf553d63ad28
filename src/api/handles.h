/* handles: what the opaque types of slaclock.h are inside. */
#ifndef SLACLOCK_API_HANDLES_H
#define SLACLOCK_API_HANDLES_H

#include "base/diag.h"
#include "engine/evaluate.h"
#include "policy/policy.h"
#include "slaclock.h"

static inline struct policy *policy_of(sla_policy *policy) {
  return (struct policy *)policy;
}

static inline const struct policy *policy_of_const(const sla_policy *policy) {
  return (const struct policy *)policy;
}

static inline struct worker *worker_of(sla_worker *worker) {
  return (struct worker *)worker;
}

static inline const struct zone *zone_of(const sla_zone *zone) {
  return (const struct zone *)zone;
}

static inline const sla_zone *zone_handle(const struct zone *zone) {
  return (const sla_zone *)zone;
}

/* Instants outside the supported range count as its nearest end. */
static inline sla_time supported(sla_time t) {
  return t < SLA_TIME_MIN ? SLA_TIME_MIN : t > SLA_TIME_MAX ? SLA_TIME_MAX : t;
}

/* A format's handle is where somebody keeps the pointer to it. */
static inline const struct time_format *format_of(const struct sla_time_format *format) {
  return format ? *(const struct time_format *const *)(const void *)format : NULL;
}

/* Options for a caller that gave none. */
const struct sla_options *options_or_default(const struct sla_options *options);

/* Reports an error that is about a name on the command line, not about a place in a file. */
void report(const struct sla_options *options, const char *file, const char *text);

/* Prepares what an evaluation or a question found missing. */
enum sla_code prepare(struct policy *policy, const struct need *need);

/*
 * Why a date of a prepared calendar is as it is, as data. false for a calendar made of others, whose days have no plan
 * of their own; ret_plan is then left alone.
 */
bool describe_day(const struct calendar *calendar, int date, struct calendar_day *ret_plan, struct sla_day *ret_day);

/* Runs an example of a policy about effort. */
enum sla_code run_effort_question(struct policy *policy, struct diags *diags, const struct example *example,
                                  bool *ret_holds);

/*
 * The path of a file that a command line names: looked up where it is a name. NULL after a diagnostic; what is its kind
 * for the message ("policy").
 */
const char *locate(struct arena *arena, const struct sla_options *options, const char *what, const char *name);

/* Loads a file into *ret_loaded, which is set on success only. */
typedef enum sla_code load_file_fn(const struct sla_options *options, struct diags *diags, const char *path,
                                   void *ret_loaded);

/* Finds a file as locate does and loads it; diagnostics come in the file's order. options may be NULL. */
enum sla_code load_named(const struct sla_options *options, const char *what, const char *name, load_file_fn *load,
                         void *ret_loaded);

#endif
