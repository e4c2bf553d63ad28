/* buffer: text that grows, and arrays that do. A zeroed buffer is an empty text; the memory is freed with buffer_free.
 */
#ifndef SLACLOCK_CLI_BUFFER_H
#define SLACLOCK_CLI_BUFFER_H

#include <stdarg.h>
#include <stddef.h>

struct buffer {
  char *text; /* NUL-terminated; NULL while nothing was added */
  size_t len, size;
};

void buffer_add(struct buffer *buffer, const char *bytes, size_t len);
void buffer_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_free(struct buffer *buffer);

/* Room for one item more behind count of them, of which an array at place has capacity; returns where it is now. What
 * is new is zeroed. */
void *array_grow(void *place, size_t count, size_t *capacity, size_t size);

/* The text, "" while nothing was added. */
static inline const char *buffer_text(const struct buffer *buffer) {
  return buffer->text ? buffer->text : "";
}

#endif
