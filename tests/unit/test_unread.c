/*
 * Directories that cannot be read: what they hold is neither left out without a word nor called missing. Each row makes one system call on
 * one directory fail, as permissions would for a user other than root, runs a command, and finds the directory in what it says.
 */
#include "cmdfix.h"

#include "fault/shim.h"

struct unread_case {
	const char *dir; /* below TOP */
	const char *call;
	const char *words[4];
	int status;
	const char *says;  /* "%s" is the directory */
	const char *never; /* what would be false */
};

static const char vcs[] =
	"mod/cache/vcs/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static const struct unread_case cases[] = {
	/* directories above modules, of trees and of downloads */
	{ "mod/example.com",
	  "open",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read",
	  NULL },
	{ "mod/example.com",
	  "readdir",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read",
	  NULL },
	{ "mod/cache/download/example.com",
	  "open",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read\n  found    permission denied",
	  "nothing in cache/download belongs to it" },
	{ "mod/cache/download/example.com",
	  "readdir",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read\n  found    input/output error",
	  NULL },
	{ "mod/example.com",
	  "open",
	  { "prune" },
	  0,
	  "%s: the directory cannot be read: permission denied: what it holds stays",
	  NULL },
	{ "mod/cache/download/example.com",
	  "open",
	  { "prune" },
	  0,
	  "%s: the directory cannot be read: permission denied: what it holds stays",
	  NULL },
	/* the downloads of one module */
	{ "mod/cache/download/example.com/!upper/@v",
	  "open",
	  { "cache" },
	  1,
	  "%s: the directory cannot be read",
	  "it is missing" },
	{ "mod/cache/download/example.com/!upper/@v",
	  "stat",
	  { "cache" },
	  1,
	  "it cannot be read",
	  "it is missing" },
	{ "mod/cache/download/example.com/!upper/@v",
	  "readdir",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read",
	  "nothing in cache/download belongs to it" },
	{ "mod/cache/download/example.com/!upper/@v",
	  "open",
	  { "prune" },
	  0,
	  "what it holds stays",
	  NULL },
	/* a tree, and a directory in it */
	{ "mod/example.com/!upper@v1.0.0",
	  "open",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read",
	  "it has no files" },
	{ "mod/example.com/!upper@v1.0.0/sub",
	  "open",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read",
	  NULL },
	{ "mod/example.com/!upper@v1.0.0/sub",
	  "readdir",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read",
	  NULL },
	{ "mod/example.com/!upper@v1.0.0/sub",
	  "stat",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read",
	  NULL },
	{ "mod/example.com/!upper@v1.0.0",
	  "stat",
	  { "cache" },
	  1,
	  "%s: it cannot be looked at",
	  "it is not extracted" },
	/* what is not a module version */
	{ "mod/odd@x", "open", { "cache", "--all" }, 1, "%s: not all of it can be read", NULL },
	{ "mod/odd@x/sub",
	  "open",
	  { "cache", "--all" },
	  1,
	  "odd@x: not all of it can be read",
	  NULL },
	{ "mod/cache/download/!!/@v",
	  "open",
	  { "cache", "--all" },
	  1,
	  "%s: not all of it can be read",
	  NULL },
	{ "mod/cache/vcs",
	  "open",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read",
	  NULL },
	{ vcs,
	  "open",
	  { "cache", "--all" },
	  1,
	  "%s: not all of it can be read: it is not checked",
	  "it is missing" },
	{ "mod/cache/download/sumdb",
	  "open",
	  { "cache", "--all" },
	  1,
	  "%s: the directory cannot be read",
	  NULL },
	{ "mod/cache/download/sumdb/s.test/tile",
	  "open",
	  { "cache", "--all" },
	  1,
	  "sumdb/s.test: not all of it can be read",
	  NULL },
	{ "mod/cache/download/sumdb/s.test/tile",
	  "readdir",
	  { "prune" },
	  0,
	  "sumdb/s.test: not all of it can be read",
	  NULL },
	{ "own/modscope/mod", "open", { "cache", "--own" }, 0, "not all of it can be read", NULL },
	{ "own/modscope/mod/sub",
	  "stat",
	  { "cache", "--own", "--json" },
	  0,
	  "\"Unread\": \"permission denied\"",
	  NULL },
	/* the project: go build ./... with GOPROXY=off says "pattern ./...: open sub: permission denied" */
	{ "main/.modscope", "stat", { "check" }, 1, "modscope: stat %s: input/output error", NULL },
	{ "main/sub",
	  "open",
	  { "offline" },
	  1,
	  "\n  pattern ./...: open sub: permission denied\n",
	  "build    go build ./...        yes" },
	/* uses in the project, what the cache has of a version, changes that can be undone */
	{ "main/sub",
	  "open",
	  { "compare", "example.com/Upper@v1.0.0", "example.com/Upper@v1.0.0" },
	  0,
	  "not all uses in this project are known: open %s: permission denied",
	  NULL },
	{ "main/sub/a.go",
	  "open",
	  { "compare", "example.com/Upper@v1.0.0", "example.com/Upper@v1.0.0" },
	  0,
	  "not all uses in this project are known: open %s: permission denied",
	  NULL },
	{ "mod/cache/download/example.com/!upper/@v/v1.0.0.zip",
	  "stat",
	  { "versions", "example.com/Upper" },
	  0,
	  "what GOMODCACHE has is not known: stat %s: permission denied",
	  NULL },
	{ "own/modscope/quarantine/20200101-000000-000/journal",
	  "open",
	  { "undo" },
	  0,
	  "open %s: permission denied",
	  "no change is kept" },
	{ "own/modscope/quarantine/20200101-000000-000/journal",
	  "open",
	  { "undo", "20200101-000000-000" },
	  3,
	  "modscope: open %s: permission denied",
	  "no such change" },
};

