/* The algorithm on the graphs of cmd/go/internal/mvs/mvs_test.go: a letter is a module, a digit its version. */
#include "graph_fixture.h"

#include "graph/mvs.h"

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

/* "B1": example.com/b v1.1.0 */
static struct modver mod(struct fixture *f, const char *s)
{
	return (struct modver){ arena_fmt(&f->a, "example.com/%c", s[0] | 0x20),
				arena_fmt(&f->a, "v1.%c.0", s[1]) };
}

/* "B1: D3 E2" */
static void add(struct fixture *f, const char *line)
{
	struct buf b = BUF_INIT;
	struct modver m = mod(f, line);

	for (const char *p = strchr(line, ':') + 1; *p; p += *p == ' ' ? 1 : 2) {
		if (*p == ' ')
			continue;
		buf_addf(&b, "require %s %s\n", mod(f, p).path, mod(f, p).version);
	}
	fixture_module(f, m.path, m.version, b.data);
	buf_release(&b);
}

static void root(struct fixture *f, const char *reqs)
{
	struct buf b = BUF_INIT;

	buf_addstr(&b, "module example.com/main\ngo 1.16\n");
	for (const char *p = reqs; *p; p += *p == ' ' ? 1 : 2) {
		if (*p != ' ')
			buf_addf(&b, "require %s %s\n", mod(f, p).path, mod(f, p).version);
	}
	fixture_gomod(f, b.data);
	fixture_open(f, MODPROJECT_GRAPH);
	buf_release(&b);
}

static const char *letters(struct fixture *f, const struct modver *list, size_t n)
{
	struct buf b = BUF_INIT;
	const char *s;

	for (size_t i = 0; i < n; i++) {
		if (str_has_prefix(list[i].path, "example.com/") && list[i].version[0])
			buf_addf(&b, "%s%c%c", b.len ? " " : "", list[i].path[12] & ~0x20,
				 list[i].version[3]);
	}
	s = arena_strdup(&f->a, b.data);
	buf_release(&b);
	return s;
}

static void assert_build(struct fixture *f, const char *reqs, const char *want)
{
	struct modver_list list;
	const struct requirements *rs;

	root(f, reqs);
	rs = modload_requirements(f->ml);
	assert_true(mvs_build_list(f->ml, (struct modver_list){ rs->roots, rs->n_roots }, &list,
				   &f->e));
	assert_string_equal(list.items[0].path, "example.com/main");
	assert_string_equal(letters(f, list.items, list.n), want);
}

static void assert_req(struct fixture *f, const char *reqs, const char *base, const char *want)
{
	struct modver_list min;
	const struct requirements *rs;
	const char *paths[8];
	size_t n_base = 0;

	root(f, reqs);
	rs = modload_requirements(f->ml);
	for (; *base; base++)
		paths[n_base++] = arena_fmt(&f->a, "example.com/%c", *base | 0x20);
	assert_true(mvs_req(f->ml, NULL, (struct modver_list){ rs->roots, rs->n_roots }, paths,
			    n_base, &min, &f->e));
	assert_string_equal(letters(f, min.items, min.n), want);
}

