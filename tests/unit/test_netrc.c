/* netrc as cmd/go/internal/auth reads it (the first case is from netrc_test.go), and which entry a URL gets. */

#include "unit.h"

#include "base/buf.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse),
					    cmocka_unit_test(test_find) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
