#include "time/locale.h"

#include <string.h>
#include <unicode/uloc.h>

bool locale_normalize(const char *locale, char ret_locale[LOCALE_ROOM]) {
  UErrorCode status = U_ZERO_ERROR;
  if (!locale || !strcspn(locale, "._@") || strlen(locale) >= LOCALE_ROOM / 2)
    return false;
  char plain[LOCALE_ROOM];
  size_t len = strcspn(locale, ".@");
  memcpy(plain, locale, len);
  plain[len] = '\0';
  if (!strcmp(plain, "C") || !strcmp(plain, "POSIX"))
    return false;
  uloc_getName(plain, ret_locale, LOCALE_ROOM, &status);
  uloc_setKeywordValue("calendar", "gregorian", ret_locale, LOCALE_ROOM, &status);
  return U_SUCCESS(status);
}

bool locale_speaks(const char *actual, const char *asked) {
  char one[ULOC_LANG_CAPACITY], other[ULOC_LANG_CAPACITY];
  UErrorCode status = U_ZERO_ERROR;
  uloc_getLanguage(asked, one, sizeof one, &status);
  uloc_getLanguage(actual, other, sizeof other, &status);
  return U_SUCCESS(status) && !strcmp(one, other);
}
