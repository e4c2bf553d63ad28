/* Sources: what a calendar writes in its `holidays`, and what it takes of a set. */
#include "base/fields.h"
#include "base/text.h"
#include "holidays/holiday_set.h"

#include <limits.h>

/* --- only, except ------------------------------------------------------------------------------------------------ */

/* Steps over one character of UTF-8 (a malformed byte is one). */
static const char *next_character(const char *p) {
  do
    p++;
  while (((unsigned char)*p & 0xC0) == 0x80);
  return p;
}

/* Whether a glob matches a whole text. Only the last * can still give way, which keeps this from going exponential. */
static bool glob_matches(const char *glob, const char *text) {
  const char *star = NULL, *retry = NULL;
  while (*text) {
    if (*glob == '*') {
      star = glob++;
      retry = text;
    } else if (*glob == '?') {
      glob++;
      text = next_character(text);
    } else if (*glob == *text) {
      glob++, text++;
    } else if (star) {
      glob = star + 1;
      text = retry = next_character(retry);
    } else {
      return false;
    }
  }
  while (*glob == '*')
    glob++;
  return *glob == '\0';
}

static bool day_is_named(const struct holiday_day *day, const char *glob) {
  for (size_t i = 0; i < day->name_count; i++)
    if (glob_matches(glob, day->names[i].text))
      return true;
  return false;
}

static bool day_matches(const struct holiday_day *day, const char *const *globs, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (day_is_named(day, globs[i]))
      return true;
  return false;
}

bool holiday_source_takes(const struct holiday_source *source, const struct holiday_day *day) {
  return (source->only_count == 0 || day_matches(day, source->only, source->only_count)) &&
         !day_matches(day, source->except, source->except_count);
}

static bool name_matches(const char *name, const char *const *globs, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (glob_matches(globs[i], name))
      return true;
  return false;
}

bool holiday_source_takes_name(const void *data, const char *name) {
  const struct holiday_source *source = data;
  return (source->only_count == 0 || name_matches(name, source->only, source->only_count)) &&
         !name_matches(name, source->except, source->except_count);
}

/* All names of a set's days, in all languages. */
static const char *const *set_names(struct arena *arena, const struct holiday_set *set, size_t *ret_count) {
  struct {
    const char **items;
    size_t count, capacity;
  } names = {0};
  for (size_t p = 0; p < set->parts.count; p++) {
    const struct holiday_set *part = set->parts.items[p].set;
    for (size_t i = 0; i < part->days.count; i++)
      for (size_t k = 0; k < part->days.items[i].name_count; k++)
        *ARENA_PUSH(arena, &names) = part->days.items[i].names[k].text;
    for (size_t i = 0; part->feed && i < part->feed->events.count; i++)
      *ARENA_PUSH(arena, &names) = part->feed->events.items[i].name;
  }
  *ret_count = names.count;
  return (const char *const *)names.items;
}

/*
 * Reads `only` or `except`. A glob that matches nothing is likely misspelt, but may also be right for another year's
 * file: a warning.
 */
static bool read_globs(struct holiday_loader *loader, const struct yaml_node *node, const char *what,
                       const struct holiday_set *set, const char *const **ret_globs, size_t *ret_count) {
  struct texts texts;
  if (!field_texts(loader->diags, node, what, &texts))
    return false;
  if (texts.count == 0) {
    diag_error(loader->diags, node->place, "%s lists no names", what);
    return false;
  }
  const char **globs = arena_array(loader->arena, texts.count, sizeof *globs);
  size_t name_count = 0;
  const char *const *names = set ? set_names(loader->arena, set, &name_count) : NULL;
  for (size_t i = 0; i < texts.count; i++) {
    globs[i] = texts.items[i].ptr;
    size_t k = 0;
    while (k < name_count && !glob_matches(globs[i], names[k]))
      k++;
    if (set && k == name_count)
      diag_warning(loader->diags, node->kind == YAML_LIST ? node->items[i].place : node->place,
                   "holiday set \"%s\" has no holiday named \"%s\"%s", set->name, globs[i],
                   text_hint(loader->arena, texts.items[i], names, name_count));
  }
  *ret_globs = globs;
  *ret_count = texts.count;
  return true;
}

/* --- entries of `holidays` --------------------------------------------------------------------------------------- */

enum sla_code holiday_source_named(struct holiday_loader *loader, const char *folder, const char *name,
                                   struct place where, struct holiday_source *ret_source) {
  struct set_reference reference;
  enum sla_code code = set_find(loader, NULL, folder, name, where, &reference);
  loader->missing |= code == SLA_NOT_FOUND;
  if (code == SLA_OK)
    *ret_source = (struct holiday_source){.set = reference.set, .variant = reference.variant};
  return code;
}

/* `covers` as a list of a first date and the date after the last. */
static bool covers_read_list(struct diags *diags, const struct yaml_node *node, struct span *ret_span) {
  struct span span;
  if (node->count != 2) {
    diag_error(diags, node->place, "\"covers\" lists two dates: the first, and the one after the last");
    return false;
  }
  bool has_from = field_date(diags, &node->items[0], &span.first);
  if (!field_date(diags, &node->items[1], &span.last) || !has_from)
    return false;
  span.last -= 1;
  if (span.first > span.last) {
    diag_error(diags, node->items[1].place, "the span ends before it begins");
    return false;
  }
  *ret_span = span;
  return true;
}

