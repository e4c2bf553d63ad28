/* report_groups: what incidents are counted by, and the lists of the first of them. */
#include "cli/report.h"

#include "cli/buffer.h"

#include <stdlib.h>
#include <string.h>

/* --- tallies ----------------------------------------------------------------------------------------------------- */

uint64_t tally_decided(const struct tally *tally) {
  return tally->by_status[SLA_MET] + tally->by_status[SLA_MISSED] + tally->by_status[SLA_BREACHED];
}

uint64_t tally_all(const struct tally *tally) {
  uint64_t all = 0;
  for (size_t i = 0; i < STATUSES; i++)
    all += tally->by_status[i];
  return all;
}

int tally_attainment(const struct tally *tally) {
  uint64_t decided = tally_decided(tally);
  return decided ? (int)(tally->by_status[SLA_MET] * 10000 / decided) : -1;
}

int report_attainment(const struct report *report, const struct tally *tally) {
  const uint64_t decided = 1U << SLA_MET | 1U << SLA_MISSED | 1U << SLA_BREACHED;
  return (report->only & decided) == decided ? tally_attainment(tally) : -1;
}

const char *report_metric(const struct report *report, size_t metric) {
  return report->job->metrics[metric];
}

int64_t report_overdue(const struct report *report, const struct report_item *item) {
  sla_time end = item->stopped ? item->stop : report->job->now;
  return item->result.has_due && end > item->result.due ? end - item->result.due : 0;
}

/* --- groups ------------------------------------------------------------------------------------------------------ */

static uint64_t hash_values(const struct report *report, size_t metric) {
  uint64_t hash = 14695981039346656037U ^ metric; /* FNV-1a */
  for (size_t i = 0; i < report->field_count; i++) {
    const struct sla_text *value = &report->values[i];
    for (size_t k = 0; k < value->len; k++)
      hash = (hash ^ (unsigned char)value->ptr[k]) * 1099511628211U;
    hash = (hash ^ 0x100) * 1099511628211U;
  }
  return hash;
}

static bool has_values(const struct report *report, const struct report_group *group, size_t metric, uint64_t hash) {
  if (group->hash != hash || group->metric != metric)
    return false;
  for (size_t i = 0; i < report->field_count; i++)
    if (group->values[i].len != report->values[i].len ||
        memcmp(group->values[i].ptr, report->values[i].ptr, group->values[i].len) != 0)
      return false;
  return true;
}

static struct sla_text *copy_values(const struct report *report) {
  size_t size = report->field_count * sizeof(struct sla_text);
  for (size_t i = 0; i < report->field_count; i++)
    size += report->values[i].len;
  struct sla_text *values = cli_alloc(size ? size : 1);
  char *at = (char *)(values + report->field_count);
  for (size_t i = 0; i < report->field_count; i++) {
    memcpy(at, report->values[i].ptr, report->values[i].len);
    values[i] = (struct sla_text){at, report->values[i].len};
    at += values[i].len;
  }
  return values;
}

static void grow_slots(struct report *report) {
  free(report->slots);
  report->slot_count = report->slot_count ? 2 * report->slot_count : 256;
  report->slots = cli_alloc(report->slot_count * sizeof *report->slots);
  for (size_t i = 0; i < report->groups.count; i++) {
    size_t slot = report->groups.items[i]->hash % report->slot_count;
    while (report->slots[slot])
      slot = (slot + 1) % report->slot_count;
    report->slots[slot] = (uint32_t)i + 1;
  }
}

/* The group of a metric with the incident's values; NULL where there are too many groups. */
struct report_group *report_group_of(struct report *report, size_t metric) {
  uint64_t hash = hash_values(report, metric);
  if (2 * (report->groups.count + 1) > report->slot_count)
    grow_slots(report);
  size_t slot = hash % report->slot_count;
  for (; report->slots[slot]; slot = (slot + 1) % report->slot_count) {
    struct report_group *group = report->groups.items[report->slots[slot] - 1];
    if (has_values(report, group, metric, hash))
      return group;
  }
  if (report->groups.count == REPORT_MOST_GROUPS) {
    if (!report->job->stopped)
      cli_error(report->cli, EXIT_DATA, "more than %d groups: --by names a field with too many values",
                REPORT_MOST_GROUPS);
    report->job->stopped = true;
    return NULL;
  }
  struct report_group *group = cli_alloc(sizeof *group);
  *group = (struct report_group){.metric = metric,
                                 .value_count = report->field_count,
                                 .values = copy_values(report),
                                 .hash = hash,
                                 .next_due = REPORT_NEVER,
                                 .first_breach = REPORT_NEVER,
                                 .oldest_best_effort = REPORT_NEVER};
  report->groups.items =
      array_grow(report->groups.items, report->groups.count, &report->groups.capacity, sizeof(struct report_group *));
  report->slots[slot] = (uint32_t)report->groups.count + 1;
  return report->groups.items[report->groups.count++] = group;
}

