/* One item of a rule file's `days`. */
#include "holidays/holiday_set.h"

#include "base/fields.h"
#include "base/text.h"
#include "time/civil.h"

/* --- names in languages ------------------------------------------------------------------------------------------ */

/* Whether a name's language serves somebody who asks for one: "uk" serves "uk", "UK", "uk-UA" and "uk_UA.UTF-8". */
static bool language_serves(const char *language, const char *asked) {
  struct sla_text text = text_of(asked);
  return text_eat_nocase(&text, language) && (text.len == 0 || strchr("-_.@", text.ptr[0]));
}

static const char *name_in(const struct holiday_day *day, const char *language) {
  for (size_t i = 0; language && i < day->name_count; i++)
    if (day->names[i].language && language_serves(day->names[i].language, language))
      return day->names[i].text;
  return NULL;
}

static const char *name_choose(const struct holiday_day *day, const char *asked, const char *default_language) {
  const char *name = name_in(day, asked);
  if (!name)
    name = name_in(day, default_language);
  return name ? name : day->names[0].text;
}

/* A language that the set's `names` does not list is a slip of the pen. */
static bool language_check(struct diags *diags, const struct holiday_set *set, const struct yaml_node *key) {
  if (set->languages.count == 0)
    return true;
  const char **known = arena_array(diags->arena, set->languages.count, sizeof *known);
  for (size_t i = 0; i < set->languages.count; i++) {
    known[i] = set->languages.items[i].ptr;
    if (text_equal(key->text, set->languages.items[i]))
      return true;
  }
  diag_error(diags, key->place, "unknown language \"%.*s\"%s (the set's `names` does not list it)",
             TEXT_ARGS(key->text), text_hint(diags->arena, key->text, known, set->languages.count));
  return false;
}

static bool read_names(const struct holiday_loader *loader, const struct holiday_set *set, const struct yaml_node *node,
                       struct holiday_day *day) {
  struct diags *diags = loader->diags;
  bool fits = true;
  day->name_count = node->kind == YAML_MAP ? node->count : 1;
  struct holiday_name *names = arena_array(loader->arena, day->name_count, sizeof *names);
  if (node->kind != YAML_MAP) {
    fits = field_text(diags, node, "a holiday's name", &names[0].text);
  } else if (node->count == 0) {
    diag_error(diags, node->place, "a holiday needs a name in at least one language");
    fits = false;
  } else {
    for (size_t i = 0; i < node->count; i++) {
      fits &= language_check(diags, set, &node->entries[i].key);
      names[i].language = node->entries[i].key.text.ptr;
      fits &= field_text(diags, &node->entries[i].value, "a holiday's name", &names[i].text);
    }
  }
  day->names = names;
  if (fits)
    day->name = name_choose(day, loader->language, set->language);
  return fits;
}

/* --- part-day closings ------------------------------------------------------------------------------------------- */

static bool read_closing(struct diags *diags, const struct snippet *snippet, struct sla_text piece,
                         struct closing *ret_closing) {
  const char *dash = piece.len ? memchr(piece.ptr, '-', piece.len) : NULL;
  struct place place = snippet_place(snippet, (size_t)(piece.ptr - snippet->text.ptr), piece.len);
  struct closing closing = {0, 0};
  bool is_stretch = false;
  if (dash) {
    size_t len = (size_t)(dash - piece.ptr);
    is_stretch = clock_read(text_trim((struct sla_text){piece.ptr, len}), 24, &closing.from) &&
                 clock_read(text_trim((struct sla_text){dash + 1, piece.len - len - 1}), 24, &closing.to);
  }
  if (!is_stretch)
    diag_error(diags, place, "expected a part of the day as HH:MM-HH:MM, not \"%.*s\"", TEXT_ARGS(piece));
  else if (closing.from >= closing.to)
    diag_error(diags, place, "the closing \"%.*s\" ends before it begins", TEXT_ARGS(piece));
  else {
    *ret_closing = closing;
    return true;
  }
  return false;
}

/* "12:00-24:00", several with commas between. */
static bool read_closings(const struct holiday_loader *loader, const struct yaml_node *node, struct holiday_day *day) {
  const char *text;
  if (!field_text(loader->diags, node, "\"closed\"", &text))
    return false;
  struct snippet snippet = yaml_snippet(node);
  size_t most = 1;
  for (size_t i = 0; i < snippet.text.len; i++)
    most += snippet.text.ptr[i] == ',';
  struct closing *closings = arena_array(loader->arena, most, sizeof *closings);
  struct sla_text rest = snippet.text;
  bool fits = true;
  for (size_t i = 0; i < most; i++) {
    struct sla_text piece = {rest.ptr, 0};
    while (piece.len < rest.len && rest.ptr[piece.len] != ',')
      piece.len++;
    size_t taken = piece.len < rest.len ? piece.len + 1 : piece.len;
    rest.ptr += taken;
    rest.len -= taken;
    fits &= read_closing(loader->diags, &snippet, text_trim(piece), &closings[i]);
  }
  day->closings = closings;
  day->closing_count = most;
  return fits;
}

/* --- a day ------------------------------------------------------------------------------------------------------- */

bool holiday_day_read(const struct holiday_loader *loader, const struct holiday_set *set, const struct yaml_node *node,
                      struct holiday_day *ret_day) {
  static const struct field_key keys[] = {
      {"name", FIELD_REQUIRED}, {"on", FIELD_REQUIRED}, {"closed", FIELD_OPTIONAL}, SPAN_KEYS};
  bool fits = fields_check(loader->diags, node, "a day", keys, sizeof keys / sizeof *keys);
  if (node->kind != YAML_MAP)
    return false;
  struct holiday_day day = {.span = span_always()};
  const struct yaml_node *name = yaml_get(node, "name"), *on = yaml_get(node, "on"), *closed = yaml_get(node, "closed");
  if (name)
    fits &= read_names(loader, set, name, &day);
  const char *text;
  if (on && field_text(loader->diags, on, "\"on\"", &text)) {
    struct snippet snippet = yaml_snippet(on);
    fits &= holiday_rule_read(loader->diags, &snippet, &day.rule);
  } else {
    fits = false;
  }
  fits &= field_span(loader->diags, node, &day.span);
  if (closed)
    fits &= read_closings(loader, closed, &day);
  if (fits)
    *ret_day = day;
  return fits;
}
