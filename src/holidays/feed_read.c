/* feed_read: components to events (RFC 5545 section 3.6), and what has to be known of all events together. */
#include "base/text.h"
#include "holidays/feed.h"
#include "time/civil.h"

#include <limits.h>
#include <stdlib.h>

enum component_kind { COMPONENT_OTHER, COMPONENT_CALENDAR, COMPONENT_EVENT, COMPONENT_ZONE, COMPONENT_OBSERVANCE };

struct component {
  enum component_kind kind;
  struct feed_line begin;
};

enum { EVENT_PROPERTIES = 15 };

struct reader {
  struct feed_scan scan;
  struct feed *feed;
  struct component open[FEED_MOST_DEEP];
  size_t depth;
  bool has_calendar;
  struct feed_definitions definitions;
  struct feed_event event;                  /* the one being read */
  bool event_good;                          /* nothing in it was refused */
  struct feed_line lines[EVENT_PROPERTIES]; /* where its properties stand; no text: nowhere */
  int newest;                               /* date of the newest DTSTART or DTSTAMP */
};

static void line_error(struct reader *reader, const struct feed_line *line, const char *text) {
  diag_error(reader->scan.diags, feed_place(&reader->scan, line, line->text), "%s: \"%.*s\"", text,
             TEXT_ARGS(line->name));
}

/* --- the properties of an event ---------------------------------------------------------------------------------- */

static bool read_start(struct reader *reader, const struct feed_line *line) {
  return feed_time_read(&reader->scan, &reader->feed->zones, line, &reader->event.start);
}

static bool read_end(struct reader *reader, const struct feed_line *line) {
  reader->event.has_end = true;
  return feed_time_read(&reader->scan, &reader->feed->zones, line, &reader->event.end);
}

static bool read_length(struct reader *reader, const struct feed_line *line) {
  reader->event.has_length = true;
  return feed_length_read(&reader->scan, line, text_trim(line->value), &reader->event.length);
}

static bool read_summary(struct reader *reader, const struct feed_line *line) {
  reader->event.name = feed_text(reader->scan.arena, line->value);
  return true;
}

/* What Google writes into the description of days that people observe and work on. */
static bool read_description(struct reader *reader, const struct feed_line *line) {
  struct sla_text text = text_trim(line->value);
  reader->event.is_observance = text_eat_nocase(&text, "Observance");
  return true;
}

static bool read_status(struct reader *reader, const struct feed_line *line) {
  reader->event.is_cancelled = text_is_nocase(text_trim(line->value), "CANCELLED");
  return true;
}

static bool read_transparency(struct reader *reader, const struct feed_line *line) {
  reader->event.is_transparent = text_is_nocase(text_trim(line->value), "TRANSPARENT");
  return true;
}

static bool read_uid(struct reader *reader, const struct feed_line *line) {
  reader->event.uid = text_trim(line->value);
  return true;
}

static bool read_sequence(struct reader *reader, const struct feed_line *line) {
  int64_t number;
  if (text_number(text_trim(line->value), INT_MAX, &number))
    reader->event.sequence = (int)number;
  return true;
}

static bool read_change(struct reader *reader, const struct feed_line *line) {
  struct sla_text range = feed_param(line, "RANGE");
  if (range.len) {
    diag_error(reader->scan.diags, feed_place(&reader->scan, line, range),
               "RANGE=%.*s is not supported: changes of all later occurrences have to be events of their own",
               TEXT_ARGS(range));
    return false;
  }
  reader->event.is_change = true;
  return feed_time_read(&reader->scan, &reader->feed->zones, line, &reader->event.changes);
}

static bool read_rule(struct reader *reader, const struct feed_line *line) {
  struct recurrence *rule = arena_alloc(reader->scan.arena, sizeof *rule);
  reader->event.rule = rule;
  return feed_rule_read(&reader->scan, line, rule, &reader->event.until);
}

static bool read_more(struct reader *reader, const struct feed_line *line) {
  return feed_times_read(&reader->scan, &reader->feed->zones, line, &reader->event.more);
}

static bool read_except(struct reader *reader, const struct feed_line *line) {
  return feed_times_read(&reader->scan, &reader->feed->zones, line, &reader->event.except);
}

