#include "cli/json.h"

#include <string.h>

void json_escape(struct sla_text text, void (*write)(void *data, const char *bytes, size_t len), void *data) {
  write(data, "\"", 1);
  while (text.len) {
    size_t plain = 0; /* bytes that stand for themselves */
    while (plain < text.len && (unsigned char)text.ptr[plain] >= 0x20 && (unsigned char)text.ptr[plain] < 0x7F &&
           text.ptr[plain] != '"' && text.ptr[plain] != '\\')
      plain++;
    if (plain)
      write(data, text.ptr, plain);
    text.ptr += plain;
    text.len -= plain;
    if (!text.len)
      break;
    unsigned char c = (unsigned char)text.ptr[0];
    size_t len = sla_utf8_length(text);
    if (c == '"' || c == '\\') {
      char escaped[2] = {'\\', (char)c};
      write(data, escaped, 2);
    } else if (c < 0x20 || c == 0x7F) {
      char escaped[8];
      snprintf(escaped, sizeof escaped, "\\u%04x", c);
      write(data, escaped, 6);
    } else if (len)
      write(data, text.ptr, len);
    else
      write(data, "\xEF\xBF\xBD", 3);
    len = len ? len : 1;
    text.ptr += len;
    text.len -= len;
  }
  write(data, "\"", 1);
}

static void to_file(void *data, const char *bytes, size_t len) {
  fwrite(bytes, 1, len, data);
}

static void begin(struct json *json, const char *key) {
  if (!json->first)
    fputs(", ", json->file);
  json->first = false;
  if (key) {
    json_escape((struct sla_text){key, strlen(key)}, to_file, json->file);
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
  json_escape(value, to_file, json->file);
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
