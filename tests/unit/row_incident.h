/* row_incident: incidents made up at random for the policies of row_world.h. */
#ifndef SLACLOCK_TESTS_ROW_INCIDENT_H
#define SLACLOCK_TESTS_ROW_INCIDENT_H

#include "row_world.h"

enum { TEXT = 400 };

/* An incident with its values, each in memory of its own, so that reading behind one is noticed. */
struct row {
  size_t count;
  struct sla_text values[WORLD_FIELDS];
  struct sla_list lists[WORLD_FIELDS];
  struct sla_text listed[2];
  struct sla_event event;
  struct sla_incident incident;
  sla_time now;
  struct calendar *calendar; /* to measure on; NULL: the targets' own */
};

/* Copies a value; an empty one has no memory now and then. */
static inline void put_value(struct world *world, struct row *row, size_t field, const char *bytes, size_t len) {
  free((char *)row->values[field].ptr);
  row->values[field] = (struct sla_text){NULL, len};
  if (len == 0 && one_in(world, 2))
    return;
  char *copy = malloc(len ? len : 1);
  assert_non_null(copy);
  memcpy(copy, bytes, len);
  row->values[field].ptr = copy;
}

static inline void put_string(struct world *world, struct row *row, size_t field, const char *string) {
  put_value(world, row, field, string, strlen(string));
}

/* What is seldom in a field of words. */
static inline void put_rare_word(struct world *world, struct row *row, size_t field) {
  char text[TEXT];
  size_t len = (size_t)random_between(&world->seed, 1, one_in(world, 3) ? 300 : 70);
  switch (random_below(&world->seed, 4)) {
  case 0: put_string(world, row, field, " "); break;
  case 1: put_value(world, row, field, "P1\0", 3); break; /* the byte behind it is a key's filling */
  case 2: put_value(world, row, field, "gold\0\0", 6); break;
  default: memset(text, 'x', len); put_value(world, row, field, text, len);
  }
}

static inline void put_word(struct world *world, struct row *row, size_t field, size_t word) {
  char text[32];
  if (one_in(world, 50))
    put_rare_word(world, row, field);
  else if (word == 2 && (world->kind == WORLD_MANY_VALUES || world->kind == WORLD_MANY_TARGETS) && !one_in(world, 3)) {
    snprintf(text, sizeof text, "C%d", (int)random_below(&world->seed, MANY_VALUES));
    put_string(world, row, field, text);
  } else if (world->kind == WORLD_MANY_VERSIONS)
    put_string(world, row, field, words[word].values[random_below(&world->seed, 2)]);
  else
    put_string(world, row, field, ONE_OF(world, words[word].values));
}

/* What the clocks show at an instant, or would if they had not just been put forward: a time that is skipped. */
static inline int64_t local_skipped(const struct zone *zone, sla_time t) {
  size_t span = zone_span_at(zone, t);
  bool has_skipped = span > 0 && zone->spans[span].offset > zone->spans[span - 1].offset &&
                     t - zone->spans[span].from < 2 * (sla_time)HOUR;
  return t + zone->spans[has_skipped ? span - 1 : span].offset;
}

/* An instant as text, mostly in a form that programs write. */
static inline void put_time(struct world *world, struct row *row, size_t field, sla_time t) {
  static const char *const wrong[] = {
      "soon",       "2026-02-30T10:00:00Z",      "1969-12-31T10:00:00Z",         "2200-01-01T00:00:00Z",
      "2026-01-31", "2026-01-31T10:00:00+25:00", "2026-01-31T10:00:00[No/Where]"};
  const struct zone *zone = world->quick->incident.input_zone;
  int32_t offset = (int32_t)random_between(&world->seed, -48, 56) * 900;
  char text[TEXT];
  int64_t form = random_below(&world->seed, 40);
  struct time_text east = time_text_at(t, offset), local = time_text_at(local_skipped(zone, t), 0);
  struct time_text z = time_text_at(t, 0);
  if (form < 12)
    put_string(world, row, field, z.text);
  else if (form < 20)
    put_string(world, row, field, east.text);
  else if (form < 29)
    put_value(world, row, field, local.text, 19);
  else if (form < 33) {
    local.text[10] = ' ';
    put_value(world, row, field, local.text, form < 32 ? 19 : 16);
  } else if (form == 33) {
    snprintf(text, sizeof text, "@%lld%s", (long long)t, one_in(world, 2) ? ".5" : "");
    put_string(world, row, field, text);
  } else if (form == 34) {
    snprintf(text, sizeof text, "%.19s.25%s", z.text, one_in(world, 2) ? "Z" : "-00:00");
    put_string(world, row, field, text);
  } else if (form == 35) {
    snprintf(text, sizeof text, "%.19s[%s]", local.text, ONE_OF(world, world_zones));
    put_string(world, row, field, text);
  } else if (form == 36) {
    snprintf(text, sizeof text, "%s[Europe/Kyiv]", time_text_at(t, one_in(world, 2) ? 7200 : 10800).text);
    put_string(world, row, field, text);
  } else if (form == 37) {
    snprintf(text, sizeof text, " %.10st%.8sz ", z.text, z.text + 11);
    put_string(world, row, field, text);
  } else if (form == 38)
    put_string(world, row, field, one_in(world, 2) ? "" : "  ");
  else
    put_string(world, row, field, one_in(world, 4) ? ONE_OF(world, wrong) : z.text);
}

