#include "commands/cli.h"
#include "texts/describe.h"
#include "gofiles/goenv.h"

static const char *hazard_glyph(const struct report *r, const struct goenv_note *n)
{
	return n->hazard ? report_glyph(r, describe_severity_glyph(n->severity)) : "";
}

/* Unset variables without a hazard are shown only with --all. */
static bool is_shown(const struct cli *c, const struct goenv_note *n)
{
	return cli_has(c, "all") || n->source != GOENV_DEFAULT || n->hazard || n->value[0];
}

static void print_text(struct cli *c, const struct goenv_note *notes, size_t n)
{
	static const struct report_column columns[] = {
		{ "" }, { "VARIABLE" }, { "VALUE" }, { "FROM" }, { "EFFECT" }
	};
	struct report_table t;

	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < n; i++) {
		const struct goenv_note *v = &notes[i];

		if (!is_shown(c, v))
			continue;
		report_cell(&t, describe_severity_style(v->severity), "%s", hazard_glyph(c->r, v));
		report_cell(&t, v->changed ? STYLE_STRONG : STYLE_NORMAL, "%s", v->name);
		report_cell(&t, STYLE_NORMAL, "%s", v->value[0] ? v->value : "-");
		report_cell(&t, STYLE_QUIET, "%s", v->where);
		report_cell(&t, STYLE_NORMAL, "%s", v->effect);
	}
	report_table_end(&t);
	for (size_t i = 0; i < n; i++) {
		if (!notes[i].hazard)
			continue;
		report_styledf(c->r, describe_severity_style(notes[i].severity), "\n%s %s",
			       hazard_glyph(c->r, &notes[i]), notes[i].name);
		report_textf(c->r, ": %s\n", notes[i].hazard);
		if (notes[i].remedy && notes[i].remedy[0])
			report_textf(c->r, "  remedy: %s\n", notes[i].remedy);
	}
}

static void print_json(struct cli *c, const struct goenv_note *notes, size_t n)
{
	json_t *doc = report_doc("env"), *rows = report_set_rows(doc, "variables");

	for (size_t i = 0; i < n; i++) {
		const struct goenv_note *v = &notes[i];
		json_t *row = report_add_row(rows);

		report_set_str(row, "Name", v->name);
		report_set_str(row, "Value", v->value);
		report_set_str(row, "Source", goenv_source_name(v->source));
		report_set_str(row, "Where", v->where);
		report_set_bool(row, "Changed", v->changed);
		report_set_str(row, "Effect", v->effect);
		if (!v->hazard)
			continue;
		report_set_str(row, "Hazard", v->hazard);
		report_set_str(row, "Severity", finding_severity_name(v->severity));
		report_set_str(row, "Remedy", v->remedy);
	}
	report_json(c->r, doc);
}

/* The rows named by the arguments, in their order; all without any. */
static bool pick(struct cli *c, struct goenv_note *notes, size_t *n, struct err *e)
{
	struct goenv_note *picked = xcalloc(c->n_args + 1, sizeof(*picked));
	size_t n_picked = 0;

	for (size_t i = 0; i < c->n_args; i++) {
		size_t at = 0;

		while (at < *n && !str_eq(notes[at].name, c->args[i]))
			at++;
		if (at == *n)
			err_set(e, ERR_USAGE, "%s is not a variable that affects modules",
				c->args[i]);
		else
			picked[n_picked++] = notes[at];
	}
	if (c->n_args && !err_is_set(e)) {
		memcpy(notes, picked, n_picked * sizeof(*picked));
		*n = n_picked;
	}
	free(picked);
	return !err_is_set(e);
}

static int run(struct cli *c)
{
	struct err e = ERR_INIT;
	struct goenv *env = goenv_new(&(struct goenv_options){ 0 }, &e);
	struct arena a = ARENA_INIT;
	struct goenv_note *notes;
	size_t n;
	int status = STATUS_FINE;

	if (!env)
		return cli_fail(c, &e);
	goenv_explain(env, &a, &notes, &n);
	if (!pick(c, notes, &n, &e))
		status = cli_fail(c, &e);
	else if (c->r->json)
		print_json(c, notes, n);
	else
		print_text(c, notes, n);
	arena_release(&a);
	goenv_free(env);
	return status;
}

static const struct cli_flag flags[] = {
	{ "all", NULL, "also variables that are not set and have no effect", .in_view = true },
	{ NULL },
};

const struct cli_command cmd_env = {
	.name = "env",
	.args = "[VARIABLE...]",
	.summary = "go's settings, where each one is set, and hazards",
	.help = "For each variable: its value, where it is set, what it does, and any hazard.\n"
		"Credentials in values are masked.\n",
	.complete = "none",
	.flags = flags,
	.max_args = SIZE_MAX,
	.run = run,
};
