/*
 * goapi_impl.h - what the files of goapi share: goapi_type.c normalises types, goapi_decl.c finds the declarations of a
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
	struct goapi_word tparams[GOAPI_MAX_TPARAMS];	/* of the current declaration */
	size_t n_tparams;
	int depth;
	bool bad;	/* the current declaration is malformed */
};

struct goapi_word goapi_word_of(const struct goapi_scan *s);	/* the current token */
/* Skips the operator, or sets `bad`. */
void goapi_expect(struct goapi_scan *s, const char *op);
/* Each of these reads one construct and appends its normal form; one that is too long or too deep sets `bad`. */
void goapi_type(struct goapi_scan *s, struct buf *b);
/* "(int, string) error", starting at the parenthesis. */
void goapi_signature(struct goapi_scan *s, struct buf *b);
/* "[$1 any, $2 comparable]", starting at the bracket; adds the names to tparams. */
void goapi_tparams(struct goapi_scan *s, struct buf *b);
/* The tokens up to one of these operators outside brackets, a semicolon or the end; iota is replaced by the number if it is not negative. */
void goapi_tokens(struct goapi_scan *s, struct buf *b, const char *ends, long iota);

/* The members of a struct or interface type: calls fn for each named one, appends the others to b: "struct{ io.Reader }". */
typedef void goapi_member(void *ctx, struct goapi_word name, const char *decl, int line);
bool goapi_at_body(const struct goapi_scan *s);	/* at "struct" or "interface" */
void goapi_body(struct goapi_scan *s, struct buf *b, goapi_member *fn, void *ctx);

/* Receives an exported identifier. owner: the type of a method or field, else empty. */
typedef void goapi_found(void *ctx, struct goapi_word owner, struct goapi_word name, const char *decl, int line);
/* Calls fn for each exported identifier of a file. False if it has a syntax error. name: of its package, empty if that does not count. */
bool goapi_file(struct goapi_word *name, const char *data, size_t len, goapi_found *fn, void *ctx);

#endif
