/*
 * annotate: a filter. Every row comes out, in order, byte for byte, with columns added. One pass in constant memory;
 * where rows name policies of their own, a first pass finds out which, since the header must name all their metrics.
 */
#include "cli/annotate.h"

#include "cli/input.h"
#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- options -------------------------------------------------------------------------------------------------------
 */

static const struct {
  const char *name;
  enum added column;
} choices[] = {{"due", ADDED_DUE},
               {"status", ADDED_STATUS},
               {"elapsed", ADDED_ELAPSED},
               {"remaining", ADDED_REMAINING},
               {"note", ADDED_NOTE}};

enum { CHOICES = sizeof choices / sizeof *choices };

/* Reads --add into flags. */
static bool read_added(struct cli *cli, bool by_default, bool added[ADDED]) {
  for (size_t i = 0; i < CHOICES; i++)
    added[choices[i].column] = !cli->add && by_default;
  for (const char *at = cli->add; at;) {
    size_t len = strcspn(at, ","), i = 0;
    while (i < CHOICES && (strlen(choices[i].name) != len || memcmp(choices[i].name, at, len) != 0))
      i++;
    if (i == CHOICES) {
      cli_error(cli, EXIT_USAGE, "--add knows due, status, elapsed, remaining and note, not \"%.*s\"", (int)len, at);
      return false;
    }
    added[choices[i].column] = true;
    at = at[len] ? at + len + 1 : NULL;
  }
  return true;
}

bool annotation_coverage(struct cli *cli, enum coverage *ret_coverage) {
  static const char *const words[] = {"warn", "error", "ignore"};
  *ret_coverage = COVERAGE_WARN;
  for (size_t i = 0; i < 3; i++)
    if (!cli->coverage || !strcmp(cli->coverage, words[i])) {
      *ret_coverage = (enum coverage)i;
      return true;
    }
  cli_error(cli, EXIT_USAGE, "option --coverage must be warn, error or ignore, not \"%s\"", cli->coverage);
  return false;
}

/* --- policies and metrics ------------------------------------------------------------------------------------------
 */

static size_t metric_named(struct annotation *job, const char *name) {
  for (size_t i = 0; i < job->metric_count; i++)
    if (!strcmp(job->metrics[i], name))
      return i;
  job->metrics[job->metric_count] = name;
  return job->metric_count++;
}

bool annotator_make(struct annotator *annotator, const struct annotation *job) {
  enum sla_code code = sla_worker_new(annotator->policy, &annotator->worker);
  if (code != SLA_OK) {
    cli_status(job->cli, cli_status_of(code));
    return false;
  }
  annotator->field_count = sla_policy_field_count(annotator->policy);
  annotator->metric_count = sla_policy_metric_count(annotator->policy);
  annotator->values = cli_alloc(annotator->field_count * sizeof *annotator->values);
  for (size_t i = 0; i < annotator->field_count; i++)
    annotator->values[i].ptr = "";
  annotator->lists = cli_alloc(annotator->field_count * sizeof *annotator->lists);
  annotator->result_room = cli_alloc(SLA_MOST_ROWS * annotator->metric_count * sizeof *annotator->results);
  annotator->results = annotator->result_room;
  sla_worker_set_input_zone(annotator->worker, job->dialect.zone);
  sla_worker_set_time_format(annotator->worker, job->dialect.format);
  return true;
}

void annotator_free(struct annotator *annotator) {
  sla_worker_free(annotator->worker);
  free(annotator->values);
  free(annotator->lists);
  free(annotator->result_room);
}

