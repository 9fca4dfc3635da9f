#include "cache/repair.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/activity.h"
#include "change/apply.h"
#include "gofiles/cachepath.h"
#include "base/fs.h"
#include "zip/modhash.h"
#include "gofiles/modpath.h"
#include "zip/modzip.h"
#include "gofiles/semver.h"

#define MAX_LIST_NAMES ((size_t)1 << 20)

static struct modver no_module(void)
{
	return (struct modver){ "", "" };
}

/* What a person who asks for a repair wants mended. An absent .info is none of go's errors, but part of a whole entry. */
static bool is_wanted(const struct cache_problem *p)
{
	return p->fix != CACHE_FIX_NONE &&
	       (p->severity >= FINDING_WARNING || p->kind == CACHE_KIND_INFO_MISSING);
}

/* The work on one entry that its problems ask for. */
struct need {
	bool info, mod, zip, zip_at_hand, tree, ziphash, any;
};

static struct need need_of(const struct cache_entry *entry)
{
	struct need need = { .zip_at_hand = entry->files[CACHE_ZIP].mode != 0 };

	for (size_t i = 0; i < entry->n_problems; i++) {
		const struct cache_problem *p = &entry->problems[i];

		if (!is_wanted(p))
			continue;
		need.any = true;
		need.tree |= p->fix == CACHE_FIX_EXTRACT;
		need.ziphash |= p->fix == CACHE_FIX_REHASH;
		if (p->fix != CACHE_FIX_FETCH)
			continue;
		need.info |= p->part == CACHE_INFO;
		need.mod |= p->part == CACHE_MOD;
		need.zip |= p->part == CACHE_ZIP || p->part == CACHE_TREE;
	}
	if ((need.tree || need.ziphash) && !need.zip_at_hand)
		need.zip = true;
	return need;
}

/* A new tree has the right modes. */
static bool is_done_by_tree(const struct cache_problem *p, const struct need *need)
{
	return need->tree && p->part == CACHE_TREE && p->fix == CACHE_FIX_MODE;
}

static bool is_chosen(const struct cache_entry *entry, const struct modver *mods, size_t n)
{
	if (!mods)
		return need_of(entry).any;
	for (size_t i = 0; i < n; i++)
		if (str_eq(mods[i].path, entry->mod.path) &&
		    str_eq(mods[i].version, entry->mod.version))
			return true;
	return false;
}

/* What is no entry is chosen by its file. */
static bool other_is_chosen(const struct cache_other *o, const struct modver *mods, size_t n)
{
	bool named = !mods;

	for (size_t i = 0; i < n && !named; i++)
		named = !*mods[i].version && str_eq(mods[i].path, o->file);
	if (!named)
		return false;
	for (size_t i = 0; i < o->n_problems; i++)
		if (is_wanted(&o->problems[i]))
			return true;
	return false;
}

/* The plan. */

static void plan_fetch(struct plan *p, struct modver m, const char *root, const char *suffix,
		       uint64_t bytes, const char *why)
{
	const char *file = cachepath_file(&p->arena, root, m, suffix);
	bool sum = !str_eq(suffix, "info");

	/* go takes what is there, however wrong */
	plan_add(p, PLAN_FETCH, m, file, 0, "through GOPROXY, into our own cache")->shell =
		arena_fmt(&p->arena, "%s%s%sgo mod download %s@%s", bytes ? "rm -f '" : "",
			  bytes ? file : "", bytes ? "'\n" : "", m.path, m.version);
	if (sum)
		plan_add(p, PLAN_CHECK, m, file, 0,
			 "against go.sum or the checksum database, before anything is replaced");
	plan_add(p, PLAN_REPLACE, m, file, bytes, why)->undo =
		"the old file comes back from quarantine";
}

