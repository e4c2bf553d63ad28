/*
 * stream: bytes of a file descriptor through a buffer that grows where something does not fit. Readers look at what is
 * between start and filled, ask for more with stream_fill and move start over what they have taken.
 */
#ifndef SLACLOCK_CLI_STREAM_H
#define SLACLOCK_CLI_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stream {
  int fd;
  bool seekable; /* read with pread, so that stream_seek works and the descriptor's own position does not matter */
  char *buffer;
  size_t size, start, filled;
  uint64_t base;    /* where in the file the buffer begins */
  uint64_t moves;   /* what is known of the bytes behind start holds while this stays the same */
  size_t next_read; /* after a jump: how much the next read takes, those behind it more; 0: all there is room for */
  bool at_end;      /* no more bytes come */
  int read_errno;   /* of a failed read; 0 */
};

/* A zeroed stream begins with its first file; with further ones it keeps its memory. The descriptor stays the caller's.
 */
void stream_begin(struct stream *stream, int fd, bool seekable);
void stream_free(struct stream *stream);

/* Reads more behind what is there. What stands before start is dropped: pointers into the buffer are no longer valid.
 */
void stream_fill(struct stream *stream);

/*
 * Takes up to so many bytes out of it, as many as come before the end; and gives the last of those taken back, at most
 * as many as the stream's first buffer has room for. In between and afterwards others may take.
 */
enum { STREAM_BYTES = 256 * 1024 }; /* of a stream's buffer, as long as it does not have to grow */
size_t stream_take(struct stream *stream, char *bytes, size_t room);
void stream_give_back(struct stream *stream, const char *bytes, size_t len);

/* Goes to a place in a seekable file, of which about so many bytes are wanted. */
void stream_seek(struct stream *stream, uint64_t offset, size_t wanted);

/* Where in the file start is. */
static inline uint64_t stream_offset(const struct stream *stream) {
  return stream->base + stream->start;
}

#endif
