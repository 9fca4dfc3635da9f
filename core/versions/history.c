#include "versions/history.h"

#include "base/par.h"
#include "fetch/route.h"
#include "fetch/source.h"
#include "gofiles/gomod_summary.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "graph/query.h"
#include "graph/retraction.h"
#include "versions/golines.h"

#define AT_ONCE 64u
#define AHEAD ((size_t)200) /* rows whose questions are on their way */

struct list {
	struct history *h;
	struct source *source;
	const char *const *versions;
	size_t n;
	struct arena *a;
};

static bool list_hop(void *ctx, const struct route_hop *hop, struct err *e)
{
	struct list *l = ctx;

	if (!source_versions_at(l->source, hop, l->h->path, "", &l->versions, &l->n, e))
		return false;
	l->h->proxy = hop ? arena_strdup(l->a, hop->shown) : "";
	return true;
}

static int newest_first(const void *a, const void *b)
{
	return -semver_order(((const struct history_row *)a)->version,
			     ((const struct history_row *)b)->version);
}

static void add_row(struct history *h, struct arena *a, const char *version, bool listed)
{
	for (size_t i = 0; !listed && i < h->n; i++)
		if (str_eq(h->rows[i].version, version))
			return;
	h->rows[h->n++] = (struct history_row){ .version = arena_strdup(a, version),
						.time = "",
						.go_version = "",
						.rationale = "",
						.unknown = "",
						.listed = listed,
						.pre = gover_mod_is_prerelease(h->path, version),
						.pseudo = pseudo_is(version) };
}

/* Without tags, the proxy's latest. */
static void add_latest(struct history *h, struct list *l)
{
	struct source_info info;

	if (!l->n && source_latest(l->source, h->path, &info, NULL) && *info.version)
		add_row(h, l->a, info.version, false);
}

bool history_list(struct history *h, struct modload *ml, struct source *s, const char *const *known,
		  size_t n_known, struct err *e)
{
	struct list l = { .h = h, .source = s, .a = modload_arena(ml) };
	struct err why = ERR_INIT;

	h->proxy = h->deprecated = h->unknown = "";
	if (!modpath_check(h->path, e))
		return false;
	if (!source_try_hops(s, list_hop, &l, &why))
		h->unknown = arena_strdup(l.a, why.text);
	err_release(&why);
	h->rows = arena_calloc(l.a, l.n + n_known + 2, sizeof(*h->rows));
	for (size_t i = l.n; i-- > 0;)
		if (!i || !str_eq(l.versions[i], l.versions[i - 1]))
			add_row(h, l.a, l.versions[i], true);
	for (size_t i = 0; i < n_known; i++)
		add_row(h, l.a, known[i], false);
	add_latest(h, &l);
	qsort(h->rows, h->n, sizeof(*h->rows), newest_first);
	h->as_of = source_as_of(s, h->path);
	return true;
}

/* The details of all rows. */
struct details {
	struct history *h;
	size_t n; /* rows with details */
	struct source *source;
	const struct golines *lines;
	bool compare;
	struct err *errs; /* one per row */
	struct detail {
		char go[32];
		bool has_go;
		const char *time, *origin;
	} * of;
	const struct cancel *cancel;
};

static bool read_go(const char *data, size_t len, struct detail *d, struct err *e)
{
	struct gomod_summary sum = GOMOD_SUMMARY_INIT;
	bool ok = gomod_summary_read(&sum, "go.mod", data, len, 0, e);

	if (ok && sum.go.len < sizeof(d->go)) {
		memcpy(d->go, sum.go.s ? sum.go.s : "", sum.go.len);
		d->has_go = true;
	}
	gomod_summary_release(&sum);
	return ok;
}

static void send_row(const struct details *k, size_t i)
{
	struct modver m;

	if (i >= k->n || cancel_is_set(k->cancel))
		return;
	m = (struct modver){ k->h->path, k->h->rows[i].version };
	source_stat_ahead(k->source, m.path, m.version);
	if (k->compare || !golines_get(k->lines, m.version))
		source_gomod_ahead(k->source, m);
}

static void ask_row(void *ctx, size_t i)
{
	struct details *k = ctx;
	struct modver m = { k->h->path, k->h->rows[i].version };
	const char *data, *go = golines_get(k->lines, m.version);
	struct source_info info;
	size_t len;

	if (cancel_is_set(k->cancel))
		return;
	send_row(k, i + AHEAD);
	if (source_stat(k->source, m.path, m.version, &info, &k->errs[i])) {
		k->of[i].time = info.time;
		k->of[i].origin = info.origin;
	}
	if (go && !k->compare) {
		snprintf(k->of[i].go, sizeof(k->of[i].go), "%s", go);
		k->of[i].has_go = true;
	} else if (source_unproven_gomod(k->source, m, &data, &len, &k->errs[i])) {
		read_go(data, len, &k->of[i], &k->errs[i]);
	}
}

/* Rows without details say so. */
static void leave_out(struct history *h, size_t from)
{
	for (size_t i = from; i < h->n; i++) {
		h->rows[i].has_details = true;
		h->rows[i].unknown = "not asked: only the newest are";
	}
}

