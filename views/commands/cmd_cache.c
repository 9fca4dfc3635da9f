#include "commands/cache_own.h"
#include "commands/cache_report.h"

static bool is_damaged(const struct cache_entry *entry)
{
	return entry->state >= CACHE_ORPHAN;
}

static uint64_t entry_bytes(const struct cache_entry *entry)
{
	return entry->download_bytes + entry->tree_bytes;
}

static int by_size(const void *va, const void *vb)
{
	const struct cache_entry *const *a = va, *const *b = vb;
	uint64_t x = entry_bytes(*a), y = entry_bytes(*b);

	return x != y ? (x > y ? -1 : 1) : (*a > *b) - (*a < *b);
}

static int by_state(const void *va, const void *vb)
{
	const struct cache_entry *const *a = va, *const *b = vb;

	return (*a)->state != (*b)->state ? ((*a)->state > (*b)->state ? -1 : 1)
					  : (*a > *b) - (*a < *b);
}

/* The rows to show, in order; free(3). */
static const struct cache_entry **pick(struct cli *c, const struct cache_report *r, size_t *n)
{
	const struct cache_entry **rows = xcalloc(r->n + 1, sizeof(*rows));
	const char *sort = cli_flag(c, "sort");

	*n = 0;
	for (size_t i = 0; i < r->n; i++) {
		const struct cache_entry *entry = &r->entries[i];

		if ((cli_has(c, "damaged") && !is_damaged(entry)) ||
		    (cli_has(c, "unused") && entry->used))
			continue;
		rows[(*n)++] = entry;
	}
	if (*n && sort && !str_eq(sort, "name"))
		qsort(rows, *n, sizeof(*rows), str_eq(sort, "size") ? by_size : by_state);
	return rows;
}

static void print_table(struct cli *c, const struct cache_report *r,
			const struct cache_entry *const *rows, size_t n)
{
	static const struct report_column columns[] = { { "STATE" },
							{ "MODULE" },
							{ "VERSION" },
							{ "DOWNLOAD", .right = true },
							{ "TREE", .right = true },
							{ "FILES", .right = true },
							{ "" } };
	struct report_table t;

	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < n; i++) {
		const struct cache_entry *entry = rows[i];

		report_cell(&t, cache_report_style(entry->state), "%s",
			    cache_state_name(entry->state));
		report_cell(&t, STYLE_NORMAL, "%s", entry->mod.path);
		report_cell(&t, STYLE_NORMAL, "%s", entry->mod.version);
		report_cell(&t, STYLE_NORMAL, "%s",
			    cache_report_size_text(&t.arena, entry->download_bytes));
		report_cell(&t, STYLE_NORMAL, "%s",
			    entry->tree_bytes ? cache_report_size_text(&t.arena, entry->tree_bytes)
					      : "-");
		report_cell(&t, STYLE_QUIET, "%llu", (unsigned long long)entry->tree_files);
		report_cell(&t, STYLE_QUIET, "%s", !r->whole || entry->used ? "" : "unused here");
	}
	report_table_end(&t);
}

static size_t print_damages(struct cli *c, const struct cache_report *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += cache_report_print_problems(c, r->entries[i].problems,
						 r->entries[i].n_problems,
						 r->entries[i].state == CACHE_PARTIAL
							 ? FINDING_INFO
							 : FINDING_WARNING);
	for (size_t i = 0; i < r->n_others; i++)
		n += cache_report_print_problems(c, r->others[i].problems, r->others[i].n_problems,
						 FINDING_WARNING);
	return n;
}

static bool has_content(const struct cache_entry *entry)
{
	return entry->files[CACHE_ZIP].mode || entry->files[CACHE_TREE].mode;
}

/* No hash covers an .info: what has nothing else cannot be verified. */
static void print_unverified(struct cli *c, const struct cache_report *r)
{
	size_t unhashed = 0, unvouched = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct cache_entry *entry = &r->entries[i];

		if (entry->state != CACHE_UNVERIFIED)
			continue;
		if (!entry->hashed && has_content(entry))
			unhashed++;
		else if (entry->files[CACHE_MOD].mode || has_content(entry))
			unvouched++;
	}
	if (unhashed)
		report_styledf(c->r, STYLE_QUIET, "%zu not verified: --verify hashes them\n",
			       unhashed);
	if (unvouched && cli_has(c, "full"))
		report_styledf(c->r, STYLE_QUIET,
			       "%zu that neither go.sum nor the checksum database vouches for\n",
			       unvouched);
	else if (unvouched)
		report_styledf(c->r, STYLE_QUIET,
			       "%zu without a line in go.sum: --full asks the checksum database\n",
			       unvouched);
}

static void print_totals(struct cli *c, const struct cache_report *r)
{
	struct arena a = ARENA_INIT;
	const char *sep = "";

	report_textf(c->r, "%zu %s, %s in %llu file%s%s", r->n, r->n == 1 ? "entry" : "entries",
		     cache_report_size_text(&a, r->bytes), (unsigned long long)r->n_files,
		     r->n_files == 1 ? "" : "s", r->n ? ":" : "");
	for (unsigned i = 0; i < CACHE_STATES; i++) {
		if (!r->states[i])
			continue;
		report_textf(c->r, "%s %zu %s", sep, r->states[i],
			     cache_state_name((enum cache_state)i));
		sep = ",";
	}
	report_textf(c->r, "\n");
	print_unverified(c, r);
	if (r->n_writable)
		report_styledf(c->r, STYLE_QUIET, "note: %s; go does not notice\n",
			       cache_writable_note(r, &a));
	arena_release(&a);
}

