#include "zip/dirhash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/fs.h"
#include "zip/hasher_impl.h"
#include "zip/modzip.h"

#define MAX_DEPTH 1000u

void dirhash_format(const unsigned char digest[32], char sum[DIRHASH_LEN + 1])
{
	memcpy(sum, "h1:", 3);
	base64_encode_32(digest, sum + 3);
}

static size_t hex_line(char *out, const unsigned char digest[32])
{
	static const char hex[] = "0123456789abcdef";

	for (unsigned i = 0; i < 32; i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[64] = out[65] = ' ';
	return 66;
}

static void summary_begin(struct hasher *h)
{
	hasher_must(h->crypto->EVP_DigestInit_ex2(h->summary, h->md, NULL));
}

/* One line of the summary; the name may come in two parts. */
static void summary_add(struct hasher *h, const char *prefix, size_t prefix_len, const char *name,
			size_t len)
{
	unsigned char digest[32];
	char line[512];
	size_t n;

	hasher_end(h, digest);
	n = hex_line(line, digest);
	if (n + prefix_len + len + 1 <= sizeof(line)) {
		memcpy(line + n, prefix, prefix_len);
		memcpy(line + n + prefix_len, name, len);
		n += prefix_len + len;
		line[n++] = '\n';
		hasher_must(h->crypto->EVP_DigestUpdate(h->summary, line, n));
		return;
	}
	hasher_must(h->crypto->EVP_DigestUpdate(h->summary, line, n));
	hasher_must(h->crypto->EVP_DigestUpdate(h->summary, prefix, prefix_len));
	hasher_must(h->crypto->EVP_DigestUpdate(h->summary, name, len));
	hasher_must(h->crypto->EVP_DigestUpdate(h->summary, "\n", 1));
}

static void summary_end(struct hasher *h, char sum[DIRHASH_LEN + 1])
{
	unsigned char digest[32];

	hasher_must(h->crypto->EVP_DigestFinal_ex(h->summary, digest, NULL));
	dirhash_format(digest, sum);
}

static bool newline_in_name(struct err *e)
{
	return err_set(e, ERR_SYNTAX, "dirhash: filenames with newlines are not supported");
}

void dirhash_gomod(const void *data, size_t len, char sum[DIRHASH_LEN + 1])
{
	unsigned char digest[32];
	char line[66 + sizeof("go.mod\n")];
	size_t n;

	sha256_bytes(data, len, digest);
	n = hex_line(line, digest);
	memcpy(line + n, "go.mod\n", 7);
	sha256_bytes(line, n + 7, digest);
	dirhash_format(digest, sum);
}

bool dirhash_is_h1(const char *sum)
{
	const char *p = str_cut_prefix(sum, "h1:");
	unsigned char raw[32];
	size_t n;

	return p && strlen(p) == 44 &&
	       strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") ==
		       43 &&
	       p[43] == '=' && base64_decode(p, 44, raw, sizeof(raw), &n);
}

/* zips: names sorted as Go sorts strings; of equal names the last entry's content counts for all of them */

static int compare_names(const struct modzip *z, uint32_t a, uint32_t b)
{
	const struct modzip_entry *f = &z->entries[a], *g = &z->entries[b];
	int c = memcmp(modzip_name(z, f), modzip_name(z, g), MIN(f->name_len, g->name_len));

	return c ? c : (f->name_len > g->name_len) - (f->name_len < g->name_len);
}

static int compare_entries(const void *a, const void *b, void *z)
{
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	int c = compare_names(z, i, j);

	return c ? c : (i > j) - (i < j);
}

static uint32_t *sorted_entries(const struct modzip *z)
{
	uint32_t *order = xreallocarray(NULL, z->n ? z->n : 1, sizeof(*order));
	bool sorted = true;

	for (uint32_t i = 0; i < z->n; i++) {
		order[i] = i;
		sorted = sorted && (i == 0 || compare_names(z, i - 1, i) <= 0);
	}
	if (!sorted)
		qsort_r(order, z->n, sizeof(*order), compare_entries, (void *)z);
	return order;
}

static bool sink(void *ctx, const void *data, size_t len, struct err *e UNUSED)
{
	hasher_add(ctx, data, len);
	return true;
}

static bool content_is_bounded(const struct modzip *z, struct err *e)
{
	uint64_t total = 0;

	for (size_t i = 0; i < z->n; i++) {
		if (z->entries[i].size > MODZIP_MAX_CONTENT - total)
			return err_set(
				e, ERR_LIMIT,
				"zip: the files in it are more than %llu bytes, and are not read",
				(unsigned long long)MODZIP_MAX_CONTENT);
		total += z->entries[i].size;
	}
	return true;
}

static bool hash_entries(struct hasher *h, const struct modzip *z, const uint32_t *order,
			 const struct cancel *cancel, struct err *e)
{
	for (size_t i = 0, last = 0; i < z->n; i++) {
		const struct modzip_entry *f = &z->entries[order[i]];

		if (cancel_is_set(cancel))
			return err_set(e, ERR_CANCELLED, "cancelled");
		if (memchr(modzip_name(z, f), '\n', f->name_len))
			return newline_in_name(e);
		last = MAX(last, i);
		while (last + 1 < z->n && compare_names(z, order[last], order[last + 1]) == 0)
			last++;
		hasher_begin(h);
		if (!modzip_read(h->reader, z, &z->entries[order[last]], sink, h, e))
			return false;
		summary_add(h, "", 0, modzip_name(z, f), f->name_len);
	}
	return true;
}

bool dirhash_open_zip(struct hasher *h, const struct modzip *z, const struct cancel *cancel,
		      char sum[DIRHASH_LEN + 1], struct err *e)
{
	uint32_t *order;
	bool ok;

	if (!content_is_bounded(z, e))
		return false;
	order = sorted_entries(z);
	summary_begin(h);
	ok = hash_entries(h, z, order, cancel, e);
	if (ok)
		summary_end(h, sum);
	free(order);
	return ok;
}

bool dirhash_zip(struct hasher *h, const char *file, const struct cancel *cancel,
		 char sum[DIRHASH_LEN + 1], struct err *e)
{
	struct modzip z;
	bool ok;

	if (!modzip_open(&z, file, e))
		return false;
	ok = dirhash_open_zip(h, &z, cancel, sum, e);
	modzip_close(&z);
	return ok;
}

/* directories */

struct walk {
	struct arena arena;
	VEC(const char *) files; /* relative to the root */
	const char *root;
	const struct cancel *cancel;
};

static bool walk_dir(struct walk *w, int fd, const char *rel, unsigned depth, struct err *e);

/* filepath.Walk looks at each name before anyone opens it. */
static bool open_error(const struct walk *w, int fd, const char *name, const char *rel,
		       struct err *e)
{
	int err = errno;
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return err_sys(e, errno, "lstat %s/%s", w->root, rel);
	return err_sys(e, err, "open %s/%s", w->root, rel);
}

static bool walk_entry(struct walk *w, int fd, const char *rel, const struct dirent *d,
		       unsigned depth, struct err *e)
{
	const char *child = *rel ? arena_fmt(&w->arena, "%s/%s", rel, d->d_name)
				 : arena_strdup(&w->arena, d->d_name);
	unsigned char type = d->d_type;
	struct stat st;
	int sub;

	if (type == DT_UNKNOWN) {
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW))
			return err_sys(e, errno, "lstat %s/%s", w->root, child);
		type = (unsigned char)IFTODT(st.st_mode);
	}
	if (type != DT_DIR) {
		vec_push(&w->files, child);
		return true;
	}
	if (depth > MAX_DEPTH)
		return err_set(e, ERR_LIMIT, "open %s/%s: directories are nested too deep", w->root,
			       child);
	sub = openat(fd, d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (sub < 0)
		return open_error(w, fd, d->d_name, child, e);
	return walk_dir(w, sub, child, depth + 1, e);
}

