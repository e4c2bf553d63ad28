#include "base/yaml_errors.h"

#include "base/text.h"

#include <assert.h>

/* Only LF ends a line here (yaml_unfit lets no other line break through), so lines are those that diag shows. */
static struct place place_of_offset(const struct yaml_input *input, size_t offset) {
  const char *line_start = input->text.ptr, *at = line_start + offset, *end;
  struct place place = {.source = input->source, .line = 1};
  for (; (end = memchr(line_start, '\n', (size_t)(at - line_start))); line_start = end + 1)
    place.line++;
  place.column = (int)text_characters((struct sla_text){line_start, (size_t)(at - line_start)}) + 1;
  return place;
}

/* --- the text as a whole ------------------------------------------------------------------------------------------ */

size_t yaml_unfit(struct sla_text text) {
  struct sla_text rest = text;
  for (size_t len; rest.len; rest.ptr += len, rest.len -= len) {
    len = text_plain_length(rest);
    if (!len && !text_first_is_shown(rest, &len) && rest.ptr[0] != '\n' && !text_starts(rest, "\r\n"))
      break;
  }
  return text.len - rest.len;
}

unsigned yaml_unfit_number(const char *ptr) {
  const unsigned char *p = (const unsigned char *)ptr;
  if (p[0] < 0x80)
    return p[0];
  if (p[0] < 0xE0)
    return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
  assert(p[0] < 0xF0 && "no unfit character is longer");
  return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
}

void yaml_report_unfit(const struct yaml_input *input, size_t offset) {
  static const struct {
    const char *character, *text;
  } known[] = {
      {"\r", "carriage return without a line feed: save the file with Unix or Windows line ends"},
      {"\xC2\x85", "line separator U+0085: use an ordinary line end"},
      {"\xE2\x80\xA8", "line separator U+2028: use an ordinary line end"},
      {"\xE2\x80\xA9", "line separator U+2029: use an ordinary line end"},
      {TEXT_BOM, "byte order mark (U+FEFF) inside the text"},
  };
  struct place place = place_of_offset(input, offset);
  struct sla_text rest = {input->text.ptr + offset, input->text.len - offset};
  size_t len;
  if (offset < 2 && (text_starts(rest, "\xFF\xFE") || text_starts(rest, "\xFE\xFF"))) {
    diag_error(input->diags, place, "this is UTF-16: save the file as UTF-8");
    return;
  }
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (text_starts(rest, known[i].character)) {
      diag_error(input->diags, place, "%s", known[i].text);
      return;
    }
  if (rest.ptr[0] == '\0')
    diag_error(input->diags, place, "NUL byte: this is no text file, or not saved as UTF-8");
  else if (text_utf8_error(rest) == 0)
    diag_error(input->diags, place, "byte 0x%02X is not UTF-8: save the file as UTF-8", (unsigned char)rest.ptr[0]);
  else if (!text_first_is_shown(rest, &len))
    diag_error(input->diags, place, "control character U+%04X", yaml_unfit_number(rest.ptr));
}

/* --- syntax errors ------------------------------------------------------------------------------------------------ */

enum where { AT_PROBLEM, AT_CONTEXT, IN_BRACKETS };

/* libyaml's problems, or contexts of problems, in words that say what to do. The first that fits is taken. */
static const struct problem {
  const char *libyaml;
  enum where where;
  const char *text;
} problems[] = {
    {"mapping values are not allowed in this context", AT_PROBLEM,
     "unexpected \": \": check the indentation and the line before, or put text that has \": \" in it in quotes"},
    {"could not find expected ':'", AT_CONTEXT, "expected \"KEY: VALUE\": a colon and a space must follow a key"},
    {"mapping keys are not allowed in this context", AT_PROBLEM,
     "unexpected \"? \": put text that begins with \"?\" in quotes"},
    {"block sequence entries are not allowed in this context", AT_PROBLEM,
     "unexpected \"- \": the items of a list begin on lines of their own"},
    {"did not find expected key", AT_PROBLEM, "expected a key: check the indentation and the quotes"},
    {"did not find expected '-' indicator", AT_PROBLEM,
     "expected \"- \" as before the items above, or less indentation"},
    {"did not find expected ',' or ']'", IN_BRACKETS, "expected \",\" or \"]\" in the list"},
    {"did not find expected ',' or '}'", IN_BRACKETS, "expected \",\" or \"}\" in the map"},
    {"did not find expected node content", AT_PROBLEM, "expected a value"},
    {"did not find expected <document start>", AT_PROBLEM,
     "unexpected text behind the end of the document: check the indentation"},
    {"found unexpected end of stream", AT_CONTEXT, "this quote is never closed"},
    {"found unexpected document indicator", AT_CONTEXT, "this quote is never closed"},
    {"found unknown escape character", AT_PROBLEM,
     "unknown escape: a backslash is \"\\\\\" in double quotes, and just itself in single quotes"},
    {"did not find expected hexdecimal number", AT_PROBLEM,
     "expected hexadecimal digits: escapes are \\xXX, \\uXXXX, \\UXXXXXXXX"},
    {"found invalid Unicode character escape code", AT_PROBLEM,
     "this escape is no character: write the character itself, or one escape \\UXXXXXXXX"},
    {"found a tab character that violates indentation", AT_PROBLEM, "a tab cannot indent: use spaces"},
    {"found a tab character where an indentation space is expected", AT_PROBLEM, "a tab cannot indent: use spaces"},
    {"found unexpected ':'", AT_PROBLEM, "unexpected \":\": put text that has \":\" at its end in quotes"},
    {"while scanning an alias", AT_CONTEXT, "text that begins with \"*\" must be in quotes"},
    {"while scanning an anchor", AT_CONTEXT, "text that begins with \"&\" must be in quotes"},
    {"while scanning a tag", AT_CONTEXT, "text that begins with \"!\" must be in quotes"},
    {"while parsing a tag", AT_CONTEXT, "text that begins with \"!\" must be in quotes"},
    {"found undefined tag handle", AT_CONTEXT, "text that begins with \"!\" must be in quotes"},
    {"while scanning a block scalar", AT_CONTEXT,
     "only a line end may follow \"|\" or \">\": text that begins with one of them must be in quotes"},
    {"while scanning a directive", AT_CONTEXT, "unknown directive: text that begins with \"%\" must be in quotes"},
    {"while scanning a %YAML directive", AT_CONTEXT, "unknown directive: only \"%YAML 1.2\" is known"},
    {"while scanning a %TAG directive", AT_CONTEXT, "unknown directive: only \"%YAML 1.2\" is known"},
    {"found incompatible YAML document", AT_PROBLEM, "only YAML 1.2 is known"},
};

