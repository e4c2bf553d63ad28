#include "helpers.h"

#include "base/file.h"
#include "base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A folder that is gone after the test; the working directory of the test is in it. */
static char folder[64];

static int folder_setup(void **state) {
  snprintf(folder, sizeof folder, "/tmp/slaclock-test-XXXXXX");
  if (!mkdtemp(folder) || chdir(folder) != 0)
    return -1;
  unsetenv("SLACLOCK_PATH");
  unsetenv("XDG_CONFIG_HOME");
  unsetenv("HOME");
  return arena_setup(state);
}

static char *old_folder, *old_home;

static int folder_teardown(void **state) {
  arena_teardown(state);
  if (old_home)
    setenv("HOME", old_home, 1);
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  return chdir(old_folder) != 0 || system(command) != 0;
}

#define folder_test(function) cmocka_unit_test_setup_teardown(function, folder_setup, folder_teardown)

/* Writes a file, making the folder it is in. */
static void put(const char *path, const char *content) {
  char parent[256];
  snprintf(parent, sizeof parent, "%s", path);
  for (char *p = parent; (p = strchr(p + 1, '/'));) {
    *p = '\0';
    mkdir(parent, 0700);
    *p = '/';
  }
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  fputs(content, file);
  fclose(file);
}

/* What file_read makes of a path: the content, "(absent)", or the problem in brackets. */
static const char *read_text(struct arena *arena, const char *path, size_t limit) {
  struct sla_text text = {"untouched", 9};
  const char *problem = "untouched";
  switch (file_read(arena, path, limit, &text, &problem)) {
  case FILE_READ:
    assert_string_equal(problem, "untouched");
    assert_int_equal(text.ptr[text.len], 0);
    assert_int_equal(strlen(text.ptr), text.len);
    return text.ptr;
  case FILE_ABSENT: return "(absent)";
  case FILE_FAILED: assert_string_equal(text.ptr, "untouched"); return arena_printf(arena, "(%s)", problem);
  }
  return "";
}

static int open_files(void) {
  int count = 0;
  for (int fd = 0; fd < 256; fd++)
    count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

static void test_reading_files(void **state) {
  put("ten", "0123456789");
  put("empty", "");
  put("dir/file", "x");
  int before = open_files();
  static const struct {
    const char *path;
    size_t limit;
    const char *expected;
  } cases[] = {
      {"ten", 100, "0123456789"},
      {"ten", SIZE_MAX, "0123456789"},
      {"ten", 10, "0123456789"},
      {"ten", 9, "(larger than 9 bytes)"},
      {"ten", 0, "(larger than 0 bytes)"},
      {"empty", 0, ""},
      {"empty", 100, ""},
      {"dir", 100, "(is a directory)"},
      {"none", 100, "(absent)"},
      {"none/file", 100, "(absent)"},
      {"ten/file", 100, "(absent)"},
      {"", 100, "(absent)"},
      {"/dev/null", 100, ""},
      {"/dev/zero", 64, "(larger than 64 bytes)"},
      {"/dev/zero", 2048, "(larger than 2 KiB)"},
      {"/dev/zero", 3 * 1024 * 1024, "(larger than 3 MiB)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_string_equal(read_text(*state, cases[i].path, cases[i].limit), cases[i].expected);
  assert_int_equal(symlink("loop", "loop"), 0);
  assert_non_null(strstr(read_text(*state, "loop", 100), "(too many levels of symbolic links"));
  if (geteuid() != 0) {
    chmod("ten", 0);
    assert_string_equal(read_text(*state, "ten", 100), "(permission denied)");
  }
  assert_int_equal(open_files(), before);
}

/* Files in /proc say that their size is 0. */
static void test_reading_files_of_unknown_size(void **state) {
  const char *text = read_text(*state, "/proc/self/status", 100000);
  assert_non_null(strstr(text, "VmPeak"));
  assert_string_equal(read_text(*state, "/proc/self/status", 50), "(larger than 50 bytes)");
}

/* Runs read_text on a pipe into which a child writes `size` bytes in pieces. */
static const char *read_pipe(struct arena *arena, size_t size, size_t limit) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    for (size_t i = 0; i < size; i++)
      if (write(ends[1], &"0123456789"[i % 10], 1) != 1)
        _exit(1);
    _exit(0);
  }
  close(ends[1]);
  const char *text = read_text(arena, arena_printf(arena, "/dev/fd/%d", ends[0]), limit);
  close(ends[0]);
  waitpid(child, NULL, 0);
  return text;
}

static void test_reading_pipes(void **state) {
  static const size_t sizes[] = {0, 1, 16384, 16385, 100000};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    const char *text = read_pipe(*state, sizes[i], 100000);
    assert_int_equal(strlen(text), sizes[i]);
    for (size_t j = 0; j < sizes[i]; j++)
      assert_int_equal(text[j], '0' + (int)(j % 10));
  }
  assert_string_equal(read_pipe(*state, 100001, 100000), "(larger than 100000 bytes)");
  assert_int_equal(mkfifo("fifo", 0600), 0);
  pid_t child = fork();
  if (child == 0) {
    int fd = open("fifo", O_WRONLY);
    _exit(write(fd, "hello", 5) != 5);
  }
  assert_string_equal(read_text(*state, "fifo", 100), "hello");
  waitpid(child, NULL, 0);
}

