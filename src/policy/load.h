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
  bool pausable;
  size_t index; /* among the policy's metrics; SIZE_MAX while it has no target */
};

/* One load of one policy. */
struct loader {
  struct policy *policy;
  struct arena *arena;
  struct diags *diags;
  struct holiday_loader holidays;
  const char *folder;                   /* that names in the file are looked up from; NULL: the command line */
  struct holiday_source extra_holidays; /* single dates given on a command line; set NULL: none */
  struct {
    struct declared_metric *items;
    size_t count, capacity;
  } declared;
};

/* An empty policy (NULL where there is no memory), and the loader for it. Names are looked up from folder. */
struct policy *policy_new(const struct sla_options *options);
void loader_init(struct loader *loader, struct policy *policy, struct diags *diags, const struct sla_options *options,
                 const char *folder);

/* Hands out a policy that was loaded, or frees one that was not. done: memory sufficed. */
enum sla_code load_finish(struct policy *policy, bool done, enum sla_code code, struct policy **ret_policy);

/* Reads a whole policy file's tree. */
void load_root(struct loader *loader, const struct yaml_node *root);

/* Reads the map `calendars` into policy->calendars. */
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

/* Warns of targets that an earlier one without conditions leaves nothing to. */
void load_warn_unreachable(struct loader *loader);

/* The list `examples` into policy->examples; all fields are known by then. */
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

#endif
