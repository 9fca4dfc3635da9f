#include "git/gitzip.h"

#include <strings.h>

#include "base/hex.h"
#include "git/gitattr.h"
#include "git/gitrepo_impl.h"
#include "zip/modzip.h"

#define MAX_DEPTH 1000u
#define BAD_ENCODING "true/false are no valid working-tree-encodings"
#define MAX_FILES 1000000u
#define MAX_NAMES ((size_t)128 << 20)	   /* bytes of all paths */
#define MAX_ATTRIBUTES ((size_t)100 << 20) /* git ignores larger ones */

struct entry {
	git_oid id;
	struct gitattr_change change;
	bool raw; /* the root's LICENSE, which go does not convert */
};

struct gitzip {
	struct gittree_objects objects;
	const char *id;
	const struct cancel *cancel;
	struct arena arena;
	struct gitattr *attrs;
	size_t cut; /* bytes of "sub/dir/" */
	size_t names;
	bool license;
	VEC(struct modfiles_file) files;
	VEC(struct entry) entries;
	VEC(const char *) submodules;
	struct modfiles_source source;
};

static bool blob_size(struct gitzip *z, const git_oid *id, const char *path, size_t *size,
		      struct err *e)
{
	git_object_t type;

	if (!z->objects.size(z->objects.ctx, id, &type, size, path, e))
		return false;
	return type == GIT_OBJECT_BLOB ||
	       err_set(e, ERR_REFUSED, "%s: not a blob in %.12s", path, z->id);
}

static bool read_object(struct gitzip *z, const git_oid *id, git_object_t type, struct buf *b,
			const char *what, struct err *e)
{
	return z->objects.read(z->objects.ctx, id, type, b, what, e);
}

static bool add_blob(struct gitzip *z, struct buf *b, const struct entry *f, const char *path,
		     struct err *e)
{
	struct buf raw = BUF_INIT;
	char id[GIT_OID_HEXSZ + 1];
	bool ok;

	if (!gitattr_is_change(&f->change))
		return read_object(z, &f->id, GIT_OBJECT_BLOB, b, path, e);
	ok = read_object(z, &f->id, GIT_OBJECT_BLOB, &raw, path, e);
	hex_encode(f->id.id, GIT_OID_RAWSZ, id);
	if (ok)
		gitattr_convert(&f->change, b, raw.data, raw.len, id);
	buf_release(&raw);
	return ok;
}

static bool read_file(void *ctx, size_t i, struct buf *b, struct err *e)
{
	struct gitzip *z = ctx;

	return add_blob(z, b, &z->entries.items[i], z->files.items[i].path, e);
}

/* Names that are ".git" on Windows too (is_ntfs_dotgit, which git checks on every system) */
static bool is_dotgit(const char *name)
{
	size_t n;

	if (strncasecmp(name, ".git", 4) == 0)
		n = 4;
	else if (strncasecmp(name, "git~1", 5) == 0)
		n = 5;
	else
		return false;
	n += strspn(name + n, " .");
	return !name[n] || name[n] == '\\' || name[n] == ':';
}

/* git's verify_path */
static bool check_name(const struct gitzip *z, const char *dir, const char *name, struct err *e)
{
	if (*name && !str_eq(name, ".") && !str_eq(name, "..") && !strchr(name, '/') &&
	    !is_dotgit(name))
		return true;
	return err_set(e, ERR_REFUSED, "invalid path '%s%s' in %.12s", dir, name, z->id);
}

static bool add_attributes(struct gitzip *z, const char *dir, const struct gittree_entry *entry,
			   struct err *e)
{
	struct entry f = { .id = entry->id, .raw = true };
	struct buf b = BUF_INIT;
	size_t size;
	bool ok;

	if (!blob_size(z, &f.id, ".gitattributes", &size, e))
		return false;
	if (size > MAX_ATTRIBUTES)
		return true;
	ok = add_blob(z, &b, &f, ".gitattributes", e);
	if (ok)
		gitattr_add(z->attrs, dir, b.data, b.len);
	buf_release(&b);
	return ok;
}

static bool add_file(struct gitzip *z, const char *path, const struct gittree_entry *entry,
		     struct err *e)
{
	struct entry f = { .id = entry->id };
	struct modfiles_file file = { .path = path + z->cut, .kind = MODFILES_REGULAR };

