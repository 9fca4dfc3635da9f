/*
 * URLs by ssh, split as git does: what git 2.39 gave to a command in GIT_SSH for the same URL. Then commands that fail in many ways.
 */
#include "gitfix.h"

#include <sys/stat.h>

#include "base/program.h"
#include "base/steady.h"
#include "git/git_sshurl.h"
#include "git/githost.h"

static void test_urls(void **state)
{
	static const char *const urls[][4] = {
		{ "ssh://h/p", "h", NULL, "/p" },
		{ "ssh://u@h:22/p/q.git", "u@h", "22", "/p/q.git" },
		{ "ssh://h:/p", "h", NULL, "/p" },
		{ "ssh://h:x/p", "h:x", NULL, "/p" },
		{ "ssh://h:70000/p", "h:70000", NULL, "/p" },
		{ "ssh://[::1]/p", "::1", NULL, "/p" },
		{ "ssh://[::1]:2222/p", "::1", "2222", "/p" },
		{ "ssh://u@[::1]:2222/p", "u@::1", "2222", "/p" },
		{ "ssh://u@[h:23]/p", "u@h", "23", "/p" },
		{ "ssh://[u@h:23]/p", "u@h", "23", "/p" },
		{ "ssh://2001:db8::1/p", "2001:db8::1", NULL, "/p" },
		{ "ssh://h/~u/p", "h", NULL, "~u/p" },
		{ "ssh://h/", "h", NULL, "/" },
		{ "ssh://h%61/p%20q", "ha", NULL, "/p q" },
		{ "ssh://h/p%zz%00", "h", NULL, "/p%zz%00" },
		{ "ssh://u@-x/p", "u@-x", NULL, "/p" },
		{ "git+ssh://h/p", "h", NULL, "/p" },
		{ "ssh+git://h/p", "h", NULL, "/p" },
		{ "h:p", "h", NULL, "p" },
		{ "h:p/q", "h", NULL, "p/q" },
		{ "u@h:/p", "u@h", NULL, "/p" },
		{ "u@h:~u/p", "u@h", NULL, "~u/p" },
		{ "h:/~u/p", "h", NULL, "~u/p" },
		{ "[h:22]:p", "h", "22", "p" },
		{ "[u@h:22]:p", "u@h", "22", "p" },
		{ "u@[::1]:p", "u@::1", NULL, "p" },
		{ "h:", "h", NULL, "" },
	};
	struct arena a = ARENA_INIT;
	struct git_sshurl u;
	const char *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		assert_true(git_sshurl_is(urls[i][0]));
		assert_true(git_sshurl_parse(&u, &a, urls[i][0], &why));
		assert_string_equal(u.host, urls[i][1]);
		assert_string_equal(u.port ? u.port : "none", urls[i][2] ? urls[i][2] : "none");
		assert_string_equal(u.path, urls[i][3]);
	}
	arena_release(&a);
}

static void test_refused_urls(void **state)
{
	static const char *const urls[][2] = {
		{ "ssh://h", "no path specified; see 'git help pull' for valid url syntax" },
		{ "ssh://-oProxyCommand=x/p", "strange hostname '-oProxyCommand=x' blocked" },
		{ "ssh://[-x]/p", "strange hostname '-x' blocked" },
		{ "ssh://%2dx/p", "strange hostname '-x' blocked" },
		{ "-x:p", "strange hostname '-x' blocked" },
		{ "h:-p", "strange pathname '-p' blocked" },
	};
	static const char *const others[] = { "https://h:1/p", "/a:b",	    "a/b:c",
					      "file:///p",     "git://h/p", "abc" };
	struct arena a = ARENA_INIT;
	struct git_sshurl u;
	const char *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		assert_false(git_sshurl_parse(&u, &a, urls[i][0], &why));
		assert_string_equal(why, urls[i][1]);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(git_sshurl_is(others[i]));
	arena_release(&a);
}

/* What a host says of a repository behind the command. */
static char *ask(const struct git_ssh *how, const char *url, const struct cancel *cancel)
{
	struct githost *h = githost_new(&(struct githost_options){ .url = url,
								   .real_url = url,
								   .own_dir = tmp_path("own"),
								   .cancel = cancel,
								   .patience_ms = 500,
								   .ssh = how });
	struct err e = ERR_INIT;
	char *text;

	assert_false(githost_ping(h, &e));
	text = xstrdup(e.text);
	err_release(&e);
	githost_free(h);
	return text;
}

static const char *script(const char *name, const char *lines)
{
	const char *file = tmp_path(name);

	tmp_write(name, lines);
	assert_int_equal(chmod(file, 0755), 0);
	return file;
}

