/*
 * event_log: what happened to incidents, out of a file (--events): CSV or JSON with id, at, event and value, in any
 * order. The file is read once to find where each incident's events stand, and an incident's when its turn comes.
 */
#ifndef SLACLOCK_CLI_EVENT_LOG_H
#define SLACLOCK_CLI_EVENT_LOG_H

#include "cli/dialect.h"

struct event_log;

struct logged_event {
  sla_time at;
  struct sla_text name, value;
};

/*
 * Opens a log and reports the events in it that are none. Times are read in the input's dialect; those without offset
 * where it says no zone, in the zone. NULL after an error.
 */
struct event_log *event_log_open(struct cli *cli, const char *path, const struct dialect *dialect,
                                 const sla_zone *zone);

/*
 * The events of an incident, by time; at the same second in the file's order. Valid until the next call. Asking says
 * that the incident is known.
 */
const struct logged_event *event_log_of(struct event_log *log, struct sla_text id, size_t *ret_count);

/* How many local times fell into an hour that repeats, and into one that was skipped, so far. */
void event_log_local_times(const struct event_log *log, uint64_t *overlaps, uint64_t *gaps);

/* Reports events of incidents that nobody has asked for, if wanted, and frees the log. */
void event_log_close(struct event_log *log, bool report);

/* Says on standard error that a file is not sorted by incident, where that takes much memory. */
struct index;
void index_report(struct cli *cli, const struct index *index, const char *file);

#endif
