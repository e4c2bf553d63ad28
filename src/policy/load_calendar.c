/* load_calendar: the map `calendars` of a policy file. */
#include "base/text.h"
#include "policy/load.h"
#include "time/civil.h"

#include <limits.h>
#include <stdlib.h>

const struct zone *load_zone(struct loader *loader, const struct yaml_node *node) {
  const char *name, *problem;
  if (!field_text(loader->diags, node, "a zone", &name))
    return NULL;
  const struct zone *zone = zone_find(&loader->policy->zones, node->text, &problem);
  if (!zone)
    diag_error(loader->diags, node->place, "%s", problem);
  else if (zone_name_is_inverted(node->text))
    diag_warning(
        loader->diags, node->place,
        "\"%s\" has IANA's inverted sign: its clocks show UTC%+d; write the offset itself if that is not meant", name,
        (int)(zone_offset(zone, 0) / HOUR));
  return zone;
}

struct calendar *version_calendar(const struct version *version, struct sla_text name) {
  for (size_t i = 0; i < version->calendars.count; i++)
    if (text_is(name, version->calendars.items[i]->name))
      return version->calendars.items[i];
  return NULL;
}

struct calendar *load_calendar_name(struct loader *loader, const struct yaml_node *node) {
  const char *name;
  if (!field_text(loader->diags, node, "the name of a calendar", &name))
    return NULL;
  const struct version *version = loader->version;
  struct calendar *calendar = version_calendar(version, node->text);
  if (calendar)
    return calendar;
  size_t known = loader->diags->errors < DIAG_MOST ? version->calendars.count : 0; /* what is not shown needs no hint */
  const char **names = arena_array(loader->arena, known, sizeof *names);
  for (size_t i = 0; i < known; i++)
    names[i] = version->calendars.items[i]->name;
  diag_error(loader->diags, node->place, "unknown calendar \"%s\"%s", name,
             text_hint(loader->arena, node->text, names, known));
  return NULL;
}

static int exception_compare(const void *left, const void *right) {
  const struct exception *a = left, *b = right;
  return (a->date > b->date) - (a->date < b->date);
}

static void load_dates(struct loader *loader, struct calendar *calendar, const struct yaml_node *dates) {
  if (dates->kind != YAML_MAP) {
    diag_error(loader->diags, dates->place, "\"dates\" must be a map of dates and their hours, not %s",
               yaml_kind_name(dates));
    return;
  }
  struct exception *exceptions = arena_array(loader->arena, dates->count, sizeof *exceptions);
  size_t count = 0;
  for (size_t i = 0; i < dates->count; i++) {
    const struct yaml_entry *entry = &dates->entries[i];
    struct exception exception;
    bool fits = field_date(loader->diags, &entry->key, &exception.date);
    const char *text;
    if (!field_text(loader->diags, &entry->value, "the hours of a date", &text))
      continue;
    struct snippet snippet = yaml_snippet(&entry->value);
    if (hours_parse_times(loader->diags, &snippet, &exception.windows) && fits)
      exceptions[count++] = exception;
  }
  qsort(exceptions, count, sizeof *exceptions, exception_compare);
  calendar->exceptions = exceptions;
  calendar->exception_count = count;
}

static void load_weekend(struct loader *loader, struct calendar *calendar, const struct yaml_node *node) {
  struct texts days;
  if (!field_texts(loader->diags, node, "\"weekend\"", &days))
    return;
  calendar->has_weekend = true;
  for (size_t i = 0; i < days.count; i++) {
    unsigned bits;
    if (weekdays_read(days.items[i], &bits))
      calendar->weekend |= bits;
    else
      diag_error(loader->diags, node->kind == YAML_LIST ? node->items[i].place : node->place,
                 "no such weekdays \"%.*s\": write Mo Tu We Th Fr Sa Su, as in [Sa, Su]", TEXT_ARGS(days.items[i]));
  }
}

static void load_eve(struct loader *loader, struct calendar *calendar, const struct yaml_node *node) {
  const char *text;
  if (!field_text(loader->diags, node, "\"holiday_eve\"", &text))
    return;
  struct sla_text amount = node->text;
  if (!text_eat(&amount, '-')) {
    diag_error(loader->diags, node->place, "the day before a holiday gets shorter: write it like -1h");
    return;
  }
  int64_t seconds;
  const char *problem = amount_read_seconds(loader->arena, amount, &seconds);
  if (problem || seconds > DAY)
    diag_error(loader->diags, node->place, "%s", problem ? problem : "a day has 24 hours to take from");
  else
    calendar->eve_s = (int)seconds;
}

