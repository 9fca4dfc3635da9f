/* Version queries, retractions and deprecations, over a file:// proxy. */
#include "graph_fixture.h"

#include "versions/history.h"

static int set_up(void **state)
{
	*state = fixture_new();
	fixture_gomod(*state, "module example.com/main\ngo 1.20\n");
	return 0;
}

static int tear_down(void **state)
{
	fixture_free(*state);
	return 0;
}

static void assert_query(struct fixture *f, const char *query, const char *current,
			 const char *want)
{
	struct query_result r;

	err_clear(&f->e);
	if (!query_version(f->ml, "example.com/a", query, current, QUERY_ALLOWED, &r, &f->e))
		fail_msg("%s: %s", query, f->e.text);
	assert_string_equal(r.version, want);
}

static void assert_fails(struct fixture *f, const char *path, const char *query,
			 const char *current, enum query_result_failure failure, const char *text)
{
	struct query_result r;

	err_clear(&f->e);
	assert_false(query_version(f->ml, path, query, current, QUERY_ALLOWED, &r, &f->e));
	assert_int_equal(r.failure, failure);
	assert_string_equal(f->e.text, text);
}

/* From a pseudo-version an upgrade does not go back in time, unless the time is unknown; what is kept must be allowed and exist. */
static void test_back_in_time(void **state)
{
	static const char now[] = "v0.9.1-0.20250101000000-abcdefabcdef";
	struct fixture *f = *state;
	struct query_result r;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\n");
	fixture_open(f, MODPROJECT_LIST);
	assert_false(
		query_version(f->ml, "example.com/a", "upgrade", now, QUERY_ALLOWED, &r, &f->e));
	assert_non_null(strstr(f->e.text, "no such file or directory"));
	fixture_module(f, "example.com/a", now, "go 1.17\n");
	fixture_open(f, MODPROJECT_LIST);
	assert_query(f, "upgrade", now, now);
	assert_query(f, "latest", now, "v1.0.0");
	fixture_gomod(f, arena_fmt(&f->a, "module m\ngo 1.20\nexclude example.com/a %s\n", now));
	fixture_open(f, MODPROJECT_LIST);
	assert_false(
		query_version(f->ml, "example.com/a", "upgrade", now, QUERY_ALLOWED, &r, &f->e));
	assert_non_null(strstr(f->e.text, "excluded"));
	fixture_gomod(f, "module m\ngo 1.20\n");
	fixture_file(f, "proxy/example.com/a/@v/v1.0.0.info", "{\"Version\":\"v1.0.0\"}");
	fixture_open(f, MODPROJECT_LIST);
	assert_query(f, "upgrade", now, "v1.0.0");
}

static void add_versions(struct fixture *f)
{
	static const char *const versions[] = { "v1.0.0",      "v1.1.0", "v1.1.3",
						"v1.2.0-rc.1", "v1.2.0", "v1.3.0-beta.1" };

	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		fixture_module(f, "example.com/a", versions[i], "go 1.17\n");
}

