/* Any bytes as go.work: what parses, is formatted to something that parses to the same. */
#include "gofiles/gowork.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static struct gowork *parse(struct arena *a, const char *text, size_t len)
{
	const struct gomod_options o = { .name = "go.work" };
	struct err e = ERR_INIT;
	struct gowork *f = NULL;

	if (!gowork_parse(&f, a, &o, text, len, &e)) {
		check(e.text != NULL);
		f = NULL;
	}
	err_release(&e);
	return f;
}

static void same(const struct gowork *f, const struct gowork *g)
{
	check(g && str_eq(f->go, g->go) && str_eq(f->toolchain, g->toolchain));
	check(f->use.n == g->use.n && f->replace.n == g->replace.n && f->godebug.n == g->godebug.n);
	for (size_t i = 0; i < f->use.n; i++)
		check(str_eq(f->use.items[i].path, g->use.items[i].path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct gowork *f = size > 1 << 16 ? NULL : parse(&a, (const char *)data, size);

	if (f) {
		modsyntax_format(&out, &f->syntax);
		same(f, parse(&a, out.data, out.len));
	}
	buf_release(&out);
	arena_release(&a);
	return 0;
}
