#include "parts/load_private.h"

#include <time.h>

#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "graph/modload_open.h"
#include "graph/retraction.h"
#include "versions/outdated.h"
#include "base/steady.h"

#define DAY 86400
#define POST_EVERY_MS 150
#define FEW 16	      /* rows that are still to come */
#define NEW_ENOUGH 60 /* seconds after which kept answers, shown at once, are renewed */

/* Owns the rows' memory; all parts of one pass keep it. */
struct home {
	struct source *source;
	struct modload *ml;
	struct buf messages;
};

/* One pass over the build list. */
struct pass {
	struct load_work *w;
	struct request_outdated o;
	bool offline;
	bool glance; /* the next pass requests what is not kept */
	int64_t kept_for;
	const struct pass
		*before; /* its rows are shown until this pass has its own; NULL if none */
	struct part *home;
	const struct outdated_row **rows;
	size_t n, n_asked, n_main;
	int64_t as_of;
	bool unknown;
	struct err incomplete; /* why there may be more modules */
	int64_t posted;	       /* milliseconds */
};

static void home_free(void *data)
{
	struct home *h = data;

	modload_free(h->ml);
	source_free(h->source);
	buf_release(&h->messages);
}

static struct home *home_of(const struct pass *k)
{
	return k->home->data;
}

/* Like go list -m or, if that refuses, as the program reads a project. */
static bool open_home(struct pass *k, enum modproject_command command, struct err *e)
{
	const struct load_env *env = load_data(k->w, PART_ENV);
	struct cancel *cancel = job_cancel(k->w->job);
	struct source_options so = { .env = env->env,
				     .offline = k->offline,
				     .cancel = cancel,
				     .log = load_log(k->w->l),
				     .once = load_once(k->w),
				     .own_counts = true,
				     .kept_for = k->kept_for,
				     .stall_ms = LOAD_STALL_MS };
	struct modload_options mo = {
		.env = env->env, .command = command, .looks = load_looks(k->w->l), .cancel = cancel
	};
	struct home *h;

	part_unref(k->home);
	k->home = part_new(k->w->request);
	k->home->needs = part_ref(k->before && k->before->home
					  ? k->before->home
					  : snapshot_part(k->w->s, REQUEST(PART_ENV)));
	k->home->data = h = arena_calloc(&k->home->arena, 1, sizeof(*h));
	k->home->release = home_free;
	h->source = mo.source = source_new(&so);
	mo.messages = &h->messages;
	return modload_open(&h->ml, &mo, e);
}

static void outdated_release(void *data)
{
	findings_release(&((struct load_outdated *)data)->findings);
}

/* The line of a main module that requires it. */
static void find_line(const struct pass *k, const char *path, struct finding *f)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(home_of(k)->ml), &mains);

	for (size_t i = 0; i < n && mains[i].file; i++) {
		const struct gomod_require *r = mains[i].file->require.items;

		for (size_t j = 0; j < mains[i].file->require.n && !f->line; j++)
			if (str_eq(r[j].mod.path, path) && r[j].line) {
				f->file = mains[i].gomod;
				f->line = r[j].line->line;
			}
	}
}

static void add_finding(const struct pass *k, struct findings *fs, const struct outdated_row *row,
			enum finding_severity severity, const char *kind, const char *word,
			const char *why)
{
	struct arena *a = fs->arena;
	struct modver m = { row->info->path, row->info->version };
	const char *text = retraction_short_message(a, why, "");
	struct finding *f = finding_add(fs, severity, kind,
					arena_fmt(a, "%s@%s", m.path, m.version),
					*text ? arena_fmt(a, "%s: %s", word, text) : word);

	f->mod = m;
	find_line(k, m.path, f);
	f->go_says = arena_fmt(a, "go list -m -u prints (%s) behind it", word);
	f->remedy = severity == FINDING_INFO ? "go accepts it; its authors may name an alternative"
		    : row->info->update
			    ? arena_fmt(a, "go get %s@%s", m.path, row->info->update->version)
		    : *row->unknown
			    ? "modscope outdated asks which version go would take instead"
			    : "no higher version is allowed: keep it, or choose a lower one";
}

/* Rows with unknown facts. */
struct gap {
	size_t n;
	const struct outdated_row *first;
};

static void add_to(struct gap *g, const struct outdated_row *row)
{
	if (!g->n++)
		g->first = row;
}

