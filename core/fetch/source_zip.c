#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/activity.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "change/relocate.h"
#include "gofiles/goenv.h"
#include "zip/hashmemo.h"
#include "zip/modzip.h"
#include "fetch/source_impl.h"

static bool has_file(const struct source_disk *t, struct modver m, const char *suffix, bool *has,
		     struct err *e)
{
	struct buf name = BUF_INIT;
	bool ok;

	*has = false;
	ok = !source_disk_name(&name, m, suffix, NULL) ||
	     (t->download_fd < 0
		      ? !t->open_errno
		      : source_disk_has(t->download_fd, name.data, name.data, 0, has, NULL));
	if (!ok) { /* again, for the words */
		char *file = source_disk_file(t, name.data);

		ok = source_disk_has(AT_FDCWD, file, file, 0, has, e);
		free(file);
	}
	buf_release(&name);
	return ok;
}

/* The modules that come with Go have no zip in the cache. */
static bool has_no_zip(struct modver m)
{
	return str_eq(m.path, "golang.org/fips140");
}

/* The first half of modfetch.DownloadDir: the tree exists, and no process is extracting it. */
static bool dir_is_there(const struct source_disk *t, struct modver m, const char *dir,
			 struct stat *st, struct err *e)
{
	bool is_dir, partial;

	return source_disk_has_dir(dir, st, &is_dir, e) && is_dir &&
	       has_file(t, m, "partial", &partial, e) && !partial;
}

/* The second half: without this file go extracts again. */
static bool has_ziphash(const struct source_disk *t, struct modver m, struct err *e)
{
	bool has;

	return has_no_zip(m) || (has_file(t, m, "ziphash", &has, e) && has);
}

static bool work_cached_dir(struct source *s, struct source_answer *a, struct modver m,
			    struct err *e)
{
	a->data = source_tree_dir(&s->gomodcache, m);
	a->tree = xcalloc(1, sizeof(*a->tree));
	return a->data && dir_is_there(&s->gomodcache, m, a->data, &a->tree->st, e) &&
	       has_ziphash(&s->gomodcache, m, e);
}

const char *source_cached_dir(struct source *s, struct modver m)
{
	const struct source_answer *a = source_ask(s, ASK_CACHED_DIR, m, work_cached_dir);

	return source_cached_answer(s, a);
}

/* lockedfile.MutexAt on the lock file of a version in our cache; -1 with an error on failure. */
static int lock_version(const struct source_disk *t, struct modver m, struct err *e)
{
	struct buf name = BUF_INIT;
	char *file, *dir;
	int fd = -1;

	if (!t->dir) {
		err_set(e, ERR_SYS,
			"there is no place for modscope's own cache: neither XDG_CACHE_HOME nor HOME is set");
		return -1;
	}
	if (!source_disk_name(&name, m, "lock", e)) {
		buf_release(&name);
		return -1;
	}
	file = source_disk_file(t, name.data);
	dir = xstrndup(file, (size_t)(strrchr(file, '/') - file));
	if (fs_mkdir_all(dir, e)) {
		fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
			;
		if (fd < 0)
			err_sys(e, errno, "open %s", file);
	}
	free(dir);
	free(file);
	buf_release(&name);
	return fd;
}

static void unlock_version(int fd)
{
	if (fd >= 0)
		close(fd);
}

static bool hash_zip(struct source *s, const char *file, char sum[DIRHASH_LEN + 1], struct err *e)
{
	struct hasher *h = hasher_new();
	bool ok = dirhash_zip(h, file, s->o.cancel, sum, e);

	hasher_free(h);
	return ok;
}

/* Remembered hashes, shared with the other readers of the module cache. */
static struct hashmemo *memo_of(struct source *s)
{
	const char *own = s->own.dir ? goenv_own_cache(s->o.env) : NULL;
	struct arena a = ARENA_INIT;

	pthread_mutex_lock(&s->mutex);
	if (!s->memo)
		s->memo = hashmemo_open(own ? path_join(&a, own, "hashes") : NULL);
	pthread_mutex_unlock(&s->mutex);
	arena_release(&a);
	return s->memo;
}

