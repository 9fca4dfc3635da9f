#include "fetch/http.h"
#include "gofiles/modpath.h"
#include "fetch/proxy.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"
#include "fetch/source_impl.h"
#include "fetch/sumdb.h"

struct source_net {
	struct source *s;
	struct route route;
	struct err route_err;
	struct proxy proxy;
	struct http *http; /* made when a server is first asked */
	struct sumdb *sumdb;
	char *config_dir; /* of the sumdb; NULL if there is no place for our cache */
};

static struct http *get_http(void *ctx)
{
	struct source_net *net = ctx;
	struct http *h;

	pthread_mutex_lock(&net->s->net_mutex);
	if (!net->http)
		net->http = http_new(
			&(struct http_options){ .env = net->s->o.env, .log = net->s->o.log });
	h = net->http;
	pthread_mutex_unlock(&net->s->net_mutex);
	return h;
}

static char *sumdb_file(const char *file)
{
	return xasprintf("sumdb/%s", file);
}

static bool read_sumdb_cache(void *ctx, const char *file, struct buf *out)
{
	struct source *s = ctx;
	char *name = sumdb_file(file);
	bool ok = tree_read(&s->gomodcache, name, out) && out->len;

	if (!ok) {
		buf_clear(out);
		ok = own_read(s, name, out);
	}
	free(name);
	return ok;
}

static void write_sumdb_cache(void *ctx, const char *file, const void *data, size_t len)
{
	char *name = sumdb_file(file);

	own_write(ctx, name, data, len);
	free(name);
}

static void make_sumdb(struct source *s, struct source_net *net)
{
	const char *own = goenv_own_cache(s->o.env);

	net->config_dir = own ? xasprintf("%s/sumdb", own) : NULL;
	net->sumdb = sumdb_new(&(struct sumdb_options){
		.env = s->o.env,
		.route = err_is_set(&net->route_err) ? NULL : &net->route,
		.route_err = &net->route_err,
		.proxy = &net->proxy,
		.read_cache = read_sumdb_cache,
		.write_cache = write_sumdb_cache,
		.config_dir = net->config_dir,
		.ctx = s,
	});
}

static struct source_net *get_net(struct source *s)
{
	struct source_net *net;

	pthread_mutex_lock(&s->net_mutex);
	if (!s->net) {
		s->net = xcalloc(1, sizeof(*s->net));
		s->net->s = s;
		if (!route_init(&s->net->route, s->o.env, &s->net->route_err))
			err_mark(&s->net->route_err, ERR_FORM_BARE);
		s->net->proxy = (struct proxy){
			.http = get_http,
			.http_ctx = s->net,
			.offline = s->o.offline,
			.cancel = s->o.cancel,
			.log = s->o.log,
		};
		make_sumdb(s, s->net);
	}
	net = s->net;
	pthread_mutex_unlock(&s->net_mutex);
	return net;
}

void net_free(struct source_net *net)
{
	if (!net)
		return;
	sumdb_free(net->sumdb);
	free(net->config_dir);
	http_free(net->http);
	route_release(&net->route);
	err_release(&net->route_err);
	free(net);
}

struct sumdb *net_sumdb(struct source *s)
{
	return get_net(s)->sumdb;
}

/* One question to the hops. */
struct question {
	struct source_net *net;
	struct modver m;
	bool (*ask)(struct question *q, const struct route_hop *hop, struct err *e);
	const struct route_hop *hop; /* only this one; NULL: one after the other */
	struct buf *out;
	int fd;
};

static bool ask_hop(void *ctx, const struct route_hop *hop, struct err *e)
{
	struct question *q = ctx;

	if (q->out)
		buf_clear(q->out);
	if (cancel_is_set(q->net->s->o.cancel))
		return err_set(e, ERR_CANCELLED, "cancelled");
	return q->ask(q, hop, e);
}

/* True for "go" and "toolchain", which no proxy knows under that name. */
static bool is_toolchain(const char *path)
{
	return str_eq(path, "go") || str_eq(path, "toolchain");
}

