/*
 * finding.h - a problem in the data: one row with its evidence.
 *
 * A corrupt file, a 403, a hash mismatch is not an error (err.h) of the job that found it but a
 * finding, so that one bad entry does not hide four hundred good ones. All parts make the same struct; the
 * overview, `check` and the views show it.
 *
 * Strings are raw outside text (text_escape() before they reach a terminal). They are borrowed: put them into
 * the part's arena, which the list borrows too. Empty strings, never NULL, mean "none". One thread at a time.
 *
 *	struct findings fs = { .arena = arena };
 *	struct finding *f = finding_add(&fs, FINDING_ERROR, "cache/zip-modified", "example.com/m@v1.0.0",
 *	                                "the zip does not match its hash");
 *	f->file = path; f->expected = want; f->found = have; f->go_says = ...; f->remedy = ...;
 *	...
 *	findings_release(&fs);       // the array only; the strings stay with the arena
 */
#ifndef MODSCOPE_FINDING_H
#define MODSCOPE_FINDING_H

#include "base/arena.h"

/* Ascending: the worst is the greatest. check exits with 1 from FINDING_WARNING on, unless a policy sets another limit. */
enum finding_severity {
	FINDING_INFO,		/* worth knowing, nothing is wrong */
	FINDING_UNKNOWN,	/* could not be determined; the remedy says what would settle it */
	FINDING_WARNING,	/* wrong, but go accepts it, perhaps with a wrong result */
	FINDING_ERROR,		/* go fails, or uses wrong content */
};

struct finding {
	enum finding_severity severity;
	const char *kind;	/* a stable identifier "AREA/NAME" ("cache/zip-modified"); the AREA is a view's name; static */
	const char *subject;	/* what it is about: path@version, a variable, a directive */
	struct modver mod;	/* the module, if it is about one; else two empty strings */
	const char *cause;	/* one line: what is wrong and why */
	const char *file;	/* evidence: where it is */
	int line, column;	/* 1-based, 0 is none */
	const char *expected, *found;
	const char *go_says;	/* what go prints, or silently does */
	const char *remedy;	/* what to do about it: one line, a command where there is one */
	size_t more;		/* further ones of the same kind that this one represents */
	const char *waived;	/* why it does not count: the reason in the project's policy; "" if it counts */
};

struct findings {
	struct arena *arena;	/* of the strings that finding_add copies */
	struct finding *items;
	size_t n, cap;
};

/* Appends a finding whose other fields are empty; subject and cause are copied. The pointer is valid until the next call. */
struct finding *finding_add(struct findings *fs, enum finding_severity severity, const char *kind, const char *subject,
			    const char *cause);
/* Worst first, then by kind, subject, file, line. */
void findings_sort(struct findings *fs);
/* Merges copies of the rows of src (strings stay where they are) into fs. Both are sorted, and so is the result. */
void findings_merge(struct findings *fs, const struct findings *src);
/* How many things a finding represents: itself and `more`; 0 if waived. */
size_t finding_things(const struct finding *f);
enum finding_severity findings_worst(const struct findings *fs);	/* of those not waived; FINDING_INFO if there are none */
void findings_release(struct findings *fs);
/*
 * The one line of an error's text that says what is wrong: below the links of a chain ("a requires\n\tb: not found") and below
 * headings ("errors parsing go.mod:\n..."), but not the evidence, notes and advice after it. Trimmed.
 */
const char *finding_gist(struct arena *a, const char *text);
/* The identifier that policies, reports and people use for a kind: "MS-CACHE-ZIP-MODIFIED" for "cache/zip-modified". */
void finding_id(const char *kind, char *out, size_t n);
/* "info", "unknown", "warning", "error". */
const char *finding_severity_name(enum finding_severity severity);
/* The severity of that name; false if there is none. */
bool finding_severity_of(const char *name, enum finding_severity *out);

#endif
