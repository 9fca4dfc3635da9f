#include "fetch/http_error.h"

#include <arpa/inet.h>
#include <errno.h>

#include "base/fs.h"
#include "base/text.h"
#include "fetch/gourl.h"

enum { MAX_RESOLV = 1 << 16 };
#define NO_ROOTS \
	"tls: failed to verify certificate: x509: failed to load system roots and no roots provided"

/* net/http.stripPassword. */
static void add_operation(struct buf *b, const char *op, const char *url)
{
	struct buf u = BUF_INIT;
	char *mask;

	text_redact_url(&u, url);
	mask = strstr(u.data, ":xxxxx@");
	buf_addstr(b, op);
	buf_addch(b, ' ');
	if (mask) {
		struct buf v = BUF_INIT;

		buf_add(&v, u.data, (size_t)(mask - u.data));
		buf_addstr(&v, ":***");
		buf_addstr(&v, mask + 6);
		text_quote(b, v.data, v.len);
		buf_release(&v);
	} else {
		text_quote(b, u.data, u.len);
	}
	buf_release(&u);
}

bool http_error_set(struct err *e, enum err_code code, const char *op, const char *url,
		    const char *why)
{
	struct buf b = BUF_INIT;

	add_operation(&b, op, url);
	err_set(e, code, "%s: %s", b.data, why);
	buf_release(&b);
	return false;
}

/* libcurl has one code for all of these; only its message tells them apart. */
static const char *tls_reason(const struct http_engine_transfer *t)
{
	/* go treats an unusable certificate file as empty */
	if (t->code == CURLE_SSL_CACERT_BADFILE || strstr(t->message, "issuer") ||
	    strstr(t->message, "self"))
		return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
	if (strstr(t->message, "expired"))
		return "tls: failed to verify certificate: x509: certificate has expired or is not yet valid";
	return NULL;
}

/* The proxy could not be reached. */
static bool is_of_proxy(const struct http_engine_transfer *t)
{
	return t->code == CURLE_COULDNT_RESOLVE_PROXY || t->code == CURLE_COULDNT_CONNECT ||
	       (t->code == CURLE_OPERATION_TIMEDOUT && !t->silence && !t->connected);
}

/* The server that go's resolver asks first: from /etc/resolv.conf, else on this machine (net/dnsconfig_unix.go). */
static void add_nameserver(struct buf *b)
{
	static const char key[] = "nameserver";
	struct buf file = BUF_INIT;
	char address[INET6_ADDRSTRLEN] = "127.0.0.1";
	unsigned char bytes[16];

	if (fs_read_buf(&file, "/etc/resolv.conf", MAX_RESOLV, NULL)) {
		for (const char *line = file.data, *next; line && *line; line = next) {
			size_t n = strcspn(line, "\n"), skip = sizeof(key) - 1, len;

			next = line[n] ? line + n + 1 : NULL;
			if (n <= skip || memcmp(line, key, skip) != 0 ||
			    !strchr(" \t\r", line[skip]))
				continue;
			skip += strspn(line + skip, " \t\r");
			len = strcspn(line + skip, " \t\r\n%");
			if (len && len < sizeof(address)) {
				memcpy(address, line + skip, len);
				address[len] = '\0';
				if (inet_pton(AF_INET, address, bytes) == 1 ||
				    inet_pton(AF_INET6, address, bytes) == 1)
					break;
				snprintf(address, sizeof(address), "127.0.0.1");
			}
		}
	}
	buf_addf(b, strchr(address, ':') ? "[%s]:53" : "%s:53", address);
	buf_release(&file);
}

static void add_silence(struct buf *b, const struct http_engine_transfer *t, const char *address,
			const char *port)
{
	switch (t->silence) {
	case HTTP_ENGINE_HOST: buf_addstr(b, "the server does not answer any more"); break;
	case HTTP_ENGINE_MODULE:
		buf_addstr(b, "not asked, as another answer about the module has not come in time");
		break;
	default:
		if (!t->connected)
			buf_addf(b, "dial tcp %s:%s: i/o timeout", address, port);
		else if (t->heard)
			buf_addstr(b, "the server stopped sending");
		else
			buf_addstr(b, "no answer in time");
	}
}

/* The address that the connection was to be made to, fit to be followed by a port. */
static const char *address_of(struct arena *a, const struct http_engine_transfer *t,
			      const char *host)
{
	const char *ip = *t->hop.address ? t->hop.address : t->tried;

	return !*ip || !*host ? host : strchr(ip, ':') ? arena_fmt(a, "[%s]", ip) : ip;
}

static bool is_port(const char *s)
{
	return strspn(s, "0123456789") != strlen(s) || strtoul(s, NULL, 10) <= 65535;
}

