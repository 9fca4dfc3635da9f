#include "commands/loaded.h"
#include "texts/offline_text.h"

static void add_missing(json_t *rows, const struct levels_missing *x)
{
	json_t *o = report_add_row(rows);

	report_set_str(o, "Path", x->mod.path);
	report_set_text(o, "Version", x->mod.version);
	report_set_str(o, "File", x->file);
	report_set_text(o, "NeededBy", x->needed_by);
	if (x->bytes >= 0)
		report_set_int(o, "Bytes", x->bytes);
	report_set_bool(o, "Unread", x->unread);
}

static void add_level(json_t *rows, const struct levels_row *row)
{
	json_t *o = report_add_row(rows), *list;

	report_set_str(o, "Level", levels_name(row->level));
	report_set_str(o, "Command", levels_command(row->level));
	report_set_text(o, "Platform", row->platform);
	json_object_set_new(o, "Ready", json_boolean(row->ready));
	report_set_text(o, "GoSays", row->go_says);
	report_set_bool(o, "Unsure", row->unsure);
	report_set_text(o, "Error", row->failed);
	list = report_set_rows(o, "missing");
	for (size_t i = 0; i < row->n_missing; i++)
		add_missing(list, &row->missing[i]);
}

static void print_json(struct cli *c, const struct levels *l)
{
	json_t *doc = report_doc("offline"), *rows = report_set_rows(doc, "levels");

	for (size_t i = 0; i < l->n; i++)
		add_level(rows, &l->rows[i]);
	report_json(c->r, doc);
}

static void level_row(struct cli *c, struct report_table *t, const struct levels_row *row)
{
	struct buf b = BUF_INIT;

	report_cell(t, row->ready ? STYLE_GOOD : STYLE_BAD, "%s",
		    report_glyph(c->r, row->ready ? GLYPH_GOOD : GLYPH_BAD));
	report_cell(t, STYLE_NORMAL, "%s%s%s", levels_name(row->level), *row->platform ? " " : "",
		    row->platform);
	report_cell(t, STYLE_QUIET, "%s", levels_command(row->level));
	report_cell(t, row->ready ? STYLE_GOOD : STYLE_BAD, "%s", row->ready ? "yes" : "no");
	offline_text_missing(&b, row);
	report_cell(t, STYLE_NORMAL, "%s", b.data);
	buf_release(&b);
}

/* Version queries: @v/list and @latest. */
static bool is_list(const struct levels_missing *x)
{
	return !*x->mod.version;
}

static size_t count_lists(const struct levels_row *row)
{
	size_t n = 0;

	for (size_t i = 0; i < row->n_missing; i++)
		n += is_list(&row->missing[i]);
	return n;
}

static void print_lists(struct cli *c, const struct levels_row *row)
{
	size_t n = count_lists(row);

	if (!n)
		return;
	if (row->level == LEVELS_QUERIES) /* one cause: not listed one by one */
		report_textf(c->r,
			     "  %zu list%s of versions (cache/download/MODULE/@v/list): one for "
			     "each module of the build list, for M@latest and the like\n",
			     n, n == 1 ? "" : "s");
	report_styledf(c->r, STYLE_QUIET, "%s",
		       "  remedy: a GOPROXY that answers, or the tree that modscope mirror "
		       "writes; go never reads lists of versions from GOMODCACHE\n");
}

static void missing_rows(struct cli *c, const struct levels_row *row)
{
	static const struct report_column columns[] = { { "  MISSING" },
							{ "BYTES", true },
							{ "" } };
	bool queries = row->level == LEVELS_QUERIES;
	struct report_table t;

	if (row->n_missing == (queries ? count_lists(row) : 0))
		return;
	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < row->n_missing; i++) {
		const struct levels_missing *x = &row->missing[i];

		if (queries && is_list(x))
			continue;
		report_cell(&t, STYLE_NORMAL, "  %s", x->file);
		if (x->bytes >= 0)
			report_cell(&t, STYLE_NORMAL, "%lld", (long long)x->bytes);
		else
			report_cell(&t, STYLE_QUIET, "-");
		report_cell(&t, STYLE_QUIET, "%s%s",
			    is_list(x) ? "go has to find a version of it" : x->needed_by,
			    x->unread ? " (unread: what it leads to is not known)" : "");
	}
	report_table_end(&t);
}

static void print_says(struct cli *c, const char *go_says)
{
	struct buf b = BUF_INIT;

	offline_text_says(&b, go_says, "  ");
	report_textf(c->r, " with GOPROXY=off says\n  %s\n", b.data ? b.data : "");
	buf_release(&b);
}

