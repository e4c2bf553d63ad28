#include "cli/json_scan.h"

#include "cli/json_string.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- values ------------------------------------------------------------------------------------------------------ */

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

size_t json_blanks(struct sla_text text) {
  size_t len = 0;
  while (len < text.len && is_blank(text.ptr[len]))
    len++;
  return len;
}

/* Goes over a string's bytes, to behind its closing quote. */
static void scan_string(struct json_extent *extent, const char *bytes, size_t len, size_t *at) {
  const char *place = bytes + *at, *end = bytes + len;
  while (place < end && extent->quoted) {
    if (extent->escaped)
      extent->escaped = false;
    else {
      place = json_find_either(place, end, '"', '\\');
      if (place == end)
        break;
      extent->escaped = *place == '\\';
      extent->quoted = extent->escaped;
    }
    place++;
  }
  *at = (size_t)(place - bytes);
}

/* Moves over what begins or ends nothing within brackets: scalars, among them strings without escapes. */
static void skip_scalars(const char *bytes, size_t len, size_t *at) {
  const char *place = bytes + *at, *end = bytes + len;
  for (; place < end; place++) {
    char bracket = (char)(*place | 0x20); /* as [ and ] differ from { and } */
    if (bracket == '{' || bracket == '}')
      break;
    if (*place != '"')
      continue;
    const char *quote = json_find_either(place + 1, end, '"', '\\');
    if (quote == end || *quote != '"')
      break;
    place = quote;
  }
  *at = (size_t)(place - bytes);
}

static enum json_extent_state open_bracket(struct json_extent *extent, bool brace) {
  if (extent->depth == JSON_MOST_DEPTH)
    return JSON_TOO_DEEP;
  unsigned char *bits = &extent->braces[extent->depth / 8], bit = (unsigned char)(1U << extent->depth % 8);
  *bits = (unsigned char)(brace ? *bits | bit : *bits & ~bit);
  extent->depth++;
  return JSON_UNFINISHED;
}

static enum json_extent_state close_bracket(struct json_extent *extent, bool brace) {
  unsigned level = extent->depth - 1;
  if ((extent->braces[level / 8] >> level % 8 & 1) != brace)
    return JSON_MISMATCH;
  extent->depth = level;
  return level ? JSON_UNFINISHED : JSON_WHOLE;
}

enum json_extent_state json_extent_scan(struct json_extent *extent, const char *bytes, size_t len, size_t *at) {
  enum json_extent_state state = JSON_UNFINISHED;
  while (*at < len && state == JSON_UNFINISHED) {
    if (extent->quoted) {
      scan_string(extent, bytes, len, at);
      if (!extent->quoted && !extent->depth)
        return JSON_WHOLE;
      continue;
    }
    if (extent->depth) {
      skip_scalars(bytes, len, at);
      if (*at == len)
        break;
    }
    char c = bytes[*at];
    bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    if (extent->scalar && (is_blank(c) || c == ',' || closes))
      return JSON_WHOLE;
    if (c == '"' && !extent->scalar)
      extent->quoted = true;
    else if (opens && !extent->scalar)
      state = open_bracket(extent, c == '{');
    else if (closes && extent->depth)
      state = close_bracket(extent, c == '}');
    else if (!extent->depth)
      extent->scalar = true;
    if (state == JSON_UNFINISHED || state == JSON_WHOLE)
      ++*at;
  }
  return state;
}

/* --- the stream -------------------------------------------------------------------------------------------------- */

void json_scan_begin(struct json_scan *scan, struct stream *stream, bool lines) {
  static const char mark[] = "\xEF\xBB\xBF";
  *scan = (struct json_scan){.stream = stream, .state = lines ? JSON_LINES : JSON_BEGIN, .line = 1, .column = 1};
  while (stream->filled - stream->start < 3 && !stream->at_end)
    stream_fill(stream);
  if (stream->filled - stream->start >= 3 && !memcmp(stream->buffer + stream->start, mark, 3))
    stream->start += 3;
}

void json_scan_begin_at(struct json_scan *scan, struct stream *stream, long line) {
  *scan = (struct json_scan){.stream = stream, .state = JSON_LINES, .line = line, .column = 1};
}

