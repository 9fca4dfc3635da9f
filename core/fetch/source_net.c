#include "fetch/source_net.h"

#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>

#include "fetch/direct.h"
#include "fetch/http.h"
#include "fetch/http_secret.h"
#include "fetch/kept.h"
#include "fetch/proxy.h"
#include "fetch/source_disk.h"
#include "fetch/source_want.h"
#include "fetch/sumdb.h"
#include "gofiles/goenv.h"

#define MAX_NOTED \
	((size_t)64 << 10) /* bytes of a list: what needs it twice has few versions, or none */

struct source_net {
	struct source_net_options o;
	pthread_mutex_t mutex; /* of the members below, until they are set */
	bool ready;	       /* all but http */
	struct route route;
	struct err route_err;
	struct proxy proxy;
	struct http *http; /* created before the first request to a server */
	struct sumdb *sumdb;
	struct direct *direct;
	char *config_dir; /* of the sumdb; NULL without a directory for our cache */
	struct map lists; /* "PROXY\tMODULE" -> char *: short lists received, under the mutex */
	struct arena lists_arena;
};

static struct http *get_http(void *ctx)
{
	struct source_net *net = ctx;
	struct http *h;

	pthread_mutex_lock(&net->mutex);
	if (!net->http)
		net->http = http_new(&(struct http_options){
			.env = net->o.env,
			.log = net->o.log,
			.once = net->o.watch ? NULL : net->o.once,
			.retry_ms = net->o.watch && !net->o.watch->retries ? -1 : 0,
			.stall_ms = net->o.stall_ms });
	h = net->http;
	pthread_mutex_unlock(&net->mutex);
	return h;
}

/* Our files are separate for each setting: two databases of one name may have different keys. */
static char *own_sumdb_file(const struct source_net *net, const char *file)
{
	const char *setting = goenv_get(net->o.env, "GOSUMDB");

	return xasprintf("sumdb/%016llx/%s",
			 (unsigned long long)hash_bytes(setting, strlen(setting), 1), file);
}

static bool read_sumdb_cache(void *ctx, const char *file, struct buf *out)
{
	const struct source_net *net = ctx;
	char *name = xasprintf("sumdb/%s", file);
	bool ok = source_disk_read(net->o.modcache, name, out) && out->len;

	free(name);
	if (!ok) {
		buf_clear(out);
		name = own_sumdb_file(net, file);
		ok = source_disk_read_own(net->o.own, name, out);
		free(name);
	}
	return ok;
}

static void write_sumdb_cache(void *ctx, const char *file, const void *data, size_t len)
{
	const struct source_net *net = ctx;
	char *name = own_sumdb_file(net, file);

	source_disk_write_own(net->o.own, net->o.log, name, data, len);
	free(name);
}

static void make_sumdb(struct source_net *net)
{
	const char *own = net->o.watch ? NULL : goenv_own_cache(net->o.env);

	net->config_dir = own ? xasprintf("%s/sumdb", own) : NULL;
	net->sumdb = sumdb_new(&(struct sumdb_options){
		.env = net->o.env,
		.config_dir = net->config_dir,
		.store = {
			.route = err_is_set(&net->route_err) ? NULL : &net->route,
			.route_err = &net->route_err,
			.proxy = &net->proxy,
			.read_cache = read_sumdb_cache,
			.write_cache = write_sumdb_cache,
			.ctx = net,
		},
	});
}

struct source_net *source_net_new(const struct source_net_options *o)
{
	struct source_net *net = xcalloc(1, sizeof(*net));

	net->o = *o;
	pthread_mutex_init(&net->mutex, NULL);
	return net;
}

/* Reads the settings, once. */
static void prepare(struct source_net *net)
{
	pthread_mutex_lock(&net->mutex);
	if (!net->ready) {
		if (!route_init(&net->route, net->o.env, &net->route_err))
			err_mark(&net->route_err, ERR_FORM_BARE);
		net->proxy = (struct proxy){
			.http = get_http,
			.http_ctx = net,
			.offline = net->o.offline,
			.look = net->o.look,
			.no_zips = net->o.no_zips,
			.cancel = net->o.cancel,
			.log = net->o.log,
			.watch = net->o.watch,
		};
		make_sumdb(net);
		net->direct = direct_new(net->o.env, &net->proxy);
		net->ready = true;
	}
	pthread_mutex_unlock(&net->mutex);
}

