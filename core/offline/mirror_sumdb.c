#include <pthread.h>

#include "base/fs.h"
#include "base/par.h"
#include "base/path.h"
#include "fetch/proxy.h"
#include "fetch/source.h"
#include "fetch/sumdb_setting.h"
#include "fetch/tlog.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"
#include "offline/exchange.h"
#include "offline/mirror_impl.h"

#define MOST_LOOKUPS 16u
#define MAX_LOOKUP ((size_t)1 << 20)

/*
 * go takes the tree head from a lookup, and checks that each is consistent with those before. Lookups cached at different
 * times have different heads. So here all get the newest one: each record is proven in its tree,
 * and the tiles of one tree suffice, in whatever order go asks. The head that go keeps here (GOPATH/pkg/sumdb/NAME/latest) is one
 * of them: go requests tiles of the newer of the two. Users of an earlier state of the mirror have kept its head, so the tiles
 * that prove the earlier tree a prefix of this one are added too; those for heads before that were added then.
 */
struct lookup {
	struct modver mod;
	const char *file; /* below the tree */
	struct buf data;
	int64_t id;
	size_t text, text_len, rest;
};

struct head {
	struct tlog_tree tree;
	const char *msg; /* the signed note; NULL: none */
	size_t len;
};

struct sumdb_part {
	struct mirror *m;
	const struct goenv *env;
	struct note_verifier key;
	struct source *source;
	struct proxy_watch watch; /* of source */
	pthread_mutex_t mutex;	  /* of the members below, during lookups */
	VEC(struct lookup) lookups;
	struct route_hop base; /* where they were requested */
	const char *prefix;
	bool has_base;

	VEC(struct head) earlier; /* heads that go may have met */
	struct head head;	  /* of all lookups */
	struct exchange_client client;
};

static const char *lookup_file(struct sumdb_part *k, struct modver mod)
{
	struct buf b = BUF_INIT;
	const char *file = NULL;

	buf_addf(&b, "sumdb/%s/lookup/", k->key.name);
	if (modpath_escape(&b, mod.path, NULL)) {
		buf_addch(&b, '@');
		if (modpath_escape_version(&b, mod.version, NULL))
			file = arena_strdup(&k->m->arena, b.data);
	}
	buf_release(&b);
	return file;
}

/* Fetches the lookups; the hop that they come from is the base. */
static void on_exchange(void *ctx, const struct proxy_exchange *x)
{
	struct sumdb_part *k = ctx;
	const char *lookup = strstr(x->file, "lookup/");

	if (err_is_set(x->err) || !x->body || !lookup)
		return;
	pthread_mutex_lock(&k->mutex);
	if (!k->has_base) {
		k->has_base = route_hop_of_url(&k->m->arena, x->hop->url, &k->base, NULL);
		k->prefix = arena_strndup(&k->m->arena, x->file, (size_t)(lookup - x->file));
	}
	for (size_t i = 0; i < k->lookups.n; i++) {
		struct lookup *l = &k->lookups.items[i];

		if (str_has_suffix(l->file, lookup) && !l->data.len)
			buf_add(&l->data, x->body->data, x->body->len);
	}
	pthread_mutex_unlock(&k->mutex);
}

static void look_up(void *ctx, size_t i)
{
	struct sumdb_part *k = ctx;
	struct buf lines = BUF_INIT;
	struct err e = ERR_INIT;
	bool have = k->lookups.items[i].data.len != 0;

	if (!have && !source_sumdb_lines(k->source, k->lookups.items[i].mod, &lines, &e)) {
		pthread_mutex_lock(&k->mutex);
		mirror_be_unsure(k->m, e.text);
		pthread_mutex_unlock(&k->mutex);
	}
	buf_release(&lines);
	err_release(&e);
}

/* Existing ones are not requested again. */
static void list_lookups(struct sumdb_part *k)
{
	struct mirror *m = k->m;

	for (size_t i = 0; i < m->versions.n; i++) {
		const struct mirror_version *v = m->versions.entries[i].value;
		struct lookup l = { .mod = v->mod, .data = BUF_INIT };

		if (!sumdb_setting_wants(k->env, v->mod.path) || !(l.file = lookup_file(k, v->mod)))
			continue;
		fs_read_buf(&l.data, arena_fmt(&m->arena, "%s/%s", m->dir, l.file), MAX_LOOKUP,
			    NULL);
		vec_push(&k->lookups, l);
	}
}

