/* annotate_json: objects instead of rows: what they have to have, and how they come out. */
#include "cli/annotate.h"

#include "cli/json_string.h"

#include <stdio.h>
#include <string.h>

static const char DELIMITER = ','; /* of CSV that is made of objects */

static bool report(struct annotation *job, const char *problem, struct sla_text name, const char *remark) {
  const struct record *object = job->object;
  cli_error_in(job->cli, EXIT_DATA, job->input.file, object->line, object->bad_column, "%s \"%.*s\"%s", problem,
               (int)(name.len < 100 ? name.len : 100), name.ptr, remark);
  return false;
}

static bool is_free(struct annotation *job, const char *name) {
  return !json_reader_has_member(job->input.json, name) ||
         report(job, "the object has a member", (struct sla_text){name, strlen(name)},
                " already, which would be added");
}

/* --format csv: the header. */
static bool write_header(struct annotation *job, const struct record *object) {
  job->delimiter = DELIMITER;
  if (!job->header.count) {
    cli_error_in(job->cli, EXIT_DATA, job->input.file, object->line, object->bad_column,
                 "the first object tells the columns of CSV, and has none that can be read");
    return false;
  }
  for (size_t i = 0; i < job->header.count; i++) {
    if (i)
      output_char(&job->output, DELIMITER);
    output_csv(&job->output, job->header.names[i], DELIMITER);
  }
  annotation_each_added(job, annotation_write_added_name);
  output_char(&job->output, '\n');
  return true;
}

/* What a member's name means, noted in the name when it first comes. */
enum {
  NAME_KNOWN = 1,
  NAME_ADDED = 2,  /* it is among those that are added */
  NAME_COLUMN = 4, /* it has a column of CSV */
};

static bool is_no_added(struct annotation *job, const char *name) {
  return !annotation_is(job->name->text, name);
}

static void know_name(struct annotation *job, struct json_name *name) {
  job->name = name;
  name->marks = NAME_KNOWN;
  if (!annotation_each_added(job, is_no_added))
    name->marks |= NAME_ADDED;
  for (size_t i = 0; i < job->header.count && !(name->marks & NAME_COLUMN); i++)
    if (json_name_is(name, job->header.names[i])) {
      name->marks |= NAME_COLUMN;
      name->column = i;
    }
}

/* What is added must not be there already; a member that has no column would be lost. */
static bool check_names(struct annotation *job, bool is_csv) {
  const struct json_object *members = json_reader_object(job->input.json);
  const struct json_node *member;
  const struct json_name *odd = NULL;
  unsigned all = 0, need = is_csv ? NAME_COLUMN : 0;
  for (size_t at = 0; (member = json_object_member(members, &at));) {
    if (!member->name->marks)
      know_name(job, member->name);
    all |= member->name->marks;
    if ((member->name->marks & need) != need && !odd)
      odd = member->name;
  }
  if (all & NAME_ADDED && !annotation_each_added(job, is_free))
    return false;
  return !odd || report(job, "the first object, which tells the columns of CSV, has no member", odd->text,
                        ": --format ndjson takes it");
}

/* How many members from the first on stand where their columns do. */
static size_t count_ordered(const struct json_object *object) {
  const struct json_node *member;
  size_t at = 0, count = 0;
  while ((member = json_object_member(object, &at)) && member->name->column == count)
    count++;
  return count;
}

bool annotation_take_object(struct annotation *job, const struct record *record) {
  bool is_csv = job->format == FORMAT_CSV && !job->writer, is_first = !job->header.names;
  struct json_object *object = json_reader_object(job->input.json);
  job->object = record;
  if (record->problem)
    return !is_csv || !is_first || write_header(job, record);
  if (object->shape == object->known_shape) /* the names of one that was found good */
    return true;
  if (is_first)
    header_keep_members(&job->header, job->input.json, record);
  if (!check_names(job, is_csv))
    return false;
  object->known_shape = object->shape;
  object->known_in_order = is_csv ? count_ordered(object) : 0;
  return !is_csv || !is_first || write_header(job, record);
}

bool annotation_check_objects(struct annotation *job) {
  bool good = true;
  if (!job->is_json || !job->header.names)
    return true;
  for (size_t p = 0; p < job->policy_count; p++) {
    const struct annotator *annotator = &job->policies[p];
    for (size_t i = 0; i < annotator->field_count; i++)
      if (annotator->columns[i] >= 0 && !json_reader_has_seen(job->input.json, annotator->columns[i]))
        good &= annotation_check_absent(job, annotator, i);
  }
  return good;
}

bool annotation_write_object(struct annotation *job) {
  struct sla_text line = json_reader_line(job->input.json);
  do
    line.len--; /* the brace, and blanks before it */
  while (json_blanks((struct sla_text){line.ptr + line.len - 1, 1}));
  output_text(&job->output, line);
  return line.len > 1;
}

/* Writes the cells from one on, in their order, whatever that of the members is, and whatever is in them. */
static void write_cells_from(struct annotation *job, size_t first) {
  struct json_reader *json = job->input.json;
  const struct json_object *members = json_reader_object(json);
  struct json_node **cells = json_reader_cells(json, job->header.count), *member;
  for (size_t at = 0; (member = json_object_member(members, &at));)
    cells[member->name->column] = member;
  for (size_t i = first; i < job->header.count; i++) {
    if (i)
      output_char(&job->output, DELIMITER);
    if (cells[i])
      output_csv(&job->output, json_reader_text(json, cells[i]), DELIMITER);
  }
}

/*
 * Members mostly stand in the order of the columns: as long as they do, their cells go into room that is made for all
 * of them at once, the first of them as they were put together when the object was read.
 */
void annotation_write_cells(struct annotation *job) {
  enum { MORE = 16 }; /* that may be written behind a cell */
  struct output *output = &job->output;
  struct json_object *object = json_reader_object(job->input.json);
  const size_t columns = job->header.count, room = object->nodes[0].text.len + columns + MORE;
  size_t done = 0;
  if (room <= OUTPUT_BYTES) {
    char *to = output_room(output, room);
    struct json_node *node = &object->nodes[1], *nodes_end = &object->nodes[object->count];
    if (object->cell_count && object->cell_count <= object->known_in_order) {
      memcpy(to, object->cells, object->cells_len - 1); /* without the comma behind */
      to += object->cells_len - 1;
      done = object->cell_count;
      node += done;
    }
    for (; done < columns && node < nodes_end && node->name->column == done; node = &object->nodes[node->end]) {
      if (done++)
        *to++ = DELIMITER;
      /* But for the delimiter, what needs quotes does not stand in a scalar without escapes. */
      if (node->kind <= KIND_STRING && json_copy_free_of(to, node->text, object->nodes[0].text, false, DELIMITER)) {
        to += node->text.len;
        continue;
      }
      output->len = (size_t)(to - output->buffer);
      output_csv(output, json_reader_text(job->input.json, node), DELIMITER);
      to = output_room(output, room);
    }
    output->len = (size_t)(to - output->buffer);
  }
  object->has_cells = true;
  if (done < columns)
    write_cells_from(job, done);
}
