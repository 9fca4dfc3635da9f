#include "commands/cache_own.h"

#include "cache/owncache.h"
#include "commands/cache_report.h"
#include "gofiles/goenv.h"

static void print_text(struct cli *c, const struct owncache *o, bool cleared, struct arena *a)
{
	static const struct report_column columns[] = {
		{ "NAME" }, { "BYTES", .right = true }, { "FILES", .right = true }, { "" }
	};
	struct report_table t;

	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < o->n; i++) {
		report_cell(&t, STYLE_NORMAL, "%s", o->rows[i].name);
		report_cell(&t, STYLE_NORMAL, "%s", cache_report_size_text(a, o->rows[i].bytes));
		report_cell(&t, STYLE_QUIET, "%llu", (unsigned long long)o->rows[i].n_files);
		report_cell(&t, STYLE_QUIET, "%s%s", o->rows[i].about,
			    o->rows[i].unread ? "; not all of it can be read" : "");
	}
	report_table_end(&t);
	report_textf(c->r, "%s: %s in %llu files%s\n", o->dir ? o->dir : "no place for it",
		     cache_report_size_text(a, o->bytes), (unsigned long long)o->n_files,
		     cleared ? ", removed" : "");
}

static void print_json(struct cli *c, const struct owncache *o, bool cleared)
{
	json_t *doc = report_doc("cache"), *rows;

	report_set_str(doc, "Directory", o->dir ? o->dir : "");
	report_set_int(doc, "Bytes", (long long)o->bytes);
	report_set_int(doc, "Files", (long long)o->n_files);
	report_set_bool(doc, "Cleared", cleared);
	rows = report_set_rows(doc, "own");
	for (size_t i = 0; i < o->n; i++) {
		json_t *row = report_add_row(rows);

		report_set_str(row, "Name", o->rows[i].name);
		report_set_str(row, "About", o->rows[i].about);
		report_set_int(row, "Bytes", (long long)o->rows[i].bytes);
		report_set_int(row, "Files", (long long)o->rows[i].n_files);
		report_set_bool(row, "Clears", o->rows[i].clears);
		if (o->rows[i].unread)
			report_set_str(row, "Unread", err_errno_text(o->rows[i].unread));
	}
	report_json(c->r, doc);
}

int cache_own(struct cli *c)
{
	struct err e = ERR_INIT;
	struct goenv *env = goenv_new(&(struct goenv_options){ 0 }, &e);
	bool clear = cli_has(c, "clear");
	struct arena a = ARENA_INIT;
	struct owncache o;
	bool ok = env && owncache_read(&o, &a, goenv_own_cache(env), NULL, &e) &&
		  (!clear || owncache_clear(&o, &e));

	if (ok && c->r->json)
		print_json(c, &o, clear);
	else if (ok)
		print_text(c, &o, clear, &a);
	arena_release(&a);
	goenv_free(env);
	return ok ? STATUS_FINE : cli_fail(c, &e);
}
