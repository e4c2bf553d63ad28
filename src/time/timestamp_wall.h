/*
 * timestamp_wall: 2026-01-31T15:04:05, as programs write times of this century, eight characters at a time. What it
 * takes is what timestamp_parse() makes of the same text; all else it leaves to that.
 */
#ifndef SLACLOCK_TIME_TIMESTAMP_WALL_H
#define SLACLOCK_TIME_TIMESTAMP_WALL_H

#include "slaclock.h"
#include "time/civil.h"

#include <string.h>

/* Eight characters as one number, the first the lowest byte. */
#define WALL_BYTES(a, b, c, d, e, f, g, h)                                                                             \
  ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32 |              \
   (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

static inline uint64_t wall_bytes(const char *at) {
  uint64_t bytes;
  memcpy(&bytes, at, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  bytes = __builtin_bswap64(bytes);
#endif
  return bytes;
}

/*
 * Takes three numbers of two digits out of "00?00?00", where ? is a separator: into the bytes 0, 3 and 6 of the result.
 * What is left when the separators and the characters of "0" are taken away bit by bit is a digit's value, or 0; adding
 * 6 to the one and 15 to the other brings all that is more to 16. Two digits side by side then become one number.
 * *faults gets bits where something is not as it should be, or a number is larger than it may be: then it borrows from
 * the high bit of its byte.
 */
static inline uint64_t wall_numbers(uint64_t bytes, char separator, uint64_t most, uint64_t *faults) {
  const uint64_t form = WALL_BYTES('0', '0', separator, '0', '0', separator, '0', '0');
  const uint64_t allowance = WALL_BYTES(6, 6, 15, 6, 6, 15, 6, 6), high = WALL_BYTES(128, 0, 0, 128, 0, 0, 128, 0);
  uint64_t digits = bytes ^ form;
  uint64_t numbers = (10 * digits + (digits >> 8)) & WALL_BYTES(255, 0, 0, 255, 0, 0, 255, 0);
  *faults |= ((digits | (digits + allowance)) & 0xF0F0F0F0F0F0F0F0) | (~((most | high) - numbers) & high);
  return numbers;
}

/*
 * Of the months, 0 to 15, of four years from a leap year on: their days (none where there is no such month), and 32
 * times the days before in these years.
 */
#define WALL_MONTH(before, days) (32 * (before) + (days))
#define WALL_YEAR(before, leap)                                                                                        \
  0, WALL_MONTH(before, 31), WALL_MONTH(before + 31, 28 + leap), WALL_MONTH(before + 59 + leap, 31),                   \
      WALL_MONTH(before + 90 + leap, 30), WALL_MONTH(before + 120 + leap, 31), WALL_MONTH(before + 151 + leap, 30),    \
      WALL_MONTH(before + 181 + leap, 31), WALL_MONTH(before + 212 + leap, 31), WALL_MONTH(before + 243 + leap, 30),   \
      WALL_MONTH(before + 273 + leap, 31), WALL_MONTH(before + 304 + leap, 30), WALL_MONTH(before + 334 + leap, 31),   \
      0, 0, 0
static const unsigned short wall_months[64] = {WALL_YEAR(0, 1), WALL_YEAR(366, 0), WALL_YEAR(731, 0),
                                               WALL_YEAR(1096, 0)};

/* The local time of a year from 2000 to 2099, a month to 15, a day and a second in it; false where there is no such
 * day.
 */
static inline bool wall_time(unsigned year, unsigned month, unsigned day, unsigned second, int64_t *ret_local) {
  enum { DATE_2000 = 10957 }; /* days from 1970-01-01 to 2000-01-01, which begins a leap year */
  unsigned entry = wall_months[year % 4 * 16 + month];
  if (day - 1 >= entry % 32)
    return false;
  unsigned days = DATE_2000 - 1 + year / 4 * YEARS_4 + entry / 32 + day;
  *ret_local = (int64_t)days * DAY + second;
  return true;
}

/* Reads 19 characters into a local time; false where they are no such time. */
static inline bool wall_read(const char *at, int64_t *ret_local) {
  uint64_t faults = 0;
  uint64_t date = wall_numbers(wall_bytes(at + 2), '-', WALL_BYTES(99, 0, 0, 12, 0, 0, 31, 0), &faults);
  uint64_t time = wall_numbers(wall_bytes(at + 11), ':', WALL_BYTES(23, 0, 0, 59, 0, 0, 59, 0), &faults);
  if (faults || memcmp(at, "20", 2) != 0 || (at[10] != 'T' && at[10] != ' '))
    return false;
  unsigned second = ((unsigned)time & 0xFF) * HOUR + ((unsigned)(time >> 24) & 0xFF) * MINUTE + (unsigned)(time >> 48);
  return wall_time((unsigned)date & 0xFF, (unsigned)(date >> 24) & 0xFF, (unsigned)(date >> 48), second, ret_local);
}

/*
 * Makes an instant of a local time by the offset that six characters say, +02:00; false where they are no such offset.
 * -00:00 says that none is known (RFC 3339 4.3), which is not for here.
 */
static inline bool wall_offset(const char *at, int64_t *local) {
  unsigned tens = (unsigned char)at[1] - (unsigned)'0', ones = (unsigned char)at[2] - (unsigned)'0';
  unsigned minute_tens = (unsigned char)at[4] - (unsigned)'0', minute_ones = (unsigned char)at[5] - (unsigned)'0';
  unsigned hours = 10 * tens + ones, seconds = hours * HOUR + (10 * minute_tens + minute_ones) * MINUTE;
  bool west = at[0] == '-';
  if ((at[0] != '+' && !west) || tens > 9 || ones > 9 || hours > 23 || at[3] != ':' || minute_tens > 5 ||
      minute_ones > 9 || (west && !seconds))
    return false;
  *local += west ? (int64_t)seconds : -(int64_t)seconds;
  return true;
}

/* The local times that wall_write() writes: from 1 March 2000 on, since leap days then end every fourth year. */
#define WALL_FIRST INT64_C(951868800)
#define WALL_END   INT64_C(4102444800)

/* Numbers from 00 to 99, as two characters each. */
static const char two_digits[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243"
    "4445464748495051525354555657585960616263646566676869707172737475767778798081828384858687"
    "888990919293949596979899";

static inline void wall_put(char *at, unsigned value) {
  memcpy(at, two_digits + 2 * (size_t)value, 2);
}

/* The days of a year from 1 March on, so that the leap day is the last: as "MM-DDT". */
#define WALL_DAY(month, day) month "-" day "T"
#define WALL_28_DAYS(month)                                                                                            \
  WALL_DAY(month, "01"), WALL_DAY(month, "02"), WALL_DAY(month, "03"), WALL_DAY(month, "04"), WALL_DAY(month, "05"),   \
      WALL_DAY(month, "06"), WALL_DAY(month, "07"), WALL_DAY(month, "08"), WALL_DAY(month, "09"),                      \
      WALL_DAY(month, "10"), WALL_DAY(month, "11"), WALL_DAY(month, "12"), WALL_DAY(month, "13"),                      \
      WALL_DAY(month, "14"), WALL_DAY(month, "15"), WALL_DAY(month, "16"), WALL_DAY(month, "17"),                      \
      WALL_DAY(month, "18"), WALL_DAY(month, "19"), WALL_DAY(month, "20"), WALL_DAY(month, "21"),                      \
      WALL_DAY(month, "22"), WALL_DAY(month, "23"), WALL_DAY(month, "24"), WALL_DAY(month, "25"),                      \
      WALL_DAY(month, "26"), WALL_DAY(month, "27"), WALL_DAY(month, "28")
#define WALL_30_DAYS(month) WALL_28_DAYS(month), WALL_DAY(month, "29"), WALL_DAY(month, "30")
#define WALL_31_DAYS(month) WALL_30_DAYS(month), WALL_DAY(month, "31")
static const char wall_days[366][8] = {
    WALL_31_DAYS("03"), WALL_30_DAYS("04"), WALL_31_DAYS("05"),   WALL_30_DAYS("06"), WALL_31_DAYS("07"),
    WALL_31_DAYS("08"), WALL_30_DAYS("09"), WALL_31_DAYS("10"),   WALL_30_DAYS("11"), WALL_31_DAYS("12"),
    WALL_31_DAYS("01"), WALL_28_DAYS("02"), WALL_DAY("02", "29"),
};

/*
 * Writes 2026-01-31T15:04:05: 19 characters where there is room for 24. The year comes of one multiplication, of whose
 * product the lower half is what is left of the day in it (Neri and Schneider, Euclidean affine functions and their
 * application to calendar algorithms, 2022).
 */
static inline void wall_write(char *at, int64_t local) {
  enum { JANUARY = 306 }; /* its first day, from 1 March on */
  static const char form[24] = "2000-00-00T00:00:00";
  const unsigned whole_year = 2939745; /* of 2^32: a quarter of a day */
  unsigned date = (unsigned)local / DAY, second = (unsigned)local - date * DAY;
  uint64_t years = (uint64_t)whole_year * (4 * (date - (unsigned)(WALL_FIRST / DAY)) + 3);
  unsigned in_year = (unsigned)years / whole_year / 4, minute = second / MINUTE, hour = second / HOUR;
  memcpy(at, form, sizeof form);
  wall_put(at + 2, (unsigned)(years >> 32) + (in_year >= JANUARY));
  memcpy(at + 5, wall_days[in_year], sizeof wall_days[0]);
  wall_put(at + 11, hour);
  wall_put(at + 14, minute - 60 * hour);
  wall_put(at + 17, second - 60 * minute);
}

/* Offsets below 24 hours by quarters of an hour, as all are that zones have today: east and west. */
enum { WALL_QUARTER = 15 * MINUTE, WALL_QUARTERS = 24 * 4 };
#define WALL_HOUR(hour) hour ":00", hour ":15", hour ":30", hour ":45"
#define WALL_OFFSETS(sign)                                                                                             \
  {                                                                                                                    \
    WALL_HOUR(sign "00"), WALL_HOUR(sign "01"), WALL_HOUR(sign "02"), WALL_HOUR(sign "03"), WALL_HOUR(sign "04"),      \
        WALL_HOUR(sign "05"), WALL_HOUR(sign "06"), WALL_HOUR(sign "07"), WALL_HOUR(sign "08"), WALL_HOUR(sign "09"),  \
        WALL_HOUR(sign "10"), WALL_HOUR(sign "11"), WALL_HOUR(sign "12"), WALL_HOUR(sign "13"), WALL_HOUR(sign "14"),  \
        WALL_HOUR(sign "15"), WALL_HOUR(sign "16"), WALL_HOUR(sign "17"), WALL_HOUR(sign "18"), WALL_HOUR(sign "19"),  \
        WALL_HOUR(sign "20"), WALL_HOUR(sign "21"), WALL_HOUR(sign "22"), WALL_HOUR(sign "23"),                        \
  }
static const char wall_offsets[2][WALL_QUARTERS][8] = {WALL_OFFSETS("+"), WALL_OFFSETS("-")};

#endif
