#include "base/diag.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void diags_init(struct diags *diags, struct arena *arena, const struct sla_options *options) {
  *diags = (struct diags){
      .arena = arena, .diagnose = options->diagnose, .diagnose_data = options->diagnose_data, .silent_warnings = true};
}

enum { LONGEST_TEXT = 1024, LONGEST_LINE = 4096 };

/*
 * Copies text as far as it fits, fit to be shown: malformed UTF-8 and control characters but tabs become '?', one for
 * one, so that columns stay right and no file can steer the terminal. Returns what did not fit.
 */
static struct sla_text copy_shown(char *to, size_t room, struct sla_text text) {
  char *end = to + room - 1;
  for (size_t len; text.len > 0; text.ptr += len, text.len -= len) {
    bool shown = text_first_is_shown(text, &len);
    if ((size_t)(end - to) < (shown ? len : 1))
      break;
    if (shown)
      to = (char *)memcpy(to, text.ptr, len) + len;
    else
      *to++ = '?';
  }
  *to = '\0';
  return text;
}

/* Line number `line` of a text, without its end and a byte order mark; ptr is NULL where it has none. */
static struct sla_text source_line(const struct source *source, int line) {
  struct sla_text none = {NULL, 0};
  if (!source || !source->text.ptr || line <= 0)
    return none;
  const char *start = source->text.ptr, *end = start + source->text.len;
  for (; line > 1; line--) {
    start = memchr(start, '\n', (size_t)(end - start));
    if (!start)
      return none;
    start++;
  }
  const char *stop = memchr(start, '\n', (size_t)(end - start));
  struct sla_text text = {start, (size_t)((stop ? stop : end) - start)};
  if (text_ends(text, "\r"))
    text.len--;
  if (start == source->text.ptr)
    text_eat_string(&text, TEXT_BOM);
  return text;
}

static void diag_give(struct diags *diags, enum sla_severity severity, struct place place, const char *format,
                      va_list args) __attribute__((format(printf, 4, 0)));

static void diag_give(struct diags *diags, enum sla_severity severity, struct place place, const char *format,
                      va_list args) {
  if (severity == SLA_ERROR)
    diags->errors++;
  if (severity == SLA_WARNING)
    diags->warnings++;
  if (!diags->diagnose || (severity == SLA_WARNING && diags->silent_warnings))
    return;
  if (severity != SLA_NOTE && diags->given <= DIAG_MOST)
    diags->given++;
  else if (severity != SLA_NOTE || diags->given > DIAG_MOST)
    return;
  char raw[LONGEST_TEXT + 8], text[LONGEST_TEXT], line[LONGEST_LINE];
  if (diags->given > DIAG_MOST) {
    snprintf(raw, sizeof raw, "over %d errors and warnings; the rest is not shown", DIAG_MOST);
    place = place_of_source(place.source);
  } else
    vsnprintf(raw, sizeof raw, format, args);
  if (copy_shown(text, sizeof text - strlen("..."), text_of(raw)).len)
    memcpy(text + strlen(text), "...", sizeof "...");
  struct sla_text of_source = source_line(place.source, place.line);
  bool fits = of_source.ptr && copy_shown(line, sizeof line, of_source).len == 0;
  struct sla_diagnostic diagnostic = {
      .severity = severity,
      .file = place.source ? place.source->name : NULL,
      .line = place.line,
      .column = place.column,
      .width = place.width > 0 ? place.width : 1,
      .text = text,
      .source_line = fits ? line : NULL,
  };
  diags->diagnose(diags->diagnose_data, &diagnostic);
}

void diag_error(struct diags *diags, struct place place, const char *format, ...) {
  va_list args;
  va_start(args, format);
  diag_give(diags, SLA_ERROR, place, format, args);
  va_end(args);
}

void diag_warning(struct diags *diags, struct place place, const char *format, ...) {
  va_list args;
  va_start(args, format);
  diag_give(diags, SLA_WARNING, place, format, args);
  va_end(args);
}

void diag_note(struct diags *diags, struct place place, const char *format, ...) {
  va_list args;
  va_start(args, format);
  diag_give(diags, SLA_NOTE, place, format, args);
  va_end(args);
}

struct place snippet_place(const struct snippet *snippet, size_t offset, size_t length) {
  struct place place = snippet->start;
  if (!snippet->exact || offset > snippet->text.len)
    return place;
  if (length > snippet->text.len - offset)
    length = snippet->text.len - offset;
  place.column += (int)text_characters((struct sla_text){snippet->text.ptr, offset});
  place.width = (int)text_characters((struct sla_text){snippet->text.ptr + offset, length});
  return place;
}
