/*
 * Calendars and their schedules. Cases are in tests/cases/calendar.txt; the same calendars serve to show that a
 * schedule that grew is the one that is compiled at once.
 */
#include "holiday_world.h"

#include "base/text.h"
#include "calendar/calendar.h"

enum { DESK_MOST = 64, MEMBERS_MOST = 8 };

/* The calendars of a case file. */
struct desk {
  struct world world;
  struct zones zones;
  FILE *file; /* a holiday set being written */
  struct calendar *calendars[DESK_MOST];
  size_t count;
};

static void desk_open(struct desk *desk) {
  world_open(&desk->world);
  world_reset(&desk->world, "en");
  zones_init(&desk->zones, &desk->world.arena, SLA_TZDATA_AUTO);
  desk->file = NULL;
  desk->count = 0;
}

static void desk_close(struct desk *desk) {
  for (size_t i = 0; i < desk->count; i++)
    calendar_release(desk->calendars[i]);
  world_close(&desk->world);
}

static struct calendar *desk_find(const struct desk *desk, const char *name) {
  for (size_t i = 0; i < desk->count; i++)
    if (strcmp(desk->calendars[i]->name, name) == 0)
      return desk->calendars[i];
  fail_msg("no calendar \"%s\"", name);
  return NULL;
}

/* Compiles what there is for a span; running out of memory fails the test. */
static void prepare(struct calendar *calendar, sla_time from, sla_time until) {
  if (!calendar_prepare(calendar, from, until, 0))
    fail_msg("out of memory");
}

/* --- setting up, a line each -------------------------------------------------------------------------------------- */

/* A text as a snippet that lives as long as the desk. */
static struct snippet kept(struct desk *desk, const char *text) {
  struct source *source = arena_alloc(&desk->world.arena, sizeof *source);
  *source = source_of("case", arena_copy(&desk->world.arena, text, strlen(text)));
  return snippet_of(source);
}

static struct calendar *desk_add(struct case_file *cases, struct desk *desk) {
  assert_true(desk->count < DESK_MOST);
  struct arena *arena = &desk->world.arena;
  struct calendar *calendar = desk->calendars[desk->count++] = arena_alloc(arena, sizeof *calendar);
  const char *name = case_need(cases, ' '), *zone = case_need(cases, ' '), *problem;
  calendar->name = arena_copy(arena, name, strlen(name));
  calendar->zone = zone_find(&desk->zones, text_of(zone), &problem);
  if (!calendar->zone)
    fail_msg("%s:%d: %s", cases->path, cases->number, problem);
  return calendar;
}

static void run_calendar(struct case_file *cases, struct desk *desk) {
  struct calendar *calendar = desk_add(cases, desk);
  struct snippet snippet = kept(desk, case_need(cases, '\0'));
  calendar->hours = hours_parse(&desk->world.arena, &desk->world.diags, &snippet);
  if (!calendar->hours)
    fail_msg("%s:%d: %s", cases->path, cases->number, desk->world.collector.items[0]);
}

static void add_members(struct case_file *cases, struct desk *desk, struct calendar *calendar) {
  const char *name;
  calendar->members = arena_array(&desk->world.arena, MEMBERS_MOST, sizeof *calendar->members);
  while ((name = case_field(cases, ' '))) {
    assert_true(calendar->member_count < MEMBERS_MOST);
    calendar->members[calendar->member_count++] = desk_find(desk, name);
  }
}

static void run_union(struct case_file *cases, struct desk *desk) {
  struct calendar *calendar = desk_add(cases, desk);
  calendar->kind = CALENDAR_UNION;
  add_members(cases, desk, calendar);
}

static void run_intersection(struct case_file *cases, struct desk *desk) {
  struct calendar *calendar = desk_add(cases, desk);
  calendar->kind = CALENDAR_INTERSECTION;
  add_members(cases, desk, calendar);
}

