/* netrc as cmd/go/internal/auth reads it (the first case is from netrc_test.go), and which entry a URL gets. */

#include "unit.h"

#include "base/buf.h"
#include "gofiles/goenv.h"
#include "tmpdir.h"
#include "fetch/netrc.h"

static void assert_entries(const char *text, const char *want)
{
	struct netrc rc = NETRC_INIT;
	struct buf b = BUF_INIT;

	netrc_parse(&rc, text, strlen(text));
	for (size_t i = 0; i < rc.n; i++)
		buf_addf(&b, "%s/%s/%s ", rc.entries[i].machine, rc.entries[i].login,
			 rc.entries[i].password);
	assert_string_equal(b.data, want);
	buf_release(&b);
	netrc_release(&rc);
}

static void test_parse(void **state)
{
	(void)state;
	assert_entries(
		"machine incomplete\npassword none\n\nmachine api.github.com\n  login user\n  password pwd\n\n"
		"machine incomlete.host\n  login justlogin\n\n"
		"machine test.host\nlogin user2\npassword pwd2\n\nmachine oneline login user3 password pwd3\n\n"
		"machine ignore.host macdef ignore\n  login nobody\n  password nothing\n\n"
		"machine hasmacro.too macdef ignore-next-lines login user4 password pwd4\n  login nobody\n  password nothing\n\n"
		"default\nlogin anonymous\npassword gopher@golang.org\n\n"
		"machine after.default\nlogin oops\npassword too-late-in-file\n",
		"api.github.com/user/pwd test.host/user2/pwd2 oneline/user3/pwd3 hasmacro.too/user4/pwd4 ");
	assert_entries("", "");
	assert_entries("machine a login b password", "");
	assert_entries("machine a\rlogin b\tpassword c", "a/b/c ");
}

static void test_find(void **state)
{
	static const char text[] =
		"machine a.example login first password 1\nmachine a.example login second password 2\n"
		"machine a.example/deep login deep password 3\nmachine b.example:8443 login b password 4\n";
	static const struct {
		const char *url, *login;
	} cases[] = {
		{ "https://a.example/x/y", "first" },	 { "https://a.example", "first" },
		{ "https://a.example/deep/er", "deep" }, { "https://a.example/deeper", "first" },
		{ "https://b.example/", NULL },		 { "https://b.example:8443/x", "b" },
		{ "http://a.example/", NULL },		 { "https://sub.a.example/", NULL },
	};
	struct netrc rc = NETRC_INIT;

	(void)state;
	netrc_parse(&rc, text, strlen(text));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct netrc_entry *entry = netrc_find(&rc, cases[i].url);

		if (cases[i].login)
			assert_string_equal(entry->login, cases[i].login);
		else
			assert_null(entry);
	}
	netrc_release(&rc);
}

/* A machine may be a URL, and end with a slash; the rest of a long line does not count. */
static void test_odd(void **state)
{
	struct netrc rc = NETRC_INIT;
	struct buf b = BUF_INIT;

	(void)state;
	for (int i = 0; i < 9; i++)
		buf_addf(&b, "machine https://m%d.example/ login l%d password p\n", i, i);
	for (int i = 0; i < 200; i++)
		buf_addstr(&b, "word word ");
	buf_addstr(&b, "machine late login l password p\nmachine / login root password p\n");
	netrc_parse(&rc, b.data, b.len);
	assert_int_equal(rc.n, 10);
	assert_string_equal(netrc_find(&rc, "https://m8.example/x")->login, "l8");
	assert_string_equal(netrc_find(&rc, "https://m0.example/")->login, "l0");
	assert_null(netrc_find(&rc, "https://late/"));
	assert_string_equal(netrc_find(&rc, "https://")->login, "root");
	netrc_release(&rc);
	buf_release(&b);
}

/* GOAUTH's commands; NETRC, else ~/.netrc. */
static void test_load(void **state)
{
	static const struct {
		const char *vars[3];
		const char *login;
	} rows[] = {
		{ { "GOAUTH=netrc", "HOME=%s" }, "home" },
		{ { "GOAUTH= \tnetrc ;off", "HOME=%s" }, "home" },
		{ { "GOAUTH=git /x;netrc", "HOME=%s" }, "home" },
		{ { "GOAUTH=netrc", "HOME=/nonexistent", "NETRC=%s/other" }, "other" },
		{ { "GOAUTH=netrc", "HOME=/nonexistent" }, NULL },
		{ { "GOAUTH=netrc", "HOME=" }, NULL },
		{ { "GOAUTH=off", "HOME=%s" }, NULL },
		{ { "GOAUTH=netrcs", "HOME=%s" }, NULL },
		{ { "GOAUTH=net", "HOME=%s" }, NULL },
		{ { "GOAUTH=/bin/x;", "HOME=%s" }, NULL },
	};

	(void)state;
	tmp_write(".netrc", "machine h.test login home password p\n");
	tmp_write("other", "machine h.test login other password p\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *vars[5] = { "GOENV=off" };
		struct netrc rc = NETRC_INIT;
		struct goenv *env;

		for (size_t k = 0; k < 3 && rows[i].vars[k]; k++) {
			const char *mark = strstr(rows[i].vars[k], "%s");

			vars[k + 1] = mark ? arena_fmt(&tmp_arena, "%.*s%s%s",
						       (int)(mark - rows[i].vars[k]),
						       rows[i].vars[k], tmp_dir, mark + 2)
					   : rows[i].vars[k];
		}
		env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
		netrc_load(&rc, env);
		if ((rc.n == 1) != (rows[i].login != NULL) ||
		    (rc.n && !str_eq(rc.entries[0].login, rows[i].login)))
			fail_msg("%s %s: %zu entries", rows[i].vars[0], rows[i].vars[1], rc.n);
		netrc_release(&rc);
		goenv_free(env);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse),
					    cmocka_unit_test(test_find), cmocka_unit_test(test_odd),
					    cmocka_unit_test(test_load) };

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
