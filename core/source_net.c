#include "source_impl.h"

struct source_net {
	int unused;
};

void net_free(struct source_net *net)
{
	free(net);
}

bool net_gomod(struct source *s, struct modver m, struct buf *b, struct err *e)
{
	(void)b;
	source_note_want(s, m, "mod", false, 0);
	return err_set(e, ERR_NOT_HERE, "not cached");
}

bool net_stat(struct source *s, struct modver m, struct buf *b, struct err *e)
{
	(void)b;
	source_note_want(s, m, "info", false, 0);
	return err_set(e, ERR_NOT_HERE, "not cached");
}

bool net_versions(struct source *s, struct answer *a, struct modver m, struct err *e)
{
	(void)a;
	source_note_want(s, m, "list", false, 0);
	return err_set(e, ERR_NOT_HERE, "not cached");
}

bool net_latest(struct source *s, struct answer *a, struct modver m, struct err *e)
{
	(void)a;
	source_note_want(s, m, "latest", false, 0);
	return err_set(e, ERR_NOT_HERE, "not cached");
}
