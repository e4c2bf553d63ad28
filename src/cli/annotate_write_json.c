/* annotate_write_json: rows as NDJSON, one object each, with what there is to say of them as further members. */
#include "cli/annotate.h"

#include "cli/buffer.h"
#include "cli/json.h"
#include "cli/json_string.h"

#include <stdlib.h>
#include <string.h>

/* --- keys -------------------------------------------------------------------------------------------------------- */

/* Appends a key as it stands before each value: ,"name": */
static void add_key(struct member_keys *keys, struct sla_text name) {
  char part[256];
  struct buffer text = {0};
  static const char room[OUTPUT_KEY + 1]; /* for whoever copies a byte more than there is */
  buffer_add(&text, ",\"", 2);
  while (name.len) {
    size_t written = json_escape(&name, part, sizeof part);
    buffer_add(&text, part, written);
  }
  buffer_add(&text, "\":", 2);
  size_t len = text.len;
  buffer_add(&text, room, sizeof room);
  keys->items = array_grow(keys->items, keys->count, &keys->capacity, sizeof *keys->items);
  keys->items[keys->count++] = (struct sla_text){text.text, len};
}

static bool add_added_key(struct annotation *job, const char *name) {
  add_key(&job->added_keys, (struct sla_text){name, strlen(name)});
  return true;
}

void annotation_prepare_keys(struct annotation *job) {
  for (size_t i = 0; i < job->header.count; i++)
    add_key(&job->header_keys, job->header.names[i]);
  annotation_each_added(job, add_added_key);
}

static void keys_free(struct member_keys *keys) {
  while (keys->count)
    free((char *)keys->items[--keys->count].ptr);
  free(keys->items);
}

void annotation_free_keys(struct annotation *job) {
  keys_free(&job->header_keys);
  keys_free(&job->added_keys);
}

/* A key, of the first member without its comma, with room behind it. */
static inline void write_key(struct output *output, struct sla_text key, bool first, size_t room) {
  key = (struct sla_text){key.ptr + first, key.len - first};
  if (key.len > OUTPUT_KEY) {
    output_text(output, key);
    output_room(output, room);
    return;
  }
  memcpy(output_room(output, OUTPUT_KEY + room), key.ptr, OUTPUT_KEY); /* in one go, whatever its length */
  output->len += key.len;
}

/* --- a row's own members ----------------------------------------------------------------------------------------- */

/* Writes what a field of CSV says, its doubled quotes, if it stood in quotes, made single. */
static void write_odd_field(struct output *output, struct sla_text key, struct sla_text field, bool is_quoted) {
  const char *at = field.ptr, *end = field.ptr + field.len, *quote = is_quoted ? memchr(at, '"', field.len) : NULL;
  if (!quote) {
    output_json_member(output, key, field);
    return;
  }
  output_text(output, key);
  output_char(output, '"');
  for (; quote; quote = memchr(at, '"', (size_t)(end - at))) {
    output_json_part(output, (struct sla_text){at, (size_t)(quote + 1 - at)});
    at = quote + (quote + 1 < end && quote[1] == '"' ? 2 : 1);
  }
  output_json_part(output, (struct sla_text){at, (size_t)(end - at)});
  output_char(output, '"');
}

/*
 * Writes a whole row's members. Most fields have nothing in them that has to be escaped: they go into room that is made
 * for all of them at once.
 */
static void write_whole_row(struct annotation *job, const struct record *row) {
  enum { MORE = 16 }; /* that may be written behind a field */
  struct output *output = &job->output;
  const size_t room = row->count * (OUTPUT_KEY + 2) + row->raw.len + MORE;
  const bool has_room = room <= OUTPUT_BYTES;
  char *to = output_room(output, has_room ? room : 1);
  for (size_t i = 0; i < row->count; i++) {
    struct sla_text key = job->header_keys.items[i], field = row->fields[i];
    if (!i)
      key = (struct sla_text){key.ptr + 1, key.len - 1}; /* without its comma */
    bool is_quoted = field.len >= 2 && field.ptr[0] == '"' && field.ptr[field.len - 1] == '"';
    if (is_quoted)
      field = (struct sla_text){field.ptr + 1, field.len - 2};
    if (has_room && key.len <= OUTPUT_KEY) {
      char *value = to + key.len + 1;
      memcpy(to, key.ptr, OUTPUT_KEY); /* as many bytes for all keys are copied without a call */
      value[-1] = '"';
      if (json_copy_free_of(value, field, row->raw, true, 0)) {
        to = value + field.len;
        *to++ = '"';
        continue;
      }
    }
    output->len = (size_t)(to - output->buffer);
    write_odd_field(output, key, field, is_quoted);
    to = output_room(output, has_room ? room : 1);
  }
  output->len = (size_t)(to - output->buffer);
}

