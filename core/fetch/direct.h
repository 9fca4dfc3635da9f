/*
 * direct.h - modules from version control itself: GOPROXY's `direct`, and what GONOPROXY keeps from proxies.
 *
 * Finds the repository of a module (direct_vcs.h), asks it (direct_code.h, git/githost.h), and gives what a proxy would give: lists, .info, go.mod, zip. A go-import
 * tag of kind "mod" leads to another proxy. Other systems than git are ERR_NOT_HERE. Each repository is opened once; questions to one wait for each
 * other. Thread-safe; the functions block. Error texts are those after "PATH@VERSION: " or "module PATH: ", without credentials.
 */
#ifndef MODSCOPE_DIRECT_H
#define MODSCOPE_DIRECT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct direct;
struct goenv;
struct proxy;

/* Both borrowed; the proxy says how servers are asked, and what is not to be fetched. */
struct direct *direct_new(const struct goenv *env, const struct proxy *p);
void direct_free(struct direct *d); /* NULL is fine */

/* Appended, as proxy.h: versions one a line; rev may be a branch, a tag or a hash. */
bool direct_list(struct direct *d, const char *module, const char *prefix, struct buf *out, struct err *e);
bool direct_info(struct direct *d, const char *module, const char *rev, struct buf *out, struct err *e);
bool direct_latest(struct direct *d, const char *module, struct buf *out, struct err *e);
/* direct_code_list_origin, direct_code_failed_origin (rev NULL is Latest); NULL also for what comes from a proxy. */
const char *direct_list_origin(struct direct *d, const char *module, struct arena *a, const char *prefix);
const char *direct_failed_origin(struct direct *d, const char *module, struct arena *a, const char *rev);
bool direct_mod(struct direct *d, const char *module, const char *version, struct buf *out, struct err *e);
/* To an open file. */
bool direct_zip(struct direct *d, const char *module, const char *version, int fd, const char *name, struct err *e);

#endif
