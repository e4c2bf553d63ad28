#include "policy/profile.h"

#include "base/file.h"
#include "base/text.h"
#include "holidays/holidays.h"
#include "policy/policy.h"
#include "time/icu.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- lookups -------------------------------------------------------------------------------------------------------
 */

bool profile_is(const struct yaml_node *root) {
  return root->kind == YAML_MAP && yaml_get(root, "input") != NULL;
}

size_t profile_field(const struct profile *profile, struct sla_text name) {
  for (size_t i = 0; i < profile->fields.count; i++)
    if (text_is(name, profile->fields.items[i].name))
      return i;
  return SIZE_MAX;
}

static int text_compare(struct sla_text a, struct sla_text b) {
  if (a.len != b.len)
    return a.len < b.len ? -1 : 1;
  return a.len ? memcmp(a.ptr, b.ptr, a.len) : 0;
}

static int word_compare(const void *a, const void *b) {
  return text_compare(((const struct profile_word *)a)->from, ((const struct profile_word *)b)->from);
}

static bool texts_have(const struct texts *texts, struct sla_text text) {
  for (size_t i = 0; i < texts->count; i++)
    if (text_equal(texts->items[i], text))
      return true;
  return false;
}

struct sla_text profile_word(const struct profile *profile, size_t field, struct sla_text text) {
  if (field < profile->fields.count && profile->fields.items[field].word_count) {
    const struct profile_field *known = &profile->fields.items[field];
    struct profile_word asked = {.from = text};
    const struct profile_word *found =
        bsearch(&asked, known->words, known->word_count, sizeof *known->words, word_compare);
    if (found)
      return found->to;
  }
  return texts_have(&profile->nulls, text) ? (struct sla_text){NULL, 0} : text;
}

bool profile_resolves(const struct profile *profile, size_t field, struct sla_text word) {
  return field < profile->fields.count && texts_have(&profile->fields.items[field].resolved, word);
}

/* --- loading -------------------------------------------------------------------------------------------------------
 */

/* One load of one profile. */
struct profile_loader {
  struct profile *profile;
  struct arena *arena;
  struct diags *diags;
};

/* The field that a map's key names, added where it is new; valid until the next is added. */
static struct profile_field *field_use(struct profile_loader *loader, const struct yaml_node *key) {
  size_t index = profile_field(loader->profile, key->text);
  if (index != SIZE_MAX)
    return &loader->profile->fields.items[index];
  struct profile_field *field = ARENA_PUSH(loader->arena, &loader->profile->fields);
  *field = (struct profile_field){.name = key->text.ptr, .place = key->place};
  return field;
}

static bool expect_map(struct profile_loader *loader, const struct yaml_node *node, const char *what) {
  if (node->kind == YAML_MAP)
    return true;
  diag_error(loader->diags, node->place, "%s, not %s", what, yaml_kind_name(node));
  return false;
}

static void load_fields(struct profile_loader *loader, const struct yaml_node *fields) {
  if (!expect_map(loader, fields, "\"fields\" must be a map of fields and columns"))
    return;
  for (size_t i = 0; i < fields->count; i++) {
    const char *column;
    if (field_text(loader->diags, &fields->entries[i].value, "a column", &column))
      field_use(loader, &fields->entries[i].key)->column = column;
  }
}

static void load_field_words(struct profile_loader *loader, const struct yaml_entry *entry) {
  if (!expect_map(loader, &entry->value, "the words of a field must be a map of the column's words and the policy's"))
    return;
  struct profile_field *field = field_use(loader, &entry->key);
  field->words = arena_array(loader->arena, entry->value.count, sizeof *field->words);
  for (size_t i = 0; i < entry->value.count; i++) {
    const struct yaml_entry *word = &entry->value.entries[i];
    const char *text;
    if (field_text(loader->diags, &word->value, "the policy's word", &text))
      field->words[field->word_count++] = (struct profile_word){word->key.text, word->value.text};
  }
  if (field->word_count)
    qsort(field->words, field->word_count, sizeof *field->words, word_compare);
}

static void load_values(struct profile_loader *loader, const struct yaml_node *values) {
  if (!expect_map(loader, values, "\"values\" must be a map of fields and their words"))
    return;
  for (size_t i = 0; i < values->count; i++)
    load_field_words(loader, &values->entries[i]);
}

