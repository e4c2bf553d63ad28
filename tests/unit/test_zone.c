/*
 * Zones: finding them by name, and instants of local times. What can be said in a line is in tests/cases/zones.txt;
 * test_zone_tzif.c has the files, test_all_zones.c compares every zone of the system with the C library.
 */
#include "zone_made.h"

#include <sys/stat.h>
#include <unistd.h>

/* --- help --------------------------------------------------------------------------------------------------------- */

static struct zones zones_of(struct arena *arena, enum sla_tzdata tzdata) {
  struct zones zones;
  zones_init(&zones, arena, tzdata);
  return zones;
}

static const struct zone *find(struct zones *zones, const char *name) {
  const char *problem = NULL;
  const struct zone *zone = zone_find(zones, text_of(name), &problem);
  if (!zone)
    fail_msg("%s: %s", name, problem);
  return zone;
}

static const char *problem_of(struct zones *zones, const char *name) {
  const char *problem = NULL;
  const struct zone *zone = zone_find(zones, text_of(name), &problem);
  if (zone)
    fail_msg("%s is found", name);
  assert_non_null(problem);
  return problem;
}

/* "2021-03-28T03:30:00" as seconds of a wall clock; what stands behind it is not looked at. */
static int64_t clock_of(const char *text) {
  int year, month, day, hour, minute, second;
  if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second) != 6)
    fail_msg("no time: %s", text);
  return utc(year, month, day, hour, minute, second);
}

/* --- a folder of zones -------------------------------------------------------------------------------------------- */

struct folder {
  char path[64];
  char *saved; /* TZDIR before */
};

static struct folder folder_open(void) {
  struct folder folder = {.path = "/tmp/test_zone.XXXXXX"};
  const char *tzdir = getenv("TZDIR");
  folder.saved = tzdir ? strdup(tzdir) : NULL;
  assert_non_null(mkdtemp(folder.path));
  assert_int_equal(setenv("TZDIR", folder.path, 1), 0);
  return folder;
}

static void folder_write(const struct folder *folder, const char *name, struct sla_text text) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder->path, name);
  for (char *slash = strchr(path + strlen(folder->path) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(path, 0700);
    *slash = '/';
  }
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
  assert_int_equal(fclose(file), 0);
}

static void folder_close(struct folder *folder, const char *const *files) {
  char path[256];
  for (; *files; files++) {
    snprintf(path, sizeof path, "%s/%s", folder->path, *files);
    assert_int_equal(remove(path), 0);
  }
  assert_int_equal(rmdir(folder->path), 0);
  if (folder->saved)
    setenv("TZDIR", folder->saved, 1);
  else
    unsetenv("TZDIR");
  free(folder->saved);
}

/* --- tests: cases ------------------------------------------------------------------------------------------------- */

static const char *const reading_names[] = {[SLA_READ_INSTANT] = "instant",
                                            [SLA_READ_LOCAL] = "once",
                                            [SLA_READ_LOCAL_OVERLAP] = "twice",
                                            [SLA_READ_LOCAL_GAP] = "skipped"};

static void check_clock(struct case_file *cases, const struct zone *zone, const char *instant, const char *expected) {
  sla_time t = clock_of(instant);
  struct time_text shown = time_text_at(t, zone_offset(zone, t));
  if (strcmp(shown.text, expected) != 0)
    case_wrong(cases, "%s shows %s, not %s (source %d)", zone->name, shown.text, expected, (int)zone->source);
  if (t + zone_offset(zone, t) != zone_local(zone, t))
    case_wrong(cases, "%s: zone_local differs from zone_offset", zone->name);
}

static void check_local(struct case_file *cases, const struct zone *zone, const char *local, const char *instant,
                        const char *reading) {
  enum sla_reading found;
  struct time_text t = time_text_at(zone_instant(zone, clock_of(local), &found), 0);
  if (strcmp(t.text, instant) != 0 || strcmp(reading_names[found], reading) != 0)
    case_wrong(cases, "%s %s is %s (%s), not %s (%s), source %d", local, zone->name, t.text, reading_names[found],
               instant, reading, (int)zone->source);
}

/* Runs a `clock` or `local` line against one source of rules. */
static void check_place(struct case_file *cases, struct zones *zones, const char *kind, const char *name,
                        const char *const fields[3]) {
  const char *problem;
  const struct zone *zone = zone_find(zones, text_of(name), &problem);
  if (!zone)
    case_wrong(cases, "%s", problem);
  else if (strcmp(kind, "clock") == 0)
    check_clock(cases, zone, fields[0], fields[1]);
  else
    check_local(cases, zone, fields[0], fields[1], fields[2]);
}