static const char *why_of(const struct cache_entry *entry, enum cache_part part, enum cache_fix fix)
{
	for (size_t i = 0; i < entry->n_problems; i++)
		if (is_wanted(&entry->problems[i]) && entry->problems[i].part == part &&
		    entry->problems[i].fix == fix)
			return entry->problems[i].problem;
	return "it is needed for the rest";
}

static void plan_other_problems(struct plan *p, const struct cache_entry *entry,
				const struct need *need)
{
	for (size_t i = 0; i < entry->n_problems; i++) {
		const struct cache_problem *q = &entry->problems[i];
		struct plan_step *s;

		if (!is_wanted(q) || is_done_by_tree(q, need))
			continue;
		if (q->fix == CACHE_FIX_REMOVE) {
			s = plan_add(p, PLAN_QUARANTINE, entry->mod, q->file, 0, q->problem);
			s->undo = "it comes back from quarantine";
		} else if (q->fix == CACHE_FIX_MODE) {
			s = plan_add(p, PLAN_CHMOD, entry->mod, q->file, 0, q->problem);
			s->undo = "the old mode is set again";
			s->shell = arena_fmt(&p->arena, "chmod %s '%s'",
					     q->kind == CACHE_KIND_UNREADABLE ? "u+r" : "a-w",
					     q->file);
		}
	}
}

static void plan_entry(struct plan *p, const char *root, const struct cache_entry *entry)
{
	struct need need = need_of(entry);
	struct modver m = entry->mod;
	struct plan_step *s;

	if (!need.any)
		return;
	plan_add(p, PLAN_LOCK, m, cachepath_file(&p->arena, root, m, "lock"), 0,
		 "so that no go command is at work on it");
	if (need.info)
		plan_fetch(p, m, root, "info", (uint64_t)entry->files[CACHE_INFO].size,
			   why_of(entry, CACHE_INFO, CACHE_FIX_FETCH));
	if (need.mod)
		plan_fetch(p, m, root, "mod", (uint64_t)entry->files[CACHE_MOD].size,
			   why_of(entry, CACHE_MOD, CACHE_FIX_FETCH));
	if (need.zip)
		plan_fetch(p, m, root, "zip", (uint64_t)entry->files[CACHE_ZIP].size,
			   why_of(entry, CACHE_ZIP, CACHE_FIX_FETCH));
	if (need.tree) {
		const char *tree = cachepath_tree(&p->arena, root, m);

		s = plan_add(p, PLAN_EXTRACT, m, tree, entry->tree_bytes,
			     why_of(entry, CACHE_TREE, CACHE_FIX_EXTRACT));
		s->shell = arena_fmt(&p->arena,
				     "chmod -R u+w '%s'\nrm -rf '%s'\ngo mod download %s@%s", tree,
				     tree, m.path, m.version);
		s->undo = "the old tree comes back from quarantine";
	}
	if (need.ziphash) {
		s = plan_add(p, PLAN_WRITE, m, cachepath_file(&p->arena, root, m, "ziphash"),
			     (uint64_t)entry->files[CACHE_ZIPHASH].size,
			     why_of(entry, CACHE_ZIPHASH, CACHE_FIX_REHASH));
		s->undo = "the old file comes back from quarantine";
		s->shell = arena_fmt(&p->arena, "rm -f '%s'\ngo mod download %s@%s", s->path,
				     m.path, m.version);
	}
	plan_other_problems(p, entry, &need);
}

/* A repository of the vcs cache goes as a whole, but not for a lock that a dead git has left. */
static bool goes_whole(const struct cache_other *o)
{
	if (o->kind != CACHE_OTHER_VCS)
		return false;
	for (size_t i = 0; i < o->n_problems; i++)
		if (is_wanted(&o->problems[i]) && o->problems[i].kind != CACHE_KIND_VCS_LOCK)
			return true;
	return false;
}

