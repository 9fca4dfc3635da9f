#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pkgpattern.h"
#include "graph/modgraph_load.h"
#include "packages/pkgload_impl.h"

const char *pkgload_not_in_module(struct pkgload *ld, struct modver m, const char *query,
				  const char *pattern)
{
	struct modver r = modproject_replacement(modload_project(ld->ml), m);
	bool replaced = r.path && r.path[0], named = str_eq(query, m.version);
	struct arena *a = &ld->arena;
	const char *found = "";

	if (replaced)
		found = arena_fmt(a, " (%s%sreplaced by %s)", named ? "" : m.version,
				  named ? "" : ", ", pkgload_mod_text(a, r));
	else if (!named)
		found = arena_fmt(a, " (%s)", m.version);
	return arena_fmt(a, "module %s@%s found%s, but does not contain package%s %s", m.path,
			 query, found, strstr(pattern, "...") ? "s matching" : "", pattern);
}

/* The answer for one prefix. */
struct asked {
	struct modver mod;
	bool has_package, no_package, bare;
	enum query_result_failure failure; /* QUERY_OK: found */
	const char *error, *too_new;
};

static void ask_fetch(struct pkgload *ld, const struct pkgload_question *q, struct asked *one)
{
	struct pkgload_source *s = pkgload_source(ld, one->mod);
	const char *error;
	size_t n = 0;

	if (gover_is_toolchain(one->mod.path))
		return;
	if (!s->root) {
		one->failure = s->not_exist ? QUERY_NOT_EXIST : QUERY_OTHER;
		one->error = s->error;
		one->too_new = s->too_new;
		return;
	}
	pkgload_match_in(ld, q->pattern, one->mod, &n, &error);
	one->has_package = n > 0;
	if (n || pkgpattern_match(q->pattern, one->mod.path))
		return;
	if (error) {
		one->failure = QUERY_OTHER;
		one->error = error;
	} else {
		one->no_package = true;
		one->error = pkgload_not_in_module(ld, one->mod, q->query, q->pattern);
	}
}

static void ask_prefix(struct pkgload *ld, const struct pkgload_question *q,
		       const struct route_hop *hop, const char *prefix, struct asked *one)
{
	struct query_result r = { 0 };
	struct err e = ERR_INIT;

	*one = (struct asked){ .mod = { arena_strdup(&ld->arena, prefix), "" } };
	if (query_for_get_at(ld->ml, hop, prefix, q->query, modgraph_selected(q->current, prefix),
			     &r, &e)) {
		one->mod = modtab_mod(modload_tab(ld->ml), (struct modver){ prefix, r.version });
		ask_fetch(ld, q, one);
		return;
	}
	one->failure = r.failure == QUERY_OK ? QUERY_OTHER : r.failure;
	if (one->failure == QUERY_OTHER &&
	    (e.code == ERR_NOT_FOUND || e.code == ERR_OFFLINE || e.code == ERR_NOT_HERE))
		one->failure = QUERY_NOT_EXIST;
	one->bare = e.form == ERR_FORM_BARE;
	one->error = arena_strdup(&ld->arena, err_text(&e));
	err_release(&e);
}

/* An error of no kind known to go: it counts unless a longer path has answered. */
static bool is_other(const struct asked *q)
{
	return q->failure == QUERY_OTHER || q->failure == QUERY_DISALLOWED;
}

static void take_failure(const struct asked *q, struct pkgload_answer *a)
{
	a->error = q->error;
	a->too_new = q->too_new;
	a->failure = q->failure;
	a->no_package = q->no_package;
	a->bare = q->bare;
}

/* queryPrefixModules: the most helpful failure. Prefixes come longest first. */
static void rank_answers(struct pkgload *ld, const struct asked *q, size_t n,
			 struct pkgload_answer *a)
{
	static const enum query_result_failure order[] = { QUERY_NO_VERSION, QUERY_NO_PATCH_BASE,
							   QUERY_INVALID_PATH,
							   QUERY_INVALID_VERSION, QUERY_NOT_EXIST };
	const struct asked *other = NULL, *no_package = NULL;

