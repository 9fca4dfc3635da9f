/*
 * vulndb.h - known vulnerabilities of the build list, from a mirror of the Go vulnerability database.
 *
 * The mirror is a directory or an http(s) URL in the database's own format: index/modules.json names the entries of each module,
 * ID/GO-2024-0001.json is one of them in the OSV format. Nothing is asked unless a mirror is named, and of it no more than the index and
 * the entries of modules in the set. The standard library and the go command count as the modules `stdlib` and `toolchain`.
 *
 * Which versions are affected follows the OSV evaluation: the events of a SEMVER range in the order of their versions, where the last
 * one at or below the version decides; an entry without ranges affects all versions. A withdrawn entry counts no more. Where the
 * importing packages are known, an entry that names packages is told as what it is: imported, or not.
 *
 * Hostile: sizes are limited, identifiers are checked before they become file names. Blocks; one thread.
 */
#ifndef MODSCOPE_VULNDB_H
#define MODSCOPE_VULNDB_H

#include "base/cancel.h"
#include "base/err.h"
#include "base/finding.h"

struct activity;
struct goenv;

enum vulndb_use {
	VULNDB_UNKNOWN, /* nobody looked at imports */
	VULNDB_NOT_IMPORTED,
	VULNDB_IMPORTED,
};

struct vulndb_module {
	const char *path, *version; /* after replacement */
	int line;		    /* of its require line; 0: none */
	const char *file;	    /* with that line; NULL: the options' gomod */
};

struct vulndb_options {
	const char *mirror; /* a directory, or an http(s) URL */
	const struct goenv *env;
	struct activity *log;
	struct cancel *cancel; /* may be NULL */
	bool offline;	       /* no URL is asked */
	const char *gomod;     /* for places */
	const struct vulndb_module *modules;
	size_t n;
	const char *go_version; /* of the toolchain, "1.26.0"; "" if it is not known */
	/* Whether a package is imported by the build. */
	enum vulndb_use (*use)(void *ctx, const char *module, const char *package);
	void *ctx;
};

/* False if the mirror has no index that can be read. An entry that cannot be read is a finding. */
bool vulndb_check(const struct vulndb_options *o, struct findings *fs, struct err *e);

#endif