static void test_forms(void **state)
{
	struct fixture *f = *state;

	add_versions(f);
	fixture_open(f, MODPROJECT_GRAPH);
	assert_query(f, "latest", "", "v1.2.0");
	assert_query(f, "v1", "", "v1.2.0");
	assert_query(f, "v1.1", "", "v1.1.3");
	assert_query(f, "v1.1.0", "", "v1.1.0");
	assert_query(f, "<v1.2.0", "", "v1.1.3");
	assert_query(f, "<=v1.1.0", "", "v1.1.0");
	assert_query(f, ">v1.0.0", "", "v1.1.0");
	assert_query(f, ">=v1.2.0-rc.1", "", "v1.2.0");
	assert_query(f, "upgrade", "v1.0.0", "v1.2.0");
	assert_query(f, "upgrade", "v1.3.0-beta.1", "v1.3.0-beta.1");
	assert_query(f, "upgrade", "none", "v1.2.0");
	assert_query(f, "patch", "v1.1.0", "v1.1.3");
	assert_fails(f, "example.com/a", "v1.9", "", QUERY_NO_VERSION,
		     "no matching versions for query \"v1.9\"");
	assert_fails(f, "example.com/a", "<=v1.2", "", QUERY_OTHER,
		     "ambiguous semantic version \"v1.2\" in range \"<=v1.2\"");
	assert_fails(f, "example.com/a", ">x", "", QUERY_OTHER,
		     "invalid semantic version \"x\" in range \">x\"");
	assert_fails(
		f, "example.com/a", "patch", "", QUERY_NO_PATCH_BASE,
		"can't query version \"patch\" of module example.com/a: no existing version is required");
	assert_fails(
		f, "std", "latest", "", QUERY_OTHER,
		"can't query specific version (\"latest\") of standard-library module \"std\"");
	assert_fails(f, "UPPER_/x", "latest", "", QUERY_INVALID_PATH,
		     "malformed module path \"UPPER_/x\": missing dot in first path element");
}

static void test_revisions(void **state)
{
	(void)state;
	assert_true(query_is_revision("m", "v1.2.3"));
	assert_true(query_is_revision("m", "master"));
	assert_true(query_is_revision("m", "0123abcd"));
	assert_false(query_is_revision("m", "v1.2"));
	assert_false(query_is_revision("m", "latest"));
	assert_false(query_is_revision("m", "<v1.0.0"));
}

/* +incompatible versions count only if the newest compatible version has no go.mod of its own. */
static void test_incompatible(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "");
	fixture_module(f, "example.com/a", "v2.0.0+incompatible", "");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_query(f, "latest", "", "v2.0.0+incompatible");
	fixture_file(f, "proxy/example.com/a/@v/v1.0.0.mod", "module example.com/a\ngo 1.12\n");
	fs_remove_all(arena_fmt(&f->a, "%s/cache", f->dir), NULL);
	fixture_open(f, MODPROJECT_GRAPH);
	assert_query(f, "latest", "", "v1.0.0");
	assert_query(f, "upgrade", "v2.0.0+incompatible", "v2.0.0+incompatible");
}

/* Excluded and retracted versions are in no range; QUERY_ANY still finds them by name. */
static void test_not_allowed(void **state)
{
	struct fixture *f = *state;
	struct retraction r;
	struct query_result q;
	enum query_result_failure failure;
	const char *text;

	fixture_module(f, "example.com/a", "v1.0.0", "");
	fixture_module(f, "example.com/a", "v1.1.0", "");
	fixture_module(f, "example.com/a", "v1.2.0", "");
	fixture_module(f, "example.com/a", "v1.3.0",
		       "retract (\n\tv1.2.0 // lost data\n\t[v1.2.0, v1.3.0]\n)\n");
	fixture_gomod(f, "module example.com/main\ngo 1.20\nexclude example.com/a v1.1.0\n");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_query(f, "latest", "", "v1.0.0");
	assert_fails(f, "example.com/a", "v1.1.0", "", QUERY_DISALLOWED,
		     "example.com/a@v1.1.0: excluded by go.mod");
	assert_fails(f, "example.com/a", "v1.2.0", "", QUERY_DISALLOWED,
		     "example.com/a@v1.2.0: retracted by module author: lost data");
	assert_true(query_version(f->ml, "example.com/a", "v1.2.0", "", QUERY_ANY, &q, &f->e));
	assert_true(
		retraction_check(f->ml, (struct modver){ "example.com/a", "v1.2.0" }, &r, &f->e));
	assert_true(r.retracted);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.rationale[0], "lost data");
	assert_true(
		retraction_check(f->ml, (struct modver){ "example.com/a", "v1.0.0" }, &r, &f->e));
	assert_false(r.retracted);
	fixture_file(f, "proxy/example.com/a/@v/v1.3.0.mod",
		     "// Deprecated: use b\nmodule example.com/a\n");
	fs_remove_all(arena_fmt(&f->a, "%s/cache", f->dir), NULL);
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(retraction_deprecation(f->ml, (struct modver){ "example.com/a", "v1.0.0" },
					   &text, &failure, &f->e));
	assert_string_equal(text, "use b");
}