	a->found = arena_alloc(&ld->arena, (n + 1) * sizeof(*a->found));
	for (size_t i = 0; i < n; i++) {
		if (q[i].has_package)
			a->found[a->n_found++] = q[i].mod;
		else if (q[i].no_package && !no_package)
			no_package = &q[i];
		else if (q[i].failure == QUERY_OK && !q[i].no_package)
			a->only = q[i].mod;
		else if (is_other(&q[i]) && !other && !no_package && !a->n_found && !a->only.path)
			other = &q[i];
	}
	/* a failure of a longer path counts even if a shorter one has the package */
	if (other) {
		a->n_found = 0;
		a->only.path = NULL;
	}
	if (a->n_found || a->only.path)
		return;
	for (size_t k = 0; k < ARRAY_LEN(order) && !other && !no_package; k++)
		for (size_t i = 0; i < n && !other; i++)
			if (q[i].failure == order[k])
				other = &q[i];
	if (other || no_package)
		take_failure(other ? other : no_package, a);
}

/* The path before the element with the first "...". */
static char *base_of(const char *pattern)
{
	const char *dots = strstr(pattern, "...");
	char *base = xstrndup(pattern, dots ? (size_t)(dots - pattern) : strlen(pattern));
	char *slash = strrchr(base, '/');

	if (dots)
		*(slash ? slash : base) = 0;
	return base;
}

static void ask_prefixes(struct pkgload *ld, const struct pkgload_question *q,
			 const struct route_hop *hop, struct pkgload_answer *a)
{
	VEC(struct asked) list = { 0 };
	char *prefix = base_of(q->pattern);

	*a = (struct pkgload_answer){ 0 };
	while (prefix[0]) {
		size_t major;
		struct asked one;

		if (!modproject_is_main(modload_project(ld->ml), prefix) &&
		    modpath_split(prefix, &major)) {
			ask_prefix(ld, q, hop, prefix, &one);
			vec_push(&list, one);
		}
		pkgload_shorten(prefix);
	}
	free(prefix);
	a->n_asked = list.n;
	if (list.n) {
		rank_answers(ld, list.items, list.n, a);
	} else {
		a->no_package = true;
		a->error = pkgload_not_in_module(ld, (struct modver){ "", "" }, q->query,
						 q->pattern);
	}
	vec_release(&list);
}

/* Each hop is asked about all prefixes before the next one: `direct` only if no proxy knows any. */
struct in_turn {
	struct pkgload *ld;
	const struct pkgload_question *q;
	struct pkgload_answer *a;
	/* the answers of failed hops: the returned error is one of theirs, recognised by its address */
	VEC(struct failed_answer {
		struct pkgload_answer a;
		const char *text;
	}) failed;
};

static bool ask_hop(void *ctx, const struct route_hop *hop, struct err *e)
{
	struct in_turn *t = ctx;
	struct pkgload_answer a;

	ask_prefixes(t->ld, t->q, hop, &a);
	*t->a = a;
	if (!a.error)
		return true;
	err_set(e, a.failure == QUERY_NOT_EXIST ? ERR_NOT_FOUND : ERR_REFUSED, "%s", a.error);
	vec_push(&t->failed, (struct failed_answer){ a, e->text });
	return a.bare ? err_mark(e, ERR_FORM_BARE) : false;
}

bool pkgload_ask(struct pkgload *ld, const struct pkgload_question *q, struct pkgload_answer *a)
{
	struct in_turn t = { .ld = ld, .q = q, .a = a };
	struct err e = ERR_INIT;

	*a = (struct pkgload_answer){ 0 };
	if (!source_try_hops(modproject_source(modload_project(ld->ml)), ask_hop, &t, &e)) {
		for (size_t i = 0; i < t.failed.n; i++)
			if (t.failed.items[i].text == e.text)
				*a = t.failed.items[i].a;
		if (!a->error)
			*a = (struct pkgload_answer){ .error = arena_strdup(&ld->arena, e.text),
						      .failure = QUERY_OTHER };
	}
	vec_release(&t.failed);
	err_release(&e);
	return !a->error;
}
