/* The settings that go reads: where each comes from, and what go refuses. Expectations were compared with `go env` of 1.26.8; if
 * go is installed, the last test compares them again. */

#include "unit.h"

#include <unistd.h>

#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/goenv_impl.h"

struct fixture {
	char home[64];
	char home_var[80], path_var[80], file_var[96];
	char goroot[96];
	struct arena a;
};

static void write_file(const char *dir, const char *name, const char *text)
{
	char *file = xasprintf("%s/%s", dir, name);

	assert_true(fs_write_atomic(file, text, strlen(text), 0644, false, NULL));
	free(file);
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->home, sizeof(f->home), "/tmp/modscope-goenv-XXXXXX");
	if (!mkdtemp(f->home))
		return -1;
	snprintf(f->home_var, sizeof(f->home_var), "HOME=%s", f->home);
	snprintf(f->goroot, sizeof(f->goroot), "%s/tree", f->home);
	snprintf(f->path_var, sizeof(f->path_var), "PATH=%s/tree/bin", f->home);
	write_file(
		f->home, "tree/go.env",
		"# comment\nGOPROXY=https://p.example,direct\nGOSUMDB=db.example\nGOTOOLCHAIN=auto\n");
	write_file(f->home, "tree/VERSION", "go1.26.8\ntime 2026\n");
	write_file(f->home, "tree/bin/go", "#!/bin/sh\n");
	write_file(f->home, "tree/pkg/tool/x", "");
	chmod(path_join(&f->a, f->goroot, "bin/go"), 0755);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	fs_remove_all(f->home, NULL);
	arena_release(&f->a);
	free(f);
	return 0;
}

/* With up to nine variables besides HOME and PATH. */
static struct goenv *load(struct fixture *f, const char *const *more)
{
	const char *vars[12] = { f->home_var, f->path_var };
	struct err e = ERR_INIT;
	struct goenv *env;

	for (size_t i = 0; more && more[i]; i++)
		vars[2 + i] = more[i];
	env = goenv_new(&(struct goenv_options){ .environ = vars }, &e);
	assert_non_null(env);
	return env;
}

#define VARS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void assert_var(const struct goenv *env, const char *name, const char *value,
		       enum goenv_source source, bool changed)
{
	const struct goenv_var *v = goenv_var(env, name);

	assert_non_null(v);
	assert_string_equal(v->value, value);
	assert_int_equal(v->source, source);
	assert_int_equal(v->changed, changed);
	assert_string_equal(goenv_get(env, name), value);
}

static void test_defaults(void **state)
{
	struct fixture *f = *state;
	struct goenv *env = load(f, NULL);
	struct arena *a = &f->a;

	assert_var(env, "GOPROXY", "https://p.example,direct", GOENV_GOROOT_FILE, false);
	assert_int_equal(goenv_var(env, "GOPROXY")->line, 2);
	assert_string_equal(goenv_var(env, "GOPROXY")->file, path_join(a, f->goroot, "go.env"));
	assert_var(env, "GOPATH", path_join(a, f->home, "go"), GOENV_DERIVED, false);
	assert_var(env, "GOMODCACHE", path_join(a, f->home, "go/pkg/mod"), GOENV_DERIVED, false);
	assert_var(env, "GOCACHE", path_join(a, f->home, ".cache/go-build"), GOENV_DERIVED, false);
	assert_var(env, "GOENV", path_join(a, f->home, ".config/go/env"), GOENV_DERIVED, false);
	assert_var(env, "GOAUTH", "netrc", GOENV_DEFAULT, false);
	assert_var(env, "GOROOT", f->goroot, GOENV_FOUND, false);
	assert_var(env, "GOVERSION", "go1.26.8", GOENV_GOROOT_FILE, false);
	assert_string_equal(goenv_go_version(env), "1.26.8");
	assert_string_equal(goenv_own_cache(env), path_join(a, f->home, ".cache/modscope"));
	assert_string_equal(goenv_get(env, "NO_SUCH_VARIABLE"), "");
	assert_true(goenv_check(env, NULL));
	goenv_free(env);
}

/* What is in our own cache is changed without a journal: GOMODCACHE never is. */
static void assert_own(struct fixture *f, const char *modcache, const char *want)
{
	char *var = xasprintf("GOMODCACHE=%s", modcache);
	struct goenv *env = load(f, VARS(var));

	assert_string_equal(goenv_own_cache(env), path_join3(&f->a, f->home, ".cache", want));
	goenv_free(env);
	free(var);
}

static void test_own_cache(void **state)
{
	struct fixture *f = *state;
	struct arena *a = &f->a;
	const char *own = path_join(a, f->home, ".cache/modscope"), *mod = path_join(a, own, "mod");
	const char *at = path_join(a, f->home, "links"), *real = path_join(a, f->home, "real");
	struct goenv *env, *like;

	/* nothing exists */
	assert_own(f, own, "modscope-own");
	assert_own(f, mod, "modscope-own");
	assert_own(f, path_join(a, own, "lists/x/y"), "modscope-own");
	assert_own(f, arena_fmt(a, "%s//x/../mod/", own), "modscope-own");
	assert_own(f, arena_fmt(a, "%s-own/mod", own), "modscope");
	assert_own(f, arena_fmt(a, "%ss/mod", own), "modscope");
	assert_own(f, f->home, "modscope");
	assert_own(f, path_join(a, f->home, ".cache"), "modscope");
	assert_own(f, "relative", "modscope");
	assert_own(f, "/", "modscope");
	/* links to what does not exist yet, and to what does */
	assert_true(fs_mkdir_all(at, NULL));
	assert_true(fs_mkdir_all(path_join(a, f->home, ".cache"), NULL));
	assert_int_equal(symlink("../.cache", path_join(a, at, "caches")), 0);
	assert_own(f, path_join(a, at, "caches/modscope/mod"), "modscope-own");
	assert_true(fs_mkdir_all(path_join(a, mod, "cache/download"), NULL));
	assert_own(f, path_join(a, at, "caches/modscope/mod"), "modscope-own");
	assert_int_equal(symlink(mod, path_join(a, at, "mod")), 0);
	assert_own(f, path_join(a, at, "mod"), "modscope-own");
	assert_own(f, path_join(a, at, "mod/below"), "modscope-own");
	assert_own(f, real, "modscope");
	assert_true(fs_mkdir_all(path_join(a, real, "cache"), NULL));
	assert_own(f, real, "modscope");
	assert_int_equal(symlink(path_join(a, mod, "cache/download"),
				 path_join(a, real, "cache/download")),
			 0);
	assert_own(f, real, "modscope-own");
	/* our folder is a link to the user's */
	assert_true(fs_remove_all(real, NULL));
	assert_true(fs_remove_all(mod, NULL));
	assert_true(fs_mkdir_all(real, NULL));
	assert_int_equal(symlink(real, mod), 0);
	assert_own(f, real, "modscope-own");
	assert_int_equal(symlink(own, arena_fmt(a, "%s-own", own)), 0);
	env = goenv_new(&(struct goenv_options){ .environ = VARS(f->home_var) }, NULL);
	assert_string_equal(goenv_own_cache(env), own);
	like = goenv_new(&(struct goenv_options){ .environ = VARS(f->home_var,
								  arena_fmt(a, "GOMODCACHE=%s",
									    real)),
						  .own_of = env },
			 NULL);
	assert_string_equal(goenv_own_cache(like), own);
	goenv_free(env);
	goenv_free(like);
	assert_null(goenv_place_own(a, path_join(a, f->home, ".cache"), real));
	assert_true(fs_remove_all(own, NULL));
}

