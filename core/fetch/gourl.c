#include "fetch/gourl.h"

#include <arpa/inet.h>

#include "base/hex.h"
#include "base/text.h"

enum part { IN_PATH, IN_HOST, IN_ZONE, IN_USER, IN_FRAGMENT };

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_alnum(char c)
{
	return is_alpha(c) || (c >= '0' && c <= '9');
}

static bool is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

static const char *const plain_in[] = {
	[IN_HOST] = "!$&'()*+,;=:[]<>\"", [IN_ZONE] = "!$&'()*+,;=:[]<>\"",
	[IN_PATH] = "$&+,/:;=@",	  [IN_USER] = "$&+,;=",
	[IN_FRAGMENT] = "$&+,/:;=?@!()*",
};

/* net/url.shouldEscape */
static bool must_escape(char c, enum part part)
{
	return !is_alnum(c) && !is_in(c, "-_.~") && !is_in(c, plain_in[part]);
}

static void escape(struct buf *b, const char *s, enum part part)
{
	text_percent_encode(b, s, plain_in[part]);
}

static const char *take(struct arena *a, struct buf *b)
{
	const char *s = arena_strdup(a, b->data);

	buf_release(b);
	return s;
}

static bool bad_escape(struct err *e, const char *what, const char *s, size_t len)
{
	struct buf q = BUF_INIT;

	text_quote(&q, s, len);
	err_set(e, ERR_SYNTAX, "invalid %s %s%s", what, q.data,
		*what == 'c' ? " in host name" : "");
	buf_release(&q);
	return false;
}

/* One "%XX" at s. */
static bool check_escape(const char *s, enum part part, struct err *e)
{
	int v;

	if (hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0)
		return bad_escape(e, "URL escape", s, MIN(strlen(s), (size_t)3));
	v = hex_digit(s[1]) << 4 | hex_digit(s[2]);
	if (v == '%' || (part != IN_HOST && part != IN_ZONE))
		return true;
	if (part == IN_HOST ? v < 0x80 : v != ' ' && must_escape((char)v, IN_HOST))
		return bad_escape(e, "URL escape", s, 3);
	return true;
}

/* net/url.unescape; NULL and an error. */
static const char *unescape(struct arena *a, const char *s, enum part part, struct err *e)
{
	char *out = arena_alloc(a, strlen(s) + 1), *p = out;

	for (; *s; s++) {
		if (*s == '%') {
			if (!check_escape(s, part, e))
				return NULL;
			*p++ = (char)(hex_digit(s[1]) << 4 | hex_digit(s[2]));
			s += 2;
		} else if ((part == IN_HOST || part == IN_ZONE) && (unsigned char)*s < 0x80 &&
			   must_escape(*s, part)) {
			bad_escape(e, "character", s, 1);
			return NULL;
		} else {
			*p++ = *s;
		}
	}
	*p = '\0';
	return out;
}

/* Parsing */

static bool set_encoded(struct arena *a, const char *s, enum part part, const char **plain,
			const char **raw, struct err *e)
{
	struct buf b = BUF_INIT;

	*plain = unescape(a, s, part, e);
	if (!*plain)
		return false;
	escape(&b, *plain, part);
	*raw = str_eq(b.data, s) ? "" : s;
	buf_release(&b);
	return true;
}

/* getScheme: false where a scheme is missing before ":". */
static bool cut_scheme(struct arena *a, const char *s, const char **scheme, const char **rest)
{
	size_t n = 0;
	char *lower;

	*scheme = "";
	*rest = s;
	while (is_alnum(s[n]) || is_in(s[n], "+-.")) {
		if (n == 0 && !is_alpha(s[0]))
			return true;
		n++;
	}
	if (s[n] != ':')
		return true;
	if (n == 0)
		return false;
	lower = arena_strndup(a, s, n);
	for (char *p = lower; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 0x20 : *p);
	*scheme = lower;
	*rest = s + n + 1;
	return true;
}

static bool check_port(const char *colon_port, struct err *e)
{
	struct buf q = BUF_INIT;

	if (!*colon_port ||
	    (*colon_port == ':' && !colon_port[1 + strspn(colon_port + 1, "0123456789")]))
		return true;
	text_quote(&q, colon_port, strlen(colon_port));
	err_set(e, ERR_SYNTAX, "invalid port %s after host", q.data);
	buf_release(&q);
	return false;
}

