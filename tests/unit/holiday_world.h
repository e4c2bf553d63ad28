/*
 * holiday_world: a loader over a folder of a test's own files and the shipped sets (the folder SLACLOCK_CALENDARS,
 * default: calendars), for the tests of holiday sets and of carryover.
 */
#ifndef SLACLOCK_TESTS_HOLIDAY_WORLD_H
#define SLACLOCK_TESTS_HOLIDAY_WORLD_H

#include "helpers.h"

#include "base/yaml.h"
#include "holidays/holidays.h"

#include <unistd.h>

static inline const char *calendars_folder(void) {
  const char *folder = getenv("SLACLOCK_CALENDARS");
  return folder ? folder : "calendars";
}

/* The feeds that imitate real publishers (the folder SLACLOCK_FEEDS, default: tests/feeds). */
static inline const char *feeds_folder(void) {
  const char *folder = getenv("SLACLOCK_FEEDS");
  return folder ? folder : "tests/feeds";
}

struct world {
  char folder[64];
  struct arena arena;
  struct collector collector;
  struct diags diags;
  struct holiday_loader loader;
  const char *path[3];
  struct zones zones;
  const struct zone *zone; /* of the calendar that asks; NULL: there is none */
  unsigned rest;           /* weekdays off, bit 0 for Monday */
  struct holiday_source sources[16];
  size_t source_count;
};

static inline bool world_is_rest(const void *data, int date) {
  const struct world *world = data;
  return world->rest >> date_weekday(date) & 1;
}

static inline void world_open(struct world *world) {
  memset(world, 0, sizeof *world);
  snprintf(world->folder, sizeof world->folder, "/tmp/test_holidays-XXXXXX");
  assert_non_null(mkdtemp(world->folder));
  arena_init(&world->arena, TEST_ARENA_LIMIT);
}

/* Forgets what was loaded; the files stand. */
static inline void world_reset(struct world *world, const char *language) {
  arena_release(&world->arena);
  world->diags = collector_diags(&world->collector, &world->arena);
  world->path[0] = world->folder;
  world->path[1] = calendars_folder();
  world->path[2] = feeds_folder();
  zones_init(&world->zones, &world->arena, SLA_TZDATA_AUTO);
  world->zone = NULL;
  world->loader = (struct holiday_loader){.arena = &world->arena,
                                          .diags = &world->diags,
                                          .search = {world->path, 3},
                                          .language = language,
                                          .zones = &world->zones};
  world->rest = 1u << 5 | 1u << 6;
  world->source_count = 0;
}

static inline void world_close(struct world *world) {
  char command[128];
  arena_release(&world->arena);
  snprintf(command, sizeof command, "rm -r %s", world->folder);
  assert_int_equal(system(command), 0);
}

/* Has a calendar in a zone ask; NULL: none. */
static inline void world_zone(struct world *world, const char *name) {
  const char *problem;
  world->zone = name ? zone_find(&world->zones, (struct sla_text){name, strlen(name)}, &problem) : NULL;
  assert_true(!name || world->zone);
}

/* Reads a YAML list of entries into the world's sources; whether all went well. */
static inline bool world_read(struct world *world, const char *text) {
  struct source *source = arena_alloc(&world->arena, sizeof *source);
  *source = source_of("entry", arena_copy(&world->arena, text, strlen(text)));
  struct yaml_documents documents;
  yaml_parse(&world->arena, &world->diags, source, &documents);
  assert_int_equal(documents.count, 1);
  const struct yaml_node *list = &documents.items[0].root;
  assert_int_equal(list->kind, YAML_LIST);
  bool fits = true;
  for (size_t i = 0; i < list->count; i++) {
    assert_true(world->source_count < 16);
    if (holiday_source_read(&world->loader, world->folder, &list->items[i], &world->sources[world->source_count]))
      world->source_count++;
    else
      fits = false;
  }
  return fits;
}

static inline void world_expand(struct world *world, int first, int last, bool exchanges, struct days_off *ret_days) {
  struct holiday_request request = {first, last, exchanges, world_is_rest, world, world->zone};
  holidays_expand(&world->arena, world->sources, world->source_count, &request, ret_days);
}

static const char *const kind_names[] = {
    [SLA_HOLIDAY] = "holiday",           [SLA_CARRYOVER] = "carryover",
    [SLA_EXCHANGE_OFF] = "exchange-off", [SLA_EXCHANGE_WORK] = "exchange-work",
    [SLA_CLOSING] = "closing",
};

/* A day as the case files write it. */
static inline const char *day_line(struct arena *arena, const struct day_off *day) {
  const char *line = arena_printf(arena, "%s %s", date_text(day->date).text, kind_names[day->kind]);
  if (day->name)
    line = arena_printf(arena, "%s %s", line, day->name);
  if (day->from != day->date)
    line = arena_printf(arena, "%s < %s", line, date_text(day->from).text);
  if (day->rule)
    line = arena_printf(arena, "%s by %s", line, day->rule);
  if (day->kind == SLA_CLOSING)
    line = arena_printf(arena, "%s %02d:%02d-%02d:%02d", line, day->close_from / HOUR, day->close_from / MINUTE % 60,
                        day->close_to / HOUR, day->close_to / MINUTE % 60);
  return line;
}

#endif
