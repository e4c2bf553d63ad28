/*
 * names: what months and weekdays are called in a language, and how wide text is. ICU knows both (names_icu.c).
 */
#ifndef SLACLOCK_TIME_NAMES_H
#define SLACLOCK_TIME_NAMES_H

#include "slaclock.h"

/* See sla_locale_names and sla_text_columns in slaclock.h. */
bool names_of_locale(const char *locale, struct sla_locale_names *ret_names);
size_t names_columns(struct sla_text text, size_t most, size_t *ret_len);

#endif
