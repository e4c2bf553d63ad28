#include "helpers.h"

#include "base/text.h"

/* The calendar as a child learns it: one day after the other. Shares nothing with civil.c. */
struct walker {
  int year, month, day;
  int ordinal; /* of the year, from 1 */
  int weekday; /* 0 for Monday */
};

static bool leap(int year) {
  if (year % 400 == 0)
    return true;
  return year % 4 == 0 && year % 100 != 0;
}

static int length_of_month(int year, int month) {
  switch (month) {
  case 4:
  case 6:
  case 9:
  case 11: return 30;
  case 2: return leap(year) ? 29 : 28;
  default: return 31;
  }
}

static void walk(struct walker *w) {
  w->weekday = (w->weekday + 1) % 7;
  w->day++, w->ordinal++;
  if (w->day <= length_of_month(w->year, w->month))
    return;
  w->day = 1, w->month++;
  if (w->month <= 12)
    return;
  w->month = 1, w->year++, w->ordinal = 1;
}

/* The usual formula by the day of the year (ISO 8601): civil.c goes by Thursdays instead. */
static int iso_week(const struct walker *w) {
  int week = (w->ordinal - (w->weekday + 1) + 10) / 7;
  if (week >= 1 && week <= 52)
    return week;
  int year = week == 0 ? w->year - 1 : w->year;
  /* A year has 53 weeks if it ends on a Thursday, or on a Friday in a leap year. */
  int to_end = (leap(w->year) ? 366 : 365) - w->ordinal;
  int last = week == 0 ? (w->weekday - w->ordinal % 7 + 7) % 7 : (w->weekday + to_end) % 7;
  bool long_year = last == 3 || (last == 4 && leap(year));
  if (week == 0)
    return long_year ? 53 : 52;
  return long_year ? 53 : 1;
}

static void test_every_day(void **state) {
  (void)state;
  struct walker w = {1, 1, 1, 1, 0}; /* a Monday */
  int date = -719162;
  for (; w.year <= 9999; walk(&w), date++) {
    struct civil civil = civil_of(date);
    if (date_of(w.year, w.month, w.day) != date || civil.year != w.year || civil.month != w.month ||
        civil.day != w.day || date_weekday(date) != w.weekday || date_iso_week(date) != iso_week(&w) ||
        month_days(w.year, w.month) != length_of_month(w.year, w.month))
      fail_msg("%04d-%02d-%02d (%s, week %d) is %d: civil_of gives %s, date_of %d, weekday %s, week %d", w.year,
               w.month, w.day, weekday_name(w.weekday), iso_week(&w), date, date_text(date).text,
               date_of(w.year, w.month, w.day), weekday_name(date_weekday(date)), date_iso_week(date));
  }
  assert_int_equal(date, 2932897); /* the day after 9999-12-31, so that the walk itself is known to have been right */
}

static void test_ends_of_the_range(void **state) {
  (void)state;
  assert_int_equal(date_of(1, 1, 1), -719162);
  assert_date(-719162, "0001-01-01");
  assert_int_equal(date_weekday(-719162), 0);
  assert_int_equal(date_iso_week(-719162), 1);
  assert_int_equal(date_of(9999, 12, 31), 2932896);
  assert_date(2932896, "9999-12-31");
  assert_int_equal(date_weekday(2932896), 4);
  assert_int_equal(date_iso_week(2932896), 52);
  assert_int_equal(date_of(1970, 1, 1), DATE_MIN);
  assert_int_equal(date_of(2199, 12, 31), DATE_MAX);
  assert_time(SLA_TIME_MIN, "1970-01-01T00:00:00Z");
  assert_time(SLA_TIME_MAX, "2199-12-31T23:59:59Z");
}

static void test_validity(void **state) {
  (void)state;
  assert_true(civil_is_valid(2024, 2, 29));
  assert_true(civil_is_valid(1, 1, 1));
  assert_true(civil_is_valid(9999, 12, 31));
  static const struct civil wrong[] = {{2023, 2, 29}, {2024, 2, 30}, {2024, 4, 31},      {2024, 0, 1},  {2024, 13, 1},
                                       {2024, 1, 0},  {2024, 1, 32}, {0, 1, 1},          {10000, 1, 1}, {2024, -1, 1},
                                       {2024, 1, -1}, {-2024, 1, 1}, {2024, 12, 1 << 30}};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    if (civil_is_valid(wrong[i].year, wrong[i].month, wrong[i].day))
      fail_msg("%d-%d-%d is not valid", wrong[i].year, wrong[i].month, wrong[i].day);
}

