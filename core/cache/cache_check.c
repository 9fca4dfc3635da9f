#include "cache/cache_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gofiles/cachepath.h"
#include "base/fs.h"
#include "base/gojson.h"
#include "zip/modzip.h"
#include "base/text.h"

#define MAX_INFO ((size_t)1 << 20)
#define MAX_LIST ((size_t)16 << 20)
#define MAX_SHOWN 60u /* bytes of a broken file that are quoted */

struct cache_problem *cache_problem_add(struct cache_worker *w, enum cache_part part,
					enum finding_severity severity, enum cache_fix fix,
					enum cache_problem_kind kind, const char *file,
					const char *problem)
{
	static const char *const remedies[] = {
		[CACHE_FIX_NONE] = "",
		[CACHE_FIX_FETCH] =
			"modscope repair: quarantine the file, fetch it again, verify it",
		[CACHE_FIX_REHASH] = "modscope repair: write it again from the verified zip",
		[CACHE_FIX_EXTRACT] =
			"modscope repair: quarantine the tree, extract the verified zip again",
		[CACHE_FIX_REMOVE] = "modscope repair: move it to quarantine",
		[CACHE_FIX_MODE] = "modscope repair: set its mode",
		[CACHE_FIX_LIST] = "modscope repair: write it again from the .mod files",
	};

	vec_push(&w->problems, (struct cache_problem){
				       .part = part,
				       .severity = severity,
				       .fix = fix,
				       .kind = kind,
				       .file = file,
				       .problem = problem,
				       .expected = "",
				       .found = "",
				       .go_says = "",
				       .remedy = remedies[fix],
			       });
	return &w->problems.items[w->problems.n - 1];
}

/* What there is to know of one entry while it is judged. */
struct check {
	struct cache_worker *w;
	struct cache_entry *entry;
	const char *files[CACHE_FILES]; /* full names */
	const char *ziphash;		/* trimmed; NULL if absent or unreadable */
	bool usable[CACHE_FILES];	/* a readable file (or directory) of the right kind */
	const char *trusted;		/* h1 of the zip that is vouched for; NULL if none */
	const char *voucher_name;
	struct hash_result zip, tree;
	const char *zip_error, *tree_error; /* NULL: hashed, or not there */
	bool zip_hashed, tree_hashed;
	const char *right; /* the h1 that the content should have; NULL if that cannot be told */
	bool mod_vouched;
};

static const char *quote_some(struct arena *a, const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	const char *out;

	text_quote(&b, s, MIN(n, MAX_SHOWN));
	if (n > MAX_SHOWN)
		buf_addstr(&b, "...");
	out = arena_strdup(a, b.data);
	buf_release(&b);
	return out;
}

static const char *kind_of(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return "a regular file";
	case S_IFDIR: return "a directory";
	case S_IFLNK: return "a symbolic link";
	case S_IFIFO: return "a FIFO";
	case S_IFSOCK: return "a socket";
	default: return "a device";
	}
}

/* What go does with a link, a device or a directory where a file belongs. */
static const char *kind_says(struct check *c, enum cache_part part, uint32_t mode)
{
	struct arena *a = &c->w->arena;
	const char *file = c->files[part], *read = arena_fmt(a, "read %s: is a directory", file);

	if (part == CACHE_TREE)
		return !S_ISLNK(mode)
			       ? "removes it and extracts the zip"
			       : arena_fmt(
					 a,
					 "builds with what the link leads to; go mod verify: %s %s: %s is not a directory",
					 c->entry->mod.path, c->entry->mod.version, file);
	if (S_ISLNK(mode))
		return "follows the link and uses what it leads to";
	if (!S_ISDIR(mode))
		return "waits for ever where it reads it";
	switch (part) {
	case CACHE_INFO:
	case CACHE_MOD:
		return "takes it as missing and fetches it each time; with GOPROXY=off: module lookup disabled by GOPROXY=off";
	case CACHE_ZIP:
		return arena_fmt(a, "%s %s: %s", c->entry->mod.path, c->entry->mod.version, read);
	case CACHE_ZIPHASH:
		return arena_fmt(a, "%s %s: missing ziphash: %s", c->entry->mod.path,
				 c->entry->mod.version, read);
	case CACHE_LOCK:
		return arena_fmt(
			a,
			"does not mind it until it has to download or extract: open %s: is a directory",
			file);
	default: return "takes the tree as absent";
	}
}

