#include "fetch/origin.h"
#include "gofiles/gover.h"
#include "graph/golist_impl.h"
#include "graph/query.h"
#include "graph/retraction.h"

static bool is_quiet(enum query_result_failure f)
{
	return f == QUERY_NO_VERSION || f == QUERY_NOT_EXIST || f == QUERY_DISALLOWED;
}

/* A failure that go does not report: what it omits is nevertheless unknown. */
static void fail(struct golist *l, struct modinfo *m, enum query_result_failure f,
		 const struct err *e)
{
	if (!is_quiet(f))
		modinfo_fail(l->ml, m, e->text);
	else if (f == QUERY_NOT_EXIST && !*m->unknown)
		m->unknown = arena_strdup(modload_arena(l->ml), e->text);
}

static void add_update(struct golist *l, struct modinfo *m)
{
	struct query_result r;
	struct err e = ERR_INIT;

	if (!query_version(l->ml, m->path, "upgrade", m->version, QUERY_ALLOWED, &r, &e)) {
		fail(l, m, r.failure, &e);
	} else if (gover_mod_compare(m->path, r.version, m->version) > 0) {
		m->update = modinfo_new(l->ml, m->path, r.version);
		m->update->time = modinfo_time(r.time);
	}
	err_release(&e);
}

static void add_retraction(struct golist *l, struct modinfo *m)
{
	static const char *const plain[] = { "retracted by module author" };
	struct retraction r;
	struct err e = ERR_INIT;

	if (!retraction_check(l->ml, (struct modver){ m->path, m->version }, &r, &e)) {
		fail(l, m, r.failure, &e);
	} else if (r.retracted) {
		m->retracted = r.n ? r.rationale : plain;
		m->n_retracted = r.n ? r.n : 1;
	}
	err_release(&e);
}

static void add_deprecation(struct golist *l, struct modinfo *m)
{
	enum query_result_failure f;
	struct err e = ERR_INIT;

	if (!retraction_deprecation(l->ml, (struct modver){ m->path, m->version }, &m->deprecated,
				    &f, &e))
		fail(l, m, f, &e);
	err_release(&e);
}

static void add_versions(struct golist *l, struct modinfo *m)
{
	struct err e = ERR_INIT;
	enum query_allow allow = l->mode & GOLIST_RETRACTED ? QUERY_NOT_EXCLUDED
							    : QUERY_ALLOWED | QUERY_JUDGED;

	const char *origin = NULL;

	if (!(m->origin ? query_versions_origin(l->ml, m->path, allow, &m->versions, &m->n_versions,
						&origin, &e)
			: query_versions(l->ml, m->path, allow, &m->versions, &m->n_versions, &e)))
		modinfo_fail(l->ml, m, e.text);
	m->origin = origin_merge(modload_arena(l->ml), m->origin, origin);
	err_release(&e);
}

/* moduleInfo checks retractions first, and takes a replacement's for the module's own. */
static void add_retraction_first(struct golist *l, struct modinfo *m)
{
	struct modinfo *from = m->replace ? m->replace : m;

	if (!(l->mode & (GOLIST_RETRACTED | GOLIST_UPDATES)) || !*from->version)
		return;
	add_retraction(l, from);
	m->retracted = from->retracted;
	m->n_retracted = from->n_retracted;
}

static void add_more(struct golist *l, struct modinfo *m)
{
	add_retraction_first(l, m);
	if (l->mode & GOLIST_UPDATES && *m->version)
		add_update(l, m);
	if (l->mode & GOLIST_VERSIONS)
		add_versions(l, m);
	if (l->mode & (GOLIST_RETRACTED | GOLIST_UPDATES) && *m->version)
		add_retraction(l, m);
	if (l->mode & GOLIST_UPDATES)
		add_deprecation(l, m);
	if (m->replace)
		add_more(l, m->replace);
}

void golist_complete(struct modload *ml, struct modinfo *m, unsigned mode)
{
	struct golist l = { .ml = ml, .mp = modload_project(ml), .mode = mode };

	add_more(&l, m);
}

void golist_add_more(struct golist *l)
{
	const char **paths = xreallocarray(NULL, l->rows.n * 2 + 1, sizeof(*paths));
	size_t n = 0;

	for (size_t i = 0; i < l->rows.n; i++) {
		const struct modinfo *m = l->rows.items[i];

		if (m->main || *m->error)
			continue;
		paths[n++] = m->replace && *m->replace->version ? m->replace->path : m->path;
	}
	query_prefetch(l->ml, paths, n,
		       l->mode & ~(unsigned)GOLIST_VERSIONS ? QUERY_ALLOWED : QUERY_ANY);
	free(paths);
	for (size_t i = 0; i < l->rows.n; i++)
		add_more(l, l->rows.items[i]);
}
