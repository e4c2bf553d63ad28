#include "cli/output.h"

#include "cli/csv.h"
#include "cli/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

/* Opens what is no regular file. */
static bool open_special(struct cli *cli, struct output *output, const char *path) {
  output->fd = open(path, O_WRONLY | O_CLOEXEC);
  if (output->fd >= 0)
    return true;
  cli_error(cli, EXIT_IO, "cannot write \"%s\": %s", path, strerror(errno));
  free(output->buffer);
  return false;
}

/*
 * Whether to reserve room on the disk before writing to it: ext4 then has each page written in a quarter less time,
 * since it need not reserve room for every single one.
 */
static bool gains_by_reserving(int fd) {
#ifdef FALLOC_FL_KEEP_SIZE
  enum { EXT4 = 0xEF53 }; /* statfs(2) */
  struct stat file;
  struct statfs system;
  int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && !(flags & O_APPEND) && fstat(fd, &file) == 0 && S_ISREG(file.st_mode) &&
         fstatfs(fd, &system) == 0 && system.f_type == EXT4;
#else
  (void)fd;
  return false;
#endif
}

/* Does so for what is written next. Where it cannot be done, writing will say why. */
static void reserve(struct output *output, size_t len) {
#ifdef FALLOC_FL_KEEP_SIZE
  off_t at = lseek(output->fd, 0, SEEK_CUR);
  output->reserves = at >= 0 && fallocate(output->fd, FALLOC_FL_KEEP_SIZE, at, (off_t)len) == 0;
#else
  (void)output, (void)len;
#endif
}

bool output_init(struct cli *cli, struct output *output, const char *path) {
  *output =
      (struct output){.fd = STDOUT_FILENO, .path = path, .size = OUTPUT_WRITTEN, .buffer = cli_alloc(OUTPUT_WRITTEN)};
  if (!path) {
    output->reserves = gains_by_reserving(output->fd);
    return true;
  }
  struct stat before;
  bool exists = stat(path, &before) == 0;
  if (exists && !S_ISREG(before.st_mode)) /* a pipe or a device is written into: there is nothing to replace */
    return open_special(cli, output, path);
  char *real = exists ? realpath(path, NULL) : NULL; /* behind a symbolic link it is the file that is replaced */
  output->target = real ? real : strdup(path);
  /* In the same folder, so that the rename at the end replaces the file at once. */
  size_t size = strlen(output->target) + sizeof ".XXXXXX";
  output->temporary = cli_alloc(size);
  snprintf(output->temporary, size, "%s.XXXXXX", output->target);
  output->fd = mkstemp(output->temporary);
  if (output->fd < 0) {
    cli_error(cli, EXIT_IO, "cannot write \"%s\": %s", path, strerror(errno));
    free(output->temporary);
    free(output->target);
    free(output->buffer);
    return false;
  }
  output->reserves = gains_by_reserving(output->fd);
  mode_t mask = umask(0); /* mkstemp makes it private: give it what the file had, or what a new one gets */
  umask(mask);
  if (fchmod(output->fd, exists ? before.st_mode & 07777 : 0666 & ~mask) != 0)
    output->error = errno;
  return true;
}

static void write_all(struct output *output, const char *bytes, size_t len) {
  if (output->reserves && len >= OUTPUT_BYTES)
    reserve(output, len);
  for (size_t done = 0; done < len && !output->error;) {
    ssize_t written = write(output->fd, bytes + done, len - done);
    if (written >= 0)
      done += (size_t)written;
    else if (errno != EINTR)
      output->error = errno;
  }
}

void output_flush(struct output *output) {
  if (!output->full) {
    write_all(output, output->buffer, output->len);
    output->len = 0;
    return;
  }
  char *larger = output->size < OUTPUT_MOST_TEXT ? realloc(output->buffer, 2 * output->size) : NULL;
  if (!larger) {
    output->full(output->full_data);
    return;
  }
  output->buffer = larger;
  output->size *= 2;
}

void output_init_text(struct output *output, void (*full)(void *data), void *data) {
  *output = (struct output){
      .fd = -1, .full = full, .full_data = data, .size = OUTPUT_BYTES, .buffer = cli_alloc(OUTPUT_BYTES)};
}

void output_free(struct output *output) {
  free(output->buffer);
}

void output_move(struct output *output, struct output *text) {
  output_flush(output);
  if (!output->error)
    output->error = text->error;
  write_all(output, text->buffer, text->len);
  text->len = 0;
}

