/* holidays: lists the days of a holiday set. */
#include "cli/cli.h"
#include "cli/ics_day.h"
#include "cli/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_YEAR = 1970, LAST_YEAR = 2199 };

enum { TIMES_TEXT = 16 };

/* A closing's times, as "12:00-24:00"; empty for other days. */
static void write_times(const struct sla_holiday *day, char text[TIMES_TEXT]) {
  text[0] = '\0';
  if (day->kind == SLA_CLOSING)
    snprintf(text, TIMES_TEXT, "%02d:%02d-%02d:%02d", day->close_from / 3600 % 100, day->close_from / 60 % 60,
             day->close_to / 3600 % 100, day->close_to / 60 % 60);
}

static void print_text(const struct sla_holiday *day) {
  static const char *const weekdays[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
  char date[16], from[16], times[TIMES_TEXT];
  sla_date_write(day->date, date);
  sla_date_write(day->from, from);
  write_times(day, times);
  printf("%s %s  %-13s  %s", date, weekdays[(day->date % 7 + 7 + 3) % 7], sla_holiday_kind_name(day->kind), day->name);
  if (day->has_from)
    printf("%s(%s %s)", *day->name ? " " : "", day->kind == SLA_CARRYOVER ? "from" : "for", from);
  if (*times)
    printf(" (%s)", times);
  putchar('\n');
}

/* A CSV field (RFC 4180): in quotes where it has to be. */
static void print_csv_field(const char *text) {
  if (!strpbrk(text, ",\"\r\n")) {
    fputs(text, stdout);
    return;
  }
  putchar('"');
  for (; *text; text++) {
    if (*text == '"')
      putchar('"');
    putchar(*text);
  }
  putchar('"');
}

static void print_csv(const struct sla_holiday *day) {
  char date[16], from[16] = "", times[TIMES_TEXT], name[512];
  sla_date_write(day->date, date);
  if (day->has_from)
    sla_date_write(day->from, from);
  write_times(day, times);
  snprintf(name, sizeof name, "%s%s%s%s", day->name, *times ? " (" : "", times, *times ? ")" : "");
  printf("%s,%s,", date, sla_holiday_kind_name(day->kind));
  print_csv_field(*times ? name : day->name);
  printf(",%s\n", from);
}

static void print_json(struct json *json, const struct sla_holiday *day) {
  char date[16], from[16], times[TIMES_TEXT];
  sla_date_write(day->date, date);
  sla_date_write(day->from, from);
  write_times(day, times);
  json_open(json, NULL, '{');
  json_string(json, "date", date);
  json_string(json, "kind", sla_holiday_kind_name(day->kind));
  json_string(json, "name", *day->name ? day->name : NULL);
  json_string(json, "from", day->has_from ? from : NULL);
  if (*times)
    json_string(json, "closed", times);
  json_close(json, '}');
}

static void print_all(const sla_holidays *holidays, enum format format) {
  struct json json = {stdout, true};
  if (format == FORMAT_CSV)
    puts("date,kind,name,from");
  if (format == FORMAT_JSON)
    json_open(&json, NULL, '[');
  for (size_t i = 0; i < sla_holidays_count(holidays); i++) {
    const struct sla_holiday *day = sla_holidays_item(holidays, i);
    if (format == FORMAT_TEXT)
      print_text(day);
    else if (format == FORMAT_CSV)
      print_csv(day);
    else
      print_json(&json, day);
  }
  if (format == FORMAT_JSON) {
    json_close(&json, ']');
    putchar('\n');
  }
}

/* The name of a set, of a path without folder and suffix. */
static struct sla_text set_name(const char *operand) {
  const char *slash = strrchr(operand, '/');
  const char *name = slash ? slash + 1 : operand;
  size_t len = strlen(name);
  if (len > 5 && !strcmp(name + len - 5, ".yaml"))
    len -= 5;
  return (struct sla_text){name, len};
}

static void write_ics(struct cli *cli, const sla_holidays *holidays) {
  struct output output;
  struct ics ics;
  sla_time stamp;
  const struct ics_owner owner = {{set_name(cli->operands.items[0])}, 1};
  if (!ics_stamp(cli, &stamp) || !output_init(cli, &output, NULL))
    return;
  ics_begin(&ics, &output, stamp, owner.parts[0]);
  ics_holidays(&ics, holidays, &owner);
  ics_end(&ics);
  output_finish(cli, &output, true);
}

/* Eats a year of four digits. */
static bool eat_year(const char **text, int *ret_year) {
  int year = 0;
  for (int i = 0; i < 4; i++) {
    char c = (*text)[i];
    if (c < '0' || c > '9')
      return false;
    year = year * 10 + (c - '0');
  }
  *text += 4;
  *ret_year = year;
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

/* YEAR or YEAR..YEAR. */
static bool read_years(const char *text, int *ret_first, int *ret_last) {
  if (!eat_year(&text, ret_first))
    return false;
  *ret_last = *ret_first;
  if (*text == '\0')
    return true;
  if (strncmp(text, "..", 2) != 0)
    return false;
  text += 2;
  return eat_year(&text, ret_last) && *text == '\0' && *ret_first <= *ret_last;
}

/* The current year in UTC, for a missing operand. */
static bool current_year(struct cli *cli, int *ret_year) {
  sla_zone *utc;
  sla_time now;
  char text[SLA_TIME_TEXT];
  if (sla_zone_load(&cli->options, "UTC", &utc) != SLA_OK)
    return false;
  bool good = cli_now(cli, utc, &now);
  sla_zone_free(utc);
  if (!good)
    return false;
  sla_time_write(now, 0, true, text);
  const char *at = text;
  return eat_year(&at, ret_year);
}

void run_holidays(struct cli *cli) {
  enum format format;
  const unsigned formats = 1U << FORMAT_TEXT | 1U << FORMAT_CSV | 1U << FORMAT_JSON | 1U << FORMAT_ICS;
  if (!cli_format(cli, formats, FORMAT_TEXT, &format))
    return;
  if (cli->operands.count < 1 || cli->operands.count > 2) {
    cli_error(cli, EXIT_USAGE,
              "holidays needs the name of a set and the years, as in: slaclock holidays ua 2026..2027");
    return;
  }
  int first, last;
  if (cli->operands.count == 1) {
    if (!current_year(cli, &first))
      return;
    last = first;
  } else if (!read_years(cli->operands.items[1], &first, &last)) {
    cli_error(cli, EXIT_USAGE, "no such years \"%s\": write YEAR or YEAR..YEAR, %d to %d", cli->operands.items[1],
              FIRST_YEAR, LAST_YEAR);
    return;
  }
  unsigned weekend = 0;
  const char *days = cli->inline_calendar.weekend;
  if (days && !sla_weekdays_read((struct sla_text){days, strlen(days)}, &weekend)) {
    cli_error(cli, EXIT_USAGE, "no such weekdays \"%s\": write them like Sa,Su", days);
    return;
  }
  sla_holidays *holidays;
  enum sla_code code = sla_holidays_load(&cli->options, cli->operands.items[0], first, last, weekend, &holidays);
  if (code != SLA_OK) {
    if (code == SLA_NO_MEMORY)
      cli_error(cli, EXIT_DEFECT, "out of memory");
    cli_status(cli, cli_status_of(code));
    return;
  }
  if (format == FORMAT_ICS)
    write_ics(cli, holidays);
  else
    print_all(holidays, format);
  if (sla_holidays_uncovered(holidays))
    cli_warning(cli, "%s", sla_holidays_uncovered(holidays));
  sla_holidays_free(holidays);
}
