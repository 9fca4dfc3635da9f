/* go.sum: which lines count, what matches, what tidy writes. Expectations follow cmd/go/internal/modfetch/fetch.go and were
 * compared with go 1.26 on the same files (go mod verify, go mod tidy -diff). */

#include "unit.h"

#include "base/fs.h"
#include "gofiles/gosum.h"

#define H_A "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define H_B "h1:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB="
#define H_EMPTY "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="

struct fixture {
	char dir[64];
	char file[96], member[96];
};

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/modscope-gosum-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->file, sizeof(f->file), "%s/go.sum", f->dir);
	snprintf(f->member, sizeof(f->member), "%s/m/go.sum", f->dir);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	fs_remove_all(f->dir, NULL);
	free(f);
	return 0;
}

static void put(const char *file, const char *text)
{
	assert_true(fs_write_atomic(file, text, strlen(text), 0644, false, NULL));
}

static const struct modver a1 = { "example.com/a", "v1.0.0" }, a2 = { "example.com/a", "v1.10.0" };

static void missing_file_is_empty(void **state)
{
	struct fixture *f = *state;
	struct gosum *s = gosum_new(f->file, false);
	struct err e = ERR_INIT;

	assert_true(gosum_init(s, &e));
	assert_false(gosum_have(s, a1, GOSUM_ZIP));
	assert_int_equal(gosum_check(s, a1, GOSUM_MOD, H_A, &e), GOSUM_ABSENT);
	gosum_free(s);
}

static void match_and_mismatch(void **state)
{
	struct fixture *f = *state;
	struct gosum *s = gosum_new(f->file, false);
	struct err e = ERR_INIT;

	put(f->file, "\nexample.com/a v1.0.0 " H_A "\r\n  example.com/a\tv1.0.0/go.mod  " H_B "\n"
		     "example.com/a v1.10.0/go.mod " H_EMPTY "\nexample.com/a v1.10.0 h9:other\n");
	assert_true(gosum_have(s, a1, GOSUM_ZIP));
	assert_int_equal(gosum_check(s, a1, GOSUM_ZIP, H_A, &e), GOSUM_MATCH);
	assert_int_equal(gosum_check(s, a1, GOSUM_MOD, H_B, &e), GOSUM_MATCH);
	assert_string_equal(gosum_recorded(s, a1, GOSUM_MOD), H_B);
	/* an empty go.mod's hash is dropped, and one of an unknown kind does not count */
	assert_false(gosum_have(s, a2, GOSUM_MOD));
	assert_false(gosum_have(s, a2, GOSUM_ZIP));
	assert_int_equal(gosum_check(s, a2, GOSUM_ZIP, H_A, &e), GOSUM_ABSENT);
	assert_int_equal(gosum_check(s, a1, GOSUM_MOD, H_A, &e), GOSUM_FAILED);
	assert_int_equal(e.code, ERR_CHECKSUM);
	assert_int_equal(e.line, 3);
	assert_true(str_has_prefix(
		e.text,
		"verifying example.com/a@v1.0.0/go.mod: checksum mismatch\n\tdownloaded: " H_A
		"\n\tgo.sum:     " H_B "\n\nSECURITY ERROR\n"));
	err_release(&e);
	gosum_free(s);
}

static void malformed(void **state)
{
	struct fixture *f = *state;
	struct gosum *s = gosum_new(f->file, false);
	struct err e = ERR_INIT;
	char *want = xasprintf("malformed go.sum:\n%s:2: wrong number of fields 2", f->file);

	put(f->file, "example.com/a v1.0.0 " H_A "\nexample.com/a v1.0.0\n");
	assert_false(gosum_have(s, a1, GOSUM_ZIP));
	assert_int_equal(gosum_check(s, a1, GOSUM_ZIP, H_A, &e), GOSUM_FAILED);
	assert_string_equal(e.text, want);
	err_release(&e);
	gosum_free(s);
	free(want);
	s = gosum_new(f->file, true);
	assert_int_equal(gosum_check(s, a1, GOSUM_ZIP, H_A, &e), GOSUM_MATCH);
	gosum_free(s);
}

static void members(void **state)
{
	struct fixture *f = *state;
	struct gosum *s = gosum_new(f->file, false);
	struct err e = ERR_INIT;

	put(f->member, "example.com/a v1.0.0 " H_A "\nexample.com/a v1.10.0 " H_A "\n");
	put(f->file, "example.com/a v1.10.0 " H_B "\n");
	gosum_add_file(s, f->member);
	assert_int_equal(gosum_check(s, a1, GOSUM_ZIP, H_A, &e), GOSUM_MATCH);
	assert_string_equal(gosum_recorded(s, a1, GOSUM_ZIP), H_A);
	assert_null(gosum_recorded(s, a2, GOSUM_ZIP)); /* the files disagree */
	assert_int_equal(gosum_check(s, a1, GOSUM_ZIP, H_B, &e), GOSUM_FAILED);
	assert_non_null(strstr(e.text, f->member));
	err_release(&e);
	gosum_free(s);
}

static bool keep_all_but_b(void *ctx, struct modver m, enum gosum_kind kind)
{
	(void)ctx;
	(void)kind;
	return !str_eq(m.path, "example.com/b");
}

static void tidy(void **state)
{
	struct fixture *f = *state;
	struct gosum *s = gosum_new(f->file, true);
	struct buf before = BUF_INIT, after = BUF_INIT;
	const char *text = "example.com/b v1.0.0 " H_A "\nexample.com/a v1.10.0/go.mod " H_A
			   "\nexample.com/a v1.2.0 " H_B "\nexample.com/a v1.2.0 " H_A
			   "\nexample.com/a v1.2.0 " H_A "\nodd line";

	put(f->file, text);
	assert_true(gosum_init(s, NULL));
	gosum_learn(s, a2, GOSUM_ZIP, H_A);
	gosum_learn(s, a2, GOSUM_MOD, H_A); /* already there */
	assert_true(gosum_tidy(s, keep_all_but_b, NULL, &before, &after, NULL));
	assert_string_equal(before.data, text);
	assert_string_equal(after.data, "example.com/a v1.2.0 " H_A "\nexample.com/a v1.2.0 " H_B
					"\nexample.com/a v1.10.0 " H_A
					"\nexample.com/a v1.10.0/go.mod " H_A "\n");
	buf_release(&before);
	buf_release(&after);
	gosum_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(missing_file_is_empty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(match_and_mismatch, set_up, tear_down),
		cmocka_unit_test_setup_teardown(malformed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(members, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tidy, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
