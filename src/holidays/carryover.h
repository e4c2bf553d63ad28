/*
 * carryover: the rules by which a holiday on a day off becomes another day off. The table of them is in carryover.c;
 * its expansion of sources into days off is holidays_expand() of holidays.h.
 */
#ifndef SLACLOCK_HOLIDAYS_CARRYOVER_H
#define SLACLOCK_HOLIDAYS_CARRYOVER_H

#include "base/diag.h"
#include "base/yaml.h"

struct carryover_rule;

/* Reads a rule's name; NULL after an error, which went to diags with the nearest name. */
const struct carryover_rule *carryover_rule_read(struct diags *diags, const struct yaml_node *node);

#endif
