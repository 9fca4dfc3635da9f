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
	{ "<?xml version='1.1'?><meta name='go-import' content='a b c'>", NULL,
	  "xml: unsupported version \"1.1\"; only version 1.0 is supported" },
	{ "<?xml version=1.0?><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<?xml version='1.0?><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<?xml encoding='utf-16'?><meta name='go-import' content='a b c'>", NULL,
	  "xml: opening charset \"utf-16\": can't decode XML document using charset \"utf-16\"" },
	{ "<?xml encoding='UTF8'?><meta name='go-import' content='a b c'>", NULL,
	  "xml: opening charset \"UTF8\": can't decode XML document using charset \"UTF8\"" },
	{ "<?xml encoding='ISO-8859-1'?><meta name='go-import' content='a b c'>", NULL,
	  "xml: opening charset \"ISO-8859-1\": can't decode XML document using charset \"ISO-8859-1\"" },
	{ "<?xml version='1.0' encoding=''?><meta name='go-import' content='a b c'>", "a|b|c|\n",
	  NULL },
	{ "<?xml xversion='1.1' version ?><meta name='go-import' content='a b c'>", NULL,
	  "xml: unsupported version \"1.1\"; only version 1.0 is supported" },
	{ "<?xml version=?><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<? x?><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: expected target name after <?" },
	{ "<?a?b?><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<a b=\"]]>\"><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<![CDAT[x]]><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid <![ sequence" },
	{ "<!-x--><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid sequence <!- not part of <!--" },
	{ "<!----><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<!---><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: unexpected EOF" },
	{ "<!-----><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid sequence \"--\" not allowed in comments" },
	{ "<!a <!-- b -- c --> ><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<!a '>\" ' <x>'><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: unexpected EOF" },
	{ "<a:b:c><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: expected element name after <" },
	{ "<meta a:b:c=d name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: expected attribute name in element" },
	{ "&#55296;<meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "&#xFFFE;<meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: illegal character code U+FFFE" },
	{ "&#xfffd;<meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "&#99999999999999999999;<meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "&#x;<meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "&#xg;<meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "&#1a;<meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "&-;<meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "&a", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "&#", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "&#x", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "&#x4", NULL, "XML syntax error on line 1: unexpected EOF" },
	{ "\001<meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: illegal character code U+0001" },
	{ "\037<meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: illegal character code U+001F" },
	{ "\t\r\n <meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "\357\277\276<meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: illegal character code U+FFFE" },
	{ "\357\277\277<meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: illegal character code U+FFFF" },
	{ "\355\240\200<meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid UTF-8" },
	{ "<\315\260><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid XML name: \315\260" },
	{ "<a\315\200><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<\315\200><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid XML name: \315\200" },
	{ "<a\315\206><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid XML name: a\315\206" },
	{ "<a\331\240><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<\331\240><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid XML name: \331\240" },
	{ "<a\302\267><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<\302\267><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid XML name: \302\267" },
	{ "<a\342\202\254><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid XML name: a\342\202\254" },
	{ "<\342\202\254><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid XML name: \342\202\254" },
	{ "<a\377><meta name='go-import' content='a b c'>", NULL,
	  "XML syntax error on line 1: invalid XML name: a\377" },
	{ "<_:a-.1><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<meta name=go-import content='a b c'>", "a|b|c|\n", NULL },
	{ "<meta name=go\303\251 content='a b c'>", "", NULL },
	{ "<a b='&#x41;&unknown;'><meta name='go-import' content='a b c'>", "a|b|c|\n", NULL },
	{ "<meta name='go-import' content='a&#32;b&#9;c'>", "a|b|c|\n", NULL },
	{ "<meta name='go-import' content='a b c'/ >", NULL,
	  "XML syntax error on line 1: expected /> in element" },
	{ "<a b = >", "", NULL },
	{ "<a b=\001>", NULL, "XML syntax error on line 1: expected attribute name in element" },
	{ "<meta\tname\n=\r'go-import'\ncontent='a b c'>", "a|b|c|\n", NULL },
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

/* Pages that end too early, at every byte: the answers for the first N bytes, from N to N; "!" stands before an error. */
static const char *const whole[] = {
	"<?xml version='1.0' encoding=\"Ascii\"?><!DOCTYPE a [<!-- c --><x y='>' z=\"<\"> ]><a:b c = \"d&amp;&#x4a;&#65;&lt;\" f=g.h:i h j/><![CDATA[x]]]></a:b ><!--- y - z --><meta name='go-import' content='a b c'>",
	"<!a '<!-- x>' \"'\" <!--y--> <b>>\r\n<\303\251l\314\201.\302\267a \303\251='\342\202\254\357\277\275'>\r\r\n</\303\251l>&#xD;&#13;&gt;<meta name='go-import' content='a\rb\r\nc'>",
};
static const struct cut {
	size_t page, from, to;
	const char *want;
} cuts[] = {
	{ 0, 0, 0, "" },
	{ 0, 1, 37, "!XML syntax error on line 1: unexpected EOF" },
	{ 0, 38, 38, "" },
	{ 0, 39, 78, "!XML syntax error on line 1: unexpected EOF" },
	{ 0, 79, 79, "" },
	{ 0, 80, 119, "!XML syntax error on line 1: unexpected EOF" },
	{ 0, 120, 200, "!XML syntax error on line 1: invalid XML name: .h:i" },
	{ 1, 0, 0, "" },
	{ 1, 1, 30, "!XML syntax error on line 1: unexpected EOF" },
	{ 1, 31, 33, "" },
	{ 1, 34, 48, "!XML syntax error on line 2: unexpected EOF" },
	{ 1, 49, 50, "!XML syntax error on line 2: invalid UTF-8" },
	{ 1, 51, 51, "!XML syntax error on line 2: unexpected EOF" },
	{ 1, 52, 53, "!XML syntax error on line 2: invalid UTF-8" },
	{ 1, 54, 55, "!XML syntax error on line 2: unexpected EOF" },
	{ 1, 56, 59, "" },
	{ 1, 60, 64, "!XML syntax error on line 3: unexpected EOF" },
	{ 1, 65, 65, "" },
	{ 1, 66, 69, "!XML syntax error on line 3: unexpected EOF" },
	{ 1, 70, 70, "" },
	{ 1, 71, 74, "!XML syntax error on line 3: unexpected EOF" },
	{ 1, 75, 75, "" },
	{ 1, 76, 78, "!XML syntax error on line 3: unexpected EOF" },
	{ 1, 79, 79, "" },
	{ 1, 80, 115, "!XML syntax error on line 3: unexpected EOF" },
	{ 1, 116, 118, "!XML syntax error on line 4: unexpected EOF" },
	{ 1, 119, 119, "a|b|c|\n" },
};

static void assert_cut(const char *html, size_t len, const char *want)
{
	struct direct_metas found = { 0 };
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	buf_addstr(&b, "");
	if (!direct_meta_parse(&found, &a, html, len, &e))
		buf_addf(&b, "!%s", e.text);
	for (size_t k = 0; k < found.n; k++)
		buf_addf(&b, "%s|%s|%s|%s\n", found.items[k].prefix, found.items[k].vcs,
			 found.items[k].repo, found.items[k].subdir);
	if (!str_eq(b.data, want))
		fail_msg("%.*s: %s", (int)len, html, b.data);
	err_release(&e);
	buf_release(&b);
	arena_release(&a);
}

static void reads_cut_pages_as_go(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++)
		for (size_t n = cuts[i].from; n <= cuts[i].to; n++) {
			char *copy = xmalloc(n + 1); /* no byte behind it */

			memcpy(copy, whole[cuts[i].page], n);
			copy[n] = '\0';
			assert_cut(copy, n, cuts[i].want);
			free(copy);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_pages_as_go),
		cmocka_unit_test(reads_cut_pages_as_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
