/* Pruning, root repair, replacements, excludes, workspaces and refusals, on projects of a few modules. Every expected graph was
 * compared with go 1.26.8 (MODSCOPE_WITH_GO=1 repeats this). */
#include "graph_fixture.h"

#include <fcntl.h>

static int set_up(void **state)
{
	*state = fixture_new();
	return 0;
}

static int tear_down(void **state)
{
	fixture_free(*state);
	return 0;
}

/* main(1.24) -> a(1.17) -> b(1.16) -> c: a's line is an edge, b's go.mod is not read. */
static void test_pruned_below_117(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/b v1.0.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.16\nrequire example.com/c v1.0.0\n");
	fixture_module(f, "example.com/c", "v1.0.0", "go 1.16\n");
	fixture_gomod(f, "module example.com/main\ngo 1.24\nrequire example.com/a v1.0.0\n");
	fixture_graph(f, "example.com/main example.com/a@v1.0.0\n"
			 "example.com/main go@1.24\n"
			 "example.com/a@v1.0.0 example.com/b@v1.0.0\n"
			 "go@1.24 toolchain@go1.24\n");
}

/* main(1.24) -> a(1.16) -> b(1.22) -> c -> d: below an unpruned module everything is read. */
static void test_unpruned_closure(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.16\nrequire example.com/b v1.0.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.22\nrequire example.com/c v1.0.0\n");
	fixture_module(f, "example.com/c", "v1.0.0", "go 1.22\nrequire example.com/d v1.0.0\n");
	fixture_module(f, "example.com/d", "v1.0.0", "");
	fixture_gomod(f, "module example.com/main\ngo 1.24\nrequire example.com/a v1.0.0\n");
	fixture_graph(f, "example.com/main example.com/a@v1.0.0\n"
			 "example.com/main go@1.24\n"
			 "example.com/a@v1.0.0 example.com/b@v1.0.0\n"
			 "go@1.24 toolchain@go1.24\n"
			 "example.com/b@v1.0.0 example.com/c@v1.0.0\n"
			 "example.com/b@v1.0.0 go@1.22\n"
			 "example.com/c@v1.0.0 example.com/d@v1.0.0\n"
			 "example.com/c@v1.0.0 go@1.22\n"
			 "go@1.22 toolchain@go1.22\n");
}

/* A module reached first pruned and later unpruned is expanded the second time. */
static void test_mode_is_part_of_the_key(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/b v1.0.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.17\n");
	fixture_module(f, "example.com/z", "v1.0.0", "go 1.16\nrequire example.com/a v1.0.0\n");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.24\nrequire example.com/a v1.0.0\nrequire example.com/z v1.0.0\n");
	fixture_open(f, MODPROJECT_GRAPH);
	const struct modgraph *mg;
	assert_true(requirements_graph(f->ml, modload_requirements(f->ml), &mg, &f->e));
	assert_true(
		modgraph_is_read(mg, modtab_find(modload_tab(f->ml),
						 (struct modver){ "example.com/b", "v1.0.0" })));
	assert_string_equal(modgraph_selected(mg, "example.com/b"), "v1.0.0");
	assert_string_equal(modgraph_selected(mg, "example.com/none"), "none");
	assert_string_equal(modgraph_selected(mg, "example.com/main"), "");
}

/* A root below its selected version is raised, which pulls in what the higher version requires. */
static void test_repair_pruned(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/b v1.1.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.17\n");
	fixture_module(f, "example.com/b", "v1.1.0", "go 1.17\nrequire example.com/c v1.0.0\n");
	fixture_module(f, "example.com/c", "v1.0.0", "go 1.17\n");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\nrequire example.com/b v1.0.0\n");
	fixture_graph(f, "example.com/main example.com/a@v1.0.0\n"
			 "example.com/main example.com/b@v1.1.0\n"
			 "example.com/main go@1.20\n"
			 "example.com/a@v1.0.0 example.com/b@v1.1.0\n"
			 "example.com/b@v1.1.0 example.com/c@v1.0.0\n");
	assert_false(fixture_try_list(f, (const char *const[]){ "all" }, 1));
}

