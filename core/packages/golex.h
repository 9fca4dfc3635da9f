/*
 * golex.h - the tokens of a Go file, including automatic semicolons (go/scanner).
 *
 * Comments and blanks are skipped. A literal has only a kind and an extent. An invalid token (a stray byte, an unterminated
 * literal) is a GOLEX_BAD, and scanning continues after it: a malformed file ends like any other. A struct golex
 * is a plain value: copy it to return to the same place. The text is borrowed. Pure; any thread.
 *
 *	struct golex x;
 *	for (golex_start(&x, data, len); x.tok != GOLEX_EOF; golex_next(&x))
 *		... x.tok, x.text, x.n, x.line ...
 */
#ifndef MODSCOPE_GOLEX_H
#define MODSCOPE_GOLEX_H

#include "base/base.h"

enum golex_token {
	GOLEX_EOF,
	GOLEX_BAD,
	GOLEX_IDENT,
	GOLEX_KEYWORD,
	GOLEX_INT,
	GOLEX_FLOAT,
	GOLEX_IMAG,
	GOLEX_CHAR,
	GOLEX_STRING,
	GOLEX_OP,	/* operators and brackets */
	GOLEX_SEMI,	/* ";" or an automatic one; text is ";" */
};

struct golex {
	const char *s;
	size_t len, pos;	/* pos: after the token */
	int at_line;		/* of pos; 1-based */
	bool semi_due;		/* a newline is a semicolon */
	enum golex_token tok;
	const char *text;
	size_t n;
	int line;		/* of the token's start */
};

/* Reads the first token. Skips a byte order mark at the start. */
void golex_start(struct golex *x, const char *data, size_t len);
void golex_next(struct golex *x);
/* Whether the token is this operator or keyword. */
bool golex_is_op(const struct golex *x, const char *op);
bool golex_is_keyword(const struct golex *x, const char *word);
/* Skips a bracket and everything up to its match; any other token, just that one. */
void golex_skip_group(struct golex *x);

#endif
