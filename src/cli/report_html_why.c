/* report_html_why: how a due time came about: the rule, and the dates from start to due with what counted on each. */
#include "cli/report_html.h"

#include <string.h>

enum { DAY = 86400, WEEK = 7, MOST_DATES = 40, FIRST_DATES = 30 /* of more than that */ };

/* Dates that are not told one by one. */
struct skipped {
  int64_t dates, open_dates, counted;
};

struct why {
  struct page *page;
  const struct report_item *item;
  const sla_zone *zone;
  sla_time start, until; /* what is counted: up to the due time */
  int first, last;       /* dates */
  int64_t sum;           /* counted so far */
  struct skipped skipped;
};

static int local_date(const sla_zone *zone, sla_time t) {
  int64_t local = t + sla_zone_offset(zone, t);
  return (int)(local >= 0 ? local / DAY : -1);
}

/* When a date begins. */
static sla_time date_begins(const sla_zone *zone, int date) {
  sla_time local = (sla_time)date * DAY, guess = local - sla_zone_offset(zone, local);
  return local - sla_zone_offset(zone, guess);
}

/* How much of a stretch lies between start and due. */
static int64_t overlap(const struct why *why, sla_time from, sla_time until) {
  from = from > why->start ? from : why->start;
  until = until < why->until ? until : why->until;
  return until > from ? until - from : 0;
}

static int64_t counted_on(const struct why *why, const struct sla_day *day, const struct sla_window *windows,
                          size_t count) {
  int64_t counted = 0;
  if (why->item->result.rule.clock == SLA_BUSINESS_DAYS)
    return count ? overlap(why, date_begins(why->zone, day->date), date_begins(why->zone, day->date + 1)) : 0;
  for (size_t i = 0; i < count; i++)
    counted += overlap(why, windows[i].from, windows[i].until);
  return counted;
}

static void put_related(struct page *page, const char *words, int date) {
  html_put(page, words);
  html_date(page, date);
}

/* Why a date has the windows it has. */
static void put_kind(struct page *page, const struct sla_day *day, bool is_open) {
  switch (day->kind) {
  case SLA_DAY_HOURS: html_put(page, is_open ? "" : "day off"); break;
  case SLA_DAY_EXCEPTION: html_put(page, "exception of the calendar"); break;
  case SLA_DAY_HOLIDAY: html_put(page, is_open ? "open holiday" : "holiday"); break;
  case SLA_DAY_CARRIED: put_related(page, "day off carried over from ", day->from); break;
  case SLA_DAY_EXCHANGE_OFF: put_related(page, "off in exchange for ", day->from); break;
  case SLA_DAY_EXCHANGE_WORK: put_related(page, "worked in exchange for ", day->from); break;
  case SLA_DAY_EVE: html_put(page, "shortened before a holiday"); break;
  case SLA_DAY_COMPOSED: html_put(page, is_open ? "" : "closed by all calendars it is made of"); break;
  }
  if (day->name) {
    html_put(page, ": ");
    html_note(page, day->name);
  }
  if (day->closure) {
    html_put(page, day->name || day->kind != SLA_DAY_HOURS ? "; " : "");
    html_put(page, "closed for a part: ");
    html_note(page, day->closure);
  }
}

static void put_clock(struct page *page, const sla_zone *zone, sla_time t, int date) {
  int64_t second = t + sla_zone_offset(zone, t) - (int64_t)date * DAY;
  bool is_next = second > DAY;
  second -= is_next ? DAY : 0;
  html_format(page, "%02d:%02d", (int)(second / 3600), (int)(second % 3600 / 60));
  if (second % 60)
    html_format(page, ":%02d", (int)(second % 60));
  if (is_next)
    html_put(page, " next day");
}

static void put_windows(struct page *page, const struct why *why, const struct sla_day *day,
                        const struct sla_window *windows, size_t count) {
  if (!count)
    html_put(page, "closed");
  for (size_t i = 0; i < count; i++) {
    html_put(page, i ? ", <span>" : "<span>");
    put_clock(page, why->zone, windows[i].from, day->date);
    html_put(page, "\u2013");
    put_clock(page, why->zone, windows[i].until, day->date);
    html_put(page, "</span>");
  }
}

static void put_skipped(struct page *page, struct skipped *skipped, int64_t sum) {
  html_format(page, "<tr class=\"more\"><td colspan=\"3\">%lld dates more, %lld of them open</td><td>",
              (long long)skipped->dates, (long long)skipped->open_dates);
  html_duration(page, skipped->counted);
  html_put(page, "</td><td>");
  html_duration(page, sum);
  html_put(page, "</td></tr>\n");
  *skipped = (struct skipped){0};
}

/* Ends a date's cell with its weekday, which is in a language of its own. */
static void put_weekday(struct page *page, int date) {
  html_put(page, " <span");
  html_language(page);
  html_put(page, ">");
  html_string(page, page->names.short_weekdays[((date + 3) % WEEK + WEEK) % WEEK]);
  html_put(page, "</span></th><td>");
}

static bool put_day(void *data, const struct sla_day *day, const struct sla_window *windows, size_t count) {
  struct why *why = data;
  struct page *page = why->page;
  int64_t counted = counted_on(why, day, windows, count);
  if (day->date < why->first && !counted)
    return true;
  why->sum += counted;
  int all = why->last - why->first + 1, at = day->date - why->first;
  if (all > MOST_DATES && at >= FIRST_DATES && at < all - (MOST_DATES - FIRST_DATES)) {
    why->skipped.dates++;
    why->skipped.open_dates += count > 0;
    why->skipped.counted += counted;
    return true;
  }
  if (why->skipped.dates)
    put_skipped(page, &why->skipped, why->sum - counted);
  html_put(page, counted ? "<tr><th scope=\"row\">" : "<tr class=\"off\"><th scope=\"row\">");
  html_date(page, day->date);
  put_weekday(page, day->date);
  put_windows(page, why, day, windows, count);
  html_put(page, "</td><td>");
  put_kind(page, day, count > 0);
  html_put(page, "</td><td>");
  html_duration(page, counted);
  html_put(page, "</td><td>");
  html_duration(page, why->sum);
  html_put(page, "</td></tr>\n");
  return true;
}

