#include <errno.h>

#include "commands/cache_report.h"
#include "cache/verify.h"

static bool is_said(const struct verify_result *v, const struct cache_problem *p)
{
	for (size_t i = 0; i < v->n; i++)
		if (str_eq(v->lines[i].text, p->go_says))
			return true;
	return false;
}

/* The number of following problems of the same kind: a copied tree may have thousands of writable files. */
static size_t same_kind(const struct cache_entry *entry, size_t i)
{
	size_t n = 0;

	while (i + n + 1 < entry->n_problems &&
	       entry->problems[i + n + 1].kind == entry->problems[i].kind)
		n++;
	return n;
}

/* Problems that go does not see, by file, after go's own lines, which alone decide its answer. */
static size_t print_deeper(struct cli *c, const struct verify_result *v,
			   const struct cache_report *r)
{
	size_t errors = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct cache_entry *entry = &r->entries[i];

		for (size_t j = 0, more; j < entry->n_problems; j += more + 1) {
			const struct cache_problem *p = &entry->problems[j];

			more = same_kind(entry, j);
			if (p->severity < FINDING_WARNING)
				continue;
			errors += p->severity == FINDING_ERROR;
			if (is_said(v, p))
				continue;
			if (more)
				report_notef(c->r, "modscope: %s: %s (and %zu more)", p->file,
					     p->problem, more);
			else
				report_notef(c->r, "modscope: %s: %s", p->file, p->problem);
		}
	}
	return errors;
}

static size_t print_json(struct cli *c, const struct verify_result *v, const struct cache_report *r)
{
	json_t *doc = report_doc("verify"), *says, *rows;
	size_t errors = 0;

	json_object_set_new(doc, "Verified", json_boolean(v->n == 0));
	says = report_set_rows(doc, "GoSays");
	for (size_t i = 0; i < v->n; i++)
		report_add_str(says, v->lines[i].text);
	rows = report_set_rows(doc, "entries");
	for (size_t i = 0; i < r->n; i++) {
		cache_report_json_entry(rows, &r->entries[i]);
		for (size_t j = 0; j < r->entries[i].n_problems; j++)
			errors += r->entries[i].problems[j].severity == FINDING_ERROR;
	}
	report_json(c->r, doc);
	return errors;
}

static void print_go_lines(struct cli *c, const struct verify_result *v)
{
	for (size_t i = 0; i < v->n; i++)
		report_go_words(c->r, v->lines[i].text);
	if (v->n == 0)
		report_rawf(c->r, "all modules verified\n");
}

/* go checks the modules of go.mod, replaced or not, by their .ziphash; the deeper check of the same entries is the screen's. */
static bool verify(struct project *p, struct cli *c, struct arena *a, struct cachejob *j,
		   int *status)
{
	struct cachescan_list originals = { 0 }, sources = { 0 };
	struct verify_options vo = { .root = cachejob_root(j),
				     .memo = cachejob_memo(j),
				     .full = cli_has(c, "full") };
	struct cachescan what = { .depth = vo.full ? CACHESCAN_FULL : CACHESCAN_VERIFY,
				  .no_sizes = true };
	struct cache_report *r = NULL;
	struct verify_result v;
	bool ok = cache_report_build_list(p, false, &originals);

	modproject_answered(modload_project(p->ml));
	ok = ok && cache_report_build_list(p, true, &sources);

	for (size_t i = 0; ok && i < originals.n; i++)
		vec_push(&sources, originals.items[i]);
	cachescan_list_sort(&sources);
	ok = ok && verify_modules(&v, a, &vo, originals.items, originals.n, &p->err);
	if (ok && !c->r->json)
		print_go_lines(c, &v);
	ok = ok && cachescan_report(&r, j, &what, &sources, &p->err);
	if (ok) {
		size_t errors = c->r->json ? print_json(c, &v, r) : print_deeper(c, &v, r);

		/* go's, unless more than go's answer was requested */
		*status = v.n || (vo.full && errors) ? STATUS_NO : STATUS_FINE;
	}
	cache_free(r);
	vec_release(&originals);
	vec_release(&sources);
	return ok;
}

/* There is no cache, and none can be made: print only go verify's own words. */
static bool verify_nowhere(struct project *p, struct cli *c, struct arena *a, bool missing,
			   int *status)
{
	struct cachescan_list originals = { 0 };
	struct cache_report none = { 0 };
	struct verify_result v;
	bool ok = cache_report_build_list(p, false, &originals) &&
		  verify_modules(&v, a, &(struct verify_options){ .root_missing = missing },
				 originals.items, originals.n, &p->err);

	if (ok && c->r->json)
		print_json(c, &v, &none);
	else if (ok)
		print_go_lines(c, &v);
	if (ok)
		*status = v.n ? STATUS_NO : STATUS_FINE;
	vec_release(&originals);
	return ok;
}

static bool verify_cache(struct project *p, struct cli *c, struct arena *a, int *status)
{
	struct cachejob *j = NULL;
	struct err e = ERR_INIT;
	bool ok, missing;

	if (!goenv_usable_modcache(p->env, &e)) {
		missing = e.sys_errno == ENOENT;
		err_release(&e);
		return verify_nowhere(p, c, a, missing, status);
	}
	ok = cachejob_new(&j,
			  &(struct cachejob_options){
				  .env = p->env,
				  .sums = modproject_sums(modload_project(p->ml)),
				  .offline = c->offline,
				  .ask_database = cli_has(c, "full") },
			  &p->err) &&
	     verify(p, c, a, j, status);
	cachejob_free(j);
	return ok;
}

static int run(struct cli *c)
{
	struct arena a = ARENA_INIT;
	int status = STATUS_UNKNOWN;
	struct project p;
	bool ok = project_open(&p, c, MODPROJECT_VERIFY) && verify_cache(&p, c, &a, &status);

	arena_release(&a);
	return ok ? project_close(&p, c, status) : project_fail(&p, c);
}

static const struct cli_flag flags[] = {
	{ "full", NULL,
	  "hash everything again, and ask the checksum database where go.sum knows nothing",
	  .in_view = true },
	{ NULL },
};

const struct cli_command cmd_verify = {
	.name = "verify",
	.summary = "check cached modules against their hashes",
	.same_as = "go mod verify",
	.help = "Standard output and the lines about modules are those of `go mod verify`. What go does not see (a damaged\n"
		".info, a zip that does not match go.sum, a link in place of a file) is reported on standard error, file by file;\n"
		"with --full it counts for the exit status, which otherwise is go's. `modscope cache --damaged` always counts it.\n"
		"Without --full, a file whose device, inode, size, mode and times are unchanged is not hashed again. That guards\n"
		"against accidents: a download cut short, a full disk, an editor, a tool that rewrites files. It does not guard against\n"
		"anyone who can write to the module cache or to modscope's own and set times back, write to the disk below\n"
		"the file system, or change a mapped file unseen by the system: only --full does.\n",
	.complete = "none",
	.view = "cache",
	.flags = flags,
	.run = run,
};
