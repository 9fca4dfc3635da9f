#include "git/gitzip.h"

#include <strings.h>

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
	struct gitrepo *r;
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
	const struct git_lib *git = z->r->git;
	git_object_t type;
	git_odb *db;
	int code = git->repository_odb(&db, z->r->repo);

	if (code == 0) {
		code = git->odb_read_header(size, &type, db, id);
		git->odb_free(db);
	}
	if (code == 0 && type == GIT_OBJECT_BLOB)
		return true;
	return code ? gitrepo_fail(git, GIT_ERROR, path, e)
		    : err_set(e, ERR_REFUSED, "%s: not a blob in %.12s", path, z->id);
}

static bool add_blob(struct gitzip *z, struct buf *b, const struct entry *f, const char *path,
		     struct err *e)
{
	const struct git_lib *git = z->r->git;
	char id[GIT_OID_HEXSZ + 1];
	git_blob *blob;
	const char *data;
	size_t len;

	if (git->blob_lookup(&blob, z->r->repo, &f->id) != 0)
		return gitrepo_fail(git, GIT_ERROR, path, e);
	data = git->blob_rawcontent(blob);
	len = (size_t)git->blob_rawsize(blob);
	git->oid_tostr(id, sizeof(id), &f->id);
	if (gitattr_is_change(&f->change))
		gitattr_convert(&f->change, b, data, len, id);
	else
		buf_add(b, data, len);
	git->blob_free(blob);
	return true;
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

static bool add_attributes(struct gitzip *z, const char *dir, const git_tree_entry *entry,
			   struct err *e)
{
	struct entry f = { .id = *z->r->git->tree_entry_id(entry), .raw = true };
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

static bool add_file(struct gitzip *z, const char *path, const git_tree_entry *entry,
		     git_filemode_t mode, struct err *e)
{
	struct entry f = { .id = *z->r->git->tree_entry_id(entry) };
	struct modfiles_file file = { .path = path + z->cut, .kind = MODFILES_REGULAR };

	z->names += strlen(path);
	if (z->files.n >= MAX_FILES || z->names > MAX_NAMES)
		return err_set(e, ERR_LIMIT, "%.12s has too many files", z->id);
	if (mode == GIT_FILEMODE_LINK)
		file.kind = MODFILES_SYMLINK;
	file.executable = mode == GIT_FILEMODE_BLOB_EXECUTABLE;
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

static bool walk_entry(struct gitzip *z, const git_tree_entry *entry, const char *dir,
		       unsigned depth, struct err *e)
{
	const struct git_lib *git = z->r->git;
	git_filemode_t mode = git->tree_entry_filemode(entry);
	const char *name = git->tree_entry_name(entry);
	bool tree = mode == GIT_FILEMODE_TREE;

	if (cancel_is_set(z->cancel))
		return err_set(e, ERR_CANCELLED, "cancelled");
	if (!check_name(z, dir, name, e))
		return false;
	if (mode == GIT_FILEMODE_COMMIT) /* git archive writes an empty directory */
		return add_submodule(z, dir, name);
	if (tree)
		return walk(z, git->tree_entry_id(entry), arena_fmt(&z->arena, "%s%s/", dir, name),
			    depth + 1, e);
	if (str_eq(name, ".gitattributes") && !add_attributes(z, dir, entry, e))
		return false;
	return add_file(z, arena_fmt(&z->arena, "%s%s", dir, name), entry, mode, e);
}

static bool walk(struct gitzip *z, const git_oid *id, const char *dir, unsigned depth,
		 struct err *e)
{
	const struct git_lib *git = z->r->git;
	git_tree *tree;
	bool ok = true;

	if (depth > MAX_DEPTH)
		return err_set(e, ERR_LIMIT, "the tree of %.12s is too deep", z->id);
	z->names += strlen(dir);
	if (z->names > MAX_NAMES)
		return err_set(e, ERR_LIMIT, "%.12s has too many files", z->id);
	if (git->tree_lookup(&tree, z->r->repo, id) != 0)
		return gitrepo_fail(git, GIT_ERROR, *dir ? dir : z->id, e);
	for (size_t i = 0; ok && i < git->tree_entrycount(tree); i++)
		ok = walk_entry(z, git->tree_entry_byindex(tree, i), dir, depth, e);
	git->tree_free(tree);
	return ok;
}

static bool open_path(git_tree_entry **out, struct gitzip *z, const git_object *tree,
		      const char *path, struct err *e)
{
	int code = z->r->git->tree_entry_bypath(out, (const git_tree *)tree, path);

	return code == 0 || gitrepo_fail(z->r->git, code, path, e);
}

/* The attributes of the directories above the module's. */
static bool add_outer_attributes(struct gitzip *z, const git_object *tree, const char *dir,
				 struct err *e)
{
	for (const char *end = dir; end; end = strchr(end + 1, '/')) {
		const char *outer = arena_fmt(&z->arena, "%.*s%s", (int)(end - dir), dir,
					      end > dir ? "/" : "");
		const char *path = arena_fmt(&z->arena, "%s.gitattributes", outer);
		git_tree_entry *entry;
		git_filemode_t mode;
		bool ok = true;

		if (z->r->git->tree_entry_bypath(&entry, (const git_tree *)tree, path) != 0)
			continue;
		mode = z->r->git->tree_entry_filemode(entry);
		if (mode != GIT_FILEMODE_TREE && mode != GIT_FILEMODE_COMMIT)
			ok = add_attributes(z, outer, entry, e);
		z->r->git->tree_entry_free(entry);
		if (!ok)
			return false;
	}
	return true;
}

/* codeRepo.Zip: a module below the root without a LICENSE gets the root's, even if that is a link. */
static bool add_license(struct gitzip *z, const git_object *tree, struct err *e)
{
	struct modfiles_file file = { .path = "LICENSE", .kind = MODFILES_REGULAR };
	struct entry f = { .raw = true };
	git_tree_entry *entry;
	git_filemode_t mode;
	size_t size;

	if (z->license || !z->cut ||
	    z->r->git->tree_entry_bypath(&entry, (const git_tree *)tree, "LICENSE") != 0)
		return true;
	mode = z->r->git->tree_entry_filemode(entry);
	f.id = *z->r->git->tree_entry_id(entry);
	z->r->git->tree_entry_free(entry);
	if (mode == GIT_FILEMODE_TREE || mode == GIT_FILEMODE_COMMIT)
		return true;
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

static bool fill(struct gitzip *z, const struct gitrepo_commit *c, const char *dir, struct err *e)
{
	const struct git_lib *git = z->r->git;
	git_oid id = *git->object_id(c->tree);
	const char *slash = *dir ? arena_fmt(&z->arena, "%s/", dir) : "";

	z->cut = strlen(slash);
	if (*dir) {
		git_tree_entry *entry;
		bool tree;

		if (!open_path(&entry, z, c->tree, dir, e))
			return false;
		id = *git->tree_entry_id(entry);
		tree = git->tree_entry_filemode(entry) == GIT_FILEMODE_TREE;
		git->tree_entry_free(entry);
		if (!tree)
			return err_set(e, ERR_NOT_FOUND, "%s is not a directory in %.12s", dir,
				       z->id);
		if (!add_outer_attributes(z, c->tree, dir, e))
			return false;
	}
	return walk(z, &id, slash, 0, e) && find_sizes(z, slash, e) && add_license(z, c->tree, e);
}

bool gitzip_open(struct gitzip **out, struct gitrepo *r, const struct gitrepo_commit *c,
		 const char *dir, const struct cancel *cancel, struct err *e)
{
	struct gitzip *z = xcalloc(1, sizeof(*z));

	z->r = r;
	z->id = c->id;
	z->cancel = cancel;
	z->attrs = gitattr_new();
	if (!fill(z, c, dir, e)) {
		gitzip_free(z);
		return false;
	}
	z->source = (struct modfiles_source){ z->files.items, z->files.n, read_file, z };
	*out = z;
	return true;
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