static void ask_lookups(struct sumdb_part *k)
{
	k->watch = (struct proxy_watch){ .seen = on_exchange, .ctx = k, .retries = true };
	k->source = source_new(&(struct source_options){
		.env = k->env, .cancel = k->m->o.cancel, .log = k->m->o.log, .watch = &k->watch });
	par_for(k->lookups.n, MOST_LOOKUPS, look_up, k);
}

/* Tiles of another tree are needed, but no lookup: any lookup finds the hop to ask. */
static void find_base(struct sumdb_part *k)
{
	struct buf lines = BUF_INIT;

	if (!k->has_base && k->lookups.n)
		source_sumdb_lines(k->source, k->lookups.items[0].mod, &lines, NULL);
	buf_release(&lines);
}

static bool open_head(const struct sumdb_part *k, const char *msg, size_t len, struct head *h)
{
	size_t text;

	*h = (struct head){ .msg = msg, .len = len };
	return note_open(msg, len, &k->key, &text, NULL) &&
	       tlog_parse_tree(&h->tree, msg, text, NULL);
}

static void choose_newer(struct sumdb_part *k, const struct head *h)
{
	if (!k->head.msg || h->tree.n > k->head.tree.n)
		k->head = *h;
}

/* go reports an unreadable one. */
static void add_earlier(struct sumdb_part *k, const char *dir)
{
	struct arena *a = &k->m->arena;
	struct buf b = BUF_INIT;
	struct head h;

	if (*dir && fs_read_buf(&b, path_join3(a, dir, k->key.name, "latest"), MAX_LOOKUP, NULL) &&
	    open_head(k, arena_strndup(a, b.data, b.len), b.len, &h)) {
		vec_push(&k->earlier, h);
		choose_newer(k, &h);
	}
	buf_release(&b);
}

static const char *tree_dir(struct sumdb_part *k)
{
	return arena_fmt(&k->m->arena, "%s/sumdb", k->m->dir);
}

/* The newest head; false if there is nothing to write. */
static bool choose_head(struct sumdb_part *k)
{
	bool any = false;

	for (size_t i = 0; i < k->lookups.n; i++) {
		struct lookup *l = &k->lookups.items[i];
		struct head h;

		if (!l->data.len || !tlog_parse_record(l->data.data, l->data.len, &l->id, &l->text,
						       &l->text_len, &l->rest, NULL)) {
			l->data.len = 0;
			continue;
		}
		any = true;
		if (open_head(k, l->data.data + l->rest, l->data.len - l->rest, &h))
			choose_newer(k, &h);
	}
	add_earlier(k, tree_dir(k));
	add_earlier(k, goenv_gopath_dir(k->env, &k->m->arena, "pkg/sumdb"));
	return any && k->head.msg;
}

static bool ask_tile(struct sumdb_part *k, struct tlog_tile t, struct buf *out)
{
	struct exchange_answer answer;
	struct buf path = BUF_INIT;
	bool ok;

	buf_addstr(&path, k->prefix);
	tlog_tile_path(&path, &t);
	ok = exchange_get(&k->client, &k->base, path.data, &answer, out);
	buf_release(&path);
	return ok;
}

/* From the tree, else from the base of the lookups: the partial tile, else the full one. */
static bool read_tile(struct sumdb_part *k, struct tlog_tile t, struct buf *out, struct err *e)
{
	size_t len = 32 * (size_t)t.w;
	struct buf name = BUF_INIT;
	bool ok;

	buf_addf(&name, "%s/sumdb/%s/", k->m->dir, k->key.name);
	tlog_tile_path(&name, &t);
	ok = fs_read_buf(out, name.data, len, NULL) && out->len == len;
	buf_release(&name);
	if (ok)
		return true;
	buf_clear(out);
	if (k->has_base && ask_tile(k, t, out) && out->len == len)
		return true;
	buf_clear(out);
	t.w = 1 << t.h;
	if (!k->has_base || !ask_tile(k, t, out) || out->len < len)
		return err_set(e, ERR_NETWORK, "a tile of the checksum database is unavailable");
	buf_truncate(out, len);
	return true;
}

static bool read_tiles(void *ctx, const struct tlog_tile *tiles, size_t n, struct buf *data,
		       struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!read_tile(ctx, tiles[i], &data[i], e))
			return false;
	return true;
}

