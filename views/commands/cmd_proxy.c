#include "gofiles/goenv.h"
#include "commands/loaded.h"
#include "commands/proxy_watch.h"
#include "texts/proxy_text.h"

static void set_ms(json_t *o, const char *key, int64_t us)
{
	if (us >= 0)
		json_object_set_new(o, key, json_real((double)us / 1000));
}

static const char *family_text(const char *address)
{
	return !*address ? "" : strchr(address, ':') ? "IPv6" : "IPv4";
}

/* One exchange with one server. */
static void set_exchange(json_t *o, const struct http_hop *x)
{
	struct proxy_text_steps s = proxy_text_steps(x);

	if (x->status)
		report_set_int(o, "Status", x->status);
	report_set_text(o, "Protocol", proxy_text_protocol(x->http_version));
	report_set_text(o, "Address", x->address);
	report_set_text(o, "Family", family_text(x->address));
	set_ms(o, "DNS", s.dns);
	set_ms(o, "Connect", s.connect);
	set_ms(o, "TLS", s.tls);
	set_ms(o, "FirstByte", s.first_byte);
	set_ms(o, "Total", s.total);
	report_set_str(o, "Through", x->via);
	report_set_str(o, "TLSProtocol", x->tls_version);
	report_set_str(o, "CertificateEnd", x->certificate_end);
	report_set_str(o, "Age", x->age);
	report_set_str(o, "CacheControl", x->cache_control);
	report_set_str(o, "Date", x->date);
	report_set_str(o, "RetryAfter", x->retry_after);
}

static void add_hop(json_t *rows, const struct chain *c, size_t i)
{
	const struct chain_hop *h = &c->hops[i];
	const struct http_hop *x = exchange_last(&h->answer);
	json_t *o = report_add_row(rows);

	report_set_int(o, "Hop", (long long)i + 1);
	report_set_str(o, "URL", h->hop->shown);
	report_set_str(o, "Kind", proxy_text_kind(h->hop->kind));
	if (i + 1 < c->n && h->hop->kind != ROUTE_NOPROXY)
		report_set_str(o, "Separator", h->hop->fall_back_on_error ? "|" : ",");
	report_set_bool(o, "Asked", h->asked && h->answer.code != ERR_OFFLINE);
	if (x)
		set_exchange(o, x);
	report_set_bool(o, "SumDB", h->stands_in);
	report_set_bool(o, "Netrc", h->netrc);
	if (h->answer.code != ERR_NONE && h->answer.code != ERR_NOT_FOUND)
		report_set_text(o, "Error", h->answer.says);
}

static void set_sumdb(json_t *doc, const struct chain *c)
{
	json_t *o = json_object();

	report_set_text(o, "Name", c->sumdb);
	report_set_text(o, "Base", c->sumdb_base);
	if (c->sumdb_hop != CHAIN_DATABASE)
		report_set_int(o, "Hop", (long long)c->sumdb_hop + 1);
	report_set_bool(o, "Signed", c->head_signed);
	if (c->head_signed)
		report_set_int(o, "TreeSize", c->tree_size);
	report_set_text(o, "Error", c->sumdb_error);
	json_object_set_new(doc, "SumDB", o);
}

static const char *next_word(enum trace_next next)
{
	static const char *const words[] = {
		"answered", "rejected", "next", "next", "end", "stop"
	};

	return words[next];
}

static void add_request(json_t *rows, const struct trace_request *q)
{
	json_t *o = report_add_row(rows), *exchanges;

	if (q->hop != TRACE_DATABASE)
		report_set_int(o, "Hop", (long long)q->hop + 1);
	report_set_str(o, "What", q->what);
	report_set_str(o, "URL", q->url);
	if (q->status)
		report_set_int(o, "Status", q->status);
	report_set_bool(o, "Twice", q->twice);
	report_set_str(o, "Then", next_word(q->next));
	report_set_text(o, "Error", q->says);
	exchanges = report_set_rows(o, "exchanges");
	for (size_t i = 0; i < q->n_exchanges; i++) {
		json_t *x = report_add_row(exchanges);

		report_set_str(x, "URL", q->exchanges[i].url);
		set_exchange(x, &q->exchanges[i]);
	}
}

static void set_answer(json_t *o, const char *key, const struct exchange_answer *a)
{
	json_t *x = json_object();

	report_set_str(x, "URL", a->url);
	if (a->n_hops)
		set_exchange(x, exchange_last(a));
	report_set_text(x, "Error", a->says);
	json_object_set_new(o, key, x);
}