void source_net_free(struct source_net *net)
{
	if (!net)
		return;
	sumdb_free(net->sumdb);
	direct_free(net->direct);
	free(net->config_dir);
	http_free(net->http);
	route_release(&net->route);
	err_release(&net->route_err);
	map_release(&net->lists);
	arena_release(&net->lists_arena);
	pthread_mutex_destroy(&net->mutex);
	free(net);
}

struct sumdb *source_net_sumdb(struct source_net *net)
{
	prepare(net);
	return net->sumdb;
}

bool source_net_is_off(struct source_net *net, const char *path)
{
	const struct route_hop *hop;

	prepare(net);
	if (err_is_set(&net->route_err) || route_is_private(&net->route, path))
		return false;
	hop = net->route.hops; /* not all are for private modules */
	return hop[hop->kind == ROUTE_NOPROXY].kind == ROUTE_OFF;
}

/* One question to the hops. */
struct question {
	struct source_net *net;
	struct modver m;
	const char *prefix; /* of a list */
	bool (*ask)(struct question *q, const struct route_hop *hop, struct err *e);
	const struct route_hop *hop; /* only this one; NULL: each in turn */
	struct buf *out;
	int fd; /* of a zip; -1: nothing of it is kept */
	const char *name;
	bool *whole;
	bool refused;	  /* by us: otherwise a hop would have been asked */
	const char *kept; /* name under which to keep the answer; NULL: do not keep it */
	int64_t as_of;	  /* time of a kept answer; 0: new */
};

static bool is_good(const struct source_net *net, const struct kept_answer *a)
{
	int64_t age = (int64_t)time(NULL) - a->time;

	return net->o.offline || (age >= 0 && age < net->o.kept_for);
}

static bool keeps(const struct question *q, const struct route_hop *hop)
{
	return q->kept && q->net->o.kept_for && hop->kind == ROUTE_PROXY;
}

/* True if a kept answer is good enough; *ok is its result. */
static bool recall(struct question *q, const struct kept_key *key, bool *ok, struct err *e)
{
	struct kept_answer a = { .data = BUF_INIT };
	bool good = kept_read(q->net->o.kept, key, &a) && is_good(q->net, &a);

	if (good) {
		q->as_of = a.time;
		*ok = !a.absent || err_set(e, ERR_NOT_FOUND, "%s", a.data.len ? a.data.data : "");
	}
	if (good && *ok)
		buf_add(q->out, a.data.data, a.data.len);
	buf_release(&a.data);
	return good;
}

static void keep(const struct question *q, const struct kept_key *key, bool ok,
		 const struct err *why)
{
	struct kept_answer a = { .time = (int64_t)time(NULL), .absent = !ok, .data = BUF_INIT };

	if (ok)
		buf_add(&a.data, q->out->data, q->out->len);
	else
		buf_addstr(&a.data, why->text);
	if (ok || why->code == ERR_NOT_FOUND)
		kept_write(q->net->o.kept, key, &a);
	buf_release(&a.data);
}

static bool ask_now(struct question *q, const struct route_hop *hop, struct err *e)
{
	if (q->ask(q, hop, e))
		return true;
	if (e->code == ERR_OFFLINE)
		q->refused = true;
	else if (hop->kind != ROUTE_FILE) /* the malformed part of an answer may contain a secret */
		http_secrets_mask_err(http_secrets_sent(), e);
	return false;
}

static bool ask_or_recall(struct question *q, const struct route_hop *hop, struct err *e)
{
	struct kept_key key = { hop->shown, q->m.path, q->kept };
	bool ok;

	if (!keeps(q, hop))
		return ask_now(q, hop, e);
	if (recall(q, &key, &ok, e))
		return ok;
	q->as_of = 0;
	ok = ask_now(q, hop, e);
	keep(q, &key, ok, e);
	return ok;
}

