/* Times and amounts as text. Cases are in tests/cases/timestamps.txt and amounts.txt. */
#include "helpers.h"

#include "base/text.h"
#include "time/amount.h"
#include "time/timestamp.h"
#include "time/zone.h"

/* What a field says: the text between its quotes, where it has them, else all of it. */
static struct sla_text field_says(struct case_file *cases) {
  struct sla_text text = text_of(case_need(cases, '|'));
  if (text.len >= 2 && text_starts(text, "\"") && text_ends(text, "\""))
    return (struct sla_text){text.ptr + 1, text.len - 2};
  return text;
}

/* A copy without a byte behind it, so that reading over its end is noticed. */
static struct sla_text exact(struct sla_text text, char **ret_bytes) {
  *ret_bytes = malloc(text.len ? text.len : 1);
  assert_non_null(*ret_bytes);
  memcpy(*ret_bytes, text.ptr, text.len);
  return (struct sla_text){*ret_bytes, text.len};
}

struct kind {
  const char *word;
  void (*check)(struct case_file *cases, struct arena *arena);
};

static void check_cases(const char *name, const struct kind *kinds, struct arena *arena) {
  struct case_file cases = case_open(name);
  while (case_next(&cases)) {
    const char *word = case_need(&cases, '|');
    const struct kind *kind = kinds;
    while (kind->word && strcmp(kind->word, word) != 0)
      kind++;
    if (kind->word)
      kind->check(&cases, arena);
    else
      case_wrong(&cases, "unknown word %s", word);
  }
  case_close(&cases);
}

/* --- timestamps -------------------------------------------------------------------------------------------------- */

static const char *const readings[] = {[SLA_READ_INSTANT] = "instant",
                                       [SLA_READ_LOCAL] = "local",
                                       [SLA_READ_LOCAL_OVERLAP] = "overlap",
                                       [SLA_READ_LOCAL_GAP] = "gap"};

/* Reads a text in a zone the way every caller does: parse, find the zone in brackets, take the instant. */
static const char *read_in(struct zones *zones, const char *zone_name, struct sla_text text, sla_time *ret_time,
                           enum sla_reading *ret_reading) {
  const char *problem = NULL;
  const struct zone *zone = zone_find(zones, text_of(zone_name), &problem);
  if (!zone)
    fail_msg("%s", problem);
  struct timestamp timestamp;
  problem = timestamp_parse(text, &timestamp);
  if (!problem && timestamp.zone.len)
    zone = zone_find(zones, timestamp.zone, &problem);
  return problem ? problem : timestamp_instant(&timestamp, zone, ret_time, ret_reading);
}

static const char *read_case(struct case_file *cases, struct arena *arena, sla_time *ret_time,
                             enum sla_reading *ret_reading) {
  struct zones zones;
  zones_init(&zones, arena, SLA_TZDATA_AUTO);
  const char *zone = case_need(cases, '|');
  char *bytes;
  struct sla_text text = exact(field_says(cases), &bytes);
  const char *problem = read_in(&zones, zone, text, ret_time, ret_reading);
  free(bytes);
  return problem;
}

static void case_read(struct case_file *cases, struct arena *arena) {
  sla_time t;
  enum sla_reading reading;
  const char *problem = read_case(cases, arena, &t, &reading);
  const char *instant = case_need(cases, '|'), *word = case_need(cases, '|');
  if (problem)
    case_wrong(cases, "%s", problem);
  else if (strcmp(time_text_at(t, 0).text, instant) != 0 || strcmp(readings[reading], word) != 0)
    case_wrong(cases, "read as %s, %s", time_text_at(t, 0).text, readings[reading]);
}

static void case_wrong_time(struct case_file *cases, struct arena *arena) {
  sla_time t = -7;
  enum sla_reading reading;
  const char *problem = read_case(cases, arena, &t, &reading), *message = case_need(cases, '\0');
  if (!problem)
    case_wrong(cases, "read as %s", time_text_at(t, 0).text);
  else if (strncmp(problem, message, strlen(message)) != 0)
    case_wrong(cases, "says \"%s\"", problem);
  else if (t != -7)
    case_wrong(cases, "touched the result");
}

