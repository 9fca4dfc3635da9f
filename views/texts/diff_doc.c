#include "texts/diff_doc.h"

#include <string.h>

static unsigned style_of(char c)
{
	return c == '+' ? STYLE_ADDED : c == '-' ? STYLE_REMOVED : STYLE_QUIET;
}

void diff_doc_add(struct doc *d, const char *diff, size_t len)
{
	const char *end = diff + len;

	for (const char *nl; diff < end; diff = nl + 1) {
		nl = memchr(diff, '\n', (size_t)(end - diff));
		if (!nl)
			nl = end;
		doc_line(d);
		doc_addn(d, style_of(*diff), diff, (size_t)(nl - diff));
	}
}
