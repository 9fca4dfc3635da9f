/* vendor/modules.txt: lines that count and lines that do not (cmd/go/internal/modload/vendor.go). */

#include "unit.h"

#include "gofiles/modulestxt.h"

static const char text[] = "example.com/before/any/module\n"
			   "# example.com/a v1.2.0\n"
			   "## explicit; go 1.20\n"
			   "example.com/a\n"
			   "example.com/a/sub\n"
			   "two words\n"
			   "# example.com/b v0.0.0-00010101000000-000000000000 => ../b\n"
			   "## explicit\n"
			   "example.com/b/x\n"
			   "# example.com/c v1.0.0 => example.com/fork/c v1.1.0\n"
			   "## ;go 1.17; future\n"
			   "# example.com/odd notaversion\n"
			   "example.com/odd/pkg\n"
			   "# example.com/b => ../b\n"
			   "# example.com/d v1.0.0 => too many words here\n";

static void table(void **state)
{
	struct arena a = ARENA_INIT;
	struct modulestxt m;
	struct err e = ERR_INIT;
	const struct modulestxt_module *v;

	(void)state;
	assert_true(modulestxt_parse(&m, &a, text, sizeof(text) - 1, "1.26.8", "vendor/modules.txt",
				     &e));
	assert_int_equal(m.n_list, 2);
	assert_string_equal(m.list[0]->mod.path, "example.com/a");
	assert_string_equal(m.list[1]->mod.path, "example.com/b");
	v = modulestxt_find(&m, (struct modver){ "example.com/a", "v1.2.0" });
	assert_non_null(v);
	assert_true(v->explicit_mark);
	assert_false(v->replaced);
	assert_string_equal(v->go_version, "1.20");
	assert_int_equal(v->line, 2);
	v = modulestxt_find(&m, (struct modver){ "example.com/c", "v1.0.0" });
	assert_false(v->explicit_mark);
	assert_string_equal(v->replacement.path, "example.com/fork/c");
	assert_string_equal(v->replacement.version, "v1.1.0");
	assert_string_equal(v->go_version, "1.17");
	v = modulestxt_find(&m, (struct modver){ "example.com/b", "" });
	assert_string_equal(v->replacement.path, "../b");
	assert_int_equal(m.n_replaced, 3);
	assert_false(modulestxt_find(&m, (struct modver){ "example.com/d", "v1.0.0" })->replaced);
	assert_ptr_equal(map_get(&m.packages, "example.com/a/sub"), m.list[0]);
	assert_null(map_find(&m.packages, "example.com/odd/pkg"));
	assert_null(map_find(&m.packages, "example.com/before/any/module"));
	modulestxt_release(&m);
	arena_release(&a);
}

/* Lines that look like others, each checked by hand against vendor.go. */
static void odd_lines(void **state)
{
	static const char odd[] = "# a.b/a v1.0.0 is here\n"
				  "## explicig; go1.20;\n"
				  "a.b/a\n"
				  "a.b\\a\n"
				  "# a.b/b v1.0.0 =>\n"
				  "a.b/b\n"
				  "# a.b/c v1.0.0 => a.b/d master\n"
				  "##explicit\n"
				  "x\n"
				  "\n"
				  "# a.b/a v1.1.0\n"
				  "## explicit;go 1.9\n"
				  "a.b/a/x\n"
				  "# a.b/a v1.0.5\n"
				  "a.b/a/y\n"
				  "#\n"
				  "# a.b/z\n"
				  "# a.b/e => ../e v1.2.0";
	struct modver a0 = { "a.b/a", "v1.0.0" }, a9 = { "a.b/a", "v1.1.0" };
	struct arena a = ARENA_INIT;
	struct modulestxt m;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(modulestxt_parse(&m, &a, odd, sizeof(odd) - 1, "1.26.8", "m.txt", NULL));
	assert_false(modulestxt_find(&m, a0)->replaced);
	assert_false(modulestxt_find(&m, a0)->explicit_mark);
	assert_string_equal(modulestxt_find(&m, a0)->go_version, "");
	assert_true(modulestxt_find(&m, a9)->explicit_mark);
	assert_string_equal(modulestxt_find(&m, a9)->go_version, "1.9");
	assert_null(map_find(&m.packages, "a.b\\a"));
	assert_null(map_find(&m.packages, "##explicit"));
	assert_non_null(map_find(&m.packages, "x"));
	assert_false(modulestxt_find(&m, (struct modver){ "a.b/b", "v1.0.0" })->replaced);
	assert_false(modulestxt_find(&m, (struct modver){ "a.b/c", "v1.0.0" })->replaced);
	/* a.b/a, a.b/b, a.b/c, and a.b/a again, which is newer; not v1.0.5 */
	assert_int_equal(m.n_list, 4);
	assert_string_equal(m.list[3]->mod.version, "v1.1.0");
	assert_int_equal(m.n_replaced, 1);
	assert_string_equal(m.replaced[0]->replacement.version, "v1.2.0");
	modulestxt_release(&m);
	assert_false(modulestxt_parse(&m, &a, odd, MODULESTXT_MAX_SIZE + 1, "1.26.8", "m.txt", &e));
	assert_int_equal(e.code, ERR_LIMIT);
	err_release(&e);
	arena_release(&a);
}

static void too_new(void **state)
{
	struct arena a = ARENA_INIT;
	struct modulestxt m;
	struct err e = ERR_INIT;
	static const char newer[] = "# example.com/a v1.2.0\n## explicit; go 1.99\n";

	(void)state;
	assert_false(modulestxt_parse(&m, &a, newer, sizeof(newer) - 1, "1.26.8",
				      "vendor/modules.txt", &e));
	assert_string_equal(
		e.text,
		"example.com/a in vendor/modules.txt requires go >= 1.99 (running go 1.26.8)");
	err_release(&e);
	arena_release(&a);
}

static void workspace_mark(void **state)
{
	(void)state;
	assert_true(modulestxt_is_workspace("## workspace\n# a v1\n", 20));
	assert_true(modulestxt_is_workspace("## x; workspace", 15));
	assert_false(modulestxt_is_workspace("# a v1.0.0\n## workspace\n", 24));
	assert_false(modulestxt_is_workspace("", 0));
	assert_false(modulestxt_is_workspace("## a;b;", 7));
	assert_false(modulestxt_is_workspace("## workspacf; explicit", 22));
	assert_false(modulestxt_is_workspace("##", 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(odd_lines),
		cmocka_unit_test(too_new),
		cmocka_unit_test(workspace_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
