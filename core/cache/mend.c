#include "cache/mend.h"

#include <unistd.h>

#include "base/fs.h"
#include "cache/repair_impl.h"
#include "change/apply.h"
#include "gofiles/cachepath.h"
#include "gofiles/modpath.h"
#include "zip/dirhash.h"
#include "zip/modzip.h"

#define MAX_LIST_NAMES ((size_t)1 << 20)
#define MAX_LIST ((size_t)16 << 20)

/* The running plan. */
struct mend {
	const struct mend_options *o;
	struct hasher *hasher;
	/* Of the current item: */
	struct arena own;
	struct modver m;
	const char *zip; /* fetched: a file of ours */
	bool accepted;	 /* and checked */
	char zip_sum[DIRHASH_LEN + 1], flat_sum[DIRHASH_LEN + 1];
	const char *mod, *info;
	size_t mod_len, info_len;
};

/* The fetched zip's hash, once it has been accepted, stands for who vouches. */
static enum cache_voucher fetched_sum(void *ctx, struct modver m, bool gomod, const char **sum)
{
	const struct mend *w = ctx;
	const struct cache_trust *trust = w->o->trust;

	if (!gomod && w->accepted) {
		*sum = w->zip_sum;
		return CACHE_SUMDB;
	}
	*sum = "";
	return trust ? trust->sum(trust->ctx, m, gomod, sum) : CACHE_NOBODY;
}

static bool hash_of_zip(struct mend *w, const char *file, struct hashmemo_result *out,
			struct err *e)
{
	struct hashmemo *memo = hashmemo_open(NULL);
	bool ok = hashmemo_zip(memo, w->hasher, file, w->m, true, w->o->cancel, out, e);

	hashmemo_free(memo);
	return ok;
}

static bool hash_of_tree(struct mend *w, const char *dir, struct hashmemo_result *out)
{
	struct hashmemo *memo = hashmemo_open(NULL);
	bool ok = hashmemo_tree(memo, w->hasher, dir, w->m, true, w->o->cancel, out, NULL);

	hashmemo_free(memo);
	return ok;
}

static bool mismatch(struct mend *w, const char *what, const char *have, const char *name,
		     const char *want, struct err *e)
{
	return err_set(e, ERR_CHECKSUM,
		       "verifying %s@%s%s: checksum mismatch\n\tdownloaded: %s\n\t%s: %s",
		       w->m.path, w->m.version, what, have, name, want);
}

/* No hash is recorded: compares with the entry's own files; if none is usable, nothing can contradict. */
static bool agrees_with_witness(struct mend *w, const struct hashmemo_result *fetched,
				struct err *e)
{
	struct arena *a = &w->own;
	struct hashmemo_result zip, tree;
	bool any = false, ok = false;
	size_t len;
	char *data;

	if (fs_read(a, cachepath_file(a, w->o->root, w->m, "ziphash"), 4096, &data, &len, NULL)) {
		data[strcspn(data, " \t\r\n")] = '\0';
		any |= dirhash_is_h1(data);
		ok |= str_eq(data, fetched->sum);
	}
	if (hash_of_zip(w, cachepath_file(a, w->o->root, w->m, "zip"), &zip, NULL)) {
		any = true;
		ok |= str_eq(zip.sum, fetched->sum);
	}
	if (hash_of_tree(w, cachepath_tree(a, w->o->root, w->m), &tree) && tree.n_files) {
		any = true;
		ok |= str_eq(tree.sum, fetched->flat_sum);
	}
	return ok || !any ||
	       err_set(e, ERR_CHECKSUM,
		       "%s@%s: the proxy's zip (%s) matches none of zip, .ziphash and tree, and "
		       "nothing verifies it",
		       w->m.path, w->m.version, fetched->sum);
}

static bool check_zip(struct mend *w, struct err *e)
{
	const struct cache_trust *trust = w->o->trust;
	struct hashmemo_result r;
	struct modzip z;
	const char *want = "";
	enum cache_voucher who = trust ? trust->sum(trust->ctx, w->m, false, &want) : CACHE_NOBODY;
	bool ok;

	if (!hash_of_zip(w, w->zip, &r, e))
		return false;
	if (who != CACHE_NOBODY && !str_eq(r.sum, want))
		return mismatch(w, "", r.sum,
				who == CACHE_GOSUM ? trust->gosum_name : trust->sumdb_name, want,
				e);
	if (who == CACHE_NOBODY && !agrees_with_witness(w, &r, e))
		return false;
	if (!modzip_open(&z, w->zip, e))
		return false;
	ok = modzip_check(&z, w->m, e) || err_wrap(e, "unzip %s: ", w->zip);
	modzip_close(&z);
	if (!ok)
		return false;
	memcpy(w->zip_sum, r.sum, sizeof(w->zip_sum));
	memcpy(w->flat_sum, r.flat_sum, sizeof(w->flat_sum));
	w->accepted = true;
	return true;
}

