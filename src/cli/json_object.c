#include "cli/json_object.h"

#include "cli/buffer.h"
#include "cli/cli.h"
#include "cli/json_string.h"

#include <stdlib.h>

/* What is unusual: deeper nesting and longer numbers. Larger numbers than 10^300 may be too large for jansson. */
enum { USUAL_DEPTH = 256, MOST_DEPTH = 4096, USUAL_DIGITS = 200, USUAL_EXPONENT_DIGITS = 2 };

enum { CELLS_MORE = 16 }; /* bytes that may be written behind the cells: they are copied by sixteen */

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

/* The same where something that is none is known to come. */
static inline const char *skip_blanks(struct json_object *object, const char *at) {
  return (unsigned char)*at <= ' ' ? behind_more_blanks(object, at) : at;
}

/* A new node, which may have moved the others. */
static inline size_t add_node(struct json_object *object) {
  if (object->count == object->capacity)
    object->nodes = array_grow(object->nodes, object->count, &object->capacity, sizeof *object->nodes);
  return object->count++;
}

/* Fills it in, once all that is in it has been read. */
static inline void set_node(struct json_object *object, size_t index, struct json_name *name, enum json_kind kind,
                            struct sla_text text) {
  object->nodes[index] = (struct json_node){name, (uint32_t)object->count, (unsigned char)kind, text};
}

/* --- scalars ----------------------------------------------------------------------------------------------------- */

static const char *read_word(const struct json_object *object, const char *at, const char *word, size_t len) {
  return (size_t)(object->end - at) >= len && !memcmp(at, word, len) ? at + len : NULL;
}

