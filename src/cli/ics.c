#include "cli/ics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MOST_OCTETS = 75,     /* of a line without its end (RFC 5545 3.1) */
  MOST_UID_BYTES = 200, /* longer ones become a hash: RFC 7986 5.3 wants no more than 255 octets */
  TIME_TEXT = 24,
  DAY = 86400,
};

/* --- lines ---------------------------------------------------------------------------------------------------------
 */

/* Writes what must not be split. */
static void put(struct ics *ics, const char *bytes, size_t len) {
  if (ics->column + len > MOST_OCTETS) {
    output_bytes(ics->output, "\r\n ", 3);
    ics->column = 1;
  }
  output_bytes(ics->output, bytes, len);
  ics->column += len;
}

static void put_plain(struct ics *ics, const char *text) {
  for (; *text; text++)
    put(ics, text, 1);
}

static void end_line(struct ics *ics) {
  output_bytes(ics->output, "\r\n", 2);
  ics->column = 0;
}

void ics_value(struct ics *ics, const char *property, const char *value) {
  put_plain(ics, property);
  put(ics, ":", 1);
  put_plain(ics, value);
  end_line(ics);
}

void ics_text_begin(struct ics *ics, const char *property) {
  put_plain(ics, property);
  put(ics, ":", 1);
}

void ics_text_add(struct ics *ics, struct sla_text text) {
  while (text.len) {
    char c = text.ptr[0];
    size_t len = sla_utf8_length(text);
    if (c == '\\' || c == ';' || c == ',')
      put(ics, (char[]){'\\', c}, 2);
    else if (c == '\n' || c == '\r') {
      put(ics, "\\n", 2);
      len += c == '\r' && text.len > 1 && text.ptr[1] == '\n';
    } else if (len && c != 0x7F && ((unsigned char)c >= 0x20 || c == '\t'))
      put(ics, text.ptr, len);
    else
      put(ics, "\xEF\xBF\xBD", 3);
    len = len ? len : 1;
    text.ptr += len;
    text.len -= len;
  }
}

void ics_text_end(struct ics *ics) {
  end_line(ics);
}

void ics_text(struct ics *ics, const char *property, const char *text) {
  ics_text_begin(ics, property);
  ics_text_add(ics, ics_part(text));
  ics_text_end(ics);
}

/* --- times ---------------------------------------------------------------------------------------------------------
 */

/* Writes YYYYMMDD. */
static void date_digits(int date, char text[TIME_TEXT]) {
  char dashed[16];
  sla_date_write(date, dashed);
  size_t len = 0;
  for (const char *at = dashed; *at; at++)
    if (*at != '-')
      text[len++] = *at;
  text[len] = '\0';
}

static void put_time(struct ics *ics, const char *property, int64_t seconds, const char *zone) {
  char text[TIME_TEXT];
  int date = (int)(seconds / DAY - (seconds % DAY < 0));
  unsigned second = (unsigned)(seconds - (int64_t)date * DAY);
  date_digits(date, text);
  size_t len = strlen(text);
  snprintf(text + len, sizeof text - len, "T%02u%02u%02u%s", second / 3600 % 24, second / 60 % 60, second % 60, zone);
  ics_value(ics, property, text);
}

void ics_date(struct ics *ics, const char *property, int date) {
  char name[64], text[TIME_TEXT];
  snprintf(name, sizeof name, "%s;VALUE=DATE", property);
  date_digits(date, text);
  ics_value(ics, name, text);
}

void ics_instant(struct ics *ics, const char *property, sla_time t) {
  put_time(ics, property, t, "Z");
}

void ics_floating(struct ics *ics, const char *property, int date, int second) {
  put_time(ics, property, (int64_t)date * DAY + second, "");
}

/* --- UIDs ----------------------------------------------------------------------------------------------------------
 */

uint64_t ics_hash(uint64_t hash, struct sla_text text) {
  for (size_t i = 0; i < text.len; i++)
    hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001B3);
  return hash;
}

/* The place of a hash in the table: its own, or a free one. */
static struct ics_seen *seen_place(struct ics_seen *seen, size_t size, uint64_t hash) {
  size_t at = hash & (size - 1);
  while (seen[at].count && seen[at].hash != hash)
    at = (at + 1) & (size - 1);
  return &seen[at];
}

