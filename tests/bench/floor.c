/* The floor under `slaclock annotate --add due,status`: what the same rows cost a program that can do nothing else.
 *
 *   floor WINDOWS NOW INCIDENTS >OUTPUT
 *   floor WINDOWS               prints each window as open,close,sum,offset, all in seconds, for the programs in others
 *
 * WINDOWS has a line "OPEN CLOSE" for each window of the one calendar, in order, with offsets, as `slaclock calendar
 * --format json` writes them. INCIDENTS is what `generate` writes without options, or with --offsets; of each row it
 * needs the priority (P1, P2, P3: 4, 8, 24 hours), opened_at and responded_at. The rows come out as those of slaclock
 * do, byte for byte; the header does not, since nobody reads it here. There is no quoting, no other order of columns,
 * no choice of anything, and no message but that the input is not what this program was written for.
 *
 * Three ideas make it fast. The ends of all fields of a block are found first, 64 bytes at a time, and kept in a list,
 * so that the loop over rows never searches. A time is read as three words, whose bytes are checked all at once. And
 * the window of an instant, or of an amount of open time, is found in a table by a shift; the tables are small enough
 * for the nearest caches. */
#include <endian.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
  MOST_WINDOWS = 1 << 15,
  BLOCK = 256 << 10, /* bytes of input whose fields are found at a time: few writes, and yet it all stays in L2 or L3 */
  LONGEST_ROW = 256,
  ADDED = 64, /* more than what is added to a row */
  FIELDS = 6,
  FIRST_YEAR = 1970,
  YEARS = 200,
  AT_RISK_PERCENT = 80, /* slaclock's default */
};

/* Instants are seconds since the first window opens, so that a window fits in 16 bytes. */
struct window {
  uint32_t open, close;
  uint32_t sum;           /* open seconds before it */
  uint32_t second_of_day; /* when it opens, on its own clocks */
};

struct label {
  char date[16];  /* "2026-11-23T" */
  char offset[8]; /* "+02:00" */
};

struct tables {
  struct window windows[MOST_WINDOWS + 1]; /* and one that is never reached */
  struct label labels[MOST_WINDOWS];
  uint32_t count;
  int64_t base;      /* when the first window opens */
  uint16_t *by_time; /* the last window that has opened at the start of each 2^TIME_SHIFT seconds */
  uint16_t *by_sum;  /* the first window that ends with more than so many open seconds, in steps of 2^SUM_SHIFT */
  int64_t month_days[YEARS][16]; /* days from 1970 to the month, 1 to 12 */
  char minutes[24 * 60][8];      /* "09:30:" */
  char seconds[60][2];
  uint32_t now, now_sum; /* the current time, and the open seconds until then */
};

enum { TIME_SHIFT = 15, SUM_SHIFT = 14 };

static const uint32_t within[] = {0, 4 * 3600, 8 * 3600, 24 * 3600};

static struct tables tables;

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "floor: %s\n", what);
  exit(2);
}

/* --- times --- */

static int64_t days_until(int64_t year, int64_t month) {
  int64_t y = month > 2 ? year : year - 1, from_march = (month + 9) % 12;

  return y * 365 + y / 4 - y / 100 + y / 400 + (from_march * 306 + 5) / 10 - 719468;
}

static uint64_t word_at(const char *text) {
  uint64_t word;

  memcpy(&word, text, sizeof word);
  return le64toh(word);
}

/* What may be added to a byte before it has its highest bit set: 9 where the pattern has '0', else nothing. */
#define LIMIT(pattern, i) ((uint64_t)((pattern)[i] == '0' ? 0x7f - 9 : 0x7f) << (8 * (i)))
#define LIMITS(pattern)                                                                                                \
  (LIMIT(pattern, 0) | LIMIT(pattern, 1) | LIMIT(pattern, 2) | LIMIT(pattern, 3) | LIMIT(pattern, 4) |                 \
   LIMIT(pattern, 5) | LIMIT(pattern, 6) | LIMIT(pattern, 7))

/* What is left of each byte once the pattern is taken away: a digit where that has '0', else nothing. */
static inline uint64_t digits_of(uint64_t word, uint64_t pattern, uint64_t limits, uint64_t *bad) {
  word ^= pattern;
  *bad |= (word | (word + limits)) & 0x8080808080808080;
  return word;
}

#define DIGITS(text, pattern, bad) digits_of(word_at(text), word_at(pattern), LIMITS(pattern), bad)

