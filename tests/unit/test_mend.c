/*
 * Repair, prune and undo of a small cache while each of their file operations fails once, with our own cache on the same mount and on
 * another. The result tells the truth, the wrong file is never in place, and undo brings everything back.
 */
#include "repairfix.h"

#include "fault/shim.h"

#define RECORD SIZE_MAX

static void write_into_tree(struct fix *f, const char *rel, const char *text)
{
	const char *path = arena_fmt(&f->a, "%s/%s", cachepath_tree(&f->a, f->root, TARGET), rel);

	assert_int_equal(chmod(path_dir(&f->a, path), 0755), 0);
	assert_int_equal(unlink(path), 0);
	fix_write_str(path, text);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(path_dir(&f->a, path), 0555), 0);
}

/* The tree is edited, the zip cut, the .info empty. */
static void damage(struct fix *f)
{
	write_into_tree(f, "a.go", "package a // edited\n");
	assert_int_equal(truncate(cachepath_file(&f->a, f->root, TARGET, "zip"), 1000), 0);
	fix_write_str(cachepath_file(&f->a, f->root, TARGET, "info"), "");
}

static size_t n_errors(struct fix *f)
{
	struct cache_report *r = load(f);
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->entries[i].n_problems; k++)
			n += r->entries[i].problems[k].severity == FINDING_ERROR;
	cache_free(r);
	return n;
}

static void assert_content(struct fix *f, const struct map *want, const char *what)
{
	struct map now = fix_snapshot(f, f->root);

	for (size_t i = 0; i < want->n; i++) {
		const char *have = map_get(&now, want->entries[i].key);

		if (!have || !fix_same_content(have, want->entries[i].value))
			fail_msg("%s: %s is %s", what, want->entries[i].key,
				 have ? have : "missing");
	}
	map_release(&now);
}

static void assert_told(const struct outcome *out, const char *failed)
{
	for (size_t i = 0; i < out->n; i++) {
		const struct execute_result *r = &out->results[i];

		if (r->outcome == EXECUTE_FAILED || r->outcome == EXECUTE_PART)
			assert_string_not_equal(r->error, "");
		if (r->outcome == EXECUTE_FAILED && execute_changed(r))
			fail_msg("%s: failed, and %zu files have changed", failed,
				 execute_changed(r));
		if (r->outcome == EXECUTE_PART && !execute_changed(r))
			fail_msg("%s: done in part, and nothing has changed", failed);
	}
}

/* What is done is undone by each change's plan, the last one first. */
static void undo_all(struct fix *f, const struct outcome *out, const char *failed)
{
	for (size_t i = out->n; i-- > 0;) {
		const struct execute_result *r = &out->results[i];
		struct outcome back;

		if (!*r->id || (i && str_eq(r->id, out->results[i - 1].id)))
			continue;
		undo(f, r->id, &back);
		if (back.n && outcome_of(&back) != EXECUTE_CHANGED)
			fail_msg("%s: undo: %s", failed, back.results[0].error);
		outcome_release(&back);
	}
}

/* Each round leaves the cache as it was. */
static void begin(struct fix *f, size_t i, bool mount)
{
	if (i == RECORD) {
		fix_reset(f);
		damage(f);
	}
	assert_true(fs_remove_all(f->own, NULL));
	assert_true(fs_remove_all(arena_fmt(&f->a, "%s/cache/modscope", f->root), NULL));
	assert_true(fs_mkdir_all(f->own, NULL));
	shim_mount(mount ? f->own : NULL);
}

static size_t n_places, n_failed;

static void arm(struct fix *f, size_t i)
{
	if (i == RECORD)
		shim_record(f->top);
	else
		shim_arm(f->top, i);
}

/* What has failed; NULL if nothing has. */
static const char *disarm(struct fix *f, size_t i)
{
	const char *failed = shim_disarm();

	if (i == RECORD)
		n_places = shim_recorded();
	n_failed += failed != NULL;
	return failed ? arena_strdup(&f->a, failed) : NULL;
}

/* FAULT_STEP=1: everywhere. Else here and there, to be quick. */
static size_t step(void)
{
	const char *set = getenv("FAULT_STEP");

	return set ? MAX(strtoul(set, NULL, 10), 1) : 16;
}

static size_t next(size_t i, size_t first)
{
	return i == RECORD ? first : i + step();
}

static void everywhere(struct fix *f, void (*once)(struct fix *f, size_t i, bool mount), bool mount)
{
	size_t i = RECORD, tried = 0;

	n_failed = 0;
	do { /* from one place in the code: what leads to a call is a part of the call's place */
		once(f, i, mount);
		tried += i != RECORD;
		i = next(i, mount);
	} while (i < n_places);
	if (shim_works())
		assert_in_range(n_failed, tried / 2, tried);
}

/* One repair, with a failure at the i-th place; RECORD notes the places. */
static void repair_once(struct fix *f, size_t i, bool mount)
{
	struct map before;
	struct outcome out;
	const char *failed;

	begin(f, i, mount);
	before = fix_snapshot(f, f->root);
	plan_more(f, false, &out);
	arm(f, i);
	carry_out(f, PROXY_GOOD, &out);
	failed = disarm(f, i);
	assert_told(&out, failed);
	if (outcome_of(&out) == EXECUTE_CHANGED && n_errors(f))
		fail_msg("after %s: repaired, and still wrong", failed);
	if (outcome_of(&out) == EXECUTE_FAILED)
		assert_content(f, &before, failed);
	if (!failed)
		assert_int_equal(outcome_of(&out), EXECUTE_CHANGED);
	undo_all(f, &out, failed);
	assert_content(f, &before, failed ? failed : "undone");
	outcome_release(&out);
	map_release(&before);
	shim_mount(NULL);
}

