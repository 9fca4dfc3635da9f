/*
 * mirror.h - a module proxy as a tree of files: exactly what some projects need at some levels.
 *
 *	DIR/example.com/a/@v/list, v1.0.0.info, v1.0.0.mod, v1.0.0.zip, DIR/example.com/a/@latest
 *	DIR/sumdb/NAME/supported, latest, lookup/..., tile/...
 *
 * It works as GOPROXY=file://DIR, and behind any web server. list and @latest say what is there. The lookups and tiles of the checksum
 * database are those that go asks for, so that a build with GOSUMDB on verifies without the network. A file that stands there with
 * the same content is left alone: a second run writes nothing, further projects are added. With `athens` the layout is that of
 * Athens' disk storage: DIR/example.com/a/v1.0.0/go.mod, source.zip, v1.0.0.info.
 *
 * Files come from GOMODCACHE (as a proxy, checked as what comes from any), else from GOPROXY. Any thread; blocks.
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
	const char *target; /* the tree, made where it is missing; or FILE.tar.zst, of the tree FILE.tree beside it */
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
	struct map versions; /* "path@version" -> struct mirror_version */
	struct map files;    /* by name below the tree: those that have been counted */
	size_t n_modules, n_files, n_written;
	int64_t bytes;
	const char *unsure; /* what could not be had: the first; "" */
};

void mirror_begin(struct mirror *m, const struct mirror_options *o);
/* All that the project of these settings needs; its go.sum vouches. ERR_SYS, ERR_CANCELLED; what cannot be had is `unsure`. */
struct gosum;
bool mirror_add(struct mirror *m, const struct goenv *env, struct gosum *sums, struct err *e);
/* Lists, @latest, the archive. */
bool mirror_end(struct mirror *m, struct err *e);
void mirror_release(struct mirror *m);
/* The levels with nothing but the tree: what each of its rows says is missing there is `unread`. */
bool mirror_check(struct levels *l, const char *dir, const struct goenv *env, unsigned levels, struct cancel *cancel, struct err *e);

#endif
