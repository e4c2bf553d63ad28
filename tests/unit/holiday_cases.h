/*
 * holiday_cases: runs files of cases about holiday sets and feeds; their format is explained at the top of
 * tests/cases/holidays.txt and holiday-errors.txt.
 */
#ifndef SLACLOCK_TESTS_HOLIDAY_CASES_H
#define SLACLOCK_TESTS_HOLIDAY_CASES_H

#include "holiday_world.h"

#include "base/text.h"

#include <limits.h>

/* Lines that a directive gave, to be met by the lines that follow it. */
struct lines {
  const char *items[1024];
  size_t count, met;
};

static inline void lines_add(struct lines *lines, const char *line) {
  assert_true(lines->count < sizeof lines->items / sizeof *lines->items);
  lines->items[lines->count++] = line;
}

static inline bool read_end(const char *text, size_t len, bool last, int *ret_date) {
  struct sla_text rest = {text, len};
  int year, month;
  if (date_read(rest, ret_date))
    return true;
  bool has_year = text_eat_digits(&rest, 4, &year),
       has_month = text_eat(&rest, '-') && text_eat_digits(&rest, 2, &month);
  if (!has_year || rest.len)
    return false;
  if (!has_month)
    month = last ? 12 : 1;
  *ret_date = date_of(year, month, last ? month_days(year, month) : 1);
  return true;
}

static inline bool read_range(const char *text, int *ret_first, int *ret_last) {
  const char *dots = strstr(text, "..");
  return read_end(text, dots ? (size_t)(dots - text) : strlen(text), false, ret_first) &&
         read_end(dots ? dots + 2 : text, strlen(dots ? dots + 2 : text), true, ret_last);
}

static inline unsigned read_rest(const char *text) {
  unsigned rest = 0;
  for (int day = 0; day < 7; day++)
    if (strstr(text, weekday_name(day)))
      rest |= 1u << day;
  return rest;
}

/* What of a line stands behind its colon and blank, and the words before it. */
struct directive {
  char *words[8];
  size_t count;
  const char *entries;
};

static inline struct directive directive_split(char *line) {
  struct directive directive = {0};
  char *colon = strstr(line, " : ");
  assert_non_null(colon);
  directive.entries = colon + 3;
  *colon = '\0';
  char *save = NULL;
  for (char *word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
    assert_true(directive.count < 8);
    directive.words[directive.count++] = word;
  }
  return directive;
}

static inline const char *directive_option(const struct directive *directive, const char *name) {
  for (size_t i = 1; i < directive->count; i++)
    if (strncmp(directive->words[i], name, strlen(name)) == 0)
      return directive->words[i] + strlen(name);
  return NULL;
}

/* The published form: the dates off of each year that are no weekly day off. */
static inline void add_published(struct world *world, const struct days_off *days, struct lines *lines) {
  const char *line = NULL;
  int year = 0, last = INT_MIN;
  for (size_t i = 0; i < days->count; i++) {
    const struct day_off *day = &days->items[i];
    bool is_off = day->kind == SLA_HOLIDAY || day->kind == SLA_CARRYOVER || day->kind == SLA_EXCHANGE_OFF;
    if (!is_off || world_is_rest(world, day->date) || day->date == last)
      continue;
    last = day->date;
    if (line && civil_of(day->date).year != year) {
      lines_add(lines, line);
      line = NULL;
    }
    year = civil_of(day->date).year;
    line = line ? line : arena_printf(&world->arena, "%d", year);
    line = arena_printf(&world->arena, "%s %s", line, date_text(day->date).text + 5);
  }
  if (line)
    lines_add(lines, line);
}

