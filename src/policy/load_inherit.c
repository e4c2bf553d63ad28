/*
 * load_inherit: the keys `extends` and `agreements`, by which one policy file leads to another.
 *
 * Extending is done on the files' trees, before anything is made of them: what comes out is the file that somebody
 * would have written without `extends`, each part of it with its own place.
 */
#include "base/text.h"
#include "policy/load.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The path of the policy that a node names, as file or by name; NULL after an error. */
static const char *named_path(struct loader *loader, const struct yaml_node *node) {
  const char *name, *looked;
  if (!field_text(loader->diags, node, "the name of a policy", &name))
    return NULL;
  const struct file_search *search = &loader->holidays.search;
  const char *folder = load_folder(loader, node->place);
  const char *path = file_locate(loader->arena, search, folder, name, &looked);
  if (path)
    return path;
  size_t count;
  const char *const *names = file_names(loader->arena, search, folder, &count);
  diag_error(loader->diags, node->place, "unknown policy \"%s\"%s (looked in %s)", name,
             text_hint(loader->arena, node->text, names, count), looked);
  return NULL;
}

/* Reads the documents of a file that a node names, which is done once a file. */
static bool read_named(struct loader *loader, const struct yaml_node *node, const char *path,
                       struct yaml_documents *ret_documents) {
  for (size_t i = 0; i < loader->read.count; i++)
    if (strcmp(loader->read.items[i].path, path) == 0) {
      *ret_documents = loader->read.items[i].documents;
      return ret_documents->count > 0;
    }
  struct source *source = arena_alloc(loader->arena, sizeof *source);
  struct read_file file = {.path = path};
  const char *problem = "no such file";
  source->name = path;
  if (loader->read.count == POLICY_MOST_FILES)
    diag_error(loader->diags, node->place, "more than %d files", POLICY_MOST_FILES);
  else if (file_read(loader->arena, path, POLICY_MOST_BYTES, &source->text, &problem) != FILE_READ)
    diag_error(loader->diags, node->place, "%s: \"%s\"", problem, path);
  else {
    load_documents(loader, path, source, &file.documents);
    *ARENA_PUSH(loader->arena, &loader->read) = file;
  }
  *ret_documents = file.documents;
  return file.documents.count > 0;
}

/* --- extends ----------------------------------------------------------------------------------------------------- */

/* Policies that are being extended, the innermost first. */
struct extending {
  const struct extending *outer;
  const char *path;
  int depth;
};

static const struct yaml_node *extended(struct loader *loader, const struct yaml_node *root,
                                        const struct extending *outer);

static bool is_one_of(const char *key, const char *const *keys, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(key, keys[i]) == 0)
      return true;
  return false;
}

/* A map by its keys, for looking up many. */
struct index {
  const struct yaml_entry **items;
  size_t count;
};

static int entry_compare(const void *left, const void *right) {
  const struct yaml_entry *const *a = left, *const *b = right;
  return strcmp((*a)->key.text.ptr, (*b)->key.text.ptr);
}

static struct index index_of(struct loader *loader, const struct yaml_node *map) {
  struct index index = {arena_array(loader->arena, map->count, sizeof *index.items), map->count};
  for (size_t i = 0; i < map->count; i++)
    index.items[i] = &map->entries[i];
  if (map->count)
    qsort(index.items, map->count, sizeof *index.items, entry_compare);
  return index;
}

static const struct yaml_node *index_get(const struct index *index, const struct yaml_entry *key) {
  const struct yaml_entry **found =
      index->count ? bsearch(&key, index->items, index->count, sizeof *index->items, entry_compare) : NULL;
  return found ? &(*found)->value : NULL;
}

