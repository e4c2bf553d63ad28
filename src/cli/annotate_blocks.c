/*
 * annotate_blocks: several rows at a time. The input is cut into blocks of whole rows, each of which one thread reads,
 * evaluates and writes into memory, with a worker, a reader and messages of its own; what all share is read-only
 * meanwhile. Blocks are read and written by whoever has one, in their order. Rows take no locks: a thread takes one to
 * get a block, one to have its turn to write it, and one so that timelines grow only between blocks.
 */
#include "cli/annotate.h"

#include "cli/input.h"
#include "cli/output.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_JOBS = 256, MOST_DEFAULT_JOBS = 8 }; /* each takes a block and what comes of it: two megabytes at most */

/* What a thread has to itself. */
struct lane {
  struct blocks *blocks;
  struct annotation job; /* a copy: what it points to is the first one's but for workers, buffers and the like */
  struct cli cli;        /* likewise, with messages that are gathered */
  char *messages;
  size_t message_bytes;
  uint64_t number; /* of the block it has */
  uint64_t end;    /* where in the file that ends */
  pthread_t thread;
  bool is_started;
};

struct blocks {
  struct annotation *job;
  pthread_mutex_t reading; /* guards the job's input and `next` */
  uint64_t next;           /* number of the block that is read next */
  atomic_bool done;        /* no block is to be read any more */
  pthread_mutex_t turns;   /* guards `turn` */
  pthread_cond_t turned;
  uint64_t turn;             /* number of the block that is written next: its thread alone has the job's output */
  pthread_rwlock_t policies; /* held while blocks are evaluated; to write, while timelines grow */
};

/* --- how many ------------------------------------------------------------------------------------------------------
 */

static size_t processors(void) {
#ifdef CPU_COUNT
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return (size_t)CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (size_t)count : 1;
}

bool annotation_jobs(struct cli *cli, size_t *ret_jobs) {
  size_t jobs = processors();
  *ret_jobs = cli->line_buffered ? 1 : jobs < MOST_DEFAULT_JOBS ? jobs : MOST_DEFAULT_JOBS;
  if (!cli->jobs)
    return true;
  size_t number = 0;
  for (const char *at = cli->jobs; *at; at++) {
    if (*at < '0' || *at > '9' || number > MOST_JOBS)
      number = MOST_JOBS; /* too many, or no number */
    number = 10 * number + (size_t)(*at - '0');
  }
  if (number < 1 || number > MOST_JOBS) {
    cli_error(cli, EXIT_USAGE, "option --jobs must be a number from 1 to %d, not \"%s\"", MOST_JOBS, cli->jobs);
    return false;
  }
  if (number > 1 && cli->line_buffered) {
    cli_error(cli, EXIT_USAGE, "--line-buffered writes row by row, which goes with one job only, not --jobs %s",
              cli->jobs);
    return false;
  }
  *ret_jobs = number;
  return true;
}

bool annotation_has_blocks(const struct annotation *job) {
  return job->jobs > 1 && !job->writer && !job->by_incident && input_has_blocks(&job->input) && !job->stopped &&
         !job->input.stream.at_end && (!job->is_json || job->header.names); /* an object has told the columns */
}

/* --- timelines -----------------------------------------------------------------------------------------------------
 */

enum sla_code annotation_prepare(struct annotation *job, struct annotator *annotator) {
  struct blocks *blocks = job->blocks;
  if (!blocks)
    return sla_prepare(annotator->policy, annotator->worker);
  pthread_rwlock_unlock(&blocks->policies);
  pthread_rwlock_wrlock(&blocks->policies);
  enum sla_code code = sla_prepare(annotator->policy, annotator->worker);
  pthread_rwlock_unlock(&blocks->policies);
  pthread_rwlock_rdlock(&blocks->policies);
  return code;
}

/* --- a block -------------------------------------------------------------------------------------------------------
 */

/* Takes the next block. false where there is none. */
static bool take_block(struct lane *lane) {
  struct blocks *blocks = lane->blocks;
  struct input *input = &blocks->job->input;
  bool taken = false;
  pthread_mutex_lock(&blocks->reading);
  if (!blocks->done) {
    taken = input_take_block(input, &lane->job.input);
    blocks->done = blocks->done || !taken;
    lane->number = blocks->next;
    lane->end = stream_offset(&input->stream);
    blocks->next += taken;
  }
  pthread_mutex_unlock(&blocks->reading);
  return taken;
}

static void evaluate_block(struct lane *lane) {
  pthread_rwlock_rdlock(&lane->blocks->policies);
  while (!lane->job.stopped && annotation_next(&lane->job))
    ;
  pthread_rwlock_unlock(&lane->blocks->policies);
}

/* Whether nothing more is to come out. */
static bool has_ended(const struct annotation *job) {
  return job->stopped || job->output.error || input_is_stuck(&job->input);
}

/* Waits until all blocks before a lane's have been written. */
static void await_turn(struct lane *lane) {
  struct blocks *blocks = lane->blocks;
  pthread_mutex_lock(&blocks->turns);
  while (blocks->turn != lane->number)
    pthread_cond_wait(&blocks->turned, &blocks->turns);
  pthread_mutex_unlock(&blocks->turns);
}

