/*
 * Every zone of the system's zone.tab against the C library, which reads the same files with code of its own: the same
 * changes of offset at the same seconds, and the same open time of two desks, month by month: one by day, and one that
 * is open in the small hours, when clocks change. And searches in every zone, with the help of its index and without.
 *
 * A zone is compared in a process of its own, since the C library's zone belongs to the process. Zones in which ICU's
 * rules differ from the system's are named, which is an error only where both say they are of the same version.
 */
#include "zone_made.h"

#include "base/text.h"
#include "calendar/calendar.h"
#include "time/zone.h"

#include <sys/wait.h>
#include <unistd.h>

enum { AT_A_TIME = 2, ZONES_MOST = 1000, STEP = 6 * HOUR, GRAIN = 30 };

static const struct desk {
  const char *hours;
  int opening, closing; /* the same in seconds of the day */
  int weekdays;         /* from Monday on */
} desks[] = {{"Mo-Fr 09:00-17:00", 9 * HOUR, 17 * HOUR, 5}, {"Mo-Su 00:00-06:00", 0, 6 * HOUR, 7}};

struct result {
  unsigned changes, months;
  char problem[256]; /* "" where all is well */
};

/* What a comparison has come to; only the first problem is kept. */
struct comparison {
  const struct zone *zone;
  const struct desk *desk;
  struct result result;
};