static void check_footer(struct case_file *cases, struct arena *arena, const char *footer,
                         const char *const fields[3]) {
  struct made made = {.version = 3, .types = {{-HOUR, 0, 0}}, .type_count = 1, .footer = footer};
  struct zone zone;
  const char *problem = tzif_problem(arena, make(arena, &made), &zone);
  if (problem)
    case_wrong(cases, "%s", problem);
  else {
    assert_sound(&zone);
    check_clock(cases, &zone, fields[0], fields[1]);
  }
}

static void check_refused(struct case_file *cases, struct arena *arena, const char *footer) {
  struct made made = made_sample();
  made.footer = footer;
  struct zone zone;
  const char *problem = tzif_problem(arena, make(arena, &made), &zone);
  if (!problem || strcmp(problem, "its rule for the years to come is not understood") != 0)
    case_wrong(cases, "%s: %s", footer, problem ? problem : "not refused");
}

static void check_unknown(struct case_file *cases, struct zones *zones, const char *name, const char *message) {
  const char *problem;
  if (zone_find(zones, text_of(name), &problem))
    case_wrong(cases, "%s is found", name);
  else if (strcmp(problem, message) != 0)
    case_wrong(cases, "says: %s", problem);
}

static void test_cases(void **state) {
  struct zones zones = zones_of(*state, SLA_TZDATA_AUTO), icu = zones_of(*state, SLA_TZDATA_ICU);
  struct case_file cases = case_open("zones.txt");
  while (case_next(&cases)) {
    const char *kind = case_field(&cases, '|'), *name = case_field(&cases, '|');
    const char *fields[3] = {0};
    for (int i = 0; i < 3 && cases.rest; i++)
      fields[i] = case_field(&cases, '|');
    if (strcmp(kind, "clock") == 0 || strcmp(kind, "local") == 0) {
      check_place(&cases, &zones, kind, name, fields);
      if (strcmp(fields[0], "2022") < 0)
        check_place(&cases, &icu, kind, name, fields);
    } else if (strcmp(kind, "footer") == 0)
      check_footer(&cases, *state, name, fields);
    else if (strcmp(kind, "refused") == 0)
      check_refused(&cases, *state, name);
    else if (strcmp(kind, "unknown") == 0)
      check_unknown(&cases, &zones, name, fields[0]);
    else
      case_wrong(&cases, "no such kind of case: %s", kind);
  }
  case_close(&cases);
}

/* --- tests: searching --------------------------------------------------------------------------------------------- */

static void test_instant_random(void **state) {
  static const char *const names[] = {"Europe/Kyiv",      "America/New_York",  "Australia/Lord_Howe",
                                      "Pacific/Apia",     "America/Sao_Paulo", "Europe/Dublin",
                                      "Antarctica/Troll", "Africa/Casablanca", "America/Caracas",
                                      "+05:45",           "Asia/Tehran",       "Pacific/Kiritimati"};
  struct zones zones = zones_of(*state, SLA_TZDATA_AUTO);
  uint64_t seed = test_seed();
  unsigned seen[4] = {0};
  for (int round = 0; round < 200000; round++) {
    const struct zone *zone = find(&zones, names[random_below(&seed, sizeof names / sizeof *names)]);
    int64_t local = random_between(&seed, -DAY, SLA_TIME_MAX + DAY);
    if (round % 2 && zone->count > 1) /* around a change */
      local = zone->spans[random_between(&seed, 1, (int64_t)zone->count - 1)].from +
              random_between(&seed, -30 * HOUR, 30 * HOUR);
    enum sla_reading reading, slow;
    sla_time t = zone_instant(zone, local, &reading), expected = slow_instant(zone, local, &slow);
    if (t != expected || reading != slow)
      fail_msg("%s %s is %s %d, not %s %d", zone->name, time_text_at(local, 0).text, time_text_at(t, 0).text, reading,
               time_text_at(expected, 0).text, slow);
    seen[reading]++;
    if (reading != SLA_READ_LOCAL_GAP)
      assert_true(zone_local(zone, t) == local);
  }
  assert_true(seen[SLA_READ_LOCAL] > 100 && seen[SLA_READ_LOCAL_OVERLAP] > 100 && seen[SLA_READ_LOCAL_GAP] > 100);
}