/* Takes fd. */
static bool walk_dir(struct walk *w, int fd, const char *rel, unsigned depth, struct err *e)
{
	DIR *dir = fdopendir(fd);
	struct dirent *d;
	bool ok = true;

	if (!dir) {
		err_sys(e, errno, "open %s/%s", w->root, rel);
		close(fd);
		return false;
	}
	for (errno = 0; ok && (d = readdir(dir)); errno = 0) {
		if (str_eq(d->d_name, ".") || str_eq(d->d_name, ".."))
			continue;
		ok = walk_entry(w, fd, rel, d, depth, e);
	}
	if (ok && errno)
		ok = err_sys(e, errno, "readdirent %s/%s", w->root, rel);
	closedir(dir);
	return ok;
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool hash_fd(struct hasher *h, int fd, const char *root, const char *rel, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_sys(e, errno, "stat %s/%s", root, rel);
	if (S_ISDIR(st.st_mode))
		return err_sys(e, EISDIR, "read %s/%s", root, rel);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_SYS, "read %s/%s: not a regular file", root, rel);
	hasher_begin(h);
	for (;;) {
		ssize_t n = fs_read_some(fd, h->buf, HASHER_READ_SIZE);

		if (n < 0)
			return err_sys(e, errno, "read %s/%s", root, rel);
		if (n == 0)
			return true;
		hasher_add(h, h->buf, (size_t)n);
		if (n < (ssize_t)HASHER_READ_SIZE && n >= st.st_size)
			return true; /* a regular file read to its size: save the read that returns 0 */
	}
}