static void differs(struct comparison *comparison, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void differs(struct comparison *comparison, const char *format, ...) {
  if (comparison->result.problem[0])
    return;
  va_list args;
  va_start(args, format);
  vsnprintf(comparison->result.problem, sizeof comparison->result.problem, format, args);
  va_end(args);
}

/* --- the C library ------------------------------------------------------------------------------------------------ */

static int32_t c_offset(sla_time t) {
  time_t time = t;
  struct tm tm;
  localtime_r(&time, &tm);
  return (int32_t)tm.tm_gmtoff;
}

/* Whether the desk is open by the fields of the clock that the C library shows. */
static bool c_is_open(const struct desk *desk, sla_time t) {
  time_t time = t;
  struct tm tm;
  localtime_r(&time, &tm);
  return (tm.tm_wday + 6) % 7 < desk->weekdays && tm.tm_hour >= desk->opening / HOUR &&
         tm.tm_hour < desk->closing / HOUR;
}

/* The first second of a changed offset in (from, until], whose ends differ. */
static sla_time c_change(sla_time from, sla_time until) {
  int32_t before = c_offset(from);
  while (until - from > 1) {
    sla_time middle = from + (until - from) / 2;
    if (c_offset(middle) == before)
      from = middle;
    else
      until = middle;
  }
  return until;
}

/* --- changes of offset -------------------------------------------------------------------------------------------- */

/*
 * Every change that the C library knows in (from, until] is the zone's next, and the other way round; its offset is
 * asked for every stride.
 */
static void compare_changes(struct comparison *comparison, sla_time from, sla_time until, int stride) {
  const struct zone *zone = comparison->zone;
  size_t next = zone_span_at(zone, from) + 1;
  int32_t offset = c_offset(from);
  if (zone_offset(zone, from) != offset)
    differs(comparison, "%s: offset is %d, not %d", time_text_at(from, 0).text, zone_offset(zone, from), offset);
  for (sla_time t = from; t < until;) {
    sla_time step = t + stride < until ? t + stride : until;
    if (c_offset(step) == offset) {
      t = step;
      continue;
    }
    t = c_change(t, step);
    offset = c_offset(t);
    if (next == zone->count || zone->spans[next].from != t || zone->spans[next].offset != offset)
      differs(comparison, "%s: no change to %d, the next is %s", time_text_at(t, 0).text, offset,
              next < zone->count ? time_text_at(zone->spans[next].from, 0).text : "never");
    next++;
    comparison->result.changes++;
  }
  if (next < zone->count && zone->spans[next].from <= until)
    differs(comparison, "%s: a change to %d that is none", time_text_at(zone->spans[next].from, 0).text,
            zone->spans[next].offset);
}

/* Around each of the zone's changes, those too that come and go within a step. */
static void compare_edges(struct comparison *comparison) {
  for (size_t i = 1; i < comparison->zone->count; i++)
    for (int d = -1; d <= 1; d++) {
      sla_time t = comparison->zone->spans[i].from + d;
      if (c_offset(t) != zone_offset(comparison->zone, t))
        differs(comparison, "%s: offset is %d, not %d", time_text_at(t, 0).text, zone_offset(comparison->zone, t),
                c_offset(t));
    }
}

/* --- open time ---------------------------------------------------------------------------------------------------- */

/*
 * Every moment of the clock around a date is asked whether it is one of the date's, and open. Since 1970 no clock has
 * been changed at, or by, anything finer than half a minute (Liberia in 1972).
 */
static int64_t c_count_seconds(const struct desk *desk, int date) {
  int64_t midnight = (int64_t)date * DAY, sum = 0;
  int32_t least = c_offset(midnight), most = least;
  for (sla_time t = midnight - 2 * DAY; t <= midnight + 3 * DAY; t += STEP) {
    int32_t offset = c_offset(t);
    least = offset < least ? offset : least;
    most = offset > most ? offset : most;
  }
  for (sla_time t = midnight + desk->opening - most; t < midnight + desk->closing - least; t += GRAIN)
    sum += c_is_open(desk, t) && local_date(t + c_offset(t)) == date ? GRAIN : 0;
  return sum;
}

/* Whether the clocks are at an offset from midnight to midnight of a date. */
static bool c_keeps(int date, int32_t offset) {
  sla_time midnight = (int64_t)date * DAY - offset;
  return c_offset(midnight) == offset && c_offset(midnight + DAY) == offset;
}

/* Open seconds of a date: all its hours where one offset holds all day. *offset is the one last seen. */
static int64_t c_open_seconds(const struct desk *desk, int date, int32_t *offset) {
  if (date_weekday(date) >= desk->weekdays)
    return 0;
  if (c_keeps(date, *offset))
    return desk->closing - desk->opening;
  *offset = c_offset((int64_t)date * DAY - *offset);
  return c_keeps(date, *offset) ? desk->closing - desk->opening : c_count_seconds(desk, date);
}

static void compare_month(struct comparison *comparison, const struct timeline *hours, int year, int month) {
  int first = date_of(year, month, 1), days = month_days(year, month);
  enum sla_reading reading;
  sla_time from = zone_instant(comparison->zone, (int64_t)first * DAY, &reading);
  sla_time until = zone_instant(comparison->zone, (int64_t)(first + days) * DAY, &reading);
  int64_t ours = timeline_elapsed(hours, from, until), theirs = 0;
  int32_t offset = c_offset(from);
  for (int date = first; date < first + days; date++)
    theirs += c_open_seconds(comparison->desk, date, &offset);
  if (ours != theirs)
    differs(comparison, "%04d-%02d: \"%s\" is open for %lld s, not %lld s", year, month, comparison->desk->hours,
            (long long)ours, (long long)theirs);
  comparison->result.months++;
}

static void compare_desk(struct comparison *comparison, const struct timeline *hours, int first, int last) {
  for (int year = first; year <= last; year++)
    for (int month = 1; month <= 12; month++)
      if (year > 1970 || month > 1) /* in the east January 1970 began before the supported range */
        compare_month(comparison, hours, year, month);
}

/* The desks' timelines are those that policies are evaluated with. */
static void compare_years(struct comparison *comparison, struct arena *arena, int first, int last, int stride) {
  sla_time from = utc(first, 1, 1, 0, 0, 0), until = utc(last + 1, 1, 1, 0, 0, 0);
  compare_changes(comparison, from, until, stride);
  for (size_t i = 0; i < sizeof desks / sizeof *desks; i++) {
    struct diags diags = {.arena = arena};
    struct snippet hours = {.text = text_of(desks[i].hours)};
    struct calendar calendar = {.zone = comparison->zone, .hours = hours_parse(arena, &diags, &hours)};
    assert_true(calendar_prepare(&calendar, from - 2 * DAY, until + 2 * DAY, 0));
    comparison->desk = &desks[i];
    compare_desk(comparison, &calendar.schedule->hours, first, last);
    calendar_release(&calendar);
  }
}

/* --- one process a zone ------------------------------------------------------------------------------------------- */

static void compare_zone(const char *name, struct result *ret_result) {
  struct arena arena;
  struct zones zones;
  const char *problem;
  struct comparison comparison = {0};
  setenv("TZ", name, 1);
  tzset();
  arena_init(&arena, 0);
  zones_init(&zones, &arena, SLA_TZDATA_SYSTEM);
  comparison.zone = zone_find(&zones, text_of(name), &problem);
  if (comparison.zone) {
    compare_years(&comparison, &arena, 1970, 2037, STEP);
    compare_years(&comparison, &arena, 2090, 2100, DAY); /* by the footer, which the C library is slow at */
    compare_edges(&comparison);
  } else
    differs(&comparison, "%s", problem);
  *ret_result = comparison.result;
  arena_release(&arena);
}

struct child {
  pid_t pid;
  int pipe;
  const char *zone;
};

static struct child child_start(const char *zone) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  fflush(NULL);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    struct result result;
    close(ends[0]);
    compare_zone(zone, &result);
    _exit(write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
  }
  close(ends[1]);
  return (struct child){pid, ends[0], zone};
}

