#include "time/amount.h"

#include "base/text.h"
#include "time/civil.h"

#include <stdio.h>

static const char too_long[] = "the amount is longer than the supported 230 years";

enum unit { UNIT_SECONDS, UNIT_BUSINESS_DAYS, UNIT_DAYS, UNIT_MONTHS, UNIT_BARE_DAYS };

/* Units as people write them; each with how many of the base unit it is. */
static const struct {
  const char *name;
  enum unit unit;
  int factor;
} units[] = {
    {"h", UNIT_SECONDS, HOUR},
    {"hr", UNIT_SECONDS, HOUR},
    {"hrs", UNIT_SECONDS, HOUR},
    {"hour", UNIT_SECONDS, HOUR},
    {"hours", UNIT_SECONDS, HOUR},
    {"m", UNIT_SECONDS, MINUTE},
    {"min", UNIT_SECONDS, MINUTE},
    {"mins", UNIT_SECONDS, MINUTE},
    {"minute", UNIT_SECONDS, MINUTE},
    {"minutes", UNIT_SECONDS, MINUTE},
    {"s", UNIT_SECONDS, 1},
    {"sec", UNIT_SECONDS, 1},
    {"secs", UNIT_SECONDS, 1},
    {"second", UNIT_SECONDS, 1},
    {"seconds", UNIT_SECONDS, 1},
    {"bd", UNIT_BUSINESS_DAYS, 1},
    {"business day", UNIT_BUSINESS_DAYS, 1},
    {"business days", UNIT_BUSINESS_DAYS, 1},
    {"cd", UNIT_DAYS, 1},
    {"calendar day", UNIT_DAYS, 1},
    {"calendar days", UNIT_DAYS, 1},
    {"w", UNIT_DAYS, 7},
    {"week", UNIT_DAYS, 7},
    {"weeks", UNIT_DAYS, 7},
    {"calendar week", UNIT_DAYS, 7},
    {"calendar weeks", UNIT_DAYS, 7},
    {"mo", UNIT_MONTHS, 1},
    {"month", UNIT_MONTHS, 1},
    {"months", UNIT_MONTHS, 1},
    {"calendar month", UNIT_MONTHS, 1},
    {"calendar months", UNIT_MONTHS, 1},
    {"y", UNIT_MONTHS, 12},
    {"year", UNIT_MONTHS, 12},
    {"years", UNIT_MONTHS, 12},
    {"calendar year", UNIT_MONTHS, 12},
    {"calendar years", UNIT_MONTHS, 12},
    {"d", UNIT_BARE_DAYS, 1},
    {"day", UNIT_BARE_DAYS, 1},
    {"days", UNIT_BARE_DAYS, 1},
};

/* What has been added up so far; which kinds of unit there were. */
struct sum {
  int64_t amounts[UNIT_BARE_DAYS];
  bool seen[UNIT_BARE_DAYS];
};

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Eats a unit: letters, or two words of which the first is "business" or "calendar". */
static struct sla_text eat_unit(struct sla_text *text) {
  struct sla_text unit = {text->ptr, 0};
  struct sla_text rest = *text;
  for (int words = 0; words < 2; words++) {
    while (rest.len && is_letter(rest.ptr[0]))
      rest.ptr++, rest.len--;
    unit.len = (size_t)(rest.ptr - unit.ptr);
    *text = rest;
    if (words || (!text_is(unit, "business") && !text_is(unit, "calendar")))
      break;
    text_eat_blanks(&rest);
  }
  return unit;
}

/* The unit of a name, its blanks counted as one. */
static int unit_index(struct sla_text name) {
  char folded[24];
  size_t len = 0;
  for (size_t i = 0; i < name.len && len < sizeof folded - 1; i++)
    if (is_letter(name.ptr[i]) || (len && folded[len - 1] != ' '))
      folded[len++] = is_letter(name.ptr[i]) ? name.ptr[i] : ' ';
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (text_is((struct sla_text){folded, len}, units[i].name))
      return (int)i;
  return -1;
}

static const char *add(struct arena *arena, struct sum *sum, enum unit unit, int64_t number, int factor) {
  if (number > AMOUNT_MOST_SECONDS / factor)
    return too_long;
  if (unit == UNIT_BARE_DAYS)
    return arena_printf(arena,
                        "\"%lldd\" can mean three things: write %lldbd (business days), %lldcd (calendar days) or "
                        "%lldh (hours on the target's clock)",
                        (long long)number, (long long)number, (long long)number, (long long)number * 24);
  sum->amounts[unit] += number * factor;
  sum->seen[unit] = true;
  return NULL;
}

/* ISO 8601: PT2H30M, P3D, P1W, P1M, P1Y. Its days are calendar days. */
static const char *read_iso(struct arena *arena, struct sla_text *text, struct sum *sum) {
  static const struct {
    char letter;
    bool time;
    enum unit unit;
    int factor;
  } designators[] = {{'Y', false, UNIT_MONTHS, 12}, {'M', false, UNIT_MONTHS, 1},    {'W', false, UNIT_DAYS, 7},
                     {'D', false, UNIT_DAYS, 1},    {'H', true, UNIT_SECONDS, HOUR}, {'M', true, UNIT_SECONDS, MINUTE},
                     {'S', true, UNIT_SECONDS, 1}};
  enum { DESIGNATORS = sizeof designators / sizeof *designators };
  const char *problem = "not an ISO 8601 duration: write it like PT2H30M or P3D";
  bool time = false, any = false;
  size_t next = 0; /* designators come in this order, each once */
  while (text->len) {
    if (text->ptr[0] == 'T' && !time) {
      text->ptr++, text->len--;
      time = true, any = false;
      continue;
    }
    int64_t number;
    if (!text_eat_number(text, AMOUNT_MOST_SECONDS, &number) || !text->len)
      return problem;
    while (next < DESIGNATORS && (designators[next].letter != text->ptr[0] || designators[next].time != time))
      next++;
    if (next == DESIGNATORS)
      return problem;
    const char *wrong = add(arena, sum, designators[next].unit, number, designators[next].factor);
    if (wrong)
      return wrong;
    text->ptr++, text->len--;
    next++, any = true;
  }
  return any ? NULL : problem;
}

