/*
 * modload_impl.h - what the files of modload share; nobody else includes it.
 *
 * modload.c finds and reads the project, modload_replace.c answers for replace and exclude lines, modload_summary.c
 * reads the go.mod files of dependencies, modload_vendor.c checks vendor/modules.txt.
 */
#ifndef MODSCOPE_MODLOAD_IMPL_H
#define MODSCOPE_MODLOAD_IMPL_H

#include "base/buf.h"
#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "gofiles/gowork.h"
#include "graph/modgraph.h"
#include "graph/modindex.h"
#include "gofiles/modpath.h"
#include "gofiles/modulestxt.h"
#include "fetch/source.h"

/* One replace line. */
struct replace_line {
	struct modver old, new;
	struct replace_line *next; /* of the same path */
};

/* The replace lines of one file. */
struct replace_set {
	struct map by_path; /* path -> struct replace_line */
	const char *file;   /* go.mod or go.work */
	const char *dir;    /* where relative directories start; "" for go.work */
	size_t n;
};

enum slot_state { SLOT_NEW, SLOT_OK, SLOT_FAILED };

/* What is known of a node's go.mod. */
struct slot {
	uint8_t raw_state,
		state;	 /* enum slot_state: of the file itself; with replacement and excludes */
	uint32_t actual; /* after replacement; valid if state is not SLOT_NEW */
	const struct mod_summary *raw, *summary;
	struct mod_failure *raw_failure, *failure;
};

/* Sets of paths that live as long as the loader. */
struct set_link {
	struct map map;
	struct set_link *next;
};

struct modload {
	struct modload_options o;
	struct modtab tab;
	struct arena arena;
	const char *cwd;
	const char *local; /* gover.Local */
	const char *auto_sets; /* "; go.mod sets go 1.30.0": what decided about local; "" if no file did */

	const char *gowork_file; /* NULL outside of a workspace */
	struct gowork *gowork;
	struct main_module *mains;
	size_t n_mains;
	bool has_root; /* false: an empty workspace stands in for a module */
	const char **tools;
	size_t n_tools;

	enum build_mod build_mod;
	bool build_mod_explicit;
	const char *unknown_mod; /* the value of -mod, if it is none that go knows */
	const char *build_mod_reason;
	const char *modfile, *modfile_shown; /* -modfile, absolute and as given; NULL */

	struct replace_set *replaces; /* go.work's first, then each main module's */
	size_t n_replaces;	      /* sets */
	bool any_replace;
	struct map highest_replaced; /* path -> version */
	uint8_t *excluded;	     /* by node */
	size_t cap_excluded;
	bool any_exclude;

	struct gosum *sums;
	const char *gosum_file;
	struct modulestxt *vendor;

	struct slot *slots; /* by node */
	size_t cap_slots;
	size_t n_loaded, n_wanted; /* for progress */
	struct modindex index;	   /* go.mod files as they were the last time */
	const char *index_file;	   /* NULL: none is kept */
	int64_t opened;		   /* seconds */
	VEC(struct modindex_new) fresh;

	struct requirements *requirements; /* the current ones */
	struct requirements *initial;	   /* as the files say, before any repair */
	struct requirements *all_requirements;
	struct modgraph *graphs;
	struct set_link *sets;
	struct err fatal;  /* the first error at which go would have ended */
	struct map latest; /* query.c: path -> struct latest */
	struct mod_failure **failures;
	size_t n_failures, cap_failures;
};

/* modload_toolchain.c: toolchain.Select; file is the go.mod or go.work in force, or NULL. */
bool modload_select_toolchain(struct modload *ml, const char *file, struct err *e);

/* modload_replace.c */
bool modload_replace_init(struct modload *ml, struct err *e);
void modload_exclude_add(struct modload *ml, struct modver m);
bool modload_node_excluded(const struct modload *ml, uint32_t node);
void modload_replace_release(struct modload *ml);

/* modload_summary.c */
struct slot *modload_slot(struct modload *ml, uint32_t node);
void modload_index_write(struct modload *ml);
void modload_summary_release(struct modload *ml);

/* modload_vendor.c */
bool modload_vendor_open(struct modload *ml, struct err *e);
bool modload_vendor_check(struct modload *ml, struct err *e);
/* modulesTextIsForWorkspace: the first 512 bytes decide. */
bool modload_vendor_is_workspace(const char *dir, bool *yes, struct err *e);

#endif
