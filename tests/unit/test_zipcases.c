/*
 * Odd zips: each is opened, refused and read as archive/zip does it, with its words.
 */
#include "tmpdir.h"

#include "zip/modzip.h"
#include "zipcases.h"

static unsigned char digit(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* "0a1f00*9,": a byte that is followed by * and a number comes so many times. */
static void unpack(struct buf *b, const char *s)
{
	while (*s) {
		char byte = (char)(digit(s[0]) << 4 | digit(s[1]));
		unsigned long n = 1;

		s += 2;
		if (*s == '*') {
			n = strtoul(s + 1, NULL, 10);
			s = strchr(s, ',') + 1;
		}
		while (n--)
			buf_addch(b, byte);
	}
}

static bool count(void *ctx, const void *data UNUSED, size_t len, struct err *e UNUSED)
{
	*(size_t *)ctx += len;
	return true;
}

/* What opening the zip and reading each of its files comes to. */
static void read_all(struct buf *says, const char *file)
{
	struct modzip_reader *r = modzip_reader_new();
	struct err e = ERR_INIT;
	struct modzip z;
	bool ok = modzip_open(&z, file, &e);

	if (!ok)
		buf_addf(says, "open: %s", e.text);
	for (size_t i = 0; ok && i < z.n; i++) {
		const char *name = modzip_name(&z, &z.entries[i]);
		size_t len = 0;

		ok = modzip_read(r, &z, &z.entries[i], count, &len, &e);
		if (ok)
			buf_addf(says, "%s %zu ", name, len);
		else
			buf_addf(says, "%s: %s", name, e.text);
	}
	err_release(&e);
	modzip_close(&z);
	modzip_reader_free(r);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(zipcases); i++) {
		struct buf bytes = BUF_INIT, says = BUF_INIT;

		unpack(&bytes, zipcases[i].bytes);
		tmp_write_n("case.zip", bytes.data, bytes.len);
		read_all(&says, tmp_path("case.zip"));
		if (!str_eq(says.len ? says.data : "", zipcases[i].says))
			fail_msg("%s: \"%s\", but archive/zip says \"%s\"", zipcases[i].name,
				 says.data, zipcases[i].says);
		buf_release(&bytes);
		buf_release(&says);
	}
	modzip_reader_free(NULL);
}

static void test_no_file(void **state)
{
	static const struct {
		const char *name, *says;
		enum err_code code;
	} kinds[] = {
		{ "absent", "open %s/absent: no such file or directory", ERR_NOT_FOUND },
		{ "dir", "read %s/dir: is a directory", ERR_SYS },
		{ "fifo", "read %s/fifo: it is a FIFO, which go waits for", ERR_SYS },
		{ "null", "zip: not a valid zip file", ERR_SYS },
	};

	(void)state;
	tmp_mkdir("dir");
	assert_int_equal(mkfifo(tmp_path("fifo"), 0600), 0);
	assert_int_equal(symlink("/dev/null", tmp_path("null")), 0);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct err e = ERR_INIT;
		struct modzip z;

		assert_false(modzip_open(&z, tmp_path(kinds[i].name), &e));
		tmp_assert_err(&e, kinds[i].code, kinds[i].says);
	}
}

/* modzip_read_file: by the whole name, no more than asked for. */
static void test_one_file(void **state)
{
	struct modzip_reader *r = modzip_reader_new();
	const struct modver m = { "m", "v1.0.0" };
	struct buf bytes = BUF_INIT, b = BUF_INIT;
	struct err e = ERR_INIT;
	struct modzip z;

	(void)state;
	/* m@v1.0.0/f, "hello\n" stored */
	unpack(&bytes, "504b03041400*9,20303a3606000000060000000a0000006d4076312e302e302f66"
		       "68656c6c6f0a"
		       "504b010214001400*9,20303a3606000000060000000a00*17,6d4076312e302e302f66"
		       "504b0506000000000100010038000000"
		       "2e0000000000");
	tmp_write_n("one.zip", bytes.data, bytes.len);
	assert_true(modzip_open(&z, tmp_path("one.zip"), &e));
	assert_true(modzip_read_file(r, &z, m, "f", 6, &b, &e));
	assert_string_equal(b.data, "hello\n");
	buf_clear(&b);
	assert_false(modzip_read_file(r, &z, m, "f", 5, &b, &e));
	tmp_assert_err(&e, ERR_LIMIT, "m@v1.0.0/f: more than 5 bytes");
	assert_false(modzip_read_file(r, &z, m, "g", 5, &b, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "m@v1.0.0/g: no such file in the zip");
	buf_release(&bytes);
	buf_release(&b);
	modzip_close(&z);
	modzip_reader_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_one_file),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
