#include "parts/load_private.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#include "compare/modorigin.h"
#include "gofiles/cachepath.h"
#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gover.h"
#include "fetch/source.h"
#include "graph/query.h"
#include "graph/retraction.h"
#include "graph/modload_open.h"

/* Uses its own loader, since others use the graph's. */
struct look {
	struct load_work *w;
	struct load_graph *g;
	const struct load_module *m;
	struct arena *a;
	struct load_versions *lv;
	struct source *source;
	struct modload *ml;
	struct buf messages;
};

static bool open_look(struct look *k, struct err *e)
{
	struct cancel *cancel = job_cancel(k->w->job);
	struct source_options so = { .env = k->g->env->env,
				     .own_counts = load_options(k->w->l)->own_counts,
				     .offline = load_options(k->w->l)->offline,
				     .look = !k->lv->asked,
				     .cancel = cancel,
				     .log = load_log(k->w->l),
				     .once = load_once(k->w) };
	struct modload_options mo = { .env = k->g->env->env,
				      .command = MODPROJECT_GRAPH,
				      .cancel = cancel,
				      .messages = &k->messages };

	k->source = source_new(&so);
	mo.source = k->source;
	return modload_open(&k->ml, &mo, e);
}

static const char *copy(struct look *k, const char *s)
{
	return s && *s ? arena_strdup(k->a, s) : "";
}

/* Why something is unknown; the first reason counts. */
static void unknown(struct look *k, struct err *why)
{
	if (!k->lv->why_unknown[0] && err_is_set(why))
		k->lv->why_unknown = copy(k, why->text);
	err_clear(why);
}

static void find_retraction(struct look *k)
{
	struct retraction r;
	struct err e = ERR_INIT;
	struct modver m = { k->m->path, k->m->version };

	if (retraction_check(k->ml, m, &r, &e)) {
		k->lv->retracted = r.retracted ? LOAD_YES : LOAD_NO;
		if (r.retracted && r.n)
			k->lv->rationale = copy(k,
						retraction_short_message(k->a, r.rationale[0], ""));
	}
	unknown(k, &e);
	err_release(&e);
}

static void find_deprecation(struct look *k)
{
	enum query_result_failure failure;
	struct err e = ERR_INIT;
	const char *text;

	if (retraction_deprecation(k->ml, (struct modver){ k->m->path, k->m->version }, &text,
				   &failure, &e)) {
		k->lv->deprecated = *text ? LOAD_YES : LOAD_NO;
		k->lv->deprecation = *text ? copy(k, retraction_short_message(k->a, text, "")) : "";
	}
	unknown(k, &e);
	err_release(&e);
}

/* For a replaced module go takes a list that it cannot have as empty: then nothing is known to be newer. */
static bool has_list(struct look *k, struct err *e)
{
	const char *const *versions;
	size_t n;

	return !k->m->replaced.path[0] ||
	       source_versions(k->source, k->m->path, &versions, &n, e) || e->code == ERR_NOT_FOUND;
}

/* Like go list -m -u: its "no update" (addUpdate of modload/build.go) is an answer. But not a version that only another
 * one's .info names. */
static void find_newest(struct look *k)
{
	struct query_result q;
	struct err e = ERR_INIT;

	if (query_version(k->ml, k->m->path, "upgrade", k->m->version, QUERY_ALLOWED, &q, &e)) {
		if (str_eq(q.version, k->m->version) && !has_list(k, &e)) {
			unknown(k, &e);
			return;
		}
		err_clear(&e);
		k->lv->newest = copy(k, q.misnamed ? q.misnamed : q.version);
		k->lv->newest_time = q.misnamed ? "" : copy(k, q.time);
	} else if (e.code == ERR_NO_MATCH || e.code == ERR_REFUSED) {
		k->lv->none = true;
		err_clear(&e);
	}
	unknown(k, &e);
	err_release(&e);
}

static void find_time(struct look *k, struct modver actual)
{
	struct source_info info;
	struct err e = ERR_INIT;

	if (source_stat(k->source, actual.path, actual.version, &info, &e))
		k->lv->time = copy(k, info.time);
	err_release(&e);
}

/* Absence is an answer; inaccessible files are not, and the first is reported. */
static void unread(struct look *k, struct err *why)
{
	if (!k->lv->unread[0] && err_is_set(why) && why->code != ERR_NOT_FOUND)
		k->lv->unread = copy(k, why->text);
	err_release(why);
}

static bool look_at(struct look *k, const char *file, struct stat *st)
{
	struct err e = ERR_INIT;
	bool ok = stat(file, st) == 0 || err_sys(&e, errno, "stat %s", file);

	unread(k, &e);
	return ok;
}

static bool is_there(struct look *k, const char *root, struct modver m, const char *suffix)
{
	struct stat st;

	return look_at(k, cachepath_file(k->a, root, m, suffix), &st) && S_ISREG(st.st_mode);
}

static bool has_dir(struct look *k, struct modver m)
{
	struct err e = ERR_INIT;
	bool has = source_cached_dir(k->source, m) != NULL;

	source_cached_ok(k->source, &e);
	unread(k, &e);
	return has;
}

