#include "fetch/http_hop.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <strings.h>

#define MAX_HEAD ((size_t)32 << 10)
#define MAX_VALUE ((size_t)4096)

char *http_hop_value(const char *line, size_t len, const char *name)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) != 0)
		return NULL;
	line += n;
	len -= n;
	while (len && (*line == ' ' || *line == '\t'))
		line++, len--;
	while (len && strchr("\r\n \t", line[len - 1]))
		len--;
	return xstrndup(line, MIN(len, MAX_VALUE));
}

char *http_hop_status(const char *text, size_t len)
{
	if (len && text[len - 1] == '\n')
		len--;
	if (len && text[len - 1] == '\r')
		len--;
	while (len && *text == ' ')
		text++, len--;
	return xstrndup(text, MIN(len, MAX_VALUE));
}

void http_hop_address(const struct sockaddr *sa, char *out, size_t size)
{
	const struct sockaddr_in6 *six = (const void *)sa;
	const struct sockaddr_in *four = (const void *)sa;

	*out = '\0';
	if (sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &four->sin_addr, out, (socklen_t)size);
	else if (sa->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		inet_ntop(AF_INET, six->sin6_addr.s6_addr + 12, out, (socklen_t)size);
	else if (sa->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &six->sin6_addr, out, (socklen_t)size);
}

void http_hop_header(struct http_hop *hop, const char *line, size_t len)
{
	const struct {
		const char *name;
		char **value;
	} wanted[] = {
		{ "age:", &hop->age },
		{ "cache-control:", &hop->cache_control },
		{ "date:", &hop->date },
		{ "retry-after:", &hop->retry_after },
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		char *value = http_hop_value(line, len, wanted[i].name);

		if (!value)
			continue;
		free(*wanted[i].value);
		*wanted[i].value = value;
		return;
	}
}

void http_hop_clear_headers(struct http_hop *hop)
{
	free(hop->age);
	free(hop->cache_control);
	free(hop->date);
	free(hop->retry_after);
	hop->age = hop->cache_control = hop->date = hop->retry_after = NULL;
}

void http_hop_release(struct http_hop *hop)
{
	http_hop_clear_headers(hop);
	free(hop->url);
	free(hop->via);
	free(hop->certificate_end);
	free(hop->tls_version);
	*hop = (struct http_hop){ 0 };
}

bool http_hop_is_plain_text(const char *type)
{
	const char *charset;
	size_t n = strcspn(type, "; \t");

	if (n != 10 || strncasecmp(type, "text/plain", 10) != 0)
		return false;
	charset = strcasestr(type, "charset=");
	if (!charset)
		return true;
	charset += 8 + (charset[8] == '"');
	n = strcspn(charset, "\"; \t");
	return n == 0 || (n == 5 && !strncasecmp(charset, "utf-8", 5)) ||
	       (n == 8 && !strncasecmp(charset, "us-ascii", 8));
}

void http_hop_keep_head(const struct http_hop *hop, const char *line, size_t len, struct buf *head)
{
	bool first = true, name = true;

	if (hop->status < 400 || hop->status > 499 || head->len + len > MAX_HEAD ||
	    (len > 5 && memcmp(line, "HTTP/", 5) == 0))
		return;
	for (; len && *line != '\r' && *line != '\n'; line++, len--) {
		name &= *line != ':';
		buf_addch(head, !name ? *line : (char)(first ? toupper(*line) : tolower(*line)));
		first = *line == '-';
	}
	buf_addch(head, '\n');
}
