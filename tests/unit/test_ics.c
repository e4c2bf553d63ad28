/* ics: whatever text is written, its lines are short, whole, and say the text again when they are read. */
#include "helpers.h"

#include "cli/ics.h"

#include <unistd.h>

enum { MOST_BYTES = 1 << 16 };

/* What one calendar came to. */
struct written {
  char bytes[MOST_BYTES];
  size_t len;
};

/* A calendar being written to a temporary file. */
struct world {
  struct cli cli;
  struct output output;
  struct ics ics;
  FILE *file;
};

static void world_begin(struct world *world) {
  memset(world, 0, sizeof *world);
  world->file = tmpfile();
  assert_non_null(world->file);
  assert_true(output_init(&world->cli, &world->output, NULL));
  world->output.fd = fileno(world->file);
  ics_begin(&world->ics, &world->output, 0, ics_part("name"));
}

static void world_end(struct world *world, struct written *ret_written) {
  ics_end(&world->ics);
  output_finish(&world->cli, &world->output, true);
  assert_int_equal(world->cli.status, 0);
  assert_int_equal(lseek(fileno(world->file), 0, SEEK_SET), 0);
  ssize_t got = read(fileno(world->file), ret_written->bytes, MOST_BYTES - 1);
  assert_true(got > 0 && got < MOST_BYTES - 1);
  ret_written->len = (size_t)got;
  ret_written->bytes[got] = '\0';
  fclose(world->file);
}

/* Checks the lines of a calendar (RFC 5545 3.1), and unfolds it in place. */
static void unfold(struct written *written) {
  size_t column = 0, kept = 0;
  for (size_t i = 0; i < written->len;) {
    struct sla_text rest = {written->bytes + i, written->len - i};
    if (rest.len >= 2 && !memcmp(rest.ptr, "\r\n", 2)) {
      i += 2;
      column = 0;
      if (i < written->len && written->bytes[i] == ' ') {
        i++;
        column = 1;
      } else
        written->bytes[kept++] = '\n';
      continue;
    }
    size_t len = sla_utf8_length(rest);
    assert_true(len > 0); /* whole characters */
    assert_true((unsigned char)*rest.ptr >= 0x20 || *rest.ptr == '\t');
    column += len;
    assert_true(column <= 75);
    memmove(written->bytes + kept, rest.ptr, len);
    kept += len;
    i += len;
  }
  written->bytes[kept] = '\0';
  written->len = kept;
}

/* The text of a property of an unfolded calendar, unescaped. */
static void value_of(const struct written *written, const char *property, char *text) {
  const char *at = strstr(written->bytes, property);
  assert_non_null(at);
  for (at += strlen(property); *at != '\n'; at++)
    if (*at == '\\') {
      at++;
      assert_non_null(strchr("\\;,n", *at));
      *text++ = *at == 'n' ? '\n' : *at;
    } else {
      assert_true(*at != ';' && *at != ',');
      *text++ = *at;
    }
  *text = '\0';
}

/* What a text must be read as: line ends as LF; malformed bytes and control characters as U+FFFD. */
static void clean(struct sla_text text, char *ret_text) {
  while (text.len) {
    size_t len = sla_utf8_length(text), taken = len ? len : 1;
    bool is_control = *text.ptr == 0x7F || ((unsigned char)*text.ptr < 0x20 && *text.ptr != '\t');
    if (*text.ptr == '\r' || *text.ptr == '\n') {
      *ret_text++ = '\n';
      taken = *text.ptr == '\r' && text.len > 1 && text.ptr[1] == '\n' ? 2 : 1;
    } else if (len && !is_control) {
      memcpy(ret_text, text.ptr, len);
      ret_text += len;
    } else {
      memcpy(ret_text, "\xEF\xBF\xBD", 3);
      ret_text += 3;
    }
    text.ptr += taken;
    text.len -= taken;
  }
  *ret_text = '\0';
}

static const char *const pieces[] = {"a",           "Z",
                                     " ",           ",",
                                     ";",           "\\",
                                     "\n",          "\r\n",
                                     "\r",          "\t",
                                     ":",           "\"",
                                     "\xD0\xB9",    "\xE2\x82\xAC",
                                     "\x01",        "\x7F",
                                     "\xFF",        "\xC3",
                                     "\xE2\x82",    "\xF0\x9F\x8E\x84",
                                     "\xED\xA0\x80"};

