#include "commands/drill_live.h"
#include "commands/loaded.h"
#include "offline/drill.h"

#define TIMEOUT_MS 30000

static const char *from_text(struct arena *a, enum drill_from from, size_t hop)
{
	return from == DRILL_HOP      ? arena_fmt(a, "hop %zu", hop + 1)
	       : from == DRILL_DIRECT ? "direct"
				      : "nowhere";
}

static void add_file(json_t *rows, struct arena *a, const struct drill_file *f)
{
	json_t *o = report_add_row(rows);

	report_set_str(o, "Path", f->missing->mod.path);
	report_set_text(o, "Version", f->missing->mod.version);
	report_set_str(o, "File", f->missing->file);
	report_set_str(o, "Before", from_text(a, f->before, f->hop_before));
	report_set_str(o, "From", f->unverified ? "nowhere" : from_text(a, f->from, f->hop));
	report_set_text(o, "GoSays", f->says);
	report_set_text(o, "Remedy", f->mend);
}

static void print_json(struct cli *c, struct drill *d)
{
	json_t *doc = report_doc("drill"), *rows;

	report_set_int(doc, "Lost", (long long)d->n_lost);
	report_set_int(doc, "Moved", (long long)d->n_moved);
	rows = report_set_rows(doc, "files");
	for (size_t i = 0; i < d->n; i++)
		add_file(rows, &d->arena, &d->files[i]);
	report_json(c->r, doc);
}

static size_t answered_by(const struct drill *d, size_t hop)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->files[i].from == DRILL_HOP && d->files[i].hop == hop;
	return n;
}

/* What a level needs beyond these files is unknown: it fails, or a file that leads on could not be read. */
static bool tell_unsure(struct cli *c, const struct levels *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct levels_row *row = &l->rows[i];

		if (!row->unsure)
			continue;
		report_textf(c->r, "not known whether %s needs more%s%s\n",
			     levels_command(row->level), *row->failed ? ": " : "", row->failed);
		return true;
	}
	return false;
}

static void print_verdict(struct cli *c, const struct drill *d, const struct levels *l,
			  const struct drill_fault *f)
{
	bool unsure = tell_unsure(c, l);

	if (!d->n && !unsure)
		report_textf(
			c->r,
			"nothing breaks: all that build, test and list -m all need is in GOMODCACHE\n");
	else if (d->n_lost)
		report_styledf(c->r, STYLE_BAD,
			       "%zu of %zu files are unavailable; %zu come from elsewhere\n",
			       d->n_lost, d->n, d->n_moved);
	else if (d->n)
		report_styledf(c->r, STYLE_GOOD, "%s: %zu of %zu files come from elsewhere\n",
			       unsure ? "nothing of these breaks" : "nothing breaks", d->n_moved,
			       d->n);
	if (f->slow_ms && f->hop != DRILL_NO_HOP)
		report_textf(c->r,
			     "hop %zu answers for %zu files: %.1f s more, one after the other\n",
			     f->hop + 1, answered_by(d, f->hop),
			     (double)answered_by(d, f->hop) * f->slow_ms / 1000);
}

static void print_text(struct cli *c, struct drill *d, const struct levels *l,
		       const struct drill_fault *f)
{
	static const struct report_column columns[] = {
		{ "" }, { "FILE" }, { "BEFORE" }, { "NOW" }, { "" },
	};
	struct report_table t;

	if (d->n) {
		report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
		for (size_t i = 0; i < d->n; i++) {
			const struct drill_file *x = &d->files[i];
			bool lost = x->from == DRILL_NOWHERE || x->unverified;

			report_cell(&t, lost ? STYLE_BAD : STYLE_GOOD, "%s",
				    report_glyph(c->r, lost ? GLYPH_BAD : GLYPH_GOOD));
			report_cell(&t, STYLE_NORMAL, "%s",
				    x->missing->file + strlen("cache/download/"));
			report_cell(&t, STYLE_QUIET, "%s",
				    from_text(&d->arena, x->before, x->hop_before));
			report_cell(&t, lost ? STYLE_BAD : STYLE_NORMAL, "%s",
				    x->unverified ? "unverified"
						  : from_text(&d->arena, x->from, x->hop));
			report_cell(&t, STYLE_QUIET, "%s%s%s", x->says, *x->mend ? "; mend: " : "",
				    x->mend);
		}
		report_table_end(&t);
	}
	print_verdict(c, d, l, f);
}

/* Each file once, whichever levels lack it. Version lists are not included. */
static size_t files_of(const struct levels *l, const struct levels_missing ***files)
{
	VEC(const struct levels_missing *) all = { 0 };

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->rows[i].n_missing; k++) {
			const struct levels_missing *x = &l->rows[i].missing[k];
			bool have = !*x->mod.version;

			for (size_t m = 0; m < all.n && !have; m++)
				have = str_eq(all.items[m]->file, x->file);
			if (!have)
				vec_push(&all, x);
		}
	*files = all.items;
	return all.n;
}