/* A map's entries, and those of another whose keys it has not; deep: where both have a map, these are merged alike. */
static struct yaml_node merged(struct loader *loader, const struct yaml_node *own, const struct yaml_node *base,
                               int deep) {
  struct yaml_node map = *own;
  struct index own_keys = index_of(loader, own), base_keys = index_of(loader, base);
  map.entries = arena_array(loader->arena, own->count + base->count, sizeof *map.entries);
  for (size_t i = 0; i < own->count; i++) {
    struct yaml_entry entry = own->entries[i];
    const struct yaml_node *below = index_get(&base_keys, &entry);
    if (deep > 0 && below && below->kind == YAML_MAP && entry.value.kind == YAML_MAP)
      entry.value = merged(loader, &entry.value, below, deep - 1);
    map.entries[i] = entry;
  }
  for (size_t i = 0; i < base->count; i++)
    if (!index_get(&own_keys, &base->entries[i]))
      map.entries[map.count++] = base->entries[i];
  return map;
}

/* A calendar that says of its own whether it has hours or is made of others takes over nothing of the other kind. */
static void drop_other_kind(struct loader *loader, struct yaml_node *calendars, const struct yaml_node *own) {
  static const char *const plain[] = {"hours", "holidays", "exchanges", "holiday_eve", "weekend", "dates"};
  static const char *const composed[] = {"union", "intersection"};
  for (size_t i = 0; i < own->count; i++) {
    const struct yaml_node *said = &own->entries[i].value;
    struct yaml_node *calendar = &calendars->entries[i].value;
    bool is_plain = said->kind == YAML_MAP && yaml_get(said, "hours") != NULL;
    bool is_composed = said->kind == YAML_MAP && (yaml_get(said, "union") || yaml_get(said, "intersection"));
    if (is_plain == is_composed || calendar->kind != YAML_MAP)
      continue;
    struct yaml_entry *kept = arena_array(loader->arena, calendar->count, sizeof *kept);
    size_t count = 0;
    for (size_t k = 0; k < calendar->count; k++) {
      const char *key = calendar->entries[k].key.text.ptr;
      bool is_other = is_plain ? is_one_of(key, composed, COUNT(composed)) : is_one_of(key, plain, COUNT(plain));
      bool is_second = is_composed && is_one_of(key, composed, COUNT(composed));
      if ((!is_other && !is_second) || yaml_get(said, key))
        kept[count++] = calendar->entries[k];
    }
    calendar->entries = kept;
    calendar->count = count;
  }
}

/* One list behind the other: own targets come first. */
static struct yaml_node joined(struct loader *loader, const struct yaml_node *own, const struct yaml_node *base) {
  struct yaml_node list = *own;
  list.items = arena_array(loader->arena, own->count + base->count, sizeof *list.items);
  for (size_t i = 0; i < own->count; i++)
    list.items[i] = own->items[i];
  for (size_t i = 0; i < base->count; i++)
    list.items[list.count++] = base->items[i];
  return list;
}

/*
 * Where the base's only calendar goes without saying, as default and for its zone, it goes on doing so when another
 * calendar comes to stand beside it.
 */
static void inherit_only_calendar(const struct yaml_node *base, struct yaml_node *root) {
  const struct yaml_node *below = yaml_get(base, "calendars");
  if (!below || below->kind != YAML_MAP || below->count != 1)
    return;
  const struct yaml_node *name = &below->entries[0].key, *calendars = yaml_get(root, "calendars");
  const struct yaml_node *calendar = yaml_get(calendars, name->text.ptr);
  const struct yaml_node *zone = calendar && calendar->kind == YAML_MAP ? yaml_get(calendar, "zone") : NULL;
  struct yaml_node key = *name;
  if (!yaml_get(root, "calendar")) {
    key.text = text_of("calendar");
    root->entries[root->count++] = (struct yaml_entry){key, *name};
  }
  if (zone && !yaml_get(root, "zone")) {
    key.text = text_of("zone");
    root->entries[root->count++] = (struct yaml_entry){key, *zone};
  }
}

