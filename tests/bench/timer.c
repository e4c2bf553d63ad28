/* Measures commands against each other: whole processes, in turns, so that what else the machine does hits all of them.
 *
 *   timer [-n ROUNDS] [-w ROUNDS] [-o FILE] [-v] NAME COMMAND [NAME COMMAND]...
 *
 * Each round (-n, 5) runs every command once; those before the first (-w, 1) are not counted. A command with none of
 * sh's special characters is split at blanks and run without a shell, whose own start would be measured. Standard
 * output goes to FILE, removed before each run, or to /dev/null; so does standard error, but for -v.
 *
 * Prints a line for each command, separated by tabs: its name; of wall time and of user and system time together the
 * least and the median, in microseconds; its user and system time, and its wall time, as multiples of the first
 * command's (the median of the ratios of each round: robust where the machine's speed changes from round to round); the
 * most memory that it, or a process which it waited for, had at a time, in KiB; and its last exit status, 128 + N where
 * signal N ended it. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_ROUNDS = 1000, MOST_COMMANDS = 64, MOST_WORDS = 256 };

struct command {
  const char *name;
  char *words[MOST_WORDS + 1];
  double wall[MOST_ROUNDS], cpu[MOST_ROUNDS]; /* microseconds */
  long memory;                                /* KiB */
  int status;
};

static const char *output = "/dev/null";
static bool verbose;

static _Noreturn void fail(const char *what, const char *culprit) {
  fprintf(stderr, "timer: %s \"%s\"\n", what, culprit);
  exit(2);
}

static void command_split(struct command *command, char *text) {
  static char shell[] = "sh", option[] = "-c";
  char *rest, *word;
  size_t count = 0;

  if (strpbrk(text, "|&;<>()$`\\\"'*?[#~=%\n")) {
    command->words[0] = shell;
    command->words[1] = option;
    command->words[2] = text;
    return;
  }
  for (word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
    if (count == MOST_WORDS)
      fail("too many words in", command->name);
    command->words[count++] = word;
  }
  if (count == 0)
    fail("no words in", command->name);
}

static double microseconds(struct timeval time) {
  return (double)time.tv_sec * 1e6 + (double)time.tv_usec;
}

static double wall_clock(void) {
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void command_run(struct command *command, int round) {
  extern char **environ;
  posix_spawn_file_actions_t actions;
  struct rusage usage;
  double start;
  int status, error;
  pid_t process;

  if (strncmp(output, "/dev/", 5) != 0)
    unlink(output);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (!verbose)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  start = wall_clock();
  error = posix_spawnp(&process, command->words[0], &actions, NULL, command->words, environ);
  if (error)
    fail(strerror(error), command->words[0]);
  while (wait4(process, &status, 0, &usage) < 0)
    if (errno != EINTR)
      fail("cannot wait for", command->name);
  if (round >= 0) {
    command->wall[round] = wall_clock() - start;
    command->cpu[round] = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
  }
  if (usage.ru_maxrss > command->memory)
    command->memory = usage.ru_maxrss;
  command->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  posix_spawn_file_actions_destroy(&actions);
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

struct summary {
  double least, median;
};

static struct summary summary_of(const double *values, int count) {
  double sorted[MOST_ROUNDS];

  memcpy(sorted, values, (size_t)count * sizeof *values);
  qsort(sorted, (size_t)count, sizeof *sorted, compare);
  return (struct summary){sorted[0], (sorted[(count - 1) / 2] + sorted[count / 2]) / 2};
}

static double ratio_to(const double *values, const double *baseline, int count) {
  double ratios[MOST_ROUNDS];
  int i;

  for (i = 0; i < count; i++)
    ratios[i] = values[i] / (baseline[i] > 0 ? baseline[i] : 1);
  return summary_of(ratios, count).median;
}

static void command_print(const struct command *command, const struct command *first, int rounds) {
  struct summary wall = summary_of(command->wall, rounds), cpu = summary_of(command->cpu, rounds);

  printf("%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.4f\t%.4f\t%ld\t%d\n", command->name, wall.least, wall.median, cpu.least,
         cpu.median, ratio_to(command->cpu, first->cpu, rounds), ratio_to(command->wall, first->wall, rounds),
         command->memory, command->status);
}

int main(int argc, char **argv) {
  static struct command commands[MOST_COMMANDS];
  int rounds = 5, warming = 1, option, count, round, i;

  while ((option = getopt(argc, argv, "+n:w:o:v")) != -1)
    switch (option) {
    case 'n': rounds = (int)strtol(optarg, NULL, 10); break;
    case 'w': warming = (int)strtol(optarg, NULL, 10); break;
    case 'o': output = optarg; break;
    case 'v': verbose = true; break;
    default: return 2;
    }
  count = (argc - optind) / 2;
  if (count < 1 || count > MOST_COMMANDS || (argc - optind) % 2 != 0)
    fail("usage:", "timer [-n ROUNDS] [-w ROUNDS] [-o FILE] [-v] NAME COMMAND [NAME COMMAND]...");
  if (rounds < 1 || rounds > MOST_ROUNDS)
    fail("-n must be 1 to", "1000");
  for (i = 0; i < count; i++) {
    commands[i].name = argv[optind + 2 * i];
    command_split(&commands[i], argv[optind + 2 * i + 1]);
  }
  for (round = -warming; round < rounds; round++)
    for (i = 0; i < count; i++)
      command_run(&commands[i], round);
  for (i = 0; i < count; i++)
    command_print(&commands[i], &commands[0], rounds);
  return 0;
}
