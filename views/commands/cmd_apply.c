#include "packages/goedit.h"

#include "base/text.h"
#include "commands/cache_report.h"
#include "commands/loaded.h"
#include "texts/whatif_words.h"

struct apply_run {
	struct cli *c;
	struct arena arena;
	struct goedit g;
	struct goedit_options o;
	struct plan plan;
	json_t *doc;
	struct err err;
};

static void print_diff(struct apply_run *x, const struct goedit_file *f)
{
	struct report *r = x->c->r;
	struct buf diff = BUF_INIT;

	goedit_diff(f, &diff);
	if (r->width)
		text_escape(&r->out, diff.data, diff.len, true);
	else
		buf_add(&r->out, diff.data, diff.len);
	buf_release(&diff);
}

static void show(struct apply_run *x, bool yes)
{
	const struct goedit_file *files[3];
	size_t n = goedit_changed(&x->g, files);
	json_t *rows = x->doc ? report_set_rows(x->doc, "files") : NULL;

	for (size_t i = 0; i < n; i++) {
		struct buf diff = BUF_INIT;
		json_t *row;

		if (!x->doc && !yes)
			print_diff(x, files[i]);
		if (!x->doc)
			continue;
		goedit_diff(files[i], &diff);
		row = report_add_row(rows);
		report_set_str(row, "File", files[i]->path);
		report_set_str(row, "Diff", diff.data);
		buf_release(&diff);
	}
	if (x->doc) {
		report_set_str(x->doc, "Command", x->g.command);
		cache_report_json_plan(x->doc, &x->plan);
	} else if (!n) {
		report_textf(x->c->r, "nothing would change\n");
	} else if (!yes) {
		cache_report_print_plan(x->c, &x->plan);
		report_textf(x->c->r, "nothing has been changed; run with --yes to apply\n");
	}
}

static int act(struct apply_run *x)
{
	bool yes = cli_has(x->c, "yes");
	struct execute_result *results = NULL;
	size_t n = 0;

	show(x, yes);
	if (!x->plan.n)
		return STATUS_FINE;
	if (!yes)
		return STATUS_NO;
	if (!goedit_run(&x->plan, &x->g, &x->o, &x->arena, &results, &n, &x->err))
		return -1;
	return cache_report_print_results(x->c, x->doc, results, n);
}

static bool make(struct apply_run *x, const struct whatif_steps *steps, bool tidy)
{
	plan_init(&x->plan, "");
	if (!goedit_make(&x->g, &x->o, steps, tidy, &x->err))
		return false;
	plan_release(&x->plan);
	return goedit_plan(&x->plan, &x->g, &x->o, &x->err);
}

/* The steps after the word "whatif". */
static bool parse(struct apply_run *x, struct whatif_steps *steps)
{
	const struct cli *c = x->c;

	return whatif_steps_parse(steps, &x->arena, c->args + 1, c->n_args - 1, cli_has(c, "get"),
				  &x->err);
}

/* go get checks for itself whether modules exist. */
static bool needs_graph(const struct whatif_steps *steps)
{
	for (size_t i = 0; i < steps->n; i++)
		if (steps->items[i].kind != WHATIF_GET && steps->items[i].kind != WHATIF_UPGRADE)
			return true;
	return false;
}

/* As whatif: only an existing module can be removed. */
static bool are_there(struct apply_run *x, const struct whatif_steps *steps)
{
	struct loaded loaded = loaded_open(x->c, NULL);
	const struct load_graph *g = NULL;
	bool look = needs_graph(steps),
	     ok = !look || (g = loaded_part(&loaded, REQUEST(PART_GRAPH), &x->err));

	for (size_t i = 0; g && i < steps->n && ok; i++)
		ok = whatif_words_check(g, &steps->items[i], &x->err);
	loaded_close(&loaded);
	return ok;
}

static int run_steps(struct apply_run *x, bool tidy)
{
	struct whatif_steps steps = { 0 };
	struct project p = { 0 };
	bool ok;
	int status = -1;

	ok = project_settings(&p, x->c, &x->err) && (tidy || parse(x, &steps)) &&
	     are_there(x, &steps);
	x->o = (struct goedit_options){ .env = p.env,
					.offline = x->c->offline,
					.go = cli_flag(x->c, "go"),
					.compat = cli_flag(x->c, "compat"),
					.allow_errors = cli_has(x->c, "e") };
	x->doc = x->c->r->json ? report_doc("apply") : NULL;
	if (ok && make(x, &steps, tidy))
		status = act(x);
	if (x->g.messages.len)
		buf_add(&p.messages, x->g.messages.data, x->g.messages.len);
	err_move(&p.err, &x->err);
	report_json_if(x->c->r, x->doc, status >= 0);
	plan_release(&x->plan);
	goedit_release(&x->g);
	arena_release(&x->arena);
	return status >= 0 ? project_close(&p, x->c, status) : project_fail(&p, x->c);
}

static bool place(const struct cli *c, const char **view, struct buf *target)
{
	(void)target;
	*view = "tidy";
	return str_eq(c->args[0], "tidy");
}

static int check(struct cli *c)
{
	if (c->interactive && c->n_args && str_eq(c->args[0], "whatif"))
		return cli_usage(c, "-i whatif MODULE@V... shows the change; W writes it there");
	return 0;
}

static int run(struct cli *c)
{
	struct apply_run x = { .c = c, .err = ERR_INIT };
	bool tidy = str_eq(c->args[0], "tidy");
	int status;

	if (!tidy && !str_eq(c->args[0], "whatif"))
		return cli_usage(c, "%s: tidy or whatif is expected", c->args[0]);
	if (tidy ? c->n_args > 1 : c->n_args < 2)
		return cli_usage(c, tidy ? "tidy takes no arguments" : "no steps are given");
	if (cli_has(c, tidy ? "get" : "compat") || (!tidy && (cli_has(c, "go") || cli_has(c, "e"))))
		return cli_usage(c, "--get is for whatif; -go, -compat and -e are for tidy");
	if (!project_go_flags(c, &status))
		return status;
	return run_steps(&x, tidy);
}

static const struct cli_flag flags[] = {
	{ "yes", NULL, "apply the change; without it, only show the change" },
	{ "get", NULL, "of whatif: as go get does" },
	{ "go", "VERSION", "of tidy: as if the go line were this version" },
	{ "compat", "VERSION", "of tidy: keep the checksums that this older Go version needs" },
	{ "e", NULL, "of tidy: proceed despite errors while loading packages" },
	{ NULL },
};

const struct cli_command cmd_apply = {
	.name = "apply",
	.args = "tidy | whatif MODULE@V...",
	.summary = "write go.mod and go.sum as go mod tidy, go get or go mod edit would",
	.help = "tidy     what `modscope tidy` shows, as go mod tidy would write it\n"
		"whatif   the steps of `modscope whatif`, as go mod edit would write them; with --get as go get would,\n"
		"         with the checksums that it adds\n"
		"Without --yes the change is shown and nothing is written. The old files are\n"
		"kept for `modscope undo`. Nothing is written where a file has changed since it was read, or is read-only.\n"
		"Each file is replaced at once: whatever happens meanwhile, it is the old one or the new one.\n",
	.complete = "change",
	.view = "whatif",
	.flags = flags,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.writes = cli_says_yes,
	.view_arg = "",
	.place = place,
	.check = check,
	.run = run,
};
