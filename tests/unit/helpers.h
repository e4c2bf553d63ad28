/*
 * helpers: what the unit tests share. Everything is static inline, so that a test is one file and what it tests.
 *
 * Times are compared as text (assert_time), since a difference of seconds since 1970 tells a person nothing.
 * Diagnostics are collected as "LINE:COL: text" (struct collector). Cases that are data live in tests/cases
 * (struct case_file). Random tests take their seed from test_seed(), which prints it.
 */
#ifndef SLACLOCK_TESTS_HELPERS_H
#define SLACLOCK_TESTS_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/diag.h"
#include "slaclock.h"
#include "time/civil.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- memory ------------------------------------------------------------------------------------------------------ */

enum { TEST_ARENA_LIMIT = 512 * 1024 * 1024 };

/* A cmocka fixture: *state is a struct arena. It is not armed: running out of memory aborts the test program. */
static inline int arena_setup(void **state) {
  struct arena *arena = malloc(sizeof *arena);
  if (!arena)
    return -1;
  arena_init(arena, TEST_ARENA_LIMIT);
  *state = arena;
  return 0;
}

static inline int arena_teardown(void **state) {
  arena_release(*state);
  free(*state);
  return 0;
}

/* A test with a fresh arena as its *state. */
#define arena_test(function) cmocka_unit_test_setup_teardown(function, arena_setup, arena_teardown)

/*
 * Whether work runs without running out of a limit. The arena is released either way. Called with limits that grow by
 * 16, the alignment of pieces, it makes every allocation fail in turn.
 */
static inline bool runs_within(size_t limit, void (*work)(struct arena *arena)) {
  static struct arena arena;
  static jmp_buf oom;
  arena_init(&arena, limit);
  arena.oom = &oom;
  bool done = setjmp(oom) == 0;
  if (done)
    work(&arena);
  if (limit)
    assert_true(arena.used <= limit);
  arena_release(&arena);
  assert_int_equal(arena.used, 0);
  return done;
}

/* --- times as text ----------------------------------------------------------------------------------------------- */

struct time_text {
  char text[64];
};

/* t as a clock shows it that is offset_s seconds ahead of UTC: 2026-02-06T11:30:00+02:00, or Z for offset 0. */
static inline struct time_text time_text_at(sla_time t, int32_t offset_s) {
  struct time_text result;
  if (t < SLA_TIME_MIN - 2 * DAY || t > SLA_TIME_MAX + 2 * DAY) {
    snprintf(result.text, sizeof result.text, "out of range: %lld", (long long)t);
    return result;
  }
  int64_t local = t + offset_s;
  struct civil date = civil_of(local_date(local));
  int second = local_second(local), ahead = offset_s < 0 ? -offset_s : offset_s;
  int len = snprintf(result.text, sizeof result.text, "%04d-%02d-%02dT%02d:%02d:%02d", date.year, date.month, date.day,
                     second / HOUR, second / MINUTE % 60, second % 60);
  char *end = result.text + len;
  size_t room = sizeof result.text - (size_t)len;
  if (offset_s == 0)
    snprintf(end, room, "Z");
  else if (ahead % MINUTE == 0)
    snprintf(end, room, "%c%02d:%02d", offset_s < 0 ? '-' : '+', ahead / HOUR, ahead / MINUTE % 60);
  else
    snprintf(end, room, "%c%02d:%02d:%02d", offset_s < 0 ? '-' : '+', ahead / HOUR, ahead / MINUTE % 60, ahead % 60);
  return result;
}

/* Times equal a text such as "2026-02-06T09:30:00Z"; with an offset: "2026-02-06T11:30:00+02:00". */
#define assert_time(t, expected)              assert_string_equal(time_text_at((t), 0).text, (expected))
#define assert_time_at(t, offset_s, expected) assert_string_equal(time_text_at((t), (offset_s)).text, (expected))

/* Two times are the same; the message shows both as text. */
#define assert_times_equal(a, b) assert_string_equal(time_text_at((a), 0).text, time_text_at((b), 0).text)