static void test_local_times(void **state) {
  (void)state;
  static const struct {
    int64_t local;
    int date, second;
  } cases[] = {{0, 0, 0},
               {86399, 0, 86399},
               {86400, 1, 0},
               {-1, -1, 86399},
               {-86400, -1, 0},
               {-86401, -2, 86399},
               {7258118399, DATE_MAX, 86399}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    if (local_date(cases[i].local) != cases[i].date || local_second(cases[i].local) != cases[i].second)
      fail_msg("%lld: date %d, second %d", (long long)cases[i].local, local_date(cases[i].local),
               local_second(cases[i].local));
}

static void test_names(void **state) {
  (void)state;
  assert_string_equal(weekday_name(0), "Mo");
  assert_string_equal(weekday_name(6), "Su");
  assert_string_equal(month_name(1), "Jan");
  assert_string_equal(month_name(12), "Dec");
}

static int read_date(struct case_file *cases, const char *text) {
  int date = INT_MIN;
  if (!date_read(text_of(text), &date))
    case_wrong(cases, "%s is no date", text);
  return date;
}

/* The text between the quotes of a field. */
static struct sla_text unquoted(struct case_file *cases) {
  struct sla_text text = text_of(case_need(cases, '\0'));
  if (text.len < 2 || !text_starts(text, "\"") || !text_ends(text, "\""))
    case_wrong(cases, "quotes are missing");
  return (struct sla_text){text.ptr + 1, text.len - 2};
}

static void date_case(struct case_file *cases) {
  int date = read_date(cases, case_need(cases, ' '));
  int days = atoi(case_need(cases, ' '));
  const char *weekday = case_need(cases, ' ');
  int week = atoi(case_need(cases, ' '));
  if (date != days || strcmp(weekday_name(date_weekday(days)), weekday) != 0 || date_iso_week(days) != week)
    case_wrong(cases, "got %d %s %d", date, weekday_name(date_weekday(days)), date_iso_week(days));
}

static void months_case(struct case_file *cases) {
  int date = read_date(cases, case_need(cases, ' '));
  int months = (int)strtol(case_need(cases, ' '), NULL, 10);
  const char *expected = case_need(cases, ' ');
  struct time_text got = date_text(date_add_months(date, months));
  if (strcmp(got.text, expected) != 0)
    case_wrong(cases, "got %s", got.text);
}

static void no_date_case(struct case_file *cases) {
  int date = 12345;
  if (date_read(unquoted(cases), &date))
    case_wrong(cases, "was read as %s", date_text(date).text);
  if (date != 12345)
    case_wrong(cases, "the result was touched");
}

static void clock_case(struct case_file *cases) {
  int most = atoi(case_need(cases, ' ')), second = -1;
  const char *text = case_need(cases, ' ');
  int expected = atoi(case_need(cases, ' '));
  if (!clock_read(text_of(text), most, &second) || second != expected)
    case_wrong(cases, "got %d", second);
}

static void no_clock_case(struct case_file *cases) {
  int most = atoi(case_need(cases, ' ')), second = -1;
  if (clock_read(unquoted(cases), most, &second) || second != -1)
    case_wrong(cases, "was read as %d", second);
}

static void test_cases(void **state) {
  (void)state;
  static const struct {
    const char *word;
    void (*check)(struct case_file *cases);
  } kinds[] = {{"date", date_case},
               {"months", months_case},
               {"no-date", no_date_case},
               {"clock", clock_case},
               {"no-clock", no_clock_case}};
  struct case_file cases = case_open("civil.txt");
  while (case_next(&cases)) {
    const char *word = case_need(&cases, ' ');
    size_t i = 0, count = sizeof kinds / sizeof kinds[0];
    while (i < count && strcmp(kinds[i].word, word) != 0)
      i++;
    if (i == count)
      case_wrong(&cases, "unknown word %s", word);
    else
      kinds[i].check(&cases);
  }
  case_close(&cases);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_day), cmocka_unit_test(test_ends_of_the_range),
      cmocka_unit_test(test_validity),  cmocka_unit_test(test_local_times),
      cmocka_unit_test(test_names),     cmocka_unit_test(test_cases),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