/* The number in the two digits that begin at a byte of the word. */
static uint32_t pair(uint64_t tens, int byte) {
  return (uint32_t)(tens >> (8 * byte)) & 0xff;
}

static uint64_t pairs(uint64_t digits) {
  return digits * 10 + (digits >> 8);
}

/* The offset of a time that does not end in Z: "+02:00". */
static int64_t offset_at(const char *text) {
  uint64_t bad = 0, digits;
  char copy[9] = {0};

  memcpy(copy, text, 6);
  copy[6] = copy[7] = '-';
  digits = pairs(copy[0] == '-' ? DIGITS(copy, "-00:00--", &bad) : DIGITS(copy, "+00:00--", &bad));
  if (bad)
    fail("a time that is not written as expected");
  return (copy[0] == '-' ? -1 : 1) * (int64_t)(pair(digits, 1) * 3600 + pair(digits, 4) * 60);
}

/* "2026-11-23T09:30:00Z", or with an offset. */
static inline int64_t time_at(const char *text) {
  uint64_t bad = 0;
  uint64_t date = pairs(DIGITS(text, "0000-00-", &bad));
  uint64_t hour = pairs(DIGITS(text + 8, "00T00:00", &bad));
  uint64_t second = pairs(DIGITS(text + 11, "00:00:00", &bad));
  uint32_t year = pair(date, 0) * 100 + pair(date, 2) - FIRST_YEAR, month = pair(date, 5);
  int64_t at;

  if (bad != 0 || year >= YEARS || month - 1 > 11)
    fail("a time that is not written as expected");
  at = (tables.month_days[year][month] + pair(hour, 0)) * 86400 + pair(hour, 3) * 3600 + pair(hour, 6) * 60 +
       pair(second, 6);
  return text[19] == 'Z' ? at : at - offset_at(text + 19);
}

/* --- tables --- */

static void fill_clock(void) {
  char text[16];
  int year, month, i;

  for (year = 0; year < YEARS; year++)
    for (month = 1; month <= 12; month++)
      tables.month_days[year][month] = days_until(FIRST_YEAR + year, month) - 1;
  for (i = 0; i < 24 * 60; i++) {
    snprintf(text, sizeof text, "%02d:%02d:", i / 60 % 24, i % 60);
    memcpy(tables.minutes[i], text, 6);
  }
  for (i = 0; i < 60; i++) {
    tables.seconds[i][0] = (char)('0' + i / 10);
    tables.seconds[i][1] = (char)('0' + i % 10);
  }
}

static void read_windows(const char *name) {
  char open[64], close[64];
  FILE *file = fopen(name, "r");
  uint32_t sum = 0;

  if (!file)
    fail("the windows cannot be read");
  while (fscanf(file, "%63s %63s", open, close) == 2) {
    struct window *window = &tables.windows[tables.count];
    struct label *label = &tables.labels[tables.count];
    int64_t opens = time_at(open), closes = time_at(close);

    if (tables.count == 0)
      tables.base = opens;
    if (++tables.count == MOST_WINDOWS || closes - tables.base > INT32_MAX)
      fail("too many windows");
    window->open = (uint32_t)(opens - tables.base);
    window->close = (uint32_t)(closes - tables.base);
    window->sum = sum;
    window->second_of_day = (uint32_t)((opens + offset_at(open + 19)) % 86400);
    sum += window->close - window->open;
    memcpy(label->date, open, 11);
    memcpy(label->offset, open + 19, 6);
  }
  fclose(file);
  if (tables.count == 0)
    fail("there are no windows");
  tables.windows[tables.count] = (struct window){UINT32_MAX, UINT32_MAX, UINT32_MAX, 0};
}

static void index_windows(void) {
  const struct window *windows = tables.windows, *last = &windows[tables.count - 1];
  uint32_t steps, step, i;

  steps = (last->close >> TIME_SHIFT) + 1;
  tables.by_time = calloc(steps, sizeof *tables.by_time);
  for (step = 0, i = 0; tables.by_time && step < steps; step++) {
    while (windows[i + 1].open <= step << TIME_SHIFT)
      i++;
    tables.by_time[step] = (uint16_t)i;
  }
  steps = ((last->sum + last->close - last->open) >> SUM_SHIFT) + 1;
  tables.by_sum = calloc(steps, sizeof *tables.by_sum);
  for (step = 0, i = 0; tables.by_sum && step < steps; step++) {
    while (windows[i + 1].sum < step << SUM_SHIFT)
      i++;
    tables.by_sum[step] = (uint16_t)i;
  }
  if (!tables.by_time || !tables.by_sum)
    fail("out of memory");
}

