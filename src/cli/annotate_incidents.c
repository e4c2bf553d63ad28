/*
 * annotate_incidents: one record an incident, where the input has several of them or a log says what happened. All
 * files are read to find where each incident's rows stand; then each incident's are read when its turn comes.
 */
#include "cli/annotate.h"

#include "cli/buffer.h"

#include <stdio.h>
#include <stdlib.h>

/* How an incident stood at a time. */
struct standing {
  sla_time at;
  size_t texts;  /* where in lives->texts its values stand, each behind its length */
  bool resolved; /* by the words of the profile's fields */
  const struct index_run *run;
  uint32_t row; /* of the run */
};

/* A column that says, among others, whether an incident is resolved. */
struct state_column {
  size_t field; /* of the profile */
  long column;
};

/* What is known of the incident that is being evaluated. */
struct lives {
  struct standing *standings; /* by time */
  size_t count, capacity;
  struct buffer texts;
  char problem[256];

  struct sla_event *events;
  size_t event_count, event_capacity;
  char *scratch;
  size_t scratch_size;
  struct sla_options options; /* for reading times: what is wrong with one goes to problem */
};

/* --- the rows of an incident ------------------------------------------------------------------------------------- */

/* Of times without offset where the input's dialect says none. */
static const sla_zone *zone_of(const struct annotation *job) {
  return job->policy_count ? sla_policy_zone(job->policies[0].policy) : NULL;
}

static void take_problem(void *data, const struct sla_diagnostic *diagnostic) {
  struct lives *lives = data;
  if (diagnostic->severity == SLA_ERROR && !*lives->problem)
    snprintf(lives->problem, sizeof lives->problem, "%s", diagnostic->text);
}

/* What a row says in a column; valid until the next call. */
static struct sla_text value_of(struct annotation *job, const struct record *row, long column) {
  struct lives *lives = job->lives;
  size_t used;
  if (column < 0)
    return (struct sla_text){"", 0};
  struct sla_text field = row->fields[column];
  if (lives->scratch_size < field.len) {
    free(lives->scratch);
    lives->scratch = cli_alloc(lives->scratch_size = 2 * field.len);
  }
  return input_value(&job->input, row, (size_t)column, lives->scratch, &used);
}

/* Whether a row's fields can be told apart at all. */
static bool is_whole(const struct annotation *job, const struct record *row) {
  return !row->problem && (job->is_json || row->count == job->header.count);
}

static void keep_text(struct lives *lives, struct sla_text text) {
  buffer_add(&lives->texts, (const char *)&text.len, sizeof text.len);
  buffer_add(&lives->texts, text.ptr, text.len);
}

/* Takes a kept text; *at moves behind it. */
static struct sla_text kept_text(const struct lives *lives, size_t *at) {
  struct sla_text text;
  memcpy(&text.len, lives->texts.text + *at, sizeof text.len);
  text.ptr = lives->texts.text + *at + sizeof text.len;
  *at += sizeof text.len + text.len;
  return text;
}

/* Whether a row says that the incident is resolved: by all columns that say so. */
static bool is_resolved(struct annotation *job, const struct record *row) {
  const struct dialect *dialect = &job->dialect;
  for (size_t i = 0; i < job->state_count; i++) {
    struct sla_text word = dialect_word(dialect, job->states[i].field, value_of(job, row, job->states[i].column));
    if (!sla_profile_resolves(dialect->profile, job->states[i].field, word))
      return false;
  }
  return job->state_count > 0;
}

/* Keeps how an incident stood by a row: the values of all policies' fields. */
static void keep_standing(struct annotation *job, const struct record *row, const struct index_run *run, uint32_t n) {
  struct lives *lives = job->lives;
  struct standing standing = {.texts = lives->texts.len, .resolved = is_resolved(job, row), .run = run, .row = n};
  enum sla_reading reading;
  struct sla_text at = value_of(job, row, job->history_column);
  bool had_problem = *lives->problem;
  if (dialect_time(&job->dialect, &lives->options, zone_of(job), at, &standing.at, &reading) != SLA_OK &&
      !had_problem) {
    char text[sizeof lives->problem];
    snprintf(text, sizeof text, "%s", lives->problem);
    snprintf(lives->problem, sizeof lives->problem, "the row on line %ld: %s: %.200s", row->line, job->history,
             *text ? text : "not a time");
  }
  for (size_t p = 0; p < job->policy_count; p++)
    for (size_t i = 0; i < job->policies[p].field_count; i++)
      keep_text(lives, dialect_word(&job->dialect, job->policies[p].words[i],
                                    value_of(job, row, job->policies[p].columns[i])));
  lives->standings = array_grow(lives->standings, lives->count, &lives->capacity, sizeof *lives->standings);
  lives->standings[lives->count++] = standing;
}