/* In an unpruned module an indirect root that others imply at a higher version disappears. */
static void test_repair_unpruned(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "require example.com/b v1.1.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "");
	fixture_module(f, "example.com/b", "v1.1.0", "");
	fixture_gomod(f, "module example.com/main\ngo 1.16\nrequire example.com/a v1.0.0\n"
			 "require example.com/b v1.0.0 // indirect\n");
	fixture_graph(f, "example.com/main example.com/a@v1.0.0\n"
			 "example.com/main go@1.16\n"
			 "example.com/a@v1.0.0 example.com/b@v1.1.0\n");
}

/* A dependency at go 1.22 raises the main module's go root. */
static void test_go_root_is_raised(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.22\n");
	fixture_gomod(f, "module example.com/main\ngo 1.17\nrequire example.com/a v1.0.0\n");
	fixture_graph(f, "example.com/main example.com/a@v1.0.0\n"
			 "example.com/main go@1.22\n"
			 "example.com/a@v1.0.0 go@1.22\n"
			 "go@1.22 toolchain@go1.22\n");
}

static void test_no_go_line_is_116(void **state)
{
	struct fixture *f = *state;

	fixture_gomod(f, "module example.com/main\n");
	fixture_graph(f, "example.com/main go@1.16\n");
}

/* A requirement that a dependency repeats makes two edges. */
static void test_duplicate_edges(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0",
		       "go 1.17\nrequire example.com/b v1.0.0\nrequire example.com/b v1.0.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.17\n");
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\n");
	fixture_graph(f, "example.com/main example.com/a@v1.0.0\n"
			 "example.com/main go@1.20\n"
			 "example.com/a@v1.0.0 example.com/b@v1.0.0\n"
			 "example.com/a@v1.0.0 example.com/b@v1.0.0\n");
}

/* A requirement on an excluded version is dropped, not moved to the next one. */
static void test_exclude(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/b v1.1.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.17\n");
	fixture_module(f, "example.com/b", "v1.1.0", "go 1.17\n");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\nrequire example.com/b v1.0.0\n"
		"exclude example.com/b v1.1.0\n");
	fixture_graph(f, "example.com/main example.com/a@v1.0.0\n"
			 "example.com/main example.com/b@v1.0.0\n"
			 "example.com/main go@1.20\n");
}

/* The contents come from the replacement, the names do not. */
static void test_replace(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.17\n");
	fixture_module(f, "example.com/fork", "v1.5.0", "go 1.17\nrequire example.com/b v1.0.0\n");
	fixture_file(f, "dir/go.mod", "module whatever\ngo 1.17\nrequire example.com/a v1.0.0\n");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\nrequire example.com/c v0.0.0\n"
		"replace example.com/a v1.0.0 => example.com/fork v1.5.0\nreplace example.com/c => ../dir\n");
	fixture_graph(f, "example.com/main example.com/a@v1.0.0\n"
			 "example.com/main example.com/c@v0.0.0\n"
			 "example.com/main go@1.20\n"
			 "example.com/a@v1.0.0 example.com/b@v1.0.0\n"
			 "example.com/c@v0.0.0 example.com/a@v1.0.0\n");
	/* what-if without the replacement */
	static const char *const ignored[] = { "example.com/a", NULL };
	const struct modgraph *mg;
	modload_free(f->ml);
	assert_true(modload_open(&f->ml,
				 &(struct modload_options){ .env = f->env,
							    .source = f->source,
							    .ignore_replace = ignored },
				 &f->e));
	assert_true(gograph_load(f->ml, NULL, &mg, &f->e));
	assert_string_equal(modgraph_selected(mg, "example.com/b"), "none");
}

