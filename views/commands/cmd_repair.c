#include "cache/repair.h"
#include "commands/cache_report.h"

/* The report to act on: of the named modules, the build list, or the whole cache. */
static bool load(struct cli *c, struct project *p, struct cachejob *j, struct cachescan_list *mods,
		 struct cache_report **r)
{
	struct cachescan what = { .whole = cli_has(c, "all"), .depth = CACHESCAN_VERIFY };
	bool whole;

	if (!what.whole && !c->n_args && !cache_report_known_list(p, c, mods, &whole))
		return false;
	return cachescan_report(r, j, &what, mods, &p->err);
}

static bool is_named(const struct cachescan_list *mods, struct modver m)
{
	for (size_t i = 0; i < mods->n; i++)
		if (str_eq(mods->items[i].path, m.path) &&
		    str_eq(mods->items[i].version, m.version))
			return true;
	return false;
}

/* Whether a named module has no entry in the cache. */
static bool tell_absent(struct cli *c, json_t *doc, const struct cache_report *r,
			const struct cachescan_list *mods)
{
	json_t *rows = NULL;
	bool any = false;

	for (size_t i = 0; i < c->n_args; i++) {
		const struct cache_entry *entry = cache_find(r, mods->items[i]);

		if (entry && entry->state != CACHE_ABSENT)
			continue;
		if (doc && !any)
			rows = report_set_rows(doc, "absent");
		any = true;
		if (doc)
			report_add_str(rows, c->args[i]);
		else
			report_notef(c->r, "%s: no such entry in the module cache", c->args[i]);
	}
	return any;
}

static void add_locked(json_t *rows, struct modver m)
{
	struct buf name = BUF_INIT;

	buf_addf(&name, "%s@%s", m.path, m.version);
	report_add_str(rows, name.data);
	buf_release(&name);
}

/* Whether another process holds a requested entry. */
static bool tell_locked(struct cli *c, json_t *doc, const struct cache_report *r,
			const struct cachescan_list *mods)
{
	json_t *rows = NULL;
	bool any = false;

	for (size_t i = 0; i < r->n; i++) {
		const struct cache_entry *entry = &r->entries[i];

		if (entry->state != CACHE_LOCKED || (c->n_args && !is_named(mods, entry->mod)))
			continue;
		if (doc && !any)
			rows = report_set_rows(doc, "locked");
		any = true;
		if (doc)
			add_locked(rows, entry->mod);
		else
			report_notef(c->r, "%s@%s: %s", entry->mod.path, entry->mod.version,
				     entry->problems[0].problem);
	}
	return any;
}

static int carry_out(struct cli *c, struct cachejob *j, const struct plan *plan, json_t *doc,
		     struct err *e)
{
	struct arena a = ARENA_INIT;
	struct execute_result *results;
	size_t n;
	int status = cache_report_carry_out(c, j, plan, doc, &a, &results, &n, e);

	arena_release(&a);
	return status;
}

static int act(struct cli *c, struct cachejob *j, const struct cache_report *r,
	       const struct cachescan_list *mods, struct err *e)
{
	json_t *doc = c->r->json ? report_doc("repair") : NULL;
	bool yes = cli_has(c, "yes"), absent, locked;
	struct plan plan;
	int status;

	repair_plan(&plan, r, c->n_args ? mods->items : NULL, c->n_args);
	if (doc)
		cache_report_json_plan(doc, &plan);
	else if (plan.n && !yes)
		cache_report_print_plan(c, &plan);
	absent = tell_absent(c, doc, r, mods);
	locked = tell_locked(c, doc, r, mods);
	status = plan.n || absent ? STATUS_NO : STATUS_FINE;
	if (plan.n && yes) {
		status = carry_out(c, j, &plan, doc, e);
		if (status == STATUS_FINE && absent)
			status = STATUS_NO;
	} else if (!doc && (plan.n || !(absent || locked))) {
		report_textf(c->r, plan.n ? "nothing has been changed; run with --yes to apply\n"
					  : "nothing is proven wrong\n");
	}
	if (locked && status >= 0)
		status = STATUS_UNKNOWN;
	report_json_if(c->r, doc, status >= 0);
	plan_release(&plan);
	return status;
}

static int run(struct cli *c)
{
	struct arena a = ARENA_INIT;
	struct cachescan_list mods = { 0 };
	struct cachejob *j = NULL;
	struct cache_report *r = NULL;
	int status = -1;
	struct project p;
	bool ok;

	if (!cache_report_parse_args(c, &a, &mods)) {
		vec_release(&mods);
		arena_release(&a);
		return cli_usage(c, "name modules as PATH@VERSION");
	}
	ok = project_open(&p, c, MODPROJECT_VERIFY);
	if (!ok && p.env && (c->n_args || cli_has(c, "all"))) {
		err_clear(&p.err); /* outside a project the checksum database verifies */
		ok = true;
	}
	ok = ok &&
	     cachejob_new(&j,
			  &(struct cachejob_options){
				  .env = p.env,
				  .sums = p.ml ? modproject_sums(modload_project(p.ml)) : NULL,
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
	{ "yes", NULL, "carry out the steps; without it, only show them" },
	{ "all", NULL, "the whole module cache of this machine", .in_view = true },
	{ NULL },
};

const struct cli_command cmd_repair = {
	.name = "repair",
	.args = "[MODULE@V...]",
	.summary = "repair damaged cache entries, and nothing else",
	.help = "Without arguments: every entry of the build list that is damaged. Damaged files are moved to a quarantine,\n"
		"fetched again through GOPROXY, verified against go.sum or the checksum database before they are put in\n"
		"place, extracted as go does, and checked again. Nothing that is not proven wrong is touched; a failed\n"
		"fetch leaves everything as it was. `modscope undo` brings the old files back. Of an entry that another\n"
		"process holds it says so and ends with status 3.\n",
	.complete = "module",
	.view = "cache",
	.flags = flags,
	.max_args = SIZE_MAX,
	.writes = cli_says_yes,
	.run = run,
};