/* Adds a policy under the name that rows call it by. false after an error. */
static bool add_policy(struct annotation *job, const char *name) {
  if (job->policy_count == MOST_POLICIES) {
    cli_error(job->cli, EXIT_DATA, "the input names more than %d policies", MOST_POLICIES);
    return false;
  }
  struct annotator *annotator = &job->policies[job->policy_count];
  enum sla_code code = sla_policy_load(&job->cli->options, name, &annotator->policy);
  if (code != SLA_OK) {
    cli_status(job->cli, cli_status_of(code));
    return false;
  }
  if (!annotator_make(annotator, job)) {
    sla_policy_free(annotator->policy);
    return false;
  }
  job->policy_count++;
  size_t fields = annotator->field_count, metrics = annotator->metric_count;
  annotator->name = strdup(name);
  annotator->columns = cli_alloc(fields * sizeof *annotator->columns);
  annotator->metric_of = cli_alloc(metrics * sizeof *annotator->metric_of);
  const char **grown = cli_alloc((job->metric_count + metrics) * sizeof *grown);
  if (job->metric_count)
    memcpy(grown, job->metrics, job->metric_count * sizeof *grown);
  free(job->metrics);
  job->metrics = grown;
  for (size_t i = 0; i < metrics; i++)
    annotator->metric_of[i] = metric_named(job, sla_policy_metric_name(annotator->policy, i));
  annotator->words = cli_alloc(fields * sizeof *annotator->words);
  for (size_t i = 0; i < fields; i++)
    annotator->words[i] = dialect_field(&job->dialect, sla_policy_field_name(annotator->policy, i));
  return true;
}

/* --- files ---------------------------------------------------------------------------------------------------------
 */

/* Takes what tells the columns; false after an error. */
static bool begin_file(struct annotation *job, bool (*first_header)(struct annotation *, const struct record *)) {
  struct record row;
  bool is_json = input_is_json(&job->input), good;
  if (job->begun && is_json != job->is_json) {
    cli_error(job->cli, EXIT_DATA, "\"%s\" is %s, unlike the first file", job->input.file, is_json ? "JSON" : "CSV");
    return false;
  }
  job->is_json = is_json;
  if (!job->begun)
    job->delimiter = job->input.csv.delimiter;
  const struct stream *stream = &job->input.stream;
  if (job->gathers && stream->at_end && stream->start == stream->filled && !stream->read_errno) {
    /* A report says that there are none, and the status that something is wrong with the input. */
    cli_error(job->cli, EXIT_DATA, "\"%s\" is empty: a header line is expected", job->input.file);
    return true;
  }
  if (is_json)
    good = job->begun || first_header(job, NULL);
  else
    good = header_read(&job->input, &row) && (job->begun ? annotation_same_header(job, &row) : first_header(job, &row));
  job->begun = true;
  return good;
}

static size_t visit_next(struct annotation *job, void (*visit)(struct annotation *, const struct record *)) {
  struct record row;
  if (!input_next(&job->input, &row))
    return 0;
  visit(job, &row);
  return 1;
}

/* Reads one file, giving each row but the header to visit. first_header takes the header of the first file. */
static bool read_file(struct annotation *job, const char *path,
                      bool (*first_header)(struct annotation *, const struct record *),
                      void (*visit)(struct annotation *, const struct record *)) {
  enum { FIRST_ROWS = 1000 }; /* by these alone all is made ready that rows in blocks share */
  uint64_t rows = 0, alone = FIRST_ROWS;
  bool good = input_open(&job->input, path) && begin_file(job, first_header);
  while (good && !job->output.error && !job->stopped) {
    size_t taken = visit == annotation_row ? annotation_next(job) : visit_next(job, visit);
    if (!taken)
      break;
    rows += taken;
    if (visit == annotation_row && rows >= alone) {
      alone = 8 * rows; /* where a row ended blocks, others may, too */
      if (annotation_has_blocks(job))
        good = annotation_read_blocks(job);
    }
    if (progress_is_due(&job->progress))
      progress_show(&job->progress, stream_offset(&job->input.stream));
  }
  job->progress.before += stream_offset(&job->input.stream);
  return input_close(&job->input) && good && !job->stopped;
}

