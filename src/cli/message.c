/* message: what goes to standard error, and how. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_status(struct cli *cli, int status) {
  if (status > cli->status)
    cli->status = status;
}

int cli_shown_length(struct sla_text text) {
  enum { MOST = 60 };
  size_t len = 0;
  while (len < text.len && len < MOST) {
    size_t wide = sla_utf8_length((struct sla_text){text.ptr + len, text.len - len});
    len += wide ? wide : 1;
  }
  return (int)len;
}

static const char *severity_name(enum sla_severity severity) {
  return severity == SLA_ERROR ? "error" : severity == SLA_WARNING ? "warning" : "note";
}

static FILE *stream_of(const struct cli *cli) {
  return cli->messages ? cli->messages : stderr;
}

/* Prints text with what would steer a terminal (C0, DEL, and C1 in UTF-8 or as bytes that are no UTF-8) as "?". */
static void print_plain(FILE *to, const char *text, size_t len) {
  for (size_t i = 0; i < len;) {
    unsigned char c = (unsigned char)text[i];
    size_t wide = sla_utf8_length((struct sla_text){text + i, len - i});
    bool steers = (c < 0x20 && c != '\t') || c == 0x7F || (c == 0xC2 && (unsigned char)text[i + 1] < 0xA0);
    if (wide && !steers)
      fwrite(text + i, 1, wide, to);
    else
      putc('?', to);
    i += wide ? wide : 1;
  }
}

/* The severity word in colour, where colour is on. */
static void print_severity(const struct cli *cli, enum sla_severity severity) {
  const char *color = severity == SLA_ERROR ? "\033[1;31m" : severity == SLA_WARNING ? "\033[1;35m" : "\033[1;36m";
  fprintf(stream_of(cli), "%s%s:%s ", cli->color_on ? color : "", severity_name(severity),
          cli->color_on ? "\033[0m" : "");
}

/* Moves over one character of UTF-8. */
static const char *next_character(const char *at) {
  at++;
  while (((unsigned char)*at & 0xC0) == 0x80)
    at++;
  return at;
}

enum { LINE_SHOWN = 160, LEFT_SHOWN = 100 }; /* characters of a source line that are shown, and left of the place */

/* Prints the source line and a caret under the place. Of a very long line the part around the place is shown. */
static void print_source(FILE *to, const struct sla_diagnostic *diagnostic) {
  const char *start = diagnostic->source_line;
  int column = diagnostic->column > 0 ? diagnostic->column : 1;
  for (; column > LEFT_SHOWN && *start; column--)
    start = next_character(start);
  const char *end = start;
  for (int shown = 0; shown < LINE_SHOWN && *end; shown++)
    end = next_character(end);
  fputs("  ", to);
  print_plain(to, start, (size_t)(end - start));
  fputs("\n  ", to);
  const char *at = start;
  for (int i = 1; i < column; i++) {
    putc(*at == '\t' ? '\t' : ' ', to);
    if (*at)
      at = next_character(at);
  }
  putc('^', to);
  for (int i = 1; i < diagnostic->width && *at && i + column <= LINE_SHOWN; i++) {
    at = next_character(at);
    if (!*at)
      break;
    putc('~', to);
  }
  putc('\n', to);
}

/* Begins a line, where one of progress may stand; of errors the first is kept. */
static void begin_message(struct cli *cli, enum sla_severity severity, const char *file, const char *text) {
  if (severity == SLA_ERROR && !*cli->first_error)
    snprintf(cli->first_error, sizeof cli->first_error, "%.100s%s%.150s", file ? file : "", file ? ": " : "", text);
  fprintf(stream_of(cli), "%sslaclock: ", cli->progress_shown ? "\r\033[K" : "");
  cli->progress_shown = false;
}

