/* day: why a date is as it is, as members of a JSON object. */
#ifndef SLACLOCK_CLI_DAY_H
#define SLACLOCK_CLI_DAY_H

#include "cli/json.h"

/* Writes date, kind, name, set, rule, from and closing into the open object. */
void day_write_json(struct json *json, const struct sla_day *day);

#endif
