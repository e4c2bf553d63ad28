/* slaclock.h where files, names and texts are wrong: the code, the place, the words. */
#include "api_place.h"

/* --- what can go wrong
 * --------------------------------------------------------------------------------------------------- */

static void test_loading_fails(void **state) {
  static const struct {
    const char *name, *text; /* of a policy written as broken.yaml; NULL: name is loaded as it is */
    enum sla_code code;
    const char *place, *part;
  } cases[] = {
      {"shp", NULL, SLA_NOT_FOUND, "", "unknown policy \"shp\": did you mean \"shop\"?"},
      {"./no-such-folder/p.yaml", NULL, SLA_NOT_FOUND, "", "no such file"},
      {"/", NULL, SLA_IO, "", ""},
      {"days", NULL, SLA_INVALID, "1:1", "a policy is expected here, but this is a holiday set"},
      {"broken", "", SLA_INVALID, "", "the file is empty: a policy is expected"},
      {"broken", "# nothing\n", SLA_INVALID, "", "the file is empty: a policy is expected"},
      {"broken", "policy: x\n", SLA_INVALID, "1:1", "a policy needs the key \"targets\""},
      {"broken", "[1, 2]\n", SLA_INVALID, "1:1", "a policy must be a map of keys and values, not a list"},
      {"broken", "policy: x\ntargets: [\n", SLA_INVALID, "2:10", "this bracket is never closed"},
      {"broken", "policy: x\nzone: Europe/Kyjiv\ntargets: []\n", SLA_INVALID, "2:7",
       "unknown zone \"Europe/Kyjiv\": did you mean \"Europe/Kyiv\"?"},
      {"broken", "policy: x\ncalendars:\n  o: { hours: \"Mo-Fr 09:00-25:99\" }\ntargets: []\n", SLA_INVALID, "3:28",
       "no such time \"25:99\""},
      {"broken", "policy: x\ncalendars:\n  o: { hours: 24/7, holidays: [dys] }\ntargets: []\n", SLA_INVALID, "3:32",
       "did you mean \"days\"?"},
      {"broken", "policy: x\ntargets:\n  - { metric: first_response, within: 1d }\n", SLA_INVALID, "3:39",
       "\"1d\" can mean three things"},
      {"broken",
       "policy: x\ncalendars: { o: { hours: 24/7 } }\ntargets:\n  - { metric: first_response, within: window }\n",
       SLA_INVALID, "4:39", "which never closes"},
      {"broken", "policy: x\ncalendars:\n  a: { union: [b] }\n  b: { union: [a] }\ntargets: []\n", SLA_INVALID, "3:3",
       "calendar \"a\" contains itself"},
  };
  struct api_place *here = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sla_policy *policy = (sla_policy *)here;
    if (cases[i].text)
      write_file(here, "broken.yaml", cases[i].text);
    here->collector.count = 0;
    enum sla_code code = sla_policy_load(&here->options, cases[i].name, &policy);
    if (code != cases[i].code)
      fail_msg("\"%s\": code %d", cases[i].text ? cases[i].text : cases[i].name, code);
    collector_expect(&here->collector, cases[i].place, cases[i].part);
    assert_ptr_equal(policy, here);
    /* nobody has to listen */
    assert_int_equal(
        sla_policy_load(&(struct sla_options){.path = here->path, .path_count = 1}, cases[i].name, &policy),
        cases[i].code);
  }
}

/* All errors of a file in one run, in its order. */
static void test_all_errors_at_once(void **state) {
  struct api_place *here = *state;
  write_file(
      here, "broken.yaml",
      "policy: x\nzone: Nowhere\ncolour: red\ncalendars:\n  o: { hours: \"Mo-Xx 09:00-17:00\" }\ntargets:\n"
      "  - { metric: first_respons, within: 2h, calendar: o }\n  - { metric: resolution, within: 2x, calendar: p }\n");
  sla_policy *policy;
  here->collector.count = 0;
  assert_int_equal(sla_policy_load(&here->options, "broken", &policy), SLA_INVALID);
  static const char *const places[] = {"2:7: ", "3:1: ", "5:19: ", "7:15: ", "8:36: ", "8:49: "};
  for (size_t i = 0; i < sizeof places / sizeof *places && i < here->collector.count; i++)
    if (strncmp(here->collector.items[i], places[i], strlen(places[i])) != 0)
      fail_msg("%s where %s is expected", here->collector.items[i], places[i]);
  assert_int_equal(here->collector.count, 6);
  assert_non_null(strstr(here->collector.files[0], "/broken.yaml"));
  assert_string_equal(here->collector.source_lines[1], "colour: red");
}