static void test_paths_and_names(void **state) {
  (void)state;
  static const char *const paths[] = {"a/b",   "/a",     "./a",   "a/",    "a.yaml",
                                      "a.yml", "a.json", "a.ics", ".yaml", "x.y.ics"};
  static const char *const names[] = {"",    "ua",    "ua@martial-law", "a.yaml.txt", "yaml",
                                      "ics", "a.yam", "a.txt",          ".",          ".."};
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
    if (!file_is_path(paths[i]))
      fail_msg("%s is a path", paths[i]);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (file_is_path(names[i]))
      fail_msg("%s is a name", names[i]);
}

static void test_folders_of_paths(void **state) {
  static const char *const cases[][2] = {{"a", "."},     {"a/b", "a"},     {"/a", "/"},   {"//a", "/"},
                                         {"/a/b", "/a"}, {"a/b/c", "a/b"}, {"a//b", "a"}, {"./a", "."},
                                         {"", "."},      {"../a", ".."},   {"a/", "a"},   {"/", "/"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_string_equal(file_folder(*state, cases[i][0]), cases[i][1]);
}

static const char *locate(struct arena *arena, const struct file_search *search, const char *from, const char *name) {
  const char *looked = NULL, *found = file_locate(arena, search, from, name, &looked);
  return found ? found : arena_printf(arena, "(%s)", looked);
}

static void test_locating_paths(void **state) {
  struct file_search search = {NULL, 0};
  static const char *const cases[][3] = {
      {NULL, "a.yaml", "a.yaml"},      {NULL, "x/a", "x/a"},           {NULL, "/x/a", "/x/a"},
      {"set", "a.yaml", "set/a.yaml"}, {"set/", "a.ics", "set/a.ics"}, {"set", "../a.json", "set/../a.json"},
      {"set", "/x/a.yml", "/x/a.yml"}, {".", "a.yaml", "a.yaml"},      {"/", "a.yaml", "/a.yaml"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_string_equal(locate(*state, &search, cases[i][0], cases[i][1]), cases[i][2]);
}

static void test_locating_names(void **state) {
  static const char *const path[] = {"p1", "", "p2"};
  struct file_search search = {path, 3}, none = {NULL, 0};
  char config[128];
  snprintf(config, sizeof config, "%s/config", folder);
  setenv("SLACLOCK_PATH", ":e1:e2:", 1);
  setenv("XDG_CONFIG_HOME", config, 1);
  setenv("HOME", "/nowhere", 1);
  const char *in_config = arena_printf(*state, "%s/slaclock/ua.yaml", config);
  /* From the weakest place to the strongest: each wins as soon as it is there. In the working directory none does. */
  put("ua.yaml", "");
  const char *const looked = locate(*state, &search, "near", "ua");
  assert_int_equal(strncmp(looked, "(near, p1, p2, e1, e2, ", 23), 0);
  assert_non_null(strstr(looked, arena_printf(*state, "%s/slaclock, ", config)));
  assert_non_null(strstr(looked, "/calendars)"));
  const char *const places[] = {in_config,   "e2/ua.yaml", "e1/ua.yaml", "p2/ua.yaml",
                                "p1/ua.ics", "p1/ua.yaml", "near/ua.ics"};
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    put(places[i], "");
    assert_string_equal(locate(*state, &search, "near", "ua"), places[i]);
  }
  assert_string_equal(locate(*state, &search, NULL, "ua"), "p1/ua.yaml");
  assert_string_equal(locate(*state, &none, NULL, "ua"), "e1/ua.yaml");
  assert_string_equal(locate(*state, &search, ".", "ua"), "ua.yaml");
  assert_string_equal(file_folder(*state, locate(*state, &search, "near", "ua")), "near");
  put("near/.yaml", "");
  assert_int_equal(locate(*state, &search, "near", "")[0], '(');
  mkdir("near/dir.yaml", 0700);
  put("near/dir.ics", "");
  assert_string_equal(locate(*state, &search, "near", "dir"), "near/dir.ics");
}

static void test_configuration_folder(void **state) {
  struct file_search none = {NULL, 0};
  char home[128];
  snprintf(home, sizeof home, "%s/home", folder);
  const char *in_home = arena_printf(*state, "%s/.config/slaclock/ua.yaml", home);
  put(in_home, "");
  setenv("HOME", home, 1);
  assert_string_equal(locate(*state, &none, NULL, "ua"), in_home);
  setenv("XDG_CONFIG_HOME", "", 1);
  assert_string_equal(locate(*state, &none, NULL, "ua"), in_home);
  setenv("XDG_CONFIG_HOME", "home/.config", 1); /* relative: to be ignored */
  assert_string_equal(locate(*state, &none, NULL, "ua"), in_home);
  setenv("XDG_CONFIG_HOME", "/nowhere", 1);
  assert_int_equal(strncmp(locate(*state, &none, NULL, "ua"), "(/nowhere/slaclock, ", 20), 0);
  unsetenv("XDG_CONFIG_HOME");
  unsetenv("HOME");
  const char *looked = locate(*state, &none, NULL, "ua");
  assert_true(looked[1] == '/' && !strchr(looked, ',')); /* the installed calendars alone */
}

static void test_all_names(void **state) {
  static const char *const path[] = {"p1", "p2", "none"};
  struct file_search search = {path, 3};
  static const char *const files[] = {
      "p1/ua.yaml", "p1/de.ics", "p2/ua.yaml",    "p2/at.yaml",   "p1/readme.txt",
      "p1/.yaml",   "p1/x.yml",  "p2/y.ics.yaml", "near/zz.yaml", "p1/dir.yaml/de-by.yaml"};
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
    put(files[i], "");
  int before = open_files();
  size_t count;
  const char *const *names = file_names(*state, &search, "near", &count);
  static const char *const expected[] = {"at", "de", "ua", "zz"};
  assert_int_equal(count, 4);
  for (size_t i = 0; i < 4; i++) {
    assert_string_equal(names[i], expected[i]);
    assert_int_not_equal(locate(*state, &search, "near", names[i])[0], '(');
  }
  file_names(*state, &(struct file_search){NULL, 0}, NULL, &count);
  assert_int_equal(count, 0);
  assert_int_equal(open_files(), before);
}

static void use_files(struct arena *arena) {
  static const char *const path[] = {"p1", "p2"};
  struct file_search search = {path, 2};
  size_t count;
  struct sla_text text;
  const char *problem, *looked;
  file_names(arena, &search, NULL, &count);
  file_locate(arena, &search, NULL, "none", &looked);
  assert_int_equal(file_read(arena, "p1/ua.yaml", 100, &text, &problem), FILE_READ);
  assert_int_equal(file_read(arena, "p1", 100, &text, &problem), FILE_FAILED);
  text_hint(arena, text_of("u"), (const char *const[]){"ua"}, 1);
}

/* One file by other spellings and by links; a file that is not there is the same by its name alone. */
static void test_same_files(void **state) {
  (void)state;
  put("p1/ua.yaml", "policy: x\n");
  put("p2/de.yaml", "policy: x\n");
  assert_int_equal(symlink("p1/ua.yaml", "link.yaml"), 0);
  assert_true(file_is_same("p1/ua.yaml", "p1/ua.yaml"));
  assert_true(file_is_same("p1/ua.yaml", "./p2/../p1//ua.yaml"));
  assert_true(file_is_same("link.yaml", "p1/ua.yaml"));
  assert_false(file_is_same("p1/ua.yaml", "p2/de.yaml"));
  assert_true(file_is_same("p1/none.yaml", "p1/none.yaml"));
  assert_false(file_is_same("p1/none.yaml", "./p1/none.yaml"));
  assert_false(file_is_same("p1/ua.yaml", "p1/none.yaml"));
}

/* Every allocation fails in turn; no file stays open. */
static void test_files_out_of_memory(void **state) {
  (void)state;
  put("p1/ua.yaml", "policy: x\n");
  put("p2/de.yaml", "");
  int before = open_files();
  size_t failures = 0;
  for (size_t limit = 16; !runs_within(limit, use_files); limit += 16)
    failures++;
  assert_true(failures > 30);
  assert_int_equal(open_files(), before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      folder_test(test_reading_files),       folder_test(test_reading_files_of_unknown_size),
      folder_test(test_reading_pipes),       cmocka_unit_test(test_paths_and_names),
      arena_test(test_folders_of_paths),     arena_test(test_locating_paths),
      folder_test(test_locating_names),      folder_test(test_configuration_folder),
      folder_test(test_all_names),           folder_test(test_same_files),
      folder_test(test_files_out_of_memory),
  };
  old_folder = getcwd(NULL, 0);
  const char *home = getenv("HOME");
  old_home = home ? strdup(home) : NULL;
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  free(old_folder);
  free(old_home);
  return failed;
}