static void case_write(struct case_file *cases, struct arena *arena) {
  (void)arena;
  sla_time t = strtoll(case_need(cases, '|'), NULL, 10);
  int32_t offset = (int32_t)strtol(case_need(cases, '|'), NULL, 10);
  const char *expected = case_need(cases, '|');
  char text[SLA_TIME_TEXT];
  size_t len = timestamp_write(t, offset, false, text);
  if (strcmp(text, expected) != 0 || len != strlen(expected))
    case_wrong(cases, "wrote \"%s\", %zu bytes", text, len);
}

static void case_date(struct case_file *cases, struct arena *arena) {
  (void)arena;
  int date = (int)strtol(case_need(cases, '|'), NULL, 10);
  const char *expected = case_need(cases, '|');
  char text[DATE_TEXT];
  if (date_write(date, text) != strlen(expected) || strcmp(text, expected) != 0)
    case_wrong(cases, "wrote \"%s\"", text);
}

static void test_timestamp_cases(void **state) {
  static const struct kind kinds[] = {
      {"read", case_read}, {"wrong", case_wrong_time}, {"write", case_write}, {"date", case_date}, {NULL, NULL}};
  check_cases("timestamps.txt", kinds, *state);
}

/* What is written with whole minutes of offset reads as the same instant, and with Z as well. */
static void test_written_times_read_the_same(void **state) {
  struct zones zones;
  zones_init(&zones, *state, SLA_TZDATA_AUTO);
  uint64_t seed = test_seed();
  for (int i = 0; i < 20000; i++) {
    sla_time t = i == 0 ? SLA_TIME_MIN : i == 1 ? SLA_TIME_MAX : random_between(&seed, SLA_TIME_MIN, SLA_TIME_MAX), got;
    int32_t offset = (int32_t)random_between(&seed, -1439, 1439) * 60;
    bool utc_asked = random_below(&seed, 2) == 0;
    char text[SLA_TIME_TEXT];
    size_t len = timestamp_write(t, offset, utc_asked, text);
    assert_int_equal(len, strlen(text));
    if (utc_asked)
      assert_string_equal(text, time_text_at(t, 0).text);
    enum sla_reading reading;
    const char *problem = read_in(&zones, "Europe/Kyiv", text_of(text), &got, &reading);
    if (problem || got != t || reading != SLA_READ_INSTANT)
      fail_msg("%s (%lld, offset %d): %s", text, (long long)t, (int)offset, problem ? problem : "another instant");
  }
}

/* --- the short way --------------------------------------------------------------------------------------------------
 */

/* The commonest forms have a reader of their own, which a blank in front keeps away: both say the same. */
static void check_short_way(const char *bytes, size_t len) {
  char *short_bytes, *long_bytes, with_blank[64] = " ";
  assert_true(len < sizeof with_blank);
  memcpy(with_blank + 1, bytes, len);
  struct sla_text short_text = exact((struct sla_text){bytes, len}, &short_bytes);
  struct sla_text long_text = exact((struct sla_text){with_blank, len + 1}, &long_bytes);
  struct timestamp quick = {0}, slow = {0};
  const char *said_quick = timestamp_parse(short_text, &quick), *said_slow = timestamp_parse(long_text, &slow);
  if (strcmp(said_quick ? said_quick : "read", said_slow ? said_slow : "read") != 0 || quick.kind != slow.kind ||
      quick.value != slow.value || quick.offset != slow.offset || !text_equal(quick.zone, slow.zone))
    fail_msg("\"%.*s\": kind %d, %lld, offset %d, %s; with the blank kind %d, %lld, offset %d, %s", (int)len, bytes,
             (int)quick.kind, (long long)quick.value, quick.offset, said_quick ? said_quick : "read", (int)slow.kind,
             (long long)slow.value, slow.offset, said_slow ? said_slow : "read");
  free(short_bytes);
  free(long_bytes);
}