/* A date equals a text such as "2026-02-06". */
static inline struct time_text date_text(int date) {
  struct civil civil = civil_of(date);
  struct time_text result;
  snprintf(result.text, sizeof result.text, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
  return result;
}
#define assert_date(date, expected) assert_string_equal(date_text(date).text, (expected))

/* The instant at which UTC clocks show this, for tests to write times readably. */
static inline sla_time utc(int year, int month, int day, int hour, int minute, int second) {
  return (sla_time)date_of(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second;
}

/* --- sources and diagnostics ------------------------------------------------------------------------------------- */

/* A C string as a source. The string must outlive it. */
static inline struct source source_of(const char *name, const char *string) {
  return (struct source){name, {string, strlen(string)}};
}

/* The whole of a one-line source as a snippet, the way an option's value is. */
static inline struct snippet snippet_of(const struct source *source) {
  return (struct snippet){source->text, {source, 1, 1, 0}, true};
}

enum { COLLECTOR_MOST = 256 };

/*
 * Keeps diagnostics as "LINE:COL: text"; warnings and notes as "LINE:COL: warning: text". Without a line the place is
 * left out. Give collector_options() to what is tested.
 */
struct collector {
  size_t count;
  char items[COLLECTOR_MOST][512];
  int widths[COLLECTOR_MOST];
  char files[COLLECTOR_MOST][128];        /* "" where there is none */
  char source_lines[COLLECTOR_MOST][256]; /* cut where longer; "" where there is none */
};

static inline void collector_diagnose(void *data, const struct sla_diagnostic *diagnostic) {
  static const char *const kinds[] = {[SLA_NOTE] = "note: ", [SLA_WARNING] = "warning: ", [SLA_ERROR] = ""};
  struct collector *collector = data;
  assert_true(collector->count < COLLECTOR_MOST);
  size_t i = collector->count++;
  char place[32] = "";
  if (diagnostic->line)
    snprintf(place, sizeof place, "%d:%d: ", diagnostic->line, diagnostic->column);
  snprintf(collector->items[i], sizeof collector->items[i], "%s%s%s", place, kinds[diagnostic->severity],
           diagnostic->text);
  collector->widths[i] = diagnostic->width;
  snprintf(collector->files[i], sizeof collector->files[i], "%s", diagnostic->file ? diagnostic->file : "");
  snprintf(collector->source_lines[i], sizeof collector->source_lines[i], "%s",
           diagnostic->source_line ? diagnostic->source_line : "");
}

/* Empties a collector and gives options that fill it. */
static inline struct sla_options collector_options(struct collector *collector) {
  collector->count = 0;
  return (struct sla_options){.diagnose = collector_diagnose, .diagnose_data = collector};
}

/* The same for what is below the API: diagnostics that are collected, warnings included. */
static inline struct diags collector_diags(struct collector *collector, struct arena *arena) {
  struct sla_options options = collector_options(collector);
  struct diags diags;
  diags_init(&diags, arena, &options);
  diags.silent_warnings = false;
  return diags;
}

/* All that was collected as one text, "; " between, for messages and comparisons. */
static inline const char *collector_text(const struct collector *collector, struct arena *arena) {
  const char *text = "";
  for (size_t i = 0; i < collector->count; i++)
    text = arena_printf(arena, "%s%s%s", text, i ? "; " : "", collector->items[i]);
  return text;
}

/* Exactly one thing was reported: it stands at a place and contains a text ("3:5", "did you mean"). */
static inline void collector_expect(const struct collector *collector, const char *place, const char *part) {
  if (collector->count != 1)
    fail_msg("%zu diagnostics, not one; expected %s: %s; the first is %s", collector->count, place, part,
             collector->count ? collector->items[0] : "(none)");
  size_t len = strlen(place);
  const char *item = collector->items[0];
  if (strncmp(item, place, len) != 0 || (len && item[len] != ':') || !strstr(item, part))
    fail_msg("expected %s: ...%s..., got %s", place, part, item);
}

/* --- case files -------------------------------------------------------------------------------------------------- */

/*
 * A file of cases, a line each. Empty lines and lines that begin with # are skipped:
 *
 *     struct case_file cases = case_open("civil.txt");
 *     while (case_next(&cases)) {
 *       const char *date = case_need(&cases, '|'), *weekday = case_need(&cases, '|');
 *       if (...) case_wrong(&cases, "is %s, not %s", ..., weekday);
 *     }
 *     case_close(&cases);
 *
 * case_wrong prints "FILE:LINE: ..." and goes on; case_close fails the test where anything was wrong or no case read.
 */
struct case_file {
  FILE *file;
  char path[512];
  int number;   /* of the line */
  char *line;   /* without its end */
  char *rest;   /* what case_field has not taken yet; NULL after the last field */
  size_t room;  /* of line */
  size_t cases; /* lines that case_next gave */
  size_t wrong;
};

static inline struct case_file case_open(const char *name) {
  const char *folder = getenv("SLACLOCK_CASES");
  struct case_file cases = {0};
  snprintf(cases.path, sizeof cases.path, "%s/%s", folder ? folder : "tests/cases", name);
  cases.file = fopen(cases.path, "rb");
  if (!cases.file)
    fail_msg("%s: %s (SLACLOCK_CASES names the folder)", cases.path, strerror(errno));
  return cases;
}

static inline bool case_next(struct case_file *cases) {
  ssize_t len;
  while ((len = getline(&cases->line, &cases->room, cases->file)) >= 0) {
    cases->number++;
    while (len > 0 && (cases->line[len - 1] == '\n' || cases->line[len - 1] == '\r'))
      cases->line[--len] = '\0';
    if (len == 0 || cases->line[0] == '#')
      continue;
    cases->cases++;
    cases->rest = cases->line;
    return true;
  }
  return false;
}

/* The next field of the line, without blanks around it; NULL where there is none left. The last takes all that is left
 * where separator is '\0'. */
static inline char *case_field(struct case_file *cases, char separator) {
  char *field = cases->rest;
  if (!field)
    return NULL;
  char *end = separator ? strchr(field, separator) : NULL;
  cases->rest = end ? end + 1 : NULL;
  if (!end)
    end = field + strlen(field);
  while (field < end && (*field == ' ' || *field == '\t'))
    field++;
  while (end > field && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  *end = '\0';
  return field;
}

/* The next field, which the line must have. */
static inline char *case_need(struct case_file *cases, char separator) {
  char *field = case_field(cases, separator);
  if (!field)
    fail_msg("%s:%d: a field is missing", cases->path, cases->number);
  return field;
}

/* Reports the case of the current line as wrong and goes on. */
static inline void case_wrong(struct case_file *cases, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void case_wrong(struct case_file *cases, const char *format, ...) {
  char text[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  print_error("%s:%d: %s\n", cases->path, cases->number, text);
  cases->wrong++;
}

static inline void case_close(struct case_file *cases) {
  fclose(cases->file);
  free(cases->line);
  cases->line = NULL;
  if (cases->cases == 0)
    fail_msg("%s: no cases", cases->path);
  if (cases->wrong)
    fail_msg("%s: %zu wrong, see above", cases->path, cases->wrong);
}

/* --- random ------------------------------------------------------------------------------------------------------ */

/* The seed of a random test: SEED of the environment, or a new one. Prints it, so that a failure can be run again. */
static inline uint64_t test_seed(void) {
  const char *text = getenv("SEED");
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)now.tv_sec * 1000000007u + (uint64_t)now.tv_nsec;
  print_message("SEED=%llu\n", (unsigned long long)seed);
  return seed;
}

/* The next of a sequence of random numbers; state is the seed at first (an add and a mix of its bits, as in
 * SplitMix64). */
static inline uint64_t random_next(uint64_t *state) {
  uint64_t x = *state += UINT64_C(0x9E3779B97F4A7C15);
  x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
  return x ^ x >> 31;
}

/* 0 to below - 1 (below at most 2^32: the bias is then too small to matter). */
static inline int64_t random_below(uint64_t *state, int64_t below) {
  return (int64_t)(random_next(state) % (uint64_t)below);
}

/* first to last, both included. */
static inline int64_t random_between(uint64_t *state, int64_t first, int64_t last) {
  return first + random_below(state, last - first + 1);
}

#endif