static void make_more(struct fix *f)
{
	static const char *const files[] = {
		"mod/odd@x/sub/a",
		"mod/cache/download/!!/@v/a",
		"mod/cache/download/sumdb/s.test/tile/8/0/000.p/1",
		"own/modscope/mod/sub/a",
		"main/sub/a.go",
		"own/modscope/quarantine/20200101-000000-000/journal",
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		fix_write_str(arena_fmt(&f->a, "%s/%s", f->top, files[i]), "package sub\n");
	fix_write_str(arena_fmt(&f->a, "%s/main/.modscope", f->top), "[policy]\n\tmax-go = 1.1\n");
	assert_true(fs_mkdir_all(arena_fmt(&f->a, "%s/%s/objects", f->top, vcs), NULL));
}

static void try_case(struct fix *f, const struct unread_case *c)
{
	const char *dir = arena_fmt(&f->a, "%s/%s", f->top, c->dir), *mark = strstr(c->says, "%s"),
		   *want = c->says;
	struct cmd_out o;
	const char *failed;

	if (mark)
		want = arena_fmt(&f->a, "%.*s%s%s", (int)(mark - c->says), c->says, dir, mark + 2);
	shim_arm_all(f->top, arena_fmt(&f->a, "%s %s", c->call, dir));
	cmd_run(&o, c->words);
	failed = shim_disarm();
	buf_add(&o.out, o.err.data, o.err.len);
	if (!failed)
		fail_msg("%s %s: no call has failed", c->call, c->dir);
	if (!strstr(o.out.data, want) || (c->never && strstr(o.out.data, c->never)) ||
	    o.status != c->status)
		fail_msg("%s of %s, %s %s: status %d, wanted \"%s\", not \"%s\":\n%s", c->call,
			 c->dir, c->words[0], c->words[1] ? c->words[1] : "", o.status, want,
			 c->never ? c->never : "", o.out.data);
	cmd_release(&o);
}

static void test_cases(void **state)
{
	struct fix *f = *state;

	if (!shim_works()) {
		print_message("no call can be made to fail here\n");
		return;
	}
	make_more(f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		try_case(f, &cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests(tests, cmd_setup, cmd_teardown);
}
