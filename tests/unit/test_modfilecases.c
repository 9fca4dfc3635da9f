/* Which files make a module zip: each list of files is sorted into valid, omitted and invalid ones as golang.org/x/mod/zip does it, with its words. */
#include "unit.h"

#include "modfilecases.h"

static bool read_text(void *ctx, size_t i, struct buf *b, struct err *e UNUSED)
{
	const struct modfilecase *c = ctx;

	buf_addstr(b, c->files[i].text ? c->files[i].text : "");
	return true;
}

static bool read_nothing(void *ctx UNUSED, size_t i UNUSED, struct buf *b UNUSED, struct err *e)
{
	return err_set(e, ERR_SYS, "it is gone");
}

static size_t list_files(struct modfiles_file files[7], const struct modfilecase *c)
{
	size_t n = 0;

	for (; n < ARRAY_LEN(c->files) && c->files[n].path; n++)
		files[n] = (struct modfiles_file){ c->files[n].path, c->files[n].kind, false,
						   c->files[n].size };
	return n;
}

static const char *remarks(struct arena *a, const struct modfiles_remark *items, size_t n)
{
	const char *s = "";

	for (size_t i = 0; i < n; i++)
		s = arena_fmt(a, "%s%s%s: %s", s, i ? "|" : "", items[i].path, items[i].text);
	return s;
}

static void check_case(const struct modfilecase *c)
{
	struct modfiles_file files[7];
	struct modfiles_source s = { files, list_files(files, c), read_text, (void *)(uintptr_t)c };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	const char *valid = "";
	struct modfiles m;

	assert_true(modfiles_check(&m, &a, &s, &e));
	for (size_t i = 0; i < m.valid.n; i++)
		valid = arena_fmt(&a, "%s%s%s", valid, i ? "|" : "", files[m.valid.items[i]].path);
	assert_string_equal(valid, c->valid);
	assert_string_equal(remarks(&a, m.omitted.items, m.omitted.n), c->omitted);
	assert_string_equal(remarks(&a, m.invalid.items, m.invalid.n), c->invalid);
	assert_int_equal(modfiles_valid(&m, &e), !*c->error);
	assert_string_equal(e.text ? e.text : "", c->error);
	err_release(&e);
	arena_release(&a);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modfilecases); i++)
		check_case(&modfilecases[i]);
}

/* The go.mod decides about vendored packages, so it must be readable. */
static void test_unreadable(void **state)
{
	const struct modfiles_file files[] = { { "go.mod", MODFILES_REGULAR, false, 1 } };
	const struct modfiles_source s = { files, 1, read_nothing, NULL };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct modfiles m;

	(void)state;
	assert_false(modfiles_check(&m, &a, &s, &e));
	assert_string_equal(e.text, "it is gone");
	err_release(&e);
	arena_release(&a);
}

/* zip.Create: the module path and version must be a module's, the version in canonical form. */
static void test_names(void **state)
{
	static const struct {
		struct modver mod;
		const char *error;
	} bad[] = {
		{ { "m.test/a", "v1" },
		  "create zip: version \"v1\" is not canonical (should be \"v1.0.0\")" },
		{ { "m.test/a", "x" },
		  "create zip: version \"x\" is not canonical (should be \"\")" },
		{ { "m.test/a", "v2.0.0" }, NULL },
		{ { "A/..", "v1.0.0" }, NULL },
	};
	const struct modfiles_file files[] = { { "a", MODFILES_REGULAR, false, 0 } };
	struct modfilecase c = { .files = { { "a", MODFILES_REGULAR, 0, "" } } };
	const struct modfiles_source s = { files, 1, read_text, &c };
	struct arena a = ARENA_INIT;
	struct modfiles m;

	(void)state;
	assert_true(modfiles_check(&m, &a, &s, NULL));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = ERR_INIT;
		char sum[DIRHASH_LEN + 1];

		assert_false(modfiles_hash(sum, &m, bad[i].mod, NULL, &e));
		assert_true(str_has_prefix(e.text, "create zip: "));
		if (bad[i].error)
			assert_string_equal(e.text, bad[i].error);
		err_release(&e);
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