static void test_blog(void **state)
{
	static const char *const lines[] = { "B1: D3", "C1: D2", "C2: D4",    "C3: D5", "C4: G1",
					     "D2: E1", "D3: E2", "D4: E2 F1", "D5: E2", "E1:",
					     "E2:",    "F1:",	 "G1: C4" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		add(f, lines[i]);
	assert_build(f, "B1 C2", "B1 C2 D4 E2 F1");
	assert_build(f, "B1 C4 D4", "B1 C4 D4 E2 F1 G1");
}

static void test_trim_and_cycles(void **state)
{
	static const char *const lines[] = { "B1: D3", "C2: B2", "B2:", "D3:", "G1: H1", "H1: G1" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		add(f, lines[i]);
	assert_build(f, "B1 C2", "B2 C2 D3");
	assert_build(f, "G1", "G1 H1");
}

static void test_req(void **state)
{
	static const char *const lines[] = { "B1: C1 E1 F1", "C1:", "D1:", "E1:", "F1:" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		add(f, lines[i]);
	assert_req(f, "B1 C1 D1 E1 F1", "", "B1 D1");
	assert_req(f, "B1 C1 D1 E1 F1", "C", "B1 C1 D1");
	assert_req(f, "B1 C1 D1 E1 F1", "CC", "B1 C1 D1");
}

static void test_req_cycle(void **state)
{
	struct fixture *f = *state;

	add(f, "G1: H1");
	add(f, "H1: G1");
	assert_req(f, "G1 H1", "", "G1");
	assert_req(f, "G1 H1", "G", "G1");
	assert_req(f, "G1 H1", "H", "H1");
}

/* cmpVersion: "" is above everything and "none" below; go versions have their own rules. */
static void test_compare(void **state)
{
	(void)state;
	assert_true(modtab_compare_versions("m", "", "v9.0.0") > 0);
	assert_true(modtab_compare_versions("m", "v9.0.0", "") < 0);
	assert_int_equal(modtab_compare_versions("m", "", ""), 0);
	assert_true(modtab_compare_versions("m", "none", "v0.0.0-1") < 0);
	assert_true(modtab_compare_versions("m", "v1.10.0", "v1.9.0") > 0);
	assert_true(modtab_compare_versions("go", "1.21", "1.21rc1") < 0);
	assert_true(modtab_compare_versions("go", "1.21rc1", "1.21.0") < 0);
	assert_true(modtab_compare_versions("toolchain", "default", "go1.21.0") < 0);
}

/* A chain of 50,000 modules must not exhaust the stack. */
static void test_long_chain(void **state)
{
	struct fixture *f = *state;
	const uint32_t n = 50000;
	uint32_t *nodes = xreallocarray(NULL, n, sizeof(*nodes));
	struct modgraph *mg;
	const uint32_t *chain;
	size_t len;

	fixture_gomod(f, "module example.com/main\ngo 1.16\n");
	fixture_open(f, MODPROJECT_GRAPH);
	for (uint32_t i = 0; i < n; i++)
		nodes[i] = modtab_node(modload_tab(f->ml),
				       (struct modver){ arena_fmt(&f->a, "example.com/c%u", i),
							"v1.0.0" });
	mg = modgraph_new(modload_tab(f->ml), nodes, 1);
	for (uint32_t i = 0; i + 1 < n; i++)
		modgraph_require(mg, nodes[i], &nodes[i + 1], 1);
	modgraph_build_list(mg, &len);
	assert_int_equal(len, n);
	assert_int_equal(modgraph_chain(mg, nodes[n - 1], &f->a, &chain), n);
	assert_int_equal(chain[n - 1], nodes[n - 1]);
	assert_int_equal(modgraph_edge_count(mg), n - 1);
	modgraph_free(mg);
	free(nodes);
}

/* Equal pairs have one number, whatever is added between them; the tables grow. */
static void test_table(void **state)
{
	struct modtab t;
	char path[32], version[32];

	(void)state;
	modtab_init(&t);
	for (uint32_t i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "example.com/p%u", i / 4);
		snprintf(version, sizeof(version), "v1.%u.0", i % 4);
		assert_int_equal(modtab_node(&t, (struct modver){ path, version }), i);
	}
	assert_int_equal(t.n_paths, 5000);
	for (uint32_t i = 0; i < 20000; i += 777) {
		snprintf(path, sizeof(path), "example.com/p%u", i / 4);
		snprintf(version, sizeof(version), "v1.%u.0", i % 4);
		assert_int_equal(modtab_find(&t, (struct modver){ path, version }), i);
	}
	assert_int_equal(modtab_find(&t, (struct modver){ "example.com/p1", "v1.9.0" }),
			 MODTAB_NONE);
	assert_int_equal(modtab_find_path(&t, "example.com/p"), MODTAB_NONE);
	assert_ptr_equal(modtab_mod(&t, (struct modver){ "example.com/p1", "v1.0.0" }).path,
			 t.paths[1].path);
	modtab_release(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_blog),
		TEST(test_trim_and_cycles),
		TEST(test_req),
		TEST(test_req_cycle),
		TEST(test_long_chain),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
