#include "cli/event_log.h"

#include "cli/buffer.h"
#include "cli/header.h"
#include "cli/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum log_column { LOG_ID, LOG_AT, LOG_EVENT, LOG_VALUE };
enum { LOG_COLUMNS = LOG_VALUE + 1 };
static const char *const column_names[LOG_COLUMNS] = {"id", "at", "event", "value"};

struct event_log {
  struct cli *cli;
  const struct dialect *dialect;
  const sla_zone *zone;
  struct sla_options options; /* for reading times: what is wrong with one goes to problem */
  char problem[256];
  struct input input;
  long columns[LOG_COLUMNS]; /* negative: none */
  struct header header;
  char *scratch;
  size_t scratch_size;
  struct index index;
  struct logged_event *events; /* of the incident asked for last */
  size_t event_capacity;
  struct buffer texts; /* their names and values, one behind the other */
  uint64_t overlaps, gaps;
};

/* --- rows -------------------------------------------------------------------------------------------------------- */

static void take_problem(void *data, const struct sla_diagnostic *diagnostic) {
  struct event_log *log = data;
  if (diagnostic->severity == SLA_ERROR && !*log->problem)
    snprintf(log->problem, sizeof log->problem, "%s", diagnostic->text);
}

/* What a row says. */
struct log_row {
  struct sla_text texts[LOG_COLUMNS];
  sla_time at;
  enum sla_reading reading;
};

static void take_texts(struct event_log *log, const struct record *record, struct log_row *row) {
  size_t used, taken = 0, need = LOG_COLUMNS * record->raw.len;
  if (log->scratch_size < need) {
    free(log->scratch);
    log->scratch = cli_alloc(log->scratch_size = 2 * need);
  }
  for (size_t i = 0; i < LOG_COLUMNS; i++) {
    row->texts[i] = (struct sla_text){"", 0};
    if (log->columns[i] < 0)
      continue;
    row->texts[i] = input_value(&log->input, record, (size_t)log->columns[i], log->scratch + taken, &used);
    taken += used;
  }
}

/* Reads a row; NULL, or what is wrong with it. */
static const char *read_row(struct event_log *log, const struct record *record, struct log_row *row) {
  *row = (struct log_row){0};
  const char *problem = header_row_problem(&log->header, &log->input, record, log->problem);
  if (problem)
    return problem;
  take_texts(log, record, row);
  if (!row->texts[LOG_ID].len)
    return "the event names no incident: its id is empty";
  if (!row->texts[LOG_EVENT].len)
    return "the event has no name";
  *log->problem = '\0';
  if (dialect_time(log->dialect, &log->options, log->zone, row->texts[LOG_AT], &row->at, &row->reading) != SLA_OK)
    return *log->problem ? log->problem : "at: not a time";
  return NULL;
}

static void report_row(struct event_log *log, const struct record *record, const char *problem) {
  long line, column;
  input_place(&log->input, record, &line, &column);
  cli_error_in(log->cli, EXIT_DATA, log->input.file, line, column, "%s", problem);
}

/* --- opening ----------------------------------------------------------------------------------------------------- */

/* Finds the columns; false after an error. */
static bool find_columns(struct event_log *log) {
  for (size_t i = 0; i < LOG_COLUMNS; i++) {
    log->columns[i] = header_find(&log->header, &log->input, column_names[i], column_names[i]);
    if (log->columns[i] >= 0 && !input_is_json(&log->input) &&
        !header_check_once(&log->header, &log->input, log->columns[i]))
      return false;
    if (log->columns[i] < 0 && i != LOG_VALUE) {
      cli_error_at(log->cli, EXIT_DATA, log->input.file, 1,
                   "the event log has no column \"%s\": its columns are id, at, event and value", column_names[i]);
      return false;
    }
  }
  return true;
}

static bool begin_log(struct event_log *log) {
  struct record row;
  if (!input_is_json(&log->input)) {
    if (!header_read(&log->input, &row))
      return false;
    header_keep(&log->header, &row);
  }
  return find_columns(log);
}

/* Notes where a row stands. One that cannot be read is reported, and has no incident. */
static bool index_row(struct event_log *log, const struct record *record) {
  struct log_row row;
  const char *problem = read_row(log, record, &row);
  if (problem)
    report_row(log, record, problem);
  log->overlaps += !problem && row.reading == SLA_READ_LOCAL_OVERLAP;
  log->gaps += !problem && row.reading == SLA_READ_LOCAL_GAP;
  if (index_add(&log->index, row.texts[LOG_ID], 0, input_offset(&log->input, record), record->line))
    return true;
  cli_error(log->cli, EXIT_DATA, "\"%s\" has too many events", log->input.file);
  return false;
}

static bool read_log(struct event_log *log, const char *path) {
  struct record record;
  log->input.keeps = true;
  bool good = input_open(&log->input, path) && begin_log(log);
  while (good && input_next(&log->input, &record))
    good = index_row(log, &record);
  return input_close(&log->input) && good;
}