static bool ask_hop(void *ctx, const struct route_hop *hop, struct err *e)
{
	struct question *q = ctx;

	if (q->out)
		buf_clear(q->out);
	if (cancel_is_set(q->net->o.cancel))
		return err_set(e, ERR_CANCELLED, "cancelled");
	return ask_or_recall(q, hop, e);
}

/* True for "go" and "toolchain", which proxies do not know by these names. */
static bool is_toolchain(const char *path)
{
	return str_eq(path, "go") || str_eq(path, "toolchain");
}

static long long answer_bytes(const struct question *q)
{
	struct stat st;

	if (q->out)
		return (long long)q->out->len;
	return fstat(q->fd, &st) ? 0 : (long long)st.st_size;
}

static bool try_hops(struct source_net *net, struct question *q, const char *what, struct err *e)
{
	struct err why = ERR_INIT;
	bool ok;

	prepare(net);
	q->net = net;
	if (is_toolchain(q->m.path))
		return err_set(e, ERR_SYNTAX,
			       "internal error: invalid operation on toolchain module");
	if (err_is_set(&net->route_err)) {
		if (e)
			err_copy(e, &net->route_err);
		return false;
	}
	if (q->hop)
		ok = route_allows(&net->route, q->hop, q->m.path, &why) && ask_hop(q, q->hop, &why);
	else
		ok = route_try(&net->route, q->m.path, ask_hop, q, &why);
	if (ok)
		source_wants_add(net->o.wants,
				 &(struct source_want){ q->m, what, true, false, answer_bytes(q) });
	else if (why.code == ERR_OFFLINE || why.code == ERR_NOT_HERE)
		source_wants_add(net->o.wants,
				 &(struct source_want){ q->m, what, false, q->refused, 0 });
	if (!ok)
		err_move(e, &why);
	err_release(&why);
	return ok;
}

bool source_net_try_hops(struct source_net *net, route_fn *fn, void *ctx, struct err *e)
{
	prepare(net);
	if (!err_is_set(&net->route_err))
		return route_try_all(&net->route, fn, ctx, e);
	if (!*goenv_get(net->o.env, "GOPROXY"))
		return fn(ctx, NULL, e);
	if (e)
		err_copy(e, &net->route_err);
	return false;
}

void source_net_shown(struct source_net *net, struct buf *b)
{
	prepare(net);
	for (size_t i = 0; i < net->route.n; i++)
		buf_addf(b, "%s%s", net->route.hops[i].shown,
			 net->route.hops[i].fall_back_on_error ? "|" : ",");
}

static bool is_direct(const struct route_hop *hop)
{
	return hop->kind == ROUTE_DIRECT || hop->kind == ROUTE_NOPROXY;
}

static bool ask_mod(struct question *q, const struct route_hop *hop, struct err *e)
{
	if (is_direct(hop))
		return direct_mod(q->net->direct, q->m.path, q->m.version, q->out, e);
	return proxy_mod(&q->net->proxy, hop, q->m.path, q->m.version, q->out, e);
}

static bool ask_info(struct question *q, const struct route_hop *hop, struct err *e)
{
	if (is_direct(hop))
		return direct_info(q->net->direct, q->m.path, q->m.version, q->out, e);
	return proxy_info(&q->net->proxy, hop, q->m.path, q->m.version, q->out, e);
}

static bool ask_list(struct question *q, const struct route_hop *hop, struct err *e)
{
	if (is_direct(hop))
		return direct_list(q->net->direct, q->m.path, q->prefix, q->out, e);
	return proxy_list(&q->net->proxy, hop, q->m.path, q->out, e);
}

/* The list that this hop has answered with; NULL if it was not asked, or the list is long. */
static const char *received_list(struct source_net *net, const struct route_hop *hop,
				 const char *path)
{
	char *key = xasprintf("%s\t%s", hop->shown, path);
	const char *list;

	pthread_mutex_lock(&net->mutex);
	list = map_get(&net->lists, key);
	pthread_mutex_unlock(&net->mutex);
	free(key);
	return list;
}

