#include "fetch/route.h"

#include "base/buf.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"
#include "base/text.h"

static bool url_error(struct err *e, const char *url, const char *why)
{
	struct buf shown = BUF_INIT, q = BUF_INIT;

	text_redact_url(&shown, url);
	text_quote(&q, shown.data, shown.len);
	err_set(e, ERR_SYNTAX, "parse %s: %s", q.data, why);
	buf_release(&shown);
	buf_release(&q);
	return false;
}

static bool shown_error(struct err *e, const char *what, const char *url)
{
	struct buf shown = BUF_INIT;

	text_redact_url(&shown, url);
	err_set(e, ERR_SYNTAX, "%s: %s", what, shown.data);
	buf_release(&shown);
	return false;
}

/* net/url.getScheme: its length, 0 if there is none, -1 where a scheme is missing before ":". */
static int scheme_length(const char *url)
{
	for (int i = 0; url[i]; i++) {
		char c = url[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			continue;
		if ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.') {
			if (i == 0)
				return 0;
			continue;
		}
		if (c == ':')
			return i == 0 ? -1 : i;
		return 0;
	}
	return 0;
}

static bool check_port(const char *url, const char *authority, size_t len, struct err *e)
{
	const char *end = authority + len, *at = memrchr(authority, '@', len),
		   *host = at ? at + 1 : authority, *colon;
	struct buf q = BUF_INIT;
	char *port;

	if (host < end && *host == '[') {
		const char *bracket = memchr(host, ']', (size_t)(end - host));

		if (!bracket)
			return url_error(e, url, "missing ']' in host");
		host = bracket;
	}
	colon = memrchr(host, ':', (size_t)(end - host));
	if (!colon)
		return true;
	port = xstrndup(colon, (size_t)(end - colon));
	bool ok = !port[1 + strspn(port + 1, "0123456789")];

	if (!ok) {
		buf_addstr(&q, "invalid port ");
		text_quote(&q, port, strlen(port));
		buf_addstr(&q, " after host");
		url_error(e, url, q.data);
	}
	buf_release(&q);
	free(port);
	return ok;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* net/url.unescape of a path; NULL and an error where "%" is followed by anything else than two digits. */
static char *unescape(struct arena *a, const char *url, const char *s, struct err *e)
{
	char *out = arena_alloc(a, strlen(s) + 1), *p = out;
	struct buf q = BUF_INIT;

	for (; *s; s++) {
		if (*s != '%') {
			*p++ = *s;
			continue;
		}
		if (hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0) {
			buf_addstr(&q, "invalid URL escape ");
			text_quote(&q, s, MIN(strlen(s), (size_t)3));
			url_error(e, url, q.data);
			buf_release(&q);
			return NULL;
		}
		*p++ = (char)(hex_digit(s[1]) << 4 | hex_digit(s[2]));
		s += 2;
	}
	*p = '\0';
	return out;
}

/* A file URL must be a path and nothing else, after an empty host. */
static bool set_file(struct arena *a, struct route_hop *hop, const char *rest, struct err *e)
{
	static const char what[] = "invalid file:// proxy URL with non-path elements";
	const char *path = str_cut_prefix(rest, "//");

	if (!path || *path != '/' || strpbrk(path, "?#"))
		return shown_error(e, what, hop->url);
	hop->kind = ROUTE_FILE;
	hop->dir = unescape(a, hop->url, path, e);
	return hop->dir != NULL;
}

/* newProxyRepo's check of a base URL, and url.Parse's before it. */
static bool set_url(struct arena *a, struct route_hop *hop, struct err *e)
{
	const char *url = hop->url, *rest;
	int n = scheme_length(url);
	char *scheme;

	for (const char *p = url; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return url_error(e, url, "net/url: invalid control character in URL");
	if (n < 0)
		return url_error(e, url, "missing protocol scheme");
	if (n == 0)
		return shown_error(e, "invalid proxy URL missing scheme", url);
	rest = url + n + 1;
	scheme = arena_strndup(a, url, (size_t)n);
	for (char *p = scheme; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 0x20 : *p);
	if (str_has_prefix(rest, "//") && !check_port(url, rest + 2, strcspn(rest + 2, "/?#"), e))
		return false;
	if (str_eq(scheme, "file"))
		return set_file(a, hop, rest, e);
	if (!str_eq(scheme, "http") && !str_eq(scheme, "https"))
		return shown_error(e, "invalid proxy URL scheme (must be https, http, file)", url);
	hop->kind = ROUTE_PROXY;
	return true;
}

static const char *normal_url(struct arena *a, const char *word)
{
	bool bare = strpbrk(word, ".:/") && !strstr(word, ":/") && *word != '/';
	char *url = bare ? arena_fmt(a, "https://%s", word) : arena_strdup(a, word);
	size_t n = strlen(url);

	/* "file:///" is the root directory */
	while (n > 1 && url[n - 1] == '/' && url[n - 2] != '/')
		url[--n] = '\0';
	return url;
}

static void set_shown(struct arena *a, struct route_hop *hop)
{
	struct buf shown = BUF_INIT;

	text_redact_url(&shown, hop->url);
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
		return err_set(
			e, ERR_NOT_HERE,
			"direct access to its repository is needed (%s), which modscope does not have",
			hop->kind == ROUTE_DIRECT ? "GOPROXY=direct" : "GOPRIVATE/GONOPROXY");
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
		direct = hop->kind == ROUTE_DIRECT || why.code == ERR_NOT_HERE;
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
