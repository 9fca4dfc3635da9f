#include "release/consumer.h"

#include <errno.h>
#include <unistd.h>

#include "base/fs.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "graph/modload_open.h"
#include "graph/requirements.h"

#define FRESH "modscope.invalid/dependent"
#define ABOVE_ALL "999999999.0" /* of minor and patch version */

extern char **environ;

struct fresh {
	const struct consumer_options *o;
	struct consumer *c;
	struct arena *a;
	struct arena tmp;
	char *dir;
	const char *version;
	struct err *e;
};

const struct modproject_main *consumer_main(const struct modproject *mp)
{
	const struct modproject_main *mains, *best = NULL;
	size_t n = modproject_mains(mp, &mains);

	for (size_t i = 0; i < n; i++)
		if (mains[i].file && mains[i].file->module[0] &&
		    (!best || (path_under(modproject_cwd(mp), mains[i].dir) &&
			       strlen(mains[i].dir) > strlen(best->dir))))
			best = &mains[i];
	return best;
}

static bool make_dir(struct fresh *f)
{
	const char *own = goenv_own_cache(modproject_env(f->o->project));

	if (!own)
		return err_set(
			f->e, ERR_REFUSED,
			"there is no place for modscope's own cache: neither XDG_CACHE_HOME nor HOME is set");
	f->dir = xasprintf("%s/revisions/XXXXXX", own);
	if (fs_mkdir_all(path_dir(&f->tmp, f->dir), f->e) && mkdtemp(f->dir))
		return true;
	if (!err_is_set(f->e))
		err_sys(f->e, errno, "mkdir %s", f->dir);
	free(f->dir);
	f->dir = NULL;
	return false;
}

static bool put(struct fresh *f, const char *name, const void *data, size_t len)
{
	return fs_write_atomic(path_join(&f->tmp, f->dir, name), data, len, 0600, false, f->e);
}

/* "v1.999999999.0", or "v3..." for a path that ends in /v3. */
static const char *high_version(struct fresh *f, const char *path)
{
	size_t at;
	const char *major = modpath_split(path, &at) ? path + at : "";

	if (!*major)
		return "v1." ABOVE_ALL;
	return arena_fmt(&f->tmp, "%.*s." ABOVE_ALL, (int)strcspn(major + 1, "-"), major + 1);
}

static bool put_modules(struct fresh *f)
{
	const struct modproject_main *m = f->o->main;
	struct buf b = BUF_INIT;
	bool ok;

	f->version = f->o->version ? f->o->version : high_version(f, m->mod.path);
	buf_addstr(&b, "module " FRESH "\n\n");
	if (m->go_version[0])
		buf_addf(&b, "go %s\n\n", m->go_version);
	buf_addf(&b, "require %s %s\n\nreplace %s %s => ./module\n", m->mod.path, f->version,
		 m->mod.path, f->version);
	ok = put(f, "go.mod", b.data, b.len) && put(f, "module/go.mod", m->data, m->len);
	buf_release(&b);
	return ok;
}

/* Hashes in the project's files need no database. */
static bool put_sums(struct fresh *f)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(f->o->project, &mains);
	struct buf b = BUF_INIT;
	const char *own = modproject_gosum_file(f->o->project);
	bool ok;

	if (own)
		fs_read_buf(&b, own, FS_MAX_SUM, NULL);
	for (size_t i = 0; i < n; i++) {
		if (b.len && b.data[b.len - 1] != '\n')
			buf_addch(&b, '\n');
		if (mains[i].dir[0] &&
		    (!own || !str_eq(own, path_join(&f->tmp, mains[i].dir, "go.sum"))))
			fs_read_buf(&b, path_join(&f->tmp, mains[i].dir, "go.sum"), FS_MAX_SUM,
				    NULL);
	}
	ok = put(f, "go.sum", b.data, b.len);
	buf_release(&b);
	return ok;
}

/* No workspace and no -modfile there. */
static const char **fresh_environ(struct fresh *f)
{
	size_t n = 0, k = 0;
	const char **env;

	while (environ[n])
		n++;
	env = arena_calloc(&f->tmp, n + 4, sizeof(*env));
	for (size_t i = 0; i < n; i++)
		if (!str_has_prefix(environ[i], "GOFLAGS=") &&
		    !str_has_prefix(environ[i], "GOWORK=") && !str_has_prefix(environ[i], "PWD="))
			env[k++] = environ[i];
	env[k++] = "GOFLAGS=-mod=mod";
	env[k++] = "GOWORK=off";
	env[k++] = arena_fmt(&f->tmp, "PWD=%s", f->dir);
	return env;
}

