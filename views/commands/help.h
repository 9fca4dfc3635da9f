/*
 * help.h - the help texts, from the table of commands.
 */
#ifndef MODSCOPE_HELP_H
#define MODSCOPE_HELP_H

#include "commands/cli.h"

extern const char help_intro[];	/* two lines */

/* Options and all commands. */
void help_usage(struct report *r, const struct cli_command *const *commands);
void help_command(struct report *r, const struct cli_command *cmd);

#endif