static void test_replacements_exist(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/b", "v1.0.0", "");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.20\nreplace example.com/a v1.7.0 => example.com/b v1.0.0\n"
		"replace example.com/w/v3 => ../dir\n");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_query(f, "latest", "", "v1.7.0");
	assert_query(f, "v1.7.0", "", "v1.7.0");
	struct query_result r;
	assert_true(query_version(f->ml, "example.com/w/v3", "latest", "", QUERY_ANY, &r, &f->e));
	assert_string_equal(r.version, "v3.0.0-00010101000000-000000000000");
}

/* A non-canonical version in the main module's go.mod is resolved, and counts as a needed update. */
static void test_versions_in_gomod(void **state)
{
	struct fixture *f = *state;

	add_versions(f);
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/a v1.1\n");
	fixture_graph(f, "example.com/main example.com/a@v1.1.3\nexample.com/main go@1.20\n");
	fixture_sums(f);
	assert_false(fixture_try_list(f, (const char *const[]){ "all" }, 1));
	assert_string_equal(f->e.text, "updates to go.mod needed; to update it:\n\tgo mod tidy");
}

/* go trusts the contents of an .info file. */
static void test_lying_info(void **state)
{
	struct fixture *f = *state;

	add_versions(f);
	fixture_file(f, "modcache/cache/download/example.com/a/@v/v1.0.0.info",
		     "{\"Version\":\"v1.1.3\"}");
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\n");
	fixture_sums(f);
	fixture_list(f, "example.com/main\nexample.com/a v1.1.3\n");
}

/* So do queries, but the result says so. */
static void test_misnamed(void **state)
{
	struct fixture *f = *state;
	struct query_result r;

	add_versions(f);
	fixture_file(f, "modcache/cache/download/example.com/a/@v/v1.2.0.info",
		     "{\"Version\":\"v9.9.9\"}");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(query_version(f->ml, "example.com/a", "upgrade", "v1.0.0", QUERY_ALLOWED, &r,
				  &f->e));
	assert_string_equal(r.version, "v9.9.9");
	assert_string_equal(r.misnamed, "v1.2.0");
	assert_true(
		query_version(f->ml, "example.com/a", "v1.1", "v1.0.0", QUERY_ALLOWED, &r, &f->e));
	assert_string_equal(r.version, "v1.1.3");
	assert_null(r.misnamed);
}

static void test_list_query_and_versions(void **state)
{
	struct fixture *f = *state;
	struct modinfo **rows;
	size_t n;

	add_versions(f);
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\n");
	fixture_sums(f);
	assert_true(fixture_try_list(f,
				     (const char *const[]){ "example.com/a@latest",
							    "example.com/a@v1.1" },
				     2));
	assert_string_equal(f->out.data, "example.com/a v1.2.0\nexample.com/a v1.1.3\n");
	assert_false(fixture_try_list(f, (const char *const[]){ "example.com/a@v1.9" }, 1));
	assert_string_equal(f->e.text,
			    "module example.com/a: no matching versions for query \"v1.9\"");
	fixture_open(f, MODPROJECT_LIST);
	assert_true(golist_list(f->ml, (const char *const[]){ "all" }, 1, GOLIST_UPDATES, &rows, &n,
				&f->e));
	golist_text(rows[1], &f->out);
	assert_string_equal(f->out.data, "example.com/a v1.0.0 [v1.2.0]\n");
	fixture_open(f, MODPROJECT_LIST);
	assert_true(golist_list(f->ml, (const char *const[]){ "example.com/a" }, 1, GOLIST_VERSIONS,
				&rows, &n, &f->e));
	assert_int_equal(rows[0]->n_versions, 6);
}

