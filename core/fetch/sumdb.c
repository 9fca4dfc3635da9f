#include "fetch/sumdb.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fs.h"
#include "gofiles/goenv.h"
#include "base/map.h"
#include "gofiles/modpath.h"
#include "fetch/note.h"
#include "base/par.h"
#include "base/text.h"
#include "fetch/tlog.h"

#define MAX_RECORD ((size_t)1 << 20)
#define MAX_TILE ((size_t)1 << 20)
#define MAX_NOTE ((size_t)1 << 20)

/* A record or a tile that was asked for. */
struct entry {
	bool done, ok;
	struct buf data;
	struct err err;
	char *key;
};

struct sumdb {
	struct sumdb_options o;
	struct proxy proxy; /* o.proxy, with go's other way to write URLs */
	struct arena arena;

	pthread_mutex_t init_mutex;
	bool init_done, bad_setting;
	struct err init_err;
	struct note_verifier key;
	struct route_hop direct; /* the database itself */
	const char *explicit_url;

	pthread_mutex_t base_mutex;
	bool base_done;
	struct err base_err;
	struct route_hop base;
	const char *base_prefix; /* "" or "sumdb/NAME/" */
	struct arena base_arena;

	pthread_mutex_t merge_mutex; /* held while tree heads are compared */
	pthread_mutex_t latest_mutex;
	struct tlog_tree latest;
	struct buf latest_msg;

	pthread_mutex_t entries_mutex;
	pthread_cond_t entry_done;
	struct map entries; /* key -> struct entry */
	struct map saved;   /* tiles that need not be written */
};

static const struct {
	const char *name, *key;
} known[] = {
	{ "sum.golang.org",
	  "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8" },
};

#define ALIAS "sum.golang.google.cn"
#define ALIAS_MEANS "sum.golang.org https://sum.golang.google.cn"

/* setting up */

struct sumdb *sumdb_new(const struct sumdb_options *o)
{
	struct sumdb *db = xcalloc(1, sizeof(*db));

	db->o = *o;
	db->proxy = *o->proxy;
	db->proxy.plain_urls = true;
	buf_init(&db->latest_msg);
	pthread_mutex_init(&db->init_mutex, NULL);
	pthread_mutex_init(&db->base_mutex, NULL);
	pthread_mutex_init(&db->merge_mutex, NULL);
	pthread_mutex_init(&db->latest_mutex, NULL);
	pthread_mutex_init(&db->entries_mutex, NULL);
	pthread_cond_init(&db->entry_done, NULL);
	return db;
}

void sumdb_free(struct sumdb *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < db->entries.n; i++) {
		struct entry *entry = db->entries.entries[i].value;

		buf_release(&entry->data);
		err_release(&entry->err);
		free(entry->key);
		free(entry);
	}
	map_release(&db->entries);
	map_release(&db->saved);
	err_release(&db->init_err);
	err_release(&db->base_err);
	buf_release(&db->latest_msg);
	pthread_mutex_destroy(&db->init_mutex);
	pthread_mutex_destroy(&db->base_mutex);
	pthread_mutex_destroy(&db->merge_mutex);
	pthread_mutex_destroy(&db->latest_mutex);
	pthread_mutex_destroy(&db->entries_mutex);
	pthread_cond_destroy(&db->entry_done);
	arena_release(&db->arena);
	arena_release(&db->base_arena);
	free(db);
}

static bool proxy_is_one_file_url(const char *goproxy)
{
	return str_has_prefix(goproxy, "file://") && !strpbrk(goproxy, ",|");
}

bool sumdb_wanted(const struct goenv *env, const char *module)
{
	/* toolchains cannot be in go.sum, so they are always checked; not where a directory stands in for the proxy */
	if (str_eq(module, "golang.org/toolchain") &&
	    !proxy_is_one_file_url(goenv_get(env, "GOPROXY")))
		return true;
	return !str_eq(goenv_get(env, "GOSUMDB"), "off") &&
	       !modpath_match_globs(goenv_get(env, "GONOSUMDB"), module);
}

