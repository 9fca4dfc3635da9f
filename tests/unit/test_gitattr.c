/*
 * What .gitattributes do to the files of a commit. The expected texts and matches were written by git 2.39: `git archive` with
 * core.autocrlf=input and core.eol=lf, as go runs it, and `git check-attr`.
 */

#include "unit.h"

#include "base/buf.h"
#include "git/gitattr.h"

static const struct conversion {
	const char *root, *sub; /* the .gitattributes; NULL: none in sub/ */
	const char *path, *data;
	size_t len;
	const char *want;
	size_t want_len;
} conversions[] = {
	{ "\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* text\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "* text eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "* -text eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* text=auto eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "* crlf\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* crlf eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "* -crlf eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* binary eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* text=input eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "* eol=lf\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* text=auto\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* !text eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "* text=other eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "* eol=crlf\n* -text\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* eol=crlf\na -eol\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "[attr]dos eol=crlf\n* dos\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "[attr]dos eol=crlf\n* -dos\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "[attr]dos eol=crlf ident\n* dos -ident\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "[attr]2 eol=crlf\n* 2\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "[attr]-x eol=crlf\n* -x\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "[attr] eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "* eol=crlf -=\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* -bad? eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "\xc3\xaf\xc2\xbb\xc2\xbf* eol=crlf\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* eol=crlf\r\n", NULL, "a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "* eol=crlf # x\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* text=auto eol=crlf\n", NULL, "a", "", 0, "", 0 },
	{ "* text=auto eol=crlf\n", NULL, "a", "a", 1, "a", 1 },
	{ "* text=auto eol=crlf\n", NULL, "a", "\n", 1, "\r\n", 2 },
	{ "* text=auto eol=crlf\n", NULL, "a", "a\r\nb\n", 5, "a\r\nb\n", 5 },
	{ "* text=auto eol=crlf\n", NULL, "a", "a\rb\n", 4, "a\rb\n", 4 },
	{ "* text=auto eol=crlf\n", NULL, "a", "a\n\x00", 3, "a\n\x00", 3 },
	{ "* text=auto eol=crlf\n", NULL, "a", "a\n\x01", 3, "a\n\x01", 3 },
	{ "* text=auto eol=crlf\n", NULL, "a",
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\x01",
	  129,
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\x01",
	  129 },
	{ "* text=auto eol=crlf\n", NULL, "a",
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\x01",
	  130,
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\x01",
	  131 },
	{ "* text=auto eol=crlf\n", NULL, "a",
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\x01\x7f",
	  259,
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\x01\x7f",
	  260 },
	{ "* text=auto eol=crlf\n", NULL, "a", "a\n\x1a", 3, "a\r\n\x1a", 4 },
	{ "* text=auto eol=crlf\n", NULL, "a", "\t\x08\x1b\x0c\n", 5, "\t\x08\x1b\x0c\r\n", 6 },
	{ "* text=auto eol=crlf\n", NULL, "a", "\xff\xfe\n", 3, "\xff\xfe\r\n", 4 },
	{ "* text=auto eol=crlf\n", NULL, "a", "a\n\x1a\x1a", 4, "a\n\x1a\x1a", 4 },
	{ "* text=auto eol=crlf\n", NULL, "a", "a\r", 2, "a\r", 2 },
	{ "* text=auto eol=crlf\n", NULL, "a", "a\n\r", 3, "a\n\r", 3 },
	{ "* text eol=crlf\n", NULL, "a", "a\r\nb\n", 5, "a\r\nb\r\n", 6 },
	{ "* text eol=crlf\n", NULL, "a", "a\n\x00\n", 4, "a\r\n\x00\r\n", 6 },
	{ "* text eol=crlf\n", NULL, "a", "\r\n\n\r", 4, "\r\n\r\n\r", 5 },
	{ "* text eol=crlf\n", NULL, "a", "\n\n", 2, "\r\n\r\n", 4 },
	{ "* ident\n", NULL, "a", "$Id$", 4, "$Id: BLOB $", 11 },
	{ "* ident\n", NULL, "a", "$Id: x $\n", 9, "$Id: BLOB $\n", 12 },
	{ "* ident\n", NULL, "a", "$Id: x y $\n", 11, "$Id: x y $\n", 11 },
	{ "* ident\n", NULL, "a", "$Id: xxx\n$Id$", 13, "$Id: xxx\n$Id: BLOB $", 20 },
	{ "* ident\n", NULL, "a", "$Id", 3, "$Id", 3 },
	{ "* ident\n", NULL, "a", "$I", 2, "$I", 2 },
	{ "* ident\n", NULL, "a", "$$Id$ $Id:$ $Id: $", 18, "$$Id: BLOB $ $Id: BLOB $ $Id: BLOB $",
	  36 },
	{ "* ident\n", NULL, "a", "$Idx$ $Id$", 10, "$Idx$ $Id: BLOB $", 17 },
	{ "* ident\n", NULL, "a", "$Id: a", 6, "$Id: a", 6 },
	{ "* ident\n", NULL, "a", "a\n$Id$\n", 7, "a\n$Id: BLOB $\n", 14 },
	{ "* ident\n", NULL, "a", "$Id:x$", 6, "$Id: BLOB $", 11 },
	{ "* ident\n", NULL, "a", "$Id:  $", 7, "$Id: BLOB $", 11 },
	{ "* ident\n", NULL, "a", "$Id: \n$", 7, "$Id: \n$", 7 },
	{ "* ident\n", NULL, "a", "", 0, "", 0 },
	{ "* ident eol=crlf\n", NULL, "a", "$Id$\n\n", 6, "$Id: BLOB $\r\n\r\n", 15 },
	{ "* working-tree-encoding=UTF-16\n", NULL, "a", "a\xc3\xa9\n", 4,
	  "\xff\xfe"
	  "a\x00\xe9\x00\n\x00",
	  8 },
	{ "* working-tree-encoding=UTF-16\n", NULL, "a", "\xe2\x82\xac", 3, "\xff\xfe\xac ", 4 },
	{ "* working-tree-encoding=UTF-16\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=UTF-16\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=UTF-16LE\n", NULL, "a", "a\xc3\xa9\n", 4, "a\x00\xe9\x00\n\x00",
	  6 },
	{ "* working-tree-encoding=UTF-16LE\n", NULL, "a", "\xe2\x82\xac", 3, "\xac ", 2 },
	{ "* working-tree-encoding=UTF-16LE\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=UTF-16LE\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=UTF-16BE\n", NULL, "a", "a\xc3\xa9\n", 4,
	  "\x00"
	  "a\x00\xe9\x00\n",
	  6 },
	{ "* working-tree-encoding=UTF-16BE\n", NULL, "a", "\xe2\x82\xac", 3, " \xac", 2 },
	{ "* working-tree-encoding=UTF-16BE\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=UTF-16BE\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=UTF-16LE-BOM\n", NULL, "a", "a\xc3\xa9\n", 4,
	  "\xff\xfe"
	  "a\x00\xe9\x00\n\x00",
	  8 },
	{ "* working-tree-encoding=UTF-16LE-BOM\n", NULL, "a", "\xe2\x82\xac", 3, "\xff\xfe\xac ",
	  4 },
	{ "* working-tree-encoding=UTF-16LE-BOM\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=UTF-16LE-BOM\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=UTF-16BE-BOM\n", NULL, "a", "a\xc3\xa9\n", 4,
	  "\xfe\xff\x00"
	  "a\x00\xe9\x00\n",
	  8 },
	{ "* working-tree-encoding=UTF-16BE-BOM\n", NULL, "a", "\xe2\x82\xac", 3, "\xfe\xff \xac",
	  4 },
	{ "* working-tree-encoding=UTF-16BE-BOM\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=UTF-16BE-BOM\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=utf16le-bom\n", NULL, "a", "a\xc3\xa9\n", 4,
	  "\xff\xfe"
	  "a\x00\xe9\x00\n\x00",
	  8 },
	{ "* working-tree-encoding=utf16le-bom\n", NULL, "a", "\xe2\x82\xac", 3, "\xff\xfe\xac ",
	  4 },
	{ "* working-tree-encoding=utf16le-bom\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=utf16le-bom\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=utf-8\n", NULL, "a", "a\xc3\xa9\n", 4, "a\xc3\xa9\n", 4 },
	{ "* working-tree-encoding=utf-8\n", NULL, "a", "\xe2\x82\xac", 3, "\xe2\x82\xac", 3 },
	{ "* working-tree-encoding=utf-8\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=utf-8\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=UTF8\n", NULL, "a", "a\xc3\xa9\n", 4, "a\xc3\xa9\n", 4 },
	{ "* working-tree-encoding=UTF8\n", NULL, "a", "\xe2\x82\xac", 3, "\xe2\x82\xac", 3 },
	{ "* working-tree-encoding=UTF8\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=UTF8\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=latin1\n", NULL, "a", "a\xc3\xa9\n", 4, "a\xe9\n", 3 },
	{ "* working-tree-encoding=latin1\n", NULL, "a", "\xe2\x82\xac", 3, "\xe2\x82\xac", 3 },
	{ "* working-tree-encoding=latin1\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=latin1\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=iso-8859-1\n", NULL, "a", "a\xc3\xa9\n", 4, "a\xe9\n", 3 },
	{ "* working-tree-encoding=iso-8859-1\n", NULL, "a", "\xe2\x82\xac", 3, "\xe2\x82\xac", 3 },
	{ "* working-tree-encoding=iso-8859-1\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=iso-8859-1\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=nonsense\n", NULL, "a", "a\xc3\xa9\n", 4, "a\xc3\xa9\n", 4 },
	{ "* working-tree-encoding=nonsense\n", NULL, "a", "\xe2\x82\xac", 3, "\xe2\x82\xac", 3 },
	{ "* working-tree-encoding=nonsense\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=nonsense\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=UTF-32\n", NULL, "a", "a\xc3\xa9\n", 4,
	  "\xff\xfe\x00\x00"
	  "a\x00\x00\x00\xe9\x00\x00\x00\n\x00\x00\x00",
	  16 },
	{ "* working-tree-encoding=UTF-32\n", NULL, "a", "\xe2\x82\xac", 3,
	  "\xff\xfe\x00\x00\xac \x00\x00", 8 },
	{ "* working-tree-encoding=UTF-32\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=UTF-32\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=SHIFT-JIS\n", NULL, "a", "a\xc3\xa9\n", 4, "a\xc3\xa9\n", 4 },
	{ "* working-tree-encoding=SHIFT-JIS\n", NULL, "a", "\xe2\x82\xac", 3, "\xe2\x82\xac", 3 },
	{ "* working-tree-encoding=SHIFT-JIS\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=SHIFT-JIS\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=UTF-7x\n", NULL, "a", "a\xc3\xa9\n", 4, "a\xc3\xa9\n", 4 },
	{ "* working-tree-encoding=UTF-7x\n", NULL, "a", "\xe2\x82\xac", 3, "\xe2\x82\xac", 3 },
	{ "* working-tree-encoding=UTF-7x\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=UTF-7x\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* working-tree-encoding=\n", NULL, "a", "a\xc3\xa9\n", 4, "a\xc3\xa9\n", 4 },
	{ "* working-tree-encoding=\n", NULL, "a", "\xe2\x82\xac", 3, "\xe2\x82\xac", 3 },
	{ "* working-tree-encoding=\n", NULL, "a", "", 0, "", 0 },
	{ "* working-tree-encoding=\n", NULL, "a", "\xff\n", 2, "\xff\n", 2 },
	{ "* -working-tree-encoding\n", NULL, "a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "* working-tree-encoding=UTF-16LE eol=crlf ident\n", NULL, "a", "$Id$\n", 5,
	  "$\0I\0d\0:\0 \0B\0L\0O\0B\0 \0$\0\r\0\n\0", 26 },
	{ "a eol=crlf\n", "a -text\n", "sub/a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "a -text eol=crlf\n", "a text\n", "sub/a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "", "a eol=crlf\n", "sub/a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "", "d/a eol=crlf\n", "sub/d/a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "", "/a eol=crlf\n", "sub/d/a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "", "[attr]m eol=crlf\na m\n", "sub/a", "a\nb\n", 4, "a\nb\n", 4 },
	{ "[attr]m eol=crlf\n", "a m\n", "sub/a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "sub/* eol=crlf\n", NULL, "sub/a", "a\nb\n", 4, "a\r\nb\r\n", 6 },
	{ "sub eol=crlf\n", NULL, "sub/a", "a\nb\n", 4, "a\nb\n", 4 },
};

static void converts_as_git_archive(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(conversions); i++) {
		const struct conversion *c = &conversions[i];
		struct gitattr *g = gitattr_new();
		struct gitattr_change change;
		struct buf b = BUF_INIT;

		gitattr_add(g, "", c->root, strlen(c->root));
		if (c->sub)
			gitattr_add(g, "sub/", c->sub, strlen(c->sub));
		change = gitattr_find(g, c->path);
		gitattr_convert(&change, &b, c->data, c->len, "BLOB");
		if (b.len != c->want_len || memcmp(b.len ? b.data : "", c->want, b.len) != 0)
			fail_msg("%zu: %s: %s", i, c->root, b.data);
		if (!gitattr_is_change(&change) && c->want_len != c->len)
			fail_msg("%zu: %s: no change", i, c->root);
		buf_release(&b);
		gitattr_free(g);
	}
}

static const char *const paths[] = {
	"a",	 "b",	     "c",     "d",	   "ab",    "abc",     "aXb",	  "a/b",
	"a/b/c", "a/x/y/b",  "sub/a", "sub/a.txt", "a.txt", "sub/x/x", "sub/x",	  "sub/d/e/x",
	"ax",	 "cx",	     "1x",    "Xx",	   "]",	    "-",       "a*",	  "a b",
	"a\tb",	 "A",	     "x1",    "x12",	   "a.c",   "#a",      "abcabc",  "a]",
	"[a",	 "\xc3\xa9", "1g",    "fg",	   "!",	    "sub/a/b", "a/b/c/d", "\\",
	"^",	 "bc]",	     "b:]c]", ":c]",	   "[:a"
};

static const struct glob {
	const char *pattern;
	const char *matched[48];
} globs[] = {
	{ "*.txt", { "sub/a.txt", "a.txt" } },
	{ "a", { "a", "sub/a" } },
	{ "/a", { "a" } },
	{ "a/b", { "a/b" } },
	{ "sub/*.txt", { "sub/a.txt" } },
	{ "/sub/*", { "sub/a", "sub/a.txt", "sub/x" } },
	{ "sub/**", { "sub/a", "sub/a.txt", "sub/x/x", "sub/x", "sub/d/e/x", "sub/a/b" } },
	{ "**/b", { "b", "a/b", "a/x/y/b", "sub/a/b" } },
	{ "sub/**/x", { "sub/x/x", "sub/x", "sub/d/e/x" } },
	{ "**",
	  { "a",     "b",	 "c",	  "d",	       "ab",	"abc",	   "aXb",     "a/b",
	    "a/b/c", "a/x/y/b",	 "sub/a", "sub/a.txt", "a.txt", "sub/x/x", "sub/x",   "sub/d/e/x",
	    "ax",    "cx",	 "1x",	  "Xx",	       "]",	"-",	   "a*",      "a b",
	    "a\tb",  "A",	 "x1",	  "x12",       "a.c",	"#a",	   "abcabc",  "a]",
	    "[a",    "\xc3\xa9", "1g",	  "fg",	       "!",	"sub/a/b", "a/b/c/d", "\\",
	    "^",     "bc]",	 "b:]c]", ":c]",       "[:a" } },
	{ "a/**/b", { "a/b", "a/x/y/b" } },
	{ "a**b", { "ab", "aXb", "a b", "a\tb" } },
	{ "a/**b", { "a/b" } },
	{ "?",
	  { "a", "b", "c", "d", "a/b", "a/b/c", "a/x/y/b", "sub/a", "sub/x/x", "sub/x", "sub/d/e/x",
	    "]", "-", "A", "!", "sub/a/b", "a/b/c/d", "\\", "^" } },
	{ "a?c", { "abc", "a.c" } },
	{ "[abc]", { "a", "b", "c", "a/b", "a/b/c", "a/x/y/b", "sub/a", "sub/a/b" } },
	{ "[!abc]",
	  { "d", "sub/x/x", "sub/x", "sub/d/e/x", "]", "-", "A", "!", "a/b/c/d", "\\", "^" } },
	{ "[^a]",
	  { "b", "c", "d", "a/b", "a/b/c", "a/x/y/b", "sub/x/x", "sub/x", "sub/d/e/x", "]", "-",
	    "A", "!", "sub/a/b", "a/b/c/d", "\\", "^" } },
	{ "[a-c]x", { "ax", "cx" } },
	{ "[]]", { "]" } },
	{ "[]-a]", { "a", "sub/a", "]", "^" } },
	{ "[a-]", { "a", "sub/a", "-" } },
	{ "[a\\]b]", { "a", "b", "a/b", "a/x/y/b", "sub/a", "]", "sub/a/b" } },
	{ "[a\\-c]", { "a", "c", "a/b/c", "sub/a", "-" } },
	{ "[\\a-\\c]", { "a", "b", "c", "a/b", "a/b/c", "a/x/y/b", "sub/a", "sub/a/b" } },
	{ "[[:alpha:]]",
	  { "a", "b", "c", "d", "a/b", "a/b/c", "a/x/y/b", "sub/a", "sub/x/x", "sub/x", "sub/d/e/x",
	    "A", "sub/a/b", "a/b/c/d" } },
	{ "[[:digit:][:upper:]]x", { "1x", "Xx" } },
	{ "[[:space:]]", { NULL } },
	{ "[[:foo:]a]", { NULL } },
	{ "[[:a]", { "a", "sub/a" } },
	{ "[[:alpha:", { NULL } },
	{ "[a", { NULL } },
	{ "[", { NULL } },
	{ "[!]", { NULL } },
	{ "a[/]b", { NULL } },
	{ "a\\*", { "a*" } },
	{ "a\\", { NULL } },
	{ "\\a", { "a", "sub/a" } },
	{ "*a*b*c*", { "abc", "abcabc" } },
	{ "a*",
	  { "a", "ab", "abc", "aXb", "sub/a", "sub/a.txt", "a.txt", "ax", "a*", "a b", "a\tb",
	    "a.c", "abcabc", "a]" } },
	{ "*",
	  { "a",     "b",	 "c",	  "d",	       "ab",	"abc",	   "aXb",     "a/b",
	    "a/b/c", "a/x/y/b",	 "sub/a", "sub/a.txt", "a.txt", "sub/x/x", "sub/x",   "sub/d/e/x",
	    "ax",    "cx",	 "1x",	  "Xx",	       "]",	"-",	   "a*",      "a b",
	    "a\tb",  "A",	 "x1",	  "x12",       "a.c",	"#a",	   "abcabc",  "a]",
	    "[a",    "\xc3\xa9", "1g",	  "fg",	       "!",	"sub/a/b", "a/b/c/d", "\\",
	    "^",     "bc]",	 "b:]c]", ":c]",       "[:a" } },
	{ "*/b", { "a/b" } },
	{ "sub/*/x", { "sub/x/x" } },
	{ "[[:xdigit:]]g", { "1g", "fg" } },
	{ "[[:punct:]]", { "]", "-", "!", "\\", "^" } },
	{ "[[:lower:][:blank:]]",
	  { "a", "b", "c", "d", "a/b", "a/b/c", "a/x/y/b", "sub/a", "sub/x/x", "sub/x", "sub/d/e/x",
	    "sub/a/b", "a/b/c/d" } },
	{ "[[:alnum:][:cntrl:]]",
	  { "a", "b", "c", "d", "a/b", "a/b/c", "a/x/y/b", "sub/a", "sub/x/x", "sub/x", "sub/d/e/x",
	    "A", "sub/a/b", "a/b/c/d" } },
	{ "[[:graph:]]",
	  { "a", "b", "c", "d", "a/b", "a/b/c", "a/x/y/b", "sub/a", "sub/x/x", "sub/x", "sub/d/e/x",
	    "]", "-", "A", "!", "sub/a/b", "a/b/c/d", "\\", "^" } },
	{ "[[:print:]]",
	  { "a", "b", "c", "d", "a/b", "a/b/c", "a/x/y/b", "sub/a", "sub/x/x", "sub/x", "sub/d/e/x",
	    "]", "-", "A", "!", "sub/a/b", "a/b/c/d", "\\", "^" } },
	{ "[a-a]", { "a", "sub/a" } },
	{ "[c-a]", { "c", "a/b/c" } },
	{ "[--a]", { "a", "sub/a", "]", "-", "A", "\\", "^" } },
	{ "[[:digit:]-a]", { "a", "sub/a", "-" } },
	{ "[a-c-e]", { "a", "b", "c", "a/b", "a/b/c", "a/x/y/b", "sub/a", "-", "sub/a/b" } },
	{ "!a", { NULL } },
	{ "a/", { NULL } },
	{ "\"a b\"", { "a b" } },
	{ "\"a\\tb\"", { "a\tb" } },
	{ "\"\\141\"", { "a", "sub/a" } },
	{ "\"a\\qb\"", { NULL } },
	{ "\"a", { NULL } },
	{ "\"\\400\"", { NULL } },
	{ "\"a\"b", { "a", "sub/a" } },
	{ "a\\ b", { NULL } },
	{ "  a", { "a", "sub/a" } },
	{ "#a", { NULL } },
	{ "\\#a", { "#a" } },
	{ "a/b/**", { "a/b/c", "a/b/c/d" } },
	{ "a/*", { "a/b" } },
	{ "/**/b", { "b", "a/b", "a/x/y/b", "sub/a/b" } },
	{ "**/", { NULL } },
	{ "sub/a/", { NULL } },
	{ "[.]", { NULL } },
	{ "*.[ch]", { "a.c" } },
	{ "x[[:digit:]]*", { "x1", "x12" } },
	{ "a\\/b", { "a/b" } },
	{ "a/**/", { NULL } },
	{ "sub/**\\/x", { "sub/x/x", "sub/d/e/x" } },
	{ "***",
	  { "a",     "b",	 "c",	  "d",	       "ab",	"abc",	   "aXb",     "a/b",
	    "a/b/c", "a/x/y/b",	 "sub/a", "sub/a.txt", "a.txt", "sub/x/x", "sub/x",   "sub/d/e/x",
	    "ax",    "cx",	 "1x",	  "Xx",	       "]",	"-",	   "a*",      "a b",
	    "a\tb",  "A",	 "x1",	  "x12",       "a.c",	"#a",	   "abcabc",  "a]",
	    "[a",    "\xc3\xa9", "1g",	  "fg",	       "!",	"sub/a/b", "a/b/c/d", "\\",
	    "^",     "bc]",	 "b:]c]", ":c]",       "[:a" } },
	{ "a/***/b", { "a/b", "a/x/y/b" } },
	{ "[[:a]b:]c]", { NULL } },
	{ "\xc3\xa9*", { "\xc3\xa9" } },
};

static bool is_in(const struct glob *g, const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(g->matched) && g->matched[i]; i++)
		if (str_eq(g->matched[i], path))
			return true;
	return false;
}

static void matches_as_git(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(globs); i++) {
		struct gitattr *g = gitattr_new();
		char *line = xasprintf("%s ident\n", globs[i].pattern);

		gitattr_add(g, "", line, strlen(line));
		for (size_t k = 0; k < ARRAY_LEN(paths); k++)
			if (gitattr_find(g, paths[k]).ident != is_in(&globs[i], paths[k]))
				fail_msg("%s: %s", globs[i].pattern, paths[k]);
		free(line);
		gitattr_free(g);
	}
}

