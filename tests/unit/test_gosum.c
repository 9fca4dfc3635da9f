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

/* strings.Fields of go cuts at every space of Unicode, and not at other bytes. */
static void fields(void **state)
{
	static const struct {
		const char *line;
		int n; /* fields; 3: the line counts */
	} cases[] = {
		{ "example.com/a v1.0.0 " H_A, 3 },
		{ "example.com/a\302\240v1.0.0\343\200\200" H_A, 3 },
		{ "example.com/a v1.0.0 " H_A "\302\205", 3 },
		{ "example.com/a  v1.0.0 " H_A, 3 },
		{ "example.com/a v1.0.0 " H_A " ", 3 },
		{ "example.com/a v1.0.0  " H_A, 3 },
		{ " example.com/a v1.0.0 " H_A, 3 },
		{ "\vexample.com/a\fv1.0.0 " H_A, 3 },
		{ "example.com/a v1.0.0 " H_A " x", 4 },
		{ "example.com/a v1.0.0 ", 2 },
		{ "example.com/a", 1 },
		{ "example.com/\303\244 v1.0.0", 2 },
		{ " ", 0 },
		{ "\302\240", 0 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gosum *s = gosum_new(f->file, false);
		int n = cases[i].n;
		struct err e = ERR_INIT;
		char *want = xasprintf("malformed go.sum:\n%s:1: wrong number of fields %d",
				       f->file, n);

		put(f->file, cases[i].line);
		assert_int_equal(gosum_init(s, &e), n == 0 || n == 3);
		if (n && n != 3)
			assert_string_equal(e.text, want);
		assert_int_equal(gosum_init(s, NULL), n == 0 || n == 3);
		assert_int_equal(gosum_have(s, a1, GOSUM_ZIP), n == 3);
		err_release(&e);
		free(want);
		gosum_free(s);
	}
}

static struct modver numbered(struct arena *a, size_t i)
{
	return (struct modver){ arena_fmt(a, "a%zu", i % 977), arena_fmt(a, "v%zu", i / 977) };
}

/* More lines than their lengths let expect, and more of them learned: each is found with its own hash. */
static void many(void **state)
{
	enum { N = 3000 };
	struct fixture *f = *state;
	struct gosum *s = gosum_new(f->file, false);
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < N; i++)
		buf_addf(&text, "%s %s h1:%zu\n", numbered(&a, i).path, numbered(&a, i).version, i);
	put(f->file, text.data);
	assert_true(gosum_init(s, NULL));
	for (size_t i = N; i < 2 * N; i++)
		gosum_learn(s, numbered(&a, i), GOSUM_ZIP, arena_fmt(&a, "h1:%zu", i));
	for (size_t i = 0; i < 2 * N; i++)
		assert_int_equal(gosum_check(s, numbered(&a, i), GOSUM_ZIP,
					     arena_fmt(&a, "h1:%zu", i), NULL),
				 GOSUM_MATCH);
	assert_int_equal(gosum_check(s, numbered(&a, 2 * N), GOSUM_ZIP, "h1:0", NULL),
			 GOSUM_ABSENT);
	gosum_free(s);
	buf_release(&text);
	arena_release(&a);
}

/* Several lines of one key, in the workspace's file and in a member's. */
static void several_hashes(void **state)
{
	struct fixture *f = *state;
	char *file = xasprintf("%s/go.work.sum", f->dir);
	struct gosum *s = gosum_new(file, false);
	struct err e = ERR_INIT;

	put(f->member, "example.com/a v1.0.0 h9:x\nexample.com/a v1.0.0 " H_A
		       "\nexample.com/a v1.10.0 h9:x\n");
	put(file, "example.com/a v1.0.0/go.mod h9:y\nexample.com/a v1.0.0/go.mod " H_B
		  "\nexample.com/a v1.0.0/go.mod " H_A "\n");
	gosum_add_file(s, f->member);
	assert_true(gosum_have(s, a1, GOSUM_ZIP));
	assert_true(gosum_have(s, a1, GOSUM_MOD));
	assert_false(gosum_have(s, a2, GOSUM_ZIP));
	assert_int_equal(gosum_check(s, a1, GOSUM_ZIP, H_A, &e), GOSUM_MATCH);
	assert_int_equal(gosum_check(s, a2, GOSUM_ZIP, H_A, &e), GOSUM_ABSENT);
	/* in the main file the first h1 decides */
	assert_int_equal(gosum_check(s, a1, GOSUM_MOD, H_A, &e), GOSUM_FAILED);
	assert_true(str_has_prefix(
		e.text,
		"verifying example.com/a@v1.0.0/go.mod: checksum mismatch\n\tdownloaded: " H_A
		"\n\tgo.work.sum:     " H_B "\n"));
	assert_null(gosum_recorded(s, a1, GOSUM_MOD));
	err_release(&e);
	gosum_free(s);
	free(file);
}

