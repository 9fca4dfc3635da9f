/*
 * gittree.h - the trees and files of a commit, wherever its objects are read from.
 *
 * A tree is parsed here, not by libgit2, so that it may come from its object database or from gitobjects.h. Modes are normalised as libgit2 does. A tree may be
 * hostile: names are as they are. One thread.
 *
 *	struct gittree_objects o = gittree_of_repo(repo);
 *	if (!o.read(o.ctx, &id, GIT_OBJECT_TREE, &tree, "sub", &e)) ...
 *	while (gittree_next(&tree, &at, &entry)) ...
 *	if (at != tree.len) ...			// broken
 */
#ifndef MODSCOPE_GITTREE_H
#define MODSCOPE_GITTREE_H

#include "base/buf.h"
#include "git/git_lib.h"
#include "git/gitrepo.h"

/* `what` names the object in errors, which are those of gitrepo.h. */
struct gittree_objects {
	bool (*size)(void *ctx, const git_oid *id, git_object_t *type, size_t *size, const char *what, struct err *e);
	/* Appends the content of an object of that type. */
	bool (*read)(void *ctx, const git_oid *id, git_object_t type, struct buf *out, const char *what, struct err *e);
	void *ctx;
};

struct gittree_entry {
	const char *name; /* in the tree */
	git_filemode_t mode;
	git_oid id;
};

/* Those of a repository that libgit2 has opened. */
struct gittree_objects gittree_of_repo(struct gitrepo *r);
/* The entry at *at; false at the end, or where the tree is broken. */
bool gittree_next(const struct buf *tree, size_t *at, struct gittree_entry *out);
/* The entry at a slash-separated path; its name is NULL. ERR_NOT_FOUND if there is none. */
bool gittree_find(const struct gittree_objects *o, const git_oid *tree, const char *path, struct gittree_entry *out, struct err *e);

#endif