/* The words of GOSUMDB: the key written out, and the URL; the strings are owned. */
static bool split_setting(const char *setting, char **key, char **url, struct err *e)
{
	char *copy, *words[4], *save = NULL;
	size_t n = 0;

	*key = *url = NULL;
	if (str_eq(setting, "off"))
		return err_set(e, ERR_REFUSED, "checksum database disabled by GOSUMDB=off");
	copy = xstrdup(str_eq(setting, ALIAS) ? ALIAS_MEANS : setting);
	for (char *w = strtok_r(copy, " \t\r\n\v\f", &save); w && n < 4;
	     w = strtok_r(NULL, " \t\r\n\v\f", &save))
		words[n++] = w;
	if (n == 1 || n == 2) {
		const char *full = words[0];

		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			if (str_eq(words[0], known[i].name))
				full = known[i].key;
		*key = xstrdup(full);
		*url = n == 2 ? xstrdup(words[1]) : NULL;
	}
	free(copy);
	if (n == 0)
		return err_set(e, ERR_SYNTAX, "missing GOSUMDB");
	return n <= 2 || err_set(e, ERR_SYNTAX, "invalid GOSUMDB: too many fields");
}

/* host[/path] and nothing else. */
static bool check_name(const char *name, struct err *e)
{
	size_t n = strlen(name);

	if (n && name[n - 1] != '/' && name[0] != '/' && !strpbrk(name, "@?#%\\ ") &&
	    !strstr(name, "://"))
		return true;
	return err_set(e, ERR_SYNTAX, "invalid sumdb name (must be host[/path]): %s", name);
}

static bool parse_setting(const char *setting, struct note_verifier *key, char **url, struct err *e)
{
	struct err why = ERR_INIT;
	char *text;
	bool ok = split_setting(setting, &text, url, e);

	if (ok && !note_verifier_parse(key, text, &why)) {
		err_set(e, ERR_SYNTAX, "invalid GOSUMDB: %s", why.text);
		ok = false;
	}
	ok = ok && check_name(key->name, e);
	err_release(&why);
	free(text);
	return ok;
}

bool sumdb_parse_setting(const char *gosumdb, struct sumdb_name *n, struct err *e)
{
	struct note_verifier key;
	char *url = NULL;
	bool ok = parse_setting(gosumdb, &key, &url, e);

	if (ok) {
		snprintf(n->name, sizeof(n->name), "%s", key.name);
		snprintf(n->url, sizeof(n->url), "%s", url ? url : "");
	}
	free(url);
	return ok;
}

bool sumdb_key_of(const char *gosumdb, const char *name, struct note_verifier *key)
{
	char *url = NULL;
	bool ok = parse_setting(gosumdb, key, &url, NULL) && str_eq(key->name, name);

	free(url);
	for (size_t i = 0; !ok && i < ARRAY_LEN(known); i++)
		ok = str_eq(known[i].name, name) && note_verifier_parse(key, known[i].key, NULL);
	return ok;
}

/* remote files */

/* dbClient.initBase's question to one hop. */
static bool ask_supported(void *ctx, const struct route_hop *hop, struct err *e)
{
	struct sumdb *db = ctx;
	struct buf file = BUF_INIT, answer = BUF_INIT;
	bool ok;

	if (hop->kind == ROUTE_NOPROXY)
		return err_set(e, ERR_NOT_FOUND, "path does not match GOPRIVATE/GONOPROXY");
	if (hop->kind == ROUTE_DIRECT || hop->kind == ROUTE_OFF)
		return err_set(e, ERR_NOT_FOUND, "module lookup disabled by GOPROXY=off");
	buf_addf(&file, "sumdb/%s/supported", db->key.name);
	ok = proxy_read(&db->proxy, hop, file.data, MAX_NOTE, &answer, e);
	if (ok)
		db->base = *hop;
	buf_release(&file);
	buf_release(&answer);
	return ok;
}

static bool find_base(struct sumdb *db, struct err *e)
{
	struct err why = ERR_INIT;

	if (db->explicit_url)
		return route_hop_of_url(&db->base_arena, db->explicit_url, &db->base, e) ||
		       err_wrap(e, "invalid GOSUMDB URL: ");
	if (!db->o.route) {
		if (e)
			err_copy(e, db->o.route_err);
		return false;
	}
	if (route_try_all(db->o.route, ask_supported, db, &why)) {
		db->base_prefix = arena_fmt(&db->base_arena, "sumdb/%s/", db->key.name);
		return true;
	}
	if (why.code == ERR_NOT_FOUND) {
		db->base = db->direct;
		err_release(&why);
		return true;
	}
	return err_move(e, &why);
}

