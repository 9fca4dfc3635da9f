#include "base/textdiff.h"
#include "packages/tidy_impl.h"

static const char *const rule_names[] = {
	[TIDY_CONTEXT] = "context",
	[TIDY_IMPORTED] = "imported",
	[TIDY_TOOL] = "tool",
	[TIDY_INDIRECT] = "indirect",
	[TIDY_TESTED] = "tested",
	[TIDY_UNUSED] = "unused",
	[TIDY_IMPLIED] = "implied",
	[TIDY_VERSION] = "version",
	[TIDY_MARK] = "mark",
	[TIDY_EXCLUDED] = "excluded",
	[TIDY_LAYOUT] = "layout",
	[TIDY_GO_LINE] = "go",
	[TIDY_TOOLCHAIN] = "toolchain",
	[TIDY_SUM_GOMOD] = "sum-gomod",
	[TIDY_SUM_ZIP] = "sum-zip",
	[TIDY_SUM_COMPAT] = "sum-compat",
	[TIDY_SUM_UNUSED] = "sum-unused",
	[TIDY_SUM_ORDER] = "sum-order",
};

const char *tidy_rule_name(enum tidy_rule rule)
{
	return rule_names[rule];
}

/* Lines that only move appear on both sides. */
static void find_moved(struct tidy_reasons *r, const struct tidy_change *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct map_entry *e;

		if (!c[i].gosum || (c[i].op != '+' && c[i].op != '-'))
			continue;
		e = map_entry(&r->sum_lines, c[i].text, strlen(c[i].text), NULL);
		if (e->value && e->value != (c[i].op == '+' ? &r->after : &r->before))
			e->value = r;
		else if (!e->value)
			e->value = c[i].op == '+' ? &r->after : &r->before;
	}
}

static size_t take_lines(struct arena *a, bool gosum, const struct buf *before,
			 const struct buf *after, struct tidy_change **out, size_t old)
{
	struct arena scratch = ARENA_INIT;
	struct textdiff_line *lines;
	size_t n = textdiff_lines(&scratch, before->data, before->len, after->data, after->len,
				  &lines);
	struct tidy_change *all;

	if (!n && old) {
		arena_release(&scratch);
		return old;
	}
	all = arena_calloc(a, old + n + 1, sizeof(*all));
	if (old)
		memcpy(all, *out, old * sizeof(*all));
	for (size_t i = 0; i < n; i++)
		all[old + i] = (struct tidy_change){ .gosum = gosum,
						     .op = lines[i].op,
						     .text = arena_strdup(a, lines[i].text),
						     .mod = { "", "" },
						     .old_line = lines[i].old_line,
						     .new_line = lines[i].new_line,
						     .reason = "" };
	arena_release(&scratch);
	*out = all;
	return old + n;
}

static void release(struct tidy_reasons *r)
{
	for (size_t i = 0; i < r->uses.n; i++) {
		struct tidy_use *u = r->uses.entries[i].value;

		free(u->direct.importers);
		free(u->direct.imported);
	}
	map_release(&r->uses);
	map_release(&r->places);
	map_release(&r->sum_lines);
	tidy_lines_release(&r->before);
	tidy_lines_release(&r->after);
	tidy_lines_release(&r->other);
	arena_release(&r->scratch);
}

/* The file on disk is parsed separately only if it differs from the compared text. */
static void read_texts(struct tidy_reasons *r)
{
	const struct buf *before = &r->t->gomod_before, *after = &r->t->gomod_after;

	tidy_lines_read(&r->before, &r->scratch, before->data, before->len);
	tidy_lines_read(&r->after, &r->scratch, after->data, after->len);
	r->disk = &r->before;
	if (before->len == r->main->len &&
	    (!before->len || memcmp(before->data, r->main->data, before->len) == 0))
		return;
	tidy_lines_read(&r->other, &r->scratch, r->main->data, r->main->len);
	r->disk = &r->other;
}

static void explain(struct tidy_reasons *r, struct tidy_change *c)
{
	if (c->gosum)
		tidy_explain_gosum(r, c);
	else
		tidy_explain_gomod(r, c);
	c->mod.path = arena_strdup(r->a, c->mod.path);
	c->mod.version = arena_strdup(r->a, c->mod.version);
}

size_t tidy_changes(struct tidy *t, struct arena *a, struct tidy_change **changes, struct err *e)
{
	struct tidy_reasons r = {
		.t = t, .ml = pkgload_modload(t->load), .ld = t->load, .a = a, .unread = e
	};
	size_t n = take_lines(a, false, &t->gomod_before, &t->gomod_after, changes, 0);

	n = take_lines(a, true, &t->gosum_before, &t->gosum_after, changes, n);
	if (n == 0)
		return 0;
	modproject_mains(modload_project(r.ml), &r.main);
	requirements_graph(r.ml, t->final, &r.mg, e);
	read_texts(&r);
	tidy_read_uses(&r);
	tidy_read_requirers(&r);
	tidy_read_importers(&r);
	find_moved(&r, *changes, n);
	for (size_t i = 0; i < n; i++) {
		struct tidy_change *c = &(*changes)[i];

		if (c->op == '+' || c->op == '-')
			explain(&r, c);
	}
	release(&r);
	return n;
}
