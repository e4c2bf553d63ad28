/* load_inline: a policy of one calendar and target from the options of a command line. */
#include "base/text.h"
#include "policy/load.h"
#include "time/civil.h"

/* A scalar as if it stood in a file named after its option, so that errors point into it. */
static struct yaml_node option_node(struct arena *arena, const char *option, const char *text) {
  struct source *source = arena_alloc(arena, sizeof *source);
  *source = (struct source){option, text_of(text)};
  struct place place = {source, 1, 1, (int)text_characters(text_of(text))};
  return (struct yaml_node){.kind = YAML_SCALAR, .place = place, .text = text_of(text), .verbatim = true};
}

/* Adds a key to a map that has room for it. */
static void put(struct arena *arena, struct yaml_node *map, const char *key, struct yaml_node value) {
  map->entries[map->count++] = (struct yaml_entry){option_node(arena, key, key), value};
}

/* Adds a key for an option that was given. */
static void put_option(struct arena *arena, struct yaml_node *map, const char *key, const char *text) {
  if (text)
    put(arena, map, key, option_node(arena, arena_printf(arena, "--%s", key), text));
}

static struct yaml_node new_map(struct arena *arena, size_t most) {
  return (struct yaml_node){.kind = YAML_MAP, .entries = arena_array(arena, most, sizeof(struct yaml_entry))};
}

/* "DATE,DATE" options as a holiday set of their own. */
static struct holiday_source option_dates(struct loader *loader, const struct sla_inline *text) {
  struct {
    int *items;
    size_t count, capacity;
  } dates = {0};
  for (size_t i = 0; i < text->dates_count; i++) {
    struct yaml_node node = option_node(loader->arena, "--holiday", text->dates[i]);
    struct snippet snippet = yaml_snippet(&node);
    for (struct sla_text rest = node.text; rest.ptr;) {
      const char *comma = memchr(rest.ptr, ',', rest.len);
      struct sla_text date = {rest.ptr, comma ? (size_t)(comma - rest.ptr) : rest.len};
      int day;
      if (date_read(date, &day))
        *ARENA_PUSH(loader->arena, &dates) = day;
      else
        diag_error(loader->diags, snippet_place(&snippet, (size_t)(date.ptr - node.text.ptr), date.len),
                   "no such date \"%.*s\": write YYYY-MM-DD", TEXT_ARGS(date));
      rest = comma ? (struct sla_text){comma + 1, rest.len - date.len - 1} : (struct sla_text){NULL, 0};
    }
  }
  return holiday_source_of_dates(loader->arena, dates.items, dates.count);
}

/* The policy file that somebody would have written instead of the options. */
static struct yaml_node inline_tree(struct arena *arena, const struct sla_inline *text) {
  struct yaml_node calendar = new_map(arena, 8), calendars = new_map(arena, 1), target = new_map(arena, 8),
                   root = new_map(arena, 4), targets = {.kind = YAML_LIST, .count = 1},
                   holidays = {.kind = YAML_LIST, .count = text->holidays_count};
  put_option(arena, &calendar, "hours", text->hours);
  put_option(arena, &calendar, "zone", text->zone);
  put_option(arena, &calendar, "weekend", text->weekend);
  if (text->exchanges)
    put(arena, &calendar, "exchanges", option_node(arena, "--exchanges", "true"));
  holidays.items = arena_array(arena, text->holidays_count, sizeof *holidays.items);
  for (size_t i = 0; i < text->holidays_count; i++)
    holidays.items[i] = option_node(arena, "--holidays", text->holidays[i]);
  put(arena, &calendar, "holidays", holidays);
  put(arena, &calendars, "inline", calendar);

  put(arena, &target, "metric", option_node(arena, "metric", "first_response"));
  put_option(arena, &target, "within", text->within ? text->within : "best-effort");
  put_option(arena, &target, "clock", text->clock);
  put_option(arena, &target, "at", text->at);
  put_option(arena, &target, "cutoff", text->cutoff);
  put_option(arena, &target, "roll", text->roll);
  put_option(arena, &target, "edge", text->edge);
  targets.items = arena_array(arena, 1, sizeof *targets.items);
  targets.items[0] = target;

  put(arena, &root, "policy", option_node(arena, "policy", "inline"));
  put(arena, &root, "calendars", calendars);
  put(arena, &root, "targets", targets);
  return root;
}

struct inline_load {
  struct policy *policy;
  const struct sla_options *options;
  struct diags *diags;
  const struct sla_inline *text;
  bool missing; /* a holiday set that was named does not exist */
};

static void inline_load_work(void *data) {
  struct inline_load *load = data;
  struct arena *arena = &load->policy->arena;
  struct loader loader;
  loader_init(&loader, load->policy, load->diags, load->options);
  loader.is_command_line = true;
  if (load->text->dates_count)
    loader.extra_holidays = option_dates(&loader, load->text);
  struct yaml_document *document = arena_alloc(arena, sizeof *document);
  document->root = inline_tree(arena, load->text);
  struct yaml_documents documents = {document, 1, 1};
  load_versions(&loader, NULL, &documents);
  load_complete(&loader);
  load->missing = loader.holidays.missing;
}

enum sla_code policy_inline(const struct sla_options *options, struct diags *diags, const struct sla_inline *text,
                            struct policy **ret_policy) {
  struct inline_load load = {policy_new(options), options, diags, text, false};
  diags->silent_warnings = false; /* nobody checks a command line */
  bool done = load.policy && arena_try(&load.policy->arena, inline_load_work, &load);
  return load_finish(load.policy, done,
                     load.missing    ? SLA_NOT_FOUND
                     : diags->errors ? SLA_INVALID
                                     : SLA_OK,
                     ret_policy);
}
