#include "fetch/http.h"

#include "fetch/http_error.h"

static char *dup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

void http_answer_copy(struct http_answer *to, const struct http_answer *r)
{
	*to = (struct http_answer){ .status = r->status,
				    .status_text = dup_or_null(r->status_text),
				    .head = dup_or_null(r->head),
				    .url = dup_or_null(r->url),
				    .body = BUF_INIT,
				    .plain_text = r->plain_text,
				    .bytes = r->bytes };
	buf_add(&to->body, r->body.data, r->body.len);
}

void http_answer_release(struct http_answer *r)
{
	for (size_t i = 0; i < r->n_hops; i++)
		http_hop_release(&r->hops[i]);
	free(r->hops);
	free(r->status_text);
	free(r->head);
	free(r->url);
	buf_release(&r->body);
}

bool http_status_error(const struct http_answer *r, struct err *e)
{
	enum err_code code = r->status == 404 || r->status == 410 ? ERR_NOT_FOUND : ERR_NETWORK;
	struct buf b = BUF_INIT;

	if (r->plain_text)
		http_error_detail(&b, r->body.data, r->body.len);
	if (b.len)
		err_set(e, code, "reading %s: %s\n\tserver response:%s%s", r->url, r->status_text,
			strchr(b.data, '\n') ? "\n\t" : " ", b.data);
	else
		err_set(e, code, "reading %s: %s", r->url, r->status_text);
	buf_release(&b);
	return false;
}
