/*
 * Questions about a small project in many states, as commands: the answer's status, and words of it that follow from the state.
 */
#include "cmdfix.h"

#define MOD "module example.com/main\n\ngo 1.20\n\n"
#define BOTH "require (\n\texample.com/Upper v1.0.0\n\texample.com/other v0.1.0\n)\n"
#define POLICY "main/.modscope", "[policy]\n"

struct question {
	const char *words[7];
	int status;
	const char *says, *never;
	const char *files[8]; /* name below TOP and text, in turn; text "": a directory */
};

static const struct question questions[] = {
#include "questions.h"
};

static void write_files(struct fix *f, const char *const *files)
{
	for (size_t i = 0; files[i]; i += 2) {
		const char *path = arena_fmt(&f->a, "%s/%s", f->top, files[i]);

		assert_true(*files[i + 1] || fs_mkdir_all(path, NULL));
		if (*files[i + 1])
			fix_write_str(path, files[i + 1]);
	}
}

/* Of main only what was added to it, of others the whole; of GOMODCACHE the original file comes back. */
static void remove_files(struct fix *f, const char *const *files)
{
	for (size_t i = 0; files[i]; i += 2) {
		const char *rest = strchr(files[i], '/'),
			   *below = str_cut_prefix(files[i], "main/"), *up;
		size_t len = below  ? 5 + strcspn(below, "/")
			     : rest ? (size_t)(rest - files[i])
				    : strlen(files[i]),
		       n;
		char *data;

		if (!str_has_prefix(files[i], "mod/")) {
			assert_true(fs_remove_all(arena_fmt(&f->a, "%s/%.*s", f->top, (int)len,
							    files[i]),
						  NULL));
			continue;
		}
		up = arena_fmt(&f->a, "%s%s", f->up, rest);
		assert_true(fs_read(&f->a, up, (size_t)1 << 20, &data, &n, NULL));
		fix_write(arena_fmt(&f->a, "%s%s", f->root, rest), data, n);
	}
	cmd_write_project(f);
}

static bool ask(struct fix *f, const struct question *q)
{
	const char *line = q->words[0];
	struct cmd_out o;
	bool ok;

	for (size_t i = 1; q->words[i]; i++)
		line = arena_fmt(&f->a, "%s %s", line, q->words[i]);
	write_files(f, q->files);
	cmd_run(&o, q->words);
	buf_add(&o.out, o.err.data, o.err.len);
	ok = o.status == q->status && strstr(o.out.data, q->says) &&
	     !(q->never && strstr(o.out.data, q->never));
	if (!ok)
		print_error("%s: status %d, wanted %d with \"%s\" and without \"%s\":\n%s", line,
			    o.status, q->status, q->says, q->never ? q->never : "", o.out.data);
	cmd_release(&o);
	remove_files(f, q->files);
	return ok;
}

static void test_questions(void **state)
{
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(questions); i++)
		wrong += !ask(*state, &questions[i]);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_questions) };

	return cmocka_run_group_tests(tests, cmd_setup, cmd_teardown);
}