/* The number that a text begins with, so that P2 comes before P10. */
static int compare_texts(struct sla_text a, struct sla_text b) {
  size_t i = 0;
  while (i < a.len && i < b.len) {
    bool digits = a.ptr[i] >= '0' && a.ptr[i] <= '9' && b.ptr[i] >= '0' && b.ptr[i] <= '9';
    if (!digits && a.ptr[i] != b.ptr[i])
      return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[i] ? -1 : 1;
    if (digits) {
      size_t x = i, y = i;
      while (x < a.len && a.ptr[x] >= '0' && a.ptr[x] <= '9')
        x++;
      while (y < b.len && b.ptr[y] >= '0' && b.ptr[y] <= '9')
        y++;
      if (x != y)
        return x < y ? -1 : 1;
      int order = memcmp(a.ptr + i, b.ptr + i, x - i);
      if (order)
        return order;
      i = x;
    } else
      i++;
  }
  return (a.len > b.len) - (a.len < b.len);
}

static int compare_groups(const void *left, const void *right) {
  const struct report_group *a = *(struct report_group *const *)left, *b = *(struct report_group *const *)right;
  int order = (a->metric > b->metric) - (a->metric < b->metric);
  for (size_t i = 0; i < a->value_count && !order; i++)
    order = compare_texts(a->values[i], b->values[i]);
  return order;
}

void report_groups_sort(struct report *report) {
  if (report->groups.count)
    qsort(report->groups.items, report->groups.count, sizeof(struct report_group *), compare_groups);
}

/* --- lists ------------------------------------------------------------------------------------------------------- */

static void free_item(struct report_item *item) {
  free(item->id);
  free(item->values);
  free(item->note);
  free((char *)item->result.reason);
  free((char *)item->result.coverage);
}

static char *copy_text(const char *text) {
  return text ? strdup(text) : NULL;
}

/* Of those of the same rank, as all that are late by no open time, the one that is due first. */
static bool comes_before(const struct report_item *a, const struct report_item *b) {
  sla_time a_due = a->result.has_due ? a->result.due : 0, b_due = b->result.has_due ? b->result.due : 0;
  if (a->rank != b->rank)
    return a->rank < b->rank;
  return a_due != b_due ? a_due < b_due : a->order < b->order;
}

/* What it points to is copied only when an item is kept. */
static struct report_item keep_item(const struct report *report, const struct report_item *item) {
  struct report_item kept = *item;
  kept.id = copy_text(report->id);
  kept.values = copy_values(report);
  kept.note = copy_text(item->note);
  kept.result.reason = copy_text(item->result.reason);
  kept.result.coverage = copy_text(item->result.coverage);
  return kept;
}

/* Takes an item, if it is among the first `top`. Until list_sort the items are a heap, the one that comes last on top.
 */
void report_list_add(struct report *report, struct report_list *list, struct report_item *item) {
  item->order = list->total++;
  struct report_item *items = list->items;
  if (list->count < report->top) {
    list->items = items = array_grow(items, list->count, &list->capacity, sizeof *items);
    size_t place = list->count++;
    for (; place > 0 && comes_before(&items[(place - 1) / 2], item); place = (place - 1) / 2)
      items[place] = items[(place - 1) / 2];
    items[place] = keep_item(report, item);
  } else if (report->top && comes_before(item, &items[0])) {
    free_item(&items[0]);
    size_t place = 0;
    for (size_t child = 1; child < list->count; child = 2 * place + 1) {
      if (child + 1 < list->count && comes_before(&items[child], &items[child + 1]))
        child++;
      if (!comes_before(item, &items[child]))
        break;
      items[place] = items[child];
      place = child;
    }
    items[place] = keep_item(report, item);
  }
}

static int compare_items(const void *left, const void *right) {
  const struct report_item *a = left, *b = right;
  return comes_before(a, b) ? -1 : comes_before(b, a);
}

void report_list_sort(struct report_list *list) {
  if (list->count)
    qsort(list->items, list->count, sizeof *list->items, compare_items);
}

void report_list_free(struct report_list *list) {
  for (size_t i = 0; i < list->count; i++)
    free_item(&list->items[i]);
  free(list->items);
}
