/*
 * What modscope release says of a commit: each scene is a first commit with the tag v1.0.0, changes, a second commit, and perhaps more tags. go decides
 * what may be in a module's zip and which versions a path may have (golang.org/x/mod); semantic versioning says which version comes next.
 */
#include "cmdfix.h"

#define A_GO "main/a/a.go"
#define MOD "module example.com/main\n\ngo 1.20\n"

struct scene {
	const char *name;
	const char *first[9], *second[9]; /* files and texts, in turn; text NULL: removed */
	const char *tag;		  /* of the second commit; NULL */
	const char *words[4];		  /* options */
	int status;
	const char *says;
};

static const struct scene scenes[] = {
	{ "nothing new",
	  { A_GO, "package a\n\nfunc F() {}\n" },
	  { A_GO, "package a\n\n// F\nfunc F() {}\n" },
	  NULL,
	  { "--json" },
	  0,
	  "\"Next\": \"v1.0.1\"" },
	{ "a new function",
	  { A_GO, "package a\n" },
	  { A_GO, "package a\n\nfunc F() {}\n" },
	  NULL,
	  { "--json" },
	  0,
	  "\"Next\": \"v1.1.0\"" },
	{ "a function less",
	  { A_GO, "package a\n\nfunc F() {}\n" },
	  { A_GO, "package a\n" },
	  NULL,
	  { NULL },
	  1,
	  "a.F" },
	{ "a function less, as a patch",
	  { A_GO, "package a\n\nfunc F() {}\n" },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=v1.0.1" },
	  1,
	  "a.F" },
	{ "a new function, as a patch",
	  { A_GO, "package a\n" },
	  { A_GO, "package a\n\nfunc F() {}\n" },
	  NULL,
	  { "--tag=v1.0.1" },
	  0,
	  "v1.0.1 is too low after v1.0.0: 0 removed, 0 changed, 1 added" },
	{ "another signature",
	  { A_GO, "package a\n\nfunc F() {}\n" },
	  { A_GO, "package a\n\nfunc F(int) {}\n" },
	  NULL,
	  { "--tag=v1.1.0" },
	  1,
	  "a.F" },
	{ "a function less, below v1",
	  { A_GO, "package a\n\nfunc F() {}\n" },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=v0.9.0" },
	  0,
	  "there is no earlier tag" },
	{ "a package less",
	  { A_GO, "package a\n\nfunc F() {}\n" },
	  { A_GO, NULL },
	  NULL,
	  { NULL },
	  1,
	  "a" },
	{ "a later go line",
	  { "main/go.mod", MOD, "main/go.sum", NULL, "main/main.go",
	    "package main\n\nfunc main() {}\n" },
	  { "main/go.mod", "module example.com/main\n\ngo 1.21\n" },
	  NULL,
	  { "--tag=v1.0.1" },
	  0,
	  "go line raised since v1.0.0: 1.20 to 1.21" },
	{ "no go line before",
	  { "main/go.mod", "module example.com/main\n", "main/go.sum", NULL, "main/main.go",
	    "package main\n\nfunc main() {}\n" },
	  { "main/go.mod", MOD },
	  NULL,
	  { "--tag=v1.1.0" },
	  0,
	  "v1.0.0" },
	{ "go.mod was unreadable",
	  { "main/go.mod", "module (\n" },
	  { "main/go.mod", MOD, "main/go.sum", NULL, "main/main.go",
	    "package main\n\nfunc main() {}\n" },
	  NULL,
	  { "--tag=v1.1.0" },
	  0,
	  "v1.0.0 has no readable go.mod to compare with" },
	{ "go.mod was of another module",
	  { "main/go.mod", "module example.com/old\n" },
	  { "main/go.mod", MOD, "main/go.sum", NULL, "main/main.go",
	    "package main\n\nfunc main() {}\n" },
	  NULL,
	  { "--tag=v1.1.0" },
	  0,
	  "go line raised since v1.0.0: none to 1.20" },
	/* what cannot be in a zip */
	{ "a name that Windows rejects",
	  { NULL },
	  { "main/aux.go", "package main\n" },
	  NULL,
	  { NULL },
	  1,
	  "aux.go" },
	{ "names that are one to some",
	  { NULL },
	  { "main/b/x.go", "package b\n", "main/b/X.go", "package b\n" },
	  NULL,
	  { NULL },
	  1,
	  "b/" },
	{ "a nested module",
	  { NULL },
	  { "main/sub/go.mod", "module example.com/main/sub\n", "main/sub/s.go", "package sub\n" },
	  NULL,
	  { NULL },
	  0,
	  "another module" },
	{ "a vendored package",
	  { NULL },
	  { "main/vendor/example.com/x/x.go", "package x\n" },
	  NULL,
	  { NULL },
	  0,
	  "1 vendored file is not in the zip: dependents do not get them" },
	{ "attributes that drop files",
	  { NULL },
	  { "main/.gitattributes", "# notes\n/a export-ignore\n*.txt text eol=crlf\n", A_GO,
	    "package a\n" },
	  NULL,
	  { NULL },
	  0,
	  ".gitattributes" },
	{ "GO.MOD below", { NULL }, { "main/sub/GO.MOD", "x\n" }, NULL, { NULL }, 0, "v1.0.1" },
	/* tags */
	{ "a tag of a release",
	  { NULL },
	  { A_GO, "package a\n" },
	  "v1.0.1",
	  { NULL },
	  0,
	  "v1.0.1" },
	{ "a tag that is taken",
	  { NULL },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=v1.0.0" },
	  1,
	  "v1.0.0" },
	{ "a lower version",
	  { NULL },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=v0.1.0" },
	  0,
	  "there is no earlier tag" },
	{ "a pre-release",
	  { NULL },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=v1.1.0-rc.1" },
	  0,
	  "v1.1.0-rc.1" },
	{ "a pseudo-version",
	  { NULL },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=v1.0.1-0.20240101000000-0123456789ab" },
	  1,
	  "is not a version that a tag can name" },
	{ "not canonical",
	  { NULL },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=v1.1" },
	  1,
	  "is not a version that a tag can name" },
	{ "with metadata",
	  { NULL },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=v1.1.0+meta" },
	  1,
	  "is not a version that a tag can name" },
	{ "incompatible",
	  { NULL },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=v2.0.0+incompatible" },
	  1,
	  "v2.0.0+incompatible" },
	{ "a tag of a folder",
	  { NULL },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=sub/v1.1.0" },
	  1,
	  "sub/v1.1.0" },
	{ "of another major version",
	  { NULL },
	  { A_GO, "package a\n" },
	  NULL,
	  { "--tag=v2.0.0" },
	  1,
	  "/v2" },
	{ "retracted",
	  { "main/go.mod", MOD, "main/go.sum", NULL, "main/main.go",
	    "package main\n\nfunc main() {}\n" },
	  { "main/go.mod", MOD "\nretract v1.0.1 // bad\n" },
	  NULL,
	  { "--tag=v1.0.1" },
	  0,
	  "v1.0.1 is retracted by its own go.mod: bad" },
	{ "retracts itself to go away",
	  { "main/go.mod", MOD, "main/go.sum", NULL, "main/main.go",
	    "package main\n\nfunc main() {}\n" },
	  { "main/go.mod", MOD "\nretract [v1.0.0, v1.0.1]\n" },
	  NULL,
	  { "--tag=v1.0.1" },
	  0,
	  "v1.0.1 is retracted by its own go.mod" },
	/* what is required */
	{ "a lower requirement",
	  { NULL },
	  { "main/go.mod", MOD "\nrequire example.com/other v0.1.0\n", "main/main.go",
	    "package main\n\nimport _ \"example.com/other\"\n\nfunc main() {}\n" },
	  NULL,
	  { NULL },
	  0,
	  "go mod tidy would remove 2 lines of go.sum" },
	{ "excluded",
	  { NULL },
	  { "main/go.mod", MOD
	    "\nrequire (\n\texample.com/Upper v1.0.0\n\texample.com/other v0.1.0\n)\n\nexclude example.com/Upper v1.1.0\n" },
	  NULL,
	  { NULL },
	  0,
	  "exclude" },
	{ "replaced",
	  { NULL },
	  { "main/go.mod", MOD
	    "\nrequire (\n\texample.com/Upper v1.0.0\n\texample.com/other v0.1.0\n)\n\nreplace example.com/Upper v1.0.0 => example.com/other v0.1.0\n" },
	  NULL,
	  { NULL },
	  1,
	  "replace-fork" },
	{ "a tool and no licence",
	  { "main/LICENSE", NULL },
	  { "main/go.mod",
	    "module example.com/main\n\ngo 1.24\n\ntool example.com/main\n\nrequire (\n\texample.com/Upper v1.0.0\n\texample.com/other v0.1.0\n)\n" },
	  NULL,
	  { "--strict" },
	  1,
	  "LICENSE" },
	{ "as a document",
	  { NULL },
	  { A_GO, "package a\n\nvar X, Y = 1, 2\n\ntype T struct{ F int }\n" },
	  NULL,
	  { "--json" },
	  0,
	  "\"Next\": \"v1.1.0\"" },
	{ "two of one name",
	  { A_GO, "package a\n\nfunc F() {}\n", "main/a/b_linux.go", "package a\n\nfunc F() {}\n" },
	  { A_GO, "package a\n", "main/a/b_linux.go", "package a\n" },
	  NULL,
	  { NULL },
	  1,
	  "a.F" },
};

