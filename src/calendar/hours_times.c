/* hours_times: times of day in texts of hours. */
#include "base/text.h"
#include "calendar/hours_scan.h"
#include "time/civil.h"

/* A time of day as it stands, in any spelling. */
struct clock {
  struct sla_text text;
  int hour, minute;
  bool bare;   /* an hour alone: "9", not "9am" */
  bool twelve; /* "9am" */
};

/* Takes HH:MM, white space between them as it may be. */
static bool clock_scan(struct scan *scan, struct clock *ret_clock) {
  struct scan ahead = scan_ahead(scan);
  struct clock clock = {0};
  scan_blanks(&ahead);
  const char *start = ahead.rest.ptr;
  if (!scan_number(&ahead, 2, 2, &clock.hour) || !scan_eat(&ahead, ':') || !scan_number(&ahead, 2, 2, &clock.minute))
    return false;
  clock.text = scan_since(&ahead, start);
  *ret_clock = clock;
  return scan_commit(scan, &ahead);
}

/* Takes "am", "p.m." and the like; *ret_add is what it adds to an hour from 1 to 12. */
static bool meridian_scan(struct scan *scan, int hour, int *ret_add) {
  static const char *const spellings[] = {"a.m.", "p.m.", "am", "pm"};
  scan_blanks(scan);
  for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
    struct sla_text rest = scan->rest;
    if (!text_eat_nocase(&rest, spellings[i]))
      continue;
    scan_take(scan, strlen(spellings[i]));
    *ret_add = (i % 2 ? 12 : 0) - (hour == 12 ? 12 : 0);
    return true;
  }
  return false;
}

/* Takes a time of day as people write it: 9, 9:00, 09.00, 9h30, 0900, 9am. For hints only. */
static bool clock_guess(struct scan *scan, struct clock *ret_clock) {
  struct clock clock = {.bare = true};
  size_t digits = scan_digits(scan);
  if (!scan_number(scan, 1, 4, &clock.hour))
    return false;
  if (digits > 2) {
    clock.minute = clock.hour % 100;
    clock.hour /= 100;
    clock.bare = false;
  } else if (scan_eat(scan, ':') || scan_eat(scan, '.') || scan_eat(scan, 'h')) {
    clock.bare = !scan_number(scan, 2, 2, &clock.minute);
  }
  int add = 0;
  clock.twelve = meridian_scan(scan, clock.hour, &add);
  if (clock.minute > 59 || (clock.twelve && (clock.hour < 1 || clock.hour > 12)))
    return false;
  clock.hour += add;
  clock.bare &= !clock.twelve;
  *ret_clock = clock;
  return true;
}

/* Whether what a person wrote can only mean one span of times. "9-5" and "9-5pm" do not tell morning from evening. */
static bool guess_is_clear(const struct clock *from, const struct clock *to) {
  if (from->twelve != to->twelve || from->hour >= 24 || to->hour * 60 + to->minute > 48 * 60)
    return false;
  int order = (to->hour - from->hour) * 60 + to->minute - from->minute;
  return order > 0 || (order < 0 && !(from->bare && to->bare));
}

/*
 * Reports a span of times in another spelling and takes it, for the whole day where it is not clear; false where there
 * is none.
 */
static bool guess_scan(struct scan *scan, struct clock *ret_from, struct clock *ret_to) {
  struct scan ahead = scan_ahead(scan);
  scan_blanks(&ahead);
  const char *start = ahead.rest.ptr;
  struct clock from, to;
  if (!clock_guess(&ahead, &from) || !scan_hyphen(&ahead) || !clock_guess(&ahead, &to))
    return false;
  struct sla_text text = scan_since(&ahead, start);
  if (guess_is_clear(&from, &to)) {
    scan_fail(scan, text, "unreadable times \"%.*s\": did you mean \"%02d:%02d-%02d:%02d\"?", SHOWN(text), from.hour,
              from.minute, to.hour, to.minute);
  } else {
    scan_fail(scan, text, "unreadable times \"%.*s\": write them as \"09:00-17:00\"", SHOWN(text));
    from = (struct clock){.hour = 0};
    to = (struct clock){.hour = 24};
  }
  from.text = to.text = text;
  *ret_from = from;
  *ret_to = to;
  return scan_commit(scan, &ahead);
}

/* What may not stand behind the times that end at a cursor and begin at start. */
static bool tail_check(struct scan *scan, const struct scan *behind, const char *start) {
  struct scan ahead = scan_ahead(behind);
  struct sla_text times = scan_since(&ahead, start);
  int seconds;
  if (scan_eat(&ahead, '+'))
    return scan_fail(scan, scan_since(&ahead, start), "open end \"%.*s+\" is not supported: write when it closes",
                     SHOWN(times));
  if (scan_eat(&ahead, '/'))
    return scan_fail(scan, scan_since(&ahead, start), "points in time \"%.*s/\" are not supported: write spans",
                     SHOWN(times));
  if (scan_eat(&ahead, ':') && scan_number(&ahead, 2, 2, &seconds))
    return scan_fail(scan, scan_since(&ahead, start), "seconds in \"%.*s\": times are written as \"09:00-17:00\"",
                     SHOWN(scan_since(&ahead, start)));
  return true;
}

