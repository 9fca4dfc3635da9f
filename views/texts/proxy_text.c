#include "texts/proxy_text.h"

#include "gauge.h"

struct proxy_text_steps proxy_text_steps(const struct http_hop *x)
{
	const struct http_hop_timing *t = &x->timing;
	struct proxy_text_steps s = { -1, -1, -1, -1, t->total };
	int64_t before = MAX(t->tls, t->connect);

	/* an existing connection needs no lookup */
	if (t->connect > 0) {
		s.dns = t->dns;
		s.connect = t->connect - t->dns;
	}
	if (t->tls > 0)
		s.tls = t->tls - t->connect;
	if (t->first_byte > 0)
		s.first_byte = t->first_byte - before;
	return s;
}

void proxy_text_time(struct buf *b, int64_t us)
{
	if (us < 0)
		buf_addch(b, '-');
	else if (us < 10000)
		buf_addf(b, "%.1f ms", (double)us / 1000);
	else if (us < 1000000)
		buf_addf(b, "%lld ms", (long long)(us / 1000));
	else
		buf_addf(b, "%.1f s", (double)us / 1000000);
}

const char *proxy_text_protocol(int http_version)
{
	switch (http_version) {
	case 10: return "HTTP/1.0";
	case 11: return "HTTP/1.1";
	case 20: return "HTTP/2";
	case 30: return "HTTP/3";
	default: return "";
	}
}

const char *proxy_text_kind(enum route_kind kind)
{
	static const char *const kinds[] = { "proxy", "file", "direct", "off", "noproxy" };

	return kinds[kind];
}

void proxy_text_status(struct buf *b, const struct chain_hop *h)
{
	const struct http_hop *x = exchange_last(&h->answer);

	if (!h->asked)
		buf_addstr(b, "not asked");
	else if (h->hop->kind == ROUTE_FILE)
		buf_addstr(b, h->answer.code == ERR_NETWORK ? "unreadable" : "file");
	else if (!x || !x->status)
		buf_addstr(b, h->answer.code == ERR_OFFLINE ? "not asked" : "no answer");
	else
		buf_addf(b, "%d %s", x->status, proxy_text_protocol(x->http_version));
}

enum style_id proxy_text_style(const struct chain_hop *h)
{
	if (!h->asked || h->answer.code == ERR_OFFLINE)
		return STYLE_QUIET;
	if (h->answer.code == ERR_NONE || h->answer.code == ERR_NOT_FOUND)
		return STYLE_GOOD;
	return STYLE_BAD;
}

const char *proxy_text_separator(const struct chain *c, size_t i)
{
	if (i + 1 >= c->n)
		return "";
	if (c->hops[i].hop->kind == ROUTE_NOPROXY)
		return "only for modules that GONOPROXY or GOPRIVATE matches";
	return c->hops[i].hop->fall_back_on_error ? "goes on at any error (a | follows)"
						  : "goes on at 404 and 410 only (a comma follows)";
}

const char *proxy_text_route(const struct chain *c, const struct chain_module *m)
{
	if (m->is_private)
		return "direct";
	for (size_t i = 0; i < c->n; i++) {
		enum route_kind kind = c->hops[i].hop->kind;

		if (kind != ROUTE_NOPROXY)
			return kind == ROUTE_OFF      ? "none"
			       : kind == ROUTE_DIRECT ? "direct"
						      : "proxy";
	}
	return "none";
}

static void add_pattern(struct buf *b, const struct chain_pattern *p)
{
	buf_addf(b, "%s has %s", p->variable, p->pattern);
	if (*p->set_in)
		buf_addf(b, " (%s", p->set_in);
	if (*p->set_in && p->line)
		buf_addf(b, ":%d", p->line);
	if (*p->set_in)
		buf_addch(b, ')');
}

void proxy_text_reason(struct buf *b, const struct chain *c, const struct chain_module *m)
{
	if (m->is_private)
		add_pattern(b, &m->no_proxy);
	else if (str_eq(proxy_text_route(c, m), "none"))
		buf_addstr(b, "GOPROXY=off");
	else
		buf_addstr(b, "no pattern of GOPRIVATE or GONOPROXY matches");
	if (m->is_unchecked) {
		buf_addstr(b, "; not checked by the checksum database: ");
		add_pattern(b, &m->no_sumdb);
	}
	if (m->is_insecure) {
		buf_addstr(b, "; http and unsigned certificates are accepted: ");
		add_pattern(b, &m->insecure);
	}
}

