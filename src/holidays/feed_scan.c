/*
 * feed_scan: the content lines of an iCalendar file (RFC 5545 section 3.1). Strict where libical is not: it knows where
 * everything stands, and what has no form is an error, not a line that never was.
 */
#include "base/text.h"
#include "holidays/feed.h"

/* --- physical lines ---------------------------------------------------------------------------------------------- */

void feed_scan_init(struct feed_scan *scan, struct arena *arena, struct diags *diags, const struct source *source) {
  struct sla_text text = source->text;
  text_eat_string(&text, TEXT_BOM);
  *scan = (struct feed_scan){
      .arena = arena, .diags = diags, .source = source, .at = text.ptr, .end = text.ptr + text.len, .line = 1};
}

/* A line without its end (CR LF, or LF alone as many write it); moves on to the next. */
static struct sla_text physical_line(const char **at, const char *end) {
  const char *start = *at, *newline = memchr(start, '\n', (size_t)(end - start));
  const char *stop = newline ? newline : end;
  *at = newline ? newline + 1 : end;
  if (newline && stop > start && stop[-1] == '\r')
    stop--;
  return (struct sla_text){start, (size_t)(stop - start)};
}

static bool is_folded_at(const char *at, const char *end) {
  return at < end && (*at == ' ' || *at == '\t');
}

/* Joins a line that goes on in the next ones. Folds may stand anywhere, inside a character of UTF-8 too. */
static void unfold(struct feed_scan *scan, struct feed_line *line) {
  const char *at = scan->at;
  size_t len = line->text.len;
  while (is_folded_at(at, scan->end))
    len += physical_line(&at, scan->end).len - 1;
  char *text = arena_alloc(scan->arena, len + 1);
  memcpy(text, line->text.ptr, line->text.len);
  size_t used = line->text.len;
  for (; is_folded_at(scan->at, scan->end); scan->line++) {
    struct sla_text more = physical_line(&scan->at, scan->end);
    memcpy(text + used, more.ptr + 1, more.len - 1);
    used += more.len - 1;
  }
  line->text = (struct sla_text){text, used};
  line->is_folded = true;
}

struct place feed_place(const struct feed_scan *scan, const struct feed_line *line, struct sla_text part) {
  size_t offset = (size_t)(part.ptr - line->text.ptr);
  const char *at = line->raw;
  int number = line->number;
  struct sla_text physical = physical_line(&at, scan->end);
  size_t skipped = 0; /* the blank that a folded line begins with */
  while (line->is_folded && offset > physical.len - skipped && is_folded_at(at, scan->end)) {
    offset -= physical.len - skipped;
    physical = physical_line(&at, scan->end);
    skipped = 1;
    number++;
  }
  size_t before = offset + skipped < physical.len ? offset + skipped : physical.len;
  size_t width = text_characters(part);
  return (struct place){.source = scan->source,
                        .line = number,
                        .column = 1 + (int)text_characters((struct sla_text){physical.ptr, before}),
                        .width = width < 1000 ? (int)width : 1000};
}

/* --- the form of a property -------------------------------------------------------------------------------------- */

static bool is_name_byte(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static struct sla_text eat_name(struct sla_text *text) {
  struct sla_text name = {text->ptr, 0};
  while (name.len < text->len && is_name_byte(text->ptr[name.len]))
    name.len++;
  text->ptr += name.len;
  text->len -= name.len;
  return name;
}

/* A parameter's value: in quotes, or up to what ends it. false where the quotes are not closed. */
static bool eat_param_value(struct sla_text *text, struct sla_text *ret_value) {
  bool quoted = text_eat(text, '"');
  size_t len = 0;
  while (len < text->len && (quoted ? text->ptr[len] != '"' : !strchr(";:,\"", text->ptr[len]) || !text->ptr[len]))
    len++;
  *ret_value = (struct sla_text){text->ptr, len};
  text->ptr += len;
  text->len -= len;
  return !quoted || text_eat(text, '"');
}

/* NAME=VALUE[,VALUE...]; the first value counts. */
static bool eat_param(struct sla_text *text, struct sla_text *ret_name, struct sla_text *ret_value) {
  struct sla_text another;
  *ret_name = eat_name(text);
  if (ret_name->len == 0 || !text_eat(text, '=') || !eat_param_value(text, ret_value))
    return false;
  while (text_eat(text, ','))
    if (!eat_param_value(text, &another))
      return false;
  return true;
}

static bool line_split(struct feed_line *line) {
  struct sla_text rest = line->text, name, value;
  line->name = eat_name(&rest);
  line->params = rest;
  if (line->name.len == 0)
    return false;
  while (text_eat(&rest, ';'))
    if (!eat_param(&rest, &name, &value))
      return false;
  line->params.len = (size_t)(rest.ptr - line->params.ptr);
  bool has_colon = text_eat(&rest, ':');
  line->value = rest;
  return has_colon;
}

struct sla_text feed_param(const struct feed_line *line, const char *name) {
  struct sla_text rest = line->params, found, value;
  while (text_eat(&rest, ';') && eat_param(&rest, &found, &value))
    if (text_is_nocase(found, name))
      return value;
  return (struct sla_text){"", 0};
}

/* --- lines ------------------------------------------------------------------------------------------------------- */

/* The first byte that no line may hold: malformed UTF-8, control characters but tab. len where there is none. */
static size_t unfit(struct sla_text text) {
  for (size_t i = text_plain_length(text); i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (c >= 0x80) {
      size_t error = i + text_utf8_error((struct sla_text){text.ptr + i, text.len - i});
      size_t control = i;
      while (control < error && ((unsigned char)text.ptr[control] >= ' ' || text.ptr[control] == '\t'))
        control++;
      return control;
    }
    if (c < ' ' && c != '\t')
      return i;
  }
  return text.len;
}

static void report_unfit(struct feed_scan *scan, const struct feed_line *line, size_t offset) {
  struct sla_text part = {line->text.ptr + offset, 1};
  unsigned char c = (unsigned char)*part.ptr;
  if (c >= ' ')
    diag_error(scan->diags, feed_place(scan, line, part), "malformed UTF-8: save the feed as UTF-8");
  else
    diag_error(scan->diags, feed_place(scan, line, part), "control character U+%04X", c);
}

static void report_form(struct feed_scan *scan, const struct feed_line *line) {
  struct sla_text shown = line->text;
  if (shown.len > 40)
    for (shown.len = 40; shown.len > 1 && ((unsigned char)shown.ptr[shown.len] & 0xC0) == 0x80;)
      shown.len--;
  diag_error(scan->diags, feed_place(scan, line, line->text), "expected NAME:VALUE, not \"%.*s%s\"", TEXT_ARGS(shown),
             shown.len < line->text.len ? "..." : "");
}

bool feed_scan_next(struct feed_scan *scan, struct feed_line *ret_line) {
  while (scan->at < scan->end) {
    struct feed_line line = {.raw = scan->at, .number = scan->line++};
    line.text = physical_line(&scan->at, scan->end);
    if (is_folded_at(scan->at, scan->end))
      unfold(scan, &line);
    if (text_trim(line.text).len == 0)
      continue; /* empty lines do no harm and are common at the end */
    size_t bad = unfit(line.text);
    if (bad < line.text.len) {
      report_unfit(scan, &line, bad);
      continue;
    }
    if (line_split(&line)) {
      *ret_line = line;
      return true;
    }
    report_form(scan, &line);
  }
  return false;
}
