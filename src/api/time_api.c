/* time_api: zones, times and dates. */
#include "api/handles.h"

#include "base/text.h"
#include "calendar/hours.h"
#include "time/amount.h"
#include "time/timestamp.h"

#include <stdlib.h>
#include <time.h>

#ifndef SLACLOCK_VERSION
#error "SLACLOCK_VERSION is set by the Makefile"
#endif

const char *sla_version(void) {
  return SLACLOCK_VERSION;
}

/* A zone with the memory it lives in; the zone comes first, so that its address is the handle's. */
struct loaded_zone {
  struct zone zone;
  struct arena arena;
  const struct sla_options *options; /* while it is loaded */
  const char *name;
  bool found;
};

static void load_zone(void *data) {
  struct loaded_zone *loaded = data;
  struct zones zones;
  const char *problem;
  zones_init(&zones, &loaded->arena, loaded->options->tzdata);
  const struct zone *zone = zone_find(&zones, text_of(loaded->name), &problem);
  loaded->found = zone != NULL;
  if (zone)
    loaded->zone = *zone;
  else
    report(loaded->options, NULL, problem);
}

enum sla_code sla_zone_load(const struct sla_options *options, const char *name, sla_zone **ret_zone) {
  struct loaded_zone *loaded = calloc(1, sizeof *loaded);
  if (!loaded)
    return SLA_NO_MEMORY;
  loaded->options = options_or_default(options);
  loaded->name = name;
  arena_init(&loaded->arena, loaded->options->memory_limit);
  bool done = arena_try(&loaded->arena, load_zone, loaded);
  if (done && loaded->found) {
    *ret_zone = (sla_zone *)loaded;
    return SLA_OK;
  }
  sla_zone_free((sla_zone *)loaded);
  return done ? SLA_NOT_FOUND : SLA_NO_MEMORY;
}

void sla_zone_free(sla_zone *zone) {
  if (zone)
    arena_release(&((struct loaded_zone *)zone)->arena);
  free(zone);
}

int32_t sla_zone_offset(const sla_zone *zone, sla_time t) {
  return zone_offset(zone_of(zone), t);
}

struct time_reading {
  struct arena arena;
  const struct sla_options *options;
  const struct time_format *format;
  const struct zone *zone;
  const char *what;
  struct sla_text text;
  bool failed;
  sla_time t;
  enum sla_reading reading;
};

static void read_time(void *data) {
  struct time_reading *reading = data;
  struct timestamp timestamp;
  const struct zone *zone = reading->zone;
  const char *problem = time_format_read(reading->format, reading->text, &timestamp);
  if (!problem && timestamp.zone.len) {
    struct zones zones;
    zones_init(&zones, &reading->arena, reading->options->tzdata);
    zone = zone_find(&zones, timestamp.zone, &problem);
  }
  if (zone && !problem)
    problem = timestamp_instant(&timestamp, zone, &reading->t, &reading->reading);
  reading->failed = problem != NULL;
  if (problem)
    report(reading->options, reading->what,
           arena_printf(&reading->arena, "%s: \"%.*s\"", problem, TEXT_ARGS(reading->text)));
}

enum sla_code sla_time_read_format(const struct sla_options *options, const sla_time_format *format,
                                   const sla_zone *zone, const char *what, struct sla_text text, sla_time *ret_time,
                                   enum sla_reading *ret_reading) {
  struct time_reading reading = {.options = options_or_default(options),
                                 .format = format_of(format),
                                 .zone = zone_of(zone),
                                 .what = what,
                                 .text = text};
  arena_init(&reading.arena, reading.options->memory_limit);
  bool done = arena_try(&reading.arena, read_time, &reading);
  arena_release(&reading.arena);
  if (!done)
    return SLA_NO_MEMORY;
  if (reading.failed)
    return SLA_INVALID;
  *ret_time = reading.t;
  *ret_reading = reading.reading;
  return SLA_OK;
}

enum sla_code sla_time_read(const struct sla_options *options, const sla_zone *zone, const char *what,
                            struct sla_text text, sla_time *ret_time, enum sla_reading *ret_reading) {
  return sla_time_read_format(options, NULL, zone, what, text, ret_time, ret_reading);
}

size_t sla_time_write(sla_time t, int32_t offset_s, bool utc, char text[SLA_TIME_TEXT]) {
  return timestamp_write(t, offset_s, utc, text);
}

sla_time sla_time_now(void) {
  return (sla_time)time(NULL);
}

size_t sla_duration_write(int64_t seconds, char text[SLA_DURATION_TEXT]) {
  return duration_write(seconds, text);
}

void sla_tzdata_compare(const struct sla_options *options, struct sla_tzdata_versions *ret_versions) {
  zone_versions(options_or_default(options)->tzdata, ret_versions);
}

bool sla_weekdays_read(struct sla_text text, unsigned *ret_weekdays) {
  return weekdays_read(text, ret_weekdays);
}

size_t sla_utf8_length(struct sla_text text) {
  return text_utf8_length(text);
}

const char *sla_nearest(struct sla_text word, const char *const *candidates, size_t count) {
  return text_nearest(word, candidates, count);
}

void sla_date_write(int date, char text[16]) {
  date_write(date, text);
}
