#include "cli/json_names.h"

#include "cli/cli.h"
#include "cli/json_string.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_SLOTS = 64, WRITTEN_ROOM = 16 };

static uint64_t hash_of(const struct json_names *names, struct sla_text text, unsigned depth) {
  const uint64_t odd = 0x9E3779B97F4A7C15U;
  uint64_t hash = names->salt ^ depth ^ text.len << 32, word = 0;
  size_t at = 0;
  for (; text.len - at >= 8; at += 8) {
    memcpy(&word, text.ptr + at, 8);
    hash = (hash ^ word) * odd;
    hash ^= hash >> 32;
  }
  for (word = 0; at < text.len; at++)
    word = word << 8 | (unsigned char)text.ptr[at];
  hash = (hash ^ word) * odd;
  return hash ^ hash >> 32;
}

/* Where a name is, or would be. */
static struct json_name **slot_of(const struct json_names *names, uint64_t hash, struct sla_text text, unsigned depth) {
  for (size_t i = hash & (names->size - 1);; i = (i + 1) & (names->size - 1)) {
    const struct json_name *name = names->slots[i];
    if (!name || (name->hash == hash && name->depth == depth && json_name_is(name, text)))
      return &names->slots[i];
  }
}

static void grow(struct json_names *names) {
  struct json_names larger = *names;
  larger.size = names->size ? 2 * names->size : LEAST_SLOTS;
  larger.slots = cli_alloc(larger.size * sizeof(struct json_name *));
  for (size_t i = 0; i < names->size; i++) {
    struct json_name *name = names->slots[i];
    if (name)
      *slot_of(&larger, name->hash, name->text, name->depth) = name;
  }
  free(names->slots);
  if (!names->size)
    larger.salt = (uintptr_t)larger.slots ^ (uint64_t)sla_time_now() << 24;
  *names = larger;
}

/* Whether a string with nothing but text between its quotes says it. */
static bool stands_for_itself(struct sla_text text) {
  const char *at = text.ptr, *end = at + text.len;
  while (at < end) {
    const char *behind = (unsigned char)*at < 0x80 ? json_plain_end(at, end, false) : json_utf8_end(at, end);
    if (behind == at)
      return false;
    at = behind;
  }
  return true;
}

struct json_name *json_names_find(struct json_names *names, struct sla_text text, unsigned depth) {
  if (2 * names->count >= names->size)
    grow(names);
  uint64_t hash = hash_of(names, text, depth);
  struct json_name **slot = slot_of(names, hash, text, depth), *name = *slot;
  if (name)
    return name;
  size_t len = text.len, written = len + 3 < WRITTEN_ROOM ? WRITTEN_ROOM : len + 3;
  name = *slot = cli_alloc(sizeof *name + written + len + 1);
  names->count++;
  *name = (struct json_name){.text = {name->written + written, len}, .depth = depth, .hash = hash};
  memcpy(name->written + written, text.ptr, len);
  name->is_plain = stands_for_itself(name->text);
  name->written_len = (uint32_t)len + 3;
  name->written_mask = !name->is_plain ? 1U << 16 : len + 3 < 16 ? (1U << (len + 3)) - 1 : 0xFFFF;
  name->written[0] = '"';
  memcpy(name->written + 1, text.ptr, len);
  memcpy(name->written + 1 + len, "\":", 2);
  return name;
}

void json_names_forget(struct json_names *names) {
  for (size_t i = 0; i < names->size; i++)
    free(names->slots[i]);
  free(names->slots);
  names->slots = NULL;
  names->first = NULL;
  names->size = names->count = 0;
  names->generation++;
}
