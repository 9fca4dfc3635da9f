/*
 * vendor.h - the vendor directory against the modules it was made from.
 *
 * go's own check (modload_vendor_check) compares modules.txt with go.mod and never looks at a vendored file. This one does:
 * every regular file below vendor/ is compared with the file of the module that modules.txt says it came from, read from
 * the extracted tree in GOMODCACHE or from the replacement's directory. Nothing is fetched: a module that is not
 * there is VENDOR_UNKNOWN. Files that `go mod vendor` leaves out (tests, other packages) are not missed.
 *
 * The loader must have been opened with force_vendor. Rows live in the arena. One thread.
 */
#ifndef MODSCOPE_VENDOR_H
#define MODSCOPE_VENDOR_H

#include "graph/modload.h"
#include "gofiles/modulestxt.h"
#include "fetch/source.h"

enum vendor_state {
	VENDOR_OK,
	VENDOR_LISTED,		/* named by modules.txt, no package of it is vendored: nothing to compare */
	VENDOR_UNKNOWN,		/* its source is not on this machine */
	VENDOR_MODIFIED,	/* a file differs, is not the module's, or a package is gone */
};

struct vendor_problem {
	const char *file;	/* below the vendor directory */
	const char *problem;	/* "differs from the module's", ... */
};

struct vendor_row {
	const struct modulestxt_module *module;
	enum vendor_state state;
	size_t packages, files;
	struct vendor_problem *problems;	/* at most VENDOR_MAX_PROBLEMS */
	size_t n_problems;
	size_t n_more;				/* not stored */
};
#define VENDOR_MAX_PROBLEMS ((size_t)100)

/* modules.txt was read and agrees with go.mod (else the loader would not have been opened), or there is none to agree. */
enum vendor_verdict {
	VENDOR_AGREES,
	VENDOR_NO_PROJECT,
	VENDOR_NO_DIR,
	VENDOR_NO_LIST,
};

struct vendor_report {
	enum vendor_verdict verdict;
	const char *dir;	/* absolute */
	struct vendor_row *rows;	/* in the order of modules.txt */
	size_t n;
	const char **strays;	/* files that belong to no module, below dir; at most VENDOR_MAX_PROBLEMS */
	size_t n_strays;
};

/* ERR_CANCELLED, ERR_LIMIT (more than 1,000,000 files), ERR_SYS. */
bool vendor_check(struct vendor_report *r, struct arena *a, struct modload *ml, struct err *e);
const char *vendor_state_name(enum vendor_state s);	/* "ok", "listed", "unknown", "modified" */

#endif
