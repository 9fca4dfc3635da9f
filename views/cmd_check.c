#include "cli.h"

static int run(struct cli *c)
{
	(void)c;
	return STATUS_FINE;
}

const struct command cmd_check = {
	.name = "check",
	.summary = "all findings, worst first",
	.view = "overview",
	.run = run,
};