static bool covers_read(struct diags *diags, const struct yaml_node *node, struct span *ret_span) {
  static const struct field_key keys[] = {SPAN_KEYS};
  if (node->kind == YAML_LIST)
    return covers_read_list(diags, node, ret_span);
  bool fits = fields_check(diags, node, "\"covers\"", keys, sizeof keys / sizeof *keys);
  if (node->kind == YAML_MAP && node->count == 0)
    diag_error(diags, node->place, "\"covers\" says nothing: write it like [2026-01-01, 2028-01-01]");
  return fits && node->count && field_span(diags, node, ret_span);
}

/* What only feeds have. */
static bool read_feed_keys(struct diags *diags, const struct yaml_node *node, struct holiday_source *source) {
  const struct yaml_node *observances = yaml_get(node, "observances"), *covers = yaml_get(node, "covers"),
                         *url = yaml_get(node, "url");
  bool fits = !observances || field_flag(diags, observances, &source->observances);
  const char *address; /* for sla_feeds_load(): loading fetches nothing */
  if (url)
    fits &= field_text(diags, url, "\"url\"", &address);
  if (covers) {
    source->has_covers = true;
    fits &= covers_read(diags, covers, &source->covers);
  }
  return fits;
}

/* The set or feed that an entry names. */
static bool read_entry_name(struct holiday_loader *loader, const char *folder, const struct yaml_node *node,
                            bool is_feed, struct holiday_source *ret_source) {
  const char *name;
  if (!field_text(loader->diags, node, is_feed ? "\"feed\"" : "\"set\"", &name) ||
      holiday_source_named(loader, folder, name, node->place, ret_source) != SLA_OK)
    return false;
  if (is_feed == (ret_source->set->feed != NULL))
    return true;
  diag_error(loader->diags, node->place, "\"%s\" is %s: write \"%s\" instead of \"%s\"", ret_source->set->file,
             is_feed ? "a holiday set" : "a feed", is_feed ? "set" : "feed", is_feed ? "feed" : "set");
  return false;
}

static bool read_entry_map(struct holiday_loader *loader, const char *folder, const struct yaml_node *node,
                           struct holiday_source *ret_source) {
  static const struct field_key set_keys[] = {
      {"set", FIELD_REQUIRED}, {"only", FIELD_OPTIONAL}, {"except", FIELD_OPTIONAL}, {"carryover", FIELD_OPTIONAL}};
  static const struct field_key feed_keys[] = {{"feed", FIELD_REQUIRED},        {"only", FIELD_OPTIONAL},
                                               {"except", FIELD_OPTIONAL},      {"carryover", FIELD_OPTIONAL},
                                               {"observances", FIELD_OPTIONAL}, {"covers", FIELD_OPTIONAL},
                                               {"url", FIELD_OPTIONAL}};
  struct diags *diags = loader->diags;
  const struct yaml_node *feed = yaml_get(node, "feed"), *set = feed ? feed : yaml_get(node, "set"),
                         *only = yaml_get(node, "only"), *except = yaml_get(node, "except"),
                         *carryover = yaml_get(node, "carryover");
  bool fits = feed ? fields_check(diags, node, "an entry of \"holidays\"", feed_keys, 7)
                   : fields_check(diags, node, "an entry of \"holidays\"", set_keys, 4);
  struct holiday_source source = {0};
  fits &= set && read_entry_name(loader, folder, set, feed != NULL, &source);
  if (only)
    fits &= read_globs(loader, only, "\"only\"", source.set, &source.only, &source.only_count);
  if (except)
    fits &= read_globs(loader, except, "\"except\"", source.set, &source.except, &source.except_count);
  if (carryover) {
    source.carryover = carryover_rule_read(diags, carryover);
    fits &= source.carryover != NULL;
  }
  if (feed)
    fits &= read_feed_keys(diags, node, &source);
  if (fits)
    *ret_source = source;
  return fits;
}

bool holiday_source_read(struct holiday_loader *loader, const char *folder, const struct yaml_node *node,
                         struct holiday_source *ret_source) {
  if (node->kind == YAML_MAP)
    return read_entry_map(loader, folder, node, ret_source);
  const char *name;
  return field_text(loader->diags, node, "an entry of \"holidays\"", &name) &&
         holiday_source_named(loader, folder, name, node->place, ret_source) == SLA_OK;
}

struct holiday_source holiday_source_of_dates(struct arena *arena, const int *dates, size_t count) {
  static const struct holiday_name name = {NULL, "given date"};
  struct holiday_set *set = arena_alloc(arena, sizeof *set);
  *set = (struct holiday_set){.name = "given dates", .file = "", .state = SET_READY, .first = INT_MIN, .last = INT_MAX};
  for (size_t i = 0; i < count; i++)
    *ARENA_PUSH(arena, &set->days) = (struct holiday_day){
        .name = name.text,
        .names = &name,
        .name_count = 1,
        .rule = {.kind = RULE_DATE, .date = dates[i]},
        .span = span_always(),
    };
  *ARENA_PUSH(arena, &set->parts) = (struct holiday_part){.set = set};
  return (struct holiday_source){.set = set};
}

/* --- what a source is -------------------------------------------------------------------------------------------- */

const char *holiday_source_name(struct arena *arena, const struct holiday_source *source) {
  if (!source->variant)
    return source->set->name;
  return arena_printf(arena, "%s@%s", source->set->name, source->variant->name);
}

void holiday_source_coverage(const struct holiday_source *source, int *ret_first, int *ret_last) {
  *ret_first = source->has_covers ? source->covers.first : source->set->first;
  *ret_last = source->has_covers ? source->covers.last : source->set->last;
}
