#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, FIRST_CHUNK = 16 * 1024, LARGEST_CHUNK = 1024 * 1024 };

struct arena_chunk {
  struct arena_chunk *previous;
  size_t size, used; /* of bytes */
  _Alignas(ALIGNMENT) char bytes[];
};

struct arena_cleanup {
  struct arena_cleanup *previous;
  void (*release)(void *resource);
  void *resource;
};

void arena_fail(struct arena *arena) {
  assert(arena->oom && "an arena must be armed before it is used");
  longjmp(*arena->oom, 1);
}

void arena_init(struct arena *arena, size_t limit) {
  *arena = (struct arena){.limit = limit ? limit : SIZE_MAX};
}

bool arena_try(struct arena *arena, void (*work)(void *data), void *data) {
  jmp_buf oom, *outer = arena->oom;
  arena->oom = &oom;
  if (setjmp(oom) != 0) {
    arena->oom = outer;
    return false;
  }
  work(data);
  arena->oom = outer;
  return true;
}

void arena_release(struct arena *arena) {
  while (arena->cleanups) {
    struct arena_cleanup *cleanup = arena->cleanups;
    arena->cleanups = cleanup->previous;
    cleanup->release(cleanup->resource);
  }
  while (arena->chunk) {
    struct arena_chunk *chunk = arena->chunk;
    arena->chunk = chunk->previous;
    free(chunk);
  }
  arena->used = 0;
}

/*
 * Adds a chunk that holds at least size bytes. Chunks grow with the arena, so that a large one has few of them; the
 * last before the limit takes what is left, so that the whole limit can be used.
 */
static struct arena_chunk *arena_add_chunk(struct arena *arena, size_t size) {
  size_t room = arena->used < arena->limit ? arena->limit - arena->used : 0;
  if (room < sizeof(struct arena_chunk) || size > room - sizeof(struct arena_chunk))
    arena_fail(arena);
  room -= sizeof(struct arena_chunk);
  size_t want = arena->used < FIRST_CHUNK ? FIRST_CHUNK : arena->used;
  if (want > LARGEST_CHUNK)
    want = LARGEST_CHUNK;
  if (want > room)
    want = room;
  if (want < size)
    want = size;
  struct arena_chunk *chunk = malloc(sizeof(struct arena_chunk) + want);
  if (!chunk)
    arena_fail(arena);
  *chunk = (struct arena_chunk){.size = want};
  arena->used += sizeof(struct arena_chunk) + want;
  struct arena_chunk *current = arena->chunk;
  if (current && current->size - current->used > want - size) {
    chunk->previous = current->previous; /* a large piece: small ones go on in the current chunk */
    current->previous = chunk;
  } else {
    chunk->previous = current;
    arena->chunk = chunk;
  }
  return chunk;
}

/* Memory as it comes. Zeroing pieces and not chunks leaves alone the pages of a chunk that are never used. */
static void *arena_take(struct arena *arena, size_t size) {
  if (size > SIZE_MAX - ALIGNMENT)
    arena_fail(arena);
  size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  struct arena_chunk *chunk = arena->chunk;
  if (!chunk || size > chunk->size - chunk->used)
    chunk = arena_add_chunk(arena, size);
  void *place = chunk->bytes + chunk->used;
  chunk->used += size;
  return place;
}

void *arena_alloc(struct arena *arena, size_t size) {
  return memset(arena_take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
  if (size && count > SIZE_MAX / size)
    arena_fail(arena);
  return arena_alloc(arena, count * size);
}

void *arena_regrow(struct arena *arena, const void *old, size_t old_count, size_t new_count, size_t size) {
  if (size && new_count > SIZE_MAX / size)
    arena_fail(arena);
  char *place = arena_take(arena, new_count * size);
  if (old_count)
    memcpy(place, old, old_count * size);
  memset(place + old_count * size, 0, (new_count - old_count) * size);
  return place;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t len) {
  char *copy = arena_take(arena, len + 1);
  if (len)
    memcpy(copy, bytes, len);
  copy[len] = '\0';
  return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (len < 0) /* over INT_MAX, or no memory */
    arena_fail(arena);
  size_t size = (size_t)len + 1;
  char *text = arena_alloc(arena, size);
  va_start(args, format);
  vsnprintf(text, size, format, args);
  va_end(args);
  return text;
}

void arena_defer(struct arena *arena, void (*release)(void *resource), void *resource) {
  struct arena_cleanup *cleanup = arena_alloc(arena, sizeof *cleanup);
  *cleanup = (struct arena_cleanup){arena->cleanups, release, resource};
  arena->cleanups = cleanup;
}