static void test_precedence(void **state)
{
	struct fixture *f = *state;
	struct goenv *env;

	write_file(
		f->home, ".config/go/env",
		"GOPROXY=https://user.example\nlower=x\n=x\nGOFLAGS=-mod=mod \nGONOSUMDB=\nNOEQUALS\nGOPRIVATE=a.example\nEXTRA=1=2");
	env = load(f, NULL);
	assert_var(env, "GOPROXY", "https://user.example", GOENV_USER_FILE, true);
	assert_var(env, "GOFLAGS", "-mod=mod ", GOENV_USER_FILE, true);
	assert_int_equal(goenv_var(env, "GOFLAGS")->line, 4);
	assert_var(env, "GONOPROXY", "a.example", GOENV_DERIVED, false);
	assert_var(env, "GONOSUMDB", "a.example", GOENV_DERIVED, false);
	assert_string_equal(goenv_get(env, "EXTRA"), "1=2");
	assert_string_equal(goenv_get(env, "lower"), "");
	goenv_free(env);

	env = load(f, VARS("GOPROXY=off", "GOFLAGS=", "GONOSUMDB=none", "GOPROXY=second"));
	assert_var(env, "GOPROXY", "off", GOENV_PROCESS, true);
	assert_var(env, "GOFLAGS", "-mod=mod ", GOENV_USER_FILE, true);
	assert_var(env, "GONOSUMDB", "none", GOENV_PROCESS, true);
	goenv_free(env);

	env = load(f, VARS("GOENV=off"));
	assert_var(env, "GOPROXY", "https://p.example,direct", GOENV_GOROOT_FILE, false);
	assert_var(env, "GOENV", "off", GOENV_PROCESS, true);
	goenv_free(env);
	/* an empty value hides the one in go.env */
	write_file(f->home, ".config/go/env", "GOSUMDB=\n");
	env = load(f, NULL);
	assert_var(env, "GOSUMDB", "sum.golang.org", GOENV_DEFAULT, false);
	goenv_free(env);
	fs_remove_all(path_join(&f->a, f->home, ".config"), NULL);
}

static void test_goroot(void **state)
{
	struct fixture *f = *state;
	char *link = xasprintf("%s/links/go", f->home),
	     *links = xasprintf("PATH=%s/links", f->home);
	struct goenv *env;

	fs_mkdir_all(path_dir(&f->a, link), NULL);
	assert_int_equal(symlink(path_join(&f->a, f->goroot, "bin/go"), link), 0);
	f->path_var[0] = 'X';
	env = load(f, VARS(links));
	assert_string_equal(goenv_goroot(env), f->goroot);
	goenv_free(env);
	env = load(f, VARS(links, "GOROOT=/no/such"));
	assert_var(env, "GOROOT", "/no/such", GOENV_PROCESS, false);
	assert_var(env, "GOPROXY", "", GOENV_DEFAULT, false);
	struct err e = ERR_INIT;

	assert_false(goenv_check(env, &e));
	assert_string_equal(e.text, "cannot find GOROOT directory: /no/such");
	assert_int_equal(e.code, ERR_USAGE);
	err_release(&e);
	goenv_free(env);
	f->path_var[0] = 'P';
	free(link);
	free(links);
}

static void assert_refused(struct fixture *f, const char *setting, const char *text)
{
	struct goenv *env = load(f, VARS(setting));
	struct err e = ERR_INIT;

	assert_false(goenv_check(env, &e));
	assert_string_equal(e.text, text);
	err_release(&e);
	goenv_free(env);
}

static const struct goenv_note *note_of(const struct goenv_note *notes, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(notes[i].name, name))
			return &notes[i];
	return NULL;
}

static void assert_hazard(struct fixture *f, const char *setting, const char *hazard)
{
	char *name = xstrndup(setting, strcspn(setting, "="));
	struct goenv *env = load(f, VARS(setting));
	struct arena a = ARENA_INIT;
	const struct goenv_note *note;
	struct goenv_note *notes;
	size_t n;

	goenv_explain(env, &a, &notes, &n);
	note = note_of(notes, n, name);
	assert_non_null(note);
	if (hazard)
		assert_string_equal(note->hazard ? note->hazard : "none", hazard);
	else
		assert_null(note->hazard);
	arena_release(&a);
	goenv_free(env);
	free(name);
}

static void test_globs(void **state)
{
	struct fixture *f = *state;

	assert_hazard(f, "GOPRIVATE=corp.example,*.internal.example/,a?b/[a-z]*,a/\\b", NULL);
	assert_hazard(f, "GOPRIVATE=corp.example, other.example",
		      "the pattern \" other.example\" matches no module: no path holds \" \"");
	assert_hazard(
		f, "GOPRIVATE=https://corp.example",
		"the pattern \"https://corp.example\" matches no module: no path holds \":\"");
	assert_hazard(f, "GONOSUMDB=a;b",
		      "the pattern \"a;b\" matches no module: no path holds \";\"");
	assert_hazard(f, "GONOPROXY=[a", "the pattern \"[a\" matches no module: it is malformed");
	assert_hazard(f, "GONOPROXY=a\\",
		      "the pattern \"a\\\\\" matches no module: it is malformed");
	assert_hazard(f, "GOINSECURE=/a",
		      "the pattern \"/a\" matches no module: a path has no empty element");
}

static void test_databases(void **state)
{
	static const char rejected[] =
		"go rejects this value: modules that go.sum lacks fail with \"invalid GOSUMDB\"";
	struct fixture *f = *state;

	assert_hazard(f, "GOSUMDB=sum.golang.google.cn", NULL);
	assert_hazard(f, "GOSUMDB=sum.golang.org https://mirror.example/x", NULL);
	assert_hazard(
		f,
		"GOSUMDB=sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8 https://m.example",
		NULL);
	assert_hazard(f, "GOSUMDB=db.example+0f1d2c3b+AbcdefghijklmnopqrstuvwxyzabcdefgH",
		      "a checksum database other than Go's own is trusted");
	assert_hazard(f, "GOSUMDB= off", rejected);
	assert_hazard(f, "GOSUMDB=OFF", rejected);
	assert_hazard(f, "GOSUMDB=a b c", rejected);
	assert_hazard(f, "GOSUMDB=db.example+xyz", rejected);
}

