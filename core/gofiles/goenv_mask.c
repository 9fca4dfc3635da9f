#include "gofiles/goenv_impl.h"

#include "base/text.h"

/* A word of a list: a URL loses its credentials, also one without a scheme ("user:secret@host:3128"). */
static void mask_word(struct buf *b, const char *word, size_t n)
{
	char *w = xstrndup(word, n), *at;

	if (strstr(w, "://")) {
		text_redact_url(b, w);
	} else if ((at = strchr(w, '@')) && strcspn(w, "/") > (size_t)(at - w)) {
		buf_addstr(b, "xxxxx");
		buf_addstr(b, at);
	} else {
		buf_addstr(b, w);
	}
	free(w);
}

static const char *mask_list(struct arena *a, const char *value, const char *separators)
{
	struct buf b = BUF_INIT;
	const char *masked;

	while (*value) {
		size_t n = strcspn(value, separators);

		mask_word(&b, value, n);
		value += n;
		if (*value)
			buf_addch(&b, *value++);
	}
	masked = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return masked;
}

/* A command in GOAUTH may carry a token in its arguments: only its name is shown. */
const char *goenv_mask_auth(struct arena *a, const char *value)
{
	struct buf b = BUF_INIT;
	const char *masked;

	while (*value) {
		size_t n = strcspn(value, ";"), lead = strspn(value, " \t"), word;

		lead = MIN(lead, n);
		word = MIN(strcspn(value + lead, " \t;"), n - lead);
		bool plain = (word == 3 && !strncmp(value + lead, "git", 3)) || lead + word == n;

		buf_add(&b, value, plain ? n : lead + word);
		if (!plain)
			buf_addstr(&b, " xxxxx");
		value += n;
		if (*value)
			buf_addch(&b, *value++);
	}
	masked = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return masked;
}

const char *goenv_mask(struct arena *a, const struct goenv_var *v)
{
	if (str_eq(v->name, "GOAUTH"))
		return goenv_mask_auth(a, v->value);
	if (str_eq(v->name, "GOPROXY"))
		return mask_list(a, v->value, ",|");
	return strchr(v->value, '@') || strstr(v->value, "://") ? mask_list(a, v->value, " ,")
								: v->value;
}