void output_finish(struct cli *cli, struct output *output, bool keep) {
  output_flush(output);
  if (output->path) {
    if (!output->error && output->temporary && fsync(output->fd) != 0)
      output->error = errno;
    if (close(output->fd) != 0 && !output->error)
      output->error = errno;
    if (output->temporary && keep && !output->error && rename(output->temporary, output->target) != 0)
      output->error = errno;
    if (output->temporary && (!keep || output->error))
      unlink(output->temporary);
  }
  if (output->error)
    cli_error(cli, EXIT_IO, "cannot write %s%s%s: %s", output->path ? "\"" : "",
              output->path ? output->path : "to standard output", output->path ? "\"" : "", strerror(output->error));
  free(output->temporary);
  free(output->target);
  free(output->buffer);
}

void output_many_bytes(struct output *output, const char *bytes, size_t len) {
  for (;;) {
    size_t room = output->size - output->len, piece = len < room ? len : room;
    memcpy(output->buffer + output->len, bytes, piece);
    output->len += piece;
    if (piece == len)
      return;
    output_flush(output);
    bytes += piece;
    len -= piece;
  }
}

/* A number in decimal digits. */
static char *put_digits(char *at, uint64_t value) {
  if (value >= 10)
    at = put_digits(at, value / 10);
  *at++ = (char)('0' + value % 10);
  return at;
}

/*
 * Up to eight digits at once: two numbers of four digits in one word become four of two, and these eight of one, by
 * multiplications instead of divisions. The digits in front that are 0 are shifted out.
 */
char *output_put_number(char *at, int64_t value) {
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  *at = '-';
  at += value < 0;
  if (rest >= 100000000)
    return put_digits(at, rest);
  uint64_t above = rest / 10000, fours = above | (rest - 10000 * above) << 32;
  uint64_t hundreds = (fours * 10486 >> 20) & 0x7F0000007F; /* exact up to 9999 */
  uint64_t twos = hundreds | (fours - 100 * hundreds) << 16;
  uint64_t tens = (twos * 103 >> 10) & 0xF000F000F000F; /* exact up to 99 */
  uint64_t ones = tens | (twos - 10 * tens) << 8;
  int zeros = __builtin_ctzll(ones | UINT64_C(1) << 56) / 8; /* the last digit always stands */
  uint64_t digits = (ones | 0x3030303030303030) >> 8 * zeros;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  digits = __builtin_bswap64(digits);
#endif
  memcpy(at, &digits, sizeof digits);
  return at + 8 - zeros;
}

void output_number(struct output *output, int64_t value) {
  char *room = output_room(output, 20);
  output->len += (size_t)(output_put_number(room, value) - room);
}

void output_csv(struct output *output, struct sla_text text, char delimiter) {
  if (!csv_needs_quotes(text, delimiter)) {
    output_text(output, text);
    return;
  }
  const char *at = text.ptr, *end = at + text.len;
  output_char(output, '"');
  for (const char *quote; (quote = memchr(at, '"', (size_t)(end - at))); at = quote + 1) {
    output_bytes(output, at, (size_t)(quote + 1 - at));
    output_char(output, '"');
  }
  output_bytes(output, at, (size_t)(end - at));
  output_char(output, '"');
}

void output_json_part(struct output *output, struct sla_text text) {
  while (text.len) {
    size_t room = text.len < 512 ? 2 * text.len + JSON_MOST_ESCAPED : 1024;
    output->len += json_escape(&text, output_room(output, room), room);
  }
}

void output_json(struct output *output, struct sla_text text) {
  output_char(output, '"');
  output_json_part(output, text);
  output_char(output, '"');
}

void output_json_member(struct output *output, struct sla_text key, struct sla_text text) {
  enum { MOST = 4096 };
  if (key.len > OUTPUT_KEY || text.len > MOST) {
    output_text(output, key);
    output_json(output, text);
    return;
  }
  size_t room = 2 * text.len + JSON_MOST_ESCAPED; /* enough but where much is escaped */
  char *start = output_room(output, OUTPUT_KEY + room + 2), *to = start + key.len;
  memcpy(start, key.ptr, OUTPUT_KEY); /* as many bytes for all keys are copied without a call */
  *to++ = '"';
  to += json_escape(&text, to, room);
  output->len += (size_t)(to - start);
  output_json_part(output, text);
  output_char(output, '"');
}