static void note_list(struct source_net *net, const struct route_hop *hop, const char *path,
		      const struct buf *list)
{
	char *key;

	if (!hop || hop->kind != ROUTE_PROXY || list->len > MAX_NOTED)
		return;
	key = xasprintf("%s\t%s", hop->shown, path);
	pthread_mutex_lock(&net->mutex);
	map_put(&net->lists, arena_strdup(&net->lists_arena, key),
		arena_strndup(&net->lists_arena, list->len ? list->data : "", list->len));
	pthread_mutex_unlock(&net->mutex);
	free(key);
}

static bool ask_latest(struct question *q, const struct route_hop *hop, struct err *e)
{
	if (is_direct(hop))
		return direct_latest(q->net->direct, q->m.path, q->out, e);
	return proxy_latest(&q->net->proxy, hop, q->m.path, received_list(q->net, hop, q->m.path),
			    q->out, e);
}

static bool ask_zip(struct question *q, const struct route_hop *hop, struct err *e)
{
	if (is_direct(hop))
		return direct_zip(q->net->direct, q->m.path, q->m.version, q->fd, q->name, e);
	return proxy_zip(&q->net->proxy, hop, q->m.path, q->m.version, q->fd, q->name, e);
}

const char *source_net_list_origin(struct source_net *net, const struct route_hop *hop,
				   const char *path, struct arena *a, const char *prefix)
{
	prepare(net);
	return hop && is_direct(hop) ? direct_list_origin(net->direct, path, a, prefix) : NULL;
}

const char *source_net_failed_origin(struct source_net *net, const struct route_hop *hop,
				     const char *path, struct arena *a, const char *rev)
{
	prepare(net);
	return hop && is_direct(hop) ? direct_failed_origin(net->direct, path, a, rev) : NULL;
}

static bool fetch_at(void *ctx, const struct route_hop *hop, struct err *e)
{
	struct question *q = ctx;

	if (is_direct(hop))
		return direct_fetch(q->net->direct, q->m.path, e);
	return err_set(e, ERR_NOT_FOUND,
		       "GOPROXY does not lead to its repository: it has no direct");
}

bool source_net_fetch_repository(struct source_net *net, const char *path, struct err *e)
{
	struct question q = { .net = net, .m = { path, "" } };

	prepare(net);
	if (err_is_set(&net->route_err)) {
		if (e)
			err_copy(e, &net->route_err);
		return false;
	}
	return route_try(&net->route, path, fetch_at, &q, e);
}

bool source_net_gomod(struct source_net *net, struct modver m, struct buf *b, struct err *e)
{
	struct buf data = BUF_INIT;
	struct question q = { .m = m, .ask = ask_mod, .out = &data };
	bool ok = try_hops(net, &q, "mod", e);

	if (ok)
		buf_add(b, data.data, data.len);
	buf_release(&data);
	return ok;
}

const struct route_hop *source_net_first_hop(struct source_net *net, const char *path)
{
	prepare(net);
	if (err_is_set(&net->route_err) || is_toolchain(path))
		return NULL;
	for (size_t i = 0; i < net->route.n; i++)
		if (route_allows(&net->route, &net->route.hops[i], path, NULL))
			return &net->route.hops[i];
	return NULL;
}

void source_net_ahead(struct source_net *net, const struct route_hop *hop, struct modver m,
		      bool gomod)
{
	if (cancel_is_set(net->o.cancel))
		return;
	if (gomod)
		proxy_mod_ahead(&net->proxy, hop, m.path, m.version);
	else
		proxy_info_ahead(&net->proxy, hop, m.path, m.version);
}

void source_net_list_ahead(struct source_net *net, const struct route_hop *hop, const char *path)
{
	struct question q = { .net = net, .m = { path, "" }, .kept = "list" };
	struct kept_key key = { hop->shown, path, "list" };
	struct kept_answer a = { .data = BUF_INIT };

	if (!cancel_is_set(net->o.cancel) &&
	    !(keeps(&q, hop) && kept_read(net->o.kept, &key, &a) && is_good(net, &a)))
		proxy_list_ahead(&net->proxy, hop, path);
	buf_release(&a.data);
}

