/*
 * dialect: what the input calls its columns, how it writes its times, and its words; from a profile (--input) and from
 * single options, which come before it.
 */
#ifndef SLACLOCK_CLI_DIALECT_H
#define SLACLOCK_CLI_DIALECT_H

#include "cli/cli.h"

struct dialect {
  struct cli *cli;
  sla_profile *profile;        /* or NULL */
  sla_zone *own_zone;          /* --input-zone; or NULL */
  sla_time_format *own_format; /* --time-format; or NULL */
  const sla_zone *zone;        /* of times without offset; NULL: nothing says which */
  const sla_time_format *format;
  bool has_words;  /* texts may mean something else than they say */
  bool has_states; /* the profile says by which words of which fields an incident is resolved */
};

/* Takes the command line's options. false after an error. Free in either case. */
bool dialect_init(struct dialect *dialect, struct cli *cli);
void dialect_free(struct dialect *dialect);

/*
 * The column of a field: its own name, or as --map or the profile say; "" where there is none. *ret_is_asked: --map
 * says so, and that column has to be there.
 */
const char *dialect_column(const struct dialect *dialect, const char *field, bool *ret_is_asked);

/* A field as the profile counts it, for dialect_word; any number where there is none. */
size_t dialect_field(const struct dialect *dialect, const char *field);

/* What a text means for a field. The result is the profile's, or the text, or "". */
struct sla_text dialect_word(const struct dialect *dialect, size_t field, struct sla_text text);

/* Reads a time of the input as sla_time_read does. zone is for those without offset where the dialect says none. */
enum sla_code dialect_time(const struct dialect *dialect, const struct sla_options *options, const sla_zone *zone,
                           struct sla_text text, sla_time *ret_time, enum sla_reading *ret_reading);

#endif
