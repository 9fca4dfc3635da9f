/*
 * tables.h - the tables of commands, views and keys for generators: man page, completions, the default key file.
 */
#ifndef MODSCOPE_TABLES_H
#define MODSCOPE_TABLES_H

#include "app/view.h"
#include "commands/cli.h"

/* All of them as one JSON document. */
void tables_json(struct report *r, const struct cli_command *const *commands, const struct view_ops *const *views);
/* The default key file: what --keys reads. */
void tables_keys(struct report *r, const struct view_ops *const *views);

#endif
