#include "parts/load_private.h"

#include <dirent.h>

#include "base/fs.h"
#include "base/textdiff.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/semver.h"
#include "graph/modload_open.h"
#include "graph/query.h"
#include "packages/imports.h"
#include "packages/pkgwalk.h"

struct whole {
	struct load_modcompare shown;
	struct modcompare_version was, is;
};

struct comparison {
	struct load_work *w;
	const struct load_graph *g; /* NULL outside a project */
	const struct goenv *env;
	struct arena *a;
	struct source *source, *zips; /* for zips that go.sum need not have */
	struct modload *ml;
	struct buf messages;
	struct whole *c;
};

static void release(void *data)
{
	struct whole *c = data;

	modcompare_close(&c->was);
	modcompare_close(&c->is);
}

static bool open_sources(struct comparison *k, struct err *e)
{
	struct cancel *cancel = job_cancel(k->w->job);
	struct source_options so = { .env = k->env,
				     .offline = load_options(k->w->l)->offline,
				     .cancel = cancel,
				     .log = load_log(k->w->l),
				     .once = load_once(k->w),
				     .own_counts = true };
	struct modload_options mo = { .env = k->env,
				      .command = k->g ? MODPROJECT_GRAPH : MODPROJECT_LIST,
				      .cancel = cancel,
				      .messages = &k->messages };

	k->source = mo.source = source_new(&so);
	k->zips = source_new(&so);
	return modload_open(&k->ml, &mo, e);
}

/* The version built: the replacement, if it is a version. */
static bool current(struct comparison *k, const char *path, struct modver *m, struct err *e)
{
	const struct load_module *lm = k->g ? load_graph_module(k->g, path) : NULL;

	if (!lm)
		return err_set(e, ERR_NOT_FOUND, "%s@current: the build list does not have it",
			       path);
	if (lm->kind == LOAD_MAIN)
		return err_set(e, ERR_USAGE, "%s@current: it is a main module", path);
	*m = lm->replaced.path[0] ? lm->replaced : (struct modver){ path, lm->version };
	return m->version[0] ||
	       err_set(e, ERR_NOT_HERE, "%s@current: it is the directory %s", path, m->path);
}

static bool is_exact(struct comparison *k, const char *version)
{
	const char *c = semver_canonical(k->a, version);

	return c && (str_eq(c, version) ||
		     (semver_is_incompatible(version) && str_has_prefix(version, c)));
}

static bool resolve(struct comparison *k, struct modver *m, struct modver asked, struct err *e)
{
	const struct load_module *lm = k->g ? load_graph_module(k->g, asked.path) : NULL;
	struct query_result q;

	*m = (struct modver){ arena_strdup(k->a, asked.path), arena_strdup(k->a, asked.version) };
	if (str_eq(asked.version, "current"))
		return current(k, m->path, m, e);
	if (is_exact(k, asked.version))
		return true;
	if (!query_version(k->ml, m->path, m->version, lm ? lm->version : "",
			   query_is_revision(m->path, m->version) ? QUERY_ANY : QUERY_ALLOWED, &q,
			   e))
		return err_wrap(e, "%s@%s: ", m->path, m->version);
	m->version = arena_strdup(k->a, q.version);
	return true;
}

static bool open_version(struct comparison *k, struct modcompare_version *v, struct modver m,
			 struct err *e)
{
	const char *gomod, *zip;
	size_t len;

	if (!source_unproven_gomod(k->zips, m, &gomod, &len, e) || !source_zip(k->zips, m, &zip, e))
		return err_wrap(e, "%s@%s: ", m.path, m.version);
	return modcompare_open(v, k->a, m, zip, gomod, len, e);
}

/* Uses of removed or changed identifiers in the project's own files */

static const char *clause_of(const struct goapi *api, const char *dir)
{
	for (size_t i = 0; i < api->n_packages; i++)
		if (str_eq(api->packages[i].dir, dir))
			return api->packages[i].name;
	return "";
}

static struct apiuse *want_uses(struct comparison *k)
{
	const struct goapi_changes *api = &k->c->shown.differs.api;
	struct apiuse *u = apiuse_new(k->a);

	for (size_t i = 0; i < api->n; i++) {
		const struct goapi_ident *was = api->items[i].was;

		if (was)
			apiuse_want(u, path_join(k->a, k->c->shown.asked.path, was->package),
				    clause_of(&k->c->shown.differs.was_api, was->package),
				    was->name, i);
	}
	return u;
}

static void note_unread(struct comparison *k, struct err *e)
{
	if (err_is_set(e) && !*k->c->shown.unread)
		k->c->shown.unread = arena_strdup(k->a, e->text);
	err_release(e);
}

static void read_uses(struct comparison *k, struct apiuse *u, const char *dir)
{
	struct arena tmp = ARENA_INIT;
	struct err e = ERR_INIT;
	struct fs_dirent *entries;
	size_t n = 0, len;
	char *data;

	if (!fs_list(&tmp, dir, IMPORTS_MAX_ENTRIES, &entries, &n, &e))
		n = 0;
	note_unread(k, &e);
	for (size_t i = 0; i < n; i++) {
		const char *file = path_join(&tmp, dir, entries[i].name);
		const char *rel = path_rel(&tmp, k->g->dir, file);

		if (entries[i].type != DT_REG || !str_has_suffix(file, ".go"))
			continue;
		if (fs_read(&tmp, file, MODCOMPARE_MAX_FILE, &data, &len, &e))
			apiuse_file(u, rel ? rel : file, data, len);
		note_unread(k, &e);
	}
	arena_release(&tmp);
}

