#include "cache/owncache.h"

#include <errno.h>
#include <sys/stat.h>

#include "cache/cache_private.h"

#define MAX_NAMES ((size_t)1 << 20)

static const struct {
	const char *name, *about;
} known[] = {
	{ "hashes", "hashes of files that have not changed since" },
	{ "imports", "the imports of packages" },
	{ "index", "the requirements of go.mod files" },
	{ "answers", "unverified answers of proxies, with their times" },
	{ "lists", "unverified answers of proxies, for each list of proxies" },
	{ "mod", "modules verified by go.sum or the checksum database" },
	{ "quarantine", "files that changes have replaced, for undo; it is kept" },
	{ "sumdb", "the newest tree of each checksum database" },
	{ "trees", "the names of files in these trees" },
};

static const char *about(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(known[i].name, name))
			return known[i].about;
	return str_has_prefix(name, "proven-") ? "hashes that the checksum database has proven"
					       : "";
}

static void read_row(struct owncache_row *row, struct arena *a, const char *dir, const char *name)
{
	const char *path = arena_fmt(a, "%s/%s", dir, name);
	struct stat st;

	*row = (struct owncache_row){ .name = arena_strdup(a, name),
				      .about = about(name),
				      .clears = !str_eq(name, "quarantine") };
	if (lstat(path, &st)) {
		row->unread = errno == ENOENT ? 0 : errno;
	} else if (S_ISDIR(st.st_mode)) {
		row->unread = cache_walk(path, &row->bytes, &row->n_files);
	} else {
		row->bytes = (uint64_t)st.st_size;
		row->n_files = 1;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct owncache_row *)a)->name,
		      ((const struct owncache_row *)b)->name);
}

bool owncache_read(struct owncache *out, struct arena *a, const char *dir,
		   const struct cancel *cancel, struct err *e)
{
	struct fs_dirent *entries;
	struct err why = ERR_INIT;
	size_t n = 0;

	*out = (struct owncache){ .dir = dir };
	if (!dir)
		return true;
	if (!fs_list(a, dir, MAX_NAMES, &entries, &n, &why)) {
		if (why.code != ERR_NOT_FOUND)
			return err_move(e, &why);
		err_release(&why);
		n = 0;
	}
	out->rows = arena_calloc(a, n + 1, sizeof(*out->rows));
	for (size_t i = 0; i < n && !cancel_is_set(cancel); i++) {
		struct owncache_row *row = &out->rows[out->n++];

		read_row(row, a, dir, entries[i].name);
		if (row->clears) {
			out->bytes += row->bytes;
			out->n_files += row->n_files;
		}
	}
	if (out->n)
		qsort(out->rows, out->n, sizeof(*out->rows), by_name);
	return !cancel_is_set(cancel) || err_set(e, ERR_CANCELLED, "cancelled");
}

bool owncache_clear(const struct owncache *o, struct err *e)
{
	struct err first = ERR_INIT;

	for (size_t i = 0; i < o->n; i++) {
		char *path = xasprintf("%s/%s", o->dir, o->rows[i].name);

		if (o->rows[i].clears)
			fs_remove_all(path, &first);
		free(path);
	}
	return !err_is_set(&first) || err_move(e, &first);
}