void annotation_progress(struct annotation *job, uint64_t total, const char *unit) {
  bool is_shared = !job->gathers && !job->cli->output && isatty(STDOUT_FILENO);
  progress_begin(&job->progress, job->cli, total, unit);
  job->progress.on &= !is_shared;
}

bool annotation_read_files(struct annotation *job, bool (*first_header)(struct annotation *, const struct record *),
                           void (*visit)(struct annotation *, const struct record *)) {
  const struct strings *operands = &job->cli->operands;
  bool good = true;
  annotation_progress(job, progress_bytes(job->cli), "MB");
  for (size_t i = 0; i < operands->count && good; i++)
    good = read_file(job, operands->items[i], first_header, visit);
  if (!operands->count)
    good = read_file(job, "-", first_header, visit);
  progress_end(&job->progress);
  return good;
}

/* --- rows that name their policies: the first pass -----------------------------------------------------------------
 */

static bool scout_header(struct annotation *job, const struct record *row) {
  const char *name;
  if (row)
    header_keep(&job->header, row);
  job->policy_column = annotation_column_of(job, "policy", &name);
  if (job->policy_column >= 0)
    return job->is_json || header_check_once(&job->header, &job->input, job->policy_column);
  if (job->policy_column == COLUMN_WRONG)
    return false;
  cli_error(job->cli, EXIT_USAGE, "a policy is needed: -p NAME, or a column \"%s\" in the input", name);
  return false;
}

static void scout_row(struct annotation *job, const struct record *row) {
  char name[128];
  size_t used;
  if (row->problem || (!job->is_json && row->count != job->header.count) ||
      row->fields[job->policy_column].len >= sizeof name)
    return;
  struct sla_text value = input_value(&job->input, row, (size_t)job->policy_column, name, &used);
  if (!value.len)
    return;
  memmove(name, value.ptr, value.len);
  name[value.len] = '\0';
  for (size_t i = 0; i < job->policy_count; i++)
    if (!strcmp(job->policies[i].name, name))
      return;
  /* Input names policies, never paths: what it says must not choose files. Rows with other names become errors. */
  if (strpbrk(name, "/.") || job->refused)
    return;
  struct sla_options silent = job->cli->options;
  sla_policy *policy;
  silent.diagnose = NULL;
  enum sla_code code = sla_policy_load(&silent, name, &policy);
  if (code == SLA_OK)
    sla_policy_free(policy);
  if (code != SLA_NOT_FOUND)
    job->refused = !add_policy(job, name);
}

/* Finds and loads the policies that rows name. */
static bool scout(struct annotation *job) {
  const struct strings *operands = &job->cli->operands;
  for (size_t i = 0; i < operands->count; i++)
    if (!input_keep_pipe(&job->input, operands->items[i]))
      return false;
  if (!operands->count && !input_keep_pipe(&job->input, "-"))
    return false;
  if (!annotation_read_files(job, scout_header, scout_row))
    return false;
  header_free(&job->header);
  job->begun = false;
  return !job->refused;
}

/* Whether the header of the file that is open has a column, quoted or not. */
static bool has_column(struct input *input, const char *name) {
  struct record row;
  if (!input_peek(input, &row))
    return false;
  for (size_t i = 0; i < row.count; i++) {
    struct sla_text column = row.fields[i];
    if (column.len > 1 && column.ptr[0] == '"')
      column = (struct sla_text){column.ptr + 1, column.len - 2};
    if (annotation_is(column, name))
      return true;
  }
  return false;
}

/*
 * Finds out whether incidents come out one by one; false after an error. A profile's history is there where its column
 * is: in the header of the first file, since exports of the same program may do without. Where they do, reading goes on
 * from there, so that rows still come out as they come in.
 */
static bool find_history(struct annotation *job) {
  const struct cli *cli = job->cli;
  job->history = cli->history;
  const char *history = job->dialect.profile ? sla_profile_history(job->dialect.profile) : NULL;
  bool looks = !job->history && history;
  if (looks) {
    if (!input_open(&job->input, cli->operands.count ? cli->operands.items[0] : "-"))
      return false;
    if (has_column(&job->input, history))
      job->history = history;
  }
  job->by_incident = cli->events || job->history;
  return !looks || !job->by_incident || input_put_back(&job->input);
}

