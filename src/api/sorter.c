#include "api/sorter.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct kept {
  struct sla_diagnostic diagnostic; /* its strings are copies */
  size_t file_rank, order;
};

static char *copy(const char *text) {
  return text ? strdup(text) : NULL;
}

static void give(const struct sorter *sorter, const struct sla_diagnostic *diagnostic) {
  if (sorter->diagnose)
    sorter->diagnose(sorter->diagnose_data, diagnostic);
}

/* The rank of a file: that of the first diagnostic about it. */
static size_t rank_of(const struct sorter *sorter, const char *file) {
  for (size_t i = 0; i < sorter->count; i++) {
    const char *other = sorter->items[i].diagnostic.file;
    if (file == other || (file && other && strcmp(file, other) == 0))
      return sorter->items[i].file_rank;
  }
  return sorter->count;
}

static void keep(void *data, const struct sla_diagnostic *diagnostic) {
  struct sorter *sorter = data;
  if (sorter->count == sorter->capacity) {
    size_t capacity = sorter->capacity ? 2 * sorter->capacity : 16;
    struct kept *larger = realloc(sorter->items, capacity * sizeof *larger);
    if (!larger) { /* unsorted is better than lost */
      give(sorter, diagnostic);
      return;
    }
    sorter->items = larger;
    sorter->capacity = capacity;
  }
  struct kept kept = {*diagnostic, rank_of(sorter, diagnostic->file), sorter->count};
  kept.diagnostic.file = copy(diagnostic->file);
  kept.diagnostic.text = copy(diagnostic->text);
  kept.diagnostic.source_line = copy(diagnostic->source_line);
  sorter->items[sorter->count++] = kept;
}

static int compare(size_t a, size_t b) {
  return (a > b) - (a < b);
}

/* What is about a file as a whole comes behind what has a place in it. */
static size_t line_rank(const struct kept *kept) {
  return kept->diagnostic.line ? (size_t)kept->diagnostic.line : SIZE_MAX;
}

static int kept_compare(const void *left, const void *right) {
  const struct kept *a = left, *b = right;
  int order = compare(a->file_rank, b->file_rank);
  order = order ? order : compare(line_rank(a), line_rank(b));
  order = order ? order : compare((size_t)a->diagnostic.column, (size_t)b->diagnostic.column);
  return order ? order : compare(a->order, b->order);
}

void sorter_begin(struct sorter *sorter, struct diags *diags) {
  *sorter = (struct sorter){.diags = diags, .diagnose = diags->diagnose, .diagnose_data = diags->diagnose_data};
  diags->diagnose = keep;
  diags->diagnose_data = sorter;
}

static bool is_same(const struct sla_diagnostic *a, const struct sla_diagnostic *b) {
  return a->line && a->line == b->line && a->column == b->column && a->severity == b->severity && a->file && b->file &&
         a->text && b->text && strcmp(a->file, b->file) == 0 && strcmp(a->text, b->text) == 0;
}

/* Takes back what a file that was read more than once has said before. */
static bool is_repeated(struct sorter *sorter, size_t index) {
  size_t i = index;
  while (i > 0 && sorter->items[i - 1].diagnostic.line == sorter->items[index].diagnostic.line &&
         sorter->items[i - 1].file_rank == sorter->items[index].file_rank)
    if (is_same(&sorter->items[--i].diagnostic, &sorter->items[index].diagnostic)) {
      sorter->diags->errors -= sorter->items[index].diagnostic.severity == SLA_ERROR;
      sorter->diags->warnings -= sorter->items[index].diagnostic.severity == SLA_WARNING;
      return true;
    }
  return false;
}

void sorter_end(struct sorter *sorter) {
  if (sorter->count)
    qsort(sorter->items, sorter->count, sizeof *sorter->items, kept_compare);
  for (size_t i = 0; i < sorter->count; i++)
    if (sorter->items[i].diagnostic.text && !is_repeated(sorter, i))
      give(sorter, &sorter->items[i].diagnostic);
  for (size_t i = 0; i < sorter->count; i++) {
    struct sla_diagnostic *diagnostic = &sorter->items[i].diagnostic;
    free((char *)diagnostic->file);
    free((char *)diagnostic->text);
    free((char *)diagnostic->source_line);
  }
  free(sorter->items);
}
