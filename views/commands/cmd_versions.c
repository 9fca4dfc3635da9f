#include "commands/loaded.h"
#include "commands/origin_report.h"
#include <time.h>

#include "texts/describe.h"
#include "texts/history_text.h"
#include "texts/origin_text.h"

#define KEPT_FOR (60 * 60) /* seconds */

static void set_requirers(json_t *o, const struct load_history *lh,
			  const struct load_history_row *row)
{
	const struct load_graph *g = lh->graph;
	const struct load_node *node = row->node == UINT32_MAX ? NULL : &g->nodes[row->node];
	json_t *list = node && node->n_requirers ? report_set_rows(o, "requirers") : NULL;

	for (uint32_t i = 0; node && i < node->n_requirers; i++) {
		const struct load_node *by = &g->nodes[g->requirers[node->first + i]];
		json_t *r = report_add_row(list);

		report_set_str(r, "Path", by->path);
		report_set_text(r, "Version", by->version);
	}
}

static void set_cached(json_t *o, const struct load_history_row *row)
{
	json_t *list = row->mod || row->zip || row->dir ? report_set_rows(o, "Cached") : NULL;

	if (row->mod)
		report_add_str(list, "mod");
	if (row->zip)
		report_add_str(list, "zip");
	if (row->dir)
		report_add_str(list, "dir");
}

static void set_row(json_t *o, const struct load_history *lh, size_t i)
{
	const struct history_row *v = &lh->history->rows[i];
	const struct load_history_row *row = &lh->rows[i];

	report_set_str(o, "Version", v->version);
	report_set_text(o, "Time", v->time);
	report_set_text(o, "GoVersion", v->go_version);
	report_set_bool(o, "Selected", row->selected);
	report_set_bool(o, "InGraph", row->node != UINT32_MAX);
	report_set_bool(o, "Listed", v->listed);
	report_set_bool(o, "Prerelease", v->pre);
	report_set_bool(o, "Pseudo", v->pseudo);
	report_set_bool(o, "Retracted", v->retracted);
	report_set_text(o, "Rationale", v->rationale);
	report_set_bool(o, "Excluded", v->excluded);
	report_set_text(o, "Unknown", v->unknown);
	if (v->compared) {
		report_set_int(o, "Added", (long long)v->added);
		report_set_int(o, "Removed", (long long)v->removed);
		report_set_int(o, "Changed", (long long)v->changed);
	}
	if (lh->origins) {
		origin_report(o, &lh->origins[i]);
		origin_report_since(o, &lh->origins[i]);
	}
	set_cached(o, row);
	set_requirers(o, lh, row);
}

static void print_json(struct cli *c, const struct load_history *lh)
{
	const struct history *h = lh->history;
	json_t *doc = report_doc("versions"), *rows;

	report_set_str(doc, "Path", h->path);
	report_set_text(doc, "Proxy", h->proxy);
	report_set_text(doc, "Deprecated", h->deprecated);
	report_set_text(doc, "Unknown", h->unknown);
	report_set_time(doc, "AsOf", h->as_of);
	rows = report_set_rows(doc, "versions");
	for (size_t i = 0; i < h->n; i++)
		set_row(report_add_row(rows), lh, i);
	report_json(c->r, doc);
}

/* The cells of --commits. */
static void print_origin(struct report_table *t, const struct load_history *lh, size_t i)
{
	static void (*const texts[])(struct buf *, const struct modorigin *) = {
		origin_text_branch,
		origin_text_signed,
		origin_text_count,
	};

	if (!lh->origins)
		return;
	report_cell(t, STYLE_QUIET, "%.12s", lh->origins[i].origin.hash);
	for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
		struct buf b = BUF_INIT;

		texts[k](&b, &lh->origins[i]);
		report_cell(t, STYLE_NORMAL, "%s", b.len ? b.data : "?");
		buf_release(&b);
	}
}

/* Why commits are unknown: of the newest version that lacks something. */
static void print_lack(struct cli *c, const struct load_history *lh)
{
	if (*lh->unread)
		report_notef(c->r, "modscope: what GOMODCACHE has is not known: %s", lh->unread);
	if (*lh->not_fetched)
		report_notef(c->r, "modscope: the repository is not fetched: %s", lh->not_fetched);
	for (size_t i = 0; lh->origins && i < lh->history->n; i++) {
		const struct modorigin *o = &lh->origins[i];

		if (o->read && !o->no_commits)
			continue;
		report_notef(c->r, "modscope: %s@%s: %s%s", lh->history->path,
			     lh->history->rows[i].version, o->read ? o->no_commits : o->why,
			     cli_has(c, "fetch") ? "" : "; --fetch fetches the repository");
		return;
	}
}

