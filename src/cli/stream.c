#include "cli/stream.h"

#include "cli/cli.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

void stream_begin(struct stream *stream, int fd, bool seekable) {
  if (!stream->buffer)
    stream->buffer = cli_alloc(stream->size = STREAM_BYTES);
  stream->fd = fd;
  stream->seekable = seekable;
  stream->start = stream->filled = stream->next_read = 0;
  stream->base = 0;
  stream->moves++;
  stream->at_end = false;
  stream->read_errno = 0;
}

void stream_free(struct stream *stream) {
  free(stream->buffer);
}

/* Bytes not yet taken move to the front; the buffer grows only when full. */
static bool make_room(struct stream *stream) {
  if (stream->start) {
    memmove(stream->buffer, stream->buffer + stream->start, stream->filled - stream->start);
    stream->filled -= stream->start;
    stream->base += stream->start;
    stream->start = 0;
  }
  if (stream->filled < stream->size)
    return true;
  char *larger = realloc(stream->buffer, 2 * stream->size);
  if (!larger)
    return false;
  stream->buffer = larger;
  stream->size *= 2;
  return true;
}

/* Reads behind what the stream has had so far; 0 where nothing comes. */
static size_t read_some(struct stream *stream, char *to, size_t room) {
  ssize_t got;
  do
    got = stream->seekable ? pread(stream->fd, to, room, (off_t)(stream->base + stream->filled))
                           : read(stream->fd, to, room);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    stream->read_errno = errno;
  if (got <= 0)
    stream->at_end = true;
  return got > 0 ? (size_t)got : 0;
}

void stream_fill(struct stream *stream) {
  stream->moves++;
  if (!make_room(stream)) {
    stream->read_errno = ENOMEM;
    stream->at_end = true;
    return;
  }
  size_t room = stream->size - stream->filled;
  if (stream->next_read && stream->next_read < room)
    room = stream->next_read;
  stream->next_read = 2 * room < stream->size && stream->next_read ? 2 * room : 0;
  stream->filled += read_some(stream, stream->buffer + stream->filled, room);
}

size_t stream_take(struct stream *stream, char *bytes, size_t room) {
  size_t have = stream->filled - stream->start, taken = have < room ? have : room;
  memcpy(bytes, stream->buffer + stream->start, taken);
  stream->start += taken;
  if (stream->start < stream->filled)
    return taken;
  stream->moves++;
  stream->base += stream->filled;
  stream->start = stream->filled = 0;
  while (taken < room && !stream->at_end) {
    size_t got = read_some(stream, bytes + taken, room - taken);
    stream->base += got;
    taken += got;
  }
  return taken;
}

void stream_give_back(struct stream *stream, const char *bytes, size_t len) {
  if (stream->start >= len) { /* they are still there */
    stream->start -= len;
    return;
  }
  assert(stream->start == stream->filled && len <= stream->size);
  stream->moves++;
  stream->base += stream->filled;
  stream->base -= len;
  stream->start = 0;
  stream->filled = len;
  memcpy(stream->buffer, bytes, len);
}

void stream_seek(struct stream *stream, uint64_t offset, size_t wanted) {
  uint64_t end = stream->base + stream->filled;
  if (offset >= stream->base && offset <= end) { /* going on where the last one ended reads in large pieces */
    stream->start = (size_t)(offset - stream->base);
    return;
  }
  stream->base = offset;
  stream->start = stream->filled = 0;
  stream->moves++;
  stream->next_read = wanted;
  stream->at_end = false;
}
