/* pattern_form: a compiled pattern, which pattern.c makes and pattern_read.c reads texts by. */
#ifndef SLACLOCK_TIME_PATTERN_FORM_H
#define SLACLOCK_TIME_PATTERN_FORM_H

#include "time/pattern.h"

/* What a pattern can say of a time. */
enum part {
  PART_YEAR,
  PART_MONTH,
  PART_DAY,
  PART_HOUR,
  PART_MINUTE,
  PART_SECOND,
  PART_FRACTION,
  PART_HALF,
  PART_WEEKDAY,
  PART_OFFSET,
  PARTS,
};

enum element_kind {
  ELEMENT_LITERAL,
  ELEMENT_NUMBER,
  ELEMENT_FRACTION,
  ELEMENT_MONTH,
  ELEMENT_WEEKDAY,
  ELEMENT_HALF,
  ELEMENT_OFFSET,
};

/* A letter of patterns. */
struct letter {
  char letter;
  enum element_kind kind;
  enum part part;
  int first, last; /* of a number */
  int wraps;       /* the number that means 0: 12 for h, 24 for k */
};

struct element {
  enum element_kind kind;
  const struct letter *letter; /* of all but literals */
  int least, most;             /* digits of a number */
  bool named;                  /* an offset may be written GMT+3 or CET */
  struct sla_text text;        /* of a literal, folded */
};

struct time_pattern {
  struct sla_text text;
  const struct time_words *words;
  struct element *items;
  size_t count, capacity;
  bool has[PARTS];
};

struct time_format {
  struct time_pattern *patterns;
  size_t count;
  const char *problem; /* of a text that fits none */
};

#endif
