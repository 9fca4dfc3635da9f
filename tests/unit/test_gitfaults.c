/*
 * Commands that look into repositories, while one call of libgit2 fails, at each place in turn. The answer is the same as before, or the
 * reason is told.
 */
#include "cmdfix.h"

#include "fault/gitfault.h"
#include "git/gitclone.h"

#define URL "https://h.test/upper"

static const char *const commands[][6] = {
	{ "release" },
	{ "release", "--tag=v1.0.1" },
	{ "compare", "v1.0.0" },
	{ "compare", "v1.0.0...HEAD", "--packages" },
	{ "replaces" },
	{ "replaces", "--release" },
	{ "replaces", "--diff" },
	{ "check", "--since=v1.0.0" },
	{ "versions", "--commits", "--compare", "example.com/Upper" },
	{ "compare", "--json", "example.com/Upper@v1.0.0", "example.com/Upper@v1.1.0" },
	{ "snapshot" },
	{ "cache", "--all" },
	{ "vendor" },
};

static size_t n_tried, n_failed;

static void edit(struct fix *f, const char *name, const char *text)
{
	const char *path = arena_fmt(&f->a, "%s/%s", f->top, name);

	assert_true(fs_mkdir_all(path_dir(&f->a, path), NULL));
	fix_write_str(path, text);
}

static void write_origin(struct fix *f, struct modver m, const char *ref, const char *hash)
{
	const char *const roots[] = { f->root, f->up };

	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		fix_write_str(
			cachepath_file(&f->a, roots[i], m, "info"),
			arena_fmt(
				&f->a,
				"{\"Version\":\"%s\",\"Time\":\"2024-02-29T12:00:00Z\",\"Origin\":{\"VCS\":\"git\","
				"\"URL\":\"" URL "\",\"Hash\":\"%s\",\"Ref\":\"%s\"}}",
				m.version, hash, ref));
}

/* The project's repository as if it were that of example.com/Upper, cloned by go. */
static void make_clone(struct fix *f)
{
	const char *dir = gitclone_dir(&f->a, arena_fmt(&f->a, "%s/cache/vcs", f->root), URL);
	git_clone_options o = GIT_CLONE_OPTIONS_INIT;
	char old[GIT_OID_HEXSZ + 1], new[GIT_OID_HEXSZ + 1];
	git_repository *repo;
	git_oid id;

	o.bare = 1;
	assert_true(fs_mkdir_all(path_dir(&f->a, dir), NULL));
	cmd_must(git_clone(&repo, arena_fmt(&f->a, "%s/main", f->top), dir, &o));
	cmd_must(git_reference_name_to_id(&id, repo, "refs/tags/v1.0.0"));
	git_oid_tostr(old, sizeof(old), &id);
	cmd_must(git_reference_name_to_id(&id, repo, "HEAD"));
	git_oid_tostr(new, sizeof(new), &id);
	write_origin(f, TARGET, "refs/tags/v1.0.0", old);
	write_origin(f, NEIGHBOUR, "refs/tags/other/v0.2.0", new);
	git_repository_free(repo);
}

static int setup(void **state)
{
	struct fix *f;

	if (cmd_setup(state))
		return -1;
	f = *state;
	edit(f, "main/go.mod",
	     "module example.com/main\n\ngo 1.20\n\nrequire (\n\texample.com/Upper v1.0.0\n"
	     "\texample.com/other v0.1.0\n)\n\nreplace example.com/other => ./other\n");
	edit(f, "main/other/go.mod", "module example.com/other\n");
	edit(f, "main/other/a.go", "package a\n");
	cmd_commit(f, "other/v0.2.0", 1700000100);
	edit(f, "main/other/a.go", "package a\n\nfunc New() {}\n");
	edit(f, "main/new.go", "package main\n");
	make_clone(f);
	return gitfault_begin() ? 0 : -1;
}

static int teardown(void **state)
{
	gitfault_end();
	return cmd_teardown(state);
}

static const char *text_of(const struct buf *b)
{
	return b->len ? b->data : "";
}

/* How often it says that something is not known. */
static size_t unknowns(const char *text)
{
	size_t n = 0;

	for (const char *s = strpbrk(text, "?"); s; s = strpbrk(s + 1, "?"))
		n++;
	for (const char *s = strstr(text, "does not have"); s; s = strstr(s + 1, "does not have"))
		n++;
	return n;
}

/* The same answer, or the reason, or a "?" that was none before. */
static bool is_honest(const struct cmd_out *o, const struct cmd_out *whole)
{
	const char *have = text_of(&o->out), *want = text_of(&whole->out);

	return (o->status == whole->status && str_eq(have, want)) || strstr(have, GITFAULT_SAYS) ||
	       strstr(text_of(&o->err), GITFAULT_SAYS) || unknowns(have) > unknowns(want);
}

static void show(const char *const *words, const char *failed, int code, const struct cmd_out *o,
		 const struct cmd_out *whole)
{
	const char *have = text_of(&o->out), *want = text_of(&whole->out), *line = have;

	for (; *have && *have == *want; have++, want++)
		line = *have == '\n' ? have + 1 : line;
	print_error("%s %s, %s fails with %d: status %d: \"%.200s\", was \"%.200s\"\n", words[0],
		    words[1] ? words[1] : "", failed ? failed : "nothing", code, o->status, line,
		    want);
}

/* What is not found may be missing. */
static bool try_place(const char *const *words, const struct cmd_out *whole, size_t i, int code)
{
	struct cmd_out o;
	const char *failed;
	bool ok;

	gitfault_arm(i, code);
	cmd_run(&o, words);
	failed = gitfault_disarm();
	n_tried++;
	n_failed += failed != NULL;
	ok = o.status >= 0 && o.status <= 3 && (!o.status || o.out.len || o.err.len) &&
	     (code == GIT_ENOTFOUND || is_honest(&o, whole));
	if (!ok)
		show(words, failed, code, &o, whole);
	cmd_release(&o);
	return ok;
}

static void test_commands(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		struct cmd_out whole;
		size_t n;

		cmd_run(&whole, commands[i]); /* what our own cache has to learn, it knows then */
		cmd_release(&whole);
		gitfault_record();
		cmd_run(&whole, commands[i]);
		n = gitfault_recorded();
		for (size_t j = 0; j < n; j++)
			wrong += !try_place(commands[i], &whole, j, GIT_ERROR) +
				 !try_place(commands[i], &whole, j, GIT_ENOTFOUND);
		cmd_release(&whole);
	}
	assert_int_equal(wrong, 0);
}

static void test_enough(void **state)
{
	(void)state;
	assert_in_range(n_failed, n_tried / 2 + 1, n_tried);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_commands),
					    cmocka_unit_test(test_enough) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
