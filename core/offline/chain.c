#include "offline/chain.h"

#include "base/par.h"
#include "fetch/netrc.h"
#include "fetch/note.h"
#include "fetch/sumdb_setting.h"
#include "fetch/tlog.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"

#define DATABASE "sum.golang.org" /* the request if GOSUMDB has no name */
#define MOST_HOPS 64u

struct probe {
	struct chain *c;
	const struct exchange_options *o;
	const char *file;
	struct arena *arenas; /* one per hop */
	struct netrc netrc;
};

static bool is_proxy(const struct route_hop *hop)
{
	return hop->kind == ROUTE_PROXY || hop->kind == ROUTE_FILE;
}

static void ask_hop(void *ctx, size_t i)
{
	struct probe *p = ctx;
	struct chain_hop *h = &p->c->hops[i];
	struct exchange_client client;

	h->hop = &p->c->route.hops[i];
	h->answer.says = h->answer.url = "";
	if (!is_proxy(h->hop))
		return;
	exchange_begin(&client, p->o, &p->arenas[i]);
	h->asked = true;
	h->netrc = h->hop->kind == ROUTE_PROXY && netrc_find(&p->netrc, h->hop->url);
	h->stands_in = exchange_get(&client, h->hop, p->file, &h->answer, NULL);
	exchange_end(&client);
}

static void ask_hops(struct chain *c, const struct exchange_options *o)
{
	struct probe p = { .c = c, .o = o };

	c->hops = arena_calloc(&c->arena, c->route.n + 1, sizeof(*c->hops));
	c->n = c->route.n;
	netrc_load(&p.netrc, o->env);
	p.arenas = xcalloc(c->n + 1, sizeof(*p.arenas));
	p.file = arena_fmt(&c->arena, "sumdb/%s/supported", *c->sumdb ? c->sumdb : DATABASE);
	par_for(c->n, (unsigned)MIN(c->n, MOST_HOPS), ask_hop, &p);
	for (size_t i = 0; i < c->n; i++)
		arena_combine(&c->arena, &p.arenas[i]);
	free(p.arenas);
	netrc_release(&p.netrc);
}

/* dbClient.initBase. False: it fails with the error of a hop. */
static bool choose_base(struct chain *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct chain_hop *h = &c->hops[i];

		if (h->hop->kind == ROUTE_DIRECT) /* errProxyOff, which TryProxies prefers */
			return true;
		if (!h->asked)
			continue;
		if (h->stands_in) {
			c->sumdb_hop = i;
			return true;
		}
		if (h->answer.code != ERR_NOT_FOUND && !h->hop->fall_back_on_error) {
			c->sumdb_error = h->answer.says;
			return false;
		}
	}
	/* an error skipped because of "|" counts in the end, as for all hops */
	for (size_t i = c->n; i-- > 0;)
		if (c->hops[i].asked && c->hops[i].answer.code != ERR_NOT_FOUND) {
			c->sumdb_error = c->hops[i].answer.says;
			return false;
		}
	return true;
}

static void check_head(struct chain *c, const struct note_verifier *key, const struct buf *note)
{
	struct tlog_tree tree;
	struct err e = ERR_INIT;
	size_t len;

	c->head_signed = note_open(note->data, note->len, key, &len, &e) &&
			 tlog_parse_tree(&tree, note->data, len, &e);
	if (c->head_signed)
		c->tree_size = tree.n;
	else
		c->sumdb_error = arena_strdup(&c->arena, e.text);
	err_release(&e);
}

static void ask_head(struct chain *c, const struct exchange_options *o,
		     const struct note_verifier *key, const char *url)
{
	const char *prefix = "";
	struct exchange_client client;
	struct route_hop base;
	struct buf note = BUF_INIT;

	if (!url && c->sumdb_hop != CHAIN_DATABASE) {
		base = *c->hops[c->sumdb_hop].hop;
		prefix = arena_fmt(&c->arena, "sumdb/%s/", c->sumdb);
	} else if (!route_hop_of_url(&c->arena,
				     url ? url : arena_fmt(&c->arena, "https://%s", c->sumdb),
				     &base, NULL)) {
		c->sumdb_error = "invalid GOSUMDB URL";
		return;
	}
	c->sumdb_base = base.shown;
	exchange_begin(&client, o, &c->arena);
	if (exchange_get(&client, &base, arena_fmt(&c->arena, "%slatest", prefix), &c->head, &note))
		check_head(c, key, &note);
	else
		c->sumdb_error = c->head.says;
	exchange_end(&client);
	buf_release(&note);
}

