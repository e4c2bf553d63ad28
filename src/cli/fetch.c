#include "cli/fetch.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* --- loading libcurl --------------------------------------------------------------------------------------------- */

struct curl {
  __typeof__(&curl_global_init) global_init;
  __typeof__(&curl_global_cleanup) global_cleanup;
  __typeof__(&curl_easy_init) easy_init;
  __typeof__(&curl_easy_cleanup) easy_cleanup;
  __typeof__(&curl_easy_setopt) setopt;
  __typeof__(&curl_easy_getinfo) getinfo;
  __typeof__(&curl_easy_perform) perform;
  __typeof__(&curl_easy_strerror) strerror;
  __typeof__(&curl_slist_append) slist_append;
  __typeof__(&curl_slist_free_all) slist_free_all;
  __typeof__(&curl_url) url;
  __typeof__(&curl_url_cleanup) url_cleanup;
  __typeof__(&curl_url_set) url_set;
  __typeof__(&curl_url_get) url_get;
  __typeof__(&curl_free) free;
};

static const struct {
  const char *name;
  size_t offset;
} curl_names[] = {
    {"curl_global_init", offsetof(struct curl, global_init)},
    {"curl_global_cleanup", offsetof(struct curl, global_cleanup)},
    {"curl_easy_init", offsetof(struct curl, easy_init)},
    {"curl_easy_cleanup", offsetof(struct curl, easy_cleanup)},
    {"curl_easy_setopt", offsetof(struct curl, setopt)},
    {"curl_easy_getinfo", offsetof(struct curl, getinfo)},
    {"curl_easy_perform", offsetof(struct curl, perform)},
    {"curl_easy_strerror", offsetof(struct curl, strerror)},
    {"curl_slist_append", offsetof(struct curl, slist_append)},
    {"curl_slist_free_all", offsetof(struct curl, slist_free_all)},
    {"curl_url", offsetof(struct curl, url)},
    {"curl_url_cleanup", offsetof(struct curl, url_cleanup)},
    {"curl_url_set", offsetof(struct curl, url_set)},
    {"curl_url_get", offsetof(struct curl, url_get)},
    {"curl_free", offsetof(struct curl, free)},
};

