/* Times by patterns: cases, errors, any bytes, memory, and ICU's own reading of the same texts. */
#include "helpers.h"

#include "base/text.h"
#include "time/pattern.h"

#include <unicode/udat.h>
#include <unicode/ustring.h>

/* Puts the bytes in place of \xHH, \n and \t. */
static void unfold(char *text) {
  static const char digits[] = "0123456789ABCDEF";
  char *to = text;
  while (*text)
    if (text[0] == '\\' && text[1] == 'x' && text[2] && text[3]) {
      *to++ = (char)((strchr(digits, text[2]) - digits) * 16 + (strchr(digits, text[3]) - digits));
      text += 4;
    } else if (text[0] == '\\' && (text[1] == 'n' || text[1] == 't')) {
      *to++ = text[1] == 'n' ? '\n' : '\t';
      text += 2;
    } else
      *to++ = *text++;
  *to = '\0';
}

enum { PATTERNS_MOST = 4 };

/* Compiles patterns with ";;" between; what is wrong goes to the collector. */
static const struct time_format *compile(struct arena *arena, struct collector *collector, const char *locale,
                                         const char *patterns) {
  struct diags diags = collector_diags(collector, arena);
  struct snippet snippets[PATTERNS_MOST];
  size_t count = 0;
  for (const char *rest = patterns; rest; count++) {
    const char *end = strstr(rest, ";;");
    size_t len = end ? (size_t)(end - rest) : strlen(rest);
    struct sla_text text = text_trim((struct sla_text){rest, len});
    struct source *source = arena_alloc(arena, sizeof *source);
    assert_true(count < PATTERNS_MOST);
    *source = source_of("pattern", arena_copy(arena, text.ptr, text.len));
    snippets[count] = snippet_of(source);
    rest = end ? end + 2 : NULL;
  }
  return time_format_compile(arena, &diags, snippets, count, strcmp(locale, "-") ? locale : NULL);
}

/* What a format makes of a text, in memory of its own size, so that reading past its end is seen. */
static const char *read_exactly(const struct time_format *format, const char *text, size_t len,
                                struct timestamp *ret_timestamp) {
  char *exact = malloc(len ? len : 1);
  assert_non_null(exact);
  memcpy(exact, text, len);
  const char *problem = time_format_read(format, (struct sla_text){exact, len}, ret_timestamp);
  free(exact);
  return problem;
}

static void test_cases(void **state) {
  struct arena *arena = *state;
  struct collector collector;
  struct case_file cases = case_open("patterns.txt");
  while (case_next(&cases)) {
    const char *locale = case_need(&cases, '|'), *patterns = case_need(&cases, '|');
    char *text = case_need(&cases, '|');
    const char *want = case_need(&cases, '\0'), *got;
    const struct time_format *format = compile(arena, &collector, locale, patterns);
    if (!format) {
      case_wrong(&cases, "%s", collector_text(&collector, arena));
      continue;
    }
    unfold(text);
    struct timestamp timestamp = {0};
    const char *problem = read_exactly(format, text, strlen(text), &timestamp);
    if (problem)
      got = arena_printf(arena, "! %s", problem);
    else
      got = arena_printf(arena, "%.19s%s", time_text_at(timestamp.value, 0).text,
                         timestamp.kind == TIMESTAMP_LOCAL ? "" : "Z");
    bool good = problem ? strncmp(got, want, strlen(want)) == 0 && *want == '!' : strcmp(got, want) == 0;
    if (!good)
      case_wrong(&cases, "%s", got);
  }
  case_close(&cases);
}

/* "TEXT; TEXT" with dots at the end of those that are not whole. */
static bool said_as(const struct collector *collector, char *want) {
  size_t count = 0;
  for (char *next = want; next; count++) {
    char *item = next, *end = strstr(item, "; ");
    next = end ? end + 2 : NULL;
    if (end)
      *end = '\0';
    size_t len = strlen(item);
    bool is_start = len > 3 && strcmp(item + len - 3, "...") == 0;
    if (count >= collector->count || strncmp(collector->items[count], "1:", 2) != 0 ||
        strncmp(collector->items[count] + 2, item, is_start ? len - 3 : len + 1) != 0)
      return false;
  }
  return count == collector->count;
}

static void test_errors(void **state) {
  struct arena *arena = *state;
  struct collector collector;
  struct case_file cases = case_open("pattern-errors.txt");
  while (case_next(&cases)) {
    const char *pattern = case_need(&cases, '|');
    char *want = case_need(&cases, '\0');
    assert_null(compile(arena, &collector, "-", pattern));
    if (!said_as(&collector, want))
      case_wrong(&cases, "%s", collector_text(&collector, arena));
  }
  case_close(&cases);
  char *huge = arena_alloc(arena, 1000);
  memset(huge, 'd', 999);
  assert_null(compile(arena, &collector, "-", huge));
  collector_expect(&collector, "1:1", "a time pattern of over 256 bytes");
}