static void plan_other(struct plan *p, const struct cache_other *o)
{
	bool whole = goes_whole(o);

	for (size_t i = 0; i < o->n_problems; i++) {
		const struct cache_problem *q = &o->problems[i];
		bool list = q->fix == CACHE_FIX_LIST;
		const char *file = whole ? o->file : q->file;
		struct plan_step *s;

		if (!is_wanted(q) || (whole && q->kind == CACHE_KIND_VCS_LOCK))
			continue;
		s = plan_add(p, list ? PLAN_WRITE : PLAN_QUARANTINE, no_module(), file,
			     o->n_problems == 1 ? o->bytes : 0, q->problem);
		s->undo = "the old file comes back from quarantine";
		if (whole)
			return;
	}
}

void repair_plan(struct plan *p, const struct cache_report *r, const struct modver *mods, size_t n)
{
	plan_init(p, "repair the module cache");
	for (size_t i = 0; i < r->n; i++)
		if (is_chosen(&r->entries[i], mods, n))
			plan_entry(p, r->root, &r->entries[i]);
	for (size_t i = 0; i < r->n_others; i++)
		if (other_is_chosen(&r->others[i], mods, n))
			plan_other(p, &r->others[i]);
}

/* One entry at work. */
struct work {
	struct arena *a; /* the caller's: results */
	struct arena own;
	const struct repair_options *o;
	struct hasher *hasher;
	struct modver m;
	struct apply *t;
	VEC(const char *) files;
	/* What was fetched: */
	const char *zip; /* a file of ours */
	char zip_sum[DIRHASH_LEN + 1], flat_sum[DIRHASH_LEN + 1];
	const char *mod, *info;
	size_t mod_len, info_len;
};

/* The fetched zip's hash, once it has been accepted, stands for who vouches. */
static enum cache_voucher fetched_sum(void *ctx, struct modver m, bool gomod, const char **sum)
{
	const struct work *w = ctx;
	const struct cache_trust *trust = w->o->trust;

	if (!gomod && w->zip) {
		*sum = w->zip_sum;
		return CACHE_SUMDB;
	}
	*sum = "";
	return trust ? trust->sum(trust->ctx, m, gomod, sum) : CACHE_NOBODY;
}

/* Everything is read anew each time. */
static bool judge(struct work *w, struct cache_report **r, struct err *e)
{
	const struct cache_trust trust = { fetched_sum, w,
					   w->o->trust ? w->o->trust->gosum_name : "go.sum",
					   "the fetched zip" };
	struct hashmemo *memo = hashmemo_open(NULL);
	const struct cache_options options = {
		.root = w->o->root,
		.memo = memo,
		.trust = &trust,
		.hash = true,
		.full = true,
		.own_lock = true,
		.threads = 1,
		.cancel = w->o->cancel,
	};
	bool ok = cache_load(r, &options, &w->m, 1, e);

	hashmemo_free(memo);
	return ok;
}

static bool hash_of_zip(struct work *w, const char *file, struct hash_result *out, struct err *e)
{
	struct hashmemo *memo = hashmemo_open(NULL);
	bool ok = memo_zip(memo, w->hasher, file, w->m, true, w->o->cancel, out, e);

	hashmemo_free(memo);
	return ok;
}

static bool hash_of_tree(struct work *w, const char *dir, struct hash_result *out)
{
	struct hashmemo *memo = hashmemo_open(NULL);
	bool ok = memo_tree(memo, w->hasher, dir, w->m, true, w->o->cancel, out, NULL);

	hashmemo_free(memo);
	return ok;
}

static bool mismatch(struct work *w, const char *what, const char *have, const char *name,
		     const char *want, struct err *e)
{
	return err_set(e, ERR_CHECKSUM,
		       "verifying %s@%s%s: checksum mismatch\n\tdownloaded: %s\n\t%s: %s",
		       w->m.path, w->m.version, what, have, name, want);
}

/* Nobody vouches: the entry's own files are asked. None of worth is fine: then there is nothing to contradict. */
static bool agrees_with_witness(struct work *w, const struct hash_result *fetched, struct err *e)
{
	struct arena *a = &w->own;
	struct hash_result zip, tree;
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
		       "%s@%s: the proxy's zip (%s) is none of those that zip, .ziphash and tree tell, and "
		       "nobody vouches for it",
		       w->m.path, w->m.version, fetched->sum);
}

