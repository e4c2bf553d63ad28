/*
 * slaclock: due times and breach status of incidents under business-hours calendars.
 *
 * How it goes: load a policy (sla_policy_load), ask it which fields of an incident it reads (sla_policy_field), make
 * one worker per thread (sla_worker_new), then give each incident's values to sla_evaluate. The command-line program is
 * written against this header alone, so whatever it does any program can.
 *
 * Threads: a policy is read-only for sla_evaluate; any number of workers may evaluate against one policy at a time.
 * Loading, sla_prepare, sla_open, sla_elapsed and freeing need the policy to themselves.
 *
 * Ownership: what a function returns by a `ret_` pointer to a handle is freed by the function named at the handle.
 * Strings reached through a handle live as long as the handle. Nothing given to a function is kept after it returns,
 * unless its description says so. There is no global state.
 */
#ifndef SLACLOCK_H
#define SLACLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the library, as "1.2.3". */
const char *sla_version(void);

/* Seconds since 1970-01-01T00:00:00Z without leap seconds (POSIX time). */
typedef int64_t sla_time;

/* The supported range, both included: 1970-01-01T00:00:00Z to 2199-12-31T23:59:59Z. */
#define SLA_TIME_MIN INT64_C(0) /* functions that take an instant outside of it take its nearest end */
#define SLA_TIME_MAX INT64_C(7258118399)

/* Bytes that the caller owns; not NUL-terminated. */
struct sla_text {
  const char *ptr;
  size_t len;
};

/* How a call went. Functions that can fail return SLA_OK or one of the others. */
enum sla_code {
  SLA_OK = 0,
  SLA_BEYOND,    /* sla_evaluate: the timelines are too short; see sla_prepare */
  SLA_NOT_FOUND, /* no such policy, set, zone, file: the diagnostic names it */
  SLA_INVALID,   /* a file or text has errors: each was given as a diagnostic */
  SLA_IO,        /* a file could not be read */
  SLA_NO_MEMORY, /* out of memory, or over the memory limit */
};

/* --- diagnostics ---------------------------------------------------------------------------------------------------
 */

enum sla_severity { SLA_NOTE, SLA_WARNING, SLA_ERROR };

/* One thing to tell a person, with its place. */
struct sla_diagnostic {
  enum sla_severity severity;
  const char *file;        /* as the user named it; NULL where it is about no file */
  int line, column;        /* counted from 1, columns in characters; 0 where it is about the file as a whole */
  int width;               /* characters that the text in question is wide, at least 1 */
  const char *text;        /* what is wrong; one line, no full stop */
  const char *source_line; /* the line itself, without its end; NULL where there is none */
};

/* Called for each diagnostic; the diagnostic and its strings are valid only during the call. */
typedef void sla_diagnose(void *data, const struct sla_diagnostic *diagnostic);

/* --- options of loading --------------------------------------------------------------------------------------------
 */

/* Where time zone rules come from. */
enum sla_tzdata {
  SLA_TZDATA_AUTO,   /* the system's TZif files (RFC 9636), and ICU where there are none */
  SLA_TZDATA_SYSTEM, /* the system's only */
  SLA_TZDATA_ICU,    /* ICU's only */
};

struct sla_options {
  const char *const *path; /* folders to look names up in, before SLACLOCK_PATH; NULL: none */
  size_t path_count;
  enum sla_tzdata tzdata;
  const char *language;   /* of holiday names, as "uk"; NULL: each set's first */
  size_t memory_limit;    /* bytes that a handle, and each calendar prepared for it, may take; 0: no limit */
  sla_diagnose *diagnose; /* NULL: diagnostics are dropped */
  void *diagnose_data;
};

/* --- zones and times -----------------------------------------------------------------------------------------------
 */

typedef struct sla_zone sla_zone;

/*
 * A zone by name: an IANA name or alias, "UTC", or a fixed offset east of Greenwich (+04:00, UTC+4, GMT+2).
 * SLA_NOT_FOUND where there is no such zone; the diagnostic suggests the nearest name. Free with sla_zone_free.
 */
enum sla_code sla_zone_load(const struct sla_options *options, const char *name, sla_zone **ret_zone);
void sla_zone_free(sla_zone *zone);

