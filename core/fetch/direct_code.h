/*
 * direct_code.h - one module in a repository: its versions, and what is in one.
 *
 * Follows cmd/go/internal/modfetch (coderepo.go) with its words: tags to versions, pseudo-versions and whether a given one is true, where
 * the module's directory is, the go.mod that stands in for a missing one. Texts are those after "PATH@VERSION: " ("invalid version: unknown revision v1.0.0"),
 * with err.h's reason set as for InvalidVersionError. One thread at a time, as githost.h. Strings live as long as the module.
 *
 *	struct direct_code *c = direct_code_new(host, "example.com/repo", "", "example.com/repo/sub", &e);
 *	if (direct_code_stat(c, "main", &info, &e)) ...
 *	direct_code_free(c);
 */
#ifndef MODSCOPE_DIRECT_CODE_H
#define MODSCOPE_DIRECT_CODE_H

#include "base/buf.h"
#include "git/githost.h"

struct direct_code;

/* The host is borrowed; root is the import path of the repository, subdir the directory that a go-import tag names. */
struct direct_code *direct_code_new(struct githost *host, const char *root, const char *subdir, const char *path, struct err *e);
void direct_code_free(struct direct_code *c); /* NULL is fine */

/* Versions with a prefix ("" is none), in go's order (+incompatible ones last, and they depend on which others have the prefix). */
bool direct_code_versions(struct direct_code *c, const char *prefix, const char *const **list, size_t *n, struct err *e);
/* The .info that go writes for a version, branch, tag or hash; rev NULL is Latest. Appended. */
bool direct_code_info(struct direct_code *c, const char *rev, struct buf *out, struct err *e);
/* The Origin of the list of the versions with a prefix; NULL if there is none. */
const char *direct_code_list_origin(struct direct_code *c, struct arena *a, const char *prefix);
/* What a failed direct_code_info rests on: it stands as long as this does. NULL where go tells nothing. */
const char *direct_code_failed_origin(struct direct_code *c, struct arena *a, const char *rev);
bool direct_code_gomod(struct direct_code *c, const char *version, struct buf *out, struct err *e);
/* The zip into an open file. go_version is the emulated go's, which refuses newer go lines; running is that and what made go choose it. */
bool direct_code_zip(struct direct_code *c, const char *version, const char *go_version, const char *running,
		     const struct cancel *cancel, int fd, struct err *e);

#endif
