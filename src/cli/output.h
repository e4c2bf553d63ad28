/* output: buffered writing to standard output, or to a file that is replaced at once when all is written. */
#ifndef SLACLOCK_CLI_OUTPUT_H
#define SLACLOCK_CLI_OUTPUT_H

#include "cli/cli.h"
#include "slaclock.h"

#include <string.h>

enum {
  OUTPUT_BYTES = 256 * 1024,
  OUTPUT_WRITTEN = 4 * OUTPUT_BYTES, /* at once: the system takes a tenth longer for four smaller pieces */
};

struct output {
  int fd;
  int error;        /* errno of the first failed write; what comes after is dropped */
  bool reserves;    /* room on the disk is reserved before it is written to */
  const char *path; /* as the user named it; NULL: standard output */
  char *target;     /* to replace in the end: path, or what it links to */
  char *temporary;  /* written to until then; NULL where path is no regular file */
  /*
   * Instead of writing, where the buffer has grown to OUTPUT_MOST_TEXT or cannot grow: empties it with output_move.
   * NULL: it is written.
   */
  void (*full)(void *data);
  void *full_data;
  size_t len, size;
  char *buffer;
};

/* Begins; path NULL is standard output. false after an error. */
bool output_init(struct cli *cli, struct output *output, const char *path);

/*
 * Writes what is left and puts the file in its place, or, if keep is false or anything failed, removes it. Reports a
 * write error.
 */
void output_finish(struct cli *cli, struct output *output, bool keep);

/* Makes room: by writing what is there, or by growing. */
void output_flush(struct output *output);

/* Begins one that keeps what comes, up to OUTPUT_MOST_TEXT bytes: see `full`. Free with output_free. */
enum { OUTPUT_MOST_TEXT = 4 * OUTPUT_BYTES };
void output_init_text(struct output *output, void (*full)(void *data), void *data);
void output_free(struct output *output);

/* Writes what a text holds, behind what is there. */
void output_move(struct output *output, struct output *text);

/* Room for at least size bytes (at most OUTPUT_BYTES) behind what is there; advance with output->len. */
static inline char *output_room(struct output *output, size_t size) {
  if (output->size - output->len < size)
    output_flush(output);
  return output->buffer + output->len;
}

void output_many_bytes(struct output *output, const char *bytes, size_t len); /* may be more than there is room for */

static inline void output_bytes(struct output *output, const char *bytes, size_t len) {
  if (len > output->size - output->len) {
    output_many_bytes(output, bytes, len);
    return;
  }
  if (len)
    memcpy(output->buffer + output->len, bytes, len);
  output->len += len;
}

static inline void output_text(struct output *output, struct sla_text text) {
  output_bytes(output, text.ptr, text.len);
}

static inline void output_char(struct output *output, char c) {
  *output_room(output, 1) = c;
  output->len++;
}

void output_number(struct output *output, int64_t value);

/* Writes a number where there is room for 20 characters; returns where it ends. */
char *output_put_number(char *at, int64_t value);

/* A field of CSV, quoted where it has to be. */
void output_csv(struct output *output, struct sla_text text, char delimiter);

/* A JSON string; what stands between its quotes, or a part of it. */
void output_json(struct output *output, struct sla_text text);
void output_json_part(struct output *output, struct sla_text text);

/* A member: a key as it is written, with its quotes and colon, behind which OUTPUT_KEY bytes can be read in all; and a
 * string. */
enum { OUTPUT_KEY = 32 };
void output_json_member(struct output *output, struct sla_text key, struct sla_text text);

#endif