static void print_text(struct cli *c, const struct load_history *lh)
{
	static const struct report_column columns[] = {
		{ "" }, { "VERSION" }, { "TIME" }, { "AGE", true }, { "GO" }, { "CACHED" }, { "" },
	};
	static const struct report_column with_origin[] = {
		{ "" },	      { "VERSION" },	   { "TIME" },	 { "AGE", true },
		{ "GO" },     { "CACHED" },	   { "COMMIT" }, { "BRANCH" },
		{ "SIGNED" }, { "COMMITS", true }, { "" },
	};
	const struct history *h = lh->history;
	int64_t now = (int64_t)time(NULL);
	struct report_table t;
	struct buf b = BUF_INIT;

	report_table_begin(&t, c->r, lh->origins ? with_origin : columns,
			   lh->origins ? ARRAY_LEN(with_origin) : ARRAY_LEN(columns));
	for (size_t i = 0; i < h->n; i++) {
		const struct history_row *v = &h->rows[i];
		enum style_id s = history_text_style(lh, i);

		report_cell(&t, s, "%s", report_glyph(c->r, history_text_glyph(lh, i)));
		report_cell(&t, lh->rows[i].selected ? STYLE_STRONG : STYLE_NORMAL, "%s",
			    v->version);
		report_cell(&t, STYLE_QUIET, "%.10s", v->time);
		buf_clear(&b);
		history_text_age(&b, v, now);
		report_cell(&t, STYLE_QUIET, "%s", b.len ? b.data : "");
		report_cell(&t, STYLE_NORMAL, "%s", v->go_version);
		buf_clear(&b);
		history_text_cached(&b, &lh->rows[i]);
		report_cell(&t, STYLE_QUIET, "%s", b.len ? b.data : "");
		print_origin(&t, lh, i);
		buf_clear(&b);
		history_text_notes(&b, lh, i);
		report_cell(&t, s, "%s", b.len ? b.data : "");
	}
	report_table_end(&t);
	buf_clear(&b);
	history_text_summary(&b, lh, now);
	report_styledf(c->r, STYLE_QUIET, "%s\n", b.data);
	buf_release(&b);
}

static int answer(struct cli *c, const struct load_history *lh)
{
	if (c->r->json)
		print_json(c, lh);
	else
		print_text(c, lh);
	print_lack(c, lh);
	return *lh->history->unknown ? STATUS_UNKNOWN : STATUS_FINE;
}

static int run(struct cli *c)
{
	struct request_history h = { .module = c->args[0],
				     .compare = cli_has(c, "compare"),
				     .commits = cli_has(c, "commits") || cli_has(c, "fetch"),
				     .fetch = cli_has(c, "fetch"),
				     .kept_for = cli_has(c, "refresh") ? 1 : KEPT_FOR };
	const struct request *r = REQUEST(PART_HISTORY, .history = h);
	struct loaded x = loaded_open(c, NULL);
	struct err e = ERR_INIT;
	const void *history = loaded_part(&x, r, &e);
	int status = history ? answer(c, history) : cli_fail(c, &e);

	loaded_close(&x);
	return status;
}

static const struct cli_flag flags[] = {
	{ "compare", NULL, "mark the versions whose requirements differ from the one before",
	  .in_view = true },
	{ "commits", NULL,
	  "the commit of each, its branch, whether its tag is signed, and the commits since the one before",
	  .in_view = true },
	{ "fetch", NULL, "the same, after fetching the repository into modscope's own cache",
	  .in_view = true },
	{ "refresh", NULL, "ignore a list kept from the last hour", .in_view = true },
	{ NULL },
};

const struct cli_command cmd_versions = {
	.name = "versions",
	.args = "MODULE",
	.summary = "all versions of a module, newest first",
	.help = "Lists the versions that the proxy lists and those in the module graph, including pseudo-versions: the time of each,\n"
		"its go line, whether this project uses it or what requires it, what the module cache has of it, and whether it is\n"
		"retracted or excluded. The list is kept for an hour; the last line names the proxy that it comes from. With --offline\n"
		"only kept answers are used.\n"
		"\n"
		"With --commits, the repository's clone tells more about each version: the clone that go left in the module cache, or\n"
		"modscope's own. The branch is the first that has the commit; a signature is present or not, and is not verified.\n",
	.complete = "module",
	.flags = flags,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