static bool fetch_zip(struct work *w, struct err *e)
{
	const struct cache_trust *trust = w->o->trust;
	struct hash_result r;
	struct modzip z;
	const char *file, *want = "";
	enum cache_voucher who = trust ? trust->sum(trust->ctx, w->m, false, &want) : CACHE_NOBODY;
	bool ok;

	if (!w->o->fetch->zip(w->o->fetch->ctx, w->m, &file, e) || !hash_of_zip(w, file, &r, e))
		return false;
	if (who != CACHE_NOBODY && !str_eq(r.sum, want))
		return mismatch(w, "", r.sum,
				who == CACHE_GOSUM ? trust->gosum_name : trust->sumdb_name, want,
				e);
	if (who == CACHE_NOBODY && !agrees_with_witness(w, &r, e))
		return false;
	if (!modzip_open(&z, file, e))
		return false;
	ok = modzip_check(&z, w->m, e) || err_wrap(e, "unzip %s: ", file);
	modzip_close(&z);
	if (!ok)
		return false;
	memcpy(w->zip_sum, r.sum, sizeof(w->zip_sum));
	memcpy(w->flat_sum, r.flat_sum, sizeof(w->flat_sum));
	w->zip = file;
	return true;
}

/* The go.mod must be the one that is vouched for, or the one in the zip. */
static bool fetch_mod(struct work *w, struct err *e)
{
	const struct cache_trust *trust = w->o->trust;
	const char *want = "",
		   *zip = w->zip ? w->zip : cachepath_file(&w->own, w->o->root, w->m, "zip");
	enum cache_voucher who = trust ? trust->sum(trust->ctx, w->m, true, &want) : CACHE_NOBODY;
	char sum[DIRHASH_LEN + 1];
	unsigned char digest[32];
	struct hash_result r;

	if (!w->o->fetch->gomod(w->o->fetch->ctx, w->m, &w->mod, &w->mod_len, e))
		return false;
	modhash_gomod(w->mod, w->mod_len, sum);
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

static bool fetch_all(struct work *w, const struct need *need, struct err *e)
{
	if (need->zip && !fetch_zip(w, e))
		return false;
	if (need->mod && !fetch_mod(w, e))
		return false;
	return !need->info || w->o->fetch->info(w->o->fetch->ctx, w->m, &w->info, &w->info_len, e);
}

static bool note(struct work *w, const char *path)
{
	vec_push(&w->files, arena_strdup(w->a, path));
	return true;
}

static bool replace_data(struct work *w, const char *suffix, const char *data, size_t len,
			 struct err *e)
{
	const char *path = cachepath_file(&w->own, w->o->root, w->m, suffix), *tmp;

	return apply_temp(w->t, data, len, &tmp, e) && apply_replace(w->t, path, tmp, e) &&
	       note(w, path);
}

static bool replace_zip(struct work *w, struct err *e)
{
	const char *path = cachepath_file(&w->own, w->o->root, w->m, "zip"), *tmp;
	struct hash_result r;

	if (!apply_temp_copy(w->t, w->zip, &tmp, e))
		return false;
	/* the copy is what go will use: it is hashed, not the file it was made from */
	if (!hash_of_zip(w, tmp, &r, e) || !str_eq(r.sum, w->zip_sum)) {
		unlink(tmp);
		return err_set(e, ERR_CHECKSUM, "%s: the copy does not hash as the original", path);
	}
	return apply_replace(w->t, path, tmp, e) && note(w, path);
}

static bool replace_tree(struct work *w, struct err *e)
{
	const char *tree = cachepath_tree(&w->own, w->o->root, w->m), *tmp = apply_temp_tree(w->t);
	const char *zip = cachepath_file(&w->own, w->o->root, w->m, "zip");
	char *prefix = xasprintf("%s@%s", w->m.path, w->m.version), sum[DIRHASH_LEN + 1];
	struct hash_result r;
	bool ok = hash_of_zip(w, zip, &r, e) &&
		  modzip_extract(zip, w->m, tmp, !w->o->mod_cache_rw, w->o->cancel, e) &&
		  dirhash_dir(w->hasher, tmp, prefix, w->o->cancel, sum, e);

	if (ok && !str_eq(sum, r.flat_sum))
		ok = err_set(e, ERR_CHECKSUM, "%s: the extracted tree does not hash as the zip",
			     tree);
	if (ok)
		fs_sync_tree(tmp);
	ok = ok && apply_replace(w->t, tree, tmp, e) && note(w, tree);
	if (!ok)
		fs_remove_all(tmp, NULL);
	free(prefix);
	return ok;
}

static bool write_ziphash(struct work *w, struct err *e)
{
	struct hash_result r;

	if (!hash_of_zip(w, cachepath_file(&w->own, w->o->root, w->m, "zip"), &r, e))
		return false;
	return replace_data(w, "ziphash", r.sum, strlen(r.sum), e);
}

/* modfetch.rewriteVersionList */
static bool write_list(struct work *w, const char *dir, struct err *e)
{
	const char *file = arena_fmt(&w->own, "%s/list", dir), *tmp;
	VEC(const char *) versions = { 0 };
	struct buf text = BUF_INIT;
	struct fs_dirent *entries;
	size_t n, len;
	char *old;
	bool ok = fs_list(&w->own, dir, MAX_LIST_NAMES, &entries, &n, e);

	for (size_t i = 0; ok && i < n; i++) {
		size_t stem = strlen(entries[i].name);

		if (!str_has_suffix(entries[i].name, ".mod") ||
		    !modpath_version_is_canonical_n(entries[i].name, stem - 4))
			continue;
		vec_push(&versions, arena_strndup(&w->own, entries[i].name, stem - 4));
	}
	if (ok) {
		semver_sort(versions.items, versions.n);
		for (size_t i = 0; i < versions.n; i++)
			buf_addf(&text, "%s\n", versions.items[i]);
		if (!fs_read(&w->own, file, (size_t)16 << 20, &old, &len, NULL) ||
		    len != text.len || memcmp(old, text.data, len) != 0)
			ok = apply_temp(w->t, text.data, text.len, &tmp, e) &&
			     apply_replace(w->t, file, tmp, e) && note(w, file);
	}
	vec_release(&versions);
	buf_release(&text);
	return ok;
}

static bool set_mode(struct work *w, const struct cache_problem *p, struct err *e)
{
	struct stat st;
	mode_t mode;

	if (lstat(p->file, &st))
		return err_sys(e, errno, "lstat %s", p->file);
	if (p->kind != CACHE_KIND_UNREADABLE)
		mode = st.st_mode & 07555;
	else if (S_ISDIR(st.st_mode))
		mode = 0777 & ~fs_umask() & (w->o->mod_cache_rw ? 0777 : 0555);
	else
		mode = 0666 & ~fs_umask();
	return apply_chmod(w->t, p->file, mode, e) && note(w, p->file);
}

static bool mend_small(struct work *w, const struct cache_entry *entry, enum cache_fix fix,
		       bool marks, struct err *e)
{
	const struct need need = need_of(entry);

	for (size_t i = 0; i < entry->n_problems; i++) {
		const struct cache_problem *p = &entry->problems[i];

		if (!is_wanted(p) || p->fix != fix || (p->part == CACHE_PART_MARK) != marks ||
		    is_done_by_tree(p, &need))
			continue;
		if (!(fix == CACHE_FIX_MODE ? set_mode(w, p, e)
					    : apply_remove(w->t, p->file, e) && note(w, p->file)))
			return false;
	}
	return true;
}

/* Under the lock. The .ziphash is the last of what decides whether go uses the entry, the .partial mark is the very last. */
static bool mend(struct work *w, const struct cache_entry *entry, struct err *e)
{
	struct need need = need_of(entry);
	bool new_mod = need.mod && !entry->files[CACHE_MOD].mode;

	if (need.info && w->info && !replace_data(w, "info", w->info, w->info_len, e))
		return false;
	if (need.mod && w->mod && !replace_data(w, "mod", w->mod, w->mod_len, e))
		return false;
	if (new_mod && w->mod && !write_list(w, cachepath_dir(&w->own, w->o->root, w->m.path), e))
		return false;
	if (!mend_small(w, entry, CACHE_FIX_MODE, false, e))
		return false;
	if (need.zip && w->zip && !replace_zip(w, e))
		return false;
	if (need.tree && !replace_tree(w, e))
		return false;
	if (need.ziphash && !write_ziphash(w, e))
		return false;
	return mend_small(w, entry, CACHE_FIX_REMOVE, false, e) &&
	       mend_small(w, entry, CACHE_FIX_REMOVE, true, e);
}

/* A lock that is no file cannot be taken; nobody else can hold it either. */
static bool clear_lock(struct work *w, const struct cache_entry *entry, struct err *e)
{
	for (size_t i = 0; i < entry->n_problems; i++)
		if (entry->problems[i].kind == CACHE_KIND_LOCK_KIND &&
		    !(apply_remove(w->t, entry->problems[i].file, e) &&
		      note(w, entry->problems[i].file)))
			return false;
	return true;
}

static bool still_wrong(const struct cache_report *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t j = 0; j < r->entries[i].n_problems; j++)
			if (is_wanted(&r->entries[i].problems[j]))
				return !err_set(e, ERR_SYS, "%s: %s, even after the repair",
						r->entries[i].problems[j].file,
						r->entries[i].problems[j].problem);
	return false;
}

