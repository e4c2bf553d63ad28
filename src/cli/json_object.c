#include "cli/json_object.h"

#include "cli/buffer.h"
#include "cli/cli.h"
#include "cli/json_string.h"

#include <stdlib.h>

/* What is unusual: deeper nesting and longer numbers. Larger numbers than 10^300 may be too large for jansson. */
enum { USUAL_DEPTH = 256, MOST_DEPTH = 4096, USUAL_DIGITS = 200, USUAL_EXPONENT_DIGITS = 2 };

/* Readers stand at a place in the text and return the place behind what they have read; NULL where they say no. */
static const char *read_value(struct json_object *object, const char *at, struct json_name *name, unsigned depth);

static const char *behind_more_blanks(struct json_object *object, const char *at) {
  for (; at < object->end; at++)
    if (*at == '\n' || *at == '\r')
      object->is_broken = true;
    else if (*at != ' ' && *at != '\t')
      break;
  return at;
}

static inline const char *behind_blanks(struct json_object *object, const char *at) {
  return at < object->end && (unsigned char)*at <= ' ' ? behind_more_blanks(object, at) : at;
}

/* A new node, which may have moved the others. */
static inline size_t add_node(struct json_object *object) {
  if (object->count == object->capacity)
    object->nodes = array_grow(object->nodes, object->count, &object->capacity, sizeof *object->nodes);
  return object->count++;
}

/* Fills it in, once all that is in it has been read. */
static inline void set_node(struct json_object *object, size_t index, struct json_name *name, struct sla_text value,
                            bool is_escaped) {
  object->nodes[index] =
      (struct json_node){.name = name, .value = value, .end = (uint32_t)object->count, .is_escaped = is_escaped};
}

/* --- scalars ----------------------------------------------------------------------------------------------------- */

static const char *read_word(const struct json_object *object, const char *at, const char *word, size_t len) {
  return (size_t)(object->end - at) >= len && !memcmp(at, word, len) ? at + len : NULL;
}

/* Most values are strings, and most strings are plain: this is inline. */
static inline const char *read_string(struct json_object *object, const char *at, struct json_name *name) {
  bool is_escaped = false;
  const char *quote = json_plain_end(at + 1, object->end, false);
  if (quote == object->end || (*quote != '"' && !(quote = json_string_end(quote, object->end, &is_escaped))))
    return NULL;
  set_node(object, add_node(object), name, (struct sla_text){at, (size_t)(quote + 1 - at)}, is_escaped);
  return quote + 1;
}

static const char *behind_digits(const char *at, const char *end) {
  while (at < end && *at >= '0' && *at <= '9')
    at++;
  return at;
}

static const char *read_number(const struct json_object *object, const char *at) {
  const char *end = object->end, *from = at += *at == '-';
  at = behind_digits(at, end);
  if (at == from || (*from == '0' && at - from > 1))
    return NULL;
  if (at < end && *at == '.') {
    const char *fraction = at + 1;
    at = behind_digits(fraction, end);
    if (at == fraction)
      return NULL;
  }
  bool is_usual = at - from <= USUAL_DIGITS;
  if (at < end && (*at == 'e' || *at == 'E')) {
    at++;
    at += at < end && (*at == '+' || *at == '-');
    const char *exponent = at;
    at = behind_digits(at, end);
    if (at == exponent)
      return NULL;
    is_usual &= at - exponent <= USUAL_EXPONENT_DIGITS;
  }
  return is_usual || object->is_judged ? at : NULL;
}

/* --- objects and lists ------------------------------------------------------------------------------------------- */

/* A name that is not the expected one, from behind its opening quote. */
static const char *read_other_name(struct json_object *object, const char *at, unsigned depth,
                                   struct json_name **ret_name) {
  bool is_escaped;
  const char *quote = json_string_end(at, object->end, &is_escaped);
  if (!quote)
    return NULL;
  struct sla_text text = {at, (size_t)(quote - at)};
  if (is_escaped) {
    text.len = json_string_decode(text, object->decoded);
    text.ptr = object->decoded;
    if (memchr(text.ptr, '\0', text.len))
      return NULL;
  }
  *ret_name = json_names_find(&object->names, text, depth);
  return quote + 1;
}

