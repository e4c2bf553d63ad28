/*
 * feed_file: a feed as it lies on the disk, what is known of its last download, and how a new one takes its place.
 *
 * What the server said of the version at hand is kept beside FILE in FILE.http, with the size and a hash of what was
 * then downloaded: a file that somebody has changed or removed since is asked for without conditions.
 */
#ifndef SLACLOCK_CLI_FEED_FILE_H
#define SLACLOCK_CLI_FEED_FILE_H

#include "cli/cli.h"

#include <stdint.h>
#include <sys/stat.h>

struct feed_file {
  const char *path;
  char *target; /* what path leads to where it is a link; else path */
  char *sidecar;
  bool exists;
  struct stat stat;
  uint64_t hash;         /* of the content */
  char *etag, *modified; /* of the content, for a URL; or NULL */
};

/* Looks at a feed and at what is known of it. false after an error. */
bool feed_file_read(struct cli *cli, const char *path, const char *url, struct feed_file *ret_file);
void feed_file_free(struct feed_file *file);

/* Whether the file holds just these bytes. */
bool feed_file_is(const struct feed_file *file, const char *bytes, size_t len);

/* Writes bytes to a new file in the same folder; its name ends in .ics and is to be freed. NULL after an error. */
char *feed_file_stage(struct cli *cli, const struct feed_file *file, const char *bytes, size_t len);

/* Puts what was staged in the feed's place, at once. false after an error. */
bool feed_file_replace(struct cli *cli, const struct feed_file *file, const char *staged);

/* Keeps what the server said of bytes, which are what the feed holds now. */
void feed_file_remember(struct cli *cli, const struct feed_file *file, const char *url, const char *etag,
                        const char *modified, const char *bytes, size_t len);

#endif