static bool refuse_exrule(struct reader *reader, const struct feed_line *line) {
  line_error(reader, line, "recurrences that are left out are not supported: list the dates in EXDATE");
  return false;
}

static bool read_stamp(struct reader *reader, const struct feed_line *line) {
  struct feed_time time;
  if (feed_moment_read(text_trim(line->value), &time) && local_date(time.local) > reader->newest)
    reader->newest = local_date(time.local);
  return true;
}

enum { ROW_START, ROW_END, ROW_LENGTH, ROW_RULE };

static const struct event_property {
  const char *name;
  bool (*read)(struct reader *reader, const struct feed_line *line);
  enum { OFTEN, ONCE, FIRST } times; /* FIRST: more than one does no harm, and the first counts */
} event_properties[EVENT_PROPERTIES] = {
    [ROW_START] = {"DTSTART", read_start, ONCE},
    [ROW_END] = {"DTEND", read_end, ONCE},
    [ROW_LENGTH] = {"DURATION", read_length, ONCE},
    [ROW_RULE] = {"RRULE", read_rule, ONCE},
    {"RECURRENCE-ID", read_change, ONCE},
    {"STATUS", read_status, ONCE},
    {"TRANSP", read_transparency, ONCE},
    {"UID", read_uid, ONCE},
    {"SUMMARY", read_summary, FIRST},
    {"DESCRIPTION", read_description, FIRST},
    {"SEQUENCE", read_sequence, FIRST},
    {"DTSTAMP", read_stamp, FIRST},
    {"RDATE", read_more, OFTEN},
    {"EXDATE", read_except, OFTEN},
    {"EXRULE", refuse_exrule, OFTEN},
};

static void event_line(struct reader *reader, const struct feed_line *line) {
  for (size_t i = 0; i < EVENT_PROPERTIES; i++) {
    const struct event_property *property = &event_properties[i];
    if (!text_is_nocase(line->name, property->name))
      continue;
    bool again = reader->lines[i].number > 0;
    if (again && property->times == ONCE) {
      diag_error(reader->scan.diags, feed_place(&reader->scan, line, line->name),
                 "the event has \"%s\" twice: see line %d", property->name, reader->lines[i].number);
      reader->event_good = false;
    } else if (!again || property->times == OFTEN) {
      reader->lines[i] = *line;
      reader->event_good &= property->read(reader, line);
    }
    return;
  }
}

/* --- a whole event ----------------------------------------------------------------------------------------------- */

int feed_event_days(const struct feed_event *event) {
  int64_t days = 1;
  if (event->has_end)
    days = (event->end.local - event->start.local) / DAY;
  else if (event->has_length)
    days = event->length.days + (event->length.seconds + DAY - 1) / DAY;
  return days < 1 ? 1 : days > FEED_MOST_LENGTH_DAYS ? FEED_MOST_LENGTH_DAYS : (int)days;
}

int64_t feed_event_seconds(const struct feed_event *event) {
  if (event->has_length)
    return (int64_t)event->length.days * DAY + event->length.seconds;
  return event->has_end ? event->end.local - event->start.local : 0;
}

static bool check_lines(struct reader *reader) {
  struct feed_event *event = &reader->event;
  const struct feed_line *begin = &reader->open[reader->depth - 1].begin, *end = &reader->lines[ROW_END];
  struct diags *diags = reader->scan.diags;
  if (!reader->lines[ROW_START].number)
    diag_error(diags, feed_place(&reader->scan, begin, begin->text), "the event has no DTSTART");
  else if (event->has_end && event->has_length)
    line_error(reader, &reader->lines[ROW_LENGTH], "DTEND and DURATION both say where the event ends");
  else if (event->has_end && (event->start.kind == FEED_DATE) != (event->end.kind == FEED_DATE))
    diag_error(diags, feed_place(&reader->scan, end, end->value), "DTEND must be a %s as DTSTART is",
               event->start.kind == FEED_DATE ? "date" : "time");
  else if (feed_event_seconds(event) / DAY > FEED_MOST_LENGTH_DAYS)
    diag_error(diags, event->place, "the event is over the limit of %d days", FEED_MOST_LENGTH_DAYS);
  else if (event->rule && civil_of(local_date(event->start.local)).year < FEED_FIRST_YEAR)
    line_error(reader, &reader->lines[ROW_START], "an event that repeats must begin in 1900 or later");
  else
    return true;
  return false;
}

