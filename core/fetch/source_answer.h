/*
 * source_answer.h - the answers of a source: each question is asked once; concurrent callers wait for the same answer.
 *
 * Thread-safe. An answer lives as long as the table and owns its malloc'ed contents. Once done it does
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
	bool there, valid; /* the file is readable; it contains a hash (modfetch.isValidSum) */
	char sum[DIRHASH_LEN + 1];
};

struct source_answer_tree {
	struct stat st; /* of its root */
	struct source_answer_ziphash zip; /* of ASK_TREE */
};

struct source_answer {
	bool done, ok;
	struct err err;
	char *data; /* the bytes, or the strings that other members point to */
	size_t len;
	struct source_answer_tree *tree; /* of a directory, else NULL: most answers are of files */
	struct source_info info;
	const char **versions;
	size_t n;
	const struct route_hop *hop; /* the hop asked; NULL: all in turn, or none */
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
/* Drops the answers that failed, or of these only the trees that are not there: who asks again gets a new one. No other thread asks
 * meanwhile. Returns how many it dropped. */
size_t source_answers_forget_failures(struct source_answers *as, bool all);
/* The answer, which `work` computes if this is the first question. hop may be NULL and is compared by address. */
typedef bool source_answer_fn(struct source *s, struct source_answer *a, struct modver m,
			      struct err *e);
struct source_answer *source_answer_ask(struct source_answers *as, enum source_answer_kind kind,
					struct modver m, const struct route_hop *hop,
					source_answer_fn *work, struct source *s);
/* A finished answer; NULL if there is none yet. */
const struct source_answer *source_answer_find(struct source_answers *as, enum source_answer_kind kind, struct modver m);
/* Whether the question has been asked. */
bool source_answer_is_asked(struct source_answers *as, enum source_answer_kind kind, struct modver m,
			    const struct route_hop *hop);
bool source_answer_give(const struct source_answer *a, struct err *e);

#endif
