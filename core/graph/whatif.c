#include "graph/whatif.h"

#include "base/par.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "graph/goget.h"
#include "graph/modload_open.h"
#include "graph/query.h"

static const char *const names[] = {
	[WHATIF_DROP] = "drop",
	[WHATIF_PIN] = "pin",
	[WHATIF_GET] = "get",
	[WHATIF_UPGRADE] = "upgrade",
	[WHATIF_UNREPLACE] = "unreplace",
};

const char *whatif_kind_name(enum whatif_kind k)
{
	return names[k];
}

void whatif_step_text(const struct whatif_step *s, struct buf *b)
{
	buf_addf(b, "%s %s", names[s->kind], s->path);
	if (s->version[0])
		buf_addf(b, " %s", s->version);
}

/* go and toolchain have lines of their own. */
static void edit_command(const struct whatif_step *s, struct buf *b)
{
	bool line = str_eq(s->path, "go") || str_eq(s->path, "toolchain"),
	     drop = s->kind == WHATIF_DROP;

	if (line)
		buf_addf(b, "go mod edit -%s=%s", s->path, drop ? "none" : s->version);
	else if (drop)
		buf_addf(b, "go mod edit -droprequire=%s", s->path);
	else
		buf_addf(b, "go mod edit -require=%s@%s", s->path, s->version);
}

void whatif_step_command(const struct whatif_step *s, struct buf *b)
{
	switch (s->kind) {
	case WHATIF_DROP:
	case WHATIF_PIN: edit_command(s, b); break;
	case WHATIF_UNREPLACE: buf_addf(b, "go mod edit -dropreplace=%s", s->path); break;
	case WHATIF_UPGRADE:
	case WHATIF_GET:
		buf_addf(b, "go get %s@%s", s->path, s->version[0] ? s->version : "upgrade");
		break;
	}
}

bool whatif_step_parse(struct whatif_step *s, struct arena *a, const char *arg, bool get,
		       struct err *e)
{
	const char *at = strchr(arg, '@');

	if (!at || at == arg || !at[1] || strpbrk(arg, " \n"))
		return err_set(e, ERR_USAGE,
			       "%s: not of the form MODULE@VERSION, MODULE@none or MODULE@original",
			       arg);
	*s = (struct whatif_step){ .path = arena_strndup(a, arg, (size_t)(at - arg)),
				   .version = "" };
	if (str_eq(at + 1, "original")) {
		s->kind = WHATIF_UNREPLACE;
	} else if (!get && str_eq(at + 1, "none")) {
		s->kind = WHATIF_DROP;
	} else if (!get && str_eq(at + 1, "upgrade")) {
		s->kind = WHATIF_UPGRADE;
	} else {
		s->kind = get ? WHATIF_GET : WHATIF_PIN;
		s->version = arena_strdup(a, at + 1);
	}
	return true;
}

/* One computation: a loader of its own, so that the graph on the screen stays as it is. */
struct run {
	const struct whatif_options *o;
	struct arena *a;
	struct whatif_step *steps;
	size_t n_steps;
	struct source *source;
	struct modload *ml;
	struct buf messages;
	struct requirements *rs;
	VEC(struct goget_lowered) lowered; /* by all get steps, in their order */
};

static void copy_steps(struct run *r, const struct whatif_steps *steps)
{
	r->steps = arena_calloc(r->a, steps->n + 1, sizeof(*r->steps));
	r->n_steps = steps->n;
	for (size_t i = 0; i < steps->n; i++)
		r->steps[i] = (struct whatif_step){ steps->items[i].kind,
						    arena_strdup(r->a, steps->items[i].path),
						    arena_strdup(r->a, steps->items[i].version) };
}

/* Paths whose replace lines do not count. */
static const char *const *unreplaced(const struct run *r)
{
	const char **paths = arena_calloc(r->a, r->n_steps + 1, sizeof(*paths));
	size_t n = 0;

	for (size_t i = 0; i < r->n_steps; i++)
		if (r->steps[i].kind == WHATIF_UNREPLACE)
			paths[n++] = r->steps[i].path;
	return paths;
}

