#include "offline/levels.h"

#include <pthread.h>
#include <sys/stat.h>

#include "fetch/source_disk.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"
#include "graph/modinfo.h"
#include "offline/levels_run.h"
#include "offline/settings.h"

/* One level being computed. */
struct look {
	struct levels *l;
	const struct levels_options *o;
	struct levels_row *row;
	pthread_mutex_t mutex; /* of the members below */
	struct arena arena;
	VEC(struct levels_missing) missing;
};

static const char *file_name(struct arena *a, struct modver m, const char *what)
{
	struct buf b = BUF_INIT;
	const char *name;

	buf_addstr(&b, "cache/download/");
	if (!modpath_escape(&b, m.path, NULL))
		buf_addstr(&b, m.path);
	if (str_eq(what, "latest")) {
		buf_addstr(&b, "/@latest");
	} else if (str_eq(what, "list")) {
		buf_addstr(&b, "/@v/list");
	} else {
		buf_addstr(&b, "/@v/");
		if (!modpath_escape_version(&b, m.version, NULL))
			buf_addstr(&b, m.version);
		buf_addf(&b, ".%s", what);
	}
	name = arena_strdup(a, b.data);
	buf_release(&b);
	return name;
}

static void on_missed(void *ctx, struct modver m, const char *what)
{
	struct look *k = ctx;
	struct levels_missing *x;
	const char *file;

	pthread_mutex_lock(&k->mutex);
	file = file_name(&k->arena, m, what);
	for (size_t i = 0; i < k->missing.n; i++)
		if (str_eq(k->missing.items[i].file, file)) {
			pthread_mutex_unlock(&k->mutex);
			return;
		}
	vec_push(&k->missing, (struct levels_missing){ .what = what, .file = file, .bytes = -1 });
	x = &k->missing.items[k->missing.n - 1];
	x->mod = (struct modver){ arena_strdup(&k->arena, m.path),
				  arena_strdup(&k->arena, m.version) };
	x->needed_by = "";
	pthread_mutex_unlock(&k->mutex);
}

static int compare(const void *p, const void *q)
{
	const struct levels_missing *a = p, *b = q;
	int c = strcmp(a->mod.path, b->mod.path);

	c = c ? c : strcmp(a->mod.version, b->mod.version);
	return c ? c : strcmp(a->file, b->file);
}

/* Its size, if the run has read it. */
static void measure(struct levels_run *r, struct levels_missing *x)
{
	const char *data, *file;
	struct source_info info;
	struct stat st;
	size_t len;

	if (str_eq(x->what, "zip")) {
		x->unread = !source_zip(r->source, x->mod, &file, NULL);
		if (!x->unread && stat(file, &st) == 0)
			x->bytes = (int64_t)st.st_size;
	} else if (str_eq(x->what, "mod")) {
		x->unread = !source_gomod(r->source, x->mod, &data, &len, NULL);
		if (!x->unread)
			x->bytes = (int64_t)len;
	} else if (str_eq(x->what, "info")) {
		x->unread = !source_stat(r->source, x->mod.path, x->mod.version, &info, NULL);
	}
}

/* The files that go would request for each module of the list. */
static void add_lists(struct look *k, struct levels_run *r)
{
	for (size_t i = 0; i < r->n_rows; i++)
		if (!r->rows[i]->main)
			on_missed(k, (struct modver){ r->rows[i]->path, "" }, "list");
}

/* The toolchain that go would switch to. */
static void add_toolchain(struct look *k, struct levels_run *r)
{
	const char *local = r->ml ? modproject_local_version(modload_project(r->ml)) : "";
	struct modver m = { "golang.org/toolchain", "" };

	if (!*local || str_eq(local, goenv_go_version(r->env)) || !*goenv_go_version(r->env))
		return;
	m.version = modproject_toolchain_version(&k->arena, arena_fmt(&k->arena, "go%s", local));
	if (!source_cached_dir(r->source, m))
		on_missed(k, m, "zip");
}

