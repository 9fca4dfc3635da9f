#include "commands/loaded.h"
#include "gauge.h"
#include "gofiles/goenv.h"
#include "offline/mirror.h"

static bool take_levels(const char *s, unsigned *levels)
{
	while (*s) {
		size_t n = strcspn(s, ", "), k = 0;

		while (k < LEVELS_QUERIES &&
		       (strlen(levels_name((enum levels_level)k)) != n ||
			strncmp(levels_name((enum levels_level)k), s, n) != 0))
			k++;
		if (k == LEVELS_QUERIES)
			return false;
		*levels |= 1u << k;
		s += n + (s[n] != '\0');
	}
	return *levels != 0;
}

/* Adds one project to the mirror. */
static bool add_project(struct cli *c, struct mirror *m, const char *dir, struct err *e)
{
	struct loaded x = loaded_open(c, dir);
	const struct load_graph *g = loaded_part(&x, REQUEST(PART_GRAPH), e);
	bool ok = g && mirror_add(m, g->env->env, g->sums, e);

	loaded_close(&x);
	return ok;
}

static void tell(struct cli *c, const struct mirror *m, const char *target)
{
	struct buf b = BUF_INIT;
	json_t *doc;

	if (c->r->json) {
		doc = report_doc("mirror");
		report_set_str(doc, "Target", target);
		report_set_int(doc, "Modules", (long long)m->n_modules);
		report_set_int(doc, "Files", (long long)m->n_files);
		report_set_int(doc, "Written", (long long)m->n_written);
		report_set_int(doc, "Bytes", m->bytes);
		report_set_text(doc, "Error", m->unsure);
		report_set_rows(doc, "levels");
		report_json(c->r, doc);
		return;
	}
	gauge_bytes(&b, (uint64_t)m->bytes);
	report_textf(c->r, "%s: %zu module versions, %zu files, %s; %zu files written\n", target,
		     m->n_modules, m->n_files, b.data, m->n_written);
	if (*m->unsure)
		report_textf(c->r, "not whole: %s\n", m->unsure);
	buf_release(&b);
}

static int make(struct cli *c, unsigned levels, bool athens)
{
	const char *target = c->args[0];
	struct mirror m;
	struct err e = ERR_INIT;
	int status = STATUS_FINE;
	bool ok = true;

	mirror_begin(&m, &(struct mirror_options){ .target = target,
						   .levels = levels,
						   .athens = athens,
						   .offline = c->offline });
	for (size_t i = 1; ok && i < MAX(c->n_args, (size_t)2); i++)
		ok = add_project(c, &m, c->n_args > 1 ? c->args[i] : NULL, &e);
	ok = ok && mirror_end(&m, &e);
	if (ok)
		tell(c, &m, target);
	status = !ok ? cli_fail(c, &e) : *m.unsure ? STATUS_UNKNOWN : STATUS_FINE;
	mirror_release(&m);
	return status;
}

static void check_row(struct cli *c, json_t *rows, const struct levels_row *row, int *status)
{
	json_t *o = rows ? report_add_row(rows) : NULL,
	       *list = o ? report_set_rows(o, "missing") : NULL;
	bool whole = !row->unsure;

	if (!whole)
		*status = STATUS_NO;
	if (!o)
		report_textf(c->r, "%s %s: %s%s%s\n",
			     report_glyph(c->r, whole ? GLYPH_GOOD : GLYPH_BAD),
			     levels_name(row->level), whole ? "whole" : "not whole",
			     *row->failed ? ": " : "", row->failed);
	else {
		report_set_str(o, "Level", levels_name(row->level));
		json_object_set_new(o, "Ready", json_boolean(whole));
		report_set_text(o, "Error", row->failed);
	}
	for (size_t i = 0; i < row->n_missing; i++) {
		const struct levels_missing *x = &row->missing[i];

		if (!x->unread)
			continue;
		if (o) {
			json_t *r = report_add_row(list);

			report_set_str(r, "Path", x->mod.path);
			report_set_text(r, "Version", x->mod.version);
			report_set_str(r, "File", x->file);
		} else {
			report_textf(c->r, "  %s\n", x->file + strlen("cache/download/"));
		}
	}
}

static int check(struct cli *c, unsigned levels)
{
	const char *dir = c->n_args > 1 ? c->args[1] : NULL;
	struct loaded x = loaded_open(c, dir);
	struct levels found = { .n = 0 };
	struct err e = ERR_INIT;
	int status = STATUS_FINE;
	const struct load_env *env = loaded_part(&x, REQUEST(PART_ENV), &e);

	if (env && mirror_check(&found, c->args[0], env->env, levels, NULL, &e)) {
		json_t *doc = c->r->json ? report_doc("mirror") : NULL,
		       *rows = doc ? report_set_rows(doc, "levels") : NULL;

		for (size_t i = 0; i < found.n; i++)
			check_row(c, rows, &found.rows[i], &status);
		if (doc)
			report_json(c->r, doc);
	} else {
		status = cli_fail(c, &e);
	}
	levels_release(&found);
	loaded_close(&x);
	return status;
}

static int run(struct cli *c)
{
	const char *names = cli_flag(c, "level"), *layout = cli_flag(c, "layout");
	unsigned levels = 0;

	if (!take_levels(names ? names : "build,test,list,tidy", &levels))
		return cli_usage(c, "the levels are build, test, list, tidy, why, vendor");
	if (layout && !str_eq(layout, "proxy") && !str_eq(layout, "athens"))
		return cli_usage(c, "--layout takes proxy or athens, not %s", layout);
	if (cli_has(c, "check"))
		return check(c, levels);
	if (c->read_only)
		return cli_usage(c, "--read-only forbids it");
	return make(c, levels, layout && str_eq(layout, "athens"));
}

static const struct cli_flag flags[] = {
	{ "level", "LIST",
	  "of build, test, list, tidy, why, vendor; build,test,list,tidy without it" },
	{ "check", NULL, "only check whether the project's levels work with just the mirror" },
	{ "layout", "KIND", "proxy: what GOPROXY=file://DIR reads; athens: Athens' disk storage" },
	{ NULL },
};

const struct cli_command cmd_mirror = {
	.name = "mirror",
	.args = "DIR|FILE.tar.zst [PROJECT...]",
	.summary = "write a module proxy as a tree of files, with what these projects need",
	.help = "Writes the module versions that the levels need as a tree that works as GOPROXY=file://DIR and behind any web server, with the\n"
		"lookups and tiles of the checksum database, so that GOSUMDB verifies without the network. Each file is checked\n"
		"against go.sum or the database before. What is there with the same content is left alone; further projects are\n"
		"added. An archive is made of the tree FILE.tree beside it; the same tree gives the same bytes. It needs libzstd.\n",
	.complete = "files",
	.flags = flags,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.view = "offline",
	.view_arg = "",
	.run = run,
};
