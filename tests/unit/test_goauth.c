#include "unit.h"

#include <sys/stat.h>

#include "fetch/goauth.h"
#include "fetch/goauth_reply.h"
#include "fetch/goauth_run.h"
#include "fetch/http_secret.h"
#include "gofiles/goenv.h"
#include "tmpdir.h"

/* A reply as "PREFIX{Name=value;...}" for each prefix, or "refused". */
static char *replied(const char *text)
{
	struct arena a = ARENA_INIT;
	struct goauth_reply_list r;
	struct buf b = BUF_INIT;

	buf_addstr(&b, "");
	if (!goauth_reply_parse(&r, &a, text, strlen(text))) {
		buf_addstr(&b, "refused");
		r.n = 0;
	}
	for (size_t i = 0; i < r.n; i++) {
		buf_addf(&b, "%s{", r.items[i].prefix);
		for (size_t k = 0; k < r.items[i].n; k++)
			buf_addf(&b, "%s=%s;", r.items[i].headers[k].name,
				 r.items[i].headers[k].value);
		buf_addch(&b, '}');
	}
	arena_release(&a);
	return buf_detach(&b);
}

/* The first eight replies and their results are those of TestParseUserAuth in cmd/go/internal/auth. */
static void test_reply(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "https://example.com\n\nAuthorization: Basic YWxhZGRpbjpvcGVuc2VzYW1l\nAuthorization: Basic jpvcGVuc2VzYW1lYWxhZGRpb\nData: Test567\n\n",
		  "example.com{Authorization=Basic YWxhZGRpbjpvcGVuc2VzYW1l;Authorization=Basic jpvcGVuc2VzYW1lYWxhZGRpb;Data=Test567;}" },
		{ "https://example.com\nhttps://example.net\n\nX: y\n\nhttps://a.test/b\n\n\n",
		  "example.com{X=y;}example.net{X=y;}a.test/b{}" },
		{ "", "" },
		{ "https://example.com\n\nData: Test567\n", "refused" },
		{ "https://example.com\nData: Test567\n\n", "refused" },
		{ "https://example.com\n\nData Test567\n\n", "refused" },
		{ "https://example.com", "refused" },
		{ "https://example.com\n\n", "refused" },
		{ "example.com\n\nX: y\n\n", "refused" },
		{ "https://example.com\n\nx-tOKEN-a:  v w \t\n\n", "example.com{X-Token-A=v w;}" },
		{ "https://example.com\n\nEmpty: \n\n", "example.com{Empty=;}" },
		{ "https://example.com\n\nBad name: y\n\n", "refused" },
		{ "https://example.com\n\nX: a\001b\n\n", "refused" },
		{ "https://example.com\n\nX:y\n\n", "refused" },
		{ "\n\n", "" },
		{ "https://example.com/#f\n\nX: y\n\n", "refused" },
		{ "http://%zz\n\nX: y\n\n", "refused" },
		{ "/path\n\nX: y\n\n", "/path{X=y;}" },
		{ "https://example.com\n\n: y\n\n", "refused" },
		{ "https://example.com\n\n1a-9z!: \ty\tz\n\n", "example.com{1a-9z!=y\tz;}" },
		{ "https://example.com\n\n~a{: y\n\n", "refused" },
		{ "https://example.com\n\n[: y\n\n", "refused" },
		{ "https://example.com\n\nX: a\177b\n\n", "refused" },
		{ "https://example.com\n\nX: a\xc3\xa9\n\n", "example.com{X=a\xc3\xa9;}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *have = replied(rows[i].text);

		assert_string_equal(have, rows[i].want);
		free(have);
	}
}

static void test_zero(void **state)
{
	static const char text[] = "https://example.com\n\nX: a\0b\n\n";
	struct arena a = ARENA_INIT;
	struct goauth_reply_list r;

	(void)state;
	assert_false(goauth_reply_parse(&r, &a, text, sizeof(text) - 1));
	arena_release(&a);
}

