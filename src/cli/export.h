/* export: what the two halves of the command share. */
#ifndef SLACLOCK_CLI_EXPORT_H
#define SLACLOCK_CLI_EXPORT_H

#include "cli/cli.h"

/* The due times of incidents that are not stopped yet; see export_due.c. */
void export_due(struct cli *cli);

#endif