static void assert_refuses(struct fixture *f, const char *arg, const char *text)
{
	assert_false(fixture_try_list(f, &arg, 1));
	assert_string_equal(f->e.text, text);
	fixture_ask_go(f, arena_fmt(&f->a, "list -m %s 2>&1 | sed 's/^go: //'", arg),
		       arena_fmt(&f->a, "%s\n", text));
}

static void test_words_of_queries(void **state)
{
	struct fixture *f = *state;

	add_versions(f);
	assert_refuses(f, "example.com/a@",
		       "example.com/a@: invalid version: disallowed version string");
	assert_refuses(f, "@v1", "@v1: malformed module path \"\": empty string");
	assert_refuses(
		f, "example.com/a@patch",
		"example.com/a@patch: can't query version \"patch\" of module example.com/a: no existing version is required");
	fixture_proxy(f, "off");
	assert_refuses(f, "example.com/a@latest",
		       "example.com/a@latest: module lookup disabled by GOPROXY=off");
}

/* The versions of Go are those of golang.org/toolchain, and the local one. */
static void test_toolchains(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "golang.org/toolchain", "v0.0.1-go1.21.3.linux-amd64", "");
	fixture_module(f, "golang.org/toolchain", "v0.0.1-go1.21.3.windows-amd64", "");
	fixture_module(f, "golang.org/toolchain", "v0.0.1-go1.21rc2.linux-amd64", "");
	fixture_module(f, "golang.org/toolchain", "v0.0.1-go1.99.0.linux-amd64", "");
	assert_true(
		fixture_try_list(f,
				 (const char *const[]){ "go@1.21", "toolchain@go1.21",
							"toolchain@1.21.3", "go@latest", "go@1.5" },
				 5));
	assert_string_equal(
		f->out.data,
		"go 1.21.3\ntoolchain go1.21.3\ntoolchain go1.21.3\ngo 1.99.0\ngo 1.5\n");
	fixture_ask_go(f, "list -m go@1.21 toolchain@go1.21 toolchain@1.21.3 go@latest go@1.5",
		       f->out.data);
	assert_refuses(f, "go@x", "go@x: invalid go version x");
}

/* One proxy answers the whole query: a replaced version suffices even if that proxy knows none. */
static void test_one_proxy_at_a_time(void **state)
{
	struct fixture *f = *state;

	add_versions(f);
	fixture_module(f, "example.com/b", "v1.0.0", "");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.20\nreplace example.com/a v0.3.0 => example.com/b v1.0.0\n");
	fixture_proxy(f, "file:///nowhere,%s");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_query(f, "latest", "", "v0.3.0");
	assert_query(f, "v1.1.0", "", "v1.1.0");
	fixture_ask_go(f, "list -m example.com/a@latest example.com/a@v1.1.0",
		       "example.com/a v0.3.0\nexample.com/a v1.1.0\n");
}

static void test_short_message(void **state)
{
	struct fixture *f = *state;
	char *too_long = xmalloc(600);

	memset(too_long, 'x', 599);
	too_long[599] = '\0';
	assert_string_equal(retraction_short_message(&f->a, " one\ntwo", "-"), "one");
	assert_string_equal(retraction_short_message(&f->a, "", "-"), "-");
	assert_string_equal(retraction_short_message(&f->a, "a\x1b[2J", "-"),
			    "(message omitted: contains non-printable characters)");
	assert_string_equal(retraction_short_message(&f->a, too_long, "-"),
			    "(message omitted: too long)");
	free(too_long);
}

static void assert_listed(struct fixture *f, const char *pattern, const char *want)
{
	if (!fixture_try_list(f, &pattern, 1))
		fail_msg("%s: %s", pattern, f->e.text);
	assert_string_equal(f->out.data, want);
}