static bool needs_more(const struct need *before, const struct need *now)
{
	return (now->zip && !before->zip) || (now->mod && !before->mod) ||
	       (now->info && !before->info);
}

static bool mend_locked(struct work *w, const struct need *before, struct err *e)
{
	struct cache_report *r = NULL;
	struct need now;
	bool ok = judge(w, &r, e);

	if (!ok)
		return false;
	now = need_of(&r->entries[0]);
	if (now.any && needs_more(before, &now) && !(ok = fetch_all(w, &now, e)))
		now.any = false;
	ok = ok && (!now.any || mend(w, &r->entries[0], e));
	cache_free(r);
	if (!ok || !now.any)
		return ok;
	if (!judge(w, &r, e))
		return false;
	ok = !still_wrong(r, e);
	cache_free(r);
	return ok;
}

/* False: e is set, and everything is as before. */
static bool repair_entry(struct work *w, const struct cache_entry *entry, const char **id,
			 struct err *e)
{
	struct need need = need_of(entry);
	char *title = xasprintf("repair %s@%s", w->m.path, w->m.version);
	bool ok = fetch_all(w, &need, e);

	w->t = ok ? apply_begin(w->o->root, w->o->own_cache, title, w->o->log, e) : NULL;
	free(title);
	if (!w->t)
		return false;
	*id = apply_id(w->t);
	*id = arena_strdup(w->a, *id);
	ok = clear_lock(w, entry, e) &&
	     apply_lock(w->t, cachepath_file(&w->own, w->o->root, w->m, "lock"), w->o->cancel, e) &&
	     mend_locked(w, &need, e);
	if (apply_steps(w->t) == 0)
		*id = "";
	if (ok)
		return apply_end(w->t, e);
	apply_abandon(w->t);
	if (**id) {
		apply_undo(w->o->root, w->o->own_cache, *id, NULL, w->o->log, NULL);
		*id = "";
	}
	return false;
}

