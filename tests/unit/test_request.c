/* Requests are values: equality, and copies that own their memory. */

#include "unit.h"

#include "parts/request.h"

static const struct whatif_step pin[] = { { WHATIF_PIN, "a.com/x", "v1.0.0" } };
static const struct whatif_step drop[] = { { WHATIF_DROP, "a.com/x", "" } };
static const struct whatif_step both[] = { { WHATIF_PIN, "a.com/x", "v1.0.0" },
					   { WHATIF_DROP, "a.com/y", "" } };
static const struct whatif_step turned[] = { { WHATIF_DROP, "a.com/y", "" },
					     { WHATIF_PIN, "a.com/x", "v1.0.0" } };
static const struct whatif_step joined[] = { { WHATIF_PIN, "a.com/x", "v1.0.0" },
					     { WHATIF_DROP, "a.com/y", "", .joined = true } };
static const struct whatif_step newer[] = { { WHATIF_PIN, "a.com/x", "v1.0.1" } };
static const struct whatif_step elsewhere[] = { { WHATIF_PIN, "a.com/z", "v1.0.0" } };
static const struct modver mods[] = { { "a.com/x", "v1.0.0" }, { "a.com/y", "v2.0.0" } };

/* All are different, including texts that would collide if they were joined. */
static const struct request all[] = {
	{ .part = PART_ENV },
	{ .part = PART_GRAPH },
	{ .part = PART_EXPLAIN, .module = "a.com/x" },
	{ .part = PART_EXPLAIN, .module = "a.com/x ask" },
	{ .part = PART_VERSIONS, .versions = { "a.com/x", false } },
	{ .part = PART_VERSIONS, .versions = { "a.com/x", true } },
	{ .part = PART_VERSIONS, .versions = { "a.com/x ask", false } },
	{ .part = PART_CACHE },
	{ .part = PART_CACHE, .cache = { false, CACHESCAN_VERIFY } },
	{ .part = PART_CACHE, .cache = { false, CACHESCAN_FULL } },
	{ .part = PART_CACHE, .cache = { true, CACHESCAN_LOOK } },
	{ .part = PART_CACHE, .cache = { true, CACHESCAN_VERIFY } },
	{ .part = PART_WHATIF, .steps = { pin, 1 } },
	{ .part = PART_WHATIF, .steps = { drop, 1 } },
	{ .part = PART_WHATIF, .steps = { both, 2 } },
	{ .part = PART_WHATIF, .steps = { turned, 2 } },
	{ .part = PART_COMPARE, .compare = { "v1", "", false } },
	{ .part = PART_COMPARE, .compare = { "v1", "v2", false } },
	{ .part = PART_COMPARE, .compare = { "v1", "v2", true } },
	{ .part = PART_COMPARE, .compare = { "v2", "v1", false } },
	{ .part = PART_TIDY },
	{ .part = PART_TIDY, .tidy = { .steps = { pin, 1 } } },
	{ .part = PART_TIDY, .tidy = { .go = "1.21" } },
	{ .part = PART_TIDY, .tidy = { .compat = "1.21" } },
	{ .part = PART_TIDY, .tidy = { .allow_errors = true } },
	{ .part = PART_TIDY, .tidy = { .fetch = true } },
	{ .part = PART_PLAN, .act = { REQUEST_HISTORY, .id = "" } },
	{ .part = PART_PLAN, .act = { REQUEST_PRUNE, .id = "" } },
	{ .part = PART_PLAN, .act = { REQUEST_PRUNE, { true, CACHESCAN_LOOK }, .id = "" } },
	{ .part = PART_PLAN, .act = { REQUEST_UNDO, .id = "7" } },
	{ .part = PART_PLAN, .act = { REQUEST_REPAIR, .mods = mods, .n_mods = 1, .id = "" } },
	{ .part = PART_PLAN, .act = { REQUEST_REPAIR, .mods = mods, .n_mods = 2, .id = "" } },
	{ .part = PART_EXPORT, .export = { GRAPHFILE_DOT, "x\ny" } },
	{ .part = PART_EXPORT, .export = { GRAPHFILE_JSON, "x\ny" } },
	{ .part = PART_EXPORT, .export = { GRAPHFILE_DOT, "x" } },
	{ .part = PART_EXPORT, .export = { .file = "x", .record = true } },
	{ .part = PART_EXPORT,
	  .export = { .file = "x", .record = true, .record_format = REQUEST_RECORD_SPDX } },
	/* one member after the other */
	{ .part = PART_WHATIF, .steps = { joined, 2 } },
	{ .part = PART_WHATIF, .steps = { newer, 1 } },
	{ .part = PART_WHATIF, .steps = { elsewhere, 1 } },
	{ .part = PART_TIDY, .tidy = { .go = "1.22" } },
	{ .part = PART_TIDY, .tidy = { .compat = "1.22" } },
	{ .part = PART_CACHE, .cache = { .behind = true } },
	{ .part = PART_CACHE, .cache = { .brief = true } },
	{ .part = PART_OFFLINE },
	{ .part = PART_OFFLINE, .offline = { .levels = 1 } },
	{ .part = PART_OFFLINE, .offline = { .glance = true } },
	{ .part = PART_OFFLINE, .offline = { .platforms = "linux/arm64" } },
	{ .part = PART_OFFLINE, .offline = { .platforms = "linux/amd64" } },
	{ .part = PART_PLAN, .act = { REQUEST_REPAIR, .mods = mods + 1, .n_mods = 1, .id = "" } },
	{ .part = PART_PLAN, .act = { REQUEST_REPAIR, .plan = 7, .id = "" } },
	{ .part = PART_PLAN, .act = { REQUEST_PREFETCH, .levels = 1, .id = "" } },
	{ .part = PART_PLAN,
	  .act = { REQUEST_PREFETCH, .levels = 1, .missing = { .levels = 2 }, .id = "" } },
	{ .part = PART_COMPARE, .compare = { "v1", "v2", .lists = true } },
	{ .part = PART_COMPARE, .compare = { "v1", "v2", .packages = true } },
	{ .part = PART_MODCOMPARE, .modcompare = { { "a", "v1" }, { "a", "v2" }, "", false } },
	{ .part = PART_MODCOMPARE, .modcompare = { { "a", "v1" }, { "a", "v2" }, "", true } },
	{ .part = PART_MODCOMPARE, .modcompare = { { "a", "v1" }, { "a", "v2" }, "f", false } },
	{ .part = PART_MODCOMPARE, .modcompare = { { "a", "v1" }, { "a", "v3" }, "", false } },
	{ .part = PART_MODCOMPARE, .modcompare = { { "a", "v0" }, { "a", "v2" }, "", false } },
	{ .part = PART_OUTDATED },
	{ .part = PART_OUTDATED, .outdated = { .direct = true } },
	{ .part = PART_OUTDATED, .outdated = { .majors = true } },
	{ .part = PART_OUTDATED, .outdated = { .glance = true } },
	{ .part = PART_OUTDATED, .outdated = { .facts = true } },
	{ .part = PART_OUTDATED, .outdated = { .cooldown = 7 } },
	{ .part = PART_OUTDATED, .outdated = { .kept_for = 60 } },
	{ .part = PART_PROXY },
	{ .part = PART_PROXY, .proxy = { .mods = mods, .n_mods = 1 } },
	{ .part = PART_PROXY, .proxy = { .mods = mods + 1, .n_mods = 1 } },
	{ .part = PART_PROXY, .proxy = { .mods = mods, .n_mods = 2 } },
	{ .part = PART_PROXY, .proxy = { .all = true } },
	{ .part = PART_PROXY, .proxy = { .no_zips = true } },
	{ .part = PART_PROXY, .proxy = { .glance = true } },
	{ .part = PART_PROXY, .proxy = { .timeout_ms = 5 } },
	{ .part = PART_HISTORY, .history = { "a.com/x" } },
	{ .part = PART_HISTORY, .history = { "a.com/y" } },
	{ .part = PART_HISTORY, .history = { "a.com/x", .compare = true } },
	{ .part = PART_HISTORY, .history = { "a.com/x", .commits = true } },
	{ .part = PART_HISTORY, .history = { "a.com/x", .fetch = true } },
	{ .part = PART_HISTORY, .history = { "a.com/x", .kept_for = 60 } },
	{ .part = PART_APPLY, .apply = { .tidy = false } },
	{ .part = PART_APPLY, .apply = { .tidy = true } },
	{ .part = PART_APPLY, .apply = { .plan = 7 } },
	{ .part = PART_APPLY, .apply = { .steps = { pin, 1 } } },
	{ .part = PART_VULNS, .mirror = "/a" },
	{ .part = PART_VULNS, .mirror = "/b" },
	{ .part = PART_SINCE, .since = "/a" },
	{ .part = PART_SINCE, .since = "/b" },
	{ .part = PART_RECORD },
	{ .part = PART_RECORD, .record = { "/a" } },
	{ .part = PART_RECORD, .record = { "/b" } },
	{ .part = PART_MIRROR, .mirroring = { "/a", 1 } },
	{ .part = PART_MIRROR, .mirroring = { "/a", 2 } },
	{ .part = PART_MIRROR, .mirroring = { "/b", 1 } },
	{ .part = PART_RELEASE, .module = "a.com/x" },
	{ .part = PART_REPLACEMENT, .module = "a.com/x" },
	{ .part = PART_TIMES },
	{ .part = PART_POLICY },
	{ .part = PART_IMPORTS },
	{ .part = PART_GIT },
	{ .part = PART_REVISIONS },
	{ .part = PART_REPLACES },
	{ .part = PART_VENDOR },
};

