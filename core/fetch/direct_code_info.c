/* The .info of a version. */
#include "fetch/direct_code_impl.h"
#include "fetch/origin.h"
#include "gofiles/pseudo.h"

/* time.Time's JSON, in UTC */
static void add_time(struct buf *b, struct arena *a, int64_t t)
{
	const char *d = pseudo_make(a, "", "", t, "0") + 7;

	buf_addf(b, ",\"Time\":\"%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ\"", d, d + 4, d + 6, d + 8, d + 10,
		 d + 12);
}

static struct origin origin_of(const struct direct_code *c, const struct githost_rev *rev)
{
	struct origin o = ORIGIN_NONE;

	o.vcs = "git";
	o.url = githost_url(c->host);
	o.subdir = c->dir;
	if (rev) {
		o.hash = rev->hash;
		o.ref = rev->ref;
	}
	return o;
}

/* go keeps it for the version too, and does not judge that again. */
static void remember(struct direct_code *c, const char *version, const struct buf *info)
{
	if (!map_get(&c->told, version))
		map_put(&c->told, version, arena_strndup(&c->arena, info->data, info->len));
}

static bool make_info(struct direct_code *c, const char *rev, struct buf *out, struct err *e)
{
	char sum[GITHOST_SUM_LEN + 1] = "";
	struct githost_tag *tags;
	struct direct_code_version info;
	struct origin o;
	size_t n;

	if (!direct_code_stat(c, rev, &info, e))
		return false;
	o = origin_of(c, info.rev);
	if (info.tags_count) {
		o.tag_prefix = *c->major
				       ? arena_fmt(&c->arena, "%s%s.", c->tag_prefix, c->major + 1)
				       : c->tag_prefix;
		if (!githost_tags(c->host, &c->arena, o.tag_prefix, &tags, &n, sum, e))
			return false;
		o.tag_sum = sum;
	}
	buf_addstr(out, "{\"Version\":");
	origin_write_string(out, info.version);
	add_time(out, &c->arena, info.rev->time);
	buf_addstr(out, ",\"Origin\":");
	origin_write(out, &o);
	buf_addch(out, '}');
	if (!rev || !str_eq(rev, info.version))
		remember(c, info.version, out);
	return true;
}

bool direct_code_info(struct direct_code *c, const char *rev, struct buf *out, struct err *e)
{
	const char *told = rev ? map_get(&c->told, rev) : NULL;
	struct buf made = BUF_INIT;
	bool ok;

	if (told) {
		buf_addstr(out, told);
		return true;
	}
	ok = make_info(c, rev, &made, e);
	if (ok)
		buf_add(out, made.data, made.len);
	buf_release(&made);
	return ok;
}

const char *direct_code_list_origin(struct direct_code *c, struct arena *a, const char *prefix)
{
	struct origin o = origin_of(c, NULL);
	char sum[GITHOST_SUM_LEN + 1];
	struct githost_tag *tags;
	size_t n;

	o.tag_prefix = arena_fmt(a, "%s%s", c->tag_prefix, prefix);
	if (direct_code_is_unstable(c) ||
	    !githost_tags(c->host, a, o.tag_prefix, &tags, &n, sum, NULL))
		return NULL;
	o.tag_sum = sum;
	return origin_text(a, &o);
}

const char *direct_code_failed_origin(struct direct_code *c, struct arena *a, const char *rev)
{
	const struct githost_rev *found;
	struct err why = ERR_INIT;
	char sum[GITHOST_SUM_LEN + 1];
	struct origin o;
	bool unknown;

	if (rev ? githost_stat(c->host, direct_code_rev(c, rev), &found, &why)
		: githost_latest(c->host, &found, &why)) {
		o = origin_of(c, found);
		return origin_text(a, &o);
	}
	unknown = rev && why.code == ERR_NOT_FOUND;
	err_release(&why);
	if (!unknown || !githost_sum(c->host, sum, NULL))
		return NULL;
	o = origin_of(c, NULL);
	o.subdir = "";
	o.repo_sum = sum;
	return origin_text(a, &o);
}