/* The go.mod must have the recorded hash, or be the one in the zip. */
static bool check_mod(struct mend *w, struct err *e)
{
	const struct cache_trust *trust = w->o->trust;
	const char *want = "",
		   *zip = w->zip ? w->zip : cachepath_file(&w->own, w->o->root, w->m, "zip");
	enum cache_voucher who = trust ? trust->sum(trust->ctx, w->m, true, &want) : CACHE_NOBODY;
	char sum[DIRHASH_LEN + 1];
	unsigned char digest[32];
	struct hashmemo_result r;

	dirhash_gomod(w->mod, w->mod_len, sum);
	if (who != CACHE_NOBODY)
		return str_eq(sum, want) ||
		       mismatch(w, "/go.mod", sum,
				who == CACHE_GOSUM ? trust->gosum_name : trust->sumdb_name, want,
				e);
	if (!hash_of_zip(w, zip, &r, NULL) || !r.has_gomod)
		return true;
	sha256_bytes(w->mod, w->mod_len, digest);
	return memcmp(digest, r.gomod, sizeof(digest)) == 0 ||
	       err_set(e, ERR_CHECKSUM, "%s@%s: the proxy's go.mod is not the one in the zip",
		       w->m.path, w->m.version);
}

static bool fetch(void *ctx, const struct plan_item *item, const struct plan_step *s, struct err *e)
{
	struct mend *w = ctx;
	const struct mend_fetch *f = w->o->fetch;

	w->m = item->mod;
	switch ((enum cache_part)s->part) {
	case CACHE_ZIP: return f->zip(f->ctx, w->m, &w->zip, e);
	case CACHE_MOD: return f->gomod(f->ctx, w->m, &w->mod, &w->mod_len, e);
	default: return f->info(f->ctx, w->m, &w->info, &w->info_len, e);
	}
}

static bool check(void *ctx, const struct plan_item *item, const struct plan_step *s, struct err *e)
{
	(void)item;
	return s->part == CACHE_ZIP ? check_zip(ctx, e) : check_mod(ctx, e);
}

/* Judging. Everything is read again. */

static struct cache_options judge_options(struct mend *w, const struct cache_trust *trust,
					  struct hashmemo *memo)
{
	return (struct cache_options){
		.root = w->o->root,
		.memo = memo,
		.trust = trust,
		.hash = true,
		.full = true,
		.own_lock = true,
		.threads = 1,
		.cancel = w->o->cancel,
		.gosumdb = w->o->gosumdb,
		.sumdb_config = w->o->sumdb_config,
	};
}

static bool has_problem(const struct cache_problem *problems, size_t n, const struct plan_step *s,
			enum cache_fix fix)
{
	for (size_t i = 0; i < n; i++)
		if (repair_is_wanted(&problems[i]) && problems[i].fix == fix &&
		    str_eq(problems[i].file, s->path))
			return true;
	return false;
}

/* The same file still needs the same. */
static bool entry_step_stands(const struct cache_entry *entry, const struct repair_need *now,
			      const struct plan_step *s)
{
	switch (s->op) {
	case PLAN_REPLACE:
		return s->part == CACHE_INFO  ? now->info
		       : s->part == CACHE_MOD ? now->mod
					      : now->zip;
	case PLAN_EXTRACT: return now->tree;
	case PLAN_WRITE: return s->part == CACHE_ZIPHASH ? now->ziphash : now->mod;
	case PLAN_CHMOD: return has_problem(entry->problems, entry->n_problems, s, CACHE_FIX_MODE);
	case PLAN_QUARANTINE:
		return has_problem(entry->problems, entry->n_problems, s, CACHE_FIX_REMOVE);
	default: return true;
	}
}

