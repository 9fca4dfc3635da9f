/*
 * source_impl.h - the source itself, for source.c, source_ahead.c, source_kept.c and source_zip.c.
 *
 * source.c answers for go.mod and .info files and lists of versions, source_zip.c for zips and trees. Both find each answer once
 * (source_answer.h), look into the caches (source_disk.h), check hashes (source_sums.h) and ask the network (source_net.h).
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
 * Our own cache is no source of truth. `own` holds what was proven when it came, for some project: it is proven again for this one, else
 * it is not used. `kept` holds the rest, for this GOPROXY: it is asked for again wherever there is somebody to ask.
 */
struct source {
	struct source_options o;
	struct source_answers answers;
	struct source_disk gomodcache, own, kept;
	atomic_size_t n_had; /* source_had */
	atomic_size_t n_own; /* files of our own cache that GOPROXY=off would have kept from go */
	struct err modcache_err; /* GOMODCACHE is no usable path: go keeps no .mod or .info file, and ends where it needs a tree */
	struct source_sums sums;
	struct source_want_list wants;
	struct source_net *net;
	struct kept *answers_kept; /* kept.h; NULL: none are */
	char *proxies;		   /* which ones: of GOPROXY and GONOPROXY as they stand */
	pthread_mutex_t mutex;	/* of what follows */
	struct err cached_err; /* the first of the source_cached_ questions' */
	struct map as_of;     /* path -> int64_t: when the oldest kept answer that was used was given */
	struct map watched;   /* "path@version" -> struct buf: the .info files that came, where all is watched */
	struct arena as_of_arena;
};

/* One question without a hop. */
struct source_answer *source_ask(struct source *s, enum source_answer_kind kind, struct modver m,
				 source_answer_fn *work);
/* False, with an error at which go ends, where GOMODCACHE is relative or unknown. */
bool source_check_modcache(struct source *s, struct err *e);
/* False where go would not get the module from anywhere but GOMODCACHE (GOPROXY=off), and our caches are not to tell more than go. */
bool source_may_use_own(struct source *s, const char *path);
/* GOMODCACHE does not have what was looked for. */
void source_missed(struct source *s, struct modver m, const char *what);
/* An answer was a file of GOMODCACHE, if so. */
void source_note_had(struct source *s, bool had);
/* What a proxy has answered and nobody vouches for: "mod v1.2.3" of this list of proxies. */
void source_keep_unproven(struct source *s, struct modver m, const char *suffix, const char *data, size_t len);
/* What the same proxies have said before, if it will do: where there is nobody to ask, or a view wants to know no more than lately. Appended. */
bool source_recall_unproven(struct source *s, struct modver m, const char *suffix, struct buf *b);
/* A file of ours was used. */
void source_note_own(struct source *s, const char *path);
/* The file or directory that a source_cached_ question found; NULL if there is none, or it could not be seen. */
const char *source_cached_answer(struct source *s, const struct source_answer *a);

#endif
