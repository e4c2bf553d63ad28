/*
 * progress: one line on a terminal's standard error for what takes longer than a second: part done, rate, time left. It
 * is gone at the end, and never there where standard error is no terminal or colour is refused.
 */
#ifndef SLACLOCK_CLI_PROGRESS_H
#define SLACLOCK_CLI_PROGRESS_H

#include "cli/cli.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
  struct cli *cli;
  bool on;
  uint64_t total;   /* 0: unknown */
  uint64_t before;  /* done in earlier files */
  const char *unit; /* "MB" of bytes; else what is counted */
  uint64_t seen;    /* calls */
  struct timespec begin, shown;
};

/* Begins where it may be shown; total in bytes or items, see unit. */
void progress_begin(struct progress *progress, struct cli *cli, uint64_t total, const char *unit);

/* The sum of sizes of the operands; 0 where one of them is no regular file. */
uint64_t progress_bytes(const struct cli *cli);

void progress_show(struct progress *progress, uint64_t done);
void progress_end(struct progress *progress);

/* To be called for each record: costs next to nothing most of the time. Says whether progress_show is due. */
static inline bool progress_is_due(struct progress *progress) {
  enum { EVERY = 4096 };
  return progress->on && ++progress->seen % EVERY == 0;
}

#endif
