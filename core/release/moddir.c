#include "release/moddir.h"

#include <dirent.h>

#include "base/fs.h"
#include "base/hex.h"
#include "gofiles/modpath.h"
#include "zip/modfiles.h"
#include "zip/modzip.h"

#define MAX_DEPTH 200u

struct walk {
	struct arena *a;
	const char *dir;
	bool vendors_anew;
	const struct cancel *cancel;
	struct hasher *hasher;
	ARENA_VEC(struct moddir_file) files;
	int64_t size;
	struct err *e;
};

/* .git is a file in a submodule and in a further work tree. */
static bool is_vcs(const char *name)
{
	return str_eq(name, ".git") || str_eq(name, ".hg") || str_eq(name, ".svn") ||
	       str_eq(name, ".bzr");
}

static bool is_left_out(const struct walk *w, const char *rel)
{
	return modfiles_is_vendored(rel, w->vendors_anew) || str_eq(rel, ".hg_archival.txt") ||
	       !modpath_check_file_n(rel, strlen(rel), NULL);
}

static bool add_file(struct walk *w, const char *name, const char *file)
{
	struct moddir_file f = { .name = arena_strdup(w->a, name),
				 .file = arena_strdup(w->a, file) };
	struct buf b = BUF_INIT;
	bool ok = fs_read_buf(&b, file, (size_t)MODZIP_MAX_FILE, w->e);

	w->size += (int64_t)b.len;
	if (ok && (w->size > MODZIP_MAX_FILE || w->files.n >= MODDIR_MAX_FILES))
		ok = err_set(w->e, ERR_LIMIT, "%s is too large for a module", w->dir);
	if (ok) {
		hasher_begin(w->hasher);
		hasher_add(w->hasher, b.data, b.len);
		hasher_end(w->hasher, f.digest);
		arena_vec_push(w->a, &w->files, f);
	}
	buf_release(&b);
	return ok;
}

static bool walk(struct walk *w, const char *rel, unsigned depth)
{
	struct arena tmp = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n;
	bool ok = depth < MAX_DEPTH ||
		  err_set(w->e, ERR_LIMIT, "%s: directories are nested too deep", w->dir);

	ok = ok &&
	     fs_list(&tmp, path_join(&tmp, w->dir, rel), MODDIR_MAX_FILES, &entries, &n, w->e);
	for (size_t i = 0; ok && i < n; i++) {
		const char *name = path_join(&tmp, rel, entries[i].name);
		const char *file = path_join(&tmp, w->dir, name);

		if (w->cancel && cancel_is_set(w->cancel))
			ok = err_set(w->e, ERR_CANCELLED, "cancelled");
		else if (entries[i].type == DT_REG && !is_vcs(entries[i].name) &&
			 !is_left_out(w, name))
			ok = add_file(w, name, file);
		else if (entries[i].type == DT_DIR && !is_vcs(entries[i].name) &&
			 !fs_is_file(path_join(&tmp, file, "go.mod")))
			ok = walk(w, name, depth + 1);
	}
	arena_release(&tmp);
	return ok;
}

static int by_name(const void *va, const void *vb)
{
	const struct moddir_file *a = va, *b = vb;

	return strcmp(a->name, b->name);
}

static bool has_file(const struct walk *w, const char *name)
{
	for (size_t i = 0; i < w->files.n; i++)
		if (str_eq(w->files.items[i].name, name))
			return true;
	return false;
}

static bool vendors_anew(struct arena *a, const char *dir)
{
	char *data;
	size_t len;

	return fs_read(a, path_join(a, dir, "go.mod"), FS_MAX_MOD, &data, &len, NULL) &&
	       modfiles_vendors_anew(data, len);
}

bool moddir_read(struct moddir *d, struct arena *a, const char *dir, const char *license,
		 const struct cancel *cancel, struct err *e)
{
	struct walk w = { .a = a, .dir = dir, .cancel = cancel, .e = e };
	bool ok;

	w.vendors_anew = vendors_anew(a, dir);
	w.hasher = hasher_new();
	ok = walk(&w, "", 0);
	if (ok && license && fs_is_file(license) && !has_file(&w, "LICENSE"))
		ok = add_file(&w, "LICENSE", license);
	hasher_free(w.hasher);
	if (w.files.n)
		qsort(w.files.items, w.files.n, sizeof(*w.files.items), by_name);
	*d = (struct moddir){ w.files.items, w.files.n };
	return ok;
}

void moddir_sum(const struct moddir *d, struct modver m, char sum[DIRHASH_LEN + 1])
{
	unsigned char digest[32];
	struct buf b = BUF_INIT;
	char hex[65];

	for (size_t i = 0; i < d->n; i++) {
		hex_encode(d->files[i].digest, 32, hex);
		buf_addf(&b, "%s  %s@%s/%s\n", hex, m.path, m.version, d->files[i].name);
	}
	sha256_bytes(b.data, b.len, digest);
	dirhash_format(digest, sum);
	buf_release(&b);
}
