/* Reasons, requirers and counterfactuals. The versions that would be selected are compared with those after editing go.mod on
 * disk. */
#include "graph_fixture.h"

struct why {
	struct fixture *f;
	struct explain_graph *x;
	struct explain_answer w;
	struct buf reason;
};

static int set_up(void **state)
{
	*state = fixture_new();
	return 0;
}

static int tear_down(void **state)
{
	fixture_free(*state);
	return 0;
}

static void ask(struct why *y, struct fixture *f, const char *path, unsigned flags)
{
	const struct modgraph *mg;

	*y = (struct why){ .f = f, .reason = BUF_INIT };
	fixture_open(f, MODPROJECT_GRAPH);
	if (!gograph_load(f->ml, NULL, &mg, &f->e))
		fail_msg("%s", f->e.text);
	y->x = explain_new(f->ml, mg);
	assert_true(explain_module(y->x, &f->a, path, flags, &y->w));
	explain_reason_text(&y->w, &y->reason);
}

static void done(struct why *y)
{
	explain_free(y->x);
	buf_release(&y->reason);
}

static void assert_requirer(const struct explain_answer *w, size_t i, const char *path,
			    const char *version, const char *wants, enum explain_class class,
			    bool decides)
{
	assert_true(i < w->n_requirers);
	assert_string_equal(w->requirers[i].mod.path, path);
	assert_string_equal(w->requirers[i].mod.version, version);
	assert_string_equal(w->requirers[i].wants, wants);
	assert_int_equal(w->requirers[i].class, class);
	assert_int_equal(w->requirers[i].decides, decides);
}

static const struct explain_without *find_without(const struct explain_answer *w,
						  enum explain_drop drop)
{
	for (size_t i = 0; i < w->n_without; i++) {
		if (w->without[i].drop == drop)
			return &w->without[i];
	}
	fail_msg("no such counterfactual");
	return NULL;
}

static void test_required_by_main(void **state)
{
	struct fixture *f = *state;
	struct why y;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/x v1.1.0\n");
	fixture_module(f, "example.com/x", "v1.1.0", "go 1.17\n");
	fixture_module(f, "example.com/x", "v1.2.0", "go 1.17\n");
	fixture_gomod(
		f,
		"module example.com/main\n\ngo 1.20\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/x v1.2.0\n)\n");
	ask(&y, f, "example.com/x", 0);
	assert_string_equal(y.w.selected, "v1.2.0");
	assert_string_equal(y.reason.data, "required by main");
	assert_string_equal(y.w.runner_up, "v1.1.0");
	assert_int_equal(y.w.n_versions, 2);
	assert_true(y.w.direct);
	assert_int_equal(y.w.by_line, 7);
	assert_requirer(&y.w, 0, "example.com/main", "", "v1.2.0", EXPLAIN_MAIN, true);
	assert_requirer(&y.w, 1, "example.com/a", "v1.0.0", "v1.1.0", EXPLAIN_SELECTED, false);
	assert_int_equal(y.w.requirers[0].depth, 1);
	assert_int_equal(y.w.requirers[1].depth, 2);
	assert_int_equal(y.w.n_chain, 2);
	explain_without(y.x, &f->a, &y.w);
	assert_string_equal(find_without(&y.w, EXPLAIN_DROP_MAIN)->version, "v1.1.0");
	assert_string_equal(find_without(&y.w, EXPLAIN_DROP_MAIN)->decider.path, "example.com/a");
	done(&y);
}

/* The requirements of a superseded version count too. */
static void test_superseded(void **state)
{
	struct fixture *f = *state;
	struct why y;

	fixture_module(f, "example.com/a", "v1.0.0", "require example.com/c v1.0.0\n");
	fixture_module(f, "example.com/c", "v1.0.0", "require example.com/kit v0.9.0\n");
	fixture_module(f, "example.com/c", "v1.5.0", "");
	fixture_module(f, "example.com/kit", "v0.9.0", "");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\nrequire example.com/c v1.5.0\n");
	ask(&y, f, "example.com/kit", 0);
	assert_string_equal(y.reason.data, "only version asked for");
	assert_int_equal(y.w.n_requirers, 1);
	assert_requirer(&y.w, 0, "example.com/c", "v1.0.0", "v0.9.0", EXPLAIN_SUPERSEDED, true);
	assert_int_equal(y.w.requirers[0].depth, 3);
	assert_int_equal(y.w.requirers[0].n_via, 2);
	assert_string_equal(y.w.runner_up, "");
	assert_int_equal(y.w.n_chain, 4);
	explain_without(y.x, &f->a, &y.w);
	assert_int_equal(y.w.n_without, 1);
	assert_string_equal(y.w.without[0].version, "none");
	done(&y);
}