/* A single unknown module is named; several are counted. */
static const char *subject_of(const struct gap *g, struct arena *a)
{
	return g->n == 1 ? g->first->info->path : arena_fmt(a, "%zu modules", g->n);
}

/* "403 Forbidden" of "loading ...: reading ...: 403 Forbidden": what comes before it repeats the module's path. */
static const char *last_reason(struct arena *a, const char *text)
{
	size_t n = strcspn(text, "\n"), at = 0;

	for (size_t i = 0; i + 2 < n; i++)
		if (text[i] == ':' && text[i + 1] == ' ')
			at = i + 2;
	return arena_strndup(a, text + at, n - at);
}

static void add_unknown(struct findings *fs, const struct gap *unknown)
{
	struct arena *a = fs->arena;
	const char *why = unknown->first->unknown;
	struct finding *f;

	f = finding_add(fs, FINDING_INFO, "versions/unknown", subject_of(unknown, a),
			unknown->n == 1 ? arena_fmt(a, "no full answer: %s", last_reason(a, why))
					: "no full answer about updates, retraction, deprecation");
	if (unknown->n == 1)
		f->go_says = arena_strdup(a, why);
	f->remedy = "the row in modscope outdated tells why: what it names is to be mended, or the "
		    "proxy asked again later";
}

static void add_gaps(struct findings *fs, const struct gap *unasked, const struct gap *unknown)
{
	if (unasked->n)
		finding_add(fs, FINDING_INFO, "versions/unasked", subject_of(unasked, fs->arena),
			    "not asked whether retracted or deprecated")
			->remedy = "modscope outdated, or the view Versions, asks the proxies";
	if (unknown->n)
		add_unknown(fs, unknown);
}

static bool is_refused(const struct map *paths, const struct modinfo *m)
{
	return map_has(paths, m->path) || (m->replace && map_has(paths, m->replace->path));
}

/* Old answers count, since retractions are rarely revoked; missing ones are reported. */
static void find_facts(const struct pass *k, struct load_outdated *lo)
{
	struct findings *fs = &lo->findings;
	struct gap unasked = { 0 }, unknown = { 0 };
	struct map refused = MAP_INIT;

	/* not asked about because the user only views */
	source_refused(home_of(k)->source, &refused);
	for (size_t i = 0; i < lo->n; i++) {
		const struct outdated_row *row = lo->rows[i];

		if (row->info->n_retracted)
			add_finding(k, fs, row, FINDING_WARNING, "versions/retracted", "retracted",
				    row->info->retracted[0]);
		if (*row->info->deprecated)
			add_finding(k, fs, row, FINDING_INFO, "versions/deprecated", "deprecated",
				    row->info->deprecated);
		if (row->asked ? *row->unknown : k->o.glance)
			add_to(row->asked && !is_refused(&refused, row->info) ? &unknown : &unasked,
			       row);
	}
	add_gaps(fs, &unasked, &unknown);
	map_release(&refused);
}

static struct part *make_part(struct pass *k)
{
	struct part *p = part_new(k->w->request);
	struct load_outdated *lo = arena_calloc(&p->arena, 1, sizeof(*lo));
	struct home *h = home_of(k);

	p->data = lo;
	p->needs = part_ref(k->home);
	lo->rows = arena_memdup(&p->arena, k->rows, k->n * sizeof(*k->rows));
	lo->n = k->n;
	lo->n_asked = k->n_asked;
	lo->as_of = k->as_of;
	lo->cooldown = k->o.cooldown;
	lo->go_version = modproject_go_version(modload_project(h->ml));
	lo->messages = arena_strndup(&p->arena, h->messages.data ? h->messages.data : "",
				     h->messages.len);
	lo->incomplete = arena_strdup(&p->arena, err_text(&k->incomplete));
	lo->findings = (struct findings){ .arena = &p->arena };
	p->release = outdated_release;
	find_facts(k, lo);
	return p;
}

static void post(struct pass *k)
{
	struct part *p;

	if (!k->w->job)
		return;
	p = make_part(k);
	p->partial = true;
	k->posted = steady_ms();
	job_post_partial(k->w->job, p);
}

static bool is_time_to_post(const struct pass *k)
{
	return steady_ms() - k->posted > POST_EVERY_MS;
}

