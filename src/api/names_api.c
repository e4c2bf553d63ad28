/* names_api: names and widths for those who print calendars. */
#include "slaclock.h"

#include "time/civil.h"
#include "time/names.h"

bool sla_locale_names(const char *locale, struct sla_locale_names *ret_names) {
  return names_of_locale(locale, ret_names);
}

size_t sla_text_columns(struct sla_text text, size_t most, size_t *ret_len) {
  return names_columns(text, most, ret_len);
}

int sla_date_of(int year, int month, int day) {
  return date_of(year, month, day);
}
