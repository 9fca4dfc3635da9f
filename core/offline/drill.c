#include "offline/drill.h"

#include "base/par.h"
#include "fetch/http_error.h"
#include "fetch/sumdb_setting.h"
#include "gofiles/goenv.h"
#include "gofiles/gosum.h"
#include "offline/exchange.h"

#define MOST_FILES 16u

struct work {
	struct drill *d;
	const struct drill_options *o;
	struct arena *arenas; /* one per file */
};

enum outcome { OUTCOME_THERE, OUTCOME_ABSENT, OUTCOME_FAILED };

/* One file at one hop. Real requests are sent once, whatever the fault. */
struct asked {
	bool done;
	enum outcome outcome;
	const char *says;
};

static enum outcome outcome_of(enum err_code code)
{
	return code == ERR_NONE	       ? OUTCOME_THERE
	       : code == ERR_NOT_FOUND ? OUTCOME_ABSENT
				       : OUTCOME_FAILED;
}

static void ask_zip(struct exchange_client *c, const struct route_hop *hop, struct modver m,
		    struct asked *asked)
{
	struct exchange_answer ignored = { .says = "" };
	struct err e = ERR_INIT;
	bool whole;

	c->answer = &ignored;
	c->watch.zip_bytes = 1;
	asked->outcome = proxy_zip_head(&c->proxy, hop, m.path, m.version, &whole, &e)
				 ? OUTCOME_THERE
				 : outcome_of(e.code);
	asked->says = e.text ? arena_strdup(c->a, e.text) : "";
	err_release(&e);
}

static void ask(struct exchange_client *c, const struct route_hop *hop,
		const struct levels_missing *x, struct asked *asked)
{
	struct exchange_answer answer;
	const char *file = x->file + strlen("cache/download/");

	if (asked->done)
		return;
	asked->done = true;
	if (str_eq(x->what, "zip")) {
		ask_zip(c, hop, x->mod, asked);
		return;
	}
	exchange_get(c, hop, file, &answer, NULL);
	asked->outcome = outcome_of(answer.code);
	asked->says = answer.says;
}

/* The fault as the hop's answer; false if it answers normally. */
static bool play(const struct work *w, size_t i, const struct levels_missing *x, struct arena *a,
		 struct asked *asked)
{
	const char *file = x->file + strlen("cache/download/");
	const struct drill_fault *f = &w->o->fault;
	const struct route_hop *hop = &w->d->route.hops[i];

	if (i != f->hop || f->slow_ms)
		return false;
	asked->outcome = f->status == 404 || f->status == 410 ? OUTCOME_ABSENT : OUTCOME_FAILED;
	asked->says = f->status
			      ? arena_fmt(a, "reading %s/%s: %d %s", hop->shown, file, f->status,
					  http_error_phrase(f->status))
			      : arena_fmt(a, "Get \"%s/%s\": it does not answer", hop->shown, file);
	return true;
}

struct end {
	enum drill_from from;
	size_t hop, stopped; /* the last hop if there was no file */
	const char *says;
};

/* TryProxies. */
static struct end walk(struct work *w, struct exchange_client *c, const struct levels_missing *x,
		       struct asked *asked, bool fault)
{
	const struct route *r = &w->d->route;
	struct end end = { DRILL_NOWHERE, 0, 0, "" };
	bool private = route_is_private(r, x->mod.path);

	for (size_t i = 0; i < r->n; i++) {
		struct asked played = { .says = "" }, *is = &played;
		enum route_kind kind = r->hops[i].kind;

		end.stopped = i;
		if (kind == ROUTE_DIRECT || (kind == ROUTE_NOPROXY && private)) {
			if (fault && w->o->fault.vcs) {
				end.says = "its repository does not answer";
				return end;
			}
			return (struct end){ DRILL_DIRECT, i, i, "" };
		}
		if (kind == ROUTE_OFF) {
			end.says = "module lookup disabled by GOPROXY=off";
			return end;
		}
		if (kind == ROUTE_NOPROXY || private)
			continue;
		if (!fault || !play(w, i, x, c->a, &played)) {
			ask(c, &r->hops[i], x, &asked[i]);
			is = &asked[i];
		}
		if (is->outcome == OUTCOME_THERE)
			return (struct end){ DRILL_HOP, i, i, "" };
		end.says = is->says;
		if (is->outcome == OUTCOME_FAILED && !r->hops[i].fall_back_on_error)
			return end;
	}
	return end;
}

