/*
 * direct_meta.h - the go-import tags of an HTML page (cmd/go/internal/vcs/discovery.go).
 *
 * Reads up to <body> or </head>, as a non-strict encoding/xml does (direct_xml_impl.h). "mod" tags come first and supersede others with their prefix.
 * Pure; strings live in the arena.
 */
#ifndef MODSCOPE_DIRECT_META_H
#define MODSCOPE_DIRECT_META_H

#include "base/arena.h"
#include "base/err.h"

struct direct_meta {
	const char *prefix, *vcs, *repo, *subdir;
};
struct direct_metas {
	struct direct_meta *items;
	size_t n, cap;
};

/* ERR_SYNTAX if the page is malformed before the first tag. */
bool direct_meta_parse(struct direct_metas *out, struct arena *a, const char *html, size_t len, struct err *e);

#endif
