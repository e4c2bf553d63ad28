#include "cli/buffer.h"

#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for so many bytes more and a NUL. */
static void make_room(struct buffer *buffer, size_t more) {
  if (buffer->size - buffer->len > more)
    return;
  size_t size = 2 * (buffer->len + more) + 64;
  char *text = cli_alloc(size);
  if (buffer->len)
    memcpy(text, buffer->text, buffer->len);
  text[buffer->len] = '\0';
  free(buffer->text);
  buffer->text = text;
  buffer->size = size;
}

void buffer_add(struct buffer *buffer, const char *bytes, size_t len) {
  make_room(buffer, len);
  if (len)
    memcpy(buffer->text + buffer->len, bytes, len);
  buffer->len += len;
  buffer->text[buffer->len] = '\0';
}

void buffer_format(struct buffer *buffer, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (len > 0) {
    make_room(buffer, (size_t)len);
    vsnprintf(buffer->text + buffer->len, (size_t)len + 1, format, again);
    buffer->len += (size_t)len;
  }
  va_end(again);
}

void buffer_free(struct buffer *buffer) {
  free(buffer->text);
  *buffer = (struct buffer){0};
}

void *array_grow(void *place, size_t count, size_t *capacity, size_t size) {
  if (count < *capacity)
    return place;
  *capacity = 2 * count + 16;
  void *larger = cli_alloc(*capacity * size);
  if (count)
    memcpy(larger, place, count * size);
  free(place);
  return larger;
}
