#include "texts/cache_report.h"

/* The report that is acted on: the modules that were named, the build list, or the whole cache. */
static bool load(struct cli *c, struct project *p, struct cachejob *j, struct mod_list *mods,
		 struct cache_report **r)
{
	struct cache_options o = cachejob_cache_options(j);
	bool all = cli_has(c, "all"), whole;

	o.hash = o.sizes = true;
	if (!all && !c->n_args && !cache_known_list(p, c, mods, &whole))
		return false;
	return cache_load(r, &o,
			  all	    ? NULL
			  : mods->n ? mods->items
				    : (struct modver[1]){ { "", "" } },
			  all ? 0 : mods->n, &p->err);
}

static int act(struct cli *c, struct cachejob *j, const struct cache_report *r,
	       const struct mod_list *mods, struct err *e)
{
	const struct modver *chosen = c->n_args ? mods->items : NULL;
	json_t *doc = c->r->json ? report_doc("repair") : NULL;
	struct arena a = ARENA_INIT;
	struct repair_result *results;
	struct repair_options ro;
	struct plan plan;
	int status;
	size_t n;

	repair_plan(&plan, r, chosen, c->n_args);
	if (doc)
		cache_json_plan(doc, &plan);
	else if (plan.n && !cli_has(c, "yes"))
		cache_print_plan(c, &plan);
	if (plan.n == 0 || !cli_has(c, "yes")) {
		status = plan.n ? STATUS_NO : STATUS_FINE;
		if (!doc)
			report_textf(c->r,
				     plan.n ? "nothing has been changed; with --yes this is done\n"
					    : "nothing is proven wrong\n");
	} else if (cachejob_repair_options(j, &ro, e)) {
		repair_run(&a, &ro, r, chosen, c->n_args, &results, &n);
		status = cache_print_results(c, doc, results, n);
	} else {
		status = -1;
	}
	if (doc && status >= 0)
		report_json(c->r, doc);
	else
		json_decref(doc);
	plan_release(&plan);
	arena_release(&a);
	return status;
}

static int run(struct cli *c)
{
	struct arena a = ARENA_INIT;
	struct mod_list mods = { 0 };
	struct cachejob *j = NULL;
	struct cache_report *r = NULL;
	int status = -1;
	struct project p;
	bool ok;

	if (cli_has(c, "yes") && c->read_only)
		return cli_usage(c, "--read-only forbids it");
	if (!cache_parse_args(c, &a, &mods)) {
		vec_release(&mods);
		arena_release(&a);
		return cli_usage(c, "modules are named as PATH@VERSION");
	}
	ok = project_open(&p, c, MODLOAD_VERIFY);
	if (!ok && p.env && (c->n_args || cli_has(c, "all"))) {
		err_clear(&p.err); /* outside of a project the checksum database vouches */
		ok = true;
	}
	ok = ok &&
	     cachejob_new(&j,
			  &(struct cachejob_options){ .env = p.env,
						      .sums = p.ml ? modload_sums(p.ml) : NULL,
						      .offline = c->offline,
						      .ask_database = true },
			  &p.err);
	ok = ok && load(c, &p, j, &mods, &r);
	if (ok)
		status = act(c, j, r, &mods, &p.err);
	cache_free(r);
	cachejob_free(j);
	vec_release(&mods);
	arena_release(&a);
	return status >= 0 ? project_close(&p, c, status) : project_fail(&p, c);
}

static const struct cli_flag flags[] = {
	{ "yes", NULL, "do it; without this only the steps are shown" },
	{ "all", NULL, "the whole module cache of this machine" },
	{ NULL },
};

const struct command cmd_repair = {
	.name = "repair",
	.args = "[MODULE@V...]",
	.summary = "mend damaged cache entries, and only these",
	.help = "Without arguments: every entry of the build list that is damaged. Damaged files are moved to a quarantine,\n"
		"fetched again through GOPROXY, verified against go.sum or the checksum database before they are put in\n"
		"place, extracted as go does, and checked again. Nothing that is not proven wrong is touched; a failed\n"
		"fetch leaves everything as it was. `modscope undo` brings the old files back.\n",
	.complete = "module",
	.view = "cache",
	.flags = flags,
	.max_args = SIZE_MAX,
	.run = run,
};
