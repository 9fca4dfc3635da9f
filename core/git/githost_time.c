/* The time of a commit, as git log's %ct shows it and go reads it. */
#include <errno.h>

#include "base/text.h"
#include "git/githost_impl.h"

/* The commit's last line that begins so, without its name. */
static struct text_field find_line(const char *commit, const char *name)
{
	struct text_field found = { "", 0 };

	while (*commit && *commit != '\n') {
		size_t len = strcspn(commit, "\n");

		if (str_has_prefix(commit, name))
			found = (struct text_field){ commit + strlen(name), len - strlen(name) };
		commit += len + (commit[len] != 0);
	}
	return found;
}

static size_t spaces(const char *s)
{
	return strspn(s, " \t\r\v\f");
}

/* split_ident_line: the digits after the last '>', if a zone follows. */
static struct text_field find_time(const char *commit)
{
	struct text_field line = find_line(commit, "committer "), none = { "", 0 }, time;
	const char *mail = memchr(line.s, '<', line.len), *after;

	after = mail ? memrchr(mail, '>', line.len - (size_t)(mail - line.s)) : NULL;
	if (!after)
		return none;
	time.s = after + 1 + spaces(after + 1);
	time.len = strspn(time.s, "0123456789");
	after = time.s + time.len + spaces(time.s + time.len);
	if (!time.len || (*after != '+' && *after != '-') || !strspn(after + 1, "0123456789"))
		return none;
	return time;
}

bool githost_time_parse(const char *commit, int64_t *time)
{
	struct text_field text = find_time(commit);

	errno = 0;
	*time = strtoll(text.s, NULL, 10);
	return text.len && errno == 0;
}

bool githost_time_read(struct githost *h, struct githost_rev *rev, struct buf *shown)
{
	const struct gittree_objects o = gittree_of_repo(h->repo);
	struct buf commit = BUF_INIT;
	struct text_field time;
	git_oid id;
	bool ok = true;

	if (h->git->oid_fromstr(&id, rev->hash) == 0 &&
	    o.read(o.ctx, &id, GIT_OBJECT_COMMIT, &commit, rev->hash, NULL))
		ok = githost_time_parse(commit.data, &rev->time);
	if (!ok && shown) {
		time = find_time(commit.data);
		buf_addf(shown, "%s %.*s ", rev->hash, (int)time.len, time.s);
	}
	buf_release(&commit);
	return ok;
}
