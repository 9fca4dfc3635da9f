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

/* A proxy and a database of which each answer can be set, and that do something at the at-th question. */
struct odd {
	struct fix *f;
	const char *zip, *mod; /* NULL: the right ones */
	enum cache_voucher who;
	const char *sum;
	struct cancel cancel;
	void (*act)(struct odd *o);
	size_t at, asked;
};

static void odd_asked(struct odd *o)
{
	if (o->asked++ == o->at && o->act)
		o->act(o);
}

static bool odd_zip(void *ctx, struct modver m, const char **file, struct err *e)
{
	struct odd *o = ctx;

	(void)e;
	odd_asked(o);
	*file = o->zip ? o->zip : cachepath_file(&o->f->a, o->f->up, m, "zip");
	return true;
}

static bool odd_mod(void *ctx, struct modver m, const char **data, size_t *len, struct err *e)
{
	struct odd *o = ctx;
	struct feed feed = { o->f, PROXY_GOOD };

	odd_asked(o);
	if (!o->mod)
		return feed_gomod(&feed, m, data, len, e);
	*data = o->mod;
	*len = strlen(o->mod);
	return true;
}

static bool odd_info(void *ctx, struct modver m, const char **data, size_t *len, struct err *e)
{
	struct odd *o = ctx;
	struct feed feed = { o->f, PROXY_GOOD };

	odd_asked(o);
	return feed_info(&feed, m, data, len, e);
}

static enum cache_voucher odd_sum(void *ctx, struct modver m, bool gomod, const char **sum)
{
	struct odd *o = ctx;

	odd_asked(o);
	if (o->sum) {
		*sum = o->sum;
		return o->who;
	}
	return fix_trust(o->f, m, gomod, sum);
}

/* With trust NULL nothing vouches. */
static void carry_out_odd(struct odd *o, bool trusting, struct outcome *out)
{
	struct cache_trust trust = { odd_sum, o, "go.sum", "sumdb" };
	struct mend_fetch fetch = { odd_zip, odd_mod, odd_info, o };

	mend_run(&o->f->a, &out->plan,
		 &(struct mend_options){ .root = o->f->root,
					 .own_cache = o->f->own,
					 .trust = trusting ? &trust : NULL,
					 .fetch = &fetch,
					 .cancel = &o->cancel },
		 &out->results, &out->n);
}

static const char *file_of(struct fix *f, const char *ending)
{
	return cachepath_file(&f->a, f->root, TARGET, ending);
}

static void drop_tree(struct fix *f)
{
	assert_true(fs_remove_all(cachepath_tree(&f->a, f->root, TARGET), NULL));
}

static void drop_file(struct fix *f, const char *ending)
{
	assert_int_equal(unlink(file_of(f, ending)), 0);
}

static void cut_zip(struct fix *f)
{
	assert_int_equal(truncate(file_of(f, "zip"), 1000), 0);
}

/* A zip of the target, with one more entry. */
static const char *odd_zip_file(struct fix *f, const char *name, const char *mod)
{
	const char *path = arena_fmt(&f->a, "%s/odd.zip", f->top);
	const struct fix_file files[] = {
		{ name, "package a\n" },
		{ "example.com/Upper@v1.0.0/go.mod", mod },
	};

	fix_zip(path, files, mod ? 2 : 1);
	return path;
}

static void assert_failed(const struct outcome *out, const char *says)
{
	assert_int_equal(outcome_of(out), EXECUTE_FAILED);
	if (!strstr(out->results[0].error, says))
		fail_msg("%s, not %s", out->results[0].error, says);
	assert_string_equal(out->results[0].id, "");
}

/* Nothing vouches: the entry's own files can contradict, as far as there are some. */
static void test_unvouched(void **state)
{
	static const struct {
		bool hash, tree; /* are there; the zip is cut */
		bool other;	 /* the proxy's zip is another one */
		const char *says;
	} cases[] = {
		{ false, false, false, NULL },
		{ false, false, true, NULL },
		{ true, false, false, NULL },
		{ false, true, false, NULL },
		{ true, true, true,
		  "matches none of zip, .ziphash and tree, and nothing verifies it" },
		{ true, false, true,
		  "matches none of zip, .ziphash and tree, and nothing verifies it" },
		{ false, true, true,
		  "matches none of zip, .ziphash and tree, and nothing verifies it" },
	};
	struct fix *f = *state;

	f->vouch = false;
	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		struct odd o = { .f = f };
		struct map before;
		struct outcome out;

		fix_reset(f);
		cut_zip(f);
		if (!cases[i / 2].hash)
			drop_file(f, "ziphash");
		if (!cases[i / 2].tree)
			drop_tree(f);
		if (cases[i / 2].other)
			o.zip = odd_zip_file(f, "example.com/Upper@v1.0.0/a.go",
					     "module example.com/Upper\n\ngo 1.20\n");
		before = fix_snapshot(f, f->root);
		plan_more(f, false, &out);
		carry_out_odd(&o, i % 2, &out);
		if (cases[i / 2].says) {
			assert_failed(&out, cases[i / 2].says);
			assert_same(f, &before, "refused");
		} else {
			assert_int_equal(outcome_of(&out), EXECUTE_CHANGED);
			assert_true(fs_is_file(file_of(f, "zip")));
			assert_int_equal(n_errors(f), 0);
		}
		outcome_release(&out);
		map_release(&before);
	}
	f->vouch = true;
}

