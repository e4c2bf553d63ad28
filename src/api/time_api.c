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

/* A zone with the memory it lives in; zone comes first, so that its address is the handle's. */
struct loaded_zone {
  struct zone zone;
  struct arena arena;
};

enum sla_code sla_zone_load(const struct sla_options *given, const char *name, sla_zone **ret_zone) {
  const struct sla_options *const options = options_or_default(given);
  struct arena arena;
  jmp_buf oom;
  arena_init(&arena, options->memory_limit);
  arena.oom = &oom;
  if (setjmp(oom)) {
    arena_release(&arena);
    return SLA_NO_MEMORY;
  }
  struct loaded_zone *loaded = arena_alloc(&arena, sizeof *loaded);
  struct zones zones;
  zones_init(&zones, &arena, options->tzdata);
  const char *problem;
  const struct zone *zone = zone_find(&zones, text_of(name), &problem);
  if (!zone) {
    report(options, NULL, problem);
    arena_release(&arena);
    return SLA_NOT_FOUND;
  }
  loaded->zone = *zone;
  loaded->arena = arena;
  *ret_zone = (sla_zone *)loaded;
  return SLA_OK;
}

void sla_zone_free(sla_zone *zone) {
  if (!zone)
    return;
  struct arena arena = ((struct loaded_zone *)zone)->arena;
  arena_release(&arena);
}

int32_t sla_zone_offset(const sla_zone *zone, sla_time t) {
  return zone_offset(zone_of(zone), t);
}

enum sla_code sla_time_read(const struct sla_options *given, const sla_zone *zone, const char *what,
                            struct sla_text text, sla_time *ret_time, enum sla_reading *ret_reading) {
  const struct sla_options *const options = options_or_default(given);
  struct arena arena;
  jmp_buf oom;
  arena_init(&arena, options->memory_limit);
  arena.oom = &oom;
  if (setjmp(oom)) {
    arena_release(&arena);
    return SLA_NO_MEMORY;
  }
  struct timestamp timestamp;
  const struct zone *in = zone_of(zone);
  const char *problem = timestamp_parse(text, &timestamp);
  if (!problem && timestamp.zone.len) {
    struct zones zones;
    zones_init(&zones, &arena, options->tzdata);
    in = zone_find(&zones, timestamp.zone, &problem);
  }
  if (in && !problem)
    problem = timestamp_instant(&timestamp, in, ret_time, ret_reading);
  if (problem)
    report(options, what, arena_printf(&arena, "%s: \"%.*s\"", problem, TEXT_ARGS(text)));
  arena_release(&arena);
  return problem ? SLA_INVALID : SLA_OK;
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

const char *sla_nearest(struct sla_text word, const char *const *candidates, size_t count) {
  return text_nearest(word, candidates, count);
}

void sla_date_write(int date, char text[16]) {
  date_write(date, text);
}