/* Making anything from the zip requires that it is right. */
static bool zip_will_be_right(const struct mend *w, const struct plan_item *item,
			      const struct plan_step *steps, const bool *stands,
			      const struct repair_need *now, struct err *e)
{
	bool from_zip = false, new_zip = false;

	for (size_t i = 0; i < item->n; i++) {
		if (!stands[i])
			continue;
		from_zip |= steps[i].op == PLAN_EXTRACT || steps[i].part == CACHE_ZIPHASH;
		new_zip |= steps[i].op == PLAN_REPLACE && steps[i].part == CACHE_ZIP;
	}
	return !from_zip || new_zip || !now->zip ||
	       err_set(e, ERR_CHECKSUM,
		       "%s@%s: its zip has changed since this was planned, and is now wrong",
		       w->m.path, w->m.version);
}

static const struct cache_problem *unreadable_at(const struct cache_entry *entry, const char *path)
{
	for (size_t i = 0; i < entry->n_problems; i++) {
		const struct cache_problem *p = &entry->problems[i];

		if (p->kind == CACHE_KIND_UNREADABLE && p->fix == CACHE_FIX_NONE &&
		    path_under(p->file, path))
			return p;
	}
	return NULL;
}

/* What cannot be read now may still need its step. */
static bool is_known(const struct cache_entry *entry, const struct plan_item *item,
		     const struct plan_step *steps, const bool *stands, struct err *e)
{
	for (size_t i = 0; i < item->n; i++) {
		const struct cache_problem *p = stands[i] ? NULL
							  : unreadable_at(entry, steps[i].path);

		if (p)
			return err_set(e, ERR_SYS, "%s: %s: %s", p->file, p->problem, p->found);
	}
	return true;
}

static bool judge_entry(struct mend *w, const struct plan_item *item, const struct plan_step *steps,
			bool *stands, struct err *e)
{
	const struct cache_trust trust = { fetched_sum, w,
					   w->o->trust ? w->o->trust->gosum_name : "go.sum",
					   "the fetched zip" };
	struct hashmemo *memo = hashmemo_open(NULL);
	const struct cache_options o = judge_options(w, &trust, memo);
	struct cache_report *r = NULL;
	struct repair_need now;
	bool ok;

	w->m = item->mod;
	ok = cache_load(&r, &o, &w->m, 1, e);
	hashmemo_free(memo);
	if (!ok)
		return false;
	now = repair_need_of(&r->entries[0]);
	for (size_t i = 0; i < item->n; i++)
		stands[i] = entry_step_stands(&r->entries[0], &now, &steps[i]);
	ok = is_known(&r->entries[0], item, steps, stands, e) &&
	     zip_will_be_right(w, item, steps, stands, &now, e);
	cache_free(r);
	return ok;
}

static bool judge_other(struct mend *w, const struct plan_item *item, const struct plan_step *steps,
			bool *stands, struct err *e)
{
	struct hashmemo *memo = hashmemo_open(NULL);
	const struct cache_options o = judge_options(w, w->o->trust, memo);
	struct cache_report *r = NULL;
	bool ok = cache_load_other(&r, &o,
				   item->sort == REPAIR_SUMDB ? CACHE_OTHER_SUMDB : CACHE_OTHER_VCS,
				   item->path, e);
	const struct cache_other *now = ok ? &r->others[0] : NULL;

	hashmemo_free(memo);
	for (size_t i = 0; ok && i < item->n; i++)
		stands[i] = item->sort == REPAIR_REPOSITORY && steps[i].op == PLAN_QUARANTINE
				    ? repair_takes_whole(now)
				    : has_problem(now->problems, now->n_problems, &steps[i],
						  CACHE_FIX_REMOVE);
	cache_free(r);
	return ok;
}

static bool judge(void *ctx, const struct plan_item *item, const struct plan_step *steps,
		  bool *stands, struct err *e)
{
	struct mend *w = ctx;

	switch ((enum repair_sort)item->sort) {
	case REPAIR_ENTRY: return judge_entry(w, item, steps, stands, e);
	case REPAIR_REPOSITORY:
	case REPAIR_SUMDB: return judge_other(w, item, steps, stands, e);
	default: break;
	}
	for (size_t i = 0; i < item->n; i++) /* a list is compared when it is made */
		stands[i] = item->sort == REPAIR_LIST || !fs_is_gone(steps[i].path);
	return true;
}

/* Making new files. */

static bool make_zip(struct mend *w, const struct plan_step *s, struct apply *t, const char **tmp,
		     struct err *e)
{
	struct hashmemo_result r;

