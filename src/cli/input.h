/*
 * input: the records of the operands, one file after another, be they rows of CSV or objects of JSON. What a file is
 * shows in its first bytes: "[" begins an array of objects; "{" NDJSON, or one object around such an array; all else is
 * CSV. --input-format says it instead.
 */
#ifndef SLACLOCK_CLI_INPUT_H
#define SLACLOCK_CLI_INPUT_H

#include "cli/cli.h"
#include "cli/csv.h"
#include "cli/json_read.h"
#include "cli/json_scan.h"
#include "cli/record.h"
#include "cli/stream.h"

#include <stdio.h>

enum input_kind { INPUT_UNKNOWN, INPUT_CSV, INPUT_NDJSON, INPUT_JSON };

/* A file that is kept open. */
struct input_file {
  const char *path;
  int fd;
  FILE *spool; /* of what is no regular file; or NULL */
  enum input_kind kind;
};

/* What can be read only once, such as standard input, copied where it is read more than once. */
struct input_copy {
  const char *path;
  FILE *file;
};

struct input {
  struct cli *cli;
  bool keeps; /* files stay open, for input_go; set it before the first is opened */
  struct input_file *files;
  size_t file_count, file_capacity;
  enum input_kind forced; /* INPUT_UNKNOWN: found out */
  enum input_kind kind;   /* of the file that is open */
  const char *file;
  int fd;
  struct input_copy *copies;
  size_t copy_count, copy_capacity;
  struct stream stream;
  struct csv_reader csv;
  struct json_scan scan;
  struct json_reader *json; /* NULL as long as no JSON has come */
};

/* Takes --input-format; false after an error. Free with input_free in either case. */
bool input_init(struct input *input, struct cli *cli);
void input_free(struct input *input);

/* Copies a file into a temporary one, if it is a pipe, so that it can be opened more than once. false after an error.
 */
bool input_keep_pipe(struct input *input, const char *path);

/*
 * Of the file that is open, from which no record has been read: looks at the header, which still comes (false where
 * there is none, as in JSON); and closes it as if it had not been read at all, false after an error. Instead of closing
 * it, it can be opened again where it is.
 */
bool input_peek(struct input *input, struct record *ret_header);
bool input_put_back(struct input *input);

/*
 * Where a record begins, in the file opened last of those kept; and going to where one began. From there records follow
 * as they did; of an object the column is then not known.
 */
uint64_t input_offset(const struct input *input, const struct record *record);
void input_go(struct input *input, size_t file, uint64_t offset, long line);

/* Opens a file, "-" for standard input, and finds out what it is. false after an error. */
bool input_open(struct input *input, const char *path);

/*
 * Blocks: whole records out of the file that is open, each read by an input of its own, so that threads can do so side
 * by side. Only taking one concerns the whole, and passing on to it what its reading found out: one after another, in
 * their order. input_end_blocks frees a block's input in any case.
 */
bool input_has_blocks(const struct input *input);
void input_begin_blocks(struct input *block, struct cli *cli, const struct input *whole);
void input_pass_on(const struct input *block, struct input *whole);
void input_end_blocks(struct input *block);

/* The next block; false at the end of the file, or where a record is too long for one, which is then still to come. */
bool input_take_block(struct input *whole, struct input *block);

/* Whether reading cannot go on, before the end; input_close says why. */
bool input_is_stuck(const struct input *input);

/* Closes it; reports what ended reading before the file did. false after an error, now or before. */
bool input_close(struct input *input);

static inline bool input_is_json(const struct input *input) {
  return input->kind != INPUT_CSV;
}

/* The next record; the first of CSV is the header. false at the end, and where reading failed. */
static inline bool input_next(struct input *input, struct record *ret_record) {
  if (!input_is_json(input))
    return csv_next(&input->csv, ret_record);
  return json_scan_next(&input->scan, ret_record) && json_reader_read(input->json, ret_record);
}

/*
 * What a field of a record says. Room for a row's field with doubled quotes is taken from scratch, see csv_value.
 */
static inline struct sla_text input_value(const struct input *input, const struct record *record, size_t field,
                                          char *scratch, size_t *ret_used) {
  if (!input_is_json(input))
    return csv_value(record->fields[field], scratch, ret_used);
  *ret_used = 0;
  return record->fields[field];
}

/* Where something is wrong with a record; column 0 where its line alone says it. */
static inline void input_place(const struct input *input, const struct record *record, long *ret_line,
                               long *ret_column) {
  bool is_known = input_is_json(input) && record->bad_line, is_array = input->kind == INPUT_JSON; /* many on a line */
  *ret_line = is_known ? record->bad_line : record->line;
  *ret_column = is_known || is_array ? record->bad_column : 0;
}

#endif
