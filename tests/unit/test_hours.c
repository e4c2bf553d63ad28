/* test_hours: the hours notation, by cases in tests/cases/hours*.txt, and windows as sets of minutes. */
#include "helpers.h"

#include "calendar/hours.h"

enum { MINUTES = 48 * 60 };

/* --- windows as text --------------------------------------------------------------------------------------------- */

struct windows_text {
  char text[WINDOWS_MOST * 16];
};

/* "09:00-12:00,22:00-30:00", "-" for none. */
static struct windows_text windows_text(const struct windows *windows) {
  struct windows_text result = {"-"};
  size_t len = 0;
  for (size_t i = 0; i < windows->count; i++) {
    struct window window = windows->items[i];
    int wrote = snprintf(result.text + len, sizeof result.text - len, "%s%02d:%02d-%02d:%02d", i ? "," : "",
                         window.from / HOUR, window.from / MINUTE % 60, window.to / HOUR, window.to / MINUTE % 60);
    assert_true(wrote > 0 && (size_t)wrote < sizeof result.text - len);
    len += (size_t)wrote;
  }
  return result;
}

/* Windows are sorted, disjoint, apart from one another and within two days. */
static bool windows_are_sound(const struct windows *windows) {
  for (size_t i = 0; i < windows->count; i++) {
    struct window window = windows->items[i];
    if (window.from < 0 || window.from >= window.to || window.to > 2 * DAY)
      return false;
    if (i && windows->items[i - 1].to >= window.from)
      return false;
  }
  return windows->count <= WINDOWS_MOST;
}

/* --- parsing texts ----------------------------------------------------------------------------------------------- */

/* A text and what was reported of it. */
struct parsed {
  struct source source;
  struct snippet snippet;
  struct collector collector;
  const struct hours *hours;
};

static void parse(struct arena *arena, struct sla_text text, struct parsed *parsed) {
  parsed->source = (struct source){"hours", text};
  parsed->snippet = snippet_of(&parsed->source);
  struct diags diags = collector_diags(&parsed->collector, arena);
  parsed->hours = hours_parse(arena, &diags, &parsed->snippet);
  assert_int_equal(parsed->hours == NULL, diags.errors > 0);
}

/* Hours that are right. */
static const struct hours *hours_of(struct arena *arena, const char *text) {
  static struct parsed parsed;
  parse(arena, (struct sla_text){text, strlen(text)}, &parsed);
  if (!parsed.hours)
    fail_msg("%s: %s", text, collector_text(&parsed.collector, arena));
  return parsed.hours;
}

/* The whole number that hexadecimal digits make. */
static int hex(const char *digits) {
  int value = 0;
  for (int i = 0; i < 2; i++)
    value = value * 16 + (digits[i] <= '9' ? digits[i] - '0' : (digits[i] | 0x20) - 'a' + 10);
  return value;
}

/* Replaces \n, \t and \xHH by what they stand for. */
static struct sla_text unescape(char *text) {
  size_t len = 0;
  for (const char *at = text; *at; at++) {
    if (*at != '\\') {
      text[len++] = *at;
    } else if (*++at == 'x') {
      text[len++] = (char)hex(at + 1);
      at += 2;
    } else {
      text[len++] = *at == 'n' ? '\n' : '\t';
    }
  }
  return (struct sla_text){text, len};
}

/* The next part of a line, up to a bar between blanks; NULL behind the last. */
static char *next_part(char **rest) {
  char *part = *rest;
  if (!part)
    return NULL;
  char *bar = strncmp(part, "| ", 2) == 0 ? part : strstr(part, " | ");
  *rest = bar ? bar + (bar == part && *bar == '|' ? 2 : 3) : NULL;
  if (bar)
    *bar = '\0';
  return part;
}

/* --- cases ------------------------------------------------------------------------------------------------------- */

