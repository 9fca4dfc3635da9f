/*
 * Modules of repositories in every shape: where their go.mod is, what their tags and commits are called. The answers are go's, with GOPROXY=direct
 * and the same repositories behind insteadOf.
 */
#include "gitfix.h"

#include "base/cancel.h"
#include "fetch/direct_code.h"
#include "git/githost.h"

#define P "h.test/%s.git"
#define WHEN 1700000000

enum { MOST = 12 };
static char ids[MOST][GITFIX_HEX];
static int made; /* commits of this repository */
static git_repository *repo;

/* The next commit of a branch, with all its files. */
static void commit(const char *branch, const char *const *files)
{
	gitfix_commit(repo, arena_fmt(&tmp_arena, "refs/heads/%s", branch), files,
		      WHEN + 100 * made, ids[made]);
	made++;
}

static void tag(const char *name)
{
	gitfix_tag(repo, name, ids[made - 1], NULL);
}

#define FILES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void make_nomod(void)
{
	commit("main", FILES("a.go", "package a\n"));
	tag("v1.0.0");
	tag("v2.0.0");
	commit("main", FILES("a.go", "package a\n", "b", "b"));
	tag("v2.1.0");
	tag("v3.0.0-pre");
	commit("main", FILES("a.go", "package a\n", "c", "c"));
}

static void make_mixed(void)
{
	commit("main", FILES("a.go", "package a\n"));
	tag("v0.9.0");
	tag("v2.0.0");
	tag("v3.0.0");
	commit("main", FILES("go.mod", "module h.test/mixed.git/v3\n"));
	tag("v3.1.0");
	commit("main", FILES("v4/go.mod", "module h.test/mixed.git/v4\n"));
	tag("v4.0.0");
}

static void make_lastmod(void)
{
	commit("main", FILES("a.go", "package a\n"));
	tag("v2.0.0");
	tag("v2.1.0");
	tag("v3.0.0");
	commit("main", FILES("go.mod", "module h.test/lastmod.git\n"));
	tag("v2.2.0");
	commit("side", FILES("a.go", "package b\n"));
	tag("v1.0.0");
}

/* v2 on a branch, v3 in a directory, v4 in both, others wrong */
static void make_majors(void)
{
	commit("main", FILES("go.mod", "// first\nmodule \"h.test/majors.git\" // quoted\n"));
	tag("v1.0.0");
	commit("v2", FILES("go.mod", "module `h.test/majors.git/v2`\n"));
	tag("v2.0.0");
	commit("main", FILES("go.mod", "module h.test/majors.git\n", "v3/go.mod",
			     "module h.test/majors.git/v3\n"));
	tag("v3.0.0");
	commit("v4", FILES("go.mod", "module h.test/majors.git/v4\n", "v4/go.mod",
			   "module h.test/majors.git/v4\n"));
	tag("v4.0.0");
	commit("v5", FILES("v5/go.mod", "module h.test/majors.git/v6\n"));
	tag("v5.0.0");
	commit("v6", FILES("v6/go.mod", "// nothing\n"));
	tag("v6.0.0");
	commit("v7", FILES("go.mod", "modules x\nmodule\n"));
	tag("v7.0.0");
	commit("v8", FILES("go.mod", "module `h.test/x\n"));
	tag("v8.0.0");
	commit("v9", FILES("go.mod", "module \"h.test/\\x\"\n"));
	tag("v9.0.0");
	commit("v1", FILES("go.mod", "module h.test/v02/\n"));
	tag("v1.7.0");
	commit("gopkg", FILES("go.mod", "module gopkg.in/majors.v3\n"));
	tag("v1.8.0");
}

static void make_nested(void)
{
	commit("main", FILES("go.mod", "module h.test/nested.git\n", "sub/go.mod",
			     "module h.test/nested.git/sub\n", "no/x", "x"));
	tag("v1.0.0");
	tag("sub/v1.0.0");
	tag("sub/v1.1.0");
	tag("subv9.0.0");
	tag("sub/vX");
	tag("no/v1.0.0");
	commit("main",
	       FILES("sub/go.mod", "module h.test/nested.git/sub\n", "sub/v2/go.mod",
		     "module h.test/nested.git/sub/v2\n", "other/go.mod", "module h.test/moved\n"));
	tag("sub/v2.0.0");
	tag("sub/v2.1.0-beta");
	commit("main", FILES("sub/go.mod", "module h.test/nested.git/sub\n", "x", "x"));
}

