/*
 * The state of an entry by what is in its places: each part missing, of another kind or wrong, alone and together, with and without hashes, and
 * with and without somebody who knows its hash. What go does with each was tried with go (tests/net/damages).
 */
#include "repairfix.h"

#include <sys/file.h>

enum with { LOOK = 1, SIZES = 2, HASH = 4, UNVOUCHED = 8, WHOLE = 16 };

/* PLACE: a suffix of the target's files, "tree", "/NAME" in the tree, "~PATH" below GOMODCACHE. */
struct change {
	enum { NOTHING, REMOVE, MAKE_DIR, FIFO, LINK, WRITE, COPY, ZIP, EXTRACT, AGE } op;
	const char *place, *arg;
};

struct scene {
	const char *name;
	struct change changes[6];
	unsigned with;
	enum cache_state state; /* of the target */
	const char *
		kind; /* of a problem, of the target or of anything else; NULL: there is none at all */
	const char *says; /* in what go says, what is expected or found, or in the file's name */
};

static const char *place_of(struct fix *f, const char *place)
{
	const char *tree = cachepath_tree(&f->a, f->root, TARGET);

	if (*place == '~')
		return arena_fmt(&f->a, "%s/%s", f->root, place + 1);
	if (*place == '/')
		return arena_fmt(&f->a, "%s%s", tree, place);
	return str_eq(place, "tree") ? tree : cachepath_file(&f->a, f->root, TARGET, place);
}

#define P "example.com/Upper@v1.0.0/"

/* Zips with odd names, whose hashes are consistent. */
static void make_zip(struct fix *f, const char *file, const char *odd)
{
	const struct fix_file files[] = {
		{ P "go.mod", "module example.com/Upper\n\ngo 1.20\n" },
		{ odd, str_has_suffix(odd, "/") ? "" : "odd" },
	};
	char sum[DIRHASH_LEN + 1];

	fix_zip(file, files, *odd ? 2 : 1);
	fix_hash_zip(file, sum);
	fix_write_str(place_of(f, "ziphash"), sum);
}

static void apply_change(struct fix *f, const struct change *c)
{
	const char *path = place_of(f, c->place);
	const struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	bool in_tree = *c->place == '/';
	char *data;
	size_t len;

	if (in_tree)
		chmod(path_dir(&f->a, path), 0755);
	assert_true(fs_mkdir_all(path_dir(&f->a, path), NULL));
	if (c->op != AGE && c->op != EXTRACT)
		assert_true(fs_remove_all(path, NULL));
	switch (c->op) {
	case MAKE_DIR: assert_int_equal(mkdir(path, 0755), 0); break;
	case FIFO: assert_int_equal(mkfifo(path, 0644), 0); break;
	case LINK: assert_int_equal(symlink(c->arg, path), 0); break;
	case WRITE: fix_write_str(path, c->arg); break;
	case COPY:
		assert_true(
			fs_read(&f->a, place_of(f, c->arg), (size_t)1 << 20, &data, &len, NULL));
		fix_write(path, data, len);
		break;
	case ZIP: make_zip(f, path, c->arg); break;
	case EXTRACT:
		assert_true(fs_remove_all(path, NULL));
		fix_extract(place_of(f, "zip"), TARGET, path);
		break;
	case AGE: assert_int_equal(utimensat(AT_FDCWD, path, old, AT_SYMLINK_NOFOLLOW), 0); break;
	case NOTHING:
	case REMOVE: break;
	}
	if (in_tree)
		chmod(path_dir(&f->a, path), 0555);
}

static struct cache_report *read_with(struct fix *f, unsigned with, struct hashmemo *memo)
{
	static const struct modver mods[] = { TARGET_INIT };
	struct cache_trust trust = { fix_trust, f, "go.sum", "sumdb" };
	struct cache_options o = { .root = f->root,
				   .memo = memo,
				   .hash = with & HASH,
				   .sizes = with & SIZES,
				   .threads = 1 };
	struct cache_report *r;
	struct err e = ERR_INIT;

	f->vouch = !(with & UNVOUCHED);
	o.trust = f->vouch ? &trust : NULL;
	if (!cache_load(&r, &o, with & WHOLE ? NULL : mods, with & WHOLE ? 0 : 1, &e))
		fail_msg("%s", e.text);
	return r;
}