static void windows_of_dates(void **state) {
  struct case_file cases = case_open("hours.txt");
  static struct parsed parsed;
  while (case_next(&cases)) {
    char *rest = cases.line;
    struct sla_text text = unescape(next_part(&rest));
    char *dates = next_part(&rest);
    bool is_holiday = strstr(next_part(&rest), "holiday") != NULL;
    const char *expected = next_part(&rest);
    parse(*state, text, &parsed);
    if (!parsed.hours) {
      case_wrong(&cases, "%s", collector_text(&parsed.collector, *state));
      continue;
    }
    assert_non_null(expected);
    for (size_t at = 0; dates[at]; at += dates[at] == ' ') {
      struct sla_text word = {dates + at, strcspn(dates + at, " ")};
      at += word.len;
      int date;
      struct windows windows;
      assert_true(date_read(word, &date));
      hours_windows(parsed.hours, date, is_holiday, &windows);
      if (!windows_are_sound(&windows) || strcmp(windows_text(&windows).text, expected) != 0)
        case_wrong(&cases, "%.*s: %s, not %s", (int)word.len, word.ptr, windows_text(&windows).text, expected);
    }
  }
  case_close(&cases);
}

/* Whether "1:7: error text" is at a place and has a part, given as "1:7 part". */
static bool diagnostic_is(const char *diagnostic, const char *expected) {
  const char *part = strchr(expected, ' ');
  assert_non_null(part);
  size_t place = (size_t)(part - expected);
  return strncmp(diagnostic, expected, place) == 0 && diagnostic[place] == ':' && strstr(diagnostic, part + 1);
}

static void errors(void **state) {
  struct case_file cases = case_open("hours-errors.txt");
  static struct parsed parsed;
  while (case_next(&cases)) {
    char *rest = cases.line, *expected;
    /* The line of a case without hours begins with the bar. */
    struct sla_text text = unescape(next_part(&rest));
    parse(*state, text, &parsed);
    size_t i = 0;
    for (; (expected = next_part(&rest)); i++)
      if (i >= parsed.collector.count || !diagnostic_is(parsed.collector.items[i], expected))
        case_wrong(&cases, "expected %s, got %s", expected,
                   i < parsed.collector.count ? parsed.collector.items[i] : "nothing more");
    for (; i < parsed.collector.count; i++)
      case_wrong(&cases, "unexpected: %s", parsed.collector.items[i]);
  }
  case_close(&cases);
}

/* --- limits ------------------------------------------------------------------------------------------------------ */

/* count copies of a text, each with its own number where it has %d, with a separator between. */
__attribute__((format(printf, 3, 0))) static struct sla_text repeat(struct arena *arena, size_t count,
                                                                    const char *format, const char *separator) {
  size_t room = count * 64 + 1, len = 0;
  char *text = arena_alloc(arena, room);
  for (size_t i = 0; i < count; i++) {
    char piece[64];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int wrote = snprintf(piece, sizeof piece, format, (int)i / 30, (int)i % 30 * 2, (int)i / 30, (int)i % 30 * 2 + 1);
#pragma GCC diagnostic pop
    assert_true(wrote > 0 && (size_t)wrote < sizeof piece);
    len += (size_t)snprintf(text + len, room - len, "%s%s", i ? separator : "", piece);
  }
  return (struct sla_text){text, len};
}

static void most_rules(void **state) {
  static struct parsed parsed;
  parse(*state, repeat(*state, HOURS_MOST_RULES, "Mo 09:00-17:00", ";"), &parsed);
  assert_non_null(parsed.hours);
  parse(*state, repeat(*state, HOURS_MOST_RULES + 1, "Mo 09:00-17:00", ";"), &parsed);
  collector_expect(&parsed.collector, "1:15001", "over 1000 rules");
}

static void longest_text(void **state) {
  static struct parsed parsed;
  size_t most = 64 * 1024;
  char *text = arena_alloc(*state, most + 1);
  memset(text, ' ', most + 1);
  memcpy(text, "24/7", 4);
  parse(*state, (struct sla_text){text, most}, &parsed);
  assert_non_null(parsed.hours);
  parse(*state, (struct sla_text){text, most + 1}, &parsed);
  collector_expect(&parsed.collector, "1:1", "hours are over 64 KiB long");
}

