#include <errno.h>

#include "fetch/source.h"

#include <fcntl.h>

#include "base/fs.h"
#include "base/memory.h"
#include "fetch/kept.h"
#include "fetch/proxy.h"
#include "fetch/source_impl.h"
#include "gofiles/goenv.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"
#include "zip/hashmemo.h"

#define MANY 1000 /* answers; about 300 KiB */

struct source *source_new(const struct source_options *o)
{
	struct source *s = xcalloc(1, sizeof(*s));
	char *answers;
	const char *modcache, *own, *list = goenv_get(o->env, "GOPROXY"),
				    *direct = goenv_get(o->env, "GONOPROXY");

	s->o = *o;
	source_answers_init(&s->answers);
	source_wants_init(&s->wants);
	pthread_mutex_init(&s->mutex, NULL);
	/* a repair makes the directory, and a watch sees what happens with an empty one */
	modcache = o->skip_modcache || o->watch ? goenv_modcache(o->env, &s->modcache_err)
						: goenv_usable_modcache(o->env, &s->modcache_err);
	source_disk_open(&s->gomodcache,
			 modcache && !o->skip_modcache && !o->watch ? xstrdup(modcache) : NULL);
	own = o->watch ? NULL : goenv_own_cache(o->env);
	source_disk_open(&s->own, own ? xasprintf("%s/mod", own) : NULL);
	s->proxies = xasprintf("%016llx",
			       (unsigned long long)hash_bytes(direct, strlen(direct),
							      hash_bytes(list, strlen(list), 1)));
	source_disk_open(&s->kept, own ? xasprintf("%s/lists/%s", own, s->proxies) : NULL);
	answers = own ? xasprintf("%s/" KEPT_FOLDER, own) : NULL;
	s->answers_kept = kept_open(answers, o->log);
	free(answers);
	s->net = source_net_new(&(struct source_net_options){
		.env = o->env,
		.offline = o->offline,
		.look = o->look,
		.no_zips = o->no_zips,
		.cancel = o->cancel,
		.log = o->log,
		.once = o->once,
		.watch = o->watch,
		.modcache = &s->gomodcache,
		.own = &s->own,
		.wants = &s->wants,
		.kept = s->answers_kept,
		.kept_for = o->kept_for,
		.stall_ms = o->stall_ms,
	});
	s->sums = (struct source_sums){
		.env = o->env, .offline = o->offline || o->look, .net = s->net, .wants = &s->wants
	};
	return s;
}

void source_free(struct source *s)
{
	if (!s)
		return;
	source_net_free(s->net);
	if (s->memo)
		hashmemo_save(s->memo, NULL); /* without it the next run only takes longer */
	hashmemo_free(s->memo);
	source_answers_release(&s->answers);
	source_wants_release(&s->wants);
	source_disk_close(&s->gomodcache);
	source_disk_close(&s->own);
	source_disk_close(&s->kept);
	pthread_mutex_destroy(&s->mutex);
	err_release(&s->modcache_err);
	err_release(&s->cached_err);
	kept_close(s->answers_kept);
	free(s->proxies);
	map_release(&s->as_of);
	map_release(&s->watched);
	arena_release(&s->as_of_arena);
	free(s);
}

void source_set_sums(struct source *s, struct gosum *sums, bool sums_must_exist)
{
	s->sums.gosum = sums;
	s->sums.must_exist = sums_must_exist;
}

struct source_answer *source_ask(struct source *s, enum source_answer_kind kind, struct modver m,
				 source_answer_fn *work)
{
	return source_answer_ask(&s->answers, kind, m, NULL, work, s);
}

bool source_check_modcache(struct source *s, struct err *e)
{
	if (!err_is_set(&s->modcache_err))
		return true;
	err_set(e, ERR_REFUSED, "go: %s", s->modcache_err.text);
	return err_mark(e, ERR_FORM_FINAL);
}

bool source_may_use_own(struct source *s, const char *path)
{
	return s->o.own_counts || !source_net_is_off(s->net, path);
}

void source_missed(struct source *s, struct modver m, const char *what)
{
	if (s->o.missed)
		s->o.missed(s->o.missed_ctx, m, what);
}