/* Seconds east of UTC that the zone's clocks show at t. */
int32_t sla_zone_offset(const sla_zone *zone, sla_time t);

/* What reading a time met. */
enum sla_reading {
  SLA_READ_INSTANT,       /* the text says which instant */
  SLA_READ_LOCAL,         /* a wall clock without offset, read in the zone */
  SLA_READ_LOCAL_OVERLAP, /* a wall clock that comes twice: the first pass was taken */
  SLA_READ_LOCAL_GAP,     /* a wall clock that was skipped: read with the offset before the gap (RFC 5545 3.3.5) */
};

/*
 * Reads an RFC 3339 time (with T or a blank, seconds optional, fractions dropped, without offset local in the zone,
 * with RFC 9557's [Zone] behind it) or "@" and epoch seconds. options says where a zone in brackets comes from.
 * SLA_INVALID where the text is no time: the diagnostic is about file `what`, such as "--now".
 */
enum sla_code sla_time_read(const struct sla_options *options, const sla_zone *zone, const char *what,
                            struct sla_text text, sla_time *ret_time, enum sla_reading *ret_reading);

/* Room for a time as text, its NUL included. */
#define SLA_TIME_TEXT 32

/*
 * Writes t as RFC 3339 with seconds and the offset, "Z" where utc is set (offset_s is then not read) or where the
 * offset is not whole minutes and RFC 3339 cannot show it. Returns the length without the NUL.
 */
size_t sla_time_write(sla_time t, int32_t offset_s, bool utc, char text[SLA_TIME_TEXT]);

/* The current time. */
sla_time sla_time_now(void);

/* Room for a duration as text, its NUL included. */
#define SLA_DURATION_TEXT 40

/* Writes seconds as "2h 30m 5s" ("0s" for none, a minus in front where negative). Returns the length without the NUL.
 */
size_t sla_duration_write(int64_t seconds, char text[SLA_DURATION_TEXT]);

/* Versions of the time zone data at hand, as "2026f"; NULL for one that is not there. */
struct sla_tzdata_versions {
  const char *system; /* of the system's TZif files */
  const char *icu;
  const char *in_use;   /* the one that the options choose */
  const char *source;   /* "system" or "icu": which that is */
  bool in_use_is_older; /* the other is newer */
  char text[64];        /* where the strings above live */
};
void sla_tzdata_compare(const struct sla_options *options, struct sla_tzdata_versions *ret_versions);

/* --- incidents -----------------------------------------------------------------------------------------------------
 */

/* Values of a field that holds several, as the labels of an issue: a condition holds when it does for any of them. */
struct sla_list {
  const struct sla_text *items;
  size_t count; /* 0: the field has the one value that stands in sla_incident.values */
};

/* What can happen to an incident. */
enum sla_event_kind {
  SLA_EVENT_FIELD,          /* a field takes a value */
  SLA_EVENT_CUSTOMER_REPLY, /* the customer writes */
  SLA_EVENT_AGENT_REPLY,    /* the desk writes */
  SLA_EVENT_RESOLVED,       /* every clock stops */
  SLA_EVENT_REOPENED,       /* and goes on, or starts again, as the policy says */
};

/* The kind of an event by its name in a log: SLA_EVENT_FIELD for all but the four names of the others. */
enum sla_event_kind sla_event_kind_read(struct sla_text name);

struct sla_event {
  sla_time at;
  enum sla_event_kind kind;
  size_t field;          /* SLA_EVENT_FIELD: index of the policy's field */
  struct sla_text value; /* SLA_EVENT_FIELD: what it is from then on */
};

/* An incident as its fields and its history say it. */
struct sla_incident {
  const struct sla_text *values; /* one a field of the policy; empty where it is absent */
  const struct sla_list *lists;  /* one a field; or NULL where none holds several values */
  /*
   * What has happened, by time; what comes at the same second is taken in this order. Events behind now have not
   * happened yet. A field that events change has the value of the newest of them, and none before the first: what it
   * was then is not known.
   */
  const struct sla_event *events;
  size_t event_count;
};

/* --- policies ------------------------------------------------------------------------------------------------------
 */

typedef struct sla_policy sla_policy;

