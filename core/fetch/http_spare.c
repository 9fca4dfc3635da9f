#include "fetch/http_spare.h"

#include "base/base.h"

CURL *http_spare_take(struct http_spare *s, const struct curl_lib *curl)
{
	return s->n ? s->handles[--s->n] : curl->easy_init();
}

void http_spare_put(struct http_spare *s, const struct curl_lib *curl, CURL *easy)
{
	if (s->n == (int)ARRAY_LEN(s->handles)) {
		curl->easy_cleanup(easy);
		return;
	}
	curl->easy_reset(easy);
	s->handles[s->n++] = easy;
}

void http_spare_release(struct http_spare *s, const struct curl_lib *curl)
{
	while (s->n)
		curl->easy_cleanup(s->handles[--s->n]);
}
