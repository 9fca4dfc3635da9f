/* The tokens of Go: each list was printed by go/scanner. Of malformed text go stops at the first error; here scanning ends like any other. */

#include "unit.h"

#include "base/buf.h"
#include "packages/golex.h"

/* LINE, kind, text: i: identifier, k: keyword, n: f: m: numbers, c: character, s: string, o: operator, ;. */
static const struct {
	const char *text, *want;
} cases[] = {
	{ "package p\n\nfunc f(a, b int) (c float64, err error) {\n\treturn\n}\n",
	  "1k:package 1i:p 1; 3k:func 3i:f 3o:( 3i:a 3o:, 3i:b 3i:int 3o:) 3o:( 3i:c 3i:float64 3o:, 3i:err 3i:error 3o:) 3o:{ 4k:return 4; 5o:} 5;" },
	{ "x := 1 + 0x1F - 0b101*0o17/1_000%017 & 0XaB | 1 ^ 2",
	  "1i:x 1o::= 1n:1 1o:+ 1n:0x1F 1o:- 1n:0b101 1o:* 1n:0o17 1o:/ 1n:1_000 1o:% 1n:017 1o:& 1n:0XaB 1o:| 1n:1 1o:^ 1n:2 1;" },
	{ "1.5 .5 1e9 1E-3 1.e+2 0x1p-2 0X.8P3 1i 2.5i 1e3i 0x1p2i",
	  "1f:1.5 1f:.5 1f:1e9 1f:1E-3 1f:1.e+2 1f:0x1p-2 1f:0X.8P3 1m:1i 1m:2.5i 1m:1e3i 1m:0x1p2i 1;" },
	{ "'a' '\\'' '\\n' '\\x41' '\\\\'", "1c:'a' 1c:'\\'' 1c:'\\n' 1c:'\\x41' 1c:'\\\\' 1;" },
	{ "\"a\" \"\\\"\" \"\" `raw\n\\` ``",
	  "1s:\"a\" 1s:\"\\\"\" 1s:\"\" 1s:`raw\n\\` 2s:`` 2;" },
	{ "a++\nb--\nc)\nd]\ne}\n1\n'x'\n\"s\"\nreturn\nbreak\ncontinue\nfallthrough\n",
	  "1i:a 1o:++ 1; 2i:b 2o:-- 2; 3i:c 3o:) 3; 4i:d 4o:] 4; 5i:e 5o:} 5; 6n:1 6; 7c:'x' 7; 8s:\"s\" 8; 9k:return 9; 10k:break 10; 11k:continue 11; 12k:fallthrough 12;" },
	{ "f(\na,\nb)\n", "1i:f 1o:( 2i:a 2o:, 3i:b 3o:) 3;" },
	{ "<- <= << <<= >= >> >>= == = := != ! && & &= &^ &^= || | |= ^ ^= + ++ += - -- -= * *= / /= % %= ( ) [ ] { } , ; . ... : ~",
	  "1o:<- 1o:<= 1o:<< 1o:<<= 1o:>= 1o:>> 1o:>>= 1o:== 1o:= 1o::= 1o:!= 1o:! 1o:&& 1o:& 1o:&= 1o:&^ 1o:&^= 1o:|| 1o:| 1o:|= 1o:^ 1o:^= 1o:+ 1o:++ 1o:+= 1o:- 1o:-- 1o:-= 1o:* 1o:*= 1o:/ 1o:/= 1o:% 1o:%= 1o:( 1o:) 1o:[ 1o:] 1o:{ 1o:} 1o:, 1; 1o:. 1o:... 1o:: 1o:~" },
	{ "a // comment\nb /* c */ d /* e\n */ f\n/* g */ h",
	  "1i:a 1; 2i:b 2i:d 2; 3i:f 3; 4i:h 4;" },
	{ "a /* x\ny */ b", "1i:a 1; 2i:b 2;" },
	{ "return // end", "1k:return 1;" },
	{ "\xc3\xa9\xe6\x97\xa5\xe6\x9c\xac _x x1 \xc3\xaf\xd9\xa1",
	  "1i:\xc3\xa9\xe6\x97\xa5\xe6\x9c\xac 1i:_x 1i:x1 1i:\xc3\xaf\xd9\xa1 1;" },
	{ "\xef\xbb\xbfpackage p", "1k:package 1i:p 1;" },
	{ "chan const defer else for go goto if import interface map range select struct switch type var case default",
	  "1k:chan 1k:const 1k:defer 1k:else 1k:for 1k:go 1k:goto 1k:if 1k:import 1k:interface 1k:map 1k:range 1k:select 1k:struct 1k:switch 1k:type 1k:var 1k:case 1k:default" },
	{ "a\r\nb\t c\n\n\nd", "1i:a 1; 2i:b 2i:c 2; 5i:d 5;" },
	{ "a.b.c... x.5", "1i:a 1o:. 1i:b 1o:. 1i:c 1o:... 1i:x 1f:.5 1;" },
	{ "//", "" },
	{ "/**/", "" },
	{ "a /", "1i:a 1o:/" },
};