static void test_equality(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		for (size_t k = 0; k < ARRAY_LEN(all); k++) {
			if (request_eq(&all[i], &all[k]) != (i == k) ||
			    /* of a change its plan is not hashed: there is one at a time */
			    (all[i].part != PART_PLAN && all[i].part != PART_APPLY &&
			     (request_hash(&all[i]) == request_hash(&all[k])) != (i == k)))
				fail_msg("rows %zu and %zu", i, k);
		}
}

static void test_copy(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct request *c = request_copy(&all[i]), *d = request_copy(c);

		assert_true(request_eq(c, &all[i]));
		assert_int_equal(request_hash(c), request_hash(&all[i]));
		free(c);
		assert_true(request_eq(d, &all[i]));
		free(d);
	}
}

/* The original may change or be freed afterwards. */
static void test_copy_owns(void **state)
{
	char path[] = "a.com/x", version[] = "v1.0.0", id[] = "7";
	struct whatif_step step = { WHATIF_GET, path, version };
	struct modver mod = { path, version };
	struct request *steps = request_copy(
		REQUEST(PART_TIDY, .tidy = { .steps = { &step, 1 }, .go = version }));
	struct request *act = request_copy(
		REQUEST(PART_PLAN, .act = { REQUEST_REPAIR, .mods = &mod, .n_mods = 1, .id = id }));

	(void)state;
	path[0] = version[0] = id[0] = '!';
	step.kind = WHATIF_DROP;
	assert_int_equal(steps->tidy.steps.items[0].kind, WHATIF_GET);
	assert_string_equal(steps->tidy.steps.items[0].path, "a.com/x");
	assert_string_equal(steps->tidy.steps.items[0].version, "v1.0.0");
	assert_string_equal(steps->tidy.go, "v1.0.0");
	assert_null(steps->tidy.compat);
	assert_string_equal(act->act.mods[0].path, "a.com/x");
	assert_string_equal(act->act.mods[0].version, "v1.0.0");
	assert_string_equal(act->act.id, "7");
	free(steps);
	free(act);
}