/* The span of every instant around every change, against a walk through all spans. */
static void test_span_at(void **state) {
  struct zones zones = zones_of(*state, SLA_TZDATA_AUTO);
  const struct zone *zone = find(&zones, "Europe/Kyiv");
  assert_sound(zone);
  assert_true(zone->count > 400);
  for (size_t i = 1; i < zone->count; i++) {
    assert_int_equal(zone_span_at(zone, zone->spans[i].from - 1), i - 1);
    assert_int_equal(zone_span_at(zone, zone->spans[i].from), i);
    assert_int_equal(zone_span_at(zone, zone->spans[i].from + 1), i);
  }
  assert_int_equal(zone_span_at(zone, INT64_MIN), 0);
  assert_int_equal(zone_span_at(zone, INT64_MAX), zone->count - 1);
}

static void test_extremes(void **state) {
  struct zones zones = zones_of(*state, SLA_TZDATA_AUTO);
  static const char *const names[] = {"Europe/Kyiv", "America/New_York", "+18:00", "-18:00"};
  enum sla_reading reading;
  for (size_t i = 0; i < 4; i++) {
    const struct zone *zone = find(&zones, names[i]);
    int32_t first = zone->spans[0].offset, last = zone->spans[zone->count - 1].offset;
    assert_true(zone_instant(zone, INT64_MIN, &reading) == (first > 0 ? INT64_MIN : INT64_MIN - first));
    assert_true(zone_instant(zone, INT64_MAX, &reading) == (last < 0 ? INT64_MAX : INT64_MAX - last));
    assert_int_equal(reading, SLA_READ_LOCAL);
    assert_true(zone_instant(zone, -1000000 * (int64_t)DAY, &reading) == -1000000 * (int64_t)DAY - first);
    assert_true(zone_instant(zone, 1000000 * (int64_t)DAY, &reading) == 1000000 * (int64_t)DAY - last);
  }
}

/* --- tests: finding ----------------------------------------------------------------------------------------------- */

static void test_found_once(void **state) {
  struct zones zones = zones_of(*state, SLA_TZDATA_AUTO);
  const struct zone *kyiv = find(&zones, "Europe/Kyiv"), *kiev = find(&zones, "Europe/Kiev");
  assert_string_equal(kyiv->name, "Europe/Kyiv");
  assert_string_equal(kiev->name, "Europe/Kiev");
  assert_int_equal(kyiv->source, ZONE_SYSTEM);
  assert_int_equal(find(&zones, "+02:00")->source, ZONE_FIXED);
  assert_ptr_equal(find(&zones, "Europe/Kyiv"), kyiv);
  assert_ptr_equal(zone_find(&zones, (struct sla_text){"Europe/Kyiv]", 11}, NULL), kyiv);
  assert_int_equal(zones.count, 3);
  assert_int_equal(kyiv->count, kiev->count);
  for (size_t i = 0; i < kyiv->count; i++) {
    assert_times_equal(kyiv->spans[i ? i : 1].from, kiev->spans[i ? i : 1].from);
    assert_int_equal(kyiv->spans[i].offset, kiev->spans[i].offset);
  }
}

static void test_icu(void **state) {
  struct zones icu = zones_of(*state, SLA_TZDATA_ICU), system = zones_of(*state, SLA_TZDATA_SYSTEM);
  static const char *const names[] = {"Europe/Kyiv", "Europe/Kiev", "US/Eastern", "Australia/Lord_Howe", "EST5EDT"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const struct zone *zone = find(&icu, names[i]), *other = find(&system, names[i]);
    assert_int_equal(zone->source, ZONE_ICU);
    assert_sound(zone);
    size_t j = 0;
    for (; j < zone->count && j < other->count && zone->spans[j].from < utc(2022, 1, 1, 0, 0, 0); j++)
      if (zone->spans[j].from != other->spans[j].from || zone->spans[j].offset != other->spans[j].offset)
        fail_msg("%s: ICU has %s, the system %s", names[i], time_text_at(zone->spans[j].from, 0).text,
                 time_text_at(other->spans[j].from, 0).text);
    assert_true(j > 50);
  }
  assert_string_equal(problem_of(&icu, "Europe/Kyjiv"), "unknown zone \"Europe/Kyjiv\": did you mean \"Europe/Kyiv\"?");
  assert_string_equal(problem_of(&icu, "AST"),
                      "unknown zone \"AST\": that means several zones, did you mean \"America/Halifax\"?");
  assert_string_equal(problem_of(&icu, "VST"),
                      "unknown zone \"VST\": it is no zone, name a place as in \"Europe/Kyiv\"");
  assert_string_equal(
      problem_of(&icu, "Factory"),
      "unknown zone \"Factory\": it differs from machine to machine, name a place as in \"Europe/Kyiv\"");
  assert_string_equal(problem_of(&icu, "SystemV/EST5EDT"),
                      "unknown zone \"SystemV/EST5EDT\": did you mean \"EST5EDT\"?");
  assert_string_equal(problem_of(&icu, "Etc/Unknown"), "unknown zone \"Etc/Unknown\"");
  assert_string_equal(problem_of(&icu, "GMT+05:00:30"), "unknown zone \"GMT+05:00:30\": an offset is written like "
                                                        "\"+04:00\" or \"UTC+4\", up to 18 hours");
}

