/*
 * source_impl.h - the source itself, for source.c, source_ahead.c, source_kept.c, source_may.c and source_zip.c.
 *
 * source.c answers for go.mod and .info files and lists of versions, source_zip.c for zips and trees. Both compute each answer once
 * (source_answer.h), look in the caches (source_disk.h), check hashes (source_sums.h) and ask the network (source_net.h).
 */
#ifndef MODSCOPE_SOURCE_IMPL_H
#define MODSCOPE_SOURCE_IMPL_H

#include "base/map.h"
#include "fetch/source.h"
#include "fetch/source_answer.h"
#include "fetch/source_disk.h"
#include "fetch/source_net.h"
#include "fetch/source_sums.h"

/*
 * Our own cache is not trusted. `own` has files that were proven when they were stored, for some project: each must be proven again for this one
 * to be used. `kept` has the rest, for this GOPROXY: they are fetched again whenever a proxy may be asked.
 */
struct source {
	struct source_options o;
	struct source_answers answers;
	struct source_disk gomodcache, own, kept;
	atomic_size_t n_had; /* source_had */
	atomic_size_t n_own; /* files used from our own cache that go lacks with GOPROXY=off */
	struct err modcache_err; /* GOMODCACHE is unusable: go then keeps no .mod or .info files, and exits when it needs a tree */
	struct source_sums sums;
	struct source_want_list wants;
	struct source_net *net;
	struct hashmemo *memo;	/* of zips and trees in our own cache; opened at the first one, with the mutex held */
	struct kept *answers_kept; /* kept.h; NULL: nothing is kept */
	char *proxies;		   /* key for answers_kept: GOPROXY and GONOPROXY as set */
	pthread_mutex_t mutex;	/* of what follows */
	struct err cached_err; /* the first one of a source_cached_ function */
	struct map as_of;     /* path -> int64_t: time of the oldest kept answer used */
	struct map watched;   /* "path@version" -> struct buf: the .info files received, if there is a watch */
	struct arena as_of_arena;
};

/* One question without a hop. */
struct source_answer *source_ask(struct source *s, enum source_answer_kind kind, struct modver m,
				 source_answer_fn *work);
/* False, with go's fatal error, if GOMODCACHE is relative or unknown, or cannot be made. */
bool source_check_modcache(struct source *s, struct err *e);
/* False if go could get the module only from GOMODCACHE (GOPROXY=off) and our caches must not know more than go. */
bool source_may_use_own(struct source *s, const char *path);
/* GOMODCACHE/PATH@VERSION, escaped, or of our own cache; the caller frees it. NULL if the name is invalid. */
char *source_tree_dir(const struct source_disk *t, struct modver m);
/* modfetch.lockVersion: go, which fetches into GOMODCACHE, makes a lock there first. False with its error, which names no version; nothing is made.
 * In source_may.c. */
bool source_go_may_lock(struct source *s, struct modver m, struct err *e);
/* modfetch.DownloadDir: whether go can see that a tree is whole, or is not. Errors as above. */
bool source_go_may_look(struct source *s, struct modver m, struct err *e);
/* modfetch.unzip, as far as the directories go: whether go could extract the tree into GOMODCACHE. Errors as above. */
bool source_go_may_unzip(struct source *s, struct modver m, struct err *e);
/* Reports that GOMODCACHE lacks a file (source_options.missed). */
void source_missed(struct source *s, struct modver m, const char *what);
/* Counts an answer from GOMODCACHE, if `had`. */
void source_note_had(struct source *s, bool had);
/* Keeps a proxy's unverified answer: "mod v1.2.3" for this list of proxies. */
void source_keep_unproven(struct source *s, struct modver m, const char *suffix, const char *data, size_t len);
/* Appends an earlier answer of the same proxies, if it is good enough: no proxy may be asked, or a view accepts a recent one. */
bool source_recall_unproven(struct source *s, struct modver m, const char *suffix, struct buf *b);
/* Notes that a file of our own cache was used. */
void source_note_own(struct source *s, const char *path);
/* The file or directory that a source_cached_ function found; NULL if there is none, or it is inaccessible. */
const char *source_cached_answer(struct source *s, const struct source_answer *a);

#endif
