/*
 * direct.h - modules straight from version control: GOPROXY's `direct`, and the modules that match GONOPROXY.
 *
 * Finds the repository of a module (direct_vcs.h), reads it (direct_code.h, git/githost.h), and answers as a proxy would: lists, .info, go.mod, zip. A go-import
 * tag of kind "mod" leads to another proxy. Systems other than git are ERR_NOT_HERE. Each repository is opened once; requests to the same one are
 * serialized. Thread-safe; the functions block. Error texts are those after "PATH@VERSION: " or "module PATH: ", without credentials.
 */
#ifndef MODSCOPE_DIRECT_H
#define MODSCOPE_DIRECT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct direct;
struct goenv;
struct proxy;

/* Both borrowed; the proxy tells how to reach servers, and what not to fetch. */
struct direct *direct_new(const struct goenv *env, const struct proxy *p);
void direct_free(struct direct *d); /* NULL is fine */

/* Append to out, as in proxy.h: one version per line; rev may be a branch, a tag or a hash. */
bool direct_list(struct direct *d, const char *module, const char *prefix, struct buf *out, struct err *e);
bool direct_info(struct direct *d, const char *module, const char *rev, struct buf *out, struct err *e);
bool direct_latest(struct direct *d, const char *module, struct buf *out, struct err *e);
/* Fetches the module's repository into our copy (githost_fetch). */
bool direct_fetch(struct direct *d, const char *module, struct err *e);
/* direct_code_list_origin, direct_code_failed_origin (rev NULL is Latest); NULL also if the module comes from a proxy. */
const char *direct_list_origin(struct direct *d, const char *module, struct arena *a, const char *prefix);
const char *direct_failed_origin(struct direct *d, const char *module, struct arena *a, const char *rev);
bool direct_mod(struct direct *d, const char *module, const char *version, struct buf *out, struct err *e);
/* Writes the zip to the open file fd; name is for errors. */
bool direct_zip(struct direct *d, const char *module, const char *version, int fd, const char *name, struct err *e);

#endif