static void make_retracted(void)
{
	commit("main", FILES("go.mod", "module h.test/retracted.git\n"));
	tag("v1.0.0");
	commit("main", FILES("go.mod", "module h.test/retracted.git\n", "a", "a"));
	tag("v1.5.0");
	commit("main", FILES("go.mod", "module h.test/retracted.git\n", "b", "b"));
	commit("main",
	       FILES("go.mod",
		     "module h.test/retracted.git\nretract [v1.5.0, v1.9.9]\nretract v1.3.0\n"));
	tag("v1.6.0");
	tag("v1.4.0");
	commit("main", FILES("go.mod", "module h.test/retracted.git\n", "c", "c"));
}

/* Tags that are no versions, or of several on one commit; a branch beside. */
static void make_tags(void)
{
	commit("main", FILES("go.mod", "module h.test/tags.git\n"));
	tag("v1.0.0");
	tag("v1.0.1");
	tag("v1.2.0-rc.1");
	commit("main", FILES("go.mod", "module h.test/tags.git\n", "a", "a"));
	tag("v1");
	tag("v1.3");
	tag("v1.4.0+meta");
	tag("v2.0.0");
	tag("v0.0.0-20231114221320-0123456789ab");
	tag("word");
	commit("main", FILES("go.mod", "module h.test/tags.git\n", "b", "b"));
	commit("side", FILES("go.mod", "module h.test/tags.git\n", "c", "c"));
	tag("v1.6.0");
}

static void make_empty(void)
{
}

static const struct {
	const char *name;
	void (*make)(void);
} shapes[] = {
	{ "nomod", make_nomod },   { "mixed", make_mixed },   { "lastmod", make_lastmod },
	{ "majors", make_majors }, { "nested", make_nested }, { "retracted", make_retracted },
	{ "tags", make_tags },	   { "empty", make_empty },
};

/* Module: below h.test/SHAPE.git. Revisions and answers: $0 is the first commit's hash, %0 its first 12 digits. */
static const struct question {
	const char *shape, *below, *rev, *want;
} questions[] = {
#include "direct_code_table.h"
};

static const char *expand(const char *s)
{
	struct buf b = BUF_INIT;
	const char *out;

	buf_addstr(&b, "");
	for (; *s; s++)
		if ((*s == '$' || *s == '%') && s[1] >= '0' && s[1] <= '9') {
			buf_addf(&b, "%.*s", *s == '$' ? 40 : 12, ids[s[1] - '0']);
			s++;
		} else {
			buf_addch(&b, *s);
		}
	out = arena_strdup(&tmp_arena, b.data);
	buf_release(&b);
	return out;
}

static const char *version_in(const char *info)
{
	const char *at = strstr(info, "\"Version\":\"");

	assert_non_null(at);
	at += strlen("\"Version\":\"");
	return arena_strndup(&tmp_arena, at, strcspn(at, "\""));
}

/* What go.mod download says of it: the version, or the error. */
static const char *ask(struct githost *h, const char *root, const struct question *q)
{
	const char *path = arena_fmt(&tmp_arena, "%s%s", root, q->below), *out = NULL;
	const char *rev = expand(q->rev);
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	struct direct_code *c = direct_code_new(h, root, "", path, &e);

	if (c && direct_code_info(c, *rev ? rev : NULL, &b, &e)) {
		out = version_in(b.data);
		buf_clear(&b);
		if (!direct_code_gomod(c, out, &b, &e))
			out = NULL;
	}
	if (!out)
		out = arena_strdup(&tmp_arena, e.text);
	direct_code_free(c);
	buf_release(&b);
	err_release(&e);
	return out;
}

