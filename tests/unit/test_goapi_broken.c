/* Malformed Go: what precedes it is found as if it were whole, nothing is read outside of the text, and what is exported stays in order. */

#include "unit.h"

#include "base/buf.h"
#include "packages/goapi.h"

/* Each declares the exported name beside it. */
static const struct {
	const char *text, *name;
} decls[] = {
	{ "func F[T any, U ~int | p.V](a, b T, c ...map[string]chan<- int) (x <-chan U, err error) { return nil, \"}\" }\n",
	  "F" },
	{ "func (r *R[K, _]) M(func(int, ...string) bool, [2]interface{ N() }) {}\n", "R.M" },
	{ "const (\n\tC, D Kind = iota + 1<<2, \"x\" // c\n\tE, _\n)\n", "C" },
	{ "var A, B = make(map[K][]int, 3), new(p.T)\n", "A" },
	{ "var V = []struct{ X int }{{1}, {2}}[0].f(x)(func(a int) error { return nil })\n", "V" },
	{ "var W p.Q[int, string]\n", "W" },
	{ "var (\n\tX, Y float64 = 1.5, -2i\n\tZ = &T{a: b, c: 'd'}\n\tI = x.(p.T)\n)\n", "X" },
	{ "type S[K comparable, V interface{ ~[]K | *K }] struct {\n\tio.Reader\n\t*p.Base[K] `tag`\n\tA, b [N * 2]V \"json\"\n\tF func(K) (V, error)\n\tE struct{ G, h int }\n}\n",
	  "S" },
	{ "type (\n\tJ interface {\n\t\tio.Writer\n\t\tm()\n\t\tH(x, y int) (z int)\n\t\t~int | ~string\n\t}\n\tL = map[p.K]<-chan (chan int)\n)\n",
	  "J" },
	{ "type P[T *int,] func(T) struct{ int }\n", "P" },
	{ "type Q [len(x) + 1]func()\n", "Q" },
};

static size_t read_into(struct arena *a, struct goapi *api, const char *text, size_t len)
{
	struct goapi_reader *r = goapi_reader_new(a, "1.26.8");
	char *exact = len ? memcpy(xmalloc(len), text, len) : xmalloc(1);

	goapi_reader_add(r, "x.go", exact, len);
	goapi_reader_end(r, api);
	free(exact);
	for (size_t i = 1; i < api->n; i++)
		assert_true(strcmp(api->idents[i - 1].name, api->idents[i].name) < 0);
	return api->n;
}

static bool has(const struct goapi *api, const char *name)
{
	for (size_t i = 0; i < api->n; i++)
		if (str_eq(api->idents[i].name, name))
			return true;
	return false;
}

static void assert_first(const struct goapi *api, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (!has(api, decls[i].name))
			fail_msg("%s is missing in:\n%s", decls[i].name, text);
}

static void whole(void **state)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct goapi api;

	(void)state;
	buf_addstr(&b, "package p\n");
	for (size_t i = 0; i < ARRAY_LEN(decls); i++)
		buf_addstr(&b, decls[i].text);
	read_into(&a, &api, b.data, b.len);
	assert_int_equal(api.n_broken, 0);
	assert_first(&api, ARRAY_LEN(decls), b.data);
	buf_release(&b);
	arena_release(&a);
}

/* The declaration i after those before it, cut after `cut` bytes, and then `rest`. */
static void try_cut(size_t i, size_t cut, const char *rest)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct goapi api;

	buf_addstr(&b, "package p\n");
	for (size_t k = i ? i - 1 : 0; k < i; k++)
		buf_addstr(&b, decls[k].text);
	buf_add(&b, decls[i].text, cut);
	buf_addstr(&b, rest);
	read_into(&a, &api, b.data, b.len);
	if (i && !has(&api, decls[i - 1].name))
		fail_msg("%s is missing in:\n%s", decls[i - 1].name, b.data);
	buf_release(&b);
	arena_release(&a);
}

static void cut_anywhere(void **state)
{
	static const char *const odd[] = { "",	   ")",	   "]",	 "}",	",",	  ";",
					   ".",	   "=",	   "*",	 "(",	"[",	  "{",
					   "<-",   "\"",   "~",	 "...", " type",  " x ",
					   "\x01", "\xff", " 1", "|",	"\nfunc " };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(decls); i++)
		for (size_t cut = 0; cut <= strlen(decls[i].text); cut++)
			for (size_t k = cut % 7; k < ARRAY_LEN(odd); k += 7)
				try_cut(i, cut, odd[k]);
}

/* Something odd in the middle of a declaration: those before it are found. */
static void odd_within(void **state)
{
	static const char *const odd[] = { ")", "]", "}", ",",	    ";",  "=",
					   "(", "[", "{", " func ", "\n", "1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(decls); i++)
		for (size_t cut = 0; cut < strlen(decls[i].text); cut++)
			for (size_t k = cut % 7; k < ARRAY_LEN(odd); k += 7) {
				char *rest = xasprintf("%s%s", odd[k], decls[i].text + cut);

				try_cut(i, cut, rest);
				free(rest);
			}
}

static void no_package(void **state)
{
	static const char *const texts[] = { "",
					     ";",
					     "package",
					     "package 1",
					     "package main",
					     "func F()",
					     "\xef\xbb\xbf",
					     "\xef\xbb",
					     ";;package p",
					     "package documentation\nfunc F()" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena a = ARENA_INIT;
		struct goapi api;

		assert_int_equal(read_into(&a, &api, texts[i], strlen(texts[i])), 0);
		arena_release(&a);
	}
}

/* Deep and long declarations are bounded. */
static void bounds(void **state)
{
	static const struct {
		const char *start, *part, *end;
		size_t n;
	} cases[] = {
		{ "type T ", "[]", "int\n", 1000 },
		{ "type T ", "struct{ A ", "int\n", 1000 },
		{ "var V = ", "(", "\n", 100000 },
		{ "var V = ", "x + ", "x\n", 100000 },
		{ "const C = ", "x + ", "x\n", 100000 },
		{ "type I interface{ ", "~int | ", "string }\n", 20000 },
		{ "func F(", "a, ", "b int)\n", 100000 },
		{ "func F(", "func(", ")\n", 1000 },
		{ "func F[", "T, ", "U any]()\n", 1000 },
		{ "func (r R[", "T, ", "U]) M()\n", 1000 },
		{ "type S struct{ A [", "x * ", "1]int }\n", 50000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT;
		struct buf b = BUF_INIT;
		struct goapi api;

		buf_addf(&b, "package p\n%s%s", decls[0].text, cases[i].start);
		for (size_t k = 0; k < cases[i].n; k++)
			buf_addstr(&b, cases[i].part);
		buf_addstr(&b, cases[i].end);
		read_into(&a, &api, b.data, b.len);
		assert_first(&api, i > 5 && i < 9 ? 0 : 1, cases[i].start);
		for (size_t k = 0; k < api.n; k++)
			assert_true(strlen(api.idents[k].decl) < 8 * GOAPI_MAX_DECL);
		buf_release(&b);
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),      cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(odd_within), cmocka_unit_test(no_package),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
