/* utf8: what is well-formed (RFC 3629). */
#ifndef SLACLOCK_CLI_UTF8_H
#define SLACLOCK_CLI_UTF8_H

#include "slaclock.h"

/* Length of the well-formed character at the start of a text that is not empty; 0 where it is malformed. */
static inline size_t utf8_length(struct sla_text text) {
  const unsigned char *p = (const unsigned char *)text.ptr;
  size_t len = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
  if (len > text.len)
    return 0;
  for (size_t i = 1; i < len; i++)
    if ((p[i] & 0xC0) != 0x80)
      return 0;
  bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
  bool beyond = (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF4 && p[1] > 0x8F); /* surrogates; over U+10FFFF */
  return len > 1 && (overlong || beyond) ? 0 : len;
}

#endif
