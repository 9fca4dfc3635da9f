#include "packages/why.h"

#include "commands/project.h"

/* A chain as JSON: {"Path", "Test", "Tool"} from the main module's package to the target. */
static void add_chain(json_t *row, const struct pkgload *ld, const struct pkg *p, struct arena *a)
{
	json_t *chain = report_set_rows(row, "chain");
	struct why_step *steps;
	size_t n = why_chain(ld, p, a, &steps);

	for (size_t i = 0; i < n; i++) {
		json_t *step = report_add_row(chain);

		report_set_str(step, "Path", steps[i].pkg->path);
		if (steps[i].pkg->mod.path[0])
			report_set_str(step, "Module", steps[i].pkg->mod.path);
		report_set_bool(step, "Test", steps[i].test);
		report_set_bool(step, "Tool", steps[i].tool);
	}
}

static void json_module(json_t *rows, const struct pkgload *ld, const char *module, struct arena *a)
{
	struct pkg **pkgs;
	size_t n = why_module_packages(ld, module, a, &pkgs);
	json_t *row = report_add_row(rows), *list;

	report_set_str(row, "Module", module);
	json_object_set_new(row, "Needed", json_boolean(n > 0));
	if (n)
		add_chain(row, ld, pkgs[0], a);
	list = report_set_rows(row, "packages");
	for (size_t i = 0; i < n; i++)
		report_add_str(list, pkgs[i]->path);
}

static void json_package(json_t *rows, const struct pkgload *ld, const char *path, struct arena *a)
{
	const struct pkg *p = pkgload_find(ld, path);
	json_t *row = report_add_row(rows);

	report_set_str(row, "Path", path);
	json_object_set_new(row, "Needed", json_boolean(p != NULL));
	if (p)
		add_chain(row, ld, p, a);
}

static int run_json(struct cli *c, struct project *p)
{
	struct pkgload *ld = NULL;
	struct arena a = ARENA_INIT;
	bool ok = why_load(p->ml, cli_has(c, "vendor"), &ld, &p->err);

	if (ok) {
		json_t *doc = report_doc("why"), *rows = report_set_rows(doc, "targets");

		for (size_t i = 0; i < c->n_args; i++) {
			if (cli_has(c, "m"))
				json_module(rows, ld, c->args[i], &a);
			else
				json_package(rows, ld, c->args[i], &a);
		}
		report_json(c->r, doc);
	}
	pkgload_free(ld);
	arena_release(&a);
	return ok ? project_close(p, c, STATUS_FINE) : project_fail(p, c);
}

/* Does not use PART_IMPORTS: go mod why fetches missing files, PART_IMPORTS does not. See project.h. */
static int run(struct cli *c)
{
	struct why_options o;
	struct buf b = BUF_INIT;
	struct project p;
	struct err first = ERR_INIT;
	bool ok;

	if (!project_open(&p, c, MODPROJECT_WHY)) {
		/* go checks these before it reads a file */
		if (p.source && cli_has(c, "m") && !why_check_modules(c->args, c->n_args, &first)) {
			err_clear(&p.err);
			err_move(&p.err, &first);
			buf_clear(&p.messages);
		}
		return project_fail(&p, c);
	}
	o = (struct why_options){ .modules = cli_has(c, "m"), .vendor = cli_has(c, "vendor") };
	if (c->r->json)
		return run_json(c, &p);
	ok = why_run(p.ml, &o, c->args, c->n_args, &b, &p.err);
	report_twin(c->r, &b);
	buf_release(&b);
	return ok ? project_close(&p, c, STATUS_FINE) : project_fail(&p, c);
}

static const struct cli_flag flags[] = {
	{ "m", NULL, "treat the arguments as modules: any package of each will do", true,
	  .in_view = true },
	{ "vendor", NULL, "exclude tests of dependencies", true },
	{ NULL },
};

const struct cli_command cmd_why = {
	.name = "why",
	.args = "[PACKAGE...]",
	.summary = "the shortest chain of imports from the main module",
	.same_as = "go mod why",
	.help = "Without arguments it asks about the package in the current directory, or with -m about the main module. With "
		"--json each target has its chain, and with -m all packages of the module that are needed.",
	.complete = "module",
	.view = "explain",
	.flags = flags,
	.max_args = SIZE_MAX,
	.run = run,
};