static void test_reasons(void **state)
{
	static const char *const says[][2] = {
		{ "echo 'Permission denied (publickey).' >&2; exit 255",
		  "Permission denied (publickey)." },
		{ "printf 'Warning: added a key\\nremote: ERROR: no such project\\r\\nremote: ====\\n\\n' >&2",
		  "ERROR: no such project" },
		{ "yes 'a line of many' | head -20000 >&2; echo enough >&2", "enough" },
		{ "printf '\\033[31mred\\n' >&2", "\033[31mred" },
		{ "sleep 1000", "the server does not answer" },
		{ "trap '' TERM; while :; do sleep 1; done", "the server does not answer" },
		{ "printf 0032x; exec sleep 1000", "the server does not answer" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		const char *lines = arena_fmt(&tmp_arena, "#!/bin/sh\n%s\n", says[i][0]);
		struct git_ssh how = { "", script("ssh", lines), "ssh" };
		char *text = ask(&how, "ssh://h.test/p", NULL);
		const char *want = arena_fmt(&tmp_arena, "git repository ssh://h.test/p: %s",
					     says[i][1]);

		assert_string_equal(text, want);
		free(text);
	}
}

static void test_variants(void **state)
{
	static const char *const says[][3] = {
		{ "ssh", "",
		  "-o BatchMode=yes -o ControlMaster=no -p 22 u@h.test git-upload-pack '/it'\\''s'\\!''" },
		{ "plink", "", "-P 22 u@h.test git-upload-pack '/it'\\''s'\\!''" },
		{ "TortoisePlink.exe", "",
		  "-batch -P 22 u@h.test git-upload-pack '/it'\\''s'\\!''" },
		{ "other", "putty", "-P 22 u@h.test git-upload-pack '/it'\\''s'\\!''" },
		{ "other", "simple", "ssh variant 'simple' does not support setting port" },
		{ "plink", "auto", "-P 22 u@h.test git-upload-pack '/it'\\''s'\\!''" },
		{ "other", "",
		  "-o BatchMode=yes -o ControlMaster=no -p 22 u@h.test git-upload-pack '/it'\\''s'\\!''" },
		{ "poor", "", "ssh variant 'simple' does not support setting port" },
	};

	(void)state;
	script("poor", "#!/bin/sh\nexit 1\n");
	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		const char *file =
			str_eq(says[i][0], "poor")
				? tmp_path("poor")
				: script(says[i][0],
					 "#!/bin/sh\n[ \"$1\" = -G ] && exit 0\necho \"$@\" >&2\n");
		struct git_ssh program = { "", file, says[i][1] };
		struct git_ssh command = { arena_fmt(&tmp_arena, "'%s'", file), "", says[i][1] };
		const char *want = arena_fmt(&tmp_arena,
					     "git repository ssh://xxxxx@h.test:22/it's!: %s",
					     says[i][2]);

		for (int k = 0; k < 2; k++) {
			char *text = ask(k ? &command : &program, "ssh://u@h.test:22/it's!", NULL);

			assert_string_equal(text, want);
			free(text);
		}
	}
}

/* How a command may be written: in either quotes, after blanks, with words of its own, by the name alone in PATH. */
static void test_commands(void **state)
{
	static const char *const forms[] = { "'%s/plink'",   "\"%s/plink\"", " \t%s/plink",
					     "%s/plink.EXE", "%s/plink -x",  "plink" };
	const char *path = getenv("PATH");

	(void)state;
	script("plink", "#!/bin/sh\necho \"$@\" >&2\n");
	script("plink.EXE", "#!/bin/sh\necho \"$@\" >&2\n");
	setenv("PATH", arena_fmt(&tmp_arena, "%s:%s", tmp_dir, path), 1);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const char *percent = strchr(forms[i], '%'), *command = forms[i];
		struct git_ssh how = { "", "", "" };
		char *text;

		if (percent)
			command = arena_fmt(&tmp_arena, "%.*s%s%s", (int)(percent - command),
					    command, tmp_dir, percent + 2);
		how.command = command;
		text = ask(&how, "ssh://h.test:22/p", NULL);
		assert_string_equal(
			text,
			arena_fmt(
				&tmp_arena,
				"git repository ssh://h.test:22/p: %s-P 22 h.test git-upload-pack '/p'",
				strstr(command, "-x") ? "-x " : ""));
		free(text);
	}
	setenv("PATH", path, 1);
}

static bool has_git(void)
{
	struct arena a = ARENA_INIT;
	bool there = program_find(&a, "git-upload-pack") != NULL;

	arena_release(&a);
	if (!there)
		print_message("skipped: git-upload-pack is not installed\n");
	return there;
}

static bool any_tag(void *ctx, const char *tag)
{
	(void)ctx;
	return tag[0] == 'v';
}

