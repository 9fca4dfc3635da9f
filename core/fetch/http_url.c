#include "fetch/http_url.h"

#include <strings.h>

static char *get_part(const struct curl_lib *curl, CURLU *u, CURLUPart part, unsigned flags)
{
	char *s = NULL, *copy;

	if (curl->url_get(u, part, &s, flags) != CURLUE_OK)
		return NULL;
	copy = xstrdup(s);
	curl->free(s);
	return copy;
}

bool http_url_split(const struct curl_lib *curl, const char *url, struct http_url *parts)
{
	CURLU *u = curl->url();
	bool ok;

	*parts = (struct http_url){ 0 };
	ok = u && curl->url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
	if (ok) {
		parts->scheme = get_part(curl, u, CURLUPART_SCHEME, 0);
		parts->host = get_part(curl, u, CURLUPART_HOST, 0);
		parts->port = get_part(curl, u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
		parts->user = get_part(curl, u, CURLUPART_USER, CURLU_URLDECODE);
		parts->password = get_part(curl, u, CURLUPART_PASSWORD, CURLU_URLDECODE);
		curl->url_set(u, CURLUPART_USER, NULL, 0);
		curl->url_set(u, CURLUPART_PASSWORD, NULL, 0);
		parts->bare = get_part(curl, u, CURLUPART_URL, 0);
		ok = parts->scheme && parts->host && parts->bare;
	}
	curl->url_cleanup(u);
	return ok;
}

void http_url_release(struct http_url *parts)
{
	free(parts->scheme);
	free(parts->host);
	free(parts->port);
	free(parts->bare);
	free(parts->user);
	free(parts->password);
	*parts = (struct http_url){ 0 };
}

char *http_url_resolve(const struct curl_lib *curl, const char *base, const char *location)
{
	CURLU *u = curl->url();
	char *next = NULL;

	if (u && curl->url_set(u, CURLUPART_URL, base, 0) == CURLUE_OK &&
	    curl->url_set(u, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) ==
		    CURLUE_OK)
		next = get_part(curl, u, CURLUPART_URL, 0);
	curl->url_cleanup(u);
	return next;
}

bool http_url_is_same_domain(const char *first_host, const char *next_host)
{
	size_t n = strlen(first_host), m = strlen(next_host);

	if (strcasecmp(first_host, next_host) == 0)
		return true;
	return m > n && next_host[m - n - 1] == '.' &&
	       strcasecmp(next_host + m - n, first_host) == 0 && !strchr(next_host, ':');
}