static bool try_hops(struct source *s, struct question *q, const char *what, struct err *e)
{
	struct err why = ERR_INIT;
	bool ok;

	q->net = get_net(s);
	if (is_toolchain(q->m.path))
		return err_set(e, ERR_SYNTAX,
			       "internal error: invalid operation on toolchain module");
	if (err_is_set(&q->net->route_err)) {
		if (e)
			err_copy(e, &q->net->route_err);
		return false;
	}
	if (q->hop)
		ok = route_allows(&q->net->route, q->hop, q->m.path, &why) &&
		     ask_hop(q, q->hop, &why);
	else
		ok = route_try(&q->net->route, q->m.path, ask_hop, q, &why);
	if (ok)
		source_note_want(s, q->m, what, true, q->out ? (long long)q->out->len : 0);
	else if (why.code == ERR_OFFLINE || why.code == ERR_NOT_HERE)
		source_note_want(s, q->m, what, false, 0);
	if (!ok)
		err_move(e, &why);
	err_release(&why);
	return ok;
}

bool net_try_hops(struct source *s, source_hop_fn *fn, void *ctx, struct err *e)
{
	const struct source_net *net = get_net(s);

	if (!err_is_set(&net->route_err))
		return route_try_all(&net->route, fn, ctx, e);
	if (!*goenv_get(s->o.env, "GOPROXY"))
		return fn(ctx, NULL, e);
	if (e)
		err_copy(e, &net->route_err);
	return false;
}

static bool ask_mod(struct question *q, const struct route_hop *hop, struct err *e)
{
	return proxy_mod(&q->net->proxy, hop, q->m.path, q->m.version, q->out, e);
}

static bool ask_info(struct question *q, const struct route_hop *hop, struct err *e)
{
	return proxy_info(&q->net->proxy, hop, q->m.path, q->m.version, q->out, e);
}

static bool ask_list(struct question *q, const struct route_hop *hop, struct err *e)
{
	return proxy_list(&q->net->proxy, hop, q->m.path, q->out, e);
}

static bool ask_latest(struct question *q, const struct route_hop *hop, struct err *e)
{
	return proxy_latest(&q->net->proxy, hop, q->m.path, q->out, e);
}

static bool ask_zip(struct question *q, const struct route_hop *hop, struct err *e)
{
	return proxy_zip(&q->net->proxy, hop, q->m.path, q->m.version, q->fd, e);
}

bool net_gomod(struct source *s, struct modver m, struct buf *b, struct err *e)
{
	struct buf data = BUF_INIT;
	struct question q = { .m = m, .ask = ask_mod, .out = &data };
	bool ok = try_hops(s, &q, "mod", e);

	if (ok)
		buf_add(b, data.data, data.len);
	buf_release(&data);
	return ok;
}

bool net_stat(struct source *s, const struct route_hop *hop, struct modver m, struct buf *b,
	      struct err *e)
{
	struct question q = { .m = m, .ask = ask_info, .hop = hop, .out = b };

	return try_hops(s, &q, "info", e);
}

bool net_zip(struct source *s, struct modver m, int fd, struct err *e)
{
	struct question q = { .m = m, .ask = ask_zip, .fd = fd };

	return try_hops(s, &q, "zip", e);
}

/* The strings stay in the answer's data. */
static void keep_versions(struct answer *a, char *list)
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

bool net_versions(struct source *s, struct answer *a, struct modver m, struct err *e)
{
	struct buf b = BUF_INIT;
	struct question q = { .m = m, .ask = ask_list, .hop = a->hop, .out = &b };
	bool ok = try_hops(s, &q, "list", e);

	if (ok)
		keep_versions(a, buf_detach(&b));
	buf_release(&b);
	return ok;
}

bool net_latest(struct source *s, struct answer *a, struct modver m, struct err *e)
{
	struct buf b = BUF_INIT;
	struct question q = { .m = m, .ask = ask_latest, .hop = a->hop, .out = &b };
	bool ok = try_hops(s, &q, "latest", e);

	if (ok) {
		ok = answer_info(a, b.data, b.len, NULL, e);
		if (ok)
			keep_info(s, m.path, a->info.version, b.data, b.len);
	}
	buf_release(&b);
	return ok;
}