/* What is put in place of damage is read whole. */
static bool is_repair(const struct source *s)
{
	return s->o.skip_modcache;
}

/* hash is hashmemo_zip or hashmemo_tree. */
static bool recall(struct source *s, hashmemo_hash *hash, const char *path, struct modver m,
		   char sum[DIRHASH_LEN + 1], struct err *e)
{
	struct hasher *h = hasher_new();
	struct hashmemo_result r;
	bool ok = hash(memo_of(s), h, path, m, is_repair(s), s->o.cancel, &r, e);

	if (ok)
		memcpy(sum, r.sum, sizeof(r.sum));
	hasher_free(h);
	return ok;
}

static struct source_answer_ziphash read_ziphash(const struct source_disk *t, struct modver m)
{
	struct buf name = BUF_INIT, b = BUF_INIT;
	struct source_answer_ziphash z = { 0 };
	const char *p;
	size_t n;

	z.there = source_disk_name(&name, m, "ziphash", NULL) && source_disk_read(t, name.data, &b);
	p = b.data;
	n = b.len;
	text_trim(&p, &n);
	z.valid = n == DIRHASH_LEN && !memchr(p, '\0', n);
	if (z.valid)
		memcpy(z.sum, p, n);
	buf_release(&name);
	buf_release(&b);
	return z;
}

/* An error that go reports with base.Fatalf("verifying ..."). */
static bool verify_error(struct modver m, struct err *why, struct err *e)
{
	if (err_is_final(why))
		return err_move(e, why);
	err_set(e, ERR_CHECKSUM, "verifying %s@%s: %s", m.path, m.version, why->text);
	err_release(why);
	return err_mark(e, ERR_FORM_FINAL);
}

/* Fetcher.checkMod ends go whatever the reason: base.Fatalf. What is shown from caches alone goes on. */
static bool refuse(const struct source *s, struct modver m, const char *verifying, struct err *e)
{
	if (err_is_final(e) || e->code == ERR_CANCELLED || s->o.offline)
		return false;
	if (e->form == ERR_FORM_MODULE)
		err_wrap(e, "%s%s@%s: ", verifying, m.path, m.version);
	return err_mark(e, ERR_FORM_FINAL);
}

/* Fetcher.checkMod: the recorded hash of the zip against go.sum and the database. */
static bool check_mod(struct source *s, const struct source_disk *t, struct modver m,
		      struct source_answer_ziphash z, struct err *e)
{
	struct err why = ERR_INIT;
	char *file;
	bool ok;

	if (has_no_zip(m))
		return true;
	if (!z.valid) {
		file = source_disk_version_file(t, m, z.there ? "zip" : "ziphash");
		ok = z.there ? hash_zip(s, file, z.sum, &why)
			     : err_sys(&why, ENOENT, "open %s", file);
		free(file);
		if (!ok)
			return verify_error(m, &why, e);
	} else if (!str_has_prefix(z.sum, "h1:")) {
		err_set(&why, ERR_CHECKSUM, "unexpected ziphash: \"%s\"", z.sum);
		return verify_error(m, &why, e);
	}
	return source_sums_check(&s->sums, m, "", z.sum, NULL, e) ||
	       refuse(s, m, z.valid ? "" : "verifying ", e);
}

/* The zip in GOMODCACHE, if DownloadZip would use it: *found is then true even if the check fails. */
static bool cached_zip(struct source *s, struct modver m, char **file, bool *found, struct err *e)
{
	char sum[DIRHASH_LEN + 1];
	struct source_answer_ziphash z;
	bool ok, hashed;

	*found = false;
	if (!source_disk_is_cacheable(m.version))
		return true;
	/* an inaccessible zip is fetched from elsewhere */
	if (!has_file(&s->gomodcache, m, "zip", found, NULL) || !*found)
		return true;
	*file = source_disk_version_file(&s->gomodcache, m, "zip");
	z = read_ziphash(&s->gomodcache, m);
	/* without its .ziphash it would be hashed again */
	if (z.there || (has_file(&s->gomodcache, m, "ziphash", &hashed, NULL) && hashed))
		ok = check_mod(s, &s->gomodcache, m, z, e);
	else if (!hash_zip(s, *file, sum, e))
		ok = err_mark(e, ERR_FORM_BARE);
	else
		ok = source_sums_check(&s->sums, m, "", sum, NULL, e);
	return ok;
}