static void test_errors_name_the_chain(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.16\nrequire example.com/b v1.0.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go foo\n");
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\n");
	fixture_graph_fails(
		f,
		"example.com/a@v1.0.0 requires\n\texample.com/b@v1.0.0: parsing go.mod: go.mod:2: invalid go "
		"version 'foo': must match format 1.23.0");
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/c v1.0.0\n"
			 "replace example.com/c => ../nowhere\n");
	fixture_graph_fails(
		f,
		arena_fmt(
			&f->a,
			"example.com/c@v1.0.0 (replaced by ../nowhere): reading ../nowhere/go.mod: open "
			"%s/nowhere/go.mod: no such file or directory",
			f->dir));
	fixture_module(f, "example.com/d", "v1.0.0", "go 1.99\n");
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/d v1.0.0\n");
	f->vars[8] = "GOTOOLCHAIN=local";
	fixture_graph_fails(
		f,
		"example.com/d@v1.0.0: module example.com/d@v1.0.0 requires go >= 1.99 (running go 1.26.8; "
		"GOTOOLCHAIN=local)");
}

static void test_declared_path(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "");
	fixture_file(f, "proxy/example.com/a/@v/v1.0.0.mod", "module example.com/other\n");
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\n");
	fixture_graph_fails(
		f,
		"example.com/a@v1.0.0: parsing go.mod:\n\tmodule declares its path as: example.com/other\n"
		"\t        but was required as: example.com/a");
}

/* list refuses what graph repairs, with go's error for each -mod. */
static void test_list_refuses_repair(void **state)
{
	struct fixture *f = *state;
	static const char *const all[] = { "all" };

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/b v1.1.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.17\n");
	fixture_module(f, "example.com/b", "v1.1.0", "go 1.17\n");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\nrequire example.com/b v1.0.0\n");
	fixture_sums(f);
	/* the lower version is read before the roots are checked */
	f->vars[8] = "GOFLAGS=-mod=readonly";
	assert_false(fixture_try_list(f, all, 1));
	assert_non_null(strstr(
		f->e.text,
		"missing go.sum entry for go.mod file; to add it:\n\tgo mod download example.com/b"));
	f->vars[8] = "GOFLAGS=-mod=mod";
	assert_true(fixture_try_list(f, all, 1));
	assert_string_equal(f->out.data,
			    "example.com/main\nexample.com/a v1.0.0\nexample.com/b v1.1.0\n");
}

/* Repeating a requirement does not change go.mod. */
static void test_list_twice(void **state)
{
	static const char gomod[] = "module example.com/main\ngo %s\nrequire example.com/a v1.0.0\n"
				    "require example.com/a v1.0.0\n";
	static const char want[] = "example.com/main\nexample.com/a v1.0.0\n";
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\n");
	fixture_gomod(f, arena_fmt(&f->a, gomod, "1.20"));
	fixture_sums(f);
	f->vars[8] = "GOFLAGS=-mod=readonly -modcacherw";
	fixture_list(f, want);
	fixture_ask_go(f, "list -m -mod=readonly all", want);
	fixture_gomod(f, arena_fmt(&f->a, gomod, "1.16"));
	fixture_list(f, want);
	fixture_ask_go(f, "list -m -mod=readonly all", want);
}

/* Without -e a broken graph is an error. */
static void test_list_errors(void **state)
{
	struct fixture *f = *state;
	static const char *const args[] = { "all", "example.com/zzz@v1" };
	static const char want[] = "example.com/main\nexample.com/a v1.0.0\nexample.com/b v1.0.0\n"
				   "example.com/zzz v1\n";
	struct modinfo **rows;
	size_t n;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/b v1.0.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "");
	fixture_file(f, "proxy/example.com/b/@v/v1.0.0.mod", "module example.com/other\n");
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\n");
	f->vars[8] = "GOFLAGS=-mod=mod -modcacherw";
	assert_false(fixture_try_list(f, args, 2));
	fixture_open(f, MODPROJECT_LIST);
	assert_true(golist_list(f->ml, args, 2, GOLIST_ERRORS, &rows, &n, &f->e));
	for (size_t i = 0; i < n; i++)
		golist_text(rows[i], &f->out);
	assert_string_equal(f->out.data, want);
	fixture_ask_go(f, "list -m -e all example.com/zzz@v1", want);
}

