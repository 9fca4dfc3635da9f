/*
 * golex.h - the tokens of a Go file, automatic semicolons among them (go/scanner).
 *
 * Comments and blanks are passed over. Of literals only the kind and the extent are told. What is no token at all (a stray byte, a literal that
 * does not end) comes as GOLEX_BAD, one at a time, and the reading goes on behind it: a broken file ends like any other. A struct golex
 * is a plain value: a copy of it comes back to the same place. The text is borrowed. Pure; any thread.
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
	GOLEX_SEMI,	/* ";" or a line's end that stands for one; text is ";" */
};

struct golex {
	const char *s;
	size_t len, pos;	/* pos: behind the token */
	int at_line;		/* of pos; 1-based */
	bool semi_due;		/* a line's end is a semicolon */
	enum golex_token tok;
	const char *text;
	size_t n;
	int line;		/* of the token's start */
};

/* Reads the first token. A byte order mark at the start is passed over. */
void golex_start(struct golex *x, const char *data, size_t len);
void golex_next(struct golex *x);
/* Is the token this operator or keyword? */
bool golex_is_op(const struct golex *x, const char *op);
bool golex_is_keyword(const struct golex *x, const char *word);
/* Passes over a bracket and all up to its partner; at another token, over that one. */
void golex_skip_group(struct golex *x);

#endif
