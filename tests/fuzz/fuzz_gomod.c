/* Any bytes as go.mod: the summary agrees with the full parser, formatting twice equals formatting once, and the edits of tidy
 * leave a file that parses and has the requested contents. */
#include "gofiles/gomod_summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static bool piece_is(const char *s, size_t len, const char *want)
{
	return len == strlen(want) && memcmp(s, want, len) == 0;
}

static void same_requirements(const struct gomod_summary *s, const struct gomod *f)
{
	check(s->n_require == f->require.n);
	for (size_t i = 0; i < s->n_require; i++) {
		check(piece_is(s->require[i].path, s->require[i].path_len,
			       f->require.items[i].mod.path));
		check(piece_is(s->require[i].version, s->require[i].version_len,
			       f->require.items[i].mod.version));
		check(s->require[i].indirect == f->require.items[i].indirect);
	}
}

static void same_notes(const struct gomod_summary *s, const struct gomod *f)
{
	check(str_eq(s->deprecated, f->deprecated));
	check(s->n_ignore == f->ignore.n && s->n_retract == f->retract.n);
	for (size_t i = 0; i < s->n_retract; i++)
		check(str_eq(s->retract[i].low, f->retract.items[i].low) &&
		      str_eq(s->retract[i].high, f->retract.items[i].high));
}

static void summary_is_lax(struct arena *a, const char *text, size_t len, unsigned flags)
{
	const struct gomod_options o = { .name = "go.mod", .lax = true };
	struct gomod_summary s = GOMOD_SUMMARY_INIT;
	struct err e = ERR_INIT, full = ERR_INIT;
	struct gomod *f = NULL;
	bool ok = gomod_summary_read(&s, "go.mod", text, len, flags, &e);

	check(gomod_parse(&f, a, &o, text, len, &full) == ok);
	if (ok) {
		check(s.has_module == (f->module_line != NULL));
		check(piece_is(s.module.s, s.module.len, f->module) &&
		      piece_is(s.go.s, s.go.len, f->go));
		same_requirements(&s, f);
		if (flags & GOMOD_SUMMARY_NOTES)
			same_notes(&s, f);
	} else {
		check(str_eq(e.text, full.text));
	}
	gomod_summary_release(&s);
	err_release(&e);
	err_release(&full);
}

static struct gomod *parse(struct arena *a, const char *text, size_t len)
{
	const struct gomod_options o = { .name = "go.mod" };
	struct err e = ERR_INIT;
	struct gomod *f = NULL;

	if (!gomod_parse(&f, a, &o, text, len, &e)) {
		check(e.text != NULL);
		f = NULL;
	}
	err_release(&e);
	return f;
}

static void formats_once(struct arena *a, const char *text, size_t len)
{
	struct modsyntax_errors errors = { .arena = a };
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct modsyntax tree;

	if (modsyntax_parse(&tree, a, "go.mod", NULL, text, len, &errors, NULL)) {
		modsyntax_format(&once, &tree);
		check(modsyntax_parse(&tree, a, "go.mod", NULL, once.data, once.len, &errors,
				      NULL));
		modsyntax_format(&twice, &tree);
		check(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
	}
	buf_release(&once);
	buf_release(&twice);
}

/* Drops every second requirement, flips marks, and adds a requirement. */
static size_t wanted(const struct gomod *f, struct arena *a, struct gomod_require **out)
{
	struct gomod_require *want = arena_calloc(a, f->require.n + 1, sizeof(*want));
	size_t n = 0;

	for (size_t i = 0; i < f->require.n; i += 2) {
		bool known = str_eq(f->require.items[i].mod.path, "example.com/new");

		for (size_t j = 0; j < n; j++)
			known = known || str_eq(want[j].mod.path, f->require.items[i].mod.path);
		if (known)
			continue;
		want[n] = f->require.items[i];
		want[n++].indirect ^= i % 4 == 0;
	}
	want[n] = (struct gomod_require){ .mod = { "example.com/new", "v1.0.0" },
					  .indirect = n % 2 };
	n++;
	*out = want;
	return n;
}

static void edits_hold(struct arena *a, const char *text, size_t len, bool separate)
{
	struct gomod *f = parse(a, text, len), *again;
	struct gomod_require *want;
	struct buf out = BUF_INIT;
	size_t n, found = 0;

	if (!f)
		return;
	n = wanted(f, a, &want);
	gomod_add_go(f, "1.24.1", NULL);
	gomod_add_toolchain(f, "go1.25.0", NULL);
	gomod_drop_toolchain(f);
	if (separate)
		gomod_set_require_separate_indirect(f, want, n);
	else
		gomod_set_require(f, want, n);
	gomod_cleanup(f);
	gomod_format(&out, f);
	again = parse(a, out.data, out.len);
	check(again && again->require.n == n && str_eq(again->go, "1.24.1") && !*again->toolchain);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			found += str_eq(again->require.items[i].mod.path, want[j].mod.path) &&
				 str_eq(again->require.items[i].mod.version, want[j].mod.version) &&
				 again->require.items[i].indirect == want[j].indirect;
	check(found == n);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct arena a = ARENA_INIT;

	if (size > 1 << 16)
		return 0;
	summary_is_lax(&a, text, size, 0);
	summary_is_lax(&a, text, size, GOMOD_SUMMARY_NOTES);
	formats_once(&a, text, size);
	edits_hold(&a, text, size, false);
	edits_hold(&a, text, size, true);
	arena_release(&a);
	return 0;
}