static void test_list_without_updates(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\n");
	fixture_gomod(
		f, "module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0 // indirect\n");
	fixture_sums(f);
	fixture_list(f, "example.com/main\nexample.com/a v1.0.0\n");
	assert_false(fixture_try_list(f, (const char *const[]){ "example.com/zzz" }, 1));
	assert_string_equal(f->e.text, "module example.com/zzz: not a known dependency");
	assert_false(fixture_try_list(f, (const char *const[]){ "./x" }, 1));
	assert_string_equal(f->e.text, "cannot use relative path ./x to specify module");
}

static void test_workspace(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\n");
	fixture_module(f, "example.com/a", "v1.2.0", "go 1.17\nrequire example.com/b v1.0.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.17\n");
	fixture_file(f, "p/go.work", "go 1.20\nuse ./two\nuse ./one\n");
	fixture_file(f, "p/one/go.mod",
		     "module example.com/one\ngo 1.20\nrequire example.com/a v1.0.0\n");
	fixture_file(f, "p/two/go.mod",
		     "module example.com/two\ngo 1.20\nrequire example.com/a v1.2.0\n");
	fixture_graph(f, "example.com/one example.com/a@v1.0.0\n"
			 "example.com/two example.com/a@v1.2.0\n"
			 "example.com/a@v1.2.0 example.com/b@v1.0.0\n");
	fixture_list(
		f,
		"example.com/one\nexample.com/two\nexample.com/a v1.2.0\nexample.com/b v1.0.0\n");
	fixture_file(f, "p/one/go.mod", "module example.com/one\ngo 1.24\n");
	fixture_graph_fails(
		f,
		"module one listed in go.work file requires go >= 1.24, but go.work lists go 1.20; to update it:\n"
		"\tgo work use");
	fixture_file(f, "p/go.work", "go 1.20\nuse ./three\n");
	fixture_graph_fails(
		f,
		"cannot load module three listed in go.work file: open three/go.mod: no such file or directory");
}

static void test_go_version_flag(void **state)
{
	struct fixture *f = *state;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/b v1.0.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.17\nrequire example.com/c v1.0.0\n");
	fixture_module(f, "example.com/c", "v1.0.0", "go 1.17\n");
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\n");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, "1.16"));
	assert_non_null(strstr(f->out.data, "example.com/b@v1.0.0 example.com/c@v1.0.0\n"));
	fixture_gomod(f, "module example.com/main\ngo 1.24\n");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_false(fixture_graph_text(f, "1.16"));
	assert_string_equal(
		f->e.text,
		"requested Go version 1.16 cannot load module graph (requires Go >= 1.24)");
}

static void test_vendor(void **state)
{
	struct fixture *f = *state;

	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\n");
	fixture_file(f, "p/vendor/modules.txt",
		     "# example.com/a v1.0.0\n## explicit; go 1.17\nexample.com/a\n");
	assert_false(fixture_try_list(f, (const char *const[]){ "all" }, 1));
	assert_string_equal(
		f->e.text,
		"can't compute 'all' using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)");
	assert_true(fixture_try_list(f, (const char *const[]){ "example.com/a" }, 1));
	assert_string_equal(f->out.data, "example.com/a v1.0.0\n");
	fixture_file(f, "p/vendor/modules.txt",
		     "# example.com/a v1.1.0\n## explicit; go 1.17\nexample.com/a\n");
	assert_false(fixture_try_list(f, NULL, 0));
	assert_string_equal(
		f->e.text,
		arena_fmt(
			&f->a,
			"inconsistent vendoring in %s/p:\n"
			"\texample.com/a@v1.0.0: is explicitly required in go.mod, but not marked as explicit in "
			"vendor/modules.txt\n"
			"\texample.com/a@v1.1.0: is marked as explicit in vendor/modules.txt, but not explicitly "
			"required in go.mod\n\n"
			"\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n"
			"\tTo sync the vendor directory, run:\n\t\tgo mod vendor",
			f->dir));
}

