/* What goapi finds in a file, line by line; tests/oracle/goapi compares whole modules with go/parser. */
#include "unit.h"

#include "base/buf.h"
#include "compare/apiuse.h"
#include "packages/goapi.h"

static void read_api(struct goapi *api, struct arena *a, const char *text)
{
	struct goapi_reader *r = goapi_reader_new(a, "1.26.8");

	goapi_reader_add(r, "p/x.go", text, strlen(text));
	goapi_reader_end(r, api);
}

/* Asserts the exported identifiers, one "NAME: DECLARATION" per line. */
static void exports(const char *text, const char *want)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct goapi api;

	read_api(&api, &a, text);
	for (size_t i = 0; i < api.n; i++)
		buf_addf(&b, "%s: %s\n", api.idents[i].name, api.idents[i].decl);
	assert_string_equal(b.data, want);
	buf_release(&b);
	arena_release(&a);
}

static void functions(void **state)
{
	(void)state;
	exports("package p\nfunc F(a, b int, c ...string) (n int, err error) { return }\n",
		"F: func F(int, int, ...string) (int, error)\n");
	exports("package p\nfunc F(int, map[string]func(x, y T) bool)\nfunc g()\n",
		"F: func F(int, map[string]func(T, T) bool)\n");
	exports("package p; func Map[T, U any, V interface{ ~int | string }](s []T, f func(T) U) []U { x := func() {}; _ = x; return nil }",
		"Map: func Map[$1 any, $2 any, $3 interface{ ~int | string }]([]$1, func($1) $2) []$2\n");
	exports("package p\nfunc F(a [2]int, b T[int], c p.Q, d [n]T[K], e chan<- (<-chan int))\n",
		"F: func F([2]int, T[int], p.Q, [n]T[K], chan<- <-chan int)\n");
	exports("package p\nfunc F(a []int, T [2]int)\nfunc G([]int, T[int])\n",
		"F: func F([]int, [2]int)\nG: func G([]int, T[int])\n");
}

static void methods(void **state)
{
	(void)state;
	exports("package p\nfunc (t *T[K, V]) Get(k K) (V, bool) { return }\nfunc (T) Bare()\nfunc (t t) Hidden()\nfunc (T) hidden()\n",
		"T.Bare: func (T) Bare()\nT.Get: func (*T) Get($1) ($2, bool)\n");
}

static void constants(void **state)
{
	(void)state;
	exports("package p\nconst (\n\tA Kind = 1 << iota // one\n\t_\n\tC\n\tD, e = iota, x.iota\n\tF, G\n)\nconst H = \"a;b\"\n",
		"A: const A Kind = 1<<0\nC: const C Kind = 1<<2\nD: const D = 3\nF: const F = 4\nG: const G = x.iota\nH: const H = \"a;b\"\n");
}

static void variables(void **state)
{
	(void)state;
	exports("package p\nvar A, B int = 1, 2\nvar E = errors.New(\"x\")\nvar M = map[string]int{\"a\": 1}\nvar f, G = open()\nvar Fn = func(a int) error { return nil }\nvar N = 5 * time.Second\n",
		"A: var A int\nB: var B int\nE: var E = errors.New()\nFn: var Fn = func(int) error{}\nG: var G = open()\n"
		"M: var M = map[string]int{}\nN: var N = 0* time.Second\n");
}

static void types(void **state)
{
	(void)state;
	exports("package p\ntype S struct {\n\tio.Reader\n\t*Base `x`\n\tA, b int `json:\"a\"`\n\tC T[int]\n\tT[int]\n\tD [2]int\n\tE struct { F int }\n}\n",
		"S: type S struct{ *Base `x`; T[int]; io.Reader }\nS.A: A int `json:\"a\"`\nS.C: C T[int]\nS.D: D [2]int\n"
		"S.E: E struct{ F int }\n");
	exports("package p\ntype I interface {\n\tio.Reader\n\tM(a int) error\n\thidden()\n}\ntype C interface { ~int | ~string }\n",
		"C: type C interface{ ~int | ~string }\nI: type I interface{ io.Reader } with unexported methods\nI.M: M(int) error\n");
	exports("package p\ntype (\n\tA = p.B\n\tG[K comparable, V any] struct { M map[K]V }\n\tArr [N]int\n\tMul [N * M]int\n\tPtr[P *T,] struct{}\n)\n",
		"A: type A = p.B\nArr: type Arr [N]int\nG: type G[$1 comparable, $2 any] struct{}\nG.M: M map[$1]$2\nMul: type Mul [N*M]int\n"
		"Ptr: type Ptr[$1 *T] struct{}\n");
}

static void files(void **state)
{
	(void)state;
	exports("package main\nfunc F()\n", "");
	exports("package documentation\nfunc F()\n", "");
	exports("//go:build linux && go1.9\n\n/* c */ package p // x\nimport \"C\"\nfunc \xc3\x84()\nfunc \xc3\xa4()\n",
		"\xc3\x84: func \xc3\x84()\n");
	assert_true(goapi_counts("a/b.go"));
	assert_true(goapi_counts("a/b_linux.go"));
	assert_false(goapi_counts("a/b_test.go"));
	assert_false(goapi_counts("a/testdata/b.go"));
	assert_false(goapi_counts("vendor/a/b.go"));
	assert_false(goapi_counts("_a/b.go"));
	assert_false(goapi_counts("a/.b.go"));
	assert_false(goapi_counts("a/b.c"));
	assert_true(goapi_is_internal("a/internal/b"));
	assert_true(goapi_is_internal("internal"));
	assert_false(goapi_is_internal("a/internals"));
}

