/*
 * constraint.h - build constraints: //go:build and // +build lines.
 *
 * Evaluates them for one platform, or under go's "any tag" rule (cmd/go/internal/imports/build.go): every tag is both true and false,
 * so that `foo && !foo` holds; "ignore" and malformed tags are false. Grammar: go/build/constraint; end of a file's header and
 * relevant lines: parseFileHeader of the same build.go. Pure; no memory; thread-safe.
 * Hostile input: an expression has at most 1000 operands (go's own limit), which bounds the recursion.
 */
#ifndef MODSCOPE_CONSTRAINT_H
#define MODSCOPE_CONSTRAINT_H

#include "base/base.h"

enum constraint_verdict {
	CONSTRAINT_BUILD,	/* the file is built */
	CONSTRAINT_SKIP,	/* it is not */
	CONSTRAINT_MALFORMED,	/* a malformed //go:build line: an error in go/build, elsewhere like CONSTRAINT_SKIP */
	CONSTRAINT_MULTIPLE,	/* two //go:build lines: the plain reader skips the file, go's index includes it */
};

/* header is the part that imports_read consumed. Never CONSTRAINT_MALFORMED. */
enum constraint_verdict constraint_file(const char *header, size_t len);

/* For some platform and tags, built by go 1.release: as constraint_file, but exactly the tags go1.N up to the release hold. */
enum constraint_verdict constraint_file_release(const char *header, size_t len, int release);

/* One platform, for commands that go runs with real tags: a directory pattern matches only packages that build here. */
struct constraint_env {
	const char *goos, *goarch;
	bool cgo;
	int release;	/* 26: tags go1.1 to go1.26 hold */
	const char *tags;	/* -tags, separated by commas or blanks; NULL or "" is none */
};
enum constraint_verdict constraint_file_env(const char *header, size_t len, const struct constraint_env *env);
/* name_GOOS_GOARCH.go and the like (go/build's goodOSArchFile). */
bool constraint_file_name(const char *name, const struct constraint_env *env);

#endif