/* An unchanged file is not read again; a changed one is, whatever its size. */
static void test_index(void **state)
{
	struct fixture *f = *state;
	struct buf gomod = BUF_INIT;
	char *mod, *dir;

	buf_addstr(&gomod, "module example.com/main\ngo 1.20\nrequire (\n");
	for (int i = 0; i < 80; i++) {
		const char *path = arena_fmt(&f->a, "example.com/m%02d", i);

		fixture_file(f, arena_fmt(&f->a, "modcache/cache/download/%s/@v/v1.0.0.mod", path),
			     arena_fmt(&f->a, "module %s\ngo 1.17\nrequire example.com/x v1.0.0\n",
				       path));
		buf_addf(&gomod, "\t%s v1.0.0\n", path);
	}
	buf_addstr(&gomod, ")\n");
	fixture_gomod(f, gomod.data);
	f->now = (int64_t)time(NULL) + 10; /* recent changes are not trusted */
	fixture_sums(f);
	fixture_close(f);
	dir = xasprintf("%s/cache/modscope/index", f->dir);
	assert_true(fs_is_dir(dir));
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, NULL));
	assert_non_null(strstr(f->out.data, "example.com/m79@v1.0.0 example.com/x@v1.0.0\n"));
	fixture_close(f);
	/* same size, other content: the hash no longer matches go.sum */
	mod = xasprintf("modcache/cache/download/example.com/m40/@v/v1.0.0.mod");
	fixture_file(f, mod, "module example.com/m40\ngo 1.17\nrequire example.com/y v1.0.0\n");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_false(fixture_graph_text(f, NULL));
	assert_non_null(
		strstr(f->e.text, "verifying example.com/m40@v1.0.0/go.mod: checksum mismatch"));
	free(mod);
	free(dir);
	buf_release(&gomod);
}

/* 80 modules in the cache, each required; and one that nothing requires. */
static void many_modules(struct fixture *f)
{
	struct buf gomod = BUF_INIT;

	buf_addstr(&gomod, "module example.com/main\ngo 1.20\nrequire (\n");
	for (int i = 0; i < 81; i++) {
		const char *path = arena_fmt(&f->a, "example.com/m%02d", i);

		fixture_file(f, arena_fmt(&f->a, "modcache/cache/download/%s/@v/v1.0.0.mod", path),
			     arena_fmt(&f->a, "module %s\ngo 1.17\nrequire example.com/x v1.0.0\n",
				       path));
		if (i < 80)
			buf_addf(&gomod, "\t%s v1.0.0\n", path);
	}
	buf_addstr(&gomod, ")\n");
	fixture_gomod(f, gomod.data);
	buf_release(&gomod);
	f->now = (int64_t)time(NULL) + 10; /* recent changes are not trusted */
}

static void add_content(void *ctx, const char *name)
{
	struct fixture *f = ctx;

	assert_true(fs_read_buf(&f->out,
				arena_fmt(&f->a, "%s/cache/modscope/index/%s", f->dir, name),
				FS_MAX_MOD, NULL));
}

/* Whether the project's index has the go.mod file of that module. */
static bool is_indexed(struct fixture *f, const char *path)
{
	const char *name = arena_fmt(&f->a, "%s/@v/v1.0.0.mod", path);
	int fd = open(arena_fmt(&f->a, "%s/cache/modscope/index", f->dir), O_RDONLY | O_DIRECTORY);

	assert_true(fd >= 0);
	buf_clear(&f->out);
	assert_true(fs_each_name(fd, add_content, f));
	close(fd);
	return memmem(f->out.data, f->out.len, name, strlen(name)) != NULL;
}