/* Times in the common forms, at the ends of what they may be and behind them. */
static const char *const common[] = {
    "2026-02-06T09:30:00Z",      "2024-02-29T23:59:59Z",      "2026-10-31 19:30:59",       "1970-01-01T00:00:00",
    "2199-12-31T23:59:59Z",      "9999-12-31T23:59:59",       "0001-01-01T00:00:00Z",      "2026-02-06T11:30:00+02:00",
    "2026-02-06 11:30:00-09:30", "2026-12-31T23:59:59+23:59", "2026-01-01T00:00:00-23:59", "2026-01-01T00:00:00-00:00",
    "2026-01-01T00:00:00+00:00", "2023-02-29T10:00:00Z",      "2026-04-31T10:00:00",       "0000-01-01T00:00:00Z",
    "2026-01-01T24:00:00Z",      "2026-01-01T10:00:60Z",      "2026-01-01T10:60:00Z",      "2026-01-01T10:00:00+24:00",
    "2026-01-01T10:00:00+01:60", "2026-00-10T10:00:00Z",      "2026-13-10T10:00:00Z",      "2026-01-00T10:00:00Z",
    "2026-01-32T10:00:00Z",      "2026-01-01T10:00:00+0100",  "2026-01-01T10:00:00.5Z",    "2026-01-01T10:00:00-01",
    "2026-01-01T10:00Z",         "2026-01-01T10:00:00[UTC]"};

static void test_the_short_way_byte_by_byte(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
    char text[64];
    size_t len = strlen(common[i]);
    for (size_t cut = 0; cut <= len; cut++)
      check_short_way(common[i], cut);
    for (size_t at = 0; at < len; at++)
      for (int byte = 0; byte < 256; byte++) {
        memcpy(text, common[i], len + 1);
        text[at] = (char)byte;
        check_short_way(text, len);
      }
  }
}

static void test_the_short_way_at_random(void **state) {
  (void)state;
  static const char bytes[] = "0123456789:-+TZt z\x10\x1A\xB0\xFF/;";
  uint64_t seed = test_seed();
  for (int i = 0; i < 100000; i++) {
    sla_time t = random_between(&seed, SLA_TIME_MIN, SLA_TIME_MAX);
    char text[SLA_TIME_TEXT];
    size_t len = timestamp_write(t, (int32_t)random_between(&seed, -1439, 1439) * 60, i % 3 == 0, text);
    if (i % 3 == 1)
      len = 19;
    if (i % 5 == 0)
      text[10] = ' ';
    for (int64_t changes = random_below(&seed, 4); changes > 0; changes--)
      text[random_below(&seed, (int64_t)len)] = bytes[random_below(&seed, sizeof bytes - 1)];
    check_short_way(text, len);
  }
}

/* --- writing ---------------------------------------------------------------------------------------------------------
 */

/* What is written, by printf. */
static size_t slow_write(sla_time t, int32_t offset, bool utc_asked, char *text, size_t room) {
  bool is_utc = utc_asked || offset % 60 != 0;
  int64_t local = is_utc ? t : t + offset;
  struct civil date = civil_of(local_date(local));
  int second = local_second(local), ahead = offset < 0 ? -offset : offset;
  char zone[16] = "Z";
  if (!is_utc)
    snprintf(zone, sizeof zone, "%c%02d:%02d", offset < 0 ? '-' : '+', ahead / 3600, ahead / 60 % 60);
  return (size_t)snprintf(text, room, "%04d-%02d-%02dT%02d:%02d:%02d%s", date.year, date.month, date.day, second / 3600,
                          second / 60 % 60, second % 60, zone);
}

