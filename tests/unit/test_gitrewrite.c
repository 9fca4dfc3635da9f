/*
 * insteadOf lines, wherever git reads them. The expected URLs are those of `git ls-remote --get-url https://h.test/a/b` of git 2.39
 * with the same files and environment.
 */

#include "unit.h"

#include "git/git_lib.h"
#include "git/gitclone.h"
#include "git/gitrewrite.h"
#include "gofiles/goenv.h"
#include "tmpdir.h"

#define URL "https://h.test/a/b"

static const struct setting {
	struct {
		const char *name, *text;
	} files[3];
	const char *vars[6]; /* @ is the directory */
	const char *want;
} settings[] = {
	{ { { NULL, NULL } }, { NULL }, "https://h.test/a/b" },
	{ { { "home/.gitconfig", "[url \"ssh://git@h.test/\"]\n\tinsteadOf = https://h.test/\n" } },
	  { NULL },
	  "ssh://git@h.test/a/b" },
	{ { { "home/.config/git/config", "[url \"x:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { NULL },
	  "x:a/b" },
	{ { { "xdg/git/config", "[url \"x:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "XDG_CONFIG_HOME=@/xdg" },
	  "x:a/b" },
	{ { { "xdg/git/config", "[url \"x:\"]\n\tinsteadOf = https://\n" },
	    { "home/.gitconfig", "[url \"y:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "XDG_CONFIG_HOME=@/xdg" },
	  "y:a/b" },
	{ { { "home/.gitconfig", "[url \"x:\"]\n\tinsteadOf = https://\n" },
	    { "home/.config/git/config", "[url \"y:\"]\n\tinsteadOf = https://\n" } },
	  { NULL },
	  "y:h.test/a/b" },
	{ { { "home/.gitconfig",
	      "[url \"x:\"]\n\tinsteadOf = https://h.test/\n[url \"y:\"]\n\tinsteadOf = https://h.test/a/\n[url \"z:\"]\n\tinsteadOf = https://h\n" } },
	  { NULL },
	  "y:b" },
	{ { { "system", "[url \"s:\"]\n\tinsteadOf = https://h.test/\n" } }, { NULL }, "s:a/b" },
	{ { { "system", "[url \"s:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "GIT_CONFIG_NOSYSTEM=1" },
	  "https://h.test/a/b" },
	{ { { "system", "[url \"s:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "GIT_CONFIG_NOSYSTEM=0" },
	  "s:a/b" },
	{ { { "system", "[url \"s:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "GIT_CONFIG_NOSYSTEM=false" },
	  "s:a/b" },
	{ { { "system", "[url \"s:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "GIT_CONFIG_NOSYSTEM=no" },
	  "s:a/b" },
	{ { { "system", "[url \"s:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "GIT_CONFIG_NOSYSTEM=off" },
	  "s:a/b" },
	{ { { "system", "[url \"s:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "GIT_CONFIG_NOSYSTEM=True" },
	  "https://h.test/a/b" },
	{ { { "g", "[url \"g:\"]\n\tinsteadOf = https://h.test/\n" },
	    { "home/.gitconfig", "[url \"h:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "GIT_CONFIG_GLOBAL=@/g" },
	  "g:a/b" },
	{ { { "home/.gitconfig", "[url \"h:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "GIT_CONFIG_GLOBAL=@/missing" },
	  "https://h.test/a/b" },
	{ { { NULL, NULL } },
	  { "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.e:.insteadOf",
	    "GIT_CONFIG_VALUE_0=https://h.test/" },
	  "e:a/b" },
	{ { { NULL, NULL } },
	  { "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=URL.E:.INSTEADOF",
	    "GIT_CONFIG_VALUE_0=https://h.test/" },
	  "E:a/b" },
	{ { { NULL, NULL } },
	  { "GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=url.e:.insteadof",
	    "GIT_CONFIG_VALUE_0=https://h.test/", "GIT_CONFIG_KEY_1=url.f:.insteadof",
	    "GIT_CONFIG_VALUE_1=https://h.test/" },
	  "e:a/b" },
	{ { { NULL, NULL } },
	  { "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.e:.pushInsteadOf",
	    "GIT_CONFIG_VALUE_0=https://h.test/" },
	  "https://h.test/a/b" },
	{ { { NULL, NULL } },
	  { "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.bare", "GIT_CONFIG_VALUE_0=true" },
	  "https://h.test/a/b" },
	{ { { NULL, NULL } },
	  { "GIT_CONFIG_COUNT=0", "GIT_CONFIG_KEY_0=url.e:.insteadof",
	    "GIT_CONFIG_VALUE_0=https://h.test/" },
	  "https://h.test/a/b" },
	{ { { "home/.gitconfig",
	      "[url \"x:\"]\n\tinsteadOf = https://h.test/\n\tinsteadOf = https://h.test/a/\n" } },
	  { NULL },
	  "x:b" },
	{ { { "home/.gitconfig", "[URL \"X:\"]\n\tINSTEADOF = https://h.test/\n" } },
	  { NULL },
	  "X:a/b" },
	{ { { "home/.gitconfig", "[url \"x:\"]\n\tinsteadOf = http://h.test/\n" } },
	  { NULL },
	  "https://h.test/a/b" },
	{ { { "home/.gitconfig", "[url \"x.y.z:\"]\n\tinsteadOf = https://h.test/a/b\n" } },
	  { NULL },
	  "x.y.z:" },
	{ { { "home/.gitconfig", "[url \"x:\"]\n\tinsteadOf =\n" } },
	  { NULL },
	  "x:https://h.test/a/b" },
	{ { { "home/.gitconfig", "[url \"\"]\n\tinsteadOf = https://h.test/\n" } },
	  { NULL },
	  "a/b" },
	{ { { "home/.gitconfig", "[include]\n\tpath = more\n" },
	    { "home/more", "[url \"i:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { NULL },
	  "i:a/b" },
	{ { { "home/.gitconfig", "[url \"i:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.e:.insteadof",
	    "GIT_CONFIG_VALUE_0=https://h.test/" },
	  "i:a/b" },
	{ { { "home/.gitconfig", "[url \"p:\"]\n\tinsteadOf = https://h.test/\n" } },
	  { "XDG_CONFIG_HOME=" },
	  "p:a/b" },
};

static const char *with_dir(const char *var)
{
	const char *at = strchr(var, '@');

	return at ? arena_fmt(&tmp_arena, "%.*s%s%s", (int)(at - var), var, tmp_dir, at + 1) : var;
}

static void write_files(const struct setting *s)
{
	static const char *const all[] = { "home/.gitconfig", "home/.config/git/config",
					   "home/more",	      "xdg/git/config",
					   "system",	      "g" };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		unlink(tmp_path(all[i]));
	for (size_t i = 0; i < ARRAY_LEN(s->files) && s->files[i].name; i++)
		tmp_write(s->files[i].name, s->files[i].text);
}

static void check(const struct setting *s)
{
	const char *vars[ARRAY_LEN(s->vars) + 4] = { "PATH=/bin" };
	struct gitrewrite w = { 0 };
	struct goenv *env;
	size_t n = 1;

	vars[n++] = with_dir("HOME=@/home");
	vars[n++] = with_dir("GIT_CONFIG_SYSTEM=@/system");
	for (size_t i = 0; i < ARRAY_LEN(s->vars) && s->vars[i]; i++)
		vars[n++] = with_dir(s->vars[i]);
	write_files(s);
	env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars }, NULL);
	assert_non_null(env);
	gitrewrite_load(&w, env);
	assert_string_equal(gitrewrite_url(&w, &tmp_arena, URL), s->want);
	gitrewrite_release(&w);
	goenv_free(env);
}

static void rewrites_as_git(void **state)
{
	(void)state;
	if (!git_lib_get(NULL))
		skip();
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		check(&settings[i]);
}

/* git's order: the later file, then the environment. */
static void ssh_settings(void **state)
{
	const char *vars[] = { "PATH=/bin",
			       with_dir("HOME=@/home"),
			       with_dir("GIT_CONFIG_SYSTEM=@/system"),
			       "GIT_CONFIG_COUNT=1",
			       "GIT_CONFIG_KEY_0=SSH.Variant",
			       "GIT_CONFIG_VALUE_0=plink",
			       NULL };
	struct gitrewrite w = { 0 };
	struct goenv *env;

	(void)state;
	if (!git_lib_get(NULL))
		skip();
	tmp_write(
		"system",
		"[core]\n\tsshCommand = ssh -i a\n[url \"x:\"]\n\tpushInsteadOf = https://h.test/\n");
	tmp_write("home/.gitconfig", "[core]\n\tsshCommand = ssh -i b\n\n[ssh]\n\tvariant = ssh\n");
	env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars }, NULL);
	gitrewrite_load(&w, env);
	assert_string_equal(w.ssh_command, "ssh -i b");
	assert_string_equal(w.ssh_variant, "plink");
	assert_string_equal(gitrewrite_url(&w, &tmp_arena, URL), URL);
	gitrewrite_release(&w);
	goenv_free(env);
}

/* connect.c's url_is_local_not_ssh */
static void paths_as_git(void **state)
{
	(void)state;
	assert_null(gitclone_path(&tmp_arena, "git@h.test:a/b"));
	assert_null(gitclone_path(&tmp_arena, "h.test:/a"));
	assert_null(gitclone_path(&tmp_arena, "ssh://h.test/a"));
	assert_string_equal(gitclone_path(&tmp_arena, "/a:b"), "/a:b");
	assert_string_equal(gitclone_path(&tmp_arena, "./a:b"), "./a:b");
	assert_string_equal(gitclone_path(&tmp_arena, "a"), "a");
	assert_string_equal(gitclone_path(&tmp_arena, "file:///a:b"), "/a:b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rewrites_as_git),
		cmocka_unit_test(ssh_settings),
		cmocka_unit_test(paths_as_git),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
