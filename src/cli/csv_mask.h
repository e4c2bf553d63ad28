/*
 * csv_mask: where fields end, found for 64 bytes at a time: bit i of a word stands for byte i of a block. The bytes are
 * told apart by the widest vectors that the machine has, or by the eight bytes of a uint64_t; quotes are then followed
 * by arithmetic on whole words, so that what stands inside them costs nothing.
 */
#ifndef SLACLOCK_CLI_CSV_MASK_H
#define SLACLOCK_CLI_CSV_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CSV_BLOCK = 64 };

/* Of one block. */
struct csv_marks {
  uint64_t ends;   /* delimiters and line feeds */
  uint64_t quotes; /* double quotes */
};

/* What has been seen among bytes: quotes, and delimiters or line feeds inside them. */
struct csv_found {
  bool quotes, ends_inside;
};

/* Finds the marks of whole blocks. Returns all their quotes together: 0 where there are none. */
struct csv_marker {
  uint64_t (*mark)(const char *bytes, size_t blocks, char delimiter, struct csv_marks *ret_marks);
  const char *name;
};

/* The marker number i, the best first; NULL behind the last of those that this machine can run. */
const struct csv_marker *csv_marker_at(size_t i);

/*
 * Marks bytes that begin where a row does, as many as csv_blocks says. Then ends have only the delimiters and line
 * feeds outside quotes, and besides them the places where quotes are not as they should be, so that nothing behind such
 * a place holds: a quote within a field that began without one, and whatever but an end stands behind a closing quote
 * (be it the carriage return of the line's end). Bytes beyond len are neither read nor marked.
 */
struct csv_found csv_mark(const struct csv_marker *marker, const char *bytes, size_t len, char delimiter,
                          struct csv_marks *ret_marks);

static inline size_t csv_blocks(size_t len) {
  return len / CSV_BLOCK + (len % CSV_BLOCK != 0);
}

#endif
