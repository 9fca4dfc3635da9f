/*
 * githost_impl.h - the inside of a host. githost.c answers; githost_refs.c lists refs, githost_some.c fetches single commits and githost_fetch.c all of
 * them, over connections from githost_connect.c; githost_open.c locates and opens the stores, githost_here.c finds commits in them.
 *
 * Three stores: `whole` has complete histories only, so a commit found in it has all its ancestors there; `some` has single commits without their
 * ancestors; `gone` is the clone that go left. All are read through `repo`.
 */
#ifndef MODSCOPE_GITHOST_IMPL_H
#define MODSCOPE_GITHOST_IMPL_H

#include "base/map.h"
#include "git/git_socket.h"
#include "git/githost.h"
#include "git/gitobjects.h"
#include "git/gitrepo_impl.h"
#include "git/gittree.h"

struct githost_ref {
	const char *name; /* "HEAD", "refs/heads/main", "refs/tags/v1.0.0" */
	const char *hash; /* of the commit, if the tag is annotated */
	const char *id;	  /* of the tag object: what a server can be asked for */
};

struct githost {
	struct githost_options o;
	const struct git_lib *git;
	struct arena arena;
	struct gitrepo *repo;  /* the repository itself if it is local; NULL until needed */
	struct gitrepo *whole; /* alone, without the other stores; NULL if local */
	struct gitrepo *gone;  /* NULL if there is none */
	struct gitobjects *quick_own, *quick_gone; /* the same objects, read without libgit2; NULL */
	bool quick_tried;
	const char *some_dir;  /* the objects of `some` */
	bool local, all;       /* all: every branch and tag is in repo, with its history */
	bool deep; /* go would have all history by now; until then it sees only the tags on the commit that it fetched */
	bool shallow; /* its own history is cut off, here or on the server: git does not fetch that as a whole */
	bool reads; /* only contents are asked for: githost_reads */
	bool listed;
	bool refetched; /* go would have fetched all branches and tags into its clone by now: the tags there are no older */
	bool gone_listed;
	VEC(struct githost_ref) gone_tags; /* of go's clone; their names are without refs/tags/ */
	bool sha256; /* the server's objects have SHA-256 names */
	struct git_socket_guard *guard; /* NULL: libcurl carries it, or nothing has been asked yet */
	git_remote *remote; /* connected, or NULL */
	git_smart_subtransport *sub; /* of the remote; NULL if unknown */
	unsigned logins;
	size_t keys; /* ssh keys tried so far */
	VEC(struct githost_ref) refs; /* sorted by name */
	VEC(struct githost_ref) spaced; /* with a space of Unicode in their names: go does not list them, git log shows them */
	struct map by_name;	      /* -> struct githost_ref */
	struct map revs;	      /* what was asked -> struct githost_rev */
	struct map here;	      /* the same, without their refs: for contents */
};

/* githost_open.c: opens the stores, once; false also if the repository may not be contacted. */
bool githost_open_stores(struct githost *h, struct err *e);
void githost_open_close(struct githost *h);
/* Sets the error for a question that only a server can answer; always returns false. */
bool githost_open_forbidden(const struct githost *h, struct err *e);
/* The commit's hash of a tag in go's clone; NULL if it has no such tag. */
const char *githost_open_go_tag(struct githost *h, const char *tag);
/* Whether the stores with complete histories have everything that refs reach. */
bool githost_open_is_whole(struct githost *h);
/* Keeps the list of refs beside our copy, for gitclone.h. */
void githost_open_keep_refs(struct githost *h);
/* Keeps other processes from writing to our stores until the file is closed; -1 with an error. */
int githost_open_lock(struct githost *h, struct err *e);

/* githost_here.c: the only commit of go's clone, or of the stores that are searched for contents, whose hash begins with the digits. False: ask the server. */
bool githost_here_find_go(struct githost *h, const char *digits, struct githost_rev *out);
bool githost_here_find_own(struct githost *h, const char *digits, struct githost_rev *out);

/* Whether a ref that the server has listed has the name; also if that is unknown. */
bool githost_here_may_be_ref(struct githost *h, const char *digits);

/* githost_time.c: sets the time of a commit that is here, and leaves it if that cannot be read. False if it has none that go reads: what git log shows of
 * it is appended to `shown`, which may be NULL. */
bool githost_time_read(struct githost *h, struct githost_rev *rev, struct buf *shown);
/* The same for a commit's text, NUL-terminated. */
bool githost_time_parse(const char *commit, int64_t *time);

/* githost_quick.c: contents, without libgit2 where that is possible. False: ask it. */
bool githost_quick_stat(struct githost *h, const char *rev, const struct githost_rev **out);
/* Also for new packs, which are looked for when contents are read again. */
void githost_quick_close(struct githost *h);
/* The objects of all stores; those are opened when it is needed. */
struct gittree_objects githost_quick_objects(struct githost *h);
/* The tree of a commit that githost_stat has found. */
bool githost_quick_tree(struct githost *h, const char *hash, git_oid *tree, struct err *e);

/* githost_gone.c: the tags in go's clone, which go sees before the server's. Calls each() for those that it would see now. */
typedef void githost_gone_fn(void *ctx, const char *tag, const char *hash);
void githost_gone_tags(struct githost *h, githost_gone_fn *each, void *ctx);
bool githost_gone_has(struct githost *h, const char *hash);
/* Whether the commit has the tag, as it is there, among its ancestors. */
bool githost_gone_descends(struct githost *h, const char *hash, const struct githost_tag *tag);
/* A walk over a commit of go's clone and its ancestors there; false if it is not there, or go would use newer refs. */
bool githost_gone_walk(struct githost *h, const char *hash, git_revwalk **walk);

/* githost_connect.c: for the refs or a fetch. The remote stays connected for the next question. */
bool githost_connect_remote(struct githost *h, struct err *e);
/* A remote at the URL to contact, as it is: insteadOf has been applied to it, and libgit2 1.5 loses memory each time that it does so. Returns
 * libgit2's code. */
int githost_connect_create(struct githost *h, git_repository *repo, git_remote **out);
void githost_connect_end(struct githost *h);
/* Whether libcurl carries it. */
bool githost_connect_is_http(const struct githost *h);
git_remote_callbacks githost_connect_callbacks(struct githost *h);
/* Sets libgit2's last error, without credentials; always returns false. */
bool githost_connect_fail(struct githost *h, int code, struct err *e);

/* githost_watch.c: a subtransport that limits the size of the list of refs; owns the inner one. */
git_smart_subtransport *githost_watch(struct githost *h, git_smart_subtransport *inner);
/* Sets the error for a repository whose objects have SHA-256 names; always returns false. */
bool githost_open_sha256(const struct githost *h, struct err *e);

/* Fetches the commit of one ref without its history. */
bool githost_some_fetch(struct githost *h, const struct githost_ref *ref, struct err *e);
/* Fetches all branches and tags, unless the stores have them. */
bool githost_fetch_all(struct githost *h, struct err *e);
bool githost_fetch_is_here(struct githost *h, const char *hash);

/* Fills refs, once. */
bool githost_refs_load(struct githost *h, struct err *e);
void githost_refs_forget(struct githost *h);
const struct githost_ref *githost_refs_find(const struct githost *h, const char *prefix, const char *name);

#endif