static void test_patterns(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/p", "v1.0.0", "go 1.17\n");
	fixture_module(f, "example.com/p/q/b", "v1.0.0", "go 1.17\n");
	fixture_module(f, "example.com/pq", "v1.0.0", "go 1.17\n");
	fixture_gomod(f, "module main\ngo 1.17\nrequire (\nexample.com/p v1.0.0\n"
			 "example.com/p/q/b v1.0.0\nexample.com/pq v1.0.0\n)\n");
	fixture_sums(f);
	assert_listed(f, "example.com/p/...", "example.com/p v1.0.0\nexample.com/p/q/b v1.0.0\n");
	assert_listed(f, "ex...le.com/p", "example.com/p v1.0.0\n");
	assert_listed(f, "...",
		      "main\nexample.com/p v1.0.0\nexample.com/p/q/b v1.0.0\n"
		      "example.com/pq v1.0.0\n");
	assert_listed(f, "example.com/p...b", "example.com/p/q/b v1.0.0\n");
	assert_listed(f, "example.com/p/...c", "");
	assert_string_equal(
		f->messages.data,
		"warning: pattern \"example.com/p/...c\" matched no module dependencies\n");
}

/* Who does not want to know why gets the same answer. */
static void test_without_error(void **state)
{
	static const char *const paths[] = { "example.com/a",
					     "example.com/nowhere",
					     "example.com/broken",
					     "-x",
					     "example.com/e/v2",
					     "std",
					     "go",
					     "toolchain" };
	static const char *const queries[] = { "latest",   "upgrade", "patch",	 "v1",	   "v1.0.0",
					       "v9.9",	   "v9.9.9",  "<v0.1.0", "master", "1.99.0",
					       "v2.0.0+x", ">v1",     "=v",	 "" };
	struct fixture *f = *state;

	add_versions(f);
	fixture_file(f, "proxy/example.com/broken/@v/list", "");
	fixture_file(f, "proxy/example.com/broken/@latest", "{");
	fixture_file(f, "proxy/example.com/broken/@v/v1.0.0.info", "{");
	fixture_gomod(f, "module example.com/main\ngo 1.20\nreplace -x v1.2.0 => ./x\n");
	fixture_open(f, MODPROJECT_LIST);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		for (size_t k = 0; k < ARRAY_LEN(queries); k++) {
			struct query_result r, again;
			bool ok;

			err_clear(&f->e);
			ok = query_version(f->ml, paths[i], queries[k], "", QUERY_ALLOWED, &r,
					   &f->e);
			assert_int_equal(query_version(f->ml, paths[i], queries[k], "",
						       QUERY_ALLOWED, &again, NULL),
					 ok);
			assert_int_equal(err_is_set(&f->e), !ok);
			if (ok)
				assert_string_equal(again.version, r.version);
			else
				assert_int_equal(again.failure, r.failure);
		}
}

