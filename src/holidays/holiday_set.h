/*
 * holiday_set: a rule file as it is kept after reading. Private to src/holidays.
 */
#ifndef SLACLOCK_HOLIDAYS_HOLIDAY_SET_H
#define SLACLOCK_HOLIDAYS_HOLIDAY_SET_H

#include "holidays/carryover.h"
#include "holidays/feed.h"
#include "holidays/holiday_rules.h"
#include "holidays/holidays.h"
#include "time/span.h"

/* Bounds, so that no file makes loading or expanding take for ever. */
enum {
  SET_MOST_BYTES = 8 * 1024 * 1024,
  SET_MOST_DAYS = 10000,
  SET_MOST_EXCHANGES = 2000,
  SET_MOST_ENTRIES = 100, /* of include, carryover, variants, suspended, names */
  SET_MOST_DEEP = 8,      /* sets within sets by include */
  SETS_MOST = 200,        /* per loader */
};

/* A name in a language; NULL where the file gives one name for all. */
struct holiday_name {
  const char *language, *text;
};

/* A stretch of a date that a part-day closing takes away, in seconds since its midnight. */
struct closing {
  int from, to;
};

struct holiday_day {
  const char *name; /* in the loader's language */
  const struct holiday_name *names;
  size_t name_count;
  struct holiday_rule rule;
  struct span span; /* in which the day was law */
  const struct closing *closings;
  size_t closing_count; /* 0: off the whole day */
};

struct day_exchange {
  int off, work;
};

/* A carryover rule and when it was in force, tested on the date of the holiday. */
struct carryover_term {
  const struct carryover_rule *rule;
  struct span span;
};

/* A set with spans in which holidays, carryover and exchanges were suspended. */
struct holiday_variant {
  const char *name;
  const struct span *suspended;
  size_t suspended_count;
};

/* What a set is made of: its own days, and those of the sets it includes, each suspended as the including set asks. */
struct holiday_part {
  const struct holiday_set *set;
  const struct span *suspended;
  size_t suspended_count;
};

struct holiday_set {
  const char *name;
  const char *file;     /* as messages name it */
  const char *identity; /* what the file is, however it was named */
  enum { SET_LOADING, SET_READY, SET_FAILED } state;
  enum sla_code problem; /* of a failed set */
  const char *language;  /* of the names, where the loader asks for none; NULL: the first given */
  struct texts languages;
  struct {
    struct holiday_day *items;
    size_t count, capacity;
  } days;
  struct {
    struct day_exchange *items;
    size_t count, capacity;
  } exchanges;
  struct {
    struct carryover_term *items;
    size_t count, capacity;
  } terms; /* the first included set's where the set has no key `carryover` */
  struct {
    struct holiday_variant *items;
    size_t count, capacity;
  } variants;
  struct {
    struct holiday_part *items;
    size_t count, capacity;
  } parts;                 /* the set itself last, so that a region's days stand behind its country's */
  int first, last;         /* the dates it knows; INT_MIN, INT_MAX: no bound */
  const struct feed *feed; /* the days of a feed; NULL: a rule file */
};

/* The sets being loaded, innermost first: how an include that comes round to itself is found. */
struct set_chain {
  const struct holiday_set *set;
  const struct set_chain *outer;
};

/* A set and a variant of it, as names mean them. */
struct set_reference {
  const struct holiday_set *set;
  const struct holiday_variant *variant;
};

/*
 * Finds and loads what a name ("ua", "ua@martial-law") or path means. Errors go to diags, at where, or inside the file
 * that was found; a file that failed before fails again without a word. SLA_NOT_FOUND: there is no such file.
 */
enum sla_code set_find(struct holiday_loader *loader, const struct set_chain *chain, const char *folder,
                       const char *name, struct place where, struct set_reference *ret_reference);

/* Reads an item of `days`; false after errors. */
bool holiday_day_read(const struct holiday_loader *loader, const struct holiday_set *set, const struct yaml_node *node,
                      struct holiday_day *ret_day);

static inline bool spans_hold(const struct span *spans, size_t count, int date) {
  for (size_t i = 0; i < count; i++)
    if (span_holds(spans[i], date))
      return true;
  return false;
}

/* Whether a source's `only` and `except` let a holiday through; the same for a day of a feed, by its name. */
bool holiday_source_takes(const struct holiday_source *source, const struct holiday_day *day);
bool holiday_source_takes_name(const void *source, const char *name);

#endif
