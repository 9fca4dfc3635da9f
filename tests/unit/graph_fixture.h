/*
 * graph_fixture.h - a temporary project with its own file:// proxy, for the tests of the module graph.
 *
 *	struct fixture *f = fixture_new();
 *	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/b v1.0.0\n");
 *	fixture_gomod(f, "module example.com/main\ngo 1.24\nrequire example.com/a v1.0.0\n");
 *	fixture_open(f, MODPROJECT_GRAPH);
 *	... f->ml ...
 *	fixture_free(f);
 *
 * With MODSCOPE_WITH_GO=1 in the environment, fixture_graph and fixture_list also compare their expectations with the real go.
 */
#ifndef GRAPH_FIXTURE_H
#define GRAPH_FIXTURE_H

#include "zip/dirhash.h"
#include "unit.h"

#include <unistd.h>

#include "graph/explain.h"
#include "base/fs.h"
#include "gofiles/goenv.h"
#include "graph/gograph.h"
#include "graph/golist.h"
#include "gofiles/modpath.h"
#include "graph/query.h"
#include "graph/retraction.h"
#include "gofiles/rfc3339.h"
#include "graph/requirements.h"
#include "graph/modload_open.h"
#include "graph/modlooks.h"
#include "fetch/source.h"

struct fixture {
	char dir[64];
	struct arena a;
	const char *vars[16];
	const char *project; /* relative to dir */
	int64_t now;	     /* modload_options.now */
	struct modlooks *looks; /* and its looks */
	struct goenv *env;
	struct source *source;
	struct modload *ml;
	struct buf messages, out;
	struct err e;
};

static inline void fixture_file(struct fixture *f, const char *name, const char *text)
{
	char *file = xasprintf("%s/%s", f->dir, name);

	assert_true(fs_write_atomic(file, text, strlen(text), 0644, false, NULL));
	free(file);
}

static inline void fixture_gomod(struct fixture *f, const char *text)
{
	fixture_file(f, "p/go.mod", text);
}

/* Sets GOPROXY; "%s" in it becomes the URL of the fixture's own proxy. */
static inline void fixture_proxy(struct fixture *f, const char *list)
{
	const char *at = strstr(list, "%s");

	f->vars[1] = at ? arena_fmt(&f->a, "GOPROXY=%.*sfile://%s/proxy%s", (int)(at - list), list,
				    f->dir, at + 2)
			: arena_fmt(&f->a, "GOPROXY=%s", list);
}

/* Adds a module version to the proxy, with its module line. Versions must come in ascending order. */
static inline void fixture_module(struct fixture *f, const char *path, const char *version,
				  const char *gomod)
{
	const char *base, *list;
	struct buf b = BUF_INIT;

	assert_true(modpath_escape(&b, path, NULL));
	base = arena_fmt(&f->a, "proxy/%s/@v", b.data);
	list = arena_fmt(&f->a, "%s/%s/list", f->dir, base);
	buf_clear(&b);
	fixture_file(f, arena_fmt(&f->a, "%s/%s.mod", base, version),
		     arena_fmt(&f->a, "module %s\n%s", path, gomod));
	fixture_file(f, arena_fmt(&f->a, "%s/%s.info", base, version),
		     arena_fmt(&f->a, "{\"Version\":\"%s\",\"Time\":\"2024-01-02T03:04:05Z\"}",
			       version));
	fs_read_buf(&b, list, FS_MAX_MOD, NULL);
	if (!strstr(version, "-0."))
		buf_addf(&b, "%s\n", version);
	fixture_file(f, arena_fmt(&f->a, "%s/list", base), b.data);
	buf_release(&b);
}

static inline struct fixture *fixture_new(void)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/modscope-graph-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	buf_init(&f->messages);
	buf_init(&f->out);
	f->project = "p";
	f->vars[0] = arena_fmt(&f->a, "HOME=%s/home", f->dir);
	f->vars[1] = arena_fmt(&f->a, "GOPROXY=file://%s/proxy", f->dir);
	f->vars[2] = arena_fmt(&f->a, "GOMODCACHE=%s/modcache", f->dir);
	f->vars[3] = "GOSUMDB=off";
	f->vars[4] = arena_fmt(&f->a, "XDG_CACHE_HOME=%s/cache", f->dir);
	f->vars[5] = "GOENV=off";
	f->vars[6] = "PATH=/usr/local/go/bin:/usr/bin:/bin";
	f->vars[7] = "TMPDIR=/nonexistent";
	return f;
}

static inline void fixture_close(struct fixture *f)
{
	modload_free(f->ml);
	source_free(f->source);
	goenv_free(f->env);
	f->ml = NULL;
	f->source = NULL;
	f->env = NULL;
	buf_clear(&f->messages);
	buf_clear(&f->out);
	err_clear(&f->e);
}

static inline void fixture_free(struct fixture *f)
{
	fixture_close(f);
	fs_remove_all(f->dir, NULL);
	buf_release(&f->messages);
	buf_release(&f->out);
	err_release(&f->e);
	arena_release(&f->a);
	free(f);
}

