/*
 * feeds_api: the feeds that a policy takes from the web. Read from the file's tree and not from a loaded policy, which
 * there is none of where a feed is missing or broken: just then somebody wants it fetched.
 */
#include "api/handles.h"

#include "base/fields.h"
#include "base/text.h"
#include "base/yaml.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct sla_feeds {
  struct arena arena;
  const struct sla_options *options; /* of loading, as are the members up to code */
  const char *name;
  struct diags diags;
  const char *folder; /* the policy's */
  enum sla_code code;
  struct {
    struct sla_feed *items;
    size_t count, capacity;
  } found;
};

/* The path of a feed, or NULL after an error. */
static const char *feed_path(struct sla_feeds *feeds, const struct yaml_node *feed) {
  const char *name, *looked;
  if (!field_text(&feeds->diags, feed, "\"feed\"", &name))
    return NULL;
  struct file_search search = {feeds->options->path, feeds->options->path_count};
  const char *path = file_locate(&feeds->arena, &search, feeds->folder, name, &looked);
  if (!path)
    diag_error(&feeds->diags, feed->place, "unknown feed \"%s\" (looked in %s)", name, looked);
  else if (text_ends(text_of(path), ".ics"))
    return path;
  else
    diag_error(&feeds->diags, feed->place, "a feed with a \"url\" must be a file whose name ends in .ics, not \"%s\"",
               name);
  return NULL;
}

static void add_feed(struct sla_feeds *feeds, const struct yaml_node *feed, const struct yaml_node *url) {
  const char *address;
  const char *path = feed_path(feeds, feed);
  if (!field_text(&feeds->diags, url, "\"url\"", &address) || !path)
    return;
  for (size_t i = 0; i < feeds->found.count; i++) {
    const struct sla_feed *before = &feeds->found.items[i];
    if (strcmp(before->path, path) != 0)
      continue;
    if (strcmp(before->url, address) != 0)
      diag_error(&feeds->diags, url->place, "the feed has another \"url\" in line %d: \"%s\"", before->line,
                 before->url);
    return;
  }
  *ARENA_PUSH(&feeds->arena, &feeds->found) = (struct sla_feed){path, address, url->place.line};
}

static void find_in_calendar(struct sla_feeds *feeds, const struct yaml_node *calendar) {
  const struct yaml_node *holidays = calendar->kind == YAML_MAP ? yaml_get(calendar, "holidays") : NULL;
  if (!holidays)
    return;
  const struct yaml_node *items = holidays->kind == YAML_LIST ? holidays->items : holidays;
  size_t count = holidays->kind == YAML_LIST ? holidays->count : 1;
  for (size_t i = 0; i < count; i++) {
    const struct yaml_node *feed = items[i].kind == YAML_MAP ? yaml_get(&items[i], "feed") : NULL;
    const struct yaml_node *url = feed ? yaml_get(&items[i], "url") : NULL;
    if (url)
      add_feed(feeds, feed, url);
  }
}

static void find_in_document(struct sla_feeds *feeds, const struct yaml_node *root) {
  const struct yaml_node *calendars = root->kind == YAML_MAP ? yaml_get(root, "calendars") : NULL;
  if (!calendars || calendars->kind != YAML_MAP)
    return;
  for (size_t i = 0; i < calendars->count; i++)
    find_in_calendar(feeds, &calendars->entries[i].value);
}

static enum sla_code find_in_file(struct sla_feeds *feeds, const char *path) {
  struct source *source = arena_alloc(&feeds->arena, sizeof *source);
  source->name = path;
  const char *problem;
  switch (file_read(&feeds->arena, path, POLICY_MOST_BYTES, &source->text, &problem)) {
  case FILE_READ: break;
  case FILE_ABSENT: diag_error(&feeds->diags, place_of_source(source), "no such file"); return SLA_NOT_FOUND;
  case FILE_FAILED: diag_error(&feeds->diags, place_of_source(source), "%s", problem); return SLA_IO;
  }
  struct yaml_documents documents;
  feeds->folder = file_folder(&feeds->arena, path);
  yaml_parse(&feeds->arena, &feeds->diags, source, &documents);
  for (size_t i = 0; i < documents.count; i++)
    find_in_document(feeds, &documents.items[i].root);
  return feeds->diags.errors ? SLA_INVALID : SLA_OK;
}

static void feeds_work(void *data) {
  struct sla_feeds *feeds = data;
  feeds->code = SLA_NOT_FOUND;
  const char *path = locate(&feeds->arena, feeds->options, "policy", feeds->name);
  if (!path)
    return;
  diags_init(&feeds->diags, &feeds->arena, feeds->options);
  feeds->code = find_in_file(feeds, path);
}

enum sla_code sla_feeds_load(const struct sla_options *options, const char *policy, sla_feeds **ret_feeds) {
  struct sla_feeds *feeds = calloc(1, sizeof *feeds);
  if (!feeds)
    return SLA_NO_MEMORY;
  feeds->options = options_or_default(options);
  feeds->name = policy;
  arena_init(&feeds->arena, feeds->options->memory_limit);
  enum sla_code code = arena_try(&feeds->arena, feeds_work, feeds) ? feeds->code : SLA_NO_MEMORY;
  if (code == SLA_OK)
    *ret_feeds = feeds;
  else
    sla_feeds_free(feeds);
  return code;
}

void sla_feeds_free(sla_feeds *feeds) {
  if (feeds)
    arena_release(&feeds->arena);
  free(feeds);
}

size_t sla_feeds_count(const sla_feeds *feeds) {
  return feeds->found.count;
}

const struct sla_feed *sla_feeds_item(const sla_feeds *feeds, size_t index) {
  assert(index < feeds->found.count);
  return &feeds->found.items[index];
}
