/*
 * githost.h - a git repository as the go command asks it for modules: refs, revisions, tags, files.
 *
 * Follows cmd/go/internal/modfetch/codehost (git.go). A repository on this machine (file://) is read in place
 * and never written. For any other, refs are listed without a clone. As in go, the commit of a tag or branch is fetched without its history; if ancestry matters, or that
 * fails, all branches and tags are fetched. They go into two bare repositories of ours below `own_dir`, named as go names its own (URL.some has the single commits) and locked
 * against other processes; a fetch adds a whole pack or nothing. The clone that go left in `go_dir` is read, never written: its objects are not fetched again, and its tags
 * and commits are trusted, as go trusts them. Like go, it sees only commits that branches, tags and
 * HEAD reach. Uses libgit2 (git_lib.h); no hook, filter or submodule is followed, and no program runs but the user's ssh (git_ssh.h).
 *
 * One thread at a time. Strings live as long as the host. Errors: ERR_NOT_FOUND (`unknown revision v1.0.0`, no such file), ERR_NETWORK, ERR_OFFLINE,
 * ERR_NOT_HERE, ERR_CANCELLED, else libgit2's words.
 *
 *	struct githost *h = githost_new(&(struct githost_options){ .url = "https://example.com/repo", ... });
 *	if (githost_stat(h, "v1.2.0", &rev, &e)) ...
 *	githost_free(h);
 */
#ifndef MODSCOPE_GITHOST_H
#define MODSCOPE_GITHOST_H

#include "base/arena.h"
#include "base/cancel.h"
#include "base/err.h"
#include "git/git_lib.h"
#include "git/git_ssh.h"
#include "git/gitzip.h"

#define GITHOST_SUM_LEN 47u /* "t1:" or "r1:" and 44 digits */

struct githost;

struct githost_options {
	const char *url;	/* as go names the repository */
	const char *real_url;	/* the one to contact: url after insteadOf */
	const char *own_dir;	/* for our clones; NULL: only repositories on this machine */
	const char *go_dir;	/* of go's clones (GOMODCACHE/cache/vcs); may be NULL */
	bool offline;		/* only repositories on this machine */
	const struct cancel *cancel; /* may be NULL */
	git_smart_subtransport_cb http; /* for http and https; NULL: libgit2's own */
	void *http_param;
	int patience_ms;	/* for ssh and git without any data; 0: a minute */
	const struct git_ssh *ssh; /* for ssh, if its command is there; borrowed. Else, or if NULL: libgit2's own, with what follows */
	bool ssh_agent;		/* an agent is running */
	const char *ssh_dir;	/* ~/.ssh: keys; borrowed, may be NULL */
	/* User and password for a server; false if there are none. May be NULL. */
	bool (*login)(void *ctx, const char *url, const char **user, const char **password);
	void *login_ctx;
};

struct githost_tag {
	const char *name;	/* without refs/tags/ */
	const char *hash;	/* 40 digits; of the commit, for an annotated one */
};

struct githost_rev {
	const char *hash;	/* 40 digits; go's Name */
	const char *version;	/* the tag that was asked for, else the hash */
	const char *ref;	/* Origin.Ref; "" if none */
	int64_t time;		/* of the commit, seconds since 1970 */
};

struct githost *githost_new(const struct githost_options *o);
void githost_free(struct githost *h); /* NULL is fine */
const char *githost_url(const struct githost *h);

/* Whether the repository answers at all (git ls-remote). */
bool githost_ping(struct githost *h, struct err *e);
/* Fetches all branches and tags with their histories into our copy, unless they are here. */
bool githost_fetch(struct githost *h, struct err *e);
/* rev is a tag, a branch, HEAD, a hash or a prefix of one. */
bool githost_stat(struct githost *h, const char *rev, const struct githost_rev **out, struct err *e);
/* While it is on, only what a version contains is asked for, not what it is called: a hash whose commit is in our copy then needs no server, as
 * it needs none in go's clone after the same requests. Tags and branches are still looked up, as they may have moved. */
void githost_reads(struct githost *h, bool on);
/* The commit of HEAD; ERR_NOT_FOUND: "no commits". */
bool githost_latest(struct githost *h, const struct githost_rev **out, struct err *e);
/* The tags that begin with prefix, sorted, and their Origin.TagSum. */
bool githost_tags(struct githost *h, struct arena *a, const char *prefix, struct githost_tag **tags, size_t *n,
		  char sum[GITHOST_SUM_LEN + 1], struct err *e);
/* Origin.RepoSum: of all refs. */
bool githost_sum(struct githost *h, char sum[GITHOST_SUM_LEN + 1], struct err *e);
/* The tags on a revision's commit, sorted. */
void githost_tags_of(struct githost *h, const struct githost_rev *rev, struct arena *a, const char ***tags, size_t *n);
/* A file of a revision, NUL-terminated, in the arena; at most max bytes. */
bool githost_read(struct githost *h, const char *rev, struct arena *a, const char *path, size_t max, char **data, size_t *len,
		  struct err *e);
/* The highest version (after the prefix) among the allowed tags on a commit or its ancestors; "" if there is none. */
typedef bool githost_allow_fn(void *ctx, const char *tag);
bool githost_recent_tag(struct githost *h, const char *hash, struct arena *a, const char *prefix, githost_allow_fn *allow,
			void *ctx, const char **tag, struct err *e);
/* Whether a commit is the tag's or descends from it. */
bool githost_descends(struct githost *h, const char *hash, const struct githost_tag *tag, bool *yes, struct err *e);
/* The module's files in a directory of a revision (gitzip.h); free them before the host. */
bool githost_zip(struct githost *h, const char *rev, const char *dir, struct gitzip **out, struct err *e);

#endif
