/*
 * githost_impl.h - what a host is made of. githost.c answers, githost_refs.c lists refs, githost_fetch.c brings commits.
 */
#ifndef MODSCOPE_GITHOST_IMPL_H
#define MODSCOPE_GITHOST_IMPL_H

#include "base/map.h"
#include "git/githost.h"
#include "git/gitrepo_impl.h"

struct githost_ref {
	const char *name; /* "HEAD", "refs/heads/main", "refs/tags/v1.0.0" */
	const char *hash; /* of what an annotated tag stands for */
};

struct githost {
	struct githost_options o;
	const struct git_lib *git;
	struct arena arena;
	struct gitrepo *repo; /* the repository itself if it is on this machine, else ours; NULL until needed */
	bool local, all;      /* all: every branch and tag is in repo */
	bool listed;
	VEC(struct githost_ref) refs; /* sorted by name */
	struct map by_name;	      /* -> struct githost_ref */
	struct map revs;	      /* what was asked -> struct githost_rev */
};

/* Opens the repository of this machine; false with no error set if it is another's. */
bool githost_fetch_open(struct githost *h, struct err *e);
/* Connects, for the refs or a fetch. */
bool githost_fetch_connect(struct githost *h, git_remote **out, struct err *e);
/* Brings all branches and tags, unless this commit is here already; "" is none. libgit2 cannot fetch less than a history, which most of them share. */
bool githost_fetch_commit(struct githost *h, const char *hash, struct err *e);
/* Fills refs, once. */
bool githost_refs_load(struct githost *h, struct err *e);
const struct githost_ref *githost_refs_find(const struct githost *h, const char *prefix, const char *name);

#endif
