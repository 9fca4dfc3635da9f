/*
 * githost_impl.h - what a host is made of. githost.c answers; githost_refs.c lists refs, githost_some.c brings single commits, githost_fetch.c all of
 * them, over what githost_connect.c opened; githost_open.c says where things are.
 *
 * Three stores: `whole` has complete histories only, so that what is in it needs no look at what is behind it; `some` has single commits without those before
 * them; `gone` is what go left. All are read through `repo`.
 */
#ifndef MODSCOPE_GITHOST_IMPL_H
#define MODSCOPE_GITHOST_IMPL_H

#include "base/map.h"
#include "git/githost.h"
#include "git/gitrepo_impl.h"

struct githost_ref {
	const char *name; /* "HEAD", "refs/heads/main", "refs/tags/v1.0.0" */
	const char *hash; /* of what an annotated tag stands for */
	const char *id;	  /* of the tag itself: what a server can be asked for */
};

struct githost {
	struct githost_options o;
	const struct git_lib *git;
	struct arena arena;
	struct gitrepo *repo;  /* the repository itself if it is on this machine; NULL until needed */
	struct gitrepo *whole; /* as it is without the other stores; NULL if local */
	struct gitrepo *gone;  /* NULL if there is none */
	const char *some_dir;  /* the objects of `some` */
	bool local, all;       /* all: every branch and tag is in repo, with its history */
	bool deep; /* go would have all history by now: before that it sees no tag but those on the commit that it fetched */
	bool listed;
	bool sha256; /* a server has said that its objects are named so */
	git_remote *remote; /* connected, or NULL */
	git_smart_subtransport *sub; /* of the remote; NULL if it is not known */
	unsigned logins;
	size_t keys; /* of ssh, that have been tried */
	VEC(struct githost_ref) refs; /* sorted by name */
	struct map by_name;	      /* -> struct githost_ref */
	struct map revs;	      /* what was asked -> struct githost_rev */
};

/* githost_open.c: once; false also where the repository may not be asked. */
bool githost_open_stores(struct githost *h, struct err *e);
void githost_open_close(struct githost *h);
/* The error of what only a server could answer; always false. */
bool githost_open_forbidden(const struct githost *h, struct err *e);
/* The hash of the commit of a tag that go has; NULL if it has none. */
const char *githost_open_go_tag(struct githost *h, const char *tag);
/* Whether all that refs lead to is in one of the stores that have whole histories. */
bool githost_open_is_whole(struct githost *h);
/* Keeps other processes from writing to our stores until the file is closed; -1 with an error. */
int githost_open_lock(struct githost *h, struct err *e);

/* githost_connect.c: for the refs or a fetch. The remote stays connected for what may be asked next. */
bool githost_connect_remote(struct githost *h, struct err *e);
void githost_connect_end(struct githost *h);
/* Whether libcurl carries it. */
bool githost_connect_is_http(const struct githost *h);
git_remote_callbacks githost_connect_callbacks(struct githost *h);
/* libgit2's last error without credentials; always false. */
bool githost_connect_fail(struct githost *h, int code, struct err *e);

/* githost_watch.c: a subtransport with a limit to its list of refs; owns the inner one. */
git_smart_subtransport *githost_watch(struct githost *h, git_smart_subtransport *inner);
/* The finding about a repository whose objects have SHA-256 names; always false. */
bool githost_open_sha256(const struct githost *h, struct err *e);

/* Brings the commit of one ref without its history. */
bool githost_some_fetch(struct githost *h, const struct githost_ref *ref, struct err *e);
/* Brings all branches and tags, unless they are here. */
bool githost_fetch_all(struct githost *h, struct err *e);
bool githost_fetch_is_here(struct githost *h, const char *hash);

/* Fills refs, once. */
bool githost_refs_load(struct githost *h, struct err *e);
void githost_refs_forget(struct githost *h);
const struct githost_ref *githost_refs_find(const struct githost *h, const char *prefix, const char *name);

#endif