static void test_repair(void **state)
{
	everywhere(*state, repair_once, false);
}

static void test_repair_across(void **state)
{
	everywhere(*state, repair_once, true);
}

/* A repair is undone, with the n-th call failing; then the rest, without. */
static void undo_once(struct fix *f, size_t i, bool mount)
{
	struct map before;
	struct outcome done, first, second;
	const char *failed;

	begin(f, i, mount);
	before = fix_snapshot(f, f->root);
	repair(f, PROXY_GOOD, &done);
	assert_int_equal(outcome_of(&done), EXECUTE_CHANGED);
	arm(f, i);
	undo(f, done.results[0].id, &first);
	failed = disarm(f, i);
	assert_told(&first, failed);
	undo(f, done.results[0].id, &second);
	assert_content(f, &before, failed ? failed : "undone");
	outcome_release(&done);
	outcome_release(&first);
	outcome_release(&second);
	map_release(&before);
	shim_mount(NULL);
}

static void test_undo(void **state)
{
	everywhere(*state, undo_once, false);
}

static void test_undo_across(void **state)
{
	everywhere(*state, undo_once, true);
}

/* What is pruned is what the plan names, and the rest stays. */
static void prune_once(struct fix *f, size_t i, bool mount)
{
	struct map before;
	struct outcome out;
	const char *failed;

	begin(f, i, mount);
	before = fix_snapshot(f, f->root);
	plan_prune(f, &out);
	arm(f, i);
	carry_out(f, PROXY_FAILS, &out);
	failed = disarm(f, i);
	if (!failed && !mount) /* else the quarantine is in the cache */
		assert_as_planned(f, &before, &out.plan, "prune");
	assert_told(&out, failed);
	undo_all(f, &out, failed);
	assert_content(f, &before, failed ? failed : "undone");
	outcome_release(&out);
	map_release(&before);
	shim_mount(NULL);
}

static void test_prune(void **state)
{
	everywhere(*state, prune_once, false);
}

static void test_prune_across(void **state)
{
	everywhere(*state, prune_once, true);
}

/* *unreadable: one of them is that a call has failed. */
static const char *problems(struct fix *f, const struct cache_report *r, bool *unreadable)
{
	const char *all = "";

	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->entries[i].n_problems; k++) {
			const struct cache_problem *p = &r->entries[i].problems[k];

			*unreadable |= strstr(p->found, "input/output error") ||
				       strstr(p->found, "permission denied") ||
				       strstr(p->found, "cannot allocate memory");
			all = arena_fmt(&f->a, "%s%s %s\n", all, cache_kind_name(p->kind), p->file);
		}
	return all;
}

static void look_once(struct fix *f, size_t i, bool mount)
{
	static const char *want;
	const struct modver mods[] = { TARGET, NEIGHBOUR, OTHER };
	struct cache_trust trust = { fix_trust, f, "go.sum", "sumdb" };
	struct hashmemo *memo = hashmemo_open(NULL);
	struct cache_options o = {
		.root = f->root, .memo = memo, .trust = &trust, .hash = true, .threads = 1
	};
	struct cache_report *r = NULL;
	struct err e = ERR_INIT;
	bool unreadable = false, ok;
	const char *failed, *have;

	if (i == RECORD)
		begin(f, i, mount);
	arm(f, i);
	ok = cache_load(&r, &o, mods, ARRAY_LEN(mods), &e);
	failed = disarm(f, i);
	assert_true(ok != err_is_set(&e));
	have = ok ? problems(f, r, &unreadable) : "";
	if (i == RECORD)
		want = have;
	if (ok && !unreadable && !str_eq(have, want))
		fail_msg("after %s: %s", failed, have);
	cache_free(r);
	hashmemo_free(memo);
	err_release(&e);
}

/* What cannot be read is told, or is an error; everything else is seen as before. */
static void test_look(void **state)
{
	everywhere(*state, look_once, false);
}

/* What cannot be looked at is not taken for nothing: it would be overwritten, and undo could not bring it back. */
static void test_unseen(void **state)
{
	struct fix *f = *state;
	const char *file = cachepath_file(&f->a, f->root, OTHER, "mod"), *tmp;
	struct map before;
	struct err e = ERR_INIT;
	struct apply *t;

	fix_reset(f);
	before = fix_snapshot(f, f->root);
	t = apply_begin(f->root, f->own, "test", NULL, &e);
	assert_non_null(t);
	assert_true(apply_temp(t, "new", 3, &tmp, &e));
	shim_arm_all(file, "stat");
	if (shim_works())
		assert_false(apply_replace(t, file, tmp, &e));
	assert_true(!shim_works() == !shim_disarm());
	assert_content(f, &before, "refused");
	err_release(&e);
	apply_abandon(t);
	map_release(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_repair), cmocka_unit_test(test_repair_across),
		cmocka_unit_test(test_undo),   cmocka_unit_test(test_undo_across),
		cmocka_unit_test(test_prune),  cmocka_unit_test(test_prune_across),
		cmocka_unit_test(test_look),   cmocka_unit_test(test_unseen),
	};

	return cmocka_run_group_tests(tests, fix_setup, fix_teardown);
}