static void add_absence(json_t *rows, const struct absence_hop *h)
{
	json_t *o = report_add_row(rows);

	report_set_int(o, "Hop", (long long)h->hop + 1);
	report_set_str(o, "Kind", absence_word(h->kind));
	report_set_bool(o, "Listed", h->listed);
	set_answer(o, "List", &h->list);
	set_answer(o, "Info", &h->info);
	set_answer(o, "Latest", &h->latest);
	report_set_text(o, "LatestVersion", h->latest_version);
	if (h->try_after >= 0)
		report_set_int(o, "TryAfter", h->try_after);
}

static void set_pattern(json_t *o, const char *key, const struct chain_pattern *p)
{
	json_t *x = json_object();

	report_set_str(x, "Variable", p->variable);
	report_set_str(x, "Pattern", p->pattern);
	report_set_text(x, "File", p->set_in);
	if (p->line)
		report_set_int(x, "Line", p->line);
	json_object_set_new(o, key, x);
}

static void add_module(json_t *rows, const struct load_proxy *lp, const struct load_trace *t)
{
	json_t *o = report_add_row(rows), *list;
	const struct trace *tr = &t->trace;
	struct buf b = BUF_INIT;

	report_set_str(o, "Path", tr->path);
	report_set_str(o, "Query", tr->query);
	report_set_text(o, "Version", tr->version);
	report_set_str(o, "Route", proxy_text_route(lp->chain, &t->match));
	if (t->match.is_private)
		set_pattern(o, "NoProxy", &t->match.no_proxy);
	if (t->match.is_unchecked)
		set_pattern(o, "NoSumDB", &t->match.no_sumdb);
	if (t->match.is_insecure)
		set_pattern(o, "Insecure", &t->match.insecure);
	json_object_set_new(o, "Ok", json_boolean(tr->ok));
	report_set_text(o, "Proof", proxy_text_proof(tr->proof));
	report_set_text(o, "GoSays", tr->words);
	proxy_text_mend(&b, lp, t);
	report_set_text(o, "Remedy", b.data);
	list = report_set_rows(o, "requests");
	for (size_t i = 0; i < tr->n; i++)
		add_request(list, &tr->requests[i]);
	list = t->absence.n ? report_set_rows(o, "absence") : NULL;
	for (size_t i = 0; i < t->absence.n; i++)
		add_absence(list, &t->absence.hops[i]);
	buf_release(&b);
}

static void print_json(struct cli *c, const struct load_proxy *lp)
{
	json_t *doc = report_doc("proxy"), *rows;

	report_set_str(doc, "GOPROXY", lp->list);
	report_set_text(doc, "From", lp->list_from.set_in);
	report_set_text(doc, "GOAUTH", lp->auth);
	report_set_text(doc, "Error", lp->chain->error);
	rows = report_set_rows(doc, "hops");
	for (size_t i = 0; i < lp->chain->n; i++)
		add_hop(rows, lp->chain, i);
	set_sumdb(doc, lp->chain);
	rows = report_set_rows(doc, "modules");
	for (size_t i = 0; i < lp->n; i++)
		add_module(rows, lp, &lp->traces[i]);
	report_json(c->r, doc);
}

static void time_cell(struct report_table *t, int64_t us)
{
	struct buf b = BUF_INIT;

	proxy_text_time(&b, us);
	report_cell(t, STYLE_NORMAL, "%s", b.data);
	buf_release(&b);
}

static void hop_row(struct report_table *t, const struct chain *c, size_t i)
{
	const struct chain_hop *h = &c->hops[i];
	const struct http_hop *x = exchange_last(&h->answer);
	struct proxy_text_steps s = { -1, -1, -1, -1, -1 };
	struct buf b = BUF_INIT;

	if (x)
		s = proxy_text_steps(x);
	report_cell(t, STYLE_QUIET, "%zu", i + 1);
	report_cell(t, STYLE_NORMAL, "%s", h->hop->shown);
	time_cell(t, s.dns);
	time_cell(t, s.connect);
	time_cell(t, s.tls);
	time_cell(t, s.first_byte);
	time_cell(t, s.total);
	proxy_text_status(&b, h);
	report_cell(t, proxy_text_style(h), "%s", b.data);
	report_cell(t, STYLE_QUIET, "%s", proxy_text_separator(c, i));
	buf_release(&b);
}

