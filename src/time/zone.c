#include "time/zone.h"

#include "base/file.h"
#include "base/text.h"
#include "time/zone_rules.h"

enum { TZIF_LIMIT = 1024 * 1024, FIXED_MOST = 18 * HOUR, FAILURES_MOST = 100 };

/* --- finding ------------------------------------------------------------------------------------------------------ */

void zones_init(struct zones *zones, struct arena *arena, enum sla_tzdata tzdata) {
  *zones = (struct zones){.arena = arena, .tzdata = tzdata};
}

void zone_spans_add(struct arena *arena, struct zone_spans *spans, sla_time from, int32_t offset) {
  if (spans->count == 0)
    *ARENA_PUSH(arena, spans) = (struct zone_span){INT64_MIN, offset};
  else if (from <= 0)
    spans->items[0].offset = offset;
  else if (from < ZONE_END && spans->items[spans->count - 1].offset != offset)
    *ARENA_PUSH(arena, spans) = (struct zone_span){from, offset};
}

/* H, HH, HHMM, H:MM or HH:MM behind a sign. */
static bool clock_offset_read(struct sla_text text, int32_t *ret_offset) {
  bool west = text_eat(&text, '-');
  if (!west && !text_eat(&text, '+'))
    return false;
  int hours, minutes = 0;
  if (!text_eat_digits(&text, 2, &hours) && !text_eat_digits(&text, 1, &hours))
    return false;
  if ((text_eat(&text, ':') || text.len == 2) && !text_eat_digits(&text, 2, &minutes))
    return false;
  int32_t offset = hours * HOUR + minutes * MINUTE;
  if (text.len || minutes > 59 || offset > FIXED_MOST)
    return false;
  *ret_offset = west ? -offset : offset;
  return true;
}

bool zone_offset_read(struct sla_text name, int32_t *ret_offset) {
  if (text_is(name, "Z"))
    return *ret_offset = 0, true;
  if ((text_eat_string(&name, "UTC") || text_eat_string(&name, "GMT")) && name.len == 0)
    return *ret_offset = 0, true;
  return clock_offset_read(name, ret_offset);
}

/* A name a person wrote, made fit for a message of one line. */
static const char *name_shown(struct arena *arena, struct sla_text name) {
  size_t len = name.len < 2 * ZONE_NAME_MOST ? name.len : 2 * ZONE_NAME_MOST;
  while (len < name.len && len > 0 && ((unsigned char)name.ptr[len] & 0xC0) == 0x80)
    len--; /* not in the middle of a character */
  char *shown = arena_copy(arena, name.ptr, len);
  for (size_t i = 0; i < len; i++)
    if ((unsigned char)shown[i] < ' ' || shown[i] == 0x7F)
      shown[i] = '?';
  return len < name.len ? arena_printf(arena, "%s...", shown) : shown;
}

enum outcome { FOUND, ABSENT, BROKEN };

/* Looks a plain name up in the system's folder. */
static enum outcome file_lookup(struct arena *arena, const char *folder, struct sla_text name, struct zone_spans *spans,
                                const char **ret_problem) {
  const char *path = arena_printf(arena, "%s/%.*s", folder, TEXT_ARGS(name)), *problem;
  struct sla_text bytes;
  if (zone_is_folder(path))
    return ABSENT;
  switch (file_read(arena, path, TZIF_LIMIT, &bytes, &problem)) {
  case FILE_ABSENT: return ABSENT;
  case FILE_FAILED:
    *ret_problem = arena_printf(arena, "cannot read time zone file \"%s\": %s", path, problem);
    return BROKEN;
  case FILE_READ: break;
  }
  problem = zone_tzif_read(arena, bytes, spans);
  if (!problem)
    return FOUND;
  *ret_problem = arena_printf(arena, "broken time zone file \"%s\": %s", path, problem);
  return BROKEN;
}

/*
 * The system's rules: by the name's own file, else by that of the zone it is an alias of, since some systems install
 * older names apart.
 */