static bool keep_all(void *ctx, struct modver m, enum gosum_kind kind)
{
	(void)ctx;
	(void)m;
	(void)kind;
	return true;
}

static bool keep_a1(void *ctx, struct modver m, enum gosum_kind kind)
{
	(void)ctx;
	(void)kind;
	return str_eq(m.path, a1.path) && str_eq(m.version, a1.version);
}

struct rewrite {
	bool trim;
	bool (*keep)(void *ctx, struct modver m, enum gosum_kind kind);
	const char *file, *member, *want; /* want NULL: as the file is */
};

/* WriteGoSum: nothing is sorted unless a line is added or dropped; lines of members are not written. */
static void updates(void **state)
{
	static const struct rewrite cases[] = {
		{ false, keep_all, "b v1 h1:x\na v1 h1:x\n", NULL, NULL },
		{ true, keep_all, "b v1 h1:x\na v1 h1:x\n", NULL, NULL },
		{ true, keep_a1, "b v1 h1:x\nexample.com/a v1.0.0 h1:x\n", NULL,
		  "example.com/a v1.0.0 h1:x\n" },
		{ false, keep_a1, "b v1 h1:x\nexample.com/a v1.0.0 h1:x\n", NULL, NULL },
		{ true, keep_a1, "example.com/a v1.0.0 h1:x\n", "b v1 h1:x\n", NULL },
		{ true, keep_a1, "example.com/a v1.0.0 h1:x\nb v1 h1:x\n",
		  "example.com/a v1.0.0 h1:x\n", "" },
		{ true, keep_a1, "", NULL, NULL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct rewrite *c = &cases[i];
		struct gosum *s = gosum_new(f->file, false);
		struct buf after = BUF_INIT;

		put(f->file, c->file);
		if (c->member) {
			put(f->member, c->member);
			gosum_add_file(s, f->member);
		}
		assert_true(gosum_update(s, c->trim, c->keep, NULL, &after, NULL));
		assert_string_equal(after.len ? after.data : "", c->want ? c->want : c->file);
		buf_release(&after);
		gosum_free(s);
	}
}

/* module.Sort: versions that are equal to semver are in the order of their bytes. */
static void tidy_order(void **state)
{
	static const char *const sorted[] = {
		"example.com/a v1.0.0+a h1:x\n",       "example.com/a v1.0.0+a/go.mod h1:x\n",
		"example.com/a v1.0.0+b h1:x\n",       "example.com/a v1.0.0+b/go.mod h1:x\n",
		"example.com/a v1.0.0+b/x h1:x\n",     "example.com/a v1.10.0 h1:x\n",
		"example.com/a v1.10.0/go.mod h1:x\n", "example.com/b v1.0.0 h1:x\n",
	};
	struct fixture *f = *state;
	struct gosum *s = gosum_new(f->file, false);
	struct buf text = BUF_INIT, want = BUF_INIT, before = BUF_INIT, after = BUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(sorted); i++) {
		buf_addstr(&want, sorted[i]);
		buf_addstr(&text, sorted[ARRAY_LEN(sorted) - 1 - i]);
	}
	put(f->file, text.data);
	assert_true(gosum_tidy(s, keep_all, NULL, &before, &after, NULL));
	assert_string_equal(before.data, text.data);
	assert_string_equal(after.data, want.data);
	buf_release(&text);
	buf_release(&want);
	buf_release(&before);
	buf_release(&after);
	gosum_free(s);
}

/* What cannot be read is said each time, and nothing is written then. */
static void unreadable(void **state)
{
	struct fixture *f = *state;
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct gosum *s = gosum_new(f->file, true);
	struct err e = ERR_INIT;

	assert_true(fs_mkdir_all(f->file, NULL));
	assert_false(gosum_update(s, true, keep_all, NULL, &after, &e));
	assert_non_null(strstr(e.text, "is a directory"));
	assert_false(gosum_update(s, true, keep_all, NULL, &after, &e));
	assert_false(gosum_tidy(s, keep_all, NULL, &before, &after, NULL));
	assert_int_equal(before.len + after.len, 0);
	assert_false(gosum_have(s, a1, GOSUM_ZIP));
	gosum_learn(s, a1, GOSUM_ZIP, H_A);
	assert_null(gosum_recorded(s, a1, GOSUM_ZIP));
	err_release(&e);
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
		cmocka_unit_test_setup_teardown(fields, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(several_hashes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(updates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tidy_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unreadable, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