static struct cache_report *read_cache(struct fix *f, unsigned with)
{
	struct hashmemo *memo = hashmemo_open(NULL);
	struct cache_report *r = read_with(f, with, memo);

	hashmemo_free(memo);
	return r;
}

/* In another run, ten seconds later: what changed in the last two is not kept. */
static struct cache_report *read_later(struct fix *f, unsigned with)
{
	struct hashmemo *memo = hashmemo_open(arena_fmt(&f->a, "%s/hashes", f->top));
	struct cache_report *r;

	hashmemo_set_now(memo, (int64_t)time(NULL) + 10);
	r = read_with(f, with, memo);
	assert_true(hashmemo_save(memo, NULL));
	hashmemo_free(memo);
	return r;
}

static bool tells(const struct cache_problem *p, const char *says)
{
	return strstr(p->go_says, says) || strstr(p->found, says) || strstr(p->expected, says) ||
	       strstr(p->file, says) || strstr(p->problem, says) || strstr(p->remedy, says);
}

static bool has(const struct cache_problem *problems, size_t n, const struct scene *s)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any |= s->kind && str_eq(cache_kind_name(problems[i].kind), s->kind) &&
		       tells(&problems[i], s->says);
	return any;
}

static void show(const struct cache_problem *problems, size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_error("\t%s %s: %s; expected %s; found %s; go %s; %s\n",
			    cache_kind_name(problems[i].kind), problems[i].file,
			    problems[i].problem, problems[i].expected, problems[i].found,
			    problems[i].go_says, problems[i].remedy);
}

static bool same_entry(const struct cache_entry *a, const struct cache_entry *b)
{
	bool same = a->state == b->state && a->n_problems == b->n_problems &&
		    a->hashed == b->hashed && a->voucher == b->voucher && str_eq(a->sum, b->sum);

	for (size_t i = 0; same && i < a->n_problems; i++)
		same = a->problems[i].kind == b->problems[i].kind &&
		       str_eq(a->problems[i].file, b->problems[i].file) &&
		       str_eq(a->problems[i].found, b->problems[i].found) &&
		       str_eq(a->problems[i].go_says, b->problems[i].go_says);
	return same;
}

/* What hashing found out, a later look without hashing finds again. */
static bool is_remembered(struct fix *f, const struct scene *s)
{
	struct cache_report *hashed, *looked;
	bool ok;

	if (!(s->with & HASH))
		return true;
	hashed = read_later(f, s->with);
	looked = read_later(f, (s->with & ~(unsigned)HASH) | SIZES);
	ok = hashed->n == looked->n;
	for (size_t i = 0; ok && i < hashed->n; i++) {
		ok = same_entry(&hashed->entries[i], &looked->entries[i]);
		if (ok)
			continue;
		print_error("%s, with %x: hashed %s, then looked at %s\n", s->name, s->with,
			    cache_state_name(hashed->entries[i].state),
			    cache_state_name(looked->entries[i].state));
		show(hashed->entries[i].problems, hashed->entries[i].n_problems);
		show(looked->entries[i].problems, looked->entries[i].n_problems);
	}
	cache_free(hashed);
	cache_free(looked);
	return ok;
}

static bool try_scene(struct fix *f, const struct scene *s)
{
	const struct cache_entry *entry;
	struct cache_report *r;
	bool ok, any;

	for (size_t i = 0; i < ARRAY_LEN(s->changes) && s->changes[i].op; i++)
		apply_change(f, &s->changes[i]);
	r = read_cache(f, s->with);
	entry = cache_find(r, TARGET);
	any = entry && has(entry->problems, entry->n_problems, s);
	for (size_t i = 0; i < r->n_others; i++)
		any |= has(r->others[i].problems, r->others[i].n_problems, s) ||
		       (s->kind && str_eq(s->kind, cache_other_kind_name(r->others[i].kind)) &&
			strstr(r->others[i].file, s->says));
	ok = entry ? entry->state == s->state : s->state == CACHE_STATES;
	ok = ok && (s->kind ? any : !entry->n_problems);
	if (!ok) {
		print_error("%s, with %x: %s, wanted %s, %s \"%s\"\n", s->name, s->with,
			    entry ? cache_state_name(entry->state) : "none",
			    s->state < CACHE_STATES ? cache_state_name(s->state) : "none",
			    s->kind ? s->kind : "no problem", s->says);
		if (entry)
			show(entry->problems, entry->n_problems);
		for (size_t i = 0; i < r->n_others; i++) {
			print_error("\tother %s %s\n", cache_other_kind_name(r->others[i].kind),
				    r->others[i].file);
			show(r->others[i].problems, r->others[i].n_problems);
		}
	}
	cache_free(r);
	ok &= is_remembered(f, s);
	fix_reset(f);
	return ok;
}