static enum outcome system_lookup(struct arena *arena, const char *folder, struct sla_text name,
                                  struct zone_spans *spans, const char **ret_problem) {
  enum outcome outcome = file_lookup(arena, folder, name, spans, ret_problem);
  if (outcome != ABSENT)
    return outcome;
  const char *target = zone_link_target(arena, folder, name);
  if (!target || !zone_name_is_plain(text_of(target)))
    return ABSENT;
  return file_lookup(arena, folder, text_of(target), spans, ret_problem);
}

/* The rules of a name from wherever the options say. A broken file is an error: ICU may be years older. */
static enum outcome rules_lookup(const struct zones *zones, struct sla_text name, struct zone_spans *spans,
                                 enum zone_source *ret_source, const char **ret_problem) {
  struct arena *arena = zones->scratch;
  int32_t offset;
  if (zone_offset_read(name, &offset)) {
    zone_spans_add(arena, spans, INT64_MIN, offset);
    *ret_source = ZONE_FIXED;
    return FOUND;
  }
  if (!zone_name_is_plain(name))
    return ABSENT;
  const char *folder = zones->tzdata == SLA_TZDATA_ICU ? NULL : zone_system_folder();
  enum outcome outcome = folder ? system_lookup(arena, folder, name, spans, ret_problem) : ABSENT;
  *ret_source = ZONE_SYSTEM;
  if (outcome == ABSENT && zones->tzdata != SLA_TZDATA_SYSTEM) {
    *ret_source = ZONE_ICU;
    outcome = zone_icu_read(arena, arena_copy(arena, name.ptr, name.len), spans) ? FOUND : ABSENT;
  } else if (!folder) {
    *ret_problem =
        arena_printf(arena, "no time zone files on this system for \"%.*s\": install tzdata", TEXT_ARGS(name));
    outcome = BROKEN;
  }
  return outcome;
}

static void scratch_release(void *scratch) {
  arena_release(scratch);
}

/* Memory for one lookup, freed with the zones if it is left by a jump. */
static struct arena *scratch_open(struct zones *zones) {
  if (!zones->scratch) {
    struct arena *scratch = arena_alloc(zones->arena, sizeof *scratch);
    arena_defer(zones->arena, scratch_release, scratch);
    zones->scratch = scratch;
  }
  arena_init(zones->scratch, 0);
  zones->scratch->limit = zones->arena->limit - zones->arena->used;
  zones->scratch->oom = zones->arena->oom;
  return zones->scratch;
}

static const uint16_t *index_spans(struct arena *arena, const struct zone *zone) {
  if (zone->count > UINT16_MAX)
    return NULL;
  size_t count = (size_t)(SLA_TIME_MAX >> ZONE_SHIFT) + 1, span = 0;
  uint16_t *by_time = arena_array(arena, count, sizeof *by_time);
  for (size_t i = 0; i < count; i++) {
    while (span + 1 < zone->count && zone->spans[span + 1].from <= (sla_time)i << ZONE_SHIFT)
      span++;
    by_time[i] = (uint16_t)span;
  }
  return by_time;
}

static const struct zone *zone_keep(struct zones *zones, struct sla_text name, enum zone_source source,
                                    const struct zone_spans *spans) {
  struct zone *zone = arena_alloc(zones->arena, sizeof *zone);
  *zone = (struct zone){
      .name = arena_copy(zones->arena, name.ptr, name.len),
      .source = source,
      .spans = arena_regrow(zones->arena, spans->items, spans->count, spans->count + 1, sizeof *spans->items),
      .count = spans->count,
  };
  zone->spans[zone->count].from = INT64_MAX;
  zone->by_time = index_spans(zones->arena, zone);
  return *ARENA_PUSH(zones->arena, zones) = zone;
}

