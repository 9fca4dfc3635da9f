#include "fetch/origin.h"

#include <jansson.h>

#include "base/text.h"

static const struct member {
	const char *name;
	size_t at;
} members[] = {
	{ "VCS", offsetof(struct origin, vcs) },
	{ "URL", offsetof(struct origin, url) },
	{ "Subdir", offsetof(struct origin, subdir) },
	{ "Hash", offsetof(struct origin, hash) },
	{ "TagPrefix", offsetof(struct origin, tag_prefix) },
	{ "TagSum", offsetof(struct origin, tag_sum) },
	{ "Ref", offsetof(struct origin, ref) },
	{ "RepoSum", offsetof(struct origin, repo_sum) },
};

static const char **member_of(const struct origin *o, const struct member *m)
{
	return (const char **)((uintptr_t)o + m->at);
}

void origin_write_string(struct buf *b, const char *s)
{
	buf_addch(b, '"');
	for (size_t n = strlen(s), step; n; s += step, n -= step) {
		uint32_t r = 0;

		step = text_rune(s, n, &r);
		if (r == '"' || r == '\\')
			buf_addf(b, "\\%c", (char)r);
		else if (r == '\n' || r == '\r' || r == '\t' || r == '\b' || r == '\f')
			buf_addf(b, "\\%c", "btn\0fr"[r - '\b']);
		else if (r < 0x20 || r == '<' || r == '>' || r == '&' || r == 0x2028 || r == 0x2029)
			buf_addf(b, "\\u%04x", r);
		else if (r == 0xfffd && step == 1)
			buf_addstr(b, "\\ufffd");
		else
			buf_add(b, s, step);
	}
	buf_addch(b, '"');
}

void origin_write(struct buf *b, const struct origin *o)
{
	const char *comma = "";

	buf_addch(b, '{');
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const char *value = *member_of(o, &members[i]);

		if (!*value)
			continue;
		buf_addf(b, "%s\"%s\":", comma, members[i].name);
		origin_write_string(b, value);
		comma = ",";
	}
	buf_addch(b, '}');
}

const char *origin_text(struct arena *a, const struct origin *o)
{
	struct buf b = BUF_INIT;
	const char *text;

	origin_write(&b, o);
	text = arena_strdup(a, b.data);
	buf_release(&b);
	return text;
}

bool origin_read(struct origin *o, struct arena *a, const char *text)
{
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;

	*o = ORIGIN_NONE;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const char *s = json_string_value(json_object_get(root, members[i].name));

		if (s)
			*member_of(o, &members[i]) = arena_strdup(a, s);
	}
	json_decref(root);
	return root != NULL;
}

/* Copies a field of `from` unless `to` has a different value. */
static bool take(const char **to, const char *from)
{
	if (*from && **to && !str_eq(*to, from))
		return false;
	if (*from)
		*to = from;
	return true;
}

static bool take_tags(struct origin *to, const struct origin *from)
{
	if (!*from->tag_sum)
		return true;
	if (*to->tag_sum && !str_eq(to->tag_prefix, from->tag_prefix))
		return false;
	to->tag_prefix = from->tag_prefix;
	return take(&to->tag_sum, from->tag_sum);
}

const char *origin_merge(struct arena *a, const char *one, const char *two)
{
	struct origin to, from;

	if (!origin_read(&to, a, one) || !origin_read(&from, a, two) || !str_eq(to.vcs, from.vcs) ||
	    !str_eq(to.url, from.url) || !str_eq(to.subdir, from.subdir))
		return NULL;
	if (!take(&to.hash, from.hash) || !take_tags(&to, &from) ||
	    !take(&to.repo_sum, from.repo_sum) || !take(&to.ref, from.ref))
		return NULL;
	return origin_text(a, &to);
}