static void test_texts(void **state) {
  (void)state;
  static struct written written;
  static char text[4096], read_back[8192], expected[8192];
  uint64_t seed = test_seed();
  for (int round = 0; round < 3000; round++) {
    size_t len = 0;
    for (int64_t i = random_below(&seed, 200); i > 0; i--) {
      const char *piece = pieces[random_below(&seed, sizeof pieces / sizeof *pieces)];
      memcpy(text + len, piece, strlen(piece));
      len += strlen(piece);
    }
    struct world world;
    world_begin(&world);
    const struct sla_text parts[] = {{text, len}, ics_part("part")};
    ics_open(&world.ics, "VEVENT", parts, 2);
    ics_text_begin(&world.ics, "SUMMARY");
    ics_text_add(&world.ics, (struct sla_text){text, len});
    ics_text_end(&world.ics);
    ics_close(&world.ics, "VEVENT");
    world_end(&world, &written);
    unfold(&written);
    clean((struct sla_text){text, len}, expected);
    value_of(&written, "\nSUMMARY:", read_back);
    assert_string_equal(read_back, expected);
  }
}

/* UIDs: by their parts, no two the same in a calendar, however many, and never long. */
static void test_uids(void **state) {
  (void)state;
  static struct written written;
  static char long_part[5000];
  memset(long_part, 'x', sizeof long_part - 1);
  const struct {
    const char *one, *other, *uid;
  } cases[] = {
      {"2026-01-01", "office", "\nUID:2026-01-01.office@slaclock\n"},
      {"2026-01-01", "office", "\nUID:2026-01-01.office~2@slaclock\n"},
      {"a.b", "c", "\nUID:a%2Eb.c@slaclock\n"},
      {"a", "b.c", "\nUID:a.b%2Ec@slaclock\n"},
      {"a", "b~2", "\nUID:a.b%7E2@slaclock\n"},
      {"\xD0\xB9", "", "\nUID:%D0%B9.@slaclock\n"},
      {"a", "b", "\nUID:a.b@slaclock\n"},
      {"a", "b", "\nUID:a.b~2@slaclock\n"},
      {"a", "b", "\nUID:a.b~3@slaclock\n"},
      {long_part, "b", "\nUID:"},
      {long_part + 1, "b", "\nUID:"},
      {"b", long_part, "\nUID:"},
  };
  struct world world;
  world_begin(&world);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct sla_text parts[] = {ics_part(cases[i].one), ics_part(cases[i].other)};
    ics_open(&world.ics, "VEVENT", parts, 2);
    ics_close(&world.ics, "VEVENT");
  }
  world_end(&world, &written);
  unfold(&written);
  const char *before = "";
  size_t i = 0;
  for (const char *at = strstr(written.bytes, "\nUID:"); at; at = strstr(at + 1, "\nUID:"), i++) {
    assert_true(strncmp(at, cases[i].uid, strlen(cases[i].uid)) == 0);
    assert_true(strcspn(at + 1, "\n") < 255);
    assert_true(strncmp(at, before, strcspn(at + 1, "\n") + 1) != 0);
    before = at;
  }
  assert_int_equal(i, sizeof cases / sizeof *cases);
}

static void test_times(void **state) {
  (void)state;
  static struct written written;
  struct world world;
  world_begin(&world);
  ics_instant(&world.ics, "A", SLA_TIME_MIN);
  ics_instant(&world.ics, "B", SLA_TIME_MAX);
  ics_instant(&world.ics, "C", -1);
  ics_date(&world.ics, "D", date_of(2024, 2, 29));
  ics_floating(&world.ics, "E", date_of(2024, 2, 28), 86400);
  ics_floating(&world.ics, "F", date_of(2024, 2, 28), 30 * 3600 + 61);
  world_end(&world, &written);
  unfold(&written);
  assert_non_null(strstr(written.bytes, "\nA:19700101T000000Z\nB:21991231T235959Z\nC:19691231T235959Z\n"
                                        "D;VALUE=DATE:20240229\nE:20240229T000000\nF:20240229T060101\n"));
  assert_non_null(strstr(written.bytes, "\nEND:VTIMEZONE\nEND:VCALENDAR\n")); /* without a component it is not valid */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_texts),
      cmocka_unit_test(test_uids),
      cmocka_unit_test(test_times),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