/*
 * A no-break space looks like a blank and is none to YAML. Where it indents the line around an offset, or follows a
 * colon or a dash, it is why the line cannot be read.
 */
static bool report_no_break_space(const struct yaml_input *input, size_t offset) {
  static const char space[] = "\xC2\xA0";
  const char *start = input->text.ptr + offset;
  while (start > input->text.ptr && start[-1] != '\n')
    start--;
  struct sla_text rest = {start, (size_t)(input->text.ptr + input->text.len - start)};
  bool indents = true;
  for (char last = ' '; rest.len && rest.ptr[0] != '\n'; last = rest.ptr[0], rest.ptr++, rest.len--) {
    if (text_starts(rest, space) && (indents || last == ':' || last == '-')) {
      diag_error(input->diags, place_of_offset(input, (size_t)(rest.ptr - input->text.ptr)),
                 "no-break space (U+00A0): use an ordinary space");
      return true;
    }
    indents = indents && rest.ptr[0] == ' ';
  }
  return false;
}

/* A character that no plain text may begin with. */
static void report_bad_start(const struct yaml_input *input, const struct yaml_error *error) {
  char character = error->problem_offset < input->text.len ? input->text.ptr[error->problem_offset] : ' ';
  if (character == '\t')
    diag_error(input->diags, error->at_problem, "a tab cannot indent: use spaces");
  else
    diag_error(input->diags, error->at_problem, "text that begins with \"%c\" must be in quotes", character);
}

void yaml_report_syntax(const struct yaml_input *input, const struct yaml_error *error) {
  bool in_quotes = strcmp(error->problem, "found unexpected end of stream") == 0;
  if (error->open_bracket && error->problem_offset >= input->text.len && !in_quotes) {
    diag_error(input->diags, *error->open_bracket, "this bracket is never closed");
    return;
  }
  if (report_no_break_space(input, error->problem_offset) ||
      (*error->context && report_no_break_space(input, error->context_offset)))
    return;
  if (strcmp(error->problem, "found character that cannot start any token") == 0) {
    report_bad_start(input, error);
    return;
  }
  if (error->open_bracket && error->problem_offset < input->text.len && error->problem_offset > 0 &&
      strchr("[{", input->text.ptr[error->problem_offset]) &&
      !strchr(" \n\t,[{", input->text.ptr[error->problem_offset - 1])) {
    diag_error(input->diags, error->at_problem, "inside { } and [ ], text that has \"%c\" in it must be in quotes",
               input->text.ptr[error->problem_offset]);
    return;
  }
  const struct problem *p = problems, *end = problems + sizeof problems / sizeof problems[0];
  while (p < end && strcmp(p->libyaml, error->problem) != 0 && strcmp(p->libyaml, error->context) != 0)
    p++;
  if (p == end)
    diag_error(input->diags, error->at_problem, "not YAML: %s", error->problem);
  else if (p->where == IN_BRACKETS)
    diag_error(input->diags, error->at_problem, "%s that begins at line %d, column %d", p->text, error->at_context.line,
               error->at_context.column);
  else
    diag_error(input->diags, p->where == AT_CONTEXT ? error->at_context : error->at_problem, "%s", p->text);
}