/* What is likely a slip. All-day events that end before they begin are one day long: too many publishers write them. */
static void warn_of_event(struct reader *reader) {
  const struct feed_event *event = &reader->event;
  if (event->start.kind != FEED_DATE && event->has_end && event->start.kind == event->end.kind &&
      event->start.zone == event->end.zone && feed_event_seconds(event) < 0)
    diag_warning(reader->scan.diags, event->place, "the event ends before it begins, and closes nothing");
}

/* BYHOUR and its like say nothing about dates, and must be ignored (section 3.3.10). */
static void drop_times(struct reader *reader) {
  struct recurrence *rule = arena_alloc(reader->scan.arena, sizeof *rule);
  *rule = *reader->event.rule;
  rule->hours = rule->minutes = rule->seconds = (struct numbers){0};
  reader->event.rule = rule;
}

static void event_end(struct reader *reader) {
  struct feed_event *event = &reader->event;
  if (!reader->event_good || !check_lines(reader))
    return;
  if (!event->name || !*event->name)
    event->name = "event without a name";
  if (event->rule && event->start.kind == FEED_DATE)
    drop_times(reader);
  warn_of_event(reader);
  int begins = local_date(event->start.local);
  reader->newest = begins > reader->newest ? begins : reader->newest;
  *ARENA_PUSH(reader->scan.arena, &reader->feed->events) = *event;
}

/* --- components -------------------------------------------------------------------------------------------------- */

static enum component_kind kind_of(const struct reader *reader, struct sla_text name) {
  enum component_kind outer = reader->depth ? reader->open[reader->depth - 1].kind : COMPONENT_OTHER;
  if (reader->depth == 0 && text_is_nocase(name, "VCALENDAR"))
    return COMPONENT_CALENDAR;
  if (outer == COMPONENT_CALENDAR && text_is_nocase(name, "VEVENT"))
    return COMPONENT_EVENT;
  if (outer == COMPONENT_CALENDAR && text_is_nocase(name, "VTIMEZONE"))
    return COMPONENT_ZONE;
  if (outer == COMPONENT_ZONE && (text_is_nocase(name, "STANDARD") || text_is_nocase(name, "DAYLIGHT")))
    return COMPONENT_OBSERVANCE;
  return COMPONENT_OTHER;
}

/* false where reading on makes no sense. */
static bool component_begin(struct reader *reader, const struct feed_line *line) {
  struct sla_text name = text_trim(line->value);
  struct arena *arena = reader->scan.arena;
  if (reader->depth == FEED_MOST_DEEP) {
    diag_error(reader->scan.diags, feed_place(&reader->scan, line, line->text),
               "components are over the limit of %d within one another", FEED_MOST_DEEP);
    return false;
  }
  struct component component = {kind_of(reader, name), *line};
  switch (component.kind) {
  case COMPONENT_CALENDAR: reader->has_calendar = true; break;
  case COMPONENT_EVENT:
    reader->event = (struct feed_event){.place = feed_place(&reader->scan, line, line->text)};
    reader->event_good = true;
    memset(reader->lines, 0, sizeof reader->lines);
    break;
  case COMPONENT_ZONE: *ARENA_PUSH(arena, &reader->definitions) = (struct feed_definition){.begin = *line}; break;
  case COMPONENT_OBSERVANCE: {
    struct feed_definition *definition = &reader->definitions.items[reader->definitions.count - 1];
    *ARENA_PUSH(arena, &definition->observances) = (struct feed_observance){.begin = *line};
    break;
  }
  case COMPONENT_OTHER: break;
  }
  reader->open[reader->depth++] = component;
  return true;
}

/* Ends a component; false where it is not the one that is open. */
static bool component_end(struct reader *reader, const struct feed_line *line) {
  const struct component *open = reader->depth ? &reader->open[reader->depth - 1] : NULL;
  struct sla_text name = text_trim(line->value);
  if (!open || !text_is_nocase(name, arena_copy(reader->scan.arena, text_trim(open->begin.value).ptr,
                                                text_trim(open->begin.value).len))) {
    diag_error(reader->scan.diags, feed_place(&reader->scan, line, line->text),
               open ? "\"END:%.*s\" does not end \"BEGIN:%.*s\" of line %d" : "\"END:%.*s\" ends nothing",
               TEXT_ARGS(name), TEXT_ARGS(open ? open->begin.value : name), open ? open->begin.number : 0);
    return false;
  }
  if (open->kind == COMPONENT_EVENT)
    event_end(reader);
  reader->depth--;
  return true;
}