/* --- the command ---------------------------------------------------------------------------------------------------
 */

static bool prepare_job(struct annotation *job) {
  struct cli *cli = job->cli;
  if (!input_init(&job->input, cli) ||
      (!job->writer && !cli_format(cli, 1U << FORMAT_CSV | 1U << FORMAT_NDJSON, FORMAT_CSV, &job->format)) ||
      !read_added(cli, !job->writer, job->added) || !annotation_coverage(cli, &job->coverage) ||
      !cli_time_style(cli, &job->style) || !annotation_jobs(cli, &job->jobs))
    return false;
  if (!dialect_init(&job->dialect, cli))
    return false;
  if (cli->policy ? !add_policy(job, cli->policy) : !scout(job))
    return false;
  if (job->policy_count == 0) {
    job->now = sla_time_now();
    return true;
  }
  return cli_now(cli, sla_policy_zone(job->policies[0].policy), &job->now);
}

static void report_job(struct annotation *job) {
  uint64_t overlaps = job->overlaps, gaps = job->gaps;
  for (size_t i = 0; i < job->policy_count; i++) {
    uint64_t more_overlaps, more_gaps;
    sla_worker_local_times(job->policies[i].worker, &more_overlaps, &more_gaps);
    overlaps += more_overlaps;
    gaps += more_gaps;
  }
  if (job->log)
    event_log_local_times(job->log, &overlaps, &gaps);
  cli_warn_local_times(job->cli, overlaps, gaps);
  if (job->uncovered)
    cli_warning(job->cli, "%llu result%s rest%s on dates that are not covered, the first: %s",
                (unsigned long long)job->uncovered, job->uncovered == 1 ? "" : "s", job->uncovered == 1 ? "s" : "",
                job->first_uncovered);
}

static void job_free(struct annotation *job) {
  for (size_t i = 0; i < job->policy_count; i++) {
    struct annotator *annotator = &job->policies[i];
    annotator_free(annotator);
    sla_policy_free(annotator->policy);
    free(annotator->name);
    free(annotator->columns);
    free(annotator->bound);
    free(annotator->metric_of);
    free(annotator->words);
  }
  annotation_close_log(job, false);
  index_free(&job->index);
  input_free(&job->input);
  time_style_free(&job->style);
  dialect_free(&job->dialect);
  free(job->metrics);
  header_free(&job->header);
  annotation_free_keys(job);
  free(job->scratch);
  free(job->rows.fields);
  free(job->states);
  while (job->list_count)
    free(job->lists[--job->list_count]);
  free(job->lists);
  buffer_free(&job->errors);
  buffer_free(&job->note);
  free(job->cycles);
}

void annotation_run(struct cli *cli, const struct annotation_writer *writer) {
  struct annotation *job = cli_alloc(sizeof *job);
  job->cli = cli;
  job->writer = writer;
  job->policy_column = COLUMN_NONE;
  if (prepare_job(job) && find_history(job) && annotation_open_log(job) &&
      output_init(cli, &job->output, cli->output)) {
    bool begun = !writer || writer->begin(job, writer->data);
    bool good = begun &&
                (job->by_incident ? annotation_read_incidents(job)
                                  : annotation_read_files(job, annotation_begin, annotation_row)) &&
                annotation_check_objects(job);
    job->failed = !good;
    if (writer && begun)
      writer->end(job, writer->data);
    if (writer && !good)
      job->output.len = 0; /* what failed must not look whole: its end is left out */
    output_finish(cli, &job->output, good);
    report_job(job);
    annotation_close_log(job, good);
  }
  job_free(job);
  free(job);
}

void run_annotate(struct cli *cli) {
  annotation_run(cli, NULL);
}