static void check_text(const struct request *r, const char *want)
{
	struct buf b = BUF_INIT;

	request_text(r, &b);
	assert_string_equal(b.data, want);
	buf_release(&b);
}

static void test_text(void **state)
{
	(void)state;
	check_text(REQUEST(PART_GRAPH), "reading go.mod files");
	check_text(REQUEST(PART_EXPLAIN, .module = "a.com/x"), "explaining a.com/x");
	check_text(REQUEST(PART_CACHE), "reading the cache");
	check_text(REQUEST(PART_CACHE, .cache = { true, CACHESCAN_FULL }), "hashing the cache");
	check_text(REQUEST(PART_WHATIF, .steps = { both, 2 }),
		   "computing the build list after pin a.com/x v1.0.0, drop a.com/y");
	check_text(REQUEST(PART_PLAN, .act = { REQUEST_REPAIR, .id = "" }), "repairing the cache");
}

static void test_plain(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		n += request_is_plain(&all[i]);
	/* env, graph, cache, that in the background, tidy, a glance offline, outdated, a glance at proxies, record, and seven without parameters */
	assert_int_equal(n, 16);
	assert_true(request_is_plain(REQUEST(PART_TIDY)));
	assert_false(request_is_plain(REQUEST(PART_TIDY, .tidy = { .steps = { pin, 1 } })));
}

static void check_step(const char *arg, bool get, enum whatif_kind kind, const char *text)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	struct whatif_step s;

	assert_true(whatif_step_parse(&s, &a, arg, get, &e));
	assert_int_equal(s.kind, kind);
	whatif_step_text(&s, &b);
	assert_string_equal(b.data, text);
	buf_release(&b);
	arena_release(&a);
}

/* An invalid step is an error: it never becomes another step. */
static void test_steps(void **state)
{
	static const char *const bad[] = { "",	  "a.com/x",	   "a.com/x@",
					   "@v1", "a.com/x v1@v2", "a\nb@v1" };

	(void)state;
	check_step("a.com/x@v1.0.0", false, WHATIF_PIN, "pin a.com/x v1.0.0");
	check_step("a.com/x@none", false, WHATIF_DROP, "drop a.com/x");
	check_step("a.com/x@upgrade", false, WHATIF_UPGRADE, "upgrade a.com/x");
	check_step("a.com/x@original", false, WHATIF_UNREPLACE, "unreplace a.com/x");
	check_step("a.com/x@none", true, WHATIF_GET, "get a.com/x none");
	check_step("a.com/x@upgrade", true, WHATIF_GET, "get a.com/x upgrade");
	check_step("a.com/x@original", true, WHATIF_UNREPLACE, "unreplace a.com/x");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena a = ARENA_INIT;
		struct err e = ERR_INIT;
		struct whatif_step s;

		assert_false(whatif_step_parse(&s, &a, bad[i], false, &e));
		assert_int_equal(e.code, ERR_USAGE);
		err_release(&e);
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equality),  cmocka_unit_test(test_copy),
		cmocka_unit_test(test_copy_owns), cmocka_unit_test(test_text),
		cmocka_unit_test(test_plain),	  cmocka_unit_test(test_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