static size_t count_damages(const struct cache_report *r)
{
	struct arena a = ARENA_INIT;
	struct findings fs = { .arena = &a };
	size_t n = 0;

	cache_findings(r, &fs);
	for (size_t i = 0; i < fs.n; i++)
		n += fs.items[i].severity >= FINDING_WARNING;
	findings_release(&fs);
	arena_release(&a);
	return n;
}

static int print(struct cli *c, const struct cache_report *r)
{
	size_t n, damages = count_damages(r);
	const struct cache_entry **rows = pick(c, r, &n);
	json_t *doc, *list;

	if (c->r->json) {
		doc = report_doc("cache");
		report_set_int(doc, "Bytes", (long long)r->bytes);
		report_set_int(doc, "Files", (long long)r->n_files);
		report_set_int(doc, "Writable", (long long)r->n_writable);
		list = report_set_rows(doc, "entries");
		for (size_t i = 0; i < n; i++)
			cache_report_json_entry(list, rows[i]);
		cache_report_json_others(doc, r);
		report_json(c->r, doc);
	} else {
		print_table(c, r, rows, n);
		print_damages(c, r);
		print_totals(c, r);
	}
	free(rows);
	return damages ? STATUS_NO : STATUS_FINE;
}

static enum cachescan_depth depth(const struct cli *c)
{
	if (cli_has(c, "full"))
		return CACHESCAN_FULL;
	/* unhashed entries cannot answer "which are broken?" */
	if (cli_has(c, "verify") || (cli_has(c, "damaged") && !cli_has(c, "quick")))
		return CACHESCAN_VERIFY;
	return CACHESCAN_LOOK;
}

static int check(struct cli *c)
{
	const char *sort = cli_flag(c, "sort");

	if (sort && !str_eq(sort, "name") && !str_eq(sort, "size") && !str_eq(sort, "state"))
		return cli_usage(c, "-sort takes name, size or state");
	if (cli_has(c, "clear") && !cli_has(c, "own"))
		return cli_usage(c, "-clear is for -own: `go clean -modcache` empties GOMODCACHE");
	return 0;
}

/* The whole cache is shown even outside a project; what is used is then unknown. So this is not PART_CACHE, which needs a
 * graph; the same function makes the report. */
static int run(struct cli *c)
{
	bool all = cli_has(c, "all"), whole = true, ok;
	struct cachescan_list list = { 0 };
	struct arena kept = ARENA_INIT;
	struct cachejob *j = NULL;
	struct cache_report *r = NULL;
	int status = STATUS_UNKNOWN;
	struct project p;

	if (cli_has(c, "own"))
		return cache_own(c);
	ok = project_open(&p, c, MODPROJECT_VERIFY) &&
	     cache_report_known_list(&p, c, &list, &whole);
	if (!ok && all && p.env) {
		report_notef(c->r, "which entries are used is unknown: %s", p.err.text);
		err_clear(&p.err);
		ok = true;
	}
	ok = ok &&
	     cachejob_new(&j,
			  &(struct cachejob_options){
				  .env = p.env,
				  .sums = p.ml ? modproject_sums(modload_project(p.ml)) : NULL,
				  .offline = c->offline,
				  .ask_database = cli_has(c, "full") },
			  &p.err);
	if (ok && all && p.ml) {
		cachescan_list_keep(&list, &kept, p.ml, c->offline);
		cachescan_list_sort(&list);
	}
	ok = ok && cachescan_report(&r, j, &(struct cachescan){ .whole = all, .depth = depth(c) },
				    &list, &p.err);
	if (ok)
		status = print(c, r);
	if (status == STATUS_FINE && !whole && !all)
		status = STATUS_UNKNOWN;
	cache_free(r);
	cachejob_free(j);
	arena_release(&kept);
	vec_release(&list);
	return ok ? project_close(&p, c, status) : project_fail(&p, c);
}

static const struct cli_flag flags[] = {
	{ "all", NULL, "the whole module cache of this machine, not only what this project uses",
	  .in_view = true },
	{ "damaged", NULL, "only entries with problems; hash what is not yet verified",
	  .in_view = true },
	{ "quick", NULL, "do not hash; what is remembered counts" },
	{ "unused", NULL, "only entries that this project does not use" },
	{ "verify", NULL, "hash zips and trees too", .in_view = true },
	{ "full", NULL, "like --verify, but hash everything again and ask the checksum database",
	  .in_view = true },
	{ "sort", "KEY", "name, size or state", .in_view = true },
	{ "own", NULL,
	  "modscope's own cache instead: what it fetched or remembers outside GOMODCACHE" },
	{ "clear", NULL, "with --own: remove it, except what undo needs" },
	{ NULL },
};

const struct cli_command cmd_cache = {
	.name = "cache",
	.summary = "the state of every cache entry",
	.help = "Each entry is one module version: its files in cache/download and the extracted tree. States are ok,\n"
		"unverified, absent, locked, orphan, partial, mismatch and damaged; problems follow the table, file by\n"
		"file. The exit status is 1 if there are any.\n",
	.complete = "none",
	.flags = flags,
	.check = check,
	.run = run,
};
