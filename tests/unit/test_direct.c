/* Modules of a repository on this machine, to which insteadOf leads: what go says of such ones with GOPROXY=direct. */
#include "gitfix.h"

#include <fcntl.h>

#include "fetch/direct.h"
#include "fetch/proxy.h"
#include "fault/gitfault.h"
#include "gofiles/goenv.h"
#include "zip/modzip.h"

#define PATH "h.test/m.git"
#define MOD "module h.test/m.git\n"
#define SUB "module h.test/m.git/sub\n"

static char first[GITFIX_HEX], second[GITFIX_HEX], last[GITFIX_HEX];
static struct goenv *env;
static struct proxy proxy;
static struct direct *d;

static int make(void **state)
{
	git_repository *repo;
	const char *vars[8];

	if (tmp_setup(state) != 0)
		return -1;
	repo = gitfix_new("m");
	gitfix_commit(repo, "refs/heads/main", (const char *const[]){ "a.go", "package a\n", NULL },
		      1700000000, first);
	gitfix_tag(repo, "v1.0.0", first, NULL);
	gitfix_tag(repo, "v2.0.0", first, NULL);
	gitfix_commit(repo, "refs/heads/main",
		      (const char *const[]){ "go.mod", MOD, "a.go", "package a\n", "LICENSE",
					     "free\n", "sub/go.mod", SUB, "sub/s.go", "package s\n",
					     NULL },
		      1700000100, second);
	gitfix_tag(repo, "v1.1.0", second, "release\n");
	gitfix_tag(repo, "sub/v0.1.0", second, NULL);
	gitfix_tag(repo, "v1.2.0-rc.1", second, NULL);
	gitfix_tag(repo, "vbad", second, NULL);
	gitfix_commit(repo, "refs/heads/main",
		      (const char *const[]){ "go.mod", MOD "go 1.99\n", ".gitattributes",
					     "*.go working-tree-encoding\n", "a.go", "package a\n",
					     NULL },
		      1700000200, last);
	git_repository_free(repo);
	vars[0] = "PATH=/bin";
	vars[1] = "GIT_CONFIG_NOSYSTEM=1";
	vars[2] = arena_fmt(&tmp_arena, "HOME=%s/home", tmp_dir);
	vars[3] = "GIT_CONFIG_COUNT=1";
	vars[4] = arena_fmt(&tmp_arena, "GIT_CONFIG_KEY_0=url.file://%s/.insteadOf", tmp_dir);
	vars[5] = "GIT_CONFIG_VALUE_0=https://h.test/";
	vars[6] = NULL;
	env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars }, NULL);
	proxy = (struct proxy){ .offline = true };
	d = direct_new(env, &proxy);
	return 0;
}

static int unmake(void **state)
{
	direct_free(d);
	goenv_free(env);
	return tmp_teardown(state);
}

static bool answered; /* by the last question */

/* The answer, or the error's words. */
static const char *ask(bool (*fn)(struct direct *d, const char *module, const char *rev,
				  struct buf *out, struct err *e),
		       const char *module, const char *rev)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	const char *out;

	answered = fn(d, module, rev, &b, &e);
	out = arena_strdup(&tmp_arena, !answered ? e.text : b.len ? b.data : "");
	buf_release(&b);
	err_release(&e);
	return out;
}

static bool latest(struct direct *of, const char *module, const char *rev, struct buf *out,
		   struct err *e)
{
	(void)rev;
	return direct_latest(of, module, out, e);
}

static void lists(void **state)
{
	(void)state;
	assert_string_equal(ask(direct_list, PATH, ""), "v1.0.0\nv1.1.0\nv1.2.0-rc.1\n");
	assert_string_equal(ask(direct_list, PATH, "v1.1"), "v1.1.0\n");
	assert_string_equal(ask(direct_list, PATH "/sub", ""), "v0.1.0\n");
	assert_string_equal(ask(direct_list, PATH "/none", ""), "");
}

#define ORIGIN "\"Origin\":{\"VCS\":\"git\",\"URL\":\"https://h.test/m\","

static const char *info(const char *version, const char *when, const char *subdir, const char *hash,
			const char *ref)
{
	return arena_fmt(&tmp_arena,
			 "{\"Version\":\"%s\",\"Time\":\"%s\"," ORIGIN "%s\"Hash\":\"%s\"%s}}",
			 version, when, subdir, hash, ref);
}

