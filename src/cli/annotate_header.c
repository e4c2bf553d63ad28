/* annotate_header: from the names of the input's columns to the fields that policies read, and the output's header. */
#include "cli/annotate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long annotation_column_of(struct annotation *job, const char *field, const char **ret_name) {
  bool is_asked;
  *ret_name = dialect_column(&job->dialect, field, &is_asked);
  return header_find(&job->header, &job->input, field, *ret_name);
}

/* Whether a policy reads a field from a column. */
static bool is_read(const struct annotation *job, const struct annotator *annotator, struct sla_text column) {
  bool is_asked;
  for (size_t i = 0; i < annotator->field_count; i++)
    if (annotation_is(column, dialect_column(&job->dialect, sla_policy_field_name(annotator->policy, i), &is_asked)))
      return true;
  return false;
}

/* The column nearest to a name, of those that no field is read from; NULL where none is near. */
static const char *nearest_column(const struct annotation *job, const struct annotator *annotator, const char *name,
                                  char buffer[128]) {
  struct sla_text *names = cli_alloc(job->header.count * sizeof *names);
  size_t count = 0;
  for (size_t i = 0; i < job->header.count; i++)
    if (!is_read(job, annotator, job->header.names[i]))
      names[count++] = job->header.names[i];
  const char *nearest = header_nearest(names, count, name, buffer);
  free(names);
  return nearest;
}

bool annotation_check_absent(struct annotation *job, const struct annotator *annotator, size_t field) {
  bool is_asked;
  const char *own_name = sla_policy_field_name(annotator->policy, field);
  const char *name = dialect_column(&job->dialect, own_name, &is_asked);
  const char *policy = sla_policy_name(annotator->policy), *what = job->is_json ? "member" : "column";
  const char *place = job->is_json ? "PATH" : "COLUMN";
  char buffer[128];
  const char *nearest = nearest_column(job, annotator, name, buffer);
  bool is_needed = is_asked || sla_policy_field_is_needed(annotator->policy, field);
  if (is_needed)
    cli_error_at(job->cli, EXIT_DATA, job->input.file, job->is_json ? 0 : 1,
                 "%s no %s \"%s\", which policy \"%s\" needs%s%s%s (--map %s=%s names another, --map %s= says that "
                 "there is none)",
                 job->is_json ? "the objects have" : "the input has", what, name, policy,
                 nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "", own_name, place,
                 own_name);
  else if (nearest)
    cli_warning(job->cli, "the input has no %s \"%s\", which policy \"%s\" reads; there is \"%s\": --map %s=%s", what,
                name, policy, nearest, own_name, place);
  else if (strcmp(name, own_name) != 0) /* a profile promises it */
    cli_warning(job->cli,
                "the input has no %s \"%s\", which profile \"%s\" has for \"%s\": it is empty in every row (--map "
                "%s=%s names another)",
                what, name, sla_profile_name(job->dialect.profile), own_name, own_name, place);
  return !is_needed;
}

/* A profile that says on its user's behalf that there is no such field makes a metric one that never stops. */
static void warn_absent(struct annotation *job, const struct annotator *annotator, size_t field) {
  bool is_asked;
  const char *own_name = sla_policy_field_name(annotator->policy, field);
  dialect_column(&job->dialect, own_name, &is_asked);
  if (!is_asked && sla_policy_field_is_needed(annotator->policy, field))
    cli_warning(job->cli,
                "profile \"%s\" has no \"%s\", which policy \"%s\" needs: it is empty in every row (--map %s=%s names "
                "one, --map %s= says that there is none)",
                sla_profile_name(job->dialect.profile), own_name, sla_policy_name(annotator->policy), own_name,
                job->is_json ? "PATH" : "COLUMN", own_name);
}