static void work_init(struct work *w, struct arena *a, const struct repair_options *o,
		      struct hasher *h, struct modver m)
{
	*w = (struct work){ .a = a, .o = o, .hasher = h, .m = m };
}

struct results {
	struct repair_result *items;
	size_t n, cap;
};

static void add_result(struct results *v, struct work *w, const char *path, bool ok, const char *id,
		       struct err *e)
{
	vec_push(v,
		 (struct repair_result){
			 .mod = { arena_strdup(w->a, w->m.path), arena_strdup(w->a, w->m.version) },
			 .path = arena_strdup(w->a, path),
			 .outcome = !ok		 ? REPAIR_FAILED
				    : w->files.n ? REPAIR_DONE
						 : REPAIR_NOTHING,
			 .error = e->text ? arena_strdup(w->a, e->text) : "",
			 .id = id,
			 .files = ok ? arena_memdup(w->a, w->files.items,
						    w->files.n * sizeof(*w->files.items))
				     : NULL,
			 .n_files = ok ? w->files.n : 0,
		 });
	vec_release(&w->files);
	arena_release(&w->own);
	err_release(e);
}

static void run_entry(struct results *v, struct arena *a, const struct repair_options *o,
		      struct hasher *h, const struct cache_entry *entry)
{
	struct err e = ERR_INIT;
	struct cache_report *r = NULL;
	const char *id = "";
	struct work w;
	bool ok;

