#include "base/fields.h"

#include "base/text.h"

static bool is_key(const struct field_key *keys, size_t count, struct sla_text name) {
  for (size_t i = 0; i < count; i++)
    if (text_is(name, keys[i].name))
      return true;
  return false;
}

bool fields_check(struct diags *diags, const struct yaml_node *node, const char *what, const struct field_key *keys,
                  size_t count) {
  if (node->kind != YAML_MAP) {
    diag_error(diags, node->place, "%s must be a map of keys and values, not %s", what, yaml_kind_name(node));
    return false;
  }
  bool fits = true;
  for (size_t i = 0; i < node->count; i++) {
    const struct yaml_node *key = &node->entries[i].key;
    if (is_key(keys, count, key->text))
      continue;
    fits = false;
    const char **names = arena_array(diags->arena, count, sizeof *names);
    for (size_t k = 0; k < count; k++)
      names[k] = keys[k].name;
    diag_error(diags, key->place, "unknown key \"%.*s\" in %s%s", TEXT_ARGS(key->text), what,
               text_hint(diags->arena, key->text, names, count));
  }
  for (size_t i = 0; i < count; i++)
    if (keys[i].need == FIELD_REQUIRED && !yaml_get(node, keys[i].name)) {
      diag_error(diags, node->place, "%s needs the key \"%s\"", what, keys[i].name);
      fits = false;
    }
  return fits;
}

bool field_text(struct diags *diags, const struct yaml_node *node, const char *what, const char **ret_text) {
  if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
    diag_error(diags, node->place, "%s must be a text, not %s", what, yaml_kind_name(node));
    return false;
  }
  *ret_text = node->text.ptr;
  return true;
}

bool field_flag(struct diags *diags, const struct yaml_node *node, bool *ret_flag) {
  if (node->kind == YAML_SCALAR && !node->quoted && (text_is(node->text, "true") || text_is(node->text, "false"))) {
    *ret_flag = text_is(node->text, "true");
    return true;
  }
  diag_error(diags, node->place, "true or false is expected here");
  return false;
}

bool field_choice(struct diags *diags, const struct yaml_node *node, const char *what, const char *const *words,
                  size_t count, size_t *ret_index) {
  if (node->kind == YAML_SCALAR)
    for (size_t i = 0; i < count; i++)
      if (text_is(node->text, words[i])) {
        *ret_index = i;
        return true;
      }
  const char *list = "";
  for (size_t i = 0; i < count; i++)
    list = arena_printf(diags->arena, "%s%s%s", list, i ? ", " : "", words[i]);
  if (node->kind == YAML_SCALAR)
    diag_error(diags, node->place, "unknown %s \"%.*s\"%s (known: %s)", what, TEXT_ARGS(node->text),
               text_hint(diags->arena, node->text, words, count), list);
  else
    diag_error(diags, node->place, "%s must be one of %s, not %s", what, list, yaml_kind_name(node));
  return false;
}

bool field_texts(struct diags *diags, const struct yaml_node *node, const char *what, struct texts *ret_texts) {
  size_t count = node->kind == YAML_LIST ? node->count : 1;
  const struct yaml_node *items = node->kind == YAML_LIST ? node->items : node;
  struct texts texts = {arena_array(diags->arena, count, sizeof *texts.items), count};
  for (size_t i = 0; i < count; i++) {
    if (items[i].kind != YAML_SCALAR || yaml_is_null(&items[i])) {
      diag_error(diags, items[i].place, "%s must be a text or a list of texts, not %s", what,
                 yaml_kind_name(&items[i]));
      return false;
    }
    texts.items[i] = items[i].text;
  }
  *ret_texts = texts;
  return true;
}
