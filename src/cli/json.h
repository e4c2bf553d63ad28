/* json: writing JSON (RFC 8259). Members of an object: open it, write each with its key, close it. */
#ifndef SLACLOCK_CLI_JSON_H
#define SLACLOCK_CLI_JSON_H

#include "slaclock.h"

#include <stdint.h>
#include <stdio.h>

struct json {
  FILE *file;
  bool first; /* nothing stands in the innermost object or array yet */
};

void json_open(struct json *json, const char *key, char bracket); /* key NULL: no key; bracket { or [ */
void json_close(struct json *json, char bracket);                 /* } or ] */
void json_text(struct json *json, const char *key, struct sla_text value);
void json_string(struct json *json, const char *key, const char *value); /* null where NULL */
void json_number(struct json *json, const char *key, int64_t value);
void json_hundredths(struct json *json, const char *key, int64_t value); /* 1234 as 12.34; not negative */
void json_flag(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

/*
 * Writes text as it stands in quotes, escaped; malformed UTF-8 becomes U+FFFD, so that what comes out is always valid.
 * The text is cut off in front where it has been written, as far as there is room for (more than JSON_MOST_ESCAPED).
 * Returns how many bytes were written.
 */
enum { JSON_MOST_ESCAPED = 16 };
size_t json_escape(struct sla_text *text, char *to, size_t room);

#endif