static struct calendar *newest(const struct desk *desk) {
  assert_true(desk->count > 0);
  return desk->calendars[desk->count - 1];
}

static void run_holidays(struct case_file *cases, struct desk *desk) {
  struct calendar *calendar = newest(desk);
  struct world *world = &desk->world;
  world->source_count = 0;
  if (!world_read(world, case_need(cases, '\0')))
    fail_msg("%s:%d: %s", cases->path, cases->number, collector_text(&world->collector, &world->arena));
  calendar->holidays =
      arena_regrow(&world->arena, world->sources, world->source_count, world->source_count, sizeof *world->sources);
  calendar->holiday_count = world->source_count;
}

static void run_exchanges(struct case_file *cases, struct desk *desk) {
  (void)cases;
  newest(desk)->exchanges = true;
}

static void run_eve(struct case_file *cases, struct desk *desk) {
  newest(desk)->eve_s = (int)strtol(case_need(cases, ' '), NULL, 10);
}

static void run_weekend(struct case_file *cases, struct desk *desk) {
  struct calendar *calendar = newest(desk);
  calendar->has_weekend = true;
  assert_true(weekdays_read(text_of(case_need(cases, ' ')), &calendar->weekend));
}

static int need_date(struct case_file *cases) {
  int date;
  const char *text = case_need(cases, ' ');
  if (!date_read(text_of(text), &date))
    fail_msg("%s:%d: no date \"%s\"", cases->path, cases->number, text);
  return date;
}

/* Exceptions are written in the order of their dates, as the loader puts them. */
static void run_except(struct case_file *cases, struct desk *desk) {
  struct calendar *calendar = newest(desk);
  struct exception exception = {.date = need_date(cases)};
  assert_true(!calendar->exception_count || calendar->exceptions[calendar->exception_count - 1].date < exception.date);
  struct snippet snippet = kept(desk, case_need(cases, '\0'));
  if (!hours_parse_times(&desk->world.diags, &snippet, &exception.windows))
    fail_msg("%s:%d: %s", cases->path, cases->number, desk->world.collector.items[0]);
  struct exception *all = arena_regrow(&desk->world.arena, calendar->exceptions, calendar->exception_count,
                                       calendar->exception_count + 1, sizeof *all);
  all[calendar->exception_count++] = exception;
  calendar->exceptions = all;
}

static void run_file(struct case_file *cases, struct desk *desk) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s.yaml", desk->world.folder, case_need(cases, ' '));
  desk->file = fopen(path, "wx");
  assert_non_null(desk->file);
}

/* --- questions, a line each ----------------------------------------------------------------------------------------
 */

static void expect(struct case_file *cases, const char *got, const char *expected) {
  while (*got == ' ')
    got++;
  if (strcmp(got, expected ? expected : "") != 0)
    case_wrong(cases, "got %s", *got ? got : "nothing");
}

static void run_day(struct case_file *cases, struct desk *desk) {
  static const char *const kinds[] = {
      [SLA_DAY_HOURS] = "hours",     [SLA_DAY_EXCEPTION] = "exception",       [SLA_DAY_HOLIDAY] = "holiday",
      [SLA_DAY_CARRIED] = "carried", [SLA_DAY_EXCHANGE_OFF] = "exchange-off", [SLA_DAY_EXCHANGE_WORK] = "exchange-work",
      [SLA_DAY_EVE] = "eve",
  };
  struct calendar *calendar = newest(desk);
  int date = need_date(cases);
  const char *kind = case_need(cases, ' '), *text = "";
  prepare(calendar, (sla_time)date * DAY, (sla_time)date * DAY + DAY);
  struct calendar_day day;
  calendar_day(calendar, &calendar->schedule->days_off, date, &day);
  if (strcmp(kinds[day.kind], kind) != 0)
    case_wrong(cases, "is of kind %s", kinds[day.kind]);
  for (size_t i = 0; i < day.windows.count; i++) {
    struct window window = day.windows.items[i];
    text = arena_printf(&desk->world.arena, "%s%s%02d:%02d-%02d:%02d", text, i ? "," : "", window.from / HOUR,
                        window.from / MINUTE % 60, window.to / HOUR, window.to / MINUTE % 60);
  }
  expect(cases, text, case_field(cases, '\0'));
  if ((day.kind == SLA_DAY_HOURS || day.kind == SLA_DAY_EXCEPTION) != (day.reason == NULL))
    case_wrong(cases, "a reason goes with all kinds but hours and exceptions");
}

