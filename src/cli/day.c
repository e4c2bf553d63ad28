#include "cli/day.h"

static const char *const day_kinds[] = {
    [SLA_DAY_HOURS] = "hours",       [SLA_DAY_EXCEPTION] = "exception",       [SLA_DAY_HOLIDAY] = "holiday",
    [SLA_DAY_CARRIED] = "carryover", [SLA_DAY_EXCHANGE_OFF] = "exchange-off", [SLA_DAY_EXCHANGE_WORK] = "exchange-work",
    [SLA_DAY_EVE] = "eve",           [SLA_DAY_COMPOSED] = "composed",
};

void day_write_json(struct json *json, const struct sla_day *day) {
  char date[16], from[16];
  sla_date_write(day->date, date);
  sla_date_write(day->from, from);
  json_string(json, "date", date);
  json_string(json, "kind", day_kinds[day->kind]);
  json_string(json, "name", day->name);
  json_string(json, "set", day->set);
  json_string(json, "rule", day->rule);
  json_string(json, "from", day->kind == SLA_DAY_COMPOSED || day->from == day->date ? NULL : from);
  json_string(json, "closing", day->closure);
}