/*
 * Loads a policy by name or path (a path has a slash or ends in .yaml, .yml, .json; a name is looked up in
 * options->path, SLACLOCK_PATH, $XDG_CONFIG_HOME/slaclock and the installed calendars). All errors of the file are
 * given as diagnostics. Free with sla_policy_free.
 */
enum sla_code sla_policy_load(const struct sla_options *options, const char *name, sla_policy **ret_policy);
void sla_policy_free(sla_policy *policy);

/* A policy of one calendar and one target, first_response from opened_at, written on a command line. NULL: not given.
 */
struct sla_inline {
  const char *hours;           /* required: the notation of slaclock-policy(5) */
  const char *zone;            /* required */
  const char *const *holidays; /* names or paths of holiday sets */
  size_t holidays_count;
  const char *const *dates; /* single holidays: DATE[,DATE...] each */
  size_t dates_count;
  bool exchanges;
  const char *weekend; /* "Sa,Su" */
  const char *within, *clock, *at, *cutoff, *roll, *edge;
};
enum sla_code sla_policy_inline(const struct sla_options *options, const struct sla_inline *text,
                                sla_policy **ret_policy);

const char *sla_policy_name(const sla_policy *policy);
/* What people call it, by the newest version; NULL where the file does not say. */
const char *sla_policy_title(const sla_policy *policy);
const char *sla_policy_file(const sla_policy *policy);
const sla_zone *sla_policy_zone(const sla_policy *policy);

/* The metrics that have targets, in the order in which the targets first name them. */
size_t sla_policy_metric_count(const sla_policy *policy);
const char *sla_policy_metric_name(const sla_policy *policy, size_t metric);
/* The fields it starts and stops at; SIZE_MAX where it is one of cycles. */
size_t sla_policy_metric_start(const sla_policy *policy, size_t metric);
size_t sla_policy_metric_stop(const sla_policy *policy, size_t metric);
/* Whether a metric starts and stops at events, as often as these come; and the event that starts it. */
bool sla_policy_metric_is_cycle(const sla_policy *policy, size_t metric, enum sla_event_kind *ret_begins);

/* The incident fields that metrics and conditions read, "paused" among them. */
size_t sla_policy_field_count(const sla_policy *policy);
const char *sla_policy_field_name(const sla_policy *policy, size_t field);
/* Whether a metric starts or stops at the field: input without such a column cannot be evaluated. */
bool sla_policy_field_is_needed(const sla_policy *policy, size_t field);

/* The fields that an incident should carry, by the newest version. */
size_t sla_policy_required_count(const sla_policy *policy);
size_t sla_policy_required_field(const sla_policy *policy, size_t index);

/*
 * Where a calendar's knowledge of holidays ends: the source that ends it first, and its last date (days since
 * 1970-01-01). NULL where nothing ends it.
 */
const char *sla_policy_calendar_covered(const sla_policy *policy, size_t calendar, int *ret_last);

size_t sla_policy_calendar_count(const sla_policy *policy);
const char *sla_policy_calendar_name(const sla_policy *policy, size_t calendar);
const sla_zone *sla_policy_calendar_zone(const sla_policy *policy, size_t calendar);
/* The calendar of a name as the version in force at a time has it, or else the newest; SIZE_MAX: there is none. */
size_t sla_policy_calendar_at(const sla_policy *policy, const char *name, sla_time at);

/* --- evaluating incidents ------------------------------------------------------------------------------------------
 */

/* Status of a metric, the first that holds; see slaclock(1). */
enum sla_status {
  SLA_STATUS_ERROR,
  SLA_NO_POLICY,
  SLA_EXCLUDED,
  SLA_NO_TARGET,
  SLA_BEST_EFFORT,
  SLA_NOT_STARTED,
  SLA_MET,
  SLA_MISSED,
  SLA_BREACHED,
  SLA_PAUSED,
  SLA_AT_RISK,
  SLA_RUNNING,
};

/* The name of a status in output, as "at_risk". */
const char *sla_status_name(enum sla_status status);

/* What a clock counts. */
enum sla_clock { SLA_BUSINESS_HOURS, SLA_BUSINESS_DAYS, SLA_ELAPSED };

