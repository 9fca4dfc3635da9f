#include "fetch/http_proxy.h"

#include <arpa/inet.h>
#include <strings.h>

#include "fetch/gourl.h"
#include "gofiles/goenv.h"

#define BLANKS " \t\n\v\f\r" /* strings.TrimSpace of ASCII */

/* An address of either family, IPv4 in mapped form. */
struct address {
	unsigned char bytes[16];
};

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool parse_address(struct address *a, const char *s, size_t len)
{
	char text[INET6_ADDRSTRLEN];

	if (len >= sizeof(text))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	if (inet_pton(AF_INET6, text, a->bytes) == 1)
		return true;
	memcpy(a->bytes, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, a->bytes + 12) == 1;
}

static bool is_v4(const struct address *a)
{
	return memcmp(a->bytes, mapped, sizeof(mapped)) == 0;
}

static bool is_loopback(const struct address *a)
{
	static const struct address six = { .bytes = { [15] = 1 } };

	return is_v4(a) ? a->bytes[12] == 127 : memcmp(a, &six, sizeof(six)) == 0;
}

/* net.ParseCIDR and Contains: the mask is digits only and fits the family. */
static bool in_network(const struct address *a, const char *s, const char *slash, size_t len)
{
	const char *mask;
	size_t n_digits, bits = 0;
	struct address net;

	if (!parse_address(&net, s, (size_t)(slash - s)) || is_v4(&net) != is_v4(a))
		return false;
	mask = slash + 1;
	n_digits = len - (size_t)(mask - s);
	if (n_digits == 0 || strspn(mask, "0123456789") < n_digits)
		return false;
	for (size_t i = 0; i < n_digits && bits <= 128; i++)
		bits = bits * 10 + (size_t)(mask[i] - '0');
	bits += is_v4(&net) ? 96 : 0;
	if (bits > 128)
		return false;
	for (size_t i = 0; i < bits; i++) {
		unsigned char bit = (unsigned char)(0x80 >> (i % 8));

		if ((a->bytes[i / 8] & bit) != (net.bytes[i / 8] & bit))
			return false;
	}
	return true;
}

/* net.SplitHostPort: "host:port", "[v6]:port". For anything else false, and everything is the host. */
static bool cut_port(const char **s, size_t *len, const char **port, size_t *port_len)
{
	const char *end = *s + *len, *colon = memrchr(*s, ':', *len), *host = *s, *host_end = colon;

	if (!colon)
		return false;
	if (*host == '[') {
		host++;
		host_end = memchr(host, ']', *len - 1);
		if (!host_end || host_end + 1 != colon)
			return false;
	} else if (memchr(host, ':', (size_t)(colon - host))) {
		return false;
	}
	if (memchr(host, '[', (size_t)(end - host)) || memchr(colon, ']', (size_t)(end - colon)) ||
	    memchr(host, ']', (size_t)(host_end - host)))
		return false;
	*port = colon + 1;
	*port_len = (size_t)(end - *port);
	*s = host;
	*len = (size_t)(host_end - host);
	return true;
}

static bool domain_matches(const char *host, const char *domain, size_t len)
{
	size_t n = strlen(host);

	if (len >= 2 && domain[0] == '*' && domain[1] == '.') {
		domain++;
		len--;
	}
	if (domain[0] != '.' && n == len && strncasecmp(host, domain, len) == 0)
		return true;
	if (domain[0] == '.') {
		domain++;
		len--;
	}
	return n > len && host[n - len - 1] == '.' && strncasecmp(host + n - len, domain, len) == 0;
}

static bool entry_matches(const char *entry, size_t len, const char *host, const struct address *ip,
			  const char *port)
{
	const char *entry_port = "";
	size_t port_len = 0;
	const char *slash = memchr(entry, '/', len);
	struct address other;

	if (slash)
		return ip && in_network(ip, entry, slash, len);
	cut_port(&entry, &len, &entry_port, &port_len);
	if (!len ||
	    (port_len && (strlen(port) != port_len || memcmp(port, entry_port, port_len) != 0)))
		return false;
	if (parse_address(&other, entry, len))
		return ip && memcmp(ip, &other, sizeof(other)) == 0;
	return !ip && domain_matches(host, entry, len);
}

static bool is_exempt(const char *list, const char *host, const struct address *ip,
		      const char *port)
{
	while (*list) {
		size_t n = strcspn(list, ","), lead = MIN(strspn(list, BLANKS), n), len = n - lead;

		while (len && strchr(BLANKS, list[lead + len - 1]))
			len--;
		if (len == 1 && list[lead] == '*')
			return true;
		if (len && entry_matches(list + lead, len, host, ip, port))
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

static char *env_any(const struct goenv *env, const char *upper, const char *lower)
{
	const char *v = goenv_get(env, upper);

	if (!*v)
		v = goenv_get(env, lower);
	return *v ? xstrdup(v) : NULL;
}

/* parseProxy: anything but a URL with a host may lack its scheme; if it still does not parse, there is no proxy. */
static char *with_scheme(char *take)
{
	struct arena a = ARENA_INIT;
	struct gourl u;
	char *with;

	if (!take || (gourl_parse(&a, take, &u, NULL) && *u.scheme && *u.host)) {
		arena_release(&a);
		return take;
	}
	with = xasprintf("http://%s", take);
	if (!gourl_parse(&a, with, &u, NULL)) {
		free(with);
		with = gourl_parse(&a, take, &u, NULL) ? xstrdup(take) : NULL;
	}
	arena_release(&a);
	free(take);
	return with;
}

void http_proxy_load(struct http_proxy_settings *p, const struct goenv *env)
{
	p->http = with_scheme(env_any(env, "HTTP_PROXY", "http_proxy"));
	p->https = with_scheme(env_any(env, "HTTPS_PROXY", "https_proxy"));
	p->no_proxy = env_any(env, "NO_PROXY", "no_proxy");
	p->cgi = *goenv_get(env, "REQUEST_METHOD");
}

void http_proxy_release(struct http_proxy_settings *p)
{
	free(p->http);
	free(p->https);
	free(p->no_proxy);
	*p = (struct http_proxy_settings){ 0 };
}

bool http_proxy_refuses(const struct http_proxy_settings *p, const char *scheme)
{
	return p->cgi && p->http && str_eq(scheme, "http");
}

const char *http_proxy_for(const struct http_proxy_settings *p, const char *scheme,
			   const char *host, const char *port)
{
	const char *proxy = str_eq(scheme, "https") ? p->https : p->http;
	size_t len = strlen(host), brackets = host[0] == '['; /* of an address, both */
	struct address a;
	bool is_ip;

	if (!proxy || str_eq(host, "localhost"))
		return "";
	is_ip = parse_address(&a, host + brackets, len - 2 * brackets);
	if (is_ip && is_loopback(&a))
		return "";
	if (p->no_proxy && is_exempt(p->no_proxy, host, is_ip ? &a : NULL, port))
		return "";
	return proxy;
}
