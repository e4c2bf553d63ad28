#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static double seconds_since(const struct timespec *then) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

uint64_t progress_bytes(const struct cli *cli) {
  uint64_t total = 0;
  for (size_t i = 0; i < cli->operands.count; i++) {
    struct stat status;
    const char *path = cli->operands.items[i];
    bool is_stdin = !strcmp(path, "-");
    if ((is_stdin ? fstat(STDIN_FILENO, &status) : stat(path, &status)) != 0 || !S_ISREG(status.st_mode))
      return 0;
    total += (uint64_t)status.st_size;
  }
  struct stat status;
  if (!cli->operands.count && fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode))
    total = (uint64_t)status.st_size;
  return total;
}

/* Progress is for terminals, as colour is, and for those who refuse neither. */
static bool is_wanted(const struct cli *cli) {
  const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
  bool refused = (no_color && *no_color) || (cli->color && !strcmp(cli->color, "never"));
  return isatty(STDERR_FILENO) && !refused && terminal && strcmp(terminal, "dumb") != 0;
}

void progress_begin(struct progress *progress, struct cli *cli, uint64_t total, const char *unit) {
  *progress = (struct progress){.cli = cli, .on = is_wanted(cli), .total = total, .unit = unit};
  clock_gettime(CLOCK_MONOTONIC, &progress->begin);
  progress->shown = progress->begin;
}

/* As "12 s", "3 min 20 s". */
static void write_left(double seconds, char text[32]) {
  if (seconds < 60)
    snprintf(text, 32, "%.0f s", seconds);
  else if (seconds < 1e6)
    snprintf(text, 32, "%ld min %02ld s", (long)seconds / 60, (long)seconds % 60);
  else
    snprintf(text, 32, "days");
}

void progress_show(struct progress *progress, uint64_t done) {
  static const double first = 1.0, again = 0.2; /* seconds */
  double time = seconds_since(&progress->begin);
  if (time < first || seconds_since(&progress->shown) < again)
    return;
  bool is_bytes = !strcmp(progress->unit, "MB");
  double scale = is_bytes ? 1e6 : 1;
  double all = (double)(progress->before + done), rate = all / time;
  char left[32] = "";
  fputs("\r\033[K", stderr);
  if (progress->total && rate > 0) {
    double part = all < (double)progress->total ? all / (double)progress->total : 1;
    write_left(((double)progress->total * (1 - part)) / rate, left);
    fprintf(stderr, "%3d%%, %.0f %s/s, %s left", (int)(part * 100), rate / scale, progress->unit, left);
  } else
    fprintf(stderr, "%.0f %s, %.0f %s/s", all / scale, progress->unit, rate / scale, progress->unit);
  fflush(stderr);
  clock_gettime(CLOCK_MONOTONIC, &progress->shown);
  progress->cli->progress_shown = true;
}

void progress_end(struct progress *progress) {
  if (progress->cli && progress->cli->progress_shown) {
    fputs("\r\033[K", stderr);
    fflush(stderr); /* before anything goes to standard output */
  }
  if (progress->cli)
    progress->cli->progress_shown = false;
  progress->on = false;
}
