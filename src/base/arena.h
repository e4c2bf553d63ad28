/*
 * arena: memory that is freed at once.
 *
 * Everything a policy is made of (text, trees, calendars, timelines) lives in an arena. There is no way to free a
 * piece: arena_release() frees all of it. Memory comes zeroed and aligned for any type.
 *
 * Running out of memory, or over the arena's limit, jumps out of the work that arena_try() runs, so that the many
 * functions between need no error path for it. Whoever takes an outside resource (a parser, a handle) meanwhile
 * registers its release with arena_defer(), which runs it when the arena is released.
 */
#ifndef SLACLOCK_BASE_ARENA_H
#define SLACLOCK_BASE_ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_chunk;
struct arena_cleanup;

struct arena {
  struct arena_chunk *chunk;
  struct arena_cleanup *cleanups;
  size_t used;  /* bytes taken from the system */
  size_t limit; /* the most it may take: the caller's bound, and the tests' way to run out */
  jmp_buf *oom; /* where a failed allocation goes: set by arena_try */
};

/* Makes an empty arena that may take at most limit bytes from the system (0: no limit). */
void arena_init(struct arena *arena, size_t limit);

/* Runs the deferred releases, newest first, and frees all memory. The arena is empty afterwards and can be used again.
 */
void arena_release(struct arena *arena);

/*
 * Runs work(data), which may allocate from the arena. false where memory ran out, and work was left where it was; the
 * arena is then good for nothing but arena_release(). May be nested.
 */
bool arena_try(struct arena *arena, void (*work)(void *data), void *data);

/* Returns size zeroed bytes (size 0 is allowed and gives a pointer that must not be read). Leaves arena_try on failure.
 */
void *arena_alloc(struct arena *arena, size_t size);

/* The same for count elements of a size, checked for overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Moves an array of old_count elements to a place with room for new_count; the old place is not reused. */
void *arena_regrow(struct arena *arena, const void *old, size_t old_count, size_t new_count, size_t size);

/* A copy of len bytes with a NUL behind them. */
char *arena_copy(struct arena *arena, const char *bytes, size_t len);

/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Gives up as a failed allocation does: for memory that another library could not get. */
_Noreturn void arena_fail(struct arena *arena);

/* Registers release(resource) to be run by arena_release(). */
void arena_defer(struct arena *arena, void (*release)(void *resource), void *resource);

/*
 * Growing arrays. A vector is any struct with the members `items` (a pointer), `count` and `capacity` (size_t);
 * ARENA_PUSH makes room for one more element and yields the pointer to it, zeroed.
 */
#define ARENA_PUSH(arena, vector)                                                                                      \
  (((vector)->count == (vector)->capacity /* the capacity last: it holds when growing failed, too */                   \
        ? (void)((vector)->items =                                                                                     \
                     arena_regrow((arena), (vector)->items, (vector)->count,                                           \
                                  (vector)->capacity ? 2 * (vector)->capacity : 8, sizeof *(vector)->items),           \
                 (vector)->capacity = (vector)->capacity ? 2 * (vector)->capacity : 8)                                 \
        : (void)0),                                                                                                    \
   &(vector)->items[(vector)->count++])

/* Makes room for so many more elements at once: growing to that by doubling would take twice the memory. */
#define ARENA_RESERVE(arena, vector, more)                                                                             \
  ((vector)->capacity - (vector)->count < (more)                                                                       \
       ? (void)((vector)->items = arena_regrow((arena), (vector)->items, (vector)->count, (vector)->count + (more),    \
                                               sizeof *(vector)->items),                                               \
                (vector)->capacity = (vector)->count + (more))                                                         \
       : (void)0)

#endif