	work_init(&w, a, o, h, entry->mod);
	ok = judge(&w, &r, &e);
	if (ok && need_of(&r->entries[0]).any)
		ok = repair_entry(&w, &r->entries[0], &id, &e);
	cache_free(r);
	add_result(v, &w, "", ok, id, &e);
}

/* With its .info; go clones it again. */
static bool remove_repository(struct work *w, const char *repo, struct err *e)
{
	const char *info = arena_fmt(&w->own, "%s.info", repo);

	return apply_lock(w->t, arena_fmt(&w->own, "%s.lock", repo), w->o->cancel, e) &&
	       (!fs_exists(info) || apply_remove(w->t, info, e)) && apply_remove(w->t, repo, e) &&
	       note(w, repo);
}

static bool repair_other(struct work *w, const struct cache_other *o, struct err *e)
{
	if (goes_whole(o))
		return remove_repository(w, o->file, e);
	if (o->kind == CACHE_OTHER_VCS &&
	    !apply_lock(w->t, arena_fmt(&w->own, "%s.lock", o->file), w->o->cancel, e))
		return false;
	for (size_t i = 0; i < o->n_problems; i++) {
		const struct cache_problem *p = &o->problems[i];

		if (!is_wanted(p))
			continue;
		if (p->fix == CACHE_FIX_LIST
			    ? !write_list(w, path_dir(&w->own, p->file), e)
			    : !(apply_remove(w->t, p->file, e) && note(w, p->file)))
			return false;
	}
	return true;
}

static void run_other(struct results *v, struct arena *a, const struct repair_options *ro,
		      const struct cache_other *o)
{
	struct err e = ERR_INIT;
	const char *id = "";
	struct work w;
	bool ok;

	work_init(&w, a, ro, NULL, no_module());
	w.t = apply_begin(ro->root, ro->own_cache, arena_fmt(&w.own, "repair %s", o->file), ro->log,
			  &e);
	ok = w.t != NULL;
	if (ok) {
		ok = repair_other(&w, o, &e);
		id = apply_steps(w.t) ? arena_strdup(a, apply_id(w.t)) : "";
		ok = apply_end(w.t, &e) && ok;
	}
	add_result(v, &w, o->file, ok, id, &e);
}