/* "1h 30m", "3 business days". */
static const char *read_units(struct arena *arena, struct sla_text *text, struct sum *sum) {
  do {
    struct sla_text start = *text;
    int64_t number;
    if (!text_eat_number(text, AMOUNT_MOST_SECONDS, &number) && text->len && text->ptr[0] >= '0' && text->ptr[0] <= '9')
      return too_long;
    if (text->ptr == start.ptr)
      return text->len && text->ptr[0] == '-' ? "an amount cannot be negative"
                                              : "not an amount: write it like 2h 30m, 3bd, 2 calendar days or 1mo";
    if (text->len && text->ptr[0] == '.')
      return "amounts are whole numbers: write 1h 30m for 1.5h";
    text_eat_blanks(text);
    struct sla_text name = eat_unit(text);
    if (name.len == 0) {
      *text = start;
      return "the unit is missing: write h, m, s, bd, cd, w, mo or y behind the number";
    }
    int index = unit_index(name);
    if (index < 0) {
      *text = name;
      return arena_printf(arena, "unknown unit \"%.*s\": known are h, m, s, bd, cd, w, mo and y", TEXT_ARGS(name));
    }
    const char *wrong = add(arena, sum, units[index].unit, number, units[index].factor);
    if (wrong) {
      *text = start;
      return wrong;
    }
    text_eat_blanks(text);
  } while (text->len);
  return NULL;
}

const char *amount_read(struct arena *arena, struct sla_text text, struct amount *ret_amount, size_t *ret_offset) {
  const char *start = text.ptr;
  *ret_offset = 0;
  text = text_trim(text);
  if (text_is(text, "window") || text_is(text, "best-effort")) {
    *ret_amount = (struct amount){.kind = text_is(text, "window") ? AMOUNT_WINDOW : AMOUNT_BEST_EFFORT};
    return NULL;
  }
  struct sum sum = {0};
  const char *problem = text_eat(&text, 'P') ? read_iso(arena, &text, &sum) : read_units(arena, &text, &sum);
  if (problem) {
    *ret_offset = (size_t)(text.ptr - start);
    return problem;
  }
  bool calendar = sum.seen[UNIT_DAYS] || sum.seen[UNIT_MONTHS];
  if (sum.seen[UNIT_BUSINESS_DAYS] + sum.seen[UNIT_SECONDS] + calendar > 1)
    return sum.seen[UNIT_BUSINESS_DAYS] ? "business days cannot be mixed with other units"
                                        : "calendar units cannot be mixed with hours, minutes and seconds";
  if (sum.amounts[UNIT_SECONDS] > AMOUNT_MOST_SECONDS || sum.amounts[UNIT_BUSINESS_DAYS] > AMOUNT_MOST_DAYS ||
      sum.amounts[UNIT_DAYS] > AMOUNT_MOST_DAYS || sum.amounts[UNIT_MONTHS] > AMOUNT_MOST_MONTHS)
    return too_long;
  *ret_amount = (struct amount){
      .kind = calendar                       ? AMOUNT_CALENDAR
              : sum.seen[UNIT_BUSINESS_DAYS] ? AMOUNT_BUSINESS_DAYS
                                             : AMOUNT_SECONDS,
      .seconds = sum.amounts[UNIT_SECONDS],
      .business_days = (int)sum.amounts[UNIT_BUSINESS_DAYS],
      .months = (int)sum.amounts[UNIT_MONTHS],
      .days = (int)sum.amounts[UNIT_DAYS],
  };
  return NULL;
}

const char *amount_read_seconds(struct arena *arena, struct sla_text text, int64_t *ret_seconds) {
  struct amount amount;
  size_t offset;
  const char *problem = amount_read(arena, text, &amount, &offset);
  if (problem)
    return problem;
  if (amount.kind != AMOUNT_SECONDS)
    return "hours, minutes or seconds are expected here";
  *ret_seconds = amount.seconds;
  return NULL;
}

size_t duration_write(int64_t seconds, char text[SLA_DURATION_TEXT]) {
  uint64_t all = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
  unsigned long long hours = all / HOUR;
  unsigned minutes = (unsigned)(all / MINUTE % 60), rest = (unsigned)(all % 60);
  int len = snprintf(text, SLA_DURATION_TEXT, "%s", seconds < 0 ? "-" : "");
  if (hours)
    len += snprintf(text + len, SLA_DURATION_TEXT - (size_t)len, "%lluh ", hours);
  if (minutes)
    len += snprintf(text + len, SLA_DURATION_TEXT - (size_t)len, "%um ", minutes);
  if (rest || all == 0)
    len += snprintf(text + len, SLA_DURATION_TEXT - (size_t)len, "%us ", rest);
  text[--len] = '\0'; /* the last blank */
  return (size_t)len;
}
