/*
 * commands.h - all commands, in the order of commands.def.
 */
#ifndef MODSCOPE_COMMANDS_H
#define MODSCOPE_COMMANDS_H

#include "commands/cli.h"

extern const struct cli_command *const commands_all[];	/* NULL-terminated */

#endif