static inline void run_ask(struct case_file *cases, struct world *world, struct lines *lines) {
  struct directive directive = directive_split(cases->line);
  const char *rest = directive_option(&directive, "rest=");
  bool is_know = strcmp(directive.words[0], "know") == 0;
  world_reset(world, directive_option(&directive, "lang="));
  if (rest)
    world->rest = read_rest(rest);
  world_zone(world, directive_option(&directive, "zone="));
  int first = 0, last = 0;
  if (!is_know && (directive.count < 2 || !read_range(directive.words[1], &first, &last)))
    case_wrong(cases, "no span of dates");
  if (!world_read(world, directive.entries))
    case_wrong(cases, "%s", collector_text(&world->collector, &world->arena));
  for (size_t i = 0; is_know && i < world->source_count; i++) {
    int from, to;
    holiday_source_coverage(&world->sources[i], &from, &to);
    const char *name = holiday_source_name(&world->arena, &world->sources[i]);
    lines_add(lines, arena_printf(&world->arena, "%s %s..%s", name, from == INT_MIN ? "" : date_text(from).text,
                                  to == INT_MAX ? "" : date_text(to).text));
  }
  if (is_know)
    return;
  struct days_off days;
  world_expand(world, first, last, directive_option(&directive, "exchanges") != NULL, &days);
  if (strcmp(directive.words[0], "off") == 0)
    add_published(world, &days, lines);
  for (size_t i = 0; strcmp(directive.words[0], "ask") == 0 && i < days.count; i++)
    lines_add(lines, day_line(&world->arena, &days.items[i]));
}

/* A text without the test's own folder in it. */
static inline const char *without_folder(struct world *world, const char *text) {
  const char *prefix = arena_printf(&world->arena, "%s/", world->folder), *found;
  while ((found = strstr(text, prefix)))
    text = arena_printf(&world->arena, "%.*s%s", (int)(found - text), text, found + strlen(prefix));
  return text;
}

static inline void run_read(struct case_file *cases, struct world *world, struct lines *lines) {
  struct directive directive = directive_split(cases->line);
  world_reset(world, directive_option(&directive, "lang="));
  bool fits = world_read(world, directive.entries);
  if (fits != (world->diags.errors == 0))
    case_wrong(cases, "reading %s, with %u errors", fits ? "succeeded" : "failed", world->diags.errors);
  for (size_t i = 0; i < world->collector.count; i++) {
    const char *item = world->collector.items[i], *file = world->collector.files[i];
    bool has_place = item[0] >= '0' && item[0] <= '9';
    lines_add(lines, without_folder(world, arena_printf(&world->arena, "%s:%s%s", file, has_place ? "" : " ", item)));
  }
}

/* Whether a line is what is expected, or begins as expected where that ends in "...". */
static inline bool line_meets(const char *line, const char *expected) {
  size_t len = strlen(expected);
  if (len >= 3 && strcmp(expected + len - 3, "...") == 0)
    return strncmp(line, expected, len - 3) == 0;
  return strcmp(line, expected) == 0;
}

static inline void lines_end(struct case_file *cases, struct lines *lines) {
  for (; lines->met < lines->count; lines->met++)
    case_wrong(cases, "before this line: not expected: %s", lines->items[lines->met]);
  lines->count = lines->met = 0;
}

static inline void run_cases(const char *name) {
  struct world world;
  struct lines lines = {.count = 0};
  FILE *file = NULL;
  world_open(&world);
  struct case_file cases = case_open(name);
  while (case_next(&cases)) {
    const char *line = cases.line;
    if (line[0] == '|') {
      assert_non_null(file);
      fprintf(file, "%s\n", line[1] ? line + 2 : "");
      continue;
    }
    if (file)
      fclose(file);
    file = NULL;
    bool is_file = strncmp(line, "file ", 5) == 0, is_read = strncmp(line, "read ", 5) == 0;
    bool is_ask = !strncmp(line, "ask ", 4) || !strncmp(line, "off ", 4) || !strncmp(line, "know ", 5);
    if (is_file || is_read || is_ask)
      lines_end(&cases, &lines);
    if (is_file) {
      char path[256];
      snprintf(path, sizeof path, "%s/%s", world.folder, line + 5);
      file = fopen(path, "wx");
      assert_non_null(file);
    } else if (is_read) {
      run_read(&cases, &world, &lines);
    } else if (is_ask) {
      run_ask(&cases, &world, &lines);
    } else if (lines.met == lines.count) {
      case_wrong(&cases, "nothing more was found");
    } else if (!line_meets(lines.items[lines.met++], line)) {
      case_wrong(&cases, "found instead: %s", lines.items[lines.met - 1]);
    }
  }
  lines_end(&cases, &lines);
  case_close(&cases);
  world_close(&world);
}

#endif
