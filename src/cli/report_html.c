/* report_html: the report as one page that needs nothing else: no network, and no script to be read. */
#include "cli/report_html.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LISTED = 20 }; /* versions and calendars in the head */

/* --- the head ---------------------------------------------------------------------------------------------------- */

static void put_title(struct page *page) {
  const struct annotation *job = page->report->job;
  if (job->policy_count == 1) {
    const char *title = sla_policy_title(job->policies[0].policy);
    html_string(page, title ? title : sla_policy_name(job->policies[0].policy));
  } else if (job->policy_count)
    html_format(page, "Service levels by %zu policies", job->policy_count);
  else
    html_put(page, "Service levels");
}

static void put_style(struct page *page) {
  html_put(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                 "style-src 'unsafe-inline';script-src '");
  html_put(page, html_script_hash);
  html_put(page, "'\">\n<title>");
  put_title(page);
  html_put(page, ": report</title>\n<style>\n");
  for (const char *const *line = html_style; *line; line++)
    html_put(page, *line);
  html_put(page, "</style>\n</head>\n");
}

static void put_sources(struct page *page) {
  const struct strings *operands = &page->report->cli->operands;
  html_put(page, " from ");
  if (operands->count > 1)
    html_format(page, "%zu files", operands->count);
  else if (operands->count && strcmp(operands->items[0], "-") != 0)
    html_note(page, operands->items[0]);
  else
    html_put(page, "standard input");
}

/* What the report leaves out. */
static void put_selection(struct page *page) {
  const struct report *report = page->report;
  static const char *const words[] = {"starts", "due times", "stops"};
  if (report->has_since || report->has_until) {
    html_put(page, "<dt>Only</dt><dd>");
    html_put(page, words[report->select_by]);
    if (report->has_since) {
      html_put(page, " from ");
      html_time(page, report->since, report->zone);
    }
    if (report->has_until) {
      html_put(page, " before ");
      html_time(page, report->until, report->zone);
    }
    html_put(page, "</dd>\n");
  }
  if (!report->cli->only)
    return;
  html_put(page, "<dt>Statuses</dt><dd>");
  const char *comma = "";
  for (size_t i = 0; i < STATUSES; i++)
    if (report->only >> i & 1) {
      html_put(page, comma);
      html_put(page, sla_status_name((enum sla_status)i));
      comma = ", ";
    }
  html_put(page, "</dd>\n");
}

static void put_versions(struct page *page) {
  const struct report *report = page->report;
  if (!report->versions.count)
    return;
  html_put(page, "<dt>Decided by</dt><dd><ul>");
  for (size_t i = 0; i < report->versions.count && i < MOST_LISTED; i++) {
    const struct report_version *version = &report->versions.items[i];
    html_put(page, "<li>");
    html_element(page, "b", version->policy);
    if (*version->version) {
      html_put(page, " in force from ");
      html_string(page, version->version);
    }
    html_put(page, " <span class=\"quiet\">(");
    html_count(page, version->count, "metric", "metrics");
    html_put(page, ")</span></li>");
  }
  if (report->versions.count > MOST_LISTED)
    html_format(page, "<li>and %zu versions more</li>", report->versions.count - MOST_LISTED);
  html_put(page, "</ul></dd>\n");
}

static void put_zone_data(struct page *page) {
  struct sla_tzdata_versions versions;
  sla_tzdata_compare(&page->report->cli->options, &versions);
  html_put(page, "<dt>Time zone data</dt><dd>");
  html_string(page, versions.in_use ? versions.in_use : "unknown");
  html_put(page, versions.source && !strcmp(versions.source, "icu") ? " of ICU" : " of the system");
  if (versions.in_use_is_older)
    html_put(page, ", <strong>which is older than the other that is at hand</strong>");
  html_put(page, "</dd>\n");
}