static void test_split(void **state)
{
	static const struct {
		const char *command, *want; /* words in brackets */
	} rows[] = {
		{ "a b", "[a][b]" },
		{ "  a\t 'b c' \"d e\"f ", "[a][b c][d e][f]" },
		{ "a'b c'", "[a'b][c']" },
		{ "'a", "" },
		{ "", "" },
		{ "''", "[]" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char **words = goauth_run_split(&a, rows[i].command, strlen(rows[i].command), "");
		struct buf b = BUF_INIT;

		buf_addstr(&b, "");
		for (; words && *words; words++)
			buf_addf(&b, "[%s]", *words);
		assert_string_equal(b.data, rows[i].want);
		buf_release(&b);
	}
	arena_release(&a);
}

static const char *script(const char *name, const char *text)
{
	tmp_write(name, arena_fmt(&tmp_arena, "#!/bin/sh\n%s", text));
	assert_int_equal(chmod(tmp_path(name), 0755), 0);
	return tmp_path(name);
}

/* As in go, no program asks at the terminal; one that takes long ends with the request. */
static void test_run(void **state)
{
	char *shows[] = {
		xstrdup(script(
			"shows",
			"echo $GIT_TERMINAL_PROMPT $GCM_INTERACTIVE [$GIT_ASKPASS] $KEPT; cat")),
		NULL
	};
	char *sleeps[] = { xstrdup(script("sleeps", "sleep 100")), NULL };
	struct cancel cancel = { 0 };
	struct buf out = BUF_INIT;

	(void)state;
	setenv("GIT_TERMINAL_PROMPT", "1", 1);
	setenv("GCM_INTERACTIVE", "always", 1);
	setenv("GIT_ASKPASS", "/bin/false", 1);
	setenv("KEPT", "kept", 1);
	assert_true(goauth_run(shows, "input\n", &out, &cancel));
	assert_string_equal(out.data, "0 never [] kept\ninput\n");
	unsetenv("GIT_TERMINAL_PROMPT");
	unsetenv("GCM_INTERACTIVE");
	unsetenv("GIT_ASKPASS");
	buf_clear(&out);
	atomic_store(&cancel.set, true);
	assert_false(goauth_run(sleeps, "", &out, &cancel));
	assert_int_equal(out.len, 0);
	buf_release(&out);
	free(shows[0]);
	free(sleeps[0]);
}

static struct goenv *settings(const char *goauth, bool runs)
{
	const char *netrc = arena_fmt(&tmp_arena, "NETRC=%s", tmp_path("netrc"));
	const char *vars[] = { arena_fmt(&tmp_arena, "GOAUTH=%s", goauth), netrc, "GOENV=off",
			       NULL };

	return goenv_new(&(struct goenv_options){ .environ = vars, .runs_auth = runs }, NULL);
}

/* Asserts what is sent for a URL: "user:password", header lines, or "" for nothing. */
static void assert_sent(struct goauth *g, const char *url, const char *want)
{
	const struct goauth_credential *c = goauth_find(g, url);
	struct buf b = BUF_INIT;

	buf_addstr(&b, "");
	if (c && c->user)
		buf_addf(&b, "%s:%s", c->user, c->password);
	for (const char *const *l = c ? c->lines : NULL; l && *l; l++)
		buf_addf(&b, "%s|", *l);
	assert_string_equal(b.data, want);
	buf_release(&b);
}

static void test_commands(void **state)
{
	const char *one = script("one", "printf 'https://h.test/p\\n\\nX-One: 1\\nHost: h\\n\\n'");
	const char *two = script(
		"two",
		"if [ $# = 0 ]; then printf 'https://h.test/\\n\\nAuthorization: Bearer unsaid-token\\n\\n'\n"
		"else read line; printf '%s\\n\\nX-Told: %s\\n\\n' \"$1\" \"$line\"; fi\n");
	struct goenv *env;
	struct goauth g;

	(void)state;
	tmp_write("netrc",
		  "machine h.test login n password net\nmachine h.test/p login n password other\n");
	env = settings(arena_fmt(&tmp_arena, "%s; netrc; '%s'", two, one), true);
	goauth_init(&g, env);
	assert_sent(&g, "https://h.test/", "");
	goauth_begin(&g, NULL);
	/* two comes before netrc, one after it */
	assert_sent(&g, "https://h.test/q/r", "Authorization: Bearer unsaid-token|");
	assert_sent(&g, "https://h.test/p/r", "n:other");
	assert_sent(&g, "http://h.test/p/r", "");
	assert_sent(&g, "https://h.test.evil/", "");
	assert_true(goauth_find(&g, "https://h.test")->authorizes);
	assert_null(goauth_find(&g, "https://h.test")->elsewhere[0]);
	assert_true(
		goauth_ask(&g, "https://x.test/a", "HTTP/1.1 401 Unauthorized\nServer: s\n", NULL));
	assert_sent(&g, "https://x.test/a/b", "X-Told: HTTP/1.1 401 Unauthorized|");
	assert_false(goauth_ask(&g, "https://x.test/a", "", NULL)); /* only once */
	assert_false(goauth_ask(&g, "http://x.test/c", "", NULL));
	goauth_release(&g);
	goenv_free(env);
}

static void test_not_asked(void **state)
{
	const char *leaves = script("leaves",
				    arena_fmt(&tmp_arena, "touch %s\n", tmp_path("left")));
	struct goenv *env = settings(leaves, false);
	struct goauth g;

	(void)state;
	goauth_init(&g, env);
	goauth_begin(&g, NULL);
	assert_false(goauth_ask(&g, "https://x.test/a", "", NULL));
	assert_false(fs_exists(tmp_path("left")));
	goauth_release(&g);
	goenv_free(env);
	env = settings(leaves, true);
	goauth_init(&g, env);
	goauth_begin(&g, NULL);
	assert_true(fs_exists(tmp_path("left")));
	goauth_release(&g);
	goenv_free(env);
}

static void test_bad_commands(void **state)
{
	static const char *const bad[] = { "no-such-program-at-all", "'unterminated", "/dev/null" };
	const char *fails = script("fails", "printf 'https://h.test\\n\\nX: y\\n\\n'; exit 1");
	const char *endless = script("endless", "yes https://h.test");
	struct goauth g;

	(void)state;
	tmp_write("netrc", "");
	for (size_t i = 0; i < ARRAY_LEN(bad) + 2; i++) {
		struct goenv *env = settings(i < ARRAY_LEN(bad)	   ? bad[i]
					     : i == ARRAY_LEN(bad) ? fails
								   : endless,
					     true);

		goauth_init(&g, env);
		goauth_begin(&g, NULL);
		assert_sent(&g, "https://h.test/", "");
		goauth_release(&g);
		goenv_free(env);
	}
}

/* "git DIR": what git credential fill answers (parseGitAuth) is for the URLs below it. */
static void test_git(void **state)
{
	static const struct {
		const char *answer, *url, *want;
	} rows[] = {
		{ "protocol=https\nhost=h.test\nusername=u\npassword=p\n", "https://h.test/a",
		  "u:p" },
		{ "protocol=https\nhost=h.test\npath=a\nusername=u\npassword=p=q\n",
		  "https://h.test/a/b", "u:p=q" },
		{ "protocol=https\nhost=h.test\npath=/a/\nusername=u\npassword=p\n",
		  "https://h.test/a/b", "u:p" },
		{ "protocol=https\nhost=h.test\npath=b\nusername=u\npassword=p\n",
		  "https://h.test/a", "" },
		{ "url=https://h.test/\r\nusername=u\r\npassword=p\r\n", "https://h.test/a",
		  "u:p" },
		{ "url=https://other.test\nusername=u\npassword=p\n", "https://h.test/a", "" },
		{ "host=h.test\nusername=u\npassword=p\n", "https://h.test/a", "" },
		{ "protocol=https\nusername=u\npassword=p\n", "https://h.test/a", "" },
		{ "protocol=https\nhost=h.test\nusername\nquit=1\n", "https://h.test/a", ":" },
		{ "", "https://h.test/a", "" },
	};
	char *path = xstrdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");

	(void)state;
	script("bin/git",
	       arena_fmt(
		       &tmp_arena,
		       "[ \"$*\" = '-C %s credential fill' ] || exit 1\nread line\necho \"$line\" >%s\ncat %s\n",
		       tmp_dir, tmp_path("asked"), tmp_path("answer")));
	setenv("PATH", arena_fmt(&tmp_arena, "%s/bin:%s", tmp_dir, path), 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct goenv *env = settings(arena_fmt(&tmp_arena, "git %s", tmp_dir), false);
		struct goauth g;

		tmp_write("answer", rows[i].answer);
		goauth_init(&g, env);
		goauth_begin(&g, NULL); /* asks nothing without a URL */
		assert_int_equal(goauth_ask(&g, rows[i].url, "", NULL), *rows[i].want != 0);
		assert_string_equal(tmp_read("asked"),
				    arena_fmt(&tmp_arena, "url=%s\n", rows[i].url));
		assert_sent(&g, rows[i].url, rows[i].want);
		goauth_release(&g);
		goenv_free(env);
	}
	setenv("PATH", path, 1);
	free(path);
}

/* Headers that net/http sends itself, empty ones, those of two domains; nothing for a prefix takes back what was before. */
static void test_headers(void **state)
{
	const char *gives = script(
		"headers",
		"printf 'https://h.test/\\n\\nCookie: c\\nX-Empty: \\nAuthorization: \\nHost: h\\nX-Y: z\\n\\nhttps://n.test\\n\\n\\n'");
	struct goenv *env = settings(arena_fmt(&tmp_arena, "%s;netrc", gives), true);
	const struct goauth_credential *c;
	struct goauth g;

	(void)state;
	tmp_write("netrc", "machine n.test login n password net\n");
	goauth_init(&g, env);
	goauth_begin(&g, NULL);
	assert_sent(&g, "https://h.test/a", "Cookie: c|X-Empty;|Authorization;|X-Y: z|");
	assert_sent(&g, "https://n.test", "");
	c = goauth_find(&g, "https://h.test/");
	assert_false(c->authorizes);
	assert_string_equal(c->elsewhere[0], "X-Empty;");
	assert_string_equal(c->elsewhere[1], "X-Y: z");
	assert_null(c->elsewhere[2]);
	goauth_release(&g);
	goenv_free(env);
}

/* Masks credentials that a server sends back, and what they decode to. */
static void test_masked(void **state)
{
	const char *gives = script(
		"gives",
		"printf 'https://m.test\\n\\nAuthorization: Basic dXNlcjpoaWRkZW4td29yZA==\\n\\n'");
	struct goenv *env = settings(gives, true);
	struct buf b = BUF_INIT;
	struct goauth g;

	(void)state;
	goauth_init(&g, env);
	goauth_begin(&g, NULL);
	buf_addstr(
		&b,
		"you sent Basic dXNlcjpoaWRkZW4td29yZA==, so hidden-word; dXNlcjpoaWRkZW4td29yZA");
	http_secrets_mask(http_secrets_sent(), &b);
	assert_null(strstr(b.data, "dXNl"));
	assert_null(strstr(b.data, "hidden"));
	buf_release(&b);
	goauth_release(&g);
	goenv_free(env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zero),	     cmocka_unit_test(test_run),
		cmocka_unit_test(test_git),	     cmocka_unit_test(test_headers),
		cmocka_unit_test(test_reply),	     cmocka_unit_test(test_split),
		cmocka_unit_test(test_commands),     cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_bad_commands), cmocka_unit_test(test_masked),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