/* The patterns of a node: a text or a list of texts. */
static void load_format(struct profile_loader *loader, const struct yaml_node *node, const char *locale) {
  struct texts texts;
  if (!field_texts(loader->diags, node, "a time pattern", &texts))
    return;
  if (texts.count == 0) {
    diag_error(loader->diags, node->place, "the list of time patterns is empty");
    return;
  }
  struct snippet *snippets = arena_array(loader->arena, texts.count, sizeof *snippets);
  for (size_t i = 0; i < texts.count; i++)
    snippets[i] = yaml_snippet(node->kind == YAML_LIST ? &node->items[i] : node);
  loader->profile->format = time_format_compile(loader->arena, loader->diags, snippets, texts.count, locale);
}

static void load_zone(struct profile_loader *loader, const struct yaml_node *node) {
  const char *text, *problem;
  if (!field_text(loader->diags, node, "a zone", &text))
    return;
  loader->profile->zone = zone_find(&loader->profile->zones, node->text, &problem);
  if (!loader->profile->zone)
    diag_error(loader->diags, node->place, "%s", problem);
}

static void load_times(struct profile_loader *loader, const struct yaml_node *times) {
  static const struct field_key keys[] = {
      {"format", FIELD_OPTIONAL}, {"zone", FIELD_OPTIONAL}, {"locale", FIELD_OPTIONAL}};
  if (!fields_check(loader->diags, times, "\"times\"", keys, COUNT(keys)) && times->kind != YAML_MAP)
    return;
  const struct yaml_node *format = yaml_get(times, "format"), *zone = yaml_get(times, "zone"),
                         *locale = yaml_get(times, "locale");
  const char *language = NULL;
  if (zone)
    load_zone(loader, zone);
  if (locale && field_text(loader->diags, locale, "a locale", &language) && !time_locale_is_known(language)) {
    if (icu_is_installed())
      diag_error(loader->diags, locale->place,
                 "unknown locale \"%s\": write a language, as \"es\", or one of a country, as \"pt-BR\"", language);
    else
      diag_error(loader->diags, locale->place, "unknown locale \"%s\": %s, which knows languages, is not installed",
                 language, icu_name);
    language = NULL;
  }
  if (format)
    load_format(loader, format, language);
}

/* A word that the field never has once its column's words are translated can only be a slip. */
static void check_resolved(struct profile_loader *loader, const struct profile_field *field,
                           const struct yaml_node *node) {
  size_t count = node->kind == YAML_LIST ? node->count : 1;
  const struct yaml_node *items = node->kind == YAML_LIST ? node->items : node;
  for (size_t i = 0; i < count; i++) {
    const char *to = NULL;
    bool is_made = false;
    for (size_t k = 0; k < field->word_count; k++) {
      if (text_equal(field->words[k].from, items[i].text))
        to = field->words[k].to.ptr;
      is_made |= text_equal(field->words[k].to, items[i].text);
    }
    if (to && !is_made)
      diag_error(loader->diags, items[i].place, "\"%s\" is the column's word: \"values\" makes \"%s\" of it",
                 items[i].text.ptr, to);
  }
}

static void load_resolved(struct profile_loader *loader, const struct yaml_node *node) {
  if (!expect_map(loader, node, "\"resolved\" must be a map of fields and the values they have once resolved"))
    return;
  if (node->count == 0)
    diag_error(loader->diags, node->place, "\"resolved\" names no field");
  for (size_t i = 0; i < node->count; i++) {
    struct profile_field *field = field_use(loader, &node->entries[i].key);
    const struct yaml_node *value = &node->entries[i].value;
    if (!field_texts(loader->diags, value, "a value", &field->resolved))
      continue;
    if (field->resolved.count == 0)
      diag_error(loader->diags, value->place, "the list of values is empty");
    check_resolved(loader, field, value);
  }
}

static void load_history(struct profile_loader *loader, const struct yaml_node *history) {
  static const struct field_key keys[] = {{"at", FIELD_REQUIRED}, {"resolved", FIELD_OPTIONAL}};
  if (!fields_check(loader->diags, history, "\"history\"", keys, COUNT(keys)) && history->kind != YAML_MAP)
    return;
  const struct yaml_node *at = yaml_get(history, "at"), *resolved = yaml_get(history, "resolved");
  if (at && field_text(loader->diags, at, "a column", &loader->profile->history) && !*loader->profile->history)
    diag_error(loader->diags, at->place, "the column of the time at which a row holds has no name");
  if (resolved)
    load_resolved(loader, resolved);
}

