#include "commands/help.h"

const char help_intro[] =
	"modscope shows what go knows about modules: why a version was selected, which cache entry\n"
	"is broken, what go mod tidy would change. It reads the files itself and does not run go.\n";

static void print_flags(struct report *r, const struct cli_flag *table)
{
	static const struct report_column columns[] = { { NULL }, { NULL }, { NULL } };
	struct report_table t;

	report_table_begin(&t, r, columns, ARRAY_LEN(columns));
	for (; table->name; table++) {
		bool is_short = !table->name[1];

		if (!table->help)
			continue;
		report_cell(&t, STYLE_NORMAL, "%s", "");
		report_cell(&t, STYLE_STRONG, "%s%s%s%s", is_short ? "-" : "--", table->name,
			    table->arg ? is_short ? " " : "=" : "", table->arg ? table->arg : "");
		report_cell(&t, STYLE_NORMAL, "%s", table->help);
	}
	report_table_end(&t);
}

static void print_synopsis(struct report *r, const struct cli_command *cmd)
{
	report_textf(r, "modscope [OPTIONS] %s", cmd->name);
	for (const struct cli_flag *f = cmd->flags; f && f->name; f++)
		if (f->help)
			report_textf(r, " [%s%s%s%s]", f->name[1] ? "--" : "-", f->name,
				     f->arg ? f->name[1] ? "=" : " " : "", f->arg ? f->arg : "");
	report_textf(r, "%s%s\n", cmd->args ? " " : "", cmd->args ? cmd->args : "");
}

void help_command(struct report *r, const struct cli_command *cmd)
{
	report_styledf(r, STYLE_STRONG, "%s", cmd->name);
	report_textf(r, ": %s\n\n  ", cmd->summary);
	print_synopsis(r, cmd);
	if (cmd->same_as)
		report_textf(r, "\nPrints what '%s' prints, and refuses where it refuses.\n",
			     cmd->same_as);
	if (cmd->help)
		report_textf(r, "\n%s", cmd->help);
	if (cmd->flags) {
		report_textf(r, "\nOptions\n");
		print_flags(r, cmd->flags);
	}
	report_textf(r, "\nGeneral options\n");
	print_flags(r, cli_options);
	report_textf(
		r,
		"\nExit status: 0 fine, 1 the answer is \"no\", 2 wrong usage, 3 could not find out.\n");
}

void help_usage(struct report *r, const struct cli_command *const *commands)
{
	static const struct report_column columns[] = { { NULL }, { NULL }, { NULL }, { NULL } };
	struct report_table t;

	report_textf(r, "%s\nUsage: modscope [OPTIONS] [COMMAND [ARG...]]\n\n", help_intro);
	report_textf(
		r,
		"Without a command, on a terminal: the interactive program; elsewhere: check.\n\nCommands\n");
	report_table_begin(&t, r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; commands[i]; i++) {
		const struct cli_command *cmd = commands[i];

		report_cell(&t, STYLE_NORMAL, "%s", "");
		report_cell(&t, STYLE_STRONG, "%s", cmd->name);
		report_cell(&t, STYLE_NORMAL, "%s", cmd->summary);
		report_cell(&t, STYLE_QUIET, "%s", cmd->same_as ? cmd->same_as : "");
	}
	report_table_end(&t);
	report_textf(r, "\nOptions\n");
	print_flags(r, cli_options);
	report_textf(
		r,
		"\nExit status: 0 fine, 1 the answer is \"no\", 2 wrong usage, 3 could not find out.\n");
}
