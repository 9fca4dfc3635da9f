#include "fetch/route.h"

#include "base/buf.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"
#include "base/text.h"

static bool shown_error(struct err *e, const char *what, const char *url)
{
	struct buf shown = BUF_INIT;

	text_redact_url(&shown, url);
	err_set(e, ERR_SYNTAX, "%s: %s", what, shown.data);
	buf_release(&shown);
	return false;
}

static bool has_more_than_path(const struct gourl *u)
{
	return *u->opaque || u->user || *u->host || *u->query || u->force_query || *u->fragment ||
	       u->omit_host;
}

/* newProxyRepo's check of a base URL. */
static bool set_url(struct arena *a, struct route_hop *hop, struct err *e)
{
	struct gourl *u = arena_alloc(a, sizeof(*u));

	if (!gourl_parse(a, hop->url, u, e))
		return false;
	hop->base = u;
	if (str_eq(u->scheme, "file")) {
		hop->kind = ROUTE_FILE;
		return !has_more_than_path(u) ||
		       shown_error(e, "invalid file:// proxy URL with non-path elements", hop->url);
	}
	hop->kind = ROUTE_PROXY;
	if (!*u->scheme)
		return shown_error(e, "invalid proxy URL missing scheme", hop->url);
	return str_eq(u->scheme, "http") || str_eq(u->scheme, "https") ||
	       shown_error(e, "invalid proxy URL scheme (must be https, http, file)", hop->url);
}

/* Single words are reserved; without a scheme, anything but a path is a host. */
static const char *normal_url(struct arena *a, const char *word)
{
	bool bare = strpbrk(word, ".:/") && !strstr(word, ":/") && *word != '/';

	return bare ? arena_fmt(a, "https://%s", word) : arena_strdup(a, word);
}

static void set_shown(struct arena *a, struct route_hop *hop)
{
	struct buf url = BUF_INIT, shown = BUF_INIT;

	if (hop->base)
		gourl_write(hop->base, &url);
	else
		buf_addstr(&url, hop->url);
	text_redact_url(&shown, url.data);
	buf_release(&url);
	hop->shown = arena_strdup(a, shown.data);
	buf_release(&shown);
}

bool route_hop_of_url(struct arena *a, const char *url, struct route_hop *hop, struct err *e)
{
	*hop = (struct route_hop){ .url = normal_url(a, url) };
	if (!set_url(a, hop, e))
		return false;
	set_shown(a, hop);
	return true;
}

static void add_hop(struct route *r, struct route_hop *hop)
{
	set_shown(&r->arena, hop);
	r->hops = xreallocarray(r->hops, r->n + 1, sizeof(*r->hops));
	r->hops[r->n++] = *hop;
}

static bool add_word(struct route *r, const char *word, bool fall_back, bool *last, struct err *e)
{
	struct route_hop hop = { .url = word, .fall_back_on_error = fall_back };

	*last = true;
	if (str_eq(word, "off") || str_eq(word, "direct")) {
		hop.kind = *word == 'o' ? ROUTE_OFF : ROUTE_DIRECT;
		hop.fall_back_on_error = false;
		add_hop(r, &hop);
		return true;
	}
	*last = false;
	hop.url = normal_url(&r->arena, word);
	if (!set_url(&r->arena, &hop, e))
		return false;
	add_hop(r, &hop);
	return true;
}

bool route_init(struct route *r, const struct goenv *env, struct err *e)
{
	const char *list = goenv_get(env, "GOPROXY");
	bool last = false;

	r->no_proxy = arena_strdup(&r->arena, goenv_get(env, "GONOPROXY"));
	if (*r->no_proxy && !str_eq(list, "direct"))
		add_hop(r, &(struct route_hop){ .kind = ROUTE_NOPROXY, .url = "noproxy" });
	while (*list && !last) {
		size_t n = strcspn(list, ",|"), lead = MIN(strspn(list, " \t\r\n\v\f"), n),
		       len = n - lead;

		while (len && strchr(" \t\r\n\v\f", list[lead + len - 1]))
			len--;
		if (len && !add_word(r, arena_strndup(&r->arena, list + lead, len), list[n] == '|',
				     &last, e))
			return false;
		list += n + (list[n] != '\0');
	}
	if (r->n == 0 || (r->n == 1 && r->hops[0].kind == ROUTE_NOPROXY))
		return err_set(e, ERR_SYNTAX,
			       "GOPROXY list is not the empty string, but contains no entries");
	return true;
}

void route_release(struct route *r)
{
	free(r->hops);
	arena_release(&r->arena);
	*r = (struct route)ROUTE_INIT;
}

bool route_is_private(const struct route *r, const char *module)
{
	return modpath_match_globs(r->no_proxy, module);
}

bool route_allows(const struct route *r, const struct route_hop *hop, const char *module,
		  struct err *e)
{
	bool private = route_is_private(r, module);

	if (hop->kind == ROUTE_DIRECT || (private && hop->kind == ROUTE_NOPROXY))
		return true;
	if (private)
		err_set(e, ERR_NOT_FOUND, "disabled by GOPRIVATE/GONOPROXY");
	else if (hop->kind == ROUTE_OFF)
		err_set(e, ERR_OFFLINE, "module lookup disabled by GOPROXY=off");
	else if (hop->kind == ROUTE_NOPROXY)
		err_set(e, ERR_NOT_FOUND, "path does not match GOPRIVATE/GONOPROXY");
	else
		return true;
	return err_mark(e, ERR_FORM_BARE);
}

enum rank { RANK_NOT_FOUND, RANK_PROXY, RANK_DIRECT };

static bool is_not_found(const struct err *e, const struct route_hop *hop)
{
	return e->code == ERR_NOT_FOUND || (e->code == ERR_OFFLINE && hop->kind == ROUTE_OFF);
}

bool route_try_all(const struct route *r, route_fn *fn, void *ctx, struct err *e)
{
	struct err best = ERR_INIT;
	enum rank best_rank = RANK_NOT_FOUND;

	for (size_t i = 0; i < r->n; i++) {
		const struct route_hop *hop = &r->hops[i];
		struct err why = ERR_INIT;
		bool not_found, direct;

		if (fn(ctx, hop, &why)) {
			err_release(&best);
			return true;
		}
		not_found = is_not_found(&why, hop);
		direct = hop->kind == ROUTE_DIRECT ||
			 (hop->kind == ROUTE_NOPROXY && why.form != ERR_FORM_BARE);
		if (direct || (best_rank <= RANK_PROXY && !not_found) ||
		    best_rank == RANK_NOT_FOUND) {
			err_release(&best);
			best = why;
			best_rank = direct ? RANK_DIRECT : not_found ? best_rank : RANK_PROXY;
		} else {
			err_release(&why);
		}
		if (!hop->fall_back_on_error && !not_found)
			break;
	}
	return err_move(e, &best);
}

struct module_try {
	const struct route *r;
	const char *module;
	route_fn *fn;
	void *ctx;
};

static bool try_module(void *ctx, const struct route_hop *hop, struct err *e)
{
	const struct module_try *t = ctx;

	return route_allows(t->r, hop, t->module, e) && t->fn(t->ctx, hop, e);
}

bool route_try(const struct route *r, const char *module, route_fn *fn, void *ctx, struct err *e)
{
	struct module_try t = { r, module, fn, ctx };

	return route_try_all(r, try_module, &t, e);
}
