/*
 * time_text: times as sla_time_write() writes them, many of them: the text of a date is made once and kept, in a table
 * by date, and that of an offset likewise.
 */
#ifndef SLACLOCK_CLI_TIME_TEXT_H
#define SLACLOCK_CLI_TIME_TEXT_H

#include "slaclock.h"

enum { TIME_TEXT_DATES = 1024, TIME_TEXT_OFFSETS = 64 }; /* powers of two */

struct time_texts {
  struct {
    uint32_t days; /* since the day before 1970-01-01; 0: none is kept */
    char text[12]; /* as "2026-01-31T" */
  } dates[TIME_TEXT_DATES];
  struct {
    int32_t offset_s;
    char text[8]; /* as "+02:00"; "": none is kept */
  } offsets[TIME_TEXT_OFFSETS];
};

/* Begins empty, that is: zeroed. Writes a time where there is room for SLA_TIME_TEXT; returns where it ends. */
char *time_text_put(struct time_texts *texts, sla_time t, int32_t offset_s, bool utc, char *at);

#endif