static bool get_base(struct sumdb *db, struct err *e)
{
	pthread_mutex_lock(&db->base_mutex);
	if (!db->base_done) {
		db->base_prefix = "";
		find_base(db, &db->base_err);
		db->base_done = true;
	}
	pthread_mutex_unlock(&db->base_mutex);
	if (!err_is_set(&db->base_err))
		return true;
	if (e)
		err_copy(e, &db->base_err);
	return false;
}

static bool read_remote(struct sumdb *db, const char *file, size_t max, struct buf *out,
			struct err *e)
{
	struct buf path = BUF_INIT;
	bool ok = get_base(db, e);

	if (ok) {
		buf_addf(&path, "%s%s", db->base_prefix, file);
		ok = proxy_read(&db->proxy, &db->base, path.data, max, out, e);
	}
	buf_release(&path);
	return ok;
}

static bool read_cached(struct sumdb *db, const char *file, struct buf *out)
{
	struct buf name = BUF_INIT;
	bool ok;

	buf_addf(&name, "%s/%s", db->key.name, file);
	ok = db->o.read_cache(db->o.ctx, name.data, out) && out->len > 0;
	if (!ok)
		buf_clear(out);
	buf_release(&name);
	return ok;
}

static void write_cached(struct sumdb *db, const char *file, const void *data, size_t len)
{
	struct buf name = BUF_INIT;

	buf_addf(&name, "%s/%s", db->key.name, file);
	db->o.write_cache(db->o.ctx, name.data, data, len);
	buf_release(&name);
}

/* things asked once */

typedef bool entry_fn(struct sumdb *db, const char *key, void *ctx, struct buf *data,
		      struct err *e);

static struct entry *claim_entry(struct sumdb *db, const char *key, bool *mine)
{
	struct entry *entry = map_get(&db->entries, key);

	*mine = !entry;
	if (entry) {
		while (!entry->done)
			pthread_cond_wait(&db->entry_done, &db->entries_mutex);
		return entry;
	}
	entry = xcalloc(1, sizeof(*entry));
	buf_init(&entry->data);
	entry->key = xstrdup(key);
	map_put(&db->entries, entry->key, entry);
	return entry;
}

static const struct entry *ask(struct sumdb *db, const char *key, entry_fn *fn, void *ctx)
{
	struct entry *entry;
	bool mine;

	pthread_mutex_lock(&db->entries_mutex);
	entry = claim_entry(db, key, &mine);
	pthread_mutex_unlock(&db->entries_mutex);
	if (!mine)
		return entry;
	entry->ok = fn(db, key, ctx, &entry->data, &entry->err);
	pthread_mutex_lock(&db->entries_mutex);
	entry->done = true;
	pthread_cond_broadcast(&db->entry_done);
	pthread_mutex_unlock(&db->entries_mutex);
	return entry;
}

static bool give(const struct entry *entry, struct err *e)
{
	if (!entry->ok && e)
		err_copy(e, &entry->err);
	return entry->ok;
}

/* tiles */

static void mark_saved(struct sumdb *db, const char *path)
{
	pthread_mutex_lock(&db->entries_mutex);
	if (!map_has(&db->saved, path))
		map_put(&db->saved, arena_strdup(&db->arena, path), db);
	pthread_mutex_unlock(&db->entries_mutex);
}

/* The first part of a full tile's bytes, as a partial tile has them. */
static void cut_tile(struct buf *data, const struct tlog_tile *t)
{
	buf_truncate(data, data->len / (1u << t->h) * (size_t)t->w);
}

static bool fetch_tile(struct sumdb *db, const char *path, void *ctx, struct buf *data,
		       struct err *e)
{
	const struct tlog_tile *t = ctx;
	struct tlog_tile whole = *t;
	struct buf full = BUF_INIT;
	bool partial, ok;

