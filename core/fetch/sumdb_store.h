/*
 * sumdb_store.h - the files of a checksum database: lookups and tiles, from the cache, else from a proxy or the database itself.
 *
 * Each file is requested once. Its content is not proven yet: tlog.h does that with the reader from here, and proven tiles go to
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
	const struct route *route;   /* of GOPROXY; NULL if that is malformed */
	const struct err *route_err; /* why it is malformed */
	const struct proxy *proxy;   /* how to ask */
	/* Read and write a cached file ("NAME/lookup/...", "NAME/tile/..."); any thread. */
	bool (*read_cache)(void *ctx, const char *file, struct buf *out);
	void (*write_cache)(void *ctx, const char *file, const void *data, size_t len);
	void *ctx;
};

/* A requested record or tile. */
struct sumdb_store_file {
	bool done, ok;
	struct buf data;
	struct err err;
	char *key;
};

struct sumdb_store {
	struct sumdb_store_options o;
	struct proxy proxy; /* o.proxy, with plain_urls */
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
	struct map saved;   /* tiles already in the cache */
};

void sumdb_store_init(struct sumdb_store *st, const struct sumdb_store_options *o);
/* Call before any request; url is GOSUMDB's, NULL if it has none. */
void sumdb_store_set_name(struct sumdb_store *st, const char *name, const char *url);
void sumdb_store_release(struct sumdb_store *st);
/* Append the bytes of `file` below the database ("lookup/..."). An empty cached file counts as missing. */
bool sumdb_store_read_remote(struct sumdb_store *st, const char *file, size_t max, struct buf *out,
			     struct err *e);
bool sumdb_store_read_cached(struct sumdb_store *st, const char *file, struct buf *out);
void sumdb_store_write_cached(struct sumdb_store *st, const char *file, const void *data,
			      size_t len);
/* The file for a key, fetched by fn on first request; it lives as long as the store. */
typedef bool sumdb_store_fn(void *ctx, const char *key, struct buf *data, struct err *e);
const struct sumdb_store_file *sumdb_store_ask(struct sumdb_store *st, const char *key,
					       sumdb_store_fn *fn, void *ctx);
bool sumdb_store_give(const struct sumdb_store_file *file, struct err *e);
/* Reads tiles, and writes proven ones to the cache. */
struct tlog_reader sumdb_store_reader(struct sumdb_store *st);

#endif
