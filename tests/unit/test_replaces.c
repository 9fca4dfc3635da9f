/*
 * What replaces says of each line of go.mod and go.work, in one process; the words that are go's business are followed with go by
 * tests/release/replaces, which has more kinds of repositories.
 */
#include "cmdfix.h"

#include <jansson.h>

static const char head[] = "module example.com/main\n\ngo 1.24\n\n";
static const char both[] =
	"require (\n\texample.com/Upper v1.0.0\n\texample.com/other v0.1.0\n)\n\n";

static void put(struct fix *f, const char *name, const char *text)
{
	const char *path = arena_fmt(&f->a, "%s/%s", f->top, name);

	assert_true(fs_mkdir_all(path_dir(&f->a, path), NULL));
	fix_write_str(path, text);
}

static void drop(struct fix *f, const char *name)
{
	assert_true(fs_remove_all(arena_fmt(&f->a, "%s/%s", f->top, name), NULL));
}

static const char *text_in(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* "TEXT: EFFECT [KIND KIND]", a line for each; the kinds without "replaces/". */
static const char *lines_of(struct fix *f, json_t *doc)
{
	const char *all = "";
	json_t *d, *r;
	size_t i, k;

	json_array_foreach(json_object_get(doc, "directives"), i, d)
	{
		const char *kinds = "";

		json_array_foreach(json_object_get(d, "remarks"), k, r)
			kinds = arena_fmt(&f->a, "%s%s%s", kinds, *kinds ? " " : "",
					  text_in(r, "Kind") + strlen("replaces/"));
		all = arena_fmt(&f->a, "%s%s: %s [%s]\n", all, text_in(d, "Text"),
				text_in(d, "Effect"), kinds);
	}
	json_array_foreach(json_object_get(doc, "foreign"), i, d)
		all = arena_fmt(&f->a, "%s%s %s\n", all, text_in(d, "Path"), text_in(d, "Rank"));
	return all;
}

static const char *said(struct fix *f)
{
	const char *const words[] = { "replaces", "--json", NULL };
	struct cmd_out o;
	const char *all;
	json_t *doc;

	cmd_run(&o, words);
	doc = json_loadb(o.out.data, o.out.len, 0, NULL);
	if (!doc)
		fail_msg("%s", o.err.len ? o.err.data : "nothing is said");
	assert_string_equal(text_in(doc, "schema"), "modscope.replaces/1");
	all = lines_of(f, doc);
	json_decref(doc);
	cmd_release(&o);
	return all;
}

static void check(struct fix *f, const char *lines, const char *want)
{
	const char *have;

	put(f, "main/go.mod", arena_fmt(&f->a, "%s%s", head, lines));
	have = said(f);
	if (!str_eq(have, want))
		fail_msg("%s\nsays\n%s, not\n%s", lines, have, want);
}

#define UPPER "require example.com/Upper v1.0.0\n\n"

static void test_lines(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ UPPER "replace example.com/Upper => example.com/Upper v1.1.0\n",
		  "replace example.com/Upper => example.com/Upper v1.1.0: example.com/Upper v1.0.0 comes from example.com/Upper v1.1.0 []\n" },
		{ UPPER "replace example.com/Upper v1.1.0 => example.com/other v0.1.0\n",
		  "replace example.com/Upper v1.1.0 => example.com/other v0.1.0: none: v1.0.0 is selected [unused]\n" },
		{ UPPER
		  "replace example.com/Upper => example.com/other v0.1.0\n\nreplace example.com/Upper v1.0.0 => example.com/Upper v1.1.0\n",
		  "replace example.com/Upper => example.com/other v0.1.0: none: go.mod:9 decides [unused]\n"
		  "replace example.com/Upper v1.0.0 => example.com/Upper v1.1.0: example.com/Upper v1.0.0 comes from example.com/Upper v1.1.0 []\n" },
		{ UPPER "replace example.com/main => example.com/other v0.1.0\n",
		  "replace example.com/main => example.com/other v0.1.0: none: main modules are never replaced [unused]\n" },
		{ UPPER "replace example.com/other => ../none\n",
		  "replace example.com/other => ../none: none: the module is not in the build list [target-missing unused]\n" },
		{ UPPER "exclude example.com/Upper v1.1.0\n",
		  "exclude example.com/Upper v1.1.0: none: nothing asks for this version [exclude-unused]\n" },
		{ UPPER "replace example.com/Upper => example.com/Upper v1.9.0\n",
		  "replace example.com/Upper => example.com/Upper v1.9.0: example.com/Upper v1.0.0 comes from example.com/Upper v1.9.0 [target-missing]\n" },
		{ UPPER "exclude example.com/Upper v1.0.0\n",
		  "exclude example.com/Upper v1.0.0: decides: example.com/main asks for it, and the module is gone []\n" },
		{ "retract v1.0.0 // bad\n",
		  "retract v1.0.0: 1 of 1 tags; counts as soon as a newer version has this line []\n" },
		{ "retract [v1.0.0, v1.1.0]\n",
		  "retract [v1.0.0, v1.1.0]: 1 of 1 tags; counts as soon as a newer version has this line [retract-no-reason]\n" },
		{ "retract v0.9.0 // bad\n",
		  "retract v0.9.0: 0 of 1 tags; counts as soon as a newer version has this line [retract-no-version]\n" },
		{ "retract v1.5.0 // bad\n",
		  "retract v1.5.0: 0 of 1 tags; counts as soon as a newer version has this line [retract-no-version]\n" },
		{ UPPER "tool example.com/Upper/sub\n",
		  "tool example.com/Upper/sub: provided by example.com/Upper v1.0.0 []\n" },
		{ "tool example.com/main/x\n",
		  "tool example.com/main/x: provided by example.com/main (main) []\n" },
		{ "tool example.com/none/x\n",
		  "tool example.com/none/x: no module of the build list has this package [tool-missing]\n" },
		{ "ignore ./none\n",
		  "ignore ./none: none: there is no such directory [ignore-missing]\n" },
		{ "ignore anywhere\n",
		  "ignore anywhere: packages in folders of this path do not match patterns []\n" },
		{ "godebug panicnil=1\n",
		  "godebug panicnil=1: a default of the programs that are built here []\n" },
	};
	struct fix *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check(f, cases[i][0], cases[i][1]);
}

