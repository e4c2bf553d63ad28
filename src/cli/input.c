#include "cli/input.h"

#include "cli/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool input_init(struct input *input, struct cli *cli) {
  static const char *const words[] = {[INPUT_CSV] = "csv", [INPUT_NDJSON] = "ndjson", [INPUT_JSON] = "json"};
  *input = (struct input){.cli = cli, .kind = INPUT_CSV, .fd = -1};
  for (int i = INPUT_CSV; cli->input_format && i <= INPUT_JSON; i++)
    if (!strcmp(cli->input_format, words[i]))
      input->forced = (enum input_kind)i;
  if (!cli->input_format || input->forced)
    return true;
  cli_error(cli, EXIT_USAGE, "option --input-format must be csv, ndjson or json, not \"%s\"", cli->input_format);
  return false;
}

/* Whether a descriptor is that of a copy. */
static bool is_copy(const struct input *input, int fd) {
  for (size_t i = 0; i < input->copy_count; i++)
    if (fd == fileno(input->copies[i].file))
      return true;
  return false;
}

void input_free(struct input *input) {
  stream_free(&input->stream);
  csv_release(&input->csv);
  json_reader_free(input->json);
  for (size_t i = 0; i < input->file_count; i++)
    if (input->files[i].spool)
      fclose(input->files[i].spool);
    else if (!is_copy(input, input->files[i].fd))
      close(input->files[i].fd);
  for (size_t i = 0; i < input->copy_count; i++)
    fclose(input->copies[i].file);
  free(input->copies);
  free(input->files);
}

/* Copies what was read of a descriptor and the rest of it into a temporary file; NULL after an error. */
static FILE *spool(struct input *input, struct sla_text read_before, int fd, const char *what) {
  enum { BLOCK = 64 * 1024 };
  FILE *file = tmpfile();
  char *block = cli_alloc(BLOCK);
  ssize_t got = 0;
  bool good = file && fwrite(read_before.ptr, 1, read_before.len, file) == read_before.len;
  while (good && ((got = read(fd, block, BLOCK)) > 0 || (got < 0 && errno == EINTR)))
    good = got < 0 || fwrite(block, 1, (size_t)got, file) == (size_t)got;
  free(block);
  if (good && got == 0 && fflush(file) == 0)
    return file;
  if (errno == EISDIR)
    cli_error(input->cli, EXIT_NO_INPUT, "cannot read \"%s\": %s", what, strerror(errno));
  else
    cli_error(input->cli, EXIT_IO, "cannot keep %s in a temporary file: %s", what, strerror(errno));
  if (file)
    fclose(file);
  return NULL;
}

static const char *shown_name(const char *path) {
  return strcmp(path, "-") ? path : "standard input";
}

static bool is_regular(int fd) {
  struct stat status;
  return fd > STDIN_FILENO && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/* The copy of a file; NULL where there is none. */
static FILE *copy_of(const struct input *input, const char *path) {
  for (size_t i = 0; i < input->copy_count; i++)
    if (!strcmp(input->copies[i].path, path))
      return input->copies[i].file;
  return NULL;
}

static bool add_copy(struct input *input, const char *path, FILE *file) {
  if (!file)
    return false;
  input->copies = array_grow(input->copies, input->copy_count, &input->copy_capacity, sizeof *input->copies);
  input->copies[input->copy_count++] = (struct input_copy){path, file};
  return true;
}

bool input_keep_pipe(struct input *input, const char *path) {
  static const struct sla_text nothing = {"", 0};
  struct stat status;
  bool is_stdin = !strcmp(path, "-");
  if (copy_of(input, path) ||
      (!is_stdin && (stat(path, &status) || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))))
    return true;
  int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return true; /* opening it says why */
  bool good = add_copy(input, path, spool(input, nothing, fd, shown_name(path)));
  if (!is_stdin)
    close(fd);
  return good;
}

bool input_put_back(struct input *input) {
  const struct stream *stream = &input->stream;
  struct sla_text read_before = {stream->buffer, stream->filled};
  if (!stream->read_errno && !is_regular(input->fd) && !is_copy(input, input->fd) &&
      !add_copy(input, input->file, spool(input, read_before, input->fd, shown_name(input->file))))
    return false;
  return input_close(input);
}

bool input_peek(struct input *input, struct record *ret_header) {
  if (input_is_json(input) || !csv_next(&input->csv, ret_header))
    return false;
  input->stream.start = (size_t)(ret_header->raw.ptr - input->stream.buffer);
  input->csv.line = ret_header->line;
  return true;
}

/* --- what a file is ---------------------------------------------------------------------------------------------- */

