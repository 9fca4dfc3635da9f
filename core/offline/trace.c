#include "offline/trace.h"

#include <pthread.h>

#include "fetch/http.h"
#include "fetch/proxy.h"
#include "fetch/source.h"
#include "fetch/sumdb_setting.h"
#include "gofiles/goenv.h"
#include "gofiles/gosum.h"
#include "graph/golist.h"
#include "graph/modload_open.h"
#include "offline/exchange.h"

#define ZIP_BYTES ((int64_t)1 << 20)

/* A running trace. Requests are sequential, each on the requesting thread. */
struct recorder {
	struct trace *t;
	const struct trace_options *o;
	struct route route;
	pthread_mutex_t mutex;
	VEC(struct trace_request) requests;
	struct source *source;
	struct modload *ml;
};

/* The hop's number; copies of a hop are recognised by URL. */
static size_t hop_number(const struct recorder *r, const struct route_hop *hop)
{
	for (size_t i = 0; i < r->route.n; i++)
		if (r->route.hops[i].kind == hop->kind && str_eq(r->route.hops[i].url, hop->url))
			return i;
	return TRACE_DATABASE;
}

static const char *what_of(const char *file)
{
	static const struct {
		const char *end, *what;
	} ends[] = {
		{ ".info", "info" },	{ ".mod", "mod" },	  { ".zip", "zip" },
		{ "/@v/list", "list" }, { "/@latest", "latest" }, { "/supported", "supported" },
	};

	if (str_has_prefix(file, "lookup/") || strstr(file, "/lookup/"))
		return "lookup";
	if (str_has_prefix(file, "tile/") || strstr(file, "/tile/"))
		return "tile";
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_has_suffix(file, ends[i].end))
			return ends[i].what;
	return "";
}

static void take_exchanges(struct arena *a, struct trace_request *q, const struct http_answer *r)
{
	q->exchanges = exchange_copy(a, r);
	q->n_exchanges = r->n_hops;
	q->status = r->n_hops ? r->hops[r->n_hops - 1].status : 0;
	q->twice = str_has_prefix(r->url, "https:") && q->status >= 400 && q->status < 500;
}

/* go's rule: "," continues only after "not found". */
static enum trace_next next_of(const struct recorder *r, const struct trace_request *q)
{
	bool last = q->hop == TRACE_DATABASE || q->hop + 1 == r->route.n;

	if (q->code == ERR_NONE)
		return TRACE_ANSWERED;
	if (q->code == ERR_NOT_FOUND)
		return last ? TRACE_LAST : TRACE_ABSENT;
	return !last && r->route.hops[q->hop].fall_back_on_error ? TRACE_ANY : TRACE_STOPS;
}

static void on_exchange(void *ctx, const struct proxy_exchange *x)
{
	struct recorder *r = ctx;
	struct arena *a = &r->t->arena;
	struct trace_request q = { .says = "", .what = what_of(x->file) };
	struct buf url = BUF_INIT;

	pthread_mutex_lock(&r->mutex);
	q.hop = hop_number(r, x->hop);
	buf_addf(&url, "%s%s%s", x->hop->shown, str_has_suffix(x->hop->shown, "/") ? "" : "/",
		 x->file);
	q.url = arena_strdup(a, x->answer ? x->answer->url : url.data);
	buf_release(&url);
	if (x->answer)
		take_exchanges(a, &q, x->answer);
	/* a deliberately cut zip was answered */
	if (err_is_set(x->err) && !(str_eq(q.what, "zip") && x->err->code == ERR_CANCELLED)) {
		q.code = x->err->code;
		q.says = arena_strdup(a, x->err->text);
	}
	q.next = next_of(r, &q);
	vec_push(&r->requests, q);
	pthread_mutex_unlock(&r->mutex);
}

static bool open_as(struct recorder *r, enum modproject_command command, struct err *e)
{
	return modload_open(&r->ml,
			    &(struct modload_options){ .env = r->o->env,
						       .source = r->source,
						       .command = command,
						       .cancel = r->o->cancel },
			    e);
}

/* Like go mod download, which also works outside modules. */
static bool open_project(struct recorder *r, struct err *e)
{
	struct err why = ERR_INIT;

	if (open_as(r, MODPROJECT_GRAPH, &why))
		return true;
	modload_free(r->ml);
	r->ml = NULL;
	if (open_as(r, MODPROJECT_LIST, e) && !modproject_has_root(modload_project(r->ml))) {
		err_release(&why);
		return true;
	}
	err_clear(e);
	return err_move(e, &why);
}