static void check_writing(sla_time t, int32_t offset, bool utc_asked) {
  char text[SLA_TIME_TEXT], expected[64];
  size_t len = timestamp_write(t, offset, utc_asked, text);
  if (len != slow_write(t, offset, utc_asked, expected, sizeof expected) || strcmp(text, expected) != 0)
    fail_msg("%lld, offset %d, is written \"%s\", not \"%s\"", (long long)t, offset, text, expected);
}

static void test_writing_agrees_with_printf(void **state) {
  (void)state;
  static const sla_time ends[] = {SLA_TIME_MIN, SLA_TIME_MAX, DAY - 1, DAY, SLA_TIME_MAX - DAY + 1};
  uint64_t seed = test_seed();
  for (size_t i = 0; i < 100000; i++) {
    sla_time t = i < 500 ? ends[i % 5] : random_between(&seed, SLA_TIME_MIN, SLA_TIME_MAX);
    int32_t offset = (int32_t)random_between(&seed, -1560, 1560) * 60;
    if (i % 4 == 0)
      offset = (int32_t)random_between(&seed, -93600, 93600);
    if (i % 7 == 0)
      offset = 0;
    check_writing(t, offset, i % 6 == 0);
  }
  for (int date = date_of(1, 1, 1); date <= date_of(9999, 12, 31);
       date += date < DATE_MIN || date > DATE_MAX ? 97 : 1) {
    struct civil civil = civil_of(date);
    char text[DATE_TEXT], expected[64];
    snprintf(expected, sizeof expected, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    if (date_write(date, text) != 10 || strcmp(text, expected) != 0)
      fail_msg("%d is written \"%s\", not \"%s\"", date, text, expected);
  }
}

/* Each day of 1999 to 2100, at its first and last second and one between, and where the quick way begins and ends. */
static void test_every_day_is_written(void **state) {
  (void)state;
  static const sla_time ends[] = {WALL_FIRST, WALL_END};
  for (int date = date_of(1999, 1, 1); date <= date_of(2100, 12, 31); date++) {
    sla_time t = (sla_time)date * DAY;
    check_writing(t, 0, true);
    check_writing(t + (sla_time)date * 7919 % DAY, 0, false);
    check_writing(t + DAY - 1, 0, true);
    check_writing(t, -300 * MINUTE, false); /* the day before */
    check_writing(t + DAY - 1, 345 * MINUTE, false);
  }
  for (size_t i = 0; i < 2; i++)
    for (sla_time t = ends[i] - 100000; t < ends[i] + 100000; t += 50)
      for (int32_t hours = -26; hours <= 26; hours += 13) {
        check_writing(t, hours * HOUR, false);
        check_writing(t + 49, hours * HOUR, true);
      }
}

static void test_every_second_is_written(void **state) {
  (void)state;
  const sla_time days[] = {utc(2000, 2, 29, 0, 0, 0), utc(2000, 3, 1, 0, 0, 0), utc(2026, 12, 31, 0, 0, 0),
                           utc(2099, 12, 31, 0, 0, 0)};
  for (size_t i = 0; i < 4; i++)
    for (sla_time t = days[i]; t < days[i] + DAY; t++)
      check_writing(t, 0, i % 2);
  for (int32_t minutes = -1560; minutes <= 1560; minutes++)
    check_writing(days[2], minutes * MINUTE, false);
}

/* Where UTC is asked for no offset is read; and none is written that RFC 3339 has no room for. */
static void test_any_offset_is_written(void **state) {
  (void)state;
  static const int32_t offsets[] = {INT32_MIN,     INT32_MIN + 8,   INT32_MAX,      INT32_MAX - 7,
                                    -100 * HOUR,   100 * HOUR,      -9999 * MINUTE, 9999 * MINUTE,
                                    INT32_MIN / 2, 100 * HOUR + 60, 1000000 * 60};
  for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
    for (int k = 0; k < 2; k++) {
      char text[SLA_TIME_TEXT];
      assert_int_equal(timestamp_write(k ? utc(2026, 1, 31, 15, 4, 5) : 0, offsets[i], true, text), 20);
      assert_string_equal(text, k ? "2026-01-31T15:04:05Z" : "1970-01-01T00:00:00Z");
      assert_int_equal(timestamp_write(k ? utc(2026, 1, 31, 15, 4, 5) : 0, offsets[i], false, text), 20);
      assert_string_equal(text, k ? "2026-01-31T15:04:05Z" : "1970-01-01T00:00:00Z");
    }
  char text[SLA_TIME_TEXT];
  timestamp_write(utc(2026, 1, 1, 0, 0, 0), 5999 * MINUTE, false, text); /* the largest that there is room for */
  assert_string_equal(text, "2026-01-05T03:59:00+99:59");
}

/* --- amounts ----------------------------------------------------------------------------------------------------- */

static const char *amount_text(struct arena *arena, const struct amount *amount) {
  switch (amount->kind) {
  case AMOUNT_SECONDS: return arena_printf(arena, "%lld s", (long long)amount->seconds);
  case AMOUNT_BUSINESS_DAYS: return arena_printf(arena, "%d bd", amount->business_days);
  case AMOUNT_CALENDAR: return arena_printf(arena, "%d mo %d d", amount->months, amount->days);
  case AMOUNT_WINDOW: return "window";
  case AMOUNT_BEST_EFFORT: return "best-effort";
  }
  return "?";
}

static void case_amount(struct case_file *cases, struct arena *arena) {
  char *bytes;
  struct sla_text text = exact(field_says(cases), &bytes);
  const char *expected = case_need(cases, '|');
  struct amount amount;
  size_t offset;
  const char *problem = amount_read(arena, text, &amount, &offset);
  if (problem)
    case_wrong(cases, "%s", problem);
  else if (strcmp(amount_text(arena, &amount), expected) != 0)
    case_wrong(cases, "read as %s", amount_text(arena, &amount));
  free(bytes);
}

static void case_wrong_amount(struct case_file *cases, struct arena *arena) {
  char *bytes;
  struct sla_text text = exact(field_says(cases), &bytes);
  size_t place = strtoul(case_need(cases, '|'), NULL, 10), offset;
  const char *message = case_need(cases, '\0');
  struct amount amount = {.seconds = -7};
  const char *problem = amount_read(arena, text, &amount, &offset);
  if (!problem)
    case_wrong(cases, "read as %s", amount_text(arena, &amount));
  else if (strncmp(problem, message, strlen(message)) != 0 || offset != place)
    case_wrong(cases, "says %zu: \"%s\"", offset, problem);
  else if (amount.seconds != -7)
    case_wrong(cases, "touched the result");
  free(bytes);
}

static void case_seconds(struct case_file *cases, struct arena *arena) {
  struct sla_text text = field_says(cases);
  int64_t expected = strtoll(case_need(cases, '|'), NULL, 10), seconds = -7;
  const char *problem = amount_read_seconds(arena, text, &seconds);
  if (problem || seconds != expected)
    case_wrong(cases, "%s", problem ? problem : "another number");
}

static void case_no_seconds(struct case_file *cases, struct arena *arena) {
  struct sla_text text = field_says(cases);
  const char *message = case_need(cases, '\0');
  int64_t seconds = -7;
  const char *problem = amount_read_seconds(arena, text, &seconds);
  if (!problem || strncmp(problem, message, strlen(message)) != 0)
    case_wrong(cases, "says \"%s\"", problem ? problem : "nothing");
  else if (seconds != -7)
    case_wrong(cases, "touched the result");
}

static void case_duration(struct case_file *cases, struct arena *arena) {
  (void)arena;
  int64_t seconds = strtoll(case_need(cases, '|'), NULL, 10);
  const char *expected = case_need(cases, '|');
  char text[SLA_DURATION_TEXT];
  size_t len = duration_write(seconds, text);
  if (strcmp(text, expected) != 0 || len != strlen(expected))
    case_wrong(cases, "wrote \"%s\", %zu bytes", text, len);
}

static void test_amount_cases(void **state) {
  static const struct kind kinds[] = {{"amount", case_amount},     {"wrong", case_wrong_amount},
                                      {"seconds", case_seconds},   {"no-seconds", case_no_seconds},
                                      {"duration", case_duration}, {NULL, NULL}};
  check_cases("amounts.txt", kinds, *state);
}

/* A duration that is written is an amount that reads the same. */
static void test_written_durations_read_the_same(void **state) {
  uint64_t seed = test_seed();
  for (int i = 0; i < 5000; i++) {
    int64_t most = i % 2 ? AMOUNT_MOST_SECONDS : 100000, seconds = random_between(&seed, 0, most), got;
    char text[SLA_DURATION_TEXT];
    duration_write(seconds, text);
    const char *problem = amount_read_seconds(*state, text_of(text), &got);
    if (problem || got != seconds)
      fail_msg("%lld s is \"%s\": %s", (long long)seconds, text, problem ? problem : "reads as another number");
  }
}

/* --- anything at all --------------------------------------------------------------------------------------------- */

static const char *const seeds[] = {"2026-02-06T11:30:00.5+02:00[Europe/Kyiv]",
                                    "2021-10-31 03:30:00[!Europe/Kyiv]",
                                    "@1760000000.25",
                                    "9999-12-31T23:59:60-23:59",
                                    "1h 30m 5s",
                                    "P1Y2M3W4DT5H6M7S",
                                    "3 business days",
                                    "99999 calendar weeks 5mo",
                                    "best-effort"};

/* Whatever the bytes, an answer in range or a message; nothing is read behind the end. */
static void test_any_bytes(void **state) {
  static const char bytes[] = "0123456789-:T Z+.@[]/!hmsPbdcwy\t\0\xC3\xFF";
  struct zones zones;
  zones_init(&zones, *state, SLA_TZDATA_AUTO);
  uint64_t seed = test_seed();
  for (int i = 0; i < 30000; i++) {
    const char *from = seeds[random_below(&seed, sizeof seeds / sizeof *seeds)];
    char copy[64];
    size_t len = strlen(from);
    memcpy(copy, from, len);
    for (int64_t changes = random_below(&seed, 4); changes > 0; changes--)
      copy[random_below(&seed, (int64_t)len)] = bytes[random_below(&seed, sizeof bytes - 1)];
    if (random_below(&seed, 3) == 0)
      len = (size_t)random_below(&seed, (int64_t)len + 1);
    char *end;
    struct sla_text text = exact((struct sla_text){copy, len}, &end);
    sla_time t;
    enum sla_reading reading;
    if (!read_in(&zones, "Europe/Kyiv", text, &t, &reading))
      assert_true(t >= SLA_TIME_MIN && t <= SLA_TIME_MAX);
    struct amount amount;
    size_t offset;
    const char *problem = amount_read(*state, text, &amount, &offset);
    if (problem)
      assert_true(offset <= len);
    else
      assert_true(amount.seconds >= 0 && amount.seconds <= AMOUNT_MOST_SECONDS && amount.business_days >= 0 &&
                  amount.business_days <= AMOUNT_MOST_DAYS && amount.days >= 0 && amount.days <= AMOUNT_MOST_DAYS &&
                  amount.months >= 0 && amount.months <= AMOUNT_MOST_MONTHS);
    free(end);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(test_timestamp_cases),
      arena_test(test_written_times_read_the_same),
      cmocka_unit_test(test_the_short_way_byte_by_byte),
      cmocka_unit_test(test_the_short_way_at_random),
      cmocka_unit_test(test_writing_agrees_with_printf),
      cmocka_unit_test(test_every_day_is_written),
      cmocka_unit_test(test_every_second_is_written),
      cmocka_unit_test(test_any_offset_is_written),
      arena_test(test_amount_cases),
      arena_test(test_written_durations_read_the_same),
      arena_test(test_any_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