	whole.w = 1 << t->h;
	partial = t->w != whole.w;
	tlog_tile_path(&full, &whole);
	ok = read_cached(db, path, data);
	if (!ok && partial && (ok = read_cached(db, full.data, data)))
		cut_tile(data, t);
	if (ok)
		mark_saved(db, path);
	if (!ok)
		ok = read_remote(db, path, MAX_TILE, data, e);
	if (!ok && partial) {
		buf_clear(data);
		ok = read_remote(db, full.data, MAX_TILE, data, NULL);
		if (ok) {
			err_clear(e);
			cut_tile(data, t);
		}
	}
	buf_release(&full);
	return ok;
}

struct tile_job {
	struct sumdb *db;
	const struct tlog_tile *tiles;
	struct buf *data;
	struct err *errs;
};

static void read_tile(void *ctx, size_t i)
{
	struct tile_job *job = ctx;
	struct tlog_tile t = job->tiles[i];
	struct buf path = BUF_INIT;
	const struct entry *entry;

	tlog_tile_path(&path, &t);
	entry = ask(job->db, path.data, fetch_tile, &t);
	if (give(entry, &job->errs[i]))
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
	struct sumdb *db = ctx;

	for (size_t i = 0; i < n; i++) {
		struct buf path = BUF_INIT;
		bool saved;

		tlog_tile_path(&path, &tiles[i]);
		pthread_mutex_lock(&db->entries_mutex);
		saved = map_has(&db->saved, path.data);
		pthread_mutex_unlock(&db->entries_mutex);
		if (!saved) {
			mark_saved(db, path.data);
			write_cached(db, path.data, data[i].data, data[i].len);
		}
		buf_release(&path);
	}
}

static struct tlog_reader tile_reader(struct sumdb *db)
{
	return (struct tlog_reader){
		.height = TLOG_HEIGHT, .read = read_tiles, .save = save_tiles, .ctx = db
	};
}

/* tree heads */

struct head {
	struct tlog_tree tree;
	const char *msg;
	size_t len;
};

enum when { WHEN_FAILED, WHEN_PAST, WHEN_NOW, WHEN_FUTURE };

static void add_hash(struct buf *b, const struct tlog_hash *h)
{
	char text[45];

	base64_encode_32(h->bytes, text);
	buf_addstr(b, text);
}

static void add_indented(struct buf *b, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		buf_addch(b, s[i]);
		if (s[i] == '\n')
			buf_addch(b, '\t');
	}
}

/* Two signed heads that contradict each other, and what proves it. */
static bool misbehavior(const struct tlog_reader *r, const struct head *older,
			const struct head *newer, const struct tlog_hash *h, struct err *e)
{
	struct tlog_hash proof[TLOG_MAX_PROOF];
	struct err why = ERR_INIT;
	struct buf b = BUF_INIT;
	size_t n = 0;

	buf_addstr(
		&b,
		"SECURITY ERROR\ngo.sum database server misbehavior detected!\n\nold database:\n\t");
	add_indented(&b, older->msg, older->len);
	buf_addstr(&b, "\nnew database:\n\t");
	add_indented(&b, newer->msg, newer->len);
	buf_addstr(&b, "\nproof of misbehavior:\n\t");
	add_hash(&b, h);
	if (!tlog_prove_tree(&newer->tree, r, older->tree.n, proof, &n, &why))
		buf_addf(&b, "\tinternal error: %s\n", why.text);
	else if (!tlog_check_tree(proof, n, &newer->tree, older->tree.n, h))
		buf_addstr(&b, "\tinternal error: generated inconsistent proof\n");
	for (size_t i = 0; !err_is_set(&why) && i < n; i++) {
		buf_addstr(&b, "\n\t");
		add_hash(&b, &proof[i]);
	}
	err_set(e, ERR_CHECKSUM, "%s", b.data);
	err_release(&why);
	buf_release(&b);
	return err_mark(e, ERR_FORM_FINAL);
}

/* Client.checkTrees: older is a prefix of newer. */
static bool check_trees(struct sumdb *db, const struct head *older, const struct head *newer,
			struct err *e)
{
	struct tlog_reader r = tile_reader(db);
	struct tlog_hash h;