static void most_windows(void **state) {
  static const char span[] = "%02d:%02d-%02d:%02d", added[] = "Mo %02d:%02d-%02d:%02d";
  static struct parsed parsed;
  struct windows windows;
  parse(*state, repeat(*state, WINDOWS_MOST, span, ","), &parsed);
  assert_non_null(parsed.hours);
  hours_windows(parsed.hours, 0, false, &windows);
  assert_int_equal(windows.count, WINDOWS_MOST);
  parse(*state, repeat(*state, WINDOWS_MOST + 1, span, ","), &parsed);
  collector_expect(&parsed.collector, "1:769", "over 64 times in a list");

  parse(*state, repeat(*state, WINDOWS_MOST, added, ","), &parsed);
  assert_non_null(parsed.hours);
  hours_windows(parsed.hours, 4, false, &windows); /* 1970-01-05, a Monday */
  assert_int_equal(windows.count, WINDOWS_MOST);
  parse(*state, repeat(*state, WINDOWS_MOST + 1, added, ","), &parsed);
  collector_expect(&parsed.collector, "1:1", "over 64 windows may come together on one date");

  /* What is off splits windows. */
  struct sla_text off = repeat(*state, WINDOWS_MOST - 1, span, ",");
  const char *text = arena_printf(*state, "00:00-24:00; %.*s off", (int)off.len, off.ptr);
  hours_windows(hours_of(*state, text), 0, false, &windows);
  assert_int_equal(windows.count, WINDOWS_MOST - 1);
  off = repeat(*state, WINDOWS_MOST, span, ",");
  text = arena_printf(*state, "00:00-48:00; %.*s off", (int)off.len, off.ptr);
  parse(*state, (struct sla_text){text, strlen(text)}, &parsed);
  collector_expect(&parsed.collector, "1:1", "over 64 windows may come together on one date");

  /* Many rules with few times between them are no harm, nor are rules that replace one another. */
  parse(*state, repeat(*state, 500, "Mo 09:00-12:00,13:00-17:00", ", "), &parsed);
  assert_non_null(parsed.hours);
  parse(*state, repeat(*state, 600, "Mo %02d:%02d-%02d:%02d", ";"), &parsed);
  assert_non_null(parsed.hours);
}

/* Places inside a text that does not stand in its source as it is cannot be shown: errors are at its beginning. */
static void place_of_inexact_text(void **state) {
  struct source source = source_of("policy.yaml", "\"Mo-Fr \\u0066oo\"");
  struct snippet snippet = {{"Mo-Fr foo", 9}, {&source, 1, 1, 16}, false};
  struct collector collector;
  struct diags diags = collector_diags(&collector, *state);
  assert_null(hours_parse(*state, &diags, &snippet));
  collector_expect(&collector, "1:1", "unknown word \"foo\"");
  assert_int_equal(collector.widths[0], 16);
}

static void widths(void **state) {
  static struct parsed parsed;
  parse(*state, (struct sla_text){"Mo-Fr 9:00-17:00; Wensday off", 29}, &parsed);
  assert_int_equal(parsed.collector.count, 2);
  assert_int_equal(parsed.collector.widths[0], 10);
  assert_int_equal(parsed.collector.widths[1], 7);
}

static void no_text_at_all(void **state) {
  static struct parsed parsed;
  parse(*state, (struct sla_text){NULL, 0}, &parsed);
  collector_expect(&parsed.collector, "1:1", "no hours");
}

/* --- the smaller functions --------------------------------------------------------------------------------------- */