/* Who decided on a metric, and by what. */
struct sla_rule {
  const char *policy;  /* its name; NULL where no policy was in force */
  const char *version; /* the first date it is in force, as YYYY-MM-DD, or "" */
  const char *file;    /* of the target or the exclusion that matched; NULL where none did */
  int line;
  size_t calendar; /* that the clock runs on; SIZE_MAX where there is none */
  enum sla_clock clock;
};

struct sla_result {
  enum sla_status status;
  bool has_due;     /* due, due_offset_s and remaining_s hold */
  bool has_elapsed; /* elapsed_s holds: the metric has started and its clock is known */
  sla_time due;
  int32_t due_offset_s; /* of the calendar's zone at due */
  int64_t elapsed_s, remaining_s;
  const sla_zone *zone; /* the calendar's, or the policy's where no calendar decides */
  const char *reason;   /* of an error, an exclusion, a best effort without clock, a pause of unknown length; or NULL.
                           Valid until the next evaluation by the same worker */
  const char *coverage; /* where the result rests on dates that a holiday set knows nothing of: which; else NULL */
  struct sla_rule rule;
};

/*
 * One run of a metric's clock. A metric from field to field has one; one that reopening starts again has one each time;
 * one from event to event as many as events began it.
 */
struct sla_cycle {
  bool started, stopped; /* start and stop hold */
  sla_time start, stop;
  struct sla_result result;
};

typedef struct sla_worker sla_worker;
typedef struct sla_time_format sla_time_format; /* see sla_time_format_load */

/* Scratch memory of one thread for one policy, which must outlive it. SLA_NO_MEMORY is its only failure. */
enum sla_code sla_worker_new(const sla_policy *policy, sla_worker **ret_worker);
void sla_worker_free(sla_worker *worker);

/* The zone of local times in incidents; NULL (the default) is the policy's. The zone must outlive the worker. */
void sla_worker_set_input_zone(sla_worker *worker, const sla_zone *zone);

/* Has targets measured on a calendar of the policy instead of their own; SIZE_MAX (the default): on their own. */
void sla_worker_set_calendar(sla_worker *worker, size_t calendar);

/* How times of fields (not those in `paused`) are written; NULL (the default): as sla_time_read has them. The format
 * must outlive the worker. */
void sla_worker_set_time_format(sla_worker *worker, const sla_time_format *format);

/* How many local times fell into an hour that repeats, and into one that was skipped, so far. */
void sla_worker_local_times(const sla_worker *worker, uint64_t *ret_overlaps, uint64_t *ret_gaps);

/*
 * Evaluates all metrics of an incident at now. results has room for sla_policy_metric_count. Allocates nothing but for
 * incidents with many pauses and, once, an index of targets where a version has very many.
 *
 * Returns SLA_OK: each result holds, be it an error of that metric. SLA_BEYOND: the policy's timelines are too short
 * for this incident; call sla_prepare with this worker and evaluate again.
 */
enum sla_code sla_evaluate_incident(const sla_policy *policy, const struct sla_incident *incident, sla_time now,
                                    sla_worker *worker, struct sla_result *ret_results);

/* The same for an incident with nothing but values. */
enum sla_code sla_evaluate(const sla_policy *policy, const struct sla_text *values, sla_time now, sla_worker *worker,
                           struct sla_result *ret_results);

/*
 * Incidents with nothing but values, as rows of a table: the value of field f in row r is
 * cells[r * width + columns[f]], and empty in all rows where columns[f] is negative.
 */
enum { SLA_MOST_ROWS = 64 };
struct sla_rows {
  size_t count, width; /* rows, at most SLA_MOST_ROWS, and the cells of each */
  const struct sla_text *cells;
  const long *columns; /* one a field of the policy */
};

/*
 * Evaluates those of several incidents that are quickly evaluated: due times that are searched for in hours already
 * laid out. Results have room for sla_policy_metric_count of each row; those of row r come behind those of the rows
 * before. Bit r of what is returned says whether they hold; the other rows, none to all of them, are for
 * sla_evaluate_incident, which would say the same of these. What else is said of a worker's last evaluation (cycles, a
 * value) is not said of rows. Allocates nothing but, once, an index of targets where a version has very many.
 */
uint64_t sla_evaluate_rows(const sla_policy *policy, const struct sla_rows *rows, sla_time now, sla_worker *worker,
                           struct sla_result *ret_results);