/* The lines of time zones are kept as they are: most zones are never needed. */
static void zone_line(struct reader *reader, enum component_kind kind, const struct feed_line *line) {
  struct feed_definition *definition = &reader->definitions.items[reader->definitions.count - 1];
  if (kind == COMPONENT_ZONE) {
    if (text_is_nocase(line->name, "TZID"))
      definition->name = text_trim(line->value);
    return;
  }
  struct feed_observance *observance = &definition->observances.items[definition->observances.count - 1];
  struct feed_line *place = text_is_nocase(line->name, "DTSTART")        ? &observance->start
                            : text_is_nocase(line->name, "TZOFFSETFROM") ? &observance->from
                            : text_is_nocase(line->name, "TZOFFSETTO")   ? &observance->to
                            : text_is_nocase(line->name, "RRULE")        ? &observance->rule
                            : text_is_nocase(line->name, "RDATE") ? ARENA_PUSH(reader->scan.arena, &observance->dates)
                                                                  : NULL;
  if (place)
    *place = *line;
}

static void calendar_line(struct reader *reader, const struct feed_line *line) {
  struct sla_text value = text_trim(line->value);
  const char *problem = NULL;
  if (text_is_nocase(line->name, "CALSCALE") && !text_is_nocase(value, "GREGORIAN"))
    problem = "calendars other than GREGORIAN are not supported";
  if (text_is_nocase(line->name, "VERSION") && text_is(value, "1.0"))
    problem = "vCalendar, the predecessor of iCalendar, is not supported";
  if (problem)
    diag_error(reader->scan.diags, feed_place(&reader->scan, line, line->value), "%s: \"%.*s\"", problem,
               TEXT_ARGS(line->value));
}

static bool read_line(struct reader *reader, const struct feed_line *line) {
  if (text_is_nocase(line->name, "BEGIN") && (reader->depth || text_is_nocase(text_trim(line->value), "VCALENDAR")))
    return component_begin(reader, line);
  if (!reader->depth) {
    diag_error(reader->scan.diags, feed_place(&reader->scan, line, line->text), "expected \"BEGIN:VCALENDAR\" here");
    return false;
  }
  if (text_is_nocase(line->name, "END"))
    return component_end(reader, line);
  enum component_kind kind = reader->open[reader->depth - 1].kind;
  if (kind == COMPONENT_EVENT)
    event_line(reader, line);
  else if (kind == COMPONENT_CALENDAR)
    calendar_line(reader, line);
  else if (kind != COMPONENT_OTHER)
    zone_line(reader, kind, line);
  return true;
}

static void read_lines(struct reader *reader) {
  struct feed_line line;
  while (feed_scan_next(&reader->scan, &line))
    if (!read_line(reader, &line))
      return;
  if (reader->depth) {
    const struct feed_line *begin = &reader->open[reader->depth - 1].begin;
    diag_error(reader->scan.diags, feed_place(&reader->scan, begin, begin->text),
               "\"BEGIN:%.*s\" is never ended: the file is cut short", TEXT_ARGS(begin->value));
  }
}

/* --- changed occurrences ----------------------------------------------------------------------------------------- */

sla_time feed_instant(const struct feed_time *time, const struct zone *floating) {
  enum sla_reading reading;
  const struct zone *zone = time->kind == FEED_ZONED ? time->zone->zone : time->kind == FEED_UTC ? NULL : floating;
  return zone ? zone_instant(zone, time->local, &reading) : time->local;
}

static const struct zone *event_zone(const struct feed_event *event) {
  return event->start.kind == FEED_ZONED ? event->start.zone->zone : NULL;
}

int64_t feed_key(const struct feed_event *event, const struct feed_time *time) {
  if (event->start.kind == FEED_DATE)
    return local_date(time->local);
  if (event->start.kind == FEED_FLOATING)
    return time->local;
  return feed_instant(time, event_zone(event));
}