/* Waits for a child; adds up what it did, and says what it found wrong. Whether all was well. */
static bool child_finish(const struct child *child, struct result *sum) {
  struct result result = {0};
  int status = -1;
  bool whole = read(child->pipe, &result, sizeof result) == sizeof result;
  close(child->pipe);
  assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
  sum->changes += result.changes;
  sum->months += result.months;
  if (!whole || status != 0)
    print_error("%s: the comparison failed (status %d)\n", child->zone, status);
  else if (result.problem[0])
    print_error("%s: %s\n", child->zone, result.problem);
  return whole && status == 0 && !result.problem[0];
}

/* The names in the third column of zone.tab. */
static size_t names_read(char names[ZONES_MOST][64]) {
  char path[512], line[512];
  size_t count = 0;
  if (!zone_system_folder())
    return 0;
  snprintf(path, sizeof path, "%s/zone.tab", zone_system_folder());
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file))
    if (line[0] != '#' && count < ZONES_MOST && sscanf(line, "%*s %*s %63s", names[count]) == 1)
      count++;
  if (file)
    fclose(file);
  return count;
}

static char names[ZONES_MOST][64];

static void test_c_library(void **state) {
  (void)state;
  size_t count = names_read(names), started = 0, finished = 0, wrong = 0;
  if (count == 0)
    skip();
  struct child children[AT_A_TIME];
  struct result sum = {0};
  while (finished < count) {
    if (started < count && started - finished < AT_A_TIME) {
      children[started % AT_A_TIME] = child_start(names[started]);
      started++;
    } else if (!child_finish(&children[finished++ % AT_A_TIME], &sum))
      wrong++;
  }
  print_message("%zu zones, %u changes of offset, %u months of open time compared with the C library\n", count,
                sum.changes, sum.months);
  assert_true(sum.changes > 20 * count && sum.months > 900 * count);
  assert_int_equal(wrong, 0);
}

/* --- searching -----------------------------------------------------------------------------------------------------
 */

/* The span that holds t, by the index and without it; and the instants of clocks that show about t. */
static void check_searches(const struct zone *zone, sla_time t) {
  static const int32_t about[] = {0, -14 * HOUR, -HOUR, -1, 1, HOUR, 12 * HOUR};
  if (zone_span_at(zone, t) != zone_span_search(zone, t))
    fail_msg("%s: %s is found in another span by the index", zone->name, time_text_at(t, 0).text);
  for (size_t i = 0; i < sizeof about / sizeof *about; i++) {
    int64_t local = t + zone->spans[zone_span_search(zone, t)].offset + about[i];
    enum sla_reading reading, slow;
    sla_time found = zone_instant(zone, local, &reading), expected = slow_instant(zone, local, &slow);
    if (found != expected || reading != slow)
      fail_msg("%s: %s of the clock is %lld (%d), not %lld (%d)", zone->name, time_text_at(local, 0).text,
               (long long)found, (int)reading, (long long)expected, (int)slow);
  }
}

