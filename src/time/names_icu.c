/* Names of months and weekdays by ICU's data (CLDR), and the widths of characters (UAX 11). */
#include "base/text.h"
#include "time/icu.h"
#include "time/locale.h"
#include "time/names.h"

#include <string.h>
#include <unicode/ucal.h>
#include <unicode/uchar.h>
#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

enum { SYMBOL_ROOM = 64 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define NAME_FUNCTIONS(X)                                                                                              \
  X(udat_open)                                                                                                         \
  X(udat_close)                                                                                                        \
  X(udat_getSymbols)                                                                                                   \
  X(udat_getLocaleByType)                                                                                              \
  X(ucal_open)                                                                                                         \
  X(ucal_close)                                                                                                        \
  X(ucal_getAttribute)                                                                                                 \
  X(uloc_getBaseName)                                                                                                  \
  X(uloc_toLanguageTag)                                                                                                \
  X(uloc_isRightToLeft)                                                                                                \
  X(u_strToUTF8)

struct icu_names {
  NAME_FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const name_functions[] = {NAME_FUNCTIONS(LIBRARY_NAME)};

#define WIDTH_FUNCTIONS(X) X(u_charType) X(u_getIntPropertyValue)

struct icu_widths {
  WIDTH_FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const width_functions[] = {WIDTH_FUNCTIONS(LIBRARY_NAME)};

static const struct sla_locale_names english = {
    .tag = "en",
    .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December"},
    .weekdays = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
    .short_weekdays = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"},
};

/* Copies one of a format's names; false where ICU has none that fits. */
static bool symbol_read(const struct icu_names *icu, const UDateFormat *format, UDateFormatSymbolType type,
                        int32_t index, char *name, size_t room) {
  UChar wide[SYMBOL_ROOM];
  UErrorCode status = U_ZERO_ERROR;
  int32_t len = icu->udat_getSymbols(format, type, index, wide, SYMBOL_ROOM, &status), bytes;
  if (U_FAILURE(status) || len <= 0 || len >= SYMBOL_ROOM)
    return false;
  icu->u_strToUTF8(name, (int32_t)room, &bytes, wide, len, &status);
  return U_SUCCESS(status) && bytes < (int32_t)room;
}

/* ICU counts weekdays from Sunday, which is 1. */
static int32_t icu_weekday(int weekday) {
  return (weekday + 1) % 7 + UCAL_SUNDAY;
}

static bool symbols_read(const struct icu_names *icu, const UDateFormat *format, struct sla_locale_names *names) {
  bool good = true;
  for (int i = 0; i < 12; i++)
    good = good && symbol_read(icu, format, UDAT_STANDALONE_MONTHS, i, names->months[i], sizeof names->months[i]);
  for (int i = 0; i < 7; i++)
    good = good &&
           symbol_read(icu, format, UDAT_STANDALONE_WEEKDAYS, icu_weekday(i), names->weekdays[i],
                       sizeof names->weekdays[i]) &&
           symbol_read(icu, format, UDAT_STANDALONE_SHORTER_WEEKDAYS, icu_weekday(i), names->short_weekdays[i],
                       sizeof names->short_weekdays[i]);
  return good;
}

/* Whether a format speaks the locale's language, and not the one that ICU falls back to. */
static bool speaks(const struct icu_names *icu, const UDateFormat *format, const char *locale) {
  UErrorCode status = U_ZERO_ERROR;
  const char *actual = icu->udat_getLocaleByType(format, ULOC_VALID_LOCALE, &status);
  return U_SUCCESS(status) && actual && locale_speaks(actual, locale);
}

/* The names in the locale's language; false where it is not known. */
static bool language_read(const struct icu_names *icu, const char *locale, struct sla_locale_names *ret_names) {
  struct sla_locale_names names = english;
  UErrorCode status = U_ZERO_ERROR;
  UDateFormat *format = icu->udat_open(UDAT_NONE, UDAT_FULL, locale, NULL, 0, NULL, 0, &status);
  if (U_FAILURE(status))
    return false;
  bool good = speaks(icu, format, locale) && symbols_read(icu, format, &names);
  icu->udat_close(format);
  char plain[LOCALE_ROOM];
  icu->uloc_getBaseName(locale, plain, sizeof plain, &status);
  icu->uloc_toLanguageTag(plain, names.tag, sizeof names.tag, false, &status);
  if (!good || U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
    return false;
  names.right_to_left = icu->uloc_isRightToLeft(locale);
  *ret_names = names;
  return true;
}

static int first_weekday(const struct icu_names *icu, const char *locale) {
  UErrorCode status = U_ZERO_ERROR;
  UCalendar *calendar = icu->ucal_open(NULL, 0, locale, UCAL_GREGORIAN, &status);
  if (U_FAILURE(status))
    return 0;
  int32_t first = icu->ucal_getAttribute(calendar, UCAL_FIRST_DAY_OF_WEEK);
  icu->ucal_close(calendar);
  return (first - UCAL_MONDAY + 7) % 7;
}

bool names_of_locale(const char *locale, struct sla_locale_names *ret_names) {
  char known[LOCALE_ROOM];
  struct icu_names icu;
  *ret_names = english;
  if (!locale_is_named(locale))
    return true;
  if (!icu_load(name_functions, COUNT(name_functions), &icu))
    return false;
  if (locale_normalize(locale, known)) {
    language_read(&icu, known, ret_names);
    ret_names->first_weekday = first_weekday(&icu, known);
  }
  return true;
}

/* icu: NULL where it is not installed. */
static size_t character_columns(const struct icu_widths *icu, UChar32 c) {
  if (c < 0) /* malformed: a terminal shows something for it */
    return 1;
  if (c < 0x80)
    return c >= ' ' && c != 0x7F;
  if (!icu)
    return 1;
  switch (icu->u_charType(c)) {
  case U_CONTROL_CHAR:
  case U_NON_SPACING_MARK:
  case U_ENCLOSING_MARK:
  case U_FORMAT_CHAR: return 0;
  default: break;
  }
  UHangulSyllableType hangul = (UHangulSyllableType)icu->u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
  if (hangul == U_HST_VOWEL_JAMO || hangul == U_HST_TRAILING_JAMO) /* drawn into the leading consonant */
    return 0;
  UEastAsianWidth width = (UEastAsianWidth)icu->u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

size_t names_columns(struct sla_text text, size_t most, size_t *ret_len) {
  const uint8_t *bytes = (const uint8_t *)text.ptr;
  size_t columns = 0, at = 0;
  struct icu_widths widths;
  const struct icu_widths *icu = NULL;
  if (!text_is_ascii(text) && icu_load(width_functions, COUNT(width_functions), &widths))
    icu = &widths;
  while (at < text.len) {
    /* Four bytes are enough for a character, and keep ICU's int32_t from meeting a long text. */
    int32_t next = 0, left = text.len - at < 4 ? (int32_t)(text.len - at) : 4;
    UChar32 c;
    U8_NEXT(bytes + at, next, left, c);
    size_t wide = character_columns(icu, c);
    if (columns + wide > most)
      break;
    columns += wide;
    at += (size_t)next;
  }
  *ret_len = at;
  return columns;
}
