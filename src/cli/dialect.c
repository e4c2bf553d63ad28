#include "cli/dialect.h"

#include <string.h>

bool dialect_init(struct dialect *dialect, struct cli *cli) {
  *dialect = (struct dialect){.cli = cli, .has_words = cli->nulls.count > 0};
  if (cli->input_zone && sla_zone_load(&cli->options, cli->input_zone, &dialect->own_zone) != SLA_OK) {
    cli_status(cli, EXIT_USAGE);
    return false;
  }
  if (cli->time_formats.count &&
      sla_time_format_load(&cli->options, cli->time_formats.items, cli->time_formats.count, cli->options.language,
                           "--time-format", &dialect->own_format) != SLA_OK) {
    cli_status(cli, EXIT_USAGE);
    return false;
  }
  dialect->zone = dialect->own_zone;
  dialect->format = dialect->own_format;
  if (!cli->input)
    return true;
  enum sla_code code = sla_profile_load(&cli->options, cli->input, &dialect->profile);
  if (code != SLA_OK) {
    cli_status(cli, cli_status_of(code));
    return false;
  }
  if (!dialect->zone)
    dialect->zone = sla_profile_zone(dialect->profile);
  if (!dialect->format)
    dialect->format = sla_profile_time_format(dialect->profile);
  dialect->has_words = true;
  for (size_t i = 0; i < sla_profile_field_count(dialect->profile); i++) {
    struct sla_profile_field field;
    sla_profile_field_at(dialect->profile, i, &field);
    dialect->has_states |= field.resolves;
  }
  return true;
}

void dialect_free(struct dialect *dialect) {
  sla_profile_free(dialect->profile);
  sla_zone_free(dialect->own_zone);
  sla_time_format_free(dialect->own_format);
}

const char *dialect_column(const struct dialect *dialect, const char *field, bool *ret_is_asked) {
  size_t len = strlen(field);
  const char *column = NULL;
  for (size_t i = 0; i < dialect->cli->maps.count; i++) {
    const char *map = dialect->cli->maps.items[i];
    if (strncmp(map, field, len) == 0 && map[len] == '=')
      column = map + len + 1;
  }
  *ret_is_asked = column != NULL;
  size_t index = dialect_field(dialect, field);
  if (!column && index != SIZE_MAX) {
    struct sla_profile_field named;
    sla_profile_field_at(dialect->profile, index, &named);
    column = named.column;
  }
  return column ? column : field;
}

size_t dialect_field(const struct dialect *dialect, const char *field) {
  return dialect->profile ? sla_profile_find(dialect->profile, field) : SIZE_MAX;
}

struct sla_text dialect_word(const struct dialect *dialect, size_t field, struct sla_text text) {
  const struct strings *nulls = &dialect->cli->nulls;
  for (size_t i = 0; i < nulls->count; i++)
    if (strlen(nulls->items[i]) == text.len && !memcmp(nulls->items[i], text.ptr, text.len))
      return (struct sla_text){"", 0};
  return dialect->profile ? sla_profile_word(dialect->profile, field, text) : text;
}

enum sla_code dialect_time(const struct dialect *dialect, const struct sla_options *options, const sla_zone *zone,
                           struct sla_text text, sla_time *ret_time, enum sla_reading *ret_reading) {
  return sla_time_read_format(options, dialect->format, dialect->zone ? dialect->zone : zone, "at", text, ret_time,
                              ret_reading);
}