static void add_reason(struct buf *b, const struct http_engine_transfer *t, const char *host,
		       const char *address, const char *port)
{
	if (!is_port(port)) {
		buf_addf(b, "dial tcp: address %s: invalid port", port);
		return;
	}
	if (t->other_length) {
		buf_addf(b,
			 "net/http: HTTP/1.x transport connection broken: http: message cannot "
			 "contain multiple Content-Length headers; got [\"%s\" \"%s\"]",
			 t->length, t->other_length);
		return;
	}
	switch (t->code) {
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
		buf_addf(b, "dial tcp: lookup %s on ", host);
		add_nameserver(b);
		buf_addstr(b, ": no such host");
		break;
	case CURLE_COULDNT_CONNECT:
		buf_addf(b, "dial tcp %s:%s: connect: %s", address, port,
			 err_errno_text(t->os_errno ? (int)t->os_errno : ECONNREFUSED));
		break;
	case CURLE_URL_MALFORMAT: /* gourl took it: only the number is too great */
		buf_addf(b, "dial tcp: address %s: invalid port", port);
		break;
	case CURLE_OPERATION_TIMEDOUT: add_silence(b, t, address, port); break;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		if (t->no_roots)
			buf_addf(b, NO_ROOTS "; %s", t->no_roots);
		else if (tls_reason(t))
			buf_addstr(b, tls_reason(t));
		else
			buf_addf(b, "tls: failed to verify certificate: %s", t->message);
		break;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CLIENTCERT:
		if (!tls_peek_reason(b, &t->peek, t->message))
			buf_addstr(b, !t->peek.watched && strstr(t->message, "wrong version")
					      ? "http: server gave HTTP response to HTTPS client"
					      : t->message);
		break;
	case CURLE_GOT_NOTHING: buf_addstr(b, "EOF"); break;
	case CURLE_PARTIAL_FILE:
	case CURLE_HTTP2_STREAM: buf_addstr(b, "unexpected EOF"); break;
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		if (!tls_peek_alert(b, t->message))
			buf_addstr(b, "read: connection reset by peer");
		break;
	default: buf_addstr(b, t->message);
	}
}

void http_error_reason(struct buf *b, const struct http_engine_transfer *t, const char *host,
		       const char *port)
{
	struct arena a = ARENA_INIT;
	const char *address = address_of(&a, t, host);
	struct gourl proxy;

	if (t->connect_status >= 300) { /* of CONNECT */
		buf_addstr(b, http_error_phrase((int)t->connect_status));
		return;
	}
	if (*t->proxy && is_of_proxy(t) && gourl_parse(&a, t->proxy, &proxy, NULL)) {
		host = gourl_hostname(&a, &proxy);
		port = gourl_port(&a, &proxy);
		port = *port ? port : "1080";
		address = address_of(&a, t, host);
		buf_addstr(b, "proxyconnect tcp: ");
	}
	add_reason(b, t, host, address, port);
	arena_release(&a);
}

const char *http_error_phrase(int status)
{
	static const struct {
		int status;
		const char *text;
	} phrases[] = {
		{ 200, "OK" },
		{ 204, "No Content" },
		{ 301, "Moved Permanently" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 402, "Payment Required" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 407, "Proxy Authentication Required" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 413, "Request Entity Too Large" },
		{ 414, "Request URI Too Long" },
		{ 418, "I'm a teapot" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Entity" },
		{ 423, "Locked" },
		{ 425, "Too Early" },
		{ 426, "Upgrade Required" },
		{ 429, "Too Many Requests" },
		{ 451, "Unavailable For Legal Reasons" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
		{ 508, "Loop Detected" },
	};

	for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].text;
	return "";
}

static bool is_blank(const char *s, size_t len)
{
	text_trim(&s, &len);
	return len == 0;
}

/* Only UTF-8 without control characters is shown. */
static bool is_showable(const char *s, size_t len)
{
	while (len) {
		uint32_t rune;
		size_t n = text_rune(s, len, &rune);

		if (rune == 0xFFFD && n == 1)
			return false;
		if (!text_is_print(rune) && !text_is_space(rune))
			return false;
		s += n;
		len -= n;
	}
	return true;
}

#define DETAIL_LINES 8
#define DETAIL_BYTES (DETAIL_LINES * 81u)

void http_error_detail(struct buf *b, const char *body, size_t len)
{
	size_t start = b->len;

	if (!is_showable(body, len))
		return;
	for (int i = 0;; i++) {
		const char *nl = memchr(body, '\n', len);
		size_t n = nl ? (size_t)(nl - body) : len;

		if (is_blank(body, n))
			return;
		if (i > 0)
			buf_addstr(b, "\n\t");
		if (i >= DETAIL_LINES) {
			buf_addstr(b, "[Truncated: too many lines.]");
			return;
		}
		if (b->len - start + n > DETAIL_BYTES) {
			buf_addstr(b, "[Truncated: too long.]");
			return;
		}
		buf_add(b, body, n);
		if (!nl)
			return;
		body += n + 1;
		len -= n + 1;
	}
}
