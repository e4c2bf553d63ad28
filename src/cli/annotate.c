/*
 * annotate: a filter. Every row comes out, in order, byte for byte, with columns added. One pass in constant memory;
 * where rows name policies of their own, a first pass finds out which, since the header must name all their metrics.
 */
#include "cli/annotate.h"

#include "cli/csv.h"
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- options -------------------------------------------------------------------------------------------------------
 */

static const char *const added_names[ADDED] = {"due", "status", "elapsed", "remaining", "note"};

/* Reads --add into flags; all without it. */
static bool read_added(struct cli *cli, bool added[ADDED]) {
  for (size_t i = 0; i < ADDED; i++)
    added[i] = !cli->add;
  for (const char *at = cli->add; at;) {
    size_t len = strcspn(at, ","), i = 0;
    while (i < ADDED && (strlen(added_names[i]) != len || memcmp(added_names[i], at, len) != 0))
      i++;
    if (i == ADDED) {
      cli_error(cli, EXIT_USAGE, "--add knows due, status, elapsed, remaining and note, not \"%.*s\"", (int)len, at);
      return false;
    }
    added[i] = true;
    at = at[len] ? at + len + 1 : NULL;
  }
  return true;
}

static bool read_coverage(struct cli *cli, enum coverage *ret_coverage) {
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

/* Adds a policy under the name that rows call it by. false after an error. */
static bool add_policy(struct annotation *job, const char *name) {
  if (job->policy_count == MOST_POLICIES) {
    cli_error(job->cli, EXIT_DATA, "the input names more than %d policies", MOST_POLICIES);
    return false;
  }
  struct annotator *annotator = &job->policies[job->policy_count];
  enum sla_code code = sla_policy_load(&job->cli->options, name, &annotator->policy);
  if (code == SLA_OK)
    code = sla_worker_new(annotator->policy, &annotator->worker);
  if (code != SLA_OK) {
    cli_status(job->cli, cli_status_of(code));
    return false;
  }
  job->policy_count++;
  size_t fields = sla_policy_field_count(annotator->policy), metrics = sla_policy_metric_count(annotator->policy);
  annotator->name = strdup(name);
  annotator->columns = cli_alloc(fields * sizeof *annotator->columns);
  annotator->values = cli_alloc(fields * sizeof *annotator->values);
  annotator->results = cli_alloc(metrics * sizeof *annotator->results);
  annotator->metric_of = cli_alloc(metrics * sizeof *annotator->metric_of);
  const char **grown = cli_alloc((job->metric_count + metrics) * sizeof *grown);
  if (job->metric_count)
    memcpy(grown, job->metrics, job->metric_count * sizeof *grown);
  free(job->metrics);
  job->metrics = grown;
  for (size_t i = 0; i < metrics; i++)
    annotator->metric_of[i] = metric_named(job, sla_policy_metric_name(annotator->policy, i));
  if (job->input_zone)
    sla_worker_set_input_zone(annotator->worker, job->input_zone);
  return true;
}

/* --- the header ----------------------------------------------------------------------------------------------------
 */

/* A copy of a header's names, unquoted. */
static void keep_header(struct annotation *job, const struct csv_row *row) {
  job->column_count = row->count;
  job->columns = cli_alloc(row->count * sizeof *job->columns);
  job->header = cli_alloc(row->raw.len + 1);
  char *at = job->header;
  for (size_t i = 0; i < row->count; i++) {
    size_t used;
    struct sla_text value = csv_value(row->fields[i], at, &used);
    if (!used && value.len)
      memcpy(at, value.ptr, value.len);
    job->columns[i] = (struct sla_text){at, value.len};
    at += value.len;
  }
}

static bool is_text(struct sla_text text, const char *string) {
  return text.len == strlen(string) && !memcmp(text.ptr, string, text.len);
}

enum { COLUMN_NONE = -1, COLUMN_ABSENT = -2 }; /* not in the input; said to be absent with --map FIELD= */

/* The column of a field, by --map or by its name. *ret_name is the name it was looked for under. */
static long column_of(const struct annotation *job, const char *field, const char **ret_name) {
  *ret_name = field;
  for (size_t i = 0; i < job->cli->maps.count; i++) {
    const char *map = job->cli->maps.items[i];
    size_t len = strlen(field);
    if (strncmp(map, field, len) == 0 && map[len] == '=')
      *ret_name = map + len + 1;
  }
  if (!**ret_name)
    return COLUMN_ABSENT;
  for (size_t i = 0; i < job->column_count; i++)
    if (is_text(job->columns[i], *ret_name))
      return (long)i;
  return COLUMN_NONE;
}

/* The input's column nearest to a name, or NULL; static until the next call's caller is done with it. */
static const char *nearest_column(const struct annotation *job, const char *name, char buffer[128]) {
  const char **names = cli_alloc(job->column_count * sizeof *names);
  char **copies = cli_alloc(job->column_count * sizeof *copies);
  for (size_t i = 0; i < job->column_count; i++)
    names[i] = copies[i] = strndup(job->columns[i].ptr, job->columns[i].len);
  const char *nearest = sla_nearest((struct sla_text){name, strlen(name)}, names, job->column_count);
  snprintf(buffer, 128, "%s", nearest ? nearest : "");
  for (size_t i = 0; i < job->column_count; i++)
    free(copies[i]);
  free(copies);
  free(names);
  return *buffer ? buffer : NULL;
}

static bool check_repeated(struct annotation *job, long column) {
  for (size_t i = 0; i < job->column_count; i++)
    if ((long)i != column && job->columns[i].len == job->columns[column].len &&
        !memcmp(job->columns[i].ptr, job->columns[column].ptr, job->columns[i].len)) {
      cli_error_at(job->cli, EXIT_DATA, job->file, 1, "column \"%.*s\" stands in the header twice",
                   (int)job->columns[column].len, job->columns[column].ptr);
      return false;
    }
  return true;
}

/* Finds a policy's fields among the columns. */
static bool bind_fields(struct annotation *job, struct annotator *annotator) {
  bool good = true;
  for (size_t i = 0; i < sla_policy_field_count(annotator->policy); i++) {
    const char *field = sla_policy_field_name(annotator->policy, i), *name;
    char buffer[128];
    long column = column_of(job, field, &name);
    annotator->columns[i] = column;
    bool mapped = name != field;
    if (column >= 0)
      good &= check_repeated(job, column);
    else if (column == COLUMN_NONE && (mapped || sla_policy_field_is_needed(annotator->policy, i))) {
      const char *nearest = nearest_column(job, name, buffer);
      cli_error_at(
          job->cli, EXIT_DATA, job->file, 1,
          "the input has no column \"%s\", which policy \"%s\" needs%s%s%s (--map %s=COLUMN names another, --map "
          "%s= says that there is none)",
          name, sla_policy_name(annotator->policy), nearest ? ": did you mean \"" : "", nearest ? nearest : "",
          nearest ? "\"?" : "", field, field);
      good = false;
    } else if (column == COLUMN_NONE && nearest_column(job, name, buffer))
      cli_warning(job->cli,
                  "the input has no column \"%s\", which policy \"%s\" reads; there is \"%s\": --map %s=COLUMN", name,
                  sla_policy_name(annotator->policy), buffer, field);
  }
  return good;
}

/* --map of fields that no policy reads is likely a slip. */
static bool check_maps(struct annotation *job) {
  for (size_t i = 0; i < job->cli->maps.count; i++) {
    const char *map = job->cli->maps.items[i], *equals = strchr(map, '=');
    if (!equals || equals == map) {
      cli_error(job->cli, EXIT_USAGE, "--map must be FIELD=COLUMN, not \"%s\"", map);
      return false;
    }
    struct sla_text field = {map, (size_t)(equals - map)};
    bool known = is_text(field, "id") || is_text(field, "policy");
    for (size_t p = 0; p < job->policy_count && !known; p++)
      for (size_t f = 0; f < sla_policy_field_count(job->policies[p].policy) && !known; f++)
        known = is_text(field, sla_policy_field_name(job->policies[p].policy, f));
    if (!known) {
      cli_error(job->cli, EXIT_USAGE, "--map %s: no policy in use reads the field \"%.*s\"", map, (int)field.len,
                field.ptr);
      return false;
    }
  }
  return true;
}

/* Visits the names of the added columns in order; false where visit says so. */
static bool each_added(struct annotation *job, bool (*visit)(struct annotation *job, const char *name)) {
  static const char *const suffixes[ADDED_NOTE] = {"due", "status", "elapsed_s", "remaining_s"};
  char name[256];
  for (size_t m = 0; m < job->metric_count; m++)
    for (size_t i = 0; i < ADDED_NOTE; i++) {
      snprintf(name, sizeof name, "%s_%s", job->metrics[m], suffixes[i]);
      if (job->added[i] && !visit(job, name))
        return false;
    }
  return !job->added[ADDED_NOTE] || visit(job, "sla_note");
}

static bool is_free(struct annotation *job, const char *name) {
  for (size_t i = 0; i < job->column_count; i++)
    if (is_text(job->columns[i], name)) {
      cli_error_at(job->cli, EXIT_DATA, job->file, 1, "the input has a column \"%s\" already, which would be added",
                   name);
      return false;
    }
  return true;
}

static bool write_added_name(struct annotation *job, const char *name) {
  output_char(&job->output, job->reader.delimiter);
  output_csv(&job->output, (struct sla_text){name, strlen(name)}, job->reader.delimiter);
  return true;
}

/* Takes the first file's header: binds fields and writes it out. */
static bool begin_output(struct annotation *job, const struct csv_row *row) {
  const char *name;
  keep_header(job, row);
  job->id_column = column_of(job, "id", &name);
  if (!check_maps(job))
    return false;
  bool good = true;
  for (size_t i = 0; i < job->policy_count; i++)
    good &= bind_fields(job, &job->policies[i]);
  if (!good || !each_added(job, is_free))
    return false;
  if (job->format == FORMAT_CSV) {
    output_text(&job->output, row->raw);
    each_added(job, write_added_name);
    output_bytes(&job->output, row->end.len ? row->end.ptr : "\n", row->end.len ? row->end.len : 1);
  }
  return true;
}

/* Further files must have the first one's header. */
static bool same_header(struct annotation *job, const struct csv_row *row) {
  bool same = row->count == job->column_count;
  char *scratch = cli_alloc(row->raw.len + 1);
  for (size_t i = 0; i < row->count && same; i++) {
    size_t used;
    struct sla_text value = csv_value(row->fields[i], scratch, &used);
    same = value.len == job->columns[i].len && !memcmp(value.ptr, job->columns[i].ptr, value.len);
  }
  free(scratch);
  if (!same)
    cli_error_at(job->cli, EXIT_DATA, job->file, 1, "the header is not that of the first file");
  return same;
}

/* --- rows ----------------------------------------------------------------------------------------------------------
 */

/* Gives the policy its fields' values; false where memory ran out. */
static void take_values(struct annotation *job, struct annotator *annotator, const struct csv_row *row) {
  if (job->scratch_size < row->raw.len) {
    free(job->scratch);
    job->scratch_size = row->raw.len * 2;
    job->scratch = cli_alloc(job->scratch_size);
  }
  size_t at = 0;
  size_t count = sla_policy_field_count(annotator->policy);
  for (size_t i = 0; i < count; i++) {
    long column = annotator->columns[i];
    size_t used = 0;
    annotator->values[i] = column >= 0 && (size_t)column < row->count
                               ? csv_value(row->fields[column], job->scratch + at, &used)
                               : (struct sla_text){"", 0};
    /* Fields may share a column, so that the scratch may be used more than once for it. */
    if (at + used + row->raw.len <= job->scratch_size)
      at += used;
    else if (used) {
      job->scratch_size = 2 * (at + used + row->raw.len);
      char *larger = cli_alloc(job->scratch_size);
      free(job->scratch);
      job->scratch = larger;
      at = 0;
      i = SIZE_MAX; /* once more, with room */
    }
  }
}

/* An error of the whole row: every metric has it. */
static void fail_row(struct annotation *job, const char *reason) {
  job->row_reason = reason;
  job->row_policy = NULL;
}

/* Finds a row's policy and evaluates; job->row_policy is NULL where the row is an error as a whole. */
static void evaluate_row(struct annotation *job, const struct csv_row *row) {
  struct annotator *annotator = &job->policies[0];
  job->row_reason = NULL;
  if (row->problem) {
    fail_row(job, row->problem);
    return;
  }
  if (row->count != job->column_count) {
    snprintf(job->reason, sizeof job->reason, "the row has %zu fields, the header %zu", row->count, job->column_count);
    fail_row(job, job->reason);
    return;
  }
  if (job->policy_column >= 0) {
    char scratch[128];
    size_t used, i = 0;
    struct sla_text field = row->fields[job->policy_column];
    struct sla_text name = field.len < sizeof scratch ? csv_value(field, scratch, &used) : field;
    while (i < job->policy_count && !is_text(name, job->policies[i].name))
      i++;
    if (i == job->policy_count) {
      snprintf(job->reason, sizeof job->reason, name.len ? "unknown policy \"%.*s\"" : "the row names no policy",
               (int)(name.len < 60 ? name.len : 60), name.ptr);
      fail_row(job, job->reason);
      return;
    }
    annotator = &job->policies[i];
  }
  take_values(job, annotator, row);
  enum sla_code code;
  while ((code = sla_evaluate(annotator->policy, annotator->values, job->now, annotator->worker, annotator->results)) ==
             SLA_BEYOND &&
         (code = sla_prepare(annotator->policy, annotator->worker)) == SLA_OK)
    ;
  job->row_policy = annotator;
  if (code != SLA_OK)
    fail_row(job, "out of memory");
}

static void add_note(char *note, size_t size, const char *text) {
  size_t len = strlen(note);
  if (text && !strstr(note, text))
    snprintf(note + len, size - len, "%s%s", len ? "; " : "", text);
}

/*
 * Gathers the row's note, reports its errors, and applies --coverage. errors are reported once, however many metrics
 * have them.
 */
static void conclude_row(struct annotation *job, const struct csv_row *row) {
  struct annotator *annotator = job->row_policy;
  char errors[sizeof job->note] = "";
  job->note[0] = '\0';
  add_note(errors, sizeof errors, job->row_reason);
  for (size_t m = 0; annotator && m < sla_policy_metric_count(annotator->policy); m++) {
    struct sla_result *result = &annotator->results[m];
    if (result->coverage && job->coverage == COVERAGE_ERROR)
      *result = (struct sla_result){.status = SLA_STATUS_ERROR, .zone = result->zone, .reason = result->coverage};
    if (result->coverage && job->coverage == COVERAGE_WARN && job->uncovered++ == 0)
      snprintf(job->first_uncovered, sizeof job->first_uncovered, "%s", result->coverage);
    if (result->status == SLA_STATUS_ERROR)
      add_note(errors, sizeof errors, result->reason);
    else
      add_note(job->note, sizeof job->note, result->reason);
    if (job->coverage != COVERAGE_IGNORE)
      add_note(job->note, sizeof job->note, result->coverage);
  }
  if (!*errors)
    return;
  struct sla_text id = {"", 0};
  if (job->id_column >= 0 && (size_t)job->id_column < row->count && !row->problem)
    id = row->fields[job->id_column];
  if (id.len)
    cli_error_at(job->cli, EXIT_DATA, job->file, row->line, "incident %.*s: %s", (int)(id.len < 60 ? id.len : 60),
                 id.ptr, errors);
  else
    cli_error_at(job->cli, EXIT_DATA, job->file, row->line, "%s", errors);
  add_note(errors, sizeof errors, *job->note ? job->note : NULL);
  memcpy(job->note, errors, sizeof errors);
}

/* The result of an output metric; NULL where the row's policy has no such metric. An error row has a result for each.
 */
static const struct sla_result *result_of(const struct annotation *job, size_t metric) {
  static const struct sla_result error = {.status = SLA_STATUS_ERROR};
  const struct annotator *annotator = job->row_policy;
  if (!annotator)
    return &error;
  size_t count = sla_policy_metric_count(annotator->policy);
  for (size_t i = 0; i < count; i++)
    if (annotator->metric_of[i] == metric)
      return &annotator->results[i];
  return NULL;
}

/* One added value as text; empty where there is none. Numbers are those of column ELAPSED and REMAINING. */
static struct sla_text added_value(const struct annotation *job, const struct sla_result *result, enum added column,
                                   char text[SLA_TIME_TEXT]) {
  if (!result)
    return (struct sla_text){"", 0};
  switch (column) {
  case ADDED_DUE:
    if (result->has_due)
      return (struct sla_text){text, time_style_write(&job->style, result->due, result->due_offset_s, text)};
    break;
  case ADDED_STATUS: {
    const char *name = sla_status_name(result->status);
    return (struct sla_text){name, strlen(name)};
  }
  case ADDED_ELAPSED:
    if (result->has_elapsed)
      return (struct sla_text){text, (size_t)snprintf(text, SLA_TIME_TEXT, "%lld", (long long)result->elapsed_s)};
    break;
  case ADDED_REMAINING:
    if (result->has_due && result->has_elapsed)
      return (struct sla_text){text, (size_t)snprintf(text, SLA_TIME_TEXT, "%lld", (long long)result->remaining_s)};
    break;
  case ADDED_NOTE: break;
  }
  return (struct sla_text){"", 0};
}

/* The row as it stood. Too few fields are filled up and too many kept in the last, so that the added columns line up.
 */
static void write_csv_row(struct annotation *job, const struct csv_row *row) {
  struct output *output = &job->output;
  const char delimiter = job->reader.delimiter;
  if (row->problem && row->count != job->column_count)
    output_csv(output, row->raw, delimiter);
  else if (row->count > job->column_count) {
    const char *last = row->fields[job->column_count - 1].ptr;
    output_bytes(output, row->raw.ptr, (size_t)(last - row->raw.ptr));
    output_csv(output, (struct sla_text){last, (size_t)(row->raw.ptr + row->raw.len - last)}, delimiter);
  } else if (row->problem) /* its quoting would spoil the row: each field is quoted anew as it stands */
    for (size_t i = 0; i < row->count; i++) {
      if (i)
        output_char(output, delimiter);
      output_csv(output, row->fields[i], delimiter);
    }
  else
    output_text(output, row->raw);
  size_t written = row->problem && row->count != job->column_count ? 1 : row->count;
  for (; written < job->column_count; written++)
    output_char(output, delimiter);
  char text[SLA_TIME_TEXT];
  for (size_t m = 0; m < job->metric_count; m++) {
    const struct sla_result *result = result_of(job, m);
    for (size_t i = 0; i < ADDED_NOTE; i++)
      if (job->added[i]) {
        output_char(output, delimiter);
        output_text(output, added_value(job, result, (enum added)i, text));
      }
  }
  if (job->added[ADDED_NOTE]) {
    output_char(output, delimiter);
    output_csv(output, (struct sla_text){job->note, strlen(job->note)}, delimiter);
  }
  output_bytes(output, row->end.len ? row->end.ptr : "\n", row->end.len ? row->end.len : 1);
}

static void write_json_key(struct output *output, struct sla_text key, bool first) {
  if (!first)
    output_bytes(output, ",", 1);
  output_json(output, key);
  output_char(output, ':');
}

static void write_json_added(struct annotation *job, size_t metric, enum added column) {
  static const char *const suffixes[] = {"due", "status", "elapsed_s", "remaining_s"};
  struct output *output = &job->output;
  char name[256], text[SLA_TIME_TEXT];
  int len = snprintf(name, sizeof name, "%s_%s", job->metrics[metric], suffixes[column]);
  write_json_key(output, (struct sla_text){name, (size_t)len}, false);
  struct sla_text value = added_value(job, result_of(job, metric), column, text);
  if (!value.len)
    output_bytes(output, "null", 4);
  else if (column == ADDED_ELAPSED || column == ADDED_REMAINING)
    output_text(output, value);
  else
    output_json(output, value);
}

static void write_json_row(struct annotation *job, const struct csv_row *row) {
  struct output *output = &job->output;
  output_char(output, '{');
  if (row->problem || row->count > job->column_count) {
    write_json_key(output, (struct sla_text){"row", 3}, true);
    output_json(output, row->raw);
  } else
    for (size_t i = 0; i < row->count; i++) {
      char *scratch = cli_alloc(row->fields[i].len);
      size_t used;
      write_json_key(output, job->columns[i], i == 0);
      output_json(output, csv_value(row->fields[i], scratch, &used));
      free(scratch);
    }
  for (size_t m = 0; m < job->metric_count; m++)
    for (size_t i = 0; i < ADDED_NOTE; i++)
      if (job->added[i])
        write_json_added(job, m, (enum added)i);
  if (job->added[ADDED_NOTE]) {
    write_json_key(output, (struct sla_text){"sla_note", 8}, false);
    if (*job->note)
      output_json(output, (struct sla_text){job->note, strlen(job->note)});
    else
      output_bytes(output, "null", 4);
  }
  output_bytes(output, "}\n", 2);
}

static void process_row(struct annotation *job, const struct csv_row *row) {
  evaluate_row(job, row);
  conclude_row(job, row);
  if (job->format == FORMAT_CSV)
    write_csv_row(job, row);
  else
    write_json_row(job, row);
  if (job->cli->line_buffered)
    output_flush(&job->output);
}

/* --- files ---------------------------------------------------------------------------------------------------------
 */

static int open_input(struct annotation *job, const char *path) {
  job->file = path;
  if (strcmp(path, "-") == 0)
    return job->spooled >= 0 ? job->spooled : STDIN_FILENO;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    cli_error(job->cli, EXIT_NO_INPUT, "cannot read \"%s\": %s", path, strerror(errno));
  return fd;
}

/* Reads one file, giving each row but the header to visit. first_header takes the header of the first file. */
static bool read_file(struct annotation *job, const char *path,
                      bool (*first_header)(struct annotation *, const struct csv_row *),
                      void (*visit)(struct annotation *, const struct csv_row *)) {
  int fd = open_input(job, path);
  if (fd < 0)
    return false;
  struct csv_row row;
  if (job->reader.buffer)
    csv_restart(&job->reader, fd);
  else
    csv_init(&job->reader, fd);
  bool good = csv_next(&job->reader, &row);
  if (good) {
    if (row.problem) {
      cli_error_at(job->cli, EXIT_DATA, path, row.line, "the header cannot be read: %s", row.problem);
      good = false;
    } else
      good = job->columns ? same_header(job, &row) : first_header(job, &row);
    while (good && !job->output.error && csv_next(&job->reader, &row))
      visit(job, &row);
  } else if (!job->reader.read_errno)
    cli_error(job->cli, EXIT_DATA, "\"%s\" is empty: a header line is expected", path);
  if (job->reader.read_errno) {
    cli_error(job->cli, job->reader.read_errno == EISDIR ? EXIT_NO_INPUT : EXIT_IO, "cannot read \"%s\": %s", path,
              strerror(job->reader.read_errno));
    good = false;
  }
  if (fd != STDIN_FILENO && fd != job->spooled)
    close(fd);
  return good;
}

static bool read_files(struct annotation *job, bool (*first_header)(struct annotation *, const struct csv_row *),
                       void (*visit)(struct annotation *, const struct csv_row *)) {
  const struct strings *operands = &job->cli->operands;
  bool good = true;
  for (size_t i = 0; i < operands->count && good; i++)
    good = read_file(job, operands->items[i], first_header, visit);
  return operands->count ? good : read_file(job, "-", first_header, visit);
}

/* --- rows that name their policies: the first pass -----------------------------------------------------------------
 */

static bool scout_header(struct annotation *job, const struct csv_row *row) {
  const char *name;
  keep_header(job, row);
  job->policy_column = column_of(job, "policy", &name);
  if (job->policy_column >= 0)
    return check_repeated(job, job->policy_column);
  cli_error(job->cli, EXIT_USAGE, "a policy is needed: -p NAME, or a column \"%s\" in the input", name);
  return false;
}

static void scout_row(struct annotation *job, const struct csv_row *row) {
  char name[128];
  size_t used;
  if (row->problem || row->count != job->column_count || row->fields[job->policy_column].len >= sizeof name)
    return;
  struct sla_text value = csv_value(row->fields[job->policy_column], name, &used);
  if (!value.len)
    return;
  memmove(name, value.ptr, value.len);
  name[value.len] = '\0';
  for (size_t i = 0; i < job->policy_count; i++)
    if (!strcmp(job->policies[i].name, name))
      return;
  /* Input names policies, never paths: what it says must not choose files. Rows with others become errors. */
  if (strchr(name, '/') || strchr(name, '.') || job->refused)
    return;
  job->refused = !add_policy(job, name);
}

/* Standard input is kept in a temporary file, to be read twice. */
static bool spool_stdin(struct annotation *job) {
  bool reads_stdin = job->cli->operands.count == 0;
  for (size_t i = 0; i < job->cli->operands.count; i++)
    reads_stdin |= strcmp(job->cli->operands.items[i], "-") == 0;
  if (!reads_stdin)
    return true;
  FILE *file = tmpfile();
  char *block = cli_alloc(OUTPUT_BYTES);
  ssize_t got = 0;
  while (file && (got = read(STDIN_FILENO, block, OUTPUT_BYTES)) > 0)
    if (fwrite(block, 1, (size_t)got, file) != (size_t)got)
      break;
  free(block);
  if (!file || got != 0 || fflush(file) != 0) {
    cli_error(job->cli, EXIT_IO, "cannot keep standard input in a temporary file: %s", strerror(errno));
    return false;
  }
  job->spool = file;
  job->spooled = fileno(file);
  return lseek(job->spooled, 0, SEEK_SET) == 0;
}

/* Finds and loads the policies that rows name. */
static bool scout(struct annotation *job) {
  if (!spool_stdin(job) || !read_files(job, scout_header, scout_row))
    return false;
  free(job->header);
  free(job->columns);
  job->columns = NULL;
  return !job->refused && (job->spooled < 0 || lseek(job->spooled, 0, SEEK_SET) == 0);
}

/* --- the command ---------------------------------------------------------------------------------------------------
 */

static bool prepare_job(struct annotation *job) {
  struct cli *cli = job->cli;
  if (!cli_format(cli, 1U << FORMAT_CSV | 1U << FORMAT_NDJSON, FORMAT_CSV, &job->format) ||
      !read_added(cli, job->added) || !read_coverage(cli, &job->coverage) || !cli_time_style(cli, &job->style))
    return false;
  if (cli->input_zone && sla_zone_load(&cli->options, cli->input_zone, &job->input_zone) != SLA_OK) {
    cli_status(cli, EXIT_USAGE);
    return false;
  }
  if (cli->policy ? !add_policy(job, cli->policy) : !scout(job))
    return false;
  if (job->policy_count == 0) {
    job->now = sla_time_now();
    return true;
  }
  return cli_now(cli, sla_policy_zone(job->policies[0].policy), &job->now);
}

static void report_job(struct annotation *job) {
  uint64_t overlaps = 0, gaps = 0;
  for (size_t i = 0; i < job->policy_count; i++) {
    uint64_t more_overlaps, more_gaps;
    sla_worker_local_times(job->policies[i].worker, &more_overlaps, &more_gaps);
    overlaps += more_overlaps;
    gaps += more_gaps;
  }
  cli_warn_local_times(job->cli, overlaps, gaps);
  if (job->uncovered)
    cli_warning(job->cli, "%llu result%s rest%s on dates that are not covered, the first: %s",
                (unsigned long long)job->uncovered, job->uncovered == 1 ? "" : "s", job->uncovered == 1 ? "s" : "",
                job->first_uncovered);
}

static void job_free(struct annotation *job) {
  for (size_t i = 0; i < job->policy_count; i++) {
    struct annotator *annotator = &job->policies[i];
    sla_worker_free(annotator->worker);
    sla_policy_free(annotator->policy);
    free(annotator->name);
    free(annotator->columns);
    free(annotator->values);
    free(annotator->results);
    free(annotator->metric_of);
  }
  if (job->reader.buffer)
    csv_release(&job->reader);
  if (job->spool)
    fclose(job->spool);
  time_style_free(&job->style);
  sla_zone_free(job->input_zone);
  free(job->metrics);
  free(job->header);
  free(job->columns);
  free(job->scratch);
}

void run_annotate(struct cli *cli) {
  struct annotation *job = cli_alloc(sizeof *job);
  job->cli = cli;
  job->spooled = -1;
  job->policy_column = COLUMN_NONE;
  if (prepare_job(job) && output_init(cli, &job->output, cli->output)) {
    bool good = read_files(job, begin_output, process_row);
    output_finish(cli, &job->output, good);
    report_job(job);
  }
  job_free(job);
  free(job);
}