/* Until a row has its answers, use the previous pass's row. */
static const struct outdated_row *better(const struct pass *k, size_t i, size_t n,
					 const struct outdated_row *row)
{
	const struct pass *b = k->before;

	if (k->glance && row->asked && *row->unknown)
		return k->rows[i];
	if (row->asked || !b || b->n != n || !b->rows[i]->asked ||
	    !str_eq(b->rows[i]->info->path, row->info->path))
		return row;
	return b->rows[i];
}

/* Hundreds of rows come within a moment; how many are waited for in the end is told. */
static void tell_progress(struct pass *k, size_t n, const char *path)
{
	const struct load_options *o = load_options(k->w->l);
	char text[64];

	job_progress(k->w->job, (long long)k->n_asked, (long long)n, path);
	if (k->w->job || !o->progress || (!is_time_to_post(k) && n - k->n_asked > FEW))
		return;
	snprintf(text, sizeof(text), "%zu of %zu modules have answered", k->n_asked, n);
	k->posted = steady_ms();
	o->progress(o->progress_ctx, text);
}

/* Of kept answers, which come within a moment, the rows are shown once before them. */
static bool shows_names(const struct pass *k)
{
	return !k->posted && !k->o.glance && !k->o.facts;
}

static void on_row(void *ctx, size_t i, size_t n, const struct outdated_row *row)
{
	struct pass *k = ctx;

	if (!k->rows) {
		k->n = n;
		k->rows = xcalloc(n + 1, sizeof(*k->rows));
	}
	k->rows[i] = better(k, i, n, row);
	k->n_asked += row->asked;
	k->unknown |= *row->unknown != '\0';
	if (row->as_of && (!k->as_of || row->as_of < k->as_of))
		k->as_of = row->as_of;
	if (!k->rows[n - 1])
		return;
	tell_progress(k, n, row->info->path);
	if (k->n_asked < n && (k->offline ? shows_names(k) : is_time_to_post(k)))
		post(k);
}

static bool run_as(struct pass *k, enum modproject_command command, struct err *e)
{
	struct outdated_options o = { .direct = k->o.direct,
				      .majors = k->o.majors,
				      .facts = k->o.facts,
				      .kept = k->offline,
				      .cooldown = (int64_t)k->o.cooldown * DAY,
				      .incomplete = command == MODPROJECT_LIST ? NULL
									       : &k->incomplete,
				      .cancel = job_cancel(k->w->job),
				      .row = on_row,
				      .ctx = k };

	if (!open_home(k, command, e))
		return false;
	o.ml = home_of(k)->ml;
	o.source = home_of(k)->source;
	o.now = (int64_t)time(NULL);
	return outdated_run(&o, e);
}

static bool run_pass(struct pass *k, struct err *e)
{
	struct err why = ERR_INIT;
	bool ok = run_as(k, MODPROJECT_LIST, &why);

	if (!ok && why.code != ERR_CANCELLED) {
		err_clear(&why);
		ok = run_as(k, MODPROJECT_GRAPH, &why);
	}
	if (!ok)
		err_move(e, &why);
	err_release(&why);
	return ok;
}

static void pass_release(struct pass *k)
{
	free(k->rows);
	part_unref(k->home);
	err_release(&k->incomplete);
}

/* Shows kept answers at once. True if they are complete. */
static bool show_kept(struct pass *k, bool offline)
{
	bool ok = run_pass(k, NULL);

	if (ok &&
	    (offline || (!k->unknown && k->as_of && (int64_t)time(NULL) - k->as_of < NEW_ENOUGH)))
		return true;
	if (ok)
		post(k);
	return false;
}

bool load_make_outdated(struct load_work *w, struct part **out, struct err *e)
{
	bool offline = load_options(w->l)->offline, ok;
	const struct request_outdated *o = &w->request->outdated;
	struct pass kept = {
		.w = w, .o = *o, .offline = true, .glance = !offline, .kept_for = INT64_MAX
	};
	struct pass k = { .w = w,
			  .o = *o,
			  .offline = offline,
			  .kept_for = MAX(o->kept_for, 1),
			  .before = &kept };

	kept.glance = kept.glance && !o->glance;
	ok = o->glance ? run_pass(&kept, e) : w->job && !o->kept_for && show_kept(&kept, offline);
	if (!ok && o->glance)
		goto done;
	if (ok) {
		*out = make_part(&kept);
	} else {
		ok = run_pass(&k, e);
		if (ok)
			*out = make_part(&k);
	}
done:
	pass_release(&k);
	pass_release(&kept);
	return ok;
}
