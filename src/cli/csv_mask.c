#include "cli/csv_mask.h"

#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* --- telling bytes apart ----------------------------------------------------------------------------------------- */

/* The first byte is the lowest whatever the machine's order; compilers make one load of it. */
static uint64_t load_eight(const char *bytes) {
  const unsigned char *b = (const unsigned char *)bytes;
  return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 |
         (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

static const uint64_t ones = 0x0101010101010101;

/*
 * The top bit of each byte that is c, and no other bit: what differs is not 0, so that adding 0x7F to its lower bits
 * carries into the top bit, if that was not set before. No carry leaves its byte.
 */
static uint64_t equal_bytes(uint64_t bytes, uint64_t eight_times_c) {
  const uint64_t low_bits = 0x7F * ones;
  uint64_t differs = bytes ^ eight_times_c;
  return ~(((differs & low_bits) + low_bits) | differs | low_bits);
}

/*
 * The top bits of eight bytes in one byte, the first lowest. The product adds up shifts by 0, 7, 14...49, of which each
 * brings another byte's bit to its place in the top byte; none of the others meet, so that nothing carries.
 */
static uint64_t gather_bits(uint64_t top_bits) {
  return top_bits * 0x0002040810204081 >> 56;
}

static uint64_t mark_portable(const char *bytes, size_t blocks, char delimiter, struct csv_marks *ret_marks) {
  const uint64_t delimiters = (unsigned char)delimiter * ones, feeds = '\n' * ones, quotes = '"' * ones;
  uint64_t all_quotes = 0;
  for (size_t i = 0; i < blocks; i++) {
    struct csv_marks marks = {0};
    for (int at = 0; at < CSV_BLOCK; at += 8, bytes += 8) {
      uint64_t eight = load_eight(bytes);
      marks.ends |= gather_bits(equal_bytes(eight, delimiters) | equal_bytes(eight, feeds)) << at;
      marks.quotes |= gather_bits(equal_bytes(eight, quotes)) << at;
    }
    ret_marks[i] = marks;
    all_quotes |= marks.quotes;
  }
  return all_quotes;
}

#ifdef __x86_64__

/* Every x86-64 has SSE2. */
static uint64_t mark_sse2(const char *bytes, size_t blocks, char delimiter, struct csv_marks *ret_marks) {
  const __m128i delimiters = _mm_set1_epi8(delimiter), feeds = _mm_set1_epi8('\n'), quotes = _mm_set1_epi8('"');
  uint64_t all_quotes = 0;
  for (size_t i = 0; i < blocks; i++) {
    struct csv_marks marks = {0};
    for (int at = 0; at < CSV_BLOCK; at += 16, bytes += 16) {
      __m128i v = _mm_loadu_si128((const __m128i *)(const void *)bytes);
      __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(v, delimiters), _mm_cmpeq_epi8(v, feeds));
      marks.ends |= (uint64_t)(uint32_t)_mm_movemask_epi8(ends) << at;
      marks.quotes |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, quotes)) << at;
    }
    ret_marks[i] = marks;
    all_quotes |= marks.quotes;
  }
  return all_quotes;
}

/* Compiled for processors with AVX2 whatever the flags say; csv_marker_at gives it only to those. */
__attribute__((target("avx2"))) static uint64_t mark_avx2(const char *bytes, size_t blocks, char delimiter,
                                                          struct csv_marks *ret_marks) {
  const __m256i delimiters = _mm256_set1_epi8(delimiter), feeds = _mm256_set1_epi8('\n'),
                quotes = _mm256_set1_epi8('"');
  uint64_t all_quotes = 0;
  for (size_t i = 0; i < blocks; i++, bytes += CSV_BLOCK) {
    __m256i v0 = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    __m256i v1 = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
    __m256i ends0 = _mm256_or_si256(_mm256_cmpeq_epi8(v0, delimiters), _mm256_cmpeq_epi8(v0, feeds));
    __m256i ends1 = _mm256_or_si256(_mm256_cmpeq_epi8(v1, delimiters), _mm256_cmpeq_epi8(v1, feeds));
    uint64_t quotes0 = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v0, quotes));
    uint64_t quotes1 = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v1, quotes));
    ret_marks[i].ends = (uint32_t)_mm256_movemask_epi8(ends0) | (uint64_t)(uint32_t)_mm256_movemask_epi8(ends1) << 32;
    all_quotes |= ret_marks[i].quotes = quotes0 | quotes1 << 32;
  }
  return all_quotes;
}

#endif

const struct csv_marker *csv_marker_at(size_t i) {
  static const struct csv_marker markers[] = {
#ifdef __x86_64__
      {mark_avx2, "AVX2"},
      {mark_sse2, "SSE2"},
#endif
      {mark_portable, "portable"},
  };
#ifdef __x86_64__
  if (!__builtin_cpu_supports("avx2"))
    i++;
#endif
  return i < sizeof markers / sizeof *markers ? &markers[i] : NULL;
}

/* --- quotes ------------------------------------------------------------------------------------------------------ */

/* Bit i is the parity of the bits 0 to i. */
static uint64_t running_parity(uint64_t bits) {
  bits ^= bits << 1; /* of two bits, of four... */
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

/*
 * Each quote opens or closes, in turn: a doubled quote closes and opens at once. Reduces ends to what csv_mark says of
 * them, given that the first byte begins a row. Returns whether ends stand inside quotes.
 */
static bool follow_quotes(struct csv_marks *marks, size_t blocks) {
  /* Of the block before: whether its end is inside quotes (all bits), and whether its last byte ends something. */
  uint64_t was_inside = 0, was_end = 1, was_closing = 0, ends_inside = 0;
  for (size_t i = 0; i < blocks; i++) {
    const uint64_t ends = marks[i].ends, quotes = marks[i].quotes;
    uint64_t inside = running_parity(quotes) ^ was_inside; /* from the opening quote to before the closing one */
    uint64_t opening = quotes & inside, closing = quotes & ~inside;
    uint64_t behind_end = ends << 1 | was_end, behind_closing = closing << 1 | was_closing;
    uint64_t astray = (opening & ~(behind_end | behind_closing)) | (behind_closing & ~(ends | quotes));
    marks[i].ends = (ends & ~inside) | astray;
    ends_inside |= ends & inside;
    was_inside = 0 - (inside >> 63);
    was_end = ends >> 63;
    was_closing = closing >> 63;
  }
  return ends_inside;
}

struct csv_found csv_mark(const struct csv_marker *marker, const char *bytes, size_t len, char delimiter,
                          struct csv_marks *ret_marks) {
  const size_t whole = len / CSV_BLOCK, rest = len % CSV_BLOCK;
  uint64_t quotes = marker->mark(bytes, whole, delimiter, ret_marks);
  if (rest) {
    char block[CSV_BLOCK] = {0};
    memcpy(block, bytes + whole * CSV_BLOCK, rest);
    quotes |= marker->mark(block, 1, delimiter, ret_marks + whole);
  }
  bool ends_inside = quotes && follow_quotes(ret_marks, csv_blocks(len));
  if (rest) /* behind a closing quote that is the last byte nothing is wrong yet */
    ret_marks[whole].ends &= ((uint64_t)1 << rest) - 1;
  return (struct csv_found){quotes, ends_inside};
}
