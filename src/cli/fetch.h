/*
 * fetch: one answer over the network, under conditions. The only place that uses it.
 *
 * Only https, with the server's certificate verified, and http from this machine itself. At most FETCH_MOST_REDIRECTS
 * redirections, each held to the same, and none from https to http. libcurl is loaded when fetch() first runs: linked,
 * it and what it needs would make every other command start several times slower.
 */
#ifndef SLACLOCK_CLI_FETCH_H
#define SLACLOCK_CLI_FETCH_H

#include <stddef.h>

enum {
  FETCH_MOST_BYTES = 32 * 1024 * 1024, /* unpacked */
  FETCH_MOST_REDIRECTS = 5,
  FETCH_CONNECT_S = 10,
  FETCH_TIMEOUT_S = 60,
  FETCH_VALIDATOR = 512, /* room for an ETag or a time, its NUL included; longer ones are not kept */
};

struct fetch_request {
  const char *url;
  const char *etag, *modified; /* of what is there already, as the server named them; or NULL */
  int timeout_s;               /* for everything together */
};

enum fetch_outcome {
  FETCH_NEW,       /* bytes, and the validators that came with them */
  FETCH_UNCHANGED, /* what is there already is the newest (304) */
  FETCH_FAILED,    /* problem says why */
  FETCH_REFUSED,   /* the URL is not one to fetch: problem says why */
};

struct fetch_answer {
  char *bytes; /* to be freed; NULL where there are none */
  size_t len;
  char etag[FETCH_VALIDATOR], modified[FETCH_VALIDATOR]; /* "": none */
  char problem[512];
};

enum fetch_outcome fetch(const struct fetch_request *request, struct fetch_answer *ret_answer);

#endif
