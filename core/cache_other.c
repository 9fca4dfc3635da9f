#include "cache_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cachepath.h"
#include "fs.h"
#include "modpath.h"

#define MAX_NAMES ((size_t)1 << 20)
#define MAX_REFS ((size_t)64 << 20)
#define MAX_DEPTH 32u
#define TILE_HASHES 256u
#define HASH_LEN 32u

static void take_problems(struct cache_worker *w, struct cache_other *o)
{
	o->problems = arena_memdup(&w->arena, w->problems.items,
				   w->problems.n * sizeof(*o->problems));
	o->n_problems = w->problems.n;
	w->problems.n = 0;
}

static struct cache_problem *other_problem(struct cache_worker *w, enum finding_severity severity,
					   const char *kind, const char *file, const char *problem)
{
	return cache_problem_add(w, CACHE_OTHER, severity, CACHE_FIX_REMOVE, kind,
				 arena_strdup(&w->arena, file), problem);
}

/* The vcs cache: HASH is a bare repository, HASH.info says of what, and HASH is the hash of that text. */

static bool is_hex(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f')))
			return false;
	return true;
}

static bool is_object_id(const char *s, size_t n)
{
	return (n == 40 || n == 64) && is_hex(s, n);
}

static void check_vcs_info(struct cache_worker *w, struct cache_other *o, const char *dir,
			   const char *name)
{
	const char *file = arena_fmt(&w->arena, "%s/%s.info", dir, name);
	struct err e = ERR_INIT;
	unsigned char digest[32];
	struct buf hash = BUF_INIT;
	struct cache_problem *p;
	size_t len, skip;
	char *data;

	if (!fs_read(&w->arena, file, (size_t)1 << 16, &data, &len, &e)) {
		if (e.code != ERR_NOT_FOUND)
			other_problem(w, FINDING_ERROR, "cache/vcs-info", file, "it cannot be read")
				->found = arena_strdup(&w->arena, e.text);
		err_release(&e);
		return; /* without it go clones again */
	}
	sha256_bytes(data, len, digest);
	for (unsigned i = 0; i < sizeof(digest); i++)
		buf_addf(&hash, "%02x", digest[i]);
	skip = strcspn(data, ":");
	if (data[skip])
		o->about = data + skip + 1;
	if (!str_eq(hash.data, name)) {
		p = other_problem(w, FINDING_ERROR, "cache/vcs-info", file,
				  "it does not name the repository that its file name is made of");
		p->expected = arena_fmt(&w->arena, "a text whose SHA-256 is %s", name);
		p->found = arena_strndup(&w->arena, data, MIN(len, 200u));
		p->go_says = arena_fmt(&w->arena, "%s/%s exists with wrong content", dir, name);
	}
	buf_release(&hash);
}

static void bad_ref(struct cache_worker *w, const char *file, const char *found)
{
	struct cache_problem *p = other_problem(w, FINDING_ERROR, "cache/vcs-refs", file,
						"it is not a ref that git can read");

	p->expected = "an object name, or ref: and a name";
	p->found = found;
	p->go_says = "git fails: fatal: bad object, or not a git repository";
	p->remedy = "modscope repair: move the repository away; go clones it again";
}

static void check_ref_file(struct cache_worker *w, const char *file)
{
	struct err e = ERR_INIT;
	char *data;
	size_t len;

	if (!fs_read(&w->arena, file, (size_t)1 << 16, &data, &len, &e)) {
		bad_ref(w, file, arena_strdup(&w->arena, e.text));
		err_release(&e);
		return;
	}
	len = strcspn(data, "\r\n");
	if (!is_object_id(data, len) && !(str_has_prefix(data, "ref: ") && len > 5))
		bad_ref(w, file,
			len ? arena_strndup(&w->arena, data, MIN(len, 80u)) : "an empty file");
}