static void read_gomod(struct fixture *f, const char *path)
{
	struct modver m = { path, "v1.0.0" };

	assert_non_null(modload_raw_summary(f->ml, m, NULL, &f->e));
}

/* Loaders that are open at the same time and read different files: the last to write keeps what the others have written. */
static void test_index_of_several(void **state)
{
	struct fixture *f = *state, first;

	many_modules(f);
	f->vars[3] = "GONOSUMDB=*";
	f->vars[8] = "GOFLAGS=-mod=mod";
	fixture_sums(f);
	fixture_close(f);
	fs_remove_all(arena_fmt(&f->a, "%s/cache/modscope/index", f->dir), NULL);
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, NULL));
	first = *f;
	f->ml = NULL;
	f->source = NULL;
	f->env = NULL;
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, NULL));
	read_gomod(f, "example.com/m80");
	fixture_close(f);
	assert_true(is_indexed(f, "example.com/m80"));
	modload_free(first.ml);
	source_free(first.source);
	goenv_free(first.env);
	assert_true(is_indexed(f, "example.com/m80"));
	assert_true(is_indexed(f, "example.com/m07"));
}

/* How many go.mod files of example.com/mNN the index names, after is_indexed. */
static size_t indexed(struct fixture *f)
{
	static const char name[] = "example.com/m";
	size_t n = 0;

	for (const char *p = f->out.data, *end = p + f->out.len;
	     (p = memmem(p, (size_t)(end - p), name, strlen(name))); p++)
		n += end - p > 15 && !memcmp(p + 15, "/@v/v1.0.0.mod", 14);
	return n;
}

static bool from_cache(struct fixture *f, const char *path)
{
	return modload_is_from_cache(f->ml, modtab_node(modload_tab(f->ml),
							(struct modver){ path, "v1.0.0" }));
}

static const struct modload_summary *summary_of(struct fixture *f, const char *path)
{
	return modload_raw_summary(f->ml, (struct modver){ path, "v1.0.0" }, NULL, &f->e);
}

static void renew_sums(struct fixture *f)
{
	unlink(arena_fmt(&f->a, "%s/p/go.sum", f->dir));
	fixture_sums(f);
	fixture_close(f);
}

/* What a loader has read anew replaces what the index had; of the files that it does not need, four times as many stay as it needs. */
static void test_index_renewed(void **state)
{
	struct buf gomod = BUF_INIT;
	struct fixture *f = *state;

	many_modules(f);
	f->vars[8] = "GOFLAGS=-mod=mod";
	renew_sums(f);
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, NULL));
	assert_true(from_cache(f, "example.com/m07"));
	assert_false(from_cache(f, "example.com/m80"));
	assert_false(from_cache(f, "example.com/nowhere"));
	fixture_file(f, "modcache/cache/download/example.com/m40/@v/v1.0.0.mod",
		     "module example.com/m40\ngo 1.17\nrequire example.com/y v1.0.0\n");
	renew_sums(f);
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, NULL));
	assert_false(from_cache(f, "example.com/m40"));
	assert_true(from_cache(f, "example.com/m07"));
	read_gomod(f, "example.com/m80");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, NULL));
	assert_true(from_cache(f, "example.com/m40"));
	assert_non_null(strstr(f->out.data, "example.com/m40@v1.0.0 example.com/y@v1.0.0\n"));
	assert_null(strstr(f->out.data, "example.com/m40@v1.0.0 example.com/x@v1.0.0\n"));
	fixture_close(f);
	assert_true(is_indexed(f, "example.com/m80"));
	assert_int_equal(indexed(f), 81);

	buf_addstr(&gomod, "module example.com/main\ngo 1.20\nrequire (\n");
	for (int i = 0; i < 16; i++) {
		const char *path = arena_fmt(&f->a, "example.com/n%02d", i);

		fixture_file(f, arena_fmt(&f->a, "modcache/cache/download/%s/@v/v1.0.0.mod", path),
			     arena_fmt(&f->a, "module %s\n", path));
		buf_addf(&gomod, "\t%s v1.0.0\n", path);
	}
	fixture_gomod(f, arena_fmt(&f->a, "%s)\n", gomod.data));
	buf_release(&gomod);
	renew_sums(f);
	assert_true(is_indexed(f, "example.com/n15"));
	assert_int_equal(indexed(f), 4 * 16 + 1);
	/* without a directory of our own there is no index */
	fs_remove_all(arena_fmt(&f->a, "%s/cache", f->dir), NULL);
	f->vars[0] = f->vars[4] = "A=";
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, NULL));
	assert_false(from_cache(f, "example.com/n15"));
	fixture_close(f);
	assert_false(fs_is_dir(arena_fmt(&f->a, "%s/cache", f->dir)));
}

