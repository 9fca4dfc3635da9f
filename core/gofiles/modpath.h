/*
 * modpath.h - the grammar of module paths, import paths, file names in modules, and their escaped forms.
 *
 * Follows golang.org/x/mod/module (module.go), with its error texts (`malformed module path "p": ...`); the code of
 * errors is ERR_SYNTAX. Pure; a valid path costs no allocation. A path's major suffix
 * ("/v2", or ".v2" for gopkg.in) is called path_major, as in Go.
 *
 *	size_t prefix;
 *	if (!modpath_split(path, &prefix)) ...          // "example.com/m/v1" is wrong
 *	if (!modpath_check_major(version, path + prefix, e)) ...
 */
#ifndef MODSCOPE_MODPATH_H
#define MODSCOPE_MODPATH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* CheckPath, CheckImportPath, CheckFilePath. _n takes any bytes, NUL included. */
bool modpath_check(const char *path, struct err *e);
bool modpath_check_import(const char *path, struct err *e);
bool modpath_check_file_n(const char *path, size_t len, struct err *e);
/* CheckImportPath under another name for the kind: "tool" gives `malformed tool path "p": ...`. */
bool modpath_check_import_as(const char *kind, const char *path, struct err *e);

/* SplitPathVersion: path[*prefix..] is the path_major, "" if there is none; false (and no path_major) if the path ends in an
 * invalid one. */
bool modpath_split(const char *path, size_t *prefix);
bool modpath_split_n(const char *path, size_t len, size_t *prefix);
/* MatchPathMajor, and CheckPathMajor: `version "v2.0.0" invalid: should be v0 or v1, not v2`. */
bool modpath_match_major_n(const char *version, size_t version_len, const char *path_major, size_t major_len);
bool modpath_check_major(const char *version, const char *path_major, struct err *e);
/* module.Check: a valid path, a semantic version, and both fit. */
bool modpath_check_version(const char *path, const char *version, struct err *e);
/* CanonicalVersion: semver's, with "+incompatible" kept; version itself if it is canonical; "" if it is invalid. */
const char *modpath_canonical_version(struct arena *a, const char *version);
bool modpath_version_is_canonical_n(const char *version, size_t len);

/* EscapePath and EscapeVersion; append. On failure b is unchanged. */
bool modpath_escape(struct buf *b, const char *path, struct err *e);
bool modpath_escape_version(struct buf *b, const char *version, struct err *e);

/* MatchPrefixPatterns: GOPRIVATE's rule; globs are separated by commas. */
bool modpath_match_globs(const char *globs, const char *target);
/* path.Match; a malformed pattern matches nothing. */
bool modpath_match_glob(const char *glob, const char *name);

/* IsDirectoryPath (modfile): whether a replace line or a use line treats path as a directory. */
bool modpath_is_directory(const char *path);

#endif
