/*
 * vulndb.h - known vulnerabilities of the build list, from a mirror of the Go vulnerability database.
 *
 * The mirror is a directory or an http(s) URL in the database's own format: index/modules.json lists the entries of each module,
 * ID/GO-2024-0001.json is one entry in the OSV format. Nothing is requested unless a mirror is given, and then only the index and
 * the entries of the given modules. The standard library and the go command count as the modules `stdlib` and `toolchain`.
 *
 * Affected versions follow the OSV evaluation: the events of a SEMVER range are sorted by version, and the last
 * one at or below the version decides; an entry without ranges affects all versions. Withdrawn entries are ignored. If
 * imports are known, an entry with packages is reported as imported or not.
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
	VULNDB_UNKNOWN, /* imports are unknown */
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
	bool offline;	       /* no URL is requested */
	const char *gomod;     /* for places */
	const struct vulndb_module *modules;
	size_t n;
	const char *go_version; /* of the toolchain, "1.26.0"; "" if unknown */
	/* Whether a package is imported by the build. */
	enum vulndb_use (*use)(void *ctx, const char *module, const char *package);
	void *ctx;
};

/* False if the mirror has no readable index. An unreadable entry is a finding. */
bool vulndb_check(const struct vulndb_options *o, struct findings *fs, struct err *e);

#endif
