#include "time/timestamp_many.h"

#ifdef __x86_64__
#include <smmintrin.h>
#endif

/* Makes an instant of a local time; false where it does not come just once. */
static bool wall_instant(const struct zone *zone, int64_t *local) {
  enum sla_reading reading;
  *local = zone_instant(zone, *local, &reading);
  return reading == SLA_READ_LOCAL;
}

/* A loop around a way to read 19 characters, so that what that needs stays in registers. */
__attribute__((always_inline)) static inline uint64_t read_all(bool (*read)(const char *at, int64_t *ret_local),
                                                               const struct sla_text *text, size_t stride, size_t count,
                                                               const struct zone *zone, sla_time *ret_times) {
  uint64_t good = ~UINT64_C(0);
  for (size_t i = 0; i < count; i++, text += stride) {
    const size_t len = text->len;
    bool is_read = true;
    if (len == 20 && text->ptr[19] == 'Z') {
      int64_t t = TIMESTAMP_NONE; /* by itself, so that it need not be in memory */
      is_read = read(text->ptr, &t);
      ret_times[i] = t;
    } else if (len == 25)
      is_read = read(text->ptr, &ret_times[i]) && wall_offset(text->ptr + 19, &ret_times[i]);
    else if (len == 19)
      is_read = read(text->ptr, &ret_times[i]) && wall_instant(zone, &ret_times[i]);
    else if (len)
      is_read = timestamp_read_other(*text, zone, &ret_times[i]);
    else
      ret_times[i] = TIMESTAMP_NONE;
    if (!is_read)
      good &= ~(UINT64_C(1) << i);
  }
  return good;
}

static uint64_t read_portable(const struct sla_text *texts, size_t stride, size_t count, const struct zone *zone,
                              sla_time *ret_times) {
  return read_all(wall_read, texts, stride, count, zone, ret_times);
}

#ifdef __x86_64__

/*
 * wall_read() by vectors of sixteen characters, those from the year's last digit on: each becomes a digit's value, or 0
 * where it is the separator that it has to be; two digits become a number, two numbers a sum.
 */
__attribute__((target("sse4.1"), always_inline)) static inline bool wall_read_sse(const char *at, int64_t *ret_local) {
  const __m128i form = _mm_setr_epi8('0', '-', '0', '0', '-', '0', '0', 'T', '0', '0', ':', '0', '0', ':', '0', '0');
  const __m128i most_digits = _mm_setr_epi8(9, 0, 1, 9, 0, 3, 9, -1, 2, 9, 0, 5, 9, 0, 5, 9);
  const __m128i order = _mm_setr_epi8(2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, 0, -1, -1, -1, -1);
  const __m128i tens = _mm_setr_epi8(10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 0, 0, 0, 0);
  const __m128i most = _mm_setr_epi16(12, 31, 23, 59, 59, 9, 0, 0);
  const __m128i weights = _mm_setr_epi16(1, 64, HOUR, MINUTE, 1, 64, 0, 0);
  __m128i digits = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)(at + 3)), form);
  __m128i numbers =
      _mm_maddubs_epi16(_mm_shuffle_epi8(digits, order), tens); /* month, day, hour, minute, second, year */
  __m128i fits = _mm_cmpeq_epi8(_mm_max_epu8(digits, most_digits), most_digits);
  int fit = _mm_movemask_epi8(_mm_andnot_si128(_mm_cmpgt_epi16(numbers, most), fits));
  unsigned decade = (unsigned char)at[2] - (unsigned)'0';
  if (fit != 0xFFFF || decade > 9 || memcmp(at, "20", 2) != 0 || (at[10] != 'T' && at[10] != ' '))
    return false;
  __m128i sums = _mm_madd_epi16(numbers, weights);
  uint64_t low = (uint64_t)_mm_cvtsi128_si64(sums);
  unsigned date = (unsigned)low, time = (unsigned)(low >> 32), rest = (unsigned)_mm_extract_epi32(sums, 2);
  return wall_time(10 * decade + rest / 64, date % 64, date / 64, time + rest % 64, ret_local);
}

__attribute__((target("sse4.1"))) static uint64_t read_sse(const struct sla_text *texts, size_t stride, size_t count,
                                                           const struct zone *zone, sla_time *ret_times) {
  return read_all(wall_read_sse, texts, stride, count, zone, ret_times);
}

#endif

const struct timestamp_reader *timestamp_reader_at(size_t i) {
  static const struct timestamp_reader readers[] = {
#ifdef __x86_64__
      {read_sse, "SSE4.1"},
#endif
      {read_portable, "portable"},
  };
#ifdef __x86_64__
  if (!__builtin_cpu_supports("sse4.1"))
    i++;
#endif
  return i < sizeof readers / sizeof *readers ? &readers[i] : NULL;
}