/* Directories: without go.mod, with one that cannot be read, of another path, and with the bytes of a version. */
static void test_directories(void **state)
{
	static const char line[] = "replace example.com/Upper => ../a";
	const char *lines = arena_fmt(&((struct fix *)*state)->a, UPPER "%s\n", line);
	struct fix *f = *state;
	const char *used = arena_fmt(&f->a, "%s: example.com/Upper v1.0.0 comes from ../a", line);

	put(f, "a/x", "");
	check(f, lines, arena_fmt(&f->a, "%s [target-no-module local]\n", used));
	put(f, "a/go.mod/x", "");
	check(f, lines, arena_fmt(&f->a, "%s [target-no-module local]\n", used));
	drop(f, "a/go.mod");
	put(f, "a/go.mod", "module example.com/mine\n\ngo 1.20\n");
	put(f, "a/a.go", "package a\n");
	check(f, lines, arena_fmt(&f->a, "%s [local path-differs]\n", used));
	put(f, "a/go.mod", "module example.com/Upper\n\ngo 1.20\n");
	check(f, lines, arena_fmt(&f->a, "%s [local]\n", used));
	drop(f, "a");
	fix_extract(cachepath_file(&f->a, f->up, NEIGHBOUR, "zip"), NEIGHBOUR,
		    arena_fmt(&f->a, "%s/a", f->top));
	check(f, lines, arena_fmt(&f->a, "%s [local same-content]\n", used));
	/* by an absolute path it is the same */
	check(f, arena_fmt(&f->a, UPPER "replace example.com/Upper => %s/a\n", f->top),
	      arena_fmt(
		      &f->a,
		      "replace example.com/Upper => %s/a: example.com/Upper v1.0.0 comes from %s/a [local same-content]\n",
		      f->top, f->top));
	/* instead of another module */
	check(f, "require example.com/other v0.1.0\n\nreplace example.com/other => ../a\n",
	      "replace example.com/other => ../a: example.com/other v0.1.0 comes from ../a [local path-differs same-content]\n");
	put(f, "a/.git", "garbage\n");
	check(f, lines, arena_fmt(&f->a, "%s [local unread same-content]\n", used));
	drop(f, "a");
}

