/* The .info of a version. */
#include <jansson.h>

#include "base/text.h"
#include "fetch/direct_code_impl.h"
#include "gofiles/pseudo.h"

/* A JSON string as encoding/json writes it: HTML's characters escaped. */
static void add_string(struct buf *b, const char *s)
{
	buf_addch(b, '"');
	for (size_t n = strlen(s), step; n; s += step, n -= step) {
		uint32_t r;

		step = text_rune(s, n, &r);
		if (r == '"' || r == '\\')
			buf_addf(b, "\\%c", (char)r);
		else if (r < 0x20 || r == '<' || r == '>' || r == '&' || r == 0x2028 || r == 0x2029)
			buf_addf(b, "\\u%04x", r);
		else
			text_add_rune(b, r);
	}
	buf_addch(b, '"');
}

static void add_member(struct buf *b, const char *name, const char *value)
{
	if (!*value)
		return;
	buf_addf(b, "%s\"%s\":", b->data[b->len - 1] == '{' ? "" : ",", name);
	add_string(b, value);
}

/* time.Time's JSON, in UTC */
static void add_time(struct buf *b, struct arena *a, int64_t t)
{
	const char *d = pseudo_make(a, "", "", t, "0") + 7;

	buf_addf(b, ",\"Time\":\"%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ\"", d, d + 4, d + 6, d + 8, d + 10,
		 d + 12);
}

bool direct_code_info(struct direct_code *c, const char *rev, struct buf *out, struct err *e)
{
	char sum[GITHOST_SUM_LEN + 1] = "";
	const char *prefix = "";
	struct githost_tag *tags;
	struct direct_code_version info;
	size_t n;

	if (!direct_code_stat(c, rev, &info, e))
		return false;
	if (info.tags_count) {
		prefix = *c->major ? arena_fmt(&c->arena, "%s%s.", c->tag_prefix, c->major + 1)
				   : c->tag_prefix;
		if (!githost_tags(c->host, &c->arena, prefix, &tags, &n, sum, e))
			return false;
	}
	buf_addstr(out, "{\"Version\":");
	add_string(out, info.version);
	add_time(out, &c->arena, info.rev->time);
	buf_addstr(out, ",\"Origin\":{");
	add_member(out, "VCS", "git");
	add_member(out, "URL", githost_url(c->host));
	add_member(out, "Subdir", c->dir);
	add_member(out, "Hash", info.rev->hash);
	add_member(out, "TagPrefix", prefix);
	add_member(out, "TagSum", sum);
	add_member(out, "Ref", info.rev->ref);
	buf_addstr(out, "}}");
	return true;
}

static const char *string_of(const json_t *origin, const char *name)
{
	const char *s = json_string_value(json_object_get(origin, name));

	return s ? s : "";
}

static bool is_of(const struct direct_code *c, const json_t *origin)
{
	return str_eq(string_of(origin, "VCS"), "git") &&
	       str_eq(string_of(origin, "URL"), githost_url(c->host)) &&
	       str_eq(string_of(origin, "Subdir"), c->dir) && !*string_of(origin, "TagSum");
}

const char *direct_code_merge_origin(struct direct_code *c, struct arena *a, const char *prefix,
				     const char *origin)
{
	json_t *old = json_loads(origin, 0, NULL);
	const char *full = arena_fmt(a, "%s%s", c->tag_prefix, prefix), *out = NULL;
	char sum[GITHOST_SUM_LEN + 1];
	struct githost_tag *tags;
	struct buf b = BUF_INIT;
	size_t n;

	if (is_of(c, old) && githost_tags(c->host, a, full, &tags, &n, sum, NULL)) {
		buf_addch(&b, '{');
		add_member(&b, "VCS", "git");
		add_member(&b, "URL", githost_url(c->host));
		add_member(&b, "Subdir", c->dir);
		add_member(&b, "Hash", string_of(old, "Hash"));
		add_member(&b, "TagPrefix", full);
		add_member(&b, "TagSum", sum);
		add_member(&b, "Ref", string_of(old, "Ref"));
		buf_addch(&b, '}');
		out = arena_strdup(a, b.data);
	}
	buf_release(&b);
	json_decref(old);
	return out;
}