/* Our zip counts only if its content still matches the hash beside it, and that hash is proven; a disproven zip is removed. */
static bool own_zip(struct source *s, struct modver m, const char *file)
{
	char sum[DIRHASH_LEN + 1];
	enum source_sums_proof proof;
	struct source_answer_ziphash z;

	if (!source_may_use_own(s, m.path) || !fs_is_file(file))
		return false;
	z = read_ziphash(&s->own, m);
	if (!z.valid || (!s->o.zips_unhashed &&
			 (!recall(s, hashmemo_zip, file, m, sum, NULL) || !str_eq(sum, z.sum))))
		return false;
	proof = source_sums_prove(&s->sums, m, "", z.sum);
	if (proof == SOURCE_SUMS_DISPROVEN)
		unlink(file);
	if (proof == SOURCE_SUMS_PROVEN)
		source_note_own(s, m.path);
	return proof == SOURCE_SUMS_PROVEN;
}

/* An unverified zip of the same proxies, if none may be asked. */
static bool kept_zip(struct source *s, struct modver m, const char *file)
{
	char sum[DIRHASH_LEN + 1];
	struct source_answer_ziphash z;

	if (!s->o.offline || !file || !fs_is_file(file))
		return false;
	z = read_ziphash(&s->kept, m);
	return z.valid && recall(s, hashmemo_zip, file, m, sum, NULL) && str_eq(sum, z.sum) &&
	       source_sums_check(&s->sums, m, "", sum, NULL, NULL);
}

static bool check_download(struct source *s, struct modver m, const char *file,
			   char sum[DIRHASH_LEN + 1], enum source_sums_proof *proof, struct err *e)
{
	struct modzip z;
	bool ok;

	if (!modzip_open(&z, file, e))
		return err_mark(e, ERR_FORM_BARE);
	ok = modzip_check_names(&z, m, e);
	modzip_close(&z);
	if (!ok || !hash_zip(s, file, sum, e))
		return err_mark(e, ERR_FORM_BARE);
	return source_sums_check(&s->sums, m, "", sum, proof, e);
}

/* Each cache may be a mount of its own. */
static bool move_zip(const char *tmp, const char *place, struct err *e)
{
	struct relocate r = { .mark = "" };

	if (rename(tmp, place) == 0)
		return true;
	if (errno != EXDEV || (unlink(place) && errno != ENOENT))
		return err_sys(e, errno, "rename %s", place);
	return relocate_move(&r, tmp, place, e);
}

/* Moves a checked zip to the cache of proven or of unproven ones. */
static bool place_zip(struct source *s, struct modver m, const char *tmp, const char *sum,
		      enum source_sums_proof proof, char **file, struct err *e)
{
	const struct source_disk *t = proof == SOURCE_SUMS_PROVEN ? &s->own : &s->kept;
	char *place = source_disk_version_file(t, m, "zip"), *ziphash = xasprintf("%shash", place);
	bool ok = fs_write_atomic(ziphash, sum, DIRHASH_LEN, 0666, false, e);

	if (ok && chmod(tmp, 0644))
		ok = err_sys(e, errno, "chmod %s", tmp);
	ok = ok && move_zip(tmp, place, e);
	free(ziphash);
	free(*file);
	*file = place;
	return ok;
}

