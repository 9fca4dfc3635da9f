#include "fetch/sumdb_store.h"

#include "base/par.h"
#include "base/text.h"

#define MAX_NOTE ((size_t)1 << 20)
#define MAX_TILE ((size_t)1 << 20)

void sumdb_store_init(struct sumdb_store *st, const struct sumdb_store_options *o)
{
	*st = (struct sumdb_store){ .o = *o, .proxy = *o->proxy };
	st->proxy.plain_urls = true;
	pthread_mutex_init(&st->base_mutex, NULL);
	pthread_mutex_init(&st->entries_mutex, NULL);
	pthread_cond_init(&st->entry_done, NULL);
}

void sumdb_store_set_name(struct sumdb_store *st, const char *name, const char *url)
{
	st->name = arena_strdup(&st->arena, name);
	st->explicit_url = url ? arena_strdup(&st->arena, url) : NULL;
	/* a name is host[/path]: sumdb_setting_read has seen to that */
	route_hop_of_url(&st->arena, arena_fmt(&st->arena, "https://%s", name), &st->direct, NULL);
}

void sumdb_store_release(struct sumdb_store *st)
{
	for (size_t i = 0; i < st->entries.n; i++) {
		struct sumdb_store_file *entry = st->entries.entries[i].value;

		buf_release(&entry->data);
		err_release(&entry->err);
		free(entry->key);
		free(entry);
	}
	map_release(&st->entries);
	map_release(&st->saved);
	err_release(&st->base_err);
	pthread_mutex_destroy(&st->base_mutex);
	pthread_mutex_destroy(&st->entries_mutex);
	pthread_cond_destroy(&st->entry_done);
	arena_release(&st->arena);
	arena_release(&st->base_arena);
}

/* remote and cached files */

/* dbClient.initBase's request to one hop. */
static bool ask_supported(void *ctx, const struct route_hop *hop, struct err *e)
{
	struct sumdb_store *st = ctx;
	struct buf file = BUF_INIT, answer = BUF_INIT;
	bool ok;

	if (hop->kind == ROUTE_NOPROXY) { /* errUseProxy: what the proxies say counts */
		err_set(e, ERR_NOT_FOUND, "path does not match GOPRIVATE/GONOPROXY");
		return err_mark(e, ERR_FORM_BARE);
	}
	if (hop->kind == ROUTE_DIRECT || hop->kind == ROUTE_OFF)
		return err_set(e, ERR_NOT_FOUND, "module lookup disabled by GOPROXY=off");
	buf_addf(&file, "sumdb/%s/supported", st->name);
	ok = proxy_read(&st->proxy, hop, file.data, MAX_NOTE, &answer, e);
	if (ok)
		st->base = *hop;
	buf_release(&file);
	buf_release(&answer);
	return ok;
}

static bool find_base(struct sumdb_store *st, struct err *e)
{
	struct err why = ERR_INIT;

	if (st->explicit_url)
		return route_hop_of_url(&st->base_arena, st->explicit_url, &st->base, e) ||
		       err_wrap(e, "invalid GOSUMDB URL: ");
	if (!st->o.route) {
		if (e)
			err_copy(e, st->o.route_err);
		return false;
	}
	if (route_try_all(st->o.route, ask_supported, st, &why)) {
		st->base_prefix = arena_fmt(&st->base_arena, "sumdb/%s/", st->name);
		return true;
	}
	if (why.code == ERR_NOT_FOUND) {
		st->base = st->direct;
		err_release(&why);
		return true;
	}
	return err_move(e, &why);
}

static bool get_base(struct sumdb_store *st, struct err *e)
{
	pthread_mutex_lock(&st->base_mutex);
	if (!st->base_done) {
		st->base_prefix = "";
		find_base(st, &st->base_err);
		st->base_done = true;
	}
	pthread_mutex_unlock(&st->base_mutex);
	if (!err_is_set(&st->base_err))
		return true;
	if (e)
		err_copy(e, &st->base_err);
	return false;
}

/* web.Get looks at the scheme only when it asks. */
static bool unsupported(const struct sumdb_store *st, const char *file, struct err *e)
{
	struct buf url = BUF_INIT;

	err_clear(e);
	if (str_has_prefix(st->explicit_url, "file:"))
		return err_set(e, ERR_REFUSED, "file URL specifies non-local host");
	text_redact_url(&url, st->explicit_url);
	if (url.len && url.data[url.len - 1] == '/')
		buf_truncate(&url, url.len - 1);
	err_set(e, ERR_REFUSED, "unsupported scheme: %s/%s", url.data, file);
	buf_release(&url);
	return false;
}

bool sumdb_store_read_remote(struct sumdb_store *st, const char *file, size_t max, struct buf *out,
			     struct err *e)
{
	struct buf path = BUF_INIT;
	bool ok = get_base(st, e);

	if (!ok && e && st->explicit_url && strstr(st->explicit_url, "://"))
		return unsupported(st, file, e);
	if (ok) {
		buf_addf(&path, "%s%s", st->base_prefix, file);
		ok = proxy_read(&st->proxy, &st->base, path.data, max, out, e);
	}
	buf_release(&path);
	return ok;
}

bool sumdb_store_read_cached(struct sumdb_store *st, const char *file, struct buf *out)
{
	struct buf name = BUF_INIT;
	bool ok;

	buf_addf(&name, "%s/%s", st->name, file);
	ok = st->o.read_cache(st->o.ctx, name.data, out) && out->len > 0;
	if (!ok)
		buf_clear(out);
	buf_release(&name);
	return ok;
}

