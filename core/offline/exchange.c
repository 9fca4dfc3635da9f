#include "offline/exchange.h"

#include "fetch/http.h"

static char *copy(struct arena *a, const char *s)
{
	return s ? arena_strdup(a, s) : NULL;
}

const struct http_hop *exchange_copy(struct arena *a, const struct http_answer *r)
{
	struct http_hop *hops = arena_calloc(a, r->n_hops + 1, sizeof(*hops));

	for (size_t i = 0; i < r->n_hops; i++) {
		hops[i] = r->hops[i];
		hops[i].url = copy(a, r->hops[i].url);
		hops[i].via = copy(a, r->hops[i].via);
		hops[i].age = copy(a, r->hops[i].age);
		hops[i].cache_control = copy(a, r->hops[i].cache_control);
		hops[i].date = copy(a, r->hops[i].date);
		hops[i].retry_after = copy(a, r->hops[i].retry_after);
		hops[i].tls_version = copy(a, r->hops[i].tls_version);
		hops[i].certificate_end = copy(a, r->hops[i].certificate_end);
	}
	return hops;
}

const struct http_hop *exchange_last(const struct exchange_answer *a)
{
	return a->n_hops ? &a->hops[a->n_hops - 1] : NULL;
}

static struct http *get_http(void *ctx)
{
	struct exchange_client *c = ctx;

	if (!c->http)
		c->http = http_new(&(struct http_options){
			.env = c->o.env, .log = c->o.log, .retry_ms = c->o.retries ? 0 : -1 });
	return c->http;
}

static void on_exchange(void *ctx, const struct proxy_exchange *x)
{
	struct exchange_client *c = ctx;
	struct exchange_answer *a = c->answer;

	if (!x->answer)
		return;
	a->url = arena_strdup(c->a, x->answer->url);
	a->hops = exchange_copy(c->a, x->answer);
	a->n_hops = x->answer->n_hops;
	a->status = a->n_hops ? a->hops[a->n_hops - 1].status : 0;
}

void exchange_begin(struct exchange_client *c, const struct exchange_options *o, struct arena *a)
{
	*c = (struct exchange_client){ .o = *o, .a = a };
	c->watch = (struct proxy_watch){ .seen = on_exchange, .ctx = c, .total_ms = o->total_ms };
	c->proxy = (struct proxy){
		.http = get_http,
		.http_ctx = c,
		.offline = o->offline,
		.cancel = o->cancel,
		.log = o->log,
		.watch = &c->watch,
	};
}

void exchange_end(struct exchange_client *c)
{
	http_free(c->http);
}

bool exchange_get(struct exchange_client *c, const struct route_hop *hop, const char *file,
		  struct exchange_answer *answer, struct buf *out)
{
	struct buf ignored = BUF_INIT, url = BUF_INIT;
	struct err e = ERR_INIT;
	bool ok;

	buf_addf(&url, "%s%s%s", hop->shown, str_has_suffix(hop->shown, "/") ? "" : "/", file);
	*answer = (struct exchange_answer){ .url = arena_strdup(c->a, url.data), .says = "" };
	buf_release(&url);
	c->answer = answer;
	ok = proxy_read(&c->proxy, hop, file, PROXY_MAX_LIST, out ? out : &ignored, &e);
	answer->code = ok ? ERR_NONE : e.code;
	answer->says = ok ? "" : arena_strdup(c->a, e.text);
	buf_release(&ignored);
	err_release(&e);
	return ok;
}
