/*
 * sumdb_store.h - the files of a checksum database: lookups and tiles, from the cache, else from a proxy or the database itself.
 *
 * Each file is asked for once. What is read is not proven yet: tlog.h does that with the reader given here, and what it has proven goes to
 * the cache. Thread-safe once the name is set.
 */
#ifndef MODSCOPE_SUMDB_STORE_H
#define MODSCOPE_SUMDB_STORE_H

#include <pthread.h>

#include "base/map.h"
#include "fetch/proxy.h"
#include "fetch/tlog.h"

/* All borrowed. */
struct sumdb_store_options {
	const struct route *route;   /* of GOPROXY; NULL where that is wrong */
	const struct err *route_err; /* why it is wrong */
	const struct proxy *proxy;   /* how to ask */
	/* The bytes of a cached file ("NAME/lookup/...", "NAME/tile/..."), and keeping one; any thread. */
	bool (*read_cache)(void *ctx, const char *file, struct buf *out);
	void (*write_cache)(void *ctx, const char *file, const void *data, size_t len);
	void *ctx;
};

/* A record or a tile that was asked for. */
struct sumdb_store_file {
	bool done, ok;
	struct buf data;
	struct err err;
	char *key;
};

struct sumdb_store {
	struct sumdb_store_options o;
	struct proxy proxy; /* o.proxy, with go's other way to write URLs */
	const char *name;   /* of the database */
	const char *explicit_url;
	struct route_hop direct; /* the database itself */
	struct arena arena;

	pthread_mutex_t base_mutex; /* of what follows */
	bool base_done;
	struct err base_err;
	struct route_hop base;
	const char *base_prefix; /* "" or "sumdb/NAME/" */
	struct arena base_arena;

	pthread_mutex_t entries_mutex; /* of what follows, and of the arena */
	pthread_cond_t entry_done;
	struct map entries; /* key -> struct sumdb_store_file */
	struct map saved;   /* tiles that need not be written */
};

void sumdb_store_init(struct sumdb_store *st, const struct sumdb_store_options *o);
/* Before anything is asked; url is GOSUMDB's, NULL if it gives none. */
void sumdb_store_set_name(struct sumdb_store *st, const char *name, const char *url);
void sumdb_store_release(struct sumdb_store *st);
/* `file` below the database ("lookup/..."): the bytes are appended. An empty cached file does not count. */
bool sumdb_store_read_remote(struct sumdb_store *st, const char *file, size_t max, struct buf *out,
			     struct err *e);
bool sumdb_store_read_cached(struct sumdb_store *st, const char *file, struct buf *out);
void sumdb_store_write_cached(struct sumdb_store *st, const char *file, const void *data,
			      size_t len);
/* The file by that key, which fn gets if nobody has yet; it lives as long as the store. */
typedef bool sumdb_store_fn(void *ctx, const char *key, struct buf *data, struct err *e);
const struct sumdb_store_file *sumdb_store_ask(struct sumdb_store *st, const char *key,
					       sumdb_store_fn *fn, void *ctx);
bool sumdb_store_give(const struct sumdb_store_file *file, struct err *e);
/* Reads tiles, and keeps those that are proven. */
struct tlog_reader sumdb_store_reader(struct sumdb_store *st);

#endif