static const struct field_key profile_keys[] = {
    {"input", FIELD_REQUIRED}, {"title", FIELD_OPTIONAL}, {"source", FIELD_OPTIONAL}, {"fields", FIELD_OPTIONAL},
    {"times", FIELD_OPTIONAL}, {"null", FIELD_OPTIONAL},  {"values", FIELD_OPTIONAL}, {"history", FIELD_OPTIONAL},
};

static void load_root_of_profile(struct profile_loader *loader, const struct yaml_node *root) {
  struct profile *profile = loader->profile;
  const char *other = holiday_set_is(root)                                         ? "a holiday set"
                      : root->kind == YAML_MAP && yaml_get(root, "policy") != NULL ? "a policy"
                                                                                   : NULL;
  if (other && !profile_is(root)) {
    diag_error(loader->diags, root->place, "an input profile is expected here, but this is %s", other);
    return;
  }
  if (!fields_check(loader->diags, root, "an input profile", profile_keys, COUNT(profile_keys)) &&
      root->kind != YAML_MAP)
    return;
  const struct yaml_node *value;
  const char *source;
  if ((value = yaml_get(root, "input")))
    field_text(loader->diags, value, "\"input\"", &profile->name);
  if ((value = yaml_get(root, "title")))
    field_text(loader->diags, value, "\"title\"", &profile->title);
  if ((value = yaml_get(root, "source")))
    field_text(loader->diags, value, "\"source\"", &source);
  if ((value = yaml_get(root, "fields")))
    load_fields(loader, value);
  if ((value = yaml_get(root, "times")))
    load_times(loader, value);
  if ((value = yaml_get(root, "null")))
    field_texts(loader->diags, value, "\"null\"", &profile->nulls);
  if ((value = yaml_get(root, "values")))
    load_values(loader, value);
  if ((value = yaml_get(root, "history")))
    load_history(loader, value);
}

struct profile_load {
  struct profile *profile;
  struct diags *diags;
  const char *path;
  const struct source *given;
  enum sla_code code;
};

static enum sla_code load_file(struct profile_load *load) {
  struct profile *profile = load->profile;
  struct arena *arena = &profile->arena;
  struct diags *diags = load->diags;
  struct profile_loader loader = {profile, arena, diags};
  struct source *source = arena_alloc(arena, sizeof *source);
  diags->arena = arena;
  source->name = profile->file = arena_copy(arena, load->path, strlen(load->path));
  if (load->given)
    source->text =
        (struct sla_text){arena_copy(arena, load->given->text.ptr, load->given->text.len), load->given->text.len};
  else {
    enum sla_code code = load_text(arena, diags, source);
    if (code != SLA_OK)
      return code;
  }
  struct yaml_documents documents;
  yaml_parse(arena, diags, source, &documents);
  if (documents.count == 0 && diags->errors == 0)
    diag_error(diags, place_of_source(source), "the file is empty: an input profile is expected");
  if (documents.count > 1)
    diag_error(diags, documents.items[1].root.place, "an input profile is one document");
  if (documents.count > 0)
    load_root_of_profile(&loader, &documents.items[0].root);
  return diags->errors ? SLA_INVALID : SLA_OK;
}

static void profile_load_work(void *data) {
  struct profile_load *load = data;
  load->code = load_file(load);
}

enum sla_code profile_load(const struct sla_options *options, struct diags *diags, const char *path,
                           const struct source *given, struct profile **ret_profile) {
  struct profile_load load = {calloc(1, sizeof *load.profile), diags, path, given, SLA_NO_MEMORY};
  if (!load.profile)
    return SLA_NO_MEMORY;
  arena_init(&load.profile->arena, options->memory_limit);
  zones_init(&load.profile->zones, &load.profile->arena, options->tzdata);
  if (!arena_try(&load.profile->arena, profile_load_work, &load))
    load.code = SLA_NO_MEMORY;
  if (load.code == SLA_OK)
    *ret_profile = load.profile;
  else
    profile_free(load.profile);
  return load.code;
}

void profile_free(struct profile *profile) {
  if (profile)
    arena_release(&profile->arena);
  free(profile);
}