static void test_odd_names(void **state) {
  struct zones zones = zones_of(*state, SLA_TZDATA_AUTO);
  const char *problem;
  assert_null(zone_find(&zones, (struct sla_text){NULL, 0}, &problem));
  assert_string_equal(problem, "unknown zone \"\"");
  assert_null(zone_find(&zones, (struct sla_text){"Europe/Kyiv\0x", 13}, &problem));
  assert_string_equal(problem, "unknown zone \"Europe/Kyiv?x\": did you mean \"Europe/Kyiv\"?");
  assert_string_equal(problem_of(&zones, "a\nb\x1b[1m"), "unknown zone \"a?b?[1m\"");
  char name[1000];
  memset(name, 'a', sizeof name);
  name[sizeof name - 1] = '\0';
  assert_int_equal(strlen(problem_of(&zones, name)), strlen("unknown zone \"...\"") + 2 * ZONE_NAME_MOST);
  memset(name, '/', sizeof name - 1);
  assert_non_null(strstr(problem_of(&zones, name), "..."));
}

/* Random names of the letters that matter: found or refused, but never a crash, nor a file outside the folder. */
static void test_random_names(void **state) {
  static const char letters[] = "/._-+:UTCGMZEuropeKyiv0123459 \xE2\x88\x92\n";
  struct zones zones = zones_of(*state, SLA_TZDATA_AUTO);
  uint64_t seed = test_seed();
  for (int round = 0; round < 3000; round++) {
    char name[24];
    size_t len = (size_t)random_below(&seed, sizeof name);
    for (size_t i = 0; i < len; i++)
      name[i] = letters[random_below(&seed, sizeof letters)];
    const char *problem = NULL;
    const struct zone *zone = zone_find(&zones, (struct sla_text){name, len}, &problem);
    assert_true((zone != NULL) != (problem != NULL));
  }
}

static void test_failures_are_bounded(void **state) {
  struct arena *arena = *state;
  struct zones zones = zones_of(arena, SLA_TZDATA_AUTO);
  const char *first = problem_of(&zones, "No/Zone0");
  assert_ptr_equal(problem_of(&zones, "No/Zone0"), first);
  char name[32];
  size_t used = 0;
  for (int i = 1; i < 1000; i++) {
    snprintf(name, sizeof name, "No/Zone%d", i);
    problem_of(&zones, name);
    if (i == 200)
      used = arena->used;
  }
  assert_int_equal(arena->used, used);
  assert_string_equal(problem_of(&zones, name), "unknown zone, like many before it");
  assert_string_equal(find(&zones, "Europe/Kyiv")->name, "Europe/Kyiv");
}

static void test_inverted(void **state) {
  (void)state;
  assert_true(zone_name_is_inverted(text_of("Etc/GMT+4")));
  assert_true(zone_name_is_inverted(text_of("Etc/GMT-14")));
  assert_false(zone_name_is_inverted(text_of("Etc/GMT+0")));
  assert_false(zone_name_is_inverted(text_of("Etc/GMT")));
  assert_false(zone_name_is_inverted(text_of("Etc/GMT0")));
  assert_false(zone_name_is_inverted(text_of("Etc/GMT+")));
  assert_false(zone_name_is_inverted(text_of("Etc/GMT+4x")));
  assert_false(zone_name_is_inverted(text_of("GMT+4")));
  assert_false(zone_name_is_inverted(text_of("UTC+4")));
}

