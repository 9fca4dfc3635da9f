/* A go.work of any bytes: what parses formats to what parses alike, also after edits. */
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

/* `use )` is a directory of that name; go's AutoQuote leaves it bare, and in a block it then reads as the end. */
static bool has_bare_bracket(const struct gowork *f)
{
	for (size_t i = 0; i < f->use.n; i++)
		if (strlen(f->use.items[i].path) == 1 && strchr("()[]{},", f->use.items[i].path[0]))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct gowork *f = size > 1 << 16 ? NULL : parse(&a, (const char *)data, size), *again;

	if (f) {
		gowork_format(&out, f);
		same(f, parse(&a, out.data, out.len));
	}
	if (f && !has_bare_bracket(f)) {
		gowork_add_go(f, "1.24.0", NULL);
		gowork_add_use(f, "./new dir");
		gowork_drop_toolchain(f);
		gowork_sort_blocks(f);
		gowork_cleanup(f);
		buf_clear(&out);
		gowork_format(&out, f);
		again = parse(&a, out.data, out.len);
		check(again && str_eq(again->go, "1.24.0") && !*again->toolchain &&
		      again->use.n == f->use.n && again->replace.n == f->replace.n);
	}
	buf_release(&out);
	arena_release(&a);
	return 0;
}
