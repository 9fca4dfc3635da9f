/*
 * goapi.h - the exported API of a module's packages, and the differences between two versions.
 *
 * An exported identifier is a package-level const, var, func or type, a method "T.M" of an exported type, and a named exported field or
 * interface method "T.F" of an exported struct or interface type. All .go files count that the given go version compiles for
 * some platform and tags (constraint_file_release: not "!go1.9" or "ignore"), except
 * tests, packages main and documentation, and files below testdata, vendor and names that begin with "." or "_"
 * (goapi_counts). The caller leaves out nested modules.
 *
 * Declarations are normalised, so that they differ only in meaning, not in layout, comments, names of parameters
 * and receivers, or names of type parameters, which become $1, $2:
 *	func	the types of parameters and results: "func Open(string, ...Option) (*File, error)"
 *	method	including the receiver's form: "func (*File) Close() error"
 *	const	type and value, with iota's number in groups: "const Big Kind = 1<<2"
 *	var	the type; without one, the parts of the value that determine it: "var ErrEOF = errors.New()"
 *	type	"type T struct{ io.Reader }": embedded types and elements only; fields and methods have their own rows
 *	T.F	type and tag of a field, signature of an interface method
 * An identifier that several files declare differently has all its declarations, sorted, one per line.
 *
 * This works on tokens, without type checking: a type is what is written. tests/oracle/goapi compares it with go/parser. A file
 * with syntax errors contributes the declarations that can be read (n_broken). Bounds: GOAPI_MAX_DEPTH levels of nesting, GOAPI_MAX_DECL bytes per declaration (the rest
 * of a longer value is hashed).
 *
 *	struct goapi_reader *r = goapi_reader_new(arena, "1.26.8");
 *	for each file of the module, named relative to it
 *		if (goapi_counts(name))
 *			goapi_reader_add(r, name, data, len);
 *	goapi_reader_end(r, &api);			// frees the reader
 *	...
 *	goapi_compare(&changes, arena, &was, &is);
 *
 * Everything lives in the reader's arena; file names and data are only borrowed during the call. One thread per reader.
 */
#ifndef MODSCOPE_GOAPI_H
#define MODSCOPE_GOAPI_H

#include "base/arena.h"

#define GOAPI_MAX_DEPTH 200
#define GOAPI_MAX_DECL ((size_t)64 << 10)

struct goapi_ident {
	const char *package;	/* its directory in the module; "" for the root */
	const char *name;	/* "F", "T.M" */
	const char *decl;
	const char *const *decls;	/* the same, one by one; sorted */
	size_t n_decls;
	const char *file;	/* of the first declaration, relative to the module */
	int line;
};
struct goapi_package {
	const char *dir;	/* as above */
	const char *name;	/* from its package clause; "" if all files are main, documentation, malformed or not compiled */
};
struct goapi {
	struct goapi_ident *idents;	/* by package, then by name; bytewise */
	size_t n;
	struct goapi_package *packages;	/* by directory */
	size_t n_packages;
	size_t n_broken;	/* files with a syntax error */
};

/* Whether a file counts; its name is relative to the module. */
bool goapi_counts(const char *file);
/* Whether a package's directory or import path contains an element "internal". */
bool goapi_is_internal(const char *package);

struct goapi_reader;
/* go: the version that compiles. */
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
	const struct goapi_ident *was, *is;	/* NULL if absent */
};
struct goapi_changes {
	struct goapi_change *items;	/* by package, then by name */
	size_t n;
	size_t count[GOAPI_OPS];
};
void goapi_compare(struct goapi_changes *out, struct arena *a, const struct goapi *was, const struct goapi *is);

#endif
