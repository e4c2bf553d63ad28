/*
 * sorter: readers report what they find as they come upon it; people read a file from top to bottom. A sorter keeps the
 * diagnostics of a load and gives them by file (in the order in which files were first complained of), line and column.
 */
#ifndef SLACLOCK_API_SORTER_H
#define SLACLOCK_API_SORTER_H

#include "base/diag.h"
#include "slaclock.h"

struct sorter {
  struct diags *diags;
  sla_diagnose *diagnose;
  void *diagnose_data;
  struct kept *items; /* on the heap: diagnostics outlive the arena of a load that failed */
  size_t count, capacity;
};

/* Has the diagnostics kept, which would have gone to the options' diagnose. */
void sorter_begin(struct sorter *sorter, struct diags *diags);

/* Gives what was kept, each thing once (a file may be read for several reasons), and frees it. */
void sorter_end(struct sorter *sorter);

#endif
