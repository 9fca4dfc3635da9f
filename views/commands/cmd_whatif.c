#include "commands/loaded.h"
#include "texts/describe.h"
#include "texts/whatif_words.h"
#include "graph/modtab.h"

static const char *change_word(const struct whatif_delta *d)
{
	if (!d->before[0])
		return "added";
	if (!d->after[0])
		return "removed";
	if (str_eq(d->before, d->after))
		return "same";
	return modtab_compare_versions(d->path, d->after, d->before) < 0 ? "down" : "up";
}

static enum glyph change_glyph(const struct whatif_delta *d)
{
	if (!d->before[0])
		return GLYPH_PLUS;
	if (!d->after[0])
		return GLYPH_MINUS;
	if (str_eq(d->before, d->after))
		return GLYPH_LEAF;
	return modtab_compare_versions(d->path, d->after, d->before) < 0 ? GLYPH_DOWN : GLYPH_UP;
}

static bool any_above(const struct whatif *w)
{
	for (size_t i = 0; i < w->n_deltas; i++)
		if (w->deltas[i].above_pin)
			return true;
	return false;
}

/* Counts modules, without go and toolchain. */
struct effect {
	size_t up, down, added, removed;
};

static struct effect effect_of(const struct whatif *w)
{
	struct effect f = { 0 };

	for (size_t i = 0; i < w->n_deltas; i++) {
		const struct whatif_delta *d = &w->deltas[i];

		if (str_eq(d->path, "go") || str_eq(d->path, "toolchain") ||
		    str_eq(d->before, d->after))
			continue;
		if (!d->before[0])
			f.added++;
		else if (!d->after[0])
			f.removed++;
		else if (modtab_compare_versions(d->path, d->after, d->before) < 0)
			f.down++;
		else
			f.up++;
	}
	return f;
}

/* "2 up, 1 added; the go line becomes 1.22" */
static void print_effect(struct cli *c, const struct whatif *w)
{
	struct effect f = effect_of(w);
	const char *go = NULL;

	for (size_t i = 0; i < w->n_deltas; i++)
		if (str_eq(w->deltas[i].path, "go"))
			go = w->deltas[i].after;
	report_styledf(c->r, STYLE_STRONG, "%zu up, %zu down, %zu added, %zu removed; ", f.up,
		       f.down, f.added, f.removed);
	if (go && *go)
		report_styledf(c->r, STYLE_ATTENTION, "the go line becomes %s\n", go);
	else
		report_styledf(c->r, STYLE_STRONG, "the go line stays\n");
}

static void print_text(struct cli *c, const struct whatif *w)
{
	static const struct report_column columns[] = {
		{ NULL }, { NULL }, { NULL }, { NULL }, { NULL }
	};
	struct report_table t;
	struct buf b = BUF_INIT;

	print_effect(c, w);
	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < w->n_deltas; i++) {
		const struct whatif_delta *d = &w->deltas[i];

		report_cell(&t, STYLE_CHANGED, "%s", report_glyph(c->r, change_glyph(d)));
		report_cell(&t, STYLE_NORMAL, "%s", d->path);
		report_cell(&t, STYLE_QUIET, "%s", d->before[0] ? d->before : "-");
		report_cell(&t, STYLE_STRONG, "%s %s", report_glyph(c->r, GLYPH_ARROW),
			    d->after[0] ? d->after : "-");
		buf_clear(&b);
		if (d->above_pin)
			buf_addstr(&b, "! above the pin  ");
		describe_whatif_reason(d, &b);
		report_cell(&t, d->above_pin ? STYLE_ATTENTION : STYLE_QUIET, "%s", b.data);
	}
	report_table_end(&t);
	report_styledf(c->r, STYLE_QUIET, "= %zu module%s unchanged\n", w->n_unchanged,
		       w->n_unchanged == 1 ? "" : "s");
	buf_clear(&b);
	describe_whatif_commands(w, " && ", &b);
	if (b.len)
		report_textf(c->r, "%s\n", b.data);
	if (any_above(w))
		report_notef(
			c->r,
			"modscope: with --get, as go get does, the modules that keep it above the pin are downgraded");
	buf_release(&b);
}

