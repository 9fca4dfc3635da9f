/*
 * gitzip.h - the files that go puts into a module's zip, from a commit and the module's directory in it.
 *
 * Follows cmd/go/internal/modfetch (codeRepo.Zip) and codehost (gitRepo.ReadZip): what `git archive` writes for the commit with
 * export-ignore and export-subst switched off (gitattr.h), in its order, plus the root's LICENSE if the module
 * has none. modfiles.h selects those that go takes. Nothing is checked out; no filter, hook or submodule is followed. Bounds: a
 * tree is at most 1,000 deep and has at most a million files (ERR_LIMIT). Names that git refuses to check out (".git", "..") are ERR_REFUSED.
 *
 *	struct gitzip *z;
 *	if (!gitzip_open(&z, repo, commit, "sub/dir", cancel, &e)) ...	// "" is the root
 *	if (modfiles_check(&m, &arena, gitzip_source(z), &e) && modfiles_hash(sum, &m, mod, cancel, &e)) ...
 *	gitzip_free(z);				// before the repository
 */
#ifndef MODSCOPE_GITZIP_H
#define MODSCOPE_GITZIP_H

#include "git/gitrepo.h"
#include "git/gittree.h"
#include "zip/modfiles.h"

struct gitzip;

/* dir is "" or local (path_is_local). ERR_NOT_FOUND if the commit has no such directory, ERR_CANCELLED, and those of gitrepo.h. */
bool gitzip_open(struct gitzip **out, struct gitrepo *r, const struct gitrepo_commit *c, const char *dir,
		 const struct cancel *cancel, struct err *e);
/* The same for a tree, whose commit has the 40 digits, wherever its objects are read from. */
bool gitzip_open_tree(struct gitzip **out, const struct gittree_objects *o, const char *commit, const git_oid *tree, const char *dir,
		      const struct cancel *cancel, struct err *e);
void gitzip_free(struct gitzip *z); /* NULL is fine */
const struct modfiles_source *gitzip_source(const struct gitzip *z); /* lives as long as z */
/* The directories that are submodules, as the source names files: their files are not in it. They live as long as z. */
size_t gitzip_submodules(const struct gitzip *z, const char *const **dirs);

#endif