static void test_forced_and_indirect_line(void **state)
{
	struct fixture *f = *state;
	struct why y;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/x v1.2.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.17\nrequire example.com/x v1.1.0\n");
	fixture_module(f, "example.com/x", "v1.1.0", "go 1.17\n");
	fixture_module(f, "example.com/x", "v1.2.0", "go 1.17\n");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\nrequire example.com/b v1.0.0\n"
		"require example.com/x v1.2.0 // indirect\n");
	ask(&y, f, "example.com/x", 0);
	assert_string_equal(y.reason.data, "forced by example.com/a@v1.0.0");
	assert_false(y.w.direct);
	explain_without(y.x, &f->a, &y.w);
	/* the line in go.mod keeps it, and without the line, a does */
	assert_string_equal(find_without(&y.w, EXPLAIN_DROP_MAIN)->version, "v1.2.0");
	assert_string_equal(find_without(&y.w, EXPLAIN_DROP_REQUIRER)->version, "v1.2.0");
	assert_string_equal(find_without(&y.w, EXPLAIN_DROP_ALL)->version, "v1.1.0");
	done(&y);
}

static void test_exclude_moved(void **state)
{
	struct fixture *f = *state;
	struct why y;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/x v1.3.0\n");
	fixture_module(f, "example.com/x", "v1.2.0", "go 1.17\n");
	fixture_module(f, "example.com/x", "v1.3.0", "go 1.17\n");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\nrequire example.com/x v1.2.0\n"
		"exclude example.com/x v1.3.0\n");
	ask(&y, f, "example.com/x", 0);
	assert_string_equal(y.w.selected, "v1.2.0");
	assert_string_equal(y.reason.data, "exclude moved the decision");
	assert_int_equal(y.w.n_excludes, 1);
	assert_string_equal(y.w.excludes[0].version, "v1.3.0");
	assert_int_equal(y.w.excludes[0].line, 5);
	assert_int_equal(y.w.excludes[0].n_ignored, 1);
	assert_true(y.w.requirers[0].excluded);
	assert_string_equal(y.w.runner_up, "");
	done(&y);
}

/* Below a leaf of the pruned graph: shown, but without effect. */
static void test_pruned_out(void **state)
{
	struct fixture *f = *state;
	struct why y;

	fixture_module(f, "example.com/a", "v1.0.0", "go 1.17\nrequire example.com/b v1.0.0\n");
	fixture_module(f, "example.com/b", "v1.0.0", "go 1.17\nrequire example.com/x v1.9.0\n");
	fixture_module(f, "example.com/x", "v1.0.0", "go 1.17\n");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.20\nrequire example.com/a v1.0.0\nrequire example.com/x v1.0.0\n");
	/* b's go.mod must be in the module cache: explain fetches nothing */
	fixture_file(f, "modcache/cache/download/example.com/b/@v/v1.0.0.mod",
		     "module example.com/b\ngo 1.17\nrequire example.com/x v1.9.0\n");
	ask(&y, f, "example.com/x", EXPLAIN_PRUNED);
	assert_string_equal(y.w.selected, "v1.0.0");
	assert_int_equal(y.w.n_requirers, 2);
	assert_requirer(&y.w, 0, "example.com/main", "", "v1.0.0", EXPLAIN_MAIN, true);
	assert_requirer(&y.w, 1, "example.com/b", "v1.0.0", "v1.9.0", EXPLAIN_PRUNED_OUT, false);
	assert_string_equal(y.w.runner_up, "");
	done(&y);
}