static void infos(void **state)
{
	const char *pseudo;

	(void)state;
	assert_string_equal(ask(direct_info, PATH, "v1.0.0"),
			    info("v1.0.0", "2023-11-14T22:13:20Z", "", first,
				 ",\"Ref\":\"refs/tags/v1.0.0\""));
	assert_string_equal(ask(direct_info, PATH "/sub", "v0.1.0"),
			    info("v0.1.0", "2023-11-14T22:15:00Z", "\"Subdir\":\"sub\",", second,
				 ",\"Ref\":\"refs/tags/sub/v0.1.0\""));
	assert_string_equal(ask(direct_info, PATH, "v9.0.0"),
			    "invalid version: unknown revision v9.0.0");
	assert_string_equal(ask(direct_info, PATH, "none"),
			    "invalid version: unknown revision none");
	assert_non_null(strstr(ask(direct_info, PATH, "v1.2.0-0.20231114221640-0123456789ab"),
			       "unknown revision 0123456789ab"));
	assert_non_null(strstr(ask(direct_info, PATH, "v1.1.1-0.20231114221641-0123456789ab"),
			       "unknown revision"));
	/* of the tag v1.2.0-rc.1, as the highest before it */
	pseudo = arena_fmt(
		&tmp_arena,
		"{\"Version\":\"v1.2.0-rc.1.0.20231114221640-%.12s\",\"Time\":\"2023-11-14T22:16:40Z\",",
		last);
	assert_true(str_has_prefix(ask(direct_info, PATH, "main"), pseudo));
	assert_true(str_has_prefix(ask(latest, PATH, ""), pseudo));
}

static void mods(void **state)
{
	(void)state;
	assert_string_equal(ask(direct_mod, PATH, "v1.0.0"), MOD);
	assert_string_equal(ask(direct_mod, PATH, "v1.1.0"), MOD);
	assert_string_equal(ask(direct_mod, PATH "/sub", "v0.1.0"), SUB);
	assert_string_equal(ask(direct_mod, PATH, "v2.0.0+incompatible"), MOD);
	assert_string_equal(ask(direct_mod, PATH "/none", "v1.0.0"),
			    "reading h.test/m.git/none/go.mod at revision none/v1.0.0: "
			    "unknown revision none/v1.0.0");
	assert_non_null(strstr(ask(direct_mod, PATH, "v1.1"), "version v1.1 is not canonical"));
}

static const char *zip(const char *module, const char *version)
{
	const char *name = tmp_path("zip");
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct err e = ERR_INIT;
	const char *out = "";
	struct modzip z;

	answered = direct_zip(d, module, version, fd, name, &e);
	if (!answered)
		out = arena_strdup(&tmp_arena, e.text);
	close(fd);
	err_clear(&e);
	if (!*out) {
		assert_true(modzip_open(&z, name, &e));
		for (size_t i = 0; i < z.n; i++)
			out = arena_fmt(&tmp_arena, "%s%s\n", out, modzip_name(&z, &z.entries[i]));
		modzip_close(&z);
	}
	err_release(&e);
	return out;
}

static void zips(void **state)
{
	const char *pseudo = arena_fmt(&tmp_arena, "v1.2.0-rc.1.0.20231114221640-%.12s", last);

	(void)state;
	assert_string_equal(zip(PATH, "v1.0.0"), PATH "@v1.0.0/a.go\n");
	assert_string_equal(zip(PATH, "v1.1.0"),
			    PATH "@v1.1.0/LICENSE\n" PATH "@v1.1.0/a.go\n" PATH "@v1.1.0/go.mod\n");
	assert_string_equal(zip(PATH "/sub", "v0.1.0"),
			    PATH "/sub@v0.1.0/go.mod\n" PATH "/sub@v0.1.0/s.go\n" PATH
				 "/sub@v0.1.0/LICENSE\n");
	assert_non_null(strstr(zip(PATH, pseudo), " requires go >= 1.99 (running go "));
	assert_string_equal(
		zip(PATH, "v3.0.0"),
		"reading h.test/m.git/go.mod at revision v3.0.0: unknown revision v3.0.0");
}

/* Nothing is asked of a server when that is forbidden; what is no git is named. */
static void elsewhere(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_non_null(strstr(ask(direct_list, "other.test/m", ""), "--offline"));
	assert_non_null(strstr(ask(direct_list, "other.test/m.git", ""), "--offline"));
	assert_string_equal(ask(direct_list, "h.test/m.hg", ""),
			    "h.test/m.hg uses hg, and modscope reads only git");
	assert_non_null(strstr(ask(direct_list, "nohost/m", ""), "nohost/m"));
	assert_true(direct_fetch(d, PATH, &e)); /* it is here */
	assert_false(direct_fetch(d, "h.test/m.hg", &e));
	assert_int_equal(e.code, ERR_NOT_HERE);
	err_release(&e);
}