/* Whether git check-attr says that ident is set: lines in quotes, malformed ones, names, macros, sets and stars. */
static const struct {
	const char *lines, *path;
	bool set;
} said[] = {
	{ "\"a\\142\" ident\n", "ab", true },
	{ "\"a\\142\" ident\n", "a", false },
	{ "\"a\\400\" ident\n", "a\\400", false },
	{ "\"a\\18x\" ident\n", "a\0018x", false },
	{ "\"a\\18x\" ident\n", "\"a\\18x\"", false },
	{ "\"a\\178\" ident\n", "x", false },
	{ "\"a\\x\" ident\n", "ax", false },
	{ "\"a ident\n", "\"a", true },
	{ "\"a\\\n", "\"a\\", false },
	{ "\"\\\"q\\\\\\t\" ident\n", "\"q\\\t", false },
	{ "\"\\\"q\\t\" ident\n", "\"q\t", true },
	{ "\"a b\"ident\n", "a b", true },
	{ "\"a b\" ident\n", "a b", true },
	{ "\"\\077\" ident\n", "x", true },
	{ "\"\\1234\" ident\n", "S4", true },
	{ "\"\\38\" ident\n", "x", false },
	{ "\"\\079\" ident\n", "x", false },
	{ "\"\\08\" ident\n", "x", false },
	{ "!a ident\n", "a", false },
	{ "!a ident\n", "!a", false },
	{ "a/ ident\n", "a", false },
	{ "a id^ent ident\n", "a", false },
	{ "a - ident\n", "a", false },
	{ "a .x_9-A ident\n", "a", true },
	{ "a Z{ ident\n", "a", false },
	{ "a =x ident\n", "a", false },
	{ "a -x=y ident\n", "a", true },
	{ "a [x] ident\n", "a", false },
	{ "a @ ident\n", "a", false },
	{ "a x/ ident\n", "a", false },
	{ "a `x ident\n", "a", false },
	{ "a x: ident\n", "a", false },
	{ "a x ident -x\n", "a", true },
	{ "a !=x ident\n", "a", false },
	{ "[attr]x/y ident\na x/y\n", "a", false },
	{ "[attr]x ident\na x\n", "a", true },
	{ "[attr]x -ident\na ident x\n", "a", false },
	{ "[attr]x ident y^\na x\n", "a", false },
	{ "   a ident\n", "a", true },
	{ "\ta\tident\t\n", "a", true },
	{ "#a ident\n", "#a", false },
	{ "\" ident\n", "a", false },
	{ "\"\" ident\n", "a", false },
	{ "[[:alpha:]] ident\n", "a", true },
	{ "[[:alpha] ident\n", "a", true },
	{ "[[:alpha] ident\n", ":", true },
	{ "[[:nosuch:]] ident\n", "a", false },
	{ "[[:]] ident\n", "[", false },
	{ "[[:]] ident\n", ":]", true },
	{ "[[:]x] ident\n", "x]", false },
	{ "[[x] ident\n", "[", true },
	{ "[[: ident\n", "[", false },
	{ "[[:alpha: ident\n", "a", false },
	{ "[[:a] ident\n", "[", true },
	{ "[\\ ident\n", "\\", false },
	{ "[a\\ ident\n", "a", false },
	{ "[a-\\ ident\n", "a", false },
	{ "[a-\\c] ident\n", "b", true },
	{ "[\\a-c] ident\n", "b", true },
	{ "[a-] ident\n", "-", true },
	{ "[a- ident\n", "a", false },
	{ "[]a] ident\n", "]", true },
	{ "[]-a] ident\n", "^", true },
	{ "[!] ident\n", "!", false },
	{ "[!]a] ident\n", "b", true },
	{ "[c-a] ident\n", "c", true },
	{ "[c-a] ident\n", "b", false },
	{ "[^a] ident\n", "b", true },
	{ "**/x ident\n", "sub/x", true },
	{ "**x ident\n", "sub/x", true },
	{ "sub/a** ident\n", "sub/a/b", true },
	{ "a** ident\n", "abc", true },
	{ "**\\/x ident\n", "sub/x", true },
	{ "[[:digit:]a] ident\n", "a", true },
	{ "[[:digit:]a] ident\n", "1", true },
	{ "[[:upper:][:digit:]] ident\n", "7", true },
};