/* The library stays loaded: some of what it needs cannot be unloaded. */
static bool curl_load(struct curl *curl) {
  static const char *const files[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof files / sizeof *files && !library; i++)
    library = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return false;
  for (size_t i = 0; i < sizeof curl_names / sizeof *curl_names; i++) {
    void *function = dlsym(library, curl_names[i].name);
    if (!function)
      return false;
    memcpy((char *)curl + curl_names[i].offset, &function, sizeof function);
  }
  return curl->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* --- one fetch --------------------------------------------------------------------------------------------------- */

struct transfer {
  struct curl curl;
  const struct fetch_request *request;
  struct fetch_answer *answer;
  CURLU *url; /* where we are */
  CURL *easy;
  struct curl_slist *headers;
  struct timespec start;
  size_t capacity; /* of answer->bytes */
  bool too_large, no_memory;
  char error[CURL_ERROR_SIZE];
};

static enum fetch_outcome say(struct transfer *transfer, enum fetch_outcome outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum fetch_outcome say(struct transfer *transfer, enum fetch_outcome outcome, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(transfer->answer->problem, sizeof transfer->answer->problem, format, args);
  va_end(args);
  return outcome;
}

/* Takes a piece of the body; anything but its size ends the transfer. */
static size_t take_body(char *bytes, size_t size, size_t count, void *data) {
  struct transfer *transfer = data;
  struct fetch_answer *answer = transfer->answer;
  size_t len = size * count;
  if (len > FETCH_MOST_BYTES - answer->len) {
    transfer->too_large = true;
    return 0;
  }
  if (answer->len + len > transfer->capacity) {
    size_t capacity = 2 * (answer->len + len);
    char *place = realloc(answer->bytes, capacity);
    if (!place) {
      transfer->no_memory = true;
      return 0;
    }
    answer->bytes = place;
    transfer->capacity = capacity;
  }
  if (len)
    memcpy(answer->bytes + answer->len, bytes, len);
  answer->len += len;
  return len;
}

/* Keeps the value of a header, where it is of a sane length and nothing but visible ASCII and blanks. */
static void take_validator(const char *line, size_t len, const char *name, char value[FETCH_VALIDATOR]) {
  size_t skip = strlen(name);
  if (len < skip || strncasecmp(line, name, skip) != 0)
    return;
  line += skip, len -= skip;
  while (len && (*line == ' ' || *line == '\t'))
    line++, len--;
  while (len && strchr("\r\n \t", line[len - 1]))
    len--;
  bool fits = len < FETCH_VALIDATOR;
  for (size_t i = 0; i < len; i++)
    fits &= line[i] >= ' ' && line[i] <= '~';
  snprintf(value, FETCH_VALIDATOR, "%.*s", fits ? (int)len : 0, line);
}

static size_t take_header(char *line, size_t size, size_t count, void *data) {
  struct fetch_answer *answer = ((struct transfer *)data)->answer;
  size_t len = size * count;
  if (len > 5 && !memcmp(line, "HTTP/", 5)) /* another answer begins, after "100 Continue" for one */
    *answer->etag = *answer->modified = '\0';
  take_validator(line, len, "ETag:", answer->etag);
  take_validator(line, len, "Last-Modified:", answer->modified);
  return len;
}

/* Milliseconds that are left, at least 1. */
static long time_left_ms(const struct transfer *transfer) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  long gone =
      (long)(now.tv_sec - transfer->start.tv_sec) * 1000 + (now.tv_nsec - transfer->start.tv_nsec) / (1000 * 1000);
  long left = 1000L * transfer->request->timeout_s - gone;
  return left > 1 ? left : 1;
}

/* Whether a host is this machine, by its name alone: "localhost", 127.x.x.x, [::1]. */
static bool is_loopback(const char *host) {
  if (!strcasecmp(host, "localhost") || !strcmp(host, "[::1]"))
    return true;
  return !strncmp(host, "127.", 4) && strspn(host, "0123456789.") == strlen(host);
}

/* Moves to a URL. was_https: it was https that led there. */
static enum fetch_outcome go_to(struct transfer *transfer, const char *address, bool redirected, bool was_https,
                                bool *ret_https) {
  const struct curl *curl = &transfer->curl;
  char *scheme = NULL, *host = NULL;
  enum fetch_outcome failed = redirected ? FETCH_FAILED : FETCH_REFUSED, outcome = FETCH_NEW;
  const char *led = redirected ? "the server led elsewhere: " : "";
  bool parsed = curl->url_set(transfer->url, CURLUPART_URL, address, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                curl->url_get(transfer->url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK;
  bool https = parsed && !strcmp(scheme, "https"), http = parsed && !strcmp(scheme, "http");
  if (!parsed)
    outcome = say(transfer, failed, "%sthis is no URL", led);
  else if (!https && !http)
    outcome = say(transfer, failed, "%sonly https is fetched, not \"%s\"", led, scheme);
  else if (curl->url_get(transfer->url, CURLUPART_HOST, &host, 0) != CURLUE_OK || !*host)
    outcome = say(transfer, failed, "%sthe URL names no host", led);
  else if (http && was_https)
    outcome = say(transfer, failed, "%sfrom https to http, where anybody on the way can change the answer", led);
  else if (http && !is_loopback(host))
    outcome = say(transfer, failed, "%sanybody on the way can change what http brings: write https", led);
  *ret_https = https;
  curl->free(scheme);
  curl->free(host);
  return outcome;
}

static void add_header(struct transfer *transfer, const char *name, const char *value) {
  char line[FETCH_VALIDATOR + 64];
  if (!value || !*value)
    return;
  snprintf(line, sizeof line, "%s: %s", name, value);
  struct curl_slist *longer = transfer->curl.slist_append(transfer->headers, line);
  if (longer)
    transfer->headers = longer;
}

static void set_options(struct transfer *transfer, bool https) {
  const struct curl *curl = &transfer->curl;
  CURL *easy = transfer->easy;
  long left_ms = time_left_ms(transfer);
  curl->setopt(easy, CURLOPT_CURLU, transfer->url);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl->setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl->setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  curl->setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* go_to() judges each step */
  curl->setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl->setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  const char *authorities = getenv("SSL_CERT_FILE"); /* as OpenSSL has it: of a company with its own, for one */
  if (authorities && *authorities)
    curl->setopt(easy, CURLOPT_CAINFO, authorities);
  curl->setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl->setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, left_ms < 1000L * FETCH_CONNECT_S ? left_ms : 1000L * FETCH_CONNECT_S);
  curl->setopt(easy, CURLOPT_TIMEOUT_MS, left_ms);
  curl->setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)FETCH_MOST_BYTES);
  curl->setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); /* whatever this libcurl can unpack; take_body() counts unpacked */
  curl->setopt(easy, CURLOPT_USERAGENT, "slaclock/" SLACLOCK_VERSION);
  curl->setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
  curl->setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl->setopt(easy, CURLOPT_HEADERDATA, transfer);
  curl->setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl->setopt(easy, CURLOPT_WRITEDATA, transfer);
  curl->setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
  curl->setopt(easy, CURLOPT_PROXY, https ? NULL : ""); /* http is for this machine, not for a proxy */
}

