#include "cache/verify.h"

#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>

#include "gofiles/cachepath.h"
#include "gofiles/gover.h"
#include "base/fs.h"
#include "gofiles/modpath.h"

#define MAX_ZIPHASH ((size_t)1 << 20)

/* The files of one module, and their hashes. */
struct module {
	struct modver mod;
	const char *zip, *dir, *ziphash;
	int zip_errno;	     /* of os.Stat */
	bool no_zip, no_dir; /* go: errors.Is(err, fs.ErrNotExist) */
	int64_t size;	     /* of the zip, to begin with the greatest */
	const char *want;    /* the .ziphash, trimmed; NULL: this module is done */
	bool zip_limit;
	char zip_sum[DIRHASH_LEN + 1], dir_sum[DIRHASH_LEN + 1];
	const char *missing, *zip_error, *dir_error;
};

struct task {
	size_t i;
	bool dir;
};

struct run {
	const struct verify_options *o;
	struct module *mods;
	struct task *tasks;
	size_t n_mods, n_tasks;
	pthread_mutex_t lock; /* of what follows */
	struct arena *arena;
	VEC(struct hasher *) idle;
	size_t done;
};

static struct hasher *take_hasher(struct run *r)
{
	struct hasher *h = NULL;

	pthread_mutex_lock(&r->lock);
	if (r->idle.n)
		h = r->idle.items[--r->idle.n];
	pthread_mutex_unlock(&r->lock);
	return h ? h : hasher_new();
}

static void give_hasher(struct run *r, struct hasher *h)
{
	size_t done;

	pthread_mutex_lock(&r->lock);
	vec_push(&r->idle, h);
	done = ++r->done;
	pthread_mutex_unlock(&r->lock);
	if (r->o->progress)
		r->o->progress(r->o->ctx, done, r->n_tasks);
}

/* modfetch.DownloadDir: is the tree absent, or as good as absent? */
static bool tree_is_absent(struct arena *a, const struct verify_options *o, const struct module *m)
{
	struct stat st;

	if (stat(m->dir, &st) || !S_ISDIR(st.st_mode))
		return true;
	if (stat(cachepath_file(a, o->root, m->mod, "partial"), &st) == 0)
		return true;
	if (errno != ENOENT)
		return false;
	if (str_eq(m->mod.path, "golang.org/fips140"))
		return false;
	return stat(m->ziphash, &st) && errno == ENOENT;
}

static const char *trim_space(struct arena *a, const char *s)
{
	static const char space[] = " \t\n\v\f\r";
	size_t n;

	s += strspn(s, space);
	for (n = strlen(s); n && strchr(space, s[n - 1]); n--)
		;
	return arena_strndup(a, s, n);
}

/* modfetch.CachePath fails: there is no cache, or no place in it for such a module. go continues with an empty name for
 * the zip, and so reads "hash" in the current directory and opens "". */
static bool has_no_place(const struct verify_options *o, struct modver m)
{
	return !o->root || !modpath_check(m.path, NULL) ||
	       !modpath_version_is_canonical_n(m.version, strlen(m.version));
}

static void look_nowhere(struct arena *a, const struct verify_options *o, struct module *m)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;

	m->no_zip = m->no_dir = true;
	if (o->root_missing)
		return;
	if (fs_read_buf(&b, "hash", MAX_ZIPHASH, &e))
		m->missing = "open : no such file or directory";
	else
		m->missing = arena_fmt(a, "missing ziphash: %s", e.text);
	buf_release(&b);
	err_release(&e);
}

static void look(struct arena *a, const struct verify_options *o, struct module *m)
{
	struct err e = ERR_INIT;
	struct stat st;
	size_t len;
	char *data;

	if (has_no_place(o, m->mod)) {
		look_nowhere(a, o, m);
		return;
	}
	m->zip = cachepath_file(a, o->root, m->mod, "zip");
	m->ziphash = cachepath_file(a, o->root, m->mod, "ziphash");
	m->dir = cachepath_tree(a, o->root, m->mod);
	if (stat(m->zip, &st))
		m->zip_errno = errno;
	else
		m->size = st.st_size;
	m->no_zip = m->zip_errno == ENOENT;
	m->no_dir = tree_is_absent(a, o, m);
	if (fs_read(a, m->ziphash, MAX_ZIPHASH, &data, &len, &e)) {
		/* a NUL in it can equal no hash */
		m->want = strlen(data) == len ? trim_space(a, data) : "\1";
	} else if (!m->no_zip || !m->no_dir) {
		m->missing = arena_fmt(a, "missing ziphash: %s", e.text);
	}
	err_release(&e);
}