	if (!tlog_tree_hash(&newer->tree, &r, older->tree.n, &h, e)) {
		if (older->tree.n == newer->tree.n)
			return err_wrap(e, "checking tree#%jd: ", (intmax_t)older->tree.n);
		return err_wrap(e, "checking tree#%jd against tree#%jd: ", (intmax_t)older->tree.n,
				(intmax_t)newer->tree.n);
	}
	return tlog_hash_eq(&h, &older->tree.hash) || misbehavior(&r, older, newer, &h, e);
}

static bool open_head(struct sumdb *db, const char *msg, size_t len, struct head *head,
		      struct err *e)
{
	struct err why = ERR_INIT;
	size_t text_len;

	*head = (struct head){ .msg = msg, .len = len };
	if (!note_open(msg, len, &db->key, &text_len, &why)) {
		err_set(e, why.code, "reading tree note: %s\nnote:\n%.*s", why.text,
			(int)MIN(len, MAX_NOTE), msg);
		err_release(&why);
		return false;
	}
	if (!tlog_parse_tree(&head->tree, msg, text_len, &why)) {
		err_set(e, why.code, "reading tree: %s\ntree:\n%.*s", why.text, (int)text_len, msg);
		err_release(&why);
		return false;
	}
	return true;
}

/* Client.mergeLatestMem; the merge lock is held, so `latest` does not move meanwhile. */
static enum when merge_head(struct sumdb *db, const char *msg, size_t len, struct err *e)
{
	struct head latest = { db->latest, db->latest_msg.data, db->latest_msg.len }, head;

	if (len == 0)
		return latest.tree.n == 0 ? WHEN_NOW : WHEN_PAST;
	if (!open_head(db, msg, len, &head, e))
		return WHEN_FAILED;
	if (head.tree.n <= latest.tree.n) {
		if (!check_trees(db, &head, &latest, e))
			return WHEN_FAILED;
		return head.tree.n < latest.tree.n ? WHEN_PAST : WHEN_NOW;
	}
	if (!check_trees(db, &latest, &head, e))
		return WHEN_FAILED;
	pthread_mutex_lock(&db->latest_mutex);
	db->latest = head.tree;
	buf_clear(&db->latest_msg);
	buf_add(&db->latest_msg, msg, len);
	pthread_mutex_unlock(&db->latest_mutex);
	return WHEN_FUTURE;
}

static char *config_file(struct sumdb *db)
{
	return db->o.config_dir ? xasprintf("%s/%s/latest", db->o.config_dir, db->key.name) : NULL;
}

/* Our own head, if it is one: a damaged one is as if it were not there. */
static void read_own_head(struct sumdb *db, const char *file, struct buf *msg)
{
	struct head head;

	if (!fs_read_buf(msg, file, MAX_NOTE, NULL) ||
	    !open_head(db, msg->data, msg->len, &head, NULL))
		buf_clear(msg);
}