/* A link, a device or a directory where a file belongs; a mode that keeps go out. */
static void check_kind(struct check *c, enum cache_part part)
{
	static const enum cache_problem_kind kinds[] = {
		CACHE_KIND_INFO_KIND,	 CACHE_KIND_MOD_KIND,  CACHE_KIND_ZIP_KIND,
		CACHE_KIND_ZIPHASH_KIND, CACHE_KIND_LOCK_KIND, CACHE_KIND_PARTIAL_KIND,
		CACHE_KIND_TREE_KIND
	};
	const struct cache_file *f = &c->entry->files[part];
	uint32_t want = part == CACHE_TREE ? S_IFDIR : S_IFREG,
		 need = part == CACHE_TREE ? 0500 : 0400;
	enum cache_fix fix = part == CACHE_TREE	     ? CACHE_FIX_EXTRACT
			     : part <= CACHE_ZIP     ? CACHE_FIX_FETCH
			     : part == CACHE_ZIPHASH ? CACHE_FIX_REHASH
						     : CACHE_FIX_REMOVE;
	struct cache_problem *p;

	if (!f->mode)
		return;
	if ((f->mode & S_IFMT) != want) {
		p = cache_problem_add(c->w, part,
				      S_ISLNK(f->mode) ? FINDING_WARNING : FINDING_ERROR, fix,
				      kinds[part], c->files[part],
				      "it is not a file that go has made");
		p->expected = kind_of(want);
		p->found = kind_of(f->mode);
		p->go_says = kind_says(c, part, f->mode);
		return;
	}
	if ((f->mode & need) != need) {
		p = cache_problem_add(c->w, part, FINDING_ERROR, CACHE_FIX_MODE,
				      CACHE_KIND_UNREADABLE, c->files[part],
				      "its owner may not read it");
		p->expected = part == CACHE_TREE ? "mode 0555" : "mode 0644";
		p->found = arena_fmt(&c->w->arena, "mode %04o", f->mode & 07777);
		p->go_says = arena_fmt(&c->w->arena, "open %s: permission denied", c->files[part]);
	}
	c->usable[part] = true;
}

static void info_garbage(struct check *c, enum cache_problem_kind kind, const char *why,
			 const char *data, size_t len)
{
	struct cache_problem *p = cache_problem_add(c->w, CACHE_INFO, FINDING_WARNING,
						    CACHE_FIX_FETCH, kind, c->files[CACHE_INFO],
						    why);

	p->expected = arena_fmt(&c->w->arena, "JSON with Version %s", c->entry->mod.version);
	p->found = len ? quote_some(&c->w->arena, data, len) : "an empty file";
	p->go_says =
		"takes it as missing and fetches it again; with GOPROXY=off: module lookup disabled by GOPROXY=off";
}

/* What go can read, and whether it speaks of this version. That the time is another than the one in a pseudo-version
 * means nothing: proxies tell such times in good faith. */
static void check_info_content(struct check *c, const char *data, size_t len)
{
	struct gojson_info info = { 0 };
	struct cache_problem *p;
	struct err e = ERR_INIT;

	if (!gojson_info(&c->w->arena, data, len, &info, &e)) {
		info_garbage(c, info.bad_time ? CACHE_KIND_INFO_TIME : CACHE_KIND_INFO_GARBAGE,
			     info.bad_time ? "its time is none that go can read"
			     : len	   ? "it is not the JSON that go writes"
					   : "it is empty",
			     data, len);
	} else if (!str_eq(info.version, c->entry->mod.version)) {
		p = cache_problem_add(c->w, CACHE_INFO, FINDING_ERROR, CACHE_FIX_FETCH,
				      CACHE_KIND_INFO_VERSION, c->files[CACHE_INFO],
				      "it tells another version than its name");
		p->expected = c->entry->mod.version;
		p->found = quote_some(&c->w->arena, info.version, strlen(info.version));
		p->go_says = "believes the file: go list -m prints the version that stands in it";
	}
	err_release(&e);
}

static void unreadable(struct check *c, enum cache_part part, struct err *e)
{
	struct cache_problem *p = cache_problem_add(c->w, part, FINDING_ERROR, CACHE_FIX_NONE,
						    CACHE_KIND_UNREADABLE, c->files[part],
						    "it cannot be read");

	p->found = arena_strdup(&c->w->arena, e->text);
	p->go_says = p->found;
	p->remedy = "look at the file system and its permissions";
	err_release(e);
	c->usable[part] = false;
}

static void check_info(struct check *c)
{
	struct err e = ERR_INIT;
	char *data;
	size_t len;

	if (!c->usable[CACHE_INFO])
		return;
	if (!fs_read(&c->w->arena, c->files[CACHE_INFO], MAX_INFO, &data, &len, &e)) {
		unreadable(c, CACHE_INFO, &e);
		return;
	}
	check_info_content(c, data, len);
}