/* Irrelevant files: a list that does not exist, the time of a replacement version. */
static bool is_needed(struct levels_run *r, const struct levels_missing *x)
{
	const char *const *versions;
	struct source_info info;
	struct err e = ERR_INIT;
	size_t n;

	if (str_eq(x->what, "info")) {
		bool replaces = false;

		for (size_t i = 0; i < r->n_rows; i++) {
			const struct modinfo *m = r->rows[i];

			if (!m->replace && str_eq(m->path, x->mod.path) &&
			    str_eq(m->version, x->mod.version))
				return true;
			replaces |= m->replace && str_eq(m->replace->path, x->mod.path) &&
				    str_eq(m->replace->version, x->mod.version);
		}
		return !replaces;
	}
	if (str_eq(x->what, "list"))
		source_versions(r->source, x->mod.path, &versions, &n, &e);
	else if (str_eq(x->what, "latest"))
		source_latest(r->source, x->mod.path, &info, &e);
	n = e.code;
	err_release(&e);
	return n != ERR_NOT_FOUND;
}

static void drop_needless(struct look *k, struct levels_run *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->missing.n; i++)
		if (k->row->level == LEVELS_QUERIES || is_needed(r, &k->missing.items[i]))
			k->missing.items[kept++] = k->missing.items[i];
	k->missing.n = kept;
}

static void take(struct look *k, struct levels_run *r)
{
	struct levels_row *row = k->row;
	struct arena *a = &k->l->arena;

	if (row->level == LEVELS_QUERIES)
		add_lists(k, r);
	add_toolchain(k, r);
	drop_needless(k, r);
	if (k->missing.n)
		qsort(k->missing.items, k->missing.n, sizeof(*k->missing.items), compare);
	for (size_t i = 0; i < k->missing.n; i++) {
		struct levels_missing *x = &k->missing.items[i];

		if (!str_eq(x->mod.path, "golang.org/toolchain"))
			measure(r, x);
		x->needed_by = arena_strdup(a, levels_run_who(r, x->mod, x->what, a));
		row->unsure |= x->unread;
	}
	row->missing = arena_memdup(a, k->missing.items, k->missing.n * sizeof(*row->missing));
	row->n_missing = k->missing.n;
	arena_combine(a, &k->arena);
}

static const char *plain(struct arena *a, const struct err *e)
{
	return arena_strdup(a, err_text(e));
}

static void on_fetched(void *ctx, struct modver m, size_t zips, long long bytes)
{
	struct look *k = ctx;

	(void)m;
	if (k->o->progress)
		k->o->progress(k->o->ctx, k->row->level, zips, bytes);
}

/* Something was not fetched because of --offline, or since the user only looks. */
static bool was_refused(struct source *s)
{
	struct map paths = MAP_INIT;
	bool any;

	source_refused(s, &paths);
	any = paths.n > 0;
	map_release(&paths);
	return any;
}

/* With the network: finds what is missing. */
static void find_missing(struct look *k, const struct goenv *env)
{
	struct levels_run r = { .env = env, .cancel = k->o->cancel };
	struct source_options so = { .env = env,
				     .offline = k->o->offline,
				     .cancel = k->o->cancel,
				     .log = k->o->log,
				     .once = k->o->once,
				     .own_counts = true,
				     .missed = on_missed,
				     .missed_ctx = k,
				     .fetched = on_fetched,
				     .fetched_ctx = k };
	bool ok;

	r.source = source_new(&so);
	ok = levels_run(&r, k->row->level);
	k->row->failed = ok || k->row->level == LEVELS_QUERIES ? "" : plain(&k->l->arena, &r.err);
	k->row->failed_at = *k->row->failed && r.failed_at ? arena_strdup(&k->l->arena, r.failed_at)
							   : "";
	k->row->unsure = *k->row->failed;
	k->row->refused = was_refused(r.source);
	k->row->had = source_had(r.source);
	take(k, &r);
	levels_run_release(&r);
}