static void run_task(void *ctx, size_t i)
{
	struct run *r = ctx;
	struct task *t = &r->tasks[i];
	struct module *m = &r->mods[t->i];
	struct hashmemo_result result;
	struct err e = ERR_INIT;
	struct hasher *h;
	bool ok;

	if (cancel_is_set(r->o->cancel))
		return;
	h = take_hasher(r);
	ok = t->dir ? hashmemo_tree(r->o->memo, h, m->dir, m->mod, r->o->full, r->o->cancel,
				    &result, &e)
		    : hashmemo_zip(r->o->memo, h, m->zip, m->mod, r->o->full, r->o->cancel, &result,
				   &e);
	if (ok) {
		memcpy(t->dir ? m->dir_sum : m->zip_sum, result.sum, sizeof(m->dir_sum));
	} else {
		pthread_mutex_lock(&r->lock);
		*(t->dir ? &m->dir_error : &m->zip_error) = arena_strdup(r->arena, e.text);
		pthread_mutex_unlock(&r->lock);
		m->zip_limit |= !t->dir && e.code == ERR_LIMIT;
	}
	err_release(&e);
	give_hasher(r, h);
}

struct sized_task {
	struct task task;
	int64_t size;
};

static int compare_tasks(const void *a, const void *b)
{
	const struct sized_task *s = a, *t = b;

	if (s->size != t->size)
		return s->size > t->size ? -1 : 1;
	return s->task.i != t->task.i ? (s->task.i < t->task.i ? -1 : 1)
				      : s->task.dir - t->task.dir;
}

/* Largest first, so that threads finish at about the same time. */
static void make_tasks(struct run *r)
{
	struct sized_task *all = xcalloc(2 * r->n_mods, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < r->n_mods; i++) {
		struct module *m = &r->mods[i];

		if (!m->want)
			continue;
		if (!m->no_zip)
			all[n++] = (struct sized_task){ { i, false }, m->size };
		if (!m->no_dir)
			all[n++] = (struct sized_task){ { i, true }, m->size };
	}
	qsort(all, n, sizeof(*all), compare_tasks);
	r->tasks = xcalloc(n, sizeof(*r->tasks));
	for (size_t i = 0; i < n; i++)
		r->tasks[i] = all[i].task;
	r->n_tasks = n;
	free(all);
}

struct lines {
	struct verify_line *items;
	size_t n, cap;
};

static void add_line(struct lines *v, struct arena *a, size_t i, const struct module *m, bool ours,
		     const char *what)
{
	vec_push(v,
		 (struct verify_line){
			 i, arena_fmt(a, "%s %s: %s", m->mod.path, m->mod.version, what), ours });
}

/* modcmd.verifyMod: reports nothing else after a missing hash or an error */
static void judge(struct lines *v, struct arena *a, size_t i, const struct module *m)
{
	if (m->missing)
		add_line(v, a, i, m, false, m->missing);
	if (!m->want)
		return;
	if (m->zip_error) {
		add_line(v, a, i, m, m->zip_limit, m->zip_error);
		return;
	}
	if (!m->no_zip && !str_eq(m->zip_sum, m->want))
		add_line(v, a, i, m, false, arena_fmt(a, "zip has been modified (%s)", m->zip));
	if (m->dir_error)
		add_line(v, a, i, m, false, m->dir_error);
	else if (!m->no_dir && !str_eq(m->dir_sum, m->want))
		add_line(v, a, i, m, false, arena_fmt(a, "dir has been modified (%s)", m->dir));
}

bool verify_modules(struct verify_result *v, struct arena *a, const struct verify_options *o,
		    const struct modver *mods, size_t n, struct err *e)
{
	struct run r = { .o = o, .arena = a, .n_mods = n, .mods = xcalloc(n, sizeof(*r.mods)) };
	struct lines lines = { 0 };
	bool ok;

	*v = (struct verify_result){ 0 };
	pthread_mutex_init(&r.lock, NULL);
	for (size_t i = 0; i < n; i++) {
		r.mods[i].mod = mods[i];
		if (!gover_is_toolchain(mods[i].path))
			look(a, o, &r.mods[i]);
		v->n_checked += r.mods[i].want != NULL;
	}
	make_tasks(&r);
	par_for(r.n_tasks, o->threads ? o->threads : par_cpus(), run_task, &r);
	for (size_t i = 0; i < n; i++)
		judge(&lines, a, i, &r.mods[i]);
	v->lines = arena_memdup(a, lines.items, lines.n * sizeof(*lines.items));
	v->n = lines.n;
	ok = !cancel_is_set(o->cancel) || err_set(e, ERR_CANCELLED, "cancelled");
	for (size_t i = 0; i < r.idle.n; i++)
		hasher_free(r.idle.items[i]);
	vec_release(&r.idle);
	vec_release(&lines);
	pthread_mutex_destroy(&r.lock);
	free(r.tasks);
	free(r.mods);
	return ok;
}
