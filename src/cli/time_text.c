#include "cli/time_text.h"

#include <string.h>

enum { DAY = 86400, HOUR = 3600, MINUTE = 60, DATE_LENGTH = 11, TIME_LENGTH = 19, OFFSET_LENGTH = 6 };

static char *put_two(char *at, uint32_t value) {
  at[0] = (char)('0' + value / 10);
  at[1] = (char)('0' + value % 10);
  return at + 2;
}

/* Makes what is not kept, by the library. */
__attribute__((noinline)) static void keep(struct time_texts *texts, uint32_t days, uint32_t offset, sla_time t,
                                           int32_t offset_s, bool utc) {
  char text[SLA_TIME_TEXT];
  sla_time_write(t, offset_s, utc, text);
  texts->dates[days % TIME_TEXT_DATES].days = days;
  memcpy(texts->dates[days % TIME_TEXT_DATES].text, text, DATE_LENGTH);
  if (!utc) {
    texts->offsets[offset].offset_s = offset_s;
    memcpy(texts->offsets[offset].text, text + TIME_LENGTH, OFFSET_LENGTH);
  }
}

char *time_text_put(struct time_texts *texts, sla_time t, int32_t offset_s, bool utc, char *at) {
  uint32_t minutes = (uint32_t)(offset_s + DAY) / MINUTE;
  if (utc || minutes * MINUTE != (uint32_t)(offset_s + DAY)) { /* one with seconds cannot be written */
    offset_s = 0;
    utc = true;
  }
  uint64_t local = (uint64_t)(t + offset_s + DAY); /* so that no offset makes it negative */
  uint32_t days = (uint32_t)(local / DAY), second = (uint32_t)(local - (uint64_t)days * DAY);
  uint32_t offset = minutes / 15 % TIME_TEXT_OFFSETS;
  if (texts->dates[days % TIME_TEXT_DATES].days != days ||
      (!utc && (texts->offsets[offset].offset_s != offset_s || !*texts->offsets[offset].text)))
    keep(texts, days, offset, t, offset_s, utc);
  memcpy(at, texts->dates[days % TIME_TEXT_DATES].text, sizeof texts->dates->text); /* in one go: a byte too many */
  at = put_two(at + DATE_LENGTH, second / HOUR);
  *at++ = ':';
  at = put_two(at, second / MINUTE % 60);
  *at++ = ':';
  at = put_two(at, second % 60);
  if (utc) {
    *at = 'Z';
    return at + 1;
  }
  memcpy(at, texts->offsets[offset].text, sizeof texts->offsets->text); /* likewise: two too many */
  return at + OFFSET_LENGTH;
}