/* Narrows the dates that a calendar knows to those that a holiday source knows. */
static void narrow_coverage(struct calendar *calendar, int first, int last, const char *name) {
  if (first <= calendar->covered_first && last >= calendar->covered_last)
    return;
  if (first > calendar->covered_first)
    calendar->covered_first = first;
  if (last < calendar->covered_last)
    calendar->covered_last = last;
  calendar->covered_by = name;
}

static void load_holidays(struct loader *loader, struct calendar *calendar, const struct yaml_node *node) {
  size_t listed = !node ? 0 : node->kind == YAML_LIST ? node->count : 1;
  const struct yaml_node *items = node && node->kind == YAML_LIST ? node->items : node;
  if (listed > POLICY_MOST_HOLIDAYS) {
    diag_error(loader->diags, node->place, "more than %d holiday sets", POLICY_MOST_HOLIDAYS);
    return;
  }
  struct holiday_source *sources = arena_array(loader->arena, listed + 1, sizeof *sources);
  size_t count = 0;
  for (size_t i = 0; i < listed; i++)
    count += holiday_source_read(&loader->holidays, load_folder(loader, items[i].place), &items[i], &sources[count]);
  if (loader->extra_holidays.set)
    sources[count++] = loader->extra_holidays;
  for (size_t i = 0; i < count; i++) {
    int first, last;
    holiday_source_coverage(&sources[i], &first, &last);
    narrow_coverage(calendar, first, last, holiday_source_name(loader->arena, &sources[i]));
  }
  calendar->holidays = sources;
  calendar->holiday_count = count;
}

static void load_plain(struct loader *loader, struct calendar *calendar, const struct yaml_node *node) {
  const struct yaml_node *hours = yaml_get(node, "hours"), *value;
  const char *text;
  if (!hours)
    diag_error(loader->diags, calendar->place, "calendar \"%s\" needs \"hours\", \"union\" or \"intersection\"",
               calendar->name);
  else if (field_text(loader->diags, hours, "\"hours\"", &text)) {
    struct snippet snippet = yaml_snippet(hours);
    calendar->hours = hours_parse(loader->arena, loader->diags, &snippet);
  }
  load_holidays(loader, calendar, yaml_get(node, "holidays"));
  if ((value = yaml_get(node, "exchanges")))
    field_flag(loader->diags, value, &calendar->exchanges);
  if ((value = yaml_get(node, "holiday_eve")))
    load_eve(loader, calendar, value);
  if ((value = yaml_get(node, "weekend")))
    load_weekend(loader, calendar, value);
  if ((value = yaml_get(node, "dates")))
    load_dates(loader, calendar, value);
}

static void load_composition(struct loader *loader, struct calendar *calendar, const struct yaml_node *node,
                             const struct yaml_node *members) {
  static const char *const plain_keys[] = {"hours", "holidays", "exchanges", "holiday_eve", "weekend", "dates"};
  for (size_t i = 0; i < sizeof plain_keys / sizeof *plain_keys; i++)
    if (yaml_get(node, plain_keys[i]))
      diag_error(loader->diags, yaml_get(node, plain_keys[i])->place,
                 "\"%s\" does not go with a union or intersection: it belongs into its members", plain_keys[i]);
  if (members->kind != YAML_LIST || members->count == 0) {
    diag_error(loader->diags, members->place, "a list of calendars is expected here, not %s",
               members->kind == YAML_LIST ? "an empty list" : yaml_kind_name(members));
    return;
  }
  if (members->count > POLICY_MOST_MEMBERS) {
    diag_error(loader->diags, members->place, "a composition of more than %d calendars", POLICY_MOST_MEMBERS);
    return;
  }
  calendar->members = arena_array(loader->arena, members->count, sizeof *calendar->members);
  for (size_t i = 0; i < members->count; i++) {
    struct calendar *member = load_calendar_name(loader, &members->items[i]);
    bool is_new = member != NULL;
    for (size_t k = 0; k < calendar->member_count && is_new; k++)
      is_new = calendar->members[k] != member;
    if (is_new)
      calendar->members[calendar->member_count++] = member;
  }
}