static const char *add_stretch(struct desk *desk, const char *text, struct stretch stretch) {
  struct civil from = civil_of(local_date(stretch.from)), until = civil_of(local_date(stretch.until));
  int from_s = local_second(stretch.from), until_s = local_second(stretch.until);
  assert_true(from_s % MINUTE == 0 && until_s % MINUTE == 0);
  return arena_printf(&desk->world.arena, "%s %02d-%02dT%02d:%02d/%02d-%02dT%02d:%02d", text, from.month, from.day,
                      from_s / HOUR, from_s / MINUTE % 60, until.month, until.day, until_s / HOUR,
                      until_s / MINUTE % 60);
}

static void run_open(struct case_file *cases, struct desk *desk) {
  struct calendar *calendar = newest(desk);
  int date = need_date(cases);
  prepare(calendar, (sla_time)date * DAY, (sla_time)date * DAY + DAY);
  const struct schedule_date *entry = schedule_date(calendar->schedule, date);
  assert_non_null(entry);
  const char *text = "";
  for (uint32_t i = 0; i < entry->count; i++)
    text = add_stretch(desk, text, calendar->schedule->pieces[entry->first + i]);
  expect(cases, text, case_field(cases, '\0'));
}

static sla_time need_instant(struct case_file *cases) {
  char *text = case_need(cases, ' '), *t = strchr(text, 'T');
  int date, second = 0;
  assert_non_null(t);
  *t = '\0';
  if (!date_read(text_of(text), &date) || !clock_read(text_of(t + 1), 24, &second))
    fail_msg("%s:%d: no instant", cases->path, cases->number);
  return (sla_time)date * DAY + second;
}

static void run_span(struct case_file *cases, struct desk *desk, bool whole_days) {
  struct calendar *calendar = newest(desk);
  sla_time from = need_instant(cases), until = need_instant(cases);
  prepare(calendar, from, until);
  const struct timeline *timeline = whole_days ? &calendar->schedule->days : &calendar->schedule->hours;
  const char *text = "";
  for (size_t i = 0; i < timeline->count; i++) {
    struct timeline_item item = timeline->items[i];
    item.from = item.from < from ? from : item.from;
    item.until = item.until > until ? until : item.until;
    if (item.from < item.until)
      text = add_stretch(desk, text, (struct stretch){item.from, item.until});
  }
  expect(cases, text, case_field(cases, '\0'));
}

static void run_hours(struct case_file *cases, struct desk *desk) {
  run_span(cases, desk, false);
}

static void run_days(struct case_file *cases, struct desk *desk) {
  run_span(cases, desk, true);
}

static const struct directive {
  const char *word;
  void (*run)(struct case_file *cases, struct desk *desk);
  bool is_question;
} directives[] = {
    {"file", run_file, false},         {"calendar", run_calendar, false},
    {"union", run_union, false},       {"intersection", run_intersection, false},
    {"holidays", run_holidays, false}, {"exchanges", run_exchanges, false},
    {"eve", run_eve, false},           {"weekend", run_weekend, false},
    {"except", run_except, false},     {"day", run_day, true},
    {"open", run_open, true},          {"hours", run_hours, true},
    {"days", run_days, true},
};