/* By time; at the same time by their order in the input, which is that of their texts. */
static int compare_standings(const void *left, const void *right) {
  const struct standing *a = left, *b = right;
  if (a->at != b->at)
    return a->at < b->at ? -1 : 1;
  return a->texts < b->texts ? -1 : a->texts > b->texts;
}

/* Reads the rows of a history. */
static void read_standings(struct annotation *job, const struct index_incident *incident) {
  for (uint32_t r = incident->first; r != INDEX_END; r = job->index.runs[r].next) {
    const struct index_run *run = &job->index.runs[r];
    struct record row;
    input_go(&job->input, run->file, run->offset, run->line);
    for (uint32_t n = 0; n < run->count && input_next(&job->input, &row); n++)
      if (is_whole(job, &row))
        keep_standing(job, &row, run, n);
  }
}

/* Writes an incident: its newest row, with what happened until then. */
static void write_incident(struct annotation *job, const struct index_incident *incident) {
  struct lives *lives = job->lives;
  const struct index_run *run = &job->index.runs[incident->last];
  uint32_t n = run->count - 1;
  lives->count = lives->texts.len = 0;
  *lives->problem = '\0';
  if (job->history_column >= 0) {
    read_standings(job, incident);
    if (lives->count) {
      qsort(lives->standings, lives->count, sizeof *lives->standings, compare_standings);
      run = lives->standings[lives->count - 1].run;
      n = lives->standings[lives->count - 1].row;
    }
  }
  struct record row;
  input_go(&job->input, run->file, run->offset, run->line);
  for (uint32_t i = 0; i <= n; i++)
    if (!input_next(&job->input, &row)) {
      cli_error(job->cli, EXIT_IO, "\"%s\" has changed while it was read", job->input.file);
      job->stopped = true;
      return;
    }
  annotation_row(job, &row);
}

/* --- events ------------------------------------------------------------------------------------------------------ */

static void add_event(struct lives *lives, struct sla_event event) {
  lives->events = array_grow(lives->events, lives->event_count, &lives->event_capacity, sizeof *lives->events);
  lives->events[lives->event_count++] = event;
}

/* Where a policy's fields begin among the texts of a standing. */
static size_t fields_before(const struct annotation *job, const struct annotator *annotator) {
  size_t count = 0;
  for (const struct annotator *other = job->policies; other != annotator; other++)
    count += other->field_count;
  return count;
}

/* The values that a policy's fields had. */
static void read_texts(const struct annotation *job, const struct annotator *annotator, size_t standing,
                       struct sla_text *values) {
  size_t at = job->lives->standings[standing].texts, skip = fields_before(job, annotator);
  for (size_t i = 0; i < skip; i++)
    kept_text(job->lives, &at);
  for (size_t i = 0; i < annotator->field_count; i++)
    values[i] = kept_text(job->lives, &at);
}

static bool same(struct sla_text a, struct sla_text b) {
  return a.len == b.len && !memcmp(a.ptr, b.ptr, a.len);
}

/* Changes from row to row are events; what a field that changes was in the first row, it was from the beginning. */
static void add_changes(struct annotation *job, const struct annotator *annotator) {
  struct lives *lives = job->lives;
  size_t fields = annotator->field_count;
  struct sla_text *values = cli_alloc(2 * fields * sizeof *values), *before = values, *after = values + fields;
  size_t *firsts = cli_alloc(fields * sizeof *firsts); /* event that says a field's first value, from 1 */
  for (size_t s = 0; s < lives->count; s++) {
    read_texts(job, annotator, s, after);
    for (size_t i = 0; i < fields; i++) {
      if (s && same(before[i], after[i]))
        continue;
      firsts[i] = s ? SIZE_MAX : 0;
      add_event(lives, (struct sla_event){s ? lives->standings[s].at : SLA_TIME_MIN, SLA_EVENT_FIELD, i, after[i]});
    }
    bool was_resolved = s && lives->standings[s - 1].resolved, resolved = lives->standings[s].resolved;
    if (resolved != was_resolved)
      add_event(lives, (struct sla_event){.at = lives->standings[s].at,
                                          .kind = resolved ? SLA_EVENT_RESOLVED : SLA_EVENT_REOPENED});
    struct sla_text *swap = before;
    before = after, after = swap;
  }
  size_t kept = 0; /* fields that never change have no events */
  for (size_t i = 0; i < lives->event_count; i++)
    if (lives->events[i].kind != SLA_EVENT_FIELD || firsts[lives->events[i].field])
      lives->events[kept++] = lives->events[i];
  lives->event_count = kept;
  free(firsts);
  free(values);
}