static struct yaml_node inherit(struct loader *loader, const struct yaml_node *own, const struct yaml_node *base) {
  static const char *const not_inherited[] = {"policy", "effective", "agreements", "examples", "extends"};
  struct yaml_node root = *own;
  struct index own_keys = index_of(loader, own), base_keys = index_of(loader, base);
  root.entries = arena_array(loader->arena, own->count + base->count + 2, sizeof *root.entries);
  root.count = 0;
  for (size_t i = 0; i < own->count; i++) {
    struct yaml_entry entry = own->entries[i];
    const char *key = entry.key.text.ptr;
    const struct yaml_node *below = index_get(&base_keys, &entry);
    if (strcmp(key, "extends") == 0)
      continue;
    if (below && entry.value.kind == YAML_MAP && below->kind == YAML_MAP) {
      if (strcmp(key, "calendars") == 0) {
        const struct yaml_node said = entry.value;
        entry.value = merged(loader, &said, below, 1);
        drop_other_kind(loader, &entry.value, &said);
      } else if (strcmp(key, "metrics") == 0)
        entry.value = merged(loader, &entry.value, below, 0);
    }
    if (below && entry.value.kind == YAML_LIST && below->kind == YAML_LIST &&
        (strcmp(key, "targets") == 0 || strcmp(key, "exclude") == 0))
      entry.value = joined(loader, &entry.value, below);
    root.entries[root.count++] = entry;
  }
  for (size_t i = 0; i < base->count; i++) {
    const char *key = base->entries[i].key.text.ptr;
    if (!index_get(&own_keys, &base->entries[i]) && !is_one_of(key, not_inherited, COUNT(not_inherited)))
      root.entries[root.count++] = base->entries[i];
  }
  inherit_only_calendar(base, &root);
  return root;
}

/* The first date that a document is in force; its errors are found again by whoever loads it. */
static struct span effective_of(struct loader *loader, const struct yaml_node *root) {
  struct diags silent;
  struct span span = span_always();
  const struct yaml_node *effective = root->kind == YAML_MAP ? yaml_get(root, "effective") : NULL;
  diags_init(&silent, loader->arena, &(struct sla_options){0});
  if (effective && effective->kind == YAML_MAP)
    field_span(&silent, effective, &span);
  return span;
}

/* The version of a policy that a document extends: the one in force when the document's own force begins. */
static const struct yaml_node *extended_version(struct loader *loader, const struct yaml_node *root,
                                                const struct yaml_node *name, const struct yaml_documents *documents) {
  if (documents->count == 1)
    return &documents->items[0].root;
  int first = effective_of(loader, root).first;
  for (size_t i = 0; i < documents->count; i++)
    if (span_holds(effective_of(loader, &documents->items[i].root), first))
      return &documents->items[i].root;
  diag_error(loader->diags, name->place,
             "no version of policy \"%s\" is in force on the first day of this one: give \"effective\" a \"from\"",
             name->text.ptr);
  return NULL;
}

/* What a document has of lists and maps: that is what inheriting it costs. */
static size_t items_of(const struct yaml_node *root) {
  size_t count = root->count;
  for (size_t i = 0; root->kind == YAML_MAP && i < root->count; i++)
    count += root->entries[i].value.count;
  return count;
}

