/*
 * modproject_impl.h - what the files of modproject share.
 *
 * From the ground up: modproject.c has the accessors, modproject_replace.c replace and exclude lines,
 * modproject_vendor.c checks vendor/modules.txt, modproject_mod.c decides -mod, modproject_toolchain.c chooses the Go
 * version, modproject_files.c reads go.work and go.mod, modproject_open.c calls these in go's order.
 */
#ifndef MODSCOPE_MODPROJECT_IMPL_H
#define MODSCOPE_MODPROJECT_IMPL_H

#include "base/buf.h"
#include "base/fs.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "gofiles/gowork.h"
#include "gofiles/modpath.h"
#include "gofiles/modulestxt.h"
#include "graph/modproject.h"

/* One replace line. */
struct modproject_replace_line {
	struct modver old, new;
	struct modproject_replace_line *next; /* of the same path */
};

/* The replace lines of one file. */
struct modproject_replace_set {
	struct map by_path; /* path -> struct modproject_replace_line */
	const char *file;   /* go.mod or go.work */
	const char *dir;    /* base of relative directories; "" for go.work */
	size_t n;
};

struct modproject {
	struct modproject_options o;
	struct modtab tab;
	struct arena arena;
	const char *cwd;
	const char *local;     /* gover.Local */
	const char *auto_sets; /* "; go.mod sets go 1.30.0": what determined `local`; "" if no file did */

	const char *dir;	 /* of the go.mod found; NULL */
	const char *root_file;	 /* the go.mod or go.work found; NULL */
	const char *gowork_file; /* NULL outside a workspace */
	struct gowork *gowork;
	struct modproject_main *mains;
	size_t n_mains;
	bool has_root; /* false: an empty workspace stands in for a module */
	const char **tools;
	size_t n_tools;

	enum modproject_build_mod build_mod;
	bool build_mod_explicit;
	const char *unknown_mod; /* the value of -mod, if go does not know it */
	const char *build_mod_reason;
	const char *modfile, *modfile_shown; /* -modfile, absolute and as given; NULL */

	struct modproject_replace_set *replaces; /* go.work's first, then each main module's */
	size_t n_replaces;	      /* sets */
	bool any_replace;
	struct map highest_replaced; /* path -> version */
	uint8_t *excluded;	     /* by node */
	size_t cap_excluded;
	bool any_exclude;

	struct gosum *sums;
	const char *gosum_file;
	struct modulestxt *vendor;
	struct err fatal; /* the first error at which go would have exited */
	VEC(struct modproject_error) errors; /* after which go continues */
	bool answered;	/* later ones are ignored */
};

/* modproject.c: go.work's go line, else go's default. */
const char *modproject_gowork_version(const struct modproject *mp);
/* Records an error after which go continues, unless it is known; `prefix` is "go: " or "". */
void modproject_add_error(struct modproject *mp, const char *prefix, struct modproject_error error);

/* modproject_replace.c: reads the replace lines of all files; they must agree. */
bool modproject_replace_init(struct modproject *mp, struct err *e);
/* Those of one file, which go checks while it reads the others. */
bool modproject_replace_check(struct modproject *mp, const struct gomod_replace *lines, size_t n,
			      struct err *e);
void modproject_exclude_add(struct modproject *mp, struct modver m);

/* modproject_vendor.c: modulesTextIsForWorkspace; the first 512 bytes decide. */
bool modproject_vendor_is_workspace(const struct modproject *mp, const char *dir, bool *yes, struct err *e);

/* modproject_mod.c: -mod and -modfile from GOFLAGS; the checks of -mod in Init and BuildInit; setDefaultBuildMod. */
bool modproject_read_flags(struct modproject *mp, struct err *e);
bool modproject_check_mod_allowed(const struct modproject *mp, struct err *e);
bool modproject_check_mod_known(const struct modproject *mp, struct err *e);
bool modproject_set_build_mod(struct modproject *mp, struct err *e);

/* modproject_toolchain.c: toolchain.Select; file is the go.mod or go.work in force, or NULL. */
bool modproject_select_toolchain(struct modproject *mp, const char *file, struct err *e);

/* modproject_files.c */
/* LoadWorkFile: go.work and the directories of its use lines. */
bool modproject_load_gowork(struct modproject *mp, const char ***dirs, size_t *n, struct err *e);
/* The go.mod files of these directories, with their tool and exclude lines. */
bool modproject_load_mains(struct modproject *mp, const char *const *dirs, size_t n, struct err *e);
/* Call after modproject_replace_init: among members with the same path the last one replaces all. */
void modproject_join_duplicates(struct modproject *mp);
bool modproject_note_lines(struct modproject *mp, struct err *e);
void modproject_open_sums(struct modproject *mp, const char *const *dirs, size_t n);

#endif