/* The policy's field of a name; SIZE_MAX where it reads none. */
static size_t field_named(const struct annotator *annotator, struct sla_text name) {
  for (size_t i = 0; i < annotator->field_count; i++)
    if (annotation_is(name, sla_policy_field_name(annotator->policy, i)))
      return i;
  return SIZE_MAX;
}

/* Puts the log's events among those of the history: at the same second, behind them. */
static void add_logged(struct annotation *job, const struct annotator *annotator, struct sla_text id) {
  struct lives *lives = job->lives;
  size_t count, place = 0;
  const struct logged_event *logged = event_log_of(job->log, id, &count);
  for (size_t i = 0; i < count; i++) {
    struct sla_event event = {logged[i].at, sla_event_kind_read(logged[i].name), 0, logged[i].value};
    if (event.kind == SLA_EVENT_FIELD && (event.field = field_named(annotator, logged[i].name)) == SIZE_MAX) {
      if (!job->unread_events++)
        snprintf(job->first_unread, sizeof job->first_unread, "%.*s",
                 (int)(logged[i].name.len < 100 ? logged[i].name.len : 100), logged[i].name.ptr);
      continue;
    }
    if (event.kind == SLA_EVENT_FIELD)
      event.value = dialect_word(&job->dialect, annotator->words[event.field], event.value);
    while (place < lives->event_count && lives->events[place].at <= event.at)
      place++;
    add_event(lives, event);
    memmove(&lives->events[place + 1], &lives->events[place], (lives->event_count - 1 - place) * sizeof *lives->events);
    lives->events[place++] = event;
  }
}

const char *annotation_events(struct annotation *job, const struct annotator *annotator, const struct record *row,
                              struct sla_incident *incident) {
  struct lives *lives = job->lives;
  if (*lives->problem)
    return lives->problem;
  lives->event_count = 0;
  if (lives->count)
    add_changes(job, annotator);
  if (job->log)
    add_logged(job, annotator, value_of(job, row, job->id_column));
  incident->events = lives->events;
  incident->event_count = lives->event_count;
  return NULL;
}

/* --- all incidents ----------------------------------------------------------------------------------------------- */

/* Finds the columns that say whether an incident is resolved. */
static void bind_states(struct annotation *job) {
  const struct dialect *dialect = &job->dialect;
  size_t count = dialect->has_states ? sla_profile_field_count(dialect->profile) : 0;
  job->states = cli_alloc((count + 1) * sizeof *job->states);
  for (size_t i = 0; i < count; i++) {
    struct sla_profile_field field;
    const char *name;
    sla_profile_field_at(dialect->profile, i, &field);
    if (!field.resolves)
      continue;
    long column = annotation_column_of(job, field.name, &name);
    job->states[job->state_count++] = (struct state_column){i, column};
    if (column == COLUMN_NONE && job->history)
      cli_warning(job->cli,
                  "the input has no column \"%s\", by which profile \"%s\" tells that incidents are resolved: no row "
                  "says so (--map %s=COLUMN names another)",
                  name, sla_profile_name(dialect->profile), field.name);
  }
}

/* What incidents are told apart by, ordered by and resolved by must not stand in the header twice. */
static bool check_repeated(struct annotation *job) {
  bool good = header_check_once(&job->header, &job->input, job->id_column);
  if (job->history_column >= 0)
    good &= header_check_once(&job->header, &job->input, job->history_column);
  for (size_t i = 0; i < job->state_count && job->history; i++)
    if (job->states[i].column >= 0)
      good &= header_check_once(&job->header, &job->input, job->states[i].column);
  return good;
}

