#include "holidays/holiday_rules.h"

#include "base/text.h"
#include "holidays/computus.h"
#include "time/civil.h"

/* --- a rule's date in a year ------------------------------------------------------------------------------------- */

static bool month_day_date(const struct holiday_rule *rule, int year, int *ret_date) {
  if (!civil_is_valid(year, rule->month, rule->day))
    return false;
  *ret_date = date_of(year, rule->month, rule->day);
  return true;
}

/* The first date at or before (step -1) or at or after (step 1) a date that falls on a weekday. */
static int weekday_from(int date, int weekday, int step) {
  int ahead = (step * (weekday - date_weekday(date)) + 7) % 7;
  return date + step * ahead;
}

static bool nth_weekday_date(const struct holiday_rule *rule, int year, int *ret_date) {
  int first = date_of(year, rule->month, 1), last = first + month_days(year, rule->month) - 1;
  int date = rule->nth > 0 ? weekday_from(first, rule->weekday, 1) + 7 * (rule->nth - 1)
                           : weekday_from(last, rule->weekday, -1) + 7 * (rule->nth + 1);
  if (date < first || date > last)
    return false;
  *ret_date = date;
  return true;
}

static bool weekday_near_date(const struct holiday_rule *rule, int year, int *ret_date) {
  int day;
  if (!month_day_date(rule, year, &day))
    return false;
  *ret_date = weekday_from(rule->or_on ? day : day + rule->step, rule->weekday, rule->step);
  return true;
}

bool holiday_rule_date(const struct holiday_rule *rule, int year, int *ret_date) {
  switch (rule->kind) {
  case RULE_DATE: *ret_date = rule->date; return civil_of(rule->date).year == year;
  case RULE_MONTH_DAY: return month_day_date(rule, year, ret_date);
  case RULE_EASTER: *ret_date = rule->easter(year) + rule->offset; return true;
  case RULE_NTH_WEEKDAY: return nth_weekday_date(rule, year, ret_date);
  case RULE_WEEKDAY_NEAR: return weekday_near_date(rule, year, ret_date);
  }
  return false;
}

/* --- reading a rule ---------------------------------------------------------------------------------------------- */

/* Where a reader is in the text of `on`. */
struct rule_reader {
  struct diags *diags;
  const struct snippet *snippet;
  struct sla_text rest;
};

/* Reports a piece of the text; always false. */
#define RULE_WRONG(reader, piece, ...) (diag_error((reader)->diags, rule_place((reader), (piece)), __VA_ARGS__), false)

static struct place rule_place(const struct rule_reader *reader, struct sla_text piece) {
  return snippet_place(reader->snippet, (size_t)(piece.ptr - reader->snippet->text.ptr), piece.len);
}

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Eats all letters that follow, blanks before them aside. */
static struct sla_text eat_word(struct sla_text *rest) {
  text_eat_blanks(rest);
  struct sla_text word = {rest->ptr, 0};
  while (word.len < rest->len && is_letter(rest->ptr[word.len]))
    word.len++;
  rest->ptr += word.len;
  rest->len -= word.len;
  return word;
}

/* What follows up to a blank: what a message shows where a word of letters was expected. */
static struct sla_text next_piece(struct sla_text rest) {
  text_eat_blanks(&rest);
  struct sla_text piece = {rest.ptr, 0};
  while (piece.len < rest.len && rest.ptr[piece.len] != ' ' && rest.ptr[piece.len] != '\t')
    piece.len++;
  return piece;
}

static bool at_end(struct rule_reader *reader) {
  text_eat_blanks(&reader->rest);
  if (reader->rest.len == 0)
    return true;
  return RULE_WRONG(reader, reader->rest, "nothing is expected after this: \"%.*s\"", TEXT_ARGS(reader->rest));
}

/* The index of the name that a word is, or where allowed spells out ("Monday", "september"); -1 where there is none. */
static int name_index(const char *(*name)(int), int first, int last, struct sla_text word, bool spelt_out) {
  for (int i = first; i <= last; i++)
    if (text_is(word, name(i)))
      return i;
  size_t letters = strlen(name(first));
  for (int i = first; spelt_out && i <= last; i++)
    if (word.len >= letters && text_is_nocase((struct sla_text){word.ptr, letters}, name(i)))
      return i;
  return -1;
}