/* Most objects have the names of the one before, in the same order. */
static inline const char *read_name(struct json_object *object, const char *at, unsigned depth,
                                    struct json_name **ret_name) {
  struct json_name *name = *object->expected;
  if (at == object->end || *at != '"')
    return NULL;
  at++;
  if (name && name->is_plain && name->depth == depth && (size_t)(object->end - at) > name->text.len &&
      at[name->text.len] == '"' && json_same_bytes(at, name->text.ptr, name->text.len))
    at += name->text.len + 1;
  else if (!(at = read_other_name(object, at, depth, &name)))
    return NULL;
  *ret_name = *object->expected = name;
  object->expected = &name->follower;
  return at;
}

/* Depth is that of the brackets around what is inside, here and below. */
static const char *read_members(struct json_object *object, const char *at, unsigned depth) {
  uint64_t number = ++object->names.objects;
  const char *end = object->end;
  at = behind_blanks(object, at);
  if (at < end && *at == '}')
    return at + 1;
  for (;;) {
    struct json_name *name;
    if (!(at = read_name(object, at, depth, &name)) || name->seen_in == number)
      return NULL;
    name->seen_in = number;
    at = behind_blanks(object, at);
    if (at == end || *at != ':')
      return NULL;
    at = behind_blanks(object, at + 1);
    at = at < end && *at == '"' ? read_string(object, at, name) : read_value(object, at, name, depth);
    if (!at)
      return NULL;
    at = behind_blanks(object, at);
    if (at == end || (*at != ',' && *at != '}'))
      return NULL;
    if (*at == '}')
      return at + 1;
    at = behind_blanks(object, at + 1);
  }
}

static const char *read_elements(struct json_object *object, const char *at, unsigned depth) {
  const char *end = object->end;
  at = behind_blanks(object, at);
  if (at < end && *at == ']')
    return at + 1;
  for (;;) {
    if (!(at = read_value(object, at, NULL, depth)))
      return NULL;
    at = behind_blanks(object, at);
    if (at == end || (*at != ',' && *at != ']'))
      return NULL;
    if (*at == ']')
      return at + 1;
    at = behind_blanks(object, at + 1);
  }
}

static const char *read_nested(struct json_object *object, const char *at, unsigned depth) {
  if (depth >= (object->is_judged ? MOST_DEPTH : USUAL_DEPTH))
    return NULL;
  return *at == '{' ? read_members(object, at + 1, depth + 1) : read_elements(object, at + 1, depth + 1);
}

static const char *read_value(struct json_object *object, const char *at, struct json_name *name, unsigned depth) {
  const char *start = at;
  if (at == object->end)
    return NULL;
  if (*at == '"')
    return read_string(object, at, name);
  size_t index = add_node(object);
  switch (*at) {
  case '{':
  case '[': at = read_nested(object, at, depth); break;
  case 't': at = read_word(object, at, "true", 4); break;
  case 'f': at = read_word(object, at, "false", 5); break;
  case 'n': at = read_word(object, at, "null", 4); break;
  default: at = read_number(object, at); break;
  }
  if (at)
    set_node(object, index, name, (struct sla_text){start, (size_t)(at - start)}, false);
  return at;
}

bool json_object_read(struct json_object *object, struct sla_text text, bool is_judged) {
  json_names_trim(&object->names);
  object->count = 0;
  object->decoded_len = 0;
  object->expected = &object->names.first;
  object->end = text.ptr + text.len;
  object->is_broken = false;
  object->is_judged = is_judged;
  if (object->decoded_size < text.len) {
    free(object->decoded);
    object->decoded_size = 2 * text.len;
    object->decoded = cli_alloc(object->decoded_size);
  }
  bool good =
      text.len && text.len < UINT32_MAX && *text.ptr == '{' && read_value(object, text.ptr, NULL, 0) == object->end;
  if (!good)
    object->count = 0;
  return good;
}

void json_object_free(struct json_object *object) {
  json_names_free(&object->names);
  free(object->nodes);
  free(object->decoded);
}

struct sla_text json_object_text(struct json_object *object, struct json_node *node) {
  struct sla_text value = node->value;
  if (*value.ptr != '"')
    return *value.ptr == 'n' ? (struct sla_text){"", 0} : value;
  if (!node->is_escaped)
    return (struct sla_text){value.ptr + 1, value.len - 2};
  if (!node->is_decoded) {
    node->decoded_at = object->decoded_len;
    node->decoded_len = (uint32_t)json_string_decode((struct sla_text){value.ptr + 1, value.len - 2},
                                                     object->decoded + object->decoded_len);
    node->is_decoded = true;
    object->decoded_len += node->decoded_len;
  }
  return (struct sla_text){object->decoded + node->decoded_at, node->decoded_len};
}