void cli_diagnose(void *data, const struct sla_diagnostic *diagnostic) {
  struct cli *cli = data;
  FILE *to = stream_of(cli);
  begin_message(cli, diagnostic->severity, diagnostic->file, diagnostic->text);
  if (diagnostic->file) {
    print_plain(to, diagnostic->file, strlen(diagnostic->file));
    if (diagnostic->line && strncmp(diagnostic->file, "--", 2) != 0) /* options have no lines */
      fprintf(to, ":%d:%d", diagnostic->line, diagnostic->column);
    fputs(": ", to);
    if (diagnostic->severity == SLA_ERROR && strncmp(diagnostic->file, "--", 2) != 0)
      cli->file_trouble = true;
  }
  print_severity(cli, diagnostic->severity);
  print_plain(to, diagnostic->text, strlen(diagnostic->text));
  putc('\n', to);
  if (diagnostic->source_line && diagnostic->line)
    print_source(to, diagnostic);
}

static void print_message(struct cli *cli, enum sla_severity severity, const char *file, long line, long column,
                          const char *format, va_list args) __attribute__((format(printf, 6, 0)));

static void print_message(struct cli *cli, enum sla_severity severity, const char *file, long line, long column,
                          const char *format, va_list args) {
  FILE *to = stream_of(cli);
  char text[2048];
  vsnprintf(text, sizeof text, format, args);
  begin_message(cli, severity, file, text);
  if (file) {
    print_plain(to, file, strlen(file));
    if (line)
      fprintf(to, ":%ld", line);
    if (line && column > 0) /* one that is not known may be far below 0, see input_go */
      fprintf(to, ":%ld", column);
    fputs(": ", to);
  }
  print_severity(cli, severity);
  print_plain(to, text, strlen(text));
  putc('\n', to);
}

void cli_error(struct cli *cli, int status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  print_message(cli, SLA_ERROR, NULL, 0, 0, format, args);
  va_end(args);
  cli_status(cli, status);
}

void cli_error_at(struct cli *cli, int status, const char *file, long line, const char *format, ...) {
  va_list args;
  va_start(args, format);
  print_message(cli, SLA_ERROR, file, line, 0, format, args);
  va_end(args);
  cli_status(cli, status);
}

void cli_error_in(struct cli *cli, int status, const char *file, long line, long column, const char *format, ...) {
  va_list args;
  va_start(args, format);
  print_message(cli, SLA_ERROR, file, line, column, format, args);
  va_end(args);
  cli_status(cli, status);
}

void cli_warning(struct cli *cli, const char *format, ...) {
  va_list args;
  va_start(args, format);
  print_message(cli, SLA_WARNING, NULL, 0, 0, format, args);
  va_end(args);
}

void cli_note(struct cli *cli, const char *format, ...) {
  va_list args;
  va_start(args, format);
  print_message(cli, SLA_NOTE, NULL, 0, 0, format, args);
  va_end(args);
}

void cli_report_gathered(struct cli *cli, struct cli *other, struct sla_text messages) {
  if (messages.len) {
    fputs(cli->progress_shown ? "\r\033[K" : "", stderr);
    cli->progress_shown = false;
    fwrite(messages.ptr, 1, messages.len, stderr);
  }
  if (!*cli->first_error)
    memcpy(cli->first_error, other->first_error, sizeof cli->first_error);
  cli_status(cli, other->status);
  *other->first_error = '\0';
  other->status = EXIT_YES;
}

void cli_warn_local_times(struct cli *cli, uint64_t overlaps, uint64_t gaps) {
  if (overlaps)
    cli_warning(cli, "%llu local time%s fell into an hour that repeats: the first pass was taken",
                (unsigned long long)overlaps, overlaps == 1 ? "" : "s");
  if (gaps)
    cli_warning(cli, "%llu local time%s fell into an hour that is skipped: read with the offset before it",
                (unsigned long long)gaps, gaps == 1 ? "" : "s");
}

int cli_status_of(enum sla_code code) {
  switch (code) {
  case SLA_OK: return EXIT_YES;
  case SLA_NOT_FOUND: return EXIT_NO_INPUT;
  case SLA_INVALID: return EXIT_POLICY;
  case SLA_IO: return EXIT_NO_INPUT;
  case SLA_NO_MEMORY: break;
  case SLA_BEYOND: break;
  }
  return EXIT_DEFECT;
}

void *cli_alloc(size_t size) {
  void *place = calloc(1, size ? size : 1);
  if (!place) {
    fputs("slaclock: error: out of memory\n", stderr);
    exit(EXIT_DEFECT);
  }
  return place;
}
