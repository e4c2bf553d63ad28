/* feed_read: components to events (RFC 5545 section 3.6), and what has to be known of all events together. */
#include "base/text.h"
#include "holidays/feed.h"
#include "time/civil.h"

#include <limits.h>

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
  return feed_finish(&reader->scan, ret_feed, reader->newest);
}
