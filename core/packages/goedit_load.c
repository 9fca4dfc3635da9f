#include "packages/goedit_impl.h"

#include "fetch/source.h"
#include "graph/modload_open.h"

bool goedit_open(struct goedit_loader *l, struct goedit *g, const struct goedit_options *o,
		 bool current, struct err *e)
{
	struct source_options so = { .env = o->env,
				     .offline = o->offline,
				     .cancel = o->cancel,
				     .log = o->log,
				     .once = o->once };
	struct modload_options mo = { .env = o->env,
				      .command = MODPROJECT_TIDY,
				      .go_version = o->go,
				      .cancel = o->cancel,
				      .messages = &g->messages };

	l->over = (struct modproject_overlay){ &g->gomod.after, &g->gosum.after };
	l->source = source_new(&so);
	mo.source = l->source;
	mo.overlay = current ? &l->over : NULL;
	return modload_open(&l->ml, &mo, e);
}

void goedit_close(struct goedit_loader *l)
{
	modload_free(l->ml);
	source_free(l->source);
	*l = (struct goedit_loader){ 0 };
}

void goedit_put(struct buf *b, const struct buf *text)
{
	buf_clear(b);
	buf_add(b, text->data, text->len);
}