/* A file counts if go 1.26 builds it for some platform and tags. */
static void constraints(void **state)
{
	(void)state;
	exports("//go:build !go1.9\n\npackage p\nfunc F()\n", "");
	exports("\xef\xbb\xbf// Copyright\n\n// +build !go1.7\n\npackage p\nfunc F()\n", "");
	exports("//go:build linux && !go1.26\n\npackage p\nfunc F()\n", "");
	exports("//go:build go1.27\n\npackage p\nfunc F()\n", "");
	exports("//go:build ignore\n\npackage p\nfunc F()\n", "");
	exports("//go:build go1.26\n\npackage p\nfunc F()\n", "F: func F()\n");
	exports("//go:build !go1.27\n\npackage p\nfunc F()\n", "F: func F()\n");
	exports("//go:build !linux || !go1.9\n\npackage p\nfunc F()\n", "F: func F()\n");
	exports("//go:build mine && !mine\n\npackage p\nfunc F()\n", "F: func F()\n");
	exports("// +build !go1.7\npackage p // no blank line: a comment\nfunc F()\n",
		"F: func F()\n");
}

/* Broken code hides nothing that follows it. */
static void broken(void **state)
{
	struct arena a = ARENA_INIT;
	struct goapi api;

	(void)state;
	read_api(&api, &a,
		 "package p\nfunc F(a int\nfunc G()\ntype = x\nvar V int\nfunc H() { \"\n");
	assert_int_equal(api.n_broken, 1);
	assert_int_equal(api.n, 3);
	assert_string_equal(api.idents[0].name, "G");
	assert_string_equal(api.idents[2].name, "V");
	arena_release(&a);
}

static void several_declarations(void **state)
{
	struct arena a = ARENA_INIT;
	struct goapi_reader *r = goapi_reader_new(&a, "1.26.8");
	const char *was = "package p\nfunc F(int)", *is = "package p\nfunc F(string)";
	struct goapi one, two;
	struct goapi_changes changes;

	(void)state;
	goapi_reader_add(r, "x_windows.go", was, strlen(was));
	goapi_reader_add(r, "x_linux.go", is, strlen(is));
	goapi_reader_end(r, &one);
	assert_int_equal(one.n, 1);
	assert_string_equal(one.idents[0].decl, "func F(int)\nfunc F(string)");
	assert_string_equal(one.idents[0].file, "x_linux.go");
	assert_string_equal(one.packages[0].name, "p");
	r = goapi_reader_new(&a, "1.26.8");
	goapi_reader_add(r, "x.go", is, strlen(is));
	goapi_reader_end(r, &two);
	goapi_compare(&changes, &a, &one, &two);
	assert_int_equal(changes.n, 1);
	assert_int_equal(changes.items[0].op, GOAPI_CHANGED);
	arena_release(&a);
}

static void uses(const char *text, const char *want)
{
	struct arena a = ARENA_INIT;
	struct apiuse *u = apiuse_new(&a);
	struct apiuse_place *places;
	struct buf b = BUF_INIT;
	size_t n;

	apiuse_want(u, "example.com/m.v2/yaml", "yaml", "F", 1);
	apiuse_want(u, "example.com/m.v2/yaml", "yaml", "T.M", 2);
	apiuse_file(u, "x.go", text, strlen(text));
	apiuse_end(u, &places, &n);
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%zu:%d%s ", places[i].id, places[i].line, places[i].maybe ? "?" : "");
	assert_string_equal(b.data, want);
	buf_release(&b);
	arena_release(&a);
}

#define IMPORT "package x\nimport \"example.com/m.v2/yaml\"\n"

static void uses_are_found(void **state)
{
	(void)state;
	uses(IMPORT "func f() { yaml.F(); a.yaml.F() }\n", "1:3 ");
	uses(IMPORT "var _ = yaml.T.M\nvar _ = T{yaml: x.yaml}\nvar _ = v.M()", "2:3 2:5? ");
	uses(IMPORT "func f(yaml int) {}\nfunc g() { yaml.F() }\n", "1:4? ");
	uses("package x\nimport (\n\ty \"example.com/m.v2/yaml\"\n)\nvar _ = y.F\nvar _ = yaml.F\n",
	     "1:5 ");
	uses("package x\nimport . \"example.com/m.v2/yaml\"\nvar _ = F\n", "1:3? ");
	uses("package x\nimport _ \"example.com/m.v2/yaml\"\nvar _ = yaml.F\n", "");
	uses("package x\nimport \"example.com/other\"\nvar _ = yaml.F\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions),
		cmocka_unit_test(methods),
		cmocka_unit_test(constants),
		cmocka_unit_test(variables),
		cmocka_unit_test(types),
		cmocka_unit_test(files),
		cmocka_unit_test(constraints),
		cmocka_unit_test(broken),
		cmocka_unit_test(several_declarations),
		cmocka_unit_test(uses_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
