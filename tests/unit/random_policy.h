/* random_policy: policies and incidents made up at random, as models of naive_policy.h and as the YAML that says so. */
#ifndef SLACLOCK_TESTS_RANDOM_POLICY_H
#define SLACLOCK_TESTS_RANDOM_POLICY_H

#include "naive_policy.h"

#include "base/text.h"

struct writer {
  struct naive_policy *policy;
  struct zones *zones;
  uint64_t *seed;
  const char *zone; /* of the first calendar and so of the policy */
  FILE *yaml, *set; /* the policy and its holiday set */
};

static inline int64_t below(struct writer *writer, int64_t limit) {
  return random_below(writer->seed, limit);
}
static inline bool one_in(struct writer *writer, int64_t n) {
  return below(writer, n) == 0;
}

static const char *const random_zones[] = {"Europe/Kyiv",
                                           "America/Toronto",
                                           "Europe/London",
                                           "Australia/Lord_Howe",
                                           "Asia/Kathmandu",
                                           "Pacific/Apia",
                                           "Asia/Tehran",
                                           "America/St_Johns",
                                           "America/Sao_Paulo",
                                           "Africa/Casablanca",
                                           "Pacific/Chatham",
                                           "Africa/Cairo",
                                           "Asia/Gaza",
                                           "America/Havana",
                                           "America/New_York",
                                           "Europe/Dublin",
                                           "America/Asuncion",
                                           "Asia/Tokyo",
                                           "UTC",
                                           "+04:00",
                                           "-09:30"};

/* Takes the first calendar's zone, or another. */
static inline void set_zone(struct writer *writer, struct naive_calendar *calendar) {
  const char *problem;
  bool is_first = calendar == &writer->policy->model.calendars[0];
  calendar->zone_name = is_first || one_in(writer, 2)
                            ? writer->zone
                            : random_zones[below(writer, sizeof random_zones / sizeof *random_zones)];
  calendar->zone = zone_find(writer->zones, text_of(calendar->zone_name), &problem);
  if (!calendar->zone)
    fail_msg("%s", problem);
}

/* --- hours -----------------------------------------------------------------------------------------------------------
 */

static inline void put_clock(FILE *file, int minute) {
  fprintf(file, "%02d:%02d", minute / 60, minute % 60);
}

static inline void add_window(FILE *file, struct plan *plan, const char *separator, int from, int to) {
  fputs(separator, file);
  put_clock(file, from);
  putc('-', file);
  put_clock(file, to);
  for (int i = from; i < (to > from ? to : to + 24 * 60); i++)
    plan->open[i] = true;
}

/* Times of day, written and added to a plan: whole days, nights, one window or two. */
static inline void random_times(struct writer *writer, FILE *file, struct plan *plan) {
  int marks[4];
  int64_t grain = one_in(writer, 4) ? 1 : 15;
  switch (below(writer, 6)) {
  case 0: add_window(file, plan, "", 0, 24 * 60); break;
  case 1: /* past midnight, written either way */
    marks[0] = 18 * 60 + (int)below(writer, 24) * 15;
    marks[1] = (int)below(writer, 32) * 15 + 15;
    add_window(file, plan, "", marks[0], one_in(writer, 2) ? marks[1] : marks[1] + 24 * 60);
    break;
  case 2: add_window(file, plan, "", 0 + 60 * (int)below(writer, 3), 4 * 60); break; /* where clocks change */
  default:
    for (int i = 0; i < 4; i++)
      marks[i] = (int)(i * 6 * 60 + below(writer, 6 * 60 / grain) * grain);
    add_window(file, plan, "", marks[0], marks[1] + 1);
    if (one_in(writer, 2))
      add_window(file, plan, ",", marks[2] + 1, marks[3] + 2);
  }
}

/* Rules for groups of weekdays, of which later ones replace or add, and what holds on holidays. */
static inline void random_hours(struct writer *writer, struct naive_calendar *calendar) {
  static const struct {
    const char *text;
    unsigned days;
  } groups[] = {{"Mo-Fr", 0x1F}, {"Mo-Su", 0x7F}, {"Sa", 0x20},       {"Sa-Mo", 0x61},
                {"Tu,Th", 0x0A}, {"We", 0x04},    {"Mo-We,Fr", 0x17}, {"Su", 0x40}};
  fputs("hours: \"", writer->yaml);
  int rules = 1 + (int)below(writer, 3);
  for (int rule = 0; rule < rules; rule++) {
    int group = rule == 0 ? (int)below(writer, 2) : (int)below(writer, 8);
    bool adds = rule && one_in(writer, 3), off = rule && !adds && one_in(writer, 4);
    fprintf(writer->yaml, "%s%s ", rule == 0 ? "" : adds ? ", " : "; ", groups[group].text);
    struct plan plan = {{false}};
    if (off)
      fputs("off", writer->yaml);
    else
      random_times(writer, writer->yaml, &plan);
    for (int day = 0; day < 7; day++)
      for (int i = 0; groups[group].days >> day & 1 && i < NAIVE_MINUTES; i++)
        calendar->week[day].open[i] = plan.open[i] || (adds && calendar->week[day].open[i]);
  }
  if (one_in(writer, 2)) {
    fputs("; PH ", writer->yaml);
    if (one_in(writer, 3))
      fputs("off", writer->yaml);
    else
      random_times(writer, writer->yaml, &calendar->holiday);
  }
  fputs("\"", writer->yaml);
}