/*
 * The cycles of a metric, by their starts, as the worker's last evaluation found them; the result of the metric is that
 * of the one that has not stopped, or else of the worst. Valid until the worker's next evaluation.
 */
const struct sla_cycle *sla_worker_cycles(const sla_worker *worker, size_t metric, size_t *ret_count);

/* The one of them that stands for the metric. */
const struct sla_cycle *sla_worker_cycle(const sla_worker *worker, size_t metric);

/* The newest value of a field of the incident that was evaluated last. Valid until the next evaluation. */
struct sla_text sla_worker_value(const sla_worker *worker, size_t field);

/*
 * Whether the incident of the last evaluation was asked so often, the last time without an answer, that its policy
 * calls it closed_unanswered.
 */
bool sla_worker_closed_unanswered(const sla_worker *worker);

/* Lengthens the policy's timelines for what the worker's last evaluation found missing. No evaluation may be under way.
 */
enum sla_code sla_prepare(sla_policy *policy, const sla_worker *worker);

/* --- effort --------------------------------------------------------------------------------------------------------
 */

/* The most minutes of one piece of work (230 years), and the most that accounts count of anything (2^53 - 1). */
#define SLA_EFFORT_MOST_MINUTES INT64_C(120960000)
#define SLA_EFFORT_MOST         INT64_C(9007199254740991)

/* What a plan of a policy's `effort` gives. */
enum sla_plan_kind {
  SLA_PLAN_CREDITS,   /* an opening balance */
  SLA_PLAN_ALLOWANCE, /* minutes of work */
  SLA_PLAN_UNITS,     /* units of something that is counted */
};

/* Whether a policy has `effort` at all, and whether work costs credits by it. */
bool sla_policy_has_effort(const sla_policy *policy);
bool sla_policy_has_credits(const sla_policy *policy);

/* Whether effort depends on a field: it is the plan, counts something, or stands in a condition. */
bool sla_policy_field_is_of_effort(const sla_policy *policy, size_t field);

/* The plans of `effort`, in the file's order. */
size_t sla_policy_plan_count(const sla_policy *policy);
const char *sla_policy_plan_name(const sla_policy *policy, size_t plan);
enum sla_plan_kind sla_policy_plan_kind(const sla_policy *policy, size_t plan);

/* What one piece of work costs. */
struct sla_effort {
  int64_t credits;
  bool is_free;   /* work of a kind that costs nothing */
  bool notice;    /* the customer is told beforehand */
  bool replenish; /* the balance must be replenished for work that long */
};

/* What a customer has of a plan. */
struct sla_holding {
  size_t plan; /* of the policy */
  enum sla_plan_kind kind;
  bool bought;        /* told by sla_accounts_buy, not only by incidents that name the plan */
  int64_t amount;     /* credits, minutes or units */
  int64_t used, left; /* minutes or units; left is negative where more was used than there was */
  bool used_up;       /* nothing is left */
};

/* The account of a customer. */
struct sla_account {
  struct sla_text customer;
  int64_t incidents, minutes, free_minutes, credits;
  int64_t notices, replenishments;                   /* how many pieces of work needed them */
  int64_t opening, granted, balance;                 /* balance = opening + granted - credits */
  int64_t overdrawn;                                 /* credits taken beyond the balance by work that may not do so */
  int64_t allowance, allowance_used, allowance_left; /* minutes, of all plans with an allowance */
  int64_t units, units_used, units_left;             /* of all plans with units */
  size_t used_up;                                    /* how many plans are */
  const struct sla_holding *plans;
  size_t plan_count;
};

typedef struct sla_accounts sla_accounts;

/*
 * Makes accounts for a policy that has `effort`, which must outlive them. In what order they are told of work,
 * purchases and credits makes no difference. SLA_NO_MEMORY is its only failure. Free with sla_accounts_free.
 */
enum sla_code sla_accounts_new(const sla_policy *policy, sla_accounts **ret_accounts);
void sla_accounts_free(sla_accounts *accounts);

/*
 * Work on an incident, 0 to SLA_EFFORT_MOST_MINUTES. values and lists are those of the policy's fields, as in
 * sla_incident; of a list, the plan is the first that is one. A plan that incidents name counts once, unless it is
 * bought.
 *
 * After SLA_NO_MEMORY the accounts can only be freed. The three return SLA_INVALID where something is wrong, which
 * *ret_problem says until the next call, with no number changed.
 */