static const char *trimmed(struct arena *a, const char *s, size_t n)
{
	static const char space[] = " \t\n\v\f\r";

	while (n && strchr(space, *s) && *s) {
		s++;
		n--;
	}
	while (n && s[n - 1] && strchr(space, s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

static void check_ziphash_form(struct check *c)
{
	struct cache_problem *p;
	struct err e = ERR_INIT;
	char *data;
	size_t len;

	if (!c->usable[CACHE_ZIPHASH])
		return;
	if (!fs_read(&c->w->arena, c->files[CACHE_ZIPHASH], MAX_INFO, &data, &len, &e)) {
		unreadable(c, CACHE_ZIPHASH, &e);
		return;
	}
	c->ziphash = trimmed(&c->w->arena, data, len);
	if (strlen(data) == len && dirhash_is_h1(c->ziphash))
		return;
	p = cache_problem_add(c->w, CACHE_ZIPHASH, FINDING_WARNING, CACHE_FIX_REHASH,
			      len ? CACHE_KIND_ZIPHASH_GARBAGE : CACHE_KIND_ZIPHASH_EMPTY,
			      c->files[CACHE_ZIPHASH],
			      len ? "it is not an h1 hash" : "it is empty");
	p->expected = "h1: and 44 characters of base64";
	p->found = len ? quote_some(&c->w->arena, data, len) : "an empty file";
	p->go_says =
		"go build computes it again from the zip; go mod verify: zip has been modified, dir has been modified";
	c->ziphash = NULL;
}

/* Files that should be there beside the others. Of golang.org/toolchain go keeps no .info and .mod. */
static void check_missing(struct check *c)
{
	const struct cache_file *f = c->entry->files;
	bool zip = f[CACHE_ZIP].mode, tree = f[CACHE_TREE].mode, hash = f[CACHE_ZIPHASH].mode;
	bool toolchain = str_has_prefix(c->entry->mod.path, "golang.org/toolchain") ||
			 str_eq(c->entry->mod.path, "golang.org/fips140");
	struct cache_problem *p;

	if (!hash && (zip || tree) && !toolchain) {
		p = cache_problem_add(c->w, CACHE_ZIPHASH, FINDING_WARNING, CACHE_FIX_REHASH,
				      CACHE_KIND_ZIPHASH_MISSING, c->files[CACHE_ZIPHASH],
				      "it is missing");
		p->go_says = arena_fmt(&c->w->arena,
				       "%s %s: missing ziphash: open %s: no such file or directory",
				       c->entry->mod.path, c->entry->mod.version,
				       c->files[CACHE_ZIPHASH]);
	}
	if (toolchain || !(zip || hash))
		return;
	if (!zip && !toolchain) {
		p = cache_problem_add(c->w, CACHE_ZIP, FINDING_WARNING, CACHE_FIX_FETCH,
				      CACHE_KIND_ZIP_MISSING, c->files[CACHE_ZIP], "it is missing");
		p->go_says = tree ? "builds from the extracted tree; go mod verify does not notice"
				  : "downloads it again";
	}
	if (!tree) {
		p = cache_problem_add(c->w, CACHE_TREE, FINDING_INFO, CACHE_FIX_EXTRACT,
				      CACHE_KIND_TREE_MISSING, c->files[CACHE_TREE],
				      "it is not extracted");
		p->go_says =
			"extracts the zip when a package of it is needed; go mod verify does not notice";
	}
	if (!f[CACHE_INFO].mode) {
		p = cache_problem_add(c->w, CACHE_INFO, FINDING_INFO, CACHE_FIX_FETCH,
				      CACHE_KIND_INFO_MISSING, c->files[CACHE_INFO],
				      "it is missing");
		p->go_says =
			"fetches it; with GOPROXY=off, go list -m: module lookup disabled by GOPROXY=off";
	}
	if (!f[CACHE_MOD].mode) {
		p = cache_problem_add(c->w, CACHE_MOD, FINDING_WARNING, CACHE_FIX_FETCH,
				      CACHE_KIND_MOD_MISSING, c->files[CACHE_MOD], "it is missing");
		p->go_says = "fetches it; with GOPROXY=off: module lookup disabled by GOPROXY=off";
	}
}

static bool lock_is_held(const struct check *c)
{
	int fd;
	bool held;

	if (!c->usable[CACHE_LOCK] || c->w->o->own_lock)
		return false;
	fd = open(c->files[CACHE_LOCK], O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	close(fd);
	return held;
}

static void check_partial(struct check *c)
{
	struct cache_problem *p;

	if (!c->entry->files[CACHE_PART_MARK].mode)
		return;
	p = cache_problem_add(c->w, CACHE_PART_MARK, FINDING_WARNING, CACHE_FIX_REMOVE,
			      CACHE_KIND_PARTIAL, c->files[CACHE_PART_MARK],
			      "an extraction was begun and not ended");
	p->go_says =
		"takes the tree as absent, removes and extracts it again; go mod verify does not look at it";
}

static void take_sums(struct check *c)
{
	struct err e = ERR_INIT;
	const struct cache_options *o = c->w->o;
	struct modver m = c->entry->mod;

	if (c->usable[CACHE_ZIP]) {
		c->zip_hashed = memo_zip(o->memo, c->w->hasher, c->files[CACHE_ZIP], m, o->full,
					 o->cancel, &c->zip, &e);
		if (!c->zip_hashed)
			c->zip_error = arena_strdup(&c->w->arena, e.text);
		err_release(&e);
	}
	if (c->usable[CACHE_TREE]) {
		c->tree_hashed = memo_tree(o->memo, c->w->hasher, c->files[CACHE_TREE], m, o->full,
					   o->cancel, &c->tree, &e);
		if (!c->tree_hashed)
			c->tree_error = arena_strdup(&c->w->arena, e.text);
		err_release(&e);
	}
}

static bool tree_matches_zip(const struct check *c)
{
	return c->zip_hashed && c->tree_hashed && str_eq(c->zip.flat_sum, c->tree.sum);
}

/* Whom to believe: a voucher, else two that agree. */
static void decide(struct check *c)
{
	const char *zip = c->zip_hashed ? c->zip.sum : NULL,
		   *tree = c->tree_hashed ? c->tree.sum : NULL;

	if (c->trusted)
		c->right = c->trusted;
	else if (zip && c->ziphash && str_eq(zip, c->ziphash))
		c->right = zip;
	else if (tree_matches_zip(c))
		c->right = zip;
	else if (tree && c->ziphash && str_eq(tree, c->ziphash))
		c->right = tree;
	else if (zip && !tree && !c->tree_error && !c->ziphash)
		c->right = zip; /* nothing to compare it with */
	else if (tree && !zip && !c->zip_error && !c->ziphash)
		c->right = tree;
}

static bool zip_is_right(const struct check *c)
{
	return c->zip_hashed && c->right && str_eq(c->zip.sum, c->right);
}

static bool tree_is_right(const struct check *c)
{
	return c->tree_hashed && c->right &&
	       (str_eq(c->tree.sum, c->right) ||
		(zip_is_right(c) && str_eq(c->tree.sum, c->zip.flat_sum)));
}

/* "go.sum has h1:..." */
static const char *expected_hash(const struct check *c)
{
	if (!c->right)
		return "";
	return c->trusted ? arena_fmt(&c->w->arena, "%s (%s)", c->right, c->voucher_name)
			  : c->right;
}

static const char *check_text(struct check *c)
{
	struct err e = ERR_INIT;
	struct modzip z;
	const char *text = "";

	if (modzip_open(&z, c->files[CACHE_ZIP], &e)) {
		modzip_check(&z, c->entry->mod, &e);
		modzip_close(&z);
	}
	if (e.text)
		text = arena_strdup(&c->w->arena, e.text);
	err_release(&e);
	return text;
}

/* All three agree, and yet it is not what was vouched for. */
static bool is_forged(const struct check *c)
{
	return c->trusted && c->zip_hashed && !str_eq(c->zip.sum, c->trusted) && c->ziphash &&
	       str_eq(c->ziphash, c->zip.sum) && (!c->tree_hashed || tree_matches_zip(c));
}

static const char *verify_says(struct check *c, const char *what)
{
	return arena_fmt(&c->w->arena, "%s %s: %s", c->entry->mod.path, c->entry->mod.version,
			 what);
}

static const char forged_says[] =
	"go mod verify: all modules verified; a build says: checksum mismatch";

static void judge_zip(struct check *c, bool forged)
{
	struct cache_problem *p;
	struct arena *a = &c->w->arena;
	const char *file = c->files[CACHE_ZIP];

	if (c->zip_error) {
		p = cache_problem_add(c->w, CACHE_ZIP, FINDING_ERROR, CACHE_FIX_FETCH,
				      CACHE_KIND_ZIP_BROKEN, file,
				      "it is not a zip that can be read");
		p->expected = expected_hash(c);
		p->found = c->zip_error;
		p->go_says = verify_says(c, c->zip_error);
	} else if (c->zip_hashed && c->right && !zip_is_right(c)) {
		p = cache_problem_add(
			c->w, CACHE_ZIP, FINDING_ERROR, CACHE_FIX_FETCH,
			forged ? CACHE_KIND_FORGED : CACHE_KIND_ZIP_MODIFIED, file,
			forged ? "zip, hash and tree agree, but are not what was vouched for"
			       : "its content has another hash");
		p->expected = expected_hash(c);
		p->found = c->zip.well_formed ? arena_strdup(a, c->zip.sum)
					      : arena_fmt(a, "%s; %s", c->zip.sum, check_text(c));
		p->go_says = forged ? forged_says
				    : verify_says(c,
						  arena_fmt(a, "zip has been modified (%s)", file));
	} else if (c->zip_hashed && !c->zip.well_formed) {
		p = cache_problem_add(c->w, CACHE_ZIP, FINDING_ERROR,
				      c->trusted ? CACHE_FIX_NONE : CACHE_FIX_FETCH,
				      CACHE_KIND_ZIP_NAMES, file,
				      "go does not extract what is in it");
		p->found = check_text(c);
		p->go_says = arena_fmt(a, "unzip %s: %s", file, p->found);
		if (c->trusted)
			p->remedy = "none here: this is what the module's author or proxy made";
	} else if (c->zip_hashed && c->zip.has_dirs) {
		p = cache_problem_add(c->w, CACHE_ZIP, c->trusted ? FINDING_INFO : FINDING_WARNING,
				      CACHE_FIX_NONE, CACHE_KIND_ZIP_DIRECTORIES, file,
				      "it has entries for directories, which count in its hash");
		p->go_says = verify_says(c, "dir has been modified, though it is not");
		p->remedy = "none needed: the content is right";
	}
}

static void judge_ziphash(struct check *c)
{
	struct cache_problem *p;

	if (!c->ziphash || !c->right || str_eq(c->ziphash, c->right))
		return;
	p = cache_problem_add(c->w, CACHE_ZIPHASH, FINDING_ERROR, CACHE_FIX_REHASH,
			      CACHE_KIND_ZIPHASH_WRONG, c->files[CACHE_ZIPHASH],
			      "it is not the hash of this module");
	p->expected = expected_hash(c);
	p->found = c->ziphash;
	p->go_says = arena_fmt(&c->w->arena, "verifying %s@%s: checksum mismatch",
			       c->entry->mod.path, c->entry->mod.version);
}

static const char *tree_says(struct check *c, enum cache_problem_kind kind, bool forged)
{
	struct arena *a = &c->w->arena;
	const char *says;

	if (c->entry->files[CACHE_PART_MARK].mode)
		return "does not use the tree while it is marked as partial";
	if (forged)
		return forged_says;
	if (c->tree_error)
		return verify_says(c, c->tree_error);
	says = verify_says(c, arena_fmt(a, "dir has been modified (%s)", c->files[CACHE_TREE]));
	if (kind == CACHE_KIND_TREE_EMPTY)
		return arena_fmt(
			a,
			"a build finds no package in it: no required module provides package; go mod verify: %s",
			says);
	return arena_fmt(a, "builds with what is there; only go mod verify says: %s", says);
}

static void judge_tree(struct check *c, bool forged)
{
	const char *file = c->files[CACHE_TREE];
	struct cache_problem *p;
	size_t before = c->w->problems.n;
	bool empty = c->tree_hashed && c->tree.n_files == 0;

	if (!c->usable[CACHE_TREE] || !c->right || tree_is_right(c))
		return;
	if (zip_is_right(c) && !empty)
		cache_diff_tree(c->w, c->entry, c->files[CACHE_ZIP], file);
	if (c->w->problems.n == before) {
		p = cache_problem_add(c->w, CACHE_TREE, FINDING_ERROR, CACHE_FIX_EXTRACT,
				      empty	      ? CACHE_KIND_TREE_EMPTY
				      : c->tree_error ? CACHE_KIND_TREE_BROKEN
						      : CACHE_KIND_TREE_MODIFIED,
				      file,
				      empty	      ? "there is no file in it"
				      : c->tree_error ? "it cannot be hashed"
						      : "its content has another hash");
		p->expected = expected_hash(c);
		p->found = c->tree_error ? c->tree_error : arena_strdup(&c->w->arena, c->tree.sum);
	}
	for (size_t i = before; i < c->w->problems.n; i++) {
		p = &c->w->problems.items[i];
		if (c->entry->files[CACHE_PART_MARK].mode)
			p->severity = FINDING_WARNING;
		p->go_says = tree_says(c, p->kind, forged);
	}
}

/* zip and .ziphash (or the tree) disagree, and nobody knows better */
static bool judge_undecided(struct check *c)
{
	struct cache_problem *p;
	enum cache_part part = c->zip_hashed || c->zip_error ? CACHE_ZIP : CACHE_TREE;

	if (c->right || (!c->zip_hashed && !c->tree_hashed && !c->zip_error && !c->tree_error))
		return false;
	if (c->zip_error) {
		judge_zip(c, false);
		if (!c->tree_hashed && !c->tree_error)
			return false;
	}
	p = cache_problem_add(
		c->w, part, FINDING_ERROR, CACHE_FIX_FETCH, CACHE_KIND_MISMATCH, c->files[part],
		"the hashes disagree, and neither go.sum nor the checksum database knows the module");
	p->expected = c->ziphash ? arena_fmt(&c->w->arena, "%s (.ziphash)", c->ziphash) : "";
	p->found = arena_fmt(&c->w->arena, "zip %s, tree %s",
			     c->zip_hashed  ? c->zip.sum
			     : c->zip_error ? "broken"
					    : "absent",
			     c->tree_hashed  ? c->tree.sum
			     : c->tree_error ? "broken"
					     : "absent");
	p->go_says = verify_says(c, part == CACHE_ZIP ? "zip has been modified"
						      : "dir has been modified");
	p->remedy = "modscope repair: fetch the zip again and see which of them it confirms";
	return true;
}

static void mod_modified(struct check *c, const char *expected, const char *found, bool vouched)
{
	/* where only the zip says otherwise, either of the two may be the wrong one */
	struct cache_problem *p =
		cache_problem_add(c->w, CACHE_MOD, vouched ? FINDING_ERROR : FINDING_WARNING,
				  CACHE_FIX_FETCH, CACHE_KIND_MOD_MODIFIED, c->files[CACHE_MOD],
				  vouched ? "it is not the go.mod of this version"
					  : "it is not the go.mod that is in the zip");

	p->expected = expected;
	p->found = found;
	p->go_says = vouched ? arena_fmt(&c->w->arena, "verifying %s@%s/go.mod: checksum mismatch",
					 c->entry->mod.path, c->entry->mod.version)
			     : "uses it: the module graph is computed with it";
}

/* Without a go.mod in the zip, go and the proxies write one that has only the module line. */
static bool is_synthetic(struct arena *a, const char *data, struct modver m)
{
	return str_eq(data, arena_fmt(a, "module %s\n", m.path)) ||
	       str_eq(data, arena_fmt(a, "module \"%s\"\n", m.path));
}

static bool has_module_line(const char *data)
{
	for (const char *s = data; s; s = strchr(s, '\n')) {
		s += strspn(s, " \t\r\n");
		if (str_has_prefix(s, "module") && strchr(" \t\"`(", s[6]) && s[6])
			return true;
	}
	return false;
}

static void check_mod_content(struct check *c, const char *data, size_t len)
{
	struct arena *a = &c->w->arena;
	struct cache_problem *p;
	unsigned char digest[32];
	char sum[DIRHASH_LEN + 1];
	const char *want = NULL;
	const struct cache_trust *trust = c->w->o->trust;
	enum cache_voucher who = trust ? trust->sum(trust->ctx, c->entry->mod, true, &want)
				       : CACHE_NOBODY;

	dirhash_gomod(data, len, sum);
	if (who != CACHE_NOBODY) {
		c->mod_vouched = true;
		if (!str_eq(sum, want))
			mod_modified(c,
				     arena_fmt(a, "%s (%s)", want,
					       who == CACHE_GOSUM ? trust->gosum_name
								  : trust->sumdb_name),
				     arena_strdup(a, sum), true);
		return;
	}
	sha256_bytes(data, len, digest);
	if (zip_is_right(c) && c->zip.has_gomod &&
	    memcmp(digest, c->zip.gomod, sizeof(digest)) != 0)
		mod_modified(c, "the zip's", arena_strdup(a, sum), false);
	else if (zip_is_right(c) && !c->zip.has_gomod && !is_synthetic(a, data, c->entry->mod))
		mod_modified(c, arena_fmt(a, "module %s", c->entry->mod.path),
			     quote_some(a, data, len), false);
	else if (!has_module_line(data)) {
		p = cache_problem_add(c->w, CACHE_MOD, FINDING_ERROR, CACHE_FIX_FETCH,
				      CACHE_KIND_MOD_GARBAGE, c->files[CACHE_MOD],
				      len ? "it has no module line" : "it is empty");
		p->expected = arena_fmt(a, "module %s", c->entry->mod.path);
		p->found = len ? quote_some(a, data, len) : "an empty file";
		p->go_says = "computes the module graph with it, as if the module required nothing";
	}
}

static void check_mod(struct check *c)
{
	struct err e = ERR_INIT;
	char *data;
	size_t len;

	if (!c->usable[CACHE_MOD])
		return;
	if (!fs_read(&c->w->arena, c->files[CACHE_MOD], FS_MAX_MOD, &data, &len, &e)) {
		unreadable(c, CACHE_MOD, &e);
		return;
	}
	check_mod_content(c, data, len);
}

static bool nothing_but(const struct cache_entry *entry, enum cache_part part)
{
	for (unsigned i = 0; i < CACHE_FILES; i++)
		if (i != (unsigned)part && entry->files[i].mode)
			return false;
	return entry->files[part].mode != 0;
}

/* What is there without what it belongs to. */
static bool check_orphan(struct check *c)
{
	struct cache_problem *p;

	if (nothing_but(c->entry, CACHE_TREE) &&
	    !str_eq(c->entry->mod.path, "golang.org/fips140")) {
		c->w->problems.n = 0; /* that its hash is missing says the same again */
		p = cache_problem_add(c->w, CACHE_TREE, FINDING_WARNING, CACHE_FIX_REMOVE,
				      CACHE_KIND_TREE_ORPHAN, c->files[CACHE_TREE],
				      "nothing in cache/download belongs to it");
		p->go_says =
			"takes it as not completely extracted: removes it and downloads the module; go mod verify passes it";
		return true;
	}
	if (nothing_but(c->entry, CACHE_LOCK)) {
		p = cache_problem_add(c->w, CACHE_LOCK, FINDING_INFO, CACHE_FIX_NONE,
				      CACHE_KIND_LOCK_STALE, c->files[CACHE_LOCK],
				      "a lock without anything that it guards");
		p->go_says = "does not mind it";
		p->remedy = "none needed";
		return true;
	}
	return false;
}

static int compare_problems(const void *va, const void *vb)
{
	const struct cache_problem *a = va, *b = vb;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	return strcmp(a->file, b->file);
}

static bool has_problem(const struct cache_worker *w, enum cache_problem_kind kind)
{
	for (size_t i = 0; i < w->problems.n; i++)
		if (w->problems.items[i].kind == kind)
			return true;
	return false;
}

static bool is_missing(enum cache_problem_kind kind)
{
	switch (kind) {
	case CACHE_KIND_INFO_MISSING:
	case CACHE_KIND_MOD_MISSING:
	case CACHE_KIND_ZIP_MISSING:
	case CACHE_KIND_ZIPHASH_MISSING:
	case CACHE_KIND_TREE_MISSING: return true;
	default: return false;
	}
}

/* All that is wrong is that something is not (completely) there. */
static bool only_missing(const struct cache_worker *w)
{
	bool partial = has_problem(w, CACHE_KIND_PARTIAL);

	for (size_t i = 0; i < w->problems.n; i++) {
		const struct cache_problem *p = &w->problems.items[i];

		if (p->severity < FINDING_WARNING || p->kind == CACHE_KIND_PARTIAL ||
		    is_missing(p->kind) || (partial && p->part == CACHE_TREE))
			continue;
		return false;
	}
	return true;
}

static enum cache_state state_of(const struct check *c, bool orphan)
{
	const struct cache_worker *w = c->w;
	enum finding_severity worst = FINDING_INFO;

	for (size_t i = 0; i < w->problems.n; i++)
		worst = MAX(worst, w->problems.items[i].severity);
	if (orphan)
		return CACHE_ORPHAN;
	if (has_problem(w, CACHE_KIND_MISMATCH) || has_problem(w, CACHE_KIND_FORGED))
		return CACHE_MISMATCH;
	if (worst == FINDING_ERROR || (worst == FINDING_WARNING && !only_missing(w)))
		return CACHE_DAMAGED;
	if (worst == FINDING_WARNING)
		return CACHE_PARTIAL;
	if (!c->entry->files[CACHE_ZIP].mode && !c->entry->files[CACHE_TREE].mode)
		return c->mod_vouched ? CACHE_OK
				      : CACHE_UNVERIFIED; /* only its go.mod was ever needed */
	return c->entry->hashed && c->trusted ? CACHE_OK : CACHE_UNVERIFIED;
}

static bool is_absent(const struct cache_entry *entry)
{
	for (unsigned i = 0; i < CACHE_FILES; i++)
		if (entry->files[i].mode)
			return false;
	return true;
}

static void name_files(struct check *c)
{
	static const char *const suffixes[] = {
		"info", "mod", "zip", "ziphash", "lock", "partial"
	};
	struct arena *a = &c->w->arena;

	for (unsigned i = 0; i < CACHE_TREE; i++)
		c->files[i] = cachepath_file(a, c->w->o->root, c->entry->mod, suffixes[i]);
	c->files[CACHE_TREE] = cachepath_tree(a, c->w->o->root, c->entry->mod);
}

static void ask_voucher(struct check *c)
{
	const struct cache_trust *trust = c->w->o->trust;
	const char *sum = "";

	if (!trust)
		return;
	c->entry->voucher = trust->sum(trust->ctx, c->entry->mod, false, &sum);
	if (c->entry->voucher == CACHE_NOBODY)
		return;
	c->trusted = sum;
	c->voucher_name = c->entry->voucher == CACHE_GOSUM ? trust->gosum_name : trust->sumdb_name;
}

static void check_hashes(struct check *c)
{
	bool forged;

	ask_voucher(c);
	take_sums(c);
	if (c->tree_hashed) {
		c->entry->tree_bytes = c->tree.bytes;
		c->entry->tree_files = c->tree.n_files;
	}
	decide(c);
	c->entry->hashed = true;
	if (judge_undecided(c))
		return;
	forged = is_forged(c);
	judge_zip(c, forged);
	judge_ziphash(c);
	judge_tree(c, forged);
	if (c->tree_error || c->tree.n_odd || c->tree.n_writable)
		cache_walk_tree(c->w, c->entry, c->files[CACHE_TREE]); /* which files these are */
	c->entry->sum = c->right ? arena_strdup(&c->w->arena, c->right) : "";
}

void cache_check_entry(struct cache_worker *w, struct cache_entry *entry)
{
	struct check c = { .w = w, .entry = entry };
	bool orphan;

	if (is_absent(entry) && !w->problems.n) {
		entry->state = CACHE_ABSENT;
		return;
	}
	name_files(&c);
	for (unsigned i = 0; i < CACHE_FILES; i++)
		check_kind(&c, (enum cache_part)i);
	if (lock_is_held(&c)) {
		w->problems.n = 0;
		entry->state = CACHE_LOCKED;
		return;
	}
	check_info(&c);
	check_ziphash_form(&c);
	check_partial(&c);
	check_missing(&c);
	orphan = check_orphan(&c);
	if (w->o->hash && !orphan && (c.usable[CACHE_ZIP] || c.usable[CACHE_TREE]))
		check_hashes(&c);
	else if (c.usable[CACHE_TREE] && (w->o->sizes || w->o->hash))
		cache_walk_tree(w, entry, c.files[CACHE_TREE]);
	check_mod(&c);
	if (w->problems.n)
		qsort(w->problems.items, w->problems.n, sizeof(*w->problems.items),
		      compare_problems);
	entry->state = state_of(&c, orphan);
	entry->problems = arena_memdup(&w->arena, w->problems.items,
				       w->problems.n * sizeof(*w->problems.items));
	entry->n_problems = w->problems.n;
}

const char *cache_check_list(struct cache_worker *w, const char *file, const struct cache_file *f,
			     const char *const *versions, size_t n_versions)
{
	struct buf want = BUF_INIT;
	struct cache_problem *p = NULL;
	struct err e = ERR_INIT;
	char *data = NULL;
	size_t len = 0;

	if (!S_ISREG(f->mode)) {
		p = cache_problem_add(w, CACHE_LIST, FINDING_WARNING, CACHE_FIX_LIST,
				      CACHE_KIND_LIST_KIND, file,
				      "it is not a file that go has made");
		p->found = kind_of(f->mode);
	} else if (!fs_read(&w->arena, file, MAX_LIST, &data, &len, &e)) {
		p = cache_problem_add(w, CACHE_LIST, FINDING_WARNING, CACHE_FIX_NONE,
				      CACHE_KIND_LIST_GARBAGE, file, "it cannot be read");
		p->found = arena_strdup(&w->arena, e.text);
	} else {
		for (size_t i = 0; i < n_versions; i++)
			buf_addf(&want, "%s\n", versions[i]);
		if (want.len != len || memcmp(want.data, data, len) != 0) {
			p = cache_problem_add(w, CACHE_LIST, FINDING_WARNING, CACHE_FIX_LIST,
					      CACHE_KIND_LIST_GARBAGE, file,
					      "it does not list the versions that have a .mod");
			p->expected = arena_fmt(&w->arena, "%zu versions", n_versions);
			p->found = len ? quote_some(&w->arena, data, len) : "an empty file";
		}
	}
	if (p)
		p->go_says =
			"does not read it; a GOPROXY=file:// of this cache tells wrong versions";
	err_release(&e);
	buf_release(&want);
	return data;
}