/* How often a UID has been asked for, this time included. */
static unsigned long times_seen(struct ics *ics, uint64_t hash) {
  if (2 * ics->seen_count >= ics->seen_size) {
    size_t size = ics->seen_size ? 2 * ics->seen_size : 256;
    struct ics_seen *grown = cli_alloc(size * sizeof *grown);
    for (size_t i = 0; i < ics->seen_size; i++)
      if (ics->seen[i].count)
        *seen_place(grown, size, ics->seen[i].hash) = ics->seen[i];
    free(ics->seen);
    ics->seen = grown;
    ics->seen_size = size;
  }
  struct ics_seen *place = seen_place(ics->seen, ics->seen_size, hash);
  ics->seen_count += !place->count;
  place->hash = hash;
  return ++place->count;
}

static bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

/* Adds a part, what is not plain as %XX; false where there is no room. */
static bool add_part(char uid[MOST_UID_BYTES], size_t *len, struct sla_text part) {
  for (size_t i = 0; i < part.len; i++) {
    if (*len + 4 > MOST_UID_BYTES)
      return false;
    if (is_plain(part.ptr[i]))
      uid[(*len)++] = part.ptr[i];
    else
      *len += (size_t)snprintf(uid + *len, 4, "%%%02X", (unsigned char)part.ptr[i]);
  }
  return true;
}

/* The parts joined by dots, then, where that UID has been given out before, "~2" and so on; no part has either. */
static void put_uid(struct ics *ics, const struct sla_text *parts, size_t count) {
  char uid[MOST_UID_BYTES + 1];
  size_t len = 0;
  bool fits = true;
  uint64_t hash = ICS_HASH;
  for (size_t i = 0; i < count; i++) {
    if (i && fits && (fits = len + 4 < MOST_UID_BYTES))
      uid[len++] = '.';
    fits = fits && add_part(uid, &len, parts[i]);
    hash = ics_hash(ics_hash(hash, parts[i]), (struct sla_text){"", 1});
  }
  uid[len] = '\0';
  if (!fits)
    snprintf(uid, sizeof uid, "%016llx", (unsigned long long)hash);
  char suffix[24] = "";
  unsigned long times = times_seen(ics, ics_hash(ICS_HASH, ics_part(uid)));
  if (times > 1)
    snprintf(suffix, sizeof suffix, "~%lu", times);
  put_plain(ics, "UID:");
  put_plain(ics, uid);
  put_plain(ics, suffix);
  put_plain(ics, "@slaclock");
  end_line(ics);
}

/* --- components ----------------------------------------------------------------------------------------------------
 */

bool ics_stamp(struct cli *cli, sla_time *ret_stamp) {
  *ret_stamp = 0;
  if (!cli->now)
    return true;
  sla_zone *utc;
  if (sla_zone_load(&cli->options, "UTC", &utc) != SLA_OK) {
    cli_status(cli, EXIT_DEFECT);
    return false;
  }
  bool good = cli_now(cli, utc, ret_stamp);
  sla_zone_free(utc);
  return good;
}

void ics_begin(struct ics *ics, struct output *output, sla_time stamp, struct sla_text name) {
  *ics = (struct ics){.output = output, .stamp = stamp, .empty = true};
  ics_value(ics, "BEGIN", "VCALENDAR");
  ics_value(ics, "VERSION", "2.0");
  ics_value(ics, "PRODID", "-//slaclock//NONSGML slaclock//EN");
  ics_value(ics, "CALSCALE", "GREGORIAN");
  ics_text_begin(ics, "X-WR-CALNAME");
  ics_text_add(ics, name);
  ics_text_end(ics);
}

/* RFC 5545 3.6 wants at least one component: the zone that all times are in anyway changes nothing. */
static void put_zone(struct ics *ics) {
  static const char *const lines[][2] = {
      {"BEGIN", "VTIMEZONE"},    {"TZID", "Etc/UTC"},     {"BEGIN", "STANDARD"}, {"DTSTART", "19700101T000000"},
      {"TZOFFSETFROM", "+0000"}, {"TZOFFSETTO", "+0000"}, {"TZNAME", "UTC"},     {"END", "STANDARD"},
      {"END", "VTIMEZONE"}};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    ics_value(ics, lines[i][0], lines[i][1]);
}

void ics_end(struct ics *ics) {
  if (ics->empty)
    put_zone(ics);
  ics_value(ics, "END", "VCALENDAR");
  free(ics->seen);
}

void ics_open(struct ics *ics, const char *component, const struct sla_text *parts, size_t count) {
  ics->empty = false;
  ics_value(ics, "BEGIN", component);
  put_uid(ics, parts, count);
  ics_instant(ics, "DTSTAMP", ics->stamp);
}

void ics_close(struct ics *ics, const char *component) {
  ics_value(ics, "END", component);
}