/* --- calendars and their set
 * ------------------------------------------------------------------------------------------ */

/* A date near the middle of what incidents are about. */
static inline int random_date(struct writer *writer, int spread) {
  return writer->policy->model.first + NAIVE_BEFORE + (int)random_between(writer->seed, -spread, spread);
}

static inline void put_date(FILE *file, int date) {
  fputs(date_text(date).text, file);
}

static inline bool is_exchanged(const struct naive_set *set, int date) {
  for (int i = 0; i < set->exchange_count; i++)
    if (set->exchanges[i].off == date || set->exchanges[i].work == date)
      return true;
  return false;
}

static inline void random_set(struct writer *writer) {
  struct naive_set *set = &writer->policy->model.set;
  set->carries = one_in(writer, 2);
  fprintf(writer->set, "holidays: h\ncarryover: [{ rule: %s }]\ndays:\n", set->carries ? "next-working-day" : "none");
  int holidays = (int)below(writer, NAIVE_HOLIDAYS), closings = (int)below(writer, NAIVE_CLOSINGS);
  for (int i = 0, date = 0; i < holidays; i++) {
    date = i && one_in(writer, 3) ? date + 1 : random_date(writer, 60); /* often several in a row */
    set->holidays[set->holiday_count++] = date;
    fprintf(writer->set, "  - { name: Day %d, on: %s }\n", i, date_text(date).text);
  }
  for (int i = 0; i < closings; i++) {
    int from = (int)below(writer, 24) * 60, to = from + 60 * (1 + (int)below(writer, 24 - from / 60));
    struct naive_closing *closing = &set->closings[set->closing_count++];
    *closing = (struct naive_closing){random_date(writer, 60), from, to};
    fprintf(writer->set, "  - { name: Closing %d, on: %s, closed: \"", i, date_text(closing->date).text);
    put_clock(writer->set, from);
    putc('-', writer->set);
    put_clock(writer->set, to);
    fprintf(writer->set, "\" }\n");
  }
  fprintf(writer->set, "  - { name: Long ago, on: 1965-01-01 }\nexchanges:\n");
  for (int i = 0; i < NAIVE_EXCHANGES; i++) {
    int off = random_date(writer, 60), work = off + (int)random_between(writer->seed, 1, 9);
    if (is_exchanged(set, off) || is_exchanged(set, work))
      continue;
    set->exchanges[set->exchange_count++] = (struct naive_exchange){off, work};
    fprintf(writer->set, "  - { off: %s, work: ", date_text(off).text);
    fprintf(writer->set, "%s }\n", date_text(work).text);
  }
}

static inline void random_exceptions(struct writer *writer, struct naive_calendar *calendar) {
  fputs(", dates: {", writer->yaml);
  for (int64_t i = below(writer, NAIVE_EXCEPTIONS); i > 0; i--) {
    int date = random_date(writer, 30);
    bool is_new = true;
    for (int k = 0; k < calendar->exception_count; k++)
      is_new &= calendar->exceptions[k].date != date;
    if (!is_new)
      continue;
    struct naive_exception *exception = &calendar->exceptions[calendar->exception_count++];
    exception->date = date;
    fprintf(writer->yaml, "%s %s: \"", calendar->exception_count > 1 ? "," : "", date_text(date).text);
    if (one_in(writer, 2))
      fputs("off", writer->yaml);
    else
      random_times(writer, writer->yaml, &exception->plan);
    putc('"', writer->yaml);
  }
  fputs(" }", writer->yaml);
}