/* The first byte that is no blank, behind a byte order mark, and where it is. 0 where there is none within bounds. */
static char first_char(struct stream *stream, size_t *at) {
  for (*at = 0;; stream_fill(stream)) {
    if (*at == 0 && stream->filled >= 3 && !memcmp(stream->buffer, "\xEF\xBB\xBF", 3))
      *at = 3;
    if (stream->filled >= 3 || stream->at_end)
      *at += json_blanks((struct sla_text){stream->buffer + *at, stream->filled - *at});
    if (*at < stream->filled && (stream->filled >= 3 || stream->at_end))
      return stream->buffer[*at];
    if (stream->at_end || stream->filled > JSON_MOST_BYTES)
      return 0;
  }
}

/* Whether something but blanks comes behind a place. */
static bool comes_more(struct stream *stream, size_t at) {
  for (;; stream_fill(stream)) {
    at += json_blanks((struct sla_text){stream->buffer + at, stream->filled - at});
    if (at < stream->filled)
      return true;
    if (stream->at_end)
      return false;
  }
}

/*
 * Input that begins with an object is NDJSON if the object ends on its line: not where it spans lines, or is larger
 * than objects may be, or where it alone is the input and looks like an envelope (see json_scan.h).
 */
static enum input_kind kind_of_objects(struct input *input, size_t from) {
  struct stream *stream = &input->stream;
  struct json_extent extent = {0};
  enum json_extent_state state = JSON_UNFINISHED;
  size_t at = from;
  for (;;) {
    state = json_extent_scan(&extent, stream->buffer, stream->filled, &at);
    if (memchr(stream->buffer + from, '\n', at - from))
      return INPUT_JSON;
    if (state != JSON_UNFINISHED || stream->at_end)
      break;
    if (stream->filled - from > JSON_MOST_BYTES)
      return INPUT_JSON;
    stream_fill(stream);
  }
  struct sla_text object = {stream->buffer + from, at - from};
  bool alone = state == JSON_WHOLE && json_reader_is_envelope(input->json, object) && !comes_more(stream, at);
  return alone ? INPUT_JSON : INPUT_NDJSON;
}

static void find_kind(struct input *input) {
  size_t at;
  char c = input->forced ? 0 : first_char(&input->stream, &at);
  input->kind = input->forced ? input->forced : c == '[' || c == '{' ? INPUT_JSON : INPUT_CSV;
  if (input_is_json(input) && !input->json)
    input->json = json_reader_new();
  if (c == '{')
    input->kind = kind_of_objects(input, at);
}

/* --- files ------------------------------------------------------------------------------------------------------- */

static int open_file(struct input *input, const char *path) {
  if (!strcmp(path, "-"))
    return STDIN_FILENO;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    cli_error(input->cli, EXIT_NO_INPUT, "cannot read \"%s\": %s", path, strerror(errno));
  return fd;
}

/* Keeps a file open; what is no regular file is copied into one that is. -1 after an error. */
static int keep_file(struct input *input, const char *path, int fd) {
  static const struct sla_text nothing = {"", 0};
  FILE *copy = NULL;
  if (fd >= 0 && !is_regular(fd) && !is_copy(input, fd)) {
    copy = spool(input, nothing, fd, shown_name(path));
    if (fd > STDIN_FILENO)
      close(fd);
    fd = copy ? fileno(copy) : -1;
  }
  if (fd < 0)
    return -1;
  input->files = array_grow(input->files, input->file_count, &input->file_capacity, sizeof *input->files);
  input->files[input->file_count++] = (struct input_file){path, fd, copy, INPUT_UNKNOWN};
  return fd;
}

bool input_open(struct input *input, const char *path) {
  if (input->fd >= 0) /* it was looked into, and nothing of it is lost */
    return true;
  FILE *copy = copy_of(input, path);
  input->file = path;
  input->fd = copy ? fileno(copy) : open_file(input, path);
  if (input->keeps)
    input->fd = keep_file(input, path, input->fd);
  if (input->fd < 0)
    return false;
  stream_begin(&input->stream, input->fd, copy || input->keeps);
  find_kind(input);
  if (input->keeps)
    input->files[input->file_count - 1].kind = input->kind;
  if (input_is_json(input))
    json_scan_begin(&input->scan, &input->stream, input->kind == INPUT_NDJSON);
  else
    csv_begin(&input->csv, &input->stream);
  return true;
}

uint64_t input_offset(const struct input *input, const struct record *record) {
  return input->stream.base + (uint64_t)(record->raw.ptr - input->stream.buffer);
}

