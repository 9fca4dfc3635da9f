#include "cache/prune.h"
#include "change/apply.h"
#include "commands/cache_report.h"

static bool used_modules(struct cli *c, struct arena *a, struct cachescan_list *used, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < c->n_args; i++)
		ok = cache_report_build_list_of(c->args[i], c, a, used, e) ||
		     err_wrap(e, "%s: ", c->args[i]);
	if (!c->n_args)
		ok = cache_report_build_list_of(NULL, c, a, used, e);
	cachescan_list_sort(used);
	return ok;
}

static int carry_out(struct cli *c, struct cachejob *j, const struct plan *plan, json_t *doc,
		     struct arena *a, struct err *e)
{
	struct execute_result *results;
	size_t n;
	int status = cache_report_carry_out(c, j, plan, doc, a, &results, &n, e);

	if (status != STATUS_FINE || !cli_has(c, "delete"))
		return status;
	for (size_t i = 0; i < n; i++) /* all of them are one change */
		if (*results[i].id)
			return apply_forget(cachejob_root(j), cachejob_own_cache(j), results[i].id,
					    e)
				       ? status
				       : -1;
	return status;
}

/* Warns that other projects may use what is removed. */
static void tell_scope(struct cli *c)
{
	report_notef(
		c->r,
		"modscope: the whole machine shares the cache, and %s what is used: what only other projects use is removed too; "
		"name their directories to keep it",
		c->n_args ? "only the named projects determine" : "only this project determines");
}

static void tell_unread(struct cli *c, const struct cache_problem *problems, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (problems[i].kind == CACHE_KIND_UNREADABLE)
			report_notef(c->r, "modscope: %s: %s%s%s: what it holds stays",
				     problems[i].file, problems[i].problem,
				     *problems[i].found ? ": " : "", problems[i].found);
}

/* What may be unused, but cannot be seen. */
static void tell_all_unread(struct cli *c, const struct cache_report *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->entries[i].tree_errno || r->entries[i].download_errno)
			tell_unread(c, r->entries[i].problems, r->entries[i].n_problems);
	for (size_t i = 0; i < r->n_others; i++)
		tell_unread(c, r->others[i].problems, r->others[i].n_problems);
}

static int act(struct cli *c, struct cachejob *j, const struct cache_report *r, struct arena *a,
	       struct err *e)
{
	json_t *doc = c->r->json ? report_doc("prune") : NULL;
	bool yes = cli_has(c, "yes");
	struct plan plan;
	int status = STATUS_FINE;

	prune_plan(&plan, r);
	if (plan.n)
		tell_scope(c);
	tell_all_unread(c, r);
	if (doc)
		cache_report_json_plan(doc, &plan);
	else if (!yes)
		cache_report_print_plan(c, &plan);
	if (!doc)
		report_textf(c->r, "%zu files and trees, %s%s\n", plan_changes(&plan),
			     cache_report_size_text(a, plan.bytes),
			     yes || !plan.n
				     ? ""
				     : "; nothing has been changed; run with --yes to apply");
	if (plan.n && yes)
		status = carry_out(c, j, &plan, doc, a, e);
	report_json_if(c->r, doc, status >= 0);
	plan_release(&plan);
	return status;
}

static int run(struct cli *c)
{
	struct arena a = ARENA_INIT;
	struct cachescan_list used = { 0 };
	struct cachejob *j = NULL;
	struct cache_report *r = NULL;
	struct err e = ERR_INIT;
	struct goenv *env;
	int status = -1;

	env = goenv_new(&(struct goenv_options){ 0 }, &e);
	if (env && used_modules(c, &a, &used, &e) &&
	    cachejob_new(&j, &(struct cachejob_options){ .env = env, .offline = c->offline }, &e) &&
	    cachescan_report(&r, j, &(struct cachescan){ .whole = true }, &used, &e))
		status = act(c, j, r, &a, &e);
	cache_free(r);
	cachejob_free(j);
	goenv_free(env);
	vec_release(&used);
	arena_release(&a);
	return status >= 0 ? status : cli_fail(c, &e);
}

static const struct cli_flag flags[] = {
	{ "yes", NULL, "carry out the steps; without it, only show them" },
	{ "delete", NULL, "with --yes: delete at once instead of moving to the quarantine" },
	{ NULL },
};

const struct cli_command cmd_prune = {
	.name = "prune",
	.args = "[PROJECT-DIR...]",
	.summary = "remove what none of the listed projects uses",
	.help = "The projects' build lists say what is used; without arguments, this project's alone, though the\n"
		"cache is the whole machine's: what only other projects use goes too. Zips, hashes and extracted\n"
		"trees of all other versions go; their small .mod and .info files stay, since module graphs need them.\n"
		"`modscope undo` brings everything back until it is forgotten (`modscope undo --forget ID`).\n",
	.view = "cache",
	.flags = flags,
	.max_args = SIZE_MAX,
	.writes = cli_says_yes,
	.view_arg = "",
	.run = run,
};
