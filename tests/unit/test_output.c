/* Numbers as output writes them, against printf: into room of just the size that is asked for. */
#include "helpers.h"

#include "cli/output.h"

#include <inttypes.h>

static void check_number(int64_t number) {
  char expected[32], *room = malloc(20); /* so that a sanitizer sees what is written behind it */
  assert_non_null(room);
  int len = snprintf(expected, sizeof expected, "%" PRId64, number);
  char *end = output_put_number(room, number);
  if (end - room != len || memcmp(room, expected, (size_t)len) != 0)
    fail_msg("%s is written \"%.*s\"", expected, (int)(end - room), room);
  free(room);
}

static void check_around(int64_t number, int64_t distance) {
  for (int64_t i = -distance; i <= distance; i++) {
    check_number(number + i);
    check_number(-number - i);
  }
}

/* All digits that four places may have, in the lower and the upper half of eight; and all lengths. */
static void test_all_digits(void **state) {
  (void)state;
  static const int64_t others[] = {0, 1, 9, 10, 99, 100, 999, 1000, 1234, 9876, 9999};
  for (int64_t i = 0; i <= 100000; i++)
    check_number(i);
  for (int64_t i = 0; i < 10000; i++)
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
      check_number(10000 * i + others[k]);
      check_number(-(10000 * others[k] + i));
    }
}

static void test_ends(void **state) {
  (void)state;
  check_around(0, 1000);
  check_around(100000000, 20000); /* nine digits are written another way */
  for (int64_t power = 1; power <= INT64_MAX / 10; power *= 10)
    check_around(10 * power, 12);
  check_around(INT64_MAX - 12, 12);
  check_number(INT64_MIN);
  check_number(INT64_MIN + 1);
  for (int bit = 0; bit < 63; bit++)
    check_around(INT64_C(1) << bit, 1);
}

static void test_random_numbers(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  for (int i = 0; i < 200000; i++)
    check_number((int64_t)random_next(&seed) >> random_below(&seed, 64));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_all_digits),
      cmocka_unit_test(test_ends),
      cmocka_unit_test(test_random_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