/* Reads the case file into a desk, and asks its questions or passes over them. */
static void run_cases(struct desk *desk, bool ask) {
  struct case_file cases = case_open("calendar.txt");
  while (case_next(&cases)) {
    if (cases.line[0] == '|') {
      assert_non_null(desk->file);
      fprintf(desk->file, "%s\n", cases.line + 2);
      continue;
    }
    if (desk->file)
      fclose(desk->file);
    desk->file = NULL;
    const char *word = case_need(&cases, ' ');
    size_t i = 0, count = sizeof directives / sizeof *directives;
    while (i < count && strcmp(directives[i].word, word) != 0)
      i++;
    if (i == count)
      case_wrong(&cases, "unknown word %s", word);
    else if (ask || !directives[i].is_question)
      directives[i].run(&cases, desk);
  }
  case_close(&cases);
}

static void test_cases(void **state) {
  (void)state;
  struct desk desk;
  desk_open(&desk);
  run_cases(&desk, true);
  desk_close(&desk);
}

/* --- growing -------------------------------------------------------------------------------------------------------
 */

/* The stretches of two timelines between two instants are the same. */
static void same_timelines(const char *name, const struct timeline *a, const struct timeline *b, sla_time from,
                           sla_time until) {
  assert_true(timeline_covers(a, from, until) && timeline_covers(b, from, until));
  size_t i = timeline_find(a, from), k = timeline_find(b, from);
  for (;; i++, k++) {
    bool more = i < a->count && a->items[i].from < until;
    assert_int_equal(more, k < b->count && b->items[k].from < until);
    if (!more)
      break;
    struct timeline_item x = a->items[i], y = b->items[k];
    if ((x.from != y.from && x.from > from && y.from > from) ||
        (x.until != y.until && x.until < until && y.until < until))
      fail_msg("%s: %s to %s or to %s", name, time_text_at(x.from, 0).text, time_text_at(x.until, 0).text,
               time_text_at(y.until, 0).text);
  }
  assert_true(timeline_elapsed(a, from, until) == timeline_elapsed(b, from, until));
}

static void same_dates(const char *name, const struct schedule *a, const struct schedule *b) {
  int first = a->first > b->first ? a->first : b->first, last = a->last < b->last ? a->last : b->last;
  int64_t shift = (int64_t)schedule_date(a, first)->business - schedule_date(b, first)->business;
  for (int date = first; date <= last; date++) {
    const struct schedule_date *x = schedule_date(a, date), *y = schedule_date(b, date);
    if (x->count != y->count || (int64_t)x->business - y->business != shift)
      fail_msg("%s: %s has %u and %u stretches", name, date_text(date).text, x->count, y->count);
    for (uint32_t i = 0; i < x->count; i++) {
      assert_times_equal(a->pieces[x->first + i].from, b->pieces[y->first + i].from);
      assert_times_equal(a->pieces[x->first + i].until, b->pieces[y->first + i].until);
    }
    if (x->count) { /* the n-th business date is the one that n are before */
      assert_int_equal(a->business[x->business], date);
      assert_int_equal(b->business[y->business], date);
    }
  }
}

/* Whatever was asked before in whatever order, a schedule is the one that is compiled at once. */
static void test_growing(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  struct desk grown, fresh;
  desk_open(&grown);
  desk_open(&fresh);
  run_cases(&grown, false);
  run_cases(&fresh, false);
  sla_time base = utc(2015, 1, 1, 0, 0, 0);
  for (int round = 0; round < 4; round++) {
    for (size_t i = 0; i < grown.count; i++) {
      sla_time from = base + random_between(&seed, -4000, 4000) * DAY + random_below(&seed, DAY);
      prepare(grown.calendars[i], from, from + random_below(&seed, 300) * DAY);
    }
    for (size_t i = 0; i < grown.count; i++) {
      const struct schedule *a = grown.calendars[i]->schedule;
      calendar_release(fresh.calendars[i]);
      prepare(fresh.calendars[i], a->hours.from - 20 * DAY, a->hours.until + 20 * DAY); /* no end meets another */
      const struct schedule *b = fresh.calendars[i]->schedule;
      same_timelines(grown.calendars[i]->name, &a->hours, &b->hours, a->hours.from, a->hours.until);
      same_timelines(grown.calendars[i]->name, &a->days, &b->days, a->days.from, a->days.until);
      same_dates(grown.calendars[i]->name, a, b);
    }
  }
  desk_close(&grown);
  desk_close(&fresh);
}

