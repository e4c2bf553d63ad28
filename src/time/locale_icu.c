#include "time/locale.h"

#include "base/text.h"
#include "time/icu.h"

#include <string.h>
#include <unicode/uloc.h>

#define FUNCTIONS(X) X(uloc_getName) X(uloc_setKeywordValue) X(uloc_getLanguage)

struct icu_locales {
  FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const function_names[] = {FUNCTIONS(LIBRARY_NAME)};

static bool locales_load(struct icu_locales *icu) {
  return icu_load(function_names, sizeof function_names / sizeof *function_names, icu);
}

bool locale_is_named(const char *locale) {
  if (!locale || !strcspn(locale, "._@") || strlen(locale) >= LOCALE_ROOM / 2)
    return false;
  struct sla_text plain = {locale, strcspn(locale, ".@")};
  return !text_is(plain, "C") && !text_is(plain, "POSIX");
}

bool locale_normalize(const char *locale, char ret_locale[LOCALE_ROOM]) {
  UErrorCode status = U_ZERO_ERROR;
  struct icu_locales icu;
  if (!locale_is_named(locale) || !locales_load(&icu))
    return false;
  char plain[LOCALE_ROOM];
  size_t len = strcspn(locale, ".@");
  memcpy(plain, locale, len);
  plain[len] = '\0';
  icu.uloc_getName(plain, ret_locale, LOCALE_ROOM, &status);
  icu.uloc_setKeywordValue("calendar", "gregorian", ret_locale, LOCALE_ROOM, &status);
  return U_SUCCESS(status);
}

bool locale_speaks(const char *actual, const char *asked) {
  struct icu_locales icu;
  char one[ULOC_LANG_CAPACITY], other[ULOC_LANG_CAPACITY];
  UErrorCode status = U_ZERO_ERROR;
  if (!locales_load(&icu))
    return false;
  icu.uloc_getLanguage(asked, one, sizeof one, &status);
  icu.uloc_getLanguage(actual, other, sizeof other, &status);
  return U_SUCCESS(status) && !strcmp(one, other);
}
