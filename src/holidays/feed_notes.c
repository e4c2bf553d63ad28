/* feed_notes: which entries of a feed count and which do not, for people who choose `only`, `except`, `observances`. */
#include "holidays/holiday_set.h"
#include "time/civil.h"
#include "time/timestamp.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NAMES = 60 }; /* shown of a feed */

/* What becomes of an entry. */
enum fate {
  FATE_HOLIDAY,
  FATE_CLOSING,
  FATE_OBSERVANCE,
  FATE_CANCELLED,
  FATE_REPLACED,
  FATE_TRANSPARENT,
  FATE_NO_TIME,
  FATE_REPEATED
};

static const char *const fate_texts[] = {
    [FATE_HOLIDAY] = "counts as a holiday",
    [FATE_CLOSING] = "closes for its time",
    [FATE_OBSERVANCE] = "is left out as an observance, which \"observances: true\" takes",
    [FATE_CANCELLED] = "is left out as cancelled",
    [FATE_REPLACED] = "is left out as a change that is cancelled or replaced",
    [FATE_TRANSPARENT] = "is left out as a time that is transparent",
    [FATE_NO_TIME] = "is left out since it takes no time",
    [FATE_REPEATED] = "is left out since it is there already",
};

enum { FATES = sizeof fate_texts / sizeof *fate_texts };

struct entry {
  const struct feed_event *event;
  enum fate fate;
};

/* All entries of one name and one fate. */
struct group {
  const struct feed_event *first; /* the earliest */
  enum fate fate;
  size_t count;
  bool repeats;
};

static bool takes_time(const struct feed_event *event) {
  return event->has_length ? feed_event_seconds(event) > 0
                           : event->has_end && feed_instant(&event->end, NULL) > feed_instant(&event->start, NULL);
}

/* In the order in which expansion asks (feed.c). */
static enum fate fate_of(const struct feed_event *event) {
  bool all_day = event->start.kind == FEED_DATE;
  if (event->is_cancelled)
    return event->is_change ? FATE_REPLACED : FATE_CANCELLED;
  if (!all_day && event->is_transparent)
    return FATE_TRANSPARENT;
  if (event->is_observance)
    return FATE_OBSERVANCE;
  if (!all_day && !takes_time(event))
    return FATE_NO_TIME;
  return all_day ? FATE_HOLIDAY : FATE_CLOSING;
}

static int start_compare(const struct feed_event *a, const struct feed_event *b) {
  return (a->start.local > b->start.local) - (a->start.local < b->start.local);
}

/* By fate, name and start; what is equal in these in the feed's order. */
static int entry_compare(const void *left, const void *right) {
  const struct entry *a = left, *b = right;
  if (a->fate != b->fate)
    return a->fate < b->fate ? -1 : 1;
  int order = strcmp(a->event->name, b->event->name);
  order = order ? order : start_compare(a->event, b->event);
  return order ? order : (a->event > b->event) - (a->event < b->event);
}

static int group_compare(const void *left, const void *right) {
  const struct group *a = left, *b = right;
  if (a->fate != b->fate)
    return a->fate < b->fate ? -1 : 1;
  int order = start_compare(a->first, b->first);
  return order ? order : strcmp(a->first->name, b->first->name);
}

/* Whether a single day is there already as an entry of the same name. */
static bool is_repeated(const struct entry *entry, const struct entry *before) {
  const struct feed_event *event = entry->event;
  return entry->fate == FATE_HOLIDAY && before->fate == FATE_HOLIDAY && strcmp(event->name, before->event->name) == 0 &&
         start_compare(event, before->event) == 0 && !event->rule && !event->more.count &&
         feed_event_days(event) <= feed_event_days(before->event);
}

static void entries_sort(struct entry *entries, size_t count) {
  if (count)
    qsort(entries, count, sizeof *entries, entry_compare);
}

/* The entries of a feed in groups, and how many there are of each fate. */
static size_t gather(struct arena *arena, const struct feed *feed, struct group *groups, size_t counts[FATES]) {
  size_t count = feed->events.count, group_count = 0;
  struct entry *entries = arena_array(arena, count, sizeof *entries);
  for (size_t i = 0; i < count; i++)
    entries[i] = (struct entry){&feed->events.items[i], fate_of(&feed->events.items[i])};
  entries_sort(entries, count);
  for (size_t i = 1, kept = 0; i < count; i++) {
    if (is_repeated(&entries[i], &entries[kept]))
      entries[i].fate = FATE_REPEATED;
    else
      kept = i;
  }
  entries_sort(entries, count);
  for (size_t i = 0; i < count; i++) {
    const struct feed_event *event = entries[i].event;
    struct group *last = group_count ? &groups[group_count - 1] : NULL;
    if (!last || last->fate != entries[i].fate || strcmp(last->first->name, event->name) != 0) {
      last = &groups[group_count++];
      *last = (struct group){.first = event, .fate = entries[i].fate};
    }
    last->count++;
    last->repeats |= event->rule || event->more.count;
    counts[entries[i].fate]++;
  }
  if (group_count)
    qsort(groups, group_count, sizeof *groups, group_compare);
  return group_count;
}

static void note_group(struct diags *diags, struct place place, const struct group *group) {
  const char *name = group->first->name, *fate = fate_texts[group->fate], *more = group->repeats ? ", repeating" : "";
  char date[DATE_TEXT];
  date_write(local_date(group->first->start.local), date);
  if (group->count == 1)
    diag_note(diags, place, "\"%s\" %s: %s%s", name, fate, date, more);
  else
    diag_note(diags, place, "\"%s\" %s: %zu entries from %s%s", name, fate, group->count, date, more);
}

static const char *plural(size_t count) {
  return count == 1 ? "" : "s";
}

void holiday_source_notes(struct arena *arena, struct diags *diags, const struct holiday_source *source,
                          struct place place) {
  const struct feed *feed = source->set->feed;
  if (!feed || !feed->events.count)
    return;
  size_t all = feed->events.count, counts[FATES] = {0};
  struct group *groups = arena_array(arena, all, sizeof *groups);
  size_t count = gather(arena, feed, groups, counts);
  char first[DATE_TEXT], last[DATE_TEXT];
  date_write(feed->first, first);
  date_write(feed->last, last);
  diag_note(diags, place, "%zu entr%s from %s to %s: %zu holiday%s, %zu closing%s, %zu left out", all,
            all == 1 ? "y covers the dates" : "ies cover the dates", first, last, counts[FATE_HOLIDAY],
            plural(counts[FATE_HOLIDAY]), counts[FATE_CLOSING], plural(counts[FATE_CLOSING]),
            all - counts[FATE_HOLIDAY] - counts[FATE_CLOSING]);
  for (size_t i = 0; i < count && i < MOST_NAMES; i++)
    note_group(diags, place, &groups[i]);
  if (count > MOST_NAMES)
    diag_note(diags, place, "%zu more names are not shown", count - MOST_NAMES);
}