static void test_replaced_tool_member_and_go(void **state)
{
	struct fixture *f = *state;
	struct why y;

	fixture_module(f, "example.com/x", "v1.0.0", "go 1.22\n");
	fixture_module(f, "example.com/fork", "v1.0.0", "go 1.22\n");
	fixture_gomod(
		f,
		"module example.com/main\ngo 1.24\nrequire example.com/x v1.0.0\ntool example.com/x/cmd/t\n"
		"replace example.com/x => example.com/fork v1.0.0\n");
	ask(&y, f, "example.com/x", 0);
	assert_string_equal(y.reason.data,
			    "required by main; source replaced by example.com/fork@v1.0.0");
	assert_int_equal(y.w.replaced_line, 5);
	assert_requirer(&y.w, 1, "example.com/x/cmd/t", "", "", EXPLAIN_TOOL, false);
	assert_int_equal(y.w.requirers[1].line, 4);
	done(&y);
	ask(&y, f, "go", 0);
	assert_string_equal(y.w.selected, "1.24");
	assert_requirer(&y.w, 0, "example.com/main", "", "1.24", EXPLAIN_MAIN, true);
	assert_requirer(&y.w, 1, "example.com/x", "v1.0.0", "1.22", EXPLAIN_SELECTED, false);
	assert_string_equal(y.w.runner_up, "1.22");
	done(&y);
	fixture_file(f, "p/go.work", "go 1.24\nuse .\nuse ./m\n");
	fixture_file(f, "p/m/go.mod",
		     "module example.com/m\ngo 1.24\nrequire example.com/x v1.0.0\n");
	ask(&y, f, "example.com/x", 0);
	assert_string_equal(
		y.reason.data,
		"raised by workspace member example.com/m; source replaced by example.com/fork@v1.0.0");
	done(&y);
	ask(&y, f, "example.com/m", 0);
	assert_string_equal(y.reason.data, "main module");
	assert_false(explain_module(y.x, &f->a, "example.com/unknown", 0, &y.w));
	done(&y);
}

/* In a random graph, dropping a line of go.mod in memory has the same result as dropping it on disk. */
static void test_drop_equals_edit(void **state)
{
	struct fixture *f = *state;
	enum { N = 12 };
	uint32_t seed = 7;
	struct buf lines[N], gomod = BUF_INIT;
	struct why y;
	const char *got[N];

	for (int i = N - 1; i >= 0; i--) {
		for (int v = 0; v < 3; v++) {
			struct buf b = BUF_INIT;

			buf_addf(&b, "go 1.%d\n", 15 + (i + v) % 5);
			for (int j = i + 1; j < N; j++) {
				seed = seed * 1664525u + 1013904223u;
				if (seed >> 30 == 0)
					buf_addf(&b, "require example.com/m%d v1.%u.0\n", j,
						 seed >> 8 & 1 ? 2u : seed >> 9 & 1);
			}
			fixture_module(f, arena_fmt(&f->a, "example.com/m%d", i),
				       arena_fmt(&f->a, "v1.%d.0", v), b.data);
			buf_release(&b);
		}
	}
	for (int i = 0; i < N; i++) {
		buf_init(&lines[i]);
		buf_addf(&lines[i], "require example.com/m%d v1.%d.0\n", i, i % 2);
	}
	for (int skip = -1; skip < N; skip++) {
		buf_clear(&gomod);
		buf_addstr(&gomod, "module example.com/main\ngo 1.20\n");
		for (int i = 0; i < N; i++) {
			if (i != skip)
				buf_addstr(&gomod, lines[i].data);
		}
		fixture_gomod(f, gomod.data);
		if (skip < 0) {
			ask(&y, f, "example.com/m0", 0);
			for (int i = 0; i < N; i++) {
				assert_true(explain_module(y.x, &f->a,
							   arena_fmt(&f->a, "example.com/m%d", i),
							   0, &y.w));
				explain_without(y.x, &f->a, &y.w);
				assert_true(y.w.n_without > 0);
				assert_int_equal(y.w.without[0].drop, EXPLAIN_DROP_MAIN);
				assert_null(y.w.without[0].failed);
				got[i] = arena_strdup(&f->a, y.w.without[0].version);
			}
			done(&y);
		} else {
			const struct modgraph *mg;

			fixture_open(f, MODPROJECT_GRAPH);
			assert_true(gograph_load(f->ml, NULL, &mg, &f->e));
			assert_string_equal(modgraph_selected(mg,
							      arena_fmt(&f->a, "example.com/m%d",
									skip)),
					    got[skip]);
		}
	}
	for (int i = 0; i < N; i++)
		buf_release(&lines[i]);
	buf_release(&gomod);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_required_by_main),
		TEST(test_superseded),
		TEST(test_forced_and_indirect_line),
		TEST(test_exclude_moved),
		TEST(test_pruned_out),
		TEST(test_replaced_tool_member_and_go),
		TEST(test_drop_equals_edit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
