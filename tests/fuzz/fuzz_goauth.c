/* Any bytes as the output of a GOAUTH command: no value contains the end of a line, and every name is a token. */
#include "fetch/goauth_reply.h"
#include "fetch/goauth_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct goauth_reply_header *h)
{
	if (!*h->name || strpbrk(h->name, " \r\n:") || strpbrk(h->value, "\r\n"))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct goauth_reply_list replies;

	if (goauth_reply_parse(&replies, &a, (const char *)data, size))
		for (size_t i = 0; i < replies.n; i++)
			for (size_t k = 0; k < replies.items[i].n; k++)
				check(&replies.items[i].headers[k]);
	goauth_run_split(&a, (const char *)data, size, "x");
	arena_release(&a);
	return 0;
}
