#include "commands/commands.h"

#define COMMAND(name) extern const struct cli_command cmd_##name;
#include "commands/commands.def"
#undef COMMAND

const struct cli_command *const commands_all[] = {
#define COMMAND(name) &cmd_##name,
#include "commands/commands.def"
#undef COMMAND
	NULL,
};
