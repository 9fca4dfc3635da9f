/*
 * gitattr.h - the .gitattributes of a commit, as far as they change what git archive writes: line endings, $Id$, encodings.
 *
 * Follows gitattributes(5) and git's attr.c and convert.c as `git archive` uses them in a bare repository: the files of the commit alone, deeper
 * ones first, macros only at the root. export-ignore and export-subst are ignored because go switches them off. The machine's
 * attributes (core.attributesFile, /etc/gitattributes) and filter programs are ignored so that the result is the same
 * everywhere. libgit2's own attributes want a work tree and read the machine's files, so they cannot be used. One thread.
 *
 *	struct gitattr *g = gitattr_new();
 *	gitattr_add(g, "sub/", data, len);			// each .gitattributes; "" is the root's
 *	struct gitattr_change c = gitattr_find(g, "sub/file");
 *	if (gitattr_is_change(&c)) gitattr_convert(&c, &b, data, len, id);
 */
#ifndef MODSCOPE_GITATTR_H
#define MODSCOPE_GITATTR_H

#include "base/buf.h"

struct gitattr;

/* What is done to a file. */
struct gitattr_change {
	bool crlf;		/* LF becomes CRLF */
	bool crlf_auto;		/* only in text without CR */
	bool ident;		/* $Id$ becomes $Id: BLOB $ */
	bool bad_encoding;	/* working-tree-encoding without a value: git archive dies of it */
	const char *encoding;	/* to convert to from UTF-8; NULL for none. Borrowed from g */
};

struct gitattr *gitattr_new(void);
void gitattr_free(struct gitattr *g); /* NULL is fine */
/* dir is "" or ends in a slash; data is copied. Lines that git ignores are ignored. */
void gitattr_add(struct gitattr *g, const char *dir, const char *data, size_t len);
struct gitattr_change gitattr_find(struct gitattr *g, const char *path);
static inline bool gitattr_is_change(const struct gitattr_change *c)
{
	return c->crlf || c->ident || c->encoding;
}
/* Appends the content as the archive has it to b; id is the blob's, in hex. */
void gitattr_convert(const struct gitattr_change *c, struct buf *b, const char *data, size_t len, const char *id);

#endif