/* What go says of the project it says of every command: long words stand there once. */
static void print_words(struct cli *c, const struct levels *l, size_t i)
{
	const struct levels_row *row = &l->rows[i];
	size_t same = 0;

	while (same < i && !str_eq(row->go_says, l->rows[same].go_says))
		same++;
	if (same < i && strchr(row->go_says, '\n'))
		report_textf(c->r, " with GOPROXY=off says the same as %s%s%s\n",
			     levels_command(l->rows[same].level),
			     *l->rows[same].platform ? " for " : "", l->rows[same].platform);
	else
		print_says(c, row->go_says);
}

static void print_text(struct cli *c, const struct levels *l)
{
	static const struct report_column columns[] = {
		{ "" }, { "LEVEL" }, { "COMMAND" }, { "READY" }, { "" }
	};
	struct report_table t;

	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < l->n; i++)
		level_row(c, &t, &l->rows[i]);
	report_table_end(&t);
	for (size_t i = 0; i < l->n; i++) {
		const struct levels_row *row = &l->rows[i];

		if (row->ready)
			continue;
		report_styledf(c->r, STYLE_STRONG, "\n%s%s%s", levels_command(row->level),
			       *row->platform ? " for " : "", row->platform);
		print_words(c, l, i);
		if (*row->failed && !row->refused && !str_eq(row->failed, row->go_says))
			report_textf(c->r, "  %s: %s\n",
				     c->offline ? "as far as known" : "with the network",
				     row->failed);
		missing_rows(c, row);
		print_lists(c, row);
	}
}

static int answer(struct cli *c, const struct levels *l)
{
	size_t ready = 0, failed = 0;

	if (c->r->json)
		print_json(c, l);
	else
		print_text(c, l);
	for (size_t i = 0; i < l->n; i++) {
		ready += l->rows[i].ready;
		failed += *l->rows[i].failed || l->rows[i].level == LEVELS_QUERIES;
	}
	/* an error even with the network is not about the cache */
	return ready == l->n ? STATUS_FINE : failed == l->n ? STATUS_UNKNOWN : STATUS_NO;
}

static bool take_levels(struct cli *c, unsigned *levels)
{
	const char *names[LEVELS_COUNT];

	for (size_t i = 0; i < LEVELS_COUNT; i++)
		names[i] = levels_name((enum levels_level)i);
	for (size_t i = 0; i < c->n_args; i++) {
		size_t k = 0;

		while (k < LEVELS_COUNT && !str_eq(names[k], c->args[i]))
			k++;
		if (k == LEVELS_COUNT)
			return false;
		*levels |= 1u << k;
	}
	return true;
}

static int check(struct cli *c)
{
	unsigned levels = 0;

	return take_levels(c, &levels)
		       ? 0
		       : cli_usage(c,
				   "the levels are build, test, list, tidy, why, vendor, queries");
}

static int run(struct cli *c)
{
	struct request_offline q = { .platforms = cli_flag(c, "platform") };
	const struct request *r;
	struct loaded x;
	const struct load_offline *lo;
	struct err e = ERR_INIT;
	int status;

	take_levels(c, &q.levels);
	r = REQUEST(PART_OFFLINE, .offline = q);
	x = loaded_open_progress(c, NULL);
	lo = loaded_part(&x, r, &e);
	status = lo ? answer(c, lo->levels) : cli_fail(c, &e);
	loaded_close(&x);
	return status;
}

static const struct cli_flag flags[] = {
	{ "platform", "LIST", "build and test for these: linux/amd64,windows/arm64",
	  .in_view = true },
	{ NULL },
};

const struct cli_command cmd_offline = {
	.name = "offline",
	.args = "[LEVEL...]",
	.summary = "which go commands work with GOPROXY=off, and what is missing",
	.help = "The levels are build, test, list, tidy, why, vendor and queries (versions, M@latest). For each that does not work: what go says,\n"
		"and the exact files that GOMODCACHE lacks, with who needs them and how large they are. What a missing file leads to\n"
		"is found by fetching it into modscope's own cache; with --offline that is not done, and what is not known says so. With\n"
		"these files in GOMODCACHE the command works. Lists of versions are never read from GOMODCACHE.\n"
		"The exit status is 1 if a level does not work.\n",
	.complete = "none",
	.flags = flags,
	.max_args = SIZE_MAX,
	.view_arg = "level",
	.check = check,
	.run = run,
};