enum sla_code sla_accounts_work(sla_accounts *accounts, struct sla_text customer, const struct sla_text *values,
                                const struct sla_list *lists, int64_t minutes, struct sla_effort *ret_effort,
                                const char **ret_problem);

/* A plan bought, once for each call; values as above: of the field that a plan's credits are counted by. */
enum sla_code sla_accounts_buy(sla_accounts *accounts, struct sla_text customer, size_t plan,
                               const struct sla_text *values, const char **ret_problem);

/* Credits paid in; negative: taken back. */
enum sla_code sla_accounts_grant(sla_accounts *accounts, struct sla_text customer, int64_t credits,
                                 const char **ret_problem);

/* The accounts in the order of first sight, and the sums of all. Valid until the next call with these accounts. */
size_t sla_accounts_count(const sla_accounts *accounts);
const struct sla_account *sla_accounts_item(sla_accounts *accounts, size_t index);
void sla_accounts_total(sla_accounts *accounts, struct sla_account *ret_total);

/* --- asking calendars ----------------------------------------------------------------------------------------------
 */

/*
 * The calendar and clock of the target that decides for an incident whose metric starts at start; where no target with
 * a clock matches, the policy's default calendar by its hours. SLA_NOT_FOUND where that is not defined either.
 */
enum sla_code sla_policy_clock(sla_policy *policy, size_t metric, const struct sla_text *values, sla_time start,
                               sla_worker *worker, size_t *ret_calendar, enum sla_clock *ret_clock);

/* Open seconds in [from, until) on a calendar's clock; 0 where until is not after from. */
enum sla_code sla_elapsed(sla_policy *policy, size_t calendar, enum sla_clock clock, sla_time from, sla_time until,
                          int64_t *ret_seconds);

/* Why a date has the windows it has. */
enum sla_day_kind {
  SLA_DAY_HOURS,         /* the weekly hours */
  SLA_DAY_EXCEPTION,     /* a dated exception of the calendar */
  SLA_DAY_HOLIDAY,       /* a holiday */
  SLA_DAY_CARRIED,       /* a day off carried over from a holiday on a day off */
  SLA_DAY_EXCHANGE_OFF,  /* off in exchange for a working day */
  SLA_DAY_EXCHANGE_WORK, /* worked in exchange for a day off */
  SLA_DAY_EVE,           /* shortened before a holiday */
  SLA_DAY_COMPOSED,      /* of a union or intersection: what its members say */
};

struct sla_day {
  enum sla_day_kind kind;
  int date;            /* days since 1970-01-01 */
  const char *name;    /* of the holiday (also the one carried over, and the one that an eve precedes); or NULL */
  const char *rule;    /* carried: by which rule; or NULL */
  const char *set;     /* the holiday set it comes from; or NULL */
  int from;            /* carried: the holiday's date; exchange: the other date; eve: the holiday's date */
  const char *closure; /* name of a part-day closing on the date; or NULL */
};

struct sla_opening {
  bool open;
  bool changes;           /* until holds; else it stays so as far as the supported range goes */
  sla_time until;         /* when it closes or opens next */
  int32_t until_offset_s; /* of the calendar's zone */
  struct sla_day day;     /* of the local date: why it is open or closed */
  char reason[256];       /* the same in words, as "holiday: Easter" */
  char coverage[256];     /* where no holiday is known of the date: what is not covered; else "" */
};

/* Whether a calendar is open at an instant, until when, and why. */
enum sla_code sla_open(sla_policy *policy, size_t calendar, sla_time at, struct sla_opening *ret_opening);

/* [from, until). */
struct sla_window {
  sla_time from, until;
};

/*
 * Takes a date and the stretches that open on it: sorted, disjoint, none where the date has no open instant; one that
 * reaches past midnight belongs to the date it opens on. All of it is valid only during the call, which must leave the
 * policy alone. false ends the listing.
 */
typedef bool sla_calendar_day_fn(void *data, const struct sla_day *day, const struct sla_window *windows, size_t count);

/* Visits a calendar's dates from first to last, both included; those outside 1970 to 2199 are left out. */
enum sla_code sla_calendar_days(sla_policy *policy, size_t calendar, int first, int last, sla_calendar_day_fn *visit,
                                void *data);