static const struct yaml_node *extended(struct loader *loader, const struct yaml_node *root,
                                        const struct extending *outer) {
  const struct yaml_node *name = root->kind == YAML_MAP ? yaml_get(root, "extends") : NULL;
  if (!name)
    return root;
  struct extending here = {outer, named_path(loader, name), outer->depth + 1};
  if (!here.path)
    return NULL;
  bool is_circle = false;
  for (const struct extending *at = outer; at; at = at->outer)
    is_circle |= file_is_same(at->path, here.path);
  if (is_circle) {
    diag_error(loader->diags, name->place, "\"extends\" leads in a circle, back to \"%s\"", here.path);
    return NULL;
  }
  if (here.depth > POLICY_MOST_EXTENDED) {
    diag_error(loader->diags, name->place, "more than %d policies extend one another", POLICY_MOST_EXTENDED);
    return NULL;
  }
  struct yaml_documents documents;
  if (!read_named(loader, name, here.path, &documents))
    return NULL;
  const struct yaml_node *base = extended_version(loader, root, name, &documents);
  if (base && (base->kind != YAML_MAP || !yaml_get(base, "policy"))) {
    diag_error(loader->diags, name->place, "\"%s\" is no policy", here.path);
    return NULL;
  }
  base = base ? extended(loader, base, &here) : NULL;
  if (!base)
    return NULL;
  if (loader->inherited > POLICY_MOST_INHERITED)
    return NULL; /* which has been said */
  if ((loader->inherited += items_of(base)) > POLICY_MOST_INHERITED) {
    diag_error(loader->diags, name->place, "too much is inherited: more than %d targets and the like in all versions",
               POLICY_MOST_INHERITED);
    return NULL;
  }
  struct yaml_node *whole = arena_alloc(loader->arena, sizeof *whole);
  *whole = inherit(loader, root, base);
  return whole;
}

const struct yaml_node *load_extended(struct loader *loader, const struct yaml_node *root) {
  if (root->kind != YAML_MAP || !yaml_get(root, "extends"))
    return root;
  struct extending here = {NULL, root->place.source->name, 0};
  return extended(loader, root, &here);
}

/* --- agreements -------------------------------------------------------------------------------------------------- */

/* The file that an agreement hands incidents to, loaded once; NULL after an error. */
static const struct policy_file *agreed_file(struct loader *loader, const struct yaml_node *name) {
  struct policy *policy = loader->policy;
  const char *path = named_path(loader, name);
  if (!path)
    return NULL;
  for (size_t i = 0; i < policy->files.count; i++) {
    const struct policy_file *file = policy->files.items[i];
    if (!file_is_same(file->path, path))
      continue;
    if (!file->loading)
      return file;
    diag_error(loader->diags, name->place, "the agreements lead in a circle, back to \"%s\"", path);
    return NULL;
  }
  if (policy->files.count == POLICY_MOST_FILES) {
    diag_error(loader->diags, name->place, "agreements with more than %d policies", POLICY_MOST_FILES - 1);
    return NULL;
  }
  struct yaml_documents documents;
  if (!read_named(loader, name, path, &documents))
    return NULL;
  struct version *version = loader->version;
  const struct policy_file *file = load_versions(loader, path, &documents);
  loader->version = version;
  return file;
}

void load_agreements(struct loader *loader, const struct yaml_node *list) {
  static const struct field_key keys[] = {CLAUSE_KEYS, {"policy", FIELD_REQUIRED}};
  if (list->kind != YAML_LIST) {
    diag_error(loader->diags, list->place, "\"agreements\" must be a list, not %s", yaml_kind_name(list));
    return;
  }
  /* Clauses first: reading another file changes what the loader knows of this one. */
  for (size_t i = 0; i < list->count; i++) {
    const struct yaml_node *node = &list->items[i];
    struct agreement agreement = {.place = node->place};
    if (fields_check(loader->diags, node, "an agreement", keys, COUNT(keys)) || node->kind == YAML_MAP)
      load_clause(loader, node, &agreement.clause);
    if (node->kind == YAML_MAP && clause_is_empty(&agreement.clause))
      diag_error(loader->diags, node->place, "the agreement has no conditions: it would take over every incident");
    *ARENA_PUSH(loader->arena, &loader->version->agreements) = agreement;
  }
  for (size_t i = 0; i < list->count; i++) {
    const struct yaml_node *name = list->items[i].kind == YAML_MAP ? yaml_get(&list->items[i], "policy") : NULL;
    if (name)
      loader->version->agreements.items[i].file = agreed_file(loader, name);
  }
}