static void check_refs(struct cache_worker *w, const char *dir, unsigned depth)
{
	struct fs_dirent *entries;
	size_t n;

	if (depth > MAX_DEPTH || !fs_list(&w->arena, dir, MAX_NAMES, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *file = arena_fmt(&w->arena, "%s/%s", dir, entries[i].name);

		if (entries[i].type == DT_DIR)
			check_refs(w, file, depth + 1);
		else if (!str_has_suffix(entries[i].name, ".lock"))
			check_ref_file(w, file);
	}
}

static void check_packed_refs(struct cache_worker *w, const char *file)
{
	char *data;
	size_t len;

	if (!fs_read(&w->arena, file, MAX_REFS, &data, &len, NULL))
		return;
	for (char *s = data; *s;) {
		size_t n = strcspn(s, "\n"), id = strcspn(s, " \n");

		if (n && *s != '#' && *s != '^' && !(is_object_id(s, id) && s[id] == ' ')) {
			bad_ref(w, file, arena_strndup(&w->arena, s, MIN(n, 80u)));
			return;
		}
		s += n + (s[n] == '\n');
	}
	if (strlen(data) != len)
		bad_ref(w, file, "a NUL byte");
}

static void check_repository(struct cache_worker *w, const char *repo)
{
	static const char *const parts[] = { "HEAD", "objects", "refs" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *file = arena_fmt(&w->arena, "%s/%s", repo, parts[i]);

		if (fs_exists(file))
			continue;
		other_problem(w, FINDING_ERROR, "cache/vcs-broken", file, "it is missing")
			->go_says = "git fails: fatal: not a git repository";
		return;
	}
	check_ref_file(w, arena_fmt(&w->arena, "%s/HEAD", repo));
	check_refs(w, arena_fmt(&w->arena, "%s/refs", repo), 0);
	check_packed_refs(w, arena_fmt(&w->arena, "%s/packed-refs", repo));
}

void cache_check_vcs(struct cache_worker *w, struct cache_others *out)
{
	const char *dir = arena_fmt(&w->arena, "%s/cache/vcs", w->o->root);
	struct fs_dirent *entries;
	size_t n;

	if (!fs_list(&w->arena, dir, MAX_NAMES, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		struct cache_other o = { .kind = "vcs", .about = "" };
		int fd;

		if (entries[i].type != DT_DIR || strlen(entries[i].name) != 64 ||
		    !is_hex(entries[i].name, 64))
			continue;
		o.file = arena_fmt(&w->arena, "%s/%s", dir, entries[i].name);
		fd = open(o.file, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			cache_walk(fd, &o.bytes, &o.n_files);
		w->problems.n = 0;
		check_vcs_info(w, &o, dir, entries[i].name);
		check_repository(w, o.file);
		take_problems(w, &o);
		vec_push(out, o);
	}
}

/* The checksum database's cache. Sizes and forms always; with hashes, each full tile against its parent. */

struct sumdb {
	struct cache_worker *w;
	struct cache_other *o;
	const char *tiles; /* .../tile/8 */
};

static void bad_tile(struct sumdb *s, const char *file, const char *problem, const char *expected,
		     const char *found)
{
	struct cache_problem *p = other_problem(s->w, FINDING_ERROR, "cache/sumdb-tile", file,
						problem);

	p->expected = expected;
	p->found = found;
	p->go_says =
		"downloaded inconsistent tile, or TileReader returned bad result slice; go does not fetch it again";
}

/* RFC 6962: the hash of 256 hashes, pairwise. */
static void fold_hashes(unsigned char *hashes, size_t n)
{
	unsigned char node[1 + 2 * HASH_LEN] = { 1 };

	for (; n > 1; n /= 2) {
		for (size_t i = 0; i < n / 2; i++) {
			memcpy(node + 1, hashes + 2 * i * HASH_LEN, (size_t)2 * HASH_LEN);
			sha256_bytes(node, sizeof(node), hashes + i * HASH_LEN);
		}
	}
}

/* "x123/x456/789" as tlog writes tile numbers */
static char *tile_number(struct arena *a, uint64_t n)
{
	char *s = arena_fmt(a, "%03u", (unsigned)(n % 1000));

	while (n >= 1000) {
		n /= 1000;
		s = arena_fmt(a, "x%03u/%s", (unsigned)(n % 1000), s);
	}
	return s;
}

/* The hash that the parent has for tile (level, n): from the full tile or a partial one that is wide enough. */
static bool parent_hash(struct sumdb *s, unsigned level, uint64_t n, unsigned char hash[HASH_LEN])
{
	struct arena *a = &s->w->arena;
	const char *file = arena_fmt(a, "%s/%u/%s", s->tiles, level + 1,
				     tile_number(a, n / TILE_HASHES));
	size_t at = (size_t)(n % TILE_HASHES) * HASH_LEN, len, n_parts;
	struct fs_dirent *parts;
	const char *dir;
	char *data;

	if (fs_read(a, file, (size_t)1 << 16, &data, &len, NULL) && len >= at + HASH_LEN)
		return memcpy(hash, data + at, HASH_LEN), true;
	dir = arena_fmt(a, "%s.p", file);
	if (!fs_list(a, dir, TILE_HASHES, &parts, &n_parts, NULL))
		return false;
	for (size_t i = 0; i < n_parts; i++)
		if (strtoul(parts[i].name, NULL, 10) > n % TILE_HASHES &&
		    fs_read(a, arena_fmt(a, "%s/%s", dir, parts[i].name), (size_t)1 << 16, &data,
			    &len, NULL) &&
		    len >= at + HASH_LEN)
			return memcpy(hash, data + at, HASH_LEN), true;
	return false;
}

static void check_tile(struct sumdb *s, const char *file, unsigned level, uint64_t n,
		       unsigned width, int64_t size)
{
	struct arena *a = &s->w->arena;
	unsigned char want[HASH_LEN];
	char *data;
	size_t len;

	if (size == 0)
		return; /* go takes an empty file as absent */
	if (size != (int64_t)width * HASH_LEN) {
		bad_tile(s, file, "it is not as long as its name says",
			 arena_fmt(a, "%u bytes", width * HASH_LEN),
			 arena_fmt(a, "%lld bytes", (long long)size));
		return;
	}
	if (!s->w->o->hash || width != TILE_HASHES || !parent_hash(s, level, n, want))
		return;
	if (!fs_read(a, file, (size_t)1 << 16, &data, &len, NULL) || len != TILE_HASHES * HASH_LEN)
		return;
	fold_hashes((unsigned char *)data, TILE_HASHES);
	if (memcmp(data, want, HASH_LEN) != 0)
		bad_tile(s, file, "its hashes do not lead to its parent's",
			 "the hash in the tile above", "another");
}

/* Below one level: directories xNNN, files NNN, directories NNN.p with files of their width. */
static void walk_tiles(struct sumdb *s, const char *dir, unsigned level, uint64_t base,
		       unsigned width, unsigned depth)
{
	struct fs_dirent *entries;
	size_t n;

	if (depth > 8 || !fs_list(&s->w->arena, dir, MAX_NAMES, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *name = entries[i].name,
			   *file = arena_fmt(&s->w->arena, "%s/%s", dir, name);
		uint64_t v = strtoull(name + (*name == 'x'), NULL, 10);
		struct stat st;

		if (lstat(file, &st))
			continue;
		if (S_ISDIR(st.st_mode) && str_has_suffix(name, ".p")) {
			walk_tiles(s, file, level, base * 1000 + v, 1, depth + 1);
			continue;
		}
		if (S_ISDIR(st.st_mode)) {
			walk_tiles(s, file, level, base * 1000 + v, 0, depth + 1);
			continue;
		}
		s->o->bytes += (uint64_t)st.st_size;
		s->o->n_files++;
		if (!S_ISREG(st.st_mode))
			bad_tile(s, file, "it is not a file that go has made", "a regular file",
				 "something else");
		else if (width)
			check_tile(s, file, level, base, (unsigned)v, st.st_size);
		else
			check_tile(s, file, level, base * 1000 + v, TILE_HASHES, st.st_size);
	}
}

/* "<id>\n", the records, an empty line, the signed tree */
static const char *lookup_problem(struct arena *a, const char *data, size_t len, const char *path,
				  const char *version)
{
	const char *s = data, *end;
	size_t digits = strspn(s, "0123456789");

	if (strlen(data) != len)
		return "a NUL byte is in it";
	if (!digits || s[digits] != '\n')
		return "it does not begin with a record number";
	s += digits + 1;
	if (!str_has_prefix(s, arena_fmt(a, "%s %s h1:", path, version)))
		return "its records are of another module";
	end = strstr(s, "\n\n");
	if (!end || !str_has_prefix(end + 2, "go.sum database tree\n"))
		return "it has no tree";
	return strstr(end, "\n\n\xe2\x80\x94 ") ? NULL : "its tree is not signed";
}

static void check_lookup(struct sumdb *s, const char *file, const char *rel)
{
	struct arena *a = &s->w->arena;
	const char *at = strrchr(rel, '@'), *path, *version, *problem;
	char *data;
	size_t len;

	if (!at || !fs_read(a, file, (size_t)1 << 20, &data, &len, NULL) || len == 0)
		return;
	path = cachepath_unescape(a, rel, (size_t)(at - rel));
	version = cachepath_unescape(a, at + 1, strlen(at + 1));
	problem = path && version ? lookup_problem(a, data, len, path, version)
				  : "its name is not an escaped one";
	if (problem)
		other_problem(s->w, FINDING_ERROR, "cache/sumdb-lookup", file, problem)->go_says =
			"cannot authenticate record data in server response; go does not fetch it again";
}

static void walk_lookups(struct sumdb *s, const char *dir, const char *rel, unsigned depth)
{
	struct fs_dirent *entries;
	size_t n;

	if (depth > MAX_DEPTH || !fs_list(&s->w->arena, dir, MAX_NAMES, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *file = arena_fmt(&s->w->arena, "%s/%s", dir, entries[i].name);
		const char *below = *rel ? arena_fmt(&s->w->arena, "%s/%s", rel, entries[i].name)
					 : entries[i].name;
		struct stat st;

		if (entries[i].type == DT_DIR) {
			walk_lookups(s, file, below, depth + 1);
		} else if (lstat(file, &st) == 0) {
			s->o->bytes += (uint64_t)st.st_size;
			s->o->n_files++;
			if (s->w->o->hash)
				check_lookup(s, file, below);
		}
	}
}

void cache_check_sumdb(struct cache_worker *w, struct cache_others *out)
{
	const char *dir = arena_fmt(&w->arena, "%s/cache/download/sumdb", w->o->root);
	struct fs_dirent *names, *levels;
	size_t n, n_levels;

	if (!fs_list(&w->arena, dir, MAX_NAMES, &names, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		struct cache_other o = { .kind = "sumdb", .about = names[i].name };
		struct sumdb s = { .w = w, .o = &o };

		o.file = arena_fmt(&w->arena, "%s/%s", dir, names[i].name);
		s.tiles = arena_fmt(&w->arena, "%s/tile/8", o.file);
		w->problems.n = 0;
		if (fs_list(&w->arena, s.tiles, 100, &levels, &n_levels, NULL))
			for (size_t j = 0; j < n_levels; j++)
				if (strspn(levels[j].name, "0123456789") ==
				    strlen(levels[j].name)) /* not "data" */
					walk_tiles(&s,
						   arena_fmt(&w->arena, "%s/%s", s.tiles,
							     levels[j].name),
						   (unsigned)strtoul(levels[j].name, NULL, 10), 0,
						   0, 0);
		walk_lookups(&s, arena_fmt(&w->arena, "%s/lookup", o.file), "", 0);
		take_problems(w, &o);
		vec_push(out, o);
	}
}
