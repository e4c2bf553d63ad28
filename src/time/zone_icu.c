/* Time zone rules of ICU: where the system has none, or where they are asked for. */
#include "base/text.h"
#include "time/icu.h"
#include "time/zone_rules.h"

#include <unicode/ucal.h>
#include <unicode/uenum.h>
#include <unicode/ustring.h>

enum { NAME_ROOM = 128 };

#define FUNCTIONS(X)                                                                                                   \
  X(ucal_open)                                                                                                         \
  X(ucal_close)                                                                                                        \
  X(ucal_get)                                                                                                          \
  X(ucal_setMillis)                                                                                                    \
  X(ucal_getCanonicalTimeZoneID)                                                                                       \
  X(ucal_getTimeZoneTransitionDate)                                                                                    \
  X(ucal_getTimeZoneIDForWindowsID)                                                                                    \
  X(ucal_getTZDataVersion)                                                                                             \
  X(ucal_openTimeZones)                                                                                                \
  X(uenum_next)                                                                                                        \
  X(uenum_close)                                                                                                       \
  X(u_charsToUChars)                                                                                                   \
  X(u_UCharsToChars)

struct icu_zones {
  FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const function_names[] = {FUNCTIONS(LIBRARY_NAME)};

static bool zones_load(struct icu_zones *icu) {
  return icu_load(function_names, sizeof function_names / sizeof *function_names, icu);
}

/* ICU's handles outlive a jump out of the arena: they are closed when they are done with, or else with the arena. */
struct calendar_guard {
  struct icu_zones icu;
  UCalendar *calendar;
};

static void calendar_close(void *data) {
  struct calendar_guard *guard = data;
  if (guard->calendar)
    guard->icu.ucal_close(guard->calendar);
  guard->calendar = NULL;
}

struct list_guard {
  struct icu_zones icu;
  UEnumeration *list;
};

static void list_close(void *data) {
  struct list_guard *guard = data;
  if (guard->list)
    guard->icu.uenum_close(guard->list);
  guard->list = NULL;
}

/* A name in UTF-16; false where ICU knows no such zone. ucal_open takes any name, and an unknown one for GMT. */
static bool name_convert(const struct icu_zones *icu, const char *name, UChar ret_name[NAME_ROOM]) {
  if (strlen(name) >= NAME_ROOM)
    return false;
  icu->u_charsToUChars(name, ret_name, (int32_t)strlen(name) + 1);
  UChar canonical[NAME_ROOM];
  UBool known = false;
  UErrorCode status = U_ZERO_ERROR;
  icu->ucal_getCanonicalTimeZoneID(ret_name, -1, canonical, NAME_ROOM, &known, &status);
  return U_SUCCESS(status) && known;
}

/* Offset at t; false where ICU fails. */
static bool offset_at(const struct calendar_guard *guard, sla_time t, int32_t *ret_offset) {
  UErrorCode status = U_ZERO_ERROR;
  guard->icu.ucal_setMillis(guard->calendar, (UDate)t * 1000, &status);
  int32_t zone = guard->icu.ucal_get(guard->calendar, UCAL_ZONE_OFFSET, &status);
  int32_t summer = guard->icu.ucal_get(guard->calendar, UCAL_DST_OFFSET, &status);
  *ret_offset = (zone + summer) / 1000;
  return U_SUCCESS(status);
}

static bool transitions_read(struct arena *arena, const struct calendar_guard *guard, struct zone_spans *spans) {
  int32_t offset;
  UErrorCode status = U_ZERO_ERROR;
  if (!offset_at(guard, 0, &offset))
    return false;
  zone_spans_add(arena, spans, INT64_MIN, offset);
  UDate date;
  sla_time last = 0;
  while (guard->icu.ucal_getTimeZoneTransitionDate(guard->calendar, UCAL_TZ_TRANSITION_NEXT, &date, &status) &&
         U_SUCCESS(status)) {
    sla_time from = (sla_time)(date / 1000);
    if (from >= ZONE_END)
      break;
    if (from <= last || !offset_at(guard, from, &offset))
      return false;
    last = from;
    zone_spans_add(arena, spans, from, offset);
  }
  return U_SUCCESS(status);
}

bool zone_icu_read(struct arena *arena, const char *name, struct zone_spans *ret_spans) {
  UChar wide[NAME_ROOM];
  struct calendar_guard *guard = arena_alloc(arena, sizeof *guard);
  if (!zones_load(&guard->icu) || !name_convert(&guard->icu, name, wide))
    return false;
  arena_defer(arena, calendar_close, guard);
  UErrorCode status = U_ZERO_ERROR;
  guard->calendar = guard->icu.ucal_open(wide, -1, "en", UCAL_GREGORIAN, &status);
  struct zone_spans spans = {0};
  bool ok = U_SUCCESS(status) && transitions_read(arena, guard, &spans);
  calendar_close(guard);
  if (ok)
    *ret_spans = spans;
  return ok;
}

struct names {
  const char **items;
  size_t count, capacity;
};

const char *const *zone_icu_names(struct arena *arena, size_t *ret_count) {
  struct names names = {0};
  struct list_guard *guard = arena_alloc(arena, sizeof *guard);
  *ret_count = 0;
  if (!zones_load(&guard->icu))
    return NULL;
  arena_defer(arena, list_close, guard);
  UErrorCode status = U_ZERO_ERROR;
  guard->list = guard->icu.ucal_openTimeZones(&status);
  const char *name;
  int32_t len;
  while (U_SUCCESS(status) && (name = guard->icu.uenum_next(guard->list, &len, &status)))
    *ARENA_PUSH(arena, &names) = arena_copy(arena, name, (size_t)len);
  list_close(guard);
  *ret_count = names.count;
  return names.items;
}

const char *zone_icu_version(void) {
  struct icu_zones icu;
  if (!zones_load(&icu))
    return NULL;
  UErrorCode status = U_ZERO_ERROR;
  const char *version = icu.ucal_getTZDataVersion(&status);
  return U_SUCCESS(status) ? version : NULL;
}

const char *zone_of_windows(struct arena *arena, struct sla_text name) {
  char narrow[NAME_ROOM];
  UChar wide[NAME_ROOM], found[NAME_ROOM];
  if (name.len >= NAME_ROOM)
    return NULL;
  if (name.len)
    memcpy(narrow, name.ptr, name.len);
  narrow[name.len] = '\0';
  for (size_t i = 0; i < name.len; i++)
    if (narrow[i] < ' ' || narrow[i] > '~')
      return NULL;
  struct icu_zones icu;
  if (!zones_load(&icu))
    return NULL;
  icu.u_charsToUChars(narrow, wide, (int32_t)name.len + 1);
  UErrorCode status = U_ZERO_ERROR;
  int32_t len = icu.ucal_getTimeZoneIDForWindowsID(wide, -1, NULL, found, NAME_ROOM, &status);
  if (U_FAILURE(status) || len <= 0 || len >= NAME_ROOM)
    return NULL;
  icu.u_UCharsToChars(found, narrow, len);
  return arena_copy(arena, narrow, (size_t)len);
}
