/* What a prefetch would do, by what the levels lack; and its progress in words. */
#include "tmpdir.h"

#include "base/buf.h"
#include "change/plan.h"
#include "offline/prefetch.h"

#define ALL (1u << LEVELS_BUILD | 1u << LEVELS_LIST)

/* One word a step: "fetch" or "write", the file's end, the size, and "*" for what only comes along. */
static const char *steps(const struct plan *p)
{
	const char *out = "";

	for (size_t i = 0; i < p->n_items; i++) {
		const struct plan_item *item = &p->items[i];

		out = arena_fmt(&tmp_arena, "%s%s@%s:", out, item->mod.path, item->mod.version);
		for (size_t k = 0; k < item->n; k++) {
			const struct plan_step *s = &p->steps[item->first + k];

			out = arena_fmt(&tmp_arena, "%s %s%s%s", out,
					s->op == PLAN_FETCH   ? "fetch"
					: s->op == PLAN_WRITE ? "write"
							      : "lock",
					s->op == PLAN_LOCK ? "" : strrchr(s->path, '.'),
					s->reason.kind == PLAN_FOLLOWS ? "*" : "");
			if (s->bytes)
				out = arena_fmt(&tmp_arena, "%s=%llu", out,
						(unsigned long long)s->bytes);
		}
		out = arena_fmt(&tmp_arena, "%s\n", out);
	}
	return out;
}

static void test_plan(void **state)
{
	static struct levels_missing build[] = {
		{ { "m.test/b", "v1.0.0" }, "zip", "", "package b", 50, false },
		{ { "m.test/a", "v1.1.0" }, "mod", "", "the module graph", 7, false },
		{ { "m.test/c", "" }, "list", "", "", -1, false },
		{ { "m.test/d", "v1.0.0" }, "zip", "", "package d", -1, false },
	};
	static struct levels_missing list[] = {
		{ { "m.test/a", "v1.0.0" }, "info", "", "the build list", -1, false },
		{ { "m.test/b", "v1.0.0" }, "mod", "", "the module graph", 9, false },
		{ { "m.test/a", "v1.1.0" }, "info", "", "the build list", -1, false },
	};
	struct levels_row rows[] = {
		{ .level = LEVELS_BUILD, .missing = build, .n_missing = ARRAY_LEN(build) },
		{ .level = LEVELS_LIST, .missing = list, .n_missing = ARRAY_LEN(list) }
	};
	struct levels l = { .rows = rows, .n = ARRAY_LEN(rows) };
	struct plan p;

	(void)state;
	tmp_write("mod/cache/download/m.test/d/@v/v1.0.0.info", "{}");
	prefetch_plan(&p, tmp_path("mod"), &l, ALL);
	assert_string_equal(
		steps(&p),
		"m.test/a@v1.0.0: fetch.info lock write.info\n"
		"m.test/a@v1.1.0: fetch.info fetch.mod lock write.info write.mod=7\n"
		"m.test/b@v1.0.0: fetch.info* fetch.mod fetch.zip lock write.info* write.mod=9 write.ziphash write.zip=50\n"
		"m.test/d@v1.0.0: fetch.zip lock write.ziphash write.zip\n");
	assert_string_equal(p.steps[p.items[2].first + 7].why, "package b");
	assert_string_equal(p.steps[p.items[2].first + 7].shell, "go mod download m.test/b@v1.0.0");
	plan_release(&p);
	prefetch_plan(&p, tmp_path("mod"), &l, 1u << LEVELS_TEST);
	assert_int_equal(p.n_items, 0);
	plan_release(&p);
}

static void test_progress(void **state)
{
	static const struct {
		struct prefetch_progress p;
		const char *want;
	} rows[] = {
		{ { .bytes = 1 << 20, .all_bytes = 10 << 20, .seconds_left = -1 },
		  "1.0 of 10.0 MiB" },
		{ { .bytes = 1 << 20,
		    .all_bytes = 10 << 20,
		    .per_second = 3 << 19,
		    .seconds_left = 6 },
		  "1.0 of 10.0 MiB, 1.5 MiB/s, 6 s left" },
		{ { .bytes = 0, .all_bytes = 0, .per_second = 1 << 20, .seconds_left = -1 },
		  "0.0 of 0.0 MiB, 1.0 MiB/s" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b = BUF_INIT;

		prefetch_progress_text(&rows[i].p, &b);
		assert_string_equal(b.data, rows[i].want);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_plan),
					    cmocka_unit_test(test_progress) };

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