/* Where the index has its borders, and where the spans do. slow_instant looks at all spans, so that few are asked. */
static void test_index(void **state) {
  struct zones zones;
  uint64_t seed = test_seed();
  size_t count = names_read(names);
  if (count == 0)
    skip();
  zones_init(&zones, *state, SLA_TZDATA_SYSTEM);
  for (size_t i = 0; i < count; i++) {
    const char *problem;
    const struct zone *zone = zone_find(&zones, text_of(names[i]), &problem);
    assert_non_null(zone);
    assert_non_null(zone->by_time);
    for (sla_time t = 0; t <= SLA_TIME_MAX + 2 * ((sla_time)1 << ZONE_SHIFT); t += (sla_time)1 << ZONE_SHIFT)
      for (int d = -1; d <= 1; d++)
        if (zone_span_at(zone, t + d) != zone_span_search(zone, t + d))
          fail_msg("%s: %s is found in another span by the index", names[i], time_text_at(t + d, 0).text);
    for (size_t k = 1; k < zone->count; k++)
      for (int d = -1; d <= 1; d++)
        if (zone_span_at(zone, zone->spans[k].from + d) != zone_span_search(zone, zone->spans[k].from + d))
          fail_msg("%s: the border at %s is not found", names[i], time_text_at(zone->spans[k].from, 0).text);
    for (int k = 0; k < 30 && zone->count > 1; k++)
      check_searches(zone, zone->spans[random_between(&seed, 1, (int64_t)zone->count - 1)].from - k % 2);
    for (int k = 0; k < 10; k++)
      check_searches(zone, random_below(&seed, SLA_TIME_MAX >> ZONE_SHIFT) << ZONE_SHIFT);
    check_searches(zone, SLA_TIME_MIN);
    check_searches(zone, SLA_TIME_MAX);
  }
}

/* --- ICU ---------------------------------------------------------------------------------------------------------- */

/* The first instant of [from, until) at which the zones differ; until where there is none. */
static sla_time first_difference(const struct zone *a, const struct zone *b, sla_time from, sla_time until) {
  for (sla_time t = from; t < until;) {
    if (zone_offset(a, t) != zone_offset(b, t))
      return t;
    size_t i = zone_span_at(a, t) + 1, j = zone_span_at(b, t) + 1;
    sla_time next = until;
    if (i < a->count && a->spans[i].from < next)
      next = a->spans[i].from;
    if (j < b->count && b->spans[j].from < next)
      next = b->spans[j].from;
    t = next;
  }
  return until;
}

static void test_icu(void **state) {
  size_t count = names_read(names), different = 0;
  if (count == 0)
    skip();
  struct sla_tzdata_versions versions;
  zone_versions(SLA_TZDATA_AUTO, &versions);
  assert_true(versions.icu && versions.system);
  struct zones system, icu;
  zones_init(&system, *state, SLA_TZDATA_SYSTEM);
  zones_init(&icu, *state, SLA_TZDATA_ICU);
  sla_time from = utc(2022, 1, 1, 0, 0, 0), until = utc(2030, 1, 1, 0, 0, 0);
  for (size_t i = 0; i < count; i++) {
    const char *problem;
    const struct zone *ours = zone_find(&system, text_of(names[i]), &problem);
    assert_non_null(ours);
    const struct zone *theirs = zone_find(&icu, text_of(names[i]), &problem);
    sla_time t = theirs ? first_difference(ours, theirs, from, until) : from;
    if (t == until)
      continue;
    different++;
    print_message("  %s: %s\n", names[i], theirs ? time_text_at(t, zone_offset(ours, t)).text : "ICU does not know it");
  }
  print_message("ICU %s differs from the system's %s in %zu of %zu zones in 2022-2029\n", versions.icu, versions.system,
                different, count);
  if (strcmp(versions.icu, versions.system) == 0)
    assert_int_equal(different, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_c_library),
      arena_test(test_index),
      arena_test(test_icu),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
