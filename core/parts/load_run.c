#include "parts/load_private.h"

#include "fetch/http_secret.h"

static const struct findings *env_list(const void *data)
{
	return &((const struct load_env *)data)->findings;
}

static const struct findings *graph_list(const void *data)
{
	return &((const struct load_graph *)data)->findings;
}

static const struct findings *cache_list(const void *data)
{
	return &((const struct load_cache *)data)->findings;
}

static const struct findings *tidy_list(const void *data)
{
	return &((const struct load_tidy *)data)->findings;
}

static const struct findings *replaces_list(const void *data)
{
	return &((const struct load_replaces *)data)->findings;
}

static const struct findings *outdated_list(const void *data)
{
	return &((const struct load_outdated *)data)->findings;
}

static const struct findings *vendored_list(const void *data)
{
	return &((const struct load_vendored *)data)->findings;
}

static const struct findings *policy_list(const void *data)
{
	return &((const struct load_policy *)data)->findings;
}

static const struct findings *vulns_list(const void *data)
{
	return &((const struct load_vulns *)data)->findings;
}

/* The table of parts */

static const struct loader {
	unsigned needs;
	bool (*make)(struct load_work *w, struct part **out, struct err *e);
	const struct findings *(*findings)(const void *data);
	unsigned wants; /* used if it can be made */
} loaders[PART_COUNT] = {
	[PART_ENV] = { 0, load_make_env, env_list },
	[PART_GRAPH] = { 1u << PART_ENV, load_make_graph, graph_list },
	[PART_CACHE] = { 1u << PART_GRAPH, load_make_cache, cache_list },
	[PART_IMPORTS] = { 1u << PART_ENV, load_make_imports, NULL },
	[PART_EXPLAIN] = { 1u << PART_GRAPH, load_make_explain, NULL },
	[PART_WHATIF] = { 1u << PART_GRAPH, load_make_whatif, NULL },
	[PART_VERSIONS] = { 1u << PART_GRAPH, load_make_versions, NULL },
	[PART_OUTDATED] = { 1u << PART_ENV, load_make_outdated, outdated_list },
	[PART_HISTORY] = { 1u << PART_ENV, load_make_history, NULL, 1u << PART_GRAPH },
	[PART_REPLACES] = { 1u << PART_GRAPH, load_make_replaces, replaces_list },
	[PART_VENDOR] = { 1u << PART_ENV, load_make_vendored, vendored_list },
	[PART_RELEASE] = { 1u << PART_GRAPH | 1u << PART_REPLACES | 1u << PART_TIDY,
			   load_make_release, NULL },
	[PART_REPLACEMENT] = { 1u << PART_GRAPH, load_make_replacement, NULL },
	[PART_TIMES] = { 1u << PART_GRAPH, load_make_times, NULL },
	[PART_REVISIONS] = { 1u << PART_ENV, load_make_revisions, NULL },
	[PART_COMPARE] = { 1u << PART_ENV, load_make_compare, NULL },
	[PART_OFFLINE] = { 1u << PART_ENV, load_make_offline, NULL },
	[PART_MIRROR] = { 1u << PART_GRAPH, load_make_mirror, NULL },
	[PART_PROXY] = { 1u << PART_ENV, load_make_proxy, NULL },
	[PART_MODCOMPARE] = { 1u << PART_ENV, load_make_modcompare, NULL, 1u << PART_GRAPH },
	[PART_GIT] = { 1u << PART_GRAPH, load_make_git, NULL },
	[PART_PLAN] = { 1u << PART_GRAPH, load_make_act, NULL },
	[PART_APPLY] = { 1u << PART_ENV, load_make_apply, NULL },
	[PART_EXPORT] = { 1u << PART_GRAPH, load_make_export, NULL },
	[PART_RECORD] = { 1u << PART_GRAPH, load_make_record, NULL },
	[PART_VULNS] = { 1u << PART_GRAPH, load_make_vulns, vulns_list },
	[PART_SINCE] = { 1u << PART_GRAPH, load_make_since, NULL },
	[PART_POLICY] = { 1u << PART_GRAPH, load_make_policy, policy_list },
	[PART_TIDY] = { 1u << PART_ENV, load_make_tidy, tidy_list },
};

unsigned load_needs(enum request_part id)
{
	return loaders[id].needs | loaders[id].wants;
}

const struct findings *load_findings(const struct part *p)
{
	const struct loader *l = &loaders[p->request->part];

	return l->findings ? l->findings(p->data) : NULL;
}

static void sort_findings(struct part *p)
{
	const struct findings *fs = load_findings(p);

	if (fs)
		findings_sort((struct findings *)(uintptr_t)fs); /* still owned here */
}

/* A change uses the present state: what it needs may have failed, or not be loaded yet. */
static bool has_needs(const struct load_work *w, struct err *e)
{
	for (int id = 0; id < PART_COUNT; id++)
		if ((loaders[w->request->part].needs & (1u << id)) &&
		    !snapshot_part(w->s, REQUEST((enum request_part)id)))
			return err_set(e, ERR_NOT_FOUND, "the project has not been read");
	return true;
}

static bool run_loader(struct load_work *w, struct part **out, struct err *e)
{
	if (!has_needs(w, e) || !loaders[w->request->part].make(w, out, e)) {
		http_secrets_mask_err(http_secrets_sent(), e);
		return false;
	}
	if (*out)
		sort_findings(*out);
	return true;
}

static bool run_job(struct job *j, void *arg, struct part **out, struct err *e)
{
	struct load_work *w = arg;

	w->job = j;
	return run_loader(w, out, e);
}

static void work_free(void *arg)
{
	struct load_work *w = arg;

	snapshot_unref(w->s);
	free(w->request);
	free(w);
}

void load_job(struct load *l, const struct snapshot *s, const struct request *r,
	      struct job_spec *spec)
{
	struct load_work *w = xcalloc(1, sizeof(*w));

	w->l = l;
	w->s = snapshot_ref((struct snapshot *)(uintptr_t)s);
	w->request = request_copy(r);
	*spec = (struct job_spec){ .request = r, .run = run_job, .arg = w, .free_arg = work_free };
}

static bool make_needed(struct load *l, struct snapshot **s, unsigned needs, struct err *e)
{
	for (int id = 0; id < PART_COUNT; id++)
		if ((needs & (1u << id)) && !snapshot_part(*s, REQUEST((enum request_part)id)) &&
		    !load_now(l, s, REQUEST((enum request_part)id), e))
			return false;
	return true;
}

bool load_now(struct load *l, struct snapshot **s, const struct request *r, struct err *e)
{
	struct load_work w = { .l = l };
	struct part *p = NULL;
	struct snapshot *next;
	bool ok;

	if (!make_needed(l, s, loaders[r->part].needs, e))
		return false;
	make_needed(l, s, loaders[r->part].wants, NULL);
	w.s = *s;
	w.request = request_copy(r);
	ok = run_loader(&w, &p, e);
	free(w.request);
	if (!ok)
		return false;
	next = snapshot_with(*s, p);
	snapshot_unref(*s);
	*s = next;
	return true;
}