static void test_locales(void **state) {
  (void)state;
  static const char *const known[] = {"en", "es", "de-AT", "pt_BR.UTF-8", "uk", "ar-EG", "zh-Hant"};
  static const char *const unknown[] = {"xx", "xx-US", "!", "", "English", "C"};
  assert_true(time_locale_is_known(NULL));
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (!time_locale_is_known(known[i]))
      fail_msg("%s", known[i]);
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
    if (time_locale_is_known(unknown[i]))
      fail_msg("%s", unknown[i]);
}

/* --- ICU's reading --------------------------------------------------------------------------------------------------
 */

struct icu {
  UDateFormat *format;
  UCalendar *calendar;
};

static const UChar utc_name[] = {'U', 'T', 'C', 0};

/* A format that is as strict as ICU can be. */
static struct icu icu_open(const char *locale, const char *pattern) {
  UErrorCode status = U_ZERO_ERROR;
  UChar wide[128];
  char gregorian[64];
  int32_t len;
  snprintf(gregorian, sizeof gregorian, "%s@calendar=gregorian", locale);
  u_strFromUTF8(wide, 128, &len, pattern, -1, &status);
  struct icu icu = {udat_open(UDAT_PATTERN, UDAT_PATTERN, gregorian, utc_name, 3, wide, len, &status),
                    ucal_open(utc_name, 3, gregorian, UCAL_GREGORIAN, &status)};
  udat_setLenient(icu.format, false);
  udat_setBooleanAttribute(icu.format, UDAT_PARSE_ALLOW_WHITESPACE, false, &status);
  udat_setBooleanAttribute(icu.format, UDAT_PARSE_ALLOW_NUMERIC, false, &status);
  udat_setBooleanAttribute(icu.format, UDAT_PARSE_MULTIPLE_PATTERNS_FOR_MATCH, true, &status);
  udat_set2DigitYearStart(icu.format, 946684800000.0, &status);
  ucal_setAttribute(icu.calendar, UCAL_LENIENT, false);
  ucal_setGregorianChange(icu.calendar, -1e17, &status);
  assert_true(U_SUCCESS(status));
  return icu;
}

static void icu_close(struct icu *icu) {
  udat_close(icu->format);
  ucal_close(icu->calendar);
}

/* Blanks around the text are taken off first: ICU passes over those before it only. */
static bool icu_read(const struct icu *icu, const char *text, int64_t *ret_value) {
  UErrorCode status = U_ZERO_ERROR;
  UChar wide[256];
  int32_t len, at = 0;
  struct sla_text trimmed = text_trim(text_of(text));
  u_strFromUTF8(wide, 256, &len, trimmed.ptr, (int32_t)trimmed.len, &status);
  ucal_clear(icu->calendar);
  udat_parseCalendar(icu->format, icu->calendar, wide, len, &at, &status);
  double millis = ucal_getMillis(icu->calendar, &status);
  *ret_value = (int64_t)(millis / 1000);
  return U_SUCCESS(status) && at == len;
}

static void icu_write(const struct icu *icu, int64_t value, char *text, size_t room) {
  UErrorCode status = U_ZERO_ERROR;
  UChar wide[256];
  int32_t len = udat_format(icu->format, (double)value * 1000, wide, 256, NULL, &status);
  u_strToUTF8(text, (int32_t)room, NULL, wide, len, &status);
  assert_true(U_SUCCESS(status));
}

static const struct {
  const char *locale, *pattern;
} compared[] = {
    {"en", "dd-MM-yyyy HH:mm"},         {"en", "yyyy-MM-dd HH:mm:ss"},
    {"en", "dd/MM/yyyy h:mm a"},        {"en", "d.M.yy H:mm"},
    {"en", "yyyyMMddHHmmss"},           {"en", "dd/MMM/yy h:mm a"},
    {"en", "EEE MMM dd HH:mm:ss yyyy"}, {"es", "dd/MMM/yy h:mm a"},
    {"de", "d. MMMM yyyy HH:mm"},       {"de", "EEE dd. MMM yyyy HH:mm"},
    {"uk", "d MMMM yyyy HH:mm"},        {"ar-EG", "d/M/yyyy h:mm a"},
    {"ja", "yyyy年M月d日 ah:mm"},       {"fr", "d MMM yyyy 'à' HH:mm"},
    {"pl", "d LLLL yyyy k:mm"},         {"vi", "d MMMM yyyy HH:mm"},
    {"en", "dd.MM.yyyy K:mm a"},        {"hi", "d MMM yyyy, h:mm a"},
};

/* Changes a text in one place: a digit, a letter of the text again, one left out, one twice. */
static void change(uint64_t *seed, char *text) {
  size_t len = strlen(text), at = (size_t)random_below(seed, (int64_t)len);
  switch (random_below(seed, 4)) {
  case 0: text[at] = (char)('0' + random_below(seed, 10)); break;
  case 1: text[at] = text[random_below(seed, (int64_t)len)]; break;
  case 2: memmove(text + at, text + at + 1, len - at); break;
  default: memmove(text + at + 1, text + at, len - at + 1); break;
  }
}