/* Lines of a dependency's go.mod are go's for that module alone: what they would mean here. */
static void test_foreign(void **state)
{
	static const struct {
		const char *theirs, *ours, *want;
	} cases[] = {
		{ "replace example.com/zz => ../zz\n", "", "example.com/zz not built\n" },
		{ "replace example.com/other v0.9.0 => ../zz\n", "",
		  "example.com/other other version\n" },
		{ "replace example.com/other => ../zz\n", "", "example.com/other directory\n" },
		{ "replace example.com/other => example.com/Upper v1.1.0\n", "",
		  "example.com/other matters\n" },
		{ "replace example.com/other v0.1.0 => example.com/Upper v1.1.0\n", "",
		  "example.com/other matters\n" },
		{ "replace example.com/main => ../zz\n", "", "" },
		{ "replace example.com/Upper => ../zz\n", "", "" },
		{ "// replace nothing\n", "", "" },
		{ "replace example.com/zz => ../zz\n\nreplace example.com/other => example.com/Upper v1.1.0\n\nreplace example.com/yy => ../yy\n",
		  "",
		  "example.com/other matters\nexample.com/zz not built\nexample.com/yy not built\n" },
	};
	struct fix *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *line =
			"replace example.com/Upper => ../a: example.com/Upper v1.0.0 comes from ../a [local]\n";

		put(f, "a/go.mod",
		    arena_fmt(&f->a, "module example.com/Upper\n\ngo 1.20\n\n%s", cases[i].theirs));
		check(f,
		      arena_fmt(&f->a, "%sreplace example.com/Upper => ../a\n%s", both,
				cases[i].ours),
		      arena_fmt(&f->a, "%s%s", line, cases[i].want));
	}
	drop(f, "a");
}

/* The same line here and there. */
static void test_foreign_same(void **state)
{
	static const char line[] = "replace example.com/other => example.com/Upper v1.1.0";
	struct fix *f = *state;

	put(f, "a/go.mod", arena_fmt(&f->a, "module example.com/Upper\n\ngo 1.20\n\n%s\n", line));
	check(f, arena_fmt(&f->a, "%sreplace example.com/Upper => ../a\n\n%s\n", both, line),
	      arena_fmt(
		      &f->a,
		      "replace example.com/Upper => ../a: example.com/Upper v1.0.0 comes from ../a [local]\n"
		      "%s: example.com/other v0.1.0 comes from example.com/Upper v1.1.0 []\n"
		      "example.com/other same\n",
		      line));
	drop(f, "a");
}