static void hop_notes(struct cli *c, const struct chain *ch)
{
	for (size_t i = 0; i < ch->n; i++) {
		const struct chain_hop *h = &ch->hops[i];
		const struct http_hop *x = exchange_last(&h->answer);

		if (x && x->via)
			report_textf(c->r, "hop %zu is asked through %s\n", i + 1, x->via);
		if (x && x->certificate_end)
			report_textf(c->r, "hop %zu: %s%scertificate ends %s\n", i + 1,
				     x->tls_version ? x->tls_version : "",
				     x->tls_version ? ", " : "", x->certificate_end);
		if (x && x->retry_after)
			report_textf(
				c->r,
				"hop %zu: wants to be asked again after %s (Retry-After); go asks once, modscope's other commands up to three times\n",
				i + 1, x->retry_after);
		if (h->netrc)
			report_textf(c->r, "hop %zu: a netrc file has a login for it\n", i + 1);
		if (h->answer.code != ERR_NONE && h->answer.code != ERR_NOT_FOUND)
			report_textf(c->r, "hop %zu: %s\n", i + 1, h->answer.says);
	}
}

static void print_chain(struct cli *c, const struct load_proxy *lp)
{
	static const struct report_column columns[] = {
		{ "" },
		{ "HOP" },
		{ "DNS", true },
		{ "CONNECT", true },
		{ "TLS", true },
		{ "FIRST BYTE", true },
		{ "TOTAL", true },
		{ "STATUS" },
		{ "THEN" },
	};
	struct report_table t;
	struct buf b = BUF_INIT;

	report_textf(c->r, "GOPROXY=%s  (%s)\n", lp->list, lp->list_from.set_in);
	if (*lp->chain->error)
		report_styledf(c->r, STYLE_BAD, "go: %s\n", lp->chain->error);
	if (lp->chain->n) {
		report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
		for (size_t i = 0; i < lp->chain->n; i++)
			hop_row(&t, lp->chain, i);
		report_table_end(&t);
	}
	hop_notes(c, lp->chain);
	proxy_text_sumdb(&b, lp->chain);
	report_textf(c->r, "checksum database  %s\n", b.data);
	if (goenv_auth_runs(lp->auth) && !cli_runs_auth(c))
		report_textf(c->r, "GOAUTH=%s: go runs this for credentials; here --auth does\n",
			     lp->auth);
	buf_release(&b);
}

static void request_row(struct report_table *t, const struct trace_request *q)
{
	const struct http_hop *x = q->n_exchanges ? &q->exchanges[q->n_exchanges - 1] : NULL;

	if (q->hop == TRACE_DATABASE)
		report_cell(t, STYLE_QUIET, "db");
	else
		report_cell(t, STYLE_QUIET, "%zu", q->hop + 1);
	report_cell(t, STYLE_NORMAL, "%s%s", q->what, q->twice ? " x2" : "");
	if (q->status)
		report_cell(t, q->code ? STYLE_ATTENTION : STYLE_GOOD, "%d", q->status);
	else
		report_cell(t, q->code ? STYLE_BAD : STYLE_GOOD, "%s", q->code ? "none" : "ok");
	time_cell(t, x ? x->timing.total : -1);
	report_cell(t, q->next == TRACE_STOPS ? STYLE_BAD : STYLE_QUIET, "%s",
		    trace_next_text(q->next));
	report_cell(t, STYLE_NORMAL, "%s", q->url);
}

static void print_end(struct cli *c, const struct load_proxy *lp, const struct load_trace *t)
{
	const struct trace *tr = &t->trace;
	struct buf b = BUF_INIT;

	if (tr->ok && tr->proof)
		report_textf(c->r, "%s proven by  %s\n", report_glyph(c->r, GLYPH_GOOD),
			     proxy_text_proof(tr->proof));
	if (!tr->ok)
		report_textf(c->r, "go says   %s\n", tr->words);
	proxy_text_mend(&b, lp, t);
	if (b.len)
		report_textf(c->r, "mend      %s\n", b.data);
	for (size_t i = 0; i < t->absence.n; i++) {
		buf_clear(&b);
		proxy_text_absence(&b, &t->absence.hops[i]);
		report_textf(c->r, "hop %zu     %s\n", t->absence.hops[i].hop + 1, b.data);
	}
	buf_release(&b);
}

static void print_module(struct cli *c, const struct load_proxy *lp, const struct load_trace *t)
{
	static const struct report_column columns[] = {
		{ "HOP" }, { "FILE" }, { "STATUS" }, { "TIME", true }, { "THEN" }, { "URL" },
	};
	const struct trace *tr = &t->trace;
	struct report_table table;
	struct buf b = BUF_INIT;

	report_styledf(c->r, STYLE_STRONG, "\n%s@%s", tr->path,
		       *tr->version ? tr->version : tr->query);
	proxy_text_reason(&b, lp->chain, &t->match);
	report_textf(c->r, "\nroute     %s: %s\n", proxy_text_route(lp->chain, &t->match), b.data);
	if (tr->n) {
		report_table_begin(&table, c->r, columns, ARRAY_LEN(columns));
		for (size_t i = 0; i < tr->n; i++)
			request_row(&table, &tr->requests[i]);
		report_table_end(&table);
	}
	print_end(c, lp, t);
	buf_release(&b);
}

