#include "base/file.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef SLACLOCK_DATADIR
#define SLACLOCK_DATADIR "/usr/local/share/slaclock"
#endif

enum { FIRST_READ = 16 * 1024, MOST_NAMES = 10000 };

/* --- reading ------------------------------------------------------------------------------------------------------ */

struct handle {
  int fd; /* -1: closed */
};

static void handle_close(void *resource) {
  struct handle *handle = resource;
  if (handle->fd >= 0)
    close(handle->fd);
  handle->fd = -1;
}

/* What errno says, begun with a small letter as messages are. */
static const char *error_text(struct arena *arena, int error) {
  const char *text = strerror(error);
  char *copy = arena_copy(arena, text, strlen(text));
  if (copy[0] >= 'A' && copy[0] <= 'Z' && copy[1] >= 'a' && copy[1] <= 'z')
    copy[0] = (char)(copy[0] - 'A' + 'a');
  return copy;
}

static const char *too_large(struct arena *arena, size_t limit) {
  enum { KIB = 1024, MIB = 1024 * KIB };
  if (limit >= MIB && limit % MIB == 0)
    return arena_printf(arena, "larger than %zu MiB", limit / MIB);
  if (limit >= KIB && limit % KIB == 0)
    return arena_printf(arena, "larger than %zu KiB", limit / KIB);
  return arena_printf(arena, "larger than %zu bytes", limit);
}

static size_t at_most(size_t size, size_t most) {
  return size < most ? size : most;
}

/* Reads to the end, or until there is more than limit. NULL or a problem. */
static const char *handle_read(struct arena *arena, const struct handle *handle, size_t limit,
                               struct sla_text *ret_text) {
  struct stat status;
  if (fstat(handle->fd, &status) != 0)
    return error_text(arena, errno);
  if (S_ISDIR(status.st_mode))
    return "is a directory";
  bool size_known = S_ISREG(status.st_mode) && status.st_size > 0; /* in /proc files of size 0 have content */
  if (size_known && (uintmax_t)status.st_size > limit)
    return too_large(arena, limit);
  size_t most = limit < SIZE_MAX - 1 ? limit + 1 : limit; /* one more byte tells the end from too much */
  size_t capacity = at_most(size_known ? (size_t)status.st_size + 1 : FIRST_READ, most);
  char *bytes = arena_alloc(arena, capacity + 1);
  size_t len = 0;
  for (;;) {
    if (len > limit)
      return too_large(arena, limit);
    if (len == capacity) {
      capacity = at_most(capacity <= SIZE_MAX / 2 ? 2 * capacity : SIZE_MAX - 1, most);
      bytes = arena_regrow(arena, bytes, len, capacity + 1, 1);
    }
    ssize_t got = read(handle->fd, bytes + len, capacity - len);
    if (got == 0)
      break;
    if (got > 0)
      len += (size_t)got;
    else if (errno != EINTR)
      return error_text(arena, errno);
  }
  bytes[len] = '\0';
  *ret_text = (struct sla_text){bytes, len};
  return NULL;
}