static const char *read_string(struct json_object *object, const char *at, struct json_name *name) {
  bool is_escaped;
  const char *quote = json_string_end(++at, object->end, &is_escaped);
  if (!quote)
    return NULL;
  enum json_kind kind = is_escaped ? KIND_ESCAPED : KIND_STRING;
  set_node(object, add_node(object), name, kind, (struct sla_text){at, (size_t)(quote - at)});
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

/* Anything but a string. */
static const char *read_scalar(const struct json_object *object, const char *at, struct sla_text *ret_text,
                               enum json_kind *ret_kind) {
  const char *end;
  *ret_kind = *at == 'n' ? KIND_NULL : *at == 't' || *at == 'f' ? KIND_WORD : KIND_NUMBER;
  switch (*at) {
  case 't': end = read_word(object, at, "true", 4); break;
  case 'f': end = read_word(object, at, "false", 5); break;
  case 'n': end = read_word(object, at, "null", 4); break;
  default: end = read_number(object, at); break;
  }
  *ret_text = (struct sla_text){at, end && *ret_kind != KIND_NULL ? (size_t)(end - at) : 0};
  return end;
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

/* A name and its colon. Most objects have the names of the one before, in the same order. */
static const char *read_name(struct json_object *object, const char *at, unsigned depth, struct json_name **ret_name) {
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
  at = behind_blanks(object, at);
  return at < object->end && *at == ':' ? at + 1 : NULL;
}

/* Depth is that of the brackets around what is inside, here and below; number that of the object. */
static const char *read_member(struct json_object *object, const char *at, unsigned depth, uint64_t number) {
  struct json_name *name;
  if (!(at = read_name(object, at, depth, &name)) || name->seen_in == number)
    return NULL;
  name->seen_in = number;
  return read_value(object, behind_blanks(object, at), name, depth);
}

/* Reads on from a member to behind the closing brace. */
static const char *read_members(struct json_object *object, const char *at, unsigned depth, uint64_t number) {
  const char *end = object->end;
  for (;;) {
    if (!(at = read_member(object, at, depth, number)))
      return NULL;
    at = behind_blanks(object, at);
    if (at == end || (*at != ',' && *at != '}'))
      return NULL;
    if (*at == '}')
      return at + 1;
    at = behind_blanks(object, at + 1);
  }
}

static const char *read_object(struct json_object *object, const char *at, unsigned depth) {
  uint64_t number = ++object->names.objects;
  at = behind_blanks(object, at);
  return at < object->end && *at == '}' ? at + 1 : read_members(object, at, depth, number);
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
  return *at == '{' ? read_object(object, at + 1, depth + 1) : read_elements(object, at + 1, depth + 1);
}

static const char *read_value(struct json_object *object, const char *at, struct json_name *name, unsigned depth) {
  struct sla_text text = {at, 0};
  enum json_kind kind;
  if (at == object->end)
    return NULL;
  if (*at == '"')
    return read_string(object, at, name);
  size_t index = add_node(object);
  if (*at == '{' || *at == '[') {
    kind = *at == '{' ? KIND_OBJECT : KIND_LIST;
    at = read_nested(object, at, depth);
    text.len = at ? (size_t)(at - text.ptr) : 0;
  } else
    at = read_scalar(object, at, &text, &kind);
  if (at)
    set_node(object, index, name, kind, text);
  return at;
}

/* --- the whole --------------------------------------------------------------------------------------------------- */

/*
 * The first byte from a place on that is not plain, or the object's last one, which is no quote either. Where cells are
 * made, what is looked at on the way is copied, and a comma is not plain.
 */
__attribute__((always_inline)) static inline const char *behind_plain(const struct json_object *object, const char *at,
                                                                      char *cell, const bool makes_cells) {
  const char *end = object->end;
#ifdef __SSE2__
  const char comma = makes_cells ? ',' : 0;
  for (; end - at >= 16; at += 16) {
    unsigned odd = json_odd_mask(at, comma);
    if (makes_cells) {
      memcpy(cell, at, 16);
      cell += 16;
    }
    if (odd)
      return at + (unsigned)__builtin_ctz(odd);
  }
  if (end - object->start >= 16) { /* the last bytes are looked at with such before them */
    const char *last = end - 16;
    unsigned odd = json_odd_mask(last, comma) >> (at - last);
    if (makes_cells)
      json_copy_last(cell, at, last);
    return odd ? at + (unsigned)__builtin_ctz(odd) : end - 1;
  }
#endif
  const char *start = at;
  at = json_plain_end(at, end, false);
  for (; makes_cells && start < at; start++) {
    if (*start == ',')
      return start;
    *cell++ = *start;
  }
  return at < end ? at : end - 1;
}

/* Makes room for as many nodes as there are members, and more; returns the place of the next. */
static struct json_node *make_room(struct json_object *object) {
  while (object->capacity - object->count <= object->member_count)
    object->nodes = array_grow(object->nodes, object->capacity, &object->capacity, sizeof *object->nodes);
  return &object->nodes[object->count];
}

/* Whether CSV can have as it stands what a value says. */
static bool is_cell(const struct json_node *node) {
  return node->kind <= KIND_NUMBER || (node->kind == KIND_STRING && !memchr(node->text.ptr, ',', node->text.len));
}

/*
 * Reads on as long as there are the members of the last object, in the same order, as there are in most: a name is
 * found by one comparison then and cannot come twice. Most values are plain strings, which are read here, with all that
 * takes in registers; all others are read as anywhere. Returns the place of the first other member, or behind the last
 * value, *ret_closed says which. Blanks and scalars end at the object's last byte, a brace: nothing else looks for its
 * end.
 */
__attribute__((always_inline)) static inline const char *read_known_members(struct json_object *object, const char *at,
                                                                            size_t *ret_done, bool *ret_closed,
                                                                            const bool makes_cells) {
  const char *end = object->end;
  struct json_name *const *members = object->members, *const *next = members,
                          *const *last = next + object->member_count;
  struct json_node *node = make_room(object);
  char *cell = object->cells; /* where the next one goes */
  bool is_simple = makes_cells;
  for (; next < last && json_name_stands(*next, at, end); at = skip_blanks(object, at + 1)) {
    struct json_name *name = *next++;
    const char *value = skip_blanks(object, at + name->written_len), *quote;
    if (*value == '"' && *(quote = behind_plain(object, value + 1, cell, makes_cells)) == '"') {
      node->text.ptr = value + 1;
      node->text.len = (size_t)(quote - (value + 1));
      node->name = name;
      node->end = (uint32_t)++object->count;
      node->kind = KIND_STRING;
      at = quote + 1;
    } else {
      size_t index = object->count;
      object->expected = &name->follower;
      at = read_value(object, value, name, 1);
      if (!at || at == end)
        return NULL;
      node = make_room(object) - 1;
      is_simple = is_simple && is_cell(&object->nodes[index]);
      if (is_simple)
        memcpy(cell, node->text.ptr, node->text.len);
    }
    if (is_simple) {
      cell += node->text.len;
      *cell++ = ',';
      object->cell_count++;
    }
    node++;
    at = skip_blanks(object, at);
    if (*at != ',') {
      *ret_closed = true;
      break;
    }
  }
  object->cells_len = (size_t)(cell - object->cells);
  *ret_done = (size_t)(next - members);
  return at;
}

/* Keeps the names of the members. */
static void keep_members(struct json_object *object) {
  const struct json_node *nodes = object->nodes;
  object->member_count = 0;
  object->shape++;
  for (size_t at = 1; at < object->count; at = nodes[at].end) {
    if (object->member_count == object->member_capacity)
      object->members =
          array_grow(object->members, object->member_count, &object->member_capacity, sizeof *object->members);
    object->members[object->member_count++] = nodes[at].name;
  }
}

/* The place behind the brace at the end of the object itself, from behind the one at its beginning. */
static const char *read_whole(struct json_object *object, const char *at) {
  size_t done = 0;
  at = behind_blanks(object, at);
  bool is_closed = *at == '}';
  if (!is_closed)
    at = object->has_cells ? read_known_members(object, at, &done, &is_closed, true)
                           : read_known_members(object, at, &done, &is_closed, false);
  if (!at)
    return NULL;
  if (is_closed && *at++ != '}')
    return NULL;
  if (is_closed && done && done == object->member_count)
    return at;
  uint64_t number = ++object->names.objects;
  for (size_t i = 0; i < done; i++)
    object->members[i]->seen_in = number;
  object->expected = done ? &object->members[done - 1]->follower : &object->names.first;
  if (!is_closed && !(at = read_members(object, at, 1, number)))
    return NULL;
  keep_members(object);
  return at;
}

bool json_object_read(struct json_object *object, struct sla_text text, bool is_judged) {
  if (object->names.count > JSON_MOST_NAMES) {
    json_names_forget(&object->names);
    object->member_count = 0;
  }
  object->count = 0;
  object->decoded_len = object->cell_count = 0;
  object->start = text.ptr;
  object->end = text.ptr + text.len;
  object->is_broken = false;
  object->is_judged = is_judged;
  if (object->decoded_size < text.len) {
    free(object->decoded);
    object->decoded_size = 2 * text.len;
    object->decoded = cli_alloc(object->decoded_size);
    free(object->cells);
    object->cells = cli_alloc(object->decoded_size + CELLS_MORE);
  }
  bool good = text.len > 1 && text.len < UINT32_MAX && *text.ptr == '{' && object->end[-1] == '}';
  size_t self = add_node(object);
  good = good && read_whole(object, text.ptr + 1) == object->end;
  if (good)
    set_node(object, self, NULL, KIND_OBJECT, text);
  else
    object->count = 0;
  return good;
}

void json_object_free(struct json_object *object) {
  json_names_forget(&object->names);
  free(object->nodes);
  free(object->members);
  free(object->decoded);
  free(object->cells);
}

struct sla_text json_object_decode(struct json_object *object, struct json_node *node) {
  char *to = object->decoded + object->decoded_len;
  object->decoded_len += json_string_decode(node->text, to);
  node->text = (struct sla_text){to, (size_t)(object->decoded + object->decoded_len - to)};
  node->kind = KIND_DECODED;
  return node->text;
}
