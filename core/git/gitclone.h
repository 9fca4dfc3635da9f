/*
 * gitclone.h - the copies of a remote repository that are on this machine, for looking.
 *
 * They are go's clone in GOMODCACHE/cache/vcs, ours (githost.h), or the repository itself where its URL leads to a directory. Objects are read from all of them;
 * refs are those that the server listed last, if our copy has kept them, else go's. Nothing is fetched or written, except by gitclone_keep_refs. Refs' names
 * come from servers and may be hostile. One thread.
 *
 *	struct gitclone c;
 *	if (gitclone_open(&c, &(struct gitclone_places){ .url = url, .own_dir = own, .go_dir = go }, &e)) ...	// ERR_NOT_FOUND: there is none
 *	gitclone_close(&c);
 */
#ifndef MODSCOPE_GITCLONE_H
#define MODSCOPE_GITCLONE_H

#include "base/buf.h"
#include "base/cancel.h"
#include "git/gitrepo.h"

#define GITCLONE_MAX_BRANCHES 64u /* that are searched for commits */

struct gitclone_places {
	const char *url;		/* as go names the repository */
	const char *real_url;		/* after insteadOf; NULL: the same */
	const char *own_dir, *go_dir;	/* where ours and go's are; may be NULL */
};

struct gitclone_ref {
	const char *name;	/* "HEAD", "refs/heads/main", "refs/tags/v1.0.0" */
	const char *id;		/* of the tag object, if the tag is annotated */
};

struct gitclone {
	struct arena arena;
	struct gitrepo *repo;
	ARENA_VEC(struct gitclone_ref) refs;
};

/* The kind of signature that a tag or a commit carries; it is not verified. */
enum gitclone_signature {
	GITCLONE_UNSIGNED,
	GITCLONE_OPENPGP,
	GITCLONE_SSH,
	GITCLONE_X509,
};

struct gitclone_tag {
	bool found;
	bool annotated;
	const char *tagger;	/* "" */
	int64_t time;		/* of tagging, seconds since 1970; 0 */
	enum gitclone_signature signature;
};

/* codehost.WorkDir: the directory of a repository's clone. */
const char *gitclone_dir(struct arena *a, const char *below, const char *url);
/* The path of a URL that leads to a directory (file:// or none), percent signs decoded as git does; NULL for any other. */
const char *gitclone_path(struct arena *a, const char *url);
/* The repository there, searched as git does; *tried is the last directory tried. */
bool gitclone_open_path(struct gitrepo **out, struct arena *a, const char *path, const char **tried, struct err *e);
bool gitclone_open(struct gitclone *c, const struct gitclone_places *p, struct err *e);
void gitclone_close(struct gitclone *c);
/* found is false also if its object is not here. */
void gitclone_tag(struct gitclone *c, const char *ref, struct gitclone_tag *tag, struct arena *a);
enum gitclone_signature gitclone_commit_signature(struct gitclone *c, const char *hash);
/* For each commit (40 digits) the first branch that has it: the default one, then by name; "" if none has; NULL if that is unknown, as after a cancel. */
void gitclone_branches(struct gitclone *c, struct arena *a, const char *const *hashes, const char **branches, size_t n,
		       const struct cancel *cancel);
/* Keeps the refs that a server has listed, as lines of git ls-remote, beside the clone in dir. A failure is ignored: they are for looking. */
void gitclone_keep_refs(const char *dir, const struct buf *lines);
/* Appends these lines; false if none have been kept. */
bool gitclone_kept_refs(struct buf *lines, const char *dir);

#endif
