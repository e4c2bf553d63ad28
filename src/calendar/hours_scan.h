/*
 * hours_scan: the pieces that texts of hours are made of, and what to say where another piece stands there. Private to
 * the parser: hours_parse.c (rules), hours_days.c (on which dates they hold) and hours_times.c (times).
 *
 * A scan is a cursor. Functions take what they want behind any white space and say whether it was there; where it was
 * not, the cursor stays. A piece written another way than the notation has it ("Monday", "Mo–Fr", "9am-5pm") is
 * reported with its right spelling and taken for it, so that what comes behind it is checked as well.
 */
#ifndef SLACLOCK_CALENDAR_HOURS_SCAN_H
#define SLACLOCK_CALENDAR_HOURS_SCAN_H

#include "base/diag.h"
#include "calendar/hours.h"

struct scan {
  struct diags *diags; /* NULL: nothing is reported */
  const struct snippet *snippet;
  struct sla_text rest;
  const char *taken; /* end of the last piece taken */
  bool failed;       /* an error was found */
};

/*
 * Begins a scan. false where the text is too long, not UTF-8 or holds control characters, which is reported: it is then
 * not worth reading.
 */
bool scan_init(struct scan *scan, struct diags *diags, const struct snippet *snippet);

/* A second cursor to look ahead with: whatever it meets is not reported. */
struct scan scan_ahead(const struct scan *scan);

/* Moves the cursor to where looking ahead came to; true, for callers to return. */
bool scan_commit(struct scan *scan, const struct scan *ahead);

/* Reports an error at a piece of the text; false, for callers to return. */
bool scan_fail(struct scan *scan, struct sla_text at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void scan_warn(struct scan *scan, struct sla_text at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A piece of text as the arguments of a "%.*s" in a message, cut where it is long. */
struct sla_text scan_shown(struct sla_text text);
#define SHOWN(text) TEXT_ARGS(scan_shown(text))

/*
 * Fails at the cursor, which stands at something that has no place there: by its name where it is a part of OSM's
 * notation that is left out, or a misspelt word, else with what was expected.
 */
bool scan_refuse(struct scan *scan, const char *expected);

/* Moves past white space: what JavaScript's \s takes, as the reference implementation does, and U+2423. */
void scan_blanks(struct scan *scan);

/* From start to the end of the last piece taken. */
struct sla_text scan_since(const struct scan *scan, const char *start);

/* Whether nothing is left. */
bool scan_at_end(struct scan *scan);

/* The next byte behind white space, NUL at the end. */
char scan_next(struct scan *scan);

/* Takes one given byte; or as many bytes as the caller has looked at. */
bool scan_eat(struct scan *scan, char c);
void scan_take(struct scan *scan, size_t length);

/* Takes a hyphen or a comma, or what people write instead: "–", "to"; "and", "&". */
bool scan_hyphen(struct scan *scan);
bool scan_comma(struct scan *scan);

/* How many decimal digits come next. */
size_t scan_digits(struct scan *scan);

/* Takes the digits that come next where there are least to most of them; most is at most 4. */
bool scan_number(struct scan *scan, size_t least, size_t most, int *ret_value);

/* Moves to the next ";" or the end: to where the next rule can be read. */
void scan_skip_rule(struct scan *scan);

enum word_kind { WORD_OTHER, WORD_WEEKDAY, WORD_MONTH, WORD_HOLIDAY, WORD_WEEK, WORD_OFF, WORD_OPEN };

struct word {
  enum word_kind kind;
  int value;            /* of a weekday, 0 for Monday; of a month, from 1 */
  struct sla_text text; /* empty where no word comes next */
  const char *written;  /* the way the notation has it; NULL: not known */
};

/* The word that comes next, in whatever spelling. */
struct word scan_word(struct scan *scan);

/* Takes the next word where it is of a kind; one that is spelt another way is reported. */
bool scan_eat_word(struct scan *scan, enum word_kind kind, int *ret_value);

struct rule;

/*
 * Takes what stands before the times of a rule and says on which dates it holds, nothing where it holds on all; into a
 * rule that has none of it yet.
 */
bool days_read(struct scan *scan, struct arena *arena, struct rule *rule);

/* Whether such a thing comes next. */
bool days_ahead(struct scan *scan);

/*
 * Takes a list of times, up to what is no more part of it. Without a time at the cursor it fails.
 * *ret_overlap: some of them overlap.
 */
bool times_scan(struct scan *scan, struct windows *ret_times, bool *ret_overlap);

/* Whether a time of day (or what looks like one) comes next, rather than a day of a month. */
bool times_ahead(const struct scan *scan);

/* Takes "24/7". */
bool times_scan_always(struct scan *scan);

#endif
