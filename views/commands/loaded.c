#include "commands/loaded.h"

static struct loaded open_with(const struct load_options *o)
{
	return (struct loaded){ load_new(o), snapshot_new() };
}

struct loaded loaded_open(const struct cli *c, const char *dir)
{
	return open_with(&(struct load_options){
		.dir = dir, .offline = c->offline, .runs_auth = cli_runs_auth(c) });
}

struct loaded loaded_open_once(const struct cli *c)
{
	return open_with(&(struct load_options){
		.offline = c->offline, .runs_auth = cli_runs_auth(c), .one_look = true });
}

struct loaded loaded_open_progress(const struct cli *c, const char *dir)
{
	return open_with(&(struct load_options){ .dir = dir,
						 .offline = c->offline,
						 .runs_auth = cli_runs_auth(c),
						 .progress = report_progress,
						 .progress_ctx = c->r });
}

void loaded_close(struct loaded *x)
{
	snapshot_unref(x->snapshot);
	load_free(x->load);
}

void *loaded_part(struct loaded *x, const struct request *r, struct err *e)
{
	return load_now(x->load, &x->snapshot, r, e) ? snapshot_part(x->snapshot, r)->data : NULL;
}

static bool is_other(void *ctx, const struct part *p)
{
	const struct request *const *dropped = ctx;

	return !request_eq(p->request, *dropped);
}

void loaded_drop(struct loaded *x, const struct request *r)
{
	struct snapshot *next = snapshot_filter(x->snapshot, is_other, &r);

	if (!next)
		return;
	snapshot_unref(x->snapshot);
	x->snapshot = next;
}