void input_go(struct input *input, size_t file, uint64_t offset, long line) {
  enum { WANTED = 4096 };
  const struct input_file *to = &input->files[file];
  if (input->stream.fd != to->fd)
    stream_begin(&input->stream, to->fd, true);
  stream_seek(&input->stream, offset, WANTED);
  input->file = to->path;
  input->fd = to->fd;
  input->kind = to->kind;
  input->csv.line = input->scan.line = line;
  input->scan.state = to->kind == INPUT_NDJSON ? JSON_LINES : JSON_ELEMENTS;
  input->scan.column = LONG_MIN / 2; /* until the next line */
  *input->scan.problem = '\0';
}

/* --- blocks ------------------------------------------------------------------------------------------------------ */

bool input_has_blocks(const struct input *input) {
  return input->kind != INPUT_JSON;
}

void input_begin_blocks(struct input *block, struct cli *cli, const struct input *whole) {
  *block = (struct input){.cli = cli, .kind = whole->kind, .file = whole->file, .fd = -1};
  stream_begin(&block->stream, -1, false);
  if (input_is_json(whole))
    block->json = json_reader_twin(whole->json);
}

void input_pass_on(const struct input *block, struct input *whole) {
  if (input_is_json(whole))
    json_reader_pass_on(block->json, whole->json);
}

void input_end_blocks(struct input *block) {
  stream_free(&block->stream);
  csv_release(&block->csv);
  json_reader_free(block->json);
}

/* Line feeds, sixteen bytes at a time; sums of bytes are taken before they could overflow. */
static long count_lines(const char *bytes, size_t len) {
  typedef unsigned char vector __attribute__((vector_size(16)));
  long lines = 0;
  size_t at = 0;
  while (len - at >= sizeof(vector)) {
    vector sums = {0};
    for (int i = 0; i < UCHAR_MAX && len - at >= sizeof(vector); i++, at += sizeof(vector)) {
      vector piece;
      memcpy(&piece, bytes + at, sizeof piece);
      sums -= (vector)(piece == '\n'); /* all bits set is -1 */
    }
    for (size_t i = 0; i < sizeof(vector); i++)
      lines += sums[i];
  }
  for (; at < len; at++)
    lines += bytes[at] == '\n';
  return lines;
}

/* The bytes of a block that whole records take. Line feeds in quotes are a field's in CSV; an object ends at any. */
static size_t whole_records(struct input *block) {
  const struct stream *stream = &block->stream;
  if (!input_is_json(block) && memchr(stream->buffer, '"', stream->filled))
    return csv_whole_rows(&block->csv);
  const char *feed = memrchr(stream->buffer, '\n', stream->filled);
  return feed ? (size_t)(feed + 1 - stream->buffer) : 0;
}

bool input_take_block(struct input *whole, struct input *block) {
  struct stream *from = &whole->stream, *to = &block->stream;
  long *line = input_is_json(whole) ? &whole->scan.line : &whole->csv.line;
  size_t taken = stream_take(from, to->buffer, STREAM_BYTES), rows = taken;
  to->start = 0;
  to->filled = taken;
  to->base = stream_offset(from) - taken;
  to->at_end = true;
  if (input_is_json(whole))
    json_scan_begin_at(&block->scan, to, *line);
  else
    csv_begin_at(&block->csv, to, whole->csv.delimiter, *line);
  if (!from->at_end || from->start < from->filled) {
    rows = whole_records(block);
    stream_give_back(from, to->buffer + rows, taken - rows);
    to->filled = rows;
    to->moves++; /* what is marked behind them is no longer there */
  }
  *line += count_lines(to->buffer, rows);
  return rows > 0;
}

bool input_is_stuck(const struct input *input) {
  long line, column;
  return input_is_json(input) && json_reader_is_stuck(input->json, &line, &column);
}

bool input_close(struct input *input) {
  bool good = input->fd >= 0;
  long line, column;
  if (input->stream.read_errno) {
    cli_error(input->cli, input->stream.read_errno == EISDIR ? EXIT_NO_INPUT : EXIT_IO, "cannot read \"%s\": %s",
              input->file, strerror(input->stream.read_errno));
    good = false;
  } else if (!input_is_json(input) && input->csv.too_long) {
    cli_error_at(input->cli, EXIT_DATA, input->file, input->csv.line, "the line is longer than %d MiB",
                 CSV_MOST_LINE >> 20);
    good = false;
  } else if (input_is_json(input) && *input->scan.problem) {
    cli_error_in(input->cli, EXIT_DATA, input->file, input->scan.line, input->scan.column, "%s", input->scan.problem);
    good = false;
  } else if (input_is_json(input) && json_reader_is_stuck(input->json, &line, &column)) {
    cli_error_in(input->cli, EXIT_DEFECT, input->file, line, column,
                 "this is no JSON or unusual, and libjansson, which tells which, is not installed");
    good = false;
  }
  if (input->fd > STDIN_FILENO && !input->keeps && !is_copy(input, input->fd))
    close(input->fd);
  input->fd = -1;
  return good;
}
