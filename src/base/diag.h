/*
 * diag: what is wrong with a text, and where. Errors are collected, not thrown: a reader reports, repairs as best it
 * can and goes on, so that a person sees all errors of a file in one run.
 */
#ifndef SLACLOCK_BASE_DIAG_H
#define SLACLOCK_BASE_DIAG_H

#include "base/arena.h"
#include "slaclock.h"

/* A text with a name to show: a file, or an option of the command line. */
struct source {
  const char *name;
  struct sla_text text;
};

/* A place in a source. line 0: the source as a whole. Lines count from 1, columns in characters from 1. */
struct place {
  const struct source *source;
  int line, column;
  int width; /* in characters; 0 counts as 1 */
};

enum { DIAG_MOST = 100 }; /* diagnostics given per load; what comes after is counted only */

struct diags {
  struct arena *arena;
  sla_diagnose *diagnose;
  void *diagnose_data;
  bool silent_warnings;      /* warnings are counted, not given: only check shows them */
  unsigned errors, warnings; /* found */
  unsigned given;            /* errors and warnings that were not silent */
};

void diags_init(struct diags *diags, struct arena *arena, const struct sla_options *options);

/* Reports printf-style text at a place. */
void diag_error(struct diags *diags, struct place place, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_warning(struct diags *diags, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diag_note(struct diags *diags, struct place place, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A piece of a source that is parsed further: a scalar of a file, an option's value. */
struct snippet {
  struct sla_text text;
  struct place start; /* of the text's first character */
  bool exact;         /* the text stands in the source byte for byte on one line: places inside it can be shown */
};

/* The place of length bytes at byte offset inside a snippet; the snippet's own place where that is not known. */
struct place snippet_place(const struct snippet *snippet, size_t offset, size_t length);

/* A place for something about a source as a whole. */
static inline struct place place_of_source(const struct source *source) {
  return (struct place){.source = source};
}

#endif