static const char *kind(enum golex_token tok)
{
	switch (tok) {
	case GOLEX_IDENT: return "i:";
	case GOLEX_KEYWORD: return "k:";
	case GOLEX_INT: return "n:";
	case GOLEX_FLOAT: return "f:";
	case GOLEX_IMAG: return "m:";
	case GOLEX_CHAR: return "c:";
	case GOLEX_STRING: return "s:";
	case GOLEX_OP: return "o:";
	case GOLEX_SEMI: return "";
	default: return "?:";
	}
}

static void tokens(struct buf *b, const char *text, size_t len)
{
	struct golex x;

	for (golex_start(&x, text, len); x.tok != GOLEX_EOF; golex_next(&x))
		buf_addf(b, "%s%d%s%.*s", b->len ? " " : "", x.line, kind(x.tok), (int)x.n, x.text);
}

static void as_go(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = BUF_INIT;

		tokens(&b, cases[i].text, strlen(cases[i].text));
		assert_string_equal(b.data, cases[i].want);
		buf_release(&b);
	}
}

static void malformed(void **state)
{
	static const struct {
		const char *text, *want;
	} bad[] = {
		{ "\"open\nx", "1?:\"open 1; 2i:x 2;" },
		{ "'a\nx", "1?:'a 1; 2i:x 2;" },
		{ "\"a\\", "1?:\"a\\ 1;" },
		{ "\"a\\\nx", "1?:\"a\\ 1; 2i:x 2;" },
		{ "`open\nx", "1?:`open\nx 1;" },
		{ "a /* open\nx", "1i:a 1;" },
		{ "a # b", "1i:a 1?:# 1i:b 1;" },
		{ "a \x01 b", "1i:a 1?:\x01 1i:b 1;" },
		{ "\xff x", "1?:\xff 1i:x 1;" },
		{ "$?@\\", "1?:$ 1?:? 1?:@ 1?:\\" },
		{ "/*", "" },
		{ "/*/", "" },
		{ "1e", "1f:1e 1;" },
		{ "0x", "1n:0x 1;" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf b = BUF_INIT;

		tokens(&b, bad[i].text, strlen(bad[i].text));
		assert_string_equal(b.data ? b.data : "", bad[i].want);
		buf_release(&b);
	}
}

/* Cut anywhere, a text has the same tokens up to the cut, all within it. */
static void cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t len = 0, all = strlen(cases[i].text); len < all; len++) {
			char *copy = len ? memcpy(xmalloc(len), cases[i].text, len) : xmalloc(1);
			struct golex x, y;

			golex_start(&y, cases[i].text, all);
			for (golex_start(&x, copy, len); x.tok != GOLEX_EOF; golex_next(&x)) {
				assert_true(x.pos <= len);
				if (x.pos + 4 <= len &&
				    x.tok != GOLEX_SEMI) { /* "..", a part of a rune */
					assert_int_equal(x.tok, y.tok);
					assert_int_equal(x.n, y.n);
					assert_int_equal(x.line, y.line);
				}
				golex_next(&y);
			}
			free(copy);
		}
}

static void groups(void **state)
{
	static const struct {
		const char *text, *next;
	} skips[] = {
		{ "(a [b] {c}) x", "x" },
		{ "[(]) x", "x" },
		{ "{ ( } ) } x", "}" },
		{ "a b", "b" },
		{ "( a", "" },
		{ "() ()", "(" },
		{ "func() { \"}\" } x", "(" },
		{ "{ '}' /* } */ } x", "x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(skips); i++) {
		struct golex x;

		golex_start(&x, skips[i].text, strlen(skips[i].text));
		golex_skip_group(&x);
		assert_int_equal(x.tok == GOLEX_EOF, !*skips[i].next);
		if (*skips[i].next)
			assert_memory_equal(x.text, skips[i].next, x.n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_go),
		cmocka_unit_test(malformed),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