/* Like go with GOPROXY=off. */
static void try_without(struct look *k, const struct goenv *off)
{
	struct levels_run r = { .env = off, .cancel = k->o->cancel };
	struct source_options so = { .env = off,
				     .offline = true,
				     .cancel = k->o->cancel,
				     .log = k->o->log,
				     .missed = on_missed,
				     .missed_ctx = k };

	r.source = source_new(&so);
	k->row->ready = levels_run(&r, k->row->level);
	k->row->go_says = k->row->ready ? "" : plain(&k->l->arena, &r.err);
	if (k->row->ready && k->row->level == LEVELS_WHY && k->missing.n) {
		k->row->ready = false;
		k->row->go_says = "(main module does not need module ...), which may be wrong";
	}
	k->missing.n = 0;
	k->row->had = source_had(r.source);
	levels_run_release(&r);
}

static bool look_at(struct levels *l, const struct levels_options *o, struct levels_row *row,
		    struct err *e)
{
	struct look k = { .l = l, .o = o, .row = row };
	const char *slash = strchr(row->platform, '/');
	const char *set[3 + LEVELS_SETTINGS] = { "GOPROXY=off" };
	size_t n = 1;
	struct goenv *off = NULL, *net = NULL;
	bool ok;

	row->go_says = row->failed = row->failed_at = "";
	if (slash) {
		set[n++] = arena_fmt(&l->arena, "GOOS=%.*s", (int)(slash - row->platform),
				     row->platform);
		set[n++] = arena_fmt(&l->arena, "GOARCH=%s", slash + 1);
	}
	for (size_t i = 0; i < LEVELS_SETTINGS && o->set[i]; i++)
		set[n++] = o->set[i];
	off = settings_with(o->env, &l->arena, set, e);
	net = off ? settings_with(o->env, &l->arena, set + 1, e) : NULL;
	ok = net != NULL;
	pthread_mutex_init(&k.mutex, NULL);
	if (ok && !o->all_missing)
		try_without(&k, off);
	if (ok && !row->ready)
		find_missing(&k, net);
	pthread_mutex_destroy(&k.mutex);
	vec_release(&k.missing);
	arena_release(&k.arena);
	goenv_free(off);
	goenv_free(net);
	return ok && (!cancel_is_set(o->cancel) || err_set(e, ERR_CANCELLED, "cancelled"));
}

static bool check_platform(const char *p, struct err *e)
{
	const char *slash = strchr(p, '/');

	return (slash && slash != p && slash[1] && !strchr(slash + 1, '/')) ||
	       err_set(e, ERR_USAGE, "a platform is GOOS/GOARCH, not %s", p);
}

/* build and test have a row per platform. */
static bool add_rows(struct levels *l, const struct levels_options *o, struct err *e)
{
	size_t most = LEVELS_COUNT + 2 * o->n_platforms;

	l->rows = arena_calloc(&l->arena, most, sizeof(*l->rows));
	for (enum levels_level v = 0; v < LEVELS_COUNT; v++) {
		bool by_platform = (v == LEVELS_BUILD || v == LEVELS_TEST) && o->n_platforms;
		size_t n = by_platform ? o->n_platforms : 1;

		for (size_t i = 0; i < n && o->wanted & (1u << v); i++) {
			struct levels_row *row = &l->rows[l->n++];

			row->level = v;
			row->platform = by_platform ? arena_strdup(&l->arena, o->platforms[i]) : "";
			if (by_platform && !check_platform(row->platform, e))
				return false;
		}
	}
	return true;
}

bool levels_find(struct levels *l, const struct levels_options *o, struct err *e)
{
	*l = (struct levels){ .n = 0 };
	if (!add_rows(l, o, e))
		return false;
	for (size_t i = 0; i < l->n; i++) {
		if (o->progress)
			o->progress(o->ctx, l->rows[i].level, 0, 0);
		if (!look_at(l, o, &l->rows[i], e))
			return false;
	}
	return true;
}

void levels_release(struct levels *l)
{
	arena_release(&l->arena);
}

const char *levels_name(enum levels_level level)
{
	static const char *const names[LEVELS_COUNT] = { "build", "test",   "list",   "tidy",
							 "why",	  "vendor", "queries" };

	return names[level];
}

const char *levels_command(enum levels_level level)
{
	static const char *const commands[LEVELS_COUNT] = {
		"go build ./...",    "go test ./...", "go list -m all",	      "go mod tidy",
		"go mod why -m all", "go mod vendor", "go list -m -versions",
	};

	return commands[level];
}
