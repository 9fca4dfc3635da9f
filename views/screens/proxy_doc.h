/*
 * proxy_doc.h - the details of the view Proxy: the chain as boxes, a hop, the checksum database, a module and its trace. One thread.
 */
#ifndef MODSCOPE_PROXY_DOC_H
#define MODSCOPE_PROXY_DOC_H

#include "screens/proxy_view.h"

/* The history of a hop; NULL before its first request. */
const struct monitor_hop *proxy_doc_history(const struct proxy_view *s, size_t hop);
/* The trace of a module; NULL if there is none. *loading: it is being loaded. */
const struct load_trace *proxy_doc_trace(const struct view *v, const struct proxy_view_module *m, bool *loading);
/* The newest answers, one cell each. */
void proxy_doc_sparks(struct line *l, const struct monitor_hop *h, size_t cells);
/* Of the row under the cursor. */
void proxy_doc_fill(struct view *v, const struct proxy_view_row *r, struct doc *d);

#endif
