#include "cli/json.h"

#include "cli/json_string.h"

#include <string.h>

/* Writes what stands for the character that text begins with. */
static size_t escape_character(struct sla_text *text, char *to) {
  static const char digits[] = "0123456789abcdef";
  unsigned char c = (unsigned char)text->ptr[0];
  size_t len = sla_utf8_length(*text), written = 2;
  if (c == '"' || c == '\\') {
    to[0] = '\\';
    to[1] = (char)c;
  } else if (c < 0x20 || c == 0x7F) {
    memcpy(to, "\\u00", 4);
    to[4] = digits[c >> 4];
    to[5] = digits[c & 0xF];
    written = 6;
  } else
    memcpy(to, len ? text->ptr : "\xEF\xBF\xBD", written = len ? len : 3);
  len = len ? len : 1;
  text->ptr += len;
  text->len -= len;
  return written;
}

size_t json_escape(struct sla_text *text, char *to, size_t room) {
  size_t written = 0;
  while (text->len && room - written >= JSON_MOST_ESCAPED) {
    size_t most = text->len < room - written ? text->len : room - written;
    const char *start = text->ptr, *end = start + most, *plain = json_plain_end(start, end, true);
    if (plain < end && (unsigned char)*plain >= 0x80)
      plain = json_utf8_end(plain, end);
    size_t len = (size_t)(plain - start);
    memcpy(to + written, start, len);
    written += len;
    text->ptr += len;
    text->len -= len;
    if (text->len && room - written >= JSON_MOST_ESCAPED)
      written += escape_character(text, to + written);
  }
  return written;
}

static void put_string(struct json *json, struct sla_text text) {
  char part[512];
  putc('"', json->file);
  while (text.len) {
    size_t len = json_escape(&text, part, sizeof part);
    fwrite(part, 1, len, json->file);
  }
  putc('"', json->file);
}

static void begin(struct json *json, const char *key) {
  if (!json->first)
    fputs(", ", json->file);
  json->first = false;
  if (key) {
    put_string(json, (struct sla_text){key, strlen(key)});
    fputs(": ", json->file);
  }
}

void json_open(struct json *json, const char *key, char bracket) {
  begin(json, key);
  putc(bracket, json->file);
  json->first = true;
}

void json_close(struct json *json, char bracket) {
  putc(bracket, json->file);
  json->first = false;
}

void json_text(struct json *json, const char *key, struct sla_text value) {
  begin(json, key);
  put_string(json, value);
}

void json_string(struct json *json, const char *key, const char *value) {
  if (value)
    json_text(json, key, (struct sla_text){value, strlen(value)});
  else
    json_null(json, key);
}

void json_number(struct json *json, const char *key, int64_t value) {
  begin(json, key);
  fprintf(json->file, "%lld", (long long)value);
}

void json_hundredths(struct json *json, const char *key, int64_t value) {
  begin(json, key);
  fprintf(json->file, "%lld.%02d", (long long)(value / 100), (int)(value % 100));
}

void json_flag(struct json *json, const char *key, bool value) {
  begin(json, key);
  fputs(value ? "true" : "false", json->file);
}

void json_null(struct json *json, const char *key) {
  begin(json, key);
  fputs("null", json->file);
}
