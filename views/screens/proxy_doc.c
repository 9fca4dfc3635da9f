#include "screens/proxy_doc.h"

#include "gauge.h"
#include "texts/describe.h"

enum { BOX = 32, SPARKS = 12 };

const struct monitor_hop *proxy_doc_history(const struct proxy_view *s, size_t hop)
{
	for (size_t i = 0; i < s->history.n; i++)
		if (s->history.hops[i].hop == hop)
			return &s->history.hops[i];
	return NULL;
}

void proxy_doc_sparks(struct line *l, const struct monitor_hop *h, size_t cells)
{
	size_t n = MIN(h->n, cells);

	gauge_sparkline(l, h->alarm ? STYLE_BAD : STYLE_NORMAL, (int)n, h->samples + h->n - n, n);
}

const struct load_trace *proxy_doc_trace(const struct view *v, const struct proxy_view_module *m,
					 bool *loading)
{
	const struct proxy_view *s = view_state(v, "proxy");

	*loading = false;
	for (size_t i = 0; i < s->tried.n; i++) {
		const struct proxy_view_tried *t = &s->tried.items[i];
		const struct modver *mod = t->request->proxy.mods;

		if (!str_eq(mod->path, m->path) || !str_eq(mod->version, m->version))
			continue;
		*loading = app_loading(v->app, t->request, NULL);
		return t->part ? ((const struct load_proxy *)t->part->data)->traces : NULL;
	}
	return NULL;
}

static void add_time(struct doc *d, const char *label, int64_t us)
{
	struct buf b = BUF_INIT;

	if (us >= 0) {
		proxy_text_time(&b, us);
		doc_field(d, label);
		doc_add(d, STYLE_NORMAL, b.data);
	}
	buf_release(&b);
}

static void add_text(struct doc *d, const char *label, unsigned style, const char *text)
{
	if (text && *text) {
		doc_field(d, label);
		doc_add(d, style, text);
	}
}

/* The chain as boxes */

static void rule(struct doc *d, const char *left, const char *middle, const char *right)
{
	doc_line(d);
	doc_add(d, STYLE_RULE, left);
	for (int i = 0; i < BOX; i++)
		doc_add(d, STYLE_RULE, i == BOX / 2 && *middle ? middle : "─");
	doc_add(d, STYLE_RULE, right);
}

static void box_line(struct doc *d, unsigned style, const char *text)
{
	struct buf b = BUF_INIT;

	width_cut(&b, text, strlen(text), BOX - 2, CUT_MIDDLE, false);
	doc_line(d);
	doc_add(d, STYLE_RULE, "│ ");
	doc_add(d, style, b.data);
	doc_addf(d, STYLE_RULE, "%*s │", BOX - 2 - width_text(b.data, false), "");
	buf_release(&b);
}

static void history_line(struct doc *d, const struct monitor_hop *h)
{
	struct line l = LINE_INIT;
	struct buf b = BUF_INIT;

	buf_addstr(&b, "p50 ");
	proxy_text_time(&b, (int64_t)h->p50);
	buf_addstr(&b, "  ");
	proxy_doc_sparks(&l, h, SPARKS);
	buf_addstr(&b, l.text.data);
	box_line(d, h->alarm ? STYLE_BAD : STYLE_NORMAL, b.data);
	line_release(&l);
	buf_release(&b);
}

/* A short form of proxy_text_separator. */
static const char *then_text(const struct route_hop *hop)
{
	if (hop->kind == ROUTE_NOPROXY)
		return "for private modules";
	return hop->fall_back_on_error ? "on at any error" : "on at 404, 410";
}

static void box(const struct proxy_view *s, const struct chain *c, size_t i, struct doc *d)
{
	const struct chain_hop *h = &c->hops[i];
	const struct monitor_hop *history = proxy_doc_history(s, i);
	const struct http_hop *x = exchange_last(&h->answer);
	struct buf b = BUF_INIT;

	rule(d, "┌", i ? "▼" : "", "┐");
	buf_addf(&b, "%zu %s", i + 1, h->hop->shown);
	box_line(d, STYLE_NORMAL, b.data);
	buf_clear(&b);
	if (h->asked) {
		proxy_text_status(&b, h);
		if (x && x->status) {
			buf_addstr(&b, "  ");
			proxy_text_time(&b, x->timing.total);
		}
		box_line(d, proxy_text_style(h), b.data);
	}
	if (history && history->p50)
		history_line(d, history);
	rule(d, "└", i + 1 < c->n ? "┬" : "", "┘");
	if (i + 1 < c->n) {
		doc_line(d);
		doc_addf(d, STYLE_RULE, "%*s│ ", BOX / 2 + 1, "");
		doc_add(d, STYLE_QUIET, then_text(h->hop));
	}
	buf_release(&b);
}