/* Until when holidays are known, and what rests on dates behind that. */
static void put_coverage(struct page *page) {
  const struct annotation *job = page->report->job;
  size_t listed = 0, all = 0;
  for (size_t p = 0; p < job->policy_count; p++)
    for (size_t c = 0; c < sla_policy_calendar_count(job->policies[p].policy); c++) {
      int last;
      const char *source = sla_policy_calendar_covered(job->policies[p].policy, c, &last);
      if (!source || all++ >= MOST_LISTED)
        continue;
      html_put(page, listed++ ? "<li>" : "<dt>Holidays known</dt><dd><ul><li>");
      html_put(page, "until ");
      html_date(page, last);
      html_put(page, " by ");
      html_string(page, source);
      html_put(page, " <span class=\"quiet\">(calendar ");
      html_string(page, sla_policy_calendar_name(job->policies[p].policy, c));
      html_put(page, ")</span></li>");
    }
  if (all > listed)
    html_format(page, "<li>and %zu calendars more</li>", all - listed);
  if (listed)
    html_put(page, "</ul></dd>\n");
  if (!job->uncovered)
    return;
  html_put(page, "<dt>Not covered</dt><dd><strong>");
  html_count(page, job->uncovered, "result rests", "results rest");
  html_put(page, " on dates of which no holiday is known</strong>, the first: ");
  html_string(page, job->first_uncovered);
  html_put(page, "</dd>\n");
}

/* --- the numbers that matter most -------------------------------------------------------------------------------- */

static void put_tile(struct page *page, uint64_t count, const char *kind, const char *words, const char *target) {
  html_format(page, "<li class=\"%s\"><b>%llu</b> ", count ? kind : "none", (unsigned long long)count);
  if (target && count)
    html_format(page, "<a href=\"#%s\">%s</a></li>\n", target, words);
  else
    html_format(page, "%s</li>\n", words);
}

static void put_tiles(struct page *page) {
  const struct report *report = page->report;
  struct tally all = {0};
  for (size_t m = 0; m < report->job->metric_count; m++)
    for (size_t i = 0; i < STATUSES; i++)
      all.by_status[i] += report->totals[m].by_status[i];
  html_put(page, "<ul class=\"tiles\" aria-label=\"In short\">\n<li><b>");
  html_percent(page, report_attainment(page->report, &all));
  html_put(page, "</b> attained</li>\n");
  put_tile(page, all.by_status[SLA_BREACHED], "breached", "breached now", "breached");
  put_tile(page, all.by_status[SLA_AT_RISK], "risk", "at risk", "due-next");
  put_tile(page, all.by_status[SLA_RUNNING] + all.by_status[SLA_PAUSED], "plain", "running or paused", "due-next");
  put_tile(page, report->best_effort.total, "plain", "best effort, open", "best-effort");
  put_tile(page, report->lacking.total, "plain", "lack required fields", "lacking");
  put_tile(page, report->failed.total, "breached", report->failed.total == 1 ? "error" : "errors", "failed");
  html_put(page, "</ul>\n");
}

static void put_head(struct page *page) {
  const struct report *report = page->report;
  html_put(page, "<header>\n<h1>");
  put_title(page);
  html_put(page, "</h1>\n<p>");
  html_count(page, report->incidents, "incident", "incidents");
  put_sources(page);
  html_put(page, ", as of ");
  html_time(page, report->job->now, report->zone);
  html_put(page, "</p>\n");
  put_tiles(page);
  html_put(page, "<dl class=\"basis\">\n");
  put_selection(page);
  put_versions(page);
  put_coverage(page);
  put_zone_data(page);
  if (report->unanswered) {
    html_put(page, "<dt>Closed unanswered</dt><dd>");
    html_count(page, report->unanswered, "incident", "incidents");
    html_put(page, "</dd>\n");
  }
  html_put(page, "</dl>\n</header>\n");
}

void report_write_html(struct report *report) {
  struct page page = {.report = report, .output = &report->job->output};
  cli_names(report->cli, &page.names);
  put_style(&page);
  html_put(&page, "<body>\n");
  put_head(&page);
  html_put(&page, "<main>\n");
  if (!report->incidents)
    html_put(&page, "<p class=\"empty\">There is no incident to report on.</p>\n");
  html_attainment(&page);
  svg_history(&page);
  svg_heat(&page);
  svg_ratios(&page);
  html_queues(&page);
  html_put(&page, "</main>\n<footer><p>Made by slaclock ");
  html_string(&page, sla_version());
  html_put(&page, ". Attainment is met / (met + missed + breached), rounded down.</p></footer>\n<script>");
  html_put(&page, html_script);
  html_put(&page, "</script>\n</body>\n</html>\n");
}