static void test_inline_policies(void **state) {
  struct api_place *here = *state;
  static const char *const sets[] = {"days"}, *const dates[] = {"2026-03-02,2026-03-03"},
                           *const wrong[] = {"2026-03-32"};
  struct sla_inline good = {.hours = "Mo-Fr 09:00-17:00",
                            .zone = "UTC",
                            .holidays = sets,
                            .holidays_count = 1,
                            .dates = dates,
                            .dates_count = 1,
                            .within = "2h"};
  sla_policy *policy;
  assert_int_equal(sla_policy_inline(&here->options, &good, &policy), SLA_OK);
  sla_worker *worker = worker_for(policy);
  struct sla_text values[FIELDS] = {{NULL, 0}};
  struct sla_result result;
  values[field_named(policy, "opened_at")] = text_from("2026-02-27T16:00Z");
  evaluate(policy, worker, values, utc(2026, 2, 27, 16, 0, 0), &result);
  assert_time(result.due, "2026-03-04T10:00:00Z");
  sla_worker_free(worker);
  sla_policy_free(policy);

  const struct {
    struct sla_inline text;
    const char *file, *part;
  } cases[] = {
      {{.hours = "Mo-Fr 9-17", .zone = "UTC"}, "--hours", ""},
      {{.hours = "24/7", .zone = "Nowhere/At_All"}, "--zone", "unknown zone"},
      {{.hours = "24/7", .zone = "UTC", .within = "1d"}, "--within", "can mean three things"},
      {{.hours = "24/7", .zone = "UTC", .within = "2h", .clock = "elapse"}, "--clock", "did you mean \"elapsed\"?"},
      {{.hours = "24/7", .zone = "UTC", .within = "2bd", .at = "25"}, "--at", "\"at\" must be"},
      {{.hours = "24/7", .zone = "UTC", .within = "2bd", .cutoff = "3pm"}, "--cutoff", "\"cutoff\" must be"},
      {{.hours = "24/7", .zone = "UTC", .within = "2cd", .roll = "back"}, "--roll", "unknown roll \"back\""},
      {{.hours = "24/7", .zone = "UTC", .within = "2h", .edge = "open"}, "--edge", "unknown edge \"open\""},
      {{.hours = "24/7", .zone = "UTC", .within = "2h", .cutoff = "15:00"}, "--cutoff", "does not go with"},
      {{.hours = "24/7", .zone = "UTC", .weekend = "Sat"}, "--weekend", "no such weekdays"},
      {{.hours = "24/7", .zone = "UTC", .dates = wrong, .dates_count = 1}, "--holiday", "no such date \"2026-03-32\""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    here->collector.count = 0;
    policy = NULL;
    assert_int_equal(sla_policy_inline(&here->options, &cases[i].text, &policy), SLA_INVALID);
    assert_null(policy);
    assert_int_equal(here->collector.count, 1);
    assert_string_equal(here->collector.files[0], cases[i].file);
    assert_non_null(strstr(here->collector.items[0], cases[i].part));
  }
}

static void test_zones_and_times(void **state) {
  struct api_place *here = *state;
  sla_zone *zone = NULL, *kyiv = NULL;
  here->collector.count = 0;
  assert_int_equal(sla_zone_load(&here->options, "Europe/Kyjiv", &zone), SLA_NOT_FOUND);
  assert_null(zone);
  collector_expect(&here->collector, "", "unknown zone \"Europe/Kyjiv\": did you mean \"Europe/Kyiv\"?");
  assert_int_equal(sla_zone_load(NULL, "", &zone), SLA_NOT_FOUND);
  assert_int_equal(sla_zone_load(NULL, "../../etc/passwd", &zone), SLA_NOT_FOUND);
  assert_int_equal(sla_zone_load(NULL, "Europe/Kyiv", &kyiv), SLA_OK);
  sla_time t = -7;
  enum sla_reading reading = SLA_READ_INSTANT;
  here->collector.count = 0;
  assert_int_equal(sla_time_read(&here->options, kyiv, "--now", text_from("soon"), &t, &reading), SLA_INVALID);
  assert_int_equal(here->collector.count, 1);
  assert_string_equal(here->collector.files[0], "--now");
  assert_int_equal(t, -7);
  assert_int_equal(sla_time_read(NULL, kyiv, "x", text_from("2026-10-25 03:30"), &t, &reading), SLA_OK);
  assert_time(t, "2026-10-25T00:30:00Z");
  assert_int_equal(reading, SLA_READ_LOCAL_OVERLAP);
  assert_int_equal(sla_time_read(NULL, kyiv, "x", text_from("2026-10-25 03:30[Nowhere]"), &t, &reading), SLA_INVALID);
  sla_zone_free(kyiv);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_loading_fails),
      cmocka_unit_test(test_all_errors_at_once),
      cmocka_unit_test(test_inline_policies),
      cmocka_unit_test(test_zones_and_times),
  };
  return cmocka_run_group_tests(tests, place_open, place_close);
}
