/*
 * json_path: where in an object a field stands: "number", "stats.first_responded_at", "labels[].name",
 * "comments[0].createdAt", "fields[\"odd.name\"]".
 */
#ifndef SLACLOCK_CLI_JSON_PATH_H
#define SLACLOCK_CLI_JSON_PATH_H

#include "slaclock.h"

#include <stdbool.h>

enum { JSON_MOST_STEPS = 16 };

struct json_step {
  enum { JSON_MEMBER, JSON_ALL, JSON_INDEX } kind;
  struct sla_text key; /* of a member */
  size_t index;
};

struct json_path {
  char *text; /* as it is written; the steps point into it */
  struct json_step steps[JSON_MOST_STEPS];
  size_t count;
};

/* Reads a path; false where the text is none, and then says why. Free with json_path_free in either case. */
bool json_path_read(struct json_path *path, const char *text, const char **ret_problem);
void json_path_free(struct json_path *path);

#endif