static bool is_ident(const char *lines, const char *path)
{
	struct gitattr *g = gitattr_new();
	bool ident;

	gitattr_add(g, "", lines, strlen(lines));
	ident = gitattr_find(g, path).ident;
	gitattr_free(g);
	return ident;
}

static void reads_as_git(void **state)
{
	char *line = xasprintf("a %02050d ident\n", 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		if (is_ident(said[i].lines, said[i].path) != said[i].set)
			fail_msg("%s: %s", said[i].lines, said[i].path);
	assert_false(is_ident(line, "a")); /* longer than git reads */
	free(line);
}

/* git itself has no limit */
static void gives_up_on_endless_patterns(void **state)
{
	static const char line[] = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b ident\n";
	char path[301];
	struct gitattr *g = gitattr_new();

	(void)state;
	memset(path, 'a', 300);
	path[300] = 0;
	gitattr_add(g, "", line, strlen(line));
	assert_false(gitattr_find(g, path).ident);
	gitattr_free(g);
	gitattr_free(NULL);
}

/* Only a true value is fatal: git archive of 2.39. */
static void bad_encodings(void **state)
{
	static const struct {
		const char *attributes, *path;
		bool bad;
	} rows[] = {
		{ "*.txt working-tree-encoding\n", "a.txt", true },
		{ "*.txt working-tree-encoding\n", "a.go", false },
		{ "*.txt -working-tree-encoding\n", "a.txt", false },
		{ "*.txt !working-tree-encoding\n", "a.txt", false },
		{ "*.txt working-tree-encoding=\n", "a.txt", false },
		{ "*.txt working-tree-encoding=true\n", "a.txt", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct gitattr *g = gitattr_new();

		gitattr_add(g, "", rows[i].attributes, strlen(rows[i].attributes));
		assert_int_equal(gitattr_find(g, rows[i].path).bad_encoding, rows[i].bad);
		gitattr_free(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_encodings),
		cmocka_unit_test(converts_as_git_archive),
		cmocka_unit_test(matches_as_git),
		cmocka_unit_test(reads_as_git),
		cmocka_unit_test(gives_up_on_endless_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
