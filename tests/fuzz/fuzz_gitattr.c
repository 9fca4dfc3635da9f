/* Any bytes as two .gitattributes files, at the root and in a folder, then a file's content that they convert. Without a change the content
 * stays; with line ends alone it only gains CRs. */
#include "git/gitattr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static size_t without_cr(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += s[i] != '\r';
	return n;
}

static void convert(const struct gitattr *g, const char *path, const char *data, size_t len)
{
	struct gitattr_change c = gitattr_find((struct gitattr *)(uintptr_t)g, path);
	struct buf b = BUF_INIT;

	gitattr_convert(&c, &b, data, len, "0123456789abcdef0123456789abcdef01234567");
	if (!gitattr_is_change(&c))
		check(b.len == len && (len == 0 || memcmp(b.data, data, len) == 0));
	if (c.crlf && !c.ident && !c.encoding)
		check(b.len >= len && without_cr(b.data, b.len) == without_cr(data, len));
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	size_t a = size / 3, b = size * 2 / 3;
	struct gitattr *g = gitattr_new();

	gitattr_add(g, "", s, a);
	gitattr_add(g, "sub/", s + a, b - a);
	convert(g, "a.txt", s + b, size - b);
	convert(g, "sub/deep/b.go", s + b, size - b);
	convert(g, "sub/[x]", s + b, size - b);
	gitattr_free(g);
	return 0;
}
