/* Many new files created together: existing ones stay, a failing item leaves nothing, and a failing call or a kill leaves only
 * complete items, which undo removes. */

#include "tmpdir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "change/apply.h"
#include "change/execute.h"
#include "change/undo.h"

#define ITEMS 70u /* more than one group */
#define BAD 5u	  /* its second file cannot be created */
#define BAD_VERSION "v0.0.5"
#define THERE 9u /* its second file exists */

/* The n-th rename, or write to the journal, fails, and with `all` every later one. */
static struct {
	bool armed, all;
	size_t n, from;
	const char *suffix; /* not NULL: instead, renames to such names fail */
} fault;

static bool fails(void)
{
	if (!fault.armed || (++fault.n != fault.from && !(fault.all && fault.n > fault.from)))
		return false;
	errno = EIO;
	return true;
}

int rename(const char *from, const char *to)
{
	if (fault.armed && fault.suffix && str_has_suffix(to, fault.suffix)) {
		errno = EIO;
		return -1;
	}
	return fails() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int fdatasync(int fd)
{
	return fails() ? -1 : (int)syscall(SYS_fdatasync, fd);
}

static bool on_fetch(void *ctx, const struct plan_item *item, const struct plan_step *s,
		     struct err *e)
{
	(void)ctx, (void)item, (void)s, (void)e;
	return true;
}

static bool on_judge(void *ctx, const struct plan_item *item, const struct plan_step *steps,
		     bool *stands, struct err *e)
{
	(void)ctx, (void)e;
	for (size_t i = 0; i < item->n; i++)
		stands[i] = !fs_exists(steps[i].path);
	return true;
}

static bool on_make(void *ctx, const struct plan_item *item, const struct plan_step *s,
		    struct apply *t, const char **tmp, struct err *e)
{
	(void)ctx;
	if (str_eq(item->mod.version, BAD_VERSION) && str_has_suffix(s->path, ".zip"))
		return err_set(e, ERR_NETWORK, "no such zip");
	return apply_temp(t, s->path, strlen(s->path), tmp, e);
}

static const char *file_of(unsigned i, const char *suffix)
{
	return tmp_path(
		arena_fmt(&tmp_arena, "root/cache/download/m%u/@v/v0.0.%u.%s", i, i, suffix));
}

static void make_plan(struct plan *p)
{
	plan_init(p, "together");
	p->one_change = true;
	for (unsigned i = 0; i < ITEMS; i++) {
		plan_begin(p,
			   (struct modver){ arena_fmt(&p->arena, "m%u", i),
					    arena_fmt(&p->arena, "v0.0.%u", i) },
			   "", 0);
		plan_add(p, PLAN_FETCH, file_of(i, "zip"), 0, "");
		plan_add(p, PLAN_LOCK, file_of(i, "lock"), 0, "");
		plan_add(p, PLAN_WRITE, file_of(i, "mod"), 0, "");
		plan_add(p, PLAN_WRITE, file_of(i, "zip"), 0, "");
	}
	plan_end(p);
}

static bool run(const struct plan *p, struct execute_result **results, size_t *n)
{
	const struct execute_room room = { .fetch = on_fetch, .judge = on_judge, .make = on_make };
	struct err e = ERR_INIT;
	bool ok;

	fs_remove_all(tmp_path("root"), NULL);
	fs_remove_all(tmp_path("own"), NULL);
	tmp_write(arena_fmt(&tmp_arena, "root/cache/download/m%u/@v/v0.0.%u.zip", THERE, THERE),
		  "old");
	tmp_mkdir("own");
	fault.armed = true;
	fault.n = 0;
	ok = execute_together(&tmp_arena, p,
			      &(struct execute_options){ .root = tmp_path("root"),
							 .own_cache = tmp_path("own"),
							 .room = &room },
			      results, n, &e);
	fault.armed = false;
	err_release(&e);
	return ok;
}

/* Each file that exists is complete, and the result says this about it and no other. */
static void assert_told(const struct execute_result *r)
{
	for (size_t i = 0; i < r->item->n; i++) {
		const struct plan_step *s = &r->steps[i];
		const char *rel = s->path + strlen(tmp_dir) + 1, *text = tmp_read(rel);

		if (s->op != PLAN_WRITE)
			continue;
		if (r->states[i] == EXECUTE_DONE)
			assert_string_equal(text, s->path);
		else if (str_eq(s->path, file_of(THERE, "zip")))
			assert_string_equal(text, "old");
		else
			assert_null(text);
	}
	assert_int_equal(r->outcome == EXECUTE_FAILED || r->outcome == EXECUTE_PART,
			 *r->error != '\0');
	assert_int_equal(execute_changed(r) > 0,
			 r->outcome == EXECUTE_CHANGED || r->outcome == EXECUTE_PART);
	assert_int_equal(execute_changed(r) > 0, *r->id != '\0');
}

static void assert_undone(const char *id)
{
	struct execute_result *results;
	struct plan p;
	struct err e = ERR_INIT;
	size_t n;

	assert_true(undo_plan(&p, tmp_path("root"), tmp_path("own"), id, &e));
	execute_plan(&tmp_arena, &p,
		     &(struct execute_options){ .root = tmp_path("root"),
						.own_cache = tmp_path("own") },
		     &results, &n);
	for (unsigned i = 0; i < ITEMS; i++) {
		assert_false(fs_exists(file_of(i, "mod")));
		assert_int_equal(fs_exists(file_of(i, "zip")), i == THERE);
	}
	plan_release(&p);
}

static void test_whole(void **state)
{
	struct execute_result *results;
	struct plan p;
	size_t n;

	(void)state;
	make_plan(&p);
	fault.from = SIZE_MAX;
	assert_true(run(&p, &results, &n));
	assert_int_equal(n, ITEMS);
	for (size_t i = 0; i < n; i++) {
		assert_told(&results[i]);
		assert_int_equal(results[i].outcome, i == BAD ? EXECUTE_FAILED : EXECUTE_CHANGED);
		assert_int_equal(execute_changed(&results[i]), i == BAD ? 0 : i == THERE ? 1 : 2);
	}
	assert_string_equal(results[BAD].error, "no such zip");
	assert_undone(results[0].id);
	plan_release(&p);
}

/* The number of items that failed. */
static size_t fail_at(size_t from, bool all)
{
	struct execute_result *results = NULL;
	struct plan p;
	size_t n = 0, failed = 0;
	const char *id = "";

	make_plan(&p);
	fault.all = all;
	fault.from = from;
	if (!run(&p, &results, &n))
		n = 0;
	for (size_t i = 0; i < n; i++) {
		assert_told(&results[i]);
		failed += *results[i].error != '\0';
		id = *results[i].id ? results[i].id : id;
	}
	if (*id)
		assert_undone(id);
	plan_release(&p);
	return failed;
}

#define BLOCKED 7u

/* Neither file of the item was placed: what go puts there later stays. */
static void test_dropped(void **state)
{
	const char *zip = arena_fmt(&tmp_arena, "root/cache/download/m%u/@v/v0.0.%u.zip", BLOCKED,
				    BLOCKED);
	struct execute_result *results;
	struct plan p;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	make_plan(&p);
	fault.from = SIZE_MAX;
	fault.suffix = "v0.0.7.mod";
	assert_true(run(&p, &results, &n));
	fault.suffix = NULL;
	assert_int_equal(n, ITEMS);
	assert_int_equal(results[BLOCKED].outcome, EXECUTE_FAILED);
	tmp_write(zip, file_of(BLOCKED, "zip"));
	plan_release(&p);
	assert_true(undo_plan(&p, tmp_path("root"), tmp_path("own"), results[0].id, &e));
	execute_plan(&tmp_arena, &p,
		     &(struct execute_options){ .root = tmp_path("root"),
						.own_cache = tmp_path("own") },
		     &results, &n);
	assert_false(fs_exists(file_of(0, "zip")));
	assert_true(fs_exists(file_of(BLOCKED, "zip")));
	assert_string_equal(tmp_read(zip), file_of(BLOCKED, "zip"));
	plan_release(&p);
}

/* Nothing was placed: nothing is left to undo. */
static void test_none(void **state)
{
	struct execute_result *results;
	struct apply_record *records;
	struct plan p;
	size_t n;

	(void)state;
	make_plan(&p);
	fault.from = SIZE_MAX;
	fault.suffix = ".mod";
	assert_true(run(&p, &results, &n));
	fault.suffix = NULL;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(results[i].outcome, EXECUTE_FAILED);
	assert_true(
		apply_history(&tmp_arena, tmp_path("root"), tmp_path("own"), &records, &n, NULL));
	assert_int_equal(n, 1);
	assert_true(records[0].undone);
	assert_false(records[0].done);
	plan_release(&p);
}

static void test_each(void **state)
{
	size_t most = 0;

	(void)state;
	fail_at(SIZE_MAX, false);
	assert_true(fault.n > 2 * (ITEMS - 2));
	for (size_t calls = fault.n, from = 1; from <= calls; from += from < 6 ? 1 : 41)
		for (int all = 0; all < 2; all++)
			most = MAX(most, fail_at(from, all));
	assert_true(most > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