static const struct field_key calendar_keys[] = {
    {"zone", FIELD_OPTIONAL},      {"hours", FIELD_OPTIONAL},       {"holidays", FIELD_OPTIONAL},
    {"exchanges", FIELD_OPTIONAL}, {"holiday_eve", FIELD_OPTIONAL}, {"weekend", FIELD_OPTIONAL},
    {"dates", FIELD_OPTIONAL},     {"union", FIELD_OPTIONAL},       {"intersection", FIELD_OPTIONAL},
};

static void load_calendar(struct loader *loader, struct calendar *calendar, const struct yaml_node *node) {
  if (!fields_check(loader->diags, node, "a calendar", calendar_keys, sizeof calendar_keys / sizeof *calendar_keys) &&
      node->kind != YAML_MAP)
    return;
  const struct yaml_node *zone = yaml_get(node, "zone");
  calendar->zone = zone ? load_zone(loader, zone) : loader->version->zone;
  const struct yaml_node *members = yaml_get(node, "union"), *both = yaml_get(node, "intersection");
  if (members && both)
    diag_error(loader->diags, both->place, "a calendar is a union or an intersection, not both");
  calendar->kind = members ? CALENDAR_UNION : both ? CALENDAR_INTERSECTION : CALENDAR_PLAIN;
  if (members || both)
    load_composition(loader, calendar, node, members ? members : both);
  else
    load_plain(loader, calendar, node);
}

/*
 * Walks into a composition: refuses one that contains itself, and gives it the coverage of its members, since it knows
 * only what all of them know.
 */
static void resolve_composition(struct loader *loader, struct calendar *calendar, int depth) {
  if (calendar->resolved == CALENDAR_RESOLVED)
    return;
  if (calendar->resolved == CALENDAR_RESOLVING || depth > YAML_MOST_DEEP) {
    diag_error(loader->diags, calendar->place, "calendar \"%s\" %s", calendar->name,
               depth > YAML_MOST_DEEP ? "is composed too deeply" : "contains itself");
    calendar->member_count = 0; /* ends every walk into it */
    return;
  }
  calendar->resolved = CALENDAR_RESOLVING;
  for (size_t i = 0; i < calendar->member_count; i++) {
    struct calendar *member = calendar->members[i];
    resolve_composition(loader, member, depth + 1);
    if (member->covered_by)
      narrow_coverage(calendar, member->covered_first, member->covered_last, member->covered_by);
  }
  calendar->never_closes = calendar_never_closes(calendar);
  calendar->resolved = CALENDAR_RESOLVED;
}

/* A calendar among the version's and the policy's. */
static struct calendar *new_calendar(struct loader *loader, const char *name, struct place place) {
  struct calendar *calendar = arena_alloc(loader->arena, sizeof *calendar);
  *ARENA_PUSH(loader->arena, &loader->version->calendars) = calendar;
  calendar->index = loader->policy->calendars.count;
  *ARENA_PUSH(loader->arena, &loader->policy->calendars) = calendar;
  calendar->name = name;
  calendar->place = place;
  calendar->covered_first = INT_MIN;
  calendar->covered_last = INT_MAX;
  return calendar;
}

struct calendar *load_always(struct loader *loader) {
  static const char text[] = "24/7";
  struct version *version = loader->version;
  struct calendar *calendar = version->always;
  if (calendar)
    return calendar;
  struct snippet snippet = {.text = text_of(text)};
  calendar = version->always = new_calendar(loader, text, version->place);
  calendar->zone = version->zone;
  calendar->hours = hours_parse(loader->arena, loader->diags, &snippet);
  resolve_composition(loader, calendar, 0);
  return calendar;
}

void load_calendars(struct loader *loader, const struct yaml_node *calendars) {
  struct version *version = loader->version;
  if (calendars->kind != YAML_MAP) {
    diag_error(loader->diags, calendars->place, "\"calendars\" must be a map of names and calendars, not %s",
               yaml_kind_name(calendars));
    return;
  }
  if (calendars->count > POLICY_MOST_CALENDARS) {
    diag_error(loader->diags, calendars->place, "more than %d calendars", POLICY_MOST_CALENDARS);
    return;
  }
  /* Names first: compositions may name calendars that stand below them. */
  for (size_t i = 0; i < calendars->count; i++) {
    const struct yaml_node *key = &calendars->entries[i].key;
    new_calendar(loader, key->text.ptr, key->place);
  }
  for (size_t i = 0; i < calendars->count; i++)
    load_calendar(loader, version->calendars.items[i], &calendars->entries[i].value);
  for (size_t i = 0; i < version->calendars.count; i++)
    resolve_composition(loader, version->calendars.items[i], 0);
}
