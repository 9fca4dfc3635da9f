/*
 * commands.h - all commands, in the order of commands.def; the first is what runs where none is given.
 */
#ifndef MODSCOPE_COMMANDS_H
#define MODSCOPE_COMMANDS_H

#include "commands/cli.h"

extern const struct command *const commands[];	/* NULL ends them */

#endif