void source_note_had(struct source *s, bool had)
{
	if (had)
		atomic_fetch_add_explicit(&s->n_had, 1, memory_order_relaxed);
}

void source_note_own(struct source *s, const char *path)
{
	if (source_net_is_off(s->net, path))
		atomic_fetch_add(&s->n_own, 1);
}

/* Files that an old go synthesized for repositories without go.mod; go ignores them now. */
#define OLD_VGO_PREFIX "//vgo 0.0."

/* Whether go.sum or the checksum database proves it. */
static void keep_proven(struct source *s, struct modver m, const char *suffix, const char *data,
			size_t len)
{
	struct buf name = BUF_INIT;

	if (source_disk_cached_name(&name, m, suffix, NULL))
		source_disk_write_own(&s->own, s->o.log, name.data, data, len);
	buf_release(&name);
}

/* What go would find in its cache by then: the .info files received so far. */
static void keep_for_watch(struct source *s, const char *path, const char *version,
			   const char *data, size_t len)
{
	const char *key;
	struct buf *b;

	pthread_mutex_lock(&s->mutex);
	key = arena_fmt(&s->as_of_arena, "%s@%s", path, version);
	if (!map_has(&s->watched, key)) {
		b = arena_alloc(&s->as_of_arena, sizeof(*b));
		*b = (struct buf){ arena_strndup(&s->as_of_arena, data, len), len, 0 };
		map_put(&s->watched, key, b);
	}
	pthread_mutex_unlock(&s->mutex);
}

static bool recall_for_watch(struct source *s, struct modver m, struct buf *b)
{
	char *key = xasprintf("%s@%s", m.path, m.version);
	const struct buf *have;

	pthread_mutex_lock(&s->mutex);
	have = map_get(&s->watched, key);
	if (have)
		buf_add(b, have->data, have->len);
	pthread_mutex_unlock(&s->mutex);
	free(key);
	return have != NULL;
}

/* A .info cannot be verified. */
static void keep_info(struct source *s, const char *path, const char *version, const char *data,
		      size_t len)
{
	struct buf b = BUF_INIT;

	if (s->o.watch)
		keep_for_watch(s, path, version, data, len);
	source_info_clean(&b, data, len, version);
	source_keep_unproven(s, (struct modver){ path, version }, "info", b.data, b.len);
	buf_release(&b);
}

/* A go.mod of ours, if proven; a disproven one is removed. */
static bool read_own_gomod(struct source *s, struct modver m, const char *name, struct buf *b)
{
	char sum[DIRHASH_LEN + 1];
	enum source_sums_proof proof;
	size_t start = b->len;

	if (!source_may_use_own(s, m.path) || !source_disk_read_own(&s->own, name, b))
		return false;
	dirhash_gomod(b->data + start, b->len - start, sum);
	proof = source_sums_prove(&s->sums, m, "/go.mod", sum);
	if (proof == SOURCE_SUMS_DISPROVEN)
		source_disk_drop_own(&s->own, s->o.log, name);
	if (proof == SOURCE_SUMS_PROVEN)
		source_note_own(s, m.path);
	else
		buf_truncate(b, start);
	return proof == SOURCE_SUMS_PROVEN;
}

/* An earlier answer of the same proxies. */
static bool read_kept_gomod(struct source *s, struct modver m, struct buf *b)
{
	char sum[DIRHASH_LEN + 1];
	size_t start = b->len;

	if (source_recall_unproven(s, m, "mod", b) &&
	    source_sums_check_gomod(&s->sums, m, b->data + start, b->len - start, sum, NULL, NULL))
		return true;
	buf_truncate(b, start);
	return false;
}

static bool ask_gomod(struct source *s, struct modver m, struct buf *b, struct err *e)
{
	char sum[DIRHASH_LEN + 1];
	enum source_sums_proof proof;
	size_t start = b->len;

	if (!source_net_gomod(s->net, m, b, e) ||
	    !source_sums_check_gomod(&s->sums, m, b->data + start, b->len - start, sum, &proof, e))
		return false;
	if (proof == SOURCE_SUMS_PROVEN)
		keep_proven(s, m, "mod", b->data + start, b->len - start);
	else
		source_keep_unproven(s, m, "mod", b->data + start, b->len - start);
	return true;
}