static void put_fact(struct page *page, const char *name, int64_t seconds, const char *behind) {
  html_element(page, "dt", name);
  html_put(page, "<dd>");
  html_duration(page, seconds);
  html_put(page, behind);
  html_put(page, "</dd>\n");
}

static void put_rule(struct page *page, const struct report_item *item) {
  static const char *const clocks[] = {[SLA_BUSINESS_HOURS] = "its open hours",
                                       [SLA_BUSINESS_DAYS] = "whole dates that have open hours",
                                       [SLA_ELAPSED] = "every hour"};
  const struct sla_rule *rule = &item->result.rule;
  html_put(page, "<dt>Rule</dt><dd>");
  html_string(page, rule->policy);
  if (rule->version && *rule->version) {
    html_put(page, ", in force from ");
    html_string(page, rule->version);
  }
  if (rule->file) {
    html_put(page, ": ");
    html_element(page, "code", rule->file);
    html_format(page, ", line %d", rule->line);
  }
  html_put(page, "</dd>\n");
  if (rule->calendar == SIZE_MAX)
    return;
  html_put(page, "<dt>Clock</dt><dd>counts ");
  html_put(page, clocks[rule->clock]);
  html_put(page, rule->clock == SLA_ELAPSED ? "; no date is closed to it (calendar " : " (calendar ");
  html_string(page, sla_policy_calendar_name(item->policy->policy, rule->calendar));
  html_put(page, ")</dd>\n");
}

/* What the clock would have counted without pauses, less what it has: known where it has run on one calendar. */
static void put_pauses(struct page *page, const struct report_item *item) {
  const struct sla_rule *rule = &item->result.rule;
  sla_time end = item->stopped ? item->stop : page->report->job->now;
  int64_t all;
  if (!item->result.has_elapsed || rule->calendar == SIZE_MAX ||
      sla_elapsed(item->policy->policy, rule->calendar, rule->clock, item->start, end, &all) != SLA_OK)
    return;
  if (all > item->result.elapsed_s)
    put_fact(page, "Paused", all - item->result.elapsed_s, " so far, on its clock");
  else if (item->result.status != SLA_PAUSED)
    html_put(page, "<dt>Paused</dt><dd>never</dd>\n");
}

static void put_facts(struct page *page, const struct report_item *item, const sla_zone *zone) {
  const struct sla_result *result = &item->result;
  html_put(page, "<dl>\n");
  put_rule(page, item);
  html_put(page, "<dt>Start</dt><dd>");
  html_time(page, item->start, zone);
  html_put(page, "</dd>\n");
  if (result->has_due) {
    if (result->has_elapsed)
      put_fact(page, "Target", result->elapsed_s + result->remaining_s, " on its clock");
    html_put(page, "<dt>Due</dt><dd>");
    html_time(page, result->due, zone);
    html_put(page, "</dd>\n");
  }
  if (result->has_elapsed)
    put_fact(page, "Elapsed", result->elapsed_s, "");
  put_pauses(page, item);
  if (result->has_due)
    put_fact(page, result->remaining_s < 0 ? "Over" : "Remaining",
             result->remaining_s < 0 ? -result->remaining_s : result->remaining_s, "");
  if (result->reason) {
    html_put(page, "<dt>Note</dt><dd>");
    html_note(page, result->reason);
    html_put(page, "</dd>\n");
  }
  if (result->coverage) {
    html_put(page, "<dt>Not covered</dt><dd>");
    html_note(page, result->coverage);
    html_put(page, "</dd>\n");
  }
  html_put(page, "<dt>Read from</dt><dd>");
  html_note(page, item->file);
  html_format(page, ", line %ld</dd>\n</dl>\n", item->line);
}

void html_why(struct page *page, const struct report_item *item) {
  const struct sla_result *result = &item->result;
  const sla_zone *zone = result->zone ? result->zone : page->report->zone;
  put_facts(page, item, zone);
  if (!result->has_due || !item->started || result->rule.calendar == SIZE_MAX || result->rule.clock == SLA_ELAPSED ||
      result->due < item->start)
    return;
  struct why why = {.page = page, .item = item, .zone = zone, .start = item->start, .until = result->due};
  why.first = local_date(zone, why.start);
  why.last = local_date(zone, why.until);
  html_open_table(page, "Dates from start to due", "numbers dates");
  html_put(page, "<thead><tr><th scope=\"col\">Date</th><th scope=\"col\">Open</th>"
                 "<th scope=\"col\">Why</th><th scope=\"col\">counted</th><th scope=\"col\">in all</th></tr></thead>\n"
                 "<tbody>\n");
  /* What opened on the evening before may reach into the first date. */
  sla_calendar_days(item->policy->policy, result->rule.calendar, why.first - 1, why.last, put_day, &why);
  html_put(page, "</tbody>\n");
  html_close_table(page);
  int64_t amount = result->elapsed_s + result->remaining_s;
  if (result->has_elapsed && why.sum > amount) {
    html_put(page, "<p>");
    html_duration(page, why.sum - amount);
    html_put(page, " of the open time up to the due time did not count: the clock was paused.</p>\n");
  }
}
