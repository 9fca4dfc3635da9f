#include "cli.h"
#include "describe.h"
#include "modtab.h"

/* MODULE@VERSION pins, MODULE@none drops, MODULE@upgrade and MODULE@latest upgrade, MODULE@original takes a replacement away. */
static bool add_step(struct buf *key, const char *arg, struct err *e)
{
	const char *at = strchr(arg, '@');
	int n = at ? (int)(at - arg) : 0;

	if (!at || !n || !at[1] || strpbrk(arg, " \n"))
		return err_set(e, ERR_USAGE,
			       "%s: not of the form MODULE@VERSION, MODULE@none or MODULE@original",
			       arg);
	if (key->len)
		buf_addch(key, '\n');
	if (str_eq(at + 1, "none"))
		buf_addf(key, "drop %.*s", n, arg);
	else if (str_eq(at + 1, "original"))
		buf_addf(key, "unreplace %.*s", n, arg);
	else if (str_eq(at + 1, "upgrade"))
		buf_addf(key, "upgrade %.*s", n, arg);
	else
		buf_addf(key, "pin %.*s %s", n, arg, at + 1);
	return true;
}

static const char *change_word(const struct load_delta *d)
{
	if (!d->before[0])
		return "added";
	if (!d->after[0])
		return "removed";
	if (str_eq(d->before, d->after))
		return "same";
	return modtab_compare_versions(d->path, d->after, d->before) < 0 ? "down" : "up";
}

static enum glyph change_glyph(const struct load_delta *d)
{
	if (!d->before[0])
		return GLYPH_PLUS;
	if (!d->after[0])
		return GLYPH_MINUS;
	if (str_eq(d->before, d->after))
		return GLYPH_LEAF;
	return modtab_compare_versions(d->path, d->after, d->before) < 0 ? GLYPH_DOWN : GLYPH_UP;
}

static void print_text(struct cli *c, const struct load_whatif *w)
{
	static const struct report_column columns[] = {
		{ NULL }, { NULL }, { NULL }, { NULL }, { NULL }
	};
	struct report_table t;
	struct buf b = BUF_INIT;

	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < w->n_deltas; i++) {
		const struct load_delta *d = &w->deltas[i];

		report_cell(&t, STYLE_CHANGED, "%s", report_glyph(c->r, change_glyph(d)));
		report_cell(&t, STYLE_NORMAL, "%s", d->path);
		report_cell(&t, STYLE_QUIET, "%s", d->before[0] ? d->before : "-");
		report_cell(&t, STYLE_STRONG, "%s %s", report_glyph(c->r, GLYPH_ARROW),
			    d->after[0] ? d->after : "-");
		buf_clear(&b);
		if (d->by.path[0]) {
			buf_addstr(&b, "asked by ");
			modver_text(&b, d->by);
		}
		if (d->above_pin)
			buf_addstr(&b, "  ! above the pin");
		report_cell(&t, d->above_pin ? STYLE_ATTENTION : STYLE_QUIET, "%s", b.data);
	}
	report_table_end(&t);
	report_styledf(c->r, STYLE_QUIET, "= %zu modules unchanged\n", w->n_unchanged);
	buf_release(&b);
}

static void print_json(struct cli *c, const struct load_whatif *w)
{
	json_t *doc = report_doc("whatif"), *rows = report_set_rows(doc, "modules");

	for (size_t i = 0; i < w->n_deltas; i++) {
		const struct load_delta *d = &w->deltas[i];
		json_t *row = report_add_row(rows), *by;

		report_set_str(row, "Path", d->path);
		report_set_text(row, "Before", d->before);
		report_set_text(row, "Version", d->after);
		report_set_str(row, "Change", change_word(d));
		report_set_bool(row, "AbovePin", d->above_pin);
		if (!d->by.path[0])
			continue;
		by = json_object();
		report_set_str(by, "Path", d->by.path);
		report_set_text(by, "Version", d->by.version);
		json_object_set_new(row, "AskedBy", by);
	}
	report_set_int(doc, "Unchanged", (long long)w->n_unchanged);
	report_json(c->r, doc);
}

static int run(struct cli *c)
{
	struct err e = ERR_INIT;
	struct load *l = load_new(&(struct load_options){ .offline = c->offline }, &e);
	struct snapshot *s = snapshot_new();
	struct buf key = BUF_INIT;
	bool ok = true;
	int status = STATUS_FINE;

	for (size_t i = 0; i < c->n_args && ok; i++)
		ok = add_step(&key, c->args[i], &e);
	ok = ok && load_now(l, &s, PART_WHATIF, key.data, &e);
	if (ok) {
		const struct load_whatif *w = snapshot_part(s, PART_WHATIF, key.data)->data;

		if (c->r->json)
			print_json(c, w);
		else
			print_text(c, w);
		if (err_is_set(&w->broken)) {
			report_notef(c->r, "modscope: the new graph is not whole: %s",
				     w->broken.text);
			status = STATUS_UNKNOWN;
		}
	} else {
		status = cli_fail(c, &e);
	}
	buf_release(&key);
	snapshot_unref(s);
	load_free(l);
	return status;
}

const struct command cmd_whatif = {
	.name = "whatif",
	.args = "MODULE@V...",
	.summary = "the build list after a change, as a difference; nothing is touched",
	.help = "MODULE@VERSION   go.mod requires this version instead (a query such as latest or v1.2 is resolved)\n"
		"MODULE@upgrade   the newest version\n"
		"MODULE@none      go.mod does not require it\n"
		"MODULE@original  its replace lines do not count\n",
	.complete = "module",
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = run,
};