static bool is_shown(const struct fresh *f, const char *path)
{
	return !gover_is_toolchain(path) && !str_eq(path, FRESH) && !str_eq(path, f->c->path);
}

static void take_list(struct fresh *f, const struct modgraph *mg)
{
	size_t n;
	const uint32_t *list = modgraph_build_list(mg, &n);

	f->c->mods = arena_calloc(f->a, n + 1, sizeof(*f->c->mods));
	for (size_t i = 0; i < n; i++) {
		struct modver m = mg->tab->nodes[list[i]].mod;

		if (is_shown(f, m.path))
			f->c->mods[f->c->n++] = (struct modver){ arena_strdup(f->a, m.path),
								 arena_strdup(f->a, m.version) };
	}
	modtab_sort(f->c->mods, f->c->n);
}

/* Removes the invented version and the private directory from messages. */
static const char *words(struct fresh *f, const char *text)
{
	const char *const hidden[] = { arena_fmt(&f->tmp, "@%s (replaced by ./module)", f->version),
				       arena_fmt(&f->tmp, "@%s", f->version) };
	struct buf b = BUF_INIT;
	const char *out;

	while (*text) {
		size_t skip = 0;

		for (size_t i = 0; !f->o->version && i < ARRAY_LEN(hidden) && !skip; i++)
			if (str_has_prefix(text, hidden[i]))
				skip = strlen(hidden[i]);
		if (skip)
			text += skip;
		else
			buf_addch(&b, *text++);
	}
	out = arena_strndup(f->a, b.data, b.len);
	buf_release(&b);
	return out;
}

static bool read_graph(struct fresh *f, const struct goenv *env, struct source *source)
{
	struct modload_options mo = { .env = env,
				      .source = source,
				      .command = MODPROJECT_GRAPH,
				      .no_workspace = true,
				      .cancel = f->o->cancel };
	const struct modgraph *mg = NULL;
	struct requirements *rs;
	struct modload *ml = NULL;
	struct err e = ERR_INIT;

	if (modload_open(&ml, &mo, &e)) {
		rs = modload_requirements(ml);
		requirements_expand(ml, &rs, &mg, &e);
	}
	if (mg)
		take_list(f, mg);
	if (err_is_set(&e))
		f->c->failed = words(f, e.text);
	f->c->unreachable = e.code == ERR_NETWORK || e.code == ERR_OFFLINE ||
			    e.code == ERR_NOT_HERE;
	modload_free(ml);
	if (e.code == ERR_CANCELLED)
		return err_move(f->e, &e);
	err_release(&e);
	return true;
}

static bool list(struct fresh *f)
{
	struct goenv *env = goenv_new(&(struct goenv_options){ .dir = f->dir,
							       .environ = fresh_environ(f),
							       .runs_auth = goenv_runs_auth(
								       modproject_env(
									       f->o->project)) },
				      f->e);
	struct source *source;
	bool ok;

	if (!env)
		return false;
	source = source_new(&(struct source_options){ .env = env,
						      .offline = f->o->offline,
						      .own_counts = f->o->own_counts,
						      .cancel = f->o->cancel,
						      .log = f->o->log,
						      .once = f->o->once });
	ok = read_graph(f, env, source);
	source_free(source);
	goenv_free(env);
	return ok;
}

bool consumer_list(struct consumer *c, struct arena *a, const struct consumer_options *o,
		   struct err *e)
{
	struct fresh f = { .o = o, .c = c, .a = a, .e = e };
	bool ok;

	*c = (struct consumer){ .path = arena_strdup(a, o->main->mod.path),
				.go_version = arena_strdup(a, o->main->go_version),
				.failed = "" };
	ok = make_dir(&f) && put_modules(&f) && put_sums(&f) && list(&f);
	if (f.dir)
		fs_remove_all(f.dir, NULL);
	free(f.dir);
	arena_release(&f.tmp);
	return ok;
}

const char *consumer_version(const struct consumer *c, const char *path)
{
	size_t lo = 0, hi = c->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int cmp = strcmp(path, c->mods[mid].path);

		if (!cmp)
			return c->mods[mid].version;
		if (cmp < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}