/* Keeps the newest head of ours; another process may have been here meanwhile. */
static bool store_head(struct sumdb *db, struct err *e)
{
	char *file = config_file(db), *lock_file, *dir;
	struct buf msg = BUF_INIT;
	enum when when;
	int lock;

	if (!file)
		return true;
	dir = xstrndup(file, (size_t)(strrchr(file, '/') - file));
	lock_file = xasprintf("%s.lock", file);
	lock = fs_mkdir_all(dir, NULL) ? open(lock_file, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
	while (lock >= 0 && flock(lock, LOCK_EX) && errno == EINTR)
		;
	read_own_head(db, file, &msg);
	when = merge_head(db, msg.data, msg.len, e);
	/* not being able to keep it is no reason to doubt it */
	if (when == WHEN_PAST)
		fs_write_atomic(file, db->latest_msg.data, db->latest_msg.len, 0666, false, NULL);
	if (lock >= 0)
		close(lock);
	buf_release(&msg);
	free(lock_file);
	free(dir);
	free(file);
	return when != WHEN_FAILED;
}

/* Client.mergeLatest. */
static bool merge_latest(struct sumdb *db, const char *msg, size_t len, struct err *e)
{
	enum when when;
	bool ok;

	pthread_mutex_lock(&db->merge_mutex);
	when = merge_head(db, msg, len, e);
	ok = when == WHEN_FUTURE ? store_head(db, e) : when != WHEN_FAILED;
	pthread_mutex_unlock(&db->merge_mutex);
	return ok;
}

/* Client.initWork */

/* The head that go remembers; absent is fine. */
static bool merge_gos_head(struct sumdb *db, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct buf msg = BUF_INIT;
	struct err why = ERR_INIT;
	const char *dir = goenv_gopath_dir(db->o.env, &a, "pkg/sumdb");
	bool ok = true;

	if (!*dir)
		ok = err_set(e, ERR_REFUSED,
			     "could not locate sumdb file: missing $GOPATH: HOME is not set");
	else if (!fs_read_buf(&msg, path_join3(&a, dir, db->key.name, "latest"), MAX_NOTE, &why) &&
		 why.code != ERR_NOT_FOUND)
		ok = err_move(e, &why);
	ok = ok && merge_head(db, msg.data, msg.len, e) != WHEN_FAILED;
	err_release(&why);
	buf_release(&msg);
	arena_release(&a);
	return ok;
}

static void merge_own_head(struct sumdb *db)
{
	char *file = config_file(db);
	struct buf msg = BUF_INIT;
	struct err why = ERR_INIT;

	if (file)
		read_own_head(db, file, &msg);
	/* a head of ours that does not fit go's will be met again, as a fork, when the server shows its own */
	if (msg.len && merge_head(db, msg.data, msg.len, &why) == WHEN_FAILED)
		err_release(&why);
	buf_release(&msg);
	free(file);
}

static bool init_work(struct sumdb *db, struct err *e)
{
	char *url = NULL;
	bool ok = parse_setting(goenv_get(db->o.env, "GOSUMDB"), &db->key, &url, e);

	if (url)
		db->explicit_url = arena_strdup(&db->arena, url);
	free(url);
	db->bad_setting = !ok;
	if (!ok)
		return false;
	db->direct = (struct route_hop){
		.kind = ROUTE_PROXY,
		.url = arena_fmt(&db->arena, "https://%s", db->key.name),
	};
	db->direct.shown = db->direct.url;
	db->latest.n = 0;
	tlog_tree_hash(&db->latest, NULL, 0, &db->latest.hash, NULL);
	if (!merge_gos_head(db, e))
		return err_wrap(e, "initializing sumdb.Client: ");
	merge_own_head(db);
	return true;
}

static bool init(struct sumdb *db, struct err *e)
{
	pthread_mutex_lock(&db->init_mutex);
	if (!db->init_done) {
		init_work(db, &db->init_err);
		db->init_done = true;
	}
	pthread_mutex_unlock(&db->init_mutex);
	if (!err_is_set(&db->init_err))
		return true;
	err_copy(e, &db->init_err);
	return false;
}

/* records */

static bool check_record(struct sumdb *db, int64_t id, const char *text, size_t len, struct err *e)
{
	struct tlog_reader r = tile_reader(db);
	struct tlog_hash have, want = tlog_record_hash(text, len);
	struct tlog_tree latest;
	int64_t index;

	pthread_mutex_lock(&db->latest_mutex);
	latest = db->latest;
	pthread_mutex_unlock(&db->latest_mutex);
	if (id >= latest.n || id < 0)
		return err_set(e, ERR_CHECKSUM, "cannot validate record %jd in tree of size %jd",
			       (intmax_t)id, (intmax_t)latest.n);
	index = tlog_stored_index(0, id);
	if (!tlog_read_hashes(&latest, &r, &index, 1, &have, e))
		return false;
	return tlog_hash_eq(&have, &want) ||
	       err_set(e, ERR_CHECKSUM, "cannot authenticate record data in server response");
}

static bool fetch_record(struct sumdb *db, const char *file, void *ctx, struct buf *data,
			 struct err *e)
{
	size_t text, text_len, rest;
	struct buf msg = BUF_INIT;
	bool cached, ok;
	int64_t id;

	(void)ctx;
	cached = read_cached(db, file, &msg);
	ok = (cached || read_remote(db, file, MAX_RECORD, &msg, e)) &&
	     tlog_parse_record(msg.data, msg.len, &id, &text, &text_len, &rest, e) &&
	     merge_latest(db, msg.data + rest, msg.len - rest, e) &&
	     check_record(db, id, msg.data + text, text_len, e);
	if (ok && !cached)
		write_cached(db, file, msg.data, msg.len);
	if (ok)
		buf_add(data, msg.data + text, text_len);
	buf_release(&msg);
	return ok;
}

static void pick_lines(struct buf *out, const char *text, struct modver m, const char *what)
{
	char *prefix = xasprintf("%s %s%s ", m.path, m.version, what);
	size_t n = strlen(prefix);

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (strncmp(text, prefix, n) == 0) {
			buf_add(out, text, len);
			buf_addch(out, '\n');
		}
		text += len + (text[len] == '\n');
	}
	free(prefix);
}