/* Fails at the cursor, where a span of times should be. */
static bool times_refuse(struct scan *scan) {
  struct scan ahead = scan_ahead(scan);
  struct clock clock;
  scan_blanks(&ahead);
  const char *start = ahead.rest.ptr;
  if (!clock_scan(&ahead, &clock)) {
    if (scan_digits(scan) == 0)
      return scan_refuse(scan, "times are written as \"09:00-17:00\"");
    struct sla_text text = {start, scan_digits(scan)};
    if (clock_guess(&ahead, &clock))
      text = scan_since(&ahead, start);
    return scan_fail(scan, text, "unreadable times \"%.*s\": write them as \"09:00-17:00\"", SHOWN(text));
  }
  if (!tail_check(scan, &ahead, start))
    return false;
  if (!scan_hyphen(&ahead))
    return scan_fail(scan, clock.text, "point in time \"%.*s\" is not supported: write a span as \"09:00-17:00\"",
                     SHOWN(clock.text));
  scan_commit(scan, &ahead);
  return scan_refuse(scan, "a closing time as \"17:00\" is expected");
}

/* The window of two times; errors in it are reported. */
static struct window window_of(struct scan *scan, const struct clock *from, const struct clock *to) {
  struct window window = {(from->hour * 60 + from->minute) * MINUTE, (to->hour * 60 + to->minute) * MINUTE};
  bool fits = true;
  if (from->minute > 59)
    fits = scan_fail(scan, from->text, "no such time \"%.*s\"", SHOWN(from->text));
  else if (window.from >= DAY)
    fits = scan_fail(scan, from->text, "opening time \"%.*s\" is past 23:59", SHOWN(from->text));
  if (to->minute > 59)
    fits = scan_fail(scan, to->text, "no such time \"%.*s\"", SHOWN(to->text));
  else if (window.to > 2 * DAY)
    fits = scan_fail(scan, to->text, "closing time \"%.*s\" is past 48:00", SHOWN(to->text));
  if (fits && window.from == window.to) {
    struct sla_text text = {from->text.ptr, (size_t)(to->text.ptr + to->text.len - from->text.ptr)};
    fits = scan_fail(scan, text, "\"%.*s\" opens and closes at once: write \"00:00-24:00\" for the whole day",
                     SHOWN(text));
  }
  if (!fits)
    return (struct window){0, DAY};
  if (window.to == DAY - MINUTE)
    scan_warn(scan, to->text, "\"%.*s\" leaves out the last minute of the day: did you mean \"24:00\"?",
              SHOWN(to->text));
  if (window.to < window.from)
    window.to += DAY;
  return window;
}

static bool span_scan(struct scan *scan, struct window *ret_window) {
  struct scan ahead = scan_ahead(scan);
  struct clock from, to;
  scan_blanks(scan);
  const char *start = scan->rest.ptr;
  if (clock_scan(&ahead, &from) && scan_eat(&ahead, '-') && clock_scan(&ahead, &to))
    scan_commit(scan, &ahead);
  else if (!guess_scan(scan, &from, &to))
    return times_refuse(scan);
  *ret_window = window_of(scan, &from, &to);
  return tail_check(scan, scan, start);
}

/* Whether a comma comes next and behind it another time of the same list, not a further rule. */
static bool list_goes_on(const struct scan *scan) {
  struct scan ahead = scan_ahead(scan);
  int year = 0;
  if (!scan_comma(&ahead) || scan_digits(&ahead) == 0 || times_scan_always(&ahead))
    return false;
  return !(scan_number(&ahead, 4, 4, &year) && year >= 1900);
}

bool times_scan(struct scan *scan, struct windows *ret_times, bool *ret_overlap) {
  ret_times->count = 0;
  *ret_overlap = false;
  for (;;) {
    scan_blanks(scan);
    const char *start = scan->rest.ptr;
    struct window window;
    if (!span_scan(scan, &window))
      return false;
    for (size_t i = 0; i < ret_times->count; i++)
      if (window.from < ret_times->items[i].to && ret_times->items[i].from < window.to)
        *ret_overlap = true;
    if (!windows_add(ret_times, window))
      return scan_fail(scan, scan_since(scan, start), "over %d times in a list", WINDOWS_MOST);
    if (!list_goes_on(scan))
      return true;
    scan_comma(scan);
  }
}

bool times_ahead(const struct scan *scan) {
  struct scan ahead = scan_ahead(scan);
  int number;
  return scan_number(&ahead, 1, 2, &number) && scan_eat(&ahead, ':') && scan_number(&ahead, 1, 2, &number) &&
         scan_next(&ahead) != ':';
}

bool times_scan_always(struct scan *scan) {
  scan_blanks(scan);
  if (!text_starts(scan->rest, "24/7"))
    return false;
  scan_take(scan, 4);
  return true;
}