	z->names += strlen(path);
	if (z->files.n >= MAX_FILES || z->names > MAX_NAMES)
		return err_set(e, ERR_LIMIT, "%.12s has too many files", z->id);
	if (entry->mode == GIT_FILEMODE_LINK)
		file.kind = MODFILES_SYMLINK;
	file.executable = entry->mode == GIT_FILEMODE_BLOB_EXECUTABLE;
	if (str_eq(file.path, "LICENSE"))
		z->license = true;
	vec_push(&z->files, file);
	vec_push(&z->entries, f);
	return true;
}

static bool add_submodule(struct gitzip *z, const char *dir, const char *name)
{
	const char *path = arena_fmt(&z->arena, "%s%s", dir, name);

	z->names += strlen(path);
	vec_push(&z->submodules, path + z->cut);
	return true;
}

static bool walk(struct gitzip *z, const git_oid *id, const char *dir, unsigned depth,
		 struct err *e);

static bool walk_entry(struct gitzip *z, const struct gittree_entry *entry, const char *dir,
		       unsigned depth, struct err *e)
{
	const char *name = entry->name;

	if (cancel_is_set(z->cancel))
		return err_set(e, ERR_CANCELLED, "cancelled");
	if (!check_name(z, dir, name, e))
		return false;
	if (entry->mode == GIT_FILEMODE_COMMIT) /* git archive writes an empty directory */
		return add_submodule(z, dir, name);
	if (entry->mode == GIT_FILEMODE_TREE)
		return walk(z, &entry->id, arena_fmt(&z->arena, "%s%s/", dir, name), depth + 1, e);
	if (str_eq(name, ".gitattributes") && !add_attributes(z, dir, entry, e))
		return false;
	return add_file(z, arena_fmt(&z->arena, "%s%s", dir, name), entry, e);
}

static bool walk(struct gitzip *z, const git_oid *id, const char *dir, unsigned depth,
		 struct err *e)
{
	const char *what = *dir ? dir : z->id;
	struct buf tree = BUF_INIT;
	struct gittree_entry entry;
	size_t at = 0;
	bool ok;

	if (depth > MAX_DEPTH)
		return err_set(e, ERR_LIMIT, "the tree of %.12s is too deep", z->id);
	z->names += strlen(dir);
	if (z->names > MAX_NAMES)
		return err_set(e, ERR_LIMIT, "%.12s has too many files", z->id);
	ok = read_object(z, id, GIT_OBJECT_TREE, &tree, what, e);
	while (ok && gittree_next(&tree, &at, &entry))
		ok = walk_entry(z, &entry, dir, depth, e);
	if (ok && at != tree.len)
		ok = err_set(e, ERR_REFUSED, "%s: a broken tree in %.12s", what, z->id);
	buf_release(&tree);
	return ok;
}

static bool is_file(const struct gittree_entry *entry)
{
	return entry->mode != GIT_FILEMODE_TREE && entry->mode != GIT_FILEMODE_COMMIT;
}

/* The attributes of the directories above the module's. */
static bool add_outer_attributes(struct gitzip *z, const git_oid *tree, const char *dir,
				 struct err *e)
{
	for (const char *end = dir; end; end = strchr(end + 1, '/')) {
		const char *outer = arena_fmt(&z->arena, "%.*s%s", (int)(end - dir), dir,
					      end > dir ? "/" : "");
		const char *path = arena_fmt(&z->arena, "%s.gitattributes", outer);
		struct gittree_entry entry;

		if (gittree_find(&z->objects, tree, path, &entry, NULL) && is_file(&entry) &&
		    !add_attributes(z, outer, &entry, e))
			return false;
	}
	return true;
}

/* codeRepo.Zip: a module below the root without a LICENSE gets the root's, even if that is a link. */
static bool add_license(struct gitzip *z, const git_oid *tree, struct err *e)
{
	struct modfiles_file file = { .path = "LICENSE", .kind = MODFILES_REGULAR };
	struct entry f = { .raw = true };
	struct gittree_entry entry;
	size_t size;

	if (z->license || !z->cut || !gittree_find(&z->objects, tree, "LICENSE", &entry, NULL) ||
	    !is_file(&entry))
		return true;
	f.id = entry.id;
	if (!blob_size(z, &f.id, "LICENSE", &size, e))
		return false;
	file.size = (int64_t)size;
	vec_push(&z->files, file);
	vec_push(&z->entries, f);
	return true;
}

