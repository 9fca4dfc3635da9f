/* Signed notes: keys, signatures, and malformed ones (the cases of x/mod/sumdb/note's tests). */

#include "unit.h"

#include "testdb.h"

#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_TEXT \
	"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
#define PETER_SIG                    \
	"\xe2\x80\x94 PeterNeumann " \
	"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

static void test_keys(void **state)
{
	static const struct {
		const char *key, *error;
	} bad[] = {
		{ "", "malformed verifier id" },
		{ "name", "malformed verifier id" },
		{ "PeterNeumann+c74f20a3", "malformed verifier id" },
		{ "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		  "invalid verifier hash" },
		{ "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		  "malformed verifier id" },
		{ "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
		  "malformed verifier id" },
		{ "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		  "malformed verifier id" },
		{ "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		  "malformed verifier id" },
		{ "PeterNeumann+c74f20a3+", "malformed verifier id" },
		{ "PeterNeumann+c74f20ag+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		  "malformed verifier id" },
		/* of another algorithm; a byte short */
		{ "a+b9eb011a+Anh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4",
		  "unknown verifier algorithm" },
		{ "a+7f0b7771+AXh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=",
		  "malformed verifier id" },
	};
	struct note_verifier v;

	(void)state;
	assert_true(note_verifier_parse(&v, PETER, NULL));
	assert_string_equal(v.name, "PeterNeumann");
	assert_int_equal(v.hash, 0xc74f20a3);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = ERR_INIT;

		assert_false(note_verifier_parse(&v, bad[i].key, &e));
		assert_string_equal(e.text, bad[i].error);
		err_release(&e);
	}
}

static void assert_open(const char *msg, const char *error)
{
	struct note_verifier v;
	struct err e = ERR_INIT;
	size_t len = 0;
	bool ok;

	assert_true(note_verifier_parse(&v, PETER, NULL));
	ok = note_open(msg, strlen(msg), &v, &len, &e);
	assert_string_equal(ok ? "" : e.text, error);
	if (ok)
		assert_int_equal(len, strlen(PETER_TEXT));
	err_release(&e);
}

static void test_open(void **state)
{
	struct buf many = BUF_INIT;

	(void)state;
	assert_open(PETER_TEXT "\n" PETER_SIG, "");
	assert_open(PETER_TEXT "\n" PETER_SIG PETER_SIG, "");
	assert_open(PETER_TEXT "\n\xe2\x80\x94 other AAAAAAAA\n" PETER_SIG, "");
	assert_open(PETER_TEXT "\n\xe2\x80\x94 other AAAAAAAA\n",
		    "note has no verifiable signatures");
	assert_open("X" PETER_TEXT "\n" PETER_SIG,
		    "invalid signature for key PeterNeumann+c74f20a3");
	assert_open(PETER_TEXT PETER_SIG, "malformed note");
	assert_open(PETER_TEXT "\n", "malformed note");
	assert_open(PETER_TEXT, "malformed note");
	assert_open("", "malformed note");
	assert_open(PETER_TEXT "\n\xe2\x80\x94 other AAAAAAAA", "malformed note");
	assert_open(PETER_TEXT "\n- other AAAAAAAA\n", "malformed note");
	assert_open(PETER_TEXT "\n\xe2\x80\x94 other AAAA\n", "malformed note");
	assert_open(PETER_TEXT "\n\xe2\x80\x94 other AAAAAAA\n", "malformed note");
	assert_open(PETER_TEXT "\n\xe2\x80\x94 a+b AAAAAAAA\n", "malformed note");
	assert_open(PETER_TEXT "\n\xe2\x80\x94 other\n", "malformed note");
	assert_open(PETER_TEXT "\x01\n" PETER_SIG, "malformed note");
	assert_open(PETER_TEXT "\xff\n" PETER_SIG, "malformed note");
	buf_addstr(&many, PETER_TEXT "\n");
	for (int i = 0; i < 101; i++)
		buf_addf(&many, "\xe2\x80\x94 other%d AAAAAAAA\n", i);
	assert_open(many.data, "malformed note");
	buf_release(&many);
}

/* isValidName: what unicode.IsSpace is true of, and what stands beside it. */
static void test_names(void **state)
{
	static const struct {
		const char *name;
		bool ok;
	} rows[] = {
		{ "a\t", false },
		{ "\vb", false },
		{ "a\xc2\x85", false },
		{ "a\xc2\xa0", false },
		{ "a\xe1\x9a\x80", false },
		{ "a\xe2\x80\x80", false },
		{ "a\xe2\x80\x8a", false },
		{ "a\xe2\x80\xa8", false },
		{ "a\xe2\x80\xa9", false },
		{ "a\xe2\x80\xaf", false },
		{ "a\xe2\x81\x9f", false },
		{ "a\xe3\x80\x80", false },
		{ "a\xff", false },
		{ "", false },
		{ "a+", false },
		{ "a\x7f", true },
		{ "a\xc2\x84", true },
		{ "a\xc2\xa1", true },
		{ "a\xe1\x9a\x81", true },
		{ "a\xe1\xbf\xbf", true },
		{ "a\xe2\x80\x8b", true },
		{ "a\xe2\x80\xaa", true },
		{ "a\xe2\x81\xa0", true },
		{ "a\xe3\x80\x81", true },
		{ "a\xef\xbf\xbd", true },
		{ "\xf0\x9f\x90\xb9", true },
		{ "a/b.c", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *key = xasprintf("%s+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
				      rows[i].name);
		struct err e = ERR_INIT;
		struct note_verifier v;

		/* the hash is not that of the name, which is looked at first */
		assert_false(note_verifier_parse(&v, key, &e));
		assert_string_equal(e.text,
				    rows[i].ok ? "invalid verifier hash" : "malformed verifier id");
		err_release(&e);
		free(key);
	}
}

/* One key of many: not by its hash alone, nor its name. */
static void test_other_keys(void **state)
{
	(void)state;
	assert_open(PETER_TEXT "\n\xe2\x80\x94 PeterNeumanX x08go/ZJkuBS9UG/\n",
		    "note has no verifiable signatures");
	assert_open(PETER_TEXT "\n\xe2\x80\x94 Peter x08go/ZJkuBS9UG/\n",
		    "note has no verifiable signatures");
	assert_open(PETER_TEXT "\n\xe2\x80\x94 PeterNeumann AAAAAAAAAAA=\n",
		    "note has no verifiable signatures");
	assert_open(PETER_TEXT "\n\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/\n",
		    "invalid signature for key PeterNeumann+c74f20a3");
	assert_open(PETER_TEXT "\n\xe2\x80\n", "malformed note");
	assert_open("\xef\xbf\xbd" PETER_TEXT "\n\xe2\x80\x94 other AAAAAAAA\n",
		    "note has no verifiable signatures");
}

static void test_own_key(void **state)
{
	struct testdb db;
	struct note_verifier v;
	struct err e = ERR_INIT;
	char *head;
	size_t len;

	(void)state;
	testdb_init(&db, "db.example/x");
	testdb_add(&db, "a v1.0.0 h1:x\n");
	head = testdb_head(&db, 1);
	assert_true(note_verifier_parse(&v, db.verifier, NULL));
	assert_true(note_open(head, strlen(head), &v, &len, NULL));
	head[25] ^= 1;
	assert_false(note_open(head, strlen(head), &v, &len, &e));
	assert_int_equal(e.code, ERR_CHECKSUM);
	err_release(&e);
	free(head);
	testdb_release(&db);
}

static void test_base64(void **state)
{
	static const struct {
		const char *text, *bytes;
		int n;
	} cases[] = {
		{ "", "", 0 },		 { "QQ==", "A", 1 },	     { "QUI=", "AB", 2 },
		{ "QUJD", "ABC", 3 },	 { "QU\nJD\r\n", "ABC", 3 }, { "QR==", "A", 1 },
		{ "QQ=", NULL, 0 },	 { "QQ", NULL, 0 },	     { "Q===", NULL, 0 },
		{ "QQ==QQ==", NULL, 0 }, { "QU?D", NULL, 0 },	     { "====", NULL, 0 },
		{ "QUJDRA==", NULL, 0 }, { "QQ=a", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned char out[3];
		size_t n;
		bool ok = base64_decode(cases[i].text, strlen(cases[i].text), out, sizeof(out), &n);

		assert_int_equal(ok, cases[i].bytes != NULL);
		if (ok) {
			assert_int_equal(n, cases[i].n);
			assert_memory_equal(out, cases[i].bytes, n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),	   cmocka_unit_test(test_open),
		cmocka_unit_test(test_own_key),	   cmocka_unit_test(test_names),
		cmocka_unit_test(test_other_keys), cmocka_unit_test(test_base64),
	};

	/* not used by this program */
	(void)testdb_write_tiles;
	(void)testdb_write_lookup;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