struct event_log *event_log_open(struct cli *cli, const char *path, const struct dialect *dialect,
                                 const sla_zone *zone) {
  struct event_log *log = cli_alloc(sizeof *log);
  log->cli = cli;
  log->dialect = dialect;
  log->zone = zone;
  log->options = cli->options;
  log->options.diagnose = take_problem;
  log->options.diagnose_data = log;
  struct cli found_out = {.options = cli->options}; /* --input-format is about the incidents */
  input_init(&log->input, &found_out);
  log->input.cli = cli;
  if (read_log(log, path)) {
    index_report(cli, &log->index, path);
    return log;
  }
  event_log_close(log, false);
  return NULL;
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

static struct sla_text keep_text(struct event_log *log, struct sla_text text) {
  struct sla_text kept = {NULL, text.len};
  buffer_add(&log->texts, text.ptr, text.len);
  return kept;
}

/* Reads the events of a run behind those that are there. */
static size_t read_run(struct event_log *log, const struct index_run *run, size_t count) {
  struct record record;
  struct log_row row;
  input_go(&log->input, run->file, run->offset, run->line);
  for (uint32_t i = 0; i < run->count && input_next(&log->input, &record); i++) {
    if (read_row(log, &record, &row))
      continue;
    log->events = array_grow(log->events, count, &log->event_capacity, sizeof *log->events);
    log->events[count++] =
        (struct logged_event){row.at, keep_text(log, row.texts[LOG_EVENT]), keep_text(log, row.texts[LOG_VALUE])};
  }
  return count;
}

/* By time; at the same second by their order in the file, which is that of their texts. */
static int compare_events(const void *left, const void *right) {
  const struct logged_event *a = left, *b = right;
  if (a->at != b->at)
    return a->at < b->at ? -1 : 1;
  return a->name.ptr < b->name.ptr ? -1 : a->name.ptr > b->name.ptr;
}

const struct logged_event *event_log_of(struct event_log *log, struct sla_text id, size_t *ret_count) {
  *ret_count = 0;
  uint32_t incident = index_find(&log->index, id);
  if (incident == INDEX_END)
    return NULL;
  uint32_t first = log->index.incidents[incident].first;
  log->index.runs[first].claimed = true;
  log->texts.len = 0;
  for (uint32_t run = first; run != INDEX_END; run = log->index.runs[run].next)
    *ret_count = read_run(log, &log->index.runs[run], *ret_count);
  size_t at = 0;
  for (size_t i = 0; i < *ret_count; i++) {
    struct sla_text *texts[] = {&log->events[i].name, &log->events[i].value};
    for (int k = 0; k < 2; at += texts[k++]->len)
      texts[k]->ptr = buffer_text(&log->texts) + at;
  }
  if (*ret_count)
    qsort(log->events, *ret_count, sizeof *log->events, compare_events);
  return log->events;
}

void event_log_local_times(const struct event_log *log, uint64_t *overlaps, uint64_t *gaps) {
  *overlaps += log->overlaps;
  *gaps += log->gaps;
}

/* --- closing ----------------------------------------------------------------------------------------------------- */

static void report_unknown(const struct event_log *log) {
  const struct index *index = &log->index;
  unsigned long long events = 0, incidents = 0;
  struct sla_text example = {"", 0};
  for (uint32_t i = 0; i < index->count; i++) {
    const struct index_incident *incident = &index->incidents[i];
    if (!incident->id_len || index->runs[incident->first].claimed)
      continue;
    if (!incidents++)
      example = index_id(index, i);
    for (uint32_t run = incident->first; run != INDEX_END; run = index->runs[run].next)
      events += index->runs[run].count;
  }
  if (incidents)
    cli_warning(log->cli,
                "%llu event%s in \"%s\" %s about %llu incident%s that the input does not have, the first: \"%.*s\"",
                events, events == 1 ? "" : "s", log->input.files[0].path, events == 1 ? "is" : "are", incidents,
                incidents == 1 ? "" : "s", (int)(example.len < 100 ? example.len : 100), example.ptr);
}

void event_log_close(struct event_log *log, bool report) {
  if (!log)
    return;
  if (report)
    report_unknown(log);
  input_free(&log->input);
  header_free(&log->header);
  index_free(&log->index);
  buffer_free(&log->texts);
  free(log->events);
  free(log->scratch);
  free(log);
}

void index_report(struct cli *cli, const struct index *index, const char *file) {
  enum { MUCH = 64 << 20 };
  size_t size = index_size(index);
  if (size > MUCH && !index_is_grouped(index))
    cli_note(cli, "%s%s%s is not sorted by incident: where its rows stand takes %zu MiB of memory", file ? "\"" : "",
             file ? file : "the input", file ? "\"" : "", size >> 20);
}