void sumdb_store_write_cached(struct sumdb_store *st, const char *file, const void *data,
			      size_t len)
{
	struct buf name = BUF_INIT;

	buf_addf(&name, "%s/%s", st->name, file);
	st->o.write_cache(st->o.ctx, name.data, data, len);
	buf_release(&name);
}

/* files requested once */

static struct sumdb_store_file *claim_entry(struct sumdb_store *st, const char *key, bool *mine)
{
	struct sumdb_store_file *entry = map_get(&st->entries, key);

	*mine = !entry;
	if (entry) {
		while (!entry->done)
			pthread_cond_wait(&st->entry_done, &st->entries_mutex);
		return entry;
	}
	entry = xcalloc(1, sizeof(*entry));
	buf_init(&entry->data);
	entry->key = xstrdup(key);
	map_put(&st->entries, entry->key, entry);
	return entry;
}

const struct sumdb_store_file *sumdb_store_ask(struct sumdb_store *st, const char *key,
					       sumdb_store_fn *fn, void *ctx)
{
	struct sumdb_store_file *entry;
	bool mine;

	pthread_mutex_lock(&st->entries_mutex);
	entry = claim_entry(st, key, &mine);
	pthread_mutex_unlock(&st->entries_mutex);
	if (!mine)
		return entry;
	entry->ok = fn(ctx, key, &entry->data, &entry->err);
	pthread_mutex_lock(&st->entries_mutex);
	entry->done = true;
	pthread_cond_broadcast(&st->entry_done);
	pthread_mutex_unlock(&st->entries_mutex);
	return entry;
}

bool sumdb_store_give(const struct sumdb_store_file *entry, struct err *e)
{
	if (!entry->ok && e)
		err_copy(e, &entry->err);
	return entry->ok;
}

/* tiles */

static void mark_saved(struct sumdb_store *st, const char *path)
{
	pthread_mutex_lock(&st->entries_mutex);
	if (!map_has(&st->saved, path))
		map_put(&st->saved, arena_strdup(&st->arena, path), st);
	pthread_mutex_unlock(&st->entries_mutex);
}

/* A partial tile: the first bytes of the full one. */
static void cut_tile(struct buf *data, const struct tlog_tile *t)
{
	buf_truncate(data, data->len / (1u << t->h) * (size_t)t->w);
}

struct tile_file {
	struct sumdb_store *st;
	const struct tlog_tile *tile;
};

static bool fetch_tile(void *ctx, const char *path, struct buf *data, struct err *e)
{
	const struct tile_file *file = ctx;
	struct sumdb_store *st = file->st;
	const struct tlog_tile *t = file->tile;
	struct tlog_tile whole = *t;
	struct buf full = BUF_INIT;
	bool partial, ok;

	whole.w = 1 << t->h;
	partial = t->w != whole.w;
	tlog_tile_path(&full, &whole);
	ok = sumdb_store_read_cached(st, path, data);
	if (!ok && partial && (ok = sumdb_store_read_cached(st, full.data, data)))
		cut_tile(data, t);
	if (ok)
		mark_saved(st, path);
	if (!ok)
		ok = sumdb_store_read_remote(st, path, MAX_TILE, data, e);
	if (!ok && partial) {
		buf_clear(data);
		ok = sumdb_store_read_remote(st, full.data, MAX_TILE, data, NULL);
		if (ok) {
			err_clear(e);
			cut_tile(data, t);
		}
	}
	buf_release(&full);
	return ok;
}

struct tile_job {
	struct sumdb_store *st;
	const struct tlog_tile *tiles;
	struct buf *data;
	struct err *errs;
};

static void read_tile(void *ctx, size_t i)
{
	struct tile_job *job = ctx;
	struct tlog_tile t = job->tiles[i];
	struct buf path = BUF_INIT;
	const struct sumdb_store_file *entry;

	tlog_tile_path(&path, &t);
	entry = sumdb_store_ask(job->st, path.data, fetch_tile, &(struct tile_file){ job->st, &t });
	if (sumdb_store_give(entry, &job->errs[i]))
		buf_add(&job->data[i], entry->data.data, entry->data.len);
	buf_release(&path);
}

static bool read_tiles(void *ctx, const struct tlog_tile *tiles, size_t n, struct buf *data,
		       struct err *e)
{
	struct tile_job job = { ctx, tiles, data, xcalloc(n, sizeof(struct err)) };
	bool ok = true;

	par_for(n, 8, read_tile, &job);
	for (size_t i = 0; i < n; i++) {
		if (ok && err_is_set(&job.errs[i]))
			ok = err_move(e, &job.errs[i]);
		err_release(&job.errs[i]);
	}
	free(job.errs);
	return ok;
}

static void save_tiles(void *ctx, const struct tlog_tile *tiles, size_t n, const struct buf *data)
{
	struct sumdb_store *st = ctx;

	for (size_t i = 0; i < n; i++) {
		struct buf path = BUF_INIT;
		bool saved;

		tlog_tile_path(&path, &tiles[i]);
		pthread_mutex_lock(&st->entries_mutex);
		saved = map_has(&st->saved, path.data);
		pthread_mutex_unlock(&st->entries_mutex);
		if (!saved) {
			mark_saved(st, path.data);
			sumdb_store_write_cached(st, path.data, data[i].data, data[i].len);
		}
		buf_release(&path);
	}
}

struct tlog_reader sumdb_store_reader(struct sumdb_store *st)
{
	return (struct tlog_reader){
		.height = TLOG_HEIGHT, .read = read_tiles, .save = save_tiles, .ctx = st
	};
}