enum file_outcome file_read(struct arena *arena, const char *path, size_t limit, struct sla_text *ret_text,
                            const char **ret_problem) {
  struct handle *handle = arena_alloc(arena, sizeof *handle);
  handle->fd = -1;
  arena_defer(arena, handle_close, handle);
  handle->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (handle->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    return FILE_ABSENT;
  const char *problem = handle->fd < 0 ? error_text(arena, errno) : handle_read(arena, handle, limit, ret_text);
  handle_close(handle);
  if (!problem)
    return FILE_READ;
  *ret_problem = problem;
  return FILE_FAILED;
}

/* --- names and paths ---------------------------------------------------------------------------------------------- */

bool file_is_path(const char *name) {
  static const char *const endings[] = {".yaml", ".yml", ".json", ".ics"};
  for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
    if (text_ends(text_of(name), endings[i]))
      return true;
  return strchr(name, '/') != NULL;
}

const char *file_folder(struct arena *arena, const char *path) {
  const char *slash = strrchr(path, '/');
  if (!slash)
    return ".";
  while (slash > path && slash[-1] == '/')
    slash--;
  return slash == path ? "/" : arena_copy(arena, path, (size_t)(slash - path));
}

static const char *path_join(struct arena *arena, const char *folder, const char *name) {
  if (strcmp(folder, ".") == 0)
    return arena_copy(arena, name, strlen(name));
  return arena_printf(arena, "%s%s%s", folder, text_ends(text_of(folder), "/") ? "" : "/", name);
}

struct folders {
  const char **items;
  size_t count, capacity;
};

/* Adds a folder once; none for an empty text, which would mean the working directory. */
static void folders_add(struct arena *arena, struct folders *folders, struct sla_text folder) {
  if (folder.len == 0)
    return;
  for (size_t i = 0; i < folders->count; i++)
    if (text_is(folder, folders->items[i]))
      return;
  const char *copy = arena_copy(arena, folder.ptr, folder.len);
  *ARENA_PUSH(arena, folders) = copy;
}

/* The configuration folder by the XDG base directory specification, which says to ignore relative paths. */
static const char *config_folder(struct arena *arena) {
  const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  if (config && config[0] == '/')
    return path_join(arena, config, "slaclock");
  return home && home[0] ? path_join(arena, home, ".config/slaclock") : "";
}

/* All folders that names are looked up in, in order. */
static struct folders search_folders(struct arena *arena, const struct file_search *search, const char *folder) {
  struct folders folders = {0};
  if (folder)
    folders_add(arena, &folders, text_of(folder));
  for (size_t i = 0; i < search->path_count; i++)
    folders_add(arena, &folders, text_of(search->path[i]));
  const char *list = getenv("SLACLOCK_PATH");
  while (list) {
    const char *colon = strchr(list, ':');
    folders_add(arena, &folders, colon ? (struct sla_text){list, (size_t)(colon - list)} : text_of(list));
    list = colon ? colon + 1 : NULL;
  }
  folders_add(arena, &folders, text_of(config_folder(arena)));
  folders_add(arena, &folders, text_of(SLACLOCK_DATADIR "/calendars"));
  return folders;
}

static bool is_file(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

bool file_is_same(const char *one, const char *other) {
  struct stat a, b;
  if (strcmp(one, other) == 0)
    return true;
  return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static const char *const name_endings[] = {".yaml", ".ics"};
enum { NAME_ENDINGS = sizeof name_endings / sizeof name_endings[0] };

const char *file_locate(struct arena *arena, const struct file_search *search, const char *folder, const char *name,
                        const char **ret_looked) {
  if (file_is_path(name))
    return path_join(arena, folder && name[0] != '/' ? folder : ".", name);
  struct folders folders = search_folders(arena, search, folder);
  for (size_t i = 0; i < folders.count && name[0]; i++)
    for (size_t j = 0; j < NAME_ENDINGS; j++) {
      const char *path = path_join(arena, folders.items[i], arena_printf(arena, "%s%s", name, name_endings[j]));
      if (is_file(path))
        return path;
    }
  const char *looked = "";
  for (size_t i = 0; i < folders.count; i++)
    looked = arena_printf(arena, "%s%s%s", looked, i ? ", " : "", folders.items[i]);
  *ret_looked = looked;
  return NULL;
}

/* --- all names ---------------------------------------------------------------------------------------------------- */

struct names {
  const char **items;
  size_t count, capacity;
};

struct listing {
  DIR *folder; /* NULL: closed */
};

static void listing_close(void *resource) {
  struct listing *listing = resource;
  if (listing->folder)
    closedir(listing->folder);
  listing->folder = NULL;
}

/* Adds the name that a file of a folder has, if it has one that file_locate would find. */
static void names_add(struct arena *arena, struct names *names, const struct dirent *entry) {
  struct sla_text file = text_of(entry->d_name);
  for (size_t i = 0; i < NAME_ENDINGS && entry->d_type != DT_DIR; i++) {
    size_t ending = strlen(name_endings[i]);
    if (file.len <= ending || !text_ends(file, name_endings[i]))
      continue;
    const char *name = arena_copy(arena, file.ptr, file.len - ending);
    if (!file_is_path(name))
      *ARENA_PUSH(arena, names) = name;
  }
}

static void names_add_folder(struct arena *arena, struct names *names, const char *folder) {
  struct listing *listing = arena_alloc(arena, sizeof *listing);
  arena_defer(arena, listing_close, listing);
  listing->folder = opendir(folder);
  const struct dirent *entry;
  while (listing->folder && names->count < MOST_NAMES && (entry = readdir(listing->folder)))
    names_add(arena, names, entry);
  listing_close(listing);
}

static int name_compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *file_names(struct arena *arena, const struct file_search *search, const char *folder,
                              size_t *ret_count) {
  struct folders folders = search_folders(arena, search, folder);
  struct names names = {0};
  for (size_t i = 0; i < folders.count; i++)
    names_add_folder(arena, &names, folders.items[i]);
  if (names.count)
    qsort(names.items, names.count, sizeof names.items[0], name_compare);
  size_t count = 0;
  for (size_t i = 0; i < names.count; i++)
    if (i == 0 || strcmp(names.items[i], names.items[count - 1]) != 0)
      names.items[count++] = names.items[i];
  *ret_count = count;
  return names.items;
}
