/*
 * holidays: from rule files to the days off of a calendar.
 *
 * A set is read once and kept as rules. What a calendar wants to know, which dates of a span are off
 * and why, is worked out for just that span (holidays_expand): holidays, then the days carried over from them, then
 * exchanged days, part-day closings beside them.
 *
 * Adding a carryover rule: one row in carryover_rules of carryover.c, with its source.
 * A feed (iCalendar, feed.h) is another kind of set behind the same functions: its days come from events, not from
 * rules.
 */
#ifndef SLACLOCK_HOLIDAYS_HOLIDAYS_H
#define SLACLOCK_HOLIDAYS_HOLIDAYS_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/yaml.h"
#include "slaclock.h"
#include "time/span.h"
#include "time/zone.h"

/* What loading sets needs; sets are loaded once per loader, by file. */
struct holiday_loader {
  struct arena *arena;
  struct diags *diags;
  struct file_search search;
  const char *language;       /* of names; NULL: each set's first */
  const struct source *given; /* the text of one file, already read, by the name it is asked for; or NULL */
  bool missing;               /* a set or variant that was named does not exist */
  struct zones *zones;        /* for times in feeds; NULL: the loader's own, of the default source */
  struct {
    struct holiday_set **items;
    size_t count, capacity;
  } sets;
};

struct holiday_set;

/*
 * One source of days off of a calendar: a set, a variant of it, and what the calendar makes of it.
 */
struct holiday_source {
  const struct holiday_set *set;
  const struct holiday_variant *variant;   /* NULL: as written */
  const struct carryover_rule *carryover;  /* instead of the set's own rules at all dates; NULL: the set's */
  const char *const *only, *const *except; /* globs (* and ?) on names in any of the set's languages; NULL: all, none */
  size_t only_count, except_count;
  bool observances;   /* of a feed: days that its publisher calls observances count too */
  struct span covers; /* the dates the entry says it knows, where has_covers; else the set says */
  bool has_covers;
};

/*
 * Reads what a policy writes as an entry of `holidays`: a name (ua, ua@martial-law), a path, or a map with `set` or
 * `feed`, `only`, `except`, `carryover`, and for feeds `observances` and `covers`. Names and paths are looked up from
 * folder (NULL: the command line). false after errors, which went to diags; what is wrong inside a set's file is
 * reported once per loader. A glob that matches no name of the set is a warning.
 */
bool holiday_source_read(struct holiday_loader *loader, const char *folder, const struct yaml_node *node,
                         struct holiday_source *ret_source);

/* The same for a name on the command line. where is what errors point at. SLA_NOT_FOUND where there is no such file. */
enum sla_code holiday_source_named(struct holiday_loader *loader, const char *folder, const char *name,
                                   struct place where, struct holiday_source *ret_source);

/* A set of plain dates, as --holiday gives them; no carryover rule. */
struct holiday_source holiday_source_of_dates(struct arena *arena, const int *dates, size_t count);

/* One day that is not like other days. */
struct day_off {
  int date;
  enum sla_holiday_kind kind;
  const char *name;         /* of the holiday, for a carried day those it stands for ("A; B"); exchanges: NULL */
  const char *set;          /* name of the set */
  const char *rule;         /* carried: the rule's name */
  int from;                 /* carried: the holiday's date; exchange: the other date; else date itself */
  int close_from, close_to; /* SLA_CLOSING: seconds of the wall clock since the date's midnight */
  /*
   * A closing of a feed, which is a stretch of time and not of a wall clock: all of it, [from, until) in instants, on
   * each date that it touches. Not timed where they are equal.
   */
  sla_time closed_from, closed_until;
};

/* Whether a closing is a stretch of time: close_from and close_to then only tell people about it. */
static inline bool day_off_is_timed(const struct day_off *day) {
  return day->closed_from < day->closed_until;
}

struct days_off {
  struct day_off *items; /* by date, then by kind, then by the sets' order */
  size_t count, capacity;
};

struct holiday_request {
  int first, last; /* dates, both included, of the years 1902 to 2298 */
  bool exchanges;  /* days exchanged by government order apply */
  /* Whether a date is a weekly day off of the calendar (holidays, exchanges and exceptions aside). */
  bool (*is_rest)(const void *data, int date);
  const void *data;
  const struct zone *zone; /* of the calendar, for closings of feeds; NULL: each in its own */
};

/*
 * All days off of the span. Holidays of one date from several sets or rules are one item each; a date is carried once,
 * by the rule of the first of its holidays that has one. A date is exchanged at most once. Where the 60 days behind a
 * holiday have no place for its carried day, nothing is carried. Works out as much before and after the span as
 * carrying over needs.
 */
void holidays_expand(struct arena *arena, const struct holiday_source *sources, size_t count,
                     const struct holiday_request *request, struct days_off *ret_days);

/* Name of a source's set, with its variant ("ua@martial-law"). */
const char *holiday_source_name(struct arena *arena, const struct holiday_source *source);

/*
 * The first and the last date that a source knows (INT_MIN and INT_MAX: no bound). A rule file covers from its first
 * law onward: the earliest `from` of its days where every rule has one (single dates need none). A file that includes
 * others covers from the latest of their bounds: what it adds later is an addition, not a gap. A feed covers from its
 * first to its last date; events that repeat without an end do not add to that, but where a feed has nothing else, for
 * ten years after its newest date (feed_finish.c). What an entry says in `covers` stands over all this.
 */
void holiday_source_coverage(const struct holiday_source *source, int *ret_first, int *ret_last);

/*
 * Notes at place about a feed as its publisher wrote it: the dates it knows, which names count and which are left out,
 * and why. Nothing about a rule file, which says so itself.
 */
void holiday_source_notes(struct arena *arena, struct diags *diags, const struct holiday_source *source,
                          struct place place);

/* Whether a file's tree is a holiday set (it has the key `holidays` at its top and no `policy`). */
bool holiday_set_is(const struct yaml_node *root);

#endif