static bool open_run(struct run *r, struct err *e)
{
	struct source_options so = { .env = r->o->env,
				     .offline = r->o->offline,
				     .own_counts = r->o->own_counts,
				     .cancel = r->o->cancel,
				     .log = r->o->log };
	struct modload_options mo = { .env = r->o->env,
				      .command = MODPROJECT_GRAPH,
				      .cancel = r->o->cancel,
				      .messages = &r->messages,
				      .ignore_replace = unreplaced(r),
				      .overlay = r->o->overlay };

	r->source = source_new(&so);
	mo.source = r->source;
	return modload_open(&r->ml, &mo, e);
}

static void close_run(struct run *r)
{
	if (r->ml && r->o->learn)
		gosum_learn_all(r->o->learn, modproject_sums(modload_project(r->ml)));
	modload_free(r->ml);
	source_free(r->source);
	buf_release(&r->messages);
	vec_release(&r->lowered);
}

/* The roots less those of the path, and one more. */
static void change_roots(struct run *r, const char *path, const struct modver *add)
{
	VEC(struct modver) roots = { 0 };

	for (size_t i = 0; i < r->rs->n_roots; i++)
		if (!str_eq(r->rs->roots[i].path, path))
			vec_push(&roots, r->rs->roots[i]);
	if (add)
		vec_push(&roots, *add);
	r->rs = requirements_new(r->ml, r->rs->pruning, roots.items, roots.n, r->rs->direct);
	vec_release(&roots);
}

/* Versions of go get are queries, also where they look like versions; a version that is named may be a retracted one. */
static bool resolve(struct run *r, struct whatif_step *s, const char *current, struct err *e)
{
	struct query_result q;
	const char *query = s->version[0] ? s->version : "upgrade";
	bool named = gover_mod_valid(s->path, s->version);
	enum query_allow allow = named ? QUERY_NOT_EXCLUDED : QUERY_ALLOWED;

	if (s->kind == WHATIF_GET && str_eq(s->version, "none"))
		return true;
	if (s->kind == WHATIF_PIN && named)
		return true;
	if (str_eq(query, "upgrade") || str_eq(query, "patch"))
		allow |= QUERY_CURRENT;
	if (!query_version(r->ml, s->path, query, current, allow, &q, e))
		return false;
	s->version = arena_strdup(r->a, q.version);
	return true;
}

/* go get gives a go.mod without a go line one of today, with the pruning that belongs to it. */
static bool add_go_line(struct run *r, struct err *e)
{
	const struct modproject_main *mains;
	const char *go = modproject_local_version(modload_project(r->ml));

	if (!modproject_mains(modload_project(r->ml), &mains) || mains[0].go_version[0] ||
	    modproject_gowork_file(modload_project(r->ml)) ||
	    str_eq(requirements_go_version(r->rs), go))
		return true;
	r->rs = requirements_override(r->ml, r->rs, &(struct modver){ "go", go }, 1);
	return requirements_convert(r->ml, r->rs, pruning_for(go), &r->rs, e);
}

static bool is_none(const struct whatif_step *s)
{
	return s->kind == WHATIF_DROP || (s->kind == WHATIF_GET && str_eq(s->version, "none"));
}

/* The go.mod that is written is read anew: with a newer go line, as one with pruning, however the edit came about. */
static struct requirements *read_anew(struct run *r, struct requirements *rs)
{
	const char *go = requirements_go_version(rs);
	enum pruning pruning = pruning_for(go ? go : GOVER_DEFAULT_GOMOD);

	if (pruning == rs->pruning || rs->pruning == PRUNING_WORKSPACE)
		return rs;
	return requirements_new(r->ml, pruning, rs->roots, rs->n_roots, rs->direct);
}

static bool step_get(struct run *r, struct whatif_step *s, struct err *e)
{
	struct goget_result got = { 0 };
	const struct modgraph *mg;
	bool ok = add_go_line(r, e) && requirements_expand(r->ml, &r->rs, &mg, e) &&
		  resolve(r, s, modgraph_selected(mg, s->path), e) &&
		  goget_edit(r->ml, r->rs, &(struct modver){ s->path, s->version }, 1, &got, e);

	if (ok)
		r->rs = read_anew(r, got.rs);
	for (size_t i = 0; i < got.lowered.n; i++)
		vec_push(&r->lowered, got.lowered.items[i]);
	goget_release(&got);
	return ok;
}

