/*
 * icu: loads ICU, which is large (30 MB of data, the C++ library), when one of its functions is needed for the first
 * time: rules of zones where the system has none, names of locales, Windows' names of zones, the widths of characters.
 * The *_icu.c files call ICU by tables of their own.
 */
#ifndef SLACLOCK_TIME_ICU_H
#define SLACLOCK_TIME_ICU_H

#include "base/library.h"

/* Fills a table (see library.h); false where ICU is not installed. */
bool icu_load(const char *const *names, size_t count, void *table);

bool icu_is_installed(void);

/* For messages where it is not: the file's name, and what it is. */
extern const char icu_name[];

#endif
