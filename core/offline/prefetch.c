#include "offline/prefetch.h"

#include <unistd.h>

#include "base/fs.h"
#include "base/steady.h"
#include "change/apply.h"
#include "gofiles/cachepath.h"
#include "zip/dirhash.h"

#define RATE_AFTER_MS 500 /* earlier estimates are random */

/* The plan. */

struct wanted {
	struct modver mod;
	bool info, mod_file, zip;
	uint64_t bytes[2]; /* of the go.mod and the zip; 0: unknown */
	const char *needed_by;
};

static int compare(const void *p, const void *q)
{
	const struct levels_missing *a = *(const struct levels_missing *const *)p,
				    *b = *(const struct levels_missing *const *)q;
	int c = strcmp(a->mod.path, b->mod.path);

	return c ? c : strcmp(a->mod.version, b->mod.version);
}

static struct plan_step *add_fetch(struct plan *p, const char *root, const struct wanted *w,
				   const char *suffix, enum cache_part part)
{
	const char *file = cachepath_file(&p->arena, root, w->mod, suffix);
	struct plan_step *s = plan_add(p, PLAN_FETCH, file, 0,
				       "through GOPROXY, into modscope's own cache; checked there");

	s->part = part;
	return s;
}

static struct plan_step *add_write(struct plan *p, const char *root, const struct wanted *w,
				   const char *suffix, enum cache_part part, const char *why)
{
	const char *file = cachepath_file(&p->arena, root, w->mod, suffix);
	uint64_t bytes = part == CACHE_MOD ? w->bytes[0] : part == CACHE_ZIP ? w->bytes[1] : 0;
	struct plan_step *s = plan_add(p, PLAN_WRITE, file, bytes, why);

	s->part = part;
	s->reason.kind = PLAN_WANTED;
	s->undo = "it is moved away";
	if (part == CACHE_ZIP)
		s->shell = arena_fmt(&p->arena, "go mod download %s@%s", w->mod.path,
				     w->mod.version);
	return s;
}

/* No level lacks it, but with each zip go mod download leaves it too; list and queries want it. */
static bool info_comes_along(struct plan *p, const char *root, const struct wanted *w)
{
	return w->zip && !w->info && !fs_exists(cachepath_file(&p->arena, root, w->mod, "info"));
}

static void add_item(struct plan *p, const char *root, const struct wanted *w)
{
	bool along = info_comes_along(p, root, w);

	plan_begin(p, w->mod, "", 0);
	if (w->info)
		add_fetch(p, root, w, "info", CACHE_INFO);
	if (along)
		add_fetch(p, root, w, "info", CACHE_INFO)->reason.kind = PLAN_FOLLOWS;
	if (w->mod_file)
		add_fetch(p, root, w, "mod", CACHE_MOD);
	if (w->zip)
		add_fetch(p, root, w, "zip", CACHE_ZIP);
	plan_add(p, PLAN_LOCK, cachepath_file(&p->arena, root, w->mod, "lock"), 0,
		 "keeps go commands out meanwhile");
	if (w->info)
		add_write(p, root, w, "info", CACHE_INFO, w->needed_by);
	if (along)
		add_write(p, root, w, "info", CACHE_INFO, "as go mod download leaves it")
			->reason.kind = PLAN_FOLLOWS;
	if (w->mod_file)
		add_write(p, root, w, "mod", CACHE_MOD, w->needed_by);
	if (w->zip) {
		/* as in go: an existing zip always has its hash, even if this is killed */
		add_write(p, root, w, "ziphash", CACHE_ZIPHASH, "the hash of the zip");
		add_write(p, root, w, "zip", CACHE_ZIP, w->needed_by);
	}
}

static void take(struct wanted *w, const struct levels_missing *x)
{
	w->info |= str_eq(x->what, "info");
	w->mod_file |= str_eq(x->what, "mod");
	w->zip |= str_eq(x->what, "zip");
	if (x->bytes > 0)
		w->bytes[str_eq(x->what, "zip")] = (uint64_t)x->bytes;
	if (!*w->needed_by || str_eq(x->what, "zip"))
		w->needed_by = x->needed_by;
}

void prefetch_plan(struct plan *p, const char *root, const struct levels *l, unsigned wanted)
{
	VEC(const struct levels_missing *) all = { 0 };
	struct wanted w = { .mod = { "", "" } };

	plan_init(p, "prefetch");
	p->one_change = p->network = true;
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->rows[i].n_missing && wanted & 1u << l->rows[i].level; k++)
			if (*l->rows[i].missing[k].mod.version)
				vec_push(&all, &l->rows[i].missing[k]);
	if (all.n)
		qsort(all.items, all.n, sizeof(*all.items), compare);
	for (size_t i = 0; i < all.n; i++) {
		if (i == 0 || !modver_eq(w.mod, all.items[i]->mod))
			w = (struct wanted){ .mod = all.items[i]->mod, .needed_by = "" };
		take(&w, all.items[i]);
		if (i + 1 == all.n || !modver_eq(w.mod, all.items[i + 1]->mod))
			add_item(p, root, &w);
	}
	plan_end(p);
	vec_release(&all);
}

