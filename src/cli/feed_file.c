#include "cli/feed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *join(const char *a, const char *b, const char *c) {
  size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
  char *text = cli_alloc(size);
  snprintf(text, size, "%s%s%s", a, b, c);
  return text;
}

/* Where the file name begins in a path. */
static size_t name_start(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (size_t)(slash + 1 - path) : 0;
}

/* The folder that a path is in. */
static char *folder_of(const char *path) {
  size_t start = name_start(path);
  char *folder = join(start ? path : ".", "", "");
  if (start)
    folder[start] = '\0';
  return folder;
}

/* --- hash: FNV-1a, to notice changes, not attacks ---------------------------------------------------------------- */

#define HASH_START UINT64_C(0xcbf29ce484222325)

static uint64_t hash_more(uint64_t hash, const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++)
    hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
  return hash;
}

static bool hash_stream(FILE *stream, uint64_t *ret_hash) {
  static const size_t block = 64 * 1024;
  char *buffer = cli_alloc(block);
  uint64_t hash = HASH_START;
  for (size_t len; (len = fread(buffer, 1, block, stream)) > 0;)
    hash = hash_more(hash, buffer, len);
  free(buffer);
  *ret_hash = hash;
  return !ferror(stream);
}

/* --- what is known of the last download -------------------------------------------------------------------------- */

static const char version_line[] = "slaclock 1";

/* The lines of a sidecar, in their order. */
enum { LINE_VERSION, LINE_URL, LINE_CONTENT, LINE_ETAG, LINE_MODIFIED, LINES };

enum { MOST_SIDECAR_BYTES = 16 * 1024, CONTENT_TEXT = 48 };

static void write_content(uint64_t size, uint64_t hash, char text[CONTENT_TEXT]) {
  snprintf(text, CONTENT_TEXT, "%" PRIu64 " %016" PRIx64, size, hash);
}

/* A value that may stand in a header; NULL where there is none. */
static char *validator(const char *line) {
  for (const char *p = line; *p; p++)
    if (*p < ' ' || *p > '~')
      return NULL;
  return *line ? join(line, "", "") : NULL;
}

/* Reads the sidecar. One that is missing, damaged or about something else says nothing: the feed is fetched whole. */
static void recall(struct feed_file *file, const char *url) {
  char text[MOST_SIDECAR_BYTES], content[CONTENT_TEXT];
  struct stat sidecar;
  if (stat(file->sidecar, &sidecar) != 0 || !S_ISREG(sidecar.st_mode))
    return;
  FILE *stream = fopen(file->sidecar, "re");
  if (!stream)
    return;
  size_t len = fread(text, 1, sizeof text - 1, stream);
  fclose(stream);
  text[len] = '\0';
  const char *lines[LINES] = {0};
  char *rest = text;
  for (int i = 0; i < LINES; i++) {
    char *end = strchr(rest, '\n');
    if (!end)
      return;
    *end = '\0';
    lines[i] = rest;
    rest = end + 1;
  }
  write_content((uint64_t)file->stat.st_size, file->hash, content);
  if (strcmp(lines[LINE_VERSION], version_line) != 0 || strcmp(lines[LINE_URL], url) != 0 ||
      strcmp(lines[LINE_CONTENT], content) != 0)
    return;
  file->etag = validator(lines[LINE_ETAG]);
  file->modified = validator(lines[LINE_MODIFIED]);
}

/* What a path leads to, the same however it is written, also before there is a file. */
static char *target_of(const char *path) {
  char *target = realpath(path, NULL);
  if (target)
    return target;
  size_t start = name_start(path);
  char *folder = folder_of(path), *real = realpath(folder, NULL);
  target = real ? join(real, "/", path + start) : join(path, "", "");
  free(folder);
  free(real);
  return target;
}

/* Says what is in the way of reading the file, if anything. */
static const char *look_at(struct feed_file *file) {
  if (stat(file->path, &file->stat) != 0)
    return errno == ENOENT ? NULL : strerror(errno);
  if (!S_ISREG(file->stat.st_mode))
    return "it is no file";
  FILE *stream = fopen(file->path, "re");
  if (!stream)
    return strerror(errno);
  file->exists = hash_stream(stream, &file->hash);
  fclose(stream);
  return file->exists ? NULL : strerror(errno);
}

