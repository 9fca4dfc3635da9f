/*
 * gomod_summary.h - what the module graph needs from a dependency's go.mod, read in one pass.
 *
 * Results and errors as from gomod_parse in lax mode without a fixer. Ordinary files are read without building a tree or
 * allocating tokens; anything unusual (a quote, a non-canonical version, an error) is left to the full parser. The pieces
 * point into the caller's data or, if a version had to be made canonical or the last newline is missing, into the summary's
 * arena: valid until the summary is used again or the data is freed. Not NUL terminated.
 *
 *	struct gomod_summary s = GOMOD_SUMMARY_INIT;
 *	for (...) {
 *		if (!gomod_summary_read(&s, name, data, len, 0, &e)) ...
 *		for (size_t i = 0; i < s.n_require; i++)
 *			modtab_node_n(t, s.require[i].path, s.require[i].path_len, ...);
 *	}
 *	gomod_summary_release(&s);
 *
 * One summary belongs to one thread; reusing it for the next file usually allocates nothing.
 */
#ifndef MODSCOPE_GOMOD_SUMMARY_H
#define MODSCOPE_GOMOD_SUMMARY_H

#include "gofiles/gomod.h"

struct gomod_summary_dep {
	const char *path, *version;	/* version as lax mode makes it: canonical */
	uint32_t path_len, version_len;
	bool indirect;
};
struct gomod_summary_piece {
	const char *s;
	size_t len;
};

enum {
	/* also retractions, deprecation and ignore lines; files that have some are read by the full parser */
	GOMOD_SUMMARY_NOTES = 1,
};

struct gomod_summary {
	bool has_module;
	struct gomod_summary_piece module;
	struct gomod_summary_piece go;		/* len 0 if there is no go line */
	struct gomod_summary_dep *require;	/* in the order of the file */
	size_t n_require;
	/* only with GOMOD_SUMMARY_NOTES; in the arena, NUL terminated */
	const char *deprecated;		/* "" if it is not */
	const struct gomod_retract *retract;
	size_t n_retract;
	const struct gomod_path *ignore;
	size_t n_ignore;
	bool full;			/* read by the full parser */
	/* private */
	size_t cap_require;
	struct arena arena;
};
#define GOMOD_SUMMARY_INIT { 0 }

/* name is for the texts of errors, as gomod_options.name. ERR_SYNTAX, ERR_LIMIT. */
bool gomod_summary_read(struct gomod_summary *s, const char *name, const char *data, size_t len, unsigned flags, struct err *e);
void gomod_summary_release(struct gomod_summary *s);

#endif
