/*
 * recordfile.h - the dependency set as one document: our JSON with an identifier, or a bill of materials (sbom.h).
 *
 * The same set gives the same bytes, but for the time of bills of materials, which SOURCE_DATE_EPOCH sets. What a struct recordfile
 * points to is borrowed. The caller frees documents with json_decref. Any thread.
 */
#ifndef MODSCOPE_RECORDFILE_H
#define MODSCOPE_RECORDFILE_H

#include "fetch/jsonout.h"
#include "parts/load.h"

struct recordfile {
	const struct load_record *record;
	const struct findings *findings[3];	/* sorted; of the settings, the graph, the policy; NULL: none. Only in our JSON */
	enum request_record_format format;
	bool built;		/* a bill of materials has only modules of which a package is compiled */
};

/* What decides the build: modules, edges, settings. */
json_t *recordfile_doc(const struct load_record *r);
/* The whole document. */
json_t *recordfile_make(const struct recordfile *f);
/* "json", "cyclonedx" or "spdx"; false if it is another word. */
bool recordfile_named(const char *name, enum request_record_format *format);
/* The file name suffix: "json", "cdx.json", "spdx.json". */
const char *recordfile_suffix(enum request_record_format format);
/* The Id that such a document must have, in hex; doc may be one that was read from a file. */
void recordfile_id(const json_t *doc, char id[65]);

#endif
