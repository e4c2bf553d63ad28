/*
 * file: whole files into memory, and where a name is looked up. The one place in the library that opens files.
 */
#ifndef SLACLOCK_BASE_FILE_H
#define SLACLOCK_BASE_FILE_H

#include "base/arena.h"
#include "base/diag.h"
#include "slaclock.h"

enum file_outcome { FILE_READ, FILE_ABSENT, FILE_FAILED };

/*
 * Reads a regular file, a pipe or a device of at most limit bytes into the arena, a NUL behind it. FILE_ABSENT: there
 * is no such file. FILE_FAILED: *ret_problem says why ("is a directory", "permission denied", "larger than 8 MiB").
 */
enum file_outcome file_read(struct arena *arena, const char *path, size_t limit, struct sla_text *ret_text,
                            const char **ret_problem);

/* Whether a name is a path by the rule of slaclock-policy(5): it has a slash or ends in .yaml, .yml, .json or .ics. */
bool file_is_path(const char *name);

/* Where names are looked up: see file_locate. */
struct file_search {
  const char *const *path;
  size_t path_count;
};

/*
 * The file that a name stands for. A path is taken from folder (NULL: the working directory). A name is looked up as
 * NAME.yaml, then NAME.ics, in folder, search->path, SLACLOCK_PATH, $XDG_CONFIG_HOME/slaclock (~/.config/slaclock), and
 * the installed calendars; with folder NULL never in the working directory. NULL where nothing is found; *ret_looked
 * is then the list of folders for the message. A path is returned whether or not it exists.
 */
const char *file_locate(struct arena *arena, const struct file_search *search, const char *folder, const char *name,
                        const char **ret_looked);

/* The folder a path is in: "." for a bare file name. */
const char *file_folder(struct arena *arena, const char *path);

/* Whether two paths are those of one file, however they are written. */
bool file_is_same(const char *one, const char *other);

/* All names (NAME of NAME.yaml) that file_locate would find, for suggestions. */
const char *const *file_names(struct arena *arena, const struct file_search *search, const char *folder,
                              size_t *ret_count);

#endif
