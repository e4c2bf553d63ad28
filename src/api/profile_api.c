/* profile_api: input profiles and the forms of times. */
#include "api/handles.h"

#include "api/sorter.h"
#include "base/text.h"
#include "policy/profile.h"
#include "time/icu.h"

#include <assert.h>
#include <stdlib.h>

/* --- forms of times ------------------------------------------------------------------------------------------------
 */

/* A format with the memory it lives in; its address comes first, so that a pointer to it is the handle. */
struct loaded_format {
  const struct time_format *format;
  struct arena arena;
};

struct format_load {
  struct loaded_format *loaded;
  const struct sla_options *options;
  const char *const *patterns;
  size_t count;
  const char *locale, *what;
  enum sla_code code;
};

static void load_format(void *data) {
  struct format_load *load = data;
  struct arena *arena = &load->loaded->arena;
  struct diags diags;
  diags_init(&diags, arena, load->options);
  if (load->locale && !time_locale_is_known(load->locale)) {
    report(load->options, load->what,
           icu_is_installed()
               ? arena_printf(arena, "unknown locale \"%s\"", load->locale)
               : arena_printf(arena, "unknown locale \"%s\": %s, which knows languages, is not installed", load->locale,
                              icu_name));
    load->code = SLA_NOT_FOUND;
    return;
  }
  struct snippet *snippets = arena_array(arena, load->count, sizeof *snippets);
  for (size_t i = 0; i < load->count; i++) {
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){load->what, text_of(load->patterns[i])};
    snippets[i] = (struct snippet){source->text, {source, 1, 1, (int)text_characters(source->text)}, true};
  }
  load->loaded->format = time_format_compile(arena, &diags, snippets, load->count, load->locale);
  load->code = load->loaded->format ? SLA_OK : SLA_INVALID;
}

enum sla_code sla_time_format_load(const struct sla_options *options, const char *const *patterns, size_t count,
                                   const char *locale, const char *what, sla_time_format **ret_format) {
  options = options_or_default(options);
  struct loaded_format *loaded = calloc(1, sizeof *loaded);
  if (!loaded)
    return SLA_NO_MEMORY;
  struct format_load load = {loaded, options, patterns, count, locale, what, SLA_NO_MEMORY};
  arena_init(&loaded->arena, options->memory_limit);
  if (!arena_try(&loaded->arena, load_format, &load))
    load.code = SLA_NO_MEMORY;
  if (load.code == SLA_OK)
    *ret_format = (sla_time_format *)loaded;
  else
    sla_time_format_free((sla_time_format *)loaded);
  return load.code;
}

void sla_time_format_free(sla_time_format *format) {
  if (format)
    arena_release(&((struct loaded_format *)format)->arena);
  free(format);
}

/* --- profiles ------------------------------------------------------------------------------------------------------
 */

static const struct profile *profile_of(const sla_profile *profile) {
  return (const struct profile *)profile;
}

static enum sla_code load_profile(const struct sla_options *options, struct diags *diags, const char *path,
                                  void *ret_profile) {
  return profile_load(options, diags, path, NULL, ret_profile);
}

enum sla_code sla_profile_load(const struct sla_options *options, const char *name, sla_profile **ret_profile) {
  struct profile *profile;
  enum sla_code code = load_named(options, "input profile", name, load_profile, &profile);
  if (code == SLA_OK)
    *ret_profile = (sla_profile *)profile;
  return code;
}

void sla_profile_free(sla_profile *profile) {
  profile_free((struct profile *)profile);
}

const char *sla_profile_name(const sla_profile *profile) {
  return profile_of(profile)->name;
}

const char *sla_profile_file(const sla_profile *profile) {
  return profile_of(profile)->file;
}

const sla_zone *sla_profile_zone(const sla_profile *profile) {
  return zone_handle(profile_of(profile)->zone);
}

const sla_time_format *sla_profile_time_format(const sla_profile *profile) {
  const struct profile *inner = profile_of(profile);
  return inner->format ? (const sla_time_format *)(const void *)&inner->format : NULL;
}

const char *sla_profile_history(const sla_profile *profile) {
  return profile_of(profile)->history;
}

size_t sla_profile_field_count(const sla_profile *profile) {
  return profile_of(profile)->fields.count;
}

void sla_profile_field_at(const sla_profile *profile, size_t field, struct sla_profile_field *ret_field) {
  assert(field < profile_of(profile)->fields.count);
  const struct profile_field *inner = &profile_of(profile)->fields.items[field];
  *ret_field = (struct sla_profile_field){.name = inner->name,
                                          .column = inner->column,
                                          .has_words = inner->word_count > 0,
                                          .resolves = inner->resolved.count > 0,
                                          .line = inner->place.line};
}

size_t sla_profile_find(const sla_profile *profile, const char *name) {
  return profile_field(profile_of(profile), text_of(name));
}

struct sla_text sla_profile_word(const sla_profile *profile, size_t field, struct sla_text text) {
  return profile_word(profile_of(profile), field, text);
}

bool sla_profile_resolves(const sla_profile *profile, size_t field, struct sla_text word) {
  return profile_resolves(profile_of(profile), field, word);
}