bool source_net_stat(struct source_net *net, const struct route_hop *hop, struct modver m,
		     struct buf *b, struct err *e)
{
	struct question q = { .m = m, .ask = ask_info, .hop = hop, .out = b };

	return try_hops(net, &q, "info", e);
}

static bool may_tell(struct source_net *net, const struct route_hop *hop, const char *path)
{
	struct kept_key list = { hop->shown, path, "list" },
			latest = { hop->shown, path, "latest" };
	struct kept_answer a = { .data = BUF_INIT };
	bool ok;

	if (!route_allows(&net->route, hop, path, NULL))
		return false;
	if (!net->o.offline || hop->kind != ROUTE_PROXY)
		return true;
	ok = net->o.kept_for &&
	     (kept_read(net->o.kept, &list, &a) || kept_read(net->o.kept, &latest, &a));
	buf_release(&a.data);
	return ok;
}

bool source_net_may_list(struct source_net *net, const char *path)
{
	bool ok = false;

	prepare(net);
	for (size_t i = 0; i < net->route.n && !ok; i++)
		ok = may_tell(net, &net->route.hops[i], path);
	return ok;
}

bool source_net_list(struct source_net *net, const struct route_hop *hop, const char *path,
		     const char *prefix, struct buf *b, int64_t *as_of, struct err *e)
{
	struct question q = {
		.m = { path, "" },
		.prefix = prefix,
		.ask = ask_list,
		.hop = hop,
		.out = b,
		.kept = "list",
	};
	bool ok = try_hops(net, &q, "list", e);

	if (ok)
		note_list(net, hop, path, b);
	*as_of = q.as_of;
	return ok;
}

bool source_net_latest(struct source_net *net, const struct route_hop *hop, const char *path,
		       struct buf *b, int64_t *as_of, struct err *e)
{
	struct question q = {
		.m = { path, "" }, .ask = ask_latest, .hop = hop, .out = b, .kept = "latest"
	};
	bool ok = try_hops(net, &q, "latest", e);

	*as_of = q.as_of;
	return ok;
}

bool source_net_zip(struct source_net *net, struct modver m, int fd, const char *name,
		    struct err *e)
{
	struct question q = { .m = m, .ask = ask_zip, .fd = fd, .name = name };

	return try_hops(net, &q, "zip", e);
}

/* A repository has no part of a zip: it is made as a whole, and nothing of it is kept. */
static bool make_zip(struct question *q, struct err *e)
{
	FILE *none = tmpfile();
	bool ok = none ? direct_zip(q->net->direct, q->m.path, q->m.version, fileno(none),
				    "the zip", e)
		       : err_sys(e, errno, "open a temporary file");

	if (none)
		fclose(none);
	*q->whole = true;
	return ok;
}

static bool ask_zip_head(struct question *q, const struct route_hop *hop, struct err *e)
{
	if (is_direct(hop))
		return make_zip(q, e);
	return proxy_zip_head(&q->net->proxy, hop, q->m.path, q->m.version, q->whole, e);
}

/* Without a repository's zip: making it would fetch all of it. */
static bool ask_zip_there(struct question *q, const struct route_hop *hop, struct err *e)
{
	bool whole;

	return is_direct(hop) ||
	       proxy_zip_head(&q->net->proxy, hop, q->m.path, q->m.version, &whole, e);
}

bool source_net_zip_there(struct source_net *net, struct modver m, struct err *e)
{
	struct question q = { .m = m, .ask = ask_zip_there, .fd = -1 };

	return try_hops(net, &q, "zip", e);
}

bool source_net_zip_head(struct source_net *net, struct modver m, bool *whole, struct err *e)
{
	struct question q = { .m = m, .ask = ask_zip_head, .fd = -1, .whole = whole };

	return try_hops(net, &q, "zip", e);
}
