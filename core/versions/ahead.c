#include "versions/ahead.h"

#include "fetch/source.h"
#include "gofiles/gomod_summary.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/modsyntax.h"
#include "gofiles/pseudo.h"
#include "versions/golines.h"
#include "versions/majors.h"
#include "versions/newer.h"

#define AT_ONCE 192u
#define STEP_THREADS 8u

static unsigned step_threads(const struct ahead_options *o)
{
	return o->kept ? 1 : STEP_THREADS;
}

struct run {
	const struct ahead_options *o;
	const struct ahead_item *items;
	size_t n;
	void (*ready)(void *ctx, size_t i);
	void *ctx;
};

/* One module being fetched. */
struct walk {
	const struct ahead_options *o;
	const struct ahead_item *item;
	struct arena a;
	struct newer_list listed;
	struct gomod_summary speaker; /* retractions in the newest version's go.mod */
};

static bool is_forbidden(const struct walk *w, const char *v)
{
	for (size_t i = 0; i < w->item->n_excluded; i++)
		if (str_eq(w->item->excluded[i], v))
			return true;
	for (size_t i = 0; i < w->speaker.n_retract; i++)
		if (semver_compare(w->speaker.retract[i].low, v) <= 0 &&
		    semver_compare(v, w->speaker.retract[i].high) <= 0)
			return true;
	return false;
}

static bool has_gomod(struct walk *w, const char *version)
{
	struct modver m = { w->item->path, version };
	const char *data, *fake = arena_fmt(&w->a, "module %s\n", modsyntax_quote(&w->a, m.path));
	size_t len;

	return source_gomod(w->o->source, m, &data, &len, NULL) &&
	       !(strlen(fake) == len && memcmp(fake, data, len) == 0);
}

/* As in filterVersions: the newest at or above `from` that begins with `prefix`. */
static const char *choose(struct walk *w, const char *from, const char *prefix)
{
	const char *path = w->item->path, *compatible = NULL, *release = NULL, *pre = NULL;
	bool any = from && semver_is_incompatible(from);

	for (size_t i = 0; i < w->listed.n; i++) {
		const char *v = w->listed.items[i];

		if (!str_has_prefix(v, prefix) || (from && gover_mod_compare(path, v, from) < 0) ||
		    is_forbidden(w, v))
			continue;
		if (!any && !semver_is_incompatible(v))
			compatible = v;
		else if (!any && compatible && has_gomod(w, compatible))
			break;
		else
			any = true;
		*(gover_mod_is_prerelease(path, v) ? &pre : &release) = v;
	}
	return release ? release : pre;
}

static void stat_version(struct walk *w, const char *v)
{
	struct source_info info;

	if (v)
		source_stat(w->o->source, w->item->path, v, &info, NULL);
}

/* The version whose go.mod has retractions and deprecation. */
static void hear(struct walk *w)
{
	struct source_info info;
	const char *v = choose(w, NULL, ""), *data;
	size_t len;

	if (v) {
		source_gomod_ahead(w->o->source, (struct modver){ w->item->path, v });
		stat_version(w, v);
	} else if (source_latest(w->o->source, w->item->path, &info, NULL)) {
		v = arena_strdup(&w->a, info.version);
	}
	if (v && source_gomod(w->o->source, (struct modver){ w->item->path, v }, &data, &len, NULL))
		gomod_summary_read(&w->speaker, "go.mod", data, len, GOMOD_SUMMARY_NOTES, NULL);
}

/* What the cooldown asks of the versions in the list. */
static void look_at_age(struct walk *w, struct newer_list l, const char *keeps_go)
{
	const char *unread, *v,
		*current = w->item->current,
		*prefixes[] = {
			"",
			arena_fmt(&w->a, "%.*s.", (int)semver_major(current), current),
			arena_fmt(&w->a, "%s.", semver_major_minor(&w->a, current)),
		};

	stat_version(w, *keeps_go ? keeps_go : NULL);
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		v = newer_cooled(w->o->source, w->item->path, newer_within(&w->a, l, prefixes[i]),
				 w->o->not_after, step_threads(w->o), &unread);
		if (i == 0 && *v)
			newer_go_line(w->o->source, w->item->lines,
				      (struct modver){ w->item->path, v });
	}
}

static void look_below(struct walk *w, const char *update)
{
	struct newer_list l;
	VEC(const char *) allowed = { 0 };
	const char *unread, *keeps_go, *current = w->item->current;

	for (size_t i = 0; i < w->listed.n; i++)
		if (!is_forbidden(w, w->listed.items[i]))
			vec_push(&allowed, w->listed.items[i]);
	l = newer_choices(&w->a, w->item->path, (struct newer_list){ allowed.items, allowed.n },
			  current, update);
	keeps_go = newer_keeps_go(w->o->source, w->item->lines, w->item->path, l, w->o->go_version,
				  step_threads(w->o), &unread);
	if (w->o->not_after)
		look_at_age(w, l, keeps_go);
	vec_release(&allowed);
}