static bool hash_files(struct hasher *h, struct walk *w, int root, const char *prefix,
		       struct err *e)
{
	char *slash_prefix = arena_fmt(&w->arena, "%s/", prefix);
	size_t prefix_len = strlen(slash_prefix);

	for (size_t i = 0; i < w->files.n; i++) {
		const char *rel = w->files.items[i];
		bool ok;
		int fd;

		if (cancel_is_set(w->cancel))
			return err_set(e, ERR_CANCELLED, "cancelled");
		if (strchr(rel, '\n'))
			return newline_in_name(e);
		/* O_NONBLOCK: a FIFO where a file is expected must not block */
		fd = openat(root, rel, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		if (fd < 0)
			return open_error(w, root, rel, rel, e);
		ok = hash_fd(h, fd, w->root, rel, e);
		close(fd);
		if (!ok)
			return false;
		summary_add(h, slash_prefix, prefix_len, rel, strlen(rel));
	}
	return true;
}

static bool hash_tree(struct hasher *h, struct walk *w, int root, const char *prefix, struct err *e)
{
	int fd = dup(root);

	if (fd < 0)
		return err_sys(e, errno, "open %s", w->root);
	if (!walk_dir(w, fd, "", 0, e))
		return false;
	if (w->files.n)
		qsort(w->files.items, w->files.n, sizeof(*w->files.items), compare_strings);
	summary_begin(h);
	return hash_files(h, w, root, prefix, e);
}

bool dirhash_dir(struct hasher *h, const char *dir, const char *prefix, const struct cancel *cancel,
		 char sum[DIRHASH_LEN + 1], struct err *e)
{
	struct walk w = { .root = dir, .cancel = cancel };
	struct stat st;
	bool ok;
	int root;

	if (lstat(dir, &st))
		return err_sys(e, errno, "lstat %s", dir);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_SYNTAX, "%s is not a directory", dir);
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_sys(e, errno, "open %s", dir);
	ok = hash_tree(h, &w, root, prefix, e);
	if (ok)
		summary_end(h, sum);
	close(root);
	vec_release(&w.files);
	arena_release(&w.arena);
	return ok;
}
