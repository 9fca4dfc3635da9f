#include <time.h>

#include "commands/loaded.h"
#include "parts/module_json.h"
#include "texts/outdated_text.h"

#define KEPT_FOR (60 * 60) /* seconds */

static void set_strings(json_t *row, const char *key, const char *const *list, size_t n)
{
	json_t *a = n ? report_set_rows(row, key) : NULL;

	for (size_t i = 0; i < n; i++)
		report_add_str(a, list[i]);
}

static void set_row(json_t *o, const struct outdated_row *row, const struct load_imports *imports)
{
	json_t *majors;

	module_json_set(o, row->info);
	report_set_str(o, "Kind", outdated_text_kind(row, imports));
	report_set_str(o, "State", outdated_text_state_name(outdated_text_state(row)));
	report_set_text(o, "Unknown", row->unknown);
	report_set_text(o, "Patch", row->patch);
	report_set_text(o, "Minor", row->minor);
	report_set_text(o, "KeepsGo", row->keeps_go);
	report_set_text(o, "UnreadGo", row->unread_go);
	report_set_text(o, "NewestGoVersion", row->update_go);
	report_set_text(o, "Held", row->held);
	report_set_time(o, "HeldUntil", row->held_until);
	set_strings(o, "Excluded", row->excluded, row->n_excluded);
	report_set_time(o, "AsOf", row->as_of);
	majors = row->n_majors ? report_set_rows(o, "majors") : NULL;
	for (size_t i = 0; i < row->n_majors; i++) {
		json_t *m = report_add_row(majors);

		report_set_str(m, "Path", row->majors[i].path);
		report_set_text(m, "Version", row->majors[i].version);
		report_set_text(m, "Time", row->majors[i].time);
		report_set_time(m, "HeldUntil", row->majors[i].held_until);
	}
}

static void print_json(struct cli *c, const struct load_outdated *lo,
		       const struct load_imports *imports)
{
	json_t *doc = report_doc("outdated"), *rows;

	report_set_text(doc, "GoVersion", lo->go_version);
	report_set_int(doc, "Behind", (long long)outdated_text_behind(lo));
	report_set_int(doc, "UnknownRows", (long long)outdated_text_unknown(lo));
	if (lo->cooldown) {
		report_set_int(doc, "CooldownDays", lo->cooldown);
		report_set_int(doc, "HeldRows", (long long)outdated_text_held(lo));
	}
	report_set_time(doc, "AsOf", lo->as_of);
	report_set_text(doc, "Unknown", lo->incomplete);
	rows = report_set_rows(doc, "modules");
	for (size_t i = 0; i < lo->n; i++)
		set_row(report_add_row(rows), lo->rows[i], imports);
	report_json(c->r, doc);
}

static void version_cell(struct report_table *t, const char *v, enum style_id s)
{
	report_cell(t, *v ? s : STYLE_QUIET, "%s", *v ? v : "-");
}

static void print_row(struct cli *c, struct report_table *t, const struct outdated_row *row,
		      const struct load_outdated *lo, const struct load_imports *imports)
{
	enum outdated_text_state s = outdated_text_state(row);
	struct buf b = BUF_INIT;

	report_cell(t, outdated_text_style(s), "%s", report_glyph(c->r, outdated_text_glyph(s)));
	report_cell(t, STYLE_NORMAL, "%s", row->info->path);
	report_cell(t, STYLE_NORMAL, "%s", row->info->version);
	version_cell(t, row->patch, STYLE_NORMAL);
	version_cell(t, row->minor, STYLE_NORMAL);
	version_cell(t, row->keeps_go, STYLE_NORMAL);
	outdated_text_newest(&b, row, lo->go_version);
	if (s == OUTDATED_TEXT_HELD)
		report_cell(t, outdated_text_style(s), "%s", outdated_text_state_name(s));
	else
		version_cell(t, b.len ? b.data : "", STYLE_STRONG);
	buf_clear(&b);
	outdated_text_age(&b, row, (int64_t)time(NULL), c->r->ascii ? " -> " : " → ");
	version_cell(t, b.len ? b.data : "", STYLE_QUIET);
	report_cell(t, STYLE_QUIET, "%s", outdated_text_kind(row, imports));
	buf_clear(&b);
	outdated_text_notes(&b, row);
	report_cell(t, outdated_text_style(s), "%s", b.len ? b.data : "");
	buf_release(&b);
}

static void print_summary(struct cli *c, const struct load_outdated *lo)
{
	size_t unknown = outdated_text_unknown(lo), n = 0;
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < lo->n; i++)
		n += !lo->rows[i]->info->main;
	outdated_text_add_behind(&b, lo);
	report_styledf(c->r, STYLE_QUIET, "%zu module%s, %s", n, n == 1 ? "" : "s", b.data);
	if (lo->cooldown)
		report_styledf(c->r, STYLE_QUIET, ", %zu held back by the cooldown of %d day%s",
			       outdated_text_held(lo), lo->cooldown, lo->cooldown == 1 ? "" : "s");
	buf_clear(&b);
	outdated_text_as_of(&b, lo->as_of, (int64_t)time(NULL));
	if (unknown)
		report_styledf(c->r, STYLE_ATTENTION, ", %zu unknown", unknown);
	if (n && (lo->as_of || unknown < n))
		report_styledf(c->r, STYLE_QUIET, "; as of %s", b.data);
	report_raw(c->r, "\n", 1);
	buf_release(&b);
}

