/* pattern_read: texts by compiled patterns. */
#include "time/pattern_form.h"

#include "base/text.h"
#include "time/civil.h"
#include "time/icu.h"

enum { TEXT_MOST = 128, CENTURY = 2000, LEAST_SHORTENED = 3 };

static const char no_time_of_day[] = "no such time of day", no_date[] = "no such date";

/* What has been read of a text. */
struct reading {
  struct sla_text rest;
  int parts[PARTS];
  const char *problem; /* it fits but for a number out of its range */
};

static bool eat_number(struct reading *reading, const struct element *element) {
  const struct letter *letter = element->letter;
  int value, digits = element->most;
  while (digits >= element->least && !text_eat_digits(&reading->rest, digits, &value))
    digits--;
  if (digits < element->least)
    return false;
  if (value < letter->first || value > letter->last) {
    if (!reading->problem && !(letter->part == PART_YEAR && digits == 2))
      reading->problem = letter->part <= PART_DAY ? no_date : no_time_of_day;
  }
  if (letter->part == PART_YEAR && digits == 2)
    value += CENTURY;
  reading->parts[letter->part] = value == letter->wraps ? 0 : value;
  return true;
}

static bool eat_fraction(struct reading *reading) {
  int digit;
  if (!text_eat_digits(&reading->rest, 1, &digit))
    return false;
  while (text_eat_digits(&reading->rest, 1, &digit))
    ;
  return true;
}

static bool starts_with(struct sla_text text, struct sla_text start) {
  return start.len && text.len >= start.len && memcmp(text.ptr, start.ptr, start.len) == 0;
}

/* The letters at the start of a folded text; all that is not ASCII counts as one. */
static struct sla_text letters_at(struct sla_text text) {
  size_t len = 0;
  while (len < text.len && ((text.ptr[len] >= 'a' && text.ptr[len] <= 'z') || (unsigned char)text.ptr[len] >= 0x80))
    len++;
  return (struct sla_text){text.ptr, len};
}

/* The only word that begins so, -1 where there is none or several. */
static int word_begun(const struct sla_text (*words)[WORD_FORMS], int count, struct sla_text start) {
  int found = -1;
  if (text_characters(start) < LEAST_SHORTENED)
    return -1;
  for (int i = 0; i < count; i++)
    for (int form = 0; form < WORD_FORMS; form++)
      if (starts_with(words[i][form], start) && found != i) {
        if (found >= 0)
          return -1;
        found = i;
      }
  return found;
}

/* Eats the longest word that the text begins with, or a beginning of one. */
static bool eat_word(struct sla_text *text, const struct sla_text (*words)[WORD_FORMS], int count, int *ret_index) {
  size_t len = 0;
  bool is_unique = false;
  for (int i = 0; i < count; i++)
    for (int form = 0; form < WORD_FORMS; form++) {
      if (!starts_with(*text, words[i][form]) || words[i][form].len < len)
        continue;
      is_unique = words[i][form].len > len || (is_unique && *ret_index == i);
      len = words[i][form].len;
      *ret_index = i;
    }
  struct sla_text start = letters_at(*text);
  if (start.len > len) { /* more letters than any word has: a longer word begun, as "sep" in Spanish */
    int begun = word_begun(words, count, start);
    if (begun >= 0) {
      *ret_index = begun;
      len = start.len;
      is_unique = true;
    }
  }
  if (!is_unique)
    return false;
  text->ptr += len, text->len -= len;
  return true;
}

/* The length of a half day's name at the start of a text, which may have dots and blanks in it: "p. m."; 0: not it. */
static size_t half_length(struct sla_text text, struct sla_text name) {
  size_t at = 0;
  bool has_dots = false;
  for (size_t i = 0; i < name.len; i++, at++) {
    while (i && at < text.len && (text.ptr[at] == '.' || (text.ptr[at] == ' ' && has_dots)))
      has_dots |= text.ptr[at++] == '.';
    if (at >= text.len || text.ptr[at] != name.ptr[i])
      return 0;
  }
  return at + (has_dots && at < text.len && text.ptr[at] == '.');
}

static bool eat_half(struct sla_text *text, const struct sla_text names[2][WORD_FORMS], int *ret_half) {
  size_t best = 0;
  for (int half = 0; half < 2; half++)
    for (int form = 0; form < WORD_FORMS; form++) {
      size_t len = half_length(*text, names[half][form]);
      if (len > best) {
        best = len;
        *ret_half = half;
      }
    }
  if (best)
    text->ptr += best, text->len -= best;
  return best > 0;
}

/* The zones that RFC 5322 section 4.3 gives an offset, and those of Europe's clocks; hours east, folded. */
static const struct {
  const char *name;
  int hours;
} zone_names[] = {
    {"est", -5}, {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8},
    {"pdt", -7}, {"wet", 0},  {"west", 1}, {"cet", 1},  {"cest", 2}, {"eet", 2},  {"eest", 3},
};

static bool eat_zone_name(struct sla_text *text, int *ret_offset) {
  struct sla_text name = letters_at(*text);
  for (size_t i = 0; i < sizeof zone_names / sizeof *zone_names; i++)
    if (text_is(name, zone_names[i].name)) {
      *ret_offset = zone_names[i].hours * HOUR;
      return text_eat_string(text, zone_names[i].name);
    }
  return false;
}