/* In a workspace: its own lines, and which of several counts. */
static void test_workspace(void **state)
{
	struct fix *f = *state;
	git_repository *repo;
	const char *want;

	put(f, "main/go.mod",
	    arena_fmt(
		    &f->a,
		    "%s%sgodebug panicnil=1\n\nreplace example.com/Upper => example.com/Upper v1.1.0\n",
		    head, both));
	put(f, "member/go.mod",
	    arena_fmt(&f->a,
		      "module example.com/member\n\ngo 1.24\n\nrequire example.com/main v0.5.0\n"));
	put(f, "main/go.work",
	    "go 1.24\n\nuse .\n\nuse ../member\n\nreplace example.com/Upper => example.com/other v0.1.0\n\nreplace example.com/zz => ../zz\n\ngodebug panicnil=0\n");
	want = "use .: hides example.com/main v0.5.0, which is asked for []\n"
	       "use ../member: example.com/member is built from here []\n"
	       "replace example.com/Upper => example.com/other v0.1.0: example.com/Upper v1.0.0 comes from example.com/other v0.1.0 []\n"
	       "replace example.com/zz => ../zz: none: the module is not in the build list [target-missing unused]\n"
	       "godebug panicnil=0: a default of the programs that are built here []\n"
	       "godebug panicnil=1: none: in a workspace the lines of go.work count []\n"
	       "replace example.com/Upper => example.com/Upper v1.1.0: none: go.work:7 decides [unused]\n";
	assert_string_equal(said(f), want);
	/* the highest version that members ask for; a member with a version's bytes; retractions outside of a repository, and in one without tags */
	put(f, "third/go.mod",
	    "module example.com/third\n\ngo 1.24\n\nrequire example.com/main v0.6.0\n\nretract v1.0.0 // bad\n");
	fix_extract(cachepath_file(&f->a, f->up, NEIGHBOUR, "zip"), NEIGHBOUR,
		    arena_fmt(&f->a, "%s/u", f->top));
	put(f, "main/go.work", "go 1.24\n\nuse (\n\t.\n\t../member\n\t../third\n\t../u\n)\n");
	put(f, "main/go.mod", arena_fmt(&f->a, "%s%s", head, both));
	want = "use .: hides example.com/main v0.6.0, which is asked for []\n"
	       "use ../member: example.com/member is built from here []\n"
	       "use ../third: example.com/third is built from here []\n"
	       "use ../u: hides example.com/Upper v1.0.0, which is asked for; its content is that of v1.1.0 []\n"
	       "retract v1.0.0: counts as soon as a newer version has this line []\n";
	assert_string_equal(said(f), want);
	cmd_must(git_repository_init(&repo, arena_fmt(&f->a, "%s/third", f->top), 0));
	git_repository_free(repo);
	assert_string_equal(said(f), want);
	drop(f, "third");
	drop(f, "u");
	drop(f, "main/go.work");
	drop(f, "member");
}

/* Several ask for an excluded version. */
static void test_askers(void **state)
{
	struct fix *f = *state;
	const char *dirs =
		"replace example.com/a => ../a: example.com/a v1.0.0 comes from ../a [local]\n"
		"replace example.com/b => ../b: example.com/b v1.0.0 comes from ../b [local]\n";

	put(f, "a/go.mod", "module example.com/a\n\ngo 1.20\n\nrequire example.com/other v0.1.0\n");
	put(f, "b/go.mod", "module example.com/b\n\ngo 1.20\n");
	check(f,
	      "require (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0\n\texample.com/other v0.1.0\n)\n\n"
	      "replace example.com/a => ../a\n\nreplace example.com/b => ../b\n\nexclude example.com/other v0.1.0\n",
	      arena_fmt(
		      &f->a,
		      "%sexclude example.com/other v0.1.0: decides: example.com/main and 1 other asks for it, and the module is gone []\n",
		      dirs));
	put(f, "b/go.mod", "module example.com/b\n\ngo 1.20\n\nrequire example.com/other v0.1.0\n");
	check(f,
	      "require (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0\n\texample.com/other v0.1.0\n)\n\n"
	      "replace example.com/a => ../a\n\nreplace example.com/b => ../b\n\nexclude example.com/other v0.1.0\n",
	      arena_fmt(
		      &f->a,
		      "%sexclude example.com/other v0.1.0: decides: example.com/main and 2 others asks for it, and the module is gone []\n",
		      dirs));
	drop(f, "a");
	drop(f, "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),	  cmocka_unit_test(test_directories),
		cmocka_unit_test(test_foreign),	  cmocka_unit_test(test_foreign_same),
		cmocka_unit_test(test_workspace), cmocka_unit_test(test_askers),
	};

	return cmocka_run_group_tests(tests, cmd_setup, cmd_teardown);
}