static bool lookup(struct sumdb *db, struct modver m, const char *what, struct buf *lines,
		   struct err *e)
{
	struct buf file = BUF_INIT;
	const struct entry *entry;
	bool ok;

	if (!init(db, e))
		return false;
	buf_addstr(&file, "lookup/");
	ok = modpath_escape(&file, m.path, e);
	buf_addch(&file, '@');
	ok = ok && modpath_escape_version(&file, m.version, e);
	if (ok) {
		entry = ask(db, file.data, fetch_record, NULL);
		ok = give(entry, e);
		if (ok)
			pick_lines(lines, entry->data.data, m, what);
	}
	buf_release(&file);
	return ok;
}

bool sumdb_lookup(struct sumdb *db, struct modver m, const char *what, struct buf *lines,
		  struct err *e)
{
	struct err why = ERR_INIT;

	if (lookup(db, m, what, lines, &why))
		return true;
	/* an error of the setting comes before there is a client, so it does not name the module */
	if (!db->bad_setting && !err_is_final(&why))
		err_wrap(&why, "%s@%s%s: ", m.path, m.version, what);
	return err_move(e, &why);
}

#define MORE_INFORMATION "\nFor more information, see 'go help module-auth'.\n"

static const char mismatch_text[] =
	"\n\nSECURITY ERROR\n"
	"This download does NOT match the one reported by the checksum server.\n"
	"The bits may have been replaced on the origin server, or an attacker may\n"
	"have intercepted the download attempt.\n" MORE_INFORMATION;

static const char absent_text[] =
	"\n\nSECURITY ERROR\n"
	"This download does NOT match one reported by the checksum server.\n"
	"The checksum server has provided checksums, but the checksums do\n"
	"not contain an entry for the download.\n"
	"The checksum server may be malfunctioning, or an attacker may have\n"
	"intercepted the checksum request.\n"
	"The download cannot be verified.\n" MORE_INFORMATION;

/* The h1 of the first line that is not the one we have; a match returns NULL and true. */
static bool compare_lines(const char *lines, struct modver m, const char *what, const char *hash,
			  const char **other)
{
	size_t n = strlen(m.path) + strlen(m.version) + strlen(what) + 2;

	*other = NULL;
	while (*lines) {
		size_t len = strcspn(lines, "\n");

		if (len == n + strlen(hash) && strncmp(lines + n, hash, strlen(hash)) == 0)
			return true;
		if (strncmp(lines + n, "h1:", 3) == 0) {
			*other = lines + n;
			return false;
		}
		lines += len + 1;
	}
	return false;
}

bool sumdb_check(struct sumdb *db, struct modver m, const char *what, const char *hash,
		 struct err *e)
{
	const char *noun = *what ? "go.mod" : "module", *other;
	struct buf lines = BUF_INIT;
	struct err why = ERR_INIT;
	bool ok = sumdb_lookup(db, m, what, &lines, &why);

	if (!ok) {
		if (!err_is_final(&why))
			err_wrap(&why, "verifying %s: ", noun);
		err_move(e, &why);
	} else if (!compare_lines(lines.data, m, what, hash, &other)) {
		ok = false;
		if (other)
			err_set(e, ERR_CHECKSUM,
				"verifying %s: checksum mismatch\n\tdownloaded: %s\n\t%s: %.*s%s",
				noun, hash, db->key.name, (int)strcspn(other, "\n"), other,
				mismatch_text);
		else
			err_set(e, ERR_CHECKSUM,
				"verifying %s: checksum missing from sumdb response%s", noun,
				absent_text);
	}
	buf_release(&lines);
	return ok;
}
