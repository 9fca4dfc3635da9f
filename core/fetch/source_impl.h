/*
 * source_impl.h - what the files of source share; nobody else includes it.
 *
 * source.c keeps the answers (each question is asked once, whoever asks at the same time waits for it), source_disk.c
 * reads GOMODCACHE and reads and writes our own cache, source_sums.c checks hashes, source_net.c asks the
 * proxies, source_zip.c handles zips and trees.
 */
#ifndef MODSCOPE_SOURCE_IMPL_H
#define MODSCOPE_SOURCE_IMPL_H

#include <pthread.h>

#include "base/activity.h"
#include "base/buf.h"
#include "zip/dirhash.h"
#include "gofiles/goenv.h"
#include "base/map.h"
#include "fetch/source.h"

enum ask_kind {
	ASK_MOD = 'm',
	ASK_INFO = 'i',
	ASK_ZIP = 'z',
	ASK_DIR = 'd',
	ASK_LIST = 'l',
	ASK_LATEST = 'L',
	ASK_CACHED_MOD = 'M',
	ASK_CACHED_DIR = 'D',
};

struct route_hop;

/* One answer, good for the life of the source. Everything in it is malloc'ed and its own. */
struct answer {
	bool done, ok;
	struct err err;
	char *data; /* the bytes, or the strings that the rest points at */
	size_t len;
	char sum[DIRHASH_LEN + 1]; /* ASK_MOD */
	struct source_info info;
	const char **versions;
	size_t n;
	const struct route_hop *hop; /* the one that was asked; NULL: all in turn, or none */
	char *key;
};

#define SHARDS 16u
struct shard {
	pthread_mutex_t mutex;
	pthread_cond_t done;
	struct map answers; /* kind path NUL version -> struct answer */
};

/* One cache tree: DIR/cache/download/... and DIR/PATH@VERSION. */
struct tree {
	char *dir;		/* NULL if there is none */
	atomic_int download_fd; /* of DIR/cache/download; -1 if it is not there */
	int open_errno;		/* why it could not be opened, other than by absence */
};

struct source {
	struct source_options o;
	struct shard shards[SHARDS];
	struct tree gomodcache, own;
	struct err modcache_err; /* GOMODCACHE is no usable path: go would fail at every module */
	struct gosum *sums;
	bool sums_must_exist;
	struct source_net *net; /* made at the first question to a proxy */
	pthread_mutex_t net_mutex;
	pthread_mutex_t wants_mutex; /* of what follows */
	struct err cached_err;	     /* the first of the source_cached_ questions' */
	struct arena wants_arena;
	VEC(struct source_want) wants;
};

typedef bool answer_fn(struct source *s, struct answer *a, struct modver m, struct err *e);
struct answer *source_ask(struct source *s, enum ask_kind kind, struct modver m, answer_fn *work);
/* The same, of one hop. */
struct answer *source_ask_hop(struct source *s, enum ask_kind kind, struct modver m,
			      const struct route_hop *hop, answer_fn *work);
bool answer_give(const struct answer *a, struct err *e);
/* The file or directory that a source_cached_ question found; NULL if there is none, or it could not be seen. */
const char *answer_cached(struct source *s, const struct answer *a);
/* Is there something of this kind (S_IFREG, S_IFDIR, 0 for any)? Absence is no error. */
bool disk_has(int dir_fd, const char *name, const char *shown, mode_t kind, bool *has, struct err *e);
/* Notes what the network was wanted for. */
void source_note_want(struct source *s, struct modver m, const char *what, bool fetched,
		      long long bytes);

/* source_disk.c */
void tree_open(struct tree *t, char *take_dir);
void tree_close(struct tree *t);
/* Our cache may have come into being only now. */
void tree_reopen(struct tree *t, pthread_mutex_t *mutex);
/* "PATH/@v/VERSION.SUFFIX", escaped, into b; false where path or version cannot stand in a cache (ERR_SYNTAX). */
bool cache_name(struct buf *b, struct modver m, const char *suffix, struct err *e);
/* The whole file as bytes after what is in b; false if it is absent or unreadable, as go takes it for absent. */
bool tree_read(const struct tree *t, const char *name, struct buf *b);
/* The same, and what the file was before it was read; st may be NULL. */
struct stat;
bool tree_read_stat(const struct tree *t, const char *name, struct buf *b, struct stat *st);
/* The same for our own cache, where a file counts only if its sum beside it fits. */
bool own_read(struct source *s, const char *name, struct buf *b);
/* Best effort: a cache that cannot be written is no error. */
void own_write(struct source *s, const char *name, const void *data, size_t len);
char *tree_file(const struct tree *t, const char *name); /* the absolute name; free(3) */
/* The .mod or .info of m from GOMODCACHE, then ours. */
bool disk_read(struct source *s, struct modver m, const char *suffix, struct buf *b, bool *is_own,
	       struct err *e);
bool disk_usable_version(
	const char *version); /* semver and canonical: the only ones that go caches */

/* source_sums.c */
/* modfetch.checkGoMod: the go.mod hash of the bytes goes to sum. */
bool check_gomod(struct source *s, struct modver m, const char *data, size_t len,
		 char sum[DIRHASH_LEN + 1], struct err *e);
/* modfetch.checkModSum; what is "" or "/go.mod". */
bool check_sum(struct source *s, struct modver m, const char *what, const char *sum, struct err *e);
/* modload.mustHaveSums: false with go's words if go.sum must know it and does not. */
bool check_sum_known(struct source *s, struct modver m, const char *what, struct err *e);

/* source_net.c */
bool net_gomod(struct source *s, struct modver m, struct buf *b, struct err *e);
bool net_stat(struct source *s, const struct route_hop *hop, struct modver m, struct buf *b,
	      struct err *e);
/* Of the answer's hop. */
bool net_versions(struct source *s, struct answer *a, struct modver m, struct err *e);
bool net_latest(struct source *s, struct answer *a, struct modver m, struct err *e);
/* Into an open file. */
bool net_zip(struct source *s, struct modver m, int fd, struct err *e);
/* The checksum database. */
struct sumdb *net_sumdb(struct source *s);
/* Where GOPROXY is set and no list, its error; where it is not set, fn is called once, without a hop. */
bool net_try_hops(struct source *s, source_hop_fn *fn, void *ctx, struct err *e);
void net_free(struct source_net *net);
/* Puts an .info from the network into our own cache, under the version that it names. */
void keep_info(struct source *s, const char *path, const char *version, const char *data,
	       size_t len);
/* Parses an .info into an answer. */
bool answer_info(struct answer *a, const char *data, size_t len, const char *file, struct err *e);

#endif