static const char served[] = "#!/bin/sh\nfor last; do :; done\n";

/* A server by ssh as git has it: what is asked is read from there, at first without histories, and then with all. */
static void test_served(void **state)
{
	static const char *const one[] = { "go.mod", "module m\n", NULL };
	static const char *const two[] = { "go.mod", "module m\n", "a/x", "xx", NULL };
	const char *url = arena_fmt(&tmp_arena, "ssh://h.test%s/up.git", tmp_dir), *tag;
	struct git_ssh how = { "",
			       script("ssh", arena_fmt(&tmp_arena, "%seval \"$last\"\n", served)),
			       "" };
	char first[GITFIX_HEX], second[GITFIX_HEX], *data;
	git_repository *repo = gitfix_new("up.git");
	const struct githost_rev *r;
	struct githost *h;
	size_t len;

	(void)state;
	gitfix_commit(repo, "refs/heads/main", one, 1700000000, first);
	gitfix_tag(repo, "v1.0.0", first, "words");
	gitfix_commit(repo, "refs/heads/main", two, 1700000100, second);
	git_repository_free(repo);
	if (!has_git())
		skip();
	h = githost_new(&(struct githost_options){ .url = url,
						   .real_url = url,
						   .own_dir = tmp_path("served"),
						   .patience_ms = 60000,
						   .ssh = &how });
	assert_true(githost_stat(h, "v1.0.0", &r, NULL));
	assert_string_equal(r->hash, first);
	assert_true(githost_read(h, "main", &tmp_arena, "a/x", 100, &data, &len, NULL));
	assert_string_equal(data, "xx");
	assert_true(githost_stat(h, arena_strndup(&tmp_arena, first, 10), &r, NULL));
	assert_string_equal(r->hash, first);
	assert_true(githost_recent_tag(h, second, &tmp_arena, "", any_tag, NULL, &tag, NULL));
	assert_string_equal(tag, "v1.0.0");
	githost_free(h);
}

/* The same, cut off after so many bytes, or answered by something else: the words are of the last line on stderr, else libgit2's. Whether
 * what is cut off ends or falls silent depends on when the server writes again. */
static void test_cut_off(void **state)
{
	static const char *const ends[][2] = {
		{ "eval \"$last\" | head -c 3", "the server does not answer" },
		{ "eval \"$last\" | head -c 100", "the server does not answer" },
		{ "eval \"$last\" | head -c 700", "the server does not answer" },
		{ "printf 0000", "" },
		{ "echo no; echo 'fatal: gone' >&2", "gone" },
	};
	const char *url = arena_fmt(&tmp_arena, "ssh://h.test%s/up.git", tmp_dir);

	(void)state;
	if (!has_git())
		skip();
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct git_ssh how = {
			"", script("ssh", arena_fmt(&tmp_arena, "%s%s\n", served, ends[i][0])), ""
		};
		struct githost *h = githost_new(
			&(struct githost_options){ .url = url,
						   .real_url = url,
						   .own_dir = tmp_path("cut"),
						   .patience_ms = i < 3 ? 500 : 60000,
						   .ssh = &how });
		const struct githost_rev *r;
		struct err e = ERR_INIT;

		assert_false(githost_stat(h, "v1.0.0", &r, &e));
		assert_true(e.text && *e.text);
		if (!strstr(e.text, ends[i][1]) && !(i < 3 && strstr(e.text, "early EOF")))
			fail_msg("%s: %s", ends[i][0], e.text);
		err_release(&e);
		githost_free(h);
		fs_remove_all(tmp_path("cut"), NULL);
	}
}

static void test_none(void **state)
{
	struct git_ssh how = { "", "/none/ssh", "ssh" };
	char *text = ask(&how, "ssh://h.test/p", NULL);

	(void)state;
	assert_string_equal(text, "git repository ssh://h.test/p: cannot run /none/ssh");
	free(text);
}

/* A cancel does not wait for the patience. */
static void test_cancel(void **state)
{
	struct git_ssh how = { "exec sleep 1000", "", "ssh" };
	struct cancel cancel = { false };
	int64_t begun = steady_ms();
	char *text;

	(void)state;
	atomic_store(&cancel.set, true);
	text = ask(&how, "ssh://h.test/p", &cancel);
	assert_string_equal(text, "cancelled");
	assert_true(steady_ms() - begun < 20000);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),	 cmocka_unit_test(test_refused_urls),
		cmocka_unit_test(test_reasons),	 cmocka_unit_test(test_variants),
		cmocka_unit_test(test_none),	 cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_commands), cmocka_unit_test(test_served),
		cmocka_unit_test(test_cut_off),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
