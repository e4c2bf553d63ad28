#include "cli/json_path.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Reads what stands in brackets, to behind the closing one; *at stands behind the opening one. */
static const char *read_bracket(struct json_step *step, const char **at) {
  const char *start = *at;
  if (*start == ']')
    step->kind = JSON_ALL;
  else if (*start == '"') {
    const char *quote = strchr(start + 1, '"');
    if (!quote)
      return "a quote is not closed";
    step->kind = JSON_MEMBER;
    step->key = (struct sla_text){start + 1, (size_t)(quote - start - 1)};
    *at = quote + 1;
  } else {
    step->kind = JSON_INDEX;
    while (is_digit(**at) && step->index < 1000000)
      step->index = 10 * step->index + (size_t)(*(*at)++ - '0');
    if (*at == start)
      return "in brackets stands nothing, a number from 0 or a name in quotes";
  }
  if (**at != ']')
    return "a bracket is not closed";
  ++*at;
  return NULL;
}

/* Reads one step and what separates it from the next. */
static const char *read_step(struct json_step *step, const char **at, bool first) {
  if (**at == '[') {
    ++*at;
    return read_bracket(step, at);
  }
  if (!first && *(*at)++ != '.')
    return "behind a bracket stands a dot or a bracket";
  size_t len = strcspn(*at, ".[");
  step->kind = JSON_MEMBER;
  step->key = (struct sla_text){*at, len};
  *at += len;
  return len ? NULL : "a name is missing";
}

bool json_path_read(struct json_path *path, const char *text, const char **ret_problem) {
  *path = (struct json_path){.text = cli_alloc(strlen(text) + 1)};
  memcpy(path->text, text, strlen(text));
  *ret_problem = NULL;
  const char *at = path->text;
  do {
    if (path->count == JSON_MOST_STEPS)
      *ret_problem = "it has more than 16 steps";
    else
      *ret_problem = read_step(&path->steps[path->count], &at, !path->count);
    path->count += !*ret_problem;
  } while (*at && !*ret_problem);
  return !*ret_problem;
}

void json_path_free(struct json_path *path) {
  free(path->text);
}