/* go list -m -retracted -versions */
static const struct list {
	const char *shape, *below, *want;
} lists[] = {
	{ "nomod", "", "v1.0.0 v2.0.0+incompatible v2.1.0+incompatible v3.0.0-pre+incompatible" },
	{ "mixed", "", "v0.9.0 v2.0.0+incompatible v4.0.0+incompatible" },
	{ "mixed", "/v3", "v3.0.0 v3.1.0" },
	{ "mixed", "/v4", "v4.0.0" },
	{ "lastmod", "", "v1.0.0 v3.0.0+incompatible" },
	{ "majors", "", "v1.0.0 v1.7.0 v1.8.0" },
	{ "majors", "/v2", "v2.0.0" },
	{ "majors", "/v3", "v3.0.0" },
	{ "nested", "", "v1.0.0" },
	{ "nested", "/sub", "v1.0.0 v1.1.0" },
	{ "nested", "/sub/v2", "v2.0.0 v2.1.0-beta" },
	{ "nested", "/no", "v1.0.0" },
	{ "retracted", "", "v1.0.0 v1.4.0 v1.5.0 v1.6.0" },
	{ "tags", "", "v1.0.0 v1.0.1 v1.2.0-rc.1 v1.6.0" },
	{ "tags", "/v2", "v2.0.0" },
	{ "empty", "", "" },
};

static void assert_list(struct githost *h, const char *root, const struct list *l)
{
	const char *path = arena_fmt(&tmp_arena, "%s%s", root, l->below), *have = "";
	struct direct_code *c = direct_code_new(h, root, "", path, NULL);
	const char *const *versions;
	size_t n;

	assert_non_null(c);
	assert_true(direct_code_versions(c, "", &versions, &n, NULL));
	for (size_t i = 0; i < n; i++)
		have = arena_fmt(&tmp_arena, "%s%s%s", have, i ? " " : "", versions[i]);
	direct_code_free(c);
	if (!str_eq(have, l->want))
		fail_msg("%s: %s\ninstead of %s", path, have, l->want);
}

static void ask_all(const char *shape)
{
	const char *root = arena_fmt(&tmp_arena, P, shape);
	const char *url = arena_fmt(&tmp_arena, "file://%s/%s", tmp_dir, shape);
	struct githost *all = githost_new(&(struct githost_options){ .url = url, .real_url = url });

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (str_eq(lists[i].shape, shape))
			assert_list(all, root, &lists[i]);
	githost_free(all);

	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		const struct question *q = &questions[i];
		struct githost *h;
		const char *have;

		if (!str_eq(q->shape, shape))
			continue;
		h = githost_new(&(struct githost_options){ .url = url, .real_url = url });
		have = ask(h, root, q);
		githost_free(h);
		if (!str_eq(have, expand(q->want)))
			fail_msg("%s%s@%s: %s\ninstead of %s", root, q->below, expand(q->rev), have,
				 expand(q->want));
	}
}

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		made = 0;
		repo = gitfix_new(shapes[i].name);
		shapes[i].make();
		git_repository_free(repo);
		ask_all(shapes[i].name);
	}
}

/* newCodeRepo's errors, and gopkg.in's majors (coderepo_test.go). */
static void test_roots(void **state)
{
	static const struct {
		const char *root, *path, *want; /* the error; NULL: none */
	} rows[] = {
		{ "a.test/r", "b.test/r", "mismatched repo: found a.test/r for b.test/r" },
		{ "a.test/r", "a.test/rest", "mismatched repo: found a.test/r for a.test/rest" },
		{ "a.test/r", "a.test/r/v1", "invalid module path \"a.test/r/v1\"" },
		{ "a.test/r", "a.test/r/v02", "invalid module path \"a.test/r/v02\"" },
		{ "gopkg.in/yaml", "gopkg.in/yaml/v2", "invalid module path \"gopkg.in/yaml/v2\"" },
		{ "gopkg.in/yaml.v2", "gopkg.in/yaml.v2", NULL },
		{ "gopkg.in/yaml.v2-unstable", "gopkg.in/yaml.v2-unstable", NULL },
		{ "a.test/r/v2", "a.test/r/v2", NULL },
	};
	const char *url = arena_fmt(&tmp_arena, "file://%s/tags", tmp_dir);
	struct githost *h = githost_new(&(struct githost_options){ .url = url, .real_url = url });

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct direct_code *c = direct_code_new(h, rows[i].root, "", rows[i].path, &e);

		assert_int_equal(c != NULL, rows[i].want == NULL);
		if (rows[i].want)
			assert_string_equal(e.text, rows[i].want);
		direct_code_free(c);
		err_release(&e);
	}
	direct_code_free(NULL);
	githost_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_answers),
					    cmocka_unit_test(test_roots) };

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