/* Without a version to choose, the newest commit; NULL if unknown. */
static const char *stat_commit(struct walk *w)
{
	struct source_info info;
	const char *v;

	if (!source_latest(w->o->source, w->item->path, &info, NULL))
		return NULL;
	v = arena_strdup(&w->a, info.version);
	stat_version(w, v);
	return v;
}

/* The update, the newest with the same major version and the newest with the same minor version. */
static void ask_versions(struct walk *w, const char *update)
{
	const char *current = w->item->current, *v[] = {
		update,
		choose(w, current, arena_fmt(&w->a, "%.*s.", (int)semver_major(current), current)),
		choose(w, current, arena_fmt(&w->a, "%s.", semver_major_minor(&w->a, current))),
	};

	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (v[i])
			source_stat_ahead(w->o->source, w->item->path, v[i]);
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		stat_version(w, v[i]);
	if (!v[1] || !v[2])
		stat_commit(w);
}

static void ask_commit(struct walk *w)
{
	const char *v = stat_commit(w);

	if (v && !w->o->facts)
		newer_go_line(w->o->source, w->item->lines, (struct modver){ w->item->path, v });
}

static void walk(struct walk *w)
{
	const char *current = w->item->current, *update;

	if (!modpath_check(w->item->path, NULL) ||
	    !source_versions(w->o->source, w->item->path, &w->listed.items, &w->listed.n, NULL))
		return;
	hear(w);
	update = choose(w, current, "");
	if (!update && pseudo_is(current)) {
		ask_commit(w);
		return;
	}
	if (!update || gover_mod_compare(w->item->path, update, current) <= 0)
		return;
	if (w->o->facts) {
		stat_version(w, update);
		return;
	}
	ask_versions(w, update);
	look_below(w, update);
}

/* For a later major version only the newest is needed. */
static void walk_item(const struct ahead_options *o, const struct ahead_item *item)
{
	struct walk w = { .o = o, .item = item };

	if (*item->current) {
		if (!o->facts)
			golines_load(item->lines, o->source, item->path);
		walk(&w);
		if (!o->facts)
			golines_save(item->lines, o->source, item->path);
	} else if (source_versions(o->source, item->path, &w.listed.items, &w.listed.n, NULL)) {
		hear(&w);
	}
	gomod_summary_release(&w.speaker);
	arena_release(&w.a);
}

static void ask_majors(const struct ahead_options *o, const struct ahead_item *item)
{
	struct arena a = ARENA_INIT;
	struct majors found;

	majors_find(&found, &a, o->source, item->path, item->current, step_threads(o));
	for (size_t i = 0; i < found.n; i++)
		walk_item(o, &(struct ahead_item){
				     .path = found.paths[i],
				     .current = "",
				     .replacement = "",
				     .replaced_at = "",
			     });
	arena_release(&a);
}

static void walk_replacement(const struct ahead_options *o, const struct ahead_item *item)
{
	struct golines g = GOLINES_INIT;

	walk_item(o, &(struct ahead_item){ .path = item->replacement,
					   .current = item->replaced_at,
					   .lines = &g });
	golines_release(&g);
}

static void ask(void *ctx, size_t i)
{
	const struct run *r = ctx;
	const struct ahead_item *item = &r->items[i];

	if (cancel_is_set(r->o->cancel))
		return;
	if (!r->o->kept && i + AT_ONCE < r->n)
		source_list_ahead(r->o->source, r->items[i + AT_ONCE].path);
	walk_item(r->o, item);
	if (r->o->majors)
		ask_majors(r->o, item);
	if (*item->replaced_at)
		walk_replacement(r->o, item);
}

static void ready(void *ctx, size_t i)
{
	const struct run *r = ctx;

	r->ready(r->ctx, i);
}

void ahead_run(const struct ahead_options *o, const struct ahead_item *items, size_t n,
	       void (*on_ready)(void *ctx, size_t i), void *ctx)
{
	struct run r = { .o = o, .items = items, .n = n, .ready = on_ready, .ctx = ctx };

	for (size_t i = 0; !o->kept && i < MIN(n, AT_ONCE); i++)
		source_list_ahead(o->source, items[i].path);
	par_stream(n, o->kept ? par_cpus() : AT_ONCE, ask, ready, &r);
}
