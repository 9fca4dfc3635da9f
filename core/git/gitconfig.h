/*
 * gitconfig.h - a file in the syntax of git's configuration, read by libgit2.
 *
 * Entries come in the file's order, with their lines and columns. Sections and keys are lower-cased, as in git; a subsection is kept
 * as written. A key without a value has the value "true". include sections are refused before libgit2 can follow them. The
 * file may be hostile: one that is larger than `max` bytes, or not a regular file, is refused.
 *
 *	struct gitconfig c;
 *	if (!gitconfig_read(&c, &arena, "/project/.modscope", 1 << 20, &e)) ...	// ERR_SYNTAX: "FILE:LINE:COLUMN: what is wrong", and e.line, e.column
 *
 * The arena owns everything. Any thread.
 */
#ifndef MODSCOPE_GITCONFIG_H
#define MODSCOPE_GITCONFIG_H

#include "base/arena.h"
#include "base/err.h"

struct gitconfig_entry {
	const char *section, *sub, *key; /* sub: "" if there is none */
	const char *value;
	int line, column; /* of the key, in bytes, counted from 1; 0 if not found */
};
struct gitconfig_section {
	const char *name; /* in lower case */
	const char *sub;  /* "" if there is none */
	int line, column; /* of the name */
};
struct gitconfig {
	struct gitconfig_entry *items;
	size_t n;
	struct gitconfig_section *sections; /* all headers, including those of sections without keys */
	size_t n_sections;
};

bool gitconfig_read(struct gitconfig *c, struct arena *a, const char *file, size_t max, struct err *e);

#endif
