/* feed: `feed update` fetches the feeds of policies anew. No other command uses the network. */
#include "cli/feed_file.h"
#include "cli/fetch.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
  YEARS_AROUND = 5,  /* before and after the current one, of which days that come and go are shown */
  FIRST_YEAR = 1970, /* of what holidays can be asked about */
  LAST_YEAR = 2199,  /* */
  MOST_TIMEOUT_S = 3600,
  ENOUGH_DAYS = 4, /* coming days, from which on a feed may not shrink by more than half */
  DAY_S = 86400,
};

/* A feed that was updated already. */
struct seen {
  char *target, *url;
  struct seen *next;
};

/* One run of the command. */
struct update {
  struct cli *cli;
  int today, first_year, last_year;
  int timeout_s;
  struct seen *seen;
  size_t feeds;
};

/* --- days of a feed ---------------------------------------------------------------------------------------------- */

/* The days of one version of a feed, by date, kind and name. */
struct version {
  sla_holidays *holidays;
  const struct sla_holiday **days;
  size_t count;
  size_t coming; /* dates from today on */
};

static int day_compare(const void *left, const void *right) {
  const struct sla_holiday *a = *(const struct sla_holiday *const *)left,
                           *b = *(const struct sla_holiday *const *)right;
  if (a->date != b->date)
    return a->date < b->date ? -1 : 1;
  if (a->kind != b->kind)
    return a->kind < b->kind ? -1 : 1;
  return strcmp(a->name, b->name);
}

static enum sla_code version_load(const struct update *update, const struct sla_options *options, const char *path,
                                  struct version *ret_version) {
  *ret_version = (struct version){0};
  enum sla_code code =
      sla_holidays_load(options, path, update->first_year, update->last_year, 0, &ret_version->holidays);
  if (code != SLA_OK)
    return code;
  size_t count = ret_version->count = sla_holidays_count(ret_version->holidays);
  const struct sla_holiday **days = ret_version->days = cli_alloc(count * sizeof *days);
  for (size_t i = 0; i < count; i++)
    days[i] = sla_holidays_item(ret_version->holidays, i);
  qsort(days, count, sizeof *days, day_compare);
  for (size_t i = 0; i < count; i++)
    ret_version->coming += days[i]->date >= update->today && (i == 0 || days[i]->date != days[i - 1]->date);
  return SLA_OK;
}

static void version_free(struct version *version) {
  sla_holidays_free(version->holidays);
  free(version->days);
}

/* Prints text from outside with what would steer a terminal shown as "?". */
static void print_plain(const char *text) {
  for (; *text; text++)
    putchar((unsigned char)*text < 0x20 || *text == 0x7F ? '?' : *text);
}

static void print_day(char sign, const struct sla_holiday *day) {
  char date[16];
  sla_date_write(day->date, date);
  printf("%c %s ", sign, date);
  print_plain(day->name);
  puts(day->kind == SLA_CLOSING ? " (closing)" : "");
}

/* Counts the days that came and went; shows them, where show is set. */
static void compare(const struct version *old, const struct version *new, bool show, size_t *ret_came,
                    size_t *ret_went) {
  *ret_came = *ret_went = 0;
  for (size_t i = 0, j = 0; i < old->count || j < new->count;) {
    int order = i == old->count ? 1 : j == new->count ? -1 : day_compare(&old->days[i], &new->days[j]);
    if (order < 0 && show)
      print_day('-', old->days[i]);
    else if (order > 0 && show)
      print_day('+', new->days[j]);
    *ret_went += order < 0;
    *ret_came += order > 0;
    i += order <= 0;
    j += order >= 0;
  }
}

/* --- one feed ---------------------------------------------------------------------------------------------------- */

/* Begins the feed's line of output. Standard error comes behind what was printed before. */
static void print_feed(const struct feed_file *file, const char *what) {
  print_plain(file->path);
  printf(": %s\n", what);
  fflush(stdout);
}

static const char *plural(size_t count) {
  return count == 1 ? "" : "s";
}

/* Shows what a new version changes. */
static void print_changes(const struct update *update, const struct feed_file *file, const struct version *old,
                          bool old_was_read, const struct version *new) {
  char text[160];
  size_t came, went;
  compare(old, new, false, &came, &went);
  const char *dry = update->cli->dry_run ? ", not written (dry run)" : "";
  if (!file->exists)
    snprintf(text, sizeof text, "new, %zu day%s%s", came, plural(came), dry);
  else if (!old_was_read)
    snprintf(text, sizeof text, "replaces a file that could not be read, %zu day%s%s", came, plural(came), dry);
  else if (came || went)
    snprintf(text, sizeof text, "%zu day%s came, %zu went%s", came, plural(came), went, dry);
  else
    snprintf(text, sizeof text, "the same days, other details%s", dry);
  print_feed(file, text);
  compare(old, new, true, &came, &went);
}

/* Tells of a new version under the feed's name, not that of the file it was put into. */
struct renaming {
  struct cli *cli;
  const char *staged, *name;
};