/* A zip that go.sum lacks is looked up in the database. */
static bool is_unverified(const struct work *w, const struct levels_missing *x)
{
	bool gomod = str_eq(x->what, "mod");

	return w->o->fault.sumdb && (gomod || str_eq(x->what, "zip")) &&
	       sumdb_setting_wants(w->o->env, x->mod.path) &&
	       !(w->o->sums && gosum_have(w->o->sums, x->mod, gomod ? GOSUM_MOD : GOSUM_ZIP));
}

static const char *mend_of(struct work *w, const struct drill_file *f, const struct end *end,
			   struct arena *a)
{
	const struct route *r = &w->d->route;

	if (f->unverified)
		return "modscope prefetch --yes, or add its hash to go.sum";
	if (f->from != DRILL_NOWHERE || f->before == DRILL_NOWHERE)
		return "";
	if (end->stopped == w->o->fault.hop && end->stopped + 1 < r->n &&
	    !r->hops[end->stopped].fall_back_on_error)
		return arena_fmt(a, "\"|\" after hop %zu, or modscope prefetch --yes",
				 end->stopped + 1);
	return "a second proxy that has it, modscope prefetch --yes, or go mod vendor";
}

static void rehearse(void *ctx, size_t i)
{
	struct work *w = ctx;
	struct drill_file *f = &w->d->files[i];
	struct arena *a = &w->arenas[i];
	struct asked *asked = arena_calloc(a, w->d->route.n + 1, sizeof(*asked));
	struct exchange_client c;
	struct end before, now;

	exchange_begin(&c,
		       &(struct exchange_options){ .env = w->o->env,
						   .total_ms = w->o->total_ms,
						   .cancel = w->o->cancel,
						   .log = w->o->log },
		       a);
	before = walk(w, &c, f->missing, asked, false);
	now = walk(w, &c, f->missing, asked, true);
	exchange_end(&c);
	f->before = before.from;
	f->hop_before = before.hop;
	f->from = now.from;
	f->hop = now.hop;
	f->says = now.says ? now.says : "";
	f->unverified = f->from != DRILL_NOWHERE && is_unverified(w, f->missing);
	if (f->unverified)
		f->says = "its hash is not in go.sum, and the checksum database does not answer";
	f->mend = mend_of(w, f, &now, a);
}

static void count(struct drill *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct drill_file *f = &d->files[i];
		bool lost = f->from == DRILL_NOWHERE || f->unverified;

		d->n_lost += lost;
		d->n_moved += !lost && (f->from != f->before || f->hop != f->hop_before);
	}
}

bool drill_fits(const struct drill_fault *f, const struct route *r, const struct goenv *env,
		struct err *e)
{
	if (f->sumdb && str_eq(goenv_get(env, "GOSUMDB"), "off"))
		return err_set(e, ERR_USAGE,
			       "GOSUMDB is off: go does not ask the checksum database");
	if (f->hop == DRILL_NO_HOP)
		return true;
	if (f->hop >= r->n)
		return err_set(e, ERR_USAGE, "there is no hop %zu: GOPROXY has %zu hop%s",
			       f->hop + 1, r->n, r->n == 1 ? "" : "s");
	if (!r->hops[f->hop].base)
		return err_set(e, ERR_USAGE, "hop %zu is %s, which is no proxy%s", f->hop + 1,
			       r->hops[f->hop].shown,
			       r->hops[f->hop].kind == ROUTE_OFF ? ""
								 : ": --vcs down plays its fault");
	return true;
}

void drill_run(struct drill *d, const struct drill_options *o,
	       const struct levels_missing *const *missing, size_t n)
{
	struct work w = { .d = d, .o = o, .arenas = xcalloc(n + 1, sizeof(*w.arenas)) };
	struct err e = ERR_INIT;

	*d = (struct drill){ .error = "" };
	if (!route_init(&d->route, o->env, &e) || !drill_fits(&o->fault, &d->route, o->env, &e))
		d->error = arena_strdup(&d->arena, e.text);
	err_release(&e);
	n = *d->error ? 0 : n;
	d->files = arena_calloc(&d->arena, n + 1, sizeof(*d->files));
	for (size_t i = 0; i < n; i++)
		d->files[i].missing = missing[i];
	d->n = n;
	par_for(n, (unsigned)MIN(n, MOST_FILES), rehearse, &w);
	for (size_t i = 0; i < n; i++)
		arena_combine(&d->arena, &w.arenas[i]);
	free(w.arenas);
	count(d);
}

void drill_release(struct drill *d)
{
	route_release(&d->route);
	arena_release(&d->arena);
}