/* "Z" and "+02:00"; where it may be named also "GMT+2", "UTC" and "CET". */
static bool eat_offset(struct sla_text *text, bool named, int *ret_offset) {
  *ret_offset = 0;
  if (named && eat_zone_name(text, ret_offset))
    return true;
  if (named && (text_eat_string(text, "gmt") || text_eat_string(text, "utc") || text_eat_string(text, "ut"))) {
    struct sla_text rest = *text;
    int hours;
    bool west = text_starts(rest, "-");
    if (timestamp_eat_offset(text, ret_offset) || rest.len == 0)
      return true;
    if (text_eat(&rest, west ? '-' : '+') && text_eat_digits(&rest, 1, &hours)) { /* GMT+2, GMT+2:30 */
      int minutes = 0;
      if (text_eat(&rest, ':') && (!text_eat_digits(&rest, 2, &minutes) || minutes > 59))
        return false;
      *ret_offset = (west ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
      *text = rest;
    }
    return true;
  }
  return timestamp_eat_offset(text, ret_offset) || text_eat(text, 'z');
}

static bool eat_element(struct reading *reading, const struct time_pattern *pattern, size_t index) {
  const struct element *element = &pattern->items[index];
  const struct element *next = index + 1 < pattern->count ? element + 1 : NULL;
  bool eaten = false;
  switch (element->kind) {
  case ELEMENT_LITERAL:
    eaten = starts_with(reading->rest, element->text);
    if (eaten)
      reading->rest.ptr += element->text.len, reading->rest.len -= element->text.len;
    return eaten;
  case ELEMENT_NUMBER: return eat_number(reading, element);
  case ELEMENT_FRACTION: return eat_fraction(reading);
  case ELEMENT_HALF: return eat_half(&reading->rest, pattern->words->halves, &reading->parts[PART_HALF]);
  case ELEMENT_OFFSET: return eat_offset(&reading->rest, element->named, &reading->parts[PART_OFFSET]);
  case ELEMENT_MONTH:
    eaten = eat_word(&reading->rest, pattern->words->months, 12, &reading->parts[PART_MONTH]);
    reading->parts[PART_MONTH]++;
    break;
  case ELEMENT_WEEKDAY:
    eaten = eat_word(&reading->rest, pattern->words->weekdays, 7, &reading->parts[PART_WEEKDAY]);
    break;
  }
  /* "sept." may have its dot, unless the pattern has one there. */
  if (eaten && !(next && next->kind == ELEMENT_LITERAL && next->text.ptr[0] == '.'))
    text_eat(&reading->rest, '.');
  return eaten;
}

/* The time that has been read; NULL, or what is wrong with it. */
static const char *reading_finish(const struct reading *reading, const struct time_pattern *pattern,
                                  struct timestamp *ret_timestamp) {
  const int *parts = reading->parts;
  if (reading->problem)
    return reading->problem;
  if (!civil_is_valid(parts[PART_YEAR], parts[PART_MONTH], parts[PART_DAY]))
    return no_date;
  int date = date_of(parts[PART_YEAR], parts[PART_MONTH], parts[PART_DAY]);
  if (pattern->has[PART_WEEKDAY] && date_weekday(date) != parts[PART_WEEKDAY])
    return "the date is on another weekday";
  int hour = parts[PART_HOUR] + (parts[PART_HALF] ? 12 : 0);
  *ret_timestamp = (struct timestamp){
      .kind = pattern->has[PART_OFFSET] ? TIMESTAMP_INSTANT : TIMESTAMP_LOCAL,
      .value =
          (int64_t)date * DAY + hour * HOUR + parts[PART_MINUTE] * MINUTE + parts[PART_SECOND] - parts[PART_OFFSET],
  };
  return NULL;
}

/* Whether a folded text has the pattern's form; *ret_problem is then NULL, or what is wrong with the time. */
static bool pattern_read(const struct time_pattern *pattern, struct sla_text text, struct timestamp *ret_timestamp,
                         const char **ret_problem) {
  struct reading reading = {.rest = text};
  for (size_t i = 0; i < pattern->count; i++)
    if (!eat_element(&reading, pattern, i))
      return false;
  if (reading.rest.len)
    return false;
  *ret_problem = reading_finish(&reading, pattern, ret_timestamp);
  return true;
}

/* Whether a text is plainly meant as one of the default forms, whose complaint is then the better one. */
static bool looks_default(struct sla_text text) {
  int year;
  text = text_trim(text);
  return text_starts(text, "@") || (text_eat_digits(&text, 4, &year) && text_eat(&text, '-'));
}

const char *time_format_read(const struct time_format *format, struct sla_text text, struct timestamp *ret_timestamp) {
  if (!format)
    return timestamp_parse(text, ret_timestamp);
  char folded[TEXT_MOST];
  struct sla_text read = {folded, 0};
  const char *problem = NULL;
  if (!time_text_fold(text, folded, sizeof folded, &read.len)) {
    if (!text_is_ascii(text) && !icu_is_installed())
      return "to read letters and digits other than ASCII's takes ICU, which is not installed";
  } else
    for (size_t i = 0; i < format->count; i++) {
      const char *wrong;
      if (!pattern_read(&format->patterns[i], read, ret_timestamp, &wrong))
        continue;
      if (!wrong)
        return NULL;
      if (!problem)
        problem = wrong;
    }
  if (problem)
    return problem;
  problem = timestamp_parse(text, ret_timestamp);
  return problem && !looks_default(text) ? format->problem : problem;
}
