#include "commands/help.h"

static int run(struct cli *c)
{
	const struct cli_command *cmd;

	if (!c->n_args) {
		help_usage(c->r, c->commands);
		return STATUS_FINE;
	}
	cmd = cli_command(c, c->args[0]);
	if (!cmd) {
		c->command = NULL;
		return cli_unknown_command(c, c->args[0]);
	}
	help_command(c->r, cmd);
	return STATUS_FINE;
}

const struct cli_command cmd_help = {
	.name = "help",
	.args = "[COMMAND]",
	.summary = "list the commands, or print help for one",
	.complete = "command",
	.max_args = 1,
	.view = "",
	.run = run,
};