static void set_modver(json_t *row, const char *key, struct modver m)
{
	json_t *o;

	if (!m.path[0])
		return;
	o = json_object();
	report_set_str(o, "Path", m.path);
	report_set_text(o, "Version", m.version);
	json_object_set_new(row, key, o);
}

static void print_json(struct cli *c, const struct whatif *w, const char *words, const char *tidy)
{
	struct effect f = effect_of(w);
	json_t *doc = report_doc("whatif"), *rows = report_set_rows(doc, "modules");
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < w->n_deltas; i++) {
		const struct whatif_delta *d = &w->deltas[i];
		json_t *row = report_add_row(rows), *keepers;

		report_set_str(row, "Path", d->path);
		report_set_text(row, "Before", d->before);
		report_set_text(row, "Version", d->after);
		report_set_str(row, "Change", change_word(d));
		report_set_bool(row, "AbovePin", d->above_pin);
		set_modver(row, "AskedBy", d->by);
		set_modver(row, "LoweredFor", d->lowered);
		keepers = d->n_keepers ? report_set_rows(row, "keepers") : NULL;
		for (size_t k = 0; k < d->n_keepers; k++) {
			json_t *keeper = report_add_row(keepers);

			report_set_str(keeper, "Path", d->keepers[k].path);
			report_set_text(keeper, "Version", d->keepers[k].version);
		}
	}
	describe_whatif_commands(w, "\n", &b);
	report_set_str(doc, "Commands", b.data);
	report_set_str(doc, "Words", words);
	buf_release(&b);
	report_set_int(doc, "Unchanged", (long long)w->n_unchanged);
	report_set_int(doc, "Up", (long long)f.up);
	report_set_int(doc, "Down", (long long)f.down);
	report_set_int(doc, "Added", (long long)f.added);
	report_set_int(doc, "Removed", (long long)f.removed);
	report_set_str(doc, "Tidy", tidy);
	report_json(c->r, doc);
}

/* The answer in a few sentences. */
static void add_words(const struct snapshot *s, const struct whatif *w, struct buf *b)
{
	const struct part *imports = snapshot_part(s, REQUEST(PART_IMPORTS));

	for (size_t i = 0; i < w->steps.n; i++)
		whatif_words_add(b, snapshot_part(s, REQUEST(PART_GRAPH))->data,
				 imports ? imports->data : NULL, w, i);
}

/* With --tidy, tidy's changes after the steps; otherwise NULL. */
static const struct load_tidy *tidy_of(const struct snapshot *s, const struct whatif *w)
{
	struct part *p = snapshot_part(s, REQUEST(PART_TIDY, .tidy = { .steps = w->steps }));

	return p ? p->data : NULL;
}

static void print_tidy(struct cli *c, const struct load_tidy *t)
{
	size_t n = t->n_zips + t->n_others;

	report_textf(c->r, "\n");
	if (!t->nowhere && !err_is_set(&t->failed) && !load_tidy_unknown(t))
		report_styledf(c->r, STYLE_STRONG,
			       "go mod tidy after it: go.mod +%zu -%zu, go.sum +%zu -%zu\n",
			       t->added[0], t->removed[0], t->added[1], t->removed[1]);
	else
		report_styledf(c->r, STYLE_ATTENTION, "go mod tidy after it: %s\n",
			       t->nowhere	      ? "there is no go.mod here"
			       : load_tidy_unknown(t) ? "not known"
						      : "an error");
	report_textf(c->r, "%s", t->patch);
	if (n)
		report_notef(c->r, "modscope: tidy would have to fetch at least %zu file%s first",
			     n, n == 1 ? "" : "s");
	if (err_is_set(&t->failed))
		report_notef(c->r, "modscope: tidy would fail: %s", t->failed.text);
}

static int answer(struct cli *c, const struct snapshot *s, const struct whatif *w)
{
	const struct load_tidy *t = tidy_of(s, w);
	struct buf words = BUF_INIT;

	add_words(s, w, &words);
	if (c->r->json) {
		print_json(c, w, words.data, t ? t->patch : NULL);
	} else {
		report_textf(c->r, words.len ? "%s\n\n" : "%s", words.data);
		print_text(c, w);
		if (t)
			print_tidy(c, t);
	}
	buf_release(&words);
	if (!err_is_set(&w->broken))
		return STATUS_FINE;
	report_notef(c->r, "modscope: the new graph is incomplete: %s", w->broken.text);
	return STATUS_UNKNOWN;
}