/* A file that is converted is converted once to learn its size. */
static bool find_sizes(struct gitzip *z, const char *dir, struct err *e)
{
	struct buf b = BUF_INIT, path = BUF_INIT;
	bool ok = true;

	for (size_t i = 0; ok && i < z->files.n; i++) {
		struct modfiles_file *file = &z->files.items[i];
		struct entry *f = &z->entries.items[i];
		size_t size;

		buf_clear(&path);
		buf_addf(&path, "%.*s%s", (int)z->cut, dir, file->path);
		if (file->kind == MODFILES_REGULAR)
			f->change = gitattr_find(z->attrs, path.data);
		if (f->change.bad_encoding)
			err_set(e, ERR_REFUSED, "%s: " BAD_ENCODING, path.data);
		ok = !f->change.bad_encoding && blob_size(z, &f->id, file->path, &size, e);
		if (ok && gitattr_is_change(&f->change) && (int64_t)size <= MODZIP_MAX_FILE) {
			buf_release(&b);
			ok = read_file(z, i, &b, e);
			size = b.len;
		}
		file->size = (int64_t)size;
		if (cancel_is_set(z->cancel))
			ok = err_set(e, ERR_CANCELLED, "cancelled");
	}
	buf_release(&b);
	buf_release(&path);
	return ok;
}

/* The module's directory. */
static bool find_dir(struct gitzip *z, const git_oid *tree, const char *dir, git_oid *id,
		     struct err *e)
{
	struct gittree_entry entry;

	if (!gittree_find(&z->objects, tree, dir, &entry, e))
		return err_wrap(e, "%s: ", dir);
	*id = entry.id;
	if (entry.mode != GIT_FILEMODE_TREE)
		return err_set(e, ERR_NOT_FOUND, "%s is not a directory in %.12s", dir, z->id);
	return add_outer_attributes(z, tree, dir, e);
}

static bool fill(struct gitzip *z, const git_oid *tree, const char *dir, struct err *e)
{
	const char *slash = *dir ? arena_fmt(&z->arena, "%s/", dir) : "";
	git_oid id = *tree;

	z->cut = strlen(slash);
	if (*dir && !find_dir(z, tree, dir, &id, e))
		return false;
	return walk(z, &id, slash, 0, e) && find_sizes(z, slash, e) && add_license(z, tree, e);
}

bool gitzip_open_tree(struct gitzip **out, const struct gittree_objects *o, const char *commit,
		      const git_oid *tree, const char *dir, const struct cancel *cancel,
		      struct err *e)
{
	struct gitzip *z = xcalloc(1, sizeof(*z));

	z->objects = *o;
	z->id = arena_strdup(&z->arena, commit);
	z->cancel = cancel;
	z->attrs = gitattr_new();
	if (!fill(z, tree, dir, e)) {
		gitzip_free(z);
		return false;
	}
	z->source = (struct modfiles_source){ z->files.items, z->files.n, read_file, z };
	*out = z;
	return true;
}

bool gitzip_open(struct gitzip **out, struct gitrepo *r, const struct gitrepo_commit *c,
		 const char *dir, const struct cancel *cancel, struct err *e)
{
	const struct gittree_objects o = gittree_of_repo(r);

	return gitzip_open_tree(out, &o, c->id, r->git->object_id(c->tree), dir, cancel, e);
}

void gitzip_free(struct gitzip *z)
{
	if (!z)
		return;
	gitattr_free(z->attrs);
	vec_release(&z->files);
	vec_release(&z->entries);
	vec_release(&z->submodules);
	arena_release(&z->arena);
	free(z);
}

const struct modfiles_source *gitzip_source(const struct gitzip *z)
{
	return &z->source;
}

size_t gitzip_submodules(const struct gitzip *z, const char *const **dirs)
{
	*dirs = z->submodules.items;
	return z->submodules.n;
}
