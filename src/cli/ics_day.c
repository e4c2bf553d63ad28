#include "cli/ics_day.h"

enum { DAY = 86400 };

void ics_day_open(struct ics *ics, const char *at, const char *kind, const struct ics_owner *owner) {
  struct sla_text parts[4] = {ics_part(at), ics_part(kind)};
  for (size_t i = 0; i < owner->count; i++)
    parts[2 + i] = owner->parts[i];
  ics_open(ics, "VEVENT", parts, 2 + owner->count);
}

void ics_day_close(struct ics *ics, const char *kind, bool transparent) {
  ics_value(ics, "CATEGORIES", kind);
  ics_value(ics, "TRANSP", transparent ? "TRANSPARENT" : "OPAQUE");
  ics_close(ics, "VEVENT");
}

void ics_day_whole(struct ics *ics, int date) {
  ics_date(ics, "DTSTART", date);
  ics_date(ics, "DTEND", date + 1);
}

void ics_day_summary(struct ics *ics, const char *prefix, enum sla_holiday_kind kind, const char *name, int from) {
  char other[16];
  sla_date_write(from, other);
  const char *words = kind == SLA_CARRYOVER       ? " (carried over from "
                      : kind == SLA_EXCHANGE_OFF  ? "Day off in exchange for "
                      : kind == SLA_EXCHANGE_WORK ? "Working day in exchange for "
                                                  : NULL;
  bool has_name = name && *name && kind != SLA_EXCHANGE_OFF && kind != SLA_EXCHANGE_WORK;
  ics_text_begin(ics, "SUMMARY");
  ics_text_add(ics, ics_part(prefix));
  if (has_name)
    ics_text_add(ics, ics_part(name));
  if (words) {
    ics_text_add(ics, ics_part(words));
    ics_text_add(ics, ics_part(other));
    ics_text_add(ics, ics_part(kind == SLA_CARRYOVER ? ")" : ""));
  }
  ics_text_end(ics);
}

/* A set knows no zone: what lasts a part of a day is in floating time, that of whoever reads it. */
static void put_floating(struct ics *ics, int date, int from, int to) {
  ics_floating(ics, "DTSTART", date, from);
  ics_floating(ics, "DTEND", date, to);
}

void ics_holidays(struct ics *ics, const sla_holidays *holidays, const struct ics_owner *owner) {
  for (size_t i = 0; i < sla_holidays_count(holidays); i++) {
    const struct sla_holiday *day = sla_holidays_item(holidays, i);
    const char *kind = sla_holiday_kind_name(day->kind);
    char date[16];
    sla_date_write(day->date, date);
    ics_day_open(ics, date, kind, owner);
    if (day->kind == SLA_CLOSING)
      put_floating(ics, day->date, day->close_from, day->close_to);
    else if (day->kind == SLA_EXCHANGE_WORK)
      put_floating(ics, day->date, 0, DAY);
    else
      ics_day_whole(ics, day->date);
    ics_day_summary(ics, "", day->kind, day->name, day->from);
    ics_day_close(ics, kind, day->kind != SLA_CLOSING);
  }
}
