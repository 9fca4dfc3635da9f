/*
 * vendor.h - compares the vendor directory with the modules it was made from.
 *
 * go's own check compares modules.txt with go.mod and never reads a vendored file. This one does: for each package that
 * modules.txt lists it computes the files that `go mod vendor` copies (cmd/go/internal/modcmd/vendor.go: sources, licences of
 * the directories above, embedded files) and compares each with the one below vendor/. The module's files come from the extracted tree in
 * GOMODCACHE, the zip, or the replacement's directory; nothing is fetched unless the loader's source may; a missing
 * module is VENDOR_UNKNOWN. The needed packages follow from the sources of the main modules and the vendored ones.
 *
 * The loader must have been opened with force_vendor; without it only the verdict is found. Rows live in the arena. One thread; it uses others for comparing.
 */
#ifndef MODSCOPE_VENDOR_H
#define MODSCOPE_VENDOR_H

#include "graph/modload.h"
#include "gofiles/modulestxt.h"
#include "fetch/source.h"

enum vendor_state {
	VENDOR_OK,
	VENDOR_LISTED,		/* in modules.txt without packages: nothing to compare */
	VENDOR_UNKNOWN,		/* its files are not on this machine */
	VENDOR_MODIFIED,	/* a file differs, is foreign, or is missing */
};

enum vendor_fault {	/* of a file; worst first */
	VENDOR_EDITED,
	VENDOR_LINE_ENDS,	/* differs only in carriage returns: git's autocrlf or eol attribute */
	VENDOR_FOREIGN,		/* the module has no such file */
	VENDOR_NOT_VENDORED,	/* the module has it, but go mod vendor does not copy it */
	VENDOR_MISSING,
	VENDOR_NO_LICENCE,	/* a licence or notice is missing */
	VENDOR_NO_EMBED,	/* a file that //go:embed names is missing */
	VENDOR_NO_PACKAGE,	/* a package in modules.txt without files */
	VENDOR_MODE,		/* executable */
	VENDOR_IRREGULAR,	/* a link, a device */
};
struct vendor_problem {
	const char *file;	/* below the vendor directory */
	enum vendor_fault fault;
	const char *source;	/* the module's file; NULL if there is none */
};

struct vendor_row {
	const struct modulestxt_module *module;
	enum vendor_state state;
	const char *source;	/* directory of the module's files; NULL if unknown */
	const char *why_unknown;	/* "" */
	size_t packages, files;
	struct vendor_problem *problems;	/* by file */
	size_t n_problems;
};
#define VENDOR_MAX_PROBLEMS ((size_t)100000)	/* for all modules together */

/* A package that is needed but not listed, or listed but not needed. */
struct vendor_package {
	const char *path;
	const char *by;	/* a package that imports it; "" if none does */
	bool listed;
};

/* modules.txt agrees with go.mod (else opening the loader would have failed), or is missing. */
enum vendor_verdict {
	VENDOR_AGREES,
	VENDOR_NO_PROJECT,
	VENDOR_NO_DIR,	/* none, and nothing is required */
	VENDOR_NOT_MADE, /* none, though modules are required */
	VENDOR_NO_LIST,
};

struct vendor_report {
	enum vendor_verdict verdict;
	const char *dir;	/* absolute */
	const struct overlay *overlay;	/* over its files; borrowed */
	struct vendor_row *rows;	/* in the order of modules.txt */
	size_t n;
	const char **strays;	/* files that belong to no module, below dir */
	size_t n_strays;
	const char **dirs;	/* vendor and all below it, absolute; none without a list */
	size_t n_dirs;
	struct vendor_package *lacking, *needless;	/* by path */
	size_t n_lacking, n_needless;
	bool cut;		/* there are more problems than VENDOR_MAX_PROBLEMS */
};

/* ERR_CANCELLED, ERR_LIMIT (more than 1,000,000 files), ERR_SYS. */
bool vendor_check(struct vendor_report *r, struct arena *a, struct modload *ml, struct err *e);
/* The first package that a build of all main packages on one platform (tests: and of their tests) needs and does not find in the vendor directory
 * (modload/import.go: importFromFiles). False with ERR_NOT_FOUND and go's words for it; ERR_CANCELLED, ERR_SYS. Reads no module. */
struct constraint_env;
bool vendor_builds(struct modload *ml, struct arena *a, const struct constraint_env *platform, bool tests, struct err *e);
const char *vendor_state_name(enum vendor_state s);	/* "ok", "listed", "unknown", "modified" */
const char *vendor_fault_name(enum vendor_fault f);	/* "edited", "line-ends", ... */
const char *vendor_fault_text(enum vendor_fault f);	/* "differs from the module's file" */

#endif