static void take_details(struct details *k, struct arena *a, struct golines *g)
{
	for (size_t i = 0; i < k->n; i++) {
		struct history_row *row = &k->h->rows[i];

		row->has_details = true;
		row->read = k->of[i].has_go;
		row->time = k->of[i].time ? arena_strdup(a, k->of[i].time) : "";
		row->origin = k->of[i].origin ? arena_strdup(a, k->of[i].origin) : NULL;
		row->go_version = arena_strdup(a, k->of[i].go);
		if (k->of[i].has_go)
			golines_put(g, row->version, k->of[i].go);
		if (err_is_set(&k->errs[i]))
			row->unknown = arena_strdup(a, k->errs[i].text);
	}
}

static void find_retracted(struct history *h, struct modload *ml)
{
	struct arena *a = modload_arena(ml);
	enum query_result_failure f;
	struct err e = ERR_INIT;
	struct retraction r;

	for (size_t i = 0; i < h->n && !err_is_set(&e); i++) {
		struct modver m = { h->path, h->rows[i].version };

		h->rows[i].excluded = modproject_is_excluded(modload_project(ml), m);
		if (!retraction_check(ml, m, &r, &e) || !r.retracted)
			continue;
		h->rows[i].retracted = true;
		h->rows[i].rationale = r.n ? retraction_short_message(a, r.rationale[0], "") : "";
	}
	if (h->n && !err_is_set(&e))
		retraction_deprecation(ml, (struct modver){ h->path, h->rows[0].version },
				       &h->deprecated, &f, &e);
	if (err_is_set(&e) && !*h->unknown)
		h->unknown = arena_strdup(a, e.text);
	err_release(&e);
}

/* Compares the requirements of two go.mod files. */

static void read_requirements(struct source *s, struct modver m, struct gomod_summary *sum,
			      struct map *to)
{
	const char *data;
	size_t len;

	if (!source_unproven_gomod(s, m, &data, &len, NULL) ||
	    !gomod_summary_read(sum, "go.mod", data, len, 0, NULL))
		return;
	for (size_t i = 0; i < sum->n_require; i++)
		map_entry(to, sum->require[i].path, sum->require[i].path_len, NULL)->value =
			&sum->require[i];
}

static bool same_version(const struct gomod_summary_dep *a, const struct gomod_summary_dep *b)
{
	return a->version_len == b->version_len &&
	       memcmp(a->version, b->version, a->version_len) == 0;
}

static void count_changes(struct history_row *row, const struct map *now, const struct map *before)
{
	for (size_t i = 0; i < now->n; i++) {
		const struct map_entry *was = map_find_n(before, now->entries[i].key,
							 now->entries[i].len);

		row->added += !was;
		row->changed += was && !same_version(was->value, now->entries[i].value);
	}
	for (size_t i = 0; i < before->n; i++)
		row->removed += !map_find_n(now, before->entries[i].key, before->entries[i].len);
	row->compared = true;
}

static void compare_rows(struct source *s, const char *path, struct history_row *row,
			 const struct history_row *older)
{
	struct gomod_summary a = GOMOD_SUMMARY_INIT, b = GOMOD_SUMMARY_INIT;
	struct map now = MAP_INIT, before = MAP_INIT;

	read_requirements(s, (struct modver){ path, row->version }, &a, &now);
	read_requirements(s, (struct modver){ path, older->version }, &b, &before);
	count_changes(row, &now, &before);
	map_release(&now);
	map_release(&before);
	gomod_summary_release(&a);
	gomod_summary_release(&b);
}

static void compare_all(struct history *h, struct source *s)
{
	struct history_row *newer = NULL;

	for (size_t i = 0; i < h->n; i++) {
		if (!h->rows[i].read)
			continue;
		if (newer)
			compare_rows(s, h->path, newer, &h->rows[i]);
		newer = &h->rows[i];
	}
}

void history_details(struct history *h, struct modload *ml, struct source *s, bool compare)
{
	struct golines g = GOLINES_INIT;
	struct details k = { .h = h,
			     .source = s,
			     .lines = &g,
			     .compare = compare,
			     .cancel = modproject_cancel(modload_project(ml)) };

	k.n = MIN(h->n, HISTORY_MAX_DETAILS);
	k.errs = xcalloc(h->n + 1, sizeof(*k.errs));
	k.of = xcalloc(h->n + 1, sizeof(*k.of));
	golines_load(&g, s, h->path);
	for (size_t i = 0; i < AHEAD; i++)
		send_row(&k, i);
	par_for_waiting(k.n, par_cpus(), AT_ONCE, ask_row, &k);
	take_details(&k, modload_arena(ml), &g);
	leave_out(h, k.n);
	golines_save(&g, s, h->path);
	golines_release(&g);
	for (size_t i = 0; i < h->n; i++)
		err_release(&k.errs[i]);
	free(k.errs);
	free(k.of);
	find_retracted(h, ml);
	if (compare)
		compare_all(h, s);
	h->as_of = source_as_of(s, h->path);
}
