#include "fetch/source_answer.h"

#include "base/buf.h"

void source_answers_init(struct source_answers *as)
{
	for (size_t i = 0; i < SOURCE_ANSWER_SHARDS; i++) {
		as->shards[i].answers = (struct map)MAP_INIT;
		pthread_mutex_init(&as->shards[i].mutex, NULL);
		pthread_cond_init(&as->shards[i].done, NULL);
	}
}

static void answer_free(struct source_answer *a)
{
	err_release(&a->err);
	free(a->data);
	free(a->versions);
	free(a->tree);
	free(a->key);
	free(a);
}

static void shard_release(struct source_answer_shard *shard)
{
	for (size_t i = 0; i < shard->answers.n; i++)
		answer_free(shard->answers.entries[i].value);
	map_release(&shard->answers);
	pthread_mutex_destroy(&shard->mutex);
	pthread_cond_destroy(&shard->done);
}

void source_answers_release(struct source_answers *as)
{
	for (size_t i = 0; i < SOURCE_ANSWER_SHARDS; i++)
		shard_release(&as->shards[i]);
}

static size_t shard_forget_failures(struct source_answer_shard *shard, bool all)
{
	struct map kept = MAP_INIT;
	size_t before;

	pthread_mutex_lock(&shard->mutex);
	before = shard->answers.n;
	for (size_t i = 0; i < shard->answers.n; i++) {
		const struct map_entry *entry = &shard->answers.entries[i];
		struct source_answer *a = entry->value;

		if (a->ok || (!all && entry->key[0] != ASK_TREE))
			map_entry(&kept, entry->key, entry->len, NULL)->value = a;
		else
			answer_free(a);
	}
	map_release(&shard->answers);
	shard->answers = kept;
	pthread_mutex_unlock(&shard->mutex);
	return before - kept.n;
}

size_t source_answers_forget_failures(struct source_answers *as, bool all)
{
	size_t n = 0;

	for (size_t i = 0; i < SOURCE_ANSWER_SHARDS; i++)
		n += shard_forget_failures(&as->shards[i], all);
	return n;
}

/* The answer in the shard; *mine: the caller must compute it. */
static struct source_answer *claim(struct source_answer_shard *shard, const char *key, size_t len,
				   bool *mine)
{
	struct map_entry *entry = map_find_n(&shard->answers, key, len);
	struct source_answer *a;

	*mine = !entry;
	if (entry) {
		a = entry->value;
		while (!a->done)
			pthread_cond_wait(&shard->done, &shard->mutex);
		return a;
	}
	a = xcalloc(1, sizeof(*a));
	a->key = xmalloc(len);
	memcpy(a->key, key, len);
	map_entry(&shard->answers, a->key, len, NULL)->value = a;
	return a;
}

static struct source_answer_shard *make_key(struct source_answers *as, struct buf *key,
					    enum source_answer_kind kind, struct modver m,
					    const struct route_hop *hop)
{
	buf_addch(key, (char)kind);
	buf_add(key, m.path, strlen(m.path) + 1);
	buf_addstr(key, m.version);
	if (hop)
		buf_add(key, (const char *)&hop, sizeof(hop));
	return &as->shards[hash_bytes(key->data, key->len, 0) % SOURCE_ANSWER_SHARDS];
}

static struct source_answer *find(struct source_answers *as, enum source_answer_kind kind,
				  struct modver m, const struct route_hop *hop, bool done)
{
	struct buf key = BUF_INIT;
	struct source_answer_shard *shard = make_key(as, &key, kind, m, hop);
	struct source_answer *a;
	struct map_entry *entry;

	pthread_mutex_lock(&shard->mutex);
	entry = map_find_n(&shard->answers, key.data, key.len);
	a = entry ? entry->value : NULL;
	if (a && done && !a->done)
		a = NULL;
	pthread_mutex_unlock(&shard->mutex);
	buf_release(&key);
	return a;
}

const struct source_answer *source_answer_find(struct source_answers *as,
					       enum source_answer_kind kind, struct modver m)
{
	return find(as, kind, m, NULL, true);
}

bool source_answer_is_asked(struct source_answers *as, enum source_answer_kind kind,
			    struct modver m, const struct route_hop *hop)
{
	return find(as, kind, m, hop, false) != NULL;
}

struct source_answer *source_answer_ask(struct source_answers *as, enum source_answer_kind kind,
					struct modver m, const struct route_hop *hop,
					source_answer_fn *work, struct source *s)
{
	struct buf key = BUF_INIT;
	struct source_answer_shard *shard = make_key(as, &key, kind, m, hop);
	struct source_answer *a;
	bool mine;

	pthread_mutex_lock(&shard->mutex);
	a = claim(shard, key.data, key.len, &mine);
	pthread_mutex_unlock(&shard->mutex);
	buf_release(&key);
	if (!mine)
		return a;
	a->hop = hop;
	a->ok = work(s, a, m, &a->err);
	pthread_mutex_lock(&shard->mutex);
	a->done = true;
	pthread_cond_broadcast(&shard->done);
	pthread_mutex_unlock(&shard->mutex);
	return a;
}

bool source_answer_give(const struct source_answer *a, struct err *e)
{
	if (!a->ok && e)
		err_copy(e, &a->err);
	return a->ok;
}
