/*
 * proxy_text.h - texts about proxies, shared by the command and the view. These append; one thread.
 */
#ifndef MODSCOPE_PROXY_TEXT_H
#define MODSCOPE_PROXY_TEXT_H

#include "line.h"
#include "parts/load.h"

/* The duration of each step of an exchange, in microseconds; -1 if there was none. */
struct proxy_text_steps {
	int64_t dns, connect, tls, first_byte, total;
};
struct proxy_text_steps proxy_text_steps(const struct http_hop *x);
/* "31 ms", "0.4 ms", "1.2 s", "-". */
void proxy_text_time(struct buf *b, int64_t us);
/* "HTTP/2"; "" if unknown. */
const char *proxy_text_protocol(int http_version);
/* "200 HTTP/2", "no answer", "file"; or why no server was asked: "direct", "off". */
void proxy_text_status(struct buf *b, const struct chain_hop *h);
enum style_id proxy_text_style(const struct chain_hop *h);
/* When go asks the hop after this one: "goes on at 404 and 410 only (a comma follows)". */
const char *proxy_text_separator(const struct chain *c, size_t i);
const char *proxy_text_kind(enum route_kind kind);	/* "proxy", "file", "direct", "off", "noproxy" */
/* Where the module comes from: "proxy", "direct" or "none"; and the reason, as a sentence. */
const char *proxy_text_route(const struct chain *c, const struct chain_module *m);
void proxy_text_reason(struct buf *b, const struct chain *c, const struct chain_module *m);
const char *proxy_text_proof(enum trace_proof proof);
void proxy_text_sumdb(struct buf *b, const struct chain *c);
/* The interactive program's request for only the hops. */
const struct request *proxy_text_probe(void);
/* "proxy 41 ms", of the slowest hop, or "proxy ✗" if one does not answer properly. */
void proxy_text_sign(struct line *l, const struct chain *c);
/* The remedy for a failed trace; nothing if it succeeded or there is none. */
void proxy_text_mend(struct buf *b, const struct load_proxy *lp, const struct load_trace *t);
/* One hop's answers about an absent version. */
void proxy_text_absence(struct buf *b, const struct absence_hop *h);

#endif
