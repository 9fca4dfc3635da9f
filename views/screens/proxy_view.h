/*
 * proxy_view.h - what the view Proxy and its details share. The view owns it; the interface thread.
 */
#ifndef MODSCOPE_PROXY_VIEW_H
#define MODSCOPE_PROXY_VIEW_H

#include "app/app.h"
#include "offline/monitor.h"
#include "texts/proxy_text.h"

/* Where modules come from, in display order; modules tried outside the build list are last. */
enum proxy_view_group { PROXY_VIEW_BY_PROXY, PROXY_VIEW_BY_DIRECT, PROXY_VIEW_BY_NONE, PROXY_VIEW_TRIED, PROXY_VIEW_GROUPS };

/* A module of the build list, or another one tried. */
struct proxy_view_module {
	const char *path, *version;
	struct modver from; /* what go fetches: its replacement, else itself */
	struct chain_module match;
	enum proxy_view_group group;
};

/* A requested trace. It survives a reload, which does not repeat it. */
struct proxy_view_tried {
	struct request *request;
	struct part *part; /* NULL: not loaded yet */
};

enum proxy_view_row_kind {
	PROXY_VIEW_ROW_CHAIN,
	PROXY_VIEW_ROW_HOP,
	PROXY_VIEW_ROW_THEN, /* when go asks the next hop */
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
	struct part *set, *asked; /* the chain's settings, and its last answers; NULL */
	struct part *graph;	  /* with the modules */
	struct arena arena;	  /* of the modules */
	struct proxy_view_module *modules;
	size_t n_modules, n_in[PROXY_VIEW_GROUPS];
	VEC(struct proxy_view_module) others; /* tried, outside the build list; their strings are malloc'ed */
	VEC(struct proxy_view_tried) tried;
	VEC(struct proxy_view_row) rows;
	unsigned unfolded; /* 1 << group */
	struct monitor history;
	char *history_of; /* GOPROXY */
	bool watching;
	bool watch_first; /* once the chain is known */
};

/* The chain shown; NULL while the settings are being read. */
static inline const struct load_proxy *proxy_view_chain(const struct proxy_view *s)
{
	const struct part *p = s->asked ? s->asked : s->set;

	return p ? p->data : NULL;
}

#endif
