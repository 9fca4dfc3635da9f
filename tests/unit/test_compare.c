/* Two small graphs; the expected differences and causes are worked out by hand. */
#include "unit.h"

#include "base/arena.h"
#include "compare/compare.h"
#include "compare/compare_packages.h"
#include "compare/compare_undo.h"

#define REQUIRE(at, path, version)                                                              \
	{                                                                                       \
		COMPARE_REQUIRE, "go.mod", at, "m", false, { path, version }, { "", "" }, false \
	}
#define GO_LINE(version)                                                                  \
	{                                                                                 \
		COMPARE_GO, "go.mod", 3, "m", false, { "go", version }, { "", "" }, false \
	}

/* m requires a v1.0.0, which requires b v1.0.0 */
static const struct compare_module old_modules[] = {
	{ "a", "v1.0.0", { "", "" }, false, true },
	{ "b", "v1.0.0", { "", "" }, false, false },
	{ "m", "", { "", "" }, true, false },
};
static const struct compare_node old_nodes[] = {
	{ { "m", "" }, true, true, 0, 0 },
	{ { "a", "v1.0.0" }, true, true, 0, 1 },
	{ { "b", "v1.0.0" }, true, true, 1, 1 },
};
static const uint32_t old_requirers[] = { 0, 1 };
static const struct compare_line old_lines[] = { GO_LINE("1.20"), REQUIRE(5, "a", "v1.0.0") };
static const struct compare_side older = {
	old_modules, 3, old_nodes, 3, old_requirers, old_lines, 2
};

/* m requires a v1.1.0, which requires b v1.2.0, which requires c v1.0.0 */
static const struct compare_module new_modules[] = {
	{ "a", "v1.1.0", { "../a", "" }, false, true },
	{ "b", "v1.2.0", { "", "" }, false, false },
	{ "c", "v1.0.0", { "", "" }, false, false },
	{ "m", "", { "", "" }, true, false },
};
static const struct compare_node new_nodes[] = {
	{ { "m", "" }, true, true, 0, 0 },
	{ { "a", "v1.1.0" }, true, true, 0, 1 },
	{ { "b", "v1.2.0" }, true, true, 1, 1 },
	{ { "c", "v1.0.0" }, true, true, 2, 1 },
};
static const uint32_t new_requirers[] = { 0, 1, 2 };
static const struct compare_line new_lines[] = {
	GO_LINE("1.21.0"),
	REQUIRE(6, "a", "v1.1.0"),
	{ COMPARE_REPLACE, "go.mod", 8, "m", false, { "a", "" }, { "../a", "" }, false },
};
static const struct compare_side newer = {
	new_modules, 4, new_nodes, 4, new_requirers, new_lines, 3
};

static void expect(const struct compare_change *ch, enum compare_kind kind, const char *path,
		   const char *was, const char *is)
{
	assert_string_equal(compare_kind_name(ch->kind), compare_kind_name(kind));
	assert_string_equal(ch->path, path);
	assert_string_equal(ch->was, was);
	assert_string_equal(ch->is, is);
}

static bool names(const struct compare_change *ch, const char *requirer, int was, int is)
{
	for (size_t i = 0; i < ch->n_causes; i++) {
		const struct compare_cause *c = &ch->causes[i];

		if (requirer
			    ? c->requirer.path && str_eq(c->requirer.path, requirer)
			    : (c->was ? c->was->line : 0) == was && (c->is ? c->is->line : 0) == is)
			return true;
	}
	return false;
}

static void forwards(void **state)
{
	struct arena a = ARENA_INIT;
	struct compare_changes c;

	(void)state;
	compare_sides(&c, &a, &older, &newer);
	assert_int_equal(c.n, 5);
	expect(&c.items[0], COMPARE_REPLACED, "a", "", "../a");
	assert_true(names(&c.items[0], NULL, 0, 8));
	expect(&c.items[1], COMPARE_ADDED, "c", "", "v1.0.0");
	assert_true(names(&c.items[1], "b", 0, 0) && names(&c.items[1], NULL, 5, 6));
	expect(&c.items[2], COMPARE_UP, "a", "v1.0.0", "v1.1.0");
	assert_true(names(&c.items[2], NULL, 5, 6) && !names(&c.items[2], "m", 0, 0));
	expect(&c.items[3], COMPARE_UP, "b", "v1.0.0", "v1.2.0");
	assert_true(names(&c.items[3], "a", 0, 0) && names(&c.items[3], NULL, 5, 6));
	expect(&c.items[4], COMPARE_GO_LINE, "go", "1.20", "1.21.0");
	arena_release(&a);
}