/* The file in GOMODCACHE, checked as go checks it. */
static bool read_cached_gomod(struct source *s, struct modver m, const char *name, struct buf *b,
			      struct err *e)
{
	char sum[DIRHASH_LEN + 1];
	size_t start = b->len;

	if (source_disk_read(&s->gomodcache, name, b) &&
	    !str_has_prefix(b->data + start, OLD_VGO_PREFIX) &&
	    source_sums_check_gomod(&s->sums, m, b->data + start, b->len - start, sum, NULL, e))
		return true;
	buf_truncate(b, start);
	return false;
}

static bool read_gomod(struct source *s, struct modver m, struct buf *b, struct err *e)
{
	struct buf name = BUF_INIT;
	struct err why = ERR_INIT;
	bool ok = false;

	if (!source_sums_are_known(&s->sums, m, "/go.mod", e))
		return false;
	if (source_disk_cached_name(&name, m, "mod", &why))
		ok = read_cached_gomod(s, m, name.data, b, &why);
	source_note_had(s, ok);
	if (!ok && !err_is_final(&why))
		source_missed(s, m, "mod");
	if (!ok && name.len)
		ok = (!err_is_final(&why) &&
		      (read_own_gomod(s, m, name.data, b) || read_kept_gomod(s, m, b)));
	buf_release(&name);
	/* a go.sum mismatch is final; after any other failure the proxies are asked */
	if (!ok && (err_is_final(&why) || why.code == ERR_LIMIT || why.code == ERR_SYNTAX))
		return err_move(e, &why);
	err_release(&why);
	return ok || ask_gomod(s, m, b, e);
}

static bool work_gomod(struct source *s, struct source_answer *a, struct modver m, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok = read_gomod(s, m, &b, e);

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
	const struct source_answer *a = source_ask(s, ASK_MOD, m, work_gomod);

	*data = a->data;
	*len = a->len;
	return source_answer_give(a, e);
}

bool source_cached_gomod(struct source *s, struct modver m, struct buf *scratch, const char **data,
			 size_t *len, struct stat *st, struct buf *name, char *sum)
{
	struct err why = ERR_INIT;
	bool ok;

	buf_clear(scratch);
	buf_clear(name);
	ok = !err_is_set(&s->modcache_err) && source_sums_are_known(&s->sums, m, "/go.mod", NULL) &&
	     source_disk_cached_name(name, m, "mod", NULL) &&
	     source_disk_read_stat(&s->gomodcache, name->data, scratch, st) &&
	     !str_has_prefix(scratch->data, OLD_VGO_PREFIX) &&
	     source_sums_check_gomod(&s->sums, m, scratch->data, scratch->len, sum, NULL, &why);
	source_note_had(s, ok);
	err_release(&why);
	*data = scratch->data;
	*len = scratch->len;
	return ok;
}

static bool answer_info(struct source_answer *a, const char *data, size_t len, const char *file,
			struct err *e)
{
	return source_info_parse(&a->info, &a->data, data, len, file, e);
}

/* go would fetch a file that is only in our cache. */
static void note_kept(struct source *s, struct modver m, size_t len)
{
	source_wants_add(&s->wants,
			 &(struct source_want){ m, "info", true, false, (long long)len });
}

static bool stat_on_disk(struct source *s, struct source_answer *a, struct modver m)
{
	struct buf name = BUF_INIT, b = BUF_INIT;
	char *file = NULL;
	bool ok = source_disk_cached_name(&name, m, "info", NULL);

	if (ok && source_disk_read(&s->gomodcache, name.data, &b)) {
		file = source_disk_file(&s->gomodcache, name.data);
		ok = answer_info(a, b.data, b.len, file, NULL);
	} else {
		ok = false;
	}
	source_note_had(s, ok);
	if (!ok)
		source_missed(s, m, "info");
	if (!ok && s->o.watch && source_disk_is_cacheable(m.version)) {
		buf_clear(&b);
		ok = recall_for_watch(s, m, &b) && answer_info(a, b.data, b.len, NULL, NULL);
	} else if (!ok && name.len) {
		buf_clear(&b);
		ok = source_recall_unproven(s, m, "info", &b) &&
		     answer_info(a, b.data, b.len, NULL, NULL);
		if (ok)
			note_kept(s, m, b.len);
	}
	free(file);
	buf_release(&name);
	buf_release(&b);
	return ok;
}