/* In the module cache, with its line of go.sum. */
static void cached_gomod(struct fixture *f, struct buf *sums, const char *path, const char *text)
{
	char sum[DIRHASH_LEN + 1];

	fixture_file(f, arena_fmt(&f->a, "modcache/cache/download/%s/@v/v1.0.0.mod", path), text);
	dirhash_gomod(text, strlen(text), sum);
	buf_addf(sums, "%s v1.0.0/go.mod %s\n", path, sum);
}

/* The go.mod files that another loader has written come with all that they say. */
static void test_index_of_another(void **state)
{
	static const char *const read[] = { "example.com/other", "example.com/leaf",
					    "example.com/plain" };
	struct fixture *f = *state, first;
	struct buf sums = BUF_INIT;

	many_modules(f);
	f->vars[8] = "GOFLAGS=-mod=mod";
	renew_sums(f);
	fs_remove_all(arena_fmt(&f->a, "%s/cache/modscope/index", f->dir), NULL);
	assert_true(fs_read_buf(&sums, arena_fmt(&f->a, "%s/p/go.sum", f->dir), FS_MAX_MOD, NULL));
	cached_gomod(f, &sums, read[0], "module example.com/declared\n\ngo 1.20\n");
	cached_gomod(f, &sums, read[1], "module example.com/leaf\n");
	cached_gomod(f, &sums, read[2],
		     "module example.com/plain\n\nrequire example.com/leaf v1.0.0 // indirect\n");
	fixture_file(f, "p/go.sum", sums.data);
	buf_release(&sums);
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, NULL));
	first = *f;
	f->ml = NULL;
	f->source = NULL;
	f->env = NULL;
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, NULL));
	for (size_t i = 0; i < ARRAY_LEN(read); i++)
		read_gomod(f, read[i]);
	fixture_close(f);
	modload_free(first.ml);
	source_free(first.source);
	goenv_free(first.env);
	assert_true(is_indexed(f, "example.com/other"));
	assert_int_equal(indexed(f), 80);
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/plain v1.0.0\n");
	fixture_graph(f, "example.com/main example.com/plain@v1.0.0\n"
			 "example.com/main go@1.20\n"
			 "example.com/plain@v1.0.0 example.com/leaf@v1.0.0\n");
	assert_true(from_cache(f, "example.com/plain"));
	assert_true(from_cache(f, "example.com/leaf"));
	fixture_gomod(f, "module example.com/main\ngo 1.20\nrequire example.com/other v1.0.0\n");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_false(fixture_graph_text(f, NULL));
	assert_non_null(strstr(f->e.text, "module declares its path as: example.com/declared"));
	assert_true(from_cache(f, "example.com/other"));
}

