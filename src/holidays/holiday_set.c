#include "holidays/holiday_set.h"

#include "base/fields.h"
#include "base/text.h"

#include <limits.h>
#include <stdlib.h>

/* --- lists in the file ------------------------------------------------------------------------------------------- */

/* The list at a key, or NULL: there is none, or an error was reported since it is no list or one too long. */
static const struct yaml_node *list_at(struct diags *diags, const struct yaml_node *map, const char *key, size_t most) {
  const struct yaml_node *node = yaml_get(map, key);
  if (!node)
    return NULL;
  if (node->kind != YAML_LIST)
    diag_error(diags, node->place, "\"%s\" must be a list, not %s", key, yaml_kind_name(node));
  else if (node->count > most)
    diag_error(diags, node->items[most].place, "\"%s\" has over %zu items", key, most);
  else
    return node;
  return NULL;
}

static void read_languages(struct diags *diags, const struct yaml_node *root, struct holiday_set *set) {
  const struct yaml_node *node = yaml_get(root, "names");
  if (!node || !field_texts(diags, node, "\"names\"", &set->languages))
    return;
  if (set->languages.count == 0 || set->languages.count > SET_MOST_ENTRIES)
    diag_error(diags, node->place, "\"names\" must list one language or more, at most %d", SET_MOST_ENTRIES);
  else
    set->language = set->languages.items[0].ptr;
}

static void read_days(struct holiday_loader *loader, const struct yaml_node *root, struct holiday_set *set) {
  const struct yaml_node *list = list_at(loader->diags, root, "days", SET_MOST_DAYS);
  for (size_t i = 0; list && i < list->count; i++) {
    struct holiday_day day;
    if (holiday_day_read(loader, set, &list->items[i], &day))
      *ARENA_PUSH(loader->arena, &set->days) = day;
  }
}

/* --- exchanges --------------------------------------------------------------------------------------------------- */

static bool read_exchange(struct diags *diags, const struct yaml_node *node, struct day_exchange *ret_exchange) {
  static const struct field_key keys[] = {{"off", FIELD_REQUIRED}, {"work", FIELD_REQUIRED}};
  if (!fields_check(diags, node, "an exchange", keys, 2))
    return false;
  const struct yaml_node *off = yaml_get(node, "off"), *work = yaml_get(node, "work");
  bool has_off = field_date(diags, off, &ret_exchange->off), has_work = field_date(diags, work, &ret_exchange->work);
  if (has_off && has_work && ret_exchange->off == ret_exchange->work) {
    diag_error(diags, work->place, "a date cannot be exchanged for itself");
    return false;
  }
  return has_off && has_work;
}

static void read_exchanges(struct holiday_loader *loader, const struct yaml_node *root, struct holiday_set *set) {
  const struct yaml_node *list = list_at(loader->diags, root, "exchanges", SET_MOST_EXCHANGES);
  for (size_t i = 0; list && i < list->count; i++) {
    struct day_exchange exchange;
    if (!read_exchange(loader->diags, &list->items[i], &exchange))
      continue;
    size_t same = 0;
    while (same < set->exchanges.count && set->exchanges.items[same].off != exchange.off &&
           set->exchanges.items[same].work != exchange.work)
      same++;
    if (same < set->exchanges.count)
      diag_error(loader->diags, list->items[i].place, "one of these dates is exchanged above already");
    else
      *ARENA_PUSH(loader->arena, &set->exchanges) = exchange;
  }
}

/* --- carryover --------------------------------------------------------------------------------------------------- */

static bool read_term(struct diags *diags, const struct yaml_node *node, struct carryover_term *ret_term) {
  static const struct field_key keys[] = {{"rule", FIELD_REQUIRED}, SPAN_KEYS};
  bool fits = fields_check(diags, node, "a carryover rule", keys, sizeof keys / sizeof *keys);
  if (node->kind != YAML_MAP)
    return false;
  const struct yaml_node *rule = yaml_get(node, "rule");
  *ret_term = (struct carryover_term){rule ? carryover_rule_read(diags, rule) : NULL, span_always()};
  fits &= field_span(diags, node, &ret_term->span);
  return fits && ret_term->rule;
}