static bool work_stat(struct source *s, struct source_answer *a, struct modver m, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok;

	if (stat_on_disk(s, a, m))
		return true;
	ok = source_net_stat(s->net, a->hop, m, &b, e) && answer_info(a, b.data, b.len, NULL, e);
	if (ok)
		keep_info(s, m.path, a->info.version, b.data, b.len);
	buf_release(&b);
	return ok;
}

/* A kept answer about this module was used. */
static void note_as_of(struct source *s, const char *path, int64_t as_of)
{
	int64_t *oldest;

	if (!as_of)
		return;
	pthread_mutex_lock(&s->mutex);
	oldest = map_get(&s->as_of, path);
	if (!oldest) {
		oldest = arena_memdup(&s->as_of_arena, &as_of, sizeof(as_of));
		map_put(&s->as_of, arena_strdup(&s->as_of_arena, path), oldest);
	}
	*oldest = MIN(*oldest, as_of);
	pthread_mutex_unlock(&s->mutex);
}

int64_t source_as_of(struct source *s, const char *path)
{
	const int64_t *oldest;
	int64_t as_of;

	pthread_mutex_lock(&s->mutex);
	oldest = map_get(&s->as_of, path);
	as_of = oldest ? *oldest : 0;
	pthread_mutex_unlock(&s->mutex);
	return as_of;
}

static bool work_unproven_gomod(struct source *s, struct source_answer *a, struct modver m,
				struct err *e)
{
	struct buf b = BUF_INIT;
	struct buf name = BUF_INIT;
	bool ok = source_disk_cached_name(&name, m, "mod", NULL) &&
		  source_disk_read(&s->gomodcache, name.data, &b);

	if (!ok) {
		buf_clear(&b);
		ok = source_net_gomod(s->net, m, &b, e);
	}
	buf_release(&name);
	if (ok) {
		a->len = b.len;
		a->data = buf_detach(&b);
	}
	buf_release(&b);
	return ok;
}

bool source_unproven_gomod(struct source *s, struct modver m, const char **data, size_t *len,
			   struct err *e)
{
	const struct source_answer *a = source_answer_find(&s->answers, ASK_MOD, m);

	if (!a || !a->ok)
		a = source_ask(s, ASK_UNPROVEN_MOD, m, work_unproven_gomod);
	*data = a->data;
	*len = a->len;
	return source_answer_give(a, e);
}

/* The context of a question to each hop in turn. */
struct in_turn {
	struct source *s;
	const char *path, *rev;
	struct source_info *info;
	const char *const **versions;
	size_t *n;
};

bool source_try_hops(struct source *s, source_hop_fn *fn, void *ctx, struct err *e)
{
	return source_net_try_hops(s->net, fn, ctx, e);
}