static void diagnose_new(void *data, const struct sla_diagnostic *diagnostic) {
  const struct renaming *renaming = data;
  struct sla_diagnostic renamed = *diagnostic;
  if (renamed.file && !strcmp(renamed.file, renaming->staged))
    renamed.file = renaming->name;
  cli_diagnose(renaming->cli, &renamed);
}

/* Loads the version that was staged. */
static enum sla_code load_new(const struct update *update, const struct feed_file *file, const char *staged,
                              struct version *ret_new) {
  size_t size = strlen(file->path) + sizeof " (new)";
  char *name = cli_alloc(size);
  snprintf(name, size, "%s (new)", file->path);
  struct renaming renaming = {update->cli, staged, name};
  struct sla_options options = update->cli->options;
  options.diagnose = diagnose_new;
  options.diagnose_data = &renaming;
  enum sla_code code = version_load(update, &options, staged, ret_new);
  free(name);
  return code;
}

/* Whether a new version may replace the old one; says so where it may not. */
static bool is_sound(const struct update *update, const struct feed_file *file, const struct version *old,
                     const struct version *new) {
  if (new->count == 0)
    cli_error_at(update->cli, EXIT_NO, file->path, 0, "refused: the new version has no days in the years %d to %d",
                 update->first_year, update->last_year);
  else if (old->coming >= ENOUGH_DAYS && 2 * new->coming < old->coming)
    cli_error_at(update->cli, EXIT_NO, file->path, 0,
                 "refused: of %zu coming days the new version leaves %zu; remove the file if that is right",
                 old->coming, new->coming);
  else
    return true;
  return false;
}

/* Judges a new version that lies in a file of its own. Says whether it may go to the feed's place. */
static bool judge(const struct update *update, const struct feed_file *file, const char *staged, bool same) {
  struct version old, new;
  struct sla_options silent = update->cli->options;
  silent.diagnose = NULL;
  bool old_is_read = file->exists && version_load(update, &silent, file->target, &old) == SLA_OK;
  if (!old_is_read)
    old = (struct version){0};
  enum sla_code code = load_new(update, file, staged, &new);
  bool good = false;
  if (code != SLA_OK)
    cli_error_at(update->cli, code == SLA_INVALID ? EXIT_NO : cli_status_of(code), file->path, 0, "refused: %s",
                 code == SLA_NO_MEMORY ? "out of memory" : "the new version is broken");
  else
    good = is_sound(update, file, &old, &new);
  if (good && same)
    print_feed(file, "unchanged");
  else if (good)
    print_changes(update, file, &old, old_is_read, &new);
  version_free(&old);
  version_free(&new);
  return good;
}

/* What to do with an answer that has arrived. */
static bool take_answer(const struct update *update, const struct feed_file *file, const char *url,
                        const struct fetch_answer *answer) {
  bool same = feed_file_is(file, answer->bytes, answer->len);
  char *staged = feed_file_stage(update->cli, file, answer->bytes, answer->len);
  if (!staged)
    return false;
  bool good = judge(update, file, staged, same);
  bool keep = good && !update->cli->dry_run;
  if (keep && !same)
    good = keep = feed_file_replace(update->cli, file, staged);
  if (!keep || same)
    remove(staged);
  if (keep)
    feed_file_remember(update->cli, file, url, answer->etag, answer->modified, answer->bytes, answer->len);
  free(staged);
  return good;
}

static void update_file(const struct update *update, const char *policy, const struct sla_feed *feed,
                        const struct feed_file *file) {
  struct fetch_request request = {feed->url, file->etag, file->modified, update->timeout_s};
  struct fetch_answer answer;
  bool good = false;
  fflush(stdout);
  switch (fetch(&request, &answer)) {
  case FETCH_NEW: good = take_answer(update, file, feed->url, &answer); break;
  case FETCH_UNCHANGED:
    print_feed(file, "unchanged");
    good = true;
    break;
  case FETCH_FAILED: cli_error_at(update->cli, EXIT_IO, file->path, 0, "cannot fetch: %s", answer.problem); break;
  case FETCH_REFUSED: cli_error_at(update->cli, EXIT_POLICY, policy, feed->line, "\"url\": %s", answer.problem); break;
  }
  free(answer.bytes);
  if (!good)
    print_feed(file, file->exists ? "kept as it is" : "still missing");
}

/* Whether a feed was updated before, for another policy. That has to be from the same place. */
static bool was_seen(struct update *update, const char *policy, const struct sla_feed *feed,
                     const struct feed_file *file) {
  for (const struct seen *seen = update->seen; seen; seen = seen->next)
    if (!strcmp(seen->target, file->target)) {
      if (strcmp(seen->url, feed->url) != 0)
        cli_error_at(update->cli, EXIT_POLICY, policy, feed->line, "feed \"%s\" has another \"url\" elsewhere: \"%s\"",
                     feed->path, seen->url);
      return true;
    }
  struct seen *seen = cli_alloc(sizeof *seen);
  *seen = (struct seen){strdup(file->target), strdup(feed->url), update->seen};
  update->seen = seen;
  if (seen->target && seen->url)
    return false;
  cli_error(update->cli, EXIT_DEFECT, "out of memory");
  return true;
}