/* A list of rules with the dates they were in force, or the name of one that always was. */
static void read_carryover(struct holiday_loader *loader, const struct yaml_node *root, struct holiday_set *set) {
  const struct yaml_node *node = yaml_get(root, "carryover");
  if (node && node->kind == YAML_SCALAR) {
    const struct carryover_rule *rule = carryover_rule_read(loader->diags, node);
    *ARENA_PUSH(loader->arena, &set->terms) = (struct carryover_term){rule, span_always()};
    return;
  }
  const struct yaml_node *list = list_at(loader->diags, root, "carryover", SET_MOST_ENTRIES);
  for (size_t i = 0; list && i < list->count; i++) {
    struct carryover_term term;
    if (!read_term(loader->diags, &list->items[i], &term))
      continue;
    for (size_t k = 0; k < set->terms.count; k++)
      if (set->terms.items[k].span.first <= term.span.last && term.span.first <= set->terms.items[k].span.last) {
        diag_error(loader->diags, list->items[i].place, "two carryover rules are in force at the same time");
        break;
      }
    *ARENA_PUSH(loader->arena, &set->terms) = term;
  }
}

/* --- variants ---------------------------------------------------------------------------------------------------- */

static void read_variant(struct holiday_loader *loader, const struct yaml_entry *entry, struct holiday_set *set) {
  static const struct field_key keys[] = {{"suspended", FIELD_REQUIRED}}, span_keys[] = {SPAN_KEYS};
  const struct yaml_node *node = &entry->value;
  fields_check(loader->diags, node, "a variant", keys, 1);
  if (node->kind != YAML_MAP)
    return;
  const struct yaml_node *list = list_at(loader->diags, node, "suspended", SET_MOST_ENTRIES);
  size_t count = list ? list->count : 0;
  struct span *spans = arena_array(loader->arena, count, sizeof *spans);
  for (size_t i = 0; i < count; i++)
    if (fields_check(loader->diags, &list->items[i], "a span of dates", span_keys, 3))
      field_span(loader->diags, &list->items[i], &spans[i]);
  *ARENA_PUSH(loader->arena, &set->variants) = (struct holiday_variant){entry->key.text.ptr, spans, count};
}

static void read_variants(struct holiday_loader *loader, const struct yaml_node *root, struct holiday_set *set) {
  const struct yaml_node *node = yaml_get(root, "variants");
  if (!node)
    return;
  if (node->kind != YAML_MAP || node->count > SET_MOST_ENTRIES) {
    diag_error(loader->diags, node->place, "\"variants\" must be a map of at most %d names, not %s", SET_MOST_ENTRIES,
               yaml_kind_name(node));
    return;
  }
  for (size_t i = 0; i < node->count; i++)
    read_variant(loader, &node->entries[i], set);
}

/* --- included sets ----------------------------------------------------------------------------------------------- */

static bool set_has_part(const struct holiday_set *set, const struct holiday_set *other) {
  for (size_t i = 0; i < set->parts.count; i++)
    if (set->parts.items[i].set == other)
      return true;
  return false;
}

/* Takes over the parts of an included set, and its carryover where there is none yet. A set met twice counts once. */
static void include_set(struct holiday_loader *loader, struct holiday_set *set, const struct set_reference *included,
                        bool inherit_terms) {
  const struct holiday_variant *variant = included->variant;
  size_t more = variant ? variant->suspended_count : 0;
  for (size_t i = 0; i < included->set->parts.count; i++) {
    struct holiday_part part = included->set->parts.items[i];
    if (set_has_part(set, part.set))
      continue;
    if (more) {
      struct span *spans =
          arena_regrow(loader->arena, part.suspended, part.suspended_count, part.suspended_count + more, sizeof *spans);
      memcpy(spans + part.suspended_count, variant->suspended, more * sizeof *spans);
      part.suspended = spans;
      part.suspended_count += more;
    }
    *ARENA_PUSH(loader->arena, &set->parts) = part;
  }
  if (inherit_terms && set->terms.count == 0)
    set->terms.items = included->set->terms.items, set->terms.count = set->terms.capacity = included->set->terms.count;
  if (included->set->first > set->first)
    set->first = included->set->first;
  if (included->set->last < set->last)
    set->last = included->set->last;
}

