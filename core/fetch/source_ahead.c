#include <fcntl.h>

#include "fetch/source_impl.h"

static bool is_in(const struct source_disk *t, const char *name)
{
	struct stat st;

	return t->download_fd >= 0 && fstatat(t->download_fd, name, &st, 0) == 0;
}

/* Whether a file of this version may answer. */
static bool is_at_hand(struct source *s, struct modver m, const char *suffix)
{
	struct buf name = BUF_INIT, kept = BUF_INIT;
	bool has = source_disk_cached_name(&name, m, suffix, NULL) &&
		   (is_in(&s->gomodcache, name.data) || is_in(&s->own, name.data) ||
		    source_recall_unproven(s, m, suffix, &kept));

	buf_release(&name);
	buf_release(&kept);
	return has;
}

void source_stat_ahead(struct source *s, const char *path, const char *version)
{
	const struct route_hop *hop = source_net_first_hop(s->net, path);
	struct modver m = { path, version };

	if (hop && !s->o.watch && !source_answer_is_asked(&s->answers, ASK_INFO, m, hop) &&
	    !is_at_hand(s, m, "info"))
		source_net_ahead(s->net, hop, m, false);
}

void source_gomod_ahead(struct source *s, struct modver m)
{
	const struct route_hop *hop = source_net_first_hop(s->net, m.path);

	if (hop && !s->o.watch && !source_answer_is_asked(&s->answers, ASK_MOD, m, NULL) &&
	    !source_answer_is_asked(&s->answers, ASK_UNPROVEN_MOD, m, NULL) &&
	    !is_at_hand(s, m, "mod"))
		source_net_ahead(s->net, hop, m, true);
}

void source_list_ahead(struct source *s, const char *path)
{
	const struct route_hop *hop = source_net_first_hop(s->net, path);
	struct modver m = { path, "" };

	if (hop && !s->o.watch && !source_answer_is_asked(&s->answers, ASK_LIST, m, hop))
		source_net_list_ahead(s->net, hop, path);
}