/* An empty tree tells nothing. */
static void test_no_witness(void **state)
{
	struct fix *f = *state;
	struct odd o = { .f = f };
	struct outcome out;

	f->vouch = false;
	fix_reset(f);
	drop_tree(f);
	assert_int_equal(mkdir(cachepath_tree(&f->a, f->root, TARGET), 0755), 0);
	cut_zip(f);
	fix_write_str(file_of(f, "ziphash"), "no hash");
	plan_more(f, false, &out);
	carry_out_odd(&o, false, &out);
	assert_int_equal(outcome_of(&out), EXECUTE_CHANGED);
	assert_int_equal(n_errors(f), 0);
	outcome_release(&out);
	f->vouch = true;
}

/* What is fetched is not what the database has, or no module's zip: nothing changes, and the reason is told. */
static void test_refused(void **state)
{
	static const char none[] = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
	struct fix *f = *state;
	const struct {
		const char *missing;
		struct odd o;
		const char *says;
	} cases[] = {
		{ "zip", { .f = f, .who = CACHE_SUMDB, .sum = none }, "\n\tsumdb: h1:47DEQ" },
		{ "zip", { .f = f, .who = CACHE_GOSUM, .sum = none }, "\n\tgo.sum: h1:47DEQ" },
		{ "mod",
		  { .f = f, .who = CACHE_SUMDB, .sum = none },
		  "verifying example.com/Upper@v1.0.0/go.mod: checksum mismatch" },
		{ "mod", { .f = f, .who = CACHE_GOSUM, .sum = none }, "\n\tgo.sum: h1:47DEQ" },
		{ "mod",
		  { .f = f, .who = CACHE_NOBODY, .sum = "", .mod = "module example.com/Upper\n" },
		  "example.com/Upper@v1.0.0: the proxy's go.mod is not the one in the zip" },
		{ "zip",
		  { .f = f, .who = CACHE_NOBODY, .sum = "", .zip = file_of(f, "mod") },
		  "zip" },
		{ "zip",
		  { .f = f, .who = CACHE_NOBODY, .sum = "", .zip = "/none/x.zip" },
		  "/none/x.zip" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct odd o = cases[i].o;
		struct outcome out;
		struct map before;

		fix_reset(f);
		drop_file(f, cases[i].missing);
		before = fix_snapshot(f, f->root);
		plan_more(f, false, &out);
		carry_out_odd(&o, true, &out);
		assert_failed(&out, cases[i].says);
		assert_same(f, &before, cases[i].says);
		outcome_release(&out);
		map_release(&before);
	}
}

/* A .mod that nothing vouches for: the zip decides, if it has one. */
static void test_mod_of_zip(void **state)
{
	static const char other[] = "module example.com/Upper\n\ngo 1.19\n";
	struct fix *f = *state;

	for (unsigned i = 0; i < 3; i++) {
		struct odd o = { .f = f, .who = CACHE_NOBODY, .sum = "" };
		struct outcome out;

		f->vouch = true;
		fix_reset(f);
		drop_file(f, "mod");
		plan_more(f, false, &out);
		if (i == 1) { /* a zip without a go.mod, and one that is none, contradict nothing */
			const char *zip = odd_zip_file(f, "example.com/Upper@v1.0.0/a.go", NULL);

			assert_int_equal(rename(zip, file_of(f, "zip")), 0);
			o.mod = other;
		} else if (i == 2) {
			fix_write_str(file_of(f, "zip"), "no zip");
			o.mod = other;
		}
		carry_out_odd(&o, true, &out);
		assert_int_equal(outcome_of(&out), EXECUTE_CHANGED);
		assert_int_equal(out.n, 1);
		if (i) {
			char *text;
			size_t len;

			assert_true(fs_read(&f->a, file_of(f, "mod"), 100, &text, &len, NULL));
			assert_string_equal(text, other);
		}
		outcome_release(&out);
	}
}

/* A module's zip with a file of another module is none, though nothing contradicts it. */
static void test_no_module(void **state)
{
	struct fix *f = *state;
	struct odd o = { .f = f };
	struct outcome out;
	struct map before;

	f->vouch = false;
	fix_reset(f);
	cut_zip(f);
	drop_file(f, "ziphash");
	drop_tree(f);
	before = fix_snapshot(f, f->root);
	o.zip = odd_zip_file(f, "example.com/evil@v1.0.0/a.go", "module example.com/Upper\n");
	plan_more(f, false, &out);
	carry_out_odd(&o, true, &out);
	assert_failed(&out, "example.com/evil@v1.0.0/a.go");
	assert_same(f, &before, "no module's zip");
	outcome_release(&out);
	map_release(&before);
	f->vouch = true;
}

static void cancel_it(struct odd *o)
{
	atomic_store(&o->cancel.set, true);
}

static void cut_fetched(struct odd *o)
{
	assert_int_equal(truncate(o->zip, 1000), 0);
}

/* At each question to the proxy and to what vouches, something happens: then the repair is done, or nothing has changed and it says why. */
static void test_meanwhile(void **state)
{
	static void (*const acts[])(struct odd * o) = { cancel_it, cut_fetched };
	struct fix *f = *state;

	f->vouch = true;
	for (size_t k = 0; k < ARRAY_LEN(acts); k++) {
		size_t n = 0, failed = 0, at = SIZE_MAX; /* first, nothing happens */

		do {
			struct odd o = { .f = f, .act = acts[k], .at = at };
			const char *fetched = arena_fmt(&f->a, "%s/fetched.zip", f->top);
			struct outcome out;
			char *data;
			size_t len;

			fix_reset(f);
			damage(f);
			assert_true(fs_read(&f->a, cachepath_file(&f->a, f->up, TARGET, "zip"),
					    (size_t)1 << 20, &data, &len, NULL));
			fix_write(fetched, data, len);
			o.zip = fetched;
			plan_more(f, false, &out);
			carry_out_odd(&o, true, &out);
			if (out.n && outcome_of(&out) == EXECUTE_CHANGED) {
				assert_int_equal(n_errors(f), 0);
			} else if (out.n) {
				failed++;
				assert_int_equal(outcome_of(&out), EXECUTE_FAILED);
				assert_string_not_equal(out.results[0].error, "");
				if (acts[k] == cancel_it)
					assert_string_equal(out.results[0].error, "cancelled");
			}
			n = MAX(n, o.asked);
			outcome_release(&out);
		} while (++at < n);
		if (n < 4 || !failed)
			fail_msg("act %zu: %zu questions, %zu failed", k, n, failed);
	}
}

/* The list is written as go writes it, with what was there by then; and not at all if it is right by then. */
static void test_list_text(void **state)
{
	static const struct {
		const char *planned, *then, *want;
	} cases[] = {
		{ "v1.0.0\nv1.2.0\n", NULL, "v1.0.0\nv1.1.0\n" },
		{ "v1.0.0\nv1.2.0\n", "v1.0.0\nv1.1.0\n", "v1.0.0\nv1.1.0\n" },
		{ "v1.1.0\n", "", "v1.0.0\nv1.1.0\n" },
	};
	struct fix *f = *state;
	const char *dir = cachepath_dir(&f->a, f->root, TARGET.path),
		   *list = arena_fmt(&f->a, "%s/list", dir);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct odd o = { .f = f };
		struct outcome out;
		char *text;
		size_t len;

		fix_reset(f);
		fix_write_str(list, cases[i].planned);
		plan_more(f, true, &out);
		assert_int_equal(out.plan.n, 1);
		if (cases[i].then)
			fix_write_str(list, cases[i].then);
		/* neither is a version that go lists */
		fix_write_str(arena_fmt(&f->a, "%s/v1.mod", dir), "module example.com/Upper\n");
		fix_write_str(arena_fmt(&f->a, "%s/x", dir), "");
		carry_out_odd(&o, true, &out);
		assert_true(fs_read(&f->a, list, 100, &text, &len, NULL));
		assert_string_equal(text, cases[i].want);
		outcome_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unvouched),     cmocka_unit_test(test_no_witness),
		cmocka_unit_test(test_refused),	      cmocka_unit_test(test_mod_of_zip),
		cmocka_unit_test(test_no_module),     cmocka_unit_test(test_meanwhile),
		cmocka_unit_test(test_list_text),     cmocka_unit_test(test_repair),
		cmocka_unit_test(test_repair_across), cmocka_unit_test(test_undo),
		cmocka_unit_test(test_undo_across),   cmocka_unit_test(test_prune),
		cmocka_unit_test(test_prune_across),  cmocka_unit_test(test_look),
		cmocka_unit_test(test_unseen),
	};

	return cmocka_run_group_tests(tests, fix_setup, fix_teardown);
}