static inline void random_plain(struct writer *writer, const char *name, struct naive_calendar *calendar) {
  calendar->kind = NAIVE_PLAIN;
  set_zone(writer, calendar);
  fprintf(writer->yaml, "  %s: { zone: \"%s\", ", name, calendar->zone_name);
  random_hours(writer, calendar);
  if (!one_in(writer, 4)) {
    calendar->uses_set = true;
    fputs(", holidays: [h]", writer->yaml);
    if (one_in(writer, 2)) {
      calendar->exchanges = true;
      fputs(", exchanges: true", writer->yaml);
    }
    if (one_in(writer, 2)) {
      calendar->eve = (int)random_between(writer->seed, 1, 180);
      fprintf(writer->yaml, ", holiday_eve: -%dm", calendar->eve);
    }
    if (one_in(writer, 4)) {
      calendar->has_weekend = true;
      calendar->weekend = one_in(writer, 2) ? 0x60 : 0x30;
      fputs(calendar->weekend == 0x60 ? ", weekend: [Sa, Su]" : ", weekend: Fr-Sa", writer->yaml);
    }
  }
  if (one_in(writer, 2))
    random_exceptions(writer, calendar);
  fputs(" }\n", writer->yaml);
  naive_carry(calendar);
}

static inline void random_composed(struct writer *writer, const char *name, struct naive_calendar *calendar,
                                   enum naive_kind kind, int a, int b) {
  static const char *const names[] = {"a", "b", "u", "i", "n"};
  calendar->kind = kind;
  calendar->members[0] = a;
  calendar->members[1] = b;
  set_zone(writer, calendar);
  fprintf(writer->yaml, "  %s: { %s: [%s, %s], zone: \"%s\" }\n", name, kind == NAIVE_UNION ? "union" : "intersection",
          names[a], names[b], calendar->zone_name);
}

static inline void random_calendars(struct writer *writer) {
  struct naive_model *model = &writer->policy->model;
  model->calendar_count = NAIVE_CALENDARS;
  for (int i = 0; i < NAIVE_CALENDARS; i++)
    model->calendars[i].model = model;
  fputs("calendars:\n", writer->yaml);
  random_plain(writer, "a", &model->calendars[0]);
  random_plain(writer, "b", &model->calendars[1]);
  random_composed(writer, "u", &model->calendars[2], NAIVE_UNION, 0, 1);
  random_composed(writer, "i", &model->calendars[3], NAIVE_INTERSECTION, 0, 1);
  random_composed(writer, "n", &model->calendars[4], one_in(writer, 2) ? NAIVE_UNION : NAIVE_INTERSECTION, 3,
                  (int)below(writer, 3));
}

/* --- targets
 * ---------------------------------------------------------------------------------------------------------- */

static inline void put_amount(struct writer *writer, struct naive_target *target) {
  static const char *const clocks[] = {"business-hours", "business-days", "elapsed"};
  static const char *const rolls[] = {"none", "following", "preceding", "modified-following"};
  FILE *yaml = writer->yaml;
  switch (target->kind) {
  case NAIVE_SECONDS: fprintf(yaml, "within: %llds", (long long)target->seconds); break;
  case NAIVE_BUSINESS_DAYS: fprintf(yaml, "within: %dbd", target->business_days); break;
  case NAIVE_CALENDAR: fprintf(yaml, "within: %dmo %dcd", target->months, target->days); break;
  case NAIVE_WINDOW: fprintf(yaml, "within: window"); break;
  }
  if (target->kind != NAIVE_CALENDAR)
    fprintf(yaml, ", clock: %s", clocks[target->clock]);
  else
    fprintf(yaml, ", roll: %s", rolls[target->roll]);
  if (target->next_opening)
    fprintf(yaml, ", edge: next-opening");
  if (target->at == NAIVE_AT_CLOSE || target->at == NAIVE_AT_SAME_TIME)
    fprintf(yaml, ", at: %s", target->at == NAIVE_AT_CLOSE ? "close" : "same-time");
  if (target->at == NAIVE_AT_TIME) {
    fputs(", at: \"", yaml);
    put_clock(yaml, target->at_minute);
    putc('"', yaml);
  }
  if (target->cutoff_minute >= 0) {
    fputs(", cutoff: \"", yaml);
    put_clock(yaml, target->cutoff_minute);
    putc('"', yaml);
  }
}

/* Whether a calendar closes at all, as far as its hours say; `within: window` is refused where it does not. */
static inline bool calendar_closes(const struct naive_model *model, int c) {
  const struct naive_calendar *calendar = &model->calendars[c];
  if (calendar->kind != NAIVE_PLAIN) {
    bool a = calendar_closes(model, calendar->members[0]), b = calendar_closes(model, calendar->members[1]);
    return calendar->kind == NAIVE_UNION ? a && b : a || b;
  }
  bool closes = calendar->uses_set || calendar->exception_count;
  for (int i = 0; i < 7 * 24 * 60 && !closes; i++)
    closes = !calendar->week[i / (24 * 60)].open[i % (24 * 60)] &&
             !calendar->week[(i / (24 * 60) + 6) % 7].open[i % (24 * 60) + 24 * 60];
  return closes;
}

