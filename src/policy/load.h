/* load: what the two halves of the policy loader share. */
#ifndef SLACLOCK_POLICY_LOAD_H
#define SLACLOCK_POLICY_LOAD_H

#include "base/fields.h"
#include "base/yaml.h"
#include "policy/policy.h"

/* A metric that targets may name. */
struct declared_metric {
  const char *name;
  struct place place;
  struct sla_text start, stop; /* names of fields; empty: missing */
  bool is_cycle;
  enum sla_event_kind begins, ends; /* of a cycle */
  const struct yaml_node *after;    /* names a metric; or NULL */
  enum reopen reopen;
  bool pausable;
  struct metric *metric; /* NULL while nothing has asked for it */
};

/* One load of a policy: of the file that was asked for and of those that it leads to. */
struct loader {
  struct policy *policy;
  struct arena *arena;
  struct diags *diags;
  const struct sla_options *options;
  struct holiday_loader holidays;
  struct holiday_source extra_holidays; /* single dates given on a command line; set NULL: none */
  struct version *version;              /* being loaded */
  struct {
    struct declared_metric *items;
    size_t count, capacity;
  } declared; /* of the version */
  struct {
    struct pending_examples {
      struct version *version;
      const struct yaml_node *examples;
    } * items;
    size_t count, capacity;
  } pending; /* examples of the first file, to be read when all fields are known */
  struct {
    struct read_file {
      const char *path;
      struct yaml_documents documents; /* none: it has errors, which have been reported */
    } * items;
    size_t count, capacity;
  } read;           /* files that others name */
  size_t inherited; /* list items and keys, by all versions */
  bool is_command_line;
};

/* An empty policy (NULL where there is no memory), and the loader for it. */
struct policy *policy_new(const struct sla_options *options);
void loader_init(struct loader *loader, struct policy *policy, struct diags *diags, const struct sla_options *options);

/* The folder that names at a place are looked up from; NULL for the command line and standard input. */
const char *load_folder(struct loader *loader, struct place place);

/* Hands out a policy that was loaded, or frees one that was not. done: memory sufficed. */
enum sla_code load_finish(struct policy *policy, bool done, enum sla_code code, struct policy **ret_policy);

/* Reads a document, as a version of a file. */
void load_version(struct loader *loader, struct policy_file *file, const struct yaml_node *root);

/* What is left to do when all files have been read. Call it once, last. */
void load_complete(struct loader *loader);

/* The document with what it inherits by `extends`; NULL after an error. */
const struct yaml_node *load_extended(struct loader *loader, const struct yaml_node *root);

/* Reads the list `agreements`, and the files that it names. */
void load_agreements(struct loader *loader, const struct yaml_node *list);

/* Reads a clause: the keys `when`, `unless`, `during` and `outside` of a map. */
#define CLAUSE_KEYS                                                                                                    \
  {"when", FIELD_OPTIONAL}, {"unless", FIELD_OPTIONAL}, {"during", FIELD_OPTIONAL}, {                                  \
    "outside", FIELD_OPTIONAL                                                                                          \
  }
void load_clause(struct loader *loader, const struct yaml_node *map, struct clause *ret_clause);
/* Reads `when` and `unless` alone. */
void load_values(struct loader *loader, const struct yaml_node *map, struct clause *ret_clause);
bool clause_is_empty(const struct clause *clause);

/* Reads the map `metrics` and the keys `pause` and `closed_unanswered`; either may be NULL. */
void load_metrics(struct loader *loader, const struct yaml_node *metrics);
void load_pause(struct loader *loader, const struct yaml_node *pause);
void load_unanswered(struct loader *loader, const struct yaml_node *node);

/* Resolves `after`, once all metrics have been read. */
void load_prerequisites(struct loader *loader);

/* Reads the map `calendars` into the version's. */
void load_calendars(struct loader *loader, const struct yaml_node *calendars);

/* The zone of a node; NULL after an error. */
const struct zone *load_zone(struct loader *loader, const struct yaml_node *node);

/* The calendar that a node names; NULL after an error. */
struct calendar *load_calendar_name(struct loader *loader, const struct yaml_node *node);

/* A calendar of the policy's zone that never closes, for targets that need none: "24/7" among the policy's. */
struct calendar *load_always(struct loader *loader);

/* Reads the lists `targets` and `exclude`. */
void load_targets(struct loader *loader, const struct yaml_node *targets);
void load_exclusions(struct loader *loader, const struct yaml_node *list);

/* The map of `when` and `unless`. */
const struct condition *load_conditions(struct loader *loader, const struct yaml_node *node, size_t *ret_count);

/* Reads the map `effort`. */
void load_effort(struct loader *loader, const struct yaml_node *node);

/* Warns of a version's targets that an earlier one without conditions leaves nothing to. */
void load_warn_unreachable(struct loader *loader);

/* The list `examples` of a version into policy->examples; all fields and metrics are known by then. */
void load_examples(struct loader *loader, const struct yaml_node *examples);

/* The values of an example's incident, for which there is room. */
void load_with(struct loader *loader, struct example *example, const struct yaml_node *with);

/* An example with the key `effort`; false after an error. */
bool load_effort_question(struct loader *loader, struct example *example, const struct yaml_node *node);

/* Refuses the keys that go with `effort`, in an example without it. */
bool load_effort_alone(struct loader *loader, const struct yaml_node *node);

/* The metric that a node names; NULL after an error. */
struct declared_metric *load_metric_name(struct loader *loader, const struct yaml_node *node);

/* The index of a metric among those with targets; it is one from now on. */
size_t load_metric_use(struct loader *loader, struct declared_metric *declared);

/* Reads a file's text into documents, each of which is a version of a policy. false after an error. */
enum sla_code load_documents(struct loader *loader, const char *path, const struct source *given,
                             struct yaml_documents *ret_documents);

/* Reads a file's documents as the versions of a policy. */
struct policy_file *load_versions(struct loader *loader, const char *path, const struct yaml_documents *documents);

#endif
