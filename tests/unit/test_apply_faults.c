/*
 * A change and its undo, in which each call of the system fails once, with each of several reasons: the undo of what was done brings
 * back what was there, and an undo that failed can be repeated. A call that a signal interrupts is made again.
 */
#include "tmpdir.h"

#include <errno.h>
#include <fcntl.h>
#include <utime.h>

#include "change/apply.h"
#include "change/execute.h"
#include "change/undo.h"
#include "fault/shim.h"

#define ROOT tmp_path("root")
#define OWN tmp_path("own")

/* 0: what is likely for the call */
static const int reasons[] = { 0, EACCES, EINTR };

/* Here and there, to be quick; with FAULT_STEP=1 at every place. */
static size_t step(int reason, bool across)
{
	const char *set = getenv("FAULT_STEP");

	if (set)
		return MAX(strtoul(set, NULL, 10), 1);
	return across ? 3 : reason ? 5 : 2;
}

static void fresh(void)
{
	shim_mount(NULL);
	assert_true(fs_remove_all(ROOT, NULL));
	assert_true(fs_remove_all(OWN, NULL));
	tmp_mkdir("own");
	tmp_write("root/cache/f", "f");
	tmp_write("root/a/file", "old");
	tmp_write("root/a/other", "other");
	tmp_write("root/a/go.mod", "module a\n");
	tmp_write("root/tree/sub/x", "x");
	assert_int_equal(symlink("sub/x", tmp_path("root/tree/l")), 0);
	assert_int_equal(chmod(tmp_path("root/tree/sub/x"), 0444), 0);
	assert_int_equal(chmod(tmp_path("root/tree/sub"), 0555), 0);
	assert_int_equal(chmod(tmp_path("root/tree"), 0555), 0);
	assert_int_equal(symlink("a/file", tmp_path("root/link")), 0);
}

/* One step of each kind, as far as they succeed. */
static bool steps(struct apply *t, struct err *e)
{
	const char *tmp, *tree = apply_temp_tree(t);

	return apply_lock(t, tmp_path("root/lock"), NULL, e) &&
	       apply_lock_too(t, tmp_path("root/lock2"), NULL, e) &&
	       apply_temp(t, "new", 3, &tmp, e) &&
	       apply_replace(t, tmp_path("root/a/file"), tmp, e) &&
	       apply_temp_copy(t, tmp_path("root/a/other"), &tmp, e) &&
	       apply_replace(t, tmp_path("root/made/here"), tmp, e) &&
	       apply_temp(t, "module b\n", 9, &tmp, e) &&
	       apply_edit(t, tmp_path("root/a/go.mod"), tmp, e) &&
	       apply_chmod(t, tmp_path("root/a/other"), 0600, e) &&
	       apply_remove(t, tmp_path("root/link"), e) &&
	       fs_mkdir_all(arena_fmt(&tmp_arena, "%s/deep", tree), e) && chmod(tree, 0555) == 0 &&
	       apply_replace(t, tmp_path("root/tree"), tree, e) &&
	       apply_remove(t, tmp_path("root/a"), e);
}

/* NULL if it was not even begun; *whole: nothing has failed. */
static const char *change(bool *whole)
{
	struct err e = ERR_INIT;
	struct apply *t = apply_begin(ROOT, OWN, "a change", NULL, &e);
	const char *id = NULL;

	*whole = false;
	if (t) {
		id = arena_strdup(&tmp_arena, apply_id(t));
		if (steps(t, &e))
			*whole = apply_end(t, &e);
		else
			apply_abandon(t);
	}
	if (!*whole && !err_is_set(&e))
		fail_msg("it has failed, and nothing says why");
	err_release(&e);
	return id;
}

static bool undo(const char *id, struct err *e)
{
	struct execute_result *results;
	struct plan p;
	size_t n;
	bool ok = undo_plan(&p, ROOT, OWN, id, e);

	if (ok) {
		execute_plan(&tmp_arena, &p,
			     &(struct execute_options){ .root = ROOT, .own_cache = OWN }, &results,
			     &n);
		ok = !n || !*results[0].error || err_set(e, ERR_SYS, "%s", results[0].error);
	}
	plan_release(&p);
	return ok;
}

/* What is ours to bring back: not locks, the journal and directories that were made. */
static const char *state_of(void)
{
	static const char *const ours[] = { "root/a", "root/tree" };
	const char *all = "";

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		all = arena_fmt(&tmp_arena, "%s%s", all,
				fs_exists(tmp_path(ours[i])) ? tmp_tree(ours[i]) : "gone\n");
	return arena_fmt(&tmp_arena, "%s%s %s", all, fs_exists(tmp_path("root/link")) ? "link" : "",
			 fs_exists(tmp_path("root/made/here")) ? "made" : "");
}

static void undo_well(const char *id, const char *before, const char *failed)
{
	struct err e = ERR_INIT;
	bool ok = undo(id, &e);

	/* a change without a step leaves no record, and one that is undone is not undone again */
	if (!str_eq(state_of(), before))
		fail_msg("after a failed %s, undo (%s) leaves\n%s, not\n%s", failed,
			 ok ? "done" : e.text, state_of(), before);
	err_release(&e);
}

static void try_change(const char *before, size_t i, int reason, bool across)
{
	const char *id, *failed;
	bool whole;

	fresh();
	if (across)
		shim_mount(OWN);
	shim_errno(reason);
	shim_arm(tmp_dir, i);
	id = change(&whole);
	failed = shim_disarm();
	shim_errno(0);
	if (id)
		undo_well(id, before, failed ? failed : "nothing");
	else if (!str_eq(state_of(), before))
		fail_msg("a change that was not begun with a failed %s leaves\n%s", failed,
			 state_of());
}

static void test_change(void **state)
{
	const char *before;
	bool whole;
	size_t n;

	(void)state;
	if (!shim_works())
		print_message("no call can be made to fail here\n");
	for (unsigned across = 0; across < 2; across++) {
		fresh();
		before = state_of();
		if (across)
			shim_mount(OWN);
		shim_record(tmp_dir);
		change(&whole);
		n = shim_recorded();
		assert_true(whole);
		for (size_t r = 0; r < (across ? 1 : ARRAY_LEN(reasons)); r++)
			for (size_t i = r; i < n; i += step(reasons[r], across))
				try_change(before, i, reasons[r], across);
	}
}

static void try_undo(const char *before, size_t i, int reason, bool across)
{
	struct err e = ERR_INIT;
	const char *id, *failed;
	bool whole;

	fresh();
	if (across)
		shim_mount(OWN);
	id = change(&whole);
	assert_true(whole);
	shim_errno(reason);
	shim_arm(tmp_dir, i);
	undo(id, &e);
	failed = shim_disarm();
	shim_errno(0);
	err_release(&e);
	undo_well(id, before, failed ? failed : "nothing");
}

static void test_undo(void **state)
{
	struct err e = ERR_INIT;
	const char *before, *id;
	bool whole;
	size_t n;

	(void)state;
	for (unsigned across = 0; across < 2; across++) {
		fresh();
		before = state_of();
		if (across)
			shim_mount(OWN);
		id = change(&whole);
		shim_record(tmp_dir);
		assert_true(undo(id, &e));
		n = shim_recorded();
		for (size_t r = 0; r < (across ? 1 : ARRAY_LEN(reasons)); r++)
			for (size_t i = r; i < n; i += step(reasons[r], across))
				try_undo(before, i, reasons[r], across);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_change),
					    cmocka_unit_test(test_undo) };

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