static inline void random_amount(struct writer *writer, struct naive_target *target) {
  static const int64_t round[] = {0, 1, 60, 900, 3600, 7200, 28800, 86400, 144000};
  target->cutoff_minute = -1;
  int64_t kind = below(writer, 20);
  target->clock = one_in(writer, 3) ? (enum sla_clock)below(writer, 3) : SLA_BUSINESS_HOURS;
  if (kind < 10 || (kind >= 18 && !calendar_closes(&writer->policy->model, target->calendar))) {
    target->kind = NAIVE_SECONDS;
    target->seconds = one_in(writer, 2) ? round[below(writer, 9)] : below(writer, 200000);
    target->next_opening = one_in(writer, 4);
  } else if (kind < 14) {
    target->kind = NAIVE_BUSINESS_DAYS;
    target->business_days = (int)below(writer, 7);
    target->at = (enum naive_at)below(writer, 4);
    if (one_in(writer, 2))
      target->cutoff_minute = (int)random_between(writer->seed, 6 * 60, 30 * 60);
  } else if (kind < 18) {
    target->kind = NAIVE_CALENDAR;
    target->months = one_in(writer, 3) ? (int)below(writer, 6) : 0;
    target->days = (int)below(writer, 15);
    target->roll = (enum naive_roll)below(writer, 4);
    target->at = one_in(writer, 3) ? NAIVE_AT_TIME : NAIVE_AT_DEFAULT;
  } else
    target->kind = NAIVE_WINDOW;
  target->at_minute = (int)below(writer, 4) ? (int)below(writer, 25) * 60 : (int)below(writer, 48 * 60);
}

static inline void random_target(struct writer *writer, int priority) {
  static const char *const names[] = {"a", "b", "u", "i", "n"};
  struct naive_target *target = &writer->policy->targets[priority];
  target->calendar = (int)below(writer, NAIVE_CALENDARS);
  target->during = one_in(writer, 8) ? (int)below(writer, NAIVE_CALENDARS) : -1;
  target->outside = one_in(writer, 8) ? (int)below(writer, NAIVE_CALENDARS) : -1;
  target->strict = one_in(writer, 4);
  fprintf(writer->yaml, "  - { metric: resolution, when: { priority: P%d }, calendar: %s, ", priority,
          names[target->calendar]);
  random_amount(writer, target);
  put_amount(writer, target);
  target->warn_percent = 80;
  if (one_in(writer, 4)) {
    target->warn_percent = (int)below(writer, 101);
    fprintf(writer->yaml, ", warn: %d%%", target->warn_percent);
  } else if (one_in(writer, 3)) {
    target->warn_percent = -1;
    target->warn_s = below(writer, 20000);
    fprintf(writer->yaml, ", warn: %llds", (long long)target->warn_s);
  }
  if (target->strict)
    fprintf(writer->yaml, ", strict: true");
  if (target->during >= 0)
    fprintf(writer->yaml, ", during: %s", names[target->during]);
  if (target->outside >= 0)
    fprintf(writer->yaml, ", outside: %s", names[target->outside]);
  fprintf(writer->yaml, " }\n");
}

static inline void random_ladder(struct writer *writer) {
  static const char *const names[] = {"a", "b", "u", "i", "n"};
  static const char *const clocks[] = {"business-hours", "business-days", "elapsed"};
  struct naive_policy *policy = writer->policy;
  policy->ladder_calendar = (int)below(writer, NAIVE_CALENDARS);
  policy->ladder_clock = (enum sla_clock)below(writer, 3);
  for (int step = 0; step < NAIVE_STEPS; step++) {
    policy->ladder[step] = step == 0 ? 0 : policy->ladder[step - 1] + below(writer, one_in(writer, 2) ? 100 : 40000);
    fprintf(writer->yaml, "  - { metric: ladder, when: { step: S%d }, calendar: %s, within: %llds, clock: %s }\n", step,
            names[policy->ladder_calendar], (long long)policy->ladder[step], clocks[policy->ladder_clock]);
  }
}

/* Makes up a policy around a date, writing its files. */
static inline void random_policy(struct writer *writer, struct arena *arena, int date) {
  struct naive_policy *policy = writer->policy;
  policy->model.arena = arena;
  policy->model.first = date - NAIVE_BEFORE;
  random_set(writer);
  fputs("policy: random\n", writer->yaml);
  random_calendars(writer);
  fprintf(writer->yaml, "zone: \"%s\"\n", policy->model.calendars[0].zone_name);
  fputs("metrics:\n  ladder: { start: opened_at, stop: never_at }\npause: { metrics: [resolution] }\ntargets:\n",
        writer->yaml);
  policy->target_count = NAIVE_TARGETS;
  for (int i = 0; i < NAIVE_TARGETS; i++)
    random_target(writer, i);
  random_ladder(writer);
}

#endif
