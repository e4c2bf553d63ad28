/* yaml_quick: events of plain YAML, see yaml_events.h. Whatever is in doubt is left to libyaml. */
#include "base/yaml_events.h"

#include <limits.h>
#include <string.h>

/* libyaml takes nothing longer than 1024 characters for a key. */
enum { KEY_MOST = 1000 };

void quick_init(struct quick *quick, struct sla_text text) {
  *quick = (struct quick){.text = text.ptr,
                          .at = text.ptr,
                          .end = text.ptr + text.len,
                          .line_start = text.ptr,
                          .counted = text.ptr,
                          .step = STEP_TEXT};
  /* Tabs and carriage returns have rules of their own; without them all blanks are spaces, all line ends LF. */
  if (memchr(text.ptr, '\t', text.len) || memchr(text.ptr, '\r', text.len))
    quick->end = NULL;
}

/* --- characters --------------------------------------------------------------------------------------------------- */

/* The character at a place that is not before the text; a line end at the text's end. */
static char char_at(const struct quick *quick, const char *place) {
  return place < quick->end ? *place : '\n';
}

static bool is_blank(char c) {
  return c == ' ' || c == '\n';
}

static bool is_flow_sign(char c) {
  return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

/* A place of the current line; places come in order. */
static struct yaml_mark mark_of(struct quick *quick, const char *place) {
  int column = quick->column;
  for (const char *at = quick->counted; at < place; at++)
    column += ((unsigned char)*at & 0xC0) != 0x80;
  quick->counted = place;
  quick->column = column;
  return (struct yaml_mark){quick->line, quick->column, (size_t)(place - quick->text)};
}

static void skip_spaces(struct quick *quick) {
  while (char_at(quick, quick->at) == ' ')
    quick->at++;
}

/* "---" or "..." where it is, or might be, a sign of documents. */
static bool is_marker(const struct quick *quick, const char *sign) {
  return quick->at == quick->line_start && quick->end - quick->at >= 3 && memcmp(quick->at, sign, 3) == 0;
}

/*
 * Passes over blanks, comments and line ends; false where something stands that a comment must not follow. At the end
 * of the text `at` is `end`.
 */
static bool skip_lines(struct quick *quick) {
  for (;;) {
    skip_spaces(quick);
    if (quick->at < quick->end && *quick->at == '#') {
      if (quick->at > quick->line_start && quick->at[-1] != ' ')
        return false;
      const char *line_end = memchr(quick->at, '\n', (size_t)(quick->end - quick->at));
      quick->at = line_end ? line_end : quick->end;
    }
    if (quick->at == quick->end || *quick->at != '\n')
      return true;
    quick->line_start = quick->counted = ++quick->at;
    quick->column = 0;
    quick->line++;
  }
}

/* Sets the indentation by what stands first on a line, or is the end. */
static bool line_begin(struct quick *quick) {
  bool is_next_document = is_marker(quick, "---");
  if (is_marker(quick, "...") || (is_next_document && !is_blank(char_at(quick, quick->at + 3))))
    return false;
  quick->indent = is_next_document || quick->at == quick->end ? -1 : (int)(quick->at - quick->line_start);
  return true;
}

/* Goes to what stands first on a further line; false where something stands on this one. */
static bool skip_to_line(struct quick *quick) {
  int line = quick->line;
  return skip_lines(quick) && (quick->line > line || quick->at == quick->end) && line_begin(quick);
}

/* --- scalars ------------------------------------------------------------------------------------------------------ */

/* The end of a scalar in quotes, without its last; NULL where it needs libyaml. */
static const char *quoted_end(const struct quick *quick, const char *at, char quote) {
  while (at < quick->end && *at != quote && *at != '\n' && (*at != '\\' || quote == '\''))
    at++;
  bool is_closed = at < quick->end && *at == quote && !(quote == '\'' && char_at(quick, at + 1) == quote);
  return is_closed ? at : NULL;
}

static bool begins_plain(const struct quick *quick, bool flow) {
  char c = *quick->at, next = char_at(quick, quick->at + 1);
  if (c == '-')
    return !is_blank(next) && !(flow && is_flow_sign(next));
  return !strchr("?:,[]{}#&*!|>'\"%@`", c);
}

/* The end of a plain scalar; NULL where it needs libyaml. */
static const char *plain_end(const struct quick *quick, bool flow) {
  static const bool may_end[UCHAR_MAX + 1] = {['\n'] = true, [':'] = true, ['#'] = true, [','] = true, ['?'] = true,
                                              ['['] = true,  [']'] = true, ['{'] = true, ['}'] = true};
  const char *at = quick->at;
  for (;; at++) {
    while (at < quick->end && !may_end[(unsigned char)*at])
      at++;
    char c = char_at(quick, at), next = char_at(quick, at + 1);
    if (c == '\n' || (c == ':' && is_blank(next)) || (c == '#' && at[-1] == ' ') || (flow && is_flow_sign(c)))
      break;
    if (flow && (c == '?' || (c == ':' && (is_flow_sign(next) || next == '?'))))
      return NULL;
  }
  while (at > quick->at && at[-1] == ' ')
    at--;
  return at;
}

/* Reads a scalar of this line, and stands behind it. */
static bool scalar_read(struct quick *quick, bool flow, struct yaml_event *event) {
  const char *start = quick->at, *end;
  size_t quote = start < quick->end && (*start == '"' || *start == '\'');
  if (start == quick->end || (!quote && !begins_plain(quick, flow)))
    return false;
  end = quote ? quoted_end(quick, start + 1, *start) : plain_end(quick, flow);
  if (!end)
    return false;
  *event = (struct yaml_event){.kind = EVENT_SCALAR, .quoted = quote != 0, .quote = quote};
  event->text = (struct sla_text){start + quote, (size_t)(end - start) - quote};
  event->start = mark_of(quick, start);
  quick->at = end + quote;
  event->end = mark_of(quick, quick->at);
  return true;
}

/* Whether a key's colon is next, and then passes over it. */
static bool colon_eat(struct quick *quick, const struct yaml_event *key) {
  if (char_at(quick, quick->at) != ':' || !is_blank(char_at(quick, quick->at + 1)) || key->text.len > KEY_MOST)
    return false;
  quick->at++;
  return true;
}

/* --- containers --------------------------------------------------------------------------------------------------- */

static struct quick_frame *top_of(struct quick *quick) {
  return quick->depth ? &quick->frames[quick->depth - 1] : NULL;
}

static bool push(struct quick *quick, struct quick_frame frame, struct yaml_event *event) {
  if (quick->depth == YAML_MOST_DEEP)
    return false;
  quick->frames[quick->depth++] = frame;
  *event = (struct yaml_event){
      .kind = frame.is_map ? EVENT_MAP : EVENT_LIST, .flow = frame.flow, .start = mark_of(quick, quick->at)};
  quick->step = frame.flow ? STEP_FLOW_ENTRY : frame.is_map ? STEP_KEY : STEP_ITEM;
  return true;
}

static bool pop(struct quick *quick, struct yaml_event *event) {
  quick->depth--;
  *event = (struct yaml_event){.kind = EVENT_CLOSE};
  return true;
}

static bool is_dash(const struct quick *quick) {
  return char_at(quick, quick->at) == '-' && is_blank(char_at(quick, quick->at + 1));
}

static bool bracket_read(struct quick *quick, struct yaml_event *event) {
  const struct quick_frame *top = top_of(quick);
  bool is_map = *quick->at == '{';
  if (!push(quick, (struct quick_frame){.is_map = is_map, .flow = true, .indent = top ? top->indent : -1}, event))
    return false;
  quick->at++;
  return true;
}

/* Reads a scalar or what a list or map begins with. block: a list or map without brackets may begin here. */
static bool node_read(struct quick *quick, bool block, struct yaml_event *event) {
  char c = char_at(quick, quick->at);
  int column =
      (int)(quick->at - quick->line_start); /* before a list or map on this line stand dashes and blanks only */
  const char *start = quick->at;
  if (c == '{' || c == '[')
    return bracket_read(quick, event);
  if (is_dash(quick))
    return block && push(quick, (struct quick_frame){.indent = column}, event);
  struct yaml_mark mark = mark_of(quick, start);
  if (!scalar_read(quick, false, event))
    return false;
  quick->step = STEP_NEXT;
  if (!colon_eat(quick, event))
    return quick->depth > 0;          /* a document that is one text is seldom */
  quick->at = quick->counted = start; /* the first key is read again */
  quick->column = mark.column;
  return block && push(quick, (struct quick_frame){.is_map = true, .indent = column}, event);
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

/* A document may begin without "---" only if it is the first. */
static bool document_read(struct quick *quick, struct yaml_event *event) {
  if (quick->at == quick->end) {
    *event = (struct yaml_event){.kind = EVENT_END};
    return true;
  }
  if (quick->indent < 0) {
    quick->at += 3;
    if (!skip_to_line(quick) || quick->indent < 0)
      return false;
  } else if (quick->any)
    return false;
  quick->any = true;
  quick->step = STEP_NODE;
  *event = (struct yaml_event){.kind = EVENT_DOCUMENT};
  return true;
}

static bool text_step(struct quick *quick, struct yaml_event *event) {
  return skip_lines(quick) && line_begin(quick) && document_read(quick, event);
}

static bool key_step(struct quick *quick, struct yaml_event *event) {
  quick->step = STEP_VALUE;
  return scalar_read(quick, false, event) && colon_eat(quick, event);
}

/* A value stands behind its colon, or on the next line and further to the right; lists also below their key. */
static bool value_step(struct quick *quick, struct yaml_event *event) {
  struct yaml_mark behind_colon = mark_of(quick, quick->at);
  int line = quick->line;
  if (!skip_lines(quick))
    return false;
  if (quick->line == line && quick->at < quick->end)
    return node_read(quick, false, event);
  int indent = top_of(quick)->indent;
  if (!line_begin(quick))
    return false;
  if (quick->indent > indent)
    return node_read(quick, true, event);
  if (quick->indent == indent && is_dash(quick))
    return push(quick, (struct quick_frame){.indentless = true, .indent = indent}, event);
  *event = (struct yaml_event){.kind = EVENT_SCALAR, .start = behind_colon, .end = behind_colon, .text = {"", 0}};
  quick->step = STEP_LINE;
  return true;
}

static bool item_step(struct quick *quick, struct yaml_event *event) {
  int line = quick->line;
  quick->at++;
  if (!skip_lines(quick))
    return false;
  if (quick->line == line && quick->at < quick->end)
    return node_read(quick, true, event);
  return line_begin(quick) && quick->indent > top_of(quick)->indent && node_read(quick, true, event);
}

/*
 * A line goes on with a container that is open, by its indentation. A text that goes on from the line before stands
 * further to the right than any of them.
 */
static bool line_step(struct quick *quick, struct yaml_event *event) {
  const struct quick_frame *top = top_of(quick);
  if (!top)
    return quick->indent < 0 && document_read(quick, event);
  if (quick->indent > top->indent)
    return false;
  if (quick->indent < top->indent || (top->indentless && !is_dash(quick))) {
    quick->step = STEP_LINE;
    return pop(quick, event);
  }
  if (top->is_map)
    return !is_dash(quick) && key_step(quick, event);
  return is_dash(quick) && item_step(quick, event);
}

/* Goes to what comes next in brackets. */
static bool flow_skip(struct quick *quick) {
  int line = quick->line;
  if (!skip_lines(quick) || quick->at == quick->end)
    return false;
  return quick->line == line || (quick->at - quick->line_start > top_of(quick)->indent && !is_marker(quick, "---") &&
                                 !is_marker(quick, "..."));
}

static bool flow_node_read(struct quick *quick, struct yaml_event *event) {
  if (*quick->at == '{' || *quick->at == '[')
    return bracket_read(quick, event);
  quick->step = STEP_FLOW_NEXT;
  return scalar_read(quick, true, event);
}

static bool flow_entry_step(struct quick *quick, struct yaml_event *event) {
  const struct quick_frame *top = top_of(quick);
  if (!flow_skip(quick))
    return false;
  if (*quick->at == (top->is_map ? '}' : ']')) {
    quick->at++;
    quick->step = quick->depth > 1 && top[-1].flow ? STEP_FLOW_NEXT : STEP_NEXT;
    return pop(quick, event);
  }
  if (!top->is_map)
    return flow_node_read(quick, event);
  quick->step = STEP_FLOW_VALUE;
  return scalar_read(quick, true, event) && colon_eat(quick, event);
}

static bool flow_next_step(struct quick *quick, struct yaml_event *event) {
  if (!flow_skip(quick))
    return false;
  if (*quick->at == ',')
    quick->at++;
  else if (*quick->at != '}' && *quick->at != ']')
    return false;
  return flow_entry_step(quick, event);
}

bool quick_next(struct quick *quick, struct yaml_event *ret_event) {
  if (!quick->end)
    return false;
  switch (quick->step) {
  case STEP_TEXT: return text_step(quick, ret_event);
  case STEP_NODE: return node_read(quick, true, ret_event);
  case STEP_KEY: return key_step(quick, ret_event);
  case STEP_VALUE: return value_step(quick, ret_event);
  case STEP_ITEM: return item_step(quick, ret_event);
  case STEP_NEXT: return skip_to_line(quick) && line_step(quick, ret_event);
  case STEP_LINE: return line_step(quick, ret_event);
  case STEP_FLOW_ENTRY: return flow_entry_step(quick, ret_event);
  case STEP_FLOW_VALUE: return flow_skip(quick) && flow_node_read(quick, ret_event);
  case STEP_FLOW_NEXT: return flow_next_step(quick, ret_event);
  }
  return false;
}