/* A go.mod always has a go version; without a toolchain line go's own stands for it. */
static bool take_step(struct run *r, struct whatif_step *s, struct err *e)
{
	if (is_none(s) && str_eq(s->path, "go"))
		return err_set(e, ERR_USAGE, "cannot use go@none");
	if (is_none(s) && str_eq(s->path, "toolchain")) {
		change_roots(r, s->path, NULL);
		return true;
	}
	switch (s->kind) {
	case WHATIF_UNREPLACE: return true;
	case WHATIF_DROP: change_roots(r, s->path, NULL); return true;
	case WHATIF_PIN:
		if (!resolve(r, s, "", e))
			return false;
		change_roots(r, s->path, &(struct modver){ s->path, s->version });
		r->rs = read_anew(r, r->rs);
		return true;
	case WHATIF_UPGRADE:
	case WHATIF_GET: return step_get(r, s, e);
	}
	return true;
}

static bool take_steps(struct run *r, struct err *e)
{
	r->rs = modload_requirements(r->ml);
	for (size_t i = 0; i < r->n_steps; i++)
		if (!take_step(r, &r->steps[i], e))
			return false;
	return true;
}

static bool begin_run(struct run *r, const struct whatif_steps *steps, struct err *e)
{
	copy_steps(r, steps);
	return open_run(r, e) && take_steps(r, e);
}

static struct modver copy_modver(struct arena *a, struct modver m)
{
	return (struct modver){ arena_strdup(a, m.path), arena_strdup(a, m.version) };
}

bool whatif_roots(struct whatif_roots *out, struct arena *a, const struct whatif_options *o,
		  const struct whatif_steps *steps, struct err *e)
{
	struct run r = { .o = o, .a = a, .messages = BUF_INIT };
	bool ok = begin_run(&r, steps, e);

	if (ok) {
		struct modver *roots = arena_calloc(a, r.rs->n_roots + 1, sizeof(*roots));
		const char **direct = arena_calloc(a, r.rs->direct->n + 1, sizeof(*direct));

		for (size_t i = 0; i < r.rs->n_roots; i++)
			roots[i] = copy_modver(a, r.rs->roots[i]);
		for (size_t i = 0; i < r.rs->direct->n; i++)
			direct[i] = arena_strdup(a, r.rs->direct->entries[i].key);
		*out = (struct whatif_roots){ .roots = roots,
					      .n = r.rs->n_roots,
					      .pruning = r.rs->pruning,
					      .direct = direct,
					      .unreplaced = unreplaced(&r),
					      .steps = { r.steps, r.n_steps } };
	}
	close_run(&r);
	return ok;
}

/* What the steps change */

/* The version that steps asked for last; NULL if none did. */
static const char *pinned_version(const struct run *r, const char *path)
{
	for (size_t i = r->n_steps; i-- > 0;)
		if (r->steps[i].version[0] && str_eq(r->steps[i].path, path))
			return r->steps[i].version;
	return NULL;
}

static void add_delta(const struct run *r, struct whatif *w, struct whatif_delta d)
{
	/* A pin that does not help is worth a row. */
	if (str_eq(d.before, d.after) && !pinned_version(r, d.path)) {
		w->n_unchanged += !gover_is_toolchain(d.path);
		return;
	}
	d.by = d.lowered = (struct modver){ "", "" };
	w->deltas[w->n_deltas++] = d;
}

/* The nearest of those who ask for the version that is selected afterwards. */
static void set_decider(struct run *r, const struct modgraph *mg, struct whatif_delta *d)
{
	struct modtab *t = modload_tab(r->ml);
	uint32_t node = modtab_find(t, (struct modver){ d->path, d->after });
	const uint32_t *chain;
	size_t n;

	if (node == MODTAB_NONE)
		return;
	n = modgraph_chain(mg, node, r->a, &chain);
	if (n >= 2)
		d->by = copy_modver(r->a, t->nodes[chain[n - 2]].mod);
}

static bool asks_for_more(const struct modtab *t, const uint32_t *req, size_t n, const char *path,
			  const char *pin)
{
	for (size_t k = 0; k < n; k++)
		if (str_eq(t->nodes[req[k]].mod.path, path) &&
		    modtab_compare_versions(path, t->nodes[req[k]].mod.version, pin) > 0)
			return true;
	return false;
}

