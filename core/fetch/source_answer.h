/*
 * source_answer.h - the answers of a source: each question is asked once, whoever asks at the same time waits for it.
 *
 * Thread-safe. An answer is good for the life of the table; everything in it is malloc'ed and its own. Once it is done it does
 * not change.
 */
#ifndef MODSCOPE_SOURCE_ANSWER_H
#define MODSCOPE_SOURCE_ANSWER_H

#include <pthread.h>
#include <sys/stat.h>

#include "base/map.h"
#include "fetch/source_info.h"
#include "zip/dirhash.h"

struct route_hop;
struct source;

enum source_answer_kind {
	ASK_MOD = 'm',
	ASK_INFO = 'i',
	ASK_ZIP = 'z',
	ASK_DIR = 'd',
	ASK_TREE = 't',
	ASK_LIST = 'l',
	ASK_LATEST = 'L',
	ASK_UNPROVEN_MOD = 'u',
	ASK_CACHED_MOD = 'M',
	ASK_CACHED_DIR = 'D',
};

/* A .ziphash, trimmed. */
struct source_answer_ziphash {
	bool there, valid; /* it can be read; it holds a hash (modfetch.isValidSum) */
	char sum[DIRHASH_LEN + 1];
};

struct source_answer_tree {
	struct stat st; /* of its root */
	struct source_answer_ziphash zip; /* of ASK_TREE */
};

struct source_answer {
	bool done, ok;
	struct err err;
	char *data; /* the bytes, or the strings that the rest points at */
	size_t len;
	struct source_answer_tree *tree; /* of a directory, else NULL: most answers are of files */
	struct source_info info;
	const char **versions;
	size_t n;
	const struct route_hop *hop; /* the one that was asked; NULL: all in turn, or none */
	char *key;
};

#define SOURCE_ANSWER_SHARDS 16u
struct source_answers {
	struct source_answer_shard {
		pthread_mutex_t mutex;
		pthread_cond_t done;
		struct map answers; /* kind path NUL version hop -> struct source_answer */
	} shards[SOURCE_ANSWER_SHARDS];
};

void source_answers_init(struct source_answers *as);
void source_answers_release(struct source_answers *as);
/* `work` finds the answer if nobody has yet. hop may be NULL; hops must stay where they are. */
typedef bool source_answer_fn(struct source *s, struct source_answer *a, struct modver m,
			      struct err *e);
struct source_answer *source_answer_ask(struct source_answers *as, enum source_answer_kind kind,
					struct modver m, const struct route_hop *hop,
					source_answer_fn *work, struct source *s);
/* The answer if somebody has it already; NULL if not, or if it is being found. */
const struct source_answer *source_answer_find(struct source_answers *as, enum source_answer_kind kind, struct modver m);
/* Somebody has asked. */
bool source_answer_is_asked(struct source_answers *as, enum source_answer_kind kind, struct modver m,
			    const struct route_hop *hop);
bool source_answer_give(const struct source_answer *a, struct err *e);

#endif
