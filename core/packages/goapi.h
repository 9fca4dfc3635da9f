/*
 * goapi.h - what the packages of a module export, and how two versions of it differ.
 *
 * An exported identifier is a package-level const, var, func or type, a method "T.M" of an exported type, and a named exported field or
 * interface method "T.F" of an exported struct or interface type. All .go files count that the go at hand compiles for
 * some platform and tags (constraint_file_release: none of "!go1.9" and "ignore"), but
 * those of tests, of packages main and documentation, and below names that begin with "." or "_", testdata and vendor
 * (goapi_counts). Nested modules are left out by the caller, who knows of them.
 *
 * Its declaration is normalised, so that it differs where what the declaration says differs, and not for layout, comments, names of parameters
 * and receivers, or names of type parameters, which are $1, $2:
 *	func	the types of parameters and results: "func Open(string, ...Option) (*File, error)"
 *	method	the receiver's form, too: "func (*File) Close() error"
 *	const	type and value, in groups with the number that iota has: "const Big Kind = 1<<2"
 *	var	the type; without one, the value less what does not determine its type: "var ErrEOF = errors.New()"
 *	type	"type T struct{ io.Reader }": embedded types and elements alone, as fields and methods have their own row
 *	T.F	type and tag of a field, signature of an interface method
 * An identifier that several files declare differently has all its declarations, sorted, a line each.
 *
 * This is a reader of tokens, not of types: a type is what is written. Judged against go/parser by tests/oracle/goapi. A file that
 * does not parse counts as far as its declarations can be made out (n_broken). Bounds: nesting GOAPI_MAX_DEPTH, a declaration GOAPI_MAX_DECL bytes (of a
 * longer value the rest is a hash).
 *
 *	struct goapi_reader *r = goapi_reader_new(arena, "1.26.8");
 *	for each file of the module, named relative to it
 *		if (goapi_counts(name))
 *			goapi_reader_add(r, name, data, len);
 *	goapi_reader_end(r, &api);			// frees the reader
 *	...
 *	goapi_compare(&changes, arena, &was, &is);
 *
 * Everything lives in the reader's arena; names and data of files are borrowed only while they are added. One thread for a reader.
 */
#ifndef MODSCOPE_GOAPI_H
#define MODSCOPE_GOAPI_H

#include "base/arena.h"

#define GOAPI_MAX_DEPTH 200
#define GOAPI_MAX_DECL ((size_t)64 << 10)

struct goapi_ident {
	const char *package;	/* its directory in the module; "" for the module's own */
	const char *name;	/* "F", "T.M" */
	const char *decl;
	const char *const *decls;	/* the same, each by itself; sorted */
	size_t n_decls;
	const char *file;	/* the first that declares it, relative to the module */
	int line;
};
struct goapi_package {
	const char *dir;	/* as above */
	const char *name;	/* that its package clause says; "" where all files are of main, documentation, broken or not compiled */
};
struct goapi {
	struct goapi_ident *idents;	/* by package, then by name; bytewise */
	size_t n;
	struct goapi_package *packages;	/* by directory */
	size_t n_packages;
	size_t n_broken;	/* files with a syntax error */
};

/* Does a file of the module, named relative to it, count? */
bool goapi_counts(const char *file);
/* Is a package, by its directory or import path, below an element "internal"? */
bool goapi_is_internal(const char *package);

struct goapi_reader;
/* go: the version of the go that builds. */
struct goapi_reader *goapi_reader_new(struct arena *a, const char *go);
void goapi_reader_add(struct goapi_reader *r, const char *file, const char *data, size_t len);
void goapi_reader_end(struct goapi_reader *r, struct goapi *out);

enum goapi_op {	/* worst first */
	GOAPI_REMOVED,
	GOAPI_CHANGED,
	GOAPI_ADDED,
	GOAPI_OPS
};
const char *goapi_op_name(enum goapi_op op);	/* "removed" */
struct goapi_change {
	enum goapi_op op;
	const struct goapi_ident *was, *is;	/* NULL for what is not there */
};
struct goapi_changes {
	struct goapi_change *items;	/* by package, then by name */
	size_t n;
	size_t count[GOAPI_OPS];
};
void goapi_compare(struct goapi_changes *out, struct arena *a, const struct goapi *was, const struct goapi *is);

#endif