/* Execution. */

/* What one item has fetched. */
struct got {
	const char *zip, *mod, *info;
	size_t mod_len, info_len;
	char zip_sum[DIRHASH_LEN + 1];
	bool had_zip; /* in GOMODCACHE, when zip_sum was computed */
};

struct work {
	struct mend_fetch fetch;
	const struct plan *plan;
	const struct cache_trust *trust;
	struct cancel *cancel;
	struct got *got; /* by item */
};

static struct got *got_of(const struct work *w, const struct plan_item *item)
{
	return &w->got[item - w->plan->items];
}

/* One that only comes along may be missing. */
static bool fetch_info(struct work *w, const struct plan_item *item, const struct plan_step *s,
		       struct err *e)
{
	struct got *g = got_of(w, item);

	if (w->fetch.info(w->fetch.ctx, item->mod, &g->info, &g->info_len, e))
		return true;
	g->info = NULL;
	if (s->reason.kind != PLAN_FOLLOWS || cancel_is_set(w->cancel))
		return false;
	err_clear(e);
	return true;
}

static bool fetch(void *ctx, const struct plan_item *item, const struct plan_step *s, struct err *e)
{
	struct work *w = ctx;
	const struct mend_fetch *f = &w->fetch;
	struct got *g = got_of(w, item);
	struct err why = ERR_INIT;
	bool ok;

	switch ((enum cache_part)s->part) {
	case CACHE_ZIP: ok = f->zip(f->ctx, item->mod, &g->zip, &why); break;
	case CACHE_MOD: ok = f->gomod(f->ctx, item->mod, &g->mod, &g->mod_len, &why); break;
	default: ok = fetch_info(w, item, s, &why); break;
	}
	if (!ok && (why.form == ERR_FORM_MODULE || (err_is_bare(&why) && why.code == ERR_SYNTAX)))
		err_wrap(&why, "%s@%s: ", item->mod.path, item->mod.version);
	return ok || err_move(e, &why);
}

/* The zip beside it; owned by the caller. */
static char *zip_of(const struct plan_step *ziphash)
{
	return xstrndup(ziphash->path, strlen(ziphash->path) - strlen("hash"));
}

static bool has_zip(const struct plan_step *ziphash)
{
	char *zip = zip_of(ziphash);
	bool has = fs_exists(zip);

	free(zip);
	return has;
}

/* A file that exists by now is not replaced, nor does a zip that came meanwhile get the hash of ours. */
static bool judge(void *ctx, const struct plan_item *item, const struct plan_step *steps,
		  bool *stands, struct err *e)
{
	struct work *w = ctx;

	(void)e;
	for (size_t i = 0; i < item->n; i++)
		stands[i] = steps[i].op != PLAN_WRITE ||
			    (!fs_exists(steps[i].path) &&
			     (steps[i].part != CACHE_ZIPHASH ||
			      has_zip(&steps[i]) == got_of(w, item)->had_zip));
	return true;
}

static bool vouched(struct work *w, struct modver m, bool gomod, const char *sum, struct err *e)
{
	const char *want = "";
	enum cache_voucher who = w->trust ? w->trust->sum(w->trust->ctx, m, gomod, &want)
					  : CACHE_NOBODY;

	return who == CACHE_NOBODY || str_eq(sum, want) ||
	       err_set(e, ERR_CHECKSUM,
		       "verifying %s@%s%s: checksum mismatch\n\tdownloaded: %s\n\t%s: %s", m.path,
		       m.version, gomod ? "/go.mod" : "", sum,
		       who == CACHE_GOSUM ? w->trust->gosum_name : w->trust->sumdb_name, want);
}

static bool hash_zip(struct work *w, const char *file, char sum[DIRHASH_LEN + 1], struct err *e)
{
	struct hasher *h = hasher_new();
	bool ok = dirhash_zip(h, file, w->cancel, sum, e);

	hasher_free(h);
	return ok;
}

/* Of the copy, which go will use, not of its source. One in our own cache that has been damaged is removed, so that the next run
 * fetches it. */
static bool check_zip(struct work *w, struct modver m, struct got *g, const char *tmp,
		      struct err *e)
{
	char sum[DIRHASH_LEN + 1];

	if (hash_zip(w, tmp, sum, e) &&
	    (str_eq(sum, g->zip_sum) || err_set(e, ERR_CHECKSUM,
						"%s: its content has changed since it was fetched; "
						"it is fetched again the next time",
						g->zip)))
		return vouched(w, m, false, sum, e);
	if (!cancel_is_set(w->cancel))
		unlink(g->zip);
	return false;
}

static bool make_zip(struct work *w, struct modver m, struct got *g, struct apply *t,
		     const char **tmp, struct err *e)
{
	if (g->had_zip)
		return true;
	if (!apply_temp_copy(t, g->zip, tmp, e))
		return false;
	if (check_zip(w, m, g, *tmp, e))
		return true;
	unlink(*tmp);
	*tmp = NULL;
	return false;
}

