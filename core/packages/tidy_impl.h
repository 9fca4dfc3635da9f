/*
 * tidy_impl.h - shared by the files that explain tidy's changes (tidy.h).
 *
 * tidy_lines.c finds the directive on each line of go.mod; tidy_causes.c follows imports and requirements to places in files; tidy_gomod.c and
 * tidy_gosum.c find the reason for one line; tidy_reason.c does so for all, tidy_needs.c lists the files to fetch. Each calls only those
 * before it. All memory is the arena's, except for the tables and the scratch of struct tidy_reasons.
 */
#ifndef MODSCOPE_TIDY_IMPL_H
#define MODSCOPE_TIDY_IMPL_H

#include "base/map.h"
#include "graph/modgraph.h"
#include "packages/tidy.h"

/* The directive on a line of go.mod. */
enum tidy_entry_kind {
	TIDY_ENTRY_OTHER,	/* blank, parenthesis, comment, block head */
	TIDY_ENTRY_MODULE,
	TIDY_ENTRY_GO,
	TIDY_ENTRY_TOOLCHAIN,
	TIDY_ENTRY_REQUIRE,
	TIDY_ENTRY_EXCLUDE,
	TIDY_ENTRY_REPLACE,
	TIDY_ENTRY_RETRACT,
	TIDY_ENTRY_PATH,	/* tool, ignore, godebug */
};

struct tidy_entry {
	enum tidy_entry_kind kind;
	struct modver mod;
	bool indirect;
};

/* One text of go.mod with its entries by line. */
struct tidy_text {
	struct tidy_entry *lines;	/* [0] is line 1 */
	size_t n;
	struct map requires;		/* path -> line number, the last one */
	struct map keys;		/* text of the line, trimmed -> line number, the first one */
};

/* The importers of a module's packages, and its first packages. */
struct tidy_use {
	struct pkg *nearest;		/* in breadth-first order */
	struct pkg *nearest_in_all;
	struct {
		struct pkg **importers;	/* of the main modules */
		struct pkg **imported;
		size_t n, cap;
	} direct;
	const struct tidy_cause *causes;	/* direct imports */
	size_t n_causes;
	bool causes_done;
	const struct tidy_cause *leads[2];	/* imports of the main modules that lead to it; [1]: only within "all" */
	size_t n_leads[2];
	bool leads_done[2];
};

struct tidy_reasons {
	struct tidy *t;
	struct modload *ml;
	struct pkgload *ld;
	struct arena *a;
	struct arena scratch;		/* for data that no change refers to */
	const struct modproject_main *main;
	const struct modgraph *mg;
	struct tidy_text before, after, other;
	const struct tidy_text *disk;	/* the file on disk: &before if equal, else &other */
	struct map uses;		/* module path -> struct tidy_use */
	struct map places;		/* directory -> struct places */
	uint32_t *required_by;		/* by node: the first node that requires it, main modules last */
	size_t n_nodes;
	struct map sum_lines;		/* lines of go.sum on both sides */
	/* the importers of the package with pkg.mark i: importers[first[i]] to importers[first[i + 1]], exclusive */
	size_t *first;
	struct pkg **importers;
	struct err *unread;		/* the caller's: why a file could not be read again */
};

/* A malformed text has no entries: the only reason for its lines is then layout. data is borrowed. */
void tidy_lines_read(struct tidy_text *m, struct arena *a, const char *data, size_t len);
void tidy_lines_release(struct tidy_text *m);
/* The first line with this text, ignoring surrounding blanks; 0 if there is none. */
int tidy_lines_find(const struct tidy_text *m, const char *s, size_t n);

const char *tidy_module_text(struct arena *a, struct modver m);
struct modver tidy_node_mod(const struct tidy_reasons *r, uint32_t node);
struct tidy_use *tidy_use_of(struct tidy_reasons *r, const char *path);
void tidy_read_uses(struct tidy_reasons *r);
void tidy_read_requirers(struct tidy_reasons *r);
void tidy_read_importers(struct tidy_reasons *r);
/* The node of a dependency that requires exactly this version; MODTAB_NONE if only go.mod does. */
uint32_t tidy_requirer(const struct tidy_reasons *r, struct modver m);
/* The first package of a module version, after replacement. */
struct pkg *tidy_package_of(const struct pkgload *ld, struct modver actual);
void tidy_direct_causes(struct tidy_reasons *r, struct tidy_use *u);
const char *tidy_cause_text(struct arena *a, const struct tidy_cause *c, size_t n);

void tidy_set_reason(struct tidy_change *c, enum tidy_rule rule, const char *reason);
void tidy_one_cause(struct tidy_reasons *r, struct tidy_change *c, const char *file, int line);
/* Sets the line itself, in the file on disk, as the cause. */
void tidy_own_line(struct tidy_reasons *r, struct tidy_change *c);
/* Sets the requirement of a dependency as the only cause. */
void tidy_dep_cause(struct tidy_reasons *r, struct tidy_change *c, uint32_t by, struct modver what);
/* Sets the reason that package p is needed, with the imports of the main module or the tool that need it. */
void tidy_needed_by(struct tidy_reasons *r, struct tidy_change *c, enum tidy_rule rule, const struct pkg *p, const char *note);

void tidy_explain_gomod(struct tidy_reasons *r, struct tidy_change *c);
void tidy_explain_gosum(struct tidy_reasons *r, struct tidy_change *c);

#endif
