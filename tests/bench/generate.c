/* Incidents to measure with: the same for the same seed, on any machine, and a file of fewer rows is the beginning of
 * one of more.
 *
 *   generate [OPTION...] ROWS >FILE
 *
 *     --seed N           other incidents
 *     --from YEAR        the year in which the first may be opened (2024)
 *     --years N          how many years they are spread over (3)
 *     --offsets          times with ten different offsets instead of Z
 *     --local            times without offset
 *     --quoted           every field in quotes
 *     --semicolons       between fields, instead of commas
 *     --crlf             at the end of lines
 *     --ndjson           an object a row
 *     --field NAME=N     one more column, with the values NAME1 to NAMEN (repeatable)
 *     --wide N           N more columns of text
 *
 * The columns are id, priority (P1, P2, P3 one in 10, 3 in 10, the rest), opened_at, responded_at (nothing in one row
 * of 20), resolved_at (nothing in one of 10, nor where there was no response) and channel. Most are responded to soon,
 * some late, and sooner the higher the priority. */
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_FIELDS = 256, ROOM = 64 << 10, NAME_LENGTH = 32 };

struct field {
  char name[NAME_LENGTH];
  uint64_t values; /* 0: text */
};

static struct {
  uint64_t seed;
  int64_t from, seconds; /* the time they are spread over */
  bool offsets, local, quoted, crlf, ndjson;
  char separator;
  struct field fields[MOST_FIELDS]; /* further ones */
  int field_count;
} options = {.seed = 1, .separator = ','};

static char buffer[2 * ROOM];
static size_t filled;

static _Noreturn void fail(const char *what, const char *culprit) {
  fprintf(stderr, "generate: %s \"%s\"\n", what, culprit);
  exit(2);
}

/* --- chance --- */