/* Finds a policy's fields among the columns. */
static bool bind_fields(struct annotation *job, struct annotator *annotator) {
  bool good = true;
  annotator->bound = cli_alloc(annotator->field_count * sizeof *annotator->bound);
  for (size_t i = 0; i < annotator->field_count; i++) {
    const char *name;
    long column = annotator->columns[i] = annotation_column_of(job, sla_policy_field_name(annotator->policy, i), &name);
    if (column == COLUMN_NONE)
      good &= annotation_check_absent(job, annotator, i);
    else if (column >= 0 && !job->is_json)
      good &= header_check_once(&job->header, &job->input, column);
    else if (column == COLUMN_ABSENT)
      warn_absent(job, annotator, i);
    good &= column != COLUMN_WRONG;
    if (column >= 0)
      annotator->bound[annotator->bound_count++] = (struct bound){i, (size_t)column};
  }
  return good;
}

/* --map of fields that neither a policy reads nor the profile knows is likely a slip. */
static bool check_maps(struct annotation *job) {
  for (size_t i = 0; i < job->cli->maps.count; i++) {
    const char *map = job->cli->maps.items[i], *equals = strchr(map, '=');
    if (!equals || equals == map) {
      cli_error(job->cli, EXIT_USAGE, "--map must be FIELD=COLUMN, not \"%s\"", map);
      return false;
    }
    struct sla_text field = {map, (size_t)(equals - map)};
    bool known = annotation_is(field, "id") || annotation_is(field, "policy");
    char *name = strndup(field.ptr, field.len);
    known |= name && dialect_field(&job->dialect, name) != SIZE_MAX;
    free(name);
    for (size_t p = 0; p < job->policy_count && !known; p++)
      for (size_t f = 0; f < sla_policy_field_count(job->policies[p].policy) && !known; f++)
        known = annotation_is(field, sla_policy_field_name(job->policies[p].policy, f));
    if (!known) {
      cli_error(job->cli, EXIT_USAGE, "--map %s: no policy in use reads the field \"%.*s\"", map, (int)field.len,
                field.ptr);
      return false;
    }
  }
  return true;
}

void annotation_added_name(const struct annotation *job, size_t metric, enum added column, char name[ADDED_NAME]) {
  static const char *const suffixes[ADDED] = {"metric",    "cycle",       "start",  "stop",    "due",  "status",
                                              "elapsed_s", "remaining_s", "policy", "version", "rule", "note"};
  bool is_of_row = column == ADDED_NOTE || job->cli->cycles;
  snprintf(name, ADDED_NAME, "%s_%s", is_of_row ? "sla" : job->metrics[metric], suffixes[column]);
}

/* Settles what is added; false after an error. */
static bool choose_values(struct annotation *job) {
  const struct cli *cli = job->cli;
  bool is_json = job->format != FORMAT_CSV;
  if (cli->decided && !is_json && !job->added[ADDED_NOTE]) {
    cli_error(job->cli, EXIT_USAGE, "CSV has --decided in the note, which --add leaves out");
    return false;
  }
  for (size_t i = ADDED_METRIC; i <= ADDED_STOP; i++)
    job->added[i] = cli->cycles;
  for (size_t i = ADDED_POLICY; i <= ADDED_RULE; i++)
    job->added[i] = cli->decided && is_json;
  for (size_t i = 0; i < ADDED_NOTE; i++)
    if (job->added[i])
      job->values[job->value_count++] = (enum added)i;
  for (size_t i = 0; i <= SLA_RUNNING; i++) {
    const char *name = sla_status_name((enum sla_status)i);
    job->statuses[i].len = strlen(name);
    memcpy(job->statuses[i].text, name, job->statuses[i].len);
  }
  return true;
}

