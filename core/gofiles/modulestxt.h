/*
 * modulestxt.h - vendor/modules.txt as go reads it.
 *
 * Follows cmd/go/internal/modload/vendor.go:readVendorList and modulesTextIsForWorkspace. Unknown lines are
 * ignored, as in go. Pure: bytes in, a table in the caller's arena out.
 */
#ifndef MODSCOPE_MODULESTXT_H
#define MODSCOPE_MODULESTXT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

/* The lines "# path version => replacement" and "## explicit; go V" of one module. */
struct modulestxt_module {
	struct modver mod;		/* version "" for a wildcard replacement */
	struct modver replacement;	/* path "" if there is none; version "" for a directory */
	bool replaced, explicit_mark;
	const char *go_version;		/* "" if there is none */
	int line;			/* 1-based, of the "# " line */
};

#define MODULESTXT_MAX_SIZE ((size_t)32 << 20)	/* bytes of a file; kubernetes' has 0.1 MiB */

struct modulestxt {
	struct modulestxt_module **modules;	/* all that are named, in order */
	size_t n_modules;
	const struct modulestxt_module **list;	/* vendorList: those that provide a package, in order */
	size_t n_list;
	const struct modulestxt_module **replaced;	/* vendorReplaced: in order, repeats kept */
	size_t n_replaced;
	struct map by_mod;		/* "path version" -> struct modulestxt_module */
	struct map packages;		/* package path -> struct modulestxt_module */
	struct map versions;		/* module path -> version that provides its packages (const char *) */
};

/* local: the emulated go version; a vendored module that requires a newer one is ERR_REFUSED with go's message
 * ("P in FILE requires go >= V (running go L)"), in which shown is FILE.
 * ERR_LIMIT for a file over the cap. */
bool modulestxt_parse(struct modulestxt *m, struct arena *a, const char *data, size_t len, const char *local,
		      const char *shown, struct err *e);
void modulestxt_release(struct modulestxt *m);	/* the tables; the strings are the arena's */
const struct modulestxt_module *modulestxt_find(const struct modulestxt *m, struct modver mod);
/* Whether the first line, within the first 512 bytes, is "## workspace". */
bool modulestxt_is_workspace(const char *data, size_t len);

#endif