/* false where an included set failed, be it reported before. */
static bool read_includes(struct holiday_loader *loader, const struct set_chain *chain, const struct yaml_node *root,
                          struct holiday_set *set) {
  const struct yaml_node *list = list_at(loader->diags, root, "include", SET_MOST_ENTRIES);
  bool inherit_terms = !yaml_get(root, "carryover"), fits = true;
  const char *folder = file_folder(loader->arena, set->file);
  for (size_t i = 0; list && i < list->count; i++) {
    const char *name;
    struct set_reference included;
    if (!field_text(loader->diags, &list->items[i], "an included set", &name) ||
        set_find(loader, chain, folder, name, list->items[i].place, &included) != SLA_OK)
      fits = false;
    else
      include_set(loader, set, &included, inherit_terms);
  }
  return fits;
}

/*
 * The earliest `from`, where every day of the year has one. Single dates without `from` say nothing of the years before
 * them, nor does a file that has nothing else.
 */
static int first_law(const struct holiday_set *set) {
  int first = INT_MAX;
  for (size_t i = 0; i < set->days.count; i++) {
    const struct holiday_day *day = &set->days.items[i];
    bool is_neutral = day->rule.kind == RULE_DATE && day->span.first == INT_MIN;
    if (!is_neutral && day->span.first < first)
      first = day->span.first;
  }
  return first == INT_MAX ? INT_MIN : first;
}

/* --- the file ---------------------------------------------------------------------------------------------------- */

bool holiday_set_is(const struct yaml_node *root) {
  return root->kind == YAML_MAP && yaml_get(root, "holidays") && !yaml_get(root, "policy");
}

static bool set_read_root(struct holiday_loader *loader, const struct set_chain *outer, const struct yaml_node *root,
                          struct holiday_set *set) {
  static const struct field_key keys[] = {
      {"holidays", FIELD_REQUIRED}, {"title", FIELD_OPTIONAL},     {"source", FIELD_OPTIONAL},
      {"include", FIELD_OPTIONAL},  {"names", FIELD_OPTIONAL},     {"carryover", FIELD_OPTIONAL},
      {"days", FIELD_OPTIONAL},     {"exchanges", FIELD_OPTIONAL}, {"variants", FIELD_OPTIONAL},
  };
  struct diags *diags = loader->diags;
  if (root->kind == YAML_MAP && !holiday_set_is(root)) {
    diag_error(diags, root->place, "this is no holiday set, which begins with the key \"holidays\"%s",
               yaml_get(root, "policy") ? ", but a policy" : "");
    return false;
  }
  fields_check(diags, root, "a holiday set", keys, sizeof keys / sizeof *keys);
  if (root->kind != YAML_MAP)
    return false;
  static const char *const texts[] = {"title", "source"};
  for (size_t i = 0; i < 2; i++) {
    const struct yaml_node *node = yaml_get(root, texts[i]);
    const char *text;
    if (node)
      field_text(diags, node, i ? "\"source\"" : "\"title\"", &text);
  }
  field_text(diags, yaml_get(root, "holidays"), "the set's name", &set->name);
  struct set_chain chain = {set, outer};
  bool fits = read_includes(loader, &chain, root, set);
  read_languages(diags, root, set);
  read_carryover(loader, root, set);
  read_days(loader, root, set);
  read_exchanges(loader, root, set);
  read_variants(loader, root, set);
  *ARENA_PUSH(loader->arena, &set->parts) = (struct holiday_part){.set = set};
  if (set->first == INT_MIN)
    set->first = first_law(set);
  return fits;
}

