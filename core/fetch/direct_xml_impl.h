/*
 * direct_xml_impl.h - the tags of a page, as encoding/xml's RawToken reads them with Strict false.
 *
 * Refuses what Go refuses, in its words. Strings live in the arena.
 *
 *	struct direct_xml x = { .s = html, .end = html + len, .arena = a };
 *	while (direct_xml_next(&x, &tag, &e)) ...
 *	// e is set if the page is malformed
 */
#ifndef MODSCOPE_DIRECT_XML_H
#define MODSCOPE_DIRECT_XML_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct direct_xml {
	const char *s, *end;
	struct arena *arena;
	int line; /* 0-based */
	const char *closing; /* the name of a tag that closes itself: its end comes next */
};

struct direct_xml_attr {
	const char *name, *value;
};

struct direct_xml_tag {
	const char *name; /* without the prefix of its namespace */
	bool end;	  /* </name> */
	ARENA_VEC(struct direct_xml_attr) attrs;
};

/* False at the end of the page, or with an error where it is malformed. */
bool direct_xml_next(struct direct_xml *x, struct direct_xml_tag *t, struct err *e);

/* isName: len bytes are a name of XML 1.0. */
bool direct_xml_is_name(const char *s, size_t len);

#endif