/* How many seconds were open until an instant. */
static inline uint32_t sum_until(uint32_t at) {
  const struct window *window = &tables.windows[tables.by_time[at >> TIME_SHIFT]];

  while (window[1].open <= at)
    window++;
  return window->sum + (at < window->close ? at : window->close) - window->open;
}

/* The window in which so many seconds have been open. */
static inline const struct window *window_of(uint32_t sum) {
  const struct window *window = &tables.windows[tables.by_sum[sum >> SUM_SHIFT]];

  while (window[1].sum < sum)
    window++;
  return window;
}

/* --- fields --- */

/* Adds the places of the bits that are set to the list. Eight are always written, as that many fields are seldom
 * exceeded in 64 bytes, and a branch that is never wrong costs less than a loop that is. */
static inline uint32_t *places_add(uint32_t *places, uint32_t at, uint64_t bits) {
  uint32_t *after = places + __builtin_popcountll(bits);
  int i;

  for (i = 0; i < 8; i++) {
    places[i] = at + (uint32_t)__builtin_ctzll(bits | 1ull << 63);
    bits &= bits - 1;
  }
  for (places += 8; __builtin_expect(places < after, 0); places++, bits &= bits - 1)
    *places = at + (uint32_t)__builtin_ctzll(bits);
  return after;
}

/* Lists the commas and line feeds of a text, in blocks of 64 bytes: the bytes up to the end of the last one must be
 * readable, and room for as many places and 64 more. Returns the end of the list. */
typedef uint32_t *find_places(const char *text, uint32_t length, uint32_t *places);

static uint32_t *find_bytewise(const char *text, uint32_t length, uint32_t *places) {
  uint32_t at;

  for (at = 0; at < length; at++) {
    *places = at;
    places += (text[at] == ',') | (text[at] == '\n');
  }
  return places;
}

#if defined(__x86_64__)
static uint32_t *find_sse2(const char *text, uint32_t length, uint32_t *places) {
  const __m128i comma = _mm_set1_epi8(','), line = _mm_set1_epi8('\n');
  uint32_t at;
  int part;

  for (at = 0; at < length; at += 64) {
    uint64_t bits = 0;

    for (part = 0; part < 4; part++) {
      __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text + at + 16 * part));
      __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, comma), _mm_cmpeq_epi8(bytes, line));

      bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(found) << (16 * part);
    }
    places = places_add(places, at, bits);
  }
  return places;
}

__attribute__((target("avx2,bmi,popcnt"))) static uint32_t *find_avx2(const char *text, uint32_t length,
                                                                      uint32_t *places) {
  const __m256i comma = _mm256_set1_epi8(','), line = _mm256_set1_epi8('\n');
  uint32_t at;
  int part;

  for (at = 0; at < length; at += 64) {
    uint64_t bits = 0;

    for (part = 0; part < 2; part++) {
      __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(text + at + 32 * part));
      __m256i found = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, comma), _mm256_cmpeq_epi8(bytes, line));

      bits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(found) << (32 * part);
    }
    places = places_add(places, at, bits);
  }
  return places;
}
#endif

static find_places *best_find(void) {
  const char *wanted = getenv("FLOOR_FIND"); /* to try the others */

  if (wanted && strcmp(wanted, "bytewise") == 0)
    return find_bytewise;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && !(wanted && strcmp(wanted, "sse2") == 0))
    return find_avx2;
  return find_sse2;
#else
  return find_bytewise;
#endif
}

/* --- rows --- */

enum { RUNNING, AT_RISK, BREACHED, MET, MISSED };

static const struct {
  char text[16];
  uint32_t length;
} statuses[] = {{",running\n", 9}, {",at_risk\n", 9}, {",breached\n", 10}, {",met\n", 5}, {",missed\n", 8}};

/* A time that is not there, or the seconds since the first window opened. */
static inline uint32_t instant_at(const char *text) {
  int64_t at = time_at(text) - tables.base;

  if (at < 0 || at >= tables.windows[tables.count - 1].open)
    fail("a time outside of the windows");
  return (uint32_t)at;
}

static inline int status_of_open(uint32_t start_sum, uint32_t due_sum, uint32_t due) {
  uint32_t now = tables.now_sum;

  if (tables.now > due)
    return BREACHED;
  return now > start_sum && (uint64_t)(now - start_sum) * 100 >= (uint64_t)(due_sum - start_sum) * AT_RISK_PERCENT
             ? AT_RISK
             : RUNNING;
}