/* Passes on what has come of a lane's block so far. It is its turn. */
static void pass_on(struct lane *lane) {
  struct annotation *job = lane->blocks->job, *own = &lane->job;
  if (!has_ended(job)) {
    output_move(&job->output, &own->output);
    fflush(lane->cli.messages);
    cli_report_gathered(job->cli, &lane->cli, (struct sla_text){lane->messages, lane->message_bytes});
    if (own->uncovered && !job->uncovered)
      memcpy(job->first_uncovered, own->first_uncovered, sizeof job->first_uncovered);
    job->uncovered += own->uncovered;
  }
  own->output.len = 0;
  own->uncovered = 0;
  rewind(lane->cli.messages);
}

/*
 * More has come of a block than there is to be room for: what there is goes out first. Timelines may grow meanwhile,
 * for a lane whose turn is before this one's.
 */
static void empty_lane(void *data) {
  struct lane *lane = data;
  pthread_rwlock_unlock(&lane->blocks->policies);
  await_turn(lane);
  pthread_rwlock_rdlock(&lane->blocks->policies);
  pass_on(lane);
}

/* Passes on what came of a block, and the turn. */
static void write_block(struct lane *lane) {
  struct blocks *blocks = lane->blocks;
  struct annotation *job = blocks->job;
  await_turn(lane);
  pass_on(lane);
  if (!has_ended(job)) {
    job->stopped = lane->job.stopped;
    input_pass_on(&lane->job.input, &job->input);
    if (job->progress.on)
      progress_show(&job->progress, lane->end);
  }
  if (has_ended(job))
    blocks->done = true;
  pthread_mutex_lock(&blocks->turns);
  blocks->turn++;
  pthread_cond_broadcast(&blocks->turned);
  pthread_mutex_unlock(&blocks->turns);
}

static void *run_lane(void *data) {
  struct lane *lane = data;
  while (take_block(lane)) {
    evaluate_block(lane);
    write_block(lane);
  }
  return NULL;
}

/* --- all of them ---------------------------------------------------------------------------------------------------
 */

/* Makes a lane; false where memory runs out. Free with lane_free in either case. */
static bool lane_init(struct lane *lane, struct blocks *blocks) {
  struct annotation *own = &lane->job;
  lane->blocks = blocks;
  lane->cli = *blocks->job->cli;
  lane->cli.status = EXIT_YES;
  *lane->cli.first_error = '\0';
  lane->cli.progress_shown = false;
  lane->cli.messages = open_memstream(&lane->messages, &lane->message_bytes);
  *own = *blocks->job;
  own->cli = &lane->cli;
  own->blocks = blocks;
  own->policy_count = 0;
  own->lists = NULL;
  own->list_count = own->list_capacity = 0;
  own->scratch = NULL;
  own->scratch_size = 0;
  own->rows.fields = NULL;
  own->errors = own->note = (struct buffer){0};
  own->cycles = NULL;
  own->cycle_count = own->cycle_capacity = 0;
  own->uncovered = 0;
  own->overlaps = own->gaps = 0;
  output_init_text(&own->output, empty_lane, lane);
  input_begin_blocks(&own->input, &lane->cli, &blocks->job->input);
  if (!lane->cli.messages)
    return false;
  for (; own->policy_count < blocks->job->policy_count; own->policy_count++)
    if (!annotator_make(&own->policies[own->policy_count], own))
      return false;
  return true;
}

static void lane_free(struct lane *lane, struct annotation *job) {
  struct annotation *own = &lane->job;
  for (size_t i = 0; i < own->policy_count; i++) {
    uint64_t overlaps, gaps;
    sla_worker_local_times(own->policies[i].worker, &overlaps, &gaps);
    job->overlaps += overlaps;
    job->gaps += gaps;
    annotator_free(&own->policies[i]);
  }
  while (own->list_count)
    free(own->lists[--own->list_count]);
  free(own->lists);
  free(own->scratch);
  free(own->rows.fields);
  buffer_free(&own->errors);
  buffer_free(&own->note);
  free(own->cycles);
  output_free(&own->output);
  input_end_blocks(&own->input);
  if (lane->cli.messages)
    fclose(lane->cli.messages);
  free(lane->messages);
}

bool annotation_read_blocks(struct annotation *job) {
  struct blocks blocks = {.job = job};
  struct lane *lanes = cli_alloc(job->jobs * sizeof *lanes);
  size_t count = 0;
  pthread_mutex_init(&blocks.reading, NULL);
  pthread_mutex_init(&blocks.turns, NULL);
  pthread_cond_init(&blocks.turned, NULL);
  pthread_rwlock_init(&blocks.policies, NULL);
  while (count < job->jobs && lane_init(&lanes[count], &blocks))
    count++;
  if (count < job->jobs)
    lane_free(&lanes[count], job);
  /* The first lane is this thread's. Fewer threads than asked for do the same work. */
  for (size_t i = 1; i < count; i++)
    lanes[i].is_started = pthread_create(&lanes[i].thread, NULL, run_lane, &lanes[i]) == 0;
  if (count)
    run_lane(&lanes[0]);
  for (size_t i = 1; i < count; i++)
    if (lanes[i].is_started)
      pthread_join(lanes[i].thread, NULL);
  for (size_t i = 0; i < count; i++)
    lane_free(&lanes[i], job);
  pthread_rwlock_destroy(&blocks.policies);
  pthread_cond_destroy(&blocks.turned);
  pthread_mutex_destroy(&blocks.turns);
  pthread_mutex_destroy(&blocks.reading);
  free(lanes);
  return !job->stopped && !input_is_stuck(&job->input);
}
