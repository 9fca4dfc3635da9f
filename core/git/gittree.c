#include "git/gittree.h"

#include "git/gitrepo_impl.h"

static bool repo_size(void *ctx, const git_oid *id, git_object_t *type, size_t *size,
		      const char *what, struct err *e)
{
	struct gitrepo *r = ctx;
	git_odb *db;
	int code = r->git->repository_odb(&db, r->repo);

	if (code == 0) {
		code = r->git->odb_read_header(size, type, db, id);
		r->git->odb_free(db);
	}
	return code == 0 || gitrepo_fail(r->git, GIT_ERROR, what, e);
}

static bool repo_read(void *ctx, const git_oid *id, git_object_t type, struct buf *out,
		      const char *what, struct err *e)
{
	struct gitrepo *r = ctx;
	git_odb_object *object;
	git_odb *db;
	int code = r->git->repository_odb(&db, r->repo);
	bool ok;

	if (code == 0) {
		code = r->git->odb_read(&object, db, id);
		r->git->odb_free(db);
	}
	if (code != 0)
		return gitrepo_fail(r->git, GIT_ERROR, what, e);
	ok = r->git->odb_object_type(object) == type;
	if (ok)
		buf_add(out, r->git->odb_object_data(object), r->git->odb_object_size(object));
	r->git->odb_object_free(object);
	return ok || err_set(e, ERR_REFUSED, "%s: an object of another type", what);
}

struct gittree_objects gittree_of_repo(struct gitrepo *r)
{
	return (struct gittree_objects){ repo_size, repo_read, r };
}

/* libgit2's normalize_filemode */
static git_filemode_t normal(unsigned mode)
{
	unsigned kind = mode & 0170000;

	if (kind == GIT_FILEMODE_TREE)
		return GIT_FILEMODE_TREE;
	if (mode & 0100)
		return GIT_FILEMODE_BLOB_EXECUTABLE;
	if (kind == GIT_FILEMODE_COMMIT || kind == GIT_FILEMODE_LINK)
		return (git_filemode_t)kind;
	return GIT_FILEMODE_BLOB;
}

bool gittree_next(const struct buf *tree, size_t *at, struct gittree_entry *out)
{
	const char *s = tree->data + *at, *end = tree->data + tree->len, *zero;
	unsigned mode = 0;

	for (; s < end && *s >= '0' && *s <= '7'; s++)
		mode = mode << 3 | (unsigned)(*s - '0');
	if (s == end || *s != ' ' || s == tree->data + *at)
		return false;
	s++;
	zero = memchr(s, 0, (size_t)(end - s));
	if (!zero || zero == s || end - zero <= GIT_OID_RAWSZ)
		return false;
	out->name = s;
	out->mode = normal(mode);
	memcpy(out->id.id, zero + 1, GIT_OID_RAWSZ);
	*at = (size_t)(zero + 1 + GIT_OID_RAWSZ - tree->data);
	return true;
}

static bool find_in(const struct buf *tree, const char *name, size_t len, struct gittree_entry *out)
{
	size_t at = 0;

	while (gittree_next(tree, &at, out))
		if (strncmp(out->name, name, len) == 0 && !out->name[len])
			return true;
	return false;
}

bool gittree_find(const struct gittree_objects *o, const git_oid *tree, const char *path,
		  struct gittree_entry *out, struct err *e)
{
	struct buf raw = BUF_INIT;
	bool ok = true, found = true;

	*out = (struct gittree_entry){ .mode = GIT_FILEMODE_TREE, .id = *tree };
	for (size_t n; ok && found && *path; path += n + (path[n] != 0)) {
		git_oid id = out->id;

		n = strcspn(path, "/");
		buf_clear(&raw);
		found = out->mode == GIT_FILEMODE_TREE;
		ok = !found || o->read(o->ctx, &id, GIT_OBJECT_TREE, &raw, path, e);
		found = found && ok && find_in(&raw, path, n, out);
	}
	out->name = NULL;
	buf_release(&raw);
	return ok && (found || err_set(e, ERR_NOT_FOUND, "file does not exist"));
}