/* Keeps why there is no zone of a name, as far as there is room. */
static const char *failure_keep(struct zones *zones, struct sla_text name, const char *problem) {
  if (zones->failures.count >= FAILURES_MOST)
    return "unknown zone, like many before it";
  if (!problem)
    problem = arena_printf(zones->scratch, "unknown zone \"%s\"%s", name_shown(zones->scratch, name),
                           zone_hint(zones->scratch, zones->tzdata, name));
  struct zone_failure failure = {arena_copy(zones->arena, name.ptr, name.len),
                                 arena_copy(zones->arena, problem, strlen(problem))};
  *ARENA_PUSH(zones->arena, &zones->failures) = failure;
  return failure.problem;
}

const struct zone *zone_known(const struct zones *zones, struct sla_text name) {
  for (size_t i = 0; i < zones->count; i++)
    if (text_is(name, zones->items[i]->name))
      return zones->items[i];
  return NULL;
}

const struct zone *zone_find(struct zones *zones, struct sla_text name, const char **ret_problem) {
  const struct zone *known = zone_known(zones, name);
  if (known)
    return known;
  for (size_t i = 0; i < zones->failures.count; i++)
    if (text_is(name, zones->failures.items[i].name))
      return *ret_problem = zones->failures.items[i].problem, NULL;

  struct arena *scratch = scratch_open(zones);
  struct zone_spans spans = {0};
  enum zone_source source;
  const char *problem = NULL;
  const struct zone *zone = NULL;
  if (rules_lookup(zones, name, &spans, &source, &problem) == FOUND)
    zone = zone_keep(zones, name, source, &spans);
  else
    *ret_problem = failure_keep(zones, name, problem);
  arena_release(scratch);
  return zone;
}

/* --- searching ---------------------------------------------------------------------------------------------------- */

size_t zone_span_search(const struct zone *zone, sla_time t) {
  size_t low = 0, high = zone->count; /* spans[low].from <= t, and t is before spans[high] */
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (zone->spans[middle].from <= t)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* Whether t lies in span i. */
static bool span_holds(const struct zone *zone, size_t i, sla_time t) {
  return zone->spans[i].from <= t && (i + 1 == zone->count || t < zone->spans[i + 1].from);
}

/* Local times far from any span's border, for which the sums below could overflow. */
static bool is_remote(int64_t local) {
  return local < -2 * DAY || local > ZONE_END + 2 * DAY;
}

static sla_time remote_instant(const struct zone *zone, int64_t local) {
  int32_t offset = zone->spans[local < 0 ? 0 : zone->count - 1].offset;
  sla_time t;
  if (__builtin_sub_overflow(local, offset, &t))
    t = local < 0 ? INT64_MIN : INT64_MAX;
  return t;
}

sla_time zone_instant(const struct zone *zone, int64_t local, enum sla_reading *ret_reading) {
  *ret_reading = SLA_READ_LOCAL;
  if (is_remote(local))
    return remote_instant(zone, local);

  /* Mostly no span begins or ends within the reach of any offset. */
  size_t nearest = zone_span_at(zone, local);
  const struct zone_span *span = &zone->spans[nearest];
  if ((nearest == 0 || local - ZONE_OFFSET_MAX >= span->from) &&
      (nearest + 1 == zone->count || local - ZONE_OFFSET_MIN < span[1].from))
    return local - span->offset;

  /* The offset is within -25 and +26 hours, so only spans that begin about then can show this local time. */
  size_t i = zone_span_at(zone, local - ZONE_OFFSET_MAX), before_gap = i;
  sla_time found = 0;
  int times = 0;
  for (; i < zone->count && zone->spans[i].from <= local - ZONE_OFFSET_MIN; i++) {
    sla_time t = local - zone->spans[i].offset;
    if (t >= zone->spans[i].from)
      before_gap = i;
    if (span_holds(zone, i, t) && times++ == 0)
      found = t;
  }
  if (times > 0) {
    *ret_reading = times > 1 ? SLA_READ_LOCAL_OVERLAP : SLA_READ_LOCAL;
    return found;
  }
  *ret_reading = SLA_READ_LOCAL_GAP;
  return local - zone->spans[before_gap].offset;
}