/* --- policies ---------------------------------------------------------------------------------------------------- */

/* Updates the feeds of a policy. */
static void update_policy(struct update *update, const char *policy) {
  sla_feeds *feeds;
  fflush(stdout);
  enum sla_code code = sla_feeds_load(&update->cli->options, policy, &feeds);
  if (code != SLA_OK) {
    if (code == SLA_NO_MEMORY)
      cli_error(update->cli, EXIT_DEFECT, "out of memory");
    cli_status(update->cli, cli_status_of(code));
    return;
  }
  for (size_t i = 0; i < sla_feeds_count(feeds); i++) {
    const struct sla_feed *feed = sla_feeds_item(feeds, i);
    struct feed_file file;
    update->feeds++;
    if (!feed_file_read(update->cli, feed->path, feed->url, &file))
      continue;
    if (!was_seen(update, policy, feed, &file))
      update_file(update, policy, feed, &file);
    feed_file_free(&file);
  }
  sla_feeds_free(feeds);
}

static int is_yaml(const struct dirent *entry) {
  return fnmatch("*.yaml", entry->d_name, FNM_PERIOD) == 0;
}

static void update_folder(struct update *update, const char *folder) {
  struct dirent **entries;
  int count = scandir(folder, &entries, is_yaml, alphasort);
  if (count < 0) {
    cli_error_at(update->cli, EXIT_NO_INPUT, folder, 0, "cannot read the folder");
    return;
  }
  for (int i = 0; i < count; i++) {
    size_t size = strlen(folder) + strlen(entries[i]->d_name) + 2;
    char *path = cli_alloc(size);
    size_t len = strlen(folder);
    snprintf(path, size, "%s%s%s", folder, folder[len - 1] == '/' ? "" : "/", entries[i]->d_name);
    update_policy(update, path);
    free(path);
    free(entries[i]);
  }
  free(entries);
}

static void update_operand(struct update *update, const char *operand) {
  struct stat stat_of_it;
  size_t before = update->feeds;
  int status = update->cli->status;
  update->cli->status = 0;
  if (stat(operand, &stat_of_it) == 0 && S_ISDIR(stat_of_it.st_mode))
    update_folder(update, operand);
  else
    update_policy(update, operand);
  if (update->feeds == before && update->cli->status == 0)
    cli_warning(update->cli, "\"%s\" has no feed with a \"url\"", operand);
  cli_status(update->cli, status);
}

/* --- the command line -------------------------------------------------------------------------------------------- */

/* A whole number of seconds. */
static bool read_timeout(struct cli *cli, int *ret_seconds) {
  *ret_seconds = FETCH_TIMEOUT_S;
  if (!cli->timeout)
    return true;
  int seconds = 0;
  const char *at = cli->timeout;
  for (; *at >= '0' && *at <= '9' && seconds <= MOST_TIMEOUT_S; at++)
    seconds = 10 * seconds + (*at - '0');
  if (*at == '\0' && seconds >= 1 && seconds <= MOST_TIMEOUT_S) {
    *ret_seconds = seconds;
    return true;
  }
  cli_error(cli, EXIT_USAGE, "option --timeout must be a number of seconds, 1 to %d, not \"%s\"", MOST_TIMEOUT_S,
            cli->timeout);
  return false;
}

/* The current date and the years around it. */
static bool read_today(struct update *update) {
  sla_zone *utc;
  sla_time now = 0;
  if (sla_zone_load(&update->cli->options, "UTC", &utc) != SLA_OK) {
    cli_status(update->cli, EXIT_DEFECT);
    return false;
  }
  bool good = cli_now(update->cli, utc, &now);
  sla_zone_free(utc);
  char date[16];
  update->today = (int)(now / DAY_S);
  sla_date_write(update->today, date);
  int year = 0;
  for (int i = 0; i < 4; i++)
    year = 10 * year + (date[i] - '0');
  update->first_year = year - YEARS_AROUND > FIRST_YEAR ? year - YEARS_AROUND : FIRST_YEAR;
  update->last_year = year + YEARS_AROUND < LAST_YEAR ? year + YEARS_AROUND : LAST_YEAR;
  return good;
}

void run_feed(struct cli *cli) {
  struct update update = {.cli = cli};
  const struct strings *operands = &cli->operands;
  if (operands->count == 0 || strcmp(operands->items[0], "update") != 0) {
    cli_error(cli, EXIT_USAGE, "feed needs to know what to do, as in: slaclock feed update office.yaml");
    return;
  }
  if (operands->count == 1) {
    cli_error(cli, EXIT_USAGE, "feed update needs policies whose feeds to update, or folders with policies");
    return;
  }
  if (!read_timeout(cli, &update.timeout_s) || !read_today(&update))
    return;
  for (size_t i = 1; i < operands->count; i++)
    update_operand(&update, operands->items[i]);
  while (update.seen) {
    struct seen *seen = update.seen;
    update.seen = seen->next;
    free(seen->target);
    free(seen->url);
    free(seen);
  }
}