/* Finds the columns of the id and the time; false after an error. */
static bool bind(struct annotation *job) {
  const char *name, *history = job->history;
  annotation_column_of(job, "id", &name);
  if (job->id_column < 0) {
    cli_error_at(job->cli, EXIT_DATA, job->input.file, 1,
                 "the input has no column \"%s\", by which incidents are told apart (--map id=COLUMN names another)",
                 name);
    return false;
  }
  job->history_column = history ? annotation_column_of(job, history, &name) : COLUMN_NONE;
  bind_states(job);
  if (history && job->history_column == COLUMN_NONE)
    cli_error_at(job->cli, EXIT_DATA, job->input.file, 1, "the input has no column \"%s\", which %s names", name,
                 job->cli->history ? "--history" : "the profile");
  if (history && job->history_column < 0)
    return false;
  return job->is_json || check_repeated(job);
}

static bool begin(struct annotation *job, const struct record *row) {
  bool good = annotation_begin(job, row) && bind(job);
  if (!good)
    job->output.len = 0; /* the header */
  return good;
}

/* Notes where a row stands; one that says no id, or a text that stands for nothing, is an incident by itself. */
static void index_row(struct annotation *job, const struct record *row) {
  struct sla_text id = is_whole(job, row) ? value_of(job, row, job->id_column) : (struct sla_text){"", 0};
  id = dialect_word(&job->dialect, SIZE_MAX, id);
  if (index_add(&job->index, id, job->input.file_count - 1, input_offset(&job->input, row), row->line))
    return;
  cli_error(job->cli, EXIT_DATA, "the input has too many rows or files");
  job->stopped = true;
}

/* Whether standard input is among the operands. */
static bool reads_stdin(const struct strings *operands) {
  for (size_t i = 0; i < operands->count; i++)
    if (!strcmp(operands->items[i], "-"))
      return true;
  return !operands->count;
}

bool annotation_open_log(struct annotation *job) {
  const struct cli *cli = job->cli;
  if (cli->events && !strcmp(cli->events, "-") && reads_stdin(&cli->operands)) {
    cli_error(job->cli, EXIT_USAGE, "standard input cannot be the incidents and --events both");
    return false;
  }
  if (cli->events)
    job->log = event_log_open(job->cli, job->cli->events, &job->dialect, zone_of(job));
  return job->log || !job->cli->events;
}

bool annotation_read_incidents(struct annotation *job) {
  struct lives *lives = job->lives = cli_alloc(sizeof *lives);
  lives->options = job->cli->options;
  lives->options.diagnose = take_problem;
  lives->options.diagnose_data = lives;
  job->input.keeps = true;
  bool good = annotation_read_files(job, begin, index_row);
  if (good)
    index_report(job->cli, &job->index, NULL);
  annotation_progress(job, job->index.count, "incidents");
  for (uint32_t i = 0; good && i < job->index.count && !job->stopped && !job->output.error; i++) {
    write_incident(job, &job->index.incidents[i]);
    if (progress_is_due(&job->progress))
      progress_show(&job->progress, i);
  }
  progress_end(&job->progress);
  return good && !job->stopped;
}

/* A misspelt event looks like one about a field that nobody reads, and would change nothing. */
static void report_unread(struct annotation *job) {
  static const char *const names[] = {"customer_reply", "agent_reply", "resolved", "reopened"};
  size_t fields = job->policy_count ? job->policies[0].field_count : 0, count = sizeof names / sizeof *names;
  const char **candidates = cli_alloc((count + fields) * sizeof *candidates);
  memcpy(candidates, names, sizeof names);
  for (size_t i = 0; i < fields; i++)
    candidates[count++] = sla_policy_field_name(job->policies[0].policy, i);
  const char *nearest = sla_nearest((struct sla_text){job->first_unread, strlen(job->first_unread)}, candidates, count);
  cli_warning(job->cli, "%llu event%s about fields that no policy in use reads, the first: \"%s\"%s%s%s",
              (unsigned long long)job->unread_events, job->unread_events == 1 ? " is" : "s are", job->first_unread,
              nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  free(candidates);
}

void annotation_close_log(struct annotation *job, bool report) {
  if (report && job->unread_events)
    report_unread(job);
  event_log_close(job->log, report);
  job->log = NULL;
  if (job->lives) {
    free(job->lives->standings);
    buffer_free(&job->lives->texts);
    free(job->lives->events);
    free(job->lives->scratch);
    free(job->lives);
    job->lives = NULL;
  }
}