static void begin(struct chain *c, const struct goenv *env)
{
	struct err e = ERR_INIT;

	*c = (struct chain){ .sumdb_hop = CHAIN_DATABASE };
	c->error = c->sumdb = c->sumdb_error = c->sumdb_base = c->head.says = c->head.url = "";
	if (!route_init(&c->route, env, &e))
		c->error = arena_strdup(&c->arena, e.text);
	err_release(&e);
}

/* False if GOSUMDB is off, or not a database. */
static bool read_sumdb(struct chain *c, const struct goenv *env, struct note_verifier *key,
		       char **url)
{
	struct err e = ERR_INIT;
	bool ok = sumdb_setting_read(goenv_get(env, "GOSUMDB"), key, url, &e);

	if (ok)
		c->sumdb = arena_strdup(&c->arena, key->name);
	else if (e.code != ERR_REFUSED)
		c->sumdb_error = arena_strdup(&c->arena, e.text);
	err_release(&e);
	return ok;
}

void chain_probe(struct chain *c, const struct exchange_options *o)
{
	struct note_verifier key;
	char *url = NULL;
	bool has_sumdb;

	begin(c, o->env);
	has_sumdb = read_sumdb(c, o->env, &key, &url);
	ask_hops(c, o);
	if (has_sumdb && !*c->error && (url || choose_base(c)))
		ask_head(c, o, &key, url);
	free(url);
}

void chain_probe_hops(struct chain *c, const struct exchange_options *o)
{
	begin(c, o->env);
	ask_hops(c, o);
}

void chain_read(struct chain *c, const struct goenv *env)
{
	struct note_verifier key;
	char *url = NULL;

	begin(c, env);
	read_sumdb(c, env, &key, &url);
	free(url);
	c->hops = arena_calloc(&c->arena, c->route.n + 1, sizeof(*c->hops));
	c->n = c->route.n;
	for (size_t i = 0; i < c->n; i++) {
		c->hops[i].hop = &c->route.hops[i];
		c->hops[i].answer.says = c->hops[i].answer.url = "";
	}
}

void chain_release(struct chain *c)
{
	route_release(&c->route);
	arena_release(&c->arena);
}

static const char *place_of(struct arena *a, const struct goenv_var *v)
{
	if (v->source == GOENV_PROCESS)
		return "the environment";
	return *v->file ? arena_strdup(a, v->file) : goenv_source_name(v->source);
}

/* The first matching pattern; false if there is none. */
static bool find_pattern(const struct goenv *env, struct arena *a, const char *variable,
			 const char *module, struct chain_pattern *p)
{
	const struct goenv_var *v = goenv_var(env, variable);
	const char *list = goenv_get(env, variable);

	if (v && v->source == GOENV_DERIVED)
		v = goenv_var(env, "GOPRIVATE");
	while (*list) {
		size_t n = strcspn(list, ",");
		const char *glob = arena_strndup(a, list, n);

		if (n && modpath_match_globs(glob, module)) {
			*p = (struct chain_pattern){ .variable = v ? v->name : variable,
						     .pattern = glob,
						     .set_in = v ? place_of(a, v) : "",
						     .line = v ? v->line : 0 };
			return true;
		}
		list += n + (list[n] == ',');
	}
	return false;
}

void chain_match(struct chain_module *m, const struct goenv *env, struct arena *a,
		 const char *module)
{
	*m = (struct chain_module){ .is_private = false };
	m->is_private = find_pattern(env, a, "GONOPROXY", module, &m->no_proxy);
	m->is_unchecked = find_pattern(env, a, "GONOSUMDB", module, &m->no_sumdb);
	m->is_insecure = find_pattern(env, a, "GOINSECURE", module, &m->insecure);
}