	if (!apply_temp_copy(t, w->zip, tmp, e))
		return false;
	/* the copy is what go will use: it is hashed, not the file it was made from */
	if (hash_of_zip(w, *tmp, &r, e) && str_eq(r.sum, w->zip_sum))
		return true;
	unlink(*tmp);
	return err_set(e, ERR_CHECKSUM, "%s: the copy's hash differs from the original's", s->path);
}

static bool make_tree(struct mend *w, const struct plan_step *s, struct apply *t, const char **tmp,
		      struct err *e)
{
	const char *zip = cachepath_file(&w->own, w->o->root, w->m, "zip");
	char *prefix = xasprintf("%s@%s", w->m.path, w->m.version), sum[DIRHASH_LEN + 1];
	struct hashmemo_result r;
	bool ok;

	*tmp = apply_temp_tree(t);
	ok = hash_of_zip(w, zip, &r, e) &&
	     modzip_extract(zip, w->m, *tmp, !w->o->mod_cache_rw, w->o->cancel, e) &&
	     dirhash_dir(w->hasher, *tmp, prefix, w->o->cancel, sum, e);
	if (ok && !str_eq(sum, r.flat_sum))
		ok = err_set(e, ERR_CHECKSUM,
			     "%s: the extracted tree's hash differs from the zip's", s->path);
	if (ok)
		fs_sync_tree(*tmp);
	else
		fs_remove_all(*tmp, NULL);
	free(prefix);
	return ok;
}

static bool make_ziphash(struct mend *w, struct apply *t, const char **tmp, struct err *e)
{
	struct hashmemo_result r;

	return hash_of_zip(w, cachepath_file(&w->own, w->o->root, w->m, "zip"), &r, e) &&
	       apply_temp(t, r.sum, strlen(r.sum), tmp, e);
}

static bool make_list(struct mend *w, const struct plan_step *s, struct apply *t, const char **tmp,
		      struct err *e)
{
	VEC(const char *) versions = { 0 };
	struct buf text = BUF_INIT;
	struct fs_dirent *entries;
	size_t n, len;
	char *old;
	bool ok = fs_list(&w->own, path_dir(&w->own, s->path), MAX_LIST_NAMES, &entries, &n, e);

	for (size_t i = 0; ok && i < n; i++) {
		size_t stem = strlen(entries[i].name) - strlen(".mod");

		if (str_has_suffix(entries[i].name, ".mod") &&
		    modpath_version_is_canonical_n(entries[i].name, stem))
			vec_push(&versions, arena_strndup(&w->own, entries[i].name, stem));
	}
	repair_list_text(&text, versions.items, versions.n);
	if (ok && (!fs_read(&w->own, s->path, MAX_LIST, &old, &len, NULL) || len != text.len ||
		   memcmp(old, text.data, len) != 0))
		ok = apply_temp(t, text.data, text.len, tmp, e);
	vec_release(&versions);
	buf_release(&text);
	return ok;
}

static bool make(void *ctx, const struct plan_item *item, const struct plan_step *s,
		 struct apply *t, const char **tmp, struct err *e)
{
	struct mend *w = ctx;

	w->m = item->mod;
	switch ((enum cache_part)s->part) {
	case CACHE_INFO: return apply_temp(t, w->info, w->info_len, tmp, e);
	case CACHE_MOD: return apply_temp(t, w->mod, w->mod_len, tmp, e);
	case CACHE_ZIP: return make_zip(w, s, t, tmp, e);
	case CACHE_ZIPHASH: return make_ziphash(w, t, tmp, e);
	case CACHE_TREE: return make_tree(w, s, t, tmp, e);
	default: return make_list(w, s, t, tmp, e);
	}
}

static void end(void *ctx)
{
	struct mend *w = ctx;

	arena_release(&w->own);
	*w = (struct mend){ .o = w->o, .hasher = w->hasher };
}

void mend_run(struct arena *a, const struct plan *p, const struct mend_options *o,
	      struct execute_result **results, size_t *n)
{
	struct mend w = { .o = o, .hasher = hasher_new() };
	const struct execute_room room = { fetch, check, judge, make, end, &w };

	execute_plan(a, p,
		     &(struct execute_options){ .root = o->root,
						.own_cache = o->own_cache,
						.room = &room,
						.cancel = o->cancel,
						.log = o->log,
						.progress = o->progress,
						.ctx = o->ctx },
		     results, n);
	hasher_free(w.hasher);
	arena_release(&w.own);
}
