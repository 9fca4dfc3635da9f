/*
 * proxy_view.h - what the view Proxy and its details share. The view owns it; the interface thread.
 */
#ifndef MODSCOPE_PROXY_VIEW_H
#define MODSCOPE_PROXY_VIEW_H

#include "app/app.h"
#include "offline/monitor.h"
#include "texts/proxy_text.h"

/* How modules are had, in the order in which they are shown; what was tried besides the build list is the last. */
enum proxy_view_group { PROXY_VIEW_BY_PROXY, PROXY_VIEW_BY_DIRECT, PROXY_VIEW_BY_NONE, PROXY_VIEW_TRIED, PROXY_VIEW_GROUPS };

/* A module of the build list, or another that was tried. */
struct proxy_view_module {
	const char *path, *version;
	struct modver from; /* where go fetches it: its replacement, else itself */
	struct chain_module match;
	enum proxy_view_group group;
};

/* A trace that somebody asked for. It outlives a reload, which does not ask again. */
struct proxy_view_tried {
	struct request *request;
	struct part *part; /* NULL: it has not come */
};

enum proxy_view_row_kind {
	PROXY_VIEW_ROW_CHAIN,
	PROXY_VIEW_ROW_HOP,
	PROXY_VIEW_ROW_THEN, /* what lets go ask the next one */
	PROXY_VIEW_ROW_SUMDB,
	PROXY_VIEW_ROW_GROUP,
	PROXY_VIEW_ROW_MODULE,
};
struct proxy_view_row {
	enum proxy_view_row_kind kind;
	size_t hop; /* of GOPROXY */
	enum proxy_view_group group;
	const struct proxy_view_module *module;
};

struct proxy_view {
	struct list list;
	struct part *set, *asked; /* the chain as it is set, and as it last answered; NULL */
	struct part *graph;	  /* that the modules are of */
	struct arena arena;	  /* of the modules */
	struct proxy_view_module *modules;
	size_t n_modules, n_in[PROXY_VIEW_GROUPS];
	VEC(struct proxy_view_module) others; /* tried, and in no build list; their strings are malloc'ed */
	VEC(struct proxy_view_tried) tried;
	VEC(struct proxy_view_row) rows;
	unsigned unfolded; /* 1 << group */
	struct monitor history;
	char *history_of; /* GOPROXY */
	bool watching;
};

/* The chain that is shown; NULL while the settings are read. */
static inline const struct load_proxy *proxy_view_chain(const struct proxy_view *s)
{
	const struct part *p = s->asked ? s->asked : s->set;

	return p ? p->data : NULL;
}

#endif