static enum fetch_outcome report_failure(struct transfer *transfer, CURLcode code) {
  if (transfer->no_memory)
    return say(transfer, FETCH_FAILED, "out of memory");
  if (transfer->too_large || code == CURLE_FILESIZE_EXCEEDED)
    return say(transfer, FETCH_FAILED, "the answer is larger than %d MiB", FETCH_MOST_BYTES >> 20);
  if (code == CURLE_OPERATION_TIMEDOUT)
    return say(transfer, FETCH_FAILED, "no complete answer in time; see --timeout");
  return say(transfer, FETCH_FAILED, "%s", *transfer->error ? transfer->error : transfer->curl.strerror(code));
}

/* Asks once where we are. FETCH_NEW with *ret_next set: the server leads there. */
static enum fetch_outcome ask(struct transfer *transfer, bool https, const char **ret_next) {
  struct fetch_answer *answer = transfer->answer;
  long status = 0;
  answer->len = 0;
  *transfer->error = '\0';
  *ret_next = NULL;
  set_options(transfer, https);
  CURLcode code = transfer->curl.perform(transfer->easy);
  if (code != CURLE_OK)
    return report_failure(transfer, code);
  transfer->curl.getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  if (status == 200)
    return FETCH_NEW;
  if (status == 304 && transfer->headers)
    return FETCH_UNCHANGED;
  if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) {
    char *next = NULL;
    transfer->curl.getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &next);
    *ret_next = next;
    return next ? FETCH_NEW : say(transfer, FETCH_FAILED, "the server led elsewhere but does not say where");
  }
  return say(transfer, FETCH_FAILED, "the server answered %ld%s", status,
             status == 401 || status == 403   ? ", not allowed"
             : status == 404 || status == 410 ? ", there is nothing at this URL"
                                              : "");
}

static enum fetch_outcome follow(struct transfer *transfer) {
  const char *address = transfer->request->url;
  bool https = false;
  for (int step = 0; step <= FETCH_MOST_REDIRECTS; step++) {
    enum fetch_outcome outcome = go_to(transfer, address, step > 0, https, &https);
    if (outcome == FETCH_NEW)
      outcome = ask(transfer, https, &address);
    if (outcome != FETCH_NEW || !address)
      return outcome;
  }
  return say(transfer, FETCH_FAILED, "the server led elsewhere more than %d times", FETCH_MOST_REDIRECTS);
}

enum fetch_outcome fetch(const struct fetch_request *request, struct fetch_answer *ret_answer) {
  struct transfer transfer = {.request = request, .answer = ret_answer};
  struct curl *curl = &transfer.curl;
  *ret_answer = (struct fetch_answer){0};
  if (!curl_load(curl))
    return say(&transfer, FETCH_FAILED, "libcurl, which fetches feeds, is not installed");
  clock_gettime(CLOCK_MONOTONIC, &transfer.start);
  transfer.url = curl->url();
  transfer.easy = curl->easy_init();
  add_header(&transfer, "If-None-Match", request->etag);
  add_header(&transfer, "If-Modified-Since", request->modified);
  enum fetch_outcome outcome =
      transfer.url && transfer.easy ? follow(&transfer) : say(&transfer, FETCH_FAILED, "out of memory");
  curl->easy_cleanup(transfer.easy);
  curl->url_cleanup(transfer.url);
  curl->slist_free_all(transfer.headers);
  curl->global_cleanup();
  if (outcome != FETCH_NEW) {
    free(ret_answer->bytes);
    ret_answer->bytes = NULL;
    ret_answer->len = 0;
  }
  return outcome;
}