void repair_run(struct arena *a, const struct repair_options *o, const struct cache_report *r,
		const struct modver *mods, size_t n, struct repair_result **results,
		size_t *n_results)
{
	struct hasher *h = hasher_new();
	struct results v = { 0 };
	size_t total = 0;

	for (size_t i = 0; i < r->n; i++)
		total += is_chosen(&r->entries[i], mods, n);
	for (size_t i = 0; i < r->n && !cancel_is_set(o->cancel); i++) {
		if (!is_chosen(&r->entries[i], mods, n))
			continue;
		run_entry(&v, a, o, h, &r->entries[i]);
		if (o->progress)
			o->progress(o->ctx, v.n, total, r->entries[i].mod);
	}
	for (size_t i = 0; i < r->n_others && !cancel_is_set(o->cancel); i++)
		if (other_is_chosen(&r->others[i], mods, n))
			run_other(&v, a, o, &r->others[i]);
	*results = arena_memdup(a, v.items, v.n * sizeof(*v.items));
	*n_results = v.n;
	vec_release(&v);
	hasher_free(h);
}

/* Pruning. */

static bool is_prunable(const struct cache_entry *entry)
{
	return !entry->used && entry->state != CACHE_LOCKED &&
	       (entry->files[CACHE_ZIP].mode || entry->files[CACHE_ZIPHASH].mode ||
		entry->files[CACHE_TREE].mode);
}

void prune_plan(struct plan *p, const struct cache_report *r)
{
	static const char *const suffixes[] = { [CACHE_ZIP] = "zip", [CACHE_ZIPHASH] = "ziphash" };

	plan_init(p, "prune the module cache");
	for (size_t i = 0; i < r->n; i++) {
		const struct cache_entry *entry = &r->entries[i];
		struct modver m = entry->mod;

		if (!is_prunable(entry))
			continue;
		for (unsigned part = CACHE_ZIP; part <= CACHE_ZIPHASH; part++)
			if (entry->files[part].mode)
				plan_add(p, PLAN_QUARANTINE, m,
					 cachepath_file(&p->arena, r->root, m, suffixes[part]),
					 (uint64_t)entry->files[part].size,
					 "no listed project uses it")
					->undo = "it comes back";
		if (entry->files[CACHE_TREE].mode)
			plan_add(p, PLAN_QUARANTINE, m, cachepath_tree(&p->arena, r->root, m),
				 entry->tree_bytes, "no listed project uses it")
				->undo = "it comes back";
	}
}

/* Without a .ziphash go takes the tree as not there, so that goes first. */
static bool prune_entry(struct work *w, struct err *e)
{
	static const char *const suffixes[] = { "ziphash", "zip" };
	const char *tree = cachepath_tree(&w->own, w->o->root, w->m);

	if (!apply_lock(w->t, cachepath_file(&w->own, w->o->root, w->m, "lock"), w->o->cancel, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		const char *file = cachepath_file(&w->own, w->o->root, w->m, suffixes[i]);

		if (fs_exists(file) && !(apply_remove(w->t, file, e) && note(w, file)))
			return false;
	}
	return !fs_exists(tree) || (apply_remove(w->t, tree, e) && note(w, tree));
}

bool prune_run(struct arena *a, const struct repair_options *o, const struct cache_report *r,
	       struct repair_result **results, size_t *n_results, struct err *e)
{
	struct apply *t = apply_begin(o->root, o->own_cache, "prune", o->log, e);
	struct results v = { 0 };
	const char *id;
	bool ok;

	if (!t)
		return false;
	id = arena_strdup(a, apply_id(t));
	for (size_t i = 0; i < r->n && !cancel_is_set(o->cancel); i++) {
		struct err own = ERR_INIT;
		struct work w;

		if (!is_prunable(&r->entries[i]))
			continue;
		work_init(&w, a, o, NULL, r->entries[i].mod);
		w.t = t;
		ok = prune_entry(&w, &own);
		add_result(&v, &w, "", ok, id, &own);
		if (o->progress)
			o->progress(o->ctx, i + 1, r->n, r->entries[i].mod);
	}
	ok = apply_end(t, e);
	*results = arena_memdup(a, v.items, v.n * sizeof(*v.items));
	*n_results = v.n;
	vec_release(&v);
	return ok;
}