static inline sla_time time_near(struct world *world) {
  sla_time t = (sla_time)world->date * DAY + random_between(&world->seed, -250 * DAY, 250 * DAY);
  if (world->kind == WORLD_MANY_VERSIONS)
    t = (sla_time)(world->date - 190) * DAY + random_below(&world->seed, MANY_VERSIONS * (sla_time)DAY);
  if (world->is_far && one_in(world, 100))
    t = random_between(&world->seed, SLA_TIME_MIN, SLA_TIME_MAX);
  const struct zone *zone = world->quick->incident.input_zone;
  size_t span = zone_span_at(zone, t);
  if (one_in(world, 5) && span + 1 < zone->count)
    return zone->spans[span + 1].from + random_between(&world->seed, -2 * HOUR, 2 * HOUR);
  return one_in(world, 4) ? t - t % HOUR : t;
}

static inline sla_time time_after(struct world *world, sla_time t) {
  static const sla_time most[] = {0, HOUR, 8 * HOUR, 3 * DAY, 20 * DAY, 200 * DAY};
  t += random_below(&world->seed, ONE_OF(world, most) + 1);
  return one_in(world, 40) ? t - random_below(&world->seed, 10 * DAY) : t;
}

/* Times are about when the incident was opened, and mostly behind that. */
static inline void put_values(struct world *world, struct row *row) {
  sla_time opened = time_near(world);
  for (size_t field = 0; field < row->count; field++) {
    const char *name = world->policy->fields.items[field];
    size_t word = 0;
    while (word < WORDS && strcmp(words[word].name, name) != 0)
      word++;
    if (word < WORDS)
      put_word(world, row, field, word);
    else if (strcmp(name, "opened_at") == 0)
      put_time(world, row, field, opened);
    else if (strcmp(name, "paused") == 0)
      put_string(world, row, field, one_in(world, 20) ? "2025-01-01T00:00Z/2025-02-01T00:00Z" : "");
    else if (one_in(world, 3))
      put_value(world, row, field, "", 0);
    else
      put_time(world, row, field, time_after(world, opened));
  }
  row->now = one_in(world, 2) ? (sla_time)world->date * DAY + 100 * DAY : time_after(world, opened);
  if (row->now < SLA_TIME_MIN || row->now > SLA_TIME_MAX)
    row->now = opened;
}

static inline size_t field_of(const struct world *world, const char *name) {
  for (size_t i = 0; i < world->policy->fields.count; i++)
    if (strcmp(world->policy->fields.items[i], name) == 0)
      return i;
  return SIZE_MAX;
}

/* What is no row's: events, lists, another calendar. */
static inline void put_more(struct world *world, struct row *row) {
  size_t status = field_of(world, "status"), priority = field_of(world, "priority");
  if (one_in(world, 30)) {
    row->event = (struct sla_event){.at = row->now - random_below(&world->seed, DAY), .kind = SLA_EVENT_CUSTOMER_REPLY};
    if (one_in(world, 2) && status != SIZE_MAX)
      row->event = (struct sla_event){.at = row->event.at, .field = status, .value = text_of("pending")};
    row->incident.events = &row->event;
    row->incident.event_count = 1;
  }
  if (one_in(world, 60) && priority != SIZE_MAX) {
    row->listed[0] = text_of("P2");
    row->listed[1] = text_of("P1");
    row->lists[priority] = (struct sla_list){row->listed, 2};
    row->incident.lists = row->lists;
  }
  if (one_in(world, 60))
    row->calendar = world->policy->calendars.items[random_below(&world->seed, (int64_t)world->policy->calendars.count)];
}

static inline void row_begin(struct world *world, struct row *row) {
  *row = (struct row){.count = world->policy->fields.count};
  row->incident.values = row->values;
  put_values(world, row);
  put_more(world, row);
}

static inline void row_end(struct row *row) {
  for (size_t i = 0; i < row->count; i++)
    free((char *)row->values[i].ptr);
}

/* --- results -------------------------------------------------------------------------------------------------------
 */

static inline bool same_text(const char *a, const char *b) {
  return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The member in which results differ; NULL: in none. */
static inline const char *result_difference(const struct sla_result *a, const struct sla_result *b) {
#define DIFFERS(member)                                                                                                \
  if (a->member != b->member)                                                                                          \
    return #member;
#define TEXT_DIFFERS(member)                                                                                           \
  if (!same_text(a->member, b->member))                                                                                \
    return #member;
  DIFFERS(status)
  DIFFERS(has_due)
  DIFFERS(has_elapsed)
  DIFFERS(due)
  DIFFERS(due_offset_s)
  DIFFERS(elapsed_s)
  DIFFERS(remaining_s)
  DIFFERS(zone)
  TEXT_DIFFERS(reason)
  TEXT_DIFFERS(coverage)
  TEXT_DIFFERS(rule.policy)
  TEXT_DIFFERS(rule.version)
  TEXT_DIFFERS(rule.file)
  DIFFERS(rule.line)
  DIFFERS(rule.calendar)
  DIFFERS(rule.clock)
  return NULL;
#undef DIFFERS
#undef TEXT_DIFFERS
}

#endif
