#include "cache/cache_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/hex.h"
#include "base/map.h"
#include "zip/modzip.h"

#define MAX_DEPTH 1000u

struct diff {
	struct cache_worker *w;
	const struct modzip *z;
	const char *tree;
	struct map names; /* in the zip, relative to the tree */
	size_t n;
};

static void differ(struct diff *d, enum cache_problem_kind kind, const char *rel,
		   const char *problem, const char *expected, const char *found)
{
	struct cache_problem *p;

	if (d->n++ >= CACHE_MAX_DIFF)
		return;
	p = cache_problem_add(d->w, CACHE_TREE, FINDING_ERROR, CACHE_FIX_EXTRACT, kind,
			      arena_fmt(&d->w->arena, "%s/%s", d->tree, rel), problem);
	p->expected = expected;
	p->found = found;
}

static const char *hex(struct arena *a, const unsigned char digest[32])
{
	char text[65];

	hex_encode(digest, 32, text);
	return arena_fmt(a, "SHA-256 %s", text);
}

static bool sink(void *ctx, const void *data, size_t len, struct err *e UNUSED)
{
	hasher_add(ctx, data, len);
	return true;
}

static bool digest_entry(struct diff *d, const struct modzip_entry *f, unsigned char digest[32])
{
	bool ok;

	hasher_begin(d->w->hasher);
	ok = modzip_read(hasher_reader(d->w->hasher), d->z, f, sink, d->w->hasher, NULL);
	hasher_end(d->w->hasher, digest);
	return ok;
}

static bool digest_fd(struct hasher *h, int fd, unsigned char digest[32])
{
	char buf[65536];
	ssize_t n;

	hasher_begin(h);
	while ((n = fs_read_some(fd, buf, sizeof(buf))) > 0)
		hasher_add(h, buf, (size_t)n);
	hasher_end(h, digest);
	return n == 0;
}

static void compare_content(struct diff *d, const struct modzip_entry *f, const char *rel, int fd)
{
	struct arena *a = &d->w->arena;
	unsigned char want[32], have[32];
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		differ(d, CACHE_KIND_TREE_FILE_MODIFIED, rel, "it is not a regular file",
		       "a regular file", "something else");
		return;
	}
	if ((uint64_t)st.st_size != f->size) {
		differ(d, CACHE_KIND_TREE_FILE_MODIFIED, rel, "it has been modified",
		       arena_fmt(a, "%llu bytes, as in the zip", (unsigned long long)f->size),
		       arena_fmt(a, "%lld bytes", (long long)st.st_size));
		return;
	}
	if (digest_entry(d, f, want) && digest_fd(d->w->hasher, fd, have) &&
	    memcmp(want, have, sizeof(want)) != 0)
		differ(d, CACHE_KIND_TREE_FILE_MODIFIED, rel, "it has been modified",
		       arena_fmt(a, "%s, as in the zip", hex(a, want)), hex(a, have));
}

static void compare_entry(struct diff *d, int root, const struct modzip_entry *f, const char *rel)
{
	int fd = openat(root, rel, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		differ(d,
		       errno == ENOENT ? CACHE_KIND_TREE_FILE_MISSING
				       : CACHE_KIND_TREE_FILE_MODIFIED,
		       rel, errno == ENOENT ? "it is missing" : "it cannot be opened",
		       "the file in the zip", err_errno_text(errno));
		return;
	}
	compare_content(d, f, rel, fd);
	close(fd);
}

static void extra_files(struct diff *d, int fd, struct buf *rel, unsigned depth)
{
	DIR *dir = depth > MAX_DEPTH ? NULL : fdopendir(fd);
	struct dirent *ent;
	struct stat st;

	if (!dir) {
		close(fd);
		return;
	}
	while ((ent = readdir(dir))) {
		size_t len = rel->len;

		if (str_eq(ent->d_name, ".") || str_eq(ent->d_name, ".."))
			continue;
		buf_addf(rel, "%s%s", len ? "/" : "", ent->d_name);
		if (fstatat(fd, ent->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISDIR(st.st_mode)) {
			int sub = openat(fd, ent->d_name,
					 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			if (sub >= 0)
				extra_files(d, sub, rel, depth + 1);
			else
				differ(d, CACHE_KIND_TREE_FILE_MODIFIED, rel->data,
				       "it cannot be opened", "a directory that go can read",
				       err_errno_text(errno));
		} else if (!map_has(&d->names, rel->data)) {
			differ(d, CACHE_KIND_TREE_FILE_EXTRA, rel->data, "it is not in the zip",
			       "no such file",
			       arena_fmt(&d->w->arena, "%lld bytes", (long long)st.st_size));
		}
		buf_truncate(rel, len);
	}
	closedir(dir);
}

static void compare_all(struct diff *d, int root, size_t prefix_len)
{
	for (size_t i = 0; i < d->z->n; i++) {
		const struct modzip_entry *f = &d->z->entries[i];
		const char *rel;

		if (f->name_len <= prefix_len || modzip_is_dir(d->z, f) ||
		    strlen(modzip_name(d->z, f)) != f->name_len)
			continue;
		rel = modzip_name(d->z, f) + prefix_len;
		map_put(&d->names, rel, (void *)f);
		compare_entry(d, root, f, rel);
	}
}

size_t cache_diff_tree(struct cache_worker *w, const struct cache_entry *entry, const char *zip,
		       const char *tree)
{
	struct diff d = { .w = w, .tree = tree };
	struct buf rel = BUF_INIT;
	struct modzip z;
	int root;

	if (!modzip_open(&z, zip, NULL))
		return 0;
	d.z = &z;
	/* the zip has the right hash and passes go's rules, so its names are safe */
	root = modzip_check(&z, entry->mod, NULL) ? open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
						  : -1;
	if (root >= 0) {
		compare_all(&d, root, strlen(entry->mod.path) + 1 + strlen(entry->mod.version) + 1);
		extra_files(&d, root, &rel, 0);
	}
	if (d.n > CACHE_MAX_DIFF)
		cache_problem_add(w, CACHE_TREE, FINDING_ERROR, CACHE_FIX_EXTRACT,
				  CACHE_KIND_TREE_MODIFIED, tree,
				  arena_fmt(&w->arena, "and %zu more files differ",
					    d.n - CACHE_MAX_DIFF));
	modzip_close(&z);
	map_release(&d.names);
	buf_release(&rel);
	return d.n;
}
