/*
 * direct_code.h - one module in a repository: its versions and their content.
 *
 * Follows cmd/go/internal/modfetch (coderepo.go) with its words: versions from tags, pseudo-versions and their validity, the
 * module's directory, the synthetic go.mod where there is none. Texts are those after "PATH@VERSION: " ("invalid version: unknown revision v1.0.0"),
 * with err.h's reason set for an InvalidVersionError. One thread at a time, like githost.h. Strings live as long as the module.
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

/* Borrows the host; root is the import path of the repository, subdir the directory from a go-import tag. */
struct direct_code *direct_code_new(struct githost *host, const char *root, const char *subdir, const char *path, struct err *e);
void direct_code_free(struct direct_code *c); /* NULL is fine */

/* The versions with a prefix ("" for all), in go's order: +incompatible ones last, and which of these depends on the others with the prefix. */
bool direct_code_versions(struct direct_code *c, const char *prefix, const char *const **list, size_t *n, struct err *e);
/* Appends the .info that go writes for a version, branch, tag or hash; rev NULL is Latest. */
bool direct_code_info(struct direct_code *c, const char *rev, struct buf *out, struct err *e);
/* The Origin of the list of the versions with a prefix; NULL if there is none. */
const char *direct_code_list_origin(struct direct_code *c, struct arena *a, const char *prefix);
/* The Origin of a failed direct_code_info: the failure holds until it changes. NULL where go reports none. */
const char *direct_code_failed_origin(struct direct_code *c, struct arena *a, const char *rev);
bool direct_code_gomod(struct direct_code *c, const char *version, struct buf *out, struct err *e);
/* Writes the zip to the open file fd. go_version is the emulated go's, which refuses newer go lines; running is the text that names it in errors. */
bool direct_code_zip(struct direct_code *c, const char *version, const char *go_version, const char *running,
		     const struct cancel *cancel, int fd, struct err *e);

#endif
