/*
 * pkgs_case.h - the cases below tests/data/pkgs: small projects with go's answers, which tests/oracle/pkgs_data.sh
 * writes and checks. Their dependencies are directories, or come from the case's own module cache or proxy tree,
 * NAME/_modcache and NAME/_proxy. If there is a NAME/_goroot, it is GOROOT, and the project is its standard library.
 * Needs neither the network nor an installed Go.
 */
#ifndef MODSCOPE_TESTS_PKGS_CASE_H
#define MODSCOPE_TESTS_PKGS_CASE_H

#include "base/fs.h"
#include "gofiles/goenv.h"
#include "graph/modload.h"
#include "graph/modload_open.h"
#include "fetch/source.h"

struct pkgs_case {
	struct arena arena;
	const char *dir;
	struct goenv *env;
	struct source *source;
	struct modload *ml;
	struct buf messages;
	struct err err;
};

extern char *pkgs_cache;	/* XDG_CACHE_HOME of the test */

static inline bool pkgs_open(struct pkgs_case *c, const char *name, enum modproject_command command, const char *go)
{
	const char *environ[] = { NULL, NULL, "GOPROXY=off", "GOSUMDB=off", "GOENV=off", "GOFLAGS=", "PATH=/nonexistent",
				  "GO111MODULE=", "GOWORK=off", NULL, NULL, NULL, NULL };
	const char *modcache, *proxy, *goroot;

	*c = (struct pkgs_case){ .messages = BUF_INIT };
	c->dir = name[0] == '/' ? arena_strdup(&c->arena, name) : path_join(&c->arena, TEST_DATA "/pkgs", name);
	environ[0] = arena_fmt(&c->arena, "XDG_CACHE_HOME=%s", pkgs_cache);
	environ[1] = arena_fmt(&c->arena, "GOPATH=%s/gopath", pkgs_cache);
	environ[9] = arena_fmt(&c->arena, "HOME=%s", pkgs_cache);
	proxy = path_join(&c->arena, c->dir, "_proxy");
	modcache = path_join(&c->arena, c->dir, "_modcache");
	if (fs_is_dir(modcache))
		environ[10] = arena_fmt(&c->arena, "GOMODCACHE=%s", modcache);
	goroot = path_join(&c->arena, c->dir, "_goroot");
	if (fs_is_dir(goroot)) {
		environ[environ[10] ? 11 : 10] = arena_fmt(&c->arena, "GOROOT=%s", goroot);
		c->dir = path_join(&c->arena, goroot, "src");
	}
	if (fs_is_dir(proxy))
		environ[2] = arena_fmt(&c->arena, "GOPROXY=file://%s", proxy);
	c->env = goenv_new(&(struct goenv_options){ .dir = c->dir, .environ = environ }, &c->err);
	c->source = c->env ? source_new(&(struct source_options){ .env = c->env, .offline = true }) : NULL;
	if (c->source && modload_open(&c->ml, &(struct modload_options){ .env = c->env, .source = c->source, .command = command,
									    .go_version = go, .messages = &c->messages }, &c->err))
		return true;
	print_error("%s: %s\n", name, c->err.text);
	return false;
}

static inline void pkgs_close(struct pkgs_case *c)
{
	modload_free(c->ml);
	source_free(c->source);
	goenv_free(c->env);
	buf_release(&c->messages);
	err_release(&c->err);
	arena_release(&c->arena);
}

/* Splits a line of arguments into words. */
static inline size_t pkgs_words(struct arena *a, const char *line, const char **words, size_t max)
{
	char *copy = arena_strdup(a, line);
	size_t n = 0;

	for (char *p = copy; *p && n < max;) {
		p += strspn(p, " ");
		if (!*p)
			break;
		words[n++] = p;
		p += strcspn(p, " ");
		if (*p)
			*p++ = 0;
	}
	return n;
}

/* Runs every line of NAME/WHAT.args and compares the answers with NAME/WHAT.want. run() appends an answer and returns go's exit
 * status. */
static inline void pkgs_check(const char *name, const char *what,
			      int (*run)(const char *name, const char *const *args, size_t n, struct buf *out))
{
	struct arena a = ARENA_INIT;
	const char *dir = path_join(&a, TEST_DATA "/pkgs", name), *args[16];
	char *lines, *want, *line;
	size_t len;
	struct buf got = BUF_INIT;

	assert_true(fs_read(&a, arena_fmt(&a, "%s/%s.args", dir, what), 1 << 16, &lines, &len, NULL));
	assert_true(fs_read(&a, arena_fmt(&a, "%s/%s.want", dir, what), 1 << 20, &want, &len, NULL));
	while (*lines && (line = lines)) {
		struct buf out = BUF_INIT;
		int status;

		lines += strcspn(lines, "\n");
		*lines++ = 0;
		status = run(name, args, pkgs_words(&a, line, args, 16), &out);
		buf_addf(&got, "## %s (status %d)\n%s", line, status, out.data);
		buf_release(&out);
	}
	if (!str_eq(got.data, want))
		fail_msg("%s/%s: got\n%s\nwant\n%s", name, what, got.data, want);
	buf_release(&got);
	arena_release(&a);
}

static int pkgs_setup(void **state)
{
	char name[] = "/tmp/test_pkgs.XXXXXX";

	(void)state;
	pkgs_cache = mkdtemp(name) ? xstrdup(name) : NULL;
	return pkgs_cache ? 0 : -1;
}

static int pkgs_teardown(void **state)
{
	(void)state;
	fs_remove_all(pkgs_cache, NULL);
	free(pkgs_cache);
	return 0;
}

#endif