static void assert_auth(struct fixture *f, const char *setting, const char *says)
{
	struct goenv *env = load(f, VARS(setting));
	struct err e = ERR_INIT;

	assert_int_equal(goenv_check_auth(env, &e), says == NULL);
	if (says)
		assert_string_equal(e.text, says);
	err_release(&e);
	goenv_free(env);
}

static void test_auth(void **state)
{
	struct fixture *f = *state;

	assert_auth(f, "GOAUTH=off", NULL);
	assert_auth(f, "GOAUTH=netrc", NULL);
	assert_auth(f, "GOAUTH=git /; netrc", NULL);
	assert_auth(
		f, "GOAUTH=off;netrc",
		"GOAUTH=off cannot be combined with other authentication commands (GOAUTH=off;netrc)");
	assert_auth(
		f, "GOAUTH=netrc; off",
		"GOAUTH=off cannot be combined with other authentication commands (GOAUTH=netrc; off)");
	assert_auth(f, "GOAUTH=netrc;", "GOAUTH encountered an empty command (GOAUTH=netrc;)");
	assert_auth(
		f, "GOAUTH=;off",
		"GOAUTH=off cannot be combined with other authentication commands (GOAUTH=;off)");
	assert_auth(f, "GOAUTH=off ", NULL);
	assert_auth(f, "GOAUTH=git",
		    "GOAUTH=git dir method requires an absolute path to the git working directory");
	assert_auth(
		f, "GOAUTH=git rel;netrc",
		"GOAUTH=git dir method requires an absolute path to the git working directory, dir is not absolute");
	assert_auth(
		f, "GOAUTH=git /no/such",
		"GOAUTH=git encountered an error; cannot stat /no/such: stat /no/such: no such file or directory");
	assert_auth(f, "GOAUTH=tool --token=secret;;",
		    "GOAUTH encountered an empty command (GOAUTH=tool xxxxx;;)");
}

static void test_refusals(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, "GOFLAGS=mod", "parsing $GOFLAGS: non-flag \"mod\"");
	assert_refused(f, "GOFLAGS=-mod=mod ---x", "parsing $GOFLAGS: non-flag \"---x\"");
	assert_refused(f, "GOFLAGS=--=x", "parsing $GOFLAGS: non-flag \"--=x\"");
	assert_refused(f, "GOFLAGS=-", "parsing $GOFLAGS: non-flag \"-\"");
	assert_refused(f, "GOFLAGS=-frob", "parsing $GOFLAGS: unknown flag -frob");
	assert_refused(f, "GOFLAGS='-mod=mod", "parsing $GOFLAGS: unterminated ' string");
	assert_refused(f, "GO111MODULE=foo", "unknown environment setting GO111MODULE=foo");
	assert_refused(f, "GO111MODULE=off",
		       "modules disabled by GO111MODULE=off; see 'go help modules'");
	assert_refused(f, "GOPATH=~/x",
		       "GOPATH entry cannot start with shell metacharacter '~': \"~/x\"");
	assert_refused(
		f, "GOPATH=/a:b",
		"GOPATH entry is relative; must be absolute path: \"b\".\nFor more details see: 'go help gopath'");
	assert_refused(f, "GOTOOLCHAIN=foo", "invalid GOTOOLCHAIN \"foo\"");
	assert_refused(f, "GOTOOLCHAIN=foo+auto",
		       "invalid GOTOOLCHAIN \"foo+auto\": invalid minimum toolchain \"foo\"");
	assert_refused(
		f, "GOTOOLCHAIN=go1.21+x",
		"invalid GOTOOLCHAIN \"go1.21+x\": only version suffixes are +auto and +path");
}

static void test_flags(void **state)
{
	struct fixture *f = *state;
	struct goenv *env = load(
		f,
		VARS("GOFLAGS=-mod=mod --modcacherw  '-modfile=a b.mod' -mod=vendor -x=f -overlay"));
	const struct goflags *flags;
	const char *value;
	struct err e = ERR_INIT;
	bool b = false;

	assert_true(goenv_goflags(env, &flags, NULL));
	assert_int_equal(flags->n, 6);
	assert_true(goenv_flag(env, "mod", &value, NULL));
	assert_string_equal(value, "vendor");
	assert_true(goenv_flag(env, "modfile", &value, NULL));
	assert_string_equal(value, "a b.mod");
	assert_true(goenv_flag(env, "tags", &value, NULL));
	assert_null(value);
	assert_false(goenv_flag(env, "overlay", &value, &e));
	assert_string_equal(e.text, "flag needs an argument: -overlay (from $GOFLAGS)");
	err_clear(&e);
	assert_true(goenv_flag_bool(env, "modcacherw", &b, NULL) && b);
	assert_true(goenv_flag_bool(env, "x", &b, NULL) && !b);
	assert_false(goenv_flag_bool(env, "mod", &b, &e));
	assert_string_equal(
		e.text, "invalid boolean value \"mod\" for flag -mod (from $GOFLAGS): parse error");
	err_release(&e);
	goenv_free(env);
}

