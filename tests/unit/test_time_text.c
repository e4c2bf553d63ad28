/* Times in great number are written as the library writes each by itself. SEED in the environment repeats a run. */
#include "helpers.h"

#include "cli/time_text.h"

static void test_as_the_library(void **state) {
  (void)state;
  static struct time_texts texts;
  uint64_t seed = test_seed();
  for (int i = 0; i < 300000; i++) {
    /* Mostly times of few dates and offsets, so that what is kept is used and taken over; some from anywhere. */
    bool is_near = random_below(&seed, 20) > 0;
    sla_time t = is_near ? 1750000000 + random_below(&seed, 500 * INT64_C(86400)) : random_below(&seed, SLA_TIME_MAX);
    int32_t offset = (int32_t)random_between(&seed, -2, 3) * 3600;
    if (random_below(&seed, 30) == 0)
      offset = (int32_t)random_between(&seed, -18 * 3600, 18 * 3600);
    if (random_below(&seed, 1000) == 0)
      t = random_below(&seed, 2) ? SLA_TIME_MIN : SLA_TIME_MAX;
    bool utc = random_below(&seed, 5) == 0;
    char expected[SLA_TIME_TEXT], got[SLA_TIME_TEXT + 1];
    size_t len = sla_time_write(t, offset, utc, expected);
    char *end = time_text_put(&texts, t, offset, utc, got);
    *end = '\0';
    if (strcmp(got, expected) != 0 || (size_t)(end - got) != len)
      fail_msg("%lld at %d: \"%s\", not \"%s\"", (long long)t, offset, got, expected);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_the_library)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