static const char gone[] = "/nowhere/at/all", file[] = "/etc/passwd";

static const struct scene scenes[] = {
	{ "sound, unhashed", { { 0 } }, LOOK, CACHE_UNVERIFIED, NULL, "" },
	{ "sound, with sizes", { { 0 } }, SIZES, CACHE_UNVERIFIED, NULL, "" },
	{ "sound", { { 0 } }, HASH, CACHE_OK, NULL, "" },
	{ "sound, and nobody knows its hash",
	  { { 0 } },
	  HASH | UNVOUCHED,
	  CACHE_UNVERIFIED,
	  NULL,
	  "" },
	{ "sound, among all", { { 0 } }, HASH | WHOLE, CACHE_OK, NULL, "" },
	/* links that lead nowhere */
	{ "info leads nowhere",
	  { { LINK, "info", gone } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/info-kind",
	  "treats it as missing and fetches it again" },
	{ "mod leads nowhere",
	  { { LINK, "mod", gone } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/mod-kind",
	  "treats it as missing and fetches it again" },
	{ "zip leads nowhere",
	  { { LINK, "zip", gone } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/zip-kind",
	  "treats it as missing and downloads it again" },
	{ "ziphash leads nowhere",
	  { { LINK, "ziphash", gone } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/ziphash-kind",
	  "missing ziphash: open " },
	{ "lock leads nowhere",
	  { { LINK, "lock", gone } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/lock-kind",
	  "and then creates its target" },
	{ "partial leads nowhere",
	  { { LINK, "partial", gone } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/partial-kind",
	  "ignores it" },
	{ "tree leads nowhere",
	  { { LINK, "tree", gone } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/tree-kind",
	  "treats the tree as absent" },
	{ "tree leads to a file",
	  { { LINK, "tree", file } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/tree-kind",
	  "treats the tree as absent" },
	/* links to files: a warning */
	{ "info is a link",
	  { { LINK, "info", file } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/info-kind",
	  "follows the link and uses its target" },
	{ "lock is a link",
	  { { LINK, "lock", file } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/lock-kind",
	  "follows the link and uses its target" },
	/* FIFOs */
	{ "info is a FIFO",
	  { { FIFO, "info", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/info-kind",
	  "waits forever when it reads it" },
	{ "zip is a FIFO",
	  { { FIFO, "zip", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/zip-kind",
	  "waits forever when it reads it" },
	{ "ziphash is a FIFO",
	  { { FIFO, "ziphash", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/ziphash-kind",
	  "waits forever when it reads it" },
	{ "lock is a FIFO",
	  { { FIFO, "lock", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/lock-kind",
	  "ignores it" },
	{ "partial is a FIFO",
	  { { FIFO, "partial", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/partial-kind",
	  "treats the tree as absent" },
	/* directories */
	{ "info is a directory",
	  { { MAKE_DIR, "info", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/info-kind",
	  "fetches it each time" },
	{ "mod is a directory",
	  { { MAKE_DIR, "mod", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/mod-kind",
	  "fetches it each time" },
	{ "zip is a directory",
	  { { MAKE_DIR, "zip", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/zip-kind",
	  "is a directory" },
	{ "lock is a directory",
	  { { MAKE_DIR, "lock", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/lock-kind",
	  "is a directory" },
	{ "partial is a directory",
	  { { MAKE_DIR, "partial", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/partial-kind",
	  "treats the tree as absent" },
	/* devices, by links */
	{ "info is a device",
	  { { LINK, "info", "/dev/null" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/info-kind",
	  "reads from the device" },
	{ "zip is a device",
	  { { LINK, "zip", "/dev/null" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/zip-kind",
	  "zip: not a valid zip file" },
	{ "lock is a device",
	  { { LINK, "lock", "/dev/null" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/lock-kind",
	  "ignores it" },
	{ "partial is a device",
	  { { LINK, "partial", "/dev/null" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/partial-kind",
	  "treats the tree as absent" },
	/* missing */
	{ "nothing",
	  { { REMOVE, "info", "" },
	    { REMOVE, "mod", "" },
	    { REMOVE, "zip", "" },
	    { REMOVE, "ziphash", "" },
	    { REMOVE, "lock", "" },
	    { REMOVE, "tree", "" } },
	  HASH,
	  CACHE_ABSENT,
	  NULL,
	  "" },
	{ "only its go.mod",
	  { { REMOVE, "info", "" },
	    { REMOVE, "zip", "" },
	    { REMOVE, "ziphash", "" },
	    { REMOVE, "lock", "" },
	    { REMOVE, "tree", "" } },
	  HASH,
	  CACHE_OK,
	  NULL,
	  "" },
	{ "only its go.mod, which nobody knows",
	  { { REMOVE, "info", "" },
	    { REMOVE, "zip", "" },
	    { REMOVE, "ziphash", "" },
	    { REMOVE, "lock", "" },
	    { REMOVE, "tree", "" } },
	  HASH | UNVOUCHED,
	  CACHE_UNVERIFIED,
	  NULL,
	  "" },
	{ "only its lock",
	  { { REMOVE, "info", "" },
	    { REMOVE, "mod", "" },
	    { REMOVE, "zip", "" },
	    { REMOVE, "ziphash", "" },
	    { REMOVE, "tree", "" } },
	  HASH,
	  CACHE_ORPHAN,
	  "cache/lock-stale",
	  "ignores it" },
	{ "only its tree",
	  { { REMOVE, "info", "" },
	    { REMOVE, "mod", "" },
	    { REMOVE, "zip", "" },
	    { REMOVE, "ziphash", "" },
	    { REMOVE, "lock", "" } },
	  HASH,
	  CACHE_ORPHAN,
	  "cache/tree-orphan",
	  "go mod verify passes it" },
	{ "only its tree, with sizes",
	  { { REMOVE, "info", "" },
	    { REMOVE, "mod", "" },
	    { REMOVE, "zip", "" },
	    { REMOVE, "ziphash", "" },
	    { REMOVE, "lock", "" } },
	  SIZES,
	  CACHE_ORPHAN,
	  "cache/tree-orphan",
	  "nothing in cache/download belongs to it" },
	{ "only its tree, among all",
	  { { REMOVE, "info", "" },
	    { REMOVE, "mod", "" },
	    { REMOVE, "zip", "" },
	    { REMOVE, "ziphash", "" },
	    { REMOVE, "lock", "" } },
	  SIZES | WHOLE,
	  CACHE_ORPHAN,
	  "cache/tree-orphan",
	  "nothing in cache/download belongs to it" },
	{ "no zip",
	  { { REMOVE, "zip", "" } },
	  HASH,
	  CACHE_PARTIAL,
	  "cache/zip-missing",
	  "builds from the extracted tree" },
	{ "neither zip nor tree",
	  { { REMOVE, "zip", "" }, { REMOVE, "tree", "" } },
	  HASH,
	  CACHE_PARTIAL,
	  "cache/zip-missing",
	  "downloads it again" },
	{ "no info",
	  { { REMOVE, "info", "" } },
	  HASH,
	  CACHE_PARTIAL,
	  "cache/info-missing",
	  "fetches it" },
	/* zips that go does not take, and whose hash is right */
	{ "a directory in the zip",
	  { { ZIP, "zip", P "d/" }, { EXTRACT, "tree", "" } },
	  HASH | UNVOUCHED,
	  CACHE_DAMAGED,
	  "cache/zip-directories",
	  "none needed: the content is right" },
	{ "a name outside",
	  { { ZIP, "zip", "example.com/x" } },
	  HASH | UNVOUCHED,
	  CACHE_DAMAGED,
	  "cache/zip-names",
	  "unzip " },
	{ "a name outside, and a known hash",
	  { { ZIP, "zip", "example.com/x" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/zip-modified",
	  "go.sum" },
	{ "forged",
	  { { ZIP, "zip", P "x" }, { EXTRACT, "tree", "" } },
	  HASH,
	  CACHE_MISMATCH,
	  "cache/forged",
	  "a build says: checksum mismatch" },
	{ "forged, without a tree",
	  { { ZIP, "zip", P "x" }, { REMOVE, "tree", "" } },
	  HASH,
	  CACHE_MISMATCH,
	  "cache/forged",
	  "go.sum" },
	/* whom to believe, where nobody knows */
	{ "another zip",
	  { { COPY, "zip", "~cache/download/example.com/!upper/@v/v1.1.0.zip" } },
	  HASH | UNVOUCHED,
	  CACHE_DAMAGED,
	  "cache/zip-modified",
	  "" },
	{ "another zip, no tree",
	  { { COPY, "zip", "~cache/download/example.com/!upper/@v/v1.1.0.zip" },
	    { REMOVE, "tree", "" } },
	  HASH | UNVOUCHED,
	  CACHE_MISMATCH,
	  "cache/mismatch",
	  "tree absent" },
	{ "another zip, no hash",
	  { { COPY, "zip", "~cache/download/example.com/!upper/@v/v1.1.0.zip" },
	    { REMOVE, "ziphash", "" } },
	  HASH | UNVOUCHED,
	  CACHE_MISMATCH,
	  "cache/mismatch",
	  "zip h1:" },
	{ "a broken zip, no hash",
	  { { WRITE, "zip", "PK" }, { REMOVE, "ziphash", "" } },
	  HASH | UNVOUCHED,
	  CACHE_MISMATCH,
	  "cache/mismatch",
	  "zip broken" },
	{ "a broken zip, no tree",
	  { { WRITE, "zip", "PK" }, { REMOVE, "tree", "" } },
	  HASH | UNVOUCHED,
	  CACHE_DAMAGED,
	  "cache/zip-broken",
	  "zip: not a valid zip file" },
	{ "a broken zip, unhashed",
	  { { WRITE, "zip", "PK" } },
	  SIZES,
	  CACHE_DAMAGED,
	  "cache/zip-broken",
	  "zip: not a valid zip file" },
	{ "a zip alone",
	  { { REMOVE, "ziphash", "" }, { REMOVE, "tree", "" } },
	  HASH | UNVOUCHED,
	  CACHE_PARTIAL,
	  "cache/ziphash-missing",
	  "missing ziphash" },
	{ "a tree alone with its info",
	  { { REMOVE, "zip", "" }, { REMOVE, "ziphash", "" } },
	  HASH | UNVOUCHED,
	  CACHE_PARTIAL,
	  "cache/ziphash-missing",
	  "missing ziphash" },
	{ "a tree that the hash confirms",
	  { { COPY, "zip", "~cache/download/example.com/!upper/@v/v1.1.0.zip" } },
	  HASH | UNVOUCHED,
	  CACHE_DAMAGED,
	  "cache/zip-modified",
	  "zip has been modified" },
	{ "all three differ",
	  { { COPY, "zip", "~cache/download/example.com/!upper/@v/v1.1.0.zip" },
	    { COPY, "ziphash", "~cache/download/example.com/other/@v/v0.1.0.ziphash" } },
	  HASH | UNVOUCHED,
	  CACHE_MISMATCH,
	  "cache/mismatch",
	  "(.ziphash)" },
	{ "a hash that only the tree contradicts",
	  { { WRITE, "/a.go", "package b\n" } },
	  HASH | UNVOUCHED,
	  CACHE_DAMAGED,
	  "cache/tree-file-modified",
	  "as in the zip" },
	{ "a tree that cannot be hashed",
	  { { MAKE_DIR, "/a\nb", "" }, { WRITE, "/a\nb/c", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/tree-file-extra",
	  "newline" },
	/* trees without hashes: by the number of files */
	{ "a file is gone, with sizes",
	  { { REMOVE, "/a.go", "" } },
	  SIZES,
	  CACHE_DAMAGED,
	  "cache/tree-file-missing",
	  "a.go" },
	{ "an empty tree, with sizes",
	  { { MAKE_DIR, "tree", "" } },
	  SIZES,
	  CACHE_DAMAGED,
	  "cache/tree-empty",
	  "no required module provides package" },
	{ "an empty tree, unfinished",
	  { { MAKE_DIR, "tree", "" }, { WRITE, "partial", "" } },
	  SIZES,
	  CACHE_PARTIAL,
	  "cache/partial",
	  "removes and extracts it again" },
	{ "an empty tree and a broken zip",
	  { { MAKE_DIR, "tree", "" }, { WRITE, "zip", "PK" } },
	  SIZES,
	  CACHE_DAMAGED,
	  "cache/tree-empty",
	  "it has no files" },
	{ "a FIFO in the tree",
	  { { FIFO, "/f", "" } },
	  SIZES,
	  CACHE_DAMAGED,
	  "cache/tree-file-kind",
	  "a FIFO" },
	{ "a FIFO in the tree, hashed",
	  { { FIFO, "/f", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/tree-file-kind",
	  "cannot build with it" },
	{ "a directory where a file was",
	  { { MAKE_DIR, "/a.go", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/tree-file-modified",
	  "it is not a regular file" },
	{ "a directory more, with a file",
	  { { MAKE_DIR, "/n", "" }, { WRITE, "/n/x", "x" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/tree-file-extra",
	  "n/x" },
	{ "unfinished and edited",
	  { { WRITE, "/a.go", "package b\n" }, { WRITE, "partial", "" } },
	  HASH,
	  CACHE_PARTIAL,
	  "cache/tree-file-modified",
	  "does not use the tree while it is marked partial" },
	/* small files */
	{ "a hash between blanks",
	  { { WRITE, "ziphash", " \n h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= \t\n" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/ziphash-wrong",
	  "checksum mismatch" },
	{ "a hash, unhashed",
	  { { WRITE, "ziphash", "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" } },
	  LOOK,
	  CACHE_DAMAGED,
	  "cache/ziphash-wrong",
	  "" },
	{ "blanks for a hash",
	  { { WRITE, "ziphash", " \n" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/ziphash-garbage",
	  "h1: and 44 characters of base64" },
	{ "no module line",
	  { { WRITE, "mod", "go 1.20\n" } },
	  HASH | UNVOUCHED,
	  CACHE_DAMAGED,
	  "cache/mod-modified",
	  "uses it to compute the module graph" },
	{ "no module line, and no zip",
	  { { WRITE, "mod", "moduleX y\nmodule" }, { REMOVE, "zip", "" }, { REMOVE, "tree", "" } },
	  HASH | UNVOUCHED,
	  CACHE_DAMAGED,
	  "cache/mod-garbage",
	  "it has no module line" },
	{ "an empty go.mod, and no zip",
	  { { WRITE, "mod", "" }, { REMOVE, "zip", "" }, { REMOVE, "tree", "" } },
	  HASH | UNVOUCHED,
	  CACHE_DAMAGED,
	  "cache/mod-garbage",
	  "it is empty" },
	{ "a go.mod of the zip",
	  { { WRITE, "mod", "module example.com/Upper\n" } },
	  HASH | UNVOUCHED,
	  CACHE_DAMAGED,
	  "cache/mod-modified",
	  "the zip's" },
	/* lists */
	{ "list is a FIFO",
	  { { FIFO, "~cache/download/example.com/!upper/@v/list", "" } },
	  HASH,
	  CACHE_OK,
	  "cache/list-kind",
	  "waits forever" },
	{ "list is a directory",
	  { { MAKE_DIR, "~cache/download/example.com/!upper/@v/list", "" } },
	  HASH,
	  CACHE_OK,
	  "cache/list-kind",
	  "a directory" },
	{ "list is empty",
	  { { WRITE, "~cache/download/example.com/!upper/@v/list", "" } },
	  HASH,
	  CACHE_OK,
	  "cache/list-garbage",
	  "an empty file" },
	{ "list is of the same length",
	  { { WRITE, "~cache/download/example.com/!upper/@v/list", "v1.0.0\nv1.2.0\n" } },
	  HASH,
	  CACHE_OK,
	  "cache/list-garbage",
	  "2 versions" },
	/* names beside */
	{ "a new temporary file",
	  { { WRITE, "~cache/download/example.com/!upper/@v/v1.0.0.zip1.tmp", "" } },
	  HASH | WHOLE,
	  CACHE_OK,
	  "tmp",
	  ".tmp" },
	{ "an old one of a wanted version",
	  { { WRITE, "~cache/download/example.com/!upper/@v/v1.0.0.zip1.tmp", "" },
	    { AGE, "~cache/download/example.com/!upper/@v/v1.0.0.zip1.tmp", "" } },
	  HASH,
	  CACHE_DAMAGED,
	  "cache/tmp-stale",
	  "0 bytes" },
	{ "a temporary file of nobody",
	  { { WRITE, "~cache/download/example.com/!upper/@v/12.tmp", "" } },
	  HASH | WHOLE,
	  CACHE_OK,
	  "tmp",
	  "12.tmp" },
	{ "one of a bad version",
	  { { WRITE, "~cache/download/example.com/!upper/@v/x.zip12.tmp", "" } },
	  HASH | WHOLE,
	  CACHE_OK,
	  "tmp",
	  "x.zip12.tmp" },
	{ "a stray name",
	  { { WRITE, "~cache/download/example.com/!upper/@v/README", "" } },
	  HASH | WHOLE,
	  CACHE_OK,
	  "stray",
	  "README" },
	{ "a stray name, not asked for",
	  { { WRITE, "~cache/download/example.com/!upper/@v/README", "" } },
	  HASH,
	  CACHE_OK,
	  NULL,
	  "" },
	{ "a bad version",
	  { { WRITE, "~cache/download/example.com/!upper/@v/x.info", "" } },
	  HASH | WHOLE,
	  CACHE_OK,
	  "stray",
	  "x.info" },
	{ "capitals",
	  { { WRITE, "~cache/download/example.com/!upper/@v/V1.0.0.INFO", "" } },
	  HASH | WHOLE,
	  CACHE_OK,
	  "stray",
	  "V1.0.0.INFO" },
	{ "capitals that are no version",
	  { { WRITE, "~cache/download/example.com/!upper/@v/Vx.info", "" } },
	  HASH | WHOLE,
	  CACHE_OK,
	  "stray",
	  "Vx.info" },
	/* what is elsewhere */
	{ "a tree that go was making",
	  { { MAKE_DIR, "~example.com/x@v1.0.0.tmp-12", "" },
	    { WRITE, "~example.com/x@v1.0.0.tmp-12/a", "a" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  "tmp",
	  "tmp-12" },
	{ "a tree without a version",
	  { { MAKE_DIR, "~example.com/x@y", "" }, { FIFO, "~example.com/x@y/f", "" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  "stray",
	  "x@y" },
	{ "a tree with a bad name",
	  { { MAKE_DIR, "~example.com/!!@v1.0.0", "" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  "stray",
	  "!!@v1.0.0" },
	{ "a file with a version",
	  { { WRITE, "~example.com/x@y", "" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  "stray",
	  "x@y" },
	{ "a file among directories",
	  { { WRITE, "~example.com/file", "" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  "stray",
	  "/file" },
	{ "a file among downloads",
	  { { WRITE, "~cache/download/file", "" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  "stray",
	  "download/file" },
	{ "a bad name among downloads",
	  { { MAKE_DIR, "~cache/download/!!/@v", "" }, { WRITE, "~cache/download/!!/@v/f", "" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  "stray",
	  "!!/@v" },
	{ "a toolchain",
	  { { WRITE, "~cache/download/golang.org/toolchain/@v/v0.0.1-go1.21.0.linux-amd64.zip",
	      "PK" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  NULL,
	  "" },
	{ "the tree of a toolchain",
	  { { MAKE_DIR, "~golang.org/toolchain@v0.0.1-go1.21.0.linux-amd64", "" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  NULL,
	  "" },
	{ "a database",
	  { { WRITE, "~cache/download/sumdb/s.test/x/tile/8/0/000", "" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  "sumdb",
	  "s.test/x" },
	{ "a database too deep",
	  { { WRITE, "~cache/download/sumdb/1/2/3/4/5/6/tile/8/0/000", "" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  NULL,
	  "" },
	{ "a file in the place of repositories",
	  { { WRITE, "~cache/vcs", "" } },
	  WHOLE,
	  CACHE_UNVERIFIED,
	  NULL,
	  "" },
};

static void test_scenes(void **state)
{
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
		wrong += !try_scene(*state, &scenes[i]);
	assert_int_equal(wrong, 0);
}

/* Files more than are named one by one. */
static void test_many(void **state)
{
	struct fix *f = *state;
	const char *tree = cachepath_tree(&f->a, f->root, TARGET);
	const struct cache_entry *entry;
	struct cache_report *r;
	bool rest = false;

	assert_int_equal(chmod(tree, 0755), 0);
	for (unsigned i = 0; i < 30; i++)
		fix_write_str(arena_fmt(&f->a, "%s/more%u", tree, i), "");
	r = read_cache(f, HASH);
	entry = cache_find(r, TARGET);
	for (size_t i = 0; i < entry->n_problems; i++)
		rest |= str_eq(entry->problems[i].problem, "and 10 more files differ");
	assert_true(rest);
	assert_int_equal(entry->n_problems, 21);
	cache_free(r);
	fix_reset(f);
}

/* In use by another process: nothing else is said of it. */
static void test_locked(void **state)
{
	struct fix *f = *state;
	int fd = open(cachepath_file(&f->a, f->root, TARGET, "lock"), O_RDWR | O_CLOEXEC);
	const struct cache_entry *entry;
	struct cache_report *r;

	fix_write_str(place_of(f, "info"), "{");
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	r = read_cache(f, HASH);
	entry = cache_find(r, TARGET);
	assert_int_equal(entry->state, CACHE_LOCKED);
	assert_int_equal(entry->n_problems, 1);
	assert_int_equal(entry->problems[0].kind, CACHE_KIND_LOCK_HELD);
	cache_free(r);
	close(fd);
	fix_reset(f);
}

/* What a hashed report knows counts for one that was not hashed, as long as no file has changed. */
static void test_known(void **state)
{
	struct fix *f = *state;
	struct cache_report *hashed, *r;

	apply_change(f, &(struct change){ WRITE, "/a.go", "package b\n" });
	hashed = read_cache(f, HASH);
	r = read_cache(f, LOOK);
	assert_int_equal(r->entries[0].state, CACHE_UNVERIFIED);
	cache_take_known(r, hashed);
	assert_int_equal(r->entries[0].state, CACHE_DAMAGED);
	assert_int_equal(r->entries[0].n_problems, hashed->entries[0].n_problems);
	assert_string_equal(r->entries[0].problems[0].file, hashed->entries[0].problems[0].file);
	assert_int_equal(r->states[CACHE_DAMAGED], 1);
	assert_int_equal(r->states[CACHE_UNVERIFIED], 0);
	cache_free(r);
	fix_write_str(place_of(f, "ziphash"), "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
	r = read_cache(f, LOOK | UNVOUCHED);
	cache_take_known(r, hashed);
	assert_int_equal(r->entries[0].state, CACHE_UNVERIFIED);
	cache_free(r);
	cache_free(hashed);
	fix_reset(f);
}

/* Questions about a report. */
static void test_find(void **state)
{
	struct fix *f = *state;
	struct cache_report *r = read_cache(f, LOOK | WHOLE), none = { .n = 0 };

	assert_null(cache_find(&none, TARGET));
	assert_null(cache_find(r, (struct modver){ "example.com/none", "v1.0.0" }));
	assert_null(cache_find_path(r, "example.com/none"));
	assert_null(cache_find_path(r, "zzz"));
	assert_string_equal(cache_find_path(r, "example.com/other")->mod.version, "v0.1.0");
	assert_int_equal(cache_other_versions(r, cache_find(r, TARGET)), 1);
	assert_int_equal(cache_other_versions(r, cache_find(r, NEIGHBOUR)), 1);
	assert_int_equal(cache_other_versions(r, cache_find(r, OTHER)), 0);
	assert_string_equal(cache_writable_note(r, &f->a), "");
	cache_free(r);
	cache_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenes), cmocka_unit_test(test_many),
		cmocka_unit_test(test_locked), cmocka_unit_test(test_known),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, fix_setup, fix_teardown);
}