static void times_alone(void **state) {
  static const struct {
    const char *text, *expected; /* windows, or the place of an error and a part of it */
  } cases[] = {
      {"09:00-12:00", "09:00-12:00"},
      {" 13:00-17:00, 09:00-12:00 ", "09:00-12:00,13:00-17:00"},
      {"22:00-06:00", "22:00-30:00"},
      {"off", "-"},
      {"closed", "-"},
      {"00:00-23:59", "00:00-23:59"},
      {"", "1:1 hours end early"},
      {"Off", "1:1 did you mean \"off\"?"},
      {"24/7", "1:1 did you mean \"00:00-24:00\"?"},
      {"9-12", "1:1 did you mean \"09:00-12:00\"?"},
      {"Mo 09:00-12:00", "1:1 unexpected \"Mo\""},
      {"09:00-12:00 off", "1:13 unexpected \"off\": only times"},
      {"09:00-12:00,", "1:12 unexpected \",\": only times"},
      {"09:00-12:00; off", "1:12 unexpected \";\": only times"},
      {"sunrise-12:00", "1:1 \"sunrise\" is not supported"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct source source = source_of("dates", cases[i].text);
    struct snippet snippet = snippet_of(&source);
    struct collector collector;
    struct diags diags = collector_diags(&collector, *state);
    struct windows windows = {.count = 7};
    if (hours_parse_times(&diags, &snippet, &windows)) {
      assert_int_equal(diags.errors, 0);
      assert_string_equal(windows_text(&windows).text, cases[i].expected);
    } else {
      assert_int_equal(diags.errors, 1);
      assert_int_equal(windows.count, 7); /* set on success only */
      if (!diagnostic_is(collector.items[0], cases[i].expected))
        fail_msg("%s: expected %s, got %s", cases[i].text, cases[i].expected, collector.items[0]);
    }
  }
}

static void weekday_lists(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int expected; /* -1: no such list */
  } cases[] = {
      {"Mo", 0x01},    {"Su", 0x40},       {"Sa,Su", 0x60}, {"Mo-Fr", 0x1F}, {" Sa , Su ", 0x60},    {"Sa-Mo", 0x61},
      {"Mo-Su", 0x7F}, {"Fr,Mo-Tu", 0x13}, {"", -1},        {"sa", -1},      {"Saturday", -1},       {"Sa,", -1},
      {"Sa Su", -1},   {"Sa[1]", -1},      {"PH", -1},      {"Sa,PH", -1},   {"Sa 09:00-10:00", -1}, {"off", -1},
      {"Sa;Su", -1},   {"Sa–Su", -1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    unsigned weekdays = 0;
    bool read = weekdays_read((struct sla_text){cases[i].text, strlen(cases[i].text)}, &weekdays);
    if ((read ? (int)weekdays : -1) != cases[i].expected)
      fail_msg("\"%s\": %d, %#x", cases[i].text, read, weekdays);
  }
}

static void never_close(void **state) {
  static const struct {
    const char *text;
    bool expected;
  } cases[] = {
      {"24/7", true},
      {"24/7; PH off", true},
      {"Mo-Su", true},
      {"00:00-24:00", true},
      {"12:00-24:00,00:00-12:00", true},
      {"20:00-44:00", true},
      {"08:00-07:59,07:59-08:00", true},
      {"Mo-Fr 00:00-24:00; Sa-Su 00:00-24:00", true},
      {"Jan-Jun 00:00-24:00; Jul-Dec 00:00-24:00", true},
      {"1970-2199 00:00-24:00", true},
      {"week 01-53 00:00-24:00", true},
      {"24/7; 2026 Dec 24 00:00-24:00", true},
      {"Fr 00:00-30:00, Sa 06:00-24:00, Su-Th 00:00-24:00", true},
      {"off", false},
      {"Mo-Fr 09:00-17:00", false},
      {"Mo-Sa 00:00-24:00", false},
      {"00:00-23:59", false},
      {"20:00-43:59", false},
      {"24/7; 02:00-02:01 off", false},
      {"24/7; 2026 Dec 24 off", false},
      {"24/7; 2199 Dec 31 off", false},
      {"24/7; Dec 24 12:00-13:00 off", false},
      {"24/7; 2190+ Mo[1] off", false},
      {"24/7; week 53 Su off", false},
      {"Mo-Fr,PH 00:00-24:00", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (hours_never_close(hours_of(*state, cases[i].text)) != cases[i].expected)
      fail_msg("\"%s\" is %s", cases[i].text, cases[i].expected ? "not found to be always open" : "found always open");
  }
}

/* --- windows as sets of minutes ---------------------------------------------------------------------------------- */

/* The windows that a set of minutes makes. */
static struct windows windows_of_minutes(const bool minutes[MINUTES]) {
  struct windows windows = {.count = 0};
  for (int i = 0; i < MINUTES; i++) {
    if (!minutes[i])
      continue;
    int from = i;
    while (i < MINUTES && minutes[i])
      i++;
    assert_true(windows.count < WINDOWS_MOST);
    windows.items[windows.count++] = (struct window){from * MINUTE, i * MINUTE};
  }
  return windows;
}

/* Adds to and takes from a date's windows at random, beside a set of minutes. */
static void windows_are_sets_of_minutes(void **state) {
  (void)state;
  uint64_t random = test_seed();
  for (int run = 0; run < 3000; run++) {
    struct windows windows = {.count = 0};
    bool minutes[MINUTES] = {false};
    /* Few places make windows that touch and coincide, many make many windows. */
    int grain = (int)random_between(&random, 1, 4) == 1 ? 120 : 1;
    int longest = (int)random_between(&random, 1, 3) == 1 ? 600 : 30;
    for (int step = 0; step < 60; step++) {
      int from = (int)random_below(&random, MINUTES / grain) * grain;
      int to = from + (int)random_between(&random, 0, longest / grain) * grain;
      if (to > MINUTES)
        to = MINUTES;
      bool adds = random_below(&random, 3) != 0;
      struct window window = {from * MINUTE, to * MINUTE};
      assert_true(adds ? windows_add(&windows, window) : windows_remove(&windows, window));
      for (int i = from; i < to; i++)
        minutes[i] = adds;
      struct windows expected = windows_of_minutes(minutes);
      if (!windows_are_sound(&windows) || windows.count != expected.count ||
          memcmp(windows.items, expected.items, expected.count * sizeof *expected.items) != 0)
        fail_msg("run %d, step %d, %s %d-%d: %s, not %s", run, step, adds ? "add" : "remove", from, to,
                 windows_text(&windows).text, windows_text(&expected).text);
    }
  }
}

/* Where there is no room for one more, nothing changes. */
static void windows_are_full(void **state) {
  (void)state;
  struct windows windows = {.count = 0};
  for (int i = 0; i < WINDOWS_MOST; i++)
    assert_true(windows_add(&windows, (struct window){i * 600, i * 600 + 300}));
  struct windows before = windows;
  assert_false(windows_add(&windows, (struct window){DAY, DAY + 60}));
  assert_false(windows_add(&windows, (struct window){360, 420}));
  assert_false(windows_remove(&windows, (struct window){60, 120}));
  assert_memory_equal(&windows, &before, sizeof before);
  assert_true(windows_add(&windows, (struct window){300, 600})); /* joins two */
  assert_int_equal(windows.count, WINDOWS_MOST - 1);
  assert_true(windows_remove(&windows, (struct window){300, 600}));
  assert_memory_equal(&windows, &before, sizeof before);
  assert_true(windows_remove(&windows, (struct window){0, 2 * DAY}));
  assert_int_equal(windows.count, 0);
}

/* --- random rules ------------------------------------------------------------------------------------------------ */

/* Rules of weekdays and times at random, against what they mean minute by minute. */
static void random_rules(void **state) {
  static const char *const weekdays[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
  uint64_t random = test_seed();
  for (int run = 0; run < 2000; run++) {
    char text[1024] = "";
    static bool minutes[7][MINUTES]; /* of the windows that open on a weekday */
    memset(minutes, 0, sizeof minutes);
    int rules = (int)random_between(&random, 1, 6);
    for (int r = 0; r < rules; r++) {
      bool adds = r && random_below(&random, 2), off = random_below(&random, 3) == 0, has_times = true;
      int first = (int)random_below(&random, 7), last = (int)random_below(&random, 7);
      int from = (int)random_below(&random, 24 * 60), to = from + (int)random_between(&random, 1, 24 * 60);
      has_times = !off || random_below(&random, 2);
      size_t len = strlen(text);
      len += (size_t)snprintf(text + len, sizeof text - len, "%s%s-%s", r ? adds ? ", " : "; " : "", weekdays[first],
                              weekdays[last]);
      if (has_times)
        len += (size_t)snprintf(text + len, sizeof text - len, " %02d:%02d-%02d:%02d", from / 60, from % 60, to / 60,
                                to % 60);
      if (off)
        snprintf(text + len, sizeof text - len, " off");
      for (int i = 0; i < 7; i++) {
        bool holds = (i - first + 7) % 7 <= (last - first + 7) % 7;
        bool held_before = (i + 6 - first + 7) % 7 <= (last - first + 7) % 7; /* on the date before */
        if (holds && !(off && has_times) && (off || !adds))
          memset(minutes[i], 0, sizeof minutes[i]);
        for (int m = 0; has_times && m < MINUTES; m++) {
          bool within = from <= m && m < to, day_later = from + 24 * 60 <= m && m < to + 24 * 60;
          if (holds && !off && within)
            minutes[i][m] = true;
          if (holds && off && (within || day_later))
            minutes[i][m] = false;
          if (held_before && off && m < to - 24 * 60)
            minutes[i][m] = false;
        }
      }
    }
    const struct hours *hours = hours_of(*state, text);
    for (int i = 0; i < 7; i++) {
      struct windows windows, expected = windows_of_minutes(minutes[i]);
      hours_windows(hours, date_of(2026, 11, 16) + i, false, &windows);
      if (!windows_are_sound(&windows) || windows.count != expected.count ||
          memcmp(windows.items, expected.items, expected.count * sizeof *expected.items) != 0)
        fail_msg("%s on %s: %s, not %s", text, weekdays[i], windows_text(&windows).text, windows_text(&expected).text);
      hours_windows(hours, date_of(2026, 11, 16) + i, true, &windows);
      assert_int_equal(windows.count, 0); /* no rule has PH */
    }
  }
}

/* Hours that are accepted never bring too many windows together, also close to the limit (hours_windows asserts it). */
static void accepted_hours_fit(void **state) {
  static struct parsed parsed;
  uint64_t random = test_seed();
  int accepted = 0, most = 0;
  for (int run = 0; run < 2000; run++) {
    const char *text = "";
    int rules = (int)random_between(&random, 1, 6);
    for (int r = 0; r < rules; r++) {
      bool off = r && random_below(&random, 2);
      int times = (int)random_between(&random, 1, 24), reach = (int)random_between(&random, 5, 1800);
      text = arena_printf(*state, "%s%s", text, r ? random_below(&random, 2) ? ", Mo-Su " : "; " : "");
      for (int i = 0; i < times; i++) {
        int from = (int)random_below(&random, 24 * 60 / 5) * 5;
        int to = from + 5 + (int)random_below(&random, off ? 20 : reach < 24 * 60 ? reach : 24 * 60) / 5 * 5;
        text =
            arena_printf(*state, "%s%s%02d:%02d-%02d:%02d", text, i ? "," : "", from / 60, from % 60, to / 60, to % 60);
      }
      text = arena_printf(*state, "%s%s", text, off ? " off" : "");
    }
    parse(*state, (struct sla_text){text, strlen(text)}, &parsed);
    for (int date = 0; parsed.hours && date < 2; date++) {
      struct windows windows;
      hours_windows(parsed.hours, date, false, &windows);
      assert_true(windows_are_sound(&windows));
      accepted++;
      most = (int)windows.count > most ? (int)windows.count : most;
    }
  }
  assert_true(accepted > 1000 && most > WINDOWS_MOST / 2); /* else the test shows little */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(windows_of_dates),
      arena_test(errors),
      arena_test(most_rules),
      arena_test(longest_text),
      arena_test(most_windows),
      arena_test(place_of_inexact_text),
      arena_test(widths),
      arena_test(no_text_at_all),
      arena_test(times_alone),
      cmocka_unit_test(weekday_lists),
      arena_test(never_close),
      cmocka_unit_test(windows_are_sets_of_minutes),
      cmocka_unit_test(windows_are_full),
      arena_test(random_rules),
      arena_test(accepted_hours_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