static void backwards(void **state)
{
	struct arena a = ARENA_INIT;
	struct compare_changes c;

	(void)state;
	compare_sides(&c, &a, &newer, &older);
	assert_int_equal(c.n, 5);
	expect(&c.items[0], COMPARE_REMOVED, "c", "v1.0.0", "");
	assert_true(names(&c.items[0], "b", 0, 0) && names(&c.items[0], NULL, 6, 5));
	expect(&c.items[1], COMPARE_DOWN, "a", "v1.1.0", "v1.0.0");
	expect(&c.items[2], COMPARE_DOWN, "b", "v1.2.0", "v1.0.0");
	expect(&c.items[3], COMPARE_UNREPLACED, "a", "../a", "");
	assert_int_equal(c.count[COMPARE_DOWN], 2);
	arena_release(&a);
}

static void the_same(void **state)
{
	struct arena a = ARENA_INIT;
	struct compare_changes c;

	(void)state;
	compare_sides(&c, &a, &newer, &newer);
	assert_int_equal(c.n, 0);
	arena_release(&a);
}

/* A saved list has no graph and no lines. */
static void without_a_graph(void **state)
{
	struct compare_side was = { .modules = old_modules, .n_modules = 3 };
	struct compare_side is = { .modules = new_modules, .n_modules = 4 };
	struct arena a = ARENA_INIT;
	struct compare_changes c;

	(void)state;
	compare_sides(&c, &a, &was, &is);
	assert_int_equal(c.n, 4);
	assert_int_equal(c.items[1].n_causes, 0);
	arena_release(&a);
}

/* m requires a v1.0.0 again, as on the older side, but b v1.2.0 too, on a line that the newer side has not */
static const struct compare_module middle_modules[] = {
	{ "a", "v1.0.0", { "", "" }, false, true },
	{ "b", "v1.2.0", { "", "" }, false, true },
	{ "c", "v1.0.0", { "", "" }, false, false },
	{ "m", "", { "", "" }, true, false },
};
static const struct compare_node middle_nodes[] = {
	{ { "m", "" }, true, true, 0, 0 },
	{ { "a", "v1.0.0" }, true, true, 0, 1 },
	{ { "b", "v1.2.0" }, true, true, 1, 1 },
	{ { "c", "v1.0.0" }, true, true, 2, 1 },
};
static const uint32_t middle_requirers[] = { 0, 0, 2 };
static const struct compare_line middle_lines[] = { GO_LINE("1.20"), REQUIRE(5, "a", "v1.0.0"),
						    REQUIRE(7, "b", "v1.2.0") };
static const struct compare_side middle = { middle_modules, 4, middle_nodes, 4, middle_requirers,
					    middle_lines,   3 };

/* What each computation gives, in order; the last one from then on. */
struct trials {
	const struct compare_side *sides[3];
	size_t n;
};

static const struct compare_side *put_back(void *ctx, const struct compare_cause *causes, size_t n)
{
	struct trials *t = ctx;

	assert_true(n > 0);
	for (size_t i = 0; i < n; i++)
		assert_true(causes[i].was || causes[i].is || causes[i].requirer.path);
	t->n++;
	return t->sides[MIN(t->n, ARRAY_LEN(t->sides)) - 1];
}

static void prove(struct compare_changes *c, struct arena *a, struct trials *t, size_t most)
{
	compare_sides(c, a, &older, &newer);
	compare_undo(c, a, &older, &newer,
		     &(struct compare_undo_trial){ .side = put_back, .ctx = t, .most = most });
}

/* With the lines put back each change is gone: the causes stand. */
static void proved(void **state)
{
	struct trials t = { { &older, &older, &older }, 0 };
	struct arena a = ARENA_INIT;
	struct compare_changes c;

	(void)state;
	prove(&c, &a, &t, 100);
	assert_int_equal(
		t.n, 3); /* line 8 for the replacement, 5 and 6 for a, all of them for b and c */
	assert_true(names(&c.items[0], NULL, 0, 8));
	for (size_t i = 1; i < 4; i++)
		assert_true(names(&c.items[i], NULL, 5, 6));
	arena_release(&a);
}