/* "[v6%25zone]:port" */
static bool parse_literal(struct arena *a, const char *host, struct gourl *u, struct err *e)
{
	const char *close = strrchr(host, ']'), *zone, *name, *zone_name = "";
	struct in6_addr v6;
	char *inside;

	if (!close)
		return err_set(e, ERR_SYNTAX, "missing ']' in host");
	if (!check_port(close + 1, e))
		return false;
	inside = arena_strndup(a, host + 1, (size_t)(close - host - 1));
	zone = strstr(inside, "%25");
	name = unescape(a, zone ? arena_strndup(a, inside, (size_t)(zone - inside)) : inside,
			IN_HOST, e);
	if (name && zone)
		zone_name = unescape(a, zone, IN_ZONE, e);
	if (!name || !zone_name)
		return false;
	if (inet_pton(AF_INET6, name, &v6) != 1)
		return inet_pton(AF_INET, name, &v6) == 1
			       ? err_set(e, ERR_SYNTAX, "invalid IP-literal")
			       : err_set(e, ERR_SYNTAX,
					 "invalid host: ParseAddr(\"%s\"): unable to parse IP",
					 name);
	u->host = arena_fmt(a, "[%s%s]%s", name, zone_name, close + 1);
	return true;
}

static bool parse_host(struct arena *a, const char *host, struct gourl *u, struct err *e)
{
	const char *bracket = strrchr(host, '['), *colon = strchr(host, ':');

	if (bracket == host)
		return parse_literal(a, host, u, e);
	if (bracket)
		return err_set(e, ERR_SYNTAX, "invalid IP-literal");
	if (colon && !str_eq(u->scheme, "http") && !str_eq(u->scheme, "https"))
		colon = strrchr(host, ':');
	if (colon && !check_port(colon, e))
		return false;
	u->host = unescape(a, host, IN_HOST, e);
	return u->host != NULL;
}

static bool parse_user(struct arena *a, const char *info, struct gourl *u, struct err *e)
{
	const char *colon = strchr(info, ':');

	for (const char *p = info; *p; p++)
		if (!is_alnum(*p) && !is_in(*p, "-._:~!$&'()*+,;=%@"))
			return err_set(e, ERR_SYNTAX, "net/url: invalid userinfo");
	u->user = unescape(a, colon ? arena_strndup(a, info, (size_t)(colon - info)) : info,
			   IN_USER, e);
	if (u->user && colon)
		u->password = unescape(a, colon + 1, IN_USER, e);
	return u->user && (!colon || u->password);
}

static bool parse_authority(struct arena *a, char *authority, struct gourl *u, struct err *e)
{
	char *at = strrchr(authority, '@');

	if (!parse_host(a, at ? at + 1 : authority, u, e))
		return false;
	if (!at)
		return true;
	*at = '\0';
	return parse_user(a, authority, u, e);
}

/* The part between the scheme and the query. */
static bool parse_rest(struct arena *a, char *rest, struct gourl *u, struct err *e)
{
	size_t n;

	if (*rest != '/' && *u->scheme) {
		u->opaque = rest;
		return true;
	}
	if (*rest != '/' && memchr(rest, ':', strcspn(rest, "/")))
		return err_set(e, ERR_SYNTAX, "first path segment in URL cannot contain colon");
	if (str_has_prefix(rest, "//") && (*u->scheme || !str_has_prefix(rest, "///"))) {
		n = strcspn(rest + 2, "/");
		if (!parse_authority(a, arena_strndup(a, rest + 2, n), u, e))
			return false;
		rest += 2 + n;
	} else if (*u->scheme) {
		u->omit_host = true;
	}
	return set_encoded(a, rest, IN_PATH, &u->path, &u->raw_path, e);
}

