/* The words in times by ICU's data (CLDR): names of months, weekdays and half days; letters and digits of any script.
 */
#include "base/text.h"
#include "time/icu.h"
#include "time/locale.h"
#include "time/pattern.h"

#include <unicode/uchar.h>
#include <unicode/udat.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include <assert.h>

enum { WORD_ROOM = 128 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define WORD_FUNCTIONS(X) X(udat_open) X(udat_close) X(udat_getSymbols) X(udat_getLocaleByType) X(u_strToUTF8)

struct icu_words {
  WORD_FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const word_functions[] = {WORD_FUNCTIONS(LIBRARY_NAME)};

#define FOLD_FUNCTIONS(X) X(u_charDigitValue) X(u_isUWhiteSpace) X(u_charType) X(u_foldCase)

struct icu_fold {
  FOLD_FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const fold_functions[] = {FOLD_FUNCTIONS(LIBRARY_NAME)};

/* ICU's handle outlives a jump out of the arena: it is closed when it is done with, or else with the arena. */
struct format_guard {
  struct icu_words icu;
  UDateFormat *format;
};

static void format_close(void *data) {
  struct format_guard *guard = data;
  if (guard->format)
    guard->icu.udat_close(guard->format);
  guard->format = NULL;
}

static UDateFormat *format_open(struct icu_words *icu, const char *locale) {
  char known[LOCALE_ROOM];
  UErrorCode status = U_ZERO_ERROR;
  if (!locale_normalize(locale ? locale : "en", known) || !icu_load(word_functions, COUNT(word_functions), icu))
    return NULL;
  UDateFormat *format = icu->udat_open(UDAT_NONE, UDAT_FULL, known, NULL, 0, NULL, 0, &status);
  return U_SUCCESS(status) ? format : NULL;
}

bool time_locale_is_known(const char *locale) {
  char known[LOCALE_ROOM];
  struct icu_words icu;
  UDateFormat *format = format_open(&icu, locale);
  if (!format)
    return false;
  UErrorCode status = U_ZERO_ERROR;
  const char *actual = icu.udat_getLocaleByType(format, ULOC_VALID_LOCALE, &status);
  bool is_known =
      U_SUCCESS(status) && actual && locale_normalize(locale ? locale : "en", known) && locale_speaks(actual, known);
  icu.udat_close(format);
  return is_known;
}

/* Takes dots and blanks out of a text: all of them, or dots at its end only. */
static size_t strip(char *text, size_t len, bool everywhere) {
  while (len && text[len - 1] == '.')
    len--;
  if (!everywhere)
    return len;
  size_t kept = 0;
  for (size_t i = 0; i < len; i++)
    if (text[i] != '.' && text[i] != ' ')
      text[kept++] = text[i];
  return kept;
}

static struct sla_text word_read(struct arena *arena, const struct format_guard *guard, UDateFormatSymbolType type,
                                 int32_t index, bool everywhere) {
  UChar wide[WORD_ROOM];
  char narrow[WORD_ROOM], folded[WORD_ROOM];
  UErrorCode status = U_ZERO_ERROR;
  int32_t bytes = 0, len = guard->icu.udat_getSymbols(guard->format, type, index, wide, WORD_ROOM, &status);
  guard->icu.u_strToUTF8(narrow, WORD_ROOM, &bytes, wide, len, &status);
  size_t folded_len;
  if (U_FAILURE(status) || bytes <= 0 ||
      !time_text_fold((struct sla_text){narrow, (size_t)bytes}, folded, sizeof folded, &folded_len))
    return (struct sla_text){NULL, 0};
  folded_len = strip(folded, folded_len, everywhere);
  return (struct sla_text){arena_copy(arena, folded, folded_len), folded_len};
}

const struct time_words *time_words_load(struct arena *arena, const char *locale) {
  static const UDateFormatSymbolType months[WORD_FORMS] = {UDAT_MONTHS, UDAT_STANDALONE_MONTHS, UDAT_SHORT_MONTHS,
                                                           UDAT_STANDALONE_SHORT_MONTHS};
  static const UDateFormatSymbolType weekdays[WORD_FORMS] = {UDAT_WEEKDAYS, UDAT_STANDALONE_WEEKDAYS,
                                                             UDAT_SHORT_WEEKDAYS, UDAT_STANDALONE_SHORT_WEEKDAYS};
  struct time_words *words = arena_alloc(arena, sizeof *words);
  struct format_guard *guard = arena_alloc(arena, sizeof *guard);
  arena_defer(arena, format_close, guard);
  guard->format = format_open(&guard->icu, locale);
  if (!guard->format)
    return NULL;
  for (int form = 0; form < WORD_FORMS; form++) {
    for (int i = 0; i < 12; i++)
      words->months[i][form] = word_read(arena, guard, months[form], i, false);
    for (int i = 0; i < 7; i++) /* ICU counts weekdays from Sunday, which is 1 */
      words->weekdays[i][form] = word_read(arena, guard, weekdays[form], (i + 1) % 7 + UCAL_SUNDAY, false);
  }
  for (int i = 0; i < 2; i++) {
    words->halves[i][0] = word_read(arena, guard, UDAT_AM_PMS, i, true);
    words->halves[i][1] = text_of(i ? "pm" : "am");
  }
  format_close(guard);
  return words;
}

/* Where all is ASCII. */
static size_t ascii_fold(struct sla_text text, char *to) {
  size_t len = 0;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (c >= 'A' && c <= 'Z')
      c = (char)(c - 'A' + 'a');
    else if (c >= '\t' && c <= '\r')
      c = ' ';
    if (c != ' ' || (len && to[len - 1] != ' '))
      to[len++] = c;
  }
  return len && to[len - 1] == ' ' ? len - 1 : len;
}

bool time_text_fold(struct sla_text text, char *to, size_t room, size_t *ret_len) {
  assert(room <= INT32_MAX);
  int32_t len = 0, at = 0;
  struct icu_fold icu;
  if (text.len > room)
    return false;
  if (text_is_ascii(text)) {
    *ret_len = ascii_fold(text, to);
    return true;
  }
  if (!icu_load(fold_functions, COUNT(fold_functions), &icu))
    return false;
  while (at < (int32_t)text.len) {
    UChar32 c;
    U8_NEXT((const uint8_t *)text.ptr, at, (int32_t)text.len, c);
    if (c < 0)
      return false;
    int32_t digit = icu.u_charDigitValue(c);
    if (digit >= 0)
      c = '0' + digit;
    else if (icu.u_isUWhiteSpace(c))
      c = ' ';
    else if (icu.u_charType(c) == U_FORMAT_CHAR)
      continue;
    else
      c = icu.u_foldCase(c, U_FOLD_CASE_DEFAULT);
    if (c == ' ' && (len == 0 || to[len - 1] == ' '))
      continue;
    UBool overflow = false;
    U8_APPEND((uint8_t *)to, len, (int32_t)room, (uint32_t)c, overflow);
    if (overflow)
      return false;
  }
  while (len && to[len - 1] == ' ')
    len--;
  *ret_len = (size_t)len;
  return true;
}