static void chain_doc(const struct proxy_view *s, const struct load_proxy *lp, struct doc *d)
{
	struct buf b = BUF_INIT;

	doc_heading(d, "GOPROXY");
	doc_blank(d);
	doc_field(d, "value");
	doc_add(d, STYLE_NORMAL, lp->list);
	add_text(d, "from", STYLE_NORMAL, lp->list_from.set_in);
	add_text(d, "GOAUTH", STYLE_NORMAL, lp->auth);
	add_text(d, "go says", STYLE_BAD, lp->chain->error);
	doc_field(d, "sumdb");
	proxy_text_sumdb(&b, lp->chain);
	doc_add(d, STYLE_NORMAL, b.data);
	doc_blank(d);
	for (size_t i = 0; i < lp->chain->n; i++)
		box(s, lp->chain, i, d);
	buf_release(&b);
}

/* A hop */

static void exchange_doc(const struct http_hop *x, struct doc *d)
{
	struct proxy_text_steps t = proxy_text_steps(x);

	add_time(d, "DNS", t.dns);
	add_time(d, "connect", t.connect);
	add_time(d, "TLS", t.tls);
	add_time(d, "first byte", t.first_byte);
	add_time(d, "total", t.total);
	add_text(d, "address", STYLE_NORMAL, x->address);
	add_text(d, "through", STYLE_NORMAL, x->via);
	add_text(d, "protocol", STYLE_NORMAL, x->tls_version);
	add_text(d, "certificate", STYLE_NORMAL, x->certificate_end);
	if (x->certificate_end)
		doc_add(d, STYLE_QUIET, " is its end");
	add_text(d, "Age", STYLE_NORMAL, x->age);
	add_text(d, "caching", STYLE_NORMAL, x->cache_control);
	add_text(d, "Retry-After", STYLE_NORMAL, x->retry_after);
}

static void history_doc(const struct monitor_hop *h, struct doc *d)
{
	struct line l = LINE_INIT;
	struct buf b = BUF_INIT;
	const uint64_t us[] = { h->p50, h->p95, h->p99 };

	doc_field(d, "answers");
	doc_addf(d, STYLE_NORMAL, "%s of %s good", GAUGE_N(h->rounds - h->bad), GAUGE_N(h->rounds));
	if (h->p50) {
		for (size_t i = 0; i < ARRAY_LEN(us); i++) {
			buf_addf(&b, "%sp%d ", i ? "  " : "", i == 0 ? 50 : i == 1 ? 95 : 99);
			proxy_text_time(&b, (int64_t)us[i]);
		}
		doc_field(d, "times");
		doc_add(d, STYLE_NORMAL, b.data);
		proxy_doc_sparks(&l, h, 40);
		doc_field(d, "history");
		doc_add(d, h->alarm ? STYLE_BAD : STYLE_NORMAL, l.text.data);
	}
	if (h->alarm)
		add_text(d, "alarm", STYLE_BAD, "bad three times in a row, or more");
	line_release(&l);
	buf_release(&b);
}

static void hop_doc(const struct proxy_view *s, const struct load_proxy *lp, size_t i,
		    struct doc *d)
{
	const struct chain_hop *h = &lp->chain->hops[i];
	const struct http_hop *x = exchange_last(&h->answer);
	const struct monitor_hop *history = proxy_doc_history(s, i);
	struct buf b = BUF_INIT;

	doc_heading(d, h->hop->shown);
	doc_blank(d);
	doc_field(d, "hop");
	doc_addf(d, STYLE_NORMAL, "%zu of %s, %s", i + 1, GAUGE_N(lp->chain->n),
		 proxy_text_kind(h->hop->kind));
	add_text(d, "then", STYLE_NORMAL, proxy_text_separator(lp->chain, i));
	if (h->asked) {
		proxy_text_status(&b, h);
		add_text(d, "status", proxy_text_style(h), b.data);
	} else if (h->hop->kind == ROUTE_PROXY || h->hop->kind == ROUTE_FILE) {
		add_text(d, "status", STYLE_QUIET,
			 "not asked; F asks it whether it stands in for the checksum database");
	}
	if (x)
		exchange_doc(x, d);
	if (h->answer.code != ERR_NONE && h->answer.code != ERR_NOT_FOUND)
		add_text(d, "error", STYLE_BAD, h->answer.says);
	if (h->asked)
		add_text(d, "sumdb", STYLE_NORMAL,
			 h->stands_in ? "stands in for the checksum database"
			 : h->answer.code == ERR_NOT_FOUND
				 ? "does not stand in for the checksum database"
				 : "unknown whether it stands in for the checksum database");
	if (h->netrc)
		add_text(d, "netrc", STYLE_NORMAL, "a netrc file has a login for it");
	if (history)
		history_doc(history, d);
	buf_release(&b);
}

static void sumdb_doc(const struct load_proxy *lp, struct doc *d)
{
	const struct http_hop *x = exchange_last(&lp->chain->head);
	struct buf b = BUF_INIT;

	doc_heading(d, "The checksum database");
	doc_blank(d);
	proxy_text_sumdb(&b, lp->chain);
	add_text(d, "sumdb", STYLE_NORMAL, b.data);
	add_text(d, "base", STYLE_NORMAL, lp->chain->sumdb_base);
	if (x)
		exchange_doc(x, d);
	buf_release(&b);
}

/* A module */