static bool parse(struct arena *a, char *s, struct gourl *u, struct err *e)
{
	const char *rest;
	char *query;

	for (const char *p = s; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return err_set(e, ERR_SYNTAX, "net/url: invalid control character in URL");
	if (str_eq(s, "*")) {
		u->path = "*";
		return true;
	}
	if (!cut_scheme(a, s, &u->scheme, &rest))
		return err_set(e, ERR_SYNTAX, "missing protocol scheme");
	s = arena_strdup(a, rest);
	query = strchr(s, '?');
	if (query) {
		*query++ = '\0';
		u->force_query = !*query;
		u->query = query;
	}
	return parse_rest(a, s, u, e);
}

bool gourl_parse(struct arena *a, const char *s, struct gourl *u, struct err *e)
{
	char *copy = arena_strdup(a, s), *hash = strchr(copy, '#');
	struct buf shown = BUF_INIT, q = BUF_INIT;
	struct err why = ERR_INIT;
	bool ok, whole;

	*u = (struct gourl){ .scheme = "",
			     .opaque = "",
			     .host = "",
			     .path = "",
			     .raw_path = "",
			     .query = "",
			     .fragment = "",
			     .raw_fragment = "" };
	if (hash)
		*hash++ = '\0';
	ok = whole = parse(a, copy, u, &why);
	if (ok && hash)
		ok = set_encoded(a, hash, IN_FRAGMENT, &u->fragment, &u->raw_fragment, &why);
	if (!ok) {
		text_redact_url(&shown, whole ? s : copy);
		text_quote(&q, shown.data, shown.len);
		err_set(e, ERR_SYNTAX, "parse %s: %s", q.data, why.text);
		err_release(&why);
		buf_release(&shown);
		buf_release(&q);
	}
	return ok;
}

/* Writing */

static bool raw_is_valid(const char *raw, const char *extra, enum part part)
{
	for (; *raw; raw++)
		if (!is_in(*raw, extra) && must_escape(*raw, part))
			return false;
	return true;
}

/* Both end at a NUL byte, an escaped one too. */
static bool decodes_to(const char *raw, const char *plain)
{
	for (; *raw; raw++, plain++) {
		unsigned char c = (unsigned char)*raw;

		if (c == '%') {
			if (!check_escape(raw, IN_PATH, NULL))
				return false;
			c = (unsigned char)(hex_digit(raw[1]) << 4 | hex_digit(raw[2]));
			raw += 2;
		}
		if (c != (unsigned char)*plain)
			return false;
		if (!c)
			return true;
	}
	return !*plain;
}

static void write_encoded(struct buf *b, const char *plain, const char *raw, enum part part)
{
	if (*raw && raw_is_valid(raw, "!$&'()*+,;=:@[]%", part) && decodes_to(raw, plain))
		buf_addstr(b, raw);
	else if (part == IN_PATH && str_eq(plain, "*"))
		buf_addch(b, '*');
	else
		escape(b, plain, part);
}

static void write_authority(const struct gourl *u, struct buf *b)
{
	if ((!*u->scheme && !*u->host && !u->user) || (u->omit_host && !*u->host && !u->user))
		return;
	if (*u->host || *u->path || u->user)
		buf_addstr(b, "//");
	if (u->user) {
		escape(b, u->user, IN_USER);
		if (u->password) {
			buf_addch(b, ':');
			escape(b, u->password, IN_USER);
		}
		buf_addch(b, '@');
	}
	escape(b, u->host, IN_HOST);
}

void gourl_write(const struct gourl *u, struct buf *b)
{
	size_t start = b->len;

	if (*u->scheme)
		buf_addf(b, "%s:", u->scheme);
	if (*u->opaque) {
		buf_addstr(b, u->opaque);
	} else {
		struct buf path = BUF_INIT;

		write_authority(u, b);
		write_encoded(&path, u->path, u->raw_path, IN_PATH);
		if (path.len && path.data[0] != '/' && *u->host)
			buf_addch(b, '/');
		if (b->len == start && memchr(path.data, ':', strcspn(path.data, "/")))
			buf_addstr(b, "./");
		buf_add(b, path.data, path.len);
		buf_release(&path);
	}
	if (u->force_query || *u->query)
		buf_addf(b, "?%s", u->query);
	if (*u->fragment) {
		buf_addch(b, '#');
		write_encoded(b, u->fragment, u->raw_fragment, IN_FRAGMENT);
	}
}

/* Deriving URLs */

static const char *append_path(struct arena *a, const char *base, const char *path)
{
	size_t n = strlen(base), len;
	char *joined;

	n -= n > 0 && base[n - 1] == '/';
	path += *path == '/';
	len = strlen(path);
	joined = arena_alloc(a, n + len + 2);
	memcpy(joined, base, n);
	joined[n] = '/';
	memcpy(joined + n + 1, path, len + 1);
	return joined;
}

struct gourl gourl_join(struct arena *a, const struct gourl *u, const char *path,
			const char *raw_path)
{
	struct gourl j = *u;

	j.path = append_path(a, u->path, path);
	j.raw_path = append_path(a, u->raw_path, raw_path);
	return j;
}

/* net/url.resolvePath: "." and ".." are resolved as RFC 3986 says. */
static const char *resolve_path(struct arena *a, const char *base, const char *ref)
{
	const char *slash = strrchr(base, '/'), *full = ref, *s;
	struct buf dst = BUF_INIT;
	bool first = true, dots = false;

	if (!*ref)
		full = base;
	else if (*ref != '/')
		full = arena_fmt(a, "%.*s%s", slash ? (int)(slash + 1 - base) : 0, base, ref);
	if (!*full)
		return "";
	buf_addch(&dst, '/');
	for (s = full; s; s = strchr(s, '/') ? strchr(s, '/') + 1 : NULL) {
		size_t n = strcspn(s, "/");

		dots = (n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.');
		if (dots && n == 2) {
			const char *last = dst.len > 1 ? memrchr(dst.data + 1, '/', dst.len - 1)
						       : NULL;

			buf_truncate(&dst, last ? (size_t)(last - dst.data) : 1);
			first = dst.len == 1;
		} else if (dots) {
			first = false;
		} else {
			if (!first)
				buf_addch(&dst, '/');
			buf_add(&dst, s, n);
			first = false;
		}
	}
	if (dots)
		buf_addch(&dst, '/');
	s = take(a, &dst); /* begins with a slash */
	return s + (s[1] == '/');
}

static const char *escaped_path(struct arena *a, const struct gourl *u)
{
	struct buf b = BUF_INIT;

	write_encoded(&b, u->path, u->raw_path, IN_PATH);
	return take(a, &b);
}

struct gourl gourl_resolve(struct arena *a, const struct gourl *base, const struct gourl *ref)
{
	struct gourl u = *ref;

	if (!*ref->scheme)
		u.scheme = base->scheme;
	if (*ref->scheme || *ref->host || ref->user) {
		set_encoded(a, resolve_path(a, escaped_path(a, ref), ""), IN_PATH, &u.path,
			    &u.raw_path, NULL);
		return u;
	}
	if (!*ref->path && *base->opaque) {
		u.opaque = base->opaque;
		u.user = u.password = NULL;
		u.host = u.path = "";
		return u;
	}
	if (!*ref->path && !ref->force_query && !*ref->query) {
		u.query = base->query;
		if (!*ref->fragment) {
			u.fragment = base->fragment;
			u.raw_fragment = base->raw_fragment;
		}
	}
	u.host = base->host;
	u.user = base->user;
	u.password = base->password;
	set_encoded(a, resolve_path(a, escaped_path(a, base), escaped_path(a, ref)), IN_PATH,
		    &u.path, &u.raw_path, NULL);
	return u;
}

struct gourl gourl_bare(const struct gourl *u)
{
	struct gourl bare = *u;

	bare.user = bare.password = NULL;
	bare.fragment = bare.raw_fragment = "";
	return bare;
}

/* Where ":port" begins in the host, or its end. */
static const char *port_of(const struct gourl *u)
{
	const char *close = strrchr(u->host, ']'), *colon = strrchr(close ? close : u->host, ':');

	return colon ? colon : u->host + strlen(u->host);
}

const char *gourl_hostname(struct arena *a, const struct gourl *u)
{
	return arena_strndup(a, u->host, (size_t)(port_of(u) - u->host));
}

const char *gourl_port(struct arena *a, const struct gourl *u)
{
	const char *port = port_of(u);

	if (port[0] && port[1])
		return arena_strdup(a, port + 1);
	return str_eq(u->scheme, "https") ? "443" : str_eq(u->scheme, "http") ? "80" : "";
}