/* What the query resolves to, as in ListModules: of a path with a query, no replacement. */
static bool find_version(struct recorder *r, struct modver m, struct modver *found, struct err *e)
{
	const char *arg = arena_fmt(&r->t->arena, "%s@%s", m.path, m.version);
	struct modinfo **rows;
	size_t n;

	if (!golist_list(r->ml, &arg, 1, GOLIST_TEXT, &rows, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "no such module");
	*found = (struct modver){ rows[0]->path, rows[0]->version };
	r->t->version = arena_strdup(&r->t->arena, found->version);
	return true;
}

static enum trace_proof proof_of(struct recorder *r, struct modver m)
{
	for (size_t i = 0; i < r->requests.n; i++)
		if (str_eq(r->requests.items[i].what, "lookup") &&
		    r->requests.items[i].code == ERR_NONE)
			return TRACE_SUMDB;
	return sumdb_setting_wants(r->o->env, m.path) ? TRACE_GOSUM : TRACE_UNCHECKED;
}

/* DownloadModule's errors: "PATH@VERSION: WHY". */
static bool module_error(struct modver m, struct err *e)
{
	return e->form == ERR_FORM_MODULE && err_wrap(e, "%s@%s: ", m.path, m.version);
}

/* The .info has been asked for, unless the project replaces the version, and a hop that may not be asked comes first. */
static bool download(struct recorder *r, struct modver m, struct err *e)
{
	struct source_info info;
	const char *data;
	size_t len;

	if (!source_gomod(r->source, m, &data, &len, e) ||
	    !source_stat(r->source, m.path, m.version, &info, e))
		return module_error(m, e);
	r->t->proof = proof_of(r, m);
	if (r->o->no_zip)
		return true;
	return source_zip_head(r->source, m, &r->t->zip_whole, e) || module_error(m, e);
}

/* An answer followed by the same request to another hop, or by the end, was rejected. */
static void mark_rejected(struct recorder *r)
{
	for (size_t i = 0; i < r->requests.n; i++) {
		struct trace_request *q = &r->requests.items[i];
		bool last = i + 1 == r->requests.n;

		if (q->next == TRACE_ANSWERED &&
		    (last ? !r->t->ok
			  : str_eq(q->what, q[1].what) && q->hop != q[1].hop &&
				     str_eq(q->what, "info")))
			q->next = TRACE_REJECTED;
	}
}

static void finish(struct recorder *r, bool ok, struct err *e)
{
	struct trace *t = r->t;

	t->ok = ok;
	t->words = arena_strdup(&t->arena, ok || !e->text ? "" : e->text);
	t->code = ok ? ERR_NONE : e->code;
	if (!ok && r->requests.n && r->requests.items[r->requests.n - 1].code)
		t->code = r->requests.items[r->requests.n - 1].code;
	mark_rejected(r);
	t->requests = arena_memdup(&t->arena, r->requests.items,
				   r->requests.n * sizeof(*r->requests.items));
	t->n = r->requests.n;
	err_release(e);
}

void trace_run(struct trace *t, const struct trace_options *o, struct modver m)
{
	struct recorder r = { .t = t, .o = o };
	struct proxy_once once = { 0 };
	struct proxy_watch watch = { .seen = on_exchange,
				     .ctx = &r,
				     .total_ms = o->total_ms,
				     .zip_bytes = ZIP_BYTES,
				     .once = &once };
	struct modver found = m;
	struct err e = ERR_INIT;
	bool ok;

	*t = (struct trace){ .version = "" };
	t->path = arena_strdup(&t->arena, m.path);
	t->query = arena_strdup(&t->arena, m.version);
	pthread_mutex_init(&r.mutex, NULL);
	route_init(&r.route, o->env, NULL);
	r.source = source_new(&(struct source_options){ .env = o->env,
							.offline = o->offline,
							.cancel = o->cancel,
							.log = o->log,
							.watch = &watch });
	ok = open_project(&r, &e) && find_version(&r, m, &found, &e) && download(&r, found, &e);
	finish(&r, ok, &e);
	modload_free(r.ml);
	source_free(r.source);
	route_release(&r.route);
	proxy_once_release(&once);
	pthread_mutex_destroy(&r.mutex);
	vec_release(&r.requests);
}

void trace_release(struct trace *t)
{
	arena_release(&t->arena);
}

bool trace_is_absent(const struct trace *t)
{
	const struct trace_request *last = t->n ? &t->requests[t->n - 1] : NULL;

	return !t->ok && last && (last->next == TRACE_LAST || last->next == TRACE_ABSENT);
}

const char *trace_next_text(enum trace_next next)
{
	static const char *const texts[] = {
		[TRACE_ANSWERED] = "answered",
		[TRACE_REJECTED] = "not accepted",
		[TRACE_ABSENT] = "not found: the next hop is asked",
		[TRACE_ANY] = "failed: \"|\" lets the next hop be asked",
		[TRACE_LAST] = "not found, and no hop follows",
		[TRACE_STOPS] = "failed: go stops here",
	};

	return texts[next];
}
