/* locale: ICU's names of locales (locale_icu.c). */
#ifndef SLACLOCK_TIME_LOCALE_H
#define SLACLOCK_TIME_LOCALE_H

#include <stdbool.h>

enum { LOCALE_ROOM = 128 };

/* Whether a text is the name of a locale at all, and not "C" or "POSIX", NULL or empty. */
bool locale_is_named(const char *locale);

/*
 * ICU's name of a locale as people write it ("de_AT.UTF-8", "uk"), with the Gregorian calendar; false where it is
 * not named, or ICU fails or is not installed.
 */
bool locale_normalize(const char *locale, char ret_locale[LOCALE_ROOM]);

/* Whether two of ICU's locales are of one language: the one that was asked for and the one that there are data of. */
bool locale_speaks(const char *actual, const char *asked);

#endif
