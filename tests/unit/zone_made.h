/*
 * zone_made: what the tests of zones share: TZif files made to measure, and the slow way to do what zone.c does fast.
 */
#ifndef SLACLOCK_TESTS_ZONE_MADE_H
#define SLACLOCK_TESTS_ZONE_MADE_H

#include "helpers.h"

#include "base/text.h"
#include "time/zone.h"
#include "time/zone_rules.h"

/* What every zone must be, wherever its rules come from. */
static inline void assert_sound(const struct zone *zone) {
  assert_true(zone->count > 0);
  assert_true(zone->spans[0].from == INT64_MIN);
  for (size_t i = 1; i < zone->count; i++) {
    assert_true(zone->spans[i].from > (i == 1 ? 0 : zone->spans[i - 1].from));
    assert_int_not_equal(zone->spans[i].offset, zone->spans[i - 1].offset);
  }
  assert_true(zone->count == 1 || zone->spans[zone->count - 1].from < ZONE_END);
}

/* What zone_instant promises, found by trying every span. */
static inline sla_time slow_instant(const struct zone *zone, int64_t local, enum sla_reading *ret_reading) {
  int times = 0;
  sla_time found = 0, gap = 0;
  for (size_t i = zone->count; i-- > 0;) {
    sla_time from = zone->spans[i].from, until = i + 1 < zone->count ? zone->spans[i + 1].from : INT64_MAX;
    sla_time t = local - zone->spans[i].offset;
    if (t >= from && t < until)
      found = t, times++;
    if (t >= until && i + 1 < zone->count && local - zone->spans[i + 1].offset < until)
      gap = t;
  }
  *ret_reading = times > 1 ? SLA_READ_LOCAL_OVERLAP : times == 1 ? SLA_READ_LOCAL : SLA_READ_LOCAL_GAP;
  return times ? found : gap;
}

/* --- TZif files made to measure ----------------------------------------------------------------------------------- */

enum { MADE_MOST = 8 };

struct made_type {
  int32_t offset;
  int is_summer, designation;
};

struct made_transition {
  sla_time at;
  int type;
};

struct made {
  char version; /* 1 to 4 */
  struct made_type types[MADE_MOST];
  int type_count;
  struct made_transition transitions[MADE_MOST];
  int transition_count;
  uint32_t leaps;
  const char *footer;
};

struct bytes {
  size_t count, capacity;
  char *items;
};

static inline void put(struct arena *arena, struct bytes *bytes, uint64_t value, int size) {
  for (int i = size - 1; i >= 0; i--)
    *ARENA_PUSH(arena, bytes) = (char)(value >> 8 * i & 0xFF);
}

static inline void put_text(struct arena *arena, struct bytes *bytes, const char *text) {
  for (; *text; text++)
    put(arena, bytes, (unsigned char)*text, 1);
}

static inline void put_header(struct arena *arena, struct bytes *bytes, const struct made *made, int transitions,
                              int types) {
  put_text(arena, bytes, "TZif");
  put(arena, bytes, made->version > 1 ? (unsigned)('0' + made->version) : 0, 1);
  put(arena, bytes, 0, 8);
  put(arena, bytes, 0, 7);
  put(arena, bytes, 0, 4);
  put(arena, bytes, 0, 4);
  put(arena, bytes, made->leaps, 4);
  put(arena, bytes, (unsigned)transitions, 4);
  put(arena, bytes, (unsigned)types, 4);
  put(arena, bytes, 4, 4);
}

static inline void put_block(struct arena *arena, struct bytes *bytes, const struct made *made, int time_size) {
  for (int i = 0; i < made->transition_count; i++)
    put(arena, bytes, (uint64_t)made->transitions[i].at, time_size);
  for (int i = 0; i < made->transition_count; i++)
    put(arena, bytes, (unsigned)made->transitions[i].type, 1);
  for (int i = 0; i < made->type_count; i++) {
    put(arena, bytes, (uint32_t)made->types[i].offset, 4);
    put(arena, bytes, (unsigned)made->types[i].is_summer, 1);
    put(arena, bytes, (unsigned)made->types[i].designation, 1);
  }
  put_text(arena, bytes, "LMT");
  put(arena, bytes, 0, 1);
  for (uint32_t i = 0; i < made->leaps; i++) {
    put(arena, bytes, i, time_size);
    put(arena, bytes, i + 1, 4);
  }
}

/* A file of version 2 or later has an empty block of version 1 before its own, as zic -b slim writes it. */
static inline struct sla_text make(struct arena *arena, const struct made *made) {
  struct bytes bytes = {0};
  if (made->version > 1) {
    struct made empty = {.version = made->version, .types = {{0}}, .type_count = 1};
    put_header(arena, &bytes, &empty, 0, 1);
    put_block(arena, &bytes, &empty, 4);
  }
  put_header(arena, &bytes, made, made->transition_count, made->type_count);
  put_block(arena, &bytes, made, made->version > 1 ? 8 : 4);
  if (made->version > 1) {
    put_text(arena, &bytes, "\n");
    put_text(arena, &bytes, made->footer ? made->footer : "");
    put_text(arena, &bytes, "\n");
  }
  return (struct sla_text){bytes.items, bytes.count};
}

/* Kyiv in brief: +3 from the start, +2 from 1990, changes in 2020, a footer from then on. */
static inline struct made made_sample(void) {
  return (struct made){
      .version = 2,
      .types = {{3 * HOUR, 0, 0}, {2 * HOUR, 0, 0}, {3 * HOUR, 1, 0}},
      .type_count = 3,
      .transitions = {{-1000000000, 0},
                      {utc(1990, 7, 1, 0, 0, 0), 1},
                      {utc(2020, 3, 29, 1, 0, 0), 2},
                      {utc(2020, 10, 25, 1, 0, 0), 1}},
      .transition_count = 4,
      .footer = "EET-2EEST,M3.5.0/3,M10.5.0/4",
  };
}

/* A copy that ends where its memory ends, so that reading past it is found by the address sanitizer. */
static inline const char *tzif_problem(struct arena *arena, struct sla_text text, struct zone *ret_zone) {
  char *exact = malloc(text.len ? text.len : 1);
  assert_non_null(exact);
  if (text.len)
    memcpy(exact, text.ptr, text.len);
  struct zone_spans spans = {0};
  const char *problem = zone_tzif_read(arena, (struct sla_text){exact, text.len}, &spans);
  free(exact);
  if (!problem)
    *ret_zone = (struct zone){.name = "made", .spans = spans.items, .count = spans.count};
  return problem;
}

#endif
