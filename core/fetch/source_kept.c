#include "fetch/kept.h"
#include "fetch/source_impl.h"

#define FRESH (24 * 60 * 60) /* seconds before a view asks again */

void source_keep_unproven(struct source *s, struct modver m, const char *suffix, const char *data,
			  size_t len)
{
	char *question = xasprintf("%s %s", suffix, m.version);
	struct kept_key k = { s->proxies, m.path, question };
	struct kept_answer a = { .time = (int64_t)time(NULL), .data = BUF_INIT };

	buf_add(&a.data, data, len);
	if (source_disk_is_cacheable(m.version))
		kept_write(s->answers_kept, &k, &a);
	buf_release(&a.data);
	free(question);
}

bool source_recall_unproven(struct source *s, struct modver m, const char *suffix, struct buf *b)
{
	char *question = xasprintf("%s %s", suffix, m.version);
	struct kept_key k = { s->proxies, m.path, question };
	struct kept_answer a = { .data = BUF_INIT };
	bool ok = (s->o.offline || s->o.own_counts) && kept_read(s->answers_kept, &k, &a) &&
		  !a.absent && (s->o.offline || (int64_t)time(NULL) - a.time < FRESH);

	if (ok)
		buf_add(b, a.data.data, a.data.len);
	buf_release(&a.data);
	free(question);
	return ok;
}

/* Identifies the whole list of proxies; credentials make a different list but are not stored. */
static struct kept_key key_of(struct source *s, struct buf *proxies, const char *path,
			      const char *name)
{
	source_net_shown(s->net, proxies);
	return (struct kept_key){ proxies->data ? proxies->data : "", path, name };
}

bool source_recall(struct source *s, const char *path, const char *name, struct buf *b)
{
	struct kept_answer a = { .data = BUF_INIT };
	struct buf proxies = BUF_INIT;
	struct kept_key k = key_of(s, &proxies, path, name);
	bool ok = s->o.kept_for && kept_read(s->answers_kept, &k, &a) && !a.absent;

	if (ok)
		buf_add(b, a.data.data, a.data.len);
	buf_release(&a.data);
	buf_release(&proxies);
	return ok;
}

void source_keep(struct source *s, const char *path, const char *name, const struct buf *b)
{
	struct kept_answer a = { .time = (int64_t)time(NULL), .data = *b };
	struct buf proxies = BUF_INIT;
	struct kept_key k = key_of(s, &proxies, path, name);

	if (s->o.kept_for)
		kept_write(s->answers_kept, &k, &a);
	buf_release(&proxies);
}