static bool set_parse(struct holiday_loader *loader, const struct set_chain *chain, const struct source *source,
                      struct holiday_set *set) {
  struct yaml_documents documents;
  unsigned errors = loader->diags->errors;
  yaml_parse(loader->arena, loader->diags, source, &documents);
  if (documents.count == 0 && loader->diags->errors == errors)
    diag_error(loader->diags, place_of_source(source),
               "the file is empty; a holiday set begins with the key \"holidays\"");
  if (documents.count > 1)
    diag_error(loader->diags, documents.items[1].root.place, "a holiday set is one document; a second begins here");
  bool fits = documents.count > 0 && set_read_root(loader, chain, &documents.items[0].root, set);
  return fits && loader->diags->errors == errors;
}

/* The zones that times in feeds are in. */
static struct zones *zones_of(struct holiday_loader *loader) {
  if (!loader->zones) {
    loader->zones = arena_alloc(loader->arena, sizeof *loader->zones);
    zones_init(loader->zones, loader->arena, SLA_TZDATA_AUTO);
  }
  return loader->zones;
}

static bool set_read_feed(struct holiday_loader *loader, const struct source *source, struct holiday_set *set) {
  const char *slash = strrchr(set->file, '/');
  struct feed *feed = arena_alloc(loader->arena, sizeof *feed);
  set->name = slash ? slash + 1 : set->file;
  if (!feed_read(loader->arena, loader->diags, zones_of(loader), source, feed))
    return false;
  set->feed = feed;
  set->first = feed->first;
  set->last = feed->last;
  *ARENA_PUSH(loader->arena, &set->parts) = (struct holiday_part){.set = set};
  return true;
}

static enum sla_code set_read(struct holiday_loader *loader, const struct set_chain *chain, struct place where,
                              struct holiday_set *set) {
  const char *problem;
  struct source *source = arena_alloc(loader->arena, sizeof *source);
  source->name = set->file;
  if (loader->given && strcmp(set->file, loader->given->name) == 0)
    return set_parse(loader, chain, loader->given, set) ? SLA_OK : SLA_INVALID;
  bool is_feed = text_ends(text_of(set->file), ".ics");
  switch (file_read(loader->arena, set->file, is_feed ? FEED_MOST_BYTES : SET_MOST_BYTES, &source->text, &problem)) {
  case FILE_ABSENT: diag_error(loader->diags, where, "no such file: \"%s\"", set->file); return SLA_NOT_FOUND;
  case FILE_FAILED: diag_error(loader->diags, where, "cannot read \"%s\": %s", set->file, problem); return SLA_IO;
  case FILE_READ: break;
  }
  bool fits = is_feed ? set_read_feed(loader, source, set) : set_parse(loader, chain, source, set);
  return fits ? SLA_OK : SLA_INVALID;
}

/* --- finding sets ------------------------------------------------------------------------------------------------ */

static void report_cycle(struct holiday_loader *loader, const struct set_chain *chain, const struct holiday_set *set,
                         struct place where) {
  const char *way = set->name;
  for (const struct set_chain *link = chain; link && link->set != set; link = link->outer)
    way = arena_printf(loader->arena, "%s, %s", link->set->name, way);
  diag_error(loader->diags, where, "holiday sets include one another in a circle: %s, %s", set->name, way);
}

/* What is the same for all ways to name one file: a set reached by two paths is one set. */
static const char *file_identity(struct arena *arena, const char *file) {
  char real[PATH_MAX];
  return realpath(file, real) ? arena_copy(arena, real, strlen(real)) : file;
}

/* The set that was read from a file; NULL, and then what to know the file by. */
static struct holiday_set *set_of_file(const struct holiday_loader *loader, const char *file,
                                       const char **ret_identity) {
  for (size_t i = 0; i < loader->sets.count; i++) /* takes no system calls */
    if (strcmp(loader->sets.items[i]->file, file) == 0)
      return loader->sets.items[i];
  const char *identity = file_identity(loader->arena, file);
  for (size_t i = 0; i < loader->sets.count; i++)
    if (strcmp(loader->sets.items[i]->identity, identity) == 0)
      return loader->sets.items[i];
  *ret_identity = identity;
  return NULL;
}

static bool set_bounds_hold(struct holiday_loader *loader, const struct set_chain *chain, struct place where) {
  size_t deep = 0;
  for (const struct set_chain *link = chain; link; link = link->outer)
    deep++;
  if (deep < SET_MOST_DEEP && loader->sets.count < SETS_MOST)
    return true;
  diag_error(loader->diags, where, "too many holiday sets: at most %d within one another, and %d in all", SET_MOST_DEEP,
             SETS_MOST);
  return false;
}