static bool fail(struct json_scan *scan, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(struct json_scan *scan, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(scan->problem, sizeof scan->problem, format, args);
  va_end(args);
  return false;
}

static struct sla_text ahead(const struct json_scan *scan) {
  const struct stream *stream = scan->stream;
  return (struct sla_text){stream->buffer + stream->start, stream->filled - stream->start};
}

/* How many characters begin in bytes, eight of which are looked at at once. */
static long characters(const char *at, const char *end) {
  const uint64_t ones = UINT64_MAX / 0xFF;
  long count = (long)(end - at);
  for (uint64_t bytes; end - at >= 8; at += 8) {
    memcpy(&bytes, at, 8);
    uint64_t inner = bytes >> 7 & ~bytes >> 6 & ones; /* a one where bits are 10: these continue a character */
    count -= (long)(inner * ones >> 56);
  }
  for (; at < end; at++)
    count -= ((unsigned char)*at & 0xC0) == 0x80;
  return count;
}

/* Moves over bytes, counting lines and columns. */
static void take(struct json_scan *scan, size_t len) {
  if (!len)
    return;
  const char *at = ahead(scan).ptr, *end = at + len;
  for (const char *feed; at < end && (feed = memchr(at, '\n', (size_t)(end - at))); at = feed + 1) {
    scan->line++;
    scan->column = 1;
  }
  scan->column += characters(at, end);
  scan->stream->start += len;
}

/* The next byte that is no blank, which is not taken; 0 where there is none. */
static char next_char(struct json_scan *scan) {
  for (;;) {
    take(scan, json_blanks(ahead(scan)));
    if (ahead(scan).len)
      return *ahead(scan).ptr;
    if (scan->stream->at_end)
      return 0;
    stream_fill(scan->stream);
  }
}

static bool unexpected(struct json_scan *scan, const char *expected) {
  struct sla_text rest = ahead(scan);
  if (scan->stream->read_errno)
    return false;
  if (!rest.len)
    return fail(scan, "the JSON ends where %s is expected", expected);
  size_t wide = sla_utf8_length(rest);
  return fail(scan, "%s is expected, not \"%.*s\"", expected, (int)(wide ? wide : 1), rest.ptr);
}

/* The byte that is no blank behind the bracket that stands ahead; nothing is taken. */
static char char_inside(struct json_scan *scan) {
  for (;;) {
    struct sla_text rest = ahead(scan);
    size_t blanks = 1 + json_blanks((struct sla_text){rest.ptr + 1, rest.len - 1});
    if (blanks < rest.len)
      return rest.ptr[blanks];
    if (scan->stream->at_end)
      return 0;
    stream_fill(scan->stream);
  }
}

/* Takes a byte that has to come. */
static bool take_char(struct json_scan *scan, char c, const char *expected) {
  if (next_char(scan) != c)
    return unexpected(scan, expected);
  take(scan, 1);
  return true;
}

/* Finds the value that stands ahead, whole in the buffer. Does not take it. */
static bool find_value(struct json_scan *scan, size_t *ret_len) {
  struct stream *stream = scan->stream;
  struct json_extent extent = {0};
  for (*ret_len = 0;;) {
    struct sla_text rest = ahead(scan);
    enum json_extent_state state = json_extent_scan(&extent, rest.ptr, rest.len, ret_len);
    if (*ret_len > JSON_MOST_BYTES)
      return fail(scan, "a value is larger than %d MiB", JSON_MOST_BYTES >> 20);
    if (state == JSON_WHOLE || (state == JSON_UNFINISHED && stream->at_end && extent.scalar && *ret_len))
      return true;
    if (state != JSON_UNFINISHED) {
      take(scan, *ret_len);
      return state == JSON_TOO_DEEP ? fail(scan, "brackets are nested deeper than %d", JSON_MOST_DEPTH)
                                    : unexpected(scan, *ahead(scan).ptr == '}' ? "\"]\"" : "\"}\"");
    }
    if (stream->at_end) {
      if (stream->read_errno)
        return false;
      return fail(scan, extent.quoted ? "a string is not closed before the input ends"
                                      : "brackets are not closed before the input ends");
    }
    stream_fill(stream);
  }
}

/* --- lines ------------------------------------------------------------------------------------------------------- */

/* Finds the line that stands ahead, with its line feed. */
static bool find_line(struct json_scan *scan, size_t *ret_len) {
  for (size_t seen = 0;;) {
    struct sla_text rest = ahead(scan);
    const char *feed = memchr(rest.ptr + seen, '\n', rest.len - seen);
    *ret_len = feed ? (size_t)(feed + 1 - rest.ptr) : rest.len;
    if (feed || scan->stream->at_end)
      return *ret_len > 0;
    if (rest.len > JSON_MOST_LINE)
      return fail(scan, "the line is longer than %d MiB", JSON_MOST_LINE >> 20);
    seen = rest.len;
    stream_fill(scan->stream);
  }
}

/* Every member is set by itself: zeroing them all in one go, as compilers do, takes longer. */
static inline void give(struct json_scan *scan, struct sla_text raw, size_t blanks, struct record *record) {
  record->raw = raw;
  record->end = (struct sla_text){0};
  record->line = scan->line;
  record->bad_line = 0;
  record->bad_column = scan->column + (long)blanks;
  record->count = 0;
  record->fields = NULL;
  record->lists = NULL;
  record->problem = record->error = NULL;
  scan->count++;
}

/* Lines are taken whole: their columns need not be counted. */
static inline bool next_line(struct json_scan *scan, struct record *record) {
  size_t len;
  while (find_line(scan, &len)) {
    struct sla_text line = {ahead(scan).ptr, len};
    size_t blanks = is_blank(*line.ptr) ? json_blanks(line) : 0;
    bool is_object = blanks < len, has_feed = line.ptr[len - 1] == '\n';
    if (is_object) {
      size_t end = len - has_feed;
      while (is_blank(line.ptr[end - 1]))
        end--;
      give(scan, (struct sla_text){line.ptr + blanks, end - blanks}, blanks, record);
    }
    scan->stream->start += len;
    scan->line += has_feed;
    scan->column = 1;
    if (!is_object)
      continue;
    if (record->raw.len > JSON_MOST_BYTES)
      record->problem = "the object is larger than 16 MiB";
    return true;
  }
  return false;
}

/* --- arrays ------------------------------------------------------------------------------------------------------ */

/* Goes on in the envelope to an array of objects, which is entered. false where there is none. */
static bool enter_member(struct json_scan *scan, bool first) {
  size_t len;
  for (;; first = false) {
    char c = next_char(scan);
    if (c == '}') {
      take(scan, 1);
      return false;
    }
    if (!first && !take_char(scan, ',', "\",\" or \"}\""))
      return false;
    if (next_char(scan) != '"')
      return unexpected(scan, "a member's name in quotes");
    if (!find_value(scan, &len))
      return false;
    take(scan, len);
    if (!take_char(scan, ':', "\":\""))
      return false;
    c = next_char(scan);
    if (c == '[' && char_inside(scan) == '{') {
      take(scan, 1);
      return true;
    }
    if (!c || strchr(",:]}", c))
      return unexpected(scan, "a value");
    if (!find_value(scan, &len))
      return false;
    take(scan, len);
  }
}

static bool begin_array(struct json_scan *scan) {
  char c = next_char(scan);
  scan->state = JSON_ELEMENTS;
  if (c == '[') {
    take(scan, 1);
    return true;
  }
  if (c != '{')
    return unexpected(scan, "an array of objects");
  take(scan, 1);
  scan->in_envelope = true;
  if (enter_member(scan, true))
    return true;
  if (!*scan->problem && !scan->stream->read_errno)
    fail(scan, "the input is an object in which no array of objects stands: write one object a line (as jq -c does), "
               "or an array of them");
  return false;
}

static bool end_array(struct json_scan *scan) {
  take(scan, 1);
  scan->state = JSON_TAIL;
  if (scan->in_envelope && enter_member(scan, false))
    return fail(scan, "the input has a second array of objects: leave but one of them, as with jq .tickets");
  if (!*scan->problem && next_char(scan))
    return unexpected(scan, "the end");
  return false;
}

static bool next_element(struct json_scan *scan, struct record *record) {
  size_t len;
  char c = next_char(scan);
  if (c == ']' || scan->state == JSON_MORE) {
    if (c == ']')
      return end_array(scan);
    if (!take_char(scan, ',', "\",\" or \"]\""))
      return false;
    c = next_char(scan);
  }
  if (!c || strchr(",:]}", c))
    return unexpected(scan, "an object");
  if (!find_value(scan, &len))
    return false;
  scan->state = JSON_MORE;
  give(scan, (struct sla_text){ahead(scan).ptr, len}, 0, record);
  take(scan, len);
  return true;
}

bool json_scan_next(struct json_scan *scan, struct record *ret_record) {
  if (scan->state == JSON_LINES)
    return next_line(scan, ret_record);
  if (scan->state == JSON_TAIL || *scan->problem || (scan->state == JSON_BEGIN && !begin_array(scan)))
    return false;
  return next_element(scan, ret_record);
}