/* All who ask for more than a pin. Repair lifts a root that is too low, so the main module then asks too: it is left out. */
static void set_keepers(struct run *r, const struct modgraph *mg, struct whatif_delta *d,
			const char *pin)
{
	const struct modtab *t = modload_tab(r->ml);
	ARENA_VEC(struct modver) list = { 0 };
	size_t n, n_req;
	const uint32_t *order = modgraph_order(mg, &n);

	for (size_t i = 0; i < n; i++) {
		const struct modver *from = &t->nodes[order[i]].mod;
		const uint32_t *req = modgraph_required(mg, order[i], &n_req);

		if (from->version[0] && asks_for_more(t, req, n_req, d->path, pin))
			arena_vec_push(r->a, &list, copy_modver(r->a, *from));
	}
	d->keepers = list.items;
	d->n_keepers = list.n;
	if (list.n)
		d->by = list.items[0];
}

static void judge_pin(struct run *r, const struct modgraph *mg, struct whatif_delta *d)
{
	const char *pin = pinned_version(r, d->path);

	d->above_pin = pin && modtab_compare_versions(d->path, d->after, pin) > 0;
	if (d->above_pin)
		set_keepers(r, mg, d, pin);
}

static void set_lowered(const struct run *r, struct whatif_delta *d)
{
	for (size_t i = 0; i < r->lowered.n; i++) {
		const struct goget_lowered *l = &r->lowered.items[i];

		if (str_eq(l->before.path, d->path) && !str_eq(l->because.path, d->path))
			d->lowered = copy_modver(r->a, l->because);
	}
}

static int by_path(const void *path, const void *mod)
{
	return strcmp(path, ((const struct modver *)mod)->path);
}

static void list_deltas(struct run *r, struct whatif *w, const struct modgraph *mg,
			const struct modver *before, size_t n_before)
{
	struct modtab *t = modload_tab(r->ml);
	size_t n;
	const uint32_t *list = modgraph_build_list(mg, &n);

	w->deltas = arena_calloc(r->a, n_before + n + 1, sizeof(*w->deltas));
	for (size_t i = 0; i < n_before; i++) {
		const char *after = modgraph_selected(mg, before[i].path);

		if (!before[i].version[0])
			continue;
		after = str_eq(after, "none") ? "" : arena_strdup(r->a, after);
		add_delta(r, w,
			  (struct whatif_delta){ .path = before[i].path,
						 .before = before[i].version,
						 .after = after });
	}
	for (size_t i = 0; i < n; i++) {
		struct modver m = t->nodes[list[i]].mod;

		if (bsearch(m.path, before, n_before, sizeof(*before), by_path))
			continue;
		m = copy_modver(r->a, m);
		add_delta(r, w,
			  (struct whatif_delta){
				  .path = m.path, .before = "", .after = m.version });
	}
}

static void count(struct whatif *w)
{
	for (size_t i = 0; i < w->n_deltas; i++) {
		const struct whatif_delta *d = &w->deltas[i];
		int c = d->before[0] && d->after[0]
				? modtab_compare_versions(d->path, d->after, d->before)
				: 0;

		w->n_gone += !d->after[0];
		w->n_new += !d->before[0];
		w->n_up += c > 0;
		w->n_down += c < 0;
	}
}

static void compare(struct run *r, struct whatif *w, const struct modgraph *mg,
		    const struct modver *before, size_t n_before)
{
	list_deltas(r, w, mg, before, n_before);
	for (size_t i = 0; i < w->n_deltas; i++) {
		struct whatif_delta *d = &w->deltas[i];

		if (d->after[0])
			set_decider(r, mg, d);
		judge_pin(r, mg, d);
		set_lowered(r, d);
	}
	count(w);
}

bool whatif_compute(struct whatif *w, struct arena *a, const struct whatif_options *o,
		    const struct whatif_steps *steps, const struct modver *before, size_t n_before,
		    struct err *e)
{
	struct run r = { .o = o, .a = a, .messages = BUF_INIT };
	const struct modgraph *mg = NULL;
	bool ok;

	*w = (struct whatif){ 0 };
	ok = begin_run(&r, steps, e);
	w->steps = (struct whatif_steps){ r.steps, r.n_steps };
	if (ok && !requirements_expand(r.ml, &r.rs, &mg, &w->broken) && !mg)
		ok = err_move(e, &w->broken);
	if (ok)
		compare(&r, w, mg, before, n_before);
	close_run(&r);
	return ok;
}

void whatif_release(struct whatif *w)
{
	err_release(&w->broken);
}