/* Looking ahead changes no answer, whatever it is told to look at. */
static void test_look_ahead(void **state)
{
	static const char *const names[] = { "example.com/m01@v1.0.0", "noversion", "bad!@v1.0.0",
					     "example.com/m02@v1.0.!" };
	struct modver trees[84] = { { "go", "1.20" }, { "example.com/local", "v1.0.0" } };
	struct fixture *f = *state;
	const char *before;

	many_modules(f);
	f->vars[8] = "GOFLAGS=-mod=mod";
	fixture_open(f, MODPROJECT_GRAPH);
	assert_true(fixture_graph_text(f, NULL));
	before = arena_strdup(&f->a, f->out.data);
	for (size_t i = 2; i < ARRAY_LEN(trees); i++)
		trees[i] = (struct modver){ arena_fmt(&f->a, "example.com/m%02zu", i), "v1.0.0" };
	for (size_t n = 0; n <= ARRAY_LEN(trees); n += ARRAY_LEN(trees) / 2) {
		fixture_open(f, MODPROJECT_GRAPH);
		modload_look_further(f->ml, names, ARRAY_LEN(names));
		modload_look_ahead(f->ml, (struct modver_list){ trees, n });
		modload_look_further(f->ml, names, ARRAY_LEN(names));
		modload_look_ahead(f->ml, (struct modver_list){ trees, n });
		assert_true(fixture_graph_text(f, NULL));
		assert_string_equal(f->out.data, before);
		modload_forget_failures(f->ml);
		assert_non_null(summary_of(f, "example.com/m01"));
		assert_false(err_is_set(&f->e));
	}
}

/* Loaders of one run look at each file once; those of the next run look again. */
static void test_one_look(void **state)
{
	struct fixture *f = *state;
	struct buf gomod = BUF_INIT;

	buf_addstr(&gomod, "module example.com/main\ngo 1.20\nrequire (\n");
	for (int i = 0; i < 80; i++) {
		const char *path = arena_fmt(&f->a, "example.com/m%02d", i);

		fixture_file(f, arena_fmt(&f->a, "modcache/cache/download/%s/@v/v1.0.0.mod", path),
			     arena_fmt(&f->a, "module %s\ngo 1.17\n", path));
		buf_addf(&gomod, "\t%s v1.0.0\n", path);
	}
	buf_addstr(&gomod, ")\n");
	fixture_gomod(f, gomod.data);
	buf_release(&gomod);
	f->now = (int64_t)time(NULL) + 10;
	fixture_sums(f);
	f->looks = modlooks_new();
	for (int i = 0; i < 3; i++) {
		fixture_open(f, MODPROJECT_GRAPH);
		assert_true(fixture_graph_text(f, NULL));
		if (i == 1)
			fixture_file(f, "modcache/cache/download/example.com/m40/@v/v1.0.0.mod",
				     "module example.com/m40\ngo 1.18\n");
	}
	fixture_close(f);
	modlooks_free(f->looks);
	f->looks = modlooks_new();
	fixture_open(f, MODPROJECT_GRAPH);
	assert_false(fixture_graph_text(f, NULL));
	assert_non_null(
		strstr(f->e.text, "verifying example.com/m40@v1.0.0/go.mod: checksum mismatch"));
	fixture_close(f);
	modlooks_free(f->looks);
	f->looks = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pruned_below_117),
		TEST(test_unpruned_closure),
		TEST(test_mode_is_part_of_the_key),
		TEST(test_repair_pruned),
		TEST(test_repair_unpruned),
		TEST(test_go_root_is_raised),
		TEST(test_no_go_line_is_116),
		TEST(test_duplicate_edges),
		TEST(test_exclude),
		TEST(test_replace),
		TEST(test_errors_name_the_chain),
		TEST(test_declared_path),
		TEST(test_list_refuses_repair),
		TEST(test_list_twice),
		TEST(test_list_errors),
		TEST(test_list_without_updates),
		TEST(test_workspace),
		TEST(test_go_version_flag),
		TEST(test_vendor),
		TEST(test_index),
		TEST(test_index_of_several),
		TEST(test_index_renewed),
		TEST(test_index_of_another),
		TEST(test_look_ahead),
		TEST(test_one_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