static void origins(void **state)
{
	const char *list = direct_list_origin(d, PATH, &tmp_arena, "");
	const char *none = direct_failed_origin(d, PATH, &tmp_arena, "none");

	(void)state;
	assert_true(
		str_has_prefix(list,
			       "{\"VCS\":\"git\",\"URL\":\"https://h.test/m\",\"TagSum\":\"t1:"));
	assert_true(
		str_has_prefix(none,
			       "{\"VCS\":\"git\",\"URL\":\"https://h.test/m\",\"RepoSum\":\"r1:"));
	assert_null(direct_list_origin(d, "h.test/m.hg", &tmp_arena, ""));
}

/* One call of libgit2 fails: the answer is the same, or the error tells it. */

static const char *list_origin(const char *module, const char *prefix)
{
	const char *s = direct_list_origin(d, module, &tmp_arena, prefix);

	answered = s != NULL;
	return s ? s : "";
}

static const char *failed_origin(const char *module, const char *rev)
{
	const char *s = direct_failed_origin(d, module, &tmp_arena, rev);

	answered = s != NULL;
	return s ? s : "";
}

static const char *fetch(const char *module)
{
	struct err e = ERR_INIT;
	const char *out;

	answered = direct_fetch(d, module, &e);
	out = answered ? "" : arena_strdup(&tmp_arena, e.text);
	err_release(&e);
	return out;
}

#define QUESTIONS 14u

static const char *question(size_t i)
{
	switch (i) {
	case 0: return ask(direct_list, PATH, "");
	case 1: return ask(direct_list, PATH "/sub", "");
	case 2: return ask(direct_info, PATH, "v1.0.0");
	case 3: return ask(direct_info, PATH "/sub", "v0.1.0");
	case 4: return ask(direct_info, PATH, "main");
	case 5: return ask(direct_info, PATH, "v2.0.0");
	case 6: return ask(latest, PATH, "");
	case 7: return ask(direct_mod, PATH, "v1.1.0");
	case 8: return ask(direct_mod, PATH "/sub", "v0.1.0");
	case 9: return zip(PATH, "v1.1.0");
	case 10: return zip(PATH "/sub", "v0.1.0");
	case 11: return list_origin(PATH, "");
	case 12: return failed_origin(PATH, "none");
	default: return fetch(PATH);
	}
}

static const char *ask_anew(size_t i)
{
	direct_free(d);
	d = direct_new(env, &proxy);
	return question(i);
}

/* As in go, a file that cannot be read is none (codehost's gitRepo.ReadFile), and so is what a symbolic ref leads to. */
static bool is_absent(const char *what, int code)
{
	return what && (str_eq(what, "repository_odb") || str_eq(what, "odb_read") ||
			code == GIT_ENOTFOUND);
}

static void faults(void **state)
{
	static const int codes[] = { GIT_ERROR, GIT_ENOTFOUND };
	size_t tried = 0, failed = 0, wrong = 0;

	(void)state;
	assert_true(gitfault_begin());
	for (size_t i = 0; i < QUESTIONS * ARRAY_LEN(codes); i++) {
		int code = codes[i % ARRAY_LEN(codes)];
		const char *want;
		size_t n;

		gitfault_record();
		want = ask_anew(i / ARRAY_LEN(codes));
		n = gitfault_recorded();
		for (size_t j = 0; j < n; j++) {
			const char *have, *what;

			gitfault_arm(j, code);
			have = ask_anew(i / ARRAY_LEN(codes));
			what = gitfault_disarm();
			tried++;
			failed += what != NULL;
			if (!answered || str_eq(have, want) || is_absent(what, code))
				continue;
			print_error("question %zu, %s fails with %d: \"%s\", was \"%s\"\n",
				    i / ARRAY_LEN(codes), what ? what : "nothing", code, have,
				    want);
			wrong++;
		}
	}
	gitfault_end();
	assert_int_equal(wrong, 0);
	assert_in_range(failed, tried / 2 + 1, tried);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),  cmocka_unit_test(infos),     cmocka_unit_test(mods),
		cmocka_unit_test(zips),	  cmocka_unit_test(elsewhere), cmocka_unit_test(origins),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