/* Writes them behind a brace; of a row that is no whole one, its text as "row". Says whether there are any. */
static bool write_fields(struct annotation *job, const struct record *row) {
  struct output *output = &job->output;
  if (job->is_json && !row->problem)
    return annotation_write_object(job);
  output_char(output, '{');
  if (row->problem || row->count > job->header.count) {
    output_bytes(output, "\"row\":", 6);
    output_json(output, row->raw);
    return true;
  }
  write_whole_row(job, row);
  return row->count > 0;
}

/* --- what is added ----------------------------------------------------------------------------------------------- */

/* What there is to say in a column that holds a word, or NULL; the rule is put together in the text. */
static const char *word_of(const struct told *told, enum added column, struct buffer *text) {
  const struct sla_rule *rule = &told->result->rule;
  if (column == ADDED_METRIC)
    return told->cycle ? told->cycle->metric : NULL;
  if (column == ADDED_POLICY)
    return rule->policy;
  if (column == ADDED_VERSION)
    return rule->version && *rule->version ? rule->version : NULL;
  if (rule->file)
    buffer_format(text, "%s:%d", rule->file, rule->line);
  return text->text;
}

/* Writes a value that needs no escapes: a number, or a string. There is room for it. */
static inline void write_plain_value(struct annotation *job, const struct told *told, enum added column,
                                     bool is_number) {
  struct output *output = &job->output;
  const size_t before = output->len, begin = before + !is_number; /* behind a quote */
  output->buffer[before] = '"';
  output->len = begin;
  if (told->result)
    annotation_write_value(job, told, column);
  if (output->len == begin) {
    output->len = before;
    output_bytes(output, "null", 4);
  } else if (!is_number)
    output->buffer[output->len++] = '"';
}

static void write_word(struct annotation *job, const struct told *told, enum added column) {
  struct buffer text = {0};
  const char *word = told->result ? word_of(told, column, &text) : NULL;
  if (word)
    output_json(&job->output, (struct sla_text){word, strlen(word)});
  else
    output_bytes(&job->output, "null", 4);
  if (text.text)
    buffer_free(&text);
}

/* Says whether the next member is still the first. Takes the keys from *key on. */
static bool write_values(struct annotation *job, const struct told *told, const struct sla_text **key, bool first) {
  for (size_t i = 0; i < job->value_count; i++) {
    enum added column = job->values[i];
    write_key(&job->output, *(*key)++, first, VALUE_ROOM + 2);
    if (column == ADDED_METRIC || (column >= ADDED_POLICY && column <= ADDED_RULE))
      write_word(job, told, column);
    else
      write_plain_value(job, told, column,
                        column == ADDED_CYCLE || column == ADDED_ELAPSED || column == ADDED_REMAINING);
    first = false;
  }
  return first;
}

void annotation_write_json_row(struct annotation *job, const struct record *row, const struct told *told) {
  struct output *output = &job->output;
  const struct sla_text *key = job->added_keys.items;
  bool first = !write_fields(job, row);
  if (told)
    first = write_values(job, told, &key, first);
  for (size_t m = 0; m < job->metric_count && !told; m++)
    first = write_values(job, &(struct told){.result = annotation_result_of(job, m)}, &key, first);
  if (job->added[ADDED_NOTE]) {
    write_key(output, *key++, first, 0);
    if (job->note.len)
      output_json(output, (struct sla_text){job->note.text, job->note.len});
    else
      output_bytes(output, "null", 4);
    if (job->closed_unanswered) {
      write_key(output, *key, false, 0);
      output_bytes(output, "true", 4);
    }
  }
  output_bytes(output, "}\n", 2);
}