static void print_text(struct cli *c, const struct load_outdated *lo,
		       const struct load_imports *imports)
{
	static const struct report_column columns[] = {
		{ "" },		{ "MODULE" }, { "CURRENT" }, { "PATCH" }, { "MINOR" },
		{ "KEEPS GO" }, { "NEWEST" }, { "AGE" },     { "KIND" },  { "" },
	};
	struct report_table t;

	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < lo->n; i++)
		if (!lo->rows[i]->info->main)
			print_row(c, &t, lo->rows[i], lo, imports);
	report_table_end(&t);
	print_summary(c, lo);
}

static const char *const orders[] = {
	[OUTDATED_TEXT_BY_NAME] = "name",
	[OUTDATED_TEXT_BY_STATE] = "worst",
	[OUTDATED_TEXT_BY_AGE] = "age",
	[OUTDATED_TEXT_BY_KIND] = "kind",
};

static bool find_order(const char *name, enum outdated_text_order *o)
{
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		*o = (enum outdated_text_order)i;
		if (str_eq(orders[i], name))
			return true;
	}
	return false;
}

static enum outdated_text_order order_now;

static int compare(const void *a, const void *b)
{
	return outdated_text_compare(*(const struct outdated_row *const *)a,
				     *(const struct outdated_row *const *)b, order_now);
}

/* --exit-code is about direct modules only. */
static int status_of(struct cli *c, const struct load_outdated *lo)
{
	bool asks = cli_has(c, "exit-code");

	if (asks && outdated_text_behind(lo))
		return STATUS_NO;
	if (lo->incomplete[0])
		return STATUS_UNKNOWN;
	for (size_t i = 0; i < lo->n; i++)
		if (*lo->rows[i]->unknown && !(asks && lo->rows[i]->info->indirect))
			return STATUS_UNKNOWN;
	return STATUS_FINE;
}

static int answer(struct cli *c, struct load_outdated *lo, const struct load_imports *imports,
		  enum outdated_text_order order)
{
	if (*lo->messages)
		report_go_words(c->r, lo->messages);
	if (cli_flag(c, "sort")) {
		order_now = order;
		qsort(lo->rows, lo->n, sizeof(*lo->rows), compare);
	}
	if (c->r->json)
		print_json(c, lo, imports);
	else
		print_text(c, lo, imports);
	if (lo->incomplete[0])
		report_notef(c->r, "modscope: the graph is incomplete: %s", lo->incomplete);
	return status_of(c, lo);
}

static bool read_days(struct cli *c, int *days)
{
	const char *text = cli_flag(c, "cooldown");
	char *end = NULL;
	long n = text ? strtol(text, &end, 10) : 0;

	*days = (int)n;
	return !text || (*text && !*end && n >= 0 && n <= OUTDATED_TEXT_MAX_COOLDOWN);
}

static int check(struct cli *c)
{
	enum outdated_text_order order;
	int days;

	if (cli_flag(c, "sort") && !find_order(cli_flag(c, "sort"), &order))
		return cli_usage(c, "--sort takes name, worst, age or kind");
	return read_days(c, &days) ? 0 : cli_usage(c, "--cooldown takes a number of days");
}

static int run(struct cli *c)
{
	struct request_outdated o = { .direct = cli_has(c, "direct"),
				      .majors = cli_has(c, "majors"),
				      .kept_for = cli_has(c, "refresh") ? 1 : KEPT_FOR };
	enum outdated_text_order order = OUTDATED_TEXT_BY_NAME;
	struct err e = ERR_INIT;
	struct loaded x;
	struct load_outdated *outdated = NULL;
	int status;

	if (cli_flag(c, "sort"))
		find_order(cli_flag(c, "sort"), &order);
	read_days(c, &o.cooldown);
	x = loaded_open_progress(c, NULL);
	outdated = loaded_part(&x, REQUEST(PART_OUTDATED, .outdated = o), &e);
	status = outdated ? answer(c, outdated, loaded_part(&x, REQUEST(PART_IMPORTS), NULL), order)
			  : cli_fail(c, &e);
	loaded_close(&x);
	return status;
}

static const struct cli_flag flags[] = {
	{ "direct", NULL, "only modules that go.mod requires directly", .in_view = true },
	{ "majors", NULL, "look for later major versions too: /v2, /v3, gopkg.in's .v3",
	  .in_view = true },
	{ "cooldown", "DAYS", "do not propose versions that are younger; say until when",
	  .in_view = true },
	{ "sort", "KEY", "name, worst, age or kind", .in_view = true },
	{ "exit-code", NULL,
	  "status 1 if a direct module is outdated, retracted or deprecated, 3 if one is unknown" },
	{ "refresh", NULL, "ignore the answers kept from the last hour", .in_view = true },
	{ NULL },
};

const struct cli_command cmd_outdated = {
	.name = "outdated",
	.summary = "what is newer than the build list, retracted or deprecated",
	.help = "One row per module: the newest version with the same minor version, with the same major version, the newest whose go line is\n"
		"not above this project's, and the newest that `go get MODULE@upgrade` would choose, with the go line that it brings;\n"
		"the age of the current version and of that one. All modules are asked about at once. Lists of versions are\n"
		"kept for an hour; the last line gives the time of the oldest. A module whose proxy fails is shown as unknown with\n"
		"the reason; with any of them, and where the graph is incomplete, the status is 3. With --offline only kept answers\n"
		"are used; anything else is unknown.\n",
	.complete = "none",
	.view = "versions",
	.flags = flags,
	.check = check,
	.run = run,
};