static bool make_mod(struct work *w, struct modver m, struct got *g, struct apply *t,
		     const char **tmp, struct err *e)
{
	char sum[DIRHASH_LEN + 1];

	dirhash_gomod(g->mod, g->mod_len, sum);
	return vouched(w, m, true, sum, e) && apply_temp(t, g->mod, g->mod_len, tmp, e);
}

/* The hash from when it was put into our own cache; make_zip hashes the copy. */
static bool fetched_sum(struct work *w, struct got *g, struct err *e)
{
	char *file = xasprintf("%shash", g->zip);
	struct buf b = BUF_INIT;
	bool known = fs_read_buf(&b, file, DIRHASH_LEN + 1, NULL) && b.len == DIRHASH_LEN;

	if (known)
		memcpy(g->zip_sum, b.data, DIRHASH_LEN + 1);
	buf_release(&b);
	free(file);
	return known || hash_zip(w, g->zip, g->zip_sum, e);
}

/* Of the existing zip, whoever created it, else of the new one. */
static bool make_ziphash(struct work *w, struct modver m, struct got *g, const struct plan_step *s,
			 struct apply *t, const char **tmp, struct err *e)
{
	char *zip = zip_of(s);
	bool ok;

	g->had_zip = fs_exists(zip);
	ok = g->had_zip ? hash_zip(w, zip, g->zip_sum, e) : fetched_sum(w, g, e);
	free(zip);
	return ok && vouched(w, m, false, g->zip_sum, e) &&
	       apply_temp(t, g->zip_sum, strlen(g->zip_sum), tmp, e);
}

static bool make(void *ctx, const struct plan_item *item, const struct plan_step *s,
		 struct apply *t, const char **tmp, struct err *e)
{
	struct work *w = ctx;
	struct got *g = got_of(w, item);

	switch ((enum cache_part)s->part) {
	case CACHE_INFO: return !g->info || apply_temp(t, g->info, g->info_len, tmp, e);
	case CACHE_MOD: return make_mod(w, item->mod, g, t, tmp, e);
	case CACHE_ZIP: return make_zip(w, item->mod, g, t, tmp, e);
	default: return make_ziphash(w, item->mod, g, s, t, tmp, e);
	}
}

/* Progress. */

struct teller {
	const struct plan *plan;
	int64_t began; /* milliseconds */
	struct prefetch_progress at;
	void (*progress)(void *ctx, const struct prefetch_progress *p);
	void *ctx;
};

static void tell(void *ctx, size_t done, size_t total, struct modver mod)
{
	struct teller *t = ctx;
	struct prefetch_progress *at = &t->at;
	uint64_t ms = (uint64_t)(steady_ms() - t->began);

	for (size_t i = at->done; i < done && i < t->plan->n_items; i++)
		for (size_t k = 0; k < t->plan->items[i].n; k++)
			at->bytes += t->plan->steps[t->plan->items[i].first + k].bytes;
	at->done = done;
	at->total = total;
	at->all_bytes = t->plan->bytes;
	at->mod = mod;
	at->per_second = ms > RATE_AFTER_MS ? at->bytes * 1000 / ms : 0;
	at->seconds_left = -1;
	if (at->per_second && at->bytes <= at->all_bytes)
		at->seconds_left = (int64_t)((at->all_bytes - at->bytes) / at->per_second);
	t->progress(t->ctx, at);
}

static double mib(uint64_t bytes)
{
	return (double)bytes / (1024 * 1024);
}

void prefetch_progress_text(const struct prefetch_progress *p, struct buf *b)
{
	buf_addf(b, "%.1f of %.1f MiB", mib(p->bytes), mib(p->all_bytes));
	if (p->per_second)
		buf_addf(b, ", %.1f MiB/s", mib(p->per_second));
	if (p->seconds_left >= 0)
		buf_addf(b, ", %lld s left", (long long)p->seconds_left);
}

bool prefetch_run(struct cachejob *j, const struct plan *p, struct arena *a,
		  void (*progress)(void *ctx, const struct prefetch_progress *p), void *ctx,
		  struct execute_result **results, size_t *n, struct err *e)
{
	struct teller teller = {
		.plan = p, .began = steady_ms(), .progress = progress, .ctx = ctx
	};
	const struct cache_options o = cachejob_cache_options(j);
	struct work w = { .fetch = cachejob_fetch(j),
			  .plan = p,
			  .trust = o.trust,
			  .cancel = o.cancel,
			  .got = xcalloc(p->n_items + 1, sizeof(*w.got)) };
	const struct execute_room room = {
		.fetch = fetch, .judge = judge, .make = make, .ctx = &w
	};
	bool ok = fs_mkdir_all(cachejob_root(j), e);

	*n = 0;
	ok = ok && execute_together(a, p,
				    &(struct execute_options){ .root = cachejob_root(j),
							       .own_cache = cachejob_own_cache(j),
							       .room = &room,
							       .cancel = o.cancel,
							       .progress = progress ? tell : NULL,
							       .ctx = &teller },
				    results, n, e);
	free(w.got);
	return ok;
}