/* downloadZip, into our cache; the caller holds the lock. */
static bool download_zip(struct source *s, struct modver m, char **file, struct err *e)
{
	char *tmp = xasprintf("%s.XXXXXX.tmp", *file), sum[DIRHASH_LEN + 1];
	struct activity_row row = activity_begin("download", *file);
	enum source_sums_proof proof = SOURCE_SUMS_UNPROVEN;
	struct err why = ERR_INIT;
	bool ok;
	int fd = mkostemps(tmp, 4, O_CLOEXEC);

	ok = fd >= 0 || err_sys(&why, errno, "open %s", tmp);
	ok = ok && source_net_zip(s->net, m, fd, tmp, &why);
	if (fd >= 0 && close(fd) && ok)
		ok = err_sys(&why, errno, "close %s", tmp);
	ok = ok && check_download(s, m, tmp, sum, &proof, &why) &&
	     place_zip(s, m, tmp, sum, proof, file, &why);
	if (!ok && fd >= 0)
		unlink(tmp);
	activity_end(s->o.log, &row, ok ? "ok" : why.text, -1);
	if (!ok)
		err_move(e, &why);
	err_release(&why);
	free(tmp);
	return ok;
}

static void tell_fetched(struct source *s, struct modver m)
{
	long long bytes;
	size_t n;

	if (!s->o.fetched)
		return;
	n = source_wants_zips(&s->wants, &bytes);
	s->o.fetched(s->o.fetched_ctx, m, n, bytes);
}

/* Called with the locks of both our caches held. */
static bool fetch_zip(struct source *s, struct modver m, char **file, struct err *e)
{
	char *kept = source_disk_version_file(&s->kept, m, "zip");

	*file = source_disk_version_file(&s->own, m, "zip");
	source_disk_reopen(&s->own);
	source_disk_reopen(&s->kept);
	if (own_zip(s, m, *file)) {
		free(kept);
		return true;
	}
	if (kept_zip(s, m, kept)) {
		free(*file);
		*file = kept;
		return true;
	}
	free(kept);
	if (!download_zip(s, m, file, e))
		return false;
	tell_fetched(s, m);
	return true;
}

static bool work_zip(struct source *s, struct source_answer *a, struct modver m, struct err *e)
{
	bool found, ok = cached_zip(s, m, &a->data, &found, e);
	int lock, kept_lock;

	source_note_had(s, found && ok);
	if (found || !ok)
		return ok;
	if (!source_disk_is_cacheable(m.version))
		return err_set(e, ERR_SYNTAX, "non-canonical module version \"%s\"", m.version);
	source_missed(s, m, "zip");
	if (!source_go_may_lock(s, m, e))
		return false;
	lock = lock_version(&s->own, m, e);
	kept_lock = lock < 0 ? -1 : lock_version(&s->kept, m, e);
	ok = kept_lock >= 0 && fetch_zip(s, m, &a->data, e);
	unlock_version(kept_lock);
	unlock_version(lock);
	return ok;
}

bool source_zip(struct source *s, struct modver m, const char **file, struct err *e)
{
	const struct source_answer *a = source_ask(s, ASK_ZIP, m, work_zip);

	*file = a->data;
	return source_answer_give(a, e);
}

/* A tree of ours comes from the zip beside it, whose hash has been checked. */
static bool own_dir(struct source *s, const struct source_disk *t, struct modver m, const char *dir)
{
	char sum[DIRHASH_LEN + 1];
	struct source_answer_ziphash z;
	struct stat st;

	if (!dir_is_there(t, m, dir, &st, NULL))
		return false;
	z = read_ziphash(t, m);
	return z.valid && recall(s, hashmemo_tree, dir, m, sum, NULL) && str_eq(sum, z.sum);
}

/* modfetch.unzip, into our cache; the caller holds the lock. */
static bool extract(struct source *s, const struct source_disk *t, struct modver m, const char *zip,
		    const char *dir, struct err *e)
{
	char *partial = source_disk_version_file(t, m, "partial"),
	     *parent = xstrndup(dir, (size_t)(strrchr(dir, '/') - dir));
	struct activity_row row = activity_begin("extract", dir);
	struct err why = ERR_INIT;
	bool ok;

	ok = fs_mkdir_all(parent, &why) && fs_write_atomic(partial, "", 0, 0666, false, &why) &&
	     fs_remove_all(dir, &why) && modzip_extract(zip, m, dir, true, s->o.cancel, &why);
	if (ok && unlink(partial))
		ok = err_sys(&why, errno, "remove %s", partial);
	else if (!ok && fs_remove_all(dir, NULL))
		unlink(partial);
	activity_end(s->o.log, &row, ok ? "ok" : why.text, -1);
	if (!ok)
		err_move(e, &why);
	err_release(&why);
	free(partial);
	free(parent);
	return ok;
}

