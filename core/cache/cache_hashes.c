#include "cache/cache_check_impl.h"

#include "zip/modzip.h"

/* of a directory without files */
#define HASH_OF_NOTHING "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void take_sums(struct cache_check *c)
{
	struct err e = ERR_INIT;
	const struct cache_options *o = c->w->o;
	struct modver m = c->entry->mod;

	if (c->usable[CACHE_ZIP]) {
		c->zip_hashed = hashmemo_zip(o->memo, c->w->hasher, c->files[CACHE_ZIP], m, o->full,
					     o->cancel, &c->zip, &e);
		if (!c->zip_hashed)
			c->zip_error = arena_strdup(&c->w->arena, e.text);
		err_release(&e);
	}
	if (c->usable[CACHE_TREE]) {
		c->tree_hashed = hashmemo_tree(o->memo, c->w->hasher, c->files[CACHE_TREE], m,
					       o->full, o->cancel, &c->tree, &e);
		if (!c->tree_hashed)
			c->tree_error = arena_strdup(&c->w->arena, e.text);
		err_release(&e);
	}
}

static bool tree_matches_zip(const struct cache_check *c)
{
	return c->zip_hashed && c->tree_hashed && str_eq(c->zip.flat_sum, c->tree.sum);
}

/* Which hash is right: a recorded one, else one that two agree on. */
static void decide(struct cache_check *c)
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

static bool tree_is_right(const struct cache_check *c)
{
	return c->tree_hashed && c->right &&
	       (str_eq(c->tree.sum, c->right) ||
		(cache_check_zip_is_right(c) && str_eq(c->tree.sum, c->zip.flat_sum)));
}

/* "go.sum has h1:..." */
static const char *expected_hash(const struct cache_check *c)
{
	if (!c->right)
		return "";
	return c->trusted ? arena_fmt(&c->w->arena, "%s (%s)", c->right, c->voucher_name)
			  : c->right;
}

static const char *check_text(struct cache_check *c)
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

/* All three agree, but not with the recorded hash. */
static bool is_forged(const struct cache_check *c)
{
	return c->trusted && c->zip_hashed && !str_eq(c->zip.sum, c->trusted) && c->ziphash &&
	       str_eq(c->ziphash, c->zip.sum) && (!c->tree_hashed || tree_matches_zip(c));
}

static const char *verify_says(struct cache_check *c, const char *what)
{
	return arena_fmt(&c->w->arena, "%s %s: %s", c->entry->mod.path, c->entry->mod.version,
			 what);
}

static const char forged_says[] =
	"go mod verify: all modules verified; a build says: checksum mismatch";

static void zip_broken(struct cache_check *c)
{
	struct cache_problem *p = cache_problem_add(c->w, CACHE_ZIP, FINDING_ERROR, CACHE_FIX_FETCH,
						    CACHE_KIND_ZIP_BROKEN, c->files[CACHE_ZIP],
						    "it is not a readable zip");

	p->expected = expected_hash(c);
	p->found = c->zip_error;
	p->go_says = verify_says(c, c->zip_error);
}

static void zip_modified(struct cache_check *c, bool forged)
{
	struct arena *a = &c->w->arena;
	const char *file = c->files[CACHE_ZIP];
	struct cache_problem *p = cache_problem_add(
		c->w, CACHE_ZIP, FINDING_ERROR, CACHE_FIX_FETCH,
		forged ? CACHE_KIND_FORGED : CACHE_KIND_ZIP_MODIFIED, file,
		forged ? "zip, hash and tree agree, but not with the recorded hash"
		       : "its content has a different hash");

	p->expected = expected_hash(c);
	p->found = c->zip.well_formed ? arena_strdup(a, c->zip.sum)
				      : arena_fmt(a, "%s; %s", c->zip.sum, check_text(c));
	p->go_says = forged ? forged_says
			    : verify_says(c, arena_fmt(a, "zip has been modified (%s)", file));
}

static void zip_names(struct cache_check *c)
{
	struct cache_problem *p = cache_problem_add(c->w, CACHE_ZIP, FINDING_ERROR,
						    c->trusted ? CACHE_FIX_NONE : CACHE_FIX_FETCH,
						    CACHE_KIND_ZIP_NAMES, c->files[CACHE_ZIP],
						    "go refuses to extract it");

	p->found = check_text(c);
	p->go_says = arena_fmt(&c->w->arena, "unzip %s: %s", c->files[CACHE_ZIP], p->found);
	if (c->trusted)
		p->remedy = "none: the module's author or proxy made it so";
}

static void zip_directories(struct cache_check *c)
{
	struct cache_problem *p =
		cache_problem_add(c->w, CACHE_ZIP, c->trusted ? FINDING_INFO : FINDING_WARNING,
				  CACHE_FIX_NONE, CACHE_KIND_ZIP_DIRECTORIES, c->files[CACHE_ZIP],
				  "it has entries for directories, which count in its hash");

	p->go_says = verify_says(c, "dir has been modified, though it is not");
	p->remedy = "none needed: the content is right";
}

static void judge_zip(struct cache_check *c, bool forged)
{
	if (c->zip_error)
		zip_broken(c);
	else if (!c->zip_hashed)
		return;
	else if (c->right && !cache_check_zip_is_right(c))
		zip_modified(c, forged);
	else if (!c->zip.well_formed)
		zip_names(c);
	else if (c->zip.has_dirs)
		zip_directories(c);
}

static void judge_ziphash(struct cache_check *c)
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