static void request_doc(const struct trace_request *q, struct doc *d)
{
	const struct http_hop *x = q->n_exchanges ? &q->exchanges[q->n_exchanges - 1] : NULL;
	struct buf b = BUF_INIT;

	if (q->hop == TRACE_DATABASE)
		doc_field(d, "database");
	else {
		buf_addf(&b, "hop %zu", q->hop + 1);
		doc_field(d, b.data);
	}
	buf_clear(&b);
	doc_addf(d, STYLE_NORMAL, "%s%s ", q->what, q->twice ? " x2" : "");
	if (q->status)
		doc_addf(d, q->code ? STYLE_ATTENTION : STYLE_GOOD, "%d", q->status);
	else
		doc_add(d, q->code ? STYLE_BAD : STYLE_GOOD, q->code ? "none" : "ok");
	if (x && x->status) {
		proxy_text_time(&b, x->timing.total);
		doc_addf(d, STYLE_NORMAL, " in %s", b.data);
	}
	doc_addf(d, q->next == TRACE_STOPS ? STYLE_BAD : STYLE_QUIET, "  %s",
		 trace_next_text(q->next));
	if (q->code != ERR_NONE) {
		doc_newline(d);
		doc_add(d, STYLE_QUIET, q->says);
	}
	buf_release(&b);
}

/* F on a module leaves it out. */
static bool asked_for_zip(const struct trace *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->requests[i].what, "zip"))
			return true;
	return false;
}

static void trace_doc(const struct load_proxy *lp, const struct load_trace *t, struct doc *d)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < t->trace.n; i++)
		request_doc(&t->trace.requests[i], d);
	add_text(d, "version", STYLE_NORMAL, t->trace.version);
	add_text(d, "proven by", STYLE_GOOD, t->trace.ok ? proxy_text_proof(t->trace.proof) : "");
	add_text(d, "go says", t->trace.ok ? STYLE_GOOD : STYLE_BAD,
		 !t->trace.ok		    ? t->trace.words
		 : asked_for_zip(&t->trace) ? "nothing: it is downloaded"
					    : "nothing so far; X asks for its zip too");
	proxy_text_mend(&b, lp, t);
	add_text(d, "remedy", STYLE_NORMAL, b.data);
	for (size_t i = 0; i < t->absence.n; i++) {
		buf_clear(&b);
		buf_addf(&b, "at hop %zu", t->absence.hops[i].hop + 1);
		doc_field(d, b.data);
		buf_clear(&b);
		proxy_text_absence(&b, &t->absence.hops[i]);
		doc_add(d, STYLE_NORMAL, b.data);
	}
	buf_release(&b);
}

static void module_doc(const struct view *v, const struct load_proxy *lp,
		       const struct proxy_view_module *m, struct doc *d)
{
	struct buf b = BUF_INIT;
	bool loading;
	const struct load_trace *t = proxy_doc_trace(v, m, &loading);

	describe_modver(&b, (struct modver){ m->path, m->version });
	doc_heading(d, b.data);
	doc_blank(d);
	if (!str_eq(m->from.path, m->path)) {
		buf_clear(&b);
		describe_modver(&b, m->from);
		add_text(d, "replaced by", STYLE_NORMAL, b.data);
	}
	buf_clear(&b);
	proxy_text_reason(&b, lp->chain, &m->match);
	doc_field(d, "route");
	doc_addf(d, STYLE_NORMAL, "%s: %s", proxy_text_route(lp->chain, &m->match), b.data);
	if (loading)
		add_text(d, "trace", STYLE_QUIET, "asking, as go would with nothing cached");
	else if (!t)
		add_text(
			d, "trace", STYLE_QUIET,
			"F asks what go mod download would ask with nothing cached, but for the zip");
	if (t)
		trace_doc(lp, t, d);
	buf_release(&b);
}

static void group_doc(const struct proxy_view *s, enum proxy_view_group group, struct doc *d)
{
	static const char *const texts[] = {
		"They are asked for at the hops of GOPROXY, in turn.",
		"Their repositories are asked, no proxy: patterns of GOPRIVATE or GONOPROXY fit, or GOPROXY says so.",
		"GOPROXY=off: what the module cache lacks cannot be fetched.",
		"Modules that were tried here, and are in no build list.",
	};

	doc_heading(d, texts[group]);
	doc_blank(d);
	doc_field(d, "modules");
	doc_addf(d, STYLE_NORMAL, "%s", GAUGE_N(s->n_in[group]));
}

void proxy_doc_fill(struct view *v, const struct proxy_view_row *r, struct doc *d)
{
	const struct proxy_view *s = view_state(v, "proxy");
	const struct load_proxy *lp = proxy_view_chain(s);

	switch (r->kind) {
	case PROXY_VIEW_ROW_CHAIN: chain_doc(s, lp, d); break;
	case PROXY_VIEW_ROW_HOP: hop_doc(s, lp, r->hop, d); break;
	case PROXY_VIEW_ROW_THEN: break;
	case PROXY_VIEW_ROW_SUMDB: sumdb_doc(lp, d); break;
	case PROXY_VIEW_ROW_GROUP: group_doc(s, r->group, d); break;
	case PROXY_VIEW_ROW_MODULE: module_doc(v, lp, r->module, d); break;
	}
}