static void save_tiles(void *ctx, const struct tlog_tile *tiles, size_t n, const struct buf *data)
{
	struct sumdb_part *k = ctx;

	for (size_t i = 0; i < n; i++) {
		struct buf name = BUF_INIT;
		struct err e = ERR_INIT;

		buf_addf(&name, "sumdb/%s/", k->key.name);
		tlog_tile_path(&name, &tiles[i]);
		if (!mirror_file_write(k->m, name.data, data[i].data, data[i].len, &e))
			mirror_be_unsure(k->m, e.text);
		err_release(&e);
		buf_release(&name);
	}
}

/* Reads the record's hash in the tree as go does, keeping the tiles that this needs. */
static bool prove(struct sumdb_part *k, const struct lookup *l, struct err *e)
{
	const struct tlog_reader r = { TLOG_HEIGHT, read_tiles, save_tiles, k };
	int64_t index = tlog_stored_index(0, l->id);
	struct tlog_hash want = tlog_record_hash(l->data.data + l->text, l->text_len), have;

	return tlog_read_hashes(&k->head.tree, &r, &index, 1, &have, e) &&
	       (tlog_hash_eq(&want, &have) ||
		err_set(e, ERR_CHECKSUM, "%s@%s: the checksum database does not have this record",
			l->mod.path, l->mod.version));
}

static bool write_lookup(struct sumdb_part *k, const struct lookup *l, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok;

	buf_add(&b, l->data.data, l->rest);
	buf_add(&b, k->head.msg, k->head.len);
	ok = mirror_file_write(k->m, l->file, b.data, b.len, e);
	buf_release(&b);
	return ok;
}

/* The tiles that prove a head to be of the same log; go also checks its kept head against its own tree. */
static void prove_earlier(struct sumdb_part *k, const struct head *h)
{
	const struct tlog_reader r = { TLOG_HEIGHT, read_tiles, save_tiles, k };
	struct tlog_hash have, own;
	struct err e = ERR_INIT;

	if (tlog_tree_hash(&k->head.tree, &r, h->tree.n, &have, &e) &&
	    tlog_tree_hash(&h->tree, &r, h->tree.n, &own, &e) &&
	    !tlog_hash_eq(&have, &h->tree.hash))
		err_set(&e, ERR_CHECKSUM,
			"%s: tree %jd of the checksum database is not a prefix of tree %jd",
			k->key.name, (intmax_t)h->tree.n, (intmax_t)k->head.tree.n);
	if (err_is_set(&e))
		mirror_be_unsure(k->m, e.text);
	err_release(&e);
}

static bool write_lookups(struct sumdb_part *k, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < k->lookups.n; i++) {
		const struct lookup *l = &k->lookups.items[i];
		struct err why = ERR_INIT;

		if (!l->data.len)
			continue;
		if (prove(k, l, &why))
			ok = write_lookup(k, l, e);
		else
			mirror_be_unsure(k->m, why.text);
		err_release(&why);
	}
	return ok;
}

static bool write_all(struct sumdb_part *k, struct err *e)
{
	struct mirror *m = k->m;
	const char *dir = arena_fmt(&m->arena, "sumdb/%s", k->key.name);
	bool ok;

	exchange_begin(&k->client,
		       &(struct exchange_options){ .env = k->env,
						   .retries = true,
						   .cancel = m->o.cancel,
						   .log = m->o.log },
		       &m->arena);
	for (size_t i = 0; i < k->earlier.n; i++) {
		if (k->earlier.items[i].tree.n != k->head.tree.n)
			find_base(k);
		prove_earlier(k, &k->earlier.items[i]);
	}
	ok = write_lookups(k, e);
	exchange_end(&k->client);
	return ok && mirror_file_write(m, arena_fmt(&m->arena, "%s/supported", dir), "", 0, e) &&
	       mirror_file_write(m, arena_fmt(&m->arena, "%s/latest", dir), k->head.msg,
				 k->head.len, e);
}

bool mirror_sumdb_add(struct mirror *m, const struct goenv *env, struct err *e)
{
	struct sumdb_part k = { .m = m, .env = env, .prefix = "" };
	char *url = NULL;
	bool ok = true;

	if (m->o.athens || m->o.offline ||
	    !sumdb_setting_read(goenv_get(env, "GOSUMDB"), &k.key, &url, NULL))
		return true;
	free(url);
	pthread_mutex_init(&k.mutex, NULL);
	list_lookups(&k);
	ask_lookups(&k);
	if (choose_head(&k))
		ok = write_all(&k, e);
	for (size_t i = 0; i < k.lookups.n; i++)
		buf_release(&k.lookups.items[i].data);
	source_free(k.source);
	vec_release(&k.lookups);
	vec_release(&k.earlier);
	pthread_mutex_destroy(&k.mutex);
	return ok;
}