/* Whether go knows a flag; compared with go 1.26.8. */
static void test_known_flags(void **state)
{
	static const struct {
		const char *word;
		bool known;
	} cases[] = {
		{ "-C", true },		 { "-x", true },	{ "-vettool=x", true },
		{ "-fixtool=x", true },	 { "-work", true },	{ "-test.v", true },
		{ "-test.run=X", true }, { "-test.x", false },	{ "-test.", false },
		{ "-version", false },	 { "-modcache", true }, { "-mo", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct goflags flags = { 0 };
		struct arena a = ARENA_INIT;
		struct err e = ERR_INIT;

		assert_int_equal(goflags_parse(&flags, &a, cases[i].word, &e), cases[i].known);
		assert_int_equal(flags.n, cases[i].known);
		assert_true(cases[i].known ||
			    str_has_prefix(e.text, "parsing $GOFLAGS: unknown flag -"));
		err_release(&e);
		goflags_release(&flags);
		arena_release(&a);
	}
}

static void test_toolchain(void **state)
{
	static const struct {
		const char *setting;
		enum goenv_toolchain_mode mode;
		const char *min;
		bool local;
	} cases[] = {
		{ "GOTOOLCHAIN=local", GOENV_TOOLCHAIN_FIXED, "go1.26.8", true },
		{ "GOTOOLCHAIN=auto", GOENV_TOOLCHAIN_AUTO, "go1.26.8", true },
		{ "GOTOOLCHAIN=local+path", GOENV_TOOLCHAIN_PATH, "go1.26.8", true },
		{ "GOTOOLCHAIN=go1.21.3", GOENV_TOOLCHAIN_FIXED, "go1.21.3", false },
		{ "GOTOOLCHAIN=go1.26.8+auto", GOENV_TOOLCHAIN_AUTO, "go1.26.8", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct goenv *env = load(*state, VARS(cases[i].setting));
		struct goenv_toolchain t;

		assert_true(goenv_toolchain(env, &t, NULL));
		assert_int_equal(t.mode, cases[i].mode);
		assert_string_equal(t.min, cases[i].min);
		assert_int_equal(t.local, cases[i].local);
		goenv_free(env);
	}
}

static void test_places(void **state)
{
	struct fixture *f = *state;
	const char *dir = path_join(&f->a, f->home, "p/q"), *file;
	struct err e = ERR_INIT;
	struct goenv *env;
	char *pwd, *real = realpath(f->home, NULL);

	write_file(f->home, "p/go.mod", "module p\n");
	write_file(f->home, "go.work", "go 1.26\n");
	fs_mkdir_all(dir, NULL);
	env = goenv_new(&(struct goenv_options){ .dir = dir, .environ = VARS(f->home_var) }, NULL);
	assert_string_equal(goenv_cwd(env), path_join(&f->a, real, "p/q"));
	assert_true(goenv_find_gowork(env, &f->a, &file, NULL));
	assert_string_equal(file, path_join(&f->a, real, "go.work"));
	goenv_free(env);
	/* $PWD is used if it is the same directory */
	assert_int_equal(symlink(dir, path_join(&f->a, f->home, "link")), 0);
	pwd = xasprintf("PWD=%s/link", f->home);
	env = goenv_new(&(struct goenv_options){ .dir = dir,
						 .environ = VARS(f->home_var, pwd, "GOWORK=x") },
			NULL);
	assert_string_equal(goenv_cwd(env), pwd + 4);
	assert_false(goenv_find_gowork(env, &f->a, &file, &e));
	assert_string_equal(e.text, "invalid GOWORK: not an absolute path");
	goenv_free(env);
	err_clear(&e);
	assert_null(goenv_new(&(struct goenv_options){ .dir = "/no/such" }, &e));
	assert_string_equal(e.text, "chdir /no/such: no such file or directory");
	err_release(&e);
	free(pwd);
	free(real);
}

static void test_no_home(void **state)
{
	struct fixture *f = *state;
	struct goenv *env = goenv_new(&(struct goenv_options){ .environ = VARS(f->path_var) },
				      NULL);
	struct err e = ERR_INIT;

	assert_var(env, "GOPATH", "", GOENV_DEFAULT, false);
	assert_null(goenv_modcache(env, &e));
	assert_string_equal(e.text, "module cache not found: neither GOMODCACHE nor GOPATH is set");
	assert_null(goenv_own_cache(env));
	err_clear(&e);
	goenv_free(env);
	env = load(f, VARS("GOMODCACHE=mod"));
	assert_null(goenv_modcache(env, &e));
	assert_string_equal(e.text,
			    "GOMODCACHE entry is relative; must be absolute path: \"mod\".\n");
	err_release(&e);
	goenv_free(env);
}

static void test_explain(void **state)
{
	struct fixture *f = *state;
	struct goenv *env =
		load(f, VARS("GOPROXY=https://u:hunter2@h.example,http://hunter2@z.example|direct",
			     "GOAUTH=netrc; cmd --token hunter2", "HTTP_PROXY=me:hunter2@h:1",
			     "GONOSUMDB=a,*", "GOFLAGS=-mod=mod", "GOSUMDB=off"));
	struct goenv_note *notes;
	size_t n;

	goenv_explain(env, &f->a, &notes, &n);
	for (size_t i = 0; i < n; i++) {
		assert_null(strstr(notes[i].value, "hunter2"));
		assert_non_null(notes[i].effect);
		if (i > 0)
			assert_true(strcmp(notes[i - 1].name, notes[i].name) < 0);
	}
	assert_string_equal(note_of(notes, n, "GOAUTH")->value, "netrc; cmd xxxxx");
	assert_string_equal(note_of(notes, n, "GOPROXY")->where, "environment");
	assert_int_equal(note_of(notes, n, "GONOSUMDB")->severity, FINDING_ERROR);
	assert_int_equal(note_of(notes, n, "GOSUMDB")->severity, FINDING_ERROR);
	assert_int_equal(note_of(notes, n, "GOFLAGS")->severity, FINDING_WARNING);
	assert_null(note_of(notes, n, "GOPATH")->hazard);
	assert_null(note_of(notes, n, "NETRC"));
	goenv_free(env);
}

/* What is said of a variable with such a setting (HOME stands for the home directory), and how to take it back. By hand, against go's sources. */
static const struct {
	const char *settings[3], *name, *hazard, *effect,
		*remedy; /* NULL: not looked at; "": none */
} explained[] = {
	{ { "GOPRIVATE=*" },
	  "GOPRIVATE",
	  "every module counts as private: proxies and the checksum database are not used",
	  NULL,
	  "name the private prefixes instead of *" },
	{ { "GOPRIVATE=a,**", "GONOPROXY=none" },
	  "GOPRIVATE",
	  "every module counts as private: the checksum database is not used" },
	{ { "GOPRIVATE=*/", "GONOSUMDB=none" },
	  "GOPRIVATE",
	  "every module counts as private: proxies are not used" },
	{ { "GOPRIVATE=*", "GONOSUMDB=none", "GONOPROXY=none" }, "GOPRIVATE", "" },
	{ { "GOPRIVATE=**x" }, "GOPRIVATE", "" },
	{ { "GOPRIVATE=*" },
	  "GONOSUMDB",
	  "no module is checked with the checksum database: what is not in go.sum is believed as it comes" },
	{ { "GONOPROXY=*" },
	  "GONOPROXY",
	  "no proxy is used: every module's own repository must be reachable" },
	{ { "GONOSUMDB=a//b" },
	  "GONOSUMDB",
	  "the pattern \"a//b\" matches no module: a path has no empty element" },
	{ { "GONOSUMDB=a[],b" },
	  "GONOSUMDB",
	  "the pattern \"a[]\" matches no module: it is malformed" },
	{ { "GONOSUMDB=,A.b/C-1_~,0.9/[x]/" }, "GONOSUMDB", "" },
	{ { "GONOSUMDB=a\\" },
	  "GONOSUMDB",
	  "the pattern \"a\\\\\" matches no module: it is malformed" },
	{ { "GONOSUMDB=a@b" },
	  "GONOSUMDB",
	  "the pattern \"a@b\" matches no module: no path holds \"@\"" },
	{ { "GO111MODULE=auto" }, "GO111MODULE", "", "Modules are used if a go.mod is found." },
	{ { "GO111MODULE=on" }, "GO111MODULE", "", "Modules are always used." },
	{ { "GO111MODULE=off" },
	  "GO111MODULE",
	  "go works in GOPATH mode and refuses module commands",
	  "Modules are not used.",
	  "unset GO111MODULE" },
	{ { "GO111MODULE=ON" },
	  "GO111MODULE",
	  "go knows only on, off and auto, and refuses to run" },
	{ { "GOFLAGS=-mod=readonly -x" },
	  "GOFLAGS",
	  "",
	  "These flags are added to every go command that has them." },
	{ { "GOFLAGS=-mod=vendor" },
	  "GOFLAGS",
	  "with -mod=vendor, builds use vendor/ and fail without it; graph, why, verify and tidy ignore it" },
	{ { "GOFLAGS=-modfile=x.mod" },
	  "GOFLAGS",
	  "with -modfile, other files replace go.mod and go.sum, in every project" },
	{ { "GOFLAGS=-modcacherw" },
	  "GOFLAGS",
	  "-modcacherw leaves extracted modules writable: an editor can change them unnoticed" },
	{ { "GOFLAGS=-frob" },
	  "GOFLAGS",
	  "go refuses to run: parsing $GOFLAGS: unknown flag -frob",
	  "None: go rejects this value." },
	{ { "GOFLAGS=-modcacherw=x" },
	  "GOFLAGS",
	  "go list -m refuses to run: invalid boolean value \"x\" for flag -modcacherw (from $GOFLAGS): parse error" },
	{ { "GOEXPERIMENT=nosuch" },
	  "GOEXPERIMENT",
	  "go refuses to run: unknown GOEXPERIMENT such",
	  "None: go rejects this value." },
	{ { "GOEXPERIMENT=synctest" },
	  "GOEXPERIMENT",
	  "go refuses to run: unknown GOEXPERIMENT synctest" },
	{ { "GOEXPERIMENT=noregabiwrappers" }, "GOEXPERIMENT", NULL },
	{ { "GOINSECURE=*" },
	  "GOINSECURE",
	  "matching modules may come over plain http or from a server with a bad certificate; anyone on the network path can "
	  "change what is not in go.sum yet" },
	{ { "GOPROXY=http://a.example" },
	  "GOPROXY",
	  "a proxy is asked over plain http: anyone on the network path can change what is not in go.sum yet",
	  "Modules come from this proxy." },
	{ { "GOPROXY=https://a.example" },
	  "GOPROXY",
	  "there is no second source: what this proxy lacks or refuses fails",
	  "Modules come from this proxy." },
	{ { "GOPROXY=https://a.example|direct" },
	  "GOPROXY",
	  "",
	  "Modules come from the first of these that has them; after `|`, any error leads to the next." },
	{ { "GOPROXY=off" },
	  "GOPROXY",
	  "what is not in the module cache is unavailable",
	  "Nothing is downloaded." },
	{ { "GOPROXY=direct" },
	  "GOPROXY",
	  "every module's own repository must be reachable, and git installed to fetch it",
	  "Modules come from their repositories." },
	{ { "GOPROXY= " },
	  "GOPROXY",
	  "neither the environment nor an installed Go sets a proxy",
	  "Nothing can be downloaded." },
	{ { "GOSUMDB=sum.golang.orx" },
	  "GOSUMDB",
	  "go rejects this value: modules that go.sum lacks fail with \"invalid GOSUMDB\"" },
	{ { "GOSUMDB= " },
	  "GOSUMDB",
	  "go rejects this value: modules that go.sum lacks fail with \"invalid GOSUMDB\"" },
	{ { "GOSUMDB=x+033de0a-+Ac4zctda0e5eza" },
	  "GOSUMDB",
	  "go rejects this value: modules that go.sum lacks fail with \"invalid GOSUMDB\"" },
	{ { "GOSUMDB=x+033de0ae-Ac4zctda0e5eza" },
	  "GOSUMDB",
	  "go rejects this value: modules that go.sum lacks fail with \"invalid GOSUMDB\"" },
	{ { "GOSUMDB=+033de0ae+Ac4zctda0e5eza" },
	  "GOSUMDB",
	  "go rejects this value: modules that go.sum lacks fail with \"invalid GOSUMDB\"" },
	{ { "GOSUMDB=xum.golang.google.cn" },
	  "GOSUMDB",
	  "go rejects this value: modules that go.sum lacks fail with \"invalid GOSUMDB\"" },
	{ { "GOSUMDB=sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8" },
	  "GOSUMDB",
	  "",
	  "Hashes that go.sum lacks are checked with this signed database." },
	{ { "GOENV=off" },
	  "GOENV",
	  "what `go env -w` has set does not count here",
	  "The file of `go env -w` is not read." },
	{ { "GOENV=/no/such" }, "GOENV", "the file of `go env -w` does not exist" },
	{ { "GOENV=HOME/tree/VERSION" },
	  "GOENV",
	  "the settings of `go env -w` come from an unusual file" },
	{ { "GOPATH=HOME/tree" }, "GOPATH", "GOPATH and GOROOT are the same directory" },
	{ { "GOPATH=HOME/tree/bin", "GOROOT=HOME/tree" }, "GOPATH", "" },
	{ { "GOPATH=HOME/withmod" },
	  "GOPATH",
	  "it contains a go.mod: go mod graph, why, verify and tidy refuse to work in every module",
	  NULL,
	  "rm HOME/withmod/go.mod" },
	{ { "GOROOT=/no/such" },
	  "GOROOT",
	  "the directory does not exist: go refuses to run",
	  NULL,
	  "unset GOROOT" },
	{ { "GOROOT=HOME/tree" },
	  "GOROOT",
	  "GOROOT is set by hand: a go of another version would use this tree" },
	{ { "GOMODCACHE=rel" },
	  "GOMODCACHE",
	  "GOMODCACHE entry is relative; must be absolute path: \"rel\".",
	  NULL,
	  "set GOMODCACHE to an absolute path" },
	{ { "GOTOOLCHAIN=go1.99.1" },
	  "GOTOOLCHAIN",
	  "go would start go1.99.1; what is shown here is go 1.26.8's answer",
	  "No other toolchain is used: a go.mod that requires a newer one is refused." },
	{ { "GOTOOLCHAIN=path" },
	  "GOTOOLCHAIN",
	  "",
	  "If go.mod requires a newer toolchain, one in PATH is started instead." },
	{ { "GOTOOLCHAIN=x" },
	  "GOTOOLCHAIN",
	  "go refuses to run: invalid GOTOOLCHAIN \"x\"",
	  "None: go rejects this value." },
	{ { "GOWORK=x" },
	  "GOWORK",
	  "invalid GOWORK: not an absolute path",
	  "None: go rejects this value." },
	{ { "GOWORK=off" }, "GOWORK", "", "Workspaces are not used." },
	{ { "GOWORK=/no/such/go.work" },
	  "GOWORK",
	  "the file does not exist: go refuses to run",
	  "This workspace is used in every directory." },
	{ { "GOWORK=HOME/tree/VERSION" },
	  "GOWORK",
	  "",
	  "This workspace is used in every directory." },
	{ { "GOVCS=public:all" },
	  "GOVCS",
	  "rarely used version control programs may run for any module" },
	{ { "GOVCS=*:all" },
	  "GOVCS",
	  "rarely used version control programs may run for any module" },
	{ { "GOVCS=private:git" }, "GOVCS", "" },
	{ { "GOAUTH=git /; netrc" }, "GOAUTH", "" },
	{ { "GOAUTH=netrc; tool x" },
	  "GOAUTH",
	  "views, and commands that go does not have, run no command for credentials" },
	{ { "GOAUTH=netrc; netrc" },
	  "GOAUTH",
	  "",
	  "Credentials for https come from these sources, in order." },
	{ { "GOAUTH=off" }, "GOAUTH", "", "No credentials are sent." },
	{ { "NETRC=/no/such" }, "NETRC", "the file does not exist: there are no credentials" },
	{ { "NETRC=HOME/tree/VERSION" }, "NETRC", "" },
	{ { "XDG_CACHE_HOME=rel", "GOCACHE=/c" },
	  "XDG_CACHE_HOME",
	  "it is relative, so it is ignored" },
	{ { "XDG_CACHE_HOME=/x" }, "XDG_CACHE_HOME", "" },
	{ { "CGO_ENABLED=0" }, "CGO_ENABLED", "", "Files that import C are left out." },
	{ { "GODEBUG=x=1" }, "GODEBUG", "GODEBUG settings change how go behaves" },
};

static const char *at_home(struct fixture *f, const char *s)
{
	const char *home = s ? strstr(s, "HOME/") : NULL;

	return home ? arena_fmt(&f->a, "%.*s%s%s", (int)(home - s), s, f->home, home + 4) : s;
}

static void test_explained(void **state)
{
	struct fixture *f = *state;

	write_file(f->home, "withmod/go.mod", "module m\n");
	for (size_t i = 0; i < ARRAY_LEN(explained); i++) {
		const char *vars[4] = { NULL }, *hazard = at_home(f, explained[i].hazard);
		struct arena a = ARENA_INIT;
		const struct goenv_note *note;
		struct goenv_note *notes;
		struct goenv *env;
		size_t n;

		for (size_t j = 0; j < 3; j++)
			vars[j] = at_home(f, explained[i].settings[j]);
		env = load(f, vars);
		goenv_explain(env, &a, &notes, &n);
		note = note_of(notes, n, explained[i].name);
		assert_non_null(note);
		if (hazard && !str_eq(note->hazard ? note->hazard : "", hazard))
			fail_msg("%s: \"%s\" instead of \"%s\"", vars[0], note->hazard, hazard);
		if (explained[i].effect)
			assert_string_equal(note->effect, explained[i].effect);
		if (explained[i].remedy)
			assert_string_equal(note->remedy, at_home(f, explained[i].remedy));
		arena_release(&a);
		goenv_free(env);
	}
}

/* What go list -m of 1.26.8 says of the target, of experiments and of the FIPS 140 module; NULL: nothing. "GOFIPS140_x" is in the file of go env -w. */
static const struct {
	const char *settings[2], *says;
} built[] = {
	{ { "GOARM64=v8.0", NULL }, NULL },
	{ { "GOARM64=v8.9", NULL }, NULL },
	{ { "GOARM64=v9.5", NULL }, NULL },
	{ { "GOARM64=v9.5,lse", NULL }, NULL },
	{ { "GOARM64=v9.0,crypto,lse", NULL }, NULL },
	{ { "GOARM64=v8.0,lse,crypto,lse", NULL }, NULL },
	{ { "GOARM64=v8.10", NULL },
	  "invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"" },
	{ { "GOARM64=v7.0", NULL },
	  "invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"" },
	{ { "GOARM64=v9.6", NULL },
	  "invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"" },
	{ { "GOARM64=,lse", NULL },
	  "invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"" },
	{ { "GOARM64=crypto", NULL },
	  "invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"" },
	{ { "GOARM64=v8.0,x", NULL },
	  "invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"" },
	{ { "GOARM64=V8.0", NULL },
	  "invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"" },
	{ { "GOARM64=v8x0", NULL },
	  "invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"" },
	{ { "GOARM64=v80", NULL },
	  "invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"" },
	{ { "GOARM64=v8.", NULL },
	  "invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"" },
	{ { "GOFIPS140=latest", NULL }, NULL },
	{ { "GOFIPS140=off", NULL }, NULL },
	{ { "GOFIPS140=certified", NULL }, NULL },
	{ { "GOFIPS140=v1.0.0", NULL }, NULL },
	{ { "GOFIPS140=v1.0.0-rc", NULL },
	  "invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z" },
	{ { "GOFIPS140=v1.0.0-abc", NULL },
	  "invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z" },
	{ { "GOFIPS140=v1.x", NULL },
	  "invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z" },
	{ { "GOFIPS140=v1.", NULL },
	  "invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z" },
	{ { "GOFIPS140=v1.0.x", NULL },
	  "invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z" },
	{ { "GOFIPS140=v1.0", NULL },
	  "invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z" },
	{ { "GOFIPS140=x", NULL },
	  "invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z" },
	{ { "GOFIPS140=../x", NULL },
	  "invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z" },
	{ { "GOFIPS140=a/b", NULL },
	  "invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z" },
	{ { "GOFIPS140=v1.0.0-rc1", NULL }, "unknown GOFIPS140 version \"v1.0.0-rc1\"" },
	{ { "GOFIPS140=v1.0.0-abcdefgh", NULL }, "unknown GOFIPS140 version \"v1.0.0-abcdefgh\"" },
	{ { "GOFIPS140=inprocess", NULL },
	  "unknown GOFIPS140 version \"v9.9.9\" (from \"inprocess\")" },
	{ { "GOWASM=satconv", NULL }, NULL },
	{ { "GOWASM=signext", NULL }, NULL },
	{ { "GOWASM=satconv,signext", NULL }, NULL },
	{ { "GOWASM=,satconv,", NULL }, NULL },
	{ { "GOWASM=x", NULL }, "invalid GOWASM: no such feature \"x\"" },
	{ { "GOWASM=satconvx", NULL }, "invalid GOWASM: no such feature \"satconvx\"" },
	{ { "GOMIPS=x", NULL }, "invalid GOMIPS: must be hardfloat, softfloat" },
	{ { "GOMIPS64=softfloat", NULL }, NULL },
	{ { "GOPPC64=power7", NULL }, "invalid GOPPC64: must be power8, power9, power10" },
	{ { "GORISCV64=rva20u64", NULL }, NULL },
	{ { "GOEXPERIMENT=none", NULL }, NULL },
	{ { "GOEXPERIMENT=nosuch", NULL }, "unknown GOEXPERIMENT such" },
	{ { "GOEXPERIMENT=boringcrypto", "GOFIPS140=latest" },
	  "cannot use GOFIPS140 with GOEXPERIMENT=boringcrypto" },
	{ { "GOFLAGS=-tags=purego", "GOFIPS140=latest" },
	  "cannot use GOFIPS140 with the purego build tag" },
	{ { "GOFLAGS=-tags=x,purego", "GOFIPS140=latest" },
	  "cannot use GOFIPS140 with the purego build tag" },
	{ { "GOFLAGS='-tags=x purego'", "GOFIPS140=latest" },
	  "cannot use GOFIPS140 with the purego build tag" },
	{ { "GOFLAGS=-tags=x,puregp", "GOFIPS140=latest" }, NULL },
	{ { "GOFLAGS=-tags=", "GOFIPS140=latest" }, NULL },
	{ { "GOFLAGS=-tags=purego", "GOFIPS140=off" }, NULL },
	{ { "GOARCH=s390x", "GOEXPERIMENT=noregabiwrappers" },
	  "GOEXPERIMENT regabiargs requires regabiwrappers" },
	{ { "GOARCH=s390x", "GOEXPERIMENT=noregabiargs" }, NULL },
	{ { "GOARCH=amd64", "GOEXPERIMENT=noregabiwrappers" }, NULL },
	{ { "GOARCH=s390x", "GOEXPERIMENT=noregabiargs,noregabiwrappers" }, NULL },
	{ { "GOARCH=s390x", "GOEXPERIMENT=regabiargs" }, NULL },
	{ { "GOARCH=386", "GOEXPERIMENT=regabi,noregabiargs" }, NULL },
	{ { "GOENV=HOME/fips", "GOFIPS140_a/b" }, "malformed GOFIPS140 version \"a/b\"" },
	{ { "GOENV=HOME/fips", "GOFIPS140_../x" }, "malformed GOFIPS140 version \"../x\"" },
	{ { "GOENV=HOME/fips", "GOFIPS140_a\\b" }, "malformed GOFIPS140 version \"a\\\\b\"" },
	{ { "GOENV=HOME/fips", "GOFIPS140_v1..2" }, "malformed GOFIPS140 version \"v1..2\"" },
	{ { "GOENV=HOME/fips", "GOFIPS140_x" }, "unknown GOFIPS140 version \"x\"" },
};

static void test_built(void **state)
{
	struct fixture *f = *state;

	write_file(f->home, "tree/lib/fips140/v1.0.0.zip", "");
	write_file(f->home, "tree/lib/fips140/certified.txt", " v1.0.0\n");
	write_file(f->home, "tree/lib/fips140/inprocess.txt", "v9.9.9\n");
	for (size_t i = 0; i < ARRAY_LEN(built); i++) {
		const char *first = at_home(f, built[i].settings[0]),
			   *second = built[i].settings[1];
		const char *in_file = second ? str_cut_prefix(second, "GOFIPS140_") : NULL;
		struct err e = ERR_INIT;
		struct goenv *env;

		if (in_file) {
			write_file(f->home, "fips", arena_fmt(&f->a, "GOFIPS140=%s\n", in_file));
			second = NULL;
		}
		env = load(f, (const char *const[]){ first, second, NULL });
		if (goenv_check(env, &e))
			goenv_check_fips(env, true, &e);
		if (!str_eq(err_is_set(&e) ? e.text : "", built[i].says ? built[i].says : ""))
			fail_msg("%s %s: %s", first, second, e.text);
		err_release(&e);
		goenv_free(env);
	}
}

/* The program file may stand one level further down; what is no executable file of an absolute directory is passed over. */
static void test_program(void **state)
{
	struct fixture *f = *state;
	const char *at = path_join(&f->a, f->goroot, "bin/os_arch");
	const char *none = path_join(&f->a, f->home, "none");
	const char *real = fs_is_dir("/usr/local/go/pkg/tool") ? "/usr/local/go" : "";
	struct goenv *env;

	write_file(at, "go", "#!/bin/sh\n");
	write_file(none, "plain/go", "");
	assert_true(fs_mkdir_all(path_join(&f->a, none, "folder/go"), NULL));
	assert_int_equal(chmod(path_join(&f->a, at, "go"), 0755), 0);
	assert_int_equal(chmod(path_join(&f->a, none, "plain/go"), 0644), 0);
	env = goenv_new(&(struct goenv_options){ .environ = VARS(arena_fmt(
							 &f->a, "PATH=:rel:%s/plain:%s/folder:%s",
							 none, none, at)) },
			NULL);
	assert_var(env, "GOROOT", f->goroot, GOENV_FOUND, false);
	assert_string_equal(goenv_var(env, "GOROOT")->file, "PATH");
	goenv_free(env);
	/* the tree of the user's file has the go.env; an empty value there does not count */
	write_file(f->home, "goroot-env", arena_fmt(&f->a, "GOROOT=%s\n", f->goroot));
	env = load(f, VARS("GOROOT=/no/such", arena_fmt(&f->a, "GOENV=%s/goroot-env", f->home)));
	assert_string_equal(goenv_goroot(env), "/no/such");
	assert_var(env, "GOSUMDB", "db.example", GOENV_GOROOT_FILE, false);
	goenv_free(env);
	write_file(f->home, "goroot-env", "GOROOT=\n");
	env = load(f, VARS(arena_fmt(&f->a, "GOENV=%s/goroot-env", f->home)));
	assert_string_equal(goenv_goroot(env), f->goroot);
	goenv_free(env);
	/* no program at all */
	env = goenv_new(&(struct goenv_options){ .environ = VARS(
							 arena_fmt(&f->a, "PATH=%s/plain", none)) },
			NULL);
	assert_string_equal(goenv_goroot(env), real);
	assert_int_equal(goenv_var(env, "GOROOT")->source, *real ? GOENV_FOUND : GOENV_DEFAULT);
	goenv_free(env);
	/* a program outside of any tree */
	assert_int_equal(chmod(path_join(&f->a, none, "plain/go"), 0755), 0);
	env = goenv_new(&(struct goenv_options){ .environ = VARS(
							 arena_fmt(&f->a, "PATH=%s/plain", none)) },
			NULL);
	assert_string_equal(goenv_goroot(env), real);
	goenv_free(env);
	assert_true(fs_remove_all(at, NULL));
}

static void test_versions(void **state)
{
	struct fixture *f = *state;
	const char *root = path_join(&f->a, f->home, "other"),
		   *var = arena_fmt(&f->a, "GOROOT=%s", root);
	struct goenv *env;

	write_file(root, "pkg/tool/x", "");
	env = load(f, VARS(var));
	assert_var(env, "GOVERSION", "go" GOENV_GO_VERSION, GOENV_DEFAULT, false);
	goenv_free(env);
	write_file(root, "VERSION", "devel go1.99-abcdef\r\nmore\n");
	env = load(f, VARS(var));
	assert_var(env, "GOVERSION", "devel go1.99-abcdef", GOENV_GOROOT_FILE, false);
	assert_string_equal(goenv_go_version(env), GOENV_GO_VERSION);
	goenv_free(env);
	write_file(root, "VERSION", "go1.99.1");
	env = load(f, VARS(var));
	assert_string_equal(goenv_go_version(env), "1.99.1");
	goenv_free(env);
}

/* As go env says with such a HOME, and go itself where the directory is no more. */
static void test_odd_places(void **state)
{
	struct fixture *f = *state;
	const char *gone = path_join(&f->a, f->home, "gone"), *before;
	const struct goflags *flags;
	struct err e = ERR_INIT;
	struct goenv *env, *like;
	char was[4096];

	env = goenv_new(&(struct goenv_options){ .environ = VARS("HOME=rel", "NOEQUALS", "=x",
								 f->path_var) },
			NULL);
	assert_var(env, "GOPATH", "", GOENV_DEFAULT, false);
	assert_string_equal(goenv_get(env, "GOMODCACHE"), "rel/go/pkg/mod");
	assert_string_equal(goenv_get(env, "GOCACHE"), "rel/.cache/go-build");
	assert_string_equal(goenv_process(env, "NOEQUALS"), "");
	assert_string_equal(goenv_process(env, ""), "");
	goenv_free(env);
	env = goenv_new(&(struct goenv_options){ .environ = VARS("GOCACHE=rel", f->path_var) },
			NULL);
	assert_string_equal(goenv_get(env, "GOCACHE"), "off");
	like = goenv_new(&(struct goenv_options){ .environ = VARS(f->home_var), .own_of = env },
			 NULL);
	assert_null(goenv_own_cache(like));
	goenv_free(like);
	goenv_free(env);

	before = path_join(&f->a, f->goroot, "VERSION");
	assert_null(goenv_new(&(struct goenv_options){ .dir = before }, &e));
	assert_string_equal(e.text, arena_fmt(&f->a, "chdir %s: not a directory", before));
	err_clear(&e);
	assert_non_null(getcwd(was, sizeof(was)));
	assert_true(fs_mkdir_all(gone, NULL));
	assert_int_equal(chdir(gone), 0);
	assert_int_equal(rmdir(gone), 0);
	env = goenv_new(&(struct goenv_options){ .environ = VARS("PWD=/no/such") }, &e);
	assert_int_equal(chdir(was), 0);
	assert_null(env);
	assert_string_equal(e.text,
			    "cannot determine current directory: getwd: no such file or directory");
	assert_int_equal(e.form, ERR_FORM_FINAL);
	err_clear(&e);

	env = load(f, VARS("GOFLAGS=-overlay=/no/such"));
	assert_false(goenv_check_overlay(env, NULL));
	assert_false(goenv_check_overlay(env, &e));
	assert_string_equal(e.text, "reading overlay: open /no/such: no such file or directory");
	err_release(&e);
	goenv_free(env);
	env = load(f, VARS("GOFLAGS=-frob"));
	assert_false(goenv_goflags(env, &flags, NULL));
	goenv_free(env);
}

/* Compares every variable that both we and `go env` have. */
static void compare_with_go(struct fixture *f, const char *setting)
{
	const char *real_path = getenv("PATH");
	char *path = xasprintf("PATH=%s", real_path ? real_path : ""), line[4096];
	struct goenv *env = goenv_new(&(struct goenv_options){ .environ = VARS(f->home_var, path,
									       setting) },
				      NULL);
	char *command = xasprintf("env -i '%s' '%s' '%s' go env", f->home_var, path, setting);
	FILE *go = popen(command, "r");
	size_t compared = 0;

	assert_non_null(go);
	while (fgets(line, sizeof(line), go)) {
		char *eq = strchr(line, '=');

		line[strcspn(line, "\n")] = '\0';
		*eq = '\0';
		if (!goenv_var(env, line) || str_eq(line, "GOWORK"))
			continue;
		eq[strlen(eq + 1)] = '\0'; /* the closing quote */
		assert_string_equal(goenv_get(env, line), eq + 2);
		compared++;
	}
	assert_int_equal(pclose(go), 0);
	assert_true(compared > 20);
	goenv_free(env);
	free(command);
	free(path);
}

static void test_like_go(void **state)
{
	static const char *const settings[] = {
		"A=1",
		"GOPRIVATE=x.example/*",
		"GOPATH=/a/b:/c",
		"GOCACHE=/tmp/c",
		"CGO_ENABLED=0",
		"GOOS=windows",
		"GOARCH=arm64",
		"GOMODCACHE=/m",
		"XDG_CACHE_HOME=/tmp/x",
		"XDG_CONFIG_HOME=/tmp/y",
		"GOPROXY=off",
		"GOENV=/no/such",
		"CC=nothing",
	};

	if (system("go version >/dev/null 2>&1") != 0) {
		print_message("skipped: go is not installed\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		compare_with_go(*state, settings[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),   cmocka_unit_test(test_own_cache),
		cmocka_unit_test(test_precedence), cmocka_unit_test(test_goroot),
		cmocka_unit_test(test_refusals),   cmocka_unit_test(test_globs),
		cmocka_unit_test(test_databases),  cmocka_unit_test(test_auth),
		cmocka_unit_test(test_flags),	   cmocka_unit_test(test_known_flags),
		cmocka_unit_test(test_toolchain),  cmocka_unit_test(test_places),
		cmocka_unit_test(test_no_home),	   cmocka_unit_test(test_explain),
		cmocka_unit_test(test_explained),  cmocka_unit_test(test_built),
		cmocka_unit_test(test_program),	   cmocka_unit_test(test_versions),
		cmocka_unit_test(test_odd_places), cmocka_unit_test(test_like_go),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