/*
 * What ICU writes, we read; and what we read of a changed text, ICU reads alike, if it reads it at all: months' and
 * half days' names have more forms with us. What we read by a pattern of numbers only, ICU reads too.
 */
static void test_against_icu(void **state) {
  struct arena *arena = *state;
  struct collector collector;
  uint64_t seed = test_seed();
  unsigned both = 0, refused = 0;
  for (size_t i = 0; i < sizeof compared / sizeof *compared; i++) {
    const char *pattern = compared[i].pattern;
    const struct time_format *format = compile(arena, &collector, compared[i].locale, pattern);
    assert_non_null(format);
    struct icu icu = icu_open(compared[i].locale, pattern);
    bool is_numeric = !strstr(pattern, "MMM") && !strstr(pattern, "LLL") && !strchr(pattern, 'a');
    int64_t last = strstr(pattern, "yyyy") ? SLA_TIME_MAX : utc(2099, 12, 31, 23, 59, 59);
    int64_t first = strstr(pattern, "yyyy") ? 0 : utc(2000, 1, 1, 0, 0, 0);
    for (int round = 0; round < 3000; round++) {
      char text[256];
      int64_t value = random_between(&seed, first, last), theirs = 0;
      if (!strstr(pattern, "ss"))
        value -= value % 60;
      icu_write(&icu, value, text, sizeof text);
      struct timestamp ours = {0};
      const char *problem = read_exactly(format, text, strlen(text), &ours);
      if (problem || ours.value != value)
        fail_msg("%s %s: \"%s\": %s", compared[i].locale, pattern, text, problem ? problem : "another time");
      for (int changes = (int)random_between(&seed, 1, 3); changes && strlen(text) > 1; changes--)
        change(&seed, text);
      problem = read_exactly(format, text, strlen(text), &ours);
      if (text_utf8_error(text_of(text)) < strlen(text)) {
        assert_non_null(problem);
        continue;
      }
      bool they_read = icu_read(&icu, text, &theirs);
      struct timestamp default_form;
      if (!timestamp_parse(text_of(text), &default_form) && !they_read)
        continue;
      if (!problem && they_read && theirs != ours.value)
        fail_msg("%s %s: \"%s\": %s is not ICU's %s", compared[i].locale, pattern, text,
                 time_text_at(ours.value, 0).text, time_text_at(theirs, 0).text);
      if (!problem && !they_read && is_numeric)
        fail_msg("%s %s: \"%s\": ICU does not read it", compared[i].locale, pattern, text);
      /* ICU makes do with what it would not write: "001", "0:30 PM", a weekday of another date. */
      if (problem && they_read && theirs >= first && theirs <= last) {
        char written[256];
        icu_write(&icu, theirs, written, sizeof written);
        if (strcmp(written, text) == 0)
          fail_msg("%s %s: \"%s\": %s", compared[i].locale, pattern, text, problem);
      }
      both += !problem && they_read;
      refused += problem && !they_read;
    }
    icu_close(&icu);
  }
  print_message("%u changed texts read by both, %u by neither\n", both, refused);
  assert_true(both > 1000 && refused > 1000);
}

/* --- any bytes, and no memory ---------------------------------------------------------------------------------------
 */

static void test_any_bytes(void **state) {
  struct arena *arena = *state;
  struct collector collector;
  static const char bytes[] = "0123456789 :/-.,'apmjanfeb+zGMTyMdHhmsSaEkKXxOLu\xC3\xA9\xD9\xA5\xE2\x80\xAF\xFF";
  uint64_t seed = test_seed();
  const struct time_format *formats[sizeof compared / sizeof *compared];
  for (size_t i = 0; i < sizeof compared / sizeof *compared; i++)
    formats[i] = compile(arena, &collector, compared[i].locale, compared[i].pattern);
  for (int round = 0; round < 40000; round++) {
    char text[200];
    size_t len = (size_t)random_below(&seed, round % 50 ? 24 : sizeof text);
    for (size_t i = 0; i < len; i++)
      text[i] = bytes[random_below(&seed, sizeof bytes - 1)];
    struct timestamp timestamp;
    read_exactly(formats[round % (int)(sizeof compared / sizeof *compared)], text, len, &timestamp);
    if (round % 20)
      continue;
    char *pattern = arena_copy(arena, text, len);
    for (char *colon; (colon = strstr(pattern, ";;"));)
      *colon = ',';
    struct collector said;
    const struct time_format *format = compile(arena, &said, "-", pattern);
    assert_true((format != NULL) == (said.count == 0));
  }
}

static void compile_one(struct arena *arena) {
  struct collector collector;
  assert_non_null(compile(arena, &collector, "de", "EEE dd/MMM/yy 'um' h:mm a ;; dd.MM.yyyy HH:mm"));
}

static void test_out_of_memory(void **state) {
  (void)state;
  assert_true(runs_within(0, compile_one));
  for (size_t limit = 16; !runs_within(limit, compile_one); limit += 496)
    assert_true(limit < 1 << 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(test_cases),       arena_test(test_errors),    cmocka_unit_test(test_locales),
      arena_test(test_against_icu), arena_test(test_any_bytes), cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