static int act(struct cli *c, const struct load_graph *g, const struct levels *l,
	       const struct drill_fault *f)
{
	struct drill_options o = {
		.env = g->env->env, .sums = g->sums, .fault = *f, .total_ms = TIMEOUT_MS
	};
	const struct levels_missing **files;
	size_t n = files_of(l, &files);
	struct drill d;
	int status;

	drill_run(&d, &o, files, n);
	if (*d.error) {
		status = cli_usage(c, "%s", d.error);
	} else {
		if (c->r->json)
			print_json(c, &d);
		else
			print_text(c, &d, l, f);
		status = d.n_lost ? STATUS_NO : STATUS_FINE;
	}
	drill_release(&d);
	free(files);
	return status;
}

/* A whole number, or -1. */
static long number(const char *s, long least, long most)
{
	char *end;
	long v = strtol(s, &end, 10);

	return end != s && !*end && v >= least && v <= most ? v : -1;
}

/* What is wrong with a value; NULL if nothing is. */
static const char *take_hop(struct cli *c, struct drill_fault *f)
{
	const char *down = cli_flag(c, "down"), *status = cli_flag(c, "status"),
		   *slow = cli_flag(c, "slow");
	long hop = down ? number(down, 1, 1000) : 1, code = status ? number(status, 400, 599) : 0,
	     ms = slow ? cli_duration(slow, 1000) : 0;

	if (hop < 0)
		return "--down takes the number of a hop of GOPROXY, from 1";
	if (code < 0)
		return "--status takes a status that is an error, 400 to 599";
	if (ms < 0 || ms > 3600000)
		return "--slow takes a time, up to an hour: 2s, 500ms";
	if (status && slow)
		return "--status and --slow are two faults of one hop: play them one after the other";
	if (down || status || slow)
		f->hop = (size_t)hop - 1;
	f->status = (int)code;
	f->slow_ms = (int)ms;
	return NULL;
}

/* --down 1, --status 500 [--down 2], --slow 2s. Without a number it is the first hop. */
static const char *take_fault(struct cli *c, struct drill_fault *f)
{
	const char *sumdb = cli_flag(c, "sumdb"), *vcs = cli_flag(c, "vcs"), *wrong;

	*f = (struct drill_fault){ .hop = DRILL_NO_HOP };
	wrong = take_hop(c, f);
	if (!wrong && ((sumdb && !str_eq(sumdb, "down")) || (vcs && !str_eq(vcs, "down"))))
		wrong = sumdb && !str_eq(sumdb, "down") ? "--sumdb takes the word down"
							: "--vcs takes the word down";
	f->sumdb = sumdb != NULL;
	f->vcs = vcs != NULL;
	if (!wrong && f->hop == DRILL_NO_HOP && !sumdb && !vcs)
		wrong = "name a fault: --down HOP, --status CODE, --slow 2s, --sumdb down, --vcs down";
	return wrong;
}

static int run(struct cli *c)
{
	const struct request *r = REQUEST(PART_OFFLINE,
					  .offline = { .levels = (1u << LEVELS_BUILD) |
								 (1u << LEVELS_TEST) |
								 (1u << LEVELS_LIST) });
	struct loaded x;
	const struct load_graph *g;
	const struct load_offline *lo;
	struct drill_fault f;
	struct err e = ERR_INIT;
	const char *wrong = take_fault(c, &f);
	int status;

	if (wrong)
		return cli_usage(c, "%s", wrong);
	if (cli_has(c, "live"))
		return drill_live(c, &f);
	x = loaded_open_progress(c, NULL);
	g = loaded_part(&x, REQUEST(PART_GRAPH), &e);
	lo = g ? loaded_part(&x, r, &e) : NULL;
	status = lo ? act(c, g, lo->levels, &f) : cli_fail(c, &e);
	loaded_close(&x);
	return status;
}

static const struct cli_flag flags[] = {
	{ "down", "HOP", "this hop of GOPROXY does not answer, or answers as --status says" },
	{ "status", "CODE",
	  "it answers everything with this status: 403, 404, 410, 500, any from 400 on" },
	{ "slow", "TIME", "it answers this much later" },
	{ "sumdb", "down", "the checksum database does not answer" },
	{ "vcs", "down", "repositories do not answer" },
	{ "live", NULL,
	  "play the fault: a proxy on loopback in place of the hop, for any go command" },
	{ "for", "TIME", "with --live: it ends after that, if ctrl-c does not end it (10m)" },
	{ "count", "N", "with --live: it ends after so many requests" },
	{ NULL },
};

const struct cli_command cmd_drill = {
	.name = "drill",
	.summary = "what breaks if a proxy, the checksum database or a repository is gone",
	.help = "For every file that build, test and list -m all still need and GOMODCACHE lacks: from which hop it comes now, and with the fault,\n"
		"by go's own rules, and what would mend it. The other hops are really asked; of zips the first bytes are.\n"
		"The exit status is 1 if something is unavailable. With --live nothing is computed: a proxy on 127.0.0.1 plays the fault, the\n"
		"GOPROXY (and GOSUMDB) to use with it is printed, then each request that it gets.\n",
	.complete = "none",
	.flags = flags,
	.view = "proxy",
	.view_arg = "",
	.run = run,
};