int64_t feed_until(const struct feed_event *event) {
  const struct feed_time *until = &event->until;
  if (event->start.kind == FEED_DATE)
    return (int64_t)local_date(until->local) * DAY;
  if (until->kind == FEED_DATE)
    return until->local + DAY - 1;
  const struct zone *zone = event_zone(event);
  return until->kind == FEED_UTC && zone ? zone_local(zone, until->local) : until->local;
}

static void leave_out(struct arena *arena, struct feed_event *event, const struct feed_time *time) {
  if (time->kind == FEED_DATE && event->start.kind != FEED_DATE)
    *ARENA_PUSH(arena, &event->left_out_dates) = local_date(time->local);
  else
    *ARENA_PUSH(arena, &event->left_out) = feed_key(event, time);
}

static int uid_compare(const struct feed_event *a, const struct feed_event *b) {
  size_t len = a->uid.len < b->uid.len ? a->uid.len : b->uid.len;
  int order = len ? memcmp(a->uid.ptr, b->uid.ptr, len) : 0;
  return order ? order : (a->uid.len > b->uid.len) - (a->uid.len < b->uid.len);
}

/* By UID, then by the occurrence changed, then by SEQUENCE; what stands further down in the file is newer. */
static int change_compare(const void *left, const void *right) {
  const struct feed_event *a = *(struct feed_event *const *)left, *b = *(struct feed_event *const *)right;
  int order = uid_compare(a, b);
  if (order)
    return order;
  if (a->changes.local != b->changes.local)
    return a->changes.local < b->changes.local ? -1 : 1;
  if (a->sequence != b->sequence)
    return a->sequence < b->sequence ? -1 : 1;
  return (a > b) - (a < b);
}