/* Reads one of a kind of names, with a hint where the word only looks like one. */
static bool read_name(struct rule_reader *reader, const char *(*name)(int), int first, int last, const char *what,
                      int *ret_index) {
  struct sla_text piece = next_piece(reader->rest), word = eat_word(&reader->rest);
  *ret_index = name_index(name, first, last, word, false);
  if (*ret_index >= 0)
    return true;
  int meant = name_index(name, first, last, word, true);
  if (meant >= 0)
    return RULE_WRONG(reader, word, "unknown %s \"%.*s\": did you mean \"%s\"?", what, TEXT_ARGS(word), name(meant));
  return RULE_WRONG(reader, piece, "expected a %s (%s to %s) here, not \"%.*s\"", what, name(first), name(last),
                    TEXT_ARGS(piece));
}

/* "of May", at the end of the text. */
static bool read_of_month(struct rule_reader *reader, int *ret_month) {
  struct sla_text piece = next_piece(reader->rest), word = eat_word(&reader->rest);
  if (!text_is(word, "of"))
    return RULE_WRONG(reader, piece, "expected \"of\" and a month here, not \"%.*s\"", TEXT_ARGS(piece));
  return read_name(reader, month_name, 1, 12, "month", ret_month) && at_end(reader);
}

static bool read_nth(struct rule_reader *reader, struct holiday_rule *rule) {
  struct sla_text number = reader->rest;
  int64_t nth;
  bool from_end = text_eat(&reader->rest, '-');
  if (!text_eat_number(&reader->rest, 5, &nth) || nth == 0 || !text_eat(&reader->rest, ']')) {
    const char *end = memchr(number.ptr, ']', number.len);
    if (end)
      number.len = (size_t)(end - number.ptr);
    return RULE_WRONG(reader, number, "expected [1] to [5], or [-1] to [-5] from the month's end, not \"[%.*s%s\"",
                      TEXT_ARGS(number), end ? "]" : "");
  }
  rule->nth = from_end ? -(int)nth : (int)nth;
  rule->kind = RULE_NTH_WEEKDAY;
  return read_of_month(reader, &rule->month);
}

/* "last Mo of May", behind "last". */
static bool read_last(struct rule_reader *reader, struct holiday_rule *rule) {
  rule->kind = RULE_NTH_WEEKDAY;
  rule->nth = -1;
  return read_name(reader, weekday_name, 0, 6, "weekday", &rule->weekday) && read_of_month(reader, &rule->month);
}

/* "05-25", the whole of what is left; 29 February is a day of leap years. */
static bool read_month_day(struct rule_reader *reader, struct holiday_rule *rule) {
  struct sla_text text = text_trim(reader->rest), rest = text;
  bool has_form = text_eat_digits(&rest, 2, &rule->month) && text_eat(&rest, '-') &&
                  text_eat_digits(&rest, 2, &rule->day) && rest.len == 0;
  if (!has_form)
    return RULE_WRONG(reader, text, "expected a month and a day as MM-DD, not \"%.*s\"", TEXT_ARGS(text));
  enum { ANY_LEAP_YEAR = 2000 };
  if (!civil_is_valid(ANY_LEAP_YEAR, rule->month, rule->day))
    return RULE_WRONG(reader, text, "no such day of the year \"%.*s\" (MM-DD, the month first)", TEXT_ARGS(text));
  return true;
}

/* "before 05-25", behind the weekday. */
static bool read_near(struct rule_reader *reader, struct holiday_rule *rule) {
  static const struct {
    const char *words;
    int step;
    bool or_on;
  } phrases[] = {{"before", -1, false}, {"after", 1, false}, {"on or before", -1, true}, {"on or after", 1, true}};
  struct sla_text phrase = reader->rest;
  phrase.len = 0;
  while (phrase.len < reader->rest.len && (phrase.ptr[phrase.len] < '0' || phrase.ptr[phrase.len] > '9'))
    phrase.len++;
  struct sla_text words = text_trim(phrase);
  for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
    if (text_is(words, phrases[i].words)) {
      rule->kind = RULE_WEEKDAY_NEAR;
      rule->step = phrases[i].step;
      rule->or_on = phrases[i].or_on;
      reader->rest.ptr += phrase.len;
      reader->rest.len -= phrase.len;
      return read_month_day(reader, rule);
    }
  return RULE_WRONG(reader, words,
                    "expected \"[n] of\", \"before\", \"after\", \"on or before\" or \"on or after\" behind the "
                    "weekday, not \"%.*s\"",
                    TEXT_ARGS(words));
}

