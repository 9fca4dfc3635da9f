#include "fetch/source.h"

#include "base/gojson.h"
#include "base/fs.h"
#include "fetch/source_impl.h"

#include <fcntl.h>

struct source *source_new(const struct source_options *o)
{
	struct source *s = xcalloc(1, sizeof(*s));
	const char *modcache, *own;

	s->o = *o;
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_init(&s->shards[i].mutex, NULL);
		pthread_cond_init(&s->shards[i].done, NULL);
	}
	pthread_mutex_init(&s->net_mutex, NULL);
	pthread_mutex_init(&s->wants_mutex, NULL);
	modcache = goenv_modcache(o->env, &s->modcache_err);
	tree_open(&s->gomodcache, modcache && !o->skip_modcache ? xstrdup(modcache) : NULL);
	own = goenv_own_cache(o->env);
	tree_open(&s->own, own ? xasprintf("%s/mod", own) : NULL);
	return s;
}

static void answer_free(struct answer *a)
{
	err_release(&a->err);
	free(a->data);
	free(a->versions);
	free(a->key);
	free(a);
}

static void shard_release(struct shard *shard)
{
	for (size_t i = 0; i < shard->answers.n; i++)
		answer_free(shard->answers.entries[i].value);
	map_release(&shard->answers);
	pthread_mutex_destroy(&shard->mutex);
	pthread_cond_destroy(&shard->done);
}

void source_free(struct source *s)
{
	if (!s)
		return;
	net_free(s->net);
	for (size_t i = 0; i < SHARDS; i++)
		shard_release(&s->shards[i]);
	pthread_mutex_destroy(&s->net_mutex);
	pthread_mutex_destroy(&s->wants_mutex);
	tree_close(&s->gomodcache);
	tree_close(&s->own);
	err_release(&s->modcache_err);
	arena_release(&s->wants_arena);
	vec_release(&s->wants);
	err_release(&s->cached_err);
	free(s);
}

void source_set_sums(struct source *s, struct gosum *sums, bool sums_must_exist)
{
	s->sums = sums;
	s->sums_must_exist = sums_must_exist;
}