/* Whatever is put back, the changes stay: none has a cause, but for the go line. */
static void disproved(void **state)
{
	struct trials t = { { &newer, &newer, &newer }, 0 };
	struct arena a = ARENA_INIT;
	struct compare_changes c;

	(void)state;
	prove(&c, &a, &t, 100);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(c.items[i].n_causes, 0);
	assert_true(c.items[4].n_causes > 0);
	arena_release(&a);
}

/* b, and c with it, stay because of a line that the newer side does not read: it is a cause, too. */
static void one_more_line(void **state)
{
	struct trials t = { { &older, &middle, &older }, 0 };
	struct arena a = ARENA_INIT;
	struct compare_changes c;

	(void)state;
	prove(&c, &a, &t, 100);
	assert_int_equal(t.n, 4); /* once more for b and c, which share it */
	for (size_t i = 1; i < 4; i++) {
		assert_true(names(&c.items[i], NULL, 5, 6));
		assert_int_equal(names(&c.items[i], NULL, 0, 7), i != 2); /* not for a */
	}
	arena_release(&a);
}

/* What is not computed keeps the causes of the graphs. */
static void not_computed(void **state)
{
	static const size_t most[] = { 0, 1, 100 };
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(most); i++) {
		struct trials t = { { most[i] == 100 ? NULL : &newer, NULL, NULL }, 0 };
		struct compare_changes c;

		prove(&c, &a, &t, most[i]);
		assert_int_equal(t.n, MIN(most[i], (size_t)1));
		for (size_t k = 1; k < 4; k++)
			assert_true(names(&c.items[k], NULL, 5, 6));
	}
	arena_release(&a);
}

static const struct compare_package *find(const struct compare_packages_module *c, size_t i,
					  bool added)
{
	return added ? c->added[i] : c->removed[i];
}

/* a loses one package and gains another, b is added, c is removed, d stays although its version rises. */
static void packages(void **state)
{
	struct compare_package was[] = {
		{ "d/x", "d", "v1.0.0", "m > d/x" },
		{ "c", "c", "v1.0.0", "m > c" },
		{ "a/z", "a", "v1.0.0", "m > a/z" },
		{ "a/old", "a", "v1.0.0", "m > a/old" },
	};
	struct compare_package is[] = {
		{ "a/z", "a", "v1.1.0", "m > a/z" },	 { "b/y", "b", "v1.0.0", "m > b/x > b/y" },
		{ "b/x", "b", "v1.0.0", "m > b/x" },	 { "d/x", "d", "v1.2.0", "m > d/x" },
		{ "a/new", "a", "v1.1.0", "m > a/new" },
	};
	struct compare_package_list x = { was, ARRAY_LEN(was) }, y = { is, ARRAY_LEN(is) },
				    none = { 0 };
	struct arena a = ARENA_INIT;
	struct compare_packages p;

	(void)state;
	compare_packages(&p, &a, &x, &y);
	assert_int_equal(p.n, 3);
	assert_string_equal(p.items[0].module, "b");
	assert_string_equal(compare_packages_kind(&p.items[0]), "added");
	assert_int_equal(p.items[0].n_added, 2);
	assert_string_equal(find(&p.items[0], 0, true)->path, "b/x");
	assert_string_equal(find(&p.items[0], 1, true)->chain, "m > b/x > b/y");
	assert_string_equal(p.items[1].module, "c");
	assert_string_equal(compare_packages_kind(&p.items[1]), "removed");
	assert_string_equal(p.items[1].is, "");
	assert_string_equal(p.items[2].module, "a");
	assert_string_equal(compare_packages_kind(&p.items[2]), "changed");
	assert_string_equal(p.items[2].was, "v1.0.0");
	assert_string_equal(p.items[2].is, "v1.1.0");
	assert_string_equal(find(&p.items[2], 0, true)->path, "a/new");
	assert_string_equal(find(&p.items[2], 0, false)->path, "a/old");
	compare_packages(&p, &a, &y, &y);
	assert_int_equal(p.n, 0);
	compare_packages(&p, &a, &none, &x);
	assert_int_equal(p.n, 3);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forwards),	 cmocka_unit_test(backwards),
		cmocka_unit_test(the_same),	 cmocka_unit_test(without_a_graph),
		cmocka_unit_test(proved),	 cmocka_unit_test(disproved),
		cmocka_unit_test(one_more_line), cmocka_unit_test(not_computed),
		cmocka_unit_test(packages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