/* Metrics from event to event, of input that has no such events: most likely they were forgotten. */
static void warn_of_cycles(struct annotation *job) {
  for (size_t p = 0; p < job->policy_count && !job->log && !job->writer; p++)
    for (size_t i = 0; i < job->policies[p].metric_count; i++) {
      const struct annotator *annotator = &job->policies[p];
      enum sla_event_kind begins;
      if (!sla_policy_metric_is_cycle(annotator->policy, i, &begins))
        continue;
      cli_warning(job->cli,
                  "metric \"%s\" of policy \"%s\" goes by replies, and nothing says when there were any: "
                  "--events FILE does",
                  sla_policy_metric_name(annotator->policy, i), sla_policy_name(annotator->policy));
      return;
    }
}

bool annotation_each_added(struct annotation *job, bool (*visit)(struct annotation *job, const char *name)) {
  char name[ADDED_NAME];
  for (size_t m = 0; m < (job->cli->cycles ? 1 : job->metric_count); m++)
    for (size_t i = 0; i < job->value_count; i++) {
      annotation_added_name(job, m, job->values[i], name);
      if (!visit(job, name))
        return false;
    }
  if (!job->added[ADDED_NOTE])
    return true;
  annotation_added_name(job, 0, ADDED_NOTE, name);
  return visit(job, name) && (job->format == FORMAT_CSV || visit(job, ADDED_UNANSWERED));
}

static bool is_free(struct annotation *job, const char *name) {
  for (size_t i = 0; i < job->header.count; i++)
    if (annotation_is(job->header.names[i], name)) {
      cli_error_at(job->cli, EXIT_DATA, job->input.file, 1,
                   "the input has a column \"%s\" already, which would be added", name);
      return false;
    }
  return true;
}

bool annotation_write_added_name(struct annotation *job, const char *name) {
  output_char(&job->output, job->delimiter);
  output_csv(&job->output, (struct sla_text){name, strlen(name)}, job->delimiter);
  return true;
}

bool annotation_begin(struct annotation *job, const struct record *row) {
  const char *name;
  if (row)
    header_keep(&job->header, row);
  else if (!job->cli->format)
    job->format = FORMAT_NDJSON;
  if (!choose_values(job))
    return false;
  job->id_column = annotation_column_of(job, "id", &name);
  if (!check_maps(job) || job->id_column == COLUMN_WRONG)
    return false;
  bool good = true;
  for (size_t i = 0; i < job->policy_count; i++)
    good &= bind_fields(job, &job->policies[i]);
  if (job->writer && job->writer->bind)
    good &= job->writer->bind(job, job->writer->data);
  if (!good || (row && !annotation_each_added(job, is_free)))
    return false;
  warn_of_cycles(job);
  job->is_plain = !job->writer && !job->by_incident && !job->cli->cycles && !job->cli->decided &&
                  !job->cli->line_buffered && job->policy_column < 0 && !job->dialect.has_words;
  if (job->format != FORMAT_CSV)
    annotation_prepare_keys(job);
  if (row && job->format == FORMAT_CSV && !job->writer) {
    if (job->input.csv.has_mark)
      output_bytes(&job->output, "\xEF\xBB\xBF", 3);
    output_text(&job->output, row->raw);
    annotation_each_added(job, annotation_write_added_name);
    output_bytes(&job->output, row->end.len ? row->end.ptr : "\n", row->end.len ? row->end.len : 1);
  }
  return true;
}

bool annotation_same_header(struct annotation *job, const struct record *row) {
  bool same = row->count == job->header.count;
  if (job->input.csv.delimiter != job->delimiter) {
    cli_error_at(job->cli, EXIT_DATA, job->input.file, 1, "the delimiter is not that of the first file");
    return false;
  }
  char *scratch = cli_alloc(row->raw.len + 1);
  for (size_t i = 0; i < row->count && same; i++) {
    size_t used;
    struct sla_text value = csv_value(row->fields[i], scratch, &used);
    same = value.len == job->header.names[i].len && !memcmp(value.ptr, job->header.names[i].ptr, value.len);
  }
  free(scratch);
  if (!same)
    cli_error_at(job->cli, EXIT_DATA, job->input.file, 1, "the header is not that of the first file");
  return same;
}