static int number_compare(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static void keys_sort(struct feed_keys *keys) {
  if (keys->count)
    qsort(keys->items, keys->count, sizeof *keys->items, number_compare);
}

struct change_list {
  struct feed_event **items;
  size_t count, capacity;
};

/* The first of the changes of an event's UID. */
static size_t changes_find(const struct change_list *changes, const struct feed_event *event) {
  size_t low = 0, high = changes->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (uid_compare(changes->items[middle], event) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* All changes, in order; those that a newer one of the same occurrence replaces count no more. */
static void changes_gather(struct reader *reader, struct change_list *changes) {
  struct feed *feed = reader->feed;
  for (size_t i = 0; i < feed->events.count; i++)
    if (feed->events.items[i].is_change && feed->events.items[i].uid.len)
      *ARENA_PUSH(reader->scan.arena, changes) = &feed->events.items[i];
  if (changes->count)
    qsort(changes->items, changes->count, sizeof *changes->items, change_compare);
  for (size_t i = 0; i + 1 < changes->count; i++)
    if (uid_compare(changes->items[i], changes->items[i + 1]) == 0 &&
        changes->items[i]->changes.local == changes->items[i + 1]->changes.local)
      changes->items[i]->is_cancelled = true;
}

static void apply_changes(struct reader *reader) {
  struct arena *arena = reader->scan.arena;
  struct feed *feed = reader->feed;
  struct change_list changes = {0};
  size_t applied = 0;
  changes_gather(reader, &changes);
  for (size_t i = 0; i < feed->events.count; i++) {
    struct feed_event *event = &feed->events.items[i];
    for (size_t k = 0; k < event->except.count; k++)
      leave_out(arena, event, &event->except.items[k]);
    if (!event->is_change && event->uid.len)
      for (size_t k = changes_find(&changes, event); k < changes.count && uid_compare(changes.items[k], event) == 0;
           k++) {
        if (++applied > FEED_MOST_CHANGES) {
          diag_error(reader->scan.diags, event->place, "the feed is over the limit of %d changed occurrences",
                     FEED_MOST_CHANGES);
          return;
        }
        leave_out(arena, event, &changes.items[k]->changes);
      }
    keys_sort(&event->left_out);
    keys_sort(&event->left_out_dates);
  }
}

/* --- limits and coverage ----------------------------------------------------------------------------------------- */

static void check_amount(struct reader *reader) {
  const struct feed *feed = reader->feed;
  int64_t dates = 0;
  for (size_t i = 0; i < feed->events.count; i++) {
    const struct feed_event *event = &feed->events.items[i];
    if (!event->rule)
      continue;
    int days = event->start.kind == FEED_DATE ? feed_event_days(event) : 1 + (int)(feed_event_seconds(event) / DAY);
    dates += (int64_t)recurrence_yearly(event->rule) * (days < 1 ? 1 : days);
    if (dates > FEED_MOST_DATES) {
      diag_error(reader->scan.diags, event->place,
                 "the events that repeat are over the limit of %d dates a year from here on", FEED_MOST_DATES);
      return;
    }
  }
}

/* The start of the last occurrence of a rule that ends. */
static int64_t last_start(struct arena *arena, const struct feed_event *event) {
  if (event->rule->has_until)
    return feed_until(event);
  struct moments moments = {0};
  recurrence_expand(arena, event->rule, event->start.local, 0, event->start.local, (int64_t)date_of(2200, 12, 31) * DAY,
                    &moments);
  return moments.items[moments.count - 1];
}

/* The dates from the feed's first to its last; cancelled events and observances show what it knows, too. */
static void find_coverage(struct reader *reader) {
  struct feed *feed = reader->feed;
  int first = INT_MAX, last = INT_MIN;
  for (size_t i = 0; i < feed->events.count; i++) {
    const struct feed_event *event = &feed->events.items[i];
    int64_t seconds =
        event->start.kind == FEED_DATE ? (int64_t)feed_event_days(event) * DAY : feed_event_seconds(event);
    int64_t rest = seconds > 0 ? seconds - 1 : 0;
    int begins = local_date(event->start.local), ends = local_date(event->start.local + rest);
    first = begins < first ? begins : first;
    for (size_t k = 0; k < event->more.count; k++) {
      int more = local_date(event->more.items[k].local + rest);
      last = more > last ? more : last;
    }
    if (event->is_change || (event->rule && !event->rule->count && !event->rule->has_until))
      continue;
    if (event->rule)
      ends = local_date(last_start(reader->scan.arena, event) + rest);
    last = ends > last ? ends : last;
  }
  if (last == INT_MIN) /* rules without an end, and nothing else */
    last = date_of(civil_of(reader->newest).year + FEED_FORESEEN_YEARS, 12, 31);
  feed->first = first;
  feed->last = last;
  if (feed->events.count)
    return;
  feed->first = DATE_MAX + 1;
  feed->last = DATE_MAX;
  diag_warning(reader->scan.diags, place_of_source(reader->scan.source), "the feed has no events");
}

/* --- a feed ------------------------------------------------------------------------------------------------------ */

/* A page that asks to log in is what most broken downloads are. */
static bool begins_well(struct reader *reader) {
  struct sla_text text = {reader->scan.at, (size_t)(reader->scan.end - reader->scan.at)};
  while (text_eat_blanks(&text) || text_eat(&text, '\r') || text_eat(&text, '\n'))
    continue;
  struct sla_text start = text;
  if (text_eat_nocase(&text, "BEGIN:VCALENDAR"))
    return true;
  if (start.len == 0)
    diag_error(reader->scan.diags, place_of_source(reader->scan.source), "the file is empty, not an iCalendar feed");
  else if (start.ptr[0] == '<')
    diag_error(reader->scan.diags, place_of_source(reader->scan.source),
               "this is a web page or XML, not an iCalendar feed: was it saved from behind a login?");
  else
    diag_error(reader->scan.diags, place_of_source(reader->scan.source),
               "not an iCalendar feed, which begins with \"BEGIN:VCALENDAR\"");
  return false;
}

bool feed_read(struct arena *arena, struct diags *diags, struct zones *zones, const struct source *source,
               struct feed *ret_feed) {
  unsigned errors = diags->errors;
  struct reader *reader = arena_alloc(arena, sizeof *reader);
  reader->feed = ret_feed;
  reader->newest = DATE_MIN;
  feed_scan_init(&reader->scan, arena, diags, source);
  if (!begins_well(reader))
    return false;
  read_lines(reader);
  if (!feed_zones_resolve(&reader->scan, zones, &ret_feed->zones, &reader->definitions) || diags->errors > errors)
    return false;
  check_amount(reader);
  if (diags->errors > errors)
    return false;
  apply_changes(reader);
  find_coverage(reader);
  return diags->errors == errors;
}