static void put(struct fix *f, const char *const *files)
{
	for (size_t i = 0; i + 1 < 9 && files[i]; i += 2) {
		const char *path = arena_fmt(&f->a, "%s/%s", f->top, files[i]);

		if (files[i + 1])
			fix_write_str(path, files[i + 1]);
		else
			assert_true(fs_remove_all(path, NULL));
	}
}

static bool try_scene(struct fix *f, const struct scene *s)
{
	const char *words[6] = { "release" }, *dir = arena_fmt(&f->a, "%s/main", f->top);
	struct fs_dirent *entries;
	struct cmd_out o;
	size_t n;
	bool ok;

	/* the directory stays: it is the current one */
	assert_true(fs_list(&f->a, dir, 100, &entries, &n, NULL));
	for (size_t i = 0; i < n; i++)
		assert_true(fs_remove_all(arena_fmt(&f->a, "%s/%s", dir, entries[i].name), NULL));
	cmd_write_project(f);
	put(f, s->first);
	cmd_commit(f, "v1.0.0", 1700000000);
	put(f, s->second);
	cmd_commit(f, s->tag, 1700000100);
	for (size_t i = 0; s->words[i]; i++)
		words[i + 1] = s->words[i];
	cmd_run(&o, words);
	buf_add(&o.out, o.err.data, o.err.len);
	ok = o.status == s->status && strstr(o.out.data, s->says);
	if (!ok)
		print_error("%s: status %d, wanted %d and \"%s\":\n%s\n", s->name, o.status,
			    s->status, s->says, o.out.data);
	cmd_release(&o);
	return ok;
}

static void test_scenes(void **state)
{
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
		wrong += !try_scene(*state, &scenes[i]);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_scenes) };

	return cmocka_run_group_tests(tests, cmd_setup, cmd_teardown);
}