/* The dates at a schedule's ends are whole as well: 30 April 2021 is the day before a holiday wherever compiling ends.
 */
static void test_outermost_dates(void **state) {
  (void)state;
  struct desk desk;
  desk_open(&desk);
  run_cases(&desk, false);
  struct calendar *calendar = desk_find(&desk, "kyiv-office");
  int date = date_of(2021, 4, 30);
  size_t found = 0;
  for (int days = -12; days <= 12; days++) {
    calendar_release(calendar);
    prepare(calendar, (sla_time)(date + days) * DAY, (sla_time)(date + days) * DAY + 1);
    const struct schedule_date *entry = schedule_date(calendar->schedule, date);
    if (!entry)
      continue;
    found++;
    assert_int_equal(entry->count, 1);
    assert_time(calendar->schedule->pieces[entry->first].from, "2021-04-30T08:00:00Z");
    assert_time(calendar->schedule->pieces[entry->first].until, "2021-04-30T15:00:00Z");
  }
  assert_in_range(found, 3, 23); /* inside, and outside */
  desk_close(&desk);
}

/* --- the ends of the supported range, and of memory ------------------------------------------------------------------
 */

/* One calendar of hours alone. */
static struct calendar simple(struct arena *arena, const char *zone_name, const char *hours) {
  static struct collector collector;
  struct diags diags = collector_diags(&collector, arena);
  struct zones zones;
  zones_init(&zones, arena, SLA_TZDATA_AUTO);
  struct source source = source_of("hours", hours);
  struct snippet snippet = snippet_of(&source);
  const char *problem;
  struct calendar calendar = {.name = "simple",
                              .zone = zone_find(&zones, text_of(zone_name), &problem),
                              .hours = hours_parse(arena, &diags, &snippet)};
  assert_non_null(calendar.zone);
  assert_non_null(calendar.hours);
  return calendar;
}

static void test_whole_range(void **state) {
  struct calendar calendar = simple(*state, "UTC", "24/7");
  prepare(&calendar, SLA_TIME_MIN, SLA_TIME_MAX + 1);
  const struct schedule *schedule = calendar.schedule;
  assert_true(schedule_is_first(schedule) && schedule_is_last(schedule));
  assert_int_equal(schedule->hours.count, 1);
  assert_time(schedule->hours.items[0].from, "1970-01-01T00:00:00Z");
  assert_time(schedule->hours.items[0].until, "2200-01-01T00:00:00Z");
  assert_true(timeline_elapsed(&schedule->hours, SLA_TIME_MIN, SLA_TIME_MAX + 1) == SLA_TIME_MAX + 1);
  assert_true(timeline_elapsed(&schedule->days, SLA_TIME_MIN, SLA_TIME_MAX + 1) == SLA_TIME_MAX + 1);
  /* what was compiled to the ends stays; asking for more, or for what lies outside, changes nothing */
  prepare(&calendar, -1000 * (sla_time)DAY, SLA_TIME_MAX + 1000 * (sla_time)DAY);
  assert_ptr_equal(calendar.schedule, schedule);
  calendar_release(&calendar);
  assert_null(calendar.schedule);
}