static const char *tree_says(struct cache_check *c, enum cache_problem_kind kind, bool forged)
{
	struct arena *a = &c->w->arena;
	const char *says;

	if (c->entry->files[CACHE_PART_MARK].mode)
		return "does not use the tree while it is marked partial";
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
	return arena_fmt(a, "builds with it; only go mod verify says: %s", says);
}

static void judge_tree(struct cache_check *c, bool forged)
{
	const char *file = c->files[CACHE_TREE];
	struct cache_problem *p;
	size_t before = c->w->problems.n;
	/* n_files is less if a file could not be looked at */
	bool empty = c->tree_hashed && str_eq(c->tree.sum, HASH_OF_NOTHING);

	if (!c->usable[CACHE_TREE] || !c->right || tree_is_right(c))
		return;
	if (cache_check_zip_is_right(c) && !empty)
		cache_diff_tree(c->w, c->entry, c->files[CACHE_ZIP], file);
	if (c->w->problems.n == before) {
		p = cache_problem_add(c->w, CACHE_TREE, FINDING_ERROR, CACHE_FIX_EXTRACT,
				      empty	      ? CACHE_KIND_TREE_EMPTY
				      : c->tree_error ? CACHE_KIND_TREE_BROKEN
						      : CACHE_KIND_TREE_MODIFIED,
				      file,
				      empty	      ? "it has no files"
				      : c->tree_error ? "it cannot be hashed"
						      : "its content has a different hash");
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

/* zip and .ziphash (or the tree) disagree, and no recorded hash decides */
static bool judge_undecided(struct cache_check *c)
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
	p->remedy = "modscope repair: fetch the zip again and see which one it confirms";
	return true;
}

static void ask_voucher(struct cache_check *c)
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

/* A zip whose directory cannot be read; else the number of its files, SIZE_MAX if unknown. */
static size_t look_at_zip(struct cache_check *c)
{
	struct err e = ERR_INIT;
	struct modzip z;
	size_t n = 0;

	if (!c->usable[CACHE_ZIP])
		return SIZE_MAX;
	if (!modzip_open(&z, c->files[CACHE_ZIP], &e)) {
		c->zip_error = arena_strdup(&c->w->arena, e.text);
		zip_broken(c);
		err_release(&e);
		return SIZE_MAX;
	}
	for (size_t i = 0; i < z.n; i++)
		n += !modzip_is_dir(&z, &z.entries[i]);
	modzip_close(&z);
	return n;
}

/* The tree has been walked: having fewer files than the zip is damage, and comparing finds which. */
static void look_at_tree(struct cache_check *c, size_t in_zip)
{
	const char *file = c->files[CACHE_TREE];
	struct cache_problem *p;
	size_t before = c->w->problems.n;
	bool empty = c->entry->tree_files == 0;

	if (c->entry->files[CACHE_PART_MARK].mode || (!empty && c->entry->tree_files >= in_zip))
		return;
	if (!c->w->hasher) /* the files of this one are compared */
		c->w->hasher = hasher_new();
	if (!empty && in_zip != SIZE_MAX)
		cache_diff_tree(c->w, c->entry, c->files[CACHE_ZIP], file);
	else if (empty) {
		p = cache_problem_add(c->w, CACHE_TREE, FINDING_ERROR, CACHE_FIX_EXTRACT,
				      CACHE_KIND_TREE_EMPTY, file, "it has no files");
		p->expected = expected_hash(c);
	}
	for (size_t i = before; i < c->w->problems.n; i++)
		c->w->problems.items[i].go_says = tree_says(c, c->w->problems.items[i].kind, false);
}

void cache_check_unhashed(struct cache_check *c)
{
	size_t in_zip;

	ask_voucher(c);
	c->right = c->trusted;
	judge_ziphash(c);
	in_zip = look_at_zip(c);
	if (!c->usable[CACHE_TREE] || !c->w->o->sizes)
		return;
	if (cache_walk_tree(c->w, c->entry, c->files[CACHE_TREE]) && in_zip != 0)
		look_at_tree(c, in_zip);
}

/* Not if trees are not looked at, either. */
bool cache_check_remembered(struct cache_check *c)
{
	const struct cache_options *o = c->w->o;
	struct modver m = c->entry->mod;

	if (!o->memo || !o->sizes)
		return false;
	if (!c->w->hasher)
		c->w->hasher = hasher_new();
	return (!c->usable[CACHE_ZIP] || hashmemo_knows_zip(o->memo, c->files[CACHE_ZIP], m)) &&
	       (!c->usable[CACHE_TREE] ||
		hashmemo_knows_tree(o->memo, c->w->hasher, c->files[CACHE_TREE], m));
}

void cache_check_hashes(struct cache_check *c)
{
	bool forged;

	ask_voucher(c);
	take_sums(c);
	if (c->tree_hashed) {
		c->entry->tree_bytes = c->tree.bytes;
		c->entry->tree_files = c->tree.n_files;
		c->entry->tree_writable = c->tree.n_writable;
	}
	decide(c);
	c->entry->hashed = true;
	if (judge_undecided(c))
		return;
	forged = is_forged(c);
	judge_zip(c, forged);
	judge_ziphash(c);
	judge_tree(c, forged);
	if (c->tree_error || c->tree.n_odd)
		cache_walk_tree(c->w, c->entry, c->files[CACHE_TREE]); /* which files these are */
	c->entry->sum = c->right ? arena_strdup(&c->w->arena, c->right) : "";
}