static inline bool fixture_try(struct fixture *f, enum modproject_command command)
{
	const char *dir = arena_fmt(&f->a, "%s/%s", f->dir, f->project);

	fixture_close(f);
	f->env = goenv_new(&(struct goenv_options){ .dir = dir, .environ = f->vars }, &f->e);
	assert_non_null(f->env);
	f->source = source_new(&(struct source_options){ .env = f->env });
	return modload_open(&f->ml,
			    &(struct modload_options){ .env = f->env,
						       .source = f->source,
						       .command = command,
						       .messages = &f->messages,
						       .looks = f->looks,
						       .now = f->now },
			    &f->e);
}

static inline void fixture_open(struct fixture *f, enum modproject_command command)
{
	if (!fixture_try(f, command))
		fail_msg("%s", f->e.text);
}

/* Asserts what the real go prints in the project; ignores its exit status. */
static inline void fixture_ask_go(struct fixture *f, const char *args, const char *expected)
{
	struct buf cmd = BUF_INIT, out = BUF_INIT;
	char block[4096];
	size_t n;
	FILE *p;

	if (!getenv("MODSCOPE_WITH_GO"))
		return;
	buf_addf(&cmd, "cd %s/%s && env -i GOFLAGS=-modcacherw", f->dir, f->project);
	for (size_t i = 0; f->vars[i]; i++) {
		if (!str_has_prefix(f->vars[i], "TMPDIR="))
			buf_addf(&cmd, " '%s'", f->vars[i]);
	}
	buf_addf(&cmd, " go %s 2>/dev/null", args);
	p = popen(cmd.data, "r");
	assert_non_null(p);
	while ((n = fread(block, 1, sizeof(block), p)) > 0)
		buf_add(&out, block, n);
	pclose(p);
	assert_string_equal(out.data, expected);
	buf_release(&cmd);
	buf_release(&out);
}

/* Writes what `graph` prints to `out`. */
static inline bool fixture_graph_text(struct fixture *f, const char *go_version)
{
	const struct modgraph *mg;

	if (!gograph_load(f->ml, go_version, &mg, &f->e))
		return false;
	gograph_text(f->ml, mg, &f->out);
	return true;
}

/* Asserts what `graph` prints. */
static inline void fixture_graph(struct fixture *f, const char *expected)
{
	fixture_open(f, MODPROJECT_GRAPH);
	if (!fixture_graph_text(f, NULL))
		fail_msg("%s", f->e.text);
	assert_string_equal(f->out.data, expected);
	fixture_ask_go(f, "mod graph", expected);
}

/* Asserts that `graph` fails with this error. */
static inline void fixture_graph_fails(struct fixture *f, const char *text)
{
	if (fixture_try(f, MODPROJECT_GRAPH))
		assert_false(fixture_graph_text(f, NULL));
	assert_string_equal(f->e.text, text);
	fixture_ask_go(f, "mod graph 2>&1 | grep -v '^go: downloading' | sed 's,^go: ,,'", arena_fmt(&f->a, "%s\n", text));
}

static inline bool fixture_try_list(struct fixture *f, const char *const *args, size_t n)
{
	struct modinfo **rows;
	size_t n_rows;

	if (!fixture_try(f, MODPROJECT_LIST) ||
	    !golist_list(f->ml, args, n, GOLIST_TEXT, &rows, &n_rows, &f->e))
		return false;
	for (size_t i = 0; i < n_rows; i++)
		golist_text(rows[i], &f->out);
	return true;
}

/* Asserts what `list` prints. */
static inline void fixture_list(struct fixture *f, const char *expected)
{
	static const char *const all[] = { "all" };

	if (!fixture_try_list(f, all, 1))
		fail_msg("%s", f->e.text);
	assert_string_equal(f->out.data, expected);
	fixture_ask_go(f, "list -m all", expected);
}

/* Writes go.sum with the go.mod hashes of everything in the graph, as `go mod tidy` does. */
static inline void fixture_sums(struct fixture *f)
{
	struct buf b = BUF_INIT;
	const struct modgraph *mg;
	struct modtab *t;
	const uint32_t *order;
	size_t n;

	fixture_open(f, MODPROJECT_GRAPH);
	if (!gograph_load(f->ml, NULL, &mg, &f->e))
		fail_msg("%s", f->e.text);
	t = modload_tab(f->ml);
	order = modgraph_order(mg, &n);
	for (size_t i = 0; i < n; i++) {
		struct modver m = modproject_resolve(modload_project(f->ml), t->nodes[order[i]].mod);
		char sum[DIRHASH_LEN + 1];
		const char *data;
		size_t len;

		if (!*m.version || !modgraph_is_read(mg, order[i]) || str_eq(m.path, "go") ||
		    str_eq(m.path, "toolchain"))
			continue;
		assert_true(source_gomod(f->source, m, &data, &len, &f->e));
		dirhash_gomod(data, len, sum);
		buf_addf(&b, "%s %s/go.mod %s\n", m.path, m.version, sum);
	}
	fixture_file(f, arena_fmt(&f->a, "%s/go.sum", f->project), b.data);
	buf_release(&b);
}

#endif