static bool are_there(const struct load_graph *g, const struct whatif_steps *steps, struct err *e)
{
	for (size_t i = 0; i < steps->n; i++)
		if (!whatif_words_check(g, &steps->items[i], e))
			return false;
	return true;
}

/* A path alone, without --get: the view asks what to do with it. */
static bool place(const struct cli *c, const char **view, struct buf *target)
{
	(void)view;
	if (c->n_args != 1 || strchr(c->args[0], '@') || cli_has(c, "get"))
		return false;
	buf_addstr(target, c->args[0]);
	return true;
}

/* What the view takes is checked before it opens. */
static int check(struct cli *c)
{
	struct arena a = ARENA_INIT;
	struct buf target = BUF_INIT;
	struct err e = ERR_INIT;
	struct whatif_steps steps;
	size_t n = c->interactive && !place(c, NULL, &target) ? c->n_args : 0;
	bool ok = whatif_steps_parse(&steps, &a, c->args, n, cli_has(c, "get"), &e);

	buf_release(&target);
	arena_release(&a);
	return ok ? 0 : cli_fail(c, &e);
}

static int run(struct cli *c)
{
	struct err e = ERR_INIT;
	struct loaded x = loaded_open(c, NULL);
	const struct load_graph *g = NULL;
	const struct whatif *w = NULL;
	struct arena a = ARENA_INIT;
	struct whatif_steps steps;
	bool ok = whatif_steps_parse(&steps, &a, c->args, c->n_args, cli_has(c, "get"), &e);
	const struct request *r = REQUEST(PART_WHATIF, .steps = steps);
	int status;

	ok = ok && (g = loaded_part(&x, REQUEST(PART_GRAPH), &e)) && are_there(g, &r->steps, &e) &&
	     (w = loaded_part(&x, r, &e));
	if (ok && g->messages[0])
		report_go_words(c->r, g->messages);
	if (ok) /* if this fails, the answer only lacks a sentence */
		loaded_part(&x, REQUEST(PART_IMPORTS), NULL);
	if (ok && cli_has(c, "tidy"))
		ok = loaded_part(&x, REQUEST(PART_TIDY, .tidy = { .steps = w->steps }), &e);
	status = ok ? answer(c, x.snapshot, w) : cli_fail(c, &e);
	arena_release(&a);
	loaded_close(&x);
	return status;
}

static const struct cli_flag flags[] = {
	{ "get", NULL,
	  "as go get does: modules that require more than VERSION are downgraded or removed",
	  .in_view = true },
	{ "tidy", NULL, "also the diff that go mod tidy would make after the change" },
	{ NULL, NULL, NULL },
};

const struct cli_command cmd_whatif = {
	.name = "whatif",
	.args = "MODULE@V...",
	.summary = "the build list after a change, as a difference; nothing is written",
	.help = "MODULE@VERSION   go.mod requires this version instead (a query such as latest or v1.2 is resolved)\n"
		"MODULE@upgrade   the newest version\n"
		"MODULE@none      go.mod does not require it\n"
		"MODULE@original  its replace lines do not count\n"
		"Steps are taken one after the other; with --get they are the arguments of one go get, which refuses what contradicts\n"
		"itself. Where others require more than VERSION, the module stays above it, and they are named; with --get they go down\n"
		"as far as go get would take them, and MODULE@none removes the module with all who require it. In a workspace the\n"
		"member in the current directory is changed, at its root each that has the line. go and toolchain are modules too:\n"
		"go@1.25. The last line gives the go commands that do the same. With --get, and for @upgrade, MODULE may be a package,\n"
		"a wildcard such as example.com/... or all, as go get takes them; what the packages import that are got is added.\n"
		"--get takes what go get takes without a version too: a path, ., ./..., all, tool.\n",
	.complete = "module",
	.flags = flags,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.view_arg = "step",
	.place = place,
	.check = check,
	.run = run,
};