bool feed_file_read(struct cli *cli, const char *path, const char *url, struct feed_file *ret_file) {
  struct feed_file *file = ret_file;
  *file = (struct feed_file){.path = path, .target = target_of(path)};
  file->sidecar = join(path, ".http", "");
  const char *problem = look_at(file);
  if (problem)
    cli_error_at(cli, EXIT_NO_INPUT, path, 0, "cannot read the feed: %s", problem);
  else if (file->exists)
    recall(file, url);
  if (problem)
    feed_file_free(file);
  return !problem;
}

void feed_file_free(struct feed_file *file) {
  free(file->target);
  free(file->sidecar);
  free(file->etag);
  free(file->modified);
}

bool feed_file_is(const struct feed_file *file, const char *bytes, size_t len) {
  return file->exists && (size_t)file->stat.st_size == len && file->hash == hash_more(HASH_START, bytes, len);
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

static bool write_all(int fd, const char *bytes, size_t len) {
  while (len) {
    ssize_t written = write(fd, bytes, len);
    if (written < 0 && errno != EINTR)
      return false;
    if (written > 0)
      bytes += written, len -= (size_t)written;
  }
  return true;
}

/* Writes a hidden file beside path, with the mode and, where that is allowed, the owner of like (NULL: a new file's).
 */
static char *write_beside(const char *path, const char *ending, const struct stat *like, const char *bytes,
                          size_t len) {
  size_t start = name_start(path), size = strlen(path) + strlen(ending) + sizeof "..XXXXXX";
  char *made = cli_alloc(size);
  snprintf(made, size, "%.*s.%s.XXXXXX%s", (int)start, path, path + start, ending);
  int fd = mkostemps(made, (int)strlen(ending), O_CLOEXEC);
  if (fd < 0) {
    free(made);
    return NULL;
  }
  mode_t mask = umask(0);
  umask(mask);
  bool done = write_all(fd, bytes, len);
  if (like && fchown(fd, like->st_uid, like->st_gid) != 0)
    errno = 0; /* whoever may not give files away owns what he writes */
  done = done && fchmod(fd, like ? like->st_mode & 0777 : 0666 & ~mask) == 0 && (fsync(fd) == 0 || errno == EINVAL);
  done = close(fd) == 0 && done;
  if (done)
    return made;
  int problem = errno;
  unlink(made);
  free(made);
  errno = problem;
  return NULL;
}

/* Makes a rename last over a power cut, where the folder allows it. */
static void sync_folder(const char *path) {
  char *folder = folder_of(path);
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    fsync(fd);
    close(fd);
  }
  free(folder);
}

char *feed_file_stage(struct cli *cli, const struct feed_file *file, const char *bytes, size_t len) {
  char *staged = write_beside(file->target, ".ics", file->exists ? &file->stat : NULL, bytes, len);
  if (!staged)
    cli_error_at(cli, EXIT_IO, file->path, 0, "cannot write the feed: %s", strerror(errno));
  return staged;
}

bool feed_file_replace(struct cli *cli, const struct feed_file *file, const char *staged) {
  if (rename(staged, file->target) != 0) {
    cli_error_at(cli, EXIT_IO, file->path, 0, "cannot replace the feed: %s", strerror(errno));
    return false;
  }
  sync_folder(file->target);
  return true;
}

void feed_file_remember(struct cli *cli, const struct feed_file *file, const char *url, const char *etag,
                        const char *modified, const char *bytes, size_t len) {
  if (!*etag && !*modified) {
    unlink(file->sidecar);
    return;
  }
  char content[CONTENT_TEXT];
  write_content(len, hash_more(HASH_START, bytes, len), content);
  size_t size = strlen(url) + strlen(etag) + strlen(modified) + sizeof content + sizeof version_line + LINES;
  char *text = cli_alloc(size);
  int written = snprintf(text, size, "%s\n%s\n%s\n%s\n%s\n", version_line, url, content, etag, modified);
  char *made = write_beside(file->sidecar, "", file->exists ? &file->stat : NULL, text, (size_t)written);
  if (!made || rename(made, file->sidecar) != 0)
    cli_error_at(cli, EXIT_IO, file->sidecar, 0, "cannot write what the server said: %s", strerror(errno));
  free(made);
  free(text);
}