static void find_uses(struct comparison *k)
{
	struct load_modcompare *shown = &k->c->shown;
	struct modproject *mp = modload_project(k->g->ml);
	const struct modproject_main *mains;
	size_t n = modproject_mains(mp, &mains);
	struct apiuse *u = want_uses(k);

	for (size_t i = 0; i < n; i++) {
		struct pkgwalk walk = { .stop_at_gomod = true, .stop_at_vendor = true };
		struct arena tmp = ARENA_INIT;
		struct err e = ERR_INIT;

		if (mains[i].file && pkgwalk(&tmp, mains[i].dir, mains[i].mod.path, &walk, &e)) {
			shown->project = true;
			for (size_t d = 0; d < walk.n; d++)
				read_uses(k, u, walk.dirs[d].dir);
			if (walk.n_errors)
				err_set(&e, ERR_SYS, "%s", walk.errors[0]);
		}
		note_unread(k, &e);
		arena_release(&tmp);
	}
	apiuse_end(u, &shown->uses, &shown->n_uses);
}

/* The diff */

#define SHOWN_BINARY ((size_t)8000) /* as in git: a NUL in the first bytes */

static bool is_binary(const struct buf *b)
{
	return memchr(b->data, 0, MIN(b->len, SHOWN_BINARY)) != NULL;
}

static bool diff_file(struct comparison *k, struct buf *out, const char *name, struct err *e)
{
	struct whole *c = k->c;
	struct buf was = BUF_INIT, is = BUF_INIT;
	const char *old = arena_fmt(k->a, "%s@%s/%s", c->was.mod.path, c->was.mod.version, name);
	const char *new = arena_fmt(k->a, "%s@%s/%s", c->is.mod.path, c->is.mod.version, name);
	bool ok = modcompare_text(&c->was, name, &was, e) && modcompare_text(&c->is, name, &is, e);

	if (ok && (is_binary(&was) || is_binary(&is)))
		buf_addf(out, "Binary files %s and %s differ\n", old, new);
	else if (ok)
		textdiff(out, old, was.data, was.len, new, is.data, is.len);
	buf_release(&was);
	buf_release(&is);
	return ok;
}

static bool has_file(const struct modcompare_version *v, const char *name)
{
	for (size_t i = 0; i < v->n_files; i++)
		if (str_eq(modcompare_name(v, v->files[i]), name))
			return true;
	return false;
}

static bool find_diffs(struct comparison *k, struct err *e)
{
	const struct request_modcompare *r = &k->w->request->modcompare;
	const struct modcompare *d = &k->c->shown.differs;
	struct buf out = BUF_INIT;
	bool ok = true;

	if (*r->file && !has_file(&k->c->was, r->file) && !has_file(&k->c->is, r->file))
		return err_set(e, ERR_NOT_FOUND, "%s: neither version has it", r->file);
	for (size_t i = 0; i < d->n_files && ok && (r->diff || *r->file); i++)
		if (!*r->file || str_eq(d->files[i].name, r->file))
			ok = cancel_is_set(job_cancel(k->w->job))
				     ? err_set(e, ERR_CANCELLED, "cancelled")
				     : diff_file(k, &out, d->files[i].name, e);
	k->c->shown.diff = arena_strndup(k->a, out.data, out.len);
	k->c->shown.diff_len = out.len;
	buf_release(&out);
	return ok;
}

static const char *origin_of(struct comparison *k, struct modver m)
{
	struct source_info info;

	return source_stat(k->zips, m.path, m.version, &info, NULL) && info.origin
		       ? arena_strdup(k->a, info.origin)
		       : NULL;
}

static void read_log(struct comparison *k)
{
	struct load_modcompare *shown = &k->c->shown;

	modlog_read(&shown->log, k->a, k->env, origin_of(k, shown->was), origin_of(k, shown->is));
}

static bool compare(struct comparison *k, struct err *e)
{
	const struct request_modcompare *r = &k->w->request->modcompare;
	struct load_modcompare *shown = &k->c->shown;

	if (!open_sources(k, e) || !resolve(k, &shown->was, r->was, e) ||
	    !resolve(k, &shown->is, r->is, e))
		return false;
	shown->asked = (struct modver){ arena_strdup(k->a, r->was.path), "" };
	if (!open_version(k, &k->c->was, shown->was, e) ||
	    !open_version(k, &k->c->is, shown->is, e) ||
	    !modcompare_versions(&shown->differs, k->a, &k->c->was, &k->c->is,
				 modproject_local_version(modload_project(k->ml)),
				 job_cancel(k->w->job), e))
		return false;
	shown->unread = "";
	if (k->g)
		find_uses(k);
	read_log(k);
	return find_diffs(k, e);
}

bool load_make_modcompare(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct comparison k = { .w = w,
				.g = load_data(w, PART_GRAPH),
				.env = ((const struct load_env *)load_data(w, PART_ENV))->env,
				.a = &p->arena };
	bool ok;

	p->data = k.c = arena_calloc(k.a, 1, sizeof(*k.c));
	p->release = release;
	ok = compare(&k, e);
	modload_free(k.ml);
	source_free(k.source);
	source_free(k.zips);
	buf_release(&k.messages);
	return load_hand_over(p, ok, out);
}
