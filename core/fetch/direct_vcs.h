/*
 * direct_vcs.h - the repository of an import path.
 *
 * Follows cmd/go/internal/vcs (vcs.go, discovery.go): hosts with known patterns, else the go-import tags of `https://PATH?go-get=1`, confirmed by the page of
 * the prefix that they name. Obeys GOVCS; GOINSECURE allows http. Error texts are go's.
 *
 *	struct direct_vcs v = { .env = env, .get = get, .ping = ping, .ctx = ctx };
 *	if (direct_vcs_find(&v, &arena, "example.com/m/sub", &root, &e)) ...
 */
#ifndef MODSCOPE_DIRECT_VCS_H
#define MODSCOPE_DIRECT_VCS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct goenv;

struct direct_vcs {
	const struct goenv *env;
	/* web.Get of a page: *ok is false for a status other than 200, which `status` then describes. */
	bool (*get)(void *ctx, const char *url, struct buf *body, bool *ok, struct err *status, struct err *e);
	/* Whether a git repository answers at this URL; with ERR_OFFLINE or ERR_CANCELLED the search ends. */
	bool (*ping)(void *ctx, const char *url, struct err *e);
	void *ctx;
};

struct direct_vcs_root {
	const char *vcs;    /* "git", "hg", "svn", "bzr", "fossil", "mod" */
	const char *repo;   /* URL */
	const char *root;   /* import path of the repository */
	const char *subdir; /* "" is the root */
};

/* vcs.RepoRootForImportPath. ERR_NOT_FOUND in go's words; ERR_OFFLINE, ERR_CANCELLED. */
bool direct_vcs_find(const struct direct_vcs *v, struct arena *a, const char *path, struct direct_vcs_root *root, struct err *e);

#endif