/* The answer in the shard: *mine says that the caller has to find it. */
static struct answer *claim(struct shard *shard, const char *key, size_t len, bool *mine)
{
	struct map_entry *entry = map_find_n(&shard->answers, key, len);
	struct answer *a;

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

struct answer *source_ask(struct source *s, enum ask_kind kind, struct modver m, answer_fn *work)
{
	return source_ask_hop(s, kind, m, NULL, work);
}

struct answer *source_ask_hop(struct source *s, enum ask_kind kind, struct modver m,
			      const struct route_hop *hop, answer_fn *work)
{
	struct buf key = BUF_INIT;
	struct shard *shard;
	struct answer *a;
	bool mine;

	buf_addch(&key, (char)kind);
	buf_add(&key, m.path, strlen(m.path) + 1);
	buf_addstr(&key, m.version);
	if (hop)
		buf_add(&key, (const char *)&hop, sizeof(hop)); /* hops stay where they are */
	shard = &s->shards[hash_bytes(key.data, key.len, 0) % SHARDS];
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

bool answer_give(const struct answer *a, struct err *e)
{
	if (!a->ok && e)
		err_copy(e, &a->err);
	return a->ok;
}

/* go looks for GOMODCACHE before everything else and ends where it is no absolute path. Without any it does without
 * for .mod and .info files. */
static bool check_modcache(struct source *s, struct err *e)
{
	if (!err_is_set(&s->modcache_err) || !*goenv_get(s->o.env, "GOMODCACHE"))
		return true;
	if (e)
		err_copy(e, &s->modcache_err);
	return false;
}

/* Files that go once made up for repositories without go.mod; it ignores them since. */
#define OLD_VGO_PREFIX "//vgo 0.0."

static void keep(struct source *s, struct modver m, const char *suffix, const char *data,
		 size_t len)
{
	struct buf name = BUF_INIT;

	if (disk_usable_version(m.version) && cache_name(&name, m, suffix, NULL))
		own_write(s, name.data, data, len);
	buf_release(&name);
}

void keep_info(struct source *s, const char *path, const char *version, const char *data,
	       size_t len)
{
	keep(s, (struct modver){ path, version }, "info", data, len);
}

static bool read_gomod(struct source *s, struct modver m, struct buf *b, char sum[DIRHASH_LEN + 1],
		       struct err *e)
{
	struct err why = ERR_INIT;
	size_t start = b->len;
	bool is_own;

	if (!check_modcache(s, e) || !check_sum_known(s, m, "/go.mod", e))
		return false;
	if (disk_read(s, m, "mod", b, &is_own, &why) &&
	    !str_has_prefix(b->data + start, OLD_VGO_PREFIX) &&
	    check_gomod(s, m, b->data + start, b->len - start, sum, &why))
		return true;
	buf_truncate(b, start);
	/* a go.sum mismatch ends it; all else is asked again of the proxies */
	if (err_is_final(&why) || why.code == ERR_LIMIT || why.code == ERR_SYNTAX)
		return err_move(e, &why);
	err_release(&why);
	if (!net_gomod(s, m, b, e) || !check_gomod(s, m, b->data + start, b->len - start, sum, e))
		return false;
	keep(s, m, "mod", b->data + start, b->len - start);
	return true;
}

static bool work_gomod(struct source *s, struct answer *a, struct modver m, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok = read_gomod(s, m, &b, a->sum, e);

	if (ok) {
		a->len = b.len;
		a->data = xmalloc(b.len + 1);
		memcpy(a->data, b.data, b.len);
		a->data[b.len] = '\0';
	}
	buf_release(&b);
	return ok;
}

bool source_gomod(struct source *s, struct modver m, const char **data, size_t *len, struct err *e)
{
	const struct answer *a = source_ask(s, ASK_MOD, m, work_gomod);

	*data = a->data;
	*len = a->len;
	return answer_give(a, e);
}

bool source_read_gomod(struct source *s, struct modver m, struct buf *scratch, const char **data,
		       size_t *len, struct err *e)
{
	char sum[DIRHASH_LEN + 1];
	struct err why = ERR_INIT;
	bool is_own;

	buf_clear(scratch);
	if (!err_is_set(&s->modcache_err) && check_sum_known(s, m, "/go.mod", NULL) &&
	    disk_read(s, m, "mod", scratch, &is_own, &why) &&
	    !str_has_prefix(scratch->data, OLD_VGO_PREFIX) &&
	    check_gomod(s, m, scratch->data, scratch->len, sum, &why)) {
		*data = scratch->data;
		*len = scratch->len;
		return true;
	}
	err_release(&why);
	return source_gomod(s, m, data, len, e);
}

bool source_read_gomod_as(struct source *s, struct modver m, struct buf *scratch, const char **data,
			  size_t *len, struct stat *st, struct buf *name, char *sum)
{
	struct err why = ERR_INIT;
	bool ok;

	buf_clear(scratch);
	buf_clear(name);
	ok = !err_is_set(&s->modcache_err) && check_sum_known(s, m, "/go.mod", NULL) &&
	     disk_usable_version(m.version) && cache_name(name, m, "mod", NULL) &&
	     tree_read_stat(&s->gomodcache, name->data, scratch, st) &&
	     !str_has_prefix(scratch->data, OLD_VGO_PREFIX) &&
	     check_gomod(s, m, scratch->data, scratch->len, sum, &why);
	err_release(&why);
	*data = scratch->data;
	*len = scratch->len;
	return ok;
}

const char *source_gomod_hash(struct source *s, struct modver m)
{
	const struct answer *a = source_ask(s, ASK_MOD, m, work_gomod);

	return a->ok ? a->sum : NULL;
}

bool answer_info(struct answer *a, const char *data, size_t len, const char *file, struct err *e)
{
	struct arena arena = ARENA_INIT;
	struct gojson_info info;
	struct buf b = BUF_INIT;
	size_t time, origin;

	if (!gojson_info(&arena, data, len, &info, e)) {
		arena_release(&arena);
		return false;
	}
	buf_add(&b, info.version, strlen(info.version) + 1);
	time = b.len;
	buf_add(&b, info.time, strlen(info.time) + 1);
	origin = b.len;
	if (info.origin)
		buf_add(&b, info.origin, strlen(info.origin) + 1);
	size_t name = b.len;

	if (file)
		buf_addstr(&b, file);
	a->data = buf_detach(&b);
	a->info = (struct source_info){
		.version = a->data,
		.time = a->data + time,
		.origin = info.origin ? a->data + origin : NULL,
		.file = file ? a->data + name : NULL,
	};
	arena_release(&arena);
	return true;
}

static bool stat_on_disk(struct source *s, struct answer *a, struct modver m)
{
	struct buf name = BUF_INIT, b = BUF_INIT;
	char *file = NULL;
	bool is_own, ok;

	ok = disk_usable_version(m.version) && cache_name(&name, m, "info", NULL) &&
	     disk_read(s, m, "info", &b, &is_own, NULL);
	if (ok) {
		file = tree_file(is_own ? &s->own : &s->gomodcache, name.data);
		ok = answer_info(a, b.data, b.len, file, NULL);
	}
	free(file);
	buf_release(&name);
	buf_release(&b);
	return ok;
}

static bool work_stat(struct source *s, struct answer *a, struct modver m, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok;

	if (!check_modcache(s, e))
		return false;
	if (stat_on_disk(s, a, m))
		return true;
	ok = net_stat(s, a->hop, m, &b, e) && answer_info(a, b.data, b.len, NULL, e);
	if (ok)
		keep_info(s, m.path, a->info.version, b.data, b.len);
	buf_release(&b);
	return ok;
}

/* What a question to one hop after the other needs. */
struct in_turn {
	struct source *s;
	const char *path, *rev;
	struct source_info *info;
	const char *const **versions;
	size_t *n;
};

bool source_try_hops(struct source *s, source_hop_fn *fn, void *ctx, struct err *e)
{
	return net_try_hops(s, fn, ctx, e);
}

bool source_stat_at(struct source *s, const struct route_hop *hop, const char *path,
		    const char *rev, struct source_info *info, struct err *e)
{
	const struct answer *a = source_ask_hop(s, ASK_INFO, (struct modver){ path, rev }, hop,
						work_stat);

	*info = a->info;
	return answer_give(a, e);
}

static bool stat_in_turn(void *ctx, const struct route_hop *hop, struct err *e)
{
	const struct in_turn *q = ctx;

	return source_stat_at(q->s, hop, q->path, q->rev, q->info, e);
}

bool source_stat(struct source *s, const char *path, const char *rev, struct source_info *info,
		 struct err *e)
{
	struct in_turn q = { .s = s, .path = path, .rev = rev, .info = info };

	return source_try_hops(s, stat_in_turn, &q, e);
}

bool source_versions_at(struct source *s, const struct route_hop *hop, const char *path,
			const char *const **versions, size_t *n, struct err *e)
{
	const struct answer *a = source_ask_hop(s, ASK_LIST, (struct modver){ path, "" }, hop,
						net_versions);

	*versions = a->versions;
	*n = a->n;
	return answer_give(a, e);
}

static bool versions_in_turn(void *ctx, const struct route_hop *hop, struct err *e)
{
	const struct in_turn *q = ctx;

	return source_versions_at(q->s, hop, q->path, q->versions, q->n, e);
}

bool source_versions(struct source *s, const char *path, const char *const **versions, size_t *n,
		     struct err *e)
{
	struct in_turn q = { .s = s, .path = path, .versions = versions, .n = n };

	return source_try_hops(s, versions_in_turn, &q, e);
}

bool source_latest_at(struct source *s, const struct route_hop *hop, const char *path,
		      struct source_info *info, struct err *e)
{
	const struct answer *a = source_ask_hop(s, ASK_LATEST, (struct modver){ path, "" }, hop,
						net_latest);

	*info = a->info;
	return answer_give(a, e);
}

static bool latest_in_turn(void *ctx, const struct route_hop *hop, struct err *e)
{
	const struct in_turn *q = ctx;

	return source_latest_at(q->s, hop, q->path, q->info, e);
}

bool source_latest(struct source *s, const char *path, struct source_info *info, struct err *e)
{
	struct in_turn q = { .s = s, .path = path, .info = info };

	return source_try_hops(s, latest_in_turn, &q, e);
}

static bool work_cached_gomod(struct source *s, struct answer *a, struct modver m, struct err *e)
{
	struct buf name = BUF_INIT;
	bool has, ok = s->gomodcache.dir && disk_usable_version(m.version) &&
		       cache_name(&name, m, "mod", e);

	if (ok) {
		a->data = tree_file(&s->gomodcache, name.data);
		ok = disk_has(AT_FDCWD, a->data, a->data, S_IFREG, &has, e) && has;
	}
	buf_release(&name);
	return ok;
}

const char *answer_cached(struct source *s, const struct answer *a)
{
	if (a->ok)
		return a->data;
	if (a->err.code == ERR_SYS) {
		pthread_mutex_lock(&s->wants_mutex);
		if (!err_is_set(&s->cached_err))
			err_copy(&s->cached_err, &a->err);
		pthread_mutex_unlock(&s->wants_mutex);
	}
	return NULL;
}

bool source_cached_ok(struct source *s, struct err *e)
{
	bool ok;

	if (s->gomodcache.open_errno)
		return err_sys(e, s->gomodcache.open_errno, "open %s/cache/download",
			       s->gomodcache.dir);
	pthread_mutex_lock(&s->wants_mutex);
	ok = !err_is_set(&s->cached_err);
	if (!ok && e && !err_is_set(e))
		err_copy(e, &s->cached_err);
	pthread_mutex_unlock(&s->wants_mutex);
	return ok;
}

const char *source_cached_gomod_file(struct source *s, struct modver m)
{
	const struct answer *a = source_ask(s, ASK_CACHED_MOD, m, work_cached_gomod);

	return answer_cached(s, a);
}

void source_note_want(struct source *s, struct modver m, const char *what, bool fetched,
		      long long bytes)
{
	pthread_mutex_lock(&s->wants_mutex);
	struct source_want want = {
		.mod = { arena_strdup(&s->wants_arena, m.path),
			 arena_strdup(&s->wants_arena, m.version) },
		.what = what,
		.fetched = fetched,
		.bytes = bytes,
	};
	vec_push(&s->wants, want);
	pthread_mutex_unlock(&s->wants_mutex);
}

size_t source_wants(struct source *s, struct arena *a, struct source_want **wants)
{
	size_t n;

	pthread_mutex_lock(&s->wants_mutex);
	n = s->wants.n;
	*wants = arena_memdup(a, s->wants.items, n * sizeof(**wants));
	for (size_t i = 0; i < n; i++) {
		(*wants)[i].mod.path = arena_strdup(a, (*wants)[i].mod.path);
		(*wants)[i].mod.version = arena_strdup(a, (*wants)[i].mod.version);
	}
	pthread_mutex_unlock(&s->wants_mutex);
	return n;
}
