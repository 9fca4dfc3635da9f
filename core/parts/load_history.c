#include "parts/load_private.h"

#include <errno.h>
#include <sys/stat.h>

#include "compare/modorigin.h"
#include "fetch/source.h"
#include "gofiles/cachepath.h"
#include "gofiles/goenv.h"
#include "graph/modload_open.h"
#include "versions/history.h"

/* Owns the rows' memory. */
struct home {
	struct source *source;
	struct modload *ml;
	struct buf messages;
};

static void home_free(void *data)
{
	struct home *h = data;

	modload_free(h->ml);
	source_free(h->source);
	buf_release(&h->messages);
}

struct look {
	struct load_work *w;
	const struct load_graph *g; /* NULL outside a project */
	const struct goenv *env;
	struct part *home;
	struct home *h;
	const char *path;
	struct modorigin *origins;
	const char *not_fetched, *unread; /* see struct load_history */
};

static bool open_home(struct look *k, struct err *e)
{
	struct cancel *cancel = job_cancel(k->w->job);
	const struct request_history *r = &k->w->request->history;
	struct source_options so = { .env = k->env,
				     .offline = load_options(k->w->l)->offline,
				     .cancel = cancel,
				     .log = load_log(k->w->l),
				     .once = load_once(k->w),
				     .own_counts = true,
				     .kept_for = MAX(r->kept_for, 1),
				     .stall_ms = LOAD_STALL_MS };
	struct modload_options mo = { .env = k->env,
				      .command = k->g ? MODPROJECT_GRAPH : MODPROJECT_LIST,
				      .cancel = cancel };

	k->home = load_part_on(k->w, PART_GRAPH);
	k->home->data = k->h = arena_calloc(&k->home->arena, 1, sizeof(*k->h));
	k->home->release = home_free;
	k->h->source = mo.source = source_new(&so);
	mo.messages = &k->h->messages;
	return modload_open(&k->h->ml, &mo, e);
}

static bool is_cached(struct look *k, struct arena *a, const char *file)
{
	struct stat st;

	if (stat(file, &st) == 0)
		return S_ISREG(st.st_mode);
	if (errno != ENOENT && errno != ENOTDIR && !*k->unread)
		k->unread = arena_fmt(a, "stat %s: %s", file, err_errno_text(errno));
	return false;
}

static void see_cache(struct look *k, struct arena *out, struct load_history_row *row,
		      struct modver m)
{
	const char *root = goenv_modcache(k->env, NULL);
	struct arena a = ARENA_INIT;

	if (root && cachepath_file(&a, root, m, "mod")) {
		row->mod = is_cached(k, out, cachepath_file(&a, root, m, "mod"));
		row->zip = is_cached(k, out, cachepath_file(&a, root, m, "zip"));
		row->dir = source_cached_dir(k->h->source, m) != NULL;
	}
	arena_release(&a);
}

static void see_graph(const struct look *k, struct load_history_row *row, const char *version)
{
	const struct load_module *m = k->g ? load_graph_module(k->g, k->path) : NULL;

	row->node = UINT32_MAX;
	for (uint32_t i = 0; m && i < m->versions; i++)
		if (str_eq(k->g->nodes[k->g->by_module[m->first + i]].version, version))
			row->node = k->g->by_module[m->first + i];
	row->selected = m && str_eq(m->version, version);
}

/* A copy of the current history. */
static struct part *make_part(struct look *k, const struct history *h)
{
	struct part *p = part_new(k->w->request);
	struct load_history *lh = arena_calloc(&p->arena, 1, sizeof(*lh));
	struct history *copy = arena_memdup(&p->arena, h, sizeof(*h));

	copy->rows = arena_memdup(&p->arena, h->rows, h->n * sizeof(*h->rows));
	k->unread = "";
	lh->graph = k->g;
	lh->history = copy;
	lh->origins = k->origins;
	lh->not_fetched = k->not_fetched;
	lh->rows = arena_calloc(&p->arena, h->n + 1, sizeof(*lh->rows));
	for (size_t i = 0; i < h->n; i++) {
		see_graph(k, &lh->rows[i], h->rows[i].version);
		see_cache(k, &p->arena, &lh->rows[i],
			  (struct modver){ k->path, h->rows[i].version });
	}
	lh->unread = k->unread;
	p->data = lh;
	p->needs = part_ref(k->home);
	return p;
}

static void post(struct look *k, const struct history *h)
{
	struct part *p;

	if (!k->w->job)
		return;
	p = make_part(k, h);
	p->partial = true;
	job_post_partial(k->w->job, p);
}

/* The versions in the graph, since no list has pseudo-versions. */
static const char **known_versions(struct look *k, size_t *n)
{
	const struct load_module *m = k->g ? load_graph_module(k->g, k->path) : NULL;
	const char **known = xcalloc(m ? m->versions + 1 : 1, sizeof(*known));

	*n = 0;
	for (uint32_t i = 0; m && i < m->versions; i++) {
		const char *v = k->g->nodes[k->g->by_module[m->first + i]].version;

		if (*v)
			known[(*n)++] = v;
	}
	return known;
}

static void read_commits(struct look *k, const struct history *h)
{
	const struct request_history *r = &k->w->request->history;
	struct arena *a = modload_arena(k->h->ml);
	struct modorigin *list;
	struct err e = ERR_INIT;

	if (!r->commits)
		return;
	if (r->fetch && !source_fetch_repository(k->h->source, k->path, &e))
		k->not_fetched = arena_strdup(a, e.text);
	err_release(&e);
	list = arena_calloc(a, h->n + 1, sizeof(*list));
	for (size_t i = 0; i < h->n; i++)
		list[i].info = h->rows[i].origin;
	modorigin_read(list, h->n, a, k->env, job_cancel(k->w->job));
	k->origins = list;
}

bool load_make_history(struct load_work *w, struct part **out, struct err *e)
{
	struct look k = { .w = w,
			  .g = load_data(w, PART_GRAPH),
			  .env = ((const struct load_env *)load_data(w, PART_ENV))->env,
			  .path = w->request->history.module,
			  .not_fetched = "" };
	struct history h = { .path = k.path };
	const char **known;
	size_t n;
	bool ok;

	known = known_versions(&k, &n);
	ok = open_home(&k, e);
	h.path = ok ? arena_strdup(modload_arena(k.h->ml), k.path) : k.path;
	ok = ok && history_list(&h, k.h->ml, k.h->source, known, n, e);
	if (ok) {
		post(&k, &h);
		history_details(&h, k.h->ml, k.h->source, w->request->history.compare);
		read_commits(&k, &h);
		ok = !cancel_is_set(job_cancel(w->job)) || err_set(e, ERR_CANCELLED, "cancelled");
	}
	if (ok)
		*out = make_part(&k, &h);
	free(known);
	part_unref(k.home);
	return ok;
}
