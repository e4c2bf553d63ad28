/*
 * amount: how long a target allows. Hours are measured on a clock; business days, calendar units and windows are
 * counted on a calendar. The two kinds do not mix.
 */
#ifndef SLACLOCK_TIME_AMOUNT_H
#define SLACLOCK_TIME_AMOUNT_H

#include "base/arena.h"
#include "slaclock.h"

enum amount_kind {
  AMOUNT_SECONDS,       /* 2h, 1h 30m, PT2H */
  AMOUNT_BUSINESS_DAYS, /* 3bd, 3 business days */
  AMOUNT_CALENDAR,      /* 1cd, 2w, 3mo, 1y, P3D */
  AMOUNT_WINDOW,        /* window */
  AMOUNT_BEST_EFFORT,   /* best-effort */
};

struct amount {
  enum amount_kind kind;
  int64_t seconds;   /* AMOUNT_SECONDS: 0 to AMOUNT_MOST_SECONDS */
  int business_days; /* 0 to AMOUNT_MOST_DAYS */
  int months, days;  /* AMOUNT_CALENDAR: months first, then days */
};

/* The supported range is 230 years; nothing longer is a deadline. */
enum { AMOUNT_MOST_DAYS = 84000, AMOUNT_MOST_MONTHS = 2760 };
#define AMOUNT_MOST_SECONDS ((int64_t)AMOUNT_MOST_DAYS * 86400)

/*
 * Reads a whole text as an amount. Returns NULL, or what is wrong (in the arena), with where in the text.
 */
const char *amount_read(struct arena *arena, struct sla_text text, struct amount *ret_amount, size_t *ret_offset);

/* Reads an amount that must be measured on a clock ("30m"); it has no sign. */
const char *amount_read_seconds(struct arena *arena, struct sla_text text, int64_t *ret_seconds);

/* Writes seconds; see sla_duration_write in slaclock.h. */
size_t duration_write(int64_t seconds, char text[SLA_DURATION_TEXT]);

#endif
