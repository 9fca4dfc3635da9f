/*
 * goapi_impl.h - what the files of goapi share: goapi_type.c writes types in their normal form, goapi_decl.c finds the declarations of a
 * file, goapi.c collects them. Each uses only those before it.
 */
#ifndef MODSCOPE_GOAPI_IMPL_H
#define MODSCOPE_GOAPI_IMPL_H

#include "base/buf.h"
#include "packages/goapi.h"
#include "packages/golex.h"

/* A piece of the file. */
struct goapi_word {
	const char *s;
	size_t n;
};
bool goapi_word_is(struct goapi_word w, const char *s);
/* token.IsExported */
bool goapi_word_exported(struct goapi_word w);

#define GOAPI_MAX_TPARAMS 64

/* A file being read. */
struct goapi_scan {
	struct golex x;
	struct goapi_word tparams[GOAPI_MAX_TPARAMS];	/* of the declaration at hand */
	size_t n_tparams;
	int depth;
	bool bad;	/* the declaration at hand cannot be read on */
};

struct goapi_word goapi_word_of(const struct goapi_scan *s);	/* the token */
/* Passes over the operator, or sets `bad`. */
void goapi_expect(struct goapi_scan *s, const char *op);
/* Each reads and appends the normal form; a declaration that is too long or too deep is bad. */
void goapi_type(struct goapi_scan *s, struct buf *b);
/* "(int, string) error": from the parenthesis on. */
void goapi_signature(struct goapi_scan *s, struct buf *b);
/* "[$1 any, $2 comparable]" from the bracket on; the names are known from then on. */
void goapi_tparams(struct goapi_scan *s, struct buf *b);
/* The tokens up to one of these operators outside of brackets, a semicolon or the end; iota becomes this number if it is not negative. */
void goapi_tokens(struct goapi_scan *s, struct buf *b, const char *ends, long iota);

/* The members of a struct or interface type: fn is told of each that has a name, the others go to b: "struct{ io.Reader }". */
typedef void goapi_member(void *ctx, struct goapi_word name, const char *decl, int line);
bool goapi_at_body(const struct goapi_scan *s);	/* at "struct" or "interface" */
void goapi_body(struct goapi_scan *s, struct buf *b, goapi_member *fn, void *ctx);

/* Tells fn of each exported identifier of a file. owner: of a method or field the type's name, else empty. */
typedef void goapi_found(void *ctx, struct goapi_word owner, struct goapi_word name, const char *decl, int line);
/* False if the file has a syntax error. name: that of its package, empty if that does not count. */
bool goapi_file(struct goapi_word *name, const char *data, size_t len, goapi_found *fn, void *ctx);

#endif