/* --- holiday sets --------------------------------------------------------------------------------------------------
 */

typedef struct sla_holidays sla_holidays;

enum sla_holiday_kind { SLA_HOLIDAY, SLA_CARRYOVER, SLA_EXCHANGE_OFF, SLA_EXCHANGE_WORK, SLA_CLOSING };

struct sla_holiday {
  int date; /* days since 1970-01-01 */
  enum sla_holiday_kind kind;
  const char *name;
  bool has_from;
  int from;                 /* carryover: the holiday's date; exchange: the other date */
  int close_from, close_to; /* closing: seconds of the wall clock since the date's midnight */
};

/*
 * The holidays of a set (NAME, NAME@VARIANT or a path) in the years first to last (1970 to 2199), by date. weekend says
 * which weekdays are days off, bit 0 for Monday; 0 is Saturday and Sunday. Free with sla_holidays_free.
 */
enum sla_code sla_holidays_load(const struct sla_options *options, const char *name, int first_year, int last_year,
                                unsigned weekend, sla_holidays **ret_holidays);
void sla_holidays_free(sla_holidays *holidays);
size_t sla_holidays_count(const sla_holidays *holidays);
const struct sla_holiday *sla_holidays_item(const sla_holidays *holidays, size_t index);
/* Says which of the years asked for the set knows nothing of, as "ua covers nothing before 1991-01-01"; or NULL. */
const char *sla_holidays_uncovered(const sla_holidays *holidays);

/* The name of a kind in output, as "exchange-off". */
const char *sla_holiday_kind_name(enum sla_holiday_kind kind);

/* Weekdays as written by people ("Sa,Su", "Fr-Sa") into bits, bit 0 for Monday; false where the text is no such list.
 */
bool sla_weekdays_read(struct sla_text text, unsigned *ret_weekdays);

/* Writes a date (days since 1970-01-01) as YYYY-MM-DD. */
void sla_date_write(int date, char text[16]);

/* The date of a year from 1 to 9999, a month and a day from 1. */
int sla_date_of(int year, int month, int day);

/* Names of months and weekdays in a language. */
struct sla_locale_names {
  char tag[32];               /* of the language the names are in, as "uk" or "pt-BR" (RFC 5646) */
  char months[12][64];        /* as "January", standing alone */
  char weekdays[7][64];       /* as "Monday"; index 0 is Monday, here and in the next */
  char short_weekdays[7][32]; /* the shortest usual form, as "Mo" */
  int first_weekday;          /* that a week begins with; 0 for Monday */
  bool right_to_left;
};

/*
 * The names for a locale ("uk", "de-AT", "ja_JP.UTF-8"), in UTF-8; English, with weeks from Monday, for NULL, "", "C"
 * and "POSIX". Where a language is not known the names are English, and the week begins as the region has it. false
 * where ICU, which knows all but English, is not installed: then it is as for NULL.
 */
bool sla_locale_names(const char *locale, struct sla_locale_names *ret_names);

/*
 * Columns that UTF-8 text takes in a terminal, counted up to `most`: wide East Asian characters are two, combining ones
 * none. *ret_len is how many bytes of the text fit. Where ICU is not installed every printable character is one.
 */
size_t sla_text_columns(struct sla_text text, size_t most, size_t *ret_len);

/*
 * The candidate nearest to a misspelt word, for "did you mean"; NULL where none is near. Without regard to case.
 */
const char *sla_nearest(struct sla_text word, const char *const *candidates, size_t count);

/*
 * Bytes of the well-formed UTF-8 character (RFC 3629) at the start of a text, which must not be empty; 0 where it is
 * malformed.
 */
size_t sla_utf8_length(struct sla_text text);

/* --- feeds from the web --------------------------------------------------------------------------------------------
 */

typedef struct sla_feeds sla_feeds;

struct sla_feed {
  const char *path; /* of the file */
  const char *url;  /* where its newest version is to be had, as the policy says; not looked at any closer */
  int line;         /* where the policy says so */
};

/*
 * The feeds of a policy (as sla_policy_load names it) whose entries carry a `url`, each file once. Nothing but the
 * policy file is read: a feed may be missing or broken. A file without calendars has none. Free with sla_feeds_free.
 */
