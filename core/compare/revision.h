/*
 * revision.h - the project at a commit: the files that determine the build list, in a private directory of our own cache.
 *
 * `root` contains the part of the file system that the loader needs: go.mod, go.sum, go.work and go.work.sum of the project's
 * directory and those above it, of the members of a workspace, and the go.mod files of directories in replace lines. Files
 * outside the repository come from the disk, as for a checkout in the same place. The work tree, the index and
 * the rest of the repository are not modified. Leftovers of a killed run are removed after a day.
 *
 *	if (!revision_write(&v, repo, commit, cwd, own_cache, &e)) ...
 *	if (!revision_write_sources(&v, repo, commit, false, cancel, &e)) ...	// where packages are asked for
 *	load_new(&(struct load_options){ .dir = v.dir })
 *	revision_release(&v);			// removes the directory
 */
#ifndef MODSCOPE_REVISION_H
#define MODSCOPE_REVISION_H

#include "base/cancel.h"
#include "git/gitrepo.h"

struct revision {
	char *root;	/* owned; NULL if nothing was written */
	char *dir;	/* owned: the project's directory in it */
};

/* cwd: the project's directory on disk or one below it. Commit NULL: as the work tree has the files. */
bool revision_write(struct revision *v, struct gitrepo *r, const struct gitrepo_commit *c, const char *cwd,
		    const char *own_cache, struct err *e);
/* The Go files of the commit too and the go.mod files where other modules begin: for those who load packages. What go does not look
 * into (names that begin with a dot) is left out, so are links. whole: all directories, tests and vendored files besides. ERR_LIMIT over a
 * million files or a GiB. */
bool revision_write_sources(const struct revision *v, struct gitrepo *r, const struct gitrepo_commit *c, bool whole,
			    const struct cancel *cancel, struct err *e);
/* Adds a file of a commit to a revision, by its path from `dir`: one that is there is kept, but lines of a go.sum file are added. Nothing if the commit does not
 * have it. */
bool revision_add(const struct revision *v, struct gitrepo *r, const struct gitrepo_commit *c, const char *file, struct err *e);
void revision_release(struct revision *v);

#endif