/* The list that go last cached: its highest release above the current version. */
static void read_list(struct look *k, const char *root)
{
	const char *file = arena_fmt(k->a, "%s/list", cachepath_dir(k->a, root, k->m->path));
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	const char *best = "";
	struct stat st;
	struct tm tm;

	if (!look_at(k, file, &st) || !fs_read_buf(&b, file, FS_MAX_MOD, &e) || !b.len)
		goto done;
	for (char *line = b.data, *next; line && *line; line = next) {
		size_t n = strcspn(line, "\n ");
		const char *v = arena_strndup(k->a, line, n);

		next = strchr(line, '\n');
		next += next != NULL;
		if (!gover_mod_valid(k->m->path, v) || gover_mod_is_prerelease(k->m->path, v) ||
		    gover_mod_compare(k->m->path, v, *best ? best : k->m->version) <= 0)
			continue;
		best = v;
	}
	k->lv->newest = best;
	if (gmtime_r(&st.st_mtime, &tm))
		k->lv->listed = arena_fmt(k->a, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
					  tm.tm_mday);
done:
	unread(k, &e);
	buf_release(&b);
}

static void look_at_cache(struct look *k, struct modver actual)
{
	const char *root = goenv_modcache(k->g->env->env, NULL);

	k->lv->local = !actual.version[0];
	if (k->lv->local || !root)
		return;
	k->lv->mod = is_there(k, root, actual, "mod");
	k->lv->zip = is_there(k, root, actual, "zip");
	k->lv->dir = has_dir(k, actual);
	if (!k->lv->newest[0] && !k->lv->none)
		read_list(k, root);
}

/* As in `check`: old answers count, since retractions are rarely revoked. */
static void look_at_kept(struct look *k)
{
	struct look kept = *k;
	struct source_options so = { .env = k->g->env->env,
				     .own_counts = true,
				     .offline = true,
				     .kept_for = INT64_MAX,
				     .cancel = job_cancel(k->w->job),
				     .log = load_log(k->w->l),
				     .once = load_once(k->w) };
	struct modload_options mo = { .env = so.env,
				      .command = MODPROJECT_GRAPH,
				      .cancel = so.cancel,
				      .messages = &k->messages };

	if (k->lv->retracted != LOAD_UNKNOWN && k->lv->deprecated != LOAD_UNKNOWN)
		return;
	kept.ml = NULL;
	kept.source = mo.source = source_new(&so);
	if (modload_open(&kept.ml, &mo, NULL)) {
		if (k->lv->retracted == LOAD_UNKNOWN)
			find_retraction(&kept);
		if (k->lv->deprecated == LOAD_UNKNOWN)
			find_deprecation(&kept);
	}
	modload_free(kept.ml);
	source_free(kept.source);
}

/* The newer one first, as modorigin_read compares each with the next. */
static void find_commits(struct look *k, struct modver actual)
{
	struct modorigin *list = arena_calloc(k->a, 2, sizeof(*list));
	bool newer = *k->lv->newest && !k->m->replaced.path[0] &&
		     !str_eq(k->lv->newest, actual.version);
	struct source_info info;
	size_t n = 0;

	if (newer && source_stat(k->source, actual.path, k->lv->newest, &info, NULL))
		list[n++].info = copy(k, info.origin);
	if (!source_stat(k->source, actual.path, actual.version, &info, NULL))
		return;
	list[n].info = copy(k, info.origin);
	modorigin_read(list, n + 1, k->a, k->g->env->env, job_cancel(k->w->job));
	k->lv->origin = &list[n];
	k->lv->newer = n ? &list[0] : NULL;
}

bool load_make_versions(struct load_work *w, struct part **out, struct err *e)
{
	struct load_graph *g = load_data(w, PART_GRAPH);
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_versions *lv = arena_calloc(&p->arena, 1, sizeof(*lv));
	const struct request_versions *r = &w->request->versions;
	struct look k = { .w = w,
			  .g = g,
			  .m = load_graph_module(g, r->module),
			  .a = &p->arena,
			  .lv = lv,
			  .messages = BUF_INIT };
	bool ok;

	*lv = (struct load_versions){ .asked = r->ask,
				      .newest = "",
				      .newest_time = "",
				      .listed = "",
				      .why_unknown = "",
				      .unread = "",
				      .time = "",
				      .rationale = "",
				      .deprecation = "" };
	p->data = lv;
	ok = k.m ? open_look(&k, e)
		 : err_set(e, ERR_NOT_FOUND, "%s is not in the build list", r->module);
	if (ok && k.m->version[0] && k.m->kind != LOAD_LANGUAGE) {
		struct modver actual = k.m->replaced.path[0]
					       ? k.m->replaced
					       : (struct modver){ k.m->path, k.m->version };

		find_newest(&k);
		find_retraction(&k);
		find_deprecation(&k);
		if (!r->ask)
			look_at_kept(&k);
		if (actual.version[0])
			find_time(&k, actual);
		look_at_cache(&k, actual);
		if (actual.version[0])
			find_commits(&k, actual);
	}
	if (ok && cancel_is_set(job_cancel(w->job)))
		ok = err_set(e, ERR_CANCELLED, "cancelled");
	modload_free(k.ml);
	source_free(k.source);
	buf_release(&k.messages);
	return load_hand_over(p, ok, out);
}