/* SplitMix64: a number that looks random out of any other. */
static uint64_t scramble(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

/* Each row has numbers of its own, so that rows do not depend on how many were made before. */
struct chance {
  uint64_t state;
};

static uint64_t below(struct chance *chance, uint64_t limit) {
  chance->state = scramble(chance->state);
  return chance->state % limit;
}

/* Seconds, of which there are `mean` on average, mostly few and sometimes four times as many: the cube of an even
 * distribution. */
static int64_t delay(struct chance *chance, uint64_t mean) {
  uint64_t x = below(chance, 1 << 16);

  return (int64_t)((x * x * x >> 32) * (4 * mean) >> 16) + 30;
}

/* --- text --- */

static void put(const char *text, size_t length) {
  memcpy(buffer + filled, text, length);
  filled += length;
}

static void put_text(const char *text) {
  put(text, strlen(text));
}

static void put_number(uint64_t number, int digits) {
  int i;

  for (i = digits; i-- > 0; number /= 10)
    buffer[filled + (size_t)i] = (char)('0' + number % 10);
  filled += (size_t)digits;
}

static int digits_in(uint64_t number) {
  int digits = 1;

  while (number /= 10)
    digits++;
  return digits;
}

static int64_t days_until(int64_t year, int64_t month) {
  int64_t y = month > 2 ? year : year - 1, from_march = (month + 9) % 12;

  return y * 365 + y / 4 - y / 100 + y / 400 + (from_march * 306 + 5) / 10 - 719468;
}

static void put_date(int64_t days) {
  static int64_t year = 1970, month = 1; /* of the date before, which is seldom far */

  while (days < days_until(year, 1))
    year--;
  while (days >= days_until(year + 1, 1))
    year++;
  for (month = (days - days_until(year, 1)) / 31 + 1; month < 12 && days >= days_until(year, month + 1);)
    month++;
  put_number((uint64_t)year, 4);
  put("-", 1);
  put_number((uint64_t)month, 2);
  put("-", 1);
  put_number((uint64_t)(days - days_until(year, month) + 1), 2);
}

static void put_time(int64_t at, int offset_minutes) {
  int64_t local = at + offset_minutes * 60, second = local % 86400;
  uint64_t offset = (uint64_t)abs(offset_minutes);

  if (options.local && second / 3600 == 3) /* which clocks may skip or repeat */
    second = 4 * 3600;
  put_date(local / 86400);
  put("T", 1);
  put_number((uint64_t)second / 3600, 2);
  put(":", 1);
  put_number((uint64_t)second / 60 % 60, 2);
  put(":", 1);
  put_number((uint64_t)second % 60, 2);
  if (options.local)
    return;
  if (offset_minutes == 0) {
    put("Z", 1);
    return;
  }
  put(offset_minutes < 0 ? "-" : "+", 1);
  put_number(offset / 60, 2);
  put(":", 1);
  put_number(offset % 60, 2);
}

/* --- rows --- */

/* What stands before a field, and behind it. */
static void field_begin(int index, const char *name) {
  if (index > 0)
    put(options.ndjson ? "," : &options.separator, 1);
  if (options.ndjson) {
    put("\"", 1);
    put_text(name);
    put("\":\"", 3);
  } else if (options.quoted)
    put("\"", 1);
}

static void field_end(void) {
  if (options.ndjson || options.quoted)
    put("\"", 1);
}

static void row_end(void) {
  if (options.ndjson)
    put("}", 1);
  put_text(options.crlf ? "\r\n" : "\n");
}

static void put_field(int index, const char *name, const char *text) {
  field_begin(index, name);
  put_text(text);
  field_end();
}

static const char *const columns[] = {"id", "priority", "opened_at", "responded_at", "resolved_at", "channel"};

enum { ID, PRIORITY, OPENED, RESPONDED, RESOLVED, CHANNEL, COLUMNS };

static void header_write(void) {
  int i;

  if (options.ndjson)
    return;
  for (i = 0; i < COLUMNS; i++)
    put_field(i, columns[i], columns[i]);
  for (i = 0; i < options.field_count; i++)
    put_field(COLUMNS + i, options.fields[i].name, options.fields[i].name);
  row_end();
}

static void time_write(int column, bool there, int64_t at, int offset) {
  if (options.ndjson && !there) {
    put(",\"", 2);
    put_text(columns[column]);
    put("\":null", 6);
    return;
  }
  field_begin(column, columns[column]);
  if (there)
    put_time(at, offset);
  field_end();
}

static void further_write(struct chance *chance, int index) {
  static const char *const words[] = {"printer on fire", "cannot log in", "invoice is wrong", "slow since Monday"};
  const struct field *field = &options.fields[index];
  uint64_t value;

  field_begin(COLUMNS + index, field->name);
  if (field->values == 0)
    put_text(words[below(chance, sizeof words / sizeof *words)]);
  else {
    value = below(chance, field->values) + 1;
    put_text(field->name);
    put_number(value, digits_in(value));
  }
  field_end();
}

static void row_write(uint64_t number) {
  static const int offsets[] = {0, 120, 180, -300, -240, 60, 330, -480, 345, 540};
  static const char *const channels[] = {"email", "phone", "web", "chat", "api", "monitor"};
  static const char *const priorities[] = {"P1", "P2", "P3"};
  static const uint64_t means[] = {6 * 3600, 14 * 3600, 72 * 3600};
  struct chance chance = {scramble(options.seed) ^ scramble(number)};
  int64_t opened = options.from + (int64_t)below(&chance, (uint64_t)options.seconds), responded, resolved;
  uint64_t part = below(&chance, 10);
  int level = part < 1 ? 0 : part < 4 ? 1 : 2, offset = 0, later = 0, i;
  bool was_responded = below(&chance, 20) > 0, was_resolved = was_responded && below(&chance, 10) > 0;

  responded = opened + delay(&chance, means[level]);
  resolved = responded + delay(&chance, means[level] * 2);
  if (options.offsets) {
    offset = offsets[below(&chance, sizeof offsets / sizeof *offsets)];
    later = offsets[below(&chance, sizeof offsets / sizeof *offsets)];
  }
  if (options.ndjson)
    put("{", 1);
  field_begin(ID, columns[ID]);
  put("INC", 3);
  put_number(number + 1, 9);
  field_end();
  put_field(PRIORITY, columns[PRIORITY], priorities[level]);
  time_write(OPENED, true, opened, offset);
  time_write(RESPONDED, was_responded, responded, later);
  time_write(RESOLVED, was_resolved, resolved, later);
  put_field(CHANNEL, columns[CHANNEL], channels[below(&chance, sizeof channels / sizeof *channels)]);
  for (i = 0; i < options.field_count; i++)
    further_write(&chance, i);
  row_end();
}

static void flush(void) {
  size_t done = 0;

  while (done < filled) {
    ssize_t written = write(STDOUT_FILENO, buffer + done, filled - done);

    if (written < 0)
      fail("cannot write to", "standard output");
    done += (size_t)written;
  }
  filled = 0;
}

/* --- options --- */

static uint64_t number_in(const char *text) {
  char *end;
  uint64_t number = strtoull(text, &end, 10);

  if (*text < '0' || *text > '9' || *end || number > 1000000000000)
    fail("not a number", text);
  return number;
}

static struct field *field_add(const char *name, size_t length, uint64_t values) {
  struct field *field = &options.fields[options.field_count];

  if (options.field_count == MOST_FIELDS || length == 0 || length >= NAME_LENGTH)
    fail("too many fields, or no name", name);
  options.field_count++;
  memcpy(field->name, name, length);
  field->values = values;
  return field;
}

static void wide_add(uint64_t count) {
  char name[NAME_LENGTH];
  uint64_t i;

  for (i = 1; i <= count; i++) {
    snprintf(name, sizeof name, "text%d", (int)(i % 1000));
    field_add(name, strlen(name), 0);
  }
}

enum { OFFSETS = 256, LOCAL, QUOTED, SEMICOLONS, CRLF, NDJSON, FIELD, WIDE, SEED, FROM, SPREAD };

static const struct option long_options[] = {
    {"offsets", no_argument, NULL, OFFSETS},    {"local", no_argument, NULL, LOCAL},
    {"quoted", no_argument, NULL, QUOTED},      {"semicolons", no_argument, NULL, SEMICOLONS},
    {"crlf", no_argument, NULL, CRLF},          {"ndjson", no_argument, NULL, NDJSON},
    {"field", required_argument, NULL, FIELD},  {"wide", required_argument, NULL, WIDE},
    {"seed", required_argument, NULL, SEED},    {"from", required_argument, NULL, FROM},
    {"years", required_argument, NULL, SPREAD}, {NULL, 0, NULL, 0}};

static void options_read(int argc, char **argv) {
  uint64_t from = 2024, years = 3;
  const char *equals;
  int option;

  while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
    switch (option) {
    case OFFSETS: options.offsets = true; break;
    case LOCAL: options.local = true; break;
    case QUOTED: options.quoted = true; break;
    case SEMICOLONS: options.separator = ';'; break;
    case CRLF: options.crlf = true; break;
    case NDJSON: options.ndjson = true; break;
    case WIDE: wide_add(number_in(optarg)); break;
    case SEED: options.seed = number_in(optarg); break;
    case FROM: from = number_in(optarg); break;
    case SPREAD: years = number_in(optarg); break;
    case FIELD:
      equals = strchr(optarg, '=');
      if (!equals || number_in(equals + 1) == 0)
        fail("not NAME=N", optarg);
      field_add(optarg, (size_t)(equals - optarg), number_in(equals + 1));
      break;
    default: exit(2);
    }
  if (from < 1970 || years < 1 || from + years > 9990)
    fail("unusable", "--from and --years");
  options.from = days_until((int64_t)from, 1) * 86400;
  options.seconds = days_until((int64_t)(from + years), 1) * 86400 - options.from;
}

int main(int argc, char **argv) {
  uint64_t rows, i;

  options_read(argc, argv);
  if (optind + 1 != argc)
    fail("usage:", "generate [OPTION...] ROWS");
  rows = number_in(argv[optind]);
  header_write();
  for (i = 0; i < rows; i++) {
    row_write(i);
    if (filled >= ROOM)
      flush();
  }
  flush();
  return 0;
}