static void test_windows(void **state) {
  assert_string_equal(zone_of_windows(*state, text_of("Eastern Standard Time")), "America/New_York");
  assert_string_equal(zone_of_windows(*state, text_of("GTB Standard Time")), "Europe/Bucharest");
  assert_null(zone_of_windows(*state, text_of("Europe/Kyiv")));
  assert_null(zone_of_windows(*state, text_of("Eastern Standard Tim")));
  assert_null(zone_of_windows(*state, text_of("\xD0\x9A")));
  assert_null(zone_of_windows(*state, text_of("")));
}

/* Every limit of memory either suffices or jumps; the sanitizer finds what is left behind. */
static void test_out_of_memory(void **state) {
  (void)state;
  static const char *const names[] = {"Europe/Kyiv", "Europe/Kyjiv", "+04:00"};
  volatile int jumped = 0, done = 0;
  for (volatile int way = 0; way < 6; way++)
    for (volatile size_t limit = 1; limit < 600 * 1024; limit += limit < 40000 ? 1009 : 30011) {
      struct arena arena;
      jmp_buf oom;
      arena_init(&arena, limit);
      arena.oom = &oom;
      if (setjmp(oom) == 0) {
        struct zones zones;
        const char *problem;
        zones_init(&zones, &arena, way < 3 ? SLA_TZDATA_AUTO : SLA_TZDATA_ICU);
        zone_find(&zones, text_of(names[way % 3]), &problem);
        done++;
      } else
        jumped++;
      arena_release(&arena);
    }
  assert_true(jumped > 10 && done > 10);
}

/* --- tests: folders ----------------------------------------------------------------------------------------------- */

static void test_folder(void **state) {
  struct folder folder = folder_open();
  struct made made = made_sample();
  struct sla_text good = make(*state, &made);
  folder_write(&folder, "Europe/Testville", good);
  folder_write(&folder, "Europe/Cut", (struct sla_text){good.ptr, good.len - 1});
  folder_write(&folder, "Empty", text_of(""));
  struct zones zones = zones_of(*state, SLA_TZDATA_SYSTEM), any = zones_of(*state, SLA_TZDATA_AUTO);
  assert_string_equal(zone_system_folder(), folder.path);
  assert_int_equal(find(&zones, "Europe/Testville")->count, 4 + 2 * 180);
  char expected[256];
  snprintf(expected, sizeof expected, "broken time zone file \"%s/Europe/Cut\": cut short", folder.path);
  assert_string_equal(problem_of(&zones, "Europe/Cut"), expected);
  assert_string_equal(problem_of(&any, "Europe/Cut"), expected);
  snprintf(expected, sizeof expected, "broken time zone file \"%s/Empty\": not a time zone file (TZif)", folder.path);
  assert_string_equal(problem_of(&zones, "Empty"), expected);
  /* Names are found by walking the folder, by their last part too. */
  assert_string_equal(problem_of(&zones, "Europe/Testvile"),
                      "unknown zone \"Europe/Testvile\": did you mean \"Europe/Testville\"?");
  assert_string_equal(problem_of(&zones, "testville"),
                      "unknown zone \"testville\": did you mean \"Europe/Testville\"?");
  assert_string_equal(problem_of(&zones, "Europe"),
                      "unknown zone \"Europe\": it is a region, name a place in it as in \"Europe/Kyiv\"");
  /* What the system lacks, ICU may have, but only where it is allowed. */
  assert_string_equal(problem_of(&zones, "Asia/Tokyo"), "unknown zone \"Asia/Tokyo\"");
  assert_int_equal(find(&any, "Asia/Tokyo")->source, ZONE_ICU);
  assert_int_equal(find(&any, "Europe/Testville")->source, ZONE_SYSTEM);
  folder_close(&folder, (const char *const[]){"Europe/Testville", "Europe/Cut", "Europe", "Empty", NULL});
}

/* Older names that are installed apart (tzdata-legacy) are still known from tzdata.zi. */
static void test_folder_links(void **state) {
  struct folder folder = folder_open();
  struct made made = made_sample();
  folder_write(&folder, "Europe/Kyiv", make(*state, &made));
  folder_write(&folder, "tzdata.zi",
               text_of("# version 2031a\n# comment\nZ Europe/Kyiv 2 - EET\n1:2 - X\nL Europe/Kyiv Europe/Kiev\n"
                       "L Europe/Gone Europe/Old\nL ../../etc/passwd Europe/Bad\nL X\nL\nZ"));
  struct zones zones = zones_of(*state, SLA_TZDATA_SYSTEM);
  assert_int_equal(find(&zones, "Europe/Kiev")->count, find(&zones, "Europe/Kyiv")->count);
  assert_string_equal(problem_of(&zones, "Europe/Old"), "unknown zone \"Europe/Old\": did you mean \"Europe/Old\"?");
  assert_non_null(strstr(problem_of(&zones, "Europe/Bad"), "unknown zone"));
  assert_string_equal(problem_of(&zones, "kyiv"), "unknown zone \"kyiv\": did you mean \"Europe/Kyiv\"?");
  folder_close(&folder, (const char *const[]){"Europe/Kyiv", "Europe", "tzdata.zi", NULL});
}

