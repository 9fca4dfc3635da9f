/*
 * apiuse.h - uses of another module's identifiers in Go files, found by tokens.
 *
 * A use is the name under which a file imports the package, a dot, and the identifier: "grpc.Dial"; for a method or field
 * only "grpc.Server.Stop". A use that cannot be decided without types is a possible one: any such selector in a file that
 * redeclares the import's name, the bare identifier in a file with a dot import, and ".Stop" for a method or field in a file that imports the package.
 *
 *	struct apiuse *u = apiuse_new(&arena);
 *	apiuse_want(u, "google.golang.org/grpc", "grpc", "Dial", id);
 *	apiuse_file(u, "cmd/serve.go", data, len);		// for any number of files
 *	apiuse_end(u, &places, &n);				// by id, then by file and line; frees u
 *
 * A file's name and data are only borrowed during the call. One thread.
 */
#ifndef MODSCOPE_APIUSE_H
#define MODSCOPE_APIUSE_H

#include "base/arena.h"

struct apiuse_place {
	size_t id;
	const char *file;
	int line;
	bool maybe;
};

struct apiuse;
struct apiuse *apiuse_new(struct arena *a);
/* package: its import path; clause: the name in its package clause. Strings are borrowed until apiuse_end. */
void apiuse_want(struct apiuse *u, const char *package, const char *clause, const char *name, size_t id);
void apiuse_file(struct apiuse *u, const char *file, const char *data, size_t len);
void apiuse_end(struct apiuse *u, struct apiuse_place **places, size_t *n);

#endif
