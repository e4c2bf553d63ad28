/*
 * yaml_errors: what is wrong with a YAML text, in words that help the person who wrote it. The part of yaml.c that is
 * about texts and not about libyaml's interface.
 */
#ifndef SLACLOCK_BASE_YAML_ERRORS_H
#define SLACLOCK_BASE_YAML_ERRORS_H

#include "base/diag.h"
#include "slaclock.h"

struct yaml_input {
  struct diags *diags;
  const struct source *source;
  struct sla_text text; /* of the source, without its byte order mark */
};

/*
 * Where the first character stands that no text of ours may have: malformed UTF-8, control characters, line ends other
 * than LF and CR LF. len where there is none.
 */
size_t yaml_unfit(struct sla_text text);

/* The code point of the unfit but well-formed character that stands at ptr. */
unsigned yaml_unfit_number(const char *ptr);

/* Reports the unfit character at an offset. */
void yaml_report_unfit(const struct yaml_input *input, size_t offset);

/* A syntax error as libyaml finds it. */
struct yaml_error {
  const char *problem, *context; /* libyaml's words; "" where it has none */
  struct place at_problem, at_context;
  size_t problem_offset, context_offset; /* the same places in bytes */
  const struct place *open_bracket;      /* of the innermost list or map around, if it is in brackets; else NULL */
};

void yaml_report_syntax(const struct yaml_input *input, const struct yaml_error *error);

#endif
