/*
 * Failures of each operation: the n-th call that renames, sets a mode or syncs fails, alone or with all later ones. The
 * result names exactly the changes that remain, and says "as before" only if there are none.
 */
#include "repairfix.h"

#include <sys/syscall.h>

/* The calls of the program under test; the linker prefers these to the C library's. */
static struct {
	bool armed;
	size_t n;    /* calls so far */
	size_t from; /* the first that fails, counted from 1 */
	bool all;    /* and all later ones */
} fault;

static bool fails(void)
{
	if (!fault.armed)
		return false;
	fault.n++;
	if (fault.n != fault.from && !(fault.all && fault.n > fault.from))
		return false;
	errno = EIO;
	return true;
}

int rename(const char *from, const char *to)
{
	return fails() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	return fails() ? -1 : (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

int chmod(const char *path, mode_t mode)
{
	return fails() ? -1 : (int)syscall(SYS_fchmodat, AT_FDCWD, path, mode);
}

int fdatasync(int fd)
{
	return fails() ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	return fails() ? -1 : (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
}

static bool path_is_at(const char *name, const char *path)
{
	size_t len = strlen(path);

	return strncmp(name, path, len) == 0 && (name[len] == '/' || !name[len]);
}

/* Reports whether a step about that file is reported as done or half done. */
static bool is_reported(struct fix *f, const struct outcome *out, const char *name)
{
	for (size_t i = 0; i < out->n; i++) {
		const struct execute_result *r = &out->results[i];

		for (size_t j = 0; j < r->item->n; j++)
			if ((r->states[j] == EXECUTE_DONE || r->states[j] == EXECUTE_HALF) &&
			    path_is_at(name, r->steps[j].path + strlen(f->root) + 1))
				return true;
	}
	return false;
}

static bool has_changed(const struct map *before, const struct map *now, const char *path)
{
	return differs(before, now, path) || differs(now, before, path);
}

static void assert_all_reported(struct fix *f, const struct map *before, const struct map *now,
				const struct outcome *out, const char *what)
{
	for (size_t i = 0; i < now->n + before->n; i++) {
		const char *name = i < now->n ? now->entries[i].key
					      : before->entries[i - now->n].key;

		/* the quarantine may be there if the one in our own cache fails */
		if (has_changed(before, now, name) && !str_has_prefix(name, "cache/modscope") &&
		    !is_reported(f, out, name))
			fail_msg("%s: %s changed, but the result does not say so", what, name);
	}
}

static void assert_result(struct fix *f, const struct map *before, const struct map *now,
			  const struct execute_result *r, const char *what)
{
	size_t stands = execute_changed(r);
	bool failed = r->outcome == EXECUTE_FAILED || r->outcome == EXECUTE_PART;

	assert_int_equal(failed, *r->error != '\0');
	assert_int_equal(stands > 0, r->outcome == EXECUTE_CHANGED || r->outcome == EXECUTE_PART);
	for (size_t j = 0; j < r->item->n; j++) {
		const char *path = r->steps[j].path + strlen(f->root) + 1;

		if (plan_op_changes(r->steps[j].op) && r->states[j] == EXECUTE_DONE &&
		    !has_changed(before, now, path))
			fail_msg("%s: %s is reported as done but did not change", what, path);
		assert_true(r->outcome != EXECUTE_CHANGED || (r->states[j] != EXECUTE_NOT_BEGUN &&
							      r->states[j] != EXECUTE_FAILED_STEP));
	}
}

/* Damages an entry in every way that a plan can repair. */
static void damage(struct fix *f)
{
	const char *zip = cachepath_file(&f->a, f->root, TARGET, "zip");
	const char *tree = cachepath_tree(&f->a, f->root, TARGET);
	const char *tmp = arena_fmt(&f->a, "%s123456.tmp", zip);
	const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };

	fix_reset(f);
	assert_int_equal(unlink(cachepath_file(&f->a, f->root, TARGET, "mod")), 0);
	fix_write_str(arena_fmt(&f->a, "%s/list", cachepath_dir(&f->a, f->root, TARGET.path)), "");
	fix_write_str(cachepath_file(&f->a, f->root, TARGET, "info"), "{");
	assert_int_equal(truncate(zip, 100), 0);
	fix_write_str(cachepath_file(&f->a, f->root, TARGET, "ziphash"), "h1:");
	fix_write_str(cachepath_file(&f->a, f->root, TARGET, "partial"), "");
	assert_int_equal(unlink(cachepath_file(&f->a, f->root, TARGET, "lock")), 0);
	assert_int_equal(mkdir(cachepath_file(&f->a, f->root, TARGET, "lock"), 0755), 0);
	fix_write_str(tmp, "half a zip");
	assert_int_equal(utimensat(AT_FDCWD, tmp, times, 0), 0);
	assert_int_equal(chmod(tree, 0755), 0);
	fix_write_str(arena_fmt(&f->a, "%s/a.go", tree), "package a // owned\n");
	assert_int_equal(chmod(tree, 0555), 0);
	/* and another one that only needs a mode */
	assert_int_equal(chmod(arena_fmt(&f->a, "%s/a.go", cachepath_tree(&f->a, f->root, OTHER)),
			       0644),
			 0);
}

static void run(struct fix *f, struct outcome *out, size_t n, bool all, const char *title)
{
	const char *what = arena_fmt(&f->a, "%s, %s call %zu", title, all ? "from" : "at", n);
	struct map before = fix_snapshot(f, f->root), now;

	fault.armed = true;
	fault.n = 0;
	fault.from = n;
	fault.all = all;
	carry_out(f, PROXY_GOOD, out);
	fault.armed = false;
	now = fix_snapshot(f, f->root);
	assert_all_reported(f, &before, &now, out, what);
	for (size_t i = 0; i < out->n; i++)
		assert_result(f, &before, &now, &out->results[i], what);
	map_release(&before);
	map_release(&now);
}

enum what { REPAIR, PRUNE, UNDO };

/* Makes the plan, for a fresh cache. */
static void prepare(struct fix *f, enum what what, struct outcome *out)
{
	struct outcome first;
	struct err e = ERR_INIT;

	damage(f);
	if (what == PRUNE) {
		plan_prune(f, out);
		return;
	}
	plan_more(f, true, out);
	if (what == REPAIR)
		return;
	first = *out;
	carry_out(f, PROXY_GOOD, &first);
	assert_int_equal(outcome_of(&first), EXECUTE_CHANGED);
	*out = (struct outcome){ 0 };
	assert_true(undo_plan(&out->plan, f->root, f->own, first.results[0].id, &e));
	outcome_release(&first);
}

/* Fails each call in turn until there are no more; seen counts the outcomes. */
static void fail_each(struct fix *f, enum what what, bool all, size_t seen[4])
{
	static const char *const titles[] = { "repair", "prune", "undo" };

	f->vouch = true;
	for (size_t n = 1;; n++) {
		struct outcome out;
		bool done;

		prepare(f, what, &out);
		run(f, &out, n, all, titles[what]);
		for (size_t i = 0; i < out.n; i++)
			seen[out.results[i].outcome]++;
		done = fault.n < n;
		outcome_release(&out);
		if (done)
			return;
	}
}

static void test_each_call(void **state)
{
	for (unsigned what = REPAIR; what <= UNDO; what++) {
		size_t once[4] = { 0 }, all[4] = { 0 };

		fail_each(*state, (enum what)what, false, once);
		fail_each(*state, (enum what)what, true, all);
		/* some failed, and some could not even be undone */
		assert_true(once[what == UNDO ? EXECUTE_PART : EXECUTE_FAILED] > 0);
		assert_true(once[EXECUTE_CHANGED] > 0);
		assert_true(all[EXECUTE_PART] > 0);
	}
}

/* What remains of a failure can be undone later, when the calls work again. */
static void test_part_is_undone(void **state)
{
	struct fix *f = *state;
	size_t n_part = 0;

	f->vouch = true;
	for (size_t n = 1;; n++) {
		struct outcome out, back;
		struct map before;
		bool done;

		damage(f);
		before = fix_snapshot(f, f->root);
		plan_more(f, false, &out);
		run(f, &out, n, true, "repair");
		done = fault.n < n;
		if (outcome_of(&out) == EXECUTE_PART) {
			assert_int_equal(undo(f, out.results[0].id, &back), ERR_NONE);
			assert_int_equal(outcome_of(&back), EXECUTE_CHANGED);
			assert_same(f, &before, "part");
			outcome_release(&back);
			n_part++;
		}
		outcome_release(&out);
		map_release(&before);
		if (done)
			break;
	}
	assert_true(n_part > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_call),
		cmocka_unit_test(test_part_is_undone),
	};

	return cmocka_run_group_tests(tests, fix_setup, fix_teardown);
}