static bool read_weekday_rule(struct rule_reader *reader, struct holiday_rule *rule) {
  if (!read_name(reader, weekday_name, 0, 6, "weekday", &rule->weekday))
    return false;
  return text_eat(&reader->rest, '[') ? read_nth(reader, rule) : read_near(reader, rule);
}

/* "easter julian +49", behind "easter". */
static bool read_easter(struct rule_reader *reader, struct holiday_rule *rule) {
  static const char *const names[] = {"gregorian", "julian"};
  rule->kind = RULE_EASTER;
  struct sla_text word = eat_word(&reader->rest);
  if (word.len && !text_is(word, "gregorian") && !text_is(word, "julian"))
    return RULE_WRONG(reader, word, "unknown computus \"%.*s\"%s (known: gregorian, julian)", TEXT_ARGS(word),
                      text_hint(reader->diags->arena, word, names, 2));
  rule->easter = text_is(word, "julian") ? easter_julian : easter_gregorian;
  text_eat_blanks(&reader->rest);
  if (reader->rest.len == 0)
    return true;
  struct sla_text offset = reader->rest;
  bool back = text_eat(&reader->rest, '-');
  int64_t days;
  if ((!back && !text_eat(&reader->rest, '+')) || !text_eat_number(&reader->rest, RULE_OFFSET_MOST, &days))
    return RULE_WRONG(reader, offset, "expected days before or after Easter as -2 or +49, at most %d, not \"%.*s\"",
                      RULE_OFFSET_MOST, TEXT_ARGS(offset));
  rule->offset = back ? -(int)days : (int)days;
  return at_end(reader);
}

static bool read_digits(struct rule_reader *reader, struct holiday_rule *rule) {
  struct sla_text text = text_trim(reader->rest), rest = text;
  int year;
  if (!text_eat_digits(&rest, 4, &year)) {
    rule->kind = RULE_MONTH_DAY;
    return read_month_day(reader, rule);
  }
  rule->kind = RULE_DATE;
  if (!date_read(text, &rule->date))
    return RULE_WRONG(reader, text, "no such date \"%.*s\": write YYYY-MM-DD, years 1900 to 2199", TEXT_ARGS(text));
  return true;
}

static bool read_words(struct rule_reader *reader, struct holiday_rule *rule) {
  static const struct {
    const char *word;
    bool (*read)(struct rule_reader *reader, struct holiday_rule *rule);
  } forms[] = {{"easter", read_easter}, {"last", read_last}};
  struct sla_text rest = reader->rest, word = eat_word(&rest);
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (text_is(word, forms[i].word)) {
      reader->rest = rest;
      return forms[i].read(reader, rule);
    }
  if (name_index(weekday_name, 0, 6, word, true) >= 0)
    return read_weekday_rule(reader, rule);
  const char *const words[] = {forms[0].word, forms[1].word};
  return RULE_WRONG(
      reader, reader->rest,
      "cannot read \"%.*s\" as a day%s (known: MM-DD, YYYY-MM-DD, \"easter\", \"last Mo of May\", \"Mo[1] "
      "of Sep\", \"Mo before 05-25\")",
      TEXT_ARGS(reader->rest), text_hint(reader->diags->arena, word, words, 2));
}

bool holiday_rule_read(struct diags *diags, const struct snippet *snippet, struct holiday_rule *ret_rule) {
  struct rule_reader reader = {diags, snippet, text_trim(snippet->text)};
  struct holiday_rule rule = {0};
  bool is_date = reader.rest.len && reader.rest.ptr[0] >= '0' && reader.rest.ptr[0] <= '9';
  if (!(is_date ? read_digits : read_words)(&reader, &rule))
    return false;
  *ret_rule = rule;
  return true;
}