static bool is_in(const struct source_disk *t, const char *file)
{
	return t->dir && path_under(file, t->dir);
}

/* If a tree is extracted from a zip in GOMODCACHE, our cache needs the hash too: its presence later tells that the tree
 * is complete. */
static bool copy_ziphash(struct source *s, struct modver m, const char *zip, struct err *e)
{
	char sum[DIRHASH_LEN + 1], *file;
	struct source_answer_ziphash z;
	bool ok;

	if (!is_in(&s->gomodcache, zip))
		return true;
	if (!recall(s, hashmemo_zip, zip, m, sum, e))
		return false;
	z = read_ziphash(&s->own, m);
	if (z.valid && str_eq(z.sum, sum))
		return true;
	file = source_disk_version_file(&s->own, m, "ziphash");
	ok = fs_write_atomic(file, sum, DIRHASH_LEN, 0666, false, e);
	free(file);
	return ok;
}

/* The tree in GOMODCACHE, if it is complete by go's checks. */
static bool work_tree(struct source *s, struct source_answer *a, struct modver m, struct err *e)
{
	const struct source_disk *t = &s->gomodcache;
	struct stat st;

	(void)e;
	a->data = source_tree_dir(t, m);
	if (!a->data || !dir_is_there(t, m, a->data, &st, NULL))
		return false;
	a->tree = xcalloc(1, sizeof(*a->tree));
	a->tree->st = st;
	if (has_no_zip(m))
		return true;
	a->tree->zip = read_ziphash(t, m);
	/* an unreadable tree may still exist */
	return a->tree->zip.there || has_ziphash(t, m, NULL);
}

void source_look_ahead(struct source *s, struct modver m)
{
	source_ask(s, ASK_TREE, m, work_tree);
}

static bool work_dir(struct source *s, struct source_answer *a, struct modver m, struct err *e)
{
	const struct source_answer *tree;
	struct source_disk *t;
	const char *zip;
	bool ok;
	int lock;

	if (!source_check_modcache(s, e) || !source_sums_are_known(&s->sums, m, "", e))
		return false;
	a->tree = xcalloc(1, sizeof(*a->tree));
	tree = source_ask(s, ASK_TREE, m, work_tree);
	source_note_had(s, tree->ok);
	if (tree->ok) {
		a->data = xstrdup(tree->data);
		a->tree->st = tree->tree->st;
		return check_mod(s, &s->gomodcache, m, tree->tree->zip, e);
	}
	if (!source_go_may_look(s, m, e) || !source_zip(s, m, &zip, e) ||
	    !source_go_may_unzip(s, m, e))
		return false;
	t = is_in(&s->kept, zip) ? &s->kept : &s->own;
	lock = lock_version(t, m, e);
	if (lock < 0)
		return false;
	source_disk_reopen(t);
	a->data = source_tree_dir(t, m);
	/* the hash of a zip in GOMODCACHE is only there */
	ok = copy_ziphash(s, m, zip, e) &&
	     (own_dir(s, t, m, a->data) || extract(s, t, m, zip, a->data, e));
	if (ok && stat(a->data, &a->tree->st))
		ok = err_sys(e, errno, "stat %s", a->data);
	unlock_version(lock);
	return ok;
}

bool source_dir(struct source *s, struct modver m, const char **dir, struct stat *st, struct err *e)
{
	const struct source_answer *a = source_ask(s, ASK_DIR, m, work_dir);

	*dir = a->ok ? a->data : NULL;
	if (st)
		*st = a->tree ? a->tree->st : (struct stat){ 0 };
	return source_answer_give(a, e);
}

bool source_zip_there(struct source *s, struct modver m, struct err *e)
{
	return s->o.offline || s->o.look || s->o.own_counts || source_net_zip_there(s->net, m, e);
}

bool source_zip_head(struct source *s, struct modver m, bool *whole, struct err *e)
{
	return source_net_zip_head(s->net, m, whole, e);
}