static enum sla_code set_load(struct holiday_loader *loader, const struct set_chain *chain, const char *file,
                              struct place where, const struct holiday_set **ret_set) {
  const char *identity;
  struct holiday_set *set = set_of_file(loader, file, &identity);
  if (set && set->state == SET_LOADING) {
    report_cycle(loader, chain, set, where);
    return SLA_INVALID;
  }
  if (!set) {
    if (!set_bounds_hold(loader, chain, where))
      return SLA_INVALID;
    set = arena_alloc(loader->arena, sizeof *set);
    *set = (struct holiday_set){
        .name = file, .file = file, .identity = identity, .state = SET_LOADING, .first = INT_MIN, .last = INT_MAX};
    *ARENA_PUSH(loader->arena, &loader->sets) = set;
    set->problem = set_read(loader, chain, where, set);
    set->state = set->problem == SLA_OK ? SET_READY : SET_FAILED;
    if (set->problem == SLA_NOT_FOUND || set->problem == SLA_IO)
      loader->sets.count--; /* so that whoever else names it is told too */
  }
  *ret_set = set;
  return set->problem;
}

static enum sla_code report_unknown(struct holiday_loader *loader, const char *folder, const char *name,
                                    const char *looked, struct place where) {
  size_t count;
  const char *const *names = file_names(loader->arena, &loader->search, folder, &count);
  diag_error(loader->diags, where, "unknown holiday set \"%s\"%s (looked in %s)", name,
             text_hint(loader->arena, text_of(name), names, count), looked);
  return SLA_NOT_FOUND;
}

/* Where the variant begins in "ua@martial-law": at the last @ of what is not a file's own name; NULL where there is
 * none. */
static const char *variant_mark(const char *name) {
  static const char *const endings[] = {".yaml", ".yml", ".json", ".ics"};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (text_ends(text_of(name), endings[i]))
      return NULL;
  const char *slash = strrchr(name, '/');
  return strrchr(slash ? slash : name, '@');
}

static enum sla_code variant_find(struct holiday_loader *loader, const struct holiday_set *set, const char *name,
                                  struct place where, const struct holiday_variant **ret_variant) {
  const char **names = arena_array(loader->arena, set->variants.count, sizeof *names);
  const char *list = "";
  for (size_t i = 0; i < set->variants.count; i++) {
    names[i] = set->variants.items[i].name;
    list = arena_printf(loader->arena, "%s%s%s", list, i ? ", " : "", names[i]);
    if (strcmp(names[i], name) == 0) {
      *ret_variant = &set->variants.items[i];
      return SLA_OK;
    }
  }
  if (set->variants.count)
    diag_error(loader->diags, where, "holiday set \"%s\" has no variant \"%s\"%s (known: %s)", set->name, name,
               text_hint(loader->arena, text_of(name), names, set->variants.count), list);
  else
    diag_error(loader->diags, where, "holiday set \"%s\" has no variant \"%s\", nor any other", set->name, name);
  return SLA_NOT_FOUND;
}

enum sla_code set_find(struct holiday_loader *loader, const struct set_chain *chain, const char *folder,
                       const char *name, struct place where, struct set_reference *ret_reference) {
  const char *mark = variant_mark(name), *looked;
  const char *base = mark ? arena_copy(loader->arena, name, (size_t)(mark - name)) : name;
  const char *file = loader->given && strcmp(base, loader->given->name) == 0
                         ? base
                         : file_locate(loader->arena, &loader->search, folder, base, &looked);
  if (!file)
    return report_unknown(loader, folder, base, looked, where);
  struct set_reference reference = {0};
  enum sla_code code = set_load(loader, chain, file, where, &reference.set);
  if (code == SLA_OK && mark)
    code = variant_find(loader, reference.set, mark + 1, where, &reference.variant);
  if (code == SLA_OK)
    *ret_reference = reference;
  return code;
}