/* One row: its text, without the line feed, and where its fields end. */
static inline char *row_write(char *output, const char *text, const uint32_t *ends, const char *line) {
  const char *priority = text + ends[0] + 1, *opened = text + ends[1] + 1, *responded = text + ends[2] + 1;
  size_t length = (size_t)(text + ends[FIELDS - 1] - line), i;
  uint32_t level = (uint32_t)priority[1] - '0', start_sum, due_sum, second;
  const struct window *window;
  int status;

  if (level - 1 > 2 || length > LONGEST_ROW || text[ends[FIELDS - 1]] != '\n')
    fail("a row that is not as expected");
  start_sum = sum_until(instant_at(opened));
  due_sum = start_sum + within[level];
  window = window_of(due_sum);
  second = due_sum - window->sum;
  if (ends[3] - ends[2] > 1)
    status = time_at(responded) - tables.base <= (int64_t)window->open + second ? MET : MISSED;
  else
    status = status_of_open(start_sum, due_sum, window->open + second);

  for (i = 0; i < length; i += 64)
    memcpy(output + i, line + i, 64);
  output += length;
  *output++ = ',';
  second += window->second_of_day;
  memcpy(output, tables.labels[window - tables.windows].date, 16);
  memcpy(output + 11, tables.minutes[second / 60], 8);
  memcpy(output + 17, tables.seconds[second % 60], 2);
  memcpy(output + 19, tables.labels[window - tables.windows].offset, 8);
  output += 25;
  memcpy(output, statuses[status].text, sizeof statuses[status].text);
  return output + statuses[status].length;
}

static void write_all(const char *bytes, const char *end) {
  while (bytes < end) {
    ssize_t written = write(STDOUT_FILENO, bytes, (size_t)(end - bytes));

    if (written < 0)
      fail("the output cannot be written");
    bytes += written;
  }
}

/* The rows between two addresses, the last one ended by a line feed. */
static void rows_write(const char *text, const char *end) {
  static char output[2 * BLOCK + BLOCK / 16 * ADDED];
  static uint32_t places[BLOCK + 128];
  find_places *find = best_find();

  while (text < end) {
    uint32_t length = end - text < BLOCK ? (uint32_t)(end - text) : BLOCK;
    uint32_t *last = find(text, length, places), *ends;
    const char *line = text;
    char *out = output;

    while (last > places && last[-1] >= length) /* what the last 64 bytes had too much */
      last--;
    for (ends = places; ends + FIELDS <= last; ends += FIELDS) {
      out = row_write(out, text, ends, line);
      line = text + ends[FIELDS - 1] + 1;
    }
    if (line == text)
      fail("a row that is not as expected");
    write_all(output, out);
    text = line;
  }
}

/* Maps a file, with a page behind it that may be read. */
static const char *map_file(const char *name, size_t *length) {
  int file = open(name, O_RDONLY | O_CLOEXEC);
  struct stat about;
  char *room;

  if (file < 0 || fstat(file, &about) < 0 || about.st_size == 0)
    fail("the incidents cannot be read");
  *length = (size_t)about.st_size;
  room = mmap(NULL, *length + 2 * LONGEST_ROW + 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED || mmap(room, *length, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0) == MAP_FAILED)
    fail("the incidents cannot be mapped");
  madvise(room, *length, MADV_SEQUENTIAL);
  return room;
}

static void print_windows(void) {
  uint32_t i;

  for (i = 0; i < tables.count; i++) {
    const struct window *window = &tables.windows[i];
    int64_t open = tables.base + window->open;

    printf("%lld,%lld,%u,%lld\n", (long long)open, (long long)(tables.base + window->close), window->sum,
           (long long)offset_at(tables.labels[i].offset));
  }
}

int main(int argc, char **argv) {
  static const char added[] = ",due,status\n";
  const char *text, *end, *header;
  size_t length;

  if (argc != 2 && argc != 4)
    fail("usage: floor WINDOWS NOW INCIDENTS");
  fill_clock();
  read_windows(argv[1]);
  if (argc == 2) {
    print_windows();
    return 0;
  }
  index_windows();
  tables.now = instant_at(argv[2]);
  tables.now_sum = sum_until(tables.now);
  text = map_file(argv[3], &length);
  end = text + length;
  header = memchr(text, '\n', length);
  if (!header || end[-1] != '\n')
    fail("the incidents are not lines");
  write_all(text, header);
  write_all(added, added + sizeof added - 1);
  rows_write(header + 1, end);
  return 0;
}