/* Night shifts at both ends: what began before 1970 is known, what ends after 2199 is cut off. */
static void test_ends_of_the_range(void **state) {
  static const struct {
    const char *zone, *hours, *first_close, *last_open;
  } cases[] = {
      {"UTC", "Mo-Su 22:00-06:00", "1970-01-01T06:00:00Z", "2199-12-31T22:00:00Z"},
      {"+14:00", "Mo-Su 22:00-06:00", "1970-01-01T16:00:00Z", "2199-12-31T08:00:00Z"},
      {"-12:00", "Mo-Su 22:00-06:00", "1970-01-01T18:00:00Z", "2199-12-31T10:00:00Z"},
      {"Europe/Kyiv", "Mo-Su 22:00-06:00", "1970-01-01T03:00:00Z", "2199-12-31T20:00:00Z"},
      {"+14:00", "Mo-Su 00:00-24:00", "2200-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct calendar calendar = simple(*state, cases[i].zone, cases[i].hours);
    prepare(&calendar, SLA_TIME_MIN, SLA_TIME_MIN + 1);
    assert_true(schedule_is_first(calendar.schedule));
    assert_false(schedule_is_last(calendar.schedule));
    assert_time(calendar.schedule->hours.from, "1970-01-01T00:00:00Z");
    prepare(&calendar, SLA_TIME_MAX, SLA_TIME_MAX + 1);
    assert_true(schedule_is_first(calendar.schedule) && schedule_is_last(calendar.schedule));
    const struct timeline *hours = &calendar.schedule->hours;
    assert_time(hours->until, "2200-01-01T00:00:00Z");
    assert_time(hours->items[0].until, cases[i].first_close);
    assert_time(hours->items[hours->count - 1].from, cases[i].last_open);
    calendar_release(&calendar);
  }
}

/* Growing a day at a time costs little, since each time it at least doubles. */
static void test_growing_doubles(void **state) {
  struct calendar calendar = simple(*state, "UTC", "Mo-Fr 09:00-17:00");
  sla_time base = utc(2020, 1, 1, 0, 0, 0);
  size_t compiled = 0;
  const struct schedule *last = NULL;
  for (int day = 0; day < 4000; day++) {
    prepare(&calendar, base + day * (sla_time)DAY, base + (day + 1) * (sla_time)DAY);
    prepare(&calendar, base - day * (sla_time)DAY, base - (day - 1) * (sla_time)DAY);
    compiled += calendar.schedule != last;
    last = calendar.schedule;
  }
  assert_in_range(compiled, 2, 30);
  calendar_release(&calendar);
}

/* At every size of memory: all of the new schedule, or the old one untouched. */
static void test_out_of_memory(void **state) {
  (void)state;
  struct desk desk;
  desk_open(&desk);
  run_cases(&desk, false);
  struct calendar *calendar = desk_find(&desk, "global"), *member = desk_find(&desk, "kyiv-office");
  calendar->members[0] = member; /* one with holidays */
  sla_time from = utc(2026, 1, 1, 0, 0, 0);
  size_t done = 0, failed = 0;
  for (size_t limit = 16; limit < 400000; limit += limit / 12 / 16 * 16 + 16) {
    for (size_t i = 0; i < calendar->member_count; i++)
      calendar_release(calendar->members[i]);
    calendar_release(calendar);
    prepare(calendar, from, from + 10 * DAY);
    const struct schedule *before = calendar->schedule;
    if (calendar_prepare(calendar, from, from + 400 * DAY, limit)) {
      done++;
      assert_true(timeline_covers(&calendar->schedule->hours, from, from + 400 * DAY));
    } else {
      failed++;
      assert_ptr_equal(calendar->schedule, before);
      assert_true(timeline_covers(&calendar->schedule->hours, from, from + 10 * DAY));
    }
  }
  assert_true(done > 0 && failed > 0);
  desk_close(&desk);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cases),         cmocka_unit_test(test_growing),     cmocka_unit_test(test_outermost_dates),
      arena_test(test_whole_range),         arena_test(test_ends_of_the_range), arena_test(test_growing_doubles),
      cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