static void test_no_folder(void **state) {
  struct folder folder = folder_open();
  setenv("TZDIR", "/nonexistent", 1);
  struct zones zones = zones_of(*state, SLA_TZDATA_SYSTEM), any = zones_of(*state, SLA_TZDATA_AUTO);
  assert_null(zone_system_folder());
  assert_string_equal(problem_of(&zones, "Europe/Kyiv"),
                      "no time zone files on this system for \"Europe/Kyiv\": install tzdata");
  assert_int_equal(find(&zones, "UTC+4")->source, ZONE_FIXED);
  assert_int_equal(find(&any, "Europe/Kyiv")->source, ZONE_ICU);
  assert_string_equal(problem_of(&any, "Europe/Kyjiv"), "unknown zone \"Europe/Kyjiv\": did you mean \"Europe/Kyiv\"?");
  folder_close(&folder, (const char *const[]){NULL});
}

/* --- tests: versions ---------------------------------------------------------------------------------------------- */

static void assert_versions(enum sla_tzdata tzdata, const char *system, const char *source, bool older) {
  struct sla_tzdata_versions versions;
  zone_versions(tzdata, &versions);
  if (system)
    assert_string_equal(versions.system, system);
  else
    assert_null(versions.system);
  assert_non_null(versions.icu);
  assert_true(strlen(versions.icu) >= 5 && strncmp(versions.icu, "20", 2) == 0);
  assert_string_equal(versions.source, source);
  assert_ptr_equal(versions.in_use, strcmp(source, "icu") == 0 ? versions.icu : versions.system);
  assert_int_equal(versions.in_use_is_older, older);
}

static void test_versions(void **state) {
  struct folder folder = folder_open();
  struct made made = made_sample();
  assert_versions(SLA_TZDATA_AUTO, NULL, "icu", false); /* an empty folder has no zones */
  assert_versions(SLA_TZDATA_SYSTEM, NULL, "system", false);
  folder_write(&folder, "Etc/UTC", make(*state, &made));
  assert_versions(SLA_TZDATA_AUTO, "unknown", "system", false);
  assert_versions(SLA_TZDATA_ICU, "unknown", "icu", false);
  folder_write(&folder, "+VERSION", text_of("2999za\n"));
  assert_versions(SLA_TZDATA_AUTO, "2999za", "system", false);
  assert_versions(SLA_TZDATA_ICU, "2999za", "icu", true);
  folder_write(&folder, "tzdata.zi", text_of("# version 2001b\n# This zic input file is in the public domain.\n"));
  assert_versions(SLA_TZDATA_AUTO, "2001b", "system", true);
  assert_versions(SLA_TZDATA_ICU, "2001b", "icu", false);
  folder_write(&folder, "tzdata.zi", text_of("# version 2026f-7-g0123456789012345678901234567890123456789"));
  assert_versions(SLA_TZDATA_SYSTEM, "2999za", "system", false); /* too long to be one */
  folder_write(&folder, "tzdata.zi", text_of("# version "));
  folder_write(&folder, "+VERSION", text_of(""));
  assert_versions(SLA_TZDATA_AUTO, "unknown", "system", false);
  folder_close(&folder, (const char *const[]){"Etc/UTC", "Etc", "+VERSION", "tzdata.zi", NULL});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      arena_test(test_cases),          arena_test(test_instant_random), arena_test(test_span_at),
      arena_test(test_extremes),       arena_test(test_found_once),     arena_test(test_icu),
      arena_test(test_odd_names),      arena_test(test_random_names),   arena_test(test_failures_are_bounded),
      cmocka_unit_test(test_inverted), arena_test(test_windows),        cmocka_unit_test(test_out_of_memory),
      arena_test(test_folder),         arena_test(test_folder_links),   arena_test(test_no_folder),
      arena_test(test_versions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