/* Listed versions, known ones and their details: what is broken says so, and is not compared. */
static void test_history(void **state)
{
	static const struct {
		const char *version, *go;
		bool listed, read, retracted, compared;
		size_t added, removed, changed;
	} rows[] = {
		{ "v1.5.0", "1.20", true, true, false, true, 0, 1, 0 },
		{ "v1.4.0", "", true, false, false, false, 0, 0, 0 },
		{ "v1.3.0-pre", "", true, false, false, false, 0, 0, 0 },
		{ "v1.2.0", "1.19", true, true, false, true, 0, 1, 1 },
		{ "v1.1.5", "", true, false, false, false, 0, 0, 0 },
		{ "v1.1.0", "1.18", true, true, true, true, 1, 0, 1 },
		{ "v1.0.0", "", true, true, true, false, 0, 0, 0 },
		{ "v0.0.0-20200101000000-abcdefabcdef", "", false, false, false, false, 0, 0, 0 },
	};
	static const char *const known[] = { "v1.2.0", "v0.0.0-20200101000000-abcdefabcdef" };
	struct fixture *f = *state;
	struct history h = { .path = "example.com/h" };

	fixture_module(f, "example.com/h", "v1.0.0",
		       "require (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0\n)\n");
	fixture_module(
		f, "example.com/h", "v1.1.0",
		"go 1.18\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.2.0\n\texample.com/c v1.0.0\n)\n");
	fixture_module(f, "example.com/h", "v1.1.5", "go 1.222222222222222222222222222222222\n");
	fixture_module(f, "example.com/h", "v1.2.0",
		       "go 1.19\nrequire (\n\texample.com/a v1.0.10\n\texample.com/b v1.2.0\n)\n");
	fixture_module(f, "example.com/h", "v1.3.0-pre", "require (\n");
	fixture_module(
		f, "example.com/h", "v1.5.0",
		"go 1.20\nrequire example.com/a v1.0.10\n\nretract (\n\tv1.0.0\n\tv1.1.0 // bad\n)\n");
	fixture_file(f, "proxy/example.com/h/@v/list",
		     "v1.0.0\nv1.1.0\nv1.1.0\nv1.1.5\nv1.2.0\nv1.3.0-pre\nv1.4.0\nv1.5.0\n");
	fixture_open(f, MODPROJECT_LIST);
	assert_true(history_list(&h, f->ml, f->source, known, ARRAY_LEN(known), &f->e));
	assert_int_equal(h.n, ARRAY_LEN(rows));
	assert_true(str_has_prefix(h.proxy, "file://"));
	history_details(&h, f->ml, f->source, true);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct history_row *r = &h.rows[i];

		assert_string_equal(r->version, rows[i].version);
		assert_string_equal(r->go_version, rows[i].go);
		assert_int_equal(r->listed, rows[i].listed);
		assert_int_equal(r->read, rows[i].read);
		assert_int_equal(r->retracted, rows[i].retracted);
		assert_int_equal(r->compared, rows[i].compared);
		assert_int_equal(r->added, rows[i].added);
		assert_int_equal(r->removed, rows[i].removed);
		assert_int_equal(r->changed, rows[i].changed);
		assert_true(r->has_details);
	}
	assert_non_null(strstr(h.rows[1].unknown, "no such file or directory"));
	assert_string_equal(h.rows[0].unknown, "");
	assert_string_equal(h.rows[5].rationale, "bad");
	assert_true(h.rows[2].pre && h.rows[7].pseudo);
	/* without tags the proxy's latest is the only row; without an answer there is none, and the reason is told */
	fixture_file(f, "proxy/example.com/t/@v/list", "");
	fixture_file(
		f, "proxy/example.com/t/@latest",
		"{\"Version\":\"v0.0.0-20200101000000-abcdefabcdef\",\"Time\":\"2020-01-01T00:00:00Z\"}");
	h = (struct history){ .path = "example.com/t" };
	assert_true(history_list(&h, f->ml, f->source, NULL, 0, &f->e));
	assert_int_equal(h.n, 1);
	assert_string_equal(h.rows[0].version, known[1]);
	assert_false(h.rows[0].listed);
	h = (struct history){ .path = "example.com/nowhere" };
	assert_true(history_list(&h, f->ml, f->source, NULL, 0, &f->e));
	assert_int_equal(h.n, 0);
	assert_non_null(strstr(h.unknown, "no such file or directory"));
	history_details(&h, f->ml, f->source, false);
	h = (struct history){ .path = "-x" };
	assert_false(history_list(&h, f->ml, f->source, NULL, 0, &f->e));
	assert_string_equal(f->e.text, "malformed module path \"-x\": leading dash");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_forms),
		TEST(test_back_in_time),
		TEST(test_incompatible),
		TEST(test_not_allowed),
		TEST(test_replacements_exist),
		TEST(test_versions_in_gomod),
		TEST(test_lying_info),
		TEST(test_misnamed),
		TEST(test_list_query_and_versions),
		TEST(test_words_of_queries),
		TEST(test_toolchains),
		TEST(test_one_proxy_at_a_time),
		TEST(test_short_message),
		cmocka_unit_test(test_revisions),
		TEST(test_patterns),
		TEST(test_without_error),
		TEST(test_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
