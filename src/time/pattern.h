/*
 * pattern: times in the forms that exports have them, by the patterns of ICU and Java ("dd-MM-yyyy HH:mm").
 *
 * The months', weekdays' and half days' names are ICU's (pattern_icu.c); reading is done here, because udat_parse makes
 * do with what it should refuse (a weekday that is not the date's) and refuses what exports have ("19/ene/26 1:47 PM"
 * in Spanish). What is read is a wall clock or, where the pattern has an offset, an instant; zones are zone.h's.
 *
 * Strict: the whole text must fit, every number be in its range, a date exist, a weekday be the date's. A letter once
 * (d, M, H, h, m, s) takes one or two digits, twice exactly two; yy means 2000 to 2099. Blanks of any kind are equal,
 * letters count in either case, digits of any script; a month may be written in full, as either short form, or as a
 * beginning of three letters and more that no other month has; AM and PM are known in every language.
 */
#ifndef SLACLOCK_TIME_PATTERN_H
#define SLACLOCK_TIME_PATTERN_H

#include "base/diag.h"
#include "time/timestamp.h"

struct time_format;

/*
 * Compiles patterns, of which the first that fits a text reads it. locale is of their words; NULL is English. NULL
 * after errors, which went to diags with their places. It is read-only afterwards, and any number of threads may read
 * by it.
 */
const struct time_format *time_format_compile(struct arena *arena, struct diags *diags, const struct snippet *patterns,
                                              size_t count, const char *locale);

/*
 * Reads a text by the format's patterns and, where it has the form of none, in those of timestamp_parse; by these alone
 * where format is NULL. Returns NULL, or what is wrong with it.
 */
const char *time_format_read(const struct time_format *format, struct sla_text text, struct timestamp *ret_timestamp);

/* --- of pattern_icu.c ----------------------------------------------------------------------------------------------
 */

enum { WORD_FORMS = 4 };

/* The words of a locale as time_text_fold gives them, months and weekdays without a dot at the end; empty: none. */
struct time_words {
  struct sla_text months[12][WORD_FORMS], weekdays[7][WORD_FORMS]; /* weekdays from Monday */
  struct sla_text halves[2][WORD_FORMS];                           /* AM and PM, without dots and blanks */
};

/* Whether the language of a locale is known; NULL is English. */
bool time_locale_is_known(const char *locale);

/* The words of a known locale; NULL where ICU fails or is not installed. */
const struct time_words *time_words_load(struct arena *arena, const char *locale);

/*
 * Makes texts comparable: letters folded to one case, digits of any script as ASCII, any run of blanks as one blank,
 * marks of direction left out. false where the result does not fit into room, or the text is not UTF-8, or not ASCII
 * and ICU is not installed.
 */
bool time_text_fold(struct sla_text text, char *to, size_t room, size_t *ret_len);

#endif
