/* timestamp_many: the times of a column of texts, as timestamp_read() has each of them, by what the machine does best.
 */
#ifndef SLACLOCK_TIME_TIMESTAMP_MANY_H
#define SLACLOCK_TIME_TIMESTAMP_MANY_H

#include "time/timestamp.h"

enum { TIMESTAMP_MOST = 64 };    /* texts at once */
#define TIMESTAMP_NONE INT64_MIN /* of an empty text */

/*
 * Reads count texts, each `stride` behind the one before. Bit i of what is returned says whether ret_times[i] holds;
 * what was wrong with the others, if anything, timestamp_parse and timestamp_instant say.
 */
struct timestamp_reader {
  uint64_t (*read)(const struct sla_text *texts, size_t stride, size_t count, const struct zone *zone,
                   sla_time *ret_times);
  const char *name;
};

/* The reader number i, the best first; NULL behind the last of those that this machine can run. */
const struct timestamp_reader *timestamp_reader_at(size_t i);

#endif