bool source_stat_at(struct source *s, const struct route_hop *hop, const char *path,
		    const char *rev, struct source_info *info, struct err *e)
{
	const struct source_answer *a = source_answer_ask(&s->answers, ASK_INFO,
							  (struct modver){ path, rev }, hop,
							  work_stat, s);

	*info = a->info;
	return source_answer_give(a, e);
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

/* The strings remain in the answer's data. */
static void keep_versions(struct source_answer *a, char *list)
{
	VEC(const char *) versions = { 0 };

	a->data = list;
	while (list) {
		char *nl = strchr(list, '\n');
		const char *rest, *version;

		if (nl)
			*nl++ = '\0';
		version = proxy_list_line(list, &rest);
		if (version && !pseudo_is(version))
			vec_push(&versions, version);
		list = nl;
	}
	semver_sort(versions.items, versions.n);
	a->versions = versions.items;
	a->n = versions.n;
}

static bool work_versions(struct source *s, struct source_answer *a, struct modver m, struct err *e)
{
	struct buf b = BUF_INIT;
	int64_t as_of;
	bool ok;

	source_missed(s, (struct modver){ m.path, "" }, "list");
	ok = source_net_list(s->net, a->hop, m.path, m.version, &b, &as_of, e);

	note_as_of(s, m.path, as_of);
	if (ok)
		keep_versions(a, buf_detach(&b));
	buf_release(&b);
	return ok;
}

bool source_versions_at(struct source *s, const struct route_hop *hop, const char *path,
			const char *prefix, const char *const **versions, size_t *n, struct err *e)
{
	/* go keeps and requests a list per prefix; a repository's list depends on it */
	bool direct = hop && (hop->kind == ROUTE_DIRECT || hop->kind == ROUTE_NOPROXY);
	struct modver key = { path, s->o.watch || direct ? prefix : "" };
	const struct source_answer *a = source_answer_ask(&s->answers, ASK_LIST, key, hop,
							  work_versions, s);

	*versions = a->versions;
	*n = a->n;
	return source_answer_give(a, e);
}

const char *source_list_origin(struct source *s, const struct route_hop *hop, const char *path,
			       struct arena *a, const char *prefix)
{
	return source_net_list_origin(s->net, hop, path, a, prefix);
}

const char *source_failed_origin(struct source *s, const struct route_hop *hop, const char *path,
				 struct arena *a, const char *rev)
{
	return source_net_failed_origin(s->net, hop, path, a, rev);
}

bool source_fetch_repository(struct source *s, const char *path, struct err *e)
{
	return source_net_fetch_repository(s->net, path, e);
}

static bool versions_in_turn(void *ctx, const struct route_hop *hop, struct err *e)
{
	const struct in_turn *q = ctx;

	return source_versions_at(q->s, hop, q->path, "", q->versions, q->n, e);
}

bool source_versions(struct source *s, const char *path, const char *const **versions, size_t *n,
		     struct err *e)
{
	struct in_turn q = { .s = s, .path = path, .versions = versions, .n = n };

	return source_try_hops(s, versions_in_turn, &q, e);
}

bool source_may_list(struct source *s, const char *path)
{
	return source_net_may_list(s->net, path);
}

static bool work_latest(struct source *s, struct source_answer *a, struct modver m, struct err *e)
{
	struct buf b = BUF_INIT;
	int64_t as_of;
	bool ok;

	source_missed(s, (struct modver){ m.path, "" }, "latest");
	ok = source_net_latest(s->net, a->hop, m.path, &b, &as_of, e) &&
	     answer_info(a, b.data, b.len, NULL, e);

	note_as_of(s, m.path, as_of);
	if (ok && !as_of)
		keep_info(s, m.path, a->info.version, b.data, b.len);
	buf_release(&b);
	return ok;
}

bool source_latest_at(struct source *s, const struct route_hop *hop, const char *path,
		      struct source_info *info, struct err *e)
{
	const struct source_answer *a = source_answer_ask(&s->answers, ASK_LATEST,
							  (struct modver){ path, "" }, hop,
							  work_latest, s);

	*info = a->info;
	return source_answer_give(a, e);
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

size_t source_wants(struct source *s, struct arena *a, struct source_want **wants)
{
	return source_wants_copy(&s->wants, a, wants);
}

void source_refused(struct source *s, struct map *paths)
{
	source_wants_refused(&s->wants, paths);
}

void source_forget_failures(struct source *s)
{
	/* they are in the heaps of threads that have ended, where nothing else would use the space */
	if (source_answers_forget_failures(&s->answers, s->o.offline) > MANY)
		memory_trim();
}

bool source_sumdb_lines(struct source *s, struct modver m, struct buf *lines, struct err *e)
{
	return source_sums_of_database(&s->sums, m, lines, e);
}

size_t source_had(const struct source *s)
{
	return atomic_load(&s->n_had);
}

size_t source_own_used(struct source *s)
{
	return atomic_load(&s->n_own);
}