static int answer(struct cli *c, const struct load_proxy *lp)
{
	int status = *lp->chain->error ? STATUS_NO : STATUS_FINE;

	if (c->r->json)
		print_json(c, lp);
	else
		print_chain(c, lp);
	for (size_t i = 0; i < lp->n; i++) {
		if (!c->r->json)
			print_module(c, lp, &lp->traces[i]);
		if (!lp->traces[i].trace.ok)
			status = STATUS_NO;
	}
	for (size_t i = 0; i < lp->chain->n && !lp->n; i++)
		if (proxy_text_style(&lp->chain->hops[i]) == STYLE_BAD)
			status = STATUS_NO;
	return status;
}

/* Splits "PATH@VERSION" or "PATH" in place. */
static struct modver parse(char *arg)
{
	char *at = strchr(arg, '@');

	if (at)
		*at++ = '\0';
	return (struct modver){ arg, at ? at : "" };
}

static int run_with(struct cli *c, struct request_proxy *q)
{
	const struct request *r = REQUEST(PART_PROXY, .proxy = *q);
	struct loaded x = loaded_open(c, NULL);
	struct err e = ERR_INIT;
	const void *proxies;
	int status;
	bool ok = true;

	/* the selected version, if there is a project; a module can be traced without one */
	if (q->all || (q->n_mods && !*q->mods[0].version))
		ok = loaded_part(&x, REQUEST(PART_GRAPH), &e) || !q->all;
	if (ok)
		err_clear(&e);
	proxies = ok ? loaded_part(&x, r, &e) : NULL;
	status = proxies ? answer(c, proxies) : cli_fail(c, &e);
	loaded_close(&x);
	return status;
}

#define TIMEOUT_SECONDS 30

static int run(struct cli *c)
{
	const char *timeout = cli_flag(c, "timeout");
	char *end = NULL, *arg = c->n_args ? xstrdup(c->args[0]) : NULL;
	long seconds = timeout ? strtol(timeout, &end, 10) : TIMEOUT_SECONDS;
	struct modver m = arg ? parse(arg) : (struct modver){ "", "" };
	struct request_proxy q = { .mods = &m,
				   .n_mods = arg != NULL,
				   .all = cli_has(c, "all"),
				   .no_zips = cli_has(c, "no-zip") };
	int status;

	if (cli_has(c, "watch")) {
		free(arg);
		return proxy_watch(c);
	}
	if (timeout && (end == timeout || *end || seconds < 1 || seconds > 3600)) {
		free(arg);
		return cli_usage(c, "--timeout takes seconds, from 1 to 3600");
	}
	q.timeout_ms = (int)seconds * 1000;
	status = run_with(c, &q);
	free(arg);
	return status;
}

static const struct cli_flag flags[] = {
	{ "all", NULL, "trace every module that the build list needs and the cache lacks" },
	{ "no-zip", NULL, "do not ask for zips" },
	{ "timeout", "SECONDS", "wait this long for an answer (30)" },
	{ "watch", NULL, "ask the hops again and again: percentiles, alarm, all-clear",
	  .in_view = true },
	{ "every", "TIME", "between two rounds (30s)" },
	{ "threshold", "TIME", "slower answers are bad (500ms)" },
	{ "strikes", "N",
	  "raise the alarm after this many bad rounds in a row, end it after as many good ones (3)" },
	{ "count", "N", "end after this many rounds" },
	{ "exec", "CMD",
	  "run it when an alarm begins and ends, with MODSCOPE_EVENT, _HOP, _URL, _STATUS, _MS in its environment" },
	{ "metrics", "FILE", "write it each round, in Prometheus' text format" },
	{ NULL },
};

const struct cli_command cmd_proxy = {
	.name = "proxy",
	.args = "[MODULE[@V]]",
	.summary = "the proxy chain, what each hop answers, what go would do",
	.help = "Each hop of GOPROXY with its times and status, the separators, and the checksum database behind it. With a module also every\n"
		"request that `go mod download MODULE@V` makes where nothing is cached, which hop answers and why the next one is or\n"
		"is not asked, and go's last words. The requests are really made, in go's order, once each; no cache is read or\n"
		"written, and of the zip the first MiB is read. V may be a query; without it, the version in use, else the latest.\n"
		"A version that is not found is looked for in each hop's list, .info and @latest, with the age of the answers.\n"
		"The exit status is 1 where a hop does not answer or go would fail.\n",
	.complete = "module",
	.flags = flags,
	.max_args = 1,
	.run = run,
};
