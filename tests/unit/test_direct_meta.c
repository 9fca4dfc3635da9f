/* The go-import tags of a page. The expected answers are those of parseMetaGoImports in cmd/go/internal/vcs of go 1.26. */

#include "unit.h"

#include "base/buf.h"
#include "fetch/direct_meta.h"

static const struct page {
	const char *html;
	const char *want; /* "prefix|vcs|repo|subdirectory" of each; NULL: an error */
	const char *error;
} pages[] = {
	{ "", "", NULL },
	{ "no tags", "", NULL },
	{ "<meta name=\"go-import\" content=\"a.b/c git https://h/r\">", "a.b/c|git|https://h/r|\n",
	  NULL },
	{ "<html><head><meta name=\"go-import\" content=\"a.b/c git https://h/r\"></head></html>",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<html><head></head><body><meta name=\"go-import\" content=\"a.b/c git https://h/r\"></body>",
	  "", NULL },
	{ "<body><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", "", NULL },
	{ "<BODY><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", "", NULL },
	{ "</HEAD><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", "", NULL },
	{ "<head/><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", "", NULL },
	{ "<META name=\"go-import\" content=\"a.b/c git https://h/r\">", "a.b/c|git|https://h/r|\n",
	  NULL },
	{ "<meta NAME=\"go-import\" CONTENT=\"a b c\">", "a|b|c|\n", NULL },
	{ "<meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<meta content=\"a b c\" name=\"go-import\"/>", "a|b|c|\n", NULL },
	{ "<meta name=go-import content=abc>", "", NULL },
	{ "<meta name=\"go-import\" content=\"a b\">", "", NULL },
	{ "<meta name=\"go-import\" content=\"a b c d\">", "a|b|c|d\n", NULL },
	{ "<meta name=\"go-import\" content=\"a b c d e\">", "", NULL },
	{ "<meta name=\"go-import\" content=\"\n a\tb\n  c \n\">", "a|b|c|\n", NULL },
	{ "<meta name=\"go-import\" content=\"a mod c\"><meta name=\"go-import\" content=\"a git d\"><meta name=\"go-import\" content=\"x git d\">",
	  "a|mod|c|\nx|git|d|\n", NULL },
	{ "<meta name=\"go-import\" content=\"a git c\"><meta name=\"go-import\" content=\"a mod d\"><meta name=\"go-import\" content=\"b mod e\">",
	  "a|mod|d|\nb|mod|e|\n", NULL },
	{ "<meta name=\"go-import\" content=\"a.b/c git https://h/r\"><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\na.b/c|git|https://h/r|\n", NULL },
	{ "<meta name=\"go-import\" content=\"a&amp;b git https://h/?x&lt;y&gt;&quot;&apos;\">",
	  "a&b|git|https://h/?x<y>\"'|\n", NULL },
	{ "<meta name=\"go-import\" content=\"&#97; &#x62; c\">", "a|b|c|\n", NULL },
	{ "<meta name=\"go-import\" content=\"&nbsp; b c\">", "&nbsp;|b|c|\n", NULL },
	{ "<meta name=\"go-import\" content=\"a & b\">", "a|&|b|\n", NULL },
	{ "<meta name=\"go-import\" content=\"a&amp b c\">", "a&amp|b|c|\n", NULL },
	{ "<meta name=\"go-import\" content=\"&#0; b c\">", NULL,
	  "XML syntax error on line 1: illegal character code U+0000" },
	{ "<meta name=\"go-import\" content=\"&#x110000; b c\">", "&#x110000;|b|c|\n", NULL },
	{ "<meta name=\"go-import\" content=\"&#; b c\">", "&#;|b|c|\n", NULL },
	{ "<meta name=\"go-import\" content=\"&# b c\">", "&#|b|c|\n", NULL },
	{ "<!-- <meta name=\"go-import\" content=\"a.b/c git https://h/r\"> -->", "", NULL },
	{ "<!-- x --><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<!-- x", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "<!-- a -- b --><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: invalid sequence \"--\" not allowed in comments" },
	{ "<![CDATA[<meta name=\"go-import\" content=\"a.b/c git https://h/r\">]]><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<![CDATA[", NULL, "XML syntax error on line 1: unexpected EOF in CDATA section" },
	{ "<?xml version=\"1.0\"?><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<?xml version=\"1.0\" encoding=\"utf-8\"?><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<?pi x", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "<!DOCTYPE html><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<!DOCTYPE", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "<!doctype html [ <!ELEMENT x (y)> ]><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<input checked><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<input checked disabled value=x><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<a href=/x/y><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: expected /> in element" },
	{ "<a href=\"x><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: unescaped < inside quoted string" },
	{ "<meta name=\"go-import\" content=\"a.b/c git https://h/r\"><a href=\"x",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<meta name=\"go-import\" content=\"a.b/c git https://h/r\"><",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<meta name=\"go-import\" content=\"a.b/c git https://h/r\">< a>",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "< a><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: expected element name after <" },
	{ "<><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: expected element name after <" },
	{ "</><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: expected element name after </" },
	{ "<a =x><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: expected attribute name in element" },
	{ "<a b=><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<a / b><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: expected /> in element" },
	{ "<a/><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<p>text & more</p><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<p>a &lt; b</p><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<x:meta name=\"go-import\" content=\"a b c\">", "a|b|c|\n", NULL },
	{ "<meta x:name=\"go-import\" content=\"a b c\">", "a|b|c|\n", NULL },
	{ "<:meta name=\"go-import\" content=\"a b c\">", "", NULL },
	{ "<meta: name=\"go-import\" content=\"a b c\">", "", NULL },
	{ "<meta name=\"go-import\"content=\"a b c\">", "a|b|c|\n", NULL },
	{ "<meta name = \"go-import\" content = \"a b c\" >", "a|b|c|\n", NULL },
	{ "<meta name=\"go-import\" name=\"x\" content=\"a b c\">", "a|b|c|\n", NULL },
	{ "<meta name=\"go-source\" content=\"a b c d\">", "", NULL },
	{ "</meta name=\"go-import\" content=\"a b c\">", NULL,
	  "XML syntax error on line 1: invalid characters between </meta and >" },
	{ "\n\n<a b=>", "", NULL },
	{ "<\xc3\xa9><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "\xff<meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: invalid UTF-8" },
	{ "<p>\xff</p>", NULL, "XML syntax error on line 1: invalid UTF-8" },
	{ "<script>if (a < b) x</script><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  NULL, "XML syntax error on line 1: expected element name after <" },
	{ "<script>a&&b</script><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
	{ "<meta name=\"go-import\" content=\"a\xff b c\">", NULL,
	  "XML syntax error on line 1: invalid UTF-8" },
	{ "<a\n", NULL, "XML syntax error on line 2: unexpected EOF" },
	{ "<a b", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "<a b=", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "<a b='", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "</a", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "</head x><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: invalid characters between </head and >" },
	{ "</ head><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: expected element name after </" },
	{ "<1><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: invalid XML name: 1" },
	{ "<-a><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: invalid XML name: -a" },
	{ "<a 1=x><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: invalid XML name: 1" },
	{ "<a b=\"<\"><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: unescaped < inside quoted string" },
	{ "]]><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: unescaped ]]> not in CDATA section" },
	{ "<a b=x?><meta name=\"go-import\" content=\"a.b/c git https://h/r\">", NULL,
	  "XML syntax error on line 1: expected attribute name in element" },
	{ "<a b=\"x\"c><meta name=\"go-import\" content=\"a.b/c git https://h/r\">",
	  "a.b/c|git|https://h/r|\n", NULL },
};

static void reads_pages_as_go(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		struct direct_metas found = { 0 };
		struct arena a = ARENA_INIT;
		struct buf b = BUF_INIT;
		struct err e = ERR_INIT;
		bool ok = direct_meta_parse(&found, &a, pages[i].html, strlen(pages[i].html), &e);

		for (size_t k = 0; k < found.n; k++)
			buf_addf(&b, "%s|%s|%s|%s\n", found.items[k].prefix, found.items[k].vcs,
				 found.items[k].repo, found.items[k].subdir);
		if (ok != (pages[i].want != NULL))
			fail_msg("%s: %s", pages[i].html, ok ? "read" : e.text);
		if (ok)
			assert_string_equal(b.data ? b.data : "", pages[i].want);
		else
			assert_string_equal(e.text, pages[i].error);
		err_release(&e);
		buf_release(&b);
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_pages_as_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