const char *proxy_text_proof(enum trace_proof proof)
{
	static const char *const texts[] = { "", "go.sum", "sumdb", "unchecked" };

	return texts[proof];
}

void proxy_text_sumdb(struct buf *b, const struct chain *c)
{
	if (!*c->sumdb) {
		buf_addstr(b, *c->sumdb_error ? c->sumdb_error
					      : "off (GOSUMDB): what go.sum lacks is not checked");
		return;
	}
	buf_addf(b, "%s ", c->sumdb);
	if (c->sumdb_hop != CHAIN_DATABASE)
		buf_addf(b, "through hop %zu", c->sumdb_hop + 1);
	else if (*c->sumdb_base)
		buf_addf(b, "at %s", c->sumdb_base);
	if (c->head_signed)
		buf_addf(b, ": tree of %s records, signed by its key", GAUGE_N(c->tree_size));
	else if (*c->sumdb_error)
		buf_addf(b, ": %s", c->sumdb_error);
}

const struct request *proxy_text_probe(void)
{
	static const struct request probe = { .part = PART_PROXY,
					      .proxy = { .timeout_ms = 10000 } };

	return &probe;
}

/* Microseconds; 0 if no answer has a time. */
static int64_t slowest(const struct chain *c, bool *asked, bool *bad)
{
	int64_t most = 0;

	*asked = *bad = false;
	for (size_t i = 0; i < c->n; i++) {
		const struct chain_hop *h = &c->hops[i];
		const struct http_hop *x = exchange_last(&h->answer);

		*asked = *asked || proxy_text_style(h) != STYLE_QUIET;
		*bad = *bad || proxy_text_style(h) == STYLE_BAD;
		if (x && x->status)
			most = MAX(most, x->timing.total);
	}
	return most;
}

void proxy_text_sign(struct line *l, const struct chain *c)
{
	struct buf b = BUF_INIT;
	bool asked, bad;
	int64_t most = slowest(c, &asked, &bad);

	if (!asked) /* GOPROXY=off, direct, or --offline */
		return;
	line_add(l, STYLE_QUIET, "  proxy ");
	if (most && !bad)
		proxy_text_time(&b, most);
	line_add(l, STYLE_GOOD, b.data);
	if (!b.len)
		line_glyph(l, bad ? STYLE_BAD : STYLE_GOOD, bad ? GLYPH_BAD : GLYPH_GOOD);
	buf_release(&b);
}

/* The request at which go stopped. */
static const struct trace_request *last_request(const struct trace *t)
{
	return t->n ? &t->requests[t->n - 1] : NULL;
}

void proxy_text_mend(struct buf *b, const struct load_proxy *lp, const struct load_trace *t)
{
	const struct trace_request *q = last_request(&t->trace);

	if (t->trace.ok || !q || q->hop == TRACE_DATABASE)
		return;
	if (q->next == TRACE_STOPS && q->hop + 1 < lp->chain->n &&
	    !lp->chain->hops[q->hop].hop->fall_back_on_error)
		buf_addf(b, "fix hop %zu, or put \"|\" after it: then go asks hop %zu next",
			 q->hop + 1, q->hop + 2);
	else if (q->next == TRACE_STOPS)
		buf_addf(b, "fix hop %zu, or add another after it", q->hop + 1);
}

static void add_answer(struct buf *b, const char *what, const struct exchange_answer *a,
		       const char *more)
{
	buf_addf(b, "%s ", what);
	if (a->status)
		buf_addf(b, "%d", a->status);
	else
		buf_addstr(b, a->code == ERR_NONE	 ? "there"
			      : a->code == ERR_NOT_FOUND ? "not there"
							 : "no answer");
	if (*more)
		buf_addf(b, " (%s)", more);
}

void proxy_text_absence(struct buf *b, const struct absence_hop *h)
{
	buf_addf(b, "%s: ", absence_text(h->kind));
	add_answer(b, "list", &h->list,
		   h->list.code != ERR_NONE ? ""
		   : h->listed		    ? "has it"
					    : "does not have it");
	add_answer(b, ", .info", &h->info, "");
	add_answer(b, ", @latest", &h->latest, h->latest_version);
	if (h->age >= 0)
		buf_addf(b, "; kept for %s s", GAUGE_N(h->age));
	if (h->try_after > 0)
		buf_addf(b, "; try again in %s s", GAUGE_N(h->try_after));
}
