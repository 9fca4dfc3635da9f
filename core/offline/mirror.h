/*
 * mirror.h - a module proxy as a tree of files, with exactly what some projects need at some levels.
 *
 *	DIR/example.com/a/@v/list, v1.0.0.info, v1.0.0.mod, v1.0.0.zip, DIR/example.com/a/@latest
 *	DIR/sumdb/NAME/supported, latest, lookup/..., tile/...
 *
 * It works as GOPROXY=file://DIR, and behind any web server. list and @latest describe its contents. The lookups and tiles of the checksum
 * database are those that go requests, so that a build with GOSUMDB on verifies without the network. A file with
 * the same content is not rewritten: a second run writes nothing, further projects are added. With `athens` the layout is that of
 * Athens' disk storage: DIR/example.com/a/v1.0.0/go.mod, source.zip, v1.0.0.info.
 *
 * Files come from GOMODCACHE (used as a proxy, and checked like any), else from GOPROXY. Any thread; blocks.
 *
 *	struct mirror m;
 *	mirror_begin(&m, &o);
 *	ok = mirror_add(&m, env, &e) && mirror_end(&m, &e);
 *	mirror_release(&m);
 */
#ifndef MODSCOPE_MIRROR_H
#define MODSCOPE_MIRROR_H

#include "base/map.h"
#include "offline/levels.h"

struct mirror_options {
	const char *target; /* the tree, created if missing; or FILE.tar.zst, an archive of the tree FILE.tree beside it */
	unsigned levels;
	bool athens;
	bool offline;
	struct cancel *cancel;
	struct activity *log;
};

struct mirror {
	struct mirror_options o;
	struct arena arena;
	const char *dir;     /* the tree */
	const char *archive; /* NULL: none */
	int lock;	     /* the tree, locked shared from the first write on; 0: not yet */
	struct map versions; /* "path@version" -> struct mirror_version */
	struct map files;    /* by name below the tree: already counted */
	size_t n_modules, n_files, n_written;
	int64_t bytes;
	const char *unsure; /* the first unavailable file, and why; "" */
};

void mirror_begin(struct mirror *m, const struct mirror_options *o);
/* Adds everything that the project of these settings needs, verified by its go.sum. ERR_SYS, ERR_CANCELLED; an unavailable file sets `unsure`. */
struct gosum;
bool mirror_add(struct mirror *m, const struct goenv *env, struct gosum *sums, struct err *e);
/* Writes lists, @latest and the archive. */
bool mirror_end(struct mirror *m, struct err *e);
void mirror_release(struct mirror *m);
/* Computes the levels with only the tree: files missing in it are `unread`. */
bool mirror_check(struct levels *l, const char *dir, const struct goenv *env, unsigned levels, struct cancel *cancel, struct err *e);

#endif
