/* Names of months and weekdays by ICU's data (CLDR), and the widths of characters (UAX 11). */
#include "base/text.h"
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

static const struct sla_locale_names english = {
    .tag = "en",
    .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December"},
    .weekdays = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
    .short_weekdays = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"},
};

/* Copies one of a format's names; false where ICU has none that fits. */
static bool symbol_read(const UDateFormat *format, UDateFormatSymbolType type, int32_t index, char *name, size_t room) {
  UChar wide[SYMBOL_ROOM];
  UErrorCode status = U_ZERO_ERROR;
  int32_t len = udat_getSymbols(format, type, index, wide, SYMBOL_ROOM, &status), bytes;
  if (U_FAILURE(status) || len <= 0 || len >= SYMBOL_ROOM)
    return false;
  u_strToUTF8(name, (int32_t)room, &bytes, wide, len, &status);
  return U_SUCCESS(status) && bytes < (int32_t)room;
}

/* ICU counts weekdays from Sunday, which is 1. */
static int32_t icu_weekday(int weekday) {
  return (weekday + 1) % 7 + UCAL_SUNDAY;
}

static bool symbols_read(const UDateFormat *format, struct sla_locale_names *names) {
  bool good = true;
  for (int i = 0; i < 12; i++)
    good = good && symbol_read(format, UDAT_STANDALONE_MONTHS, i, names->months[i], sizeof names->months[i]);
  for (int i = 0; i < 7; i++)
    good =
        good &&
        symbol_read(format, UDAT_STANDALONE_WEEKDAYS, icu_weekday(i), names->weekdays[i], sizeof names->weekdays[i]) &&
        symbol_read(format, UDAT_STANDALONE_SHORTER_WEEKDAYS, icu_weekday(i), names->short_weekdays[i],
                    sizeof names->short_weekdays[i]);
  return good;
}

/* Whether a format speaks the locale's language, and not the one that ICU falls back to. */
static bool speaks(const UDateFormat *format, const char *locale) {
  UErrorCode status = U_ZERO_ERROR;
  const char *actual = udat_getLocaleByType(format, ULOC_VALID_LOCALE, &status);
  return U_SUCCESS(status) && actual && locale_speaks(actual, locale);
}

/* The names in the locale's language; false where it is not known. */
static bool language_read(const char *locale, struct sla_locale_names *ret_names) {
  struct sla_locale_names names = english;
  UErrorCode status = U_ZERO_ERROR;
  UDateFormat *format = udat_open(UDAT_NONE, UDAT_FULL, locale, NULL, 0, NULL, 0, &status);
  if (U_FAILURE(status))
    return false;
  bool good = speaks(format, locale) && symbols_read(format, &names);
  udat_close(format);
  char plain[LOCALE_ROOM];
  uloc_getBaseName(locale, plain, sizeof plain, &status);
  uloc_toLanguageTag(plain, names.tag, sizeof names.tag, false, &status);
  if (!good || U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
    return false;
  names.right_to_left = uloc_isRightToLeft(locale);
  *ret_names = names;
  return true;
}

static int first_weekday(const char *locale) {
  UErrorCode status = U_ZERO_ERROR;
  UCalendar *calendar = ucal_open(NULL, 0, locale, UCAL_GREGORIAN, &status);
  if (U_FAILURE(status))
    return 0;
  int32_t first = ucal_getAttribute(calendar, UCAL_FIRST_DAY_OF_WEEK);
  ucal_close(calendar);
  return (first - UCAL_MONDAY + 7) % 7;
}

void names_of_locale(const char *locale, struct sla_locale_names *ret_names) {
  char known[LOCALE_ROOM];
  *ret_names = english;
  if (!locale_normalize(locale, known))
    return;
  language_read(known, ret_names);
  ret_names->first_weekday = first_weekday(known);
}

static size_t character_columns(UChar32 c) {
  if (c < 0) /* malformed: a terminal shows something for it */
    return 1;
  switch (u_charType(c)) {
  case U_CONTROL_CHAR:
  case U_NON_SPACING_MARK:
  case U_ENCLOSING_MARK:
  case U_FORMAT_CHAR: return 0;
  default: break;
  }
  UHangulSyllableType hangul = (UHangulSyllableType)u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
  if (hangul == U_HST_VOWEL_JAMO || hangul == U_HST_TRAILING_JAMO) /* drawn into the leading consonant */
    return 0;
  UEastAsianWidth width = (UEastAsianWidth)u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

size_t names_columns(struct sla_text text, size_t most, size_t *ret_len) {
  const uint8_t *bytes = (const uint8_t *)text.ptr;
  size_t columns = 0, at = 0;
  while (at < text.len) {
    /* Four bytes are enough for a character, and keep ICU's int32_t from meeting a long text. */
    int32_t next = 0, left = text.len - at < 4 ? (int32_t)(text.len - at) : 4;
    UChar32 c;
    U8_NEXT(bytes + at, next, left, c);
    size_t wide = character_columns(c);
    if (columns + wide > most)
      break;
    columns += wide;
    at += (size_t)next;
  }
  *ret_len = at;
  return columns;
}