enum sla_code sla_feeds_load(const struct sla_options *options, const char *policy, sla_feeds **ret_feeds);
void sla_feeds_free(sla_feeds *feeds);
size_t sla_feeds_count(const sla_feeds *feeds);
const struct sla_feed *sla_feeds_item(const sla_feeds *feeds, size_t index);

/* --- input profiles ------------------------------------------------------------------------------------------------
 */

/*
 * Compiles ICU patterns ("dd-MM-yyyy HH:mm"), the first that fits a text reads it; locale is of the words in them
 * ("es"; NULL: English). SLA_INVALID where one is none, SLA_NOT_FOUND where the locale is not known; diagnostics are
 * about file `what`, such as "--time-format". A format is read-only, so that any number of threads may use it. Free
 * with sla_time_format_free.
 */
enum sla_code sla_time_format_load(const struct sla_options *options, const char *const *patterns, size_t count,
                                   const char *locale, const char *what, sla_time_format **ret_format);
void sla_time_format_free(sla_time_format *format);

/* sla_time_read by a format's patterns and, where none fits, as without a format (NULL). */
enum sla_code sla_time_read_format(const struct sla_options *options, const sla_time_format *format,
                                   const sla_zone *zone, const char *what, struct sla_text text, sla_time *ret_time,
                                   enum sla_reading *ret_reading);

typedef struct sla_profile sla_profile;

/* Loads an input profile by name or path, as sla_policy_load does a policy. Free with sla_profile_free. */
enum sla_code sla_profile_load(const struct sla_options *options, const char *name, sla_profile **ret_profile);
void sla_profile_free(sla_profile *profile);

const char *sla_profile_name(const sla_profile *profile);
const char *sla_profile_file(const sla_profile *profile);
const sla_zone *sla_profile_zone(const sla_profile *profile); /* of local times; NULL: the profile says none */
/* Of the profile, which must outlive its users; NULL: the default forms. */
const sla_time_format *sla_profile_time_format(const sla_profile *profile);
/* The column of the time at which a row holds, in exports with several rows an incident; NULL: one row an incident. */
const char *sla_profile_history(const sla_profile *profile);

/* A field that a profile says something of. */
struct sla_profile_field {
  const char *name;
  const char *column; /* or path; NULL: the field's own name; "": the export has none */
  bool has_words;     /* its column's words are translated */
  bool resolves;      /* it decides whether an incident is resolved: see sla_profile_resolves */
  int line;           /* of the file, where it is named first */
};

/* The fields that a profile names, in the file's order; sla_profile_find gives SIZE_MAX for one it does not name. */
size_t sla_profile_field_count(const sla_profile *profile);
void sla_profile_field_at(const sla_profile *profile, size_t field, struct sla_profile_field *ret_field);
size_t sla_profile_find(const sla_profile *profile, const char *name);

/*
 * What a column's text means for a field: the policy's word for it, empty where it means that nothing is known, else
 * the text as it is. field is SIZE_MAX for one that the profile does not name. The result is the profile's or the text.
 */
struct sla_text sla_profile_word(const sla_profile *profile, size_t field, struct sla_text text);

/*
 * Whether a word (as sla_profile_word gives it) is one of those by which a field says that an incident is resolved.
 * With several such fields all must; where no field `resolves`, a history does not say when incidents were resolved.
 */
bool sla_profile_resolves(const sla_profile *profile, size_t field, struct sla_text word);

/* --- checking files ------------------------------------------------------------------------------------------------
 */

struct sla_check {
  unsigned errors, warnings; /* diagnostics given */
  unsigned examples;         /* of a policy, run */
  unsigned failed;           /* of these, failed; each is an error too */
};

/*
 * Reads a policy, holiday set or input profile as strictly as loading does, runs a policy's examples, and warns of what
 * is likely a mistake: unused calendars, sets whose coverage ends before horizon, older time zone data. Of a feed,
 * notes say which of its entries count. SLA_OK says that the file could be read, whatever was found in it.
 */
enum sla_code sla_check_file(const struct sla_options *options, const char *file, sla_time horizon,
                             struct sla_check *ret_check);

#ifdef __cplusplus
}
#endif

#endif
