/* record: an incident as it stands in the input, be it a row of CSV or an object of JSON. */
#ifndef SLACLOCK_CLI_RECORD_H
#define SLACLOCK_CLI_RECORD_H

#include "slaclock.h"

#include <stddef.h>

/* Views into the reader's buffer, valid until the next record is read. */
struct record {
  struct sla_text raw;           /* the record as it stands, without its line end */
  struct sla_text end;           /* a row's line end: "\n", "\r\n", or "" at the end of the file */
  long line;                     /* on which it begins, from 1 */
  size_t count;                  /* of fields */
  const struct sla_text *fields; /* a row's columns as they stand, quotes included; an object's values in use */
  const struct sla_list *lists;  /* an object's values in use, one a field; NULL of a row */
  const char *problem;           /* why it cannot be read; or NULL */

  /* Of an object only. */
  const char *error;         /* it can be read, but not what is in use of it: why; or NULL */
  long bad_line, bad_column; /* where the problem is; 0: where the record begins, or unknown */
};

#endif
