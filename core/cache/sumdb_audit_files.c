#include "cache/sumdb_audit_impl.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/fs.h"

#define MAX_NAMES ((size_t)1 << 20)
#define MAX_DEPTH 64u

struct sumdb_audit_file *sumdb_audit_wrong(struct sumdb_audit_work *d, size_t file,
					   const char *problem, const char *go_says)
{
	struct sumdb_audit_file *f = &d->files.items[file];

	if (f->state == AUDIT_WRONG)
		return f;
	f->state = AUDIT_WRONG;
	f->problem = problem;
	f->go_says = go_says;
	f->expected = f->found = "";
	return f;
}

size_t sumdb_audit_add_file(struct sumdb_audit_work *d, const char *path,
			    enum sumdb_audit_kind kind, uint64_t bytes)
{
	vec_push(&d->files,
		 (struct sumdb_audit_file){ .file = path, .kind = kind, .bytes = bytes });
	return d->files.n - 1;
}

static const char *tile_name(struct sumdb_audit_work *d, const struct tlog_tile *t)
{
	struct buf b = BUF_INIT;
	const char *out;

	tlog_tile_path(&b, t);
	out = arena_strdup(d->a, b.data);
	buf_release(&b);
	return out;
}

static void add_tile(struct sumdb_audit_work *d, const char *rel, size_t file)
{
	struct sumdb_audit_file *f = &d->files.items[file];
	struct sumdb_audit_tile tile = { .file = file };
	uint64_t want;

	if (!tlog_parse_tile_path(&tile.t, rel) || tile.t.h != TLOG_HEIGHT) {
		f->kind = AUDIT_STRAY;
		return;
	}
	want = (uint64_t)tile.t.w * SUMDB_AUDIT_HASH;
	if (!f->bytes)
		return; /* go takes an empty file as absent */
	if (f->bytes != want) {
		tile.wrong = true;
		sumdb_audit_wrong(
			d, file, "its length does not match its name",
			arena_fmt(d->a,
				  "TileReader returned bad result slice (%s len=%ju, want %ju)",
				  tile_name(d, &tile.t), (uintmax_t)f->bytes, (uintmax_t)want));
		f->expected = arena_fmt(d->a, "%ju bytes", (uintmax_t)want);
		f->found = arena_fmt(d->a, "%ju bytes", (uintmax_t)f->bytes);
	}
	vec_push(&d->tiles, tile);
}

static void add_found(struct sumdb_audit_work *d, const char *path, const char *rel,
		      const struct stat *st)
{
	enum sumdb_audit_kind kind = str_has_prefix(rel, "tile/")     ? AUDIT_TILE
				     : str_has_prefix(rel, "lookup/") ? AUDIT_LOOKUP
								      : AUDIT_STRAY;
	size_t file;

	if (str_has_prefix(rel, "tile/8/data/"))
		kind = AUDIT_STRAY;
	file = sumdb_audit_add_file(d, path, kind, (uint64_t)st->st_size);
	if (kind == AUDIT_STRAY)
		return;
	if (!S_ISREG(st->st_mode)) {
		sumdb_audit_wrong(d, file, "it is not the kind of file that go creates",
				  "follows it, or cannot read it")
			->expected = "a regular file";
	} else if (kind == AUDIT_TILE) {
		add_tile(d, rel, file);
	} else if (st->st_size) {
		vec_push(&d->lookups,
			 (struct sumdb_audit_lookup){ .file = file, .head = SUMDB_AUDIT_NO_TREE });
	}
}

static void find_files(struct sumdb_audit_work *d, const char *dir, const char *rel, unsigned depth)
{
	struct fs_dirent *entries;
	struct err e = ERR_INIT;
	size_t n;

	if (cancel_is_set(d->o->cancel))
		return;
	if (depth > MAX_DEPTH)
		err_sys(&e, ENAMETOOLONG, "open %s", dir);
	if (depth > MAX_DEPTH || !fs_list(d->a, dir, MAX_NAMES, &entries, &n, &e)) {
		if (e.code != ERR_NOT_FOUND && !d->unread)
			d->unread = e.sys_errno ? e.sys_errno : EFBIG;
		err_release(&e);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_fmt(d->a, "%s/%s", dir, entries[i].name);
		const char *below = *rel ? arena_fmt(d->a, "%s/%s", rel, entries[i].name)
					 : entries[i].name;
		struct stat st;

		if (entries[i].type == DT_DIR)
			find_files(d, path, below, depth + 1);
		else if (lstat(path, &st) == 0)
			add_found(d, path, below, &st);
	}
}

void sumdb_audit_find(struct sumdb_audit_work *d)
{
	find_files(d, d->o->dir, "", 0);
}
